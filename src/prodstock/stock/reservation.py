"""Reservations: stock bound to a demand, an order or a sample, never twice."""

from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor
from typing import TYPE_CHECKING, TypeAlias

import attrs

from prodstock.calendars.span import Moment
from prodstock.calendars.zone import end_of, from_micros, micros
from prodstock.errors import (
    AmbiguousCode,
    CannotReserve,
    InvalidTypeError,
    InvalidValueError,
    NotAllowed,
    Refused,
    ShortLine,
    UnknownCode,
)
from prodstock.journal.command import SET_AT, SET_BECAUSE, SET_BY, SET_KEY, Command
from prodstock.journal.stream import Stream, demand_stream, order_stream, stock_stream
from prodstock.master import checks
from prodstock.master.codes import code
from prodstock.orders.demand import Demand, DemandKind, DemandState, DemandStatus, segment_of
from prodstock.orders.lifecycle import OrderAction
from prodstock.orders.owed import open_needs, supplied_state
from prodstock.orders.production import ProductionOrder
from prodstock.quantities.quantity import Exact
from prodstock.quantities.scaled import from_scaled, to_scaled
from prodstock.stock import world as w
from prodstock.stock.at_once import reserve_at_once, void_at_once
from prodstock.stock.claim import DEFAULT_POLICY, AllocationPolicy, Claim, Partial
from prodstock.stock.deciding import decides, shortcut
from prodstock.stock.goods import Reservation, ReservationCode, ReservationState, reservation_named
from prodstock.stock.movement import Movement
from prodstock.stock.picking import made_otherwise, pick, usable
from prodstock.stock.place import FREE

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from prodstock.master.catalog import Catalog
    from prodstock.stock.draft import Draft
    from prodstock.stock.shelf import OpenKey, Shelf
    from prodstock.stock.world import Booking, World

MICROSECOND = timedelta(microseconds=1)


def claimed(claim: ProductionOrder | Demand | Claim | str) -> Claim | str:
    """Return a claim as it is, of an order or a demand its code: only that is used, so that no record is ever stale.

    Raises:
        InvalidTypeError: if nothing can be reserved for what is given.
        InvalidValueError: if a code is none.
    """
    if isinstance(claim, Claim):
        return claim
    found = claim.ref if isinstance(claim, Demand) else claim
    if isinstance(claim, ProductionOrder):
        found = claim.code
    if not isinstance(found, str):
        advice = "Give a demand's or order's code, the order, or a Claim"
        raise InvalidTypeError(field="claim", value=claim, reason="can have nothing reserved", advice=advice)
    return code(found, "claim")


@attrs.frozen(init=False)
class Reserve(Command[Reservation]):
    """Bind stock to what needs it.

    For a demand: what of it is neither shipped nor reserved, of the revision it asks for.
    For a production order: what its lines still need, each
    line by itself; of a completed one the packaging that it owes. All or nothing, unless the policy allows less.

    What is of a project, or made to order, takes its own stock alone, and free stock of items that are planned for all
    alike.
    """

    claim: Claim | str = attrs.field(converter=claimed)
    policy: AllocationPolicy | None = attrs.field(kw_only=True, default=None)

    def __init__(
        self,
        claim: ProductionOrder | Demand | Claim | str,
        *,
        at: datetime | None = None,
        by: str = "",
        because: str = "",
        key: str | None = None,
        policy: AllocationPolicy | None = None,
    ) -> None:
        SET_AT(self, at)
        SET_BY(self, by)
        SET_BECAUSE(self, because)
        SET_KEY(self, key)
        _set_claim(self, claim if type(claim) is Claim else claimed(claim))
        _set_policy(self, policy)


_set_claim, _set_policy = (Reserve.__dict__[name].__set__ for name in ("claim", "policy"))


@attrs.frozen
class Void(Command[None]):
    """Give back what a reservation still holds."""

    reservation: str = attrs.field(converter=reservation_named)


class _Need:
    """One line of what is to be reserved; `rivals` may stand in, each with its ratio; `whose` stock it takes.

    `revision` is what the goods must be made to; empty: any will do.
    """

    __slots__ = ("alive_at", "item", "line", "quantity", "revision", "rivals", "site", "whose")

    def __init__(self, item: str, site: str, quantity: int, alive_at: int) -> None:
        self.item = item
        self.site = site
        self.quantity = quantity
        self.alive_at = alive_at
        self.line = -1
        self.rivals: tuple[tuple[str, Decimal], ...] = ()
        self.whose = FREE
        self.revision = ""


