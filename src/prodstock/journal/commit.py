"""Events, their envelope, and the batch in which they are kept together or not at all."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, TypeVar

import attrs

from prodstock._render import brief
from prodstock.errors import BrokenInvariant
from prodstock.journal.stream import Stream
from prodstock.tables import Table


class Event:
    """Marker of what has happened; the closed set is listed once, in `codec`."""

    __slots__ = ()

    def __init_subclass__(cls) -> None:
        """Show every event on one line."""
        if "__repr__" not in cls.__dict__:
            cls.__repr__ = brief  # type: ignore[method-assign]  # before attrs looks, so that it makes none

    if TYPE_CHECKING:

        def __repr__(self) -> str:
            """Return one line."""
            ...


S = TypeVar("S")


def known(state: object, kind: type[S]) -> S:
    """Return the state of a stream whose first event lies behind.

    Raises:
        BrokenInvariant: if it is of another kind: the stream does not begin with the event that it must begin with.
    """
    if isinstance(state, kind):
        return state
    raise BrokenInvariant(invariant="I4", detail=f"a stream of {kind.__name__} begins with {type(state).__name__}")


class RecordEvent(Event):
    """An event of a stream whose state is one immutable value: an order, a demand, a lot's evidence."""

    __slots__ = ()

    def on(self, state: object) -> object:
        """Return the stream's state after this event; `state` is None before the first."""
        raise NotImplementedError(type(self).__name__)


@attrs.frozen(kw_only=True)
class Recorded:
    """An event in its envelope.

    Attributes:
        stream: where it happened.
        version: its place in the stream, from 1.
        commit: the commit that it is part of; the events of a commit share it.
        part: its place among the events of the commit, from 0.
        parts: how many events the commit has: who reads less has read a part of what happened.
        event: what happened.
        effective_at: when it took effect. UTC.
        recorded_at: when it was written down. UTC.
        by: who said so.
        because: why.
        key: the idempotency key of the command, or empty.
        tags: what else the host wants to keep beside it.
    """

    stream: Stream
    version: int
    commit: str
    part: int = 0
    parts: int = 1
    event: Event
    effective_at: datetime
    recorded_at: datetime
    by: str = ""
    because: str = ""
    key: str = ""
    tags: Mapping[str, str] = attrs.field(factory=dict, hash=False)

    def __repr__(self) -> str:
        what = type(self.event).__name__
        return f"<Recorded {self.stream[:60]} v{self.version} {what} {self.effective_at:%Y-%m-%d %H:%M}>"


@attrs.frozen(kw_only=True, repr=False)
class Batch:
    """Events to be kept together or not at all, and the versions they were decided on.

    Attributes:
        expected: for each stream written to, the version it had when the command was decided; 0 for a new stream.
        events: the events, those of one stream in the order of their versions.
    """

    expected: Mapping[Stream, int] = attrs.field(hash=False)
    events: Table[Recorded]

    def __repr__(self) -> str:
        return f"<Batch of {len(self.events)} events in {len(self.expected)} streams>"
