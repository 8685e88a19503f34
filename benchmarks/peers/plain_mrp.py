"""The plain reference: netting week by week in plain dictionaries, an item after all that need it, and nothing else.

All is whole numbers: weeks and pieces. An order is as large as what is missing in its week, lot sizes applied, and
starts a lead time earlier; what starts before the first week is netted there too. The safety stock counts from the
first week on. It keeps no order and no peg and explains nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from benchmarks.factory import Factory


def plain_totals(factory: Factory) -> list[int]:
    """Return how much is ordered of each item."""
    wants: list[dict[int, int]] = [{} for _ in factory.items]
    for item, week, quantity in factory.demands:
        wants[item][week] = wants[item].get(week, 0) + quantity
    totals = [0] * len(factory.items)
    for number, made in enumerate(factory.items):
        free, mine = made.on_hand, wants[number]
        if made.safety:
            mine.setdefault(0, 0)
        for week in sorted(mine):
            free -= mine[week]
            lacking = (made.safety if week >= 0 else 0) - free
            if lacking <= 0:
                continue
            ordered = max(lacking, made.minimum)
            ordered += -ordered % made.multiple
            totals[number] += ordered
            free += ordered
            start = week - made.lead_weeks
            for part, per in made.parts:
                of_part = wants[part]
                of_part[start] = of_part.get(start, 0) + per * ordered
    return totals
