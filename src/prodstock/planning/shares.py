"""Who has which share of what a plan uses: what orders take, divided among those whom they serve, in whole steps."""

from __future__ import annotations

from heapq import heappop, heappush
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from prodstock.planning.netting import Netting
    from prodstock.planning.rows import WantRow
    from prodstock.planning.station import Station

Interval = tuple[int, int]
"""Units of a supply, from the first up to before the last."""


class Share(NamedTuple):
    """So much of what a want takes from a supply is for somebody further up."""

    want: WantRow
    supply: int
    quantity: int
    level: int


class _Spread:
    """What was found so far: the shares, the units of each order and its level, and the orders still to be opened."""

    def __init__(self) -> None:
        self.shares: list[Share] = []
        self.units: dict[int, list[Interval]] = {}
        self.levels: dict[int, int] = {}
        self.pending: list[tuple[int, int]] = []


class Shares:
    """Divides what orders take among those whom they serve, in whole steps, so that nothing is lost or counted twice.

    The units that an order brings are laid out in the order in which they are taken, those of several outputs one item
    after the other, each item weighing as much as it is counted in base units. What the order takes is laid out beside
    them in proportion, cut at whole steps: the first units go to whoever takes the first.
    """

    def __init__(self, netting: Netting) -> None:
        self.netting = netting
        self.graph = netting.covering.graph
        self._starts: dict[int, list[int]] = {}
        self._offsets: dict[int, list[list[int]]] = {}

    def of(self, origin: int) -> list[Share]:
        """Return what somebody outside the plan takes, directly and through orders. O(pegs that it reaches)."""
        spread = _Spread()
        for want in self.graph.inputs(origin):
            self._take(want, [(0, self._all(want))], 1, spread)
        return self._open(spread)

    def idle(self) -> list[Share]:
        """Return what orders take for units that nobody takes of them: for the safety stock and for excess."""
        spread = _Spread()
        for order, outputs in self.graph.outputs.items():
            for station, supply in outputs:
                whole, left = station.supplies[supply].quantity, station.left(supply)
                if left:
                    spread.units.setdefault(order, []).append(self._place(order, station, supply, whole - left, whole))
                    spread.levels[order] = 0
                    heappush(spread.pending, (self.graph.rank[order], order))
        return self._open(spread)

    def _open(self, spread: _Spread) -> list[Share]:
        """Follow the units of orders down to the last part."""
        done: set[int] = set()
        while spread.pending:
            _, order = heappop(spread.pending)
            if order not in done:
                done.add(order)
                self._order(order, spread)
        return spread.shares

    def _order(self, order: int, spread: _Spread) -> None:
        """Hand some of the units of an order on to what it takes."""
        whole, level = self._layout(order)[-1], spread.levels[order] + 1
        units = _joined(spread.units[order])
        for want in self.graph.inputs(self.graph.outside + order):
            much = self._all(want)
            taken = [(much * first // whole, much * past // whole) for first, past in units]
            self._take(want, taken, level, spread)

    def _take(self, want: WantRow, units: list[Interval], level: int, spread: _Spread) -> None:
        """Note what some of the units of a want take of its supplies."""
        station, at = want.station, 0
        before = self._before(station)[want.number]
        for (supply, quantity), offset in zip(station.takes(want.number), before, strict=True):
            total = 0
            origin = station.supplies[supply].origin
            for first, past in units:
                low, high = max(first, at), min(past, at + quantity)
                if low < high:
                    total += high - low
                    if origin >= 0:
                        place = self._place(origin, station, supply, offset + low - at, offset + high - at)
                        spread.units.setdefault(origin, []).append(place)
            at += quantity
            if total:
                spread.shares.append(Share(want, supply, total, level))
                if origin >= 0:
                    spread.levels[origin] = max(spread.levels.get(origin, 0), level)
                    heappush(spread.pending, (self.graph.rank[origin], origin))

    def _all(self, want: WantRow) -> int:
        """Return what a want takes in all."""
        return sum(quantity for _, quantity in want.station.takes(want.number))

    def _before(self, station: Station) -> list[list[int]]:
        """Return for each want how much of each supply that it takes others take before it. O(pegs), once."""
        found = self._offsets.get(station.number)
        if found is None:
            found = self._offsets[station.number] = [[] for _ in station.wants]
            given = [0] * len(station.supplies)
            for want, supply, quantity in station.pegged():
                found[want].append(given[supply])
                given[supply] += quantity
        return found

    def _layout(self, order: int) -> list[int]:
        """Return where the units of each output of an order begin, and where the last end."""
        found = self._starts.get(order)
        if found is None:
            outputs = self.graph.outputs[order]
            scale = max(station.item.scale for station, _ in outputs)
            found = self._starts[order] = [0]
            for station, supply in outputs:
                weight = station.supplies[supply].quantity * 10 ** (scale - station.item.scale)
                found.append(found[-1] + weight)
        return found

    def _place(self, order: int, station: Station, supply: int, first: int, past: int) -> Interval:
        """Return where units of one output lie among all that an order brings."""
        outputs = self.graph.outputs[order]
        scale = max(one.item.scale for one, _ in outputs)
        weight = 10 ** (scale - station.item.scale)
        start = self._layout(order)[outputs.index((station, supply))]
        return start + first * weight, start + past * weight


def _joined(units: list[Interval]) -> list[Interval]:
    """Return intervals in their order, those that touch as one."""
    found: list[Interval] = []
    for first, past in sorted(units):
        if found and found[-1][1] >= first:
            found[-1] = (found[-1][0], max(found[-1][1], past))
        else:
            found.append((first, past))
    return found
