"""What is there is more or less than the books say, gone, or in another state."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs

from prodstock.errors import InvalidTypeError, InvalidValueError
from prodstock.master import checks
from prodstock.master.codes import item_code, optional_code, optional_site, reason_code
from prodstock.master.location import LocationKind
from prodstock.master.quality_state import Quality, QualityState
from prodstock.quantities.quantity import Exact
from prodstock.scenario.change import Change, nothing_changes, says
from prodstock.scenario.demand_change import optional_amount
from prodstock.stock.count import Count
from prodstock.stock.goods import Goods
from prodstock.stock.judge import Judge
from prodstock.stock.move import OnReserved, Scrap
from prodstock.stock.place import OURS
from prodstock.stock.selection import parcels, select

if TYPE_CHECKING:
    from collections.abc import Iterator

    from prodstock.journal.command import Command
    from prodstock.stock.world import World


def optional_lot(value: str | None) -> str | None:
    """Return a lot's code in its normal form, or None for all."""
    return optional_code(value, "lot")


def optional_location(value: str | None) -> str | None:
    """Return a location's code in its normal form, or None for all."""
    return optional_code(value, "location")


@attrs.frozen
class StockCorrection(Change):
    """Stock is not as the books say: counted otherwise, lost, or in another quality state.

    Promises that it hurts are broken, as a count, a scrapping and a judgement break them.

    Args:
        item: what.
        quantity: so much is there. 0: all of it is lost, wherever it is, save in WIP. More than 0 is a count, of one
            lot (of an item tracked by lot) in one location, the site's stores unless another one is named.
        lot: only this lot.
        location: only there.
        site: only there; None: at all sites, of a count at the site MAIN.
        quality: it is in this state.
        reason: the short reason that becomes part of the state, such as `damaged`.

    >>> StockCorrection("MIC", lot="M-88", quality=Quality.BLOCKED), StockCorrection("BOX", 0)
    (StockCorrection(item='MIC', lot='M-88', quality=blocked), StockCorrection(item='BOX', quantity=0))
    """

    item: str = attrs.field(converter=item_code)
    quantity: Exact | None = attrs.field(default=None, converter=optional_amount)
    lot: str | None = attrs.field(kw_only=True, default=None, converter=optional_lot)
    location: str | None = attrs.field(kw_only=True, default=None, converter=optional_location)
    site: str | None = attrs.field(kw_only=True, default=None, converter=optional_site)
    quality: Quality | QualityState | None = attrs.field(kw_only=True, default=None)
    reason: str = attrs.field(kw_only=True, default="", converter=reason_code)

    def __attrs_post_init__(self) -> None:
        if self.quantity is not None:
            checks.not_negative(self.quantity, "quantity")
        if (self.quantity is None) is (self.quality is None):
            advice = "Give what is there or the state it is in; for both assume two corrections"
            reason = "and quality are both left out" if self.quantity is None else "stands beside quality"
            raise InvalidValueError(field="quantity", value=self.quantity, reason=reason, advice=advice)
        if self.quality is not None and not isinstance(self.quality, Quality | QualityState):
            advice = "Use a member of Quality, or a QualityState of the catalog"
            raise InvalidTypeError(field="quality", value=self.quality, reason="is no quality state", advice=advice)
        if self.reason and self.quality is None:
            advice = "Give the state too, or leave the reason out"
            raise InvalidValueError(field="reason", value=self.reason, reason="is no state's", advice=advice)

    def __str__(self) -> str:
        parts = (self.item, self.lot, self.location, self.site)
        state = (
            f"{self.quantity} there"
            if self.quality is None
            else " ".join(filter(None, (_code(self.quality), self.reason)))
        )
        return f"{' '.join(part for part in parts if part is not None)}: {state}"


def _code(quality: Quality | QualityState) -> str:
    return quality.code if isinstance(quality, QualityState) else quality.value


@says(StockCorrection)
def _corrected(world: World, change: StockCorrection) -> Iterator[Command[Any]]:
    item = world.catalog.item(change.item)
    goods = Goods(item.code, lot=change.lot, location=change.location, site=change.site)
    if change.quality is not None:
        yield Judge(goods, change.quality, reason=change.reason)
    elif change.quantity is not None and world.catalog.scaled(item.code, change.quantity):
        yield _count(world, change, change.quantity)
    else:
        yield Scrap(goods, reserved=OnReserved.BREAK)


def _count(world: World, change: StockCorrection, quantity: Exact) -> Count:
    catalog = world.catalog
    site = change.site or "MAIN"
    location = change.location or catalog.default_location(site, LocationKind.STORES).code
    counted = Count(change.item, quantity, lot=change.lot, location=location, site=site)
    there = select(world, Goods(change.item, lot=change.lot, location=location, site=site))
    books = sum(found.quantity for found in parcels(world, there) if found.place.owner == OURS)
    if books == catalog.scaled(change.item, quantity):
        advice = "Give what was counted instead, or leave it out"
        raise nothing_changes("quantity", quantity, f"is what the books say of {change.item}", advice)
    return counted
