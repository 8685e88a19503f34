"""Exponential smoothing of a level, and of a level with a trend."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import attrs

from prodstock.planning.forecast.estimating import Estimator, Parameter, Run, brief_figure, share, starting

if TYPE_CHECKING:
    from collections.abc import Sequence

    from prodstock.quantities.number import Number

_FIRST = 10
"""Buckets from which the start of a trend is taken."""


def _alpha(value: Number | None) -> Decimal | None:
    return share(value, "alpha")


def _beta(value: Number | None) -> Decimal | None:
    return share(value, "beta")


def _damping(value: Number | None) -> Decimal | None:
    return share(value, "damping", zero=False)


def _level(value: Number | None) -> Decimal | None:
    return starting(value, "level")


def _trend(value: Number | None) -> Decimal | None:
    return starting(value, "trend")


@attrs.frozen(repr=False)
class ExponentialSmoothing(Estimator):
    """A level that moves a share of each error: `level += alpha * (what came - level)`.

    Source: Brown 1956; Hyndman and Athanasopoulos, Forecasting: Principles and Practice, section 8.1; the variance of
    the error grows with the distance h by `1 + (h - 1) * alpha ** 2` (Hyndman, Koehler, Ord and Snyder 2008, table
    6.2).

    Args:
        alpha: share, 0 to 1; None: searched for.
        level: before the first bucket; None: what came first, and of that bucket nothing is said.

    >>> from datetime import date
    >>> from prodstock.planning.forecast.history import DemandHistory
    >>> tons = [180, 168, 159, 175, 190, 205, 180, 182]  # Heizer and Render, the port of Baltimore
    >>> history = DemandHistory(tons, start=date(2025, 1, 1), unit="t")
    >>> ExponentialSmoothing("0.1", level=175).forecast(history, 1).periods[0].mean
    Decimal('178.596')
    """

    alpha: Decimal | None = attrs.field(default=None, converter=_alpha)
    level: Decimal | None = attrs.field(kw_only=True, default=None, converter=_level)

    @property
    def name(self) -> str:
        """What people call the method."""
        return "exponential smoothing"

    def parameters(self) -> tuple[Parameter, ...]:
        """Return its numbers, given or to be searched for."""
        return (Parameter("alpha", self.alpha),)

    def run(self, values: Sequence[float | None], numbers: Sequence[float], periods: int) -> Run:
        """Return what it says of a history with certain numbers."""
        (alpha,) = numbers
        level = None if self.level is None else float(self.level)
        fitted: list[float | None] = []
        for value in values:
            fitted.append(level)
            if value is not None:
                level = value if level is None else level + alpha * (value - level)
        found = level or 0.0
        growth = [1 + step * alpha * alpha for step in range(periods)]
        begun = "starts with what came first" if self.level is None else f"starts with level {self.level:f}, given"
        return Run(fitted, [found] * periods, growth, [f"level {brief_figure(found)}"] * periods, begun)


@attrs.frozen(repr=False)
class Holt(Estimator):
    """A level and a trend that move a share of each error; the trend may be damped.

    Source: Holt 1957; damped: Gardner and McKenzie 1985; Forecasting: Principles and Practice, section 8.2. With
    damping phi: `level = alpha * came + (1 - alpha) * (level + phi * trend)`, `trend = beta * (change of level) + (1 -
    beta) * phi * trend`, and h ahead `level + (phi + ... + phi ** h) * trend`. The start is the line of least squares
    through the first ten known buckets (Hyndman, Koehler, Snyder and Grose 2002). The variance of the error grows by
    the squares of `alpha + alpha * beta * (phi + ... + phi ** j)` (Hyndman and others 2008, table 6.2). A forecast is
    never below zero.

    Args:
        alpha: share of the level, 0 to 1; None: searched for.
        beta: share of the trend, 0 to 1; None: searched for.
        damping: above 0 to 1; 1: the trend goes on for ever; None: searched for from 0.8 to 0.98.
        level: before the first bucket, with `trend`; None: by least squares.
        trend: of a bucket; None beside a level: none.

    >>> from datetime import date
    >>> from prodstock.planning.forecast.history import DemandHistory
    >>> sold = [8415, 8732, 9014, 9808, 10413, 11961]  # Chopra and Meindl, Supply Chain Management: MP3 players
    >>> history = DemandHistory(sold, start=date(2025, 1, 1))
    >>> [int(row.quantity) for row in Holt("0.1", "0.2", level=7367, trend=673).forecast(history, 4).periods]
    [12072, 12746, 13418, 14092]
    """

    alpha: Decimal | None = attrs.field(default=None, converter=_alpha)
    beta: Decimal | None = attrs.field(default=None, converter=_beta)
    damping: Decimal | None = attrs.field(kw_only=True, default=Decimal(1), converter=_damping)
    level: Decimal | None = attrs.field(kw_only=True, default=None, converter=_level)
    trend: Decimal | None = attrs.field(kw_only=True, default=None, converter=_trend)

    @property
    def name(self) -> str:
        """What people call the method."""
        return "Holt" if self.damping == 1 else "damped Holt"

    @property
    def least(self) -> int:
        """How many buckets must be known."""
        return 2

    def parameters(self) -> tuple[Parameter, ...]:
        """Return its numbers, given or to be searched for."""
        return (
            Parameter("alpha", self.alpha),
            Parameter("beta", self.beta, low=0, usual=100),
            Parameter("damping", self.damping, low=800, high=980, usual=900),
        )

    def run(self, values: Sequence[float | None], numbers: Sequence[float], periods: int) -> Run:
        """Return what it says of a history with certain numbers."""
        alpha, beta, phi = numbers
        level, trend, begun = self._begin(values)
        fitted: list[float | None] = []
        for value in values:
            expected = level + phi * trend
            fitted.append(max(expected, 0.0))
            error = 0.0 if value is None else value - expected
            level, trend = expected + alpha * error, phi * trend + alpha * beta * error
        steps = damped(phi, periods)
        ahead = [max(level + step * trend, 0.0) for step in steps]
        level_said, trend_said = brief_figure(level), brief_figure(trend)
        parts = [f"level {level_said} and {brief_figure(step)} times trend {trend_said}" for step in steps]
        return Run(fitted, ahead, grown([alpha + alpha * beta * step for step in steps]), parts, begun)

    def _begin(self, values: Sequence[float | None]) -> tuple[float, float, str]:
        if self.level is not None or self.trend is not None:
            given, more = self.level or Decimal(0), self.trend or Decimal(0)
            return float(given), float(more), f"starts with level {given:f} and trend {more:f}, given"
        known = [(float(index), value) for index, value in enumerate(values, 1) if value is not None][:_FIRST]
        middle = sum([index for index, _ in known]) / len(known)
        mean = sum([value for _, value in known]) / len(known)
        wide = sum([(index - middle) ** 2 for index, _ in known])
        slope = sum([(index - middle) * (value - mean) for index, value in known]) / wide
        level = mean - slope * middle
        said = f"starts with level {brief_figure(level)} and trend {brief_figure(slope)}"
        return level, slope, f"{said}, of the line through the first {len(known)} buckets"


def damped(phi: float, periods: int) -> list[float]:
    """Return how many times the trend counts at each distance: phi, phi + phi ** 2, and so on."""
    found: list[float] = []
    power = total = 0.0
    for step in range(periods):
        power = power * phi if step else phi
        total += power
        found.append(total)
    return found


def grown(shares: Sequence[float]) -> list[float]:
    """Return how many times the variance of one bucket ahead the variance at each distance is, from what errors leave.

    >>> grown([0.5, 0.5, 0.5])
    [1.0, 1.25, 1.5]
    """
    found: list[float] = []
    total = 1.0
    for one in shares:
        found.append(total)
        total += one * one
    return found
