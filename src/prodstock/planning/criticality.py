"""How much later an order or receipt may be there before a demand suffers."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING

import attrs

from prodstock._render import figure, short
from prodstock.calendars.zone import from_micros
from prodstock.master.codes import ItemCode
from prodstock.planning.rows import RECEIPTS, SupplyRow
from prodstock.quantities.scaled import from_scaled
from prodstock.stock.lot import NEVER

if TYPE_CHECKING:
    from collections.abc import Iterable

    from prodstock.planning.graph import Graph, Place
    from prodstock.planning.netting import Netting


@attrs.frozen(repr=False)
class Slack:
    """How much later an order or receipt may be there before a demand is later than it is now.

    Attributes:
        order: the planned order or receipt.
        source: planned, purchase, transfer or production.
        item: of what.
        site: where.
        quantity: how much it brings, in the base unit.
        ready: when it is there, in UTC; None: never.
        latest: when it must be there, in UTC; None: nobody waits for it.
        slack: the time in between; zero: it is critical; None: nobody waits for it, or it never comes.
    """

    order: str
    source: str
    item: ItemCode
    site: str
    quantity: Decimal
    ready: datetime | None
    latest: datetime | None
    slack: timedelta | None

    @property
    def critical(self) -> bool:
        """Whether any delay of it delays somebody."""
        return self.slack is not None and not self.slack

    def __repr__(self) -> str:
        room = "nobody waits" if self.slack is None else f"slack {self.slack}"
        return short(f"<Slack {self.order[:24]} {figure(self.quantity)[:20]} {self.item[:24]}: {room}>")


class Latest:
    """When everything must be there so that no demand is later than it is, from the demands down."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.netting = graph.netting

    @cached_property
    def orders(self) -> list[int]:
        """When each planned order must be there; NEVER: nobody waits for it. O(pegs) and a lead time an order."""
        found = [NEVER] * len(self.netting.orders.start)
        starts = [NEVER] * len(found)
        for order in self.graph.downwards:
            found[order] = self._first(self.graph.outputs.get(order, ()), starts)
            if found[order] != NEVER and self.graph.ready(order) != NEVER:
                starts[order] = self._start(order, found[order])
        self._starts = starts
        return found

    def supply(self, place: Place) -> int:
        """Return when a supply of a station must be there; NEVER: nobody waits for it."""
        origin = place[0].supplies[place[1]].origin
        latest = self.orders
        return latest[origin] if origin >= 0 else self._first([place], self._starts)

    def _first(self, places: Iterable[Place], starts: list[int]) -> int:
        """Return when it must be there for the first of those who take it, a safety time before they need it."""
        first = NEVER
        for station, supply in places:
            needed = NEVER
            for want, _ in station.gives(supply):
                at, _, origin, _, _ = station.wants[want]
                above = origin - self.graph.outside
                if above >= 0:
                    needed = min(needed, starts[above])
                else:
                    there = self._there(station.takes(want), place=(station, want))
                    needed = min(needed, max(at, self.graph.now, there))
            handling = station.handling
            first = min(first, needed if handling is None or needed == NEVER else handling.latest(needed))
        return first

    def _there(self, takes: list[tuple[int, int]], *, place: Place) -> int:
        """Return when the last of what comes for a want is there."""
        ready = [self.netting.ready(place[0], place[0].supplies[supply]) for supply, _ in takes]
        return max([at for at in ready if at != NEVER], default=0)

    def _start(self, order: int, latest: int) -> int:
        """Return when an order must begin so that it is there by a moment, at which it may be later than it is."""
        begins, netting = self.graph.begins(order), self.netting
        if latest <= self.graph.ready(order):
            return begins
        orders = netting.orders
        way = orders.way[order]
        site = netting.stations[orders.station[order]].site
        if way is None:
            return max(begins, latest - (orders.due[order] - orders.start[order]))
        return max(begins, netting.times.start(way, site, orders.quantity[order], latest))


def slacks(netting: Netting) -> list[Slack]:
    """Return the slack of every order and receipt, the least first, then by code; those nobody waits for come last."""
    latest = Latest(netting.covering.graph)
    found = [
        _slack(SupplyRow(netting, station, number), latest.supply((station, number)))
        for station in netting.stations
        for number, supply in enumerate(station.supplies)
        if supply.origin >= 0 or station.reals[~supply.origin].kind in RECEIPTS
    ]
    return sorted(found, key=lambda row: (row.slack is None, row.slack or timedelta(), row.order, row.item))


def _slack(supply: SupplyRow, latest: int) -> Slack:
    station, ready = supply.station, supply.comes
    known = ready is not None and latest != NEVER
    return Slack(
        supply.label,
        supply.kind,
        ItemCode(station.item.code),
        station.site,
        from_scaled(supply.quantity, station.item.scale),
        None if ready is None else from_micros(ready),
        None if latest == NEVER else from_micros(latest),
        timedelta(microseconds=max(0, latest - (ready or 0))) if known else None,
    )
