"""A schedule as time passes: what is finished, runs or stays, and what is repaired with as little moved as can be."""

import copy
from datetime import UTC, date, datetime, timedelta

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.property.test_schedules_hold import START, problems

from prodstock.calendars.calendar import Calendar
from prodstock.calendars.downtime import Downtime
from prodstock.errors import BrokenInvariant, InvalidValueError, UnknownCode
from prodstock.master.alternative import Alternative, Secondary
from prodstock.master.location import Site
from prodstock.master.resource import Resource
from prodstock.master.routing import Operation
from prodstock.master.setups import Changeover
from prodstock.scheduling.policy import Goal, Rule, SchedulingPolicy
from prodstock.scheduling.problem import Job, Problem
from prodstock.scheduling.reasons import SpellKind
from prodstock.scheduling.schedule import Schedule, schedule
from prodstock.scheduling.standing import OperationStatus, Standing
from prodstock.scheduling.verify import verify

MONDAY = datetime(2026, 3, 2, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)
ALWAYS = Calendar("ALWAYS", week="Mo-Su 00:00-24:00")
SHOP = [Resource("M", calendar=ALWAYS), Resource("N", calendar=ALWAYS)]
CUT = Operation("cut", resource="M", setup=2 * HOUR)
WELD = Operation("weld", resource="N", setup=3 * HOUR)


def job(code: str, **given_: object) -> Job:
    """Return a job of two hours on M, then three on N."""
    return Job(code, [CUT, WELD], **given_)  # type: ignore[arg-type]


def made(*jobs: Job, resources: list[Resource] = SHOP, standings: list[Standing] | None = None) -> Schedule:
    """Return the schedule of jobs by their due dates, checked."""
    problem = Problem(start=MONDAY, resources=resources, jobs=jobs, standings=standings or [])
    found = schedule(problem, SchedulingPolicy(rules=[Rule.EARLIEST_DUE]))
    found.verify()
    return found


def hours(found: Schedule) -> dict[str, tuple[float, float]]:
    """Return from which to which hour of the week each operation runs."""
    return {
        f"{one.job} {one.operation}": ((one.start - MONDAY) / HOUR, (one.end - MONDAY) / HOUR)
        for one in found.placements
    }


THREE = (job("A", due=date(2026, 3, 2)), job("B", due=date(2026, 3, 3)), job("C", due=date(2026, 3, 4)))


def test_standings_say_what_is_done_runs_and_is_to_come() -> None:
    """At half past ten the first cut is done, the next and the first weld run, and the third is to come."""
    found = made(*THREE)
    at = MONDAY + 2.5 * HOUR
    status = {f"{one.job} {one.operation}": one.status.value for one in found.standings(at)}
    assert status == {
        "A cut": "finished",
        "A weld": "started",
        "B cut": "started",
        "B weld": "planned",
        "C cut": "planned",
        "C weld": "planned",
    }
    left = {f"{one.job} {one.operation}": one.left for one in found.standings(at) if one.left}
    assert left == {"A weld": 2.5 * HOUR, "B cut": 1.5 * HOUR}
    locked = [one.job for one in found.standings(at, frozen=4 * HOUR) if one.status is OperationStatus.LOCKED]
    assert locked == ["B", "C"]


def test_nothing_moves_while_all_goes_as_scheduled() -> None:
    """What is finished is gone, what runs goes on, all else stays."""
    found = made(*THREE)
    again = found.repaired(MONDAY + 2.5 * HOUR)
    again.verify()
    assert not again.moved
    assert hours(again) == {
        "A weld": (2.5, 5),
        "B cut": (2.5, 4),
        "C cut": (4, 6),
        "B weld": (5, 8),
        "C weld": (8, 11),
    }


def test_what_takes_longer_moves_only_what_waits_for_it() -> None:
    """The cut of B takes three hours more than was planned: its weld and what is in its way move."""
    found = made(*THREE, job("Z", due=date(2026, 3, 9)))
    late = Standing("B", "cut", OperationStatus.STARTED, resource="M", left=4.5 * HOUR)
    again = found.repaired(MONDAY + 2.5 * HOUR, actuals=[late])
    again.verify()
    assert hours(again)["B cut"] == (2.5, 7)
    assert hours(again)["C cut"][0] == 7
    assert {one.job for one in again.moved} == {"B", "C", "Z"}
    first = again.moved[0]
    assert first.by == first.start - first.was


def test_a_machine_that_is_down_sends_work_elsewhere() -> None:
    """What ran on it moves to its alternative, or after the repair; what is on others stays."""
    cut = attrs.evolve(CUT, alternatives=[Alternative("M2", speed="0.5")])
    shop = [*SHOP, Resource("M2", calendar=ALWAYS)]
    jobs = [Job("A", [cut], due=date(2026, 3, 2)), Job("B", [WELD], due=date(2026, 3, 3))]
    found = made(*jobs, resources=shop)
    assert found.placements.where(job="A")[0].resource == "M"
    down = attrs.evolve(ALWAYS, code="DOWN", maintenance=[Downtime(MONDAY, MONDAY + 20 * HOUR)])
    broken = attrs.evolve(found.problem, resources=[Resource("M", calendar=down), *shop[1:]])
    again = found.repaired(MONDAY, problem=broken)
    again.verify()
    assert [(one.job, one.resource_was, one.resource) for one in again.moved] == [("A", "M", "M2")]
    assert again.value(Goal.STABILITY) == 4 * HOUR


