"""Release: what is missing, what each criterion needs, and goods released in part."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from prodstock.errors import (
    AmbiguousCode,
    InvalidValueError,
    NotAllowed,
    NotEnough,
    NotReleasable,
    Refused,
    UnknownCode,
)
from prodstock.journal.store import ManualClock
from prodstock.master.catalog import Catalog
from prodstock.master.item import Item, Tracking
from prodstock.master.quality_state import Quality
from prodstock.master.release_criteria import Criterion, ReleaseCriteria
from prodstock.orders.demand import Demand
from prodstock.orders.planned import PlannedMake
from prodstock.plant import Plant
from prodstock.quality.answers import verdicts_of, waiting
from prodstock.quality.inspection import Record, TestRecorded, Verdict
from prodstock.quality.release import ReleaseGoods
from prodstock.shopfloor.launch import Launch
from prodstock.shopfloor.report import Complete, Report
from prodstock.stock.goods import Goods

NOW = datetime(2026, 3, 2, 6, tzinfo=UTC)
PASSED, FAILED = Verdict.PASSED, Verdict.FAILED


@pytest.fixture
def make() -> Callable[..., Plant]:
    """Make a plant with ten finished units of an item with these criteria."""

    def build(*requires: str, tracking: Tracking = Tracking.SERIAL, done: int = 10) -> Plant:
        definitions = [Item("UNIT", tracking=tracking), Item("OTHER", tracking=Tracking.LOT)]
        criteria = [ReleaseCriteria("UNIT", requires=requires)] if requires else []
        plant = Plant(Catalog([*definitions, *criteria]), clock=ManualClock(NOW))
        plant.do(Launch(PlannedMake("UNIT", Decimal(10), NOW, NOW, ""), code="L"))
        plant.do(Report("L", "make", good=10))
        if done:
            plant.do(Complete("L", good=done))
        return plant

    return build


def free(plant: Plant) -> Decimal:
    """Return what is free of the unit."""
    return plant.availability("UNIT").free


def missing(plant: Plant, goods: Goods | str) -> tuple[str, ...]:
    """Return what a release of goods lacks."""
    with pytest.raises(NotReleasable) as refusal:
        plant.do(ReleaseGoods(goods))
    return refusal.value.missing


def refused(plant: Plant, goods: Goods | str) -> NotReleasable:
    """Return the refusal to release goods."""
    with pytest.raises(NotReleasable) as refusal:
        plant.do(ReleaseGoods(goods))
    return refusal.value


def test_a_refusal_tells_what_failed_from_what_is_missing(make: Callable[..., Plant]) -> None:
    """A test that was not passed is named with the day on which that was found; what was not tested is missing."""
    plant = make("burn-in", "label", "batch-record")
    clock = plant._clock
    assert isinstance(clock, ManualClock)
    plant.do(Record(Goods("UNIT", serials=["L-0002"]), "burn-in", FAILED))
    clock.advance(timedelta(days=3))
    plant.do(Record(Goods("UNIT", serials=["L-0002", "L-0003"]), "burn-in", FAILED))
    plant.do(Record("L", "label", FAILED))
    clock.advance(timedelta(days=1))
    plant.do(Record("L", "label", PASSED))
    refusal = refused(plant, "L")

    assert refusal.missing == ("burn-in", "batch-record")
    assert refusal.failed == (("burn-in", NOW + timedelta(days=3)),)
    assert refusal.message.endswith("cannot be released: burn-in failed on 2026-03-05; batch-record missing")
    assert "mended" in refusal.hint
    assert str(refused(plant, "L-0001")) == (
        "UNIT L-0001 cannot be released: burn-in, batch-record missing. "
        "Record each missing criterion as passed, then release again"
    )


def test_a_failed_test_that_is_passed_later_is_no_obstacle(make: Callable[..., Plant]) -> None:
    """The last word counts, for each unit."""
    plant = make("burn-in")
    plant.do(Record("L", "burn-in", FAILED))
    plant.do(Record(Goods("UNIT", serials=["L-0004"]), "burn-in", PASSED))

    assert refused(plant, "L").failed == (("burn-in", NOW),)
    assert plant.do(ReleaseGoods("L-0004")).answer.quantity == 1


def test_a_failed_inspection_of_goods_that_quality_approved_since_is_no_failure(make: Callable[..., Plant]) -> None:
    """Approval by quality meets the criterion of inspection, whatever a test had said."""
    plant = make(Criterion.INSPECTION_APPROVAL, "label", tracking=Tracking.LOT)
    plant.do(Record("L", Criterion.INSPECTION_APPROVAL, FAILED))

    refusal = refused(plant, "L")

    assert (refusal.missing, refusal.failed) == (("label",), ())


def test_missing_criteria_are_listed_in_the_order_required(make: Callable[..., Plant]) -> None:
    """What is recorded drops out; what was failed stays."""
    plant = make("burn-in", "label", "batch-record")
    plant.do(Record("L", "label", PASSED))
    plant.do(Record("L", "batch-record", FAILED))

    assert missing(plant, "L") == ("burn-in", "batch-record")
    assert free(plant) == 0
    plant.do(Record("L", "burn-in", PASSED))
    plant.do(Record("L", "batch-record", PASSED))
    released = plant.do(ReleaseGoods("L")).answer

    assert (int(released.quantity), len(released.serials), released.lots) == (10, 10, ("L",))
    assert free(plant) == 10
    plant.check()


def test_one_failed_unit_holds_back_the_goods_it_is_among(make: Callable[..., Plant]) -> None:
    """The lot passed, one serial failed since: the others are released by leaving it out."""
    plant = make("burn-in")
    plant.do(Record("L", "burn-in", PASSED))
    plant.do(Record(Goods("UNIT", serials=["L-0004"]), "burn-in", FAILED, by="anna"))

    assert missing(plant, "L") == ("burn-in",)
    good = [f"L-{number:04d}" for number in range(1, 11) if number != 4]
    plant.do(ReleaseGoods(Goods("UNIT", serials=good)))

    assert free(plant) == 9
    plant.do(Record("L-0004", "burn-in", PASSED))
    plant.do(ReleaseGoods("L-0004"))
    assert free(plant) == 10


def test_verdicts_of_some_units_release_those(make: Callable[..., Plant]) -> None:
    """Two tested units are released, the rest still lacks the test."""
    plant = make("burn-in")
    plant.do(Record(Goods("UNIT", serials=["L-0001", "L-0002"]), "burn-in", PASSED))

    plant.do(ReleaseGoods(Goods("UNIT", serials=["L-0001", "L-0002"])))

    assert free(plant) == 2
    assert missing(plant, "L") == ("burn-in",)


def test_part_of_a_lot_is_released_by_quantity(make: Callable[..., Plant]) -> None:
    """Of ten untold-apart units three are released; more than is left is refused."""
    plant = make("batch-record", tracking=Tracking.LOT)
    plant.do(Record("L", "batch-record", PASSED))
    plant.do(ReleaseGoods(Goods("UNIT", lot="L", quantity=3)))

    assert free(plant) == 3
    with pytest.raises(NotEnough, match="awaiting release"):
        plant.do(ReleaseGoods(Goods("UNIT", lot="L", quantity=8)))
    plant.do(ReleaseGoods("L"))
    with pytest.raises(Refused, match="awaits release"):
        plant.do(ReleaseGoods("L"))
    plant.check()


def test_untracked_goods_have_papers_too(make: Callable[..., Plant]) -> None:
    """An item without lots is released as a whole."""
    plant = make("batch-record", tracking=Tracking.NONE)
    plant.do(Record(Goods("UNIT"), "batch-record", PASSED))
    plant.do(ReleaseGoods(Goods("UNIT")))

    assert free(plant) == 10


def test_production_completion_is_computed(make: Callable[..., Plant]) -> None:
    """Units still in WIP are not complete; without that criterion those in stores are released."""
    strict = make(Criterion.PRODUCTION_COMPLETION, done=6)
    assert missing(strict, "L") == ("production-completion",)
    strict.do(Complete("L", good=4))
    strict.do(ReleaseGoods("L"))
    assert free(strict) == 10

    lenient = make("label", done=6)
    lenient.do(Record("L", "label", PASSED))
    assert int(lenient.do(ReleaseGoods("L")).answer.quantity) == 6
    with pytest.raises(NotAllowed, match="still in production"):
        lenient.do(ReleaseGoods("L"))


def test_inspection_approval_is_met_by_approved_goods_or_a_verdict(make: Callable[..., Plant]) -> None:
    """Goods under inspection lack it until a verdict passes; released they are only once they are approved."""
    plant = make(Criterion.INSPECTION_APPROVAL)
    plant.judge("L", Quality.PENDING_INSPECTION)

    assert missing(plant, "L") == ("inspection-approval",)
    plant.do(Record("L", Criterion.INSPECTION_APPROVAL, PASSED))
    with pytest.raises(NotAllowed, match="pending-inspection"):
        plant.do(ReleaseGoods("L"))
    plant.judge("L", Quality.APPROVED)
    plant.do(ReleaseGoods("L"))
    assert free(plant) == 10


def test_serialization_is_computed_for_serials_and_recorded_for_lots(make: Callable[..., Plant]) -> None:
    """Units tracked by serial have one; of a lot somebody must say that each was marked."""
    make(Criterion.SERIALIZATION).do(ReleaseGoods("L"))
    lots = make(Criterion.SERIALIZATION, tracking=Tracking.LOT)

    assert missing(lots, "L") == ("serialization",)
    lots.do(Record("L", Criterion.SERIALIZATION, PASSED))
    lots.do(ReleaseGoods("L"))


@pytest.mark.parametrize(
    "criterion",
    [
        Criterion.PACKAGING,
        Criterion.LABELLING,
        Criterion.DOCUMENTATION,
        Criterion.BATCH_RELEASE,
        Criterion.SYSTEM_CONFIRMATION,
    ],
)
def test_the_other_built_in_criteria_need_a_passed_record(make: Callable[..., Plant], criterion: Criterion) -> None:
    """Nobody but a person or a machine can say so."""
    plant = make(criterion)

    assert missing(plant, "L") == (criterion.value,)
    plant.do(Record("L", criterion, PASSED))
    plant.do(ReleaseGoods("L"))
    assert free(plant) == 10


def test_an_item_without_criteria_needs_no_release(make: Callable[..., Plant]) -> None:
    """It is free as soon as it is complete."""
    plant = make()

    assert free(plant) == 10
    with pytest.raises(Refused, match="awaits release"):
        plant.do(ReleaseGoods("L"))


def test_goods_that_await_release_are_not_shipped(make: Callable[..., Plant]) -> None:
    """A demand is served after the release, not before."""
    plant = make("label")
    plant.expect(Demand("UNIT", 2, due=NOW, ref="SO-1"))
    with pytest.raises(NotAllowed, match="awaiting release"):
        plant.ship("L", demand="SO-1")
    plant.do(Record("L", "label", PASSED))
    plant.do(ReleaseGoods("L"))
    plant.ship("L", demand="SO-1")


def test_a_release_is_withdrawn_when_quality_leaves_approval(make: Callable[..., Plant]) -> None:
    """Blocked and approved again, goods must be released again; the papers still count."""
    plant = make("label")
    plant.do(Record("L", "label", PASSED))
    plant.do(ReleaseGoods("L"))
    plant.judge("L-0001", Quality.BLOCKED)
    plant.judge("L-0001", Quality.APPROVED)

    assert free(plant) == 9
    plant.do(ReleaseGoods("L-0001"))
    assert free(plant) == 10


def test_verdicts_are_for_the_criteria_the_item_has(make: Callable[..., Plant]) -> None:
    """A misspelt criterion is refused, unless the item has none to compare with."""
    plant = make("burn-in")
    with pytest.raises(UnknownCode, match="burn-in"):
        plant.do(Record("L", "burnin", PASSED))
    with pytest.raises(InvalidValueError, match="Verdict"):
        Record("L", "burn-in", "passed")  # type: ignore[arg-type]
    with pytest.raises(InvalidValueError, match="no papers"):
        plant.do(Record(Goods("UNIT", lot="L", quantity=2), "burn-in", PASSED))
    plant.receive("OTHER", 5, lot="O-1")
    assert plant.do(Record("O-1", "visual", PASSED)).answer[0].lot == "O-1"


def test_goods_of_several_lots_get_papers_each(make: Callable[..., Plant]) -> None:
    """A verdict on an item is one on each of its lots; a code of two things says which."""
    plant = make("burn-in")
    plant.receive("OTHER", 5, lot="O-1")
    plant.receive("OTHER", 5, lot="O-2")
    plant.receive("OTHER", 5, lot="L")

    told = plant.do(Record(Goods("OTHER"), "visual", FAILED)).answer

    assert [line.lot for line in told] == ["O-1", "O-2", "L"]
    with pytest.raises(AmbiguousCode):
        plant.do(Record("L", "burn-in", PASSED))


def test_papers_say_what_when_by_whom(make: Callable[..., Plant]) -> None:
    """All tests are kept, overruled ones too."""
    plant = make("burn-in", "label")
    plant.do(Record("L-0001", "burn-in", FAILED, by="anna", because="noise", evidence="IR-7"))
    plant.do(Record("L", "burn-in", PASSED, by="otto"))

    lines = verdicts_of(plant._world, "L-0001")

    assert [(line.verdict, line.by, line.because, line.evidence) for line in lines] == [
        (FAILED, "anna", "noise", "IR-7"),
        (PASSED, "otto", "", ""),
    ]
    assert lines[0].serials == ("L-0001",)
    assert lines[0].at == NOW
    assert [line.verdict for line in verdicts_of(plant._world, "L-0002")] == [PASSED]


def test_what_waits_says_what_it_lacks(make: Callable[..., Plant]) -> None:
    """Unit by unit: what is missing, and whether it is ready."""
    plant = make("burn-in", "label")
    plant.do(Record("L", "label", PASSED))
    plant.do(Record("L-0002", "burn-in", PASSED))

    rows = waiting(plant._world, Goods("UNIT", serials=["L-0001", "L-0002"]))

    assert [(row.serial, row.missing, row.ready) for row in rows] == [
        ("L-0001", ("burn-in",), False),
        ("L-0002", (), True),
    ]


def test_all_that_waits_is_asked_at_once(make: Callable[..., Plant]) -> None:
    """Without goods the question is for the whole plant."""
    plant = make("burn-in")

    assert plant.quality.waiting() == plant.quality.waiting(Goods("UNIT"))
    assert len(plant.quality.waiting()) == 10


def test_the_event_names_the_units(make: Callable[..., Plant]) -> None:
    """What a host keeps is the criterion, the verdict, the serials and the evidence."""
    plant = make("burn-in")
    done = plant.do(Record(Goods("UNIT", serials=["L-0002", "L-0001"]), "burn-in", PASSED, evidence="IR-1"))

    (told,) = done.events
    assert isinstance(told.event, TestRecorded)
    assert told.event == TestRecorded("burn-in", PASSED, ("L-0002", "L-0001"), "IR-1", told.event.seen)
    assert done.events[0].stream == "quality:UNIT/L"
