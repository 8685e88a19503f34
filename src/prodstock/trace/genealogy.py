"""What went into what: from a lot to all that it is in, and from a unit to all that is in it."""

from __future__ import annotations

from collections import deque
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING

import attrs

from prodstock.journal.stream import demand_stream
from prodstock.master.codes import ItemCode
from prodstock.quantities.scaled import from_scaled
from prodstock.stock.lot import LotCode, SerialCode
from prodstock.stock.selection import select
from prodstock.tables import Table, Tabled
from prodstock.trace.walk import Tracer, identity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from prodstock.stock.goods import GoodsRef
    from prodstock.stock.world import World
    from prodstock.trace.walk import Node, OrderTrace

_DEMAND = demand_stream("")


class EdgeKind(StrEnum):
    """What an edge of a genealogy says of goods and an order or a demand."""

    USED = "used"
    IN_WIP = "in-wip"
    MADE = "made"
    RECOVERED = "recovered"
    SHIPPED = "shipped"
    RECEIVED = "received"


_BESIDE = frozenset({EdgeKind.SHIPPED, EdgeKind.RECEIVED})


@attrs.frozen(repr=False)
class Edge:
    """One step of a genealogy.

    Attributes:
        kind: goods were used by an order, lie in its WIP, were made by it or recovered from what was taken apart
            there; were shipped for a demand; or came in for a purchase or transfer order.
        item: the goods.
        lot: their lot; empty for an item that is not tracked.
        serial: the serial, or None.
        ref: the order, the demand, or the purchase or transfer order.
        quantity: how much, in the base unit.
        unit: the base unit.
        level: how many orders lie between the goods asked for and this edge.
    """

    kind: EdgeKind
    item: ItemCode
    lot: LotCode
    serial: SerialCode | None
    ref: str
    quantity: Decimal
    unit: str
    level: int

    def __repr__(self) -> str:
        what = self.serial or self.lot
        return f"<Edge {self.quantity:f} {self.unit[:10]} {self.item[:30]} {what[:30]} {self.kind} {self.ref[:30]}>"


@attrs.frozen(repr=False)
class Genealogy(Tabled[Edge]):
    """Where goods went, or what they are made of: edges, the nearest first, then in the order in which they happened.

    Attributes:
        goods: what was asked for, as people say it.
        edges: the steps.
    """

    goods: str
    edges: Table[Edge]

    def to_table(self) -> Table[Edge]:
        """Return the steps, the nearest first."""
        return self.edges

    @property
    def orders(self) -> tuple[str, ...]:
        """The codes of the production orders on the way, nearest first."""
        return tuple(dict.fromkeys(edge.ref for edge in self.edges if edge.kind not in _BESIDE))

    @property
    def supplies(self) -> tuple[str, ...]:
        """The purchase and transfer orders with which goods on the way came, nearest first."""
        return tuple(dict.fromkeys(edge.ref for edge in self.edges if edge.kind is EdgeKind.RECEIVED))

    @property
    def demands(self) -> tuple[str, ...]:
        """The demands that goods on the way were shipped for."""
        return tuple(dict.fromkeys(edge.ref for edge in self.edges if edge.kind is EdgeKind.SHIPPED))

    def __str__(self) -> str:
        return f"{self.goods}\n{self.edges}"

    def __repr__(self) -> str:
        return f"<Genealogy of {self.goods[:60]}, {len(self.edges)} edges>"


def forward(world: World, goods: GoodsRef) -> Genealogy:
    """Return all that goods went into, across all levels, and for whom it was shipped.

    Without a record of which unit took which lot, an order's outputs that were confirmed after the first issue may hold
    it. Rework loops are followed once. O(movements of the orders reached).

    Raises:
        UnknownCode, AmbiguousCode: if the goods are not to be found.
    """
    selection = select(world, goods)
    walk = Walk(Tracer(world), [(selection.item, row) for row in selection.rows])
    walk.forward()
    return Genealogy(selection.label, Table(walk.edges))


