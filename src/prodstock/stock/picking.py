"""The order in which stock is taken: the one place where lots are chosen, for plants and for tables alike."""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING

from prodstock.calendars.zone import from_micros
from prodstock.master.item import LotOrder
from prodstock.stock.lot import PLAIN

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from prodstock.stock.shelf import OpenKey, Row
    from prodstock.stock.world import World


def usable(expires: int, alive_at: int) -> bool:
    """Tell whether goods that expire at one instant may be used at another: the one predicate of expiry.

    Both are microseconds. Goods are good before the instant at which they expire, so a lot that expires on a day
    (which means at its end) is usable through that day.
    """
    return alive_at < expires


def past_use(world: World, shelf: int, row: int, moment: int) -> str | None:
    """Return why goods of a lot or serial may not be used any more at a moment, or None: expired, or to be retested."""
    book = world.book(world.shelf(shelf).book)
    expires, retest = book.expires[row], book.retest(row)
    if not usable(expires, moment):
        return f"expired on {from_micros(expires - 1):%Y-%m-%d}"
    return None if usable(retest, moment) else f"to be tested anew since {from_micros(retest - 1):%Y-%m-%d}"


def too_short(world: World, shelf: int, row: int, alive_at: int) -> str | None:
    """Return why goods do not live until a moment at which they must still be usable, or None: they do."""
    expires = world.book(world.shelf(shelf).book).expires[row]
    if usable(expires, alive_at):
        return None
    return f"good until {from_micros(expires - 1):%Y-%m-%d}, wanted until {from_micros(alive_at):%Y-%m-%d}"


def made_otherwise(world: World, shelf: int, row: int, revision: str) -> str | None:
    """Return why goods are not of the revision that is asked for, or None: they are, or any will do."""
    if not revision:
        return None
    book = world.book(world.shelf(shelf).book)
    made = book.details.get(book.lot[row], PLAIN).revision
    if made == revision:
        return None
    return f"made to revision {made}, not {revision}" if made else f"of no revision, not {revision}"


def pick(
    keys: Sequence[OpenKey],
    rows: Sequence[Row],
    wanted: int,
    alive_at: int,
    order: LotOrder = LotOrder.FEFO,
    taken: Mapping[int, int] | None = None,
) -> tuple[list[int], int]:
    """Return what to take, as (parcel, quantity) one after the other, and how much is missing.

    First expired, first out: by expiry, then receipt, then code. First in, first out: by receipt, then expiry, then
    code. Lots that are not usable at `alive_at` are passed over. O(log n + lots taken), in FIFO plus lots passed over.

    Args:
        keys: the open lots, sorted by their keys; in FIFO a key begins with the receipt.
        rows: quantity and reserved of each parcel.
        wanted: how much.
        alive_at: the instant at which the goods must still be usable.
        order: what the keys begin with.
        taken: what the caller has already drawn from parcels and the rows do not show.
    """
    fefo = order is LotOrder.FEFO
    picks: list[int] = []
    for at in range(bisect_left(keys, (alive_at + 1,)) if fefo else 0, len(keys)):
        key = keys[at]
        if not fefo and key[1] <= alive_at:
            continue
        parcel = key[3]
        quantity, reserved, _ = rows[parcel]
        free = quantity - reserved
        if taken:
            free -= taken.get(parcel, 0)
            if free <= 0:
                continue
        if free >= wanted:
            picks.append(parcel)
            picks.append(wanted)
            return picks, 0
        picks.append(parcel)
        picks.append(free)
        wanted -= free
    return picks, wanted
