"""What went into what, and where it is now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prodstock.trace.genealogy import Genealogy, backward, forward

if TYPE_CHECKING:
    from prodstock.stock.asking import Ask
    from prodstock.stock.goods import GoodsRef


class TraceAnswers:
    """Questions about genealogy. Each reads the plant as it is at that moment."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask

    def forward(self, goods: GoodsRef) -> Genealogy:
        """Return where goods went: orders, what was made of them, and shipments."""
        return self._ask(lambda world: forward(world, goods))

    def backward(self, goods: GoodsRef) -> Genealogy:
        """Return what goods were made of, down to what was bought."""
        return self._ask(lambda world: backward(world, goods))
