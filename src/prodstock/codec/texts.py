"""Values that are written as one text: for each the one way to write it, and the strict way to read that.

Reading accepts what writing writes and its plain equivalents (`+00:00` for `Z`), never another kind of value. Nothing
here reads or sets the decimal context: a text is matched before it becomes a number.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Final

from prodstock.calendars.span import WorkingDays
from prodstock.codec.faults import Fault, not_a
from prodstock.codec.json_text import MAX_DIGITS, MAX_TEXT
from prodstock.errors import InvalidTypeError, InvalidValueError, shown
from prodstock.quantities.money import Money
from prodstock.quantities.quantity import Quantity

if TYPE_CHECKING:
    from collections.abc import Callable

MAX_NUMBER: Final = 200
"""Characters of a number, the digits of a ratio's two parts included."""

_DECIMAL: Final = re.compile(r"-?(?:0|[1-9]\d*)(\.\d+)?([Ee][+-]?\d{1,3})?", re.ASCII)
_RATIO: Final = re.compile(r"(-?(?:0|[1-9]\d{0,99}))(?:/([1-9]\d{0,99}))?", re.ASCII)
_DURATION: Final = re.compile(
    r"(-?)P(?=.)(?:(\d{1,9})D)?(?:T(?=\d)(?:(\d{1,9})H)?(?:(\d{1,9})M)?(?:(\d{1,12})(?:\.(\d{1,6}))?S)?)?", re.ASCII
)
_WORKING_DAYS: Final = re.compile(r"(\d{1,6}) working days?", re.ASCII)
_DATE: Final = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_DATETIME: Final = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:\d\d)?", re.ASCII)

_MICROSECOND: Final = timedelta(microseconds=1)


def number_in(text: str) -> Decimal:
    """Return the decimal number of a text, digit for digit.

    >>> number_in("1.20")
    Decimal('1.20')
    """
    if len(text) > MAX_NUMBER or _DECIMAL.fullmatch(text) is None:
        raise not_a("a decimal number", text, 'Write it in plain digits with a point, as in "1234.5"')
    return Decimal(text)


def number_out(value: Decimal) -> str:
    """Return a decimal number as text, digit for digit."""
    text = str(value)
    if len(text) > MAX_NUMBER or _DECIMAL.fullmatch(text) is None:
        raise InvalidValueError(field="value", value=text, reason="is no finite number of a usable length")
    return text


def ratio_in(text: str) -> Fraction:
    """Return the ratio of a text such as `3` or `1/3`.

    >>> ratio_in("2/6")
    Fraction(1, 3)
    """
    found = _RATIO.fullmatch(text)
    if found is None:
        raise not_a("a ratio", text, 'Write "3" or "1/3"')
    return Fraction(int(found[1]), int(found[2] or 1))


def ratio_out(value: Fraction) -> str:
    """Return a ratio as text, in lowest terms."""
    if max(abs(value.numerator), value.denominator).bit_length() > 332:
        raise InvalidValueError(field="value", value="a ratio", reason="has parts of more than 100 digits")
    return str(value)


def quantity_in(text: str) -> Quantity:
    """Return the quantity of a text such as `0.2 km` or `1/3 box`."""
    number, blank, unit = text.partition(" ")
    if not blank:
        raise not_a("a quantity with its unit", text, 'Write "0.2 km"')
    return Quantity(ratio_in(number), unit) if "/" in number else Quantity(number_in(number), unit)


def quantity_out(value: Quantity) -> str:
    """Return a quantity as text: its digits if they end, else its ratio, and the unit."""
    return f"{exact_digits(value.exact)} {value.unit}"


