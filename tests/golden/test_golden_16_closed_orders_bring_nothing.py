"""Golden case 16: nothing on hand, an order of 863, 669 received, then closed (ERPNext #50809)."""

from datetime import UTC, date, datetime
from decimal import Decimal

from prodstock.master.catalog import Catalog
from prodstock.master.codes import ItemCode
from prodstock.master.item import Item, Supply
from prodstock.orders.codes import OrderCode
from prodstock.orders.lifecycle import OrderState
from prodstock.orders.production import ProductionOrder
from prodstock.orders.purchase import PurchaseOrder
from prodstock.planning.planner import plan
from prodstock.planning.snapshot import Snapshot
from prodstock.stock.allocation import OpenLot

NOW = datetime(2026, 3, 2, tzinfo=UTC)
CATALOG = Catalog([Item("X", supply=Supply.MAKE)])


def order(state: OrderState) -> ProductionOrder:
    """Return an order of 863 with 669 made."""
    due = datetime(2026, 3, 20, tzinfo=UTC)
    many = Decimal(863)
    return ProductionOrder(
        OrderCode("MO-1"), ItemCode("X"), many, state, due, start=NOW, expected_good=many, good=Decimal(669)
    )


def test_a_closed_order_brings_nothing_more() -> None:
    """The projected stock is what was received: 669; while the order is open it is 863."""
    stock = OpenLot("X", 669, received=NOW)
    for state, projected in ((OrderState.CLOSED, 669), (OrderState.STARTED, 863)):
        snapshot = Snapshot(catalog=CATALOG, at=NOW, lots=[stock], orders=[order(state)])
        assert projected == plan(snapshot, until=date(2026, 7, 1)).projected("X")


def test_a_purchase_brings_what_was_not_received_yet() -> None:
    """The same for a purchase, whose closed rest is no promise any more."""
    stock = OpenLot("X", 669, received=NOW)
    promise = PurchaseOrder("X", 863, supplier="S", due=date(2026, 3, 20), ref="PU-1")
    still_open = Snapshot(catalog=CATALOG, at=NOW, lots=[stock], promises=[promise], done={"PU-1": 669})
    assert plan(still_open, until=date(2026, 7, 1)).projected("X") == 863
    assert plan(Snapshot(catalog=CATALOG, at=NOW, lots=[stock]), until=date(2026, 7, 1)).projected("X") == 669
