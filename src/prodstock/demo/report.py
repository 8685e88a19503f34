"""What each team asks of a plant, as lines of plain text."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from itertools import islice
from typing import TYPE_CHECKING

from prodstock.errors import BrokenInvariant
from prodstock.master.sourcing import Sourcing
from prodstock.orders.demand import Demand, DemandKind
from prodstock.scenario.compare import compare
from prodstock.stock.availability import Reason
from prodstock.trace.genealogy import EdgeKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from prodstock.calendars.span import Moment
    from prodstock.orders.planned import PlannedOrder
    from prodstock.planning.plan import Plan
    from prodstock.planning.shortages import Shortage
    from prodstock.scheduling.schedule import Placement, Schedule
    from prodstock.stock.availability import Availability
    from prodstock.stock.goods import Goods, Pick
    from prodstock.stock.holds import Hurt
    from prodstock.tables import Derivation
    from prodstock.trace.recall import Recall
    from prodstock.view import View

MOST_ROWS = 40
MOST_REFS = 3
_SHUT = (Reason.BLOCKED, Reason.DAMAGED, Reason.EXPIRED)
_OTHER = (Reason.NOT_OURS, Reason.ELSEWHERE)


def grid(header: Sequence[str], rows: Iterable[Sequence[object]], *, most: int = MOST_ROWS) -> Iterator[str]:
    """Yield rows as aligned lines, columns of numbers to the right; of more than `most` rows the rest is counted.

    >>> for line in grid(["item", "free"], [["MIC", Decimal(300)], ["BOX", Decimal(5)]]):
    ...     print(line)
    item  free
    MIC    300
    BOX      5
    """
    found = [list(row) for row in rows]
    shown = [[_cell(value) for value in row] for row in found[:most]]
    widths = [max(map(len, column)) for column in zip(header, *shown, strict=True)]
    right = [bool(found) and isinstance(value, int | Decimal) for value in (found[0] if found else header)]
    for cells in [list(header), *shown] if shown else []:
        padded = (
            text.rjust(width) if is_right else text.ljust(width)
            for text, width, is_right in zip(cells, widths, right, strict=True)
        )
        yield "  ".join(padded).rstrip()
    if not shown:
        yield "nothing"
    if len(found) > most:
        yield f"... and {len(found) - most} more"


def _cell(value: object) -> str:
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d}"
    if isinstance(value, Decimal):
        return f"{value:f}" if value else "."
    if isinstance(value, tuple):
        return names(value)
    return "" if value is None else str(value)


def names(codes: Iterable[str], most: int = MOST_REFS) -> str:
    """Return the first codes, and how many more there are.

    >>> names(["SO-1", "SO-2", "SO-3", "SO-4", "SO-5"])
    'SO-1, SO-2, SO-3 and 2 more'
    """
    found = list(codes)
    more = f" and {len(found) - most} more" if len(found) > most else ""
    return ", ".join(found[:most]) + more


def stock(plant: View) -> Iterator[str]:
    """Yield what is there of every item that there is any of: each row's columns after the first sum to it."""
    header = ["item", "unit", "there", "free", "reserved", "WIP", "inspection", "release", "blocked", "elsewhere"]
    rows = [_stock(one) for one in plant.stock.availabilities() if one.physical]
    used = [number for number in range(len(header)) if number < 9 or any(row[number] for row in rows)]
    yield from grid([header[number] for number in used], ([row[number] for number in used] for row in rows))


def _stock(one: Availability) -> list[object]:
    by_reason = {bucket.name: bucket.quantity for bucket in one.buckets}
    for_orders = one.reserved - by_reason[Reason.RESERVED]
    return [
        one.item,
        one.unit,
        one.physical,
        one.free,
        one.reserved,
        by_reason[Reason.ASSIGNED] - for_orders,
        by_reason[Reason.UNDER_INSPECTION],
        by_reason[Reason.WAITING_FOR_RELEASE],
        sum((by_reason[reason] for reason in _SHUT), Decimal(0)),
        sum((by_reason[reason] for reason in _OTHER), Decimal(0)),
    ]


def wip(plant: View) -> Iterator[str]:
    """Yield where the production orders that go on stand."""
    header = ["order", "makes", "stage", "started", "in WIP", "good", "scrapped", "due"]
    rows = (
        [one.order, one.item, one.stage, one.quantity, one.in_wip, one.good, one.scrapped, one.due]
        for one in plant.production.wip()
    )
    yield from grid(header, rows)


