"""Whatever is bent in the ledger's state, the check finds it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

import prodstock as ps
from prodstock.stock.check import check
from prodstock.stock.history import added

if TYPE_CHECKING:
    from collections.abc import Callable

    from prodstock.stock.shelf import Shelf

START = datetime(2026, 3, 2, 6, tzinfo=UTC)


def _row(shelf: Shelf, parcel: int, *, quantity: int = 0, reserved: int = 0, history: int = 0) -> None:
    old = shelf.rows[parcel]
    told = added(old[2], 0, 0, history, 0) if history else old[2]
    shelf.rows[parcel] = (old[0] + quantity, old[1] + reserved, told)


BENT: dict[str, Callable[[Shelf], object]] = {
    "a quantity that its one entry does not make": lambda shelf: _row(shelf, 0, quantity=1),
    "a quantity that its entries do not make": lambda shelf: _row(shelf, 1, quantity=-1),
    "a reservation nobody holds": lambda shelf: _row(shelf, 0, reserved=1),
    "one that is held and not booked": lambda shelf: _row(shelf, 1, reserved=-1),
    "a movement that is in no commit": lambda shelf: _row(shelf, 0, quantity=3, history=3),
    "a low below zero in the past": lambda shelf: _row(shelf, 1, quantity=-50, history=-50),
    "an open lot that is not listed": lambda shelf: shelf.open.pop(),
    "a lot listed twice": lambda shelf: shelf.open.append(shelf.open[-1]),
    "a parcel that holds something and is not live": lambda shelf: shelf.live.pop(),
    "a key of another lot": lambda shelf: shelf.keys.reverse(),
}


@pytest.mark.parametrize("name", BENT)
def test_what_is_bent_is_found(name: str) -> None:
    """A plant with two lots, one of them partly reserved, is sound; bent in one place it is not."""
    catalog = ps.Catalog([ps.Item("MIC", tracking=ps.Tracking.LOT)])
    plant = ps.Plant(catalog, clock=ps.ManualClock(START))
    plant.receive("MIC", 10, lot="B")
    plant.receive("MIC", 20, lot="A")
    plant.reserve(ps.Claim("MIC", 5, ref="SO-1"))
    plant.check()
    world = plant._world
    shelf = world.own_shelf(world.find("stock:MIC@MAIN"))
    BENT[name](shelf)
    with pytest.raises(ps.BrokenInvariant):
        check(world)
