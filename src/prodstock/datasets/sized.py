"""A company of any size, to see how long things take: the same for the same size, without chance."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from prodstock.calendars.span import working_days
from prodstock.datasets.data_set import DataSet
from prodstock.errors import InvalidValueError
from prodstock.master.bom import BillOfMaterial, BomLine
from prodstock.master.catalog import Catalog
from prodstock.master.item import Item, Tracking
from prodstock.master.sourcing import Sourcing
from prodstock.orders.demand import Demand
from prodstock.stock.expect import Expect
from prodstock.stock.receive import Receive

if TYPE_CHECKING:
    from collections.abc import Iterator

    from prodstock.journal.command import Command
    from prodstock.master.definition import Definition

TODAY = datetime(2026, 3, 2, 6, tzinfo=UTC)
LEVELS = 4
LINES = 4
LEAST = 8
_STRIDE = 2_654_435_761
"""Knuth's multiplier: neighbours land far from each other, always in the same places."""


def sized(items: int) -> DataSet:
    """Return a company with so many items: a tenth are sold, four levels deep, half are bought.

    Every made item has four components of the level below; every bought one a lot in stock and a supplier; every sold
    one three orders.

    Args:
        items: how many, 8 or more. A thousand are opened in a tenth of a second, ten thousand in about two.

    Raises:
        InvalidValueError: if there are fewer than 8.

    >>> sized(1000)
    <DataSet company of 1000 items: 1000 items, 501 commands>
    """
    if items < LEAST:
        raise InvalidValueError(field="items", value=items, reason=f"is fewer than {LEAST}")
    levels = _levels(items)
    definitions = [*_made(levels), *_bought(levels[-1])]
    opening = [*_stock(levels[-1]), Expect(_orders(levels[0]))]
    name = f"company of {items} items"
    return DataSet(name, Catalog(definitions), opening, today=TODAY, until=date(2026, 7, 1))


def _levels(items: int) -> list[list[str]]:
    """Return the codes of each level, those that are sold first, those that are bought last."""
    shares = (items // 10 or 1, items * 15 // 100 or 1, items // 4 or 1)
    counts = (*shares, items - sum(shares))
    return [[f"L{level}-{number:06d}" for number in range(count)] for level, count in enumerate(counts)]


def _made(levels: list[list[str]]) -> Iterator[Definition]:
    for upper, lower in pairwise(levels):
        for number, code in enumerate(upper):
            chosen = {lower[(number * LINES + line) * _STRIDE % len(lower)]: 1 + line % 2 for line in range(LINES)}
            yield Item(code, lead_time=working_days(1 + number % 3), minimum=20)
            yield BillOfMaterial(code, [BomLine(item, count) for item, count in chosen.items()])


def _bought(codes: list[str]) -> Iterator[Definition]:
    for number, code in enumerate(codes):
        yield Item(code, tracking=Tracking.LOT)
        lead_time = working_days(3 + number % 20)
        yield Sourcing(code, supplier=f"S{number % 97:02d}", lead_time=lead_time, multiple=50 * (1 + number % 5))


def _stock(codes: list[str]) -> Iterator[Command[Any]]:
    for number, code in enumerate(codes):
        yield Receive(code, 50 + number * 7 % 400, lot="OPENING")


def _orders(codes: list[str]) -> Iterator[Demand]:
    for number, code in enumerate(codes):
        for nth in range(3):
            due = TODAY.date() + timedelta(days=50 + (number * 3 + nth * 23) % 70)
            yield Demand(code, 1 + (number + nth) % 9, due=due, ref=f"SO-{number:06d}-{nth}")
