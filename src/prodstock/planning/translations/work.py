"""Where the work of planned and launched orders falls: each step of each order on the worked time of its resource."""

from __future__ import annotations

from datetime import timedelta
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from prodstock.calendars.zone import from_micros, micros
from prodstock.master.routing import OperationKind
from prodstock.orders.planned import PlannedMake
from prodstock.planning.translations.ledger import OVER

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from prodstock.calendars.clock import WorkClock
    from prodstock.master.catalog import Catalog
    from prodstock.orders.production import OrderStep, ProductionOrder
    from prodstock.planning.translations.planned import Planned

MICROSECOND = timedelta(microseconds=1)
_PASSING = frozenset({OperationKind.WAIT, OperationKind.SUBCONTRACT})


class Piece(NamedTuple):
    """The setup or the run of one step of one order: so many worked microseconds, from the start until the end.

    `clock` is that of the resource, or of the site where the step has none.
    """

    order: str
    item: str
    site: str
    step: str
    resource: str | None
    outside: bool
    skill: str | None
    crew: Fraction
    setup: bool
    amount: int
    start: int
    end: int
    clock: WorkClock


class _Step(NamedTuple):
    """A step of one order, times in microseconds."""

    code: str
    kind: OperationKind
    resource: str | None
    skill: str | None
    crew: Fraction
    setup: int
    run: int
    queue: int
    move: int
    before: tuple[str, ...]

    @property
    def passing(self) -> bool:
        """Whether it takes time as it passes, on no calendar."""
        return self.resource is None and self.kind in _PASSING


class _Job(NamedTuple):
    code: str
    item: str
    site: str
    due: int
    steps: tuple[_Step, ...]


def pieces(plan: Planned) -> list[Piece]:
    """Return the work that is left of all planned and launched orders, by the order of both, then of the steps.

    A step's work is one run of worked time without a gap. As planning does, the steps are placed back from when the
    order is due: move, run, setup and queue of a step before what comes after it. Where that would begin before now,
    they are placed forward from now instead, for nobody works in the past. What comes out may then end after the order
    is due, which the plan reports as a shortage. Capacity is not looked at.

    A planned order works for what enters each step, its setup once; a launched order for what has not been confirmed of
    the step nor lost before it, its setup unless the step has begun. Run times are rounded up to the microsecond once
    for a step of an order. Completed, closed and cancelled orders have no work left. O(steps of all orders).
    """
    found: list[Piece] = []
    now = micros(plan.snapshot.at)
    clocks = _Clocks(plan.snapshot.catalog)
    for job in _jobs(plan, now):
        placed, first = _back(job, clocks)
        if first < now:
            placed = _forward(job, clocks, now)
        for step, start, end in placed:
            found += _cut(job, step, start, end, clocks.of(step.resource, job.site))
    return found


def _jobs(plan: Planned, now: int) -> Iterator[_Job]:
    catalog = plan.snapshot.catalog
    for order in plan.snapshot.orders:
        if order.state not in OVER:
            yield _Job(order.code, order.item, order.site, micros(order.due), tuple(_left(order)))
    for planned in plan.orders:
        if isinstance(planned, PlannedMake):
            yield _Job(
                planned.code, planned.item, planned.site, micros(planned.due), tuple(_to_do(catalog, planned, now))
            )


