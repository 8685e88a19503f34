"""Promises come up, change and end: demands and expected supply; and the catalog changes."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

import attrs

from prodstock.errors import AmbiguousCode, InvalidTypeError, InvalidValueError, NotAllowed, UnknownCode, listed
from prodstock.journal.command import Command
from prodstock.journal.stream import CATALOG, Stream, demand_stream, order_stream, planned_stream, supply_stream
from prodstock.master.catalog import Catalog
from prodstock.master.codes import ref_code
from prodstock.orders.demand import Demand, DemandCancelled, DemandExpected, DemandState, DemandStatus, known_revision
from prodstock.orders.lifecycle import OrderAction, OrderState, after
from prodstock.orders.planned import PlannedBuy, PlannedMake, PlannedMove, PlannedOrder, PlanUnfirmed
from prodstock.orders.production import OrderStateChanged, ProductionOrder
from prodstock.orders.purchase import (
    Promise,
    PurchaseOrder,
    SupplyClosed,
    SupplyExpected,
    SupplyState,
    TransferOrder,
)
from prodstock.orders.supply_life import SupplyAction, check_step
from prodstock.quantities.scaled import from_scaled
from prodstock.stock import transit
from prodstock.stock import world as w
from prodstock.stock.deciding import decides
from prodstock.stock.movement import Movement
from prodstock.stock.picking import made_otherwise, past_use
from prodstock.stock.redefinition import check_redefinition
from prodstock.stock.reservation import MICROSECOND, end_booking, need_instant

if TYPE_CHECKING:
    from prodstock.stock.draft import Draft


def promised(promises: Iterable[Promise]) -> tuple[Promise, ...]:
    """Return promises as a tuple."""
    return listed(promises, "promises")


@attrs.frozen
class Expect(Command[tuple[str, ...]]):
    """Demands or supply are expected, or an expected one has a new quantity, date or priority: the code decides.

    A supply that is expected anew is expected just as it says: all that is open, at its date, to be confirmed anew.
    `ReviseSupply` changes less. Answers the codes, in the order given.
    """

    promises: tuple[Promise, ...] = attrs.field(converter=promised)


@attrs.frozen
class Cancel(Command[None]):
    """A demand, the rest of an expected supply, or an order with nothing issued is over; what it reserved is free.

    A planned order that was settled is given free: later plans propose what they find.
    """

    ref: str = attrs.field(converter=ref_code)


@attrs.frozen
class Redefine(Command[None]):
    """New definitions take the place of the old ones."""

    catalog: Catalog


@decides(Expect)
def decide_expect(draft: "Draft", command: Expect) -> tuple[str, ...]:
    """Take promises on, or change them.

    Raises:
        UnknownCode: if the item, site or revision is unknown, or a demand names an option or value that there is not,
            or on which it does not depend how the item is made.
        InvalidValueError: if a quantity does not fit the item's digits, a phantom is asked for by revision, or
            a promise is given twice.
        NotAllowed: if the promise has ended, is for another item or with other options, or would want less than was
            shipped or received, or goods are in transit for a transfer that would want less than them or have other
            ends.
    """
    refs: list[str] = []
    for promise in command.promises:
        if isinstance(promise, Demand):
            refs.append(_demand(draft, promise))
        elif isinstance(promise, PurchaseOrder | TransferOrder):
            refs.append(_supply(draft, promise))
        else:
            raise InvalidTypeError(
                field="promises", value=promise, reason="is no Demand, PurchaseOrder or TransferOrder"
            )
    if len(set(refs)) < len(refs):
        twice = next(ref for ref in refs if refs.count(ref) > 1)
        raise InvalidValueError(field="promises", value=twice, reason="is given twice", advice="Give each its own ref")
    return tuple(refs)


def _quantity(draft: "Draft", promise: Promise) -> int:
    draft.world.catalog.site(promise.site)
    return draft.world.catalog.scaled(promise.item, promise.quantity)


def _demand(draft: "Draft", demand: Demand) -> str:
    ref = demand.ref or draft.new_code("D", lambda code: draft.body(demand_stream(code)) is not None)
    quantity = _quantity(draft, demand)
    state = draft.body(demand_stream(ref))
    if demand.options:
        draft.world.catalog.chosen(demand.options, item=demand.item)
    if isinstance(state, DemandState):
        if state.demand.options != demand.options:
            was = " and ".join(f"{name} {value}" for name, value in state.demand.options) or "the usual options"
            advice = "Cancel it and expect another: what is made for it is made as it says"
            raise NotAllowed(what=f"demand {ref}", state=f"made with {was}", asked="change its options", advice=advice)
        least = draft.world.catalog.scaled(state.demand.item, state.shipped)
        ended = None if state.status is DemandStatus.OPEN else state.status.value
        _refuse_change(f"demand {ref}", ended, state.demand.item, demand.item, quantity < least)
        _judge_holds_anew(draft, demand_stream(ref), demand, quantity - least)
    known_revision(draft.world.catalog, demand)
    scale = draft.world.catalog.item(demand.item).scale
    draft.record(demand_stream(ref), DemandExpected(attrs.evolve(demand, ref=ref), from_scaled(quantity, scale)))
    return ref


def _judge_holds_anew(draft: "Draft", stream: Stream, demand: Demand, wanted: int) -> None:
    """Break what a changed demand may no longer hold.

    Those are lots that expire before the new date or are of another revision than it asks for now, and more than it
    wants.

    Of what is too much the latest lines go first.
    """
    world = draft.world
    due = max(need_instant(world, demand.due, demand.site), draft.recorded)
    alive_at = due + demand.minimum_life // MICROSECOND
    for number, booking in enumerate(draft.bookings(stream)):
        broken: list[int] = []
        for line in range(len(booking.lines) // 4):
            shelf_number, parcel, rest, _ = booking.lines[4 * line : 4 * line + 4]
            shelf = world.shelf(shelf_number)
            if rest and shelf.item == demand.item:
                row = shelf.ident[parcel]
                unfit = past_use(world, shelf_number, row, alive_at)
                fits = (unfit or made_otherwise(world, shelf_number, row, demand.revision)) is None
                kept = min(rest, wanted) if fits else 0
                wanted -= kept
                if kept < rest:
                    draft.leg(Movement.UNRESERVATION, shelf_number, parcel, 0, kept - rest)
                    broken += (line, rest - kept)
        if broken:
            draft.settle(stream, number, w.BROKEN, broken)


def _supply(draft: "Draft", order: PurchaseOrder | TransferOrder) -> str:
    prefix = "PU" if isinstance(order, PurchaseOrder) else "TR"
    ref = order.ref or draft.new_code(prefix, lambda code: draft.body(supply_stream(code)) is not None)
    quantity = _quantity(draft, order)
    state = draft.body(supply_stream(ref))
    if isinstance(state, SupplyState):
        advice = "Expect a new one under another ref"
        check_step(f"supply {ref}", state.status, SupplyAction.REVISE, advice=advice)
        least = draft.world.catalog.scaled(state.order.item, state.received)
        _refuse_change(f"supply {ref}", None, state.order.item, order.item, quantity < least)
        same = isinstance(order, TransferOrder) and transit.ends(order) == transit.ends(state.order)
        transit.refuse_underway(draft.world, state, "change it so", quantity - least if same else 0)
    scale = draft.world.catalog.item(order.item).scale
    draft.record(supply_stream(ref), SupplyExpected(attrs.evolve(order, ref=ref), from_scaled(quantity, scale)))
    return ref


def _refuse_change(what: str, ended: str | None, old_item: str, item: str, too_little: bool) -> None:  # noqa: FBT001 - one of three reasons
    if ended is not None:
        raise NotAllowed(what=what, state=ended, asked="change", advice="Expect a new one under another ref")
    if old_item != item:
        raise NotAllowed(what=what, state=f"for {old_item}", asked=f"change to {item}", advice="Use another ref")
    if too_little:
        raise NotAllowed(what=what, state="fulfilled beyond that quantity", asked="change the quantity")


@decides(Cancel)
def decide_cancel(draft: "Draft", command: Cancel) -> None:
    """End a demand, the rest of a supply, or a production order; reservations for it are voided with it.

    A settled planned order is settled no more.

    Raises:
        UnknownCode: if there is no such promise.
        AmbiguousCode: if the code names several of them.
        NotAllowed: if it has ended already, something was issued to the order, goods are in transit for the transfer,
            or the planned order became an order.
    """
    ref = command.ref
    streams = (demand_stream(ref), supply_stream(ref), order_stream(ref), planned_stream(ref))
    bodies = [draft.body(stream) for stream in streams]
    found = [body for body in bodies if isinstance(body, DemandState | SupplyState | ProductionOrder | PlannedOrder)]
    if len(found) > 1:
        names = {DemandState: "demand", SupplyState: "expected supply", ProductionOrder: "production order"}
        candidates = tuple(f"{names.get(type(body), 'planned order')} {ref}" for body in found)
        raise AmbiguousCode(given=ref, candidates=candidates)
    match found:
        case [DemandState() as demand]:
            _cancel_demand(draft, ref, demand)
        case [SupplyState() as supply]:
            check_step(f"supply {ref}", supply.status, SupplyAction.CANCEL)
            transit.refuse_underway(draft.world, supply, "cancel")
            draft.record(supply_stream(ref), SupplyClosed("", cancelled=True))
        case [ProductionOrder() as order]:
            cancel_order(draft, order)
        case [PlannedMake() | PlannedBuy() | PlannedMove()]:
            draft.record(planned_stream(ref), PlanUnfirmed())
        case _:
            if isinstance(became := bodies[-1], str):
                advice = f"Cancel {became} instead"
                what, state = f"planned order {ref}", f"ordered as {became}"
                raise NotAllowed(what=what, state=state, asked="cancel", advice=advice)
            known = draft.world.near(ref, "demand", "supply", "order", "planned")
            raise UnknownCode(kind="demand, expected supply or production order", given=ref, nearest=known)


def _cancel_demand(draft: "Draft", ref: str, demand: DemandState) -> None:
    if demand.status is not DemandStatus.OPEN:
        raise NotAllowed(what=f"demand {ref}", state=demand.status.value, asked="cancel")
    void_all(draft, demand_stream(ref))
    draft.record(demand_stream(ref), DemandCancelled(""))


_INSTEAD = {
    OrderState.STARTED: "Something was issued or confirmed: close it instead",
    OrderState.COMPLETED: "Something was issued or confirmed: close it instead",
    OrderState.HELD: "Close it instead, or resume it first",
}
"""What to do with an order that cannot be cancelled."""


def cancel_order(draft: "Draft", order: ProductionOrder) -> object:
    """Cancel an order that nothing was issued to, void what it holds reserved, and return what it is then.

    Raises:
        NotAllowed: if something was issued or confirmed, or it has ended; an order that has begun is closed instead.
    """
    state = after(order.code, order.state, OrderAction.CANCEL, advice=_INSTEAD.get(order.state, ""))
    stream = order_stream(order.code)
    void_all(draft, stream)
    return draft.record(stream, OrderStateChanged(state))


def void_all(draft: "Draft", stream: Stream) -> None:
    """Void every reservation that a stream still holds."""
    for index, booking in enumerate(draft.bookings(stream)):
        if any(booking.lines[2::4]):
            end_booking(draft, stream, index, booking, w.VOIDED)


@decides(Redefine)
def decide_redefine(draft: "Draft", command: Redefine) -> None:
    """Replace the definitions. An item may get more decimals: what there is of it is counted in finer steps from then.

    Raises:
        InvalidTypeError: if it is no catalog.
        InvalidValueError: if something kept of an item would not fit 64 bits in its finer steps; in a world that is
            read on demand, if the store cannot name its streams and an item changes that may be promised.
        NotAllowed: if something that stock or an open promise names disappears (an item, site, location, quality
            state, or the revision of a settled planned order), or an item's base unit or tracking would change under
            it, or it would get fewer decimals, or a location's kind or a state's meaning would change under the stock
            that is there.
    """
    if not isinstance(command.catalog, Catalog):
        raise InvalidTypeError(field="catalog", value=command.catalog, reason="is no Catalog")
    draft.world.find(CATALOG)
    check_redefinition(draft.world, command.catalog)
    draft.changes += (w.CATALOG, draft.world.catalog_version, command.catalog)
