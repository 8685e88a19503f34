"""Questions that may ask others, and their replies: how one want after another is served."""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING, NamedTuple

from prodstock.calendars.zone import DAY_US, from_micros
from prodstock.errors import BrokenInvariant
from prodstock.stock.lot import NEVER

if TYPE_CHECKING:
    from prodstock.planning.kernel import Fit
    from prodstock.planning.station import Station


class Bound(NamedTuple):
    """What keeps something from being there sooner: an item's lead time, the arrival of what comes, or no open source.

    `closed` says why no way of getting it is open before.
    """

    item: str
    at: int
    by_lead_time: bool
    fenced: bool = False
    closed: str = ""

    def __str__(self) -> str:
        if self.at == NEVER:
            return f"no source of {self.item}: {self.closed}"
        day = f"{from_micros(self.at):%Y-%m-%d}"
        if self.closed:
            return f"no source of {self.item} until {day}: {self.closed}"
        if self.by_lead_time:
            begun = "when its planning time fence ends" if self.fenced else "now"
            return f"lead time of {self.item}: begun {begun}, it is there on {day}"
        return f"{self.item} comes on {day}"


class Reply(NamedTuple):
    """How much of what was asked for is there by then; when more may be: later, or NEVER; and what that waits for."""

    got: int
    later: int
    bound: Bound | None = None


Asking = Generator["Asking", Reply, Reply]
"""A question that may ask others: run by `answer`, so that bills may be as deep as they like."""


Limit = tuple[int, Reply | None]
"""How much of an order can be started, and the reply of the part that limits it."""


class Call(NamedTuple):
    """Who asks a station for something: the want's number there, and what it demands of goods."""

    station: Station
    want: int
    fit: Fit


_PATIENCE = 5 * 366 * DAY_US
"""For how long in vain is asked on, if that has been ..."""
_OFTEN = 100
"""... more often than this: what expires may miss the days it could come on week after week, for ever."""


class Stride:
    """How far to look ahead for the next moment at which to ask: where replies lead nowhere, twice as far each time.

    Begun at a moment, it ends after the last at which anything is wanted, and when it was for years `in_vain`.
    """

    __slots__ = ("_given", "_last", "_step", "_tried", "in_vain")

    def __init__(self, moment: int, last: int = NEVER) -> None:
        self._step = 1
        self._last, self._given, self._tried, self.in_vain = last, moment, 0, False

    def after(self, moment: int, reply: Reply) -> int:
        """Return when to ask again after a moment, at which that was the reply; NEVER: not again."""
        self._tried += 1
        if reply.got:
            self._given, self._tried = moment, 0
        self.in_vain = self._tried > _OFTEN and moment > self._given + _PATIENCE
        if reply.later == NEVER or reply.later > self._last or self.in_vain:
            return NEVER
        if reply.later > moment + 1:
            self._step = 1
            return reply.later
        at = moment + self._step
        self._step *= 2
        return at

    def said(self, bound: Bound | None) -> Bound | None:
        """Return what is to be told of a bound: after years in vain that it never ends."""
        return bound._replace(at=NEVER) if bound is not None and self.in_vain else bound


def answer(question: Asking) -> Reply:
    """Run a question and all it asks in turn, however deep."""
    stack = [question]
    reply: Reply | None = None
    while stack:
        try:
            asked = stack[-1].send(reply)  # type: ignore[arg-type]  # a generator begins with None
        except StopIteration as stop:
            stack.pop()
            reply = stop.value
        else:
            stack.append(asked)
            reply = None
    if reply is None:
        raise BrokenInvariant(invariant="a question has an answer", detail="none came")
    return reply
