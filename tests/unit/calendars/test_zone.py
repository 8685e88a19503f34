"""Instants: zones by name, aware datetimes, days with a start and an end."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prodstock.calendars.zone import aware, end_of, from_micros, instant_of, micros, start_of, wall_micros, zone
from prodstock.errors import InvalidTypeError, InvalidValueError, UnknownCode

ZONES = ["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia", "Asia/Kathmandu"]
NAIVE = datetime(2026, 3, 2, 6)  # noqa: DTZ001 - the refusal is the point


@given(st.dates(date(1900, 1, 1), date(2200, 12, 31)), st.times(timezones=st.sampled_from(list(map(ZoneInfo, ZONES)))))
def test_microseconds_are_exact_and_lead_back(day: date, time: time) -> None:
    """An instant to microseconds and back is the same instant, in whole microseconds."""
    moment = datetime.combine(day, time)
    assert moment.astimezone(UTC) == from_micros(micros(moment))
    assert timedelta(microseconds=micros(moment)) == moment.astimezone(UTC) - datetime(1970, 1, 1, tzinfo=UTC)


@given(st.sampled_from(ZONES), st.dates(date(1900, 1, 1), date(2200, 12, 31)))
def test_days_follow_one_another(name: str, day: date) -> None:
    """The end of a day is the start of the next, and the start is not after it."""
    there = zone(name)
    assert start_of(day, there) <= end_of(day, there)
    if day < date(2200, 12, 31):
        assert end_of(day, there) == start_of(day + timedelta(days=1), there)


@given(st.sampled_from(ZONES), st.dates(date(1950, 1, 1), date(2100, 12, 31)), st.integers(0, 2880))
def test_the_fast_wall_time_is_the_slow_one(name: str, day: date, minutes: int) -> None:
    """A wall time by the table of steady days is the one asked of the zone itself."""
    wall = datetime.combine(day, datetime.min.time()) + timedelta(minutes=minutes)
    assert instant_of(wall, zone(name)) == wall_micros(day.toordinal(), minutes, zone(name))


@pytest.mark.parametrize(
    ("name", "day", "start"),
    [
        ("Africa/Cairo", date(2026, 4, 24), datetime(2026, 4, 23, 22, tzinfo=UTC)),  # 00:00 does not exist
        ("Pacific/Apia", date(2011, 12, 30), datetime(2011, 12, 30, 10, tzinfo=UTC)),  # the day does not exist
        ("Pacific/Apia", date(2011, 12, 31), datetime(2011, 12, 30, 10, tzinfo=UTC)),
        ("America/Havana", date(2026, 11, 1), datetime(2026, 11, 1, 4, tzinfo=UTC)),  # 00:00 comes twice
    ],
)
def test_a_day_starts_when_clocks_first_show_it(name: str, day: date, start: datetime) -> None:
    """The start of a day is the first instant at which clocks show its midnight, or a later time."""
    assert start == start_of(day, zone(name))


def test_a_datetime_is_its_own_start_and_end() -> None:
    """A datetime given where a date may stand is the instant itself, told in UTC."""
    moment = datetime(2026, 3, 2, 6, tzinfo=timezone(timedelta(hours=2)))
    assert moment == start_of(moment, UTC) == end_of(moment, UTC)
    assert UTC is start_of(moment, UTC).tzinfo


def test_a_naive_datetime_is_refused_with_the_way_out() -> None:
    """A datetime without a zone is refused by name, with how to give it one."""
    for call in (lambda: aware(NAIVE, "due"), lambda: micros(NAIVE), lambda: start_of(NAIVE, UTC)):
        with pytest.raises(InvalidValueError, match="has no time zone") as refused:
            call()
        assert "tzinfo=datetime.UTC" in refused.value.hint


@pytest.mark.parametrize("moment", [datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)])
def test_years_nobody_plans_in_are_refused(moment: datetime) -> None:
    """Years outside 1900 to 2200 are refused before anything overflows, at either end and in any zone."""
    for given_zone in (UTC, timezone(timedelta(hours=23)), timezone(timedelta(hours=-23))):
        with pytest.raises(InvalidValueError, match="1900 to 2200"):
            micros(moment.replace(tzinfo=given_zone))
        with pytest.raises(InvalidValueError, match="1900 to 2200"):
            end_of(moment.date(), given_zone)
    for count in (10**18, -(10**18), 10**5000):
        with pytest.raises(InvalidValueError, match="1900 to 2200"):
            from_micros(count)


@pytest.mark.parametrize("moment", ["2026-03-02", 0, None, date(2026, 3, 2)])
def test_what_is_no_datetime_is_refused(moment: datetime) -> None:
    """Texts, numbers and dates are no instants."""
    with pytest.raises(InvalidTypeError):
        micros(moment)


@pytest.mark.parametrize(
    "name",
    [
        "",
        "Europe/Berln",
        "Europe",
        "../../etc/passwd",
        "/etc/passwd",
        "x" * 100_000,
        "a\0b",
        "right/UTC",
        "localtime",
        "ä",
    ],
)
def test_an_unknown_zone_is_refused(name: str) -> None:
    """A name that is no zone, or depends on the machine, is unknown, whatever it looks like."""
    with pytest.raises(UnknownCode) as refused:
        zone(name)
    if name == "Europe/Berln":
        assert "Europe/Berlin" in refused.value.nearest
    with pytest.raises(InvalidTypeError):
        zone(None)  # type: ignore[arg-type] # the refusal is the point