class _Taking:
    """What one command takes: the lines so far, and how much of each parcel they drew."""

    __slots__ = ("drawn", "lines", "policy", "world")

    def __init__(self, world: "World", policy: AllocationPolicy) -> None:
        self.world = world
        self.policy = policy
        self.lines: list[int] = []
        self.drawn: dict[int, dict[int, int]] = {}

    def take(self, need: _Need) -> int:
        """Add the picks for a need, of its item and then of what may stand in; return what is missing."""
        missing = self._of(need.item, need.quantity, need)
        if missing:
            for item, ratio in need.rivals:
                missing = self._of_rival(item, ratio, missing, need) if missing > 0 else 0
        return missing

    def _of(self, item: str, wanted: int, need: _Need) -> int:
        world = self.world
        number = world.find(stock_stream(item, need.site))
        if number < 0:
            return wanted
        shelf = world.shelf(number)
        order = shelf.order
        keys = shelf.open if not need.whose or world.catalog.item(item).collective else _own(world, shelf, need.whose)
        if need.revision:
            keys = [key for key in keys if made_otherwise(world, number, shelf.ident[key[3]], need.revision) is None]
        asked = self.policy.order
        if asked is not None and asked is not order:
            order = asked
            keys = sorted((key[1], key[0], key[2], key[3]) for key in keys)
        picks, missing = pick(keys, shelf.rows, wanted, need.alive_at, order, self.drawn.get(number))
        for at in range(0, len(picks), 2):
            self.lines += (number, picks[at], picks[at + 1], need.line)
        if need.line >= 0:
            drawn = self.drawn.setdefault(number, {})
            for at in range(0, len(picks), 2):
                drawn[picks[at]] = drawn.get(picks[at], 0) + picks[at + 1]
        return missing

    def _of_rival(self, item: str, ratio: Decimal, missing: int, need: _Need) -> int:
        catalog = self.world.catalog
        per_unit = stand_in(catalog, need.item, item, ratio)
        wanted = ceil(missing * per_unit)
        lacking = self._of(item, wanted, need)
        return 0 if lacking == 0 else missing - floor((wanted - lacking) / per_unit)


def stand_in(catalog: "Catalog", item: str, substitute: str, ratio: Decimal) -> Fraction:
    """Return how many of a substitute's smallest steps stand in for one of the item's."""
    return Fraction(ratio) * Fraction(10) ** (catalog.item(substitute).scale - catalog.item(item).scale)


def _own(world: "World", shelf: "Shelf", whose: str) -> "list[OpenKey]":
    """Return the keys of what a project or a demand made to order may reserve of its own. O(n log n) in its parcels."""
    found = []
    for parcel in shelf.live:
        place = world.places.name(shelf.place[parcel])
        quantity, held, _ = shelf.rows[parcel]
        if place.segment == whose and quantity > held and world.fit_to_reserve(place):
            found.append(world.turn(shelf, shelf.ident[parcel], parcel))
    return sorted(found)


shortcut(Reserve)(reserve_at_once)
shortcut(Void)(void_at_once)


@decides(Reserve)
def decide_reserve(draft: "Draft", command: Reserve) -> Reservation:
    """Choose lots for a claim and bind them.

    Raises:
        CannotReserve: if there is too little eligible stock; `short` says of what and why.
        NotAllowed: if the demand or order is in no state to be reserved for.
        Refused: if nothing is left to reserve.
        UnknownCode, AmbiguousCode: if the code names nothing, or both a demand and an order.
    """
    policy = DEFAULT_POLICY if command.policy is None else command.policy
    checks.instance(policy, AllocationPolicy, "policy", "Give an AllocationPolicy, or None")
    stream, ref, needs = _needs(draft, command.claim, policy)
    lines, short = (
        _take_one(draft.world, needs[0], policy) if len(needs) == 1 else _take_all(draft.world, needs, policy)
    )
    if short and (policy.partial is Partial.REFUSE or not lines):
        raise _cannot(draft.world, ref, short)
    if not lines:
        raise Refused(reason=f"nothing is left to reserve for {ref}", advice="See its reservations in plant.stock")
    index = draft.claim(stream, needs[0].alive_at, lines)
    return reservation(draft.world, ref, index, ReservationState.PENDING, lines)


_Taken: TypeAlias = tuple[list[int], list[tuple[_Need, int]]]
"""The lines (shelf, parcel, quantity, order line or -1), and each need that is short with what it misses."""


def _take_one(world: "World", need: _Need, policy: AllocationPolicy) -> _Taken:
    """Take for the only need: most reservations are that (benchmarks.stock), and nothing else can draw on its lots."""
    number = world.find(f"stock:{need.item}@{need.site}")
    if need.rivals or need.whose or need.revision or policy.order is not None or number < 0:
        return _take_all(world, [need], policy)
    shelf = world.shelf(number)
    picks, missing = pick(shelf.open, shelf.rows, need.quantity, need.alive_at, shelf.order)
    if len(picks) == 2:
        return [number, picks[0], picks[1], need.line], [(need, missing)] if missing else []
    lines: list[int] = []
    for at in range(0, len(picks), 2):
        lines += (number, picks[at], picks[at + 1], need.line)
    return lines, [(need, missing)] if missing else []


