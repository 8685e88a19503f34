"""A plant as it would be: a pinned state and what was assumed of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prodstock.view import View

if TYPE_CHECKING:
    from prodstock.journal.store import Clock
    from prodstock.stock.world import World


class Scenario(View):
    """A plant as it would be: a value, whose state nothing changes."""

    def __init__(self, name: str, world: World, clock: Clock) -> None:
        super().__init__(world, clock)
        self._name = name

    @property
    def name(self) -> str:
        """What it is called."""
        return self._name

    def fork(self, name: str, /) -> Scenario:
        """Return a scenario of the same state under another name. O(1)."""
        return Scenario(name, self._world.fork(), self._clock)

    def __repr__(self) -> str:
        return f"<Scenario {self._name[:60]!r}>"
