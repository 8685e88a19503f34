"""What keeps a plan from being carried out as it stands: every constraint that it breaks; none: it is executable."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Final

import attrs

from prodstock._render import day as shown_day
from prodstock._render import figure, short
from prodstock.calendars.zone import from_micros, micros, start_of
from prodstock.master.codes import MAIN
from prodstock.orders.planned import PlannedBuy, PlannedMake, PlannedMove
from prodstock.planning.fulfilment import Service
from prodstock.planning.joint import below_minimum
from prodstock.planning.kernel import EXPECTED_STOCK
from prodstock.planning.rows import RECEIPTS, OrderRow, SupplyRow
from prodstock.planning.shortages import late_wants
from prodstock.planning.supplier_capacity import too_much
from prodstock.planning.ways import Recipe, Terms
from prodstock.planning.wording import ago, amount, at_most, clock, counted, day, span
from prodstock.stock.lot import NEVER

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from prodstock.master.item import Item
    from prodstock.master.lot_sizes import LotSizes
    from prodstock.orders.planned import PlannedOrder
    from prodstock.planning.fulfilment import Fulfilment
    from prodstock.planning.netting import Netting
    from prodstock.planning.rows import WantRow
    from prodstock.planning.translations.capacity import MachineLoad
    from prodstock.planning.ways import Way


class Constraint(StrEnum):
    """What a plan can break.

    DEMAND_LATE, DEMAND_SHORT: a demand is not served in time, or not wholly. STARTS_IN_PAST: an order would have to
    start before now. PARTS_LATE, PARTS_MISSING: what an order takes comes after it starts, or never.

    Of orders that people settled: NO_SOURCE, nothing in force on the day of its start brings it; LOT_SIZE, the minimum,
    multiple, maximum or fixed lot of its source does not allow the quantity; LEAD_TIME, its source takes longer than it
    says; CLOSED, it starts while its site does not work; ORDER_DAY, it is to be ordered when its supplier takes no
    orders. What is settled may lie within the planning time fence: that keeps out what is new.

    OVERDUE: a receipt that somebody needs should have come already. NOT_RELEASED: somebody needs stock that may not be
    used yet, and nobody said from when on. EXPIRES: somebody takes goods that are no longer good then. OVERLOAD: a
    resource is asked for more hours of a week than it works; OVERLOAD_DAY: of a day, in a week that has room for them.
    Nothing says how many people of a skill there are: they are never asked for too much. ORDER_VALUE: what is ordered
    from a supplier on a day is worth less than its minimum. SUPPLIER_CAPACITY: a supplier is to deliver more of an item
    in a period than it does.
    """

    DEMAND_LATE = "demand-late"
    DEMAND_SHORT = "demand-short"
    STARTS_IN_PAST = "starts-in-past"
    PARTS_LATE = "parts-late"
    PARTS_MISSING = "parts-missing"
    NO_SOURCE = "no-source"
    LOT_SIZE = "lot-size"
    LEAD_TIME = "lead-time"
    CLOSED = "closed"
    ORDER_DAY = "order-day"
    OVERDUE = "overdue"
    NOT_RELEASED = "not-released"
    EXPIRES = "expires"
    OVERLOAD = "overload"
    OVERLOAD_DAY = "overload-day"
    ORDER_VALUE = "order-value"
    SUPPLIER_CAPACITY = "supplier-capacity"


ADVICE: Final[Mapping[Constraint, str]] = {
    Constraint.DEMAND_LATE: "Agree on a later date, or speed up what binds: why says it",
    Constraint.DEMAND_SHORT: "Give the item a source, or agree on less",
    Constraint.STARTS_IN_PAST: "Start at once and speed it up, or agree on later dates with whom it is for",
    Constraint.PARTS_LATE: "Speed up the part, or start later",
    Constraint.PARTS_MISSING: "Give the part a source, or allow a substitute",
    Constraint.NO_SOURCE: "Order it in another way, or give the catalog the terms, bill or lane by which it comes",
    Constraint.LOT_SIZE: "Change the quantity, or agree with the source on it",
    Constraint.LEAD_TIME: "Start it sooner or have it due later, or agree with the source on the time",
    Constraint.CLOSED: "Start it when the site works, or open the site",
    Constraint.ORDER_DAY: "Order when the supplier takes orders, the last time before at the latest",
    Constraint.OVERDUE: "Ask where it is, and give it a new date or cancel it",
    Constraint.NOT_RELEASED: "Judge it, or say when it will be judged",
    Constraint.EXPIRES: "Use it sooner, or replace it",
    Constraint.OVERLOAD: "Move work to another week or resource, or add hours",
    Constraint.OVERLOAD_DAY: "Start some of it on another day of the week, or add hours",
    Constraint.ORDER_VALUE: "Order more or together with another day, or accept the surcharge",
    Constraint.SUPPLIER_CAPACITY: "Move orders to another period or supplier, or agree with the supplier on more",
}
"""What a planner can do about each."""


@attrs.frozen(repr=False)
class Violation:
    """A constraint that a plan breaks.

    Attributes:
        kind: which.
        ref: the demand, order, receipt, lot, resource or supplier that breaks it.
        text: that in one line.
        item: of what; of a part that is late, the part; empty: of a resource or supplier.
        site: where.
        at: when it is due, starts or should be there, in UTC.
        advice: what can be done about it.
    """

    kind: Constraint
    ref: str
    text: str
    item: str
    site: str
    at: datetime
    advice: str = ""

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        return short(f"<Violation {self.kind} {self.ref[:30]} {shown_day(self.at)}: {self.text[:50]}>")


def violations(
    netting: Netting, demands: Iterable[Fulfilment], weeks: Iterable[MachineLoad], days: Iterable[MachineLoad]
) -> list[Violation]:
    """Return every constraint that a plan breaks, by moment, then kind and what breaks it.

    Args:
        netting: the plan.
        demands: how its demands fare.
        weeks: what it asks of resources, by the week.
        days: the same by the day.

    O(wants and supplies of the stations where something is late, expires or is on its way).
    """
    found = [*_demands(demands), *_starts(netting), *_parts(netting), *_settled(netting)]
    found += [*_supplies(netting), *_loads(weeks, days), *_values(netting), *_deliveries(netting)]
    advised = (attrs.evolve(one, advice=ADVICE[one.kind]) for one in found)
    return sorted(advised, key=lambda one: (one.at, one.kind, one.ref, one.item, one.site, one.text))


def _demands(demands: Iterable[Fulfilment]) -> Iterator[Violation]:
    for one in demands:
        if one.service in {Service.LATE, Service.SHORT}:
            kind = Constraint.DEMAND_LATE if one.service is Service.LATE else Constraint.DEMAND_SHORT
            yield Violation(kind, one.ref, str(one), one.item, one.site, one.due)


def _starts(netting: Netting) -> Iterator[Violation]:
    for number, start in enumerate(netting.orders.start):
        if start < netting.now:
            order = OrderRow(netting, number)
            text = f"{amount(order.item, order.quantity)} should have started {ago(netting.now - start)}"
            yield _of_order(Constraint.STARTS_IN_PAST, order, text)


def _of_order(kind: Constraint, order: OrderRow, text: str) -> Violation:
    return Violation(kind, order.code, text, order.item.code, order.station.site, from_micros(order.start))


def _parts(netting: Netting) -> Iterator[Violation]:
    """Yield what comes late for orders; what is late for demands they say themselves."""
    for want in late_wants(netting):
        origin = want.origin
        if isinstance(origin, OrderRow) or not origin.sale:
            item, covered = want.station.item, want.covered
            ref = origin.code if isinstance(origin, OrderRow) else origin.name
            what = amount(item, want.lacking)
            kind = Constraint.PARTS_MISSING if covered is None else Constraint.PARTS_LATE
            when = "never there" if covered is None else f"there on {day(covered)}"
            text = f"{what} needed on {day(want.at)}, {when}"
            yield Violation(kind, ref, text, item.code, want.station.site, from_micros(want.at))


def _settled(netting: Netting) -> Iterator[Violation]:
    """Yield what orders that people settled break of the rules of their sources."""
    for number, public in netting.orders.settled.items():
        order, way = OrderRow(netting, number), _way(netting, number, public)
        item, quantity, site = order.item, order.quantity, order.station.site
        if way is None:
            said = f"nothing in force on {day(max(order.start, netting.now))} brings {amount(item, quantity)}"
            yield _of_order(Constraint.NO_SOURCE, order, said)
            continue
        wrong = _wrong_size(item, quantity, way.lots)
        if wrong:
            yield _of_order(Constraint.LOT_SIZE, order, wrong)
        ends = netting.times.end(way, site, quantity, order.start)
        if ends > order.due:
            text = f"{amount(item, quantity)} are due {span(ends - order.due)} sooner than they can be there"
            yield _of_order(Constraint.LEAD_TIME, order, text)
        anytime = not isinstance(way, Recipe) or isinstance(way.lead_time, timedelta)
        if not anytime and netting.times.worked(order.start, site) != order.start:
            text = f"{amount(item, quantity)} start on {day(order.start)}, when {site} does not work"
            yield _of_order(Constraint.CLOSED, order, text)
        if isinstance(way, Terms) and order.start >= netting.now:
            taken = netting.times.begins(way, order.start)
            if taken != order.start:
                supplier = way.sourcing.supplier
                text = f"{supplier} takes no orders on {clock(order.start)} UTC; the next time is {clock(taken)}"
                yield _of_order(Constraint.ORDER_DAY, order, text)


def _wrong_size(item: Item, quantity: int, lots: LotSizes) -> str:
    """Say which lot size an order of a quantity breaks, and what would not; nothing: none."""
    said = f"{amount(item, quantity)} break the lot sizes"
    if lots.fixed:
        return "" if quantity == lots.fixed else f"{said}: an order is always {amount(item, lots.fixed)}"
    if lots.maximum and quantity > lots.maximum:
        return f"{said}, {counted(item, quantity - lots.maximum)} above the maximum of {counted(item, lots.maximum)}"
    allowed = lots.size(quantity)
    return "" if allowed == quantity else f"{said}, {amount(item, allowed)} would not"


def _way(netting: Netting, number: int, order: PlannedOrder) -> Way | None:
    """Return the way in which a settled order comes, if it is one that is in force when it starts."""
    on = netting.times.day(
        max(micros(order.start), netting.now), order.source if isinstance(order, PlannedMove) else order.site
    )
    item = netting.catalog.item(order.item)
    match order:
        case PlannedMake():
            way = netting.orders.way[number]
            bom = way.bom if isinstance(way, Recipe) else None
            return way if bom is None or bom.effective_on(on) else None
        case PlannedBuy():
            terms = netting.sources.terms(item, order.site)
            return next(
                (one for one in terms if one.sourcing.supplier == order.supplier and one.sourcing.effective_on(on)),
                None,
            )
        case PlannedMove():
            routes = netting.sources.routes(item, order.target)
            return next((one for one in routes if one.lane.source == order.source and one.lane.effective_on(on)), None)


def _supplies(netting: Netting) -> Iterator[Violation]:
    """Yield what is counted on and may not be: overdue receipts, stock not released, goods that expire before."""
    for station in netting.stations:
        for number, supply in enumerate(station.supplies):
            kind = None if supply.origin >= 0 else station.reals[~supply.origin].kind
            waits = kind == EXPECTED_STOCK and supply.at <= netting.now
            overdue = kind in RECEIPTS and supply.due < netting.now
            if waits or overdue or supply.expires != NEVER:
                row = SupplyRow(netting, station, number)
                yield from _counted_on(row, waits=waits, overdue=overdue)


def _counted_on(row: SupplyRow, *, waits: bool, overdue: bool) -> Iterator[Violation]:
    station, netting = row.station, row.netting
    gives = list(row.gives)
    much = amount(station.item, sum(quantity for _, quantity in gives))

    def said(kind: Constraint, text: str, at: int) -> Violation:
        return Violation(kind, row.label, text, station.item.code, station.site, from_micros(at))

    if gives and overdue:
        late = ago(netting.now - row.due)
        yield said(Constraint.OVERDUE, f"{much} are counted on, which should have come {late}", row.due)
    if gives and waits:
        first = max(netting.now, min(want.at for want, _ in gives))
        text = f"{much} are needed from {day(first)} on and may not be used yet: nobody said from when on"
        yield said(Constraint.NOT_RELEASED, text, first)
    gone = [(want, quantity) for want, quantity in gives if _expired(row, want)]
    if gone:
        first = max(netting.now, min(want.at for want, _ in gone))
        text = f"{amount(station.item, sum(some for _, some in gone))} are needed on {day(first)} and expire before"
        yield said(Constraint.EXPIRES, text, first)


def _expired(row: SupplyRow, want: WantRow) -> bool:
    fit = row.netting.lives.of(want.station.wants[want.number])
    return max(want.at, row.ready or 0, row.netting.now) + fit.life >= row.expires


def _values(netting: Netting) -> Iterator[Violation]:
    for basket, _ in below_minimum(netting):
        supplier, site = basket.place
        ordered = f"{basket.money(basket.value)} are ordered from {supplier} on {basket.day}"
        text = f"{ordered}, the minimum is {basket.least}"
        yield Violation(Constraint.ORDER_VALUE, supplier, text, "", site, from_micros(basket.at))


def _deliveries(netting: Netting) -> Iterator[Violation]:
    for terms, since, steps in too_much(netting):
        item, site = netting.catalog.item(terms.sourcing.item), terms.sourcing.site or MAIN
        ordered = f"{amount(item, steps)} are ordered"
        text = f"{at_most(item, terms)}: of the {terms.sourcing.capacity_per} from {since} {ordered}"
        at = start_of(since, netting.times.zone(site))
        yield Violation(Constraint.SUPPLIER_CAPACITY, terms.sourcing.supplier, text, item.code, site, at)


def _loads(weeks: Iterable[MachineLoad], days: Iterable[MachineLoad]) -> Iterator[Violation]:
    """Yield the weeks in which a resource is asked for too much, and the days in weeks that would have room for it."""
    full: dict[str, list[MachineLoad]] = {}
    for one in weeks:
        if _overloaded(one):
            full.setdefault(one.resource, []).append(one)
            yield _overload(Constraint.OVERLOAD, one, "in the week from ")
    for one in days:
        if _overloaded(one) and not any(week.start <= one.start < week.end for week in full.get(one.resource, ())):
            yield _overload(Constraint.OVERLOAD_DAY, one, "on ")


def _overloaded(one: MachineLoad) -> bool:
    return one.load is None or one.load > 100


def _overload(kind: Constraint, one: MachineLoad, when: str) -> Violation:
    asked = f"{one.resource} is asked for {figure(one.hours)} h {when}{shown_day(one.start)}"
    text = f"{asked} and has {figure(one.capacity)} h"
    return Violation(kind, one.resource, text, "", one.site, from_micros(micros(one.start)))
