"""Suppliers fail, take another time, or ask another price."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import attrs

from prodstock.calendars.span import Span
from prodstock.calendars.zone import dated
from prodstock.errors import InvalidValueError, UnknownCode, nearest
from prodstock.master import checks
from prodstock.master.catalog import Catalog
from prodstock.master.codes import supplier_code
from prodstock.master.sourcing import PriceBreak, Sourcing, Supplier
from prodstock.orders.planned import PlannedBuy
from prodstock.quantities.money import Money
from prodstock.quantities.number import rational
from prodstock.scenario import spans
from prodstock.scenario.change import Change, nothing_changes, open_supplies, redefined, says, supplied_by
from prodstock.scenario.demand_change import at_most_one, factor, optional_item
from prodstock.stock.amend import ReviseSupply
from prodstock.stock.expect import Cancel, Redefine

if TYPE_CHECKING:
    from collections.abc import Iterator

    from prodstock.journal.command import Command
    from prodstock.master.definition import Definition
    from prodstock.master.item import Item
    from prodstock.orders.delivery import Delivery
    from prodstock.orders.purchase import SupplyState
    from prodstock.stock.world import World


def optional_supplier(value: str | None) -> str | None:
    """Return a supplier's code in its normal form, or None for any."""
    return None if value is None else supplier_code(value)


@attrs.frozen
class SupplierLoss(Change):
    """A supplier delivers no more: its terms end, and what is on order from it, or settled to be, never comes.

    Args:
        supplier: who.
        since: from that day on nothing is ordered from it, and what is due from then on does not come; None: nothing
            at all any more.

    >>> SupplierLoss("KNW", since=date(2026, 5, 1))
    SupplierLoss(supplier='KNW', since=2026-05-01)
    """

    supplier: str = attrs.field(converter=supplier_code)
    since: date | None = attrs.field(kw_only=True, default=None)

    def __attrs_post_init__(self) -> None:
        if self.since is not None:
            dated(self.since, "since")

    def __str__(self) -> str:
        return f"{self.supplier} delivers nothing" + ("" if self.since is None else f" from {self.since} on")


@says(SupplierLoss)
def _lost(world: World, loss: SupplierLoss) -> Iterator[Command[Any]]:
    catalog = world.catalog
    terms = [one for one in catalog.definitions if isinstance(one, Sourcing) and one.supplier == loss.supplier]
    ended = [(one, _until(one, loss.since)) for one in terms]
    changed = [(old, new) for old, new in ended if new != old]
    ordered = [state for state in open_supplies(world) if supplied_by(state, loss.supplier)]
    kept_parts = {state.order.ref or "": _kept_parts(world, state, loss) for state in ordered}
    gone = [ref for ref, parts in kept_parts.items() if not parts]
    gone += [order.code for order in _settled(world) if order.supplier == loss.supplier and _is_due(world, order, loss)]
    cut = [state.order.ref or "" for state in ordered if 0 < len(kept_parts[state.order.ref or ""]) < len(state.coming)]
    if not changed and not gone and not cut:
        advice = "Name a supplier of a sourcing or of an open purchase order, and a day before its terms end"
        raise nothing_changes("supplier", loss.supplier, "supplies nothing then", advice)
    if changed:
        old = {(type(one), one.identity) for one, _ in changed}
        kept: list[Definition] = [one for one in catalog.definitions if (type(one), one.identity) not in old]
        yield Redefine(Catalog([*kept, *(new for _, new in changed if new is not None)]))
    for ref in cut:
        yield ReviseSupply(ref, parts=kept_parts[ref])
    for ref in gone:
        yield Cancel(ref)


def _settled(world: World) -> Iterator[PlannedBuy]:
    """Yield the planned purchases that people have settled, by code."""
    for name in sorted(world.names):
        if name.startswith("planned:"):
            body = world.record(world.names.find(name)).body
            if isinstance(body, PlannedBuy):
                yield body


def _is_due(world: World, order: PlannedBuy, loss: SupplierLoss) -> bool:
    """Tell whether an order is due on a day on which its supplier delivers no more."""
    return loss.since is None or world.catalog.day(order.due, order.site) >= loss.since


