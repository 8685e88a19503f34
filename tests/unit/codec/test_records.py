"""Rows become records, whatever they come from, and all that is wrong in them is said at once."""

from __future__ import annotations

import csv
import json
import sqlite3
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import pytest

from prodstock.calendars.span import working_days
from prodstock.codec import Floats, dumps, from_records
from prodstock.codec.hints import fields_of
from prodstock.codec.tags import ORDERS
from prodstock.errors import InvalidData, InvalidTypeError, InvalidValueError
from prodstock.master.bom import BillOfMaterial, BomLine, ByProduct, CoProduct, Substitute
from prodstock.master.item import Item, LotOrder, Tracking
from prodstock.master.location import Site
from prodstock.master.quality_state import Quality, QualityState, Transition, Use
from prodstock.master.release_criteria import ReleaseCriteria
from prodstock.master.resource import Resource
from prodstock.master.routing import Operation, Routing
from prodstock.master.sourcing import Sourcing
from prodstock.orders.demand import Demand, DemandKind
from prodstock.orders.production import OrderLine
from prodstock.orders.purchase import PurchaseOrder
from prodstock.quantities.money import Money
from prodstock.quantities.quantity import Quantity
from prodstock.stock.allocation import OpenLot
from prodstock.tables import Table

if TYPE_CHECKING:
    from collections.abc import Iterable

NAN = float("nan")


def faults(kind: type[object], rows: Iterable[Any], **options: Any) -> list[tuple[int | None, str, str]]:
    """Return the row, field and code of each finding."""
    with pytest.raises(InvalidData) as refused:
        from_records(kind, rows, **options)
    assert all(one.table == kind.__name__ and one.message for one in refused.value.findings)
    return [(one.row, one.field, one.code) for one in refused.value.findings]


def test_csv_database_frame_and_json_rows_are_the_same_items() -> None:
    """The same sheet as csv, as a table of a database, as rows of a frame and as JSON gives the same items."""
    sheet = [
        "code,unit,scale,tracking,safety_stock,shelf_life,name",
        "TAPE,m,3,,12.5,720 days,Tape",
        "MIC,,,lot,,,",
        "",
    ]
    expected = [
        Item("TAPE", unit="m", scale=3, safety_stock="12.5", shelf_life=timedelta(days=720), name="Tape"),
        Item("MIC", tracking=Tracking.LOT),
    ]
    database = sqlite3.connect(":memory:")
    database.row_factory = sqlite3.Row
    columns = sheet[0].split(",")
    database.execute(f"create table item ({', '.join(columns)})")
    database.execute("insert into item values ('TAPE', 'm', 3, null, '12.5', '720 days', 'Tape')")
    database.execute("insert into item values ('MIC', null, null, 'lot', null, null, null)")
    frame = [
        dict(zip(columns, ("TAPE", "m", 3.0, NAN, 12.5, timedelta(days=720), "Tape"), strict=True)),
        dict(zip(columns, ("MIC", None, NAN, "lot", NAN, NAN, NAN), strict=True)),
    ]
    written = json.loads(
        '[{"code":"TAPE","unit":"m","scale":3,"safety_stock":"12.5","shelf_life":"P720D","name":"Tape"}]'
    )
    sources: list[Any] = [
        csv.DictReader(sheet),
        database.execute("select * from item"),
        frame,
        [*written, {"code": "MIC", "tracking": "lot"}],
    ]
    for rows in sources:
        found = from_records(Item, rows, floats=Floats.AS_PRINTED)
        assert isinstance(found, Table)
        assert expected == list(found)
        assert list(map(dumps, expected)) == list(map(dumps, found))
    database.close()


def test_columns_of_other_names_say_which_field_they_are_for() -> None:
    """A column is mapped to its field; one mapped to nothing is left out."""
    rows = [{"part": "MIC", "lot_no": "M-90", "free": "300", "received": "2026-02-20T08:00:00+00:00", "note": "x"}]
    found = from_records(OpenLot, rows, columns={"part": "item", "lot_no": "lot", "note": ""})
    assert found == (OpenLot("MIC", 300, lot="M-90", received=datetime(2026, 2, 20, 8, tzinfo=UTC)),)


def test_columns_that_name_no_field_are_a_bad_call() -> None:
    """A mapping to a field that does not exist is refused before any row is read."""
    with pytest.raises(InvalidValueError, match="Did you mean 'scale'"):
        from_records(Item, [], columns={"digits": "scal"})


