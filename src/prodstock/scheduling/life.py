"""A schedule lives: what becomes of it as time passes, and a new one that stays near it."""

from __future__ import annotations

from datetime import datetime, timedelta
from graphlib import TopologicalSorter
from typing import TYPE_CHECKING

import attrs

from prodstock._render import lasting, short
from prodstock.calendars.zone import aware, from_micros, micros
from prodstock.master import checks
from prodstock.scheduling.compiled import ELAPSED, Compiled
from prodstock.scheduling.fixing import unlocked
from prodstock.scheduling.floor import Floor, time_of_all
from prodstock.scheduling.policy import Goal, Rule, SchedulingPolicy
from prodstock.scheduling.standing import FIXED, OperationStatus, Standing

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from prodstock.master.routing import Operation
    from prodstock.scheduling.compiled import Task
    from prodstock.scheduling.construct import Placed
    from prodstock.scheduling.problem import Job, Problem
    from prodstock.scheduling.schedule import Placement, Schedule

REPAIRING = SchedulingPolicy(rules=[Rule.AS_PLANNED], goals=[{Goal.TARDINESS: 1, Goal.STABILITY: 1}])
"""How a schedule is repaired: an hour that a job of weight one is late counts as one by which an operation moves."""


@attrs.frozen(repr=False)
class Rescheduled:
    """An operation that does not run where it was.

    Attributes:
        job: of which job.
        operation: which.
        by: how much later it begins; below zero: sooner.
        was: when it began before, in UTC.
        start: when it begins now, in UTC.
        resource: what it runs on now; empty: nothing.
        resource_was: what it ran on before.
    """

    job: str
    operation: str
    by: timedelta
    was: datetime
    start: datetime
    resource: str
    resource_was: str

    def __repr__(self) -> str:
        where = "" if self.resource == self.resource_was else f" from {self.resource_was[:20]} to {self.resource[:20]}"
        return short(f"<Rescheduled {self.job[:30]} {self.operation[:20]} by {lasting(self.by)}{where}>")


def moved(compiled: Compiled, placements: Sequence[Placement]) -> Iterator[Rescheduled]:
    """Yield what runs elsewhere or at another time than it was planned, the farthest first. O(n log n)."""
    codes = [machine.code for machine in compiled.machines]
    found = []
    for task, one in zip(compiled.tasks, placements, strict=True):
        if task.home is None:
            continue
        machine, was = task.modes[task.home.mode].machine, from_micros(task.home.start)
        before = "" if machine < 0 else codes[machine]
        if one.start != was or before != one.resource:
            found.append(Rescheduled(one.job, one.operation, one.start - was, was, one.start, one.resource, before))
    return iter(sorted(found, key=lambda one: (-abs(one.by), one.job, one.operation)))


def finished(task: Task) -> bool:
    """Whether an operation is done already."""
    return task.settled is not None and task.settled.status is OperationStatus.FINISHED


def standings_at(
    compiled: Compiled, placed: Sequence[Placed], placements: Sequence[Placement], at: datetime, frozen: datetime
) -> Iterator[Standing]:
    """Yield where operations stand at a moment, if all goes as scheduled, with what begins before another locked."""
    now, until = micros(at), micros(frozen)
    status: dict[int, OperationStatus] = {}
    for task in sorted(compiled.tasks, key=lambda one: (placed[one.number].start, one.number)):
        one = placed[task.number]
        ahead = all(status.get(other) in FIXED for other in task.before)
        if finished(task) or one.end <= now:
            status[task.number] = OperationStatus.FINISHED
        elif one.start < now:
            status[task.number] = OperationStatus.STARTED
        elif ahead and one.changed_from >= now and one.start < until:
            status[task.number] = OperationStatus.LOCKED
        else:
            status[task.number] = OperationStatus.PLANNED
    for task, row in zip(compiled.tasks, placements, strict=True):
        stands = status[task.number]
        yield Standing(
            row.job,
            row.operation,
            stands,
            resource=row.resource,
            start=row.start,
            end=row.end if stands is OperationStatus.FINISHED else None,
            left=_left(compiled, task, placed[task.number], now) if stands is OperationStatus.STARTED else None,
            secondary=row.secondary,
        )


def _left(compiled: Compiled, task: Task, one: Placed, now: int) -> timedelta:
    """Return how much work is left of what runs."""
    clock = time_of_all(compiled, task.modes[one.mode], one.people)
    if clock is None:
        return timedelta(microseconds=one.end - now)
    return timedelta(microseconds=clock.to_worked(one.end) - clock.to_worked(now))


