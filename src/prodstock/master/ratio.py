"""What people see of exact ratios."""

from decimal import Decimal
from fractions import Fraction

DECIMALS_SHOWN = 18
"""Decimals of a ratio that has no last digit: as many as the finest item keeps."""


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
        return Decimal(f"{-(-numerator * 10**DECIMALS_SHOWN // denominator)}e-{DECIMALS_SHOWN}")
    return Decimal(f"{numerator * 10**places // denominator}e-{places}")


def _last_digit(denominator: int) -> int | None:
    twos = (denominator & -denominator).bit_length() - 1
    rest = denominator >> twos
    fives = 0
    while rest % 5 == 0:
        rest //= 5
        fives += 1
    return max(twos, fives) if rest == 1 else None
