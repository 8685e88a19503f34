"""Forecast methods on the examples of textbooks, and against the same formulas written another way."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from prodstock.errors import InvalidTypeError, InvalidValueError
from prodstock.planning.forecast.averages import MovingAverage, Naive, WeightedMovingAverage
from prodstock.planning.forecast.history import DemandHistory
from prodstock.planning.forecast.intermittent import TSB, Croston, CrostonKind
from prodstock.planning.forecast.seasonal import HoltWinters, Seasonality
from prodstock.planning.forecast.smoothing import ExponentialSmoothing, Holt

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from prodstock.planning.forecast.answer import Forecast
    from prodstock.planning.forecast.estimating import Estimator

SHEDS = [10, 12, 13, 16, 19, 23, 26, 30, 28, 18, 16, 14]
SALT = [8000, 13000, 23000, 34000, 10000, 18000, 23000, 38000, 12000, 13000, 32000, 41000]
PARTS = [0, 2, 0, 1, 0, 11, 0, 0, 0, 0, 2, 0, 6, 3, 0, 0, 0, 0, 0, 7, 0, 0, 0, 0, 0, 0, 0, 3, 1, 0, 0, 1, 0, 1, 0, 0]
SHARES = st.integers(1, 1000).map(lambda thousandths: Fraction(thousandths, 1000))
NUMBERS = st.lists(st.integers(0, 500), min_size=8, max_size=24)


def history(quantities: Sequence[int | str | None], scale: int = 0) -> DemandHistory:
    """Return a history of months."""
    return DemandHistory(quantities, start=date(2020, 1, 1), scale=scale)


def means(method: Estimator, quantities: Sequence[int | str | None], periods: int = 1, scale: int = 3) -> list[Decimal]:
    """Return the means of a forecast."""
    return [row.mean for row in method.forecast(history(quantities, scale), periods).periods]


def fitted(forecast: Forecast) -> list[Decimal | None]:
    """Return what would have been said one bucket ahead, in one decimal."""
    return [None if row.forecast is None else round(row.forecast, 1) for row in forecast.fit]


def near(expected: Sequence[Fraction | float], found: Sequence[Decimal]) -> bool:
    """Tell whether figures agree to what six decimals show."""
    return all(
        abs(float(one) - float(other)) < 1e-5 + 1e-9 * abs(float(one))
        for one, other in zip(expected, found, strict=True)
    )


def text(share: Fraction) -> str:
    """Return a share as it is typed."""
    return str(Decimal(share.numerator) / Decimal(share.denominator))


# Textbooks


def test_the_moving_averages_of_heizer_and_render() -> None:
    """Operations Management, chapter 4, Donna's Garden Supply: three months, plain and weighted 3, 2, 1."""
    plain = fitted(MovingAverage(3).forecast(history(SHEDS), 1))
    assert plain[3:] == [
        Decimal(one) for one in ("11.7", "13.7", "16.0", "19.3", "22.7", "26.3", "28.0", "25.3", "20.7")
    ]
    assert plain[:3] == [None, None, None]
    weighted = fitted(WeightedMovingAverage([3, 2, 1]).forecast(history(SHEDS), 1))
    assert weighted[3:6] == [Decimal("12.2"), Decimal("14.3"), Decimal("17.0")]


def test_the_smoothing_of_heizer_and_render() -> None:
    """Chapter 4, the port of Baltimore: MAD 10.31 with alpha 0.1, 12.33 with 0.5; the next quarter 178.59."""
    tons = [180, 168, 159, 175, 190, 205, 180, 182]
    slow = ExponentialSmoothing("0.1", level=175).forecast(history(tons), 1)
    fast = ExponentialSmoothing("0.5", level=175).forecast(history(tons), 1)
    expected = ["175.0", "175.5", "174.8", "173.2", "173.4", "175.0", "178.0", "178.2"]
    assert fitted(slow) == [Decimal(one) for one in expected]
    assert round(slow.periods[0].mean, 1) == Decimal("178.6")
    assert slow.errors is not None
    assert fast.errors is not None
    assert abs(slow.errors.mad - Decimal("10.31")) < Decimal("0.01")
    assert abs(fast.errors.mad - Decimal("12.33")) < Decimal("0.01")


def test_the_trend_of_heizer_and_render() -> None:
    """Chapter 4, exponential smoothing with trend adjustment: alpha 0.2, beta 0.4, level 11, trend 2; 35.16 at last."""
    forecast = Holt("0.2", "0.4", level=11, trend=2).forecast(history([12, 17, 20, 19, 24, 21, 31, 28, 36]), 1)
    said = [row.forecast for row in forecast.fit]
    said.append(forecast.periods[0].mean)
    expected = ["13.00", "14.72", "17.28", "20.14", "22.14", "24.89", "26.18", "29.59", "31.60", "35.16"]
    for one, other in zip(expected, said, strict=True):
        assert other is not None
        assert abs(Decimal(one) - other) < Decimal("0.01")


