"""Search: a schedule is changed where it hurts and made anew, again and again; what is good enough is gone on from."""

from __future__ import annotations

from bisect import bisect_left
from contextlib import suppress
from itertools import accumulate
from random import Random  # noqa: TID251 - the seed is passed in
from typing import TYPE_CHECKING, NamedTuple

from prodstock.scheduling.batch_runs import complete, together
from prodstock.scheduling.best import made
from prodstock.scheduling.floor import occupied
from prodstock.scheduling.policy import Blend, Goal
from prodstock.scheduling.worth import BY_JOB, score

if TYPE_CHECKING:
    from collections.abc import Sequence
    from fractions import Fraction

    from prodstock.scheduling.budget import Budget
    from prodstock.scheduling.compiled import Compiled, Task
    from prodstock.scheduling.construct import Placed
    from prodstock.scheduling.policy import Aim

_MEMORY = 20
"""What is gone on from is no worse than what was so many schedules ago (late acceptance, Burke and Bykov 2017)."""
_OPERATIONS_A_CHANGE = 20
"""At least so many operations for each of the changes that are made at once."""
_AHEAD = 8
"""Of what an operation waits for the last so many are looked at."""
_ALONE = 0.3
"""How often a batch that may wait for others is no longer held."""
_OTHER_MODE = 0.3
"""How often an operation that waits is given another mode, if it has several."""


class _Genes(NamedTuple):
    """By what a schedule is made: keys, modes (-1: where it ends first), and until when operations are held."""

    keys: list[int]
    modes: list[int]
    holds: dict[int, int]


class _Standing(NamedTuple):
    """A schedule, in which modes it was made, and its worth."""

    modes: list[int]
    placed: list[Placed]
    worth: tuple[Fraction, ...]


def improve(compiled: Compiled, start: list[Placed], goals: Sequence[Aim], seed: int, budget: Budget) -> list[Placed]:
    """Return the best schedule found, never worse than the start.

    Each schedule is one that was gone on from with some changes, made anew operation by operation. A change takes an
    operation before one that it waits for, gives it another mode, or takes all of a job sooner or later. Which kind of
    change, and how many at once, is drawn, the more often the more often it was of use. By iterations the same seed
    gives the same schedule. An interrupt ends the search with the best so far. O(a schedule) each.
    """
    return _Search(compiled, start, goals, seed).run(budget)


