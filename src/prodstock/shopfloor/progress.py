"""How far the steps of an order are: what a confirmation implies of the steps before, and how much is left."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prodstock.errors import NotAllowed
from prodstock.quantities.scaled import from_scaled, to_scaled

if TYPE_CHECKING:
    from collections.abc import Iterator
    from decimal import Decimal

    from prodstock.orders.production import OrderStep, ProductionOrder


class Progress:
    """Good and scrapped units of each step, in the smallest steps of the order's item; changed by confirmations.

    Attributes:
        good: units confirmed good, by step.
        scrapped: units lost, by step.
    """

    __slots__ = ("_before", "good", "order", "scale", "scrapped")

    def __init__(self, order: ProductionOrder, scale: int) -> None:
        self.order = order
        self.scale = scale
        self.good = {step.code: to_scaled(step.good, scale) for step in order.steps}
        self.scrapped = {step.code: to_scaled(step.scrapped, scale) for step in order.steps}
        self._before = {step.code: (self.good[step.code], self.scrapped[step.code]) for step in order.steps}

    @property
    def quantity(self) -> int:
        """How many units are started."""
        return to_scaled(self.order.quantity, self.scale)

    @property
    def lost(self) -> int:
        """How many units were lost in all steps together."""
        return sum(self.scrapped.values())

    def entered(self, step: str) -> int:
        """Return how many units a step was confirmed for, good and scrapped."""
        return self.good[step] + self.scrapped[step]

    def begun(self) -> int:
        """Return how many units at least one step was confirmed for."""
        return max(map(self.entered, self.good))

    def confirm(self, step: str, good: int, scrapped: int) -> None:
        """Add units to a step; those it needs from the steps before are implied.

        Raises:
            NotAllowed: if more units were accounted for than are started; the hint says what is left.
        """
        room = self.quantity - self._lost_before()[step] - self.entered(step)
        if good + scrapped > room:
            raise self._too_many(step, good + scrapped, room)
        self.good[step] += good
        self.scrapped[step] += scrapped
        for one in reversed(self.order.steps):
            entered = self.entered(one.code)
            for before in one.after:
                self.good[before] = max(self.good[before], entered)

    def _lost_before(self) -> dict[str, int]:
        """Return how many units were lost on the way to each step: on the way with the most losses."""
        lost: dict[str, int] = {}
        for step in self.order.steps:
            lost[step.code] = max((lost[before] + self.scrapped[before] for before in step.after), default=0)
        return lost

    def _too_many(self, step: str, asked: int, room: int) -> NotAllowed:
        left, wanted = (from_scaled(n, self.scale) for n in (max(room, 0), asked))
        unit = self.order.unit
        return NotAllowed(
            what=f"step {step} of {self.order.code}",
            state=f"confirmed for all but {left:f} of {self.order.quantity:f} {unit} started",
            asked=f"confirm {wanted:f} {unit}",
            advice=f"Confirm at most {left:f} {unit}, or launch another order for more",
        )

    def changed(self) -> Iterator[OrderStep]:
        """Yield the steps that have new figures, in their order."""
        for step in self.order.steps:
            if (self.good[step.code], self.scrapped[step.code]) != self._before[step.code]:
                yield step

    def figures(self) -> tuple[tuple[str, Decimal, Decimal], ...]:
        """Return good and scrapped so far of the steps that have new figures."""
        return tuple(
            (s.code, from_scaled(self.good[s.code], self.scale), from_scaled(self.scrapped[s.code], self.scale))
            for s in self.changed()
        )
