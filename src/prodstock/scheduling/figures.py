"""How good a schedule is, in figures."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import attrs

from prodstock._render import lasting, short
from prodstock.calendars.zone import span_micros
from prodstock.tables import Table, Tabled

if TYPE_CHECKING:
    from collections.abc import Sequence

    from prodstock.scheduling.schedule import JobTimes, ResourceUse

_NONE = timedelta()


@attrs.frozen(repr=False)
class ScheduleFigures(Tabled["ScheduleFigures"]):
    """How a schedule fares as a whole. Shares are from 0 to 1, rounded to four digits.

    Attributes:
        jobs: how many jobs there are.
        due: how many of them have a due date.
        on_time: how many of these are not late.
        service: what share of those that are due is on time; None: none is due.
        late_by: what all jobs are late together, without weights.
        latest_by: how late the latest is.
        makespan: from the start of the problem to the end of the last job.
        lead_time: from its release to its end, the mean of all jobs, to the microsecond; None: there is none.
        in_process: how many jobs are on the floor in the mean: all their times from release to end, over the makespan
            (Little's law, Little 1961); to two digits; None: nothing takes time.
        worked: the work of all operations.
        changeover: for how long machines are changed over, all told.
        changeover_share: what share of that and of the work it is; None: nothing takes time.
        busiest: the resource that works most of its working time, by code; empty: there are no resources.
        utilisation: what share of it that is; None: there are no resources.
    """

    jobs: int
    due: int
    on_time: int
    service: Decimal | None
    late_by: timedelta
    latest_by: timedelta
    makespan: timedelta
    lead_time: timedelta | None
    in_process: Decimal | None
    worked: timedelta
    changeover: timedelta
    changeover_share: Decimal | None
    busiest: str
    utilisation: Decimal | None

    def to_table(self) -> Table[ScheduleFigures]:
        """Return a table of one row."""
        return Table([self])

    def __repr__(self) -> str:
        fared = f"{self.on_time} of {self.due} on time, {lasting(self.late_by)} late"
        use = "" if self.utilisation is None else f", {self.busiest[:30]} {self.utilisation:.1%}"
        return short(f"<ScheduleFigures {self.jobs} jobs, {fared}, takes {lasting(self.makespan)}{use}>")


def figures(jobs: Sequence[JobTimes], resources: Sequence[ResourceUse], makespan: timedelta) -> ScheduleFigures:
    """Return the figures of a schedule from how its jobs fare, how busy its resources are, the busiest first. O(n)."""
    due = [one for one in jobs if one.due is not None]
    on_time = sum(1 for one in due if not one.late_by)
    flow = sum((one.end - one.release for one in jobs), _NONE)
    worked, changeover = sum((one.worked for one in jobs), _NONE), sum((one.changeover for one in resources), _NONE)
    taken = span_micros(worked + changeover)
    return ScheduleFigures(
        len(jobs),
        len(due),
        on_time,
        round(Decimal(on_time) / len(due), 4) if due else None,
        sum((one.late_by for one in jobs), _NONE),
        max((one.late_by for one in jobs), default=_NONE),
        makespan,
        flow / len(jobs) if jobs else None,
        round(Decimal(span_micros(flow)) / span_micros(makespan), 2) if makespan else None,
        worked,
        changeover,
        round(Decimal(span_micros(changeover)) / taken, 4) if taken else None,
        resources[0].resource if resources else "",
        resources[0].share if resources else None,
    )
