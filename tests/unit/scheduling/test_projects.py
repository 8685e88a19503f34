"""Projects: placement by bits is placement by counting, orders hold, and the best is found."""

from datetime import UTC, date, datetime, timedelta
from itertools import permutations

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from prodstock.calendars.calendar import Calendar
from prodstock.master.alternative import Alternative, Secondary
from prodstock.master.location import Site
from prodstock.master.resource import Resource
from prodstock.master.routing import Operation
from prodstock.scheduling.best import best
from prodstock.scheduling.compiled import Compiled
from prodstock.scheduling.cumulative.place import place
from prodstock.scheduling.cumulative.project import Project, as_project
from prodstock.scheduling.cumulative.search import listed
from prodstock.scheduling.policy import Goal, Rule, SchedulingPolicy
from prodstock.scheduling.problem import Job, Problem
from prodstock.scheduling.schedule import schedule

MONDAY = datetime(2026, 3, 2, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)
ALWAYS = Calendar("ALWAYS", week="Mo-Su 00:00-24:00")
SHIFT = Calendar("SHIFT", week="Mo-Fr 06:00-09:30 10:00-14:00")


@st.composite
def projects(draw: st.DrawFn) -> Project:
    """Draw activities, some without work or needs, that come after earlier ones with or without time between."""
    capacities = draw(st.lists(st.integers(1, 5), min_size=1, max_size=3))
    count = draw(st.integers(1, 8))
    works = [draw(st.integers(0, 6)) for _ in range(count)]
    needs = []
    for work in works:
        wanted = [draw(st.integers(0, most)) for most in capacities]
        needs.append(tuple((at, units) for at, units in enumerate(wanted) if units and work))
    arcs = {
        (first, second): draw(st.integers(0, 2))
        for second in range(count)
        for first in range(second)
        if draw(st.integers(0, 3)) == 0
    }
    before = [tuple((a, lag) for (a, b), lag in arcs.items() if b == one) for one in range(count)]
    after = [tuple((b, lag) for (a, b), lag in arcs.items() if a == one) for one in range(count)]
    releases = [draw(st.sampled_from([0, 0, 0, 5])) for _ in range(count)]
    return Project(works, needs, capacities, before, after, releases)


def counted(project: Project, order: list[int]) -> list[int]:
    """Return starts as `place` does, by looking at every moment."""
    starts: dict[int, int] = {}
    for one in order:
        start = project.releases[one]
        for other, lag in project.before[one]:
            start = max(start, starts[other] + project.works[other] + lag)
        while not fits(project, starts, one, start):
            start += 1
        starts[one] = start
    return [starts[one] for one in range(len(project.works))]


def fits(project: Project, starts: dict[int, int], one: int, start: int) -> bool:
    """Tell whether there is enough of everything at each moment of an activity."""
    for moment in range(start, start + project.works[one]):
        running = [other for other, since in starts.items() if since <= moment < since + project.works[other]]
        for resource, units in project.needs[one]:
            if (
                units + sum(dict(project.needs[other]).get(resource, 0) for other in running)
                > project.capacities[resource]
            ):
                return False
    return True


@given(projects(), st.randoms(use_true_random=False))
def test_placement_by_bits_is_placement_by_counting(project: Project, random: st.DrawFn) -> None:
    """In any order that what comes before allows."""
    order = listed(project, [random.random() for _ in project.works])  # type: ignore[attr-defined]  # it is a Random
    place_of = {one: at for at, one in enumerate(order)}
    assert sorted(order) == list(range(len(project.works)))
    assert all(place_of[other] < place_of[one] for one in order for other, _ in project.before[one])
    assert place(project, order) == counted(project, order)


def problem_of(project: Project) -> Problem:
    """Return a project without time between activities as a job, in hours."""
    steps = [
        Operation(
            f"{one}",
            setup=work * HOUR,
            secondary=[Secondary(f"R{resource}", units) for resource, units in project.needs[one]],
            after=[f"{other}" for other, _ in project.before[one]],
        )
        for one, work in enumerate(project.works)
    ]
    resources = [Resource(f"R{at}", capacity=most, calendar=ALWAYS) for at, most in enumerate(project.capacities)]
    site = Site("MAIN", calendar=ALWAYS)
    return Problem(start=MONDAY, resources=resources, jobs=[Job("P", steps)], sites=[site])


