"""Scaled integers: how engines count. At scale 3 the amount 0.120 is the integer 120; nothing is ever rounded here."""

from __future__ import annotations

from decimal import Context, Decimal, Inexact, InvalidOperation, Overflow
from typing import TYPE_CHECKING, Final

from prodstock.errors import InvalidTypeError, InvalidValueError

if TYPE_CHECKING:
    from fractions import Fraction

MAX_SCALED: Final = 2**63 - 1
"""The largest scaled integer: what a signed 64-bit column holds. The smallest is `-MAX_SCALED - 1`."""

MAX_SCALE: Final = 18
"""The most decimals an item may keep: one unit at scale 18 still fits 64 bits."""

_EXACT: Final = Context(prec=60, Emin=-200, Emax=200, traps=[InvalidOperation, Inexact, Overflow])
_TENS: Final = tuple(10**scale for scale in range(MAX_SCALE + 1))
_ONES: Final = tuple(Decimal((0, (1,), -scale)) for scale in range(MAX_SCALE + 1))
_multiply: Final = _EXACT.multiply
_FAR: Final = 80


def to_scaled(value: Decimal | Fraction, scale: int, *, field: str = "quantity") -> int:
    """Return the amount as a whole number of its smallest steps, exactly. O(1).

    Args:
        value: the amount in the base unit.
        scale: decimals kept, 0 to 18.
        field: the name an error gives the amount.

    Raises:
        InvalidValueError: if the amount has more decimals than the scale, or the result does not fit 64 bits.
        InvalidTypeError: if the amount is neither Decimal nor Fraction (an int has no decimals to lose: use it
            times `10**scale`).

    >>> to_scaled(Decimal("0.12"), 3)
    120
    >>> to_scaled(Decimal("0.004"), 2)
    Traceback (most recent call last):
    ...
    prodstock.errors.InvalidValueError: quantity 0.004 has more than 2 decimals. Round it by name, or raise the item's scale
    """
    if not scale and type(value) is Decimal and value.is_finite() and value.adjusted() < MAX_SCALE:
        whole = int(value)
        if whole == value:
            return whole
    ten = power_of_ten(scale)
    if isinstance(value, Decimal) and (not value.is_finite() or (value and abs(value.adjusted()) > _FAR)):
        raise InvalidValueError(field=field, value=str(value)[:40], reason="is not finite or beyond 1e80")
    try:
        numerator, denominator = value.as_integer_ratio()
    except AttributeError:
        raise InvalidTypeError(field=field, value=value, reason="is neither Decimal nor Fraction") from None
    scaled, rest = divmod(numerator * ten, denominator)
    if rest:
        raise _too_fine(value, scale, field)
    return within_64_bits(scaled, scale, field=field)


def from_scaled(n: int, scale: int) -> Decimal:
    """Return the amount of a whole number of smallest steps, with exactly `scale` decimals. O(1), about 0.3 us.

    Args:
        n: a scaled integer within 64 bits.
        scale: decimals, 0 to 18.

    >>> from_scaled(120, 3), from_scaled(-5, 0)
    (Decimal('0.120'), Decimal('-5'))
    """
    return _multiply(n, _ONES[scale]) if scale else Decimal(n)


def within_64_bits(scaled: int, scale: int, *, field: str = "quantity") -> int:
    """Return a scaled integer that a signed 64-bit column holds.

    Raises:
        InvalidValueError: if it does not fit.

    >>> within_64_bits(120, 3)
    120
    """
    if -MAX_SCALED - 1 <= scaled <= MAX_SCALED:
        return scaled
    raise InvalidValueError(
        field=field,
        value=scaled,
        reason=f"in steps of {scale} decimals does not fit 64 bits",
        advice="Use a larger unit, or a smaller scale",
    )


def power_of_ten(scale: int) -> int:
    """Return 10 to the power of a scale, 0 to 18.

    Raises:
        InvalidTypeError: if the scale is not an int.
        InvalidValueError: if it is out of range.

    >>> power_of_ten(3)
    1000
    """
    if type(scale) is not int:
        raise InvalidTypeError(field="scale", value=scale, reason="is not an int", advice="Give 0 to 18 decimals")
    if not 0 <= scale <= MAX_SCALE:
        raise InvalidValueError(field="scale", value=scale, reason="is out of range", advice="Give 0 to 18 decimals")
    return _TENS[scale]


def _too_fine(value: Decimal | Fraction, scale: int, field: str) -> InvalidValueError:
    shown = str(value)[:60] if isinstance(value, Decimal) else value
    return InvalidValueError(
        field=field,
        value=shown,
        reason=f"has more than {scale} decimals",
        advice="Round it by name, or raise the item's scale",
    )
