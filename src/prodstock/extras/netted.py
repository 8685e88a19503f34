"""What netting by buckets found: arrays for those who compute, tables and totals for those who read."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from functools import cached_property

import attrs
import numpy as np

from prodstock._render import brief, day
from prodstock.errors import InvalidValueError
from prodstock.extras.arrays import Ints, kept
from prodstock.extras.structure import Structure
from prodstock.extras.sweep import Inputs, Ordered, together
from prodstock.master import checks
from prodstock.quantities.scaled import from_scaled
from prodstock.tables import Table


@attrs.frozen
class BucketOfItem:
    """An item in a bucket, in its base unit: what is wanted, comes, is planned to come, is started, and is left."""

    start: datetime
    gross: Decimal
    scheduled: Decimal
    planned: Decimal
    released: Decimal
    projected: Decimal

    __repr__ = brief


@attrs.frozen
class TotalChange:
    """How much of an item is ordered in all by one netting and by another, in its base unit."""

    item: str
    before: Decimal
    after: Decimal

    __repr__ = brief


@attrs.frozen(repr=False, eq=False)
class Netted:
    """A netted grid: arrays of buckets times items, 64-bit whole numbers of each item's smallest steps, read-only.

    `ordered`, `planned`, `released` and `projected` are put together when they are first asked for.

    Attributes:
        starts: when each bucket starts, in UTC, by row.
        now: the row of the bucket that starts now.
        inputs: what was netted: demand, scheduled receipts, stock and safety stock.
        gross: what is wanted: demand from outside, and what planned orders need in the bucket in which they start.
    """

    _structure: Structure
    starts: tuple[datetime, ...]
    now: int
    inputs: Inputs
    gross: Ints
    _orders: tuple[Ordered, ...]

    @property
    def items(self) -> tuple[str, ...]:
        """The codes of the items, by column."""
        return tuple(self._structure.index)

    @cached_property
    def ordered(self) -> Ordered:
        """The planned orders by column, level by level, then by due bucket, then item."""
        return together(self._orders)

    @property
    def scheduled(self) -> Ints:
        """What is on its way."""
        return self.inputs.scheduled

    @cached_property
    def planned(self) -> Ints:
        """What planned orders bring, in the bucket in which they are due; what is due before now stands there."""
        planned = np.zeros_like(self.gross)
        planned[self.ordered.due, self.ordered.item] = self.ordered.good
        return kept(planned)

    @cached_property
    def released(self) -> Ints:
        """What planned orders start or buy, in the bucket in which they start."""
        released = np.zeros_like(self.gross)
        np.add.at(released, (self.ordered.start, self.ordered.item), self.ordered.quantity)
        return kept(released)

    @cached_property
    def projected(self) -> Ints:
        """What is left at the end of each bucket; before now without the receipts of now, which serve it too."""
        projected = np.subtract(self.planned, self.gross)
        projected += self.scheduled
        projected[0] += self.inputs.stock
        return kept(np.cumsum(projected, axis=0, out=projected))

    def item(self, item: str, /) -> Table[BucketOfItem]:
        """Return an item bucket by bucket, from its first one with anything in it, now at the latest.

        Raises:
            UnknownCode: if there is no such item.
        """
        column = self._structure.column(item)
        scale = self._structure.items[column].scale
        grids = (self.gross, self.scheduled, self.planned, self.released)
        moving = np.flatnonzero(np.any([grid[: self.now, column] != 0 for grid in grids], axis=0))
        first = int(moving[0]) if len(moving) else self.now
        columns = [grid[first:, column].tolist() for grid in (*grids, self.projected)]
        return Table(
            BucketOfItem(start, *(from_scaled(steps, scale) for steps in row))
            for start, *row in zip(self.starts[first:], *columns, strict=True)
        )

    def totals(self) -> dict[str, Decimal]:
        """Return how much is ordered of each item in all, in its base unit, where anything is."""
        items = self._structure.items
        return {
            items[column].code: from_scaled(steps, items[column].scale)
            for column, steps in enumerate(self._totals().tolist())
            if steps
        }

    def _totals(self) -> Ints:
        totals = np.zeros(len(self._structure.items), dtype=np.int64)
        for orders in self._orders:
            np.add.at(totals, orders.item, orders.quantity)
        return totals

    def against(self, before: Netted, /) -> Table[TotalChange]:
        """Return the items of which more or less is ordered in all than by another netting, by code.

        Raises:
            InvalidTypeError: if the other is no `Netted`.
            InvalidValueError: if it is of other items.
        """
        checks.instance(before, Netted, "before", "Give what grid.net() returned")
        if before.items != self.items:
            raise InvalidValueError(field="before", value=before, reason="is of other items")
        was, now = before.totals(), self.totals()
        zero = Decimal(0)
        changed = sorted(code for code in was.keys() | now.keys() if was.get(code) != now.get(code))
        return Table(TotalChange(code, was.get(code, zero), now.get(code, zero)) for code in changed)

    def to_dict(self) -> dict[str, list[object]]:
        """Return columns with a row for each item and bucket in which anything moves: what a data frame is made of.

        Quantities are whole numbers of smallest steps; `scale` says how many digits of the base unit those are.
        """
        grids = {
            "gross": self.gross,
            "scheduled": self.scheduled,
            "planned": self.planned,
            "released": self.released,
            "projected": self.projected,
        }
        moving = (self.gross != 0) | (self.scheduled != 0) | (self.planned != 0) | (self.released != 0)
        columns, rows = moving.T.nonzero()
        items = self._structure.items
        found: dict[str, list[object]] = {
            "item": [items[column].code for column in columns.tolist()],
            "start": [self.starts[row] for row in rows.tolist()],
            "scale": [items[column].scale for column in columns.tolist()],
        }
        return found | {name: grid[rows, columns].tolist() for name, grid in grids.items()}

    def __repr__(self) -> str:
        orders = sum(len(one.item) for one in self._orders)
        return f"<Netted of {day(self.starts[self.now])}: {len(self.items)} items, {orders} planned orders>"
