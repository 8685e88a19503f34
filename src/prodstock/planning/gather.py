"""A snapshot turned into wants and supplies by item and site: whole numbers, instants, nothing twice."""

from __future__ import annotations

from datetime import datetime
from operator import attrgetter
from typing import TYPE_CHECKING, NamedTuple

from prodstock._render import shown
from prodstock._uncollected import uncollected
from prodstock.calendars.zone import micros
from prodstock.errors import AmbiguousCode, Finding, InvalidData, InvalidValueError, UnknownCode
from prodstock.master.codes import set_aside_for
from prodstock.master.quality_state import state_code
from prodstock.orders.demand import Demand, DemandKind, known_revision, segment_of
from prodstock.orders.lifecycle import OrderState
from prodstock.orders.owed import open_needs
from prodstock.orders.planned import PlannedMake, PlannedMove
from prodstock.orders.purchase import PurchaseOrder, TransferOrder
from prodstock.planning.handling import Handling, apart
from prodstock.planning.kernel import (
    EXPECTED_STOCK,
    PRODUCTION,
    PURCHASE,
    STOCK,
    TRANSFER,
    Asked,
    DeliveryTerms,
    Place,
    Real,
)
from prodstock.planning.options import option_findings
from prodstock.planning.sources import Sources
from prodstock.planning.ways import MICROSECOND
from prodstock.quantities.quantity import Quantity
from prodstock.quantities.rounding import Rounding, round_scaled
from prodstock.stock.allocation import expiry, need_at
from prodstock.stock.lot import NEVER
from prodstock.stock.status import Purpose, Release
from prodstock.tables import Table

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

    from prodstock.calendars.span import Moment, Span
    from prodstock.master.catalog import Catalog
    from prodstock.master.choices import Choices
    from prodstock.master.item import Item
    from prodstock.master.quality_state import Quality, QualityState
    from prodstock.orders.planned import PlannedOrder
    from prodstock.orders.production import ProductionOrder
    from prodstock.orders.purchase import Promise, SupplyOrder
    from prodstock.planning.lead_time import LeadTimes
    from prodstock.planning.policy import PlanningPolicy
    from prodstock.planning.snapshot import Snapshot
    from prodstock.quantities.quantity import Exact
    from prodstock.stock.allocation import OpenLot

_Row = tuple[str, int, str, "Exact", tuple[str, ...]]
"""Of a snapshot: the table, the number of the row, its item, its quantity, its sites."""

_OVER = frozenset({OrderState.CLOSED, OrderState.CANCELLED})


