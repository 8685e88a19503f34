"""Customers want more, less, at another time, or nothing any more."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import attrs

from prodstock.calendars.span import Span
from prodstock.errors import InvalidValueError, NotAllowed, UnknownCode, nearest
from prodstock.journal.stream import demand_stream
from prodstock.master import checks
from prodstock.master.codes import item_code, optional_code
from prodstock.orders.demand import Demand, DemandKind, DemandState, DemandStatus
from prodstock.quantities.number import Number, exact
from prodstock.quantities.quantity import Amount, Exact, amount
from prodstock.quantities.scaled import from_scaled
from prodstock.scenario import spans
from prodstock.scenario.change import Change, nothing_changes, says
from prodstock.stock.expect import Cancel, Expect

if TYPE_CHECKING:
    from collections.abc import Iterator

    from prodstock.journal.command import Command
    from prodstock.stock.world import World


def optional_item(value: str | None) -> str | None:
    """Return an item's code in its normal form, or None for any."""
    return None if value is None else item_code(value)


def optional_customer(value: str | None) -> str | None:
    """Return a customer's code in its normal form, or None for any."""
    return optional_code(value, "customer")


def optional_ref(value: str | None) -> str | None:
    """Return a demand's code in its normal form, or None for any."""
    return optional_code(value, "ref")


def factor(value: Number | None) -> Decimal | None:
    """Return a factor exactly, or None for none."""
    return None if value is None else exact(value, field="times")


def optional_amount(value: Amount | None) -> Exact | None:
    """Return an amount exactly, or None for none."""
    return None if value is None else amount(value)


@attrs.frozen
class DemandChange(Change):
    """Open demands change: those of a code, an item, a customer or a kind; of several, those that all of them fit.

    What was shipped stays shipped: quantities are of what is still wanted. A new demand is assumed by giving it:
    `assume(Demand("HD-7", 50, due=date(2026, 4, 1)))`.

    Args:
        ref: the demand's code.
        item: what is wanted.
        customer: for whom.
        kind: what it is, such as `DemandKind.FORECAST`.
        times: so many times as much is wanted, rounded up to the item's digits: "1.2" is a fifth more.
        more: so much more, of each.
        less: so much less, of each.
        later: so much later; five working days are seven days.
        sooner: so much sooner.
        priority: served in this order; lower is first.

    >>> DemandChange(customer="CITY-CLINIC", times="1.2")
    DemandChange(customer='CITY-CLINIC', times=1.2)
    """

    ref: str | None = attrs.field(default=None, converter=optional_ref)
    item: str | None = attrs.field(kw_only=True, default=None, converter=optional_item)
    customer: str | None = attrs.field(kw_only=True, default=None, converter=optional_customer)
    kind: DemandKind | None = attrs.field(kw_only=True, default=None)
    times: Decimal | None = attrs.field(kw_only=True, default=None, converter=factor)
    more: Exact | None = attrs.field(kw_only=True, default=None, converter=optional_amount)
    less: Exact | None = attrs.field(kw_only=True, default=None, converter=optional_amount)
    later: Span | None = attrs.field(kw_only=True, default=None)
    sooner: Span | None = attrs.field(kw_only=True, default=None)
    priority: int | None = attrs.field(kw_only=True, default=None)

    def __attrs_post_init__(self) -> None:
        _named(self)
        at_most_one(self, "times", "more", "less")
        at_most_one(self, "later", "sooner")
        for field in ("times", "more", "less"):
            value = getattr(self, field)
            if value is not None:
                checks.positive(value, field)
        for field in ("later", "sooner"):
            value = getattr(self, field)
            if value is not None:
                checks.span(value, field)
        if self.priority is not None:
            checks.whole(self.priority, "priority")
        given = (self.times, self.more, self.less, self.later, self.sooner, self.priority)
        if all(value is None for value in given):
            advice = "Say how: times, more, less, later, sooner or priority; or use DemandLoss"
            raise nothing_changes("times", None, "and nothing else is said to change", advice)

    def __str__(self) -> str:
        said = (
            (self.times, "{:f} times as much"),
            (self.more, "{} more"),
            (self.less, "{} less"),
            (self.priority, "priority {}"),
        )
        parts = [text.format(value) for value, text in said if value is not None]
        for span, way in ((self.later, "later"), (self.sooner, "sooner")):
            if span is not None:
                parts.append(f"{spans.said(span)} {way}")
        return f"{_demands(self)}: {', '.join(parts)}"


@attrs.frozen
class DemandLoss(Change):
    """Open demands are cancelled: those of a code, an item, a customer or a kind; of several, those that all fit.

    Args:
        ref: the demand's code.
        item: what is wanted.
        customer: for whom.
        kind: what it is.

    >>> DemandLoss("SO-2")
    DemandLoss(ref='SO-2')
    """

    ref: str | None = attrs.field(default=None, converter=optional_ref)
    item: str | None = attrs.field(kw_only=True, default=None, converter=optional_item)
    customer: str | None = attrs.field(kw_only=True, default=None, converter=optional_customer)
    kind: DemandKind | None = attrs.field(kw_only=True, default=None)

    def __attrs_post_init__(self) -> None:
        _named(self)

    def __str__(self) -> str:
        return f"{_demands(self)}: cancelled"


