"""Exponential smoothing of a level, a trend and a season."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

import attrs

from prodstock.errors import InvalidValueError, listed
from prodstock.master import checks
from prodstock.planning.forecast.estimating import Estimator, Parameter, Run, brief_figure, share, starting
from prodstock.planning.forecast.smoothing import damped, grown
from prodstock.quantities.number import Number, exact

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_SEASONS = 3
"""Seasons from which the start is taken, where there are so many."""

_LEAST_LEVEL = 1e-9


class Seasonality(StrEnum):
    """Whether a season adds to the level or multiplies it."""

    ADDITIVE = "additive"
    MULTIPLICATIVE = "multiplicative"


class _State(NamedTuple):
    level: float
    trend: float
    seasons: list[float]
    begun: str


def _alpha(value: Number | None) -> Decimal | None:
    return share(value, "alpha")


def _beta(value: Number | None) -> Decimal | None:
    return share(value, "beta")


def _gamma(value: Number | None) -> Decimal | None:
    return share(value, "gamma")


def _damping(value: Number | None) -> Decimal | None:
    return share(value, "damping", zero=False)


def _level(value: Number | None) -> Decimal | None:
    return starting(value, "level")


def _trend(value: Number | None) -> Decimal | None:
    return starting(value, "trend")


def _seasons(values: Iterable[Number] | None) -> tuple[Decimal, ...] | None:
    return None if values is None else tuple([exact(value, field="seasons") for value in listed(values, "seasons")])


@attrs.frozen(repr=False)
class HoltWinters(Estimator):
    """A level, a trend and a season that move a share of each error.

    Source: Winters 1960; Silver, Pyke and Thomas, chapter 3; Chopra and Meindl, Supply Chain Management, chapter 7.
    Additive: `level = alpha * (came - season) + (1 - alpha) * (level + trend)`, `trend = beta * (change of level) + (1
    - beta) * trend`, `season = gamma * (came - level) + (1 - gamma) * season`, with the new level; multiplicative with
    quotients in place of differences. (Where a text takes the level that was expected, its gamma is this one times `1 -
    alpha`.) Damping as in `Holt`.

    The start is taken from the first three seasons, or two: the trend from the mean of the last of them less that of
    the first (NIST/SEMATECH e-Handbook of Statistical Methods, 6.4.3.5), the seasons from the mean distance of their
    buckets to that line, so that they sum to zero (to their number, if multiplicative). The variance of the error grows
    as in `Holt`, with `gamma * (1 - alpha)` more at each whole season (Hyndman and others 2008, table 6.2); for a
    multiplicative season the same is applied to errors as shares of the forecast, which is an approximation. A forecast
    is never below zero.

    Args:
        season: buckets in a season, at least 2.
        kind: whether the season adds or multiplies. What multiplies needs quantities above zero in every known bucket.
        alpha: share of the level, 0 to 1; None: searched for.
        beta: share of the trend, 0 to 1; None: searched for.
        gamma: share of the season, 0 to 1; None: searched for.
        damping: above 0 to 1; 1: the trend goes on for ever; None: searched for from 0.8 to 0.98.
        level: before the first bucket, with `trend` and `seasons`; None: from the first seasons.
        trend: of a bucket.
        seasons: of each bucket of the season, the first bucket's first.

    >>> from datetime import date
    >>> from prodstock.planning.forecast.history import DemandHistory
    >>> salt = [8000, 13000, 23000, 34000, 10000, 18000, 23000, 38000, 12000, 13000, 32000, 41000]
    >>> history = DemandHistory(salt, start=date(2025, 1, 1), unit="t")  # Chopra and Meindl, Tahoe Salt
    >>> start = {"level": 18439, "trend": 524, "seasons": ["0.47", "0.68", "1.17", "1.67"]}
    >>> method = HoltWinters(4, Seasonality.MULTIPLICATIVE, alpha="0.05", beta="0.1", gamma="0.1", **start)
    >>> [int(row.quantity) for row in method.forecast(history, 4).periods]
    [11940, 17580, 30930, 44928]
    """

    season: int
    kind: Seasonality = Seasonality.ADDITIVE
    alpha: Decimal | None = attrs.field(kw_only=True, default=None, converter=_alpha)
    beta: Decimal | None = attrs.field(kw_only=True, default=None, converter=_beta)
    gamma: Decimal | None = attrs.field(kw_only=True, default=None, converter=_gamma)
    damping: Decimal | None = attrs.field(kw_only=True, default=Decimal(1), converter=_damping)
    level: Decimal | None = attrs.field(kw_only=True, default=None, converter=_level)
    trend: Decimal | None = attrs.field(kw_only=True, default=None, converter=_trend)
    seasons: tuple[Decimal, ...] | None = attrs.field(kw_only=True, default=None, converter=_seasons)

    def __attrs_post_init__(self) -> None:
        checks.whole(self.season, "season", least=2)
        checks.member(self.kind, Seasonality, "kind")
        given = [one is not None for one in (self.level, self.trend, self.seasons)]
        if any(given) and not all(given):
            advice = "Give level, trend and seasons, or none of them"
            raise InvalidValueError(field="level", value=self.level, reason="does not stand alone", advice=advice)
        if self.seasons is not None and len(self.seasons) != self.season:
            reason = f"are not the {self.season} of the season"
            raise InvalidValueError(field="seasons", value=len(self.seasons), reason=reason)
        if self._multiplies and self.seasons is not None and min(self.seasons) <= 0:
            raise InvalidValueError(field="seasons", value=min(self.seasons), reason="multiplies and is not above zero")

    @property
    def _multiplies(self) -> bool:
        return self.kind is Seasonality.MULTIPLICATIVE

    @property
    def name(self) -> str:
        """What people call the method."""
        return f"{self.kind.value} Holt-Winters of {self.season}"

    @property
    def least(self) -> int:
        """How many buckets must be known."""
        return 1 if self.seasons is not None else self.season + 2

    def parameters(self) -> tuple[Parameter, ...]:
        """Return its numbers, given or to be searched for."""
        return (
            Parameter("alpha", self.alpha),
            Parameter("beta", self.beta, low=0, usual=100),
            Parameter("gamma", self.gamma, low=0, usual=100),
            Parameter("damping", self.damping, low=800, high=980, usual=900),
        )

    def run(self, values: Sequence[float | None], numbers: Sequence[float], periods: int) -> Run:
        """Return what it says of a history with certain numbers.

        Raises:
            InvalidValueError: if the history is shorter than two seasons, knows nothing of a bucket of the season, or
                has a bucket of zero where the season multiplies.
        """
        alpha, beta, gamma, phi = numbers
        state = self._given() if self.seasons is not None else self._begin(values)
        level, trend, seasons = state.level, state.trend, list(state.seasons)
        follow = self._follow_product if self._multiplies else self._follow_sum
        fitted: list[float | None] = []
        for index, value in enumerate(values):
            place = index % self.season
            base = level + phi * trend
            if self._multiplies:
                base = max(base, _LEAST_LEVEL)
            fitted.append(max(base * seasons[place] if self._multiplies else base + seasons[place], 0.0))
            if value is None:
                level, trend = base, phi * trend
                continue
            new, seasons[place] = follow(value, base, seasons[place], alpha, gamma)
            level, trend = new, beta * (new - level) + (1 - beta) * phi * trend
        return self._ahead(_State(level, trend, seasons, state.begun), fitted, numbers, periods)

    @staticmethod
    def _follow_sum(value: float, base: float, season: float, alpha: float, gamma: float) -> tuple[float, float]:
        level = alpha * (value - season) + (1 - alpha) * base
        return level, gamma * (value - level) + (1 - gamma) * season

    @staticmethod
    def _follow_product(value: float, base: float, season: float, alpha: float, gamma: float) -> tuple[float, float]:
        level = max(alpha * value / season + (1 - alpha) * base, _LEAST_LEVEL)
        return level, max(gamma * value / level + (1 - gamma) * season, _LEAST_LEVEL)

    def _ahead(self, state: _State, fitted: list[float | None], numbers: Sequence[float], periods: int) -> Run:
        alpha, beta, gamma, phi = numbers
        ahead, parts, shares = [], [], []
        for step, times in enumerate(damped(phi, periods)):
            season = state.seasons[(len(fitted) + step) % self.season]
            base = state.level + times * state.trend
            ahead.append(max(base * season if self._multiplies else base + season, 0.0))
            line = (
                f"level {brief_figure(state.level)} and {brief_figure(times)} times trend {brief_figure(state.trend)}"
            )
            parts.append(f"{line}, season {'times ' if self._multiplies else ''}{brief_figure(season)}")
            again = gamma * (1 - alpha) if (step + 1) % self.season == 0 else 0.0
            shares.append(alpha + alpha * beta * times + again)
        return Run(fitted, ahead, grown(shares), parts, state.begun, self._multiplies)

    def _given(self) -> _State:
        seasons = [float(one) for one in self.seasons or ()]
        level, trend = self.level or Decimal(0), self.trend or Decimal(0)
        begun = f"starts with level {level:f}, trend {trend:f} and {len(seasons)} seasons, given"
        return _State(float(level), float(trend), seasons, begun)

    def _begin(self, values: Sequence[float | None]) -> _State:
        if len(values) < 2 * self.season:
            advice = "Give two seasons, or a method without one"
            reason = f"is shorter than two seasons of {self.season}"
            raise InvalidValueError(field="history", value=len(values), reason=reason, advice=advice)
        count = min(_SEASONS, len(values) // self.season)
        window = values[: count * self.season]
        level, slope = self._line(window, count)
        distances: list[list[float]] = [[] for _ in range(self.season)]
        for index, value in enumerate(window):
            if value is not None:
                if self._multiplies and value <= 0:
                    advice = "Use an additive season"
                    reason = "has a bucket of zero, which no season multiplies to"
                    raise InvalidValueError(field="history", value=value, reason=reason, advice=advice)
                line = level + slope * (index + 1)
                distances[index % self.season].append(value / line if self._multiplies else value - line)
        begun = f"starts with level {brief_figure(level)}, trend {brief_figure(slope)}, of the first {count} seasons"
        return _State(level, slope, self._normal(distances), begun)

    def _line(self, window: Sequence[float | None], count: int) -> tuple[float, float]:
        """Return level before the first bucket and trend; a line that does not stay above zero is laid flat."""
        first, last = _mean(window[: self.season]), _mean(window[-self.season :])
        mean = _mean(window)
        slope = (last - first) / ((count - 1) * self.season)
        level = mean - slope * (len(window) + 1) / 2
        if self._multiplies and min(level + slope, level + slope * len(window)) <= 0:
            return mean, 0.0
        return level, slope

    def _normal(self, distances: Sequence[Sequence[float]]) -> list[float]:
        for place, one in enumerate(distances):
            if not one:
                reason = f"knows nothing of bucket {place + 1} of the season of {self.season}"
                raise InvalidValueError(field="history", value=place, reason=reason, advice="Give a longer one")
        means = [sum(one) / len(one) for one in distances]
        middle = sum(means) / len(means)
        return [one / middle if self._multiplies else one - middle for one in means]


def _mean(values: Sequence[float | None]) -> float:
    known = [value for value in values if value is not None]
    if not known:
        raise InvalidValueError(field="history", value=len(values), reason="knows nothing of a whole season")
    return sum(known) / len(known)
