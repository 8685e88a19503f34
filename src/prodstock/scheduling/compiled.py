"""A problem in whole numbers: machines in worked time, tasks in microseconds."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from prodstock.calendars.zone import micros, start_of, zone
from prodstock.master.routing import OperationKind
from prodstock.stock.allocation import need_at
from prodstock.stock.lot import NEVER

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import timedelta

    from prodstock.calendars.clock import WorkClock
    from prodstock.master.routing import Operation
    from prodstock.scheduling.problem import Job, Problem

_ELAPSED = frozenset({OperationKind.WAIT, OperationKind.SUBCONTRACT})
"""What takes time as it passes, and nobody's working time."""


class Machine(NamedTuple):
    """A resource: its calendar, and how many operations it runs at a time."""

    code: str
    clock: WorkClock
    capacity: int


class Task(NamedTuple):
    """An operation of a job, in microseconds.

    `machine` is the number of what it runs on; -1: nothing. `work` is its setup and run in the working time of that;
    on nothing in that of the site, or, `elapsed`, in time as it passes. `tail` is the longest work from its start to
    the end of its job. `release` is when it may begin, before it is queued.
    """

    number: int
    job: int
    code: str
    machine: int
    work: int
    elapsed: bool
    queue: int
    move: int
    release: int
    tail: int
    before: tuple[int, ...]
    after: tuple[int, ...]


class JobRow(NamedTuple):
    """A job: when it may begin and is due (`NEVER`: whenever), what being late costs, and its tasks in order."""

    code: str
    release: int
    due: int
    weight: Fraction
    site: WorkClock
    tasks: tuple[int, ...]


class Compiled:
    """A problem as engines see it. Jobs and resources are numbered by code, so that the order of rows never counts."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.start = micros(problem.start)
        self._sites: dict[str, WorkClock] = {}
        self.machines: list[Machine] = []
        for one in sorted(problem.resources, key=lambda resource: resource.code):
            site = problem.site(one.site)
            calendar = site.calendar if one.calendar is None else one.calendar
            self.machines.append(Machine(one.code, calendar.at_site(site.zone).compiled(), one.capacity))
        self._numbers = {machine.code: number for number, machine in enumerate(self.machines)}
        self.tasks: list[Task] = []
        self.jobs: list[JobRow] = []
        for job in sorted(problem.jobs, key=lambda one: one.code):
            self._add(job)
        self._link({job.code: job.after for job in problem.jobs})
        self.on_machine: list[list[int]] = [[] for _ in self.machines]
        for task in self.tasks:
            if task.machine >= 0:
                self.on_machine[task.machine].append(task.number)

    def site(self, code: str) -> WorkClock:
        """Return the calendar of a site."""
        found = self._sites.get(code)
        if found is None:
            site = self.problem.site(code)
            found = self._sites[code] = site.calendar.at_site(site.zone).compiled()
        return found

    def _link(self, waits: Mapping[str, tuple[str, ...]]) -> None:
        """Let the first operations of jobs wait for the last ones of those that they come after."""
        last = {row.code: [at for at in row.tasks if not self.tasks[at].after] for row in self.jobs}
        for row in self.jobs:
            before = [at for other in waits[row.code] for at in last[other]]
            for at in row.tasks if before else ():
                if not self.tasks[at].before:
                    self.tasks[at] = self.tasks[at]._replace(before=tuple(before))
                    for other in before:
                        self.tasks[other] = self.tasks[other]._replace(after=(*self.tasks[other].after, at))

    def _add(self, job: Job) -> None:
        number, first, routing = len(self.jobs), len(self.tasks), job.routing
        ordered = routing.in_order()
        place = {operation.code: first + at for at, operation in enumerate(ordered)}
        before = {one.code: tuple([place[code] for code in routing.predecessors(one.code)]) for one in ordered}
        after: dict[int, list[int]] = {}
        for one in ordered:
            for other in before[one.code]:
                after.setdefault(other, []).append(place[one.code])
        own = zone(self.problem.site(job.site).zone)
        release = self.start if job.release is None else max(self.start, micros(start_of(job.release, own)))
        material = {code: max(release, micros(start_of(when, own))) for code, when in job.material}
        quantity = Fraction(job.quantity)
        tails: dict[int, int] = {}
        works = {one.code: _work(one, quantity * routing.input_per_good(one.code)) for one in ordered}
        for one in reversed(ordered):
            at = place[one.code]
            rest = max([tails[other] for other in after.get(at, ())], default=0)
            tails[at] = rest + _micros(one.queue) + works[one.code] + _micros(one.move)
        for one in ordered:
            at = place[one.code]
            machine = -1 if one.resource is None else self._numbers[one.resource]
            queue, move = _micros(one.queue), _micros(one.move)
            moment, elapsed = material.get(one.code, release), one.kind in _ELAPSED
            self.tasks.append(
                Task(
                    at, number, one.code, machine, works[one.code], elapsed, queue, move, moment, tails[at],
                    before[one.code], tuple(after.get(at, ())),
                )
            )  # fmt: skip
        due = NEVER if job.due is None else need_at(job.due, own)
        tasks = tuple(range(first, len(self.tasks)))
        self.jobs.append(JobRow(job.code, release, due, Fraction(job.weight), self.site(job.site), tasks))


def _work(operation: Operation, entering: Fraction) -> int:
    """Return the setup and run of an operation that so many units enter, rounded up once."""
    run = entering * _micros(operation.run_per_unit)
    return _micros(operation.setup) - (-run.numerator // run.denominator)


def _micros(span: timedelta) -> int:
    return (span.days * 86_400 + span.seconds) * 1_000_000 + span.microseconds
