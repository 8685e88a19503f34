"""Who needs what, as graphs of places: over all days and sites together, or as bills hold at one site on one day."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prodstock.master.bom_terms import LineRole
from prodstock.master.graph import condensed_levels, longest_levels
from prodstock.master.item import Supply

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, MutableSequence, Sequence
    from datetime import date

    from prodstock.master.bom import BillOfMaterial
    from prodstock.master.book import Book

_BUY, _REWORK = Supply.BUY, LineRole.REWORK


def needs_ever(book: Book) -> list[Sequence[int]]:
    """Return for each item what all its active bills need by all their lines, rework left out.

    Main item and co-products of a bill need each other here: they stand on one level.
    """
    graph: list[Sequence[int]] = list(book.needed)
    for place in book.reworked:
        lines = [line for bom in book.bills(place) for line in bom.lines]
        pairs = zip(lines, book.needed[place], strict=True)
        graph[place] = [needed for line, needed in pairs if line.role is not _REWORK]
    bind_outputs(graph, book.place, [bom for place in book.makers for bom in book.bills(place)])
    return graph


def needs_on(book: Book, day: date, site: str, *, bought: bool) -> list[Sequence[int]]:
    """Return for each item what its bill needs at a site on a day, rework left out, as `needs_ever`.

    Args:
        book: the definitions.
        day: the day.
        site: the site.
        bought: whether bills of bought items count.
    """
    graph: list[Sequence[int]] = [()] * len(book.codes)
    bound: list[BillOfMaterial] = []
    for place in book.makers:
        bom = book.bill_on(place, day, site)
        if bom is None:
            continue
        if bom.outputs:
            bound.append(bom)
        if bought or book.said.get(place) is not _BUY:
            pairs = zip(bom.lines, book.needed_by(place, bom), strict=True)
            graph[place] = [needed for line, needed in pairs if line.role is not _REWORK and line.effective_on(day)]
    bind_outputs(graph, book.place, bound)
    return graph


def bind_outputs(
    graph: MutableSequence[Sequence[int]], place: Mapping[str, int], boms: Iterable[BillOfMaterial]
) -> None:
    """Lead from the main item of each bill to its co-products and back, so that they stand on one level."""
    for bom in boms:
        if bom.outputs and bom.item in place:
            main = place[bom.item]
            outputs = [place[output.item] for output in bom.co_products if output.item in place]
            graph[main] = [*graph[main], *outputs]
            for output in outputs:
                graph[output] = [*graph[output], main]


def low_levels(graph: Sequence[Sequence[int]]) -> list[int]:
    """Return the low-level code of each item; those that need each other share theirs."""
    levels = longest_levels(graph)
    return condensed_levels(graph) if levels is None else levels


def low_levels_ever(book: Book) -> Sequence[int]:
    """Return low-level codes that hold at every date and site, by place: bills of bought items left out."""
    bought = [place for place, said in book.said.items() if said is _BUY and book.bills(place)]
    if not bought and book.ranks is not None:
        return book.ranks
    graph = needs_ever(book)
    for place in bought:
        graph[place] = ()
    return low_levels(graph)
