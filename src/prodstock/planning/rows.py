"""The rows of a netting as those read them who report and explain: a number that knows where it stands."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from prodstock.master.item import Supply as Origin
from prodstock.orders.planned import PlannedMove
from prodstock.planning.kernel import PLANNED, PRODUCTION, PURCHASE, TRANSFER
from prodstock.planning.ways import NO_PART, Recipe, Route, Terms
from prodstock.stock.lot import NEVER

if TYPE_CHECKING:
    from collections.abc import Iterator

    from prodstock.master.item import Item
    from prodstock.orders.planned import PlannedOrder
    from prodstock.planning.kernel import Asked
    from prodstock.planning.netting import Netting
    from prodstock.planning.station import Station
    from prodstock.planning.substituting import Loan
    from prodstock.planning.ways import Part


RECEIPTS = frozenset({PURCHASE, TRANSFER, PRODUCTION})
"""What is on its way by somebody's order."""


class WantRow(NamedTuple):
    """A want of a station."""

    netting: Netting
    station: Station
    number: int

    @property
    def at(self) -> int:
        """When it is wanted."""
        return self.station.wants[self.number][0]

    @property
    def origin(self) -> Asked | OrderRow:
        """Who wants it: somebody outside the plan, or one of its orders."""
        origin = self.station.wants[self.number][2]
        outside = self.netting.outside
        return self.netting.gathered.asked[origin] if origin < outside else OrderRow(self.netting, origin - outside)

    @property
    def part(self) -> Part | None:
        """The part of a bill that it comes from, if any."""
        part = self.station.wants[self.number][3]
        return None if part == NO_PART else self.netting.sources.parts[part]

    @property
    def exact(self) -> Fraction:
        """How much is wanted, in base units."""
        part, quantity = self.station.wants[self.number][3:]
        if self.station.item.supply is Origin.PHANTOM and part != NO_PART:
            return Fraction(quantity)
        return Fraction(quantity, 10**self.station.item.scale)

    @property
    def quantity(self) -> int:
        """How much is wanted, in smallest steps, rounded up."""
        exact: Fraction = self.exact * int(10**self.station.item.scale)
        return -(-exact.numerator // exact.denominator)

    @property
    def refs(self) -> tuple[str, ...]:
        """The demands or orders it is for."""
        origin = self.origin
        return self.netting.naming.serves(origin.number) if isinstance(origin, OrderRow) else origin.refs

    @property
    def takes(self) -> Iterator[tuple[SupplyRow, int]]:
        """What it takes, in the order of taking."""
        for supply, quantity in self.station.takes(self.number):
            yield SupplyRow(self.netting, self.station, supply), quantity

    @property
    def loans(self) -> list[Loan]:
        """What stands in for it."""
        return self.netting.substituting.loans.get((self.station.number, self.number), [])

    @property
    def replaced(self) -> int:
        """How much of it others stand in for: so much less is wanted."""
        return sum(loan.covered for loan in self.loans)

    @property
    def instead_of(self) -> Item | None:
        """The item that it stands in for; None: it is wanted for its own sake."""
        part, origin = self.part, self.origin
        named = part.item if part is not None else self.station.item.code
        if part is None and not isinstance(origin, OrderRow):
            named = origin.place[0]
        return None if named == self.station.item.code else self.netting.catalog.item(named)

    @property
    def missing(self) -> int:
        """What never comes."""
        return self.station.missing.get(self.number, 0)

    @property
    def lacking(self) -> int:
        """How much of a late want comes late or never; all of it, where only parts of a phantom are late."""
        late = max(self.at, self.netting.now)
        return self.missing + sum(some for one, some in self.takes if (one.ready or late + 1) > late) or self.quantity

    @property
    def why(self) -> str:
        """Why something never comes."""
        return self.station.reasons.get(self.number, "")

    @property
    def covered(self) -> int | None:
        """When all of it is there; None: never."""
        station = self.station
        comes = [self.netting.ready(station, station.supplies[one]) for one, _ in station.takes(self.number)]
        covered = max([self.netting.now, *comes])
        if self.station.item.supply is Origin.PHANTOM:
            covered = max(covered, station.late.get(self.number, 0))
            covered = max(covered, self.netting.covering.waits.get(self.station.wants[self.number][2], 0))
        return None if covered == NEVER or self.missing else covered

    @property
    def is_late(self) -> bool:
        """Whether some of it comes after it is wanted; what is wanted in the past is wanted now."""
        covered = self.covered
        return covered is None or covered > max(self.at, self.netting.now)


class SupplyRow(NamedTuple):
    """A supply of a station."""

    netting: Netting
    station: Station
    number: int

    @property
    def at(self) -> int:
        """When it is there, if all goes well."""
        return self.station.supplies[self.number].at

    @property
    def due(self) -> int:
        """When it was due."""
        return self.station.supplies[self.number].due

    @property
    def quantity(self) -> int:
        """How much it is."""
        return self.station.supplies[self.number].quantity

    @property
    def expires(self) -> int:
        """From when on it is no longer good."""
        return self.station.supplies[self.number].expires

    @property
    def kind(self) -> str:
        """What it is: stock, a receipt or a planned order."""
        origin = self.station.supplies[self.number].origin
        return PLANNED if origin >= 0 else self.station.reals[~origin].kind

    @property
    def label(self) -> str:
        """What it is called."""
        order = self.order
        if order is None:
            return self.station.reals[~self.station.supplies[self.number].origin].label
        return order.code

    @property
    def order(self) -> OrderRow | None:
        """The order of the plan that brings it, if one does."""
        origin = self.station.supplies[self.number].origin
        return None if origin < 0 else OrderRow(self.netting, origin)

    @property
    def ready(self) -> int | None:
        """When it may really be used; None: never."""
        found = self.netting.ready(self.station, self.station.supplies[self.number])
        return None if found == NEVER else found

    @property
    def comes(self) -> int | None:
        """When it is really there, safety time or not; None: never."""
        found = self.netting.comes(self.station.supplies[self.number])
        return None if found == NEVER else found

    @property
    def left(self) -> int:
        """What nobody takes of it."""
        return self.station.left(self.number)

    @property
    def gives(self) -> Iterator[tuple[WantRow, int]]:
        """Whom it serves, in the order of taking."""
        for want, quantity in self.station.gives(self.number):
            yield WantRow(self.netting, self.station, want), quantity


class OrderRow(NamedTuple):
    """An order of the plan: proposed, or settled by people."""

    netting: Netting
    number: int

    @property
    def public(self) -> PlannedOrder:
        """The order as people get it."""
        return self.netting.naming.public(self.number)

    @property
    def code(self) -> str:
        """What the order is called."""
        return self.netting.naming.code(self.number)

    @property
    def station(self) -> Station:
        """For whom it was drawn up."""
        return self.netting.stations[self.netting.orders.station[self.number]]

    @property
    def item(self) -> Item:
        """What is made or bought."""
        return self.netting.item_of(self.number)

    @property
    def wanted_item(self) -> Item:
        """What it was drawn up for: the item itself, or one that comes out beside it."""
        return self.netting.orders.beside.get(self.number, self.item)

    @property
    def start(self) -> int:
        """When it starts, or is ordered."""
        return self.netting.orders.start[self.number]

    @property
    def due(self) -> int:
        """When it should be there."""
        return self.netting.orders.due[self.number]

    @property
    def quantity(self) -> int:
        """How much is started or ordered."""
        return self.netting.orders.quantity[self.number]

    @property
    def good(self) -> int:
        """How much of the item comes out."""
        return self.netting.orders.good[self.number]

    @property
    def missing(self) -> int:
        """What was missing when it was drawn up, the safety stock included."""
        return self.netting.orders.missing[self.number]

    @property
    def safety(self) -> int:
        """What of that restores the safety stock."""
        return self.netting.orders.safety.get(self.number, 0)

    @property
    def recipe(self) -> Recipe | None:
        """How it is made; None: it is not."""
        way = self.netting.orders.way[self.number]
        return way if isinstance(way, Recipe) else None

    @property
    def terms(self) -> Terms | None:
        """The terms on which it is bought; None: it is not."""
        way = self.netting.orders.way[self.number]
        return way if isinstance(way, Terms) else None

    @property
    def route(self) -> Route | None:
        """The lane on which it is moved; None: it is not."""
        way = self.netting.orders.way[self.number]
        return way if isinstance(way, Route) else None

    @property
    def target(self) -> str:
        """The site that it comes to, if it is moved."""
        if self.route is not None:
            return self.route.lane.target
        return self.settled.target if isinstance(self.settled, PlannedMove) else ""

    @property
    def settled(self) -> PlannedOrder | None:
        """The order as people settled it; None: it is proposed."""
        return self.netting.orders.settled.get(self.number)

    @property
    def ahead(self) -> int:
        """What of it its lot rule brings for later needs."""
        return self.netting.orders.ahead.get(self.number, 0)

    @property
    def fenced(self) -> int | None:
        """When it should have started that a planning time fence holds up; None: none does."""
        return self.netting.orders.fenced.get(self.number)

    @property
    def fence(self) -> int:
        """When the planning time fence ends of what is made or bought."""
        found = self.netting.gathered.handling(self.item.code, self.station.site)
        return self.netting.now if found is None else found.fence

    @property
    def ready(self) -> int | None:
        """When it is there at the earliest; None: never."""
        found = self.netting.orders.ready.get(self.number, max(self.due, self.netting.now))
        return None if found == NEVER else found

    @property
    def blocker(self) -> WantRow | None:
        """What it waits for."""
        found = self.netting.orders.blocker.get(self.number)
        return None if found is None else WantRow(self.netting, self.netting.stations[found[0]], found[1])

    @property
    def supply(self) -> SupplyRow:
        """What it brings of the item it was drawn up for."""
        return SupplyRow(self.netting, self.station, self.netting.orders.supply[self.number])

    @property
    def served(self) -> Iterator[tuple[WantRow, int]]:
        """Whom it serves, by any of its outputs, in the order of taking."""
        for station, want, quantity in self.netting.served(self.number):
            yield WantRow(self.netting, station, want), quantity

    @property
    def exact(self) -> Fraction:
        """What must be started or bought for what is missing, before any rounding, in base units."""
        recipe = self.recipe
        top, bottom = (self.missing, 1)
        if recipe is not None:
            top, bottom = recipe.to_start(self.missing, self.netting.orders.beside.get(self.number))
        return Fraction(top, bottom * int(10**self.item.scale))
