"""Recurring windows: as dateutil finds them, on wall clocks, and never for long."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from time import process_time
from zoneinfo import ZoneInfo

import pytest
from dateutil.rrule import rrulestr
from hypothesis import given, settings
from hypothesis import strategies as st

from prodstock.calendars.calendar import Calendar
from prodstock.calendars.recurrence import Recurrence
from prodstock.errors import InvalidTypeError, InvalidValueError, UnknownCode

PATIENCE = 5
"""Seconds of work that nothing takes which ends: what would go on for ever is stopped, and pauses are forgiven."""

HOUR = timedelta(hours=1)
START = datetime(2026, 1, 5, 6, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")


def starts(recurrence: Recurrence, low: datetime, high: datetime) -> list[datetime]:
    """Return when the windows found start."""
    return [start for start, _ in recurrence.between(low, high)]


def numbers(low: int, high: int) -> st.SearchStrategy[str]:
    """Return up to three numbers of a BY part."""
    ints = st.integers(low, high).filter(bool) if low < 0 else st.integers(low, high)
    return st.lists(ints, min_size=1, max_size=3).map(lambda found: ",".join(map(str, found)))


DAYS = st.lists(st.sampled_from(["MO", "TU", "WE", "TH", "FR", "SA", "SU"]), min_size=1, max_size=3).map(",".join)
NTH = st.lists(st.sampled_from(["1MO", "-1FR", "2TU", "-2SU", "WE"]), min_size=1, max_size=2).map(",".join)
PARTS = {
    "YEARLY": {"BYMONTH": numbers(1, 12), "BYMONTHDAY": numbers(-31, 31), "BYDAY": NTH},
    "MONTHLY": {"BYMONTH": numbers(1, 12), "BYMONTHDAY": numbers(-31, 31), "BYDAY": NTH},
    "WEEKLY": {"BYMONTH": numbers(1, 12), "BYDAY": DAYS, "WKST": st.sampled_from(["MO", "SU", "TH"])},
    "DAILY": {"BYMONTH": numbers(1, 12), "BYMONTHDAY": numbers(-31, 31), "BYDAY": DAYS, "BYHOUR": numbers(0, 23)},
    "HOURLY": {"BYMONTHDAY": numbers(-31, 31), "BYDAY": DAYS, "BYMINUTE": numbers(0, 59)},
}


@st.composite
def rules(draw: st.DrawFn) -> str:
    """Return a rule that matches something, one of each frequency."""
    frequency = draw(st.sampled_from(list(PARTS)))
    interval = draw(st.integers(1, 5))
    chosen = draw(st.lists(st.sampled_from(list(PARTS[frequency])), unique=True, max_size=2))
    parts = [f"FREQ={frequency}", f"INTERVAL={interval}", *(f"{key}={draw(PARTS[frequency][key])}" for key in chosen)]
    if frequency != "HOURLY" and set(chosen) - {"WKST", "BYMONTH"} and draw(st.booleans()):
        parts.append(f"BYSETPOS={draw(st.sampled_from(['1', '-1', '1,-1']))}")
    end = draw(st.sampled_from(["", "", "COUNT=7", "UNTIL=20270315T070000Z"]))
    return ";".join([*parts, end] if end else parts)


@settings(max_examples=60, deadline=None)
@given(rules(), st.integers(0, 700), st.integers(1, 60))
def test_windows_are_those_dateutil_finds_from_the_start(rule: str, after: int, for_days: int) -> None:
    """Started close to the question, a rule gives the windows dateutil finds by counting from its first start."""
    low = START + timedelta(days=after)
    high = low + timedelta(days=for_days)
    expected = []
    for found in rrulestr(rule, dtstart=START):
        if found >= high:
            break
        if found + HOUR > low:
            expected.append(found)
    assert expected == starts(Recurrence(rule, START, HOUR), low, high)


def test_a_rule_keeps_the_wall_time_over_a_clock_change() -> None:
    """Every Sunday at 06:00 in Berlin is an hour earlier in UTC from the end of March on, and lasts as long."""
    service = Recurrence("FREQ=WEEKLY;BYDAY=SU", datetime(2026, 3, 22, 5, tzinfo=UTC), 2 * HOUR, zone="Europe/Berlin")
    found = service.between(datetime(2026, 3, 20, tzinfo=UTC), datetime(2026, 4, 1, tzinfo=UTC))
    assert [start.hour for start, _ in found] == [5, 4]
    assert {2 * HOUR} == {end - start for start, end in found}


def test_a_rule_without_a_zone_is_on_the_clocks_of_the_calendar() -> None:
    """A date is midnight where the calendar that asks is."""
    nightly = Recurrence("FREQ=DAILY", date(2026, 3, 1), HOUR)
    assert [datetime(2026, 3, 1, 23, tzinfo=UTC)] == starts(
        nightly, datetime(2026, 3, 2, tzinfo=BERLIN), datetime(2026, 3, 2, 12, tzinfo=BERLIN)
    )


def test_a_window_that_began_before_is_found() -> None:
    """A question asked in the middle of a window finds it, and one asked at its end does not."""
    once = Recurrence("FREQ=DAILY;COUNT=1", START, timedelta(days=40))
    late = START + timedelta(days=39)
    assert starts(once, late, late + HOUR) == [START]
    assert starts(once, START + timedelta(days=40), START + timedelta(days=41)) == []


def test_a_bare_until_includes_its_day() -> None:
    """UNTIL=20260107 has the window of that day, and no later one."""
    daily = Recurrence("FREQ=DAILY;UNTIL=20260107", START, HOUR)
    assert [start.day for start in starts(daily, START, START + timedelta(days=30))] == [5, 6, 7]


def test_maintenance_comes_out_of_working_time() -> None:
    """Two hours of service on the first Monday of a month are not worked."""
    service = Recurrence("FREQ=MONTHLY;BYDAY=1MO", datetime(2026, 1, 5, 8, tzinfo=UTC), 2 * HOUR)
    press = Calendar("PRESS", maintenance=[service])
    assert press.worked_between(datetime(2026, 3, 2, tzinfo=UTC), datetime(2026, 3, 3, tzinfo=UTC)) == 6 * HOUR
    assert press.worked_between(datetime(2026, 3, 9, tzinfo=UTC), datetime(2026, 3, 10, tzinfo=UTC)) == 8 * HOUR
    assert hash(press) == hash(Calendar("PRESS", maintenance=[service]))


@pytest.mark.parametrize(
    "rule",
    [
        "",
        "DAILY",
        "FREQ=SECONDLY",
        "FREQ=MINUTELY",
        "FREQ=daily",
        "FREQ=DAILY;INTERVAL=0",
        "FREQ=DAILY;INTERVAL=-1",
        "FREQ=DAILY;INTERVAL=1,1",
        "FREQ=DAILY;INTERVAL=99999999999999999999",
        "FREQ=DAILY;INTERVAL=1_0",
        "FREQ=DAILY;COUNT=0",
        "FREQ=DAILY;COUNT=1000000000",
        "FREQ=DAILY;COUNT=3;UNTIL=20270101",
        "FREQ=DAILY;UNTIL=99991231",
        "FREQ=DAILY;UNTIL=20261301",
        "FREQ=DAILY;UNTIL=20260101T0000",
        "FREQ=DAILY;UNTIL=20250101",
        "FREQ=DAILY;UNTIL=2026010Z",
        "FREQ=DAILY;FREQ=DAILY",
        "FREQ=DAILY;BYSECOND=1",
        "FREQ=DAILY;BYEASTER=1",
        "FREQ=DAILY;BYHOUR=24",
        "FREQ=DAILY;BYHOUR=",
        "FREQ=DAILY;BYDAY=XX",
        "FREQ=DAILY;BYDAY=1MO",
        "FREQ=DAILY;WKST=1",
        "FREQ=DAILY;BYSETPOS=1",
        "FREQ=MONTHLY;BYMONTHDAY=0",
        "FREQ=MONTHLY;BYWEEKNO=1",
        "FREQ=WEEKLY;BYMONTHDAY=1",
        "FREQ=DAILY;BYYEARDAY=1",
        "FREQ=YEARLY;BYWEEKNO=1;BYDAY=1MO",
        "FREQ=HOURLY;INTERVAL=2;BYHOUR=7",
        "FREQ=DAILY\nEXRULE:FREQ=DAILY",
        "FREQ=DAILY;" * 10_000,
        "FREQ=DAILY;BYHOUR=" + "1," * 100_000 + "1",
    ],
)
def test_an_absurd_rule_is_refused_at_once(rule: str) -> None:
    """What cannot be meant is refused when it is written down, not worked at."""
    began = process_time()
    with pytest.raises(InvalidValueError) as refused:
        Recurrence(rule, START, HOUR)
    assert process_time() - began < PATIENCE
    assert refused.value.field == "rule"
    assert len(str(refused.value)) < 300


@pytest.mark.parametrize(
    ("rule", "start"),
    [
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", datetime(1900, 1, 1, tzinfo=UTC)),
        ("FREQ=YEARLY;INTERVAL=4;BYMONTH=2;BYMONTHDAY=29", datetime(2001, 1, 1, tzinfo=UTC)),
        ("FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=30", datetime(1900, 1, 1, tzinfo=UTC)),
        ("FREQ=WEEKLY;INTERVAL=52;BYMONTH=2;BYDAY=MO", datetime(1900, 7, 1, tzinfo=UTC)),
        ("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", datetime(1900, 1, 1, tzinfo=UTC)),
        ("FREQ=HOURLY;BYMONTH=2;BYMONTHDAY=30", datetime(1900, 1, 1, tzinfo=UTC)),
        ("FREQ=YEARLY;BYYEARDAY=366;BYMONTH=3", datetime(1900, 1, 1, tzinfo=UTC)),
    ],
)
def test_a_rule_that_matches_nothing_ends(rule: str, start: datetime) -> None:
    """A rule that never matches says so soon."""
    recurrence = Recurrence(rule, start, HOUR)
    began = process_time()
    assert recurrence.between(datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)) == ()
    assert process_time() - began < PATIENCE


@pytest.mark.parametrize(
    ("rule", "start", "years"),
    [
        ("FREQ=HOURLY", START, 10),
        ("FREQ=DAILY", datetime(1900, 1, 1, tzinfo=UTC), 150),
        ("FREQ=HOURLY;BYMONTH=2;BYMONTHDAY=30;COUNT=1", datetime(1900, 1, 1, tzinfo=UTC), 1),
        ("FREQ=DAILY;BYHOUR=" + ",".join(map(str, range(24))) + ";BYMINUTE=0,10,20,30,40,50", START, 1),
    ],
)
def test_a_rule_beyond_the_budget_is_refused(rule: str, start: datetime, years: int) -> None:
    """A question that needs more than 20,000 steps is refused before it takes them."""
    recurrence = Recurrence(rule, start, HOUR)
    began = process_time()
    with pytest.raises(InvalidValueError, match="20000 steps"):
        recurrence.between(datetime(2026, 1, 1, tzinfo=UTC), datetime(2026 + years, 1, 1, tzinfo=UTC))
    assert process_time() - began < PATIENCE


def test_the_other_fields_are_checked() -> None:
    """Starts without zone or beyond seconds, empty or endless windows and unknown zones are refused."""
    with pytest.raises(InvalidValueError, match="time zone"):
        Recurrence("FREQ=DAILY", START.replace(tzinfo=None), HOUR)
    with pytest.raises(InvalidValueError, match="whole second"):
        Recurrence("FREQ=DAILY", START.replace(microsecond=1), HOUR)
    for duration in (timedelta(), -HOUR, timedelta(days=367), timedelta.max):
        with pytest.raises(InvalidValueError):
            Recurrence("FREQ=DAILY", START, duration)
    with pytest.raises(InvalidTypeError):
        Recurrence("FREQ=DAILY", START, 60)  # type: ignore[arg-type] # the refusal is the point
    with pytest.raises(InvalidTypeError):
        Recurrence(7, START, HOUR)  # type: ignore[arg-type] # the refusal is the point
    with pytest.raises(UnknownCode):
        Recurrence("FREQ=DAILY", START, HOUR, zone="Europe/Atlantis")
