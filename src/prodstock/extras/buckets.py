"""Equal buckets before and after a moment, and in which of them orders start."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from prodstock.extras.arrays import kept

if TYPE_CHECKING:
    from prodstock.extras.arrays import Ints
    from prodstock.extras.structure import Structure
    from prodstock.planning.lead_time import LeadTimes


class Buckets:
    """Buckets of a length in microseconds, by number: bucket 0 starts at a moment, those before it are below zero."""

    def __init__(self, structure: Structure, times: LeadTimes, site: str, now: int, length: int) -> None:
        self.structure = structure
        self._times = times
        self._site = site
        self._worked = times.last_worked(site)
        self._now = now
        self._length = length
        self._found: dict[tuple[int, int], int] = {}

    def at(self, moment: int) -> int:
        """Return the bucket in which a moment lies."""
        return (moment - self._now) // self._length

    def moment(self, bucket: int) -> int:
        """Return when a bucket starts."""
        return self._now + bucket * self._length

    def begin(self, way: int, due: int) -> int:
        """Return the bucket in which an order starts that is due at the start of one."""
        found = self._found.get((way, due))
        if found is None:
            by = self._worked[self.moment(due)]
            start = self._times.start(self.structure.ways[way], self._site, 0, by)
            found = self._found[way, due] = min(self.at(start), due)
        return found

    def earliest(self, oldest: int) -> int:
        """Return the bucket before which nothing starts where nothing is wanted from outside before another one."""
        one, first = self.structure, oldest
        due = np.full(len(one.items), oldest, dtype=np.int64)
        for level in one.levels:
            mine = slice(level.first, level.past)
            begin = self._begins(one.way[mine], due[mine])
            first = min(first, int(begin.min()))
            count = one.count[mine]
            edges = slice(int(one.first[level.first]), int(one.first[level.first]) + int(count.sum()))
            np.minimum.at(due, one.child[edges], np.repeat(begin, count))
        return first

    def _begins(self, ways: Ints, due: Ints) -> Ints:
        """Return `begin` of many; what can not be ordered begins when it is due."""
        begin = due.copy()
        for way, bucket in sorted(set(zip(ways.tolist(), due.tolist(), strict=True))):
            if way >= 0:
                begin[(ways == way) & (due == bucket)] = self.begin(way, bucket)
        return begin

    def table(self, first: int, past: int) -> Ints:
        """Return the rows in which orders start, by way and the row they are due in; -1: before the first of them."""
        rows = [
            [max(self.begin(way, bucket) - first, -1) for bucket in range(first, past)]
            for way in range(len(self.structure.ways))
        ]
        return kept(np.array(rows, dtype=np.int64).reshape(len(rows), past - first))
