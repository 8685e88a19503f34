"""What can be wrong between definitions: every check yields findings, and all of them run."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from math import ceil
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from prodstock._lazy import Lazy
from prodstock.calendars.zone import zone
from prodstock.errors import Finding, InvalidValueError, UnknownCode
from prodstock.master import checks
from prodstock.master.bom_terms import BomStatus
from prodstock.master.circles import circles, ranks
from prodstock.master.item import Item, Supply
from prodstock.master.lane_circles import lane_circles
from prodstock.master.location import Location, LocationKind, LocationRole
from prodstock.master.quality_state import QualityState
from prodstock.master.spelling import nearest_codes
from prodstock.quantities.quantity import Exact, Quantity
from prodstock.quantities.scaled import to_scaled

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence

    from prodstock.master import lot_sizes, variants
    from prodstock.master.bom import BillOfMaterial
    from prodstock.master.bom_terms import Condition
    from prodstock.master.book import Book
    from prodstock.master.planning_parameters import PlanningParameters
    from prodstock.master.quota import QuotaArrangement
    from prodstock.master.routing import Operation, Routing
    from prodstock.master.sourcing import Sourcing
    from prodstock.master.transfer_lane import TransferLane
else:
    lot_sizes = Lazy("prodstock.master.lot_sizes")
    variants = Lazy("prodstock.master.variants")

DEEPEST = 100
"""Levels of locations within locations."""

Dated = TypeVar("Dated", "Sourcing", "Routing", "BillOfMaterial", "TransferLane", "QuotaArrangement")


class Where(NamedTuple):
    """The place of a fault: kind of definition, row among those of its kind from 1, and field."""

    table: str
    row: int | None
    field: str


def findings(book: Book) -> list[Finding]:
    """Return all that is wrong, by kind of definition and row, and file the ranks of the items.

    Circles come last, and only where all items are known. O(definitions + lines) if all is well.
    """
    checks_of_kinds = (
        _sites,
        _locations,
        _items,
        _sourcings,
        _lanes,
        _quotas,
        _planned,
        _resources,
        _routings,
        _boms,
        _options,
        _criteria,
        _transitions,
    )
    found = list(book.duplicates)
    for check in checks_of_kinds:
        found.extend(check(book))
    if not any(finding.code == "unknown-item" for finding in found):
        found.extend(_alike(book) if book.options else ())
        book.ranks = ranks(book)
        if book.ranks is None:
            found.extend(circles(book))
    return found


def _sites(book: Book) -> Iterator[Finding]:
    for row, site in enumerate(book.given.sites, 1):
        try:
            zone(site.zone)
        except UnknownCode as error:
            yield Finding("Site", row, "zone", "unknown-zone", error.message, error.hint)


def _locations(book: Book) -> Iterator[Finding]:
    defaults: set[tuple[str, LocationKind]] = set()
    for row, place in enumerate(book.given.locations, 1):
        yield from _site_known(book, "Location", row, place.site)
        if place.parent is not None:
            yield from _parent(book, row, place)
        if place.role is LocationRole.DEFAULT:
            if (place.site, place.kind) in defaults:
                message = f"{place.site} has two default locations for {place.kind.value}"
                yield Finding("Location", row, "role", "two-defaults", message, "Make one of them ordinary")
            defaults.add((place.site, place.kind))
    for (site, kind), place in book.defaults.items():
        if place.kind is not kind:
            message = f"{place.code} at {site} is the built-in code of the default for {kind.value}"
            hint = f"Rename it, or give another location of kind {kind.value} the role default"
            yield Finding("Location", None, "code", "reserved-code", message, hint)


def _parent(book: Book, row: int, place: Location) -> Iterator[Finding]:
    seen = {place.code}
    above = place.parent
    while above is not None:
        if above in seen or len(seen) > DEEPEST:
            yield Finding(
                "Location", row, "parent", "circle", f"{place.code} lies within itself or too deep, by {above}"
            )
            return
        seen.add(above)
        found = book.locations.get((place.site, above))
        if found is None:
            known = (code for site, code in book.locations if site == place.site)
            yield _unknown(Where("Location", row, "parent"), f"location at {place.site}", above, known)
            return
        above = found.parent


def _follow_up(book: Book, row: int, item: Item) -> Iterator[Finding]:
    """Yield what is wrong with what follows an item; a circle once, with the item whose code comes first."""
    path, current = [item.code], item
    while current.follow_up is not None:
        code = current.follow_up.item
        if code not in book.items:
            if current is item:
                yield _unknown(Where("Item", row, "follow_up"), "item", code, book.items)
            return
        if code in path:
            if code == item.code == min(path):
                message = f"items follow each other in a circle: {' -> '.join([*path, code])}"
                yield Finding("Item", row, "follow_up", "circle", message, "Let the last of them stay")
            return
        if current is item and book.items[code].supply is Supply.PHANTOM:
            message = f"{code}, which follows {item.code}, is a phantom"
            yield Finding("Item", row, "follow_up", "phantom", message, "Let an item follow that is made or bought")
        path.append(code)
        current = book.items[code]


def _items(book: Book) -> Iterator[Finding]:
    for row, item in enumerate(book.given.items, 1):
        if item.follow_up is not None:
            yield from _follow_up(book, row, item)
        if item.factors:
            try:
                book.factors(item.code)
            except InvalidValueError as error:
                yield Finding("Item", row, error.field, "no-factor", f"{item.code}: {error.message}", error.hint)
                continue
        if item.safety_stock is checks.ZERO and item.minimum is checks.ZERO and item.multiple is checks.ZERO:
            continue
        for field in ("safety_stock", "minimum", "multiple"):
            yield from _kept(book, Where("Item", row, field), item, getattr(item, field))


def _sourcings(book: Book) -> Iterator[Finding]:
    for row, one in enumerate(book.given.sourcings, 1):
        yield from _site_known(book, "Sourcing", row, one.site)
        item = book.items.get(one.item)
        if item is None:
            yield _unknown(Where("Sourcing", row, "item"), "item", one.item, book.items)
            continue
        for field in ("minimum", "multiple"):
            yield from _kept(book, Where("Sourcing", row, field), item, getattr(one, field))
        if one.capacity is not None:
            yield from _capacity(book, row, one, item)
        for place, step in enumerate(one.price_breaks):
            yield from _kept(book, Where("Sourcing", row, f"price_breaks[{place}]"), item, step.quantity)
    yield from _overlaps("Sourcing", book.given.sourcings, key=lambda one: (one.item, one.supplier, one.site))


def _capacity(book: Book, row: int, one: Sourcing, item: Item) -> Iterator[Finding]:
    """Yield where what a supplier delivers in a period is counted otherwise, or less than the smallest order."""
    found = [*_kept(book, Where("Sourcing", row, "capacity"), item, one.capacity or checks.ZERO)]
    yield from found
    if not found and book.base(item.code, one.capacity or checks.ZERO) < book.base(item.code, one.minimum):
        message = f"{one.item} from {one.supplier}: no order of at least {one.minimum} fits into {one.capacity}"
        hint = "Raise the capacity, or lower the minimum"
        yield Finding("Sourcing", row, "capacity", "no-lot", message, hint)


def _lanes(book: Book) -> Iterator[Finding]:
    if not book.given.lanes:
        return
    for row, one in enumerate(book.given.lanes, 1):
        for field in ("source", "target"):
            site = getattr(one, field)
            if site not in book.sites:
                yield _unknown(Where("TransferLane", row, field), "site", site, book.sites)
        if one.item is None:
            continue
        item = book.items.get(one.item)
        if item is None:
            yield _unknown(Where("TransferLane", row, "item"), "item", one.item, book.items)
            continue
        for field in ("minimum", "multiple"):
            yield from _kept(book, Where("TransferLane", row, field), item, getattr(one, field))
    yield from _overlaps("TransferLane", book.given.lanes, key=lambda one: (one.item, one.source, one.target))
    yield from lane_circles(book)


def _quotas(book: Book) -> Iterator[Finding]:
    for row, one in enumerate(book.given.quotas, 1):
        yield from _site_known(book, "QuotaArrangement", row, one.site)
        item = book.items.get(one.item)
        if item is None:
            yield _unknown(Where("QuotaArrangement", row, "item"), "item", one.item, book.items)
            continue
        known = {terms.supplier for terms in book.sourcings.get(one.item, ())}
        sources = {lane.source for lane in book.lanes_of(one.item) if one.site in (None, lane.target)}
        for place, share in enumerate(one.shares):
            field = f"shares[{place}]"
            if share.supplier is not None and share.supplier not in known:
                yield _unknown(Where("QuotaArrangement", row, field), f"supplier of {item.code}", share.supplier, known)
            if share.source is not None and share.source not in sources:
                yield _unknown(Where("QuotaArrangement", row, field), f"source of {item.code}", share.source, sources)
            yield from _kept(book, Where("QuotaArrangement", row, field), item, share.base)
    yield from _overlaps("QuotaArrangement", book.given.quotas, key=lambda one: (one.item, one.site))


def _planned(book: Book) -> Iterator[Finding]:
    table = "PlanningParameters"
    for row, one in enumerate(book.given.parameters, 1):
        yield from _site_known(book, table, row, one.site)
        item = book.items.get(one.item)
        if item is None:
            yield _unknown(Where(table, row, "item"), "item", one.item, book.items)
            continue
        found = [
            *_kept(book, Where(table, row, "lot_quantity"), item, one.lot_quantity),
            *_kept(book, Where(table, row, "maximum"), item, one.maximum),
            *_kept(book, Where(table, row, "safety_stock"), item, one.safety_stock or checks.ZERO),
        ]
        for place, (_, amount) in enumerate(one.safety_steps):
            found += _kept(book, Where(table, row, f"safety_steps[{place}]"), item, amount)
        yield from found or _sizes(book, row, one, item)


def _sizes(book: Book, row: int, one: PlanningParameters, item: Item) -> Iterator[Finding]:
    """Yield where a maximum leaves no order that the minimum and the multiple of the item or its terms allow."""
    largest = int(book.base(item.code, one.maximum) * 10**item.scale)
    sources: list[tuple[str | None, Item | Sourcing | TransferLane]] = [(None, item)]
    sources += [(terms.site, terms) for terms in book.sourcings.get(item.code, ())]
    sources += [(lane.target, lane) for lane in book.lanes_of(item.code)]
    for site, other in sources if largest else ():
        elsewhere = site is not None and book.parameters_at(item.code, site) is not one
        if elsewhere or _faulty(book, item, other):
            continue
        least, step = (book.base(item.code, each) * 10**item.scale for each in (other.minimum, other.multiple))
        try:
            lot_sizes.LotSizes(minimum=ceil(least), maximum=largest, multiple=step, cut=one.cut)
        except InvalidValueError as error:
            message = f"{item.code}: no order fits {other!r}: {error.message}"
            hint = "Raise the maximum, or lower the minimum or the multiple"
            yield Finding("PlanningParameters", row, "maximum", "lot-sizes", message, hint)


def _faulty(book: Book, item: Item, one: Item | Sourcing | TransferLane) -> bool:
    fields = (("minimum", one.minimum), ("multiple", one.multiple))
    return any(True for field, value in fields for _ in _kept(book, Where("", 1, field), item, value))


def _resources(book: Book) -> Iterator[Finding]:
    for row, resource in enumerate(book.given.resources, 1):
        yield from _site_known(book, "Resource", row, resource.site)


def _routings(book: Book) -> Iterator[Finding]:
    for row, routing in enumerate(book.given.routings, 1):
        yield from _site_known(book, "Routing", row, routing.site)
        if routing.item not in book.items:
            yield _unknown(Where("Routing", row, "item"), "item", routing.item, book.items)
        for place, step in enumerate(routing.operations):
            for field, code in _occupied(step):
                if code not in book.resources:
                    where = Where("Routing", row, f"operations[{place}].{field}")
                    yield _unknown(where, "resource", code, book.resources)
    yield from _overlaps("Routing", book.given.routings, key=lambda one: (one.item, one.site))


def _occupied(step: Operation) -> Iterator[tuple[str, str]]:
    if step.resource is not None:
        yield "resource", step.resource
    yield from (("alternatives", one.resource) for one in step.alternatives)
    yield from (("secondary", one.resource) for one in step.secondary)


def _boms(book: Book) -> Iterator[Finding]:
    steps = _steps_by_item(book)
    for row, bom in enumerate(book.given.boms, 1):
        if bom.site is not None:
            yield from _site_known(book, "BillOfMaterial", row, bom.site)
        item = book.items.get(bom.item)
        if item is None:
            yield _unknown(Where("BillOfMaterial", row, "item"), "item", bom.item, book.items)
        elif isinstance(bom.for_quantity, Quantity):
            yield from _convertible(book, Where("BillOfMaterial", row, "for_quantity"), item, bom.for_quantity)
        yield from _bom_lines(book, row, bom, steps)
        yield from _bom_groups(book, row, bom)
        if bom.outputs:
            yield from _outputs(book, row, bom)
    yield from _overlaps(
        "BillOfMaterial",
        book.given.boms,
        key=lambda bom: (bom.item, bom.site) if bom.status is BomStatus.ACTIVE else None,
    )


def _bom_lines(book: Book, row: int, bom: BillOfMaterial, steps: Mapping[str, frozenset[str]]) -> Iterator[Finding]:
    items = book.items
    for place, line in enumerate(bom.lines):
        if line.item not in items:
            yield _unknown(Where("BillOfMaterial", row, f"lines[{place}].item"), "item", line.item, book.items)
        elif isinstance(line.quantity, Quantity):
            needed = book.items[line.item]
            yield from _convertible(
                book, Where("BillOfMaterial", row, f"lines[{place}].quantity"), needed, line.quantity
            )
        if line.operation is not None:
            yield from _operation(book, row, bom, place, steps)
        if line.when is not None:
            yield from _when(book, Where("BillOfMaterial", row, f"lines[{place}].when"), line.when)
        for one in line.substitutes:
            if one.item not in book.items:
                field = f"lines[{place}].substitutes"
                yield _unknown(Where("BillOfMaterial", row, field), "item", one.item, book.items)
            elif one.share and Supply.PHANTOM in {
                book.items[code].supply for code in (one.item, line.item) if code in book.items
            }:
                message = f"{one.item} has a share of {line.item}, and one of them is a phantom"
                advice = "Give a phantom's own lines shares, or let its bill change by dates"
                yield Finding("BillOfMaterial", row, f"lines[{place}].substitutes", "phantom", message, advice)


def _bom_groups(book: Book, row: int, bom: BillOfMaterial) -> Iterator[Finding]:
    for place, group in enumerate(bom.groups):
        for at, line in enumerate(group.lines):
            field = f"groups[{place}].lines[{at}]"
            if line.item not in book.items:
                yield _unknown(Where("BillOfMaterial", row, f"{field}.item"), "item", line.item, book.items)
            elif isinstance(line.quantity, Quantity):
                where = Where("BillOfMaterial", row, f"{field}.quantity")
                yield from _convertible(book, where, book.items[line.item], line.quantity)
            if line.when is not None:
                yield from _when(book, Where("BillOfMaterial", row, f"{field}.when"), line.when)


def _options(book: Book) -> Iterator[Finding]:
    known = True
    for row, option in enumerate(book.given.options, 1):
        for value, when in option.requires:
            for finding in _when(book, Where("Option", row, f"requires[{value}]"), when):
                known = False
                yield finding
    if known and any(option.requires for option in book.given.options):
        usual = variants.Variants(book)
        try:
            usual.refuse_unfit(usual.usual, given=usual.usual)
        except InvalidValueError as error:
            hint = "Let another value be the usual one, or leave the requirement out"
            yield Finding(
                "Option", None, "requires", "usual", f"of the usual values, {error.value} {error.reason}", hint
            )


def _when(book: Book, where: Where, when: Condition) -> Iterator[Finding]:
    """Yield the options and values that a condition names and that there are not."""
    unknown = set[str]()
    for name, value in when.said:
        option = book.options.get(name)
        if option is None and name not in unknown:
            unknown.add(name)
            error = variants.unknown_option(name, book.options)
            hint = error.hint if book.options else f'Define Option("{name}", [...]) with all its values'
            yield Finding(*where, "unknown-option", error.message, hint)
        elif option is not None and value not in option.values:
            error = variants.unknown_value(value, option)
            yield Finding(*where, "unknown-value", error.message, error.hint)


def _alike(book: Book) -> Iterator[Finding]:
    """Yield the items that are planned for all alike though it depends on options what they are made of."""
    asked = variants.Variants(book)
    for row, item in enumerate(book.given.items, 1):
        names = sorted(asked.below(item.code)) if item.collective and item.supply is not Supply.BUY else ()
        if names:
            message = f"{item.code} is planned for all alike, and what it is made of depends on {', '.join(names[:5])}"
            hint = "Leave out collective, or the conditions of the lines"
            yield Finding("Item", row, "collective", "collective", message, hint)


def _steps_by_item(book: Book) -> Mapping[str, frozenset[str]]:
    return {
        item: frozenset(step.code for routing in routings for step in routing.operations)
        for item, routings in book.routings.items()
    }


def _operation(
    book: Book, row: int, bom: BillOfMaterial, place: int, steps: Mapping[str, frozenset[str]]
) -> Iterator[Finding]:
    field = f"lines[{place}].operation"
    item, step = book.items.get(bom.item), bom.lines[place].operation
    if item is not None and item.supply is Supply.PHANTOM:
        message = f"{bom.item} is a phantom and has no steps of its own"
        hint = "Name the step on the line that uses the phantom"
        yield Finding("BillOfMaterial", row, field, "operation-of-phantom", message, hint)
    elif step is not None and bom.item in steps and step not in steps[bom.item]:
        yield _unknown(Where("BillOfMaterial", row, field), f"operation of {bom.item}", step, steps[bom.item])


def _outputs(book: Book, row: int, bom: BillOfMaterial) -> Iterator[Finding]:
    for place, output in enumerate(bom.outputs):
        if output.item not in book.items:
            yield _unknown(Where("BillOfMaterial", row, f"outputs[{place}].item"), "item", output.item, book.items)
        elif isinstance(output.quantity, Quantity):
            made = book.items[output.item]
            yield from _convertible(
                book, Where("BillOfMaterial", row, f"outputs[{place}].quantity"), made, output.quantity
            )


def _criteria(book: Book) -> Iterator[Finding]:
    for row, one in enumerate(book.given.criteria, 1):
        if one.item not in book.items:
            yield _unknown(Where("ReleaseCriteria", row, "item"), "item", one.item, book.items)


def _transitions(book: Book) -> Iterator[Finding]:
    for row, one in enumerate(book.given.transitions, 1):
        for field in ("start", "end"):
            state = getattr(one, field)
            if isinstance(state, QualityState) and book.states.get(state.code) != state:
                hint = "Put the same QualityState into the catalog"
                message = f"{state.code} is not a state of this catalog, or another one there"
                yield Finding("Transition", row, field, "unknown-state", message, hint)


def _overlaps(table: str, given: Sequence[Dated], *, key: Callable[[Dated], Hashable]) -> Iterator[Finding]:
    """Yield what is valid on the same days of all that have one key; None: no key. Most have a key of their own."""
    seen: set[Hashable] = set()
    shared: dict[Hashable, list[tuple[int, Dated]]] = {}
    for one in given:
        named = key(one)
        if named in seen and named is not None:
            shared[named] = []
        seen.add(named)
    for row, one in enumerate(given, 1) if shared else ():
        if (several := shared.get(key(one))) is not None:
            several.append((row, one))
    for several in sorted(shared.values(), key=lambda rows: rows[0][0]):
        yield from _overlaps_within(table, several)


def _overlaps_within(table: str, several: list[tuple[int, Dated]]) -> Iterator[Finding]:
    in_order = sorted(several, key=lambda pair: (pair[1].effective_from or date.min, pair[1].identity))
    longest = in_order[0][1]
    for row, one in in_order[1:]:
        if checks.overlap(_period(longest), _period(one)) and one.identity != longest.identity:
            named = [" ".join(part for part in each.identity if part) for each in (longest, one)]
            message = f"{named[0]} and {named[1]} are valid on the same days"
            hint = "End the one where the other starts: effective_until is the first day it no longer holds"
            yield Finding(table, row, "effective_from", "overlap", message, hint)
        if (one.effective_until or date.max) > (longest.effective_until or date.max):
            longest = one


def _period(
    one: Sourcing | Routing | BillOfMaterial | TransferLane | QuotaArrangement,
) -> tuple[date | None, date | None]:
    return one.effective_from, one.effective_until


def _site_known(book: Book, table: str, row: int, site: str | None) -> Iterator[Finding]:
    if site is not None and site not in book.sites:
        yield _unknown(Where(table, row, "site"), "site", site, book.sites)


def _kept(book: Book, where: Where, item: Item, value: Exact) -> Iterator[Finding]:
    if isinstance(value, Decimal) and not value:
        return
    try:
        to_scaled(book.base(item.code, value), item.scale, field=where.field)
    except InvalidValueError as error:
        code = "scale" if error.field == where.field else "no-factor"
        yield Finding(*where, code, f"{item.code}: {error.message}", error.hint)


def _convertible(book: Book, where: Where, item: Item, value: Quantity) -> Iterator[Finding]:
    try:
        book.base(item.code, value)
    except InvalidValueError as error:
        yield Finding(*where, "no-factor", f"{item.code}: {error.message}", error.hint)


def _unknown(where: Where, kind: str, given: str, known: Iterable[str]) -> Finding:
    error = UnknownCode(kind=kind, given=given, nearest=nearest_codes(given, known))
    return Finding(*where, f"unknown-{kind.split(maxsplit=1)[0]}", error.message, error.hint)
