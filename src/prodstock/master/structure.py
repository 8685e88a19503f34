"""Bills of material as they hold at one site on one day: who needs how much of what, as exact ratios."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from prodstock.master.bom import Basis, BillOfMaterial, BomStatus, LineRole
from prodstock.master.book import Book
from prodstock.master.coefficient import own_need, served_per_good
from prodstock.master.graph import condensed_levels, longest_levels
from prodstock.master.item import Supply


class Depth(StrEnum):
    """How far down, or up, a question goes."""

    ONE_LEVEL = "one-level"
    ALL_LEVELS = "all-levels"


class Edge(NamedTuple):
    """One line of a bill: per good unit of the parent, or per order, numerator / denominator of the item are needed.

    Fields: the item, the ratio, what it is counted by, the place of the line on its bill, and whether the item is a
    phantom.
    """

    item: str
    numerator: int
    denominator: int
    per: Basis
    position: int
    phantom: bool


class Structure:
    """The bills valid at a site on a day. Edges are made when first asked for and kept.

    Only made items and phantoms have edges: what is bought ends the structure, whatever bill it has.
    """

    __slots__ = ("_book", "_edges", "_levels", "_users", "day", "site")

    def __init__(self, book: Book, day: date, site: str) -> None:
        self._book = book
        self.day = day
        self.site = site
        self._edges: dict[str, tuple[Edge, ...]] = {}
        self._users: Mapping[str, tuple[tuple[str, Edge], ...]] | None = None
        self._levels: Mapping[str, int] | None = None

    def bom(self, item: str) -> BillOfMaterial | None:
        """Return the active bill of an item, or None."""
        return self._book.bom_on(item, self.day, self.site)

    def supply(self, item: str) -> Supply | None:
        """Return where an item comes from; None: nobody says."""
        return self._book.supply_on(item, self.day, self.site)

    def edges(self, item: str) -> tuple[Edge, ...]:
        """Return what one good unit of an item needs, in the order of the lines; nothing if it is bought."""
        found = self._edges.get(item)
        if found is None:
            bought = self._book.items[item].supply is Supply.BUY
            found = self._edges[item] = () if bought else self.lines(item)
        return found

    def lines(self, item: str) -> tuple[Edge, ...]:
        """Return the same of an item's bill, even if the item is bought."""
        bom = self.bom(item)
        return () if bom is None else tuple(_edges(self._book, bom, self.day, self.site))

    def users(self, item: str) -> tuple[tuple[str, Edge], ...]:
        """Return the items that need an item directly, with the line, by item code and line.

        The first call costs O(lines of the catalog), the others O(1).
        """
        if self._users is None:
            self._users = self._turned_round()
        return self._users.get(item, ())

    def _turned_round(self) -> Mapping[str, tuple[tuple[str, Edge], ...]]:
        users: dict[str, list[tuple[str, Edge]]] = {}
        for parent in sorted(self._book.boms):
            for edge in self.edges(parent):
                users.setdefault(edge.item, []).append((parent, edge))
        return {item: tuple(found) for item, found in users.items()}

    def levels(self) -> Mapping[str, int]:
        """Return the low-level code of every item: the longest path from anything that needs it.

        The outputs of one process share one. O(items + lines), once.
        """
        if self._levels is None:
            parents = [(bom, self.edges(item)) for item in self._book.boms if (bom := self.bom(item)) is not None]
            targets = {bom.item: [edge.item for edge in edges] for bom, edges in parents}
            self._levels = levels_of(self._book, targets, [bom for bom, _ in parents])
        return self._levels

    def edges_from(self, item: str, top: str, depth: Depth) -> tuple[Edge, ...]:
        """Return the edges that an explosion of `top` follows from an item.

        Those of the top whatever its supply; below it, where only one level is asked for, those of phantoms only.
        """
        if item == top:
            return self.lines(item)
        if depth is Depth.ONE_LEVEL and self._book.items[item].supply is not Supply.PHANTOM:
            return ()
        return self.edges(item)

    def below(self, top: str, depth: Depth = Depth.ALL_LEVELS) -> list[str]:
        """Return all that an item needs, itself first, each before all that it needs. O(lines reached)."""
        return reached(top, lambda item: (edge.item for edge in self.edges_from(item, top, depth)))

    def above(self, item: str) -> list[str]:
        """Return all that needs an item at any depth, itself first, each before all that needs it. O(lines reached)."""
        return reached(item, lambda used: (user for user, _ in self.users(used)))

    def __repr__(self) -> str:
        return f"<Structure at {self.site[:40]} on {self.day}>"


def _edges(book: Book, bom: BillOfMaterial, day: date, site: str) -> Iterator[Edge]:
    routing = book.routing_on(bom.item, day, site)
    for_quantity = book.base(bom.item, bom.for_quantity)
    for position, line in enumerate(bom.lines):
        if line.role is LineRole.REWORK or not line.effective_on(day):
            continue
        need = own_need(book.base(line.item, line.quantity), line, for_quantity)
        if line.per is Basis.UNIT and (bom.scrap or routing is not None):
            need *= served_per_good(bom, routing, line)
        phantom = book.items[line.item].supply is Supply.PHANTOM
        yield Edge(line.item, need.numerator, need.denominator, line.per, position, phantom)


def levels_of(book: Book, targets: Mapping[str, list[str]], boms: list[BillOfMaterial]) -> Mapping[str, int]:
    """Return low-level codes from who needs what; main item and co-products of a bill share theirs."""
    codes = sorted(book.items)
    place = {code: number for number, code in enumerate(codes)}
    graph: list[list[int]] = [[] for _ in codes]
    for item, needed in targets.items():
        graph[place[item]].extend(place[one] for one in needed)
    if any(bom.outputs for bom in boms):
        bind_outputs(graph, place, boms)
    levels = longest_levels(graph)
    return dict(zip(codes, condensed_levels(graph) if levels is None else levels, strict=True))


def bind_outputs(graph: list[list[int]], place: Mapping[str, int], boms: list[BillOfMaterial]) -> None:
    """Lead from the main item of each bill to its co-products and back, so that they stand on one level."""
    for bom in boms:
        for output in (one for one in bom.co_products if one.item in place):
            graph[place[bom.item]].append(place[output.item])
            graph[place[output.item]].append(place[bom.item])


def union_levels(book: Book) -> Mapping[str, int]:
    """Return low-level codes that hold at every date and site: from all active bills and lines together."""
    active = [bom for boms in book.boms.values() for bom in boms if bom.status is BomStatus.ACTIVE]
    targets: dict[str, list[str]] = {}
    for bom in active:
        if book.items[bom.item].supply is not Supply.BUY:
            needed = targets.setdefault(bom.item, [])
            needed.extend(line.item for line in bom.lines if line.role is not LineRole.REWORK)
    return levels_of(book, targets, active)


def reached(start: str, following: Callable[[str], Iterable[str]]) -> list[str]:
    """Return all that is reached from a code, itself first, each before all that follow it, if there is no circle.

    >>> reached("a", {"a": "bc", "b": "c", "c": ""}.__getitem__)
    ['a', 'b', 'c']
    """
    order: list[str] = []
    seen = {start}
    path = [(start, iter(following(start)))]
    while path:
        code, rest = path[-1]
        for one in rest:
            if one not in seen:
                seen.add(one)
                path.append((one, iter(following(one))))
                break
        else:
            order.append(code)
            path.pop()
    order.reverse()
    return order
