"""Golden case 16: nothing on hand, an order of 863, 669 received, then closed (the side of the floor)."""

from datetime import UTC, date, datetime
from decimal import Decimal

from prodstock.journal.store import ManualClock
from prodstock.master.catalog import Catalog
from prodstock.master.codes import ItemCode
from prodstock.master.item import Item, Supply
from prodstock.orders.planned import PlannedMake
from prodstock.plant import Plant

NOW = datetime(2026, 3, 2, tzinfo=UTC)
UNTIL = date(2026, 7, 1)


def test_what_was_not_made_is_no_longer_expected() -> None:
    """863 are projected as long as the order is open, at any stage; after the close it is 669."""
    plant = Plant(Catalog([Item("X", supply=Supply.MAKE)]), clock=ManualClock(NOW))
    order = plant.launch(PlannedMake(ItemCode("X"), Decimal(863), NOW, NOW, ""))
    assert plant.plan(until=UNTIL).projected("X") == 863

    plant.complete(order, good=669)
    assert plant.plan(until=UNTIL).projected("X") == 863
    plant.close(order)

    assert plant.plan(until=UNTIL).projected("X") == 669
    assert plant.availability("X").physical == 669
