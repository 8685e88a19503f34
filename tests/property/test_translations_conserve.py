"""What the translations of a plan add up to, by a calculation of another kind."""

import itertools
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any, Protocol

from hypothesis import given, settings
from hypothesis import strategies as st

from prodstock.calendars.calendar import Calendar
from prodstock.calendars.horizon import TimeBucket
from prodstock.calendars.span import working_days
from prodstock.journal.store import ManualClock
from prodstock.master.bom import BillOfMaterial, BomLine, ByProduct
from prodstock.master.catalog import Catalog
from prodstock.master.item import Item
from prodstock.master.location import LocationKind, Site
from prodstock.master.resource import Resource
from prodstock.master.routing import Operation, OperationKind, Routing
from prodstock.master.sourcing import Sourcing
from prodstock.orders.demand import Demand
from prodstock.orders.purchase import PurchaseOrder
from prodstock.planning.plan import Plan
from prodstock.planning.planner import plan
from prodstock.planning.snapshot import Snapshot
from prodstock.planning.translations.capacity import MachineLoad, labour_hours, machine_hours
from prodstock.planning.translations.exposure import supplier_exposure
from prodstock.planning.translations.material import material
from prodstock.planning.translations.purchasing import purchasing_calendar
from prodstock.planning.translations.space import warehouse_space
from prodstock.plant import Plant
from prodstock.quantities.money import Money
from prodstock.quantities.quantity import Quantity
from prodstock.stock.allocation import OpenLot

NOW = datetime(2026, 3, 23, 9, 30, tzinfo=UTC)
UNTIL = date(2026, 5, 20)
MICRO = timedelta(microseconds=1)
NIGHT = Calendar("night", week="Mo-Fr 22:00-06:00")
ZONE = "Europe/Berlin"


class Shuffles(Protocol):
    """What hypothesis draws to shuffle with."""

    def shuffle(self, x: list[Any], /) -> object:
        """Put values in another order."""


@st.composite
def catalogs(draw: st.DrawFn) -> Catalog:
    """Return two made items, two bought ones, and resources that work days and nights, across a clock change."""
    minutes = st.integers(0, 300).map(lambda n: timedelta(minutes=n))
    seconds = st.sampled_from(["0", "7", "61.000001", "600"]).map(
        lambda s: timedelta(microseconds=int(Decimal(s) * 10**6))
    )

    def step(code: str) -> Operation:
        skill = draw(st.sampled_from([None, "turner", "packer"]))
        return Operation(
            code,
            resource=draw(st.sampled_from(["day", "night", None])),
            kind=draw(st.sampled_from([OperationKind.TRANSFORM, OperationKind.TEST])),
            setup=draw(minutes),
            run_per_unit=draw(seconds),
            queue=draw(minutes),
            scrap=draw(st.sampled_from(["0", "0.07"])),
            skill=skill,
            crew=draw(st.integers(1, 3)) if skill else 1,
        )

    return Catalog(
        [
            Site("MAIN", zone=ZONE),
            Item("A", safety_stock=draw(st.sampled_from([0, 5])), space=Quantity("0.25", "m3")),
            Item("B", minimum=draw(st.sampled_from([0, 12])), space=Quantity(Fraction(1, 3), "m3")),
            Item("C", unit="kg", scale=2, space=Quantity("2", "l")),
            Item("D"),
            BillOfMaterial(
                "A",
                [BomLine("B", 2), BomLine("C", "0.35")],
                outputs=draw(st.lists(st.just(ByProduct("D", 1)), max_size=1)),
            ),
            BillOfMaterial("B", [BomLine("C", "1.5", scrap="0.03")]),
            Routing("A", [step("one"), step("two")]),
            Routing("B", [step("only")]),
            Resource("day", capacity=2),
            Resource("night", calendar=NIGHT),
            Sourcing("C", supplier="S", lead_time=working_days(draw(st.integers(0, 4))), price=Money("1.25", "EUR")),
            Sourcing("D", supplier="S", lead_time=timedelta(days=2), price=Money("30", "JPY"), multiple=7),
            Sourcing("D", supplier="T", lead_time=timedelta(days=1), priority=1),
        ]
    )


days = st.integers(-3, 50).map(lambda n: date(2026, 3, 24) + timedelta(days=n))


@st.composite
def snapshots(draw: st.DrawFn) -> Snapshot:
    """Return demands, some past, stock and purchases of these items."""
    code = st.sampled_from("ABCD")
    demands = [
        Demand(draw(code), draw(st.integers(1, 60)), due=draw(days), ref=f"D{n}")
        for n in range(draw(st.integers(1, 5)))
    ]
    orders = [
        PurchaseOrder(draw(st.sampled_from("CD")), draw(st.integers(1, 40)), supplier="S", due=draw(days), ref=f"P{n}")
        for n in range(draw(st.integers(0, 2)))
    ]
    received = NOW - timedelta(days=9)
    lots = [OpenLot(one, draw(st.integers(1, 40)), received=received) for one in draw(st.lists(code, max_size=4))]
    return Snapshot(catalog=draw(catalogs()), at=NOW, promises=[*demands, *orders], lots=lots)


