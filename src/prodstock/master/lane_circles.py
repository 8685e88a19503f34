"""Sites that supply each other with one item in a circle: no plan could say who has to have it first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prodstock.errors import Finding

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from prodstock.master.book import Book

Edges = frozenset[tuple[str, str]]
"""Who supplies whom: pairs of source and target."""


def lane_circles(book: Book) -> Iterator[Finding]:
    """Yield a finding for each circle of sites, whatever the dates of its lanes.

    Items that come out of one process are looked at together, as they are planned together. O(lanes) for the general
    lanes and for each item that has lanes of its own.
    """
    general = edges_of(book, [])
    path = circle(general)
    if path:
        yield _finding(book, "", path)
        return
    for items in _together(book):
        path = circle(edges_of(book, items))
        if path:
            yield _finding(book, " and ".join(items), path)


def edges_of(book: Book, items: Iterable[str]) -> Edges:
    """Return who supplies whom with any of some items; without items, by the general lanes."""
    several = [book.lanes_of(item) for item in items] or [book.lanes.get(None, [])]
    return frozenset((lane.source, lane.target) for lanes in several for lane in lanes)


def circle(edges: Edges) -> list[str]:
    """Return the sites of a circle in the order in which goods would travel, the first one again at the end; or none.

    >>> circle(frozenset({("A", "B"), ("B", "C"), ("C", "B")}))
    ['B', 'C', 'B']
    """
    following: dict[str, list[str]] = {}
    for source, target in sorted(edges):
        following.setdefault(source, []).append(target)
    over: set[str] = set()
    for start in sorted(following):
        found = _walk(start, following, over)
        if found:
            return found
    return []


def _walk(start: str, following: Mapping[str, list[str]], over: set[str]) -> list[str]:
    """Return a circle that is reached from a site; note the sites that lead into none."""
    path, rest = [start], [iter(following[start])]
    while path:
        target = next(rest[-1], None)
        if target is None:
            over.add(path.pop())
            rest.pop()
        elif target in path:
            return [*path[path.index(target) :], target]
        elif target not in over:
            path.append(target)
            rest.append(iter(following.get(target, ())))
    return []


def _together(book: Book) -> Iterator[tuple[str, ...]]:
    """Yield the items that have lanes of their own, each with all that comes out of the same processes."""
    group: dict[str, set[str]] = {}
    for place in book.makers:
        for bom in book.bills(place):
            joined = {bom.item, *(output.item for output in bom.co_products)}
            for one in tuple(joined):
                joined |= group.get(one, set())
            for one in joined:
                group[one] = joined
    own = sorted(item for item in book.lanes if item is not None and item in book.items)
    for items in sorted({tuple(sorted(group.get(item, {item}))) for item in own}):
        yield tuple(item for item in items if item in book.items)


def _finding(book: Book, items: str, path: list[str]) -> Finding:
    pair = (path[0], path[1])
    rows = [row for row, one in enumerate(book.given.lanes, 1) if (one.source, one.target) == pair]
    message = f"sites supply each other{' with ' if items else ''}{items}: {' -> '.join(path)}"
    return Finding("TransferLane", min(rows), "source", "circle", message, "Leave one of the lanes out")