def test_the_air_passengers_of_hyndman_and_athanasopoulos() -> None:
    """Forecasting: Principles and Practice, section 7.2: 74.60, 76.70, 78.80, 80.91, 83.01 millions."""
    passengers = (
        "17.55 21.86 23.89 26.93 26.89 28.83 30.08 30.95 30.19 31.58 32.58 33.48 39.02 41.39 41.60 44.66 46.95 48.73 "
        "51.49 50.03 60.64 63.36 66.36 68.20 68.12 69.78 72.60"
    )
    method = Holt("0.8321", "0.0001", level="15.57", trend="2.102")
    found = means(method, passengers.split(), 5, scale=2)
    for one, other in zip(("74.60", "76.70", "78.80", "80.91", "83.01"), found, strict=True):
        assert abs(Decimal(one) - other) < Decimal("0.02")


def test_the_trend_of_chopra_and_meindl() -> None:
    """Supply Chain Management, chapter 7, MP3 players: 12,072 to 14,091 with alpha 0.1, beta 0.2."""
    found = means(Holt("0.1", "0.2", level=7367, trend=673), [8415, 8732, 9014, 9808, 10413, 11961], 4)
    assert [abs(one - other) < 2 for one, other in zip((12072, 12745, 13418, 14091), found, strict=True)] == [True] * 4


def test_the_salt_of_chopra_and_meindl() -> None:
    """Chapter 7, Tahoe Salt with Winters's method: 11,940, 17,579, 30,930 and 44,928."""
    seasons = ["0.47", "0.68", "1.17", "1.67"]
    method = HoltWinters(
        4, Seasonality.MULTIPLICATIVE, alpha="0.05", beta="0.1", gamma="0.1", level=18439, trend=524, seasons=seasons
    )
    forecast = method.forecast(history(SALT), 4)
    found = [row.mean for row in forecast.periods]
    assert all(abs(one - other) < 2 for one, other in zip((11940, 17579, 30930, 44928), found, strict=True))
    assert forecast.fit[0].forecast == Decimal("8912.610")


# The same formulas, written another way


@given(NUMBERS, SHARES, st.integers(0, 500))
def test_smoothing_is_a_weighted_sum(numbers: list[int], alpha: Fraction, level: int) -> None:
    """The level is the sum of what came, weighted by alpha * (1 - alpha) ** age, and the rest of the start."""
    count = len(numbers)
    expected = sum(alpha * (1 - alpha) ** (count - 1 - index) * one for index, one in enumerate(numbers))
    expected += (1 - alpha) ** count * level
    assert near([expected], means(ExponentialSmoothing(text(alpha), level=level), numbers))


@given(NUMBERS, SHARES, SHARES, st.integers(800, 1000), st.integers(-9, 9))
def test_holt_by_the_equations_of_the_book(
    numbers: list[int], alpha: Fraction, beta: Fraction, thousandths: int, slope: int
) -> None:
    """Level and trend equations in exact fractions give the same means, zero where they would be below."""
    phi = Fraction(thousandths, 1000)
    level, trend = Fraction(100), Fraction(slope)
    for one in numbers:
        before = level
        level = alpha * one + (1 - alpha) * (before + phi * trend)
        trend = beta * (level - before) + (1 - beta) * phi * trend
    expected = [max(Fraction(0), level + sum(phi**i for i in range(1, h + 1)) * trend) for h in range(1, 6)]
    method = Holt(text(alpha), text(beta), damping=text(phi), level=100, trend=slope)
    assert near(expected, means(method, numbers, 5))


@settings(max_examples=50)
@given(
    st.lists(st.integers(0, 500), min_size=4, max_size=8), SHARES, SHARES, SHARES, st.sampled_from(list(Seasonality))
)
def test_winters_by_the_equations_of_the_book(
    numbers: list[int], alpha: Fraction, beta: Fraction, gamma: Fraction, kind: Seasonality
) -> None:
    """Level, trend and season equations in exact fractions give the same means."""
    came = [one + 1 for one in numbers]
    multiplies = kind is Seasonality.MULTIPLICATIVE
    seasons = [Fraction(one, 10) for one in ((8, 10, 12) if multiplies else (-50, 0, 50))]
    typed = [text(one) for one in seasons]
    level, trend = Fraction(200), Fraction(1, 10)
    for index, one in enumerate(came):
        old, before = seasons[index], level
        if multiplies:
            level = alpha * (one / old) + (1 - alpha) * (before + trend)
        else:
            level = alpha * (one - old) + (1 - alpha) * (before + trend)
        trend = beta * (level - before) + (1 - beta) * trend
        seasons.append(gamma * (one / level if multiplies else one - level) + (1 - gamma) * old)
        if multiplies and (level + trend <= 0 or level <= 0):
            return
    ahead = [level + h * trend for h in range(1, 4)]
    expected = [one * two if multiplies else one + two for one, two in zip(ahead, seasons[-3:], strict=True)]
    method = HoltWinters(
        3, kind, alpha=text(alpha), beta=text(beta), gamma=text(gamma), level=200, trend="0.1", seasons=typed
    )
    assert near([max(one, Fraction(0)) for one in expected], means(method, came, 3))