def test_a_rush_order_finds_its_place() -> None:
    """It is on time although another has to wait for it, which had time enough."""
    found = made(*THREE)
    rush = job("RUSH", due=MONDAY + 8 * HOUR, weight=10)
    again = found.repaired(MONDAY + HOUR, problem=attrs.evolve(found.problem, jobs=[*THREE, rush]))
    again.verify()
    assert not again.late
    assert hours(again)["RUSH weld"][1] <= 8
    frozen = found.repaired(MONDAY + HOUR, problem=attrs.evolve(found.problem, jobs=[*THREE, rush]), frozen=9 * HOUR)
    frozen.verify()
    assert [one.job for one in frozen.late] == ["RUSH"]
    assert not frozen.moved


def test_what_is_frozen_waits_for_its_material_all_the_same() -> None:
    """It cannot stay where it was if that is not there; one who locks it there himself is told."""
    found = made(*THREE)
    first = found.placements[0]
    there = MONDAY + 30 * HOUR
    late = [attrs.evolve(one, material={first.operation: there}) if one.code == first.job else one for one in THREE]
    problem = attrs.evolve(found.problem, jobs=late)
    again = found.repaired(MONDAY, problem=problem, frozen=9 * HOUR)
    again.verify()
    assert hours(again)[f"{first.job} {first.operation}"][0] >= 30
    lock = Standing(first.job, first.operation, OperationStatus.LOCKED, resource=first.resource, start=first.start)
    with pytest.raises(InvalidValueError, match="before what it takes is there"):
        schedule(attrs.evolve(problem, standings=[lock]))


def test_what_is_locked_stays_and_is_told_of() -> None:
    """Until its lock a job waits, whatever would be better."""
    lock = Standing("A", "cut", OperationStatus.LOCKED, resource="M", start=MONDAY + 5 * HOUR)
    found = made(*THREE, standings=[lock])
    assert hours(found)["A cut"] == (5, 7)
    assert found.spells("A")[0].kind is SpellKind.LOCKED
    assert found.spells("A")[0].time == 5 * HOUR


def test_what_is_firm_stays_on_its_machine() -> None:
    """Even if another is faster."""
    cut = attrs.evolve(CUT, alternatives=[Alternative("M2", speed=4)])
    shop = [*SHOP, Resource("M2", calendar=ALWAYS)]
    free, firm = (
        made(Job("A", [cut]), resources=shop, standings=some).placements[0].resource
        for some in ([], [Standing("A", "cut", OperationStatus.FIRM, resource="M")])
    )
    assert (free, firm) == ("M2", "M")


def test_people_who_work_on_something_stay_with_it() -> None:
    """Who began it goes on with it, though others are free."""
    people = [Resource("Ann", calendar=ALWAYS, skills=["cut"]), Resource("Bob", calendar=ALWAYS, skills=["cut"])]
    cut = attrs.evolve(CUT, skill="cut")
    runs = Standing("A", "cut", OperationStatus.STARTED, resource="M", left=HOUR, secondary=[Secondary("Bob")])
    found = made(Job("A", [cut]), resources=[*SHOP, *people], standings=[runs])
    assert [one.resource for one in found.placements[0].secondary] == ["Bob"]
    assert found.placements[0].work == HOUR


def test_a_machine_is_set_up_for_what_runs_on_it() -> None:
    """What goes on is not changed for again; what follows is changed for from it."""
    shop = [Resource("M", calendar=ALWAYS, setups=[Changeover("ink", "*", "*", time=HOUR)])]
    jobs = [Job(ink, [attrs.evolve(CUT, attributes={"ink": ink})]) for ink in ("black", "red")]
    runs = Standing("red", "cut", OperationStatus.STARTED, resource="M", left=HOUR)
    found = made(*jobs, resources=shop, standings=[runs])
    assert hours(found) == {"red cut": (0, 1), "black cut": (2, 4)}
    later = found.repaired(MONDAY + 0.5 * HOUR)
    later.verify()
    assert not later.moved


@pytest.mark.parametrize(
    ("standings", "reason"),
    [
        ([("A", "cut", "locked", 0), ("B", "cut", "locked", 1)], "cannot be where it is locked"),
        ([("A", "weld", "locked", 4)], "is settled, and A cut before it is not"),
        ([("A", "cut", "locked", 0), ("A", "weld", "locked", 1)], "is locked before A cut is done"),
        ([("A", "cut", "locked", -1)], "before the start"),
    ],
)
def test_what_is_locked_must_fit(standings: list[tuple[str, str, str, int]], reason: str) -> None:
    """Two at once, before what comes first, or in the past: refused by name."""
    rows = [
        Standing(job_, step, OperationStatus(status), resource="M" if step == "cut" else "N", start=MONDAY + at * HOUR)
        for job_, step, status, at in standings
    ]
    with pytest.raises(InvalidValueError, match=reason):
        made(*THREE, standings=rows)