BUCKETS = st.sampled_from(list(TimeBucket))


def work_of(made: Plan) -> dict[str, list[tuple[str | None, int, int, int]]]:
    """Return, by order, the resource, setup, run and crew-skill of each step, from the definitions alone."""
    found: dict[str, list[tuple[str | None, int, int, int]]] = {}
    for order in made.make:
        routing = made.snapshot.catalog.routing(order.item, date(2026, 4, 1))
        assert routing is not None
        for one in routing.operations:
            entering = Fraction(order.quantity) / routing.input_per_good() * routing.input_per_good(one.code)
            run = entering * (one.run_per_unit // MICRO)
            row = (one.resource, one.setup // MICRO, -(-run.numerator // run.denominator), one.crew if one.skill else 0)
            found.setdefault(order.code, []).append(row)
    return found


@given(snapshots(), BUCKETS)
@settings(max_examples=40)
def test_hours_are_setup_and_run_to_the_microsecond(snapshot: Snapshot, bucket: TimeBucket) -> None:
    """Over all buckets each resource works setup and run of all orders, and people that times their crew."""
    made = plan(snapshot, until=UNTIL)
    work = [row for rows in work_of(made).values() for row in rows]
    rows = machine_hours(made, bucket=bucket)
    for resource in ("day", "night"):
        own = rows.where(resource=resource)
        assert sum(row.setup // MICRO for row in own) == sum(setup for where, setup, _, _ in work if where == resource)
        assert sum(row.run // MICRO for row in own) == sum(run for where, _, run, _ in work if where == resource)
        assert all(one.end == other.start for one, other in itertools.pairwise(own))
    people = labour_hours(made, bucket=bucket)
    assert sum((row.setup + row.run) // MICRO for row in people) == sum((a + b) * crew for _, a, b, crew in work)


def placed_by_hand(made: Plan) -> Callable[[MachineLoad], int]:
    """Return what each bucket of a resource works, found by walking back through working intervals."""
    spans: list[tuple[str, datetime, datetime]] = []
    catalog = made.snapshot.catalog
    own = catalog.site("MAIN").calendar.at_site(ZONE)
    for order in made.make:
        routing = catalog.routing(order.item, date(2026, 4, 1))
        assert routing is not None
        rows = work_of(made)[order.code]
        calendars = [own if one.resource != "night" else NIGHT.at_site(ZONE) for one in routing.operations]
        steps = list(zip(routing.operations, rows, calendars, strict=True))
        moment, back = order.due, []
        for one, (_, setup, run, _), calendar in reversed(steps):
            start = calendar.subtract(moment, MICRO * (setup + run))
            back.append((one.resource, start, moment))
            moment = own.subtract(start, one.queue)
        if moment < NOW:
            moment, back = NOW, []
            for one, (_, setup, run, _), calendar in steps:
                start = own.add(moment, one.queue)
                moment = calendar.add(start, MICRO * (setup + run))
                back.append((one.resource, start, moment))
        spans += [(where, start, end) for where, start, end in back if where is not None]

    def worked(row: MachineLoad) -> int:
        calendar = NIGHT.at_site(ZONE) if row.resource == "night" else own
        total = timedelta()
        for where, start, end in spans:
            first, past = max(start, row.start), min(end, row.end)
            if where == row.resource and first < past:
                total += calendar.worked_between(first, past)
        return total // MICRO

    return worked


@given(snapshots(), BUCKETS)
@settings(max_examples=40)
def test_hours_lie_where_the_orders_run(snapshot: Snapshot, bucket: TimeBucket) -> None:
    """Each bucket has the worked time of the orders that run in it, and what its calendar gives."""
    made = plan(snapshot, until=UNTIL)
    worked = placed_by_hand(made)
    for row in machine_hours(made, bucket=bucket):
        calendar = (NIGHT if row.resource == "night" else snapshot.catalog.site("MAIN").calendar).at_site(ZONE)
        given_hours = calendar.worked_between(row.start, row.end) * (2 if row.resource == "day" else 1)
        assert (row.setup + row.run) // MICRO == worked(row)
        assert row.available == given_hours


@given(snapshots(), BUCKETS)
@settings(max_examples=40)
def test_the_material_record_balances(snapshot: Snapshot, bucket: TimeBucket) -> None:
    """Each bucket ends as projected without anything unexplained, and receipts add up to the orders of the horizon."""
    made = plan(snapshot, until=UNTIL)
    rows = material(made, bucket=bucket)
    for row in rows:
        assert not row.other
        assert row.opening + row.scheduled + row.planned - row.gross == row.projected
    for item in "ABCD":
        own = rows.where(item=item)
        assert all(one.projected == other.opening for one, other in itertools.pairwise(own))
        bought = [one.quantity for one in made.buy if one.item == item and one.due < made.until]
        good = [one.good for one in made.make if one.item == item and one.due < made.until]
        fallen = [Decimal(0)]
        if item == "D" and made.snapshot.catalog.boms("A")[0].outputs:
            fallen = [one.good for one in made.make if one.item == "A" and one.due < made.until]
        assert sum(row.planned for row in own) == sum([*bought, *good, *fallen], Decimal(0))


@given(snapshots(), BUCKETS)
@settings(max_examples=40)
def test_purchases_are_in_the_calendar_once(snapshot: Snapshot, bucket: TimeBucket) -> None:
    """Every planned purchase is one line of one bucket, and values are quantity times price, by currency."""
    made = plan(snapshot, until=UNTIL)
    calendar = purchasing_calendar(made, bucket=bucket)
    lines = [line for day in calendar for line in day.lines]
    assert sorted(line.code for line in lines) == sorted(order.code for order in made.buy)
    assert all(day.start <= max(line.order, NOW) < day.end for day in calendar for line in day.lines)
    prices = {"C": ("EUR", Decimal("1.25")), "D": ("JPY", Decimal(30))}
    for currency in ("EUR", "JPY"):
        spent = sum(prices[one.item][1] * one.quantity for one in made.buy if prices[one.item][0] == currency)
        assert sum(value.amount for day in calendar for value in day.values if value.currency == currency) == spent
        exposed = supplier_exposure(made).where(supplier="S")[0]
        assert sum(value.amount for value in exposed.planned if value.currency == currency) == spent


@given(snapshots(), BUCKETS)
@settings(max_examples=25)
def test_room_is_stock_times_space(snapshot: Snapshot, bucket: TimeBucket) -> None:
    """Stores hold what is projected above zero of each item, times the room of one."""
    made = plan(snapshot, until=UNTIL)
    per_unit = {"A": Fraction(1, 4), "B": Fraction(1, 3), "C": Fraction(2, 1000)}
    rows = material(made, bucket=bucket)
    for line in warehouse_space(made, bucket=bucket):
        assert line.kind is LocationKind.STORES
        stock: dict[str, Fraction] = {
            row.item: max(Fraction(0), Fraction(row.projected)) for row in rows if row.end == line.end
        }
        room = sum((stock.get(item, Fraction(0)) * per for item, per in per_unit.items()), Fraction(0))
        assert abs(Fraction(line.used) - room) < Fraction(1, 10**17)
        assert line.unmeasured == (("D",) if stock.get("D") else ())


def all_of(made: Plan) -> tuple[object, ...]:
    """Return all six."""
    week = TimeBucket.WEEK
    return (
        material(made, bucket=week),
        machine_hours(made, bucket=week),
        labour_hours(made, bucket=week),
        purchasing_calendar(made),
        supplier_exposure(made),
        warehouse_space(made, bucket=week),
    )


@given(snapshots(), st.randoms(use_true_random=False))
@settings(max_examples=25)
def test_the_order_of_rows_never_counts(snapshot: Snapshot, random: Shuffles) -> None:
    """A shuffled snapshot is translated into the same tables."""
    lots, promises = list(snapshot.lots), list(snapshot.promises)
    random.shuffle(lots)
    random.shuffle(promises)
    other = Snapshot(catalog=snapshot.catalog, at=NOW, lots=lots, promises=promises)
    assert all_of(plan(other, until=UNTIL)) == all_of(plan(snapshot, until=UNTIL))


@given(catalogs(), st.integers(1, 30), st.integers(0, 30))
@settings(max_examples=25)
def test_a_launch_keeps_the_hours_and_a_report_takes_its_own(catalog: Catalog, quantity: int, good: int) -> None:
    """A launched order asks for what it was planned with while no step loses any, less what is confirmed of a step."""
    definitions = [one for one in catalog.definitions if one.identity[0] != "A" and not isinstance(one, Routing)]
    routing = catalog.routings("B")[0]
    step = routing.operations[0]
    plain = Operation("only", resource="day", setup=step.setup, run_per_unit=step.run_per_unit, skill="turner")
    plant = Plant(Catalog([*definitions, Routing("B", [plain])]), clock=ManualClock(NOW))
    plant.receive("C", 500)
    plant.expect(Demand("B", quantity, due=date(2026, 4, 20), ref="SO-1"))
    before = plant.plan(until=UNTIL)
    order = plant.launch(before.make[0])
    launched = plant.plan(until=UNTIL)
    sums = [
        sum((row.setup + row.run) // MICRO for row in machine_hours(one, bucket=TimeBucket.DAY))
        for one in (before, launched)
    ]
    assert sums[0] == sums[1]
    started = int(before.make[0].quantity)
    done = min(good, started)
    if done:
        plant.issue(plant.reserve(order))
        plant.report(order, "only", good=done)
        rest = machine_hours(plant.plan(until=UNTIL), bucket=TimeBucket.DAY)
        left = (started - done) * (step.run_per_unit // MICRO)
        assert sum((row.setup + row.run) // MICRO for row in rest) == left
        people = labour_hours(plant.plan(until=UNTIL), bucket=TimeBucket.DAY)
        assert sum((row.setup + row.run) // MICRO for row in people) == left
