"""The working week as text."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prodstock.calendars.span import WorkingDays, working_days
from prodstock.calendars.week import week
from prodstock.errors import InvalidTypeError, InvalidValueError

EIGHT = (480, 960)


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("Mo-Fr 08:00-16:00", ((EIGHT,),) * 5 + (None, None)),
        ("08:00-16:00", ((EIGHT,),) * 7),
        ("closed", ((),) * 7),
        ("Sa-Mo 00:00-24:00", (((0, 1440),), None, None, None, None, ((0, 1440),), ((0, 1440),))),
        (
            "Mo,We 14:30-22:00 06:00-14:00; Tu closed",
            (((360, 840), (870, 1320)), (), ((360, 840), (870, 1320)), *[None] * 4),
        ),
        (" Su  22:00-06:00 ;Mo 06:00-07:00", (((360, 420),), *[None] * 5, ((1320, 1800),))),
        ("Fr 22:00-00:00", (*[None] * 4, ((1320, 1440),), None, None)),
    ],
)
def test_a_week_is_read(text: str, days: tuple[object, ...]) -> None:
    """Days, lists, ranges over the weekend, several shifts and nights mean what people read."""
    assert days == week(text)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "empty clause"),
        ("Mo-Fr 08:00-16:00;", "empty clause"),
        ("Mo-Fr", "days without hours"),
        ("Mon 08:00-16:00", "unknown days 'Mon'"),
        ("mo 08:00-16:00", "unknown days 'mo'"),
        ("Mo- 08:00-16:00", "unknown days"),
        ("Mo 8:00-16:00", "unreadable hours"),
        ("Mo 08:00", "unreadable hours"),
        ("Mo 08:60-16:00", "unreadable hours"),
        ("Mo 08:00-24:01", "unreadable hours"),
        ("Mo 24:00-02:00", "unreadable hours"),
        ("Mo ٠٨:00-16:00", "unreadable hours"),
        ("Mo 08:00-16:00 closed", "unreadable hours"),
        ("Mo 08:00-08:00", "empty hours"),
        ("Mo 08:00-12:00; Mo-Fr 13:00-17:00", "names Mo twice"),
        ("Mo,Mo 08:00-12:00", "names Mo twice"),
        ("Mo 08:00-12:00 11:59-17:00", "overlapping hours at Mo 11:59"),
        ("Mo 22:00-06:00; Tu 05:00-09:00", "overlapping hours at Tu 05:00"),
        ("Su 22:00-06:00; Mo 05:00-09:00", "overlapping hours at Mo 05:00"),
        ("x" * 2000, "longer than 1000"),
    ],
)
def test_a_week_that_cannot_be_meant_is_refused(text: str, reason: str) -> None:
    """What is malformed, doubled or overlapping is refused with its place and an example."""
    with pytest.raises(InvalidValueError, match=reason) as refused:
        week(text)
    assert "Mo-Fr 06:00-14:00" in refused.value.hint


@given(st.text("MoTuFr-,;: 0123456789closed", max_size=40))
def test_any_text_is_read_or_refused(text: str) -> None:
    """No text does anything but give seven days or a refusal."""
    with contextlib.suppress(InvalidValueError):
        assert len(week(text)) == 7


def test_a_week_is_text() -> None:
    """What is no text is refused."""
    with pytest.raises(InvalidTypeError):
        week(None)  # type: ignore[arg-type] # the refusal is the point


@pytest.mark.parametrize("count", [True, 1.0, "3", None])
def test_working_days_are_whole(count: int) -> None:
    """A count of days is an int."""
    with pytest.raises(InvalidTypeError):
        working_days(count)


def test_working_days_are_a_value() -> None:
    """Equal counts are equal; negative and endless ones are refused."""
    assert WorkingDays(21) == working_days(21)
    for count in (-1, 10**6):
        with pytest.raises(InvalidValueError):
            working_days(count)
