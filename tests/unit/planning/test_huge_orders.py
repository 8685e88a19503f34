from datetime import UTC, date, datetime, timedelta

import pytest

from prodstock.errors import InvalidValueError
from prodstock.master.bom import BillOfMaterial, BomLine
from prodstock.master.catalog import Catalog
from prodstock.master.item import Item
from prodstock.master.sourcing import Sourcing
from prodstock.orders.demand import Demand
from prodstock.planning.planner import plan
from prodstock.planning.snapshot import Snapshot

NOW = datetime(2026, 3, 2, 6, tzinfo=UTC)
DAY = timedelta(days=1)


def test_an_order_that_does_not_fit_64_bits_is_refused() -> None:
    """What no column of 64 bits can hold is not planned, however plainly an item is netted."""
    screws = [Item("SCREW"), Sourcing("SCREW", supplier="S", lead_time=DAY)]
    catalog = Catalog([Item("SHIP", lead_time=DAY), BillOfMaterial("SHIP", [BomLine("SCREW", 10**10)]), *screws])
    ships = Demand("SHIP", 10**10, due=date(2026, 3, 20))
    with pytest.raises(InvalidValueError, match="does not fit 64 bits"):
        plan(Snapshot(catalog=catalog, at=NOW, promises=[ships]), until=date(2026, 7, 1))
