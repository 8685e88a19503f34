"""What a plan answers is written as a document and read again, equal; frames take the same columns."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import attrs
import pytest

from prodstock.calendars.span import working_days
from prodstock.codec import dumps, loads
from prodstock.codec.answer_tags import PLAN_ANSWERS
from prodstock.codec.schema import document_schema
from prodstock.errors import InvalidData
from prodstock.master.alternative import Alternative, Secondary
from prodstock.master.bom import BillOfMaterial, BomLine
from prodstock.master.catalog import Catalog
from prodstock.master.item import Item
from prodstock.master.location import Site
from prodstock.master.resource import Resource
from prodstock.master.routing import Operation, Routing
from prodstock.master.sourcing import Sourcing
from prodstock.master.transfer_lane import TransferLane
from prodstock.orders.demand import Demand
from prodstock.orders.purchase import PurchaseOrder
from prodstock.planning.changes.rows import CommitLine
from prodstock.planning.cumulative import cumulative_lead_times
from prodstock.planning.engineering_change.impact import change_impact
from prodstock.planning.planner import plan
from prodstock.planning.snapshot import Held, Snapshot
from prodstock.quantities.money import Money
from prodstock.quantities.quantity import Quantity
from prodstock.scheduling.batch_runs import BatchRun
from prodstock.scheduling.exceeded import ExceededLag
from prodstock.scheduling.policy import SchedulingPolicy
from prodstock.scheduling.problem import Job, Problem
from prodstock.scheduling.schedule import schedule
from prodstock.stock.allocation import OpenLot
from prodstock.tables import Table, Tabled

if TYPE_CHECKING:
    from prodstock.planning.fair_share import FairShare
    from prodstock.planning.plan import Plan
    from prodstock.scheduling.schedule import Schedule

NOW = datetime(2026, 3, 2, 6, tzinfo=UTC)
CATALOG = Catalog(
    [
        Item("LAMP", space=Quantity("2", "l")),
        Item("BULB", safety_stock=5),
        Item("SHADE"),
        BillOfMaterial("LAMP", [BomLine("BULB", 2), BomLine("SHADE", 1)]),
        Resource("bench"),
        Routing("LAMP", [Operation("fit", resource="bench", run_per_unit=timedelta(minutes=9), skill="fitter")]),
        Sourcing("BULB", supplier="LUX", lead_time=working_days(9), minimum=50, price=Money("2.00", "EUR")),
        Sourcing("SHADE", supplier="TEX", lead_time=working_days(3)),
    ]
)


def lamps(quantity: int) -> Plan:
    """Return a plan in which something is late."""
    promises = (
        Demand("LAMP", quantity, due=date(2026, 3, 6), ref="SO-1"),
        Demand("LAMP", 20, due=date(2026, 4, 10), ref="SO-2"),
        PurchaseOrder("SHADE", 30, supplier="TEX", due=date(2026, 3, 3), ref="PU-1"),
    )
    lots = [OpenLot("LAMP", 3, received=NOW)]
    return plan(Snapshot(catalog=CATALOG, at=NOW, lots=lots, promises=promises), until=date(2026, 7, 1))


def shares() -> Table[FairShare]:
    """Return what a site that is short sends to another, with the transfer that carries it."""
    lane = TransferLane("MAIN", "WEST", item="SHADE", lead_time=working_days(1))
    catalog = Catalog([Site("WEST"), Item("SHADE"), lane])
    wanted = Demand("SHADE", 8, due=date(2026, 3, 6), site="WEST", ref="SO-1")
    lots = [OpenLot("SHADE", 3, received=NOW)]
    made = plan(Snapshot(catalog=catalog, at=NOW, lots=lots, promises=[wanted]), until=date(2026, 7, 1))
    found = made.fair_shares("SHADE")
    assert any(one.moves for one in found)
    return found


def answers() -> list[Table[object]]:
    """Return what a plan answers, each as a table."""
    made = lamps(10)
    changed = made.changes_since(lamps(5))
    job = Job("J", [Operation("saw", resource="saw", setup=timedelta(hours=1))])
    scheduled = schedule(Problem(start=NOW, resources=[Resource("saw")], jobs=[job]))
    later = attrs.evolve(scheduled.problem, jobs=[attrs.evolve(job, release=date(2026, 3, 9))])
    clashing = attrs.evolve(scheduled.problem, jobs=[attrs.evolve(job, deadline=NOW)])
    return [
        *(scheduled.repaired(NOW, problem=later).moved, scheduled.standings(NOW)),
        schedule(later).levers("J"),
        schedule(clashing).conflicts,
        *(made.orders, made.shortages, made.demands, made.messages, made.pegging, made.slack),
        *(made.excess, made.starts, made.violations, made.usage(), made.delayed("PU-1", by=timedelta(days=40))),
        *(made.material(), made.machine_hours(), made.labour_hours(), made.purchasing_calendar()),
        *(made.supplier_exposure(), made.warehouse_space(), made.pegs_of("SO-1")),
        *(Table([made.projection("BULB")]), Table([made.peg_tree("SO-1")]), Table([made.where_used("PU-1")])),
        *(scheduled.placements, scheduled.jobs, scheduled.resources, scheduled.bottlenecks),
        Table([BatchRun("oven", scheduled.problem.start, scheduled.problem.start, 2, 9, (("J", "bake"),))]),
        Table([ExceededLag("J", "saw", "cut", timedelta(hours=1), timedelta(hours=2))]),
        *(scheduled.spells("J"), scheduled.dispatch("saw")),
        *(made.snapshot.to_table(), scheduled.figures.to_table()),
        *(Table([made.kit("LAMP")]), shares(), cumulative_lead_times(CATALOG, at=NOW)),
        *(changed.orders, changed.shortages, changed.messages, changed.causes, changed.nervousness().lines),
    ]


def test_every_answer_is_read_as_it_was_written() -> None:
    """Through JSON and back each table is equal to what it was, and of no kind is there nothing to see."""
    seen = set()
    for table in answers():
        assert table
        again = loads(dumps(table))
        assert again == table
        assert str(again) == str(table)
        seen |= {type(row) for row in table}
        seen |= {type(part) for column in table.to_dict().values() for part in parts(column)}
    assert {kind for kind in PLAN_ANSWERS if not issubclass(kind, Tabled)} - seen == {CommitLine, Held}


def parts(column: list[object]) -> list[object]:
    """Return what the cells of a column hold several of."""
    return [part for cell in column if isinstance(cell, tuple) for part in cell]


def test_every_answer_is_a_frame() -> None:
    """The columns of each answer are of one length, and none of a cell is an object of this library."""

    class Frame(dict[str, list[object]]):
        """A frame as the data frame libraries make it, of plain columns."""

    for table in answers():
        frame = table.to_frame(Frame)
        assert {len(values) for values in frame.values()} == {len(table)}
        assert not [value for values in frame.values() for value in values if attrs.has(type(value))]


def test_a_plan_read_again_answers_as_it_did() -> None:
    """A plan is the same after reading: each of its answers, down to the why of each order."""
    made = lamps(10)
    again = loads(dumps(made), type(made))
    assert again == made
    assert again.pegging == made.pegging
    assert again.demands == made.demands
    assert [again.why(order) for order in again.orders] == [made.why(order) for order in made.orders]


def test_a_plan_that_is_planned_otherwise_is_refused() -> None:
    """A document whose orders are not those of its snapshot, or whose demands were changed, is no plan."""
    written: dict[str, Any] = json.loads(dumps(lamps(10)))
    fewer = written | {"orders": written["orders"][1:]}
    with pytest.raises(InvalidData, match=r"plan, orders: are not those that this release plans from the snapshot"):
        loads(json.dumps(fewer))
    written["snapshot"]["promises"][0]["quantity"] = "11"
    with pytest.raises(InvalidData, match="are not those"):
        loads(json.dumps(written))


def sawn() -> Schedule:
    """Return a schedule of three jobs on two lanes of a saw, one after another job."""
    steps = [Operation("saw", resource="saw", setup=timedelta(hours=5), move=timedelta(hours=1)), Operation("look")]
    jobs = [Job("A", steps, due=date(2026, 3, 2)), Job("B", steps, after=["A"]), Job("C", steps[:1])]
    return schedule(Problem(start=NOW, resources=[Resource("saw", capacity=2)], jobs=jobs))


def test_a_schedule_read_again_answers_as_it_did() -> None:
    """A schedule is the same after reading: where everything runs, and what each job's time goes into."""
    made = sawn()
    again = loads(dumps(made), type(made))
    assert again == made
    assert hash(again) == hash(made)
    assert (again.jobs, again.resources) == (made.jobs, made.resources)
    assert [again.spells(job) for job in "ABC"] == [made.spells(job) for job in "ABC"]


