"""Golden case 28: one component on two lines of one order (the side of needs)."""

from datetime import date
from decimal import Decimal

from prodstock.master.bom import BillOfMaterial, BomLine
from prodstock.master.catalog import Catalog
from prodstock.master.explosion import explode
from prodstock.master.item import Item
from prodstock.master.order_line import order_lines

DAY = date(2026, 3, 2)


def test_both_lines_stay_and_the_requirement_is_their_sum() -> None:
    """Screws for the case and screws for the lid are two lines of the order and one requirement."""
    lines = [BomLine("SCREW", 4, operation="case"), BomLine("LID", 1), BomLine("SCREW", 2, operation="lid")]
    bom = BillOfMaterial("BOX", lines)
    catalog = Catalog([Item("BOX"), Item("SCREW"), Item("LID"), bom])

    taken = order_lines(catalog, bom, 10, at=DAY)
    need = explode(catalog, "BOX", 10, at=DAY).of("SCREW")

    assert [(line.item, line.quantity, line.operation) for line in taken] == [
        ("SCREW", Decimal(40), "case"),
        ("LID", Decimal(10), None),
        ("SCREW", Decimal(20), "lid"),
    ]
    assert (need.quantity, need.path_count) == (Decimal(60), 2)
