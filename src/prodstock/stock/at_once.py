"""The commonest command in one straight run: a claim on one item that the first usable lot can serve alone.

It decides exactly what `reservation.decide_reserve` decides, which stays the law: a property test holds the two equal.
Whatever is not plain (a demand, an order, a policy, first-in-first-out, several lots, a moment of need that is a day,
a shortage) is left to it. Measured by benchmarks.stock.
"""

from __future__ import annotations

from bisect import bisect_left
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from prodstock.calendars.zone import micros
from prodstock.master.item import LotOrder
from prodstock.stock.goods import Reservation, ReservationCode, ReservationState
from prodstock.stock.movement import NUMBER, Movement
from prodstock.stock.world import CLAIM, POST, STREAM

if TYPE_CHECKING:
    from prodstock.stock.claim import Claim
    from prodstock.stock.world import Commit, World

_RESERVATION = NUMBER[Movement.RESERVATION]
_PENDING = ReservationState.PENDING
_DIGITS = 15
"""Digits of an amount that is scaled here: with them no item's scale comes near what a column holds."""


def claim_at_once(  # noqa: C901, PLR0911 - one straight run with a way out at each step is what it is for
    world: World, claim: Claim, stamp: tuple[str, str, str] | None, now: int
) -> tuple[Reservation, Commit] | None:
    """Return the reservation and its commit, or None where the claim is not plain."""
    if world.loaded is not None:
        return None
    at = claim.at
    if at is None:
        alive_at = now
    elif isinstance(at, datetime):
        alive_at = max(micros(at), now)
    else:
        return None
    find = world.names.find
    number = find(f"stock:{claim.item}@{claim.site}")
    if number < 0:
        return None
    shelf = world.shelf(number)
    amount = claim.quantity
    if shelf.order is not LotOrder.FEFO or type(amount) is not Decimal or amount.adjusted() > _DIGITS:
        return None
    numerator, denominator = amount.as_integer_ratio()
    quantity = numerator * shelf.ten
    if denominator != 1 or quantity <= 0:
        return None
    keys = shelf.open
    first = bisect_left(keys, (alive_at + 1,))
    if first >= len(keys):
        return None
    parcel = keys[first][3]
    row = shelf.rows[parcel]
    if row[0] - row[1] < quantity:
        return None
    ref = claim.ref
    stream = find(f"demand:{ref}")
    if stream < 0:
        index = 0
        commit: Commit = (
            now, now, stamp, STREAM, f"demand:{ref}", POST, number, shelf.version, 1, _RESERVATION, parcel, 0, quantity,
            CLAIM, len(world.names), 0, alive_at, 1, number, parcel, quantity, -1,
        )  # fmt: skip
    else:
        record = world.record(stream)
        if record.body is not None:
            return None
        index = len(record.bookings)
        commit = (
            now, now, stamp, POST, number, shelf.version, 1, _RESERVATION, parcel, 0, quantity,
            CLAIM, stream, record.version, alive_at, 1, number, parcel, quantity, -1,
        )  # fmt: skip
    code = ReservationCode(f"{ref}/{index + 1}")
    return Reservation.later(code, ref, _PENDING, world, (number, parcel, quantity, -1)), commit
