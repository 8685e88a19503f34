"""What a caller may type for a number, and how it is read: exactly, or not at all."""

from __future__ import annotations

from decimal import Clamped, Context, Decimal, DecimalException, Inexact, InvalidOperation, Overflow, Rounded, Subnormal
from fractions import Fraction
from typing import Final, TypeAlias

from prodstock.errors import InvalidTypeError, InvalidValueError

Number: TypeAlias = int | str | Decimal
"""What may be typed for a plain number."""

MAX_DIGITS: Final = 40
"""Significant digits of a number that is typed."""

MAX_INT_BITS: Final = 128
"""Bits of an int that is typed."""

MAX_TEXT: Final = 200
"""Characters of a number that is typed as text."""

LIMITS: Final = Context(
    prec=MAX_DIGITS,
    Emin=-40,
    Emax=80,
    clamp=0,
    traps=[InvalidOperation, Overflow, Subnormal, Inexact, Rounded, Clamped],
)
"""The bounds of every number at the border. Its operations raise `DecimalException` instead of rounding; it is the
library's own context, so the one of the calling thread is neither read nor set."""

_BLANKS: Final = " \t\r\n"


_SMALL = tuple(map(Decimal, range(257)))
"""Whole numbers that people mostly type, made once: most quantities of most commands."""


def exact(value: Number, *, field: str = "amount") -> Decimal:
    """Return the number that was typed, exactly, as a finite Decimal.

    Blanks around a text are dropped, as `Decimal` and `int` do; minus zero becomes zero; the decimals written are
    kept ("0.120" stays 0.120). The check costs one bounded operation, whatever the exponent: nothing is expanded.

    Args:
        value: an int, a text in ASCII digits with a point ("1234.5", "1e3"), or a Decimal.
        field: the name an error gives the value.

    Raises:
        InvalidTypeError: if value is a float, a bool or of any other kind.
        InvalidValueError: if it is no number, not finite, has more than 40 significant digits, an int above 128 bits,
            or a magnitude outside 1e-40 to 1e80.

    >>> exact("0.120"), exact(500)
    (Decimal('0.120'), Decimal('500'))
    >>> exact(0.1)
    Traceback (most recent call last):
    ...
    prodstock.errors.InvalidTypeError: amount 0.1 is a float, which is not exact. Write it as text or Decimal: "0.1"
    """
    if type(value) is int and 0 <= value < len(_SMALL):
        return _SMALL[value]
    if isinstance(value, str):
        number = _from_text(value, field)
    elif isinstance(value, Decimal):
        number = _within_limits(value, field)
    elif isinstance(value, bool) or not isinstance(value, int):
        raise _wrong_type(value, field)
    elif value.bit_length() > MAX_INT_BITS:
        raise InvalidValueError(field=field, value=value, reason=f"is an integer above {MAX_INT_BITS} bits")
    else:
        return Decimal(int(value))
    return number or number.copy_abs()


def rational(value: Number | Fraction, *, field: str = "amount") -> Fraction:
    """Return a number as a ratio of integers; a Fraction, which only a calculation makes, is taken as it is.

    Raises:
        InvalidTypeError: if value is a float, a bool or of any other kind.
        InvalidValueError: as `exact`.

    >>> rational("0.12")
    Fraction(3, 25)
    """
    return value if isinstance(value, Fraction) else Fraction(exact(value, field=field))


def checked_int(value: int, *, field: str) -> int:
    """Return a whole number that was given as an int.

    Raises:
        InvalidTypeError: if value is a bool or not an int.

    >>> checked_int(3, field="total")
    3
    """
    if isinstance(value, bool) or not isinstance(value, int):
        raise InvalidTypeError(field=field, value=value, reason="is not an int", advice="Give a whole number as an int")
    return value


def _from_text(text: str, field: str) -> Decimal:
    if len(text) > MAX_TEXT:
        raise InvalidValueError(field=field, value=text, reason=f"is longer than {MAX_TEXT} characters")
    bare = str.__str__(text).strip(_BLANKS)
    if not bare.isascii():
        raise _not_a_number(text, field)
    try:
        number = LIMITS.create_decimal(bare)
    except DecimalException as error:
        raise _explained(error, text, field) from None
    if not number.is_finite():
        raise _not_a_number(text, field)
    return number


def _within_limits(value: Decimal, field: str) -> Decimal:
    if not value.is_finite():
        raise _not_a_number("a Decimal that is not finite", field)
    try:
        return LIMITS.plus(value)
    except DecimalException as error:
        raise _explained(error, f"a Decimal about 1e{value.adjusted()}", field) from None


def _explained(error: DecimalException, given: str, field: str) -> InvalidValueError:
    match error:
        case Overflow() | Subnormal() | Clamped():
            reason = "is too large or too small: magnitudes run from 1e-40 to 1e80"
        case Rounded():
            reason = f"has more than {MAX_DIGITS} significant digits"
        case _:
            return _not_a_number(given, field)
    return InvalidValueError(field=field, value=given, reason=reason)


def _not_a_number(value: object, field: str) -> InvalidValueError:
    advice = 'Write it in plain digits with a point, as in "1234.5"'
    return InvalidValueError(field=field, value=value, reason="is not a finite number", advice=advice)


def _wrong_type(value: object, field: str) -> InvalidTypeError:
    if isinstance(value, float):
        advice = f'Write it as text or Decimal: "{value}"'
        return InvalidTypeError(field=field, value=value, reason="is a float, which is not exact", advice=advice)
    kind = type(value).__name__
    return InvalidTypeError(
        field=field, value=value, reason=f"is of type {kind}, not a number", advice="Give an int, a str or a Decimal"
    )
