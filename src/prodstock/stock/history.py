"""What happened to one parcel, in the order in which it took effect: 28 bytes an entry.

An entry holds the effective time (microseconds), the number of the commit (the axis of what was known when), the change
of the quantity and the change of what is reserved. Up to 128 entries are one `bytes`; longer histories are pages, each
with its sum and its lowest running sum, and a tail. Values are never changed in place: a new one shares the old pages.
"""

from __future__ import annotations

from struct import Struct
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterator

ENTRY = Struct("<qIqq")
SIZE = ENTRY.size
_pack = ENTRY.pack
_PAGE = 128
FULL = _PAGE * SIZE
"""Bytes of a history beyond which it is kept in pages."""

_TIME = Struct("<q")
_time_at = _TIME.unpack_from

EMPTY = b""


class Page(NamedTuple):
    """A full stretch of a history with the figures that let a question skip it."""

    entries: bytes
    first: int
    last: int
    change: int
    lowest: int
    reserved: int
    oldest_commit: int
    newest_commit: int


class Pages(NamedTuple):
    """A long history: full pages, then a tail."""

    pages: tuple[Page, ...]
    tail: bytes


History: TypeAlias = bytes | Pages
Entry: TypeAlias = tuple[int, int, int, int]


def last_time(history: History) -> int:
    """Return when the latest entry took effect; the smallest integer of 64 bits for an empty history."""
    if isinstance(history, bytes):
        return int(_time_at(history, len(history) - SIZE)[0]) if history else -(2**63)
    pages, tail = history
    return last_time(tail) if tail else pages[-1].last


def added(history: History, effective: int, commit: int, change: int, reserved: int) -> History:
    """Return the history with one more entry, behind those that took effect at the same instant or before.

    At the end O(1) pages are touched; in the middle one page is rewritten and the tuple of pages copied.
    """
    entry = _pack(effective, commit, change, reserved)
    if isinstance(history, bytes):
        if not history or _time_at(history, len(history) - SIZE)[0] <= effective:
            grown = history + entry
        else:
            grown = _inserted(history, entry, effective)
        return grown if len(grown) <= FULL else Pages((_page(grown[:FULL]),), grown[FULL:])
    return _added_to_pages(history, entry, effective)


def _added_to_pages(history: Pages, entry: bytes, effective: int) -> Pages:
    pages, tail = history
    if pages[-1].last <= effective:
        at_end = not tail or _time_at(tail, len(tail) - SIZE)[0] <= effective
        tail = tail + entry if at_end else _inserted(tail, entry, effective)
        if len(tail) <= FULL:
            return Pages(pages, tail)
        return Pages((*pages, _page(tail[:FULL])), tail[FULL:])
    low, high = 0, len(pages) - 1
    while low < high:
        middle = (low + high) // 2
        if pages[middle].last <= effective:
            low = middle + 1
        else:
            high = middle
    grown = _inserted(pages[low].entries, entry, effective)
    parts = (grown,) if len(grown) <= 2 * FULL - SIZE else (grown[:FULL], grown[FULL:])
    return Pages((*pages[:low], *map(_page, parts), *pages[low + 1 :]), tail)


def _inserted(entries: bytes, entry: bytes, effective: int) -> bytes:
    low, high = 0, len(entries) // SIZE
    while low < high:
        middle = (low + high) // 2
        if _time_at(entries, middle * SIZE)[0] <= effective:
            low = middle + 1
        else:
            high = middle
    return entries[: low * SIZE] + entry + entries[low * SIZE :]


def _page(entries: bytes) -> Page:
    change = lowest = reserved = 0
    oldest, newest = 2**32, -1
    for _, commit, step, held in ENTRY.iter_unpack(entries):
        change += step
        reserved += held
        lowest = min(lowest, change)
        oldest = min(oldest, commit)
        newest = max(newest, commit)
    first, last = _time_at(entries, 0)[0], _time_at(entries, len(entries) - SIZE)[0]
    return Page(entries, first, last, change, lowest, reserved, oldest, newest)


def entries(history: History) -> Iterator[Entry]:
    """Yield (effective, commit, change, reserved change) in the order of effect."""
    if isinstance(history, bytes):
        yield from ENTRY.iter_unpack(history)
    else:
        for page in history.pages:
            yield from ENTRY.iter_unpack(page.entries)
        yield from ENTRY.iter_unpack(history.tail)


def as_of(history: History, effective: int, commits: int) -> tuple[int, int]:
    """Return quantity and reserved after all entries up to `effective` that the first `commits` commits made."""
    quantity = reserved = 0
    if isinstance(history, bytes):
        tail = history
    else:
        for page in history.pages:
            if page.first > effective:
                return quantity, reserved
            if page.last <= effective and page.newest_commit < commits:
                quantity += page.change
                reserved += page.reserved
            elif page.oldest_commit < commits:
                change, held = as_of(page.entries, effective, commits)
                quantity += change
                reserved += held
        tail = history.tail
    for when, commit, change, held in ENTRY.iter_unpack(tail):
        if when > effective:
            break
        if commit < commits:
            quantity += change
            reserved += held
    return quantity, reserved


def lowest_from(history: History, effective: int, now: int) -> tuple[int, int]:
    """Return the lowest quantity at or after `effective`, and the first moment it is reached; `now` is the sum of all.

    What counts is the quantity after the last entry of an instant. Works backwards from the end and skips whole pages
    that cannot hold the answer: O(entries at or after `effective` / 128 + 256).
    """
    lowest, moment, running, following = 2**63, effective, now, None
    for part in _backwards(history):
        if isinstance(part, Page):
            if part.first > effective and running - part.change + part.lowest > lowest:
                running -= part.change
                following = part.first
                continue
            stretch = part.entries
        else:
            stretch = part
        for position in range(len(stretch) - SIZE, -1, -SIZE):
            when, _, change, _ = ENTRY.unpack_from(stretch, position)
            if when != following:
                if running <= lowest and following != effective:
                    lowest, moment = running, max(when, effective)
                if when < effective:
                    return lowest, moment
                following = when
            running -= change
    if following != effective and running <= lowest:
        return running, effective
    return lowest, moment


def _backwards(history: History) -> Iterator[bytes | Page]:
    if isinstance(history, bytes):
        yield history
    else:
        yield history.tail
        yield from reversed(history.pages)
