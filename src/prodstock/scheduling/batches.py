"""What runs in batches on a machine: together from beginning to end, in the worked time of its calendar."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from typing import TYPE_CHECKING, NamedTuple

from prodstock.scheduling.gaps import Gaps

if TYPE_CHECKING:
    from collections.abc import Sequence


class Kinds:
    """What can run together on a machine, in small whole numbers: what is alike, and takes as long."""

    __slots__ = ("_alike", "_numbers")

    def __init__(self, alike: Sequence[str]) -> None:
        """`alike` are the attributes that all of a batch share."""
        self._alike = alike
        self._numbers: dict[object, int] = {}

    def kind(self, attributes: Sequence[tuple[str, str]], work: int, *, begun: bool = False) -> int:
        """Return the number of what an operation is; what has begun is joined only by what has begun too."""
        values = dict(attributes)
        key = (tuple([values.get(one) for one in self._alike]), work, begun)
        return self._numbers.setdefault(key, len(self._numbers))


class Joining(NamedTuple):
    """The batches of a machine, for an operation of a kind."""

    batches: Batches
    kind: int

    def find(self, ready: int, work: int, units: int) -> int:
        """Return the earliest start, from a worked time on, of so much work: in a batch that has room, or alone."""
        return self.batches.find(ready, work, self.kind, units)

    def blocked(self, start: int, end: int, units: int) -> int:
        """Return when the first thing is over, or begins, that stands in the way; the start: nothing does."""
        return self.batches.blocked(start, end, self.kind, units)


class Batches:
    """The batches on a machine, by start, with their kinds and what room they have left.

    Of each kind the starts of those that have room are kept apart, so that a batch to join is found as fast as a gap.
    """

    __slots__ = ("_capacity", "_ends", "_gaps", "_kinds", "_open", "_room", "_starts")

    def __init__(self, capacity: int, least: int) -> None:
        """`least` is the shortest work of all that may ever be placed."""
        self._capacity = capacity
        self._gaps = Gaps(least)
        self._starts: list[int] = []
        self._ends: list[int] = []
        self._kinds: list[int] = []
        self._room: list[int] = []
        self._open: dict[int, list[int]] = {}

    def copy(self) -> Batches:
        """Return the same batches."""
        found = Batches(self._capacity, 1)
        found._gaps = self._gaps.copy()
        found._starts, found._ends = self._starts.copy(), self._ends.copy()
        found._kinds, found._room = self._kinds.copy(), self._room.copy()
        found._open = {kind: starts.copy() for kind, starts in self._open.items()}
        return found

    def joining(self, kind: int) -> Joining:
        """Return the batches for an operation of a kind."""
        return Joining(self, kind)

    def find(self, ready: int, work: int, kind: int, units: int = 1) -> int:
        """Return the earliest start, from a worked time on, of so much work of a kind that takes so many units."""
        alone = self._gaps.find(ready, work)
        there = self._open.get(kind, [])
        for at in range(bisect_left(there, ready), len(there)):
            start = there[at]
            if start > alone:
                break
            if self._fits(bisect_left(self._starts, start), start + work, kind, units):
                return start
        return alone

    def blocked(self, start: int, end: int, kind: int, units: int) -> int:
        """Return when the first batch is over, or begins, that an operation can neither join nor run beside."""
        at = bisect_right(self._starts, start) - 1
        if at >= 0 and self._ends[at] > start:
            joins = self._starts[at] == start and self._fits(at, end, kind, units)
            return start if joins else self._ends[at]
        if at + 1 < len(self._starts) and self._starts[at + 1] < end:
            return self._starts[at + 1]
        return start

    def take(self, start: int, end: int, kind: int, units: int) -> None:
        """Let an operation join the batch that begins with it, or begin one."""
        if start == end:
            return
        at = bisect_left(self._starts, start)
        if at == len(self._starts) or self._starts[at] != start:
            self._gaps.take(start, end)
            self._starts.insert(at, start)
            self._ends.insert(at, end)
            self._kinds.insert(at, kind)
            self._room.insert(at, self._capacity)
            insort(self._open.setdefault(kind, []), start)
        self._room[at] -= units
        if not self._room[at]:
            self._open[kind].remove(start)

    def _fits(self, at: int, end: int, kind: int, units: int) -> bool:
        return self._kinds[at] == kind and self._ends[at] == end and self._room[at] >= units
