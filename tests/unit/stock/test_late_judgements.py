"""A judgement of an earlier moment is true of wherever the goods were since, and says what was done against it."""

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from prodstock.errors import AmbiguousCode, BrokenInvariant, NotAllowed, Refused
from prodstock.journal.command import Command, Together
from prodstock.journal.store import ManualClock, MemoryEvents
from prodstock.master.bom import BillOfMaterial, BomLine
from prodstock.master.catalog import Catalog
from prodstock.master.item import Item, Tracking
from prodstock.master.location import Location
from prodstock.master.quality_state import Quality
from prodstock.master.release_criteria import ReleaseCriteria
from prodstock.orders.demand import Demand
from prodstock.orders.planned import PlannedMake
from prodstock.plant import Plant
from prodstock.stock.availability import Reason
from prodstock.stock.claim import Claim
from prodstock.stock.count import Adjust, Count
from prodstock.stock.events import StockPosted
from prodstock.stock.goods import Goods
from prodstock.stock.history import entries
from prodstock.stock.judge import Judge
from prodstock.stock.move import Move
from prodstock.stock.movement import Movement
from prodstock.stock.reading import Reader
from prodstock.stock.receive import Receive
from prodstock.stock.replay import in_order
from prodstock.stock.reservation import Reserve
from prodstock.stock.ship import Ship
from prodstock.stock.translate import compile_commit
from prodstock.stock.world import World
from prodstock.testing import digest

MONDAY = datetime(2026, 3, 2, 6, tzinfo=UTC)
DAY = timedelta(days=1)
TUESDAY, WEDNESDAY, THURSDAY, FRIDAY = (MONDAY + n * DAY for n in (1, 2, 3, 4))
CATALOG = Catalog(
    [
        Item("MIC", tracking=Tracking.LOT),
        Item("CHIP", tracking=Tracking.SERIAL),
        Item("HD", tracking=Tracking.LOT),
        BillOfMaterial("HD", [BomLine("MIC", 2)]),
        ReleaseCriteria("HD", requires=["production-completion"]),
        Location("SHELF-2"),
    ]
)


@pytest.fixture
def clock() -> ManualClock:
    """Return a clock that stands on Monday."""
    return ManualClock(MONDAY)


@pytest.fixture
def plant(clock: ManualClock) -> Plant:
    """Return a plant on Thursday: of 20 MIC of M1, 8 were issued on Wednesday, 4 of them used, and 5 shipped."""
    plant = Plant(CATALOG, clock=clock)
    plant.receive("MIC", 20, lot="M1")
    plant.expect(Demand("MIC", 9, due=date(2026, 3, 20), ref="SO-1"))
    order = plant.launch(PlannedMake("HD", Decimal(4), MONDAY, FRIDAY, "A"))
    clock.advance(WEDNESDAY - clock.now())
    plant.issue(plant.reserve(order))
    plant.complete(order, good=2)
    plant.ship(Goods("MIC", quantity=5), demand="SO-1")
    clock.advance(THURSDAY - clock.now())
    return plant


def blocked(plant: Plant, at: datetime) -> tuple[Decimal, Decimal]:
    """Return how much is there at a moment, and how much of it is blocked."""
    there = plant.availability("MIC", at=at)
    return there.physical, there.bucket(Reason.BLOCKED).quantity


def replays(plant: Plant) -> bool:
    """Tell whether the plant keeps its laws, and its events tell the same state again."""
    plant.check()
    events = plant.events()
    straight, clear = World(CATALOG), World(CATALOG)
    reader = Reader(straight, whole=True)
    for told in in_order(events):
        expected = compile_commit(clear, told)
        clear.apply(expected)
        reader.read(told)
        assert straight.log[-1] == expected
    twin = Plant.load(CATALOG, events)
    assert shelves(twin) == shelves(plant)
    return digest(twin) == digest(plant)


def shelves(plant: Plant) -> list[tuple[str, str, tuple[tuple[int, int, int, int], ...]]]:
    """Return what each shelf ever held: its parcels in their order, each with its history."""
    world = plant._world
    return [
        (name, str(world.places.name(place)), tuple(entries(row[2])))
        for name in sorted(world.names)
        if name.startswith("stock:")
        for shelf in [world.shelf(world.names.find(name))]
        for place, row in zip(shelf.place, shelf.rows, strict=True)
    ]


