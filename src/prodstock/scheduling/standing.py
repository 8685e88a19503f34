"""Where operations stand: finished, begun, fixed, or as they were scheduled before."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import TYPE_CHECKING

import attrs

from prodstock._render import short
from prodstock.calendars.zone import aware
from prodstock.errors import InvalidValueError, listed
from prodstock.master import checks
from prodstock.master.alternative import Secondary, secondary
from prodstock.master.codes import code

if TYPE_CHECKING:
    from collections.abc import Iterable


class OperationStatus(StrEnum):
    """How far an operation is, and how free a schedule is with it.

    FINISHED: done; nothing of it is scheduled. STARTED: it runs, on its resource, and goes on from the start of the
    problem, before all else there. LOCKED: it stays where and when it is. FIRM: it stays on its resource, and may be
    moved. PLANNED: it is there by the schedule before, and may be moved anywhere.
    """

    FINISHED = "finished"
    STARTED = "started"
    LOCKED = "locked"
    FIRM = "firm"
    PLANNED = "planned"


FIXED = frozenset({OperationStatus.FINISHED, OperationStatus.STARTED, OperationStatus.LOCKED})


def _resource(value: str) -> str:
    return "" if value == "" else code(value, "resource")


@attrs.frozen(repr=False)
class Standing:
    """Where an operation stands at the start of a problem.

    Args:
        job: of which job.
        operation: which.
        status: how far it is.
        resource: what it runs on; empty: nothing.
        start: when it begins, or began. Of what is locked it must be said; of what is planned or firm it is when it
            began by the schedule before.
        end: of what is finished, when it ended; None: by the start of the problem.
        left: of what is started, how much work is left of it, from the start of the problem on.
        secondary: what else it occupies, people among it; empty: who works on it is not said.

    >>> Standing("J1", "saw", OperationStatus.STARTED, resource="saw", left=timedelta(hours=2))
    <Standing J1 saw started on saw, 2:00:00 left>
    """

    job: str = attrs.field(converter=code)
    operation: str = attrs.field(converter=code)
    status: OperationStatus
    resource: str = attrs.field(kw_only=True, default="", converter=_resource)
    start: datetime | None = attrs.field(kw_only=True, default=None)
    end: datetime | None = attrs.field(kw_only=True, default=None)
    left: timedelta | None = attrs.field(kw_only=True, default=None)
    secondary: tuple[Secondary, ...] = attrs.field(kw_only=True, default=(), converter=secondary)

    def __attrs_post_init__(self) -> None:
        checks.member(self.status, OperationStatus, "status")
        for field in ("start", "end"):
            if getattr(self, field) is not None:
                aware(getattr(self, field), field)
        if self.left is not None:
            checks.duration(self.left, "left")
        for status, field in ((OperationStatus.LOCKED, "start"), (OperationStatus.STARTED, "left")):
            if self.status is status and getattr(self, field) is None:
                raise InvalidValueError(field=field, value=None, reason=f"is missing of what is {status.value}")

    def __repr__(self) -> str:
        where = f" on {self.resource[:20]}" if self.resource else ""
        when = "" if self.start is None else f" at {self.start:%Y-%m-%d %H:%M}"
        left = f", {self.left} left" if self.left is not None else ""
        return short(f"<Standing {self.job[:30]} {self.operation[:20]} {self.status.value}{where}{when}{left}>")


def standings(values: Iterable[Standing]) -> tuple[Standing, ...]:
    """Return where operations stand, in the order of their jobs and codes, each once.

    Raises:
        InvalidTypeError: if one is no Standing.
        InvalidValueError: if an operation stands twice.
    """
    given = listed(values, "standings")
    for one in given:
        checks.instance(one, Standing, "standings", "Give Standings")
    found = sorted(given, key=lambda one: (one.job, one.operation))
    for one, other in pairwise(found):
        if (one.job, one.operation) == (other.job, other.operation):
            raise InvalidValueError(field="standings", value=f"{one.job} {one.operation}", reason="stands twice")
    return tuple(found)
