"""Goods: how a caller points at stock, and what is answered when stock comes, is picked or is reserved."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, NewType, TypeAlias

import attrs

from prodstock._lazy import Lazy
from prodstock.errors import (
    InvalidTypeError,
)
from prodstock.master.codes import (
    ItemCode,
    code,
    codes,
    item_code,
    optional_location,
    optional_lot,
    optional_segment,
    optional_site,
)
from prodstock.master.quality_state import Quality, QualityState
from prodstock.orders.codes import OrderCode
from prodstock.quantities.quantity import Amount, Exact, amount
from prodstock.quantities.scaled import from_scaled
from prodstock.stock.lot import LotCode, SerialCode
from prodstock.stock.receipt import Receipt
from prodstock.stock.status import Release
from prodstock.tables import Table

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from prodstock.stock import finer, second
    from prodstock.stock.world import World
else:
    finer = Lazy("prodstock.stock.finer")
    second = Lazy("prodstock.stock.second")

__all__ = [
    "Goods",
    "GoodsRef",
    "Output",
    "Pick",
    "Receipt",
    "Reservation",
    "ReservationCode",
    "ReservationRef",
    "ReservationState",
    "optional_amount",
    "picks_of",
    "serial_codes",
]

ReservationCode = NewType("ReservationCode", str)


def serial_codes(values: Iterable[str]) -> tuple[str, ...]:
    """Return serials as a tuple of codes."""
    return codes(values, "serials")


def optional_amount(value: Amount | None) -> Exact | None:
    """Return an amount, or None for none given."""
    return None if value is None else amount(value)


@attrs.frozen(repr=False)
class Goods:
    """Some of what exists: an item's stock, a lot, part of it, or serials.

    Attributes:
        item: the item.
        lot: the lot; None: whatever there is of the item.
        serials: these serials only.
        quantity: so much of it; None: all. In the second unit of a lot (catch weight) where the item itself does not
            convert it: by the lot's own factor, rounded up as a need is.
        location: only what is there; None: wherever it is.
        site: only what is there; None: wherever it is.
        quality: only what is in that state; None: in any.
        reason: only what is in its state for that reason; None: for any.
        release: only what is released so far; None: however far.
        owner: only what belongs to them; empty: to us. None: to us, and no command touches what is not ours.
        segment: only what is set aside for that order, transfer or demand; None: for any, or for none.

    A command takes part of what fits only from one parcel (one lot or serial in one place and state): where several fit
    it is refused, and these fields say which is meant. Shipping and issuing choose among what fits.
    """

    item: str = attrs.field(converter=item_code)
    lot: str | None = attrs.field(kw_only=True, default=None, converter=optional_lot)
    serials: tuple[str, ...] = attrs.field(kw_only=True, default=(), converter=serial_codes)
    quantity: Exact | None = attrs.field(kw_only=True, default=None, converter=optional_amount)
    location: str | None = attrs.field(kw_only=True, default=None, converter=optional_location)
    site: str | None = attrs.field(kw_only=True, default=None, converter=optional_site)
    quality: Quality | QualityState | None = attrs.field(kw_only=True, default=None)
    reason: str | None = attrs.field(kw_only=True, default=None)
    release: Release | None = attrs.field(kw_only=True, default=None)
    owner: str | None = attrs.field(kw_only=True, default=None)
    segment: str | None = attrs.field(kw_only=True, default=None, converter=optional_segment)

    def __attrs_post_init__(self) -> None:
        if self.quality is not None and not isinstance(self.quality, Quality | QualityState):
            advice = "Use a member of Quality, or a QualityState of the catalog"
            raise InvalidTypeError(field="quality", value=self.quality, reason="is no quality state", advice=advice)
        if self.release is not None and not isinstance(self.release, Release):
            advice = "Use a member of Release"
            raise InvalidTypeError(field="release", value=self.release, reason="is no release state", advice=advice)

    def narrow(self) -> tuple[tuple[str, str], ...]:
        """Return what a parcel's place must be: the names of its parts and their codes."""
        quality = self.quality.code if isinstance(self.quality, QualityState) else self.quality
        asked = {
            "location": self.location,
            "quality": None if quality is None else str(quality),
            "reason": self.reason,
            "release": None if self.release is None else self.release.value,
            "owner": self.owner,
            "holder": self.segment,
        }
        return tuple((name, value) for name, value in asked.items() if value is not None)

    def __repr__(self) -> str:
        parts = [self.item[:30], (self.lot or "")[:30], f"{len(self.serials)} serials" if self.serials else ""]
        parts.append("" if self.quantity is None else str(self.quantity)[:20])
        return f"<Goods {' '.join(part for part in parts if part)}>"


@attrs.frozen(repr=False)
class Output:
    """What a completion brought: a lot, or serials, awaiting release or not.

    Attributes:
        order: the production order.
        item: the item.
        lot: the output lot, or None for an item that is not tracked.
        serials: the good serials.
        good: how many good ones reached stores.
        scrapped: how many were lost.
        unit: the base unit.
    """

    order: OrderCode
    item: ItemCode
    lot: LotCode | None
    serials: tuple[SerialCode, ...]
    good: Decimal
    scrapped: Decimal
    unit: str = attrs.field(kw_only=True, default="pcs")

    def __repr__(self) -> str:
        return f"<Output of {self.order[:30]}: {self.good:f} good {self.item[:30]}, {self.scrapped:f} scrapped>"


