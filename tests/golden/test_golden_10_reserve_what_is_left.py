"""Golden case 10: 3,140.0 - 3,106.40: 33.60 can be reserved, and not a hair more."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from prodstock.errors import CannotReserve
from prodstock.journal.store import ManualClock
from prodstock.master.catalog import Catalog
from prodstock.master.item import Item
from prodstock.plant import Plant
from prodstock.stock.claim import Claim


def test_the_rest_is_exact() -> None:
    """The rest of a reservation can be reserved to the last hundredth."""
    catalog = Catalog([Item("CABLE", unit="m", scale=2)])
    plant = Plant(catalog, clock=ManualClock(datetime(2026, 3, 2, 6, tzinfo=UTC)))
    plant.receive("CABLE", "3140.0")
    plant.reserve(Claim("CABLE", "3106.40", ref="SO-1"))

    assert plant.availability("CABLE").free == Decimal("33.60")
    with pytest.raises(CannotReserve):
        plant.reserve(Claim("CABLE", "33.61", ref="SO-2"))
    assert plant.reserve(Claim("CABLE", "33.60", ref="SO-2")).lines[0].quantity == Decimal("33.60")
    assert plant.availability("CABLE").free == 0
    plant.check()
