"""Orders to make what is made otherwise: those that keep the old revision, and those that would take the new one."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import attrs

from prodstock.master.bom import LineRole, with_groups
from prodstock.master.codes import ItemCode
from prodstock.master.order_line import order_lines
from prodstock.orders.planned import PlannedMake
from prodstock.planning.engineering_change.rows import NeedChange, OrderImpact, Suggestion
from prodstock.planning.options import options_by
from prodstock.planning.translations.ledger import OVER
from prodstock.quantities.scaled import from_scaled
from prodstock.tables import Table

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import datetime
    from decimal import Decimal

    from prodstock.master.bom import BillOfMaterial
    from prodstock.master.catalog import Catalog
    from prodstock.master.choices import Choices
    from prodstock.master.revisions import RevisionChange
    from prodstock.orders.planned import PlannedOrder
    from prodstock.orders.production import ProductionOrder
    from prodstock.planning.snapshot import Snapshot
    from prodstock.planning.translations.planned import Planned


class Changes:
    """The changes of revision, found by item, day and site."""

    def __init__(self, changes: Iterable[RevisionChange]) -> None:
        self._by_item: dict[str, list[RevisionChange]] = {}
        for change in changes:
            self._by_item.setdefault(change.item, []).append(change)

    def of(self, catalog: Catalog, item: str, start: datetime, site: str) -> RevisionChange | None:
        """Return the change that holds for an order that starts then, or None."""
        if item not in self._by_item:
            return None
        day = catalog.day(start, site)
        return next((one for one in self._by_item[item] if one.holds(day, site)), None)


def order_impacts(plan: Planned, after: Catalog, changes: Changes) -> list[OrderImpact]:
    """Return the orders that are changed, or would be: launched ones first, then planned ones by start and code."""
    snapshot = plan.snapshot
    launched = sorted((one for one in snapshot.orders if one.state not in OVER), key=lambda one: (one.start, one.code))
    found = [row for order in launched if (row := _launched(order, snapshot, after, changes)) is not None]
    settled = {one.code for one in snapshot.firm if one.code}
    for order in plan.orders:
        if isinstance(order, PlannedMake):
            row = _planned(order, snapshot, after, changes, settled=order.code in settled)
            if row is not None:
                found.append(row)
    return found


def _launched(order: ProductionOrder, snapshot: Snapshot, after: Catalog, changes: Changes) -> OrderImpact | None:
    start = max(order.start, snapshot.at)
    if changes.of(snapshot.catalog, order.item, start, order.site) is None:
        return None
    bom = after.bom(order.item, start, site=order.site)
    scaled = snapshot.catalog.scaled
    has: defaultdict[str, int] = defaultdict(int)
    wip: defaultdict[str, int] = defaultdict(int)
    for line in order.lines:
        has[line.item] += scaled(line.item, line.need)
        wip[line.item] += scaled(line.item, line.issued) - scaled(line.item, line.consumed)
    options = options_by(order, snapshot, after)
    needs = _differences(after, has, _taken(after, bom, order.quantity, start, order.site, (), options), wip)
    begun = bool(order.started) or any(wip.values()) or any(line.consumed for line in order.lines)
    new = "" if bom is None else bom.revision
    if begun:
        suggestion = Suggestion.FINISH
        reason = f"it has its own copy of revision {order.revision or 'none'}, and work or material is in it"
    elif bom is None:
        suggestion, reason = Suggestion.CANCEL, "nothing is issued, and there is no bill for its start any more"
    else:
        suggestion = Suggestion.LAUNCH_AGAIN
        reason = f"nothing is issued: cancelled and launched again it takes revision {new}"
    return OrderImpact(
        "launched",
        order.code,
        order.item,
        order.site,
        order.quantity,
        order.unit,
        order.start,
        order.revision,
        new,
        True,
        needs,
        suggestion,
        reason,
    )


def _planned(
    order: PlannedMake, snapshot: Snapshot, after: Catalog, changes: Changes, *, settled: bool
) -> OrderImpact | None:
    start = max(order.start, snapshot.at)
    if changes.of(snapshot.catalog, order.item, start, order.site) is None:
        return None
    before = snapshot.catalog
    old = before.bom(order.item, start, site=order.site, revision=order.revision or None)
    new = after.bom(order.item, start, site=order.site)
    options = options_by(order, snapshot, before)
    if old is not None and order.groups:
        old = with_groups(old, order.groups, before.day(start, order.site), before.chosen(options))
    needs = _differences(
        after,
        _taken(before, old, order.quantity, start, order.site, order.from_stock, options),
        _taken(after, new, order.quantity, start, order.site, (), options_by(order, snapshot, after)),
        {},
    )
    names = order.revision, "" if new is None else new.revision
    reason = f"it starts with revision {names[1]}" if new is not None else "there is no bill for its start any more"
    if settled:
        reason += f"; it was settled with {names[0] or 'the one before'}"
    unit = before.item(order.item).unit
    kind = "settled" if settled else "planned"
    return OrderImpact(
        kind,
        order.code,
        order.item,
        order.site,
        order.quantity,
        unit,
        order.start,
        *names,
        False,
        needs,
        Suggestion.PLAN_AGAIN,
        reason,
    )


def _taken(
    catalog: Catalog,
    bom: BillOfMaterial | None,
    quantity: Decimal,
    start: datetime,
    site: str,
    from_stock: Sequence[tuple[ItemCode, Decimal]],
    options: Choices,
) -> Mapping[str, int]:
    """Return what an order of a quantity takes of each part, in its smallest steps."""
    found: defaultdict[str, int] = defaultdict(int)
    if bom is not None:
        lines = order_lines(catalog, bom, quantity, at=start, site=site, from_stock=dict(from_stock), options=options)
        for line in lines:
            if line.role is not LineRole.REWORK:
                found[line.item] += catalog.scaled(line.item, line.quantity)
    return found


def _differences(
    catalog: Catalog, has: Mapping[str, int], takes: Mapping[str, int], wip: Mapping[str, int]
) -> Table[NeedChange]:
    found = []
    for code in sorted(has.keys() | takes.keys()):
        item, figures = catalog.item(code), (has.get(code, 0), takes.get(code, 0), wip.get(code, 0))
        if figures[0] != figures[1]:
            before, after, inside = (from_scaled(steps, item.scale) for steps in figures)
            found.append(NeedChange(ItemCode(code), before, after, item.unit, inside))
    return Table(found)


def reset(firm: Sequence[PlannedOrder], before: Catalog, changes: Changes, at: datetime) -> Iterator[PlannedOrder]:
    """Yield settled orders as the new definitions take them: with the revision of their start, where that changes."""
    for order in firm:
        if isinstance(order, PlannedMake) and changes.of(before, order.item, max(order.start, at), order.site):
            yield attrs.evolve(order, revision="", from_stock=())
        else:
            yield order