class Gathered:
    """What a snapshot holds, by item, site and whose stock it is.

    `excluded` are lots that may not be counted, by item and site, with the reason. `owned` is whether some that may be
    counted belongs to a customer.
    """

    def __init__(self, snapshot: Snapshot, times: LeadTimes, policy: PlanningPolicy, until: datetime) -> None:
        self.catalog: Catalog = snapshot.catalog
        self.times = times
        self.now: int = micros(snapshot.at)
        self.until: int = micros(until)
        self.asked: list[Asked] = []
        self.supplies: dict[Place, list[Real]] = {}
        self._ends: dict[tuple[date, str], int] = {}
        self._states: dict[tuple[Quality | QualityState, Release], tuple[bool, bool, bool]] = {}
        self._planned: frozenset[str] = snapshot.catalog.derived(Sources).planned
        self._handlings: dict[tuple[str, str, bool], Handling | None] = {}
        self.excluded: dict[tuple[str, str], list[tuple[OpenLot, str]]] = {}
        self.owned: bool = False
        self._customers: Customers = Customers(snapshot)
        self.done: dict[str, Exact] = _done(snapshot)
        self.held: dict[tuple[str, str, int, str], int] = _held(snapshot)
        self._optional: bool = bool(snapshot.catalog.options)
        self._chosen: dict[str, Choices] = {}
        self.choices: dict[str, Choices] = {}
        """What is not usual of the options that the demands made to order have chosen, by their segments."""
        self.refs: dict[str, int] = {
            one.ref: one.priority for one in snapshot.promises if isinstance(one, Demand) and one.ref
        }
        self.expected: tuple[SupplyOrder, ...] = tuple(p for p in snapshot.promises if not isinstance(p, Demand))
        self.launched: tuple[ProductionOrder, ...] = snapshot.orders
        for firm in snapshot.firm:
            if isinstance(firm, PlannedMake):
                self.catalog.chosen(firm.options)
        for lot in snapshot.lots:
            self._lot(lot)
        wants: list[Asked] = []
        for promise in snapshot.promises:
            if isinstance(promise, Demand):
                wants.append(self._demand(promise))
            else:
                self._expected(promise)
        left = self._net_of_forecasts(wants, policy)
        self.asked += [want for want in left if want.quantity > 0 and want.at < self.until]
        for order in snapshot.orders:
            if order.state not in _OVER:
                self._order(order)
        self.asked.sort(key=_first)
        self.terms: dict[int, DeliveryTerms] = {}
        for number, asked in enumerate(self.asked):
            if isinstance(asked.origin, Demand) and (
                asked.origin.minimum_shipment or asked.origin.maximum_lateness is not None
            ):
                self.terms[number] = self._terms(asked, asked.origin)

    def handling(self, item: str, site: str, segment: str = "") -> Handling | None:
        """Return how an item is planned at a site for a segment; None: nobody says.

        What is kept or ordered for needs not known yet is free stock: for a project or a demand made to order there is
        no safety stock, and what is missing is ordered as it is, in the lots that are allowed.
        """
        if item not in self._planned:
            return None
        place = (item, site, bool(segment))
        if place not in self._handlings:
            given = self.catalog.planning_parameters(item, site)
            if given is not None and segment:
                given = apart(given)
            made = self.catalog.item(item)
            found = None if given is None else Handling(given, made, site, self.catalog, self.times, self.now)
            self._handlings[place] = found
        return self._handlings[place]

    def _net_of_forecasts(self, wants: list[Asked], policy: PlanningPolicy) -> list[Asked]:
        """Return the wants of demands, forecasts reduced by the orders that consume them."""
        places = {want.place for want in wants if _is_forecast(want)}
        if not places:
            return wants
        forecast: dict[Place, list[Asked]] = {place: [] for place in places}
        left: list[Asked] = []
        for want in wants:
            forecast.get(want.place, left).append(want)
        for place, found in forecast.items():
            left += _net_of_forecast(found, self._windows(place[0], place[1], policy))
        return left

    def _windows(self, item: str, site: str, policy: PlanningPolicy) -> Windows:
        """Return how orders consume the forecasts of an item at a site, and from when on the rest of them counts."""
        given = self.catalog.planning_parameters(item, site) if item in self._planned else None
        if given is None:
            return Windows(self.times, site, policy.forecast_window, policy.forecast_window, self.now)
        back, ahead, fence = given.forecast_backward, given.forecast_forward, given.demand_time_fence
        return Windows(
            self.times,
            site,
            policy.forecast_window if back is None else back,
            policy.forecast_window if ahead is None else ahead,
            self.now if fence is None else self.times.shift_at(site, self.now, fence, back=False),
        )

    def arrives(self, item: Item, at: int) -> int:
        """Return when goods that arrive at a moment expire."""
        return NEVER if item.shelf_life is None else at + item.shelf_life // MICROSECOND

    def add(self, place: Place, supply: Real) -> None:
        """Add a supply that is expected."""
        self.supplies.setdefault(place, []).append(supply)

    def place(self, item: Item, site: str, segment: str) -> Place:
        """Return where an item is netted for a segment: what is planned for all alike with all else."""
        if not segment or item.collective:
            return item.code, site, ""
        return item.code, site, segment

    def _terms(self, asked: Asked, demand: Demand) -> DeliveryTerms:
        late = demand.maximum_lateness
        latest = None if late is None else asked.at + late // MICROSECOND
        item = self.catalog.item(demand.item)
        least = round_scaled(self.catalog.base(item.code, demand.minimum_shipment), item.scale, Rounding.NEED)
        return DeliveryTerms(latest, least)

    def _steps(self, item: Item, quantity: Exact, rounding: Rounding) -> int:
        """Return a quantity in the smallest steps of its item; a plain number counts base units."""
        if isinstance(quantity, Quantity):
            return round_scaled(self.catalog.base(item.code, quantity), item.scale, rounding)
        return round_scaled(quantity, item.scale, rounding)

    def _lot(self, lot: OpenLot) -> None:
        item = self.catalog.item(lot.item)
        free = self.catalog.scaled(item.code, lot.free, field="free")
        place = (item.code, lot.site)
        if not free:
            return
        if lot.segment and item.collective:
            reason = f"set aside for {set_aside_for(lot.segment)}, and planned for all alike"
            self.excluded.setdefault(place, []).append((lot, reason))
            return
        if lot.owner and not self._customers.may_take(lot):
            self.excluded.setdefault(place, []).append((lot, f"owned by {lot.owner}"))
            return
        sale, production, nettable = self._uses(lot)
        if not nettable:
            self.excluded.setdefault(place, []).append((lot, state_code(lot.quality)))
            return
        expires = NEVER if lot.expires is None else expiry(lot, self.times.zone(lot.site))
        if expires <= self.now:
            self.excluded.setdefault(place, []).append((lot, "expired"))
            return
        hopeful = not (sale or production)
        at, received = self.now, micros(lot.received)
        if lot.ready is not None:
            at = max(at, micros(lot.ready))
        elif hopeful:
            at = max(at, self.times.usable(received, lot.site, item.inspection_time))
        kind = EXPECTED_STOCK if hopeful or at > self.now else STOCK
        label = lot.label if not hopeful else f"{lot.label} ({_waits(lot)})"
        supply = Real(kind, label, free, at, received=received, expires=expires)
        if not hopeful:
            supply.sale, supply.production = sale, production
        if lot.owner and not lot.segment:
            supply.owner, self.owned = lot.owner, True
        supply.revision = lot.revision
        self.add((item.code, lot.site, lot.segment), supply)

    def _uses(self, lot: OpenLot) -> tuple[bool, bool, bool]:
        """Return whether a lot may be sold, used in production, and planned with."""
        key = (lot.quality, lot.release)
        found = self._states.get(key)
        if found is None:
            state = lot.state
            sale, production = state.serves(Purpose.SALE), state.serves(Purpose.PRODUCTION)
            found = self._states[key] = (sale, production, sale or production or state.nettable)
        return found

    def _demand(self, demand: Demand) -> Asked:
        item = self.catalog.item(demand.item)
        asked = self._steps(item, demand.quantity, Rounding.NEED)
        at = self._need(demand.due, demand.site)
        name = demand.ref or f"{item.code} {self.times.day(at, demand.site)}"
        apart = demand.to_order or demand.project is not None
        place = (item.code, demand.site, "")
        if apart:
            segment = segment_of(demand, name)
            place = self.place(item, demand.site, segment)
            if self._optional:
                self._choose(demand, segment)
        want = Asked(at, demand.priority, name, asked, (name,), demand, place)
        done = self.done.get(demand.ref or "")
        if done is not None:
            want.quantity -= self.catalog.scaled(item.code, done, field="done")
        if self.held:
            want.quantity -= self.held.pop((name, item.code, -1, demand.site), 0)
        if demand.minimum_life:
            want.life = demand.minimum_life // MICROSECOND
        want.sale = True
        if demand.revision:
            want.revision = known_revision(self.catalog, demand)
        return want

    def _choose(self, demand: Demand, segment: str) -> None:
        """Note with which options is made what is made for a demand.

        Raises:
            InvalidData: if another one, without a code of its own, wants it otherwise.
        """
        chosen = self.catalog.chosen(demand.options)
        self.catalog.variants.refuse_unfit(chosen, given=chosen if demand.options else {})
        unusual = self.catalog.variants.unusual(chosen)
        if self._chosen.setdefault(segment, unusual) != unusual:
            message = (
                f"{demand.item} due {shown(demand.due)} is wanted with several options by demands that share its stock"
            )
            found = Finding("promises", None, "options", "ambiguous", message, "Give each demand its own ref")
            raise InvalidData(findings=[found])
        if unusual:
            self.choices[segment] = unusual

    def options_by(self, order: PlannedMake) -> Choices:
        """Return what is not usual of the options with which a settled order is made: its own, else its demand's."""
        wanted = dict(self.choices.get(order.segment, ()))
        if not wanted and not order.options:
            return ()
        return self.catalog.variants.unusual(self.catalog.chosen(wanted | dict(order.options)))

    def _need(self, due: Moment, site: str) -> int:
        """Return the last instant of a need: most are dates, and many the same."""
        if isinstance(due, datetime):
            return micros(due)
        found = self._ends.get((due, site))
        if found is None:
            found = self._ends[due, site] = need_at(due, self.times.zone(site))
        return found

    def _expected(self, promise: SupplyOrder) -> None:
        item = self.catalog.item(promise.item)
        due = need_at(promise.due, self.times.zone(promise.site))
        asked = quantity = self._steps(item, promise.quantity, Rounding.AVAILABILITY)
        done = self.done.get(promise.ref or "")
        if done is not None:
            quantity -= self.catalog.scaled(item.code, done, field="done")
        if quantity <= 0:
            return
        if isinstance(promise, TransferOrder) and due < self.until:
            name = promise.ref or f"{TRANSFER} of {item.code}"
            place = self.place(item, promise.source, promise.segment)
            leaves = Asked(due, 0, name, asked, (name,), promise, place)
            leaves.quantity = quantity
            self.asked.append(leaves)
        kind = PURCHASE if isinstance(promise, PurchaseOrder) else TRANSFER
        place = self.place(item, promise.site, promise.segment)
        revision = None if kind == PURCHASE else ""
        self._receipt(item, place, kind, promise.ref or f"{kind} of {item.code}", quantity, due, revision)

    def _receipt(  # what a receipt is
        self, item: Item, place: Place, kind: str, label: str, quantity: int, due: int, revision: str | None = ""
    ) -> None:
        came = max(due, self.now)
        at = self.times.usable(came, place[1], item.inspection_time) if kind == PURCHASE else came
        supply = Real(kind, label, quantity, at, received=at, expires=self.arrives(item, came))
        supply.due = due
        supply.revision = revision
        self.add(place, supply)

    def _order(self, order: ProductionOrder) -> None:
        item = self.catalog.item(order.item)
        rest = min(order.expected_good - order.good, order.quantity - order.good - order.scrapped)
        if rest > 0 and order.state is not OrderState.COMPLETED:
            good = self.catalog.scaled(item.code, rest)
            place = self.place(item, order.site, order.segment)
            self._receipt(item, place, PRODUCTION, order.code, good, micros(order.due), order.revision)
            for output, ratio in order.outputs:
                other = self.catalog.item(output)
                much = round_scaled(ratio * self.catalog.base(item.code, rest), other.scale, Rounding.AVAILABILITY)
                if much:
                    beside = self.place(other, order.site, order.segment)
                    self._receipt(other, beside, PRODUCTION, order.code, much, micros(order.due))
        self._lines(order)

    def _lines(self, order: ProductionOrder) -> None:
        """Want what an order still takes: of one that is completed, the packaging that it owes."""
        owes = open_needs(order, self.catalog) if order.state is OrderState.COMPLETED else ()
        priority = min((self.refs[ref] for ref in order.serves if ref in self.refs), default=0)
        at = micros(order.start)
        for line in order.lines:
            item = self.catalog.item(line.item)
            need = self.catalog.scaled(item.code, line.need)
            serves = order.serves or (order.code,)
            want = Asked(at, priority, order.code, need, serves, order, self.place(item, order.site, order.segment))
            want.substitutes = line.substitutes
            want.quantity = owes[line.number] if owes else need - self.catalog.scaled(item.code, line.issued)
            want.quantity -= self._held_for(order, item.code, line.number, want.quantity)
            if want.quantity > 0 and at < self.until:
                self.asked.append(want)

    def _held_for(self, order: ProductionOrder, item: str, line: int, open_need: int) -> int:
        held = self.held.pop((order.code, item, line, order.site), 0)
        some = (order.code, item, -1, order.site)
        if some in self.held:
            used = max(0, min(self.held[some], open_need - held))
            self.held[some] -= used
            held += used
        return held


