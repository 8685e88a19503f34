"""Scenarios are values: nothing assumed is the base, forks do not leak, and what is assumed in parts is the same."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from random import Random  # noqa: TID251 - seeded by hypothesis
from typing import TYPE_CHECKING, Any

import attrs
from hypothesis import given, settings
from hypothesis import strategies as st

from prodstock.calendars.calendar import Calendar
from prodstock.calendars.exception import CalendarException
from prodstock.calendars.span import working_days
from prodstock.errors import ProdstockError
from prodstock.journal.store import ManualClock
from prodstock.master.bom import BillOfMaterial, BomLine
from prodstock.master.catalog import Catalog
from prodstock.master.item import Item
from prodstock.master.quality_state import Quality
from prodstock.master.resource import Resource
from prodstock.master.routing import Operation, Routing
from prodstock.master.sourcing import Sourcing
from prodstock.orders.demand import Demand
from prodstock.orders.purchase import PurchaseOrder
from prodstock.planning.policy import PlanningPolicy
from prodstock.plant import Plant
from prodstock.quantities.money import Money
from prodstock.scenario.calendar_change import CalendarChange
from prodstock.scenario.change import PreferSubstitute, SupplierDelay
from prodstock.scenario.compare import compare
from prodstock.scenario.demand_change import DemandChange, DemandLoss
from prodstock.scenario.loss_change import ScrapChange, YieldChange
from prodstock.scenario.policy_change import PolicyChange
from prodstock.scenario.stock_correction import StockCorrection
from prodstock.scenario.supply_change import LeadTimeChange, PriceChange, SupplierLoss
from prodstock.stock.receive import Receive
from prodstock.stock.reservation import Reserve
from prodstock.testing import digest

if TYPE_CHECKING:
    from prodstock.orders.purchase import Promise
    from prodstock.scenario.scenario import Scenario

UNTIL = date(2026, 7, 1)
DEFINITIONS = [
    Item("HD-7"), Item("MIC"), Item("MIC-B"), Item("BOX", safety_stock=5), Resource("bench"),
    Sourcing("MIC", supplier="KNW", lead_time=working_days(10), price=Money("2.10", "EUR")),
    Sourcing("MIC", supplier="OTIK", lead_time=working_days(15), priority=1),
    Sourcing("MIC-B", supplier="OTIK", lead_time=working_days(5), price=Money(3, "EUR")),
    Sourcing("BOX", supplier="CARTON", lead_time=timedelta(days=3)),
    BillOfMaterial("HD-7", [BomLine("MIC", 2, substitutes=["MIC-B"]), BomLine("BOX", 1)]),
    Routing("HD-7", [Operation("make", resource="bench", run_per_unit=timedelta(minutes=6))]),
]  # fmt: skip
PROMISES: list[Promise] = [
    Demand("HD-7", 60, due=date(2026, 3, 20), ref="SO-1", customer="CLINIC"),
    Demand("HD-7", 40, due=date(2026, 4, 20), ref="SO-2", customer="EAR"),
    Demand("BOX", 9, due=date(2026, 3, 27), ref="SO-3", customer="CLINIC"),
    PurchaseOrder("MIC", 50, supplier="KNW", due=date(2026, 3, 12), ref="PU-1"),
    PurchaseOrder("BOX", 20, supplier="CARTON", due=date(2026, 4, 12), ref="PU-2"),
]
SHUT = CalendarException(date(2026, 3, 9), date(2026, 3, 14))
CHANGES: list[Any] = [
    SupplierDelay("KNW", by=timedelta(days=14)), SupplierDelay("CARTON", by=working_days(2)),
    SupplierLoss("KNW", since=date(2026, 3, 10)), SupplierLoss("OTIK"), PreferSubstitute("MIC", "MIC-B"),
    DemandChange(customer="CLINIC", times="1.5"), DemandChange("SO-2", sooner=timedelta(days=30)),
    DemandChange(item="HD-7", less=40), DemandLoss("SO-3"), Demand("BOX", 4, due=date(2026, 5, 1)),
    LeadTimeChange("MIC", longer=working_days(3)), PriceChange(supplier="OTIK", times=2),
    ScrapChange("HD-7", "0.1"), YieldChange("HD-7", "BOX", yield_rate="0.5"),
    CalendarChange("bench", exceptions=[SHUT]), CalendarChange("MAIN", to=Calendar("M", week="Mo-We 08:00-16:00")),
    StockCorrection("MIC", 0), StockCorrection("BOX", 3), StockCorrection("BOX", quality=Quality.BLOCKED),
    PolicyChange(PlanningPolicy(forecast_window=timedelta(days=1))), Receive("MIC-B", 70), Reserve("SO-3"),
]  # fmt: skip
SOME = st.lists(st.sampled_from(range(len(CHANGES))), max_size=5).map(lambda found: [CHANGES[one] for one in found])


def factory(seed: int = 0) -> Plant:
    """Return a small factory whose definitions and promises came in a random order."""
    dice = Random(seed)  # noqa: S311 - seeded by hypothesis
    definitions, promises = dice.sample(DEFINITIONS, len(DEFINITIONS)), dice.sample(PROMISES, len(PROMISES))
    plant = Plant(Catalog(definitions), clock=ManualClock(datetime(2026, 3, 2, 6, tzinfo=UTC)))
    plant.receive("MIC", 30)
    plant.receive("BOX", 12)
    plant.expect(*promises)
    return plant


def possible(scenario: Scenario, changes: list[Any]) -> list[Any]:
    """Return those changes that are not refused, each after the ones before it."""
    found = []
    for change in changes:
        try:
            scenario = scenario.assume(change)
        except ProdstockError:
            continue
        found.append(change)
    return found


def told(scenario: Scenario) -> tuple[object, ...]:
    """Return all that may be asked of a scenario, as far as plans and states go."""
    plan = scenario.plan(until=UNTIL)
    plan.verify()
    return scenario.changes, digest(scenario), scenario.snapshot(), plan.orders, plan.shortages, plan.messages


def test_assuming_nothing_is_the_base() -> None:
    """Without a change a scenario answers what the plant does, and no figure differs."""
    plant = factory()
    same = plant.fork("the same").assume()
    assert (digest(same), same.plan(until=UNTIL).orders) == (digest(plant), plant.plan(until=UNTIL).orders)
    found = compare(plant, same, same.assume().fork("again"), until=UNTIL)
    assert (found.demands, found.shortages, found.differences, found.starts, found.changes) == ((),) * 5
    assert {attrs.evolve(line, scenario="as is") for line in found.lines} == {found.lines[0]}


@settings(max_examples=25, deadline=None)
@given(SOME, st.data())
def test_assuming_in_parts_is_assuming_at_once(changes: list[Any], data: st.DataObject) -> None:
    """assume(a).assume(b) is assume(a, b), wherever the cut is, and twice the same cell is the same scenario."""
    plant = factory()
    changes = possible(plant.fork("x"), changes)
    cut = data.draw(st.integers(0, len(changes)))
    at_once = plant.fork("x").assume(*changes)
    at_once.check()
    in_parts = plant.fork("x").assume(*changes[:cut]).assume(*changes[cut:])
    assert in_parts == at_once
    assert told(in_parts) == told(at_once)


@settings(max_examples=15, deadline=None)
@given(SOME, SOME)
def test_two_forks_of_a_scenario_do_not_leak(one: list[Any], other: list[Any]) -> None:
    """What is assumed on one side, the other, their origin and the plant never see."""
    plant = factory()
    origin = plant.fork("origin").assume(DemandChange("SO-1", more=1))
    before = digest(plant), told(origin)
    left = origin.fork("left").assume(*possible(origin, one))
    alone = told(left)
    right = origin.fork("right").assume(*possible(origin, other))
    assert told(left) == alone
    assert told(right) == told(origin.fork("right").assume(*possible(origin, other)))
    assert (digest(plant), told(origin)) == before


@settings(max_examples=10, deadline=None)
@given(SOME, st.integers(1, 2**32))
def test_a_comparison_does_not_depend_on_the_order_of_rows(changes: list[Any], seed: int) -> None:
    """Definitions and promises in another order give the same tables, reasons included."""
    found = []
    for plant in (factory(), factory(seed)):
        scenario = plant.fork("x").assume(*possible(plant.fork("x"), changes))
        found.append(compare(plant, scenario, scenario.fork("y").assume(DemandChange("SO-1", more=2)), until=UNTIL))
    assert found[0] == found[1]
    assert str(found[0]) == str(found[1])
    last = {one.scenario: one for one in found[0].lines}
    for name in ("x", "y"):
        moved = sum(one.days_late for one in found[0].changes if one.scenario == name)
        assert last[name].days_late - last["as is"].days_late == moved
