"""The numbers that the kernel will give to what events name: streams, places, lots, serials and parcels."""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING, Any, NamedTuple

from prodstock.calendars.zone import micros
from prodstock.errors import BrokenInvariant
from prodstock.journal.stream import item_stream, lot_stream, serial_stream
from prodstock.master.quality_state import Quality
from prodstock.quantities.scaled import to_scaled
from prodstock.stock import world as w
from prodstock.stock.events import LotOpened
from prodstock.stock.lot import NEVER, LotDetails
from prodstock.stock.status import Release
from prodstock.stock.translate import card_of, place_of, plain

if TYPE_CHECKING:
    from decimal import Decimal

    from prodstock.journal.commit import Recorded
    from prodstock.master.catalog import Catalog
    from prodstock.stock.events import LotCard, Parcel
    from prodstock.stock.lot import Book
    from prodstock.stock.place import Place
    from prodstock.stock.world import World

key_of = attrgetter(
    "location", "lot", "serial", "quality", "release", "owner", "segment", "container", "reason", "item", "site"
)
"""What a parcel is called: the location first, its state and owner behind lot and serial."""

_MOST_TEXTS = 100_000
_QUALITIES, _RELEASES = frozenset(Quality), frozenset(Release)
_SERIAL = "\n"
"""Stands before a serial where lots and serials share a table; no code can hold it."""


class Spot(NamedTuple):
    """A parcel: its number on its shelf, and the row of its lot or serial."""

    parcel: int
    row: int


class Steps:
    """Quantities of one scale in whole steps, by their text: there is one way to write each."""

    __slots__ = ("_scale", "known")

    def __init__(self, scale: int) -> None:
        self._scale = scale
        self.known: dict[str, int] = {}

    def of(self, quantity: Decimal) -> int:
        """Return a quantity in steps.

        Raises:
            BrokenInvariant: if it is not written as the ledger writes it.
            InvalidValueError: if it has more decimals than the item, or does not fit 64 bits.
        """
        text = str(quantity)
        found = self.known.get(text)
        if found is None:
            found = to_scaled(quantity, self._scale)
            if str(plain(found, self._scale)) != text:
                raise broken(f"the quantity {plain(found, self._scale)} is written as {text[:40]}")
            if len(self.known) >= _MOST_TEXTS:
                self.known.clear()
            self.known[text] = found
        return found


class ToldShelf:
    """A shelf as the reader knows it: its parcels, and the other sides of its movements, by what they are called."""

    __slots__ = ("book", "item", "number", "outside", "site", "spots", "steps")

    def __init__(self, item: str, site: str, number: int, book: int, steps: Steps) -> None:
        self.item, self.site, self.number, self.book, self.steps = item, site, number, book, steps
        self.spots: dict[tuple[str, ...], Spot] = {}
        self.outside: dict[tuple[str, ...], int] = {}


def broken(detail: str, invariant: str = "I4") -> BrokenInvariant:
    """Return the error for events that contradict each other."""
    return BrokenInvariant(invariant=invariant, detail=detail)


def called(recorded: Recorded) -> str:
    """Return what an event is called in a message."""
    return f"{recorded.stream[:100]}/{recorded.version}"


