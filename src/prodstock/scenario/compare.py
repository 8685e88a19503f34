"""Plans of scenarios side by side: what each would mean for service, orders, load and cost, and what does it."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from prodstock.master import checks
from prodstock.master.ratio import decimal_of
from prodstock.scenario.comparison import (
    ChangeLine,
    Comparison,
    ComparisonLine,
    DemandDifference,
    Difference,
    LoadLine,
    ShortageDifference,
    StartDifference,
    WeekLine,
)
from prodstock.scenario.figures import Figures, Missing, Service, hours, money
from prodstock.scenario.reasons import paths
from prodstock.tables import Table
from prodstock.view import View

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from prodstock.calendars.span import Moment
    from prodstock.scenario.reasons import Path
    from prodstock.tables import Progress


def compare(base: View, *others: View, until: Moment, progress: Progress | None = None) -> Comparison:
    """Return what a plant and scenarios of it mean, each planned by its own policy until the same moment, and why.

    The reason of each difference is found by planning with the changes one after the other: it is the first change
    after which the difference is there and stays, with the later changes that alter it. What differs before any change
    of a scenario, because it was forked from another state than the first one's, says so. All are planned as of the
    same moment, the latest of theirs.

    Args:
        base: what the others are measured against.
        others: scenarios, or plants.
        until: the end of the horizon.
        progress: is told how many plans are made, and of how many.

    The cost is that of a plan for each of them and for each change; what scenarios have in common is planned once.

    >>> from prodstock.calendars.span import working_days
    >>> from prodstock.journal.store import ManualClock
    >>> from prodstock.master.catalog import Catalog
    >>> from prodstock.master.item import Item
    >>> from prodstock.master.sourcing import Sourcing
    >>> from prodstock.orders.demand import Demand
    >>> from prodstock.plant import Plant
    >>> from prodstock.scenario.change import SupplierDelay
    >>> from datetime import UTC, date, datetime
    >>> catalog = Catalog([Item("MIC"), Sourcing("MIC", supplier="KNW", lead_time=working_days(10))])
    >>> plant = Plant(catalog, clock=ManualClock(datetime(2026, 3, 2, 6, tzinfo=UTC)))
    >>> refs = plant.expect(Demand("MIC", 40, due=date(2026, 3, 20), ref="SO-1"))
    >>> late = plant.fork("mics late").assume(SupplierDelay("KNW", by=working_days(5)))
    >>> one = compare(plant, late, until=date(2026, 7, 1)).demands[0]
    >>> one.demand, one.before, one.after, one.reason
    ('SO-1', 'on time', '3 days late', 'KNW delivers 5 working days later')
    """
    views = (base, *others)
    for view in views:
        checks.instance(view, View, "views", "Give plants and scenarios")
    checks.progress(progress)
    first, found = paths(base, others, until, progress)
    figures = [(base.name, first), *((path.scenario, path.last) for path in found)]
    return Comparison(
        Table(_line(name, one) for name, one in figures),
        Table(row for path in found for row in _demands(path)),
        Table(row for path in found for row in _shortages(path)),
        Table(row for path in found for row in _orders(path)),
        Table(row for path in found for row in _starts(path)),
        Table(_loads(base.name, first, found)),
        Table(_weeks(figures)),
        Table(row for path in found for row in _steps(path)),
    )


def _line(name: str, one: Figures) -> ComparisonLine:
    make, buy, move, shortages, messages = one.counts
    work = hours(sum(one.loads.values(), Fraction(0)))
    return ComparisonLine(
        name,
        *one.service,
        shortages,
        one.worst,
        make,
        buy,
        move,
        messages,
        one.first_start,
        one.cost,
        one.unpriced,
        work,
    )


def _demands(path: Path) -> Iterator[DemandDifference]:
    unknown = Service("")
    for ref, reason in path.differing(lambda one: one.demands, lambda _, after: _fares(after)):
        before, after = (one.demands.get(ref) for one in (path.first, path.last))
        days = (after or unknown).days - (before or unknown).days
        item = (after or before or unknown).item
        cause = path.last.causes.get(("demand", ref), "")
        yield DemandDifference(path.scenario, ref, item, _fares(before), _fares(after), days, reason, cause)


def _fares(service: Service | None) -> str:
    return "not wanted" if service is None else str(service)


def _shortages(path: Path) -> Iterator[ShortageDifference]:
    nothing = Missing(Decimal(0), None)
    for item, reason in path.differing(lambda one: one.shortages, _missed):
        before, after = (one.shortages.get(item, nothing) for one in (path.first, path.last))
        cause = path.last.causes.get(("item", item), "")
        yield ShortageDifference(path.scenario, item, before.quantity, after.quantity, after.covered, reason, cause)


def _orders(path: Path) -> Iterator[Difference]:
    for key, reason in path.differing(lambda one: one.orders, _more):
        before, after = (Fraction(one.orders.get(key, 0)) for one in (path.first, path.last))
        yield Difference(path.scenario, *key, decimal_of(after - before), reason)


def _more(before: Decimal | None, after: Decimal | None) -> str:
    return f"{decimal_of(Fraction(after or 0) - Fraction(before or 0)):+f}"


def _missed(_: Missing | None, after: Missing | None) -> str:
    return "nothing short" if after is None else f"{after.quantity:f} short"


def _busier(before: Fraction | None, after: Fraction | None) -> str:
    return f"{hours((after or Fraction(0)) - (before or Fraction(0))):+f} hours"


def _starts(path: Path) -> Iterator[StartDifference]:
    for key, reason in path.differing(lambda one: one.starts, _begins):
        before, after = (one.starts.get(key) for one in (path.first, path.last))
        if before is not None and after is not None:
            yield StartDifference(path.scenario, *key, before, after, _days_later(before, after), reason)


def _begins(_: datetime | None, after: datetime | None) -> str:
    return "none" if after is None else f"{after:%Y-%m-%d}"


def _days_later(before: datetime, after: datetime) -> int:
    """Return how many whole days one moment is after another; below zero: before it."""
    days = abs(after - before) // timedelta(days=1)
    return days if after > before else -days


def _loads(base: str, first: Figures, found: list[Path]) -> Iterator[LoadLine]:
    nothing: dict[str, str] = {}
    every = [(base, first.resources, nothing)]
    for path in found:
        reasons = dict(path.differing(lambda one: one.resources, _busier))
        every.append((path.scenario, path.last.resources, reasons))
    for resource in sorted({code for _, loads, _ in every for code in loads}):
        before = first.resources.get(resource, Fraction(0))
        for name, loads, reasons in every:
            work = loads.get(resource, Fraction(0))
            yield LoadLine(name, resource, hours(work), hours(work - before), reasons.get(resource, ""))


def _weeks(figures: list[tuple[str, Figures]]) -> Iterator[WeekLine]:
    for resource, week in sorted({key for _, one in figures for key in one.loads}):
        for name, one in figures:
            yield WeekLine(name, resource, week, hours(one.loads.get((resource, week), Fraction(0))))


def _steps(path: Path) -> Iterator[ChangeLine]:
    for change, before, after in path.moves():
        on_time, late, short, days = (new - old for old, new in zip(before.service, after.service, strict=True))
        make, buy, move, shortages, _ = (new - old for old, new in zip(before.counts, after.counts, strict=True))
        currencies = sorted({*before.costs, *after.costs})
        spent = [(one, after.costs.get(one, Fraction(0)) - before.costs.get(one, Fraction(0))) for one in currencies]
        work = sum(after.loads.values(), Fraction(0)) - sum(before.loads.values(), Fraction(0))
        yield ChangeLine(
            path.scenario,
            change,
            on_time,
            late,
            short,
            days,
            shortages,
            make,
            buy,
            move,
            tuple(money(amount, currency) for currency, amount in spent if amount),
            hours(work),
        )
