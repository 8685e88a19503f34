"""Netting: what is wanted against what is there and on its way, item by item, each after all that needs it."""

from __future__ import annotations

from array import array
from fractions import Fraction
from functools import partial
from heapq import heapify, heappop, heappush
from itertools import repeat
from typing import TYPE_CHECKING

import attrs

from prodstock.calendars.zone import micros
from prodstock.errors import InvalidValueError
from prodstock.master.item import Supply as Origin
from prodstock.orders.planned import PlannedBuy, PlannedMake, PlannedMove
from prodstock.planning.covering import Covering
from prodstock.planning.feasible import Feasible
from prodstock.planning.fitting import Fitter
from prodstock.planning.handling import rises
from prodstock.planning.joint import Joint
from prodstock.planning.kernel import Draft, Orders, Supply, Want, outputs_of
from prodstock.planning.naming import Naming
from prodstock.planning.plainly import net_plainly
from prodstock.planning.policy import Mode, SafetyStock
from prodstock.planning.proposing import Proposer
from prodstock.planning.quotas import way_of
from prodstock.planning.site_order import groups, ranks
from prodstock.planning.sources import NO_PART, Recipe, Terms
from prodstock.planning.station import Shelf, Station
from prodstock.planning.substituting import Substituting
from prodstock.quantities.rounding import Rounding, round_scaled

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from prodstock.master.catalog import Catalog
    from prodstock.master.item import Item
    from prodstock.orders.planned import PlannedOrder
    from prodstock.planning.gather import Gathered
    from prodstock.planning.lead_time import LeadTimes
    from prodstock.planning.policy import PlanningPolicy
    from prodstock.planning.sources import Part, Sources, Way
    from prodstock.tables import Progress

Event = tuple[int, int, int, int, int]
"""When, what (wants, the safety stock, the safety stock at its earliest), which station, its first and past want."""

_WANTS, _SAFETY, _EARLIEST = range(3)


