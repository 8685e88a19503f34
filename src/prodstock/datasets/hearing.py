"""A maker of hearing devices: two devices, their audio modules and packing, ten components, seven suppliers."""

from __future__ import annotations

from csv import DictReader
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import attrs

from prodstock.codec.records import from_records
from prodstock.datasets import hearing_rows
from prodstock.datasets.data_set import DataSet
from prodstock.master.bom import BillOfMaterial, BomLine, LineRole
from prodstock.master.catalog import Catalog
from prodstock.master.item import Inspection, Item, Supply, Tracking
from prodstock.master.release_criteria import ReleaseCriteria
from prodstock.master.resource import Resource
from prodstock.master.routing import Operation, OperationKind, Routing
from prodstock.master.sourcing import Sourcing, Supplier
from prodstock.orders.demand import Demand, DemandKind
from prodstock.orders.purchase import PurchaseOrder
from prodstock.stock.expect import Expect
from prodstock.stock.movement import Movement
from prodstock.stock.receive import Receive

if TYPE_CHECKING:
    from collections.abc import Iterator

    from prodstock.journal.command import Command
    from prodstock.master.definition import Definition

TODAY = datetime(2026, 3, 2, 6, tzinfo=UTC)
CRITERIA = ("calibration", "acoustic-test", "cleaning", "labelling", "packaging", "batch-record")


def hearing_device() -> DataSet:
    """Return a maker of hearing devices on 2 March 2026.

    Two devices tracked by serial, HD-7 with two microphones and HD-5 with one, each with an audio module made in house
    and a packing that is never stocked. 16 items; microphones of lot M-88 are on their way and will be found defective.
    Some thirty orders, repairs, replacements, and a forecast for each week of four months.

    >>> hearing_device()
    <DataSet hearing devices: 16 items, 59 commands>
    """
    return DataSet(
        "hearing devices",
        Catalog([*_items(), *_sources(), *_bills(), *_routings()]),
        [*_stock(), *_promises()],
        today=TODAY,
        until=date(2026, 7, 1),
    )


def _items() -> Iterator[Definition]:
    serial = {"tracking": Tracking.SERIAL, "minimum": 60, "multiple": 20}
    yield Item("HD-7", name="Hearing device 7, two microphones", safety_stock=12, **serial)  # type: ignore[arg-type]  # one mapping, several types
    yield Item("HD-5", name="Hearing device 5, one microphone", safety_stock=8, **serial)  # type: ignore[arg-type]  # as above
    yield Item("AM-7", name="Audio module 7", tracking=Tracking.LOT, minimum=100, multiple=50)
    yield Item("AM-5", name="Audio module 5", tracking=Tracking.LOT, minimum=100, multiple=50)
    yield Item("PACK", name="Packing, put together at the bench", supply=Supply.PHANTOM)
    inspected = Inspection.ON_RECEIPT
    yield Item("MIC", name="Microphone", tracking=Tracking.LOT, safety_stock=100, inspection=inspected)
    yield Item("MIC-B", name="Microphone, second source", tracking=Tracking.LOT, inspection=inspected)
    yield Item("RECEIVER", name="Receiver, the loudspeaker", tracking=Tracking.LOT, inspection=inspected)
    yield Item("CHIP-7", name="Signal processor 7", tracking=Tracking.LOT)
    yield Item("CHIP-5", name="Signal processor 5", tracking=Tracking.LOT)
    yield Item("SHELL", name="Shell, two halves", tracking=Tracking.LOT)
    yield Item("BATTERY", name="Battery", tracking=Tracking.LOT, shelf_life=timedelta(days=720))
    yield Item("WIRE", name="Litz wire", unit="m", scale=3, safety_stock=25, factors={"reel": 250})
    yield Item("BOX", name="Branded box")
    yield Item("INSERT", name="Foam insert with leaflet")
    yield Item("LABEL", name="Serial label")


def _sources() -> Iterator[Definition]:
    yield Supplier("KNW", name="Knowlton Acoustics")
    yield Supplier("OTIK", name="Otikron")
    terms = from_records(Sourcing, DictReader(hearing_rows.SOURCINGS.splitlines()))
    yield from terms


def _bills() -> Iterator[Definition]:
    began = date(2026, 1, 1)
    for number, microphones in (("7", 2), ("5", 1)):
        module = [
            BomLine("MIC", microphones, scrap="0.01", substitutes=["MIC-B"]),
            BomLine("RECEIVER", 1),
            BomLine(f"CHIP-{number}", 1),
            BomLine("WIRE", "0.12"),
        ]
        device = [
            BomLine(f"AM-{number}", 1),
            BomLine("SHELL", 1, scrap="0.02"),
            BomLine("BATTERY", 1, operation="calibrate"),
            BomLine("LABEL", 1, operation="label"),
            BomLine("PACK", 1, operation="pack", role=LineRole.PACKAGING),
        ]
        yield BillOfMaterial(f"AM-{number}", module, revision="B", effective_from=began)
        yield BillOfMaterial(f"HD-{number}", device, revision="C", effective_from=began)
    yield BillOfMaterial("PACK", [BomLine("BOX", 1), BomLine("INSERT", 1)])


def _routings() -> Iterator[Definition]:
    minutes = {number: timedelta(minutes=number) for number in (1, 2, 3, 5, 20, 30)}
    for code, capacity in (("solder-station", 2), ("bench", 3), ("chamber", 2), ("packing-table", 1)):
        yield Resource(code, capacity=capacity)
    for number in ("7", "5"):
        yield Routing(
            f"AM-{number}",
            [
                Operation("solder", resource="solder-station", setup=minutes[20], run_per_unit=minutes[2]),
                Operation("measure", resource="bench", kind=OperationKind.TEST, run_per_unit=minutes[1]),
            ],
        )
        yield Routing(
            f"HD-{number}",
            [
                Operation("assemble", resource="bench", setup=minutes[20], run_per_unit=minutes[5]),
                Operation("calibrate", resource="chamber", setup=minutes[30], run_per_unit=minutes[3]),
                Operation("acoustic-test", resource="chamber", kind=OperationKind.TEST, run_per_unit=minutes[2]),
                Operation("clean", resource="bench", kind=OperationKind.CLEAN, run_per_unit=minutes[1]),
                Operation("label", resource="packing-table", kind=OperationKind.LABEL, run_per_unit=minutes[1]),
                Operation("pack", resource="packing-table", kind=OperationKind.PACK, run_per_unit=minutes[1]),
            ],
        )
        yield ReleaseCriteria(f"HD-{number}", CRITERIA)


def _stock() -> Iterator[Command[Any]]:
    rows = from_records(Receive, DictReader(hearing_rows.STOCK.splitlines()))
    yield from (attrs.evolve(row, movement=Movement.OPENING, by="stocktaking") for row in rows)


def _promises() -> Iterator[Command[Any]]:
    yield Expect(from_records(PurchaseOrder, DictReader(hearing_rows.PURCHASES.splitlines())), by="purchasing")
    orders = from_records(Demand, DictReader(hearing_rows.ORDERS.splitlines()))
    yield from (Expect([order], by="sales") for order in orders)
    yield Expect(_forecasts(), by="sales")


def _forecasts() -> Iterator[Demand]:
    """Yield what is expected to be sold each week, due on its Friday."""
    for row in DictReader(hearing_rows.FORECAST.splitlines()):
        friday = date.fromisoformat(row["friday"])
        for item in ("HD-7", "HD-5"):
            ref = f"FC-{friday:%m%d}-{item}"
            yield Demand(item, row[item], due=friday, ref=ref, kind=DemandKind.FORECAST, priority=50)
