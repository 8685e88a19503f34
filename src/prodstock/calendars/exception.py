"""Days that differ from the usual week: shutdowns, overtime, summer hours."""

from __future__ import annotations

from datetime import date

import attrs

from prodstock._render import brief
from prodstock.calendars.week import CLOSED, week
from prodstock.calendars.zone import dated
from prodstock.errors import InvalidTypeError, InvalidValueError


def _date(_: object, field: attrs.Attribute[date], value: date) -> None:
    dated(value, field.name)


def _week(_: object, field: attrs.Attribute[str], value: str) -> None:
    week(value, field.name)


def _priority(_: object, field: attrs.Attribute[int], value: object) -> None:
    if isinstance(value, bool) or not isinstance(value, int):
        raise InvalidTypeError(field=field.name, value=value, reason="is not a whole number", advice="Use 0, 1, -1 ...")


@attrs.frozen
class CalendarException:
    """Other working hours from `start` until before `end`.

    `week` is written as the calendar's own; hours without days count for every day. On the days it names it replaces
    all shifts that start there; days it does not name are left to the next in rank. So `Sa 08:00-12:00` adds
    Saturdays, and `closed`, the default, shuts every day.

    Where exceptions meet, the lowest priority number wins, then the latest start, then the earliest end. A holiday
    counts as a closed day of priority 0 that starts on that day, and gives way to an exception of equal rank: overtime
    dated to a holiday opens it, summer hours that merely cover it do not, unless their priority is negative.

    Raises:
        InvalidTypeError, InvalidValueError: if a date, the week or the priority is unreadable, or `end` is not after
            `start`.

    >>> CalendarException(date(2026, 12, 24), date(2027, 1, 2))
    CalendarException(start=2026-12-24, end=2027-01-02)
    """

    start: date = attrs.field(validator=_date)
    end: date = attrs.field(validator=_date)
    week: str = attrs.field(kw_only=True, default=CLOSED, validator=_week)
    priority: int = attrs.field(kw_only=True, default=0, validator=_priority)

    __repr__ = brief

    def __attrs_post_init__(self) -> None:
        if self.end <= self.start:
            advice = "The end is the first day that is usual again"
            raise InvalidValueError(field="end", value=self.end, reason="is not after the start", advice=advice)


def weakest_first(exceptions: tuple[CalendarException, ...]) -> tuple[CalendarException, ...]:
    """Return the exceptions in ascending rank, so that painting them one over the other leaves the winner on top.

    Raises:
        InvalidValueError: if two of equal rank name the same weekday: neither could win.
    """
    ranked = sorted(exceptions, key=lambda e: (-e.priority, e.start, -e.end.toordinal(), e.week))
    claimed: dict[tuple[int, date, date], list[CalendarException]] = {}
    for exception in ranked:
        equals = claimed.setdefault((exception.priority, exception.start, exception.end), [])
        if any(_claim_the_same_day(exception, other) for other in equals):
            advice = "Give one of them a lower priority number, or join them in one week"
            reason = "has the dates and priority of another exception, and names the same weekday"
            raise InvalidValueError(field="exceptions", value=exception, reason=reason, advice=advice)
        equals.append(exception)
    return tuple(ranked)


def _claim_the_same_day(one: CalendarException, other: CalendarException) -> bool:
    pairs = zip(week(one.week), week(other.week), strict=True)
    return any(mine is not None and theirs is not None for mine, theirs in pairs)
