"""Which goods a caller means: the lots and serials pointed at, where they are, and which of them are drawn on."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

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
from prodstock.master.item import Tracking
from prodstock.master.location import LocationKind
from prodstock.quantities.quantity import Exact, Quantity
from prodstock.quantities.scaled import from_scaled
from prodstock.stock.aside import entered_as
from prodstock.stock.goods import Goods, GoodsRef, Output
from prodstock.stock.lot import ANONYMOUS, Book
from prodstock.stock.place import OURS
from prodstock.stock.receipt import Receipt
from prodstock.stock.status import Release

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
