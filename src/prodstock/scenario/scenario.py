"""A plant as it would be: a pinned state and what was assumed of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prodstock._lazy import Lazy
from prodstock.decisions import answered, carried_out
from prodstock.errors import Refused
from prodstock.journal.store import CountingIds
from prodstock.master.codes import text
from prodstock.view import View

if TYPE_CHECKING:
    from prodstock.calendars.span import Moment
    from prodstock.journal.store import Clock
    from prodstock.planning.plan import Plan
    from prodstock.planning.policy import PlanningPolicy
    from prodstock.scenario import change as change_commands
    from prodstock.scenario import policy_change as policies
    from prodstock.scenario.change import Assumption
    from prodstock.stock.world import Commit, World
    from prodstock.tables import Progress
else:
    change_commands = Lazy("prodstock.scenario.change")
    policies = Lazy("prodstock.scenario.policy_change")


class Scenario(View):
    """A plant as it would be: a pinned base and a list of changes. A value: assuming more gives another scenario.

    Two scenarios are equal if they have one name and one base (the same plant, after as many commits) and the same
    changes came to the same in both: what was assumed at another moment of the clock need not.

    >>> from prodstock.master.catalog import Catalog
    >>> from prodstock.master.item import Item
    >>> from prodstock.plant import Plant
    >>> from prodstock.stock.receive import Receive
    >>> plant = Plant(Catalog([Item("BOX")]))
    >>> more = plant.fork("a lorry more").assume(Receive("BOX", 500))
    >>> more.availability("BOX").free, plant.availability("BOX").free
    (Decimal('500'), Decimal('0'))
    """

    def __init__(
        self,
        name: str,
        world: World,
        clock: Clock,
        changes: tuple[Assumption, ...] = (),
        worlds: tuple[World, ...] = (),
    ) -> None:
        super().__init__(world, clock)
        self._name = name
        self._changes = changes
        self._worlds = worlds or (world,)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Scenario):
            return NotImplemented
        mine, theirs = self._worlds[0], other._worlds[0]
        return (
            (self._name, self._changes, mine.base) == (other._name, other._changes, theirs.base)
            and mine.parent is theirs.parent
            and self._assumed() == other._assumed()
        )

    def __hash__(self) -> int:
        return hash((self._name, self._worlds[0].base, len(self._changes)))

    def _assumed(self) -> list[Commit]:
        """Return what the changes came to."""
        return [self._world.commit(number) for number in range(self._worlds[0].base, len(self._world))]

    @property
    def name(self) -> str:
        """What it is called."""
        return self._name

    @property
    def changes(self) -> tuple[Assumption, ...]:
        """What was assumed, in order."""
        return self._changes

    def fork(self, name: str, /) -> Scenario:
        """Return a scenario of the same state under another name. O(1)."""
        return Scenario(text(name, "name"), self._world, self._clock, self._changes, self._worlds)

    @property
    def steps(self) -> tuple[Scenario, ...]:
        """The scenario before its first change, after the first, after the second, and so on; the last equals it."""
        return tuple(
            Scenario(self._name, world, self._clock, self._changes[:count], self._worlds[: count + 1])
            for count, world in enumerate(self._worlds)
        )

    @property
    def policy(self) -> PlanningPolicy:
        """How it is planned unless told otherwise: the policy of its last `PolicyChange`."""
        return policies.policy_of(self._changes)

    def plan(self, *, until: Moment, policy: PlanningPolicy | None = None, progress: Progress | None = None) -> Plan:
        """Return what to make, buy and move, and when, by the scenario's own policy unless another one is given."""
        return super().plan(until=until, policy=self.policy if policy is None else policy, progress=progress)

    def assume(self, *changes: Assumption) -> Scenario:
        """Return a scenario in which these changes hold besides; this one stays as it is.

        Raises:
            Refused: if a command among them would be refused; the message says which.
            InvalidValueError: if a change would change nothing.
        """
        ids = CountingIds()
        worlds = list(self._worlds)
        for number, change in enumerate(changes):
            worlds.append(world := worlds[-1].fork())
            policies.refuse_same_policy((*self._changes, *changes[:number]), change)
            for command in change_commands.commands_for(world, change):
                try:
                    if answered(world, command) is None:
                        carried_out(world, command, self._now(), ids)
                except Refused as refused:
                    refused.add_note(f"assumed in scenario {self._name!r}: {change!r}")
                    raise
        return Scenario(self._name, worlds[-1], self._clock, (*self._changes, *changes), tuple(worlds))

    def __repr__(self) -> str:
        return f"<Scenario {self._name[:60]!r}, {len(self._changes)} changes>"
