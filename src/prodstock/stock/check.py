"""The invariants of the ledger, re-evaluated from its parts by code that did not make them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

from prodstock.errors import BrokenInvariant
from prodstock.master.item import LotOrder, Tracking
from prodstock.stock import world as w
from prodstock.stock.history import ENTRY, SIZE, as_of, lowest_from
from prodstock.stock.movement import MOVEMENTS, RULES
from prodstock.stock.shelf import Shelf

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from prodstock.stock.lot import Book
    from prodstock.stock.shelf import OpenKey
    from prodstock.stock.world import World

_unpack = ENTRY.unpack
_BEGINNING = -(2**62)
_END = 2**62


def check(world: World, since: int = 0) -> None:
    """Do nothing if the state keeps every law; what the commits before `since` alone touched is passed over.

    I1 conservation, I2 no negative at any instant, I3 reservations within what is there, I4 indexes equal their
    rebuild, I6 a serial is in one place. O(what was touched, with its history); a full check is linear in lots.

    Raises:
        BrokenInvariant: if one does not hold, with the state that breaks it.
    """
    touched = range(len(world.streams)) if since == 0 else sorted(_touched(world, since))
    held = _held(world, None if since == 0 else set(touched))
    for number in touched:
        entry = world.streams.get(number)
        if isinstance(entry, Shelf):
            _check_shelf(world, entry, held.get(number, {}))
    for number in {entry.book for n in touched if isinstance(entry := world.streams.get(n), Shelf)}:
        _check_serials(world, world.book(number))
    if since == 0:
        _check_log(world)


def _broken(invariant: str, detail: str) -> NoReturn:
    raise BrokenInvariant(invariant=invariant, detail=detail)


def _touched(world: World, since: int) -> Iterable[int]:
    found: set[int] = set()
    for number in range(since, len(world)):
        commit = world.commit(number)
        at = w.HEAD
        while at < len(commit):
            kind = commit[at]
            if kind in _LEGGED:
                found.add(commit[at + 1])
            at += w.length(commit, at)
    return found


_LEGGED = frozenset({w.POST, w.CLAIM, w.SETTLE, w.RECORD})


def _held(world: World, shelves: set[int] | None) -> dict[int, dict[int, int]]:
    """Return, by shelf and parcel, what all reservations together still hold."""
    held: dict[int, dict[int, int]] = {}
    for entry in world.streams:
        if isinstance(entry, tuple):
            for _, _, _, lines in entry[2]:
                for at in range(0, len(lines), 4):
                    if lines[at + 2] and (shelves is None or lines[at] in shelves):
                        if lines[at + 2] < 0:
                            _broken("I3", f"a line of a reservation holds {lines[at + 2]}")
                        parcels = held.setdefault(lines[at], {})
                        parcels[lines[at + 1]] = parcels.get(lines[at + 1], 0) + lines[at + 2]
    return held


def _check_shelf(world: World, shelf: Shelf, held: dict[int, int]) -> None:
    name = f"{shelf.item} at {shelf.site}"
    commits = len(world)
    for parcel, (quantity, reserved, history) in enumerate(shelf.rows):
        if not reserved and quantity >= 0 and len(history) == SIZE and parcel not in held:
            # one entry, as most lots have (pages are two): it is its own sum and its own low
            _, _, change, held_then = _unpack(history)  # type: ignore[arg-type]  # as said
            if change == quantity and not held_then:
                continue
        if as_of(history, _END, commits) != (quantity, reserved):
            _broken("I4", f"{name} parcel {parcel}: {quantity}, {reserved} is not what its history sums to")
        if reserved != held.get(parcel, 0):
            _broken("I3", f"{name} parcel {parcel}: {reserved} reserved, reservations hold {held.get(parcel, 0)}")
        if quantity < reserved or quantity < 0 or lowest_from(history, _BEGINNING, quantity)[0] < 0:
            _check_tolerance(world, shelf, parcel, quantity, reserved)
    _check_indexes(world, shelf, name)


def _check_tolerance(world: World, shelf: Shelf, parcel: int, quantity: int, reserved: int) -> None:
    place = world.places.name(shelf.place[parcel])
    tolerated = world.catalog.scaled(shelf.item, world.catalog.location(place.location, place.site).tolerates)
    lowest, moment = lowest_from(shelf.rows[parcel][2], _BEGINNING, quantity)
    if lowest < -tolerated:
        _broken("I2", f"{shelf.item} in {place.label}: {lowest} at {moment}")
    if reserved > max(quantity, 0):
        _broken("I3", f"{shelf.item} in {place.label}: {reserved} reserved of {quantity}")


def _check_indexes(world: World, shelf: Shelf, name: str) -> None:
    """Build the indexes of a shelf anew from its parcels, and compare. O(n log n) in parcels, mostly in C."""
    book = world.book(shelf.book)
    expected = list(_keys(world, shelf, book))
    if shelf.keys != expected:
        pairs = enumerate(zip(shelf.keys, expected, strict=True))
        parcel, (kept, key) = next(one for one in pairs if one[1][0] != one[1][1])
        _broken("I4", f"{name} parcel {parcel}: the key {kept} is not {key}")
    free = [key for key, row in zip(expected, shelf.rows, strict=True) if key is not None and row[0] > row[1]]
    if shelf.open != sorted(free):
        _broken("I4", f"{name}: the open lots are not those with free stock")
    in_real = {place: world.kind(world.places.name(place)).real for place in set(shelf.place)}
    real = [in_real[place] for place in shelf.place]
    if list(map(bool, shelf.real)) != real:
        _broken("I4", f"{name}: the parcels in real places are not those of real locations")
    live = [parcel for parcel, row in enumerate(shelf.rows) if row[0] and real[parcel]]
    if list(shelf.live) != live:
        _broken("I4", f"{name}: the live parcels are not those that hold anything in real places")
    crowds: dict[int, list[int]] = {ident: [] for ident in shelf.crowds}
    for parcel in live if crowds else ():
        if shelf.ident[parcel] in crowds:
            crowds[shelf.ident[parcel]].append(parcel)
    for ident, crowd in shelf.crowds.items():
        if list(crowd) != crowds[ident]:
            _broken("I4", f"{name}: the live parcels of {book.code(ident)} are not those of its crowd")


def _keys(world: World, shelf: Shelf, book: Book) -> Iterator[OpenKey | None]:
    """Yield for each parcel its key in the order of taking, or None where one may not reserve."""
    fifo = world.catalog.item(shelf.item).strategy is LotOrder.FIFO
    open_in = {place: world.reservable(place) for place in set(shelf.place)}
    expires, received, retests, code = book.expires, book.received, book.retests, book.code
    for parcel, (ident, place) in enumerate(zip(shelf.ident, shelf.place, strict=True)):
        if not open_in[place]:
            yield None
            continue
        first, second = expires[ident], received[ident]
        if retests:
            first = min(first, book.retest(ident))
        yield (second, first, code(ident), parcel) if fifo else (first, second, code(ident), parcel)


def _check_serials(world: World, book: Book) -> None:
    item = world.catalog.item(book.item)
    if item.tracking is not Tracking.SERIAL:
        return
    one = 10**item.scale
    places: dict[int, int] = {}
    for entry in (world.streams.get(n) for n in _shelves_of(world, book.item)):
        if isinstance(entry, Shelf):
            for parcel, (quantity, _, _) in enumerate(entry.rows):
                if not quantity:
                    continue
                row = entry.ident[parcel]
                places[row] = places.get(row, 0) + 1
                if quantity != one or not book.is_serial(row) or places[row] > 1:
                    _broken(
                        "I6", f"serial {book.code(row)} of {book.item} is in {places[row]} places, {quantity} there"
                    )


def _shelves_of(world: World, item: str) -> list[int]:
    names = (f"stock:{item}@{site.code}" for site in world.catalog.sites)
    return [number for name in names if (number := world.names.find(name)) >= 0]


def _check_log(world: World) -> None:
    """Conservation: what balances in itself sums to zero in each commit, and all legs of a parcel sum to its row."""
    sums: dict[int, list[int]] = {}
    within: dict[tuple[int, str, int], int] = {}
    for number, commit in enumerate(world.commits()):
        at, end = w.HEAD, len(commit)
        while at < end:
            kind = commit[at]
            if kind == w.POST:
                _add_up(world, commit, at, sums, within)
            at += w.LENGTHS.get(kind) or w.length(commit, at)
        if within:
            if any(within.values()):
                _broken("I1", f"commit {number} makes or loses {within}")
            within.clear()
    for stream in range(len(world.streams)):
        entry = world.streams.get(stream)
        if isinstance(entry, Shelf):
            told = sums.get(stream) or [0] * (2 * len(entry.rows))
            rows = [figure for row in entry.rows for figure in row[:2]]
            if told != rows:
                parcel = next(n // 2 for n, (one, other) in enumerate(zip(told, rows, strict=True)) if one != other)
                _broken("I4", f"{entry.item} parcel {parcel}: the log sums to {told[2 * parcel : 2 * parcel + 2]}")


def _add_up(
    world: World,
    commit: w.Commit,
    at: int,
    sums: dict[int, list[int]],
    within: dict[tuple[int, str, int], int],
) -> None:
    """Add the legs of a change to its shelf's sums (quantity, then reserved, of each parcel)."""
    stream = commit[at + 1]
    shelf = world.shelf(stream)
    told = sums.get(stream)
    if told is None:
        told = sums[stream] = [0] * (2 * len(shelf.rows))
    for leg in range(at + 4, at + 4 + 4 * commit[at + 3], 4):
        parcel, change = commit[leg + 1], commit[leg + 2]
        told[2 * parcel] += change
        told[2 * parcel + 1] += commit[leg + 3]
        if change and _BALANCED[commit[leg]]:
            key = (commit[leg], shelf.item, shelf.ident[parcel])
            within[key] = within.get(key, 0) + change


_BALANCED = tuple(RULES[movement].counterpart is None for movement in MOVEMENTS)
