"""Goods: how a caller points at stock, and what is answered when stock comes, is picked or is reserved."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple, NewType, TypeAlias

import attrs

from prodstock._lazy import Lazy
from prodstock.errors import (
    AmbiguousCode,
    InvalidTypeError,
    InvalidValueError,
    NotAllowed,
    NotEnough,
    UnknownCode,
    listed,
    nearest,
)
from prodstock.journal.stream import lot_stream, serial_stream, stock_stream
from prodstock.master import checks
from prodstock.master.codes import (
    ItemCode,
    code,
    codes,
    item_code,
    optional_location,
    optional_lot,
    optional_segment,
    optional_site,
)
from prodstock.master.item import Tracking
from prodstock.master.location import LocationKind
from prodstock.master.quality_state import Quality, QualityState
from prodstock.orders.codes import OrderCode
from prodstock.quantities.quantity import Amount, Exact, Quantity, amount
from prodstock.quantities.scaled import from_scaled
from prodstock.stock.aside import entered_as
from prodstock.stock.lot import ANONYMOUS, Book, LotCode, SerialCode
from prodstock.stock.place import OURS
from prodstock.stock.receipt import Receipt
from prodstock.stock.status import Release
from prodstock.tables import Table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from prodstock.master.item import Item
    from prodstock.stock import finer, second
    from prodstock.stock.draft import Draft
    from prodstock.stock.place import Place
    from prodstock.stock.world import World
else:
    finer = Lazy("prodstock.stock.finer")
    second = Lazy("prodstock.stock.second")

__all__ = [
    "Found",
    "Goods",
    "GoodsRef",
    "Output",
    "Pick",
    "Receipt",
    "Reservation",
    "ReservationCode",
    "ReservationRef",
    "ReservationState",
    "Selection",
    "ambiguous",
    "everywhere",
    "optional_amount",
    "parcels",
    "picks_of",
    "portions",
    "select",
    "serial_codes",
    "shelves",
    "short_of",
]

ReservationCode = NewType("ReservationCode", str)


def serial_codes(values: Iterable[str]) -> tuple[str, ...]:
    """Return serials as a tuple of codes."""
    return codes(values, "serials")


def optional_amount(value: Amount | None) -> Exact | None:
    """Return an amount, or None for none given."""
    return None if value is None else amount(value)


@attrs.frozen(repr=False)
class Goods:
    """Some of what exists: an item's stock, a lot, part of it, or serials.

    Attributes:
        item: the item.
        lot: the lot; None: whatever there is of the item.
        serials: these serials only.
        quantity: so much of it; None: all. In the second unit of a lot (catch weight) where the item itself does not
            convert it: by the lot's own factor, rounded up as a need is.
        location: only what is there; None: wherever it is.
        site: only what is there; None: wherever it is.
        quality: only what is in that state; None: in any.
        reason: only what is in its state for that reason; None: for any.
        release: only what is released so far; None: however far.
        owner: only what belongs to them; empty: to us. None: to us, and no command touches what is not ours.
        segment: only what is set aside for that order, transfer or demand; None: for any, or for none.

    A command takes part of what fits only from one parcel (one lot or serial in one place and state): where several fit
    it is refused, and these fields say which is meant. Shipping and issuing choose among what fits.
    """

    item: str = attrs.field(converter=item_code)
    lot: str | None = attrs.field(kw_only=True, default=None, converter=optional_lot)
    serials: tuple[str, ...] = attrs.field(kw_only=True, default=(), converter=serial_codes)
    quantity: Exact | None = attrs.field(kw_only=True, default=None, converter=optional_amount)
    location: str | None = attrs.field(kw_only=True, default=None, converter=optional_location)
    site: str | None = attrs.field(kw_only=True, default=None, converter=optional_site)
    quality: Quality | QualityState | None = attrs.field(kw_only=True, default=None)
    reason: str | None = attrs.field(kw_only=True, default=None)
    release: Release | None = attrs.field(kw_only=True, default=None)
    owner: str | None = attrs.field(kw_only=True, default=None)
    segment: str | None = attrs.field(kw_only=True, default=None, converter=optional_segment)

    def __attrs_post_init__(self) -> None:
        if self.quality is not None and not isinstance(self.quality, Quality | QualityState):
            advice = "Use a member of Quality, or a QualityState of the catalog"
            raise InvalidTypeError(field="quality", value=self.quality, reason="is no quality state", advice=advice)
        if self.release is not None and not isinstance(self.release, Release):
            advice = "Use a member of Release"
            raise InvalidTypeError(field="release", value=self.release, reason="is no release state", advice=advice)

    def narrow(self) -> tuple[tuple[str, str], ...]:
        """Return what a parcel's place must be: the names of its parts and their codes."""
        quality = self.quality.code if isinstance(self.quality, QualityState) else self.quality
        asked = {
            "location": self.location,
            "quality": None if quality is None else str(quality),
            "reason": self.reason,
            "release": None if self.release is None else self.release.value,
            "owner": self.owner,
            "holder": self.segment,
        }
        return tuple((name, value) for name, value in asked.items() if value is not None)

    def __repr__(self) -> str:
        parts = [self.item[:30], (self.lot or "")[:30], f"{len(self.serials)} serials" if self.serials else ""]
        parts.append("" if self.quantity is None else str(self.quantity)[:20])
        return f"<Goods {' '.join(part for part in parts if part)}>"


