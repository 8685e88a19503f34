"""A plan checked from what it says and what it was made from, by code that did not make it: plain and separate."""

from __future__ import annotations

from bisect import bisect_left
from datetime import date, datetime, timedelta
from fractions import Fraction
from math import ceil
from typing import TYPE_CHECKING

from prodstock.calendars.zone import end_of
from prodstock.errors import BrokenInvariant
from prodstock.master.bom import LineRole
from prodstock.master.item import Supply
from prodstock.master.lot_sizes import LotCut
from prodstock.master.order_line import expected_good, order_lines, quantity_to_start
from prodstock.master.planning_parameters import LotRule
from prodstock.master.ratio import decimal_of
from prodstock.orders.demand import Demand, DemandKind
from prodstock.orders.lifecycle import OrderState
from prodstock.orders.owed import open_needs
from prodstock.orders.planned import PlannedBuy, PlannedMake, PlannedMove
from prodstock.orders.purchase import PurchaseOrder, TransferOrder
from prodstock.planning.flow import Flow, Revised, lowest_from, unmet
from prodstock.planning.policy import Mode
from prodstock.planning.replaced import Replaced
from prodstock.planning.wishes import Wishes
from prodstock.stock.status import Purpose

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from prodstock.calendars.calendar import Calendar
    from prodstock.calendars.span import Moment
    from prodstock.master.bom import Substitute
    from prodstock.master.catalog import Catalog
    from prodstock.master.sourcing import Sourcing
    from prodstock.orders.planned import PlannedOrder
    from prodstock.orders.production import ProductionOrder
    from prodstock.planning.kernel import Place
    from prodstock.planning.plan import Plan
    from prodstock.planning.snapshot import Held
    from prodstock.quantities.quantity import Exact
    from prodstock.stock.allocation import OpenLot

INSTANT = timedelta(microseconds=1)
ZERO = timedelta()


def verify(plan: Plan) -> None:
    """Check a plan.

    - Every order has its own code, a source that is valid on the day it starts, the options of whom it is made for, and
      a size its lot rules allow; none that is new starts before the planning time fence ends.
    - For each item at each site and whose stock it is, served in the order of time by what is there by then, a hard
      safety time before, and has not expired: what is wanted is there, or a shortage says that it is not.
    - What is wanted of a revision is there of that revision, or a shortage says that it is not.
    - What stands in for a line may do so on that day, in its ratio, and for no more than the line needs; unconstrained,
      what has a share of it stands in for that share.
    - Unconstrained, no order of an item that does not expire could be left out; constrained, none starts before now.

    Raises:
        BrokenInvariant: if one of these does not hold.
    """
    Check(plan).run()


