"""The room that a plan's stock takes up, bucket by bucket."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

import attrs

from prodstock._render import brief
from prodstock.calendars.horizon import TimeBucket
from prodstock.calendars.zone import micros
from prodstock.errors import InvalidValueError, UnknownCode
from prodstock.master.codes import ItemCode
from prodstock.master.location import LocationKind
from prodstock.master.ratio import decimal_of
from prodstock.orders.demand import Demand
from prodstock.planning.gather import Customers
from prodstock.planning.translations.ledger import OVER, counted_from
from prodstock.planning.translations.material import material
from prodstock.planning.translations.planned import Periods
from prodstock.quantities.unit import convert, unit_code
from prodstock.stock.allocation import need_at
from prodstock.tables import Table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from prodstock.master.catalog import Catalog
    from prodstock.planning.translations.planned import Planned
    from prodstock.stock.allocation import OpenLot


@attrs.frozen
class SpaceLine:
    """The room that goods take up at a site at the end of a bucket.

    Attributes:
        site: where.
        kind: in what kind of location.
        start: when the bucket starts, on the site's clocks.
        end: when it ends: the figures hold for the moment before.
        used: the room, exactly.
        unit: in what it is measured.
        unmeasured: items that are there and of which nobody says how much room they take; they are not in `used`.
    """

    site: str
    kind: LocationKind
    start: datetime
    end: datetime
    used: Decimal
    unit: str
    unmeasured: tuple[ItemCode, ...]

    __repr__ = brief


def warehouse_space(plan: Planned, *, bucket: TimeBucket = TimeBucket.WEEK, unit: str = "m3") -> Table[SpaceLine]:
    """Return the room that stock takes up at the end of each bucket, by site, kind of location and time.

    - In stores is the projected stock of each item (what is below zero takes no room), wherever it is now and whatever
      is still to come, and what is reserved, until the day its demand is due or its order starts.
    - Elsewhere, by the kind of its location, is what the plan does not count on: blocked, rejected or expired stock,
      for as long as the plan reaches; and what it counts on only later, until then.
    - In WIP is what production orders were issued and have not consumed, until they are due.

    An item's room is its `space` where that is of the unit's dimension, else its own factor: with `{"pallet": 48}`
    every 48 take one pallet, parts of a pallet not rounded up. Definitions say no capacities of places, so none is
    compared.

    Args:
        plan: the plan.
        bucket: how long a bucket is.
        unit: in what to measure: a unit of volume, of area, or one that items have factors for, such as a pallet.

    Raises:
        InvalidTypeError: if it is no plan, no bucket or no unit.
        InvalidValueError: if the unit is no code.

    The cost is that of `material`.
    """
    measure = unit_code(unit)
    found = _Room(plan, bucket, measure)
    for row in material(plan, bucket=bucket):
        place = found.periods(row.site).index(micros(row.start))
        found.put(row.site, LocationKind.STORES, place, row.item, Fraction(row.projected))
    for site, kind, until, item, quantity in (*_lots(plan), *_held(plan), *_in_work(plan)):
        ends = found.periods(site).ends
        for place, end in enumerate(ends):
            if until is None or until > end - 1:
                found.put(site, kind, place, item, quantity)
    return Table(found.lines())


_Stay = tuple[str, LocationKind, int | None, str, Fraction]
"""Where, in what kind of place, until when (None: as long as the plan reaches), what and how much."""


class _Room:
    """The room of each site and kind of place, by bucket."""

    def __init__(self, plan: Planned, bucket: TimeBucket, unit: str) -> None:
        self.plan, self.bucket, self.unit = plan, bucket, unit
        self.used: dict[tuple[str, LocationKind], list[Fraction]] = {}
        self.unmeasured: dict[tuple[str, LocationKind], list[set[str]]] = {}
        self._periods: dict[str, Periods] = {}
        self._measures: dict[str, Fraction | None] = {}

    def periods(self, site: str) -> Periods:
        """Return the buckets of a site."""
        found = self._periods.get(site)
        if found is None:
            zone = self.plan.snapshot.catalog.zone(site)
            found = self._periods[site] = Periods(self.plan, self.bucket, zone)
        return found

    def put(self, site: str, kind: LocationKind, place: int, item: str, quantity: Fraction) -> None:
        """Add goods to a bucket; nothing takes no room."""
        count = len(self.periods(site).rows)
        sums = self.used.setdefault((site, kind), [Fraction(0)] * count)
        unknown = self.unmeasured.setdefault((site, kind), [set() for _ in range(count)])
        if quantity <= 0:
            return
        if item not in self._measures:
            self._measures[item] = room_of(self.plan.snapshot.catalog, item, self.unit)
        measure = self._measures[item]
        if measure is None:
            unknown[place].add(item)
        else:
            sums[place] += quantity * measure

    def lines(self) -> Iterator[SpaceLine]:
        """Yield the rows."""
        for (site, kind), sums in sorted(self.used.items()):
            unknown = self.unmeasured[site, kind]
            for (start, end), used, items in zip(self.periods(site).rows, sums, unknown, strict=True):
                codes = tuple(ItemCode(item) for item in sorted(items))
                yield SpaceLine(site, kind, start, end, decimal_of(used), self.unit, codes)


def room_of(catalog: Catalog, item: str, unit: str) -> Fraction | None:
    """Return the room that one base unit of an item takes up; None: nobody says.

    >>> from prodstock.master.catalog import Catalog
    >>> from prodstock.master.item import Item
    >>> from prodstock.quantities.quantity import Quantity
    >>> catalog = Catalog([Item("BOX", space=Quantity("2", "l"), factors={"pallet": 48})])
    >>> room_of(catalog, "BOX", "m3"), room_of(catalog, "BOX", "pallet")
    (Fraction(1, 500), Fraction(1, 48))
    """
    one = catalog.item(item)
    if one.space is not None:
        try:
            return one.space.to(unit).exact
        except InvalidValueError:
            pass
    try:
        return convert(1, one.unit, unit, catalog.factors(item), base=one.unit, item=item)
    except InvalidValueError:
        return None


def _lots(plan: Planned) -> Iterator[_Stay]:
    catalog, now = plan.snapshot.catalog, micros(plan.snapshot.at)
    customers = Customers(plan.snapshot)
    for lot in plan.snapshot.lots:
        counted = counted_from(plan, lot, customers)
        if counted is None or counted > now:
            yield lot.site, _kind(catalog, lot), counted, lot.item, catalog.base(lot.item, lot.free)


def _kind(catalog: Catalog, lot: OpenLot) -> LocationKind:
    """Return the kind of a lot's location; a location that the catalog does not have is one of stores."""
    try:
        return catalog.location(lot.location, lot.site).kind
    except UnknownCode:
        return LocationKind.STORES


def _held(plan: Planned) -> Iterator[_Stay]:
    catalog = plan.snapshot.catalog
    leaves = {
        one.ref: need_at(one.due, catalog.zone(one.site)) for one in plan.snapshot.promises if isinstance(one, Demand)
    }
    leaves |= {order.code: micros(order.start) for order in plan.snapshot.orders}
    for held in plan.snapshot.held:
        quantity = catalog.base(held.item, held.quantity)
        yield held.site, LocationKind.STORES, leaves.get(held.ref), held.item, quantity


def _in_work(plan: Planned) -> Iterator[_Stay]:
    for order in plan.snapshot.orders:
        if order.state not in OVER:
            for line in order.lines:
                rest = Fraction(line.issued) - Fraction(line.consumed)
                yield order.site, LocationKind.WIP, micros(order.due), line.item, rest
