"""A job shop in small whole numbers: chains of operations, each on one machine at a time, in worked time."""

from __future__ import annotations

from math import gcd
from typing import TYPE_CHECKING, NamedTuple

from prodstock.scheduling.floor import occupied

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from prodstock.calendars.clock import WorkClock
    from prodstock.scheduling.compiled import Compiled, Task


class Shop(NamedTuple):
    """Chains of operations that each run on one machine, in one of their ways.

    Attributes:
        operations: how many.
        machines: how many.
        ways: for each operation, the machine and work of each of its ways.
        waits: for each operation, how long its chain waits after it, whatever else runs.
        sooner, later: for each operation, that before and after it in its chain; before the first of a chain stands the
            number of what says when it may begin, after the last the number of operations.
        starts: when each chain may begin, by chain.
        lasts: the last operation of each chain.
    """

    operations: int
    machines: int
    ways: Sequence[tuple[tuple[int, int], ...]]
    waits: Sequence[int]
    sooner: list[int]
    later: list[int]
    starts: list[int]
    lasts: list[int]

    @property
    def flexible(self) -> bool:
        """Whether an operation has several ways."""
        return any(len(ways) > 1 for ways in self.ways)

    def least(self) -> int:
        """Return how long all takes at least: each chain alone, each machine with what runs nowhere else. O(n)."""
        heads, tails = [0] * self.operations, [0] * self.operations
        shortest = [min(work for _, work in ways) for ways in self.ways]
        for chain, last in enumerate(self.lasts):
            numbers = [last]
            while self.sooner[numbers[-1]] < self.operations:
                numbers.append(self.sooner[numbers[-1]])
            head, tail = self.starts[chain], 0
            for one in reversed(numbers):
                heads[one] = head
                head += shortest[one] + self.waits[one]
            for one in numbers:
                tails[one] = tail + self.waits[one]
                tail += shortest[one] + self.waits[one]
        found = [head + work + tail for head, work, tail in zip(heads, shortest, tails, strict=True)]
        for only in self._only():
            load = sum(shortest[one] for one in only)
            found.append(min(heads[one] for one in only) + load + min(tails[one] for one in only))
        return max(found)

    def _only(self) -> Iterator[list[int]]:
        """Yield for each machine what runs nowhere else."""
        rows: list[list[int]] = [[] for _ in range(self.machines)]
        for one, ways in enumerate(self.ways):
            if len({machine for machine, _ in ways}) == 1:
                rows[ways[0][0]].append(one)
        return (row for row in rows if row)


class Layout(NamedTuple):
    """A problem that is a job shop.

    Attributes:
        shop: it, in units of its own.
        tasks: the task of each operation.
        clock: the calendar of all machines.
        start: the worked time of it that is zero in the shop.
        unit: how many microseconds of worked time a unit is.
    """

    shop: Shop
    tasks: list[int]
    clock: WorkClock
    start: int
    unit: int


def job_shop(compiled: Compiled) -> Layout | None:
    """Return a problem as a job shop, or None if it is none. O(n).

    It is one where all machines and sites that count work on one calendar, each operation runs on one machine that runs
    one at a time, with no tools or people besides, and pauses when that does, what runs on none takes working time, and
    operations follow each other in chains that wait for material only before they begin.
    """
    clock = the_clock(compiled)
    if clock is None or not all(_plain(compiled, task, clock) for task in compiled.tasks):
        return None
    since = clock, clock.to_worked(compiled.start)
    chains, starts, waits = [], [], [0] * len(compiled.tasks)
    for first in compiled.tasks:
        if not first.before:
            chain = _chain(compiled, first, waits, since)
            if chain is None:
                return None
            if chain[1]:
                starts.append(chain[0])
                chains.append(chain[1])
    return _scaled(compiled, chains, starts, waits, since) if chains else None


def _chain(
    compiled: Compiled, first: Task, waits: list[int], since: tuple[WorkClock, int]
) -> tuple[int, list[int]] | None:
    """Return from when on a chain may be worked on, and what runs on machines of it; None: it waits for material.

    How long it waits after each operation is noted.
    """
    clock, start = since
    begin = soonest = pending = clock.to_worked(first.release) - start
    numbers: list[int] = []
    task: Task | None = first
    while task is not None:
        if task.release > first.release and clock.to_worked(task.release) - start > soonest:
            return None
        pending += task.queue
        if task.work and task.modes[0].machine >= 0:
            if numbers:
                waits[numbers[-1]] = pending
            else:
                begin = pending
            numbers.append(task.number)
            pending = 0
        else:
            pending += task.work
        pending += task.move
        soonest += task.queue + task.work + task.move
        task = compiled.tasks[task.after[0]] if task.after else None
    if numbers:
        waits[numbers[-1]] = pending
    return begin, numbers


def the_clock(compiled: Compiled) -> WorkClock | None:
    """Return the calendar of all that operations occupy, and of the sites whose time counts; None: not only one."""
    modes = [mode for task in compiled.tasks for mode in task.modes]
    clocks = {compiled.machines[number].clock for mode in modes for number, _ in occupied(mode, ())}
    counting = [
        task for task in compiled.tasks if task.queue or task.move or not any(True for _ in occupied(task.modes[0], ()))
    ]
    sites = {compiled.jobs[task.job].site for task in counting}
    return clocks.pop() if len(clocks) == 1 and sites <= clocks else None


def _plain(compiled: Compiled, task: Task, clock: WorkClock) -> bool:
    if len(task.before) > 1 or len(task.after) > 1 or task.firsts or task.lags:
        return False
    if task.modes[0].machine < 0:
        mode = task.modes[0]
        return len(task.modes) == 1 and not mode.besides and not mode.people and (not mode.work or mode.clock is clock)
    machines = [compiled.machines[mode.machine] for mode in task.modes]
    if any(one.changing is not None or one.kinds is not None for one in machines):
        return False
    works = {bool(mode.work) for mode in task.modes}
    fits = (mode.simple and compiled.machines[mode.machine].capacity == 1 for mode in task.modes)
    return len(works) == 1 and all(fits)


def _scaled(
    compiled: Compiled, chains: list[list[int]], starts: list[int], waits: list[int], since: tuple[WorkClock, int]
) -> Layout:
    """Return chains as a shop in the largest unit of which all times are whole."""
    tasks = [number for chain in chains for number in chain]
    modes = [compiled.tasks[number].modes for number in tasks]
    unit = gcd(*starts, *(waits[number] for number in tasks), *(mode.work for some in modes for mode in some))
    count, sooner, later, lasts = len(tasks), list[int](), list[int](), list[int]()
    for number, chain in enumerate(chains):
        first = len(sooner)
        sooner += [count + 1 + number, *range(first, first + len(chain) - 1)]
        later += [*range(first + 1, first + len(chain)), count]
        lasts.append(len(sooner) - 1)
    shop = Shop(
        count,
        len(compiled.machines),
        [tuple([(mode.machine, mode.work // unit) for mode in some]) for some in modes],
        [waits[number] // unit for number in tasks],
        sooner,
        later,
        [start // unit for start in starts],
        lasts,
    )
    return Layout(shop, tasks, *since, unit)