def _to_do(catalog: Catalog, order: PlannedMake, now: int) -> Iterator[_Step]:
    day = catalog.day(from_micros(max(micros(order.start), now)), order.site)
    routing = catalog.routing(order.item, day, site=order.site)
    if routing is None:
        return
    started = Fraction(order.quantity) / routing.input_per_good()
    for one in routing.in_order():
        run = _up(started * routing.input_per_good(one.code) * (one.run_per_unit // MICROSECOND))
        before = routing.predecessors(one.code)
        yield _Step(
            one.code,
            one.kind,
            one.resource,
            one.skill,
            one.crew * Fraction(one.attended),
            one.setup // MICROSECOND,
            run,
            one.queue // MICROSECOND,
            one.move // MICROSECOND,
            before,
        )


def _left(order: ProductionOrder) -> Iterator[_Step]:
    lost_before = _lost_before(order.steps)
    for one in order.steps:
        confirmed = Fraction(one.good) + Fraction(one.scrapped)
        rest = max(Fraction(0), Fraction(order.quantity) - lost_before[one.code] - confirmed)
        setup = 0 if confirmed or not rest else one.setup // MICROSECOND
        waits = (one.queue // MICROSECOND, one.move // MICROSECOND) if rest else (0, 0)
        run = _up(rest * (one.run_per_unit // MICROSECOND))
        yield _Step(
            one.code,
            one.kind,
            one.resource,
            one.skill,
            one.crew * Fraction(one.attended),
            setup,
            run,
            *waits,
            one.after,
        )


def _lost_before(steps: Sequence[OrderStep]) -> Mapping[str, Fraction]:
    """Return what was lost in all steps before each step."""
    earlier: dict[str, set[str]] = {}
    for one in steps:
        earlier[one.code] = {code for before in one.after for code in {before, *earlier[before]}}
    lost = {one.code: Fraction(one.scrapped) for one in steps}
    return {code: sum((lost[one] for one in some), Fraction(0)) for code, some in earlier.items()}


def _up(exact: Fraction) -> int:
    return -(-exact.numerator // exact.denominator)


class _Clocks:
    """The working time of sites and resources."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._found: dict[tuple[str | None, str], WorkClock] = {}

    def of(self, resource: str | None, site: str) -> WorkClock:
        """Return the clock of a resource; of a site where there is none."""
        found = self._found.get((resource, site))
        if found is None:
            found = self._found[resource, site] = clock_of(self._catalog, resource, site)
        return found


def clock_of(catalog: Catalog, resource: str | None, site: str) -> WorkClock:
    """Return the working time of a resource, else of a site."""
    if resource is None:
        place = catalog.site(site)
        return place.calendar.compiled(place.zone)
    one = catalog.resource(resource)
    place = catalog.site(one.site)
    return (place.calendar if one.calendar is None else one.calendar).compiled(place.zone)


def _back(job: _Job, clocks: _Clocks) -> tuple[list[tuple[_Step, int, int]], int]:
    """Return the steps, each with when its setup begins and its run ends, back from the due date; and the beginning."""
    own = clocks.of(None, job.site)
    after: dict[str, list[str]] = {step.code: [] for step in job.steps}
    for step in job.steps:
        for before in step.before:
            after[before].append(step.code)
    reached: dict[str, int] = {}
    found: list[tuple[_Step, int, int]] = []
    for step in reversed(job.steps):
        end = own.retreat(min([reached[one] for one in after[step.code]], default=job.due), step.move)
        work = step.setup + step.run
        start = end - work if step.passing else clocks.of(step.resource, job.site).retreat(end, work)
        reached[step.code] = own.retreat(start, step.queue)
        found.append((step, start, end))
    return found[::-1], min(reached.values(), default=job.due)


def _forward(job: _Job, clocks: _Clocks, now: int) -> list[tuple[_Step, int, int]]:
    """Return the steps with when each begins its setup and ends its run, placed forward from now."""
    own = clocks.of(None, job.site)
    reached: dict[str, int] = {}
    found: list[tuple[_Step, int, int]] = []
    for step in job.steps:
        start = own.advance(max([reached[one] for one in step.before], default=now), step.queue)
        work = step.setup + step.run
        end = start + work if step.passing else clocks.of(step.resource, job.site).advance(start, work)
        reached[step.code] = own.advance(end, step.move)
        found.append((step, start, end))
    return found


def _cut(job: _Job, step: _Step, start: int, end: int, clock: WorkClock) -> Iterator[Piece]:
    """Yield the setup and then the run of a step, each where there is some."""
    if step.passing:
        return
    between = clock.advance(start, step.setup)
    outside = step.kind is OperationKind.SUBCONTRACT
    for setup, amount, first, last in ((True, step.setup, start, between), (False, step.run, between, end)):
        if amount:
            yield Piece(
                job.code,
                job.item,
                job.site,
                step.code,
                step.resource,
                outside,
                step.skill,
                step.crew,
                setup,
                amount,
                first,
                last,
                clock,
            )
