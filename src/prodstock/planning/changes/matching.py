"""Which order of one plan is which of another: one with one, in a way that the order of rows does not change."""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING, TypeVar

from prodstock.calendars.zone import micros
from prodstock.master.canonical import canonical

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable

T = TypeVar("T")

Pairs = list[tuple[T | None, T | None]]
"""What was and what is; None for what was not or is no longer."""


def matched(
    before: Iterable[T],
    after: Iterable[T],
    rules: Iterable[Callable[[T], Hashable | None]],
    shared: Callable[[T], tuple[str, ...]],
    when: Callable[[T], int],
    last: Callable[[T], Hashable | None],
    content: Callable[[T], str] = canonical,
) -> Pairs[T]:
    """Return each row of both sides once, with its counterpart or with None; by what was, then what is new.

    In turn: rows of one key, by each of the rules; rows that share a name; rows of one key, by the last rule. A key of
    None matches nothing. Whoever of several is earlier chooses first, and takes the nearest in time that is left; of
    two equally near ones the earlier; of two at one time the first by `content`, a text that only equal rows share.
    Nothing is matched twice.

    O(n log n), and for shared names O(rows that share one) for each row.
    """
    old, new = (sorted(rows, key=lambda row: (when(row), content(row))) for rows in (before, after))
    found: list[tuple[T, T]] = []
    for rule in rules:
        old, new = _by_key(old, new, rule, when, found)
    old, new = _by_name(old, new, shared, when, found)
    old, new = _by_key(old, new, last, when, found)
    pairs: Pairs[T] = list(found)
    return [*pairs, *((one, None) for one in old), *((None, one) for one in new)]


def _by_key(
    old: list[T],
    new: list[T],
    rule: Callable[[T], Hashable | None],
    when: Callable[[T], int],
    found: list[tuple[T, T]],
) -> tuple[list[T], list[T]]:
    """Match rows of one key, nearest first come; return what is left."""
    filed: dict[Hashable, list[int]] = {}
    for place, row in enumerate(new):
        key = rule(row)
        if key is not None:
            filed.setdefault(key, []).append(place)
    times = {key: [when(new[place]) for place in places] for key, places in filed.items()}
    left: list[T] = []
    used: set[int] = set()
    for row in old:
        key = rule(row)
        places = filed.get(key) if key is not None else None
        if not places:
            left.append(row)
            continue
        at = _nearest(times[key], when(row))
        used.add(places[at])
        found.append((row, new[places.pop(at)]))
        times[key].pop(at)
    return left, [row for place, row in enumerate(new) if place not in used]


def _nearest(times: list[int], moment: int) -> int:
    """Return the place of the nearest of ascending moments: of two equally near the earlier, of equals the first."""
    after = bisect_left(times, moment)
    if not after:
        return 0
    if after < len(times) and times[after] - moment < moment - times[after - 1]:
        return after
    return bisect_left(times, times[after - 1])


def _by_name(
    old: list[T],
    new: list[T],
    shared: Callable[[T], tuple[str, ...]],
    when: Callable[[T], int],
    found: list[tuple[T, T]],
) -> tuple[list[T], list[T]]:
    """Match rows that share a name, nearest first come; return what is left."""
    filed: dict[str, list[int]] = {}
    for place, row in enumerate(new):
        for name in shared(row):
            filed.setdefault(name, []).append(place)
    left: list[T] = []
    used: set[int] = set()
    for row in old:
        moment = when(row)
        places = {place for name in shared(row) for place in filed.get(name, ()) if place not in used}
        if not places:
            left.append(row)
            continue
        best = min(places, key=lambda place: (abs(when(new[place]) - moment), place))
        used.add(best)
        found.append((row, new[best]))
    return left, [row for place, row in enumerate(new) if place not in used]


def instant(moment: object) -> int:
    """Return a moment in microseconds; nothing known is after everything."""
    return 2**63 if moment is None else micros(moment)  # type: ignore[arg-type]  # moments of records that were checked
