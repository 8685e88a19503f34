"""Packaging that holds up a release: units that were confirmed without it, until the order that owes it has it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from prodstock.orders.owed import owed_words, packed
from prodstock.quantities.scaled import from_scaled
from prodstock.stock.made import makers, released_of, rows_made

if TYPE_CHECKING:
    from collections.abc import Mapping

    from prodstock.orders.production import ProductionOrder
    from prodstock.stock.selection import Found
    from prodstock.stock.world import World


class _Room(NamedTuple):
    """How much of what some orders made may be released before they have what they owe.

    Attributes:
        free: how much that is, in the smallest steps.
        owes: what is owed, as people say it.
    """

    free: int
    owes: tuple[str, ...]


class Packaging:
    """What the orders that made an item still owe, and how much of it may be released before they have it.

    Which of the units were packed nobody was told: as many may be released as the packaging used suffices for, less
    those that were released already. Co- and by-products wait until nothing is owed.

    Attributes:
        item: the item.
    """

    __slots__ = ("_asked", "_rooms", "_rows", "_world", "item")

    def __init__(self, world: World, item: str) -> None:
        self._world = world
        self.item = item
        self._rows: dict[int, tuple[str, ...]] = {}
        self._rooms: dict[tuple[str, ...], _Room] = {}
        self._asked: dict[tuple[str, ...], int] = {}

    def owed_for(self, found: Found, quantity: int) -> tuple[str, ...]:
        """Return what is owed if so much more is to be released beside what was asked about before; empty: nothing.

        Every amount that may go counts against the next ones. O(parcels of its lot); where an order owes, O(its
        movements and the history of what it made), once.
        """
        key = self._rows.get(found.row)
        if key is None:
            key = self._rows[found.row] = self._look(found.row)
        if not key:
            return ()
        room = self._rooms[key]
        asked = self._asked.get(key, 0) + quantity
        if asked > room.free:
            return room.owes
        self._asked[key] = asked
        return ()

    def _look(self, row: int) -> tuple[str, ...]:
        """Return the codes of the orders that made a lot or serial, if any of them owes."""
        catalog = self._world.catalog
        orders = list(makers(self._world, self.item, row))
        if all(packed(order, catalog) is None for order in orders):
            return ()
        made: dict[str, dict[int, int]] = {order.code: rows_made(self._world, order, self.item) for order in orders}
        orders = [order for order in orders if made[order.code].get(row)]
        if all(packed(order, catalog) is None for order in orders):
            return ()
        key = tuple(order.code for order in orders)
        if key not in self._rooms:
            self._rooms[key] = self._room(orders, made)
        return key

    def _room(self, orders: list[ProductionOrder], made: Mapping[str, dict[int, int]]) -> _Room:
        world = self._world
        free = sum(self._packed(order, made[order.code]) for order in orders)
        free -= released_of(world, self.item, dict.fromkeys(row for rows in made.values() for row in rows))
        item = world.catalog.item(self.item)
        before = f"{from_scaled(max(free, 0), item.scale):f} {item.unit} may be released before"
        owes = [
            f"{order.code} owes {' and '.join(words)}"
            for order in orders
            if (words := tuple(owed_words(order, world.catalog)))
        ]
        return _Room(free, (*owes[:-1], f"{owes[-1]}, {before}"))

    def _packed(self, order: ProductionOrder, rows: dict[int, int]) -> int:
        """Return how much of what an order made is packed, as far as its packaging says."""
        enough = packed(order, self._world.catalog)
        if enough is None:
            return sum(rows.values())
        return enough if order.item == self.item else 0
