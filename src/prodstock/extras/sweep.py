"""Netting by buckets: one sweep over the buckets for all items of a level at once, then what their orders need."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from prodstock.errors import InvalidValueError
from prodstock.extras.arrays import LIMIT, kept

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import numpy.typing as npt

    from prodstock.extras.arrays import Floats, Ints
    from prodstock.extras.structure import Level, Structure

_NEVER_ORDERED = -4 * LIMIT


class Ordered(NamedTuple):
    """Planned orders, by column: which item, in which bucket due and started, how much is started and comes out."""

    item: Ints
    due: Ints
    start: Ints
    quantity: Ints
    good: Ints


class Inputs(NamedTuple):
    """What a scenario is netted from: buckets times items, or one number an item.

    `wanted` and `coming` are at least what is wanted and scheduled of an item in all, `receiving` the rows in which
    something is scheduled.
    """

    demand: Ints
    scheduled: Ints
    stock: Ints
    safety: Ints
    wanted: Floats
    coming: Floats
    receiving: npt.NDArray[np.bool_]


class Sweep:
    """One netting at work. `starts` is the bucket in which an order starts, by its way and the bucket it is due in."""

    def __init__(self, structure: Structure, starts: Ints, now: int, inputs: Inputs) -> None:
        self.structure = structure
        self.starts = starts
        self.now = now
        self.inputs = inputs
        self.gross: Ints = inputs.demand.copy()
        self.wanted: Floats = inputs.wanted
        self._bounded(self.wanted)
        self._bounded(inputs.coming + inputs.stock + inputs.safety)
        if inputs.receiving[:now].any():
            raise InvalidValueError(field="scheduled", value="an array", reason="has receipts in buckets before now")

    def run(self) -> tuple[Ints, tuple[Ordered, ...]]:
        """Return what is wanted of each item in each bucket, and the orders level by level. O(buckets x items)."""
        return kept(self.gross), tuple([self._level(level) for level in self.structure.levels])

    def _level(self, level: Level) -> Ordered:
        """Net the items of a level, and want what their orders need."""
        swept = list(self._sweep(level))
        sizes = [len(places) for _, places, _, _ in swept]
        due = np.repeat(np.array([bucket for bucket, _, _, _ in swept], dtype=np.int64), sizes)
        places = _joined([row[1] for row in swept])
        quantity, good = _joined([row[2] for row in swept]), _joined([row[3] for row in swept])
        item = places + level.first
        start = self.starts[self.structure.way[item], due]
        orders = Ordered(item, due, start, quantity, good)
        if len(start) and int(start.min()) < 0:
            code = self.structure.items[int(item[start.argmin()])].code
            reason = "would have to start before the first bucket of the grid"
            advice = "Make the grid of a snapshot with a demand that is as late as this"
            raise InvalidValueError(field="demand", value=code, reason=reason, advice=advice)
        self._explode(orders)
        return orders

    def _sweep(self, level: Level) -> Iterator[tuple[int, Ints, Ints, Ints]]:
        """Yield the orders of each bucket: its number, the places of items in the level, what is started, what comes.

        The one loop that takes the time: see benchmarks/planning.py.
        """
        mine, now = slice(level.first, level.past), self.now
        inputs, gross = self.inputs, self.gross
        free = inputs.stock[mine] + inputs.scheduled[now, mine]
        unsourced = self.structure.unsourced[mine]
        target = np.where(unsourced, _NEVER_ORDERED, 0)
        safety = np.where(unsourced, _NEVER_ORDERED, inputs.safety[mine])
        short = np.empty(len(free), dtype=bool)
        past = np.flatnonzero(np.any(gross[:now, mine], axis=1))
        for bucket in (*past.tolist(), *range(now, len(gross))):
            if bucket >= now:
                target = safety
                if bucket > now and inputs.receiving[bucket]:
                    free += inputs.scheduled[bucket, mine]
            np.subtract(free, gross[bucket, mine], out=free)
            np.less(free, target, out=short)
            places = short.nonzero()[0]
            if len(places):
                missing = target[places] - free[places]
                quantity = self._sizes(level, places, missing)
                good = quantity if level.as_many else self._good(level, places, quantity)
                free[places] += good
                yield bucket, places, quantity, good

    def _sizes(self, level: Level, places: Ints, missing: Ints) -> Ints:
        """Return what to start for what is missing: as `Lots.size` does."""
        one, mine = self.structure, slice(level.first, level.past)
        if int(missing.max()) > level.most:
            self._startable(places + level.first, missing)
        needed = missing
        if not level.as_many:
            needed = -(-missing * one.top[mine][places] // one.bottom[mine][places])
        size = np.maximum(needed, one.minimum[mine][places])
        if level.any_size:
            return size
        step = one.step[mine][places]
        if level.whole_multiples:
            return size + -size % step
        parts = one.parts[mine][places]
        return -(-((size - 1) * parts // step + 1) * step // parts)

    def _startable(self, item: Ints, missing: Ints) -> None:
        too_much = missing > self.structure.most[item]
        if too_much.any():
            code = self.structure.items[int(item[too_much.argmax()])].code
            raise InvalidValueError(field="quantity", value=code, reason="has an order that does not fit 64 bits")

    def _good(self, level: Level, places: Ints, quantity: Ints) -> Ints:
        mine = slice(level.first, level.past)
        return quantity * self.structure.bottom[mine][places] // self.structure.top[mine][places]

    def _explode(self, orders: Ordered) -> None:
        """Want what orders need in the bucket in which they start, each need rounded up by itself."""
        one, count = self.structure, self.structure.count[orders.item]
        many = int(count.sum())
        if not many:
            return
        edge = np.arange(many) + np.repeat(one.first[orders.item] - (np.cumsum(count) - count), count)
        child = one.child[edge]
        need = np.repeat(orders.quantity, count) * one.per[edge]
        if not one.whole_needs:
            need = -(-need // one.of[edge]) + one.once[edge]
        self.wanted = self.wanted + np.bincount(child, weights=need, minlength=len(self.wanted))
        self._bounded(self.wanted)
        row = np.repeat(orders.start * len(self.wanted), count)
        np.add.at(self.gross.reshape(-1), row + child, need)

    def _bounded(self, sums: Floats) -> None:
        """Refuse sums too large to count exactly; that they are rounded does not matter at a fourth of the bound."""
        if sums.size and float(sums.max()) >= LIMIT:
            code = self.structure.items[int(sums.argmax())].code
            raise InvalidValueError(field="quantity", value=code, reason="is wanted or there in more than fits 64 bits")


def together(orders: Sequence[Ordered]) -> Ordered:
    """Return the orders of several levels as one, read-only."""
    columns = ([one[column] for one in orders] for column in range(len(Ordered._fields)))
    return Ordered(*(kept(_joined(column)) for column in columns))


def _joined(columns: list[Ints]) -> Ints:
    return np.concatenate(columns) if columns else np.zeros(0, dtype=np.int64)
