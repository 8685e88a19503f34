"""Definitions, filed by what they are looked up by. A catalog is a book that has been checked."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, TypeVar

from prodstock.errors import Finding, InvalidTypeError, InvalidValueError
from prodstock.master.bom_terms import BomStatus
from prodstock.master.codes import MAIN
from prodstock.master.definition import Definition
from prodstock.master.given import KIND_NAMES, Given
from prodstock.master.item import Item, Supply
from prodstock.master.location import Location, LocationKind, LocationRole, Site
from prodstock.quantities.quantity import Exact, Quantity
from prodstock.quantities.unit import check_factors, convert

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from prodstock.master.bom import BillOfMaterial
    from prodstock.master.routing import Routing
    from prodstock.master.sourcing import Sourcing

D = TypeVar("D", bound=Definition)
Dated = TypeVar("Dated", "BillOfMaterial", "Routing")


class Book:
    """The definitions of a catalog, by kind and by what they are looked up by. Filled once, then only read."""

    __slots__ = (
        "_factors",
        "active",
        "boms",
        "criteria",
        "defaults",
        "duplicates",
        "given",
        "items",
        "locations",
        "ranks",
        "resources",
        "routings",
        "said",
        "sites",
        "sourcings",
        "states",
        "suppliers",
        "transitions",
    )

    def __init__(self, definitions: Iterable[Definition]) -> None:
        self.given = Given()
        self.duplicates: list[Finding] = []
        _sort_in(definitions, self.given, self.duplicates)
        self.items = {item.code: item for item in self.given.items}
        self.said = {item.code: item.supply for item in self.given.items if item.supply is not None}
        """Of the items that say where they come from, where."""
        self.sites = {MAIN: Site(MAIN)} | {site.code: site for site in self.given.sites}
        self.suppliers = {one.code: one for one in self.given.suppliers}
        self.resources = {one.code: one for one in self.given.resources}
        self.criteria = {one.item: one for one in self.given.criteria}
        self.states = {one.code: one for one in self.given.states}
        self.transitions = self.given.transitions
        self.sourcings = _by_item(self.given.sourcings)
        self.boms = _by_item(self.given.boms)
        self.active = _by_item([bom for bom in self.given.boms if bom.status is BomStatus.ACTIVE])
        self.routings = _by_item(self.given.routings)
        self.locations, self.defaults = _places(self.given.locations, self.sites)
        self._factors: dict[str, Mapping[str, Fraction]] = {}
        self.ranks: Mapping[str, int] | None = None
        """Numbers that grow along every line of every active bill; None if only bills never valid together allow none.
        Filed by the check of the book."""

    def bom_on(self, item: str, day: date, site: str) -> BillOfMaterial | None:
        """Return the active bill of an item on a day: the site's own before the general one."""
        found = self.active.get(item)
        return None if found is None else _chosen(found, day, site)

    def routing_on(self, item: str, day: date, site: str) -> Routing | None:
        """Return the routing of an item on a day: the site's own before the general one."""
        found = self.routings.get(item)
        return None if found is None else _chosen(found, day, site)

    def sourcings_on(self, item: str, site: str, day: date | None) -> tuple[Sourcing, ...]:
        """Return the terms on which an item is bought at a site, best first, with a day only those valid on it.

        A supplier's terms for the site replace its general ones.
        """
        if item not in self.sourcings:
            return ()
        found = [
            one for one in self.sourcings[item] if one.site in (None, site) and (day is None or one.effective_on(day))
        ]
        special = {one.supplier for one in found if one.site is not None}
        return tuple(one for one in found if one.site is not None or one.supplier not in special)

    def supply_on(self, item: str, day: date, site: str) -> Supply | None:
        """Return where an item comes from on a day; None: nobody says."""
        said = self.said.get(item)
        if said is not None:
            return said
        if self.bom_on(item, day, site) is not None:
            return Supply.MAKE
        return Supply.BUY if self.sourcings_on(item, site, day) else None

    def factors(self, item: str) -> Mapping[str, Fraction]:
        """Return how many base units one of each named unit of an item is."""
        found = self._factors.get(item)
        if found is None:
            found = self._factors[item] = resolved_factors(self.items[item])
        return found

    def base(self, item: str, value: Exact) -> Fraction:
        """Return an amount of an item in its base unit, exactly.

        Raises:
            InvalidValueError: if its unit cannot be converted.
        """
        if not isinstance(value, Quantity):
            return Fraction(value)
        return convert(value.exact, value.unit, self.items[item].unit, self.factors(item), item=item)


