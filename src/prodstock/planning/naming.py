"""What planned orders are called and whom they are for: the same for the same proposal in every plan."""

from __future__ import annotations

from fractions import Fraction
from functools import cached_property
from hashlib import blake2b
from typing import TYPE_CHECKING, TypeAlias

import attrs

from prodstock.calendars.zone import from_micros
from prodstock.master.codes import ItemCode
from prodstock.orders.planned import PlannedBuy, PlannedMake, PlannedMove, proposed
from prodstock.planning.translations.prices import unit_price
from prodstock.planning.ways import Recipe, Route
from prodstock.quantities.scaled import from_scaled
from prodstock.stock.lot import NEVER

if TYPE_CHECKING:
    from datetime import datetime
    from decimal import Decimal

    from prodstock.orders.planned import PlannedOrder, StandIn
    from prodstock.orders.production import ProductionOrder
    from prodstock.planning.kernel import Place
    from prodstock.planning.netting import Netting
    from prodstock.planning.ways import Way


Said: TypeAlias = "tuple[str, str, int, int, int] | tuple[str, str, int, int, int, str]"
"""What an order says of itself: item, site, start, due, quantity, and whose stock it is, where it is not free."""


class Naming:
    """The planned orders of a netting as people get them, each made when it is first asked for."""

    def __init__(self, netting: Netting) -> None:
        self.netting = netting
        self._serves: dict[int, tuple[str, ...]] = {}
        self._needed: dict[int, int] = {}
        self._public: dict[int, PlannedOrder] = {}
        self._codes: dict[int, str] = {}
        self._numbers: dict[str, int] | None = None
        self._moments: dict[int, datetime] = {}
        self._same: dict[Place, dict[tuple[int, ...], list[int]]] = {}

    def serves(self, number: int) -> tuple[str, ...]:
        """Return the demands that an order is for, most urgent first: those of all that wants it."""
        serves, outside = self._serves, self.netting.outside
        pending = [] if number in serves else [number]
        wanting: dict[int, list[int]] = {}
        while pending:
            one = pending[-1]
            if one not in wanting:
                wanting[one] = [] if one in serves else self._wanting(one)
            above = [
                origin - outside for origin in wanting[one] if origin >= outside and origin - outside not in serves
            ]
            pending += above
            if not above:
                pending.pop()
                if one not in serves:
                    serves[one] = self._refs(one, wanting[one])
        return serves[number]

    def _wanting(self, number: int) -> list[int]:
        """Return the origins that take from an order, each once; of one whose demands people said, none."""
        settled = self.netting.orders.settled.get(number)
        if settled is not None and settled.serves:
            return []
        first, found = NEVER, dict[int, None]()
        for station, want, _ in self.netting.served(number):
            at, _, origin, _, _ = station.wants[want]
            found[origin] = None
            first = min(first, at)
        self._needed[number] = first
        return list(found)

    def _refs(self, number: int, origins: list[int]) -> tuple[str, ...]:
        netting = self.netting
        settled = netting.orders.settled.get(number)
        if settled is not None and settled.serves:
            return settled.serves
        found: dict[str, None] = {}
        for origin in origins:
            above = origin - netting.outside
            found |= dict.fromkeys(self._serves[above] if above >= 0 else netting.gathered.asked[origin].refs)
        return tuple(found)

    def public(self, number: int) -> PlannedOrder:
        """Return an order as people get it; a settled one as they gave it."""
        found = self._public.get(number)
        if found is None:
            found = self._public[number] = self._made(number)
        return found

    def code(self, number: int) -> str:
        """Return what an order is called: of a proposed one, made of what it says and whom it is for."""
        found = self._codes.get(number)
        if found is None:
            settled = self.netting.orders.settled.get(number)
            found = self._codes[number] = self._named(number) if settled is None else settled.code
        return found

    def number(self, code: str) -> int | None:
        """Return the number of the order of a code; None: there is none. O(orders) the first time."""
        if self._numbers is None:
            self._numbers = {self.code(number): number for number in range(len(self.netting.orders.start))}
        return self._numbers.get(code)

    def _made(self, number: int) -> PlannedOrder:
        netting, orders = self.netting, self.netting.orders
        settled = orders.settled.get(number)
        if settled is not None:
            return self._settled(settled, number)
        serves, code = self.serves(number), self.code(number)
        item, station = netting.item_of(number), netting.stations[orders.station[number]]
        site, segment = station.site, station.segment
        way: Way | None = orders.way[number]
        quantity = from_scaled(orders.quantity[number], item.scale)
        named = (ItemCode(item.code), quantity, self._moment(orders.start[number]), self._moment(orders.due[number]))
        if isinstance(way, Recipe):
            good = from_scaled(orders.good[number], item.scale)
            taken = self._from_stock(number), self.stand_ins(netting.outside + number)
            return proposed(
                PlannedMake, *named, way.revision, code, site, serves, good, *taken, segment, way.options, _groups(way)
            )
        if isinstance(way, Route):
            return proposed(PlannedMove, *named, way.lane.source, site, code, serves, segment)
        need = self._needed.get(number, NEVER)
        wanted = None if need == NEVER else self._moment(need)
        if way is None:
            return proposed(PlannedBuy, *named, "", code, site, serves, None, named[3], wanted, None, segment)
        terms, ship, receive = way.sourcing, None, named[3]
        if way.buying is not None:
            dates = netting.times.bought(way, site, orders.start[number])
            ship = None if way.buying.transport_time is None else self._moment(dates.ship)
            receive = self._moment(dates.receive)
        price = unit_price(netting.catalog, terms, Fraction(quantity)) if terms.price_breaks else terms.price
        return proposed(PlannedBuy, *named, terms.supplier, code, site, serves, ship, receive, wanted, price, segment)

    @cached_property
    def _settled_codes(self) -> frozenset[str]:
        return frozenset(order.code for order in self.netting.orders.settled.values())

    def _named(self, number: int) -> str:
        way, key, serves = self.netting.orders.way[number], self._key(number), self.serves(number)
        kind = "make" if isinstance(way, Recipe) else f"move {way.lane.source}" if isinstance(way, Route) else "buy"
        options = way.options if isinstance(way, Recipe) else ()
        return self._code("\n".join(map(str, (kind, *key, *serves, *options))), self._twins(number, key) + 1)

    def _code(self, content: str, again: int) -> str:
        """Return a code made of what an order says; of several that say the same, or that people settled, another."""
        while True:
            code = blake2b(f"{content}\n{again}".encode(), digest_size=8).hexdigest()
            if code not in self._settled_codes:
                return code
            again += 1 + len(self.netting.orders.start)

    def _twins(self, number: int, key: Said) -> int:
        """Return how many orders before say the same."""
        segment = self.netting.stations[self.netting.orders.station[number]].segment
        alike = self._alike((key[0], key[1], segment)).get(key[2:5])
        if alike is None:
            return 0
        serves = self.serves(number)
        return sum(self.serves(before) == serves for before in alike if before < number)

    def _alike(self, place: Place) -> dict[tuple[int, ...], list[int]]:
        """Return the proposed orders of a place by start, due and quantity, where several have the same.

        They stand at its own station and at those of what comes out beside it.
        """
        found = self._same.get(place)
        if found is None:
            netting, orders, every = self.netting, self.netting.orders, dict[tuple[int, ...], list[int]]()
            item, site, segment = place
            group = netting.group_of.get(item, (item,))
            for station in (netting.places.get((one, site, segment)) for one in group):
                for number in station.orders if station is not None else ():
                    if number not in orders.settled and (len(group) == 1 or netting.item_of(number).code == item):
                        key = (orders.start[number], orders.due[number], orders.quantity[number])
                        every.setdefault(key, []).append(number)
            found = {key: numbers for key, numbers in every.items() if len(numbers) > 1}
            self._same[place] = found
        return found

    def _key(self, number: int) -> Said:
        """Return what an order says of itself; of free stock nothing is said."""
        netting, orders = self.netting, self.netting.orders
        station, item = netting.stations[orders.station[number]], netting.item_of(number).code
        said = (item, station.site, orders.start[number], orders.due[number], orders.quantity[number])
        return (*said, station.segment) if station.segment else said

    def _settled(self, order: PlannedOrder, number: int) -> PlannedOrder:
        """Return an order as people settled it, with what it takes of phantoms and substitutes today."""
        taken, stand_ins = self._from_stock(number), self.stand_ins(self.netting.outside + number)
        groups = _groups(self.netting.orders.way[number])
        if isinstance(order, PlannedMake) and (order.from_stock, order.stand_ins, order.groups) != (
            taken,
            stand_ins,
            groups,
        ):
            return attrs.evolve(order, from_stock=taken, stand_ins=stand_ins, groups=groups)
        return order

    def stand_ins(self, origin: int) -> tuple[StandIn, ...]:
        """Return what stands in for what an order takes, planned or launched, as it says it."""
        catalog = self.netting.catalog
        found = (
            (
                ItemCode(item),
                from_scaled(quantity, catalog.item(item).scale),
                ItemCode(replaced),
                from_scaled(covered, catalog.item(replaced).scale),
            )
            for item, quantity, replaced, covered in self.netting.substituting.of_origin(origin)
        )
        return tuple(sorted(found, key=lambda one: (one[2], one[0])))

    def launched_stand_ins(self, order: ProductionOrder) -> tuple[StandIn, ...]:
        """Return what stands in on the lines of a launched order, line by line."""
        asked = self.netting.gathered.asked
        return tuple(one for origin, each in enumerate(asked) if each.origin == order for one in self.stand_ins(origin))

    def _from_stock(self, number: int) -> tuple[tuple[ItemCode, Decimal], ...]:
        """Return what an order takes of phantoms from their stock."""
        found = sorted(self.netting.orders.phantoms.get(number, {}).items())
        scale = {item: self.netting.catalog.item(item).scale for item, _ in found}
        return tuple((ItemCode(item), from_scaled(steps, scale[item])) for item, steps in found)

    def _moment(self, instant: int) -> datetime:
        found = self._moments.get(instant)
        if found is None:
            found = self._moments[instant] = from_micros(instant)
        return found


def _groups(way: Way | None) -> tuple[str, ...]:
    """Return the groups of substitutes that an order takes, by their codes."""
    return tuple(group.code for group in way.groups) if isinstance(way, Recipe) else ()
