"""Golden case 18: the same serial cannot go into two parents; here: it cannot be promised or leave twice."""

from datetime import UTC, date, datetime

import pytest

from prodstock.errors import CannotReserve, NotAllowed, Refused
from prodstock.journal.store import ManualClock
from prodstock.master.catalog import Catalog
from prodstock.master.item import Item, Tracking
from prodstock.orders.demand import Demand
from prodstock.plant import Plant
from prodstock.stock.claim import Claim
from prodstock.stock.goods import Goods


@pytest.fixture
def plant() -> Plant:
    """Return a plant with one serial and two orders for it."""
    plant = Plant(
        Catalog([Item("CHIP", tracking=Tracking.SERIAL)]), clock=ManualClock(datetime(2026, 3, 2, 6, tzinfo=UTC))
    )
    plant.receive("CHIP", 1, lot="C-1", serials=["SN-7"])
    plant.expect(*(Demand("CHIP", 1, due=date(2026, 3, 20), ref=ref) for ref in ("UNIT-A", "UNIT-B")))
    return plant


def test_one_serial_is_promised_once(plant: Plant) -> None:
    """The second parent is refused as long as the first one holds it."""
    first = plant.reserve("UNIT-A")
    with pytest.raises(CannotReserve):
        plant.reserve("UNIT-B")
    with pytest.raises(Refused):
        plant.ship(Goods("CHIP", serials=["SN-7"]), demand="UNIT-B")

    plant.void(first)

    assert plant.reserve("UNIT-B").lines[0].serial == "SN-7"
    plant.check()


def test_one_serial_leaves_once(plant: Plant) -> None:
    """What went out with one parent is not there for another, and cannot be minted again."""
    plant.ship("SN-7", demand="UNIT-A")

    with pytest.raises(Refused):
        plant.ship("SN-7", demand="UNIT-B")
    with pytest.raises(CannotReserve):
        plant.reserve(Claim("CHIP", 1, ref="UNIT-B"))
    with pytest.raises(NotAllowed, match="SN-7"):
        plant.receive("CHIP", 1, lot="C-2", serials=["SN-7"])
    plant.check()
