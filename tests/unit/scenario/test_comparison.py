"""Scenarios side by side, and the change that makes each difference."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

import pytest

from prodstock.calendars.span import working_days
from prodstock.errors import InvalidTypeError
from prodstock.journal.store import ManualClock, MemoryEvents
from prodstock.master.bom import BillOfMaterial, BomLine
from prodstock.master.catalog import Catalog
from prodstock.master.item import Item
from prodstock.master.resource import Resource
from prodstock.master.routing import Operation, Routing
from prodstock.master.sourcing import Sourcing
from prodstock.orders.demand import Demand, DemandKind
from prodstock.plant import Plant
from prodstock.quantities.money import Money
from prodstock.scenario.change import PreferSubstitute, SupplierDelay
from prodstock.scenario.compare import compare
from prodstock.scenario.demand_change import DemandChange, DemandLoss
from prodstock.scenario.loss_change import ScrapChange
from prodstock.scenario.policy_change import PolicyChange
from prodstock.scenario.stock_correction import StockCorrection
from prodstock.scenario.supply_change import PriceChange, SupplierLoss
from prodstock.stock.receive import Receive

if TYPE_CHECKING:
    from prodstock.journal.store import EventStore
    from prodstock.scenario.comparison import Comparison

UNTIL = date(2026, 7, 1)
NOW = datetime(2026, 3, 2, 6, tzinfo=UTC)
HOUR = timedelta(hours=1)
DELAY = SupplierDelay("KNW", by=timedelta(days=30))
SWAP = PreferSubstitute("MIC", "MIC-B")


def factory(events: EventStore | None = None) -> Plant:
    """Return a plant that needs 100 microphones more than it has, and has time to buy them."""
    catalog = Catalog([
        Item("HD-7"), Item("MIC"), Item("MIC-B"), Item("BOX"), Resource("bench"),
        Sourcing("MIC", supplier="KNW", lead_time=working_days(10), price=Money("2.10", "EUR")),
        Sourcing("MIC-B", supplier="OTIK", lead_time=working_days(5), price=Money("300", "JPY")),
        Sourcing("BOX", supplier="CARTON", lead_time=working_days(2)),
        BillOfMaterial("HD-7", [BomLine("MIC", 2, substitutes=["MIC-B"]), BomLine("BOX", 1)]),
        Routing("HD-7", [
            Operation("make", resource="bench", setup=HOUR, run_per_unit=timedelta(minutes=6), scrap="0.2"),
            Operation("pack", resource="bench", run_per_unit=timedelta(minutes=3)),
        ]),
    ])  # fmt: skip
    plant = Plant(catalog, clock=ManualClock(NOW), events=events)
    plant.receive("MIC", 140)
    plant.expect(
        Demand("HD-7", 100, due=date(2026, 3, 27), ref="SO-1", customer="CLINIC"),
        Demand("BOX", 10, due=date(2026, 3, 27), ref="SO-2"),
        Demand("BOX", 7, due=date(2026, 5, 27), ref="FC-1", kind=DemandKind.FORECAST),
        Demand("BOX", 7, due=date(2026, 8, 27), ref="SO-3"),
    )
    return plant


def plain(value: Any) -> Any:
    """Return a value without its static type, so that numbers of any kind compare."""
    return value


def changes(found: Comparison) -> list[tuple[str, str]]:
    """Return what was told of which scenario."""
    return [(one.scenario, one.change) for one in found.changes]


def test_service_cost_and_load_stand_side_by_side() -> None:
    """Demands within the horizon, prices of planned purchases, and hours by the routing, scrap of a step included."""
    plant = factory()
    line = compare(plant, until=UNTIL).lines[0]
    assert (line.scenario, line.on_time, line.late, line.short, line.days_late) == ("as is", 2, 0, 0, 0)
    assert (line.make, line.buy, line.move, line.shortages) == (1, 4, 0, 0)
    # 100 good ones are 120 started and 100 packed; 240 microphones are needed, 140 there
    assert line.cost == (Money("210.00", "EUR"),)
    assert line.unpriced == 3
    assert line.hours == 1 + 12 + 5
    load = compare(plant, until=UNTIL).weeks[0]
    assert plain((load.resource, load.week.weekday(), load.hours)) == ("bench", 0, 18)


def test_each_difference_has_the_change_that_makes_it() -> None:
    """The delay makes the demand late, the substitute makes it punctual and costs more, and the price does the rest."""
    plant = factory()
    late = plant.fork("late").assume(DELAY)
    swap = late.fork("swap").assume(SWAP, PriceChange("MIC-B", times="1.5"))
    found = compare(plant, late, swap, until=UNTIL)

    (demand,) = found.demands
    assert (demand.scenario, demand.demand, demand.item) == ("late", "SO-1", "HD-7")
    assert (demand.before, demand.after, demand.reason) == (
        "on time",
        f"{demand.days} days late",
        "KNW delivers 30 days later",
    )
    assert demand.cause.startswith("MIC: ")
    assert plain([(one.item, one.after) for one in found.shortages]) == [("HD-7", 100), ("MIC", 100)]
    assert {one.reason for one in found.shortages} == {"KNW delivers 30 days later"}
    assert plain([(one.kind, one.item, one.quantity, one.reason) for one in found.differences]) == [
        ("buy", "MIC", -100, "MIC-B is taken before MIC"),
        ("buy", "MIC-B", 240, "MIC-B is taken before MIC"),
    ]
    assert [(one.scenario, one.change, one.days_late) for one in found.changes] == [
        ("late", "KNW delivers 30 days later", demand.days),
        ("swap", "KNW delivers 30 days later", demand.days),
        ("swap", "MIC-B is taken before MIC", -demand.days),
        ("swap", "MIC-B costs 1.5 times as much", 0),
    ]
    assert found.changes[-1].cost == (Money(36000, "JPY"),)
    assert found.changes[-2].cost == (Money("-210.00", "EUR"), Money(72000, "JPY"))


def test_what_a_later_change_alters_is_said_with_what_each_does() -> None:
    """Doubling and then cancelling half of it are two steps of one difference."""
    plant = factory()
    more = plant.fork("more").assume(DemandChange("SO-2", more=30), DemandChange("SO-2", less=20))
    (box,) = compare(plant, more, until=UNTIL).differences.where(item="BOX")
    assert plain((box.quantity, box.reason)) == (10, "demand SO-2: 30 more (+30); then demand SO-2: 20 less (-20)")


def test_what_comes_back_to_what_it_was_is_no_difference() -> None:
    """A change and its opposite differ in no figure."""
    plant = factory()
    found = compare(
        plant, plant.fork("x").assume(DemandChange("SO-2", more=3), DemandChange("SO-2", less=3)), until=UNTIL
    )
    assert (found.demands, found.differences, found.starts, len(found.changes)) == ((), (), (), 2)


def test_new_cancelled_and_lost_demands_differ() -> None:
    """A demand that is not wanted on one side says so; one that nothing can serve is short."""
    plant = factory()
    other = plant.fork("other").assume(
        Demand("BOX", 3, due=date(2026, 4, 1), ref="SO-4"), DemandLoss("SO-2"), SupplierLoss("KNW")
    )
    found = {one.demand: one for one in compare(plant, other, until=UNTIL).demands}
    assert [(ref, one.before, one.after) for ref, one in found.items()] == [
        ("SO-1", "on time", "100 short"),
        ("SO-2", "on time", "not wanted"),
        ("SO-4", "not wanted", "on time"),
    ]
    assert found["SO-1"].reason == "KNW delivers nothing"
    assert found["SO-4"].reason == "Demand SO-4 3 BOX due 2026-04-01"


def test_a_demand_that_moves_beyond_the_horizon_is_due_later() -> None:
    """It is neither lost nor late, and counts no more."""
    plant = factory()
    later = plant.fork("later").assume(DemandChange("SO-2", later=timedelta(days=200)))
    found = compare(plant, later, until=UNTIL)
    assert [(one.demand, one.before, one.after) for one in found.demands] == [("SO-2", "on time", "due later")]
    assert [line.on_time for line in found.lines] == [2, 1]


def test_load_differs_by_the_change_that_makes_it() -> None:
    """A base that loads nothing and a scenario that does, and the other way round."""
    plant = factory()
    gone = plant.fork("gone").assume(DemandLoss("SO-1"))
    more = plant.fork("more").assume(ScrapChange("HD-7", "0.5", operation="make"))
    loads = [
        (one.scenario, one.hours, one.difference, one.reason) for one in compare(plant, gone, more, until=UNTIL).loads
    ]
    assert plain(loads) == [
        ("as is", 18, 0, ""),
        ("gone", 0, -18, "demand SO-1: cancelled"),
        ("more", 21, 3, "HD-7 loses 0.5 of make"),
    ]
    assert compare(gone, plant, until=UNTIL).loads[1].reason == "without: demand SO-1: cancelled"


def test_scenarios_of_one_name_stay_apart() -> None:
    """Each row of a load has its own scenario's reason."""
    plant = factory()
    one, other = plant.fork("x").assume(DemandLoss("SO-1")), plant.fork("x")
    loads = compare(plant, one, other, until=UNTIL).loads
    assert [load.reason for load in loads] == ["", "demand SO-1: cancelled", ""]


