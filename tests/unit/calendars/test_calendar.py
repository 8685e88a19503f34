"""When a site works: holidays, exceptions, maintenance, working days, lead times."""

from __future__ import annotations

import copy
from datetime import UTC, date, datetime, timedelta
from time import process_time

import attrs
import pytest

from prodstock.calendars.calendar import DEFAULT_CALENDAR, Calendar
from prodstock.calendars.clock import Side
from prodstock.calendars.downtime import Downtime
from prodstock.calendars.exception import CalendarException
from prodstock.calendars.holidays import listed_holidays
from prodstock.calendars.span import working_days
from prodstock.calendars.zone import micros, start_of, zone
from prodstock.errors import InvalidTypeError, InvalidValueError, UnknownCode

PATIENCE = 5
"""Seconds of work that nothing takes which ends: what would go on for ever is stopped, and pauses are forgiven."""

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
FRIDAY = datetime(2026, 3, 6, 14, tzinfo=UTC)
MONDAY = date(2026, 3, 2)


def hours(calendar: Calendar, day: date, days: int = 1) -> float:
    """Return the hours worked in so many days."""
    intervals = calendar.working_intervals(day, day + days * DAY)
    return sum(((b - a) / HOUR for a, b in intervals), 0.0)


class Sundays:
    """A computed set of days off, as the holidays package has them."""

    def __contains__(self, day: date, /) -> bool:
        return day.weekday() == 6


def test_the_default_calendar_works_monday_to_friday_from_eight_to_four() -> None:
    """MAIN works forty hours a week, on the clocks of UTC when asked alone."""
    assert hours(DEFAULT_CALENDAR, MONDAY, 7) == 40
    assert datetime(2026, 3, 9, 9, tzinfo=UTC) == DEFAULT_CALENDAR.add(FRIDAY, 3 * HOUR)
    assert datetime(2026, 3, 5, 14, tzinfo=UTC) == DEFAULT_CALENDAR.subtract(FRIDAY, 8 * HOUR)


def test_the_end_of_a_shift_belongs_to_the_work_before_it() -> None:
    """A full day's work ends that evening and starts that morning; no work stays where it is."""
    morning, evening = datetime(2026, 3, 6, 8, tzinfo=UTC), datetime(2026, 3, 6, 16, tzinfo=UTC)
    assert evening == DEFAULT_CALENDAR.add(morning, 8 * HOUR)
    assert morning == DEFAULT_CALENDAR.subtract(evening, 8 * HOUR)
    assert evening + HOUR == DEFAULT_CALENDAR.add(evening + HOUR, timedelta())
    assert (DEFAULT_CALENDAR.is_working(morning), DEFAULT_CALENDAR.is_working(evening)) == (True, False)
    assert (morning, datetime(2026, 3, 9, 8, tzinfo=UTC)) == tuple(map(DEFAULT_CALENDAR.next_open, (morning, evening)))
    assert (evening, evening) == tuple(map(DEFAULT_CALENDAR.previous_open, (evening, evening + DAY)))


def test_a_calendar_without_a_zone_takes_the_sites() -> None:
    """`compiled(zone)` and `at_site` fill in the site's zone; a calendar's own zone wins."""
    monday = micros(datetime(2026, 3, 2, tzinfo=UTC))
    assert monday + 7 * 3_600_000_000 == DEFAULT_CALENDAR.compiled("Europe/Berlin").next_open(monday)
    assert Calendar("MAIN", zone="Europe/Berlin") == DEFAULT_CALENDAR.at_site("Europe/Berlin")
    own = Calendar("OWN", zone="Asia/Tokyo")
    assert own is own.at_site("Europe/Berlin")
    assert own.compiled() is own.compiled("Europe/Berlin") is Calendar("OWN", zone="Asia/Tokyo").compiled()


def test_a_night_shift_loses_and_gains_the_hour_of_the_clock_change() -> None:
    """22:00 to 06:00 takes seven hours in the night to 29 March 2026 in Berlin, and nine in that to 25 October."""
    night = Calendar("NIGHT", week="Sa 22:00-06:00", zone="Europe/Berlin")
    assert tuple(hours(night, day, 2) for day in (date(2026, 3, 28), date(2026, 10, 24), date(2026, 11, 7))) == (
        7,
        9,
        8,
    )


