"""What a forecast answers: rounding, quantiles, demands, frames, reasons."""

from __future__ import annotations

import copy
import pickle  # noqa: TID251 - to see that values survive it; documents are the format
import statistics
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from math import exp

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from prodstock.calendars.horizon import TimeBucket
from prodstock.errors import InvalidTypeError, InvalidValueError
from prodstock.master.catalog import Catalog
from prodstock.master.item import Item
from prodstock.master.sourcing import Sourcing
from prodstock.orders.demand import Demand, DemandKind
from prodstock.planning.forecast.answer import DueDay, Forecast
from prodstock.planning.forecast.averages import MovingAverage, Naive
from prodstock.planning.forecast.estimating import ForecastSpread, poisson_quantile
from prodstock.planning.forecast.history import DemandHistory
from prodstock.planning.forecast.intermittent import Croston
from prodstock.planning.forecast.seasonal import HoltWinters, Seasonality
from prodstock.planning.forecast.smoothing import ExponentialSmoothing
from prodstock.planning.planner import plan
from prodstock.planning.snapshot import Snapshot

JANUARY = date(2025, 1, 1)
SOLD = DemandHistory([40, 52, 47, 61, 44, 50, 58, 39], start=JANUARY)


def test_running_totals_are_right_where_a_bucket_is_less_than_a_piece() -> None:
    """0.4 pieces a week are 2 in five weeks, not nothing."""
    forecast = Forecast.of(SOLD, ["0.4"] * 5, method="mine")
    assert [int(row.quantity) for row in forecast.periods] == [0, 1, 0, 1, 0]
    assert [str(row.mean) for row in forecast.periods] == ["0.400"] * 5


@given(st.lists(st.decimals(0, 1000, places=4), min_size=1, max_size=30), st.integers(0, 3))
def test_quantities_sum_to_the_rounded_total(means: list[Decimal], scale: int) -> None:
    """No quantity is below zero, and each running total is within half a step of that of the means."""
    history = attrs.evolve(SOLD, scale=scale)
    total = planned = Decimal(0)
    for row, mean in zip(Forecast.of(history, means, method="mine").periods, means, strict=True):
        total, planned = total + mean, planned + row.quantity
        assert row.quantity >= 0
        assert abs(total - planned) <= Decimal(5).scaleb(-scale - 1)
        assert -scale == row.quantity.as_tuple().exponent


def test_the_noise_of_floats_does_not_round_up() -> None:
    """Three times 0.1 is 0.3, and a quantile of a hair above twelve pieces is twelve."""
    forecast = Forecast.of(SOLD, [0.1 + 0.2], method="mine", quantiles=[("0.9", [12.000000000000002])])
    assert forecast.periods[0].mean == Decimal("0.3")
    assert list(forecast.periods[0].quantiles) == [12]


@given(st.lists(st.integers(0, 200), min_size=6, max_size=40), st.integers(1, 99))
def test_empirical_quantiles_are_those_of_the_errors(numbers: list[int], percent: int) -> None:
    """The quantile of the first period is the mean and the inclusive percentile of the errors, never below zero."""
    level = f"0.{percent:02}"
    history = DemandHistory(numbers, start=JANUARY, scale=6)
    row = MovingAverage(2, quantiles=[level]).forecast(history, 1).periods[0]
    errors = [numbers[index] - (numbers[index - 1] + numbers[index - 2]) / 2 for index in range(2, len(numbers))]
    expected = max(0.0, float(row.mean) + statistics.quantiles(errors, n=100, method="inclusive")[percent - 1])
    assert abs(float(row.quantiles[0]) - expected) < 1e-5


def test_normal_quantiles_widen_with_the_distance() -> None:
    """Naive: root mean squared error times 1.645, times the root of the distance."""
    errors = [-5, 3, 4, -6, 2]
    numbers = [100]
    for error in errors:
        numbers.append(numbers[-1] + error)
    method = Naive(spread=ForecastSpread.NORMAL, quantiles=["0.95"])
    found = method.forecast(DemandHistory(numbers, start=JANUARY, scale=3), 4).quantile("0.95")
    sigma = statistics.fmean([error**2 for error in errors]) ** 0.5
    for distance, one in enumerate(found, 1):
        assert abs(float(one) - (98 + 1.6448536 * sigma * distance**0.5)) < 0.002


