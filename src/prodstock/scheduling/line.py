"""What runs on a machine that is changed over between operations, one after another, in its worked time."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from copy import copy
from typing import TYPE_CHECKING, NamedTuple

from prodstock.stock.lot import NEVER

if TYPE_CHECKING:
    from collections.abc import Iterator
    from fractions import Fraction

    from prodstock.scheduling.changing import Changing


class Slot(NamedTuple):
    """An operation on the line, by number: from when on the machine is changed for it, for how long, at what cost."""

    task: int
    changed_from: int
    time: int
    cost: Fraction


class Awaiting(NamedTuple):
    """A line, for an operation whose material is there from a worked time on."""

    line: Line
    there: int

    def find(self, ready: int, work: int, kind: int) -> int:
        """Return the earliest start, from a worked time on, of so much work of a kind, after its change."""
        return self.line.find(ready, work, kind, self.there)

    def blocked(self, start: int, end: int, kind: int) -> int:
        """Return when the first thing is over that stands in the way; the start: nothing does."""
        return self.line.find(start, end - start, kind, self.there)


class Line:
    """Operations on a machine, each with the change before it.

    What is put between two others changes what the later one takes: it keeps its start, and is changed for just before.
    So a gap is large enough if the new one fits with its own change, and the one after it with its new change; where
    an operation leaves part of the machine as it is, or the machine is cleaned after so many, those after that too.

    Arrays by place; at place 0 stands the start of the problem. `_open` are the ends after which there is room for
    anything beside the change that is there, ascending: other gaps are passed over without a look.
    """

    __slots__ = ("_changes", "_ends", "_kinds", "_least", "_limits", "_open", "_starts", "_states", "_tasks", "_times")

    def __init__(self, changing: Changing, start: int, least: int) -> None:
        """`start` is the worked time at which the problem begins, `least` the shortest work that may be placed."""
        self._changes = changing.changes
        self._least = max(1, least)
        self._tasks = [-1]
        self._starts = [start]
        self._ends = [start]
        self._kinds = [-1]
        self._states = [changing.first]
        self._times = [0]
        self._limits = [start]
        self._open = [start]

    def copy(self) -> Line:
        """Return the same operations, on a line of their own."""
        found = copy(self)
        for name in ("_tasks", "_starts", "_ends", "_kinds", "_states", "_times", "_limits", "_open"):
            setattr(found, name, getattr(self, name).copy())
        return found

    def find(self, ready: int, work: int, kind: int, there: int | None = None) -> int:
        """Return the earliest start, from a worked time on, of so much work of a kind, after its change.

        Where the change needs the material, that is there from a time of its own on, or from the same.
        """
        ends, starts, states, change = self._ends, self._starts, self._states, self._changes.change
        early, last, gaps = self._changes.early, len(self._ends) - 1, self._open
        # The gap that is open at `ready` begins at the last end that is not after it.
        for at in range(max(0, bisect_right(gaps, ready) - 1), len(gaps)):
            place = bisect_right(ends, gaps[at]) - 1
            if place < last and starts[place + 1] - ready < work:
                continue
            time, _, state = change(states[place], kind)
            begin = ends[place] + time
            if not early:
                begin = max(begin, time + (ready if there is None else there))
            begin = max(begin, ready)
            if place == last or (begin + work <= starts[place + 1] and self._fits(place + 1, begin + work, state)):
                return begin
        raise AssertionError(ready)  # pragma: no cover - after the last there is always room

    def take(self, start: int, end: int, kind: int, task: int, limit: int) -> None:
        """Place an operation where it was found; it is not changed for before the limit."""
        place = bisect_right(self._ends, start)
        before = place - 1
        time, _, state = self._changes.change(self._states[before], kind)
        self._tasks.insert(place, task)
        self._starts.insert(place, start)
        self._ends.insert(place, end)
        self._kinds.insert(place, kind)
        self._times.insert(place, time)
        self._limits.insert(place, -NEVER if self._changes.early else limit)
        self._states.insert(place, state)
        self._follow(place + 1, state)
        self._note(before)
        self._note(place)

    def next_change(self, kind: int) -> int:
        """Return how long the machine would be changed for what came after all that is placed."""
        return self._changes.change(self._states[-1], kind).time

    def with_material(self, there: int) -> Awaiting:
        """Return the line for what has its material from a worked time on."""
        return Awaiting(self, there)

    def slots(self) -> Iterator[Slot]:
        """Yield what runs, by start."""
        for place in range(1, len(self._tasks)):
            time, cost, _ = self._changes.change(self._states[place - 1], self._kinds[place])
            yield Slot(self._tasks[place], self._starts[place] - time, time, cost)

    def _note(self, place: int) -> None:
        """Note whether there is room after what ends at a place, beside the change for what comes next."""
        end, after = self._ends[place], place + 1
        room = after == len(self._ends) or self._starts[after] - self._times[after] - end >= self._least
        at = bisect_left(self._open, end)
        known = at < len(self._open) and self._open[at] == end
        if room and not known:
            self._open.insert(at, end)
        elif known and not room:
            del self._open[at]

    def _fits(self, place: int, end: int, state: int) -> bool:
        """Whether all from a place on can still be changed for in time, if what is before it ends in a state."""
        change = self._changes.change
        while place < len(self._tasks):
            time, _, then = change(state, self._kinds[place])
            changed_from = self._starts[place] - time
            if changed_from < end or changed_from < self._limits[place]:
                return False
            if then == self._states[place]:
                return True
            end, state = self._ends[place], then
            place += 1
        return True

    def _follow(self, place: int, state: int) -> None:
        """Note what all from a place on take to be changed for, until nothing is as it was not before."""
        while place < len(self._tasks):
            time, _, then = self._changes.change(state, self._kinds[place])
            self._times[place] = time
            self._note(place - 1)
            if then == self._states[place]:
                return
            self._states[place] = state = then
            place += 1
