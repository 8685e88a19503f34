"""Definitions, filed by what they are looked up by. A catalog is a book that has been checked."""

from __future__ import annotations

from fractions import Fraction
from operator import attrgetter
from typing import TYPE_CHECKING, TypeAlias, TypeVar

from prodstock.errors import Finding, InvalidTypeError, InvalidValueError, entries
from prodstock.master.bom_terms import BomStatus, LineRole
from prodstock.master.codes import MAIN
from prodstock.master.given import KIND_NAMES, Given
from prodstock.master.item import Item, Supply
from prodstock.master.location import Location, LocationKind, LocationRole, Site
from prodstock.quantities.quantity import Exact, Quantity
from prodstock.quantities.unit import check_factors, convert

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from prodstock.master.bom import BillOfMaterial
    from prodstock.master.codes import SiteCode
    from prodstock.master.definition import Definition
    from prodstock.master.option import Option
    from prodstock.master.planning_parameters import PlanningParameters
    from prodstock.master.quality_state import QualityState, Transition
    from prodstock.master.quota import QuotaArrangement
    from prodstock.master.release_criteria import ReleaseCriteria
    from prodstock.master.resource import Resource
    from prodstock.master.routing import Routing
    from prodstock.master.sourcing import Sourcing, Supplier
    from prodstock.master.transfer_lane import TransferLane

UNKNOWN = -1
"""The place of an item that is none: a check refuses the catalog."""

_REWORK = LineRole.REWORK

Dated = TypeVar("Dated", "BillOfMaterial", "Routing", "QuotaArrangement")
OfItem = TypeVar("OfItem", "Sourcing", "Routing", "QuotaArrangement")

Bills: TypeAlias = "BillOfMaterial | tuple[BillOfMaterial, ...] | None"
"""The bills of an item. Most have one or none, and a list for each would be work for the garbage collector."""


class Book:
    """The definitions of a catalog, by kind and by what they are looked up by. Filled once, then only read."""

    __slots__ = (
        "_active",
        "_boms",
        "_factors",
        "codes",
        "criteria",
        "defaults",
        "duplicates",
        "given",
        "items",
        "lanes",
        "listed",
        "locations",
        "makers",
        "needed",
        "options",
        "parameters",
        "phantoms",
        "place",
        "quotas",
        "ranks",
        "resources",
        "reworked",
        "routings",
        "said",
        "sites",
        "sourcings",
        "states",
        "suppliers",
        "transitions",
    )

    def __init__(self, definitions: Iterable[Definition]) -> None:
        self.given: Given = Given()
        self.duplicates: list[Finding] = []
        _sort_in(definitions, self.given, self.duplicates)
        self.items: dict[str, Item] = {item.code: item for item in sorted(self.given.items, key=attrgetter("code"))}
        """The items, in the order of their codes."""
        self.codes: list[str] = list(self.items)
        self.place: dict[str, int] = {code: place for place, code in enumerate(self.codes)}
        """Of each code its place among the codes: what structures and graphs count with."""
        self.listed: list[Item] = list(self.items.values())
        self.said: dict[int, Supply] = {
            place: item.supply for place, item in enumerate(self.listed) if item.supply is not None
        }
        """Of the items that say where they come from, by place, where."""
        self.phantoms: frozenset[int] = frozenset(place for place, said in self.said.items() if said is Supply.PHANTOM)
        sites = {MAIN: Site(MAIN)} | {site.code: site for site in self.given.sites}
        self.sites: dict[SiteCode | str, Site] = dict(sorted(sites.items()))
        self.suppliers: dict[str, Supplier] = {one.code: one for one in self.given.suppliers}
        self.resources: dict[str, Resource] = {one.code: one for one in self.given.resources}
        self.criteria: dict[str, ReleaseCriteria] = {one.item: one for one in self.given.criteria}
        self.options: dict[str, Option] = {one.code: one for one in sorted(self.given.options, key=attrgetter("code"))}
        self.states: dict[str, QualityState] = {one.code: one for one in self.given.states}
        self.transitions: list[Transition] = self.given.transitions
        self.sourcings: dict[str, list[Sourcing]] = _by_item(self.given.sourcings)
        self.lanes: dict[str | None, list[TransferLane]] = _lanes_by_item(self.given.lanes)
        """The lanes of each item, and under None those of every item, by target, priority and source."""
        self.quotas: dict[str, list[QuotaArrangement]] = _by_item(self.given.quotas)
        self.parameters: dict[tuple[str, str | None], PlanningParameters] = {
            (one.item, one.site): one for one in self.given.parameters
        }
        self._boms = _by_place(self.given.boms, self.place)
        self._active = _by_place([bom for bom in self.given.boms if bom.status is BomStatus.ACTIVE], self.place)
        self.makers: list[int] = [place for place, found in enumerate(self._active) if found is not None]
        """The items that have an active bill, by place."""
        self.needed: list[tuple[int, ...]]
        self.reworked: list[int]
        self.needed, self.reworked = _needed(self)
        """Of each item, by place, what stands on the lines of its active bills; and the items with rework lines."""
        self.routings: dict[str, list[Routing]] = _by_item(self.given.routings)
        self.locations: dict[tuple[str, str], Location]
        self.defaults: dict[tuple[str, LocationKind], Location]
        self.locations, self.defaults = _places(self.given.locations, self.sites)
        self._factors: dict[str, Mapping[str, Fraction]] = {}
        self.ranks: Sequence[int] | None = None
        """Of each item, by place, a number that grows along every line of every active bill; None if bills never valid
        together allow none. Filed by the check of the book."""

    def bom_on(self, item: str, day: date, site: str) -> BillOfMaterial | None:
        """Return the active bill of an item on a day: the site's own before the general one."""
        return self.bill_on(self.place[item], day, site)

    def boms(self, item: str) -> tuple[BillOfMaterial, ...]:
        """Return all bills of an item, of any status, by site and revision."""
        return _several(self._boms[self.place[item]])

    def bills(self, place: int) -> tuple[BillOfMaterial, ...]:
        """Return the active bills of the item of a place, by site and revision."""
        return _several(self._active[place])

    def bill_on(self, place: int, day: date, site: str) -> BillOfMaterial | None:
        """Return the active bill of the item of a place on a day: the site's own before the general one."""
        found = self._active[place]
        if found is None or isinstance(found, tuple):
            return None if found is None else _chosen(found, day, site)
        if found.site is None or found.site == site:
            always = found.effective_from is None and found.effective_until is None
            return found if always or found.effective_on(day) else None
        return None

    def needed_by(self, place: int, bom: BillOfMaterial) -> tuple[int, ...]:
        """Return the places of what stands on the lines of one of an item's active bills, in their order."""
        boms = self._active[place]
        if boms is bom:
            return self.needed[place]
        start = 0
        for one in _several(boms):
            if one is bom:
                break
            start += len(one.lines)
        return self.needed[place][start : start + len(bom.lines)]

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

    def lanes_of(self, item: str) -> list[TransferLane]:
        """Return the lanes on which an item may travel, by target, priority and source.

        Those of the item between two sites replace the general ones between them, in both directions.
        """
        own, general = self.lanes.get(item, []), self.lanes.get(None, [])
        if not own or not general:
            return own or general
        special = {frozenset((one.source, one.target)) for one in own}
        open_ones = [one for one in general if frozenset((one.source, one.target)) not in special]
        return sorted((*own, *open_ones), key=_lane_rank)

    def quota_on(self, item: str, day: date, site: str) -> QuotaArrangement | None:
        """Return how an item is shared out on a day: the site's own arrangement before the general one."""
        found = self.quotas.get(item)
        return None if found is None else _chosen(found, day, site)

    def parameters_at(self, item: str, site: str) -> PlanningParameters | None:
        """Return how an item is planned at a site: the site's own parameters before the general ones."""
        if not self.parameters:
            return None
        return self.parameters.get((item, site)) or self.parameters.get((item, None))

    def supply_on(self, item: str, day: date, site: str) -> Supply | None:
        """Return where an item comes from on a day; None: nobody says."""
        said = self.said.get(self.place[item])
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
    for definition in entries(definitions, "definitions"):
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


