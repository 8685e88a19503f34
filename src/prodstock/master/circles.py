"""Circles: an item that needs itself, at some site on some day. Each is found with its path."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from prodstock.errors import Finding
from prodstock.master.bom_terms import BomStatus, LineRole
from prodstock.master.graph import condensed_levels, longest_levels, shortest_path, strong_components
from prodstock.master.needs import bind_outputs, needs_ever

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from prodstock.master.bom import BillOfMaterial
    from prodstock.master.book import Book

SHOWN = 20
"""Codes of a path that a message shows before it leaves out the middle."""


def ranks(book: Book) -> list[int] | None:
    """Return of each item, by place, a number that grows along every active bill of all days and sites, or None.

    Co-products share the number of their main item. None means that some items need each other, though perhaps never
    at one site on one day. O(items + lines).
    """
    graph = needs_ever(book)
    levels = longest_levels(graph)
    if levels is None and any(bom.outputs for bom in book.given.boms) and not _knots(book, graph):
        return condensed_levels(graph)
    return levels


def circles(book: Book) -> Iterator[Finding]:
    """Yield one finding for each set of items that need each other at one site on one day.

    Only the items of a circle among all active bills are looked at by site and day, for it may join bills that are
    never valid together. By-products and rework lines are no part of a circle; co-products are: they come from what the
    main item needs.
    """
    for members in _knots(book, needs_ever(book)):
        finding = _by_day_and_site(book, members)
        if finding is not None:
            yield finding


def _graph(place: Mapping[str, int], boms: list[BillOfMaterial], day: date) -> list[Sequence[int]]:
    graph: list[Sequence[int]] = [()] * len(place)
    for bom in boms:
        graph[place[bom.item]] = _needed(bom, place, day)
    bind_outputs(graph, place, boms)
    return graph


def _needed(bom: BillOfMaterial, place: Mapping[str, int], day: date | None) -> list[int]:
    return [
        needed
        for line in bom.lines
        if line.role is not LineRole.REWORK
        and (needed := place.get(line.item)) is not None
        and (day is None or line.effective_on(day))
    ]


def _knots(book: Book, graph: Sequence[Sequence[int]]) -> list[list[str]]:
    """Return the sets of items that reach each other by a line, not only as outputs of one process."""
    component_of, sets = _components(graph)
    place = book.place
    tied = {
        component_of[place[bom.item]]
        for bom in book.given.boms
        if bom.status is BomStatus.ACTIVE
        for needed in _needed(bom, place, None)
        if component_of[needed] == component_of[place[bom.item]]
    }
    return sorted(sorted(book.codes[node] for node in sets[number]) for number in tied)


def _components(graph: Sequence[Sequence[int]]) -> tuple[dict[int, int], list[list[int]]]:
    sets = strong_components(graph)
    return {node: number for number, nodes in enumerate(sets) for node in nodes}, sets


def _by_day_and_site(book: Book, members: list[str]) -> Finding | None:
    boms = [bom for item in members for bom in book.boms(item) if bom.status is BomStatus.ACTIVE]
    sites = sorted({bom.site for bom in boms if bom.site is not None})
    for day in _first_days(boms):
        for site in ("", *sites):
            chosen = [bom for item in members if (bom := book.bom_on(item, day, site)) is not None]
            path = _circle(members, chosen, day)
            if path is not None:
                return _finding(book, path, chosen, day, site)
    return None


def _first_days(boms: list[BillOfMaterial]) -> list[date]:
    changes = {date.min}
    for bom in boms:
        periods = [(bom.effective_from, bom.effective_until)]
        periods.extend((line.effective_from, line.effective_until) for line in bom.lines)
        changes.update(day for period in periods for day in period if day is not None)
    return sorted(changes)


def _circle(members: list[str], chosen: list[BillOfMaterial], day: date) -> list[str] | None:
    place = {code: number for number, code in enumerate(members)}
    graph = _graph(place, chosen, day)
    component_of, _ = _components(graph)
    for bom in sorted(chosen, key=lambda bom: bom.item):
        start = place[bom.item]
        for needed in _needed(bom, place, day):
            if component_of[needed] == component_of[start]:
                back = shortest_path(graph, needed, start)
                return [bom.item, *(members[node] for node in back or ())]
    return None


def _finding(book: Book, path: list[str], chosen: list[BillOfMaterial], day: date, site: str) -> Finding:
    first = next(bom for bom in chosen if bom.item == path[0])
    row = next(number for number, bom in enumerate(book.given.boms, 1) if bom is first)
    since = "" if day == date.min else f" on {day}"
    where = f" at {site}" if site else ""
    message = f"{path[0]} needs itself{where}{since}: {_shown(path)}"
    hint = "Take one of them out of the other's bill, or give them effective dates that do not meet"
    return Finding("BillOfMaterial", row, "lines", "circle", message, hint)


def _shown(path: list[str]) -> str:
    if len(path) > SHOWN:
        half = SHOWN // 2
        path = [*path[:half], f"({len(path) - 2 * half} more)", *path[-half:]]
    return " -> ".join(path)
