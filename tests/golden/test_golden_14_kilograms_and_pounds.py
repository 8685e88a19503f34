"""Golden case 14: 970 kg into pounds and back is 970 kg, in stock too; nothing rounds unless asked for by name."""

from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction

import pytest

from prodstock.errors import InvalidValueError
from prodstock.journal.store import ManualClock
from prodstock.master.catalog import Catalog
from prodstock.master.item import Item
from prodstock.plant import Plant
from prodstock.quantities.quantity import Quantity


def test_there_and_back() -> None:
    """The pounds are an exact ratio, and the same ratio received is 970 kg to the gram."""
    pounds = Quantity(970, "kg").to("lb")
    plant = Plant(Catalog([Item("SUGAR", unit="kg", scale=3)]), clock=ManualClock(datetime(2026, 3, 2, 6, tzinfo=UTC)))

    assert pounds.exact == Fraction(97_000_000_000, 45_359_237)
    assert plant.receive("SUGAR", pounds).quantity == Decimal("970.000")
    assert plant.availability("SUGAR").physical == Decimal(970)


def test_what_does_not_come_out_even_is_refused() -> None:
    """One pound is 0.45359237 kg: stock kept in grams refuses it and says so."""
    plant = Plant(Catalog([Item("SUGAR", unit="kg", scale=3)]), clock=ManualClock(datetime(2026, 3, 2, 6, tzinfo=UTC)))

    with pytest.raises(InvalidValueError, match="more than 3 decimals"):
        plant.receive("SUGAR", Quantity(1, "lb"))
    assert plant.availability("SUGAR").physical == 0
