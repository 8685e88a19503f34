"""Bills of material as they hold at one site on one day: who needs how much of what, as exact ratios."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from itertools import accumulate
from math import gcd
from typing import TYPE_CHECKING

from prodstock.master.bom_terms import Basis, LineRole
from prodstock.master.checks import ONE, ZERO
from prodstock.master.coefficient import own_ratio, served_per_good
from prodstock.master.depth import Depth
from prodstock.master.item import Supply
from prodstock.master.needs import low_levels, needs_on
from prodstock.master.spread import MEASURED, PER_ORDER, PHANTOM, Lines, Reached, spread

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from datetime import date

    from prodstock.master.bom import BillOfMaterial, BomLine
    from prodstock.master.bom_terms import Measure
    from prodstock.master.book import Book
    from prodstock.master.item import Item
    from prodstock.master.routing import Routing

_ONE = Fraction(1)
_BUY, _MAKE, _PHANTOM = Supply.BUY, Supply.MAKE, Supply.PHANTOM
_REWORK, _UNIT = LineRole.REWORK, Basis.UNIT
"""At hand for the compilation of bills: reading a member off its enumeration takes two look-ups a line."""


class _Compiled(dict[int, Lines]):
    """The lines of each item by place, made when first looked up: a look-up of known ones costs no call."""

    __slots__ = ("_make",)

    def __init__(self, make: Callable[[int], Lines]) -> None:
        self._make = make

    def __missing__(self, place: int) -> Lines:
        made = self[place] = self._make(place)
        return made


class _Ratios(dict[Decimal, tuple[int, int]]):
    """Numbers as ratios in lowest terms, kept: a catalog has few different ones, and reading one is slow."""

    __slots__ = ()

    def __missing__(self, number: Decimal) -> tuple[int, int]:
        made = self[number] = number.as_integer_ratio()
        return made


class Structure:
    """The bills valid at a site on a day. Lines and supplies are found when first asked for and kept.

    Items are named by their places among the codes of the catalog: small integers, which cost little to look up and
    nothing to collect. Only made items and phantoms have lines: what is bought ends the structure.
    """

    __slots__ = (
        "_book", "_chosen", "_counted", "_left_out", "_levels", "_lines", "_measures", "_ranks", "_ratios", "_users",
        "day", "items", "site", "supplies",
    )  # fmt: skip

    def __init__(self, book: Book, day: date, site: str, chosen: Mapping[str, str]) -> None:
        self._book = book
        self._chosen = chosen
        self._left_out: dict[int, list[int]] = {}
        self.day: date = day
        self.site: str = site
        self.items: list[Item] = book.listed
        """The items, by place."""
        self.supplies: dict[int, Supply | None] = {}
        """Where the items looked up so far come from, by place; None: nobody says."""
        self._ratios = _Ratios()
        self._lines = _Compiled(self._compile)
        self._measures: dict[tuple[Measure, Fraction], int] = {}
        self._counted: list[tuple[Measure, Fraction]] = []
        self._users: _Users | None = None
        self._levels: Mapping[str, int] | None = None
        self._ranks: Sequence[int] | None = None

    def _compile(self, place: int) -> Lines:
        """Return what one good unit of an item needs, in the order of the lines, and file where the item comes from."""
        book = self._book
        said = book.said.get(place)
        bom = None if said is _BUY else book.bill_on(place, self.day, self.site)
        if bom is not None:
            self.supplies[place] = said or _MAKE
            return self._lines_of(place, bom)
        bought = book.sourcings and said is None and book.sourcings_on(book.codes[place], self.site, self.day)
        self.supplies[place] = _BUY if bought else said
        return ()

    def _lines_of(self, place: int, bom: BillOfMaterial) -> Lines:
        book = self._book
        routing = None
        if book.routings and book.said.get(place) is not _PHANTOM:
            routing = book.routing_on(bom.item, self.day, self.site)
        needed = book.needed_by(place, bom)
        if bom.scrap is ZERO and bom.for_quantity is ONE and (routing is None or routing.input_per_good() == 1):
            plain = self._plain_lines(bom, needed)
            if plain is not None:
                return plain
        return self._all_lines(bom, needed, routing)

    def _plain_lines(self, bom: BillOfMaterial, needed: Sequence[int]) -> Lines | None:
        """Return the lines of a bill that says nothing but quantities, or None. Most bills are such."""
        if not self._book.phantoms.isdisjoint(needed):
            return None
        if self._chosen and any(line.when is not None for line in bom.lines):
            return None
        ratios = self._ratios
        found: list[int] = []
        for line, place in zip(bom.lines, needed, strict=True):
            quantity = line.quantity
            if (
                type(quantity) is not Decimal
                or line.scrap is not ZERO
                or line.yield_rate is not ONE
                or line.per is not _UNIT
                or line.role is _REWORK
                or line.effective_from is not None
                or line.effective_until is not None
            ):
                return None
            over, under = ratios[quantity]
            found += (place, over, under, 0)
        return tuple(found)

    def _all_lines(self, bom: BillOfMaterial, needed: Sequence[int], routing: Routing | None) -> Lines:
        book, day = self._book, self.day
        for_quantity = book.base(bom.item, bom.for_quantity)
        found: list[int] = []
        for line, place in zip(bom.lines, needed, strict=True):
            if line.role is not _REWORK and line.effective_on(day):
                if line.when is not None and not line.when.holds(self._chosen):
                    self._left_out.setdefault(book.place[bom.item], []).append(place)
                    continue
                over, under = self._need(bom, routing, line, for_quantity)
                kind = 0 if line.per is _UNIT else self._kind(line.per, bom, routing, line)
                found += (place, over, under, kind + (PHANTOM if place in book.phantoms else 0))
        return tuple(found)

    def _need(
        self, bom: BillOfMaterial, routing: Routing | None, line: BomLine, for_quantity: Fraction
    ) -> tuple[int, int]:
        """Return what a line needs per good unit, or per order, in lowest terms."""
        quantity = line.quantity
        plain = self._ratios[quantity] if isinstance(quantity, Decimal) else None
        over, under = own_ratio(*(plain or self._book.base(line.item, quantity).as_integer_ratio()), line, for_quantity)
        if line.per is _UNIT:
            served = served_per_good(bom, routing, line)
            over, under = over * served.numerator, under * served.denominator
        shared = gcd(over, under)
        return over // shared, under // shared

    def _kind(self, per: Basis | Measure, bom: BillOfMaterial, routing: Routing | None, line: BomLine) -> int:
        """Return the kind of a line that is not per unit; a measure is kept, by its number."""
        if isinstance(per, Basis):
            return PER_ORDER
        number = self._measures.setdefault((per, served_per_good(bom, routing, line)), len(self._measures))
        if number == len(self._counted):
            self._counted.append((per, served_per_good(bom, routing, line)))
        return MEASURED * (2 * number + 1)

    def _counting(self, number: int, over: int, under: int) -> Fraction:
        measure, served = self._counted[number]
        return measure.count(served * over / under)

    def phantoms(self, item: str) -> list[str]:
        """Return the phantoms among what an item needs, in the order of the lines."""
        lines, codes = self._lines[self._book.place[item]], self._book.codes
        return [codes[place] for place, kind in zip(lines[::4], lines[3::4], strict=True) if kind & PHANTOM]

    def levels(self) -> Mapping[str, int]:
        """Return the low-level code of every item: the longest path from anything that needs it.

        The outputs of one process share one. O(items + lines), once.
        """
        if self._levels is None:
            levels = low_levels(needs_on(self._book, self.day, self.site, bought=False))
            self._levels = dict(zip(self._book.codes, levels, strict=True))
        return self._levels

    def spread_down(self, top: str, amount: Fraction, depth: Depth) -> Reached:
        """Return all that an amount of an item needs, itself included.

        The item itself is exploded even if it is bought. One level ends at the first items that are no phantoms.
        """
        start: int = self._book.place[top]
        lines_of: Callable[[int], Lines] = self._lines.__getitem__
        if depth is Depth.ONE_LEVEL or self._book.said.get(start) is _BUY:
            lines_of = self._ending(start, depth)
        return spread(
            start, amount, lines_of, self._ranks_now().__getitem__, orders=1 if amount else 0, counting=self._counting
        )

    def _ending(self, top: int, depth: Depth) -> Callable[[int], Lines]:
        """Return the lines of the items below one that is exploded though it is bought, or below it on one level."""
        bom = self._book.bill_on(top, self.day, self.site)
        own = () if bom is None else self._lines_of(top, bom)

        def lines_of(place: int) -> Lines:
            if place == top:
                return own
            below = self._lines[place]
            return () if depth is Depth.ONE_LEVEL and place not in self._book.phantoms else below

        return lines_of

    def spread_up(self, used: str, depth: Depth) -> Reached:
        """Return all that needs an item, itself included, with how much of it one unit needs; lines per unit only.

        The first call costs O(lines of the catalog), the others O(lines reached).
        """
        if self._users is None:
            lines_by_maker = ((maker, self._all_of(maker)) for maker in self._book.makers)
            self._users = _Users(len(self._book.codes), lines_by_maker)
        start, users, ranks = self._book.place[used], self._users, self._ranks_now()

        def above(place: int) -> Lines:
            return users.of(place) if depth is Depth.ALL_LEVELS or place == start else ()

        return spread(start, Fraction(1), above, lambda place: -ranks[place], orders=0, counting=self._counting)

    def _all_of(self, maker: int) -> Lines:
        """Return the lines of an item, those that do not apply with what is chosen counted as none."""
        lines = self._lines[maker]
        if maker in self._left_out:
            return (*lines, *(number for place in self._left_out[maker] for number in (place, 0, 1, PER_ORDER)))
        return lines

    def _ranks_now(self) -> Sequence[int]:
        """Return numbers that grow along every line that is valid now, those of bought items too."""
        if self._book.ranks is not None:
            return self._book.ranks
        if self._ranks is None:
            self._ranks = low_levels(needs_on(self._book, self.day, self.site, bought=True))
        return self._ranks

    def __repr__(self) -> str:
        return f"<Structure at {self.site[:40]} on {self.day}>"


class _Users:
    """The lines that need each item directly, each leading to the item that has it, by item and line.

    One list for all items, with the number at which each one's lines begin.
    """

    __slots__ = ("_lines", "_starts")

    def __init__(self, items: int, lines_by_maker: Iterable[tuple[int, Lines]]) -> None:
        needed: list[int] = []
        given: list[int] = []
        counts = [0] * (items + 1)
        for maker, lines in lines_by_maker:
            rest = iter(lines)
            for place, over, under, kind in zip(rest, rest, rest, rest, strict=True):
                needed.append(place)
                given += (maker, over, under, PER_ORDER if kind & (PER_ORDER | MEASURED) else 0)
                counts[place + 1] += 1
        self._starts = list(accumulate(counts))
        self._lines: list[int] = []
        for number in sorted(range(len(needed)), key=needed.__getitem__):
            self._lines += given[4 * number : 4 * number + 4]

    def of(self, place: int) -> Lines:
        """Return the lines that need the item of a place. O(lines found)."""
        return self._lines[4 * self._starts[place] : 4 * self._starts[place + 1]]


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