def test_a_round_the_clock_week_is_one_interval() -> None:
    """Shifts that touch, over midnights and years too, are one stretch of work."""
    always = Calendar("ALL", week="00:00-24:00", zone="Europe/Berlin")
    low, high = datetime(2024, 12, 30, tzinfo=UTC), datetime(2027, 1, 2, tzinfo=UTC)
    assert ((low, high),) == always.working_intervals(low, high)
    assert high - low == always.worked_between(low, high)
    new_year = datetime(2026, 12, 31, 23, tzinfo=UTC)
    assert Calendar("ALL", week="00:00-24:00", zone="Europe/Berlin").is_working(new_year)


@pytest.mark.parametrize(
    "holidays",
    [{date(2026, 3, 9)}, {date(2026, 3, 9): "Day off"}, [date(2026, 3, 9)], frozenset({date(2026, 3, 9)})],
)
def test_holidays_are_a_set_or_a_dict(holidays: set[date]) -> None:
    """Listed holidays are not worked, whatever lists them, and make equal calendars."""
    calendar = Calendar("C", holidays=holidays)
    assert datetime(2026, 3, 10, 8, tzinfo=UTC) == calendar.next_open(FRIDAY + 3 * HOUR)
    assert Calendar("C", holidays={date(2026, 3, 9)}) == calendar
    assert hash(Calendar("C", holidays={date(2026, 3, 9)})) == hash(calendar)


def test_computed_holidays_are_asked_and_can_be_listed() -> None:
    """An object that computes its days is kept, compares by identity, and becomes a value by listing."""
    off = Sundays()
    calendar = Calendar("C", week="10:00-12:00", holidays=off)
    assert hours(calendar, MONDAY, 7) == 12
    assert off is calendar.holidays
    assert Calendar("C", week="10:00-12:00", holidays=off) == calendar
    assert Calendar("C", week="10:00-12:00", holidays=Sundays()) != calendar
    assert len(listed_holidays(off, [2026])) == 52


def test_the_holidays_package_fits() -> None:
    """`holidays.DE()` is asked for years it has not computed yet."""
    package = pytest.importorskip("holidays")
    german = Calendar("DE", holidays=package.country_holidays("DE"))
    assert datetime(2026, 4, 7, 8, tzinfo=UTC) == german.next_open(datetime(2026, 4, 2, 16, tzinfo=UTC))
    assert date(2031, 12, 25) in listed_holidays(german.holidays, [2031])


@pytest.mark.parametrize("holidays", [["2026-03-09"], {datetime(2026, 3, 9, tzinfo=UTC)}, "2026-03-09", 7])
def test_holidays_that_are_no_dates_are_refused(holidays: set[date]) -> None:
    """Texts and datetimes would never match a day; they are refused."""
    with pytest.raises(InvalidTypeError):
        Calendar("C", holidays=holidays)


def test_an_exception_replaces_the_days_it_names() -> None:
    """Overtime on Saturdays leaves the week as it is; a shutdown closes all of it; the end is usual again."""
    overtime = CalendarException(MONDAY, MONDAY + 14 * DAY, week="Sa 08:00-12:00")
    shutdown = CalendarException(MONDAY + 7 * DAY, MONDAY + 12 * DAY)
    calendar = Calendar("C", exceptions=[overtime, shutdown])
    assert tuple(hours(calendar, MONDAY + week * 7 * DAY, 7) for week in range(3)) == (44, 4, 40)
    assert Calendar("C", exceptions=[shutdown, overtime]) == calendar


@pytest.mark.parametrize(
    ("one", "two", "expected"),
    [
        # The lowest priority number wins, then the latest start, then the earliest end.
        (("08:00-09:00", 0, 0, 9), ("08:00-10:00", 1, 1, 2), 1),
        (("08:00-09:00", 5, 0, 9), ("08:00-10:00", 5, 1, 9), 2),
        (("08:00-09:00", 5, 0, 9), ("08:00-10:00", 5, 0, 3), 2),
        (("08:00-09:00", -1, 0, 3), ("08:00-10:00", 0, 1, 2), 1),
    ],
)
def test_exceptions_are_ranked(one: tuple[str, int, int, int], two: tuple[str, int, int, int], expected: int) -> None:
    """Of two exceptions on a day one wins, in whatever order they are given."""
    both = [
        CalendarException(MONDAY + start * DAY, MONDAY + end * DAY, week=week, priority=priority)
        for week, priority, start, end in (one, two)
    ]
    for exceptions in (both, both[::-1]):
        assert expected == hours(Calendar("C", exceptions=exceptions), MONDAY + DAY)


