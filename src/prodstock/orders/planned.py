"""Planned orders: what a plan proposes to make, buy and move. They are proposals, never facts."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, TypeAlias, TypeVar

import attrs

from prodstock._render import day, figure, short
from prodstock.calendars.zone import aware
from prodstock.errors import InvalidTypeError, InvalidValueError, listed, paired
from prodstock.journal.commit import RecordEvent, known
from prodstock.master import checks
from prodstock.master.choices import Choices, choices
from prodstock.master.codes import ItemCode, code_or_empty, codes, item_code, segment_code, site_code, supplier_code
from prodstock.quantities.money import Money
from prodstock.quantities.number import Number, exact

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


def planned_item(value: str) -> ItemCode:
    """Return an item's code in its normal form."""
    return ItemCode(item_code(value))


def planned_quantity(value: Number) -> Decimal:
    """Return a number of base units exactly."""
    return exact(value, field="quantity")


def instant(value: datetime, field: str) -> datetime:
    """Return an aware moment in UTC."""
    return value if type(value) is datetime and value.tzinfo is UTC else aware(value, field).astimezone(UTC)


def served(values: Iterable[str]) -> tuple[str, ...]:
    """Return the codes of the demands that a proposal is for."""
    return codes(values, "serves")


def taken(values: Mapping[str, Number] | Iterable[tuple[str, Number]]) -> tuple[tuple[ItemCode, Decimal], ...]:
    """Return amounts by item as pairs in the order of the items, so that they compare by content.

    Raises:
        InvalidTypeError: if it is no mapping, or an amount is no number.
        InvalidValueError: if an amount is not above zero.
    """
    if values == ():
        return ()
    found = sorted((planned_item(item), exact(value)) for item, value in paired(values, "from_stock").items())
    for _, quantity in found:
        checks.positive(quantity, "from_stock")
    return tuple(found)


StandIn: TypeAlias = tuple[ItemCode, Decimal, ItemCode, Decimal]
"""What stands in, how much of it, for which item, and for how much of that; base units."""


def group_codes(values: Iterable[str]) -> tuple[str, ...]:
    """Return the codes of groups of substitutes, in the order given."""
    return codes(values, "groups")


def standing_in(values: Iterable[tuple[str, Number, str, Number]]) -> tuple[StandIn, ...]:
    """Return what stands in for what, by the item that is replaced, then by what stands in.

    Raises:
        InvalidTypeError: if one of them is no such four, or an amount is no number.
        InvalidValueError: if an amount is not above zero, or an item stands in for itself.
    """
    if values == ():
        return ()
    found = sorted((_standing_in(one) for one in listed(values, "stand_ins")), key=lambda one: (one[2], one[0]))
    return tuple(found)


def _standing_in(value: object) -> StandIn:
    if not isinstance(value, tuple | list) or len(value) != 4:
        advice = 'Give ("MIC-B", 40, "MIC", 20)'
        raise InvalidTypeError(field="stand_ins", value=value, reason="is no stand-in", advice=advice)
    item, replaced = planned_item(value[0]), planned_item(value[2])
    if item == replaced:
        raise InvalidValueError(field="stand_ins", value=item, reason="stands in for itself")
    quantities = exact(value[1], field="stand_ins"), exact(value[3], field="stand_ins")
    for quantity in quantities:
        checks.positive(quantity, "stand_ins")
    return item, quantities[0], replaced, quantities[1]


def _starts(value: datetime) -> datetime:
    return instant(value, "start")


def _ends(value: datetime) -> datetime:
    return instant(value, "due")


def _ships(value: datetime | None) -> datetime | None:
    return None if value is None else instant(value, "ship")


def _comes(value: datetime | None) -> datetime | None:
    return None if value is None else instant(value, "receive")


def _needed(value: datetime | None) -> datetime | None:
    return None if value is None else instant(value, "need")


def planned_revision(value: str) -> str:
    """Return a revision's code in its normal form, or the empty text for whichever is valid then."""
    return code_or_empty(value, "revision")


def _coherent(order: PlannedOrder) -> None:
    """Refuse a proposal of nothing, or one that is due before it starts."""
    checks.positive(order.quantity, "quantity")
    aware(order.start, "start")
    aware(order.due, "due")
    if order.due < order.start:
        raise InvalidValueError(
            field="due", value=order.due, reason="is before the start", advice="Let it start sooner"
        )


