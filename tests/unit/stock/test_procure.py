"""What was planned to be bought or moved becomes an order once; what a person settles stays in the plan."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import attrs
import pytest

import prodstock as ps

START = datetime(2026, 3, 2, 6, tzinfo=UTC)
UNTIL = date(2026, 7, 1)


@pytest.fixture
def plant() -> ps.Plant:
    """Microphones are wanted, bought in lots of five hundred."""
    catalog = ps.Catalog(
        [
            ps.Item("MIC", tracking=ps.Tracking.LOT),
            ps.Site("NORTH"),
            ps.Sourcing("MIC", supplier="KNW", lead_time=timedelta(days=7), minimum=500),
        ]
    )
    plant = ps.Plant(catalog, clock=ps.ManualClock(START))
    plant.expect(ps.Demand("MIC", 40, due=date(2026, 4, 10), ref="SO-1"))
    return plant


def test_a_planned_purchase_becomes_an_order_once_and_the_next_plan_is_empty(plant: ps.Plant) -> None:
    """The order is expected supply; buying the same proposal again is refused until the first is given up."""
    (planned,) = plant.plan(until=UNTIL).buy
    order = plant.purchase(planned, ref="PU-1")
    assert (order.item, order.quantity, order.supplier, order.due) == ("MIC", Decimal(500), "KNW", planned.due)
    assert plant.plan(until=UNTIL).orders == ()
    with pytest.raises(ps.NotAllowed, match="ordered as PU-1"):
        plant.purchase(planned)
    plant.cancel("PU-1")
    assert plant.purchase(planned).ref == "PU-2"
    plant.check()


def test_a_settled_proposal_comes_back_as_it_is(plant: ps.Plant) -> None:
    """The planner settles six hundred instead of five; the plan keeps them and adds nothing."""
    (planned,) = plant.plan(until=UNTIL).buy
    plant.firm(attrs.evolve(planned, quantity=Decimal(600)))
    assert [(one.code, one.quantity) for one in plant.plan(until=UNTIL).buy] == [(planned.code, Decimal(600))]
    plant.purchase(attrs.evolve(planned, quantity=Decimal(600)))
    assert plant.plan(until=UNTIL).orders == ()
    with pytest.raises(ps.NotAllowed, match="ordered as"):
        plant.firm(planned)


def test_a_planned_move_becomes_a_transfer_order(plant: ps.Plant) -> None:
    """It is expected at the target."""
    move = ps.PlannedMove(ps.ItemCode("MIC"), Decimal(5), START, START + timedelta(days=1), "NORTH", "MAIN", code="x")
    order = plant.transfer(move, ref="TR-1")
    assert (order.source, order.target, order.quantity) == ("NORTH", "MAIN", Decimal(5))
    with pytest.raises(ps.NotAllowed, match="ordered as TR-1"):
        plant.transfer(move)


def test_what_is_no_such_proposal_is_refused_by_name(plant: ps.Plant) -> None:
    """A purchase takes a PlannedBuy; only what a plan proposed can be settled; a ref is used once."""
    (planned,) = plant.plan(until=UNTIL).buy
    with pytest.raises(ps.InvalidTypeError, match="PlannedBuy"):
        plant.purchase("PU-1")  # type: ignore[arg-type]  # on purpose
    with pytest.raises(ps.InvalidValueError, match="no code"):
        plant.firm(attrs.evolve(planned, code=""))
    plant.expect(ps.PurchaseOrder("MIC", 1, supplier="KNW", due=date(2026, 3, 9), ref="PU-9"))
    with pytest.raises(ps.NotAllowed, match="known"):
        plant.purchase(planned, ref="PU-9")