class _Search:
    def __init__(self, compiled: Compiled, start: list[Placed], goals: Sequence[Aim], seed: int) -> None:
        self._compiled = compiled
        self._goals = goals
        self._random = Random(seed)  # noqa: S311 - a search, no secret
        modes = [one.mode if len(task.modes) > 1 else -1 for task, one in zip(compiled.tasks, start, strict=True)]
        worth = score(compiled, start, goals)
        self._best = self._at = _Standing(modes, start, worth)
        self._memory = [worth] * _MEMORY
        most = max(2, (len(start) // _OPERATIONS_A_CHANGE).bit_length())
        changes = [self._ahead, self._sooner, self._later]
        if any(one.changing for one in compiled.machines):
            changes += [self._alike, self._campaign]
        if any(one.kinds is not None for one in compiled.machines):
            changes += [self._company, self._company]
        self._arms = [(change, 1 << times) for change in changes for times in range(most)]
        self._tried = [1] * len(self._arms)
        self._useful = [1] * len(self._arms)
        self._look()

    def run(self, budget: Budget) -> list[Placed]:
        """Search until the budget is spent, or an interrupt."""
        with suppress(KeyboardInterrupt):
            while self._compiled.tasks and not budget.spent():
                self._step(budget.done)
                budget.count()
        return self._best.placed

    def _step(self, number: int) -> None:
        """Make a schedule with some changes, and go on from it unless it is too bad."""
        chances = [useful / tried for useful, tried in zip(self._useful, self._tried, strict=True)]
        arm = self._random.choices(range(len(self._arms)), chances)[0]
        change, times = self._arms[arm]
        placed = self._at.placed
        genes = _Genes([one.start for one in placed], list(self._at.modes), complete(self._compiled, placed))
        for _ in range(times):
            change(genes)
        keys, modes, holds = genes
        worth, placed = made(self._compiled, lambda task, _: keys[task.number], self._goals, modes, holds=holds)
        self._tried[arm] += 1
        self._useful[arm] += worth < self._at.worth
        slot = number % _MEMORY
        if worth <= max(self._at.worth, self._memory[slot]):
            self._at = _Standing(modes, placed, worth)
            self._look()
        if worth < self._best.worth:
            self._best = self._at
        self._memory[slot] = self._at.worth

    def _look(self) -> None:
        """Note what hurts in the schedule that is gone on from: which jobs, and what runs where, by start."""
        compiled, placed = self._compiled, self._at.placed
        self._runs: list[list[tuple[int, int, int]]] = [[] for _ in compiled.machines]
        for task, one in zip(compiled.tasks, placed, strict=True):
            for machine, _ in occupied(task.modes[one.mode], one.people):
                self._runs[machine].append((one.start, one.end, task.number))
        for rows in self._runs:
            rows.sort()
        self._batches = [(start, on, some) for (start, on), some in sorted(together(compiled, placed).items())]
        self._changed = [number for number, one in enumerate(placed) if one.changing]
        self._ends = [max(placed[task].done for task in job.tasks) for job in compiled.jobs]
        self._pains = list(accumulate(map(self._pain, range(len(compiled.jobs)))))

    def _pain(self, job: int) -> float:
        """Return how much a job hurts by the first goal that is not met wholly; of the makespan the last ones do."""
        goals = (Goal.DEADLINES, *self._goals) if self._compiled.deadlines else self._goals
        for goal, worth in zip(goals, self._at.worth, strict=True):
            if worth and isinstance(goal, Blend):
                return sum(float(rate) * self._part(one, job) for one, rate in goal.parts)
            if worth and isinstance(goal, Goal):
                return self._part(goal, job)
        return 1.0

    def _part(self, goal: Goal, job: int) -> float:
        compiled, end = self._compiled, self._ends[job]
        if goal is Goal.MAKESPAN:
            length = max(1, max(self._ends) - compiled.start)
            return float(length) * (max(0, end - compiled.start) / length) ** 8
        return float(BY_JOB[goal](compiled, self._at.placed, compiled.jobs[job], end))

    def _hurt(self) -> int:
        """Return a job that hurts, the more often the more it does."""
        total = self._pains[-1]
        return min(bisect_left(self._pains, self._random.random() * total), len(self._pains) - 1)

    def _sooner(self, genes: _Genes) -> None:
        """Take all of a job that hurts sooner, by up to its whole time."""
        job = self._hurt()
        row = self._compiled.jobs[job]
        some = int(self._random.random() * (self._ends[job] - row.release))
        for task in row.tasks:
            genes.keys[task] -= some

    def _later(self, genes: _Genes) -> None:
        """Take all of any job later, by up to its whole time, or the time until it is due."""
        job = self._random.randrange(len(self._ends))
        row, end = self._compiled.jobs[job], self._ends[job]
        most = end - row.release if end >= row.due else min(row.due - end, end - row.release)
        some = int(self._random.random() * most)
        for task in row.tasks:
            genes.keys[task] += some

    def _ahead(self, genes: _Genes) -> None:
        """Take an operation that waits before one that it waits for, in a job that hurts, or give it another mode."""
        random, placed = self._random, self._at.placed
        tasks = self._upstream(self._compiled.jobs[self._hurt()].tasks)
        waits = [placed[task].start - placed[task].queued for task in tasks]
        if not any(waits):
            return
        task = random.choices(tasks, waits)[0]
        options = self._compiled.tasks[task].modes
        if len(options) > 1 and random.random() < _OTHER_MODE:
            genes.modes[task] = random.randrange(-1, len(options))
            return
        before = self._before(task)
        if not before:
            return
        other = random.choice(before)
        if random.random() < 0.5:
            genes.keys[task], genes.keys[other] = genes.keys[other], genes.keys[task]
        else:
            genes.keys[task] = genes.keys[other] - 1

    def _alike(self, genes: _Genes) -> None:
        """Take an operation that its machine is changed over for after one, or before one, for which it need not be."""
        random, placed, tasks = self._random, self._at.placed, self._compiled.tasks
        if not self._changed:
            return
        task = random.choice(self._changed)
        mode = tasks[task].modes[placed[task].mode]
        alike = [
            number
            for _, _, number in self._runs[mode.machine]
            if number != task and tasks[number].modes[placed[number].mode].load == mode.load
        ]
        if alike:
            other = random.choice(alike)
            first, second = (task, other) if random.random() < 0.5 else (other, task)
            genes.keys[second] = genes.keys[first] + 1

    def _campaign(self, genes: _Genes) -> None:
        """Take all that runs after a change, up to the next one, before what runs before it, back to the last one."""
        placed, tasks = self._at.placed, self._compiled.tasks
        if not self._changed:
            return
        task = self._random.choice(self._changed)
        rows = self._runs[tasks[task].modes[placed[task].mode].machine]
        at = bisect_left(rows, (placed[task].start, placed[task].end, task))
        first, past = at - 1, at + 1
        while first > 0 and not placed[rows[first][2]].changing:
            first -= 1
        while past < len(rows) and not placed[rows[past][2]].changing:
            past += 1
        if first >= 0:
            before = min(genes.keys[number] for _, _, number in rows[first:at])
            for place, (_, _, number) in enumerate(rows[at:past]):
                genes.keys[number] = before - (past - at) + place

    def _company(self, genes: _Genes) -> None:
        """Hold a batch until some of a later one, as far as they fit, can join it; or hold it no longer."""
        random, placed, tasks = self._random, self._at.placed, self._compiled.tasks
        if not self._batches:
            return
        at = random.randrange(len(self._batches))
        _, machine, members = self._batches[at]
        if random.random() < _ALONE:
            for task in members:
                genes.holds.pop(task, None)
            return
        first = tasks[members[0]].modes[placed[members[0]].mode]
        later = [some for _, _, some in self._batches[at + 1 : at + 1 + _AHEAD]]
        ways = {
            task: number
            for task in (random.choice(later) if later else ())
            for number, mode in enumerate(tasks[task].modes)
            if (mode.machine, mode.load) == (machine, first.load)
        }
        room = self._compiled.machines[machine].capacity - _units(tasks, placed, members)
        until = max(placed[task].queued for task in members)
        for task, number in ways.items():
            units = tasks[task].modes[number].takes[0][1]
            if units <= room:
                room, until = room - units, max(until, placed[task].queued)
                genes.keys[task] = genes.keys[members[0]]
                genes.modes[task] = number if len(tasks[task].modes) > 1 else -1
                members = [*members, task]
        for task in members:
            genes.holds[task] = until

    def _before(self, task: int) -> list[int]:
        """Return the last operations that run while one waits, on one of the resources that it occupies then."""
        one = self._at.placed[task]
        taken = [machine for machine, _ in occupied(self._compiled.tasks[task].modes[one.mode], one.people)]
        if not taken:
            return []
        rows = self._runs[self._random.choice(taken)]
        at = bisect_left(rows, (one.start, one.end, task))
        return [number for _, end, number in rows[max(0, at - _AHEAD) : at] if end > one.queued]

    def _upstream(self, tasks: Sequence[int]) -> Sequence[int]:
        """Return the operations of a job, or, while none of them waits for a resource, of those that it waits for."""
        placed, compiled = self._at.placed, self._compiled
        while not any(placed[task].start > placed[task].queued for task in tasks):
            jobs = {compiled.tasks[other].job for task in tasks for other in compiled.tasks[task].before}
            jobs -= {compiled.tasks[task].job for task in tasks}
            if not jobs:
                break
            tasks = [task for job in sorted(jobs) for task in compiled.jobs[job].tasks]
        return tasks


def _units(tasks: Sequence[Task], placed: Sequence[Placed], members: Sequence[int]) -> int:
    return sum(tasks[task].modes[placed[task].mode].takes[0][1] for task in members)
