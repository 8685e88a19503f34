"""What the methods share: parameters that are given or searched for, spread from past errors, and the answer."""

from __future__ import annotations

from abc import ABC, abstractmethod
from decimal import Decimal
from enum import StrEnum
from itertools import product
from math import exp, fsum, inf, isfinite, lgamma, log, sqrt
from typing import TYPE_CHECKING, Final, NamedTuple

import attrs

from prodstock._lazy import Lazy
from prodstock._render import brief
from prodstock.errors import InvalidValueError, listed
from prodstock.master import checks
from prodstock.planning.forecast.answer import Forecast, probability
from prodstock.planning.forecast.history import MOST_BUCKETS, DemandHistory
from prodstock.quantities.number import Number, exact
from prodstock.tables import Derivation

if TYPE_CHECKING:
    import statistics
    from collections.abc import Callable, Iterable, Sequence
else:
    statistics = Lazy("statistics")

LEVELS: Final = (Decimal("0.5"), Decimal("0.9"), Decimal("0.95"))

_LARGE: Final = 10_000
"""Mean from which on a Poisson quantile is taken from the normal distribution."""


class ForecastSpread(StrEnum):
    """Where the quantiles of a forecast come from.

    EMPIRICAL: the errors that the method made one bucket ahead on the history, interpolated (Hyndman and Fan 1996, type
    7) and widened with the distance. NORMAL: a normal distribution around the mean with the root mean square of those
    errors, widened too. POISSON: a Poisson distribution with the mean, for pieces that are wanted one by one.
    """

    EMPIRICAL = "empirical"
    NORMAL = "normal"
    POISSON = "poisson"


class Parameter(NamedTuple):
    """A number of a method: as given, or None with the thousandths between which it is searched for, and the usual."""

    name: str
    given: Decimal | None
    low: int = 10
    high: int = 1000
    usual: int = 200


class Run(NamedTuple):
    """What a method says of a history with certain parameters.

    `fitted` is what it says of each bucket one bucket before, `ahead` of the periods that follow, `growth` how many
    times the variance of one bucket ahead the variance of each is, `parts` what each was made from, `begun` where it
    started. `relative`: errors grow with the mean.
    """

    fitted: list[float | None]
    ahead: list[float]
    growth: list[float]
    parts: list[str]
    begun: str
    relative: bool = False


def _levels(values: Iterable[Number]) -> tuple[Decimal, ...]:
    return LEVELS if values is LEVELS else tuple(sorted({probability(value) for value in listed(values, "quantiles")}))