class Register:
    """Finds, or gives, the numbers of what the events of a commit name. Whoever folds commits inherits from it.

    It remembers what it has met, so that a name is looked up once.

    Args:
        world: the state so far.
        whole: whether all events are given. Otherwise whole streams may be missing.
    """

    def __init__(self, world: World, *, whole: bool) -> None:
        self.world: World = world
        self.whole: bool = whole
        self._catalog: Catalog = world.catalog
        self._shelves: dict[str, ToldShelf] = {}
        self._streams: dict[str, int] = {}
        self._places: dict[Place, int] = {}
        self._steps: dict[int, Steps] = {}
        self._touched = False
        self._new_streams = 0
        self._fresh: dict[int, int] = {}
        self._rows: dict[tuple[int, str], int] = {}
        self._cards: dict[tuple[int, int], LotCard] = {}
        self._started: set[tuple[int, int]] = set()

    def _begin(self) -> None:
        """Forget what the last commit brought: the world knows it by now."""
        self._touched = False
        self._new_streams = 0
        for kept in (self._fresh, self._rows, self._cards, self._started):
            if kept:
                kept.clear()

    # -- numbers ------------------------------------------------------------------------------------------------

    def _stream(self, out: list[Any], name: str) -> int:
        """Return the number of a stream, a new one included."""
        number = self._streams.get(name, -1)
        if number < 0:
            number = self.world.names.find(name)
            if number < 0:
                number = len(self.world.names) + self._new_streams
                self._new_streams += 1
                self._touched = True
                out += (w.STREAM, name)
            self._streams[name] = number
        return number

    def _next(self, number: int, size: int) -> int:
        """Return the next row of a book, or parcel of a shelf, that has so many before this commit."""
        found = self._fresh.get(number, size)
        self._fresh[number] = found + 1
        self._touched = True
        return found

    def _shelf(self, out: list[Any], stream: str) -> ToldShelf:
        known = self._shelves.get(stream)
        if known is None:
            item, at, site = stream.removeprefix("stock:").rpartition("@")
            if not at or not stream.startswith("stock:"):
                raise broken(f"{stream[:100]} is no stream of stock")
            scale = self._catalog.item(item).scale
            self._catalog.site(site)
            book = self._stream(out, item_stream(item))
            known = self._shelves[stream] = ToldShelf(
                item, site, self._stream(out, stream), book, self._steps_of(scale)
            )
        return known

    def _steps_of(self, scale: int) -> Steps:
        if scale not in self._steps:
            self._steps[scale] = Steps(scale)
        return self._steps[scale]

    def _book(self, number: int) -> Book | None:
        return self.world.book(number) if number < len(self.world.streams) else None

    def _find(self, book: int, code: str) -> int:
        """Return the row of a lot, or of a serial with its mark before it; -1 if there is none."""
        row = self._rows.get((book, code), -1)
        if row >= 0:
            return row
        known = self._book(book)
        if known is None:
            return -1 if code else 0
        return known.find_serial(code[1:]) if code[:1] == _SERIAL else known.find_lot(code)

    def _row(self, known: ToldShelf, parcel: Parcel) -> int:
        row = self._find(known.book, _SERIAL + parcel.serial if parcel.serial else parcel.lot)
        if row < 0:
            raise broken(f"{parcel.serial or parcel.lot} of {parcel.item} has no card")
        if parcel.serial and self._lot_of(known.book, row) != parcel.lot:
            raise broken(f"serial {parcel.serial} of {parcel.item} is not of lot {parcel.lot}")
        if parcel.item != known.item or parcel.site != known.site:
            raise broken(f"{parcel.item} at {parcel.site} is on the shelf of {known.item} at {known.site}")
        return row

    def _lot_of(self, book: int, row: int) -> str:
        card = self._cards.get((book, row))
        return self.world.book(book).lot_code(row) if card is None else card.lot

    def _place(self, out: list[Any], place: Place) -> int:
        number = self._places.get(place, -1)
        if number < 0:
            number = self.world.places.find(place)
            if number < 0:
                self._check_place(place)
                number = self._next(-1, len(self.world.places))
                out += (w.PLACE, place)
            self._places[place] = number
        return number

    def _check_place(self, place: Place) -> None:
        self._catalog.location(place.location, place.site)
        if place.quality not in _QUALITIES:
            self._catalog.quality_state(place.quality)
        if place.release not in _RELEASES:
            raise broken(f"{place.release[:60]} is no state of release")

    def _spot(self, out: list[Any], known: ToldShelf, parcel: Parcel) -> Spot:
        """Return a parcel that is met for the first time."""
        row = self._row(known, parcel)
        place = self._place(out, place_of(parcel))
        shelf = self.world.shelf(known.number) if known.number < len(self.world.streams) else None
        found = -1 if shelf is None else shelf.find(row, place)
        if found < 0:
            found = self._next(known.number, 0 if shelf is None else len(shelf.rows))
            first = (known.number, row) not in self._started
            first = first and (shelf is None or next(shelf.parcels_of(row), -1) < 0)
            self._started.add((known.number, row))
            out += (w.PARCEL, known.number, row, place, int(first))
        spot = known.spots[key_of(parcel)] = Spot(found, row)
        return spot

    # -- lots and serials ---------------------------------------------------------------------------------------

    def opened(self, out: list[Any], recorded: Recorded) -> None:
        """Read where a lot or serial comes up."""
        event = recorded.event
        card: LotCard = event.card  # type: ignore[attr-defined]  # both events of identities have one
        if type(event) is LotOpened:
            stream, code = lot_stream(card.item, card.lot), card.lot
            right = not card.serial and bool(card.lot)
        else:
            stream, code = serial_stream(card.item, card.serial), _SERIAL + card.serial
            right = bool(card.serial)
        if recorded.stream != stream or recorded.version != 1 or not right:
            raise broken(f"{called(recorded)} is not where {code.strip()} of {card.item} comes up")
        self._catalog.item(card.item)
        book = self._stream(out, item_stream(card.item))
        if self._find(book, code) < 0:
            self._open(out, book, card)
        elif self.whole:
            raise broken(f"{code.strip()} of {card.item} comes up twice", "I6")

    def _open(self, out: list[Any], book: int, card: LotCard) -> int:
        """Add the lot or serial of a card; of a serial whose lot was not read, that too."""
        expires = NEVER if card.expires is None else micros(card.expires)
        received = micros(card.received)
        details = _details(card)
        if not card.serial:
            return self._add(out, book, card, (card.lot, -1, expires, received, details))
        lot = self._find(book, card.lot)
        if (self.whole and lot < 0) or card.supplier or card.supplier_lot or card.revision or card.attributes:
            raise broken(f"serial {card.serial} of {card.item}: its lot is not there, or it says what only a lot says")
        if lot < 0:
            lot = self._add(out, book, card, (card.lot, -1, expires, received, details))
        elif self.whole and card.retest != self._card(book, lot).retest:
            raise broken(f"serial {card.serial} of {card.item} is to be tested at another time than its lot")
        return self._add(out, book, card, (card.serial, lot, expires, received, None))

    def _add(self, out: list[Any], book: int, card: LotCard, told: tuple[Any, ...]) -> int:
        known = self._book(book)
        row = self._next(book, 1 if known is None else len(known))
        self._rows[book, told[0] if told[1] < 0 else _SERIAL + told[0]] = row
        self._cards[book, row] = card
        out += (w.IDENT, book, *told)
        return row

    def _introduced(self, out: list[Any], known: ToldShelf, cards: tuple[LotCard, ...]) -> list[int]:
        """Return the rows of the cards on an event of a shelf; those whose own streams were not read are opened."""
        rows = []
        for card in cards:
            if card.item != known.item:
                raise broken(f"a card of {card.item} is on the shelf of {known.item}")
            row = self._find(known.book, _SERIAL + card.serial if card.serial else card.lot)
            if row < 0:
                if self.whole:
                    raise broken(f"{card.serial or card.lot} of {card.item} never came up")
                row = self._open(out, known.book, card)
            elif self.whole and card != self._card(known.book, row):
                raise broken(f"{card.serial or card.lot} of {card.item} has two cards that differ")
            rows.append(row)
        return rows

    def _card(self, book: int, row: int) -> LotCard:
        card = self._cards.get((book, row))
        return card_of(self.world, book, row) if card is None else card


def _details(card: LotCard) -> LotDetails | None:
    """Return what a card says of a lot beside code and dates, None if nothing."""
    if card.retest is None and not (card.supplier or card.supplier_lot or card.revision or card.attributes):
        return None
    retest = None if card.retest is None else micros(card.retest)
    return LotDetails(card.supplier, card.supplier_lot, card.revision, retest, card.attributes)
