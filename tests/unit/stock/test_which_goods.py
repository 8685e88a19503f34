"""Goods are pointed at without guessing: part of what differs is refused with candidates; so is what is not ours."""

from datetime import UTC, date, datetime

import pytest

from prodstock.errors import AmbiguousCode, InvalidTypeError, NotAllowed, NotEnough
from prodstock.journal.command import Command
from prodstock.journal.store import ManualClock
from prodstock.master.catalog import Catalog
from prodstock.master.item import Item, Tracking
from prodstock.master.location import Location
from prodstock.master.quality_state import Quality, QualityState, Use
from prodstock.orders.demand import Demand
from prodstock.plant import Plant
from prodstock.stock.goods import Goods
from prodstock.stock.judge import Judge
from prodstock.stock.move import Move, Scrap
from prodstock.stock.receive import Receive
from prodstock.stock.selection import select
from prodstock.stock.status import Release
from prodstock.testing import digest

NOW = datetime(2026, 3, 2, 6, tzinfo=UTC)
HELD = QualityState("customs", like=Quality.BLOCKED, allows=Use.NONE)


@pytest.fixture
def plant() -> Plant:
    """Return a plant with a lot in three states and two places, and a lot that is partly ours and partly ACME's."""
    items = [Item("MIC", tracking=Tracking.LOT), Item("BOX"), Item("HD", tracking=Tracking.SERIAL)]
    plant = Plant(Catalog([*items, Location("RACK"), HELD]), clock=ManualClock(NOW))
    plant.receive("MIC", 8, lot="M-1")
    plant.receive("MIC", 4, lot="M-1", quality=Quality.BLOCKED)
    plant.receive("MIC", 2, lot="M-1", location="RACK")
    plant.do(Receive("MIC", 1, lot="M-1", release=Release.RELEASED))
    plant.receive("MIC", 6, lot="M-2", quality=HELD)
    plant.receive("BOX", 10)
    plant.do(Receive("BOX", 5, owner="ACME"))
    plant.do(Receive("MIC", 3, lot="M-3", owner="ACME"))
    plant.receive("HD", 3, lot="H-1")
    return plant


def physical(plant: Plant, **narrow: object) -> list[int]:
    """Return how much there is of the microphones of M-1 in each place and state that fits."""
    return [int(one.quantity) for one in plant.stock.holdings(Goods("MIC", lot="M-1", **narrow))]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "command",
    [
        Judge(Goods("MIC", lot="M-1", quantity=3), Quality.QUARANTINE),
        Move(Goods("MIC", lot="M-1", quantity=3), to="QUARANTINE"),
        Scrap(Goods("MIC", lot="M-1", quantity=3)),
        Scrap(Goods("MIC", lot="M-1", quantity=3, location="STORES")),
        Scrap(Goods("MIC", lot="M-1", quantity=3, quality=Quality.APPROVED)),
        Scrap(Goods("MIC", lot="M-1", quantity=3, quality=Quality.APPROVED, location="STORES")),
        Scrap(Goods("MIC", quantity=3, owner="")),
        Scrap(Goods("HD", lot="H-1", quantity=1)),
        Scrap(Goods("BOX")),
    ],
    ids=repr,
)
def test_what_is_meant_is_not_guessed(plant: Plant, command: Command[object]) -> None:
    """Where a part could be of several lots, serials, places or states, the candidates are said and nothing happens."""
    before = digest(plant)
    with pytest.raises(AmbiguousCode) as refused:
        plant.do(command)
    assert len(refused.value.candidates) > 1
    assert digest(plant) == before


def test_the_candidates_say_how_to_choose(plant: Plant) -> None:
    """A candidate names quantity, lot, state and place."""
    with pytest.raises(AmbiguousCode) as refused:
        plant.scrap(Goods("MIC", lot="M-1", quantity=3))
    assert refused.value.given == "3 pcs of MIC M-1"
    assert refused.value.candidates == (
        "8 pcs M-1 approved in MAIN/STORES",
        "4 pcs M-1 blocked in MAIN/STORES",
        "2 pcs M-1 approved in MAIN/RACK",
        "1 pcs M-1 approved released in MAIN/STORES",
    )


