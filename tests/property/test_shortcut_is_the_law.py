"""The straight run for plain claims decides exactly what the decider decides, or leaves it to it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from prodstock.errors import ProdstockError
from prodstock.journal.store import CountingIds, ManualClock
from prodstock.master.catalog import Catalog
from prodstock.master.item import Item, LotOrder, Tracking
from prodstock.plant import Plant
from prodstock.stock.claim import Claim
from prodstock.stock.draft import Draft
from prodstock.stock.reservation import Reserve, decide_reserve, reserve_plainly

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
CLAIMS = st.builds(
    Claim,
    st.sampled_from(ITEMS),
    AMOUNTS,
    ref=st.sampled_from(["A", "B"]),
    at=st.none() | st.integers(-5, 50).map(lambda days: START + timedelta(days=days)),
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


@given(LOTS, st.lists(CLAIMS, min_size=1, max_size=6))
def test_a_plain_claim_is_decided_alike_both_ways(lots: list[tuple[str, int, int]], claims: list[Claim]) -> None:
    """Same answer, same commit, to the letter; and what the decider refuses is never decided by the straight run."""
    plant = stocked(lots)
    world = plant._world
    now = plant._now()
    for number, claim in enumerate(claims):
        command = Reserve(claim, key=f"k{number}", by="anna")
        plain = reserve_plainly(world, command, now)
        draft = Draft(world, now, now, CountingIds())
        try:
            answer = decide_reserve(draft, command)
        except ProdstockError:
            assert plain is None
            continue
        commit = draft.commit(("anna", "", f"k{number}"))
        if plain is not None:
            assert plain == (answer, commit)
        world.apply(commit)
    plant.check()


def test_the_common_case_takes_the_straight_run() -> None:
    """One usable lot that holds enough: the decider is not needed."""
    plant = stocked([("LOT", 12, 30)])
    assert reserve_plainly(plant._world, Reserve(Claim("LOT", 5, ref="A")), plant._now()) is not None
