"""The contract of event stores: on the twin in memory, on SQLite as the story writes it, on stores that break it."""

# ruff: noqa: D102 - the port says what its methods do

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from prodstock.codec import dumps, load_event
from prodstock.errors import Conflict
from prodstock.journal.commit import Batch, Recorded
from prodstock.journal.store import MemoryEvents
from prodstock.journal.stream import Stream
from prodstock.testing.contracts import EventStoreContract, ThreadedEventStoreContract


class TestMemory(ThreadedEventStoreContract):
    """The twin in memory keeps the contract."""

    def store(self) -> MemoryEvents:
        return MemoryEvents()


class SqlEvents:
    """An event store by its shape, as a host would write it."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self.db = db

    def read(self, streams: Sequence[Stream], /) -> Iterator[Recorded]:
        for stream in streams:
            for (body,) in self.db.execute("select body from event where stream = ? order by version", [stream]):
                yield load_event(body)

    def append(self, batch: Batch, /) -> None:
        try:
            with self.db:
                self.db.executemany(
                    "insert into event values (?, ?, ?)", [(e.stream, e.version, dumps(e)) for e in batch.events]
                )
        except sqlite3.IntegrityError as error:
            raise Conflict(streams=batch.expected) from error


TABLE = "create table event (stream text, version integer, body text, primary key (stream, version))"


class TestSqlite(EventStoreContract):
    """A table of stream, version and body keeps the contract; its primary key is the whole of the locking."""

    def store(self) -> SqlEvents:
        db = sqlite3.connect(":memory:")
        db.execute(TABLE)
        return SqlEvents(db)


class TestSqliteFile(EventStoreContract):
    """So does a file with a connection for each writer."""

    @pytest.fixture(autouse=True)
    def folder(self) -> Iterator[None]:
        """Give the test a folder, and close what it opened."""
        self.open: list[sqlite3.Connection] = []
        with TemporaryDirectory() as folder:
            self.path = Path(folder) / "events.db"
            yield
            for db in self.open:
                db.close()

    def connect(self) -> SqlEvents:
        self.open.append(sqlite3.connect(self.path))
        return SqlEvents(self.open[-1])

    def store(self) -> SqlEvents:
        store = self.connect()
        store.db.execute(TABLE)
        return store

    def another(self, store: object) -> SqlEvents:  # noqa: ARG002 - the file is the store
        return self.connect()


class Broken(MemoryEvents):
    """A store to be broken in one way at a time."""

    def keep(self, events: Iterable[Recorded]) -> None:
        for event in events:
            self._streams.setdefault(event.stream, []).append(event)


class LosesUpdates(Broken):
    """Never looks at versions."""

    def append(self, batch: Batch, /) -> None:
        self.keep(batch.events)


class Overwrites(Broken):
    """The last writer of a version wins."""

    def append(self, batch: Batch, /) -> None:
        for event in batch.events:
            kept = self._streams.setdefault(event.stream, [])
            kept[event.version - 1 : event.version] = [event]


class AppendsInParts(Broken):
    """Keeps what comes before the conflict."""

    def append(self, batch: Batch, /) -> None:
        for event in batch.events:
            if len(self._streams.get(event.stream, ())) != event.version - 1:
                raise Conflict(streams=[event.stream])
            self.keep([event])


class ReadsBackwards(Broken):
    """Newest first."""

    def read(self, streams: Sequence[Stream], /) -> Iterable[Recorded]:
        return reversed(list(super().read(streams)))


class SortsAsText(Broken):
    """Version 10 before version 2."""

    def read(self, streams: Sequence[Stream], /) -> Iterable[Recorded]:
        return sorted(super().read(streams), key=lambda event: str(event.version))


class DropsKeys(Broken):
    """Has no table for idempotency keys."""

    def append(self, batch: Batch, /) -> None:
        super().append(batch)
        for stream in batch.expected:
            if stream.startswith("key:"):
                del self._streams[stream]


class SwallowsConflicts(Broken):
    """Tells nobody."""

    def append(self, batch: Batch, /) -> None:
        try:
            super().append(batch)
        except Conflict:
            return


class ReadsEverything(Broken):
    """Ignores what it was asked for."""

    def read(self, streams: Sequence[Stream], /) -> Iterable[Recorded]:
        return super().read(list(self._streams)) if streams else []


class ForgetsFields(Broken):
    """Has no column for who and why."""

    def read(self, streams: Sequence[Stream], /) -> Iterable[Recorded]:
        for event in super().read(streams):
            yield Recorded(
                stream=event.stream,
                version=event.version,
                commit=event.commit,
                part=event.part,
                event=event.event,
                effective_at=event.effective_at,
                recorded_at=event.recorded_at,
                key=event.key,
            )


class FailsOnUnknownStreams(Broken):
    """Takes an empty stream for an error."""

    def read(self, streams: Sequence[Stream], /) -> Iterable[Recorded]:
        return [event for stream in streams for event in self._streams[stream]]


class ChecksOneStream(Broken):
    """Looks at the first stream only."""

    def append(self, batch: Batch, /) -> None:
        stream, version = next(iter(batch.expected.items()))
        if len(self._streams.get(stream, ())) != version:
            raise Conflict(streams=[stream])
        self.keep(batch.events)


@pytest.mark.parametrize("broken", Broken.__subclasses__())
def test_the_contract_catches(broken: type[Broken]) -> None:
    """Every way of breaking a store fails at least one test of the contract."""

    class Contract(EventStoreContract):
        def store(self) -> MemoryEvents:
            return broken()

    assert any(_fails(getattr(Contract(), name)) for name in dir(Contract) if name.startswith("test_"))


def _fails(test: Callable[[], None]) -> bool:
    try:
        test()
    except Exception:  # noqa: BLE001 - whatever it is, the contract noticed
        return True
    return False
