"""Recalls: all that a bad lot may be in, where that is, for whom it is promised, and who has it."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING

import attrs

from prodstock.journal.stream import demand_stream
from prodstock.master.codes import ItemCode
from prodstock.master.location import LocationKind
from prodstock.orders.demand import DemandState
from prodstock.orders.production import ProductionOrder
from prodstock.quantities.quantity import Quantity
from prodstock.quantities.scaled import from_scaled
from prodstock.stock.changes import holds_on
from prodstock.stock.goods import Goods
from prodstock.stock.history import entries
from prodstock.stock.movement import Movement
from prodstock.stock.order_ledger import moved
from prodstock.stock.selection import select
from prodstock.tables import Table, Tabled
from prodstock.trace.genealogy import Edge, EdgeKind, Walk
from prodstock.trace.walk import Tracer

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from prodstock.stock.goods import GoodsRef
    from prodstock.stock.world import World
    from prodstock.trace.walk import Node


class Fate(StrEnum):
    """What became of the recalled goods themselves."""

    IN_STOCK = "in-stock"
    IN_WIP = "in-wip"
    USED = "used"
    SCRAPPED = "scrapped"
    SHIPPED = "shipped"
    RETURNED = "returned-to-vendor"
    LOST = "lost"


@attrs.frozen(repr=False)
class FateLine:
    """So much of the recalled goods met a fate; all fates together are what ever came in."""

    fate: Fate
    item: ItemCode
    quantity: Decimal
    unit: str

    def __repr__(self) -> str:
        return f"<FateLine {self.quantity:f} {self.unit[:10]} {self.item[:40]} {self.fate}>"


@attrs.frozen(repr=False)
class Endangered:
    """A promise that holds suspect stock: what it is for, its reservation, and how much of which item."""

    ref: str
    reservation: str
    item: ItemCode
    quantity: Decimal
    unit: str

    def __repr__(self) -> str:
        return f"<Endangered {self.ref[:40]} holds {self.quantity:f} {self.unit[:10]} {self.item[:40]}>"


@attrs.frozen(repr=False)
class Recall(Tabled[Edge]):
    """All that suspect goods may be in.

    Attributes:
        lot: the suspect goods, as people say them.
        orders: the production orders that used them, or used what was made of them, nearest first.
        wip: what is suspect in WIP, the goods themselves included.
        stock: what is suspect in all other real locations, scrap included.
        shipped: what is suspect at customers.
        customers: who has it, by code; a demand without a customer stands for itself.
        demands: the demands for which suspect goods were shipped.
        promises: the reservations that hold suspect stock.
        fates: what became of the goods themselves; the sum is what ever came in of them.
        edges: how they got there.
    """

    lot: str
    orders: Table[ProductionOrder]
    wip: Table[Goods]
    stock: Table[Goods]
    shipped: Table[Goods]
    customers: tuple[str, ...]
    demands: tuple[str, ...] = attrs.field(kw_only=True, default=())
    promises: Table[Endangered] = attrs.field(kw_only=True, default=Table())
    fates: Table[FateLine] = attrs.field(kw_only=True, default=Table())
    edges: Table[Edge] = attrs.field(kw_only=True, default=Table())

    def to_table(self) -> Table[Edge]:
        """Return how the goods got there; each of the other tables has a `to_frame` of its own."""
        return self.edges

    def summary(self) -> str:
        """Return it in one line."""
        parts = (
            f"{len(self.orders)} orders",
            f"{len(self.wip)} lots in WIP",
            f"{len(self.stock)} in stock",
            f"{len(self.shipped)} shipped to {len(self.customers)} customers",
        )
        return f"{self.lot}: {', '.join(parts)}"

    def _sections(self) -> Iterator[tuple[str, Table[object]]]:
        named = ("orders", "wip", "stock", "shipped", "promises", "fates")
        for name in named:
            rows: Table[object] = getattr(self, name)
            if rows:
                yield name, rows

    def __str__(self) -> str:
        return "\n\n".join([self.summary(), *(f"{name}\n{rows}" for name, rows in self._sections())])

    def _repr_html_(self) -> str:
        from_tables = "".join(f"<h4>{name}</h4>{rows.to_html()}" for name, rows in self._sections())
        return f"<p>{_escaped(self.summary())}</p>{from_tables}"

    def __repr__(self) -> str:
        return f"<Recall {self.summary()[:100]}>"


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def recall(world: World, goods: GoodsRef) -> Recall:
    """Return all that goods may be in, across all levels.

    Without a record of which unit took which lot, everything that an order confirmed after the first issue of a suspect
    lot is suspect too. O(movements of the orders reached).

    Raises:
        UnknownCode, AmbiguousCode: if the goods are not to be found.
    """
    selection = select(world, goods)
    start = [(selection.item, row) for row in selection.rows]
    walk = Walk(Tracer(world), start)
    walk.forward()
    where = _Whereabouts(world)
    for node in walk.levels:
        where.add(walk.tracer, node)
    codes = dict.fromkeys(edge.ref for edge in walk.edges if edge.kind is not EdgeKind.SHIPPED)
    return Recall(
        selection.label,
        Table(walk.tracer.order(code).order for code in codes),
        Table(where.goods(where.wip)),
        Table(where.goods(where.stock)),
        Table(where.goods(where.shipped)),
        tuple(sorted({_customer(world, ref) for ref in where.demands})),
        demands=tuple(sorted(where.demands)),
        promises=Table(where.promises),
        fates=Table(_fates(world, selection.item, walk.tracer, start)),
        edges=Table(walk.edges),
    )


def _customer(world: World, ref: str) -> str:
    body = world.body(demand_stream(ref))
    return (body.demand.customer if isinstance(body, DemandState) else None) or ref


class _Whereabouts:
    """Where suspect goods are now: by item, lot and place, serials gathered."""

    __slots__ = ("demands", "promises", "shipped", "stock", "wip", "world")

    def __init__(self, world: World) -> None:
        self.world = world
        self.wip: dict[tuple[str, ...], list[tuple[str, int]]] = {}
        self.stock: dict[tuple[str, ...], list[tuple[str, int]]] = {}
        self.shipped: dict[tuple[str, ...], list[tuple[str, int]]] = {}
        self.demands: set[str] = set()
        self.promises: list[Endangered] = []

    def add(self, tracer: Tracer, node: Node) -> None:
        """Note where a suspect lot or serial is now: in WIP, in stock or at a customer, and who has reserved it."""
        item, row = node
        book = self.world.book_of(item)
        for number, parcel, segment in tracer.parcels(node):
            shelf = self.world.shelf(number)
            quantity = shelf.rows[parcel][0]
            if quantity and book is not None:
                place = self.world.places.name(shelf.place[parcel])
                kind = self.world.kind(place)
                group = self.wip if kind is LocationKind.WIP else self.stock if kind.real else self.shipped
                key = item, book.lot_code(row), place.site, place.location
                group.setdefault(key, []).append((book.serial_code(row), quantity))
                if kind is LocationKind.CUSTOMER:
                    self.demands.add(segment.removeprefix(demand_stream("")))
                self._promised(number, parcel)

    def _promised(self, shelf: int, parcel: int) -> None:
        item = self.world.catalog.item(self.world.shelf(shelf).item)
        for hold in holds_on(self.world, shelf, parcel):
            ref = self.world.names.name(hold.stream).partition(":")[2]
            amount = from_scaled(hold.rest, item.scale)
            self.promises.append(Endangered(ref, f"{ref}/{hold.number + 1}", ItemCode(item.code), amount, item.unit))

    def goods(self, group: dict[tuple[str, ...], list[tuple[str, int]]]) -> Iterator[Goods]:
        """Yield the goods of a group, one for each lot and place in the order in which they were found."""
        for (item, lot, site, location), parts in group.items():
            definition = self.world.catalog.item(item)
            total = from_scaled(sum(quantity for _, quantity in parts), definition.scale)
            yield Goods(
                item,
                lot=lot or None,
                serials=tuple(serial for serial, _ in parts if serial),
                quantity=Quantity(total, definition.unit),
                location=location,
                site=site,
            )


_LEFT = {
    Movement.CONSUMPTION: Fate.USED,
    Movement.TAKE_APART: Fate.USED,
    Movement.VENDOR_RETURN: Fate.RETURNED,
    Movement.LOSS: Fate.LOST,
    Movement.ADJUSTMENT: Fate.LOST,
    Movement.COUNT: Fate.LOST,
}
_HERE = {LocationKind.WIP: Fate.IN_WIP, LocationKind.SCRAP: Fate.SCRAPPED, LocationKind.CUSTOMER: Fate.SHIPPED}


def _fates(world: World, code: str, tracer: Tracer, start: Iterable[Node]) -> Iterator[FateLine]:
    """Yield what became of the goods themselves: what is somewhere, and what left by which movement."""
    sums: dict[Fate, int] = dict.fromkeys(Fate, 0)
    for node in start:
        for number, parcel, _ in tracer.parcels(node):
            shelf = world.shelf(number)
            quantity, _, history = shelf.rows[parcel]
            if quantity:
                kind = world.kind(world.places.name(shelf.place[parcel]))
                sums[_HERE.get(kind, Fate.IN_STOCK)] += quantity
            for commit in dict.fromkeys(entry[1] for entry in entries(history) if entry[2]):
                for movement, change in moved(world, commit, number, parcel):
                    if movement in _LEFT:
                        sums[_LEFT[movement]] -= change
    item = world.catalog.item(code)
    for fate, total in sums.items():
        if total:
            yield FateLine(fate, ItemCode(item.code), from_scaled(total, item.scale), item.unit)
