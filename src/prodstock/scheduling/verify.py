"""Whether a schedule keeps to its problem: checked from the definitions, by code that did not make it."""

from __future__ import annotations

from fractions import Fraction
from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING

from prodstock.calendars.zone import start_of, zone
from prodstock.errors import BrokenInvariant
from prodstock.master.routing import OperationKind

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from prodstock.calendars.calendar import Calendar
    from prodstock.master.routing import Operation
    from prodstock.scheduling.problem import Job, Problem
    from prodstock.scheduling.schedule import Placement


def verify(problem: Problem, placements: Sequence[Placement]) -> None:
    """Check a schedule.

    - Every operation of every job is placed once, on its own resource, for as long as it takes of the working time of
      that; what waits or is subcontracted for as long as it takes.
    - It begins after the start of the problem, its job's release and the arrival of its material, each with its time in
      the queue, and after the operations before it are done and moved; all in the working time of the site. A job
      begins after the jobs it comes after are done.
    - No resource runs more at a time than it can; what pauses still occupies it.

    Raises:
        BrokenInvariant: with the first that does not hold.
    """
    by_job = {code: list(rows) for code, rows in groupby(sorted(placements, key=attrgetter("job")), attrgetter("job"))}
    known = {job.code for job in problem.jobs}
    if set(by_job) - known:
        _broken("only what is asked for is placed", min(set(by_job) - known))
    for job in problem.jobs:
        _check_job(problem, job, by_job.get(job.code, []))
    for job in problem.jobs:
        _check_after(problem, job, by_job)
    for resource in problem.resources:
        _check_resource(resource.code, resource.capacity, [one for one in placements if one.resource == resource.code])


def _broken(invariant: str, detail: str) -> None:
    raise BrokenInvariant(invariant=f"schedule: {invariant}", detail=detail)


def _check_after(problem: Problem, job: Job, by_job: dict[str, list[Placement]]) -> None:
    """Check that a job begins after those that make what it takes."""
    begins = min(one.start for one in by_job[job.code])
    jobs = {one.code: one for one in problem.jobs}
    for code in job.after:
        site = problem.site(jobs[code].site)
        own = site.calendar.at_site(site.zone)
        for one in by_job[code]:
            done = own.add(one.end, jobs[code].routing.operation(one.operation).move)
            if begins < done:
                _broken("a job begins after those that make what it takes", f"{job.code} begins before {one!r} is done")


def _check_job(problem: Problem, job: Job, rows: list[Placement]) -> None:
    if sorted(one.operation for one in rows) != sorted(one.code for one in job.operations):
        _broken("every operation is placed once", f"{job.code}: {', '.join(one.operation for one in rows)}")
    site = problem.site(job.site)
    own = site.calendar.at_site(site.zone)
    first = problem.start if job.release is None else max(problem.start, start_of(job.release, zone(site.zone)))
    material = {code: start_of(when, zone(site.zone)) for code, when in job.material}
    placed = {one.operation: one for one in rows}
    for operation in job.operations:
        one = placed[operation.code]
        ready = max(first, material.get(operation.code, first))
        for code in job.routing.predecessors(operation.code):
            ready = max(ready, own.add(placed[code].end, job.routing.operation(code).move))
        if one.start < own.add(ready, operation.queue):
            _broken("an operation begins when it may", f"{one!r}, it may be queued from {ready} on")
        _check_work(problem, job, operation, one, own)


def _check_work(problem: Problem, job: Job, operation: Operation, one: Placement, own: Calendar) -> None:
    entering = Fraction(job.quantity) * job.routing.input_per_good(operation.code)
    run = entering * Fraction(_seconds(operation.run_per_unit))
    work = Fraction(_seconds(operation.setup)) + Fraction(-(-run * 10**6 // 1), 10**6)
    if (operation.resource or "") != one.resource:
        _broken("an operation runs on its own resource", repr(one))
    calendar = own
    if operation.resource is not None:
        resource = next(each for each in problem.resources if each.code == operation.resource)
        there = problem.site(resource.site)
        calendar = (there.calendar if resource.calendar is None else resource.calendar).at_site(there.zone)
    elapsed = operation.kind in {OperationKind.WAIT, OperationKind.SUBCONTRACT}
    took = (
        one.end - one.start if elapsed and operation.resource is None else calendar.worked_between(one.start, one.end)
    )
    if _seconds(took) != work or _seconds(one.work) != work:
        _broken("an operation takes its time", f"{one!r} works {took}, it takes {float(work)} s")
    if work and not elapsed and not calendar.is_working(one.start):
        _broken("an operation begins in working time", repr(one))


def _seconds(span: object) -> Fraction:
    return Fraction(span.days * 86_400 + span.seconds) + Fraction(span.microseconds, 10**6)  # type: ignore[attr-defined]


def _check_resource(code: str, capacity: int, rows: list[Placement]) -> None:
    """Check that so many run at a time at most: ends count before starts."""
    changes: list[tuple[datetime, int]] = []
    for one in rows:
        if one.start < one.end:
            changes += [(one.start, 1), (one.end, -1)]
    running = 0
    for moment, change in sorted(changes):
        running += change
        if running > capacity:
            _broken("no resource runs more at a time than it can", f"{code} runs {running} at {moment}")
