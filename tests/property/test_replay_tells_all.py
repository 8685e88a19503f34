"""Events are the truth: in any order they replay to the same state, and independent commands may change places."""

from datetime import timedelta
from itertools import permutations
from random import Random  # noqa: TID251 - seeded by hypothesis

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from prodstock.codec import dumps, load_event
from prodstock.errors import BrokenInvariant, ProdstockError
from prodstock.journal.command import Together
from prodstock.journal.commit import Recorded
from prodstock.journal.store import ManualClock
from prodstock.orders.demand import Demand
from prodstock.plant import Plant
from prodstock.stock.claim import Claim
from prodstock.stock.count import Count
from prodstock.stock.expect import Expect
from prodstock.stock.receive import Receive
from prodstock.stock.replay import replay
from prodstock.stock.reservation import Reserve
from prodstock.stock.translate import describe
from prodstock.testing import digest
from prodstock.testing.digests import state_lines
from prodstock.testing.machines import START, Wishes, small_catalog, small_ledger

SEEDS = st.integers(0, 2**32)


def lived(seed: int, count: int) -> tuple[Plant, list[Recorded]]:
    """Return a plant after random commands, some keyed and some together, and its events."""
    dice, paper, clock = Random(seed), small_ledger(), ManualClock(START)  # noqa: S311 - seeded by hypothesis
    plant = Plant(small_catalog(), clock=clock)
    events: list[Recorded] = []
    for number in range(count):
        wish = Wishes(dice.choice, paper).one()
        stamp = {"by": "anna", "because": "täglich", "key": f"k-{number}"} if number % 3 == 0 else {}
        for name, value in stamp.items():
            object.__setattr__(wish.command, name, value)
        try:
            done = plant.do(Together([wish.command]) if number % 5 == 4 else wish.command)
        except ProdstockError:
            continue
        paper.attempt(clock.now(), None, wish.on_paper)
        events += done.events
        clock.advance(timedelta(minutes=dice.randint(0, 40)))
    return plant, events


@given(SEEDS, st.randoms(use_true_random=False))
@settings(max_examples=30)
def test_any_order_tells_the_same(seed: int, shuffler: Random) -> None:
    """Events in any order replay to the state they came from, and the state tells the same events again."""
    plant, events = lived(seed, 30)
    shuffled = events.copy()
    shuffler.shuffle(shuffled)

    world = replay(small_catalog(), shuffled)

    assert state_lines(world) == state_lines(plant)
    assert sorted(map(dumps, events)) == sorted(
        dumps(event) for number in range(len(world)) for event in describe(world, number)
    )


@given(SEEDS)
@settings(max_examples=15)
def test_through_text_and_back(seed: int) -> None:
    """Events that went through JSON replay to the same state, keys included."""
    plant, events = lived(seed, 25)

    world = replay(small_catalog(), (load_event(dumps(event)) for event in events))

    assert digest(world) == digest(plant)


@given(SEEDS, st.data())
@settings(max_examples=15)
def test_a_gap_is_noticed(seed: int, data: st.DataObject) -> None:
    """Without one event that another one of its stream builds on, nothing is made up."""
    _, events = lived(seed, 25)
    newest: dict[str, int] = {}
    for event in events:
        newest[event.stream] = max(newest.get(event.stream, 0), event.version)
    inner = [event for event in events if event.version < newest[event.stream]]
    if inner:
        lost = data.draw(st.sampled_from(inner))
        with pytest.raises(BrokenInvariant):
            replay(small_catalog(), [event for event in events if event is not lost])


INDEPENDENT = (
    Receive("BOX", 5),
    Receive("MIC", 4, lot="L1"),
    Receive("HD", 2, lot="H1"),
    Expect([Demand("WIRE", 2, due=START, ref="D1")]),
    Count("WIRE", "2.5"),
)


def test_independent_commands_may_change_places() -> None:
    """Commands that touch nothing in common leave the same state in whatever order they are given."""
    states = set()
    for order in permutations(INDEPENDENT):
        plant = Plant(small_catalog(), clock=ManualClock(START))
        for command in order:
            plant.do(command)
        states.add(digest(plant))

    assert len(states) == 1


def test_reservations_of_different_items_may_change_places() -> None:
    """So do reservations of different items for different ends."""
    states = set()
    for order in permutations([Claim("BOX", 2, ref="A"), Claim("MIC", 3, ref="B"), Claim("HD", 1, ref="C")]):
        plant = Plant(small_catalog(), clock=ManualClock(START))
        for command in INDEPENDENT:
            plant.do(command)
        for claim in order:
            plant.do(Reserve(claim))
        states.add(digest(plant))

    assert len(states) == 1
