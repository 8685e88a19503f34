"""Schedules operation by operation: each is placed in the first gap that it fits, in the order of a rule."""

from __future__ import annotations

from fractions import Fraction
from heapq import heappop, heappush
from math import exp
from typing import TYPE_CHECKING, NamedTuple

from prodstock.scheduling.floor import Floor
from prodstock.scheduling.policy import Goal, Rule

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from prodstock.scheduling.compiled import Compiled, Task

_LOOK_AHEAD = 2
"""Of apparent tardiness cost: how many operations of middle length ahead being late is felt."""


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


def construct(compiled: Compiled, rule: Rule) -> list[Placed]:
    """Place every operation by a rule, and return where, by number. O(n log n) for n operations, and the gaps passed.

    Of the operations whose predecessors are placed the one that the rule prefers is placed next, in the first gap it
    fits: an operation that is placed later may run earlier. Of what it may run on it takes that on which it ends
    first. Ties go by the codes of jobs, then by the order of steps; of alternatives to the preferred.
    """
    tasks = compiled.tasks
    floor = Floor(compiled)
    wanted = _PREFERENCES[rule](compiled)
    placed: list[Placed | None] = [None] * len(tasks)
    waits = [len(task.before) for task in tasks]
    heap: list[tuple[float, int, int]] = []
    for task in tasks:
        if not task.before:
            heappush(heap, (wanted(task, task.release), task.number, task.release))
    while heap:
        _, number, ready = heappop(heap)
        task = tasks[number]
        found = placed[number] = _place(compiled, task, ready, floor)
        for after in task.after:
            waits[after] -= 1
            if not waits[after]:
                before = [one.done for one in (placed[other] for other in tasks[after].before) if one is not None]
                at = max(tasks[after].release, *before, found.done)
                heappush(heap, (wanted(tasks[after], at), after, at))
    return [one for one in placed if one is not None]


def _place(compiled: Compiled, task: Task, ready: int, floor: Floor) -> Placed:
    own = compiled.jobs[task.job].site
    queued = own.advance(ready, task.queue)
    spot = floor.earliest(task, queued)
    floor.take(task, spot)
    return Placed(ready, queued, spot.start, spot.end, own.advance(spot.end, task.move), spot.mode, spot.people)


def best(compiled: Compiled, rules: Sequence[Rule], goals: Sequence[Goal]) -> tuple[Rule, list[Placed]]:
    """Return the schedule of the rule that is best by the goals; of equal ones that of the first."""
    found = [(rule, construct(compiled, rule)) for rule in rules]
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


# What a rule prefers: the least, as a function of an operation and the moment from which on it could be queued


def _earliest_due(compiled: Compiled) -> Callable[[Task, int], float]:
    return lambda task, ready: compiled.jobs[task.job].due  # noqa: ARG005


def _shortest(_: Compiled) -> Callable[[Task, int], float]:
    return lambda task, ready: task.work  # noqa: ARG005


def _weighted_shortest(compiled: Compiled) -> Callable[[Task, int], float]:
    return lambda task, ready: task.work / max(1e-9, float(compiled.jobs[task.job].weight))  # noqa: ARG005


def _most_work(_: Compiled) -> Callable[[Task, int], float]:
    return lambda task, ready: -task.tail  # noqa: ARG005


def _slack(compiled: Compiled) -> Callable[[Task, int], float]:
    return lambda task, ready: compiled.jobs[task.job].due - ready - task.tail


def _critical_ratio(compiled: Compiled) -> Callable[[Task, int], float]:
    return lambda task, ready: (compiled.jobs[task.job].due - ready) / max(1, task.tail)


def _tardiness_cost(compiled: Compiled) -> Callable[[Task, int], float]:
    works = sorted(task.work for task in compiled.tasks)
    middle = max(1, works[len(works) // 2]) if works else 1

    def wanted(task: Task, ready: int) -> float:
        job = compiled.jobs[task.job]
        spare = max(0, job.due - ready - task.tail)
        return -float(job.weight) / max(1, task.work) * exp(-min(700.0, spare / (_LOOK_AHEAD * middle)))

    return wanted


_PREFERENCES: dict[Rule, Callable[[Compiled], Callable[[Task, int], float]]] = {
    Rule.EARLIEST_DUE: _earliest_due,
    Rule.SHORTEST: _shortest,
    Rule.WEIGHTED_SHORTEST: _weighted_shortest,
    Rule.MOST_WORK: _most_work,
    Rule.SLACK: _slack,
    Rule.CRITICAL_RATIO: _critical_ratio,
    Rule.TARDINESS_COST: _tardiness_cost,
}
