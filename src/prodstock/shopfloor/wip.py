"""Answers of the shop floor: what to pick, where each order stands, and where its components went."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import attrs

from prodstock._render import short
from prodstock.calendars.zone import from_micros
from prodstock.errors import BrokenInvariant, ShortLine, UnknownCode
from prodstock.journal.stream import order_stream
from prodstock.master.codes import ItemCode
from prodstock.orders.codes import OrderCode
from prodstock.orders.lifecycle import OrderState
from prodstock.orders.owed import open_needs, owed, owed_words
from prodstock.orders.production import ProductionOrder, order_named
from prodstock.orders.sheet import sheet_of, steps_of
from prodstock.quantities.scaled import from_scaled, to_scaled
from prodstock.shopfloor.ledger import ledger
from prodstock.stock import world as w
from prodstock.stock.changes import changes
from prodstock.stock.history import entries
from prodstock.stock.lot import LotCode, SerialCode
from prodstock.stock.movement import Movement
from prodstock.stock.order_ledger import commits_of, moved
from prodstock.stock.reservation import in_line_units
from prodstock.tables import Table, Tabled

if TYPE_CHECKING:
    from collections.abc import Iterator

    from prodstock.orders.sheet import Sheet
    from prodstock.shopfloor.ledger import Ledger
    from prodstock.stock.world import World

_PREFIX = order_stream("")
_OVER = frozenset({OrderState.CLOSED, OrderState.CANCELLED})


@attrs.frozen(repr=False)
class PickLine:
    """So much to take from where, for which step.

    Attributes:
        operation: the step that needs it.
        location: where it lies.
        item: what to take; of a substitute its own code.
        lot: the lot; empty for an item that is not tracked.
        quantity: how much, in the base unit.
        unit: the base unit.
        serial: the serial, or None.
        line: the order line it is for.
        reservation: the reservation that holds it.
    """

    operation: str
    location: str
    item: ItemCode
    lot: LotCode
    quantity: Decimal
    unit: str
    serial: SerialCode | None = attrs.field(kw_only=True, default=None)
    line: int = attrs.field(kw_only=True, default=0)
    reservation: str = attrs.field(kw_only=True, default="")

    def __repr__(self) -> str:
        what = self.serial or self.lot
        return f"<PickLine {self.quantity:f} {self.unit[:10]} {self.item[:30]} {what[:30]} from {self.location[:20]}>"


@attrs.frozen(repr=False)
class PickList(Tabled[PickLine]):
    """What to bring to an order: by step, then location, then the lot that expires first; and what is missing.

    Attributes:
        order: the order.
        picks: what is reserved and not issued yet.
        short: what its lines still need that nobody has reserved; packaging that is owed says so, and of an order that
            is completed nothing else is short.
    """

    order: OrderCode
    picks: Table[PickLine]
    short: Table[ShortLine]

    def to_table(self) -> Table[PickLine]:
        """Return what is reserved and not issued yet."""
        return self.picks

    @property
    def full_kit(self) -> bool:
        """Whether everything the order still needs is reserved for it or issued to it."""
        return not self.short

    def __str__(self) -> str:
        missing = f"\n\nshort\n{self.short}" if self.short else ""
        return f"{self.order}\n{self.picks}{missing}"

    def _repr_html_(self) -> str:
        return self.picks.to_html() + (self.short.to_html() if self.short else "")

    def __repr__(self) -> str:
        return f"<PickList of {self.order[:40]}, {len(self.picks)} picks, {len(self.short)} short>"


def order_of(world: World, order: ProductionOrder | str) -> ProductionOrder:
    """Return a production order as it stands.

    Raises:
        UnknownCode: if there is no such order.
    """
    code = order_named(order)
    body = world.body(order_stream(code))
    if not isinstance(body, ProductionOrder):
        raise UnknownCode(kind="production order", given=code, nearest=world.near(code, "order"))
    return body


def pick_list(world: World, order: ProductionOrder | str) -> PickList:
    """Return what to bring to an order. O(lines reserved, sorted).

    Raises:
        UnknownCode: if there is no such order.
    """
    found = order_of(world, order)
    steps = {step.code: number for number, step in enumerate(found.steps)}
    keyed = sorted(_picks(world, found), key=lambda pair: (steps.get(pair[1].operation, 0), pair[0]))
    return PickList(found.code, Table(line for _, line in keyed), Table(_short(world, found)))


def _picks(world: World, order: ProductionOrder) -> Iterator[tuple[tuple[str, str, int, int, str], PickLine]]:
    for index, booking in enumerate(world.record(world.find(order_stream(order.code))).bookings):
        for at in range(0, len(booking.lines), 4):
            stock, parcel, rest, line = booking.lines[at : at + 4]
            if rest:
                shelf = world.shelf(stock)
                book, row = world.book(shelf.book), shelf.ident[parcel]
                item = world.catalog.item(shelf.item)
                place = world.places.name(shelf.place[parcel])
                key = (place.location, item.code, book.expires[row], book.received[row], book.code(row))
                yield (
                    key,
                    PickLine(
                        order.lines[line].operation,
                        place.location,
                        ItemCode(item.code),
                        LotCode(book.lot_code(row)),
                        from_scaled(rest, item.scale),
                        item.unit,
                        serial=SerialCode(book.serial_code(row)) if book.is_serial(row) else None,
                        line=line,
                        reservation=f"{order.code}/{index + 1}",
                    ),
                )


def _short(world: World, order: ProductionOrder) -> Iterator[ShortLine]:
    held: dict[int, int] = {}
    for booking in world.record(world.find(order_stream(order.code))).bookings:
        for at in range(0, len(booking.lines), 4):
            shelf, _, rest, number = booking.lines[at : at + 4]
            if rest:
                held[number] = held.get(number, 0) + in_line_units(world, order, number, shelf, rest)
    if order.state in _OVER:
        return
    debts = owed(order, world.catalog)
    for line, wanted in zip(order.lines, open_needs(order, world.catalog), strict=True):
        scale = world.catalog.item(line.item).scale
        missing = wanted - held.get(line.number, 0)
        if missing > 0:
            need = to_scaled(line.need, scale)
            reason = f"line {line.number}, for {line.operation}"
            if line.number in debts:
                reason += f", {from_scaled(debts[line.number], scale):f} {line.unit} owed"
            there = from_scaled(need - missing, scale)
            yield ShortLine(line.item, line.need, there, line.unit, reason)


def owed_lines(world: World, order: ProductionOrder | str) -> Table[ShortLine]:
    """Return the packaging an order owes, by line: what its confirmed units need, and what was used for them.

    Raises:
        UnknownCode: if there is no such order.
    """
    found = order_of(world, order)
    return Table(_owed_lines(found, owed(found, world.catalog), sheet_of(found, world.catalog)))


def _owed_lines(order: ProductionOrder, debts: dict[int, int], sheet: Sheet) -> Iterator[ShortLine]:
    for number, more in debts.items():
        line = sheet.lines[number]
        used = steps_of(order.line_figures[number][1], line.scale)
        asked, there = (from_scaled(n, line.scale) for n in (used + more, used))
        yield ShortLine(line.item, asked, there, line.unit, f"line {number}, for {line.step}")


@attrs.frozen(repr=False)
class WipRow:
    """Where an order stands.

    Attributes:
        order: its code.
        item: what is being produced.
        state: the state of the order.
        stage: the first step that is not confirmed for all units it can still get; empty when all are.
        quantity: how many are started.
        unit: the item's base unit.
        expected: how many good ones are still to come.
        good: how many reached stores.
        in_wip: how many have begun and are neither completed nor scrapped.
        scrapped: how many were lost.
        consumed: what was used up, as people say it; the exact numbers are in the order's lines.
        due: when it is due.
        late: how long it is overdue; nothing for an order that is done.
        launched: when it was launched.
        owed: the packaging that its confirmed units still need, as people say it: until it is issued they are not
            released.
    """

    order: OrderCode
    item: ItemCode
    state: OrderState
    stage: str
    quantity: Decimal
    unit: str
    expected: Decimal
    good: Decimal
    in_wip: Decimal
    scrapped: Decimal
    consumed: tuple[str, ...]
    due: datetime
    late: timedelta
    launched: datetime
    owed: tuple[str, ...] = ()

    def __repr__(self) -> str:
        what = f"{self.good:f} of {self.quantity:f} {self.unit[:10]} {self.item[:30]}"
        return short(f"<WipRow {self.order[:30]} {what} {self.state} at {self.stage[:20]}>")


def wip_board(world: World, now: datetime) -> Table[WipRow]:
    """Return where every order stands that has not ended, by due date, then code. O(streams + orders)."""
    rows = [_row(world, order, now) for order in _open_orders(world)]
    return Table(sorted(rows, key=lambda row: (row.due, row.order)))


def _open_orders(world: World) -> Iterator[ProductionOrder]:
    for name in _orders(world):
        body = world.body(name)
        if isinstance(body, ProductionOrder) and body.state not in _OVER:
            yield body


def _row(world: World, order: ProductionOrder, now: datetime) -> WipRow:
    scale = world.catalog.item(order.item).scale
    good, scrapped, begun, planned = (
        to_scaled(number, scale) for number in (order.good, order.scrapped, order.started, order.expected_good)
    )
    left = to_scaled(order.quantity, scale) - good - scrapped
    done = order.state is OrderState.COMPLETED
    first = next(commits_of(world, order_stream(order.code)))
    return WipRow(
        order.code,
        order.item,
        order.state,
        "" if done else _stage(order),
        order.quantity,
        order.unit,
        from_scaled(max(min(planned - good, left), 0), scale),
        order.good,
        from_scaled(max(begun - good - scrapped, 0), scale),
        order.scrapped,
        tuple(f"{line.consumed:f} {line.unit} {line.item}" for line in order.lines if line.consumed),
        order.due,
        timedelta() if done else max(now - order.due, timedelta()),
        from_micros(world.commit(first)[0]),
        tuple(owed_words(order, world.catalog)),
    )


def _stage(order: ProductionOrder) -> str:
    lost: dict[str, Decimal] = {}
    nothing = Decimal(0)
    scrapped = {step.code: step.scrapped for step in order.steps}
    for step in order.steps:
        lost[step.code] = max((lost[before] + scrapped[before] for before in step.after), default=nothing)
        if step.good + step.scrapped < order.quantity - lost[step.code]:
            return step.code
    return ""


@attrs.frozen(repr=False)
class BalanceRow:
    """Where a component lot of an order went: issued = consumed + returned + lost + in WIP.

    Attributes:
        item: the component.
        lot: its lot; empty for an item that is not tracked.
        serial: the serial, or None.
        issued: what came to the order.
        consumed: what was used up, less what came back from assemblies taken apart.
        returned: what went back to stores.
        lost: what was booked as lost, or counted away.
        in_wip: what lies in its WIP.
        unit: the base unit.
    """

    item: ItemCode
    lot: LotCode
    serial: SerialCode | None
    issued: Decimal
    consumed: Decimal
    returned: Decimal
    lost: Decimal
    in_wip: Decimal
    unit: str

    def __repr__(self) -> str:
        return f"<BalanceRow {self.item[:30]} {self.lot[:30]} {self.issued:f} issued, {self.in_wip:f} in WIP>"


_COLUMNS = {
    Movement.ISSUE: "issued",
    Movement.CONSUMPTION: "consumed",
    Movement.TAKE_APART: "consumed",
    Movement.PUT_BACK: "returned",
    Movement.LOSS: "lost",
    Movement.ADJUSTMENT: "lost",
    Movement.COUNT: "lost",
    Movement.SCRAP: "lost",
    Movement.OUTPUT: "made",
    Movement.COMPLETION: "made",
}


def balance(world: World, order: ProductionOrder | str) -> Table[BalanceRow]:
    """Return where the components of an order went, by item and lot, in the order in which they were first issued.

    What was issued, used, returned and lost is read from the movements, what is in WIP from the parcels: that they
    agree is a law. O(history of the order's parcels in WIP).

    Raises:
        UnknownCode: if there is no such order.
    """
    found = order_of(world, order)
    kept = ledger(world, found)
    lots = dict.fromkeys((shelf, row) for shelf, parcels in kept.issued.items() for row in parcels.values())
    return Table(_balance_row(world, kept, shelf, row) for shelf, row in lots)


def _balance_row(world: World, kept: Ledger, shelf_number: int, row: int) -> BalanceRow:
    sums = dict.fromkeys(("issued", "consumed", "returned", "lost", "made"), 0)
    shelf = world.shelf(shelf_number)
    in_wip = 0
    for parcel, _ in kept.parcels(world, shelf_number, row):
        quantity, _, history = shelf.rows[parcel]
        in_wip += quantity
        for commit in dict.fromkeys(entry[1] for entry in entries(history) if entry[2]):
            for movement, change in moved(world, commit, shelf_number, parcel):
                if movement in _COLUMNS:
                    sums[_COLUMNS[movement]] += change
    item, book = world.catalog.item(shelf.item), world.book(shelf.book)
    return BalanceRow(
        ItemCode(item.code),
        LotCode(book.lot_code(row)),
        SerialCode(book.serial_code(row)) if book.is_serial(row) else None,
        from_scaled(sums["issued"], item.scale),
        from_scaled(-sums["consumed"], item.scale),
        from_scaled(-sums["returned"], item.scale),
        from_scaled(-sums["lost"], item.scale),
        from_scaled(in_wip - sums["made"], item.scale),
        item.unit,
    )


def check_balances(world: World, since: int = 0) -> None:
    """Do nothing if for every order and component lot issued = consumed + returned + lost + in WIP.

    Orders that no commit from number `since` on touched are passed over.

    Raises:
        BrokenInvariant: if it does not hold, or a quantity is below zero.
    """
    for name in _orders(world) if since == 0 else _touched(world, since):
        body = world.body(name)
        if isinstance(body, ProductionOrder):
            for row in balance(world, body):
                _check(body, row)


def _orders(world: World) -> list[str]:
    return [name for name in world.names if name.startswith(_PREFIX)]


def _touched(world: World, since: int) -> list[str]:
    streams = {
        change[1]
        for number in range(since, len(world))
        for kind, change in changes(world.commit(number))
        if kind == w.RECORD
    }
    return [name for name in map(world.names.name, sorted(streams)) if name.startswith(_PREFIX)]


def _check(order: ProductionOrder, row: BalanceRow) -> None:
    parts = (row.consumed, row.returned, row.lost, row.in_wip)
    if row.issued != sum(parts) or min(row.issued, row.consumed, row.in_wip) < 0:
        detail = f"{order.code}, {row.item} {row.lot}: {row.issued} issued is not {' + '.join(map(str, parts))}"
        raise BrokenInvariant(invariant="I8", detail=detail)
