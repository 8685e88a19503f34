"""What will be free of an item over time, as a plan sees it: at a moment, change by change, and as a picture."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from html import escape
from typing import TYPE_CHECKING

import attrs

from prodstock._render import day, figure, short
from prodstock.calendars.zone import from_micros, micros
from prodstock.master.codes import ItemCode, segment_code
from prodstock.master.item import Supply as Origin
from prodstock.planning.drawing import staircase
from prodstock.planning.rows import SupplyRow, WantRow
from prodstock.quantities.scaled import from_scaled
from prodstock.stock.allocation import need_at
from prodstock.tables import Table, Tabled

if TYPE_CHECKING:
    from collections.abc import Iterator

    from prodstock.calendars.span import Moment
    from prodstock.planning.netting import Netting
    from prodstock.planning.station import Station


@attrs.frozen(repr=False)
class StockChange:
    """Something comes, goes or expires.

    Attributes:
        at: when, in UTC; what is wanted in the past is wanted now.
        quantity: how much, in the base unit; below zero: it goes.
        what: what it is: stock, a receipt, a planned order, `wanted` or `expires`.
        ref: the lot, receipt or order that comes, or whom it is for.
        projected: what is free from then on, in the base unit.
    """

    at: datetime
    quantity: Decimal
    what: str
    ref: str
    projected: Decimal

    def __repr__(self) -> str:
        change = f"{figure(self.quantity)[:20]} {self.what} {self.ref[:30]}"
        return short(f"<StockChange {day(self.at)} {change}: {figure(self.projected)[:20]} free>")


@attrs.frozen(repr=False)
class Projection(Tabled[StockChange]):
    """What is free of an item at a site over time, by a plan.

    Attributes:
        item: of what.
        site: where.
        unit: the base unit.
        safety: the safety stock; the highest, where it changes.
        until: the end of the horizon, in UTC.
        changes: each change with what is free after it, by date; what comes at a moment before what goes.
    """

    item: ItemCode
    site: str
    unit: str
    safety: Decimal
    until: datetime
    changes: Table[StockChange]

    def to_table(self) -> Table[StockChange]:
        """Return each change with what is free after it."""
        return self.changes

    @property
    def lowest(self) -> StockChange | None:
        """The change after which the least is free, the first of several; None: nothing changes."""
        last = {row.at: row for row in self.changes}
        return min(last.values(), key=lambda row: (row.projected, row.at), default=None)

    def svg(self) -> str:
        """Return a picture of it, as SVG with a title and a description; the safety stock is a dashed line."""
        points = {micros(row.at): Fraction(row.projected) for row in self.changes}
        first = min(points, default=micros(self.until))
        return staircase(
            f"Projected stock of {self.item} at {self.site}",
            str(self),
            sorted(points.items()),
            micros(self.until),
            guide=Fraction(self.safety) if self.safety else None,
            days=(day(from_micros(first)), day(self.until)),
            unit=self.unit,
        )

    def __str__(self) -> str:
        low = self.lowest
        head = f"{self.item} at {self.site}, {len(self.changes)} changes until {day(self.until)}"
        if low is None:
            return head
        end = self.changes[-1].projected
        lowest = f"lowest {figure(low.projected)} {self.unit} on {day(low.at)}"
        return f"{head}: {lowest}, {figure(end)} {self.unit} at the end"

    def __repr__(self) -> str:
        return short(f"<Projection of {self.item[:30]} at {self.site[:20]}: {len(self.changes)} changes>")

    def _repr_html_(self) -> str:
        return f"<p>{escape(str(self))}</p>{self.svg()}{self.changes.to_html()}"


def projection(netting: Netting, item: str, site: str, segment: str = "", *, ours: bool = False) -> Projection:
    """Return what is free of an item at a site over time. O(n log n) in its wants and supplies.

    With `ours` nothing counts of what belongs to customers and nobody takes.

    Raises:
        UnknownCode: if there is no such item or site.
    """
    one, code = netting.catalog.item(item), netting.catalog.site(site).code
    station = netting.places.get((one.code, code, segment_code(segment)))
    found: list[StockChange] = []
    free = 0
    changes = () if station is None else _changes(netting, station, ours=ours)
    for at, quantity, what, ref in sorted(changes, key=_order):
        free += quantity
        moment, change = from_micros(at), from_scaled(quantity, one.scale)
        found.append(StockChange(moment, change, what, ref, from_scaled(free, one.scale)))
    safety = from_scaled(0 if station is None else station.safety, one.scale)
    end = from_micros(netting.gathered.until)
    return Projection(ItemCode(one.code), code, one.unit, safety, end, Table(found))


def _order(change: tuple[int, int, str, str]) -> tuple[int, bool, str, str, int]:
    at, quantity, what, ref = change
    return at, quantity < 0, what, ref, quantity


def _changes(netting: Netting, station: Station, *, ours: bool) -> Iterator[tuple[int, int, str, str]]:
    phantom = station.item.supply is Origin.PHANTOM
    for number, supply in enumerate(station.supplies):
        row = SupplyRow(netting, station, number)
        idle = row.left if ours and not station.ours(number) else 0
        yield supply.at, supply.quantity - idle, row.kind, row.label
    for number, rest in station.wasted if not ours else [one for one in station.wasted if station.ours(one[0])]:
        yield station.supplies[number].expires, -rest, "expires", SupplyRow(netting, station, number).label
    for number in range(len(station.wants)):
        want = WantRow(netting, station, number)
        taken = sum(quantity for _, quantity in want.takes) if phantom else want.quantity
        if taken:
            yield max(want.at, netting.now), -taken, "wanted", ", ".join(want.refs)


def projected(netting: Netting, item: str, site: str, at: Moment | None, segment: str | None = "") -> Decimal:
    """Return what is free of an item at a site at a moment; None: at the end of the horizon. O(wants + supplies).

    Raises:
        UnknownCode: if there is no such item or site.
    """
    one = netting.catalog.item(item)
    code = netting.catalog.site(site).code
    moment = netting.gathered.until - 1 if at is None else need_at(at, netting.times.zone(code))
    segments = sorted(netting.segments) if segment is None else []
    places = [(one.code, code, each) for each in ("" if segment is None else segment_code(segment), *segments)]
    stations = [netting.places[place] for place in places if place in netting.places]
    return from_scaled(sum(_there(netting, station, moment) for station in stations), one.scale)


def _there(netting: Netting, station: Station, moment: int) -> int:
    total = sum(supply.quantity for supply in station.supplies if supply.at <= moment)
    total -= sum(rest for number, rest in station.wasted if station.supplies[number].expires <= moment)
    phantom = station.item.supply is Origin.PHANTOM
    for number, want in enumerate(station.wants):
        if max(want[0], netting.now) <= moment:
            taken = sum(quantity for _, quantity in station.takes(number)) if phantom else want[4]
            total -= taken  # type: ignore[assignment]  # whole: a phantom's is what it takes
    return total
