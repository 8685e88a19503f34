"""Golden case 4: net need 501, fixed lot 75."""

from datetime import UTC, date, datetime, timedelta

import pytest

from prodstock.master.catalog import Catalog
from prodstock.master.item import Item
from prodstock.master.lot_sizes import LotSizes
from prodstock.master.planning_parameters import LotRule, PlanningParameters
from prodstock.master.sourcing import Sourcing
from prodstock.orders.demand import Demand
from prodstock.planning.lot_sizing.plain import FixedQuantity, LotForLot
from prodstock.planning.lot_sizing.terms import LotTerms, SizedLot
from prodstock.planning.planner import plan
from prodstock.planning.policy import Mode, PlanningPolicy
from prodstock.planning.snapshot import Snapshot


def test_seven_orders_of_the_fixed_size() -> None:
    """Seven orders of 75, by the rule and by the sizes alike."""
    assert FixedQuantity(75).lots([(7, 501)]) == (SizedLot(7, 75),) * 7
    assert LotForLot().lots([(7, 501)], LotTerms(sizes=LotSizes(fixed=75))) == (SizedLot(7, 75),) * 7


@pytest.mark.parametrize("mode", Mode)
def test_a_plan_orders_seven(mode: Mode) -> None:
    """The need of one day becomes seven orders."""
    fixed = PlanningParameters("X", lot_rule=LotRule.FIXED, lot_quantity=75)
    catalog = Catalog([Item("X"), Sourcing("X", supplier="S", lead_time=timedelta(days=5)), fixed])
    wanted = Demand("X", 501, due=date(2026, 3, 20), ref="A")
    snapshot = Snapshot(catalog=catalog, at=datetime(2026, 3, 2, tzinfo=UTC), promises=[wanted])
    made = plan(snapshot, PlanningPolicy(mode=mode), until=date(2026, 7, 1))
    made.verify()
    assert [order.quantity for order in made.buy] == [75] * 7
