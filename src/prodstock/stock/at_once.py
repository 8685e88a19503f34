"""The commonest commands in one straight run each: what is plain is decided and folded into the state at once.

A straight run does exactly what deciding (`reservation.py`) and the kernel (`world.py`) do one after the other, which
stay the law: a property test holds state, answer and commit equal. What is not plain (an order, a policy, first in
first out, a need that is a day, a shortage, a state read on demand) it leaves to them, before it has written anything.
Measured by benchmarks.stock.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from prodstock.calendars.zone import micros
from prodstock.journal.command import stamp_of
from prodstock.master.item import LotOrder
from prodstock.orders.demand import DemandKind, DemandState, DemandStatus
from prodstock.stock.claim import Claim
from prodstock.stock.goods import Reservation, ReservationState
from prodstock.stock.history import ENTRY, FULL, added
from prodstock.stock.movement import NUMBER, Movement
from prodstock.stock.world import CLAIM, NUMBER_OF_COMMIT, PENDING, POST, SETTLE, STREAM, VOIDED

if TYPE_CHECKING:
    from prodstock.stock.reservation import Reserve, Void
    from prodstock.stock.shelf import Shelf
    from prodstock.stock.world import Paper, World

_RESERVATION = NUMBER[Movement.RESERVATION]
_UNRESERVATION = NUMBER[Movement.UNRESERVATION]
_PENDING = ReservationState.PENDING
_FEFO = LotOrder.FEFO
_LONGEST = 8
_DIGITS = 15
"""Digits of an amount that is scaled here: with them no item's scale comes near what a column holds."""

_pack = ENTRY.pack
_later = Reservation.later
_entry_of = NUMBER_OF_COMMIT.pack


def reserve_at_once(  # noqa: C901, PLR0911, PLR0912 - one straight run with a way out at each step is what it is for
    world: World, command: Reserve, now: int
) -> tuple[Reservation, int] | None:
    """Reserve for a plain claim or demand; return the reservation and the commit's number, or None: it is not plain."""
    claim = command.claim
    if command.policy is not None or world.loaded is not None:
        return None
    find = world.names.find
    if type(claim) is Claim:
        ref, item, amount, site, at = claim.ref, claim.item, claim.quantity, claim.site, claim.at
        stream = find("demand:" + ref)
        paper = _NO_PAPER if stream < 0 else world.paper(stream)
        if paper[1] is not None:
            return None
        if at is None:
            alive_at = now
        elif type(at) is datetime:
            alive_at = micros(at)
        else:
            return None
    elif type(claim) is str and (stream := find("demand:" + claim)) >= 0 and find("order:" + claim) < 0:
        paper = world.paper(stream)
        plain = _plain_demand(paper)
        if plain is None:
            return None
        ref = claim
        item, amount, site, alive_at = plain
    else:
        return None
    number = find(f"stock:{item}@{site}")
    if number < 0 or type(amount) is not Decimal or amount.adjusted() > _DIGITS:
        return None
    shelf = world.shelf(number)
    numerator, denominator = amount.as_integer_ratio()
    wanted, over = divmod(numerator * shelf.ten, denominator)
    if over or wanted <= 0 or shelf.order is not _FEFO:
        return None
    alive_at = max(alive_at, now)
    keys = shelf.open
    first = bisect_left(keys, (alive_at + 1,))
    if first >= len(keys):
        return None
    parcel = keys[first][3]
    row = shelf.rows[parcel]
    free = row[0] - row[1]
    if free > wanted:
        lines: tuple[int, ...] = (number, parcel, wanted, -1)
        used_up = first
    else:
        several = _several(shelf, number, first, wanted)
        if several is None:
            return None
        lines, used_up = several
    done = _booked(world, command, now, (stream, ref, paper), (alive_at, shelf.version, lines))
    if shelf.token is not world.token:
        shelf = world.own_shelf(number)
    _hold(shelf, lines, now, done, 1)
    if used_up > first:
        del shelf.own_open()[first:used_up]
    return _later(f"{ref}/{len(paper[2]) + 1}", ref, _PENDING, world, lines), done  # type: ignore[arg-type]  # a code


_NO_PAPER: Paper = (0, None, (), b"")


def _plain_demand(paper: Paper) -> tuple[str, Decimal, str, int] | None:
    """Return item, quantity, site and moment of need of an open demand with nothing shipped or reserved, or None."""
    state = paper[1]
    if type(state) is not DemandState or state.status is not DemandStatus.OPEN or state.shipped:
        return None
    demand = state.demand
    if (
        type(demand.due) is not datetime
        or demand.minimum_life
        or demand.revision
        or demand.kind is DemandKind.FORECAST
        or demand.to_order
        or demand.project is not None
        or any(any(held[3][2::4]) for held in paper[2])
    ):
        return None
    return demand.item, state.quantity, demand.site, micros(demand.due)


