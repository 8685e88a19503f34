"""Where planning gets each item of a catalog from on a day: every way compiled once, and kept."""

from __future__ import annotations

from bisect import bisect_right
from datetime import date
from threading import Lock
from typing import TYPE_CHECKING

from prodstock.master.bom import BomStatus, with_groups
from prodstock.master.codes import MAIN
from prodstock.master.item import Supply
from prodstock.master.planning_parameters import NEAR
from prodstock.planning.netting_order import netting_order, substitutions
from prodstock.planning.ways import NO_PART, Part, Recipe, RecipeLine, Route, Terms, lots_of, one_way, terms_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from prodstock.master.bom import BillOfMaterial, BomLine, Substitute
    from prodstock.master.catalog import Catalog
    from prodstock.master.choices import Choices
    from prodstock.master.item import Item
    from prodstock.master.planning_parameters import PlanningParameters
    from prodstock.master.routing import Routing
    from prodstock.master.sourcing import Sourcing
    from prodstock.master.transfer_lane import TransferLane
    from prodstock.planning.ways import OneWay

_ANY_DAY = date(2000, 1, 1)


class _Place:
    """An item at a site: the days on which its sources change, and what they are in between."""

    __slots__ = ("boundaries", "found")

    def __init__(self, boundaries: Sequence[date]) -> None:
        self.boundaries = boundaries
        self.found: dict[int, tuple[Supply | None, Recipe | None]] = {}


