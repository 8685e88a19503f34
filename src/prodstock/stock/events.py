"""What has happened to stock, as public values: quantities are Decimals in base units, everything is named."""

from datetime import datetime
from decimal import Decimal

import attrs

from prodstock._render import brief
from prodstock.journal.commit import Event
from prodstock.master.catalog import Catalog
from prodstock.quantities.quantity import Quantity
from prodstock.stock.cost import Cost
from prodstock.stock.goods import ReservationState
from prodstock.stock.movement import Movement

NOTHING = Decimal(0)


@attrs.frozen(repr=False)
class Parcel:
    """The key of some stock: what it is, where it is, whose, for whom, and in which state."""

    item: str
    site: str
    location: str
    lot: str = ""
    serial: str = ""
    owner: str = ""
    segment: str = ""
    container: str = ""
    quality: str = "approved"
    reason: str = ""
    release: str = "not-required"

    def __repr__(self) -> str:
        what = " ".join(part[:20] for part in (self.item, self.serial or self.lot) if part)
        return f"<Parcel {what} in {self.site[:12]}/{self.location[:12]} {self.quality[:18]}>"


@attrs.frozen(repr=False)
class Leg:
    """One side of a movement: a parcel, and the signed changes of its quantity and of what is reserved of it.

    Attributes:
        movement: what it is.
        parcel: the key of the stock.
        quantity: the change, in the base unit.
        reserved: the change of what is reserved, in the base unit.
        entered: the change as it was typed, where that was in another unit: of several parcels each its exact share.
            Of a count it is what was counted, not the difference.
        second: the change of a second quantity (catch weight), where somebody measured it.
        cost: what one base unit cost, where goods came in and somebody said.
    """

    movement: Movement
    parcel: Parcel
    quantity: Decimal
    reserved: Decimal = NOTHING
    entered: Quantity | None = None
    second: Quantity | None = None
    cost: Cost | None = None

    def __repr__(self) -> str:
        text = f"<Leg {self.movement} {self.quantity:+f} {self.parcel!r}"
        return f"{text[:90]}>"


@attrs.frozen(repr=False)
class LotCard:
    """What is known of a lot, or of a serial, when it first comes up."""

    item: str
    lot: str
    received: datetime
    serial: str = ""
    expires: datetime | None = None
    supplier: str = ""
    supplier_lot: str = ""
    revision: str = ""
    attributes: tuple[tuple[str, str], ...] = ()
    retest: datetime | None = None

    def __repr__(self) -> str:
        return f"<LotCard {self.item[:30]} {self.serial[:30] or self.lot[:30]}>"


@attrs.frozen
class Retest:
    """Until when a lot is good after another test; None: no test is needed any more."""

    lot: str
    until: datetime | None

    __repr__ = brief


@attrs.frozen
class LotOpened(Event):
    """A lot of an item came into being."""

    card: LotCard


@attrs.frozen
class SerialMinted(Event):
    """A serial of an item came into being."""

    card: LotCard


@attrs.frozen(repr=False)
class StockPosted(Event):
    """Stock of one item at one site moved, or was reserved.

    Attributes:
        legs: both sides of every movement, virtual locations included: quantities of one movement and lot sum to zero
            over the commit.
        lots: the cards of lots and serials that were not on this shelf before.
        holders: the streams of the demands and orders whose reservations the same commit makes or ends: who reads
            this stream alone learns where to look.
        retests: until when lots are good after another test, or what a shelf that sees them first has to know of it.
    """

    legs: tuple[Leg, ...]
    lots: tuple[LotCard, ...] = ()
    holders: tuple[str, ...] = ()
    retests: tuple[Retest, ...] = ()

    def __repr__(self) -> str:
        if not self.legs:
            return f"<StockPosted {len(self.retests)} retests>" if self.retests else "<StockPosted nothing>"
        return f"<StockPosted {len(self.legs)} legs, {self.legs[0]!r}>"


@attrs.frozen
class ClaimLine:
    """So much of a parcel is reserved; `order_line` is the line of the production order it serves."""

    parcel: Parcel
    quantity: Decimal
    order_line: int | None = None

    __repr__ = brief


@attrs.frozen
class Claimed(Event):
    """Stock was reserved for the stream's demand or order; goods must still be usable at `usable_at`."""

    usable_at: datetime
    lines: tuple[ClaimLine, ...]


@attrs.frozen
class ClaimSettled(Event):
    """Lines (from 0) of a reservation (from 0) were settled with these quantities.

    Where what ended them was taken back, they are `pending` again and the quantities below zero.
    """

    reservation: int
    how: ReservationState
    lines: tuple[tuple[int, Decimal], ...]


@attrs.frozen
class CatalogChanged(Event):
    """New definitions took the place of the old ones."""

    catalog: Catalog


@attrs.frozen
class KeyUsed(Event):
    """An idempotency key was used: for which command, and what was answered."""

    fingerprint: str
    answer: object
