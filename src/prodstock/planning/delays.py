"""What becomes of the demands if an order or receipt comes later: the delay, carried upwards through the plan."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from heapq import heapify, heappop, heappush
from typing import TYPE_CHECKING

import attrs

from prodstock._render import day, figure, short
from prodstock.calendars.zone import from_micros
from prodstock.errors import InvalidValueError
from prodstock.master import checks
from prodstock.master.codes import ItemCode
from prodstock.planning.lookup import supplies_of
from prodstock.planning.rows import RECEIPTS
from prodstock.planning.unit_costs import Values
from prodstock.planning.ways import MICROSECOND
from prodstock.quantities.money import Money
from prodstock.quantities.scaled import from_scaled
from prodstock.stock.allocation import need_at
from prodstock.stock.lot import NEVER

if TYPE_CHECKING:
    from prodstock.calendars.span import Moment
    from prodstock.orders.planned import PlannedOrder
    from prodstock.planning.graph import Graph, Place
    from prodstock.planning.netting import Netting
    from prodstock.planning.station import Station


ZERO = timedelta()


@attrs.frozen(repr=False)
class Delayed:
    """What becomes of a demand where an order or receipt it waits for comes later.

    Attributes:
        demand: the demand; a launched order where it serves none.
        item: what is wanted.
        due: when it is due, in UTC.
        was: when the last of it is there by the plan, in UTC; None: never.
        now: when it would be there, in UTC; None: never.
        quantity: how much of it comes later than by the plan, in the base unit.
        unit: the base unit.
        late: by how much it would be late after all; zero: it would still be on time.
        value: what the quantity is worth, by the price of what is bought and the material of what is made; None: not
            all of that has a price.
    """

    demand: str
    item: ItemCode
    due: datetime
    was: datetime | None
    now: datetime | None
    quantity: Decimal
    unit: str
    late: timedelta
    value: Money | None = None

    def __repr__(self) -> str:
        when = "never" if self.now is None else day(self.now)
        return short(f"<Delayed {self.demand[:30]} {figure(self.quantity)[:20]} {self.item[:30]}, there {when}>")


def delayed(
    netting: Netting, order: PlannedOrder | str, by: timedelta = ZERO, to: Moment | None = None
) -> list[Delayed]:
    """Return the demands that wait for an order or receipt, and what becomes of them if it comes so much later.

    Orders in between begin when the last of what they need is there, and take their lead time; what has slack takes it.

    Raises:
        UnknownCode: if the plan has no such order or receipt.
        InvalidTypeError, InvalidValueError: if the delay is no duration of at least zero, or there are two of them.

    By due date, then code. O(pegs of the orders that wait for it).
    """
    checks.duration(by, "by")
    if by and to is not None:
        raise InvalidValueError(field="to", value=to, reason="says it a second time", advice="Give by or to")
    graph = netting.covering.graph
    places = supplies_of(netting, order, RECEIPTS.__contains__, "order or receipt")
    ready: dict[tuple[int, int], int] = {}
    touched: set[int] = set()
    asked: set[int] = set()
    for station, number in places:
        ready[station.number, number] = _then(netting, station, number, by, to)
        touched |= _above(graph, (station, number), asked)
    pending = [(-graph.rank[one], one) for one in touched]
    heapify(pending)
    while pending:
        _, number = heappop(pending)
        ends = _end(graph, number, ready)
        for place in graph.outputs[number]:
            station, supply = place
            usable = station.usable(ends)
            ready[station.number, supply] = max(usable, netting.ready(station, station.supplies[supply]))
            for above in _above(graph, place, asked) - touched:
                touched.add(above)
                heappush(pending, (-graph.rank[above], above))
    values = Values(netting.catalog, from_micros(netting.now))
    found = [_delayed(netting, origin, ready, values) for origin in asked]
    return sorted(found, key=lambda row: (row.due, row.demand, row.item))


def _then(netting: Netting, station: Station, number: int, by: timedelta, to: Moment | None) -> int:
    """Return when a supply comes that is delayed; NEVER: it never does.

    Raises:
        InvalidValueError: if that is sooner than it comes by the plan.
    """
    supply = station.supplies[number]
    at, comes = netting.ready(station, supply), netting.comes(supply)
    if comes == NEVER or (to is None and not by):
        return at
    if to is None:
        return station.usable(comes + by // MICROSECOND)
    then = need_at(to, netting.times.zone(station.site))
    if then < comes:
        advice = f"By the plan it comes on {day(from_micros(comes))}; give a later moment"
        raise InvalidValueError(field="to", value=to, reason="is sooner than by the plan", advice=advice)
    return station.usable(then)


def _above(graph: Graph, place: Place, asked: set[int]) -> set[int]:
    """Return the planned orders that take from a supply, and note who else does."""
    station, supply = place
    found = set()
    for want, _ in station.gives(supply):
        origin = station.wants[want][2]
        if origin < graph.outside:
            asked.add(origin)
        else:
            found.add(origin - graph.outside)
    return found


def _end(graph: Graph, order: int, ready: dict[tuple[int, int], int]) -> int:
    """Return when an order is there with what it needs as late as that; NEVER: not at all."""
    netting = graph.netting
    if graph.ready(order) == NEVER:
        return NEVER
    needed = [
        ready.get((want.station.number, supply), 0)
        for want in graph.inputs(graph.outside + order)
        for supply, _ in want.station.takes(want.number)
    ]
    last, begins = max(needed, default=0), graph.begins(order)
    if last == NEVER:
        return NEVER
    if last <= begins:
        return graph.ready(order)
    site = netting.stations[netting.orders.station[order]].site
    return max(graph.ready(order), netting.proposer.end_of(netting.orders, order, site, last))


def _delayed(netting: Netting, origin: int, ready: dict[tuple[int, int], int], values: Values) -> Delayed:
    asked = netting.gathered.asked[origin]
    was, now, late = netting.now, netting.now, 0
    for want in netting.covering.graph.inputs(origin):
        for supply, quantity in want.station.takes(want.number):
            before = netting.ready(want.station, want.station.supplies[supply])
            after = ready.get((want.station.number, supply), before)
            was, now = max(was, before), max(now, after)
            if after > max(before, asked.at, netting.now) and want.station.item.code == asked.place[0]:
                late += quantity
        if want.missing:
            was = now = NEVER
    item = netting.catalog.item(asked.place[0])
    floor = max(asked.at, netting.now)
    return Delayed(
        asked.name,
        ItemCode(item.code),
        from_micros(asked.at),
        None if was == NEVER else from_micros(max(was, floor)),
        None if now == NEVER else from_micros(max(now, floor)),
        from_scaled(late, item.scale),
        item.unit,
        timedelta(microseconds=max(0, now - asked.at)) if now != NEVER else timedelta(),
        values.of(item.code, asked.place[1], Fraction(late, 10**item.scale)),
    )
