"""Golden case 23: stock blocked as damaged is physical and never available."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from prodstock.errors import CannotReserve, NotAllowed
from prodstock.journal.store import ManualClock
from prodstock.master.catalog import Catalog
from prodstock.master.item import Item, Tracking
from prodstock.master.quality_state import Quality
from prodstock.orders.demand import Demand
from prodstock.plant import Plant
from prodstock.stock.availability import Reason
from prodstock.stock.goods import Goods


def test_damaged_is_counted_and_never_offered() -> None:
    """The damaged part of a lot is in its own bucket; it can be neither reserved nor shipped."""
    plant = Plant(Catalog([Item("MIC", tracking=Tracking.LOT)]), clock=ManualClock(datetime(2026, 3, 2, 6, tzinfo=UTC)))
    plant.receive("MIC", 10, lot="M-88")
    plant.judge(Goods("MIC", lot="M-88", quantity=4), Quality.BLOCKED, reason="damaged")
    plant.expect(Demand("MIC", 7, due=date(2026, 3, 20), ref="SO-1"))

    found = plant.availability("MIC")

    assert (found.physical, found.free) == (Decimal(10), Decimal(6))
    assert found.bucket(Reason.DAMAGED).quantity == Decimal(4)
    with pytest.raises(CannotReserve):
        plant.reserve("SO-1")
    plant.ship("M-88", demand="SO-1")
    with pytest.raises(NotAllowed, match="blocked"):
        plant.ship("M-88", demand="SO-1")
    plant.check()
