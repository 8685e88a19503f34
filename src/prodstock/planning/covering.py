"""When all that is wanted is there: late parts make late orders, from the bottom of the bills up."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from prodstock.planning.graph import Graph
from prodstock.planning.policy import Mode
from prodstock.stock.lot import NEVER

if TYPE_CHECKING:
    from prodstock.planning.netting import Netting
    from prodstock.planning.station import Station


class Covering:
    """What is late in a plan, worked out once.

    `waits` has, by origin, when the last of what it waits for is there; NEVER: not at all. Only lateness is noted: what
    is not here is in time. O(orders), and O(pegs) of the stations where something is late.
    """

    def __init__(self, netting: Netting) -> None:
        self.netting = netting
        self.now = netting.now
        self.waits: dict[int, int] = {}
        if netting.policy.mode is Mode.CONSTRAINED:
            for station in netting.stations:
                self._waste(station)
        behind = netting.orders.behind
        for group in reversed(netting.groups):
            late = [station for station in group if station.number in behind and self._orders(station)]
            for station in group:
                if station.missing or station.pegs is not None or station in late:
                    self._wants(station)

    @cached_property
    def graph(self) -> Graph:
        """Who takes from whom."""
        return Graph(self.netting)

    def _waste(self, station: Station) -> None:
        """Note what expires within the horizon with nobody to take it."""
        for number, supply in enumerate(station.supplies):
            if supply.expires < self.netting.gathered.until:
                rest = station.left(number)
                if rest:
                    station.waste(number, rest)

    def _orders(self, station: Station) -> bool:
        """Note when the orders of a station that are late are there; tell whether one is."""
        netting, orders, late = self.netting, self.netting.orders, False
        for number in station.orders:
            start = orders.start[number]
            waits = self.waits.get(netting.outside + number, 0)
            if start >= self.now and not waits:
                continue
            late = True
            if waits == NEVER:
                orders.ready[number] = NEVER
                continue
            begins = max(start, self.now, waits)
            if begins > start:
                ends = netting.proposer.end_of(orders, number, station.site, begins)
                orders.ready[number] = max(orders.due[number], self.now, ends)
        return late

    def _wants(self, station: Station) -> None:
        """Note which wants of a station are covered late, and tell what waits for them."""
        covered = self._in_sequence(station) if station.pegs is None else self._by_pegs(station)
        for want in station.missing:
            covered[want] = NEVER
        for want in sorted(covered):
            at, _, origin, _, _ = station.wants[want]
            if covered[want] > max(at, self.now):
                station.delay(want, covered[want])
                self._tell(station, want, origin, covered[want])

    def _by_pegs(self, station: Station) -> dict[int, int]:
        """Return when all that each want takes is there."""
        netting = self.netting
        known = netting.orders.ready
        if station.handling is None:
            ready = [at if origin < 0 else known.get(origin, at) for at, _, _, _, origin in station.supplies]
        else:
            ready = [netting.ready(station, supply) for supply in station.supplies]
        covered: dict[int, int] = {}
        for want, supply, _ in station.pegged():
            at = ready[supply]
            if at > covered.get(want, 0):
                covered[want] = at
        return covered

    def _in_sequence(self, station: Station) -> dict[int, int]:
        """Return when all that a want takes is there, of those that take from late orders: all else is in time."""
        known, there = self.netting.orders.ready, len(station.reals)
        late = {place: known[number] for place, number in enumerate(station.orders, there) if number in known}
        last, covered = max(late, default=-1), dict[int, int]()
        for want, supply, _ in station.pegged():
            if supply > last:
                break
            if supply in late:
                covered[want] = max(late[supply], covered.get(want, 0))
        return covered

    def _tell(self, station: Station, want: int, origin: int, covered: int) -> None:
        """Let the origin of a want wait for it, where it is later than all else it waits for."""
        netting = self.netting
        if covered <= self.waits.get(origin, 0):
            return
        number = origin - netting.outside
        if number >= 0:
            if covered <= max(netting.orders.start[number], self.now):
                return
            netting.orders.blocker[number] = (station.number, want)
            netting.orders.behind.add(netting.orders.station[number])
        self.waits[origin] = covered
