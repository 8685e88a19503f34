"""The naive version: commands, lots, reservations and events are frozen attrs values in dicts, changed by `evolve`.

It keeps the same promises at its border as the library: commands are checked values, quantities exact Decimals, and a
float is refused; lots have a state and a place; a reservation is all or nothing and answers in full; there is an event
for each command, with both its times. It answers no question about the past but by reading all events.
"""

from __future__ import annotations

from bisect import insort
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, TypeAlias

import attrs
from benchmarks.workload import REFUSED, START, Answer, LotIn, Voiding, Wish

if TYPE_CHECKING:
    from collections.abc import Iterable

Order: TypeAlias = tuple[datetime, datetime, str]
ZERO = Decimal(0)


def exact(value: Decimal | int | str) -> Decimal:
    """Return an exact amount above zero; a float is refused."""
    if isinstance(value, float):
        raise TypeError(value)
    amount = Decimal(value)
    if not amount > 0:
        raise ValueError(value)
    return amount


def _a_code(_: object, field: attrs.Attribute[str], value: object) -> None:
    if not isinstance(value, str) or not value:
        raise ValueError(field.name)


@attrs.frozen
class Reserve:
    """Command: bind so much of an item to a purpose."""

    item: str = attrs.field(validator=_a_code)
    quantity: Decimal = attrs.field(converter=exact)
    ref: str = attrs.field(validator=_a_code)
    at: datetime
    key: str
    by: str = ""
    because: str = ""


@attrs.frozen
class Void:
    """Command: give a reservation back."""

    ref: str = attrs.field(validator=_a_code)
    key: str
    by: str = ""
    because: str = ""


@attrs.frozen
class Lot:
    """Some goods."""

    item: str
    code: str
    received: datetime
    expires: datetime
    quantity: Decimal
    reserved: Decimal = ZERO
    quality: str = "approved"
    location: str = "STORES"


@attrs.frozen
class Pick:
    """So much of a lot for a purpose."""

    ref: str
    item: str
    lot: str
    quantity: Decimal
    unit: str
    location: str


@attrs.frozen
class Reservation:
    """Lots bound to a purpose."""

    ref: str
    item: str
    lines: tuple[Pick, ...]
    state: str = "pending"


@attrs.frozen
class Event:
    """What happened, when it took effect and when it was recorded."""

    effective: datetime
    recorded: datetime
    command: Reserve | Void
    lines: tuple[Pick, ...]


class NaiveLedger:
    """Stock as frozen values in dictionaries."""

    def __init__(self, lots: Iterable[LotIn]) -> None:
        self.lots: dict[str, dict[str, Lot]] = {}
        self.order: dict[str, list[Order]] = {}
        self.reservations: dict[str, Reservation] = {}
        self.keys: dict[str, tuple[Reserve | Void, Reservation | None]] = {}
        self.events: list[Event] = []
        for lot in lots:
            there = Lot(lot.item, lot.code, START, lot.expires, exact(lot.quantity))
            self.lots.setdefault(lot.item, {})[lot.code] = there
            insort(self.order.setdefault(lot.item, []), (lot.expires, START, lot.code))

    def run(self, wishes: Iterable[Wish]) -> list[object]:
        """Carry out the wishes one by one."""
        return [
            self._do(Void(wish.ref, wish.key))
            if isinstance(wish, Voiding)
            else self._do(Reserve(wish.item, wish.quantity, wish.ref, wish.at, wish.key))
            for wish in wishes
        ]

    def plain(self, answers: Iterable[object]) -> list[Answer]:
        """Return the picks."""
        return [
            answer
            if isinstance(answer, str)
            else tuple((line.lot, int(line.quantity)) for line in answer.lines)
            if isinstance(answer, Reservation)
            else ()
            for answer in answers
        ]

    def free(self) -> dict[tuple[str, str], int]:
        """Return what is free of each lot."""
        return {
            (item, code): int(lot.quantity - lot.reserved)
            for item, lots in self.lots.items()
            for code, lot in lots.items()
            if lot.quantity > lot.reserved
        }

    def _do(self, command: Reserve | Void) -> Reservation | str | None:
        earlier = self.keys.get(command.key)
        if earlier is not None:
            if earlier[0] != command:
                raise ValueError(command.key)
            return earlier[1]
        answer = None
        if isinstance(command, Void):
            self._void(command)
        else:
            answer = self._reserve(command)
            if answer is None:
                return REFUSED
        self.keys[command.key] = command, answer
        return answer

    def _reserve(self, command: Reserve) -> Reservation | None:
        lots = self.lots[command.item]
        lines: list[Pick] = []
        missing = command.quantity
        for expires, _, code in self.order[command.item]:
            if expires <= command.at:
                continue
            lot = lots[code]
            taken = min(lot.quantity - lot.reserved, missing)
            if taken > 0 and lot.quality == "approved":
                lines.append(Pick(command.ref, lot.item, code, taken, "pcs", lot.location))
                missing -= taken
                if not missing:
                    break
        if missing:
            return None
        self._hold(lots, lines, 1)
        reservation = Reservation(command.ref, command.item, tuple(lines))
        self.reservations[command.ref] = reservation
        self.events.append(Event(START, START, command, reservation.lines))
        return reservation

    def _void(self, command: Void) -> None:
        reservation = self.reservations[command.ref]
        if reservation.state != "pending":
            raise ValueError(command.ref)
        self._hold(self.lots[reservation.item], reservation.lines, -1)
        self.reservations[command.ref] = attrs.evolve(reservation, state="voided")
        self.events.append(Event(START, START, command, reservation.lines))

    def _hold(self, lots: dict[str, Lot], lines: Iterable[Pick], sign: int) -> None:
        for line in lines:
            lot = lots[line.lot]
            lots[line.lot] = attrs.evolve(lot, reserved=lot.reserved + sign * line.quantity)
