"""What was received or counted into WIP for no order leaves it by hand; what an order has there it keeps."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from prodstock.errors import Refused
from prodstock.journal.store import ManualClock
from prodstock.master.bom import BillOfMaterial, BomLine
from prodstock.master.catalog import Catalog
from prodstock.master.item import Item
from prodstock.orders.planned import PlannedMake
from prodstock.plant import Plant
from prodstock.stock.goods import Goods

START = datetime(2026, 3, 2, 6, tzinfo=UTC)


def test_goods_of_no_order_leave_wip() -> None:
    """Of eight boxes in WIP, three of them an order's, the five others are counted, moved to stores and scrapped."""
    catalog = Catalog([Item("HD"), Item("BOX"), BillOfMaterial("HD", [BomLine("BOX", 1)])])
    plant = Plant(catalog, clock=ManualClock(START))
    plant.receive("BOX", 3)
    order = plant.launch(PlannedMake("HD", Decimal(3), START, START, "A"))
    plant.issue(plant.reserve(order))
    plant.receive("BOX", 6, location="WIP")

    assert plant.count("BOX", 5, location="WIP").difference == Decimal(-1)
    assert plant.scrap(Goods("BOX", quantity=1, location="WIP")).quantity == Decimal(1)
    assert plant.move(Goods("BOX"), to="STORES").quantity == Decimal(4)

    with pytest.raises(Refused):
        plant.move(Goods("BOX", location="WIP"), to="STORES")
    assert plant.availability("BOX").free == Decimal(4)
    assert plant.complete(order, good=3).good == Decimal(3)
    plant.check()
