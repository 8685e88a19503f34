"""A bare code finds what it names, in a plant and in its forks, whatever came up when."""

from datetime import UTC, datetime

import pytest

from prodstock.errors import AmbiguousCode, UnknownCode
from prodstock.journal.store import ManualClock
from prodstock.master.catalog import Catalog
from prodstock.master.item import Item, Tracking
from prodstock.plant import Plant
from prodstock.stock.selection import select


def test_a_fork_knows_the_codes_of_its_past_and_its_own_only() -> None:
    """What the parent adds after the fork stays apart; what was there before is found on both sides."""
    items = [Item("MIC", tracking=Tracking.LOT), Item("CAP", tracking=Tracking.LOT)]
    plant = Plant(Catalog(items), clock=ManualClock(datetime(2026, 3, 2, 6, tzinfo=UTC)))
    plant.receive("MIC", 5, lot="OLD")
    fork = plant.fork("other")._world
    plant.receive("CAP", 5, lot="LATER")
    plant.receive("MIC", 5, lot="SAME")
    assert select(plant._world, "OLD").item == select(fork, "OLD").item == "MIC"
    assert select(plant._world, "LATER").item == "CAP"
    with pytest.raises(UnknownCode):
        select(fork, "LATER")
    plant.receive("CAP", 5, lot="SAME")
    with pytest.raises(AmbiguousCode, match="lot SAME of CAP, lot SAME of MIC"):
        select(plant._world, "SAME")
    twin = plant.fork("third")
    twin_world = twin._world
    plant.receive("MIC", 5, lot="AFTER")
    assert select(twin_world, "LATER").item == "CAP"
    with pytest.raises(UnknownCode):
        select(twin_world, "AFTER")
