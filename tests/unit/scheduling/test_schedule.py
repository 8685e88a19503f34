"""Schedules of jobs and of orders: gaps, breaks, several at a time, what waits for what, and what the check finds."""

from datetime import UTC, date, datetime, timedelta

import attrs
import pytest

from prodstock.errors import BrokenInvariant, InvalidTypeError, InvalidValueError, UnknownCode
from prodstock.journal.store import ManualClock
from prodstock.master.bom import BillOfMaterial, BomLine
from prodstock.master.catalog import Catalog
from prodstock.master.item import Item
from prodstock.master.resource import Resource
from prodstock.master.routing import Operation, OperationKind, Routing
from prodstock.master.sourcing import Sourcing
from prodstock.orders.demand import Demand
from prodstock.plant import Plant
from prodstock.scheduling.policy import Goal, Rule, SchedulingPolicy
from prodstock.scheduling.problem import Job, Problem
from prodstock.scheduling.schedule import Placement, Schedule, schedule
from prodstock.scheduling.verify import verify

MONDAY = datetime(2026, 3, 2, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)
SAW, PRESS = Resource("saw"), Resource("press")


def job(code: str, *steps: tuple[str, int], **more: object) -> Job:
    """Return a job whose steps take so many hours each on a resource."""
    operations = [Operation(f"{on}-{at}", resource=on, setup=hours * HOUR) for at, (on, hours) in enumerate(steps)]
    return Job(code, operations, **more)  # type: ignore[arg-type]


def made(*jobs: Job, resources: tuple[Resource, ...] = (SAW, PRESS), **policy: object) -> Schedule:
    """Return a schedule that holds."""
    problem = Problem(start=MONDAY, resources=resources, jobs=jobs)
    found = schedule(problem, SchedulingPolicy(**policy))  # type: ignore[arg-type]
    found.verify()
    return found


def starts(found: Schedule) -> list[tuple[str, str]]:
    """Return when each operation begins, in order."""
    return [(one.job, f"{one.start:%a %H:%M}") for one in found.placements]


def test_what_is_due_first_goes_first() -> None:
    """B is due on Monday, A on Wednesday."""
    found = made(job("A", ("saw", 6), due=date(2026, 3, 4)), job("B", ("saw", 6), due=date(2026, 3, 2)))
    assert starts(found) == [("B", "Mon 08:00"), ("A", "Mon 14:00")]
    assert not found.late


def test_a_short_operation_runs_in_a_gap_that_is_left() -> None:
    """The saw waits for A's second step; B, though preferred less, fits before it."""
    a = job("A", ("saw", 1), ("press", 4), ("saw", 2), due=date(2026, 3, 2))
    found = made(a, job("B", ("saw", 4), due=date(2026, 3, 9)), rules=[Rule.EARLIEST_DUE])
    assert starts(found) == [("A", "Mon 08:00"), ("A", "Mon 09:00"), ("B", "Mon 09:00"), ("A", "Mon 13:00")]


def test_work_pauses_while_the_resource_does_not_work() -> None:
    """Ten hours from Monday 8:00 on end on Tuesday at 10:00."""
    found = made(job("A", ("saw", 10)))
    (one,) = found.placements
    assert (one.end, one.work) == (datetime(2026, 3, 3, 10, tzinfo=UTC), 10 * HOUR)
    assert str(found.why("A")).splitlines() == [
        "A: released 2026-03-02 08:00, done 2026-03-03 10:00: 1 d 2 h",
        "  saw-0: 1 d 2 h",
        "    10 h work on saw",
        "    16 h paused on saw",
    ]


def test_a_resource_runs_as_many_at_a_time_as_it_can() -> None:
    """Two of three run at once, on lanes of their own."""
    found = made(*(job(code, ("saw", 3)) for code in "ABC"), resources=(Resource("saw", capacity=2),))
    assert [(one.job, one.lane, one.start.hour) for one in found.placements] == [("A", 1, 8), ("B", 2, 8), ("C", 1, 11)]
    assert [(one.resource, one.worked, one.open) for one in found.resources] == [("saw", 9 * HOUR, 12 * HOUR)]


