"""Which orders can start now, later, or not without action, and how many of each: no unit counts twice."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from prodstock.calendars.calendar import Calendar
from prodstock.journal.store import ManualClock
from prodstock.master.bom import Basis, BillOfMaterial, BomLine
from prodstock.master.catalog import Catalog
from prodstock.master.item import Item, Supply
from prodstock.master.location import Site
from prodstock.master.quality_state import Quality
from prodstock.master.sourcing import Sourcing
from prodstock.orders.demand import Demand
from prodstock.orders.planned import PlannedMake
from prodstock.orders.purchase import PurchaseOrder
from prodstock.planning.plan import Plan
from prodstock.planning.planner import plan
from prodstock.planning.policy import Mode, PlanningPolicy
from prodstock.planning.snapshot import Snapshot
from prodstock.planning.starts import OrderStart
from prodstock.plant import Plant
from prodstock.shopfloor.close import Hold
from prodstock.stock.allocation import OpenLot

NOW = datetime(2026, 3, 2, tzinfo=UTC)
UNTIL = date(2026, 7, 1)
DAY = timedelta(days=1)
TABLES: tuple[Any, ...] = (
    Site("MAIN", calendar=Calendar("ALWAYS", week="Mo-Su 00:00-24:00")),
    Item("TABLE", lead_time=2 * DAY),
    Item("LEG"),
    Item("TOP"),
    BillOfMaterial("TABLE", [BomLine("LEG", 4), BomLine("TOP", 1)]),
    Sourcing("LEG", supplier="WOOD", lead_time=5 * DAY),
    Sourcing("TOP", supplier="WOOD", lead_time=5 * DAY),
)


def lot(item: str, free: int, **more: Any) -> OpenLot:
    """Return a lot."""
    return OpenLot(item, free, received=NOW - DAY, **more)


def wanted(quantity: int, day: int, ref: str, **more: Any) -> Demand:
    """Return a demand for tables in March."""
    return Demand("TABLE", quantity, due=date(2026, 3, day), ref=ref, **more)


def tables(*promises: Any, policy: PlanningPolicy | None = None, more: tuple[Any, ...] = (), **given: Any) -> Plan:
    """Return a plan of tables."""
    snapshot = Snapshot(catalog=Catalog((*TABLES, *more)), at=NOW, promises=promises, **given)
    return plan(snapshot, policy or PlanningPolicy(), until=UNTIL)


def said(row: OrderStart) -> tuple[object, ...]:
    """Return what matters of a row."""
    return row.state.value, row.startable, row.limiting, row.lacking


def test_two_orders_never_count_the_same_leg() -> None:
    """Legs for seven tables: the first order can start, of the second two can, and the rest when legs have come."""
    made = tables(wanted(5, 20, "SO-1"), wanted(5, 25, "SO-2"), lots=[lot("LEG", 30), lot("TOP", 99)])
    first, second = made.starts
    assert said(first) == ("now", 5, "", 0)
    assert said(second) == ("later", 2, "LEG", 10)
    assert second.ready == datetime(2026, 3, 23, 23, 59, 59, 999999, tzinfo=UTC)
    assert str(first) == f"{first.order}: 5 pcs TABLE can start now"
    assert str(second).endswith("can start on 2026-03-23, 2 of it now, 10 LEG are not there now")


def test_the_urgent_order_comes_first() -> None:
    """Constrained, the order of the urgent demand has the legs, though it starts later; it stands first."""
    promises = (wanted(5, 20, "SO-1", priority=5), wanted(5, 25, "SO-2", priority=1))
    made = tables(*promises, policy=PlanningPolicy(mode=Mode.CONSTRAINED), lots=[lot("LEG", 30), lot("TOP", 99)])
    assert [(row.serves, row.state.value) for row in made.starts] == [(("SO-2",), "now"), (("SO-1",), "later")]


def test_what_nobody_knows_is_blocked() -> None:
    """Tops in inspection without a date, or without a source: not without action, however many legs there are."""
    waits = tables(wanted(5, 20, "SO-1"), lots=[lot("LEG", 99), lot("TOP", 5, quality=Quality.PENDING_INSPECTION)])
    (row,) = waits.starts
    assert said(row) == ("blocked", 0, "TOP", 5)
    assert row.ready is None
    known = lot("TOP", 5, quality=Quality.PENDING_INSPECTION, ready=NOW + DAY)
    (row,) = tables(wanted(5, 20, "SO-1"), lots=[lot("LEG", 99), known]).starts
    assert (row.state, row.ready) == ("later", NOW + DAY)
    more = (Item("BENCH", lead_time=DAY), Item("SEAT"), BillOfMaterial("BENCH", [BomLine("SEAT", 1)]))
    (row,) = tables(Demand("BENCH", 2, due=date(2026, 4, 1), ref="SO-1"), lots=[lot("SEAT", 1)], more=more).starts
    assert said(row) == ("blocked", 1, "SEAT", 1)


def test_what_is_needed_once_limits_all_or_nothing() -> None:
    """A line per order is there or not: half a setting kit starts nothing."""
    more = (
        Item("BENCH", lead_time=DAY),
        Item("KIT"),
        BillOfMaterial("BENCH", [BomLine("KIT", 2, per=Basis.ORDER), BomLine("LEG", 3)]),
        Sourcing("KIT", supplier="WOOD", lead_time=DAY),
    )
    bench = Demand("BENCH", 10, due=date(2026, 4, 1), ref="SO-1")
    (row,) = tables(bench, lots=[lot("KIT", 1), lot("LEG", 30)], more=more).starts
    assert said(row) == ("later", 0, "KIT", 1)
    (row,) = tables(bench, lots=[lot("KIT", 2), lot("LEG", 29)], more=more).starts
    assert said(row) == ("later", 9, "LEG", 1)


def test_phantoms_are_looked_through() -> None:
    """A phantom is not missing: its parts are."""
    more = (
        Item("BENCH", lead_time=DAY),
        Item("FRAME", supply=Supply.PHANTOM),
        BillOfMaterial("BENCH", [BomLine("FRAME", 1)]),
        BillOfMaterial("FRAME", [BomLine("LEG", 2)]),
    )
    bench = Demand("BENCH", 10, due=date(2026, 4, 1), ref="SO-1")
    (row,) = tables(bench, lots=[lot("FRAME", 2), lot("LEG", 16)], more=more).starts
    assert said(row) == ("now", 10, "", 0)
    (row,) = tables(bench, lots=[lot("FRAME", 2), lot("LEG", 12)], more=more).starts
    assert said(row) == ("later", 7, "LEG", 4)


def test_launched_orders_are_asked_too() -> None:
    """Parts that are issued or reserved count; what is on hold is blocked, and what is done is left out."""
    plant = Plant(Catalog(TABLES), clock=ManualClock(NOW))
    plant.receive("LEG", 10)
    plant.receive("TOP", 5)
    order = plant.launch(PlannedMake("TABLE", 5, NOW + DAY, NOW + 20 * DAY, "A"))
    plant.expect(PurchaseOrder("LEG", 10, supplier="WOOD", due=date(2026, 3, 9), ref="PU-1"))
    (row,) = plant.plan(until=UNTIL).starts
    assert (row.order, *said(row)) == (order.code, "later", 2, "LEG", 10)
    plant.receive("LEG", 10, against="PU-1")
    plant.issue(plant.reserve(order))
    (row,) = plant.plan(until=UNTIL).starts
    assert said(row) == ("now", 5, "", 0)
    plant.do(Hold(order.code))
    (row,) = plant.plan(until=UNTIL).starts
    assert (row.state, row.ready) == ("blocked", None)
    assert str(row).endswith("not without action, 5 of it now, it is on hold")


def test_stock_that_nobody_takes_helps_to_start_sooner() -> None:
    """Where the plan gives an order what comes later, what lies there unused serves it now."""
    late = PurchaseOrder("TOP", 5, supplier="WOOD", due=date(2026, 3, 10), ref="PU-1")
    made = tables(
        wanted(5, 20, "SO-1"),
        late,
        policy=PlanningPolicy(mode=Mode.CONSTRAINED),
        lots=[lot("LEG", 20), lot("TOP", 5)],
    )
    assert [said(row) for row in made.starts] == [("now", 5, "", 0)]


def test_starts_are_shown() -> None:
    """Each is one line, and all are a table."""
    made = tables(wanted(5, 20, "SO-1"))
    assert all(len(repr(row)) < 120 for row in made.starts)
    assert made.starts.to_dict()["state"] != []
    assert "<td>blocked</td>" in made.starts.to_html() or "<td>later</td>" in made.starts.to_html()


def test_a_start_that_is_put_off_says_by_how_much_and_why() -> None:
    """The parts come after the planned start: the order is late by that, and its reasons name each part."""
    made = tables(wanted(5, 5, "SO-1"), lots=[lot("TOP", 5)])
    (row,) = made.starts
    assert row.ready is not None
    assert row.late == row.ready - row.start > timedelta()
    said = str(made.why(row))
    assert said.splitlines()[0] == str(row)
    assert "20 pcs LEG" in said
    assert "5 pcs from stock TOP" in said
    assert made.why(row.order) == made.why(made.make[0])