def _take_all(world: "World", needs: "Sequence[_Need]", policy: AllocationPolicy) -> _Taken:
    taking = _Taking(world, policy)
    short = [(need, missing) for need in needs if (missing := taking.take(need))]
    return taking.lines, short


def reservation(world: "World", ref: str, index: int, state: ReservationState, lines: "Sequence[int]") -> Reservation:
    """Return a reservation's public form; its picks are written out when they are first looked at."""
    code = ReservationCode(f"{ref}/{index + 1}")
    return Reservation.later(code, ref, state, world, tuple(lines))


def _cannot(world: "World", ref: str, short: "Sequence[tuple[_Need, int]]") -> CannotReserve:
    lines = []
    for need, missing in short:
        item = world.catalog.item(need.item)
        asked, free = (from_scaled(n, item.scale) for n in (need.quantity, need.quantity - missing))
        lines.append(ShortLine(need.item, asked, free, item.unit, _why_short(world, need)))
    return CannotReserve(ref=ref, short=lines)


def _why_short(world: "World", need: _Need) -> str:
    number = world.find(stock_stream(need.item, need.site))
    if number < 0 or not world.shelf(number).live:
        return "none in stock"
    shelf = world.shelf(number)
    expiring = sum(
        1 for key in shelf.open if not usable(world.book(shelf.book).expires[shelf.ident[key[3]]], need.alive_at)
    )
    if expiring:
        return f"{expiring} lots expire before {from_micros(need.alive_at):%Y-%m-%d}"
    other = sum(1 for key in shelf.open if made_otherwise(world, number, shelf.ident[key[3]], need.revision))
    if other:
        return f"{other} lots are not of revision {need.revision}"
    return "the rest is reserved, blocked, or not in stores"


def _needs(draft: "Draft", claim: Claim | str, policy: AllocationPolicy) -> tuple[Stream, str, list[_Need]]:
    life = policy.minimum_life // MICROSECOND if policy.minimum_life else 0
    if isinstance(claim, Claim):
        return demand_stream(claim.ref), claim.ref, [_need_of_claim(draft, claim, life)]
    stream, body = find_promise(draft, claim)
    if isinstance(body, ProductionOrder):
        return stream, claim, list(_needs_of_order(draft, body, life))
    return stream, claim, [_need_of_demand(draft, stream, body, life)]


def find_promise(draft: "Draft", code: str) -> tuple[Stream, ProductionOrder | DemandState]:
    """Return the stream and the state of what a code names: a demand or a production order.

    Raises:
        UnknownCode: if it names neither.
        AmbiguousCode: if it names both.
    """
    demand, order = draft.body(demand_stream(code)), draft.body(order_stream(code))
    if isinstance(demand, DemandState) and isinstance(order, ProductionOrder):
        raise AmbiguousCode(given=code, candidates=(f"demand {code}", f"production order {code}"))
    if isinstance(demand, DemandState):
        return demand_stream(code), demand
    if isinstance(order, ProductionOrder):
        return order_stream(code), order
    raise UnknownCode(kind="demand or production order", given=code, nearest=draft.world.near(code, "demand", "order"))


def need_instant(world: "World", at: Moment, site: str) -> int:
    """Return the last instant of a need, in microseconds: a date's is the one before its day ends at the site."""
    if isinstance(at, datetime):
        return micros(at)
    return micros(end_of(at, world.catalog.zone(site))) - 1


def _need_of_claim(draft: "Draft", claim: Claim, life: int) -> _Need:
    world = draft.world
    body = world.record(world.find(demand_stream(claim.ref))).body
    if isinstance(body, DemandState):
        _refuse_closed(claim.ref, body)
    quantity = steps(world, claim.item, claim.quantity)
    if quantity <= 0:
        raise InvalidValueError(field="quantity", value=claim.quantity, reason="is not above zero")
    at = draft.recorded if claim.at is None else max(need_instant(world, claim.at, claim.site), draft.recorded)
    need = _Need(claim.item, claim.site, quantity, at + life)
    if isinstance(body, DemandState) and body.demand.item == claim.item:
        need.revision = body.demand.revision
    return need


def steps(world: "World", item: str, value: Exact) -> int:
    """Return an amount that was checked at the border as whole steps of its item."""
    if isinstance(value, Decimal):
        return to_scaled(value, world.catalog.item(item).scale)
    return world.catalog.scaled(item, value)