def exact_digits(value: Fraction) -> str:
    """Return a ratio in decimal digits if they end, and are not more than a number may have, else as a ratio.

    >>> exact_digits(Fraction(1, 5)), exact_digits(Fraction(1, 3))
    ('0.2', '1/3')
    """
    numerator, denominator = value.numerator, value.denominator
    twos = (denominator & -denominator).bit_length() - 1
    rest, fives = denominator >> twos, 0
    while rest % 5 == 0:
        rest //= 5
        fives += 1
    places = max(twos, fives)
    if rest != 1 or places > MAX_DIGITS or abs(numerator) * 10**places >= _MOST * denominator:
        return ratio_out(value)
    digits = str(abs(numerator) * 10**places // denominator).zfill(places + 1)
    sign = "-" if numerator < 0 else ""
    return f"{sign}{digits[:-places]}.{digits[-places:]}" if places else sign + digits


def money_in(text: str) -> Money:
    """Return the money of a text such as `1.20 EUR`."""
    number, blank, currency = text.partition(" ")
    if not blank:
        raise not_a("an amount of money", text, 'Write "1.20 EUR"')
    return Money(number_in(number), currency)


def money_out(value: Money) -> str:
    """Return money as text."""
    return f"{number_out(value.amount)} {value.currency}"


def exact_in(text: str) -> Decimal | Quantity:
    """Return a plain number, or, with a blank and a unit behind it, a quantity."""
    return quantity_in(text) if " " in text else number_in(text)


def duration_in(text: str) -> timedelta:
    """Return the duration of a text of ISO 8601 such as `P14D`, `PT20M` or `PT1H0.5S`.

    >>> duration_in("PT1H30M")
    datetime.timedelta(seconds=5400)
    """
    found = _DURATION.fullmatch(text)
    if found is None:
        raise not_a("a duration", text, 'Write "P14D" or "PT20M"')
    days, hours, minutes, seconds = (int(part or 0) for part in found.groups()[1:5])
    micros = int((found[6] or "").ljust(6, "0"))
    try:
        length = timedelta(days, seconds, micros, 0, minutes, hours)
    except OverflowError:
        raise not_a("a duration", text, "It is too long") from None
    return -length if found[1] else length


def duration_out(value: timedelta) -> str:
    """Return a duration as text of ISO 8601, days of 24 hours.

    >>> duration_out(timedelta(days=14)), duration_out(timedelta(minutes=90)), duration_out(timedelta())
    ('P14D', 'PT1H30M', 'PT0S')
    """
    micros = value // _MICROSECOND
    sign, micros = ("-", -micros) if micros < 0 else ("", micros)
    seconds, micros = divmod(micros, 1_000_000)
    days, seconds = divmod(seconds, 86_400)
    hours, minutes, seconds = seconds // 3600, seconds // 60 % 60, seconds % 60
    text = f"{days}D" if days else ""
    clock = (f"{hours}H" if hours else "") + (f"{minutes}M" if minutes else "")
    if seconds or micros:
        clock += f"{seconds}.{micros:06}".rstrip("0").rstrip(".") + "S" if micros else f"{seconds}S"
    if clock or not days:
        text += "T" + (clock or "0S")
    return f"{sign}P{text}"


def working_days_in(text: str) -> WorkingDays:
    """Return the working days of a text such as `21 working days`."""
    found = _WORKING_DAYS.fullmatch(text)
    if found is None:
        raise not_a("a number of working days", text, 'Write "21 working days"')
    return WorkingDays(int(found[1]))


def working_days_out(value: WorkingDays) -> str:
    """Return working days as text."""
    return f"{value.count} working days"


def span_in(text: str) -> timedelta | WorkingDays:
    """Return a lead time: working days where the text says so, else elapsed time."""
    return working_days_in(text) if text.endswith(("working days", "working day")) else duration_in(text)


def date_in(text: str) -> date:
    """Return the day of a text such as `2026-03-20`."""
    if _DATE.fullmatch(text) is None:
        raise not_a("a date", text, 'Write "2026-03-20"')
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise not_a("a date", text, "There is no such day") from None


def datetime_in(text: str) -> datetime:
    """Return the moment of a text such as `2026-03-02T06:00:00Z`, in UTC; it must say how far it is from UTC."""
    found = _DATETIME.fullmatch(text)
    if found is None:
        raise not_a("a moment", text, 'Write "2026-03-02T06:00:00Z"')
    if found[3] is None:
        raise Fault("no-zone", f"{shown(text)} has no time zone", 'Write "Z" or "+01:00" behind it')
    try:
        moment = datetime.fromisoformat(text)
        return moment if found[3] == "Z" else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        raise not_a("a moment", text, "There is no such moment") from None


def datetime_out(value: datetime) -> str:
    """Return a moment as text, in UTC. A value with another zone reads back as the same instant in UTC.

    Raises:
        InvalidValueError: if it has no time zone.
    """
    if value.utcoffset() is None:
        raise InvalidValueError(
            field="value", value=value, reason="has no time zone", advice="Give it one: tzinfo=datetime.UTC"
        )
    try:
        return value.astimezone(UTC).isoformat()[:-6] + "Z"
    except OverflowError:
        raise InvalidValueError(field="value", value=value, reason="is outside the years 1 to 9999 in UTC") from None


def moment_in(text: str) -> date:
    """Return a day, or, where the text has a time, a moment in UTC."""
    return datetime_in(text) if len(text) > 10 else date_in(text)


def plain_out(value: str) -> str:
    """Return a text as it is.

    Raises:
        InvalidValueError: if it is longer than a reader would accept.
    """
    if len(value) > MAX_TEXT:
        raise InvalidValueError(field="value", value=value, reason=f"is longer than {MAX_TEXT} characters")
    return value


def whole_out(value: int) -> int:
    """Return a whole number as it is.

    Raises:
        InvalidValueError: if it is longer than a reader would accept.
    """
    if not -_MOST < value < _MOST:
        raise InvalidValueError(field="value", value=value, reason=f"has more than {MAX_DIGITS} digits")
    return value


_MOST: Final = 10**MAX_DIGITS

WRITERS: Final[dict[type, Callable[..., object]]] = {
    Decimal: number_out,
    Fraction: ratio_out,
    Quantity: quantity_out,
    Money: money_out,
    date: date.isoformat,
    datetime: datetime_out,
    timedelta: duration_out,
    WorkingDays: working_days_out,
}
"""How each value is written as a text."""

READERS: Final[dict[frozenset[type], Callable[[str], object]]] = {
    frozenset({Decimal}): number_in,
    frozenset({Fraction}): ratio_in,
    frozenset({Quantity}): quantity_in,
    frozenset({Decimal, Quantity}): exact_in,
    frozenset({Money}): money_in,
    frozenset({date}): date_in,
    frozenset({datetime}): datetime_in,
    frozenset({date, datetime}): moment_in,
    frozenset({timedelta}): duration_in,
    frozenset({WorkingDays}): working_days_in,
    frozenset({timedelta, WorkingDays}): span_in,
}
"""How a text is read, for each value and for each choice of values whose texts differ."""


def _anywhere(pattern: re.Pattern[str]) -> str:
    """Return a pattern as other languages read it, where a digit may be any of Unicode's."""
    return pattern.pattern.replace(r"\d", "[0-9]")


PATTERNS: Final[dict[type, tuple[str, str]]] = {
    Decimal: ('A decimal number, digit for digit, as in "1234.50".', _anywhere(_DECIMAL)),
    Fraction: ('A ratio, as in "3" or "1/3".', _anywhere(_RATIO)),
    Quantity: (
        'An exact amount with its unit, as in "0.2 km" or "1/3 box".',
        f"(?:{_anywhere(_DECIMAL)}|{_anywhere(_RATIO)}) .+",
    ),
    Money: ('An amount of money with its currency, as in "1.20 EUR".', f"(?:{_anywhere(_DECIMAL)}) .+"),
    date: ('A day, as in "2026-03-20".', _anywhere(_DATE)),
    datetime: (
        'A moment with its distance from UTC, as in "2026-03-02T06:00:00Z".',
        _anywhere(_DATETIME).removesuffix("?"),
    ),
    timedelta: ('A length of time, as in "P14D" or "PT1H30M"; a day is 24 hours.', _anywhere(_DURATION)),
    WorkingDays: ('A number of working days, as in "21 working days".', _anywhere(_WORKING_DAYS)),
}
"""What each text says, and how it is made up: a regular expression that JSON Schema (ECMA-262) and Python both know."""


def wrong_type(wanted: str, value: object) -> InvalidTypeError:
    """Return the error for a value that does not fit the field it stands in."""
    return InvalidTypeError(field="value", value=value, reason=f"is not {wanted}", advice="Its field cannot hold it")
