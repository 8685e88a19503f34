"""What is ordered covers what is required, in time, by every rule and under all sizes."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from prodstock.master.lot_sizes import LotSizes
from prodstock.planning.lot_sizing.economic import EconomicOrderQuantity, PeriodicOrderQuantity
from prodstock.planning.lot_sizing.heuristics import (
    Groff,
    LeastUnitCost,
    PartPeriodBalancing,
    PartPeriodLook,
    SilverMeal,
)
from prodstock.planning.lot_sizing.periods import CalendarPeriods, PeriodOfSupply
from prodstock.planning.lot_sizing.plain import FixedQuantity, LotForLot, ReplenishToMaximum
from prodstock.planning.lot_sizing.terms import LotSizingRule, LotTerms, SizedLot
from prodstock.planning.lot_sizing.wagner_whitin import WagnerWhitin

EXACT: list[LotSizingRule] = [
    LotForLot(),
    PeriodOfSupply(5),
    CalendarPeriods([0, 7, 14, 21]),
    PeriodicOrderQuantity(),
    LeastUnitCost(),
    SilverMeal(),
    Groff(),
    WagnerWhitin(),
    *[PartPeriodBalancing(look=look) for look in PartPeriodLook],
]
RULES: list[LotSizingRule] = [*EXACT, FixedQuantity(17), ReplenishToMaximum(40), EconomicOrderQuantity()]
SIZES = [LotSizes(), LotSizes(fixed=13), LotSizes(minimum=20, multiple=7), LotSizes(minimum=5, maximum=40, multiple=6)]
NEEDS = st.lists(st.tuples(st.integers(-5, 30), st.integers(0, 60)), max_size=15)


def stock_before(time: int, needs: list[tuple[int, int]], lots: tuple[SizedLot, ...], opening: int) -> int:
    """Return the stock just before a time, by adding up."""
    return opening + sum(q for t, q in lots if t < time) - sum(q for t, q in needs if t < time)


@given(NEEDS, st.sampled_from(RULES), st.sampled_from(SIZES), st.integers(0, 50))
def test_what_is_ordered_covers_what_is_required(
    needs: list[tuple[int, int]], rule: LotSizingRule, sizes: LotSizes, opening: int
) -> None:
    """At no time is less there than was required, lots come in order, and each at the time of a requirement."""
    terms = LotTerms(setup=40, holding=1, sizes=sizes, opening=opening)
    lots = rule.lots(needs, terms)

    for time in {time for time, _ in needs}:
        assert stock_before(time + 1, needs, lots, opening) >= 0
    assert all(one.time <= other.time for one, other in pairwise(lots))
    assert {lot.time for lot in lots} <= {time for time, quantity in needs if quantity}
    assert all(lot.quantity > 0 for lot in lots)
    assert rule.lots(needs[::-1], terms) == lots
    assert max(map(len, map(repr, (rule, terms, sizes)))) < 120


@given(NEEDS, st.sampled_from(EXACT), st.integers(0, 50))
def test_orders_of_any_size_come_when_nothing_is_left(
    needs: list[tuple[int, int]], rule: LotSizingRule, opening: int
) -> None:
    """Where a lot may have any size, it comes when the stock no longer covers its time; nothing is left over."""
    lots = rule.lots(needs, LotTerms(setup=40, holding=1, opening=opening))

    for number, lot in enumerate(lots):
        left = stock_before(lot.time, needs, lots, opening)
        assert left < sum(quantity for time, quantity in needs if time == lot.time)
        assert left == 0 or number == 0
    assert not lots or sum(lot.quantity for lot in lots) + opening == sum(quantity for _, quantity in needs)