def test_standings_must_be_of_the_problem() -> None:
    """Neither of other jobs, nor twice, nor on what cannot run it, nor finished in the future."""
    done = OperationStatus.FINISHED
    with pytest.raises(UnknownCode, match="Z"):
        made(*THREE, standings=[Standing("Z", "cut", done)])
    with pytest.raises(UnknownCode, match="mill"):
        made(*THREE, standings=[Standing("A", "mill", done)])
    with pytest.raises(InvalidValueError, match="stands twice"):
        made(*THREE, standings=[Standing("A", "cut", done)] * 2)
    with pytest.raises(InvalidValueError, match="after the start"):
        made(*THREE, standings=[Standing("A", "cut", done, end=MONDAY + HOUR)])
    with pytest.raises(InvalidValueError, match="can run on"):
        made(*THREE, standings=[Standing("A", "cut", OperationStatus.FIRM, resource="N")])
    with pytest.raises(InvalidValueError, match="left"):
        Standing("A", "cut", OperationStatus.STARTED)
    with pytest.raises(InvalidValueError, match="start"):
        Standing("A", "cut", OperationStatus.LOCKED)


@pytest.mark.parametrize(
    ("which", "to", "invariant"),
    [
        ("A cut", {"start": MONDAY + 4 * HOUR, "end": MONDAY + 6 * HOUR}, "what is locked stays"),
        ("B cut", {"work": HOUR, "end": MONDAY + 2 * HOUR}, "takes its time"),
        ("C cut", None, "every operation is placed once"),
    ],
)
def test_the_check_looks_at_standings(which: str, to: dict[str, object] | None, invariant: str) -> None:
    """What is locked elsewhere, begun with less left, and finished but placed is found."""
    standings = [
        Standing("A", "cut", OperationStatus.LOCKED, resource="M", start=MONDAY + 3 * HOUR),
        Standing("B", "cut", OperationStatus.STARTED, resource="M", left=1.5 * HOUR),
        Standing("C", "cut", OperationStatus.FINISHED),
    ]
    found = made(*THREE, standings=standings)
    rows = {f"{one.job} {one.operation}": one for one in found.placements}
    assert which in rows or to is None
    if to is None:
        rows[which] = attrs.evolve(rows["A cut"], job="C")
    else:
        moved_to = {"changed_from": to.get("start", rows[which].start)} | to
        rows[which] = attrs.evolve(rows[which], **moved_to)  # type: ignore[arg-type]
    with pytest.raises(BrokenInvariant, match=invariant):
        verify(found.problem, list(rows.values()))


def test_what_is_finished_is_moved_from_when_it_ended() -> None:
    """It ended at ten to eight and takes half an hour: twenty minutes are left, with transfer batches or without."""
    for transfer in (None, 1):
        first = Operation("mix", setup=HOUR, move=HOUR / 2, transfer=transfer)
        problem = Problem(
            start=START,
            resources=[Resource("M", calendar=Calendar("ALWAYS", week="Mo-Su 00:00-24:00"))],
            jobs=[Job("A", [first, Operation("fill", resource="M", setup=HOUR)])],
            sites=[Site("MAIN", calendar=Calendar("ALWAYS", week="Mo-Su 00:00-24:00"))],
            standings=[Standing("A", "mix", OperationStatus.FINISHED, end=START - HOUR / 6)],
        )
        found = schedule(problem)
        found.verify()
        assert found.placements[0].start == START + HOUR / 3
        assert found.bound(Goal.MAKESPAN) == HOUR + HOUR / 3
        stands = Standing("A", "fill", OperationStatus.LOCKED, resource="M", start=START + HOUR / 3)
        locked = schedule(attrs.evolve(problem, standings=[*problem.standings, stands]))
        locked.verify()
        assert locked.placements[0].start == START + HOUR / 3


@given(problems(), st.integers(0, 60), st.integers(0, 30), st.integers(0, 1), st.integers(0, 9))
def test_what_is_repaired_holds(problem: Problem, hour: int, frozen: int, rush: int, longer: int) -> None:
    """At any moment, with a rush order, and with what runs taking longer; and again later."""
    found = schedule(problem, SchedulingPolicy(rules=[Rule.SHORTEST]))
    at, now = START + hour * HOUR, problem
    if rush and problem.jobs:
        first = attrs.evolve(problem.jobs[0], code="RUSH", weight=50, due=date(2026, 3, 3), after=[])
        now = attrs.evolve(problem, jobs=[*problem.jobs, first])
    running = [one for one in found.standings(at) if one.left is not None]
    actuals = [attrs.evolve(one, left=(one.left or HOUR) + longer * HOUR) for one in running]
    again = found.repaired(at, problem=now, actuals=actuals, frozen=frozen * HOUR)
    again.verify()
    for job_ in again.jobs:
        assert sum((one.time for one in again.spells(job_.job)), timedelta()) == job_.end - job_.release
    assert copy.deepcopy(again) == again
    again.repaired(at + 5 * HOUR).verify()
