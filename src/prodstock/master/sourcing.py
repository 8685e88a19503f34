"""Suppliers, and what is bought from them on which terms."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

import attrs

from prodstock._render import short
from prodstock.calendars.calendar import DEFAULT_CALENDAR, Calendar
from prodstock.calendars.horizon import TimeBucket
from prodstock.calendars.span import Span
from prodstock.errors import InvalidTypeError, InvalidValueError, listed
from prodstock.master import checks
from prodstock.master.codes import code, item_code, name_text, optional_site, supplier_code
from prodstock.master.definition import Definition
from prodstock.quantities.money import Money
from prodstock.quantities.quantity import Exact


@attrs.frozen(repr=False)
class Supplier(Definition):
    """Someone who delivers, with the calendar of the days on which they work.

    A supplier that only a sourcing names needs no definition of its own.

    Args:
        code: its name everywhere.
        name: what people call it.
        calendar: when it works: its lead times are counted on it.
        order_calendar: when it takes orders, such as `Calendar("KNW-ORDERS", week="Tu 08:00-17:00")`; None: at any
            time.
        delivery_calendar: when it delivers; None: at any time. Goods come in while the site works too.
        minimum_value: what all that is ordered from it on one day for one site should be worth; None: nothing.

    >>> Supplier("KNW", name="Knowles", order_calendar=Calendar("KNW-ORDERS", week="Tu 08:00-17:00"))
    <Supplier KNW>
    """

    code: str = attrs.field(converter=code)
    name: str = attrs.field(kw_only=True, default="", converter=name_text)
    calendar: Calendar = attrs.field(kw_only=True, default=DEFAULT_CALENDAR)

    order_calendar: Calendar | None = attrs.field(kw_only=True, default=None)
    delivery_calendar: Calendar | None = attrs.field(kw_only=True, default=None)
    minimum_value: Money | None = attrs.field(kw_only=True, default=None)

    def __attrs_post_init__(self) -> None:
        checks.instance(self.calendar, Calendar, "calendar")
        _calendars(self, "order_calendar", "delivery_calendar")
        if self.minimum_value is not None:
            checks.instance(self.minimum_value, Money, "minimum_value", 'Use Money("250", "EUR")')
            checks.not_negative(self.minimum_value.amount, "minimum_value")

    @property
    def identity(self) -> tuple[str, ...]:
        """The code."""
        return (self.code,)

    def __repr__(self) -> str:
        return f"<Supplier {self.code[:80]}>"


@attrs.frozen(repr=False)
class PriceBreak:
    """A price that all of an order has from some quantity on.

    Args:
        quantity: the smallest order that has it.
        price: of one base unit.

    >>> PriceBreak(500, Money("1.10", "EUR"))
    <PriceBreak from 500: 1.10 EUR>
    """

    quantity: Exact = attrs.field(converter=checks.quantity)
    price: Money

    def __attrs_post_init__(self) -> None:
        checks.positive(self.quantity, "quantity")
        checks.instance(self.price, Money, "price", 'Use Money("1.20", "EUR")')

    def __repr__(self) -> str:
        return short(f"<PriceBreak from {str(self.quantity)[:40]}: {str(self.price)[:40]}>")


def _breaks(values: Iterable[PriceBreak]) -> tuple[PriceBreak, ...]:
    found = listed(values, "price_breaks")
    for one in found:
        checks.instance(one, PriceBreak, "price_breaks", 'Use PriceBreak(500, Money("1.10", "EUR"))')
    return found


@attrs.frozen(repr=False)
class Sourcing(Definition):
    """The terms on which an item is bought from a supplier.

    Args:
        item: what is bought.
        supplier: from whom.
        lead_time: from order to receipt, on the supplier's calendar; to shipping, where a transport time is said.
        minimum: smallest order; 0: none.
        multiple: step of orders; 0: none.
        price: of one base unit.
        priority: lower is preferred; equal priorities by supplier code.
        site: where it is delivered; None: every site without terms of its own.
        effective_from: first day an order may be placed on these terms; None: always.
        effective_until: first day it no longer may; None: never ends.
        over_delivery: how much more than was ordered is taken when it comes, as a share: "0.05" is five in a hundred.
        transport_time: from shipping, while the supplier works, to receipt; None: it is part of the lead time.
        transport_calendar: of the transport; None: the supplier's.
        order_calendar: when the item may be ordered; None: whenever the supplier takes orders.
        delivery_calendar: when it is delivered; None: whenever the supplier delivers.
        price_breaks: the prices of larger orders, in the currency of `price`; of those that an order reaches the one
            of the largest quantity counts, for all of it.
        capacity: how much is delivered at most in one period, all that is open from before counted in; None: anything.
        capacity_per: that period: a day, a week from Monday or a month, at the site.

    >>> from prodstock.calendars.span import working_days
    >>> Sourcing("MIC", supplier="KNW", lead_time=working_days(21), minimum=500, multiple=100)
    <Sourcing MIC from KNW>
    """

    item: str = attrs.field(converter=item_code)
    supplier: str = attrs.field(kw_only=True, converter=supplier_code)
    lead_time: Span = attrs.field(kw_only=True)
    minimum: Exact = attrs.field(kw_only=True, default=checks.ZERO, converter=checks.quantity)
    multiple: Exact = attrs.field(kw_only=True, default=checks.ZERO, converter=checks.quantity)
    price: Money | None = attrs.field(kw_only=True, default=None)
    priority: int = attrs.field(kw_only=True, default=0)
    site: str | None = attrs.field(kw_only=True, default=None, converter=optional_site)
    effective_from: date | None = attrs.field(kw_only=True, default=None)
    effective_until: date | None = attrs.field(kw_only=True, default=None)
    over_delivery: Decimal = attrs.field(kw_only=True, default=checks.ZERO, converter=checks.number)
    transport_time: Span | None = attrs.field(kw_only=True, default=None)
    transport_calendar: Calendar | None = attrs.field(kw_only=True, default=None)
    order_calendar: Calendar | None = attrs.field(kw_only=True, default=None)
    delivery_calendar: Calendar | None = attrs.field(kw_only=True, default=None)
    price_breaks: tuple[PriceBreak, ...] = attrs.field(kw_only=True, default=(), converter=_breaks)
    capacity: Exact | None = attrs.field(
        kw_only=True, default=None, converter=attrs.converters.optional(checks.quantity)
    )
    capacity_per: TimeBucket = attrs.field(kw_only=True, default=TimeBucket.WEEK)

    def __attrs_post_init__(self) -> None:
        checks.not_negative(self.over_delivery, "over_delivery")
        checks.span(self.lead_time, "lead_time")
        checks.not_negative(self.minimum, "minimum")
        checks.not_negative(self.multiple, "multiple")
        checks.whole(self.priority, "priority")
        checks.period(self.effective_from, self.effective_until)
        checks.member(self.capacity_per, TimeBucket, "capacity_per")
        if self.capacity is not None:
            checks.positive(self.capacity, "capacity")
        if self.transport_time is not None:
            checks.span(self.transport_time, "transport_time")
        _calendars(self, "transport_calendar", "order_calendar", "delivery_calendar")
        if self.transport_calendar is not None and self.transport_time is None:
            advice = "Say how long it travels: transport_time=working_days(2)"
            raise InvalidValueError(
                field="transport_calendar", value=self.transport_calendar, reason="has no transport time", advice=advice
            )
        if self.price is not None and not isinstance(self.price, Money):
            advice = 'Use Money("1.20", "EUR")'
            raise InvalidTypeError(field="price", value=self.price, reason="is no Money", advice=advice)
        for one in self.price_breaks:
            if self.price is None or one.price.currency != self.price.currency:
                advice = "Give the price of the smallest order too, in the same currency"
                raise InvalidValueError(
                    field="price_breaks", value=one, reason="has no price to go with", advice=advice
                )

    @property
    def identity(self) -> tuple[str, ...]:
        """The item, the supplier, the site and the first day."""
        start = "" if self.effective_from is None else self.effective_from.isoformat()
        return (self.item, self.supplier, self.site or "", start)

    def effective_on(self, day: date) -> bool:
        """Tell whether an order may be placed on these terms on a day of the site."""
        return checks.effective(self.effective_from, self.effective_until, day)

    def __repr__(self) -> str:
        return f"<Sourcing {self.item[:40]} from {self.supplier[:40]}>"


def _calendars(one: Supplier | Sourcing, *fields: str) -> None:
    for field in fields:
        value = getattr(one, field)
        if value is not None:
            checks.instance(value, Calendar, field, 'Use Calendar("ORDERS", week="Tu 08:00-17:00")')
