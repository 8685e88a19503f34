"""A planning case solved by the engine: its operations stand where a catalog's recipes do."""

from __future__ import annotations

from datetime import UTC, date
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any, cast

from prodstock.calendars.zone import from_micros
from prodstock.master.catalog import Catalog
from prodstock.master.item import Item
from prodstock.master.planning_parameters import PlanningParameters
from prodstock.orders.demand import Demand
from prodstock.orders.purchase import TransferOrder
from prodstock.planning.handling import Handling
from prodstock.planning.kernel import PRODUCTION, STOCK, Asked, DeliveryTerms, Draft, Real
from prodstock.planning.netting import Netting
from prodstock.planning.policy import Mode, PlanningPolicy, SafetyStock
from prodstock.planning.quotas import Quotas
from prodstock.planning.wording import DAY
from prodstock.stock.lot import NEVER
from prodstock.testing.planning_cases.capacity import Capacity
from prodstock.testing.planning_cases.case import SCALE, SECOND, STEPS, Case, moment, steps
from prodstock.testing.planning_cases.ways import Network, Way
from prodstock.testing.planning_cases.working import changes, value_at

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import tzinfo

    from prodstock.master.choices import Choices
    from prodstock.master.lot_sizes import LotSizes
    from prodstock.planning.kernel import Orders, Place
    from prodstock.planning.ways import Part

_SITE = "MAIN"
_MOST_CUTS = 1000
_YEARS_ON = 8
_HORIZON = moment("2100-01-01T00:00:00")


class _Sources:
    """What netting asks of a catalog's sources, answered by a case's network."""

    def __init__(self, network: Network, names: Mapping[str, str]) -> None:
        self.makers: Mapping[str, tuple[str, ...]] = {}
        self.parts = cast("list[Part]", network.lines)
        self.kept = [(names[name], None) for name, point in sorted(network.case.points.items()) if _keeps(point)]
        self.looks_ahead = False
        self.levels = _levels(network, names)

    laned = False
    """Nothing is moved between sites."""
    substituted: frozenset[str] = frozenset()
    grouped: frozenset[str] = frozenset()
    shared: frozenset[str] = frozenset()
    """Nothing stands in."""

    def always(self, _: Item, __: str, ___: Choices) -> None:
        """Return nothing: every stock point is netted the general way."""

    def on(self, _: str, __: str, ___: date, ____: Choices) -> tuple[None, None]:
        """Return nothing: there are no phantoms."""
        return None, None


class _Times:
    """The moments of a case: operations know their own working time."""

    def worked(self, at: int, _: str) -> int:
        """Return the moment itself."""
        return at

    def day(self, at: int, _: str) -> date:
        """Return the day of a moment."""
        return from_micros(at).astimezone(UTC).date()

    def begins(self, _: Way | None, moment: int) -> int:
        """Return the moment itself."""
        return moment

    def start(self, way: Way, _: str, quantity: int, due: int) -> int:
        """Return when an order must start whose output is there at a moment."""
        return way.start(quantity, way.ended(due))

    def zone(self, _: str) -> tzinfo:
        """Return the zone of a case."""
        return UTC