@attrs.frozen(kw_only=True, repr=False)
class Estimator(ABC):
    """What every method of this package is: a frozen value with parameters, quantile levels and a spread."""

    quantiles: tuple[Decimal, ...] = attrs.field(default=LEVELS, converter=_levels)
    spread: ForecastSpread = attrs.field(default=ForecastSpread.EMPIRICAL)

    __repr__ = brief

    @property
    @abstractmethod
    def name(self) -> str:
        """What people call the method."""

    @property
    def least(self) -> int:
        """How many buckets must be known."""
        return 1

    def parameters(self) -> tuple[Parameter, ...]:
        """Return its numbers, given or to be searched for."""
        return ()

    @abstractmethod
    def run(self, values: Sequence[float | None], numbers: Sequence[float], periods: int) -> Run:
        """Return what it says of a history with certain numbers."""

    def forecast(self, history: DemandHistory, periods: int) -> Forecast:
        """Return what will be wanted in so many buckets after a history.

        Parameters that are not given are searched for: the least sum of squared errors one bucket ahead over the known
        buckets, first on a grid, then step by step down to thousandths; equal errors: the usual value, then the
        smaller. The search is the same on every machine and in every run: O(buckets) for each of up to some thousand
        tries, 60 months of a season in about 50 ms. An unknown bucket teaches nothing; the trend and the season pass
        over it.

        Raises:
            InvalidTypeError: if the periods are no whole number.
            InvalidValueError: if the history is too short for the method, or there are no periods or more than 10,000.
        """
        checks.member(self.spread, ForecastSpread, "spread")
        checks.instance(history, DemandHistory, "history")
        checks.whole(periods, "periods", least=1)
        if periods > MOST_BUCKETS:
            raise InvalidValueError(field="periods", value=periods, reason=f"are more than {MOST_BUCKETS}")
        values = history.values
        known = sum(value is not None for value in values)
        if known < self.least:
            reason = f"has {known} known {history.bucket.value}s, and {self.name} needs {self.least}"
            raise InvalidValueError(field="history", value=len(history), reason=reason, advice="Use a simpler method")
        return self._answer(history, values, periods)

    def _answer(self, history: DemandHistory, values: list[float | None], periods: int) -> Forecast:
        asked = self.parameters()
        numbers = self._numbers(asked, values)
        run = self.run(values, [float(number) for number in numbers], periods)
        errors = _errors(values, run)
        because = [Derivation(_said(one, number)) for one, number in zip(asked, numbers, strict=True)]
        because += [Derivation(run.begun), Derivation(_spread_said(self.spread, len(errors), run))]
        return Forecast.of(
            history,
            run.ahead,
            method=self.name,
            quantiles=[(level, _reached(float(level), self.spread, errors, run)) for level in self.quantiles],
            fitted=run.fitted,
            parameters=[(one.name, number) for one, number in zip(asked, numbers, strict=True)],
            basis=run.parts,
            because=because,
        )

    def _numbers(self, asked: Sequence[Parameter], values: Sequence[float | None]) -> list[Decimal]:
        free = [one for one in asked if one.given is None]
        if not free:
            return [one.given for one in asked if one.given is not None]

        def cost(thousandths: tuple[int, ...]) -> float:
            found = iter(thousandths)
            numbers = [next(found) / 1000 if one.given is None else float(one.given) for one in asked]
            return _squares(values, self.run(values, numbers, 0).fitted)

        searched = iter(search(free, cost))
        return [Decimal(f"{next(searched)}e-3") if one.given is None else one.given for one in asked]


def share(value: Number | None, field: str, *, zero: bool = True) -> Decimal | None:
    """Return a smoothing parameter as given, from 0 to 1; None: it is searched for.

    Raises:
        InvalidTypeError: if it is a float or no number.
        InvalidValueError: if it is outside.
    """
    if value is None:
        return None
    found = exact(value, field=field)
    if not 0 <= found <= 1 or not (found or zero):
        reason = "is not from 0 to 1" if zero else "is not above 0 and at most 1"
        raise InvalidValueError(field=field, value=value, reason=reason)
    return found


def _squares(values: Sequence[float | None], fitted: Sequence[float | None]) -> float:
    try:
        found = fsum(
            [
                (one - other) ** 2
                for one, other in zip(values, fitted, strict=True)
                if one is not None and other is not None
            ]
        )
    except OverflowError:
        return inf
    return found if isfinite(found) else inf


