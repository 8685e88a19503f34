"""What a line of a bill may be counted by, beside each unit or each order."""

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from prodstock.codec.reading import loads
from prodstock.codec.records import from_records
from prodstock.codec.writing import dumps
from prodstock.errors import InvalidTypeError, InvalidValueError
from prodstock.master.bom import Basis, BillOfMaterial, BomLine, ScrapBasis
from prodstock.master.catalog import Catalog
from prodstock.master.depth import Depth
from prodstock.master.difference import diff
from prodstock.master.explosion import explode
from prodstock.master.item import Item, Supply
from prodstock.master.measure import EachBegun, Greatest, Least, Linear, Measure, RoundedUp, Stepped, Total
from prodstock.master.order_line import order_lines
from prodstock.master.routing import Operation, Routing
from prodstock.quantities.quantity import Quantity

DAY = date(2026, 3, 2)
PALLETS = Stepped([(0, 1), (100, 2), (200, 3)])


def taken(catalog: Catalog, bom: BillOfMaterial, started: int, **more: object) -> list[tuple[object, ...]]:
    """Return item, step and quantity of each line of an order."""
    lines = order_lines(catalog, bom, started, at=DAY, **more)  # type: ignore[arg-type]  # as given
    return [(line.item, line.operation, line.quantity) for line in lines]


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        (lambda: Stepped([]), "say nothing"),
        (lambda: Stepped([(0, 2), (100, 1)]), "less than the 2"),
        (lambda: Stepped([(5, 1), ("5.0", 2)]), "stands twice"),
        (lambda: Stepped([(-1, 1)]), "below zero"),
        (lambda: Stepped([(one, one) for one in range(1001)]), "more than 1000"),
        (lambda: EachBegun(0), "not above zero"),
        (lambda: Linear(0), "never any"),
        (lambda: Linear("-1"), "below zero"),
        (lambda: RoundedUp(EachBegun(24), 0), "not above zero"),
        (lambda: Total([5]), "are not 2 to 31"),
        (lambda: Stepped.read_off(lambda one: -one, range(1, 3)), "below zero"),
        (lambda: Stepped.read_off(lambda one: one, range(2000)), "more than 1000"),
    ],
)
def test_what_counts_nothing_or_falls_is_refused(wrong: object, why: str) -> None:
    """A larger order never needs less, and a measure that says nothing is a mistake."""
    with pytest.raises(InvalidValueError, match=why):
        wrong()  # type: ignore[operator]  # what is under test


@pytest.mark.parametrize("wrong", [[5], 7, "0=1", [(0, 1.5)], {0: None}])
def test_what_are_no_steps_is_refused(wrong: Any) -> None:
    """Floats, texts and bare numbers among them."""
    with pytest.raises(InvalidTypeError):
        Stepped(wrong)
    with pytest.raises(InvalidTypeError):
        BomLine("BOX", 1, per=wrong)


def test_measures_have_few_words() -> None:
    """Nesting ends where nobody could read it, and measures that share a part cost no more than they say."""
    nested: Measure = EachBegun(24)
    for _ in range(4):
        nested = Total([nested, nested])
    with pytest.raises(InvalidValueError, match="more than 32 words"):
        Total([nested, nested])


def test_an_order_takes_what_the_measure_counts() -> None:
    """Pallets by steps, cartons by each begun, flux by a formula; scrap of the line on top, rounded up once."""
    bom = BillOfMaterial(
        "CUP",
        [
            BomLine("PALLET", 1, per=PALLETS),
            BomLine("CARTON", 1, per=EachBegun(24)),
            BomLine("FLUX", Quantity(10, "g"), per=Linear("0.2", fixed=5), scrap="0.1"),
            BomLine("TUBE", 1, per=Least([Total([EachBegun(96), 2]), 3])),
            BomLine("FILM", 1, per=RoundedUp(Greatest([Linear("0.5"), 4]), 3)),
        ],
        for_quantity=7,
    )
    items = [Item(one) for one in ("CUP", "PALLET", "CARTON", "TUBE", "FILM")]
    catalog = Catalog([*items, Item("FLUX", unit="kg", scale=3), bom])

    by_size = {started: [quantity for _, _, quantity in taken(catalog, bom, started)] for started in (0, 1, 100, 241)}

    assert by_size == {
        0: [0, 0, 0, 0, 0],
        1: [1, 1, Decimal("0.058"), 3, 6],
        100: [2, 5, Decimal("0.275"), 3, 51],
        241: [3, 11, Decimal("0.586"), 3, 123],
    }