@pytest.mark.parametrize(("start", "priority", "expected"), [(0, 0, 0), (1, 0, 2), (0, -1, 2), (1, 1, 0)])
def test_a_holiday_ranks_as_a_day_of_priority_zero(start: int, priority: int, expected: int) -> None:
    """Hours that cover a holiday do not open it; overtime dated to it does, or a negative priority."""
    opened = CalendarException(MONDAY + start * DAY, MONDAY + 3 * DAY, week="08:00-10:00", priority=priority)
    assert expected == hours(Calendar("C", holidays={MONDAY + DAY}, exceptions=[opened]), MONDAY + DAY)


def test_exceptions_that_contradict_each_other_are_refused() -> None:
    """Two of equal dates and priority may not name the same weekday, and may name different ones."""
    saturday = CalendarException(MONDAY, MONDAY + 7 * DAY, week="Sa 08:00-12:00")
    sunday = CalendarException(MONDAY, MONDAY + 7 * DAY, week="Su 08:00-10:00")
    assert hours(Calendar("C", exceptions=[saturday, sunday]), MONDAY, 7) == 46
    with pytest.raises(InvalidValueError, match="same weekday"):
        Calendar("C", exceptions=[saturday, CalendarException(MONDAY, MONDAY + 7 * DAY)])
    with pytest.raises(InvalidValueError, match="not after the start"):
        CalendarException(MONDAY, MONDAY)
    with pytest.raises(InvalidTypeError):
        CalendarException(FRIDAY, MONDAY + 9 * DAY)
    with pytest.raises(InvalidTypeError):
        CalendarException(MONDAY, MONDAY + DAY, priority=True)


def test_maintenance_is_taken_out_of_overtime_too() -> None:
    """Downtime counts from the start of a date, cuts shifts in pieces, and takes a wholly lost day from the count."""
    repair = Downtime(MONDAY, MONDAY + DAY)
    break_in = Downtime(datetime(2026, 3, 3, 9, tzinfo=UTC), datetime(2026, 3, 3, 10, tzinfo=UTC))
    calendar = Calendar("C", maintenance=[break_in, repair, repair])
    assert [(b - a) / HOUR for a, b in calendar.working_intervals(MONDAY, MONDAY + 2 * DAY)] == [1, 6]
    assert [calendar.is_working_day(MONDAY), calendar.is_working_day(MONDAY + DAY)] == [False, True]
    with pytest.raises(InvalidValueError, match="not after the start"):
        Downtime(MONDAY, MONDAY)
    with pytest.raises(InvalidTypeError):
        Calendar("C", maintenance=[object()])  # type: ignore[list-item] # the refusal is the point


def test_working_days_count_as_in_a_spreadsheet() -> None:
    """From a Saturday the first working day is Monday, from a Friday too; the wall time stays over a clock change."""
    berlin = Calendar("C", zone="Europe/Berlin")
    friday = datetime(2026, 3, 27, 9, 30, tzinfo=UTC)
    monday = datetime(2026, 3, 30, 8, 30, tzinfo=UTC)
    assert monday == berlin.add_working_days(friday, 1) == berlin.add_working_days(friday + DAY, 1)
    assert friday == berlin.subtract_working_days(monday, 1)
    assert friday + DAY == berlin.add_working_days(friday + DAY, 0)
    assert friday + 3 * DAY == berlin.shift(friday, 3 * DAY)
    assert monday == berlin.shift(friday, working_days(1))
    assert friday == berlin.shift_back(monday, working_days(1)) == berlin.shift_back(friday + DAY, DAY)


def test_the_morning_after_a_night_shift_is_no_working_day() -> None:
    """A shift makes the day it starts a working day."""
    night = Calendar("NIGHT", week="Mo-Fr 22:00-06:00")
    assert [night.is_working_day(date(2026, 3, 6)), night.is_working_day(date(2026, 3, 7))] == [True, False]
    assert night.is_working(datetime(2026, 3, 7, 5, tzinfo=UTC))


def test_a_calendar_that_never_works_says_so() -> None:
    """A closed calendar is refused after ten years without work, not followed for ever."""
    closed = Calendar("SHUT", week="closed")
    began = process_time()
    for ask in (
        lambda: closed.add(FRIDAY, HOUR),
        lambda: closed.subtract(FRIDAY, HOUR),
        lambda: closed.next_open(FRIDAY),
        lambda: closed.previous_open(FRIDAY),
        lambda: closed.add_working_days(FRIDAY, 1),
        lambda: closed.subtract_working_days(FRIDAY, 1),
        lambda: closed.compiled().from_worked(1, side=Side.END),
        lambda: closed.compiled().from_worked(0, side=Side.START),
    ):
        with pytest.raises(InvalidValueError, match="'SHUT' has n") as refused:
            ask()
        assert "within 10 years" in refused.value.hint
    assert process_time() - began < PATIENCE
    assert not closed.is_working(FRIDAY)
    assert closed.working_intervals(MONDAY, MONDAY + DAY) == ()


