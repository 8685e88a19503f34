"""Machines that are changed over between operations, counted by hand and against every order; and doing things late."""

import copy
import json
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise, permutations, product

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from prodstock.calendars.calendar import Calendar
from prodstock.errors import BrokenInvariant, InvalidValueError, UnknownCode
from prodstock.journal.store import ManualClock
from prodstock.master.bom import BillOfMaterial, BomLine
from prodstock.master.catalog import Catalog
from prodstock.master.item import Item
from prodstock.master.resource import Resource
from prodstock.master.routing import Operation, Routing
from prodstock.master.setups import Changeover, Combine, Setups
from prodstock.orders.demand import Demand
from prodstock.plant import Plant
from prodstock.scheduling.policy import Blend, Goal, Rule, SchedulingPolicy
from prodstock.scheduling.problem import Job, Problem
from prodstock.scheduling.reasons import SpellKind
from prodstock.scheduling.schedule import Schedule, schedule
from prodstock.scheduling.verify import verify

MONDAY = datetime(2026, 3, 2, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)
ALWAYS = Calendar("ALWAYS", week="Mo-Su 00:00-24:00")
INKS = [
    Changeover("ink", "black", "white", time=4 * HOUR, cost=30),
    Changeover("ink", "black", "*", time=3 * HOUR, cost=20),
    Changeover("ink", "*", "*", time=HOUR),
]


def job(code: str, work: int = 1, given: Mapping[str, object] | None = None, **attributes: str) -> Job:
    """Return a job of one operation on the machine M."""
    operation = Operation("do", resource="M", setup=work * HOUR, attributes=attributes)
    return Job(code, [operation], **(given or {}))  # type: ignore[arg-type]


def in_turn(setups: Setups, *jobs: Job, calendar: Calendar = ALWAYS, **state: str) -> Schedule:
    """Return the schedule of jobs one after another, in the order listed, on one machine."""
    ordered = [attrs.evolve(one, due=MONDAY + number * HOUR) for number, one in enumerate(jobs)]
    machine = Resource("M", calendar=calendar, setups=setups)
    problem = Problem(start=MONDAY, resources=[machine], jobs=ordered, set_up={"M": state} if state else {})
    found = schedule(problem, SchedulingPolicy(rules=[Rule.EARLIEST_DUE]))
    found.verify()
    return found


def hours(found: Schedule) -> list[float]:
    """Return how long the machine is changed over for each operation, by start."""
    return [one.changeover / HOUR for one in found.placements]


def test_the_first_rule_that_fits_counts() -> None:
    """Named values stand before any, and what stays as it is takes nothing."""
    jobs = [job("A", ink="black"), job("B", ink="white"), job("C", ink="white"), job("D", ink="red")]
    found = in_turn(Setups(INKS), *jobs)
    assert hours(found) == [0, 4, 0, 1]
    assert [one.changeover_cost for one in found.placements] == [0, 30, 0, 0]
    assert found.worth(Goal.CHANGEOVER_COST) == 30
    assert found.value(Goal.CHANGEOVER) == 5 * HOUR
    assert found.resources[0].changeover == found.figures.changeover == 5 * HOUR
    assert found.figures.changeover_share == Decimal("0.5556")


def test_what_a_machine_is_set_up_for_at_the_start_counts() -> None:
    """Without a word of it the first operation finds the machine as it needs it."""
    assert hours(in_turn(Setups(INKS), job("A", ink="red"))) == [0]
    assert hours(in_turn(Setups(INKS), job("A", ink="red"), ink="black")) == [3]
    assert hours(in_turn(Setups(INKS), job("A", ink="black"), ink="black")) == [0]


def test_a_rule_may_name_a_value_that_stays() -> None:
    """Any does not mean the same one; who wants a change between equals says so."""
    rules = [Changeover("ink", "*", "*", time=HOUR), Changeover("ink", "red", "red", time=2 * HOUR)]
    assert hours(in_turn(Setups(rules), job("A", ink="red"), job("B", ink="red"), job("C", ink="blue"))) == [0, 2, 1]


