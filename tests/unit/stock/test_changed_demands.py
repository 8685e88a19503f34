"""A demand that changes keeps of its reservations only what it may still hold."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from prodstock.journal.store import ManualClock
from prodstock.master.catalog import Catalog
from prodstock.master.item import Item, Tracking
from prodstock.orders.demand import Demand
from prodstock.plant import Plant
from prodstock.stock.goods import ReservationState


def demand(quantity: int, due: date) -> Demand:
    """The same demand with another quantity or date."""
    return Demand("MIC", quantity, due=due, ref="SO-1")


@pytest.fixture
def plant() -> Plant:
    """Two lots, the first of which expires at the end of March, both reserved for one demand."""
    plant = Plant(Catalog([Item("MIC", tracking=Tracking.LOT)]), clock=ManualClock(datetime(2026, 3, 2, 6, tzinfo=UTC)))
    plant.receive("MIC", 6, lot="A", expires=date(2026, 3, 31))
    plant.receive("MIC", 10, lot="B", expires=date(2026, 12, 31))
    plant.expect(demand(10, date(2026, 3, 20)))
    plant.reserve("SO-1")
    return plant


def test_a_lot_that_expires_before_the_new_date_is_given_back(plant: Plant) -> None:
    """Moved to April, the demand holds lot B only, and can be reserved for again."""
    plant.expect(demand(10, date(2026, 4, 15)))
    held = [(pick.lot, pick.quantity) for pick in plant.stock.reservations("SO-1")[0].lines if pick.quantity]
    assert held == [("B", Decimal(4))]
    assert [pick.lot for pick in plant.reserve("SO-1").lines] == ["B"]
    plant.check()


def test_what_is_too_much_is_given_back_the_latest_first(plant: Plant) -> None:
    """Seven instead of ten: six of lot A stay, one of lot B."""
    plant.expect(demand(7, date(2026, 3, 20)))
    held = [(pick.lot, pick.quantity) for pick in plant.stock.reservations("SO-1")[0].lines if pick.quantity]
    assert held == [("A", Decimal(6)), ("B", Decimal(1))]
    assert plant.availability("MIC").free == 9
    plant.check()


def test_a_date_within_the_life_of_all_lots_changes_nothing(plant: Plant) -> None:
    """An earlier date breaks no promise."""
    plant.expect(demand(10, date(2026, 3, 10)))
    (reservation,) = plant.stock.reservations("SO-1")
    assert reservation.state is ReservationState.PENDING
    assert sum(pick.quantity for pick in reservation.lines) == 10
    plant.check()
