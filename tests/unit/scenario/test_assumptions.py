"""Every kind of change says what it means in commands, and refuses what would change nothing."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from prodstock.calendars.calendar import Calendar
from prodstock.calendars.exception import CalendarException
from prodstock.calendars.span import working_days
from prodstock.errors import (
    AmbiguousCode,
    InvalidTypeError,
    InvalidValueError,
    NotAllowed,
    ProdstockError,
    Refused,
    UnknownCode,
)
from prodstock.journal.store import ManualClock
from prodstock.master.bom import BillOfMaterial, BomLine
from prodstock.master.catalog import Catalog
from prodstock.master.item import Item, Tracking
from prodstock.master.location import Site
from prodstock.master.quality_state import Quality
from prodstock.master.resource import Resource
from prodstock.master.routing import Operation, Routing
from prodstock.master.sourcing import Sourcing, Supplier
from prodstock.orders.demand import Demand, DemandKind
from prodstock.orders.purchase import PurchaseOrder
from prodstock.planning.policy import PlanningPolicy
from prodstock.plant import Plant
from prodstock.quantities.money import Money
from prodstock.scenario.calendar_change import CalendarChange
from prodstock.scenario.change import Change, PreferSubstitute, SupplierDelay, label
from prodstock.scenario.demand_change import DemandChange, DemandLoss
from prodstock.scenario.loss_change import ScrapChange, YieldChange
from prodstock.scenario.policy_change import PolicyChange
from prodstock.scenario.stock_correction import StockCorrection
from prodstock.scenario.supply_change import LeadTimeChange, PriceChange, SupplierLoss
from prodstock.stock.goods import Goods
from prodstock.testing import digest

if TYPE_CHECKING:
    from prodstock.scenario.scenario import Scenario

UNTIL = date(2026, 7, 1)


def factory() -> Plant:
    """Return a plant that makes devices of microphones, boxes and glue, with stock, demands and open purchases."""
    catalog = Catalog([
        Item("HD-7"), Item("MIC", tracking=Tracking.LOT), Item("MIC-B", tracking=Tracking.LOT), Item("BOX"),
        Item("GLUE", unit="kg", scale=3), Item("FRAME", lead_time=working_days(4)), Item("IDLE"),
        Resource("bench"), Resource("KNW"), Site("NORTH"), Supplier("CARTON"),
        Sourcing("MIC", supplier="KNW", lead_time=working_days(10), price=Money("2.10", "EUR")),
        Sourcing("MIC", supplier="OTIK", lead_time=timedelta(days=20), priority=1),
        Sourcing("MIC-B", supplier="OTIK", lead_time=working_days(5), effective_from=date(2026, 6, 1)),
        Sourcing("BOX", supplier="CARTON", lead_time=working_days(2)),
        BillOfMaterial("HD-7", [BomLine("MIC", 2, scrap="0.01", substitutes=["MIC-B"]), BomLine("BOX", 1)]),
        BillOfMaterial("FRAME", [BomLine("GLUE", "0.1")]),
        Routing("HD-7", [Operation("assemble", resource="bench", run_per_unit=timedelta(minutes=6))]),
    ])  # fmt: skip
    plant = Plant(catalog, clock=ManualClock(datetime(2026, 3, 2, 6, tzinfo=UTC)))
    plant.receive("MIC", 300, lot="M-88")
    plant.receive("MIC", 50, lot="M-89", site="NORTH")
    plant.receive("BOX", 40)
    plant.receive("HD-7", 20)
    plant.expect(
        Demand("HD-7", 120, due=date(2026, 3, 20), ref="SO-1", customer="CLINIC"),
        Demand("HD-7", 300, due=date(2026, 4, 10), ref="SO-2", customer="EAR"),
        Demand("GLUE", "1.5", due=datetime(2026, 4, 1, 8, tzinfo=UTC), ref="SO-3", customer="CLINIC"),
        Demand("HD-7", 60, due=date(2026, 5, 10), ref="FC-1", kind=DemandKind.FORECAST),
        Demand("BOX", 1, due=date(2026, 5, 10), ref="SO-9"),
    )
    plant.expect(
        PurchaseOrder("MIC", 500, supplier="KNW", due=date(2026, 3, 20), ref="PU-1"),
        PurchaseOrder("MIC", 500, supplier="KNW", due=date(2026, 5, 20), ref="PU-2"),
        PurchaseOrder("IDLE", 5, supplier="ELSEWHO", due=date(2026, 5, 20), ref="PU-3"),
    )
    plant.cancel("SO-9")
    plant.ship(Goods("HD-7"), demand="SO-1")
    return plant


def plain(value: Any) -> Any:
    """Return a value without its static type, so that numbers of any kind compare."""
    return value


def assumed(*changes: Any) -> Scenario:
    """Return a scenario of the factory, checked."""
    plant = factory()
    before = digest(plant)
    scenario = plant.fork("what if").assume(*changes)
    scenario.check()
    assert digest(plant) == before
    return scenario


def demands(scenario: Scenario) -> dict[str | None, Demand]:
    """Return the open demands by code."""
    return {one.ref: one for one in scenario.snapshot().promises if isinstance(one, Demand)}


def supplies(scenario: Scenario) -> dict[str | None, PurchaseOrder]:
    """Return the open purchases by code."""
    return {one.ref: one for one in scenario.snapshot().promises if isinstance(one, PurchaseOrder)}


def times(scenario: Scenario) -> list[object]:
    """Return the lead times on which microphones are bought."""
    return [one.lead_time for one in scenario.catalog.sourcings("MIC")]


def prices(scenario: Scenario) -> list[object]:
    """Return the prices at which microphones are bought."""
    return [one.price for one in scenario.catalog.sourcings("MIC")]


def bill(scenario: Scenario) -> BillOfMaterial:
    """Return what devices are made of."""
    found = scenario.catalog.bom("HD-7", UNTIL)
    assert found is not None
    return found


def free(item: str, scenario: Scenario) -> Decimal:
    """Return how much of an item is free."""
    return scenario.availability(item).free


def test_what_is_shipped_of_a_demand_stays_shipped_when_it_doubles() -> None:
    """20 of 120 are shipped, so twice as much as is open makes 220."""
    assert demands(assumed(DemandChange("SO-1", times=2)))["SO-1"].quantity == 220


def test_a_factor_is_rounded_up_to_the_digits_of_the_item() -> None:
    """A third more of 1.5 kg with three decimals, written with many digits, is 2.000 kg."""
    assert demands(assumed(DemandChange("SO-3", times="1.33333333")))["SO-3"].quantity == Decimal("2.000")


def test_demands_are_found_by_customer_item_and_kind() -> None:
    """What is named besides narrows it further."""
    quantity = {"SO-1": 130, "SO-2": 300, "SO-3": Decimal("1.5"), "FC-1": 60}
    assert {ref: one.quantity for ref, one in demands(assumed(DemandChange("SO-1", more=10))).items()} == quantity
    both = demands(assumed(DemandChange(item="HD-7", customer="CLINIC", less=10)))
    assert plain((both["SO-1"].quantity, both["SO-2"].quantity, both["SO-3"].quantity)) == (110, 300, Decimal("1.5"))
    forecast = demands(assumed(DemandChange(kind=DemandKind.FORECAST, times="0.5")))
    assert plain((forecast["FC-1"].quantity, forecast["SO-2"].quantity)) == (30, 300)


def test_demands_move_and_change_their_rank() -> None:
    """Days move by days, moments by time, and five working days are a week."""
    later = demands(assumed(DemandChange(customer="CLINIC", later=working_days(5), priority=-1)))
    assert (later["SO-1"].due, later["SO-1"].priority) == (date(2026, 3, 27), -1)
    assert later["SO-3"].due == datetime(2026, 4, 8, 8, tzinfo=UTC)
    assert demands(assumed(DemandChange("SO-2", sooner=timedelta(days=3))))["SO-2"].due == date(2026, 4, 7)


def test_lost_demands_are_wanted_no_more() -> None:
    """All of a customer's demands end; the others stay."""
    assert demands(assumed(DemandLoss(customer="CLINIC"))).keys() == {"SO-2", "FC-1"}
    assert demands(assumed(DemandLoss(kind=DemandKind.FORECAST))).keys() == {"SO-1", "SO-2", "SO-3"}


