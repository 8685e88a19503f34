"""Times in cells: durations, lead times, days and moments, as files, databases and data frames write them."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Final

from prodstock.calendars.span import WorkingDays
from prodstock.codec import texts
from prodstock.codec.faults import Fault, not_a

if TYPE_CHECKING:
    from collections.abc import Mapping

_UNITS: Final[Mapping[str, timedelta]] = {
    name: length
    for names, length in (
        ("s sec second seconds", timedelta(seconds=1)),
        ("min minute minutes", timedelta(minutes=1)),
        ("h hour hours", timedelta(hours=1)),
        ("d day days", timedelta(days=1)),
        ("week weeks", timedelta(weeks=1)),
    )
    for name in names.split()
}
_MICROSECOND: Final = timedelta(microseconds=1)
_WORDED: Final = re.compile(r"(\d{1,9}(?:\.\d{1,6})?) ([a-z]+)", re.ASCII)
_CLOCK: Final = re.compile(r"(?:(\d{1,6}) days?,? )?(\d{1,6}):([0-5]\d):([0-5]\d)(?:\.(\d{1,6}))?", re.ASCII)


def duration_of(value: object) -> timedelta:
    """Return a duration: `PT20M`, `00:20:00`, `1 day, 0:20:00`, `20 minutes`, `14 days`."""
    if isinstance(value, timedelta):
        if getattr(value, "nanoseconds", 0):
            raise not_a("a duration in whole microseconds", value)
        return timedelta(value.days, value.seconds, value.microseconds)
    if not isinstance(value, str):
        raise not_a("a duration", value, 'A number needs its unit: write "20 minutes" or "PT20M"')
    text = value.strip()
    if text[:1] in ("P", "-"):
        return texts.duration_in(text)
    if found := _WORDED.fullmatch(text):
        unit = _UNITS.get(found[2])
        if unit is not None:
            return _times(found[1], unit)
    if found := _CLOCK.fullmatch(text):
        days, hours, minutes, seconds = (int(part or 0) for part in found.groups()[:4])
        return timedelta(days, seconds, int((found[5] or "").ljust(6, "0")), 0, minutes, hours)
    raise not_a("a duration", value, 'Write "20 minutes", "PT20M" or "00:20:00"')


def _times(count: str, unit: timedelta) -> timedelta:
    if count.isdecimal() and len(count) <= 6:
        return int(count) * unit
    micros = Fraction(Decimal(count)) * (unit // _MICROSECOND)
    if micros.denominator != 1 or micros > timedelta.max // _MICROSECOND:
        raise not_a("a duration in whole microseconds", count)
    return timedelta(microseconds=int(micros))


def working_days_of(value: object) -> WorkingDays:
    """Return a number of working days: `21 working days`."""
    if isinstance(value, WorkingDays):
        return value
    if isinstance(value, str):
        return texts.working_days_in(value.strip())
    raise not_a("a number of working days", value, 'Write "21 working days"')


def span_of(value: object) -> timedelta | WorkingDays:
    """Return a lead time: working days where the cell says so, else a duration."""
    if isinstance(value, WorkingDays):
        return value
    if isinstance(value, str) and "working" in value:
        return texts.working_days_in(value.strip())
    return duration_of(value)


def date_of(value: object) -> date:
    """Return a day: a date, its text, or a midnight without a zone, which is what frames make of days."""
    if isinstance(value, str):
        text = value.strip()
        if len(text) > 10 and text[10] in "T " and not text[11:].strip("0:."):
            text = text[:10]
        return texts.date_in(text)
    if isinstance(value, datetime):
        if value.tzinfo is None and value.time() == time():
            return value.date()
        raise not_a("a day", value.isoformat(), "Give a date, or a midnight without a time zone")
    if isinstance(value, date):
        return value
    raise not_a("a day", value, 'Write "2026-03-20"')


def datetime_of(value: object) -> datetime:
    """Return a moment, in UTC."""
    if isinstance(value, str):
        return texts.datetime_in(value.strip())
    if isinstance(value, datetime):
        if value.utcoffset() is None:
            raise Fault("no-zone", f"{value.isoformat()} has no time zone", "Give it one: tzinfo=datetime.UTC")
        if getattr(value, "nanosecond", 0):
            raise not_a("a moment in whole microseconds", value)
        moved = value.astimezone(UTC)
        return datetime.combine(moved.date(), moved.time(), UTC)
    raise not_a("a moment", value, 'Write "2026-03-02T06:00:00Z"')


def moment_of(value: object) -> date:
    """Return a day or a moment; a midnight without a zone is a day."""
    if isinstance(value, datetime):
        return datetime_of(value) if value.tzinfo is not None else _date_or_zone(value)
    if isinstance(value, str) and len(text := value.strip()) > 10 and text[11:].strip("0:."):
        return datetime_of(text)
    return date_of(value)


def _date_or_zone(value: datetime) -> date:
    return date_of(value) if value.time() == time() else datetime_of(value)
