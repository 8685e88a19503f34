"""What moved for an order, added up: read from the order's own commits as they come, kept with the state."""

from __future__ import annotations

from struct import Struct
from typing import TYPE_CHECKING

from prodstock.journal.stream import order_stream
from prodstock.stock import world as w
from prodstock.stock.movement import NUMBER, Movement
from prodstock.stock.order_ledger import order_shelves

if TYPE_CHECKING:
    from collections.abc import Iterator

    from prodstock.orders.production import ProductionOrder
    from prodstock.stock.place import Place
    from prodstock.stock.world import Commit, World

_COMMIT = Struct("<I")
_ISSUE, _CONSUMPTION, _OUTPUT = (NUMBER[one] for one in (Movement.ISSUE, Movement.CONSUMPTION, Movement.OUTPUT))


class Ledger:
    """What an order's movements add up to, by lot and serial.

    What quality did to goods in WIP is not among them: those commits are the lots', not the order's.

    Attributes:
        issued: by shelf, the parcels in WIP that something was issued to, with their rows, in the order of the issues.
        used: by shelf, how much was used up of each row; 0: what was is taken back.
        born: by shelf, how much of each row came into being here, in the order of their births.
        ours: whether a place is in the order's segment, by its number.
        there: by shelf and row, how much of it these movements leave in WIP; rows that left are not in it.
    """

    __slots__ = ("_read", "_stream", "born", "issued", "ours", "there", "used")

    def __init__(self, stream: str) -> None:
        self._stream = stream
        self._read = 0
        self.issued: dict[int, dict[int, int]] = {}
        self.used: dict[int, dict[int, int]] = {}
        self.ours: dict[int, bool] = {}
        self.born: dict[int, dict[int, int]] = {}
        self.there: dict[tuple[int, int], int] = {}

    def read(self, world: World, number: int) -> None:
        """Add the movements that came since this was read last; `number` is the order's stream."""
        commits = world.paper(number)[3]
        if len(commits) > self._read:
            last = -1
            for (commit,) in _COMMIT.iter_unpack(commits[self._read :]):
                if commit != last:
                    self._add(world, world.commit(commit))
                    last = commit
            self._read = len(commits)

    def _add(self, world: World, commit: Commit) -> None:
        """Add the movements of one commit in the order's WIP, read where they stand (benchmarks.orders)."""
        at, end = w.HEAD, len(commit)
        while at < end:
            following = at + w.length(commit, at)
            if commit[at] == w.POST:
                shelf = commit[at + 1]
                known = world.shelf(shelf)
                for leg in range(at + 4, following, 4):
                    change = commit[leg + 2]
                    if change and self.is_ours(world, known.place[commit[leg + 1]]):
                        parcel = commit[leg + 1]
                        self._book(commit[leg], shelf, parcel, known.ident[parcel], change)
            at = following

    def _book(self, movement: int, shelf: int, parcel: int, row: int, change: int) -> None:
        if movement == _ISSUE:
            self.issued.setdefault(shelf, {})[parcel] = row
        elif movement == _CONSUMPTION:
            rows = self.used.setdefault(shelf, {})
            rows[row] = rows.get(row, 0) - change
        elif movement == _OUTPUT:
            rows = self.born.setdefault(shelf, {})
            rows[row] = rows.get(row, 0) + change
        left = self.there.pop((shelf, row), 0) + change
        if left:
            self.there[shelf, row] = left

    def is_ours(self, world: World, place: int) -> bool:
        """Tell whether a place is in the order's segment."""
        ours = self.ours.get(place)
        if ours is None:
            ours = self.ours[place] = world.places.name(place).segment == self._stream
        return ours

    def made(self) -> set[tuple[int, int]]:
        """Return shelf and row of what the order brought into being and did not take from stores itself."""
        taken = {(shelf, row) for shelf, parcels in self.issued.items() for row in parcels.values()}
        return {(shelf, row) for shelf, rows in self.born.items() for row in rows} - taken

    def parcels(self, world: World, shelf: int, row: int) -> Iterator[tuple[int, Place]]:
        """Yield the parcels of a lot or serial that lie in the order's WIP, in any state. O(parcels it ever had)."""
        known = world.shelf(shelf)
        for parcel in known.parcels_of(row):
            number = known.place[parcel]
            if self.is_ours(world, number):
                place = world.places.name(number)
                if world.kind(place).real:
                    yield parcel, place


def ledger(world: World, order: ProductionOrder) -> Ledger:
    """Return what an order's movements add up to. O(movements since it was last asked for in this world).

    It is kept with the world, which it can always be read from again; nobody else writes to it.
    """
    stream = order_stream(order.code)
    number = world.find(stream)
    if world.loaded is not None:
        order_shelves(world, order)
    kept = world.memo.get(number)
    if not isinstance(kept, Ledger):
        kept = world.memo[number] = Ledger(stream)
    kept.read(world, number)
    return kept
