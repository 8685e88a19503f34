"""What an engineering change does: to open and planned orders, to parts, purchases, lots and cost, with suggestions."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

import attrs

from prodstock.errors import InvalidTypeError
from prodstock.master import checks
from prodstock.master.catalog import Catalog
from prodstock.master.codes import MAIN
from prodstock.master.revisions import RevisionChange, revision_changes
from prodstock.planning.engineering_change.costs import changed_terms, cost_impacts
from prodstock.planning.engineering_change.orders import Changes, order_impacts, reset
from prodstock.planning.engineering_change.parts import Parts
from prodstock.planning.engineering_change.rows import CostImpact, LotImpact, OrderImpact, PartImpact, PurchaseImpact
from prodstock.planning.plan import Plan
from prodstock.planning.planner import plan
from prodstock.tables import Derivation, Progress, Table, Tabled

if TYPE_CHECKING:
    from datetime import date


@attrs.frozen(repr=False)
class ChangeImpact(Tabled[PartImpact]):
    """What new definitions do to what is open, there and paid for. Suggestions come with their reasons; none is a fact.

    Attributes:
        revisions: what is made otherwise, and from when on, by item, site and day.
        orders: launched orders, which keep what they have, then planned ones, which take what holds for their start.
        parts: what is needed otherwise, what is left over by the change first.
        purchases: open purchases of what is left over, the latest of an item first.
        lots: what on hand is left over or of an old revision, the last received first.
        costs: the material of a unit of all that the change reaches, by level.
        after: the plan by the new definitions; `plan_changes` tells how it differs.
    """

    revisions: Table[RevisionChange]
    orders: Table[OrderImpact]
    parts: Table[PartImpact]
    purchases: Table[PurchaseImpact]
    lots: Table[LotImpact]
    costs: Table[CostImpact]
    after: Plan = attrs.field(kw_only=True)

    def to_table(self) -> Table[PartImpact]:
        """Return what is needed otherwise, by part; each of the other tables has a `to_frame` of its own."""
        return self.parts

    def why(self, row: OrderImpact | PartImpact | PurchaseImpact | LotImpact, /) -> Derivation:
        """Return the reason of a suggestion, below it the figures that it comes from.

        Raises:
            InvalidTypeError: if it is no row with a suggestion.
        """
        if not isinstance(row, OrderImpact | PartImpact | PurchaseImpact | LotImpact):
            advice = "Give a row of orders, parts, purchases or lots"
            raise InvalidTypeError(field="row", value=row, reason="has no suggestion", advice=advice)
        return row.why()

    def __str__(self) -> str:
        return "\n\n".join(f"{title}\n{table}" for title, table in _parts(self) if table) or "Nothing is made otherwise"

    def __repr__(self) -> str:
        counts = ", ".join(f"{len(table)} {name}" for name, table in _named(self))
        return f"<ChangeImpact: {counts}>"

    def _repr_html_(self) -> str:
        parts = [f"<h4>{escape(title)}</h4>{table.to_html()}" for title, table in _parts(self) if table]
        return "".join(parts) or f"<p>{self}</p>"


def _named(impact: ChangeImpact) -> tuple[tuple[str, Table[object]], ...]:
    return (
        ("revisions", impact.revisions),
        ("orders", impact.orders),
        ("parts", impact.parts),
        ("purchases", impact.purchases),
        ("lots", impact.lots),
        ("costs", impact.costs),
    )


_TITLES = (
    "What is made otherwise",
    "Orders",
    "Parts",
    "Open purchases of what is left over",
    "Lots that are left over or of an old revision",
    "Material of a unit",
)


def _parts(impact: ChangeImpact) -> list[tuple[str, Table[object]]]:
    return [(title, table) for title, (_, table) in zip(_TITLES, _named(impact), strict=True)]


def change_impact(before: Plan, after: Catalog, /, *, progress: Progress | None = None) -> ChangeImpact:
    """Return what it does to orders, stock and cost if new definitions take the place of those a plan was made with.

    The same snapshot is planned again with the new definitions, by the same policy, to the same end; what the two plans
    take of each part is compared. So lot sizes, safety stock, substitutes for nothing and all levels below a changed
    part are as planning has them, and what is needed beyond the horizon is not seen.

    - An order that is launched keeps its copy of bill and routing; an order that is planned takes what holds for its
      start, now at the earliest. A settled one is taken to be settled anew with the revision of its start.
    - Of a part, what is free on hand and what is coming is set against what both plans take of it. What is reserved or
      in WIP belongs to its order and is told beside.
    - Suggestions: what stays needed is used up; what would be taken later by the old definitions tells until when the
      change could wait; what nobody takes is scrap, unless others still use it; the latest purchases are cancelled or
      reduced first; a made lot that only lacks parts may be reworked, another one is used as it is.
    - Costs are those of the day on which the last of the change holds, at the prices of the terms of supply, of the
      smallest lot; work is not in them.

    Args:
        before: the plan by the definitions there are: `plan(snapshot, until=...)`.
        after: the definitions that are to take their place, with their dates.
        progress: is told how far planning again is.

    Raises:
        InvalidTypeError: if one is no plan or no catalog.
        InvalidData: if the new definitions lack what the snapshot names, with every such row.

    O(n log n) for planning again; beyond that linear in the definitions, and in what the two plans hold.

    >>> from datetime import UTC, date, datetime, timedelta
    >>> from prodstock.master.bom import BillOfMaterial, BomLine
    >>> from prodstock.master.item import Item
    >>> from prodstock.orders.demand import Demand
    >>> from prodstock.planning.snapshot import Snapshot
    >>> from prodstock.stock.allocation import OpenLot
    >>> items = [Item("CUP", lead_time=timedelta(1)), Item("BOX"), Item("BAG")]
    >>> now = datetime(2026, 3, 2, 6, tzinfo=UTC)
    >>> boxed = Catalog([*items, BillOfMaterial("CUP", [BomLine("BOX", 1)])])
    >>> bagged = Catalog([*items, BillOfMaterial("CUP", [BomLine("BAG", 1)], revision="B")])
    >>> cups = Demand("CUP", 40, due=date(2026, 3, 20), ref="SO-1")
    >>> snapshot = Snapshot(catalog=boxed, at=now, lots=[OpenLot("BOX", 100, received=now)], promises=[cups])
    >>> found = change_impact(plan(snapshot, until=date(2026, 7, 1)), bagged)
    >>> for part in found.parts:
    ...     print(part.item, part.fate, part.left, part.left_by_change, part.suggestion)
    BOX no longer used 100 40 scrap
    BAG newly needed 0 0 buy
    """
    checks.instance(before, Plan, "before", "Give what plan() returned")
    checks.instance(after, Catalog, "after", "Give a Catalog")
    snapshot = before.snapshot
    changes = revision_changes(snapshot.catalog, after, at=snapshot.at, until=before.until)
    found = Changes(changes)
    firm = tuple(reset(snapshot.firm, snapshot.catalog, found, snapshot.at))
    then = plan(attrs.evolve(snapshot, catalog=after, firm=firm), before.policy, until=before.until, progress=progress)
    on = _settled_on(changes, after.day(snapshot.at))
    parts = Parts(before, then, changes, on)
    rows = parts.rows()
    changed = {*(change.item for change in changes), *changed_terms(snapshot.catalog, after)}
    purchases = list(parts.purchases(rows))
    return ChangeImpact(
        changes,
        Table(order_impacts(before, after, found)),
        Table(rows),
        Table(purchases),
        Table(parts.lots(rows, purchases, changes)),
        Table(cost_impacts(snapshot.catalog, after, changed, day=on, site=MAIN)),
        after=then,
    )


def _settled_on(changes: Table[RevisionChange], now: date) -> date:
    """Return the day from which the last of the change holds."""
    return max((change.start for change in changes), default=now)
