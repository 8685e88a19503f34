"""What may be asked about stock beyond availability: lots, serials, movements, reservations, and why."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

import attrs

from prodstock._render import day, figure
from prodstock.calendars.zone import from_micros
from prodstock.errors import UnknownCode
from prodstock.journal.stream import demand_stream, order_stream
from prodstock.master import checks
from prodstock.master.codes import MAIN, ItemCode
from prodstock.quantities.quantity import amount
from prodstock.quantities.scaled import from_scaled
from prodstock.stock.availability import Availability, availability, state_name, why_not
from prodstock.stock.changes import changes
from prodstock.stock.goods import GoodsRef, Reservation, ReservationCode, ReservationState, picks_of
from prodstock.stock.history import entries
from prodstock.stock.lot import NEVER, LotCode, SerialCode
from prodstock.stock.lot_sheet import lot_sheet
from prodstock.stock.movement import MOVEMENTS, Movement
from prodstock.stock.reservation import need_instant
from prodstock.stock.selection import Found, everywhere, select, shelves
from prodstock.stock.status import Release
from prodstock.stock.world import POST
from prodstock.tables import Derivation, Table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from prodstock.calendars.span import Moment
    from prodstock.quantities.quantity import Amount
    from prodstock.stock.asking import Ask
    from prodstock.stock.history import History
    from prodstock.stock.lot_sheet import LotSheet
    from prodstock.stock.world import World


@attrs.frozen(repr=False)
class Holding:
    """So much of a lot (or one serial) in one place and state.

    Attributes:
        item: the item.
        lot: the lot; empty for an item that is not tracked.
        serial: the serial, or None.
        quantity: how much, in the base unit.
        reserved: how much of it is bound.
        unit: the base unit.
        state: the one word for it: available, reserved, WIP, expired, awaiting release, ...
        site: where.
        location: where there.
        segment: the order, transfer or demand it is set aside for, or empty.
        expires: when it expires, or None.
        retest: until when it is good without another test, or None.
        owner: whose it is; empty: ours.
        quality: the quality state, as the table of states names it.
        reason: the short reason of that state, such as `damaged`, or empty.
        release: whether it may leave.
    """

    item: ItemCode
    lot: LotCode
    serial: SerialCode | None
    quantity: Decimal
    reserved: Decimal
    unit: str
    state: str
    site: str
    location: str
    segment: str
    expires: datetime | None
    retest: datetime | None = None
    owner: str = ""
    quality: str = "approved"
    reason: str = ""
    release: Release = Release.NOT_REQUIRED

    def __repr__(self) -> str:
        what = self.serial or self.lot
        return f"<Holding {self.item[:25]} {what[:25]} {self.quantity:f} {self.unit[:10]} {self.state}>"


@attrs.frozen(repr=False)
class Posting:
    """One change of one parcel, in the order in which it took effect."""

    effective_at: datetime
    recorded_at: datetime
    movement: Movement
    lot: str
    location: str
    quantity: Decimal
    reserved: Decimal
    unit: str
    by: str
    because: str

    def __repr__(self) -> str:
        return f"<Posting {self.effective_at:%Y-%m-%d %H:%M} {self.movement} {self.quantity:+f} {self.lot[:30]}>"


@attrs.frozen(repr=False)
class Below:
    """Stock that stands below zero: more was taken than the books know of.

    Attributes:
        item: the item.
        lot: the lot; empty for an item that is not tracked.
        site: where.
        location: where there.
        owner: whose it is; empty: ours.
        missing: how much is missing to reach zero, in the base unit.
        unit: the base unit.
        since: from when on it has been below zero. UTC.
    """

    item: ItemCode
    lot: LotCode
    site: str
    location: str
    owner: str
    missing: Decimal
    unit: str
    since: datetime

    def __repr__(self) -> str:
        where = f"{self.site[:15]}/{self.location[:15]}"
        return f"<Below {figure(self.missing)} {self.unit[:8]} {self.item[:20]} in {where} since {day(self.since)}>"


@attrs.frozen(repr=False)
class StockLine:
    """How much of an item there is, by what it may be used for; all but `physical` sum to it. Base units."""

    item: ItemCode
    unit: str
    physical: Decimal
    free: Decimal
    reserved: Decimal
    assigned: Decimal
    waiting_for_release: Decimal
    under_inspection: Decimal
    blocked: Decimal
    damaged: Decimal
    expired: Decimal
    elsewhere: Decimal
    not_ours: Decimal

    def __repr__(self) -> str:
        return f"<StockLine {self.item[:40]} {self.free:f} free of {self.physical:f} {self.unit[:10]}>"


class StockAnswers:
    """Questions about stock. Each reads the plant as it is at that moment."""

    def __init__(self, ask: Ask, ask_all: Ask, now: Callable[[], int]) -> None:
        self._ask = ask
        self._ask_all = ask_all
        self._now = now

    def holdings(self, goods: GoodsRef) -> Table[Holding]:
        """Return where goods are and in which state: an item by `Goods("MIC")`, a lot or serial by its code."""

        def answer(world: World) -> Table[Holding]:
            now = self._now()
            return Table(_holding(world, found, now) for found in everywhere(world, select(world, goods)))

        return self._ask(answer)

    def lot(self, goods: GoodsRef) -> LotSheet:
        """Return what is known of a lot, or of one serial: its dates and papers, what there is of it, what it cost.

        An item that is not tracked has one lot: give it as `Goods("WIRE")`.

        Raises:
            UnknownCode, AmbiguousCode: if the goods are not to be found.
            InvalidValueError: if they are of several lots.
        """
        return self._ask(lambda world: lot_sheet(world, select(world, goods)))

    def availabilities(self) -> Table[Availability]:
        """Return the availability of every item, in the order of the codes."""

        def answer(world: World) -> Table[Availability]:
            now = self._now()
            codes = sorted(item.code for item in world.catalog.items)
            return Table(availability(world, code, at=now) for code in codes)

        return self._ask_all(answer)

    def overview(self) -> Table[StockLine]:
        """Return one line for each item that has or had stock: what is free, reserved, in WIP, blocked, and so on."""

        def answer(world: World) -> Table[StockLine]:
            codes = sorted(item.code for item in world.catalog.items if world.book_of(item.code) is not None)
            return Table(_stock_line(availability(world, code)) for code in codes)

        return self._ask_all(answer)

    def why_not_available(
        self, item: str, quantity: Amount, *, site: str | None = None, at: Moment | None = None
    ) -> Derivation:
        """Return why a quantity cannot be had: what there is, by reason; the reasons sum to the physical quantity.

        Args:
            item: the item's code.
            quantity: how much is wanted.
            site: the site; None: all sites together.
            at: the moment; a date means the end of that day at the site. None: now.

        Raises:
            UnknownCode: if item or site is unknown.
            InvalidValueError: if the quantity is not above zero.
        """

        def answer(world: World) -> Derivation:
            moment = None if at is None else need_instant(world, at, MAIN if site is None else site)
            wanted = world.catalog.unscaled(item, world.catalog.scaled(item, amount(quantity)))
            checks.positive(wanted, "quantity")
            there = availability(world, item, site=site, at=self._now() if moment is None else moment)
            return why_not(there, wanted, moment)

        return self._ask(answer)

    def reservations(self, ref: str) -> Table[Reservation]:
        """Return the reservations of a demand or order with what each still holds, oldest first."""
        return self._ask(lambda world: Table(_reservations(world, ref)))

    def to_resolve(self) -> Table[Below]:
        """Return what stands below zero, by item, site and place: each is an entry that is missing or wrong.

        Only locations that tolerate it go below zero. What is missing there counts against `free` of the item as a
        whole; goods that lie elsewhere are there and can be reserved all the same. It is resolved by the receipt or
        move that was forgotten, or by a count.
        """
        return self._ask_all(lambda world: Table(_below(world)))

    def postings(self, item: str, *, lot: str | None = None) -> Table[Posting]:
        """Return every change of an item's stock, by effective time; of one instant in the order of recording."""
        return self._ask(lambda world: Table(_postings(world, item, lot)))


