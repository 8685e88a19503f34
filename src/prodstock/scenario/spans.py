"""Lead times made longer and shorter, and days moved: a working week has five days of seven, whatever the calendar."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from prodstock.calendars.span import MOST_WORKING_DAYS, WorkingDays
from prodstock.errors import InvalidValueError
from prodstock.master.checks import LONGEST_DURATION

if TYPE_CHECKING:
    from fractions import Fraction

    from prodstock.calendars.span import Moment, Span

_DAY = timedelta(days=1)
_MICROSECOND = timedelta(microseconds=1)


def elapsed(span: Span) -> timedelta:
    """Return a span as time that passes: seven days for five working days, rounded up.

    >>> elapsed(WorkingDays(3))
    datetime.timedelta(days=5)
    """
    return timedelta(days=-(-span.count * 7 // 5)) if isinstance(span, WorkingDays) else span


def said(span: Span) -> str:
    """Return a span as people say it.

    >>> said(WorkingDays(5)), said(timedelta(days=1)), said(timedelta(hours=30))
    ('5 working days', '1 day', '1 day, 6:00:00')
    """
    if isinstance(span, WorkingDays):
        return f"{span.count} working day{'' if span.count == 1 else 's'}"
    return str(span) if span % _DAY else f"{span.days} day{'' if span.days == 1 else 's'}"


def days(span: Span) -> int:
    """Return a span in days of the calendar, rounded up."""
    return -(-elapsed(span) // _DAY)


def longer(span: Span, by: Span) -> Span:
    """Return a lead time with another one added, counted as it was: five working days for seven days, rounded up.

    >>> longer(WorkingDays(21), timedelta(days=14))
    WorkingDays(count=31)
    """
    if isinstance(span, WorkingDays):
        return WorkingDays(span.count + _working(by))
    return span + elapsed(by)


def shorter(span: Span, by: Span) -> Span | None:
    """Return a lead time with another one taken off, or None if it is not that long.

    >>> shorter(WorkingDays(21), timedelta(days=14)), shorter(WorkingDays(5), WorkingDays(6))
    (WorkingDays(count=11), None)
    """
    if isinstance(span, WorkingDays):
        left = span.count - _working(by)
        return None if left < 0 else WorkingDays(left)
    passed = elapsed(by)
    return None if passed > span else span - passed


def times(span: Span, factor: Fraction) -> Span:
    """Return a lead time so many times as long; working days are rounded up, time to the microsecond.

    Raises:
        InvalidValueError: if that is longer than any lead time may be.

    >>> from fractions import Fraction
    >>> times(WorkingDays(21), Fraction(3, 2))
    WorkingDays(count=32)
    """
    most = MOST_WORKING_DAYS if isinstance(span, WorkingDays) else LONGEST_DURATION // _MICROSECOND
    whole = span.count if isinstance(span, WorkingDays) else span // _MICROSECOND
    found = -(-whole * factor.numerator // factor.denominator)
    if found > most:
        reason, advice = f"makes of {said(span)} a lead time out of all years", "Give a smaller factor"
        raise InvalidValueError(field="times", value=str(factor)[:40], reason=reason, advice=advice)
    return WorkingDays(found) if isinstance(span, WorkingDays) else timedelta(microseconds=found)


def moved(due: Moment, by: Span, *, back: bool = False) -> Moment:
    """Return a day or moment so much later, or sooner; a day by whole days, rounded up.

    >>> moved(date(2026, 3, 20), WorkingDays(5)), moved(date(2026, 3, 20), timedelta(hours=30), back=True)
    (datetime.date(2026, 3, 27), datetime.date(2026, 3, 18))
    """
    if isinstance(due, datetime):
        return due - elapsed(by) if back else due + elapsed(by)
    return date.fromordinal(due.toordinal() + (-days(by) if back else days(by)))


def _working(by: Span) -> int:
    return by.count if isinstance(by, WorkingDays) else -(-days(by) * 5 // 7)
