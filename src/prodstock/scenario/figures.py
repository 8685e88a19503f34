"""What a plan means, in figures that two plans can be compared by. Reads only what every plan answers."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from prodstock.calendars.zone import micros
from prodstock.master.ratio import decimal_of
from prodstock.orders.demand import Demand, DemandKind
from prodstock.orders.planned import PlannedBuy, PlannedMake, PlannedMove
from prodstock.planning.translations.prices import unit_price
from prodstock.quantities.money import Money
from prodstock.stock.allocation import need_at

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from prodstock.master.catalog import Catalog
    from prodstock.orders.planned import PlannedOrder
    from prodstock.planning.plan import Plan
    from prodstock.planning.shortages import Shortage

_KINDS = {PlannedMake: "make", PlannedBuy: "buy", PlannedMove: "move"}
_DAY = timedelta(days=1)
_HOUR = timedelta(hours=1) // timedelta(microseconds=1)


class Service(NamedTuple):
    """How a demand fares: so many days late, or so much of it never comes; or it is due beyond the horizon."""

    item: str
    days: int = 0
    short: Decimal = Decimal(0)
    beyond: bool = False

    def __str__(self) -> str:
        if self.beyond:
            return "due later"
        if self.short:
            return f"{self.short:f} short"
        return f"{self.days} day{'s' if self.days > 1 else ''} late" if self.days else "on time"


class Missing(NamedTuple):
    """How much of an item is late or missing, and when the last of it is there; None: never."""

    quantity: Decimal
    covered: datetime | None


class Figures(NamedTuple):
    """What a plan means.

    Attributes:
        demands: how each demand fares, by its code; forecasts are nobody's.
        shortages: what is late or missing, by item.
        orders: how much is proposed, by kind and item.
        starts: when the first of these orders begins.
        loads: microseconds of planned makes on a resource, by its code and the first day of the week of their start.
        costs: what planned purchases cost, by currency.
        unpriced: planned purchases whose terms say no price.
        causes: the shortage behind each demand that is late or short and each item, by that word and its code.
        counts: orders to make, to buy, to move; shortages; messages.
        worst: when the last shortage is covered; None where there is none, or one that nothing covers.
        first_start: when the first order begins, or None.
    """

    demands: dict[str, Service]
    shortages: dict[str, Missing]
    orders: dict[tuple[str, str], Decimal]
    starts: dict[tuple[str, str], datetime]
    loads: dict[tuple[str, date], Fraction]
    costs: dict[str, Fraction]
    unpriced: int
    causes: dict[tuple[str, str], str]
    counts: tuple[int, int, int, int, int]
    worst: datetime | None
    first_start: datetime | None

    @property
    def service(self) -> tuple[int, int, int, int]:
        """Demands on time, late and short within the horizon, and the sum of the days that they are late."""
        fares = [one for one in self.demands.values() if not one.beyond]
        short = sum(1 for one in fares if one.short)
        late = sum(1 for one in fares if one.days and not one.short)
        return len(fares) - late - short, late, short, sum(one.days for one in fares)

    @property
    def cost(self) -> tuple[Money, ...]:
        """What planned purchases cost, in minor units, by currency."""
        return tuple(money(amount, currency) for currency, amount in sorted(self.costs.items()))

    @property
    def resources(self) -> dict[str, Fraction]:
        """Microseconds on each resource in all weeks."""
        sums: dict[str, Fraction] = {}
        for (resource, _), work in sorted(self.loads.items()):
            sums[resource] = sums.get(resource, Fraction(0)) + work
        return sums


def money(amount: Fraction, currency: str) -> Money:
    """Return an exact amount in a currency's minor units."""
    return Money(decimal_of(amount), currency).rounded()


def hours(work: Fraction) -> Decimal:
    """Return microseconds as hours, to the hundredth, half-even."""
    return decimal_of(round(work / _HOUR, 2))


def figures(plan: Plan) -> Figures:
    """Return what a plan means. O(n log n) in orders, shortages and demands."""
    demands, causes = _service(plan)
    costs, unpriced = _costs(plan)
    covered = [one.covered for one in plan.shortages]
    known = [moment for moment in covered if moment is not None]
    kinds = [type(order) for order in plan.orders]
    return Figures(
        demands,
        _missing(plan.shortages),
        _quantities(plan.orders),
        _starts(plan.orders),
        _loads(plan),
        costs,
        unpriced,
        {**{("item", one.item): one.cause for one in reversed(plan.shortages)}, **causes},
        (
            kinds.count(PlannedMake),
            kinds.count(PlannedBuy),
            kinds.count(PlannedMove),
            len(plan.shortages),
            len(plan.messages),
        ),
        max(known) if known and len(known) == len(covered) else None,
        min((order.start for order in plan.orders), default=None),
    )