def _below(world: World) -> Iterator[Below]:
    for item in sorted(world.catalog.items, key=lambda one: one.code):
        for number in shelves(world, item.code):
            shelf = world.shelf(number)
            book = world.book(shelf.book)
            for parcel in shelf.live:
                quantity, _, history = shelf.rows[parcel]
                if quantity < 0:
                    row, place = shelf.ident[parcel], world.places.name(shelf.place[parcel])
                    yield Below(
                        ItemCode(item.code),
                        LotCode(book.lot_code(row)),
                        place.site,
                        place.location,
                        place.owner,
                        from_scaled(-quantity, item.scale),
                        item.unit,
                        from_micros(_below_since(history)),
                    )


def _below_since(history: History) -> int:
    """Return from when on a parcel has been below zero without interruption."""
    since, there = 0, 0
    for when, _, change, _ in entries(history):
        if there >= 0 > there + change:
            since = when
        there += change
    return since


def _stock_line(answer: Availability) -> StockLine:
    by_reason = {bucket.name.value.replace("-", "_"): bucket.quantity for bucket in answer.buckets}
    return StockLine(answer.item, answer.unit, answer.physical, **by_reason)


def _holding(world: World, found: Found, now: int) -> Holding:
    shelf = world.shelf(found.shelf)
    item = world.catalog.item(shelf.item)
    book = world.book(shelf.book)
    expires, retest = book.expires[found.row], book.retest(found.row)
    return Holding(
        ItemCode(item.code),
        LotCode(book.lot_code(found.row)),
        SerialCode(book.code(found.row)) if book.is_serial(found.row) else None,
        from_scaled(found.quantity, item.scale),
        from_scaled(found.reserved, item.scale),
        item.unit,
        state_name(world, found.place, expires, now, retest, reserved=found.reserved == found.quantity),
        found.place.site,
        found.place.location,
        found.place.segment.partition(":")[2],
        None if expires == NEVER else from_micros(expires),
        None if retest == NEVER else from_micros(retest),
        found.place.owner,
        found.place.quality,
        found.place.reason,
        Release(found.place.release),
    )


