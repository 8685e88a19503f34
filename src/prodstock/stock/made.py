"""What an order made and where it is: read from its movements, and from the parcels of what came into being there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prodstock.journal.stream import order_stream
from prodstock.master.location import LocationKind
from prodstock.orders.production import ProductionOrder
from prodstock.stock.history import entries
from prodstock.stock.movement import Movement
from prodstock.stock.order_ledger import moved, order_legs
from prodstock.stock.selection import shelves
from prodstock.stock.status import Release

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from prodstock.stock.world import World

_ORDER = order_stream("")
_NOT_WAITING = frozenset({LocationKind.WIP, LocationKind.SCRAP})


def rows_made(world: World, order: ProductionOrder, item: str) -> dict[int, int]:
    """Return the rows of an item that an order brought into being, with how much. O(movements of the order)."""
    rows: dict[int, int] = {}
    for leg in order_legs(world, order):
        if leg.movement is Movement.OUTPUT and world.shelf(leg.shelf).item == item:
            rows[leg.row] = rows.get(leg.row, 0) + leg.change
    return rows


def makers(world: World, item: str, row: int) -> Iterator[ProductionOrder]:
    """Yield the orders that make an item and had a lot or serial of it in their WIP, by site, then as it came there."""
    seen: set[str] = set()
    for number in shelves(world, item):
        shelf = world.shelf(number)
        for parcel in reversed(list(shelf.parcels_of(row))):
            segment = world.places.name(shelf.place[parcel]).segment
            if segment.startswith(_ORDER) and segment not in seen:
                seen.add(segment)
                order = world.body(segment)
                if isinstance(order, ProductionOrder) and makes(order, item):
                    yield order


def makes(order: ProductionOrder, item: str) -> bool:
    """Tell whether an item is among what an order makes."""
    return item == order.item or any(item == output for output, _ in order.outputs)


def waiting_of(world: World, order: ProductionOrder) -> int:
    """Return how much of what an order made awaits release outside WIP and scrap, in the smallest steps.

    Co- and by-products are counted in their own steps. O(parcels of what it made).
    """
    return sum(
        world.shelf(number).rows[parcel][0]
        for item in (order.item, *(item for item, _ in order.outputs))
        for number, parcel in _awaiting(world, item, rows_made(world, order, item))
        if world.kind(place := world.places.name(world.shelf(number).place[parcel])).real
        and world.kind(place) not in _NOT_WAITING
    )


def released_of(world: World, item: str, rows: Iterable[int]) -> int:
    """Return how much of some lots or serials was released, what was taken back deducted. O(history of their parcels).

    What came back from a customer and was released again counts twice.
    """
    total = 0
    for number, parcel in _awaiting(world, item, rows):
        history = world.shelf(number).rows[parcel][2]
        for commit in dict.fromkeys(entry[1] for entry in entries(history) if entry[2]):
            total -= sum(
                change for movement, change in moved(world, commit, number, parcel) if movement is Movement.RELEASE
            )
    return total


def _awaiting(world: World, item: str, rows: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Yield shelf and parcel of all places in which lots or serials ever awaited release."""
    wanted = tuple(rows)
    for number in shelves(world, item):
        shelf = world.shelf(number)
        for row in wanted:
            for parcel in shelf.parcels_of(row):
                if world.places.name(shelf.place[parcel]).release == Release.AWAITING:
                    yield number, parcel
