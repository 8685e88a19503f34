"""What went into what, where it is now, and for whom it was ordered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prodstock.trace.genealogy import Genealogy, backward, forward
from prodstock.trace.intent import BroughtBy, OrderedFor, brought_by, ordered_for

if TYPE_CHECKING:
    from prodstock.stock.asking import Ask
    from prodstock.stock.goods import GoodsRef
    from prodstock.tables import Table


class TraceAnswers:
    """Questions about genealogy. Each reads the plant as it is at that moment."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask

    def forward(self, goods: GoodsRef) -> Genealogy:
        """Return where goods went: orders, what was made of them, and shipments."""
        return self._ask(lambda world: forward(world, goods))

    def backward(self, goods: GoodsRef) -> Genealogy:
        """Return what goods were made of, down to what was bought, and with which purchase orders."""
        return self._ask(lambda world: backward(world, goods))

    def brought_by(self, goods: GoodsRef) -> Table[BroughtBy]:
        """Return which orders brought goods, how much each, and for which demands they were placed.

        It is what was planned when they were placed: what goods are for now say reservations and the next plan.

        Raises:
            UnknownCode, AmbiguousCode: if the goods are not to be found.
        """
        return self._ask(lambda world: brought_by(world, goods))

    def ordered_for(self, demand: str) -> Table[OrderedFor]:
        """Return all orders that were placed for a demand: what is made for it, then what is bought and moved.

        Raises:
            UnknownCode: if there is no demand of that code.
        """
        return self._ask(lambda world: ordered_for(world, demand))