def picks(lines: Iterable[Pick]) -> str:
    """Return how much was taken of each lot, of what is not tracked by place."""
    return ", ".join(f"{one.quantity:f} {one.item} {one.lot or one.location}" for one in lines)


def serials(codes: Iterable[str | None]) -> str:
    """Return the first and the last of some serials; nothing of none."""
    found = sorted(code for code in codes if code)
    if not found:
        return ""
    return found[0] if len(found) == 1 else f"{found[0]} to {found[-1]}"


def hurt(found: Iterable[Hurt]) -> str:
    """Return which promises lost how much of what."""
    lost: dict[tuple[str, str], Decimal] = {}
    for one in found:
        lost[one.ref, one.item] = lost.get((one.ref, one.item), Decimal(0)) + one.quantity
    said = ", ".join(f"{ref} loses {total:f} {item}" for (ref, item), total in lost.items())
    return said or "no promise loses any of it"


def recall(found: Recall) -> Iterator[str]:
    """Yield all that a bad lot may be in: orders, WIP, stock, shipped goods, customers, and what became of the lot."""
    yield f"What became of it: {', '.join(f'{one.quantity:f} {one.fate}' for one in found.fates)}."
    yield from section("Production orders that it may have reached")
    rows = [[one.code, one.item, one.quantity, one.state, one.lot] for one in found.orders]
    yield from grid(["order", "makes", "started", "state", "lot"], rows)
    for title, goods in (("in WIP", found.wip), ("in stock", found.stock), ("at customers", found.shipped)):
        yield from section(f"Suspect goods {title}")
        there = [[one.item, one.lot, str(one.quantity), one.location, serials(one.serials)] for one in goods]
        yield from grid(["item", "lot", "quantity", "where", "serials"], there)
    yield from section("Customers to be told")
    yield f"{', '.join(found.customers) or 'none'}, for {', '.join(found.demands) or 'nothing'}"


def as_built(plant: View, serial: Goods) -> Iterator[str]:
    """Yield the orders behind a unit, what each may have put into it, and the tests that the unit has seen."""
    genealogy = plant.trace.backward(serial)
    edges = genealogy.edges
    for order in genealogy.orders:
        made = next(edge for edge in edges.where(ref=order) if edge.kind is EdgeKind.MADE)
        used = [f"{edge.item} {edge.lot}".strip() for edge in edges.where(ref=order, kind=EdgeKind.USED)]
        yield f"{order} made {made.item} {made.serial or made.lot} of {', '.join(used)}"
    seen = [f"{test.criterion} {test.verdict} ({test.by})" for test in plant.quality.tests(serial)]
    yield f"tests: {', '.join(seen) or 'none'}"


def proposals(plan: Plan, kind: Iterable[PlannedOrder], *, days: int | None = None) -> Iterator[str]:
    """Yield what a plan proposes; with `days`, only what starts so soon."""
    last = None if days is None else plan.snapshot.at + timedelta(days=days)
    found = [one for one in kind if last is None or one.start < last]
    rows = [[one.item, one.quantity, one.start, one.due, _way(one), one.serves] for one in found]
    yield from grid(["item", "quantity", "start", "due", "how", "for"], rows)


def floor(schedule: Schedule, plan: Plan, *, days: int) -> Iterator[str]:
    """Yield what of a plan runs where, and when, if it starts so soon: the first operations of a schedule."""
    makes = {one.code: one.item for one in plan.make}
    last = plan.snapshot.at + timedelta(days=days)
    soon = [one for one in schedule.placements if one.start < last]
    rows = [[makes.get(one.job, one.job), one.operation, one.resource, *_times(one)] for one in soon]
    yield from grid(["makes", "operation", "on", "from", "to"], rows)


def _times(one: Placement) -> tuple[str, str]:
    return f"{one.start:%Y-%m-%d %H:%M}", f"{one.end:%Y-%m-%d %H:%M}"


def _way(order: PlannedOrder) -> str:
    where = getattr(order, "supplier", None) or getattr(order, "source", None)
    return f"from {where}" if where else f"bill {getattr(order, 'revision', '')}"


def shortages(found: Iterable[Shortage], *, most: int = MOST_ROWS) -> Iterator[str]:
    """Yield what is short: how much, when it is needed and when it can be there, and what waits for it."""
    rows = [[one.item, one.quantity, one.needed, one.covered or "never", one.cause, one.delays] for one in found]
    yield from grid(["item", "short", "needed", "there", "why", "waits"], rows, most=most)


