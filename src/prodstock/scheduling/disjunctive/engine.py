"""From a problem that is a job shop to a better schedule of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prodstock.scheduling.construct import construct, score
from prodstock.scheduling.disjunctive.search import Search, Solution
from prodstock.scheduling.disjunctive.shop import job_shop
from prodstock.scheduling.policy import Goal
from prodstock.stock.lot import NEVER

if TYPE_CHECKING:
    from collections.abc import Sequence

    from prodstock.scheduling.budget import Budget
    from prodstock.scheduling.compiled import Compiled
    from prodstock.scheduling.construct import Placed
    from prodstock.scheduling.disjunctive.shop import Layout


def fitting(compiled: Compiled, goals: Sequence[Goal]) -> Layout | None:
    """Return a problem as a job shop, if it is one of which above all the length counts; else None."""
    for goal in goals:
        if goal is Goal.MAKESPAN:
            return job_shop(compiled)
        if goal is not Goal.TARDINESS or any(row.due != NEVER and row.weight for row in compiled.jobs):
            break
    return None


def improve_shop(
    compiled: Compiled, layout: Layout, start: list[Placed], goals: Sequence[Goal], seed: int, budget: Budget
) -> list[Placed]:
    """Return the best schedule found, never worse than the start.

    With the same seed and as many moves it is the same. An interrupt ends the search with the best so far.
    """
    tasks, clock = layout.tasks, layout.clock
    heads = [(clock.to_worked(start[task].start) - layout.start) // layout.unit for task in tasks]
    search = Search(layout.shop, seed, budget)
    found = search.run(Solution(0, heads, [start[task].mode for task in tasks]))
    keys, modes = _keys(compiled, layout, found.heads), [-1] * len(compiled.tasks)
    for task, mode in zip(tasks, found.modes, strict=True):
        modes[task] = mode
    made = construct(compiled, lambda task, _: keys[task.number], modes)
    return min(start, made, key=lambda placed: score(compiled, placed, goals))


def _keys(compiled: Compiled, layout: Layout, heads: Sequence[int]) -> list[int]:
    """Return when each task begins, in units; of what runs on no machine, when that before it in its chain does."""
    keys: dict[int, int] = dict(zip(layout.tasks, heads, strict=True))
    found = []
    for task in compiled.tasks:
        at = task
        while at.number not in keys and at.before:
            at = compiled.tasks[at.before[0]]
        found.append(keys.get(at.number, -1))
    return found
