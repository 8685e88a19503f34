"""A dairy: yoghurt from milk that expires in days, with whey beside it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from prodstock.datasets.data_set import DataSet
from prodstock.master.bom import BillOfMaterial, BomLine, ByProduct
from prodstock.master.catalog import Catalog
from prodstock.master.item import Item, Tracking
from prodstock.master.release_criteria import ReleaseCriteria
from prodstock.master.resource import Resource
from prodstock.master.routing import Operation, OperationKind, Routing
from prodstock.master.sourcing import Sourcing
from prodstock.orders.demand import Demand
from prodstock.stock.expect import Expect
from prodstock.stock.receive import Receive


def food() -> DataSet:
    """Return a dairy on 2 March 2026: every lot expires, and the one that expires first is taken first.

    >>> str(food().plant().availability("MILK"))
    'MILK: 1750.0 l physical = free 1750.0'
    """
    hours = timedelta(hours=1)
    days = timedelta(days=1)
    lot = Tracking.LOT
    catalog = Catalog(
        [
            Item("YOGHURT", name="Strained yoghurt, 500 g", tracking=lot, shelf_life=21 * days),
            Item("MILK", name="Raw milk", unit="l", scale=1, tracking=lot, shelf_life=4 * days),
            Item("CULTURE", name="Starter culture", unit="g", scale=1, tracking=lot, shelf_life=180 * days),
            Item("CUP", name="Cup with lid"),
            Item("WHEY", name="Whey", unit="l", scale=1, tracking=lot, shelf_life=3 * days),
            BillOfMaterial(
                "YOGHURT",
                [BomLine("MILK", 120), BomLine("CULTURE", "2.4"), BomLine("CUP", 100, scrap="0.01", operation="fill")],
                for_quantity=100,
                outputs=[ByProduct("WHEY", 65)],
            ),
            Resource("kettle"),
            Resource("filler"),
            Routing(
                "YOGHURT",
                [
                    Operation("heat", resource="kettle", setup=2 * hours),
                    Operation("ferment", kind=OperationKind.WAIT, setup=8 * hours),
                    Operation("fill", resource="filler", run_per_unit=timedelta(seconds=2)),
                ],
            ),
            ReleaseCriteria("YOGHURT", ["acidity", "microbiology"]),
            Sourcing("MILK", supplier="FARM", lead_time=days, multiple=250),
            Sourcing("CULTURE", supplier="BIOLAB", lead_time=10 * days, minimum=50),
            Sourcing("CUP", supplier="PACKCO", lead_time=7 * days, multiple=1000),
        ]
    )
    opening = [
        Receive("YOGHURT", 240, lot="Y-0301", expires=date(2026, 3, 20)),
        Receive("YOGHURT", 90, lot="Y-0222", expires=date(2026, 3, 13)),
        Receive("MILK", 1250, lot="T-61", expires=date(2026, 3, 5)),
        Receive("MILK", 500, lot="T-60", expires=date(2026, 3, 4)),
        Receive("CULTURE", 120, lot="C-9", expires=date(2026, 6, 30)),
        Receive("CUP", 3400),
        Expect(
            [
                Demand("YOGHURT", 200, due=date(2026, 3, 4), ref="D-1", customer="MARKET", minimum_life=10 * days),
                Demand("YOGHURT", 900, due=date(2026, 3, 6), ref="D-2", customer="STORES", minimum_life=14 * days),
                Demand("YOGHURT", 1200, due=date(2026, 3, 13), ref="D-3", customer="STORES", minimum_life=14 * days),
            ]
        ),
    ]
    today = datetime(2026, 3, 2, 6, tzinfo=UTC)
    return DataSet("food", catalog, opening, today=today, until=date(2026, 4, 1))
