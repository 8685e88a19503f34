"""What an open supply still brings, as planning takes it: what is on its way among the lots, the rest as promises."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from prodstock.calendars.zone import from_micros
from prodstock.master import checks
from prodstock.orders.delivery import Delivery, base_amount, from_the_start, up_to
from prodstock.quantities.number import LIMITS
from prodstock.stock.allocation import OpenLot, need_at

if TYPE_CHECKING:
    from datetime import tzinfo
    from decimal import Decimal

    from prodstock.orders.purchase import SupplyOrder, SupplyState


class Coming:
    """What an open supply still brings.

    An order of which all that is open is expected at one date is promised as it is, with what of it is done. One that
    is expected in parts, or in part, is promised as its parts: what has come or is on its way is off the earliest.

    Args:
        state: the supply as it stands.
        zone: the time zone of the site it comes to.
    """

    __slots__ = ("_away", "_left", "_parts", "_state", "_whole", "_zone")

    def __init__(self, state: SupplyState, zone: tzinfo) -> None:
        self._state = state
        self._zone = zone
        self._parts: tuple[Delivery, ...] = state.coming
        self._left: tuple[Delivery, ...] = self._parts
        self._away: Decimal = checks.ZERO
        self._whole: bool = self._parts == (Delivery(state.open, due=state.order.due),)

    def on_its_way(self, lot: OpenLot) -> tuple[OpenLot, ...]:
        """Return goods in transit as lots that are ready when the parts they are are expected."""
        free = base_amount(Delivery(lot.free, due=self._state.order.due))
        pieces = up_to(self._left, free)
        self._left = from_the_start(self._left, free)
        self._away = LIMITS.add(self._away, free)
        if len(self._parts) == 1 or not pieces:
            return (lot,)
        return tuple(
            attrs.evolve(lot, free=piece.quantity, ready=from_micros(need_at(piece.due, self._zone)))
            for piece in pieces
        )

    def promises(self) -> tuple[SupplyOrder, ...]:
        """Return what neither has come nor is on its way, each part with its date."""
        order = self._state.order
        if self._whole:
            return (order,)
        return tuple(attrs.evolve(order, quantity=part.quantity, due=part.due) for part in self._left)

    def done(self) -> Decimal:
        """Return how much of the promise is done already: what has come and what is on its way."""
        return LIMITS.add(self._state.received, self._away) if self._whole else checks.ZERO
