"""What a host's adapters must keep: subclass a contract, say how to make the adapter, and let pytest run its tests.

    class TestOurEvents(EventStoreContract):
        def store(self) -> OurEvents:
            return OurEvents(connect())

Each method whose name begins with `test_` is one promise, in one sentence; it needs no fixture and no pytest.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from threading import Thread
from typing import TYPE_CHECKING

from prodstock.errors import CannotReserve, Conflict, KeyReused, UnknownCode
from prodstock.journal.command import Together
from prodstock.journal.commit import Batch, Recorded
from prodstock.journal.store import ManualClock
from prodstock.journal.stream import Stream, stock_stream
from prodstock.master.catalog import Catalog
from prodstock.master.codes import code
from prodstock.master.item import Item, LotOrder, Tracking
from prodstock.master.quality_state import Quality
from prodstock.orders.demand import Demand
from prodstock.plant import Plant
from prodstock.stock.allocation import Need, OpenLot, allocate
from prodstock.stock.claim import AllocationPolicy, Claim
from prodstock.stock.count import Count
from prodstock.stock.events import StockPosted
from prodstock.stock.expect import Expect
from prodstock.stock.goods import Goods
from prodstock.stock.judge import Judge
from prodstock.stock.move import Move
from prodstock.stock.receive import Receive
from prodstock.stock.reservation import Reserve, Void
from prodstock.stock.ship import Ship, TakeBack
from prodstock.tables import Table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from prodstock.journal.command import Command
    from prodstock.journal.store import Clock, EventStore, IdSource
    from prodstock.stock.allocation import LotSource

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
CATALOG = Catalog([Item("BOX"), Item("MIC", tracking=Tracking.LOT), Item("HD", tracking=Tracking.SERIAL)])
WRITERS = 20


def recorded(stream: str, version: int, commit: str, part: int = 0) -> Recorded:
    """Return an event with nothing in it, to be kept and read again."""
    return Recorded(
        stream=Stream(stream),
        version=version,
        commit=commit,
        part=part,
        event=StockPosted(()),
        effective_at=NOON,
        recorded_at=NOON + timedelta(microseconds=version),
        by="anna",
        because="ünïcode, and a 'quote'",
    )


def batch(*events: Recorded, expected: dict[str, int] | None = None) -> Batch:
    """Return events as one batch that expects the versions before theirs, or those that are given."""
    before: dict[Stream, int] = {}
    for event in events:
        before.setdefault(event.stream, event.version - 1)
    if expected is not None:
        before = {Stream(name): version for name, version in expected.items()}
    return Batch(expected=before, events=Table(events))


class EventStoreContract:
    """What an event store must keep. Override `store`, and `another` where a second writer needs its own connection."""

    def store(self) -> EventStore:
        """Return a store with nothing in it."""
        raise NotImplementedError

    def another(self, store: EventStore) -> EventStore:
        """Return the same store as another writer sees it."""
        return store

    # -- keeping and reading ------------------------------------------------------------------------------------

    def test_unknown_streams_are_empty(self) -> None:
        """A stream that was never written to has no events, and asking for it is no error."""
        store = self.store()
        store.append(batch(recorded("a", 1, "a/1")))

        assert list(store.read([Stream("b")])) == []
        assert list(store.read([])) == []

    def test_events_come_back_as_they_were(self) -> None:
        """What is read equals what was kept, in every field."""
        store = self.store()
        kept = [recorded("a", 1, "a/1"), recorded("b", 1, "a/1", 1)]
        store.append(batch(*kept))

        found = [*store.read([Stream("a")]), *store.read([Stream("b")])]

        assert found == kept

    def test_only_the_streams_asked_for(self) -> None:
        """Nothing comes back but the streams asked for, each once."""
        store = self.store()
        store.append(batch(recorded("a", 1, "a/1"), recorded("b", 1, "a/1", 1), recorded("c", 1, "a/1", 2)))

        found = list(store.read([Stream("a"), Stream("c")]))

        assert sorted((event.stream, event.version) for event in found) == [("a", 1), ("c", 1)]

    def test_versions_come_in_order(self) -> None:
        """Events of a stream come back in the order of their versions, also beyond nine and over many batches."""
        store = self.store()
        for version in range(1, 13):
            store.append(batch(recorded("a", version, f"a/{version}")))

        assert [event.version for event in store.read([Stream("a")])] == list(range(1, 13))

    def test_interleaved_streams_stay_apart(self) -> None:
        """Batches that write to several streams in turn keep each stream's own order."""
        store = self.store()
        for version in range(1, 6):
            name = f"a/{version}"
            store.append(batch(recorded("a", version, name), recorded("b", version, name, 1)))
            store.append(
                batch(recorded("c", 2 * version - 1, f"c/{version}"), recorded("c", 2 * version, f"c/{version}", 1))
            )

        for stream, count in (("a", 5), ("b", 5), ("c", 10)):
            assert [event.version for event in store.read([Stream(stream)])] == list(range(1, count + 1))

    # -- conflicts ----------------------------------------------------------------------------------------------

    def test_a_stale_version_is_a_conflict(self) -> None:
        """Who writes a version that exists already is told so, and the stream is named."""
        store = self.store()
        store.append(batch(recorded("a", 1, "a/1")))

        refused = _conflict(store, batch(recorded("a", 1, "other"), recorded("b", 1, "other", 1)))

        assert "a" in refused.streams
        assert set(refused.streams) <= {"a", "b"}
        assert [event.commit for event in store.read([Stream("a")])] == ["a/1"]

    def test_a_conflict_keeps_nothing(self) -> None:
        """Of a batch that conflicts on its last event, the first ones are not kept either."""
        store = self.store()
        store.append(batch(recorded("z", 1, "z/1")))

        _conflict(store, batch(recorded("a", 1, "a/1"), recorded("b", 1, "a/1", 1), recorded("z", 1, "a/1", 2)))

        assert list(store.read([Stream("a"), Stream("b")])) == []
        store.append(batch(recorded("a", 1, "a/1"), recorded("z", 2, "a/1", 1)))
        assert [event.version for event in store.read([Stream("z")])] == [1, 2]

    # -- a plant over it ----------------------------------------------------------------------------------------

    def test_a_plant_thrown_away_answers_the_same(self) -> None:
        """Each command by a plant of its own leaves what one plant in memory would have."""
        store, clock = self.store(), ManualClock(NOON)
        memory = Plant(CATALOG, clock=clock)
        for command in _flow():
            assert (
                Plant(CATALOG, events=self.another(store), clock=clock).do(command).answer == memory.do(command).answer
            )
            clock.advance(timedelta(minutes=1))

        rebuilt = Plant(CATALOG, events=self.another(store), clock=clock)

        for item in ("BOX", "MIC", "HD"):
            assert rebuilt.availability(item) == memory.availability(item)
        assert rebuilt.stock.reservations("SO-1") == memory.stock.reservations("SO-1")
        assert rebuilt.judge("M-88", Quality.BLOCKED) == memory.judge("M-88", Quality.BLOCKED)

    def test_a_key_answers_the_same_over_a_new_plant(self) -> None:
        """A command sent again under its key happens once, whoever asks; another command under it is refused."""
        store, clock = self.store(), ManualClock(NOON)
        first = Plant(CATALOG, events=store, clock=clock).do(Receive("BOX", 5, key="web-4711", at=NOON))

        again = Plant(CATALOG, events=self.another(store), clock=clock).do(Receive("BOX", 5, key="web-4711", at=NOON))

        assert again.answer == first.answer
        assert Plant(CATALOG, events=store, clock=clock).availability("BOX").physical == Decimal(5)
        try:
            Plant(CATALOG, events=self.another(store), clock=clock).do(Receive("BOX", 6, key="web-4711"))
        except KeyReused:
            return
        raise AssertionError("the key was taken for another command")

    def test_all_of_a_batch_of_commands_or_none(self) -> None:
        """Commands submitted together are kept in one append; if another writer was first, none of them is."""
        store, clock = self.store(), ManualClock(NOON)
        rival = Plant(CATALOG, events=self.another(store), clock=clock)
        overtaken = _Overtaken(store, lambda: rival.receive("MIC", 1, lot="M-1"))

        try:
            Plant(CATALOG, events=overtaken, clock=clock).submit([Receive("BOX", 7), Receive("MIC", 1, lot="M-2")])
        except Conflict:
            found = Plant(CATALOG, events=self.another(store), clock=clock)
            assert found.availability("BOX").physical == Decimal(0)
            assert list(store.read([stock_stream("BOX", "MAIN")])) == []
            return
        raise AssertionError("a plant could write on what it had not seen")

    def test_twenty_writers_share_ten(self) -> None:
        """Twenty writers who all look before any of them writes, and retry conflicts: ten are served, ten are short."""
        store, clock = self.store(), ManualClock(NOON)
        Plant(CATALOG, events=store, clock=clock).receive("MIC", 10, lot="M-88")
        served: list[int] = []
        short: list[int] = []
        waiting = list(range(WRITERS))
        while waiting:
            plants = {writer: Plant(CATALOG, events=self.another(store), clock=clock) for writer in waiting}
            for writer, plant in plants.items():
                _look(plant, f"W-{writer}")
            waiting = []
            for writer, plant in plants.items():
                try:
                    plant.do(Reserve(Claim("MIC", 1, ref=f"W-{writer}")))
                    served.append(writer)
                except CannotReserve:
                    short.append(writer)
                except Conflict:
                    waiting.append(writer)

        _ten_and_ten(store, clock, served, short)


