"""Golden case 3: net need 301, minimum lot 100, maximum lot 200, rounding 12 (SAP)."""

from datetime import UTC, date, datetime, timedelta

import pytest

from prodstock.master.catalog import Catalog
from prodstock.master.item import Item
from prodstock.master.lot_sizes import LotCut, LotSizes
from prodstock.master.planning_parameters import PlanningParameters
from prodstock.master.sourcing import Sourcing
from prodstock.orders.demand import Demand
from prodstock.planning.lot_sizing.plain import LotForLot
from prodstock.planning.lot_sizing.terms import LotTerms, SizedLot
from prodstock.planning.planner import plan
from prodstock.planning.policy import Mode, PlanningPolicy
from prodstock.planning.snapshot import Snapshot


def test_only_the_remainder_is_rounded() -> None:
    """Cut at the maximum: 200 as it is, and the remaining 101 rounded to 108."""
    sizes = LotSizes(minimum=100, maximum=200, multiple=12)
    assert sizes.split(301) == (200, 108)
    assert LotForLot().lots([(7, 301)], LotTerms(sizes=sizes)) == (SizedLot(7, 200), SizedLot(7, 108))


def test_every_lot_is_a_multiple_where_that_is_the_policy() -> None:
    """192 is the largest multiple within the maximum, and the remaining 109 are rounded to 120."""
    sizes = LotSizes(minimum=100, maximum=200, multiple=12, cut=LotCut.MULTIPLE)
    assert sizes.split(301) == (192, 120)
    assert LotForLot().lots([(7, 301)], LotTerms(sizes=sizes)) == (SizedLot(7, 192), SizedLot(7, 120))


@pytest.mark.parametrize("mode", Mode)
@pytest.mark.parametrize(("cut", "lots"), [(LotCut.REMAINDER, [200, 108]), (LotCut.MULTIPLE, [192, 120])])
def test_a_plan_orders_the_same_lots(mode: Mode, cut: LotCut, lots: list[int]) -> None:
    """One need of 301 becomes two orders for the same day."""
    catalog = Catalog(
        [
            Item("X"),
            Sourcing("X", supplier="S", lead_time=timedelta(days=5), minimum=100, multiple=12),
            PlanningParameters("X", maximum=200, cut=cut),
        ]
    )
    wanted = Demand("X", 301, due=date(2026, 3, 20), ref="A")
    snapshot = Snapshot(catalog=catalog, at=datetime(2026, 3, 2, tzinfo=UTC), promises=[wanted])
    made = plan(snapshot, PlanningPolicy(mode=mode), until=date(2026, 7, 1))
    made.verify()
    assert sorted(lots) == sorted(int(order.quantity) for order in made.buy)
    assert not made.shortages
    assert all("maximum" in str(made.why(order)) for order in made.buy)
