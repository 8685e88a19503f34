"""The events behind an explanation: what was told of the stock, receipts, orders and definitions that it rests on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prodstock.errors import InvalidTypeError
from prodstock.journal.stream import CATALOG, goods_of
from prodstock.stock import world as w
from prodstock.stock.changes import changes
from prodstock.stock.history import entries
from prodstock.stock.order_ledger import commits_of
from prodstock.stock.selection import shelves
from prodstock.stock.shelf import Shelf
from prodstock.stock.translate import describe
from prodstock.tables import Derivation, Table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from prodstock.journal.commit import Recorded
    from prodstock.stock.world import World


def behind(world: World, why: Derivation) -> Table[Recorded]:
    """Return the events of all commits that an explanation rests on, in the order in which they were recorded.

    Of stock it is all that ever moved or judged the lot or serial; of an item that is not tracked all that moved it at
    the site; of a demand, order or receipt all that was told of it; of definitions every change of the catalog.

    O(movements of what it rests on; commits, where that is definitions).

    Raises:
        InvalidTypeError: if it is no `Derivation`.
    """
    if not isinstance(why, Derivation):
        advice = "Give what plan.why(...) returns, or one of its causes"
        raise InvalidTypeError(field="why", value=why, reason="is no Derivation", advice=advice)
    found = {number for stream in why.streams for number in _commits(world, stream)}
    return Table(event for number in sorted(found) for event in describe(world, number))


def _commits(world: World, stream: str) -> Iterator[int]:
    """Yield the numbers of the commits that told of a stream; nothing of what is not known here."""
    goods = goods_of(stream)
    if stream == CATALOG:
        for number in range(len(world)):
            if any(kind == w.CATALOG for kind, _ in changes(world.commit(number))):
                yield number
    elif goods is not None:
        yield from _of_goods(world, *goods)
    elif (found := world.find(stream)) >= 0:
        shelf = world.streams.get(found)
        yield from _moved(shelf, range(len(shelf.rows))) if isinstance(shelf, Shelf) else commits_of(world, stream)


def _of_goods(world: World, item: str, code: str) -> Iterator[int]:
    book = world.book_of(item)
    for row in (-1, -1) if book is None else (book.find_lot(code), book.find_serial(code)):
        for number in shelves(world, item) if row >= 0 else ():
            shelf = world.shelf(number)
            yield from _moved(shelf, shelf.parcels_of(row))


def _moved(shelf: Shelf, parcels: Iterator[int] | range) -> Iterator[int]:
    for parcel in parcels:
        for _, commit, _, _ in entries(shelf.rows[parcel][2]):
            yield commit
