"""What tells when something is down: the port, apart from those that fit it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime


class Windows(Protocol):
    """Tells when something is down; `Downtime` and `Recurrence` fit, and so does a host's maintenance system.

    It must hash, compare by value and always give the same answer: calendars keep what they computed from it.
    """

    def between(self, start: datetime, end: datetime, /) -> Iterable[tuple[datetime, datetime]]:
        """Return all windows that overlap start to end, in any order, as aware half-open intervals.

        `start` and `end` are told in the zone of the calendar that asks.
        """
        ...