def at_most_one(change: Change, *fields: str) -> None:
    """Refuse a change that says the same in several ways."""
    given = [field for field in fields if getattr(change, field) is not None]
    if len(given) > 1:
        advice = "Give one of them; for several changes assume several"
        raise InvalidValueError(field=given[1], value=given, reason=f"stands beside {given[0]}", advice=advice)


def _demands(change: DemandChange | DemandLoss) -> str:
    """Return which demands are meant, as people say it."""
    of = [value for value in (change.item, change.customer) if value is not None]
    kind = "demand" if change.kind in {None, DemandKind.ORDER} else change.kind
    return " ".join([str(kind), *([] if change.ref is None else [change.ref]), *(f"of {one}" for one in of)])


def _named(change: DemandChange | DemandLoss) -> None:
    if change.kind is not None:
        checks.member(change.kind, DemandKind, "kind")
    if all(value is None for value in (change.ref, change.item, change.customer, change.kind)):
        advice = "Name a demand's code, an item, a customer or a kind of demand"
        raise InvalidValueError(field="ref", value=None, reason="and nothing else says which demands", advice=advice)


@says(DemandChange)
def _changed(world: World, change: DemandChange) -> Iterator[Command[Any]]:
    changed = []
    for state in _meant(world, change):
        demand = _new_terms(world, state, change)
        if demand != state.demand:
            changed.append(demand)
    if not changed:
        raise nothing_changes("changes", change, "changes nothing", "Give what is to be different, or leave it out")
    yield Expect(changed)


@says(DemandLoss)
def _lost(world: World, loss: DemandLoss) -> Iterator[Command[Any]]:
    for state in _meant(world, loss):
        yield Cancel(state.demand.ref or "")


def _new_terms(world: World, state: DemandState, change: DemandChange) -> Demand:
    demand = state.demand
    quantity = _new_quantity(world, state, change)
    if quantity is not None:
        demand = attrs.evolve(demand, quantity=quantity)
    span = change.later if change.later is not None else change.sooner
    if span is not None:
        demand = attrs.evolve(demand, due=spans.moved(demand.due, span, back=change.later is None))
    return demand if change.priority is None else attrs.evolve(demand, priority=change.priority)


def _new_quantity(world: World, state: DemandState, change: DemandChange) -> Decimal | None:
    """Return how much is wanted then, what was shipped included; None: as much as before."""
    catalog, item = world.catalog, state.demand.item
    shipped = catalog.scaled(item, state.shipped)
    before = rest = catalog.scaled(item, state.quantity) - shipped
    if change.times is not None:
        share = Fraction(change.times)
        rest = -(-rest * share.numerator // share.denominator)
    if change.more is not None:
        rest += catalog.scaled(item, change.more, field="more")
    if change.less is not None:
        rest -= catalog.scaled(item, change.less, field="less")
    if rest <= 0:
        reason = (
            f"leaves nothing of {state.demand.ref}, of which {from_scaled(before, catalog.item(item).scale):f} are open"
        )
        raise InvalidValueError(field="less", value=change.less, reason=reason, advice="Use DemandLoss to cancel it")
    return None if rest == before else from_scaled(shipped + rest, catalog.item(item).scale)


def _meant(world: World, change: DemandChange | DemandLoss) -> list[DemandState]:
    """Return the open demands that a change speaks of, by code."""
    if change.ref is not None:
        _refuse_ended(world, change.ref)
    if change.item is not None:
        world.catalog.item(change.item)
    names = ((field, getattr(change, field)) for field in ("ref", "item", "customer", "kind"))
    wanted = [(field, value) for field, value in names if value is not None]
    open_ones = list(open_demands(world))
    found = [one for one in open_ones if all(getattr(one.demand, field) == value for field, value in wanted)]
    if not found:
        _refuse_unknown_customer(change, open_ones)
        named = ", ".join(f"{field} {value}" for field, value in wanted)
        advice = "Name what open demands are for: plant.snapshot().promises lists them"
        raise nothing_changes(wanted[0][0], wanted[0][1], f"wants nothing: no open demand has {named}", advice)
    return found


def open_demands(world: World) -> Iterator[DemandState]:
    """Yield the demands of which something is still wanted, by code."""
    for name in sorted(world.names):
        if name.startswith("demand:"):
            state = world.record(world.names.find(name)).body
            if isinstance(state, DemandState) and state.status is DemandStatus.OPEN:
                yield state


def _refuse_ended(world: World, ref: str) -> None:
    state = world.body(demand_stream(ref))
    if not isinstance(state, DemandState):
        raise UnknownCode(kind="demand", given=ref, nearest=world.near(ref, "demand"))
    if state.status is not DemandStatus.OPEN:
        advice = "Assume a new demand under another ref"
        raise NotAllowed(what=f"demand {ref}", state=state.status.value, asked="change", advice=advice)


def _refuse_unknown_customer(change: DemandChange | DemandLoss, open_ones: list[DemandState]) -> None:
    customers = {one.demand.customer for one in open_ones if one.demand.customer is not None}
    if change.customer is not None and change.customer not in customers:
        known = nearest(change.customer, sorted(customers))
        raise UnknownCode(kind="customer with open demands", given=change.customer, nearest=known)