def test_orders_that_begin_at_another_time_are_told() -> None:
    """A longer lead time moves the same purchase: by a working day, which is Friday instead of Monday."""
    plant = factory()
    moved = plant.fork("longer").assume(SupplierDelay("CARTON", by=working_days(1)))
    (start,) = compare(plant, moved, until=UNTIL).starts
    assert (start.kind, start.item, start.days, start.reason) == (
        "buy",
        "BOX",
        -3,
        "CARTON delivers 1 working day later",
    )


def test_a_plant_that_went_on_differs_by_that() -> None:
    """What has happened since a scenario was forked is not put down to its changes."""
    plant = factory()
    before = plant.fork("before").assume(PriceChange("MIC", times=2))
    plant.receive("MIC", 40)
    found = compare(plant, before, until=UNTIL)
    assert plain([(one.quantity, one.reason) for one in found.differences]) == [(40, "another state to begin with")]
    assert [one.change for one in found.changes] == ["another state to begin with", "MIC costs 2 times as much"]


def test_the_same_cell_twice_gives_the_same_and_shares_what_is_common() -> None:
    """Forks of one state are planned once for that state; progress is told of all of them."""
    plant = factory()
    told: list[tuple[int, int | None]] = []

    def cell() -> str:
        late = plant.fork("late").assume(DELAY)
        swap = late.fork("swap").assume(SWAP, Receive("MIC-B", 5))
        return str(compare(plant, late, swap, until=UNTIL, progress=lambda done, of: told.append((done, of))))

    assert cell() == cell()
    assert told == [(number, 7) for number in range(1, 8)] * 2