def test_a_searched_schedule_with_alternatives_tools_and_people_is_read_again() -> None:
    """In which of its ways an operation runs, and by whom, is known again: time adds up as it did."""
    press = Operation(
        "press",
        resource="old press",
        setup=timedelta(hours=3),
        alternatives=[Alternative("new press", speed=2)],
        secondary=[Secondary("mould", 1), Secondary("cart", 1)],
        skill="fitting",
        crew=2,
    )
    resources = [
        *(Resource("old press"), Resource("new press"), Resource("mould", capacity=2), Resource("cart")),
        *(Resource("fitters", capacity=3, skills=["fitting"]), Resource("others", capacity=2, skills=["fitting"])),
    ]
    jobs = [Job(code, [press, Operation("look")], due=date(2026, 3, 2)) for code in "ABCD"]
    made = schedule(Problem(start=NOW, resources=resources, jobs=jobs), SchedulingPolicy(iterations=20))
    again = loads(dumps(made), type(made))
    assert (again, again.iterations) == (made, 20)
    assert [again.spells(job) for job in "ABCD"] == [made.spells(job) for job in "ABCD"]
    assert [str(again.why(job)) for job in "ABCD"] == [str(made.why(job)) for job in "ABCD"]
    assert (again.jobs, again.resources) == (made.jobs, made.resources)


