"""The journal's small parts: the store and clock in memory, codes that count, streams, and what a command answers."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from prodstock.errors import BrokenInvariant, Conflict, InvalidTypeError, InvalidValueError
from prodstock.journal.command import Command, Done, Together
from prodstock.journal.commit import Batch, Recorded, RecordEvent, known
from prodstock.journal.store import CountingIds, ListsStreams, ManualClock, MemoryEvents, SystemClock
from prodstock.journal.stream import (
    Stream,
    demand_stream,
    key_stream,
    lot_stream,
    quality_stream,
    serial_stream,
    stock_stream,
)
from prodstock.stock.receive import Receive
from prodstock.tables import Table
from prodstock.testing.contracts import batch, recorded

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def test_the_store_names_its_streams() -> None:
    """The streams that have events, sorted; a stream of a refused batch is not among them."""
    store = MemoryEvents()
    store.append(batch(recorded("b", 1, "b/1"), recorded("a", 1, "b/1", 1)))
    with pytest.raises(Conflict) as refused:
        store.append(batch(recorded("c", 1, "c/1"), recorded("a", 1, "c/1", 1)))

    assert refused.value.streams == ("a",)
    assert list(store.streams()) == ["a", "b"]
    assert isinstance(store, ListsStreams)


def test_a_batch_may_expect_what_it_does_not_write() -> None:
    """A stream that was only read can be pinned too; all that are behind are named."""
    store = MemoryEvents()
    with pytest.raises(Conflict) as refused:
        store.append(batch(recorded("a", 1, "a/1"), expected={"a": 0, "b": 3, "c": 1}))

    assert set(refused.value.streams) == {"b", "c"}
    assert list(store.streams()) == []
    store.append(Batch(expected={}, events=Table([])))


def test_a_clock_that_stands_still() -> None:
    """It shows what it was set to, moves on when told to, and never back."""
    clock = ManualClock(NOON)
    clock.advance(timedelta(hours=1))
    clock.advance(-timedelta(days=1))

    assert clock.now() == NOON + timedelta(hours=1)
    with pytest.raises(InvalidValueError):
        ManualClock(NOON.replace(tzinfo=None))
    with pytest.raises(InvalidTypeError):
        ManualClock("noon")  # type: ignore[arg-type]  # on purpose
    assert SystemClock().now().utcoffset() == timedelta()
    assert ManualClock(NOON.astimezone(timezone(timedelta(hours=2)))).now() == NOON


def test_codes_count_by_prefix() -> None:
    """Each prefix counts from one."""
    ids = CountingIds()

    assert [ids.next_code(prefix) for prefix in ("MO", "L", "MO")] == ["MO-1", "L-1", "MO-2"]


def test_streams_do_not_collide() -> None:
    """What is named alike but is something else has another stream, wherever its codes have slashes."""
    for stream in (lot_stream, serial_stream, quality_stream):
        assert len({stream(*pair) for pair in (("A", "B/C"), ("A/B", "C"), ("A%2FB", "C"), ("A%", "2FB/C"))}) == 4
    names = [
        lot_stream("A", "B"),
        serial_stream("A", "B"),
        quality_stream("A", "B"),
        demand_stream("A"),
        key_stream("A"),
    ]

    assert len(set(names)) == len(names)
    assert stock_stream("A@B", "C") == Stream("stock:A@B@C")


def test_a_stream_begins_with_its_first_event() -> None:
    """A state of the wrong kind is a broken invariant, and the marker of papers decides nothing."""
    assert known("open", str) == "open"
    with pytest.raises(BrokenInvariant):
        known(None, str)
    with pytest.raises(NotImplementedError):
        RecordEvent().on(None)


def test_done_writes_its_events_out_once() -> None:
    """Events are told when first asked for, once; two answers are equal if both are."""
    calls = []

    def told(stream: str, version: int) -> Table[Recorded]:
        calls.append(1)
        return Table([recorded(stream, version, "a/1")])

    done = Done(7, told, "a", 1)
    assert repr(done) == "<Done 7>"
    assert not calls
    assert done.events == done.events
    assert calls == [1]
    assert done == Done(7, told, "a", 1)
    assert done != Done(8, told, "a", 1)
    assert done != 7


def test_commands_compare_by_content() -> None:
    """Two equal wishes are one wish: that is what a key goes by."""
    one, two = Receive("BOX", "1.0", by="anna"), Receive("BOX", 1, by="anna")
    wishes: list[Command[object]] = [one]

    assert one == two
    assert Together(wishes) == Together((two,))
    assert Receive("BOX", 1) != one
