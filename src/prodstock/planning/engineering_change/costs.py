"""What the material of a unit costs by one catalog and by another, for all that the change reaches."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from prodstock.master.codes import ItemCode
from prodstock.master.depth import Depth
from prodstock.master.explosion import explode
from prodstock.master.item import Supply
from prodstock.master.revisions import has_item
from prodstock.master.sourcing import Sourcing
from prodstock.planning.engineering_change.rows import CostImpact
from prodstock.quantities.money import Money
from prodstock.quantities.quantity import Quantity
from prodstock.quantities.scaled import from_scaled

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from prodstock.master.bom import BillOfMaterial
    from prodstock.master.catalog import Catalog

DECIMALS = 6
"""Decimals of a unit's cost: finer than any price list, rounded half-even."""


class _Cost(NamedTuple):
    """What a unit costs: an amount of a currency (empty: nothing in it has a price), and what has no price."""

    amount: Fraction
    currency: str
    unpriced: frozenset[str]


def price_of(catalog: Catalog, item: str, site: str, day: date) -> Money | None:
    """Return what a unit is bought for: by the terms preferred that day, else the first of any date; None: no price."""
    terms = (*catalog.sourcings(item, site, at=day), *catalog.sourcings(item, site))
    return next((one.price for one in terms if one.price is not None), None)


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
    rolls = _Roll(before, day, site), _Roll(after, day, site)
    found = []
    for item in sorted(reached, key=lambda code: (reached[code], code)):
        old, new = (roll.cost(item) if has_item(roll.catalog, item) else None for roll in rolls)
        unit = (after if has_item(after, item) else before).item(item).unit
        unpriced = sorted({code for cost in (old, new) if cost is not None for code in cost.unpriced})
        one, other = _money(old), _money(new)
        known = one is not None and other is not None and one.currency == other.currency
        difference = other - one if known and one is not None and other is not None else None
        if item in own or difference is None or difference.amount:
            codes = tuple(ItemCode(code) for code in unpriced)
            found.append(CostImpact(ItemCode(item), unit, one, other, difference, codes, item in own))
    return found


def _money(cost: _Cost | None) -> Money | None:
    if cost is None or cost.unpriced or not cost.currency:
        return None
    steps, digits = round(cost.amount * 10**DECIMALS), DECIMALS
    while digits and steps % 10 == 0:
        steps, digits = steps // 10, digits - 1
    return Money(from_scaled(steps, digits), cost.currency)


class _Roll:
    """Unit costs by one catalog on one day, each worked out once, from the bottom of the bills up."""

    def __init__(self, catalog: Catalog, day: date, site: str) -> None:
        self.catalog = catalog
        self.day = day
        self.site = site
        self.known: dict[str, _Cost] = {}
        self.needs: dict[str, list[tuple[str, Fraction]]] = {}

    def cost(self, item: str) -> _Cost:
        """Return what a unit costs. O(lines below it), the first time; not by recursion."""
        waiting = [item]
        while waiting:
            code = waiting[-1]
            missing = [one for one in self._parts(code) if one not in self.known]
            if code in self.known or not missing:
                waiting.pop()
                if code not in self.known:
                    self.known[code] = self._rolled(code)
            else:
                waiting += missing
        return self.known[item]

    def _bom(self, item: str) -> BillOfMaterial | None:
        if self.catalog.supply(item, self.day, site=self.site) is Supply.BUY:
            return None
        return self.catalog.bom(item, self.day, site=self.site)

    def _parts(self, item: str) -> list[str]:
        return [code for code, _ in self._needs(item)]

    def _needs(self, item: str) -> list[tuple[str, Fraction]]:
        """Return what a good unit takes in an order of the item's smallest lot, phantoms blown through."""
        found = self.needs.get(item)
        if found is None:
            found = self.needs[item] = [] if self._bom(item) is None else self._exploded(item)
        return found

    def _exploded(self, item: str) -> list[tuple[str, Fraction]]:
        catalog = self.catalog
        lot = max(catalog.base(item, catalog.item(item).minimum), Fraction(1))
        rows = explode(
            catalog, item, Quantity(lot, catalog.item(item).unit), at=self.day, site=self.site, depth=Depth.ONE_LEVEL
        )
        return [
            (row.item, row.exact / lot)
            for row in rows.requirements
            if row.exact and not (row.supply is Supply.PHANTOM and self._bom(row.item) is not None)
        ]

    def _rolled(self, code: str) -> _Cost:
        bom = self._bom(code)
        if bom is None:
            price = price_of(self.catalog, code, self.site, self.day)
            if price is None:
                return _Cost(Fraction(0), "", frozenset([code]))
            return _Cost(Fraction(price.amount), price.currency, frozenset())
        below = [(self.known[item], need) for item, need in self._needs(code)]
        unpriced = frozenset[str]().union(*(cost.unpriced for cost, _ in below))
        currencies = {cost.currency for cost, _ in below} - {""}
        if len(currencies) > 1:
            return _Cost(Fraction(0), "", unpriced | {code})
        amount = sum((cost.amount * need for cost, need in below), Fraction(0))
        return _Cost(amount * bom.main_cost_share, next(iter(currencies), ""), unpriced)


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