def test_releases_material_and_other_jobs_are_waited_for() -> None:
    """A is released on Tuesday, B's material comes on Wednesday, C takes what A makes."""
    a = job("A", ("saw", 2), release=date(2026, 3, 3))
    b = job("B", ("press", 2), material={"press-0": date(2026, 3, 4)})
    found = made(a, b, job("C", ("press", 2), after=["A"]))
    assert starts(found) == [("A", "Tue 08:00"), ("C", "Tue 10:00"), ("B", "Wed 08:00")]
    assert "1 d 2 h until A has made its material" in str(found.why("C"))
    assert "1 d 16 h until its material is there" in str(found.why("B"))


def test_waiting_takes_time_as_it_passes_and_queues_and_moves_that_of_the_site() -> None:
    """Curing goes on at night; an hour in the queue and an hour's move are working hours."""
    cure = Operation("cure", kind=OperationKind.WAIT, setup=12 * HOUR)
    saw = Operation("saw", resource="saw", setup=HOUR, queue=HOUR, move=HOUR)
    found = made(Job("A", [cure, saw]))
    assert [(one.operation, f"{one.start:%a %H:%M}") for one in found.placements] == [
        ("cure", "Mon 08:00"),
        ("saw", "Tue 09:00"),
    ]
    assert [(one.kind.value, one.time) for one in found.spells("A")] == [
        *(("work", 12 * HOUR), ("queue", 13 * HOUR), ("work", HOUR), ("move", HOUR)),
    ]


def test_why_says_behind_whom() -> None:
    """B waits six hours for A's work on the saw, and two for the saw to open again."""
    found = made(job("A", ("saw", 6), due=date(2026, 3, 2)), job("B", ("saw", 4), due=date(2026, 3, 3)))
    assert "6 h behind A saw-0 on saw" in str(found.why("B"))


def test_goals_choose_among_rules() -> None:
    """Shortest first has the least flow, earliest due the least tardiness."""
    jobs = [job("A", ("saw", 4), due=datetime(2026, 3, 2, 12, tzinfo=UTC)), job("B", ("saw", 2), due=date(2026, 3, 9))]
    rules = [Rule.EARLIEST_DUE, Rule.SHORTEST]
    assert made(*jobs, rules=rules, goals=[Goal.FLOW]).rule is Rule.SHORTEST
    late = made(*jobs, rules=rules, goals=[Goal.TARDINESS])
    assert (late.rule, late.value(Goal.TARDINESS), late.value(Goal.MAKESPAN)) == (
        Rule.EARLIEST_DUE,
        timedelta(),
        6 * HOUR,
    )


def test_nothing_to_do_is_a_schedule_too() -> None:
    """Without jobs nothing runs."""
    found = made()
    assert not found.placements
    assert repr(found) == "<Schedule of 0 jobs, none late, until 2026-03-02>"


def test_a_picture_shows_lanes_breaks_and_what_is_late() -> None:
    """Each bar has its words, late ones say so, and nothing of a name gets into the SVG as such."""
    found = made(job("A&B", ("saw", 10), due=date(2026, 3, 2)), job("C", ("press", 1)))
    svg = found.to_svg()
    assert svg.startswith("<svg")
    assert "A&amp;B saw-0 on saw, 2026-03-02 08:00 to 2026-03-03 10:00 UTC, late" in svg
    assert 'fill="url(#late)"' in svg
    assert "A&B" not in svg
    assert found._repr_html_() == svg


def moved(found: Schedule, which: int, **to: object) -> list[Placement]:
    """Return the placements with one of them changed."""
    rows = list(found.placements)
    to = {"changed_from": to.get("start", rows[which].start)} | to
    rows[which] = attrs.evolve(rows[which], **to)  # type: ignore[arg-type]
    return rows


@pytest.mark.parametrize(
    ("which", "to", "invariant"),
    [
        (0, {"start": MONDAY - HOUR, "end": MONDAY + 5 * HOUR}, "begins when it may"),
        (1, {"start": MONDAY + HOUR, "end": MONDAY + 3 * HOUR}, "begins when it may"),
        (2, {"start": MONDAY + 2 * HOUR, "end": MONDAY + 8 * HOUR}, "more at a time"),
        (0, {"end": MONDAY + 7 * HOUR}, "takes its time"),
        (0, {"resource": "press"}, "its own resource"),
        (0, {"job": "Z"}, "only what is asked for"),
        (0, {"operation": "Z"}, "placed once"),
    ],
)
def test_the_check_finds_every_kind_of_fault(which: int, to: dict[str, object], invariant: str) -> None:
    """A schedule that is moved by hand does not pass."""
    found = made(job("A", ("saw", 6), ("press", 2)), job("B", ("saw", 6)), rules=[Rule.EARLIEST_DUE])
    with pytest.raises(BrokenInvariant, match=invariant):
        verify(found.problem, moved(found, which, **to))


