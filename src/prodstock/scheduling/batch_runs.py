"""What runs together in the batches of a schedule."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import attrs

from prodstock._render import lasting, short
from prodstock.calendars.zone import from_micros

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from fractions import Fraction

    from prodstock.scheduling.compiled import Compiled
    from prodstock.scheduling.construct import Placed


@attrs.frozen(repr=False)
class BatchRun:
    """Operations that run together on a resource, from beginning to end.

    Attributes:
        resource: on which.
        start: when they begin.
        end: when they end.
        units: how much of its capacity they take together.
        capacity: how much there is.
        operations: the operations, each as its job and itself, by job and order of its steps.
    """

    resource: str
    start: datetime
    end: datetime
    units: int
    capacity: int
    operations: tuple[tuple[str, str], ...]

    def __repr__(self) -> str:
        count = len(self.operations)
        of = f"{lasting(self.end - self.start)}: {count} operation{'s' * (count != 1)}, {self.units} of {self.capacity}"
        return short(f"<BatchRun {self.resource[:40]} {self.start:%Y-%m-%d %H:%M}, {of}>")


def batches(compiled: Compiled, placed: Sequence[Placed]) -> list[BatchRun]:
    """Return what runs together, by start, then resource. O(n log n)."""
    found = []
    for (start, machine), tasks in sorted(together(compiled, placed).items()):
        one = compiled.machines[machine]
        units = sum(compiled.tasks[task].modes[placed[task].mode].takes[0][1] for task in tasks)
        names = tuple([(compiled.jobs[compiled.tasks[task].job].code, compiled.tasks[task].code) for task in tasks])
        span = from_micros(start), from_micros(placed[tasks[0]].end)
        found.append(BatchRun(one.code, *span, units, one.capacity, names))
    return found


def together(compiled: Compiled, placed: Sequence[Placed]) -> dict[tuple[int, int], list[int]]:
    """Return which operations make up each batch, by when it begins and on which machine."""
    found: dict[tuple[int, int], list[int]] = {}
    for number, machine in in_batches(compiled, placed):
        found.setdefault((placed[number].start, machine), []).append(number)
    return found


def in_batches(compiled: Compiled, placed: Sequence[Placed]) -> Iterator[tuple[int, int]]:
    """Yield the operations that run in batches, each with its machine."""
    if any(one.kinds is not None for one in compiled.machines):
        for task, one in zip(compiled.tasks, placed, strict=True):
            mode = task.modes[one.mode]
            if mode.machine >= 0 and one.start < one.end and compiled.machines[mode.machine].kinds is not None:
                yield task.number, mode.machine


def complete(compiled: Compiled, placed: Sequence[Placed]) -> dict[int, int]:
    """Return from when on all of its batch are there, for each operation that runs in one with others."""
    return {
        task: max(placed[other].queued for other in members)
        for members in together(compiled, placed).values()
        if len(members) > 1
        for task in members
    }


def filling(compiled: Compiled, placed: Sequence[Placed], share: Fraction) -> dict[int, int]:
    """Return until when operations are held so that batches fill, by when they came in a schedule.

    Those of a kind are taken as they come. A batch waits for the next one while there is room and that comes within
    such a share of its time after the first. O(n log n).
    """
    arrivals: dict[tuple[int, int], list[tuple[int, int]]] = {}
    for number, machine in in_batches(compiled, placed):
        mode = compiled.tasks[number].modes[placed[number].mode]
        arrivals.setdefault((machine, mode.load), []).append((placed[number].queued, number))
    found: dict[int, int] = {}
    for (machine, _), rows in arrivals.items():
        room, until, waiting = 0, 0, list[int]()
        for queued, number in sorted(rows):
            mode = compiled.tasks[number].modes[placed[number].mode]
            units = mode.takes[0][1]
            if units > room or queued > until:
                room, until, waiting = compiled.machines[machine].capacity, queued + int(mode.work * share), []
            room -= units
            waiting.append(number)
            found |= dict.fromkeys(waiting if len(waiting) > 1 else (), queued)
    return found
