"""A straight run does exactly what decider and kernel do one after the other, or leaves it to them untouched."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from prodstock.decisions import decided
from prodstock.errors import ProdstockError
from prodstock.journal.store import CountingIds, ManualClock
from prodstock.master.catalog import Catalog
from prodstock.master.item import Item, LotOrder, Tracking
from prodstock.orders.demand import Demand
from prodstock.plant import Plant
from prodstock.stock.claim import Claim
from prodstock.stock.deciding import SHORTCUTS
from prodstock.stock.reservation import Reserve, Void
from prodstock.testing.digests import digest, state_lines

START = datetime(2026, 3, 2, 6, tzinfo=UTC)
ITEMS = ("LOT", "FIFO", "FINE", "NONE")
CATALOG = Catalog(
    [
        Item("LOT", tracking=Tracking.LOT),
        Item("FIFO", tracking=Tracking.LOT, strategy=LotOrder.FIFO),
        Item("FINE", tracking=Tracking.LOT, unit="kg", scale=3),
        Item("NONE"),
    ]
)
LOTS = st.lists(st.tuples(st.sampled_from(ITEMS), st.integers(1, 12), st.integers(1, 60)), max_size=8)
AMOUNTS = st.sampled_from([Decimal(1), Decimal(5), Decimal(13), Decimal("0.5"), Decimal("2.000"), Decimal("1e3")])
REFS = st.sampled_from(["A", "B", "C"])
CLAIMS = st.builds(
    Claim,
    st.sampled_from(ITEMS),
    AMOUNTS,
    ref=REFS,
    at=st.none() | st.integers(-5, 50).map(lambda days: START + timedelta(days=days)),
)


DEMANDS = (
    Demand("LOT", 9, due=START + timedelta(days=9), ref="C"),
    Demand("FINE", "2.5", due=START + timedelta(days=20), ref="D"),
    Demand("LOT", 3, due=START.date(), ref="E"),
)
WISHES = st.one_of(
    CLAIMS.map(Reserve),
    st.sampled_from(["C", "D", "E", "X"]).map(Reserve),
    st.builds("{}/{}".format, st.sampled_from(["A", "B", "C", "D", "E"]), st.integers(0, 3)).map(Void),
)


def stocked(lots: list[tuple[str, int, int]]) -> Plant:
    """A plant with these lots: item, quantity, days until they expire."""
    plant = Plant(CATALOG, clock=ManualClock(START))
    for number, (item, quantity, days) in enumerate(lots):
        tracked = item != "NONE"
        plant.receive(
            item,
            quantity,
            lot=f"L{number}" if tracked else None,
            expires=START + timedelta(days=days) if tracked else None,
        )
    return plant


@given(LOTS, st.lists(WISHES, min_size=1, max_size=12), st.integers(0, 2))
def test_a_plain_command_comes_to_the_same_both_ways(
    lots: list[tuple[str, int, int]], wishes: list[Reserve | Void], forks: int
) -> None:
    """Same answer, same state, same log; what the decider refuses the straight run leaves alone; forks do not leak."""
    plant = stocked(lots)
    plant.expect(*DEMANDS)
    world = plant._world
    for _ in range(forks):
        world = world.fork()
    before = digest(plant)
    now = plant._now()
    for wish in wishes:
        at_once, one_by_one = world.fork(), world.fork()
        untouched = state_lines(at_once)
        plain = SHORTCUTS[type(wish)](at_once, wish, now)
        try:
            answer, commit = decided(one_by_one, wish, now, CountingIds())
        except ProdstockError:
            assert plain is None
            continue
        number = one_by_one.apply(commit)
        if plain is None:
            assert state_lines(at_once) == untouched
        else:
            assert plain == (answer, number)
            assert at_once.commit(number) == commit
            assert state_lines(at_once) == state_lines(one_by_one)
            SHORTCUTS[type(wish)](world, wish, now)
        if plain is None:
            world.apply(commit)
    assert not forks or digest(plant) == before


def test_the_common_cases_take_the_straight_run() -> None:
    """A claim on one lot or several, a demand, and giving back: the decider is not needed."""
    plant = stocked([("LOT", 12, 30), ("LOT", 12, 31)])
    plant.expect(*DEMANDS)
    world, now = plant._world, plant._now()
    for wish in (
        Reserve(Claim("LOT", 5, ref="A")),
        Reserve(Claim("LOT", 8, ref="B")),
        Reserve("C"),
        Void("B/1"),
    ):
        assert SHORTCUTS[type(wish)](world, wish, now) is not None
    plant.check()
