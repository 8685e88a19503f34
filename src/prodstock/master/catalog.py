"""The catalog: all definitions together, checked, immutable, and looked up by code."""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from types import MappingProxyType
from typing import TYPE_CHECKING, NoReturn, TypeVar

from prodstock._lazy import Lazy
from prodstock.calendars.span import Moment
from prodstock.calendars.zone import aware, dated
from prodstock.calendars.zone import zone as zone_named
from prodstock.errors import AmbiguousCode, InvalidData, InvalidTypeError, UnknownCode, entries
from prodstock.master import checks
from prodstock.master.book import Book
from prodstock.master.choices import ChosenOptions, choices
from prodstock.master.codes import MAIN, supplier_code
from prodstock.master.definition import Definition
from prodstock.master.depth import Depth
from prodstock.master.item import Item, Supply
from prodstock.master.location import Location, LocationKind, Site
from prodstock.master.needs import low_levels_ever
from prodstock.master.quality_state import QualityState, Transition
from prodstock.master.spelling import nearest_codes
from prodstock.master.validation import findings
from prodstock.quantities.number import exact
from prodstock.quantities.quantity import Amount, Exact, Quantity
from prodstock.quantities.scaled import from_scaled, to_scaled, within_64_bits
from prodstock.tables import Table

if TYPE_CHECKING:
    import html
    from zoneinfo import ZoneInfo

    from prodstock.master import canonical, sourcing, variants
    from prodstock.master import structure as structures
    from prodstock.master import where_used as uses
    from prodstock.master.bom import BillOfMaterial, BomLine
    from prodstock.master.option import Option
    from prodstock.master.planning_parameters import PlanningParameters
    from prodstock.master.quota import QuotaArrangement
    from prodstock.master.resource import Resource
    from prodstock.master.routing import Routing
    from prodstock.master.sourcing import Sourcing, Supplier
    from prodstock.master.structure import Structure
    from prodstock.master.transfer_lane import TransferLane
    from prodstock.master.variants import Variants
    from prodstock.master.where_used import WhereUsed
else:
    canonical = Lazy("prodstock.master.canonical")
    html = Lazy("html")
    sourcing = Lazy("prodstock.master.sourcing")
    structures = Lazy("prodstock.master.structure")
    uses = Lazy("prodstock.master.where_used")
    variants = Lazy("prodstock.master.variants")

D = TypeVar("D", bound=Definition)
T = TypeVar("T")

_NOTHING: Mapping[str, str] = MappingProxyType({})
STRUCTURES_KEPT = 64
"""Structures, of a site and a stretch of days each, that a catalog keeps compiled."""


