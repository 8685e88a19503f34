"""Golden case 6: on hand 12, safety 10, demand 5, firm planned order of 3 due no later (OCA manufacture PR 1247)."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from prodstock.calendars.span import working_days
from prodstock.master.catalog import Catalog
from prodstock.master.codes import ItemCode
from prodstock.master.definition import Definition
from prodstock.master.item import Item, Supply
from prodstock.master.planning_parameters import PlanningParameters
from prodstock.orders.demand import Demand
from prodstock.orders.planned import PlannedMake
from prodstock.planning.planner import plan
from prodstock.planning.snapshot import Snapshot
from prodstock.stock.allocation import OpenLot

NOW = datetime(2026, 3, 2, tzinfo=UTC)


@pytest.mark.parametrize(
    "said",
    [
        [Item("X", safety_stock=10, supply=Supply.MAKE)],
        [Item("X", supply=Supply.MAKE), PlanningParameters("X", safety_stock=10, planning_time_fence=working_days(30))],
    ],
)
def test_a_firm_planned_order_is_respected(said: list[Definition]) -> None:
    """12 - 5 + 3 is the safety stock: nothing new is proposed."""
    firm = PlannedMake(
        ItemCode("X"), Decimal(3), NOW, datetime(2026, 3, 19, tzinfo=UTC), "", code="firm", good=Decimal(3)
    )
    snapshot = Snapshot(
        catalog=Catalog(said),
        at=NOW,
        lots=[OpenLot("X", 12, received=NOW)],
        promises=[Demand("X", 5, due=date(2026, 3, 20), ref="A")],
        firm=[firm],
    )
    made = plan(snapshot, until=date(2026, 7, 1))
    made.verify()
    assert [firm] == list(made.orders)
    assert made.projected("X") == 10
