"""Which search fits a problem, and its way to the calendar and back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prodstock.errors import InvalidValueError
from prodstock.scheduling.construct import construct
from prodstock.scheduling.cumulative.project import as_project
from prodstock.scheduling.cumulative.search import Search as ProjectSearch
from prodstock.scheduling.disjunctive.search import Search as ShopSearch
from prodstock.scheduling.disjunctive.search import Solution
from prodstock.scheduling.disjunctive.shop import job_shop
from prodstock.scheduling.improve import improve
from prodstock.scheduling.policy import Engine, Goal
from prodstock.scheduling.worth import score
from prodstock.stock.lot import NEVER

if TYPE_CHECKING:
    from collections.abc import Sequence

    from prodstock.scheduling.budget import Budget
    from prodstock.scheduling.compiled import Compiled
    from prodstock.scheduling.construct import Placed
    from prodstock.scheduling.cumulative.project import Layout as ProjectLayout
    from prodstock.scheduling.disjunctive.shop import Layout as ShopLayout
    from prodstock.scheduling.policy import Aim, SchedulingPolicy


def searched(compiled: Compiled, start: list[Placed], policy: SchedulingPolicy, budget: Budget) -> list[Placed]:
    """Return the best schedule found from one that there is, never a worse one.

    Where the length counts above all, job shops are searched by moves and projects by orders of their activities;
    all else is changed and made anew. With the same seed and as many iterations it is the same. An interrupt ends the
    search with the best so far.

    Raises:
        InvalidValueError: if the problem is not what the engine is for.
    """
    goals, seed, engine = policy.goals, policy.seed, policy.engine
    if above_all_length(compiled, goals) and compiled.tasks and engine is not Engine.LNS:
        shop = job_shop(compiled)
        if shop is not None:
            return _better(compiled, start, _of_shop(compiled, shop, start, seed, budget), goals)
        project = as_project(compiled, start) if engine is Engine.AUTO else None
        if project is not None:
            return _better(compiled, start, _of_project(compiled, project, start, seed, budget), goals)
    if engine is Engine.TABU and compiled.tasks:
        reason = "is for job shops on one calendar whose length counts above all"
        advice = "Leave the engine out, or use Engine.LNS"
        raise InvalidValueError(field="engine", value=engine, reason=reason, advice=advice)
    return improve(compiled, start, goals, seed, budget)


def above_all_length(compiled: Compiled, goals: Sequence[Aim]) -> bool:
    """Tell whether the first goal that can be missed is the length."""
    if compiled.deadlines or compiled.settled or compiled.at_home:
        return False
    if goals[0] is Goal.TARDINESS and not any(row.due != NEVER and row.weight for row in compiled.jobs):
        return len(goals) > 1 and goals[1] is Goal.MAKESPAN
    return goals[0] is Goal.MAKESPAN


def _better(compiled: Compiled, start: list[Placed], made: list[Placed], goals: Sequence[Aim]) -> list[Placed]:
    return min(start, made, key=lambda placed: score(compiled, placed, goals))


def _of_shop(compiled: Compiled, layout: ShopLayout, start: list[Placed], seed: int, budget: Budget) -> list[Placed]:
    tasks, clock = layout.tasks, layout.clock
    heads = [(clock.to_worked(start[task].start) - layout.start) // layout.unit for task in tasks]
    search = ShopSearch(layout.shop, seed, budget)
    found = search.run(Solution(0, heads, [start[task].mode for task in tasks]))
    keys, modes = _keys(compiled, layout, found.heads), [-1] * len(compiled.tasks)
    for task, mode in zip(tasks, found.modes, strict=True):
        modes[task] = mode
    return construct(compiled, lambda task, _: keys[task.number], modes)


def _keys(compiled: Compiled, layout: ShopLayout, heads: Sequence[int]) -> list[int]:
    """Return when each task begins, in units; of what runs on no machine, when that before it in its chain does."""
    keys: dict[int, int] = dict(zip(layout.tasks, heads, strict=True))
    found = []
    for task in compiled.tasks:
        at = task
        while at.number not in keys and at.before:
            at = compiled.tasks[at.before[0]]
        found.append(keys.get(at.number, -1))
    return found


def _of_project(
    compiled: Compiled, layout: ProjectLayout, start: list[Placed], seed: int, budget: Budget
) -> list[Placed]:
    clock = layout.clock
    starts = [(clock.to_worked(one.start) - layout.start) // layout.unit for one in start]
    keys = ProjectSearch(layout.project, seed, budget).run(starts).starts
    return construct(compiled, lambda task, _: keys[task.number])
