"""Demands: who wants what by when, and how much of it has been shipped."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING

import attrs

from prodstock._render import short, shown
from prodstock.calendars.span import Moment
from prodstock.errors import InvalidValueError, UnknownCode
from prodstock.journal.commit import RecordEvent, known
from prodstock.master import checks
from prodstock.master.choices import Choices, choices
from prodstock.master.codes import (
    OWN,
    PROJECT,
    item_code,
    optional_customer,
    optional_project,
    optional_ref,
    revision_or_empty,
    site_code,
)
from prodstock.master.item import Supply
from prodstock.orders.moments import moment
from prodstock.quantities.quantity import Exact, amount

if TYPE_CHECKING:
    from prodstock.master.catalog import Catalog


class DemandKind(StrEnum):
    """What a demand is. A forecast is planned for and never reserved."""

    ORDER = "order"
    FORECAST = "forecast"
    REPAIR = "repair"
    REPLACEMENT = "replacement"
    SAMPLE = "sample"


@attrs.frozen(repr=False)
class Demand:
    """Somebody wants a quantity of an item by a moment.

    Args:
        item: what is wanted.
        quantity: how much; a plain number is in the item's base unit.
        due: when; a date means the end of that day at the site.
        ref: its code; None: the plant gives one.
        kind: what it is.
        customer: for whom.
        priority: lower is served first; equal priorities by due date, then code.
        site: from where.
        minimum_life: how long goods must still be usable after `due`.
        minimum_shipment: how much must come at least with every delivery; 0: any part is welcome. Where it is above
            the quantity, constrained plans deliver it all the same, which is more than was asked for.
        maximum_lateness: how long after `due` it is still taken; None: however late.
        project: the project it is for: it and all it needs is planned with that project's stock alone; None: for none.
        to_order: whether it is made to order: it and all it needs is planned for it alone.
        options: what is chosen of the options, as a mapping or its pairs: it is made to order then, and all that is
            made for it, at every level, as chosen. Of those left out the usual value.
        revision: what the goods must be made to: only lots of that revision serve it; empty: any.

    >>> from datetime import date
    >>> Demand("HD-7", 120, due=date(2026, 3, 20), ref="SO-1")
    <Demand SO-1 120 HD-7 due 2026-03-20>
    >>> Demand("HD-7", 8, due=date(2026, 3, 20), ref="SO-2", options={"plug": "UK"}).to_order
    True
    """

    item: str = attrs.field(converter=item_code)
    quantity: Exact = attrs.field(converter=amount)
    due: Moment = attrs.field(kw_only=True)
    ref: str | None = attrs.field(kw_only=True, default=None, converter=optional_ref)
    kind: DemandKind = attrs.field(kw_only=True, default=DemandKind.ORDER)
    customer: str | None = attrs.field(kw_only=True, default=None, converter=optional_customer)
    priority: int = attrs.field(kw_only=True, default=0)
    site: str = attrs.field(kw_only=True, default="MAIN", converter=site_code)
    minimum_life: timedelta = attrs.field(kw_only=True, default=timedelta())
    minimum_shipment: Exact = attrs.field(kw_only=True, default=checks.ZERO, converter=checks.quantity)
    maximum_lateness: timedelta | None = attrs.field(kw_only=True, default=None)
    project: str | None = attrs.field(kw_only=True, default=None, converter=optional_project)
    to_order: bool = attrs.field(kw_only=True, default=False)
    options: Choices = attrs.field(kw_only=True, default=(), converter=choices)
    revision: str = attrs.field(kw_only=True, default="", converter=revision_or_empty)

    def __attrs_post_init__(self) -> None:
        checks.positive(self.quantity, "quantity")
        checks.member(self.kind, DemandKind, "kind")
        checks.whole(self.priority, "priority")
        checks.duration(self.minimum_life, "minimum_life")
        checks.not_negative(self.minimum_shipment, "minimum_shipment")
        checks.instance(self.to_order, bool, "to_order")
        if self.options:
            self._made_as_chosen()
        if self.to_order and self.project is not None:
            advice = "Leave `to_order` out: what a project needs is planned for the project"
            raise InvalidValueError(field="to_order", value=True, reason="is of a project", advice=advice)
        if self.to_order and self.kind is DemandKind.FORECAST:
            raise InvalidValueError(
                field="to_order", value=True, reason="is a forecast", advice="Nothing is made to it"
            )
        if self.maximum_lateness is not None:
            checks.duration(self.maximum_lateness, "maximum_lateness")
        moment(self.due, "due")

    def _made_as_chosen(self) -> None:
        """Refuse options where several share one stock; what has options is made to order."""
        if self.project is not None:
            reason, advice = "are of a project, whose stock serves all its demands", "Leave the project out"
        elif self.kind is DemandKind.FORECAST:
            reason, advice = "are of a forecast", "Nothing is made to it: demand what is made with the usual options"
        else:
            object.__setattr__(self, "to_order", True)
            return
        raise InvalidValueError(field="options", value=dict(self.options), reason=reason, advice=advice)

    def __repr__(self) -> str:
        ref = f"{self.ref[:30]} " if self.ref else ""
        return short(f"<Demand {ref}{str(self.quantity)[:30]} {self.item[:30]} due {shown(self.due)}>")


def known_revision(catalog: Catalog, demand: Demand) -> str:
    """Return the revision that a demand asks for.

    Raises:
        UnknownCode: if the item has bills of material, and none of that revision.
        InvalidValueError: if the item is a phantom, which nobody makes.
    """
    item = catalog.item(demand.item)
    if demand.revision and item.supply is Supply.PHANTOM:
        advice = "Leave `revision` out: a phantom is never made, so that nothing is of a revision"
        raise InvalidValueError(field="revision", value=demand.revision, reason="is of a phantom", advice=advice)
    there = {bom.revision for bom in catalog.boms(item.code)} if demand.revision else set()
    if there and demand.revision not in there:
        raise UnknownCode(kind=f"revision of {item.code}", given=demand.revision, nearest=tuple(sorted(there)))
    return demand.revision


def segment_of(demand: Demand, name: str) -> str:
    """Return whose stock a demand of a name takes: its project's, its own, or empty: free stock.

    >>> from datetime import date
    >>> segment_of(Demand("HD-7", 1, due=date(2026, 3, 20), project="P-7"), "SO-1")
    'project:P-7'
    """
    if demand.project is not None:
        return f"{PROJECT}{demand.project}"
    return f"{OWN}{name}" if demand.to_order else ""


class DemandStatus(StrEnum):
    """Whether a demand still wants something."""

    OPEN = "open"
    SHIPPED = "shipped"
    CANCELLED = "cancelled"


@attrs.frozen(repr=False)
class DemandState:
    """A demand as it stands, quantities in base units."""

    demand: Demand
    quantity: Decimal
    shipped: Decimal = checks.ZERO
    cancelled_because: str | None = None

    @property
    def status(self) -> DemandStatus:
        """Open until all of it is shipped or it is cancelled."""
        if self.cancelled_because is not None:
            return DemandStatus.CANCELLED
        return DemandStatus.SHIPPED if self.shipped >= self.quantity else DemandStatus.OPEN

    def __repr__(self) -> str:
        done = f"{self.shipped:f} of {self.quantity:f} shipped"
        return short(f"<DemandState {self.demand.ref} {done}, {self.status}>")


@attrs.frozen
class DemandExpected(RecordEvent):
    """A demand came up, or its quantity, date or priority was changed; `quantity` is in base units."""

    demand: Demand
    quantity: Decimal

    def on(self, state: object) -> DemandState:
        """Return the demand as it stands."""
        if isinstance(state, DemandState):
            return DemandState(self.demand, self.quantity, state.shipped, state.cancelled_because)
        return DemandState(self.demand, self.quantity)


@attrs.frozen
class DemandShipped(RecordEvent):
    """Goods left for a demand; `shipped` is the sum so far, less what came back."""

    shipped: Decimal

    def on(self, state: object) -> DemandState:
        """Return the demand as it stands."""
        before = known(state, DemandState)
        return DemandState(before.demand, before.quantity, self.shipped, before.cancelled_because)


@attrs.frozen
class DemandCancelled(RecordEvent):
    """A demand is no longer wanted."""

    because: str

    def on(self, state: object) -> DemandState:
        """Return the demand as it stands."""
        return attrs.evolve(known(state, DemandState), cancelled_because=self.because)
