"""What a user types, from definitions to a host's own database: the names work as written, in this order."""

from __future__ import annotations

import csv
import sqlite3
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

import prodstock as ps

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


def catalog() -> ps.Catalog:
    """Definitions are values that refer to each other by code."""
    sheet = ["part_no,unit,scale", "TAPE,m,3"]
    items = ps.from_records(ps.Item, csv.DictReader(sheet), columns={"part_no": "code"}, floats=ps.Floats.AS_PRINTED)
    return ps.Catalog(
        [
            *items,
            ps.Item("HD-7", tracking=ps.Tracking.SERIAL, name="Hearing device 7"),
            ps.Item("MIC", tracking=ps.Tracking.LOT),
            ps.Item("MIC-B", tracking=ps.Tracking.LOT),
            ps.Item("BATTERY", tracking=ps.Tracking.LOT, shelf_life=timedelta(days=720)),
            ps.Item("WIRE", unit="m", scale=3, safety_stock=50),
            ps.Item("BOX"),
            ps.Resource("bench"),
            ps.Resource("chamber"),
            ps.Sourcing("MIC", supplier="KNW", lead_time=ps.working_days(21), minimum=500, multiple=100),
            ps.BillOfMaterial(
                "HD-7",
                revision="C",
                effective_from=date(2026, 1, 1),
                lines=[
                    ps.BomLine("MIC", 2, scrap="0.01", substitutes=["MIC-B"]),
                    ps.BomLine("BATTERY", 1),
                    ps.BomLine("WIRE", "0.12"),
                    ps.BomLine("BOX", 1, operation="pack"),
                ],
            ),
            ps.Routing(
                "HD-7",
                operations=[
                    ps.Operation(
                        "assemble", resource="bench", setup=timedelta(minutes=20), run_per_unit=timedelta(minutes=6)
                    ),
                    ps.Operation("calibrate", resource="chamber", run_per_unit=timedelta(minutes=2)),
                    ps.Operation("pack", resource="bench", run_per_unit=timedelta(minutes=1)),
                ],
            ),
            ps.ReleaseCriteria("HD-7", requires=["acoustic-test", "label", "packaging", "batch-record"]),
            ps.QualityState("customs-hold", like=ps.Quality.BLOCKED, allows=ps.Use.NET | ps.Use.VALUE),
        ]
    )


def stocked() -> ps.Plant:
    """A plant on the second of March with parts in stock and two orders to fill."""
    plant = ps.Plant(catalog(), clock=ps.ManualClock(datetime(2026, 3, 2, 6, tzinfo=UTC)))
    plant.receive("MIC", 500, lot="M-88", quality=ps.Quality.PENDING_INSPECTION)
    plant.judge("M-88", ps.Quality.APPROVED, because="certificate 4711", by="anna")
    plant.receive("BATTERY", 450, lot="B-12", expires=date(2027, 9, 1))
    plant.submit([ps.Receive("WIRE", ps.Quantity("0.2", "km")), ps.Receive("BOX", 450)])
    plant.expect(
        ps.Demand("HD-7", 120, due=date(2026, 3, 20), ref="SO-1"),
        ps.Demand("HD-7", 300, due=date(2026, 4, 10), ref="SO-2"),
    )
    plant.expect(ps.PurchaseOrder("MIC-B", 400, supplier="OTIK", due=date(2026, 3, 27), ref="PU-7"))
    return plant


def made() -> tuple[ps.Plant, ps.Output]:
    """The first order is made: 118 devices await release."""
    plant = stocked()
    order = plant.launch(plant.plan(until=date(2026, 7, 1)).make[0])
    plant.issue(plant.reserve(order))
    plant.report(order, "assemble", good=119, scrapped=1)
    return plant, plant.complete(order, good=118, scrapped=1)


def test_a_plan_says_what_to_make_and_buy_and_why() -> None:
    """120 devices for the first order, 300 for the second, and 500 microphones because 349 are missing."""
    plan = stocked().plan(until=date(2026, 7, 1))
    assert [(one.item, one.quantity, one.serves) for one in plan.make] == [
        ("HD-7", Decimal(120), ("SO-1",)),
        ("HD-7", Decimal(300), ("SO-2",)),
    ]
    assert [(one.item, one.quantity, one.supplier) for one in plan.buy] == [("MIC", Decimal(500), "KNW")]
    why = str(plan.why(plan.buy[0]))
    assert "606 pcs: 300 HD-7 x 2.02" in why
    assert "257 pcs from stock M-88" in why
    assert "349 becomes 500: minimum 500, multiple of 100" in why
    plan.verify()


