"""What one order takes: lines, steps, phantoms, and one rounding."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from prodstock.errors import InvalidValueError
from prodstock.master.bom import Basis, BillOfMaterial, BomLine, LineRole
from prodstock.master.catalog import Catalog
from prodstock.master.explosion import explode
from prodstock.master.item import Item, Supply
from prodstock.master.order_line import OrderLine, expected_good, order_lines, quantity_to_start
from prodstock.master.routing import Operation, Routing
from prodstock.quantities.quantity import Quantity
from prodstock.tables import Table

DAY = date(2026, 3, 2)


def shown(lines: Table[OrderLine]) -> list[tuple[str, Decimal | int, str | None]]:
    """Return item, quantity and step of each line."""
    return [(line.item, line.quantity, line.operation) for line in lines]


def test_four_grams_each_from_stock_in_hundredths_of_a_kilogram() -> None:
    """Golden case 9, its first half: one takes 0.01 kg, rounded up once and said so; a hundred take 0.40 kg."""
    bom = BillOfMaterial("SOUP", [BomLine("SALT", Quantity(4, "g"))])
    catalog = Catalog([Item("SOUP"), Item("SALT", unit="kg", scale=2), bom])

    (one,) = order_lines(catalog, bom, 1, at=DAY)
    (hundred,) = order_lines(catalog, bom, 100, at=DAY)

    assert one.quantity == Decimal("0.01")
    assert (one.exact, one.rounding) == (Fraction(4, 1000), Fraction(6, 1000))
    assert hundred.quantity == Decimal("0.40")
    assert hundred.rounding == 0
    assert str(one.why()) == (
        "0.01 kg SALT\n  0.004 kg needed for SOUP\n  rounded up once to the digits SALT is kept in"
    )
    assert "rounded" not in str(hundred.why())


def test_started_and_good_follow_from_each_other_exactly() -> None:
    """Assembly scrap and operation scrap multiply; back and forth is the same number."""
    bom = BillOfMaterial("CUP", [], scrap="0.03")
    routing = Routing("CUP", [Operation("press", scrap="0.1"), Operation("fire", scrap="0.07")])

    started = quantity_to_start(bom, 1000, routing=routing)

    assert started == Fraction("1212.31")
    assert expected_good(bom, started, routing=routing) == 1000


def test_a_line_takes_its_share_of_what_was_started() -> None:
    """Of 132 started, 120 reach firing: a line at that step is for those."""
    bom = BillOfMaterial("CUP", [BomLine("CLAY", 1), BomLine("GLAZE", 1, operation="fire")])
    routing = Routing("CUP", [Operation("press", scrap="0.1"), Operation("fire", scrap="0.2")])
    catalog = Catalog([Item("CUP"), Item("CLAY"), Item("GLAZE"), routing, bom])

    assert shown(order_lines(catalog, bom, 132, at=DAY)) == [("CLAY", 132, None), ("GLAZE", 120, "fire")]


def test_a_line_per_order_is_taken_once_and_none_of_nothing() -> None:
    """Whatever the quantity; an order of none takes none."""
    bom = BillOfMaterial("CUP", [BomLine("FIXTURE", 2, per=Basis.ORDER), BomLine("CLAY", 1)], for_quantity=4)
    catalog = Catalog([Item("CUP"), Item("FIXTURE"), Item("CLAY"), bom])

    assert shown(order_lines(catalog, bom, 9, at=DAY)) == [("FIXTURE", 2, None), ("CLAY", 3, None)]
    assert shown(order_lines(catalog, bom, 0, at=DAY)) == [("FIXTURE", 0, None), ("CLAY", 0, None)]


@pytest.fixture(name="phantoms")
def _phantoms() -> Catalog:
    """A lamp with two uses of a screw kit, one of them within a base kit; both kits are phantoms."""
    return Catalog(
        [
            Item("LAMP"),
            Item("BASE", supply=Supply.PHANTOM),
            Item("KIT", supply=Supply.PHANTOM),
            Item("SCREW"),
            Item("KEY"),
            Item("FOOT"),
            BillOfMaterial("LAMP", [BomLine("KIT", 1, operation="mount"), BomLine("BASE", 1, operation="stand")]),
            BillOfMaterial("BASE", [BomLine("FOOT", 3), BomLine("KIT", 2)], scrap="0.1"),
            BillOfMaterial("KIT", [BomLine("SCREW", 4), BomLine("KEY", 1, per=Basis.ORDER)]),
        ]
    )


def test_a_phantom_gives_its_lines_to_the_steps_that_use_it(phantoms: Catalog) -> None:
    """Ten lamps: ten kits to mount, 22 within 10 bases at the stand; the key once."""
    bom = phantoms.boms("LAMP")[0]

    assert shown(order_lines(phantoms, bom, 10, at=DAY)) == [
        ("FOOT", 33, "stand"),
        ("SCREW", 40, "mount"),
        ("KEY", 1, "mount"),
        ("SCREW", 88, "stand"),
    ]


def test_stock_of_a_phantom_is_used_first_and_once(phantoms: Catalog) -> None:
    """Twelve kits in stock are lines of their own: ten to mount, two at the stand; only the rest explodes."""
    bom = phantoms.boms("LAMP")[0]

    lines = order_lines(phantoms, bom, 10, at=DAY, from_stock={"KIT": 12})

    assert shown(lines) == [
        ("FOOT", 33, "stand"),
        ("KIT", 10, "mount"),
        ("KIT", 2, "stand"),
        ("SCREW", 80, "stand"),
        ("KEY", 1, "stand"),
    ]
    assert [line.position for line in lines] == [1, 2, 3, 4, 5]
    assert [line.of for line in lines] == ["BASE", "KIT", "KIT", "KIT", "KIT"]


def test_a_phantom_without_a_bill_is_a_line_itself() -> None:
    """What cannot be exploded must come from somewhere: it is not dropped."""
    bom = BillOfMaterial("LAMP", [BomLine("KIT", 2)])
    catalog = Catalog([Item("LAMP"), Item("KIT", supply=Supply.PHANTOM), bom])

    assert shown(order_lines(catalog, bom, 10, at=DAY)) == [("KIT", 20, None)]


def test_doubled_phantoms_give_as_many_lines_as_there_are() -> None:
    """Twenty levels of two phantoms each have a million paths and one leaf: two lines."""
    pairs = [(f"L{level:02}", f"R{level:02}") for level in range(20)]
    below = [*pairs[1:], ("LEAF",)]
    boms = [
        BillOfMaterial(code, [BomLine(used, 1) for used in after])
        for pair, after in zip(pairs, below, strict=True)
        for code in pair
    ]
    top = BillOfMaterial("TOP", [BomLine(code, 1) for code in pairs[0]])
    kits = [Item(code, supply=Supply.PHANTOM) for pair in pairs for code in pair]

    lines = order_lines(Catalog([Item("TOP"), Item("LEAF"), *kits, top, *boms]), top, 1, at=DAY)

    assert shown(lines) == [("LEAF", 2**19, None), ("LEAF", 2**19, None)]


def test_rework_and_packaging_lines_keep_their_role() -> None:
    """An order made with a bill of rework takes its lines, marked as such."""
    bom = BillOfMaterial("CUP", [BomLine("CUP", 1, role=LineRole.REWORK), BomLine("BOX", 1, role=LineRole.PACKAGING)])
    catalog = Catalog([Item("CUP"), Item("BOX"), bom])

    assert [line.role for line in order_lines(catalog, bom, 1, at=DAY)] == ["rework", "packaging"]


def test_substitutes_go_along() -> None:
    """They are what an order may take instead."""
    bom = BillOfMaterial("CUP", [BomLine("CLAY", 1, substitutes=["LOAM"])])
    catalog = Catalog([Item("CUP"), Item("CLAY"), Item("LOAM"), bom])

    assert [one.item for one in order_lines(catalog, bom, 1, at=DAY)[0].substitutes] == ["LOAM"]


def test_negative_orders_and_endless_needs_are_refused() -> None:
    """A need beyond 64 bits is refused before anything is booked."""
    bom = BillOfMaterial("CUP", [BomLine("CLAY", "1e18")])
    catalog = Catalog([Item("CUP"), Item("CLAY"), bom])

    for started in (-1, 1000):
        with pytest.raises(InvalidValueError):
            order_lines(catalog, bom, started, at=DAY)


def test_a_step_that_the_routing_lost_is_the_start() -> None:
    """A routing that no longer fires leaves the glaze to be there when the order starts."""
    bom = BillOfMaterial("CUP", [BomLine("GLAZE", 1, operation="fire")])
    old = Routing("CUP", [Operation("press", scrap="0.1"), Operation("fire")], effective_until=DAY)
    new = Routing("CUP", [Operation("press", scrap="0.1")], revision="B", effective_from=DAY)
    catalog = Catalog([Item("CUP"), Item("GLAZE"), old, new, bom])

    assert shown(order_lines(catalog, bom, 110, at=date(2026, 3, 1))) == [("GLAZE", 100, "fire")]
    assert shown(order_lines(catalog, bom, 110, at=DAY)) == [("GLAZE", 110, "fire")]
    assert explode(catalog, "CUP", 100, at=DAY).of("GLAZE").quantity == 110
