"""A problem in whole numbers: machines in worked time, tasks in microseconds."""

from __future__ import annotations

from fractions import Fraction
from math import ceil, lcm
from typing import TYPE_CHECKING, NamedTuple

from prodstock.calendars.clock import together
from prodstock.calendars.zone import micros, span_micros, start_of, zone
from prodstock.errors import InvalidValueError
from prodstock.master.routing import OperationKind
from prodstock.scheduling.batches import Kinds
from prodstock.scheduling.changing import Changes, Changing
from prodstock.scheduling.fixing import Home, Settled, home_of, settled, standing_modes
from prodstock.scheduling.lumps import NO_LUMPS, Lumps, lumps_of
from prodstock.scheduling.standing import FIXED, OperationStatus
from prodstock.stock.allocation import need_at
from prodstock.stock.lot import NEVER

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from decimal import Decimal

    from prodstock.calendars.clock import WorkClock
    from prodstock.master.alternative import Alternative
    from prodstock.master.routing import Operation
    from prodstock.master.setups import Setups
    from prodstock.orders.production import OrderStep
    from prodstock.scheduling.problem import Job, Problem

ELAPSED = frozenset({OperationKind.WAIT, OperationKind.SUBCONTRACT})
"""What takes time as it passes, and nobody's working time."""


class Machine(NamedTuple):
    """A resource: its calendar, how much it runs at a time, what people can do, and how it is changed over, if so.

    `kinds` are what can run together, if it runs batches.
    `parts` is into how many parts each unit of it is divided: people, so that an operation can take a share of them.
    """

    code: str
    clock: WorkClock
    capacity: int
    skills: tuple[str, ...]
    changing: Changing | None
    parts: int
    kinds: Kinds | None = None

    @property
    def room(self) -> int:
        """How much there is of it, in parts."""
        return self.capacity * self.parts


class Mode(NamedTuple):
    """A way to run an operation.

    `machine` is the number of what it runs on; -1: nothing. `work` is its setup and run there, in microseconds of the
    working time of all that it occupies; `clock` is that time without people. None: time as it passes. `besides` is
    what it occupies too, with units, by number; `people` are those who can do it, by number. `simple` is whether it
    runs on a machine and occupies nothing else, pausing where that does not work. `load` is how much of the machine it
    takes; of one that is changed over for it the number of what for, of one that runs batches that
    of what can run together. `takes` is what it occupies without people, its
    machine first, each with how many parts of it; `attended` how many parts of each of the people.
    """

    machine: int
    work: int
    clock: WorkClock | None
    besides: tuple[tuple[int, int], ...]
    people: tuple[int, ...]
    simple: bool
    load: int
    takes: tuple[tuple[int, int], ...]
    attended: int


class Lagging(NamedTuple):
    """How long must and may pass since the end of another operation, by number; `NEVER`: for ever."""

    other: int
    least: int
    most: int


class Task(NamedTuple):
    """An operation of a job, in microseconds.

    `modes` are the ways to run it, the preferred first. `crew` is how many people it takes; 0: nobody is occupied.
    `pauses` is whether it may. `work` is the shortest work of its modes, `tail` the longest way from its start to the
    end of its job. `release` is when it may begin, before it is queued. `settled` is where it stays in any case, `home`
    where it was by a schedule before. `firsts` is how long it works, in each mode, until what comes next may begin;
    `overlaps` are those before it of which that may be this one, each with how much of it at most is worked when that
    one is done. `lags` are operations before it, each with how long must and may pass since its end.
    """

    number: int
    job: int
    code: str
    modes: tuple[Mode, ...]
    crew: int
    pauses: bool
    work: int
    queue: int
    move: int
    release: int
    tail: int
    before: tuple[int, ...]
    after: tuple[int, ...]
    settled: Settled | None = None
    home: Home | None = None
    firsts: tuple[int, ...] = ()
    overlaps: tuple[tuple[int, int], ...] = ()
    lags: tuple[Lagging, ...] = ()


class Lapping(NamedTuple):
    """Which operations of a job overlap: how long one works until its first batch is done, and what begins then."""

    firsts: dict[int, tuple[int, ...]]
    overlaps: dict[int, dict[int, int]]


