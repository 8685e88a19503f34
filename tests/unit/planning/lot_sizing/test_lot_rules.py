"""Lot-sizing rules on the examples of textbooks."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import pytest

from prodstock.errors import InvalidTypeError, InvalidValueError
from prodstock.master.lot_sizes import LotSizes
from prodstock.planning.lot_sizing.cost import compare_lot_sizing, lot_cost
from prodstock.planning.lot_sizing.economic import (
    EconomicOrderQuantity,
    PeriodicOrderQuantity,
    economic_order_quantity,
)
from prodstock.planning.lot_sizing.heuristics import (
    Groff,
    LeastUnitCost,
    PartPeriodBalancing,
    PartPeriodLook,
    SilverMeal,
)
from prodstock.planning.lot_sizing.periods import CalendarPeriods, PeriodOfSupply
from prodstock.planning.lot_sizing.plain import FixedQuantity, LotForLot, ReplenishToMaximum
from prodstock.planning.lot_sizing.terms import LotTerms, SizedLot
from prodstock.planning.lot_sizing.wagner_whitin import WagnerWhitin

if TYPE_CHECKING:
    from collections.abc import Sequence

    from prodstock.planning.lot_sizing.terms import LotSizingRule

SILVER = list(enumerate([10, 62, 12, 130, 154, 129, 88, 52, 124, 160, 238, 41], 1))
SILVER_TERMS = LotTerms(setup=54, holding="0.40")
HEIZER = list(enumerate([35, 30, 40, 0, 10, 40, 30, 0, 30, 55], 1))
HEIZER_TERMS = LotTerms(setup=100, holding=1, opening=35)
NAHMIAS = list(enumerate([18, 30, 42, 5, 20], 1))
NAHMIAS_TERMS = LotTerms(setup=80, holding=2)


def quantities(rule: LotSizingRule, requirements: Sequence[tuple[int, int]], terms: LotTerms) -> list[int]:
    """Return the sizes of the lots."""
    return [lot.quantity for lot in rule.lots(requirements, terms)]


@pytest.mark.parametrize(
    ("rule", "total"),
    [
        (WagnerWhitin(), "501.20"),
        (SilverMeal(), "501.20"),
        (PeriodicOrderQuantity(), "553.60"),
        (LeastUnitCost(), "558.80"),
        (PartPeriodBalancing(), "600.00"),
        (LotForLot(), "648.00"),
    ],
)
def test_the_example_of_silver_pyke_and_thomas(rule: LotSizingRule, total: str) -> None:
    """Costs of the rules in Inventory and Production Management in Supply Chains, chapter 5: setup 54, holding 0.40."""
    assert lot_cost(SILVER, rule.lots(SILVER, SILVER_TERMS), SILVER_TERMS).total == Fraction(total)


@pytest.mark.parametrize(
    ("rule", "lots", "total"),
    [
        (LotForLot(), [30, 40, 10, 40, 30, 30, 55], 700),
        (PeriodicOrderQuantity(rate=27), [70, 80, 85], 495),
        (PartPeriodBalancing(), [80, 100, 55], 490),
        (WagnerWhitin(), [80, 70, 85], 455),
    ],
)
def test_the_example_of_heizer_and_render(rule: LotSizingRule, lots: list[int], total: int) -> None:
    """Operations Management, chapter 14: setup 100, holding 1 a week, 35 on hand at the start."""
    assert quantities(rule, HEIZER, HEIZER_TERMS) == lots
    later = LotTerms(setup=100, holding=1)
    assert lot_cost(HEIZER[1:], rule.lots(HEIZER, HEIZER_TERMS), later).total == total


def test_the_economic_order_quantity_of_heizer_and_render() -> None:
    """27 a week, setup 100, holding 1: 73 units, ordered four times."""
    assert economic_order_quantity(27, setup=100, holding=1) == 73
    lots = EconomicOrderQuantity(rate=27).lots(HEIZER, HEIZER_TERMS)
    assert lots == (SizedLot(2, 73), SizedLot(5, 73), SizedLot(7, 73), SizedLot(10, 73))


@pytest.mark.parametrize(
    ("rule", "lots", "total"),
    [(SilverMeal(), [48, 47, 20], 310), (LeastUnitCost(), [48, 42, 25], 340), (PartPeriodBalancing(), [48, 67], 310)],
)
def test_the_example_of_nahmias(rule: LotSizingRule, lots: list[int], total: int) -> None:
    """Production and Operations Analysis, chapter 8: requirements 18, 30, 42, 5, 20, setup 80, holding 2."""
    assert quantities(rule, NAHMIAS, NAHMIAS_TERMS) == lots
    assert lot_cost(NAHMIAS, rule.lots(NAHMIAS, NAHMIAS_TERMS), NAHMIAS_TERMS).total == total


def test_groff_joins_while_keeping_costs_no_more_than_it_saves() -> None:
    """By hand: 2 * 100 / 1 = 200; 60 * 1 * 2 is within, 30 * 2 * 3 too, 20 * 3 * 4 is beyond."""
    terms = LotTerms(setup=100, holding=1)
    assert quantities(Groff(), [(1, 5), (2, 60), (3, 30), (4, 20)], terms) == [95, 20]
    assert quantities(Groff(), [(1, 5), (2, 100), (3, 33)], terms) == [138]
    assert quantities(Groff(), [(1, 5), (2, 101)], terms) == [5, 101]


def test_part_period_balancing_looks_around() -> None:
    """Balanced by hand at 100 part periods: ahead a small requirement joins, back a large one waits."""
    terms = LotTerms(setup=100, holding=1)
    ahead = [(1, 20), (2, 90), (3, 12), (4, 100)]
    assert quantities(PartPeriodBalancing(), ahead, terms) == [110, 112]
    assert quantities(PartPeriodBalancing(look=PartPeriodLook.AHEAD), ahead, terms) == [122, 100]
    back = [(1, 20), (2, 10), (3, 40), (4, 30)]
    assert quantities(PartPeriodBalancing(), back, terms) == [70, 30]
    assert quantities(PartPeriodBalancing(look=PartPeriodLook.AHEAD), back, terms) == [70, 30]
    assert quantities(PartPeriodBalancing(look=PartPeriodLook.AROUND), back, terms) == [30, 70]


def test_periods_without_a_requirement_change_nothing() -> None:
    """A requirement of nothing is none, for every rule."""
    sparse = [(1, 18), (4, 30), (5, 42), (9, 5)]
    full = [*sparse, (2, 0), (3, 0), (6, 0), (7, 0), (8, 0)]
    rules: list[LotSizingRule] = [LotForLot(), LeastUnitCost(), PartPeriodBalancing(), SilverMeal(), Groff()]
    rules += [PeriodicOrderQuantity(), EconomicOrderQuantity(), WagnerWhitin()]
    for rule in rules:
        assert rule.lots(sparse, NAHMIAS_TERMS) == rule.lots(full, NAHMIAS_TERMS)


def test_a_replenishment_serves_what_is_missing_and_fills_up() -> None:
    """The stock is at the maximum after each order's requirement."""
    assert ReplenishToMaximum(50).lots([(1, 60), (2, 20), (3, 20), (4, 20)], LotTerms(opening=10)) == (
        SizedLot(1, 100),
        SizedLot(4, 60),
    )
    assert ReplenishToMaximum(50).lots([(1, 61)], LotTerms(sizes=LotSizes(multiple=20))) == (SizedLot(1, 120),)


