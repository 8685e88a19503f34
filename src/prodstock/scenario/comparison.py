"""Scenarios side by side, as an answer: tables of what each means and of what differs."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from html import escape
from typing import TYPE_CHECKING, Any

import attrs

from prodstock._render import short
from prodstock.quantities.money import Money
from prodstock.tables import Table, Tabled

if TYPE_CHECKING:
    from collections.abc import Iterator


@attrs.frozen(repr=False)
class ComparisonLine:
    """What a scenario means.

    Attributes:
        scenario: its name.
        on_time: demands that are met in time; forecasts are nobody's and do not count.
        late: demands all of which comes, but too late.
        short: demands of which something never comes.
        days_late: how many days demands are late, all of them together.
        shortages: needs, of demands and of orders, that cannot be covered in time.
        worst: the latest moment at which a shortage is covered; None where there is none, or where nothing covers one.
        make: planned production orders.
        buy: planned purchases.
        move: planned moves.
        messages: what the plan asks people to do.
        first_start: when the first planned order begins, or None.
        cost: what the planned purchases cost by the prices of their terms, by currency. What is on order already,
            making, and holding stock cost nothing here.
        unpriced: planned purchases whose terms say no price: they are not in the cost.
        hours: what the planned makes occupy of all resources, by their routings.
    """

    scenario: str
    on_time: int
    late: int
    short: int
    days_late: int
    shortages: int
    worst: datetime | None
    make: int
    buy: int
    move: int
    messages: int
    first_start: datetime | None
    cost: tuple[Money, ...]
    unpriced: int
    hours: Decimal

    def __repr__(self) -> str:
        return (
            f"<ComparisonLine {self.scenario[:40]}: {self.shortages} shortages, {self.late + self.short} demands late>"
        )


@attrs.frozen(repr=False)
class DemandDifference:
    """A demand that fares otherwise than in the first scenario.

    Attributes:
        scenario: where.
        demand: its code.
        item: what it is for.
        before: how it fares in the first one: on time, so many days late, so much short, due later (beyond
            the horizon), or not wanted.
        after: how it fares here.
        days: how many more days it is late; below zero: fewer.
        reason: the change after which it is so, and those that altered it since.
        cause: what holds it up here; empty where nothing does.
    """

    scenario: str
    demand: str
    item: str
    before: str
    after: str
    days: int
    reason: str
    cause: str

    def __repr__(self) -> str:
        return short(f"<DemandDifference {self.scenario[:25]}: {self.demand[:25]} {self.after}, was {self.before}>")


@attrs.frozen(repr=False)
class ShortageDifference:
    """An item of which another quantity is late or missing than in the first scenario, or until another moment.

    Attributes:
        scenario: where.
        item: what is short.
        before: how much of it is late or missing in the first one.
        after: how much here.
        covered: when the last of it is there, here; None: never, or nothing is short.
        reason: the change after which it is so, and those that altered it since.
        cause: why the first of it is late here; empty where nothing is.
    """

    scenario: str
    item: str
    before: Decimal
    after: Decimal
    covered: datetime | None
    reason: str
    cause: str

    def __repr__(self) -> str:
        what = f"{self.item[:30]} {self.after:f} short, was {self.before:f}"
        return short(f"<ShortageDifference {self.scenario[:25]}: {what}>")


@attrs.frozen(repr=False)
class Difference:
    """How much more (or less) of an item a scenario makes, buys or moves than the first, and which change does it."""

    scenario: str
    kind: str
    item: str
    quantity: Decimal
    reason: str = ""

    def __repr__(self) -> str:
        return f"<Difference {self.scenario[:30]}: {self.quantity:+f} {self.item[:40]} to {self.kind}>"


@attrs.frozen(repr=False)
class StartDifference:
    """An item the first order of which begins at another moment than in the first scenario.

    Attributes:
        scenario: where.
        kind: make, buy or move.
        item: what.
        before: when the first order begins in the first scenario.
        after: when it does here.
        days: how many whole days later; below zero: sooner.
        reason: the change after which it is so, and those that altered it since.
    """

    scenario: str
    kind: str
    item: str
    before: datetime
    after: datetime
    days: int
    reason: str

    def __repr__(self) -> str:
        return short(f"<StartDifference {self.scenario[:25]}: {self.kind} {self.item[:40]} {self.days:+d} days>")


@attrs.frozen(repr=False)
class LoadLine:
    """What the planned makes of a scenario occupy of a resource, by their routings, to the hundredth of an hour.

    Attributes:
        scenario: where.
        resource: what is occupied.
        hours: for how long: setup, and run for what goes into each step.
        difference: how much more than in the first scenario; below zero: less.
        reason: the change after which it differs, and those that altered it since; empty where it does not.
    """

    scenario: str
    resource: str
    hours: Decimal
    difference: Decimal
    reason: str

    def __repr__(self) -> str:
        return short(f"<LoadLine {self.scenario[:30]}: {self.resource[:40]} {self.hours:f} hours>")


@attrs.frozen(repr=False)
class WeekLine:
    """What the planned makes that start in a week occupy of a resource, to the hundredth of an hour.

    Attributes:
        scenario: where.
        resource: what is occupied.
        week: its Monday, at the site.
        hours: for how long, wherever the work of these orders falls.
    """

    scenario: str
    resource: str
    week: date
    hours: Decimal

    def __repr__(self) -> str:
        return short(f"<WeekLine {self.scenario[:30]}: {self.resource[:40]} {self.week} {self.hours:f} hours>")


@attrs.frozen(repr=False)
class ChangeLine:
    """What a change of a scenario does, after those before it: how much every figure moves with it.

    Attributes:
        scenario: where.
        change: the change, on one line.
        on_time: demands more that are met in time; below zero: fewer. So for the others.
        late: demands that come too late.
        short: demands of which something never comes.
        days_late: days that demands are late.
        shortages: needs that cannot be covered in time.
        make: planned production orders.
        buy: planned purchases.
        move: planned moves.
        cost: what the planned purchases cost, by currency, where it moves.
        hours: what the planned makes occupy of all resources.
    """

    scenario: str
    change: str
    on_time: int
    late: int
    short: int
    days_late: int
    shortages: int
    make: int
    buy: int
    move: int
    cost: tuple[Money, ...]
    hours: Decimal

    def __repr__(self) -> str:
        return short(f"<ChangeLine {self.scenario[:25]}: {self.days_late:+d} days late by {self.change[:50]}>")


@attrs.frozen(repr=False)
class Comparison(Tabled[ComparisonLine]):
    """Scenarios side by side; the first is what the others are measured against.

    Attributes:
        lines: what each means, in the order given.
        demands: the demands that fare otherwise than in the first, by scenario, then code.
        shortages: the items of which another quantity is late or missing, by scenario, then item.
        differences: what is made, bought and moved more or less, by scenario, then kind and item.
        starts: what begins sooner or later, by scenario, then kind and item.
        loads: hours on each resource, by resource, then scenario.
        weeks: the same by the week in which orders start, by resource, then week and scenario.
        changes: what each change of a scenario does, in the order of the changes.
    """

    lines: Table[ComparisonLine]
    demands: Table[DemandDifference]
    shortages: Table[ShortageDifference]
    differences: Table[Difference]
    starts: Table[StartDifference]
    loads: Table[LoadLine]
    weeks: Table[WeekLine]
    changes: Table[ChangeLine]

    def to_table(self) -> Table[ComparisonLine]:
        """Return one row for each scenario, in the order given; each other table has a `to_frame` of its own."""
        return self.lines

    def _parts(self) -> Iterator[tuple[str, Table[Any]]]:
        yield "Scenarios", self.lines
        named = (
            ("What each change does", self.changes),
            ("Demands that fare otherwise", self.demands),
            ("Shortages that differ", self.shortages),
            ("Orders that differ", self.differences),
            ("Orders that begin at another time", self.starts),
            ("Hours on resources", self.loads),
        )
        yield from ((name, rows) for name, rows in named if rows)

    def __str__(self) -> str:
        return "\n\n".join(f"{name}\n{rows}" for name, rows in self._parts())

    def _repr_html_(self) -> str:
        return "".join(f"<h4>{escape(name)}</h4>{rows.to_html()}" for name, rows in self._parts())

    def __repr__(self) -> str:
        return f"<Comparison of {len(self.lines)} scenarios>"
