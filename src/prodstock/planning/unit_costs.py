"""What the material of a unit costs: the price of what is bought, carried up the bills."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from prodstock.master.depth import Depth
from prodstock.master.explosion import explode
from prodstock.master.item import Supply
from prodstock.quantities.money import Money
from prodstock.quantities.quantity import Quantity
from prodstock.quantities.scaled import from_scaled

if TYPE_CHECKING:
    from datetime import date, datetime

    from prodstock.master.bom import BillOfMaterial
    from prodstock.master.catalog import Catalog

DECIMALS = 6
"""Decimals of a unit's cost: finer than any price list, rounded half-even."""


class UnitCost(NamedTuple):
    """What a unit costs: an amount of a currency (empty: nothing in it has a price), and what has no price."""

    amount: Fraction
    currency: str
    unpriced: frozenset[str]


def price_of(catalog: Catalog, item: str, site: str, day: date) -> Money | None:
    """Return what a unit is bought for: by the terms preferred that day, else the first of any date; None: no price."""
    terms = (*catalog.sourcings(item, site, at=day), *catalog.sourcings(item, site))
    return next((one.price for one in terms if one.price is not None), None)


def rounded(cost: UnitCost | None) -> Money | None:
    """Return a cost as money, to six decimals; None: something in it has no price, or there are several currencies."""
    if cost is None or cost.unpriced or not cost.currency:
        return None
    steps, digits = round(cost.amount * 10**DECIMALS), DECIMALS
    while digits and steps % 10 == 0:
        steps, digits = steps // 10, digits - 1
    return Money(from_scaled(steps, digits), cost.currency)


class Values:
    """What goods are worth by a catalog at a moment: their price, or that of their material, each worked out once."""

    def __init__(self, catalog: Catalog, at: datetime) -> None:
        self.catalog = catalog
        self.at = at
        self._costs: dict[str, UnitCosts] = {}

    def of(self, item: str, site: str, quantity: Fraction) -> Money | None:
        """Return what so many base units are worth at a site; None: something in them has no price."""
        costs = self._costs.get(site)
        if costs is None:
            costs = self._costs[site] = UnitCosts(self.catalog, self.catalog.day(self.at, site), site)
        cost = costs.cost(item)
        return rounded(cost._replace(amount=cost.amount * quantity))


class UnitCosts:
    """Unit costs by one catalog on one day, each worked out once, from the bottom of the bills up."""

    def __init__(self, catalog: Catalog, day: date, site: str) -> None:
        self.catalog = catalog
        self.day = day
        self.site = site
        self.known: dict[str, UnitCost] = {}
        self.needs: dict[str, list[tuple[str, Fraction]]] = {}

    def cost(self, item: str) -> UnitCost:
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

    def _rolled(self, code: str) -> UnitCost:
        bom = self._bom(code)
        if bom is None:
            price = price_of(self.catalog, code, self.site, self.day)
            if price is None:
                return UnitCost(Fraction(0), "", frozenset([code]))
            return UnitCost(Fraction(price.amount), price.currency, frozenset())
        below = [(self.known[item], need) for item, need in self._needs(code)]
        unpriced = frozenset[str]().union(*(cost.unpriced for cost, _ in below))
        currencies = {cost.currency for cost, _ in below} - {""}
        if len(currencies) > 1:
            return UnitCost(Fraction(0), "", unpriced | {code})
        amount = sum((cost.amount * need for cost, need in below), Fraction(0))
        return UnitCost(amount * bom.main_cost_share, next(iter(currencies), ""), unpriced)
