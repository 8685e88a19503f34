"""Expected supply: what is ordered from a supplier or another site, and how much of it has come."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum
from typing import TypeAlias

import attrs

from prodstock._render import short, shown
from prodstock.calendars.span import Moment
from prodstock.errors import InvalidValueError
from prodstock.journal.commit import RecordEvent, known
from prodstock.master import checks
from prodstock.master.codes import item_code, optional_ref, site_code, supplier_code
from prodstock.orders.demand import Demand
from prodstock.orders.moments import moment
from prodstock.quantities.quantity import Exact, amount


@attrs.frozen(repr=False)
class PurchaseOrder:
    """An item is on its way from a supplier.

    Args:
        item: what is ordered.
        quantity: how much; a plain number is in the item's base unit.
        supplier: from whom.
        due: when it is expected now; a date means the end of that day at the site.
        ref: its code; None: the plant gives one.
        site: where it is delivered.

    >>> from datetime import date
    >>> PurchaseOrder("MIC-B", 400, supplier="OTIK", due=date(2026, 3, 27), ref="PU-7")
    <PurchaseOrder PU-7 400 MIC-B from OTIK due 2026-03-27>
    """

    item: str = attrs.field(converter=item_code)
    quantity: Exact = attrs.field(converter=amount)
    supplier: str = attrs.field(kw_only=True, converter=supplier_code)
    due: Moment = attrs.field(kw_only=True)
    ref: str | None = attrs.field(kw_only=True, default=None, converter=optional_ref)
    site: str = attrs.field(kw_only=True, default="MAIN", converter=site_code)

    def __attrs_post_init__(self) -> None:
        checks.positive(self.quantity, "quantity")
        moment(self.due, "due")

    def __repr__(self) -> str:
        ref = f"{self.ref[:30]} " if self.ref else ""
        what = f"{str(self.quantity)[:20]} {self.item[:20]} from {self.supplier[:20]}"
        return short(f"<PurchaseOrder {ref}{what} due {shown(self.due)}>")


@attrs.frozen(repr=False)
class TransferOrder:
    """An item is to come from another site.

    Args:
        item: what moves.
        quantity: how much; a plain number is in the item's base unit.
        source: the site it leaves.
        target: the site it comes to.
        due: when it is expected there.
        ref: its code; None: the plant gives one.
    """

    item: str = attrs.field(converter=item_code)
    quantity: Exact = attrs.field(converter=amount)
    source: str = attrs.field(kw_only=True, converter=site_code)
    target: str = attrs.field(kw_only=True, converter=site_code)
    due: Moment = attrs.field(kw_only=True)
    ref: str | None = attrs.field(kw_only=True, default=None, converter=optional_ref)

    def __attrs_post_init__(self) -> None:
        checks.positive(self.quantity, "quantity")
        moment(self.due, "due")
        if self.source == self.target:
            raise InvalidValueError(field="target", value=self.target, reason="is also the source")

    @property
    def site(self) -> str:
        """Where it is expected."""
        return self.target

    def __repr__(self) -> str:
        ref = f"{self.ref[:30]} " if self.ref else ""
        where = f"{self.source[:20]} to {self.target[:20]}"
        return short(f"<TransferOrder {ref}{str(self.quantity)[:20]} {self.item[:20]} {where} due {shown(self.due)}>")


SupplyOrder: TypeAlias = PurchaseOrder | TransferOrder
Promise: TypeAlias = Demand | PurchaseOrder | TransferOrder


class SupplyStatus(StrEnum):
    """Whether more is expected."""

    OPEN = "open"
    RECEIVED = "received"
    CLOSED = "closed"


@attrs.frozen(repr=False)
class SupplyState:
    """An expected supply as it stands, quantities in base units."""

    order: SupplyOrder
    quantity: Decimal
    received: Decimal = checks.ZERO
    closed_because: str | None = None

    @property
    def status(self) -> SupplyStatus:
        """Open until all of it has come or the rest is given up."""
        if self.closed_because is not None:
            return SupplyStatus.CLOSED
        return SupplyStatus.RECEIVED if self.received >= self.quantity else SupplyStatus.OPEN

    def __repr__(self) -> str:
        done = f"{self.received:f} of {self.quantity:f} received"
        return short(f"<SupplyState {self.order.ref} {done}, {self.status}>")


@attrs.frozen
class SupplyExpected(RecordEvent):
    """A supply is expected, or its quantity or date was changed; `quantity` is in base units."""

    order: SupplyOrder
    quantity: Decimal

    def on(self, state: object) -> SupplyState:
        """Return the supply as it stands."""
        if isinstance(state, SupplyState):
            return attrs.evolve(state, order=self.order, quantity=self.quantity)
        return SupplyState(self.order, self.quantity)


@attrs.frozen
class SupplyReceived(RecordEvent):
    """Goods came in for an expected supply; `received` is the sum so far."""

    received: Decimal

    def on(self, state: object) -> SupplyState:
        """Return the supply as it stands."""
        return attrs.evolve(known(state, SupplyState), received=self.received)


@attrs.frozen
class SupplyClosed(RecordEvent):
    """The rest of an expected supply will not come."""

    because: str

    def on(self, state: object) -> SupplyState:
        """Return the supply as it stands."""
        return attrs.evolve(known(state, SupplyState), closed_because=self.because)
