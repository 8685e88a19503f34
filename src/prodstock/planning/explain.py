"""Why a line of a plan is what it is, for planners to read: worked out when it is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from prodstock.errors import InvalidTypeError, UnknownCode
from prodstock.master.item import Supply as Origin
from prodstock.orders.demand import Demand
from prodstock.orders.planned import PlannedBuy, PlannedMake, PlannedMove, PlannedOrder
from prodstock.planning.action import ActionMessage, MessageKind
from prodstock.planning.chain import Chains
from prodstock.planning.fulfilment import Fulfilment
from prodstock.planning.joint import Joint, below_minimum
from prodstock.planning.lookup import demand_of, order_row
from prodstock.planning.reasons import MOST, NAMES, elsewhere, named, time_reasons, want_reasons, why_order
from prodstock.planning.resting import of_goods, of_supply, of_want
from prodstock.planning.rows import RECEIPTS, OrderRow, SupplyRow, WantRow
from prodstock.planning.shortages import Shortage, Shortages, late_wants
from prodstock.planning.starts import OrderStart
from prodstock.planning.violations import Violation
from prodstock.planning.wording import amount, counted, day, last_day
from prodstock.quantities.scaled import from_scaled
from prodstock.stock.lot import NEVER
from prodstock.tables import Derivation

if TYPE_CHECKING:
    from collections.abc import Iterator
    from decimal import Decimal

    from prodstock.orders.purchase import TransferOrder
    from prodstock.planning.kernel import Real
    from prodstock.planning.netting import Netting
    from prodstock.planning.snapshot import Snapshot
    from prodstock.planning.station import Station

Line: TypeAlias = PlannedOrder | Shortage | ActionMessage | Violation | OrderStart | Demand | Fulfilment | str


def why(netting: Netting, snapshot: Snapshot, line: Line) -> Derivation:
    """Return the derivation of a line of a plan.

    Raises:
        UnknownCode: if the plan has no such line.
        InvalidTypeError: if it is no line of a plan.
    """
    if not isinstance(line, Line):
        advice = "Give an order, demand, shortage, message, start or violation of the plan, or a code"
        raise InvalidTypeError(field="line", value=line, reason="is no line of a plan", advice=advice)
    match line:
        case PlannedMake() | PlannedBuy() | PlannedMove():
            found = why_order(netting, order_row(netting, line))
        case Demand():
            found = _why_demand(netting, snapshot, line)
        case Fulfilment():
            found = _why_demand(netting, snapshot, demand_of(snapshot, line.ref))
        case str():
            found = _why_code(netting, snapshot, line)
        case Violation():
            found = Derivation(line.text, _about(netting, snapshot, line))
        case OrderStart():
            found = _why_start(netting, line)
        case Shortage():
            found = _why_shortage(netting, line)
        case _:
            found = _why_message(netting, line)
    return found


def _why_code(netting: Netting, snapshot: Snapshot, code: str) -> Derivation:
    """Return why an order of the plan, a receipt or a demand of a code is what it is, whichever there is first."""
    number = netting.naming.number(code)
    if number is not None:
        return why_order(netting, OrderRow(netting, number))
    for station in netting.stations:
        for place, supply in enumerate(station.supplies):
            if supply.origin < 0 and station.reals[~supply.origin].label == code:
                row = SupplyRow(netting, station, place)
                if row.kind in RECEIPTS:
                    said = f"{amount(station.item, supply.quantity)}, {NAMES[row.kind]} {code}"
                    text = f"{said}, expected {day(supply.due)}"
                    return Derivation(text, tuple(_used(netting, row))[1:], rests_on=of_supply(row))
    return _why_demand(netting, snapshot, demand_of(snapshot, code))


def _about(netting: Netting, snapshot: Snapshot, line: Violation) -> tuple[Derivation, ...]:
    """Return why what breaks a constraint is what it is; of what is no order, receipt or demand there is no more."""
    try:
        return (_why_code(netting, snapshot, line.ref),)
    except LookupError:
        return ()


def _why_start(netting: Netting, line: OrderStart) -> Derivation:
    """Return what an order that may start takes, part by part."""
    number = netting.naming.number(line.order)
    asked = netting.gathered.asked
    mine = [at for at, one in enumerate(asked) if one.name == line.order and not one.sale]
    origins = mine if number is None else [netting.outside + number]
    wants = [want for origin in origins for want in netting.covering.graph.inputs(origin)]
    parts = (
        Derivation(f"{counted(want.station.item, want.quantity)} {want.station.item.code}", tuple(want_reasons(want)))
        for want in wants
    )
    return Derivation(str(line), tuple(parts))


def phantoms_of(netting: Netting, snapshot: Snapshot, demand: Demand | TransferOrder) -> dict[str, Decimal]:
    """Return what a demand, or a transfer at its source, takes of phantoms from their stock, by item.

    Raises:
        UnknownCode: if the plan has no such demand.
    """
    if demand not in snapshot.promises:
        raise UnknownCode(kind="demand of this plan", given=demand.ref or demand.item)
    numbers = {number for number, asked in enumerate(netting.gathered.asked) if asked.origin == demand}
    found: dict[str, Decimal] = {}
    for station in netting.stations:
        if station.item.supply is Origin.PHANTOM:
            mine = [place for place, want in enumerate(station.wants) if want[2] in numbers]
            steps = sum(quantity for place in mine for _, quantity in station.takes(place))
            if steps:
                found[station.item.code] = from_scaled(steps, station.item.scale)
    return found


def _why_demand(netting: Netting, snapshot: Snapshot, demand: Demand) -> Derivation:
    if demand not in snapshot.promises:
        raise UnknownCode(kind="demand of this plan", given=demand.ref or demand.item)
    item = snapshot.catalog.item(demand.item)
    for number, asked in enumerate(netting.gathered.asked):
        if asked.origin is demand or asked.origin == demand:
            station = netting.places[asked.place]
            place = next(place for place, want in enumerate(station.wants) if want[2] == number)
            want = WantRow(netting, station, place)
            covered = want.covered
            said = "never covered" if covered is None else f"covered on {day(covered)}"
            state = "late, " if want.is_late else ""
            head = f"{counted(item, want.quantity)} {item.code} for {named(want)}: {state}{said}"
            causes = (*want_reasons(want), *_binding(want), *elsewhere(netting, station))
            return Derivation(head, causes, rests_on=of_want(want))
    return Derivation(f"nothing of {demand.ref or demand.item} is open within the horizon")


def _binding(want: WantRow) -> Iterator[Derivation]:
    """Say what a late want waits for, one after another."""
    if want.is_late:
        links = Chains(want.netting.covering.graph).links(want)
        yield Derivation("what binds", tuple(Derivation(link.text) for link in links))


def _why_shortage(netting: Netting, line: Shortage) -> Derivation:
    lines = Shortages(netting)
    for want in late_wants(netting):
        if lines.line(want) == line:
            return _why_want(want, line)
    raise UnknownCode(kind="shortage of this plan", given=line.item)


def _why_want(want: WantRow, line: Shortage) -> Derivation:
    item, netting = want.station.item, want.netting
    covered = want.covered
    when = "never" if covered is None else day(covered)
    head = f"{line.quantity:f} {item.unit} {item.code} short for {named(want)}, covered {when}: {line.cause}"
    causes = [*want_reasons(want), *_excluded(netting, want.station)]
    for supply, _ in want.takes:
        order = supply.order
        if order is not None and (supply.ready or NEVER) > max(want.at, netting.now):
            causes += time_reasons(netting, order)
    return Derivation(head, causes, rests_on=of_want(want))


def _excluded(netting: Netting, station: Station) -> Iterator[Derivation]:
    for lot, reason in netting.gathered.excluded.get((station.item.code, station.site), ()):
        rests_on = (of_goods(station.item, lot.site, lot.label),)
        yield Derivation(f"{lot.free} of {lot.label} are not counted: {reason}", rests_on=rests_on)
    yield from elsewhere(netting, station)
    for real, rest in _theirs(station):
        yield Derivation(f"{counted(station.item, rest)} of {real.label} are {real.owner}'s, and for nobody else")
    for number, rest in station.wasted:
        supply = SupplyRow(netting, station, number)
        text = f"{counted(station.item, rest)} of {supply.label} expire on {last_day(netting, station.site, supply)}"
        yield Derivation(text, rests_on=of_supply(supply))


def _theirs(station: Station) -> Iterator[tuple[Real, int]]:
    """Yield what belongs to customers and is taken by nobody."""
    for number, supply in enumerate(station.supplies):
        if not station.ours(number) and station.left(number):
            yield station.reals[~supply.origin], station.left(number)


def _why_message(netting: Netting, line: ActionMessage) -> Derivation:
    if line.kind is MessageKind.BELOW_MINIMUM_VALUE:
        return Derivation(line.text, tuple(_ordered_together(netting, line)))
    number = netting.naming.number(line.order)
    if number is not None:
        return Derivation(line.text, (why_order(netting, OrderRow(netting, number)),))
    for station in netting.stations:
        for place, supply in enumerate(station.supplies):
            if supply.origin < 0 and station.reals[~supply.origin].label == line.order:
                return Derivation(line.text, tuple(_used(netting, SupplyRow(netting, station, place))))
        if station.place == (line.order, line.site, line.segment):
            return Derivation(line.text, tuple(_excluded(netting, station)))
    raise UnknownCode(kind="message of this plan", given=line.order)


def _ordered_together(netting: Netting, line: ActionMessage) -> Iterator[Derivation]:
    """Say what is ordered from a supplier on the day of a message, each with what it is worth.

    Raises:
        UnknownCode: if that is no message of this plan.
    """
    found = [basket for basket, _ in below_minimum(netting) if basket.place == (line.order, line.site)]
    if not found:
        raise UnknownCode(kind="message of this plan", given=line.order)
    for number in found[0].orders[:MOST]:
        order = OrderRow(netting, number)
        value = Joint(netting).value(number, line.order, found[0].least)
        worth = "no price" if value is None else str(found[0].money(value))
        yield Derivation(f"{amount(order.item, order.quantity)}, {worth}, due {day(order.due)}")
    if len(found[0].orders) > MOST:
        yield Derivation(f"and {len(found[0].orders) - MOST} more")


def _used(netting: Netting, supply: SupplyRow) -> Iterator[Derivation]:
    item = supply.station.item
    text = f"{counted(item, supply.quantity)} {NAMES[supply.kind]} {supply.label}, {day(supply.due)}"
    yield Derivation(text, rests_on=of_supply(supply))
    for want, quantity in list(supply.gives)[:MOST]:
        yield Derivation(f"{counted(item, quantity)} of it for {named(want)}", rests_on=of_want(want))
    if supply.left:
        yield Derivation(f"{counted(item, supply.left)} of it for nobody before {day(netting.gathered.until)}")
