"""A joinery: tables made to order of tops, legs and screws."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from prodstock.calendars.span import working_days
from prodstock.datasets.data_set import DataSet
from prodstock.master.bom import BillOfMaterial, BomLine
from prodstock.master.catalog import Catalog
from prodstock.master.item import Item
from prodstock.master.resource import Resource
from prodstock.master.routing import Operation, OperationKind, Routing
from prodstock.master.sourcing import Sourcing
from prodstock.orders.demand import Demand
from prodstock.stock.expect import Expect
from prodstock.stock.receive import Receive


def furniture() -> DataSet:
    """Return a joinery on 2 March 2026: nothing tracked, glue in litres, planks in square metres.

    >>> furniture().plant().plan(until=date(2026, 5, 1)).make.where(item="TABLE")[0]
    <PlannedMake 8 TABLE 2026-03-20 to 2026-03-20>
    """
    hour = timedelta(hours=1)
    catalog = Catalog(
        [
            Item("TABLE", name="Dining table"),
            Item("TOP", name="Table top"),
            Item("LEG", name="Turned leg", minimum=40, multiple=20),
            Item("PLANK", name="Oak plank", unit="m2", scale=2),
            Item("GLUE", name="Wood glue", unit="l", scale=3, factors={"can": 5}),
            Item("SCREW", name="Screw", factors={"bag": 200}),
            BillOfMaterial("TABLE", [BomLine("TOP", 1), BomLine("LEG", 4), BomLine("SCREW", 16)]),
            BillOfMaterial("TOP", [BomLine("PLANK", "1.6", scrap="0.15"), BomLine("GLUE", "0.25")]),
            BillOfMaterial("LEG", [BomLine("PLANK", "0.12", yield_rate="0.9")]),
            Resource("saw"),
            Resource("lathe"),
            Resource("bench", capacity=2),
            Routing(
                "TOP",
                [
                    Operation("cut", resource="saw", run_per_unit=hour / 2),
                    Operation("glue", resource="bench", run_per_unit=hour / 2),
                    Operation("cure", kind=OperationKind.WAIT, setup=12 * hour),
                ],
            ),
            Routing("LEG", [Operation("turn", resource="lathe", run_per_unit=hour / 4)]),
            Routing("TABLE", [Operation("assemble", resource="bench", run_per_unit=hour)]),
            Sourcing("PLANK", supplier="SAWMILL", lead_time=working_days(10), minimum=10, multiple=5),
            Sourcing("GLUE", supplier="CHEMCO", lead_time=working_days(3), multiple=5),
            Sourcing("SCREW", supplier="FERRO", lead_time=working_days(2), multiple=200),
        ]
    )
    opening = [
        Receive("TABLE", 4),
        Receive("TOP", 3),
        Receive("LEG", 22),
        Receive("PLANK", "18.40"),
        Receive("GLUE", "3.250"),
        Receive("SCREW", 640),
        Expect(
            [
                Demand("TABLE", 12, due=date(2026, 3, 20), ref="T-1", customer="INN"),
                Demand("TABLE", 6, due=date(2026, 4, 3), ref="T-2", customer="SCHOOL"),
                Demand("TABLE", 20, due=date(2026, 4, 24), ref="T-3", customer="HOTEL"),
            ]
        ),
    ]
    today = datetime(2026, 3, 2, 6, tzinfo=UTC)
    return DataSet("furniture", catalog, opening, today=today, until=date(2026, 5, 1))
