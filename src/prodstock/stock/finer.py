"""Scale only grows: an item's stock, recounted in finer steps when new definitions give it more decimals.

What a world counts with (rows, histories, open rests of reservations) is recounted at once. The log stays as it was
written, and forks share it: a world remembers from which change on it counts an item more finely, and reads what is
older in the steps of today.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from prodstock.journal.stream import demand_stream, order_stream
from prodstock.quantities.scaled import MAX_SCALED
from prodstock.stock import world as w
from prodstock.stock.history import ENTRY, History, Page, Pages, entries
from prodstock.stock.shelf import Shelf

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from prodstock.master.catalog import Catalog
    from prodstock.stock.world import Commit, Paper, World

Growths: TypeAlias = "Mapping[str, tuple[tuple[int, int, int], ...]]"
"""Of each item that grew: by which commit, where in it, and how many of the new steps made one of the old."""

_BEFORE_ALL = -1


def grown(world: World, after: Catalog) -> dict[str, int]:
    """Return the items that count more finely by new definitions than in the ledger: how many new steps make an old."""
    new = {item.code: item.scale for item in after.items}
    return {
        item.code: 10 ** (new[item.code] - item.scale)
        for item in world.catalog.items
        if new.get(item.code, 0) > item.scale and world.book_of(item.code) is not None
    }


def overflows(world: World, item: str, factor: int) -> bool:
    """Tell whether something that is kept of an item would not fit 64 bits in finer steps. O(its history)."""
    most = MAX_SCALED // factor
    for shelf in _shelves(world, item):
        for quantity, reserved, history in shelf.rows:
            if max(quantity, -quantity, reserved) > most:
                return True
            if any(max(abs(change), abs(held)) > most for _, _, change, held in entries(history)):
                return True
    return False


def _shelves(world: World, item: str) -> Iterator[Shelf]:
    for entry in world.streams:
        if isinstance(entry, Shelf) and entry.item == item:
            yield entry


def recount(world: World, factors: Mapping[str, int], commit: int, at: int) -> None:
    """Count items in finer steps from a change of definitions on. O(streams, and the histories of these items).

    Args:
        world: the state that owns what it changes.
        factors: for each item how many new steps make an old one; its quantities were found to fit.
        commit: the number of the commit that brings the definitions.
        at: where in it they stand.
    """
    growths = {item: (*world.finer.get(item, ()), (commit, at, factor)) for item, factor in factors.items()}
    world.finer = {**world.finer, **growths}
    world.memo = {}
    by_shelf: dict[int, int] = {}
    for number in range(len(world.streams)):
        entry = world.streams.get(number)
        if isinstance(entry, Shelf) and entry.item in factors:
            factor = by_shelf[number] = factors[entry.item]
            shelf = world.own_shelf(number)
            shelf.ten *= factor
            shelf.rows = [
                (quantity * factor, reserved * factor, _history(history, factor))
                for quantity, reserved, history in shelf.rows
            ]
    for number in range(len(world.streams)):
        entry = world.streams.get(number)
        if isinstance(entry, tuple) and entry[2]:
            _rests(world, number, entry, by_shelf)


def _history(history: History, factor: int) -> History:
    if isinstance(history, bytes):
        return _entries(history, factor)
    return Pages(tuple(_page(page, factor) for page in history.pages), _entries(history.tail, factor))


def _entries(plain: bytes, factor: int) -> bytes:
    return b"".join(
        ENTRY.pack(effective, commit, change * factor, held * factor)
        for effective, commit, change, held in ENTRY.iter_unpack(plain)
    )


def _page(page: Page, factor: int) -> Page:
    return page._replace(
        entries=_entries(page.entries, factor),
        change=page.change * factor,
        lowest=page.lowest * factor,
        reserved=page.reserved * factor,
    )


def _rests(world: World, number: int, paper: Paper, by_shelf: Mapping[int, int]) -> None:
    """Recount what the reservations of a stream still hold."""
    version, body, held, commits = paper
    recounted = tuple((need, state, made_by, _lines(lines, by_shelf)) for need, state, made_by, lines in held)
    if recounted != held:
        world.streams.put(number, (version, body, recounted, commits))


def _lines(lines: tuple[int, ...], by_shelf: Mapping[int, int]) -> tuple[int, ...]:
    finer = list(lines)
    for at in range(0, len(lines), 4):
        finer[at + 2] *= by_shelf.get(lines[at], 1)
    return tuple(finer)


# -- reading what is older --------------------------------------------------------------------------------------


def in_steps_of_today(world: World, commit: Commit, number: int) -> Commit:
    """Return a commit of the log with its quantities in the steps in which the world counts now."""
    if all(growth[:2] < (number, w.HEAD) for growths in world.finer.values() for growth in growths):
        return commit
    told: list[Any] = list(commit)
    at = w.HEAD
    while at < len(commit):
        end = at + w.length(commit, at)
        if commit[at] == w.POST:
            _multiply(told, at + 6, end, 4, (world, commit[at + 1], number, at))
            _multiply(told, at + 7, end, 4, (world, commit[at + 1], number, at))
        elif commit[at] == w.CLAIM:
            for line in range(at + 5, end, 4):
                told[line + 2] *= _factor(world, commit[line], number, at)
        elif commit[at] == w.SETTLE:
            lines = world.paper(commit[at + 1])[2][commit[at + 3]][3]
            for line in range(at + 6, end, 2):
                told[line + 1] *= _factor(world, lines[4 * commit[line]], number, at)
        at = end
    return tuple(told)


def _multiply(told: list[Any], first: int, end: int, step: int, where: tuple[World, int, int, int]) -> None:
    factor = _factor(*where)
    for place in range(first, end, step):
        told[place] *= factor


def _factor(world: World, shelf: int, commit: int, at: int) -> int:
    """Return how many steps of today make one of those in which a change of a shelf was written."""
    product = 1
    for number, place, factor in world.finer.get(world.shelf(shelf).item, ()):
        if (commit, at) < (number, place):
            product *= factor
    return product


def scales_then(world: World, code: str, lines: Sequence[int]) -> list[int]:
    """Return the decimals in which the lines of a reservation were counted when it was made, one a line."""
    ref, _, index = code.rpartition("/")
    number = world.find(demand_stream(ref) if lines[3] < 0 else order_stream(ref))
    made_by = world.paper(number)[2][int(index) - 1][2]
    return [_scale(world, lines[at], made_by) for at in range(0, len(lines), 4)]


def _scale(world: World, shelf: int, commit: int) -> int:
    factor = _factor(world, shelf, commit, _BEFORE_ALL)
    return world.catalog.item(world.shelf(shelf).item).scale - (len(str(factor)) - 1)