@attrs.frozen(repr=False)
class Output:
    """What a completion brought: a lot, or serials, awaiting release or not.

    Attributes:
        order: the production order.
        item: the item.
        lot: the output lot, or None for an item that is not tracked.
        serials: the good serials.
        good: how many good ones reached stores.
        scrapped: how many were lost.
        unit: the base unit.
    """

    order: OrderCode
    item: ItemCode
    lot: LotCode | None
    serials: tuple[SerialCode, ...]
    good: Decimal
    scrapped: Decimal
    unit: str = attrs.field(kw_only=True, default="pcs")

    def __repr__(self) -> str:
        return f"<Output of {self.order[:30]}: {self.good:f} good {self.item[:30]}, {self.scrapped:f} scrapped>"


@attrs.frozen(repr=False)
class Pick:
    """So much of a lot (or one serial) for a need.

    Attributes:
        ref: the need it is for.
        item: the item that is taken; of a substitute its own code.
        lot: the lot; empty for an item that is not tracked.
        quantity: how much, in the base unit.
        unit: the base unit.
        serial: the serial, or None.
        location: where it lies.
        line: the order line it serves, or None.
    """

    ref: str
    item: ItemCode
    lot: LotCode
    quantity: Decimal
    unit: str
    serial: SerialCode | None = attrs.field(kw_only=True, default=None)
    location: str = attrs.field(kw_only=True, default="")
    line: int | None = attrs.field(kw_only=True, default=None)

    def __repr__(self) -> str:
        what = self.serial or self.lot
        return f"<Pick {self.quantity:f} {self.unit[:10]} {self.item[:30]} {what[:30]} for {self.ref[:30]}>"


class ReservationState(StrEnum):
    """What became of a reservation."""

    PENDING = "pending"
    POSTED = "posted"
    VOIDED = "voided"
    EXPIRED = "expired"
    BROKEN = "broken"


class _Later:
    """Holds what the lines are made of when they are looked at, if ever: the state and the lines in numbers."""

    __slots__ = ("_numbers", "_world")

    if TYPE_CHECKING:  # no fields: the codec reads annotations
        _world: World
        _numbers: tuple[int, ...]


