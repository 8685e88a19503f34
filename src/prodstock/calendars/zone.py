"""Instants: time zones by name, aware datetimes at the border, integer microseconds inside.

A wall time means the first instant at which clocks on that wall show it or a later time. So a time that a clock change
skips is the instant of the change, a time shown twice is the first of the two, and later wall times never come earlier.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

from prodstock._lazy import Lazy
from prodstock.errors import InvalidTypeError, InvalidValueError, UnknownCode, nearest

if TYPE_CHECKING:
    import zoneinfo
    from zoneinfo import ZoneInfo

    from prodstock.calendars.span import Moment
else:
    zoneinfo = Lazy("zoneinfo")

FIRST_YEAR = 1900
LAST_YEAR = 2200
MICROSECOND = timedelta(microseconds=1)
MINUTE_US = 60_000_000
MINUTES_A_DAY = 24 * 60
DAY_US = MINUTES_A_DAY * MINUTE_US

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_WALL_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - wall time, before a zone is applied to it
_EPOCH_ORDINAL = date(1970, 1, 1).toordinal()
_BLOCK_BITS = 9
_BLOCK_MASK = (1 << _BLOCK_BITS) - 1
# A day of slack on either side, so that every local day of the years 1900 to 2200 has a start and an end in any zone.
FIRST_US = (date(FIRST_YEAR, 1, 1).toordinal() - 1 - _EPOCH_ORDINAL) * DAY_US
LAST_US = (date(LAST_YEAR + 1, 1, 1).toordinal() + 1 - _EPOCH_ORDINAL) * DAY_US
# Names that depend on the machine, or count leap seconds, would give other answers elsewhere.
_MACHINE_ZONES = ("localtime", "posixrules", "posix/", "right/")


def zone(name: str) -> ZoneInfo:
    """Return the time zone of that IANA name.

    Raises:
        InvalidTypeError: if the name is no text.
        UnknownCode: if no such zone is known here, with the nearest names.

    >>> zone("Europe/Berlin").key
    'Europe/Berlin'
    """
    if not isinstance(name, str):
        raise InvalidTypeError(field="zone", value=name, reason="is not text", advice='Write "Europe/Berlin"')
    return _zone(str(name))


@lru_cache(maxsize=1024)
def _zone(name: str) -> ZoneInfo:
    if 0 < len(name) <= 255 and not name.startswith(_MACHINE_ZONES):
        try:
            return zoneinfo.ZoneInfo(name)
        except (LookupError, OSError, ValueError):
            pass
    raise UnknownCode(kind="time zone", given=name, nearest=nearest(name, sorted(zoneinfo.available_timezones())))


def aware(value: datetime, field: str) -> datetime:
    """Return the datetime unchanged, once it is known to be an instant between 1900 and 2200.

    Raises:
        InvalidTypeError: if it is no datetime.
        InvalidValueError: if it has no time zone, or lies outside 1900 to 2200.
    """
    _checked_micros(value, field)
    return value


def micros(value: datetime) -> int:
    """Return the whole microseconds since 1970-01-01 UTC, exactly; negative before that.

    Raises:
        InvalidTypeError: if it is no datetime.
        InvalidValueError: if it has no time zone, or lies outside 1900 to 2200.

    >>> micros(datetime(2026, 3, 2, 6, tzinfo=UTC))
    1772431200000000
    """
    return _checked_micros(value, "moment")


def span_micros(span: timedelta) -> int:
    """Return the whole microseconds of a length of time, exactly.

    >>> span_micros(timedelta(days=1, microseconds=1))
    86400000001
    """
    return (span.days * 86_400 + span.seconds) * 1_000_000 + span.microseconds


def _checked_micros(value: datetime, field: str) -> int:
    try:
        since = value - _EPOCH
        found = (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds
    except (TypeError, AttributeError):
        raise _no_instant(value, field) from None
    if not FIRST_US <= found <= LAST_US:
        raise InvalidValueError(field=field, value=value, reason=_OUTSIDE)
    return found


def _no_instant(value: object, field: str) -> InvalidValueError:
    if not isinstance(value, datetime):
        advice = "Give an aware datetime, such as datetime(2026, 3, 2, 6, tzinfo=UTC)"
        return InvalidTypeError(field=field, value=value, reason="is not a datetime", advice=advice)
    advice = 'Give it a time zone: tzinfo=datetime.UTC, or tzinfo=ZoneInfo("Europe/Berlin")'
    return InvalidValueError(field=field, value=value, reason="has no time zone", advice=advice)


_OUTSIDE = f"is outside the years {FIRST_YEAR} to {LAST_YEAR}"


def from_micros(count: int, zone: tzinfo = UTC) -> datetime:
    """Return the instant that many microseconds after 1970-01-01 UTC, told in the zone.

    Raises:
        InvalidValueError: if it lies outside 1900 to 2200.

    >>> from zoneinfo import ZoneInfo
    >>> from_micros(1_772_431_200_000_000, zone=ZoneInfo("Europe/Berlin")).isoformat()
    '2026-03-02T07:00:00+01:00'
    """
    if not FIRST_US <= count <= LAST_US:
        raise InvalidValueError(field="moment", value=count, reason=_OUTSIDE)
    instant = _EPOCH + timedelta(microseconds=count)
    return instant if zone is UTC else instant.astimezone(zone)


def start_of(moment: Moment, zone: tzinfo) -> datetime:
    """Return, in UTC, the start of a date in the zone; a datetime is itself.

    >>> from zoneinfo import ZoneInfo
    >>> start_of(date(2026, 7, 1), ZoneInfo("Europe/Berlin")).isoformat()
    '2026-06-30T22:00:00+00:00'
    """
    return from_micros(_edge(moment, zone, days=0))


def end_of(moment: Moment, zone: tzinfo) -> datetime:
    """Return, in UTC, the end of a date in the zone, which is the start of the next; a datetime is itself.

    >>> from zoneinfo import ZoneInfo
    >>> end_of(date(2026, 9, 1), ZoneInfo("Europe/Berlin")).isoformat()
    '2026-09-01T22:00:00+00:00'
    """
    return from_micros(_edge(moment, zone, days=1))


def _edge(moment: Moment, zone: tzinfo, *, days: int) -> int:
    if isinstance(moment, datetime):
        return _checked_micros(moment, "moment")
    return wall_micros(dated(moment, "moment").toordinal() + days, 0, zone)


def dated(value: date, field: str) -> date:
    """Return the bare date unchanged, once it is known to be one, between 1900 and 2200.

    Raises:
        InvalidTypeError: if it is no bare date.
        InvalidValueError: if it lies outside 1900 to 2200.
    """
    if isinstance(value, datetime) or not isinstance(value, date):
        raise InvalidTypeError(field=field, value=value, reason="is not a date", advice="Write date(2026, 3, 2)")
    if not FIRST_YEAR <= value.year <= LAST_YEAR:
        raise InvalidValueError(field=field, value=value, reason=_OUTSIDE)
    return value


def wall_micros(ordinal: int, minutes: int, zone: tzinfo) -> int:
    """Return the instant, in microseconds since 1970 UTC, of a wall time: minutes after midnight of a day.

    The first instant at which clocks in the zone show that time or a later one (see the module).
    """
    wall_us = start_of_day(ordinal) + minutes * MINUTE_US
    if zone is UTC:
        return wall_us
    day = ordinal + minutes // MINUTES_A_DAY
    offset = _steady_offsets(zone, day >> _BLOCK_BITS)[day & _BLOCK_MASK]
    return instant_of(_WALL_EPOCH + timedelta(microseconds=wall_us), zone) if offset is None else wall_us - offset


def start_of_day(ordinal: int) -> int:
    """Return the midnight in UTC of a day, in microseconds since 1970 UTC."""
    return (ordinal - _EPOCH_ORDINAL) * DAY_US


@lru_cache(maxsize=1024)
def _steady_offsets(zone: tzinfo, block: int) -> tuple[int | None, ...]:
    """Return the offset from UTC of each day of a block, in microseconds; None for a day with a clock change.

    A day whose two midnights are alike has no change: no zone of the IANA database changes twice within four days.
    """
    first = block << _BLOCK_BITS
    offsets = [_offset(day, zone) for day in range(first, first + _BLOCK_MASK + 2)]
    return tuple(at if at == after else None for at, after in pairwise(offsets))


def _offset(day: int, zone: tzinfo) -> int | None:
    """Return the offset from UTC at a day's midnight, in microseconds; None where that is skipped or shown twice."""
    midnight = datetime.fromordinal(day).replace(tzinfo=zone)
    offset = midnight.utcoffset()
    if offset is None or midnight.replace(fold=1).utcoffset() != offset:
        return None
    return offset // MICROSECOND


def instant_of(wall: datetime, zone: tzinfo) -> int:
    """Return the first instant, in microseconds since 1970 UTC, at which clocks in the zone show this time or a later.

    Args:
        wall: a naive datetime.
        zone: whose clocks.
    """
    local = wall.replace(tzinfo=zone, fold=0)
    before, after = local.utcoffset(), local.replace(fold=1).utcoffset()
    if before is None or after is None:
        raise InvalidValueError(field="zone", value=zone, reason="does not say how far it is from UTC")
    naive_us = (wall - _WALL_EPOCH) // MICROSECOND
    latest = naive_us - before // MICROSECOND
    return latest if before >= after else _clock_change(naive_us, latest, after, zone)


def _clock_change(naive_us: int, latest: int, after: timedelta, zone: tzinfo) -> int:
    """Return the instant of the change that skips the wall time, by bisection: before it clocks show less."""
    low, high = naive_us - after // MICROSECOND, latest
    while low < high:
        middle = (low + high) // 2
        shown = (_EPOCH + timedelta(microseconds=middle)).astimezone(zone).replace(tzinfo=None)
        if (shown - _WALL_EPOCH) // MICROSECOND < naive_us:
            low = middle + 1
        else:
            high = middle
    return low
