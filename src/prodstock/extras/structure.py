"""A catalog as arrays: items level by level, lot rules, scrap, needs of bills; once for each catalog and site."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import groupby
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from prodstock.errors import Finding, InvalidData
from prodstock.extras.arrays import LIMIT, kept
from prodstock.master.bom_terms import Substitution
from prodstock.master.item import Supply
from prodstock.planning.sources import Sources
from prodstock.planning.ways import Recipe
from prodstock.quantities.rounding import Rounding, round_scaled

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from prodstock.calendars.span import Span
    from prodstock.extras.arrays import Ints
    from prodstock.master.catalog import Catalog
    from prodstock.master.item import Item
    from prodstock.master.substitute import Substitute
    from prodstock.planning.ways import Part, Terms

_ANY_DAY = date(2000, 1, 1)
_MOST: Final = 2**63 - 1
_NOT_PLANNED: Final = frozenset({None, Substitution.NEVER})
_ADVICE: Final = "Plan it with prodstock.plan, or leave it out of the catalog of the grid"


class Level(NamedTuple):
    """Items that need none of each other, one after the other, and which of their numbers are all 1.

    `most` of any of them may be missing: the least of their own bounds.
    """

    first: int
    past: int
    most: int
    as_many: bool
    any_size: bool
    whole_multiples: bool


class Structure:
    """What netting by buckets needs to know of the items of a catalog at a site, by the number of the item.

    To come by `missing` steps, `missing * top / bottom` are started, rounded up, raised to `minimum` and to a multiple
    of `step / parts`. An order needs of the item `child` of each of its edges `started * per / of`, rounded up, and
    `once`. What is `unsourced` can not be ordered. `way` is the number of how it comes: see `ways`.
    """

    def __init__(self, catalog: Catalog, site: str) -> None:
        self._catalog = catalog
        sources = catalog.derived(Sources)
        by_level = sorted(catalog.items, key=lambda item: (sources.levels[item.code], item.code))
        self.items: tuple[Item, ...] = tuple(by_level)
        self.index: dict[str, int] = {item.code: number for number, item in enumerate(by_level)}
        self.ways: list[Recipe | Terms] = []
        self._way_numbers: dict[tuple[str, Span], int] = {}
        found = [_Row(sources, item, site) for item in by_level]
        findings = [finding for row in found for finding in row.findings()]
        if findings:
            raise InvalidData(findings=findings)
        self.unsourced = kept(np.array([row.way is None for row in found], dtype=bool))
        self.safety: Ints = _column(row.safety for row in found)
        self.top: Ints = _column(row.top for row in found)
        self.bottom: Ints = _column(row.bottom for row in found)
        self.minimum: Ints = _column(row.minimum for row in found)
        self.step: Ints = _column(row.step for row in found)
        self.parts: Ints = _column(row.parts for row in found)
        self.most: Ints = _column(row.most for row in found)
        self.way: Ints = _column(self._numbered(row.way) for row in found)
        edges = [edge for row in found for edge in row.edges]
        self.count: Ints = _column(len(row.edges) for row in found)
        self.first: Ints = kept(np.cumsum(self.count) - self.count)
        self.child: Ints = _column(self.index[edge.item] for edge in edges)
        self.per: Ints = _column(edge.per for edge in edges)
        self.of: Ints = _column(edge.of for edge in edges)
        self.once: Ints = _column(edge.once for edge in edges)
        self.whole_needs: bool = bool((self.of == 1).all() and (self.once == 0).all())
        self.levels: tuple[Level, ...] = tuple(self._levels([sources.levels[item.code] for item in by_level]))

    def column(self, item: str) -> int:
        """Return the number of an item.

        Raises:
            UnknownCode: if there is no such item.
        """
        return self.index[self._catalog.item(item).code]

    def _numbered(self, way: Recipe | Terms | None) -> int:
        """Return the number of how an item comes: the same for all that take equally long."""
        if way is None:
            return -1
        key = ("", way.lead_time or timedelta()) if isinstance(way, Recipe) else _terms_key(way)
        found = self._way_numbers.setdefault(key, len(self.ways))
        if found == len(self.ways):
            self.ways.append(way)
        return found

    def _levels(self, levels: Sequence[int]) -> Iterator[Level]:
        past = 0
        for _, same in groupby(levels):
            first, past = past, past + len(list(same))
            mine = slice(first, past)
            yield Level(
                first,
                past,
                int(self.most[mine].min()),
                bool((self.top[mine] == self.bottom[mine]).all()),
                bool(((self.step[mine] == 1) & (self.parts[mine] == 1)).all()),
                bool((self.parts[mine] == 1).all()),
            )


def _terms_key(terms: Terms) -> tuple[str, Span]:
    return terms.sourcing.supplier, terms.sourcing.lead_time


class Structures:
    """The structures of a catalog, by site. Made by `catalog.derived(Structures)`."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._found: dict[str, Structure] = {}

    def at(self, site: str) -> Structure:
        """Return the structure of a site.

        Raises:
            InvalidData: if something is not for grids: with every such item, and why.
        """
        found = self._found.get(site)
        if found is None:
            found = self._found.setdefault(site, Structure(self._catalog, site))
        return found