def test_attributes_add_up_or_are_changed_side_by_side() -> None:
    """The sum of their times, or the longest; an operation without one leaves it as it is."""
    rules = [*INKS, Changeover("die", "*", "*", time=2 * HOUR, cost=5)]
    jobs = [job("A", ink="red", die="1"), job("B", ink="blue", die="2"), job("C", die="1"), job("D", ink="red")]
    assert hours(in_turn(Setups(rules), *jobs)) == [0, 3, 2, 1]
    found = in_turn(Setups(rules, combine=Combine.LONGEST), *jobs)
    assert hours(found) == [0, 2, 2, 1]
    assert found.worth(Goal.CHANGEOVER_COST) == 10


def test_a_machine_is_cleaned_after_so_many() -> None:
    """A change that takes time counts as a cleaning."""
    setups = Setups(INKS, clean_after=2, cleaning=5 * HOUR)
    jobs = [job(f"J{number}", ink="red" if number < 5 else "blue") for number in range(8)]
    assert hours(in_turn(setups, *jobs)) == [0, 0, 5, 0, 5, 1, 0, 5]


def test_a_change_may_wait_for_the_material() -> None:
    """Else the machine is changed before the operation could begin, right before it."""
    late = {"release": MONDAY + 10 * HOUR}
    early = in_turn(Setups(INKS), job("A", ink="red"), job("B", given=late, ink="blue"))
    assert [one.start for one in early.placements] == [MONDAY, MONDAY + 10 * HOUR]
    assert early.placements[1].changed_from == MONDAY + 9 * HOUR
    waits = in_turn(Setups(INKS, before_material=False), job("A", ink="red"), job("B", given=late, ink="blue"))
    assert (waits.placements[1].changed_from, waits.placements[1].start) == (MONDAY + 10 * HOUR, MONDAY + 11 * HOUR)


def test_a_change_pauses_when_the_machine_does_and_is_explained() -> None:
    """It takes the working time of the machine; the job's time adds up with it."""
    found = in_turn(Setups(INKS), job("A", 7, ink="black"), job("B", 1, ink="white"), calendar=Calendar("DAY"))
    assert found.placements[1].changed_from == MONDAY + 7 * HOUR
    assert found.placements[1].start == MONDAY + 27 * HOUR
    spells = {one.kind: one.time for one in found.spells("B")}
    assert spells == {
        SpellKind.BEHIND: 7 * HOUR,
        SpellKind.CHANGEOVER: 4 * HOUR,
        SpellKind.CLOSED: 16 * HOUR,
        SpellKind.WORK: HOUR,
    }
    assert "4 h changeover on M" in str(found.why("B"))


def test_what_fits_between_must_leave_room_for_the_change_after_it() -> None:
    """A short job is put before a later one only where that can still be changed for."""
    machine = Resource("M", calendar=ALWAYS, setups=INKS)
    fixed = job("FIRST", 1, {"due": MONDAY, "release": MONDAY + 3 * HOUR}, ink="red")
    for ink, start in (("red", 0), ("blue", 0), ("black", 5)):
        small = job("SMALL", 1, {"due": MONDAY + 9 * HOUR}, ink=ink)
        problem = Problem(start=MONDAY, resources=[machine], jobs=[fixed, small])
        found = schedule(problem, SchedulingPolicy(rules=[Rule.EARLIEST_DUE]))
        found.verify()
        placed = {one.job: (one.start - MONDAY) / HOUR for one in found.placements}
        assert placed == {"FIRST": 3, "SMALL": start}


