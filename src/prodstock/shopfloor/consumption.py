"""What the floor uses up: components of an order's WIP, as far as its confirmed units need them."""

from __future__ import annotations

from math import ceil, floor
from typing import TYPE_CHECKING

from prodstock.errors import NotEnough
from prodstock.journal.stream import stock_stream
from prodstock.master.quality_state import Quality
from prodstock.quantities.scaled import from_scaled
from prodstock.stock.movement import Movement
from prodstock.stock.reservation import stand_in
from prodstock.stock.status import Purpose

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from prodstock.orders.production import ProductionOrder
    from prodstock.orders.sheet import SheetLine
    from prodstock.shopfloor.ledger import Ledger
    from prodstock.stock.draft import Draft
    from prodstock.stock.shelf import Shelf


class Floor:
    """The components in an order's WIP, as one command leaves them."""

    __slots__ = ("_fit", "draft", "ledger", "order", "used")

    def __init__(self, draft: Draft, order: ProductionOrder, ledger: Ledger) -> None:
        self.draft: Draft = draft
        self.order: ProductionOrder = order.launched
        self.ledger: Ledger = ledger
        self.used: set[tuple[int, int]] = set()
        self._fit: dict[int, bool] = {}

    def consume(self, line: SheetLine, quantity: int, *, advice: str = "") -> int:
        """Use up so much of a line as `use` does.

        Args:
            line: which.
            quantity: how much, in the smallest steps of its item.
            advice: what else to say where it does not suffice.

        Raises:
            NotEnough: if less is in the order's WIP in a state fit for production.
        """
        used = self.use(line, quantity)
        if used < quantity:
            raise self._short(line, quantity, quantity - used, advice)
        return used

    def use(self, line: SheetLine, quantity: int) -> int:
        """Use up so much of a line's item, then of its substitutes, as is there; return it in units of the line.

        Of several lots the one that expires first, then the one received first, then by code. It is a little more
        than asked for where a substitute does not come in so small steps; what of a substitute is not enough for one
        smallest step stays.
        """
        missing = self._take(line.item, quantity)
        for item, ratio in line.substitutes:
            if missing > 0:
                per_step = stand_in(self.draft.world.catalog, line.item, item, ratio)
                whole = min(missing, floor(self._there(item) / per_step))
                wanted = ceil(whole * per_step)
                missing -= floor((wanted - self._take(item, wanted)) / per_step)
        return quantity - missing

    def _short(self, line: SheetLine, asked: int, missing: int, advice: str) -> NotEnough:
        scale = line.scale
        more = f"ssue {from_scaled(missing, scale):f} {line.unit} more of {line.item} to {self.order.code} first"
        unfit = ", ".join(self._unfit(line))
        return NotEnough(
            item=line.item,
            goods=f"{line.item} in the WIP of {self.order.code} for line {line.number}",
            asked=from_scaled(asked, scale),
            there=from_scaled(asked - missing, scale),
            unit=line.unit,
            advice=(f"There are {unfit}: have them judged fit, or i{more}" if unfit else f"I{more}") + advice,
        )

    def _unfit(self, line: SheetLine) -> Iterator[str]:
        """Yield how much of a line's item, and of what may stand in, is here in which state unfit for production."""
        world = self.draft.world
        for item in (line.item, *(item for item, _ in line.substitutes)):
            shelf = world.find(stock_stream(item, self.order.site))
            sums: dict[str, int] = {}
            for parcel in self._judged(shelf) if shelf >= 0 else ():
                there, place = self.draft.row(shelf, parcel)[0], world.shelf(shelf).place[parcel]
                if there > 0 and not self._is_fit(place):
                    quality = world.places.name(place).quality
                    state = "awaiting release" if quality == Quality.APPROVED else quality
                    sums[state] = sums.get(state, 0) + there
            definition = world.catalog.item(item)
            for state, there in sums.items():
                yield f"{from_scaled(there, definition.scale):f} {definition.unit} {item} {state}"

    def _there(self, item: str) -> int:
        """Return how much of an item is here in a state fit for production."""
        shelf = self.draft.world.find(stock_stream(item, self.order.site))
        if shelf < 0:
            return 0
        place = self.draft.world.shelf(shelf).place
        parcels = {*self.ledger.issued.get(shelf, {}), *self._judged(shelf)}
        return sum(max(self.draft.row(shelf, one)[0], 0) for one in parcels if self._is_fit(place[one]))

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
        return {parcel: row for row in rows for parcel, _ in self.ledger.parcels(self.draft.world, shelf, row)}

    def _draw(self, shelf: int, parcels: dict[int, int], wanted: int) -> int:
        """Use up so much of these parcels, by their rows, and return what is missing."""
        if not parcels:
            return wanted
        known = self.draft.world.shelf(shelf)
        for parcel in parcels if len(parcels) == 1 else self._in_turn(known, parcels):
            there = self.draft.row(shelf, parcel)[0]
            if there > 0 and self._is_fit(known.place[parcel]):
                taken = min(there, wanted)
                self.draft.leg(Movement.CONSUMPTION, shelf, parcel, -taken)
                self.used.add((shelf, parcels[parcel]))
                wanted -= taken
                if not wanted:
                    break
        return wanted

    def _in_turn(self, known: Shelf, parcels: dict[int, int]) -> Iterable[int]:
        book = self.draft.world.book(known.book)
        keys = sorted((book.expires[row], book.received[row], book.code(row), one) for one, row in parcels.items())
        return [key[3] for key in keys]

    def _is_fit(self, place: int) -> bool:
        """Tell whether goods in a place are in a state to make things of."""
        fit = self._fit.get(place)
        if fit is None:
            world = self.draft.world
            fit = self._fit[place] = world.state(world.places.name(place)).serves(Purpose.PRODUCTION)
        return fit
