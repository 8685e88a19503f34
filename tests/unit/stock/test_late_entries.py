"""Late entries: what took effect before it was recorded never makes a later moment, a promise or a count untrue."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from prodstock.errors import InvalidValueError, NotAllowed, NotEnough
from prodstock.journal.store import ManualClock
from prodstock.master.catalog import Catalog
from prodstock.master.item import Item, Tracking
from prodstock.master.location import Location
from prodstock.master.quality_state import Quality
from prodstock.plant import Plant
from prodstock.stock.availability import Reason
from prodstock.stock.claim import Claim
from prodstock.stock.goods import Goods
from prodstock.stock.receive import Receive

START = datetime(2026, 3, 2, 6, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def clock() -> ManualClock:
    """Return a clock."""
    return ManualClock(START)


@pytest.fixture
def plant(clock: ManualClock) -> Plant:
    """Return a plant whose lot had 10 at six, 2 at seven, and has 8 again since eight; it is nine."""
    yard = Location("YARD", tolerates=3)
    plant = Plant(Catalog([Item("MIC", tracking=Tracking.LOT), Item("BOX"), yard]), clock=clock)
    plant.receive("MIC", 10, lot="L1")
    clock.advance(HOUR)
    plant.scrap(Goods("MIC", lot="L1", quantity=8))
    clock.advance(HOUR)
    plant.receive("MIC", 6, lot="L1")
    clock.advance(HOUR)
    return plant


def test_no_later_moment_goes_below_zero(plant: Plant) -> None:
    """Only what was there from then until now can be taken late; the refusal names the moment and what was there."""
    with pytest.raises(NotEnough) as refused:
        plant.adjust("MIC", -3, lot="L1", at=START + HOUR / 2)

    assert (refused.value.there, refused.value.moment) == (Decimal(2), START + HOUR)
    plant.adjust("MIC", -2, lot="L1", at=START + HOUR / 2)
    assert plant.availability("MIC", at=START + HOUR).bucket(Reason.FREE).quantity == 0
    plant.check()


def test_at_one_instant_in_the_order_of_recording(plant: Plant) -> None:
    """An entry for the very instant of another counts after it, and a receipt at an instant serves a need there."""
    plant.adjust("MIC", -2, lot="L1", at=START + HOUR)

    with pytest.raises(NotEnough):
        plant.adjust("MIC", -1, lot="L1", at=START + HOUR)
    plant.adjust("MIC", -6, lot="L1", at=START + 2 * HOUR)
    plant.check()


def test_only_what_nobody_has_reserved(plant: Plant) -> None:
    """A late entry leaves to the others what is promised now, even if it was not then."""
    plant.reserve(Claim("MIC", 7, ref="SO-1"))

    with pytest.raises(NotEnough):
        plant.move(Goods("MIC", lot="L1", quantity=2), to="QUARANTINE", at=START + HOUR)
    plant.move(Goods("MIC", lot="L1", quantity=1), to="QUARANTINE", at=START + HOUR)
    plant.check()


def test_what_was_promised_before_it_was_known_to_be_gone(plant: Plant, clock: ManualClock) -> None:
    """Where a late fact shows less than was promised, nothing was free then, and what was known then is kept."""
    claim = plant.reserve(Claim("MIC", 8, ref="SO-1"))
    clock.advance(HOUR)
    plant.void(claim)
    plant.judge(Goods("MIC", lot="L1", quantity=2), Quality.BLOCKED, at=START + HOUR)

    as_known_now = plant.availability("MIC", at=START + 3 * HOUR)
    as_known_then = plant.availability("MIC", at=START + 3 * HOUR, known_at=START + 3 * HOUR)

    assert (as_known_now.bucket(Reason.RESERVED).quantity, as_known_now.free) == (Decimal(6), Decimal(0))
    assert (as_known_then.bucket(Reason.RESERVED).quantity, as_known_then.free) == (Decimal(8), Decimal(0))


def test_a_count_has_answered_it(plant: Plant, clock: ManualClock) -> None:
    """Nothing may take effect before a count of the same lot in the same place, in whatever state; after it, it may."""
    plant.judge(Goods("MIC", lot="L1", quantity=3), Quality.BLOCKED)
    plant.count("MIC", 8, lot="L1")
    clock.advance(HOUR)
    plant.adjust("MIC", 1, lot="L1")

    for late in (
        Receive("MIC", 1, lot="L1", at=START),
        Receive("MIC", 1, lot="L1", at=START, quality=Quality.BLOCKED),
        Receive("MIC", 1, lot="L1", at=START, quality=Quality.REWORK),
    ):
        with pytest.raises(NotAllowed, match="counted"):
            plant.do(late)
    plant.do(Receive("MIC", 1, lot="L1", at=START, location="RECEIVING"))
    plant.do(Receive("MIC", 1, lot="L2", at=START))
    plant.do(Receive("MIC", 1, lot="L1", at=START + 3 * HOUR))
    assert plant.availability("MIC", at=START + 3 * HOUR).free == Decimal(7)
    assert plant.availability("MIC").free == Decimal(8)
    plant.check()


def test_a_late_count_is_of_then(plant: Plant) -> None:
    """A count entered late is held against what the books said for its moment, and moves all later ones."""
    counted = plant.count("MIC", 3, lot="L1", at=START + HOUR)

    assert counted.difference == Decimal(1)
    assert plant.availability("MIC").free == Decimal(9)
    with pytest.raises(NotAllowed):
        plant.count("MIC", 1, lot="L1", at=START)


def test_a_tolerant_place(plant: Plant) -> None:
    """Where it is tolerated, stock may be booked so far below zero, now or late, and is never reserved."""
    plant.receive("BOX", 1, location="YARD")
    plant.adjust("BOX", -4, location="YARD")
    with pytest.raises(NotEnough):
        plant.adjust("BOX", -1, location="YARD")
    with pytest.raises(NotEnough):
        plant.adjust("BOX", -1, location="YARD", at=START)
    plant.receive("BOX", 5)

    assert plant.availability("BOX").physical == Decimal(2)
    assert plant.reserve(Claim("BOX", 5, ref="SO-1")).lines[0].location == "STORES"
    plant.check()


def test_not_in_the_future(plant: Plant, clock: ManualClock) -> None:
    """Nothing takes effect later than now."""
    with pytest.raises(InvalidValueError, match="future"):
        plant.receive("BOX", 1, at=clock.now() + timedelta(microseconds=1))
    plant.receive("BOX", 1, at=clock.now())
