"""The random factory of the planning benchmark, as plain data: whoever is measured gets the same items and demands.

One item in ten is sold, bills are six levels deep, an item has 1.6 parts on average; three in ten have lot sizes, two
in ten a safety stock; as many demand lines as items over 52 weeks. The lowest level is bought, the rest is made.
"""

from __future__ import annotations

from bisect import bisect_left
from datetime import timedelta
from random import Random  # noqa: TID251  # one seeded source per factory: the same seed, the same factory
from typing import TYPE_CHECKING, NamedTuple

from benchmarks.workload import START

from prodstock.calendars.calendar import Calendar
from prodstock.master.bom import BillOfMaterial, BomLine
from prodstock.master.catalog import Catalog
from prodstock.master.item import Item
from prodstock.master.location import Site
from prodstock.master.sourcing import Sourcing, Supplier
from prodstock.orders.demand import Demand
from prodstock.planning.snapshot import Snapshot
from prodstock.stock.allocation import OpenLot

if TYPE_CHECKING:
    from collections.abc import Iterator

    from prodstock.master.definition import Definition

DEPTH = 6
WEEKS = 52
FIRST_WEEK = 8
SOLD = 0.1
PARTS = 1.6
WITH_LOTS = 0.3
WITH_SAFETY = 0.2


class Made(NamedTuple):
    """An item of the factory; quantities in pieces, `parts` as the number of an item and its pieces for one piece."""

    code: str
    lead_weeks: int
    on_hand: int
    safety: int
    minimum: int
    multiple: int
    parts: tuple[tuple[int, int], ...]


class Factory(NamedTuple):
    """Items by number, those that need an item before it, and demands as item, week and pieces."""

    items: list[Made]
    demands: list[tuple[int, int, int]]


def random_factory(count: int, seed: int = 1) -> Factory:
    """Return a factory of so many items and as many demands."""
    random = Random(seed)
    sold = max(1, int(count * SOLD))
    levels = [0] * sold + [1 + at * (DEPTH - 1) // (count - sold) for at in range(count - sold)]
    lowest = bisect_left(levels, DEPTH - 1)
    share = PARTS * count / lowest
    items = []
    for number in range(count):
        parts: dict[int, int] = {}
        if number < lowest:
            below = bisect_left(levels, levels[number] + 1)
            for _ in range(int(share) + (random.random() < share % 1)):
                parts[random.randrange(below, count)] = random.randint(1, 3)
        lots = random.random() < WITH_LOTS
        items.append(
            Made(
                f"P{number:06d}",
                random.randint(1, 3),
                random.randrange(40),
                random.randrange(5, 30) if random.random() < WITH_SAFETY else 0,
                random.choice((20, 50, 100)) if lots else 0,
                random.choice((5, 10, 25)) if lots else 1,
                tuple(sorted(parts.items())),
            )
        )
    demands = [
        (random.randrange(sold), random.randrange(FIRST_WEEK, WEEKS), random.randint(1, 20)) for _ in range(count)
    ]
    return Factory(items, demands)


def catalog_of(factory: Factory) -> Catalog:
    """Return the factory's definitions; it and its supplier work day and night, so that a week is a week."""
    return Catalog(_definitions(factory))


def _definitions(factory: Factory) -> Iterator[Definition]:
    always = Calendar("ALWAYS", week="Mo-Su 00:00-24:00")
    yield Supplier("SUPPLIER", calendar=always)
    yield Site("MAIN", calendar=always)
    for one in factory.items:
        lead = timedelta(weeks=one.lead_weeks)
        if one.parts:
            yield Item(one.code, lead_time=lead, safety_stock=one.safety, minimum=one.minimum, multiple=one.multiple)
            yield BillOfMaterial(one.code, [BomLine(factory.items[part].code, per) for part, per in one.parts])
        else:
            yield Item(one.code, safety_stock=one.safety)
            yield Sourcing(one.code, supplier="SUPPLIER", lead_time=lead, minimum=one.minimum, multiple=one.multiple)


def snapshot_of(factory: Factory, catalog: Catalog) -> Snapshot:
    """Return what there is and what was promised, one lot an item."""
    lots = [OpenLot(one.code, one.on_hand, received=START) for one in factory.items if one.on_hand]
    promises = [
        Demand(factory.items[item].code, quantity, due=START + timedelta(weeks=week), ref=f"D{number}")
        for number, (item, week, quantity) in enumerate(factory.demands)
    ]
    return Snapshot(catalog=catalog, at=START, lots=lots, promises=promises)
