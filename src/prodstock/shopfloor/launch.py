"""A planned order becomes a production order, once, with its own copy of bill and routing."""

from typing import TYPE_CHECKING

import attrs

from prodstock.calendars.zone import from_micros, micros
from prodstock.errors import InvalidTypeError, InvalidValueError, NotAllowed
from prodstock.journal.command import Command
from prodstock.journal.stream import demand_stream, lot_stream, order_stream, planned_stream
from prodstock.master.codes import ItemCode, optional_code, optional_lot
from prodstock.master.item import Item
from prodstock.orders.codes import OrderCode
from prodstock.orders.demand import DemandState, DemandStatus
from prodstock.orders.lifecycle import OrderState
from prodstock.orders.planned import PlanLaunched, PlannedMake, group_codes
from prodstock.orders.production import OrderLaunched, ProductionOrder
from prodstock.quantities.scaled import from_scaled
from prodstock.shopfloor.recipe import recipes, stale
from prodstock.shopfloor.standing_in import with_stand_ins
from prodstock.stock.deciding import decides
from prodstock.stock.made_as_chosen import made_as_chosen

if TYPE_CHECKING:
    from prodstock.stock.draft import Draft

_OVER = frozenset({OrderState.CANCELLED, OrderState.CLOSED})


@attrs.frozen
class Launch(Command[ProductionOrder]):
    """A planned order becomes a production order: lines, steps and outputs are frozen as they hold at its start.

    Args:
        order: the proposal, from a plan or made by hand.
        lot: the code of the output lot; None: that of the order.
        code: the code of the order; None: the plant gives one.
        groups: the bill's groups of substitutes that take the place of what they replace, all of it; none: those that
            the order plans to take.
    """

    order: PlannedMake
    lot: str | None = attrs.field(kw_only=True, default=None, converter=optional_lot)
    code: str | None = attrs.field(kw_only=True, default=None, converter=optional_code)
    groups: tuple[str, ...] = attrs.field(kw_only=True, default=(), converter=group_codes)


@decides(Launch)
def decide_launch(draft: "Draft", command: Launch) -> ProductionOrder:
    """Turn a planned order into a production order.

    Effectivity is judged at the planned start, or now if that has passed. Components rounded up once per line, lines
    never merged; the lines of a phantom's bill stand in for it, but for what the plan takes of it from stock: that is a
    line of its own, and stays one whatever becomes of that stock. What the plan lets stand in for items of the bill
    are lines of their own too, and the lines that they replace need so much less. Rework lines are left out. The lines
    of a group of substitutes stand behind the others, and are reserved, issued and consumed as any. What has taken an
    item's place by then may stand in on its lines, whatever the bill says. Lines count that apply with the order's
    options; of those that it leaves out with the options of the demand that it is made to, else with the usual ones.
    The order says on which options its lines depended, and what was chosen.

    Raises:
        UnknownCode: if item, site, revision, group, option or value of one is unknown.
        InvalidValueError: if the quantity is not above zero or does not fit the item's digits, or a group cannot
            replace what it is to: it does not hold then, or another one has replaced it.
        NotAllowed: if the order's code is taken, or the planned order was launched before and its order goes on.
        Refused: if the plan is stale: its revision is no longer active then, a demand it serves has ended, or it takes
            more of a phantom from stock than the bill needs, something stands in that may not any more, a group of
            substitutes that it was planned with included, or the demand that it is made to wants other options.
    """
    planned = command.order
    if not isinstance(planned, PlannedMake):
        advice = "Launch a PlannedMake; what is bought is purchased, what is moved is transferred"
        raise InvalidTypeError(field="order", value=planned, reason="is no PlannedMake", advice=advice)
    catalog = draft.world.catalog
    item = catalog.item(planned.item)
    catalog.site(planned.site)
    quantity = catalog.scaled(item.code, planned.quantity)
    if quantity <= 0:
        raise InvalidValueError(field="quantity", value=planned.quantity, reason="is not above zero")
    _refuse_second_launch(draft, planned)
    _refuse_ended_demands(draft, planned)
    options = made_as_chosen(draft, planned)
    start = micros(planned.start)
    day = catalog.day(from_micros(max(start, draft.effective)), planned.site)
    recipe = recipes(draft.world).find(planned, day, quantity, command.groups or planned.groups, options)
    lines = recipe.lines_from_stock(planned, day, quantity)
    code = _code(draft, command, item)
    order = ProductionOrder(
        OrderCode(code),
        ItemCode(item.code),
        from_scaled(quantity, item.scale),
        OrderState.LAUNCHED,
        from_micros(micros(planned.due)),
        start=from_micros(start),
        site=planned.site,
        unit=item.unit,
        revision=recipe.revision,
        expected_good=recipe.expected(quantity),
        lines=with_stand_ins(lines, planned, catalog, day) if planned.stand_ins else lines,
        steps=recipe.steps,
        output_step=recipe.output_step,
        lot=command.lot or code,
        serves=planned.serves,
        outputs=recipe.outputs,
        segment=planned.segment,
        options=options,
    )
    recipe.give_sheet(order)
    draft.record(order_stream(code), OrderLaunched(order))
    if planned.code:
        draft.record(planned_stream(planned.code), PlanLaunched(code))
    return order


def _refuse_second_launch(draft: "Draft", planned: PlannedMake) -> None:
    before = draft.body(planned_stream(planned.code)) if planned.code else None
    if not isinstance(before, str):
        return
    order = draft.body(order_stream(before))
    if isinstance(order, ProductionOrder) and order.state in _OVER:
        return
    advice = "Plan again: what was launched counts as supply then"
    raise NotAllowed(what=f"planned order {planned.code}", state=f"launched as {before}", asked="launch", advice=advice)


def _refuse_ended_demands(draft: "Draft", planned: PlannedMake) -> None:
    for ref in planned.serves:
        state = draft.body(demand_stream(ref))
        if isinstance(state, DemandState) and state.status is not DemandStatus.OPEN:
            raise stale(planned, f"demand {ref} that it serves is {state.status.value}")


def _code(draft: "Draft", command: Launch, item: Item) -> str:
    if command.code is None:
        return draft.new_code("MO", lambda new: _taken(draft, new, item))
    if draft.body(order_stream(command.code)) is not None:
        what = f"production order {command.code}"
        raise NotAllowed(what=what, state="in being", asked="launch", advice="Give it another code")
    return command.code


def _taken(draft: "Draft", code: str, item: Item) -> bool:
    """Tell whether a code names an order, or a lot of the item: the order's output lot is to be new."""
    if draft.body(order_stream(code)) is not None:
        return True
    draft.world.find(lot_stream(item.code, code))
    book = draft.world.book_of(item.code)
    return book is not None and book.find_lot(code) >= 0