@given(st.floats(0.01, 60), st.integers(1, 999))
def test_poisson_quantiles_by_adding_up(mean: float, thousandth: int) -> None:
    """The smallest count whose cumulated probability reaches the level."""
    term = total = exp(-mean)
    count = 0
    while total < thousandth / 1000:
        count += 1
        term *= mean / count
        total += term
    assert abs(poisson_quantile(thousandth / 1000, mean) - count) <= (abs(total - thousandth / 1000) < 1e-9)


def test_large_poisson_means_are_nearly_normal() -> None:
    """Ten thousand and more pieces are not added up one by one."""
    assert abs(poisson_quantile(0.9, 10_001.0) - poisson_quantile(0.9, 10_000.0)) < 2
    assert poisson_quantile(0.9, 0.0) == 0.0


def test_quantiles_ascend_and_are_asked_by_level() -> None:
    """Levels are sorted, each once; a level that was not asked for is refused with those that were."""
    forecast = ExponentialSmoothing(quantiles=["0.95", "0.1", "0.5", "0.50"]).forecast(SOLD, 3)
    assert forecast.levels == (Decimal("0.1"), Decimal("0.5"), Decimal("0.95"))
    for row in forecast.periods:
        assert list(row.quantiles) == sorted(row.quantiles)
    assert forecast.quantile("0.95") == tuple(row.quantiles[2] for row in forecast.periods)
    with pytest.raises(InvalidValueError, match=r"It has 0\.1, 0\.5"):
        forecast.quantile("0.9")


def test_errors_of_a_multiplied_season_grow_with_it() -> None:
    """The same share more, in a low bucket and in a high one."""
    numbers = [50, 150, 55, 160, 48, 149, 52, 158, 47, 155]
    history = DemandHistory(numbers, start=JANUARY, scale=3)
    method = HoltWinters(2, Seasonality.MULTIPLICATIVE, alpha="0.1", beta=0, gamma=0, quantiles=["0.9"])
    low, high = method.forecast(history, 2).periods
    assert abs(low.quantiles[0] / low.mean - high.quantiles[0] / high.mean) < Decimal("0.002")


def test_a_forecast_becomes_demands() -> None:
    """One for each period in which something is forecast, by its start or its end, of the mean or a quantile."""
    weekly = DemandHistory([0, 3, 0, 0, 2, 0, 4], start=date(2026, 1, 5), bucket=TimeBucket.WEEK)
    forecast = Croston("0.2", spread=ForecastSpread.POISSON, quantiles=["0.9"]).forecast(weekly, 3)
    demands = forecast.demands("FILTER", site="EAST", priority=3, customer="C-1", minimum_life=timedelta(days=9))
    starts = [row.start for row in forecast.periods if row.quantity]
    assert [(one.ref, one.due) for one in demands] == [(f"F-FILTER-{start}", start) for start in starts]
    assert len(starts) > 1
    assert {(one.kind, one.site, one.priority, one.customer) for one in demands} == {
        (DemandKind.FORECAST, "EAST", 3, "C-1")
    }
    safe = forecast.demands("FILTER", quantile="0.9", due=DueDay.LAST, ref="Q", kind=DemandKind.ORDER)
    assert safe[0] == Demand("FILTER", safe[0].quantity, due=date(2026, 3, 1), ref="Q-2026-02-23")
    assert [one.quantity for one in demands] == [row.quantity for row in forecast.periods if row.quantity]
    with pytest.raises(InvalidTypeError):
        forecast.demands("FILTER", due="first")  # type: ignore[arg-type]  # the point of the test


def test_a_forecast_is_planned_for() -> None:
    """Demands of a forecast go into a plan as they are."""
    catalog = Catalog([Item("MIC"), Sourcing("MIC", supplier="KNW", lead_time=timedelta(days=7))])
    demands = MovingAverage(4).forecast(SOLD, 2).demands("MIC")
    made = plan(
        Snapshot(catalog=catalog, at=datetime(2025, 8, 1, tzinfo=UTC), promises=demands), until=date(2025, 12, 1)
    )
    made.verify()
    assert sum(order.quantity for order in made.buy) == sum(
        row.quantity for row in MovingAverage(4).forecast(SOLD, 2).periods
    )


