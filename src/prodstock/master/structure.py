"""Bills of material as they hold at one site on one day: who needs how much of what, as exact ratios."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import TYPE_CHECKING

from prodstock.master.bom_terms import Basis, BomStatus, LineRole
from prodstock.master.checks import ONE, ZERO
from prodstock.master.coefficient import own_need, served_per_good
from prodstock.master.graph import condensed_levels, longest_levels
from prodstock.master.item import Supply
from prodstock.master.spread import Edge, Reached, spread

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from datetime import date

    from prodstock.master.bom import BillOfMaterial, BomLine
    from prodstock.master.book import Book
    from prodstock.master.routing import Routing

_ONE = Fraction(1)
_BUY, _PHANTOM, _REWORK, _ORDER = Supply.BUY, Supply.PHANTOM, LineRole.REWORK, Basis.ORDER
"""At hand for the compilation of bills: reading a member off its enumeration takes two look-ups a line."""


class Depth(StrEnum):
    """How far down, or up, a question goes."""

    ONE_LEVEL = "one-level"
    ALL_LEVELS = "all-levels"


class _Compiled(dict[str, tuple[Edge, ...]]):
    """The edges of each item, made when first looked up: a look-up of known ones costs no call."""

    __slots__ = ("_make",)

    def __init__(self, make: Callable[[str], tuple[Edge, ...]]) -> None:
        self._make = make

    def __missing__(self, item: str) -> tuple[Edge, ...]:
        made = self[item] = self._make(item)
        return made


class Structure:
    """The bills valid at a site on a day. Edges and supplies are found when first asked for and kept.

    Only made items and phantoms have edges: what is bought ends the structure, whatever bill it has.
    """

    __slots__ = ("_book", "_edges", "_levels", "_ranks", "_supplies", "_users", "day", "site")

    def __init__(self, book: Book, day: date, site: str) -> None:
        self._book = book
        self.day = day
        self.site = site
        self._supplies: dict[str, Supply | None] = {}
        self._edges = _Compiled(self._compile)
        self._users: Mapping[str, tuple[Edge, ...]] | None = None
        self._levels: Mapping[str, int] | None = None
        self._ranks: Mapping[str, int] | None = None

    def bom(self, item: str) -> BillOfMaterial | None:
        """Return the active bill of an item, or None."""
        return self._book.bom_on(item, self.day, self.site)

    def supply(self, item: str) -> Supply | None:
        """Return where an item comes from; None: nobody says."""
        known = self._supplies
        if item not in known:
            known[item] = self._book.supply_on(item, self.day, self.site)
        return known[item]

    def unit(self, item: str) -> str:
        """Return the base unit of an item."""
        return self._book.items[item].unit

    def edges(self, item: str) -> tuple[Edge, ...]:
        """Return what one good unit of an item needs, in the order of the lines; nothing if it is bought."""
        return self._edges[item]

    def lines(self, item: str) -> tuple[Edge, ...]:
        """Return the same of an item's bill, even if the item is bought."""
        bom = self.bom(item)
        return () if bom is None else _edges(self._book, bom, self.day, self.site)

    def _compile(self, item: str) -> tuple[Edge, ...]:
        """Return the edges of an item, and keep its supply where the bill that was looked up tells it."""
        said = self._book.said.get(item)
        bom = None if said is _BUY else self._book.bom_on(item, self.day, self.site)
        if bom is None:
            return ()
        self._supplies[item] = said or Supply.MAKE
        return _edges(self._book, bom, self.day, self.site)

    def phantoms(self, item: str) -> list[str]:
        """Return the phantoms among what an item needs, in the order of the lines."""
        return [needed for needed, _, _, _, phantom in self.edges(item) if phantom]

    def users(self, item: str) -> tuple[Edge, ...]:
        """Return the lines that need an item directly, each leading to the item that has it, by item and line.

        The first call costs O(lines of the catalog), the others O(1).
        """
        if self._users is None:
            users: dict[str, list[Edge]] = {}
            for parent in sorted(self._book.boms):
                for needed, over, under, per_order, _ in self.edges(parent):
                    users.setdefault(needed, []).append((parent, over, under, per_order, False))
            self._users = {needed: tuple(edges) for needed, edges in users.items()}
        return self._users.get(item, ())

    def levels(self) -> Mapping[str, int]:
        """Return the low-level code of every item: the longest path from anything that needs it.

        The outputs of one process share one. O(items + lines), once.
        """
        if self._levels is None:
            parents = [(bom, self.edges(item)) for item in self._book.boms if (bom := self.bom(item)) is not None]
            targets = {bom.item: [edge[0] for edge in edges] for bom, edges in parents}
            self._levels = levels_of(self._book, targets, [bom for bom, _ in parents])
        return self._levels

    def spread_down(self, top: str, amount: Fraction, depth: Depth) -> Reached:
        """Return all that an amount of an item needs, itself included.

        The item itself is exploded even if it is bought. One level ends at the first items that are no phantoms.
        """
        edges_of: Callable[[str], tuple[Edge, ...]] = self._edges.__getitem__
        if depth is Depth.ONE_LEVEL or self._book.items[top].supply is Supply.BUY:
            own, below, items = self.lines(top), edges_of, self._book.items

            def edges_of(item: str) -> tuple[Edge, ...]:
                if item == top:
                    return own
                return () if depth is Depth.ONE_LEVEL and items[item].supply is not Supply.PHANTOM else below(item)

        return spread(top, amount, edges_of, self._places().__getitem__, orders=1 if amount else 0)

    def spread_up(self, used: str, depth: Depth) -> Reached:
        """Return all that needs an item, itself included, with how much of it one unit needs; not counted by orders."""

        def above(item: str) -> tuple[Edge, ...]:
            return self.users(item) if depth is Depth.ALL_LEVELS or item == used else ()

        places = self._places()
        return spread(used, Fraction(1), above, lambda item: -places[item], orders=0)

    def _places(self) -> Mapping[str, int]:
        """Return numbers that grow along every line that is valid now, those of bought items too."""
        if self._book.ranks is not None:
            return self._book.ranks
        if self._ranks is None:
            boms = [bom for item in self._book.boms if (bom := self.bom(item)) is not None]
            targets = {bom.item: [edge[0] for edge in self.lines(bom.item)] for bom in boms}
            self._ranks = levels_of(self._book, targets, boms)
        return self._ranks

    def __repr__(self) -> str:
        return f"<Structure at {self.site[:40]} on {self.day}>"


