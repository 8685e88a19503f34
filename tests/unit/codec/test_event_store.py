"""A host keeps events as texts in its own table, and a plant over it remembers everything."""

from __future__ import annotations

import sqlite3
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from prodstock.codec import dump_document, dumps, load_document, load_event
from prodstock.journal.store import ManualClock, MemoryEvents
from prodstock.master.catalog import Catalog
from prodstock.master.item import Item, Tracking
from prodstock.master.quality_state import Quality
from prodstock.orders.demand import Demand
from prodstock.orders.purchase import PurchaseOrder
from prodstock.plant import Plant
from prodstock.quantities.quantity import Quantity

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from prodstock.journal.commit import Batch, Recorded
    from prodstock.journal.store import EventStore
    from prodstock.journal.stream import Stream

CATALOG = Catalog([
    Item("MIC", tracking=Tracking.LOT),
    Item("WIRE", unit="m", scale=3),
    Item("HD-7", tracking=Tracking.SERIAL),
])  # fmt: skip


class SqlEvents:
    """An event store over one table: stream, version, body."""

    def __init__(self) -> None:
        self.db = sqlite3.connect(":memory:")
        self.db.execute("create table event (stream, version, body, primary key (stream, version))")

    def read(self, streams: Sequence[Stream], /) -> Iterable[Recorded]:
        """Return the events of these streams."""
        for stream in streams:
            found = self.db.execute("select body from event where stream = ? order by version", [stream]).fetchall()
            yield from (load_event(body) for (body,) in found)

    def append(self, batch: Batch, /) -> None:
        """Keep all events of the batch."""
        rows = [(event.stream, event.version, dumps(event)) for event in batch.events]
        self.db.executemany("insert into event values (?, ?, ?)", rows)

    def texts(self) -> list[str]:
        """Return all bodies, as they were kept."""
        return [body for (body,) in self.db.execute("select body from event order by rowid")]


def happenings(store: EventStore) -> None:
    """Let something of everything happen, each step in a plant that knows only what the store kept."""

    def plant(hour: int) -> Plant:
        return Plant(CATALOG, clock=ManualClock(datetime(2026, 3, 2, hour, tzinfo=UTC)), events=store)

    plant(6).receive("MIC", 500, lot="M-88", quality=Quality.PENDING_INSPECTION, key="r-1")
    plant(7).judge("M-88", Quality.APPROVED, because="certificate 4711", by="anna")
    plant(8).receive("WIRE", Quantity("0.2", "km"))
    plant(8).receive("HD-7", 3, lot="H-1")
    plant(9).expect(
        Demand("MIC", 120, due=date(2026, 3, 20), ref="SO-1"),
        Demand("HD-7", 2, due=date(2026, 3, 20), ref="SO-2"),
        PurchaseOrder("MIC", 400, supplier="KNW", due=date(2026, 3, 27), ref="PU-7"),
    )
    plant(10).reserve("SO-1", key="web-1")
    plant(11).ship("H-1", demand="SO-2")
    plant(12).judge("M-88", Quality.BLOCKED, reason="damaged")
    plant(13).count("WIRE", 190)


def test_a_plant_over_texts_is_the_plant_over_values() -> None:
    """Kept as texts or as values, the same events are the same plant; each text is the only one of its event."""
    written, kept = SqlEvents(), MemoryEvents()
    happenings(written)
    happenings(kept)
    events = list(kept.read(list(kept.streams())))
    assert sorted(written.texts()) == sorted(map(dumps, events))
    assert [dumps(load_event(text)) for text in written.texts()] == written.texts()
    for item in ("MIC", "WIRE", "HD-7"):
        one, other = Plant(CATALOG, events=written), Plant(CATALOG, events=kept)
        assert one.availability(item, at=datetime(2026, 3, 3, tzinfo=UTC)) == other.availability(
            item, at=datetime(2026, 3, 3, tzinfo=UTC)
        )
    written.db.close()


def test_what_happened_survives_the_document_of_the_plant() -> None:
    """All events of a plant go to one document and back."""
    kept = MemoryEvents()
    happenings(kept)
    events = list(kept.read(list(kept.streams())))
    text = dump_document(CATALOG, events)
    assert load_document(text) == (CATALOG, tuple(events))