def test_a_forecast_as_columns() -> None:
    """Each quantile is a column; a frame of any class is made from them."""

    class Frame(dict[str, list[object]]):
        """Stands in for a data frame."""

    forecast = Naive(quantiles=["0.9", "0.995"]).forecast(SOLD, 2)
    columns = forecast.to_dict()
    assert list(columns) == ["start", "until", "quantity", "mean", "p90", "p99.5"]
    assert columns["p90"] == list(forecast.quantile("0.9"))
    assert forecast.to_frame(Frame) == columns
    assert len(repr(forecast)) < 120
    assert str(forecast).splitlines()[1].split() == ["start", "until", "quantity", "mean", "quantiles"]
    assert "<table>" in forecast._repr_html_()


def test_a_forecast_says_why() -> None:
    """Method, parameters, start and spread; of a period also what its mean is made from."""
    forecast = ExponentialSmoothing("0.2", quantiles=["0.9"]).forecast(SOLD, 2)
    text = str(forecast.why(date(2025, 9, 1)))
    assert text.splitlines()[0] == f"{forecast.periods[0].quantity} pcs from 2025-09-01"
    for part in ("level ", "with probability 0.9", "alpha 0.2, as set", "starts with what came first", "from 7 errors"):
        assert part in text
    assert "searched for" in str(ExponentialSmoothing().forecast(SOLD, 1).why())
    with pytest.raises(InvalidValueError, match="start 2025-09-01 to 2025-10-01"):
        forecast.why(date(2025, 9, 2))


def test_a_forecast_is_copied_and_kept() -> None:
    """Copies and pickles are equal to it, and so are those of its history and of the method."""
    method = HoltWinters(2, alpha="0.2")
    for value in (method.forecast(SOLD, 2), SOLD, method):
        for twin in (copy.copy(value), copy.deepcopy(value), pickle.loads(pickle.dumps(value))):  # noqa: S301 - our own
            assert twin == value
            assert hash(twin) == hash(value)


@pytest.mark.parametrize(
    "given",
    [
        {"means": 5},
        {"means": "12"},
        {"means": [True]},
        {"means": [None]},
        {"means": [1], "quantiles": 5},
        {"means": [1], "quantiles": ["0.9"]},
        {"means": [1], "quantiles": [("0.9", 5)]},
        {"means": [1], "quantiles": [(0.9, [5])]},
        {"means": [1], "fitted": 5},
        {"means": [1], "parameters": [("alpha", 0.1)]},
    ],
)
def test_an_answer_of_other_things_is_refused(given: dict[str, object]) -> None:
    """Lists are lists, and what is no estimate is exact."""
    with pytest.raises(InvalidTypeError):
        Forecast.of(SOLD, **({"method": "mine"} | given))  # type: ignore[arg-type]  # the point of the test


def test_nothing_wanted_is_nothing_forecast() -> None:
    """A history of zeros has a forecast of zero, no demands, and says so."""
    forecast = Croston().forecast(DemandHistory([0, 0, 0], start=JANUARY), 2)
    assert forecast.demands("MIC") == ()
    assert "nothing was wanted yet" in str(forecast.why(date(2025, 4, 1)))
    assert forecast.errors is None


def test_one_bucket_has_no_spread() -> None:
    """Where there is no error to learn from, quantiles are the mean, and the reason says so."""
    forecast = Naive().forecast(DemandHistory([5], start=JANUARY), 1)
    assert list(forecast.periods[0].quantiles) == [5, 5, 5]
    assert "no errors to tell a spread from" in str(forecast.why())


@pytest.mark.parametrize(
    "given",
    [
        {"means": []},
        {"means": [float("inf")]},
        {"means": [1], "quantiles": [("0.9", [1, 2])]},
        {"means": [1], "fitted": [1.0]},
        {"means": ["1e40"]},
        {"means": [1], "method": ""},
    ],
)
def test_an_answer_that_cannot_be_is_refused(given: dict[str, object]) -> None:
    """No periods, no numbers, lists that do not fit, nothing that 64 bits hold."""
    with pytest.raises(InvalidValueError):
        Forecast.of(SOLD, **({"method": "mine"} | given))  # type: ignore[arg-type]  # the point of the test
