"""What a plan reports beside its orders: what is late or missing, and what the planner should look at."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

import attrs

from prodstock.calendars.zone import from_micros
from prodstock.master.codes import ItemCode
from prodstock.planning.kernel import PRODUCTION, PURCHASE, TRANSFER
from prodstock.planning.rows import OrderRow, SupplyRow, WantRow
from prodstock.quantities.scaled import from_scaled

if TYPE_CHECKING:
    from collections.abc import Iterator

    from prodstock.master.item import Item
    from prodstock.planning.netting import Netting
    from prodstock.planning.station import Station

HOUR = 3_600_000_000
DAY = 24 * HOUR
RECEIPTS = frozenset({PURCHASE, TRANSFER, PRODUCTION})


@attrs.frozen(repr=False)
class Shortage:
    """So much of an item is late, or never comes.

    Attributes:
        item: what is short.
        quantity: how much of it is late or missing, in the base unit.
        unit: the base unit.
        needed: when it is needed, in UTC.
        covered: when all of it is there if everything that is late starts now; None: never.
        cause: why, in one line.
        delays: the demands or orders that wait for it, most urgent first.
    """

    item: ItemCode
    quantity: Decimal
    unit: str
    needed: datetime
    covered: datetime | None
    cause: str
    delays: tuple[str, ...]

    def __repr__(self) -> str:
        when = "never" if self.covered is None else f"{self.covered:%Y-%m-%d}"
        return f"<Shortage {self.quantity:f} {self.unit[:10]} {self.item[:30]} {self.needed:%Y-%m-%d}, covered {when}>"


@attrs.frozen(repr=False)
class ActionMessage:
    """Something the planner should look at.

    Attributes:
        kind: `start-in-past`, `expedite`, `overdue`, `excess`, `below-safety`, `no-source`, `expires` or `not-counted`.
        order: the order, receipt, lot or item it is about.
        text: what is the matter.
    """

    kind: str
    order: str
    text: str

    def __repr__(self) -> str:
        return f"<ActionMessage {self.kind} {self.order[:30]}: {self.text[:50]}>"


def shortages(netting: Netting) -> list[Shortage]:
    """Return what is late or missing, by the moment it is needed, then item and what waits for it."""
    found = [shortage(want) for want in late_wants(netting)]
    return sorted(found, key=lambda one: (one.needed, one.item, one.delays, one.cause, one.quantity))


def late_wants(netting: Netting) -> Iterator[WantRow]:
    """Yield the wants that are late; where only the parts of a phantom are, they are, and not the phantom."""
    for station in netting.stations:
        for want in sorted(station.late.keys() | station.missing.keys()):
            yield WantRow(netting, station, want)


def shortage(want: WantRow) -> Shortage:
    """Return the shortage of a want that is late."""
    late = max(want.at, want.netting.now)
    worst = [(supply, quantity) for supply, quantity in want.takes if (supply.ready or late + 1) > late]
    quantity = want.missing + sum(quantity for _, quantity in worst) or want.quantity
    item = want.station.item
    covered = want.covered
    return Shortage(
        ItemCode(item.code),
        from_scaled(quantity, item.scale),
        item.unit,
        from_micros(want.at),
        None if covered is None else from_micros(covered),
        want.why or _cause(want.netting, [supply for supply, _ in worst]),
        want.refs,
    )


def _cause(netting: Netting, worst: list[SupplyRow]) -> str:
    """Say why the last of what is late is late."""
    never = [supply for supply in worst if supply.ready is None]
    supply = never[0] if never else max(worst, key=lambda one: (one.ready or 0, one.label))
    order = supply.order
    if order is None:
        return f"{supply.label} comes on {_day(supply.at)}"
    if order.blocker is not None:
        return f"waits for {order.blocker.station.item.code}"
    done = f"to {_verb(order)} by {_day(order.start)}"
    return f"lead time: it was {done}, {ago(netting.now - order.start)}"


def _verb(order: OrderRow) -> str:
    if order.route is not None:
        return "leave"
    return "order" if order.terms is not None else "start"


def messages(netting: Netting) -> list[ActionMessage]:
    """Return what the planner should look at, by kind, then order."""
    found = list(_of_orders(netting))
    for station in netting.stations:
        expected = any(real.kind in RECEIPTS for real in station.reals)
        if expected or station.wasted or station.safety or station.no_source:
            found += _of_station(netting, station)
    return sorted(found, key=lambda one: (one.kind, one.order, one.text))


def _of_orders(netting: Netting) -> Iterator[ActionMessage]:
    orders, now = netting.orders, netting.now
    for number in [number for number, start in enumerate(orders.start) if start < now]:
        order = OrderRow(netting, number)
        past = ago(now - order.start)
        text = f"{amount(order.item, order.quantity)} should have started on {_day(order.start)}, {past}"
        yield ActionMessage("start-in-past", order.public.code, text)
    for number, items in orders.uncounted.items():
        for item in items:
            text = f"{item} falls off after it was planned, and is not counted"
            yield ActionMessage("not-counted", OrderRow(netting, number).public.code, text)


def _of_station(netting: Netting, station: Station) -> Iterator[ActionMessage]:
    item = station.item
    if station.no_source and (station.short or station.missing):
        yield ActionMessage("no-source", item.code, f"{item.code} at {station.site}: {station.no_source}")
    for number, quantity in station.wasted:
        supply = SupplyRow(netting, station, number)
        text = f"{amount(item, quantity)} expire on {last_day(netting, station.site, supply)} and are not needed before"
        yield ActionMessage("expires", supply.label, text)
    supplies = [SupplyRow(netting, station, number) for number in range(len(station.supplies))]
    for supply in supplies:
        if supply.kind in RECEIPTS:
            yield from _late_for(supply)
    left = at_end(station, netting.gathered.until)
    if left < station.safety:
        text = f"{amount(item, left)} are left at the end of the horizon, {amount(item, station.safety)} should be"
        yield ActionMessage("below-safety", item.code, text)
    yield from _unused(netting, supplies, left - station.safety)


def _late_for(supply: SupplyRow) -> Iterator[ActionMessage]:
    item, now = supply.station.item, supply.netting.now
    for want, quantity in supply.gives:
        if supply.at > max(want.at, now):
            text = f"{amount(item, quantity)} are needed on {_day(want.at)} and come on {_day(supply.at)}"
            yield ActionMessage("expedite", supply.label, text)


def _unused(netting: Netting, supplies: list[SupplyRow], spare: int) -> Iterator[ActionMessage]:
    """Say which receipts are overdue, and what of them nobody needs: the last one first."""
    for supply in sorted(supplies, key=lambda one: (one.at, one.number), reverse=True):
        if supply.kind not in RECEIPTS:
            continue
        item = supply.station.item
        if supply.due < netting.now:
            text = f"{amount(item, supply.quantity)} were due on {_day(supply.due)} and count as coming now"
            yield ActionMessage("overdue", supply.label, text)
        unused = min(supply.left, spare) if supply.at < netting.gathered.until else 0
        if unused > 0:
            of = from_scaled(supply.quantity, item.scale)
            text = f"{amount(item, unused)} of {of:f} are not needed before {_day(netting.gathered.until)}"
            yield ActionMessage("excess", supply.label, text)
            spare -= unused


def at_end(station: Station, until: int) -> int:
    """Return what is left of a station's stock at the end of the horizon."""
    came = sum([supply.quantity for supply in station.supplies if supply.at < until])
    came -= sum(quantity for _, quantity in station.wasted)
    if station.pegs is None:
        return came - sum([int(want[4]) for want in station.wants])
    there = [supply.at < until for supply in station.supplies]
    return came - sum(quantity for _, supply, quantity in station.pegged() if there[supply])


def amount(item: Item, steps: int) -> str:
    """Return a quantity of an item as people read it."""
    return f"{from_scaled(steps, item.scale):f} {item.unit} {item.code}"


def ago(micros: int) -> str:
    """Return how long ago something was, as people say it: in whole days, or in whole hours of less than a day.

    >>> ago(2 * DAY + HOUR), ago(DAY), ago(5 * HOUR), ago(HOUR), ago(HOUR - 1)
    ('2 days ago', '1 day ago', '5 hours ago', '1 hour ago', 'less than an hour ago')
    """
    for length, name in ((DAY, "day"), (HOUR, "hour")):
        whole = micros // length
        if whole:
            return f"{whole} {name}{'s' if whole > 1 else ''} ago"
    return "less than an hour ago"


def last_day(netting: Netting, site: str, supply: SupplyRow) -> date:
    """Return the last day, at the site, on which a supply that expires may be used."""
    return netting.times.day(supply.expires - 1, site)


def _day(instant: int) -> str:
    return f"{from_micros(instant):%Y-%m-%d}"
