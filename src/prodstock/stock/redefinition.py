"""What new definitions may not do: take from under the ledger and its open promises what these name."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from prodstock.errors import InvalidValueError, NotAllowed, UnknownCode
from prodstock.journal.stream import stock_stream
from prodstock.master.bom import BillOfMaterial
from prodstock.master.catalog import Catalog
from prodstock.master.checks import ZERO
from prodstock.master.item import Item
from prodstock.master.quality_state import Quality, QualityState
from prodstock.orders.demand import DemandState, DemandStatus
from prodstock.orders.lifecycle import OrderState
from prodstock.orders.planned import PlannedBuy, PlannedMake, PlannedMove
from prodstock.orders.production import ProductionOrder
from prodstock.orders.purchase import SupplyState, TransferOrder
from prodstock.quantities.quantity import Exact
from prodstock.stock.finer import grown, overflows
from prodstock.stock.history import lowest_from
from prodstock.stock.shelf import Shelf
from prodstock.stock.world import EVERYTHING, NeedStreamsError

if TYPE_CHECKING:
    from prodstock.master.choices import Choices
    from prodstock.stock.place import Place
    from prodstock.stock.world import World

_BEGINNING = -(2**62)
_ENDED = frozenset({OrderState.CLOSED, OrderState.CANCELLED})


def check_redefinition(world: "World", catalog: Catalog) -> None:
    """Do nothing if definitions may take the place of those in force. O(items + open promises + what grows finer).

    Raises:
        NotAllowed: if something in use would disappear or change its meaning.
        InvalidValueError: if something kept of an item would not fit 64 bits in finer steps.
        NeedStreamsError: in a world that reads on demand, with what must be read first.
    """
    _read_all_stock(world)
    new = {item.code: item for item in catalog.items}
    doubtful = [old for old in world.catalog.items if _refusal(old, new.get(old.code)) is not None]
    sites = {site.code for site in world.catalog.sites} - {site.code for site in catalog.sites}
    for old in doubtful:
        if world.book_of(old.code) is not None:
            raise _not_allowed(old, new.get(old.code), "in the ledger")
    for place in world.places:
        _refuse_other_place(world, catalog, place)
    if doubtful or sites or _revisions(world.catalog) - _revisions(catalog) or _gone(world.catalog, catalog):
        _respect_promises(world, catalog, {old.code: old for old in doubtful}, sites)
    _refuse_less_tolerance(world, catalog)
    _refuse_too_fine(world, catalog)


def _read_all_stock(world: "World") -> None:
    """Have all shelves read, in a world that reads on demand."""
    if world.loaded is not None:
        sites = [site.code for site in world.catalog.sites]
        wanted = {stock_stream(item.code, site) for item in world.catalog.items for site in sites}
        if unread := wanted - world.loaded:
            raise NeedStreamsError(tuple(sorted(unread)))


def _refusal(old: Item, new: Item | None) -> tuple[str, str] | None:
    """Return what may not be done to an item in use, and the way out; None where nothing is."""
    if new is None:
        return "remove", "Keep its definition"
    if (new.unit, new.tracking) != (old.unit, old.tracking):
        return "change unit or tracking", "Give the changed item another code and move the stock to it"
    if new.scale < old.scale:
        return "take decimals away", f"Keep at least {old.scale} decimals: scale only grows"
    return None


def _not_allowed(old: Item, new: Item | None, state: str) -> NotAllowed:
    asked, advice = _refusal(old, new) or ("change", "")
    return NotAllowed(what=f"item {old.code}", state=state, asked=asked, advice=advice)


def _revisions(catalog: Catalog) -> set[tuple[str, str | None, str]]:
    """Return what bills of material there are: item, site and revision."""
    return {(one.item, one.site, one.revision) for one in catalog.definitions if isinstance(one, BillOfMaterial)}


def _respect_promises(world: "World", catalog: Catalog, doubtful: dict[str, Item], sites: set[str]) -> None:
    new = {item.code: item for item in catalog.items}
    if world.loaded is not None and EVERYTHING not in world.loaded:
        raise NeedStreamsError((EVERYTHING,))
    for name in world.names:
        if not name.startswith(("item:", "stock:")):
            body = world.paper(world.names.find(name))[1]
            for item, site, _ in _named(body):
                state = f"named by {name.replace(':', ' ', 1)}"
                if item in doubtful:
                    raise _not_allowed(doubtful[item], new.get(item), state)
                if site in sites:
                    advice = "Keep its definition, or cancel what is open there first"
                    raise NotAllowed(what=f"site {site}", state=state, asked="remove", advice=advice)
            if isinstance(body, PlannedMake):
                _keep_revision(catalog, body)
            _keep_options(catalog, body, name)


def _gone(old: Catalog, new: Catalog) -> bool:
    """Tell whether some values of options are there no more, or what goes together is not as it was."""
    there = [{(one.code, value) for one in catalog.options for value in one.values} for catalog in (old, new)]
    rules = [[(one.code, one.usual, one.requires) for one in catalog.options] for catalog in (old, new)]
    return bool(there[0] - there[1]) or (rules[0] != rules[1] and any(requires for _, _, requires in rules[1]))


def _keep_options(catalog: Catalog, body: object, name: str) -> None:
    """Refuse to remove what an open demand or a settled order has chosen."""
    given: Choices = ()
    if isinstance(body, DemandState) and body.status is DemandStatus.OPEN:
        given = body.demand.options
    elif isinstance(body, PlannedMake):
        given = body.options
    try:
        chosen = catalog.chosen(given)
        if isinstance(body, DemandState) and given:
            catalog.variants.refuse_unfit(chosen, given=chosen)
    except InvalidValueError as unfit:
        advice = "Allow it, or cancel what is open there first"
        state = f"named by {name.replace(':', ' ', 1)}"
        raise NotAllowed(what=str(unfit.value), state=state, asked="forbid", advice=advice) from None
    except UnknownCode as unknown:
        what, state = f"{unknown.kind} {unknown.given}", f"named by {name.replace(':', ' ', 1)}"
        advice = "Keep its definition, or cancel what is open there first"
        raise NotAllowed(what=what, state=state, asked="remove", advice=advice) from None


def _keep_revision(catalog: Catalog, firm: PlannedMake) -> None:
    """Refuse to remove the bill that a settled order is to be made with."""
    try:
        catalog.bom(firm.item, firm.start, site=firm.site, revision=firm.revision or None)
    except UnknownCode:
        what, state = f"revision {firm.revision} of {firm.item}", f"named by planned {firm.code}"
        advice = f'Keep its definition, or give the settled order free: cancel("{firm.code}")'
        raise NotAllowed(what=what, state=state, asked="remove", advice=advice) from None


def _named(body: object) -> Iterator[tuple[str, str, Exact]]:
    """Yield item, site and quantity of what an open promise speaks of."""
    match body:
        case DemandState(demand=demand, status=DemandStatus.OPEN):
            yield demand.item, demand.site, body.quantity
        case SupplyState(order=order) if body.status.is_open:
            yield order.item, order.site, body.quantity
            if isinstance(order, TransferOrder):
                yield order.item, order.source, body.quantity
        case ProductionOrder() if body.state not in _ENDED:
            yield body.item, body.site, body.quantity
            yield from ((line.item, body.site, line.need) for line in body.lines)
            yield from ((item, body.site, ZERO) for item, _ in body.outputs)
            yield from ((item, body.site, ZERO) for line in body.lines for item, _ in line.substitutes)
        case PlannedMake():
            yield body.item, body.site, body.quantity
            yield from ((item, body.site, quantity) for item, quantity in body.from_stock)
            for item, quantity, replaced, of in body.stand_ins:
                yield item, body.site, quantity
                yield replaced, body.site, of
        case PlannedBuy():
            yield body.item, body.site, body.quantity
        case PlannedMove():
            yield from ((body.item, site, body.quantity) for site in (body.source, body.target))
        case _:
            pass


def _refuse_other_place(world: "World", catalog: Catalog, place: "Place") -> None:
    advice = "Keep its definition, or move the stock first"
    try:
        catalog.site(place.site)
        kind = catalog.location(place.location, place.site).kind
        quality = place.quality if place.quality in set(Quality) else catalog.quality_state(place.quality)
    except UnknownCode as unknown:
        state = "in the ledger"
        raise NotAllowed(what=f"{unknown.kind} {unknown.given}", state=state, asked="remove", advice=advice) from None
    if kind is not world.kind(place):
        what = f"location {place.location} at {place.site}"
        raise NotAllowed(what=what, state="in the ledger", asked="change its kind", advice=advice)
    if isinstance(quality, QualityState) and quality != world.quality(place.quality):
        what = f"quality state {place.quality}"
        raise NotAllowed(what=what, state="in the ledger", asked="change its meaning", advice=advice)


def _refuse_less_tolerance(world: "World", catalog: Catalog) -> None:
    factors = grown(world, catalog)
    for shelf in (entry for entry in world.streams if isinstance(entry, Shelf)):
        for parcel, (quantity, _, history) in enumerate(shelf.rows):
            place = world.places.name(shelf.place[parcel])
            if world.catalog.location(place.location, place.site).tolerates:
                least = -catalog.scaled(shelf.item, catalog.location(place.location, place.site).tolerates)
                if lowest_from(history, _BEGINNING, quantity)[0] * factors.get(shelf.item, 1) < least:
                    what = f"{shelf.item} in {place.label}"
                    raise NotAllowed(what=what, state="below zero", asked="tolerate less", advice="Count it first")


def _refuse_too_fine(world: "World", catalog: Catalog) -> None:
    factors = grown(world, catalog)
    for item, factor in factors.items():
        if overflows(world, item, factor):
            raise _too_fine(catalog, item, "its stock")
    for name in world.names if factors else ():
        if not name.startswith(("item:", "stock:")):
            for item, _, quantity in _named(world.paper(world.names.find(name))[1]):
                if item in factors:
                    _fits(catalog, item, quantity, name)


def _fits(catalog: Catalog, item: str, quantity: Exact, name: str) -> None:
    try:
        catalog.scaled(item, quantity)
    except InvalidValueError:
        raise _too_fine(catalog, item, name.replace(":", " ", 1)) from None


def _too_fine(catalog: Catalog, item: str, what: str) -> InvalidValueError:
    scale = catalog.item(item).scale
    reason = f"is too fine for {item}: {what} would not fit 64 bits"
    return InvalidValueError(field="scale", value=scale, reason=reason, advice="Give it fewer decimals")
