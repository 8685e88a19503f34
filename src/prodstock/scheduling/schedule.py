"""The answer of the scheduler: where each operation runs and when, how jobs fare, and how busy resources are."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING

import attrs

from prodstock._render import day, lasting, short
from prodstock.calendars.zone import aware, from_micros
from prodstock.errors import BrokenInvariant, InvalidTypeError, InvalidValueError, UnknownCode, nearest
from prodstock.master import checks
from prodstock.master.alternative import Secondary
from prodstock.scheduling.batch_runs import BatchRun, batches, together
from prodstock.scheduling.best import best, waits
from prodstock.scheduling.bottlenecks import Bottleneck, bottlenecks
from prodstock.scheduling.bounds import bound
from prodstock.scheduling.budget import Budget
from prodstock.scheduling.busy import Busy, busy_of
from prodstock.scheduling.chart import Chart
from prodstock.scheduling.compiled import Compiled
from prodstock.scheduling.conflicts import DeadlineConflict, missed
from prodstock.scheduling.dispatch import DispatchLine, dispatch
from prodstock.scheduling.engines import searched
from prodstock.scheduling.exceeded import ExceededLag, exceeded
from prodstock.scheduling.figures import ScheduleFigures, figures
from prodstock.scheduling.floor import occupied
from prodstock.scheduling.levers import Lever, levers
from prodstock.scheduling.life import REPAIRING, Rescheduled, finished, moved, repaired_problem, standings_at
from prodstock.scheduling.policy import Blend, Goal, Rule, SchedulingPolicy
from prodstock.scheduling.problem import Problem
from prodstock.scheduling.reasons import Spell, spells, why
from prodstock.scheduling.restoring import placed_as
from prodstock.scheduling.standing import standings
from prodstock.scheduling.verify import verify
from prodstock.scheduling.worth import score
from prodstock.stock.lot import NEVER
from prodstock.tables import Derivation, Table, Tabled

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from fractions import Fraction

    from prodstock.orders.planned import PlannedMake
    from prodstock.orders.production import ProductionOrder
    from prodstock.quantities.number import Number
    from prodstock.scheduling.construct import Placed
    from prodstock.scheduling.policy import Aim
    from prodstock.scheduling.problem import Job
    from prodstock.scheduling.standing import Standing
    from prodstock.tables import Progress

_MICROSECOND = timedelta(microseconds=1)
_NONE = timedelta()
_MOST_DRAWN = 2_000
"""Operations that a notebook draws; of more it shows the table."""


@attrs.frozen(repr=False)
class Placement:
    """An operation runs somewhere, from its start to its end.

    Attributes:
        job: of which job.
        operation: which.
        resource: on what; empty: on nothing.
        lane: which of the operations that the resource runs at a time it is, from 1; 0: it runs on nothing, or in no
            time.
        start: when its own setup begins, in UTC, once the resource is changed over for it.
        end: when its run ends, in UTC; it pauses while the resource does not work.
        work: how long it works in between.
        secondary: what else it occupies, people among it, by code.
        changed_from: from when on the resource is changed over for it, in UTC; its start: it is not.
        changeover: for how long, of the time in which the resource works.
        changeover_cost: what that costs besides.
    """

    job: str
    operation: str
    resource: str
    lane: int
    start: datetime
    end: datetime
    work: timedelta
    secondary: tuple[Secondary, ...]
    changed_from: datetime
    changeover: timedelta = _NONE
    changeover_cost: Decimal = checks.ZERO

    def __repr__(self) -> str:
        where = f" on {self.resource[:30]}" if self.resource else ""
        span = f"{self.start:%Y-%m-%d %H:%M} to {self.end:%Y-%m-%d %H:%M}"
        return short(f"<Placement {self.job[:30]} {self.operation[:20]}{where}, {span}>")


@attrs.frozen(repr=False)
class JobTimes:
    """How a job fares.

    Attributes:
        job: which.
        release: from when on it may be worked on, in UTC.
        start: when its first operation begins, in UTC.
        end: when its last one is done and moved, in UTC.
        due: when it is to be done, in UTC; None: whenever.
        late_by: how late it is; zero: it is not.
        worked: the work of all its operations.
    """

    job: str
    release: datetime
    start: datetime
    end: datetime
    due: datetime | None
    late_by: timedelta
    worked: timedelta

    def __repr__(self) -> str:
        late = f", late by {lasting(self.late_by)}" if self.late_by else ""
        return short(f"<JobTimes {self.job[:40]} {day(self.start)} to {day(self.end)}{late}>")


@attrs.frozen(repr=False)
class ResourceUse:
    """How busy a resource is, from the start of the problem to the end of the last job.

    Attributes:
        resource: which.
        worked: the work of all operations on it, times the units of it that they occupy; of batches the work of each.
        open: the working time of its calendar, times what it runs at a time; of batches that is one.
        share: what of it is worked: from 0 to 1, rounded to four digits.
        operations: how many run on it.
        changeover: for how long it is changed over.
    """

    resource: str
    worked: timedelta
    open: timedelta
    share: Decimal
    operations: int
    changeover: timedelta = _NONE

    def __repr__(self) -> str:
        return short(f"<ResourceUse {self.resource[:60]} {self.share:.1%}>")


class Schedule(Tabled[Placement]):
    """Where every operation of a problem runs and when. Equal schedules place all of it alike.

    Attributes:
        problem: what was to be scheduled.
        policy: how.
        rule: the rule whose schedule this is, or that the search began from.
        iterations: how many schedules the search made after those of the rules.
    """

    def __init__(
        self,
        problem: Problem,
        policy: SchedulingPolicy,
        rule: Rule,
        iterations: int,
        placed: tuple[Compiled, list[Placed]],
    ) -> None:
        """Keep where everything runs; `schedule` is the way to it."""
        self.problem = problem
        self.policy = policy
        self.rule = rule
        self.iterations = iterations
        self._compiled, self._placed = placed

    def to_table(self) -> Table[Placement]:
        """Return where each operation runs; each of the other tables has a `to_frame` of its own."""
        return self.placements

    @cached_property
    def placements(self) -> Table[Placement]:
        """Where each operation runs, by start, then job and the order of its steps."""
        rows = [one for task, one in zip(self._compiled.tasks, self._by_task, strict=True) if not finished(task)]
        return Table(sorted(rows, key=lambda one: one.start))

    @cached_property
    def _by_task(self) -> list[Placement]:
        """Where each operation runs, by number."""
        compiled, rows = self._compiled, []
        lanes = {(machine, run.task): run.lanes[0] for machine, track in enumerate(self._busy) for run in track.runs}
        for task, one in zip(compiled.tasks, self._placed, strict=True):
            mode = task.modes[one.mode]
            code = "" if mode.machine < 0 else compiled.machines[mode.machine].code
            also = sorted((compiled.machines[machine].code, units) for machine, units in (*mode.besides, *one.people))
            placement = Placement(
                compiled.jobs[task.job].code,
                task.code,
                code,
                lanes.get((mode.machine, task.number), -1) + 1,
                from_micros(one.start),
                from_micros(one.end),
                _span(mode.work),
                tuple([Secondary(*pair) for pair in also]),
                from_micros(one.changed_from),
                _span(one.changing),
                _decimal(one.cost),
            )
            rows.append(placement)
        return rows

    @cached_property
    def _busy(self) -> Busy:
        return busy_of(self._compiled, self._placed)

    @cached_property
    def jobs(self) -> Table[JobTimes]:
        """How each job fares, by its code."""
        return Table([self._times(number) for number in range(len(self._compiled.jobs))])

    def _times(self, number: int) -> JobTimes:
        row = self._compiled.jobs[number]
        rows = [self._placed[task] for task in row.tasks]
        start, end = min(one.start for one in rows), max(one.done for one in rows)
        due = None if row.due == NEVER else from_micros(row.due)
        tasks = self._compiled.tasks
        worked = sum(tasks[task].modes[self._placed[task].mode].work for task in row.tasks)
        release, late = from_micros(row.release), _span(max(0, end - row.due))
        return JobTimes(row.code, release, from_micros(start), from_micros(end), due, late, _span(worked))

    @cached_property
    def resources(self) -> Table[ResourceUse]:
        """How busy each resource is, the busiest first; of equal ones by code."""
        compiled = self._compiled
        end = max([one.done for one in self._placed], default=compiled.start)
        worked_on, count, changing = ([0] * len(compiled.machines) for _ in range(3))
        for task, one in zip(compiled.tasks, self._placed, strict=True):
            mode = task.modes[one.mode]
            for number, parts in occupied(mode, one.people):
                worked_on[number] += mode.work * parts
                count[number] += 1
            if mode.machine >= 0:
                changing[mode.machine] += one.changing
        for (_, number), members in together(compiled, self._placed).items():
            works = [task.modes[self._placed[task.number].mode] for task in (compiled.tasks[at] for at in members)]
            worked_on[number] -= sum(mode.work * mode.takes[0][1] for mode in works) - works[0].work
        found = []
        for number, machine in enumerate(compiled.machines):
            worked = worked_on[number]
            several = machine.capacity if machine.kinds is None else 1
            there = (machine.clock.to_worked(end) - machine.clock.to_worked(compiled.start)) * several
            share = round(Decimal(worked) / (there * machine.parts), 4) if there else Decimal(0)
            times = _span(worked // machine.parts), _span(there), share, count[number], _span(changing[number])
            found.append(ResourceUse(machine.code, *times))
        return Table(sorted(found, key=lambda one: (-one.share, one.resource)))

    @cached_property
    def figures(self) -> ScheduleFigures:
        """How it fares as a whole: how many jobs are on time, how long it takes, what is on the floor, what is busy."""
        return figures(self.jobs, self.resources, self.value(Goal.MAKESPAN))

    @cached_property
    def bottlenecks(self) -> Table[Bottleneck]:
        """How much jobs wait for each resource because others have it, what is waited for longest first.

        It is what `spells` says of all jobs, added up. O(why) for each job.
        """
        held = waits(self.policy.goals)
        each = (spells(self._compiled, self._placed, self._busy, job, waits=held) for job in range(len(self.jobs)))
        return Table(bottlenecks(self.resources, self.jobs, each))

    @cached_property
    def conflicts(self) -> Table[DeadlineConflict]:
        """Deadlines that no schedule meets, as `conflicts` says, then those that this one misses all the same, by job.

        Each with what would help: what is proved by doing the proof anew, the others by `levers`.
        """
        return Table(missed(self._compiled, self._placed, self.levers))

    @cached_property
    def batches(self) -> Table[BatchRun]:
        """What runs together on resources that run batches, by start, then resource."""
        return Table(batches(self._compiled, self._placed))

    @cached_property
    def exceeded_lags(self) -> Table[ExceededLag]:
        """What begins longer after another operation than it may, as one of both stood fixed; most exceeded first."""
        return Table(exceeded(self.problem, self.placements))

    def standings(self, at: datetime, *, frozen: timedelta = _NONE) -> Table[Standing]:
        """Return where its operations stand at a moment, if all goes as scheduled, by job and operation.

        What has ended is finished, what runs is started, with the work that is left of it. What begins within the
        frozen time after that is locked, but for what a machine is being changed over for just then. All else is
        planned where it is.

        Raises:
            InvalidValueError: if the moment has no time zone.
        """
        aware(at, "at")
        checks.duration(frozen, "frozen")
        return Table(standings_at(self._compiled, self._placed, self._by_task, at, at + frozen))

    def repaired(
        self,
        at: datetime,
        /,
        *,
        problem: Problem | None = None,
        actuals: Iterable[Standing] = (),
        frozen: timedelta = _NONE,
        policy: SchedulingPolicy | None = None,
    ) -> Schedule:
        """Return a schedule from a moment on that changes as little of this one as it must.

        Everything stays where it is unless it cannot: because something else takes longer, a machine is down, or
        material comes later; what is new finds its place around it, or, if that is better, before it. O(a schedule)
        four times.

        Args:
            at: from when on.
            problem: what is to be done now, with what: jobs and calendars as they have become. None: as before.
            actuals: where operations really stand; all others are where this schedule has them at that moment.
            frozen: for how long after that nothing is moved that can stay.
            policy: None: an hour that a job is late, by its weight, counts as much as one by which an operation moves.

        Raises:
            UnknownCode: if what is told of is none of the problem.
            InvalidValueError: if a moment has no time zone, or what is told does not fit together.
        """
        if problem is not None:
            checks.instance(problem, Problem, "problem", "Give a Problem of jobs and resources")
        then = repaired_problem(self, self.problem if problem is None else problem, at, frozen, standings(actuals))
        return schedule(then, REPAIRING if policy is None else policy)

    @property
    def moved(self) -> Table[Rescheduled]:
        """What does not run where and when the problem's standings had it, by how far, the farthest first."""
        return Table(moved(self._compiled, self._by_task))

    @property
    def late(self) -> Table[JobTimes]:
        """The jobs that are late, the latest first."""
        return Table(sorted((one for one in self.jobs if one.late_by), key=lambda one: (-one.late_by, one.job)))

    def value(self, goal: Goal) -> timedelta:
        """Return what the schedule is worth by a goal, rounded to microseconds; less is better.

        Raises:
            InvalidValueError: if it is a goal in money: see `worth`.
        """
        _in_time(goal)
        return _span(round(score(self._compiled, self._placed, [goal])[-1]))

    def worth(self, goal: Aim | Mapping[Goal, Number], /) -> Decimal:
        """Return what the schedule is worth by a goal in hours, or money, or by a blend; less is better.

        What has no end as a decimal is rounded to 28 digits.
        """
        aim = Blend({goal: 1}) if isinstance(goal, Goal) else goal
        aim = aim if isinstance(aim, Blend) else Blend(aim)
        return _decimal(score(self._compiled, self._placed, [aim])[-1])

    def bound(self, goal: Goal) -> timedelta:
        """Return a value of a goal that no schedule is below: jobs as if each were alone, machines as if none waited.

        What is within it is proven best; what is above it may be. O(n log n).
        """
        _in_time(goal)
        return _span(math.ceil(bound(self._compiled, goal)))

    def why(self, job: str | Job | ProductionOrder | PlannedMake, /) -> Derivation:
        """Return why a job ends when it does: its time from release to end by operation, and what it goes into.

        The times add up exactly. O(operations on the resources of its way).

        Raises:
            UnknownCode: if there is no such job.
        """
        return why(self._compiled, self._placed, self._busy, self._number(job), waits=waits(self.policy.goals))

    def spells(self, job: str | Job | ProductionOrder | PlannedMake, /) -> Table[Spell]:
        """Return what the time of a job goes into, from its release to its end: `why` as a table.

        Raises:
            UnknownCode: if there is no such job.
        """
        held = waits(self.policy.goals)
        return Table(spells(self._compiled, self._placed, self._busy, self._number(job), waits=held))

    def levers(self, job: str | Job | ProductionOrder | PlannedMake, /) -> Table[Lever]:
        """Return what would let a job end sooner, what saves most first: each change by itself, tried out.

        More hours and one more of the resources at which it loses most time, its material at once, going first. All
        else is scheduled anew in the order in which it is now. O(a schedule), seven times at most.

        Raises:
            UnknownCode: if there is no such job.
        """
        found, number = self.spells(job), self._number(job)
        return Table(levers(self._compiled, self._placed, found, number))

    def _number(self, named: str | Job | ProductionOrder | PlannedMake) -> int:
        job = named if isinstance(named, str) else getattr(named, "code", None)
        if not isinstance(job, str):
            advice = "Give a job, an order, or its code"
            raise InvalidTypeError(field="job", value=named, reason="names no job", advice=advice)
        codes = [row.code for row in self._compiled.jobs]
        if job not in codes:
            raise UnknownCode(kind="job of the schedule", given=job, nearest=nearest(job, codes))
        return codes.index(job)

    def dispatch(self, resource: str, /) -> Table[DispatchLine]:
        """Return the list of a resource, be it a machine, a tool or people: what it does, one after another.

        Of one shift it is `schedule.dispatch("saw").where(shift=...)`. O(n log n).

        Raises:
            UnknownCode: if there is no such resource.
        """
        codes = [machine.code for machine in self._compiled.machines]
        if resource not in codes:
            raise UnknownCode(kind="resource of the schedule", given=resource, nearest=nearest(resource, codes))
        at = codes.index(resource)
        return Table(dispatch(self._compiled, self._by_task, self._busy, self.jobs, at))

    def gantt(self) -> Chart:
        """Return the schedule as a picture: a row for each thing that a resource does at a time, late jobs marked.

        Each bar says its job, operation and times when pointed at; people and tools have rows as machines have. What
        occupies nothing is not drawn. No plotting library is needed: `to_svg`, and `to_vega` for Vega-Lite.
        """
        compiled = self._compiled
        end = max([one.done for one in self._placed], default=compiled.start)
        bars = [
            (machine, lane, self._by_task[run.task])
            for machine, track in enumerate(self._busy)
            for run in track.runs
            for lane in run.lanes
        ]
        late = frozenset(one.job for one in self.late)
        return Chart(compiled.machines, bars, late, (self.problem.start.astimezone(UTC), from_micros(end)))

    def to_svg(self) -> str:
        """Return its picture as SVG: `gantt().to_svg()`."""
        return self.gantt().to_svg()

    def verify(self) -> None:
        """Check the schedule against its problem, by code that did not make it: `prodstock.scheduling.verify`.

        Raises:
            BrokenInvariant: if it breaks a constraint.
        """
        verify(self.problem, self.placements)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Schedule):
            return NotImplemented
        return self._said() == other._said()

    def __hash__(self) -> int:
        return hash(self._said())

    def __copy__(self) -> Schedule:
        return self

    def __deepcopy__(self, _: object) -> Schedule:
        return self

    def __reduce__(self) -> tuple[object, ...]:
        return restored, self._said()

    def _said(self) -> tuple[object, ...]:
        return self.problem, self.policy, self.rule, self.iterations, self.placements

    def __str__(self) -> str:
        return f"{repr(self)[1:-1]}\n\n{self.placements}"

    def __repr__(self) -> str:
        late = len(self.late)
        jobs = len(self._compiled.jobs)
        end = max([one.done for one in self._placed], default=self._compiled.start)
        said = f"{late} late" if late else "none late"
        return short(f"<Schedule of {jobs} jobs, {said}, until {day(from_micros(end))}>")

    def _repr_html_(self) -> str:
        return self.to_svg() if len(self._placed) <= _MOST_DRAWN else self.placements.to_html()


