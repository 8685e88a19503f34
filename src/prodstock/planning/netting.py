"""Netting: what is wanted against what is there and on its way, item by item, each after all that needs it."""

from __future__ import annotations

from bisect import insort
from fractions import Fraction
from hashlib import blake2b
from heapq import heapify, heappop, heappush
from typing import TYPE_CHECKING

import attrs

from prodstock.calendars.zone import from_micros, micros
from prodstock.errors import InvalidValueError, UnknownCode
from prodstock.master.codes import ItemCode
from prodstock.master.item import Supply as Origin
from prodstock.orders.planned import PlannedBuy, PlannedMake, PlannedMove, proposed
from prodstock.planning.kernel import PLANNED, Proposal, Supply, Want
from prodstock.planning.proposing import Proposer
from prodstock.planning.sources import netting_order
from prodstock.planning.station import Station, arrival
from prodstock.quantities.rounding import Rounding, round_scaled
from prodstock.quantities.scaled import from_scaled

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from prodstock.master.catalog import Catalog
    from prodstock.orders.planned import PlannedOrder
    from prodstock.planning.gather import Gathered
    from prodstock.planning.lead_time import LeadTimes
    from prodstock.planning.sources import RecipeLine, Sources
    from prodstock.tables import Progress

Event = tuple[int, int, int, str, int, int]
"""When, what (a want, the safety stock, the safety stock at its earliest), priority, name, number of want, station."""

_WANT, _SAFETY, _EARLIEST = range(3)


