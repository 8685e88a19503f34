"""A plant thrown away after every command and read again from its store answers like the ledger on paper."""

from datetime import timedelta
from random import Random  # noqa: TID251 - seeded by hypothesis

from hypothesis import given, settings
from hypothesis import strategies as st

from prodstock.errors import ProdstockError, Refused
from prodstock.journal.store import ManualClock, MemoryEvents
from prodstock.plant import Plant
from prodstock.testing.machines import START, TRACKING, Wishes, small_catalog, small_ledger


@given(st.integers(0, 2**32))
@settings(max_examples=12)
def test_read_again_for_every_command(seed: int) -> None:
    """The same commands are granted and refused, and availability is the same, though each plant knows only a part."""
    dice, paper, clock, store = Random(seed), small_ledger(), ManualClock(START), MemoryEvents()  # noqa: S311 - seeded by hypothesis
    for _ in range(25):
        wish = Wishes(dice.choice, paper).one()
        try:
            paper.attempt(clock.now(), None, wish.on_paper)
        except Refused:
            granted = False
        else:
            granted = True
        try:
            Plant(small_catalog(), events=store, clock=clock).do(wish.command)
        except ProdstockError:
            done = False
        else:
            done = True
        assert done is granted, wish.command
        fresh = Plant(small_catalog(), events=store, clock=clock)
        for item in TRACKING:
            found = fresh.availability(item)
            assert {b.name.value: b.quantity for b in found.buckets if b.quantity} == paper.buckets(item, clock.now())
        clock.advance(timedelta(minutes=dice.randint(0, 90)))
    Plant(small_catalog(), events=store, clock=clock).check()