def test_promises_and_definitions_are_assumed_by_giving_them() -> None:
    """A demand, a purchase and a definition come in, or take the place of the one of their code."""
    scenario = assumed(
        Demand("HD-7", 5, due=date(2026, 4, 1), ref="SO-4"),
        Demand("HD-7", 301, due=date(2026, 4, 10), ref="SO-2"),
        PurchaseOrder("MIC", 500, supplier="KNW", due=date(2026, 3, 9), ref="PU-1"),
        Item("BOX", safety_stock=70),
    )
    assert plain((demands(scenario)["SO-4"].quantity, demands(scenario)["SO-2"].quantity)) == (5, 301)
    assert supplies(scenario)["PU-1"].due == date(2026, 3, 9)
    assert scenario.catalog.item("BOX").safety_stock == 70


def test_a_supplier_is_lost_from_a_day_on() -> None:
    """Its terms end on that day, and what is due before it still comes."""
    scenario = assumed(SupplierLoss("KNW", since=date(2026, 4, 1)))
    assert supplies(scenario).keys() == {"PU-1", "PU-3"}
    assert [one.effective_until for one in scenario.catalog.sourcings("MIC")] == [date(2026, 4, 1), None]
    assert [one.supplier for one in scenario.catalog.sourcings("MIC", at=date(2026, 4, 1))] == ["OTIK"]


