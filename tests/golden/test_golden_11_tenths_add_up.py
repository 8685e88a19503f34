"""Golden case 11: three parents need 0.1 each, stock 0.3 (repleno 0.0.18 buys 5.55e-17)."""

from datetime import UTC, date, datetime, timedelta

from prodstock.master.bom import BillOfMaterial, BomLine
from prodstock.master.catalog import Catalog
from prodstock.master.item import Item
from prodstock.master.sourcing import Sourcing
from prodstock.orders.demand import Demand
from prodstock.planning.planner import plan
from prodstock.planning.snapshot import Snapshot
from prodstock.stock.allocation import OpenLot


def test_three_tenths_are_enough_for_three_times_a_tenth() -> None:
    """Nothing is to be bought."""
    now = datetime(2026, 3, 2, tzinfo=UTC)
    parents = ("P1", "P2", "P3")
    catalog = Catalog(
        [
            Item("GLUE", unit="kg", scale=1),
            Sourcing("GLUE", supplier="S", lead_time=timedelta(days=1)),
            *(Item(parent) for parent in parents),
            *(BillOfMaterial(parent, [BomLine("GLUE", "0.1")]) for parent in parents),
        ]
    )
    snapshot = Snapshot(
        catalog=catalog,
        at=now,
        lots=[OpenLot("GLUE", "0.3", received=now)],
        promises=[Demand(parent, 1, due=date(2026, 3, 20), ref=parent) for parent in parents],
    )
    made = plan(snapshot, until=date(2026, 7, 1))
    made.verify()
    assert not made.buy
    assert made.projected("GLUE") == 0
