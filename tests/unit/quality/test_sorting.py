"""Usage decisions: goods are split into states that sum exactly."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prodstock.errors import InvalidTypeError, InvalidValueError, NotAllowed
from prodstock.journal.store import ManualClock
from prodstock.master.catalog import Catalog
from prodstock.master.item import Item, Tracking
from prodstock.master.quality_state import Quality
from prodstock.orders.demand import Demand
from prodstock.plant import Plant
from prodstock.quality.nonconformance import Sort
from prodstock.stock.goods import Goods

NOW = datetime(2026, 3, 2, 6, tzinfo=UTC)
Q = Quality


def plant_with(quantity: int, quality: Quality = Q.PENDING_INSPECTION) -> Plant:
    """Return a plant with a lot in a state."""
    plant = Plant(Catalog([Item("CUP", tracking=Tracking.LOT)]), clock=ManualClock(NOW))
    plant.receive("CUP", quantity, lot="L", quality=quality)
    return plant


def states(plant: Plant) -> dict[tuple[str, str], int]:
    """Return how much of the cups is in which state, with its reason."""
    shelf = plant._world.shelf(plant._world.find("stock:CUP@MAIN"))
    places = (plant._world.places.name(shelf.place[parcel]) for parcel in shelf.live)
    return {(p.quality, p.reason): shelf.rows[n][0] for p, n in zip(places, shelf.live, strict=True)}


def test_one_decision_has_several_targets() -> None:
    """Of a hundred cups eighty are accepted, fifteen reworked and five rejected."""
    plant = plant_with(100)

    answer = plant.do(Sort("L", {Q.APPROVED: 80, Q.REWORK: 15, Q.REJECTED: 5}, reason="chipped")).answer

    assert states(plant) == {("approved", ""): 80, ("rework", "chipped"): 15, ("rejected", "chipped"): 5}
    assert [(quality, int(quantity)) for quality, quantity in answer.into] == [
        (Q.APPROVED, 80),
        (Q.REWORK, 15),
        (Q.REJECTED, 5),
    ]
    plant.check()


@given(st.lists(st.integers(1, 50), min_size=2, max_size=4), st.integers(-1, 1))
def test_the_parts_are_all_of_the_goods(parts: list[int], off: int) -> None:
    """A decision that leaves a unit out, or makes one up, is refused; an exact one moves every unit."""
    total = sum(parts)
    into = dict(zip((Q.APPROVED, Q.BLOCKED, Q.REWORK, Q.REJECTED), parts, strict=False))
    plant = plant_with(total + off) if total + off else plant_with(1)

    if off:
        with pytest.raises(InvalidValueError, match="is not the"):
            plant.do(Sort("L", into))
    else:
        plant.do(Sort("L", into))
        assert {quality: quantity for (quality, _), quantity in states(plant).items()} == {
            quality.value: quantity for quality, quantity in into.items()
        }
    plant.check()


def test_promises_are_broken_once_and_only_as_far_as_they_must() -> None:
    """Free stock goes first, then the latest promise, even when it loses to two states at once."""
    plant = plant_with(20, Q.APPROVED)
    for ref, quantity in (("SO-1", 10), ("SO-2", 6)):
        plant.expect(Demand("CUP", quantity, due=date(2026, 3, 9), ref=ref))
        plant.reserve(ref)

    answer = plant.do(Sort(Goods("CUP", lot="L"), {Q.BLOCKED: 7, Q.REJECTED: 5, Q.APPROVED: 8})).answer

    assert [(hurt.ref, int(hurt.quantity)) for hurt in answer.hurt] == [("SO-2", 6), ("SO-1", 2)]
    assert plant.availability("CUP").reserved == 8
    plant.check()


def test_only_transitions_of_the_table() -> None:
    """What was rejected is not simply accepted."""
    plant = plant_with(10, Q.REJECTED)
    with pytest.raises(NotAllowed, match="rejected"):
        plant.do(Sort("L", {Q.APPROVED: 10}))
    with pytest.raises(InvalidTypeError):
        Sort("L", {"approved": 10})  # type: ignore[arg-type]