def test_faults_of_all_rows_are_listed_with_row_and_field() -> None:
    """One bad cell does not hide another: each is listed, by row and field, the value in the message."""
    rows = [
        {"code": "A", "scale": "1.9", "tracking": "lott", "unit": "m"},
        {"code": "B", "scale": "2", "tracking": "lot", "unit": "m"},
        {"code": 4711, "scale": None, "tracking": "", "unit": "m"},
        {"code": "", "scale": "-1", "tracking": "", "unit": "m"},
        {"code": "C", "scale": "99", "tracking": "", "unit": "m"},
    ]
    assert faults(Item, rows) == [
        (1, "scale", "wrong-type"),
        (1, "tracking", "wrong-type"),
        (3, "code", "wrong-type"),
        (4, "code", "missing"),
        (5, "scale", "invalid-value"),
    ]


def test_unknown_columns_are_named_once_with_what_was_meant() -> None:
    """A column that is no field is one finding of the table, however many rows there are."""
    with pytest.raises(InvalidData) as refused:
        from_records(Item, [{"code": "A", "trackng": "lot"}, {"code": "B", "trackng": "lot"}])
    (finding,) = refused.value.findings
    assert finding.row is None
    assert "'tracking'" in finding.hint


def test_cells_beyond_the_header_and_columns_for_one_field_are_findings() -> None:
    """A row with more cells than columns, or two columns for a field, is no guess."""
    assert faults(Item, csv.DictReader(["code", "A,B"])) == [(1, "row", "too-many-cells")]
    assert faults(Item, [{"code": "A", "part": "B"}], columns={"part": "code"}) == [(1, "code", "twice")]


def test_a_fault_names_the_column_of_the_sheet() -> None:
    """Where a column has another name than its field, the message says both."""
    with pytest.raises(InvalidData) as refused:
        from_records(Item, [{"part_no": "A", "digits": "x"}], columns={"part_no": "code", "digits": "scale"})
    assert refused.value.findings[0].field == "scale"
    assert "column 'digits'" in refused.value.findings[0].message


@pytest.mark.parametrize(
    "value", ["20 minutes", "PT20M", "00:20:00", "0:20:00", timedelta(minutes=20), "1200 s", "20 min"]
)
def test_durations_are_read_with_their_unit(value: object) -> None:
    """However twenty minutes are written, they are twenty minutes."""
    assert from_records(Operation, [{"code": "x", "setup": value}])[0].setup == timedelta(minutes=20)


@pytest.mark.parametrize("value", [20, "20", "20:00", 20.0, "20 fortnights", "P1M", "1,5 h", "-5 minutes", True])
def test_durations_without_a_clear_unit_are_refused(value: object) -> None:
    """A bare number has no unit, and a month no length."""
    assert [row for row, _, _ in faults(Operation, [{"code": "x", "setup": value}], floats=Floats.AS_PRINTED)] == [1]


@pytest.mark.parametrize("value", ["2026-03-20", date(2026, 3, 20), datetime(2026, 3, 20), "2026-03-20 00:00:00"])  # noqa: DTZ001
def test_days_are_read_from_texts_dates_and_midnights(value: object) -> None:
    """A midnight without a zone is what frames make of a day."""
    rows = [{"item": "A", "quantity": 1, "due": value}]
    assert from_records(Demand, rows)[0].due == date(2026, 3, 20)
    assert type(from_records(Demand, rows)[0].due) is date


def test_moments_need_their_zone() -> None:
    """A moment with a zone is kept in UTC; without one it is a finding."""
    (demand,) = from_records(Demand, [{"item": "A", "quantity": 1, "due": "2026-03-20T07:00:00+01:00"}])
    assert demand.due == datetime(2026, 3, 20, 6, tzinfo=UTC)
    naive = [{"item": "A", "quantity": 1, "due": datetime(2026, 3, 20, 6)}]  # noqa: DTZ001 - what is refused
    assert faults(Demand, naive) == [(1, "due", "no-zone")]


def test_numbers_are_exact_or_refused() -> None:
    """Ints, texts and Decimals are taken; a float only by its printed digits, and never NaN, infinity or true."""
    for value in ("1.50", Decimal("1.50")):
        assert str(from_records(Item, [{"code": "A", "safety_stock": value}])[0].safety_stock) == "1.50"
    assert from_records(Item, [{"code": "A", "safety_stock": 0.1}], floats=Floats.AS_PRINTED)[
        0
    ].safety_stock == Decimal("0.1")
    assert faults(Item, [{"code": "A", "safety_stock": 0.1}]) == [(1, "safety_stock", "float")]
    for wrong in (True, float("inf"), "1,5", "0x10", "NaN", "1_000", "\u0661"):
        assert faults(Item, [{"code": "A", "safety_stock": wrong}], floats=Floats.AS_PRINTED)[0][:2] == (
            1,
            "safety_stock",
        )