def test_a_supplier_that_is_lost_at_once_leaves_no_terms_and_no_orders() -> None:
    """Terms that would begin later are gone too."""
    scenario = assumed(SupplierLoss("OTIK"), SupplierLoss("KNW"))
    assert supplies(scenario).keys() == {"PU-3"}
    assert (scenario.catalog.sourcings("MIC"), scenario.catalog.sourcings("MIC-B")) == ((), ())
    assert {one.ref for one in assumed(SupplierLoss("ELSEWHO")).snapshot().promises} >= {"PU-1", "PU-2"}


def test_a_settled_purchase_from_a_lost_supplier_is_settled_no_more() -> None:
    """It would count as supply that never comes."""
    plant = factory()
    buy = plant.plan(until=UNTIL).buy.where(item="MIC")[0]
    plant.firm(buy)
    gone = plant.fork("gone").assume(SupplierLoss(buy.supplier))
    assert (len(plant.snapshot().firm), gone.snapshot().firm) == (1, ())


def test_lead_times_change_and_what_is_on_order_stays() -> None:
    """Of an item alone all its terms and its own time change; with a supplier only those terms."""
    slower = assumed(LeadTimeChange("MIC", longer=timedelta(days=7)))
    assert times(slower) == [working_days(15), timedelta(days=27)]
    assert supplies(slower)["PU-1"].due == date(2026, 3, 20)
    assert times(assumed(LeadTimeChange("MIC", supplier="KNW", to=working_days(1)))) == [working_days(1), timedelta(20)]
    assert times(assumed(LeadTimeChange(supplier="OTIK", times="1.5"))) == [working_days(10), timedelta(days=30)]
    assert times(assumed(LeadTimeChange("MIC", shorter=working_days(10)))) == [working_days(0), timedelta(days=6)]
    assert assumed(LeadTimeChange("FRAME", longer=working_days(2))).catalog.item("FRAME").lead_time == working_days(6)
    assert assumed(LeadTimeChange("HD-7", to=working_days(3))).catalog.item("HD-7").lead_time == working_days(3)


def test_prices_change() -> None:
    """A factor needs a price, a price needs none."""
    assert prices(assumed(PriceChange("MIC", times="1.1"))) == [Money("2.31", "EUR"), None]
    assert prices(assumed(PriceChange("MIC", to=Money(3, "EUR")))) == [Money(3, "EUR")] * 2
    assert prices(assumed(PriceChange(supplier="OTIK", to=Money(3, "EUR")))) == [Money("2.10", "EUR"), Money(3, "EUR")]


