"""Golden case 12: two orders of 10, equal priority, share 10 in stock; December is listed first (repleno 0.0.18)."""

from datetime import UTC, date, datetime, timedelta

import pytest

from prodstock.master.catalog import Catalog
from prodstock.master.item import Item
from prodstock.master.sourcing import Sourcing
from prodstock.orders.demand import Demand
from prodstock.planning.planner import plan
from prodstock.planning.snapshot import Snapshot
from prodstock.stock.allocation import OpenLot

NOW = datetime(2026, 1, 5, tzinfo=UTC)
DECEMBER = Demand("X", 10, due=date(2026, 12, 10), ref="A-DECEMBER")
FEBRUARY = Demand("X", 10, due=date(2026, 2, 10), ref="B-FEBRUARY")


@pytest.mark.parametrize("demands", [[DECEMBER, FEBRUARY], [FEBRUARY, DECEMBER]])
def test_the_earlier_demand_gets_the_stock(demands: list[Demand]) -> None:
    """February gets the stock in any input order, and planning changes none of it."""
    catalog = Catalog([Item("X"), Sourcing("X", supplier="S", lead_time=timedelta(days=3))])
    stock = OpenLot("X", 10, received=NOW)
    snapshot = Snapshot(catalog=catalog, at=NOW, lots=[stock], promises=demands)
    made = plan(snapshot, until=date(2027, 1, 1))
    made.verify()
    assert [order.serves for order in made.buy] == [("A-DECEMBER",)]
    assert "from stock" in str(made.why(FEBRUARY))
    assert snapshot.lots[0].free == 10
    assert made.orders == plan(snapshot, until=date(2027, 1, 1)).orders
