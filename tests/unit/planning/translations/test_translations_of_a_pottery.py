"""The six translations of one small plan, each figure worked out by hand."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from prodstock.calendars.calendar import Calendar
from prodstock.calendars.horizon import TimeBucket
from prodstock.calendars.span import working_days
from prodstock.errors import InvalidTypeError, InvalidValueError
from prodstock.master.bom import BillOfMaterial, BomLine
from prodstock.master.catalog import Catalog
from prodstock.master.codes import ItemCode
from prodstock.master.item import Item
from prodstock.master.location import Location, LocationKind, Site
from prodstock.master.quality_state import Quality
from prodstock.master.resource import Resource
from prodstock.master.routing import Operation, OperationKind, Routing
from prodstock.master.sourcing import Sourcing
from prodstock.orders.demand import Demand
from prodstock.orders.purchase import PurchaseOrder
from prodstock.planning.plan import Plan
from prodstock.planning.planner import plan
from prodstock.planning.snapshot import Held, Snapshot
from prodstock.planning.translations.capacity import labour_hours, machine_hours
from prodstock.planning.translations.exposure import supplier_exposure
from prodstock.planning.translations.material import material
from prodstock.planning.translations.purchasing import purchasing_calendar
from prodstock.planning.translations.space import warehouse_space
from prodstock.quantities.money import Money
from prodstock.quantities.quantity import Quantity
from prodstock.stock.allocation import OpenLot

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
NOW = datetime(2026, 3, 2, 6, tzinfo=UTC)
UNTIL = date(2026, 3, 30)
RECEIVED = datetime(2026, 2, 1, tzinfo=UTC)
DEFINITIONS: tuple[Any, ...] = (
    Item("CUP", space=Quantity("2", "l"), factors={"pallet": 400}),
    Item("CLAY", unit="kg", scale=1, factors={"pallet": 500}),
    Item("GLAZE", unit="l", scale=2),
    BillOfMaterial("CUP", [BomLine("CLAY", "0.4"), BomLine("GLAZE", "0.05")]),
    Resource("wheel"),
    Resource("kiln", calendar=Calendar("always", week="Mo-Su 00:00-24:00"), capacity=2),
    Routing(
        "CUP",
        [
            Operation("turn", resource="wheel", setup=HOUR, run_per_unit=6 * MINUTE, skill="potter"),
            Operation("fire", resource="kiln", run_per_unit=3 * MINUTE, skill="stoker", crew=2),
            Operation("cool", kind=OperationKind.WAIT, setup=4 * HOUR),
        ],
    ),
    Sourcing("CLAY", supplier="PIT", lead_time=working_days(2), multiple=25, price=Money("0.30", "EUR")),
    Sourcing("GLAZE", supplier="CHEM", lead_time=working_days(5), price=Money("9.5", "USD")),
    Sourcing("GLAZE", supplier="DYE", lead_time=working_days(5), priority=1),
    Location("HOLD", kind=LocationKind.QUARANTINE),
)
CUPS = Demand("CUP", 120, due=date(2026, 3, 10), ref="SO-1")
MORE = Demand("CUP", 40, due=date(2026, 3, 24), ref="SO-2")
LOTS = (
    OpenLot("CLAY", 30, received=RECEIVED),
    OpenLot("CUP", 10, received=RECEIVED, quality=Quality.BLOCKED, location="HOLD"),
)
COMING = PurchaseOrder("CLAY", 50, supplier="PIT", due=date(2026, 3, 20), ref="PU-1")


def pottery(**changed: Any) -> Plan:
    """Return a plan of cups for two customers."""
    given: dict[str, Any] = {"lots": LOTS, "promises": (CUPS, MORE, COMING)} | changed
    return plan(Snapshot(catalog=Catalog(DEFINITIONS), at=NOW, **given), until=UNTIL)


def test_the_material_record_is_the_classic_one() -> None:
    """Each week opens with what the last one left, and wants, receipts and proposals lead to what is projected."""
    rows = material(pottery(), bucket=TimeBucket.WEEK).where(item="CLAY")
    told = [(row.start.date(), row.opening, row.gross, row.scheduled, row.planned, row.projected) for row in rows]
    assert told == [
        (date(2026, 3, 2), Decimal("30.0"), Decimal("48.0"), 0, Decimal("25.0"), Decimal("7.0")),
        (date(2026, 3, 9), Decimal("7.0"), 0, 0, 0, Decimal("7.0")),
        (date(2026, 3, 16), Decimal("7.0"), 0, Decimal("50.0"), 0, Decimal("57.0")),
        (date(2026, 3, 23), Decimal("57.0"), Decimal("16.0"), 0, 0, Decimal("41.0")),
    ]
    assert not any(row.other for row in rows)


def test_what_expires_is_other() -> None:
    """Stock that nobody uses before it expires is gone by the end of that bucket, as the projection says."""
    stale = OpenLot("GLAZE", "3", received=RECEIVED, expires=date(2026, 3, 4))
    rows = material(pottery(lots=(stale,)), bucket=TimeBucket.WEEK).where(item="GLAZE")
    assert [row.other for row in rows] == [3, 0, 0, 0]
    assert rows[0].projected == 0


def test_machines_are_loaded_back_from_the_due_date() -> None:
    """120 cups: 13 hours on the wheel and 6 in the kiln, which cools for 4 until work ends on Tuesday."""
    rows = machine_hours(pottery(), bucket=TimeBucket.DAY)
    busy = {(row.resource, row.start.date()): row.hours for row in rows if row.hours}
    assert busy == {
        # Cooling ends at 16:00, so the kiln runs from 6:00 to 12:00, and the wheel on the days before.
        ("kiln", date(2026, 3, 10)): 6,
        ("wheel", date(2026, 3, 9)): 8,
        ("wheel", date(2026, 3, 6)): 5,
        # 40 cups: two hours of kiln from 10:00, and five on the wheel until then.
        ("kiln", date(2026, 3, 24)): 2,
        ("wheel", date(2026, 3, 24)): 2,
        ("wheel", date(2026, 3, 23)): 3,
    }
    wheel = next(row for row in rows if row.resource == "wheel" and row.start.date() == date(2026, 3, 6))
    assert (wheel.setup, wheel.run, wheel.available, wheel.load) == (HOUR, 4 * HOUR, 8 * HOUR, Decimal("62.5"))
    kiln = next(row for row in rows if row.resource == "kiln" and row.start.date() == date(2026, 3, 10))
    assert (kiln.capacity, kiln.load) == (Decimal(48), Decimal("12.5"))
    assert rows[0].start == NOW, "the first bucket begins now"


def test_late_work_is_placed_from_now() -> None:
    """What should have begun in the past begins now, and what it takes beyond the horizon has buckets of its own."""
    late = pottery(promises=(Demand("CUP", 3_000, due=date(2026, 3, 3), ref="SO-1"),))
    rows = machine_hours(late, bucket=TimeBucket.WEEK).where(resource="wheel")
    assert sum((row.run for row in rows), timedelta()) == 300 * HOUR
    assert [row.hours for row in rows] == [40] * 7 + [21]
    assert rows[-1].start.date() == date(2026, 4, 20)


def test_people_are_counted_by_skill() -> None:
    """Two stokers work through what the kiln runs, one potter through setup and run of the wheel, nobody waits."""
    rows = labour_hours(pottery(), bucket=TimeBucket.MONTH)
    assert [(row.skill, row.hours, row.setup, row.run) for row in rows] == [
        ("potter", Decimal(18), 2 * HOUR, 16 * HOUR),
        ("stoker", Decimal(16), timedelta(), 16 * HOUR),
    ]


def test_outside_processing_is_apart() -> None:
    """A subcontracted step that names a resource is not in its hours."""
    plated = Operation("plate", resource="wheel", kind=OperationKind.SUBCONTRACT, setup=2 * HOUR)
    changed = [one for one in DEFINITIONS if not isinstance(one, Routing)]
    made = plan(Snapshot(catalog=Catalog([*changed, Routing("CUP", [plated])]), at=NOW, promises=[CUPS]), until=UNTIL)
    rows = machine_hours(made, bucket=TimeBucket.MONTH).where(resource="wheel")
    assert [(row.hours, row.outside) for row in rows] == [(Decimal(0), 2 * HOUR)]


def test_the_purchasing_calendar_says_what_to_order_when() -> None:
    """Each day has its orders by supplier, with when they come and what they cost, each currency by itself."""
    days = purchasing_calendar(pottery())
    told = [(day.start.date(), day.supplier, [str(value) for value in day.values]) for day in days]
    assert told == [
        (date(2026, 3, 2), "CHEM", ["57.00 USD"]),
        (date(2026, 3, 4), "PIT", ["7.50 EUR"]),
        (date(2026, 3, 16), "CHEM", ["19.00 USD"]),
    ]
    line = days[1].lines[0]
    assert (line.item, line.quantity, line.order.date(), line.receive.date()) == (
        "CLAY", Decimal("25.0"), date(2026, 3, 4), date(2026, 3, 6),
    )  # fmt: skip
    months = purchasing_calendar(pottery(), bucket=TimeBucket.MONTH)
    assert [(day.supplier, str(day.values[0]), len(day.lines)) for day in months] == [
        ("CHEM", "76.00 USD", 2),
        ("PIT", "7.50 EUR", 1),
    ]


def test_what_should_have_been_ordered_is_to_be_ordered_now() -> None:
    """A purchase whose day has passed stands on today, and its line says when it should have been."""
    day = purchasing_calendar(pottery(promises=(Demand("CLAY", 90, due=date(2026, 3, 2), ref="SO-9"),)))[0]
    assert day.start == NOW
    assert day.lines[0].order < NOW


def test_a_supplier_is_exposed_by_what_only_it_supplies() -> None:
    """All cups hang on the pit, for nobody else has clay; glaze has two suppliers, of whom one is planned with."""
    rows = {row.supplier: row for row in supplier_exposure(pottery())}
    assert list(rows) == ["CHEM", "DYE", "PIT"]
    assert rows["PIT"].single == (ItemCode("CLAY"),)
    assert (rows["PIT"].demands, rows["PIT"].share) == (("SO-1", "SO-2"), Decimal(100))
    assert [str(value) for value in (*rows["PIT"].open, *rows["PIT"].planned)] == ["15.00 EUR", "7.50 EUR"]
    assert rows["PIT"].shares == (("EUR", Decimal(100)),)
    assert (rows["PIT"].lines[0].open, rows["PIT"].lines[0].planned) == (Decimal(50), Decimal(25))
    assert (rows["CHEM"].single, rows["CHEM"].demands) == ((), ("SO-1", "SO-2"))
    assert (rows["DYE"].demands, rows["DYE"].share, rows["DYE"].lines[0].planned) == ((), Decimal(0), Decimal(0))


def test_what_has_come_is_not_open() -> None:
    """Of a purchase order only the rest counts."""
    rows = supplier_exposure(pottery(done={"PU-1": 20})).where(supplier="PIT")
    assert rows[0].open == (Money("9", "EUR"),)


def test_room_is_that_of_the_projected_stock() -> None:
    """Clay fills parts of pallets as it comes and goes; blocked cups stay in quarantine."""
    rows = warehouse_space(pottery(), bucket=TimeBucket.WEEK, unit="pallet")
    stores = [(row.used, row.unmeasured) for row in rows if row.kind is LocationKind.STORES]
    assert stores == [(Decimal(part) / 500, ()) for part in ("7", "7", "57", "41")]
    assert [row.used for row in rows if row.kind is LocationKind.QUARANTINE] == [Decimal("0.025")] * 4
    litres = warehouse_space(pottery(), bucket=TimeBucket.WEEK, unit="l")
    held = [(row.used, row.unmeasured) for row in litres if row.kind is LocationKind.QUARANTINE]
    assert held == [(Decimal(20), ())] * 4
    assert litres.where(kind=LocationKind.STORES)[0].unmeasured == ("CLAY",)


def test_what_is_reserved_takes_room_until_it_leaves() -> None:
    """Reserved cups stand in stores until their demand is due."""
    rows = warehouse_space(pottery(held=(Held("SO-1", "CUP", 100),)), bucket=TimeBucket.WEEK, unit="l")
    assert [row.used for row in rows.where(kind=LocationKind.STORES)] == [200, 0, 0, 0]


def test_buckets_are_those_of_the_site() -> None:
    """Days begin at the site's midnight, also on the day of a clock change."""
    berlin = Site("MAIN", zone="Europe/Berlin")
    made = plan(Snapshot(catalog=Catalog([*DEFINITIONS, berlin]), at=NOW, promises=[CUPS]), until=date(2026, 4, 2))
    rows = machine_hours(made, bucket=TimeBucket.DAY).where(resource="kiln")
    assert [row.end - row.start for row in rows if row.start.date() == date(2026, 3, 29)] == [24 * HOUR]
    changed = next(row for row in rows if row.start.date() == date(2026, 3, 29))
    assert changed.available == 2 * 23 * HOUR
    assert changed.start.isoformat() == "2026-03-29T00:00:00+01:00"


