"""Which causes can reach a row: through what it serves, its own item, and what is above and below it in the bills."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prodstock.planning.changes.rows import CauseKind
from prodstock.planning.translations.bills import beside, parts, reached, turned

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from prodstock.master.catalog import Catalog
    from prodstock.planning.changes.rows import Cause

_SERVED, _NEAR, _EVERYTHING, _LAST = range(4)
_LATE = frozenset({CauseKind.HORIZON, CauseKind.TIME})


class Reach:
    """The causes between two plans, found by the items they touch.

    What is wanted of an item comes from above it in the bills, so its orders follow from what happens there and at the
    item itself. When it is there follows from what is below it too. What comes out of one process belongs together. The
    bills are those of both catalogs, of all dates. Sites are not told apart: transfers join them.
    """

    def __init__(self, causes: Iterable[Cause], before: Catalog, after: Catalog) -> None:
        self._causes = tuple(causes)
        self._down = _links(before, after)
        self._up = turned(self._down)
        self._near: dict[tuple[str, bool], Mapping[str, int]] = {}
        self._by_item: dict[str, list[int]] = {}
        for place, cause in enumerate(self._causes):
            for item in cause.items:
                self._by_item.setdefault(item, []).append(place)

    def above(self, item: str, serves: Iterable[str]) -> tuple[Cause, ...]:
        """Return what may have changed an item's orders, closest first; from below only if nothing else may have.

        First what touches a demand or order that they serve, then what touches the item, then what is above it, by the
        number of levels; then what touches everything, at last horizon and time.
        """
        found = self._found(item, serves, up=True)
        return found or self._found(item, serves, up=False)

    def around(self, item: str, serves: Iterable[str]) -> tuple[Cause, ...]:
        """Return what may have changed when an item is there, closest first: from above, then from below."""
        first = self._found(item, serves, up=True)
        more = [cause for cause in self._found(item, serves, up=False) if cause not in first]
        both = [*first, *more]
        return (*(one for one in both if self._rank(one) == _NEAR), *(one for one in both if self._rank(one) != _NEAR))

    def _rank(self, cause: Cause) -> int:
        if cause.kind in _LATE:
            return _LAST
        return _EVERYTHING if cause.everything else _NEAR

    def _found(self, item: str, serves: Iterable[str], *, up: bool) -> tuple[Cause, ...]:
        served = {*serves}
        steps = self._steps(item, up=up)
        ranked: dict[int, tuple[int, int]] = {
            place: (self._rank(self._causes[place]), distance)
            for other, distance in sorted(steps.items(), key=lambda pair: (-pair[1], pair[0]))
            for place in self._by_item.get(other, ())
        }
        for place, cause in enumerate(self._causes):
            if cause.everything:
                ranked.setdefault(place, (_EVERYTHING, 0))
            if place in ranked and cause.ref in served:
                ranked[place] = (_SERVED, 0)
        return tuple(self._causes[place] for place in sorted(ranked, key=lambda place: (*ranked[place], place)))

    def _steps(self, item: str, *, up: bool) -> Mapping[str, int]:
        found = self._near.get((item, up))
        if found is None:
            found = self._near[item, up] = reached(item, self._up if up else self._down)
        return found


def _links(before: Catalog, after: Catalog) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for catalog in (before,) if before is after else (before, after):
        outputs = beside(catalog)
        for links in (parts(catalog), outputs, turned(outputs)):
            for item, others in links.items():
                found.setdefault(item, set()).update(others)
    return found
