"""The same factory in the library `repleno`, which explodes each demand by itself and counts stock down as it goes.

Its totals are not compared: they depend on the order of the demands, which it nets one by one whatever their dates, and
it adds multiples to the minimum, where the others order a multiple that is no smaller.
"""
# The library is an extra: without it these lines cannot be typed, with it they are.
# mypy: disable-error-code="import-not-found", allow-any-unimported

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from benchmarks.workload import START
from repleno import Factory as Planner

if TYPE_CHECKING:
    from benchmarks.factory import Factory

WORKDAYS = 5


def loaded(factory: Factory) -> Planner:
    """Return its planner with the bills, the stock and the rules."""
    planner = Planner()
    codes = [one.code for one in factory.items]
    planner.load_bom(
        [{"item": one.code, "child_item": codes[part], "qty": per} for one in factory.items for part, per in one.parts]
    )
    planner.load_parameters(
        [
            {
                "item": one.code,
                "safety_stock_qty": one.safety,
                "lead_time": one.lead_weeks * WORKDAYS,
                "inventory_qty": one.on_hand,
                "minimum_order_qty": one.minimum,
                "batch_size": one.multiple,
            }
            for one in factory.items
            if planner.get_sku(one.code) is not None
        ]
    )
    return planner


def schedule(factory: Factory) -> list[dict[str, object]]:
    """Return the demands as the library takes them, by date."""
    return [
        {"item": factory.items[item].code, "due_date": f"{START + timedelta(weeks=week):%Y-%m-%d}", "qty": quantity}
        for item, week, quantity in sorted(factory.demands, key=lambda demand: demand[1])
    ]
