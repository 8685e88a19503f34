"""Explosion: conventions that the laws do not show."""

import pickle  # noqa: TID251 - that values survive it is the test
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

import attrs
import pytest

from prodstock.errors import InvalidTypeError, InvalidValueError, UnknownCode
from prodstock.master.bom import Basis, BillOfMaterial, BomLine, ByProduct, LineRole
from prodstock.master.catalog import Catalog
from prodstock.master.codes import ItemCode
from prodstock.master.depth import Depth
from prodstock.master.explosion import Requirement, explode
from prodstock.master.item import Item, Supply
from prodstock.master.location import Site
from prodstock.master.routing import Operation, Routing
from prodstock.quantities.quantity import Quantity

DAY = date(2026, 3, 2)


def items(codes: str) -> list[Item]:
    """Return plain items."""
    return [Item(code) for code in codes.split()]


def needs(catalog: Catalog, item: str, quantity: int, **asked: object) -> dict[str, Decimal]:
    """Return what a quantity needs, by item."""
    rows = explode(catalog, item, quantity, **{"at": DAY, **asked}).requirements  # type: ignore[arg-type]  # as given
    return {row.item: row.quantity for row in rows}


def test_a_need_without_a_last_digit_is_exact_beside_its_decimal() -> None:
    """A quotient q / 0.97 keeps its ratio; its Decimal is rounded up, so that rounding it again loses nothing."""
    catalog = Catalog([*items("CUP CLAY"), BillOfMaterial("CUP", [BomLine("CLAY", 1, yield_rate="0.97")])])

    row = explode(catalog, "CUP", 1, at=DAY).requirements[0]

    assert row.exact == Fraction(100, 97)
    assert row.quantity == Decimal("1.030927835051546392")
    assert row.exact < row.quantity < row.exact + Fraction(1, 10**18)


def test_a_requirement_that_an_explosion_made_is_as_one_made_by_hand() -> None:
    """Whole or not, it equals, hashes, pickles and refuses to change like any other, and has no further attributes."""
    lines = [BomLine("BOX", 2), BomLine("CLAY", 1, yield_rate="0.97")]
    box, clay = explode(Catalog([*items("CUP CLAY BOX"), BillOfMaterial("CUP", lines)]), "CUP", 1, at=DAY).requirements
    by_hand = [
        Requirement(ItemCode("BOX"), Decimal(2), "pcs", 1, 1, exact=Fraction(2)),
        Requirement(ItemCode("CLAY"), Decimal("1.030927835051546392"), "pcs", 1, 1, exact=Fraction(100, 97)),
    ]

    assert pickle.loads(pickle.dumps([box, clay])) == [box, clay] == by_hand  # noqa: S301 - what was just written
    assert {box, clay} == set(by_hand)
    assert type(box.exact) is Fraction
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        box.quantity = Decimal(3)  # type: ignore[misc]  # what is refused
    assert not hasattr(box, "cost")


def test_a_line_per_order_counts_once_for_each_made_item() -> None:
    """Two fixtures are needed whatever the quantity; of an assembly on two paths they are needed once."""
    lines = [BomLine("FIXTURE", 2, per=Basis.ORDER, scrap="0.5"), BomLine("CLAY", 3)]
    catalog = Catalog(
        [
            *items("SET CUP LID FIXTURE CLAY"),
            BillOfMaterial("SET", [BomLine("CUP", 2), BomLine("LID", 1)]),
            BillOfMaterial("LID", [BomLine("CUP", 1)]),
            BillOfMaterial("CUP", lines, scrap="0.1", for_quantity=10),
        ]
    )

    assert needs(catalog, "CUP", 100) == {"FIXTURE": 3, "CLAY": 33}
    assert needs(catalog, "SET", 100) == {"CUP": 300, "LID": 100, "FIXTURE": 3, "CLAY": 99}
    assert needs(catalog, "SET", 0) == {"CUP": 0, "LID": 0, "FIXTURE": 0, "CLAY": 0}


