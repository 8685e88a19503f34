"""What may be asked about production: orders, pick lists, the WIP board, and where components went."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prodstock.calendars.zone import from_micros
from prodstock.orders.production import ProductionOrder
from prodstock.shopfloor.wip import BalanceRow, PickList, WipRow, balance, order_of, owed_lines, pick_list, wip_board
from prodstock.tables import Table

if TYPE_CHECKING:
    from prodstock.errors import ShortLine
    from prodstock.stock.asking import Ask
    from prodstock.stock.world import World


class ProductionAnswers:
    """Questions about production. Each reads the plant as it is at that moment."""

    def __init__(self, ask: Ask, ask_all: Ask) -> None:
        self._ask = ask
        self._ask_all = ask_all

    def order(self, code: str) -> ProductionOrder:
        """Return a production order as it stands.

        Raises:
            UnknownCode: if there is none of that code.
        """
        return self._ask(lambda world: order_of(world, code))

    def orders(self) -> Table[ProductionOrder]:
        """Return all production orders, in the order of their codes."""
        return self._ask_all(_orders)

    def owed(self, order: ProductionOrder | str) -> Table[ShortLine]:
        """Return the packaging an order owes: of each line what its units took, what they need, and for which step.

        Units confirmed without all of their packaging are not released until it is issued: so many as it suffices for
        may go. `asked` is what the units confirmed so far need, `free` what was used for them.

        Raises:
            UnknownCode: if there is no such order.
        """
        return self._ask(lambda world: owed_lines(world, order))

    def pick_list(self, order: ProductionOrder | str) -> PickList:
        """Return what to pick for an order by step and place, and what is short."""
        return self._ask(lambda world: pick_list(world, order))

    def wip(self) -> Table[WipRow]:
        """Return the board: each open order's stage, progress, consumption, expectation, delay and rejects."""
        return self._ask_all(lambda world: wip_board(world, from_micros(world.commit(len(world) - 1)[1])))

    def balance(self, order: ProductionOrder | str) -> Table[BalanceRow]:
        """Return for each component lot of an order: issued = consumed + returned + lost + in WIP."""
        return self._ask(lambda world: balance(world, order))


def _orders(world: World) -> Table[ProductionOrder]:
    names = sorted(name for name in world.names if name.startswith("order:"))
    bodies = (world.record(world.names.find(name)).body for name in names)
    return Table(body for body in bodies if isinstance(body, ProductionOrder))
