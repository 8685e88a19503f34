"""What comes and what is wanted of each item over time, read off a plan and its snapshot."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from prodstock.calendars.zone import from_micros, micros
from prodstock.master.bom import with_groups
from prodstock.master.coefficient import started_per_good
from prodstock.master.order_line import order_lines
from prodstock.orders.demand import Demand, DemandKind, segment_of
from prodstock.orders.lifecycle import OrderState
from prodstock.orders.planned import PlannedMake, PlannedMove
from prodstock.orders.purchase import TransferOrder
from prodstock.planning.gather import Customers
from prodstock.quantities.rounding import Rounding, round_scaled
from prodstock.quantities.scaled import power_of_ten
from prodstock.stock.allocation import expiry, need_at
from prodstock.stock.status import Purpose

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from prodstock.master.bom import BillOfMaterial
    from prodstock.master.catalog import Catalog
    from prodstock.orders.planned import PlannedOrder
    from prodstock.orders.production import ProductionOrder
    from prodstock.orders.purchase import SupplyOrder
    from prodstock.planning.translations.planned import Planned
    from prodstock.stock.allocation import OpenLot

Place: TypeAlias = tuple[str, str]
"""An item at a site."""

OPENING, GROSS, SCHEDULED, PLANNED = range(4)
"""What an entry is: stock, a want, something that is on its way, something that the plan proposes."""

OVER = frozenset({OrderState.CLOSED, OrderState.CANCELLED, OrderState.COMPLETED})


class Entry(NamedTuple):
    """So many smallest steps of an item, and when."""

    at: int
    column: int
    quantity: int


class _Want(NamedTuple):
    at: int
    priority: int
    name: str
    asked: int
    rest: int
    forecast: bool


def counted_from(plan: Planned, lot: OpenLot, customers: Customers) -> int | None:
    """Return the moment from which a plan counts on a lot; None: not at all."""
    now = micros(plan.snapshot.at)
    if (lot.owner and not customers.may_take(lot)) or (lot.segment and plan.snapshot.catalog.item(lot.item).collective):
        return None
    state = lot.state
    usable = state.serves(Purpose.SALE) or state.serves(Purpose.PRODUCTION) or state.nettable
    if not usable or expiry(lot, plan.snapshot.catalog.zone(lot.site)) <= now:
        return None
    return now if lot.ready is None else max(now, micros(lot.ready))


def entries(plan: Planned) -> dict[Place, list[Entry]]:
    """Return all entries of each item at each site within the horizon, in no order. O(n log n) in what there is.

    Wants and receipts whose time has passed are entered now.
    """
    ledger = _Ledger(plan)
    for lot in plan.snapshot.lots:
        ledger.lot(lot)
    ledger.promises()
    for order in plan.snapshot.orders:
        if order.state not in OVER:
            ledger.launched(order)
    for planned in plan.orders:
        ledger.planned(planned)
    return ledger.found


class _Ledger:
    def __init__(self, plan: Planned) -> None:
        self.plan = plan
        self.catalog: Catalog = plan.snapshot.catalog
        self.now, self.until = micros(plan.snapshot.at), micros(plan.until)
        self.found: dict[Place, list[Entry]] = {}
        self.done = dict(plan.snapshot.done)
        self.customers = Customers(plan.snapshot)
        self.held: dict[tuple[str, str, int, str], int] = {}
        for one in plan.snapshot.held:
            key = (one.ref, one.item, -1 if one.line is None else one.line, one.site)
            self.held[key] = self.held.get(key, 0) + self.catalog.scaled(one.item, one.quantity)

    def enter(self, item: str, site: str, at: int, column: int, quantity: int) -> None:
        """Enter so much, unless it is nothing or beyond the horizon."""
        at = max(at, self.now)
        if quantity > 0 and at < max(self.until, self.now + 1):
            self.found.setdefault((item, site), []).append(Entry(at, column, quantity))

    def lot(self, lot: OpenLot) -> None:
        """Enter a lot as stock, or as coming if it is not ready yet."""
        at = counted_from(self.plan, lot, self.customers)
        if at is not None:
            column = OPENING if at <= self.now else SCHEDULED
            self.enter(lot.item, lot.site, at, column, self.catalog.scaled(lot.item, lot.free))

    def promises(self) -> None:
        """Enter demands, net of what is done, held, and consumed of forecasts; and what is on its way."""
        wants: dict[tuple[str, str, str], list[_Want]] = {}
        for promise in self.plan.snapshot.promises:
            if isinstance(promise, Demand):
                want = self._want(promise)
                whose = "" if self.catalog.item(promise.item).collective else segment_of(promise, want.name)
                wants.setdefault((promise.item, promise.site, whose), []).append(want)
            else:
                self._coming(promise)
        for (item, site, _), found in wants.items():
            for want in _net_of_forecast(sorted(found), self._window(), self.now):
                if want.at < self.until:
                    self.enter(item, site, want.at, GROSS, want.rest)

    def _window(self) -> int:
        window = self.plan.policy.forecast_window
        return (window.days * 86_400 + window.seconds) * 1_000_000 + window.microseconds

    def _want(self, demand: Demand) -> _Want:
        catalog = self.catalog
        item = catalog.item(demand.item)
        asked = round_scaled(catalog.base(item.code, demand.quantity), item.scale, Rounding.NEED)
        at = need_at(demand.due, catalog.zone(demand.site))
        name = demand.ref or f"{item.code} {catalog.day(from_micros(at), demand.site)}"
        rest = asked - self._done(demand.ref, item.code)
        rest -= self.held.pop((name, item.code, -1, demand.site), 0)
        return _Want(at, demand.priority, name, asked, rest, demand.kind is DemandKind.FORECAST)

    def _done(self, ref: str | None, item: str) -> int:
        done = self.done.get(ref or "")
        return 0 if done is None else self.catalog.scaled(item, done)

    def _coming(self, promise: SupplyOrder) -> None:
        item = self.catalog.item(promise.item)
        due = need_at(promise.due, self.catalog.zone(promise.site))
        quantity = round_scaled(self.catalog.base(item.code, promise.quantity), item.scale, Rounding.AVAILABILITY)
        quantity -= self._done(promise.ref, item.code)
        if isinstance(promise, TransferOrder) and due < self.until:
            self.enter(item.code, promise.source, due, GROSS, quantity)
        self.enter(item.code, promise.site, due, SCHEDULED, quantity)

    def launched(self, order: ProductionOrder) -> None:
        """Enter what a production order still brings, and what it still takes."""
        catalog = self.catalog
        item = catalog.item(order.item)
        rest = min(order.expected_good - order.good, order.quantity - order.good - order.scrapped)
        if rest > 0:
            due = micros(order.due)
            self.enter(item.code, order.site, due, SCHEDULED, catalog.scaled(item.code, rest))
            for output, ratio in order.outputs:
                other = catalog.item(output)
                much = round_scaled(ratio * catalog.base(item.code, rest), other.scale, Rounding.AVAILABILITY)
                self.enter(output, order.site, due, SCHEDULED, much)
        start = micros(order.start)
        for line in order.lines:
            need = catalog.scaled(line.item, line.need) - catalog.scaled(line.item, line.issued)
            need -= self._held_for(order, line.item, line.number, need)
            if start < self.until:
                self.enter(line.item, order.site, start, GROSS, need)

    def _held_for(self, order: ProductionOrder, item: str, line: int, open_need: int) -> int:
        held = self.held.pop((order.code, item, line, order.site), 0)
        some = (order.code, item, -1, order.site)
        if some in self.held:
            used = max(0, min(self.held[some], open_need - held))
            self.held[some] -= used
            held += used
        return held

    def planned(self, order: PlannedOrder) -> None:
        """Enter what a planned order brings, and what it takes."""
        quantity, due = self.catalog.scaled(order.item, order.quantity), micros(order.due)
        if isinstance(order, PlannedMove):
            self.enter(order.item, order.target, due, PLANNED, quantity)
            self.enter(order.item, order.source, micros(order.start), GROSS, quantity)
        elif isinstance(order, PlannedMake):
            self._make(order, due)
        else:
            self.enter(order.item, order.site, due, PLANNED, quantity)

    def _make(self, order: PlannedMake, due: int) -> None:
        catalog, site = self.catalog, order.site
        start = from_micros(max(micros(order.start), self.now))
        bom = catalog.bom(order.item, start, site=site, revision=order.revision or None)
        for item, much in outputs(catalog, order, bom):
            self.enter(item, site, due, PLANNED, much)
        if bom is not None:
            bom = with_groups(bom, order.groups, catalog.day(start, site)) if order.groups else bom
            for line in order_lines(
                catalog,
                bom,
                order.quantity,
                at=start,
                site=site,
                from_stock=dict(order.from_stock),
                options=order.options,
            ):
                self.enter(line.item, site, micros(start), GROSS, catalog.scaled(line.item, line.quantity))


def outputs(catalog: Catalog, order: PlannedMake, bom: BillOfMaterial | None) -> Iterator[tuple[str, int]]:
    """Yield what comes out of a planned order, in smallest steps: good ones of its item, then what falls off."""
    day = catalog.day(order.start, order.site)
    routing = catalog.routing(order.item, day, site=order.site)
    if bom is not None:
        per_good = started_per_good(bom, routing)
    else:
        per_good = Fraction(1) if routing is None else routing.input_per_good()
    exact = Fraction(order.quantity) / per_good
    good = catalog.scaled(order.item, order.good) if order.good else _whole(catalog, order.item, exact)
    yield order.item, good
    if bom is not None:
        for_quantity = catalog.base(order.item, bom.for_quantity)
        for output in bom.outputs:
            ratio = catalog.base(output.item, output.quantity) / for_quantity
            yield output.item, _whole(catalog, output.item, exact * ratio)


def _whole(catalog: Catalog, item: str, exact: Fraction) -> int:
    """Return the whole smallest steps in an exact amount, the rest left out."""
    steps = exact * power_of_ten(catalog.item(item).scale)
    return steps.numerator // steps.denominator


def _net_of_forecast(wants: list[_Want], window: int, now: int) -> Iterable[_Want]:
    """Return the wants, each forecast less the orders of up to a window after it, then before it, that consume it.

    An order consumes the latest forecast before it first, then the earliest after it; what is left of a forecast whose
    day has passed is gone.
    """
    forecasts = [place for place, want in enumerate(wants) if want.forecast]
    if not forecasts:
        return wants
    left = [want.rest for want in wants]
    for want in wants:
        if not want.forecast:
            rest = want.asked
            near = [place for place in reversed(forecasts) if want.at - window <= wants[place].at <= want.at]
            near += [place for place in forecasts if want.at < wants[place].at <= want.at + window]
            for place in near:
                used = min(rest, max(0, left[place]))
                left[place] -= used
                rest -= used
    kept = zip(wants, left, strict=True)
    return [want._replace(rest=rest) for want, rest in kept if not want.forecast or want.at >= now]