@given(st.lists(st.sampled_from([0, 0, 0, 1, 2, 5, 40]), min_size=1, max_size=40), SHARES, SHARES)
def test_croston_by_two_series(numbers: list[int], alpha: Fraction, beta: Fraction) -> None:
    """Sizes and intervals, smoothed apart as series of their own, give Croston's estimate and that of SBA."""
    places = [index for index, one in enumerate(numbers) if one]
    sizes = [Fraction(numbers[place]) for place in places]
    intervals = [Fraction(later - before) for before, later in zip([-1, *places], places, strict=False)]
    expected = Fraction(0)
    if sizes:
        expected = smoothed(sizes, alpha) / smoothed(intervals, beta)
    assert near([expected], means(Croston(text(alpha), text(beta)), numbers))
    sba = Croston(text(alpha), text(beta), kind=CrostonKind.SBA)
    assert near([expected * (1 - beta / 2)], means(sba, numbers))


def smoothed(series: Sequence[Fraction], share: Fraction) -> Fraction:
    """Return the level of a series that starts with its first value."""
    level = series[0]
    for one in series[1:]:
        level = share * one + (1 - share) * level
    return level


@given(st.lists(st.sampled_from([0, 0, 0, 1, 2, 5, 40]), min_size=1, max_size=40), SHARES, SHARES)
def test_tsb_by_its_definition(numbers: list[int], alpha: Fraction, beta: Fraction) -> None:
    """The probability is smoothed in every bucket after the first demand, the size where there is a demand."""
    first = next((index for index, one in enumerate(numbers) if one), None)
    expected = Fraction(0)
    if first is not None:
        chances = [Fraction(1, first + 1), *(Fraction(bool(one)) for one in numbers[first + 1 :])]
        expected = smoothed(chances, beta) * smoothed([Fraction(one) for one in numbers if one], alpha)
    assert near([expected], means(TSB(text(alpha), text(beta)), numbers))


def test_croston_on_the_lubricants_of_hyndman_and_athanasopoulos() -> None:
    """The intervals of their table are 2, 2, 2, 5, 2, 1, 6, 8, 1, 3 and 2: smoothed at 0.1 with the sizes."""
    sizes = [Fraction(one) for one in (2, 1, 11, 2, 6, 3, 7, 3, 1, 1, 1)]
    intervals = [Fraction(one) for one in (2, 2, 2, 5, 2, 1, 6, 8, 1, 3, 2)]
    tenth = Fraction(1, 10)
    assert near([smoothed(sizes, tenth) / smoothed(intervals, tenth)], means(Croston("0.1"), PARTS))


# Start, gaps, limits


def test_naive_methods_repeat() -> None:
    """The last value, or that of the season before; over a gap the one before that."""
    assert means(Naive(), [4, 7, None], 2) == [7, 7]
    assert means(Naive(3), [1, 2, 3, 4, None, 6], 4) == [4, 2, 6, 4]
    with pytest.raises(InvalidValueError, match="knows nothing of bucket 2"):
        Naive(3).forecast(history([1, None, 3]), 1)


def test_an_unknown_bucket_teaches_nothing() -> None:
    """Averages and levels are those without it, trends go on over it, and Croston's interval leaves it out."""
    assert means(MovingAverage(2), [4, None, 6, None]) == [5]
    assert means(ExponentialSmoothing("0.5"), [4, None, 8]) == [6]
    assert means(Holt("0.3", "0.2"), [10, 20, None, 40, 50], 2) == [60, 70]
    assert means(Croston("0.5"), [0, 4, None, 0, 4]) == means(Croston("0.5"), [0, 4, 0, 4]) == [2]
    assert means(TSB("0.5", "0.5"), [4, None, 4]) == means(TSB("0.5", "0.5"), [4, 4])


