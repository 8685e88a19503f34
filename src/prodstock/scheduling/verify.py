"""Whether a schedule keeps to its problem: checked from the definitions, by code that did not make it."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import groupby, pairwise
from math import ceil
from operator import attrgetter
from typing import TYPE_CHECKING

from prodstock.calendars.zone import start_of, zone
from prodstock.errors import BrokenInvariant
from prodstock.master.routing import OperationKind
from prodstock.master.setups import ANY, Combine
from prodstock.scheduling.standing import FIXED, OperationStatus

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from prodstock.calendars.calendar import Calendar
    from prodstock.master.alternative import Alternative
    from prodstock.master.resource import Resource
    from prodstock.master.routing import Operation
    from prodstock.master.setups import Setups
    from prodstock.scheduling.problem import Job, Problem
    from prodstock.scheduling.schedule import Placement
    from prodstock.scheduling.standing import Standing


_ELAPSED = frozenset({OperationKind.WAIT, OperationKind.SUBCONTRACT})


def verify(problem: Problem, placements: Sequence[Placement]) -> None:
    """Check a schedule.

    - Every operation of every job is placed once, on its own resource or an alternative, with its secondary resources
      and a crew that can do it, for as long as it takes there of the time in which all of them work; what waits or is
      subcontracted for as long as it takes. What may not pause runs in one stretch.
    - Where an operation passes on batches, the next one begins once the first is done and moved, and ends so late that
      it can still work on the last one when that comes.
    - So long passes after the operations that it lags behind as must, and no longer than may; except that what is
      settled stays where it is, and what comes after it as soon as it may.
    - It begins after the start of the problem, its job's release and the arrival of its material, each with its time in
      the queue, and after the operations before it are done and moved; all in the working time of the site. A job
      begins after the jobs it comes after are done.
    - What is finished is not placed, what is started goes on with what is left of it, on its resource, what is locked
      is where it is, and what is firm on its resource.
    - No resource runs more at a time than it can; what pauses still occupies it. Of people an operation takes the share
      that it is attended for.
    - What runs in batches begins and ends with all that runs there at the time, shares the attributes of a batch, and
      takes the load of its quantity; what is more than a batch runs alone, and is set up for each.
    - What is set up is changed over before each operation for as long as its rules say for what ran before and what
      comes, after the operation before and, where it needs the material, not before the operation could begin.

    Raises:
        BrokenInvariant: with the first that does not hold.
    """
    by_job = {code: list(rows) for code, rows in groupby(sorted(placements, key=attrgetter("job")), attrgetter("job"))}
    stands = {(one.job, one.operation): one for one in problem.standings}
    known = {job.code for job in problem.jobs}
    if set(by_job) - known:
        _broken("only what is asked for is placed", min(set(by_job) - known))
    for job in problem.jobs:
        _check_job(problem, job, by_job.get(job.code, []), stands)
    for job in problem.jobs:
        _check_after(problem, job, by_job, stands)
    taking: dict[str, list[tuple[Placement, Fraction]]] = {}
    operations = {(job.code, one.code): one for job in problem.jobs for one in job.operations}
    resources, jobs = {one.code: one for one in problem.resources}, {one.code: one for one in problem.jobs}
    for one in placements:
        operation = operations[one.job, one.operation]
        named = {other.resource for other in operation.secondary}
        taking.setdefault(one.resource, []).append((one, _units(resources.get(one.resource), jobs[one.job], operation)))
        for other in one.secondary:
            share = Fraction(1) if other.resource in named else Fraction(operation.attended)
            taking.setdefault(other.resource, []).append((one, other.units * share))
    for resource in problem.resources:
        _check_resource(resource.code, resource.capacity, taking.get(resource.code, []))
        if resource.batch is not None:
            _check_batches(resource, [one for one, _ in taking.get(resource.code, [])], operations)
    _check_machines(problem, placements, _states(problem, stands))


def _units(resource: Resource | None, job: Job, operation: Operation) -> Fraction:
    """Return how much of its resource an operation takes: of one that runs batches all of it, if it takes several."""
    if operation.load is None or resource is None or resource.batch is None:
        return Fraction(1)
    return Fraction(min(_load(job, operation), resource.capacity))


def _loads(problem: Problem, job: Job, operation: Operation, code: str) -> int:
    """Return in how many batches an operation runs."""
    if operation.load is None or not code:
        return 1
    resource = _resource(problem, code)
    return 1 if resource.batch is None else ceil(Fraction(_load(job, operation), resource.capacity))


def _load(job: Job, operation: Operation) -> int:
    entering = Fraction(job.quantity) * job.routing.input_per_good(operation.code)
    return ceil(entering * Fraction(operation.load or 1))


def _check_batches(
    resource: Resource, rows: Sequence[Placement], operations: Mapping[tuple[str, str], Operation]
) -> None:
    """Check that what runs at a time begins and ends together, and is alike."""
    there = sorted([one for one in rows if one.start < one.end], key=attrgetter("start", "end"))
    for before, one in pairwise(there):
        if one.start < before.end:
            if (one.start, one.end) != (before.start, before.end):
                _broken("what runs in a batch begins and ends together", f"{one!r} and {before!r}")
            pairs = [dict(operations[each.job, each.operation].attributes) for each in (one, before)]
            if any(pairs[0].get(name) != pairs[1].get(name) for name in resource.batch or ()):
                _broken("what runs in a batch is alike", f"{one!r} and {before!r}")


def _states(problem: Problem, stands: Mapping[tuple[str, str], Standing]) -> dict[str, dict[str, str]]:
    """Return what machines are set up for at the start: for what runs on them then, or as it is said."""
    set_up = {code: dict(values) for code, values in problem.set_up}
    for job in problem.jobs:
        for operation in job.operations:
            running = stands.get((job.code, operation.code))
            if running is not None and running.status is OperationStatus.STARTED:
                set_up.setdefault(running.resource, {}).update(operation.attributes)
    return set_up


def _check_machines(problem: Problem, placements: Sequence[Placement], states: Mapping[str, dict[str, str]]) -> None:
    """Check what machines are changed over for."""
    operations = {(job.code, one.code): one for job in problem.jobs for one in job.operations}
    setups = {one.code: one.setups for one in problem.resources}
    rows: dict[str, list[tuple[Placement, dict[str, str]]]] = {}
    for one in sorted(placements, key=attrgetter("start")):
        if one.work and setups.get(one.resource) is not None:
            wanted = dict(operations[one.job, one.operation].attributes)
            rows.setdefault(one.resource, []).append((one, wanted))
        elif one.changeover or one.changeover_cost or one.changed_from != one.start:
            _broken("only what is set up is changed over", repr(one))
    for code, rules in setups.items():
        if rules is not None:
            _check_changes(problem, code, rules, rows.get(code, []), states.get(code, {}))


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


def _check_after(
    problem: Problem, job: Job, by_job: dict[str, list[Placement]], stands: Mapping[tuple[str, str], Standing]
) -> None:
    """Check that a job begins after those that make what it takes."""
    fixed = {key for key, one in stands.items() if one.status in FIXED}
    rows = [one for one in by_job.get(job.code, []) if (one.job, one.operation) not in fixed]
    if not rows:
        return
    begins = min(one.start for one in rows)
    jobs = {one.code: one for one in problem.jobs}
    for code in job.after:
        site = problem.site(jobs[code].site)
        own = site.calendar.at_site(site.zone)
        for one in by_job.get(code, []):
            done = own.add(one.end, jobs[code].routing.operation(one.operation).move)
            if begins < done:
                _broken("a job begins after those that make what it takes", f"{job.code} begins before {one!r} is done")


def _check_job(problem: Problem, job: Job, rows: list[Placement], stands: Mapping[tuple[str, str], Standing]) -> None:
    here = {one.code: stands.get((job.code, one.code)) for one in job.operations}
    status = {code: None if one is None else one.status for code, one in here.items()}
    left = [one for one in job.operations if status[one.code] is not OperationStatus.FINISHED]
    if sorted(one.operation for one in rows) != sorted(one.code for one in left):
        _broken("every operation is placed once", f"{job.code}: {', '.join(one.operation for one in rows)}")
    site = problem.site(job.site)
    own = site.calendar.at_site(site.zone)
    first = problem.start if job.release is None else max(problem.start, start_of(job.release, zone(site.zone)))
    material = {code: start_of(when, zone(site.zone)) for code, when in job.material}
    placed = {one.operation: one for one in rows}
    if any(one in FIXED for one in status.values()):
        first = problem.start
    for operation in left:
        one, stands_there = placed[operation.code], here[operation.code]
        ready = max(first, material.get(operation.code, first))
        for code in job.routing.predecessors(operation.code):
            before = job.routing.operation(code)
            told = here[code]
            gone = problem.start if told is None or told.end is None else told.end
            ended = placed[code].end if code in placed else gone
            laps = before.transfer is not None and operation.kind not in _ELAPSED and code in placed
            ready = max(
                ready,
                _batch(problem, job, before, operation, placed[code], here[code], own)
                if laps
                else own.add(ended, before.move),
            )
        if stands_there is not None and stands_there.status is not OperationStatus.PLANNED:
            _check_standing(problem, stands_there, one)
        if stands_there is not None and stands_there.status in FIXED:
            if one.start < (ready if stands_there.status is OperationStatus.LOCKED else problem.start):
                _broken("an operation begins when it may", f"{one!r}, it may begin from {ready} on")
        else:
            if _material_from(problem, one) < own.add(ready, operation.queue):
                _broken("an operation begins when it may", f"{one!r}, it may be queued from {ready} on")
            _check_lags(problem, operation, one, placed, here)
        _check_work(problem, job, operation, one, own, stands_there)


def _check_lags(
    problem: Problem,
    operation: Operation,
    one: Placement,
    placed: Mapping[str, Placement],
    stands: Mapping[str, Standing | None],
) -> None:
    """Check that so long passes before an operation as must, and no longer than may, if that could be helped."""
    for lag in operation.lags:
        there = stands[lag.operation]
        if lag.operation in placed:
            ended = placed[lag.operation].end
        else:
            ended = problem.start if there is None or there.end is None else there.end
        if _material_from(problem, one) < ended + lag.least:
            _broken("so long passes between operations as must", f"{one!r} after {ended}, {lag!r}")
        fixed = there is not None and there.status in FIXED
        if lag.most is not None and not fixed and one.start > ended + lag.most:
            _broken("no longer passes between operations than may", f"{one!r} after {ended}, {lag!r}")


def _check_standing(problem: Problem, stands: Standing, one: Placement) -> None:
    """Check that an operation stays where it must."""
    if one.resource != stands.resource:
        _broken("what is firm stays on its resource", f"{one!r} is {stands!r}")
    if stands.status is OperationStatus.LOCKED and one.start != stands.start:
        _broken("what is locked stays where it is", f"{one!r} is {stands!r}")
    known = {each.resource for each in stands.secondary} & {each.code for each in problem.resources}
    if stands.status in FIXED and not known <= {each.resource for each in one.secondary}:
        _broken("what is locked keeps what it occupies", f"{one!r} is {stands!r}")


def _material_from(problem: Problem, one: Placement) -> datetime:
    """Return from when on the material of an operation must be there: from its change on, if that needs it."""
    setups = next((each.setups for each in problem.resources if each.code == one.resource), None)
    return one.start if setups is None or setups.before_material else one.changed_from


def _batch(
    problem: Problem,
    job: Job,
    before: Operation,
    operation: Operation,
    one: Placement,
    stands: Standing | None,
    own: Calendar,
) -> datetime:
    """Return from when on an operation may be queued for whose first batch comes from one that still runs."""
    entering = Fraction(job.quantity) * job.routing.input_per_good(before.code)
    share = min(Fraction(1), Fraction(before.transfer or 1) / entering)
    there = next((each for each in before.alternatives if each.resource == one.resource), None)
    first = _work(before, there, entering * share)
    if stands is not None and stands.status is OperationStatus.STARTED:
        whole = _work(before, there, entering, _loads(problem, job, before, one.resource))
        first = max(Fraction(0), first - max(Fraction(0), whole - _seconds(stands.left)))
    taken = [code for code in (one.resource, *(other.resource for other in one.secondary)) if code]
    calendars = [_calendar(problem, code) for code in taken] or [own]
    elapsed = before.kind in _ELAPSED and not taken
    begun = one.start + _time(first) if elapsed else _when_worked(calendars, one, _time(first))
    rest = Fraction(job.quantity) * job.routing.input_per_good(operation.code) * (1 - share)
    ways = [None, *operation.alternatives]
    lead = min(_work(operation, way, rest) for way in ways)
    last = own.add(one.end, before.move) - _time(lead)
    return max(own.add(begun, before.move), last)


def _time(seconds: Fraction) -> timedelta:
    return timedelta(microseconds=int(seconds * 10**6))


def _when_worked(calendars: Sequence[Calendar], one: Placement, work: timedelta) -> datetime:
    """Return when so much of an operation is worked."""
    if not work:
        return one.start
    left = work
    intervals = [calendar.working_intervals(one.start, one.end) for calendar in calendars]
    edges = sorted({edge for some in intervals for pair in some for edge in pair})
    for since, until in pairwise(edges):
        if all(any(begin <= since and until <= end for begin, end in some) for some in intervals):
            if until - since >= left:
                return since + left
            left -= until - since
    return one.end


def _check_work(
    problem: Problem, job: Job, operation: Operation, one: Placement, own: Calendar, stands: Standing | None
) -> None:
    entering = Fraction(job.quantity) * job.routing.input_per_good(operation.code)
    there = next((each for each in operation.alternatives if each.resource == one.resource), None)
    if there is None and (operation.resource or "") != one.resource:
        _broken("an operation runs on its own resource, or an alternative", repr(one))
    work = _work(operation, there, entering, _loads(problem, job, operation, one.resource))
    if stands is not None and stands.status is OperationStatus.STARTED:
        work = _seconds(stands.left)
    _check_besides(problem, operation, one)
    taken = [code for code in (one.resource, *(other.resource for other in one.secondary)) if code]
    calendars = [_calendar(problem, code) for code in taken] or [own]
    elapsed = operation.kind in _ELAPSED and not taken
    took = one.end - one.start if elapsed else _worked(calendars, one.start, one.end)
    if _seconds(took) != work or _seconds(one.work) != work:
        _broken("an operation takes its time", f"{one!r} works {took}, it takes {float(work)} s")
    if work and not elapsed and not all(calendar.is_working(one.start) for calendar in calendars):
        _broken("an operation begins in working time", repr(one))
    if not operation.pauses and one.end - one.start != took:
        _broken("an operation that may not pause runs in one stretch", repr(one))


def _work(operation: Operation, there: Alternative | None, entering: Fraction, loads: int = 1) -> Fraction:
    """Return the seconds of an operation, set up for each of so many loads, rounded up to a microsecond."""
    setup, run = operation.setup, operation.run_per_unit
    if there is not None:
        setup = setup if there.setup is None else there.setup
        run = run if there.run_per_unit is None else there.run_per_unit
    whole = _seconds(setup) * loads + entering * _seconds(run)
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


def _resource(problem: Problem, code: str) -> Resource:
    return next(each for each in problem.resources if each.code == code)


def _calendar(problem: Problem, code: str) -> Calendar:
    resource = _resource(problem, code)
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


def _check_resource(code: str, capacity: int, rows: list[tuple[Placement, Fraction]]) -> None:
    """Check that so many run at a time at most: ends count before starts."""
    changes: list[tuple[datetime, Fraction]] = []
    for one, units in rows:
        if one.start < one.end:
            since = one.changed_from if one.resource == code else one.start
            changes += [(since, units), (one.end, -units)]
    running = Fraction(0)
    for moment, change in sorted(changes):
        running += change
        if running > capacity:
            _broken("no resource runs more at a time than it can", f"{code} runs {running} at {moment}")
