"""Days off by law or custom: anything that answers `day in holidays`."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Protocol

from prodstock.calendars.zone import FIRST_YEAR, LAST_YEAR
from prodstock.errors import InvalidTypeError, InvalidValueError, listed

if TYPE_CHECKING:
    from collections.abc import Iterable


class Holidays(Protocol):
    """Answers whether a day is off; a dict, a set and `holidays.DE()` all fit."""

    def __contains__(self, day: date, /) -> bool:
        """Whether the day is off."""
        ...


_TEXTS: tuple[type, ...] = (str, bytes)
_COLLECTIONS = (dict, set, frozenset, list, tuple)


def kept(given: Holidays) -> Holidays:
    """Return a frozenset of the days where the given ones can be listed, and else the given object itself.

    Dicts (their keys), sets, lists and tuples can be listed. What computes its answer, as the `holidays` package does,
    cannot: it has a `__contains__` of its own.

    Raises:
        InvalidTypeError: if it cannot be asked, or lists anything but bare dates.
    """
    if isinstance(given, _TEXTS) or not hasattr(given, "__contains__"):
        advice = "Give a set of dates, a dict by date, or an object that answers `day in holidays`"
        raise InvalidTypeError(field="holidays", value=given, reason="cannot be asked for a day", advice=advice)
    if not isinstance(given, _COLLECTIONS):
        return given
    if type(given).__contains__ not in {kind.__contains__ for kind in _COLLECTIONS}:
        return given
    return frozenset(map(_day, given))


def _day(value: object) -> date:
    if isinstance(value, datetime) or not isinstance(value, date):
        raise InvalidTypeError(field="holidays", value=value, reason="is not a date", advice="List bare dates")
    return value


def identity(given: Holidays) -> object:
    """Return what two calendars' holidays are compared and hashed by: the days listed, else the object's identity."""
    return given if isinstance(given, frozenset) else id(given)


def listed_holidays(holidays: Holidays, years: Iterable[int]) -> frozenset[date]:
    """Return the days off of these years, asked one by one: a value that compares, hashes and can be stored.

    Raises:
        InvalidTypeError: if the holidays cannot be asked, or a year is no whole number.
        InvalidValueError: if a year is outside 1900 to 2200.

    >>> len(listed_holidays({date(2026, 12, 25): "Christmas", date(2027, 1, 1): "New Year"}, [2026]))
    1
    """
    found: set[date] = set()
    asked = kept(holidays)
    for year in listed(years, "years"):
        if isinstance(year, bool) or not isinstance(year, int):
            raise InvalidTypeError(field="years", value=year, reason="is no year", advice="Use 2026")
        if not FIRST_YEAR <= year <= LAST_YEAR:
            raise InvalidValueError(field="years", value=year, reason=f"is outside {FIRST_YEAR} to {LAST_YEAR}")
        first, past = date(year, 1, 1).toordinal(), date(year + 1, 1, 1).toordinal()
        found.update(day for day in map(date.fromordinal, range(first, past)) if day in asked)
    return frozenset(found)