def _column(values: Iterator[int]) -> Ints:
    return kept(np.fromiter(values, dtype=np.int64))


class _Edge(NamedTuple):
    """What an order of an item takes of another."""

    item: str
    per: int
    of: int
    once: int


class _Row:
    """What an item comes to, before it is an element of arrays; `reason` says why it can not."""

    __slots__ = ("bottom", "edges", "item", "minimum", "most", "parts", "reason", "safety", "step", "top", "way")

    def __init__(self, sources: Sources, item: Item, site: str) -> None:
        self.item = item
        self.top = self.bottom = self.step = self.parts = 1
        self.minimum = self.most = self.safety = 0
        self.way: Recipe | Terms | None = None
        self.edges: list[_Edge] = []
        self.reason = ""
        if item.safety_stock:
            self.safety = round_scaled(sources.catalog.base(item.code, item.safety_stock), item.scale, Rounding.NEED)
        only = sources.always(item, site)
        self.most = _MOST
        self.reason = _handled(sources, item, site)
        if self.reason:
            return
        if only is None:
            self.reason = _why_not(sources, item, site)
            return
        self.way, self.top, self.bottom, self.minimum = only.way, only.top, only.bottom, only.minimum
        multiple = only.way.lots.multiple or 1
        self.step, self.parts = multiple.numerator, multiple.denominator
        if isinstance(only.way, Recipe):
            self._recipe(only.way)
        if not self.reason:
            self.most = self._most()

    def findings(self) -> Iterator[Finding]:
        """Yield what stands against the item, if anything does."""
        if self.reason:
            yield Finding("items", None, self.item.code, "not-for-grids", f"{self.item.code} {self.reason}", _ADVICE)

    def _recipe(self, recipe: Recipe) -> None:
        if recipe.lead_time is None and recipe.steps:
            self.reason = "takes as long as its routing says, which depends on how much: it needs a lead time"
        if recipe.bom is not None and any(one.use not in _NOT_PLANNED for one in recipe.bom.groups):
            self.reason = "is made with groups of substitutes that planning takes"
        for part in recipe.parts:
            self._part(part)

    def _part(self, part: Part) -> None:
        for line in part.lines:
            if line.source is not None and _stands_in(line.source.substitutes):
                self.reason = f"needs {line.item}, for which planning lets others stand in"
            elif line.counted is not None:
                self.reason = f"needs {line.item} by a measure"
            elif line.per_order:
                self.edges.append(_Edge(line.item, 0, 1, line.need(1)))
            else:
                self.edges.append(_Edge(line.item, line.top, line.bottom, 0))

    def _most(self) -> int:
        """Return the most that may be missing so that no number on the way to the order and its needs leaves 64 bits.

        Sets the reason where the item's own numbers are too large for that.
        """
        started = min(
            [LIMIT, _MOST // self.bottom, *((_MOST // 2 - edge.of) // max(edge.per, 1) for edge in self.edges)]
        )
        needed = min(started - self.step, (_MOST - self.step) // self.parts - self.step)
        most = min(needed * self.bottom // self.top, (_MOST - self.bottom) // self.top)
        own = max(self.step, self.parts, self.minimum, self.safety, *(max(edge[1:]) for edge in self.edges), 1)
        if most < 1 or self.minimum > needed or own >= LIMIT:
            self.reason = "has a lot size, scrap or bill that does not fit 64 bits"
            return 0
        return most


def _stands_in(substitutes: Iterable[Substitute]) -> bool:
    """Return whether planning may take any of these instead: not one that only who issues takes."""
    return any(one.share or one.use not in _NOT_PLANNED for one in substitutes)


def _handled(sources: Sources, item: Item, site: str) -> str:
    """Return what planning does with an item beside its way; nothing for most."""
    reasons = {
        "has planning parameters of its own": sources.catalog.planning_parameters(item.code, site) is not None,
        "is followed up by another item": item.follow_up is not None,
        "is inspected for some time": item.inspection_time is not None,
    }
    return next((reason for reason, holds in reasons.items() if holds), "")


def _why_not(sources: Sources, item: Item, site: str) -> str:
    """Return why an item does not come one way on every day; nothing if it does not come at all."""
    supply, recipe = sources.on(item.code, site, _ANY_DAY)
    reasons = {
        "is a phantom": item.supply is Supply.PHANTOM,
        "is perishable": item.shelf_life is not None,
        "comes out beside other items": item.code in sources.makers,
        "is moved from other sites": bool(sources.routes(item, site)),
        "is shared out by a quota arrangement": bool(sources.catalog.quotas(item.code)),
        "has a bill, routing or terms that change on a day": bool(sources.changes(item.code, site)),
        "is made with other outputs": recipe is not None and bool(recipe.outputs),
        "is made, but bought at times": recipe is not None,
        "is bought on terms with transport, or days of ordering or delivery": bool(sources.terms(item, site)),
        "is made in a way that is not known": supply is Supply.MAKE,
    }
    return next((reason for reason, holds in reasons.items() if holds), "")
