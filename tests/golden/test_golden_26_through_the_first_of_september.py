"""Golden case 26: a lot that expires on 1 September is usable through that day in its site's zone, not on the 2nd."""

from datetime import UTC, date, datetime, timedelta

import pytest

from prodstock.errors import CannotReserve, NotAllowed
from prodstock.journal.store import ManualClock
from prodstock.master.catalog import Catalog
from prodstock.master.item import Item, Tracking
from prodstock.master.location import Site
from prodstock.orders.demand import Demand
from prodstock.plant import Plant
from prodstock.stock.allocation import Need, allocate
from prodstock.stock.availability import Reason
from prodstock.stock.claim import Claim

LAST = datetime(2026, 9, 1, 21, 59, 59, 999_999, tzinfo=UTC)
"""The last instant of the day in Berlin, where clocks are two hours ahead."""

LAST_DAY = date(2026, 9, 1)


@pytest.fixture
def clock() -> ManualClock:
    """Return a clock at the last instant of the lot's life."""
    return ManualClock(LAST)


@pytest.fixture
def plant(clock: ManualClock) -> Plant:
    """Return a plant in Berlin with a lot that expires on the first."""
    catalog = Catalog([Site("BERLIN", zone="Europe/Berlin"), Item("GLUE", tracking=Tracking.LOT)])
    plant = Plant(catalog, clock=clock)
    plant.receive("GLUE", 10, lot="G-1", expires=LAST_DAY, site="BERLIN")
    for ref in ("SO-1", "SO-2"):
        plant.expect(Demand("GLUE", 5, due=LAST_DAY, ref=ref, site="BERLIN"))
    return plant


def test_usable_through_the_day(plant: Plant) -> None:
    """At its last instant it counts as free, can be reserved, and what was reserved can be shipped."""
    assert plant.availability("GLUE", site="BERLIN").free == 10
    assert plant.availability("GLUE", site="BERLIN", at=LAST_DAY).free == 10
    assert plant.reserve("SO-1").lines[0].lot == "G-1"
    assert plant.ship("G-1", demand="SO-1").quantity == 5


def test_not_on_the_second(plant: Plant, clock: ManualClock) -> None:
    """One microsecond later nobody takes it any more: not the planner's sums, the allocator or the shipper."""
    plant.reserve("SO-1")
    clock.advance(timedelta(microseconds=1))

    assert plant.availability("GLUE", site="BERLIN").bucket(Reason.EXPIRED).quantity == 10
    with pytest.raises(CannotReserve):
        plant.reserve("SO-2")
    with pytest.raises(NotAllowed, match="expired on 2026-09-01"):
        plant.ship("G-1", demand="SO-1")
    plant.check()


@pytest.mark.parametrize("after", [timedelta(), timedelta(microseconds=1), timedelta(days=1)])
def test_one_predicate(plant: Plant, after: timedelta) -> None:
    """What the allocator over plain values picks is what the plant reserves, at the edge and on either side."""
    at = LAST + after
    picks = allocate([Need("GLUE", 1, at=at, ref="SO-3", site="BERLIN")], plant.snapshot().lots).picks

    try:
        lines = plant.reserve(Claim("GLUE", 1, ref="SO-3", at=at, site="BERLIN")).lines
    except CannotReserve:
        assert not picks
    else:
        assert [pick.lot for pick in picks] == [line.lot for line in lines] == ["G-1"]
