"""Laws of working time, held against an oracle that steps through real weeks minute by minute."""

from __future__ import annotations

from bisect import bisect_left
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from prodstock.calendars.calendar import Calendar
from prodstock.calendars.downtime import Downtime
from prodstock.calendars.exception import CalendarException
from prodstock.calendars.zone import start_of

MINUTE = timedelta(minutes=1)
DAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
# Each week has a clock change in it: by an hour, by half an hour, at two, at midnight; and one has none.
WEEKS = (
    ("Europe/Berlin", date(2026, 3, 27)),
    ("Europe/Berlin", date(2026, 10, 23)),
    ("America/New_York", date(2026, 3, 6)),
    ("America/New_York", date(2026, 10, 30)),
    ("Australia/Lord_Howe", date(2026, 4, 3)),
    ("Australia/Lord_Howe", date(2026, 10, 2)),
    ("Africa/Cairo", date(2026, 4, 22)),
    ("America/Santiago", date(2026, 4, 3)),
    ("UTC", date(2026, 12, 29)),
)
Shifts = list[tuple[int, int]]


@st.composite
def drawn_weeks(draw: st.DrawFn) -> list[Shifts]:
    """Seven days of up to two shifts each, as minutes after midnight; the last may run into the next morning."""
    edges = [sorted(draw(st.lists(st.integers(0, 95), max_size=4, unique=True))) for _ in DAYS]
    week = []
    for day, quarters in enumerate(edges):
        shifts = [(15 * a, 15 * b) for a, b in zip(quarters[::2], quarters[1::2], strict=False)]
        if len(quarters) % 2:
            morning = min([*edges[(day + 1) % 7], max(0, quarters[-1] - 1), draw(st.integers(0, 40))])
            shifts.append((15 * quarters[-1], 24 * 60 + 15 * morning))
        week.append(shifts)
    return week


def clock_text(minutes: int) -> str:
    """Return HH:MM of the same or the next day."""
    minutes = minutes if minutes <= 24 * 60 else minutes - 24 * 60
    return f"{minutes // 60:02}:{minutes % 60:02}"


def week_text(week: list[Shifts]) -> str:
    """Return the week as a calendar takes it."""
    clauses = (
        f"{day} " + (" ".join(f"{clock_text(a)}-{clock_text(b)}" for a, b in shifts) or "closed")
        for day, shifts in zip(DAYS, week, strict=True)
    )
    return "; ".join(clauses)


def worked_minutes(week: list[Shifts], first: date, zone: ZoneInfo, down: tuple[datetime, datetime]) -> list[datetime]:
    """Return the minutes worked in nine days: those at which the latest time the wall has shown lies in a shift."""
    found = []
    moment = datetime(first.year, first.month, first.day, tzinfo=UTC) - timedelta(days=2)
    shown = moment.astimezone(zone).replace(tzinfo=None)
    while (shown := max(shown, moment.astimezone(zone).replace(tzinfo=None))).date() < first + timedelta(days=9):
        minute, day = shown.hour * 60 + shown.minute, shown.weekday()
        in_shift = any(a <= minute < b for a, b in week[day])
        in_night_shift = any(a <= minute + 24 * 60 < b for a, b in week[day - 1])
        if (in_shift or in_night_shift) and shown.date() >= first and not down[0] <= moment < down[1]:
            found.append(moment)
        moment += MINUTE
    return found


weeks = drawn_weeks()