@attrs.frozen(repr=False)
class PlannedMake:
    """A proposal to make: started at `start`, good in stores by `due`.

    Attributes:
        item: what to make.
        quantity: how many to start, losses included.
        start: when to begin, in UTC.
        due: when the good ones are in stores, in UTC.
        revision: the bill of material to use.
        code: the same for the same proposal in every plan; it becomes an order once.
        site: where.
        serves: the demands it is for, most urgent first.
        good: how many good ones it should bring; 0: what the bill's losses leave.
        from_stock: what of phantoms it takes from their stock, by item: a launch makes it lines of their own, and
            explodes the rest.
        stand_ins: what it plans to take instead of items of its bill: the substitute, how much of it, the item that it
            replaces, and how much of that.
        segment: whose stock it comes into and takes from: `project:` and a project, `own:` and a demand made to order;
            empty: free stock.
        options: what is chosen of the options on which its lines depend, by name.
        groups: the bill's groups of substitutes that it plans to take in the place of all that they replace.
    """

    item: ItemCode = attrs.field(converter=planned_item)
    quantity: Decimal = attrs.field(converter=planned_quantity)
    start: datetime = attrs.field(converter=_starts)
    due: datetime = attrs.field(converter=_ends)
    revision: str = attrs.field(converter=planned_revision)
    code: str = attrs.field(kw_only=True, default="", converter=code_or_empty)
    site: str = attrs.field(kw_only=True, default="MAIN", converter=site_code)
    serves: tuple[str, ...] = attrs.field(kw_only=True, default=(), converter=served)
    good: Decimal = attrs.field(kw_only=True, default=checks.ZERO, converter=checks.number)
    from_stock: tuple[tuple[ItemCode, Decimal], ...] = attrs.field(kw_only=True, default=(), converter=taken)
    stand_ins: tuple[StandIn, ...] = attrs.field(kw_only=True, default=(), converter=standing_in)
    segment: str = attrs.field(kw_only=True, default="", converter=segment_code)
    options: Choices = attrs.field(kw_only=True, default=(), converter=choices)
    groups: tuple[str, ...] = attrs.field(kw_only=True, default=(), converter=group_codes)

    def __attrs_post_init__(self) -> None:
        _coherent(self)
        checks.not_negative(self.good, "good")

    def __repr__(self) -> str:
        return short(f"<PlannedMake {figure(self.quantity)} {self.item[:40]} {day(self.start)} to {day(self.due)}>")


@attrs.frozen(repr=False)
class PlannedBuy:
    """A proposal to buy: ordered at `start`, usable by `due`.

    Each date is on its own calendar: it is ordered when the supplier takes orders, shipped while it works, received on
    a day of delivery while the site works, and usable while the site works.

    Attributes:
        item: what to buy.
        quantity: how much.
        start: when to order, in UTC.
        due: when it is usable, in UTC.
        supplier: from whom.
        code: the same for the same proposal in every plan; it becomes an order once.
        site: where it is delivered.
        serves: the demands it is for, most urgent first.
        ship: when it leaves the supplier, in UTC; None: its terms say no time for the transport.
        receive: when it comes in, in UTC: then it is inspected until it is due; None: when it is due.
        need: when it is needed first, in UTC; None: nobody but the safety stock needs it.
        price: of one base unit, by its terms for so many; None: they say none.
        segment: whose stock it comes into, as of `PlannedMake`; empty: free stock.
    """

    item: ItemCode = attrs.field(converter=planned_item)
    quantity: Decimal = attrs.field(converter=planned_quantity)
    start: datetime = attrs.field(converter=_starts)
    due: datetime = attrs.field(converter=_ends)
    supplier: str = attrs.field(converter=supplier_code)
    code: str = attrs.field(kw_only=True, default="", converter=code_or_empty)
    site: str = attrs.field(kw_only=True, default="MAIN", converter=site_code)
    serves: tuple[str, ...] = attrs.field(kw_only=True, default=(), converter=served)
    ship: datetime | None = attrs.field(kw_only=True, default=None, converter=_ships)
    receive: datetime | None = attrs.field(kw_only=True, default=None, converter=_comes)
    need: datetime | None = attrs.field(kw_only=True, default=None, converter=_needed)
    price: Money | None = attrs.field(kw_only=True, default=None)
    segment: str = attrs.field(kw_only=True, default="", converter=segment_code)

    def __attrs_post_init__(self) -> None:
        _coherent(self)
        if self.price is not None:
            checks.instance(self.price, Money, "price", 'Use Money("1.20", "EUR")')
        moments = [one for one in (self.start, self.ship, self.receive, self.due) if one is not None]
        if moments != sorted(moments):
            reason, advice = "is not in the order of start, ship, receive, due", "Give the dates in their order"
            raise InvalidValueError(field="receive", value=self.receive, reason=reason, advice=advice)

    def __repr__(self) -> str:
        when = f"{day(self.start)} to {day(self.due)}"
        return short(f"<PlannedBuy {figure(self.quantity)} {self.item[:40]} from {self.supplier[:30]} {when}>")


