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
    from prodstock.journal.store import Clock
    from prodstock.scenario import change as change_commands
    from prodstock.scenario.change import Assumption
    from prodstock.stock.world import World
else:
    change_commands = Lazy("prodstock.scenario.change")


class Scenario(View):
    """A plant as it would be: a pinned base and a list of changes. A value: assuming more gives another scenario.

    >>> from prodstock.master.catalog import Catalog
    >>> from prodstock.master.item import Item
    >>> from prodstock.plant import Plant
    >>> from prodstock.stock.receive import Receive
    >>> plant = Plant(Catalog([Item("BOX")]))
    >>> more = plant.fork("a lorry more").assume(Receive("BOX", 500))
    >>> more.availability("BOX").free, plant.availability("BOX").free
    (Decimal('500'), Decimal('0'))
    """

    def __init__(self, name: str, world: World, clock: Clock, changes: tuple[Assumption, ...] = ()) -> None:
        super().__init__(world, clock)
        self._name = name
        self._changes = changes

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
        return Scenario(text(name, "name"), self._world.fork(), self._clock, self._changes)

    def assume(self, *changes: Assumption) -> Scenario:
        """Return a scenario in which these changes hold besides; this one stays as it is.

        Raises:
            Refused: if a command among them would be refused; the message says which.
            InvalidValueError: if a change would change nothing.
        """
        world = self._world.fork()
        ids = CountingIds()
        for change in changes:
            for command in change_commands.commands_for(world, change):
                try:
                    if answered(world, command) is None:
                        carried_out(world, command, self._now(), ids)
                except Refused as refused:
                    refused.add_note(f"assumed in scenario {self._name!r}: {change!r}")
                    raise
        return Scenario(self._name, world, self._clock, (*self._changes, *changes))

    def __repr__(self) -> str:
        return f"<Scenario {self._name[:60]!r}, {len(self._changes)} changes>"
