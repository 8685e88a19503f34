"""The life of a production order, as a table."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from prodstock.errors import NotAllowed

if TYPE_CHECKING:
    from collections.abc import Mapping


class OrderState(StrEnum):
    """How far a production order is."""

    LAUNCHED = "launched"
    STARTED = "started"
    COMPLETED = "completed"
    CLOSED = "closed"
    HELD = "held"
    CANCELLED = "cancelled"


class OrderAction(StrEnum):
    """What may be done to a production order."""

    RESERVE = "reserve"
    ISSUE = "issue"
    PUT_BACK = "put-back"
    REPORT = "report"
    COMPLETE = "complete"
    HOLD = "hold"
    RESUME = "resume"
    CANCEL = "cancel"
    CLOSE = "close"
    REOPEN = "reopen"


_S, _A = OrderState, OrderAction

LIFE: Mapping[tuple[OrderState, OrderAction], OrderState] = {
    (_S.LAUNCHED, _A.RESERVE): _S.LAUNCHED,
    (_S.LAUNCHED, _A.ISSUE): _S.STARTED,
    (_S.LAUNCHED, _A.REPORT): _S.STARTED,
    (_S.LAUNCHED, _A.HOLD): _S.HELD,
    (_S.LAUNCHED, _A.CANCEL): _S.CANCELLED,
    (_S.LAUNCHED, _A.CLOSE): _S.CLOSED,
    (_S.STARTED, _A.RESERVE): _S.STARTED,
    (_S.STARTED, _A.ISSUE): _S.STARTED,
    (_S.STARTED, _A.PUT_BACK): _S.STARTED,
    (_S.STARTED, _A.REPORT): _S.STARTED,
    (_S.STARTED, _A.COMPLETE): _S.COMPLETED,
    (_S.STARTED, _A.HOLD): _S.HELD,
    (_S.STARTED, _A.CLOSE): _S.CLOSED,
    (_S.COMPLETED, _A.RESERVE): _S.COMPLETED,
    (_S.COMPLETED, _A.ISSUE): _S.COMPLETED,
    (_S.COMPLETED, _A.PUT_BACK): _S.COMPLETED,
    (_S.COMPLETED, _A.CLOSE): _S.CLOSED,
    (_S.HELD, _A.RESUME): _S.STARTED,
    (_S.HELD, _A.PUT_BACK): _S.HELD,
    (_S.HELD, _A.CLOSE): _S.CLOSED,
    (_S.CLOSED, _A.REOPEN): _S.STARTED,
}
"""What each action makes of each state; what is not in it is refused. `complete` is the state in which every unit that
was started is accounted for, good or scrapped: from then on only packaging that it owes is reserved and issued.
Resuming an order that was held before its start leaves it launched."""


def after(what: str, state: OrderState, action: OrderAction, *, advice: str = "") -> OrderState:
    """Return the state after an action.

    Raises:
        NotAllowed: if the table has no such step; `legal` lists those it has.

    >>> after("MO-1", OrderState.LAUNCHED, OrderAction.ISSUE)
    <OrderState.STARTED: 'started'>
    """
    try:
        return LIFE[state, action]
    except KeyError:
        legal = tuple(one.value for start, one in LIFE if start is state)
        raise NotAllowed(what=what, state=state.value, asked=action.value, legal=legal, advice=advice) from None
