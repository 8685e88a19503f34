"""Search: never worse than the rules, the best of small problems, repeated exactly, told and stopped; bounds."""

from datetime import UTC, datetime, timedelta
from itertools import permutations, product

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.property.test_schedules_hold import GOALS, problems

from prodstock.calendars.calendar import Calendar
from prodstock.errors import InvalidValueError
from prodstock.master.resource import Resource
from prodstock.master.routing import Operation
from prodstock.scheduling.policy import USUAL, Goal, Rule, SchedulingPolicy
from prodstock.scheduling.problem import Job, Problem
from prodstock.scheduling.schedule import Schedule, schedule

MONDAY = datetime(2026, 3, 2, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)
ALWAYS = Calendar("ALWAYS", week="Mo-Su 00:00-24:00")


def one_machine(seed: int) -> tuple[Problem, timedelta]:
    """Return seven weighted jobs on one machine, and the least weighted tardiness of all their orders."""
    works = [1 + (seed * 7 + place * place * 5) % 11 for place in range(7)]
    dues = [4 + (seed * 3 + place * 13) % 25 for place in range(7)]
    weights = [1 + (seed + place * 3) % 5 for place in range(7)]
    jobs = [
        Job(
            f"J{place}",
            [Operation("do", resource="M", setup=works[place] * HOUR)],
            due=MONDAY + dues[place] * HOUR,
            weight=weights[place],
        )
        for place in range(7)
    ]
    best = min(
        sum(
            weights[one] * max(0, sum(works[two] for two in order[: at + 1]) - dues[one])
            for at, one in enumerate(order)
        )
        for order in permutations(range(7))
    )
    return Problem(start=MONDAY, resources=[Resource("M", calendar=ALWAYS)], jobs=jobs), best * HOUR


@pytest.mark.parametrize("seed", range(5))
def test_the_best_order_on_one_machine_is_found(seed: int) -> None:
    """Of the 5,040 orders of seven jobs, in 400 schedules."""
    problem, best = one_machine(seed)
    found = schedule(problem, SchedulingPolicy(iterations=400))
    assert found.value(Goal.TARDINESS) == best
    assert found.bound(Goal.TARDINESS) <= best


SHOP = {"A": [("M1", 3), ("M2", 2), ("M3", 2)], "B": [("M1", 2), ("M3", 1), ("M2", 4)], "C": [("M2", 4), ("M3", 3)]}


def makespan(orders: dict[str, tuple[str, ...]]) -> int:
    """Return when the last job of the shop ends if machines take jobs in these orders; 99: they wait in a circle."""
    ends: dict[tuple[str, str], int] = {}
    while True:
        before = len(ends)
        for job, steps in SHOP.items():
            for at, (on, hours) in enumerate(steps):
                ahead = orders[on][: orders[on].index(job)]
                needed = [*((job, other) for other, _ in steps[:at]), *((other, on) for other in ahead)]
                if all(one in ends for one in needed):
                    ends[job, on] = max([ends[one] for one in needed], default=0) + hours
        if len(ends) == before:
            return max(ends.values()) if len(ends) == 8 else 99


def test_three_jobs_on_three_machines_take_no_longer_than_they_must() -> None:
    """Of all orders of the jobs on their machines none ends sooner."""
    who = {on: [job for job, steps in SHOP.items() if on in dict(steps)] for on in ("M1", "M2", "M3")}
    each = [permutations(who[on]) for on in sorted(who)]
    best = min(makespan(dict(zip(sorted(who), orders, strict=True))) for orders in product(*each))
    jobs = [
        Job(code, [Operation(f"{at}", resource=on, setup=hours * HOUR) for at, (on, hours) in enumerate(steps)])
        for code, steps in SHOP.items()
    ]
    problem = Problem(start=MONDAY, resources=[Resource(on, calendar=ALWAYS) for on in who], jobs=jobs)
    found = schedule(problem, SchedulingPolicy(goals=[Goal.MAKESPAN], iterations=300))
    assert found.value(Goal.MAKESPAN) == best * HOUR
    assert found.bound(Goal.MAKESPAN) <= best * HOUR