def _several(shelf: Shelf, number: int, first: int, wanted: int) -> tuple[tuple[int, ...], int] | None:
    """Return the lines from the open lots from `first` on, and the first of these that is not used up."""
    keys, rows = shelf.open, shelf.rows
    lines: list[int] = []
    for at in range(first, len(keys)):
        parcel = keys[at][3]
        quantity, held, _ = rows[parcel]
        free = quantity - held
        if free > wanted:
            lines += (number, parcel, wanted, -1)
            return tuple(lines), at
        lines += (number, parcel, free, -1)
        wanted -= free
        if not wanted:
            return tuple(lines), at + 1
    return None


def _booked(
    world: World,
    command: Reserve,
    now: int,
    target: tuple[int, str, Paper],
    taken: tuple[int, int, tuple[int, ...]],
) -> int:
    """Log a reservation and book it on its stream; return the number of its commit.

    Args:
        world: where.
        command: what was asked.
        now: the moment.
        target: the number of the stream, or -1, what it is for, and what is known of it.
        taken: the moment of need, the version of the shelf, and the lines.
    """
    stream, ref, (before, body, held, commits) = target
    alive_at, version, lines = taken
    stamp, done = stamp_of(command), world.base + len(world.log)
    number, count = lines[0], len(lines) // 4
    legs = (_RESERVATION, lines[1], 0, lines[2]) if count == 1 else _legs(_RESERVATION, lines, 1)
    booking = (alive_at, PENDING, done, lines)
    if stream < 0:
        name = "demand:" + ref
        stream = world.names.add(name)
        world.streams.append((1, None, (booking,), _entry_of(done)))
        world.log.append(
            (now, now, stamp, STREAM, name, POST, number, version, count, *legs,
             CLAIM, stream, 0, alive_at, count, *lines)
        )  # fmt: skip
    else:
        world.streams.put(stream, (before + 1, body, (*held, booking), commits + _entry_of(done)))
        world.log.append(
            (now, now, stamp, POST, number, version, count, *legs,
             CLAIM, stream, before, alive_at, count, *lines)
        )  # fmt: skip
    return done


def _legs(movement: int, lines: tuple[int, ...], sign: int) -> list[int]:
    """Return the legs of several lines with an open rest."""
    legs: list[int] = []
    for at in range(0, len(lines), 4):
        if lines[at + 2]:
            legs += (movement, lines[at + 1], 0, sign * lines[at + 2])
    return legs


def _hold(shelf: Shelf, lines: tuple[int, ...], now: int, commit: int, sign: int) -> None:
    """Change what is reserved of the parcels of some lines; what is open to reserve is the caller's."""
    rows = shelf.rows
    shelf.version += 1
    for at in range(1, len(lines), 4):
        parcel, step = lines[at], sign * lines[at + 1]
        if step:
            quantity, held, history = rows[parcel]
            if type(history) is bytes and len(history) < FULL:
                rows[parcel] = (quantity, held + step, history + _pack(now, commit, 0, step))
            else:
                rows[parcel] = (quantity, held + step, added(history, now, commit, 0, step))


def void_at_once(world: World, command: Void, now: int) -> tuple[None, int] | None:
    """Void a reservation for a claim or demand; return the commit's number, or None: it is not plain."""
    if world.loaded is not None:
        return None
    ref, _, place = command.reservation.rpartition("/")
    stream = world.names.find("demand:" + ref)
    if stream < 0 or not (place.isdecimal() and place.isascii() and len(place) <= _LONGEST):
        return None
    before, body, held, commits = world.paper(stream)
    index = int(place) - 1
    if not 0 <= index < len(held):
        return None
    need, _, made_by, lines = held[index]
    number = lines[0]
    rests = lines[2::4]
    if not all(rests):
        return None
    shelf = world.shelf(number)
    done = world.base + len(world.log)
    count = len(rests)
    settled = (0, lines[2]) if count == 1 else [step for pair in enumerate(rests) for step in pair]
    world.log.append(
        (now, now, stamp_of(command), POST, number, shelf.version, count, *_legs(_UNRESERVATION, lines, -1),
         SETTLE, stream, before, index, VOIDED, count, *settled)
    )  # fmt: skip
    ended = list(lines)
    ended[2::4] = [0] * count
    booking = (need, VOIDED, made_by, tuple(ended))
    held = (booking,) if len(held) == 1 else (*held[:index], booking, *held[index + 1 :])
    world.streams.put(stream, (before + 1, body, held, commits + _entry_of(done)))
    if shelf.token is not world.token:
        shelf = world.own_shelf(number)
    rows, keys = shelf.rows, shelf.keys
    for at in range(1, len(lines), 4):
        key = keys[lines[at]]
        row = rows[lines[at]]
        if key is not None and row[0] == row[1]:
            insort(shelf.own_open(), key)
    _hold(shelf, lines, now, done, -1)
    return None, done
