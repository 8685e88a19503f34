"""Expected supply: what is ordered from a supplier or another site, and how much of it has come."""

from __future__ import annotations

from decimal import Decimal
from typing import TypeAlias

import attrs

from prodstock._render import short, shown
from prodstock.calendars.span import Moment
from prodstock.errors import InvalidValueError
from prodstock.journal.commit import RecordEvent, known
from prodstock.master import checks
from prodstock.master.codes import item_code, optional_ref, segment_code, site_code, supplier_code
from prodstock.orders.delivery import Delivery, from_the_start, in_all
from prodstock.orders.demand import Demand
from prodstock.orders.moments import moment
from prodstock.orders.planned import served
from prodstock.orders.supply_life import SupplyStatus
from prodstock.quantities.number import LIMITS
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
        segment: whose stock it comes into: `project:` and a project, `own:` and a demand made to order; empty: free.
        serves: the demands it is placed for, most urgent first.

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
    segment: str = attrs.field(kw_only=True, default="", converter=segment_code)
    serves: tuple[str, ...] = attrs.field(kw_only=True, default=(), converter=served)

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
        segment: whose stock it takes there, and is here; empty: free stock.
        serves: the demands it is placed for, most urgent first.
    """

    item: str = attrs.field(converter=item_code)
    quantity: Exact = attrs.field(converter=amount)
    source: str = attrs.field(kw_only=True, converter=site_code)
    target: str = attrs.field(kw_only=True, converter=site_code)
    due: Moment = attrs.field(kw_only=True)
    ref: str | None = attrs.field(kw_only=True, default=None, converter=optional_ref)
    segment: str = attrs.field(kw_only=True, default="", converter=segment_code)
    serves: tuple[str, ...] = attrs.field(kw_only=True, default=(), converter=served)

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


@attrs.frozen(repr=False)
class SupplyState:
    """An expected supply as it stands, quantities in base units.

    Attributes:
        order: what is ordered; its date is when the last of it is expected now.
        quantity: how much is ordered.
        received: how much of that has come, less what went back to be replaced.
        closed_because: not None once what was still to come was given up.
        parts: what was still to come when that was last said, the earliest first; empty: all of it, when it is due.
        since: how much had been received then.
        confirmed: whether the supplier, or the site it comes from, has confirmed it as it stands.
        cancelled: whether it was called off by who ordered it, rather than left short by who was to send it.
        replaced: how much went back to the vendor to be replaced.
        credited: how much went back to the vendor for good.
        lost: how much of a transfer got lost on its way.
    """

    order: SupplyOrder
    quantity: Decimal
    received: Decimal = checks.ZERO
    closed_because: str | None = None
    parts: tuple[Delivery, ...] = ()
    since: Decimal = checks.ZERO
    confirmed: bool = False
    cancelled: bool = False
    replaced: Decimal = checks.ZERO
    credited: Decimal = checks.ZERO
    lost: Decimal = checks.ZERO

    @property
    def status(self) -> SupplyStatus:
        """How far it is: placed, confirmed, received in part or in full, closed, or cancelled before anything came."""
        if self.closed_because is not None:
            nothing_came = self.cancelled and not self.received
            return SupplyStatus.CANCELLED if nothing_came else SupplyStatus.CLOSED
        if self.received >= self.quantity:
            return SupplyStatus.RECEIVED
        if self.received > 0:
            return SupplyStatus.PART_RECEIVED
        return SupplyStatus.CONFIRMED if self.confirmed else SupplyStatus.PLACED

    @property
    def open(self) -> Decimal:
        """How much of what is ordered has not come and was not given up."""
        if not self.status.is_open:
            return checks.ZERO
        return LIMITS.subtract(self.quantity, self.received)

    @property
    def coming(self) -> tuple[Delivery, ...]:
        """What is expected to come and when, the earliest first: what planning counts on.

        What came is taken off the earliest part; what went back to be replaced comes with the last one. It is less
        than `open` where less was confirmed than is ordered, and may be more where the terms let more in.
        """
        if not self.status.is_open:
            return ()
        if not self.parts:
            return (Delivery(self.open, due=self.order.due),)
        return from_the_start(self.parts, LIMITS.subtract(self.received, self.since))

    @property
    def expected(self) -> Decimal:
        """How much is expected to come: the sum of `coming`."""
        return in_all(self.coming)

    def __repr__(self) -> str:
        ref = (self.order.ref or "")[:30]
        return short(f"<SupplyState {ref} {self.received:f} of {self.quantity:f} received, {self.status}>")


@attrs.frozen
class SupplyExpected(RecordEvent):
    """A supply is expected, or who ordered it changed its quantity or date; `quantity` is in base units.

    `parts` says what is still to come and when, where that is not all of it at the order's date.
    """

    order: SupplyOrder
    quantity: Decimal
    parts: tuple[Delivery, ...] = ()

    def on(self, state: object) -> SupplyState:
        """Return the supply as it stands."""
        if isinstance(state, SupplyState):
            since = state.received if self.parts else checks.ZERO
            return attrs.evolve(
                state, order=self.order, quantity=self.quantity, parts=self.parts, since=since, confirmed=False
            )
        return SupplyState(self.order, self.quantity, parts=self.parts)


@attrs.frozen
class SupplyConfirmed(RecordEvent):
    """The supplier, or the site it comes from, said what of an expected supply will come and when: the earliest first.

    Quantities are in base units, of what was still to come then.
    """

    parts: tuple[Delivery, ...]

    def on(self, state: object) -> SupplyState:
        """Return the supply as it stands."""
        before = known(state, SupplyState)
        order = attrs.evolve(before.order, due=self.parts[-1].due) if self.parts else before.order
        return attrs.evolve(before, order=order, parts=self.parts, since=before.received, confirmed=True)


@attrs.frozen
class SupplyReceived(RecordEvent):
    """Goods came in for an expected supply; `received` is the sum so far."""

    received: Decimal

    def on(self, state: object) -> SupplyState:
        """Return the supply as it stands."""
        return attrs.evolve(known(state, SupplyState), received=self.received)


@attrs.frozen
class SupplyReturned(RecordEvent):
    """Goods of an expected supply went back to the vendor. All are sums so far.

    Attributes:
        received: what was received, less what is to be replaced.
        replaced: what went back to be replaced.
        credited: what went back for good.
    """

    received: Decimal
    replaced: Decimal
    credited: Decimal

    def on(self, state: object) -> SupplyState:
        """Return the supply as it stands."""
        before = known(state, SupplyState)
        return attrs.evolve(before, received=self.received, replaced=self.replaced, credited=self.credited)


@attrs.frozen
class SupplyLost(RecordEvent):
    """Goods got lost on their way for a transfer; `lost` is the sum so far."""

    lost: Decimal

    def on(self, state: object) -> SupplyState:
        """Return the supply as it stands."""
        return attrs.evolve(known(state, SupplyState), lost=self.lost)


@attrs.frozen
class SupplyClosed(RecordEvent):
    """The rest of an expected supply will not come: it was `cancelled` by who ordered it, or is left short."""

    because: str
    cancelled: bool = False

    def on(self, state: object) -> SupplyState:
        """Return the supply as it stands."""
        return attrs.evolve(known(state, SupplyState), closed_because=self.because, cancelled=self.cancelled)
