"""Planning by an item's parameters, where lanes, closed days and later answers come in."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

import prodstock as ps

NOW = datetime(2026, 3, 2, 6, tzinfo=UTC)
UNTIL = date(2026, 9, 1)
DAY = timedelta(days=1)
WANTED = [ps.Demand("MIC", 40 + 7 * n, due=date(2026, 4, 1) + 3 * n * DAY, ref=f"D{n}") for n in range(9)]
COSTS: dict[str, Any] = {"setup_cost": 50, "holding_cost": "0.2"}
NUMBERS: dict[ps.LotRule, dict[str, Any]] = {
    ps.LotRule.LOT_FOR_LOT: {},
    ps.LotRule.FIXED: {"lot_quantity": 60},
    ps.LotRule.REPLENISH: {"lot_quantity": 100},
    ps.LotRule.PERIOD_OF_SUPPLY: {"lot_periods": 7},
}
MODES = pytest.mark.parametrize("mode", list(ps.Mode))


def planned(
    parameters: ps.PlanningParameters,
    promises: list[ps.Demand],
    mode: ps.Mode = ps.Mode.UNCONSTRAINED,
    *,
    also: tuple[ps.Definition, ...] = (),
) -> ps.Plan:
    """Return a verified plan of a bought item that takes a week, every line explained."""
    terms = ps.Sourcing("MIC", supplier="KNW", lead_time=7 * DAY)
    catalog = ps.Catalog([ps.Item("MIC"), terms, parameters, *also])
    made = ps.plan(ps.Snapshot(catalog=catalog, at=NOW, promises=promises), ps.PlanningPolicy(mode=mode), until=UNTIL)
    made.verify()
    for line in (*made.orders, *made.shortages, *made.messages):
        assert str(made.why(line))
    return made


@MODES
@pytest.mark.parametrize("rule", list(ps.LotRule))
def test_every_lot_rule_is_planned_with_and_named(rule: ps.LotRule, mode: ps.Mode) -> None:
    """The answer to why an order is as it is names its rule, and all settled nothing more is proposed."""
    made = planned(ps.PlanningParameters("MIC", lot_rule=rule, **NUMBERS.get(rule, COSTS)), WANTED, mode)
    assert not made.shortages
    assert made.projected("MIC") >= 0
    if rule is not ps.LotRule.LOT_FOR_LOT:
        assert all(f"lot rule {rule}" in str(made.why(order)) for order in made.buy)
    settled = ps.Snapshot(catalog=made.snapshot.catalog, at=NOW, promises=WANTED, firm=made.orders)
    again = ps.plan(settled, made.policy, until=UNTIL)
    assert {order.code for order in again.orders} == {order.code for order in made.orders}


@MODES
def test_rules_hold_for_what_is_moved_to_a_site(mode: ps.Mode) -> None:
    """Maximum, safety time and fence of the target hold for transfers; what they take leaves the source in time."""
    south = ps.Site("SOUTH")
    lane = ps.TransferLane("MAIN", "SOUTH", item="MIC", lead_time=2 * DAY, multiple=10)
    parameters = ps.PlanningParameters(
        "MIC", site="SOUTH", maximum=60, safety_time=DAY, planning_time_fence=20 * DAY, cut=ps.LotCut.MULTIPLE
    )
    demand = ps.Demand("MIC", 130, due=date(2026, 4, 1), ref="SO", site="SOUTH")
    made = planned(parameters, [demand], mode, also=(south, lane))
    assert sorted(order.quantity for order in made.move) == [10, 60, 60]
    assert {order.due.date() for order in made.move} == {date(2026, 3, 31)}
    soon = ps.Demand("MIC", 130, due=date(2026, 3, 12), ref="SO", site="SOUTH")
    made = planned(parameters, [soon], mode, also=(south, lane))
    assert all(order.start >= NOW + 20 * DAY for order in made.move)
    assert {one.kind for one in made.messages} >= {ps.MessageKind.FENCED}
    (short,) = made.shortages
    assert short.covered == datetime(2026, 3, 26, 8, tzinfo=UTC)


def test_an_order_may_be_as_late_as_its_safety_time_allows() -> None:
    """Slack and delay count from the moment up to which goods must come, a hard safety time before the need."""
    made = planned(ps.PlanningParameters("MIC", safety_time=2 * DAY), WANTED[:1])
    (row,) = made.slack
    room = timedelta(hours=7, minutes=59, seconds=59, microseconds=999999)
    assert (row.ready, row.slack) == (datetime(2026, 3, 30, 16, tzinfo=UTC), room)
    (later,) = made.delayed(made.buy[0], by=DAY)
    assert later.late == DAY - room
    assert made.demand("D0").slack == room
    assert not made.delayed(made.buy[0])[0].late


def test_a_safety_stock_that_rises_is_there_when_it_does() -> None:
    """It is restored for the day from which on it holds, and what it sets free serves later needs."""
    parameters = ps.PlanningParameters("MIC", safety_steps={date(2026, 4, 1): 50, date(2026, 5, 1): 20})
    demand = ps.Demand("MIC", 45, due=date(2026, 5, 10), ref="SO")
    made = planned(parameters, [demand])
    assert [(order.quantity, order.due.date()) for order in made.buy] == [
        (Decimal(50), date(2026, 3, 31)),
        (Decimal(15), date(2026, 5, 8)),
    ]
    assert made.projected("MIC") == 20
    assert made.projection("MIC").safety == 50


def test_a_largest_order_below_the_smallest_is_refused() -> None:
    """The catalog says which terms or lane no order fits, where those parameters hold."""
    lane = ps.TransferLane("MAIN", "SOUTH", item="MIC", lead_time=DAY, minimum=100)
    given = [ps.Item("MIC"), ps.Sourcing("MIC", supplier="KNW", lead_time=DAY, minimum=20), ps.Site("SOUTH"), lane]
    with pytest.raises(ps.InvalidData) as refused:
        ps.Catalog([*given, ps.PlanningParameters("MIC", maximum=50)])
    assert [one.code for one in refused.value.findings] == ["lot-sizes"]
    fitting = ps.PlanningParameters("MIC", site="SOUTH", maximum=100)
    assert ps.Catalog([*given, ps.PlanningParameters("MIC", maximum=50), fitting]).planning_parameters("MIC")


@MODES
@pytest.mark.parametrize("safety", [0, 5])
def test_a_fence_that_ends_after_another_item_took_over_leaves_a_shortage(mode: ps.Mode, safety: int) -> None:
    """An order that the fence holds up until its item is no longer ordered is not made, and the shortage says why."""
    terms = ps.Sourcing("MIC", supplier="KNW", lead_time=7 * DAY)
    follow_up = ps.Substitute("MIC-B", effective_from=date(2026, 3, 20))
    fenced = ps.PlanningParameters("MIC", planning_time_fence=14 * DAY, safety_stock=safety)
    catalog = ps.Catalog([ps.Item("MIC", follow_up=follow_up), ps.Item("MIC-B"), terms, fenced])
    promises = [ps.Demand("MIC", 40, due=date(2026, 3, 12), ref="SO")]
    made = ps.plan(ps.Snapshot(catalog=catalog, at=NOW, promises=promises), ps.PlanningPolicy(mode=mode), until=UNTIL)
    made.verify()
    assert not made.orders
    assert {str(one.item): one.quantity for one in made.shortages}["MIC"] == 40
    assert "MIC-B has taken its place" in "".join(str(made.why(one)) for one in made.shortages)
