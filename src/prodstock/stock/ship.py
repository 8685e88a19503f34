"""Goods leave for customers, and some come back."""

from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING

import attrs

from prodstock._lazy import Lazy
from prodstock.errors import NotAllowed, UnknownCode
from prodstock.journal.command import Command
from prodstock.journal.stream import Stream, demand_stream
from prodstock.master.codes import ItemCode, demand_code, set_aside
from prodstock.master.location import LocationKind
from prodstock.master.quality_state import Quality
from prodstock.orders.demand import Demand, DemandKind, DemandShipped, DemandState, DemandStatus, segment_of
from prodstock.quantities.quantity import Quantity
from prodstock.quantities.scaled import from_scaled
from prodstock.stock import world as w
from prodstock.stock.aside import aside_of, optional_second, share
from prodstock.stock.deciding import decides
from prodstock.stock.goods import Goods, Output, Pick
from prodstock.stock.lot import LotCode, SerialCode
from prodstock.stock.movement import Movement
from prodstock.stock.picking import made_otherwise, past_use, too_short
from prodstock.stock.place import FREE, OURS, stock_of
from prodstock.stock.receipt import Receipt
from prodstock.stock.reservation import needed_until
from prodstock.stock.selection import Found, Selection, ambiguous, everywhere, parcels, select, short_of
from prodstock.stock.shelf import OpenKey
from prodstock.stock.status import Purpose, Release
from prodstock.tables import Table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from prodstock.stock.draft import Draft

if TYPE_CHECKING:
    from prodstock.stock import second as seconds
else:
    seconds = Lazy("prodstock.stock.second")


@attrs.frozen(repr=False)
class Shipment:
    """What left for a demand, or came back from it."""

    demand: str
    item: ItemCode
    quantity: Decimal
    unit: str
    lines: Table[Pick]

    def __repr__(self) -> str:
        return f"<Shipment {self.quantity:f} {self.unit[:10]} {self.item[:40]} for {self.demand[:40]}>"


@attrs.frozen
class Ship(Command[Shipment]):
    """Goods leave for a customer.

    Args:
        goods: what; of goods without a quantity at most what the demand still wants. Where several lots or places fit,
            what is reserved for the demand goes first, then what is at the demand's site, then by site; at a site
            in the order in which stock of the item is reserved, by first expiry or first receipt. Say more to choose.
        demand: for which demand.
        second: another measure of just these goods (catch weight), for goods of one lot that lie in one place.
    """

    goods: Goods | Output | Receipt | str
    demand: str = attrs.field(kw_only=True, converter=demand_code)
    second: Quantity | None = attrs.field(kw_only=True, default=None, converter=optional_second)


@attrs.frozen
class TakeBack(Command[Shipment]):
    """A customer sends goods back. They are not released any more and wait for inspection.

    Args:
        goods: what.
        demand: the demand they were shipped for.
        second: another measure of just these goods (catch weight), for goods of one lot.
    """

    goods: Goods | Output | Receipt | str
    demand: str = attrs.field(kw_only=True, converter=demand_code)
    second: Quantity | None = attrs.field(kw_only=True, default=None, converter=optional_second)


@decides(Ship)
def decide_ship(draft: "Draft", command: Ship) -> Shipment:
    """Ship goods for a demand: first what is reserved for it, then what is free; in parts if need be.

    Goods are fit for it as for a reservation: usable when the demand is due (or now, if that is later) and for its
    minimum life beyond, and of the revision that it asks for. A demand of a project, or one made to order, takes that
    stock alone. With the last of it, what is still reserved for the demand elsewhere is free again.

    Raises:
        UnknownCode, AmbiguousCode: if goods or demand are not to be found.
        NotAllowed: if the demand is not open or wants another item, or none of the goods may be sold; the message says
            the state that forbids it.
        NotEnough: if more is asked for than the demand wants, or than is there and not promised to others.
    """
    stream = demand_stream(command.demand)
    state = _open_demand(draft, command.demand)
    selection = select(draft.world, command.goods)
    _same_item(selection, state)
    catalog = draft.world.catalog
    shipped = catalog.scaled(selection.item, state.shipped)
    wanted = catalog.scaled(selection.item, state.quantity) - shipped
    if selection.quantity is not None and selection.quantity > wanted:
        raise short_of(draft.world, selection, selection.quantity, wanted, f"still wanted by {command.demand}")
    held = _held(draft, stream)
    there = [f for f in parcels(draft.world, selection) if f.quantity > 0 and _in_stores(draft, f)]
    alive_at = needed_until(draft, state.demand, draft.effective)
    whose = stock_of(catalog.item(selection.item), segment_of(state.demand, command.demand))
    revision = state.demand.revision
    fit = [f for f in there if _refusal(draft, f, alive_at, whose, revision) is None]
    fit.sort(key=partial(_turn, draft, state.demand))
    if there and not fit:
        reason = _refusal(draft, there[0], alive_at, whose, revision) or ""
        raise NotAllowed(
            what=selection.label, state=reason, asked="ship", advice="Ship goods that are released and usable"
        )
    offers = [
        (f, min(f.quantity, f.quantity - f.reserved + sum(held.get((f.shelf, f.parcel), {}).values()))) for f in fit
    ]
    total = sum(offer for _, offer in offers)
    asked = min(wanted, sum(f.quantity for f in fit)) if selection.quantity is None else selection.quantity
    if total < asked or not asked:
        raise short_of(draft.world, selection, max(asked, 1), total, "in stores and not promised to others")
    if asked == wanted:
        _return_rest(draft, stream, held, offers, asked)
    lines = _send(draft, stream, held, _taken(_reserved_first(offers, held), asked), selection, command.second)
    item = catalog.item(selection.item)
    draft.record(stream, DemandShipped(from_scaled(shipped + asked, item.scale)))
    return Shipment(command.demand, ItemCode(item.code), from_scaled(asked, item.scale), item.unit, lines)


