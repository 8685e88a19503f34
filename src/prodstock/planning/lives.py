"""How long goods must be good for those who take them: what a demand asks for, handed down to the parts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prodstock.planning.kernel import ANY, Fit

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from prodstock.planning.kernel import Want
    from prodstock.planning.ways import Part


class Lives:
    """What goods must be like for each want of a plan.

    `asked` has it by who asks outside the plan. `until` has, by order (`origin` of its wants), up to when what it makes
    or moves must be good: so long must be good what limits the life of what is made, and what is moved is the same.
    `ends` has until when that is good, of what orders take that are filled one by one.
    """

    __slots__ = ("_now", "_parts", "asked", "ends", "until")

    def __init__(self, parts: Sequence[Part], now: int) -> None:
        self._parts = parts
        self._now = now
        self.asked: dict[int, Fit] = {}
        self.until: dict[int, int] = {}
        self.ends: dict[int, int] = {}

    def of(self, want: Want) -> Fit:
        """Return what goods must be like for a want."""
        found = self.asked.get(want[2])
        if found is not None:
            return found
        life = self.handed_down(want[2], want[3], want[0]) if self.until else 0
        return Fit(life) if life else ANY

    def handed_down(self, origin: int, part: int, at: int) -> int:
        """Return how long after an order takes a part that must be good for the sake of what the order brings."""
        until = self.until.get(origin, 0)
        return max(0, until - max(at, self._now)) if until and self._limits(part) else 0

    def limits(self, want: Want) -> bool:
        """Tell whether what an order of the plan brings is good no longer than what a want takes."""
        return want[2] in self.until and self._limits(want[3])

    def _limits(self, part: int) -> bool:
        return part < 0 or self._parts[part].limits

    def longest(self, wants: Iterable[Want]) -> int:
        """Return how long the most demanding of some wants asks goods to be good; 0 without one."""
        return max([self.of(want).life for want in wants], default=0)
