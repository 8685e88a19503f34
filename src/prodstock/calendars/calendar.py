"""When a site or a machine works, and what that makes of durations and lead times."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache, partial
from typing import TYPE_CHECKING

import attrs

from prodstock._lazy import Lazy
from prodstock._render import brief
from prodstock.calendars.holidays import Holidays, identity, kept
from prodstock.calendars.span import Span, WorkingDays
from prodstock.calendars.week import week as week_named
from prodstock.calendars.windows import Windows
from prodstock.calendars.zone import (
    MICROSECOND,
    aware,
    dated,
    from_micros,
    instant_of,
    micros,
    start_of,
)
from prodstock.calendars.zone import zone as zone_named
from prodstock.errors import InvalidTypeError, InvalidValueError, listed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import tzinfo

    from prodstock.calendars import clock as clocks
    from prodstock.calendars import exception as other_hours
    from prodstock.calendars import year as years
    from prodstock.calendars.clock import WorkClock
    from prodstock.calendars.exception import CalendarException  # noqa: TC004 - the codec knows the name
    from prodstock.calendars.span import Moment
else:
    clocks = Lazy("prodstock.calendars.clock")
    other_hours = Lazy("prodstock.calendars.exception")
    years = Lazy("prodstock.calendars.year")


def _code(value: str) -> str:
    if not isinstance(value, str):
        raise InvalidTypeError(field="code", value=value, reason="is not text")
    if not value or len(value) > 200 or not value.isprintable():
        raise InvalidValueError(field="code", value=value, reason="is not a printable code of 1 to 200 characters")
    return str.__str__(value)


def _week(_: object, field: attrs.Attribute[str], value: str) -> None:
    week_named(value, field.name)


def _zone(_: object, __: attrs.Attribute[str | None], value: str | None) -> None:
    if value is not None:
        zone_named(value)


def _exceptions(given: Iterable[CalendarException]) -> tuple[CalendarException, ...]:
    exceptions = listed(given, "exceptions")
    for exception in exceptions:
        if not isinstance(exception, other_hours.CalendarException):
            raise InvalidTypeError(field="exceptions", value=exception, reason="is not a CalendarException")
    return other_hours.weakest_first(exceptions) if exceptions else ()


def _maintenance(given: Iterable[Windows]) -> tuple[Windows, ...]:
    maintenance = listed(given, "maintenance")
    for windows in maintenance:
        if not callable(getattr(windows, "between", None)):
            advice = "Give a Downtime, a Recurrence, or an object with between(start, end)"
            raise InvalidTypeError(field="maintenance", value=windows, reason="tells no windows", advice=advice)
    return maintenance


@attrs.frozen(cache_hash=True)
class Calendar:
    """Working hours: a usual week, less holidays, changed by exceptions, less maintenance.

    Args:
        code: what it is called.
        week: usual hours, such as `Mo-Fr 06:00-14:00 14:30-22:00; Sa 08:00-12:00` (see `prodstock.calendars.week`).
        zone: IANA name of the zone whose wall clocks the hours are on; None for the site's, and UTC when asked alone.
        holidays: days without shifts: a set of dates, a dict by date, or any object that answers `day in holidays`,
            such as `holidays.DE()`. What can be listed is kept as a frozenset. An object that computes its answer is
            kept as it is, must not change, compares by identity and cannot be stored as a document: make it a value
            with `listed_holidays` first.
        exceptions: other hours for a time, ranked (see `CalendarException`); kept in ascending rank.
        maintenance: windows taken out of whatever hours there are: `Downtime`, `Recurrence` or any `Windows`.

    A shift belongs to the local day it starts on. A wall time that a clock change skips means the instant of the
    change, one shown twice the first of the two; so a night shift loses or gains the hour as people live it. Answers
    are in UTC, durations elapsed time, intervals half-open.

    A **working day** is a local date on which a shift starts that has any time left after maintenance. Counting n
    working days from a moment keeps its local wall time and gives the n-th working day after (or before) its date; a
    moment on a day off counts from that date all the same, as WORKDAY does in spreadsheets; n = 0 changes nothing.
    From a working day, adding and then subtracting the same number gives the moment back (unless a clock change skips
    or repeats its wall time on the day reached).

    Every question takes O(log n) once the years it touches are compiled, each in about a millisecond, kept for the
    256 calendars asked last. Every question raises `InvalidValueError` for naive moments, years outside 1900 to 2200,
    and where ten years pass without the working time asked for.

    >>> bench = Calendar("BENCH", week="Mo-Fr 08:00-12:00 12:30-16:30", zone="Europe/Berlin")
    >>> bench.add(datetime(2026, 3, 6, 14, tzinfo=UTC), timedelta(hours=2)).isoformat()
    '2026-03-09T07:30:00+00:00'
    """

    code: str = attrs.field(converter=_code)
    week: str = attrs.field(kw_only=True, default="Mo-Fr 08:00-16:00", validator=_week)
    zone: str | None = attrs.field(kw_only=True, default=None, validator=_zone)
    holidays: Holidays = attrs.field(kw_only=True, default=frozenset(), converter=kept, eq=identity)
    exceptions: tuple[CalendarException, ...] = attrs.field(kw_only=True, default=(), converter=_exceptions)
    maintenance: tuple[Windows, ...] = attrs.field(kw_only=True, default=(), converter=_maintenance)

    __repr__ = brief

    def at_site(self, zone: str) -> Calendar:
        """Return this calendar on the wall clocks of a site's zone, unless it names its own.

        Raises:
            UnknownCode: if no such zone is known.
        """
        return self if self.zone is not None else attrs.evolve(self, zone=zone)

    def compiled(self, zone: str | None = None) -> WorkClock:
        """Return the calendar as integers, for engines; `zone` is the site's, used where the calendar names none.

        The same value and zone share one clock. O(1) when it is there.

        Raises:
            UnknownCode: if no such zone is known.
        """
        return _compiled(self, self.zone or zone or "UTC")

    def working_intervals(self, start: Moment, end: Moment) -> tuple[tuple[datetime, datetime], ...]:
        """Return what is worked from start until end, ascending, disjoint, clipped to them; a date is its start.

        Raises:
            InvalidValueError: if the end is before the start.

        >>> DEFAULT_CALENDAR.working_intervals(date(2026, 3, 6), date(2026, 3, 9))[0][1].isoformat()
        '2026-03-06T16:00:00+00:00'
        """
        first, past = self._micros_at_start(start), self._micros_at_start(end)
        if past < first:
            raise InvalidValueError(field="end", value=end, reason="is before the start")
        return tuple((from_micros(a), from_micros(b)) for a, b in self.compiled().intervals(first, past))

    def is_working(self, moment: datetime) -> bool:
        """Whether the moment lies within working time; the instant a shift ends does not."""
        return self.compiled().is_working(micros(moment))

    def is_working_day(self, day: date) -> bool:
        """Whether any time of the shifts that start on the local date is worked."""
        return self.compiled().is_working_day(dated(day, "day").toordinal())

    def worked_between(self, start: datetime, end: datetime) -> timedelta:
        """Return the time worked from start until end; negative if the end is before the start, so that it adds up.

        >>> DEFAULT_CALENDAR.worked_between(*DEFAULT_CALENDAR.working_intervals(date(2026, 3, 6), date(2026, 3, 7))[0])
        datetime.timedelta(seconds=28800)
        """
        clock = self.compiled()
        return timedelta(microseconds=clock.to_worked(micros(end)) - clock.to_worked(micros(start)))

    def add(self, moment: datetime, work: timedelta) -> datetime:
        """Return the earliest moment by which so much is worked after the given one; itself for no work.

        Raises:
            InvalidTypeError, InvalidValueError: if the work is no timedelta, or negative.
        """
        return from_micros(self.compiled().advance(micros(moment), _micros_of(work)))

    def subtract(self, moment: datetime, work: timedelta) -> datetime:
        """Return the latest moment from which so much is worked until the given one; itself for no work.

        Raises:
            InvalidTypeError, InvalidValueError: if the work is no timedelta, or negative.
        """
        return from_micros(self.compiled().retreat(micros(moment), _micros_of(work)))

    def add_working_days(self, moment: datetime, count: int) -> datetime:
        """Return the same local wall time on the n-th working day after the moment's date; itself for none.

        Raises:
            InvalidTypeError, InvalidValueError: if the count is no whole number from 0 to 100,000.
        """
        return self._on_working_day(moment, WorkingDays(count).count, self.compiled().later_working_day)

    def subtract_working_days(self, moment: datetime, count: int) -> datetime:
        """Return the same local wall time on the n-th working day before the moment's date; itself for none.

        Raises:
            InvalidTypeError, InvalidValueError: if the count is no whole number from 0 to 100,000.
        """
        return self._on_working_day(moment, WorkingDays(count).count, self.compiled().earlier_working_day)

    def next_open(self, moment: datetime) -> datetime:
        """Return the moment itself if it is worked, else the next start of work."""
        return from_micros(self.compiled().next_open(micros(moment)))

    def previous_open(self, moment: datetime) -> datetime:
        """Return the moment itself if the time just before it is worked, else the last end of work."""
        return from_micros(self.compiled().previous_open(micros(moment)))

    def shift(self, moment: datetime, span: Span) -> datetime:
        """Return the moment a lead time later: elapsed time for a timedelta, else working days.

        Raises:
            InvalidTypeError, InvalidValueError: if the span is neither, or negative.
        """
        if isinstance(span, WorkingDays):
            return self.add_working_days(moment, span.count)
        return from_micros(micros(moment) + _micros_of(span))

    def shift_back(self, moment: datetime, span: Span) -> datetime:
        """Return the moment a lead time earlier: elapsed time for a timedelta, else working days.

        Raises:
            InvalidTypeError, InvalidValueError: if the span is neither, or negative.
        """
        if isinstance(span, WorkingDays):
            return self.subtract_working_days(moment, span.count)
        return from_micros(micros(moment) - _micros_of(span))

    def _micros_at_start(self, moment: Moment) -> int:
        return micros(start_of(moment, self._tzinfo()))

    def _tzinfo(self) -> tzinfo:
        return _tzinfo(self.zone or "UTC")

    def _on_working_day(self, moment: datetime, count: int, counted: Callable[[int, int], int]) -> datetime:
        zone = self._tzinfo()
        local = aware(moment, "moment").astimezone(zone)
        if not count:
            return local.astimezone(UTC)
        day = counted(local.toordinal(), count)
        return from_micros(instant_of(datetime.combine(date.fromordinal(day), local.time()), zone))


def _tzinfo(name: str) -> tzinfo:
    # The one zone without clock changes gets the short way through the arithmetic.
    return UTC if name == "UTC" else zone_named(name)


def _micros_of(span: timedelta) -> int:
    if not isinstance(span, timedelta):
        advice = "Give a timedelta, or working_days(n) where a lead time is asked for"
        raise InvalidTypeError(field="work", value=span, reason="is not a timedelta", advice=advice)
    if span < _NOTHING:
        advice = "Give it without the sign to the opposite method"
        raise InvalidValueError(field="work", value=span, reason="is negative", advice=advice)
    return span // MICROSECOND


@lru_cache(maxsize=256)
def _compiled(calendar: Calendar, zone: str) -> WorkClock:
    calculate = partial(
        years.year_of_work,
        zone=_tzinfo(zone),
        usual=calendar.week,
        holidays=calendar.holidays,
        exceptions=calendar.exceptions,
        maintenance=calendar.maintenance,
    )
    return clocks.WorkClock(calendar.code, calculate)


_NOTHING = timedelta()

DEFAULT_CALENDAR = Calendar("MAIN")
"""Monday to Friday, 08:00 to 16:00, in the site's zone, without holidays."""
