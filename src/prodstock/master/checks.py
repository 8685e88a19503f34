"""The checks that definitions share: each refuses one value, by the name of its field."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import Enum

from prodstock.calendars.span import WorkingDays
from prodstock.errors import InvalidTypeError, InvalidValueError, paired
from prodstock.master.codes import code, text
from prodstock.quantities.number import Number, exact
from prodstock.quantities.quantity import Amount, Exact, amount

ZERO = Decimal(0)
ONE = Decimal(1)


def number(value: Number) -> Decimal:
    """Return a number exactly; the defaults 0 and 1 pass unread, for bills have many lines."""
    if value is ZERO or value is ONE:
        return ZERO if value is ZERO else ONE
    return exact(value)


def quantity(value: Amount) -> Exact:
    """Return an amount exactly; the defaults 0 and 1 pass unread, for catalogs have many items."""
    if value is ZERO or value is ONE:
        return ZERO if value is ZERO else ONE
    return amount(value)


def not_negative(value: Exact, field: str) -> None:
    """Refuse an amount below zero."""
    if value is not ZERO and (value if isinstance(value, Decimal) else value.exact) < 0:
        raise InvalidValueError(field=field, value=value, reason="is below zero")


def positive(value: Exact, field: str) -> None:
    """Refuse an amount of zero or below."""
    if (value if isinstance(value, Decimal) else value.exact) <= 0:
        raise InvalidValueError(field=field, value=value, reason="is not above zero")


def member(value: object, kind: type[Enum], field: str) -> None:
    """Refuse what is no member of an enumeration: rows take its values, calls its members."""
    if not isinstance(value, kind):
        choices = ", ".join(f"{kind.__name__}.{one.name}" for one in kind)
        raise InvalidTypeError(
            field=field, value=value, reason=f"is no {kind.__name__}", advice=f"Use one of {choices}"
        )


LONGEST_DURATION = timedelta(days=200_000)
"""More than the years 1900 to 2200 that moments are in."""


def duration(value: object, field: str) -> None:
    """Refuse what is no duration, one below zero, or one that leads out of all years."""
    if not isinstance(value, timedelta):
        raise InvalidTypeError(field=field, value=value, reason="is no duration", advice="Use datetime.timedelta")
    if value < timedelta():
        raise InvalidValueError(field=field, value=value, reason="is below zero")
    if value > LONGEST_DURATION:
        raise InvalidValueError(field=field, value=value, reason=f"is longer than {LONGEST_DURATION.days} days")


def instance(value: object, kind: type, field: str, advice: str = "") -> None:
    """Refuse what is no value of a class."""
    if not isinstance(value, kind):
        raise InvalidTypeError(field=field, value=value, reason=f"is no {kind.__name__}", advice=advice)


def progress(value: object) -> None:
    """Refuse what is to be told of progress and cannot be called; None: nobody is."""
    if value is not None and not callable(value):
        raise InvalidTypeError(field="progress", value=value, reason="cannot be called", advice="Give a function")


def span(value: object, field: str) -> None:
    """Refuse what is neither a duration of at least zero nor a number of working days."""
    if not isinstance(value, WorkingDays):
        duration(value, field)


def period(start: date | None, end: date | None) -> None:
    """Refuse effective dates that are no days, or that leave no day between them (they are half-open)."""
    _day(start, "effective_from")
    _day(end, "effective_until")
    if start is not None and end is not None and end <= start:
        advice = "The period is half-open: the day after the last day it is valid"
        raise InvalidValueError(
            field="effective_until", value=end, reason=f"leaves no day after effective_from {start}", advice=advice
        )


def _day(value: object, field: str) -> None:
    if value is not None and (not isinstance(value, date) or isinstance(value, datetime)):
        advice = "Use datetime.date: a day of the site's zone"
        raise InvalidTypeError(field=field, value=value, reason="is no day", advice=advice)


def effective(start: date | None, end: date | None, day: date) -> bool:
    """Tell whether a day lies in the half-open period from `start` until `end`; None is open."""
    return (start is None or start <= day) and (end is None or day < end)


def overlap(one: tuple[date | None, date | None], other: tuple[date | None, date | None]) -> bool:
    """Tell whether two half-open periods share a day."""
    return (one[0] is None or other[1] is None or one[0] < other[1]) and (
        other[0] is None or one[1] is None or other[0] < one[1]
    )


def factor_pairs(values: Mapping[str, Amount] | Iterable[tuple[str, Amount]]) -> tuple[tuple[str, Exact], ...]:
    """Return unit factors as pairs in the order of the units, so that they hash and compare by content."""
    if values == ():
        return ()
    given = paired(values, "factors")
    return tuple(sorted(((code(unit, "factors"), amount(value)) for unit, value in given.items()), key=_first))


def text_pairs(values: Mapping[str, str] | Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """Return named texts as pairs in the order of their names, so that they hash and compare by content."""
    if values == ():
        return ()
    given = paired(values, "attributes")
    return tuple(sorted((code(name, "attributes"), text(value, "attributes")) for name, value in given.items()))


def _first(pair: tuple[str, object]) -> str:
    return pair[0]


MOST = 10**18
"""More than any priority, count or line number is; each fits 64 bits."""


def whole(value: object, field: str, *, least: int | None = None) -> None:
    """Refuse what is no whole number, is below the least, or does not fit 64 bits."""
    if not isinstance(value, int) or isinstance(value, bool):
        raise InvalidTypeError(field=field, value=value, reason="is no whole number")
    if not -MOST <= value <= MOST:
        raise InvalidValueError(field=field, value=value, reason="is too large", advice=f"Use {-MOST} to {MOST}")
    if least is not None and value < least:
        raise InvalidValueError(field=field, value=value, reason=f"is below {least}")
