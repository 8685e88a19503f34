"""Scaled integers: how engines count. At scale 3 the amount 0.120 is the integer 120; nothing is ever rounded here."""

from __future__ import annotations

from decimal import Context, Decimal, Inexact, InvalidOperation, Overflow
from fractions import Fraction
from typing import Final

from prodstock.errors import InvalidTypeError, InvalidValueError

MAX_SCALED: Final = 2**63 - 1
"""The largest scaled integer: what a signed 64-bit column holds. The smallest is `-MAX_SCALED - 1`."""

MAX_SCALE: Final = 18
"""The most decimals an item may keep: one unit at scale 18 still fits 64 bits."""

_EXACT: Final = Context(prec=60, Emin=-200, Emax=200, traps=[InvalidOperation, Inexact, Overflow])
_TENS: Final[dict[int, int]] = {scale: 10**scale for scale in range(MAX_SCALE + 1)}
_DECIMAL_TENS: Final = {scale: Decimal(10**scale) for scale in range(MAX_SCALE + 1)}
_STEPS: Final = {scale: Decimal((0, (1,), -scale)) for scale in range(MAX_SCALE + 1)}
_multiply: Final = _EXACT.multiply
_to_whole: Final = _EXACT.to_integral_exact
_bounded: Final = _EXACT.plus


def to_scaled(value: Decimal | Fraction, scale: int, *, field: str = "quantity") -> int:
    """Return the amount as a whole number of its smallest steps, exactly. O(1), about 0.5 us for a Decimal.

    Args:
        value: the amount in the base unit.
        scale: decimals kept, 0 to 18.
        field: the name an error gives the amount.

    Raises:
        InvalidTypeError: if the amount is neither Decimal nor Fraction nor int.
        InvalidValueError: if the amount is not finite, has more decimals than the scale, or does not fit 64 bits.

    >>> to_scaled(Decimal("0.12"), 3)
    120
    >>> to_scaled(Decimal("0.004"), 2)  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    ...
    prodstock.errors.InvalidValueError: quantity '0.004' has more than 2 decimals. Round it by name, or raise ...
    """
    if isinstance(value, Decimal):
        try:
            scaled = int(_to_whole(_multiply(value, _DECIMAL_TENS[scale])))
        except (ArithmeticError, ValueError, LookupError):
            raise _refused(value, scale, field) from None
    else:
        ten = power_of_ten(scale)
        numerator, denominator = ratio(value, field=field)
        scaled, rest = divmod(numerator * ten, denominator)
        if rest:
            raise _too_fine(value, scale, field)
    if -MAX_SCALED - 1 <= scaled <= MAX_SCALED:
        return scaled
    raise _too_large(scaled, scale, field)


def whole_steps(value: Decimal, scale: int) -> int | None:
    """Return an amount as a whole number of its smallest steps; None: it is none, or does not fit. O(1).

    >>> whole_steps(Decimal("0.12"), 3), whole_steps(Decimal("0.004"), 2)
    (120, None)
    """
    try:
        found = int(_to_whole(_multiply(value, _DECIMAL_TENS[scale])))
    except (ArithmeticError, ValueError, LookupError):
        return None
    return found if -MAX_SCALED - 1 <= found <= MAX_SCALED else None


def from_scaled(n: int, scale: int) -> Decimal:
    """Return the amount of a whole number of smallest steps, with exactly `scale` decimals. O(1), about 0.3 us.

    Args:
        n: a scaled integer within 64 bits.
        scale: decimals, 0 to 18.

    Raises:
        InvalidValueError: if the scale is out of range.

    >>> from_scaled(120, 3), from_scaled(-5, 0)
    (Decimal('0.120'), Decimal('-5'))
    """
    try:
        return _multiply(n, _STEPS[scale]) if scale else Decimal(n)
    except LookupError:
        raise _no_scale(scale) from None


def within_64_bits(scaled: int, scale: int, *, field: str = "quantity") -> int:
    """Return a scaled integer that a signed 64-bit column holds.

    Raises:
        InvalidValueError: if it does not fit.

    >>> within_64_bits(120, 3)
    120
    """
    if -MAX_SCALED - 1 <= scaled <= MAX_SCALED:
        return scaled
    raise _too_large(scaled, scale, field)


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
    try:
        return _TENS[scale]
    except LookupError:
        raise _no_scale(scale) from None


def ratio(value: Fraction | Decimal | int, *, field: str = "quantity") -> tuple[int, int]:
    """Return the numerator and denominator of an exact amount, in lowest terms. A huge exponent is never expanded.

    Raises:
        InvalidTypeError: if the amount is a float, a bool or of any other kind.
        InvalidValueError: if it is a Decimal that is not finite, of more than 60 digits, or outside 1e-200 to 1e200.

    >>> ratio(Decimal("0.12"))
    (3, 25)
    """
    if isinstance(value, Fraction) or (isinstance(value, int) and value is not True and value is not False):
        return value.as_integer_ratio()
    if isinstance(value, Decimal):
        try:
            return _bounded(value).as_integer_ratio()
        except (ArithmeticError, ValueError):
            raise _out_of_bounds(value, field) from None
    reason = "is a float, which is not exact" if isinstance(value, float) else "is no exact number"
    raise InvalidTypeError(field=field, value=value, reason=reason, advice="Give a Decimal, a Fraction or an int")


def _refused(value: Decimal, scale: int, field: str) -> InvalidValueError:
    power_of_ten(scale)
    ratio(value, field=field)
    return _too_fine(value, scale, field)


def _no_scale(scale: int) -> InvalidValueError:
    return InvalidValueError(field="scale", value=scale, reason="is out of range", advice="Give 0 to 18 decimals")


def _out_of_bounds(value: Decimal, field: str) -> InvalidValueError:
    given = f"a Decimal about 1e{value.adjusted()}" if value.is_finite() else "a Decimal that is not finite"
    return InvalidValueError(field=field, value=given, reason="is not finite, too large or too fine to count")


def _too_large(scaled: int, scale: int, field: str) -> InvalidValueError:
    reason = f"in steps of {scale} decimals does not fit 64 bits"
    return InvalidValueError(field=field, value=scaled, reason=reason, advice="Use a larger unit, or a smaller scale")


def _too_fine(value: Decimal | Fraction | int, scale: int, field: str) -> InvalidValueError:
    reason = f"has more than {scale} decimals"
    advice = "Round it by name, or raise the item's scale"
    return InvalidValueError(field=field, value=said(value), reason=reason, advice=advice)


def said(value: Decimal | Fraction | int) -> str:
    """Return an exact amount for a message: its digits, its ratio, or how large its ratio is.

    >>> said(Fraction(1, 3))
    '1/3'
    """
    if isinstance(value, Fraction) and max(value.numerator.bit_length(), value.denominator.bit_length()) > 400:
        return f"a ratio of {value.numerator.bit_length()} to {value.denominator.bit_length()} bits"
    return str(value)
