"""What is answered when goods came in."""

from __future__ import annotations

from decimal import Decimal

import attrs

from prodstock.master.codes import ItemCode
from prodstock.stock.lot import LotCode, SerialCode
from prodstock.stock.place import OURS


@attrs.frozen(repr=False)
class Receipt:
    """What came in.

    Attributes:
        item: the item.
        lot: the lot, or None for an item that is not tracked.
        quantity: how much, in the base unit.
        unit: the base unit.
        serials: the serials that came in.
        site: where.
        location: the location there.
        owner: whose it is; empty for ours.
    """

    item: ItemCode
    lot: LotCode | None
    quantity: Decimal
    unit: str
    serials: tuple[SerialCode, ...] = attrs.field(kw_only=True, default=())
    site: str = attrs.field(kw_only=True, default="MAIN")
    location: str = attrs.field(kw_only=True, default="STORES")
    owner: str = attrs.field(kw_only=True, default=OURS)

    def __repr__(self) -> str:
        lot = f" {self.lot[:30]}" if self.lot else ""
        return f"<Receipt {self.item[:30]}{lot} {self.quantity:f} {self.unit[:10]} in {self.location[:20]}>"
