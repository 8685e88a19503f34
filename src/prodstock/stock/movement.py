"""The closed vocabulary of stock movements: for each where it goes from and to, and what takes it back."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

import attrs

from prodstock.master.location import LocationKind

if TYPE_CHECKING:
    from collections.abc import Mapping


class Movement(StrEnum):
    """What a change of stock is. The order is that of the numbers kept in the log: new ones go to the end."""

    OPENING = "opening"
    RECEIPT = "receipt"
    VENDOR_RETURN = "vendor-return"
    MOVE = "move"
    JUDGEMENT = "judgement"
    RELEASE = "release"
    ISSUE = "issue"
    PUT_BACK = "put-back"
    CONSUMPTION = "consumption"
    OUTPUT = "output"
    COMPLETION = "completion"
    SCRAP = "scrap"
    LOSS = "loss"
    ADJUSTMENT = "adjustment"
    COUNT = "count"
    SHIPMENT = "shipment"
    CUSTOMER_RETURN = "customer-return"
    TAKE_APART = "take-apart"
    OWNERSHIP = "ownership"
    RESERVATION = "reservation"
    UNRESERVATION = "unreservation"


@attrs.frozen
class MovementRule:
    """What a movement means.

    Attributes:
        counterpart: the virtual location that the other side of the posting is in, or None where both sides are
            parcels of ours and the movement balances in itself.
        reference: whether it names the document it happens for.
        effect: what changes, in words.
    """

    counterpart: LocationKind | None
    reference: bool
    effect: str


_K = LocationKind

RULES: Mapping[Movement, MovementRule] = {
    Movement.OPENING: MovementRule(_K.LOSS, False, "opening balance: from nowhere into a real location"),
    Movement.RECEIPT: MovementRule(_K.SUPPLIER, False, "supplier -> receiving or stores"),
    Movement.VENDOR_RETURN: MovementRule(_K.SUPPLIER, False, "any real location -> supplier"),
    Movement.MOVE: MovementRule(None, False, "real location -> real location; state and owner stay"),
    Movement.JUDGEMENT: MovementRule(None, False, "quality state -> quality state; place and owner stay"),
    Movement.RELEASE: MovementRule(None, False, "awaiting release -> released; place and owner stay"),
    Movement.ISSUE: MovementRule(None, True, "stores -> WIP of an order"),
    Movement.PUT_BACK: MovementRule(None, True, "WIP of an order -> stores"),
    Movement.CONSUMPTION: MovementRule(_K.PRODUCTION, True, "WIP of an order -> production"),
    Movement.OUTPUT: MovementRule(_K.PRODUCTION, True, "production -> WIP of an order"),
    Movement.COMPLETION: MovementRule(None, True, "WIP of an order -> stores or scrap"),
    Movement.SCRAP: MovementRule(None, False, "real location -> scrap location; no longer ours to use"),
    Movement.LOSS: MovementRule(_K.LOSS, False, "real location -> loss"),
    Movement.ADJUSTMENT: MovementRule(_K.LOSS, False, "real location <-> loss, by a difference"),
    Movement.COUNT: MovementRule(_K.LOSS, False, "real location <-> loss, to the quantity counted"),
    Movement.SHIPMENT: MovementRule(None, True, "stores -> customer"),
    Movement.CUSTOMER_RETURN: MovementRule(None, True, "customer -> real location, not released"),
    Movement.TAKE_APART: MovementRule(_K.PRODUCTION, False, "an assembly -> production -> its components"),
    Movement.OWNERSHIP: MovementRule(None, False, "owner -> owner; place and state stay"),
    Movement.RESERVATION: MovementRule(None, True, "free -> reserved; nothing moves"),
    Movement.UNRESERVATION: MovementRule(None, True, "reserved -> free; nothing moves"),
}
"""Every movement's rule. Its exact reversal is the same movement with the signs of all its legs turned, once."""

MOVEMENTS: tuple[Movement, ...] = tuple(Movement)
NUMBER: Mapping[Movement, int] = {movement: number for number, movement in enumerate(MOVEMENTS)}
