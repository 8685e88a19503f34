"""A lot that was in many places stays as quick to handle as a young one, and knows where it is."""

from datetime import UTC, datetime
from decimal import Decimal

from prodstock.journal.store import ManualClock
from prodstock.master.catalog import Catalog
from prodstock.master.item import Item, Tracking
from prodstock.orders.demand import Demand
from prodstock.plant import Plant
from prodstock.stock.goods import Goods

START = datetime(2026, 3, 2, 6, tzinfo=UTC)


def shipped(times: int) -> Plant:
    """A plant that sent one piece of its only lot to each of so many customers."""
    plant = Plant(Catalog([Item("MIC", tracking=Tracking.LOT)]), clock=ManualClock(START))
    plant.receive("MIC", 100, lot="M-1")
    for number in range(times):
        plant.expect(Demand("MIC", 1, due=START, ref=f"SO-{number}"))
        plant.ship(Goods("MIC", lot="M-1", quantity=1), demand=f"SO-{number}")
    return plant


def test_what_left_is_not_looked_at_again() -> None:
    """What lies at forty customers is no candidate for the next shipment; the lot's only live parcel is in stores."""
    plant = shipped(40)
    shelf = plant._world.shelf(plant._world.names.find("stock:MIC@MAIN"))
    assert list(shelf.live) == [0]
    assert shelf.here(1) == [0]
    assert [one.quantity for one in plant.stock.holdings("M-1")].count(Decimal(1)) == 40
    plant.check()


def test_a_crowd_follows_what_comes_and_goes() -> None:
    """Moved out and back, shipped to the last and taken back: the crowd is what holds something, in forks as well."""
    plant = shipped(40)
    fork = plant.fork("other")
    plant.move(Goods("MIC", lot="M-1"), to="QUARANTINE")
    plant.check()
    fork.check()
    plant.move(Goods("MIC", lot="M-1"), to="STORES")
    plant.take_back(Goods("MIC", lot="M-1", quantity=1), demand="SO-7")
    plant.check()
    assert plant.availability("MIC").physical == 61
    assert fork.availability("MIC").physical == 60
