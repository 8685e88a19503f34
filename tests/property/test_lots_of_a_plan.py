"""Lots, safety stock, safety time and fences of a plan against plain oracles, day by day."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from prodstock.calendars.calendar import Calendar
from prodstock.calendars.horizon import TimeBucket
from prodstock.master.catalog import Catalog
from prodstock.master.item import Item
from prodstock.master.location import Site
from prodstock.master.planning_parameters import LotRule, PlanningParameters
from prodstock.master.sourcing import Sourcing
from prodstock.orders.demand import Demand, DemandKind
from prodstock.planning.lot_sizing.economic import EconomicOrderQuantity, PeriodicOrderQuantity
from prodstock.planning.lot_sizing.heuristics import Groff, LeastUnitCost, PartPeriodBalancing, SilverMeal
from prodstock.planning.lot_sizing.terms import LotSizingRule, LotTerms
from prodstock.planning.lot_sizing.wagner_whitin import WagnerWhitin
from prodstock.planning.plan import Plan
from prodstock.planning.planner import plan
from prodstock.planning.policy import Mode, PlanningPolicy
from prodstock.planning.snapshot import Snapshot

NOW = datetime(2026, 3, 2, tzinfo=UTC)
ALWAYS = Calendar("ALWAYS", week="Mo-Su 00:00-24:00")
RULES: dict[LotRule, LotSizingRule] = {
    LotRule.LEAST_UNIT_COST: LeastUnitCost(),
    LotRule.PART_PERIOD: PartPeriodBalancing(),
    LotRule.SILVER_MEAL: SilverMeal(),
    LotRule.GROFF: Groff(),
    LotRule.WAGNER_WHITIN: WagnerWhitin(),
    LotRule.ECONOMIC_ORDER_QUANTITY: EconomicOrderQuantity(),
    LotRule.PERIODIC_ORDER_QUANTITY: PeriodicOrderQuantity(),
}
wants = st.dictionaries(st.integers(0, 60), st.integers(1, 30), max_size=12)
modes = st.sampled_from(Mode)


def day(offset: int) -> date:
    """Return a day of the plan."""
    return NOW.date() + timedelta(days=offset)


def planned(given: PlanningParameters, demands: dict[int, int], mode: Mode, *, lead: int = 0) -> Plan:
    """Return the plan of one bought item, checked."""
    catalog = Catalog(
        [
            Site("MAIN", calendar=ALWAYS),
            Item("X"),
            Sourcing("X", supplier="S", lead_time=timedelta(days=lead)),
            given,
        ]
    )
    promises = [Demand("X", quantity, due=day(at), ref=f"D{at}") for at, quantity in demands.items()]
    made = plan(Snapshot(catalog=catalog, at=NOW, promises=promises), PlanningPolicy(mode=mode), until=day(200))
    made.verify()
    return made


def bought(made: Plan) -> dict[int, int]:
    """Return what is bought, by day of the plan."""
    found: dict[int, int] = {}
    for order in made.buy:
        at = (order.due.date() - NOW.date()).days
        found[at] = found.get(at, 0) + int(order.quantity)
    return found


@given(wants, st.integers(1, 10), modes)
def test_a_period_of_supply_is_one_order(demands: dict[int, int], periods: int, mode: Mode) -> None:
    """Walking day by day: an order when something is missing, for all of so many days from then."""
    expected: dict[int, int] = {}
    stock = 0
    for at in range(61):
        if demands.get(at, 0) > stock:
            expected[at] = sum(demands.get(one, 0) for one in range(at, at + periods)) - stock
            stock += expected[at]
        stock -= demands.get(at, 0)
    given = PlanningParameters("X", lot_rule=LotRule.PERIOD_OF_SUPPLY, lot_periods=periods)
    assert expected == bought(planned(given, demands, mode))


@given(wants, st.sampled_from([TimeBucket.WEEK, TimeBucket.MONTH]), modes)
def test_a_calendar_period_is_one_order(demands: dict[int, int], period: TimeBucket, mode: Mode) -> None:
    """All of a calendar week or month is ordered for its first need."""
    first: dict[object, int] = {}
    expected: dict[int, int] = {}
    for at in sorted(demands):
        one = day(at).isocalendar()[:2] if period is TimeBucket.WEEK else (day(at).year, day(at).month)
        start = first.setdefault(one, at)
        expected[start] = expected.get(start, 0) + demands[at]
    given = PlanningParameters("X", lot_rule=LotRule.PERIOD_OF_SUPPLY, period=period)
    assert expected == bought(planned(given, demands, mode))


@given(wants, st.sampled_from(sorted(RULES)), st.sampled_from([1, 10, 80]))
def test_rules_by_cost_are_asked_with_days(demands: dict[int, int], rule: LotRule, setup: int) -> None:
    """The orders of a plan are the lots of the rule for the requirements by day."""
    lots = RULES[rule].lots(sorted(demands.items()), LotTerms(setup=setup, holding="0.5"))
    expected: dict[int, int] = {}
    for lot in lots:
        expected[lot.time] = expected.get(lot.time, 0) + lot.quantity
    given = PlanningParameters("X", lot_rule=rule, setup_cost=setup, holding_cost="0.5")
    assert expected == bought(planned(given, demands, Mode.UNCONSTRAINED))


@given(wants, st.integers(1, 60), modes)
def test_stock_is_replenished_to_a_level(demands: dict[int, int], level: int, mode: Mode) -> None:
    """When something is missing it is ordered, and the level besides."""
    expected: dict[int, int] = {}
    stock = 0
    for at, wanted in sorted(demands.items()):
        if wanted > stock:
            expected[at] = wanted - stock + level
            stock += expected[at]
        stock -= wanted
    given = PlanningParameters("X", lot_rule=LotRule.REPLENISH, lot_quantity=level)
    assert expected == bought(planned(given, demands, mode))


@given(wants, st.integers(1, 20), st.integers(0, 40), modes)
def test_cover_is_what_is_wanted_in_the_next_days(demands: dict[int, int], days: int, safety: int, mode: Mode) -> None:
    """At the end of every day there is what is wanted in the next days, or the safety stock if that is more."""
    cover = timedelta(days=days)
    made = planned(PlanningParameters("X", safety_stock=safety, days_of_cover=cover), demands, mode)
    for at in range(61):
        soon = sum(quantity for one, quantity in demands.items() if at < one <= at + days)
        assert made.projected("X", at=day(at)) >= max(soon, safety)
    if mode is Mode.UNCONSTRAINED:
        highest = max([safety, *(sum(demands.get(at + one, 0) for one in range(1, days + 1)) for at in range(-1, 61))])
        assert max(made.projected("X", at=day(at)) for at in range(61)) <= highest


@given(wants, st.integers(0, 3), st.integers(0, 3), st.integers(0, 6), modes)
def test_soft_time_gives_way_and_hard_time_does_not(
    demands: dict[int, int], hard: int, soft: int, lead: int, mode: Mode
) -> None:
    """An order is due both times before the need, if it can start by then; else as early as it can, hard time kept."""
    spans = {"safety_time": timedelta(days=hard), "soft_safety_time": timedelta(days=soft)}
    made = planned(PlanningParameters("X", **spans), demands, mode, lead=lead)  # type: ignore[arg-type]  # spans
    soonest = NOW + timedelta(days=lead)
    for order in made.buy:
        need = datetime.combine(day(int(order.serves[0][1:]) + 1), datetime.min.time(), UTC) - timedelta(microseconds=1)
        latest = need - timedelta(days=hard)
        best = max(latest - timedelta(days=soft), soonest)
        late = latest if mode is Mode.UNCONSTRAINED else order.due
        assert order.due == (best if best <= latest else late)
    short = {one.delays[0] for one in made.shortages}
    assert short == {f"D{at}" for at in demands if at + 1 < hard + lead or (at + 1 == hard + lead)}


@given(wants, st.integers(0, 30), st.integers(0, 9), modes)
def test_nothing_new_starts_within_the_fence(demands: dict[int, int], fence: int, lead: int, mode: Mode) -> None:
    """Orders stand at the end of the fence at the earliest, and what they hold up is said."""
    given = PlanningParameters("X", planning_time_fence=timedelta(days=fence))
    made = planned(given, demands, mode, lead=lead)
    end = NOW + timedelta(days=fence)
    assert sum(demands.values()) == sum(order.quantity for order in made.buy)
    assert all(order.start >= end for order in made.buy)
    late = {f"D{at}" for at in demands if at + 1 <= fence + lead}
    assert late == {ref for one in made.shortages for ref in one.delays}
    fenced = {one.order for one in made.messages if one.kind == "fenced"}
    held_up = {order.code for order in made.buy if set(order.serves) & late}
    assert fenced == (held_up if fence else set())


@given(wants, wants, st.integers(0, 30), st.integers(0, 20), st.integers(0, 20))
def test_forecasts_are_consumed_within_their_windows(
    orders: dict[int, int], forecasts: dict[int, int], fence: int, back: int, ahead: int
) -> None:
    """Backward first, then forward; what is left inside the demand time fence counts for nothing."""
    left = dict(forecasts)
    for at in sorted(orders):
        rest = orders[at]
        for near in (*range(at, at - back - 1, -1), *range(at + 1, at + ahead + 1)):
            used = min(rest, left.get(near, 0))
            left[near] = left.get(near, 0) - used
            rest -= used
    expected = sum(orders.values()) + sum(much for at, much in left.items() if at + 1 > fence)
    given = PlanningParameters(
        "X",
        demand_time_fence=timedelta(days=fence),
        forecast_backward=timedelta(days=back),
        forecast_forward=timedelta(days=ahead),
    )
    catalog = Catalog([Item("X"), Sourcing("X", supplier="S", lead_time=timedelta()), given])
    wanted = [Demand("X", quantity, due=day(at), ref=f"D{at}") for at, quantity in orders.items()]
    wanted += [Demand("X", much, due=day(at), ref=f"F{at}", kind=DemandKind.FORECAST) for at, much in forecasts.items()]
    made = plan(Snapshot(catalog=catalog, at=NOW, promises=wanted), until=day(200))
    made.verify()
    assert expected == sum(order.quantity for order in made.buy)