@decides(TakeBack)
def decide_take_back(draft: "Draft", command: TakeBack) -> Shipment:
    """Book goods back from a customer.

    Raises:
        UnknownCode, AmbiguousCode: if goods or demand are not to be found.
        AmbiguousCode: if part is asked for of several lots or serials that were shipped.
        NotEnough: if less of them was shipped for the demand.
    """
    stream = demand_stream(command.demand)
    state = draft.body(stream)
    if not isinstance(state, DemandState):
        raise UnknownCode(kind="demand", given=command.demand, nearest=draft.world.near(command.demand, "demand"))
    selection = select(draft.world, command.goods)
    world = draft.world
    away = [f for f in everywhere(world, selection) if f.place.segment == stream]
    total = sum(f.quantity for f in away)
    asked = total if selection.quantity is None else selection.quantity
    if total < asked or not asked:
        raise short_of(world, selection, max(asked, 1), total, f"at the customer for {command.demand}")
    if asked < total and len(away) > 1:
        raise ambiguous(world, selection, away)
    location = world.catalog.default_location(away[0].place.site, LocationKind.RECEIVING).code
    lines = []
    drawn = _taken([(found, found.quantity) for found in away], asked)
    if command.second is not None:
        seconds.measured(world, selection, command.second, len(drawn))
    for found, taken in drawn:
        release = Release.NOT_REQUIRED if found.place.release == Release.NOT_REQUIRED else Release.AWAITING
        target = found.place._replace(
            location=location, segment=FREE, quality=Quality.PENDING_INSPECTION.value, release=release.value
        )
        aside = aside_of(share(selection.entered, taken, asked), command.second)
        draft.leg(Movement.CUSTOMER_RETURN, found.shelf, found.parcel, -taken, aside=aside and aside.opposite())
        draft.put(Movement.CUSTOMER_RETURN, found.shelf, found.row, target, taken, aside=aside)
        lines.append(_line(draft, command.demand, found, taken))
    item = world.catalog.item(selection.item)
    shipped = world.catalog.scaled(item.code, state.shipped) - asked
    draft.record(stream, DemandShipped(from_scaled(shipped, item.scale)))
    return Shipment(command.demand, ItemCode(item.code), from_scaled(asked, item.scale), item.unit, Table(lines))


def _open_demand(draft: "Draft", ref: str) -> DemandState:
    state = draft.body(demand_stream(ref))
    if not isinstance(state, DemandState):
        raise UnknownCode(kind="demand", given=ref, nearest=draft.world.near(ref, "demand"))
    if state.status is not DemandStatus.OPEN or state.demand.kind is DemandKind.FORECAST:
        kind = "a forecast" if state.demand.kind is DemandKind.FORECAST else state.status.value
        raise NotAllowed(what=f"demand {ref}", state=kind, asked="ship")
    return state


def _same_item(selection: Selection, state: DemandState) -> None:
    if selection.item != state.demand.item:
        what, wants = f"demand {state.demand.ref}", f"for {state.demand.item}"
        raise NotAllowed(what=what, state=wants, asked=f"ship {selection.item}", advice=f"Ship {state.demand.item}")


def _in_stores(draft: "Draft", found: Found) -> bool:
    return draft.world.kind(found.place) is LocationKind.STORES


def _turn(draft: "Draft", demand: Demand, found: Found) -> tuple[bool, str, OpenKey]:
    """Return what the order of taking sorts by: the demand's site first, at each the order of reserving."""
    shelf = draft.world.shelf(found.shelf)
    return (
        shelf.site != demand.site,
        shelf.site,
        draft.world.turn(shelf, found.row, found.parcel),
    )


