"""What the material of a unit costs by one catalog and by another, for all that the change reaches."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prodstock.master.codes import ItemCode
from prodstock.master.revisions import has_item
from prodstock.master.sourcing import Sourcing
from prodstock.planning.engineering_change.rows import CostImpact
from prodstock.planning.unit_costs import UnitCosts, rounded

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from prodstock.master.catalog import Catalog


def cost_impacts(before: Catalog, after: Catalog, changed: Iterable[str], *, day: date, site: str) -> list[CostImpact]:
    """Return the cost of each changed item, and of all that they are in, by level and code.

    Both catalogs are read on one day, when all of the change holds. O(lines of the bills from the changed items up).
    """
    own = set(changed)
    reached: dict[str, int] = {}
    for catalog in (before, after):
        for item in own:
            if has_item(catalog, item):
                reached[item] = max(reached.get(item, 0), 0)
                for row in catalog.where_used(item, day, site=site):
                    reached[row.item] = max(reached.get(row.item, 0), row.level)
    rolls = UnitCosts(before, day, site), UnitCosts(after, day, site)
    found = []
    for item in sorted(reached, key=lambda code: (reached[code], code)):
        old, new = (roll.cost(item) if has_item(roll.catalog, item) else None for roll in rolls)
        unit = (after if has_item(after, item) else before).item(item).unit
        unpriced = sorted({code for cost in (old, new) if cost is not None for code in cost.unpriced})
        one, other = rounded(old), rounded(new)
        known = one is not None and other is not None and one.currency == other.currency
        difference = other - one if known and one is not None and other is not None else None
        if item in own or difference is None or difference.amount:
            codes = tuple(ItemCode(code) for code in unpriced)
            found.append(CostImpact(ItemCode(item), unit, one, other, difference, codes, item in own))
    return found


def changed_terms(before: Catalog, after: Catalog) -> list[str]:
    """Return the items that are bought on other terms, by code. O(definitions)."""
    old, new = _terms(before), _terms(after)
    return sorted(item for item in old.keys() | new.keys() if old.get(item) != new.get(item))


def _terms(catalog: Catalog) -> Mapping[str, list[Sourcing]]:
    found: dict[str, list[Sourcing]] = {}
    for one in catalog.definitions:
        if isinstance(one, Sourcing):
            found.setdefault(one.item, []).append(one)
    return found