def _reservations(world: World, ref: str) -> Iterator[Reservation]:
    checks.instance(ref, str, "ref", "Give the code of a demand or order")
    known = False
    for stream in (demand_stream(ref), order_stream(ref)):
        record = world.record(world.find(stream))
        known = known or record.version > 0
        for index, booking in enumerate(record.bookings):
            code, state = ReservationCode(f"{ref}/{index + 1}"), tuple(ReservationState)[booking.state]
            yield Reservation(code, ref, state, picks_of(world, ref, booking.lines))
    if not known:
        raise UnknownCode(kind="demand or order", given=ref, nearest=world.near(ref, "demand", "order"))


def _postings(world: World, item: str, lot: str | None) -> Iterator[Posting]:
    found = []
    item = world.catalog.item(item).code
    for number in shelves(world, item):
        shelf = world.shelf(number)
        book = world.book(shelf.book)
        for parcel in range(len(shelf.rows)):
            if lot in (None, book.lot_code(shelf.ident[parcel])):
                found += [(*entry, number, parcel) for entry in entries(shelf.rows[parcel][2])]
    for effective, commit, change, reserved, number, parcel in sorted(found):
        yield _posting(world, effective, commit, change, reserved, number, parcel)


def _posting(
    world: World, effective: int, number: int, change: int, reserved: int, shelf_number: int, parcel: int
) -> Posting:
    shelf = world.shelf(shelf_number)
    item = world.catalog.item(shelf.item)
    commit = world.commit(number)
    by, because, _ = commit[2] or ("", "", "")
    return Posting(
        from_micros(effective),
        from_micros(commit[1]),
        _movement(world, number, shelf_number, parcel, change),
        world.book(shelf.book).code(shelf.ident[parcel]),
        world.places.name(shelf.place[parcel]).location,
        from_scaled(change, item.scale),
        from_scaled(reserved, item.scale),
        item.unit,
        by,
        because,
    )


def _movement(world: World, number: int, shelf: int, parcel: int, change: int) -> Movement:
    legs = [
        MOVEMENTS[told[at]]
        for kind, told in changes(world.commit(number))
        if kind == POST and told[1] == shelf
        for at in range(4, len(told), 4)
        if told[at + 1] == parcel and (told[at + 2] == change or change == 0)
    ]
    return legs[0] if legs else Movement.ADJUSTMENT