@given(
    st.lists(st.tuples(st.integers(1, 4), st.sampled_from("abc")), min_size=1, max_size=5),
    st.dictionaries(st.tuples(st.sampled_from("abc"), st.sampled_from("abc")), st.integers(0, 5), max_size=9),
    st.sampled_from([None, "a"]),
)
def test_no_order_is_better_than_the_best_found(
    jobs: list[tuple[int, str]], matrix: dict[tuple[str, str], int], first: str | None
) -> None:
    """All orders of jobs on one machine by arithmetic: a search never beats the shortest, and finds it of three."""
    rules = [Changeover("kind", *pair, time=some * HOUR) for pair, some in matrix.items()]
    machine = Resource("M", calendar=ALWAYS, setups=rules)
    given_ = [job(f"J{number}", work, kind=kind) for number, (work, kind) in enumerate(jobs)]
    problem = Problem(start=MONDAY, resources=[machine], jobs=given_, set_up={"M": {"kind": first}} if first else {})
    found = schedule(problem, SchedulingPolicy(goals=[Goal.MAKESPAN], iterations=150))
    found.verify()
    best = min(
        sum(work for work, _ in order)
        + sum(matrix.get((one, other), 0) for one, other in pairwise([*(first or ()), *(kind for _, kind in order)]))
        for order in permutations(jobs)
    )
    assert best * HOUR <= found.value(Goal.MAKESPAN)
    if len(jobs) <= 3:
        assert found.value(Goal.MAKESPAN) == best * HOUR


@pytest.mark.parametrize(
    ("to", "invariant"),
    [
        ({"changeover": HOUR}, "as its rules say"),
        ({"changeover_cost": Decimal(1)}, "as its rules say"),
        ({"changed_from": MONDAY}, "more at a time"),
        ({"changed_from": MONDAY + 2 * HOUR}, "right before"),
    ],
)
def test_the_check_finds_every_kind_of_fault(to: dict[str, object], invariant: str) -> None:
    """What was not made by the scheduler is looked at as closely."""
    found = in_turn(Setups(INKS), job("A", ink="black"), job("B", ink="red"))
    rows = list(found.placements)
    rows[1] = attrs.evolve(rows[1], **to)  # type: ignore[arg-type]
    with pytest.raises(BrokenInvariant, match=invariant):
        verify(found.problem, rows)


def test_only_what_is_set_up_is_changed_over() -> None:
    """A placement elsewhere claims no changeover."""
    problem = Problem(start=MONDAY, resources=[Resource("M", calendar=ALWAYS)], jobs=[job("A")])
    row = schedule(problem).placements[0]
    with pytest.raises(BrokenInvariant, match="only what is set up"):
        verify(problem, [attrs.evolve(row, changeover=HOUR)])


def test_a_schedule_with_changes_travels() -> None:
    """Copied or restored from its placements it is the same, with all changes."""
    found = in_turn(Setups(INKS), job("A", ink="black"), job("B", ink="red"), ink="white")
    made, said = found.__reduce__()
    again = made(*said)  # type: ignore[operator, misc]
    assert again == found == copy.copy(found)
    assert again.worth(Goal.CHANGEOVER_COST) == found.worth(Goal.CHANGEOVER_COST)


def test_what_makes_no_sense_is_refused() -> None:
    """Each by the field it is in."""
    with pytest.raises(InvalidValueError, match="setups"):
        Resource("M", capacity=2, setups=INKS)
    with pytest.raises(InvalidValueError, match="setups"):
        Resource("M", skills=["turn"], setups=INKS)
    with pytest.raises(InvalidValueError, match="cleaning"):
        Setups(INKS, clean_after=3)
    with pytest.raises(InvalidValueError, match="stands for any"):
        Operation("do", resource="M", attributes={"ink": "*"})
    machine = Resource("M", setups=INKS)
    with pytest.raises(UnknownCode, match="N"):
        Problem(start=MONDAY, resources=[machine], jobs=[], set_up={"N": {"ink": "red"}})
    held = Operation("do", resource="N", secondary=["M"])
    with pytest.raises(InvalidValueError, match="is set up"):
        Problem(start=MONDAY, resources=[machine, Resource("N")], jobs=[Job("A", [held])])
    with pytest.raises(InvalidValueError, match="parts"):
        Blend({})
    with pytest.raises(InvalidValueError, match="in money"):
        in_turn(Setups(INKS), job("A")).value(Goal.CHANGEOVER_COST)


