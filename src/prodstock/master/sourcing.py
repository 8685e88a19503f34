"""Suppliers, and what is bought from them on which terms."""

from datetime import date
from decimal import Decimal

import attrs

from prodstock.calendars.calendar import DEFAULT_CALENDAR, Calendar
from prodstock.calendars.span import Span
from prodstock.errors import InvalidTypeError
from prodstock.master import checks
from prodstock.master.codes import code, item_code, name_text, optional_site, supplier_code
from prodstock.master.definition import Definition
from prodstock.quantities.money import Money
from prodstock.quantities.quantity import Exact


@attrs.frozen(repr=False)
class Supplier(Definition):
    """Someone who delivers, with the calendar of the days on which they do.

    A supplier that only a sourcing names needs no definition of its own.

    >>> Supplier("KNW", name="Knowles")
    <Supplier KNW>
    """

    code: str = attrs.field(converter=code)
    name: str = attrs.field(kw_only=True, default="", converter=name_text)
    calendar: Calendar = attrs.field(kw_only=True, default=DEFAULT_CALENDAR)

    def __attrs_post_init__(self) -> None:
        checks.instance(self.calendar, Calendar, "calendar")

    @property
    def identity(self) -> tuple[str, ...]:
        """The code."""
        return (self.code,)

    def __repr__(self) -> str:
        return f"<Supplier {self.code[:80]}>"


@attrs.frozen(repr=False)
class Sourcing(Definition):
    """The terms on which an item is bought from a supplier.

    Args:
        item: what is bought.
        supplier: from whom.
        lead_time: from order to receipt.
        minimum: smallest order; 0: none.
        multiple: step of orders; 0: none.
        price: of one base unit.
        priority: lower is preferred; equal priorities by supplier code.
        site: where it is delivered; None: every site without terms of its own.
        effective_from: first day an order may be placed on these terms; None: always.
        effective_until: first day it no longer may; None: never ends.
        over_delivery: how much more than was ordered is taken when it comes, as a share: "0.05" is five in a hundred.

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

    def __attrs_post_init__(self) -> None:
        checks.not_negative(self.over_delivery, "over_delivery")
        checks.span(self.lead_time, "lead_time")
        checks.not_negative(self.minimum, "minimum")
        checks.not_negative(self.multiple, "multiple")
        checks.whole(self.priority, "priority")
        checks.period(self.effective_from, self.effective_until)
        if self.price is not None and not isinstance(self.price, Money):
            advice = 'Use Money("1.20", "EUR")'
            raise InvalidTypeError(field="price", value=self.price, reason="is no Money", advice=advice)

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