class Customers:
    """Who may take what belongs to a customer."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self._of: dict[str | tuple[str, str], set[str | None]] = {}

    def may_take(self, lot: OpenLot) -> bool:
        """Tell whether somebody may: of a free lot, its owner's demands; of a segment's, if all are its owner's."""
        if not self._of:
            self._look()
        if lot.segment:
            return self._of.get(lot.segment) == {lot.owner}
        return lot.owner in self._of.get((lot.item, lot.site), ())

    def _look(self) -> None:
        for one in self._snapshot.promises:
            if isinstance(one, Demand):
                segment = segment_of(one, one.ref or "")
                self._of.setdefault(segment or (one.item, one.site), set()).add(one.customer)


_first = attrgetter("at", "priority", "name", "place", "life", "revision", "quantity")
"""The order in which wants from outside are served and numbered."""


def _waits(lot: OpenLot) -> str:
    waiting = lot.release is Release.AWAITING and state_code(lot.quality) == "approved"
    return "awaiting release" if waiting else state_code(lot.quality)


def _done(snapshot: Snapshot) -> dict[str, Exact]:
    found = dict(snapshot.done)
    if found:
        refs = [one.ref for one in snapshot.promises if one.ref in found]
        for ref in sorted(found):
            if refs.count(ref) > 1:
                fitting = tuple(f"{one.item} at {one.site}" for one in snapshot.promises if one.ref == ref)
                raise AmbiguousCode(given=ref, candidates=tuple(sorted(fitting)))
    return found


