"""Schedules operation by operation: each is placed in the first gap that it fits, in the order of a rule."""

from __future__ import annotations

from fractions import Fraction
from heapq import heappop, heappush
from typing import TYPE_CHECKING, NamedTuple

from prodstock.scheduling.fixing import settle
from prodstock.scheduling.floor import Floor
from prodstock.scheduling.following import ready_after

if TYPE_CHECKING:
    from collections.abc import Sequence

    from prodstock.scheduling.compiled import Compiled, Task
    from prodstock.scheduling.fixing import Place
    from prodstock.scheduling.rules import Preference


_FREE = Fraction(0)
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
_NOWHERE = Placed(0, 0, 0, 0, 0, 0, (), 0)


def construct(
    compiled: Compiled,
    wanted: Preference,
    modes: Sequence[int] = (),
    scale: float | None = None,
    keep: Keep | None = None,
) -> list[Placed]:
    """Place every operation by a preference, and return where, by number.

    Of the operations whose predecessors are placed the one that is preferred is placed next, in the first gap it
    fits: an operation that is placed later may run earlier. Of what it may run on it takes that on which it ends
    first, or, if `modes` has one by the operation's number that is not -1, that. With a scale, of the few that are
    preferred that is placed whose preference and change of its machine, by the scale, are the least. Ties go by the
    codes of jobs, then by the order of steps; of alternatives to the preferred. O(n log n) for n operations, and the
    gaps passed.
    """
    tasks = compiled.tasks
    floor = Floor(compiled)
    placed = [_NOWHERE] * len(tasks)
    fixed = settle(compiled, floor) if compiled.settled else {}
    for number, place in fixed.items():
        placed[number] = _settled(compiled, tasks[number], place)
    waits = [sum(other not in fixed for other in task.before) for task in tasks]
    heap: list[tuple[float, int, int]] = []
    displaced: set[int] = set()
    for task in tasks:
        if not waits[task.number] and task.number not in fixed:
            at = ready_after(compiled, placed, task)
            heappush(heap, (wanted(task, at), task.number, at))
    while heap:
        key, number, ready = heappop(heap) if scale is None else _least_changed(heap, tasks, floor, scale)
        task = tasks[number]
        if keep is None or task.home is None:
            placed[number] = _place(compiled, task, ready, floor, modes[number] if modes else -1)
        else:
            found = _at_home(compiled, task, ready, floor, again=number in displaced or not keep.patient)
            if found is None:
                displaced.add(number)
                heappush(heap, (key + AWAY, number, ready))
                continue
            placed[number] = found
        for after in task.after:
            waits[after] -= 1
            if not waits[after]:
                at = ready_after(compiled, placed, tasks[after])
                heappush(heap, (wanted(tasks[after], at), after, at))
    for number, since, time, cost in floor.changes():
        placed[number] = placed[number]._replace(changed_from=since, changing=time, cost=cost)
    return placed


def _settled(compiled: Compiled, task: Task, place: Place) -> Placed:
    done = compiled.jobs[task.job].site.advance(place.end, task.move)
    return Placed(place.start, place.start, place.start, place.end, done, 0, place.team, place.start)


def _at_home(compiled: Compiled, task: Task, ready: int, floor: Floor, *, again: bool) -> Placed | None:
    """Place an operation where it was, or, if that is not free, as soon after it as may be if it is its turn again."""
    own, home = compiled.jobs[task.job].site, task.home
    assert home is not None  # noqa: S101 - who asks knows
    queued = own.advance(ready, task.queue)
    since = max(queued, home.start)
    spot = floor.by_team(task, home.mode, since, home.team)
    if spot.start != home.start:
        if not again:
            return None
        spot = min(spot, floor.earliest(task, since), key=lambda one: one.end)
    floor.take(task, spot, queued)
    done = own.advance(spot.end, task.move)
    return Placed(ready, queued, spot.start, spot.end, done, spot.mode, spot.people, spot.start)


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


def _place(compiled: Compiled, task: Task, ready: int, floor: Floor, mode: int) -> Placed:
    own = compiled.jobs[task.job].site
    queued = own.advance(ready, task.queue)
    spot = floor.earliest(task, queued) if mode < 0 else floor.in_mode(task, mode, queued)
    floor.take(task, spot, queued)
    done = own.advance(spot.end, task.move)
    return Placed(ready, queued, spot.start, spot.end, done, spot.mode, spot.people, spot.start)
