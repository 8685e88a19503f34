"""Faults between definitions: each is found, all at once, with its place."""

from datetime import date, timedelta

import pytest

from prodstock.errors import InvalidData
from prodstock.master.bom import BillOfMaterial, BomLine, BomStatus, ByProduct, CoProduct, LineRole
from prodstock.master.catalog import Catalog
from prodstock.master.definition import Definition
from prodstock.master.item import Item, Supply
from prodstock.master.location import Location, LocationRole, Site
from prodstock.master.quality_state import Quality, QualityState, Transition, Use
from prodstock.master.release_criteria import ReleaseCriteria
from prodstock.master.resource import Resource
from prodstock.master.routing import Operation, Routing
from prodstock.master.sourcing import Sourcing
from prodstock.quantities.quantity import Quantity

APRIL, MAY = date(2026, 4, 1), date(2026, 5, 1)
DAYS = timedelta(days=5)
HOLD = QualityState("hold", like=Quality.BLOCKED, allows=Use.NONE)
CUP, CLAY = Item("CUP"), Item("CLAY", unit="kg", scale=3)


def faults(*definitions: Definition) -> list[tuple[str, int | None, str, str]]:
    """Return what is wrong with a catalog of these, as table, row, field and code."""
    with pytest.raises(InvalidData) as caught:
        Catalog(definitions)
    return [(one.table, one.row, one.field, one.code) for one in caught.value.findings]


FAULTS: dict[str, tuple[list[Definition], tuple[str, int | None, str, str]]] = {
    "item twice": ([CUP, CLAY, CUP], ("Item", 3, "code", "duplicate")),
    "zone": ([Site("X", zone="Europe/Berlim")], ("Site", 1, "zone", "unknown-zone")),
    "place at no site": ([Location("R", site="X")], ("Location", 1, "site", "unknown-site")),
    "place in no place": ([Location("R", parent="X")], ("Location", 1, "parent", "unknown-location")),
    "place in itself": ([Location("R", parent="R")], ("Location", 1, "parent", "circle")),
    "two defaults": (
        [Location(code, role=LocationRole.DEFAULT) for code in "RS"],
        ("Location", 2, "role", "two-defaults"),
    ),
    "built-in code": ([Location("WIP")], ("Location", None, "code", "reserved-code")),
    "safety finer than scale": ([Item("A", safety_stock="0.5")], ("Item", 1, "safety_stock", "scale")),
    "safety in another dimension": (
        [Item("A", safety_stock=Quantity(1, "kg"))],
        ("Item", 1, "safety_stock", "no-factor"),
    ),
    "factor that leads nowhere": (
        [Item("A", factors={"box": Quantity(2, "bag")})],
        ("Item", 1, "factors[box]", "no-factor"),
    ),
    "factor against physics": ([Item("A", unit="kg", factors={"g": 1})], ("Item", 1, "factors[g]", "no-factor")),
    "sourcing of nothing": ([Sourcing("A", supplier="S", lead_time=DAYS)], ("Sourcing", 1, "item", "unknown-item")),
    "sourcing nowhere": (
        [CUP, Sourcing("CUP", supplier="S", lead_time=DAYS, site="X")],
        ("Sourcing", 1, "site", "unknown-site"),
    ),
    "minimum finer than scale": (
        [CUP, Sourcing("CUP", supplier="S", lead_time=DAYS, minimum="0.5")],
        ("Sourcing", 1, "minimum", "scale"),
    ),
    "sourcings overlap": (
        [
            CUP,
            Sourcing("CUP", supplier="S", lead_time=DAYS, effective_until=MAY),
            Sourcing("CUP", supplier="S", lead_time=DAYS, effective_from=APRIL),
        ],
        ("Sourcing", 2, "effective_from", "overlap"),
    ),
    "resource nowhere": ([Resource("kiln", site="X")], ("Resource", 1, "site", "unknown-site")),
    "routing of nothing": ([Routing("A", [Operation("a")])], ("Routing", 1, "item", "unknown-item")),
    "routing on nothing": (
        [CUP, Routing("CUP", [Operation("a"), Operation("b", resource="kiln")])],
        ("Routing", 1, "operations[1].resource", "unknown-resource"),
    ),
    "routings overlap": (
        [CUP, *(Routing("CUP", [Operation("a")], revision=code) for code in "AB")],
        ("Routing", 2, "effective_from", "overlap"),
    ),
    "bill of nothing": ([BillOfMaterial("A", [])], ("BillOfMaterial", 1, "item", "unknown-item")),
    "bill nowhere": ([CUP, BillOfMaterial("CUP", [], site="X")], ("BillOfMaterial", 1, "site", "unknown-site")),
    "line of nothing": (
        [CUP, CLAY, BillOfMaterial("CUP", [BomLine("CLAY", 1), BomLine("GLAZE", 1)])],
        ("BillOfMaterial", 1, "lines[1].item", "unknown-item"),
    ),
    "substitute of nothing": (
        [CUP, CLAY, BillOfMaterial("CUP", [BomLine("CLAY", 1, substitutes=["LOAM"])])],
        ("BillOfMaterial", 1, "lines[0].substitutes", "unknown-item"),
    ),
    "line in another dimension": (
        [CUP, CLAY, BillOfMaterial("CUP", [BomLine("CLAY", Quantity(1, "L"))])],
        ("BillOfMaterial", 1, "lines[0].quantity", "no-factor"),
    ),
    "batch in another dimension": (
        [CUP, BillOfMaterial("CUP", [], for_quantity=Quantity(1, "L"))],
        ("BillOfMaterial", 1, "for_quantity", "no-factor"),
    ),
    "line at no step": (
        [
            CUP,
            CLAY,
            Routing("CUP", [Operation("press")]),
            BillOfMaterial("CUP", [BomLine("CLAY", 1, operation="pres")]),
        ],
        ("BillOfMaterial", 1, "lines[0].operation", "unknown-operation"),
    ),
    "step of a phantom": (
        [Item("KIT", supply=Supply.PHANTOM), CLAY, BillOfMaterial("KIT", [BomLine("CLAY", 1, operation="x")])],
        ("BillOfMaterial", 1, "lines[0].operation", "operation-of-phantom"),
    ),
    "output of nothing": (
        [CUP, BillOfMaterial("CUP", [], outputs=[ByProduct("DUST", 1)])],
        ("BillOfMaterial", 1, "outputs[0].item", "unknown-item"),
    ),
    "output in another dimension": (
        [CUP, CLAY, BillOfMaterial("CUP", [], outputs=[ByProduct("CLAY", Quantity(1, "L"))])],
        ("BillOfMaterial", 1, "outputs[0].quantity", "no-factor"),
    ),
    "bills overlap": (
        [
            CUP,
            BillOfMaterial("CUP", [], revision="B", effective_from=APRIL),
            BillOfMaterial("CUP", [], revision="A", effective_until=MAY),
        ],
        ("BillOfMaterial", 1, "effective_from", "overlap"),
    ),
    "criteria of nothing": ([ReleaseCriteria("A", requires=["x"])], ("ReleaseCriteria", 1, "item", "unknown-item")),
    "transition from nowhere": ([Transition(HOLD, Quality.APPROVED)], ("Transition", 1, "start", "unknown-state")),
    "own circle": ([CUP, BillOfMaterial("CUP", [BomLine("CUP", 1)])], ("BillOfMaterial", 1, "lines", "circle")),
}


