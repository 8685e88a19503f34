"""The state of a plant by names, and its digest: equal for equal states, however they came about."""

from __future__ import annotations

from hashlib import sha256
from struct import iter_unpack
from typing import TYPE_CHECKING

from prodstock.master.canonical import canonical
from prodstock.stock import world as w
from prodstock.stock.aside import posts
from prodstock.stock.changes import changes
from prodstock.stock.history import entries
from prodstock.stock.lot import PLAIN
from prodstock.stock.shelf import Shelf
from prodstock.stock.translate import fingerprint, parcel_of
from prodstock.stock.world import Record, World

if TYPE_CHECKING:
    from collections.abc import Iterator

    from prodstock.stock.lot import Book
    from prodstock.view import View


def digest(plant: View | World) -> str:
    """Return the SHA-256, in hex, of a plant's state: parcels with their histories, lots, papers, reservations, keys.

    It does not depend on the order in which independent commands were given, nor on how the state was reached: by
    commands, by replay or in a fork. O(state).

    >>> from prodstock.master.catalog import Catalog
    >>> from prodstock.master.item import Item
    >>> from prodstock.plant import Plant
    >>> catalog = Catalog([Item("BOX")])
    >>> digest(Plant(catalog)) == digest(Plant(catalog))
    True
    """
    return sha256("\n".join(state_lines(plant)).encode()).hexdigest()


def state_lines(plant: View | World) -> list[str]:
    """Return the state of a plant as sorted lines of text, one a thing: where two digests differ, compare these."""
    world = plant if isinstance(plant, World) else plant._world  # noqa: SLF001 - a test kit looks inside
    found = [f"catalog {world.catalog_version} {world.catalog.content_hash()}", f"commits {len(world)}"]
    for number, name in enumerate(world.names):
        entry = world.streams.get(number)
        if isinstance(entry, Shelf):
            found += _shelf_lines(world, number, entry)
        elif isinstance(entry, tuple):
            found += _record_lines(world, name, world.record(number))
        else:
            found += _book_lines(world.book(number))
    found += _commit_lines(world)
    return sorted(found)


def _shelf_lines(world: World, number: int, shelf: Shelf) -> Iterator[str]:
    name = f"{shelf.item}@{shelf.site}"
    yield f"shelf {name} version {shelf.version}"
    names = [canonical(parcel_of(world, number, parcel)) for parcel in range(len(shelf.rows))]
    for parcel, (quantity, reserved, history) in enumerate(shelf.rows):
        told = [(when, change, held) for when, _, change, held in entries(history)]
        yield f"parcel {names[parcel]} {quantity} {reserved} {told}"
    free = sorted((*key[:3], names[key[3]]) for key in shelf.open)
    yield f"open {name} {free}"
    yield f"live {name} {sorted(names[parcel] for parcel in shelf.live)}"


def _book_lines(book: Book) -> Iterator[str]:
    for row in range(1, len(book)):
        details = canonical(book.details.get(row, PLAIN))
        code, lot = book.serial_code(row), book.lot_code(row)
        yield f"lot {book.item} {lot!r} {code!r} {book.expires[row]} {book.received[row]} {details}"
        for effective, _, retest in book.retests.get(row, ()):
            yield f"retest {book.item} {lot!r} {effective} {retest}"


def _record_lines(world: World, name: str, record: Record) -> Iterator[str]:
    yield f"papers {name} version {record.version} {canonical(record.body)}"
    times = [world.commit(number)[:2] for (number,) in iter_unpack("<I", record.commits)]
    yield f"commits of {name} {times}"
    for index, booking in enumerate(record.bookings):
        lines = booking.lines
        held = [
            (canonical(parcel_of(world, lines[at], lines[at + 1])), lines[at + 2], lines[at + 3])
            for at in range(0, len(lines), 4)
        ]
        yield f"reservation {name} {index} {booking.need} {booking.state} {held}"


def _commit_lines(world: World) -> Iterator[str]:
    for number in range(len(world)):
        commit = world.commit(number)
        if commit[2] is not None:
            yield f"stamp {commit[:3]}"
            entry = world.key(commit[2][2]) if commit[2][2] else None
            if entry is not None:
                yield f"key {commit[2][2]} {fingerprint(entry[0])} {canonical(entry[1])}"
        for kind, change in changes(commit):
            if kind == w.REVERSES:
                yield f"reversed {commit[:2]} {world.commit(change[1])[:2]}"
        for change, beside in posts(commit):
            for at, aside in sorted(beside.items()):
                parcel, quantity = change[5 + 4 * at : 7 + 4 * at]
                told = f"{canonical(parcel_of(world, change[1], parcel))} {quantity} {canonical(tuple(aside))}"
                yield f"beside {commit[:2]} {told}"