def test_scrap_and_yield_change_in_a_bill_a_line_or_a_step() -> None:
    """The new share takes the place of what was said, scrap or yield."""
    assert bill(assumed(ScrapChange("HD-7", "0.05"))).scrap == Decimal("0.05")
    line = bill(assumed(YieldChange("HD-7", "MIC", yield_rate="0.9"))).lines[0]
    assert plain((line.scrap, line.yield_rate)) == (0, Decimal("0.9"))
    twice = assumed(YieldChange("HD-7", "MIC", yield_rate="0.9"), ScrapChange("HD-7", "0.2", component="MIC"))
    assert plain((bill(twice).lines[0].scrap, bill(twice).lines[0].yield_rate)) == (Decimal("0.2"), 1)
    step = assumed(ScrapChange("HD-7", "0.1", operation="assemble")).catalog.routings("HD-7")[0].operations[0]
    assert step.scrap == Decimal("0.1")


def test_a_site_a_supplier_and_a_resource_work_at_other_times() -> None:
    """A calendar is replaced, or gets more exceptions; a resource without one starts from its site's."""
    shut = CalendarException(date(2026, 4, 6), date(2026, 4, 18))
    assert assumed(CalendarChange("MAIN", exceptions=[shut])).catalog.site("MAIN").calendar.exceptions == (shut,)
    assert assumed(CalendarChange("OTIK", exceptions=[shut])).catalog.supplier("OTIK").calendar.exceptions == (shut,)
    two_shifts = Calendar("two", week="Mo-Fr 06:00-22:00")
    scenario = assumed(CalendarChange("bench", to=two_shifts), CalendarChange("bench", exceptions=[shut]))
    calendar = scenario.catalog.resource("bench").calendar
    assert calendar == Calendar("two", week="Mo-Fr 06:00-22:00", exceptions=[shut])
    assert scenario.catalog.site("MAIN").calendar.exceptions == ()


def test_stock_is_counted_otherwise_blocked_or_lost() -> None:
    """Of a lot, of an item at a site, or of all of it."""
    assert free("MIC", assumed(StockCorrection("MIC", 280, lot="M-88"))) == 330
    assert free("BOX", assumed(StockCorrection("BOX", 45))) == 45
    assert free("MIC", assumed(StockCorrection("MIC", 0))) == 0
    assert free("MIC", assumed(StockCorrection("MIC", 0, site="NORTH"))) == 300
    blocked = assumed(StockCorrection("MIC", lot="M-88", quality=Quality.BLOCKED, reason="damaged"))
    assert plain((free("MIC", blocked), blocked.stock.holdings("M-88")[0].reason)) == (50, "damaged")


def test_lost_stock_breaks_the_promises_on_it() -> None:
    """What was reserved of it is not."""
    scenario = assumed(StockCorrection("BOX", 0))
    assert scenario.availability("BOX").free == 0
    plant = factory()
    plant.expect(Demand("BOX", 30, due=date(2026, 4, 1), ref="SO-5"))
    plant.reserve("SO-5")
    lost = plant.fork("no boxes").assume(StockCorrection("BOX", 0))
    lost.check()
    assert lost.availability("BOX").usable == 0
    assert plant.availability("BOX").reserved == 30


def test_a_scenario_is_planned_by_its_own_policy() -> None:
    """The last one holds, and what is given to the plan goes before."""
    tight, wide = (PlanningPolicy(forecast_window=timedelta(days=days)) for days in (1, 90))
    scenario = assumed(PolicyChange(tight), PolicyChange(wide))
    assert (scenario.policy, factory().fork("as is").policy) == (wide, PlanningPolicy())
    assert scenario.plan(until=UNTIL).policy == wide
    assert scenario.plan(until=UNTIL, policy=tight).policy == tight


