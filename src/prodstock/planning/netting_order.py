"""The order in which items are netted: each after all that needs it, and after all that it may stand in for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prodstock.errors import InvalidValueError
from prodstock.master.bom import BomStatus, LineRole
from prodstock.master.item import Supply

if TYPE_CHECKING:
    from collections.abc import Mapping

    from prodstock.master.catalog import Catalog

Pairs = list[tuple[str, str]]
"""An item, and what stands in for it, follows it, or has a share of its needs."""


def netting_order(catalog: Catalog, makers: Mapping[str, tuple[str, ...]]) -> Mapping[str, int]:
    """Return each item's place in the order of netting, so that all that needs it comes before it.

    That is its low-level code, raised where it is a by-product of items that come later, so that what falls off is
    there before it is asked for. A by-product that its own maker needs keeps its place. What follows an item, or has a
    share of what is needed of it, comes after it. An item is raised to its substitutes, whose own needs are to be known
    first; where an item consists of its substitute it keeps its place. What a group of substitutes replaces is netted
    at one level, after what goes in instead. O(items + lines), for each of those pairs.

    Raises:
        InvalidValueError: if what follows an item is made of it, or items have shares of each other.
    """
    shared = substitutions(catalog, shared=True)
    followed = [(item.code, item.follow_up.item) for item in catalog.items if item.follow_up is not None]
    order = _Order(catalog, makers, followed + shared)
    for item in catalog.items:
        for bom in catalog.boms(item.code):
            if bom.status is BomStatus.ACTIVE and bom.outputs:
                for output in bom.by_products:
                    order.put(output.item, item.code)
    for code, taker in followed + shared:
        if not order.put(taker, code):
            field = "share" if (code, taker) in shared else "follow_up"
            reason = f"takes the place of {code}, which is needed to make it, or takes its place in turn"
            advice = "Name the same item on all lines, and the other as its substitute"
            raise InvalidValueError(field=field, value=taker, reason=reason, advice=advice)
    pairs = [one for one in substitutions(catalog, shared=False) if one not in shared] + together(catalog)
    for _ in pairs:
        before = dict(order.levels)
        for code, substitute in pairs:
            order.put(code, substitute, by=0)
        if before == order.levels:
            break
    return order.levels


def substitutions(catalog: Catalog, *, shared: bool) -> Pairs:
    """Return items and what may stand in for them on active bills, or has a share of them, by their codes."""
    lines = (
        line
        for item in catalog.items
        for bom in catalog.boms(item.code)
        if bom.status is BomStatus.ACTIVE
        for line in bom.lines
        if line.substitutes
    )
    return sorted({(line.item, one.item) for line in lines for one in line.substitutes if bool(one.share) == shared})


def together(catalog: Catalog) -> Pairs:
    """Return the items that groups of active bills replace, each with what goes in instead, or out with it."""
    groups = (
        group
        for item in catalog.items
        for bom in catalog.boms(item.code)
        if bom.groups and bom.status is BomStatus.ACTIVE
        for group in bom.groups
    )
    found = {
        (item, other)
        for group in groups
        for item in group.replaces
        for other in (*group.replaces, *(line.item for line in group.lines))
        if item != other
    }
    return sorted(found)


class _Order:
    """The places of items, while some are moved down."""

    def __init__(self, catalog: Catalog, makers: Mapping[str, tuple[str, ...]], taken: Pairs) -> None:
        self.catalog = catalog
        self.makers = makers
        self.levels: dict[str, int] = dict(catalog.low_level_codes())
        self.takers: dict[str, list[str]] = {}
        for code, taker in taken:
            self.takers.setdefault(code, []).append(taker)

    def put(self, item: str, other: str, by: int = 1) -> bool:
        """Put an item after another, with all that comes after it; false if the other is among that: nothing moves."""
        raised: dict[str, int] = {}
        pending = [(item, self.levels[other] + by)]
        while pending:
            code, level = pending.pop()
            if level <= raised.get(code, self.levels[code]):
                continue
            if code == other or level > 2 * len(self.levels):
                return False
            raised[code] = level
            pending += [(maker, level) for maker in self.makers.get(code, ())]
            pending += [(taker, level + 1) for taker in self.takers.get(code, ())]
            for bom in self.catalog.boms(code):
                if bom.status is BomStatus.ACTIVE and self.catalog.item(code).supply is not Supply.BUY:
                    pending += [(line.item, level + 1) for line in bom.lines if line.role is not LineRole.REWORK]
                    pending += [(output.item, level) for output in bom.co_products]
        self.levels |= raised
        return True
