"""Golden case 8: 0.2 L a piece, of a product that is counted in whole pieces."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

from prodstock.master.bom import BillOfMaterial, BomLine
from prodstock.master.catalog import Catalog
from prodstock.master.explosion import explode
from prodstock.master.item import Item
from prodstock.master.order_line import order_lines
from prodstock.quantities.quantity import Quantity

DAY = date(2026, 3, 2)


def test_one_piece_needs_a_fifth_of_a_litre() -> None:
    """The digits of the product say nothing about those of its component."""
    bom = BillOfMaterial("CREAM", [BomLine("OIL", "0.2")])
    catalog = Catalog([Item("CREAM"), Item("OIL", unit="L", scale=1), bom])

    assert explode(catalog, "CREAM", 1, at=DAY).of("OIL").quantity == Decimal("0.2")
    assert order_lines(catalog, bom, 1, at=DAY)[0].quantity == Decimal("0.2")


def test_a_finer_need_than_the_component_is_kept_in_rounds_up_once_and_says_so() -> None:
    """200 mL of an oil kept in whole litres take one litre, and one for five pieces too; the explosion keeps 0.2."""
    bom = BillOfMaterial("CREAM", [BomLine("OIL", Quantity(200, "mL"))])
    catalog = Catalog([Item("CREAM"), Item("OIL", unit="L"), bom])

    line = order_lines(catalog, bom, 1, at=DAY)[0]

    assert line.quantity == Decimal(1)
    assert line.exact == Fraction(1, 5)
    assert "rounded up" in str(line.why())
    assert order_lines(catalog, bom, 5, at=DAY)[0].quantity == Decimal(1)
    assert explode(catalog, "CREAM", 1, at=DAY).of("OIL").quantity == Decimal("0.2")
