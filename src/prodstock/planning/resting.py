"""What the lines of an explanation rest on: the streams of the events that brought stock, receipts and wants about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prodstock.journal.stream import (
    demand_stream,
    lot_stream,
    order_stream,
    planned_stream,
    serial_stream,
    stock_stream,
    supply_stream,
)
from prodstock.master.item import Tracking
from prodstock.orders.demand import Demand
from prodstock.orders.production import ProductionOrder
from prodstock.planning.kernel import EXPECTED_STOCK, PRODUCTION, STOCK
from prodstock.planning.rows import OrderRow, SupplyRow

if TYPE_CHECKING:
    from prodstock.master.item import Item
    from prodstock.planning.kernel import Asked
    from prodstock.planning.rows import WantRow


def of_supply(supply: SupplyRow) -> tuple[str, ...]:
    """Return the streams of a supply: its lot, receipt, or, of an order that people settled, that; else nothing."""
    order = supply.order
    if order is not None:
        return of_order(order)
    if supply.kind in {STOCK, EXPECTED_STOCK}:
        return (of_goods(supply.station.item, supply.station.site, _name(supply)),)
    if supply.kind == PRODUCTION:
        return (order_stream(supply.label),)
    return (supply_stream(supply.label),)


def _name(supply: SupplyRow) -> str:
    """Return the lot or serial of stock, without what it waits for."""
    label = supply.label
    return label[: label.rindex(" (")] if supply.kind == EXPECTED_STOCK and label.endswith(")") else label


def of_goods(item: Item, site: str, name: str) -> str:
    """Return the stream of a lot or serial; of what is not tracked that of all that lies at a site."""
    if item.tracking is Tracking.NONE:
        return stock_stream(item.code, site)
    return serial_stream(item.code, name) if item.tracking is Tracking.SERIAL else lot_stream(item.code, name)


def of_order(order: OrderRow) -> tuple[str, ...]:
    """Return the stream of an order that people settled; what is only proposed has none."""
    return (planned_stream(order.code),) if order.settled is not None else ()


def of_want(want: WantRow) -> tuple[str, ...]:
    """Return the streams of who wants something."""
    origin = want.origin
    return of_order(origin) if isinstance(origin, OrderRow) else of_asked(origin)


def of_asked(asked: Asked) -> tuple[str, ...]:
    """Return the stream of a demand, launched order or transfer; of one without a code nothing."""
    who = asked.origin
    if isinstance(who, ProductionOrder):
        return (order_stream(who.code),)
    if who.ref is None:
        return ()
    return (demand_stream(who.ref) if isinstance(who, Demand) else supply_stream(who.ref),)