def _held(snapshot: Snapshot) -> dict[tuple[str, str, int, str], int]:
    held: dict[tuple[str, str, int, str], int] = {}
    for one in snapshot.held:
        key = (one.ref, one.item, -1 if one.line is None else one.line, one.site)
        held[key] = held.get(key, 0) + snapshot.catalog.scaled(one.item, one.quantity)
    return held


class Windows(NamedTuple):
    """How far an order reaches for forecasts at a site, back and ahead, and from when on the rest of them counts."""

    times: LeadTimes
    site: str
    back: Span
    ahead: Span
    since: int

    def first(self, at: int) -> int:
        """Return the first moment of which a forecast is consumed by an order due at a moment."""
        return self.times.shift_at(self.site, at, self.back, back=True)

    def last(self, at: int) -> int:
        """Return the last moment of which a forecast is consumed by an order due at a moment."""
        return self.times.shift_at(self.site, at, self.ahead, back=False)


def _net_of_forecast(wants: list[Asked], windows: Windows) -> Iterable[Asked]:
    """Yield the wants with each forecast reduced by the orders that consume it.

    An order consumes forecasts of its item, site and project due up to a window before it, the latest first, then those
    up to a window after it, the earliest first. What is left of a forecast whose day has passed, or that is due within
    the demand time fence, is gone.
    """
    wants.sort(key=_first)
    forecasts = [want for want in wants if _is_forecast(want)]
    for want in wants:
        if not _is_forecast(want):
            rest = want.asked
            first, last = windows.first(want.at), windows.last(want.at)
            before = [one for one in reversed(forecasts) if first <= one.at <= want.at]
            after = [one for one in forecasts if want.at < one.at <= last]
            for one in (*before, *after):
                used = min(rest, max(0, one.quantity))
                one.quantity -= used
                rest -= used
    return [want for want in wants if not _is_forecast(want) or want.at >= windows.since]


