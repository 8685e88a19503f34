"""Orders launched with a group of substitutes: a kit for its parts, or parts for a kit, all or nothing."""

from datetime import UTC, date, datetime
from decimal import Decimal

import attrs
import pytest

from prodstock.codec.reading import loads
from prodstock.codec.writing import dumps
from prodstock.errors import CannotReserve, InvalidData, InvalidTypeError, InvalidValueError, UnknownCode
from prodstock.journal.store import ManualClock
from prodstock.master.bom import BillOfMaterial, BomLine, SubstituteGroup, with_groups
from prodstock.master.catalog import Catalog
from prodstock.master.codes import ItemCode
from prodstock.master.explosion import explode
from prodstock.master.item import Item, Tracking
from prodstock.master.measure import EachBegun
from prodstock.master.revisions import revision_changes
from prodstock.orders.planned import PlannedMake
from prodstock.plant import Plant

NOW = datetime(2026, 3, 2, 6, tzinfo=UTC)
JUNE = date(2026, 6, 1)
KIT = SubstituteGroup(
    "KIT", replaces=["SCREW", "NUT"], lines=[BomLine("SET", "0.5"), BomLine("BAG", 1, per=EachBegun(9))]
)
LATER = SubstituteGroup("LATER", replaces=["NUT"], lines=[BomLine("SET", 1)], effective_from=JUNE)
APART = SubstituteGroup("APART", replaces=["FRAME"], lines=[BomLine("BAR", 4), BomLine("NUT", 8)], priority=-1)
TABLE = BillOfMaterial(
    "TABLE", [BomLine("SCREW", 8), BomLine("NUT", 8), BomLine("FRAME", 1)], groups=[LATER, KIT, APART]
)
CATALOG = Catalog(
    [
        Item("TABLE"),
        Item("SET", tracking=Tracking.LOT),
        *(Item(i) for i in ("SCREW", "NUT", "FRAME", "BAG", "BAR")),
        TABLE,
    ]
)


def plant() -> Plant:
    """Return a plant with too few screws for ten tables, and sets enough."""
    made = Plant(CATALOG, clock=ManualClock(NOW))
    made.receive("SCREW", 40)
    made.receive("SET", 9, lot="S-1")
    for item in ("NUT", "FRAME", "BAG"):
        made.receive(item, 80)
    return made


def planned(quantity: int = 10) -> PlannedMake:
    """Return a plan for tables."""
    return PlannedMake(ItemCode("TABLE"), Decimal(quantity), NOW, NOW, "")


def test_a_group_takes_the_place_of_all_it_replaces() -> None:
    """Ten tables with sets: no screws and nuts, half a set each, and a bag for each nine begun."""
    made = plant()
    order = made.launch(planned(), groups=["KIT"])

    assert [(line.item, int(line.need)) for line in order.lines] == [("FRAME", 10), ("SET", 5), ("BAG", 2)]
    assert [line.item for line in made.launch(planned()).lines] == ["SCREW", "NUT", "FRAME"]
    assert [line.item for line in made.launch(planned(), groups=["APART", "KIT"]).lines] == ["BAR", "NUT", "SET", "BAG"]


def test_its_lines_are_reserved_issued_and_consumed_as_any() -> None:
    """What the parts are too few for the kit is enough for; what became of it is known to the lot."""
    made = plant()
    with pytest.raises(CannotReserve, match="SCREW"):
        made.reserve(made.launch(planned()))

    order = made.launch(planned(), groups=["KIT"])
    made.issue(made.reserve(order))
    made.complete(order, good=10)

    assert [(row.item, int(row.consumed)) for row in made.production.order(order.code).lines] == [
        ("FRAME", 10),
        ("SET", 5),
        ("BAG", 2),
    ]
    assert ("used", order.code) in {(edge.kind, edge.ref) for edge in made.trace.forward("S-1").edges}
    made.check()
    again = Plant.load(made._initial, made.events())
    assert again.production.order(order.code) == made.production.order(order.code)


def test_what_a_group_cannot_do_is_refused() -> None:
    """Unknown, out of its time, or for what another group has replaced: nothing is launched."""
    made = plant()
    with pytest.raises(UnknownCode, match="KIT"):
        made.launch(planned(), groups=["KITT"])
    with pytest.raises(InvalidValueError, match="does not hold on 2026-03-02"):
        made.launch(planned(), groups=["LATER"])
    with pytest.raises(InvalidValueError, match="cannot replace NUT, SCREW"):
        made.launch(planned(), groups=["KIT", "KIT"])
    with pytest.raises(InvalidValueError, match="cannot replace NUT"):
        with_groups(TABLE, ["KIT", "LATER"], JUNE)
    with pytest.raises(UnknownCode, match="group of SCREW"):
        made.launch(PlannedMake(ItemCode("SCREW"), Decimal(1), NOW, NOW, ""), groups=["KIT"])
    assert not [event for event in made.events() if event.stream.startswith("order:")]


def test_a_bill_refuses_groups_that_fit_nothing() -> None:
    """No lines, nothing replaced, an item on no line, two of a name, an unknown item."""
    line = BomLine("SET", 1)
    with pytest.raises(InvalidValueError, match="are none"):
        SubstituteGroup("KIT", replaces=[], lines=[line])
    with pytest.raises(InvalidValueError, match="are none"):
        SubstituteGroup("KIT", replaces=["NUT"], lines=[])
    with pytest.raises(InvalidValueError, match="which no line needs"):
        attrs.evolve(TABLE, groups=[SubstituteGroup("KIT", replaces=["BOLT"], lines=[line])])
    with pytest.raises(InvalidValueError, match="name one twice"):
        attrs.evolve(TABLE, groups=[KIT, KIT])
    with pytest.raises(InvalidTypeError, match="no SubstituteGroup"):
        attrs.evolve(TABLE, groups=[line])  # type: ignore[list-item]  # what is under test
    with pytest.raises(InvalidData, match="unknown item 'BOLT'"):
        Catalog(
            [*CATALOG.definitions[:-1], attrs.evolve(TABLE, groups=[attrs.evolve(KIT, lines=[BomLine("BOLT", 1)])])]
        )


def test_groups_are_content() -> None:
    """They travel, are told by priority, then code, change the hash, and are told when a catalog changes them."""
    plain = attrs.evolve(TABLE, groups=())
    without = Catalog([plain if one is TABLE else one for one in CATALOG.definitions])

    assert [group.code for group in TABLE.groups] == ["APART", "KIT", "LATER"]
    assert repr(KIT) == "<SubstituteGroup KIT: SET, BAG for NUT, SCREW>"
    assert loads(dumps(TABLE)) == TABLE
    assert plain.content_hash() != TABLE.content_hash()
    assert revision_changes(without, CATALOG, at=NOW)[0].fields == ("groups",)
    assert explode(without, "TABLE", 3, at=NOW) == explode(CATALOG, "TABLE", 3, at=NOW)