@pytest.mark.parametrize(
    ("field", "value"), [("start", "2026-03-02T05:00:00Z"), ("lane", 3), ("resource", ""), ("work", "PT4H")]
)
def test_a_schedule_that_does_not_hold_is_refused(field: str, value: object) -> None:
    """A document in which something runs too soon, on a lane or resource that it cannot, or too briefly, is none."""
    written: dict[str, Any] = json.loads(dumps(sawn()))
    written["placements"][0][field] = value
    with pytest.raises(InvalidData, match="schedule"):
        loads(json.dumps(written))


def test_two_operations_on_one_lane_are_refused() -> None:
    """What runs at once runs on different lanes, in a document too."""
    written: dict[str, Any] = json.loads(dumps(sawn()))
    for row in written["placements"]:
        row["lane"] = min(row["lane"], 1)
    with pytest.raises(InvalidData, match="where it can"):
        loads(json.dumps(written))


def test_changes_and_impacts_read_again_answer_as_they_did() -> None:
    """What changed from one plan to the next says after reading how nervous that was; an impact has its second plan."""
    found = lamps(10).changes_since(lamps(5))
    again = loads(dumps(found), type(found))
    assert again == found
    assert again.nervousness(timedelta(days=9)) == found.nervousness(timedelta(days=9))
    assert again.why(again.orders[0]) == found.why(found.orders[0])
    others = [one for one in CATALOG.definitions if not isinstance(one, BillOfMaterial)]
    brighter = Catalog([*others, BillOfMaterial("LAMP", [BomLine("BULB", 3)], revision="B")])
    impact = change_impact(lamps(10), brighter)
    read = loads(dumps(impact), type(impact))
    assert read == impact
    assert read.after.pegging == impact.after.pegging


def test_other_languages_read_the_orders_of_a_plan() -> None:
    """The document of a plan has its answers beside what it was made from, and the schema says so."""
    schema: dict[str, Any] = dict(document_schema("plan"))
    named = ["prodstock", "type", "snapshot", "policy", "until", "orders", "shortages", "messages"]
    assert schema["required"] == named
    made = lamps(10)
    assert [one["code"] for one in json.loads(dumps(made))["orders"]] == [one.code for one in made.orders]
