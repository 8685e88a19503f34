"""What may be asked of a plant, real or assumed. Nothing here changes anything."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from prodstock._lazy import Lazy
from prodstock.calendars.zone import end_of, from_micros, micros
from prodstock.errors import BrokenInvariant, InvalidValueError, entries, listed, shown
from prodstock.journal.commit import Recorded
from prodstock.journal.store import ListsStreams
from prodstock.journal.stream import CATALOG
from prodstock.master import checks
from prodstock.stock.world import EVERYTHING, NeedStreamsError, World
from prodstock.tables import Table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from prodstock import gathering
    from prodstock.calendars.span import Moment
    from prodstock.journal.store import Clock, EventStore
    from prodstock.master.catalog import Catalog
    from prodstock.orders import production as productions
    from prodstock.orders.planned import PlannedMake
    from prodstock.orders.production import ProductionOrder
    from prodstock.planning import plan as plans
    from prodstock.planning import planner as planning
    from prodstock.planning import policy as policies
    from prodstock.planning.plan import Plan
    from prodstock.planning.policy import PlanningPolicy
    from prodstock.planning.snapshot import Snapshot
    from prodstock.quality import answers as quality_answers
    from prodstock.quality.answers import QualityAnswers
    from prodstock.scheduling import orders as scheduling_orders
    from prodstock.scheduling import schedule as schedules
    from prodstock.scheduling.policy import SchedulingPolicy
    from prodstock.scheduling.schedule import Schedule
    from prodstock.shopfloor import answers as floor_answers
    from prodstock.shopfloor import wip as floor_balances
    from prodstock.shopfloor.answers import ProductionAnswers
    from prodstock.stock import answers as stock_answers
    from prodstock.stock import availability as stock_availability
    from prodstock.stock import check as checking
    from prodstock.stock import events as stock_events
    from prodstock.stock import replay, supply_answers, translate
    from prodstock.stock.answers import StockAnswers
    from prodstock.stock.availability import Availability
    from prodstock.stock.goods import GoodsRef
    from prodstock.stock.supply_answers import SupplyAnswers
    from prodstock.tables import Derivation, Progress
    from prodstock.trace import answers as trace_answers
    from prodstock.trace import behind as behinds
    from prodstock.trace import recall as recalls
    from prodstock.trace.answers import TraceAnswers
    from prodstock.trace.recall import Recall
else:
    gathering = Lazy("prodstock.gathering")
    productions = Lazy("prodstock.orders.production")
    scheduling_orders = Lazy("prodstock.scheduling.orders")
    schedules = Lazy("prodstock.scheduling.schedule")
    plans = Lazy("prodstock.planning.plan")
    planning = Lazy("prodstock.planning.planner")
    policies = Lazy("prodstock.planning.policy")
    quality_answers = Lazy("prodstock.quality.answers")
    floor_answers = Lazy("prodstock.shopfloor.answers")
    floor_balances = Lazy("prodstock.shopfloor.wip")
    stock_answers = Lazy("prodstock.stock.answers")
    stock_availability = Lazy("prodstock.stock.availability")
    checking = Lazy("prodstock.stock.check")
    stock_events = Lazy("prodstock.stock.events")
    replay = Lazy("prodstock.stock.replay")
    supply_answers = Lazy("prodstock.stock.supply_answers")
    translate = Lazy("prodstock.stock.translate")
    trace_answers = Lazy("prodstock.trace.answers")
    behinds = Lazy("prodstock.trace.behind")
    recalls = Lazy("prodstock.trace.recall")

T = TypeVar("T")


class View:
    """What may be asked of a plant or a scenario. Nothing here changes anything."""

    def __init__(self, world: World, clock: Clock, events: EventStore | None = None) -> None:
        self._world = world
        self._clock = clock
        self._checked = 0
        self._read_at: tuple[datetime | None, int] = (None, 0)
        self._initial = world.catalog
        self._store = events
        if events is not None:
            world.loaded = set()

    # -- the state, read on demand ------------------------------------------------------------------------------

    def _ask(self, question: Callable[[World], T]) -> T:
        """Answer a question; over a store, read the streams it comes to and ask again."""
        if self._store is not None and not self._world.loaded:
            self._read((CATALOG,))
        while True:
            try:
                return question(self._world)
            except NeedStreamsError as need:
                self._read(need.streams)

    def _ask_all(self, question: Callable[[World], T]) -> T:
        """Answer a question that looks at everything."""
        if self._store is not None:
            loaded = self._world.loaded or set()
            missing = self._all_streams() - loaded
            if missing or EVERYTHING not in loaded:
                self._read((*missing, EVERYTHING))
            whole, self._world.loaded = self._world.loaded, None
            try:
                return question(self._world)
            finally:
                self._world.loaded = whole
        return question(self._world)

    def _all_streams(self) -> set[str]:
        """Return the names of all streams in the store.

        Raises:
            InvalidValueError: if the store cannot name them.
        """
        if not isinstance(self._store, ListsStreams):
            reason = "cannot name its streams, so nothing can be asked about the whole plant"
            advice = "Give it a method `streams()` that returns the names of all streams"
            raise InvalidValueError(field="events", value=self._store, reason=reason, advice=advice)
        named = set(listed(self._store.streams(), "events"))
        for one in named:
            checks.instance(one, str, "events", "Name streams as they were appended")
        return named

    def _read(self, streams: Iterable[str]) -> None:
        """Read more streams, and the shelves that reservations in them point at; fold all of them anew.

        Raises:
            BrokenInvariant: if the store gives what it was not asked for, or what contradicts itself.
        """
        wanted = {*(self._world.loaded or ()), *streams}
        if EVERYTHING in wanted:
            wanted |= self._all_streams()
        told: dict[str, list[Recorded]] = {}
        while missing := sorted(wanted - told.keys() - {EVERYTHING}):
            told |= {name: [] for name in missing}
            given: Iterable[object] = self._store.read(missing) if self._store is not None else ()
            for recorded in entries(given, "events"):
                if not isinstance(recorded, Recorded) or recorded.stream not in told:
                    detail = f"asked for {len(missing)} streams, the store gave {shown(recorded)} besides"
                    raise BrokenInvariant(invariant="I4", detail=detail)
                told[recorded.stream].append(recorded)
                if isinstance(recorded.event, stock_events.Claimed):
                    wanted |= {f"stock:{line.parcel.item}@{line.parcel.site}" for line in recorded.event.lines}
        self._world = replay.replay(
            self._initial,
            (recorded for events in told.values() for recorded in events),
            whole=EVERYTHING in wanted,
        )
        self._world.loaded = wanted

    # -- answers ------------------------------------------------------------------------------------------------

    def _now(self) -> int:
        """Return the present moment in microseconds, never before the last commit."""
        moment = self._clock.now()
        if moment is not self._read_at[0]:
            self._read_at = (moment, micros(moment))
        now = self._read_at[1]
        log = self._world.log
        return log[-1][1] if log and log[-1][1] > now else now

    @property
    def name(self) -> str:
        """What it is called where several are compared."""
        return "as is"

    @property
    def catalog(self) -> Catalog:
        """The definitions as they stand."""
        return self._ask(lambda world: world.catalog)

    @property
    def stock(self) -> StockAnswers:
        """What may be asked about stock and reservations beyond availability."""
        return stock_answers.StockAnswers(self._ask, self._ask_all, self._now)

    @property
    def supply(self) -> SupplyAnswers:
        """What may be asked about purchase and transfer orders."""
        return supply_answers.SupplyAnswers(self._ask, self._ask_all, self._now)

    def availability(
        self, item: str, /, *, site: str | None = None, at: Moment | None = None, known_at: datetime | None = None
    ) -> Availability:
        """Return how much of an item there is, split into disjoint buckets that sum to the physical quantity.

        Args:
            item: the item's code.
            site: the site; None: all sites together.
            at: the moment; a date means the end of that day at the site. None: now. In the future: what is there now,
                less what will have expired.
            known_at: only what had been recorded by then; None: all.

        Raises:
            UnknownCode: if item or site is unknown.
        """

        def answer(world: World) -> Availability:
            zone = world.catalog.zone(site)
            moment = None if at is None else micros(end_of(at, zone)) - (not isinstance(at, datetime))
            commits = None if known_at is None else world.known_by(micros(known_at))
            return stock_availability.availability(
                world, item, site=site, at=self._now() if moment is None else moment, commits=commits
            )

        return self._ask(answer)

    def snapshot(self, *, at: datetime | None = None, known_at: datetime | None = None) -> Snapshot:
        """Return all that planning looks at, as one value: now, at an earlier moment, as known then or now."""

        def answer(world: World) -> Snapshot:
            commits = None if known_at is None else world.known_by(micros(known_at))
            return gathering.snapshot(world, self._now(), at=None if at is None else micros(at), known=commits)

        return self._ask_all(answer)

    def plan(self, *, until: Moment, policy: PlanningPolicy | None = None, progress: Progress | None = None) -> Plan:
        """Return what to make, buy and move, and when, so that what is promised until then can be kept."""
        return planning.plan(
            self.snapshot(), policies.PlanningPolicy() if policy is None else policy, until=until, progress=progress
        )

    def schedule(
        self,
        orders: Plan | Iterable[ProductionOrder | PlannedMake],
        /,
        *,
        policy: SchedulingPolicy | None = None,
        progress: Progress | None = None,
    ) -> Schedule:
        """Return where and when the operations of orders run from now on.

        Of launched orders that is what is left as they stand now, whatever state of them is given; of planned ones all.
        Of a plan they are all orders that it makes, and all that are launched. By its pegs, what takes what another one
        makes begins after that is done, and what takes anything else once it is there.

        Raises:
            InvalidTypeError: if one is no order that is made.
            InvalidValueError: if an order stands twice.
        """
        launched = self.production.orders()
        if isinstance(orders, plans.Plan):
            problem = gathering.problem_of_plan(orders, launched, self._now())
        else:
            known = {order.code: order for order in launched}
            given = listed(orders, "orders")
            now = [known.get(one.code, one) if isinstance(one, productions.ProductionOrder) else one for one in given]
            problem = scheduling_orders.problem_of(self.catalog, now, from_micros(self._now()))
        return schedules.schedule(problem, policy, progress=progress)

    @property
    def production(self) -> ProductionAnswers:
        """What may be asked about production orders and WIP."""
        return floor_answers.ProductionAnswers(self._ask, self._ask_all)

    @property
    def quality(self) -> QualityAnswers:
        """What may be asked about tests, papers and release."""
        return quality_answers.QualityAnswers(self._ask, self._ask_all)

    @property
    def trace(self) -> TraceAnswers:
        """What went into what, and where it is."""
        return trace_answers.TraceAnswers(self._ask_all)

    def recall(self, goods: GoodsRef, /) -> Recall:
        """Return all that suspect goods may be in: orders, WIP, stock, shipped goods and customers, across levels.

        Raises:
            UnknownCode, AmbiguousCode: if the goods are not to be found.
        """
        return self._ask(partial(recalls.recall, goods=goods))

    def events_behind(self, why: Derivation, /) -> Table[Recorded]:
        """Return the events that an explanation rests on, such as that of a plan of this plant, as they were recorded.

        Of stock it is all that ever happened to the lot; of a demand, order or receipt all that was told of it; of
        bills and terms every change of the catalog.

        Raises:
            InvalidTypeError: if it is no `Derivation`.
        """
        return self._ask_all(lambda world: behinds.behind(world, why))

    def events(self) -> Table[Recorded]:
        """Return all events, in the order in which they were recorded."""

        def answer(world: World) -> Table[Recorded]:
            return Table(event for number in range(len(world)) for event in translate.describe(world, number))

        return self._ask_all(answer)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.name}, {len(self.catalog.items)} items, {len(self._world)} commits>"

    def _repr_html_(self) -> str:
        return self.stock.overview().to_html()

    def check(self) -> None:
        """Do nothing if every invariant holds.

        The first time everything is checked, afterwards what has been touched since; `check_all` starts over.

        Raises:
            BrokenInvariant: if one does not, with the state that breaks it.
        """
        since = self._checked if self._store is None else 0
        self._ask_all(partial(checking.check, since=since))
        self._ask_all(partial(floor_balances.check_balances, since=since))
        self._checked = len(self._world)