def backward(world: World, goods: GoodsRef) -> Genealogy:
    """Return all that goods are made of, across all levels, down to the purchase orders that brought it.

    Quantities are those that the order used for all its units. O(movements of the orders reached).

    Raises:
        UnknownCode, AmbiguousCode: if the goods are not to be found.
    """
    selection = select(world, goods)
    walk = Walk(Tracer(world), [(selection.item, row) for row in selection.rows])
    walk.backward()
    return Genealogy(selection.label, Table(walk.edges))


class Walk:
    """A walk over goods and orders, breadth first: every lot or serial is visited once, so circles end.

    Attributes:
        levels: how far each lot or serial is from the start; what was visited, in order.
        edges: the steps found.
    """

    __slots__ = ("_drawn", "_queue", "edges", "levels", "tracer")

    def __init__(self, tracer: Tracer, start: list[Node]) -> None:
        self.tracer: Tracer = tracer
        self.levels: dict[Node, int] = dict.fromkeys(start, 0)
        self.edges: list[Edge] = []
        self._queue = deque(start)
        self._drawn: set[tuple[EdgeKind, str, Node]] = set()

    def forward(self) -> None:
        """Follow goods to what was made of them, and to customers."""
        while self._queue:
            node = self._queue.popleft()
            level = self.levels[node]
            for code, in_wip in self.tracer.orders_of(node):
                trace = self.tracer.order(code)
                if node in trace.passages:
                    self._into(trace, node, in_wip, level)
            self._shipped(node, level)

    def _into(self, trace: OrderTrace, node: Node, in_wip: int, level: int) -> None:
        passage = trace.passages[node]
        code = trace.order.code
        if passage.component:
            self._draw(EdgeKind.USED, node, code, passage.used, level)
            self._draw(EdgeKind.IN_WIP, node, code, in_wip, level)
            for made in trace.suspects(node, in_wip):
                self._draw(EdgeKind.MADE, made, code, trace.passages[made].born, level)
                self._visit(made, level + 1)
        for commit in passage.apart:
            for part, quantity in trace.parts.get(commit, {}).items():
                self._draw(EdgeKind.RECOVERED, part, code, quantity, level)
                self._visit(part, level + 1)

    def backward(self) -> None:
        """Follow goods to what they were made of."""
        while self._queue:
            node = self._queue.popleft()
            level = self.levels[node]
            for ref, quantity in self.tracer.received(node):
                self._draw(EdgeKind.RECEIVED, node, ref, quantity, level)
            for code, quantity in self.tracer.made(node):
                trace = self.tracer.order(code)
                self._draw(EdgeKind.MADE, node, code, quantity, level)
                for part in trace.sources(node):
                    self._draw(EdgeKind.USED, part, code, trace.passages[part].used, level)
                    self._visit(part, level + 1)

    def _visit(self, node: Node, level: int) -> None:
        if node not in self.levels:
            self.levels[node] = level
            self._queue.append(node)

    def _shipped(self, node: Node, level: int) -> None:
        for ref, quantity in self.shipments(node):
            self._draw(EdgeKind.SHIPPED, node, ref, quantity, level)

    def shipments(self, node: Node) -> Iterator[tuple[str, int]]:
        """Yield the demands for which a lot or serial is at a customer, and how much of it."""
        for number, parcel, segment in self.tracer.parcels(node):
            quantity = self.tracer.world.shelf(number).rows[parcel][0]
            if quantity and segment.startswith(_DEMAND):
                yield segment.removeprefix(_DEMAND), quantity

    def _draw(self, kind: EdgeKind, node: Node, ref: str, quantity: int, level: int) -> None:
        if not quantity or (kind, ref, node) in self._drawn:
            return
        self._drawn.add((kind, ref, node))
        item = self.tracer.world.catalog.item(node[0])
        lot, serial = identity(self.tracer.world, node)
        amount = from_scaled(quantity, item.scale)
        self.edges.append(Edge(kind, ItemCode(item.code), lot, serial, ref, amount, item.unit, level))
