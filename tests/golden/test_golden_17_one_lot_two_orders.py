"""Golden case 17: a lot of 10 and two orders of 5: both ship."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from prodstock.errors import NotEnough
from prodstock.journal.store import ManualClock
from prodstock.master.catalog import Catalog
from prodstock.master.item import Item, Tracking
from prodstock.orders.demand import Demand
from prodstock.plant import Plant
from prodstock.stock.goods import Goods


@pytest.fixture
def plant() -> Plant:
    """Return a plant with a lot of ten and two orders of five."""
    plant = Plant(Catalog([Item("MIC", tracking=Tracking.LOT)]), clock=ManualClock(datetime(2026, 3, 2, 6, tzinfo=UTC)))
    plant.receive("MIC", 10, lot="M-88")
    plant.expect(*(Demand("MIC", 5, due=date(2026, 3, 20), ref=ref) for ref in ("SO-1", "SO-2")))
    return plant


def test_both_ship_from_the_bare_lot(plant: Plant) -> None:
    """A lot without a quantity means at most what the order wants."""
    shipments = [plant.ship("M-88", demand=ref) for ref in ("SO-1", "SO-2")]

    assert [shipment.quantity for shipment in shipments] == [Decimal(5), Decimal(5)]
    assert plant.availability("MIC").physical == 0
    plant.check()


def test_both_ship_when_both_have_reserved(plant: Plant) -> None:
    """Each takes its own half of the lot and never the other's."""
    plant.reserve("SO-1")
    plant.reserve("SO-2")
    with pytest.raises(NotEnough):
        plant.ship(Goods("MIC", lot="M-88", quantity=6), demand="SO-1")

    plant.ship("M-88", demand="SO-2")
    plant.ship("M-88", demand="SO-1")

    assert plant.availability("MIC").physical == 0
    plant.check()
