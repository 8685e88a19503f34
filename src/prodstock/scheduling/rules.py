"""What the rules prefer: of the operations that could be next the one with the least value."""

from __future__ import annotations

from math import exp, log
from typing import TYPE_CHECKING, TypeAlias

from prodstock.scheduling.drum import drum
from prodstock.scheduling.policy import Rule

if TYPE_CHECKING:
    from collections.abc import Callable

    from prodstock.scheduling.compiled import Compiled, Task

Preference: TypeAlias = "Callable[[Task, int], float]"
"""What is preferred less the larger it is, of an operation and the moment from which on it could be queued."""

_LOOK_AHEAD = 2
"""Of apparent tardiness cost: how many operations of middle length ahead being late is felt."""

_NEW = 1e17
"""What sets what is new apart from what was planned."""
_LOOK_AT_CHANGES = 0.3
"""Of the mean change by the rules of the machines: what counts e times less by the rule that looks at changes."""


def preference(compiled: Compiled, rule: Rule) -> Preference:
    """Return what a rule prefers."""
    return _PREFERENCES[rule](compiled)


def _earliest_due(compiled: Compiled) -> Preference:
    return lambda task, ready: compiled.jobs[task.job].due  # noqa: ARG005


def _shortest(_: Compiled) -> Preference:
    return lambda task, ready: task.work  # noqa: ARG005


def _weighted_shortest(compiled: Compiled) -> Preference:
    return lambda task, ready: task.work / max(1e-9, float(compiled.jobs[task.job].weight))  # noqa: ARG005


def _most_work(_: Compiled) -> Preference:
    return lambda task, ready: -task.tail  # noqa: ARG005


def _slack(compiled: Compiled) -> Preference:
    return lambda task, ready: compiled.jobs[task.job].due - ready - task.tail


def _critical_ratio(compiled: Compiled) -> Preference:
    return lambda task, ready: (compiled.jobs[task.job].due - ready) / max(1, task.tail)


def _tardiness_cost(compiled: Compiled) -> Preference:
    works = sorted(task.work for task in compiled.tasks)
    middle = max(1, works[len(works) // 2]) if works else 1

    def wanted(task: Task, ready: int) -> float:
        job = compiled.jobs[task.job]
        spare = max(0, job.due - ready - task.tail)
        return -float(job.weight) / max(1, task.work) * exp(-min(700.0, spare / (_LOOK_AHEAD * middle)))

    return wanted


def _changeover_cost(compiled: Compiled) -> Preference:
    works = sorted(task.work for task in compiled.tasks)
    ahead = _LOOK_AHEAD * max(1, works[len(works) // 2]) if works else 1

    def wanted(task: Task, ready: int) -> float:
        job = compiled.jobs[task.job]
        spare = max(0, job.due - ready - task.tail)
        return spare / ahead - log(max(1e-9, float(job.weight)) / max(1, task.work))

    return wanted


def as_planned(compiled: Compiled, *, new_first: bool) -> Preference:
    """Return that what was planned before is preferred as it was, and what is new before all that, or after it."""
    new = -_NEW if new_first else _NEW

    def wanted(task: Task, _: int) -> float:
        return min(compiled.jobs[task.job].due, _NEW / 10) + new if task.home is None else task.home.start

    return wanted


def change_scale(compiled: Compiled, rule: Rule) -> float | None:
    """Return which time of a change counts e times less, by a rule that looks at changes; None: it does not."""
    times = [one.changing.changes.usual for one in compiled.machines if one.changing is not None]
    if rule is not Rule.CHANGEOVER_COST or not any(times):
        return None
    return _LOOK_AT_CHANGES * sum(times) / len(times)


_PREFERENCES: dict[Rule, Callable[[Compiled], Preference]] = {
    Rule.EARLIEST_DUE: _earliest_due,
    Rule.SHORTEST: _shortest,
    Rule.WEIGHTED_SHORTEST: _weighted_shortest,
    Rule.MOST_WORK: _most_work,
    Rule.SLACK: _slack,
    Rule.CRITICAL_RATIO: _critical_ratio,
    Rule.TARDINESS_COST: _tardiness_cost,
    Rule.CHANGEOVER_COST: _changeover_cost,
    Rule.BOTTLENECK_FIRST: drum,
    Rule.AS_PLANNED: lambda compiled: as_planned(compiled, new_first=False),
}
