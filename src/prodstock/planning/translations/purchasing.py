"""The purchasing calendar of a plan: what to order when, from whom, and when it comes."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

import attrs

from prodstock._render import day, figure, short
from prodstock.calendars.horizon import TimeBucket
from prodstock.calendars.zone import micros
from prodstock.master.codes import ItemCode
from prodstock.orders.planned import PlannedBuy
from prodstock.planning.translations.planned import Periods, checked_bucket, given
from prodstock.planning.translations.prices import totals, value_of
from prodstock.quantities.money import Money
from prodstock.tables import Table

if TYPE_CHECKING:
    from prodstock.planning.translations.planned import Planned


@attrs.frozen(repr=False)
class PurchaseLine:
    """One planned purchase.

    Attributes:
        supplier: from whom.
        item: what.
        quantity: how much, in the base unit.
        unit: the base unit.
        order: when to order it, on the site's clocks; before now where it should have been ordered already.
        receive: when it is usable, on the site's clocks; later than that, where it is ordered late.
        value: what it costs by the terms that hold when it is ordered, exactly; None: no price is known.
        site: where it is delivered.
        code: the planned order's code.
        serves: the demands it is for, most urgent first.
    """

    supplier: str
    item: ItemCode
    quantity: Decimal
    unit: str
    order: datetime
    receive: datetime
    value: Money | None
    site: str
    code: str
    serves: tuple[str, ...]

    def __repr__(self) -> str:
        what = f"{figure(self.quantity)} {self.unit[:10]} {self.item[:30]}"
        return short(f"<PurchaseLine {what} from {self.supplier[:30]} {day(self.order)} to {day(self.receive)}>")


@attrs.frozen(repr=False)
class PurchaseDay:
    """What to order from one supplier for one site in one bucket: a day, unless longer ones are asked for.

    Attributes:
        supplier: from whom.
        site: where it is delivered.
        start: when the bucket starts, on the site's clocks.
        end: when it ends.
        values: what it costs, by currency; currencies are never added up. Without the lines that have no price.
        unpriced: how many lines have no price.
        lines: the planned purchases, by item, then when they are needed, then code.
    """

    supplier: str
    site: str
    start: datetime
    end: datetime
    values: tuple[Money, ...]
    unpriced: int
    lines: Table[PurchaseLine]

    def __repr__(self) -> str:
        values = ", ".join(map(str, self.values)) or "no price"
        return short(f"<PurchaseDay {day(self.start)} {self.supplier[:30]}, {len(self.lines)} lines, {values[:40]}>")


def purchasing_calendar(plan: Planned, *, bucket: TimeBucket = TimeBucket.DAY) -> Table[PurchaseDay]:
    """Return what to order, by day, supplier and site, with the lines: only the days on which there is something.

    What should have been ordered before now is in the first bucket: it is to be ordered at once; its lines say when it
    should have been. Every planned purchase is one line.

    Args:
        plan: the plan.
        bucket: what lines are put together; they are on the midnights of the site.

    Raises:
        InvalidTypeError: if it is no plan, or no bucket.

    O(n log n) in planned purchases.

    >>> from datetime import UTC, date
    >>> from prodstock.calendars.span import working_days
    >>> from prodstock.master.catalog import Catalog
    >>> from prodstock.master.item import Item
    >>> from prodstock.master.sourcing import Sourcing
    >>> from prodstock.orders.demand import Demand
    >>> from prodstock.planning.planner import plan
    >>> from prodstock.planning.snapshot import Snapshot
    >>> terms = Sourcing("MIC", supplier="KNW", lead_time=working_days(3), price=Money("1.20", "EUR"))
    >>> wanted = Demand("MIC", 240, due=date(2026, 3, 11), ref="SO-1")
    >>> now = datetime(2026, 3, 2, 6, tzinfo=UTC)
    >>> made = plan(Snapshot(catalog=Catalog([Item("MIC"), terms]), at=now, promises=[wanted]), until=date(2026, 4, 1))
    >>> purchasing_calendar(made)
    <Table of 1 PurchaseDay>
    >>> purchasing_calendar(made)[0]
    <PurchaseDay 2026-03-06 KNW, 1 lines, 288.00 EUR>
    """
    given(plan)
    checked_bucket(bucket)
    orders = [order for order in plan.orders if isinstance(order, PlannedBuy)]
    last = max((micros(order.start) for order in orders), default=None)
    sites = {order.site for order in orders}
    periods = {site: Periods(plan, bucket, plan.snapshot.catalog.zone(site), last) for site in sites}
    found: dict[tuple[int, str, str], list[PurchaseLine]] = {}
    for order in orders:
        days = periods[order.site]
        start = days.starts[days.index(micros(order.start))]
        found.setdefault((start, order.supplier, order.site), []).append(line_of(plan, order))
    return Table(
        _day(supplier, site, periods[site].rows[periods[site].index(start)], found[start, supplier, site])
        for start, supplier, site in sorted(found)
    )


def line_of(plan: Planned, order: PlannedBuy) -> PurchaseLine:
    """Return a planned purchase with its value."""
    catalog, zone = plan.snapshot.catalog, plan.snapshot.catalog.zone(order.site)
    at = max(order.start, plan.snapshot.at)
    return PurchaseLine(
        order.supplier,
        order.item,
        order.quantity,
        catalog.item(order.item).unit,
        order.start.astimezone(zone),
        order.due.astimezone(zone),
        value_of(catalog, order.item, order.supplier, order.site, Fraction(order.quantity), at),
        order.site,
        order.code,
        order.serves,
    )


def _day(supplier: str, site: str, row: tuple[datetime, datetime], lines: list[PurchaseLine]) -> PurchaseDay:
    values = [line.value for line in lines]
    ordered = sorted(lines, key=lambda line: (line.item, line.receive, line.code))
    return PurchaseDay(supplier, site, *row, totals(values), values.count(None), Table(ordered))