def test_the_check_finds_who_begins_before_what_it_takes() -> None:
    """C takes what A makes, and does not wait for it."""
    found = made(job("A", ("saw", 2)), job("C", ("press", 2), after=["A"]))
    with pytest.raises(BrokenInvariant, match="make what it takes"):
        verify(found.problem, moved(found, 1, start=MONDAY, end=MONDAY + 2 * HOUR))


def test_problems_that_cannot_be_meant_are_refused() -> None:
    """Unknown resources, jobs in a circle, jobs named twice, and who is no job."""
    with pytest.raises(UnknownCode, match="saq"):
        Problem(start=MONDAY, resources=[SAW], jobs=[job("A", ("saq", 1))])
    with pytest.raises(InvalidValueError, match="wait for each other"):
        Problem(
            start=MONDAY, resources=[SAW], jobs=[job("A", ("saw", 1), after=["B"]), job("B", ("saw", 1), after=["A"])]
        )
    with pytest.raises(InvalidValueError, match="twice"):
        Problem(start=MONDAY, resources=[SAW], jobs=[job("A", ("saw", 1)), job("A", ("saw", 1))])
    with pytest.raises(UnknownCode, match="operation of the job"):
        job("A", ("saw", 1), material={"press": MONDAY})
    with pytest.raises(InvalidTypeError):
        schedule([])  # type: ignore[arg-type]
    with pytest.raises(UnknownCode, match="job of the schedule"):
        made(job("A", ("saw", 1))).why("B")


def shop() -> Plant:
    """Return a plant that saws boards, and presses two of them into a panel."""
    catalog = Catalog(
        [
            *(SAW, PRESS, Item("LOG"), Sourcing("LOG", supplier="WOOD", lead_time=timedelta(days=10))),
            *(Item("BOARD"), BillOfMaterial("BOARD", [BomLine("LOG", 1)])),
            Routing("BOARD", [Operation("saw", resource="saw", run_per_unit=timedelta(minutes=30))]),
            *(Item("PANEL"), BillOfMaterial("PANEL", [BomLine("BOARD", 2)])),
            Routing("PANEL", [Operation("press", resource="press", setup=HOUR, run_per_unit=timedelta(minutes=15))]),
        ]
    )
    return Plant(catalog, clock=ManualClock(MONDAY))


def test_a_plan_is_scheduled_with_what_its_orders_take_from_each_other() -> None:
    """Panels are pressed once their boards are sawn, boards sawn once their logs are there."""
    plant = shop()
    plant.receive("LOG", 100)
    plant.expect(Demand("PANEL", 8, due=date(2026, 3, 2), ref="SO-1"))
    plan = plant.plan(until=date(2026, 6, 1))
    found = plant.schedule(plan)
    found.verify()
    assert [(one.operation, f"{one.start:%a %H:%M}") for one in found.placements] == [
        ("saw", "Mon 08:00"),
        ("press", "Tue 08:00"),
    ]
    assert [f"{one.due:%a %H:%M}" for one in found.late if one.due] == ["Mon 16:00", "Mon 13:00"]
    without = shop()
    without.expect(Demand("PANEL", 8, due=date(2026, 3, 2), ref="SO-1"))
    logs = without.schedule(without.plan(until=date(2026, 6, 1)))
    assert logs.placements[0].start.date() == date(2026, 3, 12)


def test_of_a_launched_order_what_is_left_is_scheduled() -> None:
    """Six of sixteen boards are sawn: five hours are left, without the whole; a finished order has no job."""
    plant = shop()
    plant.receive("LOG", 100)
    plant.expect(Demand("BOARD", 16, due=date(2026, 3, 3), ref="SO-1"))
    order = plant.launch(plant.plan(until=date(2026, 6, 1)).make[0])
    plant.issue(plant.reserve(order))
    plant.report(order, "saw", good=6)
    (left,) = plant.schedule([order]).placements
    assert (left.job, left.work) == (order.code, 5 * HOUR)
    plant.complete(order, good=16)
    assert not plant.schedule([order]).placements
    with pytest.raises(InvalidTypeError):
        plant.schedule([Demand("BOARD", 1, due=MONDAY)])  # type: ignore[list-item]