class Catalog:
    """All definitions of a plant: a value that never changes, equal to any catalog of the same content.

    The site MAIN always exists, and every site has a location of each kind, named after it, unless the catalog
    says which location is the default of that kind. Where a `site` is asked for, None means MAIN. Where a moment is
    asked for, a bare date is a day of the site, and what is valid is judged by the site's own day.

    Args:
        definitions: values of `Item`, `BillOfMaterial`, `Routing` and the other kinds, in any order.

    Raises:
        InvalidData: with everything that is wrong between them, each finding with kind, row and field.
        InvalidTypeError: if one of them is no definition.

    Making one costs O(n) in definitions and lines, looking up O(1) unless it says otherwise.

    >>> from prodstock.master.bom import BillOfMaterial, BomLine
    >>> clay = Item("CLAY", unit="kg", scale=3)
    >>> catalog = Catalog([Item("CUP"), clay, BillOfMaterial("CUP", [BomLine("CLAY", "0.4")])])
    >>> catalog
    <Catalog of 3 definitions: 2 items, 1 bill>
    >>> try:
    ...     Catalog([Item("CUP"), clay, BillOfMaterial("CUP", [BomLine("CLEY", 1), BomLine("GLAZE", 1)])])
    ... except InvalidData as error:
    ...     for finding in error.findings:
    ...         print(finding)
    BillOfMaterial row 1, lines[0].item: unknown item 'CLEY' (Did you mean 'CLAY'?)
    BillOfMaterial row 1, lines[1].item: unknown item 'GLAZE'
    """

    __slots__ = ("_book", "_boundaries", "_derived", "_hash", "_items", "_levels", "_structures", "_variants")

    def __init__(self, definitions: Iterable[Definition], /) -> None:
        self._book = Book(definitions)
        found = findings(self._book)
        if found:
            raise InvalidData(findings=found)
        self._hash: str | None = None
        self._items: Table[Item] | None = None
        self._levels: Mapping[str, int] | None = None
        self._boundaries: list[date] | None = None
        self._structures: dict[tuple[int, str, object], Structure] = {}
        self._variants: Variants | None = None
        self._derived: dict[object, object] = {}

    def derived(self, make: "Callable[[Catalog], T]", /) -> "T":
        """Return what a function makes of this catalog, made once: engines keep here what they worked out.

        The function must depend on the catalog alone, and be the same object each time. Kept as long as the catalog.

        Raises:
            InvalidTypeError: if it cannot be called.

        >>> def codes(catalog: Catalog) -> list[str]:
        ...     return [item.code for item in catalog.items]
        >>> catalog = Catalog([Item("CUP")])
        >>> catalog.derived(codes) is catalog.derived(codes)
        True
        """
        if not callable(make):
            raise InvalidTypeError(field="make", value=make, reason="cannot be called", advice="Give a function")
        found = self._derived.get(make)
        if found is None:
            found = self._derived.setdefault(make, make(self))
        return found  # type: ignore[return-value]  # filed under the function that made it

    def __add__(self, other: "Catalog | Iterable[Definition]", /) -> "Catalog":
        """Return a catalog of both; of one identity (a code; item, site and revision of a bill) the later wins."""
        later = other.definitions if isinstance(other, Catalog) else tuple(entries(other, "definitions"))
        for one in later:
            checks.instance(one, Definition, "definitions")
        merged = {(type(one), one.identity): one for one in self.definitions}
        merged.update({(type(one), one.identity): one for one in later})
        return Catalog(merged.values())

    # Items and their numbers

    def item(self, code: str, /) -> Item:
        """Return the item of that code.

        Raises:
            UnknownCode: if there is none, with the nearest codes.
        """
        try:
            return self._book.items[code]
        except (KeyError, TypeError):
            _missing("item", code, self._book.items)

    @property
    def items(self) -> Table[Item]:
        """All items, by code. O(n) the first time."""
        if self._items is None:
            self._items = Table(self._book.items.values())
        return self._items

    def factors(self, item: str, /) -> Mapping[str, Fraction]:
        """Return how many base units one of each of an item's own units is."""
        return self._book.factors(self.item(item).code)

    def base(self, item: str, value: Amount, /, *, field: str = "quantity") -> Fraction:
        """Return an amount of an item in its base unit, exactly, whatever its digits; plain numbers are base units.

        Raises:
            UnknownCode: if there is no such item.
            InvalidValueError: if the unit cannot be converted.

        >>> catalog = Catalog([Item("SALT", unit="kg", scale=2)])
        >>> catalog.base("SALT", Quantity(4, "g"))
        Fraction(1, 250)
        """
        return self._book.base(self.item(item).code, _exact(value, field))

    def scaled(self, item: str, value: Amount, /, *, field: str = "quantity") -> int:
        """Return an amount of an item as whole steps of its scale, exactly; plain numbers are base units.

        Raises:
            UnknownCode: if there is no such item.
            InvalidValueError: if the unit cannot be converted, or the item is not counted that finely.

        >>> catalog = Catalog([Item("SALT", unit="kg", scale=2)])
        >>> catalog.scaled("SALT", "1.5")
        150
        """
        found = self.item(item)
        kept = _exact(value, field)
        number = self._book.base(found.code, kept) if isinstance(kept, Quantity) else kept
        return to_scaled(number, found.scale, field=field)

    def unscaled(self, item: str, steps: int, /) -> Decimal:
        """Return whole steps of an item's scale as a number in its base unit.

        >>> Catalog([Item("SALT", unit="kg", scale=2)]).unscaled("SALT", 150)
        Decimal('1.50')
        """
        if isinstance(steps, bool) or not isinstance(steps, int):
            raise InvalidTypeError(field="steps", value=steps, reason="is no whole number")
        scale = self.item(item).scale
        return from_scaled(within_64_bits(steps, scale, field="steps"), scale)

    def supply(self, item: str, /, at: Moment, *, site: str | None = None) -> Supply | None:
        """Return where an item comes from, or None if nobody says.

        What it says itself, else made with an active bill, else bought with a sourcing.
        """
        return self._book.supply_on(self.item(item).code, self.day(at, site), self._at(site).code)

    # Sites and places

    def site(self, code: str, /) -> Site:
        """Return the site of that code.

        Raises:
            UnknownCode: if there is none.
        """
        try:
            return self._book.sites[code]
        except (KeyError, TypeError):
            _missing("site", code, self._book.sites)

    def _at(self, site: str | None) -> Site:
        """Return a site, or MAIN where none is named."""
        return self.site(MAIN if site is None else site)

    @property
    def sites(self) -> Table[Site]:
        """All sites, MAIN among them, by code."""
        return Table(self._book.sites.values())

    def zone(self, site: str | None = None, /) -> "ZoneInfo":
        """Return the time zone of a site."""
        return zone_named(self._at(site).zone)

    def day(self, at: Moment, site: str | None = None, /) -> date:
        """Return the day it is at a site; a bare date is that day.

        Raises:
            InvalidValueError: if a datetime has no time zone.

        >>> catalog = Catalog([Site("TOKYO", zone="Asia/Tokyo")])
        >>> catalog.day(datetime.fromisoformat("2026-03-02T20:00:00+00:00"), "TOKYO")
        datetime.date(2026, 3, 3)
        """
        if isinstance(at, datetime):
            return aware(at, "at").astimezone(self.zone(site)).date()
        return dated(at, "at")

    def location(self, code: str, /, site: str | None = None) -> Location:
        """Return the location of that code at a site; without a site it must be the only one of that code.

        Raises:
            UnknownCode: if there is none.
            AmbiguousCode: if several sites have one.
        """
        sites = sorted(self._book.sites) if site is None else [self.site(site).code]
        if not isinstance(code, str):
            _missing("location", code, ())
        found = [self._book.locations[each, code] for each in sites if (each, code) in self._book.locations]
        if len(found) > 1:
            raise AmbiguousCode(given=code, candidates=tuple(f"{one.code} at {one.site}" for one in found))
        if found:
            return found[0]
        return _missing("location", code, (known for place, known in self._book.locations if place in sites))

    def default_location(self, site: str | None, kind: LocationKind, /) -> Location:
        """Return where goods of a kind of place go at a site when a command names no location."""
        checks.member(kind, LocationKind, "kind")
        return self._book.defaults[self._at(site).code, kind]

    @property
    def locations(self) -> Table[Location]:
        """All locations, built-in ones included, by site and code."""
        return Table(self._book.locations[key] for key in sorted(self._book.locations))

    # Buying

    @property
    def suppliers(self) -> "Table[Supplier]":
        """All suppliers that have a definition of their own, by code."""
        return Table(self._book.suppliers[code] for code in sorted(self._book.suppliers))

    def supplier(self, code: str, /) -> "Supplier":
        """Return the supplier of that code, or, for one that only sourcings name, one with the usual calendar."""
        named = supplier_code(code)
        return self._book.suppliers.get(named) or sourcing.Supplier(named)

    def sourcings(self, item: str, /, site: str | None = None, *, at: Moment | None = None) -> "tuple[Sourcing, ...]":
        """Return the terms on which an item is bought for a site, by priority, then supplier.

        A supplier's terms for the site replace its general ones. With `at`, only those on which an order may then be
        placed.
        """
        place = self._at(site).code
        return self._book.sourcings_on(self.item(item).code, place, None if at is None else self.day(at, place))

    # Moving

    def lanes(self, item: str, /, site: str | None = None, *, at: Moment | None = None) -> "tuple[TransferLane, ...]":
        """Return the lanes on which an item comes to a site from others, by priority, then source.

        With `at`, only those on which goods may then leave; a bare date is a day of the source.
        """
        place = self._at(site).code
        found = [lane for lane in self._book.lanes_of(self.item(item).code) if lane.target == place]
        return tuple(lane for lane in found if at is None or lane.effective_on(self.day(at, lane.source)))

    def lanes_of(self, item: str, /) -> "tuple[TransferLane, ...]":
        """Return all lanes on which an item may travel, by target, then priority, then source."""
        return tuple(self._book.lanes_of(self.item(item).code))

    def quota(self, item: str, /, at: Moment, *, site: str | None = None) -> "QuotaArrangement | None":
        """Return how what is due of an item is shared out between its sources; None: by priority."""
        place = self._at(site).code
        return self._book.quota_on(self.item(item).code, self.day(at, place), place)

    def quotas(self, item: str, /) -> "tuple[QuotaArrangement, ...]":
        """Return all quota arrangements of an item, by site and first day."""
        return tuple(self._book.quotas.get(self.item(item).code, ()))

    # Planning

    def planning_parameters(self, item: str, /, site: str | None = None) -> "PlanningParameters | None":
        """Return how an item is planned at a site: its own parameters before the general ones; None: nobody says.

        Raises:
            UnknownCode: if there is no such item or site.
        """
        return self._book.parameters_at(self.item(item).code, self._at(site).code)

    @property
    def parameters(self) -> "Table[PlanningParameters]":
        """All planning parameters, by item and site."""
        return Table(_in_order(self._book.given.parameters))

    # Making

    def resource(self, code: str, /) -> "Resource":
        """Return the resource of that code.

        Raises:
            UnknownCode: if there is none.
        """
        try:
            return self._book.resources[code]
        except (KeyError, TypeError):
            _missing("resource", code, self._book.resources)

    @property
    def resources(self) -> "Table[Resource]":
        """All resources, by code."""
        return Table(self._book.resources[code] for code in sorted(self._book.resources))

    def bom(
        self, item: str, /, at: Moment, *, site: str | None = None, revision: str | None = None
    ) -> "BillOfMaterial | None":
        """Return the bill of material an order starts with, or None if there is none.

        It is the active one of that day, the site's own before the general one. A revision asked for by name is
        returned whatever its status and dates.

        Raises:
            UnknownCode: if there is no such item, site or revision.
        """
        code, place = self.item(item).code, self._at(site).code
        if revision is None:
            return self._book.bom_on(code, self.day(at, place), place)
        return _revision(self._book.boms(code), place, revision, f"revision of {code}")

    def boms(self, item: str, /) -> "tuple[BillOfMaterial, ...]":
        """Return all bills of an item, of any status, by site and revision."""
        return self._book.boms(self.item(item).code)

    def routing(
        self, item: str, /, at: Moment, *, site: str | None = None, revision: str | None = None
    ) -> "Routing | None":
        """Return the routing an order starts with, chosen as bills are; None if there is none.

        Raises:
            UnknownCode: if there is no such item, site or revision.
        """
        code, place = self.item(item).code, self._at(site).code
        if revision is None:
            return self._book.routing_on(code, self.day(at, place), place)
        return _revision(self._book.routings.get(code, []), place, revision, f"routing of {code}")

    def routings(self, item: str, /) -> "tuple[Routing, ...]":
        """Return all routings of an item, by site and revision."""
        return tuple(self._book.routings.get(self.item(item).code, ()))

    def structure(self, at: Moment, /, site: str | None = None, *, options: ChosenOptions = ()) -> "Structure":
        """Return the bills as they hold at a site on a day with what is chosen of the options, as exact ratios.

        They are compiled as far as they are asked for, and kept for all days on which the same bills hold.
        """
        place, day = self._at(site).code, self.day(at, site)
        if self._boundaries is None:
            self._boundaries = sorted(_changes(self._book))
        chosen = self.chosen(options)
        key = (bisect_right(self._boundaries, day), place, self.variants.unusual(chosen) if options else ())
        found = self._structures.get(key)
        if found is None:
            if len(self._structures) >= STRUCTURES_KEPT:
                self._structures.clear()
            found = self._structures[key] = structures.Structure(self._book, day, place, chosen)
        return found

    def where_used(
        self,
        item: str,
        /,
        at: Moment,
        *,
        site: str | None = None,
        depth: Depth = Depth.ALL_LEVELS,
        options: ChosenOptions = (),
    ) -> "Table[WhereUsed]":
        """Return what needs an item on a day, by level and code: directly, or at any depth.

        Lines that do not apply with what is chosen of the options lead up too, and count as none. The first call for a
        stretch of days costs O(lines of the catalog), the next ones O(lines reached).
        """
        return uses.where_used(self.structure(at, site, options=options), self.item(item), depth)

    def low_level_codes(self, at: Moment | None = None, *, site: str | None = None) -> Mapping[str, int]:
        """Return each item's low-level code: the longest path from anything that needs it; 0 for what nothing needs.

        The outputs of one process share one. Without `at`, codes that hold on every day at every site: bills that are
        never valid together may then need each other, and such items share a code too. O(items + lines), once.
        """
        if at is not None:
            return self.structure(at, site).levels()
        if self._levels is None:
            self._levels = dict(zip(self._book.codes, low_levels_ever(self._book), strict=True))
        return self._levels

    # Options

    @property
    def options(self) -> "Table[Option]":
        """All options, by name."""
        return Table(self._book.options.values())

    def options_of(self, item: str, /) -> "tuple[Option, ...]":
        """Return the options that decide what an item, and what is made for it, is made of; on any day. By name."""
        names = sorted(self.variants.below(self.item(item).code)) if self._book.options else ()
        return tuple(self._book.options[name] for name in names)

    def chosen(self, options: ChosenOptions = (), /, *, item: str | None = None) -> Mapping[str, str]:
        """Return the value of every option, by name: that given, else the usual one.

        Raises:
            UnknownCode: if there is no such option, or it has no such value, or it decides nothing of the item.
            InvalidValueError: if what is given does not go together; with an item: if all of it does not.
        """
        if not self._book.options and options in ((), {}):
            return _NOTHING
        return self.variants.chosen(choices(options), None if item is None else self.item(item).code)

    def decisive(self, item: str, /) -> tuple[str, ...]:
        """Return the options on which it depends what one order of an item takes, by name; on any day."""
        return tuple(sorted(self.variants.of_order(self.item(item).code))) if self._book.options else ()

    @property
    def variants(self) -> "Variants":
        """What the options decide of each item."""
        if self._variants is None:
            self._variants = variants.Variants(self._book)
        return self._variants

    # Quality

    def criteria(self, item: str, /) -> tuple[str, ...]:
        """Return what an item needs before release, in the order in which it is listed; empty: needs no release."""
        found = self._book.criteria.get(self.item(item).code)
        return () if found is None else found.requires

    def quality_state(self, code: str, /) -> QualityState:
        """Return the host's own quality state of that code; the six built-in ones are `Quality`.

        Raises:
            UnknownCode: if there is none.
        """
        try:
            return self._book.states[code]
        except (KeyError, TypeError):
            _missing("quality state", code, self._book.states)

    @property
    def quality_states(self) -> tuple[QualityState, ...]:
        """The host's own quality states, by code."""
        return tuple(self._book.states[code] for code in sorted(self._book.states))

    @property
    def transitions(self) -> tuple[Transition, ...]:
        """The changes of quality that the host allows beyond the built-in ones, by their codes."""
        return _in_order(self._book.given.transitions)

    # The whole

    @property
    def definitions(self) -> tuple[Definition, ...]:
        """What was given, without the built-in site and locations, by kind and identity. O(n log n)."""
        return tuple(one for rows in self._book.given for one in _in_order(rows))

    def content_hash(self) -> str:
        """Return a SHA-256, in hex, of all definitions, whatever their order. O(n), once."""
        if self._hash is None:
            self._hash = canonical.digest_all(one for rows in self._book.given for one in rows)
        return self._hash

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Catalog):
            return NotImplemented
        return self is other or self.content_hash() == other.content_hash()

    def __hash__(self) -> int:
        return hash(self.content_hash())

    def __reduce__(self) -> tuple[type["Catalog"], tuple[tuple[Definition, ...]]]:
        return Catalog, (self.definitions,)

    def __repr__(self) -> str:
        counts = dict(_counts(self._book))
        named = [
            f"{counts[name]} {name[:-1] if counts[name] == 1 else name}"
            for name in ("items", "bills")
            if name in counts
        ]
        parts = f": {', '.join(named)}" if named else ""
        return f"<Catalog of {sum(counts.values())} definitions{parts}>"

    def _repr_html_(self) -> str:
        rows = "".join(f"<tr><td>{html.escape(name)}</td><td>{count}</td></tr>" for name, count in _counts(self._book))
        return f"<table><thead><tr><th>catalog</th><th>definitions</th></tr></thead><tbody>{rows}</tbody></table>"


