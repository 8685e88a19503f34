"""Lags that a schedule could not keep: more time passes than may."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import attrs

from prodstock._render import lasting, short

if TYPE_CHECKING:
    from collections.abc import Sequence

    from prodstock.scheduling.problem import Problem
    from prodstock.scheduling.schedule import Placement


@attrs.frozen(repr=False)
class ExceededLag:
    """An operation that begins longer after another than it may: one of both is finished, runs already or is locked.

    Attributes:
        job: of which job.
        operation: what begins too late.
        after: the operation from whose end on that is counted.
        most: what may pass in between.
        exceeded_by: how much more than that passes.
    """

    job: str
    operation: str
    after: str
    most: timedelta
    exceeded_by: timedelta

    def __repr__(self) -> str:
        what = f"{self.job[:24]} {self.operation[:24]} after {self.after[:24]}"
        return short(f"<ExceededLag {what}, {lasting(self.exceeded_by)} too late>")


def exceeded(problem: Problem, placements: Sequence[Placement]) -> list[ExceededLag]:
    """Return the lags that are exceeded, most first; of equal ones by job, operation, and what is counted from.

    O(operations).
    """
    ends = {(one.job, one.operation): one.end for one in problem.standings if one.end is not None}
    ends |= {(one.job, one.operation): one.end for one in placements}
    lags = {(job.code, one.code): one.lags for job in problem.jobs for one in job.routing.operations if one.lags}
    found = [
        ExceededLag(one.job, one.operation, lag.operation, lag.most, passed - lag.most)
        for one in placements
        for lag in lags.get((one.job, one.operation), ())
        if lag.most is not None and (passed := one.start - ends.get((one.job, lag.operation), problem.start)) > lag.most
    ]
    return sorted(found, key=lambda one: (-one.exceeded_by, one.job, one.operation, one.after))
