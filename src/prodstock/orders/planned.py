"""Planned orders: what a plan proposes to make, buy and move. They are proposals, never facts."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import TypeAlias

import attrs

from prodstock.journal.commit import RecordEvent, known
from prodstock.master.codes import ItemCode


@attrs.frozen(repr=False)
class PlannedMake:
    """A proposal to make: started at `start`, good in stores by `due`.

    Attributes:
        item: what to make.
        quantity: how many to start, losses included.
        start: when to begin, in UTC.
        due: when the good ones are in stores, in UTC.
        revision: the bill of material to use.
        code: the same for the same proposal in every plan; it becomes an order once.
        site: where.
        serves: the demands it is for, most urgent first.
        good: how many good ones it should bring.
    """

    item: ItemCode
    quantity: Decimal
    start: datetime
    due: datetime
    revision: str
    code: str = attrs.field(kw_only=True, default="")
    site: str = attrs.field(kw_only=True, default="MAIN")
    serves: tuple[str, ...] = attrs.field(kw_only=True, default=())
    good: Decimal = attrs.field(kw_only=True, default=Decimal(0))

    def __repr__(self) -> str:
        return f"<PlannedMake {self.quantity:f} {self.item[:40]} {self.start:%Y-%m-%d} to {self.due:%Y-%m-%d}>"


@attrs.frozen(repr=False)
class PlannedBuy:
    """A proposal to buy: ordered at `start`, usable by `due`.

    Attributes:
        item: what to buy.
        quantity: how much.
        start: when to order, in UTC.
        due: when it is usable, in UTC.
        supplier: from whom.
        code: the same for the same proposal in every plan; it becomes an order once.
        site: where it is delivered.
        serves: the demands it is for, most urgent first.
    """

    item: ItemCode
    quantity: Decimal
    start: datetime
    due: datetime
    supplier: str
    code: str = attrs.field(kw_only=True, default="")
    site: str = attrs.field(kw_only=True, default="MAIN")
    serves: tuple[str, ...] = attrs.field(kw_only=True, default=())

    def __repr__(self) -> str:
        when = f"{self.start:%Y-%m-%d} to {self.due:%Y-%m-%d}"
        return f"<PlannedBuy {self.quantity:f} {self.item[:40]} from {self.supplier[:30]} {when}>"


@attrs.frozen(repr=False)
class PlannedMove:
    """A proposal to move goods from one site to another.

    Attributes:
        item: what to move.
        quantity: how much.
        start: when it leaves, in UTC.
        due: when it is usable there, in UTC.
        source: the site it leaves.
        target: the site it comes to.
        code: the same for the same proposal in every plan; it becomes an order once.
        serves: the demands it is for, most urgent first.
    """

    item: ItemCode
    quantity: Decimal
    start: datetime
    due: datetime
    source: str
    target: str
    code: str = attrs.field(kw_only=True, default="")
    serves: tuple[str, ...] = attrs.field(kw_only=True, default=())

    def __repr__(self) -> str:
        when = f"{self.start:%Y-%m-%d} to {self.due:%Y-%m-%d}"
        return f"<PlannedMove {self.quantity:f} {self.item[:30]} {self.source[:18]} to {self.target[:18]} {when}>"


PlannedOrder: TypeAlias = PlannedMake | PlannedBuy | PlannedMove


@attrs.frozen
class PlanFirmed(RecordEvent):
    """A person settled a planned order: later plans take it as it is."""

    order: PlannedOrder

    def on(self, state: object) -> PlannedOrder:
        """Return the planned order."""
        if state is not None and not isinstance(state, PlannedOrder):
            known(state, PlannedMake)
        return self.order


@attrs.frozen
class PlanLaunched(RecordEvent):
    """A planned order became an order; `order` is its code. It may become one again only after that one has ended."""

    order: str

    def on(self, state: object) -> str:
        """Return the order's code."""
        if state is not None and not isinstance(state, PlannedOrder):
            known(state, str)
        return self.order
