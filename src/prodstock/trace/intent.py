"""Which orders brought goods and for whom they were placed: what a plan meant them for, kept once they are there."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import attrs

from prodstock._render import short, shown
from prodstock.calendars.span import Moment
from prodstock.errors import UnknownCode
from prodstock.journal.stream import demand_stream, order_stream, supply_stream
from prodstock.master import checks
from prodstock.master.codes import ItemCode
from prodstock.orders.demand import DemandState
from prodstock.orders.production import ProductionOrder
from prodstock.orders.purchase import SupplyState
from prodstock.quantities.scaled import from_scaled
from prodstock.stock.lot import LotCode, SerialCode
from prodstock.stock.selection import select
from prodstock.tables import Table
from prodstock.trace.walk import Tracer, identity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from prodstock.stock.goods import GoodsRef
    from prodstock.stock.world import World
    from prodstock.trace.walk import Node


@attrs.frozen(repr=False)
class BroughtBy:
    """So much of a lot or serial was brought by an order.

    Attributes:
        item: the goods.
        lot: their lot; empty for an item that is not tracked.
        serial: the serial, or None.
        ref: the production, purchase or transfer order.
        quantity: how much of it came or was made with that order, in the base unit; what left again is still in it.
        unit: the base unit.
        serves: the demands that the order is for, most urgent first; empty: it was placed for none.
    """

    item: ItemCode
    lot: LotCode
    serial: SerialCode | None
    ref: str
    quantity: Decimal
    unit: str
    serves: tuple[str, ...]

    def __repr__(self) -> str:
        what = f"{self.quantity:f} {self.unit[:10]} {self.item[:20]} {(self.serial or self.lot)[:20]}"
        whom = f" for {', '.join(self.serves)}" if self.serves else ""
        return short(f"<BroughtBy {self.ref[:20]} {what}{whom}>")


@attrs.frozen(repr=False)
class OrderedFor:
    """An order that was placed for a demand, alone or with others.

    Attributes:
        ref: the production, purchase or transfer order.
        item: what it brings.
        quantity: how much it was placed for, in the base unit, for all that it serves.
        unit: the base unit.
        site: where it brings it.
        due: when it is expected now, or was last.
        status: how far it is, as an `OrderState` or a `SupplyStatus` has it.
        serves: all that it is for, most urgent first.
    """

    ref: str
    item: ItemCode
    quantity: Decimal
    unit: str
    site: str
    due: Moment
    status: str
    serves: tuple[str, ...]

    def __repr__(self) -> str:
        what = f"{self.quantity:f} {self.unit[:10]} {self.item[:20]}"
        return short(f"<OrderedFor {self.ref[:20]} {what} due {shown(self.due)}, {self.status}>")


def brought_by(world: World, goods: GoodsRef) -> Table[BroughtBy]:
    """Return which orders brought goods and for whom, by lot and serial, and by order in the order of happening.

    O(movements of the goods and of the orders that made them).

    Raises:
        UnknownCode, AmbiguousCode: if the goods are not to be found.
    """
    selection = select(world, goods)
    tracer = Tracer(world)
    return Table(row for number in selection.rows for row in _brought(tracer, (selection.item, number)))


def _brought(tracer: Tracer, node: Node) -> Iterator[BroughtBy]:
    world = tracer.world
    item = world.catalog.item(node[0])
    lot, serial = identity(world, node)
    for ref, quantity in [*tracer.received(node), *tracer.made(node)]:
        amount = from_scaled(quantity, item.scale)
        yield BroughtBy(ItemCode(item.code), lot, serial, ref, amount, item.unit, _serves(world, ref))


def _serves(world: World, ref: str) -> tuple[str, ...]:
    supply = world.body(supply_stream(ref))
    if isinstance(supply, SupplyState):
        return supply.order.serves
    order = world.body(order_stream(ref))
    return order.serves if isinstance(order, ProductionOrder) else ()


def ordered_for(world: World, demand: str) -> Table[OrderedFor]:
    """Return the orders that were placed for a demand, at all levels: what is made, then what is bought and moved.

    Each by code. O(all orders).

    Raises:
        UnknownCode: if there is no demand of that code.
    """
    checks.instance(demand, str, "demand", "Give the demand's ref")
    if not isinstance(world.body(demand_stream(demand)), DemandState):
        raise UnknownCode(kind="demand", given=demand, nearest=world.near(demand, "demand"))
    return Table(row for row in _orders(world) if demand in row.serves)


def _orders(world: World) -> Iterator[OrderedFor]:
    for name in _named(world, order_stream("")):
        order = world.body(name)
        if isinstance(order, ProductionOrder):
            item, unit = ItemCode(order.item), _unit(world, order.item)
            yield OrderedFor(order.code, item, order.quantity, unit, order.site, order.due, order.state, order.serves)
    for name in _named(world, supply_stream("")):
        state = world.body(name)
        if isinstance(state, SupplyState):
            supply = state.order
            item, unit = ItemCode(supply.item), _unit(world, supply.item)
            yield OrderedFor(
                supply.ref or "", item, state.quantity, unit, supply.site, supply.due, state.status, supply.serves
            )


def _named(world: World, prefix: str) -> list[str]:
    return sorted(name for name in world.names if name.startswith(prefix))


def _unit(world: World, item: str) -> str:
    """Return an item's unit; an order that has ended may be of one that is defined no more."""
    try:
        return world.catalog.item(item).unit
    except UnknownCode:
        return ""
