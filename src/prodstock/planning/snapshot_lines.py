"""What a snapshot holds, row by row: stock, promises, orders, reservations and what the planner has settled."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from prodstock._render import brief
from prodstock.calendars.span import Moment
from prodstock.orders.demand import Demand
from prodstock.orders.planned import PlannedMove
from prodstock.orders.purchase import PurchaseOrder, TransferOrder
from prodstock.quantities.quantity import Exact

if TYPE_CHECKING:
    from collections.abc import Iterator

    from prodstock.orders.purchase import Promise
    from prodstock.planning.snapshot import Snapshot


@attrs.frozen
class SnapshotLine:
    """One thing that planning looks at.

    Attributes:
        what: stock, demand, forecast or another kind of demand, purchase, transfer, production, held or settled.
        ref: the lot, serial, promise or order; of what is held whom it is held for.
        item: of what.
        site: where; of a transfer or a move, where it comes to.
        quantity: how much, in the unit it was given in: of stock what is free, of promises what was promised.
        at: when stock came in, a promise or an order is due; None: of what is held nothing says when.
    """

    what: str
    ref: str
    item: str
    site: str
    quantity: Exact
    at: Moment | None

    __repr__ = brief


def lines(snapshot: Snapshot) -> Iterator[SnapshotLine]:
    """Yield what a snapshot holds: lots, promises, orders, what is held, what is settled, each as they were given."""
    for lot in snapshot.lots:
        yield SnapshotLine("stock", lot.label, lot.item, lot.site, lot.free, lot.received)
    for promise in snapshot.promises:
        site = promise.target if isinstance(promise, TransferOrder) else promise.site
        yield SnapshotLine(_what(promise), promise.ref or "", promise.item, site, promise.quantity, promise.due)
    for order in snapshot.orders:
        yield SnapshotLine("production", order.code, order.item, order.site, order.quantity, order.due)
    for held in snapshot.held:
        yield SnapshotLine("held", held.ref, held.item, held.site, held.quantity, None)
    for firm in snapshot.firm:
        site = firm.target if isinstance(firm, PlannedMove) else firm.site
        yield SnapshotLine("settled", firm.code, firm.item, site, firm.quantity, firm.due)


def _what(promise: Promise) -> str:
    match promise:
        case Demand():
            return promise.kind.value
        case PurchaseOrder():
            return "purchase"
        case TransferOrder():
            return "transfer"
