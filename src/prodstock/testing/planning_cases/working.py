"""Working time of a planning case: the times at which several calendars are all open, as intervals."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING, Any

from prodstock.calendars.zone import from_micros
from prodstock.testing.planning_cases.case import SECOND, moment

if TYPE_CHECKING:
    from collections.abc import Sequence

_DAY = 86_400 * SECOND
_ALL_DAYS = 127
_YEARS_BACK, _YEARS_ON = 3, 8


def value_at(calendar: dict[str, Any], at: int) -> float:
    """Return the value of a calendar at a moment: the lowest priority wins, then the bucket that starts last."""
    best: tuple[float, int] | None = None
    value: float = calendar.get("default", 0)
    for bucket in calendar["buckets"]:
        rank = (bucket.get("priority") or 0, -_start(bucket))
        if _holds(bucket, at) and (best is None or rank < best):
            best, value = rank, bucket["value"]
    return value


def _start(bucket: dict[str, Any]) -> int:
    return moment(bucket["start"]) if bucket.get("start") else -(2**62)


def _end(bucket: dict[str, Any]) -> int:
    return moment(bucket["end"]) if bucket.get("end") else 2**62


def _holds(bucket: dict[str, Any], at: int) -> bool:
    if not _start(bucket) <= at < _end(bucket):
        return False
    day = from_micros(at)
    sunday_first = (day.weekday() + 1) % 7
    if not bucket.get("days_bitmask_sun1", _ALL_DAYS) >> sunday_first & 1:
        return False
    within = at % _DAY // SECOND
    return bool(bucket.get("starttime_s", 0) <= within < bucket.get("endtime_s", 86_400))


def changes(calendar: dict[str, Any], start: int, end: int) -> list[int]:
    """Return the moments within a span at which the value of a calendar may change."""
    found = {start}
    for bucket in calendar["buckets"]:
        found |= {_start(bucket), _end(bucket)}
        times = {bucket.get("starttime_s", 0), bucket.get("endtime_s", 86_400)}
        if times != {0, 86_400} or bucket.get("days_bitmask_sun1", _ALL_DAYS) != _ALL_DAYS:
            for day in range(start // _DAY, end // _DAY + 1):
                found |= {day * _DAY + time * SECOND for time in times}
    return sorted(at for at in found if start <= at < end)


class Working:
    """The times at which all of some calendars are open, from some years before a moment to some after."""

    def __init__(self, calendars: Sequence[dict[str, Any]], now: int) -> None:
        self.always = not calendars
        self.starts: list[int] = []
        self.ends: list[int] = []
        self.done: list[int] = [0]
        if calendars:
            self._fill(calendars, now)

    def _fill(self, calendars: Sequence[dict[str, Any]], now: int) -> None:
        start, end = now - _YEARS_BACK * 366 * _DAY, now + _YEARS_ON * 366 * _DAY
        moments = sorted({at for one in calendars for at in changes(one, start, end)})
        for at, after in zip(moments, [*moments[1:], end], strict=True):
            if all(value_at(one, at) > 0 for one in calendars):
                if self.ends and self.ends[-1] == at:
                    self.ends[-1] = after
                else:
                    self.starts.append(at)
                    self.ends.append(after)
        for begins, ends in zip(self.starts, self.ends, strict=True):
            self.done.append(self.done[-1] + ends - begins)

    def _worked(self, at: int) -> int:
        place = bisect_right(self.starts, at) - 1
        return 0 if place < 0 else self.done[place] + min(at, self.ends[place]) - self.starts[place]

    def advance(self, at: int, work: int) -> int:
        """Return the earliest moment by which so much is worked after a moment; without work, when work goes on."""
        if self.always:
            return at + work
        if not work:
            place = bisect_right(self.starts, at) - 1
            open_now = place >= 0 and at < self.ends[place]
            return at if open_now else self.starts[min(place + 1, len(self.starts) - 1)]
        target = self._worked(at) + work
        place = bisect_left(self.done, target) - 1
        return self.starts[place] + target - self.done[place] if place < len(self.starts) else 2**61

    def retreat(self, at: int, work: int) -> int:
        """Return the latest moment from which so much is worked until a moment; without work, when work stopped."""
        if self.always:
            return at - work
        if not work:
            place = bisect_left(self.starts, at) - 1
            return min(at, self.ends[place]) if place >= 0 else at
        target = self._worked(at) - work
        place = bisect_right(self.done, target) - 1
        return self.starts[place] + target - self.done[place] if 0 <= place < len(self.starts) else -(2**61)