def _edges(book: Book, bom: BillOfMaterial, day: date, site: str) -> tuple[Edge, ...]:
    said = book.said
    routing = None if said.get(bom.item) is _PHANTOM else book.routing_on(bom.item, day, site)
    for_quantity = _ONE if bom.for_quantity is ONE else book.base(bom.item, bom.for_quantity)
    plain = bom.scrap is ZERO and for_quantity is _ONE and (routing is None or routing.input_per_good() == 1)
    found: list[Edge] = []
    for line in bom.lines:
        always = line.effective_from is None and line.effective_until is None
        if line.role is _REWORK or not (always or line.effective_on(day)):
            continue
        if plain and line.scrap is ZERO and line.yield_rate is ONE and type(line.quantity) is Decimal:
            over, under = line.quantity.as_integer_ratio()
        else:
            over, under = _need(book, bom, routing, line, for_quantity).as_integer_ratio()
        found.append((line.item, over, under, line.per is _ORDER, said.get(line.item) is _PHANTOM))
    return tuple(found)


def _need(book: Book, bom: BillOfMaterial, routing: Routing | None, line: BomLine, for_quantity: Fraction) -> Fraction:
    need = own_need(book.base(line.item, line.quantity), line, for_quantity)
    return need if line.per is Basis.ORDER else need * served_per_good(bom, routing, line)


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


def in_order(start: Iterable[str], following: Callable[[str], Iterable[str]]) -> list[str]:
    """Return some codes and all that follow them, each before all that follow it, if there is no circle.

    >>> in_order("a", {"a": "bc", "b": "c", "c": ""}.__getitem__)
    ['a', 'b', 'c']
    """
    order: list[str] = []
    seen: set[str] = set()
    path: list[tuple[str, Iterator[str]]] = [("", iter(start))]
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
    return order[1:]
