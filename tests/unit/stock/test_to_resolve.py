"""Stock below zero, where it is tolerated, is on a list of what is to be resolved."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from prodstock.errors import NotEnough
from prodstock.journal.store import ManualClock
from prodstock.master.catalog import Catalog
from prodstock.master.item import Item
from prodstock.master.location import Location
from prodstock.plant import Plant
from prodstock.stock.claim import Claim

START = datetime(2026, 3, 2, 6, tzinfo=UTC)
HOUR = timedelta(hours=1)


def test_what_is_below_zero_is_listed_until_it_is_resolved() -> None:
    """The list says where how much has been missing since when; the refusal says how much more may be taken."""
    clock = ManualClock(START)
    plant = Plant(Catalog([Item("BOX"), Location("BIN", tolerates=5)]), clock=clock)
    plant.receive("BOX", 2)
    plant.receive("BOX", 1, location="BIN")
    clock.advance(HOUR)
    plant.adjust("BOX", -2, location="BIN")
    clock.advance(HOUR)
    plant.adjust("BOX", -2, location="BIN")

    [below] = plant.stock.to_resolve()
    assert (below.item, below.location, below.missing, below.since) == ("BOX", "BIN", Decimal(3), START + HOUR)
    with pytest.raises(NotEnough, match="Take at most 2 pcs"):
        plant.adjust("BOX", -3, location="BIN")

    assert plant.availability("BOX").free == Decimal(-1)
    assert plant.reserve(Claim("BOX", 2, ref="X")).lines[0].location == "STORES"
    plant.count("BOX", 0, location="BIN")
    assert plant.stock.to_resolve() == ()
    plant.check()
