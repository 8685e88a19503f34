"""The free time of a machine that runs one operation at a time, in the worked time of its calendar."""

from __future__ import annotations

from bisect import bisect_right

from prodstock.stock.lot import NEVER


class Gaps:
    """The gaps of a machine, by start: what is placed splits one in two.

    Worked time leaves out breaks: an operation that pauses over them is one interval. Gaps that no operation of the
    machine fits are forgotten.
    """

    __slots__ = ("_ends", "_least", "_starts")

    def __init__(self, least: int) -> None:
        """`least` is the shortest work of all that may ever be placed."""
        self._starts = [-NEVER]
        self._ends = [NEVER]
        self._least = max(1, least)

    def copy(self) -> Gaps:
        """Return the same gaps."""
        found = Gaps(self._least)
        found._starts, found._ends = self._starts.copy(), self._ends.copy()
        return found

    def find(self, ready: int, work: int, units: int = 1) -> int:  # noqa: ARG002 - one is all there is
        """Return the earliest start, from a worked time on, of so much work."""
        starts, ends = self._starts, self._ends
        for at in range(bisect_right(ends, ready), len(ends)):
            start = starts[at]
            start = max(start, ready)
            if start + work <= ends[at]:
                return start
        raise AssertionError(ready)  # pragma: no cover - the last gap never ends

    def blocked(self, start: int, end: int, units: int = 1) -> int:  # noqa: ARG002 - one is all there is
        """Return when the first thing is over that stands in the way; the start: nothing does."""
        starts, ends = self._starts, self._ends
        at = bisect_right(ends, start)
        if starts[at] > start:
            return starts[at]
        return start if end <= ends[at] else starts[at + 1]

    def take(self, start: int, end: int, units: int = 1) -> None:  # noqa: ARG002 - one is all there is
        """Place work in the gap around it."""
        if start == end:
            return
        starts, ends = self._starts, self._ends
        at = bisect_right(starts, start) - 1
        first, last = starts[at], ends[at]
        keeps_first, keeps_last = start - first >= self._least, last - end >= self._least
        if keeps_first and keeps_last:
            ends[at] = start
            starts.insert(at + 1, end)
            ends.insert(at + 1, last)
        elif keeps_first:
            ends[at] = start
        elif keeps_last:
            starts[at] = end
        else:
            del starts[at], ends[at]
