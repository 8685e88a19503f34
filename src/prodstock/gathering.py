"""From a plant's state to what the engines take: plain values of a moment."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING

from prodstock.calendars.zone import DAY_US, from_micros
from prodstock.master.codes import OWN, PROJECT
from prodstock.master.location import LocationKind
from prodstock.master.quality_state import Quality
from prodstock.orders.demand import Demand, DemandKind, DemandState, DemandStatus
from prodstock.orders.lifecycle import OrderState
from prodstock.orders.planned import PlannedBuy, PlannedMake, PlannedMove
from prodstock.orders.production import ProductionOrder
from prodstock.orders.purchase import SupplyState, TransferOrder
from prodstock.planning.pegging import PegUse
from prodstock.planning.snapshot import Held, Snapshot
from prodstock.quantities.scaled import from_scaled
from prodstock.scheduling.orders import problem_of
from prodstock.stock.allocation import OpenLot, need_at
from prodstock.stock.availability import reserved_by
from prodstock.stock.changes import body_at
from prodstock.stock.coming import Coming
from prodstock.stock.history import as_of
from prodstock.stock.lot import NEVER, PLAIN
from prodstock.stock.place import FREE, stock_of
from prodstock.stock.reservation import in_line_units
from prodstock.stock.status import Release

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime
    from decimal import Decimal

    from prodstock.orders.planned import PlannedOrder
    from prodstock.orders.purchase import Promise
    from prodstock.planning.plan import Plan
    from prodstock.scheduling.problem import Problem
    from prodstock.stock.place import Place
    from prodstock.stock.shelf import Shelf
    from prodstock.stock.world import World

_COUNTED = frozenset({LocationKind.STORES, LocationKind.RECEIVING, LocationKind.IN_TRANSIT})
"""Where stock is that planning may count on; what is in WIP belongs to its order."""

_CONSUMED_FOR = 366 * DAY_US
"""For how long after it was due an order that is shipped counts as part of the forecasts."""

_SEGMENTS = (PROJECT, OWN)
"""How the segments begin that planning knows."""


def snapshot(world: World, now: int, *, at: int | None = None, known: int | None = None) -> Snapshot:
    """Return all that planning looks at, now or at an earlier moment, as known now or earlier.

    Args:
        world: the state, with every stream loaded.
        now: the present moment, in microseconds.
        at: the moment; None: now.
        known: only what the first so many commits knew; None: all.
    """
    moment = now if at is None else at
    commits = len(world) if known is None else known
    past = None if at is None and known is None else (moment, commits)
    promises: list[Promise] = []
    done: dict[str, Decimal] = {}
    orders: list[ProductionOrder] = []
    firm: list[PlannedOrder] = []
    supplies: dict[str, Coming] = {}
    shipped: list[Demand] = []
    shipped_of: dict[str, Decimal] = {}
    for _, body in bodies(world, past):
        if isinstance(body, DemandState) and body.status is DemandStatus.OPEN:
            promises.append(body.demand)
            done[body.demand.ref or ""] = body.shipped
        elif isinstance(body, DemandState) and body.status is DemandStatus.SHIPPED:
            shipped.append(body.demand)
            shipped_of[body.demand.ref or ""] = body.shipped
        elif isinstance(body, SupplyState) and body.status.is_open:
            supplies[body.order.ref or ""] = Coming(body, world.catalog.zone(body.order.site))
        elif isinstance(body, PlannedMake | PlannedBuy | PlannedMove):
            firm.append(body)
        elif isinstance(body, ProductionOrder) and body.state not in {OrderState.CLOSED, OrderState.CANCELLED}:
            orders.append(body)
    for demand in _still_consuming(shipped, promises, moment):
        promises.append(demand)
        done[demand.ref or ""] = shipped_of[demand.ref or ""]
    lots: list[OpenLot] = []
    for lot, transfer in open_lots(world, past, now=moment):
        lots += supplies[transfer].on_its_way(lot) if transfer in supplies else (lot,)
    for ref, supply in supplies.items():
        promises += supply.promises()
        done[ref] = supply.done()
    return Snapshot(
        firm=tuple(firm),
        catalog=world.catalog,
        at=from_micros(moment),
        lots=tuple(lots),
        promises=tuple(promises),
        orders=tuple(orders),
        done=tuple((ref, quantity) for ref, quantity in done.items() if quantity),
        held=tuple(_held(world) if past is None else _held_then(world, past)),
    )


def _still_consuming(shipped: Iterable[Demand], promises: Iterable[Promise], moment: int) -> list[Demand]:
    """Return the orders that are shipped and consume an open forecast all the same: it was for them."""
    forecasts = {
        (one.item, one.site, one.project)
        for one in promises
        if isinstance(one, Demand) and one.kind is DemandKind.FORECAST
    }
    since = moment - _CONSUMED_FOR
    return [
        one
        for one in (shipped if forecasts else ())
        if one.kind is DemandKind.ORDER and (one.item, one.site, one.project) in forecasts
        if need_at(one.due, UTC) >= since
    ]


def problem_of_plan(plan: Plan, launched: Iterable[ProductionOrder], now: int) -> Problem:
    """Return the problem of scheduling all that a plan makes, and what is left of launched orders.

    By the plan's pegs, what takes what another order makes comes after that, and what takes anything else is released
    once it is there.
    """
    orders: list[ProductionOrder | PlannedMake] = [*launched, *plan.make]
    codes = {order.code for order in orders}
    taken = [peg for peg in plan.pegging if peg.use is PegUse.ORDER]
    arrivals: dict[str, datetime] = {}
    for peg in taken:
        if peg.supply not in codes and peg.ready is not None:
            arrivals[peg.wanted_by] = max(peg.ready, arrivals.get(peg.wanted_by, peg.ready))
    feeds = [(peg.supply, peg.wanted_by) for peg in taken]
    return problem_of(plan.snapshot.catalog, orders, from_micros(now), feeds=feeds, arrivals=arrivals)


def bodies(world: World, past: tuple[int, int] | None = None) -> Iterator[tuple[str, object]]:
    """Yield every stream of papers and its value, by name; `past` is a moment and the commits known then."""
    for name in sorted(world.names):
        if not name.startswith(("item:", "stock:")):
            stream = world.names.find(name)
            body = world.record(stream).body if past is None else body_at(world, stream, *past)
            if body is not None:
                yield name, body


def open_lots(world: World, past: tuple[int, int] | None = None, *, now: int = 0) -> Iterator[tuple[OpenLot, str]]:
    """Yield what is free of each parcel that planning may count on, by item, site and age.

    What is to be tested again is good until then, and under inspection from then on: `now` is the moment.
    What is in transit for a transfer is a lot of its target, ready when it is due there; its code comes with it.
    """
    for name in sorted(world.names):
        if name.startswith("stock:"):
            yield from _of_shelf(world, world.shelf(world.names.find(name)), past, now)


def _of_shelf(world: World, shelf: Shelf, past: tuple[int, int] | None, now: int) -> Iterator[tuple[OpenLot, str]]:
    scale = world.catalog.item(shelf.item).scale
    book = world.book(shelf.book)
    for parcel in shelf.live if past is None else range(len(shelf.rows)):
        quantity, held, history = shelf.rows[parcel]
        if past is not None:
            quantity, held = as_of(history, *past)
        place = world.places.name(shelf.place[parcel])
        transfer = _transfer(world, place, past)
        if transfer is None:
            known, segment = place.segment.startswith(_SEGMENTS), place.segment
        else:
            known, segment = True, stock_of(world.catalog.item(shelf.item), transfer.segment)
        if quantity > held and (known or segment == FREE) and world.kind(place) in _COUNTED:
            row = shelf.ident[parcel]
            expires, quality = book.expires[row], world.quality(place.quality)
            retest = book.retest(row) if past is None else book.retest(row, *past)
            if retest > now:
                expires = min(expires, retest)
            elif quality is Quality.APPROVED:
                quality = Quality.PENDING_INSPECTION
            lot = OpenLot(
                shelf.item,
                from_scaled(quantity - held, scale),
                lot=book.lot_code(row) or None,
                received=from_micros(book.received[row]),
                expires=None if expires == NEVER else from_micros(expires),
                quality=quality,
                site=shelf.site if transfer is None else transfer.target,
                location=place.location,
                release=Release(place.release),
                ready=None if transfer is None else _due(world, transfer),
                serial=book.serial_code(row) or None,
                revision=book.details.get(book.lot[row], PLAIN).revision,
                owner=place.owner,
                segment=segment,
            )
            yield lot, "" if transfer is None else transfer.ref or ""


def _transfer(world: World, place: Place, past: tuple[int, int] | None) -> TransferOrder | None:
    """Return the transfer that goods in a place are on their way for, or None."""
    if place.segment == FREE or world.kind(place) is not LocationKind.IN_TRANSIT:
        return None
    stream = world.names.find(place.segment)
    body = world.record(stream).body if past is None else body_at(world, stream, *past)
    if isinstance(body, SupplyState) and isinstance(body.order, TransferOrder):
        return body.order
    return None


def _due(world: World, transfer: TransferOrder) -> datetime:
    return from_micros(need_at(transfer.due, world.catalog.zone(transfer.target)))


def _held(world: World) -> Iterator[Held]:
    for name in sorted(world.names):
        kind, _, ref = name.partition(":")
        if kind in {"demand", "order"}:
            record = world.record(world.names.find(name))
            for booking in record.bookings:
                for at in range(0, len(booking.lines), 4):
                    number, _, rest, line = booking.lines[at : at + 4]
                    if rest:
                        yield _held_line(world, ref, record.body, number, rest, line)


def _held_line(world: World, ref: str, body: object, number: int, rest: int, line: int) -> Held:
    shelf = world.shelf(number)
    item = shelf.item
    if isinstance(body, ProductionOrder) and line >= 0:
        item, rest = body.lines[line].item, in_line_units(world, body, line, number, rest)
    quantity = from_scaled(rest, world.catalog.item(item).scale)
    return Held(ref, item, quantity, line=None if line < 0 else line, site=shelf.site)


def _held_then(world: World, past: tuple[int, int]) -> Iterator[Held]:
    for name in sorted(world.names):
        if name.startswith("stock:"):
            number = world.names.find(name)
            shelf = world.shelf(number)
            scale = world.catalog.item(shelf.item).scale
            for parcel in range(len(shelf.rows)):
                for stream, quantity in reserved_by(world, number, parcel, *past).items():
                    yield Held(stream.partition(":")[2], shelf.item, from_scaled(quantity, scale), site=shelf.site)