class JobRow(NamedTuple):
    """A job: when it may begin, is due and must be done (`NEVER`: whenever), what late and early cost, its tasks."""

    code: str
    release: int
    due: int
    weight: Fraction | int
    site: WorkClock
    tasks: tuple[int, ...]
    holding_weight: Fraction | int
    deadline: int


class Compiled:
    """A problem as engines see it. Jobs and resources are numbered by code, so that the order of rows never counts."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.start = micros(problem.start)
        self._sites: dict[str, WorkClock] = {}
        self._together: dict[frozenset[WorkClock], WorkClock] = {}
        self._skilled: dict[str, tuple[int, ...]] = {}
        self._changes: dict[Setups, Changes] = {}
        self._crews: dict[object, tuple[int, ...]] = {}
        self._able: dict[tuple[WorkClock, int], bool] = {}
        self.machines: list[Machine] = []
        self._standings = {(one.job, one.operation): one for one in problem.standings}
        self._begun = {key for key, one in self._standings.items() if one.status in FIXED}
        states, self._parts = self._states(), _parts(problem)
        for one in sorted(problem.resources, key=lambda resource: resource.code):
            site = problem.site(one.site)
            calendar = site.calendar if one.calendar is None else one.calendar
            clock = calendar.at_site(site.zone).compiled()
            changing = None if one.setups is None else self._changing(one.setups, states.get(one.code, {}))
            parts = self._parts if one.skills else 1
            kinds = None if one.batch is None else Kinds(one.batch)
            self.machines.append(Machine(one.code, clock, one.capacity, one.skills, changing, parts, kinds))
        self._numbers = {machine.code: number for number, machine in enumerate(self.machines)}
        self.tasks: list[Task] = []
        self.jobs: list[JobRow] = []
        for job in sorted(problem.jobs, key=lambda one: one.code):
            self._add(job)
        self._link({job.code: job.after for job in problem.jobs})
        fixed = [task for task in self.tasks if task.settled is not None]
        self.settled = sorted(fixed, key=_settled_order)
        self.deadlines = any(row.deadline != NEVER for row in self.jobs)
        self.at_home = any(task.home is not None for task in self.tasks)
        self.ended = self._ends()
        self.lumps: Lumps = lumps_of(self.tasks) if any(task.lags for task in self.tasks) else NO_LUMPS

    def _ends(self) -> dict[int, int]:
        """Return when what is finished ended; what does not say when: at the start."""
        if not self._standings:
            return {}
        codes = {row.code: row for row in self.jobs}
        ended = {
            (one.job, one.operation): self.start if one.end is None else micros(one.end)
            for one in self.problem.standings
            if one.status is OperationStatus.FINISHED
        }
        return {
            number: ended[code, self.tasks[number].code]
            for code, row in codes.items()
            for number in row.tasks
            if (code, self.tasks[number].code) in ended
        }

    def done(self, task: Task, end: int) -> int:
        """Return when an operation is done and moved that ends at a moment; what is finished ended when it is said."""
        site = self.jobs[task.job].site
        if task.settled is not None and task.settled.status is OperationStatus.FINISHED:
            return max(self.start, site.advance(self.ended.get(task.number, end), task.move))
        return site.advance(end, task.move)

    def _changing(self, setups: Setups, state: Mapping[str, str]) -> Changing:
        changes = self._changes.get(setups)
        if changes is None:
            changes = self._changes[setups] = Changes(setups)
        return Changing(changes, changes.first(state))

    def _states(self) -> dict[str, dict[str, str]]:
        """Return what machines are set up for at the start: what runs on them then, and what is said."""
        states = {code: dict(values) for code, values in self.problem.set_up}
        running = {key: one for key, one in self._standings.items() if one.status is OperationStatus.STARTED}
        for job in self.problem.jobs if running else ():
            for operation in job.operations:
                one = running.get((job.code, operation.code))
                if one is not None:
                    states.setdefault(one.resource, {}).update(operation.attributes)
        return states

    def site(self, code: str) -> WorkClock:
        """Return the calendar of a site."""
        found = self._sites.get(code)
        if found is None:
            site = self.problem.site(code)
            found = self._sites[code] = site.calendar.at_site(site.zone).compiled()
        return found

    def together(self, machines: Iterable[int]) -> WorkClock:
        """Return the time in which all of some machines work."""
        if isinstance(machines, list) and len(machines) == 1:
            return self.machines[machines[0]].clock
        clocks = frozenset([self.machines[one].clock for one in machines])
        if len(clocks) == 1:
            return next(iter(clocks))
        found = self._together.get(clocks)
        if found is None:
            named = {one.clock: None for one in self.machines if one.clock in clocks}
            found = self._together[clocks] = together(named)
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
        quantity = Fraction(job.quantity)
        if any((job.code, one.code) in self._begun for one in ordered):
            release = self.start
        material = {code: max(release, micros(start_of(when, own))) for code, when in job.material}
        site = self.site(job.site)
        entering = {one.code: quantity * routing.input_per_good(one.code) for one in ordered}
        modes = {one.code: self._modes(job, one, entering[one.code], site) for one in ordered}
        homes = {one.code: self._stand(job, one, modes) for one in ordered if self._standings}
        works = {code: min(mode.work for mode in found) for code, found in modes.items()}
        lapping = self._overlaps(job, place, modes, entering)
        tails: dict[int, int] = {}
        for one in reversed(ordered):
            at = place[one.code]
            along = [other for other in after.get(at, ()) if at in lapping.overlaps.get(other, {})]
            rest = max([tails[other] for other in after.get(at, ()) if other not in along], default=0)
            alone = works[one.code] + span_micros(one.move) + rest
            tails[at] = span_micros(one.queue) + max([alone, *[tails[other] for other in along]])
        for one in ordered:
            at = place[one.code]
            crew = one.crew if self._people(one.skill) else 0
            queue, move, moment = span_micros(one.queue), span_micros(one.move), material.get(one.code, release)
            fixed, home = homes.get(one.code, (None, None))
            self.tasks.append(
                Task(
                    at, number, one.code, modes[one.code], crew, one.pauses, works[one.code], queue, move,
                    moment, tails[at], before[one.code], tuple(after.get(at, ())), fixed, home,
                    lapping.firsts.get(at, ()), tuple(lapping.overlaps.get(at, {}).items()), _lags(one, place),
                )
            )  # fmt: skip
        due = NEVER if job.due is None else need_at(job.due, own)
        deadline = NEVER if job.deadline is None else need_at(job.deadline, own)
        tasks, weights = tuple(range(first, len(self.tasks))), (_exact(job.weight), _exact(job.holding_weight))
        self.jobs.append(JobRow(job.code, release, due, weights[0], site, tasks, weights[1], deadline))

    def _overlaps(
        self,
        job: Job,
        place: Mapping[str, int],
        modes: Mapping[str, tuple[Mode, ...]],
        entering: Mapping[str, Fraction],
    ) -> Lapping:
        """Return which operations begin as units of those before them come, and when they may."""
        found = Lapping({}, {})
        shares = {
            one.code: min(Fraction(1), Fraction(one.transfer) / entering[one.code])
            for one in job.operations
            if one.transfer is not None
        }
        for one in job.operations if shares else ():
            if one.code in shares:
                units = entering[one.code] * shares[one.code]
                found.firsts[place[one.code]] = self._firsts(job, one, modes[one.code], units, entering[one.code])
            ahead = [code for code in job.routing.predecessors(one.code) if code in shares]
            for code in ahead if one.kind not in ELAPSED else ():
                rest = entering[one.code] * (1 - shares[code])
                lead = min(time for _, time in times_of(one, rest, up=False))
                found.overlaps.setdefault(place[one.code], {})[place[code]] = lead
        return found

    def _firsts(
        self, job: Job, operation: Operation, modes: Sequence[Mode], units: Fraction, entering: Fraction
    ) -> tuple[int, ...]:
        """Return how long it works until a first batch is done, in each mode; less what is done of what is begun."""
        standing = self._standings.get((job.code, operation.code))
        if standing is not None and standing.status is OperationStatus.FINISHED:
            return (0,)
        times = dict(times_of(operation, units))
        first = [times[self._code(mode.machine)] for mode in modes]
        if standing is None or standing.status is not OperationStatus.STARTED:
            return tuple(first)
        whole = dict(self._times(operation, entering))[self._code(modes[0].machine)]
        return (max(0, first[0] - max(0, whole - modes[0].work)),)

    def _code(self, machine: int) -> str | None:
        return None if machine < 0 else self.machines[machine].code

    def _stand(
        self, job: Job, operation: Operation, modes: dict[str, tuple[Mode, ...]]
    ) -> tuple[Settled | None, Home | None]:
        """Note in which ways an operation may run that stands somewhere, and return how it is settled, or its home."""
        standing = self._standings.get((job.code, operation.code))
        if standing is None:
            return None, None
        modes[operation.code], own = standing_modes(standing, modes[operation.code], self._numbers)
        if own < 0:
            return None, None
        besides = modes[operation.code][own].besides
        home = home_of(standing, own, besides, self._numbers, self.start)
        fixed = settled(standing, home)
        if standing.status is OperationStatus.STARTED:
            modes[operation.code] = (self._begun_in_batch(operation, modes[operation.code][0]),)
        return fixed, home if fixed is None and standing.start is not None else None

    def _begun_in_batch(self, operation: Operation, mode: Mode) -> Mode:
        """Return the way that an operation runs which has begun: of its batch only what has begun too."""
        kinds = None if mode.machine < 0 else self.machines[mode.machine].kinds
        return mode if kinds is None else mode._replace(load=kinds.kind(operation.attributes, mode.work, begun=True))

    def _units(self, operation: Operation, machine: int, entering: Fraction) -> int:
        """Return how many units of a machine an operation takes, of one that runs batches in all of them together."""
        if machine < 0 or operation.load is None or self.machines[machine].kinds is None:
            return 1
        return ceil(entering * Fraction(operation.load))

    def _times(self, operation: Operation, entering: Fraction) -> Iterator[tuple[str | None, int]]:
        """Yield what an operation may run on, the preferred first, with its work there, in so many batches."""
        for there in (None, *operation.alternatives):
            code = operation.resource if there is None else there.resource
            loads = 1
            if operation.load is not None and code is not None:
                machine = self._numbers[code]
                loads = -(-self._units(operation, machine, entering) // self.machines[machine].capacity)
            yield code, time_of(operation, there, entering, loads=loads)

    def _people(self, skill: str | None) -> tuple[int, ...]:
        if skill is None:
            return ()
        found = self._skilled.get(skill)
        if found is None:
            able = [number for number, one in enumerate(self.machines) if skill in one.skills]
            found = self._skilled[skill] = tuple(able)
        return found

    def _modes(self, job: Job, operation: Operation, entering: Fraction, site: WorkClock) -> tuple[Mode, ...]:
        """Return the ways to run an operation, without those in which what it occupies never works together.

        Raises:
            InvalidValueError: if none is left.
        """
        people = self._people(operation.skill)
        besides = tuple(sorted((self._numbers[one.resource], one.units) for one in operation.secondary))
        found: list[Mode] = []
        attended = int(self._parts * Fraction(operation.attended)) if people else 0
        times = times_of(operation, entering) if operation.load is None else self._times(operation, entering)
        for resource, work in times:
            machine = -1 if resource is None else self._numbers[resource]
            taken = [number for number, _ in besides] + ([] if machine < 0 else [machine])
            elapsed = operation.kind in ELAPSED and not taken
            clock = self.together(taken) if taken else site
            who = self._crew(operation, people, taken, work) if people else ()
            if who if people else elapsed or self._works(clock, work, operation.pauses):
                changing = None if machine < 0 else self.machines[machine].changing
                simple = machine >= 0 and not besides and operation.pauses and not people
                kinds = None if machine < 0 else self.machines[machine].kinds
                simple = simple and (bool(work) or changing is None) and kinds is None
                own = min(
                    self._units(operation, machine, entering), 1 if machine < 0 else self.machines[machine].capacity
                )
                takes = [
                    (at, units * self.machines[at].parts)
                    for at, units in ([] if machine < 0 else [(machine, own)]) + list(besides)
                ]
                load = 1 if machine < 0 else self.machines[machine].parts
                if changing is not None:
                    load = changing.changes.kind(operation.attributes)
                elif kinds is not None:
                    load = kinds.kind(operation.attributes, work)
                found.append(
                    Mode(machine, work, None if elapsed else clock, besides, who, simple, load, tuple(takes), attended)
                )
        if not found:
            stretch = "" if operation.pauses else " for so long without a pause"
            reason = f"of {job.code} takes what never works together{stretch}"
            advice = "See the calendars of its resources and of the people with its skill"
            raise InvalidValueError(field="operation", value=operation.code, reason=reason, advice=advice)
        return tuple(found)

    def _crew(self, operation: Operation, people: Sequence[int], taken: Sequence[int], work: int) -> tuple[int, ...]:
        """Return who can work on an operation that occupies so much, in the time that it works.

        Each group that is a crew by itself; if there is none, groups that work together, by code. None: they are not
        enough.
        """
        key = (tuple(people), tuple(taken), operation.crew, 0 if operation.pauses else work)
        if key not in self._crews:
            self._crews[key] = self._able_to(operation, people, taken, work)
        return self._crews[key]

    def _able_to(self, operation: Operation, people: Sequence[int], taken: Sequence[int], work: int) -> tuple[int, ...]:
        def works(some: Sequence[int]) -> bool:
            return self._works(self.together([*taken, *some]), work, operation.pauses)

        able = [one for one in people if works([one])]
        if alone := tuple([one for one in able if self.machines[one].capacity >= operation.crew]):
            return alone
        team: tuple[int, ...] = ()
        for one in able:
            if works([*team, one]):
                team = (*team, one)
        return team if sum(self.machines[one].capacity for one in team) >= operation.crew else ()

    def _works(self, clock: WorkClock, work: int, pauses: bool) -> bool:  # noqa: FBT001 - as the operation says it
        """Whether so much can ever be worked on a calendar."""
        key = (clock, 1 if pauses else work)
        if key not in self._able:
            try:
                clock.next_stretch(self.start, key[1])
            except InvalidValueError:
                self._able[key] = False
            else:
                self._able[key] = True
        return self._able[key]


def _lags(operation: Operation, place: Mapping[str, int]) -> tuple[Lagging, ...]:
    """Return what an operation lags behind, by number."""
    return tuple(
        Lagging(place[one.operation], span_micros(one.least), NEVER if one.most is None else span_micros(one.most))
        for one in operation.lags
    )


def _parts(problem: Problem) -> int:
    """Return into how many parts people are divided, so that each operation takes whole ones."""
    shares = {operation.attended for job in problem.jobs for operation in job.operations}
    return lcm(*(Fraction(one).denominator for one in shares))


_ORDER = (OperationStatus.FINISHED, OperationStatus.STARTED, OperationStatus.LOCKED)


def _settled_order(task: Task) -> tuple[int, int, int]:
    """Return by what settled operations are put on the floor: what runs first, then what is locked, by start."""
    assert task.settled is not None  # noqa: S101 - who asks knows
    return _ORDER.index(task.settled.status), task.settled.home.start, task.number


def _exact(value: Decimal) -> Fraction | int:
    """Return a number exactly: a whole one as such, which counts much faster."""
    over, under = value.as_integer_ratio()
    return over if under == 1 else Fraction(over, under)


def times_of(operation: Operation, entering: Fraction, *, up: bool = True) -> Iterator[tuple[str | None, int]]:
    """Yield what an operation may run on, the preferred first, with its work there for so many units that enter."""
    own = time_of(operation, None, entering, up=up)
    yield operation.resource, own
    for one in operation.alternatives:
        alike = one.setup is None and one.run_per_unit is None and one.speed == 1
        yield one.resource, own if alike else time_of(operation, one, entering, up=up)


def time_of(
    operation: Operation | OrderStep,
    there: Alternative | None,
    entering: Fraction,
    *,
    up: bool = True,
    loads: int = 1,
) -> int:
    """Return the setup and run of an operation that so many units enter, rounded once, up or down, in microseconds.

    On an alternative it takes what that says, at its speed. It is set up for each of so many loads.
    """
    setup, run, faster, slower = operation.setup, operation.run_per_unit, 1, 1
    if there is not None:
        setup = setup if there.setup is None else there.setup
        run = run if there.run_per_unit is None else there.run_per_unit
        faster, slower = there.speed.as_integer_ratio()
    units, of = entering.numerator, entering.denominator
    time, by = (span_micros(setup) * loads * of + units * span_micros(run)) * slower, of * faster
    return -(-time // by) if up else time // by
