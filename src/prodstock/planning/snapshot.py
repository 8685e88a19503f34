"""What planning looks at, as one value: definitions, stock, promises and orders at a moment."""

from __future__ import annotations

from datetime import datetime
from html import escape
from typing import TYPE_CHECKING

import attrs

from prodstock.calendars.zone import micros
from prodstock.errors import InvalidTypeError, listed, paired
from prodstock.master import checks
from prodstock.master.catalog import Catalog
from prodstock.master.codes import code, item_code, ref_code, site_code
from prodstock.orders.demand import Demand
from prodstock.orders.planned import PlannedBuy, PlannedMake, PlannedMove, PlannedOrder
from prodstock.orders.production import ProductionOrder
from prodstock.orders.purchase import Promise, PurchaseOrder, TransferOrder
from prodstock.planning.snapshot_lines import SnapshotLine, lines
from prodstock.quantities.quantity import Amount, Exact, amount
from prodstock.stock.allocation import OpenLot
from prodstock.tables import Table, Tabled

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


@attrs.frozen(repr=False)
class Held:
    """So much is reserved: it is no free stock, and what it is reserved for needs so much less.

    Args:
        ref: the demand or production order it is reserved for.
        item: the item of the demand or of the order's line; a substitute counts in units of that item.
        quantity: how much; a plain number is in the item's base unit.
        line: the order's line; None: whichever of the order's lines needs the item, in their order.
        site: where.

    >>> Held("SO-1", "HD-7", 40)
    <Held 40 HD-7 for SO-1>
    """

    ref: str = attrs.field(converter=ref_code)
    item: str = attrs.field(converter=item_code)
    quantity: Exact = attrs.field(converter=amount)
    line: int | None = attrs.field(kw_only=True, default=None)
    site: str = attrs.field(kw_only=True, default="MAIN", converter=site_code)

    def __attrs_post_init__(self) -> None:
        checks.not_negative(self.quantity, "quantity")
        if self.line is not None:
            checks.whole(self.line, "line", least=0)

    def __repr__(self) -> str:
        return f"<Held {str(self.quantity)[:20]} {self.item[:30]} for {self.ref[:30]}>"


def _all(values: Iterable[object], kinds: tuple[type, ...], field: str) -> tuple[object, ...]:
    found = listed(values, field)
    for value in found:
        if not isinstance(value, kinds):
            advice = f"Give {' or '.join(kind.__name__ for kind in kinds)}"
            raise InvalidTypeError(field=field, value=value, reason="is something else", advice=advice)
    return found


def open_lots(lots: Iterable[OpenLot]) -> tuple[OpenLot, ...]:
    """Return lots as a tuple, in the order given.

    Raises:
        InvalidTypeError: if one is no `OpenLot`.
    """
    return _all(lots, (OpenLot,), "lots")  # type: ignore[return-value]  # each was looked at


def promised(values: Iterable[Promise]) -> tuple[Promise, ...]:
    """Return demands and expected supplies as a tuple, in the order given.

    Raises:
        InvalidTypeError: if one is neither.
    """
    return _all(values, (Demand, PurchaseOrder, TransferOrder), "promises")  # type: ignore[return-value]  # as above


def launched(values: Iterable[ProductionOrder]) -> tuple[ProductionOrder, ...]:
    """Return production orders as a tuple, in the order given.

    Raises:
        InvalidTypeError: if one is no `ProductionOrder`.
    """
    return _all(values, (ProductionOrder,), "orders")  # type: ignore[return-value]  # as above


def firmed(values: Iterable[PlannedOrder]) -> tuple[PlannedOrder, ...]:
    """Return planned orders as a tuple, in the order given.

    Raises:
        InvalidTypeError: if one is no planned order.
    """
    return _all(values, (PlannedMake, PlannedBuy, PlannedMove), "firm")  # type: ignore[return-value]  # as above


def reservations(values: Iterable[Held]) -> tuple[Held, ...]:
    """Return what is reserved as a tuple, in the order given.

    Raises:
        InvalidTypeError: if one is no `Held`.
    """
    return _all(values, (Held,), "held")  # type: ignore[return-value]  # as above


def amounts(values: Mapping[str, Amount] | Iterable[tuple[str, Amount]]) -> tuple[tuple[str, Exact], ...]:
    """Return amounts by code as pairs in the order of the codes, so that they hash and compare by content."""
    return tuple(
        sorted(((code(ref, "done"), amount(value)) for ref, value in paired(values, "done").items()), key=_first)
    )


def _first(pair: tuple[str, object]) -> str:
    return pair[0]


@attrs.frozen(kw_only=True, repr=False)
class Snapshot(Tabled[SnapshotLine]):
    """All that planning and promising look at: a value, made by a plant or by hand. The order of rows never counts.

    By hand, a catalog, a moment, lots and demands are enough. A plant fills in the rest.

    Attributes:
        catalog: the definitions.
        at: now; aware.
        lots: what there is, with what is free of it.
        promises: demands and expected supplies, as they were promised; orders that are wholly shipped too where a
            forecast was for them: a plant gives those that were due within a year.
        orders: production orders as they stand; closed and cancelled ones are passed over.
        done: how much of a promise was shipped or received already, by its ref. What is on its way for a transfer is
            done: it stands among the lots, at its target, ready when it is due.
        held: what is reserved, and for what.
        firm: planned orders that the planner has settled: they count as they are and come back in the plan.

    >>> from datetime import UTC, date
    >>> from prodstock.master.item import Item
    >>> cup = Catalog([Item("CUP")])
    >>> Snapshot(catalog=cup, at=datetime(2026, 3, 2, tzinfo=UTC), promises=[Demand("CUP", 5, due=date(2026, 3, 20))])
    <Snapshot of 2026-03-02 00:00: 0 lots, 1 promise, 0 orders>
    """

    catalog: Catalog
    at: datetime
    lots: tuple[OpenLot, ...] = attrs.field(default=(), converter=open_lots)
    promises: tuple[Promise, ...] = attrs.field(default=(), converter=promised)
    orders: tuple[ProductionOrder, ...] = attrs.field(default=(), converter=launched)
    done: tuple[tuple[str, Exact], ...] = attrs.field(default=(), converter=amounts)
    held: tuple[Held, ...] = attrs.field(default=(), converter=reservations)
    firm: tuple[PlannedOrder, ...] = attrs.field(default=(), converter=firmed)

    def __attrs_post_init__(self) -> None:
        if not isinstance(self.catalog, Catalog):
            raise InvalidTypeError(field="catalog", value=self.catalog, reason="is no Catalog")
        micros(self.at)
        for _, value in self.done:
            checks.not_negative(value, "done")

    def to_table(self) -> Table[SnapshotLine]:
        """Return what it holds, one row each: lots, promises, orders, what is held and what is settled."""
        return Table(lines(self))

    def _repr_html_(self) -> str:
        return f"<p>{escape(repr(self)[1:-1])}</p>{self.to_table().to_html()}"

    def __repr__(self) -> str:
        parts = ((len(self.lots), "lot"), (len(self.promises), "promise"), (len(self.orders), "order"))
        counts = ", ".join(f"{count} {name}" + "s" * (count != 1) for count, name in parts)
        return f"<Snapshot of {self.at:%Y-%m-%d %H:%M}: {counts}>"