def test_a_line_per_order_of_a_phantom_counts_once_for_each_made_item_that_uses_it() -> None:
    """The phantom makes no order: the orders of its users do."""
    catalog = Catalog(
        [
            *items("SET CUP LID LABEL"),
            Item("PACK", supply=Supply.PHANTOM),
            Item("INNER", supply=Supply.PHANTOM),
            BillOfMaterial("SET", [BomLine("CUP", 2), BomLine("LID", 1)]),
            BillOfMaterial("CUP", [BomLine("PACK", 1), BomLine("PACK", 1)]),
            BillOfMaterial("LID", [BomLine("PACK", 1)]),
            BillOfMaterial("PACK", [BomLine("INNER", 1)]),
            BillOfMaterial("INNER", [BomLine("LABEL", 1, per=Basis.ORDER)]),
        ]
    )

    assert needs(catalog, "SET", 10)["LABEL"] == 2
    assert needs(catalog, "CUP", 10)["LABEL"] == 1


def test_phantoms_are_listed_with_their_supply_and_exploded_through() -> None:
    """One level goes on below a phantom and ends at what is made, bought or unknown."""
    catalog = Catalog(
        [
            *items("SET CUP CLAY TAG"),
            Item("PACK", supply=Supply.PHANTOM),
            BillOfMaterial("SET", [BomLine("CUP", 2), BomLine("PACK", 1)]),
            BillOfMaterial("PACK", [BomLine("TAG", 3)], scrap="0.1"),
            BillOfMaterial("CUP", [BomLine("CLAY", 1)]),
        ]
    )

    one_level = explode(catalog, "SET", 10, at=DAY, depth=Depth.ONE_LEVEL)

    assert [row.item for row in one_level.requirements] == ["CUP", "PACK", "TAG"]
    assert [row.quantity for row in one_level.requirements] == [20, 10, 33]
    assert [row.supply for row in one_level.requirements] == [Supply.MAKE, Supply.PHANTOM, None]
    assert needs(catalog, "SET", 10) == {"CUP": 20, "PACK": 10, "TAG": 33, "CLAY": 20}


def test_what_is_bought_ends_the_explosion_except_at_the_top() -> None:
    """A bill of a bought item is for looking at."""
    catalog = Catalog(
        [
            *items("SET CLAY"),
            Item("CUP", supply=Supply.BUY),
            BillOfMaterial("SET", [BomLine("CUP", 2)]),
            BillOfMaterial("CUP", [BomLine("CLAY", 1)]),
        ]
    )

    assert needs(catalog, "SET", 1) == {"CUP": 2}
    assert needs(catalog, "CUP", 1) == {"CLAY": 1}


def test_operation_scrap_reaches_the_lines_of_its_step_and_before() -> None:
    """Clay goes in at the start, glaze after pressing is over; firing loses a fifth of both."""
    lines = [BomLine("CLAY", 1), BomLine("MOULD", 1, operation="press"), BomLine("GLAZE", 1, operation="fire")]
    catalog = Catalog(
        [
            *items("CUP CLAY MOULD GLAZE"),
            Routing("CUP", [Operation("press", scrap="0.1"), Operation("fire", scrap="0.2")]),
            BillOfMaterial("CUP", lines, scrap="0.5"),
        ]
    )

    assert needs(catalog, "CUP", 100) == {"CLAY": 198, "MOULD": 198, "GLAZE": 180}


def test_outputs_and_rework_lines_are_no_requirements() -> None:
    """What comes out beside, and what only rework needs, is not needed to make it."""
    lines = [BomLine("CLAY", 1), BomLine("PAINT", 1, role=LineRole.REWORK), BomLine("BOX", 1, role=LineRole.PACKAGING)]
    bom = BillOfMaterial("CUP", lines, outputs=[ByProduct("DUST", 1)])

    assert needs(Catalog([*items("CUP CLAY PAINT BOX DUST"), bom]), "CUP", 5) == {"CLAY": 5, "BOX": 5}


