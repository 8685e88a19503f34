"""A small refinery: one process with two products, and a cleaner blended from both, by the kilogram and the drum."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from prodstock.calendars.span import working_days
from prodstock.datasets.data_set import DataSet
from prodstock.master.bom import Basis, BillOfMaterial, BomLine, ByProduct, CoProduct
from prodstock.master.catalog import Catalog
from prodstock.master.item import Item, Tracking
from prodstock.master.quality_state import Quality, QualityState, Use
from prodstock.master.release_criteria import ReleaseCriteria
from prodstock.master.resource import Resource
from prodstock.master.routing import Operation, OperationKind, Routing
from prodstock.master.sourcing import Sourcing
from prodstock.orders.demand import Demand
from prodstock.quantities.quantity import Quantity
from prodstock.stock.expect import Expect
from prodstock.stock.receive import Receive

CUSTOMS = QualityState("customs-hold", like=Quality.BLOCKED, allows=Use.NET | Use.VALUE)


def chemicals() -> DataSet:
    """Return a refinery on 2 March 2026: co-products, a by-product, batches, a state of its own, drums and litres.

    >>> str(chemicals().plant().availability("CRUDE"))
    'CRUDE: 3200.00 kg physical = blocked 1200.00 + free 2000.00'
    """
    lot = Tracking.LOT
    hour = timedelta(hours=1)
    catalog = Catalog(
        [
            Item("CRUDE", name="Crude terpene", unit="kg", scale=2, tracking=lot, factors={"drum": 200}),
            Item("LIGHT", name="Light fraction", unit="kg", scale=2, tracking=lot, factors={"l": "0.84"}),
            Item("HEAVY", name="Heavy fraction", unit="kg", scale=2, tracking=lot, factors={"l": "0.93"}),
            Item("TAR", name="Residue", unit="kg", scale=2, tracking=lot),
            Item("CLEANER", name="Orange cleaner", unit="l", scale=1, tracking=lot, shelf_life=timedelta(days=365)),
            Item("TENSIDE", name="Tenside", unit="kg", scale=3, tracking=lot, shelf_life=timedelta(days=180)),
            Item("RINSE", name="Rinsing solvent", unit="l", scale=1),
            CUSTOMS,
            BillOfMaterial(
                "LIGHT",
                [BomLine("CRUDE", 1000, yield_rate="0.96"), BomLine("RINSE", 25, per=Basis.ORDER)],
                for_quantity=550,
                outputs=[CoProduct("HEAVY", 340, cost_share="0.35"), ByProduct("TAR", 70)],
            ),
            BillOfMaterial(
                "CLEANER",
                [
                    BomLine("LIGHT", Quantity("22.5", "l")),
                    BomLine("HEAVY", Quantity("7.5", "l")),
                    BomLine("TENSIDE", "1.2", scrap="0.02"),
                ],
                for_quantity=100,
            ),
            Resource("column"),
            Resource("kettle", capacity=2),
            Routing(
                "LIGHT",
                [
                    Operation("distil", resource="column", setup=6 * hour, run_per_unit=timedelta(seconds=30)),
                    Operation("rest", kind=OperationKind.WAIT, setup=12 * hour),
                ],
            ),
            Routing("CLEANER", [Operation("blend", resource="kettle", setup=2 * hour)]),
            ReleaseCriteria("CLEANER", ["density", "flash-point", "safety-sheet"]),
            Sourcing("CRUDE", supplier="GROVE", lead_time=working_days(15), multiple=Quantity(1, "drum")),
            Sourcing("TENSIDE", supplier="SOAPCO", lead_time=working_days(8), minimum=25, multiple=25),
            Sourcing("RINSE", supplier="SOLVENTA", lead_time=working_days(4), multiple=50),
        ]
    )
    opening = [
        Receive("CRUDE", Quantity(10, "drum"), lot="G-101"),
        Receive("CRUDE", Quantity(6, "drum"), lot="G-102", quality=CUSTOMS),
        Receive("LIGHT", "140.00", lot="L-31"),
        Receive("HEAVY", "310.50", lot="H-31"),
        Receive("TENSIDE", "18.400", lot="S-8", expires=date(2026, 6, 30)),
        Receive("RINSE", 60),
        Expect(
            [
                Demand("CLEANER", 1200, due=date(2026, 3, 16), ref="C-1", customer="GARAGE"),
                Demand("CLEANER", 2500, due=date(2026, 4, 8), ref="C-2", customer="HOSPITAL"),
                Demand("HEAVY", 300, due=date(2026, 4, 15), ref="C-3", customer="PAINTS"),
            ]
        ),
    ]
    today = datetime(2026, 3, 2, 6, tzinfo=UTC)
    return DataSet("chemicals", catalog, opening, today=today, until=date(2026, 5, 1))
