"""A project in small whole numbers: activities that take units of resources, in worked time."""

from __future__ import annotations

from math import gcd
from typing import TYPE_CHECKING, NamedTuple

from prodstock.scheduling.disjunctive.shop import the_clock

if TYPE_CHECKING:
    from collections.abc import Sequence

    from prodstock.calendars.clock import WorkClock
    from prodstock.scheduling.compiled import Compiled, Task
    from prodstock.scheduling.construct import Placed

MOST_UNITS = 20_000
"""A project that takes more units of time is none that is worth to be looked at unit by unit."""


class Project(NamedTuple):
    """Activities with one way each.

    Attributes:
        works: how long each takes.
        needs: what each takes, with how many units of it.
        capacities: how many units there are of each resource.
        before, after: what each comes after, and before, with how long lies between.
        releases: when each may begin.
    """

    works: Sequence[int]
    needs: Sequence[tuple[tuple[int, int], ...]]
    capacities: Sequence[int]
    before: Sequence[tuple[tuple[int, int], ...]]
    after: Sequence[tuple[tuple[int, int], ...]]
    releases: Sequence[int]

    def reversed(self) -> Project:
        """Return the project from its end to its start, in which nothing is released."""
        return self._replace(before=self.after, after=self.before, releases=[0] * len(self.works))


class Layout(NamedTuple):
    """A problem that is a project: its calendar, the worked time that is zero, and how many microseconds a unit is."""

    project: Project
    clock: WorkClock
    start: int
    unit: int


def as_project(compiled: Compiled, placed: Sequence[Placed]) -> Layout | None:
    """Return a problem, of which one schedule is known, as a project, or None if it is none. O(n).

    It is one where all that is occupied, and the sites, work on one calendar, each operation has one way to run, takes
    no people that are to be chosen, and pauses when all does.
    """
    clock = the_clock(compiled)
    if clock is None or not all(_plain(compiled, task, clock) for task in compiled.tasks):
        return None
    start, tasks = clock.to_worked(compiled.start), compiled.tasks
    releases = [clock.to_worked(task.release) - start + task.queue for task in tasks]
    lags = {(other, task.number): tasks[other].move + task.queue for task in tasks for other in task.before}
    ends = [task.move for task in tasks if not task.after]
    unit = gcd(*releases, *lags.values(), *ends, *(task.work for task in tasks)) or 1
    last = max([clock.to_worked(one.end) for one in placed], default=start)
    if (last - start) // unit > MOST_UNITS:
        return None
    project = Project(
        [task.work // unit for task in tasks],
        [_needs(task) for task in tasks],
        [machine.room for machine in compiled.machines],
        [tuple([(other, lags[other, task.number] // unit) for other in task.before]) for task in tasks],
        [tuple([(other, lags[task.number, other] // unit) for other in task.after]) for task in tasks],
        [release // unit for release in releases],
    )
    return Layout(project, clock, start, unit)


def _plain(compiled: Compiled, task: Task, clock: WorkClock) -> bool:
    mode = task.modes[0]
    if task.firsts or task.lags:
        return False
    machine = None if mode.machine < 0 else compiled.machines[mode.machine]
    if machine is not None and (machine.changing is not None or machine.kinds is not None):
        return False
    return len(task.modes) == 1 and not mode.people and (not mode.work or (mode.clock is clock and task.pauses))


def _needs(task: Task) -> tuple[tuple[int, int], ...]:
    mode, found = task.modes[0], dict[int, int]()
    for machine, units in mode.takes:
        found[machine] = found.get(machine, 0) + units
    return tuple(sorted(found.items())) if task.work else ()