def bought(plan: Plan) -> list[Shortage]:
    """Return the shortages of what is bought: those that the others wait for."""
    items = {one.item for one in plan.snapshot.catalog.definitions if isinstance(one, Sourcing)}
    return [one for one in plan.shortages if one.item in items]


def late_orders(plan: Plan) -> Iterator[tuple[Demand, Shortage]]:
    """Yield the customer orders that come late, and of what, by the day they are due; forecasts are no orders."""
    orders = {one.ref: one for one in plan.snapshot.promises if isinstance(one, Demand)}
    for one in plan.shortages:
        for demand in (orders[ref] for ref in one.delays if ref in orders):
            if demand.item == one.item and demand.kind is not DemandKind.FORECAST:
                yield demand, one


def late(found: Iterable[tuple[Demand, Shortage]]) -> Iterator[str]:
    """Yield late customer orders, and when all of each is there."""
    rows = [
        [one.ref, one.kind, one.customer, one.item, short.quantity, short.needed, short.covered or "never", short.cause]
        for one, short in found
    ]
    yield from grid(["order", "kind", "customer", "item", "late", "due", "there", "why"], rows)


def tree(why: Derivation, most: int = 12) -> Iterator[str]:
    """Yield a derivation as indented lines, at most so many."""
    lines = str(why).splitlines()
    yield from islice(lines, most)
    if len(lines) > most:
        yield f"  ... and {len(lines) - most} more lines"


def whole_plan(plan: Plan) -> Iterator[str]:
    """Yield a plan in full: what to make, buy and move, what is short and late, each with the why of its first line."""
    head = f"Plan of {plan.snapshot.at:%Y-%m-%d %H:%M} UTC until {plan.until:%Y-%m-%d}"
    yield from [head, "=" * len(head)]
    parts: list[tuple[str, Sequence[PlannedOrder]]] = [("Make", plan.make), ("Buy", plan.buy), ("Move", plan.move)]
    for title, kind in parts:
        if kind:
            yield from section(title)
            yield from proposals(plan, kind)
            yield from ["", "Why the first:", *tree(plan.why(kind[0]))]
    yield from section("Short or late")
    yield from shortages(plan.shortages)
    if plan.shortages:
        yield from ["", "Why the first:", *tree(plan.why(plan.shortages[0]))]
        yield from ["", "Customer orders that come late:", *late(late_orders(plan))]
    if plan.messages:
        yield from section("To look at")
        yield from messages(plan)


def messages(plan: Plan) -> Iterator[str]:
    """Yield what the planner should look at."""
    yield from grid(["kind", "about", "what"], ([one.kind, one.order, one.text] for one in plan.messages))


def comparison(until: Moment, base: View, *others: View) -> Iterator[str]:
    """Yield what a plant and scenarios of it mean for customers, and what they would buy otherwise."""
    found = compare(base, *others, until=until)
    late = [list(late_orders(view.plan(until=until))) for view in (base, *others)]
    rows = [
        [
            line.scenario,
            len(orders),
            max((short.covered or short.needed for _, short in orders), default=None),
            line.buy,
        ]
        for line, orders in zip(found.lines, late, strict=True)
    ]
    yield from grid(["scenario", "orders late", "last of them", "purchases"], rows)
    yield ""
    for one in found.differences:
        yield f"{one.scenario}: {one.quantity:+f} {one.item} to {one.kind}"


def checked(plant: View) -> tuple[bool, list[str]]:
    """Return whether a plant's facts agree with each other, and what is there or what does not agree."""
    try:
        plant.check()
    except BrokenInvariant as broken:
        return False, [f"1 fault: {broken}"]
    snapshot = plant.snapshot()
    done = dict(snapshot.done)
    demands = [one for one in snapshot.promises if isinstance(one, Demand)]
    supplies = len(snapshot.promises) - len(demands)
    base = plant.catalog.base
    wanted = [one for one in demands if base(one.item, done.get(one.ref or "", 0)) < base(one.item, one.quantity)]
    counted = (
        (len(plant.catalog.items), "item", "items"),
        (len(wanted), "open demand", "open demands"),
        (supplies, "expected supply", "expected supplies"),
        (len(snapshot.orders), "production order", "production orders"),
    )
    counts = ", ".join(f"{count} {one if count == 1 else more}" for count, one, more in counted)
    return True, [f"No faults. {counts}.", "", *stock(plant)]


def section(title: str) -> Iterator[str]:
    """Yield a heading with its line, and an empty line before it."""
    yield from ["", title, "-" * len(title)]
