"""How a schedule is made: by which rules, and what is good about one."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple, TypeAlias, TypeVar

import attrs

from prodstock._render import brief, short
from prodstock.errors import InvalidValueError, listed, paired
from prodstock.master import checks
from prodstock.quantities.number import Number


class Rule(StrEnum):
    """Which of the operations that could be next is placed next.

    EARLIEST_DUE: of the job that is due first. SHORTEST: the shortest. WEIGHTED_SHORTEST: the shortest for its job's
    weight. MOST_WORK: of the job with the longest way to its end. SLACK: of the job with the least time to spare.
    CRITICAL_RATIO: of the job whose time until it is due is the smallest multiple of the work that remains.
    TARDINESS_COST: apparent tardiness cost, which is large for what is short, weighty and almost late
    (Vepsalainen and Morton 1987, with a look-ahead of two). CHANGEOVER_COST: the same, less for what the machine has to
    be changed over for (Lee, Bhaskaran and Pinedo 1997), looked at anew each time; only where machines are.
    BOTTLENECK_FIRST: an order is made for the resource that takes longest, then the one that has to begin first for it.
    AS_PLANNED: what was scheduled before stays where it was if it can; what cannot, and what is new, comes after all of
    that or before it, whichever is better; only where the problem has standings.
    """

    EARLIEST_DUE = "earliest-due"
    SHORTEST = "shortest"
    WEIGHTED_SHORTEST = "weighted-shortest"
    MOST_WORK = "most-work"
    SLACK = "slack"
    CRITICAL_RATIO = "critical-ratio"
    TARDINESS_COST = "tardiness-cost"
    CHANGEOVER_COST = "changeover-cost"
    BOTTLENECK_FIRST = "bottleneck-first"
    AS_PLANNED = "as-planned"


class Goal(StrEnum):
    """What of a schedule counts, less being better.

    DEADLINES: what all jobs end after their deadlines; it counts before all other goals, named or not. TARDINESS: what
    all jobs are late, times their weights. EARLINESS: what all jobs are done before they are due, times their holding
    weights. MAKESPAN: from the start of the problem to the end of the last job. FLOW: from its release to its end, of
    all jobs together. IN_PROCESS: from the start of its first operation to its end, of all jobs, times their holding
    weights: what lies on the floor. CHANGEOVER: for how long machines are changed over. CHANGEOVER_COST: what that
    costs besides, in money. STABILITY: how far operations begin from where they did by the schedule before, sooner or
    later, and the work of those that run elsewhere.
    """

    DEADLINES = "deadlines"
    TARDINESS = "tardiness"
    EARLINESS = "earliness"
    MAKESPAN = "makespan"
    FLOW = "flow"
    IN_PROCESS = "in-process"
    CHANGEOVER = "changeover"
    CHANGEOVER_COST = "changeover-cost"
    STABILITY = "stability"


class Engine(StrEnum):
    """How is searched.

    AUTO: by what fits the problem and its goals. TABU: by moves on the longest way through a job shop, flexible or not;
    only for what is one, and for its length. LNS: by changing schedules of any kind and making them anew.
    """

    AUTO = "auto"
    TABU = "tabu"
    LNS = "lns"


def _parts(values: Mapping[Goal, Number] | Iterable[tuple[Goal, Number]]) -> tuple[tuple[Goal, Decimal], ...]:
    found = []
    for goal, rate in paired(values, "parts").items():
        checks.member(goal, Goal, "parts")
        checks.not_negative(exact_rate := checks.number(rate), "parts")
        found.append((goal, exact_rate))
    if not found:
        raise InvalidValueError(field="parts", value=(), reason="are empty", advice="Name at least one Goal")
    return tuple(sorted(found, key=lambda part: list(Goal).index(part[0])))


@attrs.frozen(repr=False)
class Blend:
    """Several goals as one: what an hour of each costs; of money, what each unit of it counts.

    Args:
        parts: rates by goal.

    >>> Blend({Goal.TARDINESS: 10, Goal.CHANGEOVER: 2})
    <Blend 10 tardiness + 2 changeover>
    """

    parts: tuple[tuple[Goal, Decimal], ...] = attrs.field(converter=_parts)

    def __repr__(self) -> str:
        return short(f"<Blend {' + '.join(f'{rate:f} {goal.value}' for goal, rate in self.parts)}>")


Aim: TypeAlias = Goal | Blend
"""What counts: a goal, or a blend of several."""
USUAL = (Goal.TARDINESS, Goal.MAKESPAN, Goal.FLOW)


T = TypeVar("T")

MOST_SECONDS = 7 * 86_400
"""The longest search."""


def _rules(values: Iterable[Rule]) -> tuple[Rule, ...]:
    found = _filled(values, Rule, "rules")
    for one in found:
        checks.member(one, Rule, "rules")
    return found


def _goals(values: Iterable[Aim | Mapping[Goal, Number]]) -> tuple[Aim, ...]:
    found: list[Aim] = []
    for one in _filled(values, Goal, "goals"):
        if not isinstance(one, Goal | Blend | Mapping):
            checks.member(one, Goal, "goals")
        found.append(Blend(one) if isinstance(one, Mapping) else one)
    return tuple(found)


def _filled(values: Iterable[T], kind: type, field: str) -> tuple[T, ...]:
    found = listed(values, field)
    if not found:
        raise InvalidValueError(
            field=field, value=found, reason="is empty", advice=f"Name at least one {kind.__name__}"
        )
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
        goals: what is best: less of the first goal, of equal ones less of the second, and so on. One of them may be a
            `Blend`, or a dict of rates as it takes it. Where jobs have deadlines, these come first.
        seconds: how long a search goes on from the best schedule of the rules; None: until its iterations are done, or,
            without these, no search.
        iterations: how many schedules the search makes; None: as many as it can in its seconds. The same number, with
            the same seed, gives the same schedule, if the seconds suffice.
        seed: what the search draws by.
        engine: how is searched.
    """

    rules: tuple[Rule, ...] = attrs.field(default=tuple(Rule), converter=_rules)
    goals: tuple[Aim, ...] = attrs.field(default=USUAL, converter=_goals)
    seconds: Decimal | None = attrs.field(default=None, converter=_seconds)
    iterations: int | None = None
    seed: int = 0
    engine: Engine = Engine.AUTO

    def __attrs_post_init__(self) -> None:
        if self.seconds is not None:
            checks.not_negative(self.seconds, "seconds")
            if self.seconds > MOST_SECONDS:
                raise InvalidValueError(field="seconds", value=self.seconds, reason="are more than a week")
        if self.iterations is not None:
            checks.whole(self.iterations, "iterations", least=0)
        checks.whole(self.seed, "seed", least=0)
        checks.member(self.engine, Engine, "engine")

    @property
    def effort(self) -> Effort | None:
        """How long is searched; None: not at all."""
        if self.seconds is None and self.iterations is None:
            return None
        return Effort(self.seed, self.iterations, None if self.seconds is None else int(self.seconds * 1000))

    __repr__ = brief