def test_a_blend_counts_hours_and_money_by_its_rates() -> None:
    """Ten an hour late, two an hour of changes, and what these cost."""
    found = in_turn(Setups(INKS), job("A", ink="black"), job("B", ink="red"))
    late = found.value(Goal.TARDINESS) / HOUR
    blend = {Goal.TARDINESS: Decimal(10), Goal.CHANGEOVER: Decimal("0.5"), Goal.CHANGEOVER_COST: Decimal(1)}
    assert found.worth(blend) == Decimal(late) * 10 + Decimal("0.5") * 3 + 20
    assert found.worth(Blend(blend)) == found.worth(blend)


def test_what_is_due_later_is_done_later_where_earliness_counts() -> None:
    """Each job ends when it is due, its operations right before each other."""
    steps = [Operation("cut", resource="M", setup=2 * HOUR), Operation("weld", resource="N", setup=HOUR)]
    shop = [Resource("M", calendar=ALWAYS), Resource("N", calendar=ALWAYS)]
    jobs = [Job("A", steps, due=MONDAY + 10 * HOUR), Job("B", steps, due=MONDAY + 20 * HOUR), Job("C", steps)]
    problem = Problem(start=MONDAY, resources=shop, jobs=jobs)
    found = schedule(problem, SchedulingPolicy(goals=[Goal.TARDINESS, Goal.EARLINESS, Goal.IN_PROCESS]))
    found.verify()
    starts = {(one.job, one.operation): (one.start - MONDAY) / HOUR for one in found.placements}
    assert starts["A", "cut"] == 7
    assert starts["A", "weld"] == 9
    assert starts["B", "cut"] == 17
    assert found.value(Goal.EARLINESS) == timedelta()
    assert found.value(Goal.IN_PROCESS) == 9 * HOUR
    plain = schedule(problem)
    assert plain.value(Goal.EARLINESS) > timedelta()


def test_deadlines_come_before_all_goals() -> None:
    """The job that must be done is done, however much more another costs that is late."""
    jobs = [
        job("MUST", 2, {"deadline": MONDAY + 2 * HOUR}),
        job("DEAR", 1, {"due": MONDAY + HOUR, "weight": 1000}),
    ]
    problem = Problem(start=MONDAY, resources=[Resource("M", calendar=ALWAYS)], jobs=jobs)
    found = schedule(problem, SchedulingPolicy(iterations=50))
    assert [one.job for one in found.placements] == ["MUST", "DEAR"]
    assert found.value(Goal.DEADLINES) == timedelta()
    assert found.value(Goal.TARDINESS) == 2000 * HOUR


@given(
    st.lists(
        st.tuples(st.integers(1, 3), st.sampled_from("ab"), st.integers(1, 14), st.integers(1, 3), st.integers(0, 2)),
        min_size=1,
        max_size=3,
    )
)
def test_early_and_late_against_every_start(jobs: list[tuple[int, str, int, int, int]]) -> None:
    """Every start of up to three jobs on one machine by arithmetic: none is better by early and late hours."""
    machine = Resource("M", calendar=ALWAYS, setups=[Changeover("kind", "*", "*", time=2 * HOUR)])
    given_ = [
        job(f"J{number}", work, {"due": MONDAY + due * HOUR, "weight": late, "holding_weight": early}, kind=kind)
        for number, (work, kind, due, late, early) in enumerate(jobs)
    ]
    blend = Blend({Goal.TARDINESS: 1, Goal.EARLINESS: 1})
    problem = Problem(start=MONDAY, resources=[machine], jobs=given_)
    found = schedule(problem, SchedulingPolicy(goals=[blend], iterations=60))
    found.verify()
    assert found.worth(blend) >= _least(jobs)


def _least(jobs: list[tuple[int, str, int, int, int]]) -> Fraction:
    best: list[int] = []
    for order in permutations(jobs):
        for idle in product(range(15), repeat=len(order)):
            end, kind, cost = 0, order[0][1], 0
            for wait, (work, own, due, late, early) in zip(idle, order, strict=True):
                end += wait + work + (2 if own != kind else 0)
                kind = own
                cost += late * max(0, end - due) + early * max(0, due - end)
            best.append(cost)
    return Fraction(min(best))


