"""What a command does to promises: reservations that it breaks, and who is hurt."""

from decimal import Decimal
from typing import TYPE_CHECKING

import attrs

from prodstock.journal.stream import Stream
from prodstock.master.codes import ItemCode
from prodstock.quantities.scaled import from_scaled
from prodstock.stock import world as w
from prodstock.stock.changes import holds_on
from prodstock.stock.movement import Movement

if TYPE_CHECKING:
    from prodstock.stock.draft import Draft
    from prodstock.stock.selection import Found


@attrs.frozen(repr=False)
class Hurt:
    """A promise that lost stock: what it was for, its reservation, and how much of which item."""

    ref: str
    reservation: str
    item: ItemCode
    quantity: Decimal
    unit: str

    def __repr__(self) -> str:
        return f"<Hurt {self.ref[:40]} lost {self.quantity:f} {self.unit[:10]} {self.item[:40]}>"


def break_holds(draft: "Draft", found: "Found", quantity: int) -> list[Hurt]:
    """Take reserved stock of a parcel from its reservations, the latest made first, and say who is hurt."""
    if quantity <= 0:
        return []
    hurt = []
    item = draft.world.catalog.item(draft.world.shelf(found.shelf).item)
    for hold in reversed(list(holds_on(draft.world, found.shelf, found.parcel))):
        taken = min(hold.rest, quantity)
        if taken <= 0:
            break
        name = draft.world.names.name(hold.stream)
        draft.leg(Movement.UNRESERVATION, found.shelf, found.parcel, 0, -taken)
        draft.settle(Stream(name), hold.number, w.BROKEN, [hold.line, taken])
        ref = name.partition(":")[2]
        lost = from_scaled(taken, item.scale)
        hurt.append(Hurt(ref, f"{ref}/{hold.number + 1}", ItemCode(item.code), lost, item.unit))
        quantity -= taken
    return hurt
