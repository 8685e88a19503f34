"""Reading a commit's changes: where each begins and ends, and which reservations hold a parcel."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from prodstock.stock import world as w
from prodstock.stock.history import entries
from prodstock.stock.movement import NUMBER, Movement

if TYPE_CHECKING:
    from collections.abc import Iterator

    from prodstock.stock.world import Commit, World

_COUNT = NUMBER[Movement.COUNT]
_LENGTHS = {w.STREAM: 2, w.PLACE: 2, w.IDENT: 7, w.PARCEL: 5, w.RECORD: 4, w.CATALOG: 3, w.REVERSES: 2}


def changes(commit: Commit) -> Iterator[tuple[int, tuple[Any, ...]]]:
    """Yield each change of a commit: its kind, and all of it as a tuple that begins with the kind."""
    at = w.HEAD
    while at < len(commit):
        kind: int = commit[at]
        if kind == w.POST:
            end = at + 4 + 4 * commit[at + 3]
        elif kind == w.CLAIM:
            end = at + 5 + 4 * commit[at + 4]
        elif kind == w.SETTLE:
            end = at + 6 + 2 * commit[at + 5]
        else:
            end = at + _LENGTHS[kind]
        yield kind, commit[at:end]
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
    streams = {change[1]: None for kind, change in changes(world.commit(number)) if kind == w.CLAIM}
    for stream in streams:
        for index, booking in enumerate(world.record(stream).bookings):
            if booking.commit == number:
                lines = booking.lines
                for at in range(0, len(lines), 4):
                    if lines[at] == shelf and lines[at + 1] == parcel and lines[at + 2]:
                        yield Hold(stream, index, at // 4, lines[at + 2])


def counted_since(world: World, shelf: int, parcel: int, effective: int) -> int | None:
    """Return when a parcel was counted at or after a moment, or None. O(entries of the parcel since)."""
    for when, number, _, _ in entries(world.shelf(shelf).rows[parcel][2]):
        if when >= effective and _counts(world.commit(number), shelf, parcel):
            return when
    return None


def _counts(commit: Commit, shelf: int, parcel: int) -> bool:
    return any(
        kind == w.POST and change[1] == shelf and (_COUNT, parcel) in zip(change[4::4], change[5::4], strict=True)
        for kind, change in changes(commit)
    )