def test_a_line_is_continued_and_a_season_repeated() -> None:
    """Where demand is a line, or a line with a season, every method for it is exact from the start."""
    line = [100 + 5 * index for index in range(12)]
    assert means(Holt(), line, 3) == [160, 165, 170]
    season = [one + (30, -10, -20)[index % 3] for index, one in enumerate(line)]
    assert means(HoltWinters(3), season, 3) == [190, 155, 150]
    assert means(HoltWinters(3, Seasonality.MULTIPLICATIVE), [60, 120, 180] * 4, 4) == [60, 120, 180, 60]


def test_a_falling_trend_ends_at_zero() -> None:
    """Nothing below zero is forecast, by any method with a trend."""
    falling = [50, 40, 30, 20, 10]
    assert means(Holt("0.5", "0.5"), falling, 3) == [0, 0, 0]
    assert means(HoltWinters(2), falling, 4)[-1] == 0


def test_parameters_that_are_given_are_kept_and_others_searched() -> None:
    """The answer names them all; what is searched for is at most one and in thousandths."""
    forecast = HoltWinters(4, alpha="0.25").forecast(history(SALT), 1)
    found = dict(forecast.parameters)
    assert found["alpha"] == Decimal("0.25")
    assert 0 <= found["beta"] <= 1
    assert found["gamma"] == round(found["gamma"], 3)
    assert dict(Croston().forecast(history(PARTS), 1).parameters).keys() == {"alpha"}


@pytest.mark.parametrize("make", [ExponentialSmoothing, Croston])
def test_the_search_finds_the_least_squared_error(make: Callable[[str | None], Estimator]) -> None:
    """No thousandth that may be searched for is better, for one parameter; tried one by one."""
    numbers = PARTS if make is Croston else SHEDS
    errors = make(None).forecast(history(numbers), 1).errors
    assert errors is not None
    most = 300 if make is Croston else 1000
    for thousandth in range(10, most + 1, 5):
        tried = make(f"{thousandth}e-3").forecast(history(numbers), 1).errors
        assert tried is not None
        assert errors.rmse <= tried.rmse


@pytest.mark.parametrize(
    ("method", "numbers"),
    [
        (MovingAverage(3), [1, 2]),
        (WeightedMovingAverage([1, 1, 1]), [1, None, 2]),
        (Holt(), [1]),
        (HoltWinters(4), [1, 2, 3, 4, 5, 6, 7]),
        (HoltWinters(2, Seasonality.MULTIPLICATIVE), [1, 0, 3, 4]),
        (HoltWinters(3), [1, None, 3, 4, None, 6, 7]),
        (Naive(), [None]),
    ],
)
def test_a_history_that_is_too_short_is_refused(method: Estimator, numbers: list[int | None]) -> None:
    """The method says what it needs."""
    with pytest.raises(InvalidValueError) as refused:
        method.forecast(history(numbers), 1)
    assert refused.value.field == "history"


@pytest.mark.parametrize(
    "make",
    [
        lambda: ExponentialSmoothing("1.1"),
        lambda: ExponentialSmoothing("-0.1"),
        lambda: Holt(damping=0),
        lambda: MovingAverage(0),
        lambda: WeightedMovingAverage([]),
        lambda: WeightedMovingAverage([0, 0]),
        lambda: WeightedMovingAverage([1, -1]),
        lambda: HoltWinters(1),
        lambda: HoltWinters(4, level=1),
        lambda: HoltWinters(2, level=1, trend=0, seasons=[1]),
        lambda: HoltWinters(2, Seasonality.MULTIPLICATIVE, level=1, trend=0, seasons=[0, 2]),
        lambda: Naive(0),
        lambda: Naive(quantiles=["1"]),
        lambda: Naive(quantiles=[0]),
        lambda: Naive().forecast(history([1]), 0),
        lambda: Naive().forecast(history([1]), 10_001),
    ],
)
def test_numbers_that_cannot_be_are_refused(make: Callable[[], object]) -> None:
    """Shares beyond 0 to 1, windows of nothing, half a start, certain quantiles, no periods."""
    with pytest.raises(InvalidValueError):
        make()


@pytest.mark.parametrize(
    "make",
    [
        lambda: ExponentialSmoothing(0.1),  # type: ignore[arg-type]  # the point of the test
        lambda: MovingAverage(2.0),  # type: ignore[arg-type]  # the point of the test
        lambda: WeightedMovingAverage([0.5]),  # type: ignore[list-item]  # the point of the test
        lambda: Croston(kind="sba"),  # type: ignore[arg-type]  # the point of the test
        lambda: Naive().forecast([1, 2], 1),  # type: ignore[arg-type]  # the point of the test
    ],
)
def test_floats_and_other_things_are_refused(make: Callable[[], object]) -> None:
    """At the border numbers are exact, and enumerations members."""
    with pytest.raises(InvalidTypeError):
        make()
