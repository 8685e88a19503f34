"""Golden case 21: bought parts on hand; sub-assemblies of 10 and 4 days under a 3-day assembly (ERPNext adds them)."""

from datetime import UTC, date, datetime

from prodstock.calendars.span import working_days
from prodstock.master.bom import BillOfMaterial, BomLine
from prodstock.master.catalog import Catalog
from prodstock.master.item import Item
from prodstock.orders.demand import Demand
from prodstock.planning.cumulative import cumulative_lead_times
from prodstock.planning.planner import plan
from prodstock.planning.snapshot import Snapshot
from prodstock.stock.allocation import OpenLot


def test_the_cumulative_lead_time_is_the_longest_path() -> None:
    """13 working days from the first start to the demand, not 17; today's earliest date says so too."""
    catalog = Catalog(
        [
            Item("TOP", lead_time=working_days(3)),
            Item("LONG", lead_time=working_days(10)),
            Item("SHORT", lead_time=working_days(4)),
            Item("PART"),
            BillOfMaterial("TOP", [BomLine("LONG", 1), BomLine("SHORT", 1)]),
            BillOfMaterial("LONG", [BomLine("PART", 1)]),
            BillOfMaterial("SHORT", [BomLine("PART", 1)]),
        ]
    )
    now = datetime(2026, 3, 2, 8, tzinfo=UTC)
    (top,) = cumulative_lead_times(catalog, at=now, on_hand=["PART"]).where(item="TOP")
    assert (top.working_days, top.path) == (13, ("TOP", "LONG", "PART"))
    assert datetime(2026, 3, 19, 8, tzinfo=UTC) == top.ready
    for due, late in ((date(2026, 3, 20), False), (date(2026, 3, 6), True)):
        snapshot = Snapshot(
            catalog=catalog,
            at=now,
            lots=[OpenLot("PART", 2, received=now)],
            promises=[Demand("TOP", 1, due=due, ref="A")],
        )
        made = plan(snapshot, until=date(2026, 7, 1))
        made.verify()
        if late:
            assert datetime(2026, 3, 19, 8, tzinfo=UTC) == made.shortages.where(item="TOP")[0].covered
        else:
            assert datetime(2026, 3, 3, 16, tzinfo=UTC) == made.orders[0].start
