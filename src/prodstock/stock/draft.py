"""The scratch of a decision: reads the world, carries what its own lines take, and ends as one commit or a refusal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prodstock.calendars.zone import from_micros
from prodstock.errors import InvalidValueError, NotAllowed, NotEnough
from prodstock.journal.stream import item_stream, lot_stream, serial_stream, stock_stream
from prodstock.master.codes import code
from prodstock.master.item import Tracking
from prodstock.quantities.scaled import MAX_SCALED, from_scaled
from prodstock.stock import world as w
from prodstock.stock.changes import counted_since
from prodstock.stock.history import entries, last_time, lowest_from
from prodstock.stock.movement import NUMBER, Movement

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from prodstock.journal.commit import RecordEvent
    from prodstock.journal.store import IdSource
    from prodstock.stock.aside import Aside
    from prodstock.stock.history import History
    from prodstock.stock.lot import LotDetails
    from prodstock.stock.place import Place
    from prodstock.stock.shelf import Shelf
    from prodstock.stock.world import Booking, Commit, World

_RESERVATION = NUMBER[Movement.RESERVATION]


class Draft:
    """Collects the changes of one command. It never writes to the world; it looks up, adds up, and checks at the end.

    Streams, places, lots and parcels that do not exist yet get the numbers that the kernel will give them.

    Attributes:
        world: the state it is decided on.
        effective: when the command takes effect, in microseconds.
        recorded: now, in microseconds.
        ids: gives codes to what the caller did not name.
    """

    __slots__ = (
        "_bodies", "_claims", "_expiries", "_fresh", "_idents", "_known", "_legs", "_moments", "_names", "_net",
        "_parcels", "_places", "_versions", "changes", "effective", "ids", "papers", "posts", "recorded", "world",
    )  # fmt: skip

    def __init__(self, world: World, effective: int, recorded: int, ids: IdSource) -> None:
        self.world: World = world
        self.ids: IdSource = ids
        self.effective: int = effective
        self.recorded: int = recorded
        self.changes: list[object] = []
        self.posts: list[object] = []
        self.papers: list[object] = []
        self._known = len(world.streams)
        self._names: dict[str, int] = {}
        self._places: dict[Place, int] = {}
        self._idents: dict[tuple[int, str], int] = {}
        self._expiries: dict[tuple[str, int], int] = {}
        self._parcels: dict[tuple[int, int, int], int] = {}
        self._fresh: dict[int, int] = {}
        self._bodies: dict[int, object] = {}
        self._legs: dict[int, dict[tuple[int, ...], list[int]]] = {}
        self._moments: dict[int, dict[int, dict[tuple[int, ...], list[int]]]] | None = None
        self._net: dict[tuple[int, int], list[int]] = {}
        self._versions: dict[int, int] = {}
        self._claims: dict[int, list[list[int]]] = {}

    # -- numbers of what is there, or will be -------------------------------------------------------------------

    def stream(self, name: str) -> int:
        """Return the number of a stream, new ones included."""
        number = self.world.find(name)
        if number < 0 and self._names:
            number = self._names.get(name, -1)
        if number < 0:
            number = len(self.world.names) + len(self._names)
            self._names[name] = number
            self.changes += (w.STREAM, name)
        return number

    def shelf(self, item: str, site: str) -> int:
        """Return the number of an item's shelf at a site."""
        name = stock_stream(item, site)
        number = self.world.find(name)
        if number >= 0:
            return number
        self.stream(item_stream(item))
        return self.stream(name)

    def place(self, place: Place) -> int:
        """Return the number of a place, new ones included."""
        number = self.world.places.find(place)
        if number < 0:
            number = self._places.get(place, -1)
        if number < 0:
            number = len(self.world.places) + len(self._places)
            self._places[place] = number
            self.changes += (w.PLACE, place)
        return number

    def find_ident(self, item: str, code: str, *, serial: bool = False) -> int:
        """Return the row of a lot (or serial) in its item's book, or -1."""
        book_number = self.stream(item_stream(item))
        self.world.find(serial_stream(item, code) if serial else lot_stream(item, code))
        new = self._idents.get((book_number, "\n" + code if serial else code), -1)
        book = self.world.book_of(item)
        if new >= 0 or book is None:
            return 0 if new < 0 and not code else new
        return book.find_serial(code) if serial else book.find_lot(code)

    def new_code(self, prefix: str, taken: Callable[[str], bool]) -> str:
        """Return a code that is not taken yet.

        Raises:
            InvalidValueError: if the source gives what is no code, or begins again with codes that are taken.
        """
        found = code(self.ids.next_code(prefix), "ids")
        seen = set()
        while taken(found):
            if found in seen:
                advice = "Give an IdSource that returns every code once"
                raise InvalidValueError(field="ids", value=found, reason="comes again and is taken", advice=advice)
            seen.add(found)
            found = code(self.ids.next_code(prefix), "ids")
        return found

    def expires(self, item: str, row: int) -> int:
        """Return the expiry of a lot or serial, new ones included."""
        book = self.world.book_of(item)
        if book is not None and row < len(book):
            return book.expires[row]
        return self._expiries[item, row]

    def new_lot(self, item: str, code: str, expires: int, details: LotDetails | None) -> int:
        """Add a lot received now and return its row."""
        return self.open_ident(item, code, -1, expires, self.effective, details)

    def mint(self, item: str, serial: str, lot: int, expires: int) -> int:
        """Add a serial of the lot in a row and return its own row."""
        return self.open_ident(item, serial, lot, expires, self.effective, None)

    def open_ident(
        self, item: str, code: str, lot: int, expires: int, received: int, details: LotDetails | None
    ) -> int:
        """Add a lot (`lot` is -1) or a serial with the moment it was received, and return its row."""
        number = self.stream(item_stream(item))
        book = self.world.book_of(item)
        row = self._fresh.get(number, 1 if book is None else len(book))
        self._fresh[number] = row + 1
        self._idents[number, code if lot < 0 else "\n" + code] = row
        self._expiries[item, row] = expires
        self.changes += (w.IDENT, number, code, lot, expires, received, details)
        return row

    def parcel(self, shelf: int, ident: int, place: int, *, told: bool = False) -> int:
        """Return the number of a parcel, new ones included; `told` in a replay, which adds nothing of its own."""
        known = self.known_shelf(shelf)
        parcel = -1 if known is None else known.find(ident, place)
        if parcel < 0:
            parcel = self._parcels.get((shelf, ident, place), -1)
        if parcel < 0:
            parcel = self._fresh.get(shelf, 0 if known is None else len(known.rows))
            self._fresh[shelf] = parcel + 1
            first = (known is None or next(known.parcels_of(ident), -1) < 0) and (shelf, ident, -1) not in self._parcels
            self._parcels[shelf, ident, place] = self._parcels[shelf, ident, -1] = parcel
            self.changes += (w.PARCEL, shelf, ident, place, int(first))
            if first and ident and not told:
                self._tell_retest(shelf, ident)
        return parcel

    def _tell_retest(self, shelf: int, ident: int) -> None:
        """Tell a shelf that sees a lot for the first time until when it is good, if that is not what it came with."""
        world, known = self.world, self.known_shelf(shelf)
        item = self.shelf_item(shelf) if known is None else known.item
        book = world.book_of(item) if known is None else world.book(known.book)
        if book is None or ident >= len(book):
            return
        self.know_tests(item)
        if book.retests and book.retest(ident) != book.first_retest(ident):
            self.changes += (w.RETEST, shelf, book.lot[ident], book.retest(ident))

    def know_tests(self, item: str) -> None:
        """Read every site's shelf of an item: any of them may know of a test of a lot."""
        self.world.need(stock_stream(item, site.code) for site in self.world.catalog.sites)

    def known_shelf(self, number: int) -> Shelf | None:
        """Return a shelf to read from, or None if it is new in this draft."""
        return self.world.shelf(number) if number < self._known else None

    # -- what is there, less what this draft takes --------------------------------------------------------------

    def row(self, shelf: int, parcel: int) -> tuple[int, int]:
        """Return quantity and reserved of a parcel as this draft leaves them."""
        known = self.known_shelf(shelf)
        quantity = reserved = 0
        if known is not None and parcel < len(known.rows):
            quantity, reserved, _ = known.rows[parcel]
        change = self._net.get((shelf, parcel))
        return (quantity, reserved) if change is None else (quantity + change[0], reserved + change[1])

    def untouched(self) -> bool:
        """Tell whether this draft has moved or reserved nothing yet."""
        return not self._net

    # -- changes ------------------------------------------------------------------------------------------------

    def leg(
        self,
        movement: Movement,
        shelf: int,
        parcel: int,
        change: int,
        reserved: int = 0,
        *,
        aside: Aside | None = None,
    ) -> None:
        """Add a movement of a parcel; those of one kind on one parcel add up, save where something is told beside."""
        legs = self._legs.get(shelf)
        if legs is None:
            legs = self._legs[shelf] = {}
        key: tuple[int, ...] = (NUMBER[movement], parcel)
        if aside is not None:
            self.changes += (w.ASIDE, shelf, len(legs), aside)
            key = (*key, len(legs))
        line = legs.get(key)
        if line is None:
            legs[key] = [change, reserved]
        else:
            line[0] += change
            line[1] += reserved
        net = self._net.get((shelf, parcel))
        if net is None:
            self._net[shelf, parcel] = [change, reserved]
        else:
            net[0] += change
            net[1] += reserved

    def put(
        self, movement: Movement, shelf: int, ident: int, place: Place, change: int, *, aside: Aside | None = None
    ) -> int:
        """Add a movement into (or out of) a place and return the parcel."""
        parcel = self.parcel(shelf, ident, self.place(place))
        self.leg(movement, shelf, parcel, change, aside=aside)
        return parcel

    def at(self, moment: int) -> None:
        """Let the movements that follow take effect at a moment of their own, not before the command's."""
        if self._moments is None:
            self._moments = {self.effective: self._legs}
        self._legs = self._moments.setdefault(moment, {})

    def touch(self, shelf: int) -> None:
        """Say that the command looked at a shelf, whether or not anything moves there."""
        self._legs.setdefault(shelf, {})

    def renew(self, shelf: int, lot: int, retest: int) -> None:
        """Say on a shelf until when a lot is good after another test."""
        self.changes += (w.RETEST, shelf, lot, retest)
        self.touch(shelf)

    def record(self, stream: str, event: RecordEvent) -> object:
        """Add an event to a stream of papers and return the stream's value after it."""
        number = self.stream(stream)
        body = event.on(self.body(stream))
        self.papers += (w.RECORD, number, self._next_version(number), event)
        self._bodies[number] = body
        return body

    def body(self, stream: str) -> object:
        """Return the value of a stream of papers as this draft leaves it, or None."""
        number = self.world.find(stream)
        if number < 0:
            number = self._names.get(stream, -1)
        if number in self._bodies:
            return self._bodies[number]
        return self.world.paper(number if number < self._known else -1)[1]

    def bookings(self, stream: str) -> tuple[Booking, ...]:
        """Return the reservations made for a stream before this draft."""
        return self.world.record(self.world.find(stream)).bookings

    def claim(self, stream: str, need: int, lines: list[int]) -> int:
        """Add a reservation with its lines (shelf, parcel, quantity, order line or -1) and return its index."""
        if len(lines) == 4 and not self._net:  # the common case: chosen from what is free
            shelf, parcel, quantity, _ = lines
            self.posts += (w.POST, shelf, self.world.shelf(shelf).version, 1, _RESERVATION, parcel, 0, quantity)
        else:
            for at in range(0, len(lines), 4):
                self.leg(Movement.RESERVATION, lines[at], lines[at + 1], 0, lines[at + 2])
        return self.note_claim(stream, need, lines)

    def note_claim(self, stream: str, need: int, lines: list[int]) -> int:
        """Add a reservation's lines to its stream, without the legs, and return its index."""
        number = self.stream(stream)
        before, _, held, _ = self.world.paper(number if number < self._known else -1)
        made = self._claims.get(number)
        if made is None:
            made = self._claims[number] = []
        version = self._versions.get(number, before)
        self._versions[number] = version + 1
        made.append(lines)
        self.papers += (w.CLAIM, number, version, need, len(lines) // 4)
        self.papers += lines
        return len(held) + len(made) - 1

    def booking(self, stream: str, index: int) -> Sequence[int]:
        """Return the lines of a reservation, one made in this draft included."""
        known = self.bookings(stream)
        if index < len(known):
            return known[index].lines
        return self._claims[self.stream(stream)][index - len(known)]

    def shelf_item(self, shelf: int) -> str:
        """Return the item of a shelf, a new one included."""
        known = self.known_shelf(shelf)
        if known is not None:
            return known.item
        name = next(name for name, number in self._names.items() if number == shelf)
        return name.removeprefix("stock:").rpartition("@")[0]

    def settle(self, stream: str, index: int, how: int, lines: list[int]) -> None:
        """Settle lines (line, quantity) of a reservation; the reserved quantities are the caller's to return."""
        number = self.stream(stream)
        self.papers += (w.SETTLE, number, self._next_version(number), index, how, len(lines) // 2, *lines)

    def _next_version(self, number: int) -> int:
        version = self._versions.get(number, -1)
        if version < 0:
            version = self.world.paper(number)[0] if number < self._known else 0
        self._versions[number] = version + 1
        return version

    # -- the end ------------------------------------------------------------------------------------------------

    def commit(self, stamp: tuple[str, str, str] | None) -> Commit:
        """Check what the changes do to the parcels and return them as one commit.

        Raises:
            NotEnough: if a parcel would go below zero now or at a later moment already recorded, or below what is
                reserved of it.
            InvalidValueError: if a parcel would exceed 64 bits.
        """
        if self._net:
            for (shelf, parcel), (change, reserved) in self._net.items():
                self._check(shelf, parcel, change, reserved)
        return self.seal(stamp)

    def seal(self, stamp: tuple[str, str, str] | None) -> Commit:
        """Return the changes as one commit, unchecked: what is replayed was decided before."""
        posts = self.posts
        if self._moments is not None:
            posts += self._by_moment()
            return (self.effective, self.recorded, stamp, *self.changes, *posts, *self.papers)
        for shelf, legs in self._legs.items():
            known = self.known_shelf(shelf)
            posts += (w.POST, shelf, 0 if known is None else known.version, len(legs))
            for key, (change, reserved) in legs.items():
                posts += (key[0], key[1], change, reserved)
        return (self.effective, self.recorded, stamp, *self.changes, *posts, *self.papers)

    def _by_moment(self) -> Iterator[object]:
        """Yield the movements of each moment, the command's own first, each stretch as a version of its shelf."""
        versions: dict[int, int] = {}
        for moment, shelves in sorted((self._moments or {}).items()):
            for shelf, legs in shelves.items():
                known = self.known_shelf(shelf)
                version = versions.get(shelf, 0 if known is None else known.version)
                versions[shelf] = version + 1
                if moment != self.effective:
                    yield from (w.MOMENT, shelf, moment)
                yield from (w.POST, shelf, version, len(legs))
                for key, (change, reserved) in legs.items():
                    yield from (key[0], key[1], change, reserved)

    def drain(self, version: int) -> list[object]:
        """Return the changes since the last call, those of a shelf as its `version`, and begin a new stretch.

        A replay tells its events one by one, so that each keeps its place and its version.
        """
        told = self.changes
        for moment, shelves in (self._moments or {self.effective: self._legs}).items():
            for shelf, legs in shelves.items():
                if moment != self.effective:
                    told += (w.MOMENT, shelf, moment)
                told += (w.POST, shelf, version - 1, len(legs))
                for key, (change, reserved) in legs.items():
                    told += (key[0], key[1], change, reserved)
        told += self.papers
        self.changes, self.papers, self._legs, self._moments = [], [], {}, None
        return told

    def _check(self, shelf: int, parcel: int, change: int, reserved: int) -> None:
        known = self.known_shelf(shelf)
        new = known is None or parcel >= len(known.rows)
        quantity, held, history = (0, 0, b"") if new else known.rows[parcel]  # type: ignore[union-attr]
        after = quantity + change
        if after > MAX_SCALED:
            raise InvalidValueError(field="quantity", value=after, reason="does not fit 64 bits")
        late = self.effective < self.recorded and self.effective < last_time(history)
        if change and self.effective < self.recorded and known is not None:
            self._respect_counts(known, shelf, parcel)
        if self._moments is not None and self._lowest(shelf, parcel, history) < -self._tolerated(shelf, parcel):
            raise self._not_enough(shelf, parcel, -change, self._lowest(shelf, parcel, history) - change, None)
        if change >= 0 and reserved <= 0:
            return
        spare = quantity - held
        if change < 0 and late and self._moments is None:
            lowest, moment = lowest_from(history, self.effective, quantity)
            if lowest + change < -self._tolerated(shelf, parcel):
                raise self._not_enough(shelf, parcel, -change, lowest, moment)
        if spare + change - reserved < 0 and (held + reserved > 0 or after < -self._tolerated(shelf, parcel)):
            raise self._not_enough(shelf, parcel, reserved - change, spare, None)

    def _respect_counts(self, known: Shelf, shelf: int, parcel: int) -> None:
        """Refuse a late entry where the lot was counted since, in whatever state it was there."""
        item, _, ident, place = self._names_of(shelf, parcel)
        for other in known.parcels_of(ident):
            there = self.world.places.name(known.place[other])
            if (there.location, there.owner) != (place.location, place.owner):
                continue
            counted = counted_since(self.world, shelf, other, self.effective)
            if counted is not None and self._leaves_another_total(shelf, ident, place):
                raise NotAllowed(
                    what=f"{item} in {place.label}",
                    state=f"counted on {from_micros(counted):%Y-%m-%d %H:%M} UTC",
                    asked=f"an entry for {from_micros(self.effective):%Y-%m-%d %H:%M} UTC",
                    advice="Enter it with a time after the count, or reverse the count first",
                )

    def _leaves_another_total(self, shelf: int, ident: int, place: Place) -> bool:
        """Tell whether there is more or less of a lot in a place than before: a change of state is no such thing."""
        total = 0
        for (number, parcel), (change, _) in self._net.items():
            if number == shelf:
                _, _, row, there = self._names_of(number, parcel)
                if (row, there.location, there.owner) == (ident, place.location, place.owner):
                    total += change
        return total != 0

    def _lowest(self, shelf: int, parcel: int, history: History) -> int:
        """Return the lowest quantity of a parcel from the command's moment on, with what is told for later moments."""
        steps: dict[int, int] = {self.effective: 0}
        for moment, _, change, _ in entries(history):
            moment = max(moment, self.effective)  # noqa: PLW2901  # what was before it is where it begins
            steps[moment] = steps.get(moment, 0) + change
        for moment, shelves in (self._moments or {}).items():
            for key, (change, _) in shelves.get(shelf, {}).items():
                if key[1] == parcel:
                    steps[moment] = steps.get(moment, 0) + change
        running, lowest = 0, 2**63
        for _, change in sorted(steps.items()):
            running += change
            lowest = min(lowest, running)
        return lowest

    def _tolerated(self, shelf: int, parcel: int) -> int:
        """Return how far below zero a place may go: a serial nowhere, since it is one thing in one place."""
        item, site, _, place = self._names_of(shelf, parcel)
        if self.world.catalog.item(item).tracking is Tracking.SERIAL:
            return 0
        location = self.world.catalog.location(place.location, site)
        return self.world.catalog.scaled(item, location.tolerates)

    def _names_of(self, shelf: int, parcel: int) -> tuple[str, str, int, Place]:
        known = self.known_shelf(shelf)
        if known is not None and parcel < len(known.rows):
            return known.item, known.site, known.ident[parcel], self.world.places.name(known.place[parcel])
        ident, number = next(k[1:] for k, new in self._parcels.items() if k[0] == shelf and k[2] >= 0 and new == parcel)
        place = (
            next(place for place, new in self._places.items() if new == number)
            if number >= len(self.world.places)
            else self.world.places.name(number)
        )
        name = (
            self.world.names.name(shelf) if known is not None else next(n for n, i in self._names.items() if i == shelf)
        )
        item, _, site = name.removeprefix("stock:").rpartition("@")
        return item, site, ident, place

    def _not_enough(self, shelf: int, parcel: int, asked: int, there: int, moment: int | None) -> NotEnough:
        item, _, ident, place = self._names_of(shelf, parcel)
        definition = self.world.catalog.item(item)
        book = self.world.book_of(item)
        code = book.code(ident) if book is not None and ident < len(book) else ""
        most = max(there + self._tolerated(shelf, parcel), 0)
        below = " (it may stand below zero there)" if most > max(there, 0) else ""
        return NotEnough(
            item=item,
            goods=" ".join(part for part in (item, code, "in", place.label) if part),
            asked=from_scaled(asked, definition.scale),
            there=from_scaled(max(there, 0), definition.scale),
            unit=definition.unit,
            moment=None if moment is None else from_micros(moment),
            advice=f"Take at most {from_scaled(most, definition.scale):f} {definition.unit}{below}",
        )
