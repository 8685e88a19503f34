"""The bottleneck first: an order for the resource that takes longest, by which all else is done in time for it."""

from __future__ import annotations

from heapq import heapify, heapreplace
from math import exp
from typing import TYPE_CHECKING

from sortedcontainers import SortedKeyList

from prodstock.calendars.clock import Side
from prodstock.scheduling.bounds import alone
from prodstock.stock.lot import NEVER

if TYPE_CHECKING:
    from collections.abc import Sequence

    from prodstock.scheduling.compiled import Compiled, Task
    from prodstock.scheduling.rules import Preference

_LOOKED_AT = 16
"""Of what waits so many that are most urgent are compared."""
_LOOK_AHEAD = 2
"""How many operations of middle length ahead being late is felt."""


def drum(compiled: Compiled) -> Preference:
    """Return what is preferred if the bottleneck goes first: by when each operation has to begin for it.

    The bottleneck is the resource that would be done last with what prefers to run on it; of equal ones the first by
    code. On it operations are put in an order as if all else were there when it can be: of those that could begin, that
    which is worth most by apparent tardiness cost. What comes before it in a job is to begin so early that it is there
    when its turn comes; what comes after it, or never gets there, so early that the job is done when it is due.
    O(n log n). After the drum of Goldratt and Cox (The Goal, 1984).
    """
    begins = dict[int, float]()
    machine = _slowest(compiled)
    if machine is not None:
        begins = _in_turn(compiled, machine)
    for task in sorted(compiled.tasks, key=lambda one: -one.tail):
        if task.number not in begins:
            begins[task.number] = compiled.jobs[task.job].due - task.tail
    for task in _from_the_end(compiled):
        for after in task.after:
            other = compiled.tasks[after]
            begins[task.number] = min(begins[task.number], begins[after] - max(0, task.tail - other.tail))
    return lambda task, ready: begins[task.number]  # noqa: ARG005


def _slowest(compiled: Compiled) -> int | None:
    """Return the machine that would be done last; None: nothing runs on any."""
    loads = [0] * len(compiled.machines)
    for task in compiled.tasks:
        mode = task.modes[0]
        if mode.machine >= 0:
            loads[mode.machine] += mode.work * mode.takes[0][1]
    ends = {
        number: machine.clock.from_worked(
            machine.clock.to_worked(compiled.start) + -(-load // machine.room), side=Side.END
        )
        for number, (machine, load) in enumerate(zip(compiled.machines, loads, strict=True))
        if load
    }
    return max(ends, key=lambda number: (ends[number], -number), default=None)


def _in_turn(compiled: Compiled, machine: int) -> dict[int, float]:
    """Return when each operation of a machine begins if all else is there when it can be."""
    queued, _ = alone(compiled)
    there = [task for task in compiled.tasks if task.modes[0].machine == machine]
    clock, several = compiled.machines[machine].clock, compiled.machines[machine].room
    coming = sorted([(clock.to_worked(queued[task.number]), task.number) for task in there], reverse=True)
    works = sorted(task.work for task in there)
    ahead = _LOOK_AHEAD * max(1, works[len(works) // 2])
    free = [clock.to_worked(compiled.start)] * several
    heapify(free)
    waiting: SortedKeyList[Task] = SortedKeyList(
        key=lambda task: (compiled.jobs[task.job].due - task.tail, task.number)
    )
    found: dict[int, float] = {}
    while coming or waiting:
        now = free[0] if waiting else max(free[0], coming[-1][0])
        while coming and coming[-1][0] <= now:
            waiting.add(compiled.tasks[coming.pop()[1]])
        moment = clock.from_worked(now, side=Side.START)
        first = min(waiting[:_LOOKED_AT], key=lambda task: (_worth(compiled, task, moment, ahead), task.number))
        waiting.remove(first)
        found[first.number] = moment
        heapreplace(free, now + first.work)
    return found


def _worth(compiled: Compiled, task: Task, now: int, ahead: int) -> float:
    """Return what is the less the more it is worth to go on with an operation."""
    job = compiled.jobs[task.job]
    if job.due >= NEVER:
        return 1.0 / max(1, task.tail)
    spare = max(0, job.due - now - task.tail)
    return -float(job.weight) / max(1, task.work) * exp(-min(700.0, spare / ahead))


def _from_the_end(compiled: Compiled) -> Sequence[Task]:
    """Return operations, each after all that come after it."""
    waits = [len(task.after) for task in compiled.tasks]
    ready = [task for task in compiled.tasks if not task.after]
    for task in ready:
        for before in task.before:
            waits[before] -= 1
            if not waits[before]:
                ready.append(compiled.tasks[before])
    return ready
