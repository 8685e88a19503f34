"""Golden case 29: an order is cancelled with nothing issued (Odoo #80271)."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from prodstock.errors import NotAllowed
from prodstock.journal.store import ManualClock
from prodstock.master.bom import BillOfMaterial, BomLine
from prodstock.master.catalog import Catalog
from prodstock.master.codes import ItemCode
from prodstock.master.item import Item
from prodstock.orders.lifecycle import OrderState
from prodstock.orders.planned import PlannedMake
from prodstock.plant import Plant
from prodstock.shopfloor.close import CancelOrder
from prodstock.shopfloor.issue import Issue

NOW = datetime(2026, 3, 2, tzinfo=UTC)
UNTIL = date(2026, 7, 1)


def plain(value: object) -> object:
    """Return a value without its static type, so that numbers of any kind compare."""
    return value


def plant() -> Plant:
    """A plant with twenty screws and an order for ten boxes, two screws each, reserved."""
    bom = BillOfMaterial("BOX", [BomLine("SCREW", 2)])
    found = Plant(Catalog([Item("BOX"), Item("SCREW"), bom]), clock=ManualClock(NOW))
    found.receive("SCREW", 20)
    found.launch(PlannedMake(ItemCode("BOX"), Decimal(10), NOW, NOW, ""))
    found.reserve("MO-1")
    return found


def test_nothing_of_a_cancelled_order_remains() -> None:
    """No reservation, no supply of boxes and no need of screws."""
    here = plant()
    assert here.plan(until=UNTIL).projected("BOX") == 10
    here.do(CancelOrder("MO-1"))

    assert here.availability("SCREW").free == 20
    assert here.snapshot().orders == ()
    assert here.snapshot().held == ()
    plan = here.plan(until=UNTIL)
    assert plain((plan.projected("BOX"), plan.projected("SCREW"), plan.orders)) == (0, 20, ())
    here.check()


def test_once_something_was_issued_it_is_closed_instead() -> None:
    """Cancel is refused and says what to do; closing returns what was issued."""
    here = plant()
    here.do(Issue("MO-1/1", lines={0: 1}))

    with pytest.raises(NotAllowed, match="close it instead") as refusal:
        here.do(CancelOrder("MO-1"))
    assert "close" in refusal.value.hint
    order = here.close("MO-1")

    assert order.state is OrderState.CLOSED
    assert here.availability("SCREW").free == 20
    assert here.plan(until=UNTIL).projected("BOX") == 0
    here.check()
