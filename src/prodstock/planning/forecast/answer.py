"""What a forecast answers: for each period the mean and how far it may be off, with the method that says so."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from itertools import pairwise
from math import isfinite
from typing import TYPE_CHECKING, Final, Protocol

import attrs

from prodstock._render import brief, short
from prodstock.calendars.horizon import TimeBucket
from prodstock.errors import InvalidValueError, listed, paired
from prodstock.master import checks
from prodstock.master.codes import code, item_code
from prodstock.orders.demand import Demand, DemandKind
from prodstock.planning.forecast.accuracy import ForecastErrors, decimal, forecast_errors
from prodstock.planning.forecast.history import DemandHistory, bucket_start
from prodstock.quantities.number import Number, exact
from prodstock.quantities.rounding import Rounding, round_scaled
from prodstock.quantities.scaled import MAX_SCALE, from_scaled, to_scaled
from prodstock.tables import Derivation, Table, Tabled

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

_FINER: Final = 3
"""Decimals that a mean has beyond those of the item."""

_NOISE: Final = 6
"""Decimals beyond those of the item from which on a float is noise."""

_LEAST: Final = Decimal("0.001")
_MOST: Final = Decimal("0.999")


class DueDay(StrEnum):
    """The day of its bucket on which a forecast is wanted."""

    FIRST = "first"
    LAST = "last"


@attrs.frozen
class ForecastPeriod:
    """What is forecast for a bucket, in the base unit.

    Attributes:
        start: its first day.
        until: the first day after it.
        quantity: what to plan for, in the item's decimals. Running totals are those of the means, rounded half-even:
            three buckets of 0.4 pieces are 0, 1 and 0, not nothing.
        mean: what is expected, with three more decimals.
        quantiles: what will not be exceeded, with the probability of each of the forecast's levels; rounded up.
    """

    start: date
    until: date
    quantity: Decimal
    mean: Decimal
    quantiles: tuple[Decimal, ...] = ()

    __repr__ = brief


@attrs.frozen
class FitRow:
    """What a method would have said of a bucket one bucket before, and what came.

    Attributes:
        start: first day of the bucket.
        actual: what came; None: not known.
        forecast: what would have been forecast, with three more decimals than the item; None: nothing yet.
        error: what came less what was forecast.
    """

    start: date
    actual: Decimal | None
    forecast: Decimal | None
    error: Decimal | None

    __repr__ = brief


@attrs.frozen(kw_only=True, repr=False)
class Forecast(Tabled[ForecastPeriod]):
    """What will be wanted in the buckets that follow a history. An estimate: computed in floats, rounded at the border.

    Attributes:
        method: the name of the method.
        parameters: its numbers, by name, given or fitted.
        unit: base unit of all quantities.
        scale: decimals of the item.
        bucket: how long each period is.
        periods: what is forecast for each, in the order of time.
        levels: the probabilities of the quantiles of each period, ascending.
        fit: what the method would have said of the history, one bucket ahead.
        errors: how far that was off; None where there was nothing to compare.
        basis: of each period, what its mean was made from.
        reason: why the method says so.
    """

    method: str
    parameters: tuple[tuple[str, Decimal], ...]
    unit: str
    scale: int
    bucket: TimeBucket
    periods: Table[ForecastPeriod]
    levels: tuple[Decimal, ...]
    fit: Table[FitRow]
    errors: ForecastErrors | None
    basis: tuple[str, ...]
    reason: Derivation

    def __attrs_post_init__(self) -> None:
        checks.whole(len(self.periods), "periods", least=1)
        for row in self.periods:
            to_scaled(row.quantity, self.scale, field="periods")
            if len(row.quantiles) != len(self.levels):
                reason = f"are not one for each of {len(self.levels)} levels"
                raise InvalidValueError(field="periods", value=len(row.quantiles), reason=reason)

    @classmethod
    def of(
        cls,
        history: DemandHistory,
        means: Iterable[Number | float],
        *,
        method: str,
        quantiles: Iterable[tuple[Number, Sequence[Number | float]]] = (),
        fitted: Iterable[Number | float | None] = (),
        parameters: Iterable[tuple[str, Number]] = (),
        basis: Iterable[str] = (),
        because: Iterable[Derivation] = (),
    ) -> Forecast:
        """Return the forecast of a method of any kind, rounded to the item.

        Here, and only here, a float is taken: an estimate is none the worse for it. Means and quantiles below zero
        become zero, and a quantile is at least the one before it.

        Args:
            history: what it was made from; it says unit, decimals and where the periods start.
            means: what is expected in each period.
            method: its name.
            quantiles: (probability, what is not exceeded with it in each period).
            fitted: what it would have said of each bucket of the history one bucket before; None: nothing.
            parameters: its numbers, by name.
            basis: of each period, what its mean was made from.
            because: what else `why` shows.

        Raises:
            InvalidTypeError: if a mean is no number.
            InvalidValueError: if a number is not finite or does not fit 64 bits, a probability is not above 0 and below
                1, or lists are of different length.

        >>> from datetime import date
        >>> sold = DemandHistory([40, 52, 47], start=date(2026, 1, 1))
        >>> Forecast.of(sold, [46.333, 46.333], method="my model", quantiles=[("0.9", [58.1, 61])])
        <Forecast by my model, 2 months from 2026-04-01, 93 pcs>
        """
        checks.instance(history, DemandHistory, "history")
        expected = [_figure(value, "means", history.scale) for value in listed(means, "means")]
        checks.whole(len(expected), "periods", least=1)
        levels, reached = _levels(quantiles, len(expected), history.scale)
        said = [None if one is None else _figure(one, "fitted", history.scale) for one in listed(fitted, "fitted")]
        fit = _fit(history, said)
        name = code(method, "method")
        return cls(
            method=name,
            parameters=tuple(
                [(code(one, "parameters"), exact(value)) for one, value in paired(parameters, "parameters").items()]
            ),
            unit=history.unit,
            scale=history.scale,
            bucket=history.bucket,
            periods=Table(_periods(history, expected, reached)),
            levels=levels,
            fit=fit,
            errors=_errors(fit),
            basis=listed(basis, "basis"),
            reason=Derivation(f"forecast by {name}", listed(because, "because")),
        )

    def demands(
        self,
        item: str,
        *,
        kind: DemandKind = DemandKind.FORECAST,
        quantile: Number | None = None,
        due: DueDay = DueDay.FIRST,
        site: str = "MAIN",
        customer: str | None = None,
        priority: int = 0,
        minimum_life: timedelta | None = None,
        ref: str | None = None,
    ) -> tuple[Demand, ...]:
        """Return a demand for each period in which something is forecast, to expect or to plan with.

        Its code is `ref` and the first day of the period, so that a later forecast of the same item takes its place
        when it is expected again.

        Args:
            item: what is forecast.
            kind: what the demands are.
            quantile: the level whose quantile is wanted in place of the mean.
            due: the day of the period on which it is wanted.
            site: from where.
            customer: for whom.
            priority: as of any demand.
            minimum_life: as of any demand.
            ref: beginning of the codes; None: `F-` and the item.

        Raises:
            InvalidValueError: if the forecast has no such level, or a code becomes longer than 100 characters.

        >>> from datetime import date
        >>> sold = DemandHistory([40, 52, 47], start=date(2026, 1, 1))
        >>> Forecast.of(sold, [46, 46], method="mine").demands("MIC")[0]
        <Demand F-MIC-2026-04-01 46 MIC due 2026-04-01>
        """
        checks.member(due, DueDay, "due")
        wanted = self._wanted(quantile)
        prefix = f"F-{item_code(item)}" if ref is None else ref
        return tuple(
            Demand(
                item,
                quantity,
                due=row.start if due is DueDay.FIRST else bucket_start(row.until, TimeBucket.DAY, -1),
                ref=f"{prefix}-{row.start}",
                kind=kind,
                customer=customer,
                priority=priority,
                site=site,
                minimum_life=timedelta() if minimum_life is None else minimum_life,
            )
            for row, quantity in zip(self.periods, wanted, strict=True)
            if quantity
        )

    def quantile(self, level: Number) -> tuple[Decimal, ...]:
        """Return what will not be exceeded with a probability, period by period.

        Raises:
            InvalidValueError: if it is none of the forecast's levels.
        """
        asked = exact(level, field="quantile")
        if asked not in self.levels:
            known = ", ".join(map(str, self.levels)) or "none"
            advice = f"It has {known}; name others in the method's quantiles"
            raise InvalidValueError(field="quantile", value=level, reason="is no level of it", advice=advice)
        index = self.levels.index(asked)
        return tuple([row.quantiles[index] for row in self.periods])

    def _wanted(self, quantile: Number | None) -> tuple[Decimal, ...]:
        return tuple([row.quantity for row in self.periods]) if quantile is None else self.quantile(quantile)

    def why(self, start: date | None = None) -> Derivation:
        """Return why the forecast is what it is; of the period that starts on a day, or of all.

        Raises:
            InvalidValueError: if no period starts on that day.
        """
        if start is None:
            return self.reason
        for index, row in enumerate(self.periods):
            if row.start == start:
                return Derivation(f"{row.quantity:f} {self.unit} from {row.start}", self._because(index, row))
        starts = f"{self.periods[0].start} to {self.periods[-1].start}"
        advice = f"Its {self.bucket.value}s start {starts}"
        raise InvalidValueError(field="start", value=start, reason="is no start of a period", advice=advice)

    def _because(self, index: int, row: ForecastPeriod) -> list[Derivation]:
        made = [Derivation(self.basis[index])] if index < len(self.basis) else []
        text = f"{row.mean:f} expected, in steps of {self.scale} decimals so that running totals are right"
        found = [Derivation(text, tuple(made))]
        for level, quantity in zip(self.levels, row.quantiles, strict=True):
            found.append(Derivation(f"at most {quantity:f} with probability {level:f}, rounded up"))
        return [*found, self.reason]

    def to_table(self) -> Table[ForecastPeriod]:
        """Return the periods; in `to_dict` and `to_frame` each quantile is a column of its own: `p90` for 0.90."""
        wide = _Wide(self.periods)
        wide.levels = self.levels
        return wide

    def __str__(self) -> str:
        return f"{self!r}\n{self.periods}"

    def __repr__(self) -> str:
        total = from_scaled(sum([to_scaled(row.quantity, self.scale) for row in self.periods]), self.scale)
        length = f"{len(self.periods)} {self.bucket.value}s from {self.periods[0].start}"
        return short(f"<Forecast by {self.method[:40]}, {length}, {total:f} {self.unit[:20]}>")


class ForecastMethod(Protocol):
    """A method of forecasting: any object of this shape is one."""

    def forecast(self, history: DemandHistory, periods: int) -> Forecast:
        """Return what will be wanted in so many buckets after a history; `Forecast.of` makes the answer."""


class _Wide(Table[ForecastPeriod]):
    """Periods with a column for each quantile, named by its level."""

    levels: tuple[Decimal, ...] = ()

    def to_dict(self) -> dict[str, list[object]]:
        columns = super().to_dict()
        columns.pop("quantiles", None)
        for index, level in enumerate(self.levels):
            columns[_label(level)] = [row.quantiles[index] for row in self]
        return columns


def _label(level: Decimal) -> str:
    """Return the name of a quantile's column.

    >>> _label(exact("0.90")), _label(exact("0.995"))
    ('p90', 'p99.5')
    """
    return f"p{float(level * 100):g}"


def _figure(value: Number | float, field: str, scale: int) -> Fraction:
    """Return an estimate as an exact number that is not below zero, without the noise of floats."""
    if not isinstance(value, float):
        return max(Fraction(exact(value, field=field)), Fraction(0))
    if not isfinite(value):
        advice = "The method runs away on this history: give other parameters, or damp the trend"
        raise InvalidValueError(field=field, value=str(value), reason="is not finite", advice=advice)
    return max(Fraction(round(value, min(scale + _NOISE, 15))), Fraction(0))


def _finer(value: Fraction, scale: int) -> Decimal:
    finer = min(scale + _FINER, MAX_SCALE)
    return from_scaled(round_scaled(value, finer, Rounding.VALUE, field="forecast"), finer)


def _levels(
    quantiles: Iterable[tuple[Number, Sequence[Number | float]]], count: int, scale: int
) -> tuple[tuple[Decimal, ...], list[list[Fraction]]]:
    """Return the levels, ascending, and what is reached at each of them, none below the one before."""
    found: dict[Decimal, list[Fraction]] = {}
    for level, values in paired(quantiles, "quantiles").items():
        figures = [_figure(value, "quantiles", scale) for value in listed(values, "quantiles")]
        if len(figures) != count:
            reason = f"has {len(figures)} periods, the means {count}"
            raise InvalidValueError(field="quantiles", value=str(level), reason=reason)
        found[probability(level)] = figures
    levels = sorted(found)
    for before, later in pairwise(levels):
        found[later] = [max(pair) for pair in zip(found[before], found[later], strict=True)]
    return tuple(levels), [found[level] for level in levels]


def probability(value: Number) -> Decimal:
    """Return the level of a quantile.

    Raises:
        InvalidValueError: if it is not from 0.001 to 0.999.
    """
    found = exact(value, field="quantiles")
    if not _LEAST <= found <= _MOST:
        raise InvalidValueError(field="quantiles", value=value, reason=f"is not from {_LEAST} to {_MOST}")
    return found


def _periods(
    history: DemandHistory, means: Sequence[Fraction], reached: Sequence[Sequence[Fraction]]
) -> Iterator[ForecastPeriod]:
    total, before = Fraction(0), 0
    for index, mean in enumerate(means):
        total += mean
        now = round_scaled(total, history.scale, Rounding.VALUE, field="forecast")
        tops = [round_scaled(row[index], history.scale, Rounding.NEED, field="forecast") for row in reached]
        yield ForecastPeriod(
            bucket_start(history.start, history.bucket, len(history) + index),
            bucket_start(history.start, history.bucket, len(history) + index + 1),
            from_scaled(now - before, history.scale),
            _finer(mean, history.scale),
            tuple([from_scaled(top, history.scale) for top in tops]),
        )
        before = now


def _fit(history: DemandHistory, fitted: Sequence[Fraction | None]) -> Table[FitRow]:
    if fitted and len(fitted) != len(history):
        reason = f"has {len(fitted)} buckets, the history {len(history)}"
        raise InvalidValueError(field="fitted", value=len(fitted), reason=reason)
    rows = []
    for start, actual, figure in zip(history.starts, history.quantities, fitted, strict=False):
        said = None if figure is None else _finer(figure, history.scale)
        off = None if actual is None or said is None else decimal(Fraction(actual) - Fraction(said))
        rows.append(FitRow(start, actual, said, off))
    return Table(rows)


def _errors(fit: Table[FitRow]) -> ForecastErrors | None:
    if all(row.error is None for row in fit):
        return None
    return forecast_errors([row.actual for row in fit], [row.forecast for row in fit])
