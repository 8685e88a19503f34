"""Golden case 13: base unit piece, 1 box = 9 pieces, receive a box, sell 9 pieces: nothing is left."""

from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction

import pytest

from prodstock.errors import InvalidValueError
from prodstock.journal.store import ManualClock
from prodstock.master.catalog import Catalog
from prodstock.master.item import Item
from prodstock.orders.demand import Demand
from prodstock.plant import Plant
from prodstock.quantities.quantity import Quantity
from prodstock.stock.goods import Goods

MONDAY = datetime(2026, 3, 2, 6, tzinfo=UTC)


def test_counted_in_pieces() -> None:
    """A box comes in, nine pieces leave, and zero remains, not 0.001."""
    plant = Plant(Catalog([Item("EGG", factors={"box": 9})]), clock=ManualClock(MONDAY))
    plant.receive("EGG", Quantity(1, "box"))
    plant.expect(Demand("EGG", 9, due=date(2026, 3, 5), ref="SO-1"))

    plant.ship(Goods("EGG", quantity=9), demand="SO-1")

    assert plant.availability("EGG").physical == Decimal(0)
    plant.check()


def test_counted_in_boxes() -> None:
    """Counted in whole boxes, nine pieces are one box; a single piece is refused with the reason."""
    plant = Plant(
        Catalog([Item("EGG", unit="box", factors={"pcs": Quantity(Fraction(1, 9), "box")})]), clock=ManualClock(MONDAY)
    )
    plant.receive("EGG", 1)
    plant.expect(Demand("EGG", Quantity(9, "pcs"), due=date(2026, 3, 5), ref="SO-1"))

    with pytest.raises(InvalidValueError, match="decimals"):
        plant.ship(Goods("EGG", quantity=Quantity(1, "pcs")), demand="SO-1")
    plant.ship(Goods("EGG", quantity=Quantity(9, "pcs")), demand="SO-1")

    assert plant.availability("EGG").physical == Decimal(0)
    plant.check()