_NAMES = (
    "sites",
    "locations",
    "items",
    "suppliers",
    "sourcings",
    "lanes",
    "quotas",
    "planning parameters",
    "resources",
    "routings",
    "bills",
    "options",
    "release criteria",
    "quality states",
    "transitions",
)


def _counts(book: Book) -> Iterator[tuple[str, int]]:
    for name, rows in zip(_NAMES, book.given, strict=True):
        if rows:
            yield name, len(rows)


def _in_order(rows: list[D]) -> tuple[D, ...]:
    return tuple(sorted(rows, key=lambda one: one.identity))


def _exact(value: Amount, field: str) -> Exact:
    return value if isinstance(value, Quantity) else exact(value, field=field)


def _missing(kind: str, code: str, known: Iterable[str]) -> NoReturn:
    if not isinstance(code, str):
        raise InvalidTypeError(field=kind, value=code, reason="is no text", advice="Give its code") from None
    raise UnknownCode(kind=kind, given=code, nearest=nearest_codes(code, known)) from None


def _revision(found: Sequence[D], site: str, revision: str, kind: str) -> D:
    by_site = {one.identity[1]: one for one in found if one.identity[2] == revision}
    best = by_site.get(site) or by_site.get("")
    return best if best is not None else _missing(kind, revision, sorted({one.identity[2] for one in found}))


def _changes(book: Book) -> set[date]:
    days: set[date | None] = set()
    for rows in _rows_with_dates(book):
        days.update([one.effective_from for one in rows])
        days.update([one.effective_until for one in rows])
    return {day for day in days if day is not None}


def _rows_with_dates(book: Book) -> "Iterator[Iterable[BillOfMaterial | BomLine | Routing | Sourcing]]":
    yield book.given.routings
    yield book.given.sourcings
    yield book.given.boms
    for bom in book.given.boms:
        yield bom.lines
