"""The sheet of a lot: its dates and papers, what there is of it, what was measured of it, and what it cost."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

import attrs

from prodstock.calendars.zone import from_micros
from prodstock.errors import InvalidValueError
from prodstock.master.codes import ItemCode
from prodstock.quantities.scaled import from_scaled
from prodstock.stock.cost import Cost
from prodstock.stock.lot import NEVER, PLAIN, LotCode, SerialCode
from prodstock.stock.second import SecondQuantity, second_of, told_of
from prodstock.stock.selection import Selection, parcels
from prodstock.tables import Table

if TYPE_CHECKING:
    from collections.abc import Iterable

    from prodstock.stock.second import Told
    from prodstock.stock.world import World


@attrs.frozen(repr=False)
class CostLayer:
    """So much came in at that cost, in the base unit; what was taken back is out of it, what was used is not."""

    quantity: Decimal
    cost: Cost

    def __repr__(self) -> str:
        return f"<CostLayer {self.quantity:f} at {self.cost.price}>"


@attrs.frozen(repr=False)
class LotSheet:
    """What is known of a lot, or of one serial.

    Attributes:
        item: the item.
        lot: the lot; empty for an item that is not tracked.
        serial: the serial, if it is the sheet of one.
        quantity: how much of it is in real locations, in the base unit.
        unit: the base unit.
        received: when it first came up; None for an item that is not tracked.
        expires: when it expires, or None.
        retest: until when it is good without another test, or None.
        supplier: who delivered it.
        supplier_lot: the supplier's own lot code.
        revision: the item revision it was made to.
        attributes: other facts, by name.
        second: what was measured of it beside its quantity, or None if nothing ever was.
        costs: what came in at which cost, in the order of recording; what came without a cost is in none of them.
    """

    item: ItemCode
    lot: LotCode
    serial: SerialCode | None
    quantity: Decimal
    unit: str
    received: datetime | None
    expires: datetime | None
    retest: datetime | None
    supplier: str
    supplier_lot: str
    revision: str
    attributes: tuple[tuple[str, str], ...]
    second: SecondQuantity | None
    costs: Table[CostLayer]

    def __repr__(self) -> str:
        what = f"{self.item[:30]} {(self.serial or self.lot)[:30]}".strip()
        return f"<LotSheet {what}: {self.quantity:f} {self.unit[:10]}>"


def lot_sheet(world: World, selection: Selection) -> LotSheet:
    """Return the sheet of the one lot or serial that a selection is. O(movements of it).

    Raises:
        InvalidValueError: if it is not one.
    """
    item = world.catalog.item(selection.item)
    row = _row(selection)
    book = world.book_of(item.code)
    physical = sum(found.quantity for found in parcels(world, selection) if world.kind(found.place).real)
    if book is None:
        return LotSheet(
            ItemCode(item.code), LotCode(""), None, from_scaled(physical, item.scale), item.unit, None, None, None,
            "", "", "", (), None, Table(()),
        )  # fmt: skip
    details = book.details.get(book.lot[row], PLAIN)
    tolds = told_of(world, item.code, selection.rows)
    return LotSheet(
        ItemCode(item.code),
        LotCode(book.lot_code(row)),
        SerialCode(book.code(row)) if book.is_serial(row) else None,
        from_scaled(physical, item.scale),
        item.unit,
        from_micros(book.received[row]) if row else None,
        _moment(book.expires[row]),
        _moment(book.retest(row)),
        details.supplier,
        details.supplier_lot,
        details.revision,
        details.attributes,
        second_of(world, item, tolds, physical),
        Table(CostLayer(from_scaled(steps, item.scale), cost) for cost, steps in _layers(tolds)),
    )


def _row(selection: Selection) -> int:
    """Return the row of the lot or serial that a selection is: of a lot with serials the lot's own."""
    rows, book = selection.rows, selection.book
    lots = {0} if book is None else {book.lot[row] for row in rows}
    if len(lots) == 1 and (len(rows) < 2 or lots.issubset(rows)):
        return rows[0] if len(rows) == 1 else min(lots)
    reason, advice = "is not one lot and not one serial", 'Name one: Goods("ITEM", lot="LOT")'
    raise InvalidValueError(field="goods", value=selection.label, reason=reason, advice=advice)


def _moment(instant: int) -> datetime | None:
    return None if instant == NEVER else from_micros(instant)


def _layers(tolds: Iterable[Told]) -> list[tuple[Cost, int]]:
    sums: dict[Cost, int] = {}
    for told in tolds:
        if told.aside.cost is not None:
            sums[told.aside.cost] = sums.get(told.aside.cost, 0) + told.quantity
    return [(cost, steps) for cost, steps in sums.items() if steps]