@pytest.mark.parametrize(
    "translate",
    [material, machine_hours, labour_hours, purchasing_calendar, warehouse_space],
    ids=lambda one: one.__name__,
)
def test_what_is_no_plan_or_bucket_is_refused(translate: Any) -> None:
    """A snapshot is no plan, and a word is no bucket."""
    with pytest.raises(InvalidTypeError, match="is no Plan"):
        translate(pottery().snapshot, bucket=TimeBucket.DAY)
    with pytest.raises(InvalidTypeError, match="TimeBucket"):
        translate(pottery(), bucket="week")
    with pytest.raises(InvalidTypeError, match="is no Plan"):
        supplier_exposure(Plan)  # type: ignore[arg-type]  # on purpose
    with pytest.raises(InvalidValueError, match="unit"):
        warehouse_space(pottery(), bucket=TimeBucket.DAY, unit="")


def test_a_plan_translates_itself() -> None:
    """The methods of a plan answer what the functions do, by the week unless another bucket is named."""
    made = pottery()
    assert made.material() == material(made)
    assert made.material(bucket=TimeBucket.DAY) == material(made, bucket=TimeBucket.DAY)
    assert made.machine_hours() == machine_hours(made, bucket=TimeBucket.WEEK)
    assert made.labour_hours(bucket=TimeBucket.MONTH) == labour_hours(made, bucket=TimeBucket.MONTH)
    assert made.purchasing_calendar() == purchasing_calendar(made)
    assert made.supplier_exposure() == supplier_exposure(made)
    assert made.warehouse_space(unit="pallet") == warehouse_space(made, unit="pallet")
    with pytest.raises(InvalidTypeError):
        made.material(bucket="week")  # type: ignore[arg-type]
