"""Deadlines that cannot all be met: which, why, and what would help."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

import attrs

from prodstock._render import day, lasting, short
from prodstock.calendars.zone import from_micros
from prodstock.master import checks
from prodstock.scheduling.bounds import alone
from prodstock.scheduling.clashing import Window, clash, latest_ends, latest_start
from prodstock.scheduling.compiled import Compiled
from prodstock.scheduling.levers import LeverKind, longer_days
from prodstock.scheduling.problem import Problem, taken
from prodstock.stock.lot import NEVER
from prodstock.tables import Table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from prodstock.scheduling.construct import Placed
    from prodstock.scheduling.levers import Lever

_MINUTE = 60_000_000
_MOST = 10
"""So many jobs are tried for remedies of an overload: the lightest."""
_A_YEAR = 366 * 24 * 60
"""Minutes: how far deadlines and material are moved at most."""


class ConflictKind(StrEnum):
    """Why deadlines are not met.

    ALONE: a job takes longer than it has, even if nothing else ran. OVERLOADED: operations must run on a resource in a
    time in which it cannot do so much. NOT_FOUND: this schedule misses it; others may not.
    """

    ALONE = "alone"
    OVERLOADED = "overloaded"
    NOT_FOUND = "not-found"


class RemedyKind(StrEnum):
    """What would help.

    DEADLINE: the deadline of a job is so much later. SOONER: it may begin, and has its material, so much sooner.
    OVERTIME: a resource works so much longer in the time in which it has too little. MORE_HOURS: it works up to eight
    hours longer on each day that it works. ONE_MORE: there is one more of it. FIRST: the job, and what it waits for,
    goes before all others. LEAVE_OUT: the job is not done.
    """

    DEADLINE = "deadline"
    SOONER = "sooner"
    OVERTIME = "overtime"
    MORE_HOURS = "more-hours"
    ONE_MORE = "one-more"
    FIRST = "first"
    LEAVE_OUT = "leave-out"


_ORDER = tuple(RemedyKind)
_OF_LEVER = {
    LeverKind.MORE_HOURS: RemedyKind.MORE_HOURS,
    LeverKind.ONE_MORE: RemedyKind.ONE_MORE,
    LeverKind.MATERIAL: RemedyKind.SOONER,
    LeverKind.FIRST: RemedyKind.FIRST,
}


@attrs.frozen(repr=False)
class Remedy:
    """A change by which a conflict is gone.

    Attributes:
        kind: what is changed.
        job: of which job; empty: of none.
        resource: of which resource; empty: of none.
        by: by how much; nothing: as the kind says.
    """

    kind: RemedyKind
    job: str = ""
    resource: str = ""
    by: timedelta = timedelta()

    def __repr__(self) -> str:
        of = f"{self.job[:30]} {self.resource[:30]}".strip()
        return short(f"<Remedy {self.kind.value} {of}{f' by {lasting(self.by)}' if self.by else ''}>")


@attrs.frozen(repr=False)
class DeadlineConflict:
    """Deadlines that cannot be met together, or that a schedule misses.

    Attributes:
        kind: why.
        jobs: whose work it is, by code.
        operations: what conflicts, each as its job and itself: leave any one out, and there is no proof any more. Of a
            job alone its longest way, in order.
        resource: on which resource; empty: on none.
        since: from when on the operations may run; of a job alone, when it may begin.
        until: by when they must be done.
        needed: how much of the resource they take then; of a job, how long it takes from `since` on.
        there: how much there is.
        remedies: what would help, each tried by itself: what asks for the least time first, then by kind, job and
            resource; what asks for no time last. Of jobs on an overloaded resource ten at most, the lightest.
    """

    kind: ConflictKind
    jobs: tuple[str, ...]
    operations: tuple[tuple[str, str], ...]
    resource: str
    since: datetime
    until: datetime
    needed: timedelta
    there: timedelta
    remedies: tuple[Remedy, ...]

    @property
    def proved(self) -> bool:
        """Whether no schedule meets these deadlines."""
        return self.kind is not ConflictKind.NOT_FOUND

    @property
    def short_by(self) -> timedelta:
        """How much time is missing."""
        return self.needed - self.there

    def __repr__(self) -> str:
        what = f"{', '.join(self.jobs)[:40]}{f' on {self.resource[:20]}' if self.resource else ''}"
        return short(
            f"<DeadlineConflict {self.kind.value} {what} by {day(self.until)}: {lasting(self.short_by)} short>"
        )


def conflicts(problem: Problem) -> Table[DeadlineConflict]:
    """Return which deadlines no schedule can meet, before there is one.

    First each job that takes longer than it has even if nothing else ran, by code. Then, for each resource, the work
    that nothing else can do and that has to be done in a time in which it cannot: of all such times that with the most
    missing, cut down to as few operations as prove it. What is left out of account can only make it worse: changeovers,
    tools, people, lags. So what is listed is sure, and where nothing is listed deadlines may clash all the same: see
    `Schedule.conflicts` for what a schedule misses. O(n log n) for n operations, and O(k**2) for k on a resource.

    >>> from datetime import UTC
    >>> from prodstock.scheduling.problem import Job, Problem
    >>> from prodstock.master.resource import Resource
    >>> from prodstock.master.routing import Operation
    >>> saw = Operation("saw", resource="saw", setup=timedelta(hours=6))
    >>> start = datetime(2026, 3, 2, 8, tzinfo=UTC)
    >>> jobs = [Job(code, [saw], deadline=start + timedelta(hours=8)) for code in ("A", "B")]
    >>> for one in conflicts(Problem(start=start, resources=[Resource("saw")], jobs=jobs)):
    ...     print(one, one.remedies[0])
    <DeadlineConflict overloaded A, B on saw by 2026-03-02: 4:00:00 short> <Remedy deadline A by 20:00:00>
    """
    checks.instance(problem, Problem, "problem", "Give a Problem of jobs and resources")
    return Table(proofs(Compiled(problem)))


def proofs(compiled: Compiled) -> list[DeadlineConflict]:
    """Return the deadlines that no schedule can meet."""
    if not compiled.deadlines:
        return []
    queued, done = alone(compiled)
    return [*_alone(compiled, done), *_overloaded(compiled, queued)]


def missed(
    compiled: Compiled, placed: Sequence[Placed], levers: Callable[[str], Sequence[Lever]]
) -> list[DeadlineConflict]:
    """Return the deadlines that no schedule can meet, and then, by job, those that one misses without a proof."""
    found = proofs(compiled)
    known = {code for one in found for code in one.jobs}
    for row in compiled.jobs:
        end = max(placed[task].done for task in row.tasks)
        if end > row.deadline and row.code not in known:
            remedies = [Remedy(RemedyKind.DEADLINE, row.code, by=_span(end - row.deadline))]
            for lever in levers(row.code):
                if lever.end <= from_micros(row.deadline):
                    kind = _OF_LEVER[lever.kind]
                    remedies.append(Remedy(kind, "" if lever.resource else row.code, lever.resource))
            codes = tuple([(row.code, compiled.tasks[task].code) for task in row.tasks])
            span = from_micros(row.release), from_micros(row.deadline)
            times = _span(end - row.release), _span(row.deadline - row.release)
            found.append(
                DeadlineConflict(ConflictKind.NOT_FOUND, (row.code,), codes, "", *span, *times, _sorted(remedies))
            )
    return found


def _alone(compiled: Compiled, done: Sequence[int]) -> Iterator[DeadlineConflict]:
    """Yield the jobs that take longer than they have, with the longest way to their ends."""
    for row in compiled.jobs:
        end = max([done[task] for task in row.tasks], default=row.release)
        if end <= row.deadline:
            continue
        way = [max(row.tasks, key=lambda task: (done[task], -task))]
        while ahead := compiled.tasks[way[-1]].before:
            other = max(ahead, key=lambda task: (done[task], -task))
            if done[other] < compiled.tasks[way[-1]].release:
                break
            way.append(other)
        way.reverse()
        jobs = tuple(dict.fromkeys(compiled.jobs[compiled.tasks[task].job].code for task in way))
        since = compiled.tasks[way[0]].release
        until = from_micros(row.deadline)
        times = _span(end - since), _span(row.deadline - since)
        remedies = _sorted(_for_job(compiled, row.code, end - row.deadline))
        kind, first = ConflictKind.ALONE, from_micros(since)
        yield DeadlineConflict(kind, jobs, _names(compiled, way), "", first, until, *times, remedies)


def _for_job(compiled: Compiled, code: str, late: int) -> Iterator[Remedy]:
    """Yield what would let a job end in time if nothing else ran."""
    problem = _only(compiled.problem, code)
    row = next(one for one in compiled.jobs if one.code == code)
    yield Remedy(RemedyKind.DEADLINE, code, by=_span(late))
    yield Remedy(RemedyKind.LEAVE_OUT, code)
    if any(compiled.tasks[at].release > compiled.start for at in row.tasks):
        by = _least(
            lambda minutes: _end(_sooner(problem, code, minutes), code) <= row.deadline, _A_YEAR, _guess(problem, code)
        )
        if by is not None:
            yield Remedy(RemedyKind.SOONER, code, by=timedelta(minutes=by))
    used = {mode.machine for at in row.tasks for mode in compiled.tasks[at].modes} - {-1}
    for resource in [one for one in problem.resources if one.code in {compiled.machines[at].code for at in used}]:
        longer = longer_days(problem.site(resource.site).calendar if resource.calendar is None else resource.calendar)
        if longer is not None:
            others = [one if one is not resource else attrs.evolve(one, calendar=longer) for one in problem.resources]
            if _end(attrs.evolve(problem, resources=others), code) <= row.deadline:
                yield Remedy(RemedyKind.MORE_HOURS, resource=resource.code)


def _only(problem: Problem, code: str) -> Problem:
    """Return the problem of a job and those that it comes after, as if there were no others."""
    jobs = {one.code: one for one in problem.jobs}
    seen, waiting = set[str](), [code]
    while waiting:
        one = waiting.pop()
        if one not in seen:
            seen.add(one)
            waiting += jobs[one].after
    left = [jobs[one] for one in sorted(seen)]
    operations = [operation for job in left for operation in job.operations]
    used = {one.resource for operation in operations for one in taken(operation)}
    skills = {operation.skill for operation in operations}
    resources = [one for one in problem.resources if one.code in used or not skills.isdisjoint(one.skills)]
    known = {one.code for one in resources}
    return attrs.evolve(
        problem,
        jobs=left,
        resources=resources,
        set_up={code: dict(values) for code, values in problem.set_up if code in known},
        standings=[one for one in problem.standings if one.job in seen],
    )


def _guess(problem: Problem, code: str) -> int:
    """Return how many minutes sooner a job would have to begin by when its operations must end at the latest."""
    compiled = Compiled(problem)
    row = next(one for one in compiled.jobs if one.code == code)
    latest = latest_ends(compiled)
    late = [compiled.tasks[at].release - latest_start(compiled, at, latest[at]) for at in row.tasks]
    return max(1, -(-max(late) // _MINUTE))


def _sooner(problem: Problem, code: str, minutes: int) -> Problem:
    """Return a problem in which a job may begin, and has its material, so much sooner."""
    by = timedelta(minutes=minutes)
    compiled = Compiled(problem)
    row = next(one for one in compiled.jobs if one.code == code)
    material = {compiled.tasks[at].code: from_micros(compiled.tasks[at].release) - by for at in row.tasks}
    jobs = [
        one if one.code != code else attrs.evolve(one, release=from_micros(row.release) - by, material=material)
        for one in problem.jobs
    ]
    return attrs.evolve(problem, jobs=jobs)


def _end(problem: Problem, code: str) -> int:
    """Return when a job ends if nothing else runs."""
    compiled = Compiled(problem)
    _, done = alone(compiled)
    row = next(one for one in compiled.jobs if one.code == code)
    return max(done[task] for task in row.tasks)


def _overloaded(compiled: Compiled, queued: Sequence[int]) -> Iterator[DeadlineConflict]:
    """Yield the worst overload of each resource, cut down to as little as proves it."""
    latest = latest_ends(compiled)
    for number, machine in enumerate(compiled.machines):
        found = clash(compiled, number, queued, latest)
        if found is None:
            continue
        tasks = [row.task for row in found.rows]
        span = min(queued[task] for task in tasks), max(latest[task] for task in tasks)
        names = {compiled.tasks[task].job: compiled.jobs[compiled.tasks[task].job].code for task in tasks}
        needed, there = sum(row.work for row in found.rows), found.room
        yield DeadlineConflict(
            ConflictKind.OVERLOADED,
            tuple(sorted(names.values())),
            _names(compiled, sorted(tasks)),
            machine.code,
            from_micros(span[0]),
            from_micros(span[1]),
            _span(needed),
            _span(there),
            _sorted(_for_resource(compiled, number, queued, found, span)),
        )


def _for_resource(
    compiled: Compiled, number: int, queued: Sequence[int], found: Window, span: tuple[int, int]
) -> Iterator[Remedy]:
    """Yield what would let a resource do what it has to."""
    machine = compiled.machines[number]
    only = {row.task for row in found.rows}
    missing = -(-(sum(row.work for row in found.rows) - found.room) // machine.capacity)
    if span[1] - span[0] - (found.until - found.since) >= missing:
        yield Remedy(RemedyKind.OVERTIME, resource=machine.code, by=_span(missing))
    if machine.changing is None and machine.kinds is None:
        latest = latest_ends(compiled)
        if clash(compiled, number, queued, latest, only, machine.capacity + 1) is None:
            yield Remedy(RemedyKind.ONE_MORE, resource=machine.code)
    for job in _lightest(compiled, {compiled.tasks[task].job for task in only}):
        yield Remedy(RemedyKind.LEAVE_OUT, compiled.jobs[job].code)
    for job in _lightest(compiled, _bound(compiled, only)):

        def fits(minutes: int, job: int = job) -> bool:
            later = latest_ends(compiled, {job: compiled.jobs[job].deadline + minutes * _MINUTE})
            return clash(compiled, number, queued, later, only) is None

        by = _least(fits, _A_YEAR)
        if by is not None:
            yield Remedy(RemedyKind.DEADLINE, compiled.jobs[job].code, by=timedelta(minutes=by))


def _lightest(compiled: Compiled, jobs: Iterable[int]) -> list[int]:
    """Return the jobs of least weight, of equal ones by code; of many only some."""
    return sorted(jobs, key=lambda job: (compiled.jobs[job].weight, job))[:_MOST]


def _bound(compiled: Compiled, tasks: Iterable[int]) -> set[int]:
    """Return the jobs with deadlines that operations lead to: their own, and those that come after them."""
    seen, waiting = set[int](), list(tasks)
    while waiting:
        one = waiting.pop()
        if one not in seen:
            seen.add(one)
            waiting += compiled.tasks[one].after
    return {compiled.tasks[one].job for one in seen if compiled.jobs[compiled.tasks[one].job].deadline < NEVER}


def _least(fits: Callable[[int], bool], most: int, guess: int = 1) -> int | None:
    """Return the least number for which something holds that holds for all above it, too; None: for none up to most."""
    if guess > 1 and fits(guess) and not fits(guess - 1):
        return guess
    low, high = 0, 1
    while not fits(high):
        if high >= most:
            return None
        low, high = high, min(most, high * 2)
    while high - low > 1:
        middle = (low + high) // 2
        if fits(middle):
            high = middle
        else:
            low = middle
    return high


def _names(compiled: Compiled, tasks: Sequence[int]) -> tuple[tuple[str, str], ...]:
    return tuple([(compiled.jobs[compiled.tasks[task].job].code, compiled.tasks[task].code) for task in tasks])


def _sorted(remedies: Iterator[Remedy] | Sequence[Remedy]) -> tuple[Remedy, ...]:
    return tuple(sorted(remedies, key=lambda one: (not one.by, one.by, _ORDER.index(one.kind), one.job, one.resource)))


def _span(micros: int) -> timedelta:
    return timedelta(microseconds=micros)
