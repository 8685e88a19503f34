"""Rounding by purpose, in one place: nothing else in the library rounds a quantity."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from math import lcm
from typing import TYPE_CHECKING

from prodstock.errors import InvalidTypeError, InvalidValueError
from prodstock.quantities.number import checked_int
from prodstock.quantities.scaled import power_of_ten, ratio, said, whole_steps, within_64_bits

if TYPE_CHECKING:
    from collections.abc import Sequence


class Rounding(StrEnum):
    """The purpose a number is rounded for; the value says the direction.

    A need rounds up, so that nobody runs short; what is available rounds down, so that nothing is promised twice;
    a value rounds half-even, so that errors do not pile up. Up and down are towards plus and minus infinity, for
    negative numbers too: a need of -1.5 becomes -1, an availability of -1.5 becomes -2.
    """

    NEED = "up"
    AVAILABILITY = "down"
    VALUE = "half-even"


def round_scaled(value: Fraction | Decimal | int, scale: int, rounding: Rounding, *, field: str = "quantity") -> int:
    """Return an amount rounded to `scale` decimals, as a scaled integer. O(1).

    Args:
        value: the exact amount in the base unit.
        scale: decimals kept, 0 to 18.
        rounding: the purpose, which gives the direction.
        field: the name an error gives the amount.

    Raises:
        InvalidTypeError: if the amount is a float or no number, or the rounding none.
        InvalidValueError: if the amount is not finite, or the result does not fit 64 bits.

    4 g, out of stock that is kept in kg with 2 decimals:

    >>> round_scaled(Fraction(4, 1000), 2, Rounding.NEED)
    1
    """
    if isinstance(value, Decimal):
        exact = whole_steps(value, scale)
        if exact is not None and isinstance(rounding, Rounding):
            return exact
    numerator, denominator = ratio(value, field=field)
    return within_64_bits(divide(numerator * power_of_ten(scale), denominator, rounding), scale, field=field)


def divide(numerator: int, denominator: int, rounding: Rounding) -> int:
    """Return the quotient of two ints, the second above zero, rounded to a whole number.

    >>> divide(7, 2, Rounding.NEED), divide(7, 2, Rounding.AVAILABILITY), divide(5, 2, Rounding.VALUE)
    (4, 3, 2)
    """
    match rounding:
        case Rounding.NEED:
            return -(-numerator // denominator)
        case Rounding.AVAILABILITY:
            return numerator // denominator
        case Rounding.VALUE:
            whole, rest = divmod(numerator, denominator)
            twice = 2 * rest
            return whole + (twice > denominator or (twice == denominator and whole % 2 == 1))
        case _:
            choices = ", ".join(f"Rounding.{one.name}" for one in Rounding)
            raise InvalidTypeError(
                field="rounding", value=rounding, reason="is no Rounding", advice=f"Use one of {choices}"
            )


def split(total: int, weights: Sequence[int | Fraction]) -> tuple[int, ...]:
    """Return whole parts of a total in proportion to weights; the parts sum to the total exactly.

    Largest remainder (Hamilton's method): each part is its share rounded towards zero, and the units left go one each
    to the largest remainders; equal remainders: the earlier position. A weight of zero gets nothing. A negative
    total is split as its positive twin, with the signs turned. O(n log n).

    Args:
        total: what is split, e.g. scaled quantities or minor units of money.
        weights: one for each part, none negative.

    Raises:
        InvalidTypeError: if the total is no int, or a weight is a float, a bool or of another kind.
        InvalidValueError: if a weight is negative, or all are zero (or there are none) while the total is not.

    >>> split(100, [1, 1, 1])
    (34, 33, 33)
    """
    size = abs(checked_int(total, field="total"))
    shares = _whole_weights(weights)
    whole = sum(shares)
    if not whole:
        return _nothing(total, len(shares))
    parts, rests = [], []
    for share in shares:
        part, rest = divmod(size * share, whole)
        parts.append(part)
        rests.append(-rest)
    for position in sorted(range(len(parts)), key=rests.__getitem__)[: size - sum(parts)]:
        parts[position] += 1
    return tuple(parts) if total >= 0 else tuple(-part for part in parts)


def _nothing(total: int, count: int) -> tuple[int, ...]:
    """Return the split by weights that are all zero: of nothing."""
    if total:
        reason = "are all zero: nobody has a share" if count else "are empty: nobody has a share"
        raise InvalidValueError(
            field="weights", value=(0,) * min(count, 3), reason=reason, advice="Give one above zero"
        )
    return (0,) * count


def _whole_weights(weights: Sequence[int | Fraction]) -> list[int]:
    """Return the weights as whole numbers in the same proportion."""
    for weight in weights:
        if isinstance(weight, bool) or not isinstance(weight, int | Fraction):
            advice = "Give an int or a Fraction"
            raise InvalidTypeError(field="weights", value=weight, reason="is no exact weight", advice=advice)
        if weight < 0:
            raise InvalidValueError(field="weights", value=said(weight), reason="is below zero")
    common = lcm(*(weight.denominator for weight in weights))
    return [weight.numerator * (common // weight.denominator) for weight in weights]
