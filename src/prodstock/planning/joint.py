"""What is ordered together: the purchases from one supplier on one day, against its minimum order value."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from prodstock.calendars.zone import from_micros
from prodstock.master.ratio import decimal_of
from prodstock.orders.planned import PlannedBuy
from prodstock.planning.kernel import Supply
from prodstock.planning.translations.prices import value_of
from prodstock.planning.ways import MICROSECOND, Terms
from prodstock.quantities.money import Money

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from prodstock.master.catalog import Catalog
    from prodstock.planning.netting import Netting

Place = tuple[str, str]
"""A supplier and a site."""


def minimum_values(catalog: Catalog) -> Mapping[str, Money]:
    """Return what an order should be worth, by supplier: of those who want that. O(suppliers)."""
    found = ((one.code, one.minimum_value) for one in catalog.suppliers)
    return {code: value for code, value in found if value is not None and value.amount}


class Basket:
    """What is ordered from a supplier for a site on one day.

    `at` is when the first of it is ordered; `orders` are the numbers of the orders, the first ordered first.
    """

    __slots__ = ("at", "day", "least", "orders", "place", "unpriced", "value")

    def __init__(self, place: Place, day: date, least: Money) -> None:
        self.place = place
        self.day = day
        self.least = least
        self.at = 0
        self.value = Fraction(0)
        self.unpriced = 0
        self.orders: list[int] = []

    def add(self, number: int, at: int, value: Fraction | None) -> None:
        """Add an order; without a value it has no price in the currency of the minimum."""
        self.at = min(self.at, at) if self.orders else at
        self.orders.append(number)
        self.value += 0 if value is None else value
        self.unpriced += value is None

    @property
    def lacking(self) -> Fraction:
        """What it is worth less than it should be; zero or below: nothing."""
        return Fraction(self.least.amount) - self.value

    def money(self, amount: Fraction) -> Money:
        """Return an amount in the currency of the minimum."""
        return Money(decimal_of(amount), self.least.currency)


class Joint:
    """The baskets of a plan."""

    def __init__(self, netting: Netting) -> None:
        self.netting = netting
        self.minimums: Mapping[str, Money] = netting.catalog.derived(minimum_values)

    def baskets(self) -> dict[Place, list[Basket]]:
        """Return what is ordered together from those suppliers who want a minimum value, by day. O(orders)."""
        found: dict[tuple[Place, date], Basket] = {}
        for number in range(len(self.netting.orders.start)) if self.minimums else ():
            supplier = self._supplier(number)
            least = self.minimums.get(supplier)
            if least is not None:
                site = self.netting.stations[self.netting.orders.station[number]].site
                at = self._ordered(number)
                place, day = (supplier, site), self.netting.times.day(at, site)
                basket = found.setdefault((place, day), Basket(place, day, least))
                basket.add(number, at, self.value(number, supplier, least))
        by_place: dict[Place, list[Basket]] = {}
        for place, day in sorted(found):
            found[place, day].orders.sort(key=self._first)
            by_place.setdefault(place, []).append(found[place, day])
        return by_place

    def _supplier(self, number: int) -> str:
        """Return from whom an order is bought; the empty text: from nobody."""
        way = self.netting.orders.way[number]
        if isinstance(way, Terms):
            return way.sourcing.supplier
        settled = self.netting.orders.settled.get(number)
        return settled.supplier if isinstance(settled, PlannedBuy) else ""

    def _ordered(self, number: int) -> int:
        """Return when an order is placed: what should have been before now as soon as it may be."""
        netting = self.netting
        start = netting.orders.start[number]
        return start if start >= netting.now else netting.times.begins(netting.orders.way[number], netting.now)

    def _first(self, number: int) -> tuple[int, str, int, int, int]:
        orders = self.netting.orders
        item = self.netting.item_of(number).code
        return orders.start[number], item, orders.due[number], orders.quantity[number], number

    def value(self, number: int, supplier: str, least: Money) -> Fraction | None:
        """Return what an order is worth; None: it has no price in the currency of the minimum."""
        netting = self.netting
        item, site = netting.item_of(number), netting.stations[netting.orders.station[number]].site
        quantity = Fraction(netting.orders.quantity[number], 10**item.scale)
        at = from_micros(self._ordered(number))
        found = value_of(netting.catalog, item.code, supplier, site, quantity, at)
        return None if found is None or found.currency != least.currency else Fraction(found.amount)

    def fill(self) -> None:
        """Order some of what is needed later with what is ordered before, where that reaches the minimum value.

        As much as it takes, what is ordered first first; nothing where it does not suffice. What expires stays, and so
        does what people settled.
        """
        ahead = self.netting.policy.order_ahead // MICROSECOND
        if ahead and self.minimums:
            for baskets in self.baskets().values():
                for number, basket in enumerate(baskets):
                    if basket.orders and basket.lacking > 0:
                        self._fill(basket, baskets[number + 1 :], ahead)

    def _fill(self, basket: Basket, later: list[Basket], ahead: int) -> None:
        taken: list[tuple[Basket, int, Fraction]] = []
        lacking = basket.lacking
        for other in later:
            for number in other.orders:
                value = self.value(number, basket.place[0], basket.least)
                if lacking > 0 and value and self._movable(basket, number, ahead):
                    taken.append((other, number, value))
                    lacking -= value
        for other, number, value in taken if lacking <= 0 else ():
            other.orders.remove(number)
            other.value -= value
            self._move(number, basket)
            basket.add(number, self.netting.orders.start[number], value)

    def _movable(self, basket: Basket, number: int, ahead: int) -> bool:
        """Tell whether an order may be placed with a basket."""
        netting, orders = self.netting, self.netting.orders
        way = orders.way[number]
        if not isinstance(way, Terms) or number in orders.settled or orders.start[number] - basket.at > ahead:
            return False
        start = netting.times.begins(way, basket.at)
        same_day = netting.times.day(start, basket.place[1]) == basket.day
        item = netting.item_of(number)
        handling = netting.gathered.handling(item.code, basket.place[1])
        fence = 0 if handling is None else handling.fence
        valid = way.sourcing.effective_on(basket.day) and way.capacity is None
        return same_day and valid and item.shelf_life is None and fence <= start <= orders.start[number]

    def _move(self, number: int, basket: Basket) -> None:
        netting, orders = self.netting, self.netting.orders
        way, station = orders.way[number], netting.stations[orders.station[number]]
        if not isinstance(way, Terms):
            return
        orders.sooner[number] = orders.start[number]
        start = netting.times.begins(way, basket.at)
        due = min(orders.due[number], netting.times.end(way, station.site, orders.quantity[number], start))
        orders.start[number], orders.due[number] = start, due
        place = orders.supply[number]
        known = station.supplies[place]
        station.supplies[place] = Supply(max(due, netting.now), due, known.quantity, known.expires, known.origin)


def below_minimum(netting: Netting) -> Iterable[tuple[Basket, int]]:
    """Yield for each supplier and site the first order that is worth too little, and how many later ones are too."""
    for _, baskets in sorted(Joint(netting).baskets().items()):
        below = [basket for basket in baskets if basket.lacking > 0]
        if below:
            yield below[0], len(below) - 1