def search(free: Sequence[Parameter], cost: Callable[[tuple[int, ...]], float]) -> tuple[int, ...]:
    """Return the thousandths at which a cost is least: the best of a grid, then of its neighbours, ever nearer.

    Deterministic; equal cost: what was found first, and the usual values are tried first. A local least may be found
    where there are several.
    """
    known: dict[tuple[int, ...], float] = {}

    def tried(point: tuple[int, ...]) -> float:
        if point not in known:
            known[point] = cost(point)
        return known[point]

    best = tuple(one.usual for one in free)
    grid = [[one.low + (one.high - one.low) * step // 5 for step in range(6)] for one in free]
    for point in product(*grid):
        if tried(point) < tried(best):
            best = point
    for step in (100, 50, 20, 10, 5, 2, 1):
        best = _descend(best, step, free, tried)
    return best


def _descend(
    best: tuple[int, ...], step: int, free: Sequence[Parameter], tried: Callable[[tuple[int, ...]], float]
) -> tuple[int, ...]:
    """Go to the best neighbour so far away until none is better."""
    while True:
        around = []
        for index, one in enumerate(free):
            near = [value for value in (best[index] - step, best[index] + step) if one.low <= value <= one.high]
            around += [(*best[:index], value, *best[index + 1 :]) for value in near]
        nearer = min(around, key=tried, default=best)
        if not tried(nearer) < tried(best):
            return best
        best = nearer


def _errors(values: Sequence[float | None], run: Run) -> list[float]:
    """Return the errors one bucket ahead, ascending; as shares of the forecast where they grow with it."""
    pairs = [
        (one, other) for one, other in zip(values, run.fitted, strict=True) if one is not None and other is not None
    ]
    if run.relative:
        return sorted([(one - other) / other for one, other in pairs if other > 0])
    return sorted([one - other for one, other in pairs])


def _reached(level: float, spread: ForecastSpread, errors: Sequence[float], run: Run) -> list[float]:
    """Return the quantile of each period."""
    if spread is ForecastSpread.POISSON:
        return [poisson_quantile(level, mean) for mean in run.ahead]
    if spread is ForecastSpread.EMPIRICAL:
        off = _empirical(level, errors)
    else:
        off = _normal(level) * sqrt(fsum([error * error for error in errors]) / len(errors)) if errors else 0.0
    wide = [off * sqrt(times) for times in run.growth]
    if run.relative:
        return [mean + mean * one for mean, one in zip(run.ahead, wide, strict=True)]
    return [mean + one for mean, one in zip(run.ahead, wide, strict=True)]


def _empirical(level: float, errors: Sequence[float]) -> float:
    if not errors:
        return 0.0
    place = level * (len(errors) - 1)
    low = int(place)
    high = min(low + 1, len(errors) - 1)
    return errors[low] + (place - low) * (errors[high] - errors[low])


def _normal(level: float) -> float:
    return statistics.NormalDist().inv_cdf(level)


def poisson_quantile(level: float, mean: float) -> float:
    """Return the smallest number of pieces that is not exceeded with a probability, for a Poisson demand.

    From a mean of 10,000 on the normal distribution with the same variance takes its place.

    >>> poisson_quantile(0.95, 2.0), poisson_quantile(0.5, 0.2)
    (5.0, 0.0)
    """
    if mean <= 0:
        return 0.0
    if mean > _LARGE:
        return mean + _normal(level) * sqrt(mean)
    reached, count = exp(-mean), 0
    while reached < level:
        count += 1
        reached += exp(count * log(mean) - mean - lgamma(count + 1))
    return float(count)


def _said(one: Parameter, number: Decimal) -> str:
    if one.given is not None:
        return f"{one.name} {number:f}, as set"
    return f"{one.name} {number:f}, searched for: least squared errors one bucket ahead"


def _spread_said(spread: ForecastSpread, count: int, run: Run) -> str:
    if spread is ForecastSpread.POISSON:
        return "quantiles of a Poisson distribution with the mean"
    if not count:
        return "no errors to tell a spread from: quantiles are the mean"
    shares = ", as shares of the forecast" if run.relative else ""
    widened = ", widened with the distance" if any(times > 1 for times in run.growth) else ""
    shape = "as they were" if spread is ForecastSpread.EMPIRICAL else "as normally distributed"
    return f"quantiles from {count} errors one bucket ahead, {shape}{shares}{widened}"


def brief_figure(value: float) -> str:
    """Return a figure of a calculation for people, with six digits."""
    return f"{value:.6g}"


def starting(value: Number | None, field: str) -> Decimal | None:
    """Return a starting value as given; None: it is taken from the history."""
    return None if value is None else exact(value, field=field)
