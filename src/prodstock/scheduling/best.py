"""The best of the rules, and how a schedule is made for some goals."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from prodstock.scheduling.batch_runs import filling, in_batches
from prodstock.scheduling.construct import NO_HOLDS, Keep, construct
from prodstock.scheduling.policy import Goal, Rule
from prodstock.scheduling.postpone import postponed
from prodstock.scheduling.rules import as_planned, change_scale, preference
from prodstock.scheduling.worth import goals_of, score

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from prodstock.scheduling.compiled import Compiled
    from prodstock.scheduling.construct import Placed
    from prodstock.scheduling.policy import Aim
    from prodstock.scheduling.rules import Preference
    from prodstock.scheduling.worth import Worth

WAITING = frozenset({Goal.EARLINESS, Goal.IN_PROCESS})
"""Goals for which it may be better to do something later than one can."""
_PATIENCE = (Fraction(1, 8), Fraction(1, 4), Fraction(1, 2), Fraction(1))
"""For such shares of their time batches wait for more."""


def waits(goals: Sequence[Aim]) -> bool:
    """Whether it may be better to do something later than one can."""
    return not WAITING.isdisjoint(goals_of(goals))


def made(
    compiled: Compiled,
    wanted: Preference,
    goals: Sequence[Aim],
    modes: Sequence[int] = (),
    scale: float | None = None,
    holds: Mapping[int, int] = NO_HOLDS,
) -> tuple[Worth, list[Placed]]:
    """Return a schedule by a preference, with its worth: where waiting is of use, as late as it may be."""
    placed = construct(compiled, wanted, modes, scale, holds=holds)
    found = score(compiled, placed, goals), placed
    if not waits(goals):
        return found
    later = postponed(compiled, placed)
    worth = score(compiled, later, goals)
    return (worth, later) if worth < found[0] else found


def best(compiled: Compiled, rules: Sequence[Rule], goals: Sequence[Aim]) -> tuple[Rule, list[Placed]]:
    """Return the schedule of the rule that is best by the goals; of equal ones that of the first."""
    found = []
    for rule in rules:
        if len(rules) == 1 or _says_something(compiled, rule):
            found += [(rule, *one) for one in _by_rule(compiled, rule, goals)]
    if not found:
        found = [(rules[0], *one) for one in _by_rule(compiled, rules[0], goals)]
    rule, worth, placed = min(found, key=lambda one: one[1])
    if rule is not Rule.AS_PLANNED and any(True for _ in in_batches(compiled, placed)):
        waited = [(worth, placed), *_waiting(compiled, rule, placed, goals)]
        _, placed = min(waited, key=lambda one: one[0])
    return rule, placed


def _waiting(
    compiled: Compiled, rule: Rule, placed: Sequence[Placed], goals: Sequence[Aim]
) -> Iterator[tuple[Worth, list[Placed]]]:
    """Yield what a rule makes if batches wait for more, by when that came when they did not."""
    for share in _PATIENCE:
        holds = filling(compiled, placed, share)
        yield made(compiled, preference(compiled, rule), goals, (), change_scale(compiled, rule), holds)


def _says_something(compiled: Compiled, rule: Rule) -> bool:
    """Whether a rule that is for some problems is for this one."""
    if rule is Rule.AS_PLANNED:
        return compiled.at_home
    return rule is not Rule.CHANGEOVER_COST or any(one.changing for one in compiled.machines)


def _by_rule(compiled: Compiled, rule: Rule, goals: Sequence[Aim]) -> Iterator[tuple[Worth, list[Placed]]]:
    """Yield what a rule makes: one schedule; of what was planned those with what is displaced or new first and last."""
    if rule is not Rule.AS_PLANNED:
        yield made(compiled, preference(compiled, rule), goals, (), change_scale(compiled, rule))
        return
    new = [task for task in compiled.tasks if task.home is None and task.settled is None]
    for patient in (True, False):
        for first in (False, True) if new else (False,):
            placed = construct(compiled, as_planned(compiled, new_first=first), keep=Keep(patient))
            yield score(compiled, placed, goals), placed
