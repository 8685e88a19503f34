"""Goods that were sent for a transfer and never arrive."""

from typing import TYPE_CHECKING

import attrs

from prodstock.errors import NotAllowed, Refused
from prodstock.journal.command import Command
from prodstock.journal.stream import supply_stream
from prodstock.master.codes import ref_code
from prodstock.orders.purchase import SupplyLost, SupplyState, TransferOrder
from prodstock.orders.supply_life import SupplyAction, check_step
from prodstock.quantities.number import LIMITS
from prodstock.quantities.scaled import from_scaled
from prodstock.stock.amend import supply_named
from prodstock.stock.aside import aside_of, share
from prodstock.stock.deciding import decides
from prodstock.stock.goods import Goods
from prodstock.stock.movement import Movement
from prodstock.stock.selection import portions, select

if TYPE_CHECKING:
    from prodstock.stock.draft import Draft


@attrs.frozen
class Lose(Command[SupplyState]):
    """Goods in transit for a transfer got lost: they are nowhere from then, and are still to be sent.

    Where nobody will send them again, `CloseSupply` ends the transfer short of them.

    Args:
        ref: the transfer.
        goods: which of what is in transit for it; None: all of it.
    """

    ref: str = attrs.field(converter=ref_code)
    goods: Goods | None = None


@decides(Lose)
def decide_lose(draft: "Draft", command: Lose) -> SupplyState:
    """Book goods in transit as lost, and note it on their transfer.

    Raises:
        UnknownCode: if transfer or goods are unknown.
        NotAllowed: if it is no transfer, of another item, or has ended.
        NotEnough: if less is in transit for it.
        AmbiguousCode: if part is asked for of several parcels.
        Refused: if nothing is in transit for it.
    """
    state, ref = supply_named(draft, command.ref), command.ref
    if not isinstance(state.order, TransferOrder):
        raise NotAllowed(what=f"supply {ref}", state="a purchase", asked="lose", advice="What never came is not ours")
    check_step(f"transfer {ref}", state.status, SupplyAction.LOSE)
    item = draft.world.catalog.item(state.order.item)
    selection = select(draft.world, Goods(item.code) if command.goods is None else command.goods)
    if selection.item != item.code:
        raise NotAllowed(what=f"transfer {ref}", state=f"of {item.code}", asked=f"lose {selection.item}")
    stream = supply_stream(ref)
    found = portions(draft, selection, where=lambda one: one.place.segment == stream, what=f"in transit for {ref}")
    if not found:
        raise Refused(reason=f"nothing of {selection.label} is in transit for {ref}")
    whole = sum(quantity for _, quantity in found)
    for one, quantity in found:
        aside = aside_of(share(selection.entered, quantity, whole))
        draft.leg(Movement.LOSS, one.shelf, one.parcel, -quantity, aside=aside and aside.opposite())
    after = draft.record(stream, SupplyLost(LIMITS.add(state.lost, from_scaled(whole, item.scale))))
    assert isinstance(after, SupplyState)  # noqa: S101 - what this event makes of any state
    return after
