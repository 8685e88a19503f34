"""Whether goods are good as long as is asked for, down to the parts that limit it: checked by separate code."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prodstock.calendars.zone import end_of
from prodstock.master.item import Supply
from prodstock.orders.demand import Demand
from prodstock.orders.planned import PlannedMake, PlannedMove

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from prodstock.master.bom import BillOfMaterial, BomLine
    from prodstock.master.catalog import Catalog
    from prodstock.orders.planned import PlannedOrder
    from prodstock.planning.pegging import Peg
    from prodstock.planning.plan import Plan


def too_old(plan: Plan) -> Iterator[tuple[str, Peg, datetime]]:
    """Yield what a plan gives somebody who asks for goods that are good for longer: the demand, the peg, the expiry.

    Every unit is followed by the pegs of the plan: from the demand to the order that brings it, and to the lots and
    orders from which that takes what limits its life. O(pegs); at once where nothing limits anything.
    """
    if any(
        line.limits_life for item in plan.snapshot.catalog.items for line in _lines(plan.snapshot.catalog, item.code)
    ):
        yield from _Chain(plan).too_old()


class _Chain:
    """What is good until when, by who brings it."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.now = plan.snapshot.at
        self.catalog = plan.snapshot.catalog
        self.orders: dict[str, PlannedOrder] = {order.code: order for order in plan.orders}
        self.lots: dict[tuple[str, str, str], datetime | None] = {
            (lot.item, lot.site, lot.label): None
            if lot.expires is None
            else end_of(lot.expires, self.catalog.zone(lot.site))
            for lot in plan.snapshot.lots
        }
        self.taken: dict[str, list[Peg]] = {}
        for peg in plan.pegging:
            if peg.use in {"order", "transfer"}:
                self.taken.setdefault(peg.wanted_by, []).append(peg)
        self.ends: dict[tuple[str, str, str], datetime | None] = {}

    def too_old(self) -> Iterator[tuple[str, Peg, datetime]]:
        demands = {one.ref: one for one in self.plan.snapshot.promises if isinstance(one, Demand)}
        for peg in self.plan.pegging:
            demand = demands.get(peg.wanted_by) if peg.use == "demand" else None
            if demand is not None and peg.needed is not None:
                end = self.end(peg)
                if end is not None and end <= max(peg.needed, self.now) + demand.minimum_life:
                    yield peg.wanted_by, peg, end

    def end(self, peg: Peg) -> datetime | None:
        """Return until when what a peg is of is good; None: it does not expire, or nobody knows. O(pegs below)."""
        stack = [peg]
        while stack:
            top = stack[-1]
            key = (top.item, top.site, top.supply)
            below = [one for one in self._limiting(top) if (one.item, one.site, one.supply) not in self.ends]
            if key in self.ends or not below:
                stack.pop()
                self.ends.setdefault(key, self._end(top))
            else:
                stack += below
        return self.ends[peg.item, peg.site, peg.supply]

    def _end(self, peg: Peg) -> datetime | None:
        key = (peg.item, peg.site, peg.supply)
        if peg.source == "stock":
            return self.lots.get(key)
        life = self.catalog.item(peg.item).shelf_life
        ends = [self.ends[one.item, one.site, one.supply] for one in self._limiting(peg)]
        if life is not None and peg.ready is not None:
            ends.append(peg.ready + life)
        return min((end for end in ends if end is not None), default=None)

    def _limiting(self, peg: Peg) -> list[Peg]:
        """Return what an order of the plan takes that limits the life of what it brings, by-products left aside."""
        order = self.orders.get(peg.supply)
        if isinstance(order, PlannedMove):
            return [one for one in self.taken.get(order.code, ()) if one.use == "transfer"]
        if not isinstance(order, PlannedMake):
            return []
        bom = self.catalog.bom(order.item, max(order.start, self.now), site=order.site)
        if bom is None or peg.item not in {order.item, *(output.item for output in bom.co_products)}:
            return []
        limiting = _limiting_items(self.catalog, bom)
        return [one for one in self.taken.get(order.code, ()) if one.item in limiting]


def _limiting_items(catalog: Catalog, bom: BillOfMaterial) -> set[str]:
    """Return the items of a bill, phantoms opened, that limit the life of what is made on all their lines."""
    found: dict[str, bool] = {}
    for item, limits in _with_phantoms(catalog, bom, limits=False):
        found[item] = limits and found.get(item, True)
    return {item for item, limits in found.items() if limits}


def _with_phantoms(catalog: Catalog, bom: BillOfMaterial, *, limits: bool) -> Iterator[tuple[str, bool]]:
    for line in bom.lines:
        yield line.item, limits or line.limits_life
        if catalog.item(line.item).supply is Supply.PHANTOM:
            for below in catalog.boms(line.item):
                yield from _with_phantoms(catalog, below, limits=limits or line.limits_life)


def _lines(catalog: Catalog, item: str) -> Iterator[BomLine]:
    return (line for bom in catalog.boms(item) for line in bom.lines)
