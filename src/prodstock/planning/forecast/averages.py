"""Methods that repeat or average what came: naive, seasonal naive, moving and weighted moving average."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

import attrs

from prodstock.errors import InvalidValueError, listed
from prodstock.master import checks
from prodstock.planning.forecast.estimating import Estimator, Run, brief_figure
from prodstock.quantities.number import Number, exact

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


@attrs.frozen(repr=False)
class Naive(Estimator):
    """What came last comes again: the measure of every other method.

    With a season, what came in the same bucket of the season before. Where that is not known, the one before it. The
    variance of its error grows by that of one step with every season (Hyndman and Athanasopoulos, Forecasting:
    Principles and Practice, section 5.5).

    Args:
        season: buckets in a season; 1: none.

    >>> from datetime import date
    >>> from prodstock.planning.forecast.history import DemandHistory
    >>> sold = DemandHistory([40, 52, 47, 44], start=date(2025, 1, 1))
    >>> [int(row.quantity) for row in Naive(2).forecast(sold, 3).periods]
    [47, 44, 47]
    """

    season: int = 1

    def __attrs_post_init__(self) -> None:
        checks.whole(self.season, "season", least=1)

    @property
    def name(self) -> str:
        """What people call the method."""
        return "naive" if self.season == 1 else f"seasonal naive of {self.season}"

    def run(self, values: Sequence[float | None], numbers: Sequence[float], periods: int) -> Run:
        """Return what it says of a history."""
        del numbers
        if periods:
            self._covered(values)
        latest: list[float | None] = [None] * self.season
        fitted: list[float | None] = []
        for index, value in enumerate(values):
            place = index % self.season
            fitted.append(latest[place])
            if value is not None:
                latest[place] = value
        ahead = [latest[(len(values) + step) % self.season] or 0.0 for step in range(periods)]
        growth = [step // self.season + 1.0 for step in range(periods)]
        parts = [f"what came {self.season * (step // self.season + 1)} before" for step in range(periods)]
        return Run(fitted, ahead, growth, parts, "starts with what came first")

    def _covered(self, values: Sequence[float | None]) -> None:
        for place in range(self.season):
            if all(value is None for value in values[place :: self.season]):
                reason = f"knows nothing of bucket {place + 1} of the season of {self.season}"
                raise InvalidValueError(field="history", value=len(values), reason=reason, advice="Give a longer one")


@attrs.frozen(repr=False)
class MovingAverage(Estimator):
    """The mean of what came in the last so many buckets that are known.

    Its errors are taken to be as large at any distance, as they are where demand keeps its level.

    Args:
        window: how many buckets.

    >>> from datetime import date
    >>> from prodstock.planning.forecast.history import DemandHistory
    >>> sheds = [10, 12, 13, 16, 19, 23, 26, 30, 28, 18, 16, 14]  # Heizer and Render, Donna's Garden Supply
    >>> MovingAverage(3).forecast(DemandHistory(sheds, start=date(2025, 1, 1)), 1).periods[0].mean
    Decimal('16.000')
    """

    window: int

    def __attrs_post_init__(self) -> None:
        checks.whole(self.window, "window", least=1)

    @property
    def name(self) -> str:
        """What people call the method."""
        return f"moving average of {self.window}"

    @property
    def least(self) -> int:
        """How many buckets must be known."""
        return self.window

    def run(self, values: Sequence[float | None], numbers: Sequence[float], periods: int) -> Run:
        """Return what it says of a history."""
        del numbers
        return _weighted(values, [1.0] * self.window, periods)


def _weights(values: Iterable[Number]) -> tuple[Decimal, ...]:
    found = tuple([exact(value, field="weights") for value in listed(values, "weights")])
    if not found or min(found) < 0 or not max(found):
        raise InvalidValueError(
            field="weights", value=found[:3], reason="are not zero and more, one of them above zero"
        )
    return found


@attrs.frozen(repr=False)
class WeightedMovingAverage(Estimator):
    """The weighted mean of what came in the last buckets that are known.

    Args:
        weights: of the latest bucket first; they are divided by their sum.

    >>> from datetime import date
    >>> from prodstock.planning.forecast.history import DemandHistory
    >>> sheds = [10, 12, 13, 16, 19, 23, 26, 30, 28, 18, 16, 14]  # Heizer and Render, Donna's Garden Supply
    >>> WeightedMovingAverage([3, 2, 1]).forecast(DemandHistory(sheds, start=date(2025, 1, 1)), 1).periods[0].mean
    Decimal('15.333')
    """

    weights: tuple[Decimal, ...] = attrs.field(converter=_weights)

    @property
    def name(self) -> str:
        """What people call the method."""
        return f"weighted moving average of {len(self.weights)}"

    @property
    def least(self) -> int:
        """How many buckets must be known."""
        return len(self.weights)

    def run(self, values: Sequence[float | None], numbers: Sequence[float], periods: int) -> Run:
        """Return what it says of a history."""
        del numbers
        return _weighted(values, [float(Fraction(weight)) for weight in reversed(self.weights)], periods)


def _weighted(values: Sequence[float | None], weights: Sequence[float], periods: int) -> Run:
    """Return a run of weighted means, the weight of the latest bucket last."""
    whole = sum(weights)
    latest: list[float] = []
    fitted: list[float | None] = []
    mean: float | None = None
    for value in values:
        fitted.append(mean)
        if value is not None:
            latest = [*latest, value][-len(weights) :]
        if len(latest) == len(weights):
            mean = sum([weight * one for weight, one in zip(weights, latest, strict=True)]) / whole
    part = f"mean of {', '.join(map(brief_figure, latest[-12:]))}"
    begun = f"starts once {len(weights)} buckets are known"
    return Run(fitted, [mean or 0.0] * periods, [1.0] * periods, [part] * periods, begun)
