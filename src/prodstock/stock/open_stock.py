"""Open stock as planning and allocation take from it: lots in the order of taking, without a plant."""

from __future__ import annotations

from bisect import bisect_left, insort
from typing import TYPE_CHECKING, Final

from prodstock.master.item import LotOrder
from prodstock.stock.claim import AllocationPolicy
from prodstock.stock.history import EMPTY
from prodstock.stock.picking import pick

if TYPE_CHECKING:
    from collections.abc import Sequence

    from prodstock.stock.shelf import OpenKey, Row

FEFO: Final = AllocationPolicy(order=LotOrder.FEFO)
"""First expired, first out; all of a need or nothing."""


class OpenStock:
    """Free stock of one item in one place while an engine takes from it: what is used up leaves the list at once."""

    __slots__ = ("_marks", "keys", "left", "order", "rows")

    def __init__(self, order: LotOrder) -> None:
        self.order: LotOrder = order
        self.keys: list[OpenKey] = []
        self.rows: list[Row] = []
        self.left: int = 0
        self._marks: list[OpenKey] = []

    def add(self, quantity: int, expires: int, received: int, label: str) -> int:
        """Add a parcel and return its number; of equal keys the one added first is taken first. O(n) pointer moves."""
        parcel = len(self.rows)
        fefo = self.order is LotOrder.FEFO
        key = (expires, received, label, parcel) if fefo else (received, expires, label, parcel)
        self.rows.append((quantity, 0, EMPTY))
        self._marks.append(key)
        if quantity > 0:
            insort(self.keys, key)
            self.left += quantity
        return parcel

    def find(self, wanted: int, alive_at: int, fits: set[int] | None = None) -> tuple[list[int], int]:
        """Return what to take, as (parcel, quantity) one after the other, and what is missing; takes nothing yet."""
        keys = self.keys if fits is None else [key for key in self.keys if key[3] in fits]
        return pick(keys, self.rows, wanted, alive_at, self.order)

    def take(self, picks: Sequence[int]) -> None:
        """Take what was found."""
        for at in range(0, len(picks), 2):
            parcel, quantity = picks[at], picks[at + 1]
            rest = self.rows[parcel][0] - quantity
            self.rows[parcel] = (rest, 0, EMPTY)
            self.left -= quantity
            if not rest:
                del self.keys[bisect_left(self.keys, self._marks[parcel])]

    def remove(self, parcel: int) -> int:
        """Take away what is left of a parcel, and return how much that was."""
        rest = self.rows[parcel][0]
        if rest:
            self.take((parcel, rest))
        return rest
