"""The free time of one machine, in the worked time of its calendar: what is placed splits a gap in two."""

from __future__ import annotations

from bisect import bisect_right

from prodstock.stock.lot import NEVER


class Gaps:
    """The gaps of a machine that runs several operations at a time: of each of its lanes, by start.

    Worked time leaves out breaks: an operation that pauses over them is one interval. Gaps that no operation of the
    machine fits are forgotten.
    """

    __slots__ = ("_ends", "_least", "_starts")

    def __init__(self, lanes: int, least: int) -> None:
        """`least` is the shortest work of all that may ever be placed."""
        self._starts: list[list[int]] = [[-NEVER] for _ in range(lanes)]
        self._ends: list[list[int]] = [[NEVER] for _ in range(lanes)]
        self._least = max(1, least)

    def find(self, ready: int, work: int) -> tuple[int, int]:
        """Return the earliest start, from a worked time on, of so much work, and its lane: of several the first."""
        best, lane = NEVER, -1
        for number, ends in enumerate(self._ends):
            starts = self._starts[number]
            for at in range(bisect_right(ends, ready), len(ends)):
                start = max(ready, starts[at])
                if start >= best:
                    break
                if start + work <= ends[at]:
                    best, lane = start, number
                    break
            if best == ready:
                break
        return best, lane

    def take(self, lane: int, start: int, end: int) -> None:
        """Place work in a lane, in the gap around it."""
        if start == end:
            return
        starts, ends = self._starts[lane], self._ends[lane]
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
