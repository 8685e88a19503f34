"""Deadlines that cannot be met together: proved, cut down to as little as proves it, against all orders."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import permutations

import attrs
from hypothesis import given
from hypothesis import strategies as st

from prodstock.calendars.calendar import Calendar
from prodstock.master.resource import Resource
from prodstock.master.routing import Operation
from prodstock.scheduling.compiled import Compiled
from prodstock.scheduling.conflicts import ConflictKind, DeadlineConflict, Remedy, RemedyKind, conflicts
from prodstock.scheduling.construct import construct
from prodstock.scheduling.policy import Rule, SchedulingPolicy
from prodstock.scheduling.problem import Job, Problem
from prodstock.scheduling.reasons import SpellKind
from prodstock.scheduling.schedule import schedule

MONDAY = datetime(2026, 3, 2, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)
ALWAYS = Calendar("ALWAYS", week="Mo-Su 00:00-24:00")
DAYS = Calendar("DAYS", week="Mo-Su 08:00-16:00")
SHOP = (Resource("M", calendar=ALWAYS), Resource("N", calendar=DAYS), Resource("P", calendar=ALWAYS, capacity=2))


def work(on: str, hours: int) -> Operation:
    """Return an operation that is named for what it runs on."""
    return Operation(on.lower(), resource=on, setup=hours * HOUR)


def shop(*jobs: Job) -> Problem:
    """Return jobs in a shop of two machines, one of which works by day, and a pair."""
    return Problem(start=MONDAY, resources=SHOP, jobs=jobs)


def until(code: str, hours: int, *operations: Operation, **given: object) -> Job:
    """Return a job with a deadline after so many hours."""
    return Job(code, operations, deadline=MONDAY + hours * HOUR, **given)  # type: ignore[arg-type]


def best(problem: Problem) -> int:
    """Return by how much deadlines are missed at the least: the best of schedules by all orders of operations."""
    compiled = Compiled(problem)
    found = []
    for order in permutations(range(len(compiled.tasks))):
        placed = construct(compiled, lambda task, _, order=order: order[task.number])  # type: ignore[misc]
        ends = [max(placed[task].done for task in row.tasks) for row in compiled.jobs]
        found.append(sum(max(0, end - row.deadline) for row, end in zip(compiled.jobs, ends, strict=True)))
    return min(found, default=0)


def kinds(one: DeadlineConflict) -> list[RemedyKind]:
    """Return what would help, in order."""
    return [each.kind for each in one.remedies]


def test_nothing_is_in_conflict_where_nothing_is_due() -> None:
    """No jobs, no deadlines, or enough time."""
    assert not conflicts(shop())
    assert not conflicts(shop(Job("A", [work("M", 90)])))
    assert not conflicts(shop(until("A", 4, work("M", 4)), until("B", 8, work("M", 4))))
    assert not schedule(shop(until("A", 4, work("M", 4)), until("B", 8, work("M", 4)))).conflicts


def test_a_job_that_takes_longer_than_it_has() -> None:
    """Twelve hours by day end on the second day at noon, twenty-eight hours after the start; its deadline is at six."""
    problem = shop(until("A", 10, work("M", 2), work("N", 10)), until("B", 90, work("N", 1)))
    (one,) = conflicts(problem)
    assert (one.kind, one.jobs, one.operations) == (ConflictKind.ALONE, ("A",), (("A", "m"), ("A", "n")))
    assert (one.needed, one.there, one.short_by, one.proved) == (28 * HOUR, 10 * HOUR, 18 * HOUR, True)
    assert repr(one) == "<DeadlineConflict alone A by 2026-03-02: 18:00:00 short>"
    assert Remedy(RemedyKind.DEADLINE, "A", by=18 * HOUR) in one.remedies
    assert kinds(one) == [RemedyKind.DEADLINE, RemedyKind.LEAVE_OUT]


def test_what_would_help_a_job_alone() -> None:
    """It waits for material until noon; two hours sooner will do, or the whole of a longer day."""
    waits = until("A", 9, work("N", 6), material={"n": MONDAY + 4 * HOUR})
    (one,) = conflicts(shop(waits))
    assert one.needed == 26 * HOUR - 4 * HOUR
    assert [(each.kind, each.by) for each in one.remedies] == [
        (RemedyKind.SOONER, 2 * HOUR),
        (RemedyKind.DEADLINE, 17 * HOUR),
        (RemedyKind.LEAVE_OUT, timedelta()),
    ]
    assert repr(one.remedies[0]) == "<Remedy sooner A by 2:00:00>"
    (one,) = conflicts(shop(attrs.evolve(waits, deadline=MONDAY + 10 * HOUR)))
    assert RemedyKind.MORE_HOURS in kinds(one)


def test_jobs_that_wait_for_each_other() -> None:
    """What makes its material is in its way, and named."""
    (one,) = conflicts(shop(Job("A", [work("M", 5)]), until("B", 6, work("M", 2), after=["A"])))
    assert (one.jobs, one.operations) == (("A", "B"), (("A", "m"), ("B", "m")))
    assert one.short_by == HOUR


def test_a_machine_that_has_too_much_to_do() -> None:
    """Of four jobs two do not fit into six hours by day; the others have time, or run elsewhere."""
    jobs = [
        until("A", 6, work("N", 4)),
        until("B", 6, work("N", 3)),
        until("C", 40, work("N", 1)),
        until("D", 6, work("M", 6)),
    ]
    (one,) = conflicts(shop(*jobs))
    assert (one.kind, one.resource, one.jobs) == (ConflictKind.OVERLOADED, "N", ("A", "B"))
    assert (one.since, one.until, one.needed, one.there) == (MONDAY, MONDAY + 6 * HOUR, 7 * HOUR, 6 * HOUR)
    assert [(each.kind, each.job, each.by) for each in one.remedies] == [
        (RemedyKind.DEADLINE, "A", HOUR),
        (RemedyKind.DEADLINE, "B", HOUR),
        (RemedyKind.ONE_MORE, "", timedelta()),
        (RemedyKind.LEAVE_OUT, "A", timedelta()),
        (RemedyKind.LEAVE_OUT, "B", timedelta()),
    ]
    found = schedule(shop(*jobs))
    assert list(found.conflicts) == [one]


def test_overtime_where_it_is_closed() -> None:
    """Ten hours until the next morning: the night has room for two more."""
    (one,) = conflicts(shop(until("A", 24, work("N", 6)), until("B", 24, work("N", 4))))
    assert Remedy(RemedyKind.OVERTIME, resource="N", by=2 * HOUR) in one.remedies


def test_the_deadline_of_a_later_job_binds_what_it_takes() -> None:
    """A and B have none themselves; C, which takes both, has."""
    (one,) = conflicts(
        shop(Job("A", [work("M", 3)]), Job("B", [work("M", 3)]), until("C", 7, work("P", 2), after=["A", "B"]))
    )
    assert (one.kind, one.jobs, one.resource) == (ConflictKind.OVERLOADED, ("A", "B"), "M")
    assert Remedy(RemedyKind.DEADLINE, "C", by=HOUR) in one.remedies


def test_what_no_schedule_meets_without_a_proof() -> None:
    """There is time enough for both, but not in one piece: five hours fit neither before A nor after it."""
    jobs = [until("A", 2, work("M", 2), release=MONDAY + 2 * HOUR), until("B", 8, work("M", 5))]
    jobs[0] = attrs.evolve(jobs[0], deadline=MONDAY + 4 * HOUR)
    problem = shop(*jobs, Job("C", [work("P", 1)], deadline=date(2026, 3, 9)))
    assert best(shop(*jobs)) == HOUR // timedelta(microseconds=1)
    assert not conflicts(problem)
    (one,) = schedule(problem).conflicts
    assert (one.kind, one.jobs, one.proved, one.short_by) == (ConflictKind.NOT_FOUND, ("B",), False, HOUR)
    assert one.remedies[0] == Remedy(RemedyKind.DEADLINE, "B", by=HOUR)


def test_a_miss_that_another_order_does_not_have() -> None:
    """The shortest goes first; were A the first, it would be in time."""
    problem = shop(until("A", 4, work("M", 4)), Job("B", [work("M", 2)]))
    (one,) = schedule(problem, SchedulingPolicy(rules=[Rule.SHORTEST])).conflicts
    assert (one.kind, one.jobs, one.short_by) == (ConflictKind.NOT_FOUND, ("A",), 2 * HOUR)
    assert Remedy(RemedyKind.FIRST, "A") in one.remedies
    assert not schedule(problem).conflicts


def test_maintenance_floats_between_its_bounds() -> None:
    """It waits until nobody needs the machine, goes first where it must, and who waits for it is told so."""
    service = until("SERVICE", 8, work("M", 2), release=MONDAY + HOUR)
    urgent = Job("URGENT", [work("M", 5)], due=MONDAY + 5 * HOUR)
    starts = {one.job: one.start for one in schedule(shop(service, urgent)).placements}
    assert starts == {"URGENT": MONDAY, "SERVICE": MONDAY + 5 * HOUR}
    long = Job("LONG", [work("M", 7)], due=MONDAY + 7 * HOUR)
    found = schedule(shop(service, long))
    assert {one.job: one.start for one in found.placements} == {"SERVICE": MONDAY + HOUR, "LONG": MONDAY + 3 * HOUR}
    waits = {(one.kind, one.behind): one.time for one in found.spells("LONG")}
    assert waits == {
        (SpellKind.BEHIND, "SERVICE m"): 2 * HOUR,
        (SpellKind.NO_ROOM, ""): HOUR,
        (SpellKind.WORK, ""): 7 * HOUR,
    }
    assert not found.conflicts


rows = st.lists(
    st.tuples(
        st.integers(0, 4),
        st.integers(2, 14),
        st.lists(
            st.tuples(st.sampled_from("MNP"), st.integers(1, 5)), min_size=1, max_size=2, unique_by=lambda one: one[0]
        ),
        st.booleans(),
    ),
    max_size=4,
)


def problem_of(given: Sequence[tuple[int, int, list[tuple[str, int]], bool]]) -> Problem:
    """Return a problem of jobs: when they come, their time, their operations, whether they wait for the one before."""
    jobs: list[Job] = []
    for number, (comes, hours, operations, waits) in enumerate(given):
        steps = [work(on, some) for on, some in operations]
        after = [jobs[-1].code] if waits and jobs else []
        jobs.append(until(f"J{number}", comes + hours, *steps, release=MONDAY + comes * HOUR, after=after))
    return shop(*jobs)


@given(rows)
def test_what_is_proved_is_impossible_and_minimal(given: list[tuple[int, int, list[tuple[str, int]], bool]]) -> None:
    """No order meets the deadlines; of what is left out of an overload none is missed; remedies undo the proof."""
    problem = problem_of(given)
    found = conflicts(problem)
    if found and sum(len(one.operations) for one in problem.jobs) <= 6:
        assert best(problem) > 0
    for one in found:
        if one.kind is ConflictKind.OVERLOADED:
            for job, operation in one.operations:
                jobs = [each if each.code != job else _without(each, operation) for each in problem.jobs]
                named = set(one.operations) - {(job, operation)}
                rest = attrs.evolve(problem, jobs=jobs)
                assert all(set(each.operations) != named for each in conflicts(rest) if each.resource == one.resource)
        for remedy in one.remedies:
            if remedy.kind in {RemedyKind.DEADLINE, RemedyKind.SOONER}:
                after = conflicts(attrs.evolve(problem, jobs=[_helped(each, remedy) for each in problem.jobs]))
                same = [each for each in after if (each.kind, each.operations) == (one.kind, one.operations)]
                assert not same
    shuffled = attrs.evolve(problem, jobs=problem.jobs[::-1], resources=problem.resources[::-1])
    assert conflicts(shuffled) == found


def _without(job: Job, operation: str) -> Job:
    """Return a job in which an operation takes no time."""
    steps = [one if one.code != operation else attrs.evolve(one, setup=timedelta()) for one in job.operations]
    return attrs.evolve(job, operations=steps)


def _helped(job: Job, remedy: Remedy) -> Job:
    """Return a job after a remedy."""
    if job.code != remedy.job:
        return job
    assert isinstance(job.deadline, datetime)
    if remedy.kind is RemedyKind.DEADLINE:
        return attrs.evolve(job, deadline=job.deadline + remedy.by)
    assert isinstance(job.release, datetime)
    return attrs.evolve(job, release=job.release - remedy.by)


@given(rows)
def test_a_schedule_tells_of_each_deadline_it_misses(given: list[tuple[int, int, list[tuple[str, int]], bool]]) -> None:
    """Each job that is done too late is in a conflict, or takes what one in it makes; without any all are in time."""
    problem = problem_of(given)
    found = schedule(problem)
    late = {one.job for one in found.jobs if _missed(problem, one.job, one.end)}
    named = {code for one in found.conflicts for code in one.jobs}
    assert late <= named
    assert bool(found.conflicts) >= bool(late)
    if not late:
        assert not conflicts(problem)


def _missed(problem: Problem, code: str, end: datetime) -> bool:
    deadline = next(one.deadline for one in problem.jobs if one.code == code)
    assert isinstance(deadline, datetime)
    return end > deadline