def test_parts_flow_through_production_and_are_not_released_before_all_is_recorded() -> None:
    """Launch, reserve, issue, report, complete, record; release refuses with what is missing, until nothing is."""
    plant, output = made()
    assert (output.good, output.scrapped, len(output.serials)) == (Decimal(118), Decimal(1), 118)
    assert plant.availability("MIC").free == 257
    plant.record(output, "acoustic-test", ps.Verdict.PASSED)
    with pytest.raises(ps.NotReleasable) as refused:
        plant.release(output)
    assert refused.value.missing == ("label", "packaging", "batch-record")
    assert refused.value.hint
    assert plant.availability("HD-7").free == 0
    with pytest.raises(ps.NotAllowed, match="awaiting release"):
        plant.ship(output, demand="SO-1")
    for criterion in refused.value.missing:
        plant.record(output, criterion, ps.Verdict.PASSED)
    plant.release(output)
    assert plant.availability("HD-7").free == 118
    plant.ship(output, demand="SO-1")
    plant.check()
    assert [(row.item, row.quantity, row.delays) for row in plant.plan(until=date(2026, 7, 1)).shortages] == []


def test_a_recall_reaches_orders_stock_and_shipped_devices() -> None:
    """A bad microphone lot leads to the order that used it, the rest in stock, and the devices at the customer."""
    plant, output = made()
    for criterion in ("acoustic-test", "label", "packaging", "batch-record"):
        plant.record(output, criterion, ps.Verdict.PASSED)
    plant.release(output)
    plant.ship(output, demand="SO-1")
    recall = plant.recall("M-88")
    assert [order.code for order in recall.orders] == ["MO-1"]
    assert sum(len(goods.serials) for goods in recall.shipped) == 118
    assert recall.customers == ("SO-1",)
    assert ("MIC", "M-88") in {(goods.item, goods.lot) for goods in recall.stock}


def test_a_scenario_changes_nothing_but_itself_and_the_same_cell_twice_delays_once() -> None:
    """Late microphones delay a demand; the plant and the first scenario stay as they are."""
    plant = stocked()
    before = plant.plan(until=date(2026, 7, 1))
    for _ in range(2):
        late = plant.fork("mics late").assume(ps.SupplierDelay("KNW", by=timedelta(days=14)))
        swap = late.fork("use MIC-B").assume(ps.PreferSubstitute("MIC", "MIC-B"), ps.Receive("MIC-B", 200, lot="MB-3"))
        lines = ps.compare(plant, late, swap, until=date(2026, 7, 1)).to_table()
        assert [line.scenario for line in lines] == ["as is", "mics late", "use MIC-B"]
        assert [sourcing.lead_time for sourcing in late.catalog.sourcings("MIC")] == [ps.working_days(31)]
        assert [line.buy for line in lines] == [1, 1, 0]
    assert plant.plan(until=date(2026, 7, 1)).orders == before.orders


def test_pure_functions_take_values_and_give_values() -> None:
    """A bill is exploded without a plant; lots of a host's own table are proposed for a need."""
    exploded = ps.explode(catalog(), "HD-7", 120, at=date(2026, 3, 2)).requirements
    assert {one.item: one.quantity for one in exploded} == {
        "MIC": Decimal("242.4"),
        "BATTERY": Decimal(120),
        "WIRE": Decimal("14.4"),
        "BOX": Decimal(120),
    }
    rows = [{"part": "MIC", "lot_no": "M-90", "free": "300", "received": "2026-02-20T08:00:00+00:00"}]
    lots = ps.from_records(ps.OpenLot, rows, columns={"part": "item", "lot_no": "lot"})
    proposal = ps.allocate([ps.Need("MIC", 240, at=date(2026, 3, 20), ref="SO-1")], lots)
    assert [(one.item, one.lot, one.quantity) for one in proposal.picks] == [("MIC", "M-90", Decimal(240))]
    assert (proposal.short, proposal.passed_over) == ((), ())
    plant = stocked()
    assert ps.plan(plant.snapshot(), until=date(2026, 7, 1)).orders == plant.plan(until=date(2026, 7, 1)).orders


