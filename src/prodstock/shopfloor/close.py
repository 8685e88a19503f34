"""The end of a production order, and its pauses: close, cancel, hold, resume, reopen."""

from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING

import attrs

from prodstock.errors import NotAllowed
from prodstock.journal.command import Command
from prodstock.master import checks
from prodstock.orders.lifecycle import OrderAction, OrderState, after
from prodstock.orders.owed import owed_words
from prodstock.orders.production import (
    LinesChanged,
    OrderStateChanged,
    ProductionOrder,
    StepsConfirmed,
    order_named,
)
from prodstock.orders.sheet import sheet_of, steps_of
from prodstock.quantities.scaled import from_scaled
from prodstock.shopfloor.issue import to_stores
from prodstock.shopfloor.ledger import ledger
from prodstock.shopfloor.progress import Progress
from prodstock.stock.deciding import decides
from prodstock.stock.expect import cancel_order, void_all
from prodstock.stock.made import waiting_of
from prodstock.stock.movement import Movement
from prodstock.stock.order_ledger import find_order
from prodstock.stock.selection import Found

if TYPE_CHECKING:
    from prodstock.journal.stream import Stream
    from prodstock.stock.draft import Draft


class Leftover(StrEnum):
    """What becomes of components that are left in WIP when an order is closed."""

    RETURN = "return"
    LOSS = "loss"


@attrs.frozen
class Close(Command[ProductionOrder]):
    """An order ends: what is left in its WIP goes back or is booked as lost, and nothing more is expected of it.

    Args:
        order: which.
        leftover: whether what is left goes back to stores, or is lost; half-made units can only be lost.
    """

    order: str = attrs.field(converter=order_named)
    leftover: Leftover = attrs.field(kw_only=True, default=Leftover.RETURN)

    def __attrs_post_init__(self) -> None:
        checks.member(self.leftover, Leftover, "leftover")


@attrs.frozen
class CancelOrder(Command[ProductionOrder]):
    """An order that nothing was issued to will not be made: no reservation, supply or requirement of it remains."""

    order: str = attrs.field(converter=order_named)


@attrs.frozen
class Hold(Command[ProductionOrder]):
    """An order pauses: nothing is issued or confirmed until it is resumed."""

    order: str = attrs.field(converter=order_named)


@attrs.frozen
class Resume(Command[ProductionOrder]):
    """An order that was held goes on."""

    order: str = attrs.field(converter=order_named)


@attrs.frozen
class Reopen(Command[ProductionOrder]):
    """An order that was closed too early goes on."""

    order: str = attrs.field(converter=order_named)


@decides(Close)
def decide_close(draft: "Draft", command: Close) -> ProductionOrder:
    """Close an order: void what it holds reserved, clear its WIP, and expect nothing more of it.

    Half-made units that are lost count as scrapped: reopened, the order goes on with the others.

    Raises:
        UnknownCode: if there is no such order.
        NotAllowed: if its state forbids it, it owes packaging for what awaits release, or units that are neither
            completed nor scrapped are in WIP and are not to be lost.
    """
    stream, order = find_order(draft, command.order)
    state = after(order.code, order.state, OrderAction.CLOSE)
    _refuse_owing(draft, order)
    void_all(draft, stream)
    parts, units = _left(draft, order)
    if units and command.leftover is Leftover.RETURN:
        advice = "Complete them or report them scrapped first, or close with leftover=Leftover.LOSS"
        raise NotAllowed(what=f"order {order.code}", state="half made in WIP", asked="close", advice=advice)
    for found in parts:
        if command.leftover is Leftover.RETURN:
            to_stores(draft, found, found.quantity, order)
        else:
            draft.leg(Movement.LOSS, found.shelf, found.parcel, -found.quantity)
    for found in units:
        draft.leg(Movement.LOSS, found.shelf, found.parcel, -found.quantity)
    _count_lost(draft, stream, order, units)
    lines = tuple(_settled(order, command.leftover))
    if lines:
        draft.record(stream, LinesChanged(lines, order.state))
    return _recorded(draft, stream, state)


