"""A planned order becomes a production order, once, with its own copy of bill and routing."""

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

import attrs

from prodstock.calendars.zone import from_micros, micros
from prodstock.errors import InvalidTypeError, InvalidValueError, NotAllowed, Refused
from prodstock.journal.command import Command
from prodstock.journal.stream import demand_stream, lot_stream, order_stream, planned_stream
from prodstock.master.bom import Basis, BillOfMaterial, BomLine, BomStatus, LineRole, ScrapBasis
from prodstock.master.catalog import Catalog
from prodstock.master.codes import ItemCode, optional_code
from prodstock.master.item import Item, Supply
from prodstock.master.order_line import OrderLine as NeededLine
from prodstock.master.order_line import expected_good, order_lines
from prodstock.master.routing import Routing
from prodstock.orders.codes import OrderCode
from prodstock.orders.demand import DemandState, DemandStatus
from prodstock.orders.lifecycle import OrderState
from prodstock.orders.planned import PlanLaunched, PlannedMake
from prodstock.orders.production import (
    OrderLaunched,
    OrderLine,
    OrderStep,
    ProductionOrder,
)
from prodstock.quantities.rounding import Rounding, round_scaled
from prodstock.quantities.scaled import from_scaled
from prodstock.stock.deciding import decides

if TYPE_CHECKING:
    from prodstock.stock.draft import Draft

MAKE = "make"
"""The one step of an order for an item without a routing."""

_OVER = frozenset({OrderState.CANCELLED, OrderState.CLOSED})


@attrs.frozen
class Launch(Command[ProductionOrder]):
    """A planned order becomes a production order: lines, steps and outputs are frozen as they hold at its start.

    Args:
        order: the proposal, from a plan or made by hand.
        lot: the code of the output lot; None: that of the order.
        code: the code of the order; None: the plant gives one.
    """

    order: PlannedMake
    lot: str | None = attrs.field(kw_only=True, default=None, converter=optional_code)
    code: str | None = attrs.field(kw_only=True, default=None, converter=optional_code)


