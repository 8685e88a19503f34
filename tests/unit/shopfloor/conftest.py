"""A small plant for the tests of the floor: a cup of clay and glaze, pressed, fired and packed."""

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest

from prodstock.journal.store import ManualClock
from prodstock.master.bom import Basis, BillOfMaterial, BomLine, ByProduct, CoProduct
from prodstock.master.catalog import Catalog
from prodstock.master.definition import Definition
from prodstock.master.item import Item, Tracking
from prodstock.master.release_criteria import ReleaseCriteria
from prodstock.master.routing import Operation, OperationKind, Routing
from prodstock.orders.planned import PlannedMake
from prodstock.plant import Plant

NOW = datetime(2026, 3, 2, 6, tzinfo=UTC)


def definitions() -> list[Definition]:
    """Return a device by serial, a cup by lot with co- and by-products, and their parts."""
    return [
        Item("DEVICE", tracking=Tracking.SERIAL),
        Item("CHIP", tracking=Tracking.SERIAL),
        Item("MIC", tracking=Tracking.LOT),
        Item("MIC-B", tracking=Tracking.LOT),
        Item("BOX"),
        Item("CUP", tracking=Tracking.LOT),
        Item("CLAY", unit="kg", scale=2),
        Item("MOULD"),
        Item("SAUCER", tracking=Tracking.LOT),
        Item("SHARDS", unit="kg", scale=1),
        BillOfMaterial(
            "DEVICE",
            [
                BomLine("CHIP", 1),
                BomLine("MIC", 2, scrap="0.01", substitutes=["MIC-B"]),
                BomLine("BOX", 1, operation="pack"),
            ],
        ),
        Routing("DEVICE", [Operation("assemble"), Operation("test", kind=OperationKind.TEST), Operation("pack")]),
        BillOfMaterial(
            "CUP",
            [BomLine("CLAY", "0.35"), BomLine("MOULD", 1, per=Basis.ORDER)],
            outputs=[CoProduct("SAUCER", "0.5"), ByProduct("SHARDS", "0.1")],
        ),
        ReleaseCriteria("DEVICE", requires=["burn-in", "label"]),
    ]


@pytest.fixture
def plant() -> Plant:
    """A plant with chips C-1 to C-20, 50 microphones, 50 of another kind, 30 boxes and 10 kg of clay."""
    return stocked(Plant(Catalog(definitions()), clock=ManualClock(NOW)))


def stocked(plant: Plant) -> Plant:
    """Return the plant with parts in stores."""
    plant.receive("CHIP", 20, lot="CHIPS", serials=[f"C-{n}" for n in range(1, 21)])
    plant.receive("MIC", 20, lot="M-1", expires=date(2027, 1, 1))
    plant.receive("MIC", 30, lot="M-2", expires=date(2028, 1, 1))
    plant.receive("MIC-B", 50, lot="MB-1")
    plant.receive("BOX", 30)
    plant.receive("CLAY", 10)
    plant.receive("MOULD", 1)
    return plant


@pytest.fixture
def planned() -> Callable[..., PlannedMake]:
    """Make a plan by hand."""

    def make(item: str = "DEVICE", quantity: int = 10, **fields: object) -> PlannedMake:
        due = datetime(2026, 3, 20, tzinfo=UTC)
        return PlannedMake(item, quantity, NOW, due, **{"revision": "", **fields})  # type: ignore[arg-type]

    return make
