"""How many sets are free by a plan: all parts together, shared ones once, and only what the plan does not need."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from prodstock.errors import InvalidTypeError, InvalidValueError, UnknownCode
from prodstock.master.bom import Basis, BillOfMaterial, BomLine
from prodstock.master.catalog import Catalog
from prodstock.master.item import Item, Supply
from prodstock.master.quality_state import Quality
from prodstock.orders.demand import Demand
from prodstock.orders.purchase import PurchaseOrder
from prodstock.planning.kits import KitAvailability
from prodstock.planning.plan import Plan
from prodstock.planning.planner import plan
from prodstock.planning.snapshot import Snapshot
from prodstock.stock.allocation import OpenLot

NOW = datetime(2026, 3, 2, tzinfo=UTC)
SETS: tuple[Any, ...] = (
    Item("GIFT", supply=Supply.PHANTOM),
    Item("TRAY", supply=Supply.PHANTOM),
    *(Item(code) for code in ("CUP", "SAUCER", "BOX", "TEA")),
    BillOfMaterial("GIFT", [BomLine("TRAY", 1), BomLine("CUP", 2), BomLine("BOX", 1)]),
    BillOfMaterial("TRAY", [BomLine("CUP", 1), BomLine("SAUCER", 3)]),
)


def sets(*promises: Any, more: tuple[Any, ...] = (), **stock: Any) -> Plan:
    """Return a plan with so much in stock."""
    lots = [OpenLot(item, free, received=NOW) for item, free in stock.items()]
    snapshot = Snapshot(catalog=Catalog((*SETS, *more)), at=NOW, lots=lots, promises=promises)
    return plan(snapshot, until=date(2026, 7, 1))


def of(found: KitAvailability) -> dict[str, tuple[object, ...]]:
    """Return what is free, needed and left of each part."""
    return {part.item: (part.free, part.needed, part.left) for part in found.parts}


def test_a_part_on_several_lines_counts_once() -> None:
    """Cups stand on the set and on the tray in it: nine cups are three sets, not four."""
    found = sets(CUP=9, SAUCER=99, BOX=99).kit("GIFT")
    assert (int(found.quantity), found.limiting) == (3, ("CUP",))
    assert of(found) == {"BOX": (99, 3, 96), "CUP": (9, 9, 0), "SAUCER": (99, 9, 90)}
    assert str(found) == "3 pcs GIFT free at MAIN from 2026-03-02, limited by CUP"


def test_complete_sets_and_trays_are_used_first() -> None:
    """What lies there complete counts, and a tray in stock needs no cup and no saucers."""
    found = sets(GIFT=2, TRAY=1, CUP=5, SAUCER=3, BOX=9).kit("GIFT")
    assert (int(found.quantity), int(found.complete)) == (4, 2)
    assert of(found)["CUP"] == (5, 5, 0)
    assert of(found)["TRAY"] == (1, 1, 0)
    assert found.limiting == ("CUP", "SAUCER")


def test_what_is_promised_is_not_free() -> None:
    """Cups that a customer gets next month are not for sets, boxes that come next week are only from then on."""
    promised = Demand("CUP", 6, due=date(2026, 4, 1), ref="SO-1")
    boxes = PurchaseOrder("BOX", 5, supplier="S", due=date(2026, 3, 9), ref="PU-1")
    made = sets(promised, boxes, CUP=12, SAUCER=99)
    assert int(made.kit("GIFT").quantity) == 0
    assert made.kit("GIFT").limiting == ("BOX",)
    assert int(made.kit("GIFT", at=date(2026, 3, 9)).quantity) == 2
    kits = Demand("GIFT", 2, due=date(2026, 4, 1), ref="SO-2")
    assert int(sets(kits, CUP=9, SAUCER=99, BOX=99).kit("GIFT").quantity) == 1


def test_goods_that_go_off_later_and_blocked_ones() -> None:
    """Tea that nobody needs and that goes off in May may be in a set of today; a blocked cup may not."""
    more = (Item("SET", supply=Supply.PHANTOM), BillOfMaterial("SET", [BomLine("TEA", 1), BomLine("CUP", 1)]))
    lots = [
        OpenLot("TEA", 7, received=NOW, expires=date(2026, 5, 1)),
        OpenLot("CUP", 9, received=NOW),
        OpenLot("CUP", 9, received=NOW, quality=Quality.BLOCKED),
    ]
    made = plan(Snapshot(catalog=Catalog((*SETS, *more)), at=NOW, lots=lots), until=date(2026, 7, 1))
    assert int(made.kit("SET").quantity) == 7
    assert int(made.kit("SET", at=date(2026, 5, 2)).quantity) == 0


def test_what_a_set_needs_once_is_needed_once() -> None:
    """A line per order counts once for all sets, and scrap of the bill takes more parts."""
    more = (
        Item("SET"),
        BillOfMaterial("SET", [BomLine("BOX", 2, per=Basis.ORDER), BomLine("CUP", 1)], scrap="0.5"),
    )
    assert int(sets(BOX=1, CUP=30, more=more).kit("SET").quantity) == 0
    assert int(sets(BOX=2, CUP=30, more=more).kit("SET").quantity) == 20


def test_what_is_no_set_is_refused() -> None:
    """An unknown item, one without a bill, junk, and moments outside the plan."""
    made = sets(CUP=9)
    with pytest.raises(UnknownCode):
        made.kit("GIFTS")
    with pytest.raises(UnknownCode):
        made.kit("GIFT", site="NOPE")
    with pytest.raises(InvalidValueError, match="no bill"):
        made.kit("CUP")
    for day in (date(2026, 2, 1), date(2027, 1, 1), NOW - timedelta(days=1)):
        with pytest.raises(InvalidValueError, match="within the plan"):
            made.kit("GIFT", at=day)
    for junk in (None, 5):
        with pytest.raises((InvalidTypeError, UnknownCode)):
            made.kit(junk)  # type: ignore[arg-type]
    with pytest.raises(InvalidTypeError):
        made.kit("GIFT", at="now")  # type: ignore[arg-type]


def test_an_empty_bill_makes_no_sets() -> None:
    """Of nothing, nothing is put together: only complete ones count."""
    more = (Item("SET", supply=Supply.PHANTOM), BillOfMaterial("SET", []))
    assert int(sets(SET=3, more=more).kit("SET").quantity) == 3


def test_kits_are_shown() -> None:
    """A short line, a table in a notebook, a frame."""
    found = sets(CUP=9, SAUCER=99, BOX=99).kit("GIFT")
    assert len(repr(found)) < 120
    assert found._repr_html_().count("<table>") == 2
    assert repr(found.parts[1]) == "<KitPart 9 of 9 pcs CUP, limits>"
    assert found.parts.to_dict()["limits"] == [False, True, False]
