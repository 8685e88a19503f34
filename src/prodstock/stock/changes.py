"""Reading a commit's changes: where each begins and ends, and which reservations hold a parcel."""

from __future__ import annotations

from struct import iter_unpack
from typing import TYPE_CHECKING, Any, NamedTuple

from prodstock.stock import world as w
from prodstock.stock.history import entries

if TYPE_CHECKING:
    from collections.abc import Iterator

    from prodstock.stock.world import Commit, World


def changes(commit: Commit) -> Iterator[tuple[int, tuple[Any, ...]]]:
    """Yield each change of a commit: its kind, and all of it as a tuple that begins with the kind."""
    at = w.HEAD
    while at < len(commit):
        end = at + w.length(commit, at)
        yield commit[at], commit[at:end]
        at = end


class Hold(NamedTuple):
    """A reservation's line on a parcel: its stream, its number there from 0, the line, and what it still holds."""

    stream: int
    number: int
    line: int
    rest: int


def holds_on(world: World, shelf: int, parcel: int) -> Iterator[Hold]:
    """Yield the live reservations on a parcel, oldest first. O(entries of the parcel's history).

    There is no index to keep: the parcel's history names the commits that reserved it, and they name the stream.

    Raises:
        NeedStreamsError: in a world that reads on demand, if such a stream has not been read.
    """
    seen: set[int] = set()
    _, reserved, history = world.shelf(shelf).rows[parcel]
    if not reserved:
        return
    for _, number, _, change in sorted(entries(history), key=lambda entry: entry[1]):
        if change > 0 and number not in seen:
            seen.add(number)
            yield from _holds_of(world, number, shelf, parcel)


def _holds_of(world: World, number: int, shelf: int, parcel: int) -> Iterator[Hold]:
    streams: dict[int, None] = {}
    for kind, change in changes(world.commit(number)):
        if kind == w.HOLDER:
            world.find(change[1])
        elif kind == w.CLAIM:
            streams[change[1]] = None
    for stream in streams:
        for index, booking in enumerate(world.record(stream).bookings):
            if booking.commit == number:
                lines = booking.lines
                for at in range(0, len(lines), 4):
                    if lines[at] == shelf and lines[at + 1] == parcel and lines[at + 2]:
                        yield Hold(stream, index, at // 4, lines[at + 2])


def counted_since(world: World, shelf: int, parcel: int, effective: int) -> int | None:
    """Return when a parcel was counted after a moment, or None; a count that was taken back is none. O(its counts)."""
    for when, number in world.shelf(shelf).counted.get(parcel, ()):
        taken_back = world.reversed_by(number) is not None
        if when > effective and not taken_back and all(kind != w.REVERSES for kind, _ in changes(world.commit(number))):
            return when
    return None


def body_at(world: World, stream: int, moment: int, known: int) -> object:
    """Return the value of a stream of papers at a moment, as the first `known` commits knew it."""
    body: object = None
    for (number,) in iter_unpack("<I", world.record(stream).commits):
        commit = world.commit(number)
        if number < known and commit[0] <= moment:
            for kind, change in changes(commit):
                if kind == w.RECORD and change[1] == stream:
                    body = change[3].on(body)
    return body


def body_before(world: World, stream: int, commit: int) -> object:
    """Return the value that a stream of papers had before a commit."""
    return body_at(world, stream, 2**62, commit)
