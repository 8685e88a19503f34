"""Who takes from whom in a plan: orders in the order of their levels, what they bring and what they take."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from prodstock.planning.rows import SupplyRow, WantRow
from prodstock.stock.lot import NEVER

if TYPE_CHECKING:
    from collections.abc import Iterator

    from prodstock.planning.netting import Netting
    from prodstock.planning.station import Station

Place = tuple["Station", int]
"""A row of a station: one of its wants or supplies."""


class Graph:
    """The pegs of a netting, read from either end. Each part is worked out once, when it is first asked for."""

    def __init__(self, netting: Netting) -> None:
        self.netting = netting
        self.now: int = netting.now
        self.outside: int = netting.outside

    @cached_property
    def wants(self) -> dict[int, list[Place]]:
        """What each origin wants, in the order of the stations: demands, launched orders, planned orders. O(wants)."""
        found: dict[int, list[Place]] = {}
        for station in self.netting.stations:
            for number, want in enumerate(station.wants):
                found.setdefault(want[2], []).append((station, number))
        return found

    @cached_property
    def outputs(self) -> dict[int, list[Place]]:
        """What each planned order brings: first what it was drawn up for, then all else. O(supplies)."""
        found: dict[int, list[Place]] = {}
        for station in self.netting.stations:
            for number, supply in enumerate(station.supplies):
                if supply.origin >= 0:
                    found.setdefault(supply.origin, []).append((station, number))
        drawn_up = self.netting.orders.station
        for order, places in found.items():
            if len(places) > 1:
                places.sort(key=lambda place: (place[0].number != drawn_up[order], place[0].number, place[1]))
        return found

    def served(self, order: int) -> Iterator[tuple[Station, int, int]]:
        """Yield whom an order serves by any of its outputs: station, want, quantity."""
        for station, supply in self.outputs.get(order, ()):
            for want, quantity in station.gives(supply):
                yield station, want, quantity

    def taking(self, order: int) -> list[int]:
        """Return the planned orders that take from an order."""
        found = (station.wants[want][2] - self.outside for station, want, _ in self.served(order))
        return [one for one in dict.fromkeys(found) if one >= 0]

    def inputs(self, origin: int) -> Iterator[WantRow]:
        """Yield what an origin wants."""
        for station, number in self.wants.get(origin, ()):
            yield WantRow(self.netting, station, number)

    @cached_property
    def downwards(self) -> list[int]:
        """All orders, each after those that take from it. O(pegs)."""
        found: list[int] = []
        seen = bytearray(len(self.netting.orders.start))
        for first in range(len(seen)):
            pending = [first]
            while pending:
                one = pending[-1]
                if seen[one]:
                    if seen[one] == 1:
                        seen[one] = 2
                        found.append(one)
                    pending.pop()
                    continue
                seen[one] = 1
                pending += [above for above in self.taking(one) if not seen[above]]
        return found

    @cached_property
    def rank(self) -> list[int]:
        """The place of each order in `downwards`."""
        found = [0] * len(self.downwards)
        for place, order in enumerate(self.downwards):
            found[order] = place
        return found

    @cached_property
    def roots(self) -> list[int]:
        """For each order the earliest start among it and all that it waits for. O(pegs)."""
        found = list(self.netting.orders.start)
        for order in reversed(self.downwards):
            for want in self.inputs(self.outside + order):
                for supply, _ in want.station.takes(want.number):
                    origin = want.station.supplies[supply].origin
                    if origin >= 0:
                        found[order] = min(found[order], found[origin])
        return found

    def ready(self, order: int) -> int:
        """Return when an order is there; NEVER: not at all."""
        orders = self.netting.orders
        return orders.ready.get(order, max(orders.due[order], self.now))

    def begins(self, order: int) -> int:
        """Return when an order can begin: not before now, nor before its parts are there; NEVER: not at all."""
        orders = self.netting.orders
        begins = max(orders.start[order], self.now, self.netting.covering.waits.get(self.outside + order, 0))
        return begins if begins == NEVER else self.netting.times.begins(orders.way[order], begins)

    def last(self, origin: int) -> tuple[WantRow, SupplyRow | None] | None:
        """Return what an origin waits for last, and from which supply; without one it is missing.

        None: it takes nothing. Ties go to what was begun first, then to the item's code.
        """
        best: tuple[int, int, str, int] | None = None
        found: tuple[WantRow, SupplyRow | None] | None = None
        for want in self.inputs(origin):
            station = want.station
            if station.missing.get(want.number):
                return want, None
            for supply, _ in station.takes(want.number):
                row = station.supplies[supply]
                root = self.now if row.origin < 0 else self.roots[row.origin]
                key = (-self.netting.ready(station, row), root, station.item.code, supply)
                if best is None or key < best:
                    best, found = key, (want, SupplyRow(self.netting, station, supply))
        return found

    def covered(self, origin: int) -> int:
        """Return when all is there that an origin wants; NEVER: not at all."""
        found = self.last(origin)
        if found is None:
            return self.now
        supply = found[1]
        if supply is None:
            return NEVER
        return max(self.now, self.netting.ready(supply.station, supply.station.supplies[supply.number]))
