"""Choosing a method by trying them on the end of the history."""

from __future__ import annotations

from datetime import date

import attrs
import pytest

from prodstock.errors import InvalidTypeError, InvalidValueError
from prodstock.planning.forecast.answer import Forecast
from prodstock.planning.forecast.averages import MovingAverage, Naive
from prodstock.planning.forecast.choice import BestMethod, choose_method, usual_methods
from prodstock.planning.forecast.history import DemandHistory
from prodstock.planning.forecast.profile import DemandPattern
from prodstock.planning.forecast.seasonal import HoltWinters
from prodstock.planning.forecast.smoothing import Holt

JANUARY = date(2022, 1, 1)
SEASONAL = [100 + index + (40, 0, -20, -20)[index % 4] for index in range(24)]


@attrs.frozen
class Always:
    """A method of somebody else: the same in every period."""

    figure: float

    def forecast(self, history: DemandHistory, periods: int) -> Forecast:
        """Return it."""
        return Forecast.of(history, [self.figure] * periods, method=f"always {self.figure}")


def test_a_season_is_found() -> None:
    """Where demand has a trend and a season, the method for both is chosen, and takes away all naive error."""
    choice = choose_method(DemandHistory(SEASONAL, start=JANUARY), season=4)
    assert choice.method == HoltWinters(4)
    assert choice.forecastability == 1
    assert choice.buckets == 6
    assert "additive Holt-Winters of 4 is chosen" in str(choice.why())


def test_nothing_is_better_than_the_mean_of_noise() -> None:
    """Where demand has neither, a plain mean wins over what follows the last value."""
    noise = [50, 53, 47, 52, 48, 51, 49, 53, 47, 50, 52, 48, 50, 53, 47, 51]
    choice = choose_method(DemandHistory(noise, start=JANUARY))
    assert choice.name not in {"naive", "Holt"}
    assert choice.forecastability is not None
    assert 0 < choice.forecastability < 1


def test_methods_of_others_are_tried_alike() -> None:
    """Any object with `forecast` takes part; equal errors: the one listed first."""
    history = DemandHistory([7, 7, 7, 7, 7], start=JANUARY)
    choice = choose_method(history, methods=[Always(6.5), Always(7.0), Naive()])
    assert choice.method == Always(7.0)
    assert [row.method for row in choice.trials] == ["always 7.0", "naive", "always 6.5"]
    assert choice.forecastability is None
    assert choice.method.forecast(history, 2).demands("X")[1].quantity == 7


def test_a_method_that_refuses_comes_last_with_its_reason() -> None:
    """It is no reason to choose nothing."""
    choice = choose_method(DemandHistory([5, 6, 5, 6, 5], start=JANUARY), methods=[HoltWinters(12), MovingAverage(1)])
    assert choice.name == "moving average of 1"
    assert "needs 14" in choice.trials[-1].failure
    with pytest.raises(InvalidValueError, match="cannot be tried"):
        choose_method(DemandHistory([5, 6], start=JANUARY), methods=[HoltWinters(12)])
    with pytest.raises(InvalidValueError, match="too short to try"):
        choose_method(DemandHistory([5], start=JANUARY))


def test_seldom_demand_is_tried_with_methods_for_it() -> None:
    """No trend is tried on it; demand that comes often gets trends, and seasons where there are some."""
    seldom = {type(one).__name__ for one in usual_methods(DemandPattern.INTERMITTENT, season=12)}
    often = {type(one).__name__ for one in usual_methods(DemandPattern.SMOOTH, season=12)}
    assert {"Croston", "TSB"} <= seldom
    assert "Holt" not in seldom
    assert {"Holt", "HoltWinters"} <= often
    assert HoltWinters(12) not in usual_methods(DemandPattern.SMOOTH)


def test_the_choosing_method_forecasts_by_its_choice() -> None:
    """Its answer is that of the chosen method, with the choice in front of the reasons."""
    history = DemandHistory([10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30, 32], start=JANUARY)
    found, plain = BestMethod().forecast(history, 3), Holt().forecast(history, 3)
    assert found.periods == plain.periods
    assert "Holt is chosen" in str(found.why())
    assert choose_method(history, methods=[BestMethod(), Naive()]).name == "Holt"


def test_what_is_no_method_is_refused() -> None:
    """A class in place of a method, or anything else."""
    with pytest.raises(InvalidTypeError):
        choose_method([1, 2, 3])  # type: ignore[arg-type]  # the point of the test
    for wrong in (Naive, 7, None):
        with pytest.raises(InvalidTypeError):
            choose_method(DemandHistory([1, 2, 3], start=JANUARY), methods=[wrong])  # type: ignore[list-item]  # the point