def test_ten_idle_years_are_refused_whatever_was_asked_before() -> None:
    """Work after more than ten idle years is out of reach, also when those years were compiled before."""
    after = date(2040, 1, 2)
    for ask_first in (False, True):
        late = Calendar(
            f"LATE{ask_first}", week="closed", exceptions=[CalendarException(after, after + DAY, week="08:00-16:00")]
        )
        if ask_first:
            assert late.is_working(datetime(2040, 1, 2, 9, tzinfo=UTC))
        with pytest.raises(InvalidValueError, match="no working time after 2026-03-06"):
            late.next_open(FRIDAY)
        with pytest.raises(InvalidValueError, match="no working time after 2026-03-06"):
            late.add_working_days(FRIDAY, 1)
        assert datetime(2040, 1, 2, 8, tzinfo=UTC) == late.next_open(datetime(2031, 1, 1, tzinfo=UTC))
        assert datetime(2040, 1, 2, 16, tzinfo=UTC) == late.previous_open(datetime(2049, 1, 1, tzinfo=UTC))


def test_hostile_amounts_end_at_once() -> None:
    """Endless work, endless days and moments at the end of time are refused, not computed."""
    began = process_time()
    for ask in (
        lambda: DEFAULT_CALENDAR.add(FRIDAY, timedelta.max),
        lambda: DEFAULT_CALENDAR.subtract(FRIDAY, timedelta.max),
        lambda: DEFAULT_CALENDAR.shift(FRIDAY, timedelta.max),
        lambda: DEFAULT_CALENDAR.add(FRIDAY, -HOUR),
        lambda: DEFAULT_CALENDAR.add(FRIDAY.replace(tzinfo=None), HOUR),
        lambda: DEFAULT_CALENDAR.add_working_days(FRIDAY, 100_000),
        lambda: DEFAULT_CALENDAR.add_working_days(FRIDAY, -1),
        lambda: DEFAULT_CALENDAR.is_working(datetime.max.replace(tzinfo=UTC)),
        lambda: DEFAULT_CALENDAR.working_intervals(MONDAY + DAY, MONDAY),
    ):
        with pytest.raises(InvalidValueError):
            ask()
    with pytest.raises(InvalidTypeError):
        DEFAULT_CALENDAR.add(FRIDAY, 8)  # type: ignore[arg-type] # the refusal is the point
    assert process_time() - began < PATIENCE


def test_the_last_and_first_instants_are_answered() -> None:
    """Every day of 1900 to 2200 can be asked, in zones on both sides of the date line."""
    for name in ("UTC", "Pacific/Kiritimati", "Pacific/Pago_Pago"):
        calendar = Calendar("EDGE", week="00:00-24:00", zone=name)
        for day in (date(1900, 1, 1), date(2200, 12, 31)):
            assert calendar.working_intervals(day, day) == ()
            assert calendar.is_working_day(day)
            assert calendar.is_working(start_of(day, zone(name)))


@pytest.mark.parametrize("code", ["", "a\nb", "x" * 201])
def test_a_calendar_has_a_printable_code(code: str) -> None:
    """Codes are short and printable."""
    with pytest.raises(InvalidValueError):
        Calendar(code)


def test_a_calendar_is_a_checked_value() -> None:
    """Bad weeks, zones and exceptions are refused; equal calendars are equal, frozen and copy."""
    with pytest.raises(InvalidValueError, match="week"):
        Calendar("C", week="Mo-Fr 9-5")
    with pytest.raises(UnknownCode):
        Calendar("C", zone="Mars/Olympus")
    with pytest.raises(InvalidTypeError):
        Calendar("C", exceptions=["closed"])  # type: ignore[list-item] # the refusal is the point
    with pytest.raises(InvalidTypeError):
        Calendar(7)  # type: ignore[arg-type] # the refusal is the point
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        DEFAULT_CALENDAR.code = "OTHER"  # type: ignore[misc] # the refusal is the point
    assert DEFAULT_CALENDAR == copy.deepcopy(DEFAULT_CALENDAR) == Calendar("MAIN")
