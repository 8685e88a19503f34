"""What a plan hangs on at each supplier: open and planned purchases, what only it can supply, and who waits for it."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

import attrs

from prodstock._render import figure, short
from prodstock.calendars.zone import micros
from prodstock.master.codes import ItemCode
from prodstock.master.item import Supply
from prodstock.master.ratio import decimal_of
from prodstock.orders.demand import Demand
from prodstock.orders.planned import PlannedBuy
from prodstock.orders.purchase import PurchaseOrder
from prodstock.planning.translations.bills import parts, reached
from prodstock.planning.translations.planned import given
from prodstock.planning.translations.prices import totals, value_of
from prodstock.quantities.money import Money
from prodstock.quantities.scaled import from_scaled
from prodstock.stock.allocation import need_at
from prodstock.tables import Table

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from prodstock.master.catalog import Catalog
    from prodstock.planning.translations.planned import Planned


@attrs.frozen(repr=False)
class ExposureLine:
    """An item at a supplier; quantities in its base unit.

    Attributes:
        item: the item.
        unit: its base unit.
        open: what is ordered and has not come.
        planned: what the plan proposes to order.
        single: whether nobody else can supply it within the horizon.
    """

    item: ItemCode
    unit: str
    open: Decimal
    planned: Decimal
    single: bool

    def __repr__(self) -> str:
        only = ", from nobody else" if self.single else ""
        amounts = f"{figure(self.open)} open, {figure(self.planned)} planned"
        return short(f"<ExposureLine {self.item[:30]}: {amounts} {self.unit[:10]}{only}>")


@attrs.frozen(repr=False)
class SupplierExposure:
    """What hangs on a supplier.

    Attributes:
        supplier: who.
        open: what is ordered and has not come, by currency, at the terms of now. Without what has no price.
        planned: what the plan proposes to order, by currency, at the terms that hold then. Without what has no price.
        unpriced: how many of these purchases have no price.
        shares: its share of all suppliers' open and planned value, in per cent to the tenth, by currency.
        demands: the open demands that hang on it, by code: those that its planned purchases are for, and those whose
            item is, or is made of, something that only it can supply.
        share: these in per cent of all open demands of the horizon, to the tenth.
        single: the items that nobody else can supply, by code.
        lines: the items it has terms for or orders of, by code.
    """

    supplier: str
    open: tuple[Money, ...]
    planned: tuple[Money, ...]
    unpriced: int
    shares: tuple[tuple[str, Decimal], ...]
    demands: tuple[str, ...]
    share: Decimal
    single: tuple[ItemCode, ...]
    lines: Table[ExposureLine]

    def __repr__(self) -> str:
        hang = f"{len(self.demands)} demands ({self.share:f} %)"
        return short(f"<SupplierExposure {self.supplier[:40]}: {hang}, {len(self.single)} items from nobody else>")


def supplier_exposure(plan: Planned) -> Table[SupplierExposure]:
    """Return what hangs on each supplier, by its code: every one who has terms or open or planned orders.

    Only one can supply an item if it is bought (it has terms, and no active bill is valid), and all terms that hold on
    any day of the horizon, for any site, are that supplier's. A demand hangs on a supplier through its parts whether or
    not there is stock of them: a demand counts until it is shipped, also one that the plan serves from stock. Forecasts
    count; a demand without a ref does not.

    Args:
        plan: the plan.

    Raises:
        InvalidTypeError: if it is no plan.

    O(bill lines + demands x items below them).
    """
    given(plan)
    singles = sole_suppliers(plan)
    buys = [one for one in plan.orders if isinstance(one, PlannedBuy)]
    coming = [(one, rest) for one, rest in _open(plan) if rest]
    terms = _terms(plan.snapshot.catalog)
    suppliers = {*terms, *(one.supplier for one in buys), *(one.supplier for one, _ in coming)}
    hanging, demands = _hanging(plan, singles)
    for buy in buys:
        hanging.setdefault(buy.supplier, set()).update(ref for ref in buy.serves if ref in demands)
    found = [
        _Figures(
            plan,
            supplier,
            [pair for pair in coming if pair[0].supplier == supplier],
            [one for one in buys if one.supplier == supplier],
        )
        for supplier in sorted(suppliers)
    ]
    whole = totals(value for one in found for value in (*one.open, *one.planned))
    return Table(
        SupplierExposure(
            one.supplier,
            totals(one.open),
            totals(one.planned),
            one.unpriced,
            _shares(totals((*one.open, *one.planned)), whole),
            tuple(sorted(hanging.get(one.supplier, ()))),
            _percent(Fraction(len(hanging.get(one.supplier, ()))), Fraction(len(demands))),
            tuple(ItemCode(item) for item, only in sorted(singles.items()) if only == one.supplier),
            Table(one.lines(terms.get(one.supplier, ()), singles)),
        )
        for one in found
    )


class _Figures:
    """The purchases of one supplier."""

    def __init__(
        self,
        plan: Planned,
        supplier: str,
        coming: list[tuple[PurchaseOrder, Fraction]],
        buys: list[PlannedBuy],
    ) -> None:
        self.catalog, self.supplier, now = plan.snapshot.catalog, supplier, plan.snapshot.at
        self.rest: dict[str, Fraction] = {}
        self.proposed: dict[str, Fraction] = {}
        for one, rest in coming:
            self.rest[one.item] = self.rest.get(one.item, Fraction(0)) + rest
        for buy in buys:
            self.proposed[buy.item] = self.proposed.get(buy.item, Fraction(0)) + Fraction(buy.quantity)
        opened = [value_of(self.catalog, one.item, supplier, one.site, rest, now) for one, rest in coming]
        planned = [
            value_of(self.catalog, one.item, supplier, one.site, Fraction(one.quantity), max(one.start, now))
            for one in buys
        ]
        self.open: list[Money] = [value for value in opened if value is not None]
        self.planned: list[Money] = [value for value in planned if value is not None]
        self.unpriced: int = opened.count(None) + planned.count(None)

    def lines(self, terms: Iterable[str], singles: Mapping[str, str]) -> Iterable[ExposureLine]:
        """Yield a line for each item."""
        for code in sorted({*terms, *self.rest, *self.proposed}):
            item = self.catalog.item(code)
            rest, proposed = (decimal_of(some.get(code, Fraction(0))) for some in (self.rest, self.proposed))
            yield ExposureLine(ItemCode(code), item.unit, rest, proposed, singles.get(code) == self.supplier)


def _open(plan: Planned) -> Iterable[tuple[PurchaseOrder, Fraction]]:
    """Yield purchase orders with what has not come of them, in base units."""
    catalog = plan.snapshot.catalog
    done = dict(plan.snapshot.done)
    for one in plan.snapshot.promises:
        if isinstance(one, PurchaseOrder):
            come = catalog.base(one.item, done[one.ref]) if one.ref in done else Fraction(0)
            yield one, max(Fraction(0), catalog.base(one.item, one.quantity) - come)


def _terms(catalog: Catalog) -> dict[str, set[str]]:
    """Return the items that each supplier has terms for, of any date and site."""
    found: dict[str, set[str]] = {}
    for item in catalog.items:
        for site in catalog.sites:
            for one in catalog.sourcings(item.code, site.code):
                found.setdefault(one.supplier, set()).add(item.code)
    return found


def sole_suppliers(plan: Planned) -> dict[str, str]:
    """Return the items that only one can supply within the horizon, and who."""
    catalog = plan.snapshot.catalog
    first, last = catalog.day(plan.snapshot.at), catalog.day(plan.until)
    found: dict[str, str] = {}
    for item in catalog.items:
        who = {
            one.supplier
            for site in catalog.sites
            for one in catalog.sourcings(item.code, site.code)
            if (one.effective_from is None or one.effective_from <= last)
            and (one.effective_until is None or one.effective_until > first)
        }
        if len(who) == 1 and catalog.supply(item.code, plan.snapshot.at) is Supply.BUY:
            found[item.code] = who.pop()
    return found


def _hanging(plan: Planned, singles: Mapping[str, str]) -> tuple[dict[str, set[str]], set[str]]:
    """Return the demands that need what only one can supply, by supplier; and all open demands of the horizon."""
    links = parts(plan.snapshot.catalog)
    below: dict[str, set[str]] = {}
    hanging: dict[str, set[str]] = {}
    demands: set[str] = set()
    for ref, one in open_demands(plan):
        demands.add(ref)
        if one.item not in below:
            below[one.item] = {singles[item] for item in reached(one.item, links) if item in singles}
        for supplier in below[one.item]:
            hanging.setdefault(supplier, set()).add(ref)
    return hanging, demands


def open_demands(plan: Planned) -> Iterator[tuple[str, Demand]]:
    """Yield the demands due within the horizon that are not shipped, with their refs; those without are left out."""
    catalog, until = plan.snapshot.catalog, micros(plan.until)
    done = dict(plan.snapshot.done)
    for one in plan.snapshot.promises:
        if not isinstance(one, Demand) or one.ref is None or need_at(one.due, catalog.zone(one.site)) >= until:
            continue
        if one.ref in done and catalog.base(one.item, done[one.ref]) >= catalog.base(one.item, one.quantity):
            continue
        yield one.ref, one


def _shares(own: tuple[Money, ...], whole: tuple[Money, ...]) -> tuple[tuple[str, Decimal], ...]:
    sums = {one.currency: Fraction(one.amount) for one in whole}
    return tuple((one.currency, _percent(Fraction(one.amount), sums[one.currency])) for one in own)


def _percent(part: Fraction, whole: Fraction) -> Decimal:
    return decimal_of(round(100 * part / whole, 1)) if whole else from_scaled(0, 0)
