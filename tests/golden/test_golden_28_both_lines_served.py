"""Golden case 28: one component on two lines of one order (the side of stock)."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from prodstock.errors import CannotReserve
from prodstock.journal.store import ManualClock
from prodstock.master.bom import BillOfMaterial, BomLine
from prodstock.master.catalog import Catalog
from prodstock.master.codes import ItemCode
from prodstock.master.item import Item
from prodstock.master.routing import Operation, Routing
from prodstock.orders.planned import PlannedMake
from prodstock.plant import Plant

NOW = datetime(2026, 3, 2, tzinfo=UTC)


def plant(screws: int) -> Plant:
    """A plant with so many screws, for a box that takes four for its case and two for its lid."""
    lines = [BomLine("SCREW", 4, operation="case"), BomLine("SCREW", 2, operation="lid")]
    routing = Routing("BOX", [Operation("case"), Operation("lid")])
    items = [Item("BOX"), Item("SCREW"), BillOfMaterial("BOX", lines), routing]
    found = Plant(Catalog(items), clock=ManualClock(NOW))
    found.receive("SCREW", screws)
    return found


def test_both_lines_are_served_from_one_stock_counted_once() -> None:
    """Ten boxes reserve forty and twenty of sixty screws, and each step uses its own."""
    here = plant(60)
    order = here.launch(PlannedMake(ItemCode("BOX"), Decimal(10), NOW, NOW, ""))
    reservation = here.reserve(order)

    assert [(line.line, int(line.quantity)) for line in reservation.lines] == [(0, 40), (1, 20)]
    assert here.availability("SCREW").free == 0
    here.issue(reservation)
    here.report(order, "case", good=10)
    assert [int(line.consumed) for line in here.production.order("MO-1").lines] == [40, 0]
    here.complete(order, good=10)
    assert [int(line.consumed) for line in here.production.order("MO-1").lines] == [40, 20]
    assert here.availability("SCREW").physical == 0
    here.check()


def test_stock_that_suffices_for_each_line_alone_is_not_counted_twice() -> None:
    """Fifty screws are enough for either line and not for both."""
    here = plant(50)
    order = here.launch(PlannedMake(ItemCode("BOX"), Decimal(10), NOW, NOW, ""))

    with pytest.raises(CannotReserve) as refusal:
        here.reserve(order)

    assert [(short.item, int(short.asked), int(short.free)) for short in refusal.value.short] == [("SCREW", 20, 10)]