@decides(Launch)
def decide_launch(draft: "Draft", command: Launch) -> ProductionOrder:
    """Turn a planned order into a production order.

    Effectivity is judged at the planned start, or now if that has passed. Components rounded up once per line, lines
    never merged; the lines of a phantom's bill stand in for it. Rework lines are left out.

    Raises:
        UnknownCode: if item, site or revision is unknown.
        InvalidValueError: if the quantity is not above zero or does not fit the item's digits.
        NotAllowed: if the order's code is taken, or the planned order was launched before and its order goes on.
        Refused: if the plan is stale: its revision is no longer active then, or a demand it serves has ended.
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
    starts = from_micros(max(micros(planned.start), draft.effective))
    bom = _bill(catalog, planned, starts)
    routing = catalog.routing(item.code, starts, site=planned.site)
    code = _code(draft, command, item)
    order = ProductionOrder(
        OrderCode(code),
        ItemCode(item.code),
        from_scaled(quantity, item.scale),
        OrderState.LAUNCHED,
        from_micros(micros(planned.due)),
        start=from_micros(micros(planned.start)),
        site=planned.site,
        unit=item.unit,
        revision="" if bom is None else bom.revision,
        expected_good=_expected(item, quantity, bom, routing),
        lines=_lines(catalog, from_scaled(quantity, item.scale), starts, bom, routing, planned.site),
        steps=_steps(routing),
        output_step=MAKE if routing is None else routing.last_step.code,
        lot=command.lot or code,
        serves=planned.serves,
        outputs=_outputs(catalog, bom),
    )
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
            raise _stale(planned, f"demand {ref} that it serves is {state.status.value}")


def _stale(planned: PlannedMake, reason: str) -> Refused:
    return Refused(reason=f"the plan for {planned.item} is stale: {reason}", advice="Plan again and launch from that")


def _bill(catalog: Catalog, planned: PlannedMake, starts: datetime) -> BillOfMaterial | None:
    """Return the bill the order is made with; the planned revision must be the active one still."""
    if not planned.revision:
        return catalog.bom(planned.item, starts, site=planned.site)
    bom = catalog.bom(planned.item, starts, site=planned.site, revision=planned.revision)
    if bom is None or bom.status is not BomStatus.ACTIVE:
        raise _stale(planned, f"revision {planned.revision} is not active")
    if not bom.effective_on(catalog.day(starts, planned.site)):
        raise _stale(planned, f"revision {planned.revision} is not effective on {catalog.day(starts, planned.site)}")
    return bom


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


def _expected(item: Item, quantity: int, bom: BillOfMaterial | None, routing: Routing | None) -> Decimal:
    exact = Fraction(quantity, 10**item.scale)
    if bom is not None:
        exact = expected_good(bom, exact, routing=routing)
    elif routing is not None:
        exact /= routing.input_per_good()
    return from_scaled(round_scaled(exact, item.scale, Rounding.AVAILABILITY), item.scale)


def _steps(routing: Routing | None) -> tuple[OrderStep, ...]:
    if routing is None:
        return (OrderStep(MAKE),)
    return tuple(
        OrderStep(
            step.code,
            step.kind,
            step.resource,
            step.setup,
            step.run_per_unit,
            step.queue,
            step.move,
            routing.predecessors(step.code),
        )
        for step in routing.in_order()
    )


def _lines(
    catalog: Catalog,
    started: Decimal,
    starts: datetime,
    bom: BillOfMaterial | None,
    routing: Routing | None,
    site: str,
) -> tuple[OrderLine, ...]:
    if bom is None:
        return ()
    needed = order_lines(catalog, bom, started, at=starts, site=site, routing=routing)
    listed = list(_listed(catalog, bom, starts, site))
    first = MAKE if routing is None else routing.in_order()[0].code
    found: list[OrderLine] = []
    for at, line in enumerate(needed):
        source = listed[at] if at < len(listed) else None
        if line.role is not LineRole.REWORK:
            units = _served(bom, routing, source, line, Fraction(started))
            found.append(_line(len(found), line, source, first, units, catalog.day(starts, site)))
    return tuple(found)


def _listed(catalog: Catalog, bom: BillOfMaterial, starts: datetime, site: str) -> Iterator[BomLine]:
    """Yield the bill's own lines that an order's lines begin with: those of phantoms come after them."""
    for line in bom.lines_on(catalog.day(starts, site)):
        if catalog.item(line.item).supply is not Supply.PHANTOM:
            yield line


def _served(
    bom: BillOfMaterial, routing: Routing | None, source: BomLine | None, line: NeededLine, started: Fraction
) -> Fraction | None:
    """Return how many units are planned to enter the step that takes a line; None: all that are started."""
    if routing is None:
        per_good = Fraction(1)
        entering = Fraction(1)
    else:
        per_good = routing.input_per_good()
        entering = per_good if line.operation is None else routing.input_per_good(line.operation)
    if source is not None and source.scrap_basis is ScrapBasis.GOOD:
        per_good, entering = per_good * (1 + Fraction(bom.scrap)), Fraction(1)
    return None if entering == per_good else started * entering / per_good


def _line(
    number: int, line: NeededLine, source: BomLine | None, first: str, units: Fraction | None, day: date
) -> OrderLine:
    return OrderLine(
        number,
        line.item,
        line.quantity,
        line.exact,
        line.unit,
        line.operation or first,
        fixed=source is not None and source.per is Basis.ORDER,
        role=line.role,
        substitutes=tuple((one.item, one.ratio) for one in line.substitutes if one.effective_on(day)),
        units=units,
    )


def _outputs(catalog: Catalog, bom: BillOfMaterial | None) -> tuple[tuple[str, Fraction], ...]:
    if bom is None:
        return ()
    for_quantity = catalog.base(bom.item, bom.for_quantity)
    return tuple((one.item, catalog.base(one.item, one.quantity) / for_quantity) for one in bom.outputs)
