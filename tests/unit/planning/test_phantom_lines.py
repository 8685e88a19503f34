"""A phantom's lines are rounded as an order takes them: each line once, however many have the same item."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from prodstock.calendars.span import working_days
from prodstock.master.bom import Basis, BillOfMaterial, BomLine
from prodstock.master.catalog import Catalog
from prodstock.master.item import Item, Supply
from prodstock.master.order_line import order_lines
from prodstock.master.sourcing import Sourcing
from prodstock.orders.demand import Demand
from prodstock.planning.planner import plan
from prodstock.planning.policy import Mode, PlanningPolicy
from prodstock.planning.snapshot import Snapshot

NOW = datetime(2026, 3, 2, 6, tzinfo=UTC)
LINES = [
    [BomLine("FELT", "0.3"), BomLine("FELT", "0.4")],
    [BomLine("FELT", 1), BomLine("FELT", 2)],
    [BomLine("FELT", "0.3"), BomLine("FELT", "0.4", per=Basis.ORDER)],
]


@pytest.mark.parametrize("mode", list(Mode))
@pytest.mark.parametrize("lines", LINES)
@pytest.mark.parametrize("quantity", [1, 3, 7])
def test_as_much_is_ordered_as_the_lines_of_the_order_ask_for(mode: Mode, lines: list[BomLine], quantity: int) -> None:
    """Felt stands twice on the phantom's bill, and once on that of what takes the phantom: three roundings."""
    bill = BillOfMaterial("CHAIR", [BomLine("SEAT", 1), BomLine("FELT", "0.5")])
    catalog = Catalog(
        [
            Item("CHAIR", lead_time=timedelta(days=1)),
            Item("SEAT", supply=Supply.PHANTOM),
            Item("FELT"),
            bill,
            BillOfMaterial("SEAT", lines),
            Sourcing("FELT", supplier="MILL", lead_time=working_days(3)),
        ]
    )
    taken = order_lines(catalog, bill, quantity, at=NOW)
    for item in ("CHAIR", "SEAT"):
        wanted = Demand(item, quantity, due=date(2026, 4, 2), ref="SO-1")
        made = plan(
            Snapshot(catalog=catalog, at=NOW, promises=[wanted]), PlanningPolicy(mode=mode), until=date(2026, 7, 1)
        )
        made.verify()
        if item == "CHAIR":
            bought = sum((order.quantity for order in made.buy), Decimal(0))
            assert bought == sum(Decimal(line.quantity) for line in taken if line.item == "FELT")
