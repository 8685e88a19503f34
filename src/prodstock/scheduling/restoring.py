"""A schedule that was made before, from where it says that operations run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prodstock.calendars.clock import Side
from prodstock.calendars.zone import micros
from prodstock.errors import BrokenInvariant
from prodstock.scheduling.construct import Placed
from prodstock.scheduling.following import queued_after, ready_by

if TYPE_CHECKING:
    from collections.abc import Sequence

    from prodstock.scheduling.compiled import Compiled, Task
    from prodstock.scheduling.floor import Team
    from prodstock.scheduling.schedule import Placement


def placed_as(compiled: Compiled, placements: Sequence[Placement]) -> list[Placed]:
    """Return where operations run that are all placed, by number, with what follows from it. O(n).

    Raises:
        BrokenInvariant: if one runs in none of its ways.
    """
    by_name: dict[tuple[str, str], Placement | None] = {(one.job, one.operation): one for one in placements}
    rows = [by_name.get((compiled.jobs[task.job].code, task.code)) for task in compiled.tasks]
    ends = [compiled.start if row is None else micros(row.end) for row in rows]
    done = [compiled.done(task, end) for task, end in zip(compiled.tasks, ends, strict=True)]
    numbers = {machine.code: number for number, machine in enumerate(compiled.machines)}
    found = []
    for task, row in zip(compiled.tasks, rows, strict=True):
        if row is None or task.settled is not None:
            start = compiled.start if row is None else micros(row.start)
            way = (0, ()) if row is None else _way(task, row, numbers)
            found.append(Placed(start, start, start, ends[task.number], done[task.number], *way, start))
            continue
        leads = dict(task.overlaps)
        ready = max(
            [
                task.release,
                *[
                    ready_by(compiled, found, other, leads[other]) if other in leads else done[other]
                    for other in task.before
                ],
            ]
        )
        queued = queued_after(compiled, found, task, ready)
        way = _way(task, row, numbers)
        start = micros(row.start)
        found.append(Placed(ready, queued, start, micros(row.end), done[task.number], *way, start))
    for machine in range(len(compiled.machines)):
        _change(compiled, found, machine)
    return found


def _change(compiled: Compiled, placed: list[Placed], machine: int) -> None:
    """Note for which operations a machine is changed over, and from when on."""
    changing, clock = compiled.machines[machine].changing, compiled.machines[machine].clock
    if changing is None:
        return
    rows = [
        (one.start, task.number, task.modes[one.mode].load)
        for task, one in zip(compiled.tasks, placed, strict=True)
        if one.start < one.end and task.modes[one.mode].machine == machine
    ]
    state = changing.first
    for start, number, kind in sorted(rows):
        time, cost, state = changing.changes.change(state, kind)
        since = clock.from_worked(clock.to_worked(start) - time, side=Side.START) if time else start
        placed[number] = placed[number]._replace(changed_from=since, changing=time, cost=cost)


def _way(task: Task, row: Placement, numbers: dict[str, int]) -> tuple[int, Team]:
    """Return in which of its modes an operation is placed, and by which people."""
    machine = numbers.get(row.resource, -1)
    for number, mode in enumerate(task.modes):
        if mode.machine == machine:
            people = [(numbers[one.resource], one.units) for one in row.secondary]
            for taken in mode.besides:
                people.remove(taken)
            return number, tuple(people)
    raise BrokenInvariant(invariant="schedule: each operation runs where it can", detail=repr(row))