@pytest.mark.parametrize(
    "again",
    [
        Demand("HD-7", 300, due=date(2026, 4, 10), ref="SO-2", customer="EAR"),
        PurchaseOrder("MIC", 500, supplier="KNW", due=date(2026, 3, 20), ref="PU-1"),
        Item("BOX"),
        SupplierDelay("KNW", by=timedelta()),
        SupplierDelay("NOBODY", by=timedelta(days=1)),
        SupplierLoss("NOBODY"),
        SupplierLoss("ELSEWHO", since=date(2026, 6, 1)),
        PreferSubstitute("BOX", "MIC"),
        DemandChange("SO-2", times=1),
        DemandChange("SO-2", priority=0),
        DemandChange(item="MIC", times=2),
        DemandLoss(kind=DemandKind.REPAIR),
        DemandChange("SO-1", less=100),
        LeadTimeChange("FRAME", to=working_days(4)),
        LeadTimeChange("HD-7", longer=working_days(4)),
        LeadTimeChange("MIC", shorter=working_days(11)),
        LeadTimeChange(supplier="KNW", times=1),
        LeadTimeChange(supplier="KNW", times=10**15),
        LeadTimeChange(supplier="OTIK", times=10**15),
        DemandChange("SO-2", times=10**18),
        PriceChange("MIC", supplier="OTIK", times=2),
        PriceChange("MIC", times=1),
        PriceChange("HD-7", to=Money(1, "EUR")),
        ScrapChange("HD-7", 0),
        ScrapChange("HD-7", "0.01", component="MIC"),
        ScrapChange("BOX", "0.01"),
        CalendarChange("MAIN", to=Calendar("MAIN")),
        StockCorrection("BOX", 40),
        StockCorrection("MIC", 300, lot="M-88"),
        StockCorrection("MIC", 300),
        PolicyChange(PlanningPolicy()),
    ],
    ids=repr,
)
def test_what_would_change_nothing_is_refused_with_the_way_out(again: Any) -> None:
    """An assumption that is true already, or of nothing, is a slip of the pen."""
    plant = factory()
    with pytest.raises(InvalidValueError) as refused:
        plant.fork("the same").assume(again)
    assert refused.value.hint or isinstance(again, StockCorrection)


@pytest.mark.parametrize(
    ("change", "error"),
    [
        (DemandChange("SO-22", times=2), UnknownCode),
        (DemandChange("SO-9", times=2), NotAllowed),
        (DemandLoss(item="HD-77"), UnknownCode),
        (DemandLoss(customer="CLINICS"), UnknownCode),
        (LeadTimeChange("MICK", to=working_days(1)), UnknownCode),
        (LeadTimeChange("MIC", supplier="KNV", to=working_days(1)), UnknownCode),
        (PriceChange(supplier="NOBODY", times=2), UnknownCode),
        (ScrapChange("HD-7", "0.1", component="GLUE"), UnknownCode),
        (ScrapChange("HD-7", "0.1", operation="assembly"), UnknownCode),
        (YieldChange("HD-7", "MICK", yield_rate="0.5"), UnknownCode),
        (CalendarChange("bensch", to=Calendar("x")), UnknownCode),
        (CalendarChange("KNW", to=Calendar("x")), AmbiguousCode),
        (StockCorrection("MIC", 5, lot="M-90"), UnknownCode),
        (StockCorrection("GLUE", 0), Refused),
        (StockCorrection("GLUE", quality=Quality.BLOCKED), Refused),
        (DemandChange("SO-2", sooner=timedelta(days=200_000)), InvalidValueError),
        (DemandChange("SO-3", later=timedelta(days=200_000)), InvalidValueError),
        (StockCorrection("MIC", "0.5", lot="M-88"), InvalidValueError),
        ("MIC", InvalidTypeError),
        (None, InvalidTypeError),
        (Change(), InvalidTypeError),
    ],
    ids=lambda value: type(value).__name__ if type(value) is Change else repr(value),
)
def test_what_does_not_exist_is_refused(change: Any, error: type[ProdstockError]) -> None:
    """Names that nothing bears, or that two bear, are never guessed; the scenario stays what it was."""
    scenario = factory().fork("a slip")
    before = digest(scenario)
    with pytest.raises(error):
        scenario.assume(DemandChange("SO-2", more=1), change)
    assert digest(scenario) == before
    assert scenario.changes == ()


def made(kind: Any, /, *given: Any, **named: Any) -> object:
    """Return a change of whatever is given."""
    return kind(*given, **named)


