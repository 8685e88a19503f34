"""The ports of a host: where events are kept, what time it is, what the next code is; each with a twin in memory."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from threading import Lock
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from prodstock.calendars.zone import MICROSECOND, aware, from_micros, micros
from prodstock.errors import Conflict, InvalidTypeError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from prodstock.journal.commit import Batch, Recorded
    from prodstock.journal.stream import Stream


class EventStore(Protocol):
    """Keeps events. A host implements it over its own database, in its own transaction."""

    def read(self, streams: Sequence[Stream], /) -> Iterable[Recorded]:
        """Return the events of these streams, each stream's in the order of their versions."""

    def append(self, batch: Batch, /) -> None:
        """Keep all events of the batch or none.

        Raises:
            Conflict: if a stream is no longer at its expected version. Nothing is kept then.
        """


@runtime_checkable
class ListsStreams(Protocol):
    """An event store that can also name its streams, so that questions about a whole plant can be asked of it."""

    def streams(self) -> Iterable[Stream]:
        """Return the names of all streams that have events."""


class Clock(Protocol):
    """Tells the time. Nothing in the library asks the machine for it."""

    def now(self) -> datetime:
        """Return the present moment, aware, never earlier than the last one returned."""


class IdSource(Protocol):
    """Gives codes to what a caller did not name."""

    def next_code(self, prefix: str, /) -> str:
        """Return a code that it never returned before."""


def check_port(given: object, field: str, *methods: str) -> None:
    """Do nothing if an object of the host has the methods that are needed of it.

    Raises:
        InvalidTypeError: if it lacks one, or is a class and no object of it.
    """
    for name in methods:
        if isinstance(given, type) or not callable(getattr(given, name, None)):
            advice = f"Give an object with {' and '.join(f'{one}()' for one in methods)}"
            raise InvalidTypeError(field=field, value=given, reason=f"has no method {name}()", advice=advice)


class MemoryEvents:
    """An event store in memory, with the promises that a database must keep; threads may share it.

    >>> store = MemoryEvents()
    >>> list(store.streams())
    []
    """

    def __init__(self) -> None:
        self._streams: dict[Stream, list[Recorded]] = {}
        self._lock = Lock()

    def read(self, streams: Sequence[Stream], /) -> Iterable[Recorded]:
        """Return the events of these streams, each stream's in the order of their versions."""
        with self._lock:
            return [event for stream in streams for event in self._streams.get(stream, ())]

    def append(self, batch: Batch, /) -> None:
        """Keep all events of the batch or none.

        Raises:
            Conflict: if a stream is no longer at its expected version.
        """
        with self._lock:
            behind = [s for s, version in batch.expected.items() if len(self._streams.get(s, ())) != version]
            if behind:
                raise Conflict(streams=behind)
            for event in batch.events:
                self._streams.setdefault(event.stream, []).append(event)

    def streams(self) -> Iterable[Stream]:
        """Return the names of all streams, sorted."""
        return sorted(self._streams)


class SystemClock:
    """The machine's clock, in UTC."""

    def now(self) -> datetime:
        """Return the present moment."""
        return datetime.now(UTC)  # noqa: TID251 - the one place that asks the machine


class ManualClock:
    """A clock that stands still until it is told to move: for tests, notebooks and replays.

    >>> from datetime import timedelta
    >>> clock = ManualClock(datetime(2026, 3, 2, 6, tzinfo=UTC))
    >>> clock.advance(timedelta(hours=2))
    >>> clock.now().hour
    8
    """

    def __init__(self, start: datetime, /) -> None:
        self._now = aware(start, "start")

    def now(self) -> datetime:
        """Return the moment it was last set to."""
        return self._now

    def advance(self, by: timedelta, /) -> None:
        """Move on by this much; time does not run backwards.

        Raises:
            InvalidTypeError: if it is no duration.
            InvalidValueError: if it leads out of the years 1900 to 2200.
        """
        if not isinstance(by, timedelta):
            raise InvalidTypeError(field="by", value=by, reason="is no duration", advice="Use datetime.timedelta")
        if by > timedelta():
            self._now = from_micros(micros(self._now) + by // MICROSECOND, self._now.tzinfo or UTC)


class RepeatableIds:
    """Codes of another source that can be drawn again: a decision that is asked anew draws the same ones.

    Codes that a refused command drew go to the next one that asks. `drawn` tells whether any were drawn since the last
    `keep`.
    """

    def __init__(self, source: IdSource, /) -> None:
        self._source = source
        self.drawn = False
        self._drawn: dict[str, list[str]] = {}
        self._used: dict[str, int] = {}

    def next_code(self, prefix: str, /) -> str:
        """Return the next code since the last rewind."""
        self.drawn = True
        drawn = self._drawn.setdefault(prefix, [])
        at = self._used.get(prefix, 0)
        if at == len(drawn):
            drawn.append(self._source.next_code(prefix))
        self._used[prefix] = at + 1
        return drawn[at]

    def rewind(self) -> None:
        """Begin again with the codes drawn since the last `keep`."""
        self._used.clear()

    def mark(self) -> Mapping[str, int]:
        """Return how far codes have been drawn since the last rewind."""
        return dict(self._used)

    def back(self, mark: Mapping[str, int]) -> None:
        """Begin again from a mark: what was drawn since is drawn again."""
        self._used = dict(mark)

    def keep(self) -> None:
        """Forget the codes drawn and not taken back: they are in use."""
        self._drawn = {
            prefix: left for prefix, codes in self._drawn.items() if (left := codes[self._used.get(prefix, 0) :])
        }
        self._used.clear()
        self.drawn = bool(self._drawn)


class CountingIds:
    """Counts from one for each prefix: MO-1, MO-2. The plant skips codes that exist already."""

    def __init__(self) -> None:
        self._counts: dict[str, int] = {}

    def next_code(self, prefix: str, /) -> str:
        """Return the prefix and the next number."""
        self._counts[prefix] = self._counts.get(prefix, 0) + 1
        return f"{prefix}-{self._counts[prefix]}"