def _refuse_closed(ref: str, state: DemandState) -> None:
    if state.status is not DemandStatus.OPEN:
        raise NotAllowed(what=f"demand {ref}", state=state.status.value, asked="reserve")
    if state.demand.kind is DemandKind.FORECAST:
        raise NotAllowed(
            what=f"demand {ref}", state="a forecast", asked="reserve", advice="Forecasts are planned for only"
        )


def _need_of_demand(draft: "Draft", stream: Stream, state: DemandState, life: int) -> _Need:
    demand = state.demand
    _refuse_closed(demand.ref or "", state)
    catalog = draft.world.catalog
    rest = catalog.scaled(demand.item, state.quantity) - catalog.scaled(demand.item, state.shipped)
    rest -= sum(_held_of(draft.world, demand.item, booking) for booking in draft.bookings(stream))
    if rest <= 0:
        raise Refused(reason=f"{demand.ref} is reserved already", advice="Void its reservation to choose again")
    need = _Need(demand.item, demand.site, rest, needed_until(draft, demand, draft.recorded) + life)
    need.whose = segment_of(demand, demand.ref or "")
    need.revision = demand.revision
    return need


def needed_until(draft: "Draft", demand: Demand, now: int) -> int:
    """Return until when goods for a demand must be usable: its due date or now, and its minimum life beyond."""
    at = max(need_instant(draft.world, demand.due, demand.site), now)
    return at + demand.minimum_life // MICROSECOND


def _held_of(world: "World", item: str, booking: "Booking") -> int:
    """Return what a reservation still holds of an item: a claim may hold another one for the same demand."""
    lines = booking.lines
    return sum(lines[at + 2] for at in range(0, len(lines), 4) if world.shelf(lines[at]).item == item)


def _needs_of_order(draft: "Draft", order: ProductionOrder, life: int) -> "Iterator[_Need]":
    supplied_state(order, draft.world.catalog, OrderAction.RESERVE)
    held = held_by_line(draft, order)
    at = max(micros(order.start), draft.recorded) + life
    needs = open_needs(order, draft.world.catalog)
    for line in order.launched.lines:
        need = _Need(line.item, order.site, needs[line.number] - held.get(line.number, 0), at)
        need.line = line.number
        need.whose = order.launched.segment
        need.rivals = line.substitutes
        if need.quantity > 0:
            yield need


def held_by_line(draft: "Draft", order: ProductionOrder) -> dict[int, int]:
    """Return what each line of an order holds reserved, in the smallest steps of the line's item."""
    held: dict[int, int] = {}
    for booking in draft.bookings(order_stream(order.code)):
        for at in range(0, len(booking.lines), 4):
            shelf, _, rest, number = booking.lines[at : at + 4]
            if rest and number >= 0:
                held[number] = held.get(number, 0) + in_line_units(draft.world, order, number, shelf, rest)
    return held


def in_line_units(world: "World", order: ProductionOrder, number: int, shelf: int, quantity: int) -> int:
    """Return a quantity taken from a shelf in the smallest steps of the order line's item, rounded down."""
    line, item = order.lines[number], world.shelf(shelf).item
    if item == line.item:
        return quantity
    ratio = dict(line.substitutes)[item]
    return floor(quantity / stand_in(world.catalog, line.item, item, ratio))


def find_booking(draft: "Draft", given: str) -> tuple[Stream, str, int, "Booking"]:
    """Return the stream, what it is for, the index and the state of a reservation.

    Raises:
        UnknownCode: if there is no such reservation.
    """
    ref, _, number = given.rpartition("/")
    for stream in (demand_stream(ref), order_stream(ref)):
        bookings = draft.bookings(stream)
        if number.isdecimal() and number.isascii() and len(number) < 9 and 0 < int(number) <= len(bookings):
            return stream, ref, int(number) - 1, bookings[int(number) - 1]
    raise UnknownCode(kind="reservation", given=given, nearest=())


@decides(Void)
def decide_void(draft: "Draft", command: Void) -> None:
    """Give back what a reservation still holds.

    Raises:
        UnknownCode: if there is no such reservation.
        NotAllowed: if it holds nothing any more.
    """
    stream, _, index, booking = find_booking(draft, command.reservation)
    end_booking(draft, stream, index, booking, w.VOIDED)


def end_booking(draft: "Draft", stream: Stream, index: int, booking: "Booking", how: int) -> None:
    """Return all that a reservation still holds to free stock."""
    lines = booking.lines
    rest = [(at // 4, lines[at + 2]) for at in range(0, len(lines), 4) if lines[at + 2]]
    if not rest:
        state = tuple(ReservationState)[booking.state].value
        raise NotAllowed(what=f"reservation {index + 1} of {stream.partition(':')[2]}", state=state, asked="void")
    for line, quantity in rest:
        draft.leg(Movement.UNRESERVATION, lines[4 * line], lines[4 * line + 1], 0, -quantity)
    draft.settle(stream, index, how, [number for pair in rest for number in pair])
