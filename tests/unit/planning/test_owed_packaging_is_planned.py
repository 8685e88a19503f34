"""A completed order still wants the packaging that it owes."""

from datetime import UTC, date, datetime, timedelta

import pytest

from prodstock.journal.store import ManualClock
from prodstock.master.bom import BillOfMaterial, BomLine
from prodstock.master.bom_terms import LineRole
from prodstock.master.catalog import Catalog
from prodstock.master.item import Item
from prodstock.master.release_criteria import ReleaseCriteria
from prodstock.master.routing import Operation, OperationKind, Routing
from prodstock.master.sourcing import Sourcing
from prodstock.orders.planned import PlannedMake
from prodstock.plant import Plant
from prodstock.shopfloor.issue import IssueGoods
from prodstock.shopfloor.launch import Launch
from prodstock.shopfloor.report import Complete
from prodstock.stock.goods import Goods
from prodstock.stock.receive import Receive

NOW = datetime(2026, 3, 2, 6, tzinfo=UTC)
CATALOG = Catalog(
    [
        Item("HD"),
        Item("CHIP"),
        Item("BOX"),
        BillOfMaterial("HD", [BomLine("CHIP", 1), BomLine("BOX", 1, operation="pack", role=LineRole.PACKAGING)]),
        Routing("HD", [Operation("fit"), Operation("pack", kind=OperationKind.PACK)]),
        ReleaseCriteria("HD", requires=["burn-in"]),
        Sourcing("BOX", supplier="S", lead_time=timedelta(days=1)),
    ]
)


@pytest.fixture
def done() -> Plant:
    """A plant whose order for ten devices is completed with three boxes, and no more there."""
    plant = Plant(CATALOG, clock=ManualClock(NOW))
    plant.do(Receive("CHIP", 10))
    plant.do(Receive("BOX", 3))
    plant.do(Launch(PlannedMake("HD", 10, NOW, NOW, ""), code="MO-1"))
    plant.do(IssueGoods("MO-1", Goods("CHIP", quantity=10)))
    plant.do(IssueGoods("MO-1", Goods("BOX", quantity=3)))
    plant.do(Complete("MO-1", good=10))
    return plant


def test_what_is_owed_is_bought(done: Plant) -> None:
    """Seven of ten boxes are owed: seven are bought, and nothing of the chips that were used."""
    plan = done.plan(until=date(2026, 7, 1))
    plan.verify()
    assert [(str(order.item), int(order.quantity), order.serves) for order in plan.orders] == [("BOX", 7, ("MO-1",))]
    (short,) = plan.shortages
    assert (str(short.item), int(short.quantity), short.delays) == ("BOX", 7, ("MO-1",))


def test_what_was_brought_is_not_bought_again(done: Plant) -> None:
    """Boxes that were issued to the order or are reserved for it are no longer wanted."""
    done.do(Receive("BOX", 4))
    done.do(IssueGoods("MO-1", Goods("BOX", quantity=4)))
    plan = done.plan(until=date(2026, 7, 1))
    plan.verify()
    assert [order.quantity for order in plan.buy] == [3]
    done.do(Receive("BOX", 3))
    done.reserve("MO-1")
    again = done.plan(until=date(2026, 7, 1))
    again.verify()
    assert not again.orders
