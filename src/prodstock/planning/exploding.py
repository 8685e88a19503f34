"""What orders take, wanted of the stations below them, and what phantoms consist of."""

from __future__ import annotations

from fractions import Fraction
from functools import partial
from itertools import repeat
from typing import TYPE_CHECKING

from prodstock.planning.ways import NO_PART

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from prodstock.planning.kernel import Drawn, Orders, Want
    from prodstock.planning.lead_time import LeadTimes
    from prodstock.planning.netting import Netting
    from prodstock.planning.sources import Sources
    from prodstock.planning.station import Shelf, Station
    from prodstock.planning.ways import Part, Way


class Explosion:
    """The wants that follow from the orders of a plan."""

    def __init__(self, netting: Netting) -> None:
        self.netting = netting
        self.orders: Orders = netting.orders
        self.sources: Sources = netting.sources
        self.times: LeadTimes = netting.times
        self.now: int = netting.now
        self.outside: int = netting.outside
        self.urgent: bool = any(asked.priority for asked in netting.gathered.asked)

    def explode_all(self, station: Station) -> None:
        """Want what the orders of a station take, at their start."""
        orders, ways = self.orders, self.orders.way
        found: dict[int, list[int]] = {}
        for number in station.orders:
            found.setdefault(id(ways[number]), []).append(number)
        priorities = self._priorities(station)
        for numbers in found.values():
            columns = [[column[number] for number in numbers] for column in (orders.start, orders.due, orders.quantity)]
            self._explode_way(station, ways[numbers[0]], numbers, priorities, *columns)

    def explode_drawn(self, station: Station, way: Way, drawn: Drawn) -> None:
        """Want what orders take that were drawn up in one sweep."""
        priorities = self._priorities(station)
        self._explode_way(station, way, station.orders, priorities, drawn.start, drawn.due, drawn.quantity)

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
        targets = self._targets(way, station.site, station.segment)
        if not targets:
            return
        if self.sources.grouped:
            self.netting.grouping.note(numbers, way, station.site)
        urgent: Iterable[int] = repeat(0)
        if priorities:
            urgent = [priorities[number] for number in numbers]
            self.orders.priority.update((number, one) for number, one in zip(numbers, urgent, strict=True) if one)
        if any(part.limits or part.to_phantom for _, part in targets):
            for number in numbers:
                self._hand_down(number)
        outside = self.outside
        origins = [outside + number for number in numbers]
        for wants, part in targets:
            moments = starts if part.at_start else map(part.moment, starts, dues, quantities)
            wants.extend(zip(moments, urgent, origins, repeat(part.number), map(_needing(part), quantities)))

    def _targets(self, way: Way | None, site: str, segment: str) -> list[tuple[list[Want], Part]]:
        if way is None:
            return []
        return [(self.netting.open(part.item, way.takes_from(site), segment).wants, part) for part in way.parts]

    def explode(self, number: int, station: Station) -> None:
        """Want what a settled order takes, at its start."""
        orders = self.orders
        if self.sources.grouped:
            self.netting.grouping.note([number], orders.way[number], station.site)
        self._hand_down(number)
        for wants, part in self._targets(orders.way[number], station.site, orders.settled[number].segment):
            quantity = orders.quantity[number]
            needed = part.exact(quantity, per_order=True) if part.to_phantom else part.need(quantity)
            priority = min((one.wants[want][1] for one, want, _ in self.netting.served(number)), default=0)
            moment = part.moment(orders.start[number], orders.due[number], quantity)
            wants.append((moment, priority, self.outside + number, part.number, needed))

    def _hand_down(self, number: int) -> None:
        """Note up to when what an order brings must be good for whom it serves: at least when it is there."""
        lives, now = self.netting.lives, self.now
        wants = [station.wants[want] for station, want, _ in self.netting.served(number)]
        until = max([max(want[0], now) + lives.of(want).life for want in wants], default=0)
        lives.until[self.outside + number] = max(until, self.orders.due[number])

    def _priorities(self, station: Station) -> dict[int, int]:
        """Return how urgent the most urgent of those is for whom an order of a station was drawn up; none: all 0."""
        if not self.urgent or not any(want[1] for want in station.wants):
            return {}
        most = [0] * len(station.supplies)
        seen = bytearray(len(most))
        for want, supply, _ in station.pegged():
            priority = station.wants[want][1]
            if not seen[supply] or priority < most[supply]:
                most[supply], seen[supply] = priority, 1
        return {number: most[self.orders.supply[number]] for number in station.orders}

    def merged(self, wants: list[Want]) -> list[Want]:
        """Return the wants of a phantom, those of one order at one step as one: its parts are rounded once."""
        found: dict[tuple[int, int, int, str | None, bool, int], Want] = {}
        for want in wants:
            at, priority, origin, part, quantity = want
            alone = NO_PART if part != NO_PART else len(found)
            came = None if part == NO_PART else self.sources.parts[part]
            step, limits = (None, False) if came is None else (came.step, came.limits)
            key = (at, priority, origin, step, limits, alone)
            known = found.get(key)
            found[key] = want if known is None else (at, priority, origin, known[3], known[4] + quantity)
        return list(found.values())

    def blow_through(self, station: Station, shelf: Shelf) -> None:
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
        recipe = self.sources.on(item.code, site, self.times.day(now, site), self.netting.chosen(station, origin))[1]
        if recipe is None or recipe.bom is None:
            short = rest * 10**item.scale
            station.no_source = "no source: a phantom without a bill of material valid then"
            station.lack(number, -(-short.numerator // short.denominator), station.no_source)
            return
        per_rest = recipe.per_good * 10**item.scale
        all_rest = together.pop(origin, None)
        whole = None if all_rest is None else all_rest * per_rest
        for each in recipe.parts:
            part = self.sources.within(each, came)
            need = part.exact if part.to_phantom else part.whole
            needed = need(rest * per_rest, per_order=whole is not None, together=whole)
            if needed:
                wants = self.netting.open(part.item, site, station.segment).wants
                wants.append((at, priority, origin, part.number, needed))


def _needing(part: Part) -> Callable[[int], int | Fraction]:
    """Return what an order needs of a part as a function of what it starts: of a phantom exactly, else in steps."""
    return partial(part.exact, per_order=True) if part.to_phantom else part.whole_need
