"""Netting: what is wanted against what is there and on its way, item by item, each after all that needs it."""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING

import attrs

from prodstock._uncollected import uncollected
from prodstock.calendars.zone import micros
from prodstock.errors import InvalidValueError
from prodstock.orders.demand import Demand, segment_of
from prodstock.orders.planned import PlannedBuy, PlannedMake, PlannedMove
from prodstock.planning.covering import Covering
from prodstock.planning.exploding import Explosion
from prodstock.planning.feasible import Feasible
from prodstock.planning.fitting import Fitter
from prodstock.planning.grouping import Grouping
from prodstock.planning.in_turn import InTurn
from prodstock.planning.joint import Joint
from prodstock.planning.kernel import SALE, Draft, Fit, Orders, Place, Supply, outputs_of
from prodstock.planning.lives import Lives
from prodstock.planning.naming import Naming
from prodstock.planning.plainly import net_plainly
from prodstock.planning.policy import Mode, SafetyStock
from prodstock.planning.proposing import Proposer
from prodstock.planning.quotas import way_of
from prodstock.planning.site_order import groups, ranks
from prodstock.planning.station import Station
from prodstock.planning.substituting import Substituting
from prodstock.planning.ways import NO_PART, Recipe, Terms
from prodstock.quantities.rounding import Rounding, round_scaled

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from prodstock.master.catalog import Catalog
    from prodstock.master.choices import Choices
    from prodstock.master.item import Item
    from prodstock.orders.planned import PlannedOrder
    from prodstock.planning.gather import Gathered
    from prodstock.planning.kernel import Asked
    from prodstock.planning.lead_time import LeadTimes
    from prodstock.planning.policy import PlanningPolicy
    from prodstock.planning.sources import Sources
    from prodstock.tables import Progress


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
        self.places: dict[Place, Station] = {}
        self.segments: set[str] = set()
        self.waiting: list[set[Place]] = [set() for _ in range(max(self.levels.values(), default=0) + 1)]
        self.groups: list[list[Station]] = []
        self.lives: Lives = Lives(self.sources.parts, gathered.now)
        self.settled: dict[int, list[int]] = {}
        self.fitter: Fitter = Fitter(gathered, proposer)
        self.explosion: Explosion = Explosion(self)
        self.naming: Naming = Naming(self)
        self.covering: Covering
        self.group_of: dict[str, tuple[str, ...]] = groups(self.sources.makers)
        self.moved: dict[str, set[tuple[str, str]]] = {}
        self._ranks: dict[str, Mapping[str, int]] = {}
        for order in firm:
            if isinstance(order, PlannedMove):
                self.moved.setdefault(order.item, set()).add((order.source, order.target))
        self.substituting: Substituting = Substituting(self)
        self.grouping: Grouping = Grouping(self)
        for number, asked in enumerate(gathered.asked):
            station = self.places.get(asked.place) or self.station(*asked.place)
            station.wants.append((asked.at, asked.priority, number, NO_PART, asked.quantity))
            if asked.sale or asked.life:
                self.lives.asked[number] = self._fit(asked)
            if asked.revision:
                station.particular = True
        for place, reals in sorted(gathered.supplies.items()):
            self.station(*place).reals = sorted(reals, key=lambda real: real.key)
        stocked = {item for item, _, segment in self.places if not segment}
        for code, site in self.sources.kept:
            if site is not None or code not in stocked:
                self.station(code, "MAIN" if site is None else site)
        for order in sorted(firm, key=lambda one: one.code):
            self._settle(order)

    def _fit(self, asked: Asked) -> Fit:
        """Return what goods must be like for somebody; whose they may be counts where some are not ours."""
        customer = asked.origin.customer if self.gathered.owned and isinstance(asked.origin, Demand) else None
        if not (asked.life or customer or asked.revision):
            return SALE
        return Fit(asked.life, asked.sale, customer or "", asked.revision)

    def station(self, item: str, site: str, segment: str = "") -> Station:
        """Return the station of an item at a site for a segment, a new one if there is none.

        What is planned for all alike has one for free stock only. A safety stock is free stock.
        """
        place = (item, site, segment)
        found = self.places.get(place)
        if found is None:
            one = self.catalog.item(item)
            if segment and one.collective:
                return self.station(item, site)
            safety = 0
            handling = self.gathered.handling(item, site, segment)
            if handling is not None:
                safety = max(level for _, level in handling.steps)
            elif one.safety_stock and not segment:
                safety = round_scaled(self.catalog.base(item, one.safety_stock), one.scale, Rounding.NEED)
            found = Station(len(self.stations), one, site, safety, handling, segment)
            self.places[place] = found
            if segment:
                self.segments.add(segment)
            self.stations.append(found)
            self.waiting[self.levels[item]].add(place)
        return found

    def whose(self, origin: int) -> str:
        """Return whose stock somebody takes who wants something: the segment of an order, or of who asks for it."""
        number = origin - self.outside
        if number < 0:
            asked = self.gathered.asked[origin]
            who = asked.origin
            return segment_of(who, asked.name) if isinstance(who, Demand) else who.segment
        settled = self.orders.settled.get(number)
        return self.stations[self.orders.station[number]].segment if settled is None else settled.segment

    def chosen(self, station: Station, origin: int = -1) -> Choices:
        """Return what is not usual of the options with which something is made for a station, or somebody there.

        A settled order says itself with which options it is made.
        """
        settled = self.orders.settled.get(origin - self.outside) if origin >= self.outside else None
        if isinstance(settled, PlannedMake) and settled.options:
            return self.gathered.options_by(settled)
        return self.gathered.choices.get(station.segment, ())

    def known(self, item: str, site: str, segment: str) -> Station | None:
        """Return the station of an item at a site for a segment, if there is one."""
        return self.places.get((item, site, "" if segment and self.catalog.item(item).collective else segment))

    def others(self, station: Station) -> Iterator[Station]:
        """Yield the stations of the same item and site for other segments, free stock first."""
        for segment in ("", *sorted(self.segments)) if self.segments else ():
            other = self.places.get((station.item.code, station.site, segment))
            if other is not None and other is not station:
                yield other

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

    @uncollected()
    def run(self, progress: Progress | None) -> None:
        """Net every station, each after all that needs its item; constrained, serve want by want."""
        if self.policy.mode is Mode.CONSTRAINED:
            Feasible(self, self._covers()).run(progress)
        else:
            self._by_level(progress)
            self.substituting.settle()
        Joint(self).fill()
        self.covering = Covering(self)

    def _covers(self) -> dict[Place, Mapping[int, tuple[int, int]]]:
        """Return what the orders of lot rules that look ahead cover where nothing holds back, by place."""
        if not self.sources.looks_ahead:
            return {}
        policy = attrs.evolve(self.policy, mode=Mode.UNCONSTRAINED)
        proposer = Proposer(self.sources, self.times, self.now, self.gathered.choices, breaks=self.policy.price_breaks)
        proposer.commit(self.gathered, self.firm)
        free = Netting(self.gathered, proposer, policy, self.firm)
        free._by_level(None)
        self.proposer.economic |= free.proposer.economic
        return {one.place: one.covers for one in free.stations if one.covers}

    def _by_level(self, progress: Progress | None) -> None:
        done = 0
        for level, waiting in enumerate(self.waiting):
            self.grouping.decide(level)
            while waiting:
                for place in self._next(waiting):
                    if place in waiting:
                        group = [one for one in self._group(*place) if one in waiting] if self.group_of else [place]
                        waiting.difference_update(group)
                        self._net([self.places[one] for one in group])
                        done += len(group)
                        if progress is not None:
                            progress(done, len(self.stations))

    def _next(self, waiting: set[Place]) -> list[Place]:
        """Return those of a level that no other of it may supply any more: all of them, but for lanes and moves.

        Free stock comes last: what falls off for all alike in a project is there before.
        """
        found: Iterable[Place] = waiting
        if self.sources.laned or self.moved:
            rank = {place: self.rank(place[0], place[1]) for place in waiting}
            next_ones = min(rank.values())
            found = [place for place in waiting if rank[place] == next_ones]
        return sorted(found, key=_free_last) if self.segments else sorted(found)

    def rank(self, item: str, site: str) -> int:
        """Return the place of a site in the order in which the stations of an item are netted: suppliers come last."""
        found = self._ranks.get(item)
        if found is None:
            items = self.group_of.get(item, (item,))
            lanes = {(lane.source, lane.target) for one in items for lane in self.catalog.lanes_of(one)}
            moves = {move for one in items for move in self.moved.get(one, ())}
            found = self._ranks[item] = ranks(lanes, moves) if lanes or moves else {}
        return found.get(site, 0)

    def _group(self, item: str, site: str, segment: str) -> list[Place]:
        return [(one, site, segment) for one in self.group_of.get(item, (item,))]

    # One group of items that come out of the same processes; mostly one item

    def _net(self, group: list[Station]) -> None:
        self.groups.append(group)
        for station in group:
            station.wants.sort()
        if self.substituting.possible:
            self.substituting.prepare(group)
        if len(group) == 1 and self._plainly(group[0]):
            return
        InTurn(self, group).run()
        for station in group:
            station.done = True
        for station in group:
            settled = self.settled.get(station.number, [])
            for order in settled:
                self.explosion.explode(order, station)
            if station.orders:
                self.explosion.explode_all(station)
            if settled:
                station.orders = array("q", settled) + station.orders

    def _plainly(self, station: Station) -> bool:
        """Net a station in one sweep, if what is there now serves everybody and all else comes one way; else refuse."""
        only, now = self.sources.always(station.item, station.site, self.chosen(station)), self.now
        if (
            only is None
            or station.supplies
            or station.particular
            or (station.handling is not None and not station.handling.plain)
        ):
            return False
        if self.substituting.possible and self.substituting.touches(station):
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
            self.explosion.explode_drawn(station, only.way, drawn)
        return True

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

    def output(self, draft: Draft, number: int, item: str, quantity: int) -> Supply:
        """Return what an order brings of one of its outputs."""
        at = max(draft.due, self.now)
        return Supply(at, draft.due, quantity, self.gathered.arrives(self.catalog.item(item), at - draft.aged), number)

    def fall_off(self, number: int, by: Station, item: str, supply: Supply) -> None:
        """Let what an order brings besides go to its own station; if that is netted already, nobody counts on it."""
        station = self.station(item, by.site, by.segment)
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
        site = order.target if isinstance(order, PlannedMove) else order.site
        station = self.station(item.code, site, order.segment)
        draft = Draft(item, 0, 0)
        draft.start, draft.due = micros(order.start), micros(order.due)
        draft.quantity = draft.good = self.catalog.scaled(item.code, order.quantity)
        if isinstance(order, PlannedMake):
            day = self.times.day(max(draft.start, self.now), station.site)
            options = self.gathered.options_by(order)
            recipe = self.sources.recipe(item.code, station.site, day, order.revision or None, options=options)
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
            supply = self.output(draft, number, code, quantity)
            self._expect(number, self.station(code, site, order.segment), supply)
        if isinstance(order, PlannedMove):
            source = self.station(item.code, order.source, order.segment)
            source.wants.append((draft.start, 0, self.outside + number, NO_PART, draft.quantity))

    def open(self, item: str, site: str, segment: str) -> Station:
        """Return a station that may still be asked for something.

        Raises:
            InvalidValueError: if it is netted already: bills of different days need each other.
        """
        station = self.station(item, site, segment)
        if station.done:
            advice = "Plan up to the day on which the bills change, then from it"
            reason = "is netted already: bills of different days need each other"
            raise InvalidValueError(field="catalog", value=item, reason=reason, advice=advice)
        return station


def _free_last(place: Place) -> tuple[bool, Place]:
    """Return what places are sorted by where some are not of free stock."""
    return not place[2], place
