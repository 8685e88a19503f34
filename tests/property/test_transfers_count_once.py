"""However goods of a transfer order move, nothing is made or lost, and every plan counts them once."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

import prodstock as ps
from prodstock.orders.purchase import SupplyState
from prodstock.testing import digest

START = datetime(2026, 3, 2, 6, tzinfo=UTC)
LATER = START + timedelta(days=2)
CATALOG = ps.Catalog(
    [
        ps.Item("MIC", tracking=ps.Tracking.LOT),
        ps.Site("NORTH"),
        ps.Sourcing("MIC", supplier="KNW", lead_time=timedelta(days=3)),
    ]
)
WAYS: dict[str, dict[str, Any]] = {
    "depart": {"to": "IN-TRANSIT", "against": "T"},
    "depart at the source": {"to": "IN-TRANSIT", "site": "NORTH", "against": "T"},
    "arrive": {"to": "STORES", "against": "T"},
    "arrive unnamed": {"to": "STORES", "site": "MAIN"},
    "turn round": {"to": "STORES", "site": "NORTH", "against": "T"},
}
STEPS = st.tuples(
    st.sampled_from((*WAYS, "scrap", "reverse", "cancel")), st.integers(1, 6), st.sampled_from((None, "IN-TRANSIT"))
)


def done(plant: ps.Plant, step: str, quantity: int, location: str | None, moved: list[ps.Done[ps.Moved]]) -> None:
    """Do one step; refusals are part of life."""
    goods = ps.Goods("MIC", lot="M", quantity=quantity, location=location)
    if step == "arrive unnamed":
        goods = ps.Goods("MIC", lot="M", quantity=quantity, location="IN-TRANSIT")
    try:
        if step == "reverse":
            if moved:
                plant.reverse(moved.pop().events[0])
        elif step == "cancel":
            plant.cancel("T")
        elif step == "scrap":
            plant.scrap(ps.Goods("MIC", lot="M", quantity=1, location="IN-TRANSIT"))
        else:
            moved.append(plant.do(ps.Move(goods, **WAYS[step])))
    except (ps.Refused, ps.InvalidValueError, ps.AmbiguousCode):
        pass


@settings(max_examples=40)
@given(st.lists(STEPS, max_size=12))
def test_nothing_is_made_or_lost_and_plans_count_once(steps: list[tuple[str, int, str | None]]) -> None:
    """What is there, on its way and still expected at main is the transfer's quantity; the rest of the north stays."""
    plant = ps.Plant(CATALOG, clock=ps.ManualClock(START))
    plant.receive("MIC", 10, lot="M", site="NORTH")
    plant.expect(
        ps.TransferOrder("MIC", 6, source="NORTH", target="MAIN", due=LATER, ref="T"),
        ps.Demand("MIC", 20, due=date(2026, 4, 10), ref="S"),
        ps.Demand("MIC", 9, due=date(2026, 4, 10), ref="N", site="NORTH"),
    )
    moved: list[ps.Done[ps.Moved]] = []
    for step in steps:
        done(plant, *step, moved)
    plant.check()
    holdings = plant.stock.holdings(ps.Goods("MIC"))
    assert sum(one.quantity for one in holdings) == 10
    scrapped = sum((one.quantity for one in holdings if one.location == "SCRAP"), Decimal(0))
    snapshot = plant.snapshot()
    come = Decimal(str(dict(snapshot.done).get("T", 0)))
    expected = [6 - come for one in snapshot.promises if one.ref == "T"]
    at_main = sum((Decimal(str(one.free)) for one in snapshot.lots if one.site == "MAIN"), Decimal(0))
    plan = plant.plan(until=date(2026, 7, 1))
    plan.verify()
    bought = {one.site: one.quantity for one in plan.buy}
    assert bought.get("MAIN", Decimal(0)) == 20 - at_main - sum(expected)
    assert bought.get("NORTH", Decimal(0)) == max(0, 9 - (10 - scrapped - at_main - sum(expected)))
    state = plant._world.body("supply:T")
    if isinstance(state, SupplyState) and not state.status.has_ended:
        assert at_main + sum(expected) == 6
    document = ps.load_document(ps.dump_document(CATALOG, plant.events()))
    assert digest(ps.Plant.load(*document, clock=ps.ManualClock(START))) == digest(plant)
