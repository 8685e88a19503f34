"""A calendar compiled to integers: worked time against the time of the world, one bisection each way."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from datetime import date
from enum import StrEnum
from itertools import accumulate
from operator import sub
from typing import TYPE_CHECKING

from prodstock.calendars.year import YearOfWork
from prodstock.calendars.zone import DAY_US, FIRST_US, FIRST_YEAR, LAST_US, LAST_YEAR, from_micros, start_of_day
from prodstock.errors import InvalidValueError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

BUDGET_YEARS = 10
"""A calendar without working time for so long is refused: nobody waits for it."""

_ANCHOR_YEAR = 2025
_BUDGET_US = BUDGET_YEARS * 366 * DAY_US
# Days are counted on UTC's midnights here, and local years end up to a day away: give up only beyond any doubt.
_GIVEN_UP_US = _BUDGET_US + 2 * DAY_US


class Side(StrEnum):
    """Which instant is meant when work was interrupted there: worked time alone fits the whole pause."""

    END = "end"
    """The earliest: where the work up to it ends."""
    START = "start"
    """The latest: where the work after it starts."""


class _Table:
    """Consecutive years of working intervals, as parallel lists that start with an empty one at `low`."""

    __slots__ = ("days", "done", "ends", "first_year", "high", "idle", "low", "past_year", "starts")

    def __init__(self, years: dict[int, YearOfWork], first_year: int, past_year: int) -> None:
        self.first_year, self.past_year = first_year, past_year
        self.low, self.high = years[first_year].start, years[past_year - 1].end
        self.starts, self.ends, self.days = [self.low], [self.low], list[int]()
        for number in range(first_year, past_year):
            self._add(years[number])
        before = sum(b - a for number in range(first_year, _ANCHOR_YEAR) for a, b in years[number].intervals)
        # done[i] is the time worked from the anchor to starts[i]; one more element than intervals: the total.
        pauses = zip(self.ends, self.starts[1:], strict=False)
        self.idle = [(stopped, resumed) for stopped, resumed in pauses if resumed - stopped > _BUDGET_US]
        self.done: list[int] = list(accumulate(map(sub, self.ends, self.starts), initial=-before))

    def _add(self, year: YearOfWork) -> None:
        starts, ends = [a for a, _ in year.intervals], [b for _, b in year.intervals]
        if starts and len(self.ends) > 1 and starts[0] == self.ends[-1]:
            self.ends.pop()
            starts.pop(0)
        self.starts += starts
        self.ends += ends
        self.days += year.days


class WorkClock:
    """The working time of one calendar in one zone, in integer microseconds, for engines.

    The world's time is microseconds since 1970 UTC. Worked time is microseconds worked since the start of 2025 in the
    zone, negative before it: differences are what counts. Made by `Calendar.compiled`, shared, and safe to share
    between threads. It computes years as they are asked for, each once; after that every question is one bisection.
    """

    __slots__ = ("_calculate", "_table", "_years", "code")

    def __init__(self, code: str, calculate: Callable[[int], YearOfWork]) -> None:
        self.code = code
        self._calculate = calculate
        self._years: dict[int, YearOfWork] = {}
        self._table = self._tabulated(_ANCHOR_YEAR, _ANCHOR_YEAR + 1)

    def __repr__(self) -> str:
        return f"<WorkClock {self.code} {self._table.first_year}-{self._table.past_year - 1} compiled>"

    def to_worked(self, moment: int) -> int:
        """Return the time worked until the moment.

        Raises:
            InvalidValueError: if the moment is outside 1900 to 2200.
        """
        table = self._table
        if not table.low <= moment <= table.high:
            table = self._covering(moment)
        index = bisect_right(table.starts, moment) - 1
        start, end = table.starts[index], table.ends[index]
        worked = moment if moment < end else end  # noqa: FURB136 - a call of min() costs as much as the bisection
        return table.done[index] + worked - start

    def from_worked(self, worked: int, *, side: Side) -> int:
        """Return the moment until which so much is worked; `side` says which one where work pauses there.

        Raises:
            InvalidValueError: if the calendar has not as much working time between 1900 and 2200.
        """
        return self._found(worked, side, None)

    def advance(self, moment: int, work: int) -> int:
        """Return the earliest moment by which so much is worked after the given one; itself for no work.

        Raises:
            InvalidValueError: if ten years pass without working time, or the years 1900 to 2200 do not suffice.
        """
        if work > LAST_US - moment:
            raise self._idle(f"not enough working time until {LAST_YEAR}")
        return self._found(self.to_worked(moment) + work, Side.END, moment) if work else moment

    def retreat(self, moment: int, work: int) -> int:
        """Return the latest moment from which so much is worked until the given one; itself for no work.

        Raises:
            InvalidValueError: as `advance`.
        """
        if work > moment - FIRST_US:
            raise self._idle(f"not enough working time since {FIRST_YEAR}")
        return self._found(self.to_worked(moment) - work, Side.START, moment) if work else moment

    def next_open(self, moment: int) -> int:
        """Return the moment itself if it is worked, else the next start of work.

        Raises:
            InvalidValueError: as `advance`.
        """
        return self._found(self.to_worked(moment), Side.START, moment)

    def previous_open(self, moment: int) -> int:
        """Return the moment itself if the time just before it is worked, else the last end of work.

        Raises:
            InvalidValueError: as `advance`.
        """
        return self._found(self.to_worked(moment), Side.END, moment)

    def next_stretch(self, moment: int, work: int) -> int:
        """Return the earliest start, from the moment on, of so much work without a pause. O(shorter stretches passed).

        Raises:
            InvalidValueError: if none begins within ten years, or as `advance`.
        """
        start = self.next_open(moment)
        while self.advance(start, work) != start + work:
            table = self._covering(start)
            end = table.ends[bisect_right(table.starts, start) - 1]
            if end - moment > _BUDGET_US:
                raise self._idle(f"no {work / 3_600_000_000:g} h without a pause")
            start = self.next_open(end)
        return start

    def is_working(self, moment: int) -> bool:
        """Whether the moment lies within working time; its first instant does, its end does not."""
        table = self._covering(moment)
        return moment < table.ends[bisect_right(table.starts, moment) - 1]

    def intervals(self, start: int, end: int) -> list[tuple[int, int]]:
        """Return the working intervals between two moments, ascending, disjoint, clipped to them."""
        if start >= end:
            return []
        self._covering(start)
        table = self._covering(end)
        # An interval counts if it ends after the start and begins before the end.
        chosen = range(bisect_right(table.ends, start), bisect_left(table.starts, end))
        return [(max(table.starts[i], start), min(table.ends[i], end)) for i in chosen]

    def is_working_day(self, day: int) -> bool:
        """Whether the day, a proleptic ordinal, is a working day."""
        table = self._covering_day(day)
        index = bisect_left(table.days, day)
        return index < len(table.days) and table.days[index] == day

    def later_working_day(self, day: int, count: int) -> int:
        """Return the ordinal of the `count`-th working day after the day.

        Raises:
            InvalidValueError: if ten years pass without a working day, or the year 2200 does.
        """
        table, since = self._covering_day(day), start_of_day(day)
        while True:
            index = bisect_right(table.days, day) + count - 1
            if index < len(table.days):
                self._refuse_idle(table, since, start_of_day(table.days[index]))
                return table.days[index]
            table = self._later(table, since)

    def earlier_working_day(self, day: int, count: int) -> int:
        """Return the ordinal of the `count`-th working day before the day.

        Raises:
            InvalidValueError: if ten years pass without a working day, or the year 1900 does.
        """
        table, since = self._covering_day(day), start_of_day(day)
        while True:
            index = bisect_left(table.days, day) - count
            if index >= 0:
                self._refuse_idle(table, start_of_day(table.days[index]), since)
                return table.days[index]
            table = self._earlier(table, since)

    def _found(self, worked: int, side: Side, moment: int | None) -> int:
        """Return the moment for a worked time; with a moment to start from, no idle stretch is crossed."""
        table = self._table
        if not table.done[0] < worked < table.done[-1]:
            table = self._reaching(worked, side, moment)
        index = (bisect_left if side is Side.END else bisect_right)(table.done, worked) - 1
        found = table.starts[index] + worked - table.done[index]
        if table.idle and moment is not None:
            self._refuse_idle(table, min(moment, found), max(moment, found))
        return found

    def _tabulated(self, first_year: int, past_year: int) -> _Table:
        """Return a table of these years, and keep it; a thread that loses the race has computed the same years."""
        for year in range(first_year, past_year):
            if year not in self._years:
                self._years[year] = self._calculate(year)
        self._table = _Table(self._years, first_year, past_year)
        return self._table

    def _covering(self, moment: int) -> _Table:
        table = self._table
        if table.low <= moment < table.high:
            return table
        year = from_micros(moment).year
        table = self._with_years(year, year)
        # Local years begin up to a day away from those of UTC.
        if moment < table.low:
            return self._with_years(year - 1, year)
        return table if moment < table.high else self._with_years(year, year + 1)

    def _covering_day(self, day: int) -> _Table:
        year = date.fromordinal(day).year
        return self._with_years(year, year)

    def _with_years(self, first: int, last: int) -> _Table:
        table = self._table
        if table.first_year <= first and last < table.past_year:
            return table
        return self._tabulated(min(first, table.first_year), max(last + 1, table.past_year))

    def _reaching(self, worked: int, side: Side, moment: int | None) -> _Table:
        table = self._table
        while worked > table.done[-1] or (side is Side.START and worked == table.done[-1]):
            table = self._later(table, moment)
        while worked < table.done[0] or (side is Side.END and worked == table.done[0]):
            table = self._earlier(table, moment)
        return table

    def _later(self, table: _Table, moment: int | None) -> _Table:
        """Return a table that reaches further into the future, by half its years and at least one."""
        last = table.ends[-1]
        if moment is not None and table.high - max(last, moment) > _GIVEN_UP_US:
            raise self._idle(f"no working time after {from_micros(max(last, moment)):%Y-%m-%d}")
        if table.past_year > LAST_YEAR:
            raise self._idle(f"not enough working time until {LAST_YEAR}")
        step = max(1, (table.past_year - table.first_year) // 2)
        return self._tabulated(table.first_year, min(table.past_year + step, LAST_YEAR + 1))

    def _earlier(self, table: _Table, moment: int | None) -> _Table:
        first = table.starts[1] if len(table.starts) > 1 else table.high
        if moment is not None and min(first, moment) - table.low > _GIVEN_UP_US:
            raise self._idle(f"no working time before {from_micros(min(first, moment)):%Y-%m-%d}")
        if table.first_year <= FIRST_YEAR:
            raise self._idle(f"not enough working time since {FIRST_YEAR}")
        step = max(1, (table.past_year - table.first_year) // 2)
        return self._tabulated(max(table.first_year - step, FIRST_YEAR), table.past_year)

    def _refuse_idle(self, table: _Table, start: int, end: int) -> None:
        """Refuse to cross ten idle years; the same answer whether or not they were compiled before."""
        for stopped, resumed in table.idle:
            if min(resumed, end) - max(stopped, start) > _BUDGET_US:
                raise self._idle(f"no working time after {from_micros(max(stopped, start)):%Y-%m-%d}")

    def _idle(self, missing: str) -> InvalidValueError:
        advice = f"Working time must come back within {BUDGET_YEARS} years: see week, holidays, exceptions, maintenance"
        return InvalidValueError(field="calendar", value=self.code, reason=f"has {missing}", advice=advice)


def together(clocks: Iterable[WorkClock]) -> WorkClock:
    """Return the time in which all of some calendars work; of one calendar itself. There must be at least one."""
    several = list(dict.fromkeys(clocks))
    if len(several) == 1:
        return several[0]

    def calculate(year: int) -> YearOfWork:
        start, end = (min(start_of_day(date(each, 1, 1).toordinal()), LAST_US) for each in (year, year + 1))
        common = [(start, end)]
        for one in several:
            common = list(_overlap(common, one.intervals(start, end)))
        return YearOfWork(start, end, common, [])

    return WorkClock(" & ".join(one.code for one in several), calculate)


def _overlap(some: list[tuple[int, int]], others: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Yield what lies in both of two ascending lists of intervals."""
    place = other = 0
    while place < len(some) and other < len(others):
        start, end = max(some[place][0], others[other][0]), min(some[place][1], others[other][1])
        if start < end:
            yield start, end
        if some[place][1] < others[other][1]:
            place += 1
        else:
            other += 1
