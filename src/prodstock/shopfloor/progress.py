"""How far the steps of an order are: what a confirmation implies of the steps before, and how much is left."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prodstock.errors import NotAllowed
from prodstock.orders.sheet import steps_of
from prodstock.quantities.scaled import from_scaled

if TYPE_CHECKING:
    from decimal import Decimal

    from prodstock.orders.production import ProductionOrder
    from prodstock.orders.sheet import Sheet


class Progress:
    """Good and scrapped units of each step, in the smallest steps of the order's item; changed by confirmations.

    A step is meant by its place in the order.

    Attributes:
        good: units confirmed good, by step.
        scrapped: units lost, by step.
    """

    __slots__ = ("_before", "good", "order", "scale", "scrapped", "sheet")

    def __init__(self, order: ProductionOrder, sheet: Sheet) -> None:
        self.order: ProductionOrder = order
        self.sheet: Sheet = sheet
        self.scale: int = sheet.item.scale
        scale = self.scale
        self._before = [(steps_of(good, scale), steps_of(bad, scale)) for good, bad in order.step_figures]
        self.good: list[int] = [good for good, _ in self._before]
        self.scrapped: list[int] = [scrapped for _, scrapped in self._before]

    @property
    def lost(self) -> int:
        """How many units were lost in all steps together."""
        return sum(self.scrapped)

    def entered(self, step: int) -> int:
        """Return how many units a step was confirmed for, good and scrapped."""
        return self.good[step] + self.scrapped[step]

    def begun(self) -> int:
        """Return how many units at least one step was confirmed for."""
        return max(map(int.__add__, self.good, self.scrapped))

    def confirm(self, step: int, good: int, scrapped: int) -> None:
        """Add units to a step; those it needs from the steps before are implied.

        Raises:
            NotAllowed: if more units were accounted for than are started; the hint says what is left.
        """
        room = self.sheet.quantity - self._lost_before(step) - self.entered(step)
        if good + scrapped > room:
            raise self._too_many(step, good + scrapped, room)
        self.good[step] += good
        self.scrapped[step] += scrapped
        for one in range(len(self.good) - 1, -1, -1):
            entered = self.entered(one)
            for before in self.sheet.after[one]:
                self.good[before] = max(self.good[before], entered)

    def lose(self, units: int, completed: int) -> None:
        """Count good units that are lost half made as scrapped in the last step that was confirmed for them.

        Args:
            units: how many are lost.
            completed: how many good ones have reached stores.
        """
        after: dict[int, int] = {}
        for step, befores in enumerate(self.sheet.after):
            for before in befores:
                after[before] = max(after.get(before, 0), self.entered(step))
        waiting = [good - after.get(step, completed) for step, good in enumerate(self.good)]
        for step in sorted(range(len(waiting)), key=lambda one: (-waiting[one], one)):
            lost = max(0, min(units, waiting[step]))
            self.good[step] -= lost
            self.scrapped[step] += lost
            units -= lost

    def _lost_before(self, step: int) -> int:
        """Return how many units were lost on the way to a step: on the way with the most losses."""
        if not any(self.scrapped):
            return 0
        lost: list[int] = []
        for befores in self.sheet.after[: step + 1]:
            lost.append(max((lost[before] + self.scrapped[before] for before in befores), default=0))
        return lost[step]

    def _too_many(self, step: int, asked: int, room: int) -> NotAllowed:
        left, wanted = (from_scaled(n, self.scale) for n in (max(room, 0), asked))
        launched = self.order.launched
        return NotAllowed(
            what=f"step {launched.steps[step].code} of {launched.code}",
            state=f"confirmed for all but {left:f} of {launched.quantity:f} {launched.unit} started",
            asked=f"confirm {wanted:f} {launched.unit}",
            advice=f"Confirm at most {left:f} {launched.unit}, or launch another order for more",
        )

    def changed(self) -> tuple[int, ...]:
        """Return the steps that have new figures, in their order."""
        good, scrapped = self.good, self.scrapped
        return tuple(
            step for step, before in enumerate(self._before) if before[0] != good[step] or before[1] != scrapped[step]
        )

    def figures(self, steps: tuple[int, ...]) -> tuple[tuple[str, Decimal, Decimal], ...]:
        """Return code, good and scrapped so far of these steps."""
        known, scale = self.order.launched.steps, self.scale
        return tuple(
            (known[one].code, from_scaled(self.good[one], scale), from_scaled(self.scrapped[one], scale))
            for one in steps
        )
