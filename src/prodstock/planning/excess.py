"""What a plan has and brings that nobody needs: beyond all demands, forecasts that are left, and safety stocks."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

import attrs

from prodstock._render import figure, short
from prodstock.calendars.zone import from_micros
from prodstock.master.codes import ItemCode
from prodstock.planning.kernel import PRODUCTION
from prodstock.planning.pegging import PegUse, kept, left_over
from prodstock.planning.rows import SupplyRow
from prodstock.planning.unit_costs import Values
from prodstock.planning.wording import last_day
from prodstock.quantities.money import Money
from prodstock.quantities.scaled import from_scaled
from prodstock.stock.lot import NEVER

if TYPE_CHECKING:
    from collections.abc import Iterator

    from prodstock.planning.netting import Netting


@attrs.frozen(repr=False)
class Excess:
    """So much of a supply is for nobody within the horizon of a plan.

    Attributes:
        item: of what.
        site: where.
        supply: the lot, receipt or order that brings it.
        source: what that is: stock, expected-stock, purchase, transfer, production or planned.
        quantity: how much of it, in the base unit.
        unit: the base unit.
        value: what it is worth, by the price of what is bought and the material of what is made; None: not all of that
            has a price.
        made: whether it is made: produced too much, by a launched or planned order.
        ready: when it is there, in UTC; None: never.
        expires: the last day on which it may be used, at its site; None: it keeps.
        segment: whose stock it is: `project:` and a project, `own:` and a demand made to order; empty: free stock.
    """

    item: ItemCode
    site: str
    supply: str
    source: str
    quantity: Decimal
    unit: str
    value: Money | None
    made: bool
    ready: datetime | None
    expires: date | None
    segment: str = attrs.field(kw_only=True, default="")

    def __repr__(self) -> str:
        worth = "" if self.value is None else f", {self.value}"
        what = f"{figure(self.quantity)[:20]} {self.unit[:10]} {self.item[:30]}"
        return short(f"<Excess {what} of {self.source} {self.supply[:24]}{worth}>")


def excess(netting: Netting) -> Iterator[Excess]:
    """Yield what of ours nobody takes and no safety stock keeps, by item, site, segment and arrival. O(supplies)."""
    values = Values(netting.catalog, from_micros(netting.now))
    for station in sorted(netting.stations, key=lambda one: one.place):
        item, safety = station.item, kept(station, netting.gathered.until)
        for number in range(len(station.supplies)):
            row = SupplyRow(netting, station, number)
            left = (
                0
                if not station.ours(number)
                else sum(much for use, much in left_over(row, safety) if use is not PegUse.SAFETY)
            )
            if left:
                order = row.order
                made = row.kind == PRODUCTION or (order is not None and order.recipe is not None)
                yield Excess(
                    ItemCode(item.code),
                    station.site,
                    row.label,
                    row.kind,
                    from_scaled(left, item.scale),
                    item.unit,
                    values.of(item.code, station.site, Fraction(left, 10**item.scale)),
                    made,
                    None if row.ready is None else from_micros(row.ready),
                    None if row.expires == NEVER else last_day(netting, station.site, row),
                    segment=station.segment,
                )
