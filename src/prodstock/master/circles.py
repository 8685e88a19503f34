"""Circles: an item that needs itself, at some site on some day. Each is found with its path."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from prodstock.errors import Finding
from prodstock.master.bom import BillOfMaterial, BomStatus, LineRole
from prodstock.master.book import Book
from prodstock.master.graph import longest_levels, shortest_path, strong_components
from prodstock.master.structure import bind_outputs

SHOWN = 20
"""Codes of a path that a message shows before it leaves out the middle."""


def circles(book: Book) -> Iterator[Finding]:
    """Yield one finding for each set of items that need each other at one site on one day.

    All active bills and lines, of all days and sites, are looked at together first: without a circle there, O(lines).
    Only the items of a circle there are then looked at by site and day, for it may join bills that are never valid
    together. By-products and rework lines are no part of a circle; co-products are: they come from what the main item
    needs.
    """
    active = {
        item: found
        for item, boms in book.boms.items()
        if (found := [bom for bom in boms if bom.status is BomStatus.ACTIVE])
    }
    codes = sorted(book.items)
    graph = _graph(codes, [bom for boms in active.values() for bom in boms], None)
    if longest_levels(graph) is not None:
        return
    for members in strong_components(graph):
        if len(members) > 1 or members[0] in graph[members[0]]:
            finding = _by_day_and_site(book, sorted(codes[node] for node in members), active)
            if finding is not None:
                yield finding


def _graph(codes: Sequence[str], boms: list[BillOfMaterial], day: date | None) -> list[list[int]]:
    place = {code: number for number, code in enumerate(codes)}
    graph: list[list[int]] = [[] for _ in codes]
    for bom in boms:
        if bom.item in place:
            graph[place[bom.item]].extend(_needed(bom, place, day))
    inside = [bom for bom in boms if bom.outputs and bom.item in place]
    if inside:
        bind_outputs(graph, place, inside)
    return graph


def _needed(bom: BillOfMaterial, place: Mapping[str, int], day: date | None) -> Iterator[int]:
    for line in bom.lines:
        if line.role is not LineRole.REWORK and line.item in place and (day is None or line.effective_on(day)):
            yield place[line.item]


def _by_day_and_site(book: Book, members: list[str], active: Mapping[str, list[BillOfMaterial]]) -> Finding | None:
    boms = [bom for item in members for bom in active.get(item, ())]
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
    graph = _graph(members, chosen, day)
    place = {code: number for number, code in enumerate(members)}
    component_of = {node: number for number, nodes in enumerate(strong_components(graph)) for node in nodes}
    for bom in sorted(chosen, key=lambda bom: bom.item):
        start = place[bom.item]
        for needed in _needed(bom, place, day):
            if component_of[needed] == component_of[start]:
                back = shortest_path(graph, needed, start)
                return [bom.item, *(members[node] for node in back or ())]
    return None


def _finding(book: Book, path: list[str], chosen: list[BillOfMaterial], day: date, site: str) -> Finding:
    first = next(bom for bom in chosen if bom.item == path[0])
    row = next(number for number, bom in enumerate(book.of(BillOfMaterial), 1) if bom is first)
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
