"""Goods go back to who delivered them, and goods that lie here come to belong to somebody else."""

from enum import StrEnum
from typing import TYPE_CHECKING

import attrs

from prodstock.errors import NotAllowed, Refused, UnknownCode
from prodstock.journal.command import Command
from prodstock.journal.stream import supply_stream
from prodstock.master import checks
from prodstock.master.codes import ItemCode, code_or_empty, optional_against, owner_code
from prodstock.master.location import LocationKind
from prodstock.orders.purchase import PurchaseOrder, SupplyReturned, SupplyState
from prodstock.orders.supply_life import SupplyAction, check_step
from prodstock.quantities.number import LIMITS
from prodstock.quantities.scaled import from_scaled
from prodstock.stock.aside import aside_of, share
from prodstock.stock.deciding import decides
from prodstock.stock.goods import Goods, Output
from prodstock.stock.holds import Hurt, break_holds
from prodstock.stock.move import Moved, OnReserved, drawn
from prodstock.stock.movement import Movement
from prodstock.stock.place import OURS
from prodstock.stock.receipt import Receipt
from prodstock.stock.selection import Found, Selection, select
from prodstock.stock.status import Purpose
from prodstock.tables import Table

if TYPE_CHECKING:
    from prodstock.stock.draft import Draft


def vendor_code(value: str) -> str:
    """Return the code of a supplier in its normal form, or the empty text for whoever delivered the goods."""
    return code_or_empty(value, "supplier")


class Settlement(StrEnum):
    """What is wanted for goods that go back to the vendor."""

    REPLACEMENT = "replacement"
    CREDIT = "credit"


@attrs.frozen
class ReturnToVendor(Command[Moved]):
    """Goods go back to their supplier: they are ours no more.

    Args:
        goods: what; `because` says why.
        supplier: who gets it; empty: whoever delivered it.
        against: the purchase order that it came with, on which it is noted. None: nothing more is expected.
        settlement: what is wanted for it where an order is named: a replacement, for which the order is open for as
            much again, when the last of it is due (revise it when the vendor has said more); or a credit, after which
            it stays as it is, which a closed order may be too.
        reserved: what to do about stock that is promised.
    """

    goods: Goods | Output | Receipt | str
    supplier: str = attrs.field(kw_only=True, default="", converter=vendor_code)
    against: str | None = attrs.field(kw_only=True, default=None, converter=optional_against)
    settlement: Settlement = attrs.field(kw_only=True, default=Settlement.REPLACEMENT)
    reserved: OnReserved = attrs.field(kw_only=True, default=OnReserved.REFUSE)


@attrs.frozen
class ChangeOwner(Command[Moved]):
    """Goods come to belong to somebody else where they lie: a consignment is taken over, or ours are sold on the spot.

    Args:
        goods: what; what is not ours names its owner.
        owner: whose they are from then; empty: ours.
        reserved: what to do about stock that is promised.
    """

    goods: Goods | Output | Receipt | str
    owner: str = attrs.field(kw_only=True, default=OURS, converter=owner_code)
    reserved: OnReserved = attrs.field(kw_only=True, default=OnReserved.REFUSE)


@decides(ReturnToVendor)
def decide_return(draft: "Draft", command: ReturnToVendor) -> Moved:
    """Send goods back to their supplier, from wherever they lie but WIP and scrap.

    Raises:
        UnknownCode: if goods or purchase order are unknown.
        NotEnough: if there is too little, or too little that is not promised.
        NotAllowed: if their state forbids it, they were delivered by somebody else, or the purchase order is closed
            (and a replacement wanted), of another item or supplier, or less than that was received for it and kept.
        Refused: if there is nothing to return.
    """
    checks.member(command.reserved, OnReserved, "reserved")
    checks.member(command.settlement, Settlement, "settlement")
    selection = select(draft.world, command.goods)
    found = drawn(draft, selection, command.reserved, lambda _: True)
    if not found:
        raise Refused(reason=f"nothing of {selection.label} is there to be returned")
    for one, _ in found:
        _refuse_return(draft, selection, one, command.supplier)
    hurt: list[Hurt] = []
    whole = sum(quantity for _, quantity in found)
    for one, quantity in found:
        hurt += _broken(draft, one, quantity, command.reserved)
        aside = aside_of(share(selection.entered, quantity, whole))
        draft.leg(Movement.VENDOR_RETURN, one.shelf, one.parcel, -quantity, aside=aside and aside.opposite())
    if command.against is not None:
        _note(draft, command, command.against, selection, whole)
    location = draft.world.catalog.default_location(found[0][0].place.site, LocationKind.SUPPLIER)
    return _told(draft, selection, whole, location.code, location.site, hurt)