class ThreadedEventStoreContract(EventStoreContract):
    """What an event store must keep besides, where several threads may write to it at once."""

    def test_twenty_threads_share_ten(self) -> None:
        """Twenty threads each want one of ten and retry conflicts until decided: ten are served, ten are short."""
        store, clock = self.store(), ManualClock(NOON)
        Plant(CATALOG, events=store, clock=clock).receive("MIC", 10, lot="M-88")
        served: list[int] = []
        short: list[int] = []

        def write(writer: int) -> None:
            while writer not in served and writer not in short:
                try:
                    Plant(CATALOG, events=self.another(store), clock=clock).do(
                        Reserve(Claim("MIC", 1, ref=f"W-{writer}"))
                    )
                    served.append(writer)
                except CannotReserve:
                    short.append(writer)
                except Conflict:
                    continue

        threads = [Thread(target=write, args=(writer,)) for writer in range(WRITERS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        _ten_and_ten(store, clock, served, short)


class _Overtaken:
    """A store on which somebody else writes at the last moment."""

    def __init__(self, store: EventStore, overtake: Callable[[], object]) -> None:
        self._store = store
        self._overtake = overtake

    def read(self, streams: Sequence[Stream], /) -> Iterable[Recorded]:
        """Return what the store returns."""
        return self._store.read(streams)

    def append(self, batch: Batch, /) -> None:
        """Keep what comes second."""
        self._overtake()
        self._store.append(batch)


def _look(plant: Plant, ref: str) -> None:
    """Have a plant read what a reservation for that code touches, so that it decides on what it saw then."""
    plant.availability("MIC")
    try:
        plant.stock.reservations(ref)
    except UnknownCode:
        return


def _conflict(store: EventStore, late: Batch) -> Conflict:
    try:
        store.append(late)
    except Conflict as conflict:
        return conflict
    raise AssertionError("a stale batch was taken")


def _ten_and_ten(store: EventStore, clock: Clock, served: list[int], short: list[int]) -> None:
    assert (len(served), len(short)) == (10, 10)
    found = Plant(CATALOG, events=store, clock=clock).availability("MIC")
    assert (found.physical, found.reserved, found.free) == (Decimal(10), Decimal(10), Decimal(0))


def _flow() -> Iterable[Command[object]]:
    """Yield a small life: goods come in, are promised, judged, moved, shipped in part, and some promises are broken."""
    yield Receive("MIC", 6, lot="M-88", expires=NOON + timedelta(days=9), attributes={"colour": "red"}, key="k-1")
    yield Together([Receive("MIC", 4, lot="M-90"), Receive("BOX", 3), Receive("BOX", 4)], key="k-2", at=NOON)
    yield Receive("HD", 2, lot="H-1", quality=Quality.PENDING_INSPECTION)
    yield Expect([Demand("MIC", 9, due=NOON + timedelta(days=3), ref="SO-1")])
    yield Reserve("SO-1", by="shop", key="k-3")
    yield Reserve(Claim("BOX", 2, ref="SAMPLE"))
    yield Judge(Goods("MIC", lot="M-90", quantity=2), Quality.BLOCKED, reason="damaged", because="dropped")
    yield Judge("H-1-0001", Quality.APPROVED)
    yield Move(Goods("BOX", quantity=3), to="QUARANTINE")
    yield Ship(Goods("MIC", lot="M-88", quantity=5), demand="SO-1")
    yield TakeBack(Goods("MIC", lot="M-88", quantity=1), demand="SO-1")
    yield Count("BOX", 9)
    yield Void("SAMPLE/1")


class LotSourceContract:
    """What a host's table of lots must keep. Override `source`."""

    LOTS = (
        OpenLot("MIC", 300, lot="M-90", received=NOON, expires=NOON + timedelta(days=90)),
        OpenLot("MIC", 200, lot="M-88", received=NOON + timedelta(days=1), expires=NOON + timedelta(days=30)),
        OpenLot("MIC", "0.5", lot="M-91", received=NOON - timedelta(days=1)),
        OpenLot("BOX", 40, received=NOON),
        OpenLot("GLUE", 7, lot="M-88", received=NOON, expires=NOON + timedelta(days=2)),
    )
    """Lots of three items; two items use the same lot code, and one lot never expires."""

    def source(self, lots: Sequence[OpenLot]) -> LotSource:
        """Return a table that holds exactly these lots."""
        raise NotImplementedError

    def test_only_the_items_asked_for(self) -> None:
        """Every lot of the items asked for comes once, with all its fields, and no other."""
        for items in (["MIC"], ["BOX", "GLUE"], ["MIC", "BOX", "GLUE"]):
            for order in LotOrder:
                found = self.source(self.LOTS).open_lots(items, order)
                assert sorted(found, key=repr) == sorted((one for one in self.LOTS if one.item in items), key=repr)

    def test_nothing_for_what_is_not_there(self) -> None:
        """Items without lots, and no items at all, are no error."""
        source = self.source(self.LOTS)

        assert list(source.open_lots(["WIRE"], LotOrder.FEFO)) == []
        assert list(source.open_lots([], LotOrder.FEFO)) == []

    def test_asked_twice_it_answers_twice(self) -> None:
        """The second question is answered like the first."""
        source = self.source(self.LOTS)

        assert list(source.open_lots(["MIC"], LotOrder.FIFO)) == list(source.open_lots(["MIC"], LotOrder.FIFO))

    def test_what_is_allocated_equals_that_of_plain_values(self) -> None:
        """Allocation over the table picks what it picks from the lots themselves."""
        needs = [Need("MIC", 400, at=NOON + timedelta(days=10), ref="SO-1"), Need("GLUE", 7, at=NOON, ref="SO-2")]
        for order in LotOrder:
            policy = AllocationPolicy(order=order)
            assert allocate(needs, self.source(self.LOTS), policy).picks == allocate(needs, self.LOTS, policy).picks


class ClockContract:
    """What a clock must keep. Override `clock`."""

    def clock(self) -> Clock:
        """Return the clock."""
        raise NotImplementedError

    def test_tells_an_instant(self) -> None:
        """Every reading has a time zone."""
        assert self.clock().now().utcoffset() is not None

    def test_never_runs_backwards(self) -> None:
        """A later reading is not earlier."""
        clock = self.clock()
        readings = [clock.now() for _ in range(100)]

        assert readings == sorted(readings)


class IdSourceContract:
    """What a source of codes must keep. Override `ids`."""

    def ids(self) -> IdSource:
        """Return the source."""
        raise NotImplementedError

    def test_never_the_same_twice(self) -> None:
        """A thousand codes under several prefixes are all different."""
        ids = self.ids()
        found = [ids.next_code(prefix) for _ in range(250) for prefix in ("MO", "L", "PU", "D")]

        assert len(set(found)) == len(found)

    def test_codes_are_codes(self) -> None:
        """What it gives can be used as a code as it stands."""
        given = self.ids().next_code("MO")

        assert code(given) == given