def test_scenarios_are_compared_with_scenarios() -> None:
    """From one that has changes to one that has others, the way leads back over what they have in common."""
    plant = factory()
    late = plant.fork("late").assume(DELAY)
    further = late.fork("further").assume(DemandChange("SO-2", more=1))
    other = late.fork("other").assume(StockCorrection("MIC", 0))
    apart = plant.fork("apart").assume(DemandChange("SO-2", more=1))
    assert changes(compare(late, further, until=UNTIL)) == [("further", "demand SO-2: 1 more")]
    assert changes(compare(further, other, late, until=UNTIL)) == [
        ("other", "without: demand SO-2: 1 more"),
        ("other", "MIC: 0 there"),
        ("late", "without: demand SO-2: 1 more"),
    ]
    again = plant.fork("again").assume(DELAY, DemandChange("SO-2", more=1))
    assert changes(compare(late, again, until=UNTIL)) == [("again", "demand SO-2: 1 more")]
    assert changes(compare(late, plant, until=UNTIL)) == [("as is", "without: KNW delivers 30 days later")]
    assert changes(compare(late, apart, until=UNTIL)) == [
        ("apart", "without: KNW delivers 30 days later"),
        ("apart", "demand SO-2: 1 more"),
    ]


def test_each_scenario_is_planned_by_its_own_policy() -> None:
    """A policy is a change like any other, with its differences."""
    plant = factory()
    plant.expect(Demand("BOX", 9, due=date(2026, 5, 20), ref="SO-7"))
    policy = plant.fork("never").policy
    never = plant.fork("never").assume(PolicyChange(type(policy)(forecast_window=timedelta())))
    found = compare(plant, never, until=UNTIL)
    (box,) = found.differences
    assert plain((box.item, box.quantity)) == ("BOX", 7)
    assert box.reason.startswith("planned by PlanningPolicy(")