def test_quantities_money_and_lead_times_are_read_from_text() -> None:
    """A cell may name its unit, its currency, or that it counts working days."""
    rows = [
        {"item": "MIC", "supplier": "KNW", "lead_time": "21 working days", "minimum": "0.5 kg", "price": "1.20 EUR"}
    ]
    expected = Sourcing(
        "MIC",
        supplier="KNW",
        lead_time=working_days(21),
        minimum=Quantity("0.5", "kg"),
        price=Money("1.20", "EUR"),
    )
    assert from_records(Sourcing, rows) == (expected,)
    split = [
        {key: value for key, value in rows[0].items() if key != "price"}
        | {"price.amount": "1.20", "price.currency": "EUR"}
    ]
    assert from_records(Sourcing, split) == (expected,)


def test_lists_named_values_and_flags_are_read_from_text() -> None:
    """Semicolons part the members of a list; a name and its value are joined by an equals sign."""
    (item,) = from_records(Item, [{"code": "A", "factors": "reel=250; box=12 pcs", "attributes": "colour=red"}])
    assert item == Item("A", factors=[("reel", 250), ("box", Quantity(12, "pcs"))], attributes={"colour": "red"})
    assert from_records(ReleaseCriteria, [{"item": "A", "requires": "label; packaging"}])[0].requires == (
        "label",
        "packaging",
    )
    (state,) = from_records(QualityState, [{"code": "customs", "like": "blocked", "allows": "net;value"}])
    assert state.allows == Use.NET | Use.VALUE
    assert from_records(QualityState, [{"code": "x", "like": "blocked", "allows": "none"}])[0].allows == Use.NONE
    assert from_records(Transition, [{"start": "rejected", "end": "quarantine"}]) == (
        Transition(Quality.REJECTED, Quality.QUARANTINE),
    )


def test_flat_rows_of_one_bill_are_its_lines() -> None:
    """Rows of one item and revision are one bill, in the order of the first; blank ones belong to the row above."""
    rows: list[dict[str, object]] = [
        {"item": "HD", "revision": "C", "lines.item": "MIC", "lines.quantity": "2", "lines.substitutes": "MIC-B"},
        {"item": "CUP", "revision": "", "lines.item": "CLAY", "lines.quantity": "0.4 kg"},
        {"item": "HD", "revision": "C", "lines.item": "BOX", "lines.quantity": 1, "lines.operation": "pack"},
        {"item": "", "revision": None, "lines.item": "WIRE", "lines.quantity": "0.12"},
    ]
    assert from_records(BillOfMaterial, rows) == (
        BillOfMaterial(
            "HD",
            [BomLine("MIC", 2, substitutes=["MIC-B"]), BomLine("BOX", 1, operation="pack"), BomLine("WIRE", "0.12")],
            revision="C",
        ),
        BillOfMaterial("CUP", [BomLine("CLAY", Quantity("0.4", "kg"))]),
    )


def test_nested_rows_are_the_same_bill_as_flat_ones() -> None:
    """What JSON nests and a sheet spreads over rows is one bill."""
    nested: dict[str, Any] = {
        "item": "HD",
        "lines": [{"item": "MIC", "quantity": 2, "substitutes": ["MIC-B", {"item": "MIC-C", "ratio": "2"}]}],
        "outputs": [
            {"type": "co-product", "item": "CO", "quantity": 1},
            {"type": "by-product", "item": "BY", "quantity": 1},
        ],
    }
    expected = BillOfMaterial(
        "HD",
        [BomLine("MIC", 2, substitutes=[Substitute("MIC-B"), Substitute("MIC-C", ratio=2)])],
        outputs=[CoProduct("CO", 1), ByProduct("BY", 1)],
    )
    assert from_records(BillOfMaterial, [nested]) == (expected,)
    flat = [
        {
            "item": "HD",
            "lines.item": "MIC",
            "lines.quantity": "2",
            "lines.substitutes": nested["lines"][0]["substitutes"],
        },
        {"item": "HD", "outputs.type": "co-product", "outputs.item": "CO", "outputs.quantity": "1"},
        {"item": "HD", "outputs.type": "by-product", "outputs.item": "BY", "outputs.quantity": "1"},
    ]
    assert from_records(BillOfMaterial, flat) == (expected,)


