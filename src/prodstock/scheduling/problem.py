"""What is to be scheduled: jobs with their operations, and what these run on."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from graphlib import CycleError, TopologicalSorter
from typing import TypeVar

import attrs

from prodstock._render import day, short
from prodstock.calendars.span import Moment
from prodstock.calendars.zone import aware
from prodstock.errors import InvalidTypeError, InvalidValueError, UnknownCode, listed, nearest, paired
from prodstock.master import checks
from prodstock.master.alternative import Secondary
from prodstock.master.codes import MAIN, code, codes, site_code
from prodstock.master.location import Site
from prodstock.master.resource import Resource
from prodstock.master.routing import Operation, Routing, steps
from prodstock.master.setups import set_up
from prodstock.orders.moments import moment
from prodstock.scheduling.standing import OperationStatus, Standing, standings


def arrivals(values: Mapping[str, Moment] | Iterable[tuple[str, Moment]]) -> tuple[tuple[str, Moment], ...]:
    """Return when the material of operations is there, by operation."""
    return tuple(sorted((code(operation), when) for operation, when in paired(values, "material").items()))


def _codes(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(set(codes(values, "after"))))


@attrs.frozen(repr=False)
class Job:
    """Work that is done operation by operation: a production order, or whatever else takes machine time.

    Args:
        code: its name.
        operations: what is done; each comes after the one listed before it unless it says otherwise.
        quantity: how many good ones are to leave it: runs are per unit, and what is lost goes in besides.
        release: when it may begin; a date means the start of that day. None: at once.
        due: when it is to be done; a date means the end of that day. None: whenever.
        weight: how much a day that it is late counts, against other jobs.
        holding_weight: how much a day counts that its goods lie about, where that does: in process, or done before they
            are due.
        deadline: when it must be done at the latest; a date means the end of that day. None: there is none.
        site: where: its calendar says when it is queued and moved, and what runs on no resource.
        material: when what an operation takes is there, by operation; a date means the start of that day.
        after: the jobs that must be done and moved before it may begin, because it takes what they make.

    >>> from datetime import timedelta
    >>> Job("SO-1", [Operation("saw", resource="saw", run_per_unit=timedelta(minutes=5))], quantity=12)
    <Job SO-1, 1 operation>
    """

    code: str = attrs.field(converter=code)
    operations: tuple[Operation, ...] = attrs.field(converter=steps)
    quantity: Decimal = attrs.field(kw_only=True, default=checks.ONE, converter=checks.number)
    release: Moment | None = attrs.field(kw_only=True, default=None)
    due: Moment | None = attrs.field(kw_only=True, default=None)
    weight: Decimal = attrs.field(kw_only=True, default=checks.ONE, converter=checks.number)
    holding_weight: Decimal = attrs.field(kw_only=True, default=checks.ONE, converter=checks.number)
    deadline: Moment | None = attrs.field(kw_only=True, default=None)
    site: str = attrs.field(kw_only=True, default=MAIN, converter=site_code)
    material: tuple[tuple[str, Moment], ...] = attrs.field(kw_only=True, default=(), converter=arrivals)
    after: tuple[str, ...] = attrs.field(kw_only=True, default=(), converter=_codes)

    def __attrs_post_init__(self) -> None:
        checks.positive(self.quantity, "quantity")
        checks.not_negative(self.weight, "weight")
        checks.not_negative(self.holding_weight, "holding_weight")
        for value, field in ((self.release, "release"), (self.due, "due"), (self.deadline, "deadline")):
            if value is not None:
                moment(value, field)
        known = {operation.code for operation in self.operations}
        for operation, when in self.material:
            moment(when, "material")
            if operation not in known:
                raise UnknownCode(kind="operation of the job", given=operation, nearest=nearest(operation, known))
        self.routing.in_order()

    @property
    def routing(self) -> Routing:
        """The operations as a graph."""
        return Routing("JOB", self.operations)

    def __repr__(self) -> str:
        count = len(self.operations)
        due = "" if self.due is None else f", due {day(self.due)}"
        return short(f"<Job {self.code[:60]}, {count} operation{'s' * (count != 1)}{due}>")


T = TypeVar("T", Site, Resource, Job)


def _sites(values: Iterable[Site]) -> tuple[Site, ...]:
    return _all_of(values, Site, "sites")


def _resources(values: Iterable[Resource]) -> tuple[Resource, ...]:
    return _all_of(values, Resource, "resources")


def _jobs(values: Iterable[Job]) -> tuple[Job, ...]:
    return _all_of(values, Job, "jobs")


def _all_of(values: Iterable[T], kind: type[T], field: str) -> tuple[T, ...]:
    found = listed(values, field)
    for one in found:
        if not isinstance(one, kind):
            raise InvalidTypeError(field=field, value=one, reason=f"is no {kind.__name__}")
    seen: set[str] = set()
    for one in found:
        if one.code in seen:
            raise InvalidValueError(field=field, value=one.code, reason="stands twice")
        seen.add(one.code)
    return found


def taken(operation: Operation) -> Iterator[Secondary]:
    """Yield what an operation may occupy, without people: its resource, alternatives, and what is taken besides."""
    if operation.resource is not None:
        yield Secondary(operation.resource)
    yield from (Secondary(one.resource) for one in operation.alternatives)
    yield from operation.secondary


@attrs.frozen(repr=False, kw_only=True)
class Problem:
    """Jobs, and what they run on, from a moment on.

    Args:
        start: nothing runs before it.
        resources: what operations run on.
        jobs: what is to be done; in any order, which never counts.
        sites: where resources stand and jobs are; MAIN, on UTC and an ordinary week, need not be listed.
        set_up: what machines are set up for at the start, by attribute, by machine. What is not said of a machine, its
            first operation finds as it needs it.
        standings: where operations stand at the start: what is finished, begun, or fixed, and where others were by a
            schedule before. Of what is not named nothing is known.

    Raises:
        UnknownCode: if an operation runs on no resource of the problem, or a site is not listed, or a job waits for
            one that is not there.
        InvalidValueError: if jobs wait for each other in a circle, or an operation takes more of a resource than it
            has, or more people of a skill than there are, or people by name and by skill, or occupies besides what is
            set up for operations of its own.
    """

    start: datetime
    resources: tuple[Resource, ...] = attrs.field(converter=_resources)
    jobs: tuple[Job, ...] = attrs.field(converter=_jobs)
    sites: tuple[Site, ...] = attrs.field(default=(), converter=_sites)
    set_up: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = attrs.field(default=(), converter=set_up)
    standings: tuple[Standing, ...] = attrs.field(default=(), converter=standings)

    def __attrs_post_init__(self) -> None:
        aware(self.start, "start")
        sites = {MAIN, *(one.code for one in self.sites)}
        for named in [*(one.site for one in self.resources), *(one.site for one in self.jobs)]:
            if named not in sites:
                raise UnknownCode(kind="site of the problem", given=named, nearest=nearest(named, sites))
        self._check_occupied()
        self._check_set_up()
        self._check_standings()
        self._check_after()

    def _check_occupied(self) -> None:
        """Refuse what runs on resources that are not there, or takes more of one than there is."""
        capacities = {one.code: one.capacity for one in self.resources}
        skills = {one.code: one.skills for one in self.resources}
        people: dict[str, int] = {}
        for resource in self.resources:
            for skill in resource.skills:
                people[skill] = people.get(skill, 0) + resource.capacity
        for job in self.jobs:
            for operation in job.operations:
                for one in taken(operation):
                    there = capacities.get(one.resource)
                    if there is None:
                        near = nearest(one.resource, capacities)
                        raise UnknownCode(kind="resource of the problem", given=one.resource, nearest=near)
                    if operation.skill in skills[one.resource]:
                        reason = f"is what {one.resource} can, on which {operation.code!r} of {job.code} runs itself"
                        advice = "Name the people or their skill, not both"
                        raise InvalidValueError(field="skill", value=operation.skill, reason=reason, advice=advice)
                    if one.units > there:
                        reason = f"of {one.resource} are taken by {operation.code!r} of {job.code}, there are {there}"
                        raise InvalidValueError(field="units", value=one.units, reason=reason)
                there = people.get(operation.skill or "", operation.crew)
                if operation.crew > there:
                    reason = f"who can {operation.skill} work on {operation.code!r} of {job.code}, there are {there}"
                    raise InvalidValueError(field="crew", value=operation.crew, reason=reason)

    def _check_set_up(self) -> None:
        """Refuse what is set up and not there, or set up and taken by what runs on others."""
        known = {one.code: one for one in self.resources}
        for machine, _ in self.set_up:
            if machine not in known:
                raise UnknownCode(kind="resource of the problem", given=machine, nearest=nearest(machine, known))
        for job in self.jobs:
            for operation in job.operations:
                for one in operation.secondary:
                    there = known[one.resource]
                    if there.setups is not None or there.batch is not None:
                        field = "batch" if there.setups is None else "setups"
                        does = "runs batches" if there.setups is None else "is set up"
                        reason = f"{does}, and {operation.code!r} of {job.code} does not run on it"
                        advice = f"Leave the {field} of what is occupied besides out"
                        raise InvalidValueError(field="secondary", value=one.resource, reason=reason, advice=advice)

    def _check_standings(self) -> None:
        """Refuse what stands somewhere and is none of the problem, or is finished after its start."""
        if not self.standings:
            return
        known = {job.code: {one.code for one in job.operations} for job in self.jobs}
        for one in self.standings:
            if one.job not in known:
                raise UnknownCode(kind="job of the problem", given=one.job, nearest=nearest(one.job, known))
            if one.operation not in known[one.job]:
                near = nearest(one.operation, known[one.job])
                raise UnknownCode(kind=f"operation of {one.job}", given=one.operation, nearest=near)
            if one.status is OperationStatus.FINISHED and one.end is not None and one.end > self.start:
                reason = f"is when {one.operation!r} of {one.job} ended, after the start {self.start}"
                raise InvalidValueError(field="end", value=one.end, reason=reason)
            if one.status is OperationStatus.LOCKED and one.start is not None and one.start < self.start:
                reason = f"is where {one.operation!r} of {one.job} is locked, before the start {self.start}"
                advice = "Say that it is started, and what is left of it"
                raise InvalidValueError(field="start", value=one.start, reason=reason, advice=advice)

    def _check_after(self) -> None:
        waits = {job.code: job.after for job in self.jobs}
        for after in waits.values():
            for other in after:
                if other not in waits:
                    raise UnknownCode(kind="job of the problem", given=other, nearest=nearest(other, waits))
        try:
            TopologicalSorter(waits).prepare()
        except CycleError as error:
            circle = " > ".join(reversed(error.args[1]))
            reason = f"wait for each other: {circle}"
            raise InvalidValueError(field="after", value=error.args[1][0], reason=reason) from None

    def site(self, code: str) -> Site:
        """Return a site by its code; MAIN is there in any case."""
        return next((one for one in self.sites if one.code == code), Site(code))

    def __repr__(self) -> str:
        return f"<Problem from {day(self.start)}: {len(self.jobs)} jobs on {len(self.resources)} resources>"