def _by_item(definitions: list[OfItem]) -> dict[str, list[OfItem]]:
    filed: dict[str, list[OfItem]] = {}
    for definition in definitions:
        known = filed.get(definition.item)
        if known is None:
            filed[definition.item] = [definition]
        else:
            known.append(definition)
    for several in filed.values():
        if len(several) > 1:
            several.sort(key=_rank)
    return filed


def _lanes_by_item(lanes: list[TransferLane]) -> dict[str | None, list[TransferLane]]:
    filed: dict[str | None, list[TransferLane]] = {}
    for lane in sorted(lanes, key=_lane_rank):
        filed.setdefault(lane.item, []).append(lane)
    return filed


def _lane_rank(lane: TransferLane) -> tuple[str, int, tuple[str, ...]]:
    return lane.target, lane.priority, lane.identity


def _by_place(definitions: Iterable[BillOfMaterial], place: Mapping[str, int]) -> list[Bills]:
    filed: list[Bills] = [None] * len(place)
    for bom in definitions:
        number = place.get(bom.item)
        if number is not None:
            known = filed[number]
            filed[number] = bom if known is None else (*_several(known), bom)
    return [tuple(sorted(found, key=_rank)) if isinstance(found, tuple) else found for found in filed]


def _several(found: Bills) -> tuple[BillOfMaterial, ...]:
    if found is None:
        return ()
    return found if isinstance(found, tuple) else (found,)


def _needed(book: Book) -> tuple[list[tuple[int, ...]], list[int]]:
    needed: list[tuple[int, ...]] = [()] * len(book.codes)
    reworked: list[int] = []
    place_of = book.place.get
    for maker in book.makers:
        lines = [line for bom in book.bills(maker) for line in bom.lines]
        needed[maker] = tuple([place_of(line.item, UNKNOWN) for line in lines])
        if any([line.role is _REWORK for line in lines]):  # noqa: C419 - few lines, for which a generator is slower
            reworked.append(maker)
    return needed, reworked


def _rank(definition: Definition) -> tuple[int, tuple[str, ...]]:
    priority = getattr(definition, "priority", 0)
    return priority, definition.identity


def _chosen(found: Sequence[Dated], day: date, site: str) -> Dated | None:
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
