"""Time buckets of a horizon: the days, weeks or months people plan in."""

from __future__ import annotations

from datetime import date, timedelta, tzinfo
from enum import StrEnum
from typing import TYPE_CHECKING

from prodstock.calendars.zone import from_micros, start_of, wall_micros
from prodstock.errors import InvalidTypeError, InvalidValueError

if TYPE_CHECKING:
    from datetime import datetime

    from prodstock.calendars.span import Moment


class TimeBucket(StrEnum):
    """A length of time to plan in; weeks start on Monday."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


def buckets(start: Moment, until: Moment, bucket: TimeBucket, zone: tzinfo) -> tuple[tuple[datetime, datetime], ...]:
    """Return the half-open buckets from start until before the end, ascending, in UTC.

    They follow one another without a gap, on the midnights of the zone; the first and the last are cut to the horizon.
    A date is its start. An empty horizon has no buckets. A day that the zone left out (Samoa's 30 December 2011) has
    none either. O(buckets).

    Raises:
        InvalidTypeError, InvalidValueError: if a moment or the bucket is unusable, or the end is before the start.

    >>> from prodstock.calendars.zone import zone
    >>> [str(first.date()) for first, _ in buckets(date(2026, 1, 15), date(2026, 4, 1), TimeBucket.MONTH, zone("UTC"))]
    ['2026-01-15', '2026-02-01', '2026-03-01']
    """
    if not isinstance(bucket, TimeBucket):
        raise InvalidTypeError(field="bucket", value=bucket, reason="is not a TimeBucket", advice="Use TimeBucket.WEEK")
    if not isinstance(zone, tzinfo):
        raise InvalidTypeError(field="zone", value=zone, reason="is no time zone", advice="Use zoneinfo.ZoneInfo")
    first, past = start_of(start, zone), start_of(until, zone)
    if past < first:
        raise InvalidValueError(field="until", value=until, reason="is before the start")
    edges = [first]
    day = _next(first.astimezone(zone).date(), bucket)
    while (edge := from_micros(wall_micros(day.toordinal(), 0, zone))) < past:
        if edge > edges[-1]:
            edges.append(edge)
        day = _next(day, bucket)
    return tuple(zip(edges, [*edges[1:], past], strict=True)) if first < past else ()


def bucket_of(day: date, bucket: TimeBucket) -> tuple[date, date]:
    """Return the first day of the bucket in which a day lies, and the first after it.

    >>> [str(one) for one in bucket_of(date(2026, 3, 4), TimeBucket.WEEK)]
    ['2026-03-02', '2026-03-09']
    """
    past = _next(day, bucket)
    match bucket:
        case TimeBucket.DAY:
            return day, past
        case TimeBucket.WEEK:
            return past - timedelta(days=7), past
        case TimeBucket.MONTH:
            return day.replace(day=1), past


def _next(day: date, bucket: TimeBucket) -> date:
    """Return the day on which the next bucket starts."""
    match bucket:
        case TimeBucket.DAY:
            return day + timedelta(days=1)
        case TimeBucket.WEEK:
            return day + timedelta(days=7 - day.weekday())
        case TimeBucket.MONTH:
            return date(day.year + day.month // 12, day.month % 12 + 1, 1)
