"""The material record of a plan: what is wanted, what comes and what is left of each item, bucket by bucket."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

import attrs

from prodstock._render import brief
from prodstock.calendars.horizon import TimeBucket
from prodstock.calendars.zone import from_micros
from prodstock.master.codes import ItemCode
from prodstock.planning.translations.ledger import OPENING, entries
from prodstock.planning.translations.planned import Periods, checked_bucket, given
from prodstock.quantities.scaled import from_scaled
from prodstock.tables import Table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from prodstock.planning.translations.ledger import Entry, Place
    from prodstock.planning.translations.planned import Planned


@attrs.frozen
class MaterialLine:
    """An item at a site in one bucket; quantities in its base unit.

    `opening + scheduled + planned - gross - other = projected`, exactly.

    Attributes:
        item: the item.
        site: where.
        start: when the bucket starts, on the site's clocks.
        end: when it ends; what happens then belongs to the next one.
        unit: the base unit.
        opening: what is free at the start; in the first bucket, the usable stock of now.
        gross: what is wanted: demands net of what is shipped and reserved, and what orders take at their start.
        scheduled: what is on its way: purchases, transfers, production orders, stock that will be ready.
        planned: what the plan's own orders bring.
        other: what else is gone: what expires unused, and what a demand for a phantom takes of its parts.
        projected: what is left at the end, as `plan.projected(..., segment=None)` says; below zero where the plan is
            short.
    """

    item: ItemCode
    site: str
    start: datetime
    end: datetime
    unit: str
    opening: Decimal
    gross: Decimal
    scheduled: Decimal
    planned: Decimal
    other: Decimal
    projected: Decimal

    __repr__ = brief


def material(plan: Planned, *, bucket: TimeBucket = TimeBucket.WEEK) -> Table[MaterialLine]:
    """Return the material record of a plan: every item that has stock, a want or a receipt, by item, site and time.

    The buckets run from now until the plan's horizon on the midnights of the site; the first and the last are cut to
    it. Wants and receipts whose time has passed are in the first. What comes after the horizon is left out, as it is in
    the plan.

    Args:
        plan: the plan.
        bucket: how long a bucket is.

    Raises:
        InvalidTypeError: if it is no plan, or no bucket.

    Free stock and that of projects and demands made to order are taken together.

    The cost is that of the lines of all orders, and of one `plan.projected` for each row.

    >>> from datetime import UTC, date
    >>> from prodstock.calendars.horizon import TimeBucket
    >>> from prodstock.master.catalog import Catalog
    >>> from prodstock.master.item import Item
    >>> from prodstock.master.sourcing import Sourcing
    >>> from prodstock.calendars.span import working_days
    >>> from prodstock.orders.demand import Demand
    >>> from prodstock.planning.planner import plan
    >>> from prodstock.planning.snapshot import Snapshot
    >>> catalog = Catalog([Item("MIC"), Sourcing("MIC", supplier="KNW", lead_time=working_days(3), multiple=100)])
    >>> wanted = Demand("MIC", 240, due=date(2026, 3, 11), ref="SO-1")
    >>> now = datetime(2026, 3, 2, 6, tzinfo=UTC)
    >>> made = plan(Snapshot(catalog=catalog, at=now, promises=[wanted]), until=date(2026, 3, 16))
    >>> for row in material(made, bucket=TimeBucket.WEEK):
    ...     print(row.start.date(), row.gross, row.planned, row.projected)
    2026-03-02 0 0 0
    2026-03-09 240 300 60
    """
    given(plan)
    checked_bucket(bucket)
    found = entries(plan)
    periods = {site: Periods(plan, bucket, plan.snapshot.catalog.zone(site)) for site in {site for _, site in found}}
    return Table(row for place in sorted(found) for row in _lines(plan, place, found[place], periods[place[1]]))


def _lines(plan: Planned, place: Place, found: list[Entry], periods: Periods) -> Iterator[MaterialLine]:
    catalog = plan.snapshot.catalog
    item, site = place
    one = catalog.item(item)
    sums = [[0, 0, 0, 0] for _ in periods.rows]
    before = sum(entry.quantity for entry in found if entry.column == OPENING)
    for entry in found:
        if sums and entry.column != OPENING:
            sums[periods.index(entry.at)][entry.column] += entry.quantity
    for (start, end), last, (_, gross, scheduled, planned) in zip(periods.rows, periods.ends, sums, strict=True):
        after = catalog.scaled(item, plan.projected(item, site=site, at=from_micros(last - 1), segment=None))
        other = before + scheduled + planned - gross - after
        amounts = [from_scaled(steps, one.scale) for steps in (before, gross, scheduled, planned, other, after)]
        yield MaterialLine(ItemCode(item), site, start, end, one.unit, *amounts)
        before = after
