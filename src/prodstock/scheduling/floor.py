"""What is free of all machines: where an operation can run the earliest, and what it then takes."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from prodstock.calendars.clock import Side
from prodstock.scheduling.batches import Batches, Joining
from prodstock.scheduling.gaps import Gaps
from prodstock.scheduling.line import Awaiting, Line
from prodstock.scheduling.profile import Profile
from prodstock.stock.lot import NEVER

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from prodstock.calendars.clock import WorkClock
    from prodstock.scheduling.compiled import Compiled, Machine, Mode, Task
    from prodstock.scheduling.line import Slot


Team: TypeAlias = tuple[tuple[int, int], ...]
"""People by the number of their group, with how many of them."""
Free: TypeAlias = Gaps | Profile | Line | Batches
Placeable: TypeAlias = Gaps | Profile | Awaiting | Joining


class Spot(NamedTuple):
    """Where an operation can run: from when to when, in which of its modes, and by which people, with their number."""

    end: int
    start: int
    mode: int
    people: Team = ()


class Floor:
    """The machines of a problem, and what is placed on them."""

    def __init__(self, compiled: Compiled) -> None:
        self._compiled = compiled
        machines = compiled.machines
        least = [NEVER] * len(machines)
        for task in compiled.tasks:
            if task.work:
                for machine in touched(task):
                    least[machine] = min(least[machine], task.work)
        self._free: list[Free] = [
            _all_free(machine, compiled.start, shortest) for machine, shortest in zip(machines, least, strict=True)
        ]

    def earliest(self, task: Task, queued: int) -> Spot:
        """Return where an operation ends first; of modes that end at the same time the preferred one."""
        modes = task.modes
        if len(modes) == 1:
            return self.in_mode(task, 0, queued)
        return min([self.in_mode(task, number, queued) for number in range(len(modes))], key=_ends)

    def take(self, task: Task, spot: Spot, queued: int) -> None:
        """Let an operation occupy what it runs on, from its start to its end, and be changed over for before."""
        mode = task.modes[spot.mode]
        for machine, units in occupied(mode, spot.people):
            clock, free = self._compiled.machines[machine].clock, self._free[machine]
            start, end = clock.to_worked(spot.start), clock.to_worked(spot.end)
            if isinstance(free, Batches):
                free.take(start, end, mode.load, units)
            elif not isinstance(free, Line):
                free.take(start, end, units)
            elif start < end:
                free.take(start, end, mode.load, task.number, clock.to_worked(queued))

    def kept(self, machines: Iterable[int]) -> dict[int, Free]:
        """Return what is free of some machines now, to put it back."""
        return {machine: self._free[machine].copy() for machine in machines}

    def put_back(self, kept: Mapping[int, Free]) -> None:
        """Give free again what was free of machines when it was kept."""
        for machine, free in kept.items():
            self._free[machine] = free.copy()

    def next_change(self, task: Task) -> int:
        """Return for how long at least a machine would be changed over for an operation after all that is placed."""
        found = []
        for mode in task.modes:
            free = self._free[mode.machine] if mode.machine >= 0 else None
            found.append(free.next_change(mode.load) if isinstance(free, Line) and mode.work else 0)
        return min(found)

    def changes(self) -> Iterator[Slot]:
        """Yield for what machines are changed over, with the moments at which that begins."""
        for machine, free in zip(self._compiled.machines, self._free, strict=True):
            if isinstance(free, Line):
                for one in free.slots():
                    if one.time or one.cost:
                        since = machine.clock.from_worked(one.changed_from, side=Side.START)
                        yield one._replace(changed_from=since)

    def in_mode(self, task: Task, number: int, queued: int) -> Spot:
        """Return where an operation ends first in one of its modes."""
        mode = task.modes[number]
        if mode.simple:
            clock = self._compiled.machines[mode.machine].clock
            worked = self._free[mode.machine].find(clock.to_worked(queued), mode.work, mode.load)
            start = max(queued, clock.from_worked(worked, side=Side.START))
            end = clock.from_worked(worked + mode.work, side=Side.END) if mode.work else start
            return Spot(end, start, number)
        if mode.clock is None:
            return Spot(queued + mode.work, queued, number)
        if mode.people:
            return self._with_people(task, number, queued)
        return self._spot(task, number, queued, mode.clock, ())

    def _with_people(self, task: Task, number: int, queued: int) -> Spot:
        """Return where it ends first by one group that is large enough, or else by a team of several.

        The team takes who could come first, as many of each as there are, until it is a crew.
        """
        people, machines = task.modes[number].people, self._compiled.machines
        crews: list[Team] = []
        crews += [((group, task.crew),) for group in people if machines[group].capacity >= task.crew]
        if not crews:
            able = [((group, machines[group].capacity),) for group in people]
            spots = sorted((self._by(task, number, queued, some) for some in able), key=_ends)
            crews = [tuple(_team([one.people[0] for one in spots], task.crew))]
        return min([self._by(task, number, queued, crew) for crew in crews], key=_ends)

    def by_team(self, task: Task, number: int, queued: int, team: Team) -> Spot:
        """Return where an operation ends first in one of its modes by these people; without any by whom it may be."""
        return self._by(task, number, queued, team) if team else self.in_mode(task, number, queued)

    def _by(self, task: Task, number: int, queued: int, people: Team) -> Spot:
        """Return where it ends first by these people."""
        mode = task.modes[number]
        taken = [machine for machine, _ in occupied(mode, people)]
        return self._spot(task, number, queued, self._compiled.together(taken), people)

    def _spot(self, task: Task, number: int, queued: int, clock: WorkClock, people: Team) -> Spot:
        """Return where an operation can run the earliest on all that it occupies: in what works for all of them."""
        mode, machines = task.modes[number], self._compiled.machines
        if not mode.work:
            return Spot(queued, queued, number, people)
        taken: list[tuple[Placeable, WorkClock, int]] = []
        for at, units in occupied(mode, people):
            there, own = self._free[at], machines[at].clock
            if isinstance(there, Line):
                taken.append((there.with_material(own.to_worked(queued)), own, mode.load))
            elif isinstance(there, Batches):
                taken.append((there.joining(mode.load), own, units))
            else:
                taken.append((there, own, units))
        if task.pauses and all(own is clock for _, own, _ in taken):
            return self._spot_on_one_clock(mode.work, number, queued, clock, taken)._replace(people=people)
        start = queued
        while True:
            start = clock.next_open(start) if task.pauses else clock.next_stretch(start, mode.work)
            end = clock.advance(start, mode.work)
            for free, own, units in taken:
                worked = own.to_worked(start)
                free_at = free.find(worked, mode.work, units)
                if free_at == worked and (last := own.to_worked(end)) != worked + mode.work:
                    free_at = free.blocked(worked, last, units)
                if free_at != worked:
                    start = own.from_worked(free_at, side=Side.START)
                    break
            else:
                return Spot(end, start, number, people)

    def _spot_on_one_clock(
        self, work: int, number: int, queued: int, clock: WorkClock, taken: Sequence[tuple[Placeable, WorkClock, int]]
    ) -> Spot:
        worked = clock.to_worked(queued)
        at, agreed, several = 0, 0, len(taken)
        while agreed < several:
            free, _, units = taken[at % several]
            found = free.find(worked, work, units)
            agreed = agreed + 1 if found == worked else 1
            worked, at = found, at + 1
        start = max(queued, clock.from_worked(worked, side=Side.START))
        return Spot(clock.from_worked(worked + work, side=Side.END), start, number)


def _all_free(machine: Machine, start: int, least: int) -> Free:
    if machine.changing is not None:
        return Line(machine.changing, machine.clock.to_worked(start), least)
    if machine.kinds is not None:
        return Batches(machine.capacity, least)
    return Gaps(least) if machine.room == 1 else Profile(machine.room)


def occupied(mode: Mode, people: Team) -> Iterator[tuple[int, int]]:
    """Yield what an operation occupies in a mode, each with how many parts of it: its machine first."""
    yield from mode.takes
    for group, several in people:
        yield group, several * mode.attended


def counted(mode: Mode, people: Team) -> Iterator[tuple[int, int]]:
    """Yield what an operation occupies in a mode, each with its units, people by heads: in the same order."""
    if mode.machine >= 0:
        yield mode.machine, 1
    yield from mode.besides
    yield from people


def time_of_all(compiled: Compiled, mode: Mode, people: Team) -> WorkClock | None:
    """Return the time in which all that an operation occupies works; None: time as it passes."""
    taken = [machine for machine, _ in occupied(mode, people)]
    return compiled.together(taken) if taken and mode.clock is not None else mode.clock


def _ends(spot: Spot) -> int:
    return spot.end


def _team(able: Sequence[tuple[int, int]], crew: int) -> Iterator[tuple[int, int]]:
    for group, capacity in able:
        if crew > 0:
            yield group, min(crew, capacity)
            crew -= capacity


def touched(task: Task) -> Iterator[int]:
    """Yield all that an operation may occupy, by number."""
    for mode in task.modes:
        yield from mode.people
        if mode.machine >= 0:
            yield mode.machine
        yield from (machine for machine, _ in mode.besides)
