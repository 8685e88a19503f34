"""A plan checked from what it says and what it was made from, by code that did not make it: plain and separate."""

from __future__ import annotations

from bisect import bisect_left
from datetime import date, datetime, timedelta
from fractions import Fraction
from math import ceil
from typing import TYPE_CHECKING

from prodstock.calendars.horizon import bucket_of
from prodstock.calendars.zone import end_of
from prodstock.master.bom import LineRole
from prodstock.master.item import Supply
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
from prodstock.planning.replaced import Replaced, with_its_groups
from prodstock.planning.verify_lives import too_old
from prodstock.planning.verify_order import OrderCheck, site_of
from prodstock.stock.status import Purpose

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from decimal import Decimal

    from prodstock.master.catalog import Catalog
    from prodstock.orders.planned import PlannedOrder
    from prodstock.orders.production import ProductionOrder
    from prodstock.planning.kernel import Place
    from prodstock.planning.plan import Plan
    from prodstock.planning.snapshot import Held
    from prodstock.quantities.quantity import Exact
    from prodstock.stock.allocation import OpenLot

ZERO = timedelta()


def verify(plan: Plan) -> None:
    """Check a plan.

    - Every order has its own code, a source that is valid on the day it starts, the options of whom it is made for, and
      a size its lot rules allow; none that is new starts before the planning time fence ends.
    - For each item at each site and whose stock it is, served in the order of time by what is there by then, a hard
      safety time before, and has not expired: what is wanted is there, or a shortage says that it is not.
    - What is wanted of a revision is there of that revision, or a shortage says that it is not.
    - What a demand gets is good as long as it asks, down to the parts that limit the life of what is made.
    - What stands in for a line may do so on that day, in its ratio, and for no more than the line needs; unconstrained,
      what has a share of it stands in for that share. A group of substitutes takes the place of all that it replaces.
    - Unconstrained, no order of an item that does not expire could be left out. Constrained, none starts before now,
      and no supplier delivers more in a period than it can.

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
        self.rules = OrderCheck(plan.snapshot)
        self.wishes = self.rules.wishes
        self.flows: dict[Place, Flow] = {}
        self.revised = Revised(plan.snapshot.promises)
        self.customers: dict[str, set[str | None]] = {}
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
            self.rules.broken("planned codes are unique", f"{len(codes) - len(set(codes))} stand twice")
        for order in self.plan.orders:
            self.rules.check(order)
        self._stock()
        self._promises()
        for launched in self.plan.snapshot.orders:
            self._launched(launched)
        for order in self.plan.orders:
            self._effect(order)
        short: dict[tuple[str, str], Fraction] = {}
        self._fitting()
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
                self.rules.broken(
                    "what is wanted is there or said to be short", f"{missing} {item} lack, {said} are said to"
                )
        if self.plan.policy.mode is Mode.CONSTRAINED:
            self._nothing_before_now()
            self._deliveries()
        else:
            self._nothing_idle()
            for item, site in sorted({(item, site) for item, site, _ in self.flows}):
                self._quota(item, site)

    def _fitting(self) -> None:
        for ref, peg, end in too_old(self.plan):
            state = f"{peg.quantity:f} {peg.item} for {ref} of {peg.supply}, good until {end}"
            self.rules.broken("goods are good as long as is asked for", state)
        for item, revision, missing in self.revised.missing(self.now):
            said = sum((Fraction(one.quantity) for one in self.plan.shortages if one.item == item), Fraction(0))
            if missing > said:
                state = f"{missing} {item} of revision {revision} lack, {said} are said to"
                self.rules.broken("goods are of the revision that is asked for", state)

    def flow(self, item: str, site: str, segment: str) -> Flow:
        """Return what comes and is wanted of a stock."""
        return self.flows.setdefault(self._place(item, site, segment), Flow())

    def _place(self, item: str, site: str, segment: str) -> Place:
        """Return which stock is meant: of what is planned for all alike there is free stock only."""
        return item, site, "" if segment and self.catalog.item(item).collective else segment

    # What comes and what is wanted

    def _stock(self) -> None:
        for one in self.plan.snapshot.promises:
            if isinstance(one, Demand):
                self.customers.setdefault(self.rules.segment(one), set()).add(one.customer)
        for lot in self.plan.snapshot.lots:
            serves = lot.state.serves(Purpose.SALE) or lot.state.serves(Purpose.PRODUCTION)
            if serves or lot.state.nettable:
                at = self.now if lot.ready is None else max(self.now, lot.ready)
                if not serves and lot.ready is None:
                    at = max(at, self.rules.usable(lot.item, lot.site, lot.received))
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

    def _promises(self) -> None:
        done = dict(self.plan.snapshot.done)
        demands: list[tuple[Demand, datetime, Fraction]] = []
        for one in self.plan.snapshot.promises:
            amount = self.catalog.base(one.item, one.quantity)
            if one.ref in done:
                amount -= self.catalog.base(one.item, done[one.ref])
            at = self.rules.last(one.due, one.site)
            if not isinstance(one, Demand):
                if amount > 0:
                    came = max(at, self.now)
                    ready = self.rules.usable(one.item, one.site, came) if isinstance(one, PurchaseOrder) else came
                    made = None if isinstance(one, PurchaseOrder) else ""
                    self._come(one.item, (one.site, one.segment), ready, amount, ready - came, made)
                    if isinstance(one, TransferOrder) and at < self.plan.until:
                        self._leave(one, at, amount)
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
                    self._kit(demand, at, amount, dict(self.plan.from_stock(demand)))
                else:
                    place = self._place(demand.item, demand.site, self.rules.segment(demand))
                    self.flow(*place).want(at, amount, demand.minimum_life, demand.customer)
                    self.revised.want(demand, place, at, amount)

    def _leave(self, order: TransferOrder, at: datetime, amount: Fraction) -> None:
        """Want what a transfer takes at its source: of a phantom its stock and the parts of the rest."""
        if self.catalog.item(order.item).supply is not Supply.PHANTOM:
            self.flow(order.item, order.source, order.segment).want(at, amount)
            return
        wanted = Demand(order.item, decimal_of(amount), due=order.due, site=order.source, ref=order.ref)
        self._kit(wanted, at, amount, dict(self.plan.from_stock(order)))

    def _kit(self, demand: Demand, at: datetime, amount: Fraction, taken: dict[str, Decimal]) -> None:
        """Want what a demand for a phantom takes: its stock as the plan says, and the parts of the rest.

        Constrained, it gets its least shipment, be it more than it wants, or nothing of it.
        """
        own = Fraction(taken.pop(demand.item, 0))
        said = [one for one in self.plan.shortages if one.item == demand.item and demand.ref in one.delays]
        if self.plan.policy.mode is Mode.CONSTRAINED and all(one.covered is not None for one in said):
            amount = max(amount, self.catalog.base(demand.item, demand.minimum_shipment))
        rest = amount - own - sum(Fraction(one.quantity) for one in said if one.covered is None)
        at = max([at, *(one.covered for one in said if one.covered is not None)])
        segment = self.rules.segment(demand)
        life = demand.minimum_life
        self.flow(demand.item, demand.site, segment).want(at, own, life, demand.customer)
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
                flow.want(at, Fraction(line.quantity), life, demand.customer)

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
        return self._place(demand.item, demand.site, self.rules.segment(demand))

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

    def _made(self, order: PlannedMake, good: Fraction, aged: timedelta) -> Fraction:
        day = max(order.start, self.now)
        if not order.revision and self.catalog.bom(order.item, day, site=order.site) is None:
            return good or Fraction(order.quantity)
        bom = self.catalog.bom(order.item, day, site=order.site, revision=order.revision or None)
        if bom is None:
            return good
        options = self.rules.chosen(order) | dict(order.options)
        bom = with_its_groups(self, order, bom, day, options)
        routing = self.catalog.routing(order.item, day, site=order.site)
        expected = expected_good(bom, order.quantity, routing=routing)
        for_quantity = self.catalog.base(bom.item, bom.for_quantity)
        for output in bom.outputs:
            ratio = self.catalog.base(output.item, output.quantity) / for_quantity
            self._come(output.item, (order.site, order.segment), order.due, expected * ratio, aged)
            self.flow(output.item, order.site, order.segment).beside = True
        stock: Mapping[str, Exact] = self.plan.from_stock(order)
        replaced = Replaced(self, order)
        for line in order_lines(
            self.catalog, bom, order.quantity, at=day, site=order.site, from_stock=stock, options=options
        ):
            if line.role is not LineRole.REWORK:
                valid = [one for one in line.substitutes if one.effective_on(self.rules.on(day, order.site))]
                replaced.add(line.item, Fraction(line.quantity), [(one.item, Fraction(one.ratio)) for one in valid])
                replaced.share(line.item, Fraction(line.quantity), valid)
        replaced.finish()
        return good or expected

    def _nothing_before_now(self) -> None:
        for order in self.plan.orders:
            if order.code not in self.rules.firm and order.start < self.now:
                self.rules.broken("nothing starts before now", repr(order))

    def _deliveries(self) -> None:
        """Refuse orders for more than a supplier delivers in a period, with what was ordered before."""
        done = dict(self.plan.snapshot.done)
        coming: dict[tuple[str, str, str, date], Fraction] = {}
        for one in self.plan.snapshot.promises:
            if isinstance(one, PurchaseOrder):
                base = self.catalog.base(one.item, one.quantity) - self.catalog.base(
                    one.item, done.get(one.ref or "", 0)
                )
                self._comes_in(coming, one, self.rules.last(one.due, one.site), max(base, Fraction(0)))
        bought = [one for one in self.plan.orders if isinstance(one, PlannedBuy)]
        for order in sorted(bought, key=lambda one: one.code not in self.rules.firm):
            capacity = self._comes_in(coming, order, order.receive or order.due, Fraction(order.quantity))
            if capacity and order.code not in self.rules.firm:
                self.rules.broken("suppliers deliver no more than they can", f"{order!r}, {capacity}")

    def _comes_in(
        self,
        coming: dict[tuple[str, str, str, date], Fraction],
        order: PurchaseOrder | PlannedBuy,
        at: datetime,
        amount: Fraction,
    ) -> Exact | None:
        """Add what comes in to its period; return what the supplier delivers in one where it is more than that."""
        for terms in self.catalog.sourcings(order.item, order.site):
            if terms.supplier == order.supplier:
                if terms.capacity is None:
                    return None
                first, _ = bucket_of(self.rules.on(max(at, self.now), order.site), terms.capacity_per)
                period = order.item, order.supplier, terms.site or "", first
                coming[period] = coming.get(period, Fraction(0)) + amount
                return terms.capacity if coming[period] > self.catalog.base(order.item, terms.capacity) else None
        return None

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
                self.rules.broken("an order goes to the lowest quota rating", f"{item} at {site}, {share!r}")

    def _sources(self, item: str, site: str) -> Iterator[tuple[tuple[str, str], Fraction, datetime | None]]:
        """Yield what comes from each source, and when it is due if the plan proposes it: lots are due together.

        What may be ordered sooner, so that its supplier has a minimum value, counts as due now, all of it together.
        """
        for one in self.plan.snapshot.promises:
            if not isinstance(one, Demand) and (one.item, one.site) == (item, site):
                way = ("move", one.source) if isinstance(one, TransferOrder) else ("buy", one.supplier)
                yield way, self.catalog.base(item, one.quantity), None
        for order in self.plan.orders:
            due = None if order.code in self.rules.firm else order.due
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
            if order.code in self.rules.firm:
                continue
            place = self._place(order.item, site_of(order), order.segment)
            flow = self.flows[place]
            beside = isinstance(order, PlannedMake) and self._has_co_products(order)
            covered = flow.replaced and self.wishes.covers(order.item, site_of(order)) and not place[2]
            unlike = place[0] in self.revised.items or beside or flow.beside or flow.theirs or covered
            if unlike or any(expires is not None for _, expires, _ in flow.comes):
                continue
            if place not in balances:
                balances[place] = lowest_from(*self._ahead_of_need(place, flow), self.now)
            moments, lowest = balances[place]
            good = self._together(order)
            if good and lowest[bisect_left(moments, max(order.due, self.now))] >= good:
                self.rules.broken("no order could be left out", repr(order))

    def _together(self, order: PlannedOrder) -> Fraction:
        """Return what an order brings, with those that come together with it for one need.

        Such are several lots that replenish stock, orders that start as soon as they may (those for what is late are
        drawn up before that which restores the safety stock), and those by quota, each in the lots of its own source.
        """
        site = site_of(order)
        given = self.catalog.planning_parameters(order.item, site)
        begin = self.now if given is None else self.wishes.fence(given, site)
        lots = given is not None and given.lot_rule is LotRule.REPLENISH and given.maximum != 0 and not order.segment
        lots = lots or bool(self.catalog.quotas(order.item))
        if not lots and order.start > begin:
            return _good(order)
        due = max(order.due, self.now)
        alike = [one for one in self.plan.orders if (one.item, one.segment) == (order.item, order.segment)]
        same = [one for one in alike if max(one.due, self.now) == due]
        return sum((_good(one) for one in same if site_of(one) == site and (lots or one.start <= begin)), Fraction(0))

    def _ahead_of_need(self, place: Place, flow: Flow) -> tuple[Flow, list[tuple[datetime, Fraction]]]:
        """Return what comes and what is wanted, when it should be there, and the safety stock by moment."""
        item, site, segment = self.catalog.item(place[0]), place[1], place[2]
        early = flow.when(self.wishes.wanted(item, site, flow.wanted))
        kept = [(self.now, Fraction(0))] if segment else self.wishes.kept(item, site, early.wanted)
        return early, kept

    def _has_co_products(self, order: PlannedMake) -> bool:
        bom = self.catalog.bom(order.item, max(order.start, self.now), site=order.site)
        return bom is not None and bool(bom.outputs)


def _good(order: PlannedOrder) -> Fraction:
    return Fraction(order.good) if isinstance(order, PlannedMake) else Fraction(order.quantity)