def test_what_rounding_leaves_over_is_used_first() -> None:
    """A later requirement is ordered only as far as the last lot does not reach."""
    terms = LotTerms(sizes=LotSizes(multiple=50))
    assert LotForLot().lots([(1, 30), (2, 15), (3, 40)], terms) == (SizedLot(1, 50), SizedLot(3, 50))
    assert PeriodOfSupply(2).lots([(1, 30), (2, 15), (3, 40)], terms) == (SizedLot(1, 50), SizedLot(3, 50))


def test_calendar_periods_start_where_they_are_told() -> None:
    """A period without a requirement orders nothing; what comes before the first start is a period too."""
    rule = CalendarPeriods([7, 14, 21])
    assert rule.lots([(0, 1), (6, 2), (7, 3), (13, 4), (30, 5), (99, 6)]) == (
        SizedLot(0, 3),
        SizedLot(7, 7),
        SizedLot(30, 11),
    )
    assert CalendarPeriods([]).lots([(0, 1), (6, 2)]) == (SizedLot(0, 3),)


def test_rules_beside_each_other() -> None:
    """The cheapest comes first, by the names that were given; the frame has the exact costs."""
    table = compare_lot_sizing(SILVER, SILVER_TERMS, rules={"weekly": LotForLot(), "best": WagnerWhitin()})
    assert [(row.rule, row.orders, row.total) for row in table] == [("best", 7, Fraction("501.2")), ("weekly", 12, 648)]
    assert compare_lot_sizing(SILVER, SILVER_TERMS)[0].total == Fraction("501.2")


