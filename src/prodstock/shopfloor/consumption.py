"""What the floor uses up: components of an order's WIP, as far as its confirmed units need them."""

from __future__ import annotations

from fractions import Fraction
from math import ceil, floor
from typing import TYPE_CHECKING

from prodstock.errors import NotEnough
from prodstock.journal.stream import stock_stream
from prodstock.quantities.rounding import Rounding, round_scaled
from prodstock.quantities.scaled import from_scaled
from prodstock.stock.movement import Movement
from prodstock.stock.order_ledger import parcels_in
from prodstock.stock.reservation import stand_in
from prodstock.stock.status import Purpose

if TYPE_CHECKING:
    from prodstock.journal.stream import Stream
    from prodstock.orders.production import OrderLine, ProductionOrder
    from prodstock.stock.draft import Draft
    from prodstock.stock.order_ledger import Ledger


def needed(order: ProductionOrder, line: OrderLine, entered: Fraction, scale: int) -> int:
    """Return what a line takes, in its item's smallest steps, once so many units have entered its step.

    The exact need in proportion, rounded up; a fixed line takes all of it with the first unit.
    """
    if not entered:
        return 0
    share = Fraction(1) if line.fixed else entered / (line.units or Fraction(order.quantity))
    return round_scaled(line.exact * share, scale, Rounding.NEED)


class Floor:
    """The components in an order's WIP, as one command leaves them."""

    __slots__ = ("draft", "ledger", "order", "stream", "used")

    def __init__(self, draft: Draft, stream: Stream, order: ProductionOrder, ledger: Ledger) -> None:
        self.draft = draft
        self.stream = stream
        self.order = order
        self.ledger = ledger
        self.used: set[tuple[int, int]] = set()

    def consume(self, line: OrderLine, quantity: int) -> int:
        """Use up so much of a line's item, then of its substitutes, and return what that is in units of the line.

        Of several lots the one that expires first, then the one received first, then by code. It is a little more
        than asked for where a substitute does not come in so small steps.

        Raises:
            NotEnough: if less is in the order's WIP in a state fit for production.
        """
        missing = self._take(line.item, quantity)
        for item, ratio in line.substitutes:
            if missing > 0:
                per_step = stand_in(self.draft.world.catalog, line.item, item, ratio)
                wanted = ceil(missing * per_step)
                missing -= floor((wanted - self._take(item, wanted)) / per_step)
        if missing > 0:
            raise self._short(line, quantity, missing)
        return quantity - missing

    def _short(self, line: OrderLine, asked: int, missing: int) -> NotEnough:
        scale = self.draft.world.catalog.item(line.item).scale
        return NotEnough(
            item=line.item,
            goods=f"{line.item} in the WIP of {self.order.code} for line {line.number}",
            asked=from_scaled(asked, scale),
            there=from_scaled(asked - missing, scale),
            unit=line.unit,
            advice=f"Issue {from_scaled(missing, scale):f} {line.unit} more of {line.item} to {self.order.code} first",
        )

    def _take(self, item: str, wanted: int) -> int:
        """Use up an item and return what is missing."""
        shelf = self.draft.world.find(stock_stream(item, self.order.site))
        if shelf < 0:
            return wanted
        missing = self._draw(shelf, self.ledger.issued.get(shelf, {}), wanted)
        if missing:
            missing = self._draw(shelf, self._judged(shelf), missing)
        return missing

    def _judged(self, shelf: int) -> dict[int, int]:
        """Return all parcels of the lots issued, those that a judgement moved included."""
        rows = dict.fromkeys(self.ledger.issued.get(shelf, {}).values())
        return {
            parcel: row
            for row in rows
            for parcel, _ in parcels_in(self.draft.world, self.ledger, self.stream, shelf, row)
        }

    def _draw(self, shelf: int, parcels: dict[int, int], wanted: int) -> int:
        world = self.draft.world
        if not parcels:
            return wanted
        known = world.shelf(shelf)
        book = world.book(known.book)
        keys = sorted((book.expires[row], book.received[row], book.code(row), one) for one, row in parcels.items())
        for _, _, _, parcel in keys:
            there = self.draft.row(shelf, parcel)[0]
            if wanted and there > 0 and world.state(world.places.name(known.place[parcel])).serves(Purpose.PRODUCTION):
                taken = min(there, wanted)
                self.draft.leg(Movement.CONSUMPTION, shelf, parcel, -taken)
                self.used.add((shelf, parcels[parcel]))
                wanted -= taken
        return wanted
