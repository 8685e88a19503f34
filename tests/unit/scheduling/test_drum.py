"""The bottleneck first: its order, and what is in time for it, counted by hand."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prodstock.calendars.calendar import Calendar
from prodstock.master.resource import Resource
from prodstock.master.routing import Operation
from prodstock.scheduling.compiled import Compiled
from prodstock.scheduling.drum import drum
from prodstock.scheduling.policy import Goal, Rule, SchedulingPolicy
from prodstock.scheduling.problem import Job, Problem
from prodstock.scheduling.schedule import Schedule, schedule

MONDAY = datetime(2026, 3, 2, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)
ALWAYS = Calendar("ALWAYS", week="Mo-Su 00:00-24:00")
SHOP = [Resource(code, calendar=ALWAYS) for code in ("saw", "oven", "pack")]


def job(code: str, hours: tuple[int, int, int], due: int, **given: object) -> Job:
    """Return a job that is sawn, baked and packed, each for so many hours."""
    steps = [
        Operation(on, resource=on, setup=some * HOUR) for on, some in zip(("saw", "oven", "pack"), hours, strict=True)
    ]
    return Job(code, [one for one in steps if one.setup], due=MONDAY + due * HOUR, **given)  # type: ignore[arg-type]


def made(jobs: Sequence[Job]) -> Schedule:
    """Return the schedule by the bottleneck."""
    found = schedule(Problem(start=MONDAY, resources=SHOP, jobs=jobs), SchedulingPolicy(rules=[Rule.BOTTLENECK_FIRST]))
    found.verify()
    return found


def test_all_is_sawn_in_the_order_of_the_oven() -> None:
    """B is due first in the oven, so that it is sawn first; the job that is not baked has time until it is due."""
    found = made([job("A", (2, 6, 1), 20), job("B", (2, 6, 1), 9), job("C", (1, 0, 1), 30)])
    order = [one.job for one in sorted(found.placements, key=lambda one: one.start) if one.operation == "saw"]
    assert order == ["B", "A", "C"]
    assert found.value(Goal.TARDINESS) == timedelta()


def test_when_each_has_to_begin() -> None:
    """The oven takes B at once, two hours in, then A at eight: A is sawn from six on, packed when it is due."""
    jobs = [job("A", (2, 6, 1), 20), job("B", (2, 6, 1), 9)]
    compiled = Compiled(Problem(start=MONDAY, resources=SHOP, jobs=jobs))
    wanted = drum(compiled)
    hours = {
        (compiled.jobs[task.job].code, task.code): (wanted(task, 0) - compiled.start) / 3.6e9 for task in compiled.tasks
    }
    assert hours == {
        ("B", "saw"): 0,
        ("B", "oven"): 2,
        ("B", "pack"): 8,
        ("A", "saw"): 6,
        ("A", "oven"): 8,
        ("A", "pack"): 19,
    }


def test_nothing_to_do_and_nothing_due() -> None:
    """Without jobs, without resources, and without due dates there is an order all the same."""
    assert not made([]).placements
    rest = Job("R", [Operation("rest", setup=HOUR)])
    assert made([rest]).placements[0].start == MONDAY
    assert made([Job("A", [Operation("saw", resource="saw", setup=HOUR)]), rest]).value(Goal.MAKESPAN) == HOUR


rows = st.lists(st.tuples(st.integers(1, 4), st.integers(1, 9), st.integers(1, 3), st.integers(1, 40)), max_size=12)


@given(rows)
def test_what_comes_first_in_a_job_is_wanted_first(given: list[tuple[int, int, int, int]]) -> None:
    """By when operations are to begin never falls along a job, by what lies between them at least."""
    jobs = [job(f"J{number}", (saw, bake, pack), due) for number, (saw, bake, pack, due) in enumerate(given)]
    compiled = Compiled(Problem(start=MONDAY, resources=SHOP, jobs=jobs))
    wanted = drum(compiled)
    for task in compiled.tasks:
        for after in task.after:
            assert wanted(task, 0) + task.work <= wanted(compiled.tasks[after], 0)


@pytest.mark.parametrize("seed", range(10))
def test_one_machine_alone_is_ordered_well(seed: int) -> None:
    """Where only the bottleneck counts, and all can be in time, it is in time; else not far from the best order."""
    works = [1 + (seed * 3 + place * 5) % 6 for place in range(5)]
    dues = [sum(works[: place + 1]) + (seed + place) % 3 for place in range(5)]
    jobs = [job(f"J{place}", (0, works[place], 0), dues[place]) for place in (3, 1, 4, 0, 2)]
    found = made(jobs).value(Goal.TARDINESS)

    def late(order: Sequence[int]) -> int:
        return sum(
            max(0, sum(works[one] for one in order[: place + 1]) - dues[order[place]]) for place in range(len(order))
        )

    assert min(map(late, permutations(range(5)))) == 0
    assert found <= 2 * HOUR
