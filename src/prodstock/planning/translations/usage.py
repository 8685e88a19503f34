"""What each item is there for: the bills that use it, the demands that need it, and those that its loss would hit."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

import attrs

from prodstock._render import figure, short
from prodstock.calendars.zone import micros
from prodstock.master.codes import ItemCode
from prodstock.master.ratio import decimal_of
from prodstock.planning.cumulative import cumulative_lead_times
from prodstock.planning.translations.bills import live, parts, reached
from prodstock.planning.translations.exposure import open_demands, sole_suppliers
from prodstock.planning.translations.planned import given
from prodstock.planning.unit_costs import Values
from prodstock.planning.wording import span
from prodstock.quantities.money import Money
from prodstock.stock.allocation import need_at
from prodstock.tables import Table

if TYPE_CHECKING:
    from collections.abc import Mapping

    from prodstock.planning.cumulative import CumulativeLeadTime
    from prodstock.planning.translations.planned import Planned

_MICRO = timedelta(microseconds=1)


@attrs.frozen(repr=False)
class PartUsage:
    """What an item is there for.

    Attributes:
        item: the item.
        unit: its base unit.
        stock: what there is of it at all sites that is ours, whatever its state, reserved or not.
        value: what that is worth; None: not all of it has a price.
        bills: on how many bills it stands that are or come into force within the horizon.
        live: whether it is used or made by such a bill, or a demand asks for it.
        supplier: who alone can supply it; empty: somebody else can, or it is made.
        takes: how long it takes from nothing, all its parts included; None: something in it has no source.
        demands: the open demands that need it, directly or through their parts, by code.
        at_risk: those of them that are due sooner than it could be had anew: they would be late if it were lost.
    """

    item: ItemCode
    unit: str
    stock: Decimal
    value: Money | None
    bills: int
    live: bool
    supplier: str
    takes: timedelta | None
    demands: tuple[str, ...]
    at_risk: tuple[str, ...]

    @property
    def orphan(self) -> bool:
        """Whether there is stock that no bill uses and no demand asks for."""
        return bool(self.stock) and not self.live

    @property
    def long_lead(self) -> bool:
        """Whether a demand is due sooner than it could be had anew."""
        return bool(self.at_risk)

    def __repr__(self) -> str:
        takes = "no source" if self.takes is None else span(self.takes // _MICRO)
        state = "orphan" if self.orphan else f"{len(self.at_risk)} of {len(self.demands)} demands at risk"
        what = f"{self.item[:30]} {figure(self.stock)[:20]} {self.unit[:10]}"
        return short(f"<PartUsage {what}, {self.bills} bills, {takes}: {state}>")


def usage(plan: Planned) -> Table[PartUsage]:
    """Return what each item is there for that has stock, or that a demand needs: most demands at risk first, then code.

    A demand needs what stands on the active bills below its item, whether or not there is stock of it. What would be
    late if an item were lost is judged by that item alone: whether it could be had anew, its parts included, before the
    demand is due at its site. Forecasts count; a demand without a ref does not.

    Args:
        plan: the plan.

    Raises:
        InvalidTypeError: if it is no plan.

    O(bill lines x sites, and demands x items below them).
    """
    given(plan)
    catalog = plan.snapshot.catalog
    stock, wanted = _stock(plan), _wanted(plan)
    bills, singles, values = _Bills(plan), sole_suppliers(plan), Values(catalog, plan.snapshot.at)
    times = {site.code: _times(plan, site.code) for site in catalog.sites}
    found = []
    for code in sorted({*stock, *wanted}):
        places, demands = stock.get(code, {}), wanted.get(code, {})
        item, anew = catalog.item(code), {site: rows[code] for site, rows in times.items()}
        at_risk = (
            ref for ref, (due, site) in demands.items() if anew[site].ready is None or _after(anew[site].ready, due)
        )
        found.append(
            PartUsage(
                ItemCode(code),
                item.unit,
                decimal_of(sum(places.values(), Fraction(0))),
                _worth(values, code, places),
                bills.count.get(code, 0),
                code in bills.live or bool(demands),
                singles.get(code, ""),
                min((one.takes for one in anew.values() if one.takes is not None), default=None),
                tuple(sorted(demands)),
                tuple(sorted(at_risk)),
            )
        )
    return Table(sorted(found, key=lambda row: (-len(row.at_risk), row.item)))


class _Bills:
    """On how many bills in force each item stands, and what is on or has one."""

    def __init__(self, plan: Planned) -> None:
        catalog = plan.snapshot.catalog
        self.count: dict[str, int] = {}
        self.live: set[str] = set()
        for item, others in live(catalog, catalog.day(plan.snapshot.at), catalog.day(plan.until)):
            self.live |= {item, *others}
            for other in others:
                self.count[other] = self.count.get(other, 0) + 1


def _stock(plan: Planned) -> dict[str, dict[str, Fraction]]:
    """Return what there is of ours of each item at each site, reserved or not, in base units."""
    found: dict[str, dict[str, Fraction]] = {}
    rows = [(one.item, one.site, one.free) for one in plan.snapshot.lots if not one.owner]
    rows += [(one.item, one.site, one.quantity) for one in plan.snapshot.held]
    for item, site, quantity in rows:
        much = plan.snapshot.catalog.base(item, quantity)
        if much:
            places = found.setdefault(item, {})
            places[site] = places.get(site, Fraction(0)) + much
    return found


def _wanted(plan: Planned) -> dict[str, dict[str, tuple[int, str]]]:
    """Return for each item the demands that need it, with when and where they are due."""
    catalog = plan.snapshot.catalog
    links = parts(catalog)
    below: dict[str, dict[str, int]] = {}
    found: dict[str, dict[str, tuple[int, str]]] = {}
    for ref, demand in open_demands(plan):
        if demand.item not in below:
            below[demand.item] = reached(demand.item, links)
        due = need_at(demand.due, catalog.zone(demand.site))
        for item in below[demand.item]:
            found.setdefault(item, {})[ref] = (due, demand.site)
    return found


def _times(plan: Planned, site: str) -> dict[str, CumulativeLeadTime]:
    rows = cumulative_lead_times(plan.snapshot.catalog, at=plan.snapshot.at, site=site)
    return {row.item: row for row in rows}


def _after(ready: datetime | None, due: int) -> bool:
    return ready is not None and micros(ready) > due


def _worth(values: Values, item: str, places: Mapping[str, Fraction]) -> Money | None:
    """Return what the stock of an item is worth; None: not all of it has a price, or there are several currencies."""
    found = [values.of(item, site, much) for site, much in sorted(places.items())]
    known = [one for one in found if one is not None]
    if len(known) < len(found) or len({one.currency for one in known}) != 1:
        return None
    return sum(known[1:], known[0])
