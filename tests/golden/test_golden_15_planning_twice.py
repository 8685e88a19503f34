"""Golden case 15: planning twice, all proposals of the first launched in between (Odoo PR 78711)."""

from datetime import UTC, date, datetime

from prodstock.calendars.span import working_days
from prodstock.master.bom import BillOfMaterial, BomLine
from prodstock.master.catalog import Catalog
from prodstock.master.item import Item
from prodstock.master.order_line import order_lines
from prodstock.master.sourcing import Sourcing
from prodstock.orders.codes import OrderCode
from prodstock.orders.demand import Demand
from prodstock.orders.lifecycle import OrderState
from prodstock.orders.planned import PlannedMake
from prodstock.orders.production import OrderLine, ProductionOrder
from prodstock.orders.purchase import PurchaseOrder
from prodstock.planning.planner import plan
from prodstock.planning.snapshot import Snapshot

NOW = datetime(2026, 3, 2, 6, tzinfo=UTC)
CATALOG = Catalog(
    [
        Item("TOP", lead_time=working_days(3), safety_stock=4, multiple=5),
        Item("SUB", lead_time=working_days(2), minimum=20),
        Item("RAW", unit="kg", scale=2, safety_stock="1.5"),
        BillOfMaterial("TOP", [BomLine("SUB", 2, scrap="0.03"), BomLine("RAW", "0.333")], scrap="0.1"),
        BillOfMaterial("SUB", [BomLine("RAW", "0.07")]),
        Sourcing("RAW", supplier="S", lead_time=working_days(8), minimum=5, multiple="2.5"),
    ]
)


def launched(order: PlannedMake) -> ProductionOrder:
    """Return a planned order as it is launched: its lines taken from the bill as planned."""
    bom = CATALOG.bom(order.item, order.start, revision=order.revision)
    assert bom is not None
    lines = [
        OrderLine(line.position, line.item, line.quantity, line.exact, line.unit, "")
        for line in order_lines(CATALOG, bom, order.quantity, at=order.start)
    ]
    return ProductionOrder(
        OrderCode(order.code),
        order.item,
        order.quantity,
        OrderState.LAUNCHED,
        order.due,
        start=order.start,
        expected_good=order.good,
        lines=tuple(lines),
        serves=order.serves,
    )


def test_a_second_plan_proposes_nothing() -> None:
    """With every order launched and every purchase placed, nothing is left to propose."""
    demands = [Demand("TOP", 7, due=date(2026, 4, day), ref=f"D{day}") for day in (2, 9, 16)]
    first = plan(Snapshot(catalog=CATALOG, at=NOW, promises=demands), until=date(2026, 7, 1))
    first.verify()
    assert first.make
    assert first.buy
    bought = [
        PurchaseOrder(order.item, order.quantity, supplier=order.supplier, due=order.due, ref=order.code)
        for order in first.buy
    ]
    orders = [launched(order) for order in first.make]
    again = plan(Snapshot(catalog=CATALOG, at=NOW, promises=[*demands, *bought], orders=orders), until=date(2026, 7, 1))
    again.verify()
    assert not again.orders
