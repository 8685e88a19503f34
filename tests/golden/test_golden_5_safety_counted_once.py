"""Golden case 5: nothing on hand, lot for lot, demands 250 and 1,000, safety stock 100 (ERPNext PR 58806)."""

from datetime import UTC, date, datetime, timedelta

import pytest

from prodstock.master.catalog import Catalog
from prodstock.master.definition import Definition
from prodstock.master.item import Item
from prodstock.master.planning_parameters import PlanningParameters
from prodstock.master.sourcing import Sourcing
from prodstock.orders.demand import Demand
from prodstock.planning.planner import plan
from prodstock.planning.snapshot import Snapshot


@pytest.mark.parametrize(
    "said",
    [
        [Item("X", safety_stock=100)],
        [Item("X"), PlanningParameters("X", safety_stock=100)],
        [Item("X", safety_stock=7), PlanningParameters("X", site="MAIN", safety_steps={date(2026, 1, 1): 100})],
    ],
)
def test_the_safety_stock_is_counted_once(said: list[Definition]) -> None:
    """1,350 in total, not 1,450; the safety stock comes with the first order, wherever it is said."""
    catalog = Catalog([*said, Sourcing("X", supplier="S", lead_time=timedelta(days=60))])
    demands = [
        Demand("X", 250, due=date(2026, 3, 20), ref="A"),
        Demand("X", 1000, due=date(2026, 4, 20), ref="B"),
    ]
    made = plan(
        Snapshot(catalog=catalog, at=datetime(2026, 3, 2, tzinfo=UTC), promises=demands), until=date(2026, 7, 1)
    )
    made.verify()
    assert [order.quantity for order in made.buy] == [350, 1000]