class Sources:
    """The recipes and terms of a catalog, each compiled once for all days on which it is the same, and for all plans.

    Made by `catalog.derived(Sources)`, and safe to share between threads.
    """

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog
        self.makers: Mapping[str, tuple[str, ...]] = _makers(catalog)
        self.levels: Mapping[str, int] = netting_order(catalog, self.makers)
        self.laned: bool = any(catalog.lanes_of(item.code) for item in catalog.items)
        self.followed: frozenset[str] = frozenset(item.code for item in catalog.items if item.follow_up is not None)
        self.substituted: frozenset[str] = frozenset(item for item, _ in substitutions(catalog, shared=False))
        self.grouped: frozenset[str] = _grouped(catalog)
        """The items on whose bills stand groups of substitutes."""
        self.shared: frozenset[str] = frozenset(item for item, _ in substitutions(catalog, shared=True))
        self._lock = Lock()
        self._always: dict[tuple[str, str, Choices], OneWay | None] = {}
        self._places: dict[tuple[str, str, Choices], _Place] = {}
        self._narrowed: dict[tuple[str, Choices], Choices] = {}
        self._compiled: dict[tuple[object, ...], Recipe] = {}
        self._terms: dict[tuple[str, str], list[Terms]] = {}
        self._routes: dict[tuple[str, str], tuple[Route, ...]] = {}
        self.parts: list[Part] = []
        self.kept: Sequence[tuple[str, str | None]] = tuple(_kept(catalog))
        """The items with a safety stock, each with its site; None: wherever there is some, else at the main site."""
        self.planned: frozenset[str] = frozenset([one.item for one in catalog.parameters])
        """The items with planning parameters of their own."""
        self.looks_ahead: bool = any(one.lot_rule not in NEAR for one in catalog.parameters)
        """Whether a lot rule looks at later needs too."""
        self._within: dict[tuple[int, str | None, bool], Part] = {}

    def on(self, item: str, site: str, day: date, options: Choices = ()) -> tuple[Supply | None, Recipe | None]:
        """Return where an item comes from on a day, and its recipe if it is made.

        What has bills of material is made by one of them: none valid, no recipe. Of `options` it names only those,
        with their values, that are not as usual.
        """
        if options:
            options = self._narrow(item, options)
        place = self._places.get((item, site, options))
        if place is None:
            place = self._places[item, site, options] = _Place(sorted(self.changes(item, site)))
        index = bisect_right(place.boundaries, day) if place.boundaries else 0
        found = place.found.get(index)
        if found is None:
            supply = self.catalog.supply(item, day, site=site)
            made = supply in {Supply.MAKE, Supply.PHANTOM}
            if supply is Supply.MAKE and self.catalog.boms(item):
                made = self.catalog.bom(item, day, site=site) is not None
            recipe = self.recipe(item, site, day, options=options) if made else None
            found = place.found[index] = (supply, recipe)
        return found

    def _narrow(self, item: str, options: Choices) -> Choices:
        """Return of some options those on which it depends what an order of an item takes."""
        found = self._narrowed.get((item, options))
        if found is None:
            names = self.catalog.decisive(item)
            found = self._narrowed[item, options] = tuple([pair for pair in options if pair[0] in names])
        return found

    def follow_up(self, item: str, day: date) -> Substitute | None:
        """Return what has taken the place of an item on a day; None: nothing, it may still be ordered."""
        found = self.catalog.item(item).follow_up if item in self.followed else None
        return found if found is not None and found.effective_on(day) else None

    def within(self, part: Part, came: int) -> Part:
        """Return a part of a phantom's bill as it is needed by the order that takes the phantom as another part.

        A phantom is needed at the step of the phantom it stands in; of one that limits the life of what is made all
        does.
        """
        if came < 0:
            return part
        whole = self.parts[came]
        step, limits = (whole.step if part.to_phantom else part.step), part.limits or whole.limits
        if (step, limits) == (part.step, part.limits):
            return part
        key = (part.number, step, limits)
        with self._lock:
            found = self._within.get(key)
            if found is None:
                found = self._within[key] = part._replace(step=step, limits=limits, number=len(self.parts))
                self.parts.append(found)
        return found

    def always(self, item: Item, site: str, options: Choices = ()) -> OneWay | None:
        """Return the way in which an item comes on every day, with no other output; None: there is no one such way."""
        if options:
            options = self._narrow(item.code, options)
        key = (item.code, site, options)
        if key not in self._always:
            way = self._only(item, site, options)
            self._always[key] = None if way is None else one_way(way, alone=self._alone(way, item, site))
        return self._always[key]

    def _alone(self, way: Recipe | Terms, item: Item, site: str) -> bool:
        others = len(self.bought_too(item, site)) if isinstance(way, Recipe) else len(self.terms(item, site)) - 1
        priced = isinstance(way, Terms) and bool(way.sourcing.price_breaks)
        return not (others or priced or way.lots.maximum or way.lots.fixed)

    def _only(self, item: Item, site: str, options: Choices) -> Recipe | Terms | None:
        never = item.supply is Supply.PHANTOM or item.follow_up is not None
        if item.shelf_life is not None or item.inspection_time is not None or never:
            return None
        supply, recipe = self.on(item.code, site, _ANY_DAY, options)
        if (
            self._places[item.code, site, options].boundaries
            or item.code in self.makers
            or self.routes(item, site)
            or self.catalog.quotas(item.code)
        ):
            return None
        if supply is Supply.MAKE and recipe is not None and not recipe.outputs:
            preferred = self.bought_too(item, site)
            return None if preferred and preferred[0].sourcing.priority < 0 else recipe
        terms = self.terms(item, site) if supply is Supply.BUY else ()
        return terms[0] if terms and terms[0].buying is None else None

    def openings(self, item: str, site: str) -> set[date]:
        """Return the days on which a way of getting an item begins."""
        boms = self.catalog.boms(item)
        dated: list[BillOfMaterial | BomLine | Sourcing | TransferLane] = [line for bom in boms for line in bom.lines]
        dated += [*boms, *self.catalog.sourcings(item, site), *self.catalog.lanes(item, site)]
        return {one.effective_from for one in dated if one.effective_from is not None}

    def changes(self, item: str, site: str) -> set[date]:
        """Return the days on which what an item comes from may change."""
        boms = self.catalog.boms(item)
        dated: list[BillOfMaterial | BomLine | Routing | Sourcing] = [line for bom in boms for line in bom.lines]
        dated += [*boms, *self.catalog.routings(item), *self.catalog.sourcings(item, site)]
        return {day for one in dated for day in (one.effective_from, one.effective_until) if day is not None}

    def recipe(self, item: str, site: str, day: date, revision: str | None = None, *, options: Choices = ()) -> Recipe:
        """Return the recipe of an item on a day; a revision asked for by name, whatever its dates.

        Of `options` it names only those, with their values, that are not as usual.
        """
        options = self._narrow(item, options) if options else ()
        bom = self.catalog.bom(item, day, site=site, revision=revision)
        phantom = self.catalog.item(item).supply is Supply.PHANTOM
        routing = None if phantom else self.catalog.routing(item, day, site=site)
        given = self.catalog.planning_parameters(item, site)
        key = (
            item,
            None if bom is None else bom.identity,
            None if routing is None else routing.identity,
            None if bom is None else tuple([line.effective_on(day) for line in bom.lines]),
            None if given is None else given.identity,
            options,
        )
        with self._lock:
            found = self._compiled.get(key)
            if found is None:
                made = self.catalog.item(item)
                found = self._compiled[key] = Recipe(
                    self.catalog, made, bom, routing, day, self.parts, given, self.catalog.chosen(options)
                )
        return found

    def with_groups(self, recipe: Recipe, names: tuple[str, ...], site: str, day: date) -> Recipe:
        """Return a recipe with groups of substitutes of its bill in the place of what they replace on a day."""
        bom, item = recipe.bom, recipe.item
        if bom is None or not names:
            return recipe
        chosen = self.catalog.chosen(recipe.options)
        changed = with_groups(bom, names, day, chosen)
        given = self.catalog.planning_parameters(item.code, site)
        key = (recipe, names, changed.lines)
        with self._lock:
            found = self._compiled.get(key)
            if found is None:
                found = Recipe(self.catalog, item, changed, recipe.routing, day, self.parts, given, chosen)
                found.groups = tuple(group for name in names for group in bom.groups if group.code == name)
                self._compiled[key] = found
        return found

    def terms(self, item: Item, site: str) -> Sequence[Terms]:
        """Return the terms on which an item is bought for a site, best first, with their lot rules; of any date."""
        found = self._terms.get((item.code, site))
        if found is None:
            given = self.catalog.planning_parameters(item.code, site)
            found = self._terms[item.code, site] = [
                terms_of(self.catalog, item, one, site, given) for one in self.catalog.sourcings(item.code, site)
            ]
        return found

    def bought_too(self, item: Item, site: str) -> Sequence[Terms]:
        """Return the terms on which an item that is made may be bought too: any, unless it says that it is made."""
        return self.terms(item, site) if item.supply is None else ()

    def routes(self, item: Item, site: str) -> tuple[Route, ...]:
        """Return the ways on which an item comes to a site from others, best first; of any date. A phantom: none."""
        found = self._routes.get((item.code, site))
        if found is None:
            lanes = () if item.supply is Supply.PHANTOM else self.catalog.lanes(item.code, site)
            line = RecipeLine(item.code, 1, 1, per_order=False, phantom=False, step=None, source=None)
            parts = (Part(item.code, None, "", NO_PART, (line,), limits=item.shelf_life is not None),)
            given = self.catalog.planning_parameters(item.code, site)
            found = self._routes[item.code, site] = tuple(
                Route(lane, lots_of(self.catalog, item, lane.minimum, lane.multiple, given), parts) for lane in lanes
            )
        return found