def _in_time(goal: Goal) -> None:
    checks.member(goal, Goal, "goal")
    if goal is Goal.CHANGEOVER_COST:
        raise InvalidValueError(field="goal", value=goal, reason="is in money, not in time", advice="See `worth`")


def _decimal(value: Fraction) -> Decimal:
    return Decimal(value.numerator) / value.denominator


def _span(micros: int) -> timedelta:
    return micros * _MICROSECOND


def schedule(
    problem: Problem, policy: SchedulingPolicy | None = None, /, *, progress: Progress | None = None
) -> Schedule:
    """Return a schedule of a problem: nothing overlaps that may not, and everything begins as soon as it can.

    Each rule of the policy places operation by operation, each in the first gap it fits on the calendar of its
    resource; the schedule that is best by the policy's goals is kept. If the policy says so, a search goes on from it:
    never to a worse one. The same problem gives the same schedule, in whatever order its jobs and resources are listed,
    unless the search ends by time. O(rules x n log n) for n operations, and the gaps they pass.

    Args:
        problem: jobs, and what they run on.
        policy: rules, goals, and how long is searched; None: all rules, by tardiness, then makespan, and no search.
        progress: is told how far the search is: schedules made and how many there will be, or, if only time ends it,
            milliseconds. An interrupt of the search (Ctrl-C) gives the best schedule so far.

    Raises:
        InvalidTypeError: if it is no problem.
        InvalidValueError: if a calendar does not work for as long as an operation takes, or the engine of the policy
            is not for such a problem.

    >>> from datetime import UTC, date, datetime, timedelta
    >>> from prodstock.master.resource import Resource
    >>> from prodstock.master.routing import Operation
    >>> from prodstock.scheduling.problem import Job, Problem
    >>> saw = Operation("saw", resource="saw", setup=timedelta(hours=6))
    >>> jobs = [Job("A", [saw], due=date(2026, 3, 4)), Job("B", [saw], due=date(2026, 3, 2))]
    >>> made = schedule(Problem(start=datetime(2026, 3, 2, 8, tzinfo=UTC), resources=[Resource("saw")], jobs=jobs))
    >>> [(one.job, str(one.start)[:16]) for one in made.placements]
    [('B', '2026-03-02 08:00'), ('A', '2026-03-02 14:00')]
    """
    checks.instance(problem, Problem, "problem", "Give a Problem of jobs and resources")
    chosen = SchedulingPolicy() if policy is None else policy
    checks.instance(chosen, SchedulingPolicy, "policy")
    checks.progress(progress)
    compiled, made = Compiled(problem), 0
    rule, placed = best(compiled, chosen.rules, chosen.goals)
    if chosen.effort is not None:
        budget = Budget(chosen.effort, progress)
        placed = searched(compiled, placed, chosen, budget)
        made = budget.done
    return Schedule(problem, chosen, rule, made, (compiled, placed))


def restored(
    problem: Problem, policy: SchedulingPolicy, rule: Rule, iterations: int, placements: Iterable[Placement]
) -> Schedule:
    """Return the schedule of a problem in which everything runs where it is placed, checked as `verify` does.

    Raises:
        BrokenInvariant: if a placement breaks a constraint, or is none of this problem as a schedule writes it.
    """
    given = Table(placements)
    verify(problem, given)
    compiled = Compiled(problem)
    made = Schedule(problem, policy, rule, iterations, (compiled, placed_as(compiled, given)))
    if made.placements != given or rule not in policy.rules:
        raise BrokenInvariant(invariant="schedule: each operation is placed once, where it can", detail=repr(made))
    return made