def _is_forecast(want: Asked) -> bool:
    return isinstance(want.origin, Demand) and want.origin.kind is DemandKind.FORECAST


@uncollected()
def gather(snapshot: Snapshot, times: LeadTimes, policy: PlanningPolicy, until: datetime) -> Gathered:
    """Return what a snapshot holds.

    Raises:
        InvalidData: if it names what its catalog does not have, or counts more finely than an item is counted: with
            every such row.
    """
    if not _findings(snapshot, _few(snapshot)):
        try:
            return Gathered(snapshot, times, policy, until)
        except (UnknownCode, InvalidValueError):
            if not _all_findings(snapshot):
                raise
    raise InvalidData(findings=Table(_all_findings(snapshot)))


def _all_findings(snapshot: Snapshot) -> list[Finding]:
    return [*_findings(snapshot, _all(snapshot)), *option_findings(snapshot), *_revisions(snapshot)]


def _findings(snapshot: Snapshot, rows: Iterable[_Row]) -> list[Finding]:
    known, sites = snapshot.catalog, {site.code for site in snapshot.catalog.sites}
    found: list[Finding] = []
    for table, number, item, quantity, places in rows:
        try:
            if table == "promises" and not isinstance(quantity, Quantity):
                known.item(item)
            elif table == "promises":
                known.base(item, quantity)
            else:
                known.scaled(item, quantity)
        except (UnknownCode, InvalidValueError) as error:
            field = "item" if isinstance(error, UnknownCode) else "quantity"
            found.append(Finding(table, number, field, error.code, error.message, error.hint))
        found += [
            Finding(table, number, "site", "unknown-code", f"unknown site {site!r}", "Define it in the catalog")
            for site in places
            if site not in sites
        ]
    return found