def _sort_in(definitions: Iterable[Definition], given: Given, duplicates: list[Finding]) -> None:
    known: dict[type, tuple[list[Definition], set[tuple[str, ...]]]] = {}
    for definition in definitions:
        kind = type(definition)
        if kind not in known:
            known[kind] = (_list_for(definition, given), set())
        rows, seen = known[kind]
        rows.append(definition)
        identity = definition.identity
        if identity in seen:
            named = " ".join(part for part in identity if part)
            message = f"{named} is defined twice"
            duplicates.append(Finding(kind.__name__, len(rows), "code", "duplicate", message, "Keep one of them"))
        seen.add(identity)


def _list_for(definition: Definition, given: Given) -> list[Definition]:
    rows = given.of(type(definition))
    if rows is None:
        advice = f"Give values of {', '.join(KIND_NAMES)}"
        raise InvalidTypeError(field="definitions", value=definition, reason="is no definition", advice=advice)
    return rows


def _by_item(definitions: list[D]) -> dict[str, list[D]]:
    filed: dict[str, list[D]] = {}
    for definition in definitions:
        filed.setdefault(definition.identity[0], []).append(definition)
    for several in filed.values():
        if len(several) > 1:
            several.sort(key=_rank)
    return filed


def _rank(definition: Definition) -> tuple[int, tuple[str, ...]]:
    priority = getattr(definition, "priority", 0)
    return priority, definition.identity


def _chosen(found: list[Dated], day: date, site: str) -> Dated | None:
    general = None
    for one in found:
        if (one.effective_from is None and one.effective_until is None) or one.effective_on(day):
            if one.site == site:
                return one
            if one.site is None:
                general = one
    return general


def _places(
    given: list[Location], sites: Mapping[str, Site]
) -> tuple[dict[tuple[str, str], Location], dict[tuple[str, LocationKind], Location]]:
    locations = {(one.site, one.code): one for one in given}
    defaults = {(one.site, one.kind): one for one in given if one.role is LocationRole.DEFAULT}
    for site in sites:
        for kind in LocationKind:
            if (site, kind) not in defaults:
                code = kind.default_code
                built_in = Location(code, site=site, kind=kind, role=LocationRole.DEFAULT)
                defaults[site, kind] = locations.setdefault((site, code), built_in)
    return locations, defaults


def resolved_factors(item: Item) -> Mapping[str, Fraction]:
    """Return how many base units one of each named unit of an item is, chains of units followed.

    Raises:
        InvalidValueError: if a factor is in a unit that leads nowhere, or contradicts a known conversion.
    """
    known: dict[str, Fraction] = {}
    waiting: dict[str, Quantity] = {}
    for unit, value in item.factors:
        if not isinstance(value, Quantity):
            known[unit] = Fraction(value)
        elif unit == item.unit:
            known[value.unit] = 1 / value.exact
        else:
            waiting[unit] = value
    while waiting:
        reached = {
            unit: found for unit, value in waiting.items() if (found := _via(value, item.unit, known)) is not None
        }
        if not reached:
            unit, value = next(iter(waiting.items()))
            advice = f"Give a factor for {value.unit!r} too, or the number of {item.unit!r}"
            raise InvalidValueError(
                field=f"factors[{unit}]", value=value, reason="leads to no base unit", advice=advice
            )
        known |= reached
        waiting = {unit: value for unit, value in waiting.items() if unit not in reached}
    check_factors(item.unit, known)
    return known


def _via(value: Quantity, base: str, known: Mapping[str, Fraction]) -> Fraction | None:
    try:
        return convert(value.exact, value.unit, base, known)
    except InvalidValueError:
        return None