@attrs.frozen(repr=False)
class Reservation(_Later):
    """Stock bound to a demand, an order or a sample.

    Attributes:
        code: its code: what it is for, and a number.
        ref: the demand, order or sample it is for.
        state: what became of it.
        lines: what it took of which lots, in the order of taking.
    """

    code: ReservationCode
    ref: str
    state: ReservationState
    lines: Table[Pick]

    @classmethod
    def later(
        cls, code: ReservationCode, ref: str, state: ReservationState, world: World, numbers: tuple[int, ...]
    ) -> Reservation:
        """Return a reservation whose lines are made when they are first looked at."""
        made = cls.__new__(cls)
        _set_code(made, code)
        _set_ref(made, ref)
        _set_state(made, state)
        _set_world(made, world)
        _set_numbers(made, numbers)
        return made

    def __getattr__(self, name: str) -> Table[Pick]:
        if name != "lines":
            raise AttributeError(f"a Reservation has no {name!r}")
        lines = picks_of(self._world, self.ref, self._numbers, self.code)
        _set_lines(self, lines)
        return lines

    def __repr__(self) -> str:
        return f"<Reservation {self.code[:50]} {self.state}, {len(self.lines)} lines>"


# The slots' own setters: they pass by the frozen class, which nobody has seen yet, at half the cost.
_set_code, _set_ref, _set_state, _set_lines = (
    Reservation.__dict__[name].__set__ for name in ("code", "ref", "state", "lines")
)
_set_world, _set_numbers = (_Later.__dict__[name].__set__ for name in ("_world", "_numbers"))

GoodsRef: TypeAlias = Goods | Output | Receipt | str
ReservationRef: TypeAlias = Reservation | str


_DIGITS = 8
"""Digits of the number in a reservation's code."""


def reservation_named(reservation: ReservationRef) -> str:
    """Return the code of a reservation: of a record only its code is used, so that an old one is never stale.

    Raises:
        InvalidTypeError: if it is neither a reservation nor a text.
        InvalidValueError: if it is no code.
    """
    if isinstance(reservation, Reservation) and type(reservation.code) is str:
        return reservation.code
    if not isinstance(reservation, str):
        advice = "Give its code, or what reserving it answered"
        raise InvalidTypeError(field="reservation", value=reservation, reason="is no reservation", advice=advice)
    ref, slash, number = reservation.rpartition("/")
    if not slash or len(number) > _DIGITS:
        return code(reservation, "reservation")
    return f"{code(ref, 'reservation')}/{number}"


class Selection(NamedTuple):
    """What a caller pointed at, found: the item's book and the rows in it, how much of them, and of which places.

    `narrow` holds what the parts of a place must be; `site` is apart, because shelves are found by it.
    """

    item: str
    book: Book | None
    rows: tuple[int, ...]
    quantity: int | None
    narrow: tuple[tuple[str, str], ...] = ()
    site: str | None = None
    entered: Quantity | None = None

    @property
    def label(self) -> str:
        """The goods as people say them: the item, and the lot or serial or how many of them. O(lots and serials)."""
        rows, book = self.rows, self.book
        count = len(rows) - (rows[:1] == (0,))
        if book is None or not count:
            return self.item
        if rows[0] and not book.is_serial(rows[0]):
            return f"{self.item} {book.code(rows[0])}"
        serials = sum(map(book.is_serial, rows))
        if (serials or count) == 1:
            return f"{self.item} {book.code(rows[-1])}"
        return f"{self.item}, {serials} serials" if serials else f"{self.item}, {count} lots"

    def fits(self, place: Place) -> bool:
        """Tell whether goods in a place are meant."""
        return all(getattr(place, name) == value for name, value in self.narrow)

    def names(self, part: str) -> bool:
        """Tell whether it says what a part of the place must be."""
        return any(name == part for name, _ in self.narrow)


class Found(NamedTuple):
    """A parcel that a selection holds: shelf, parcel, row in the book, place, quantity and reserved."""

    shelf: int
    parcel: int
    row: int
    place: Place
    quantity: int
    reserved: int


