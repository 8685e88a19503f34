"""Which method to use: the one that would have been least wrong, tried on the end of the history."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Final

import attrs

from prodstock._render import brief, short
from prodstock.errors import InvalidTypeError, InvalidValueError, listed
from prodstock.master import checks
from prodstock.planning.forecast.accuracy import ForecastErrors, decimal, forecast_errors
from prodstock.planning.forecast.answer import ForecastMethod
from prodstock.planning.forecast.averages import MovingAverage, Naive
from prodstock.planning.forecast.intermittent import TSB, Croston, CrostonKind
from prodstock.planning.forecast.profile import DemandPattern, DemandProfile, classify_demand
from prodstock.planning.forecast.seasonal import HoltWinters, Seasonality
from prodstock.planning.forecast.smoothing import ExponentialSmoothing, Holt
from prodstock.tables import Derivation, Table, Tabled

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from prodstock.planning.forecast.answer import Forecast
    from prodstock.planning.forecast.history import DemandHistory

TRIALS: Final = 6


@attrs.frozen
class MethodTrial:
    """How a method did on the end of a history.

    Attributes:
        method: its name.
        rmse: root of the mean squared error; None: it could not say anything.
        mad: mean absolute error.
        bias: mean error; above zero: too little was forecast.
        failure: why it could not say anything; empty otherwise.
    """

    method: str
    rmse: Decimal | None
    mad: Decimal | None
    bias: Decimal | None
    failure: str = ""

    __repr__ = brief


@attrs.frozen(repr=False)
class MethodChoice(Tabled[MethodTrial]):
    """The method that did best, and how the others did.

    Attributes:
        method: the method itself, to forecast with.
        name: what people call it.
        profile: what kind of demand it is.
        trials: all methods that were tried, best first.
        forecastability: share of the naive forecast's mean absolute error that the method takes away: 1: it made none,
            0: it is no better than repeating what came last. None: the naive forecast made no error, or could not be
            tried.
        buckets: how many buckets at the end of the history each was tried on.
    """

    method: ForecastMethod
    name: str
    profile: DemandProfile
    trials: Table[MethodTrial]
    forecastability: Decimal | None
    buckets: int

    def to_table(self) -> Table[MethodTrial]:
        """Return all methods that were tried, best first."""
        return self.trials

    def _repr_html_(self) -> str:
        return f"{self.why().to_html()}{self.trials.to_html()}"

    def why(self) -> Derivation:
        """Return why the method was chosen."""
        rows = self.trials
        tried = [Derivation(f"{one.method}: {one.failure or f'root mean squared error {one.rmse}'}") for one in rows]
        text = f"least squared error one bucket ahead, over the last {self.buckets} buckets"
        return Derivation(f"{self.name} is chosen", (self.profile.why(), Derivation(text, tuple(tried))))

    def __repr__(self) -> str:
        return short(f"<MethodChoice {self.name[:40]} of {len(self.trials)}, {self.profile.pattern.value} demand>")


def usual_methods(pattern: DemandPattern, *, season: int = 1) -> tuple[ForecastMethod, ...]:
    """Return the methods that are tried for a kind of demand, simple ones first.

    Seldom demand is tried with Croston, Syntetos-Boylan and Teunter-Syntetos-Babai, demand that comes often with trends
    and, where there is a season, with seasons too.

    >>> [type(one).__name__ for one in usual_methods(DemandPattern.LUMPY)]
    ['Naive', 'MovingAverage', 'ExponentialSmoothing', 'Croston', 'Croston', 'TSB']
    """
    checks.member(pattern, DemandPattern, "pattern")
    checks.whole(season, "season", least=1)
    found: list[ForecastMethod] = [Naive()]
    if season > 1:
        found.append(Naive(season))
    if pattern in {DemandPattern.INTERMITTENT, DemandPattern.LUMPY, DemandPattern.NONE}:
        return (*found, MovingAverage(6), ExponentialSmoothing(), Croston(), Croston(kind=CrostonKind.SBA), TSB())
    found += [MovingAverage(3), MovingAverage(6), ExponentialSmoothing(), Holt(), Holt(damping=None)]
    if season > 1:
        found += [HoltWinters(season), HoltWinters(season, Seasonality.MULTIPLICATIVE)]
    return tuple(found)


def choose_method(
    history: DemandHistory,
    *,
    methods: Iterable[ForecastMethod] | None = None,
    season: int = 1,
    trials: int = TRIALS,
) -> MethodChoice:
    """Return the method that would have been least wrong on the last buckets of a history.

    Each method forecasts each of the last known buckets from what was known before it, fitted anew each time. Least
    root mean squared error wins, since it is least for the mean (least absolute errors would favour forecasting
    nothing of seldom demand); equal: the one listed first. Methods that refuse the history come last, with their
    reason.

    Args:
        history: what was wanted.
        methods: any objects with `forecast`; None: the usual ones for this kind of demand.
        season: buckets in a season; 1: none.
        trials: how many buckets they are tried on; at least a third of the known ones is kept to learn from.

    Raises:
        InvalidTypeError: if a method has no `forecast`.
        InvalidValueError: if no method could be tried.

    >>> from datetime import date
    >>> from prodstock.planning.forecast.history import DemandHistory
    >>> history = DemandHistory([10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30, 32], start=date(2025, 1, 1))
    >>> choice = choose_method(history)
    >>> choice
    <MethodChoice Holt of 6, smooth demand>
    >>> choice.forecastability
    Decimal('1.000000')
    """
    checks.whole(trials, "trials", least=1)
    checks.whole(season, "season", least=1)
    profile = classify_demand(history)
    tried = usual_methods(profile.pattern, season=season) if methods is None else listed(methods, "methods")
    for one in tried:
        _method_like(one)
    ends = _ends(history, trials)
    rows = [_trial(method, history, ends) for method in tried]
    ranked = sorted(range(len(rows)), key=lambda place: _rank(rows[place]))
    if not ranked or rows[ranked[0]].rmse is None:
        failure = rows[ranked[0]].failure if ranked else "there are none"
        raise InvalidValueError(field="methods", value=len(rows), reason=f"cannot be tried: {failure}")
    best = rows[ranked[0]]
    return MethodChoice(
        tried[ranked[0]],
        best.method,
        profile,
        Table([rows[place] for place in ranked]),
        _skill(best, _trial(Naive(), history, ends)),
        len(ends),
    )


def _method_like(value: object) -> None:
    """Refuse what has no `forecast`, such as the class of a method in place of a method."""
    if isinstance(value, type) or not callable(getattr(value, "forecast", None)):
        advice = "Give a method, such as MovingAverage(3)"
        raise InvalidTypeError(field="method", value=value, reason="is no forecast method", advice=advice)


def _ends(history: DemandHistory, trials: int) -> tuple[int, ...]:
    """Return the positions of the buckets that are forecast: the last known ones, with enough before them."""
    known = [index for index, quantity in enumerate(history.quantities) if quantity is not None]
    kept = max(1, -(-len(known) // 3))
    return tuple(known[kept:][-trials:])


def _trial(method: ForecastMethod, history: DemandHistory, ends: Sequence[int]) -> MethodTrial:
    name = type(method).__name__
    said: list[Decimal] = []
    for end in ends:
        try:
            forecast = method.forecast(history.first(end), 1)
        except InvalidValueError as refused:
            return MethodTrial(name, None, None, None, refused.message)
        name = forecast.method
        said.append(forecast.periods[0].mean)
    if not said:
        return MethodTrial(name, None, None, None, "the history is too short to try anything")
    errors: ForecastErrors = forecast_errors([history.quantities[end] for end in ends], said)
    return MethodTrial(name, errors.rmse, errors.mad, errors.bias)


def _rank(row: MethodTrial) -> tuple[bool, Decimal]:
    return row.rmse is None, row.rmse or Decimal(0)


def _skill(best: MethodTrial, naive: MethodTrial) -> Decimal | None:
    if not naive.mad or best.mad is None:
        return None
    return decimal(max(Fraction(0), 1 - Fraction(best.mad) / Fraction(naive.mad)))


@attrs.frozen
class BestMethod:
    """The method that chooses: each history is forecast by the one that would have been least wrong on its end.

    Args:
        season: buckets in a season; 1: none.
        trials: how many buckets methods are tried on.

    >>> from datetime import date
    >>> from prodstock.planning.forecast.history import DemandHistory
    >>> history = DemandHistory([10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30, 32], start=date(2025, 1, 1))
    >>> BestMethod().forecast(history, 2)
    <Forecast by Holt, 2 months from 2026-01-01, 70 pcs>
    """

    season: int = 1
    trials: int = attrs.field(kw_only=True, default=TRIALS)

    def __attrs_post_init__(self) -> None:
        checks.whole(self.season, "season", least=1)
        checks.whole(self.trials, "trials", least=1)

    def forecast(self, history: DemandHistory, periods: int) -> Forecast:
        """Return the forecast of the best method; its `why` begins with the choice.

        Raises:
            InvalidValueError: as `choose_method`.
        """
        choice = choose_method(history, season=self.season, trials=self.trials)
        found = choice.method.forecast(history, periods)
        return attrs.evolve(found, reason=Derivation(found.reason.text, (choice.why(), *found.reason.causes)))
