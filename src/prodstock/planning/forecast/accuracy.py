"""How far forecasts were off: measures that are exact, and the signal that says when a method no longer fits."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from math import isqrt
from typing import TYPE_CHECKING, Final

import attrs

from prodstock._render import brief
from prodstock.errors import InvalidValueError, listed
from prodstock.master import checks
from prodstock.quantities.number import Number, exact
from prodstock.quantities.rounding import Rounding, divide
from prodstock.tables import Table, Tabled

if TYPE_CHECKING:
    from collections.abc import Sequence

_MILLION: Final = 10**6


def decimal(value: Fraction) -> Decimal:
    """Return a figure with six decimals, rounded half-even, however large.

    >>> decimal(Fraction(2, 3))
    Decimal('0.666667')
    """
    return Decimal(f"{divide(value.numerator * _MILLION, value.denominator, Rounding.VALUE)}e-6")


def root(value: Fraction) -> Decimal:
    """Return the square root of a figure that is not negative, with six decimals.

    >>> root(Fraction(2))
    Decimal('1.414214')
    """
    twice = isqrt(4 * _MILLION * _MILLION * value.numerator // value.denominator)
    return Decimal(f"{(twice + 1) // 2}e-6")


@attrs.frozen
class ForecastErrors(Tabled["ForecastErrors"]):
    """How far forecasts were off; an error is what came less what was forecast. Six decimals, rounded half-even.

    Attributes:
        count: errors that were counted: buckets with both a quantity and a forecast.
        bias: mean error; above zero: too little was forecast.
        mad: mean absolute deviation (MAE).
        rmse: root of the mean squared error.
        mape: mean of the absolute error over what came; None where nothing came in a bucket.
        wape: sum of absolute errors over the sum of what came; None where nothing came at all.
        mase: mean absolute error over that of the naive forecast (Hyndman and Koehler 2006); below one: better than
            repeating what came last. None where the naive forecast has no error.
        tracking_signal: sum of errors over the mean absolute deviation; None where no error was made.
    """

    count: int
    bias: Decimal
    mad: Decimal
    rmse: Decimal
    mape: Decimal | None
    wape: Decimal | None
    mase: Decimal | None
    tracking_signal: Decimal | None

    __repr__ = brief

    def to_table(self) -> Table[ForecastErrors]:
        """Return it as the one row of a table."""
        return Table([self])


def forecast_errors(
    actual: Sequence[Number | None],
    forecast: Sequence[Number | None],
    *,
    season: int = 1,
    trained_on: Sequence[Number | None] | None = None,
) -> ForecastErrors:
    """Return how far forecasts were off, exactly. O(n).

    Args:
        actual: what came in each bucket; None: not known.
        forecast: what was forecast for it; None: nothing was.
        season: buckets in a season: the naive forecast repeats what came so many before.
        trained_on: what the naive forecast is measured on; None: what came.

    Raises:
        InvalidTypeError: if a number is a float or no number.
        InvalidValueError: if the two are of different length, or have no bucket in common.

    Hyndman and Koehler's measures of three months:

    >>> errors = forecast_errors([20, 25, 30], [22, 22, 28])
    >>> errors.bias, errors.mad, errors.wape
    (Decimal('1.000000'), Decimal('2.333333'), Decimal('0.093333'))
    """
    checks.whole(season, "season", least=1)
    came, said = _numbers(actual, "actual"), _numbers(forecast, "forecast")
    if len(came) != len(said):
        reason = f"has {len(said)} buckets, what came {len(came)}"
        raise InvalidValueError(field="forecast", value=len(said), reason=reason)
    pairs = [(one, other) for one, other in zip(came, said, strict=True) if one is not None and other is not None]
    if not pairs:
        raise InvalidValueError(field="forecast", value=len(said), reason="has no bucket in common with what came")
    naive = _naive(came if trained_on is None else _numbers(trained_on, "trained_on"), season)
    return _measured(pairs, naive)


def _measured(pairs: Sequence[tuple[Fraction, Fraction]], naive: Fraction) -> ForecastErrors:
    count = len(pairs)
    errors = [one - other for one, other in pairs]
    total, absolute = sum(errors, Fraction(0)), sum(map(abs, errors), Fraction(0))
    wanted = sum((abs(one) for one, _ in pairs), Fraction(0))
    zero = any(one == 0 for one, _ in pairs)
    shares = [] if zero else [abs(error / one) for error, (one, _) in zip(errors, pairs, strict=True)]
    return ForecastErrors(
        count,
        decimal(total / count),
        decimal(absolute / count),
        root(sum((error * error for error in errors), Fraction(0)) / count),
        None if zero else decimal(sum(shares, Fraction(0)) / count),
        decimal(absolute / wanted) if wanted else None,
        decimal(absolute / count / naive) if naive else None,
        decimal(total * count / absolute) if absolute else None,
    )


def _numbers(values: Sequence[Number | None], field: str) -> list[Fraction | None]:
    return [None if value is None else Fraction(exact(value, field=field)) for value in listed(values, field)]


def _naive(values: Sequence[Fraction | None], season: int) -> Fraction:
    """Return the mean absolute error of repeating what came a season before; zero where there is none."""
    pairs = zip(values, values[season:], strict=False)
    errors = [abs(later - before) for before, later in pairs if before is not None and later is not None]
    return sum(errors, Fraction(0)) / len(errors) if errors else Fraction(0)


@attrs.frozen
class TrackingRow:
    """A bucket of a tracking signal; error is what came less what was forecast.

    Attributes:
        number: of the bucket, from 1.
        actual: what came.
        forecast: what was forecast.
        error: their difference.
        running: sum of errors so far.
        mad: mean absolute deviation so far.
        signal: the running sum over it; None while there was no error.
        outside: whether the signal is beyond its limits.
    """

    number: int
    actual: Decimal
    forecast: Decimal
    error: Decimal
    running: Decimal
    mad: Decimal
    signal: Decimal | None
    outside: bool

    __repr__ = brief


def tracking_signal(actual: Sequence[Number], forecast: Sequence[Number], *, limit: Number = 4) -> Table[TrackingRow]:
    """Return the tracking signal bucket by bucket: the running sum of errors over their mean absolute deviation.

    Source: Heizer and Render, Operations Management, chapter 4 (running MAD). Beyond its limits the forecast is
    steadily too low (above) or too high (below), and the method or its parameters should be looked at. Usual limits are
    plus and minus 4, up to 8 for cheap goods. O(n).

    Args:
        actual: what came in each bucket.
        forecast: what was forecast for it.
        limit: beyond which, up or down, the signal is outside.

    Raises:
        InvalidValueError: if the two are of different length, or the limit is not above zero.

    Carlson's bakery, quarter by quarter:

    >>> table = tracking_signal([90, 95, 115, 100, 125, 140], [100, 100, 100, 110, 110, 110])
    >>> [f"{row.signal:.1f}" for row in table]
    ['-1.0', '-2.0', '0.0', '-1.0', '0.5', '2.5']
    """
    most = Fraction(exact(limit, field="limit"))
    if most <= 0:
        raise InvalidValueError(field="limit", value=limit, reason="is not above zero")
    came, said = listed(actual, "actual"), listed(forecast, "forecast")
    if len(came) != len(said):
        reason = f"has {len(said)} buckets, what came {len(came)}"
        raise InvalidValueError(field="forecast", value=len(said), reason=reason)
    rows = []
    running = absolute = Fraction(0)
    for number, (one, other) in enumerate(zip(came, said, strict=True), 1):
        left, right = exact(one, field="actual"), exact(other, field="forecast")
        error = Fraction(left) - Fraction(right)
        running, absolute = running + error, absolute + abs(error)
        signal = running * number / absolute if absolute else None
        outside = signal is not None and abs(signal) > most
        shown = None if signal is None else decimal(signal)
        figures = (decimal(error), decimal(running), decimal(absolute / number))
        rows.append(TrackingRow(number, left, right, *figures, shown, outside))
    return Table(rows)


def last_run(signals: Table[TrackingRow]) -> int:
    """Return for how many buckets, up to the last, the signal has kept on one side of zero.

    A signal that stays on one side is a bias long before it reaches a limit.

    >>> last_run(tracking_signal([90, 95, 115, 120], [100, 100, 100, 110]))
    1
    """
    sides = [0 if row.signal is None else (row.signal > 0) - (row.signal < 0) for row in signals]
    count = 0
    for later, before in pairwise([*reversed(sides), 0]):
        if not later:
            break
        count += 1
        if before != later:
            break
    return count
