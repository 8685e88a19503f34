"""Moves: what may be done to the longest way through a graph, and how long all takes afterwards, by estimate."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from prodstock.scheduling.disjunctive.graph import Graph

Near: TypeAlias = tuple[int, int, bool]
"""An operation moves on its machine: what, right behind (or ahead of) what, and whether behind."""
Far: TypeAlias = tuple[int, int, int, int]
"""An operation moves to another machine: what, in which mode, between which two."""

NEVER = 1 << 62
"""Later than anything ends."""
_MOST_PAST = 40
"""An operation moves past so many others at most."""


def blocks(graph: Graph, way: Sequence[int]) -> list[Sequence[int]]:
    """Return the parts of a way that run on one machine one right after another: more than one of them."""
    found, start, left = [], 0, graph.left
    for place in range(1, len(way) + 1):
        if place == len(way) or left[way[place]] != way[place - 1]:
            if place - start > 1:
                found.append(way[start:place])
            start = place
    return found


def moves(graph: Graph, way: Sequence[int]) -> Iterator[Near]:
    """Yield moves within the blocks of a longest way, each once, and none that might make a circle.

    Those of N6 and N7: what is within a block to its ends, and its ends into it (Balas and Vazacopoulos 1998; Zhang and
    others 2007). Of a block that begins the way none to its front, of one that ends it none to its end: they gain
    nothing.
    """
    for block in blocks(graph, way):
        found: dict[Near, None] = {}
        if block[-1] != way[-1] or graph.later[way[-1]] != graph.none:
            found |= dict.fromkeys(_at_the_end(graph, block))
        if block[0] != way[0] or graph.sooner[way[0]] < graph.none:
            found |= dict.fromkeys(_at_the_front(graph, block))
        yield from found


def _at_the_end(graph: Graph, block: Sequence[int]) -> Iterator[Near]:
    """Yield moves of what is within a block behind its last operation, and of that into it."""
    head, tail, work, span = graph.head, graph.tail, graph.work, graph.span
    last, later = block[-1], graph.later
    for one in block[-1 - _MOST_PAST : -1]:
        if tail[later[one]] <= tail[last] and later[one] != last:
            yield one, last, True
    before = graph.sooner[last]
    done = head[before] + span[before]
    for one in block[1:-1][-_MOST_PAST:]:
        if done <= head[one] + work[one] and before != one:
            yield (one, last, True) if graph.right[one] == last else (last, one, False)


def _at_the_front(graph: Graph, block: Sequence[int]) -> Iterator[Near]:
    """Yield moves of what is within a block ahead of its first operation, and of that into it."""
    head, tail, work, span = graph.head, graph.tail, graph.work, graph.span
    first, sooner = block[0], graph.sooner
    done = head[first] + work[first]
    for one in block[1 : 1 + _MOST_PAST]:
        before = sooner[one]
        if head[before] + span[before] <= done and before != first:
            yield (first, one, True) if graph.right[first] == one else (one, first, False)
    after = graph.later[first]
    for one in block[1:-1][:_MOST_PAST]:
        if tail[after] <= tail[one] and after != one:
            yield first, one, True


def elsewhere(graph: Graph, way: Sequence[int]) -> Iterator[tuple[int, Far]]:
    """Yield moves of what is on a longest way to other machines, with estimates of how long all then takes.

    The estimate is the longest way through what moves, by the times as they are (after Mastrolilli and Gambardella
    2000). None that might make a circle: no place behind what starts after the next of its chain is done, or ahead of
    what is done before the one before begins.
    """
    head, tail, work, span = graph.head, graph.tail, graph.work, graph.span
    none, ways, rows, machines = graph.none, graph.shop.ways, graph.rows, graph.machine
    for one in way:
        options = ways[one]
        if len(options) == 1:
            continue
        before, after, own = graph.sooner[one], graph.later[one], graph.mode[one]
        since = head[before]
        free, rest = since + span[before], tail[after] + graph.shop.waits[one]
        until = head[after] + work[after] if after < none else NEVER
        for mode, (machine, needs) in enumerate(options):
            if mode == own:
                continue
            row = rows[machine]
            if machines[before] == machine:
                low = bisect_right(row, since, key=head.__getitem__)
            else:
                low = bisect_left(row, since, key=head.__getitem__)
                while low and head[row[low - 1]] + work[row[low - 1]] > since:
                    low -= 1
            last = head[after] if machines[after] == machine else until
            high = bisect_left(row, last, key=head.__getitem__)
            left = row[low - 1] if low else none
            for at in range(low, high + 1):
                right = row[at] if at < len(row) else none
                start, end = head[left] + work[left], tail[right]
                yield (
                    (start if start > free else free) + needs + (rest if rest > end else end),
                    (one, mode, left, right),
                )
                left = right


def behind(graph: Graph, one: int, other: int, limit: int) -> int:
    """Return how long all takes, by estimate, if an operation moves right behind another on its machine.

    That is the longest way through what moves or is moved past, if nothing else starts or ends otherwise (Balas and
    Vazacopoulos 1998): past one other it takes no less. Or any length above a limit. O(what it moves past).
    """
    head, tail, work, span = graph.head, graph.tail, graph.work, graph.span
    sooner, later, right = graph.sooner, graph.later, graph.right
    beside = graph.left[one]
    free = head[beside] + work[beside]
    heads, past = [], []
    at = one
    while at != other:
        at = right[at]
        before = sooner[at]
        start = head[before] + span[before]
        if free > start:
            start = free
        heads.append(start)
        past.append(at)
        free = start + work[at]
    before = sooner[one]
    start = head[before] + span[before]
    if free > start:
        start = free
    rest, beside = span[one] + tail[later[one]], work[one] + tail[right[other]]
    if beside > rest:
        rest = beside
    found = start + rest
    while heads and found <= limit:
        at = past.pop()
        beside = work[at] + rest
        rest = span[at] + tail[later[at]]
        if beside > rest:
            rest = beside
        start = heads.pop() + rest
        if start > found:
            found = start
    return found


def ahead(graph: Graph, one: int, other: int, limit: int) -> int:
    """Return how long all takes, by estimate, if an operation moves right ahead of another on its machine.

    As `behind`, the other way round.
    """
    head, tail, work, span = graph.head, graph.tail, graph.work, graph.span
    sooner, later, left, right = graph.sooner, graph.later, graph.left, graph.right
    rest = tail[right[one]]
    tails, past = [], []
    at = one
    while at != other:
        at = left[at]
        own, beside = span[at] + tail[later[at]], work[at] + rest
        rest = own if own > beside else beside
        tails.append(rest)
        past.append(at)
    own, beside = span[one] + tail[later[one]], work[one] + rest
    rest = own if own > beside else beside
    before, beside = sooner[one], left[other]
    start, free = head[before] + span[before], head[beside] + work[beside]
    if free > start:
        start = free
    found = start + rest
    free = start + work[one]
    while tails and found <= limit:
        at = past.pop()
        before = sooner[at]
        start = head[before] + span[before]
        if free > start:
            start = free
        rest = start + tails.pop()
        if rest > found:
            found = rest
        free = start + work[at]
    return found
