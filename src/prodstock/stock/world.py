"""The state of a plant: a fold of commits, kept so that forks share it. One kernel applies a commit and cannot fail.

A commit is one flat tuple: effective and recorded time (microseconds), its stamp (who, why, key) or None, then its
changes one after the other. Each change starts with its kind and refers to streams, places, lots and parcels by number;
numbers are given in the order of the changes, so the same commits give the same numbers everywhere.
"""

from __future__ import annotations

from struct import Struct
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from prodstock._lazy import Lazy
from prodstock.errors import nearest
from prodstock.journal.stream import item_stream, stock_stream
from prodstock.master.item import LotOrder
from prodstock.master.location import LocationKind
from prodstock.master.quality_state import Quality
from prodstock.stock.index import Index
from prodstock.stock.lot import Book
from prodstock.stock.movement import NUMBER, Movement
from prodstock.stock.place import FREE, OURS, Place
from prodstock.stock.shelf import OpenKey, Shelf
from prodstock.stock.status import Purpose, Release, State, state_of
from prodstock.stock.vector import BITS, MASK, Vector

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from prodstock.journal.commit import RecordEvent
    from prodstock.master.catalog import Catalog
    from prodstock.master.quality_state import QualityState
    from prodstock.stock import finer
    from prodstock.stock.finer import Growths
else:
    finer = Lazy("prodstock.stock.finer")

Commit: TypeAlias = tuple[Any, ...]
"""Times, stamp and changes in one flat tuple: what stands where is said by the kinds below."""

HEAD = 3
"""Where a commit's changes begin."""

STREAM = 0
"""A new stream: name."""
PLACE = 1
"""A new place: the place."""
IDENT = 2
"""A new lot or serial: book, code, row of the serial's lot or -1, expiry, receipt, details or None."""
PARCEL = 3
"""A new parcel: shelf, lot, place, 1 if it is the lot's first on the shelf."""
POST = 4
"""Movements on a shelf: shelf, version before, count, then (movement, parcel, change, reserved change) for each."""
CLAIM = 5
"""A reservation: stream, version before, moment of need, count, then (shelf, parcel, quantity, order line or -1)."""
SETTLE = 6
"""What became of a reservation: stream, version before, its index, how, count, then (line, quantity) for each.

How is `PENDING`, and the quantities below zero, where what ended it was taken back.
"""
RECORD = 7
"""An event of an order, a demand or a lot's papers: stream, version before, the event."""
CATALOG = 8
"""New definitions: version before, the catalog."""
REVERSES = 9
"""The commit that this one takes back: its number."""
HOLDER = 10
"""In a world that reads on demand: a stream whose reservations the commit touches, and which was not read: name."""
ASIDE = 11
"""What is told of a movement beside its quantity: shelf, its place among the movements posted there next, the value."""
RETEST = 12
"""A lot is to be tested anew at another moment: shelf, row of the lot, moment or never."""
MOMENT = 13
"""The movements posted right behind it took effect at a moment of their own, later than the commit's: shelf, moment."""

LENGTHS = {
    STREAM: 2, PLACE: 2, IDENT: 7, PARCEL: 5, RECORD: 4, CATALOG: 3, REVERSES: 2, HOLDER: 2, ASIDE: 4, RETEST: 4,
    MOMENT: 3,
}  # fmt: skip
"""How long a change of each kind is, but for those that say it themselves."""


def length(commit: Commit, at: int) -> int:
    """Return how long the change is that begins there."""
    kind = commit[at]
    if kind == POST:
        return 4 + 4 * int(commit[at + 3])
    if kind == CLAIM:
        return 5 + 4 * int(commit[at + 4])
    if kind == SETTLE:
        return 6 + 2 * int(commit[at + 5])
    return LENGTHS[kind]


PENDING, POSTED, VOIDED, EXPIRED, BROKEN = range(5)
"""What became of a reservation, or of the part of it that a change settles."""

NUMBER_OF_COMMIT = Struct("<I")
"""How a record lists its commits."""

_pack = NUMBER_OF_COMMIT.pack
_unpack = NUMBER_OF_COMMIT.unpack_from
Paper: TypeAlias = tuple[int, object, tuple[tuple[int, int, int, tuple[int, ...]], ...], bytes]
"""A `Record` as it is kept, its bookings plain tuples too: the collector of garbage forgets plain tuples of atoms."""


