"""What a schedule is worth by goals: less is better."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, TypeAlias

from prodstock.scheduling.policy import Blend, Goal
from prodstock.stock.lot import NEVER

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from prodstock.scheduling.compiled import Compiled, JobRow
    from prodstock.scheduling.construct import Placed
    from prodstock.scheduling.policy import Aim

Worth: TypeAlias = tuple[Fraction, ...]
"""By each goal, in its order."""
_Job: TypeAlias = "Callable[[Compiled, Sequence[Placed], JobRow, int], Fraction | int]"

HOUR = 3_600_000_000


def score(compiled: Compiled, placed: Sequence[Placed], goals: Sequence[Aim]) -> Worth:
    """Return what a schedule is worth by each goal: times in microseconds, with weights; a blend by its rates an hour.

    Where jobs have deadlines, what they end after them stands first. O(operations) for each goal.
    """
    ends = [max([placed[task].done for task in job.tasks], default=job.release) for job in compiled.jobs]

    def one(goal: Goal) -> Fraction:
        if goal is Goal.MAKESPAN:
            return Fraction(max(ends, default=compiled.start) - compiled.start)
        costs, pairs = BY_JOB[goal], zip(compiled.jobs, ends, strict=True)
        return Fraction(sum(costs(compiled, placed, job, end) for job, end in pairs))

    found = [_blended(aim, one) if isinstance(aim, Blend) else one(aim) for aim in goals]
    return (one(Goal.DEADLINES), *found) if compiled.deadlines else tuple(found)


def _blended(blend: Blend, one: Callable[[Goal], Fraction]) -> Fraction:
    found = Fraction(0)
    for goal, rate in blend.parts:
        found += Fraction(rate) * one(goal) / (1 if goal is Goal.CHANGEOVER_COST else HOUR)
    return found


def goals_of(goals: Sequence[Aim]) -> Iterator[Goal]:
    """Yield all goals, also those that are blended."""
    for aim in goals:
        if isinstance(aim, Blend):
            yield from (goal for goal, _ in aim.parts)
        else:
            yield aim


def _early(_: Compiled, __: Sequence[Placed], job: JobRow, end: int) -> Fraction | int:
    return job.holding_weight * max(0, job.due - end) if job.due != NEVER else 0


def _in_process(_: Compiled, placed: Sequence[Placed], job: JobRow, end: int) -> Fraction | int:
    return job.holding_weight * (end - min([placed[task].start for task in job.tasks], default=end))


def _changing(_: Compiled, placed: Sequence[Placed], job: JobRow, __: int) -> int:
    return sum(placed[task].changing for task in job.tasks)


def _cost(_: Compiled, placed: Sequence[Placed], job: JobRow, __: int) -> Fraction:
    return sum((placed[task].cost for task in job.tasks), Fraction(0))


def _moved(compiled: Compiled, placed: Sequence[Placed], job: JobRow, _: int) -> int:
    found = 0
    for number in job.tasks:
        task, one = compiled.tasks[number], placed[number]
        if task.home is not None:
            found += abs(one.start - task.home.start)
            there = task.modes[one.mode]
            found += there.work if there.machine != task.modes[task.home.mode].machine else 0
    return found


BY_JOB: dict[Goal, _Job] = {
    Goal.DEADLINES: lambda _, __, job, end: max(0, end - job.deadline),
    Goal.TARDINESS: lambda _, __, job, end: job.weight * max(0, end - job.due),
    Goal.EARLINESS: _early,
    Goal.FLOW: lambda _, __, job, end: end - job.release,
    Goal.IN_PROCESS: _in_process,
    Goal.CHANGEOVER: _changing,
    Goal.CHANGEOVER_COST: _cost,
    Goal.STABILITY: _moved,
}
"""What each job adds to a goal, given its end; the makespan is of no job."""
