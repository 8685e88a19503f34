"""How much a plan was unsettled by the next one."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

import attrs

from prodstock._render import brief, short
from prodstock.master.codes import ItemCode
from prodstock.master.ratio import decimal_of
from prodstock.planning.changes.rows import ChangeOfOrder, kind_of, site_of
from prodstock.tables import Table, Tabled

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from prodstock.orders.planned import PlannedOrder
    from prodstock.planning.changes.rows import OrderChange


@attrs.frozen
class NervousnessLine:
    """How much of an item's planned orders of a kind stayed.

    Attributes:
        kind: make, buy or move.
        item: of what.
        site: where.
        unit: the base unit.
        quantity: what the orders of the first plan came to.
        kept: how much of that is planned for the same time from the same source still.
        share: that in per cent, to the tenth.
    """

    kind: str
    item: ItemCode
    site: str
    unit: str
    quantity: Decimal
    kept: Decimal
    share: Decimal

    __repr__ = brief


@attrs.frozen(repr=False, kw_only=True)
class Nervousness(Tabled[NervousnessLine]):
    """How many orders of the first plan did not stay as they were, and by how much.

    Attributes:
        orders: how many orders of the first plan begin within the window.
        unchanged: how many of them are as they were.
        moved: how many are due at another time.
        resized: how many have another quantity.
        gone: how many are no longer there.
        new: how many orders of the second plan that begin within the window are new.
        moved_by: by how much they moved in all, sooner and later alike.
        furthest: by how much the one did that moved furthest.
        kept: the mean, over the orders of the window, of the share of each one's quantity that is planned for the same
            time from the same source still, in per cent to the tenth; 100 where there is no order.
        lines: the shares by item, kind and site. Quantities of two items are never added up.
    """

    orders: int
    unchanged: int
    moved: int
    resized: int
    gone: int
    new: int
    moved_by: timedelta
    furthest: timedelta
    kept: Decimal
    lines: Table[NervousnessLine]

    def to_table(self) -> Table[NervousnessLine]:
        """Return the shares by item, kind and site."""
        return self.lines

    def _repr_html_(self) -> str:
        return f"<p>{self}</p>{self.lines.to_html()}"

    def __str__(self) -> str:
        counts = f"{self.moved} moved, {self.resized} resized, {self.gone} gone, {self.new} new"
        return f"{self.unchanged} of {self.orders} orders unchanged ({self.kept:f} % of quantity kept): {counts}"

    def __repr__(self) -> str:
        return short(f"<Nervousness: {self}>")


_SETTLED = frozenset({ChangeOfOrder.MOVED, ChangeOfOrder.SOURCE, ChangeOfOrder.GONE})


def nervousness(
    orders: Sequence[PlannedOrder], changes: Iterable[OrderChange], units: dict[str, str], until: object
) -> Nervousness:
    """Return the figures of the orders of a plan that begin before a moment; None: of all. O(n log n) in orders."""
    changed = list(changes)
    inside = [one for one in orders if _before(one, until)]
    pairs = list(_with_changes(inside, changed))
    touched = [change for _, change in pairs if change is not None]
    shifts = [abs(one.moved) for one in touched]
    shares = [_kept(one, change) / Fraction(one.quantity) for one, change in pairs]
    mean = sum(shares, Fraction(0)) / len(shares) if shares else Fraction(1)
    return Nervousness(
        orders=len(inside),
        unchanged=len(inside) - len(touched),
        moved=sum(1 for one in touched if ChangeOfOrder.MOVED in one.changes),
        resized=sum(1 for one in touched if ChangeOfOrder.RESIZED in one.changes),
        gone=sum(1 for one in touched if ChangeOfOrder.GONE in one.changes),
        new=sum(1 for one in changed if one.was is None and one.now is not None and _before(one.now, until)),
        moved_by=sum(shifts, timedelta()),
        furthest=max(shifts, default=timedelta()),
        kept=_percent(mean),
        lines=Table(_lines(pairs, units)),
    )


def _with_changes(
    orders: Iterable[PlannedOrder], changes: Iterable[OrderChange]
) -> Iterator[tuple[PlannedOrder, OrderChange | None]]:
    """Yield each order with what happened to it, or None; of equal orders each has one of what happened to them."""
    by_order: dict[PlannedOrder, list[OrderChange]] = {}
    for change in changes:
        if change.was is not None:
            by_order.setdefault(change.was, []).append(change)
    for one in orders:
        found = by_order.get(one)
        yield one, found.pop() if found else None


def _before(order: PlannedOrder, until: object) -> bool:
    return until is None or order.start < until  # type: ignore[operator]  # a moment, or None


def _kept(order: PlannedOrder, change: OrderChange | None) -> Fraction:
    """Return how much of an order's quantity is planned for the same time from the same source still."""
    if change is None:
        return Fraction(order.quantity)
    if _SETTLED & {*change.changes}:
        return Fraction(0)
    return min(Fraction(order.quantity), Fraction(change.quantity_now))


def _lines(
    pairs: Iterable[tuple[PlannedOrder, OrderChange | None]], units: dict[str, str]
) -> Iterable[NervousnessLine]:
    sums: dict[tuple[str, str, str], list[Fraction]] = {}
    for one, change in pairs:
        found = sums.setdefault((kind_of(one), one.item, site_of(one)), [Fraction(0), Fraction(0)])
        found[0] += Fraction(one.quantity)
        found[1] += _kept(one, change)
    for (kind, item, site), (quantity, kept) in sorted(sums.items()):
        yield NervousnessLine(
            kind, ItemCode(item), site, units[item], decimal_of(quantity), decimal_of(kept), _percent(kept / quantity)
        )


def _percent(share: Fraction) -> Decimal:
    return decimal_of(round(100 * share, 1))