def test_a_requirement_that_is_not_covered_is_named() -> None:
    """Lots that come too late or are too small have no cost."""
    with pytest.raises(InvalidValueError, match="of time 2 are short of 5"):
        lot_cost([(1, 10), (2, 10)], [SizedLot(1, 15), SizedLot(3, 5)], NAHMIAS_TERMS)


def test_what_is_left_over_is_kept_to_the_end() -> None:
    """Ten too many, from 1 to 5: forty part periods."""
    assert lot_cost([(1, 10)], [SizedLot(1, 20)], LotTerms(holding=1), until=5).total == 40
    assert lot_cost([(1, 10)], [SizedLot(1, 20)], LotTerms(holding=1)).total == 0


@pytest.mark.parametrize("rule", [EconomicOrderQuantity(), PeriodicOrderQuantity(), PartPeriodBalancing()])
def test_a_rule_that_divides_by_a_cost_needs_it(rule: LotSizingRule) -> None:
    """Terms without holding cost are refused, with the way out."""
    with pytest.raises(InvalidValueError, match=r"LotTerms\(\.\.\., holding=\.\.\.\)"):
        rule.lots(NAHMIAS, LotTerms(setup=1))


@pytest.mark.parametrize("entry", [(1, 2.5), (1.0, 2), (True, 2), (1, "2"), (1,), 7])
def test_requirements_are_whole_numbers(entry: object) -> None:
    """What is no pair of whole numbers is refused."""
    with pytest.raises(InvalidTypeError):
        lot_cost([], [entry], SILVER_TERMS)  # type: ignore[list-item]  # the point of the test
    with pytest.raises(InvalidTypeError):
        LotForLot().lots([entry])  # type: ignore[list-item]  # the point of the test


def test_what_is_no_rule_and_what_are_no_terms_is_refused() -> None:
    """A class in place of a rule, a list of rules without names, a number in place of terms."""
    for rules in ({"a": LotForLot}, {"a": None}, [LotForLot()], {1: LotForLot()}):
        with pytest.raises(InvalidTypeError):
            compare_lot_sizing(SILVER, SILVER_TERMS, rules=rules)  # type: ignore[arg-type]  # the point of the test
    with pytest.raises(InvalidTypeError):
        LotForLot().lots(SILVER, 54)  # type: ignore[arg-type]  # the point of the test
    with pytest.raises(InvalidTypeError):
        lot_cost(SILVER, [], None)  # type: ignore[arg-type]  # the point of the test


def test_numbers_that_cannot_be_are_refused() -> None:
    """Below zero, above 64 bits, not ascending, not above zero."""
    for requirements in ([(1, -1)], [(1, 10**18)] * 10):
        with pytest.raises(InvalidValueError):
            LotForLot().lots(requirements)
    with pytest.raises(InvalidValueError):
        CalendarPeriods([3, 2])
    for make in (FixedQuantity, PeriodOfSupply):
        with pytest.raises(InvalidValueError):
            make(0)
    for cost in (-1, "-0.1"):
        with pytest.raises(InvalidValueError):
            LotTerms(setup=cost)
    with pytest.raises(InvalidTypeError):
        LotTerms(holding=0.4)  # type: ignore[arg-type]  # the point of the test
    with pytest.raises(InvalidValueError):
        EconomicOrderQuantity(rate=0)
    assert LotForLot().lots([]) == EconomicOrderQuantity().lots([], SILVER_TERMS) == ()
    assert WagnerWhitin().lots([], SILVER_TERMS) == ()
