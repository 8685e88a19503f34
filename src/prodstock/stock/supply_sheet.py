"""The rows that tell what became of purchase and transfer orders: how they stand, what happened, what came when."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import attrs

from prodstock._render import short, shown
from prodstock.calendars.span import Moment
from prodstock.master.codes import ItemCode
from prodstock.orders.delivery import Delivery
from prodstock.orders.supply_life import SupplyAction, SupplyStatus
from prodstock.tables import Table


@attrs.frozen(repr=False)
class Arrival:
    """So much of an order came, against the dates that it was to come. What came for parts of several dates is split.

    Days are those of the site, the day of the one less the day of the other: above zero is late, below zero early.

    Attributes:
        ref: the order.
        item: the item.
        quantity: how much came, in the base unit; what went back later is still in it.
        unit: the base unit.
        origin: the supplier, or the site it came from.
        site: where it came to.
        arrived_at: when it came. UTC.
        asked: the date that the order was placed with.
        promised: the date that was confirmed first for these goods, or None.
        expected: the date that was expected last, just before it came.
        after_asked: how many days after `asked` it came.
        after_promised: how many days after `promised`; None without it.
        after_expected: how many days after `expected`.
    """

    ref: str
    item: ItemCode
    quantity: Decimal
    unit: str
    origin: str
    site: str
    arrived_at: datetime
    asked: Moment
    promised: Moment | None
    expected: Moment
    after_asked: int
    after_promised: int | None
    after_expected: int

    def __repr__(self) -> str:
        what = f"{self.quantity:f} {self.unit[:8]} {self.item[:20]}"
        return short(f"<Arrival {what} for {self.ref[:20]} {self.arrived_at:%Y-%m-%d}, {self.after_asked:+d} days>")


@attrs.frozen(repr=False)
class SupplyChange:
    """Something that happened to an order, and how it stood then.

    Attributes:
        effective_at: when it took effect. UTC.
        recorded_at: when it was written down. UTC.
        action: what it was.
        moved: how much came, left, went back or got lost with it, in base units; zero where nothing did.
        quantity: how much was ordered then.
        received: how much of it had come then.
        was_due: when the last of it was expected before; None where it was placed.
        due: when the last of it was expected then.
        expected: what was still to come then, and when.
        by: who said so.
        because: why.
        commit: the name of the commit.
    """

    effective_at: datetime
    recorded_at: datetime
    action: SupplyAction
    moved: Decimal
    quantity: Decimal
    received: Decimal
    was_due: Moment | None
    due: Moment
    expected: tuple[Delivery, ...]
    by: str
    because: str
    commit: str

    def __repr__(self) -> str:
        done = f"{self.received:f} of {self.quantity:f} received"
        return short(f"<SupplyChange {self.effective_at:%Y-%m-%d} {self.action}: {done}, due {shown(self.due)}>")


@attrs.frozen(repr=False)
class LateSupply:
    """A part of an open order that should have come by now.

    Attributes:
        ref: the order.
        item: the item.
        quantity: how much of it is still to come, in the base unit; what is in transit is in it.
        unit: the base unit.
        origin: the supplier, or the site it comes from.
        site: where it is to come.
        due: when it was expected.
        days: how many days ago that was; 0 of a moment earlier today.
        status: how far the order is.
    """

    ref: str
    item: ItemCode
    quantity: Decimal
    unit: str
    origin: str
    site: str
    due: Moment
    days: int
    status: SupplyStatus

    def __repr__(self) -> str:
        what = f"{self.quantity:f} {self.unit[:8]} {self.item[:20]}"
        return short(f"<LateSupply {self.ref[:20]} {what} due {shown(self.due)}, {self.days} days ago>")


@attrs.frozen(repr=False)
class SupplySheet:
    """A purchase or transfer order as it stands, quantities in the base unit.

    Attributes:
        ref: its code.
        item: the item.
        ordered: how much is ordered.
        unit: the base unit.
        origin: the supplier, or the site it comes from.
        site: where it comes to.
        status: how far it is.
        placed_at: when it was placed. UTC.
        asked: the date it was placed with.
        confirmed_at: when it was first confirmed, or None. UTC.
        promised: the date that was confirmed first for the last of it, or None.
        due: when the last of it is expected now, or was last.
        received: how much of it has come, less what went back to be replaced.
        in_transit: how much is on its way for a transfer.
        open: how much of what is ordered is still to come.
        expected: what is expected and when; less than `open` where less was confirmed.
        over: how much more came than was ordered.
        short: how much was left short when it was closed.
        cancelled: how much of it was called off.
        replaced: how much went back to be replaced.
        credited: how much went back for good.
        lost: how much got lost on its way.
        days_late: how many days after the promised date (or the one asked for) the last of it came, or is to come as
            things stand, today at the earliest; below zero: before. None if nothing came before it ended.
        days_overdue: how many days ago the earliest part that is still to come was expected; 0: none is overdue.
        serves: the demands it is placed for, most urgent first.
        arrivals: what came, and when.
    """

    ref: str
    item: ItemCode
    ordered: Decimal
    unit: str
    origin: str
    site: str
    status: SupplyStatus
    placed_at: datetime
    asked: Moment
    confirmed_at: datetime | None
    promised: Moment | None
    due: Moment
    received: Decimal
    in_transit: Decimal
    open: Decimal
    expected: tuple[Delivery, ...]
    over: Decimal
    short: Decimal
    cancelled: Decimal
    replaced: Decimal
    credited: Decimal
    lost: Decimal
    days_late: int | None
    days_overdue: int
    serves: tuple[str, ...]
    arrivals: Table[Arrival]

    def __repr__(self) -> str:
        done = f"{self.received:f} of {self.ordered:f} {self.unit[:8]} {self.item[:20]}"
        return short(f"<SupplySheet {self.ref[:20]} {done} received, due {shown(self.due)}, {self.status}>")
