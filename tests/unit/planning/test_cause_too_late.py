"""What a demand takes no more because it would come too late is told by what binds it, not as without supply."""

from datetime import UTC, date, datetime, timedelta

import pytest

import prodstock as ps

NOW = datetime(2026, 3, 2, 6, tzinfo=UTC)
CONSTRAINED = ps.PlanningPolicy(mode=ps.Mode.CONSTRAINED)


@pytest.mark.parametrize(
    ("comes", "cause"), [(None, ps.ShortageCause.PAST_LEAD_TIME), (date(2026, 3, 20), ps.ShortageCause.LATE_SUPPLY)]
)
def test_what_binds_is_the_lead_time_or_the_receipt(comes: date | None, cause: ps.ShortageCause) -> None:
    """Two days late at most: twenty days of lead time, or a receipt fifteen days late, are too much."""
    terms = [] if comes else [ps.Sourcing("X", supplier="L", lead_time=ps.working_days(20))]
    catalog = ps.Catalog([ps.Item("X"), *terms])
    plant = ps.Plant(catalog, clock=ps.ManualClock(NOW))
    plant.expect(ps.Demand("X", 3, due=date(2026, 3, 5), ref="SO-1", maximum_lateness=timedelta(days=2)))
    if comes:
        plant.expect(ps.PurchaseOrder("X", 3, supplier="L", due=comes, ref="PU-1"))
    plan = plant.plan(until=date(2026, 7, 1), policy=CONSTRAINED)
    plan.verify()
    (short,) = plan.shortages
    assert short.kind is cause is plan.demands[0].cause
    assert short.covered is None
    assert "it would come too late" in short.cause


def test_what_has_no_source_is_without_supply_all_the_same() -> None:
    """Nobody sells it."""
    plant = ps.Plant(ps.Catalog([ps.Item("X")]), clock=ps.ManualClock(NOW))
    plant.expect(ps.Demand("X", 3, due=date(2026, 3, 5), ref="SO-1", maximum_lateness=timedelta(days=2)))
    plan = plant.plan(until=date(2026, 7, 1), policy=CONSTRAINED)
    assert plan.shortages[0].kind is ps.ShortageCause.NO_SUPPLY


@pytest.mark.parametrize("mode", list(ps.Mode))
@pytest.mark.parametrize("stock", [0, 2, 5, 9])
def test_a_transfer_of_a_phantom_takes_its_stock_and_the_parts_of_the_rest(mode: ps.Mode, stock: int) -> None:
    """Five heads leave the north: those that are there, and the bulbs for the others; the check agrees."""
    catalog = ps.Catalog(
        [
            *(ps.Site("NORTH"), ps.Item("BULB"), ps.Item("HEAD", supply=ps.Supply.PHANTOM)),
            ps.BillOfMaterial("HEAD", [ps.BomLine("BULB", 2)]),
            ps.Sourcing("BULB", supplier="LUX", lead_time=ps.working_days(2)),
        ]
    )
    plant = ps.Plant(catalog, clock=ps.ManualClock(NOW))
    if stock:
        plant.receive("HEAD", stock, site="NORTH")
    order = ps.TransferOrder("HEAD", 5, source="NORTH", target="MAIN", due=date(2026, 3, 9), ref="TR-1")
    plant.expect(order)
    plan = plant.plan(until=date(2026, 7, 1), policy=ps.PlanningPolicy(mode=mode))
    plan.verify()
    there = min(stock, 5)
    assert sum(one.quantity for one in plan.buy) == 2 * (5 - there)
    assert plan.from_stock(order) == ({"HEAD": there} if there else {})
