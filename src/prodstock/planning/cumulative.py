"""How long an item takes from nothing: its own lead time after the longest of its parts', never their sum."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import attrs

from prodstock._render import short
from prodstock.calendars.span import WorkingDays
from prodstock.calendars.zone import from_micros, micros
from prodstock.errors import listed
from prodstock.master import checks
from prodstock.master.catalog import Catalog
from prodstock.master.codes import ItemCode
from prodstock.master.item import Supply as Origin
from prodstock.planning.lead_time import LeadTimes
from prodstock.planning.sources import Sources
from prodstock.planning.ways import Recipe, Terms
from prodstock.planning.wording import span
from prodstock.tables import Table

if TYPE_CHECKING:
    from collections.abc import Iterable

    from prodstock.calendars.span import Span
    from prodstock.master.item import Item

_MICRO = timedelta(microseconds=1)


@attrs.frozen(repr=False)
class CumulativeLeadTime:
    """How long an item takes if everything it needs is begun now.

    Attributes:
        item: the item.
        ready: when one lot of it is there, in UTC; None: something on the way has no source.
        takes: the time until then; None: likewise.
        own: what its own lead time is of that.
        working_days: the same in working days, where every lead time on the path is in working days; else None.
        path: the items that take the longest, from the item down to where the path begins.
    """

    item: ItemCode
    ready: datetime | None
    takes: timedelta | None
    own: timedelta | None
    working_days: int | None
    path: tuple[ItemCode, ...]

    def __repr__(self) -> str:
        takes = "no source" if self.takes is None else span(self.takes // _MICRO)
        return short(f"<CumulativeLeadTime {self.item[:30]} {takes}: {' <- '.join(self.path)}>")


def cumulative_lead_times(
    catalog: Catalog, *, at: datetime, on_hand: Iterable[str] = (), site: str = "MAIN"
) -> Table[CumulativeLeadTime]:
    """Return how long each item takes from nothing, the longest path through its bill, by item.

    Of each item one lot of the smallest size is made or bought at a site, on its calendars, by the bills, routings and
    preferred terms of today; its parts come side by side. Ties on the path go to the part whose code comes first.

    Args:
        catalog: the definitions.
        at: when everything is begun.
        on_hand: items that are there: they take no time.
        site: where.

    Raises:
        UnknownCode: if there is no such item or site.
        InvalidTypeError: if it is no catalog, or `at` is no moment.

    O(items + bill lines).

    >>> from datetime import UTC
    >>> from prodstock.calendars.span import working_days
    >>> from prodstock.master.bom import BillOfMaterial, BomLine
    >>> from prodstock.master.catalog import Catalog
    >>> from prodstock.master.item import Item
    >>> catalog = Catalog([
    ...     Item("DEVICE", lead_time=working_days(3)), Item("BOARD", lead_time=working_days(10)),
    ...     Item("CASE", lead_time=working_days(4)), Item("CHIP"), Item("RESIN"),
    ...     BillOfMaterial("DEVICE", [BomLine("BOARD", 1), BomLine("CASE", 1)]),
    ...     BillOfMaterial("BOARD", [BomLine("CHIP", 2)]), BillOfMaterial("CASE", [BomLine("RESIN", 1)]),
    ... ])
    >>> now = datetime(2026, 3, 2, 8, tzinfo=UTC)
    >>> found = cumulative_lead_times(catalog, at=now, on_hand=["CHIP", "RESIN"])
    >>> found.where(item="DEVICE")[0].working_days
    13
    """
    checks.instance(catalog, Catalog, "catalog")
    place = catalog.site(site).code
    there = frozenset(catalog.item(code).code for code in listed(on_hand, "on_hand"))
    paths = _Paths(catalog, micros(at), there, place)
    sources = catalog.derived(Sources)
    for code in sorted(sources.levels, key=lambda one: (-sources.levels[one], one)):
        paths.add(catalog.item(code))
    return Table(paths.found[item.code] for item in sorted(catalog.items, key=lambda one: one.code))


class _Paths:
    """The items done so far; each comes after its parts."""

    def __init__(self, catalog: Catalog, now: int, there: frozenset[str], site: str) -> None:
        self.now = now
        self.there = there
        self.site = site
        self.times = LeadTimes(catalog)
        self.sources: Sources = catalog.derived(Sources)
        self.found: dict[str, CumulativeLeadTime] = {}

    def add(self, item: Item) -> None:
        """Add an item whose parts are there already."""
        code = ItemCode(item.code)
        if item.code in self.there:
            self.found[code] = CumulativeLeadTime(code, from_micros(self.now), timedelta(), timedelta(), 0, (code,))
            return
        day = self.times.day(self.now, self.site)
        supply, recipe = self.sources.on(item.code, self.site, day)
        way: Recipe | Terms | None = recipe
        if supply is Origin.BUY:
            terms = self.sources.terms(item, self.site)
            way = next((one for one in terms if one.sourcing.effective_on(day)), None)
        if way is None:
            self.found[code] = CumulativeLeadTime(code, None, None, None, None, (code,))
        else:
            self.found[code] = self._after_its_parts(code, item, way, phantom=supply is Origin.PHANTOM)

    def _after_its_parts(self, code: ItemCode, item: Item, way: Recipe | Terms, *, phantom: bool) -> CumulativeLeadTime:
        parts = sorted({part.item for part in way.parts})
        last = max((self.found[part] for part in parts), key=_when, default=None)
        path = (code,) if last is None else (code, *last.path)
        if last is not None and last.ready is None:
            return CumulativeLeadTime(code, None, None, None, None, path)
        begins = self.now if last is None or last.ready is None else micros(last.ready)
        size = way.lots.size(*way.to_start(10**item.scale))
        ends = begins if phantom else self.times.end(way, self.site, size, begins)
        days, lead = _lead_time(way), 0 if last is None else last.working_days
        days = 0 if phantom else days
        whole = None if days is None or lead is None else days + lead
        takes, own = timedelta(microseconds=ends - self.now), timedelta(microseconds=ends - begins)
        return CumulativeLeadTime(code, from_micros(ends), takes, own, whole, path)


def _when(one: CumulativeLeadTime) -> tuple[bool, datetime]:
    return one.ready is None, one.ready or from_micros(0)


def _lead_time(way: Recipe | Terms) -> int | None:
    """Return the lead time of a way in working days, transport and inspection included; None: it is told otherwise."""
    spans: list[Span | None] = [way.lead_time if isinstance(way, Recipe) else way.sourcing.lead_time]
    if isinstance(way, Recipe):
        spans += [way.inspection_time] if way.inspection_time is not None else []
    elif way.buying is not None:
        if way.buying.orders is not None or way.buying.deliveries is not None:
            return None
        spans += [one for one in (way.buying.transport_time, way.buying.inspection_time) if one is not None]
    days = [one.count for one in spans if isinstance(one, WorkingDays)]
    return sum(days) if len(days) == len(spans) else None
