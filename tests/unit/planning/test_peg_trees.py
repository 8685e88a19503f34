"""The tree of a demand down to its parts and of a supply up to its demands, written out and drawn."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from prodstock.calendars.calendar import Calendar
from prodstock.errors import AmbiguousCode, InvalidTypeError, UnknownCode
from prodstock.master.bom import BillOfMaterial, BomLine, CoProduct
from prodstock.master.catalog import Catalog
from prodstock.master.item import Item
from prodstock.master.location import Site
from prodstock.master.sourcing import Sourcing
from prodstock.orders.demand import Demand
from prodstock.orders.purchase import PurchaseOrder
from prodstock.planning.branching import MOST, Box, Joint, branching
from prodstock.planning.peg_tree import PegTree
from prodstock.planning.plan import Plan
from prodstock.planning.planner import plan
from prodstock.planning.snapshot import Snapshot
from prodstock.stock.allocation import OpenLot
from prodstock.tables import Table

NOW = datetime(2026, 3, 2, tzinfo=UTC)
DAY = timedelta(days=1)
ALWAYS = Site("MAIN", calendar=Calendar("ALWAYS", week="Mo-Su 00:00-24:00"))
SVG = "{http://www.w3.org/2000/svg}"
LAMPS: tuple[Any, ...] = (
    ALWAYS,
    Item("LAMP", lead_time=2 * DAY),
    Item("BULB", safety_stock=5),
    Item("SHADE"),
    BillOfMaterial("LAMP", [BomLine("BULB", 2), BomLine("SHADE", 1)]),
    Sourcing("BULB", supplier="LUX", lead_time=10 * DAY, minimum=50),
    Sourcing("SHADE", supplier="TEX", lead_time=3 * DAY),
)


def lamps(*more: Any, definitions: tuple[Any, ...] = LAMPS) -> Plan:
    """Return the plan of a late and a timely order for lamps."""
    promises = (
        Demand("LAMP", 10, due=date(2026, 3, 6), ref="SO-1"),
        Demand("LAMP", 20, due=date(2026, 4, 10), ref="SO-2"),
        PurchaseOrder("SHADE", 30, supplier="TEX", due=date(2026, 3, 3), ref="PU-1"),
        *more,
    )
    lots = [OpenLot("LAMP", 3, lot="L-1", received=NOW)]
    return plan(Snapshot(catalog=Catalog(definitions), at=NOW, lots=lots, promises=promises), until=date(2026, 7, 1))


def test_a_demand_is_followed_down() -> None:
    """Each lot, receipt and order is one node with all it brings, and each joint says how much of it is for this."""
    assert str(lamps().peg_tree("SO-1")).splitlines() == [
        "order SO-1, 10 pcs LAMP, 2026-03-06",
        "  3 pcs: stock L-1, 3 pcs LAMP, 2026-03-02",
        "  7 pcs: make, 7 pcs LAMP, 2026-03-14, late",
        "    14 pcs: buy from LUX, 50 pcs BULB, 2026-03-12, late",
        "    7 pcs: purchase PU-1, 30 pcs SHADE, 2026-03-03",
    ]


def test_the_pegs_of_a_tree_are_those_of_the_demand() -> None:
    """A demand may be given itself or by its code, and the tree has the same steps as the table."""
    made = lamps()
    (demand,) = [one for one in made.snapshot.promises if one.ref == "SO-2" and isinstance(one, Demand)]
    assert made.peg_tree(demand) == made.peg_tree("SO-2")
    assert made.peg_tree(demand).pegs == made.pegs_of("SO-2")


def test_a_supply_is_followed_up() -> None:
    """A receipt goes to orders, they to demands, and what is left over is said."""
    assert str(lamps().where_used("PU-1")).splitlines() == [
        "purchase PU-1, 30 pcs SHADE, 2026-03-03",
        "  7 pcs: make, 7 pcs LAMP, 2026-03-14",
        "    7 pcs: order SO-1, 10 pcs LAMP, 2026-03-06, late",
        "  20 pcs: make, 20 pcs LAMP, 2026-04-10",
        "    20 pcs: order SO-2, 20 pcs LAMP, 2026-04-10",
        "  3 pcs: needed by nobody, 3 pcs SHADE, 2026-07-01",
    ]
    made = lamps()
    assert str(made.where_used("L-1")).splitlines()[1] == "  3 pcs: order SO-1, 10 pcs LAMP, 2026-03-06"
    bulbs = made.buy.where(item="BULB")[0]
    assert made.where_used(bulbs) == made.where_used(bulbs.code)


def test_every_unit_of_a_supply_is_in_its_tree() -> None:
    """What the first steps of a tree hand on is all that the supply brings, the safety stock included."""
    made = lamps()
    for order in made.buy:
        tree = made.where_used(order)
        assert sum(peg.quantity for peg in tree.pegs if peg.level == 1) == order.quantity
    uses = {str(peg.use) for order in made.buy for peg in made.where_used(order).pegs}
    assert uses == {"order", "demand", "safety", "excess"}


def test_an_order_of_several_products_is_one_node() -> None:
    """What comes out together hangs on one box, from either side."""
    definitions = (
        ALWAYS,
        *(Item(code) for code in ("OIL", "CAKE", "SEED")),
        BillOfMaterial("OIL", [BomLine("SEED", 2)], outputs=[CoProduct("CAKE", 1)]),
        Sourcing("SEED", supplier="S", lead_time=DAY),
    )
    wanted = [Demand(code, 5, due=date(2026, 4, 1), ref=f"SO-{code}") for code in ("OIL", "CAKE")]
    snapshot = Snapshot(catalog=Catalog(definitions), at=NOW, promises=wanted)
    made = plan(snapshot, until=date(2026, 7, 1))
    (order,) = made.make
    tree = made.where_used(order)
    assert [node.ref for node in tree.nodes] == [order.code, "SO-CAKE", "SO-OIL"]
    assert {node.what for node in made.peg_tree("SO-CAKE").nodes} == {"order SO-CAKE", "make", "buy from S"}


def test_what_is_unknown_is_refused() -> None:
    """Junk, unknown codes and codes of two things are refused, with the nearest known one."""
    made = lamps()
    with pytest.raises(UnknownCode, match="SO-1"):
        made.peg_tree("SO-11")
    with pytest.raises(UnknownCode, match="PU-1"):
        made.where_used("PU-11")
    for junk in (None, 5, 1.5):
        with pytest.raises(InvalidTypeError):
            made.peg_tree(junk)  # type: ignore[arg-type]
        with pytest.raises(InvalidTypeError):
            made.where_used(junk)  # type: ignore[arg-type]
    twice = lamps(Demand("BULB", 1, due=date(2026, 5, 1), ref="SO-1"))
    with pytest.raises(AmbiguousCode):
        twice.peg_tree("SO-1")


def drawn(svg: str) -> ET.Element:
    """Return a picture as a tree of elements: it is well-formed, and has a title and a description."""
    picture = ET.fromstring(svg)  # noqa: S314  # our own text
    assert picture.find(f"{SVG}title") is not None
    assert picture.find(f"{SVG}desc") is not None
    return picture


def rectangles(picture: ET.Element) -> list[tuple[int, int, int, int]]:
    """Return where each box is, as left, top, right, bottom."""
    found = [one.attrib for one in picture.iter(f"{SVG}rect")]
    return [
        (
            int(one["x"]),
            int(one["y"]),
            int(one["x"]) + int(one["width"]),
            int(one["y"]) + int(one["height"]),
        )
        for one in found
    ]


def test_a_tree_is_drawn() -> None:
    """Every node is one box within the picture, no two overlap, and texts are escaped."""
    hostile = Demand("LAMP", 1, due=date(2026, 5, 1), ref="<script>alert('x')</script>")
    made = lamps(hostile)
    for tree in (made.peg_tree("SO-1"), made.where_used("PU-1"), made.peg_tree(hostile)):
        svg = tree.svg()
        assert "<script" not in svg + tree._repr_html_()
        picture = drawn(svg)
        boxes = rectangles(picture)
        assert len(boxes) == len(tree.nodes)
        width, height = int(picture.attrib["width"]), int(picture.attrib["height"])
        assert all(left >= 0 and top >= 0 and right <= width and low <= height for left, top, right, low in boxes)
        for at, one in enumerate(boxes):
            for other in boxes[:at]:
                apart = one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]
                assert apart
        assert len(repr(tree)) < 120


def test_a_big_tree_is_cut() -> None:
    """Of very many boxes the first are drawn, and the rest is counted; the text of a tree is cut, too."""
    boxes = [Box(min(1, number), (f"box {number}",)) for number in range(MOST + 7)]
    svg = branching("many", "very many", boxes, [Joint(0, number, "1") for number in range(1, MOST + 7)])
    assert len(rectangles(drawn(svg))) == MOST
    assert "and 7 more" in svg
    many = [Demand("LAMP", 1, due=date(2026, 4, 1) + DAY * n, ref=f"MANY-{n}") for n in range(80)]
    big = (*LAMPS[:-2], Sourcing("BULB", supplier="LUX", lead_time=10 * DAY, minimum=1000), LAMPS[-1])
    made = lamps(*many, definitions=big)
    tree = made.where_used(made.buy.where(item="BULB")[0])
    text = str(tree).splitlines()
    assert len(text) == 101
    assert text[-1].endswith("more)")
    assert drawn(tree.svg()) is not None


def test_joints_that_lead_nowhere_are_left_out() -> None:
    """A tree that was read from a document may say anything: it is drawn and written all the same."""
    node = lamps().peg_tree("SO-1").nodes[0]
    joints = ((0, 5, "x"), (-1, 0, "y"), (0, 0, "z"), (1, 0, "w"))
    tree = PegTree("SO-1", Table(), Table([node, node]), joints=joints)
    assert len(rectangles(drawn(tree.svg()))) == 2
    assert str(tree)
    assert str(PegTree("SO-1", Table(), Table(), joints=joints)) == ""


def test_a_tree_is_a_frame() -> None:
    """Nodes and pegs are tables like all others."""
    columns = lamps().peg_tree("SO-1").nodes.to_dict()
    assert columns["level"] == [0, 1, 1, 2, 2]
    assert columns["quantity"] == [Decimal(10), Decimal(3), Decimal(7), Decimal(50), Decimal(30)]
