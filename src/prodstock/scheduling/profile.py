"""What is free of a machine that runs several operations at a time, in the worked time of its calendar."""

from __future__ import annotations

from bisect import bisect_left, bisect_right

from prodstock.stock.lot import NEVER


class Profile:
    """How much of a capacity is free, as steps: from each time on, until the next one.

    Neighbouring steps differ, so that what is full for long is one step.
    """

    __slots__ = ("_free", "_times")

    def __init__(self, capacity: int) -> None:
        self._times = [-NEVER]
        self._free = [capacity]

    def copy(self) -> Profile:
        """Return the same steps."""
        found = Profile(0)
        found._times, found._free = self._times.copy(), self._free.copy()
        return found

    def find(self, ready: int, work: int, units: int = 1) -> int:
        """Return the earliest start, from a worked time on, of so much work by so many units."""
        times, free = self._times, self._free
        at, last, start = bisect_right(times, ready) - 1, len(times) - 1, ready
        while True:
            if free[at] < units:
                at += 1
                start = times[at]
            elif at == last or times[at + 1] >= start + work:
                return start
            else:
                at += 1

    def blocked(self, start: int, end: int, units: int = 1) -> int:
        """Return when the first thing is over that stands in the way of so many units; the start: nothing does."""
        times, free = self._times, self._free
        at, last = bisect_right(times, start) - 1, len(times) - 1
        while at <= last and times[at] < end:
            if free[at] < units:
                while free[at] < units:
                    at += 1
                return times[at]
            at += 1
        return start

    def take(self, start: int, end: int, units: int = 1) -> None:
        """Occupy so many units; they must be free."""
        if start == end:
            return
        self._split(start)
        self._split(end)
        times, free = self._times, self._free
        first, last = bisect_left(times, start), bisect_left(times, end)
        for at in range(first, last):
            free[at] -= units
        for at in (last, first):
            if free[at] == free[at - 1]:
                del times[at], free[at]

    def _split(self, at: int) -> None:
        place = bisect_right(self._times, at)
        if self._times[place - 1] != at:
            self._times.insert(place, at)
            self._free.insert(place, self._free[place - 1])
