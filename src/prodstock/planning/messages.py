"""What the planner should look at: every message of a plan, of a closed set of kinds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prodstock._uncollected import uncollected
from prodstock.calendars.zone import from_micros
from prodstock.master.codes import set_aside_for
from prodstock.planning.action import NO_BILL_SELECTED, SAP, SAP_OF_SETTLED, ActionMessage, MessageKind
from prodstock.planning.joint import below_minimum
from prodstock.planning.rescheduling import Rescheduling, at_end
from prodstock.planning.rows import RECEIPTS, OrderRow, SupplyRow
from prodstock.planning.ways import MICROSECOND, Recipe
from prodstock.planning.wording import ago, amount, day, last_day
from prodstock.quantities.scaled import from_scaled

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from prodstock.planning.joint import Basket
    from prodstock.planning.netting import Netting
    from prodstock.planning.snapshot import Snapshot
    from prodstock.planning.station import Station


@uncollected()
def messages(netting: Netting, snapshot: Snapshot) -> list[ActionMessage]:
    """Return what the planner should look at, by kind, then order. Only stations with something to say are judged."""
    found = [*_of_orders(netting), *_of_suppliers(netting)]
    rescheduling = Rescheduling(netting, snapshot)
    for station in netting.stations:
        expected = any(real.kind in RECEIPTS for real in station.reals) or _settled(netting, station)
        if expected or station.wasted or station.safety or station.no_source:
            found += _of_station(netting, station)
        if expected:
            found += rescheduling.of(station)
    return sorted(found, key=lambda one: (one.kind, one.order, one.text, one.segment))


def _settled(netting: Netting, station: Station) -> bool:
    settled = netting.orders.settled
    return bool(settled) and any(supply.origin in settled for supply in station.supplies)


def _of_orders(netting: Netting) -> Iterator[ActionMessage]:
    orders, now = netting.orders, netting.now
    soon = now + netting.policy.launch_ahead // MICROSECOND
    for number in [number for number, start in enumerate(orders.start) if start < now]:
        order = OrderRow(netting, number)
        past = ago(now - order.start)
        text = f"{amount(order.item, order.quantity)} should have started on {day(order.start)}, {past}"
        yield _of_order(order, MessageKind.START_IN_PAST, text, date_to=from_micros(now))
    for number in [number for number, start in enumerate(orders.start) if now <= start <= soon]:
        if netting.covering.waits.get(netting.outside + number, 0) <= orders.start[number]:
            yield _to_begin(OrderRow(netting, number))
    for number, wished in orders.fenced.items():
        order = OrderRow(netting, number)
        text = f"{amount(order.item, order.quantity)} should start on {day(wished)}, before the planning time fence"
        text = f"{text} ends on {day(order.fence)}"
        yield _of_order(order, MessageKind.FENCED, text, date_to=from_micros(wished))
    for number, items in orders.uncounted.items():
        for item in items:
            text = f"{item} falls off after it was planned, and is not counted"
            order = OrderRow(netting, number)
            yield ActionMessage(
                MessageKind.NOT_COUNTED,
                order.code,
                text,
                item=item,
                site=order.station.site,
                segment=order.station.segment,
            )


def _of_suppliers(netting: Netting) -> Iterator[ActionMessage]:
    for basket, more in below_minimum(netting):
        supplier, site = basket.place
        text = f"{basket.money(basket.value)} are ordered from {supplier} on {basket.day}, {_too_little(basket, more)}"
        kind = MessageKind.BELOW_MINIMUM_VALUE
        yield ActionMessage(kind, supplier, text, site=site, date_from=from_micros(basket.at))


def _too_little(basket: Basket, more: int) -> str:
    said = f"{basket.money(basket.lacking)} less than its minimum of {basket.least}"
    if basket.unpriced:
        said += f", {basket.unpriced} without a price in {basket.least.currency}"
    if more:
        said += f", and on {more} later day{'s' if more > 1 else ''} too"
    return said


def _to_begin(order: OrderRow) -> ActionMessage:
    made = isinstance(order.netting.orders.way[order.number], Recipe)
    kind, verb = (MessageKind.LAUNCH, "launch") if made else (MessageKind.ORDER, "order")
    text = f"{verb} {amount(order.item, order.quantity)} by {day(order.start)}, due {day(order.due)}"
    return _of_order(order, kind, text)


def _of_order(order: OrderRow, kind: MessageKind, text: str, *, date_to: datetime | None = None) -> ActionMessage:
    number = SAP.get(kind) if order.settled is None else SAP_OF_SETTLED.get(kind)
    return ActionMessage(
        kind,
        order.code,
        text,
        item=order.item.code,
        site=order.station.site,
        date_from=from_micros(order.start),
        date_to=date_to,
        quantity_from=from_scaled(order.quantity, order.item.scale),
        sap=number,
        segment=order.station.segment,
    )


def _of_station(netting: Netting, station: Station) -> Iterator[ActionMessage]:
    item, code, site = station.item, station.item.code, station.site
    if station.no_source and (station.short or station.missing):
        no_bill = station.no_source.startswith("no source: no bill of material")
        short = from_scaled(max(station.short, sum(station.missing.values())), item.scale)
        whose = f" for {set_aside_for(station.segment)}" if station.segment else ""
        text = f"{item.code} at {site}{whose}: {station.no_source}"
        number = NO_BILL_SELECTED if no_bill else None
        kind, where = MessageKind.NO_SOURCE, station.segment
        yield ActionMessage(kind, item.code, text, item=code, site=site, quantity_to=short, sap=number, segment=where)
    for number, quantity in station.wasted:
        supply = SupplyRow(netting, station, number)
        text = f"{amount(item, quantity)} expire on {last_day(netting, site, supply)} and are not needed before"
        lost, gone = from_scaled(quantity, item.scale), from_micros(supply.expires)
        yield ActionMessage(
            MessageKind.EXPIRES,
            supply.label,
            text,
            item=code,
            site=site,
            date_from=gone,
            quantity_from=lost,
            segment=station.segment,
        )
    if station.safety:
        left, safety = at_end(station, netting.gathered.until), station.target(netting.gathered.until - 1)
        if left < safety:
            there, target = from_scaled(left, item.scale), from_scaled(safety, item.scale)
            text = f"{amount(item, left)} are left at the end of the horizon, {amount(item, safety)} should be"
            kind = MessageKind.BELOW_SAFETY
            yield ActionMessage(
                kind, item.code, text, item=code, site=site, quantity_from=there, quantity_to=target, sap=SAP[kind]
            )
