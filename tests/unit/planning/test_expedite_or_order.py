"""Whether what is on its way too late is expedited, or ordered anew."""

from datetime import UTC, date, datetime, timedelta

import pytest

from prodstock.calendars.span import working_days
from prodstock.master.catalog import Catalog
from prodstock.master.item import Item
from prodstock.master.planning_parameters import LotRule, PlanningParameters
from prodstock.master.sourcing import Sourcing
from prodstock.orders.demand import Demand
from prodstock.orders.purchase import PurchaseOrder
from prodstock.planning.plan import Plan
from prodstock.planning.planner import plan
from prodstock.planning.policy import Mode, PlanningPolicy, SafetyStock
from prodstock.planning.snapshot import Snapshot

FRIDAY = datetime(2026, 3, 20, 8, tzinfo=UTC)
MODES = pytest.mark.parametrize("mode", list(Mode))


def planned(policy: PlanningPolicy, *promises: Demand | PurchaseOrder, safety: int = 0, **given: object) -> Plan:
    """Return the verified plan of an item that is bought in ten working days."""
    definitions = [Item("MIC", safety_stock=safety), Sourcing("MIC", supplier="KNW", lead_time=working_days(10))]
    parameters = [PlanningParameters("MIC", **given)] if given else []  # type: ignore[arg-type]
    snapshot = Snapshot(catalog=Catalog([*definitions, *parameters]), at=FRIDAY, promises=promises)
    found = plan(snapshot, policy, until=date(2026, 9, 1))
    found.verify()
    return found


def demand(due: date, ref: str = "SO-1") -> Demand:
    """Return a demand for forty."""
    return Demand("MIC", 40, due=due, ref=ref)


def coming(due: date, quantity: int = 40) -> PurchaseOrder:
    """Return a purchase order that is confirmed."""
    return PurchaseOrder("MIC", quantity, supplier="KNW", due=due, ref="PU-1")


@MODES
def test_what_comes_on_the_day_on_which_a_new_order_would_is_not_ordered_anew(mode: Mode) -> None:
    """PU-1 comes on Friday 3 April, in the course of the day; an order of today would come that morning."""
    found = planned(PlanningPolicy(mode=mode), demand(date(2026, 4, 1)), coming(date(2026, 4, 3)))
    assert not found.orders
    assert [(one.kind, one.sap) for one in found.messages] == [("expedite", 10)]
    assert found.demands[0].service == "late"


@MODES
@pytest.mark.parametrize(("within", "orders"), [(0, 1), (1, 0)])
def test_what_comes_a_day_late_is_expedited_if_the_policy_says_so(mode: Mode, within: int, orders: int) -> None:
    """A new order would be in time. Within a day, PU-1 serves the demand all the same, and is to be expedited."""
    policy = PlanningPolicy(mode=mode, expedite_within=timedelta(days=within))
    found = planned(policy, demand(date(2026, 5, 4)), coming(date(2026, 5, 5)))
    assert len(found.orders) == orders
    assert "expedite" in {one.kind for one in found.messages} or orders
    assert found.demands[0].service == ("on-time" if orders else "late")


@MODES
def test_what_comes_beyond_that_is_ordered_anew(mode: Mode) -> None:
    """Two days late are more than one; and what serves somebody else does not serve twice."""
    policy = PlanningPolicy(mode=mode, expedite_within=timedelta(days=1))
    assert len(planned(policy, demand(date(2026, 5, 4)), coming(date(2026, 5, 6))).orders) == 1
    two = planned(policy, demand(date(2026, 5, 4)), demand(date(2026, 5, 5), "SO-2"), coming(date(2026, 5, 5)))
    assert sum(one.quantity for one in two.orders) == 40


@pytest.mark.parametrize("fence", [None, working_days(12)])
@pytest.mark.parametrize(("comes", "bought"), [(48, 0), (4, 10)])
def test_a_safety_stock_counts_on_what_comes_before_an_order_could(fence: object, comes: int, bought: int) -> None:
    """14 are to be there at once and 48 come next week: an order could not be there sooner, so none is proposed."""
    policy = PlanningPolicy(safety=SafetyStock.AT_ONCE)
    given = {} if fence is None else {"planning_time_fence": fence}
    found = planned(policy, coming(date(2026, 3, 27), comes), safety=14, **given)
    assert sum(one.quantity for one in found.orders) == bought


def test_a_fenced_lot_rule_orders_the_safety_stock_once() -> None:
    """Needs of 38 and a safety stock of 5 are 43, with a rule that looks ahead, a safety time and a fence too."""
    policy = PlanningPolicy(safety=SafetyStock.AT_ONCE)
    given = {"lot_rule": LotRule.GROFF, "setup_cost": 50, "holding_cost": "0.5", "safety_time": timedelta(days=3)}
    fenced = planned(policy, demand(date(2026, 3, 25)), safety=5, planning_time_fence=timedelta(days=5), **given)
    assert sum(one.quantity for one in fenced.orders) == 45