@attrs.frozen(repr=False)
class PlannedMove:
    """A proposal to move goods from one site to another.

    Attributes:
        item: what to move.
        quantity: how much.
        start: when it leaves, in UTC.
        due: when it is usable there, in UTC.
        source: the site it leaves.
        target: the site it comes to.
        code: the same for the same proposal in every plan; it becomes an order once.
        serves: the demands it is for, most urgent first.
        segment: whose stock it is, as of `PlannedMake`; empty: free stock.
    """

    item: ItemCode = attrs.field(converter=planned_item)
    quantity: Decimal = attrs.field(converter=planned_quantity)
    start: datetime = attrs.field(converter=_starts)
    due: datetime = attrs.field(converter=_ends)
    source: str = attrs.field(converter=site_code)
    target: str = attrs.field(converter=site_code)
    code: str = attrs.field(kw_only=True, default="", converter=code_or_empty)
    serves: tuple[str, ...] = attrs.field(kw_only=True, default=(), converter=served)
    segment: str = attrs.field(kw_only=True, default="", converter=segment_code)

    def __attrs_post_init__(self) -> None:
        _coherent(self)
        if self.source == self.target:
            raise InvalidValueError(field="target", value=self.target, reason="is also the source")

    def __repr__(self) -> str:
        where = f"{self.source[:18]} to {self.target[:18]}"
        return short(
            f"<PlannedMove {figure(self.quantity)} {self.item[:30]} {where} {day(self.start)} to {day(self.due)}>"
        )


PlannedOrder: TypeAlias = PlannedMake | PlannedBuy | PlannedMove
P = TypeVar("P", PlannedMake, PlannedBuy, PlannedMove)
_SLOTS = {
    kind: tuple(kind.__dict__[one.name].__set__ for one in attrs.fields(kind))
    for kind in (PlannedMake, PlannedBuy, PlannedMove)
}
"""The slots' own setters, in the order of the fields."""


def proposed(kind: type[P], *values: object) -> P:
    """Return a proposal of fields that are exact and checked: a plan makes thousands. All of them, in their order."""
    made = kind.__new__(kind)
    for put, value in zip(_SLOTS[kind], values, strict=True):
        put(made, value)
    return made


@attrs.frozen
class PlanFirmed(RecordEvent):
    """A person settled a planned order: later plans take it as it is."""

    order: PlannedOrder

    def on(self, state: object) -> PlannedOrder:
        """Return the planned order."""
        if state is not None and not isinstance(state, PlannedOrder):
            known(state, PlannedMake)
        return self.order


@attrs.frozen
class PlanUnfirmed(RecordEvent):
    """A settled planned order was given free again: later plans propose what they find."""

    def on(self, state: object) -> None:
        """Return nothing: the next plan begins anew."""
        if not isinstance(state, PlannedOrder):
            known(state, PlannedMake)


@attrs.frozen
class PlanLaunched(RecordEvent):
    """A planned order became an order; `order` is its code. It may become one again only after that one has ended."""

    order: str

    def on(self, state: object) -> str:
        """Return the order's code."""
        if state is not None and not isinstance(state, PlannedOrder):
            known(state, str)
        return self.order