def test_bills_and_lines_count_on_their_days_at_the_site() -> None:
    """The same instant is another day in Tokyo."""
    april = date(2026, 4, 1)
    catalog = Catalog(
        [
            Site("TOKYO", zone="Asia/Tokyo"),
            *items("CUP CLAY LOAM TAG"),
            BillOfMaterial("CUP", [BomLine("CLAY", 1)], revision="A", effective_until=april),
            BillOfMaterial(
                "CUP",
                [BomLine("LOAM", 1), BomLine("TAG", 1, effective_from=date(2026, 5, 1))],
                revision="B",
                effective_from=april,
            ),
        ]
    )
    evening = datetime(2026, 3, 31, 20, tzinfo=UTC)

    assert needs(catalog, "CUP", 1, at=evening) == {"CLAY": 1}
    assert needs(catalog, "CUP", 1, at=evening, site="TOKYO") == {"LOAM": 1}
    assert needs(catalog, "CUP", 1, at=date(2026, 5, 1)) == {"LOAM": 1, "TAG": 1}


def test_quantities_convert_by_the_units_of_the_items() -> None:
    """Two sets of the product, grams of the component."""
    lines = [BomLine("CLAY", Quantity(400, "g"))]
    catalog = Catalog([Item("CUP", factors={"set": 6}), Item("CLAY", unit="kg", scale=3), BillOfMaterial("CUP", lines)])

    explosion = explode(catalog, "CUP", Quantity(2, "set"), at=DAY)

    assert explosion.quantity == 12
    assert (explosion.of("CLAY").quantity, explosion.of("CLAY").unit) == (Decimal("4.8"), "kg")


def test_bad_calls_are_refused() -> None:
    """Floats, negative quantities, unknown items and sites, naive moments."""
    catalog = Catalog(items("CUP"))

    with pytest.raises(InvalidTypeError):
        explode(catalog, "CUP", 1.5, at=DAY)  # type: ignore[arg-type]  # what is under test
    with pytest.raises(InvalidValueError):
        explode(catalog, "CUP", -1, at=DAY)
    with pytest.raises(InvalidValueError):
        explode(catalog, "CUP", 1, at=datetime(2026, 3, 2))  # noqa: DTZ001 - what is under test
    for item, site in (("CAP", None), ("CUP", "X")):
        with pytest.raises(UnknownCode):
            explode(catalog, item, 1, at=DAY, site=site)
    with pytest.raises(UnknownCode):
        explode(catalog, "CUP", 1, at=DAY).of("CLAY")


def test_it_reads_well() -> None:
    """One line as a repr, a table as text and in a notebook."""
    catalog = Catalog([*items("<b> CLAY"), BillOfMaterial("<b>", [BomLine("CLAY", 1)])])

    explosion = explode(catalog, "<b>", 2, at=DAY)

    assert repr(explosion) == "<Explosion 2 pcs <b>, 1 requirements>"
    assert str(explosion).startswith("2 pcs <b> need\nitem")
    assert "<td>CLAY</td>" in explosion._repr_html_()
    assert list(explosion.requirements.to_dict()) == ["item", "quantity", "unit", "level", "path_count", "supply"]


def test_a_structure_as_deep_as_wide_needs_no_recursion() -> None:
    """Three thousand levels, each needing one and a tenth of the next."""
    codes = [f"I{number:04}" for number in range(3_000)]
    pairs = pairwise(codes)
    catalog = Catalog(
        [*(Item(code) for code in codes), *(BillOfMaterial(one, [BomLine(below, "1.1")]) for one, below in pairs)]
    )

    assert explode(catalog, codes[0], 1, at=DAY).of(codes[-1]).exact == Fraction(11, 10) ** 2_999
    assert catalog.where_used(codes[-1], DAY)[-1].level == 2_999
