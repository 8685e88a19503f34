"""The states of an order: each is a whole value, though it holds only what has changed since the launch."""

import copy
import pickle  # noqa: TID251 - to see that values survive it; documents are the format
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import attrs
import pytest

from prodstock.codec import dumps, loads
from prodstock.master.catalog import Catalog
from prodstock.master.item import Item
from prodstock.orders.lifecycle import OrderState
from prodstock.orders.planned import PlannedMake
from prodstock.orders.production import (
    LinesChanged,
    OrderLaunched,
    OrderStateChanged,
    ProductionOrder,
    StepsConfirmed,
    TakenApart,
)
from prodstock.orders.sheet import sheet_of
from prodstock.plant import Plant
from prodstock.shopfloor.issue import Issue
from prodstock.shopfloor.launch import Launch
from prodstock.shopfloor.report import Complete, Report
from prodstock.shopfloor.take_apart import TakeApart
from prodstock.stock.goods import Goods


def told(order: ProductionOrder | None, event: object) -> ProductionOrder:
    """Return the order after an event, field by field: what `on` does with less copying."""
    match event:
        case OrderLaunched(launched):
            return launched
        case LinesChanged(lines, state) if order is not None:
            now = list(order.lines)
            for number, issued, consumed in lines:
                now[number] = attrs.evolve(now[number], issued=issued, consumed=consumed)
            return attrs.evolve(order, lines=tuple(now), state=state)
        case StepsConfirmed(steps, good, scrapped, state) if order is not None:
            news = {code: (better, worse) for code, better, worse in steps}
            confirmed = tuple(
                attrs.evolve(step, good=news[step.code][0], scrapped=news[step.code][1]) if step.code in news else step
                for step in order.steps
            )
            return attrs.evolve(order, steps=confirmed, good=good, scrapped=scrapped, state=state)
        case OrderStateChanged(state) if order is not None:
            return attrs.evolve(order, state=state)
        case TakenApart(units) if order is not None:
            return attrs.evolve(order, taken_apart=units)
    raise AssertionError(event)


@pytest.fixture
def worked(plant: Plant, planned: Callable[..., PlannedMake]) -> Plant:
    """A plant that made four devices of ten, lost one, and took one apart."""
    plant.do(Launch(planned()))
    plant.do(Issue(plant.reserve("MO-1")))
    plant.do(Report("MO-1", "assemble", good=6, scrapped=1))
    plant.do(Complete("MO-1", good=4))
    plant.do(TakeApart("MO-1-0001", parts=[Goods("CHIP", serials=["C-1"])]))
    return plant


def test_every_state_is_what_the_events_say_field_by_field(worked: Plant) -> None:
    """Lines, steps and numbers are those that copying the whole order at each event would give."""
    order: ProductionOrder | None = None
    fast: object = None
    for recorded in worked.events():
        if recorded.stream == "order:MO-1" and hasattr(recorded.event, "on"):
            order, fast = told(order, recorded.event), recorded.event.on(fast)
            assert isinstance(fast, ProductionOrder)
            assert fast == order
            assert attrs.astuple(fast) == attrs.astuple(order)
            assert (fast.started, repr(fast), hash(fast)) == (order.started, repr(order), hash(order))
    assert fast == worked.production.order("MO-1")


def test_a_state_is_copied_pickled_changed_and_kept_as_any_value(worked: Plant) -> None:
    """Nobody can tell it from an order that was made with all its fields."""
    order = worked.production.order("MO-1")
    whole = ProductionOrder(**{field.name: getattr(order, field.name) for field in attrs.fields(ProductionOrder)})

    for twin in (whole, copy.copy(order), copy.deepcopy(order), pickle.loads(pickle.dumps(order)), attrs.evolve(order)):  # noqa: S301 - our own
        assert twin == order
        assert (twin.line_figures, twin.step_figures) == (order.line_figures, order.step_figures)
        assert twin.standing(OrderState.HELD) == attrs.evolve(order, state=OrderState.HELD)
    assert loads(dumps(order), ProductionOrder) == order
    assert attrs.evolve(order, due=order.due + timedelta(days=1)).lines == order.lines
    assert not hasattr(order, "nothing")
    assert not hasattr(whole, "nothing")


def test_a_state_cannot_be_changed(worked: Plant) -> None:
    """It is frozen as all values are."""
    order = worked.production.order("MO-1")
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        order.good = Decimal(9)  # type: ignore[misc]  # that is the point


def test_the_sheet_is_read_again_when_definitions_change(plant: Plant, planned: Callable[..., PlannedMake]) -> None:
    """All states of an order share one, as long as the catalog is the same."""
    order = plant.do(Launch(planned())).answer
    held = order.standing(OrderState.HELD)
    finer = Catalog([attrs.evolve(d, scale=2) if d == Item("BOX") else d for d in plant.catalog.definitions])

    assert sheet_of(order, plant.catalog) is sheet_of(held, plant.catalog)
    assert [line.needed(10) for line in sheet_of(held, plant.catalog).lines] == [10, 21, 10]
    assert [line.needed(10) for line in sheet_of(held, finer).lines] == [10, 21, 1000]
    assert [line.needed(10) for line in sheet_of(order, plant.catalog).lines] == [10, 21, 10]
