"""What no schedule can be better than: jobs as if each were alone, and machines as if nothing waited on them."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from prodstock.calendars.clock import Side
from prodstock.scheduling.policy import Goal
from prodstock.stock.lot import NEVER

if TYPE_CHECKING:
    from prodstock.scheduling.compiled import Compiled, JobRow, Mode


def bound(compiled: Compiled, goal: Goal) -> Fraction:
    """Return a value of a goal that no schedule is below, in microseconds. O(n log n).

    Each job ends no sooner than if it were alone, and people always there; the last one no sooner than a machine takes
    for what runs nowhere else, from the first moment that any of it could run there.
    """
    queued, done = alone(compiled)
    ends = [max([done[task] for task in row.tasks], default=row.release) for row in compiled.jobs]
    if goal is Goal.TARDINESS:
        late = (row.weight * max(0, end - row.due) for row, end in zip(compiled.jobs, ends, strict=True))
        return Fraction(sum(late))
    if goal is Goal.DEADLINES:
        return Fraction(sum(max(0, end - row.deadline) for row, end in zip(compiled.jobs, ends, strict=True)))
    if goal is Goal.FLOW:
        return Fraction(sum(end - row.release for row, end in zip(compiled.jobs, ends, strict=True)))
    if goal is Goal.IN_PROCESS:
        return Fraction(sum(row.holding_weight * _way(compiled, row) for row in compiled.jobs))
    if goal is not Goal.MAKESPAN:
        return Fraction(0)
    return Fraction(max([*ends, *_loads(compiled, queued)], default=compiled.start) - compiled.start)


def _way(compiled: Compiled, row: JobRow) -> int:
    """Return how long it is at least from the start of a job's first operation to its end."""
    first = [compiled.tasks[task] for task in row.tasks]
    inside = set(row.tasks)
    return max([task.tail - task.queue for task in first if inside.isdisjoint(task.before)], default=0)


def alone(compiled: Compiled) -> tuple[list[int], list[int]]:
    """Return from when on each operation could run, and be done, if nothing else ran."""
    queued, done = [0] * len(compiled.tasks), [0] * len(compiled.tasks)
    waits = [len(task.before) for task in compiled.tasks]
    ready = [task.number for task in compiled.tasks if not task.before]
    for number in ready:
        task = compiled.tasks[number]
        own = compiled.jobs[task.job].site
        along = {other for other, _ in task.overlaps if other not in compiled.ended}
        since = max([task.release, *[queued[other] if other in along else done[other] for other in task.before]])
        queued[number] = own.advance(since, task.queue)
        ends = [_ended(mode, queued[number], pauses=task.pauses) for mode in task.modes]
        done[number] = compiled.done(task, min(ends))
        for after in task.after:
            waits[after] -= 1
            if not waits[after]:
                ready.append(after)
    return queued, done


def by_people(mode: Mode) -> bool:
    """Whether an operation takes people alone, whose time is not known before they are chosen."""
    return bool(mode.people) and mode.machine < 0 and not mode.besides


def _ended(mode: Mode, queued: int, *, pauses: bool) -> int:
    if mode.clock is None or not mode.work or by_people(mode):
        return queued + mode.work
    start = mode.clock.next_open(queued) if pauses else mode.clock.next_stretch(queued, mode.work)
    return mode.clock.advance(start, mode.work)


def _loads(compiled: Compiled, queued: list[int]) -> list[int]:
    """Return when each machine is done at the soonest with what runs nowhere else."""
    work = [0] * len(compiled.machines)
    first = [NEVER] * len(compiled.machines)
    for task in compiled.tasks:
        if len(task.modes) == 1 and task.modes[0].machine >= 0 and task.work:
            machine = task.modes[0].machine
            work[machine] += task.work * (1 if compiled.machines[machine].kinds is None else task.modes[0].takes[0][1])
            first[machine] = min(first[machine], queued[task.number])
    found = []
    for one, load, since in zip(compiled.machines, work, first, strict=True):
        if load:
            least = -(-load // one.capacity)
            found.append(one.clock.from_worked(one.clock.to_worked(since) + least, side=Side.END))
    return found
