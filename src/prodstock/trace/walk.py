"""What happened in an order to the goods that went through it: read from its movements, for both directions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prodstock.errors import UnknownCode
from prodstock.journal.stream import order_stream
from prodstock.orders.owed import owed
from prodstock.orders.production import ProductionOrder
from prodstock.orders.purchase import SupplyReceived, SupplyState
from prodstock.orders.sheet import sheet_of
from prodstock.stock.changes import changes
from prodstock.stock.history import entries
from prodstock.stock.lot import LotCode, SerialCode
from prodstock.stock.movement import Movement
from prodstock.stock.order_ledger import commits_of, order_legs, undone
from prodstock.stock.selection import shelves
from prodstock.stock.status import Release
from prodstock.stock.world import RECORD

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import TypeAlias

    from prodstock.stock.world import World

    Node: TypeAlias = tuple[str, int]
    When: TypeAlias = tuple[int, int]

_ORDER = order_stream("")
_CONFIRMS = frozenset({Movement.OUTPUT, Movement.CONSUMPTION, Movement.COMPLETION})
_LATEST = (2**63, 0)


class Passage:
    """What of one lot or serial went through an order: when it came, what was used of it, what came out as it.

    Attributes:
        first: when it was first issued, or None: it was made here.
        last_back: when it was last put back.
        used: how much was used up, less what came back from assemblies taken apart.
        gross: how much was used up at all.
        born: how much of it was made here.
        done: how much of that was completed or scrapped.
        last_done: when the last of it was.
        owed_since: of packaging that was owed when it was used: since when, or None.
        apart: the commits in which it was taken apart.
    """

    __slots__ = ("apart", "born", "done", "first", "gross", "last_back", "last_done", "owed_since", "shelf", "used")

    def __init__(self, shelf: int) -> None:
        self.shelf: int = shelf
        self.first: When | None = None
        self.last_back: When | None = None
        self.used: int = 0
        self.gross: int = 0
        self.born: int = 0
        self.done: int = 0
        self.last_done: When = (-1, -1)
        self.apart: list[int] = []
        self.owed_since: When | None = None

    def use(self, quantity: int, owed_since: When | None) -> None:
        """Count what was used up; of packaging that was owed since when it was, or None."""
        self.used += quantity
        self.gross += quantity
        if owed_since is not None:
            self.owed_since = min(owed_since, self.owed_since or owed_since)

    @property
    def component(self) -> bool:
        """Whether it came here to be used, and not only to be taken apart."""
        return self.gross > 0 or (self.first is not None and not self.apart)

    @property
    def finished(self) -> When:
        """When the last of what was made was completed or scrapped; the end of time while some is in WIP."""
        return self.last_done if self.done >= self.born else _LATEST


def identity(world: World, node: Node) -> tuple[LotCode, SerialCode | None]:
    """Return the lot and the serial that people know goods by; the empty lot of an item that is not tracked."""
    book = world.book_of(node[0])
    lot, serial = ("", "") if book is None else (book.lot_code(node[1]), book.serial_code(node[1]))
    return LotCode(lot), SerialCode(serial) if serial else None


class OrderTrace:
    """All that went through one order, by lot or serial, in the order in which it first moved."""

    __slots__ = ("_world", "confirmed", "order", "parts", "passages")

    def __init__(self, world: World, order: ProductionOrder) -> None:
        self._world = world
        self.order: ProductionOrder = order
        self.passages: dict[Node, Passage] = {}
        self.confirmed: list[When] = []
        self.parts: dict[int, dict[Node, int]] = {}
        debts = _debts(world, order)
        for leg in order_legs(world, order):
            node = world.shelf(leg.shelf).item, leg.row
            passage = self.passages.get(node)
            if passage is None:
                passage = self.passages[node] = Passage(leg.shelf)
            when = leg.effective, leg.commit
            if leg.movement in _CONFIRMS:
                self.confirmed.append(when)
            if leg.movement is Movement.ISSUE and (passage.first is None or when < passage.first):
                passage.first = when
            elif leg.movement is Movement.PUT_BACK:
                passage.last_back = max(when, passage.last_back or when)
            elif leg.movement is Movement.CONSUMPTION:
                passage.use(-leg.change, debts.get((leg.commit, node[0])))
            elif leg.movement is Movement.OUTPUT:
                passage.born += leg.change
            elif leg.movement is Movement.COMPLETION:
                passage.done -= leg.change
                passage.last_done = max(when, passage.last_done)
            elif leg.movement is Movement.TAKE_APART and not undone(world, leg.commit):
                self._taken_apart(node, passage, leg.commit, leg.change)

    def _taken_apart(self, node: Node, passage: Passage, commit: int, change: int) -> None:
        if change < 0:
            passage.apart.append(commit)
        else:
            passage.used -= change
            parts = self.parts.setdefault(commit, {})
            parts[node] = parts.get(node, 0) + change

    def suspects(self, node: Node, in_wip: int) -> list[Node]:
        """Return what the order made that may hold a lot or serial: all that was confirmed after its first issue.

        Quantities exonerate nothing: of two lots in WIP either may have been taken. What was put back whole before
        anything was confirmed is in nothing. Packaging that was owed may be on all that was confirmed since then and
        still awaited release when it came.
        """
        passage = self.passages[node]
        if not passage.component:
            return []
        first = passage.first or (-1, -1)
        if not passage.gross and not in_wip and not self._confirmed_between(first, passage.last_back or _LATEST):
            return []
        return [made for made, other in self.passages.items() if other.born and self._may_hold(passage, made)]

    def sources(self, node: Node) -> list[Node]:
        """Return what may be in something that the order made: what was used and has it among its suspects."""
        return [
            part
            for part, passage in self.passages.items()
            if passage.component and passage.gross and self._may_hold(passage, node)
        ]

    def _may_hold(self, passage: Passage, made: Node) -> bool:
        first, finished = passage.first or (-1, -1), self.passages[made].finished
        if first < finished:
            return True
        return passage.owed_since is not None and passage.owed_since < finished and self._awaited(made, first)

    def _awaited(self, made: Node, moment: When) -> bool:
        """Tell whether something that the order made awaited release at a moment, or any time later."""
        for number in shelves(self._world, made[0]):
            shelf = self._world.shelf(number)
            for parcel in shelf.parcels_of(made[1]):
                if self._world.places.name(shelf.place[parcel]).release == Release.AWAITING:
                    history = entries(shelf.rows[parcel][2])
                    before, later = 0, False
                    for when, commit, change, _ in history:
                        before += change if (when, commit) < moment else 0
                        later = later or (change > 0 and (when, commit) >= moment)
                    if before > 0 or later:
                        return True
        return False

    def _confirmed_between(self, start: When, end: When) -> bool:
        return any(start < when < end for when in self.confirmed)


def _debts(world: World, order: ProductionOrder) -> dict[tuple[int, str], When]:
    """Return since when packaging was owed that a commit may have used for it, by commit and item.

    What owes at the end of one commit is what the next one catches up on. O(commits x lines of the order that pack).
    """
    catalog = world.catalog
    if not sheet_of(order, catalog).packaging:
        return {}
    number = world.find(order_stream(order.code))
    found: dict[tuple[int, str], When] = {}
    since: dict[int, When] = {}
    body: object = None
    for commit in commits_of(world, order_stream(order.code)):
        for line, when in since.items():
            for item in (order.lines[line].item, *(item for item, _ in order.lines[line].substitutes)):
                found[commit, item] = min(when, found.get((commit, item), when))
        told = world.commit(commit)
        for kind, change in changes(told):
            if kind == RECORD and change[1] == number:
                body = change[3].on(body)
        if isinstance(body, ProductionOrder):
            since = {line: since.get(line, (told[0], commit - 1)) for line in owed(body, catalog)}
    return found


class Tracer:
    """Looks up which orders a lot or serial went through; each order's movements are read once."""

    __slots__ = ("_orders", "world")

    def __init__(self, world: World) -> None:
        self.world: World = world
        self._orders: dict[str, OrderTrace] = {}

    def order(self, code: str) -> OrderTrace:
        """Return what went through an order.

        Raises:
            UnknownCode: if there is no such order.
        """
        found = self._orders.get(code)
        if found is None:
            found = self._orders[code] = OrderTrace(self.world, self._body(code))
        return found

    def makes(self, code: str, item: str) -> bool:
        """Tell whether an item is among what an order makes."""
        order = self._body(code)
        return item == order.item or any(item == output for output, _ in order.outputs)

    def _body(self, code: str) -> ProductionOrder:
        body = self.world.body(order_stream(code))
        if not isinstance(body, ProductionOrder):
            raise UnknownCode(kind="production order", given=code, nearest=self.world.near(code, "order"))
        return body

    def parcels(self, node: Node) -> Iterator[tuple[int, int, str]]:
        """Yield shelf, parcel and segment of all places a lot or serial ever was in, oldest first, by site."""
        item, row = node
        for number in shelves(self.world, item):
            shelf = self.world.shelf(number)
            for parcel in reversed(list(shelf.parcels_of(row))):
                yield number, parcel, self.world.places.name(shelf.place[parcel]).segment

    def received(self, node: Node) -> list[tuple[str, int]]:
        """Return the purchase and transfer orders with which a lot or serial came, oldest first, and how much of it.

        What was taken back never came.
        """
        found: dict[str, int] = {}
        history = [
            entry
            for number, parcel, _ in self.parcels(node)
            for entry in entries(self.world.shelf(number).rows[parcel][2])
            if entry[2] > 0
        ]
        for _, commit, change, _ in sorted(history):
            if (ref := self._receipt(node[0], commit)) is not None:
                found[ref] = found.get(ref, 0) + change
        return list(found.items())

    def _receipt(self, item: str, commit: int) -> str | None:
        """Return the order for which an item came in with a commit; None: for none, or it was taken back."""
        for kind, change in changes(self.world.commit(commit)):
            if kind == RECORD and isinstance(change[3], SupplyReceived):
                state = self.world.record(change[1]).body
                if isinstance(state, SupplyState) and state.order.item == item and not undone(self.world, commit):
                    return state.order.ref
        return None

    def made(self, node: Node) -> list[tuple[str, int]]:
        """Return the production orders that made a lot or serial, oldest first, and how much of it."""
        found: list[tuple[str, int]] = []
        for code, _ in self.orders_of(node):
            if self.makes(code, node[0]) and (passage := self.order(code).passages.get(node)) and passage.born:
                found.append((code, passage.born))
        return found

    def orders_of(self, node: Node) -> list[tuple[str, int]]:
        """Return the orders whose WIP a lot or serial was in, oldest first, and how much of it is there now."""
        found: dict[str, int] = {}
        for number, parcel, segment in self.parcels(node):
            if segment.startswith(_ORDER):
                code = segment.removeprefix(_ORDER)
                found[code] = found.get(code, 0) + self.world.shelf(number).rows[parcel][0]
        return list(found.items())
