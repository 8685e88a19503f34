"""The cheapest lots there are, by dynamic programming."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

import attrs

from prodstock.planning.lot_sizing.forward import forward

if TYPE_CHECKING:
    from collections.abc import Sequence

    from prodstock.planning.lot_sizing.terms import LotTerms, SizedLot


@attrs.frozen
class WagnerWhitin:
    """Orders that together cost least, of all there are: the measure of the other rules.

    Source: Wagner and Whitin, Dynamic version of the economic lot size model, Management Science 5 (1958); in linear
    time by keeping the lower envelope of the orders so far, as Wagelmans, van Hoesel and Kolen, Operations Research 40
    (1992), and Aggarwal and Park, Operations Research 41 (1993), showed. Costs are whole numbers throughout, so the
    least is the least. Equal cost: the last order is as late as can be.

    Exact where an order may have any size. With sizes each order covers what it would without them, and what rounding
    leaves over is used before the rest is thought through again; then it is a good rule, no longer the best there is.

    >>> from prodstock.planning.lot_sizing.terms import LotTerms
    >>> WagnerWhitin().lots([(1, 90), (2, 120), (3, 80), (4, 70)], LotTerms(setup=500, holding=2))
    (SizedLot(time=1, quantity=210), SizedLot(time=3, quantity=150))
    """

    def lots(self, requirements: Sequence[tuple[int, int]], terms: LotTerms) -> tuple[SizedLot, ...]:
        """Return the lots: O(n log n), with sizes O(n) for each order besides."""
        setup, holding = terms.costs()
        known: list[int] = []

        def reach(wanted: Sequence[tuple[int, int]], position: int) -> int:
            if not known or not terms.sizes.free:
                known[:] = [0] * position + _pasts(wanted[position:], setup, holding)
            return known[position]

        return forward(requirements, terms, reach)


def _pasts(wanted: Sequence[tuple[int, int]], setup: int, holding: int) -> list[int]:
    """Return for each position at which an order of the cheapest plan starts how many requirements it covers.

    `wanted[i:j]` in one order costs `setup + holding * sum of quantity * (time - time of i)`. With sums from the start,
    that is a line over the quantity up to j, one for each i; their slopes fall, and what is asked rises.
    """
    lines: deque[tuple[int, int, int]] = deque()  # slope, height, position
    much = kept = best = 0
    previous: list[int] = []
    for position, (time, quantity) in enumerate(wanted):
        _add(lines, (-holding * time, best - holding * kept + holding * time * much, position))
        much += quantity
        kept += quantity * time
        while len(lines) > 1 and _at(lines[1], much) <= _at(lines[0], much):
            lines.popleft()
        best = setup + holding * kept + _at(lines[0], much)
        previous.append(lines[0][2])
    return _backwards(previous)


def _at(line: tuple[int, int, int], where: int) -> int:
    return line[0] * where + line[1]


def _add(lines: deque[tuple[int, int, int]], line: tuple[int, int, int]) -> None:
    """Add a line of the smallest slope; those that are then nowhere the lowest go."""
    if lines and lines[-1][0] == line[0]:
        if lines[-1][1] < line[1]:
            return
        lines.pop()
    while len(lines) > 1:
        (slope, height, _), (last, low, _) = lines[-2], lines[-1]
        if (line[1] - height) * (slope - last) > (low - height) * (slope - line[0]):
            break
        lines.pop()
    lines.append(line)


def _backwards(previous: Sequence[int]) -> list[int]:
    covers = [0] * len(previous)
    past = len(previous)
    while past:
        start = previous[past - 1]
        covers[start] = past - start
        past = start
    return covers