def test_issued_and_shipped_on_wednesday_blocked_as_of_tuesday(plant: Plant) -> None:
    """All of the lot was blocked on each day since, wherever it lay; the day before it was not."""
    plant.judge("M1", Quality.BLOCKED, at=TUESDAY)

    assert blocked(plant, MONDAY) == (Decimal(20), Decimal(0))
    assert blocked(plant, TUESDAY) == (Decimal(20), Decimal(20))
    assert blocked(plant, WEDNESDAY) == (Decimal(11), Decimal(11))
    assert blocked(plant, THURSDAY) == (Decimal(11), Decimal(11))
    assert plant.availability("MIC", at=WEDNESDAY, known_at=WEDNESDAY).free == Decimal(7)
    assert replays(plant)


def test_what_was_done_since_is_accepted_and_listed(plant: Plant) -> None:
    """The answer names what was reserved, issued, used up and shipped, for which order and demand; so it does later."""
    judgement = plant.judge("M1", Quality.BLOCKED, at=TUESDAY)

    assert judgement.quantity == Decimal(11)
    assert [(one.movement, one.ref, one.quantity) for one in judgement.contradicted] == [
        (Movement.RESERVATION, "MO-1", Decimal(8)),
        (Movement.ISSUE, "MO-1", Decimal(8)),
        (Movement.CONSUMPTION, "MO-1", Decimal(4)),
        (Movement.SHIPMENT, "SO-1", Decimal(5)),
    ]
    assert {(one.lot, one.quality, one.since) for one in judgement.contradicted} == {("M1", "blocked", TUESDAY)}
    assert plant.quality.contradicted("M1") == judgement.contradicted
    assert plant.quality.contradicted() == judgement.contradicted
    assert plant.quality.contradicted(Goods("HD")) == ()


def test_what_left_stays_as_it_left(plant: Plant) -> None:
    """Shipped goods keep the state in which they were shipped, and reversing the shipment brings back just them."""
    shipment = plant.events()[-1].commit
    plant.judge("M1", Quality.BLOCKED, at=TUESDAY)

    assert [one.state for one in plant.stock.holdings("M1") if one.location == "CUSTOMER"] == ["shipped"]
    plant.reverse(shipment)
    assert plant.availability("MIC").free == Decimal(5)
    assert [one.movement for one in plant.quality.contradicted("M1")] == ["reservation", "issue", "consumption"]
    assert replays(plant)


def test_all_of_it_has_left(plant: Plant, clock: ManualClock) -> None:
    """Of a lot of which nothing is here any more the judgement is kept, and lists where it went."""
    plant.receive("MIC", 3, lot="M2", at=TUESDAY)
    plant.ship(Goods("MIC", lot="M2"), demand="SO-1")
    clock.advance(FRIDAY - clock.now())

    judgement = plant.judge("M2", Quality.REJECTED, at=WEDNESDAY)

    assert judgement.quantity == 0
    assert [(one.movement, one.ref) for one in judgement.contradicted] == [(Movement.SHIPMENT, "SO-1")]
    assert replays(plant)
    with pytest.raises(Refused):
        plant.judge("M2", Quality.REJECTED, at=FRIDAY - DAY / 2)


def test_taking_the_judgement_back_contradicts_nothing(plant: Plant) -> None:
    """A judgement that was an error is reversed as any movement, and what was done is in order again."""
    plant.judge("M1", Quality.BLOCKED, at=TUESDAY)
    plant.reverse(plant.events()[-1])

    assert plant.quality.contradicted("M1") == ()
    assert plant.availability("MIC").free == Decimal(7)
    assert replays(plant)


def test_a_judgement_that_allows_more_contradicts_nothing(clock: ManualClock) -> None:
    """Goods found good as of Tuesday were good in each place since."""
    plant = Plant(CATALOG, clock=clock)
    plant.receive("MIC", 5, lot="M1", quality=Quality.PENDING_INSPECTION)
    clock.advance(WEDNESDAY - clock.now())
    plant.move(Goods("MIC", lot="M1", quantity=2), to="SHELF-2")
    clock.advance(THURSDAY - clock.now())

    assert plant.judge("M1", Quality.APPROVED, at=TUESDAY).contradicted == ()
    assert plant.availability("MIC", at=TUESDAY).free == Decimal(5)
    assert plant.availability("MIC", at=WEDNESDAY).free == Decimal(5)
    assert replays(plant)


