"""Golden case 18: a serial is a component of one parent at a time; taken apart it may be used again, once."""

from datetime import UTC, date, datetime

import pytest

from prodstock.errors import CannotReserve, NotAllowed, Refused
from prodstock.journal.store import ManualClock
from prodstock.master.bom import BillOfMaterial, BomLine
from prodstock.master.catalog import Catalog
from prodstock.master.item import Item, Tracking
from prodstock.master.quality_state import Quality
from prodstock.orders.demand import Demand
from prodstock.orders.production import ProductionOrder
from prodstock.plant import Plant
from prodstock.shopfloor.issue import IssueGoods
from prodstock.shopfloor.take_apart import TakeApart
from prodstock.stock.goods import Goods, Output


@pytest.fixture
def plant() -> Plant:
    """Return a plant with the one chip that two devices want."""
    chip, device = Item("CHIP", tracking=Tracking.SERIAL), Item("DEVICE", tracking=Tracking.SERIAL)
    catalog = Catalog([chip, device, BillOfMaterial("DEVICE", [BomLine("CHIP", 1)])])
    plant = Plant(catalog, clock=ManualClock(datetime(2026, 3, 2, 6, tzinfo=UTC)))
    plant.receive("CHIP", 1, lot="C-1", serials=["SN-7"])
    return plant


def launched(plant: Plant, ref: str) -> ProductionOrder:
    """Launch an order for one more device."""
    plant.expect(Demand("DEVICE", 1, due=date(2026, 3, 20), ref=ref))
    return plant.launch(plant.plan(until=date(2026, 5, 1)).make.where(serves=(ref,))[0])


def made(plant: Plant, order: ProductionOrder) -> Output:
    """Make the device of an order."""
    plant.issue(plant.reserve(order))
    return plant.complete(order, good=1)


def test_a_second_parent_is_refused_until_the_first_is_taken_apart(plant: Plant) -> None:
    """The chip in one device is there for no other; out of it, it is there again; nothing comes out twice."""
    first = made(plant, launched(plant, "UNIT-A"))
    second = launched(plant, "UNIT-B")
    with pytest.raises(CannotReserve):
        plant.reserve(second)
    with pytest.raises(Refused):
        plant.do(IssueGoods(second, Goods("CHIP", serials=["SN-7"])))

    plant.do(TakeApart(first))
    with pytest.raises(Refused):
        plant.do(TakeApart(first))
    if plant.availability("CHIP").free == 0:
        plant.judge("SN-7", Quality.APPROVED, because="tested again")

    other = made(plant, second)
    assert [row.serial for row in plant.trace.backward(other.serials[0]).edges if row.item == "CHIP"] == ["SN-7"]
    assert not plant.stock.holdings(first.serials[0])
    with pytest.raises(NotAllowed, match="SN-7"):
        plant.receive("CHIP", 1, lot="C-2", serials=["SN-7"])
    plant.check()
