"""What runs on each machine of a schedule, and in which lanes of it."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from heapq import heappop, heappush
from itertools import accumulate
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from prodstock.scheduling.floor import counted, occupied

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from prodstock.scheduling.compiled import Compiled
    from prodstock.scheduling.construct import Placed


class Run(NamedTuple):
    """An operation occupies so many parts of a machine, in the lanes of these numbers: one for each unit, or person."""

    start: int
    end: int
    parts: int
    task: int
    lanes: tuple[int, ...]


class Track:
    """What runs on a machine, by start."""

    __slots__ = ("_reach", "_starts", "runs")

    def __init__(self, runs: Sequence[Run]) -> None:
        self.runs = runs
        self._starts = [run.start for run in runs]
        self._reach = list(accumulate((run.end for run in runs), max))

    def between(self, since: int, until: int) -> list[Run]:
        """Return what runs at any time between two moments. O(log n), and what runs then."""
        near = self.runs[bisect_right(self._reach, since) : bisect_left(self._starts, until)]
        return [run for run in near if run.end > since]


Busy: TypeAlias = "list[Track]"
"""What runs on each machine, by number."""


def busy_of(compiled: Compiled, placed: Sequence[Placed]) -> Busy:
    """Return what runs on each machine, each in the lowest lanes that are free. O(n log n)."""
    rows: list[list[tuple[int, int, int, int, int]]] = [[] for _ in compiled.machines]
    for task, one in zip(compiled.tasks, placed, strict=True):
        if one.start < one.end:
            mode = task.modes[one.mode]
            both = zip(occupied(mode, one.people), counted(mode, one.people), strict=True)
            for (machine, parts), (_, units) in both:
                since = one.changed_from if machine == mode.machine else one.start
                rows[machine].append((since, task.number, one.end, units, parts))
    return [Track(list(_in_lanes(sorted(some)))) for some in rows]


def _in_lanes(rows: Sequence[tuple[int, int, int, int, int]]) -> Iterator[Run]:
    running: list[tuple[int, tuple[int, ...]]] = []
    free: list[int] = []
    lanes = 0
    for start, task, end, units, parts in rows:
        while running and running[0][0] <= start:
            for lane in heappop(running)[1]:
                heappush(free, lane)
        while len(free) < units:
            heappush(free, lanes)
            lanes += 1
        taken = tuple([heappop(free) for _ in range(units)])
        heappush(running, (end, taken))
        yield Run(start, end, parts, task, taken)