def test_what_came_later_changes_from_when_it_came(plant: Plant) -> None:
    """Goods of the lot that were received on Wednesday are blocked from Wednesday on."""
    plant.receive("MIC", 4, lot="M1", at=WEDNESDAY + DAY / 2)
    plant.judge("M1", Quality.BLOCKED, at=TUESDAY)

    assert blocked(plant, WEDNESDAY) == (Decimal(11), Decimal(11))
    assert blocked(plant, WEDNESDAY + DAY / 2) == (Decimal(15), Decimal(15))
    assert replays(plant)


def test_part_of_what_is_in_a_place(plant: Plant) -> None:
    """Of a quantity in one place so much changes from then on, and at no moment more than there was."""
    plant.move(Goods("MIC", lot="M1", location="STORES", quantity=4), to="SHELF-2", at=THURSDAY)
    part = Goods("MIC", lot="M1", location="STORES", quantity=2)

    assert plant.judge(part, Quality.BLOCKED, at=TUESDAY).quantity == Decimal(2)
    assert blocked(plant, TUESDAY) == (Decimal(20), Decimal(2))
    assert blocked(plant, THURSDAY) == (Decimal(11), Decimal(2))
    on_the_shelf = Goods("MIC", lot="M1", location="SHELF-2", quantity=3)
    plant.judge(on_the_shelf, Quality.BLOCKED, at=TUESDAY)
    assert blocked(plant, WEDNESDAY) == (Decimal(11), Decimal(2))
    assert blocked(plant, THURSDAY) == (Decimal(11), Decimal(5))
    assert replays(plant)


def test_promises_on_what_is_here_are_broken(plant: Plant, clock: ManualClock) -> None:
    """Goods that are promised now cannot stay promised: the answer says to whom."""
    plant.reserve(Claim("MIC", 6, ref="SO-2"))
    clock.advance(DAY / 4)

    judgement = plant.judge("M1", Quality.BLOCKED, at=TUESDAY)

    assert [(one.ref, one.quantity) for one in judgement.hurt] == [("SO-2", Decimal(6))]
    assert (Movement.RESERVATION, "SO-2") in [(one.movement, one.ref) for one in judgement.contradicted]
    assert replays(plant)


def test_a_count_since_does_not_stand_in_the_way(plant: Plant) -> None:
    """A count says how much there was, and that stays: a judgement only says in which state."""
    plant.count("MIC", 6, lot="M1")
    plant.judge("M1", Quality.BLOCKED, at=TUESDAY)

    assert blocked(plant, THURSDAY) == (Decimal(10), Decimal(10))
    with pytest.raises(NotAllowed, match="counted"):
        plant.receive("MIC", 1, lot="M1", at=TUESDAY)
    assert replays(plant)


def test_it_overrules_a_later_state_that_was_told_before(plant: Plant) -> None:
    """Goods put into quarantine on Thursday that were blocked on Tuesday are blocked ever since."""
    plant.judge("M1", Quality.QUARANTINE)
    plant.judge("M1", Quality.BLOCKED, at=TUESDAY)

    assert {one.quality for one in plant.stock.holdings("M1") if one.location != "CUSTOMER"} == {"blocked"}
    assert blocked(plant, THURSDAY) == (Decimal(11), Decimal(11))
    assert replays(plant)


def test_serials_and_goods_released_since(clock: ManualClock) -> None:
    """Each serial changes state where it was; a release of goods that were blocked then is listed too."""
    plant = Plant(CATALOG, clock=clock)
    order = plant.launch(PlannedMake("HD", Decimal(1), MONDAY, FRIDAY, "A"))
    plant.receive("CHIP", 2, lot="C1", serials=["c1", "c2"])
    plant.receive("MIC", 2, lot="M1")
    plant.issue(plant.reserve(order))
    clock.advance(TUESDAY - clock.now())
    lot = plant.complete(order, good=1).lot
    clock.advance(WEDNESDAY - clock.now())
    plant.release(lot or "")
    plant.move(Goods("CHIP", serials=["c2"]), to="SHELF-2")
    clock.advance(THURSDAY - clock.now())

    assert plant.judge("C1", Quality.BLOCKED, at=TUESDAY).quantity == Decimal(2)
    [release] = plant.judge(lot or "", Quality.BLOCKED, at=TUESDAY + DAY / 2).contradicted
    assert (release.movement, release.lot, release.ref) == (Movement.RELEASE, lot, "")
    assert plant.availability("CHIP", at=WEDNESDAY).bucket(Reason.BLOCKED).quantity == Decimal(2)
    assert replays(plant)