def _refuse_owing(draft: "Draft", order: ProductionOrder) -> None:
    words = " and ".join(owed_words(order, draft.world.catalog))
    if words and waiting_of(draft.world, order):
        advice = f"Issue {words} to it, or scrap what is not packed"
        state = f"owing {words} for what awaits release"
        raise NotAllowed(what=f"order {order.code}", state=state, asked="close", advice=advice)


def _left(draft: "Draft", order: ProductionOrder) -> tuple[list[Found], list[Found]]:
    """Return what is left in an order's WIP: components, and units of what it makes."""
    world = draft.world
    moved = ledger(world, order)
    made = moved.made()
    parts: list[Found] = []
    units: list[Found] = []
    for shelf, row in moved.there:
        for parcel, place in moved.parcels(world, shelf, row):
            quantity, reserved = draft.row(shelf, parcel)
            if quantity > 0:
                found = Found(shelf, parcel, row, place, quantity, reserved)
                (units if (shelf, row) in made else parts).append(found)
    return parts, units


def _count_lost(draft: "Draft", stream: "Stream", order: ProductionOrder, units: list[Found]) -> None:
    """Count the units of the order's item that are lost as scrapped in the last step confirmed for them."""
    lost = sum(found.quantity for found in units if draft.shelf_item(found.shelf) == order.item)
    if not lost:
        return
    sheet = sheet_of(order, draft.world.catalog)
    progress = Progress(order, sheet)
    progress.lose(lost, steps_of(order.good, sheet.item.scale))
    scrapped = from_scaled(progress.lost, sheet.item.scale)
    draft.record(stream, StepsConfirmed(progress.figures(progress.changed()), order.good, scrapped, order.state))


def _settled(order: ProductionOrder, leftover: Leftover) -> list[tuple[int, Decimal, Decimal]]:
    """Return the lines whose rest goes: after it nothing is issued that is not used up or lost."""
    settled = []
    for line in order.lines:
        if line.issued > line.consumed:
            final = line.consumed if leftover is Leftover.RETURN else line.issued
            settled.append((line.number, final, final))
    return settled


def _recorded(draft: "Draft", stream: "Stream", state: OrderState) -> ProductionOrder:
    order = draft.record(stream, OrderStateChanged(state))
    if not isinstance(order, ProductionOrder):
        raise TypeError(stream)
    return order


@decides(CancelOrder)
def decide_cancel_order(draft: "Draft", command: CancelOrder) -> ProductionOrder:
    """Cancel an order that nothing was issued to, and void what it holds reserved.

    Raises:
        UnknownCode: if there is no such order.
        NotAllowed: if something was issued or confirmed, or it has ended; an order that has begun is closed instead.
    """
    stream, order = find_order(draft, command.order)
    cancelled = cancel_order(draft, order)
    if not isinstance(cancelled, ProductionOrder):
        raise TypeError(stream)
    return cancelled


@decides(Hold)
def decide_hold(draft: "Draft", command: Hold) -> ProductionOrder:
    """Hold an order.

    Raises:
        UnknownCode: if there is no such order.
        NotAllowed: if its state forbids it.
    """
    return _moved_to(draft, command.order, OrderAction.HOLD)


@decides(Resume)
def decide_resume(draft: "Draft", command: Resume) -> ProductionOrder:
    """Let an order go on: launched if nothing of it had begun, else started.

    Raises:
        UnknownCode: if there is no such order.
        NotAllowed: if it is not held.
    """
    stream, order = find_order(draft, command.order)
    state = after(order.code, order.state, OrderAction.RESUME)
    begun = order.started or any(line.issued or line.consumed for line in order.lines)
    return _recorded(draft, stream, state if begun else OrderState.LAUNCHED)


@decides(Reopen)
def decide_reopen(draft: "Draft", command: Reopen) -> ProductionOrder:
    """Let a closed order go on.

    Raises:
        UnknownCode: if there is no such order.
        NotAllowed: if it is not closed.
    """
    return _moved_to(draft, command.order, OrderAction.REOPEN)


def _moved_to(draft: "Draft", given: ProductionOrder | str, action: OrderAction) -> ProductionOrder:
    stream, order = find_order(draft, given)
    return _recorded(draft, stream, after(order.code, order.state, action))