@pytest.mark.parametrize(
    "slip",
    [
        lambda: made(DemandChange, times=2),
        lambda: made(DemandLoss),
        lambda: made(DemandChange, "SO-1"),
        lambda: made(DemandChange, "SO-1", times=2, more=3),
        lambda: made(DemandChange, "SO-1", later=timedelta(1), sooner=timedelta(1)),
        lambda: made(DemandChange, "SO-1", times=0),
        lambda: made(DemandChange, "SO-1", times=1.5),
        lambda: made(DemandChange, "SO-1", later=3),
        lambda: made(DemandChange, kind="order", times=2),
        lambda: made(SupplierLoss, "KNW", since=datetime(2026, 3, 2, tzinfo=UTC)),
        lambda: made(LeadTimeChange, "MIC"),
        lambda: made(LeadTimeChange, to=timedelta(1)),
        lambda: made(LeadTimeChange, "MIC", to=timedelta(1), times=2),
        lambda: made(PriceChange, "MIC"),
        lambda: made(PriceChange, "MIC", to=3),
        lambda: made(PriceChange, "MIC", times=-1),
        lambda: made(PriceChange, times=1),
        lambda: made(ScrapChange, "HD-7", -1),
        lambda: made(ScrapChange, "HD-7", "0.1", component="MIC", operation="assemble"),
        lambda: made(YieldChange, "HD-7", "MIC", yield_rate=0),
        lambda: made(YieldChange, "HD-7", "MIC", yield_rate="1.1"),
        lambda: made(CalendarChange, "bench"),
        lambda: made(CalendarChange, "bench", to="two shifts"),
        lambda: made(CalendarChange, "bench", exceptions=[date(2026, 4, 6)]),
        lambda: made(StockCorrection, "BOX"),
        lambda: made(StockCorrection, "BOX", -1),
        lambda: made(StockCorrection, "BOX", 1, quality=Quality.BLOCKED),
        lambda: made(StockCorrection, "BOX", 1, reason="damaged"),
        lambda: made(StockCorrection, "BOX", quality="blocked"),
        lambda: made(PolicyChange, "tight"),
    ],
)
def test_a_change_that_says_nothing_or_contradicts_itself_cannot_be_made(slip: Any) -> None:
    """It is refused when it is written down, with the field."""
    with pytest.raises(InvalidValueError):
        slip()


def test_a_change_says_itself_as_people_do() -> None:
    """One line for a planner, another one for a programmer."""
    said = {
        SupplierDelay("KNW", by=timedelta(days=14)): "KNW delivers 14 days later",
        SupplierLoss("KNW", since=date(2026, 4, 1)): "KNW delivers nothing from 2026-04-01 on",
        PreferSubstitute("MIC", "MIC-B"): "MIC-B is taken before MIC",
        DemandChange(customer="EAR", times="1.2", later=working_days(1)): (
            "demand of EAR: 1.2 times as much, 1 working day later"
        ),
        DemandLoss(kind=DemandKind.FORECAST, item="HD-7"): "forecast of HD-7: cancelled",
        LeadTimeChange("MIC", supplier="KNW", shorter=timedelta(days=1)): "MIC from KNW takes 1 day less",
        LeadTimeChange(supplier="KNW", times=2): "all from KNW takes 2 times as long",
        PriceChange("MIC", to=Money(3, "EUR")): "MIC costs 3.00 EUR",
        ScrapChange("HD-7", "0.05"): "HD-7 loses 0.05",
        YieldChange("HD-7", "MIC", yield_rate="0.9"): "HD-7 can use 0.9 of MIC",
        CalendarChange("bench", exceptions=[CalendarException(date(2026, 4, 6), date(2026, 4, 8))]): (
            "bench works closed from 2026-04-06 until 2026-04-08"
        ),
        StockCorrection("MIC", 0, lot="M-88"): "MIC M-88: 0 there",
        StockCorrection("BOX", quality=Quality.BLOCKED, reason="wet"): "BOX: blocked wet",
    }
    assert {change: label(change) for change in said} == said
    assert label(Demand("HD-7", 5, due=date(2026, 4, 1), ref="SO-4")) == "Demand SO-4 5 HD-7 due 2026-04-01"
    assert len(label(StockCorrection("M" * 100, 0, lot="L" * 100))) < 120