def test_a_log_in_which_goods_are_gone_between_two_moments_is_not_believed(plant: Plant) -> None:
    """Of each moment what changes state balances by itself, within the times of its commit, and of stock only."""
    plant.judge("M1", Quality.BLOCKED, at=TUESDAY)
    events = plant.events()
    last = events[-1]
    posted = last.event
    assert isinstance(posted, StockPosted)
    for wrong in (
        attrs.evolve(last, event=attrs.evolve(posted, legs=posted.legs[:-1])),
        attrs.evolve(last, effective_at=MONDAY),
        attrs.evolve(last, effective_at=FRIDAY),
    ):
        with pytest.raises(BrokenInvariant):
            Plant.load(CATALOG, [*events[:-1], wrong])


def test_over_a_store_and_together(clock: ManualClock) -> None:
    """A plant that reads its events on demand judges the same, alone or as a part of one commit."""
    store = MemoryEvents()
    plant = Plant(CATALOG, clock=clock, events=store)
    plant.receive("MIC", 10, lot="M1")
    clock.advance(WEDNESDAY - clock.now())
    plant.move(Goods("MIC", lot="M1", quantity=4), to="SHELF-2")
    clock.advance(THURSDAY - clock.now())

    late = Together(
        [Judge("M1", Quality.BLOCKED), Judge(Goods("MIC", location="SHELF-2"), Quality.QUARANTINE)], at=TUESDAY
    )
    Plant(CATALOG, clock=clock, events=store).do(late)

    fresh = Plant(CATALOG, clock=clock, events=store)
    assert blocked(fresh, TUESDAY) == (Decimal(10), Decimal(10))
    assert sorted((one.quality, one.quantity) for one in fresh.stock.holdings("M1")) == [
        ("blocked", Decimal(6)),
        ("quarantine", Decimal(4)),
    ]
    assert replays(fresh)


def here(quantity: int) -> Goods:
    """Return so much of what is in stores."""
    return Goods("MIC", lot="M1", location="STORES", quantity=quantity)


STEPS: dict[str, Callable[[int, datetime], Command[object]]] = {
    "receive": lambda quantity, _: Receive("MIC", quantity, lot="M1"),
    "away": lambda quantity, _: Move(here(quantity), to="SHELF-2"),
    "back": lambda _, __: Move(Goods("MIC", lot="M1", location="SHELF-2"), to="STORES"),
    "ship": lambda quantity, _: Ship(here(quantity), demand="SO-1"),
    "adjust": lambda quantity, now: Adjust("MIC", -quantity, lot="M1", at=now - timedelta(minutes=90)),
    "count": lambda quantity, _: Count("MIC", quantity, lot="M1"),
    "quarantine": lambda quantity, _: Judge(here(quantity), Quality.QUARANTINE),
    "approve": lambda _, __: Judge("M1", Quality.APPROVED),
    "late": lambda _, now: Judge("M1", Quality.QUARANTINE, at=now - timedelta(minutes=90)),
    "reserve": lambda quantity, _: Reserve(Claim("MIC", quantity, ref="SO-2")),
}


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(sorted(STEPS)), st.integers(1, 6)), max_size=14), st.integers(0, 14))
def test_any_life_of_a_lot(life: list[tuple[str, int]], hour: int) -> None:
    """Whatever happened to a lot, a late judgement moves nothing, and from its moment on all there was is blocked."""
    clock = ManualClock(MONDAY)
    plant = Plant(CATALOG, clock=clock)
    plant.receive("MIC", 10, lot="M1")
    plant.expect(Demand("MIC", 999, due=date(2026, 5, 1), ref="SO-1"))
    for step, quantity in life:
        clock.advance(timedelta(hours=1))
        with suppress(Refused, AmbiguousCode):
            plant.do(STEPS[step](quantity, clock.now()))
    clock.advance(timedelta(hours=1))
    moments = [MONDAY + timedelta(minutes=30 * n) for n in range(2 * len(life) + 3)]
    since = min(MONDAY + timedelta(hours=hour), clock.now() - timedelta(minutes=1))
    before = [plant.availability("MIC", at=moment) for moment in moments]
    with suppress(Refused):  # nothing was there from then on
        plant.judge("M1", Quality.BLOCKED, at=since)

    for moment, was in zip(moments, before, strict=True):
        now = plant.availability("MIC", at=moment)
        assert now.physical == was.physical
        if moment < since:
            assert now == was
        else:
            assert now.bucket(Reason.BLOCKED).quantity == now.physical
    assert replays(plant)
