"""What a supplier delivers at most: constrained plans keep within it, unconstrained ones say where they do not."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from prodstock.calendars.calendar import Calendar
from prodstock.calendars.horizon import TimeBucket
from prodstock.calendars.span import working_days
from prodstock.errors import BrokenInvariant, InvalidData, InvalidValueError
from prodstock.master.bom import BillOfMaterial, BomLine
from prodstock.master.catalog import Catalog
from prodstock.master.definition import Definition
from prodstock.master.item import Item, Supply
from prodstock.master.location import Site
from prodstock.master.planning_parameters import LotRule, PlanningParameters
from prodstock.master.sourcing import Sourcing
from prodstock.orders.demand import Demand
from prodstock.orders.planned import PlannedBuy
from prodstock.orders.purchase import PurchaseOrder
from prodstock.planning.causes import ShortageCause
from prodstock.planning.plan import Plan
from prodstock.planning.planner import plan
from prodstock.planning.policy import Mode, PlanningPolicy
from prodstock.planning.snapshot import Snapshot
from prodstock.planning.violations import Constraint
from prodstock.quantities.quantity import Quantity

NOW = datetime(2026, 3, 2, 6, tzinfo=UTC)
MIC = Item("MIC")


def knowles(capacity: int | None = 100, per: TimeBucket = TimeBucket.WEEK, **terms: object) -> Sourcing:
    """Return terms of a supplier who needs five working days."""
    said = {"lead_time": working_days(5), "capacity": capacity, "capacity_per": per, **terms}
    return Sourcing("MIC", supplier="KNW", **said)  # type: ignore[arg-type]  # any terms


def wanted(quantity: int, day: int, ref: str = "SO-1", month: int = 3) -> Demand:
    """Return a demand for microphones on a day of March."""
    return Demand("MIC", quantity, due=date(2026, month, day), ref=ref)


def made(
    *promises: Demand | PurchaseOrder, terms: list[Definition], mode: Mode = Mode.CONSTRAINED, **rest: object
) -> Plan:
    """Return a verified plan for what is promised."""
    given = Snapshot(catalog=Catalog([MIC, *terms]), at=NOW, promises=promises, **rest)  # type: ignore[arg-type]  # firm
    found = plan(given, PlanningPolicy(mode=mode), until=date(2026, 9, 1))
    found.verify()
    return found


def bought(found: Plan) -> list[tuple[int, str, str]]:
    """Return how much is bought, from whom, to be there on which day, by day."""
    return [(int(one.quantity), one.supplier, f"{one.due:%m-%d}") for one in sorted(found.buy, key=lambda one: one.due)]


def test_what_does_not_fit_is_bought_in_the_weeks_before() -> None:
    """The latest week with room is filled first; everything is in time."""
    found = made(wanted(80, 20, "SO-2"), wanted(200, 27), terms=[knowles()])
    assert bought(found) == [(80, "KNW", "03-13"), (80, "KNW", "03-20"), (20, "KNW", "03-20"), (100, "KNW", "03-27")]
    assert [one.service.value for one in found.demands] == ["on-time", "on-time"]
    assert not found.violations


def test_what_fits_in_no_week_before_comes_in_the_weeks_after() -> None:
    """It is late by whole weeks, the supplier being full is the cause, and the chain and the order say so."""
    found = made(wanted(450, 18), terms=[knowles()])
    assert bought(found) == [
        (100, "KNW", "03-13"),
        (100, "KNW", "03-18"),
        (100, "KNW", "03-23"),
        (100, "KNW", "03-30"),
        (50, "KNW", "04-06"),
    ]
    (row,) = found.demands
    assert row.cause is ShortageCause.SUPPLIER_FULL
    assert "KNW delivers at most 100 pcs MIC a week" in str(row.chain[-1])
    assert "of the week from 2026-03-30 100 pcs are ordered" in str(found.why(found.buy[3]))


def test_another_supplier_who_can_deliver_then_is_asked_before_anything_comes_sooner() -> None:
    """The preferred one is filled, the rest comes from the next."""
    other = Sourcing("MIC", supplier="ALT", lead_time=working_days(5), priority=2)
    found = made(wanted(450, 18), terms=[knowles(), other])
    assert sorted(bought(found)) == [(100, "KNW", "03-18"), (350, "ALT", "03-18")]


def test_lots_of_the_terms_stay_whole() -> None:
    """Of a room of a hundred lots of thirty leave ten."""
    found = made(wanted(200, 27), terms=[knowles(minimum=30, multiple=30)])
    assert bought(found) == [(30, "KNW", "03-13"), (90, "KNW", "03-20"), (90, "KNW", "03-27")]


@pytest.mark.parametrize(
    ("per", "days"),
    [(TimeBucket.DAY, ["03-25", "03-26", "03-27"]), (TimeBucket.MONTH, ["03-27", "04-01", "05-01"])],
)
def test_periods_are_days_weeks_or_months_of_the_site(per: TimeBucket, days: list[str]) -> None:
    """A day has room again the day before, a month only the month after."""
    found = made(wanted(300, 27), terms=[knowles(per=per)])
    assert bought(found) == [(100, "KNW", day) for day in days]


def test_what_is_ordered_already_takes_up_room_when_it_is_expected() -> None:
    """Open purchase orders count, overdue ones in this period; so do proposals that people settled."""
    due = datetime(2026, 3, 24, 12, tzinfo=UTC)
    settled = PlannedBuy("MIC", Decimal(30), due - timedelta(days=7), due, "KNW", code="settled")
    ordered = PurchaseOrder("MIC", 50, supplier="KNW", due=date(2026, 3, 25), ref="PU-1")
    late = PurchaseOrder("MIC", 70, supplier="KNW", due=date(2026, 2, 20), ref="PU-2")
    found = made(wanted(230, 27), ordered, late, terms=[knowles()], firm=(settled,))
    assert bought(found) == [(60, "KNW", "03-20"), (30, "KNW", "03-24"), (20, "KNW", "03-27")]


def test_unconstrained_plans_order_when_it_is_needed_and_say_where_that_is_too_much() -> None:
    """One order, and one violation with the figures of both sides."""
    found = made(wanted(450, 18), terms=[knowles()], mode=Mode.UNCONSTRAINED)
    assert bought(found) == [(450, "KNW", "03-18")]
    (row,) = (one for one in found.violations if one.kind is Constraint.SUPPLIER_CAPACITY)
    assert row.text == "KNW delivers at most 100 pcs MIC a week: of the week from 2026-03-16 450 pcs MIC are ordered"
    assert (row.ref, row.item, row.at) == ("KNW", "MIC", datetime(2026, 3, 16, tzinfo=UTC))


def test_a_plan_for_more_than_a_supplier_delivers_does_not_pass() -> None:
    """The check is by code that did not make the plan."""
    loose = made(wanted(450, 18), terms=[knowles()], mode=Mode.UNCONSTRAINED)
    object.__setattr__(loose, "policy", PlanningPolicy(mode=Mode.CONSTRAINED))
    with pytest.raises(BrokenInvariant, match="suppliers deliver no more than they can"):
        loose.verify()


def test_days_of_ordering_and_delivery_hold_too() -> None:
    """Goods that come on Thursdays fill Thursdays, sooner or later."""
    by_thursdays = knowles(
        order_calendar=Calendar("ORDERS", week="Tu 08:00-17:00"),
        delivery_calendar=Calendar("DELIVERIES", week="Th 08:00-17:00"),
        transport_time=working_days(2),
    )
    found = made(wanted(80, 20, "SO-2"), wanted(350, 27), terms=[by_thursdays])
    assert sorted({day for _, _, day in bought(found)}) == ["03-12", "03-19", "03-26", "04-02", "04-09"]
    assert sum(much for much, _, _ in bought(found)) == 430


def test_what_expires_is_not_brought_too_soon_and_not_waited_for_in_vain() -> None:
    """Goods of a week cannot be gathered over several: in time comes what one week brings, never so much at once."""
    fresh = Item("MIC", shelf_life=timedelta(days=6))
    demand = Demand("MIC", 450, due=date(2026, 3, 18), ref="SO-1", minimum_shipment=450)
    given = Snapshot(catalog=Catalog([fresh, knowles()]), at=NOW, promises=[demand])
    found = plan(given, PlanningPolicy(mode=Mode.CONSTRAINED), until=date(2026, 9, 1))
    found.verify()
    assert not found.orders
    assert int(found.shortages[0].quantity) == 450
    assert "KNW delivers at most 100 pcs MIC a week: what is needed" in str(found.why(found.shortages[0]))


def test_what_is_overdue_takes_up_room_now_and_what_has_come_none() -> None:
    """Of an overdue order for ninety, twenty of which have come, seventy take up room this week."""
    near = Sourcing("MIC", supplier="KNW", lead_time=working_days(1), capacity=100)
    late = PurchaseOrder("MIC", 90, supplier="KNW", due=date(2026, 2, 20), ref="PU-1")
    given = Snapshot(catalog=Catalog([MIC, near]), at=NOW, promises=[wanted(150, 6), late], done={"PU-1": 20})
    found = plan(given, PlanningPolicy(mode=Mode.CONSTRAINED), until=date(2026, 9, 1))
    found.verify()
    assert bought(found) == [(30, "KNW", "03-06"), (50, "KNW", "03-09")]


def test_nothing_is_ordered_sooner_than_now() -> None:
    """The week before has room, but it is too late to order for it."""
    assert bought(made(wanted(150, 10), terms=[knowles()])) == [(100, "KNW", "03-10"), (50, "KNW", "03-16")]


def test_sites_with_terms_of_their_own_have_capacities_of_their_own() -> None:
    """Fifty a month for each: both are in time."""
    north = Demand("MIC", 40, due=date(2026, 3, 21), ref="SO-2", site="NORTH")
    own = knowles(50, TimeBucket.MONTH, site="NORTH")
    found = made(wanted(40, 20), north, terms=[Site("NORTH"), knowles(50, TimeBucket.MONTH), own])
    assert sorted((int(one.quantity), one.site) for one in found.buy) == [(40, "MAIN"), (40, "NORTH")]


def fresh(days: int, *demands: Demand, terms: list[Definition]) -> Plan:
    """Return a verified plan for microphones that keep so many days."""
    known = Catalog([Item("MIC", shelf_life=timedelta(days=days)), *terms])
    given = Snapshot(catalog=known, at=NOW, promises=demands)
    found = plan(given, PlanningPolicy(mode=Mode.CONSTRAINED), until=date(2026, 9, 1))
    found.verify()
    return found


def whole(quantity: int, day: int) -> Demand:
    """Return a demand that is delivered at one time."""
    return Demand("MIC", quantity, due=date(2026, 3, day), ref="SO-1", minimum_shipment=quantity)


def test_what_expires_before_it_is_needed_comes_no_sooner() -> None:
    """Goods of the week before would be gone: the rest comes the week after."""
    found = fresh(6, wanted(150, 27), terms=[knowles()])
    assert bought(found) == [(100, "KNW", "03-27"), (50, "KNW", "03-30")]


def test_what_keeps_for_weeks_is_gathered_over_weeks() -> None:
    """Four weeks bring what is needed at one time, of goods that keep for twenty days."""
    found = fresh(20, whole(350, 27), terms=[knowles()])
    assert not found.shortages.where(covered=None)
    assert sum(much for much, _, _ in bought(found)) == 350
    assert [str(part) for part in found.demands[0].deliveries] == ["350 on 2026-03-30"]


def test_another_who_is_not_limited_is_waited_for() -> None:
    """What one supplier never brings at one time another one does, later."""
    other = Sourcing("MIC", supplier="ALT", lead_time=working_days(10), priority=2)
    found = fresh(6, whole(450, 10), terms=[knowles(), other])
    assert [str(one) for one in found.demands[0].deliveries] == ["450 on 2026-03-16"]


def test_parts_that_never_are_there_together_are_not_waited_for_for_ever() -> None:
    """A lot of a hundred takes more fresh parts, by itself and in a phantom, than are ever there: soon said so."""
    twin = [
        *(Item("TWIN", minimum=100, supply=Supply.MAKE), Item("PAIR", supply=Supply.PHANTOM)),
        BillOfMaterial("TWIN", [BomLine("MIC", "1.5"), BomLine("PAIR", 1)]),
        BillOfMaterial("PAIR", [BomLine("MIC", 1)]),
    ]
    demand = Demand("TWIN", 10, due=date(2026, 3, 27), ref="SO-1")
    found = fresh(3, demand, terms=[*twin, knowles()])
    assert not found.orders
    assert int(found.shortages[0].quantity) == 10


def test_a_lot_that_is_larger_than_a_period_never_comes() -> None:
    """Fixed lots of more than a week brings are not ordered, and the shortage says that it is the supplier."""
    fixed = PlanningParameters("MIC", lot_rule=LotRule.FIXED, lot_quantity=150)
    found = made(wanted(120, 20), terms=[knowles(), fixed])
    assert not found.orders
    assert "KNW delivers at most 100 pcs MIC a week" in str(found.why("SO-1"))


def test_one_capacity_serves_all_sites_that_have_no_terms_of_their_own() -> None:
    """Fifty a month for two sites that want forty each: thirty of the second come a month later."""
    north = Demand("MIC", 40, due=date(2026, 3, 21), ref="SO-2", site="NORTH")
    found = made(wanted(40, 20), north, terms=[Site("NORTH"), knowles(50, TimeBucket.MONTH)])
    assert sorted((int(one.quantity), one.site, one.due.month) for one in found.buy) == [
        (10, "NORTH", 3),
        (30, "NORTH", 4),
        (40, "MAIN", 3),
    ]


@pytest.mark.parametrize("capacity", [0, -1])
def test_a_supplier_delivers_something(capacity: int) -> None:
    """None is no limit; nothing at all is no supplier."""
    with pytest.raises(InvalidValueError, match="capacity"):
        knowles(capacity)


@pytest.mark.parametrize(
    ("terms", "code"),
    [(knowles(20, minimum=30), "no-lot"), (knowles(Quantity(3, "m")), "no-factor")],  # type: ignore[arg-type]  # as wrong
)
def test_terms_that_never_bring_an_order_are_found(terms: Sourcing, code: str) -> None:
    """A capacity below the minimum, or in a unit that is not the item's."""
    with pytest.raises(InvalidData) as refused:
        Catalog([MIC, terms])
    assert [(one.table, one.field) for one in refused.value.findings] == [("Sourcing", "capacity")]
    assert refused.value.findings[0].code == code
