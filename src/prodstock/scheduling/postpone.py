"""A schedule as late as it may be: nothing is done long before it is needed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prodstock.calendars.clock import Side
from prodstock.scheduling.floor import occupied, time_of_all
from prodstock.scheduling.following import queued_after, ready_after
from prodstock.scheduling.profile import Profile
from prodstock.stock.lot import NEVER

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from prodstock.calendars.clock import WorkClock
    from prodstock.scheduling.compiled import Compiled, Mode, Task
    from prodstock.scheduling.construct import Placed


def postponed(compiled: Compiled, placed: Sequence[Placed]) -> list[Placed]:
    """Return a schedule in which everything runs as late as what comes after it allows, and nothing sooner than it did.

    Jobs end when they are due, or when they did if that is later, or they are due whenever. Operations keep their ways
    and people, and on machines that are changed over their order; elsewhere they may pass others. What may lag another
    only so far stays where it is, and so does that, and what runs in batches. O(n log n), and the
    operations passed.
    """
    return _Later(compiled, placed).run()


class _Later:
    def __init__(self, compiled: Compiled, placed: Sequence[Placed]) -> None:
        self._compiled = compiled
        self._found = list(placed)
        machines = compiled.machines
        self._busy = [Profile(machine.room) for machine in machines]
        self._next: list[int | None] = [None] * len(machines)
        for task in compiled.tasks:
            self._occupy(task, 1)

    def run(self) -> list[Placed]:
        """Move one after another, the last first."""
        tasks, found, tied = self._compiled.tasks, self._found, self._compiled.lumps.tied
        order = sorted(tasks, key=lambda task: (found[task.number].start, found[task.number].end), reverse=True)
        for number in self._after_their_successors(order):
            task = tasks[number]
            mode = task.modes[found[number].mode]
            in_batch = mode.machine >= 0 and self._compiled.machines[mode.machine].kinds is not None
            if task.settled is not None or number in tied or in_batch:
                continue
            self._occupy(task, -1)
            self._move(task, mode)
            self._occupy(task, 1)
            if self._changed(mode):
                self._next[mode.machine] = number
        return self._with_queues()

    def _after_their_successors(self, order: Iterable[Task]) -> Iterable[int]:
        """Yield operations, the last first; of those that take no time each after all that come after it."""
        waits = {task.number: len(task.after) for task in self._compiled.tasks}
        held: set[int] = set()
        for task in order:
            ready = [task.number] if not waits[task.number] else []
            held |= {task.number} - set(ready)
            while ready:
                number = ready.pop()
                yield number
                for before in self._compiled.tasks[number].before:
                    waits[before] -= 1
                    if not waits[before] and before in held:
                        held.discard(before)
                        ready.append(before)

    def _changed(self, mode: Mode) -> bool:
        return mode.machine >= 0 and bool(mode.work) and self._compiled.machines[mode.machine].changing is not None

    def _occupy(self, task: Task, sign: int) -> None:
        """Occupy what an operation runs on, or give it free, in worked time that runs backward."""
        one = self._found[task.number]
        mode = task.modes[one.mode]
        for machine, units in occupied(mode, one.people):
            clock = self._compiled.machines[machine].clock
            start, end = clock.to_worked(one.start), clock.to_worked(one.end)
            if start < end:
                begin = start - (one.changing if machine == mode.machine else 0)
                self._busy[machine].take(-end, -begin, sign * units)

    def _latest_end(self, task: Task, mode: Mode) -> int:
        """Return when an operation must end, for what comes after it, on its machine and in its job."""
        compiled, found = self._compiled, self._found
        row, one = compiled.jobs[task.job], found[task.number]
        limits = []
        for after in task.after:
            own = compiled.jobs[compiled.tasks[after].job].site
            limits.append(own.retreat(self._begun(after), compiled.tasks[after].queue))
        limits += [found[lag.other].start - lag.least for lag in compiled.lumps.behind.get(task.number, ())]
        if any(task.number in dict(compiled.tasks[after].overlaps) for after in task.after):
            return one.end
        if row.due < NEVER and all(compiled.tasks[after].job != task.job for after in task.after):
            limits.append(max(one.done, min(row.due, row.deadline)))
        if not limits:
            return one.end
        end = max(one.end, row.site.retreat(min(limits), task.move))
        if self._changed(mode):
            later = self._next[mode.machine]
            if later is not None:
                end = min(end, found[later].changed_from)
        return end

    def _begun(self, number: int) -> int:
        """Return by when what an operation takes must be there: when its machine is changed, if that needs it."""
        one, task = self._found[number], self._compiled.tasks[number]
        machine = task.modes[one.mode].machine
        changing = None if machine < 0 else self._compiled.machines[machine].changing
        return one.start if changing is None or changing.early else one.changed_from

    def _move(self, task: Task, mode: Mode) -> None:
        """Move an operation as far as it goes; where it is it can stay in any case."""
        one = self._found[task.number]
        limit = self._latest_end(task, mode)
        if not mode.work or mode.clock is None:
            start, end = max(one.start, limit - mode.work), max(one.end, limit)
        else:
            taken = list(occupied(mode, one.people))
            clock = time_of_all(self._compiled, mode, one.people) or mode.clock
            start, end = self._spot(task, mode, clock, taken, limit)
        if start > one.start:
            self._found[task.number] = self._placed(task, mode, start, end)

    def _spot(
        self, task: Task, mode: Mode, clock: WorkClock, taken: Sequence[tuple[int, int]], limit: int
    ) -> tuple[int, int]:
        """Return the latest start and end by which all that it occupies is free, not before it runs now."""
        one, machines = self._found[task.number], self._compiled.machines
        end = limit
        while end > one.end:
            end = clock.previous_open(end)
            start = clock.retreat(end, mode.work)
            if not task.pauses and start + mode.work != end:
                stretch = clock.intervals(start, end)[-1]
                end = stretch[0] if stretch[0] < end else start
                continue
            for machine, units in taken:
                own = machines[machine].clock
                changing = one.changing if machine == mode.machine else 0
                last, first = own.to_worked(end), own.to_worked(start) - changing
                free_at = -self._busy[machine].find(-last, last - first, units)
                if free_at != last:
                    end = own.from_worked(free_at, side=Side.END)
                    break
            else:
                return start, end
        return one.start, one.end

    def _placed(self, task: Task, mode: Mode, start: int, end: int) -> Placed:
        one, changed_from = self._found[task.number], start
        if one.changing:
            clock = self._compiled.machines[mode.machine].clock
            changed_from = clock.from_worked(clock.to_worked(start) - one.changing, side=Side.START)
        done = self._compiled.jobs[task.job].site.advance(end, task.move)
        return one._replace(start=start, end=end, done=done, changed_from=changed_from)

    def _with_queues(self) -> list[Placed]:
        """Return all with when each could be queued for, and could begin, now that those before it end later."""
        compiled, found = self._compiled, self._found
        for task in compiled.tasks:
            ready = ready_after(compiled, found, task)
            queued = queued_after(compiled, found, task, ready)
            found[task.number] = found[task.number]._replace(ready=ready, queued=queued)
        return found
