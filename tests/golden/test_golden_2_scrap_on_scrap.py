"""Golden case 2: 200 good pieces, 10 % assembly scrap, 10 % component scrap, both as mark-ups."""

from datetime import date
from decimal import Decimal

from prodstock.master.bom import BillOfMaterial, BomLine, ScrapBasis
from prodstock.master.catalog import Catalog
from prodstock.master.explosion import explode
from prodstock.master.item import Item
from prodstock.master.order_line import order_lines, quantity_to_start

DAY = date(2026, 3, 2)


def test_the_order_starts_220_and_the_component_need_is_242() -> None:
    """200 good ones start 220, which need 242 components, in the order's lines and in the explosion alike."""
    bom = BillOfMaterial("PUMP", [BomLine("SEAL", 1, scrap="0.1")], scrap="0.1")
    catalog = Catalog([Item("PUMP"), Item("SEAL"), bom])

    started = quantity_to_start(bom, 200)
    lines = order_lines(catalog, bom, int(started), at=DAY)

    assert started == 220
    assert [Decimal(242)] == [line.quantity for line in lines]
    assert explode(catalog, "PUMP", 200, at=DAY).of("SEAL").quantity == Decimal(242)


def test_a_line_for_good_ones_replaces_assembly_scrap_by_its_own() -> None:
    """Counted on the good quantity, the component need is 220: its own 10 %, nothing for those lost before."""
    bom = BillOfMaterial("PUMP", [BomLine("SEAL", 1, scrap="0.1", scrap_basis=ScrapBasis.GOOD)], scrap="0.1")
    catalog = Catalog([Item("PUMP"), Item("SEAL"), bom])

    assert explode(catalog, "PUMP", 200, at=DAY).of("SEAL").quantity == Decimal(220)
    assert order_lines(catalog, bom, 220, at=DAY)[0].quantity == Decimal(220)