@attrs.frozen(repr=False)
class Pick:
    """So much of a lot (or one serial) for a need.

    Attributes:
        ref: the need it is for.
        item: the item that is taken; of a substitute its own code.
        lot: the lot; empty for an item that is not tracked.
        quantity: how much, in the base unit.
        unit: the base unit.
        serial: the serial, or None.
        location: where it lies.
        line: the order line it serves, or None.
    """

    ref: str
    item: ItemCode
    lot: LotCode
    quantity: Decimal
    unit: str
    serial: SerialCode | None = attrs.field(kw_only=True, default=None)
    location: str = attrs.field(kw_only=True, default="")
    line: int | None = attrs.field(kw_only=True, default=None)

    def __repr__(self) -> str:
        what = self.serial or self.lot
        return f"<Pick {self.quantity:f} {self.unit[:10]} {self.item[:30]} {what[:30]} for {self.ref[:30]}>"


class ReservationState(StrEnum):
    """What became of a reservation."""

    PENDING = "pending"
    POSTED = "posted"
    VOIDED = "voided"
    EXPIRED = "expired"
    BROKEN = "broken"


class _Later:
    """Holds what the lines are made of when they are looked at, if ever: the state and the lines in numbers."""

    __slots__ = ("_numbers", "_world")

    if TYPE_CHECKING:  # no fields: the codec reads annotations
        _world: World
        _numbers: tuple[int, ...]


@attrs.frozen(repr=False)
class Reservation(_Later):
    """Stock bound to a demand, an order or a sample.

    Attributes:
        code: its code: what it is for, and a number.
        ref: the demand, order or sample it is for.
        state: what became of it.
        lines: what it took of which lots, in the order of taking.
    """

    code: ReservationCode
    ref: str
    state: ReservationState
    lines: Table[Pick]

    @classmethod
    def later(
        cls, code: ReservationCode, ref: str, state: ReservationState, world: World, numbers: tuple[int, ...]
    ) -> Reservation:
        """Return a reservation whose lines are made when they are first looked at."""
        made = cls.__new__(cls)
        _set_code(made, code)
        _set_ref(made, ref)
        _set_state(made, state)
        _set_world(made, world)
        _set_numbers(made, numbers)
        return made

    def __getattr__(self, name: str) -> Table[Pick]:
        if name != "lines":
            raise AttributeError(f"a Reservation has no {name!r}")
        lines = picks_of(self._world, self.ref, self._numbers, self.code)
        _set_lines(self, lines)
        return lines

    def __repr__(self) -> str:
        return f"<Reservation {self.code[:50]} {self.state}, {len(self.lines)} lines>"


# The slots' own setters: they pass by the frozen class, which nobody has seen yet, at half the cost.
_set_code, _set_ref, _set_state, _set_lines = (
    Reservation.__dict__[name].__set__ for name in ("code", "ref", "state", "lines")
)
_set_world, _set_numbers = (_Later.__dict__[name].__set__ for name in ("_world", "_numbers"))

GoodsRef: TypeAlias = Goods | Output | Receipt | str
ReservationRef: TypeAlias = Reservation | str


_DIGITS = 8
"""Digits of the number in a reservation's code."""


def reservation_named(reservation: ReservationRef) -> str:
    """Return the code of a reservation: of a record only its code is used, so that an old one is never stale.

    Raises:
        InvalidTypeError: if it is neither a reservation nor a text.
        InvalidValueError: if it is no code.
    """
    if isinstance(reservation, Reservation) and type(reservation.code) is str:
        return reservation.code
    if not isinstance(reservation, str):
        advice = "Give its code, or what reserving it answered"
        raise InvalidTypeError(field="reservation", value=reservation, reason="is no reservation", advice=advice)
    ref, slash, number = reservation.rpartition("/")
    if not slash or len(number) > _DIGITS:
        return code(reservation, "reservation")
    return f"{code(ref, 'reservation')}/{number}"


def picks_of(world: World, ref: str, lines: Sequence[int], code: str = "") -> Table[Pick]:
    """Return the picks that the lines of a reservation stand for, as it was made if its `code` is given."""
    if code and world.finer:
        scales = finer.scales_then(world, code, lines)
        return Table(_pick(world, ref, lines, 4 * line, scale) for line, scale in enumerate(scales))
    return Table(_pick(world, ref, lines, at) for at in range(0, len(lines), 4))


def _pick(world: World, ref: str, lines: Sequence[int], at: int, scale: int | None = None) -> Pick:
    shelf = world.shelf(lines[at])
    item = world.catalog.item(shelf.item)
    book = world.book(shelf.book)
    parcel, line = lines[at + 1], lines[at + 3]
    row = shelf.ident[parcel]
    return Pick(
        ref,
        ItemCode(shelf.item),
        LotCode(book.lot_code(row)),
        from_scaled(lines[at + 2], item.scale if scale is None else scale),
        item.unit,
        serial=SerialCode(book.code(row)) if book.is_serial(row) else None,
        location=world.places.name(shelf.place[parcel]).location,
        line=None if line < 0 else line,
    )
