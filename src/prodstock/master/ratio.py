"""What people see of exact ratios."""

from decimal import MAX_EMAX, MAX_PREC, MIN_EMIN, Context, Decimal
from fractions import Fraction

DECIMALS_SHOWN = 18
"""Decimals of a ratio that has no last digit: as many as the finest item keeps."""

LOG2_OF_5 = 2_321_928
"""In millionths."""

_WIDE = Context(prec=MAX_PREC, Emax=MAX_EMAX, Emin=MIN_EMIN)
"""Only for moving the point, which rounds nothing and takes no room."""


def decimal_of(value: Fraction) -> Decimal:
    """Return a ratio as a Decimal: exactly if it has a last digit, else rounded up at 18 decimals.

    Rounding that up again, to the scale of any item, gives what rounding the exact ratio up would have given.

    >>> decimal_of(Fraction(1212, 5)), decimal_of(Fraction(100, 97))
    (Decimal('242.4'), Decimal('1.030927835051546392'))
    """
    numerator, denominator = value.numerator, value.denominator
    if denominator == 1:
        return Decimal(numerator)
    places = _last_digit(denominator)
    if places is None:
        return _WIDE.scaleb(Decimal(-(-numerator * 10**DECIMALS_SHOWN // denominator)), -DECIMALS_SHOWN)
    return _WIDE.scaleb(Decimal(numerator * 10**places // denominator), -places)


def _last_digit(denominator: int) -> int | None:
    """Return how many decimals one over a number has; None: it has no last one. Not by trial: numbers may be long."""
    twos = (denominator & -denominator).bit_length() - 1
    rest = denominator >> twos
    near = rest.bit_length() * 1_000_000 // LOG2_OF_5
    fives = next((power for power in (near - 1, near, near + 1) if power >= 0 and 5**power == rest), None)
    return None if fives is None else max(twos, fives)
