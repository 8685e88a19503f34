"""Schedules operation by operation: each is placed in the first gap that it fits, in the order of a rule."""

from __future__ import annotations

from fractions import Fraction
from heapq import heappop, heappush
from typing import TYPE_CHECKING, NamedTuple

from prodstock.scheduling.fixing import settle
from prodstock.scheduling.floor import Floor
from prodstock.scheduling.following import queued_after, ready_after
from prodstock.scheduling.lumps import place_together
from prodstock.stock.lot import NEVER

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from prodstock.scheduling.compiled import Compiled, Task
    from prodstock.scheduling.fixing import Place
    from prodstock.scheduling.floor import Spot
    from prodstock.scheduling.rules import Preference


_FREE = Fraction(0)
NO_HOLDS: Mapping[int, int] = {}
_LOOKED_AT = 16
"""Operations that are compared by what their machines must be changed for."""


class Placed(NamedTuple):
    """Where an operation runs, in microseconds: from when on it could, is queued for, runs, and is done with its move.

    `mode` is the number of the way it runs, `people` who works on it, by number, and how many of them. Before its start
    its machine is changed over for it, from `changed_from` on, for so much of the machine's time, at that cost.
    """

    ready: int
    queued: int
    start: int
    end: int
    done: int
    mode: int
    people: tuple[tuple[int, int], ...]
    changed_from: int
    changing: int = 0
    cost: Fraction = _FREE


class Keep(NamedTuple):
    """That operations keep where they were: patient ones, whose place is taken, wait until all others have theirs."""

    patient: bool


AWAY = 1e16
"""What is added to the preference of what waits until all that can be where it was is there."""
_URGENT = 1e19
"""What is taken from the preference of what must follow soon on what is settled."""
_NOWHERE = Placed(0, 0, 0, 0, 0, 0, (), 0)


def construct(
    compiled: Compiled,
    wanted: Preference,
    modes: Sequence[int] = (),
    scale: float | None = None,
    keep: Keep | None = None,
    holds: Mapping[int, int] = NO_HOLDS,
) -> list[Placed]:
    """Place every operation by a preference, and return where, by number.

    Of the operations whose predecessors are placed the one that is preferred is placed next, in the first gap it
    fits: an operation that is placed later may run earlier. Of what it may run on it takes that on which it ends
    first, or, if `modes` has one by the operation's number that is not -1, that. With a scale, of the few that are
    preferred that is placed whose preference and change of its machine, by the scale, are the least. What is held, by
    number, begins no sooner than that. Operations that
    may lag each other only so far are placed together, when the first of them is the one; what may lag only so far
    behind what is settled goes before all others. Ties go by the codes of jobs, then by the order of steps; of
    alternatives to the preferred. O(n log n) for n operations, and the gaps passed.
    """
    return _Building(compiled, wanted, modes, keep, holds).run(scale)