def set_up_at(schedule: Schedule, at: datetime) -> dict[str, dict[str, str]]:
    """Return what machines are set up for at a moment, after what began on them before."""
    states = {code: dict(values) for code, values in schedule.problem.set_up}
    wanted = {(job.code, one.code): one.attributes for job in schedule.problem.jobs for one in job.operations}
    for row in schedule.placements:
        if row.resource and row.work and row.start < at:
            states.setdefault(row.resource, {}).update(wanted[row.job, row.operation])
    return states


def repaired_problem(
    schedule: Schedule, problem: Problem, at: datetime, frozen: timedelta, actuals: tuple[Standing, ...]
) -> Problem:
    """Return the problem of going on from a moment, with a schedule as what was planned.

    What is told of overrules where the schedule has it. What cannot stay where it is locked is planned there.
    """
    aware(at, "at")
    checks.duration(frozen, "frozen")
    known = {(job.code, one.code) for job in problem.jobs for one in job.operations}
    told = {(one.job, one.operation): one for one in actuals}
    rows = {(one.job, one.operation): one for one in schedule.standings(at, frozen=frozen)}
    rows = _as_told({key: one for key, one in rows.items() if key in known}, told, problem)
    resources = {one.code for one in problem.resources}
    set_up = {code: state for code, state in set_up_at(schedule, at).items() if code in resources}
    there = attrs.evolve(problem, start=at, set_up=set_up, standings=list(rows.values()))
    if not any(_is_locked(one) for one in rows.values()):
        return there
    compiled = Compiled(there)
    loose = unlocked(compiled, Floor(compiled))
    for number in loose:
        task = compiled.tasks[number]
        key = compiled.jobs[task.job].code, task.code
        if _is_locked(rows[key]):
            rows[key] = _planned(rows[key])
    return attrs.evolve(there, standings=list(rows.values())) if loose else there


def _as_told(
    rows: dict[tuple[str, str], Standing], told: dict[tuple[str, str], Standing], problem: Problem
) -> dict[tuple[str, str], Standing]:
    """Return where operations stand by what is told, and by the schedule only as far as that fits to it.

    Nothing has begun on a resource on which something else still runs, unless both are in one batch, or before what it
    comes after has ended.
    """
    running = {one.resource for one in told.values() if one.status is OperationStatus.STARTED and one.resource}
    ovens = {one.code for one in problem.resources if one.batch is not None}
    batches = {
        (one.resource, rows[key].start): one.left
        for key, one in told.items()
        if one.status is OperationStatus.STARTED and one.resource in ovens and key in rows
    }
    found = dict(rows)
    for key, one in found.items():
        if one.status is OperationStatus.STARTED and one.resource in running:
            shared = (one.resource, one.start)
            found[key] = attrs.evolve(one, left=batches[shared]) if shared in batches else _planned(one)
    found |= told
    jobs = {job.code: job for job in problem.jobs}
    for code in TopologicalSorter({job.code: job.after for job in problem.jobs}).static_order():
        job = jobs[code]
        ended = all(_has_ended(found, other, one.code) for other in job.after for one in jobs[other].operations)
        for operation in job.routing.in_order():
            before = job.routing.predecessors(operation.code)
            ready = ended if not before else all(_passes(found, job, other, operation) for other in before)
            standing = found.get((code, operation.code))
            begun = standing is not None and standing.status in {OperationStatus.FINISHED, OperationStatus.STARTED}
            if standing is not None and begun and not ready and (code, operation.code) not in told:
                found[code, operation.code] = _planned(standing)
    return found


def _has_ended(rows: dict[tuple[str, str], Standing], job: str, operation: str) -> bool:
    one = rows.get((job, operation))
    return one is not None and one.status is OperationStatus.FINISHED


def _passes(rows: dict[tuple[str, str], Standing], job: Job, before: str, operation: Operation) -> bool:
    """Whether an operation may have begun: what is before it has ended, or runs and passes on batches."""
    one = rows.get((job.code, before))
    laps = job.routing.operation(before).transfer is not None and operation.kind not in ELAPSED
    return one is not None and (
        one.status is OperationStatus.FINISHED or (laps and one.status is OperationStatus.STARTED)
    )


def _planned(one: Standing) -> Standing:
    return attrs.evolve(one, status=OperationStatus.PLANNED, end=None, left=None)


def _is_locked(one: Standing) -> bool:
    return one.status is OperationStatus.LOCKED
