"""Measures of forecast errors, exactly, and the tracking signal."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prodstock.errors import InvalidTypeError, InvalidValueError
from prodstock.planning.forecast.accuracy import decimal, forecast_errors, last_run, root, tracking_signal
from prodstock.planning.forecast.history import DemandHistory
from prodstock.planning.forecast.profile import DemandPattern, classify_demand

PAIRS = st.lists(st.tuples(st.integers(0, 500), st.integers(0, 500)), min_size=1, max_size=20)


def test_the_bakery_of_heizer_and_render() -> None:
    """Operations Management, chapter 4, Carlson's Bakery: errors, running sums, MAD and signal of six quarters."""
    table = tracking_signal([90, 95, 115, 100, 125, 140], [100, 100, 100, 110, 110, 110])
    assert [int(row.error) for row in table] == [-10, -5, 15, -10, 15, 30]
    assert [int(row.running) for row in table] == [-10, -15, 0, -10, 5, 35]
    assert [round(row.mad, 1) for row in table] == [Decimal(one) for one in ("10", "7.5", "10", "10", "11", "14.2")]
    assert [row.signal and round(row.signal, 1) for row in table] == [
        Decimal(one) for one in ("-1", "-2", "0", "-1", "0.5", "2.5")
    ]
    assert not any(row.outside for row in table)
    assert [row.outside for row in tracking_signal([90, 95, 115], [100] * 3, limit="1.5")] == [False, True, False]


@given(PAIRS)
def test_measures_by_their_definitions(pairs: list[tuple[int, int]]) -> None:
    """Each measure is what its formula says, in plain fractions."""
    actual, forecast = [one for one, _ in pairs], [other for _, other in pairs]
    found = forecast_errors(actual, forecast)
    count = len(pairs)
    mad = Fraction(sum(abs(one - other) for one, other in pairs), count)
    assert found.count == count
    assert found.bias == decimal(Fraction(sum(actual) - sum(forecast), count))
    assert found.mad == decimal(mad)
    assert abs(found.rmse**2 - Decimal(sum((one - other) ** 2 for one, other in pairs)) / count) < Decimal("0.001")
    assert (found.mape is None) == (0 in actual)
    assert found.wape == (decimal(mad * count / sum(actual)) if sum(actual) else None)
    assert found.tracking_signal == (tracking_signal(actual, forecast)[-1].signal)
    naive = [abs(later - before) for before, later in pairwise(actual)]
    assert found.mase == (decimal(mad * len(naive) / sum(naive)) if sum(naive) else None)


@given(st.fractions(0, 10**12))
def test_roots_are_right_to_six_decimals(value: Fraction) -> None:
    """The square of a step less is below, of a step more above."""
    found, step = Fraction(root(value)), Fraction(1, 10**6)
    assert max(found - step, Fraction(0)) ** 2 <= value <= (found + step) ** 2


def test_the_naive_forecast_has_a_mase_of_one() -> None:
    """Repeating what came, measured on what came."""
    came = [10, 14, 9, 20, 17]
    assert forecast_errors(came, [None, *came[:-1]]).mase == 1
    assert forecast_errors([5], [6], trained_on=[1, 3, 2, 6], season=2).mase == Decimal("0.500000")


def test_a_signal_that_stays_on_one_side() -> None:
    """The run is counted from the last bucket back."""
    assert last_run(tracking_signal([9, 9, 12, 12, 12], [10] * 5)) == 2
    assert last_run(tracking_signal([11, 11, 11], [10] * 3)) == 3
    assert last_run(tracking_signal([10, 10], [10, 10])) == last_run(tracking_signal([], [])) == 0


def test_errors_that_cannot_be_measured_are_refused() -> None:
    """Different lengths, nothing in common, floats, no limit."""
    for actual, forecast in (([1, 2], [1]), ([None, 2], [1, None]), ([], [])):
        with pytest.raises(InvalidValueError):
            forecast_errors(actual, forecast)
    with pytest.raises(InvalidTypeError):
        forecast_errors([1.5], [1])  # type: ignore[list-item]  # the point of the test
    with pytest.raises(InvalidValueError):
        tracking_signal([1], [1], limit=0)
    with pytest.raises(InvalidValueError):
        tracking_signal([1, 2], [1])


@pytest.mark.parametrize(
    ("numbers", "pattern"),
    [
        ([10, 11, 9, 10], DemandPattern.SMOOTH),
        ([0, 0, 6, 0, 0, 6, 0, 8], DemandPattern.INTERMITTENT),
        ([1, 30, 2, 1, 2], DemandPattern.ERRATIC),
        ([0, 0, 30, 0, 1, 0, 2], DemandPattern.LUMPY),
        ([0, 0], DemandPattern.NONE),
        ([7], DemandPattern.SMOOTH),
        ([None, 7, None], DemandPattern.SMOOTH),
    ],
)
def test_demand_is_classified(numbers: list[int | None], pattern: DemandPattern) -> None:
    """By interval and variation; the reason names both."""
    profile = classify_demand(DemandHistory(numbers, start=date(2025, 1, 1)))
    assert profile.pattern is pattern
    assert str(profile.why()).startswith(f"{pattern.value} demand")


def test_the_limits_of_the_classes_belong_to_the_lower_class() -> None:
    """An interval of 1.32 exactly is often; CV^2 of 0.49 exactly is alike (Syntetos, Boylan and Croston 2005)."""
    often = DemandHistory([5] * 25 + [0] * 8, start=date(2025, 1, 1))
    assert classify_demand(often).interval == Decimal("1.32")
    assert classify_demand(often).pattern is DemandPattern.SMOOTH
    assert (
        classify_demand(DemandHistory([5] * 25 + [0] * 9, start=date(2025, 1, 1))).pattern is DemandPattern.INTERMITTENT
    )
    alike = DemandHistory([3, 17, 10], start=date(2025, 1, 1))  # mean 10, sample variance 49
    assert classify_demand(alike).variation == Decimal("0.49")
    assert classify_demand(alike).pattern is DemandPattern.SMOOTH
