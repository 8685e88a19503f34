"""A genealogy knows nothing of what was taken apart by mistake and put together again."""

from datetime import UTC, datetime
from decimal import Decimal

from prodstock.journal.store import ManualClock
from prodstock.master.bom import BillOfMaterial, BomLine
from prodstock.master.catalog import Catalog
from prodstock.master.item import Item, Tracking
from prodstock.orders.planned import PlannedMake
from prodstock.plant import Plant
from prodstock.shopfloor.take_apart import TakeApart
from prodstock.stock.goods import Goods

START = datetime(2026, 3, 2, 6, tzinfo=UTC)
UNIT = Goods("DEV", serials=["MO-1-0001"])


def built() -> Plant:
    """Return a plant that made two devices of chips a and b."""
    items = [Item("DEV", tracking=Tracking.SERIAL), Item("CHIP", tracking=Tracking.SERIAL)]
    plant = Plant(Catalog([*items, BillOfMaterial("DEV", [BomLine("CHIP", 1)])]), clock=ManualClock(START))
    plant.receive("CHIP", 2, serials=["a", "b"])
    order = plant.launch(PlannedMake("DEV", Decimal(2), START, START, "A"))
    plant.issue(plant.reserve(order))
    plant.complete(order, good=2)
    return plant


def used(plant: Plant) -> list[tuple[str | None, Decimal]]:
    """Return which chips are in the device, and how many of each."""
    return [(edge.serial, edge.quantity) for edge in plant.trace.backward(UNIT).edges if edge.item == "CHIP"]


def test_taken_apart_reversed_and_taken_apart_again() -> None:
    """Each time the edges are those of what happened and still stands: never less than nothing."""
    plant = built()
    apart = TakeApart(UNIT, parts=[Goods("CHIP", serials=["a"])])
    whole = used(plant)
    first = plant.do(apart)
    once, recovered = used(plant), plant.trace.forward(UNIT)

    plant.reverse(first.events[0])
    assert used(plant) == whole == [("a", Decimal(1)), ("b", Decimal(1))]
    assert [edge.kind for edge in plant.trace.forward(UNIT).edges] == []

    plant.do(apart)
    assert used(plant) == once == [("b", Decimal(1))]
    assert plant.trace.forward(UNIT).edges == recovered.edges
    plant.check()