class Check:
    """One plan under check."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.catalog: Catalog = plan.snapshot.catalog
        self.now = plan.snapshot.at
        self.firm = {order.code for order in plan.snapshot.firm}
        self.wishes = Wishes(self.catalog, self.now)
        self.flows: dict[Place, Flow] = {}
        self.revised = Revised(plan.snapshot.promises)
        self.customers: dict[str, set[str | None]] = {}
        self.options: dict[str, Mapping[str, str]] = {
            self._segment(one): dict(one.options)
            for one in plan.snapshot.promises
            if isinstance(one, Demand) and one.options
        }
        self.held: dict[str, list[Held]] = {}
        for held in plan.snapshot.held:
            self.held.setdefault(held.ref, []).append(held)

    def run(self) -> None:
        """Do nothing if every order, promise and balance of the plan holds.

        Raises:
            BrokenInvariant: with the first that does not, and the figures of both sides.
        """
        codes = [order.code for order in self.plan.orders]
        if len(set(codes)) < len(codes):
            self.broken("planned codes are unique", f"{len(codes) - len(set(codes))} stand twice")
        for order in self.plan.orders:
            self._order(order)
        self._stock()
        self._promises()
        for launched in self.plan.snapshot.orders:
            self._launched(launched)
        for order in self.plan.orders:
            self._effect(order)
        short: dict[tuple[str, str], Fraction] = {}
        self._revisions()
        for (item, site, segment), flow in sorted(self.flows.items(), key=lambda one: one[0]):
            own = flow.when(
                [(self.wishes.hard(at, item, site), life, much, whose) for at, life, much, whose in flow.wanted]
            )
            own = own.without_theirs(self.now) if flow.theirs else own
            short[item, segment] = short.get((item, segment), Fraction(0)) + sum(unmet(own, self.now), Fraction(0))
        for (item, segment), missing in short.items():
            lines = (one for one in self.plan.shortages if (one.item, one.segment) == (item, segment))
            said = sum((Fraction(one.quantity) for one in lines), Fraction(0))
            if missing > said:
                self.broken("what is wanted is there or said to be short", f"{missing} {item} lack, {said} are said to")
        if self.plan.policy.mode is Mode.CONSTRAINED:
            self._nothing_before_now()
        else:
            self._nothing_idle()
            for item, site in sorted({(item, site) for item, site, _ in self.flows}):
                self._quota(item, site)

    def _revisions(self) -> None:
        for item, revision, missing in self.revised.missing(self.now):
            said = sum((Fraction(one.quantity) for one in self.plan.shortages if one.item == item), Fraction(0))
            if missing > said:
                state = f"{missing} {item} of revision {revision} lack, {said} are said to"
                self.broken("goods are of the revision that is asked for", state)

    def flow(self, item: str, site: str, segment: str) -> Flow:
        """Return what comes and is wanted of a stock."""
        return self.flows.setdefault(self._place(item, site, segment), Flow())

    def _place(self, item: str, site: str, segment: str) -> Place:
        """Return which stock is meant: of what is planned for all alike there is free stock only."""
        return item, site, "" if segment and self.catalog.item(item).collective else segment

    def _segment(self, demand: Demand) -> str:
        if demand.project is not None:
            return f"project:{demand.project}"
        day = self.catalog.day(self._last(demand.due, demand.site), demand.site)
        return f"own:{demand.ref or f'{demand.item} {day}'}" if demand.to_order else ""

    def broken(self, invariant: str, detail: str) -> None:
        """Refuse the plan.

        Raises:
            BrokenInvariant: always.
        """
        raise BrokenInvariant(invariant=f"plan: {invariant}", detail=detail)

    # One order

    def _order(self, order: PlannedOrder) -> None:
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
        chosen = self._chosen(order)
        if order.options != tuple((name, chosen[name]) for name in self.catalog.decisive(order.item)):
            self.broken("an order is made with the options of whom it is for", f"{order!r}, {order.options}")

    def _fence(self, order: PlannedOrder) -> None:
        site = _site(order)
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
        if self._usable(order.item, order.site, order.receive) > order.due:
            self.broken("goods are due once they are inspected", repr(order))

    def _usable(self, item: str, site: str, received: datetime) -> datetime:
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
        given = self.catalog.planning_parameters(order.item, _site(order))
        if given is not None:
            maximum = self.catalog.base(order.item, given.maximum)
            fixed = self.catalog.base(order.item, given.lot_quantity) if given.lot_rule is LotRule.FIXED else size
            if (maximum and size > maximum) or size != fixed:
                self.broken("lot rules are kept", f"{order!r}, {given!r}")
            if (size == maximum and given.cut is LotCut.REMAINDER) or given.lot_rule is LotRule.FIXED:
                return
        if size < least or (step and -(-size // step) * step - size >= step) or (step and size % step >= grain):
            self.broken("lot rules are kept", f"{order!r}, minimum {minimum}, multiple {multiple}")

    # What comes and what is wanted

    def _stock(self) -> None:
        for one in self.plan.snapshot.promises:
            if isinstance(one, Demand):
                self.customers.setdefault(self._segment(one), set()).add(one.customer)
        for lot in self.plan.snapshot.lots:
            serves = lot.state.serves(Purpose.SALE) or lot.state.serves(Purpose.PRODUCTION)
            if serves or lot.state.nettable:
                at = self.now if lot.ready is None else max(self.now, lot.ready)
                if not serves and lot.ready is None:
                    at = max(at, self._usable(lot.item, lot.site, lot.received))
                amount = self.catalog.base(lot.item, lot.free)
                if lot.segment and self.catalog.item(lot.item).collective:
                    continue
                flow = self.flow(lot.item, lot.site, lot.segment)
                self.revised.come(
                    self._place(lot.item, lot.site, lot.segment), lot.revision, (at, self._expires(lot), amount)
                )
                if lot.owner and not lot.segment:
                    flow.theirs.append((at, amount, lot.owner))
                elif not lot.owner or self.customers.get(lot.segment) == {lot.owner}:
                    flow.comes.append((at, self._expires(lot), amount))

    def _expires(self, lot: OpenLot) -> datetime | None:
        return None if lot.expires is None else end_of(lot.expires, self.catalog.zone(lot.site))

    def _come(  # what comes
        self,
        item: str,
        place: tuple[str, str],
        at: datetime,
        amount: Fraction,
        aged: timedelta = ZERO,
        revision: str | None = "",
    ) -> None:
        """Note what is usable at a site, for a segment, from a moment on; `aged` is how old it is then."""
        at = max(at, self.now)
        one = self.catalog.item(item)
        whole = Fraction(int(amount * 10**one.scale), 10**one.scale)
        expires = None if one.shelf_life is None else at - aged + one.shelf_life
        self.flow(item, *place).comes.append((at, expires, whole))
        self.revised.come(self._place(item, *place), revision, (at, expires, whole))

    def _last(self, moment: Moment, site: str) -> datetime:
        if isinstance(moment, datetime):
            return moment
        return end_of(moment, self.catalog.zone(site)) - INSTANT

    def _promises(self) -> None:
        done = dict(self.plan.snapshot.done)
        demands: list[tuple[Demand, datetime, Fraction]] = []
        for one in self.plan.snapshot.promises:
            amount = self.catalog.base(one.item, one.quantity)
            if one.ref in done:
                amount -= self.catalog.base(one.item, done[one.ref])
            at = self._last(one.due, one.site)
            if not isinstance(one, Demand):
                if amount > 0:
                    came = max(at, self.now)
                    ready = self._usable(one.item, one.site, came) if isinstance(one, PurchaseOrder) else came
                    made = None if isinstance(one, PurchaseOrder) else ""
                    self._come(one.item, (one.site, one.segment), ready, amount, ready - came, made)
                    if isinstance(one, TransferOrder) and at < self.plan.until:
                        self.flow(one.item, one.source, one.segment).want(at, amount)
                continue
            held = [
                self.catalog.base(h.item, h.quantity)
                for h in self.held.get(one.ref or "", ())
                if (h.item, h.line, h.site) == (one.item, None, one.site)
            ]
            demands.append((one, at, self.up(one.item, amount) - sum(held, Fraction(0))))
        for demand, at, amount in self._without_consumed(demands):
            if amount > 0 and at < self.plan.until:
                if self.catalog.item(demand.item).supply is Supply.PHANTOM:
                    self._kit(demand, at, amount)
                else:
                    place = self._place(demand.item, demand.site, self._segment(demand))
                    self.flow(*place).want(at, amount, demand.minimum_life, demand.customer)
                    self.revised.want(demand, place, at, amount)

    def _kit(self, demand: Demand, at: datetime, amount: Fraction) -> None:
        """Want what a demand for a phantom takes: its stock as the plan says, and the parts of the rest."""
        taken = dict(self.plan.from_stock(demand))
        own = Fraction(taken.pop(demand.item, 0))
        said = [one for one in self.plan.shortages if one.item == demand.item and demand.ref in one.delays]
        rest = amount - own - sum(Fraction(one.quantity) for one in said if one.covered is None)
        at = max([at, *(one.covered for one in said if one.covered is not None)])
        segment = self._segment(demand)
        self.flow(demand.item, demand.site, segment).want(at, own, customer=demand.customer)
        day = max(at, self.now)
        bom = self.catalog.bom(demand.item, day, site=demand.site)
        if bom is None or rest <= 0:
            return
        started = decimal_of(quantity_to_start(bom, rest))
        for line in order_lines(
            self.catalog, bom, started, at=day, site=demand.site, from_stock=taken, options=demand.options
        ):
            if line.role is not LineRole.REWORK:
                flow = self.flow(line.item, demand.site, segment)
                flow.want(at, Fraction(line.quantity), customer=demand.customer)

    def up(self, item: str, amount: Fraction) -> Fraction:
        """Return an amount rounded up to whole steps of an item."""
        steps = 10 ** self.catalog.item(item).scale
        return Fraction(ceil(amount * steps), steps)

    def _without_consumed(
        self, demands: list[tuple[Demand, datetime, Fraction]]
    ) -> Iterator[tuple[Demand, datetime, Fraction]]:
        key = [(at, one.priority, one.ref or "") for one, at, _ in demands]
        left = [amount for _, _, amount in demands]
        forecasts: dict[Place, list[int]] = {}
        for place, (one, _, _) in enumerate(demands):
            if one.kind is DemandKind.FORECAST:
                forecasts.setdefault(self._alike(one), []).append(place)
        for place in sorted(range(len(demands)), key=key.__getitem__):
            order, at, _ = demands[place]
            if order.kind is DemandKind.FORECAST:
                continue
            rest = self.up(order.item, self.catalog.base(order.item, order.quantity))
            first, last = self.wishes.windows(order, at, self.plan.policy.forecast_window)
            alike = forecasts.get(self._alike(order), ())
            near = [other for other in alike if first <= demands[other][1] <= last]
            past = sorted((one for one in near if demands[one][1] <= at), key=lambda one: key[one], reverse=True)
            future = sorted((one for one in near if demands[one][1] > at), key=lambda one: key[one])
            for near_one in past + future:
                used = min(rest, max(Fraction(0), left[near_one]))
                left[near_one] -= used
                rest -= used
        for place, (demand, at, _) in enumerate(demands):
            if demand.kind is not DemandKind.FORECAST or at >= self.wishes.forecasts_from(demand):
                yield demand, at, left[place]

    def _alike(self, demand: Demand) -> Place:
        """Return what an order and the forecasts that it consumes have in common."""
        return self._place(demand.item, demand.site, self._segment(demand))

    def _launched(self, order: ProductionOrder) -> None:
        if order.state in {OrderState.CLOSED, OrderState.CANCELLED}:
            return
        completed = order.state is OrderState.COMPLETED
        owes = open_needs(order, self.catalog) if completed else ()
        rest = Fraction(min(order.expected_good - order.good, order.quantity - order.good - order.scrapped))
        if rest > 0 and not completed:
            place = (order.site, order.segment)
            self._come(order.item, place, order.due, rest, revision=order.revision)
            for item, ratio in order.outputs:
                self._come(item, place, order.due, rest * ratio)
        held: dict[tuple[str, int | None], Fraction] = {}
        for one in self.held.get(order.code, ()):
            if one.site == order.site:
                key = (one.item, one.line)
                held[key] = held.get(key, Fraction(0)) + self.catalog.base(one.item, one.quantity)
        replaced = Replaced(self, order)
        for line in order.lines:
            still = Fraction(line.need) - Fraction(line.issued)
            if completed:
                still = Fraction(owes[line.number], 10 ** self.catalog.item(line.item).scale)
            need = still - held.get((line.item, line.number), Fraction(0))
            loose = min(max(need, Fraction(0)), held.get((line.item, None), Fraction(0)))
            if loose:
                held[line.item, None] -= loose
            if need > loose and order.start < self.plan.until:
                ratios = [(item, Fraction(ratio)) for item, ratio in line.substitutes]
                replaced.add(line.item, need - loose, ratios)
        replaced.finish()

    def _effect(self, order: PlannedOrder) -> None:
        if isinstance(order, PlannedMove):
            self._come(order.item, (order.target, order.segment), order.due, Fraction(order.quantity))
            self.flow(order.item, order.source, order.segment).want(order.start, Fraction(order.quantity))
            return
        place = (order.site, order.segment)
        if isinstance(order, PlannedMake):
            aged = self._aged(order)
            self._come(
                order.item, place, order.due, self._made(order, Fraction(order.good), aged), aged, order.revision
            )
            return
        aged = ZERO if order.receive is None else order.due - order.receive
        self._come(order.item, place, order.due, Fraction(order.quantity), aged, None)

    def _aged(self, order: PlannedMake) -> timedelta:
        """Return how old goods are at least once they are inspected."""
        span, site = self.catalog.item(order.item).inspection_time, self.catalog.site(order.site)
        return ZERO if span is None else order.due - site.calendar.at_site(site.zone).shift_back(order.due, span)

    def _chosen(self, order: PlannedMake) -> dict[str, str]:
        """Return what is chosen of every option for whom an order is made, as usual where nobody chooses."""
        return dict(self.catalog.chosen(self.options.get(order.segment, ())))

    def _made(self, order: PlannedMake, good: Fraction, aged: timedelta) -> Fraction:
        day = max(order.start, self.now)
        if not order.revision and self.catalog.bom(order.item, day, site=order.site) is None:
            return good or Fraction(order.quantity)
        bom = self.catalog.bom(order.item, day, site=order.site, revision=order.revision or None)
        if bom is None:
            return good
        routing = self.catalog.routing(order.item, day, site=order.site)
        expected = expected_good(bom, order.quantity, routing=routing)
        for_quantity = self.catalog.base(bom.item, bom.for_quantity)
        for output in bom.outputs:
            ratio = self.catalog.base(output.item, output.quantity) / for_quantity
            self._come(output.item, (order.site, order.segment), order.due, expected * ratio, aged)
            self.flow(output.item, order.site, order.segment).beside = True
        stock: Mapping[str, Exact] = self.plan.from_stock(order)
        replaced = Replaced(self, order)
        options = self._chosen(order) | dict(order.options)
        for line in order_lines(
            self.catalog, bom, order.quantity, at=day, site=order.site, from_stock=stock, options=options
        ):
            if line.role is not LineRole.REWORK:
                valid = [one for one in line.substitutes if one.effective_on(self._on(day, order.site))]
                replaced.add(line.item, Fraction(line.quantity), [(one.item, Fraction(one.ratio)) for one in valid])
                replaced.share(line.item, Fraction(line.quantity), valid)
        replaced.finish()
        return good or expected

    def followed(self, item: str, moment: datetime, site: str) -> Substitute | None:
        """Return what has taken the place of an item on a day, today at the earliest."""
        follow_up = self.catalog.item(item).follow_up
        there = follow_up is not None and follow_up.effective_on(self._on(max(moment, self.now), site))
        return follow_up if there else None

    def _on(self, moment: datetime, site: str) -> date:
        return moment.astimezone(self.catalog.zone(site)).date()

    def _nothing_before_now(self) -> None:
        for order in self.plan.orders:
            if order.code not in self.firm and order.start < self.now:
                self.broken("nothing starts before now", repr(order))

    # Everybody in turn

    def _quota(self, item: str, site: str) -> None:
        """Refuse orders to a source that had had more than its share: only where all is valid for ever."""
        found = self.catalog.quotas(item)
        arranged = self.catalog.quota(item, self.now, site=site)
        if arranged is None or len(found) > 1 or arranged.effective_from or arranged.effective_until:
            return
        terms, lanes = self.catalog.sourcings(item, site), self.catalog.lanes(item, site)
        dates = [(one.effective_from, one.effective_until) for one in terms]
        dates += [(one.effective_from, one.effective_until) for one in lanes]
        if any(since or until for since, until in dates):
            return
        came = {share.way: Fraction(share.base) for share in arranged.shares}
        of_one: dict[tuple[tuple[str, str], datetime], Fraction] = {}
        for way, amount, due in self._sources(item, site):
            came[way] = came.get(way, Fraction(0)) + amount
            if due is not None:
                of_one[way, due] = of_one.get((way, due), Fraction(0)) + amount
        largest: dict[tuple[str, str], Fraction] = {}
        for (way, _), amount in of_one.items():
            largest[way] = max(largest.get(way, amount), amount)
        open_ways = {("buy", one.supplier) for one in terms} | {("move", one.source) for one in lanes}
        made = self.catalog.boms(item) or self.catalog.item(item).supply is not None
        rating = {share.way: came[share.way] / Fraction(share.share) for share in arranged.shares}
        for share in () if made else arranged.shares:
            before = rating[share.way] - largest.get(share.way, Fraction(0)) / Fraction(share.share)
            least = min((rating[way] for way in rating if way in open_ways), default=before)
            if share.way in largest and before > least:
                self.broken("an order goes to the lowest quota rating", f"{item} at {site}, {share!r}")

    def _sources(self, item: str, site: str) -> Iterator[tuple[tuple[str, str], Fraction, datetime | None]]:
        """Yield what comes from each source, and when it is due if the plan proposes it: lots are due together.

        What may be ordered sooner, so that its supplier has a minimum value, counts as due now, all of it together.
        """
        for one in self.plan.snapshot.promises:
            if not isinstance(one, Demand) and (one.item, one.site) == (item, site):
                way = ("move", one.source) if isinstance(one, TransferOrder) else ("buy", one.supplier)
                yield way, self.catalog.base(item, one.quantity), None
        for order in self.plan.orders:
            due = None if order.code in self.firm else order.due
            if isinstance(order, PlannedBuy) and (order.item, order.site) == (item, site):
                yield ("buy", order.supplier), Fraction(order.quantity), due and self._joined(order)
            if isinstance(order, PlannedMove) and (order.item, order.target) == (item, site):
                yield ("move", order.source), Fraction(order.quantity), due

    def _joined(self, order: PlannedBuy) -> datetime:
        ahead = self.plan.policy.order_ahead and self.catalog.supplier(order.supplier).minimum_value
        return self.now if ahead else order.due

    # Nothing too much

    def _nothing_idle(self) -> None:
        """Refuse an order without which nothing would ever be missing, where nothing expires."""
        balances: dict[Place, tuple[list[datetime], list[Fraction]]] = {}
        for order in self.plan.orders:
            if order.code in self.firm:
                continue
            place = self._place(order.item, _site(order), order.segment)
            flow = self.flows[place]
            beside = isinstance(order, PlannedMake) and self._has_co_products(order)
            covered = flow.replaced and self.wishes.covers(order.item, _site(order)) and not place[2]
            unlike = place[0] in self.revised.items or beside or flow.beside or flow.theirs or covered
            if unlike or any(expires is not None for _, expires, _ in flow.comes):
                continue
            if place not in balances:
                balances[place] = lowest_from(*self._ahead_of_need(place, flow), self.now)
            moments, lowest = balances[place]
            good = self._together(order)
            if good and lowest[bisect_left(moments, max(order.due, self.now))] >= good:
                self.broken("no order could be left out", repr(order))

    def _together(self, order: PlannedOrder) -> Fraction:
        """Return what an order brings, with those that come together with it for one need.

        Such are several lots that replenish stock, orders that start as soon as they may (those for what is late are
        drawn up before that which restores the safety stock), and those by quota, each in the lots of its own source.
        """
        site = _site(order)
        given = self.catalog.planning_parameters(order.item, site)
        begin = self.now if given is None else self.wishes.fence(given, site)
        lots = given is not None and given.lot_rule is LotRule.REPLENISH and given.maximum != 0 and not order.segment
        lots = lots or bool(self.catalog.quotas(order.item))
        if not lots and order.start > begin:
            return _good(order)
        due = max(order.due, self.now)
        alike = [one for one in self.plan.orders if (one.item, one.segment) == (order.item, order.segment)]
        same = [one for one in alike if max(one.due, self.now) == due]
        return sum((_good(one) for one in same if _site(one) == site and (lots or one.start <= begin)), Fraction(0))

    def _ahead_of_need(self, place: Place, flow: Flow) -> tuple[Flow, list[tuple[datetime, Fraction]]]:
        """Return what comes and what is wanted, when it should be there, and the safety stock by moment."""
        item, site, segment = self.catalog.item(place[0]), place[1], place[2]
        early = flow.when(self.wishes.wanted(item, site, flow.wanted))
        kept = [(self.now, Fraction(0))] if segment else self.wishes.kept(item, site, early.wanted)
        return early, kept

    def _has_co_products(self, order: PlannedMake) -> bool:
        bom = self.catalog.bom(order.item, max(order.start, self.now), site=order.site)
        return bom is not None and bool(bom.outputs)


def _open(calendar: Calendar, moment: datetime) -> bool:
    return moment in (calendar.previous_open(moment), calendar.next_open(moment))


def _site(order: PlannedOrder) -> str:
    return order.target if isinstance(order, PlannedMove) else order.site


def _good(order: PlannedOrder) -> Fraction:
    return Fraction(order.good) if isinstance(order, PlannedMake) else Fraction(order.quantity)