@settings(max_examples=15, deadline=None)
@given(weeks, st.sampled_from(WEEKS), st.integers(0, 9 * 24 * 60), st.integers(1, 600))
def test_working_intervals_are_the_minutes_the_wall_clock_shows(
    week: list[Shifts], place: tuple[str, date], down_at: int, down_for: int
) -> None:
    """The working intervals of a week with a clock change are the minutes a stepping oracle finds worked."""
    name, first = place
    zone = ZoneInfo(name)
    down_start = start_of(first, zone) + down_at * MINUTE
    down = (down_start, down_start + down_for * MINUTE)
    calendar = Calendar("C", week=week_text(week), zone=name, maintenance=[Downtime(*down)])
    intervals = calendar.working_intervals(first, first + timedelta(days=9))
    listed = [a + step * MINUTE for a, b in intervals for step in range((b - a) // MINUTE)]
    assert worked_minutes(week, first, zone, down) == listed
    assert all(earlier[1] < later[0] for earlier, later in pairwise(intervals))


@settings(max_examples=15, deadline=None)
@given(
    weeks.filter(any),
    st.sampled_from(WEEKS),
    st.lists(st.integers(0, 5 * 24 * 60), min_size=3, max_size=3),
    st.integers(0, 500),
)
def test_adding_work_ends_where_the_stepping_oracle_ends(
    week: list[Shifts], place: tuple[str, date], offsets: list[int], work: int
) -> None:
    """Work is added and subtracted, and worked time counted, as minutes are in the oracle."""
    name, first = place
    zone = ZoneInfo(name)
    calendar = Calendar("C", week=week_text(week), zone=name)
    base = start_of(first, zone)
    minutes = worked_minutes(week, first, zone, (base, base))
    a, b, moment = (base + offset * MINUTE for offset in offsets)
    between = bisect_left(minutes, b) - bisect_left(minutes, a)
    assert timedelta(minutes=between) == calendar.worked_between(a, b)
    done = bisect_left(minutes, moment)
    if work and done + work <= len(minutes):
        assert minutes[done + work - 1] + MINUTE == calendar.add(moment, work * MINUTE)
    if 0 < work <= done:
        assert minutes[done - work] == calendar.subtract(moment, work * MINUTE)
    assert (moment in minutes) == calendar.is_working(moment)
    if done < len(minutes):
        assert minutes[done] == calendar.next_open(moment)
    if done:
        assert minutes[done - 1] + MINUTE == calendar.previous_open(moment)


CALENDARS = [
    Calendar("DAY", week="Mo-Fr 08:00-12:00 12:30-16:30", zone="Europe/Berlin"),
    Calendar("THREE", week="Mo-Fr 06:00-14:00 14:00-22:00 22:00-06:00", zone="America/New_York"),
    Calendar("ALL", week="Mo-Su 00:00-24:00", zone="Australia/Lord_Howe"),
    Calendar(
        "ODD",
        week="Mo,We 23:00-01:00; Sa 04:30-04:31",
        holidays=frozenset({date(2026, 4, 6)}),
        exceptions=[CalendarException(date(2026, 7, 1), date(2026, 8, 1), week="Mo closed; Tu 05:00-06:00")],
    ),
]
calendars = st.sampled_from(CALENDARS)
moments = st.datetimes(datetime(2024, 1, 1), datetime(2028, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis wants naive bounds
works = st.timedeltas(timedelta(), timedelta(days=20))


@given(calendars, moments, works)
def test_the_work_added_lies_between(calendar: Calendar, moment: datetime, work: timedelta) -> None:
    """Between a moment and the end of work added to it, so much is worked; and so backwards."""
    assert work == calendar.worked_between(moment, calendar.add(moment, work))
    assert work == calendar.worked_between(calendar.subtract(moment, work), moment)


@given(calendars, moments, works.filter(bool))
def test_adding_then_subtracting_gives_a_worked_moment_back(
    calendar: Calendar, moment: datetime, work: timedelta
) -> None:
    """Adding work and taking it off again leads back: to the next start of work, and from there exactly."""
    opened = calendar.next_open(moment)
    assert opened == calendar.subtract(calendar.add(moment, work), work)
    closed = calendar.previous_open(moment)
    assert closed == calendar.add(calendar.subtract(moment, work), work)


@given(calendars, moments, moments, moments)
def test_worked_time_adds_up(calendar: Calendar, a: datetime, b: datetime, c: datetime) -> None:
    """What is worked from a to c is what is worked from a to b and from b to c, in any order of the three."""
    assert calendar.worked_between(a, c) == calendar.worked_between(a, b) + calendar.worked_between(b, c)


@given(calendars, moments, moments, works, works)
def test_later_and_longer_never_ends_earlier(
    calendar: Calendar, a: datetime, b: datetime, work: timedelta, more: timedelta
) -> None:
    """Starting later, or working longer, never ends earlier."""
    early, late = sorted((a, b))
    assert calendar.add(early, work) <= calendar.add(late, work)
    assert calendar.add(early, work) <= calendar.add(early, work + more)
    assert calendar.subtract(early, work) <= calendar.subtract(late, work)


@given(calendars, moments, st.integers(0, 60))
def test_working_days_are_counted_one_by_one(calendar: Calendar, moment: datetime, count: int) -> None:
    """The n-th working day is the one found by asking day after day; from a working day, there and back is no move."""
    zone = ZoneInfo(calendar.zone or "UTC")
    day, left = moment.astimezone(zone).date(), count
    while left:
        day += timedelta(days=1)
        left -= calendar.is_working_day(day)
    reached = calendar.add_working_days(moment, count)
    # A wall time that the clocks skipped is the instant of the change.
    assert day == reached.astimezone(zone).date()
    if calendar.is_working_day(moment.astimezone(zone).date()):
        back = calendar.subtract_working_days(reached, count).astimezone(zone)
        assert moment.astimezone(zone).date() == back.date()
        if reached.astimezone(zone).time() == moment.astimezone(zone).time():
            assert moment.astimezone(zone).time() == back.time()


@given(calendars, moments, moments)
def test_the_order_of_questions_changes_no_answer(calendar: Calendar, a: datetime, b: datetime) -> None:
    """A calendar that compiled other years before answers as a fresh one."""
    far = Calendar("FAR", week=calendar.week, zone=calendar.zone, exceptions=calendar.exceptions)
    other = Calendar("OTHER", week=calendar.week, zone=calendar.zone, exceptions=calendar.exceptions)
    far.is_working(datetime(2040, 1, 1, tzinfo=UTC))
    assert other.worked_between(a, b) == far.worked_between(a, b)
    assert other.next_open(a) == far.next_open(a)