def test_steps_are_what_was_there_before_and_after_each_change() -> None:
    """The last one is the scenario itself."""
    late = factory().fork("late").assume(DELAY, DemandLoss("SO-2"))
    assert [one.changes for one in late.steps] == [(), (DELAY,), (DELAY, DemandLoss("SO-2"))]
    assert late.steps[0].plan(until=UNTIL).orders == factory().plan(until=UNTIL).orders
    assert late.steps[-1].snapshot() == late.snapshot()
    assert {one.name for one in late.steps} == {"late"}


def test_plants_over_a_store_are_compared_too() -> None:
    """All that is needed is read first."""
    events = MemoryEvents()
    factory(events)
    plant = Plant(factory().catalog, events=events, clock=ManualClock(NOW))
    found = compare(plant, plant.fork("late").assume(DELAY), until=UNTIL)
    assert [one.demand for one in found.demands] == ["SO-1"]
    assert [one.change for one in found.changes] == ["KNW delivers 30 days later"]


class Text(HTMLParser):
    """Collects what a page says."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []

    def handle_data(self, data: str) -> None:
        """Keep a piece of text."""
        self.said.append(data)


def test_a_comparison_renders_and_becomes_data() -> None:
    """As text, as HTML, as columns and as a frame of whatever takes columns; names are escaped."""
    plant = factory()
    found = compare(plant, plant.fork("<b>late</b>").assume(DELAY), until=UNTIL)
    assert "SO-1" in str(found)
    page = Text()
    page.feed(found._repr_html_())
    assert "<b>late</b>" in page.said
    assert "Demands that fare otherwise" in page.said
    assert found.to_dict()["scenario"] == ["as is", "<b>late</b>"]
    assert found.to_frame(dict)["late"] == [0, 1]
    assert found.to_table() is found.lines
    assert "cause" in found.demands.to_dict()
    assert repr(found) == "<Comparison of 2 scenarios>"
    tables = (found.lines, found.demands, found.shortages, found.differences, found.starts, found.loads, found.weeks)
    rows = [row for table in (*tables, found.changes) for row in table]
    assert all(len(repr(row)) < 120 and "\n" not in repr(row) for row in rows)


@pytest.mark.parametrize("given", [None, "late", Catalog([])])
def test_only_plants_and_scenarios_are_compared(given: object) -> None:
    """Anything else is refused, and so is progress that cannot be told."""
    with pytest.raises(InvalidTypeError):
        compare(factory(), given, until=UNTIL)  # type: ignore[arg-type]  # on purpose
    with pytest.raises(InvalidTypeError):
        compare(factory(), until=UNTIL, progress=3)  # type: ignore[arg-type]  # on purpose


def test_hours_are_rounded_once() -> None:
    """A third of an hour each of three orders is an hour, not 0.99."""
    catalog = Catalog([
        Item("CUP"), Item("CLAY"), Resource("wheel"), BillOfMaterial("CUP", [BomLine("CLAY", 1)]),
        Routing("CUP", [Operation("turn", resource="wheel", run_per_unit=timedelta(minutes=20))]),
    ])  # fmt: skip
    plant = Plant(catalog, clock=ManualClock(NOW))
    plant.receive("CLAY", 3)
    for day in (10, 11, 12):
        plant.expect(Demand("CUP", 1, due=date(2026, 3, day), ref=f"D-{day}"))
    assert compare(plant, until=UNTIL).lines[0].hours == Decimal(1)
