"""Schedules operation by operation: each is placed in the first gap that it fits, in the order of a rule."""

from __future__ import annotations

from fractions import Fraction
from heapq import heappop, heappush
from typing import TYPE_CHECKING, NamedTuple

from prodstock.scheduling.floor import Floor
from prodstock.scheduling.policy import Goal, Rule
from prodstock.scheduling.rules import Preference, preference

if TYPE_CHECKING:
    from collections.abc import Sequence

    from prodstock.scheduling.compiled import Compiled, Task


class Placed(NamedTuple):
    """Where an operation runs, in microseconds: from when on it could, is queued for, runs, and is done with its move.

    `mode` is the number of the way it runs, `people` who works on it, by number, and how many of them.
    """

    ready: int
    queued: int
    start: int
    end: int
    done: int
    mode: int
    people: tuple[tuple[int, int], ...]


def construct(compiled: Compiled, wanted: Preference, modes: Sequence[int] = ()) -> list[Placed]:
    """Place every operation by a preference, and return where, by number.

    Of the operations whose predecessors are placed the one that is preferred is placed next, in the first gap it
    fits: an operation that is placed later may run earlier. Of what it may run on it takes that on which it ends
    first, or, if `modes` has one by the operation's number that is not -1, that. Ties go by the codes of jobs, then by
    the order of steps; of alternatives to the preferred. O(n log n) for n operations, and the gaps passed.
    """
    tasks = compiled.tasks
    floor = Floor(compiled)
    placed: list[Placed | None] = [None] * len(tasks)
    waits = [len(task.before) for task in tasks]
    heap: list[tuple[float, int, int]] = []
    for task in tasks:
        if not task.before:
            heappush(heap, (wanted(task, task.release), task.number, task.release))
    while heap:
        _, number, ready = heappop(heap)
        task = tasks[number]
        found = placed[number] = _place(compiled, task, ready, floor, modes[number] if modes else -1)
        for after in task.after:
            waits[after] -= 1
            if not waits[after]:
                before = [one.done for one in (placed[other] for other in tasks[after].before) if one is not None]
                at = max(tasks[after].release, *before, found.done)
                heappush(heap, (wanted(tasks[after], at), after, at))
    return [one for one in placed if one is not None]


def _place(compiled: Compiled, task: Task, ready: int, floor: Floor, mode: int) -> Placed:
    own = compiled.jobs[task.job].site
    queued = own.advance(ready, task.queue)
    spot = floor.earliest(task, queued) if mode < 0 else floor.in_mode(task, mode, queued)
    floor.take(task, spot)
    return Placed(ready, queued, spot.start, spot.end, own.advance(spot.end, task.move), spot.mode, spot.people)


def best(compiled: Compiled, rules: Sequence[Rule], goals: Sequence[Goal]) -> tuple[Rule, list[Placed]]:
    """Return the schedule of the rule that is best by the goals; of equal ones that of the first."""
    found = [(rule, construct(compiled, preference(compiled, rule))) for rule in rules]
    return min(found, key=lambda one: score(compiled, one[1], goals))


def score(compiled: Compiled, placed: Sequence[Placed], goals: Sequence[Goal]) -> tuple[Fraction, ...]:
    """Return what a schedule is worth by each goal, in microseconds, times weights where they count."""
    ends = [max([placed[task].done for task in job.tasks], default=job.release) for job in compiled.jobs]
    pairs = list(zip(compiled.jobs, ends, strict=True))
    found = {
        Goal.TARDINESS: sum((job.weight * max(0, end - job.due) for job, end in pairs), Fraction(0)),
        Goal.MAKESPAN: Fraction(max(ends, default=compiled.start) - compiled.start),
        Goal.FLOW: Fraction(sum(end - job.release for job, end in pairs)),
    }
    return tuple(found[goal] for goal in goals)