class Netting:
    """All stations of one plan, netted from the top of the bills down."""

    def __init__(self, gathered: Gathered, sources: Sources, firm: Sequence[PlannedOrder]) -> None:
        self.gathered = gathered
        self.sources = sources
        self.catalog: Catalog = gathered.catalog
        self.times: LeadTimes = gathered.times
        self.proposer: Proposer = Proposer(sources, self.times, gathered.now)
        self.now: int = gathered.now
        self.levels: Mapping[str, int] = netting_order(self.catalog, sources.makers)
        self.stations: dict[tuple[str, str], Station] = {}
        self.waiting: list[set[tuple[str, str]]] = [set() for _ in range(max(self.levels.values(), default=0) + 1)]
        self.groups: list[list[Station]] = []
        self.proposals: list[Proposal] = []
        self.by_code: dict[str, Proposal] = {}
        self.from_phantoms: dict[str, Proposal] = {}
        self.codes: dict[str, int] = {}
        self.moments: dict[int, datetime] = {}
        self.settled: dict[tuple[str, str], list[Proposal]] = {}
        self.group_of: dict[str, tuple[str, ...]] = _groups(sources.makers)
        for place, wants in gathered.wants.items():
            self.station(*place).wants = wants
        for place, supplies in gathered.supplies.items():
            self.station(*place).coming = supplies
        for item in self.catalog.items:
            if item.safety_stock and not any((item.code, site.code) in self.stations for site in self.catalog.sites):
                self.station(item.code, "MAIN")
        for order in sorted(firm, key=lambda one: one.code):
            self._settle(order)

    def station(self, item: str, site: str) -> Station:
        """Return the station of an item at a site, a new one if there is none."""
        found = self.stations.get((item, site))
        if found is None:
            one = self.catalog.item(item)
            safety = round_scaled(self.catalog.base(item, one.safety_stock), one.scale, Rounding.NEED)
            found = self.stations[item, site] = Station(one, site, safety)
            self.waiting[self.levels[item]].add((item, site))
        return found

    def run(self, progress: Progress | None) -> None:
        """Net every station, each after all that needs its item."""
        done = 0
        for waiting in self.waiting:
            while waiting:
                for place in sorted(waiting):
                    if place in waiting:
                        group = [place for place in self._group(*place) if place in waiting]
                        waiting.difference_update(group)
                        self._net([self.stations[one] for one in group])
                        done += len(group)
                        if progress is not None:
                            progress(done, len(self.stations))
        for proposal in self.from_phantoms.values():
            self._name_phantoms(proposal)

    def _name_phantoms(self, proposal: Proposal) -> None:
        """Say on an order what it takes of phantoms from stock: they are netted after it."""
        found = sorted(proposal.from_phantoms.items())
        taken = tuple((ItemCode(item), from_scaled(steps, self.catalog.item(item).scale)) for item, steps in found)
        if isinstance(proposal.public, PlannedMake) and proposal.public.from_stock != taken:
            proposal.public = attrs.evolve(proposal.public, from_stock=taken)

    def _group(self, item: str, site: str) -> list[tuple[str, str]]:
        return [(one, site) for one in self.group_of.get(item, (item,))]

    # One group of items that come out of the same processes; mostly one item

    def _net(self, group: list[Station]) -> None:
        self.groups.append(group)
        events: list[Event] = []
        for number, station in enumerate(group):
            station.open()
            if station.item.supply is Origin.PHANTOM:
                self._blow_through(station)
                continue
            for at, want in enumerate(station.wants):
                events.append((want.at, _WANT, want.priority, want.name, at, number))
            if station.safety:
                events.append((self.now, _SAFETY, 0, "", 0, number))
        heapify(events)
        while events:
            event = heappop(events)
            found = self._serve(group, event)
            if found is not None:
                heappush(events, found)
        for station in group:
            station.admit(max(self.now, self.gathered.until - 1))
            station.done = True
        settled = [one for station in group for one in self.settled.get((station.item.code, station.site), ())]
        fresh = [proposal for station in group for proposal in station.proposals]
        for proposal in (*settled, *fresh):
            self._name(proposal)
        for proposal in (*settled, *fresh):
            self.proposals.append(proposal)
            self.by_code[proposal.code] = proposal
            self._explode(proposal)

    def _serve(self, group: list[Station], event: Event) -> Event | None:
        """Serve one want, then see to the safety stock; return when to look at it again, if it must wait."""
        at, kind, _, _, number, which = event
        station = group[which]
        now = max(at, self.now)
        station.admit(now)
        want = station.wants[number] if kind == _WANT else None
        missing = 0 if want is None else station.serve(want, want.quantity, now)
        below = max(0, station.safety - station.stock.left)
        if not missing and not below:
            return None
        proposal, reason = self.proposer.order(station.item, station.site, missing, below, at)
        if proposal is None:
            self._without(station, want, missing, below, now, reason)
            return None
        if proposal.start >= self.now:
            self._accept(group, station, proposal, want)
            return None
        earliest = self._earliest(proposal)
        if want is not None and missing:
            missing = station.serve_late(want, missing, now + want.life, earliest)
        if missing:
            below = max(0, below - sum(supply.left for supply in station.later(earliest)))
            proposal, _ = self.proposer.order(station.item, station.site, missing, below, at)
            self._accept(group, station, proposal, want)  # type: ignore[arg-type]  # there was a source for more than this
            return None
        return self._restore(group, station, now, event)

    def _restore(self, group: list[Station], station: Station, now: int, event: Event) -> Event | None:
        """Restore the safety stock as soon as an order that starts now could: never by one that starts in the past."""
        below = max(0, station.safety - station.stock.left)
        proposal, _ = self.proposer.order(station.item, station.site, 0, below, now) if below else (None, "")
        if proposal is None:
            return None
        earliest = self._earliest(proposal)
        if event[1] != _EARLIEST:
            return (earliest, _EARLIEST, 0, "", 0, event[5]) if earliest < self.gathered.until else None
        proposal.start, proposal.due = self.now, max(earliest, now)
        self._accept(group, station, proposal, None)
        return None

    def _without(self, station: Station, want: Want | None, missing: int, below: int, now: int, reason: str) -> None:
        """Serve from whatever comes later what no order can bring, and note the rest as missing."""
        station.no_source = reason
        station.short = max(station.short, below)
        if want is not None:
            want.missing = station.serve_late(want, missing, now + want.life, None)
            want.why = reason if want.missing else ""

    def _earliest(self, proposal: Proposal) -> int:
        """Return when an order that starts now would be there, what it needs left out of account."""
        return self.proposer.end(proposal, self.now)

    def _accept(self, group: list[Station], station: Station, proposal: Proposal, want: Want | None) -> None:
        """Add a proposal: what it is for takes its part, the rest is there for whoever comes next."""
        station.proposals.append(proposal)
        for other, quantity in self._outputs(proposal):
            target = next((one for one in group if one.item.code == other), None)
            supply = self._output(proposal, other, quantity)
            if target is station:
                proposal.supply = supply
                if want is not None and proposal.wanted:
                    station.peg(want, supply, proposal.wanted)
            if target is None:
                self._fall_off(proposal, other, supply)
            elif supply.at <= max(self.now, 0 if want is None else want.at):
                target.put(supply)
            else:
                insort(target.coming, supply, lo=target.next, key=arrival)

    def _outputs(self, proposal: Proposal) -> list[tuple[str, int]]:
        return [(proposal.item.code, proposal.good), *proposal.outputs]

    def _output(self, proposal: Proposal, item: str, quantity: int) -> Supply:
        at = max(proposal.due, self.now)
        expires = self.gathered.arrives(self.catalog.item(item), at)
        supply = Supply(PLANNED, f"planned {proposal.item.code}", quantity, at, received=at, expires=expires)
        supply.due = proposal.due
        supply.proposal = proposal
        return supply

    def _fall_off(self, proposal: Proposal, item: str, supply: Supply) -> None:
        station = self.station(item, proposal.site)
        if station.done:
            proposal.uncounted.append(item)
        else:
            station.coming.append(supply)

    # What follows from an order

    def _settle(self, order: PlannedOrder) -> None:
        """Take in an order that the planner has settled: it comes as it says, and needs what its bill says."""
        item = self.catalog.item(order.item)
        site = order.target if isinstance(order, PlannedMove) else order.site
        proposal = Proposal(item, site, 0, 0)
        proposal.settled = order
        proposal.start, proposal.due = micros(order.start), micros(order.due)
        proposal.quantity = proposal.good = self.catalog.scaled(item.code, order.quantity)
        if isinstance(order, PlannedMake):
            day = self.times.day(max(proposal.start, self.now), site)
            proposal.recipe = self.sources.recipe(item.code, site, day, order.revision or None)
            self.proposer.yields(proposal, proposal.recipe)
            if order.good:
                proposal.good = self.catalog.scaled(item.code, order.good)
            if order.from_stock:
                self.from_phantoms[order.code] = proposal
        for code, quantity in self._outputs(proposal):
            supply = self._output(proposal, code, quantity)
            supply.label = order.code or supply.label
            self.station(code, site).coming.append(supply)
            proposal.supply = supply if code == item.code else proposal.supply
        if isinstance(order, PlannedMove):
            want = Want(proposal.start, 0, order.code, proposal.quantity, order.serves, proposal)
            self.station(item.code, order.source).wants.append(want)
            proposal.needs.append(want)
        self.settled.setdefault((item.code, site), []).append(proposal)

    def _name(self, proposal: Proposal) -> None:
        """Say whom an order is for, most urgent first, and give it a code made from all it says."""
        refs = {ref: None for want, _ in proposal.wants for ref in want.refs}
        proposal.priority = min((want.priority for want, _ in proposal.wants), default=0)
        proposal.ready = max(proposal.due, self.now)
        if proposal.settled is not None:
            proposal.serves = proposal.settled.serves or tuple(refs)
            proposal.code, proposal.public = proposal.settled.code, proposal.settled
            return
        proposal.serves = tuple(refs)
        kind = "buy" if proposal.sourcing is not None else "make"
        named = (
            kind,
            proposal.item.code,
            proposal.site,
            proposal.start,
            proposal.due,
            proposal.quantity,
            *proposal.serves,
        )
        content = "\n".join(map(str, named))
        again = self.codes[content] = self.codes.get(content, 0) + 1
        proposal.code = blake2b(f"{content}\n{again}".encode(), digest_size=8).hexdigest()
        proposal.public = self._public(proposal)

    def _moment(self, instant: int) -> datetime:
        found = self.moments.get(instant)
        if found is None:
            found = self.moments[instant] = from_micros(instant)
        return found

    def _public(self, proposal: Proposal) -> PlannedOrder:
        item = proposal.item
        code, quantity = ItemCode(item.code), from_scaled(proposal.quantity, item.scale)
        start, due = self._moment(proposal.start), self._moment(proposal.due)
        site, serves = proposal.site, proposal.serves
        if proposal.sourcing is not None:
            supplier = proposal.sourcing.supplier
            return proposed(PlannedBuy, code, quantity, start, due, supplier, proposal.code, site, serves)
        revision = "" if proposal.recipe is None else proposal.recipe.revision
        good = from_scaled(proposal.good, item.scale)
        return proposed(PlannedMake, code, quantity, start, due, revision, proposal.code, site, serves, good, ())

    def _explode(self, proposal: Proposal) -> None:
        """Want what the order takes, at its start."""
        recipe = proposal.recipe
        if recipe is None:
            return
        for line in recipe.lines:
            want = Want(proposal.start, proposal.priority, proposal.code, 0, proposal.serves, proposal)
            self._want(want, line, proposal.site, proposal.quantity, "")
            proposal.needs.append(want)

    def _want(self, want: Want, line: RecipeLine, site: str, started: Fraction | int, phantom: str) -> None:
        """Send a want for what a line needs to its station."""
        station = self.station(line.item, site)
        if station.done:
            advice = "Plan up to the day on which the bills change, then from it"
            raise InvalidValueError(
                field="catalog",
                value=line.item,
                reason="is netted already: bills of different days need each other",
                advice=advice,
            )
        if not line.phantom and isinstance(started, int):
            want.quantity = line.need(started)
        else:
            exact = Fraction(line.top, line.bottom) * (1 if line.per_order else started)
            if line.phantom:
                want.exact, want.step = exact, line.step
                exact *= 10**station.item.scale
            want.quantity = -(-exact.numerator // exact.denominator)
        want.asked = want.quantity
        want.lines = ((line, want.quantity, phantom),)
        station.wants.append(want)

    def _blow_through(self, station: Station) -> None:
        """Serve a phantom from its stock, whole steps only, and want what the rest consists of instead."""
        steps = 10**station.item.scale
        first: set[int] = set()
        for want in station.wants:
            now = max(want.at, self.now)
            station.admit(now)
            exact = Fraction(want.quantity, steps) if want.exact is None else want.exact
            whole = exact.numerator * steps // exact.denominator
            taken = whole - (station.serve(want, whole, now) if whole else 0)
            if isinstance(want.origin, Proposal) and taken:
                known = want.origin.from_phantoms
                known[station.item.code] = known.get(station.item.code, 0) + taken
                self.from_phantoms[want.origin.code] = want.origin
            rest = exact - Fraction(taken, steps)
            if rest:
                self._explode_phantom(station, want, rest, now, first)

    def _explode_phantom(self, station: Station, want: Want, rest: Fraction, now: int, first: set[int]) -> None:
        item = station.item
        recipe = self.sources.on(item.code, station.site, self.times.day(now, station.site))[1]
        if recipe is None or recipe.bom is None:
            short = rest * 10**item.scale
            want.missing = -(-short.numerator // short.denominator)
            want.why = station.no_source = "no source: a phantom without a bill of material valid then"
            return
        started = rest * recipe.per_good * 10**item.scale
        for line in recipe.lines:
            if line.per_order and id(want.origin) in first:
                continue
            below = Want(want.at, want.priority, want.name, 0, want.refs, want.origin)
            self._want(below, line, station.site, started, item.code)
            if line.phantom:
                below.step = want.step
            want.below.append(below)
        first.add(id(want.origin))

    def find(self, order: PlannedOrder) -> Proposal:
        """Return the proposal behind a planned order.

        Raises:
            UnknownCode: if the plan has no such order.
        """
        found = self.by_code.get(order.code)
        if found is None or found.public != order:
            raise UnknownCode(kind="order of this plan", given=order.code or order.item)
        return found

    # When all of it is there

    def cover(self) -> None:
        """Work out when everything wanted is there, from the bottom of the bills up: late parts make late orders."""
        for group in reversed(self.groups):
            for station in group:
                for proposal in (*self.settled.get((station.item.code, station.site), ()), *station.proposals):
                    self._ready(proposal)
            for station in group:
                for want in station.wants:
                    want.covered = self._covered(want)

    def _ready(self, proposal: Proposal) -> None:
        start: int | None = max(proposal.start, self.now)
        for need in proposal.needs:
            want = need.into or need
            if want.covered is None:
                proposal.blocker, start = want, None
                break
            if start is not None and want.covered > start:
                proposal.blocker, start = want, want.covered
        if start is None:
            proposal.ready = None
        elif start > proposal.start:
            proposal.ready = max(proposal.due, self.now, self.proposer.end(proposal, start))

    def _covered(self, want: Want) -> int | None:
        if want.missing:
            return None
        covered = self.now
        for supply, _ in want.takes:
            ready = supply.at if supply.proposal is None else supply.proposal.ready
            if ready is None:
                return None
            covered = max(covered, ready)
        for one in want.below:
            below = one.into or one
            if below.covered is None:
                return None
            covered = max(covered, below.covered)
        return covered


def _groups(makers: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """Return, for each item that comes out beside others, all items that must be netted together with it."""
    group: dict[str, set[str]] = {}
    for item, mains in makers.items():
        joined = {item, *mains}
        for one in tuple(joined):
            joined |= group.get(one, set())
        for one in joined:
            group[one] = joined
    return {item: tuple(sorted(joined)) for item, joined in group.items()}