@pytest.mark.parametrize("seed", range(6))
def test_the_shortest_of_all_orders_is_found(seed: int) -> None:
    """Of all orders of seven activities on two resources, in 200 schedules: one of them is as short as can be."""
    works = [1 + (seed * 5 + one * 3) % 6 for one in range(7)]
    needs = [((0, 1 + (seed + one) % 3), (1, 1 + (seed * one) % 2)) for one in range(7)]
    before: list[tuple[tuple[int, int], ...]] = [(), (), (), ((0, 0),), ((1, 0), (2, 0)), ((3, 0),), ()]
    after = [tuple((b, 0) for b in range(7) if (a, 0) in before[b]) for a in range(7)]
    project = Project(works, needs, [4, 2], before, after, [0] * 7)
    least = 10**9
    for order in permutations(range(7)):
        if all(order.index(other) < order.index(one) for one in order for other, _ in before[one]):
            starts = place(project, order)
            least = min(least, max(start + work for start, work in zip(starts, works, strict=True)))
    found = schedule(problem_of(project), SchedulingPolicy(goals=[Goal.MAKESPAN], iterations=200))
    found.verify()
    assert found.value(Goal.MAKESPAN) == least * HOUR


def test_assembly_with_tools_queues_and_breaks_is_searched_as_a_project() -> None:
    """On one calendar with breaks it holds, is no longer than the rules', and the same each time."""
    site = Site("MAIN", calendar=SHIFT)
    shop = [
        Resource("bench", capacity=2, calendar=SHIFT),
        Resource("jig", calendar=SHIFT),
        Resource("saw", calendar=SHIFT),
    ]
    cut = Operation("cut", resource="saw", setup=2 * HOUR, move=HOUR / 2)
    drill = Operation("drill", resource="bench", setup=3 * HOUR, secondary=["jig"], after=[], queue=HOUR)
    join = Operation("join", resource="bench", setup=5 * HOUR, after=["cut", "drill"])
    jobs = [
        Job(f"J{n}", [cut, attrs.evolve(drill, setup=(1 + n % 4) * HOUR), join], release=date(2026, 3, 2 + n % 2))
        for n in range(8)
    ]
    jobs.append(Job("LAST", [cut], after=["J1", "J2"], material={"cut": date(2026, 3, 4)}))
    problem = Problem(start=MONDAY, resources=shop, jobs=jobs, sites=[site])
    compiled = Compiled(problem)
    assert as_project(compiled, best(compiled, tuple(Rule), [Goal.MAKESPAN])[1]) is not None
    policy = SchedulingPolicy(goals=[Goal.MAKESPAN], iterations=60)
    rules, found = (schedule(problem, attrs.evolve(policy, iterations=count)) for count in (0, 60))
    found.verify()
    assert found.bound(Goal.MAKESPAN) <= found.value(Goal.MAKESPAN) <= rules.value(Goal.MAKESPAN)
    assert found == schedule(problem, policy)


CUT = Operation("cut", resource="A", setup=HOUR)


@pytest.mark.parametrize(
    "operation",
    [
        attrs.evolve(CUT, alternatives=[Alternative("B")]),
        attrs.evolve(CUT, pauses=False),
        attrs.evolve(CUT, skill="turning"),
        attrs.evolve(CUT, secondary=["slow"]),
    ],
)
def test_what_is_no_project_is_searched_otherwise(operation: Operation) -> None:
    """Alternatives, what may not pause, people that are to be chosen, tools on another calendar."""
    shop = [
        Resource("A", capacity=2),
        Resource("B"),
        Resource("team", skills=["turning"]),
        Resource("slow", calendar=SHIFT),
    ]
    for step, fine in ((CUT, True), (operation, False)):
        compiled = Compiled(Problem(start=MONDAY, resources=shop, jobs=[Job("J", [step])]))
        placed = best(compiled, [Rule.SHORTEST], [Goal.MAKESPAN])[1]
        assert (as_project(compiled, placed) is not None) == fine
