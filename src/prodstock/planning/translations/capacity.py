"""The hours that a plan takes of machines and of people, bucket by bucket."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import accumulate, pairwise
from math import floor
from typing import TYPE_CHECKING

import attrs

from prodstock._render import brief
from prodstock.calendars.horizon import TimeBucket
from prodstock.master.ratio import decimal_of
from prodstock.planning.translations.planned import Periods, checked_bucket, given
from prodstock.planning.translations.work import MICROSECOND, clock_of, pieces
from prodstock.tables import Table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from prodstock.planning.translations.planned import Planned
    from prodstock.planning.translations.work import Piece

_HOUR = 3_600_000_000


@attrs.frozen
class MachineLoad:
    """What a plan asks of a resource in one bucket.

    Attributes:
        resource: the resource.
        site: where it stands.
        start: when the bucket starts, on the site's clocks.
        end: when it ends; what happens then belongs to the next one.
        hours: setup and run in hours, to the hundredth; the durations are exact.
        capacity: worked hours of the bucket times how many operations it runs at a time, to the hundredth.
        load: the exact work in per cent of the exact capacity, to the tenth; None: there is work and no capacity.
        setup: time for setting up.
        run: time for running.
        available: the capacity as a duration.
        outside: time of outside processing that names the resource; it is not in the hours.
    """

    resource: str
    site: str
    start: datetime
    end: datetime
    hours: Decimal
    capacity: Decimal
    load: Decimal | None
    setup: timedelta
    run: timedelta
    available: timedelta
    outside: timedelta

    __repr__ = brief


@attrs.frozen
class LabourLoad:
    """What a plan asks of the people of one skill in one bucket, a person's hours counted for each of them.

    Attributes:
        skill: what they must be able to do.
        site: where.
        start: when the bucket starts, on the site's clocks.
        end: when it ends; what happens then belongs to the next one.
        hours: setup and run times the crew and its attended share, in hours, to the hundredth; the durations are exact.
        setup: their time for setting up.
        run: their time for running.
    """

    skill: str
    site: str
    start: datetime
    end: datetime
    hours: Decimal
    setup: timedelta
    run: timedelta

    __repr__ = brief


def machine_hours(plan: Planned, *, bucket: TimeBucket = TimeBucket.WEEK) -> Table[MachineLoad]:
    """Return what planned and launched orders ask of each resource, by resource and time, beside what it can give.

    The setup and run of each step are placed as planning places them, back from when the order is due; forward from
    now, where they would begin in the past (see `work.pieces`). They lie on the worked time of the resource without a
    gap, and each bucket has of them what is worked in it: the sum of all buckets is setup and run to the microsecond.
    Steps without a resource ask for none; waiting and outside processing take no machine.

    The buckets run from now, on the midnights of the resource's site, until the horizon, or as far as the work reaches.
    Every resource of the catalog has a row for every bucket.

    Args:
        plan: the plan.
        bucket: how long a bucket is.

    Raises:
        InvalidTypeError: if it is no plan, or no bucket.

    O(steps of all orders + resources x buckets).

    >>> from datetime import UTC, date
    >>> from prodstock.calendars.horizon import TimeBucket
    >>> from prodstock.master.catalog import Catalog
    >>> from prodstock.master.item import Item, Supply
    >>> from prodstock.master.resource import Resource
    >>> from prodstock.master.routing import Operation, Routing
    >>> from prodstock.orders.demand import Demand
    >>> from prodstock.planning.planner import plan
    >>> from prodstock.planning.snapshot import Snapshot
    >>> turn = Operation("turn", resource="wheel", setup=timedelta(hours=1), run_per_unit=timedelta(minutes=6))
    >>> catalog = Catalog([Item("CUP", supply=Supply.MAKE), Routing("CUP", [turn]), Resource("wheel")])
    >>> cups = Demand("CUP", 120, due=date(2026, 3, 10), ref="SO-1")
    >>> made = plan(Snapshot(catalog=catalog, at=datetime(2026, 3, 2, 6, tzinfo=UTC), promises=[cups]),
    ...             until=date(2026, 3, 16))
    >>> [(str(row.start.date()), str(row.hours), str(row.load)) for row in machine_hours(made, bucket=TimeBucket.WEEK)]
    [('2026-03-02', '0', '0'), ('2026-03-09', '13', '32.5')]
    """
    given(plan)
    checked_bucket(bucket)
    catalog = plan.snapshot.catalog
    found: dict[str, list[Piece]] = {one.code: [] for one in catalog.resources}
    for piece in pieces(plan):
        if piece.resource is not None:
            found.setdefault(piece.resource, []).append(piece)
    return Table(row for resource in sorted(found) for row in _machine(plan, bucket, resource, found[resource]))


def _machine(plan: Planned, bucket: TimeBucket, resource: str, work: Sequence[Piece]) -> Iterator[MachineLoad]:
    catalog = plan.snapshot.catalog
    one = catalog.resource(resource)
    periods = _periods(plan, bucket, one.site, work)
    clock = clock_of(catalog, resource, one.site)
    outside = _spread(work, periods, lambda piece: int(piece.outside))
    setups = _spread(work, periods, lambda piece: int(piece.setup and not piece.outside))
    runs = _spread(work, periods, lambda piece: int(not piece.setup and not piece.outside))
    for place, (start, end) in enumerate(periods.rows):
        worked = clock.to_worked(periods.ends[place]) - clock.to_worked(periods.starts[place])
        capacity, busy = worked * one.capacity, setups[place] + runs[place]
        yield MachineLoad(
            one.code,
            one.site,
            start,
            end,
            _hours(busy),
            _hours(capacity),
            _percent(busy, capacity),
            MICROSECOND * setups[place],
            MICROSECOND * runs[place],
            MICROSECOND * capacity,
            MICROSECOND * outside[place],
        )


def labour_hours(plan: Planned, *, bucket: TimeBucket = TimeBucket.WEEK) -> Table[LabourLoad]:
    """Return what planned and launched orders ask of people, by skill, site and time.

    Whoever works on a step does so while it is set up and run, all of its crew: `Operation.skill` and `crew` say who.
    Where that falls is as in `machine_hours`, on the worked time of the resource, or of the site where a step has none.
    The sum of all buckets is setup and run times the crew, of each person the share that is attended, to the
    microsecond. Steps without a skill count nobody.

    Args:
        plan: the plan.
        bucket: how long a bucket is.

    Raises:
        InvalidTypeError: if it is no plan, or no bucket.

    O(steps of all orders + skills x buckets).
    """
    given(plan)
    checked_bucket(bucket)
    found: dict[tuple[str, str], list[Piece]] = {}
    for piece in pieces(plan):
        if piece.skill is not None:
            found.setdefault((piece.skill, piece.site), []).append(piece)
    return Table(row for who in sorted(found) for row in _people(plan, bucket, who, found[who]))


def _people(plan: Planned, bucket: TimeBucket, who: tuple[str, str], work: Sequence[Piece]) -> Iterator[LabourLoad]:
    skill, site = who
    periods = _periods(plan, bucket, site, work)
    setups = _spread(work, periods, lambda piece: piece.crew if piece.setup else 0)
    runs = _spread(work, periods, lambda piece: 0 if piece.setup else piece.crew)
    for (start, end), setup, run in zip(periods.rows, setups, runs, strict=True):
        yield LabourLoad(skill, site, start, end, _hours(setup + run), MICROSECOND * setup, MICROSECOND * run)


def _periods(plan: Planned, bucket: TimeBucket, site: str, work: Sequence[Piece]) -> Periods:
    last = max((piece.end - 1 for piece in work), default=None)
    return Periods(plan, bucket, plan.snapshot.catalog.zone(site), last)


def _spread(work: Sequence[Piece], periods: Periods, of: Callable[[Piece], Fraction | int]) -> list[int]:
    """Return what of the work lies in each bucket: `of` says how often a piece counts.

    In whole microseconds: what is left of one is in the next, so that their sum is that of all.
    """
    sums = [Fraction(0)] * len(periods.rows)
    for piece in work:
        times = of(piece)
        if times:
            place, done, first = periods.index(piece.start), 0, piece.clock.to_worked(piece.start)
            while done < piece.amount:
                upto = piece.amount
                if place + 1 < len(sums):
                    upto = min(upto, max(0, piece.clock.to_worked(periods.ends[place]) - first))
                sums[place] += (upto - done) * times
                done = max(done, upto)
                place += 1
    totals = [floor(one) for one in accumulate(sums, initial=Fraction(0))]
    return [later - sooner for sooner, later in pairwise(totals)]


def _hours(work: int) -> Decimal:
    return decimal_of(round(Fraction(work, _HOUR), 2))


def _percent(work: int, capacity: int) -> Decimal | None:
    if not capacity:
        return None if work else Decimal(0)
    return decimal_of(round(Fraction(100 * work, capacity), 1))