def _revisions(snapshot: Snapshot) -> Iterator[Finding]:
    """Yield the demands that ask for a revision that there is none of."""
    for number, promise in enumerate(snapshot.promises, 1):
        if isinstance(promise, Demand) and promise.revision:
            try:
                known_revision(snapshot.catalog, promise)
            except (UnknownCode, InvalidValueError) as error:
                if isinstance(error, UnknownCode) and error.kind == "item":
                    continue
                yield Finding("promises", number, "revision", error.code, error.message, error.hint)


def _all(snapshot: Snapshot) -> Iterator[_Row]:
    for number, lot in enumerate(snapshot.lots, 1):
        yield "lots", number, lot.item, lot.free, (lot.site,)
    for number, promise in enumerate(snapshot.promises, 1):
        yield "promises", number, promise.item, promise.quantity, _sites(promise)
    yield from _few(snapshot)


def _few(snapshot: Snapshot) -> Iterator[_Row]:
    """Yield the rows of which gathering does not look at everything; of lots and demands it does."""
    for number, order in enumerate(snapshot.orders, 1):
        yield "orders", number, order.item, order.quantity, (order.site,)
    for number, held in enumerate(snapshot.held, 1):
        yield "held", number, held.item, held.quantity, (held.site,)
    for number, firm in enumerate(snapshot.firm, 1):
        yield "firm", number, firm.item, firm.quantity, _sites(firm)


def _sites(row: Promise | PlannedOrder) -> tuple[str, ...]:
    if isinstance(row, TransferOrder | PlannedMove):
        return row.source, row.target
    return (row.site,)
