"""What an order brings into being: its units in WIP, born at their first confirmation, then scrapped or completed."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from prodstock.errors import InvalidValueError, NotEnough
from prodstock.journal.stream import serial_stream
from prodstock.master.item import Item, Tracking
from prodstock.master.location import LocationKind
from prodstock.quantities.scaled import from_scaled
from prodstock.stock.lot import NEVER, LotDetails, SerialCode
from prodstock.stock.movement import Movement
from prodstock.stock.place import FREE, Place, stock_of
from prodstock.stock.receive import LotRow, lot_row, mint
from prodstock.stock.status import Release

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from prodstock.journal.stream import Stream
    from prodstock.orders.production import ProductionOrder
    from prodstock.orders.sheet import Sheet
    from prodstock.shopfloor.ledger import Ledger
    from prodstock.stock.draft import Draft


def good_until(draft: Draft, sheet: Sheet, ledger: Ledger, used: Iterable[tuple[int, int]]) -> int:
    """Return until when an order's output is good for what the order used up that limits its life; `NEVER`: for ever.

    Args:
        draft: the command in the making.
        sheet: the order's.
        ledger: what the order used up before.
        used: shelf and row of what it uses up now.
    """
    if not sheet.limiting:
        return NEVER
    world = draft.world
    rows = {(shelf, row) for shelf, rows in ledger.used.items() for row, much in rows.items() if much > 0}
    ends = [NEVER]
    for shelf, row in rows.union(used):
        book = world.book(world.shelf(shelf).book)
        if book.item in sheet.limiting:
            ends.append(min(book.expires[row], book.retest(row)))
    return min(ends)


class Unit(NamedTuple):
    """One parcel of what is being made: a serial, or so much of the output lot."""

    row: int
    parcel: int
    place: Place
    quantity: int
    code: str


class Units:
    """The units of one item that an order is making, in the order in which they were born."""

    __slots__ = (
        "born", "draft", "end", "item", "ledger", "lot", "order", "serial", "shelf", "stream", "taken_back", "units",
    )  # fmt: skip

    def __init__(self, draft: Draft, stream: Stream, order: ProductionOrder, item: Item, ledger: Ledger) -> None:
        self.draft: Draft = draft
        self.stream: Stream = stream
        self.order: ProductionOrder = order.launched
        self.item: Item = item
        self.serial: bool = item.tracking is Tracking.SERIAL
        self.shelf: int = draft.shelf(item.code, self.order.site)
        self.lot: LotRow | None = None
        self.ledger: Ledger = ledger
        self.end: int = NEVER
        rows = ledger.born.get(self.shelf, {})
        self.born: int = sum(rows.values())
        self.taken_back: dict[str, int] = {
            self._code(row): row for row, born in rows.items() if self.serial and not born
        }
        self.units: list[Unit] = [
            unit for row in rows if (self.shelf, row) in ledger.there for unit in self._in_wip(row)
        ]

    def _code(self, row: int) -> str:
        book = self.draft.world.book_of(self.item.code)
        return "" if book is None else book.serial_code(row)

    def _in_wip(self, row: int) -> list[Unit]:
        code = self._code(row)
        found = []
        for parcel, place in self.ledger.parcels(self.draft.world, self.shelf, row):
            quantity = self.draft.row(self.shelf, parcel)[0]
            if quantity > 0:
                found.append(Unit(row, parcel, place, quantity, code))
        return sorted(found, key=lambda unit: unit.parcel)

    def bear(self, quantity: int, names: Sequence[str], reborn: frozenset[int] = frozenset()) -> None:
        """Bring so many units into being in the order's WIP.

        Args:
            quantity: how many, in the smallest steps.
            names: serials of the caller's; one that is there already is no new unit. What is not named is numbered;
                serials whose confirmation was taken back come first.
            reborn: rows of serials that this order has used up itself and may bring back: rework.

        Raises:
            InvalidValueError: if more new serials are named than units are new.
            NotAllowed: if a serial exists already.
        """
        if not self.serial:
            if quantity:
                self._put(self._lot().row, quantity, "")
            return
        self.draft.world.need(serial_stream(self.item.code, name) for name in names)
        here = {unit.code for unit in self.units}
        fresh = [name for name in names if name not in here]
        if len(fresh) > quantity:
            reason = f"is not in the WIP of {self.order.code}, and only {quantity} units are new"
            raise InvalidValueError(field="serials", value=fresh[quantity], reason=reason)
        again = [code for code in self.taken_back if code not in fresh][: quantity - len(fresh)]
        for name in [*fresh, *again, *self._numbered(quantity - len(fresh) - len(again))]:
            row = self.taken_back.pop(name, -1)
            if row < 0:
                row = self.draft.find_ident(self.item.code, name, serial=True)
                if row not in reborn or self._somewhere(row):
                    row = mint(self.draft, self.item, name, self._lot())
            self._put(row, 1, name)

    def _lot(self) -> LotRow:
        if self.lot is None:
            given = None if self.item.tracking is Tracking.NONE else self.order.lot
            details = LotDetails(revision=self.order.revision)
            self.lot = lot_row(self.draft, self.item, given, None, details, until=self.end)
        return self.lot

    def shorten(self) -> None:
        """Let the lot be tested again by when what it is made of is no longer good, if it was there before that."""
        lot, book = self.order.lot, self.draft.world.book_of(self.item.code)
        if self.end == NEVER or book is None or self.item.tracking is Tracking.NONE:
            return
        row = self.draft.find_ident(self.item.code, lot)
        if 0 <= row < len(book) and self.end < min(book.expires[row], book.retest(row)):
            self.draft.renew(self.shelf, row, self.end)

    def _numbered(self, count: int) -> list[str]:
        codes: list[str] = []
        number = self.born
        lot = self._lot().code if count else ""
        names = (f"{lot}-{number + one:04d}" for one in range(1, count + 1))
        self.draft.world.need(serial_stream(self.item.code, name) for name in names)
        while len(codes) < count:
            number += 1
            code = f"{lot}-{number:04d}"
            if self.draft.find_ident(self.item.code, code, serial=True) < 0:
                codes.append(code)
        return codes

    def _somewhere(self, row: int) -> bool:
        world = self.draft.world
        known = world.shelf(self.shelf)
        return any(
            self.draft.row(self.shelf, parcel)[0] > 0 and world.kind(world.places.name(known.place[parcel])).real
            for parcel in known.parcels_of(row)
        )

    def _put(self, row: int, quantity: int, code: str) -> None:
        location = self.draft.world.catalog.default_location(self.order.site, LocationKind.WIP).code
        release = Release.AWAITING if self.draft.world.catalog.criteria(self.item.code) else Release.NOT_REQUIRED
        place = Place(self.order.site, location, segment=self.stream, release=release.value)
        parcel = self.draft.put(Movement.OUTPUT, self.shelf, row, place, quantity)
        self.born += quantity
        for at, unit in enumerate(self.units):
            if unit.parcel == parcel:
                self.units[at] = unit._replace(quantity=unit.quantity + quantity)
                return
        self.units.append(Unit(row, parcel, place, quantity, code))

    def scrap(self, quantity: int, names: Sequence[str]) -> None:
        """Move units from WIP to the scrap location: those named, else the last ones.

        Raises:
            NotEnough: if fewer are in the order's WIP.
        """
        self._leave(self._chosen(quantity, names, last=True), LocationKind.SCRAP)

    def complete(self, quantity: int, names: Sequence[str]) -> tuple[SerialCode, ...]:
        """Move units from WIP to stores: those named, else the first ones; return their serials.

        Raises:
            NotEnough: if fewer are in the order's WIP.
        """
        chosen = self._chosen(quantity, names, last=False)
        self._leave(chosen, LocationKind.STORES)
        return tuple(SerialCode(unit.code) for unit, _ in chosen) if self.serial else ()

    def _chosen(self, quantity: int, names: Sequence[str], *, last: bool) -> list[tuple[Unit, int]]:
        candidates = list(reversed(self.units)) if last else self.units
        if names:
            by_code = {unit.code: unit for unit in self.units}
            for name in names:
                if name not in by_code:
                    raise self._missing(f"serial {name} of {self.item.code}", 1, 0)
            candidates = [by_code[name] for name in names]
        chosen: list[tuple[Unit, int]] = []
        rest = quantity
        for unit in candidates:
            if rest:
                chosen.append((unit, min(unit.quantity, rest)))
                rest -= chosen[-1][1]
        if rest:
            raise self._missing(self.item.code, quantity, quantity - rest)
        return chosen

    def _missing(self, what: str, asked: int, there: int) -> NotEnough:
        return NotEnough(
            item=self.item.code,
            goods=f"{what} in the WIP of {self.order.code}",
            asked=from_scaled(asked, self.item.scale),
            there=from_scaled(there, self.item.scale),
            unit=self.item.unit,
            advice="Report good units first; what has reached stores already is scrapped there",
        )

    def _leave(self, chosen: list[tuple[Unit, int]], kind: LocationKind) -> None:
        location = self.draft.world.catalog.default_location(self.order.site, kind).code
        whose = stock_of(self.item, self.order.launched.segment) if kind is LocationKind.STORES else FREE
        gone: dict[int, int] = {}
        for unit, quantity in chosen:
            target = unit.place._replace(location=location, segment=whose)
            self.draft.leg(Movement.COMPLETION, self.shelf, unit.parcel, -quantity)
            self.draft.put(Movement.COMPLETION, self.shelf, unit.row, target, quantity)
            gone[unit.parcel] = quantity
        left = (unit._replace(quantity=unit.quantity - gone.get(unit.parcel, 0)) for unit in self.units)
        self.units = [unit for unit in left if unit.quantity]
