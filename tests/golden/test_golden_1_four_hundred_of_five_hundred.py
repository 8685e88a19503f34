"""Golden case 1: 500 on hand, 400 reserved for tomorrow's order: 100 are free."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from prodstock.errors import CannotReserve
from prodstock.journal.store import ManualClock
from prodstock.master.catalog import Catalog
from prodstock.master.item import Item
from prodstock.orders.demand import Demand
from prodstock.plant import Plant
from prodstock.stock.availability import Reason
from prodstock.stock.claim import Claim

TODAY = datetime(2026, 3, 2, 6, tzinfo=UTC)
TOMORROW = date(2026, 3, 3)


def test_a_hundred_are_free() -> None:
    """What is reserved is physical and usable, but not free; nobody else gets it."""
    plant = Plant(Catalog([Item("MIC")]), clock=ManualClock(TODAY))
    plant.receive("MIC", 500)
    plant.expect(Demand("MIC", 400, due=TOMORROW, ref="SO-1"))
    plant.reserve("SO-1")

    found = plant.availability("MIC")

    assert (found.physical, found.reserved, found.free) == (Decimal(500), Decimal(400), Decimal(100))
    assert found.bucket(Reason.RESERVED).filled_by == ("STORES for SO-1",)
    with pytest.raises(CannotReserve) as refused:
        plant.reserve(Claim("MIC", 101, ref="SO-2"))
    assert refused.value.short[0].free == Decimal(100)
    plant.check()
