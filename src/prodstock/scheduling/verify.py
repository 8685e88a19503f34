"""Whether a schedule keeps to its problem: checked from the definitions, by code that did not make it."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING

from prodstock.calendars.zone import start_of, zone
from prodstock.errors import BrokenInvariant
from prodstock.master.routing import OperationKind
from prodstock.master.setups import ANY, Combine

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from prodstock.calendars.calendar import Calendar
    from prodstock.master.alternative import Alternative
    from prodstock.master.routing import Operation
    from prodstock.master.setups import Setups
    from prodstock.scheduling.problem import Job, Problem
    from prodstock.scheduling.schedule import Placement


def verify(problem: Problem, placements: Sequence[Placement]) -> None:
    """Check a schedule.

    - Every operation of every job is placed once, on its own resource or an alternative, with its secondary resources
      and a crew that can do it, for as long as it takes there of the time in which all of them work; what waits or is
      subcontracted for as long as it takes. What may not pause runs in one stretch.
    - It begins after the start of the problem, its job's release and the arrival of its material, each with its time in
      the queue, and after the operations before it are done and moved; all in the working time of the site. A job
      begins after the jobs it comes after are done.
    - No resource runs more at a time than it can; what pauses still occupies it.
    - What is set up is changed over before each operation for as long as its rules say for what ran before and what
      comes, after the operation before and, where it needs the material, not before the operation could begin.

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
    taking: dict[str, list[tuple[Placement, int]]] = {}
    for one in placements:
        for code, units in [(one.resource, 1), *((other.resource, other.units) for other in one.secondary)]:
            taking.setdefault(code, []).append((one, units))
    set_up = dict(problem.set_up)
    for resource in problem.resources:
        _check_resource(resource.code, resource.capacity, taking.get(resource.code, []))
    operations = {(job.code, one.code): one for job in problem.jobs for one in job.operations}
    by_code = {one.code: one for one in problem.resources}
    for code, rows in taking.items():
        ran = sorted((one for one, _ in rows if one.resource == code and one.work), key=attrgetter("start"))
        setups = None if not code else by_code[code].setups
        idle = [one for one, _ in rows if one.resource == code and (setups is None or not one.work)]
        if any(one.changeover or one.changeover_cost or one.changed_from != one.start for one in idle):
            _broken("only what is set up is changed over", code)
        if setups is not None:
            pairs = [(one, dict(operations[one.job, one.operation].attributes)) for one in ran]
            _check_changes(problem, code, setups, pairs, dict(set_up.get(code, ())))


def _check_changes(
    problem: Problem,
    code: str,
    setups: Setups,
    rows: Sequence[tuple[Placement, dict[str, str]]],
    state: dict[str, str],
) -> None:
    """Check what a machine is changed over for, one after another, from what it is set up for at the start."""
    calendar, ends, runs = _calendar(problem, code), problem.start, 0
    for one, wanted in rows:
        times, cost = [timedelta()], Decimal(0)
        for attribute in dict.fromkeys(rule.attribute for rule in setups.rules):
            before, after = state.get(attribute), wanted.get(attribute)
            for rule in setups.rules if before is not None and after is not None else ():
                same = before == after and (rule.before, rule.after) != (before, after)
                fits = rule.before in {before, ANY} and rule.after in {after, ANY} and not same
                if rule.attribute == attribute and fits:
                    times.append(rule.time)
                    cost += rule.cost
                    break
            if after is not None:
                state[attribute] = after
        time = max(times) if setups.combine is Combine.LONGEST else sum(times, timedelta())
        if setups.clean_after is not None and not time and runs >= setups.clean_after:
            time = setups.cleaning
        runs = 1 if time else runs + 1
        if (one.changeover, one.changeover_cost) != (time, cost):
            _broken("a machine is changed over as its rules say", f"{one!r} takes {time} and {cost}")
        if calendar.worked_between(one.changed_from, one.start) != time or one.changed_from > one.start:
            _broken("a machine is changed over right before an operation", f"{one!r} from {one.changed_from} on")
        if one.changed_from < ends or (time and not calendar.is_working(one.changed_from)):
            _broken("a machine is changed over when it is free", f"{one!r} from {one.changed_from} on")
        ends = one.end


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
        if _material_from(problem, one) < own.add(ready, operation.queue):
            _broken("an operation begins when it may", f"{one!r}, it may be queued from {ready} on")
        _check_work(problem, job, operation, one, own)


