"""The running balances of quota arrangements: what has come from each source, and whose turn it is."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, TypeVar

from prodstock.orders.lifecycle import OrderState
from prodstock.orders.planned import PlannedBuy, PlannedMove
from prodstock.orders.purchase import PurchaseOrder, TransferOrder
from prodstock.planning.ways import Route, Terms
from prodstock.quantities.rounding import Rounding, round_scaled

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from prodstock.master.catalog import Catalog
    from prodstock.master.item import Item
    from prodstock.orders.planned import PlannedOrder
    from prodstock.planning.gather import Gathered
    from prodstock.planning.kernel import Balance
    from prodstock.planning.ways import Recipe

Source = tuple[str, str]
"""How an item comes (buy, move or make), and from whom or where: as `QuotaShare.way`."""

_OVER = frozenset({OrderState.CLOSED, OrderState.CANCELLED})
W = TypeVar("W", bound="Item | Terms | Route")


class Quotas:
    """What has come of each item at each site from each source, in smallest steps: only of items that are arranged."""

    __slots__ = ("_came", "_catalog", "_known")

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._known: dict[str, bool] = {}
        self._came: dict[tuple[str, str], dict[Source, int]] = {}

    def any_of(self, item: str) -> bool:
        """Tell whether an item has any arrangement."""
        found = self._known.get(item)
        if found is None:
            found = self._known[item] = bool(self._catalog.quotas(item))
        return found

    def count(self, item: str, site: str, source: Source, steps: int) -> None:
        """Count what comes from a source; below zero: take it back."""
        if self.any_of(item):
            came = self._came.setdefault((item, site), {})
            came[source] = came.get(source, 0) + steps

    def promised(self, gathered: Gathered) -> None:
        """Count all that is open of what was ordered: whole orders, whatever of them has come."""
        for one in gathered.expected:
            if self.any_of(one.item):
                source = ("buy", one.supplier) if isinstance(one, PurchaseOrder) else ("move", one.source)
                self.count(one.item, one.site, source, self._steps(one))
        for order in gathered.launched:
            if order.state not in _OVER and self.any_of(order.item):
                good = self._catalog.scaled(order.item, order.expected_good)
                self.count(order.item, order.site, ("make", ""), good)

    def _steps(self, one: PurchaseOrder | TransferOrder) -> int:
        item = self._catalog.item(one.item)
        return round_scaled(self._catalog.base(item.code, one.quantity), item.scale, Rounding.AVAILABILITY)

    def ranked(self, item: Item, site: str, day: date, ways: Iterable[W]) -> tuple[list[W], Balance]:
        """Return the ways on which an item may come, the one whose turn it is first, and the balance that says so.

        Those without a share come last, in the order given.
        """
        arranged = self._catalog.quota(item.code, day, site=site)
        if arranged is None:
            return list(ways), ()
        came = self._came.get((item.code, site), {})
        balance = [
            (share, came.get(share.way, 0) + self._catalog.scaled(item.code, share.base)) for share in arranged.shares
        ]
        balance.sort(key=lambda one: one[1] / Fraction(one[0].share))
        turn = {share.way: place for place, (share, _) in enumerate(balance)}
        return sorted(ways, key=lambda way: turn.get(way_of(way), len(turn))), tuple(balance)


def way_of(way: Item | Recipe | Terms | Route | PlannedOrder) -> Source:
    """Return the source that a way or an order stands for."""
    if isinstance(way, Terms):
        return "buy", way.sourcing.supplier
    if isinstance(way, Route):
        return "move", way.lane.source
    if isinstance(way, PlannedBuy):
        return "buy", way.supplier
    return ("move", way.source) if isinstance(way, PlannedMove) else ("make", "")
