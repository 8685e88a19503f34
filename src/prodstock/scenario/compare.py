"""Scenarios side by side: what each would mean for service, orders and shortages."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

import attrs

from prodstock.master import checks
from prodstock.quantities.number import LIMITS
from prodstock.tables import Table
from prodstock.view import View

if TYPE_CHECKING:
    from prodstock.calendars.span import Moment
    from prodstock.planning.plan import Plan


@attrs.frozen(repr=False)
class ComparisonLine:
    """What a scenario means.

    Attributes:
        scenario: its name.
        make: planned production orders.
        buy: planned purchases.
        move: planned moves.
        shortages: needs that cannot be covered in time.
        late: demands that are delayed by them.
        worst: the latest moment at which a shortage is covered; None where there is none, or where nothing covers one.
        messages: what the plan asks people to do.
        first_start: when the first planned order begins, or None.
    """

    scenario: str
    make: int
    buy: int
    move: int
    shortages: int
    late: int
    worst: datetime | None
    messages: int
    first_start: datetime | None

    def __repr__(self) -> str:
        return f"<ComparisonLine {self.scenario[:40]}: {self.shortages} shortages, {self.late} demands late>"


@attrs.frozen(repr=False)
class Difference:
    """How much more (or less) of an item a scenario makes, buys or moves than the first one."""

    scenario: str
    kind: str
    item: str
    quantity: Decimal

    def __repr__(self) -> str:
        return f"<Difference {self.scenario[:30]}: {self.quantity:+f} {self.item[:40]} to {self.kind}>"


@attrs.frozen(repr=False)
class Comparison:
    """Scenarios side by side; the first is what the others are measured against."""

    lines: Table[ComparisonLine]
    differences: Table[Difference]

    def to_table(self) -> Table[ComparisonLine]:
        """Return one row for each scenario, in the order given."""
        return self.lines

    def __str__(self) -> str:
        return f"{self.lines}\n\n{self.differences}" if self.differences else str(self.lines)

    def _repr_html_(self) -> str:
        return self.lines.to_html() + (self.differences.to_html() if self.differences else "")

    def __repr__(self) -> str:
        return f"<Comparison of {len(self.lines)} scenarios>"


def compare(base: View, *others: View, until: Moment) -> Comparison:
    """Return what a plant and scenarios of it mean, each planned by itself until the same moment.

    Plans one after the other: the cost is that of so many plans.
    """
    views = (base, *others)
    for view in views:
        checks.instance(view, View, "views", "Give plants and scenarios")
    plans = [view.plan(until=until) for view in views]
    first = _planned(plans[0])
    differences = [
        Difference(view.name, kind, item, change)
        for view, plan in zip(others, plans[1:], strict=True)
        for (kind, item), change in _changes(first, _planned(plan))
    ]
    return Comparison(Table(map(_line, views, plans)), Table(differences))


def _line(view: View, plan: Plan) -> ComparisonLine:
    covered = [shortage.covered for shortage in plan.shortages]
    known = [moment for moment in covered if moment is not None]
    return ComparisonLine(
        view.name,
        len(plan.make),
        len(plan.buy),
        len(plan.move),
        len(plan.shortages),
        len({ref for shortage in plan.shortages for ref in shortage.delays}),
        max(known) if known and len(known) == len(covered) else None,
        len(plan.messages),
        min((order.start for order in plan.orders), default=None),
    )


def _planned(plan: Plan) -> dict[tuple[str, str], Decimal]:
    sums: dict[tuple[str, str], Decimal] = {}
    for kind, orders in (("make", plan.make), ("buy", plan.buy), ("move", plan.move)):
        for order in orders:
            key = (kind, order.item)
            sums[key] = LIMITS.add(sums.get(key, Decimal(0)), order.quantity)
    return sums


def _changes(
    first: dict[tuple[str, str], Decimal], other: dict[tuple[str, str], Decimal]
) -> list[tuple[tuple[str, str], Decimal]]:
    keys = sorted({*first, *other})
    pairs = ((key, LIMITS.subtract(other.get(key, Decimal(0)), first.get(key, Decimal(0)))) for key in keys)
    return [(key, change) for key, change in pairs if change]
