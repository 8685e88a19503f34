"""What holds for every forecast method: steady demand stays, units do not matter, answers repeat."""

from __future__ import annotations

import subprocess
import sys
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from prodstock.planning.forecast.averages import MovingAverage, Naive, WeightedMovingAverage
from prodstock.planning.forecast.choice import BestMethod
from prodstock.planning.forecast.estimating import Estimator, ForecastSpread
from prodstock.planning.forecast.history import DemandHistory
from prodstock.planning.forecast.intermittent import TSB, Croston, CrostonKind
from prodstock.planning.forecast.seasonal import HoltWinters, Seasonality
from prodstock.planning.forecast.smoothing import ExponentialSmoothing, Holt

STEADY: list[Estimator] = [
    Naive(),
    Naive(3),
    MovingAverage(4),
    WeightedMovingAverage([3, 2, 1]),
    ExponentialSmoothing(),
    Holt(),
    Holt(damping=None),
    HoltWinters(3),
    HoltWinters(3, Seasonality.MULTIPLICATIVE),
    Croston(),
    TSB(),
]
METHODS: list[Estimator] = [
    *[one for one in STEADY if one != HoltWinters(3, Seasonality.MULTIPLICATIVE)],
    Croston(kind=CrostonKind.SBA),
    ExponentialSmoothing(spread=ForecastSpread.NORMAL),
    Croston(spread=ForecastSpread.POISSON),
]
HISTORIES = st.lists(st.integers(0, 60), min_size=8, max_size=20)


@given(st.sampled_from(STEADY), st.integers(1, 500), st.integers(8, 20))
def test_steady_demand_stays(method: Estimator, figure: int, count: int) -> None:
    """Where the same came in every bucket, the same is forecast, at every level."""
    forecast = method.forecast(DemandHistory([figure] * count, start=date(2024, 1, 1)), 4)
    assert {row.quantity for row in forecast.periods} == {figure}
    assert {one for row in forecast.periods for one in row.quantiles} == {figure}


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(METHODS), HISTORIES)
def test_every_answer_is_whole(method: Estimator, numbers: list[int]) -> None:
    """Nothing below zero, quantiles ascend, periods follow the history without a gap, and it is the same again."""
    history = DemandHistory(numbers, start=date(2024, 1, 1))
    forecast = method.forecast(history, 5)
    assert forecast.periods[0].start == history.until
    assert [row.until for row in forecast.periods[:-1]] == [row.start for row in forecast.periods[1:]]
    for row in forecast.periods:
        assert min(row.quantity, row.mean, *row.quantiles) >= 0
        assert list(row.quantiles) == sorted(row.quantiles)
    assert method.forecast(history, 5) == forecast
    assert max(map(len, map(repr, (method, history, forecast, forecast.errors, *forecast.periods)))) < 120
    assert hash(method.forecast(history, 5)) == hash(forecast)
    assert method.forecast(history, 3).periods == forecast.periods[:3]


@settings(max_examples=30, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.sampled_from(
        [ExponentialSmoothing("0.3"), Holt("0.3", "0.1"), HoltWinters(3, alpha="0.3", beta="0.1", gamma="0.1")]
    ),
    HISTORIES,
)
def test_the_unit_does_not_matter(method: Estimator, numbers: list[int]) -> None:
    """What is counted in grams is forecast a thousand times what is counted in kilograms."""
    large = method.forecast(DemandHistory(numbers, start=date(2024, 1, 1), unit="kg", scale=3), 3)
    small = method.forecast(DemandHistory([1000 * one for one in numbers], start=date(2024, 1, 1), unit="g"), 3)
    for one, other in zip(large.periods, small.periods, strict=True):
        assert abs(one.mean * 1000 - other.mean) < 1


@pytest.mark.parametrize("seed", ["0", "4711"])
def test_the_search_is_the_same_under_any_hash_seed(seed: str) -> None:
    """Parameters and means are those of this process, whatever the seed of the other."""
    program = (
        "from datetime import date\n"
        "from prodstock.planning.forecast.choice import BestMethod\n"
        "from prodstock.planning.forecast.history import DemandHistory\n"
        "h = DemandHistory([9, 14, 3, 22, 8, 17, 4, 25, 11, 13, 6, 29], start=date(2024, 1, 1))\n"
        "f = BestMethod(4).forecast(h, 4)\n"
        "print(f.method, f.parameters, [row.mean for row in f.periods])"
    )
    history = DemandHistory([9, 14, 3, 22, 8, 17, 4, 25, 11, 13, 6, 29], start=date(2024, 1, 1))
    here = BestMethod(4).forecast(history, 4)
    shown = subprocess.run(
        [sys.executable, "-c", program],
        check=True,
        capture_output=True,
        text=True,
        env={"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(sys.path)},
    ).stdout
    assert shown.strip() == f"{here.method} {here.parameters} {[row.mean for row in here.periods]}"