class Booking(NamedTuple):
    """A reservation as it stands: when it is needed, what became of it, and its lines.

    `lines` holds shelf, parcel, open rest and order line (or -1), one after the other.
    """

    need: int
    state: int
    commit: int
    lines: tuple[int, ...]


class Record(NamedTuple):
    """The state of a stream that is not a shelf: its version, its value, what is reserved for it, its commits."""

    version: int
    body: object
    held: tuple[tuple[int, int, int, tuple[int, ...]], ...]
    commits: bytes

    @property
    def bookings(self) -> tuple[Booking, ...]:
        """What is reserved for it, in the order of reserving."""
        return tuple(map(Booking._make, self.held))

    @property
    def last_commit(self) -> int:
        """The number of the commit that touched it last, or -1."""
        return int(_unpack(self.commits, len(self.commits) - 4)[0]) if self.commits else -1


_NEW: Paper = (0, None, (), b"")


EVERYTHING = "*"
"""Stands for all streams that a store can name, where a question needs them all."""


class NeedStreamsError(Exception):
    """A question came to streams that have not been read yet. Who can read them catches it; it never leaves us."""

    def __init__(self, streams: tuple[str, ...]) -> None:
        super().__init__(streams)
        self.streams: tuple[str, ...] = streams


class World:
    """All state, and the log of commits it is the fold of.

    A world holds an ownership token. What bears another token is shared and is copied before it is written to. `fork`
    gives both sides new tokens. Numbers and names of the parent that are younger than the fork are invisible to it.
    """

    __slots__ = (
        "_codes", "_kinds", "_reservable", "base", "catalog", "catalog_version", "finer", "keys", "loaded", "log",
        "memo", "names", "parent", "places", "reversals", "streams", "token",
    )  # fmt: skip

    def __init__(self, catalog: Catalog) -> None:
        self.catalog: Catalog = catalog
        self.catalog_version: int = 0
        self.parent: World | None = None
        self.base: int = 0
        self.token: object = object()
        self.log: list[Commit] = []
        self.streams: Vector = Vector()
        self.names: Index[str] = Index(self)
        self.places: Index[Place] = Index(self)
        self.keys: dict[str, tuple[object, object, int]] = {}
        self.reversals: dict[int, int] = {}
        self.loaded: set[str] | None = None
        self._codes: dict[str, list[int]] | None = None
        self._reservable: dict[int, bool] = {}
        self._kinds: dict[Place, LocationKind] = {}
        self.memo: dict[int, object] = {}
        self.finer: Growths = {}

    def fork(self) -> World:
        """Return a world of the same state that goes its own way. O(1)."""
        twin: World = World.__new__(World)
        twin.catalog, twin.catalog_version = self.catalog, self.catalog_version
        twin.parent, twin.base = self, len(self)
        twin.token = object()
        twin.log = []
        twin.streams = self.streams.fork()
        twin.names = Index(twin, self.names, len(self.names))
        twin.places = Index(twin, self.places, len(self.places))
        twin.keys = {}
        twin.reversals = {}
        twin.loaded = self.loaded
        twin._codes = {}
        twin._reservable = {}
        twin._kinds = self._kinds
        twin.memo = {}
        twin.finer = self.finer
        self.token = object()
        return twin

    def __len__(self) -> int:
        return self.base + len(self.log)

    # -- reading ------------------------------------------------------------------------------------------------

    def commit(self, number: int) -> Commit:
        """Return a commit by its number, with its quantities in the steps in which items are counted now."""
        world = self
        while number < world.base:
            world = world.parent  # type: ignore[assignment]  # a base above 0 has a parent
        commit = world.log[number - world.base]
        return finer.in_steps_of_today(self, commit, number) if self.finer else commit

    def commits(self) -> Iterator[Commit]:
        """Yield all commits in order."""
        return map(self.commit, range(len(self)))

    def known_by(self, recorded: int) -> int:
        """Return how many commits had been recorded at a moment."""
        low, high = 0, len(self)
        while low < high:
            middle = (low + high) // 2
            if self.commit(middle)[1] <= recorded:
                low = middle + 1
            else:
                high = middle
        return low

    def find(self, name: str) -> int:
        """Return the number of a stream, or -1.

        Raises:
            NeedStreamsError: in a world that reads on demand, if the stream has not been read.
        """
        if self.loaded is None or name in self.loaded or name.startswith("item:"):
            return self.names.find(name)
        raise NeedStreamsError((name,))

    def need(self, names: Iterable[str]) -> None:
        """Do nothing if these streams have been read; in a world that reads on demand they are then read at once.

        Raises:
            NeedStreamsError: with all that have not been read.
        """
        if self.loaded is not None:
            missing = tuple(name for name in names if name not in self.loaded)
            if missing:
                raise NeedStreamsError(missing)

    def shelf(self, number: int) -> Shelf:
        """Return a shelf to read from."""
        return self.streams.root[number >> BITS][number & MASK]  # type: ignore[index, no-any-return]

    def book(self, number: int) -> Book:
        """Return a book to read from."""
        return self.streams.get(number)  # type: ignore[return-value]

    def record(self, number: int) -> Record:
        """Return the state of a stream that is not a shelf; that of an unknown stream (-1) is empty."""
        return Record._make(self.paper(number))

    def paper(self, number: int) -> Paper:
        """Return what `record` returns as the plain tuple it is kept as."""
        return _NEW if number < 0 else self.streams.root[number >> BITS][number & MASK]  # type: ignore[index]

    def body(self, name: str) -> object:
        """Return the value of a stream by its name, or None."""
        return self.paper(self.find(name))[1]

    def book_of(self, item: str) -> Book | None:
        """Return an item's book, or None if nothing of it ever existed."""
        number = self.names.find(item_stream(item))
        return None if number < 0 else self.book(number)

    def books_with(self, code: str) -> list[Book]:
        """Return the books that hold a lot or a serial of this code, by item. O(books found), after the first time."""
        numbers: set[int] = set()
        world: World | None = self
        while world is not None:
            if world._codes is None:
                world._codes = world._all_codes()
            numbers.update(world._codes.get(code, ()))
            world = world.parent
        books = [entry for number in numbers if type(entry := self.streams.find(number)) is Book]
        found = [book for book in books if book.find_lot(code) >= 0 or book.find_serial(code) >= 0]
        return sorted(found, key=_item_of)

    def _all_codes(self) -> dict[str, list[int]]:
        codes: dict[str, list[int]] = {}
        for entry in self.streams:
            if type(entry) is Book:
                for row in range(1, len(entry)):
                    codes.setdefault(entry.code(row), []).append(entry.number)
        return codes

    def near(self, code: str, *kinds: str) -> tuple[str, ...]:
        """Return the codes of streams of these kinds that resemble a code."""
        known = (name.partition(":") for name in self.names)
        return nearest(code, (rest for kind, _, rest in known if kind in kinds))

    def key(self, key: str) -> tuple[object, object, int] | None:
        """Return command, answer and commit of an idempotency key, or None."""
        if self.parent is None:
            return self.keys.get(key)
        world: World | None = self
        limit = len(self)
        while world is not None:
            entry = world.keys.get(key)
            if entry is not None and entry[2] < limit:
                return entry
            limit = min(limit, world.base)
            world = world.parent
        return None

    def reversed_by(self, commit: int) -> int | None:
        """Return the commit that took a commit back, or None."""
        world: World | None = self
        limit = len(self)
        while world is not None:
            by = world.reversals.get(commit)
            if by is not None and by < limit:
                return by
            limit = min(limit, world.base)
            world = world.parent
        return None

    def quality(self, code: str) -> Quality | QualityState:
        """Return the quality state of a code, built in or a host's own."""
        return Quality(code) if code in _QUALITIES else self.catalog.quality_state(code)

    def state(self, place: Place) -> State:
        """Return the state that a place's codes stand for."""
        return state_of(self.quality(place.quality), Release(place.release))

    def kind(self, place: Place) -> LocationKind:
        """Return the kind of a place's location."""
        known = self._kinds.get(place)
        if known is None:
            known = self._kinds[place] = self.catalog.location(place.location, place.site).kind
        return known

    def reservable(self, number: int) -> bool:
        """Tell whether one may reserve from a place: free stock of ours, in stores, in a state fit for production."""
        known = self._reservable.get(number)
        if known is None:
            place = self.places.name(number)
            known = self._reservable[number] = place.segment == FREE and self.fit_to_reserve(place)
        return known

    def fit_to_reserve(self, place: Place) -> bool:
        """Tell whether goods in a place are ours, in stores and in a state fit for production, whoever they are for."""
        fit = place.owner == OURS and self.kind(place) is LocationKind.STORES
        return fit and self.state(place).serves(Purpose.PRODUCTION)

    def open_key(self, shelf: Shelf, ident: int, place: int, parcel: int) -> OpenKey | None:
        """Return a parcel's key in the order of taking, or None where one may not reserve."""
        return self.turn(shelf, ident, parcel) if self.reservable(place) else None

    def turn(self, shelf: Shelf, ident: int, parcel: int) -> OpenKey:
        """Return what the order of taking sorts by: the item's strategy, then receipt or expiry, then code."""
        book = self.book(shelf.book)
        row, expires, received = book.fresh
        if row != ident:
            expires, received = book.expires[ident], book.received[ident]
        if book.retests:
            expires = min(expires, book.retest(ident))
        if shelf.order is LotOrder.FIFO:
            return (received, expires, book.code(ident), parcel)
        return (expires, received, book.code(ident), parcel)

    # -- the kernel ---------------------------------------------------------------------------------------------

    def apply(self, commit: Commit) -> int:
        """Fold one commit into the state and return its number. It was decided before: nothing here can be refused."""
        number = self.base + len(self.log)
        effective: int = commit[0]
        recorded: int = commit[1]
        at, end = HEAD, len(commit)
        while at < end:
            kind = commit[at]
            if kind == POST:
                at = self._post(commit, at, number, effective, recorded)
            elif kind == CLAIM:
                at = self._claim(commit, at, number)
            elif kind == SETTLE:
                at = self._settle(commit, at, number)
            else:
                at = _RARE[kind](self, commit, at, number)
        self.log.append(commit)
        return number

    def own_shelf(self, number: int) -> Shelf:
        """Return a shelf to write to, copied first if it is shared."""
        shelf = self.shelf(number)
        if shelf.token is not self.token:
            shelf = shelf.owned(self.token)
            self.streams.put(number, shelf)
        return shelf

    def _post(self, commit: Commit, at: int, number: int, effective: int, recorded: int) -> int:
        stream = commit[at + 1]
        shelf = self.shelf(stream)
        if shelf.token is not self.token:
            shelf = self.own_shelf(stream)
        shelf.version += 1
        end: int = at + 4 + 4 * commit[at + 3]
        post = shelf.post
        for leg in range(at + 4, end, 4):
            parcel, change, reserved = commit[leg + 1], commit[leg + 2], commit[leg + 3]
            if commit[leg] == _COUNT:
                shelf.counted[parcel] = (*shelf.counted.get(parcel, ()), (effective, number))
            if reserved and effective != recorded:
                if change:
                    post(parcel, effective, number, change, 0)
                post(parcel, recorded, number, 0, reserved)
            else:
                post(parcel, effective, number, change, reserved)
        return end

    def _claim(self, commit: Commit, at: int, number: int) -> int:
        stream, need = commit[at + 1], commit[at + 3]
        end: int = at + 5 + 4 * commit[at + 4]
        version, body, held, commits = self.paper(stream)
        booking = (need, PENDING, number, commit[at + 5 : end])
        self.streams.put(stream, (version + 1, body, (*held, booking), commits + _pack(number)))
        return end

    def _settle(self, commit: Commit, at: int, number: int) -> int:
        _, stream, _, index, how, count = commit[at : at + 6]
        end: int = at + 6 + 2 * count
        version, body, held, commits = self.paper(stream)
        need, state, made_by, before = held[index]
        lines = list(before)
        for line in range(at + 6, end, 2):
            lines[4 * commit[line] + 2] -= commit[line + 1]
        settled = (need, state if any(lines[2::4]) and how != PENDING else how, made_by, tuple(lines))
        held = (settled,) if len(held) == 1 else (*held[:index], settled, *held[index + 1 :])
        self.streams.put(stream, (version + 1, body, held, commits + _pack(number)))
        return end

    def _new_stream(self, commit: Commit, at: int, _commit: int) -> int:
        name: str = commit[at + 1]
        number = self.names.add(name)
        if name.startswith("item:"):
            self.streams.append(Book(name.removeprefix("item:"), number, self.token, self))
        elif name.startswith("stock:"):
            item, _, site = name.removeprefix("stock:").rpartition("@")
            book = self.names.find(item_stream(item))
            definition = self.catalog.item(item)
            ten = 10**definition.scale
            self.streams.append(Shelf(item, site, number, book, definition.strategy, ten, self.token))
        else:
            self.streams.append(_NEW)
        return at + 2

    def _new_place(self, commit: Commit, at: int, _commit: int) -> int:
        self.places.add(commit[at + 1])
        return at + 2

    def _new_ident(self, commit: Commit, at: int, _commit: int) -> int:
        number, code, lot, expires, received, details = commit[at + 1 : at + 7]
        book = self.book(number).owned(self.token, self)
        self.streams.put(number, book)
        book.add(code, lot, expires, received, details)
        if self._codes is not None:
            self._codes.setdefault(code, []).append(number)
        return at + 7

    def _new_parcel(self, commit: Commit, at: int, _commit: int) -> int:
        number, ident, place = commit[at + 1 : at + 4]
        shelf = self.own_shelf(number)
        key = self.open_key(shelf, ident, place, len(shelf.rows))
        shelf.add(ident, place, key, real=self.kind(self.places.name(place)).real)
        return at + 5

    def _record(self, commit: Commit, at: int, number: int) -> int:
        stream: int = commit[at + 1]
        event: RecordEvent = commit[at + 3]
        version, body, held, commits = self.paper(stream)
        self.streams.put(stream, (version + 1, event.on(body), held, commits + _pack(number)))
        return at + 4

    def _catalog(self, commit: Commit, at: int, number: int) -> int:
        factors = finer.grown(self, commit[at + 2])
        self.catalog_version += 1
        self.catalog = commit[at + 2]
        if factors:
            finer.recount(self, factors, number, at)
        self._reservable = {}
        self._kinds = {}
        for stream in range(len(self.streams)):
            if type(self.streams.get(stream)) is Shelf:
                self._reopen(self.own_shelf(stream))
        return at + 3

    def _reopen(self, shelf: Shelf) -> None:
        """Judge anew what may be reserved and in which order, after definitions have changed."""
        shelf.order = self.catalog.item(shelf.item).strategy
        pairs = enumerate(zip(shelf.ident, shelf.place, strict=True))
        keys = [self.open_key(shelf, ident, place, parcel) for parcel, (ident, place) in pairs]
        shelf.reopen(shelf.order, keys, bytearray(self.kind(self.places.name(place)).real for place in shelf.place))

    def _reverses(self, commit: Commit, at: int, number: int) -> int:
        self.reversals[commit[at + 1]] = number
        return at + 2

    def _holder(self, _: Commit, at: int, _commit: int) -> int:
        return at + 2

    def _aside(self, _: Commit, at: int, _commit: int) -> int:
        return at + 4

    def _retest(self, commit: Commit, at: int, number: int) -> int:
        stream, row, retest = commit[at + 1 : at + 4]
        shelf = self.own_shelf(stream)
        book = self.book(shelf.book).owned(self.token, self)
        self.streams.put(shelf.book, book)
        book.renew(row, commit[0], number, retest)
        self._sort_anew(shelf, book, row)
        for site in self.catalog.sites:  # a shelf that saw the lot later was told of nothing if all was as at first
            other = self.names.find(stock_stream(book.item, site.code))
            if other not in {-1, stream}:
                self._sort_anew(self.own_shelf(other), book, row)
        return at + 4

    def _sort_anew(self, shelf: Shelf, book: Book, lot: int) -> None:
        keys = shelf.keys.copy()
        for parcel, (ident, place) in enumerate(zip(shelf.ident, shelf.place, strict=True)):
            if book.lot[ident] == lot:
                keys[parcel] = self.open_key(shelf, ident, place, parcel)
        shelf.reopen(shelf.order, keys, shelf.real[:])

    def _moment(self, commit: Commit, at: int, number: int) -> int:
        return self._post(commit, at + 3, number, commit[at + 2], commit[1])


def _item_of(book: Book) -> str:
    return book.item


_QUALITIES = frozenset(Quality)
_COUNT = NUMBER[Movement.COUNT]

_RARE = {
    STREAM: World._new_stream,
    PLACE: World._new_place,
    IDENT: World._new_ident,
    PARCEL: World._new_parcel,
    RECORD: World._record,
    CATALOG: World._catalog,
    REVERSES: World._reverses,
    HOLDER: World._holder,
    ASIDE: World._aside,
    RETEST: World._retest,
    MOMENT: World._moment,
}
"""The changes that are not in the inner loop."""

PlantState: TypeAlias = World
"""The fold of the events; what a command is decided on."""
