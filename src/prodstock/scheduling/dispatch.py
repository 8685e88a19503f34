"""Dispatch lists: what a resource does, one after another, as the shop floor gets it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import attrs

from prodstock._render import short
from prodstock.calendars.zone import from_micros, micros, start_of, zone
from prodstock.master.alternative import Secondary

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import tzinfo

    from prodstock.calendars.clock import WorkClock
    from prodstock.scheduling.busy import Busy
    from prodstock.scheduling.compiled import Compiled
    from prodstock.scheduling.schedule import JobTimes, Placement

_DAY = timedelta(days=1)


@attrs.frozen(repr=False)
class DispatchLine:
    """An operation on the list of a resource: a machine, a tool or people.

    Attributes:
        resource: whose list it is.
        shift: when the stretch of working time began in which it starts, in UTC; where that has gone on for a day or
            more, the start of its day at the site.
        place: its place on the list, from 1.
        job: of which job.
        operation: which.
        lane: which of the operations that the resource runs at a time it is, from 1; 0: it takes no time.
        start: when it begins, in UTC.
        end: when it ends, in UTC.
        work: how long it works in between.
        due: when its job is due, in UTC; None: whenever.
        late_by: how late its job is; zero: it is not.
        then: on what the job goes on after it, by code: one for each operation that comes next; empty: on nothing.
        needs: what it occupies besides, people among it, by code.
        changed_from: from when on the resource is changed over for it, in UTC; None: it is not.
        changeover: for how long, of its working time.
    """

    resource: str
    shift: datetime
    place: int
    job: str
    operation: str
    lane: int
    start: datetime
    end: datetime
    work: timedelta
    due: datetime | None
    late_by: timedelta
    then: tuple[str, ...] = ()
    needs: tuple[Secondary, ...] = ()
    changed_from: datetime | None = None
    changeover: timedelta = timedelta()

    def __repr__(self) -> str:
        what = f"{self.resource[:30]} {self.place}: {self.job[:30]} {self.operation[:20]}"
        return short(f"<DispatchLine {what}, {self.start:%Y-%m-%d %H:%M}{', late' if self.late_by else ''}>")


def dispatch(
    compiled: Compiled, placements: Sequence[Placement], busy: Busy, jobs: Sequence[JobTimes], machine: int
) -> Iterator[DispatchLine]:
    """Yield what runs on a resource, or with it, by start, then lane, job and the order of its steps.

    Args:
        compiled: the problem.
        placements: where each operation runs, by number.
        busy: what runs on each resource.
        jobs: how each job fares, by number.
        machine: the number of the resource.
    """
    code = compiled.machines[machine].code
    site = next(one.site for one in compiled.problem.resources if one.code == code)
    own = zone(compiled.problem.site(site).zone)
    lanes = {run.task: run.lanes[0] + 1 for run in busy[machine].runs}
    rows = [
        (one.start, lanes.get(number, 0), number)
        for number, one in enumerate(placements)
        if code == one.resource or any(other.resource == code for other in one.secondary)
    ]
    for place, (start, lane, number) in enumerate(sorted(rows), 1):
        one, times = placements[number], jobs[compiled.tasks[number].job]
        taken = (*((Secondary(one.resource),) if one.resource else ()), *one.secondary)
        following = (placements[other].resource for other in compiled.tasks[number].after)
        yield DispatchLine(
            code,
            _shift(compiled.machines[machine].clock, start, own),
            place,
            one.job,
            one.operation,
            lane,
            start,
            one.end,
            one.work,
            times.due,
            times.late_by,
            tuple(following),
            tuple([other for other in taken if other.resource != code]),
            one.changed_from if one.changeover and one.resource == code else None,
            one.changeover if one.resource == code else timedelta(),
        )


def _shift(clock: WorkClock, moment: datetime, own: tzinfo) -> datetime:
    since = micros(moment - _DAY)
    began = [start for start, _ in clock.intervals(since, micros(moment) + 1)]
    if began and began[-1] > since:
        return from_micros(began[-1])
    return start_of(moment.astimezone(own).date(), own)