class _Building:
    """A schedule that is made: what is placed, and what may be placed next."""

    def __init__(
        self,
        compiled: Compiled,
        wanted: Preference,
        modes: Sequence[int],
        keep: Keep | None,
        holds: Mapping[int, int],
    ) -> None:
        tasks, lumps = compiled.tasks, compiled.lumps
        self._compiled, self._wanted, self._modes, self._keep = compiled, wanted, modes, keep
        self._holds = holds
        self._floor = Floor(compiled)
        self._placed = [_NOWHERE] * len(tasks)
        fixed = settle(compiled, self._floor) if compiled.settled else {}
        for number, place in fixed.items():
            self._placed[number] = _settled(compiled, tasks[number], place)
        self._first = [lumps.first.get(task.number, task.number) for task in tasks]
        self._waits = [0] * len(tasks)
        for task in tasks:
            first = self._first[task.number]
            self._waits[first] += sum(other not in fixed and self._first[other] != first for other in task.before)
        self._heap: list[tuple[float, int, int]] = []
        self._displaced: set[int] = set()
        for task in tasks:
            if not self._waits[task.number] and self._first[task.number] == task.number and task.number not in fixed:
                self._push(task)

    def run(self, scale: float | None) -> list[Placed]:
        """Place one after another, and return where."""
        tasks, heap, members = self._compiled.tasks, self._heap, self._compiled.lumps.members
        while heap:
            key, number, ready = heappop(heap) if scale is None else _least_changed(heap, tasks, self._floor, scale)
            if number in members:
                place_together(self._compiled, members[number], self._placed, self._floor, self._put)
            else:
                found = self._at_its_turn(tasks[number], ready)
                if found is None:
                    self._displaced.add(number)
                    heappush(heap, (key + AWAY, number, ready))
                    continue
                self._placed[number] = found
            for one in members.get(number, (number,)):
                self._release(tasks[one], number)
        for number, since, time, cost in self._floor.changes():
            self._placed[number] = self._placed[number]._replace(changed_from=since, changing=time, cost=cost)
        return self._placed

    def _push(self, task: Task) -> None:
        """Note that an operation may be placed: what is urgent before all others."""
        ready = ready_after(self._compiled, self._placed, task)
        urgent = task.number in self._compiled.lumps.urgent
        heappush(self._heap, (ready - _URGENT if urgent else self._wanted(task, ready), task.number, ready))

    def _release(self, task: Task, first: int) -> None:
        """Note that an operation is placed, with all that are placed together with the first one."""
        for after in task.after:
            other = self._first[after]
            if other != first:
                self._waits[other] -= 1
                if not self._waits[other]:
                    self._push(self._compiled.tasks[other])

    def _at_its_turn(self, task: Task, ready: int) -> Placed | None:
        """Place an operation; None: it keeps where it was, and waits as that is taken."""
        if self._keep is None or task.home is None:
            mode = self._modes[task.number] if self._modes else -1
            return self._anywhere(task, ready, mode, since=self._holds.get(task.number, -NEVER))
        return self._at_home(task, ready, again=task.number in self._displaced or not self._keep.patient)

    def _put(self, task: Task, since: int) -> Placed:
        """Place one of those that are placed together, not before a moment, where it ends first in any case."""
        ready = ready_after(self._compiled, self._placed, task)
        kept = None if self._keep is None or task.home is None else self._at_home(task, ready, again=True, since=since)
        return kept or self._anywhere(task, ready, since=since)

    def _anywhere(self, task: Task, ready: int, mode: int = -1, *, since: int = -NEVER) -> Placed:
        queued = queued_after(self._compiled, self._placed, task, ready)
        begin = max(queued, since)
        spot = self._floor.earliest(task, begin) if mode < 0 else self._floor.in_mode(task, mode, begin)
        return self._take(task, spot, ready, queued)

    def _at_home(self, task: Task, ready: int, *, again: bool, since: int = -NEVER) -> Placed | None:
        """Place it where it was, or, if that is not free, as soon after it as may be if it is its turn again."""
        home = task.home
        assert home is not None  # noqa: S101 - who asks knows
        queued = queued_after(self._compiled, self._placed, task, ready)
        begin = max(since, queued, home.start)
        spot = self._floor.by_team(task, home.mode, begin, home.team)
        if spot.start != home.start:
            if not again:
                return None
            spot = min(spot, self._floor.earliest(task, begin), key=lambda one: one.end)
        return self._take(task, spot, ready, queued)

    def _take(self, task: Task, spot: Spot, ready: int, queued: int) -> Placed:
        self._floor.take(task, spot, queued)
        done = self._compiled.jobs[task.job].site.advance(spot.end, task.move)
        return Placed(ready, queued, spot.start, spot.end, done, spot.mode, spot.people, spot.start)


def _settled(compiled: Compiled, task: Task, place: Place) -> Placed:
    done = compiled.done(task, place.end)
    return Placed(place.start, place.start, place.start, place.end, done, 0, place.team, place.start)


def _least_changed(
    heap: list[tuple[float, int, int]], tasks: Sequence[Task], floor: Floor, scale: float
) -> tuple[float, int, int]:
    """Take out of some that are preferred that for which the machine need not be changed long."""
    some = [heappop(heap) for _ in range(min(_LOOKED_AT, len(heap)))]
    found = min(some, key=lambda one: (one[0] + floor.next_change(tasks[one[1]]) / scale, one[1]))
    for one in some:
        if one is not found:
            heappush(heap, one)
    return found