@given(problems(), st.sampled_from([*GOALS, list(USUAL)]), st.integers(0, 3))
def test_a_search_holds_and_is_never_worse(problem: Problem, goals: list[Goal], seed: int) -> None:
    """What it returns keeps to the problem, is no worse than what the rules make, and no better than the bound."""
    found = schedule(problem, SchedulingPolicy(goals=goals, iterations=15, seed=seed))
    found.verify()
    rules = schedule(problem, SchedulingPolicy(goals=goals))
    if not any(job.deadline for job in problem.jobs):
        assert [found.worth(goal) for goal in goals] <= [rules.worth(goal) for goal in goals]
    assert found.value(Goal.DEADLINES) <= rules.value(Goal.DEADLINES)
    assert all(found.bound(goal) <= found.value(goal) for goal in Goal if goal is not Goal.CHANGEOVER_COST)
    assert schedule(problem, SchedulingPolicy(goals=goals, iterations=15, seed=seed)).placements == found.placements


def searched(**policy: object) -> Schedule:
    """Return what a search makes of one machine."""
    return schedule(one_machine(1)[0], SchedulingPolicy(rules=[Rule.SHORTEST], **policy))  # type: ignore[arg-type]


def test_time_ends_a_search() -> None:
    """In no time nothing is searched; whichever of time and iterations ends first ends it."""
    assert searched().iterations == searched(seconds=0).iterations == searched(iterations=0).iterations == 0
    assert searched(seconds=60, iterations=5).iterations == 5
    assert searched(seconds="0.05").iterations > 0
    assert schedule(Problem(start=MONDAY, resources=[], jobs=[]), SchedulingPolicy(seconds=1000)).iterations == 0


def test_progress_is_told_and_an_interrupt_gives_the_best_so_far() -> None:
    """Of iterations how many of all; by time alone milliseconds; what it raises goes through."""
    told: list[tuple[int, int | None]] = []
    problem = one_machine(1)[0]

    def note(done: int, total: int | None) -> None:
        told.append((done, total))

    schedule(problem, SchedulingPolicy(iterations=3, seconds=60), progress=note)
    assert told == [(1, 3), (2, 3), (3, 3)]
    told.clear()
    schedule(problem, SchedulingPolicy(seconds="0.02"), progress=note)
    assert told == sorted(told)
    assert {total for _, total in told} == {20}

    def stop(done: int, total: int | None) -> None:
        assert total == 100
        if done == 7:
            raise KeyboardInterrupt

    found = schedule(problem, SchedulingPolicy(iterations=100), progress=stop)
    found.verify()
    assert found.value(Goal.TARDINESS) <= schedule(problem).value(Goal.TARDINESS)

    def fail(done: int, total: int | None) -> None:
        raise ZeroDivisionError(done, total)

    with pytest.raises(ZeroDivisionError):
        schedule(problem, SchedulingPolicy(iterations=100), progress=fail)


def test_efforts_that_cannot_be_meant_are_refused() -> None:
    """Less than nothing, more than a week, halves."""
    for fault in ({"seconds": -1}, {"seconds": 604_801}, {"iterations": -1}, {"iterations": 1.5}, {"seed": -1}):
        with pytest.raises(InvalidValueError, match=next(iter(fault))):
            SchedulingPolicy(**fault)


def test_a_bound_knows_machines_calendars_and_what_follows() -> None:
    """Three times six hours on one saw, from 8 to 16 o'clock: on Wednesday at 10; each alone 16 h late."""
    jobs = [Job(code, [Operation("cut", resource="saw", setup=6 * HOUR)], due=MONDAY - 10 * HOUR) for code in "ABC"]
    found = schedule(Problem(start=MONDAY, resources=[Resource("saw")], jobs=jobs))
    assert found.bound(Goal.MAKESPAN) == found.value(Goal.MAKESPAN) == 50 * HOUR
    assert found.bound(Goal.FLOW) == 18 * HOUR
    assert found.bound(Goal.TARDINESS) == 3 * 16 * HOUR
