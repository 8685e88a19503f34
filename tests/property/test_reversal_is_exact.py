"""A movement that is taken back leaves what there was before it: stock, reservations, demands, and what is free."""

from contextlib import suppress
from datetime import timedelta
from random import Random  # noqa: TID251 - seeded by hypothesis

from hypothesis import given, settings
from hypothesis import strategies as st

from prodstock.errors import NotAllowed, ProdstockError, Refused
from prodstock.journal.store import ManualClock
from prodstock.plant import Plant
from prodstock.stock.goods import Goods
from prodstock.stock.replay import replay
from prodstock.testing.digests import state_lines
from prodstock.testing.machines import REFS, START, TRACKING, Wishes, small_catalog, small_ledger

MOVES = ("receive", "judge", "move", "scrap", "count", "adjust", "ship", "ship", "take_back")


def seen(plant: Plant) -> list[object]:
    """Return what is there, what is promised of it, and what the demands want."""
    reserved = [plant.stock.reservations(ref) for ref in (*REFS, "PHONE") if plant._world.find(f"demand:{ref}") >= 0]
    snapshot = plant.snapshot()
    holdings = [sorted(map(repr, plant.stock.holdings(Goods(item)))) for item in TRACKING]
    free = [[(b.name, b.quantity) for b in plant.availability(item).buckets] for item in TRACKING]
    return [holdings, free, reserved, snapshot.lots, snapshot.promises, snapshot.done, snapshot.held]


@given(st.integers(0, 2**32))
@settings(max_examples=25)
def test_back_to_what_was_before(seed: int) -> None:
    """Taken back at once, a movement has not been; and the events of both tell that state to whoever reads them."""
    dice, paper, clock = Random(seed), small_ledger(), ManualClock(START)  # noqa: S311 - seeded by hypothesis
    plant = Plant(small_catalog(), clock=clock)
    for number in range(45):
        wishes = Wishes(dice.choice, paper)
        try:
            wish = wishes.one(MOVES if number % 3 == 2 else ())
            before = seen(plant)
            done = plant.do(wish.command)
        except ProdstockError:
            continue
        if number % 3 == 2:
            try:
                plant.reverse(done.events[0])
            except NotAllowed as refused:
                assert refused.state == "no movement"  # noqa: PT017 - a count that found what the books say moves nothing
            assert seen(plant) == before, wish.command
        else:
            with suppress(
                Refused
            ):  # paper only says what may be wished for: it knows no lot that came and was taken back
                paper.attempt(clock.now(), None, wish.on_paper)
        clock.advance(timedelta(minutes=dice.randint(0, 40)))
    plant.check()
    events = list(plant.events())
    dice.shuffle(events)
    assert state_lines(replay(small_catalog(), events)) == state_lines(plant)
