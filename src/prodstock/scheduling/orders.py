"""Production orders as jobs: what is left of a launched one, and all of a planned one."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, TypeAlias

import attrs

from prodstock.calendars.zone import aware, span_micros
from prodstock.errors import InvalidTypeError, InvalidValueError, listed, paired
from prodstock.master import checks
from prodstock.master.alternative import Alternative
from prodstock.master.catalog import Catalog
from prodstock.master.codes import text
from prodstock.master.location import Site
from prodstock.master.routing import Operation, OperationKind
from prodstock.orders.lifecycle import OrderState
from prodstock.orders.planned import PlannedMake
from prodstock.orders.production import ProductionOrder
from prodstock.scheduling.compiled import time_of
from prodstock.scheduling.problem import Job, Problem

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Mapping

    from prodstock.calendars.span import Moment
    from prodstock.orders.production import OrderStep

_MICROSECOND = timedelta(microseconds=1)
_ENDED = frozenset({OrderState.COMPLETED, OrderState.CLOSED, OrderState.CANCELLED})


def problem_of(
    catalog: Catalog,
    orders: Iterable[ProductionOrder | PlannedMake],
    start: datetime,
    /,
    *,
    feeds: Iterable[tuple[str, str]] = (),
    arrivals: Mapping[str, datetime] | None = None,
) -> Problem:
    """Return the problem of scheduling orders from a moment on, on the resources of a catalog.

    Of a launched order it is what is left: steps that are not confirmed for all its units, without the setup where one
    is. Its parts are taken to be there, and a machine on which one step is begun to be set up for that. A planned order
    is released at its planned start, when a plan has its parts there; without a routing it takes from its start to its
    due moment, on nothing. What has ended has no job.

    Args:
        catalog: the definitions.
        orders: launched and planned orders, in any order.
        start: from when on.
        feeds: which order takes what which other one makes: the maker first. Pairs of other orders are left aside.
        arrivals: when what else an order takes is there, by order: it is not released before.

    Raises:
        InvalidTypeError: if one is no order that is made.
        InvalidValueError: if an order stands twice.
    """
    checks.instance(catalog, Catalog, "catalog")
    aware(start, "start")
    jobs, given = [], listed(orders, "orders")
    for order in given:
        if isinstance(order, PlannedMake):
            jobs.append(_planned(catalog, order, start))
        elif isinstance(order, ProductionOrder):
            jobs += [] if order.state in _ENDED else _launched(order)
        else:
            advice = "Give production orders and planned orders to make"
            raise InvalidTypeError(field="orders", value=order, reason="is nothing that is made", advice=advice)
    codes = [job.code for job in jobs]
    if len(set(codes)) < len(codes):
        twice = next(code for place, code in enumerate(codes) if code in codes[:place])
        raise InvalidValueError(field="orders", value=twice, reason="stands twice")
    after: dict[str, set[str]] = {}
    for maker, taker in map(_pair, listed(feeds, "feeds")):
        if maker in codes and taker in codes:
            after.setdefault(taker, set()).add(maker)
    jobs = [attrs.evolve(job, after=after[job.code]) if job.code in after else job for job in jobs]
    late = paired({} if arrivals is None else arrivals, "arrivals")
    for moment in late.values():
        aware(moment, "arrivals")
    jobs = [attrs.evolve(job, release=_later(job.release, late[job.code])) if job.code in late else job for job in jobs]
    sites = [Site(one.code, zone=one.zone, calendar=one.calendar) for one in catalog.sites]
    set_up = _set_up(one for one in given if isinstance(one, ProductionOrder) and one.state not in _ENDED)
    known = {one.code for one in catalog.resources}
    set_up = {code: values for code, values in set_up.items() if code in known}
    return Problem(start=start, resources=catalog.resources, jobs=jobs, sites=sites, set_up=set_up)


def _set_up(orders: Iterable[ProductionOrder]) -> dict[str, dict[str, str]]:
    """Return what machines are set up for: the step that is begun there; of several nobody knows which."""
    begun: dict[str, list[dict[str, str]]] = {}
    for order in orders:
        for step in order.steps:
            done = step.good + step.scrapped
            if step.resource is not None and step.attributes and 0 < done < order.quantity:
                begun.setdefault(step.resource, []).append(dict(step.attributes))
    return {code: some[0] for code, some in begun.items() if len(some) == 1}


def _pair(feed: tuple[str, str]) -> tuple[str, str]:
    found = listed(feed, "feeds")
    if len(found) != 2:
        raise InvalidValueError(field="feeds", value=feed, reason="is no pair", advice="Give the maker and the taker")
    return text(found[0], "feeds"), text(found[1], "feeds")


def _later(release: Moment | None, arrival: datetime) -> datetime:
    return max(release, arrival) if isinstance(release, datetime) else arrival


def _planned(catalog: Catalog, order: PlannedMake, start: datetime) -> Job:
    routing = catalog.routing(order.item, max(order.start, start), site=order.site)
    if routing is None:
        operations: list[Operation] = [
            Operation("make", kind=OperationKind.WAIT, setup=max(order.due - order.start, timedelta()))
        ]
    else:
        good = Fraction(order.quantity) / routing.input_per_good()
        operations = [
            _operation(
                one,
                good * routing.input_per_good(one.code),
                routing.predecessors(one.code),
                known=routing.step_codes,
                overlaps=any(step.transfer is not None for step in routing.operations),
            )
            for one in routing.in_order()
        ]
    return Job(order.code, operations, release=order.start, due=order.due, site=order.site)


def _operation(
    step: Operation | OrderStep,
    units: Fraction,
    after: Iterable[str],
    *,
    known: Container[str],
    begun: bool = False,
    overlaps: bool = False,
) -> Operation:
    """Return a step as an operation whose setup is all its time for so many units, behind those that are known.

    Where steps overlap, or it runs in batches, its setup and its run stay apart: the run is that of all units, a
    transfer its share of them. What is begun is set up, and goes on where it runs.
    """
    if begun:
        step = attrs.evolve(step, setup=timedelta(), alternatives=())
    apart = overlaps or step.load is not None
    setup, run, instead, transfer = (_apart if apart else _at_once)(step, units)
    return Operation(
        step.code,
        resource=step.resource,
        kind=step.kind,
        setup=setup,
        run_per_unit=run,
        queue=step.queue,
        move=step.move,
        after=after,
        skill=step.skill,
        crew=step.crew,
        attended=step.attended,
        alternatives=instead,
        secondary=step.secondary,
        pauses=step.pauses,
        attributes=step.attributes,
        transfer=transfer,
        load=None if step.load is None else _decimal(units * Fraction(step.load)),
        lags=[one for one in step.lags if one.operation in known],
    )


Times: TypeAlias = "tuple[timedelta, timedelta, list[Alternative], Decimal | None]"
"""Setup and run of an operation, its alternatives, and what share of it is passed on."""


def _at_once(step: Operation | OrderStep, units: Fraction) -> Times:
    instead = [
        Alternative(one.resource, setup=_MICROSECOND * time_of(step, one, units), run_per_unit=timedelta())
        for one in step.alternatives
    ]
    return _MICROSECOND * time_of(step, None, units), timedelta(), instead, None


def _apart(step: Operation | OrderStep, units: Fraction) -> Times:
    instead = [
        one if one.run_per_unit is None else attrs.evolve(one, run_per_unit=_run(one.run_per_unit, units))
        for one in step.alternatives
    ]
    share = Fraction(1) if step.transfer is None or not units else min(Fraction(1), Fraction(step.transfer) / units)
    transfer = None if share == 1 else _decimal(share)
    return step.setup, _run(step.run_per_unit, units), instead, transfer


def _decimal(value: Fraction) -> Decimal:
    return Decimal(value.numerator) / value.denominator


def _run(each: timedelta, units: Fraction) -> timedelta:
    time = units * span_micros(each)
    return _MICROSECOND * -(-time.numerator // time.denominator)


def _launched(order: ProductionOrder) -> list[Job]:
    """Return the job of what is left of an order: none, if nothing is."""
    left = {step.code: max(Fraction(0), Fraction(order.quantity - step.good - step.scrapped)) for step in order.steps}
    known = {step.code: step for step in order.steps}
    open_steps = [step for step in order.steps if left[step.code]]
    if not open_steps:
        return []
    operations = [
        _operation(
            step,
            left[step.code],
            _before(step, left, known),
            known=[one.code for one in open_steps],
            begun=left[step.code] < order.quantity,
            overlaps=any(one.transfer is not None for one in order.steps),
        )
        for step in open_steps
    ]
    return [Job(order.code, operations, due=order.due, site=order.site)]


def _before(step: OrderStep, left: Mapping[str, Fraction], known: Mapping[str, OrderStep]) -> list[str]:
    """Return the steps before one that are not finished, looking past those that are, each once."""
    found: dict[str, None] = {}
    waiting = list(step.after)
    while waiting:
        code = waiting.pop(0)
        if left[code]:
            found[code] = None
        else:
            waiting += known[code].after
    return list(found)
