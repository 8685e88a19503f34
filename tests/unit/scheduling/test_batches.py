"""Ovens: what runs together from beginning to end, counted by hand and against all ways to load one."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import permutations

import attrs
import pytest

from prodstock.calendars.calendar import Calendar
from prodstock.errors import BrokenInvariant, InvalidValueError
from prodstock.master.alternative import Secondary
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
DAYS = Calendar("DAYS", week="Mo-Su 08:00-16:00")
OVEN = Resource("oven", calendar=ALWAYS, capacity=10, batch=["recipe"])


def bake(hours: int = 4, recipe: str = "hot", **given: object) -> Operation:
    """Return an operation in the oven."""
    return Operation("bake", resource="oven", setup=hours * HOUR, attributes={"recipe": recipe}, **given)  # type: ignore[arg-type]


def job(code: str, operation: Operation, **given: object) -> Job:
    """Return a job that is only baked."""
    return Job(code, [operation], **given)  # type: ignore[arg-type]


def made(
    jobs: Sequence[Job],
    resources: Sequence[Resource] = (OVEN,),
    policy: SchedulingPolicy | None = None,
    stands: Sequence[Standing] = (),
) -> Schedule:
    """Return a schedule that holds, in which all time has a cause."""
    problem = Problem(start=MONDAY, resources=resources, jobs=jobs, standings=stands)
    found = schedule(problem, policy or SchedulingPolicy())
    found.verify()
    for one in found.jobs:
        assert sum((each.time for each in found.spells(one.job)), timedelta()) == one.end - one.release
    return found


def runs(found: Schedule) -> list[tuple[float, float, str]]:
    """Return from when to when what is in the oven, in hours."""
    return [
        ((one.start - MONDAY) / HOUR, (one.end - MONDAY) / HOUR, " ".join(job for job, _ in one.operations))
        for one in found.batches
    ]


def test_what_is_alike_runs_together() -> None:
    """Each takes one of ten; another recipe, or another time, is another batch."""
    jobs = [job(f"A{number}", bake()) for number in range(3)]
    jobs += [job("B", bake(recipe="mild")), job("C", bake(5)), job("D", Operation("rest", setup=HOUR))]
    found = made(jobs, policy=SchedulingPolicy(rules=[Rule.EARLIEST_DUE]))
    assert runs(found) == [(0, 4, "A0 A1 A2"), (4, 8, "B"), (8, 13, "C")]
    assert [(one.units, one.capacity) for one in found.batches] == [(3, 10), (1, 10), (1, 10)]
    assert repr(found.batches[0]) == "<BatchRun oven 2026-03-02 08:00, 4:00:00: 3 operations, 3 of 10>"
    use = next(iter(found.resources))
    assert (use.worked, use.open, use.share, use.operations) == (13 * HOUR, 13 * HOUR, Decimal(1), 5)


def test_any_that_take_as_long_where_nothing_need_be_alike() -> None:
    """With no attribute named recipes mix."""
    oven = attrs.evolve(OVEN, batch=())
    found = made([job("A", bake()), job("B", bake(recipe="mild")), job("C", bake(5))], [oven])
    assert sorted(runs(found)) == [(0, 4, "A B"), (4, 9, "C")]


def test_the_load_is_by_quantity() -> None:
    """Forty at a quarter take all; thirteen take four, rounded up, and leave room for six."""
    quarter = bake(load="0.25")
    jobs = [job("A", quarter, quantity=40), job("B", quarter, quantity=13), job("C", quarter, quantity=24)]
    found = made([*jobs, job("D", quarter)], policy=SchedulingPolicy(rules=[Rule.EARLIEST_DUE]))
    assert sorted((one.units, len(one.operations)) for one in found.batches) == [(1, 1), (10, 1), (10, 2)]


def test_more_than_the_oven_holds_is_baked_in_several_loads() -> None:
    """Twenty-five take three loads, alone in the oven, each with its setup; runs are by the unit."""
    many = Operation("bake", resource="oven", setup=4 * HOUR, run_per_unit=timedelta(minutes=6), load=1)
    found = made([job("A", many, quantity=25), job("B", many, quantity=10)], [attrs.evolve(OVEN, batch=())])
    assert sorted(runs(found)) == [(0, 5, "B"), (5, 19.5, "A")]
    rows = {one.job: one for one in found.placements}
    assert rows["A"].work == 14.5 * HOUR
    assert {one.operations[0][0]: one.units for one in found.batches} == {"A": 10, "B": 10}


def test_batches_wait_for_more_if_that_is_better() -> None:
    """Three come ten minutes after each other: they go in together, and say that they were held back."""
    jobs = [job(f"A{number}", bake(8), release=MONDAY + number * HOUR / 6) for number in range(3)]
    found = made(jobs)
    assert [(one.start, one.end, len(one.operations)) for one in found.batches] == [
        (MONDAY + HOUR / 3, MONDAY + 8 * HOUR + HOUR / 3, 3)
    ]
    assert [(one.kind, one.time) for one in found.spells("A0")] == [
        (SpellKind.HELD, HOUR / 3),
        (SpellKind.WORK, 8 * HOUR),
    ]


def test_an_urgent_one_does_not_wait() -> None:
    """It is due when it would be done alone, and nobody may make it late."""
    jobs = [job("A", bake(8), due=MONDAY + 8 * HOUR), job("B", bake(8), release=MONDAY + HOUR)]
    assert runs(made(jobs)) == [(0, 8, "A"), (8, 16, "B")]


def test_what_comes_later_waits_behind_the_batch_and_says_so() -> None:
    """No one joins an oven that is shut."""
    jobs = [job("A", bake(8), due=MONDAY + 8 * HOUR), job("B", bake(8), release=MONDAY + HOUR)]
    first = made(jobs).spells("B")[0]
    assert (first.kind, first.time, first.resource, first.behind) == (SpellKind.BEHIND, 7 * HOUR, "oven", "A bake")


def ways(jobs: Sequence[tuple[int, int, str, int]], capacity: int) -> Iterator[list[int]]:
    """Yield when each job ends, by each order to load an oven and each way to cut it into batches.

    Jobs are the hour they come, how long they bake, their recipe, and their load.
    """
    for order in permutations(range(len(jobs))):
        for cuts in range(1 << (len(jobs) - 1)):
            batches: list[list[int]] = [[order[0]]]
            for place, one in enumerate(order[1:]):
                if cuts >> place & 1:
                    batches.append([one])
                else:
                    batches[-1].append(one)
            fits = all(
                len({jobs[one][1:3] for one in batch}) == 1 and sum(jobs[one][3] for one in batch) <= capacity
                for batch in batches
            )
            if not fits:
                continue
            ends, free = [0] * len(jobs), 0
            for batch in batches:
                free = max([free, *[jobs[one][0] for one in batch]]) + jobs[batch[0]][1]
                for one in batch:
                    ends[one] = free
            yield ends


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("goal", [Goal.MAKESPAN, Goal.FLOW, Goal.TARDINESS])
def test_the_search_finds_the_best_of_all_ways_to_load_an_oven(seed: int, goal: Goal) -> None:
    """Five jobs that come at any time, of two recipes and three loads, some of them due."""
    rows = [
        (
            (seed * 5 + place * place * 3) % 9,
            2 + (seed + place) % 2 * 3,
            "hot" if (seed + place) % 3 else "mild",
            1 + (seed * place) % 3,
        )
        for place in range(5)
    ]
    dues = [(seed * 3 + place * 7) % 13 + 3 for place in range(5)]
    jobs = [
        job(
            f"J{place}",
            bake(hours, recipe, load=1),
            quantity=load,
            release=MONDAY + come * HOUR,
            due=MONDAY + dues[place] * HOUR,
        )
        for place, (come, hours, recipe, load) in enumerate(rows)
    ]
    oven = [attrs.evolve(OVEN, capacity=4)]
    tried = [made(jobs, oven, SchedulingPolicy(goals=[goal], iterations=600, seed=number)) for number in range(3)]
    come = [row[0] for row in rows]
    worth = {
        Goal.MAKESPAN: max,
        Goal.FLOW: lambda ends: sum(ends) - sum(come),
        Goal.TARDINESS: lambda ends: sum(max(0, end - due) for end, due in zip(ends, dues, strict=True)),
    }[goal]
    best = min(worth(ends) for ends in ways(rows, 4))  # type: ignore[operator]
    assert min(found.value(goal) for found in tried) == best * HOUR
    assert all(found.bound(goal) <= best * HOUR for found in tried)


def test_people_and_pauses() -> None:
    """Each needs its own share of somebody; on calendars that differ the batch still ends together."""
    ann = Resource("Ann", calendar=DAYS, skills=["bake"])
    jobs = [job(f"A{number}", bake(6, skill="bake", attended="0.5")) for number in range(3)]
    found = made(jobs, [OVEN, ann])
    assert [(hour, end % 24, len(names.split())) for hour, end, names in runs(found)] == [(0, 6, 2), (6, 4, 1)]


def test_an_alternative_of_another_size() -> None:
    """In the small oven six take three loads of four hours: they wait for the large one, and two go in with them."""
    small = attrs.evolve(OVEN, code="small", capacity=2)
    either = bake(4, load=1, alternatives=["small"])
    found = made(
        [job("A", either, quantity=6), job("B", either, quantity=6), job("C", either, quantity=2)], [OVEN, small]
    )
    assert {(one.resource, one.units, len(one.operations)) for one in found.batches} == {
        ("oven", 8, 2),
        ("oven", 6, 1),
    }


def test_what_has_begun_goes_on_together_and_nobody_joins() -> None:
    """Two are in it with three hours left; a third that takes three hours waits until it is opened."""
    stands = [Standing(code, "bake", OperationStatus.STARTED, resource="oven", left=3 * HOUR) for code in ("A", "B")]
    found = made([job("A", bake()), job("B", bake()), job("C", bake(3))], stands=stands)
    assert runs(found) == [(0, 3, "A B"), (3, 6, "C")]


def test_a_locked_batch_stays_and_is_joined() -> None:
    """Two are locked together; a third of their kind goes in with them."""
    stands = [
        Standing(code, "bake", OperationStatus.LOCKED, resource="oven", start=MONDAY + 2 * HOUR) for code in ("A", "B")
    ]
    found = made([job("A", bake()), job("B", bake()), job("C", bake(), release=MONDAY + HOUR)], stands=stands)
    assert runs(found) == [(2, 6, "A B C")]


def test_a_repair_keeps_batches() -> None:
    """An hour in, a rush order comes: what bakes goes on, with what is told of one of the two."""
    jobs = [job("A", bake()), job("B", bake()), job("C", bake(recipe="mild"))]
    found = made(jobs)
    rush = attrs.evolve(found.problem, jobs=[*jobs, job("R", bake(2, "flash"), due=MONDAY + 6 * HOUR, weight=9)])
    at = MONDAY + HOUR
    left = next(one for one in found.batches if len(one.operations) == 2)
    told = Standing("A", "bake", OperationStatus.STARTED, resource="oven", left=5 * HOUR)
    repaired = found.repaired(at, problem=rush, actuals=[told] if left.start == MONDAY else ())
    repaired.verify()
    first = repaired.batches[0]
    assert (first.start, first.end) == (at, at + 5 * HOUR)
    assert [code for code, _ in first.operations] == ["A", "B"]


def test_just_in_time_leaves_batches_whole() -> None:
    """What comes before an oven is postponed, what is in it is not torn apart."""
    jobs = [
        Job(code, [Operation("mix", setup=HOUR), bake()], due=MONDAY + due * HOUR)
        for code, due in (("A", 9), ("B", 30))
    ]
    found = made(jobs, policy=SchedulingPolicy(goals=[Goal.TARDINESS, Goal.EARLINESS]))
    assert all(one.start == found.batches[0].start for one in found.placements if one.operation == "bake")


def test_it_is_drawn_and_listed() -> None:
    """A batch takes as many lanes as operations; the list of the oven has them with the same times."""
    found = made([job(f"A{number}", bake()) for number in range(3)])
    assert found.to_svg().count("<g>") == 3
    assert [(one.lane, one.start) for one in found.dispatch("oven")] == [(lane, MONDAY) for lane in (1, 2, 3)]


def test_verify_finds_what_is_wrong() -> None:
    """Torn apart, unlike, or too much at a time."""
    found = made([job("A", bake(load=1), quantity=6), job("B", bake(load=1), quantity=4)])
    problem, rows = found.problem, list(found.placements)
    later = attrs.evolve(rows[1], start=rows[1].start + HOUR, end=rows[1].end + HOUR, changed_from=rows[1].start + HOUR)
    with pytest.raises(BrokenInvariant, match="begins and ends together"):
        verify(problem, [rows[0], later])
    other = attrs.evolve(problem, jobs=[problem.jobs[0], job("B", bake(recipe="mild", load=1), quantity=4)])
    with pytest.raises(BrokenInvariant, match="is alike"):
        verify(other, rows)
    more = attrs.evolve(problem, jobs=[problem.jobs[0], job("B", bake(load=1), quantity=5)])
    with pytest.raises(BrokenInvariant, match="more at a time than it can"):
        verify(more, rows)
    with pytest.raises(BrokenInvariant, match="takes its time"):
        verify(attrs.evolve(problem, jobs=[job("A", bake(load=1), quantity=16), problem.jobs[1]]), rows)


def test_what_is_said_must_make_sense() -> None:
    """An oven is no person, and not set up; nothing occupies it besides; a load is more than nothing."""
    with pytest.raises(InvalidValueError, match="batch"):
        Resource("oven", batch=["recipe"], skills=["bake"])
    with pytest.raises(InvalidValueError, match="batch"):
        Resource("oven", batch=["recipe"], setups=[Changeover("recipe", "*", "*", time=HOUR)])
    with pytest.raises(InvalidValueError, match="load"):
        bake(load=0)
    beside = Operation("mix", resource="mixer", setup=HOUR, secondary=[Secondary("oven")])
    with pytest.raises(InvalidValueError, match="runs batches"):
        Problem(start=MONDAY, resources=[OVEN, Resource("mixer")], jobs=[job("A", beside)])
