"""Work that has to be done on a machine in a time in which it cannot do so much."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from prodstock.scheduling.bounds import by_people
from prodstock.stock.lot import NEVER

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from prodstock.scheduling.compiled import Compiled, Mode, Task


_FEW = 100
"""So many operations are looked at in all times, more in one."""


class Row(NamedTuple):
    """An operation: from when on, and until when, it must run, in the worked time of its machine; how much it takes."""

    since: int
    until: int
    work: int
    task: int


class Window(NamedTuple):
    """A time of a machine, in its worked time, how much it can do in it, and what has to be done in it."""

    since: int
    until: int
    room: int
    rows: tuple[Row, ...]


def latest_ends(compiled: Compiled, deadlines: Mapping[int, int] | None = None) -> list[int]:
    """Return by when each operation must end, for the deadlines of its job and of those after it; `NEVER`: whenever.

    `deadlines` are those of jobs, by number, that are others than theirs. Nothing else runs, and as little as can be
    passes between operations. O(n).
    """
    tasks = compiled.tasks
    found = [NEVER] * len(tasks)
    waits = [len(task.after) for task in tasks]
    ready = [task.number for task in tasks if not task.after]
    for number in ready:
        task = tasks[number]
        row = compiled.jobs[task.job]
        deadline = (deadlines or {}).get(task.job, row.deadline)
        limits = [deadline, *[_until(compiled, tasks[after], number, found[after]) for after in task.after]]
        limit = min(limits)
        found[number] = limit if limit >= NEVER else row.site.retreat(limit, task.move)
        for before in task.before:
            waits[before] -= 1
            if not waits[before]:
                ready.append(before)
    return found


def _until(compiled: Compiled, task: Task, before: int, end: int) -> int:
    """Return by when an operation before one must be done and moved that must end by some time itself."""
    if end >= NEVER or before in dict(task.overlaps):
        return end
    return latest_start(compiled, task.number, end)


def latest_start(compiled: Compiled, number: int, end: int) -> int:
    """Return by when an operation must be ready, before it is queued, to end by some time."""
    task = compiled.tasks[number]
    starts = [end - mode.work if by_people(mode) else _begun(mode, end) for mode in task.modes]
    return compiled.jobs[task.job].site.retreat(max(starts), task.queue)


def _begun(mode: Mode, end: int) -> int:
    return end - mode.work if mode.clock is None else mode.clock.retreat(end, mode.work)


def clash(
    compiled: Compiled,
    machine: int,
    queued: Sequence[int],
    latest: Sequence[int],
    only: Collection[int] | None = None,
    capacity: int | None = None,
) -> Window | None:
    """Return the time in which most of a machine is missing, with as few operations as prove it; None: there is none.

    Of equal ones that which ends first, then begins last. Operations that run nowhere else count, and that could run in
    time if nothing else did; `only` says which of them. Leaving out any one of those returned, no
    time is overloaded; of more than a hundred, that time is not. O(n**2), and O(k**3) for k of a hundred.
    """
    several = compiled.machines[machine].capacity if capacity is None else capacity
    rows = _rows(compiled, machine, queued, latest, only)
    found = _worst(rows, several)
    if found is None:
        return None
    left = [row for row in rows if row.since >= found.since and row.until <= found.until]
    spare = sum(row.work for row in left) - found.room
    for row in sorted(left, key=lambda one: (one.work, one.task)):
        if row.work < spare:
            left.remove(row)
            spare -= row.work
    for row in sorted(left, key=lambda one: (one.work, one.task)) if len(left) <= _FEW else ():
        others = [one for one in left if one is not row]
        if _worst(others, several) is not None:
            left = others
    last = _worst(left, several)
    assert last is not None  # noqa: S101 - what proves it is left
    return last._replace(rows=tuple(left))


def _rows(
    compiled: Compiled, machine: int, queued: Sequence[int], latest: Sequence[int], only: Collection[int] | None
) -> list[Row]:
    clock, found = compiled.machines[machine].clock, list[Row]()
    for task in compiled.tasks if only is None else [compiled.tasks[at] for at in sorted(only)]:
        mode = task.modes[0]
        if len(task.modes) > 1 or mode.machine != machine or not task.work or latest[task.number] >= NEVER:
            continue
        since, until = clock.to_worked(queued[task.number]), clock.to_worked(latest[task.number])
        if since + task.work <= until:
            units = 1 if compiled.machines[machine].kinds is None else mode.takes[0][1]
            found.append(Row(since, until, task.work * units, task.number))
    return found


def _worst(rows: Sequence[Row], capacity: int) -> Window | None:
    """Return the time in which most is missing. O(n**2)."""
    by_end = sorted(rows, key=lambda one: (one.until, one.since, one.task))
    worst, found = 0, None
    for since in sorted({row.since for row in rows}, reverse=True):
        work = 0
        for row in by_end:
            if row.since >= since:
                work += row.work
                missing = work - capacity * (row.until - since)
                if missing > worst or (missing == worst and found is not None and row.until < found.until):
                    worst, found = missing, Window(since, row.until, capacity * (row.until - since), ())
    return found