def test_a_rule_that_looks_at_changes_keeps_what_is_alike_together() -> None:
    """Ten red and ten black jobs by turns take one change by it, and many by their order."""
    jobs = [job(f"J{number:02}", 1, ink="red" if number % 2 else "black") for number in range(20)]
    problem = Problem(start=MONDAY, resources=[Resource("M", calendar=ALWAYS, setups=INKS)], jobs=jobs)
    found = schedule(problem, SchedulingPolicy(rules=[Rule.CHANGEOVER_COST]))
    found.verify()
    assert len([one for one in found.placements if one.changeover]) == 1
    plain = schedule(problem, SchedulingPolicy(rules=[Rule.EARLIEST_DUE]))
    assert len([one for one in plain.placements if one.changeover]) == 19
    assert schedule(problem).rule is Rule.CHANGEOVER_COST


def test_the_shop_floor_and_the_picture_see_changes() -> None:
    """A line of the list says from when on, and the picture has a bar of its own."""
    found = in_turn(Setups(INKS), job("A", ink="black"), job("B", ink="red"))
    first, second = found.dispatch("M")
    assert (first.changed_from, first.changeover) == (None, timedelta())
    assert (second.changed_from, second.changeover) == (MONDAY + HOUR, 3 * HOUR)
    assert found.to_svg().count("changeover for B do on M, from 2026-03-02 09:00 UTC") == 1
    assert "changeover for A" not in found.to_svg()


def test_the_picture_is_a_specification_too() -> None:
    """Vega-Lite with its data: breaks, changes, bars, and a mark on what is late; a notebook takes what it draws."""
    found = in_turn(Setups(INKS), job("A", ink="black"), job("B", ink="red"), calendar=Calendar("DAY"))
    chart = found.gantt()
    written = json.loads(json.dumps(chart.to_vega()))
    closed, changes, bars, marks = (layer["data"]["values"] for layer in written["layer"])
    assert [row["job"] for row in changes] == ["B"]
    assert changes[0]["start"] == "2026-03-02T09:00:00.000000Z"
    assert [(row["job"], row["late"]) for row in bars] == [("A", True), ("B", True)]
    assert [row["job"] for row in marks] == ["A", "B"]
    assert closed == []
    shown = chart._repr_mimebundle_()
    assert set(shown) == {"application/vnd.vegalite.v5+json", "image/svg+xml", "text/plain"}
    assert chart._repr_html_() == chart.to_svg() == found.to_svg()
    assert repr(chart) == "<Chart of 2 bars, 2026-03-02 08:00 to 2026-03-02 13:00 UTC>"


def test_what_is_named_may_be_a_job_or_its_code() -> None:
    """Only the code of a thing is used."""
    found = in_turn(Setups(INKS), job("A", ink="black"))
    assert str(found.why(found.problem.jobs[0])) == str(found.why("A"))


def test_a_machine_is_set_up_for_the_step_that_is_begun_on_it() -> None:
    """Half of a red order is done: the rest of it goes on at once, a black one is changed for."""
    steps = {
        ink: [Operation("do", resource="M", run_per_unit=HOUR, attributes={"ink": ink})] for ink in ("red", "black")
    }
    items = [
        part
        for ink in steps
        for part in (Item(ink), BillOfMaterial(ink, [BomLine("BAR", 1)]), Routing(ink, steps[ink]))
    ]
    catalog = Catalog([Resource("M", calendar=ALWAYS, setups=INKS), Item("BAR"), *items])
    plant = Plant(catalog, clock=ManualClock(MONDAY))
    plant.receive("BAR", 20)
    plant.expect(*[Demand(ink, 2, due=date(2026, 3, 6), ref=ink) for ink in steps])
    makes = plant.plan(until=date(2026, 6, 1)).make
    orders = [plant.launch(makes.where(item=ink)[0]) for ink in steps]
    plant.issue(plant.reserve(orders[0]))
    plant.report(orders[0], "do", good=1)
    found = plant.schedule([plant.production.order(one.code) for one in orders])
    found.verify()
    changes = {one.job: one.changeover / HOUR for one in found.placements}
    assert changes == {orders[0].code: 0, orders[1].code: 1}
