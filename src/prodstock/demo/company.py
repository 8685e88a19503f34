"""The company that the story happens in: its plant, its clock, and the steps that it takes again and again."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import attrs

from prodstock.datasets.data_set import DataSet
from prodstock.demo.report import picks
from prodstock.journal.store import ManualClock
from prodstock.orders.demand import Demand
from prodstock.plant import Plant
from prodstock.shopfloor.close import Close, Leftover
from prodstock.stock.goods import Goods

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from prodstock.orders.production import ProductionOrder
    from prodstock.planning.plan import Plan


@attrs.frozen
class Company:
    """A plant, the clock that the teller of its story moves, and the data it began with."""

    data: DataSet
    plant: Plant
    clock: ManualClock

    @classmethod
    def opened(cls, data: DataSet) -> Company:
        """Return the company on the morning on which its story begins."""
        clock = ManualClock(data.today)
        return cls(data, data.plant(clock=clock), clock)

    def at(self, month: int, day: int, hour: int, minute: int = 0) -> None:
        """Let time pass until a moment of the story's year, in UTC."""
        self.clock.advance(datetime(self.data.today.year, month, day, hour, minute, tzinfo=UTC) - self.clock.now())

    def plan(self) -> Plan:
        """Plan to the company's horizon."""
        return self.plant.plan(until=self.data.until)

    def order_until(self, month: int, day: int) -> Iterator[str]:
        """Order what the plan says must be ordered before a day, and say what that is."""
        last = datetime(self.data.today.year, month, day, tzinfo=UTC)
        for planned in self.plan().buy:
            if planned.start < last:
                bought = self.plant.purchase(planned, by="purchasing")
                yield f"Purchasing orders {bought.quantity} {bought.item} from {bought.supplier} as {bought.ref}."

    def launch(self, item: str, *, lot: str) -> ProductionOrder:
        """Launch the first order that is planned for an item."""
        return self.plant.launch(self.plan().make.where(item=item)[0], lot=lot, by="planning")

    def issue(self, order: ProductionOrder) -> Iterator[str]:
        """Reserve and issue what an order needs, and say which lots that took."""
        held = self.plant.reserve(order, by="planning")
        self.plant.issue(held, by="stores")
        yield f"{order.code} starts {order.quantity:f} {order.item}. Issued, by expiry and age: {picks(held.lines)}."

    def give_up(self, order: ProductionOrder, lots: Collection[tuple[str, str | None]]) -> None:
        """Return from an order's WIP what is not of these lots; what is left there is lost, and the order ends."""
        for line in self.plant.production.balance(order):
            if line.in_wip and (line.item, line.lot) not in lots:
                self.plant.put_back(order, Goods(line.item, lot=line.lot or None), by="stores")
        self.plant.do(Close(order, leftover=Leftover.LOSS, by="planning", because="suspect"))

    def demand(self, ref: str) -> Demand:
        """Return an open demand by its code."""
        promises = self.plant.snapshot().promises
        return next(one for one in promises if isinstance(one, Demand) and one.ref == ref)

    def ship(self, *refs: str) -> str:
        """Ship what demands still want, and say what left for whom."""
        sent = []
        for ref in refs:
            demand = self.demand(ref)
            shipment = self.plant.ship(Goods(demand.item), demand=ref, by="shipping")
            sent.append(f"{shipment.quantity:f} {shipment.item} to {demand.customer} ({ref})")
        return ", ".join(sent)