def test_narrowed_goods_are_one(plant: Plant) -> None:
    """Named by state, place or release, part of a lot is one thing; a whole lot needs no name; scrap is past."""
    plant.scrap(Goods("MIC", lot="M-1", quantity=1, quality=Quality.BLOCKED))
    plant.scrap(Goods("MIC", lot="M-1", quantity=1, location="RACK"))
    plant.scrap(Goods("MIC", lot="M-1", quantity=2, release=Release.NOT_REQUIRED, quality=Quality.APPROVED,
                      location="STORES"))  # fmt: skip
    plant.scrap(Goods("MIC", lot="M-2", quantity=1, quality=HELD))
    assert physical(plant, quality=Quality.APPROVED, location="STORES", release=Release.NOT_REQUIRED) == [6]
    assert physical(plant, location="RACK") == [1]
    plant.judge(Goods("MIC", lot="M-2", quantity=2), Quality.QUARANTINE)
    plant.judge("M-1", Quality.QUARANTINE)
    assert sum(physical(plant, quality=Quality.QUARANTINE)) == 15
    plant.judge(Goods("MIC", lot="M-1", quality=Quality.QUARANTINE, location="RACK"), Quality.BLOCKED, reason="damaged")
    assert physical(plant, reason="damaged") == [1]
    with pytest.raises(NotEnough):
        plant.scrap(Goods("MIC", lot="M-1", quantity=2, reason="damaged"))
    plant.check()


def test_all_that_fits_needs_no_name(plant: Plant) -> None:
    """The quantity that is there in all states together is the whole."""
    assert plant.move(Goods("MIC", lot="M-1", quantity=15), to="QUARANTINE").quantity == 15


def test_what_is_not_ours_is_left_alone(plant: Plant) -> None:
    """Goods of another owner are touched only where the owner is named, or their own receipt is given."""
    for command in (Scrap("M-3"), Judge("M-3", Quality.BLOCKED), Move(Goods("MIC", lot="M-3", quantity=1), to="RACK")):
        with pytest.raises(NotAllowed, match="owned by ACME") as refused:
            plant.do(command)
        assert 'owner="ACME"' in refused.value.hint
    plant.scrap(Goods("BOX", quantity=4))
    assert plant.availability("BOX").free == 6
    with pytest.raises(NotEnough):
        plant.scrap(Goods("BOX", quantity=7))
    assert plant.move(Goods("BOX", owner=""), to="RACK").quantity == 6
    assert plant.move(Goods("BOX", owner="ACME"), to="RACK").quantity == 5
    assert plant.move(Goods("MIC", lot="M-3", quantity=1, owner="ACME"), to="RACK").quantity == 1
    receipt = plant.do(Receive("MIC", 2, lot="M-2", owner="ACME")).answer
    assert receipt.owner == "ACME"
    assert plant.judge(receipt, Quality.QUARANTINE).quantity == 2
    plant.check()


def test_goods_at_a_customer_are_named_too(plant: Plant) -> None:
    """Part of what was shipped in several lots comes back by its lot; shipping itself may choose."""
    plant.judge(Goods("MIC", lot="M-2"), Quality.APPROVED)
    plant.expect(Demand("MIC", 16, due=date(2026, 4, 1), ref="SO-1"))
    assert plant.ship(Goods("MIC", quantity=16), demand="SO-1").quantity == 16
    with pytest.raises(AmbiguousCode):
        plant.take_back(Goods("MIC", quantity=2), demand="SO-1")
    assert plant.take_back(Goods("MIC", lot="M-2", quantity=2), demand="SO-1").quantity == 2


@pytest.mark.parametrize(
    ("goods", "said"),
    [
        (Goods("MIC"), "MIC, 3 lots"),
        (Goods("HD"), "HD, 3 serials"),
        (Goods("BOX"), "BOX"),
        ("M-2", "MIC M-2"),
        ("H-1", "HD H-1"),
        (Goods("HD", serials=["H-1-0002"]), "HD H-1-0002"),
        (Goods("HD", serials=["H-1-0001", "H-1-0002"]), "HD, 2 serials"),
    ],
)
def test_goods_are_said_as_people_say_them(plant: Plant, goods: Goods | str, said: str) -> None:
    """Goods are called by their lot or serial, or by how many of them there are; what is no lot is not counted."""
    assert select(plant._world, goods).label == said


@pytest.mark.parametrize("field", ["quality", "release"])
def test_states_are_members(field: str) -> None:
    """A state is a member, as everywhere in a call."""
    with pytest.raises(InvalidTypeError):
        Goods("MIC", **{field: "approved"})  # type: ignore[arg-type]  # the fault that is looked for