class SqlEvents:
    """An event store by its shape: nothing to inherit."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self.db = db

    def read(self, streams: Sequence[ps.Stream]) -> Iterator[ps.Recorded]:
        """Read streams, one after the other."""
        for stream in streams:
            query = "select body from event where stream = ? order by version"
            for (body,) in self.db.execute(query, [stream]):
                yield ps.load_event(body)

    def append(self, batch: ps.Batch) -> None:
        """Insert all; the primary key (stream, version) is the whole of the locking."""
        try:
            self.db.executemany(
                "insert into event values (?, ?, ?)", [(e.stream, e.version, ps.dumps(e)) for e in batch.events]
            )
        except sqlite3.IntegrityError as error:
            raise ps.Conflict(streams=batch.expected) from error


def shop() -> sqlite3.Connection:
    """A host's own database with 200 devices and an order for 120."""
    db = sqlite3.connect(":memory:")
    db.execute("create table event (stream text, version integer, body text, primary key (stream, version))")
    db.execute("create table sales_order (code text primary key, lots integer)")
    db.execute("insert into sales_order values ('SO-1', 0)")
    with db:
        plant = ps.Plant(catalog(), events=SqlEvents(db), clock=ps.ManualClock(datetime(2026, 3, 2, 6, tzinfo=UTC)))
        plant.receive("HD-7", 200, lot="H-1")
        plant.expect(ps.Demand("HD-7", 120, due=date(2026, 3, 20), ref="SO-1"))
    return db


def book(db: sqlite3.Connection) -> ps.Done[ps.Reservation]:
    """Reserve in the host's own transaction; on a conflict the caller rolls back and calls again."""
    with db:
        done = ps.Plant(catalog(), events=SqlEvents(db)).do(ps.Reserve("SO-1", key="web-4711", by="shop"))
        db.execute("update sales_order set lots = ? where code = 'SO-1'", [len(done.answer.lines)])
    return done


def test_a_host_keeps_the_events_in_its_own_transaction() -> None:
    """The second click with the same key books nothing and answers the same, over a plant made anew."""
    db = shop()
    first = book(db)
    events = db.execute("select count(*) from event").fetchone()
    second = book(db)
    assert db.execute("select count(*) from event").fetchone() == events
    assert first.answer == second.answer
    assert db.execute("select lots from sales_order").fetchone() == (120,)
    assert {event.stream.partition(":")[0] for event in first.events} == {"stock", "demand", "key"}


class Overtaken(SqlEvents):
    """A store on which another writer is first, once."""

    def __init__(self, db: sqlite3.Connection, rival: ps.Plant) -> None:
        super().__init__(db)
        self.rivals = [rival]

    def append(self, batch: ps.Batch) -> None:
        """Let the rival reserve between our reading and our writing."""
        while self.rivals:
            self.rivals.pop().reserve(ps.Claim("HD-7", 150, ref="A"))
        super().append(batch)


def test_two_writers_on_one_stream_meet_a_conflict_and_the_loser_has_changed_nothing() -> None:
    """Both read, both decide; the second to write is told which streams, and then sees what the first one did."""
    db = shop()
    clock = ps.ManualClock(datetime(2026, 3, 2, 7, tzinfo=UTC))
    rival = ps.Plant(catalog(), events=SqlEvents(db), clock=clock)
    plant = ps.Plant(catalog(), events=Overtaken(db, rival), clock=clock)
    with pytest.raises(ps.Conflict) as conflict:
        plant.reserve(ps.Claim("HD-7", 150, ref="B"))
    assert "stock:HD-7@MAIN" in conflict.value.streams
    with pytest.raises(ps.CannotReserve):
        plant.reserve(ps.Claim("HD-7", 150, ref="B"))
    assert plant.availability("HD-7").free == 50


def test_tables_become_data_frames() -> None:
    """Orders of several kinds stand in one frame with typed columns."""
    pl = pytest.importorskip("polars")
    frame = stocked().plan(until=date(2026, 7, 1)).orders.to_frame(pl.DataFrame)
    assert frame.shape[0] == 3
    assert frame["quantity"].to_list() == [Decimal(500), Decimal(120), Decimal(300)]