@decides(ChangeOwner)
def decide_change_owner(draft: "Draft", command: ChangeOwner) -> Moved:
    """Give goods another owner; place and state stay.

    Raises:
        UnknownCode: if the goods are unknown.
        NotEnough: if there is too little, or too little that is not promised.
        NotAllowed: if they belong to others, and their owner is not named.
        Refused: if nothing of them belongs to somebody else yet.
    """
    checks.member(command.reserved, OnReserved, "reserved")
    selection = select(draft.world, command.goods)
    found = drawn(draft, selection, command.reserved, lambda f: f.place.owner != command.owner)
    if not found:
        raise Refused(reason=f"all of {selection.label} that is there is {_whose(command.owner)} already")
    hurt: list[Hurt] = []
    whole = sum(quantity for _, quantity in found)
    for one, quantity in found:
        hurt += _broken(draft, one, quantity, command.reserved)
        aside = aside_of(share(selection.entered, quantity, whole))
        draft.leg(Movement.OWNERSHIP, one.shelf, one.parcel, -quantity, aside=aside and aside.opposite())
        draft.put(
            Movement.OWNERSHIP, one.shelf, one.row, one.place._replace(owner=command.owner), quantity, aside=aside
        )
    place = found[0][0].place
    return _told(draft, selection, whole, place.location, place.site, hurt)


def _whose(owner: str) -> str:
    return "ours" if owner == OURS else f"{owner}'s"


def _broken(draft: "Draft", one: Found, quantity: int, reserved: OnReserved) -> list[Hurt]:
    if reserved is not OnReserved.BREAK:
        return []
    return list(break_holds(draft, one, quantity - (one.quantity - one.reserved)))


def _told(draft: "Draft", selection: Selection, whole: int, location: str, site: str, hurt: list[Hurt]) -> Moved:
    item = draft.world.catalog.item(selection.item)
    return Moved(ItemCode(item.code), from_scaled(whole, item.scale), item.unit, location, site, Table(hurt))


def _refuse_return(draft: "Draft", selection: Selection, found: Found, supplier: str) -> None:
    """Refuse goods whose state forbids it, and a supplier who did not deliver them."""
    world = draft.world
    if not world.state(found.place).serves(Purpose.VENDOR_RETURN):
        advice = "Judge them rejected or blocked first"
        raise NotAllowed(what=selection.label, state=found.place.quality, asked="return to the vendor", advice=advice)
    book = world.book_of(selection.item)
    details = None if book is None else book.details.get(book.lot[found.row])
    known = "" if details is None else details.supplier
    if supplier and known not in {"", supplier}:
        raise NotAllowed(what=selection.label, state=f"delivered by {known}", asked=f"return to {supplier}")


def _note(draft: "Draft", command: ReturnToVendor, ref: str, selection: Selection, quantity: int) -> None:
    """Note on a purchase order what of it went back, and open it for that again where a replacement is wanted."""
    state = draft.body(supply_stream(ref))
    if not isinstance(state, SupplyState):
        raise UnknownCode(kind="purchase order", given=ref, nearest=draft.world.near(ref, "supply"))
    what, order = f"supply {ref}", state.order
    if not isinstance(order, PurchaseOrder):
        raise NotAllowed(what=what, state="a transfer", asked="return to the vendor", advice="Move the goods back")
    if order.item != selection.item or command.supplier not in {"", order.supplier}:
        state_now = f"of {order.item} from {order.supplier}"
        asked = f"return {selection.item} to {command.supplier or order.supplier}"
        raise NotAllowed(what=what, state=state_now, asked=asked)
    credit = command.settlement is Settlement.CREDIT
    advice = "Return it for a credit, or without `against`" if state.status.has_ended else "Return without `against`"
    check_step(what, state.status, SupplyAction.CREDIT if credit else SupplyAction.RETURN, advice=advice)
    item = draft.world.catalog.item(order.item)
    back = from_scaled(quantity, item.scale)
    kept = LIMITS.subtract(LIMITS.subtract(state.received, state.credited), back)
    if kept < 0:
        there = LIMITS.subtract(state.received, state.credited)
        asked = f"return {back:f} {item.unit}"
        raise NotAllowed(what=what, state=f"received for {there:f} {item.unit}", asked=asked)
    if credit:
        event = SupplyReturned(state.received, state.replaced, LIMITS.add(state.credited, back))
    else:
        event = SupplyReturned(LIMITS.subtract(state.received, back), LIMITS.add(state.replaced, back), state.credited)
    draft.record(supply_stream(ref), event)
