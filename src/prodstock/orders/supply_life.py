"""The life of a purchase or transfer order, as a table."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from prodstock.errors import NotAllowed

if TYPE_CHECKING:
    from collections.abc import Mapping


class SupplyStatus(StrEnum):
    """How far an expected supply is."""

    PLACED = "placed"
    CONFIRMED = "confirmed"
    PART_RECEIVED = "part-received"
    RECEIVED = "received"
    CLOSED = "closed"
    CANCELLED = "cancelled"

    @property
    def is_open(self) -> bool:
        """Whether more is to come."""
        return self in _OPEN

    @property
    def has_ended(self) -> bool:
        """Whether somebody gave up what was still to come."""
        return self in _ENDED


_OPEN = frozenset({SupplyStatus.PLACED, SupplyStatus.CONFIRMED, SupplyStatus.PART_RECEIVED})
_ENDED = frozenset({SupplyStatus.CLOSED, SupplyStatus.CANCELLED})


class SupplyAction(StrEnum):
    """What may be done to an expected supply, or be told of it."""

    PLACE = "place"
    CONFIRM = "confirm"
    REVISE = "revise"
    SHIP = "ship"
    RECEIVE = "receive"
    LOSE = "lose"
    RETURN = "return"
    CREDIT = "credit"
    CANCEL = "cancel"
    CLOSE = "close"
    REVERSE = "reverse"


_S, _A = SupplyStatus, SupplyAction

SUPPLY_LIFE: Mapping[tuple[SupplyStatus, SupplyAction], frozenset[SupplyStatus]] = {
    (_S.PLACED, _A.CONFIRM): frozenset({_S.CONFIRMED}),
    (_S.PLACED, _A.REVISE): frozenset({_S.PLACED}),
    (_S.PLACED, _A.SHIP): frozenset({_S.PLACED}),
    (_S.PLACED, _A.RECEIVE): frozenset({_S.PART_RECEIVED, _S.RECEIVED}),
    (_S.PLACED, _A.LOSE): frozenset({_S.PLACED}),
    (_S.PLACED, _A.CANCEL): frozenset({_S.CANCELLED}),
    (_S.PLACED, _A.CLOSE): frozenset({_S.CLOSED}),
    (_S.CONFIRMED, _A.CONFIRM): frozenset({_S.CONFIRMED}),
    (_S.CONFIRMED, _A.REVISE): frozenset({_S.PLACED}),
    (_S.CONFIRMED, _A.SHIP): frozenset({_S.CONFIRMED}),
    (_S.CONFIRMED, _A.RECEIVE): frozenset({_S.PART_RECEIVED, _S.RECEIVED}),
    (_S.CONFIRMED, _A.LOSE): frozenset({_S.CONFIRMED}),
    (_S.CONFIRMED, _A.CANCEL): frozenset({_S.CANCELLED}),
    (_S.CONFIRMED, _A.CLOSE): frozenset({_S.CLOSED}),
    (_S.PART_RECEIVED, _A.CONFIRM): frozenset({_S.PART_RECEIVED}),
    (_S.PART_RECEIVED, _A.REVISE): frozenset({_S.PART_RECEIVED, _S.RECEIVED}),
    (_S.PART_RECEIVED, _A.SHIP): frozenset({_S.PART_RECEIVED}),
    (_S.PART_RECEIVED, _A.RECEIVE): frozenset({_S.PART_RECEIVED, _S.RECEIVED}),
    (_S.PART_RECEIVED, _A.LOSE): frozenset({_S.PART_RECEIVED}),
    (_S.PART_RECEIVED, _A.RETURN): frozenset({_S.PLACED, _S.CONFIRMED, _S.PART_RECEIVED}),
    (_S.PART_RECEIVED, _A.CREDIT): frozenset({_S.PART_RECEIVED}),
    (_S.PART_RECEIVED, _A.CANCEL): frozenset({_S.CLOSED}),
    (_S.PART_RECEIVED, _A.CLOSE): frozenset({_S.CLOSED}),
    (_S.RECEIVED, _A.REVISE): frozenset({_S.PART_RECEIVED, _S.RECEIVED}),
    (_S.RECEIVED, _A.SHIP): frozenset({_S.RECEIVED}),
    (_S.RECEIVED, _A.RECEIVE): frozenset({_S.RECEIVED}),
    (_S.RECEIVED, _A.LOSE): frozenset({_S.RECEIVED}),
    (_S.RECEIVED, _A.RETURN): frozenset({_S.PLACED, _S.CONFIRMED, _S.PART_RECEIVED, _S.RECEIVED}),
    (_S.RECEIVED, _A.CREDIT): frozenset({_S.RECEIVED}),
    (_S.RECEIVED, _A.CANCEL): frozenset({_S.CLOSED}),
    (_S.RECEIVED, _A.CLOSE): frozenset({_S.CLOSED}),
    (_S.CLOSED, _A.CREDIT): frozenset({_S.CLOSED}),
}
"""What each action may make of each status, by how much has come; what is not in it is refused.

Goods are confirmed by who sends them and revised by who ordered them: what was revised is to be confirmed anew. An
order of which all has come takes what the terms let in on top, and is open again where goods went back to be replaced.
Goods of a closed order may still go back for a credit. Taking back the last thing that happened leads to what was
before it: so a closed or cancelled order is opened again."""


def check_step(what: str, status: SupplyStatus, action: SupplyAction, *, advice: str = "") -> None:
    """Do nothing if the table has such a step.

    Raises:
        NotAllowed: if it has not; `legal` lists those it has.

    >>> check_step("PU-7", SupplyStatus.PLACED, SupplyAction.CONFIRM)
    """
    if (status, action) not in SUPPLY_LIFE:
        legal = tuple(one.value for start, one in SUPPLY_LIFE if start is status)
        raise NotAllowed(what=what, state=status.value, asked=action.value, legal=legal, advice=advice)
