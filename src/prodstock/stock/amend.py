"""Purchase and transfer orders through their life: confirmed by who sends, revised by who ordered, closed short."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

import attrs

from prodstock.calendars.span import Moment
from prodstock.errors import InvalidTypeError, InvalidValueError, NotAllowed, UnknownCode, listed
from prodstock.journal.command import Command
from prodstock.journal.stream import supply_stream
from prodstock.master.codes import ref_code
from prodstock.orders.delivery import Delivery, in_all, up_to
from prodstock.orders.moments import moment
from prodstock.orders.purchase import SupplyClosed, SupplyConfirmed, SupplyExpected, SupplyState
from prodstock.orders.supply_life import SupplyAction, check_step
from prodstock.quantities.quantity import Exact
from prodstock.quantities.scaled import from_scaled
from prodstock.stock import transit
from prodstock.stock.allocation import need_at
from prodstock.stock.deciding import decides
from prodstock.stock.goods import optional_amount
from prodstock.stock.receive import taken_over

if TYPE_CHECKING:
    from prodstock.stock.draft import Draft


def deliveries(parts: Iterable[Delivery] | None) -> tuple[Delivery, ...] | None:
    """Return parts of an order as a tuple, or None for none given.

    Raises:
        InvalidTypeError: if one is no `Delivery`.
        InvalidValueError: if there is none of them: that nothing will come is said by closing the order.
    """
    if parts is None:
        return None
    found = listed(parts, "parts")
    for one in found:
        if not isinstance(one, Delivery):
            raise InvalidTypeError(field="parts", value=one, reason="is no Delivery", advice="Give Delivery(300, due=)")
    if not found:
        advice = "Close or cancel the order if nothing will come; leave parts out if all comes as expected"
        raise InvalidValueError(field="parts", value=found, reason="is empty", advice=advice)
    return found


@attrs.frozen
class ConfirmSupply(Command[SupplyState]):
    """Who is to send an order says what of it will come and when: it may differ from what was ordered.

    From then on just that is expected; what is ordered and not confirmed is not. It may be said again at any time while
    the order is open: the last word counts, the first one is what the supplier is measured by.

    Args:
        ref: the order.
        quantity: how much of what is still to come; None: all of it.
        due: when; None: as it is expected.
        parts: several dates, each with its quantity, instead of quantity and due.
    """

    ref: str = attrs.field(converter=ref_code)
    quantity: Exact | None = attrs.field(default=None, converter=optional_amount)
    due: Moment | None = attrs.field(kw_only=True, default=None)
    parts: tuple[Delivery, ...] | None = attrs.field(kw_only=True, default=None, converter=deliveries)

    def __attrs_post_init__(self) -> None:
        _check(self)
        if self.parts and self.quantity is not None:
            raise InvalidValueError(field="quantity", value=self.quantity, reason="is given, and parts say it, too")


@attrs.frozen
class ReviseSupply(Command[SupplyState]):
    """Who ordered it changes an order, or what is expected of it: its quantity, its date, or both.

    All that is open is expected then, or just the parts that are given. It is to be confirmed anew.

    Args:
        ref: the order.
        quantity: how much is ordered in all; what is more comes with the last part, what is less is taken off the last
            ones. None: as it is.
        due: when what is still to come is expected; None: as it is.
        parts: what is still to come and when, in several parts, instead of due.
    """

    ref: str = attrs.field(converter=ref_code)
    quantity: Exact | None = attrs.field(default=None, converter=optional_amount)
    due: Moment | None = attrs.field(kw_only=True, default=None)
    parts: tuple[Delivery, ...] | None = attrs.field(kw_only=True, default=None, converter=deliveries)

    def __attrs_post_init__(self) -> None:
        _check(self)
        if self.quantity is None and self.due is None and not self.parts:
            advice = "Give a quantity, a date, or parts"
            raise InvalidValueError(field="quantity", value=None, reason="and nothing else is said", advice=advice)


@attrs.frozen
class CloseSupply(Command[SupplyState]):
    """The rest of an order will not come: it is left short by who was to send it.

    `Cancel` is for what who ordered it calls off. To open it again, take the commit back: `plant.reverse(...)`.
    """

    ref: str = attrs.field(converter=ref_code)


def _check(command: ConfirmSupply | ReviseSupply) -> None:
    if command.due is not None:
        moment(command.due, "due")
    if command.parts and command.due is not None:
        raise InvalidValueError(field="due", value=command.due, reason="is given, and each part has its own")


@decides(ConfirmSupply)
def decide_confirm(draft: "Draft", command: ConfirmSupply) -> SupplyState:
    """Note what was confirmed.

    Raises:
        UnknownCode: if there is no such order.
        InvalidValueError: if a quantity is not above zero, or does not fit the item's digits.
        NotAllowed: if all of it has come or it has ended, or more is confirmed than is open and the terms let in.
    """
    state = supply_named(draft, command.ref)
    check_step(f"supply {command.ref}", state.status, SupplyAction.CONFIRM)
    if command.parts:
        parts = _in_base_units(draft, state, command.parts)
    elif command.due is not None:
        quantity = state.open if command.quantity is None else command.quantity
        parts = _in_base_units(draft, state, (Delivery(quantity, due=command.due),))
    else:
        parts = _as_expected(state)
        if command.quantity is not None:
            (one,) = _in_base_units(draft, state, (Delivery(command.quantity, due=state.order.due),))
            parts = up_to(parts, in_all((one,)))
    _refuse_more(draft, state, parts, "confirm", "Revise the quantity that is ordered first")
    return _recorded(draft, command.ref, SupplyConfirmed(parts))


@decides(ReviseSupply)
def decide_revise(draft: "Draft", command: ReviseSupply) -> SupplyState:
    """Change an order that has not ended, or when it is expected.

    Raises:
        UnknownCode: if there is no such order.
        InvalidValueError: if a quantity is not above zero, or does not fit the item's digits.
        NotAllowed: if it has ended, all of it has come and no more is ordered, less would be ordered than has come or
            is on its way, or parts are more than is open and the terms let in.
    """
    catalog = draft.world.catalog
    before, what = supply_named(draft, command.ref), f"supply {command.ref}"
    check_step(what, before.status, SupplyAction.REVISE, advice="Order it anew under another ref")
    order = before.order if command.quantity is None else attrs.evolve(before.order, quantity=command.quantity)
    steps = catalog.scaled(order.item, before.quantity if command.quantity is None else command.quantity)
    least = catalog.scaled(order.item, before.received)
    if steps < least:
        raise NotAllowed(what=what, state="fulfilled beyond that quantity", asked="change the quantity")
    if steps == least and command.quantity is None:
        raise NotAllowed(what=what, state="received", asked="change its date", advice="Order more of it, too")
    transit.refuse_underway(draft.world, before, "change it so", steps - least)
    state = attrs.evolve(before, quantity=from_scaled(steps, catalog.item(order.item).scale))
    if command.parts:
        parts = _in_base_units(draft, state, command.parts)
        _refuse_more(draft, state, parts, "expect", "Give the quantity that is ordered, too")
    else:
        parts = () if command.due is not None else _as_expected(state)
    last = parts[-1].due if parts else command.due if command.due is not None else order.due
    if len(parts) == 1 and in_all(parts) == state.open:
        parts = ()
    return _recorded(draft, command.ref, SupplyExpected(attrs.evolve(order, due=last), state.quantity, parts))


@decides(CloseSupply)
def decide_close_supply(draft: "Draft", command: CloseSupply) -> SupplyState:
    """Give up what is still to come of an order.

    Raises:
        UnknownCode: if there is no such order.
        NotAllowed: if it has ended, or goods are in transit for the transfer.
    """
    state = supply_named(draft, command.ref)
    check_step(f"supply {command.ref}", state.status, SupplyAction.CLOSE)
    transit.refuse_underway(draft.world, state, "close")
    return _recorded(draft, command.ref, SupplyClosed(""))


def supply_named(draft: "Draft", ref: str) -> SupplyState:
    """Return a purchase or transfer order as it stands.

    Raises:
        UnknownCode: if there is none of that code.
    """
    state = draft.body(supply_stream(ref))
    if not isinstance(state, SupplyState):
        raise UnknownCode(kind="purchase or transfer order", given=ref, nearest=draft.world.near(ref, "supply"))
    return state


def _recorded(draft: "Draft", ref: str, event: SupplyConfirmed | SupplyExpected | SupplyClosed) -> SupplyState:
    state = draft.record(supply_stream(ref), event)
    assert isinstance(state, SupplyState)  # noqa: S101 - what these events make of any state
    return state


def _in_base_units(draft: "Draft", state: SupplyState, parts: tuple[Delivery, ...]) -> tuple[Delivery, ...]:
    """Return parts in base units, the earliest first; of one moment in the order given."""
    catalog, order = draft.world.catalog, state.order
    item, zone = catalog.item(order.item), catalog.zone(order.site)
    scaled = (
        attrs.evolve(part, quantity=from_scaled(catalog.scaled(item.code, part.quantity), item.scale)) for part in parts
    )
    return tuple(sorted(scaled, key=lambda part: need_at(part.due, zone)))


def _as_expected(state: SupplyState) -> tuple[Delivery, ...]:
    """Return all that is open when it is expected; what nobody has promised with the last of it."""
    if not state.open:
        return ()
    return up_to(state.coming or (Delivery(state.open, due=state.order.due),), state.open)


def _refuse_more(draft: "Draft", state: SupplyState, parts: tuple[Delivery, ...], asked: str, advice: str) -> None:
    """Refuse parts that are more than is open and the terms let in."""
    catalog = draft.world.catalog
    item = catalog.item(state.order.item)
    here = catalog.scaled(item.code, in_all(parts))
    rest = catalog.scaled(item.code, state.open)
    if here > rest + taken_over(draft.world, state):
        much = f"{asked} {from_scaled(here, item.scale):f} {item.unit}"
        still = f"open for {state.open:f} {item.unit}"
        raise NotAllowed(what=f"supply {state.order.ref}", state=still, asked=much, advice=advice)