@pytest.mark.parametrize("name", FAULTS)
def test_each_fault_is_found_with_its_place(name: str) -> None:
    """One fault, one finding: kind, row from 1, field and code."""
    definitions, expected = FAULTS[name]

    assert [expected] == faults(*definitions)


def test_all_faults_are_told_at_once() -> None:
    """Faults of all kinds stand together in one error."""
    everything = [
        Site("X", zone="nowhere"),
        Location("R", site="Y"),
        CUP,
        Item("A", safety_stock="0.5"),
        Sourcing("B", supplier="S", lead_time=DAYS),
        Routing("CUP", [Operation("a", resource="kiln")]),
        BillOfMaterial("CUP", [BomLine("C", 1), BomLine("D", 1)]),
        ReleaseCriteria("E", requires=["x"]),
        Transition(HOLD, Quality.APPROVED),
    ]

    tables = [table for table, *_ in faults(*everything)]

    assert tables == [
        "Site",
        "Location",
        "Item",
        "Sourcing",
        "Routing",
        "BillOfMaterial",
        "BillOfMaterial",
        "ReleaseCriteria",
        "Transition",
    ]


def test_what_follows_without_overlap_is_fine() -> None:
    """Periods that meet, other sites, drafts and obsolete bills do not overlap."""
    catalog = Catalog(
        [
            CUP,
            Site("BERLIN"),
            BillOfMaterial("CUP", [], revision="A", effective_until=APRIL),
            BillOfMaterial("CUP", [], revision="B", effective_from=APRIL),
            BillOfMaterial("CUP", [], revision="B", site="BERLIN"),
            BillOfMaterial("CUP", [], revision="C", status=BomStatus.DRAFT),
            BillOfMaterial("CUP", [], revision="D", status=BomStatus.OBSOLETE),
        ]
    )

    assert len(catalog.boms("CUP")) == 5


