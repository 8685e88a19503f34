"""When an operation may be queued for: after those before it, or as soon as their first units come."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prodstock.scheduling.floor import time_of_all

if TYPE_CHECKING:
    from collections.abc import Sequence

    from prodstock.scheduling.compiled import Compiled, Task
    from prodstock.scheduling.construct import Placed


def ready_after(compiled: Compiled, placed: Sequence[Placed], task: Task) -> int:
    """Return from when on an operation may be queued for, all those before it being placed."""
    found = task.release
    leads = dict(task.overlaps)
    for other in task.before:
        found = max(found, ready_by(compiled, placed, other, leads.get(other)))
    return found


def queued_after(compiled: Compiled, placed: Sequence[Placed], task: Task, ready: int) -> int:
    """Return when an operation that is ready has queued, and so long after others as must pass at least."""
    found = compiled.jobs[task.job].site.advance(ready, task.queue)
    for lag in task.lags:
        ended = compiled.ended.get(lag.other)
        found = max(found, (placed[lag.other].end if ended is None else ended) + lag.least)
    return found


def ready_by(compiled: Compiled, placed: Sequence[Placed], other: int, lead: int | None) -> int:
    """Return from when on an operation may be queued for, for one before it.

    With a lead it goes on as units come: not before the first batch is done and moved, and so late that, by when the
    last one is, it has worked so much at most and still has that batch before it.
    """
    one = placed[other]
    return one.done if lead is None else max(first_done(compiled, placed, other), one.done - lead)


def first_done(compiled: Compiled, placed: Sequence[Placed], number: int) -> int:
    """Return when the first batch of an operation is done and moved."""
    task, one = compiled.tasks[number], placed[number]
    if number in compiled.ended:
        return one.done
    mode, first = task.modes[one.mode], task.firsts[one.mode]
    clock = time_of_all(compiled, mode, one.people)
    end = one.start + first if clock is None else clock.advance(one.start, first)
    return compiled.jobs[task.job].site.advance(end, task.move)