def test_faults_of_flat_rows_are_in_the_row_of_the_line() -> None:
    """A bad quantity is found in its own row, a contradiction in the row that contradicts."""
    rows = [
        {"item": "A", "status": "active", "lines.item": "X", "lines.quantity": "1"},
        {"item": "A", "status": "draft", "lines.item": "Y", "lines.quantity": "two"},
        {"item": "B", "status": "", "lines.item": "", "lines.quantity": ""},
    ]
    assert faults(BillOfMaterial, rows) == [
        (2, "status", "contradiction"),
        (2, "lines.quantity", "invalid-value"),
        (3, "lines", "missing"),
    ]
    assert faults(BillOfMaterial, [{"item": "A", "lines.itm": "X"}])[0] == (None, "lines.itm", "unknown-column")


def test_routings_and_calendars_are_read_from_flat_rows() -> None:
    """Operations stand one a row; a calendar's fields stand in the row of its site."""
    rows = [
        {
            "item": "HD",
            "operations.code": "assemble",
            "operations.resource": "bench",
            "operations.run_per_unit": "6 min",
        },
        {"item": "HD", "operations.code": "pack", "operations.resource": "bench", "operations.after": "assemble"},
    ]
    expected = Routing(
        "HD",
        [
            Operation("assemble", resource="bench", run_per_unit=timedelta(minutes=6)),
            Operation("pack", resource="bench", after=["assemble"]),
        ],
    )
    assert from_records(Routing, rows) == (expected,)
    (site,) = from_records(Site, [{"code": "B", "calendar.code": "B", "calendar.holidays": "2026-01-01;2026-05-01"}])
    assert site.calendar.holidays == frozenset({date(2026, 1, 1), date(2026, 5, 1)})
    assert from_records(Resource, [{"code": "bench", "capacity": "2"}]) == (Resource("bench", capacity=2),)


def test_orders_are_read_as_definitions_are() -> None:
    """Demands, purchase orders and frozen order lines have rows too."""
    rows = [{"item": "A", "quantity": "2", "due": "2026-03-20", "kind": "sample", "priority": "3", "ref": "SO-1"}]
    expected = Demand("A", 2, due=date(2026, 3, 20), kind=DemandKind.SAMPLE, priority=3, ref="SO-1")
    assert from_records(Demand, rows) == (expected,)
    rows = [{"item": "A", "quantity": "2", "due": "2026-03-20", "supplier": "K"}]
    assert from_records(PurchaseOrder, rows) == (PurchaseOrder("A", 2, supplier="K", due=date(2026, 3, 20)),)
    row = {"number": 0, "item": "A", "need": "1", "exact": "1/3", "unit": "kg", "operation": "", "fixed": "true"}
    assert faults(OrderLine, [row]) == [(1, "operation", "missing")]
    (line,) = from_records(OrderLine, [row | {"operation": "mix"}])
    assert (line.exact, line.fixed) == (Fraction(1, 3), True)


def test_members_and_records_themselves_are_taken_as_they_are() -> None:
    """What is a value already need not become text first."""
    rows = [{"code": "A", "strategy": LotOrder.FIFO, "safety_stock": Quantity(1, "kg"), "lead_time": working_days(3)}]
    expected = Item("A", strategy=LotOrder.FIFO, safety_stock=Quantity(1, "kg"), lead_time=working_days(3))
    assert from_records(Item, rows) == (expected,)
    assert from_records(BillOfMaterial, [{"item": "A", "lines": [BomLine("B", 1)]}])[0].lines == (BomLine("B", 1),)


def test_what_is_no_record_or_no_row_is_a_bad_call() -> None:
    """A kind without fields, or rows that are no mappings, is refused at once."""
    for kind in (int, Decimal, Quantity, Tracking, "Item"):
        with pytest.raises(InvalidTypeError):
            from_records(kind, [])  # type: ignore[arg-type]
    with pytest.raises(InvalidTypeError, match="no mapping"):
        from_records(Item, [("A",)])  # type: ignore[list-item]


def test_every_order_can_be_read_from_rows() -> None:
    """No field of a promise needs more than a row can say."""
    for kind in ORDERS:
        required = {field.name for field in fields_of(kind) if field.required}
        with pytest.raises(InvalidData) as refused:
            from_records(kind, [{}])
        assert required == {one.field for one in refused.value.findings}
