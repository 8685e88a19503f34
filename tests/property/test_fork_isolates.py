"""Forks do not leak, either way: what one side does, the other never sees."""

from random import Random  # noqa: TID251 - seeded by hypothesis

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from prodstock.errors import ProdstockError
from prodstock.journal.store import ManualClock
from prodstock.plant import Plant
from prodstock.stock.replay import replay
from prodstock.stock.translate import describe
from prodstock.testing import digest
from prodstock.testing.digests import state_lines
from prodstock.testing.machines import START, Wishes, plant_over, small_catalog, small_ledger


def busy(plant: Plant, seed: int, count: int) -> None:
    """Give a plant so many random commands; some are refused."""
    dice, paper = Random(seed), small_ledger()  # noqa: S311 - seeded by hypothesis
    for _ in range(count):
        wish = Wishes(dice.choice, paper).one()
        try:
            plant.do(wish.command)
        except ProdstockError:
            continue
        try:
            paper.attempt(START, None, wish.on_paper)
        except ProdstockError:
            continue


@given(st.lists(st.integers(0, 5), min_size=1, max_size=8), st.integers(0, 2**32))
@settings(max_examples=25)
def test_a_family_of_forks(parents: list[int], seed: int) -> None:
    """Over a tree of forks, deep and wide, each changed in turn, every other one keeps its state and its laws."""
    clock = ManualClock(START)
    family = [Plant(small_catalog(), clock=clock)]
    busy(family[0], seed, 25)
    for turn, parent in enumerate(parents):
        origin = family[parent % len(family)]
        child = plant_over(origin._world.fork(), clock)
        assert digest(child) == digest(origin)
        family.append(child)
        for number, changed in enumerate((origin, child)):
            before = [digest(one) for one in family if one is not changed]
            busy(changed, seed + 31 * turn + number, 8)
            assert [digest(one) for one in family if one is not changed] == before
    for one in family:
        plant_over(one._world, clock).check()


@given(st.integers(0, 2**32), st.integers(1, 7))
@settings(max_examples=10)
def test_a_fork_is_as_good_as_a_replay(seed: int, depth: int) -> None:
    """The state of a fork of a fork is what its commits, told as events, replay to."""
    clock = ManualClock(START)
    plant = Plant(small_catalog(), clock=clock)
    for level in range(depth):
        busy(plant, seed + level, 12)
        plant = plant_over(plant._world.fork(), clock)
    world = plant._world

    again = replay(small_catalog(), (event for number in range(len(world)) for event in describe(world, number)))

    assert state_lines(again) == state_lines(world)


def test_a_scenario_stands_still() -> None:
    """A scenario answers as the plant stood when it was forked, whatever the plant does afterwards."""
    plant = Plant(small_catalog(), clock=ManualClock(START))
    plant.receive("BOX", 5)
    scenario = plant.fork("as it was")
    twin = scenario.fork("again")

    plant.receive("BOX", 7)
    plant.receive("MIC", 1, lot="L9")

    assert scenario.availability("BOX").physical == twin.availability("BOX").physical == 5
    assert scenario.availability("MIC").physical == 0
    with pytest.raises(ProdstockError):
        scenario.stock.holdings("L9")
    scenario.check()
