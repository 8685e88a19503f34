"""The best of the rules, and how a schedule is made for some goals."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prodstock.scheduling.construct import construct
from prodstock.scheduling.policy import Goal, Rule
from prodstock.scheduling.postpone import postponed
from prodstock.scheduling.rules import change_scale, preference
from prodstock.scheduling.worth import goals_of, score

if TYPE_CHECKING:
    from collections.abc import Sequence

    from prodstock.scheduling.compiled import Compiled
    from prodstock.scheduling.construct import Placed
    from prodstock.scheduling.policy import Aim
    from prodstock.scheduling.rules import Preference
    from prodstock.scheduling.worth import Worth

_WAITING = frozenset({Goal.EARLINESS, Goal.IN_PROCESS})
"""Goals for which it may be better to do something later than one can."""


def made(
    compiled: Compiled,
    wanted: Preference,
    goals: Sequence[Aim],
    modes: Sequence[int] = (),
    scale: float | None = None,
) -> tuple[Worth, list[Placed]]:
    """Return a schedule by a preference, with its worth: where waiting is of use, as late as it may be."""
    placed = construct(compiled, wanted, modes, scale)
    found = score(compiled, placed, goals), placed
    if _WAITING.isdisjoint(goals_of(goals)):
        return found
    later = postponed(compiled, placed)
    worth = score(compiled, later, goals)
    return (worth, later) if worth < found[0] else found


def best(compiled: Compiled, rules: Sequence[Rule], goals: Sequence[Aim]) -> tuple[Rule, list[Placed]]:
    """Return the schedule of the rule that is best by the goals; of equal ones that of the first."""
    found = [
        (rule, *made(compiled, preference(compiled, rule), goals, (), change_scale(compiled, rule)))
        for rule in rules
        if rule is not Rule.CHANGEOVER_COST or len(rules) == 1 or any(one.changing for one in compiled.machines)
    ]
    rule, _, placed = min(found, key=lambda one: one[1])
    return rule, placed