def _service(plan: Plan) -> tuple[dict[str, Service], dict[tuple[str, str], str]]:
    """Return how each demand fares, and what holds those up that are late or short.

    A demand fares as the shortage of its own item does that delays it; what holds it up is the earliest need among all
    shortages that delay it.
    """
    catalog, until = plan.snapshot.catalog, micros(plan.until)
    wanted = {
        one.ref: one
        for one in plan.snapshot.promises
        if isinstance(one, Demand) and one.ref is not None and one.kind is not DemandKind.FORECAST
    }
    found = {
        ref: Service(one.item, beyond=need_at(one.due, catalog.zone(one.site)) >= until)
        for ref, one in sorted(wanted.items())
    }
    first: dict[str, Shortage] = {}
    for shortage in plan.shortages:
        for ref in shortage.delays:
            if ref in wanted:
                earliest = first.setdefault(ref, shortage)
                if (shortage.needed, shortage.item) < (earliest.needed, earliest.item):
                    first[ref] = shortage
                if shortage.item == wanted[ref].item:
                    found[ref] = _worse(found[ref], shortage)
    late = {ref: first[ref] for ref, one in found.items() if one.days or one.short}
    return found, {("demand", ref): f"{one.item}: {one.cause}" for ref, one in late.items()}


def _worse(so_far: Service, shortage: Shortage) -> Service:
    if shortage.covered is None:
        return so_far._replace(short=so_far.short + shortage.quantity)
    return so_far._replace(days=max(so_far.days, -(-(shortage.covered - shortage.needed) // _DAY)))


def _missing(shortages: Iterable[Shortage]) -> dict[str, Missing]:
    found: dict[str, Missing] = {}
    for one in shortages:
        before = found.get(one.item)
        if before is None:
            found[one.item] = Missing(one.quantity, one.covered)
        else:
            never = before.covered is None or one.covered is None
            last = None if never else max(before.covered, one.covered)  # type: ignore[type-var]  # neither is None
            found[one.item] = Missing(_sum(before.quantity, one.quantity), last)
    return dict(sorted(found.items()))


def _sum(one: Decimal, other: Decimal) -> Decimal:
    return decimal_of(Fraction(one) + Fraction(other))


def _quantities(orders: Iterable[PlannedOrder]) -> dict[tuple[str, str], Decimal]:
    sums: dict[tuple[str, str], Fraction] = {}
    for order in orders:
        key = (_KINDS[type(order)], order.item)
        sums[key] = sums.get(key, Fraction(0)) + Fraction(order.quantity)
    return {key: decimal_of(total) for key, total in sorted(sums.items())}


def _starts(orders: Iterable[PlannedOrder]) -> dict[tuple[str, str], datetime]:
    found: dict[tuple[str, str], datetime] = {}
    for order in orders:
        key = (_KINDS[type(order)], order.item)
        found[key] = min(found.get(key, order.start), order.start)
    return dict(sorted(found.items()))


def _loads(plan: Plan) -> dict[tuple[str, date], Fraction]:
    """Return what planned makes occupy of each resource: setup, and run for what goes into each step."""
    catalog, now = plan.snapshot.catalog, plan.snapshot.at
    found: dict[tuple[str, date], Fraction] = {}
    per_unit: dict[tuple[str, str, date], list[tuple[str, Fraction, Fraction]]] = {}
    for order in plan.orders:
        if isinstance(order, PlannedMake):
            day = catalog.day(max(order.start, now), order.site)
            key = (order.item, order.site, day)
            if key not in per_unit:
                per_unit[key] = list(_work(catalog, *key))
            started = catalog.day(order.start, order.site)
            week = started - timedelta(days=started.weekday())
            for resource, setup, run in per_unit[key]:
                spent = setup + run * Fraction(order.quantity)
                found[resource, week] = found.get((resource, week), Fraction(0)) + spent
    return dict(sorted(found.items()))


def _work(catalog: Catalog, item: str, site: str, day: date) -> Iterator[tuple[str, Fraction, Fraction]]:
    """Yield what each step of an item's routing occupies: the resource, its setup, and its run per unit started."""
    routing = catalog.routing(item, day, site=site)
    if routing is not None:
        started = routing.input_per_good()
        for step in routing.operations:
            if step.resource is not None:
                micro = timedelta(microseconds=1)
                run = (step.run_per_unit // micro) * routing.input_per_good(step.code) / started
                yield step.resource, Fraction(step.setup // micro), run


def _costs(plan: Plan) -> tuple[dict[str, Fraction], int]:
    """Return what planned purchases cost by the prices of their terms, by currency, and how many have no price."""
    catalog, now = plan.snapshot.catalog, plan.snapshot.at
    costs: dict[str, Fraction] = {}
    unpriced = 0
    for order in plan.orders:
        if isinstance(order, PlannedBuy):
            price = _price(catalog, order, max(order.start, now))
            if price is None:
                unpriced += 1
            else:
                spent = Fraction(price.amount) * Fraction(order.quantity)
                costs[price.currency] = costs.get(price.currency, Fraction(0)) + spent
    return costs, unpriced


def _price(catalog: Catalog, order: PlannedBuy, at: datetime) -> Money | None:
    terms = [one for one in catalog.sourcings(order.item, order.site) if one.supplier == order.supplier]
    day = catalog.day(at, order.site)
    valid = next((one for one in terms if one.effective_on(day)), terms[0] if terms else None)
    return None if valid is None else unit_price(catalog, valid, Fraction(order.quantity))
