"""What every planned order must be like by itself: its source, size, dates and options, checked by separate code."""

from __future__ import annotations

from datetime import datetime, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING

from prodstock.calendars.zone import end_of
from prodstock.errors import BrokenInvariant
from prodstock.master.lot_sizes import LotCut
from prodstock.master.order_line import expected_good
from prodstock.master.planning_parameters import LotRule
from prodstock.orders.demand import Demand
from prodstock.orders.planned import PlannedBuy, PlannedMove
from prodstock.planning.wishes import Wishes

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from prodstock.calendars.calendar import Calendar
    from prodstock.calendars.span import Moment
    from prodstock.master.bom import Substitute
    from prodstock.master.catalog import Catalog
    from prodstock.master.sourcing import Sourcing
    from prodstock.orders.planned import PlannedMake, PlannedOrder
    from prodstock.planning.snapshot import Snapshot
    from prodstock.quantities.quantity import Exact

INSTANT = timedelta(microseconds=1)


class OrderCheck:
    """The rules that each order of a plan keeps by itself."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.catalog: Catalog = snapshot.catalog
        self.now = snapshot.at
        self.firm = {order.code for order in snapshot.firm}
        self.wishes = Wishes(self.catalog, self.now)
        self.options: dict[str, Mapping[str, str]] = {
            self.segment(one): dict(one.options) for one in snapshot.promises if isinstance(one, Demand) and one.options
        }

    def check(self, order: PlannedOrder) -> None:
        """Do nothing if an order keeps the rules, or stands as people left it.

        Raises:
            BrokenInvariant: with the first that it does not keep.
        """
        if order.start > order.due or order.quantity <= 0:
            self.broken("an order starts before it is due and has a size", repr(order))
        if order.code in self.firm:
            return
        if isinstance(order, PlannedMove):
            self._move(order)
            return
        if self.followed(order.item, order.due - INSTANT, order.site) is not None:
            self.broken("what another item follows is no longer ordered", repr(order))
        day = max(order.start, self.now)
        if isinstance(order, PlannedBuy):
            terms = [
                one for one in self.catalog.sourcings(order.item, order.site, at=day) if one.supplier == order.supplier
            ]
            if not terms:
                self.broken("a supplier's terms are valid when ordering", repr(order))
            self._lot(order, terms[0].minimum, terms[0].multiple)
            self._dates(order, terms[0])
            self._fence(order)
            return
        self._as_chosen(order)
        bom = self.catalog.bom(order.item, day, site=order.site)
        if order.revision != ("" if bom is None else bom.revision):
            self.broken("a bill is the one valid at the start", repr(order))
        if bom is not None:
            routing = self.catalog.routing(order.item, day, site=order.site)
            if Fraction(order.good) > expected_good(bom, order.quantity, routing=routing):
                self.broken("no more good ones are expected than losses leave", repr(order))
        item = self.catalog.item(order.item)
        self._lot(order, item.minimum, item.multiple)
        self._fence(order)

    def _as_chosen(self, order: PlannedMake) -> None:
        chosen = self.chosen(order)
        if order.options != tuple((name, chosen[name]) for name in self.catalog.decisive(order.item)):
            self.broken("an order is made with the options of whom it is for", f"{order!r}, {order.options}")

    def _fence(self, order: PlannedOrder) -> None:
        site = site_of(order)
        given = self.catalog.planning_parameters(order.item, site)
        if given is not None and given.planning_time_fence is not None:
            fence = self.wishes.fence(given, site)
            if order.start < fence:
                self.broken("nothing new starts before the planning time fence ends", f"{order!r}, {fence}")

    def _dates(self, order: PlannedBuy, terms: Sourcing) -> None:
        """Check that each date of a purchase lies on its calendar, with all the time between them that it takes."""
        supplier, site = self.catalog.supplier(order.supplier), self.catalog.site(order.site)
        orders = terms.order_calendar or supplier.order_calendar
        deliveries = terms.delivery_calendar or supplier.delivery_calendar
        tests = self.catalog.item(order.item).inspection_time
        if (orders, deliveries, terms.transport_time, tests) == (None, None, None, None) or order.receive is None:
            return
        own = supplier.calendar.at_site(site.zone)
        leaves = own.shift(order.start, terms.lead_time)
        if terms.transport_time is not None and order.ship is not None:
            travels = own if terms.transport_calendar is None else terms.transport_calendar.at_site(site.zone)
            late, leaves = leaves > order.ship, travels.shift(order.ship, terms.transport_time)
            if late or not _open(own, order.ship):
                self.broken("goods are shipped after the lead time, while the supplier works", repr(order))
        if leaves > order.receive or (orders is not None and not _open(orders.at_site(site.zone), order.start)):
            self.broken("goods are ordered when orders are taken, and come after that", repr(order))
        if deliveries is not None and not _open(deliveries.at_site(site.zone), order.receive):
            self.broken("goods come on a day of delivery", repr(order))
        if self.usable(order.item, order.site, order.receive) > order.due:
            self.broken("goods are due once they are inspected", repr(order))

    def usable(self, item: str, site: str, received: datetime) -> datetime:
        """Return when goods are usable that come in at a moment."""
        span, one = self.catalog.item(item).inspection_time, self.catalog.site(site)
        if span is None:
            return received
        calendar, zone = one.calendar.at_site(one.zone), self.catalog.zone(site)
        came = calendar.previous_open(received)
        if came.astimezone(zone).date() != received.astimezone(zone).date():
            came = calendar.next_open(received)
        found = calendar.shift(came, span)
        return found if _open(calendar, found) else calendar.next_open(found)

    def _move(self, order: PlannedMove) -> None:
        day = max(order.start, self.now)
        lanes = [one for one in self.catalog.lanes(order.item, order.target, at=day) if one.source == order.source]
        if not lanes:
            self.broken("a lane is open on the day of leaving", repr(order))
        lane, site = lanes[0], self.catalog.site(order.source)
        calendar = site.calendar if lane.calendar is None else lane.calendar
        if calendar.at_site(site.zone).shift(order.start, lane.lead_time) > order.due:
            self.broken("a lane's lead time lies between leaving and arriving", repr(order))
        self._lot(order, lane.minimum, lane.multiple)
        self._fence(order)

    def _lot(self, order: PlannedOrder, minimum: Exact, multiple: Exact) -> None:
        size = Fraction(order.quantity)
        step = self.catalog.base(order.item, multiple)
        least = self.catalog.base(order.item, minimum)
        grain = Fraction(1, 10 ** self.catalog.item(order.item).scale)
        given = self.catalog.planning_parameters(order.item, site_of(order))
        if given is not None:
            maximum = self.catalog.base(order.item, given.maximum)
            fixed = self.catalog.base(order.item, given.lot_quantity) if given.lot_rule is LotRule.FIXED else size
            if (maximum and size > maximum) or size != fixed:
                self.broken("lot rules are kept", f"{order!r}, {given!r}")
            if (size == maximum and given.cut is LotCut.REMAINDER) or given.lot_rule is LotRule.FIXED:
                return
        if size < least or (step and -(-size // step) * step - size >= step) or (step and size % step >= grain):
            self.broken("lot rules are kept", f"{order!r}, minimum {minimum}, multiple {multiple}")

    def chosen(self, order: PlannedMake) -> dict[str, str]:
        """Return what is chosen of every option for whom an order is made, as usual where nobody chooses."""
        return dict(self.catalog.chosen(self.options.get(order.segment, ())))

    def followed(self, item: str, moment: datetime, site: str) -> Substitute | None:
        """Return what has taken the place of an item on a day, today at the earliest."""
        follow_up = self.catalog.item(item).follow_up
        there = follow_up is not None and follow_up.effective_on(self.on(max(moment, self.now), site))
        return follow_up if there else None

    def on(self, moment: datetime, site: str) -> date:
        """Return the day of a moment at a site."""
        return moment.astimezone(self.catalog.zone(site)).date()

    def segment(self, demand: Demand) -> str:
        """Return for whom alone is planned what a demand wants; empty: for all alike."""
        if demand.project is not None:
            return f"project:{demand.project}"
        day = self.catalog.day(self.last(demand.due, demand.site), demand.site)
        return f"own:{demand.ref or f'{demand.item} {day}'}" if demand.to_order else ""

    def last(self, moment: Moment, site: str) -> datetime:
        """Return the last instant of a moment at a site."""
        if isinstance(moment, datetime):
            return moment
        return end_of(moment, self.catalog.zone(site)) - INSTANT

    def broken(self, invariant: str, detail: str) -> None:
        """Refuse the plan.

        Raises:
            BrokenInvariant: always.
        """
        raise BrokenInvariant(invariant=f"plan: {invariant}", detail=detail)


def _open(calendar: Calendar, moment: datetime) -> bool:
    return moment in (calendar.previous_open(moment), calendar.next_open(moment))


def site_of(order: PlannedOrder) -> str:
    """Return the site to which an order brings goods."""
    return order.target if isinstance(order, PlannedMove) else order.site
