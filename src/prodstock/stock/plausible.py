"""What papers cannot say: figures below zero, lines and steps that an order does not have, another's name."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from prodstock.errors import BrokenInvariant
from prodstock.journal.stream import demand_stream, order_stream, supply_stream
from prodstock.orders.demand import DemandExpected, DemandShipped, DemandState
from prodstock.orders.production import LinesChanged, OrderLaunched, ProductionOrder, StepsConfirmed, TakenApart
from prodstock.orders.purchase import (
    SupplyConfirmed,
    SupplyExpected,
    SupplyLost,
    SupplyReceived,
    SupplyReturned,
    SupplyState,
)
from prodstock.orders.restored import Restored
from prodstock.quantities.scaled import MAX_SCALE, MAX_SCALED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from typing import Any

    from prodstock.journal.commit import Event
    from prodstock.master.catalog import Catalog
    from prodstock.orders.delivery import Delivery
    from prodstock.quantities.quantity import Exact


NAMING = frozenset({DemandExpected, SupplyExpected, OrderLaunched})
"""Events that speak of items and sites for the first time."""


def check_paper(stream: str, event: Event, before: object) -> None:
    """Do nothing if an event can be the next one on its stream of papers.

    Args:
        stream: the stream's name.
        event: what is said to have happened.
        before: what the papers said before it, or None.

    Raises:
        BrokenInvariant: if it cannot.
    """
    check = _CHECKS.get(type(event))
    if check is not None:
        fault = check(stream, event, before)
        if fault:
            raise BrokenInvariant(invariant="I4", detail=f"{type(event).__name__} on {stream}: {fault}")


def check_names(catalog: Catalog, event: Event) -> None:
    """Do nothing if what a promise speaks of is defined, and its quantity in base units is the one that was given.

    Raises:
        UnknownCode: if an item or a site is not defined.
        BrokenInvariant: if the two quantities differ.
    """
    match event:
        case DemandExpected(demand=promise, quantity=quantity) | SupplyExpected(order=promise, quantity=quantity):
            catalog.site(promise.site)
            if catalog.scaled(promise.item, promise.quantity) != catalog.scaled(promise.item, quantity):
                detail = f"{promise.ref}: {quantity} in base units is not {promise.quantity}"
                raise BrokenInvariant(invariant="I4", detail=detail)
        case OrderLaunched(order=order):
            catalog.site(order.site)
            for item in (order.item, *(line.item for line in order.lines), *(item for item, _ in order.outputs)):
                catalog.item(item)
        case _:
            pass


def lines_of(order: object) -> int:
    """Return how many lines the papers of a stream have: those of a production order, else none."""
    return len(order.line_figures) if isinstance(order, ProductionOrder) else 0


def _no_count(figures: Iterable[Exact]) -> str:
    """Return what is wrong with figures that should be counts of an item in its base unit, or the empty text."""
    for figure in figures:
        if not isinstance(figure, Decimal):
            return f"{str(figure)[:60]} is not in base units"
        exponent = figure.as_tuple().exponent
        if not 0 <= figure <= MAX_SCALED or not isinstance(exponent, int) or exponent < -MAX_SCALE:
            return f"{str(figure)[:60]} is below zero, or more or finer than anything is counted"
    return ""


def _parts(parts: Iterable[Delivery]) -> str:
    return _no_count(part.quantity for part in parts)


def _below_zero(figures: Iterable[Decimal]) -> str:
    for figure in figures:
        if figure < 0:
            return f"{figure} is below zero"
    return ""


def _launched(stream: str, event: OrderLaunched, _: object) -> str:
    order = event.order
    if stream != order_stream(order.code):
        return f"is of order {order.code}"
    return _of_order(order)


def _of_order(order: ProductionOrder) -> str:
    figures = [order.quantity, order.expected_good, order.good, order.scrapped, order.taken_apart]
    for number, line in enumerate(order.lines):
        if line.number != number:
            return f"line {number} is numbered {line.number}"
        figures += (line.need, line.issued, line.consumed)
    for step in order.steps:
        figures += (step.good, step.scrapped)
    return _below_zero(figures)


def _changed(_: str, event: LinesChanged, before: object) -> str:
    count = lines_of(before)
    for number, issued, consumed in event.lines:
        if not 0 <= number < count:
            return f"there is no line {number}"
        if issued < 0 or consumed < 0:
            return f"{min(issued, consumed)} of line {number} is below zero"
    return ""


def _confirmed(_: str, event: StepsConfirmed, before: object) -> str:
    known = [step.code for step in before.launched.steps] if isinstance(before, ProductionOrder) else []
    for code, good, scrapped in event.steps:
        if code not in known:
            return f"there is no step {code[:60]}"
        if good < 0 or scrapped < 0:
            return f"{min(good, scrapped)} of step {code} is below zero"
    if event.operation and event.operation not in known:
        return f"there is no step {event.operation[:60]}"
    return _below_zero((event.good, event.scrapped))


def _demanded(stream: str, event: DemandExpected, _: object) -> str:
    if stream != demand_stream(str(event.demand.ref)):
        return f"is of demand {event.demand.ref}"
    return _below_zero((event.quantity,))


def _supplied(stream: str, event: SupplyExpected, _: object) -> str:
    if stream != supply_stream(str(event.order.ref)):
        return f"is of supply {event.order.ref}"
    return _no_count((event.quantity,)) or _parts(event.parts)


def _promised(_: str, event: SupplyConfirmed, __: object) -> str:
    return _parts(event.parts) if event.parts else "nothing is confirmed"


def _of_supply(stream: str, state: SupplyState) -> str:
    figures = (state.received, state.since, state.replaced, state.credited, state.lost)
    return _supplied(stream, SupplyExpected(state.order, state.quantity, state.parts), None) or _no_count(figures)


def _restored(stream: str, event: Restored, before: object) -> str:
    state = event.state
    if not isinstance(before, type(state)):
        return f"{type(state).__name__} was not there before"
    match state:
        case DemandState():
            return _demanded(stream, DemandExpected(state.demand, state.quantity), None)
        case SupplyState():
            return _of_supply(stream, state)
        case ProductionOrder():
            return _launched(stream, OrderLaunched(state), None)


_CHECKS: Mapping[type[Event], Callable[[str, Any, object], str]] = {
    OrderLaunched: _launched,
    LinesChanged: _changed,
    StepsConfirmed: _confirmed,
    TakenApart: lambda _, event, __: _below_zero((event.units,)),
    DemandExpected: _demanded,
    DemandShipped: lambda _, event, __: _below_zero((event.shipped,)),
    SupplyExpected: _supplied,
    SupplyConfirmed: _promised,
    SupplyReceived: lambda _, event, __: _no_count((event.received,)),
    SupplyReturned: lambda _, event, __: _no_count((event.received, event.replaced, event.credited)),
    SupplyLost: lambda _, event, __: _no_count((event.lost,)),
    Restored: _restored,
}