def bill(item: str, needed: str, **fields: object) -> BillOfMaterial:
    """Return a bill of one line."""
    return BillOfMaterial(item, [BomLine(needed, 1)], **fields)  # type: ignore[arg-type]  # fields as given


def circle(*definitions: Definition) -> str:
    """Return the message about the only fault of a catalog of these, a circle."""
    with pytest.raises(InvalidData) as caught:
        Catalog(definitions)
    (finding,) = caught.value.findings
    assert finding.code == "circle"
    return finding.message


ABC = [Item("A"), Item("B"), Item("C")]


def test_a_circle_is_refused_with_its_path() -> None:
    """The path starts and ends at the first item by code."""
    assert circle(*ABC, bill("C", "A"), bill("B", "C"), bill("A", "B")) == "A needs itself: A -> B -> C -> A"


def test_revisions_that_are_never_valid_together_may_go_in_circles() -> None:
    """A needed B until April; from April B needs A."""
    before, after = bill("A", "B", effective_until=APRIL), bill("B", "A", effective_from=APRIL)

    catalog = Catalog([*ABC, before, after])

    assert [catalog.low_level_codes(date(2026, 3, 1))[code] for code in "AB"] == [0, 1]
    assert [catalog.low_level_codes(APRIL)[code] for code in "AB"] == [1, 0]
    levels = catalog.low_level_codes()
    assert levels["A"] == levels["B"]
    assert [row.item for row in catalog.where_used("A", APRIL)] == ["B"]
    assert [row.item for row in catalog.where_used("B", date(2026, 3, 1))] == ["A"]


def test_revisions_that_are_valid_together_for_a_day_may_not() -> None:
    """The day they meet is named."""
    message = circle(*ABC, bill("A", "B", effective_until=MAY), bill("B", "A", effective_from=APRIL))

    assert message == "A needs itself on 2026-04-01: A -> B -> A"


def test_lines_have_dates_too() -> None:
    """A line that ends before the other begins closes no circle; one that does not, does."""
    ends = BillOfMaterial("A", [BomLine("B", 1, effective_until=APRIL)])

    assert Catalog([*ABC, ends, bill("B", "A", effective_from=APRIL)]) is not None
    assert "2026-03-31" in circle(*ABC, ends, bill("B", "A", effective_from=date(2026, 3, 31)))


def test_sites_go_in_circles_by_themselves() -> None:
    """At Berlin B needs A, elsewhere A needs B: only where both hold is a circle."""
    own = [bill("B", "A", site="BERLIN"), bill("A", "C", site="BERLIN")]

    assert Catalog([*ABC, Site("BERLIN"), bill("A", "B"), *own]) is not None
    assert "at BERLIN" in circle(*ABC, Site("BERLIN"), bill("A", "B"), own[0])


def test_by_products_and_rework_lines_close_no_circle() -> None:
    """Swarf that is melted again and a part that goes back into rework are no needs of themselves."""
    swarf = BillOfMaterial("A", [BomLine("B", 1)], outputs=[ByProduct("C", 1)])
    again = BillOfMaterial("B", [BomLine("C", 1), BomLine("B", 1, role=LineRole.REWORK)])

    assert Catalog([*ABC, swarf, again]).low_level_codes() == {"A": 0, "B": 1, "C": 2}


def test_co_products_close_circles() -> None:
    """A co-product comes from what the main item needs; it cannot be what that is made of."""
    message = circle(*ABC, BillOfMaterial("A", [BomLine("B", 1)], outputs=[CoProduct("C", 1)]), bill("B", "C"))

    assert message == "A needs itself: A -> B -> C -> A"


def test_outputs_of_one_process_share_a_low_level_code() -> None:
    """The deeper of them decides."""
    items = [Item(code) for code in ("TOP", "MID", "CREAM", "SKIM", "MILK")]
    split = BillOfMaterial("CREAM", [BomLine("MILK", 1)], outputs=[CoProduct("SKIM", 2)])

    levels = Catalog([*items, bill("TOP", "MID"), bill("MID", "SKIM"), split]).low_level_codes()

    assert levels == {"TOP": 0, "MID": 1, "SKIM": 2, "CREAM": 2, "MILK": 3}


@pytest.mark.parametrize("size", [2_000])
def test_a_deep_circle_is_found_without_recursion(size: int) -> None:
    """Two thousand items in a row, and the last needs the first; the message shows both ends."""
    items = [Item(f"I{number:04}") for number in range(size)]
    bills = [bill(f"I{number:04}", f"I{(number + 1) % size:04}") for number in range(size)]

    message = circle(*items, *bills)

    assert message.startswith("I0000 needs itself: I0000 -> I0001 -> ")
    assert message.endswith(" -> I1999 -> I0000")
    assert max(Catalog([*items, *bills[:-1]]).low_level_codes().values()) == size - 1
