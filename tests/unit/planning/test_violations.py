"""What keeps a plan from being carried out: each constraint broken by hand, and nothing where all is well."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import attrs
import pytest

from prodstock.calendars.calendar import Calendar
from prodstock.calendars.span import working_days
from prodstock.errors import UnknownCode
from prodstock.journal.store import ManualClock
from prodstock.master.bom import BillOfMaterial, BomLine
from prodstock.master.catalog import Catalog
from prodstock.master.item import Item
from prodstock.master.location import Site
from prodstock.master.planning_parameters import LotRule, PlanningParameters
from prodstock.master.quality_state import Quality
from prodstock.master.resource import Resource
from prodstock.master.routing import Operation, Routing
from prodstock.master.sourcing import Sourcing, Supplier
from prodstock.master.transfer_lane import TransferLane
from prodstock.orders.demand import Demand
from prodstock.orders.planned import PlannedBuy, PlannedMake, PlannedMove
from prodstock.orders.purchase import PurchaseOrder
from prodstock.planning.plan import Plan
from prodstock.planning.planner import plan
from prodstock.planning.policy import Mode, PlanningPolicy
from prodstock.planning.snapshot import Snapshot
from prodstock.planning.violations import ADVICE, Constraint
from prodstock.plant import Plant
from prodstock.quantities.money import Money
from prodstock.stock.allocation import OpenLot

NOW = datetime(2026, 3, 2, tzinfo=UTC)
UNTIL = date(2026, 7, 1)
DAY = timedelta(days=1)
ALWAYS = Calendar("ALWAYS", week="Mo-Su 00:00-24:00")
TABLES: tuple[Any, ...] = (
    Site("MAIN", calendar=ALWAYS),
    Item("TABLE", lead_time=2 * DAY),
    Item("LEG"),
    BillOfMaterial("TABLE", [BomLine("LEG", 4)]),
    Sourcing("LEG", supplier="WOOD", lead_time=5 * DAY, minimum=20, multiple=10),
)
CONSTRAINED = PlanningPolicy(mode=Mode.CONSTRAINED)


def tables(*promises: Any, policy: PlanningPolicy | None = None, more: tuple[Any, ...] = (), **given: Any) -> Plan:
    """Return a verified plan of tables."""
    snapshot = Snapshot(catalog=Catalog((*TABLES, *more)), at=NOW, promises=promises, **given)
    made = plan(snapshot, policy or PlanningPolicy(), until=UNTIL)
    made.verify()
    return made


def broken(made: Plan) -> list[tuple[str, str]]:
    """Return what the plan breaks, and by what; of orders the item."""
    codes = {order.code: order.item for order in made.orders}
    return [(one.kind.value, codes.get(one.ref, one.ref)) for one in made.violations]


def test_a_plan_that_can_be_carried_out_breaks_nothing() -> None:
    """Ample time, sizes as the supplier wants them, parts there when they are needed: no violation."""
    made = tables(Demand("TABLE", 5, due=date(2026, 4, 1), ref="SO-1"))
    assert not made.violations
    assert made.executable
    assert tables().executable


def test_what_is_late_is_named_from_the_demand_to_the_start() -> None:
    """The demand, the order that should have started, and the part that comes after the start of what takes it."""
    late = Demand("TABLE", 5, due=date(2026, 3, 4), ref="SO-1")
    made = tables(late)
    assert not made.executable
    assert sorted(broken(made)) == [
        ("demand-late", "SO-1"),
        ("parts-late", "TABLE"),
        ("starts-in-past", "LEG"),
    ]
    assert str(made.violations.where(kind=Constraint.DEMAND_LATE)[0]) == (
        "SO-1: 5 pcs TABLE, due 2026-03-04, late by 4 days"
    )
    assert broken(tables(late, policy=CONSTRAINED)) == [("demand-late", "SO-1")]


def test_what_never_comes_is_missing() -> None:
    """Without a source the part is missing for the order, and the demand is short."""
    made = tables(
        Demand("CHAIR", 2, due=date(2026, 4, 1), ref="SO-1"),
        more=(Item("CHAIR", lead_time=DAY), Item("SEAT"), BillOfMaterial("CHAIR", [BomLine("SEAT", 1)])),
    )
    assert sorted(broken(made)) == [("demand-short", "SO-1"), ("parts-missing", "CHAIR")]


def at(day: int, month: int = 3) -> datetime:
    """Return noon of a day."""
    return datetime(2026, month, day, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("settled", "kind", "words"),
    [
        (PlannedBuy("LEG", 25, at(3), at(30), "WOOD", code="F"), "lot-size", "30 pcs LEG would not"),
        (PlannedBuy("LEG", 10, at(3), at(30), "WOOD", code="F"), "lot-size", "20 pcs LEG would not"),
        (PlannedBuy("LEG", 20, at(3), at(5), "WOOD", code="F"), "lead-time", "due 3 days sooner"),
        (PlannedBuy("LEG", 20, at(3), at(30), "OTHER", code="F"), "no-source", "nothing in force on 2026-03-03"),
        (PlannedMake("TABLE", 5, at(20), at(21), "A", code="F"), "lead-time", "due 1 day sooner"),
        (PlannedMove("LEG", 20, at(20), at(23), "WEST", "MAIN", code="F"), "no-source", "nothing in force"),
    ],
)
def test_settled_orders_may_break_rules(settled: Any, kind: str, words: str) -> None:
    """What people settled counts as it is, and what it breaks is said."""
    made = tables(
        Demand("LEG", 60, due=date(2026, 4, 20), ref="SO-1"),
        Demand("TABLE", 5, due=date(2026, 4, 20), ref="SO-2"),
        lots=[OpenLot("LEG", 100, received=NOW - DAY, site="WEST"), OpenLot("LEG", 100, received=NOW - DAY)],
        firm=[settled],
        more=(Site("WEST", calendar=ALWAYS),),
    )
    (one,) = made.violations
    assert (one.kind, one.ref) == (kind, "F")
    assert words in one.text


def test_settled_orders_that_keep_the_rules_break_nothing() -> None:
    """What a plan proposes may be settled as it is: bought, made or moved."""
    more = (
        Site("WEST", calendar=ALWAYS),
        TransferLane("MAIN", "WEST", lead_time=DAY),
    )
    promises = [
        Demand("TABLE", 5, due=date(2026, 4, 1), ref="SO-1"),
        Demand("TABLE", 5, due=date(2026, 4, 2), ref="SO-2", site="WEST"),
    ]
    first = tables(*promises, more=more)
    assert first.move
    assert first.executable
    again = tables(*promises, more=more, firm=first.orders)
    assert not again.violations


def test_a_settled_order_that_starts_on_a_holiday_is_said() -> None:
    """An order of working days that starts on a Sunday starts when nobody works."""
    definitions = (Item("MUG", lead_time=working_days(1)), BillOfMaterial("MUG", []))
    settled = PlannedMake("MUG", 5, at(8), at(13), "A", code="F")
    wanted = Demand("MUG", 5, due=date(2026, 4, 1), ref="SO-1")
    snapshot = Snapshot(catalog=Catalog(definitions), at=NOW, promises=[wanted], firm=[settled])
    (one,) = plan(snapshot, until=UNTIL).violations
    assert (one.kind, one.text) == ("closed", "5 pcs MUG start on 2026-03-08, when MAIN does not work")


def test_what_is_counted_on_too_early_is_said() -> None:
    """A receipt that should have come, and stock in inspection of which nobody says when it will be judged."""
    waiting = OpenLot("LEG", 8, lot="L-9", received=NOW - DAY, quality=Quality.PENDING_INSPECTION)
    overdue = PurchaseOrder("LEG", 20, supplier="WOOD", due=date(2026, 2, 20), ref="PU-1")
    wanted = Demand("LEG", 28, due=date(2026, 3, 20), ref="SO-1")
    made = tables(wanted, overdue, lots=[waiting], more=())
    assert sorted(broken(made)) == [("not-released", "L-9 (pending-inspection)"), ("overdue", "PU-1")]
    told = OpenLot("LEG", 28, received=NOW - DAY, quality=Quality.PENDING_INSPECTION, ready=NOW + 3 * DAY)
    assert tables(wanted, lots=[told]).executable
    assert tables(overdue).executable


def test_launched_orders_wait_for_parts_too() -> None:
    """An order on the floor whose part comes after its start breaks a constraint in its own name."""
    plant = Plant(Catalog(TABLES), clock=ManualClock(NOW))
    order = plant.launch(PlannedMake("TABLE", 5, NOW + DAY, NOW + 20 * DAY, "A"))
    plant.expect(Demand("TABLE", 5, due=date(2026, 3, 30), ref="SO-1"))
    made = plant.plan(until=UNTIL)
    late = made.violations.where(kind=Constraint.PARTS_LATE)
    assert [(one.ref, one.item) for one in late] == [(order.code, "LEG")]


def test_a_week_has_only_so_many_hours() -> None:
    """A resource that is asked for more than it works in a week is overloaded."""
    more = (
        Item("DESK"),
        BillOfMaterial("DESK", []),
        Resource("saw", calendar=Calendar("day", week="Mo-Fr 08:00-16:00")),
        Routing("DESK", [Operation("saw", resource="saw", run_per_unit=timedelta(hours=1))]),
    )
    fits = Demand("DESK", 30, due=date(2026, 3, 20), ref="SO-1")
    assert tables(fits, more=more).executable
    made = tables(fits, Demand("DESK", 30, due=date(2026, 3, 19), ref="SO-2"), more=more)
    (one,) = made.violations
    assert one.text == "saw is asked for 60 h in the week from 2026-03-16 and has 40 h"
    assert (one.kind, one.ref, one.item) == ("overload", "saw", "")


def test_a_day_has_only_so_many_hours() -> None:
    """Two orders on one day of a week that has room for both overload the day; one after the other they do not."""
    more = (
        Item("DESK"),
        BillOfMaterial("DESK", []),
        Resource("saw", calendar=Calendar("day", week="Mo-Fr 08:00-16:00")),
        Routing("DESK", [Operation("saw", resource="saw", run_per_unit=timedelta(hours=1))]),
    )
    desks = [Demand("DESK", 6, due=at(19) + timedelta(hours=hours), ref=f"SO-{hours}") for hours in (3, 4)]
    (one,) = tables(*desks, more=more).violations
    assert one.text == "saw is asked for 12 h on 2026-03-19 and has 8 h"
    assert (one.kind, one.ref, one.item) == ("overload-day", "saw", "")
    assert one.advice == "Start some of it on another day of the week, or add hours"
    day_before = attrs.evolve(desks[0], due=at(18))
    assert tables(day_before, desks[1], more=more).executable


def test_an_order_may_be_worth_too_little() -> None:
    """What is ordered from a supplier on a day must reach its minimum."""
    more = (
        Supplier("OAK", minimum_value=Money("100", "EUR")),
        Item("TOP"),
        Sourcing("TOP", supplier="OAK", lead_time=DAY, price=Money("9", "EUR")),
    )
    top = Demand("TOP", 5, due=date(2026, 4, 1), ref="SO-1")
    (one,) = tables(top, more=more).violations
    assert (one.kind, one.ref, one.item) == ("order-value", "OAK", "")
    assert one.text == "45.00 EUR are ordered from OAK on 2026-03-31, the minimum is 100.00 EUR"
    assert tables(Demand("TOP", 12, due=date(2026, 4, 1), ref="SO-1"), more=more).executable


def test_violations_are_shown() -> None:
    """A violation is one line, a row of a frame and a cell of a page."""
    made = tables(Demand("TABLE", 5, due=date(2026, 3, 4), ref="<b>SO-1</b>"))
    assert "<b>SO" not in made.violations.to_html()
    assert set(made.violations.to_dict()) == {"kind", "ref", "text", "item", "site", "at", "advice"}
    assert all(len(repr(one)) < 120 for one in made.violations)
    assert made.violations[0].at.tzinfo is UTC


def test_a_violation_says_why() -> None:
    """What breaks a constraint is explained as itself: an order, a receipt or a demand."""
    made = tables(
        Demand("TABLE", 5, due=date(2026, 3, 4), ref="SO-1"),
        PurchaseOrder("LEG", 8, supplier="WOOD", due=date(2026, 2, 20), ref="PU-1"),
    )
    for one in made.violations:
        first, *_ = str(made.why(one)).splitlines()
        assert first == one.text
        assert made.why(one).causes == (made.why(one.ref),)
    assert str(made.why("PU-1")).splitlines()[:2] == [
        "8 pcs LEG, purchase PU-1, expected 2026-02-20",
        "  8 pcs of it for 5 TABLE, start 2026-03-02 (SO-1)",
    ]
    with pytest.raises(UnknownCode):
        made.why("PU-9")


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"maximum": 80}, "120 pcs LEG break the lot sizes, 40 pcs above the maximum of 80 pcs"),
        (
            {"lot_rule": LotRule.FIXED, "lot_quantity": 50},
            "120 pcs LEG break the lot sizes: an order is always 50 pcs LEG",
        ),
    ],
)
def test_a_settled_order_may_be_too_large(given: Any, words: str) -> None:
    """Above the largest lot, or other than the fixed one: by how much, and what can be done."""
    more = (PlanningParameters("LEG", **given),)
    wanted = Demand("LEG", 120, due=date(2026, 4, 20), ref="SO-1")
    settled = PlannedBuy("LEG", 120, at(3), at(30), "WOOD", code="F")
    (one,) = tables(wanted, firm=[settled], more=more).violations
    assert (one.kind, one.ref, one.text) == ("lot-size", "F", words)
    assert one.advice == "Change the quantity, or agree with the source on it"
    largest = [attrs.evolve(settled, quantity=size, code=f"F{size}") for size in (80, 40)]
    assert "maximum" not in given or tables(wanted, firm=largest, more=more).executable


def test_a_supplier_takes_orders_on_some_days_only() -> None:
    """A settled purchase on a day on which its supplier takes no orders says so; on one on which he does, nothing."""
    mondays = Calendar("mondays", week="Mo 08:00-16:00")
    more = (
        Item("TOP"),
        Sourcing("TOP", supplier="OAK", lead_time=5 * DAY, order_calendar=mondays),
    )
    wanted = Demand("TOP", 5, due=date(2026, 4, 1), ref="SO-1")
    tuesday = PlannedBuy("TOP", 5, at(3), at(25), "OAK", code="F")
    (one,) = tables(wanted, firm=[tuesday], more=more).violations
    assert (one.kind, one.ref, one.at) == ("order-day", "F", at(3))
    assert one.text == "OAK takes no orders on 2026-03-03 12:00 UTC; the next time is 2026-03-09 08:00"
    assert one.advice.startswith("Order when the supplier takes orders")
    assert tables(wanted, firm=[attrs.evolve(tuesday, start=at(9))], more=more).executable
    proposed = tables(wanted, more=more)
    assert proposed.executable
    assert tables(wanted, firm=proposed.orders, more=more).executable


def test_what_is_settled_may_lie_within_the_fence() -> None:
    """A planning time fence keeps new orders out; an order that people settled within it breaks nothing."""
    more = (PlanningParameters("LEG", planning_time_fence=20 * DAY),)
    wanted = Demand("LEG", 20, due=date(2026, 4, 20), ref="SO-1")
    assert tables(wanted, firm=[PlannedBuy("LEG", 20, at(3), at(30), "WOOD", code="F")], more=more).executable


def test_every_constraint_has_its_advice() -> None:
    """Whatever a plan breaks, a planner reads what can be done about it."""
    assert set(ADVICE) == set(Constraint)
    made = tables(Demand("TABLE", 5, due=date(2026, 3, 4), ref="SO-1"))
    assert [one.advice for one in made.violations] == [ADVICE[one.kind] for one in made.violations]