def select(world: World, goods: GoodsRef) -> Selection:
    """Return what the caller points at.

    Raises:
        UnknownCode: if a code names no lot and no serial.
        AmbiguousCode: if a bare code fits lots or serials of several items, or a lot and a serial.
        InvalidTypeError: if it is nothing that points at goods.
        InvalidValueError: if the quantity is not above zero.
    """
    if isinstance(goods, str):
        return _by_code(world, goods)
    if not isinstance(goods, Goods | Receipt | Output):
        advice = "Give a lot's or serial's code, Goods, or what a receipt or completion answered"
        raise InvalidTypeError(field="goods", value=goods, reason="points at no goods", advice=advice)
    if not isinstance(goods, Goods):
        _check_record(goods)
    item = world.catalog.item(goods.item)
    book = world.book_of(item.code)
    if goods.serials:
        world.need(serial_stream(item.code, serial) for serial in goods.serials)
        rows = tuple(_row(world, item.code, code, serial=True) for code in goods.serials)
    elif goods.lot is not None:
        rows = _with_serials(world, item.code, _row(world, item.code, goods.lot, serial=False))
    else:
        rows = () if world.book_of(item.code) is None else tuple(range(len(world.book_of(item.code) or ())))
    limit = entered = None
    if isinstance(goods, Goods) and goods.quantity is not None:
        limit = _steps(world, item, goods.quantity, rows if goods.lot is not None else ())
        if limit <= 0:
            raise InvalidValueError(field="quantity", value=goods.quantity, reason="is not above zero")
        entered = entered_as(goods.quantity, item.unit)
    if isinstance(goods, Receipt) and goods.lot is None:
        limit = world.catalog.scaled(item.code, goods.quantity)
    if isinstance(goods, Goods):
        return Selection(item.code, world.book_of(item.code) or book, rows, limit, goods.narrow(), goods.site, entered)
    owner = goods.owner if isinstance(goods, Receipt) else OURS
    return Selection(item.code, world.book_of(item.code) or book, rows, limit, (("owner", owner),))


def _steps(world: World, item: Item, quantity: Exact, rows: Sequence[int]) -> int:
    """Return a quantity in steps: as the item converts it, else by the factor of the lot of these rows."""
    try:
        return world.catalog.scaled(item.code, quantity)
    except InvalidValueError:
        own = _by_lot(world, item, quantity, rows) if isinstance(quantity, Quantity) and rows else None
        if own is None:
            raise
        return own


def _by_lot(world: World, item: Item, quantity: Quantity, rows: Sequence[int]) -> int | None:
    try:
        world.catalog.base(item.code, quantity)
    except InvalidValueError:
        return second.steps_by_lot(world, item, second.told_of(world, item.code, rows), quantity)
    return None


def _check_record(goods: Receipt | Output) -> None:
    """Do nothing if a record names what it says as answers do: hosts make some by hand."""
    if goods.lot is not None:
        checks.instance(goods.lot, str, "lot")
    for serial in listed(goods.serials, "serials"):
        checks.instance(serial, str, "serials")


def _row(world: World, item: str, code: str, *, serial: bool) -> int:
    world.find(serial_stream(item, code) if serial else lot_stream(item, code))
    book = world.book_of(item)
    row = -1 if book is None else book.find_serial(code) if serial else book.find_lot(code)
    if row < 0:
        raise _unknown(item, book, code, serial=serial)
    return row


def _unknown(item: str, book: Book | None, code: str, *, serial: bool) -> UnknownCode:
    kind = f"{'serial' if serial else 'lot'} of {item}"
    rows = () if book is None else (row for row in range(1, len(book)) if book.is_serial(row) is serial)
    return UnknownCode(kind=kind, given=code, nearest=() if book is None else nearest(code, map(book.code, rows)))


def _with_serials(world: World, item: str, lot: int) -> tuple[int, ...]:
    book = world.book_of(item)
    if book is None or world.catalog.item(item).tracking is not Tracking.SERIAL:
        return (lot,)
    return (lot, *book.serials(lot))