def test_a_measure_counts_what_enters_the_step() -> None:
    """Of 110 started 100 reach packing: five cartons of 24; of good ones only, if the line serves those."""
    bom = BillOfMaterial(
        "CUP",
        [
            BomLine("CARTON", 1, per=EachBegun(24), operation="pack"),
            BomLine("TRAY", 1, per=EachBegun(10)),
            BomLine("CARD", 1, per=EachBegun(10), scrap_basis=ScrapBasis.GOOD),
        ],
    )
    routing = Routing("CUP", [Operation("press", scrap="0.1"), Operation("pack")])
    catalog = Catalog([*(Item(one) for one in ("CUP", "CARTON", "TRAY", "CARD")), bom, routing])

    assert taken(catalog, bom, 110) == [("CARTON", "pack", 5), ("TRAY", None, 11), ("CARD", None, 10)]
    assert [int(row.exact) for row in explode(catalog, "CUP", 100, at=DAY).requirements] == [10, 5, 11]


def test_all_uses_of_a_phantom_are_counted_together() -> None:
    """Ten packs at one step and ten at another are one carton of 24, needed at the first; stock of packs needs none."""
    pack = BillOfMaterial("PACK", [BomLine("CARTON", 1, per=EachBegun(24)), BomLine("TAG", 1)])
    bom = BillOfMaterial("CUP", [BomLine("PACK", 1, operation="one"), BomLine("PACK", 1, operation="two")])
    routing = Routing("CUP", [Operation("one"), Operation("two")])
    items = [Item("CUP"), Item("PACK", supply=Supply.PHANTOM), Item("CARTON"), Item("TAG")]
    catalog = Catalog([*items, pack, bom, routing])

    assert taken(catalog, bom, 12) == [("CARTON", "one", 1), ("TAG", "one", 12), ("TAG", "two", 12)]
    assert taken(catalog, bom, 12, from_stock={"PACK": 14}) == [
        ("PACK", "one", 12),
        ("PACK", "two", 2),
        ("CARTON", "two", 1),
        ("TAG", "two", 10),
    ]
    one_level = explode(catalog, "CUP", 12, at=DAY, depth=Depth.ONE_LEVEL)
    assert {row.item: int(row.exact) for row in one_level.requirements} == {"PACK": 24, "CARTON": 1, "TAG": 24}


def test_an_explosion_counts_all_of_an_item_as_one_order() -> None:
    """Two sets of two cups and one more cup in a lid are a kiln load of five."""
    catalog = Catalog(
        [
            *(Item(one) for one in ("SET", "LID", "CUP", "SHELF")),
            BillOfMaterial("SET", [BomLine("CUP", 2), BomLine("LID", "0.5")]),
            BillOfMaterial("LID", [BomLine("CUP", 1)]),
            BillOfMaterial("CUP", [BomLine("SHELF", 1, per=EachBegun(5))]),
        ]
    )

    assert explode(catalog, "SET", 2, at=DAY).of("SHELF").exact == 1
    assert explode(catalog, "SET", 4, at=DAY).of("SHELF").exact == 2
    assert {row.item: int(row.exact) for row in catalog.where_used("SHELF", DAY)} == {"CUP": 0, "LID": 0, "SET": 0}
    for _ in range(3):
        explode(catalog, "SET", 2, at=DAY, depth=Depth.ONE_LEVEL)
    assert len(catalog.structure(DAY)._counted) == 1


def test_measures_are_content() -> None:
    """They compare and hash by what they say, are told in a difference of revisions, and travel in documents."""
    old = BillOfMaterial("CUP", [BomLine("BOX", 1, per=Stepped({0: "1.0", 100: "2"}))])
    same = BillOfMaterial("CUP", [BomLine("BOX", 1, per=Stepped([("100", 2), (0, 1)]))])
    new = BillOfMaterial("CUP", [BomLine("BOX", 1, per=Total([Stepped([(0, 1)]), EachBegun(100)]))], revision="B")

    assert old == same
    assert old.content_hash() == same.content_hash() != new.content_hash()
    (change,) = diff(old, new)
    assert change.fields == ("per",)
    assert loads(dumps(new)) == new


def test_rows_may_say_a_measure_by_its_tag() -> None:
    """As an object with its type; a text is still a basis."""
    rows = [
        {"item": "BOX", "quantity": 1, "per": {"type": "each-begun", "size": "24"}},
        {"item": "BOX", "quantity": 1, "per": "order"},
        {"item": "BOX", "quantity": 1, "per": PALLETS},
    ]

    assert [line.per for line in from_records(BomLine, rows)] == [EachBegun(24), Basis.ORDER, PALLETS]


def test_lines_are_shown_with_what_they_are_counted_by() -> None:
    """On one line."""
    assert repr(BomLine("BOX", 1, per=EachBegun(24))) == "<BomLine 1 BOX per begun 24>"
    assert repr(BomLine("BOX", 1, per=PALLETS)) == "<BomLine 1 BOX per 1 from 0, 2 from 100, 3 f>"
    assert repr(Greatest([EachBegun(24), Linear("0.1", fixed=2)])) == "<Greatest of (begun 24; 2 + 0.1 x)>"


def test_a_measure_is_exact() -> None:
    """A third of a unit is one."""
    assert Linear("0.3").count(Fraction(1, 3)) == Fraction(1, 10)
    assert EachBegun("0.1").count(Fraction(1, 3)) == 4
