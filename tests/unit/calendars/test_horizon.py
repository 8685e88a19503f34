"""Planning buckets of a horizon."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prodstock.calendars.horizon import TimeBucket, buckets
from prodstock.calendars.zone import start_of, zone
from prodstock.errors import InvalidTypeError, InvalidValueError

dates = st.dates(date(2010, 1, 1), date(2030, 1, 1))


@given(
    dates, st.integers(0, 400), st.sampled_from(TimeBucket), st.sampled_from(["UTC", "Europe/Berlin", "Pacific/Apia"])
)
def test_buckets_cover_the_horizon_once(start: date, days: int, bucket: TimeBucket, name: str) -> None:
    """Buckets run without gap or overlap from the start to the end, each of them with some time in it."""
    there, until = zone(name), start + timedelta(days=days)
    found = buckets(start, until, bucket, there)
    assert all(a < b for a, b in found)
    assert all(before[1] == after[0] for before, after in pairwise(found))
    if found:
        assert (start_of(start, there), start_of(until, there)) == (found[0][0], found[-1][1])
    else:
        assert start_of(start, there) == start_of(until, there)
    for begin, _ in found[1:]:
        local = begin.astimezone(there)
        assert TimeBucket.WEEK is not bucket or local.weekday() == 0 or local.date() == date(2011, 12, 31)
        assert TimeBucket.MONTH is not bucket or local.day == 1


def test_a_week_with_a_clock_change_is_an_hour_short() -> None:
    """The last week of March has 167 hours in Berlin."""
    [week] = buckets(date(2026, 3, 23), date(2026, 3, 30), TimeBucket.WEEK, zone("Europe/Berlin"))
    assert timedelta(hours=167) == week[1] - week[0]


def test_a_horizon_of_datetimes_is_cut_to_them() -> None:
    """The first and last bucket end where the horizon does."""
    low, high = datetime(2026, 3, 2, 6, tzinfo=UTC), datetime(2026, 3, 3, 7, tzinfo=UTC)
    midnight = datetime(2026, 3, 3, tzinfo=UTC)
    assert ((low, midnight), (midnight, high)) == buckets(low, high, TimeBucket.DAY, UTC)


def test_a_horizon_that_cannot_be_meant_is_refused() -> None:
    """A horizon runs forwards, between 1900 and 2200, in buckets."""
    with pytest.raises(InvalidValueError):
        buckets(date(2026, 3, 3), date(2026, 3, 2), TimeBucket.DAY, UTC)
    with pytest.raises(InvalidValueError):
        buckets(date(2026, 3, 3), date.max, TimeBucket.DAY, UTC)
    with pytest.raises(InvalidTypeError):
        buckets(date(2026, 3, 3), date(2026, 3, 4), "year", UTC)  # type: ignore[arg-type] # the refusal is the point
    assert len(buckets(date(1900, 1, 1), datetime(2201, 1, 1, tzinfo=UTC), TimeBucket.MONTH, UTC)) == 12 * 301
