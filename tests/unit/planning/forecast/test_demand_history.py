"""Histories of demand: buckets that follow one another, exact, with gaps that are said."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prodstock.calendars.horizon import TimeBucket, buckets
from prodstock.errors import InvalidTypeError, InvalidValueError
from prodstock.planning.forecast.history import DemandHistory
from prodstock.quantities.quantity import Quantity

if TYPE_CHECKING:
    from collections.abc import Mapping

JANUARY = date(2025, 1, 1)


@given(st.sampled_from(list(TimeBucket)), st.integers(1, 60))
def test_buckets_follow_those_of_the_calendar(bucket: TimeBucket, count: int) -> None:
    """The starts are those of the buckets people plan in, from a Monday or the first of a month on."""
    start = date(2024, 1, 1)
    history = DemandHistory([1] * count, start=start, bucket=bucket)
    horizon = buckets(start, history.until, bucket, UTC)
    assert [first.date() for first, _ in horizon] == list(history.starts)


@given(st.lists(st.tuples(st.dates(JANUARY, date(2025, 6, 30)), st.integers(0, 99)), max_size=30))
def test_single_days_are_added_up(rows: list[tuple[date, int]]) -> None:
    """Each day counts in its month, in any order, and months without any are zero."""
    history = DemandHistory.collect(rows, start=JANUARY, until=date(2025, 7, 1))
    assert history == DemandHistory.collect(rows[::-1], start=JANUARY, until=date(2025, 7, 1))
    by_month = [sum(quantity for day, quantity in rows if day.month == month) for month in range(1, 7)]
    assert list(history.quantities) == by_month


def test_amounts_are_kept_in_the_decimals_of_the_item() -> None:
    """Texts, Decimals and quantities in other units become Decimals of the scale; unknown stays unknown."""
    history = DemandHistory(["0.5", Decimal(2), Quantity(250, "g"), None], start=JANUARY, unit="kg", scale=3)
    assert [str(one) for one in history.quantities] == ["0.500", "2.000", "0.250", "None"]
    assert history.values == [0.5, 2.0, 0.25, None]
    collected = DemandHistory.collect(
        [(JANUARY, Quantity(250, "g")), (JANUARY, "0.5")], start=JANUARY, until=date(2025, 2, 1), unit="kg", scale=3
    )
    assert collected.quantities == (Decimal("0.75"),)


def test_a_history_as_it_was() -> None:
    """The first buckets are a history of their own."""
    history = DemandHistory([1, 2, None, 4], start=JANUARY)
    assert history.first(3) == DemandHistory([1, 2, None], start=JANUARY)
    assert len(history) == 4
    with pytest.raises(InvalidValueError):
        history.first(5)


@pytest.mark.parametrize(
    "changed",
    [
        {"quantities": []},
        {"quantities": [1] * 10_001},
        {"quantities": [-1]},
        {"quantities": ["0.5"]},
        {"quantities": ["NaN"]},
        {"quantities": ["1e30"]},
        {"start": date(2025, 1, 2)},
        {"start": date(2200, 12, 1)},
        {"start": date(1800, 1, 1)},
        {"scale": 19},
        {"quantities": [Quantity(1, "kg")]},
    ],
)
def test_a_history_that_cannot_be_is_refused(changed: Mapping[str, object]) -> None:
    """Nothing, too much, below zero, too fine, not in the middle of a month, out of the calendar."""
    with pytest.raises(InvalidValueError):
        DemandHistory(**({"quantities": [1], "start": JANUARY} | dict(changed)))  # type: ignore[arg-type]  # the point


@pytest.mark.parametrize(
    "changed",
    [
        {"quantities": [1.5]},
        {"quantities": [True]},
        {"quantities": "12"},
        {"start": "2025-01-01"},
        {"bucket": "month"},
        {"start": datetime(2025, 1, 1, tzinfo=UTC)},
    ],
)
def test_a_history_of_other_things_is_refused(changed: Mapping[str, object]) -> None:
    """Floats, flags, one text, texts for dates and enumerations."""
    with pytest.raises(InvalidTypeError):
        DemandHistory(**({"quantities": [1], "start": JANUARY} | dict(changed)))  # type: ignore[arg-type]  # the point


def test_days_outside_are_refused_and_so_are_broken_buckets() -> None:
    """Nothing is left out silently."""
    with pytest.raises(InvalidValueError, match="is not from 2025-01-01 until 2025-02-01"):
        DemandHistory.collect([(date(2025, 2, 1), 1)], start=JANUARY, until=date(2025, 2, 1))
    for until in (JANUARY, date(2025, 2, 2), JANUARY - timedelta(days=31)):
        with pytest.raises(InvalidValueError):
            DemandHistory.collect([], start=JANUARY, until=until)