def _material_from(problem: Problem, one: Placement) -> datetime:
    """Return from when on the material of an operation must be there: from its change on, if that needs it."""
    setups = next((each.setups for each in problem.resources if each.code == one.resource), None)
    return one.start if setups is None or setups.before_material else one.changed_from


def _check_work(problem: Problem, job: Job, operation: Operation, one: Placement, own: Calendar) -> None:
    entering = Fraction(job.quantity) * job.routing.input_per_good(operation.code)
    there = next((each for each in operation.alternatives if each.resource == one.resource), None)
    if there is None and (operation.resource or "") != one.resource:
        _broken("an operation runs on its own resource, or an alternative", repr(one))
    work = _work(operation, there, entering)
    _check_besides(problem, operation, one)
    taken = [code for code in (one.resource, *(other.resource for other in one.secondary)) if code]
    calendars = [_calendar(problem, code) for code in taken] or [own]
    elapsed = operation.kind in {OperationKind.WAIT, OperationKind.SUBCONTRACT} and not taken
    took = one.end - one.start if elapsed else _worked(calendars, one.start, one.end)
    if _seconds(took) != work or _seconds(one.work) != work:
        _broken("an operation takes its time", f"{one!r} works {took}, it takes {float(work)} s")
    if work and not elapsed and not all(calendar.is_working(one.start) for calendar in calendars):
        _broken("an operation begins in working time", repr(one))
    if not operation.pauses and one.end - one.start != took:
        _broken("an operation that may not pause runs in one stretch", repr(one))


def _work(operation: Operation, there: Alternative | None, entering: Fraction) -> Fraction:
    """Return the seconds of an operation, rounded up to a microsecond."""
    setup, run = operation.setup, operation.run_per_unit
    if there is not None:
        setup = setup if there.setup is None else there.setup
        run = run if there.run_per_unit is None else there.run_per_unit
    whole = _seconds(setup) + entering * _seconds(run)
    return Fraction(-(-(whole if there is None else whole / Fraction(there.speed)) * 10**6 // 1), 10**6)


def _check_besides(problem: Problem, operation: Operation, one: Placement) -> None:
    """Check that an operation occupies its secondary resources, and a crew who can do it, if there is anybody."""
    given = {each.resource: each.units for each in one.secondary}
    for each in operation.secondary:
        if given.pop(each.resource, 0) != each.units:
            _broken("an operation occupies its secondary resources", f"{one!r} takes not {each!r}")
    able = {each.code for each in problem.resources if operation.skill in each.skills}
    crew = operation.crew if able else 0
    if set(given) - able or sum(given.values()) != crew:
        _broken("a crew works on an operation", f"{one!r} by {given}, {crew} who can {operation.skill} are needed")


def _calendar(problem: Problem, code: str) -> Calendar:
    resource = next(each for each in problem.resources if each.code == code)
    site = problem.site(resource.site)
    return (site.calendar if resource.calendar is None else resource.calendar).at_site(site.zone)


def _worked(calendars: Sequence[Calendar], start: datetime, end: datetime) -> timedelta:
    """Return the time between two moments in which all of several calendars work."""
    if len(calendars) == 1:
        return calendars[0].worked_between(start, end)
    changes: list[tuple[datetime, int]] = []
    for calendar in calendars:
        for begins, ends in calendar.working_intervals(start, end):
            changes += [(begins, 1), (ends, -1)]
    working, since, found = 0, start, timedelta()
    for moment, change in sorted(changes):
        found += moment - since if working == len(calendars) else timedelta()
        working, since = working + change, moment
    return found


def _seconds(span: object) -> Fraction:
    return Fraction(span.days * 86_400 + span.seconds) + Fraction(span.microseconds, 10**6)  # type: ignore[attr-defined]


def _check_resource(code: str, capacity: int, rows: list[tuple[Placement, int]]) -> None:
    """Check that so many run at a time at most: ends count before starts."""
    changes: list[tuple[datetime, int]] = []
    for one, units in rows:
        if one.start < one.end:
            since = one.changed_from if one.resource == code else one.start
            changes += [(since, units), (one.end, -units)]
    running = 0
    for moment, change in sorted(changes):
        running += change
        if running > capacity:
            _broken("no resource runs more at a time than it can", f"{code} runs {running} at {moment}")