def _refusal(draft: "Draft", found: Found, alive_at: int, whose: str, revision: str) -> str | None:
    """Return the state that forbids selling a parcel for something that needs it alive at a moment, or None."""
    world, place = draft.world, found.place
    if place.owner != OURS:
        return f"owned by {place.owner}"
    if place.segment != whose:
        return set_aside(place.segment)
    if not world.state(place).serves(Purpose.SALE):
        waits = place.release == Release.AWAITING and place.quality == Quality.APPROVED
        return "awaiting release" if waits else place.quality
    gone = past_use(world, found.shelf, found.row, draft.effective) or too_short(
        world, found.shelf, found.row, alive_at
    )
    return gone or made_otherwise(world, found.shelf, found.row, revision)


def _held(draft: "Draft", stream: Stream) -> dict[tuple[int, int], dict[tuple[int, int], int]]:
    """Return what a demand holds: by parcel, then by reservation and line."""
    held: dict[tuple[int, int], dict[tuple[int, int], int]] = {}
    for index, booking in enumerate(draft.bookings(stream)):
        lines = booking.lines
        for at in range(0, len(lines), 4):
            if lines[at + 2]:
                held.setdefault((lines[at], lines[at + 1]), {})[index, at // 4] = lines[at + 2]
    return held


def _send(
    draft: "Draft",
    stream: Stream,
    held: dict[tuple[int, int], dict[tuple[int, int], int]],
    drawn: list[tuple[Found, int]],
    selection: Selection,
    second: Quantity | None,
) -> Table[Pick]:
    customer = draft.world.catalog.default_location(drawn[0][0].place.site, LocationKind.CUSTOMER).code
    if second is not None:
        seconds.measured(draft.world, selection, second, len(drawn))
    whole = sum(taken for _, taken in drawn)
    lines = []
    settled: dict[int, list[int]] = {}
    for found, taken in drawn:
        own = 0
        for (index, line), part in _own(held.get((found.shelf, found.parcel), {}), taken):
            settled.setdefault(index, []).extend((line, part))
            own += part
        aside = aside_of(share(selection.entered, taken, whole), second)
        draft.leg(Movement.SHIPMENT, found.shelf, found.parcel, -taken, -own, aside=aside and aside.opposite())
        target = found.place._replace(location=customer, segment=stream)
        draft.put(Movement.SHIPMENT, found.shelf, found.row, target, taken, aside=aside)
        lines.append(_line(draft, stream.partition(":")[2], found, taken))
    for index, pairs in settled.items():
        draft.settle(stream, index, w.POSTED, pairs)
    return Table(lines)


def _reserved_first(
    offers: list[tuple[Found, int]], held: dict[tuple[int, int], dict[tuple[int, int], int]]
) -> list[tuple[Found, int]]:
    return sorted(offers, key=lambda offer: (offer[0].shelf, offer[0].parcel) not in held)


def _taken(offers: list[tuple[Found, int]], asked: int) -> list[tuple[Found, int]]:
    """Return what is taken of each offer, in their order; those of which nothing is taken are left out."""
    drawn = []
    for found, offer in offers:
        taken = min(offer, asked)
        if taken:
            drawn.append((found, taken))
            asked -= taken
    return drawn


def _own(lines: dict[tuple[int, int], int], taken: int) -> "Iterator[tuple[tuple[int, int], int]]":
    """Yield which lines of the demand's own reservations a quantity comes from, and how much of each."""
    for line, rest in lines.items():
        part = min(rest, taken)
        if part:
            yield line, part
            taken -= part


def _return_rest(
    draft: "Draft",
    stream: Stream,
    held: dict[tuple[int, int], dict[tuple[int, int], int]],
    offers: list[tuple[Found, int]],
    asked: int,
) -> None:
    """Return to free stock what a demand holds beyond what is sent for it now."""
    left = {parcel: dict(lines) for parcel, lines in held.items()}
    for found, offer in _reserved_first(offers, held):
        taken = min(offer, asked)
        for line, part in _own(held.get((found.shelf, found.parcel), {}), taken):
            left[found.shelf, found.parcel][line] -= part
        asked -= taken
    voided: dict[int, list[int]] = {}
    for (shelf, parcel), lines in left.items():
        for (index, number), rest in lines.items():
            if rest:
                draft.leg(Movement.UNRESERVATION, shelf, parcel, 0, -rest)
                voided.setdefault(index, []).extend((number, rest))
    for index, pairs in voided.items():
        draft.settle(stream, index, w.VOIDED, pairs)


def _line(draft: "Draft", ref: str, found: Found, quantity: int) -> Pick:
    shelf = draft.world.shelf(found.shelf)
    item = draft.world.catalog.item(shelf.item)
    book = draft.world.book(shelf.book)
    return Pick(
        ref,
        ItemCode(item.code),
        LotCode(book.lot_code(found.row)),
        from_scaled(quantity, item.scale),
        item.unit,
        serial=SerialCode(book.code(found.row)) if book.is_serial(found.row) else None,
        location=found.place.location,
    )
