"""What is in what, by all bills that may be used: for whoever asks what depends on an item."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prodstock.master.bom import BomStatus, LineRole

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from prodstock.master.bom import BillOfMaterial, BomLine
    from prodstock.master.catalog import Catalog


def parts(catalog: Catalog) -> dict[str, set[str]]:
    """Return, for each item with a bill, the items on its lines.

    All active bills count, whatever their dates: a plan reaches across them, where `Catalog.where_used` answers for one
    day. Lines for rework are left out. O(bill lines).
    """
    found: dict[str, set[str]] = {}
    for item in catalog.items:
        for bom in catalog.boms(item.code):
            if bom.status is BomStatus.ACTIVE:
                lines = (line.item for line in bom.lines if line.role is not LineRole.REWORK)
                found.setdefault(item.code, set()).update(lines)
    return found


def live(catalog: Catalog, first: date, last: date) -> list[tuple[str, frozenset[str]]]:
    """Return the items with a bill in force on some day of a span, and all that stands on it or comes out beside them.

    Lines for rework, and those out of force all that time, are left out. O(bill lines).
    """
    found = []
    for item in catalog.items:
        for bom in catalog.boms(item.code):
            if bom.status is BomStatus.ACTIVE and _meets(bom, first, last):
                lines = {
                    line.item for line in bom.lines if line.role is not LineRole.REWORK and _meets(line, first, last)
                }
                found.append((item.code, frozenset({*lines, *(output.item for output in bom.outputs)})))
    return found


def _meets(one: BillOfMaterial | BomLine, first: date, last: date) -> bool:
    begins, ends = one.effective_from, one.effective_until
    return (begins is None or begins <= last) and (ends is None or ends > first)


def beside(catalog: Catalog) -> dict[str, set[str]]:
    """Return, for each item, what else comes out when it is made: its co- and by-products. O(bills)."""
    found: dict[str, set[str]] = {}
    for item in catalog.items:
        for bom in catalog.boms(item.code):
            if bom.status is BomStatus.ACTIVE and bom.outputs:
                found.setdefault(item.code, set()).update(output.item for output in bom.outputs)
    return found


def turned(links: Mapping[str, Iterable[str]]) -> dict[str, set[str]]:
    """Return the links the other way round."""
    found: dict[str, set[str]] = {}
    for start, ends in links.items():
        for end in ends:
            found.setdefault(end, set()).add(start)
    return found


def reached(start: str, links: Mapping[str, Iterable[str]]) -> dict[str, int]:
    """Return all that links lead to from an item, itself included, with the fewest steps to it. O(links)."""
    steps = {start: 0}
    pending = [start]
    for one in pending:
        for other in links.get(one, ()):
            if other not in steps:
                steps[other] = steps[one] + 1
                pending.append(other)
    return steps