def _by_code(world: World, code: str) -> Selection:
    if world.loaded is not None:
        tracked = [item.code for item in world.catalog.items if item.tracking is not Tracking.NONE]
        world.need(name for item in tracked for name in (lot_stream(item, code), serial_stream(item, code)))
    found: list[Selection] = []
    names: list[str] = []
    for book in world.books_with(code) if code != ANONYMOUS else ():
        if (lot := book.find_lot(code)) >= 0:
            found.append(Selection(book.item, book, _with_serials(world, book.item, lot), None))
            names.append(f"lot {code} of {book.item}")
        if (serial := book.find_serial(code)) >= 0:
            found.append(Selection(book.item, book, (serial,), None))
            names.append(f"serial {code} of {book.item}")
    if len(found) > 1:
        raise AmbiguousCode(given=code, candidates=tuple(names))
    if not found:
        is_item = any(item.code == code for item in world.catalog.items)
        advice = f'It is an item: give Goods("{code}") for its stock' if is_item else ""
        near = nearest(code, _all_codes(world))
        raise UnknownCode(kind="lot or serial", given=code, nearest=near, advice=advice)
    return found[0]


def _all_codes(world: World) -> Iterator[str]:
    for item in world.catalog.items:
        book = world.book_of(item.code)
        if book is not None:
            yield from map(book.code, range(1, len(book)))


def shelves(world: World, item: str, site: str | None = None) -> Iterator[int]:
    """Yield the shelves of an item, of all sites or one, in the order of the sites' codes."""
    for there in world.catalog.sites:
        if site in (None, there.code):
            number = world.find(stock_stream(item, there.code))
            if number >= 0:
                yield number


def parcels(world: World, selection: Selection) -> Iterator[Found]:
    """Yield the parcels of a selection that hold anything in real places: by site, then the oldest first."""
    rows = set(selection.rows)
    for number in shelves(world, selection.item, selection.site):
        shelf = world.shelf(number)
        few = len(rows) * 4 < len(shelf.live)
        yield from _found(
            world, selection, number, sorted(p for row in rows for p in shelf.here(row)) if few else shelf.live
        )


def everywhere(world: World, selection: Selection) -> Iterator[Found]:
    """Yield as `parcels`, those at customers besides. O(parcels that the goods ever had)."""
    for number in shelves(world, selection.item, selection.site):
        shelf = world.shelf(number)
        yield from _found(
            world, selection, number, sorted(p for row in set(selection.rows) for p in shelf.parcels_of(row))
        )


def _found(world: World, selection: Selection, number: int, candidates: Iterable[int]) -> Iterator[Found]:
    shelf = world.shelf(number)
    rows = set(selection.rows)
    for parcel in candidates:
        quantity, reserved, _ = shelf.rows[parcel]
        if quantity and shelf.ident[parcel] in rows:
            place = world.places.name(shelf.place[parcel])
            if selection.fits(place):
                yield Found(number, parcel, shelf.ident[parcel], place, quantity, reserved)


def portions(
    draft: Draft, selection: Selection, *, where: Callable[[Found], bool], what: str = "there"
) -> list[tuple[Found, int]]:
    """Return which parcels of a selection to draw on, and how much: all of them, or the quantity asked for.

    What is not ours is drawn on only where its owner is named. A part is drawn from one parcel: where several fit, the
    caller says which; what is scrapped is not among them unless its location is named. What the caller has already
    taken in this draft is gone.

    Raises:
        NotEnough: if the parcels that fit hold less than the quantity asked for.
        AmbiguousCode: if part is asked for of several parcels, or all of ours and of what is not.
        NotAllowed: if nothing that fits is ours, and its owner is not named.
    """
    found = [one for one in parcels(draft.world, selection) if draft.world.kind(one.place).real]
    found = [_left(draft, one) for one in found]
    found = [one for one in found if one.quantity > 0 and where(one)]
    if selection.quantity is not None and not selection.names("location"):
        found = [one for one in found if draft.world.kind(one.place) is not LocationKind.SCRAP]
    if not selection.names("owner"):
        found = _ours(draft.world, selection, found)
    there = sum(one.quantity for one in found)
    if selection.quantity is not None and there < selection.quantity:
        raise short_of(draft.world, selection, selection.quantity, there, what)
    if selection.quantity is None or there == selection.quantity:
        return [(one, one.quantity) for one in found]
    if len(found) > 1:
        raise ambiguous(draft.world, selection, found)
    return [(found[0], selection.quantity)]