def _grouped(catalog: Catalog) -> frozenset[str]:
    return frozenset(item.code for item in catalog.items if any(bom.groups for bom in catalog.boms(item.code)))


def _makers(catalog: Catalog) -> Mapping[str, tuple[str, ...]]:
    """Return, for each item that may be the reason to make another beside which it comes out, those others."""
    found: dict[str, set[str]] = {}
    for item in catalog.items:
        for bom in catalog.boms(item.code):
            if bom.status is BomStatus.ACTIVE and bom.outputs:
                for output in bom.co_products:
                    found.setdefault(output.item, set()).add(item.code)
    return {item: tuple(sorted(makers)) for item, makers in sorted(found.items())}


def _kept(catalog: Catalog) -> Iterator[tuple[str, str | None]]:
    """Yield the items that are kept in stock, with the site; None: wherever there is some, else at the main one."""
    said = {(one.item, one.site): one for one in catalog.parameters}
    for item in catalog.items:
        if (item.code, MAIN) not in said and _keeps(item, said.get((item.code, None))):
            yield item.code, None
    for (code, site), one in said.items():
        if site is not None and _keeps(catalog.item(code), one):
            yield code, site


def _keeps(item: Item, given: PlanningParameters | None) -> bool:
    if given is None:
        return bool(item.safety_stock)
    stock = item.safety_stock if given.safety_stock is None else given.safety_stock
    return bool(stock) or bool(given.safety_steps)
