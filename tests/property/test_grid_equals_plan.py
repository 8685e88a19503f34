"""Netting by buckets against plans, where all moments are the starts of buckets, and against plain sums everywhere."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prodstock.calendars.calendar import Calendar
from prodstock.calendars.span import WorkingDays
from prodstock.calendars.zone import micros
from prodstock.master.bom import Basis, BillOfMaterial, BomLine
from prodstock.master.catalog import Catalog
from prodstock.master.item import Item, Supply
from prodstock.master.location import Site
from prodstock.master.sourcing import Sourcing, Supplier
from prodstock.orders.demand import Demand, DemandKind
from prodstock.orders.planned import PlannedMake
from prodstock.orders.purchase import PurchaseOrder, TransferOrder
from prodstock.planning.planner import plan
from prodstock.planning.policy import PlanningPolicy, SafetyStock
from prodstock.planning.snapshot import Snapshot
from prodstock.stock.allocation import OpenLot

np = pytest.importorskip("numpy")
grids = pytest.importorskip("prodstock.extras.grid")

if TYPE_CHECKING:
    from prodstock.extras.grid import Grid
    from prodstock.extras.netted import Netted
    from prodstock.planning.plan import Plan

NOW = datetime(2026, 3, 2, tzinfo=UTC)
DAY = timedelta(days=1)
DAYS = 25
UNTIL = NOW + DAYS * DAY
POLICY = PlanningPolicy(safety=SafetyStock.AT_ONCE, use_late_receipts=False)
CODES = ("A", "B", "C", "D", "E", "F")
"""Items from the top of the bills down: each may need only later ones."""


class Line(NamedTuple):
    """What an item needs of another: so much for each, or for each order."""

    item: str
    per: str
    per_order: bool


class Made(NamedTuple):
    """An item, in base units; where `source` is empty it is neither made nor bought."""

    code: str
    scale: int
    source: str
    days: int
    working: bool
    minimum: str
    multiple: str
    safety: int
    scrap: str
    lines: tuple[Line, ...]


@st.composite
def made(draw: st.DrawFn, place: int) -> Made:
    """Return an item that may need those after it."""
    below = CODES[place + 1 :]
    source = draw(st.sampled_from(["make", "make", "buy", ""] if place < 4 else ["buy", "buy", ""]))
    line = st.builds(Line, st.sampled_from(below or CODES), st.sampled_from(["1", "2", "0.5", "1.3"]), st.booleans())
    scale = draw(st.sampled_from([0, 0, 1]))
    rules = [("0", "0"), ("0", "0"), ("7", "0"), ("0", "4"), ("10", "3"), ("0", "2.5" if scale else "2")]
    minimum, multiple = draw(st.sampled_from(rules))
    return Made(
        CODES[place],
        scale,
        source,
        draw(st.integers(0, 4)),
        draw(st.booleans()),
        minimum,
        multiple,
        draw(st.sampled_from([0, 0, 5])),
        draw(st.sampled_from(["0", "0", "0.1"])) if source == "make" else "0",
        tuple(draw(st.lists(line, max_size=3))) if source == "make" and below else (),
    )


FACTORIES = st.tuples(*[made(place) for place in range(len(CODES))])


def catalog_of(factory: tuple[Made, ...]) -> Catalog:
    """Return the definitions of a factory that works day and night."""
    always = Calendar("ALWAYS", week="Mo-Su 00:00-24:00")
    definitions: list[object] = [Site("MAIN", calendar=always), Site("NORTH", calendar=always)]
    definitions += [Supplier("S", calendar=always), Supplier("T", calendar=always)]
    for one in factory:
        lead = WorkingDays(one.days) if one.working else one.days * DAY
        if one.source == "make":
            definitions += [
                Item(
                    one.code,
                    scale=one.scale,
                    supply=Supply.MAKE,
                    safety_stock=one.safety,
                    lead_time=lead,
                    minimum=one.minimum,
                    multiple=one.multiple,
                ),
                BillOfMaterial(
                    one.code,
                    [BomLine(*line[:2], per=Basis.ORDER if line.per_order else Basis.UNIT) for line in one.lines],
                    scrap=one.scrap,
                ),
            ]
        else:
            definitions.append(Item(one.code, scale=one.scale, safety_stock=one.safety))
        if one.source == "buy":
            terms = Sourcing(one.code, supplier="S", lead_time=lead, minimum=one.minimum, multiple=one.multiple)
            definitions.append(terms)
            definitions.append(Sourcing(one.code, supplier="T", lead_time=DAY, priority=1))
    return Catalog(definitions)  # type: ignore[arg-type]  # definitions, all of them


@st.composite
def snapshots(draw: st.DrawFn, factory: tuple[Made, ...]) -> Snapshot:
    """Return stock, demands and receipts, all at midnight."""
    codes, some = st.sampled_from(CODES), st.integers(1, 30)

    def days(least: int) -> datetime:
        return NOW + draw(st.integers(least, DAYS + 5)) * DAY

    lots = [
        OpenLot(draw(codes), draw(some), lot=f"L{n}", received=NOW, ready=draw(st.sampled_from([None, NOW + 3 * DAY])))
        for n in range(draw(st.integers(0, 4)))
    ]
    demands = [
        Demand(
            draw(codes),
            draw(some),
            due=days(-4),
            ref=f"D{n}",
            kind=draw(st.sampled_from([DemandKind.ORDER, DemandKind.ORDER, DemandKind.FORECAST])),
        )
        for n in range(draw(st.integers(0, 8)))
    ]
    bought = [
        PurchaseOrder(draw(codes), draw(some), supplier="S", due=days(-3), ref=f"P{n}")
        for n in range(draw(st.integers(0, 3)))
    ]
    moved = [
        TransferOrder(draw(codes), draw(some), source=source, target=target, due=days(-3), ref=f"T{source}")
        for source, target in draw(st.sampled_from([[], [("MAIN", "NORTH")], [("NORTH", "MAIN")]]))
    ]
    return Snapshot(catalog=catalog_of(factory), at=NOW, lots=lots, promises=[*demands, *bought, *moved])


def grid_of(snapshot: Snapshot) -> Grid:
    """Return its grid in days."""
    found: Grid = grids.Grid.of(snapshot, until=UNTIL, bucket=DAY)
    return found


def cells(netted: Netted, name: str) -> dict[tuple[str, int], int]:
    """Return what is not nothing of an array, by item and bucket."""
    grid = getattr(netted, name)
    rows, columns = grid.nonzero()
    return {
        (netted.items[column], row - netted.now): int(grid[row, column])
        for row, column in zip(rows.tolist(), columns.tolist(), strict=True)
    }


def by_bucket(found: Plan) -> dict[str, Counter[tuple[str, int]]]:
    """Return the wants and orders of a plan, summed by item and day, in smallest steps."""
    netting, catalog = found._netting, found.snapshot.catalog
    sums: dict[str, Counter[tuple[str, int]]] = {name: Counter() for name in ("gross", "planned", "released")}
    for station in netting.stations:
        if station.site == "MAIN":
            for at, *_, quantity in station.wants:
                sums["gross"][station.item.code, (at - micros(NOW)) // micros_of(DAY)] += int(quantity)
    for order in found.orders:
        if getattr(order, "site", "MAIN") == "MAIN":
            good = order.good if isinstance(order, PlannedMake) else order.quantity
            due, start = ((at - NOW) // DAY for at in (order.due, order.start))
            sums["planned"][order.item, due] += catalog.scaled(order.item, good)
            sums["released"][order.item, start] += catalog.scaled(order.item, order.quantity)
    return {name: Counter({cell: some for cell, some in one.items() if some}) for name, one in sums.items()}


def micros_of(span: timedelta) -> int:
    """Return a span in microseconds."""
    return span // timedelta(microseconds=1)


@given(st.data())
def test_a_grid_is_the_plan_in_every_cell(data: st.DataObject) -> None:
    """What is wanted, planned and released in each bucket, and left at its end, is what the plan says."""
    snapshot = data.draw(snapshots(data.draw(FACTORIES)))
    found = plan(snapshot, POLICY, until=UNTIL)
    netted = grid_of(snapshot).net()
    for name, expected in by_bucket(found).items():
        assert expected == cells(netted, name), name
    for code in CODES:
        for row in netted.item(code):
            if row.start >= NOW:
                at = row.start + DAY - timedelta(microseconds=1)
                assert found.projected(code, at=at) == row.projected


def textbook(
    factory: tuple[Made, ...],
    demand: dict[tuple[str, int], int],
    receipts: dict[tuple[str, int], int],
    stock: dict[str, int],
    safety: dict[str, int],
) -> dict[str, Counter[tuple[str, int]]]:
    """Return gross requirements, planned receipts and releases and the projected stock, item by item, day by day.

    In plain fractions and dictionaries of smallest steps.
    """
    gross, planned, released, projected = Counter(demand), Counter[tuple[str, int]](), Counter[tuple[str, int]](), {}
    scale = {one.code: 10**one.scale for one in factory}
    for one in factory:
        free = stock[one.code] + receipts.get((one.code, 0), 0)
        first = min([0, *(day for code, day in gross if code == one.code)])
        for day in range(first, DAYS):
            free += receipts.get((one.code, day), 0) if day > 0 else 0
            free -= gross[one.code, day]
            missing = (safety[one.code] if day >= 0 else 0) - free
            if missing > 0 and one.source:
                started = sized(one, missing * (1 + Fraction(one.scrap)), scale[one.code])
                good = started / (1 + Fraction(one.scrap)) // 1
                free += good
                planned[one.code, day] += good
                released[one.code, day - one.days] += started
                for line in one.lines:
                    needs = Fraction(line.per) * (1 if line.per_order else Fraction(started, scale[one.code]))
                    gross[line.item, day - one.days] += -(-needs * scale[line.item] // 1)
            projected[one.code, day] = free
    return {"gross": gross, "planned": planned, "released": released, "projected": Counter(projected)}


def sized(one: Made, exact: Fraction, scale: int) -> int:
    """Return what is started for what must be, in steps: minimum, then multiple, then whole steps."""
    size = max(-(-exact // 1), -(-Fraction(one.minimum) * scale // 1))
    multiple = Fraction(one.multiple) * scale
    if multiple:
        size = -(-(-(-size // multiple) * multiple) // 1)
    return int(size)


@given(st.data())
def test_any_scenario_is_netted_as_plain_sums_say(data: st.DataObject) -> None:
    """Whatever demand, receipts, stock and safety stock a host fills in, each cell is that of the textbook."""
    factory = data.draw(FACTORIES)
    grid = grid_of(data.draw(snapshots(factory)))
    some = st.integers(0, 40)
    places = st.dictionaries(st.tuples(st.sampled_from(CODES), st.integers(0, DAYS - 1)), some, max_size=12)
    demand, receipts = data.draw(places), data.draw(places)
    stock, safety = ({code: data.draw(some) for code in CODES} for _ in range(2))
    arrays = {"demand": np.zeros_like(grid.demand), "scheduled": np.zeros_like(grid.demand)}
    for name, filled in (("demand", demand), ("scheduled", receipts)):
        for (code, day), quantity in filled.items():
            arrays[name][grid.now + day, grid.index(code)] = quantity
    for name, by_code in (("stock", stock), ("safety", safety)):
        arrays[name] = np.array([by_code[code] for code in grid.items])
    netted = grid.net(**arrays)
    for name, expected in textbook(factory, demand, receipts, stock, safety).items():
        found = cells(netted, name)
        kept = {cell: some for cell, some in expected.items() if some and (name != "projected" or cell[1] >= 0)}
        assert kept == {cell: some for cell, some in found.items() if name != "projected" or cell[1] >= 0}, name


@given(st.data())
def test_a_netting_changes_nothing(data: st.DataObject) -> None:
    """The same scenario nets the same twice, and one of twice the demand does not change the grid."""
    grid = grid_of(data.draw(snapshots(data.draw(FACTORIES))))
    first, demand = grid.net(), grid.demand.copy()
    grid.net(demand=2 * grid.demand)
    assert (demand == grid.demand).all()
    assert first.to_dict() == grid.net().to_dict()
    assert not grid.net().against(first)
