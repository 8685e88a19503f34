"""Which orders can start: now, on a later day, or not without action; and how many of each with what is there."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

import attrs

from prodstock._render import day, figure, short
from prodstock.calendars.zone import from_micros, micros
from prodstock.master import checks
from prodstock.master.codes import ItemCode
from prodstock.master.item import Supply as Origin
from prodstock.orders.lifecycle import OrderState
from prodstock.planning.kernel import ANY, EXPECTED_STOCK, STOCK
from prodstock.planning.rows import SupplyRow
from prodstock.planning.ways import Recipe
from prodstock.quantities.scaled import MAX_SCALED, from_scaled
from prodstock.stock.lot import NEVER

if TYPE_CHECKING:
    from collections.abc import Iterator

    from prodstock.orders.production import ProductionOrder
    from prodstock.planning.netting import Netting
    from prodstock.planning.rows import WantRow

_OVER = frozenset({OrderState.COMPLETED, OrderState.CLOSED, OrderState.CANCELLED})


class Start(StrEnum):
    """Whether an order can start.

    NOW: all that it still takes is there and may be used. LATER: all of it will be, by what is on its way and planned.
    BLOCKED: not without action: something never comes, or lies there and nobody said from when on it may be used, or
    the order is on hold.
    """

    NOW = "now"
    LATER = "later"
    BLOCKED = "blocked"


@attrs.frozen(repr=False)
class OrderStart:
    """Whether a planned or launched order can start, and what keeps it.

    Attributes:
        order: the order.
        item: what it makes.
        site: where.
        quantity: how many it starts in all, in the base unit.
        unit: the base unit.
        start: when it is to start, in UTC.
        state: whether it can.
        ready: when all that it takes is there, in UTC, now at the earliest; None: never, or nobody knows.
        late: how much later than planned that lets it start; zero: not at all, or nobody knows.
        startable: how many of it could be started now with what is there for it, issued parts included.
        limiting: the part that keeps more from being started; empty: none does.
        lacking: how much of that part is not there now, in its own base unit.
        serves: the demands it is for, most urgent first.
    """

    order: str
    item: ItemCode
    site: str
    quantity: Decimal
    unit: str
    start: datetime
    state: Start
    ready: datetime | None
    late: timedelta
    startable: Decimal
    limiting: str
    lacking: Decimal
    serves: tuple[str, ...]

    def __str__(self) -> str:
        what = f"{self.order}: {figure(self.quantity)} {self.unit} {self.item}"
        if self.state is Start.NOW:
            return f"{what} can start now"
        when = "not without action" if self.ready is None else f"on {day(self.ready)}"
        part = f", {figure(self.lacking)} {self.limiting} are not there now" if self.limiting else ", it is on hold"
        return f"{what} can start {when}, {figure(self.startable)} of it now{part}"

    def __repr__(self) -> str:
        what = f"{self.order[:24]} {figure(self.startable)[:12]} of {figure(self.quantity)[:12]} {self.item[:24]}"
        return short(f"<OrderStart {what}: {self.state}>")


def starts(netting: Netting) -> list[OrderStart]:
    """Return whether each launched and planned order to make can start.

    They are in the order of the priority of the demands they are for, then of their start, then code; planned orders
    for no demand come last. Each has what the plan gives it, and no two the same. What nobody takes of the stock goes
    to them in that order, for what has not come yet. Orders whose start lies beyond the horizon are left out. Of parts
    that are missing the one binds that lets the fewest be started, then what comes last.

    O(wants of the orders).
    """
    spare = _Spare(netting)
    found = sorted(_orders(netting), key=lambda one: one.key)
    return [_row(order, spare) for order in found]


class _Order:
    """An order that may start: what it makes, and what it still takes."""

    def __init__(self, netting: Netting, origins: list[int], priority: int, start: int, code: str) -> None:
        self.netting = netting
        self.wants: list[WantRow] = [want for origin in origins for want in netting.covering.graph.inputs(origin)]
        self.key = (priority, start, code)
        self.code = code
        self.start = start
        self.item = ""
        self.site = ""
        self.quantity = 0
        self.serves: tuple[str, ...] = ()
        self.launched: ProductionOrder | None = None


def _orders(netting: Netting) -> Iterator[_Order]:
    asked: dict[str, list[int]] = {}
    urgent = netting.gathered.refs
    for number, one in enumerate(netting.gathered.asked):
        asked.setdefault(one.name, []).append(number)
    for launched in netting.gathered.launched:
        if launched.state not in _OVER:
            start = micros(launched.start)
            mine = [one for one in asked.get(launched.code, ()) if netting.gathered.asked[one].origin is launched]
            priority = min((urgent[ref] for ref in launched.serves if ref in urgent), default=0)
            order = _Order(netting, mine, priority, start, launched.code)
            order.item, order.site, order.launched = launched.item, launched.site, launched
            order.quantity, order.serves = netting.catalog.scaled(launched.item, launched.quantity), launched.serves
            if start < netting.gathered.until:
                yield order
    orders = netting.orders
    for number, way in enumerate(orders.way):
        if isinstance(way, Recipe):
            public = netting.naming.public(number)
            priority = min((urgent[ref] for ref in public.serves if ref in urgent), default=MAX_SCALED)
            order = _Order(netting, [netting.outside + number], priority, orders.start[number], public.code)
            order.item, order.site = public.item, netting.stations[orders.station[number]].site
            order.quantity, order.serves = orders.quantity[number], public.serves
            yield order


class _Limit(NamedTuple):
    """A part that is not there: what lets the fewest be started binds, then what comes last."""

    startable: int
    later: int
    item: str
    lacking: Decimal


class _Spare:
    """What nobody takes of the stock that is there now, by station; it is handed out as it is asked for."""

    def __init__(self, netting: Netting) -> None:
        self.now = netting.now
        self._left: dict[int, int] = {}

    def take(self, want: WantRow, much: int) -> int:
        """Return how much of what is asked for is there, and hand it out."""
        station = want.station
        left = self._left.get(station.number)
        if left is None:
            rows = (
                SupplyRow(want.netting, station, number)
                for number, supply in enumerate(station.supplies)
                if supply.origin < 0 and station.reals[~supply.origin].fits(ANY)
            )
            left = sum(row.left for row in rows if _there(row) and row.expires > self.now)
        found = min(left, much)
        self._left[station.number] = left - found
        return found


def _there(supply: SupplyRow) -> bool:
    """Tell whether a supply is stock that may be used now."""
    return supply.kind == STOCK and supply.at <= supply.netting.now


def _row(order: _Order, spare: _Spare) -> OrderStart:
    netting = order.netting
    item = netting.catalog.item(order.item)
    ready, limits = netting.now, list[_Limit]()
    for want in order.wants:
        if want.station.item.supply is Origin.PHANTOM:
            need = sum(quantity for _, quantity in want.takes)
        else:
            need = want.quantity
        there = sum(quantity for supply, quantity in want.takes if _there(supply))
        there += spare.take(want, need - there)
        if there < need:
            comes, one = _ready(want), want.station.item
            ready = max(ready, comes)
            able = _able(order, want, need, there)
            limits.append(_Limit(able, -comes, one.code, from_scaled(need - there, one.scale)))
    startable, _, limiting, lacking = min(limits, default=_Limit(order.quantity, 0, "", checks.ZERO))
    held = order.launched is not None and order.launched.state is OrderState.HELD
    state = Start.BLOCKED if held or ready == NEVER else Start.LATER if ready > netting.now or limiting else Start.NOW
    return OrderStart(
        order.code,
        ItemCode(item.code),
        order.site,
        from_scaled(order.quantity, item.scale),
        item.unit,
        from_micros(order.start),
        state,
        None if ready == NEVER or held else from_micros(ready),
        timedelta() if ready == NEVER or held else timedelta(microseconds=max(0, ready - order.start)),
        from_scaled(startable, item.scale),
        limiting,
        lacking,
        order.serves,
    )


def _ready(want: WantRow) -> int:
    """Return when the last of what a want takes is there; NEVER: nobody knows."""
    if want.missing:
        return NEVER
    ready = 0
    for supply, _ in want.takes:
        unknown = supply.kind == EXPECTED_STOCK and supply.at <= supply.netting.now
        found = supply.ready
        if found is None or unknown:
            return NEVER
        ready = max(ready, found)
    return ready


def _able(order: _Order, want: WantRow, need: int, there: int) -> int:
    """Return how many of an order can be started with so much of one part: the most whose need is there."""
    launched, part, scale = order.launched, want.part, want.station.item.scale
    whole, has = need, there
    if launched is not None:
        asked = _asked_in_all(want)
        whole, has = asked, asked - need + there
        item = want.station.item.code
        if any(line.fixed and line.item == item and line.need == from_scaled(asked, scale) for line in launched.lines):
            return 0
    elif part is not None and not part.phantom and not part.to_phantom:
        low, high = 0, order.quantity
        while low < high:
            middle = (low + high + 1) // 2
            low, high = (middle, high) if part.need(middle) <= has else (low, middle - 1)
        return low
    return order.quantity * has // whole


def _asked_in_all(want: WantRow) -> int:
    """Return what a line of a launched order needs in all."""
    number = want.station.wants[want.number][2]
    return want.netting.gathered.asked[number].asked