def _kept_parts(world: World, state: SupplyState, loss: SupplierLoss) -> tuple[Delivery, ...]:
    """Return the parts of an order that still come, because they are due before its supplier delivers no more."""
    day, since = world.catalog.day, loss.since
    return tuple(part for part in state.coming if since is not None and day(part.due, state.order.site) < since)


def _until(terms: Sourcing, since: date | None) -> Sourcing | None:
    """Return terms that end on a day at the latest; None where nothing is left of them."""
    if since is None or (terms.effective_from is not None and terms.effective_from >= since):
        return None
    if terms.effective_until is not None and terms.effective_until <= since:
        return terms
    return attrs.evolve(terms, effective_until=since)


@attrs.frozen
class LeadTimeChange(Change):
    """What is ordered from now on takes another time: an item, all that a supplier delivers, or an item from it.

    Of an item alone its own lead time (how long it takes to make) and that of all its terms change. What is on order
    comes when it was promised: `SupplierDelay` moves that too.

    Args:
        item: what takes another time.
        supplier: only from this supplier.
        to: takes just so long.
        longer: takes so much longer; five working days are seven days.
        shorter: takes so much less.
        times: takes so many times as long.

    >>> from prodstock.calendars.span import working_days
    >>> LeadTimeChange("MIC", longer=working_days(10))
    LeadTimeChange(item='MIC', longer=WorkingDays(count=10))
    """

    item: str | None = attrs.field(default=None, converter=optional_item)
    supplier: str | None = attrs.field(kw_only=True, default=None, converter=optional_supplier)
    to: Span | None = attrs.field(kw_only=True, default=None)
    longer: Span | None = attrs.field(kw_only=True, default=None)
    shorter: Span | None = attrs.field(kw_only=True, default=None)
    times: Decimal | None = attrs.field(kw_only=True, default=None, converter=factor)

    def __attrs_post_init__(self) -> None:
        _which(self)
        at_most_one(self, "to", "longer", "shorter", "times")
        for field in ("to", "longer", "shorter"):
            value = getattr(self, field)
            if value is not None:
                checks.span(value, field)
        if self.times is not None:
            checks.positive(self.times, "times")
        if all(value is None for value in (self.to, self.longer, self.shorter, self.times)):
            raise nothing_changes("to", None, "and nothing else is said", "Give to, longer, shorter or times")

    def __str__(self) -> str:
        said = (
            (self.to, "takes {}"),
            (self.longer, "takes {} longer"),
            (self.shorter, "takes {} less"),
        )
        parts = [text.format(spans.said(span)) for span, text in said if span is not None]
        return f"{_whose(self)} {parts[0] if parts else f'takes {self.times:f} times as long'}"

    def new(self, lead_time: Span) -> Span:
        """Return the lead time that takes the place of one.

        Raises:
            InvalidValueError: if it would be below zero.
        """
        if self.longer is not None:
            return spans.longer(lead_time, self.longer)
        if self.times is not None:
            return spans.times(lead_time, rational(self.times))
        if self.shorter is None:
            return self.to if self.to is not None else lead_time
        found = spans.shorter(lead_time, self.shorter)
        if found is None:
            reason, advice = (
                f"is more than the whole lead time {spans.said(lead_time)}",
                "Give to= for a lead time of its own",
            )
            raise InvalidValueError(field="shorter", value=self.shorter, reason=reason, advice=advice)
        return found


@says(LeadTimeChange)
def _other_time(world: World, change: LeadTimeChange) -> Iterator[Command[Any]]:
    catalog = world.catalog
    terms = _terms(catalog, change.item, change.supplier)
    changed: list[Definition] = [attrs.evolve(one, lead_time=change.new(one.lead_time)) for one in terms]
    before: list[Definition] = [*terms]
    if change.item is not None and change.supplier is None:
        item = catalog.item(change.item)
        own = _own_time(item, change, made=bool(catalog.boms(item.code) or catalog.routings(item.code)))
        if own is not None:
            before.append(item)
            changed.append(own)
    if not changed:
        by_item = change.item is not None and change.supplier is None
        advice = "Give it one with to=" if by_item else "Name what is bought from it: catalog.sourcings(item)"
        raise nothing_changes("item", change.item, "has no lead time of its own and no terms", advice)
    if changed == before:
        raise nothing_changes("changes", change, "is so already", "Give another lead time, or leave it out")
    yield redefined(catalog, *changed)