class _Proposer:
    """Draws up orders from a case's network."""

    def __init__(
        self, case: Case, network: Network, catalog: Catalog, names: Mapping[str, str], *, bound: bool
    ) -> None:
        self.sources = _Sources(network, names)
        self.times = _Times()
        self.now = case.now
        self.catalog = catalog
        self.bound = bound
        self.capacity = Capacity(case)
        self.quotas = Quotas(catalog)
        self._names = names
        self._made = {names[point]: several for point, several in network.made.items()}

    def of(self, _: str) -> _Proposer:
        """Return what draws up the orders of all stock."""
        return self

    def order(self, item: Item, site: str, missing: int, below: int, at: int, _: int = 0) -> tuple[Draft | None, str]:
        """Return the order that the first way would bring it by; without one, that nobody brings it."""
        found = next(self.drafts(item, site, missing, below, at), None)
        return found, "" if found is not None else "no source: nobody may bring it"

    def drafts(self, item: Item, _: str, missing: int, below: int, at: int, __: int = 0) -> Iterator[Draft]:
        """Yield the orders that would bring it, one for each way, the preferred one first."""
        for ways in self._made.get(item.code, ()):
            for way in ways:
                some = missing if way.share is None else round(missing * way.share)
                draft = self._draft(way, item, some, below, at)
                judged = draft.due if way.name.startswith("Purchase ") else max(draft.start, self.now)
                if draft.quantity and way.since <= judged < way.until:
                    yield from self._in_time(way, draft, item, some + below, at)
                    yield draft
                    break

    def _in_time(self, way: Way, draft: Draft, item: Item, missing: int, at: int) -> Iterator[Draft]:
        """Yield several smaller orders where the whole would come late and time grows with quantity."""
        if not self.bound or draft.start >= self.now or not any(phase.per for phase in way.phases):
            return
        low, high = 0, draft.quantity
        while low < high:
            middle = (low + high + 1) // 2
            if way.start(middle, way.ended(at)) >= self.now + way.fence:
                low = middle
            else:
                high = middle - 1
        most = way.good(way.lots.floor(low))
        for _ in range(min(-(-missing // most), _MOST_CUTS) if most else 0):
            yield self._draft(way, item, min(most, missing), 0, at)
            missing -= most

    def _draft(self, way: Way, item: Item, missing: int, below: int, at: int) -> Draft:
        draft = Draft(item, missing, below)
        draft.way = way  # type: ignore[assignment]  # it answers as recipes do
        draft.quantity = way.lots.size(*way.to_start(missing + below))
        end = way.ended(at)
        draft.start = way.start(draft.quantity, end - way.post)
        draft.due = min(way.available(end - way.post), at)
        if self.bound:
            self._fit(draft, way, at)
        self.yields(draft, way)
        return draft

    def _fit(self, draft: Draft, way: Way, at: int) -> None:
        """Place an order where there is room, its safety time before the need, else in between; or not at all."""
        end, earliest, much = way.ended(at), self.now + way.fence, draft.quantity
        spans = way.latest(much, end - way.post, self.capacity, earliest)
        if spans is None and way.post:
            soonest = way.soonest(much, earliest, self.capacity)
            spans = soonest if soonest[-1][1] <= end else way.latest(much, end, self.capacity, earliest)
        draft.placed = spans
        if spans is None:
            draft.start = self.now - 1
        else:
            draft.start, draft.due = spans[0][0], min(way.available(spans[-1][1]), at)

    def sizes(self, way: Way, _: str, __: str) -> LotSizes:
        """Return the sizes that an order may have."""
        return way.lots

    def place(self, draft: Draft, _: str) -> None:
        """Let an order start as late as it may, now that it is smaller."""
        self._fit(draft, cast("Way", draft.way), draft.due)

    def reopens(self, *_: object) -> int:
        """Return when what is closed now could be there: whatever brings it is open all the time."""
        return NEVER

    def ever(self, *_: object) -> bool:
        """Tell whether so much may ever be there at one time: no supplier delivers less than is asked for."""
        return True

    def never(self, _: object) -> str:
        """Say why an order never comes, if it is not for want of its parts."""
        return ""

    def occupy(self, draft: Draft, _: str) -> Callable[[], object] | None:
        """Use the resources of an order while it runs, and return how to give them back."""
        way, spans = cast("Way", draft.way), cast("list[tuple[int, int]] | None", draft.placed)
        undo = [self.capacity.use(phase.loads, *span) for phase, span in zip(way.phases, spans or (), strict=False)]
        return (lambda: [one() for one in undo]) if undo else None

    def yields(self, draft: Draft, way: Way) -> None:
        """Set what comes out of what is started."""
        draft.good = way.good(draft.quantity)
        draft.outputs = [
            (self._names[point], way.brings(draft.quantity, point)) for point, _, _ in way.outputs if point != way.point
        ]

    def end(self, draft: Draft, _: str, start: int) -> int:
        """Return when the output of an order that starts at a moment would be there."""
        way = cast("Way", draft.way)
        begins = max(start, self.now + way.fence)
        return way.available(way.soonest(draft.quantity, begins, self.capacity)[-1][1])

    def soonest(self, draft: Draft, site: str, start: int) -> int:
        """Return the same: moments are counted alike both ways."""
        return self.end(draft, site, start)

    def end_of(self, orders: Orders, number: int, _: str, start: int) -> int:
        """Return the same of an order of the plan."""
        way = cast("Way", orders.way[number])
        return way.available(way.end(orders.quantity[number], start))


class _Gathered:
    """The demands, stock and existing orders of a case."""

    def __init__(
        self,
        case: Case,
        network: Network,
        catalog: Catalog,
        names: Mapping[str, str],
        capacity: Capacity,
        *,
        bound: bool,
    ) -> None:
        self.catalog = catalog
        self.bound = bound
        self.now = case.now
        self.until = _HORIZON
        self.asked: list[Asked] = []
        self.supplies: dict[Place, list[Real]] = {}
        self.terms: dict[int, DeliveryTerms] = {}
        self.excluded: dict[tuple[str, str], list[object]] = {}
        self.owned = False
        self.choices: Mapping[str, Choices] = {}
        self._names = names
        self._handlings = {
            names[name]: _handling(case, point, catalog, names[name])
            for name, point in case.points.items()
            if point.get("safety_stock_calendar")
        }
        for name, point in case.points.items():
            if point.get("on_hand"):
                self._come(name, STOCK, steps(point["on_hand"]), case.now)
        for order in case.existing:
            self._existing(case, network, order, capacity)
        ranked = sorted(
            enumerate(case.demands), key=lambda one: (moment(one[1]["due"]), one[1].get("priority", 0), one[0])
        )
        for _, demand in ranked:
            self._demand(case, demand)

    def handling(self, item: str, _site: str, _segment: str = "") -> Handling | None:
        """Return how a stock point is planned whose safety stock changes."""
        return self._handlings.get(item)

    def arrives(self, _: Item, __: int) -> int:
        """Return when goods expire: never."""
        return NEVER

    def _come(self, point: str, kind: str, quantity: int, at: int) -> None:
        real = Real(kind, kind, quantity, max(at, self.now), received=at)
        self.supplies.setdefault((self._names[point], _SITE, ""), []).append(real)

    def _demand(self, case: Case, demand: dict[str, Any]) -> None:
        delivery = demand.get("delivery_operation")
        point = f"delivered by {delivery}" if delivery else case.point(demand["item"], demand.get("location"))
        due, name = moment(demand["due"]), demand["name"]
        quantity = max(steps(demand["quantity"]), 0 if self.bound else steps(demand.get("min_shipment") or 0))
        origin = Demand(self._names[point], Decimal(quantity) / STEPS, due=from_micros(due), ref=f"D{len(self.asked)}")
        asked = Asked(due, demand.get("priority", 0), name, quantity, (name,), origin, (self._names[point], _SITE, ""))
        late = demand.get("max_lateness_s")
        latest = None if late is None else due + round(late * SECOND)
        self.terms[len(self.asked)] = DeliveryTerms(latest, steps(demand.get("min_shipment") or 0))
        self.asked.append(asked)

    def _existing(self, case: Case, network: Network, order: dict[str, Any], capacity: Capacity) -> None:
        """Let an existing order bring and take what its operation says; a missing date follows from the other."""
        operation = case.operations.get(order["operation"])
        ways = [way for several in network.made.values() for found in several for way in found]
        way = next((one for one in ways if one.name == order["operation"]), None)
        if way is None and operation is not None:
            way = network.alone(operation)
        if way is None:
            return
        quantity = steps(order["quantity"])
        start = moment(order["start"]) if order.get("start") else way.start(quantity, moment(order["end"]))
        end = moment(order["end"]) if order.get("end") else way.end(quantity, start)
        for phase in way.phases:
            capacity.use(phase.loads, start, end)
        for point in sorted({point for point, _, _ in way.outputs}):
            self._come(point, PRODUCTION, way.brings(quantity, point), way.available(end))
        for line in way.parts:
            need = line.need(quantity)
            place = (line.item, _SITE, "")
            origin = TransferOrder(
                line.item, Decimal(need) / STEPS, source=_SITE, target="ELSEWHERE", due=from_micros(end)
            )
            self.asked.append(Asked(line.moment(start, end, quantity), 0, way.name, need, (), origin, place))


class Solved:
    """A case with the netting that solves it."""

    def __init__(self, case: Case, mode: Mode) -> None:
        network = Network(case)
        names = {point: f"P{number:04d}" for number, point in enumerate(sorted(network.made))}
        network.rename(names)
        items = [
            Item(
                names[point], scale=SCALE, safety_stock=Decimal(str(case.points.get(point, {}).get("safety_stock", 0)))
            )
            for point in network.made
        ]
        catalog = Catalog(items)
        bound = mode is Mode.CONSTRAINED
        policy = PlanningPolicy(mode=mode, safety=SafetyStock.AT_ONCE, use_late_receipts=False)
        proposer: Any = _Proposer(case, network, catalog, names, bound=bound)
        gathered: Any = _Gathered(case, network, catalog, names, proposer.capacity, bound=bound)
        self.case = case
        self.mode = mode
        self.names = names
        self.netting = Netting(gathered, proposer, policy, ())
        self.netting.run(None)


def _keeps(point: dict[str, Any]) -> bool:
    """Whether a stock point has a safety stock."""
    return bool(point.get("safety_stock") or point.get("safety_stock_calendar"))


def _handling(case: Case, point: dict[str, Any], catalog: Catalog, code: str) -> Handling:
    """Return how a stock point is planned whose safety stock follows a calendar."""
    times: Any = _Times()
    found = Handling(PlanningParameters(code), catalog.item(code), _SITE, catalog, times, case.now)
    calendar = case.calendars[point["safety_stock_calendar"]]
    moments = changes(calendar, case.now, case.now + _YEARS_ON * 366 * DAY)
    found.steps = [(at, steps(value_at(calendar, at))) for at in moments]
    found.plain = False
    return found


def _levels(network: Network, names: Mapping[str, str]) -> dict[str, int]:
    """Return for each stock point the longest way from a demand down to it; circles are cut where they close."""
    below: dict[str, set[str]] = {}
    for point, several in network.made.items():
        below[names[point]] = {line.item for ways in several for way in ways for line in way.parts}
    levels = dict.fromkeys(below, 0)
    for _ in range(len(below)):
        moved = False
        for point, parts in below.items():
            for part in parts:
                if levels[part] <= levels[point] < len(below):
                    levels[part] = levels[point] + 1
                    moved = True
        if not moved:
            break
    return levels


def as_number(quantity: int | Fraction) -> float:
    """Return a quantity in smallest steps as the cases write it."""
    return float(Fraction(quantity) / STEPS)