class Netting:
    """All stations of one plan, netted from the top of the bills down."""

    def __init__(
        self, gathered: Gathered, proposer: Proposer, policy: PlanningPolicy, firm: Sequence[PlannedOrder]
    ) -> None:
        self.gathered = gathered
        self.proposer = proposer
        self.sources: Sources = proposer.sources
        self.policy = policy
        self.firm = firm
        self.catalog: Catalog = gathered.catalog
        self.times: LeadTimes = proposer.times
        self.now: int = gathered.now
        self.outside: int = len(gathered.asked)
        self.orders: Orders = Orders(gathered.now)
        self.levels: Mapping[str, int] = self.sources.levels
        self.stations: list[Station] = []
        self.places: dict[tuple[str, str], Station] = {}
        self.waiting: list[set[tuple[str, str]]] = [set() for _ in range(max(self.levels.values(), default=0) + 1)]
        self.groups: list[list[Station]] = []
        self.lives: dict[int, tuple[int, bool]] = {}
        self.settled: dict[int, list[int]] = {}
        self.fitter: Fitter = Fitter(gathered, proposer)
        self.naming: Naming = Naming(self)
        self.covering: Covering
        self.group_of: dict[str, tuple[str, ...]] = groups(self.sources.makers)
        self.moved: dict[str, set[tuple[str, str]]] = {}
        self._ranks: dict[str, Mapping[str, int]] = {}
        for order in firm:
            if isinstance(order, PlannedMove):
                self.moved.setdefault(order.item, set()).add((order.source, order.target))
        self.substituting: Substituting = Substituting(self)
        for number, asked in enumerate(gathered.asked):
            self.station(*asked.place).wants.append((asked.at, asked.priority, number, NO_PART, asked.quantity))
            if asked.life or asked.sale:
                self.lives[number] = (asked.life, asked.sale)
        for place, reals in sorted(gathered.supplies.items()):
            self.station(*place).reals = sorted(reals, key=lambda real: real.key)
        stocked = {item for item, _ in self.places}
        for code, site in self.sources.kept:
            if site is not None or code not in stocked:
                self.station(code, "MAIN" if site is None else site)
        for order in sorted(firm, key=lambda one: one.code):
            self._settle(order)

    def station(self, item: str, site: str) -> Station:
        """Return the station of an item at a site, a new one if there is none."""
        found = self.places.get((item, site))
        if found is None:
            one = self.catalog.item(item)
            safety = 0
            handling = self.gathered.handling(item, site)
            if handling is not None:
                safety = max(level for _, level in handling.steps)
            elif one.safety_stock:
                safety = round_scaled(self.catalog.base(item, one.safety_stock), one.scale, Rounding.NEED)
            found = self.places[item, site] = Station(len(self.stations), one, site, safety, handling)
            self.stations.append(found)
            self.waiting[self.levels[item]].add((item, site))
        return found

    def item_of(self, number: int) -> Item:
        """Return what an order makes or buys: for a co-product, what it comes out beside."""
        way = self.orders.way[number]
        return way.item if isinstance(way, Recipe) else self.stations[self.orders.station[number]].item

    def comes(self, supply: Supply) -> int:
        """Return when a supply is really there, late parts counted in; NEVER: not at all."""
        return supply.at if supply.origin < 0 else self.orders.ready.get(supply.origin, supply.at)

    def ready(self, station: Station, supply: Supply) -> int:
        """Return when a supply may really be used, late parts and the safety time counted in; NEVER: not at all."""
        comes = self.comes(supply)
        return comes if supply.origin < 0 and comes <= self.now else station.usable(comes)

    def served(self, number: int) -> Iterator[tuple[Station, int, int]]:
        """Yield whom an order serves, as station, want and quantity: with what it was drawn up for, then all else."""
        orders = self.orders
        for place, supply in ((orders.station[number], orders.supply[number]), *orders.also.get(number, ())):
            station = self.stations[place]
            for want, quantity in station.gives(supply):
                yield station, want, quantity

    def run(self, progress: Progress | None) -> None:
        """Net every station, each after all that needs its item; constrained, serve want by want."""
        if self.policy.mode is Mode.CONSTRAINED:
            Feasible(self, self._covers()).run(progress)
        else:
            self._by_level(progress)
            self.substituting.settle()
        Joint(self).fill()
        self.covering = Covering(self)

    def _covers(self) -> dict[tuple[str, str], Mapping[int, tuple[int, int]]]:
        """Return what the orders of lot rules that look ahead cover where nothing holds back, by item and site."""
        if not self.sources.looks_ahead:
            return {}
        policy = attrs.evolve(self.policy, mode=Mode.UNCONSTRAINED)
        proposer = Proposer(self.sources, self.times, self.now, breaks=self.policy.price_breaks)
        proposer.quotas.promised(self.gathered)
        free = Netting(self.gathered, proposer, policy, self.firm)
        free._by_level(None)
        self.proposer.economic |= free.proposer.economic
        return {(one.item.code, one.site): one.covers for one in free.stations if one.covers}

    def _by_level(self, progress: Progress | None) -> None:
        done = 0
        for waiting in self.waiting:
            while waiting:
                for place in self._next(waiting):
                    if place in waiting:
                        group = [one for one in self._group(*place) if one in waiting]
                        waiting.difference_update(group)
                        self._net([self.places[one] for one in group])
                        done += len(group)
                        if progress is not None:
                            progress(done, len(self.stations))

    def _next(self, waiting: set[tuple[str, str]]) -> list[tuple[str, str]]:
        """Return those of a level that no other of it may supply any more: all of them, but for lanes and moves."""
        if not self.sources.laned and not self.moved:
            return sorted(waiting)
        rank = {place: self.rank(*place) for place in waiting}
        next_ones = min(rank.values())
        return sorted(place for place in waiting if rank[place] == next_ones)

    def rank(self, item: str, site: str) -> int:
        """Return the place of a site in the order in which the stations of an item are netted: suppliers come last."""
        found = self._ranks.get(item)
        if found is None:
            items = self.group_of.get(item, (item,))
            lanes = {(lane.source, lane.target) for one in items for lane in self.catalog.lanes_of(one)}
            moves = {move for one in items for move in self.moved.get(one, ())}
            found = self._ranks[item] = ranks(lanes, moves) if lanes or moves else {}
        return found.get(site, 0)

    def _group(self, item: str, site: str) -> list[tuple[str, str]]:
        return [(one, site) for one in self.group_of.get(item, (item,))]

    # One group of items that come out of the same processes; mostly one item

    def _net(self, group: list[Station]) -> None:
        self.groups.append(group)
        for station in group:
            station.wants.sort()
        self.substituting.prepare(group)
        if len(group) == 1 and self._plainly(group[0]):
            return
        self._net_together(group)
        for station in group:
            station.done = True
        for station in group:
            settled = self.settled.get(station.number, [])
            for order in settled:
                self._explode(order, station)
            if station.orders:
                self._explode_all(station)
            if settled:
                station.orders = array("q", settled) + station.orders

    def _plainly(self, station: Station) -> bool:
        """Net a station in one sweep, if what is there now serves everybody and all else comes one way; else refuse."""
        only, now = self.sources.always(station.item, station.site), self.now
        touched = self.substituting.touches(station)
        if only is None or station.supplies or touched or (station.handling is not None and not station.handling.plain):
            return False
        if self.policy.price_breaks and isinstance(only.way, Terms) and only.way.sourcing.price_breaks:
            return False
        for real in station.reals:
            if not (real.plain and real.at <= now and real.received <= now):
                return False
        at_once = self.policy.safety is SafetyStock.AT_ONCE
        drawn = net_plainly(station, only, self.orders, self.times, self.gathered.until, at_once=at_once)
        station.done = True
        if drawn.due:
            priorities = self._priorities(station)
            self._explode_way(station, only.way, station.orders, priorities, drawn.start, drawn.due, drawn.quantity)
        return True

    def _net_together(self, group: list[Station]) -> None:
        for station in group:
            if station.item.supply is Origin.PHANTOM:
                station.wants = self._merged(station.wants)
        shelves = [Shelf(station, self.lives) for station in group]
        for shelf in shelves:
            self.substituting.withhold(shelf)
        events: list[Event] = []
        for number, station in enumerate(group):
            if station.item.supply is Origin.PHANTOM:
                self._blow_through(station, shelves[number])
                continue
            self._share_out(station)
            events += self._moments(number, station)
            if station.safety:
                highs = rises(station.levels) if station.levels else [self.now]
                events += [(max(at, self.now), _SAFETY, number, 0, 0) for at in highs]
        heapify(events)
        while events:
            event = heappop(events)
            found = self._serve(shelves, event)
            if found is not None:
                heappush(events, found)
        for shelf in shelves:
            shelf.admit(max(self.now, self.gathered.until - 1))

    def _moments(self, number: int, station: Station) -> list[Event]:
        """Return one event for each moment at which a station has wants: when an order for it would be due."""
        wants, events, first = station.wants, list[Event](), 0
        for place in range(1, len(wants) + 1):
            if place == len(wants) or wants[place][0] != wants[first][0]:
                wished = self.times.worked(station.wished(wants[first][0]), station.site)
                events.append((wished, _WANTS, number, first, place))
                first = place
        return events

    def _serve(self, group: list[Shelf], event: Event) -> Event | None:
        """Serve the wants of one moment, then see to the safety stock; return when to look at it again, if it waits."""
        at, kind, which, first, past = event
        shelf = group[which]
        station = shelf.station
        if kind == _WANTS and (station.handling is None or station.handling.plain):
            at = station.wants[first][0]
            event = (at, kind, which, first, past)
        now = max(at, self.now)
        shelf.admit(now)
        needed, latest = self._needed(station, event)
        lacking = self._lacking(shelf, range(first, past), at, max(now, needed))
        shelf.past = max(shelf.past, past)
        below = station.target(at) - shelf.stock.left if at >= self.now else 0
        if latest > at:
            lacking = shelf.serve_all_late(lacking, max(now, needed), latest)
            below -= shelf.coming_by(latest)
        if station.item.follow_up is not None and self.proposer.follow_up(station.item, station.site, now) is not None:
            lacking, below = self.substituting.fall_on_follower(station, lacking, now), 0
        return self._order_for(group, event, lacking, max(0, below)) if lacking or below > 0 else None

    def _order_for(self, group: list[Shelf], event: Event, lacking: list[tuple[int, int]], below: int) -> Event | None:
        """Order what is lacking and below the safety stock at a moment; return when to look again, if it waits."""
        at, shelf = event[0], group[event[2]]
        station, now = shelf.station, max(at, self.now)
        needed, latest = self._needed(station, event)
        good = needed + station.life if needed > at else 0
        draft, reason = self.fitter.draw(shelf, lacking, below, at, at, good)
        if draft is None and latest > at:
            draft, reason = self.fitter.draw(shelf, lacking, below, at, latest, good)
        if draft is None:
            self._without(shelf, lacking, below, max(now, needed), reason)
            return None
        fence = self.fitter.fence(draft, station.site)
        begin = max(self.now, fence)
        keep_past = not fence and not self.policy.use_late_receipts
        if draft.start >= begin or (lacking and keep_past and latest == at):
            self._accept(group, shelf, draft, lacking, now)
            return None
        if not lacking:
            return self._restore(group, shelf, now, event)
        earliest = self.proposer.end(draft, station.site, begin)
        if latest > at and earliest <= latest:
            begun, _ = self.fitter.begun(shelf, draft, (lacking, below, at), begin)
            if begun is not None:
                self._accept(group, shelf, begun, lacking, now)
                return None
        if not keep_past:
            lacking = shelf.serve_all_late(lacking, max(now, needed), max(earliest, latest))
            below = max(0, below - shelf.coming_by(earliest)) if lacking else below
        if not lacking:
            return self._restore(group, shelf, now, event)
        late, _ = self.fitter.draw(shelf, lacking, below, at, latest, good)
        late = draft if late is None else late
        if late.start < fence:
            late, reason = self.fitter.begun(shelf, late, (lacking, below, at), fence)
        if late is None:
            self._without(shelf, lacking, below, max(now, needed), reason)
        else:
            self._accept(group, shelf, late, lacking, now)
        return None

    def _needed(self, station: Station, event: Event) -> tuple[int, int]:
        """Return when the wants of an event take what they want, and when it must be there."""
        at, kind, _, first, _ = event
        handling = station.handling
        if handling is None or kind != _WANTS or handling.plain:
            return at, at
        needed = station.wants[first][0]
        return needed, handling.latest(needed)

    def _share_out(self, station: Station) -> None:
        """Let fall on others what they have shares of, whatever is there; then see what orders are to cover."""
        if self.substituting.shares(station):
            self.substituting.share_out(station)
        if station.handling is not None:
            station.life = max([self.lives.get(want[2], (0,))[0] for want in station.wants], default=0)
            station.cover()

    def _lacking(self, shelf: Shelf, wants: range, at: int, now: int) -> list[tuple[int, int]]:
        """Serve wants of one moment by what there is, and by what stands in, and return what they lack."""
        station, lacking = shelf.station, []
        replaced = station.number in self.substituting.active
        for want in wants:
            quantity: int = station.wants[want][4]  # type: ignore[assignment]  # whole: no phantom
            if replaced:
                quantity -= self.substituting.first(station, want, quantity, now)
            missing = shelf.serve(want, quantity, now) if quantity else 0
            if missing:
                lacking.append((want, missing))
        return self.substituting.stand_in(station, lacking, at, now) if replaced and lacking else lacking

    def _restore(self, group: list[Shelf], shelf: Shelf, now: int, event: Event) -> Event | None:
        """Restore the safety stock: at once if so asked, else as soon as an order that starts now could."""
        station = shelf.station
        below = max(0, station.target(now) - shelf.stock.left)
        draft, _ = self.fitter.draw(shelf, (), below, now, now) if below else (None, "")
        if draft is None:
            return None
        fence = self.fitter.fence(draft, station.site)
        if self.policy.safety is not SafetyStock.AT_ONCE and draft.start < max(self.now, fence):
            earliest = self.proposer.end(draft, station.site, max(self.now, fence))
            if event[1] != _EARLIEST:
                return (earliest, _EARLIEST, event[2], 0, 0) if earliest < self.gathered.until else None
            if not fence:
                self.proposer.begin(draft, station.site, self.now, max(earliest, now))
        if fence:
            draft, _ = self.fitter.begun(shelf, draft, ((), below, now), fence)
        if draft is not None:
            self._accept(group, shelf, draft, [], now)
        return None

    def _without(self, shelf: Shelf, lacking: list[tuple[int, int]], below: int, now: int, reason: str) -> None:
        """Serve from whatever comes later what no order can bring, and note the rest as missing."""
        station = shelf.station
        station.no_source = reason
        station.short = max(station.short, below)
        for want, missing in lacking:
            rest = shelf.serve_late(want, missing, now, None)
            if rest:
                station.lack(want, rest, reason)

    def _accept(
        self, group: list[Shelf], shelf: Shelf, draft: Draft, lacking: Sequence[tuple[int, int]], now: int
    ) -> None:
        """Add an order: what it is for takes its part, the rest is there for whoever comes next."""
        for one in self.proposer.others(draft, shelf.station.site) if draft.rest else (draft,):
            lacking = self._accept_one(group, shelf, one, lacking, now)

    def _accept_one(
        self, group: list[Shelf], shelf: Shelf, draft: Draft, lacking: Sequence[tuple[int, int]], now: int
    ) -> Sequence[tuple[int, int]]:
        """Add an order, and return what is lacking without it."""
        station = shelf.station
        number = self.add(station, draft)
        station.orders.append(number)
        for item, quantity in outputs_of(draft):
            target = next((one for one in group if one.station.item.code == item), None)
            supply = self._output(draft, number, item, quantity)
            if target is None:
                self._fall_off(number, station.site, item, supply)
                continue
            place = target.bring(supply)
            if target is shelf:
                self.orders.supply[number] = place
                served = [(want, target.serve_from(want, missing, place)) for want, missing in lacking]
                lacking = [(want, missing) for want, missing in served if missing]
            else:
                self.orders.also.setdefault(number, []).append((target.station.number, place))
            target.place(place, f"planned {draft.item.code}", now)
        return lacking

    def add(self, station: Station, draft: Draft) -> int:
        """Add an order that was drawn up for a station, and return its number."""
        orders = self.orders
        missing = draft.wanted + draft.safety + draft.ahead
        number = orders.add(
            station.number, draft.start, draft.due, draft.quantity, draft.good, draft.way, missing, draft.safety
        )
        if draft.co_product is not None:
            orders.beside[number] = draft.co_product
        if draft.quota:
            orders.quota[number] = draft.quota
        if draft.way is not None and draft.co_product is None:
            self.proposer.quotas.count(station.item.code, station.site, way_of(draft.way), draft.good)
        if draft.ahead:
            orders.ahead[number] = draft.ahead
        if draft.fenced is not None:
            orders.fenced[number] = draft.fenced
        return number

    def _output(self, draft: Draft, number: int, item: str, quantity: int) -> Supply:
        at = max(draft.due, self.now)
        return Supply(at, draft.due, quantity, self.gathered.arrives(self.catalog.item(item), at - draft.aged), number)

    def _fall_off(self, number: int, site: str, item: str, supply: Supply) -> None:
        station = self.station(item, site)
        if station.done:
            self.orders.uncounted.setdefault(number, []).append(item)
        else:
            self._expect(number, station, supply)

    def _expect(self, number: int, station: Station, supply: Supply) -> None:
        """Let a station that is not netted yet count on what an order brings it."""
        if station.number == self.orders.station[number]:
            self.orders.supply[number] = len(station.reals) + len(station.supplies)
        station.supplies.append(supply)

    # What follows from an order

    def _settle(self, order: PlannedOrder) -> None:
        """Take in an order that the planner has settled: it comes as it says, and needs what its bill says."""
        item = self.catalog.item(order.item)
        station = self.station(item.code, order.target if isinstance(order, PlannedMove) else order.site)
        draft = Draft(item, 0, 0)
        draft.start, draft.due = micros(order.start), micros(order.due)
        draft.quantity = draft.good = self.catalog.scaled(item.code, order.quantity)
        if isinstance(order, PlannedMake):
            day = self.times.day(max(draft.start, self.now), station.site)
            recipe = self.sources.recipe(item.code, station.site, day, order.revision or None)
            draft.way = recipe
            self.proposer.yields(draft, recipe)
            draft.aged = draft.due - self.times.finish(recipe, station.site, draft.due)
            if order.good:
                draft.good = self.catalog.scaled(item.code, order.good)
        elif isinstance(order, PlannedBuy) and order.receive is not None:
            draft.aged = draft.due - micros(order.receive)
        number = self.add(station, draft)
        self.orders.settled[number] = order
        if draft.way is None:
            self.proposer.quotas.count(item.code, station.site, way_of(order), draft.good)
        self.settled.setdefault(station.number, []).append(number)
        for code, quantity in outputs_of(draft):
            supply = self._output(draft, number, code, quantity)
            self._expect(number, self.station(code, station.site), supply)
        if isinstance(order, PlannedMove):
            source = self.station(item.code, order.source)
            source.wants.append((draft.start, 0, self.outside + number, NO_PART, draft.quantity))

    def _explode_all(self, station: Station) -> None:
        """Want what the orders of a station take, at their start."""
        orders, ways = self.orders, self.orders.way
        found: dict[int, list[int]] = {}
        for number in station.orders:
            found.setdefault(id(ways[number]), []).append(number)
        priorities = self._priorities(station)
        for numbers in found.values():
            columns = [[column[number] for number in numbers] for column in (orders.start, orders.due, orders.quantity)]
            self._explode_way(station, ways[numbers[0]], numbers, priorities, *columns)

    def _explode_way(
        self,
        station: Station,
        way: Way | None,
        numbers: Sequence[int],
        priorities: Mapping[int, int],
        starts: Sequence[int],
        dues: Sequence[int],
        quantities: Sequence[int],
    ) -> None:
        """Want what orders that come one way take, given by column."""
        targets = self._targets(way, station.site)
        if not targets:
            return
        urgent: Iterable[int] = repeat(0)
        if priorities:
            urgent = [priorities[number] for number in numbers]
            self.orders.priority.update((number, one) for number, one in zip(numbers, urgent, strict=True) if one)
        outside = self.outside
        origins = [outside + number for number in numbers]
        for wants, part in targets:
            moments = starts if part.at_start else map(part.moment, starts, dues, quantities)
            wants.extend(zip(moments, urgent, origins, repeat(part.number), map(_needing(part), quantities)))

    def _targets(self, way: Way | None, site: str) -> list[tuple[list[Want], Part]]:
        if way is None:
            return []
        return [(self.open(part.item, way.takes_from(site)).wants, part) for part in way.parts]

    def open(self, item: str, site: str) -> Station:
        """Return a station that may still be asked for something.

        Raises:
            InvalidValueError: if it is netted already: bills of different days need each other.
        """
        station = self.station(item, site)
        if station.done:
            advice = "Plan up to the day on which the bills change, then from it"
            reason = "is netted already: bills of different days need each other"
            raise InvalidValueError(field="catalog", value=item, reason=reason, advice=advice)
        return station

    def _explode(self, number: int, station: Station) -> None:
        """Want what a settled order takes, at its start."""
        orders = self.orders
        for wants, part in self._targets(orders.way[number], station.site):
            quantity = orders.quantity[number]
            needed = part.exact(quantity, per_order=True) if part.to_phantom else part.need(quantity)
            priority = min((one.wants[want][1] for one, want, _ in self.served(number)), default=0)
            moment = part.moment(orders.start[number], orders.due[number], quantity)
            wants.append((moment, priority, self.outside + number, part.number, needed))

    def _priorities(self, station: Station) -> dict[int, int]:
        """Return how urgent the most urgent of those is for whom an order of a station was drawn up; none: all 0."""
        if not any(want[1] for want in station.wants):
            return {}
        most = [0] * len(station.supplies)
        seen = bytearray(len(most))
        for want, supply, _ in station.pegged():
            priority = station.wants[want][1]
            if not seen[supply] or priority < most[supply]:
                most[supply], seen[supply] = priority, 1
        return {number: most[self.orders.supply[number]] for number in station.orders}

    # Phantoms

    def _merged(self, wants: list[Want]) -> list[Want]:
        """Return the wants of a phantom, those of one order at one step as one: its parts are rounded once."""
        found: dict[tuple[int, int, int, str | None, int], Want] = {}
        for want in wants:
            at, priority, origin, part, quantity = want
            alone = NO_PART if part != NO_PART else len(found)
            key = (at, priority, origin, None if part == NO_PART else self.sources.parts[part].step, alone)
            known = found.get(key)
            found[key] = want if known is None else (at, priority, origin, known[3], known[4] + quantity)
        return list(found.values())

    def _blow_through(self, station: Station, shelf: Shelf) -> None:
        """Serve a phantom from its stock, whole steps only, and want what the rest consists of instead."""
        steps = 10**station.item.scale
        rests: list[tuple[int, Fraction, int]] = []
        for number, (at, _, origin, part, quantity) in enumerate(station.wants):
            now = max(at, self.now)
            shelf.admit(now)
            exact = Fraction(quantity, steps) if part == NO_PART else Fraction(quantity)
            whole = exact.numerator * steps // exact.denominator
            taken = whole - (shelf.serve(number, whole, now) if whole else 0)
            if origin >= self.outside and taken:
                known = self.orders.phantoms.setdefault(origin - self.outside, {})
                known[station.item.code] = known.get(station.item.code, 0) + taken
            rests.append((number, exact - Fraction(taken, steps), now))
        together: dict[int, Fraction] = {}
        for number, rest, _ in rests:
            origin = station.wants[number][2]
            together[origin] = together.get(origin, Fraction(0)) + rest
        for number, rest, now in rests:
            if rest:
                self._explode_phantom(station, number, rest, now, together)

    def _explode_phantom(
        self, station: Station, number: int, rest: Fraction, now: int, together: dict[int, Fraction]
    ) -> None:
        """Want what the rest of a phantom consists of; what an order needs once with the first of its wants."""
        item, site = station.item, station.site
        at, priority, origin, came, _ = station.wants[number]
        recipe = self.sources.on(item.code, site, self.times.day(now, site))[1]
        if recipe is None or recipe.bom is None:
            short = rest * 10**item.scale
            station.no_source = "no source: a phantom without a bill of material valid then"
            station.lack(number, -(-short.numerator // short.denominator), station.no_source)
            return
        per_rest = recipe.per_good * 10**item.scale
        all_rest = together.pop(origin, None)
        whole = None if all_rest is None else all_rest * per_rest
        for each in recipe.parts:
            part = self.sources.at_step(each, self.sources.parts[came].step) if each.to_phantom and came >= 0 else each
            exact = part.exact(rest * per_rest, per_order=whole is not None, together=whole)
            if exact:
                needed = exact if part.to_phantom else -(-exact.numerator // exact.denominator)
                self.open(part.item, site).wants.append((at, priority, origin, part.number, needed))


def _needing(part: Part) -> Callable[[int], int | Fraction]:
    """Return what an order needs of a part as a function of what it starts: of a phantom exactly, else in steps."""
    return partial(part.exact, per_order=True) if part.to_phantom else part.whole_need
