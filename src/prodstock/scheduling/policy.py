"""How a schedule is made: by which rules, and what is good about one."""

from collections.abc import Iterable
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple, TypeVar

import attrs

from prodstock._render import brief
from prodstock.errors import InvalidValueError, listed
from prodstock.master import checks
from prodstock.quantities.number import Number


class Rule(StrEnum):
    """Which of the operations that could be next is placed next.

    EARLIEST_DUE: of the job that is due first. SHORTEST: the shortest. WEIGHTED_SHORTEST: the shortest for its job's
    weight. MOST_WORK: of the job with the longest way to its end. SLACK: of the job with the least time to spare.
    CRITICAL_RATIO: of the job whose time until it is due is the smallest multiple of the work that remains.
    TARDINESS_COST: apparent tardiness cost, which is large for what is short, weighty and almost late
    (Vepsalainen and Morton 1987, with a look-ahead of two).
    """

    EARLIEST_DUE = "earliest-due"
    SHORTEST = "shortest"
    WEIGHTED_SHORTEST = "weighted-shortest"
    MOST_WORK = "most-work"
    SLACK = "slack"
    CRITICAL_RATIO = "critical-ratio"
    TARDINESS_COST = "tardiness-cost"


class Goal(StrEnum):
    """What of a schedule counts, less being better.

    TARDINESS: what all jobs are late, times their weights. MAKESPAN: from the start of the problem to the end of the
    last job. FLOW: from its release to its end, of all jobs together: what lies on the floor.
    """

    TARDINESS = "tardiness"
    MAKESPAN = "makespan"
    FLOW = "flow"


T = TypeVar("T", Rule, Goal)

MOST_SECONDS = 7 * 86_400
"""The longest search."""


def _rules(values: Iterable[Rule]) -> tuple[Rule, ...]:
    return _some(values, Rule, "rules")


def _goals(values: Iterable[Goal]) -> tuple[Goal, ...]:
    return _some(values, Goal, "goals")


def _some(values: Iterable[T], kind: type[T], field: str) -> tuple[T, ...]:
    found = listed(values, field)
    if not found:
        raise InvalidValueError(
            field=field, value=found, reason="is empty", advice=f"Name at least one {kind.__name__}"
        )
    for one in found:
        checks.member(one, kind, field)
    return found


class Effort(NamedTuple):
    """How long is searched: so many schedules, or so many milliseconds, whichever ends first; None: no end by it."""

    seed: int
    iterations: int | None
    milliseconds: int | None


def _seconds(value: Number | None) -> Decimal | None:
    return None if value is None else checks.number(value)


@attrs.frozen(kw_only=True, repr=False)
class SchedulingPolicy:
    """How a schedule is made.

    Args:
        rules: each makes a schedule, and the best is kept; of equal ones that of the rule named first.
        goals: what is best: less of the first goal, of equal ones less of the second, and so on.
        seconds: how long a search goes on from the best schedule of the rules; None: until its iterations are done, or,
            without these, no search.
        iterations: how many schedules the search makes; None: as many as it can in its seconds. The same number, with
            the same seed, gives the same schedule, if the seconds suffice.
        seed: what the search draws by.
    """

    rules: tuple[Rule, ...] = attrs.field(default=tuple(Rule), converter=_rules)
    goals: tuple[Goal, ...] = attrs.field(default=tuple(Goal), converter=_goals)
    seconds: Decimal | None = attrs.field(default=None, converter=_seconds)
    iterations: int | None = None
    seed: int = 0

    def __attrs_post_init__(self) -> None:
        if self.seconds is not None:
            checks.not_negative(self.seconds, "seconds")
            if self.seconds > MOST_SECONDS:
                raise InvalidValueError(field="seconds", value=self.seconds, reason="are more than a week")
        if self.iterations is not None:
            checks.whole(self.iterations, "iterations", least=0)
        checks.whole(self.seed, "seed", least=0)

    @property
    def effort(self) -> Effort | None:
        """How long is searched; None: not at all."""
        if self.seconds is None and self.iterations is None:
            return None
        return Effort(self.seed, self.iterations, None if self.seconds is None else int(self.seconds * 1000))

    __repr__ = brief