def _ours(world: World, selection: Selection, found: list[Found]) -> list[Found]:
    ours = [one for one in found if one.place.owner == OURS]
    if len(ours) == len(found):
        return ours
    if not ours:
        owner = found[0].place.owner
        advice = f'Name the owner to mean these goods: Goods("{selection.item}", ..., owner="{owner}")'
        raise NotAllowed(what=selection.label, state=f"owned by {owner}", asked="to take it for ours", advice=advice)
    if selection.quantity is None:
        raise ambiguous(world, selection, found)
    return ours


def ambiguous(world: World, selection: Selection, found: Sequence[Found]) -> AmbiguousCode:
    """Return the refusal that says which parcels are meant by goods that should be one."""
    item = world.catalog.item(selection.item)
    part = "" if selection.quantity is None else f"{from_scaled(selection.quantity, item.scale):f} {item.unit} of "
    return AmbiguousCode(given=f"{part}{selection.label}", candidates=tuple(_candidate(world, one) for one in found))


def _candidate(world: World, found: Found) -> str:
    shelf, place = world.shelf(found.shelf), found.place
    item = world.catalog.item(shelf.item)
    code = world.book(shelf.book).code(found.row)
    state = [place.quality, f"({place.reason})" if place.reason else ""]
    state.append("" if place.release == Release.NOT_REQUIRED else place.release)
    quantity = f"{from_scaled(found.quantity, item.scale):f} {item.unit}"
    return " ".join(part for part in (quantity, code, *state, "in", place.label) if part)


def _left(draft: Draft, found: Found) -> Found:
    quantity, reserved = draft.row(found.shelf, found.parcel)
    return found._replace(quantity=quantity, reserved=reserved)


def short_of(world: World, selection: Selection, asked: int, there: int, what: str) -> NotEnough:
    """Return the refusal that says how much of a selection there is."""
    item = world.catalog.item(selection.item)
    unit, scale = item.unit, item.scale
    advice = f"Take at most {from_scaled(there, scale):f} {unit}: that is what is {what}"
    return NotEnough(
        item=item.code,
        goods=selection.label,
        asked=from_scaled(asked, scale),
        there=from_scaled(there, scale),
        unit=unit,
        advice=advice,
    )


def picks_of(world: World, ref: str, lines: Sequence[int], code: str = "") -> Table[Pick]:
    """Return the picks that the lines of a reservation stand for, as it was made if its `code` is given."""
    if code and world.finer:
        scales = finer.scales_then(world, code, lines)
        return Table(_pick(world, ref, lines, 4 * line, scale) for line, scale in enumerate(scales))
    return Table(_pick(world, ref, lines, at) for at in range(0, len(lines), 4))


def _pick(world: World, ref: str, lines: Sequence[int], at: int, scale: int | None = None) -> Pick:
    shelf = world.shelf(lines[at])
    item = world.catalog.item(shelf.item)
    book = world.book(shelf.book)
    parcel, line = lines[at + 1], lines[at + 3]
    row = shelf.ident[parcel]
    return Pick(
        ref,
        ItemCode(shelf.item),
        LotCode(book.lot_code(row)),
        from_scaled(lines[at + 2], item.scale if scale is None else scale),
        item.unit,
        serial=SerialCode(book.code(row)) if book.is_serial(row) else None,
        location=world.places.name(shelf.place[parcel]).location,
        line=None if line < 0 else line,
    )
