"""Exact ratios as pairs of ints, for sums over many lines, and what people see of them."""

from decimal import Decimal
from fractions import Fraction
from math import gcd, lcm

DECIMALS_SHOWN = 18
"""Decimals of a ratio that has no last digit: as many as the finest item keeps."""


class RatioSums(dict[str, tuple[int, int]]):
    """Sums of ratios, by code: in lowest terms when read, not at every step, which costs less than `Fraction`."""

    __slots__ = ()

    def add(self, code: str, numerator: int, denominator: int) -> None:
        """Add a ratio to the sum of a code."""
        found = self.get(code)
        if found is None:
            self[code] = (numerator, denominator)
        elif found[1] == denominator:
            self[code] = (found[0] + numerator, denominator)
        else:
            common = lcm(found[1], denominator)
            total = found[0] * (common // found[1]) + numerator * (common // denominator)
            self[code] = (total, common)

    def reduced(self, code: str) -> tuple[int, int]:
        """Return the sum of a code in lowest terms, and keep it so."""
        numerator, denominator = self[code]
        if denominator == 1:
            return numerator, 1
        shared = gcd(numerator, denominator)
        if shared > 1:
            numerator, denominator = self[code] = (numerator // shared, denominator // shared)
        return numerator, denominator


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
        places = DECIMALS_SHOWN
        scaled = -(-numerator * 10**places // denominator)
    else:
        scaled = numerator * 10**places // denominator
    return Decimal(f"{scaled}e-{places}")


def _last_digit(denominator: int) -> int | None:
    twos = (denominator & -denominator).bit_length() - 1
    rest = denominator >> twos
    fives = 0
    while rest % 5 == 0:
        rest //= 5
        fives += 1
    return max(twos, fives) if rest == 1 else None