def _own_time(item: Item, change: LeadTimeChange, *, made: bool) -> Item | None:
    """Return an item that takes another time to make; None if it has no lead time and is given none."""
    if item.lead_time is not None:
        return attrs.evolve(item, lead_time=change.new(item.lead_time))
    return attrs.evolve(item, lead_time=change.to) if made and change.to is not None else None


@attrs.frozen
class PriceChange(Change):
    """Terms have another price: those of an item, of a supplier, or of an item from it.

    Args:
        item: what is bought.
        supplier: from whom.
        to: costs so much, of one base unit, whatever the quantity.
        times: costs so many times as much, with its price breaks; terms without a price stay without.

    >>> PriceChange("MIC", times="1.1")
    PriceChange(item='MIC', times=1.1)
    """

    item: str | None = attrs.field(default=None, converter=optional_item)
    supplier: str | None = attrs.field(kw_only=True, default=None, converter=optional_supplier)
    to: Money | None = attrs.field(kw_only=True, default=None)
    times: Decimal | None = attrs.field(kw_only=True, default=None, converter=factor)

    def __attrs_post_init__(self) -> None:
        _which(self)
        at_most_one(self, "to", "times")
        if self.to is None and self.times is None:
            raise nothing_changes("to", None, "and times neither", "Give the new price, or how many times the old one")
        if self.to is not None:
            checks.instance(self.to, Money, "to", 'Use Money("1.20", "EUR")')
        if self.times is not None:
            checks.not_negative(self.times, "times")

    def new(self, terms: Sourcing) -> tuple[Money | None, tuple[PriceBreak, ...]]:
        """Return the price that terms have then, and its breaks."""
        if self.to is not None or self.times is None:
            return self.to, ()
        breaks = tuple(PriceBreak(one.quantity, one.price * self.times) for one in terms.price_breaks)
        return None if terms.price is None else terms.price * self.times, breaks

    def __str__(self) -> str:
        return f"{_whose(self)} costs " + (f"{self.to}" if self.to is not None else f"{self.times:f} times as much")


@says(PriceChange)
def _other_price(world: World, change: PriceChange) -> Iterator[Command[Any]]:
    terms = _terms(world.catalog, change.item, change.supplier)
    changed = []
    for one in terms:
        price, breaks = change.new(one)
        if (price, breaks) != (one.price, one.price_breaks):
            changed.append(attrs.evolve(one, price=price, price_breaks=breaks))
    if not changed:
        known = "has that price already" if any(one.price for one in terms) else "has terms, none with a price"
        reason = known if terms else "is bought on no terms"
        advice = "Give a price with to=" if terms else "Name what is bought on terms: catalog.sourcings(item)"
        raise nothing_changes("item", change.item or change.supplier, reason, advice)
    yield redefined(world.catalog, *changed)


def _whose(change: LeadTimeChange | PriceChange) -> str:
    """Return which terms are meant, as people say it."""
    return " from ".join(one for one in (change.item or "all", change.supplier) if one is not None)


def _which(change: LeadTimeChange | PriceChange) -> None:
    if change.item is change.supplier is None:
        advice = "Name an item, a supplier, or both"
        raise InvalidValueError(field="item", value=None, reason="and no supplier says which terms", advice=advice)


def _terms(catalog: Catalog, item: str | None, supplier: str | None) -> list[Sourcing]:
    """Return the terms of an item, of a supplier, or of both, by item and supplier.

    Raises:
        UnknownCode: if there is no such item, or no terms or definition of such a supplier.
    """
    if item is not None:
        catalog.item(item)
    every = [one for one in catalog.definitions if isinstance(one, Sourcing)]
    if supplier is not None:
        known = {one.supplier for one in every} | {one.code for one in catalog.definitions if isinstance(one, Supplier)}
        if supplier not in known:
            raise UnknownCode(kind="supplier", given=supplier, nearest=nearest(supplier, sorted(known)))
    return [one for one in every if item in {None, one.item} and supplier in {None, one.supplier}]
