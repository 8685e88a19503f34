"""Wagner and Whitin's lots against every way there is, against stockpyl, and against the other rules."""

from __future__ import annotations

from fractions import Fraction
from itertools import product
from random import Random  # noqa: TID251 - seeded horizons
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from prodstock.planning.lot_sizing.cost import lot_cost
from prodstock.planning.lot_sizing.economic import EconomicOrderQuantity, PeriodicOrderQuantity
from prodstock.planning.lot_sizing.heuristics import (
    Groff,
    LeastUnitCost,
    PartPeriodBalancing,
    PartPeriodLook,
    SilverMeal,
)
from prodstock.planning.lot_sizing.periods import PeriodOfSupply
from prodstock.planning.lot_sizing.plain import LotForLot
from prodstock.planning.lot_sizing.terms import LotTerms, SizedLot
from prodstock.planning.lot_sizing.wagner_whitin import WagnerWhitin

if TYPE_CHECKING:
    from collections.abc import Sequence

    from prodstock.planning.lot_sizing.terms import LotSizingRule

Requirements = list[tuple[int, int]]


def by_trying(requirements: Sequence[tuple[int, int]], setup: int, holding: Fraction) -> Fraction:
    """Return the least cost over all ways to choose the times of orders, each reaching to the next."""
    best = None
    for ordered in product([False, True], repeat=len(requirements) - 1):
        cost, start = Fraction(0), requirements[0][0]
        for order, (time, quantity) in zip([True, *ordered], requirements, strict=True):
            if order:
                cost, start = cost + setup, time
            cost += holding * quantity * (time - start)
        best = cost if best is None else min(best, cost)
    assert best is not None
    return best


def demands(most: int) -> st.SearchStrategy[Requirements]:
    """Return requirements at different times, ascending."""
    times = st.lists(st.integers(-20, 40), min_size=1, max_size=most, unique=True)
    return times.flatmap(
        lambda found: st.lists(st.integers(1, 200), min_size=len(found), max_size=len(found)).map(
            lambda quantities: list(zip(sorted(found), quantities, strict=True))
        )
    )


@given(demands(8), st.integers(0, 300), st.fractions(0, 5, max_denominator=9))
def test_no_way_is_cheaper(requirements: Requirements, setup: int, holding: Fraction) -> None:
    """On small horizons the cost is the least over all choices of order times."""
    terms = LotTerms(setup=setup, holding=holding)
    lots = WagnerWhitin().lots(requirements, terms)
    assert lot_cost(requirements, lots, terms).total == by_trying(requirements, setup, holding)


@given(demands(25), st.integers(1, 300), st.fractions("1/9", 5, max_denominator=9), st.integers(0, 300))
def test_no_rule_is_cheaper(requirements: Requirements, setup: int, holding: Fraction, opening: int) -> None:
    """Every other rule costs at least as much."""
    terms = LotTerms(setup=setup, holding=holding, opening=opening)
    best = lot_cost(requirements, WagnerWhitin().lots(requirements, terms), terms).total
    rules: list[LotSizingRule] = [PartPeriodBalancing(look=look) for look in PartPeriodLook]
    rules += [LotForLot(), PeriodOfSupply(4), PeriodicOrderQuantity(), EconomicOrderQuantity()]
    rules += [LeastUnitCost(), SilverMeal(), Groff()]
    for rule in rules:
        assert lot_cost(requirements, rule.lots(requirements, terms), terms).total >= best


def test_long_horizons_are_as_cheap_as_by_the_plain_recursion() -> None:
    """The envelope of lines finds what the quadratic recursion finds, over 300 periods."""
    drawn = Random(20260302)  # noqa: S311 - horizons, no secrets
    for setup, holding in ((50, 1), (500, 1), (5000, 3), (0, 1), (70, 0)):
        requirements = [(time, drawn.randint(1, 100)) for time in sorted(drawn.sample(range(900), 300))]
        terms = LotTerms(setup=setup, holding=holding)
        lots = WagnerWhitin().lots(requirements, terms)
        assert lot_cost(requirements, lots, terms).total == recursion(requirements, setup, holding)


def recursion(requirements: Requirements, setup: int, holding: int) -> int:
    """Return the least cost by Wagner and Whitin's forward recursion as it is printed."""
    least = [0]
    for past in range(1, len(requirements) + 1):
        found, kept, much = [], 0, 0
        for start in range(past - 1, -1, -1):
            if start + 1 < past:
                kept += much * (requirements[start + 1][0] - requirements[start][0])
            much += requirements[start][1]
            found.append(least[start] + setup + holding * kept)
        least.append(min(found))
    return least[-1]


def test_the_example_of_snyder_and_shen() -> None:
    """Fundamentals of Supply Chain Theory, example 3.9: 90, 120, 80, 70 at setup 500, holding 2 costs 1,380."""
    requirements = list(enumerate([90, 120, 80, 70], 1))
    terms = LotTerms(setup=500, holding=2)
    assert WagnerWhitin().lots(requirements, terms) == (SizedLot(1, 210), SizedLot(3, 150))
    assert lot_cost(requirements, WagnerWhitin().lots(requirements, terms), terms).total == 1380


STOCKPYL = (
    793,
    388,
    1914,
    1704,
    2601,
    1156,
    32,
    2268,
    609,
    623,
    1252,
    1330,
    3134,
    2049,
    491,
    32,
    564,
    269,
    139,
    2008,
    2094,
    1417,
    616,
    904,
    499,
    1372,
    105,
    754,
    3667,
    290,
)
"""What `stockpyl.wagner_whitin.wagner_whitin(len(demand), holding, setup, demand)[1]` of stockpyl 1.0.2 gave."""


def test_as_cheap_as_stockpyl() -> None:
    """The package stockpyl finds the same cost, on thirty horizons."""
    drawn = Random(7)  # noqa: S311 - as above
    for cost in STOCKPYL:
        demand = [drawn.choice([0, 0, drawn.randint(1, 200)]) for _ in range(drawn.randint(1, 30))] + [5]
        setup, holding = drawn.randint(1, 600), drawn.randint(1, 6)
        requirements = list(enumerate(demand, 1))
        terms = LotTerms(setup=setup, holding=holding)
        assert lot_cost(requirements, WagnerWhitin().lots(requirements, terms), terms).total == cost
