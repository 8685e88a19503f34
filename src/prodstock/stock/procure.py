"""Planned orders become promises: bought, moved between sites, or settled by a person to be kept as they are."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

import attrs

from prodstock.calendars.span import Moment
from prodstock.errors import InvalidTypeError, InvalidValueError, NotAllowed, listed
from prodstock.journal.command import Command
from prodstock.journal.stream import planned_stream, supply_stream
from prodstock.master.bom import refuse_unknown_groups
from prodstock.master.codes import optional_ref
from prodstock.orders.moments import moment
from prodstock.orders.planned import PlanFirmed, PlanLaunched, PlannedBuy, PlannedMake, PlannedMove, PlannedOrder
from prodstock.orders.purchase import PurchaseOrder, SupplyExpected, SupplyState, TransferOrder
from prodstock.quantities.scaled import from_scaled
from prodstock.stock.deciding import decides
from prodstock.stock.made_as_chosen import made_as_chosen

if TYPE_CHECKING:
    from prodstock.stock.draft import Draft


def planned_orders(orders: Iterable[PlannedOrder]) -> tuple[PlannedOrder, ...]:
    """Return planned orders as a tuple."""
    return listed(orders, "orders")


def _expected_at(_: object, __: object, value: Moment | None) -> None:
    if value is not None:
        moment(value, "due")


@attrs.frozen
class Purchase(Command[PurchaseOrder]):
    """A planned purchase becomes a purchase order, once.

    Args:
        order: the proposal.
        ref: the code of the purchase order; None: the plant gives one.
        due: when it is expected, such as when it was planned for before today; None: as it was planned.
    """

    order: PlannedBuy
    ref: str | None = attrs.field(kw_only=True, default=None, converter=optional_ref)
    due: Moment | None = attrs.field(kw_only=True, default=None, validator=_expected_at)


@attrs.frozen
class Transfer(Command[TransferOrder]):
    """A planned move becomes a transfer order, once.

    Args:
        order: the proposal.
        ref: the code of the transfer order; None: the plant gives one.
        due: when it is expected there; None: as it was planned.
    """

    order: PlannedMove
    ref: str | None = attrs.field(kw_only=True, default=None, converter=optional_ref)
    due: Moment | None = attrs.field(kw_only=True, default=None, validator=_expected_at)


@attrs.frozen
class Firm(Command[tuple[str, ...]]):
    """A person settles planned orders: later plans take them as they are. Answers their codes."""

    orders: tuple[PlannedOrder, ...] = attrs.field(converter=planned_orders)


@decides(Purchase)
def decide_purchase(draft: "Draft", command: Purchase) -> PurchaseOrder:
    """Order from the supplier what was planned.

    Raises:
        UnknownCode: if item or site is unknown.
        NotAllowed: if the proposal became an order before, or the ref is taken.
    """
    planned = command.order
    if not isinstance(planned, PlannedBuy):
        raise InvalidTypeError(field="order", value=planned, reason="is no PlannedBuy", advice="Launch what is made")
    ref = _ref(draft, command.ref, "PU", planned)
    as_planned = planned.due if planned.receive is None else planned.receive
    order = PurchaseOrder(
        planned.item,
        planned.quantity,
        supplier=planned.supplier,
        due=as_planned if command.due is None else command.due,
        ref=ref,
        site=planned.site,
        segment=planned.segment,
        serves=planned.serves,
    )
    _expect(draft, order, planned)
    return order


@decides(Transfer)
def decide_transfer(draft: "Draft", command: Transfer) -> TransferOrder:
    """Order from the other site what was planned.

    Raises:
        UnknownCode: if item or a site is unknown.
        NotAllowed: if the proposal became an order before, or the ref is taken.
    """
    planned = command.order
    if not isinstance(planned, PlannedMove):
        raise InvalidTypeError(field="order", value=planned, reason="is no PlannedMove")
    ref = _ref(draft, command.ref, "TR", planned)
    order = TransferOrder(
        planned.item,
        planned.quantity,
        source=planned.source,
        target=planned.target,
        due=planned.due if command.due is None else command.due,
        ref=ref,
        segment=planned.segment,
        serves=planned.serves,
    )
    draft.world.catalog.site(order.source)
    _expect(draft, order, planned)
    return order


@decides(Firm)
def decide_firm(draft: "Draft", command: Firm) -> tuple[str, ...]:
    """Settle planned orders.

    Raises:
        UnknownCode: if an item, site, revision, option or value of one is unknown.
        Refused: if one has other options than the demand that it is made to.
        InvalidValueError: if one has no code: only what a plan proposed can be settled; if two have the same, or a
            quantity does not fit the item's digits.
        NotAllowed: if one became an order before.
    """
    firmed: list[str] = []
    for planned in command.orders:
        if not isinstance(planned, PlannedOrder):
            raise InvalidTypeError(field="orders", value=planned, reason="is no planned order")
        if not planned.code:
            raise InvalidValueError(field="orders", value=planned, reason="has no code", advice="Take it from a plan")
        if planned.code in firmed:
            raise InvalidValueError(field="orders", value=planned.code, reason="is given twice")
        _refuse_second(draft, planned)
        _refuse_unknown(draft, planned)
        draft.record(planned_stream(planned.code), PlanFirmed(planned))
        firmed.append(planned.code)
    return tuple(firmed)


def _refuse_unknown(draft: "Draft", planned: PlannedOrder) -> None:
    """Refuse a proposal that later plans could not count with."""
    catalog = draft.world.catalog
    catalog.scaled(planned.item, planned.quantity)
    for site in (planned.source, planned.target) if isinstance(planned, PlannedMove) else (planned.site,):
        catalog.site(site)
    if isinstance(planned, PlannedMake):
        bom = catalog.bom(planned.item, planned.start, site=planned.site, revision=planned.revision or None)
        refuse_unknown_groups(bom, planned.item, planned.groups)
        catalog.scaled(planned.item, planned.good, field="good")
        made_as_chosen(draft, planned)
        for item, quantity in planned.from_stock:
            catalog.scaled(item, quantity, field="from_stock")
        for item, quantity, replaced, of in planned.stand_ins:
            catalog.scaled(item, quantity, field="stand_ins")
            catalog.scaled(replaced, of, field="stand_ins")


def _ref(draft: "Draft", given: str | None, prefix: str, planned: PlannedBuy | PlannedMove) -> str:
    _refuse_second(draft, planned)
    ref = given or draft.new_code(prefix, lambda code: draft.body(supply_stream(code)) is not None)
    if draft.body(supply_stream(ref)) is not None:
        raise NotAllowed(what=f"supply {ref}", state="known", asked="order under that code", advice="Use another ref")
    return ref


def _refuse_second(draft: "Draft", planned: PlannedOrder) -> None:
    before = draft.body(planned_stream(planned.code)) if planned.code else None
    if isinstance(before, str):
        supply = draft.body(supply_stream(before))
        if not isinstance(supply, SupplyState) or not supply.status.has_ended:
            advice = "Plan again: what was ordered counts as supply then"
            what, state = f"planned order {planned.code}", f"ordered as {before}"
            raise NotAllowed(what=what, state=state, asked="order", advice=advice)


def _expect(draft: "Draft", order: PurchaseOrder | TransferOrder, planned: PlannedBuy | PlannedMove) -> None:
    catalog = draft.world.catalog
    catalog.site(order.site)
    quantity = from_scaled(catalog.scaled(order.item, order.quantity), catalog.item(order.item).scale)
    draft.record(supply_stream(order.ref or ""), SupplyExpected(order, quantity))
    if planned.code:
        draft.record(planned_stream(planned.code), PlanLaunched(order.ref or ""))
