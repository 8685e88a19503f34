"""What may be asked about purchase and transfer orders: how they stand, what is late, what came when."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prodstock.errors import UnknownCode, nearest
from prodstock.master.codes import supplier_code
from prodstock.master.sourcing import Sourcing, Supplier
from prodstock.orders.purchase import PurchaseOrder, SupplyState
from prodstock.stock import supply_history
from prodstock.tables import Table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from prodstock.stock.asking import Ask
    from prodstock.stock.supply_sheet import Arrival, LateSupply, SupplyChange, SupplySheet
    from prodstock.stock.world import World


class SupplyAnswers:
    """Questions about purchase and transfer orders. Each reads the plant as it is at that moment."""

    def __init__(self, ask: Ask, ask_all: Ask, now: Callable[[], int]) -> None:
        self._ask = ask
        self._ask_all = ask_all
        self._now = now

    def order(self, ref: str) -> SupplySheet:
        """Return an order as it stands: what is ordered, promised and expected, what came when, and how late it is.

        Raises:
            UnknownCode: if there is no purchase or transfer order of that code.
        """
        return self._ask(lambda world: supply_history.sheet(world, ref, self._now()))

    def orders(self) -> Table[SupplySheet]:
        """Return all orders as they stand, in the order of their codes. O(their events)."""
        return self._ask_all(
            lambda world: Table(
                supply_history.sheet(world, state.order.ref or "", self._now()) for state in _all(world)
            )
        )

    def history(self, ref: str) -> Table[SupplyChange]:
        """Return what happened to an order, who said so and why, in the order of recording.

        What was taken back is in it, and the taking. Goods that left for a transfer are, too.

        Raises:
            UnknownCode: if there is no purchase or transfer order of that code.
        """
        return self._ask_all(lambda world: supply_history.history(world, ref))

    def late(self) -> Table[LateSupply]:
        """Return the parts of open orders that were expected before now, the longest overdue first, then by code."""

        def answer(world: World) -> Table[LateSupply]:
            now = self._now()
            found = (part for state in _all(world) for part in supply_history.late_parts(world, state, now))
            return Table(sorted(found, key=lambda part: -part.days))

        return self._ask_all(answer)

    def arrivals(self, supplier: str | None = None) -> Table[Arrival]:
        """Return what came against what was asked for, promised and expected, by order and in the order of recording.

        Args:
            supplier: only what was ordered from it; None: from all, and what other sites sent.

        Raises:
            UnknownCode: if nothing was ever ordered from that supplier, and nothing is defined of it.
        """
        wanted = None if supplier is None else supplier_code(supplier)

        def answer(world: World) -> Table[Arrival]:
            if wanted is not None:
                _check_supplier(world, wanted)
            meant = (state.order.ref or "" for state in _all(world) if wanted in (None, _supplier(state)))
            return Table(
                one
                for ref in meant
                for one in supply_history.arrivals(
                    world, supply_history.lasting(world, supply_history.steps_of(world, ref))
                )
            )

        return self._ask_all(answer)


def _all(world: World) -> Iterator[SupplyState]:
    """Yield all orders by code."""
    for name in sorted(world.names):
        if name.startswith("supply:"):
            state = world.record(world.names.find(name)).body
            if isinstance(state, SupplyState):
                yield state


def _supplier(state: SupplyState) -> str:
    """Return the supplier of a purchase; of a transfer the empty text, which is no supplier's code."""
    return state.order.supplier if isinstance(state.order, PurchaseOrder) else ""


def _check_supplier(world: World, supplier: str) -> None:
    definitions = world.catalog.definitions
    known = {one.supplier for one in definitions if isinstance(one, Sourcing)}
    known |= {one.code for one in definitions if isinstance(one, Supplier)}
    known |= {_supplier(state) for state in _all(world)} - {""}
    if supplier not in known:
        raise UnknownCode(kind="supplier", given=supplier, nearest=nearest(supplier, sorted(known)))
