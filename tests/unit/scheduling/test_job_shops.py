"""Job shops: a graph of orders holds after every move, estimates promise no more than comes, and the best is found."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any

import attrs
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from prodstock.calendars.calendar import Calendar
from prodstock.errors import InvalidValueError
from prodstock.master.alternative import Alternative, Secondary
from prodstock.master.resource import Resource
from prodstock.master.routing import Operation
from prodstock.scheduling.compiled import Compiled
from prodstock.scheduling.disjunctive.graph import Graph
from prodstock.scheduling.disjunctive.moves import ahead, behind, elsewhere
from prodstock.scheduling.disjunctive.shop import Shop, job_shop
from prodstock.scheduling.engines import above_all_length
from prodstock.scheduling.policy import Engine, Goal, Rule, SchedulingPolicy
from prodstock.scheduling.problem import Job, Problem
from prodstock.scheduling.schedule import schedule

MONDAY = datetime(2026, 3, 2, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)
ALWAYS = Calendar("ALWAYS", week="Mo-Su 00:00-24:00")
SHIFT = Calendar("SHIFT", week="Mo-Fr 06:00-09:30 10:00-14:00")
LENGTH = SchedulingPolicy(goals=[Goal.MAKESPAN], iterations=300)


@st.composite
def shops(draw: st.DrawFn, *, again: bool = True) -> Shop:
    """Draw chains of operations with one or several ways each, or with one each that never come to a machine again."""
    machines = draw(st.integers(1, 4))
    way = st.tuples(st.integers(0, machines - 1), st.integers(1, 9))
    operation = st.lists(way, min_size=1, max_size=3, unique_by=lambda one: one[0]).map(tuple)
    drawn = st.lists(operation, min_size=1, max_size=4)
    if not again:
        once = st.lists(way, min_size=1, max_size=4, unique_by=lambda one: one[0])
        drawn = once.map(lambda found: [(one,) for one in found])
    chains = draw(st.lists(drawn, min_size=1, max_size=4))
    count = sum(map(len, chains))
    sooner, later, lasts = list[int](), list[int](), list[int]()
    for number, chain in enumerate(chains):
        first = len(sooner)
        sooner += [count + 1 + number, *range(first, first + len(chain) - 1)]
        later += [*range(first + 1, first + len(chain)), count]
        lasts.append(len(sooner) - 1)
    starts = draw(st.lists(st.integers(0, 9), min_size=len(chains), max_size=len(chains)))
    waits = draw(st.lists(st.sampled_from([0, 0, 3]), min_size=count, max_size=count))
    return Shop(count, machines, [one for chain in chains for one in chain], waits, sooner, later, starts, lasts)


def times(graph: Graph) -> tuple[list[int], list[int]] | None:
    """Return when each operation starts and how long it is to the end, by asking again and again; None: a circle."""
    shop, count = graph.shop, graph.none
    heads, tails = [0] * count, [0] * count
    for _ in range(count + 2):
        before = heads[:], tails[:]
        for one in range(count):
            works = [shop.ways[other][graph.mode[other]][1] for other in range(count)]
            since, to = graph.sooner[one], graph.later[one]
            chain = shop.starts[since - count - 1] if since > count else heads[since] + works[since] + shop.waits[since]
            beside = graph.left[one]
            heads[one] = max(chain, 0 if beside == count else heads[beside] + works[beside])
            own = works[one] + shop.waits[one] + (0 if to == count else tails[to])
            tails[one] = max(own, works[one] + (0 if graph.right[one] == count else tails[graph.right[one]]))
        if (heads, tails) == before:
            return heads, tails
    return None


def places(graph: Graph) -> list[tuple[int, int, int, int]]:
    """Return all that can be done with one operation: in which mode, between which two others."""
    found = []
    for one in range(graph.none):
        for mode, (machine, _) in enumerate(graph.shop.ways[one]):
            row = [graph.none, *(other for other in graph.rows[machine] if other != one), graph.none]
            found += [(one, mode, left, right) for left, right in pairwise(row)]
    return found


@given(shops(), st.data())
def test_a_graph_holds_after_every_move(shop: Shop, data: st.DataObject) -> None:
    """Heads and tails are those of the orders; what would make a circle is refused and changes nothing."""
    graph = Graph(shop, range(shop.operations), [len(ways) - 1 for ways in shop.ways])
    for _ in range(6):
        one, mode, left, right = data.draw(st.sampled_from(places(graph)))
        before = graph.mode[:], graph.left[: graph.none], graph.right[: graph.none], [row[:] for row in graph.rows]
        if not graph.put(one, mode, left, right):
            after = graph.mode[:], graph.left[: graph.none], graph.right[: graph.none], [row[:] for row in graph.rows]
            assert after == before
            changed = Graph(shop, range(shop.operations), graph.mode)
            changed.left, changed.right = graph.left[:], graph.right[:]
            changed._link(one, mode, left, right)
            assert times(changed) is None
        assert (graph.head[: graph.none], graph.tail[: graph.none]) == times(graph)
        for machine, row in enumerate(graph.rows):
            assert [graph.left[other] for other in row] == [graph.none, *row][:-1]
            assert {graph.shop.ways[other][graph.mode[other]][0] for other in row} <= {machine}
        assert graph.length() >= shop.least()


@given(shops(again=False), st.data())
def test_estimates_promise_no_less_than_can_come(shop: Shop, data: st.DataObject) -> None:
    """All takes at least as long as estimated after a move past another on a machine that no chain comes back to."""
    graph = Graph(shop, range(shop.operations), [0] * shop.operations)
    rows = [row for row in graph.rows if len(row) > 1]
    assume(rows)
    row = data.draw(st.sampled_from(rows))
    at = data.draw(st.integers(0, len(row) - 2))
    one, other = row[at], row[at + 1]
    if data.draw(st.booleans()):
        estimate = behind(graph, one, other, 10**9)
        done = graph.put(one, 0, other, graph.right[other])
    else:
        one, other = other, one
        estimate = ahead(graph, one, other, 10**9)
        done = graph.put(one, 0, graph.left[other], other)
    assert not done or graph.length() >= estimate


@given(shops())
def test_moves_to_other_machines_make_no_circle(shop: Shop) -> None:
    """Each that is proposed can be made."""
    keys, modes = range(shop.operations), [0] * shop.operations
    proposed = list(elsewhere(Graph(shop, keys, modes), keys))
    assert all(Graph(shop, keys, modes).put(*move) for _, move in proposed)
    assert {move[0] for _, move in proposed} == {one for one in keys if len(shop.ways[one]) > 1}


def shortest(jobs: list[list[dict[str, int]]]) -> int:
    """Return the least length of all schedules, by trying every order and way."""
    best = 10**9

    def go(at: list[int], ready: list[int], free: dict[str, int]) -> None:
        nonlocal best
        if max(ready) >= best:
            return
        if all(place == len(job) for place, job in zip(at, jobs, strict=True)):
            best = max(ready)
            return
        for number, job in enumerate(jobs):
            if at[number] < len(job):
                for machine, hours in job[at[number]].items():
                    end = max(ready[number], free.get(machine, 0)) + hours
                    since, until = [*at], [*ready]
                    since[number], until[number] = at[number] + 1, end
                    go(since, until, {**free, machine: end})

    go([0] * len(jobs), [0] * len(jobs), {})
    return best


def problem_of(jobs: list[list[dict[str, int]]]) -> Problem:
    """Return a problem of jobs whose operations have hours by machine."""
    made = []
    for number, job in enumerate(jobs):
        steps = []
        for place, ways in enumerate(job):
            (machine, hours), *others = ways.items()
            alternatives = [Alternative(other, setup=more * HOUR) for other, more in others]
            steps.append(Operation(f"{place}", resource=machine, setup=hours * HOUR, alternatives=alternatives))
        made.append(Job(f"J{number}", steps))
    return Problem(start=MONDAY, resources=[Resource(code, calendar=ALWAYS) for code in "ABC"], jobs=made)


@pytest.mark.parametrize("seed", range(6))
def test_the_shortest_of_all_schedules_is_found(seed: int) -> None:
    """Of three jobs of three operations with up to two ways each, in 300 moves."""
    jobs: list[list[dict[str, int]]] = []
    for number in range(3):
        steps = []
        for place in range(3):
            first = (seed + number * 2 + place * (1 + number)) % 3
            ways = {"ABC"[first]: 1 + (seed * 5 + number * 3 + place * 7) % 8}
            if (number + place + seed) % 2:
                ways["ABC"[(first + 1) % 3]] = 1 + (seed * 3 + number * 5 + place) % 8
            steps.append(ways)
        jobs.append(steps)
    problem = problem_of(jobs)
    found = schedule(problem, LENGTH)
    found.verify()
    assert job_shop(Compiled(problem)) is not None
    assert found.value(Goal.MAKESPAN) == shortest(jobs) * HOUR


def test_queues_moves_breaks_and_releases_count() -> None:
    """On a calendar with breaks, with time in between and without machines, what is found holds and is no longer."""
    steps = [
        Operation("cut", resource="A", setup=3 * HOUR, queue=HOUR / 2, move=HOUR),
        Operation("look", setup=2 * HOUR),
        Operation("drill", resource="B", setup=5 * HOUR, alternatives=[Alternative("C", speed="0.5")]),
        Operation("turn", resource="A", setup=HOUR, move=HOUR),
    ]
    jobs = [Job(f"J{n}", steps[n % 2 :], release=date(2026, 3, 2 + n % 2), quantity=n + 1) for n in range(6)]
    jobs.append(Job("LAST", steps[:1], after=["J1"]))
    problem = Problem(start=MONDAY, resources=[Resource(code, calendar=SHIFT) for code in "ABC"], jobs=jobs)
    assert job_shop(Compiled(problem)) is None  # the site keeps other hours
    site = attrs.evolve(problem.site("MAIN"), calendar=SHIFT)
    problem = Problem(
        start=MONDAY, resources=[Resource(code, calendar=SHIFT) for code in "ABC"], jobs=jobs, sites=[site]
    )
    layout = job_shop(Compiled(problem))
    assert layout is not None
    assert (len(layout.tasks), layout.unit) == (16, 30 * 60 * 1_000_000)
    rules, found = (schedule(problem, attrs.evolve(LENGTH, iterations=count)) for count in (0, 300))
    found.verify()
    assert found.value(Goal.MAKESPAN) < rules.value(Goal.MAKESPAN)
    assert found == schedule(problem, LENGTH)
    assert sum((one.time for one in found.spells("J0")), timedelta()) == found.jobs[0].end - found.jobs[0].release


def fits(problem: Problem, goals: list[Goal]) -> bool:
    """Tell whether a problem is a job shop of which above all the length counts."""
    compiled = Compiled(problem)
    return above_all_length(compiled, goals) and job_shop(compiled) is not None


CUT = Operation("cut", resource="A", setup=HOUR)
DRILL = Operation("drill", resource="B", setup=HOUR)


@pytest.mark.parametrize(
    "change",
    [
        {"resources": [Resource("A", capacity=2), Resource("B")]},
        {"resources": [Resource("A", calendar=SHIFT), Resource("B")]},
        {"jobs": [Job("J", [CUT, DRILL], material={"drill": date(2026, 3, 5)})]},
        {"jobs": [Job("J", [attrs.evolve(CUT, secondary=[Secondary("B")])])]},
        {"jobs": [Job("J", [attrs.evolve(CUT, pauses=False)])]},
        {"jobs": [Job("J", [CUT, attrs.evolve(DRILL, after=[]), Operation("both", after=["cut", "drill"])])]},
        {"jobs": [Job("J", [CUT]), Job("K", [DRILL]), Job("L", [CUT], after=["J", "K"])]},
        {"jobs": [Job("J", [CUT, DRILL], due=MONDAY)], "goals": [Goal.TARDINESS, Goal.MAKESPAN]},
    ],
)
def test_what_is_no_job_shop_is_searched_otherwise(change: dict[str, Any]) -> None:
    """Other calendars, tools, several at a time, material on the way, steps that wait for several, dates that count."""
    goals = change.pop("goals", [Goal.MAKESPAN])
    given_: dict[str, Any] = {"resources": [Resource("A"), Resource("B")], "jobs": [Job("J", [CUT, DRILL])]}
    assert fits(Problem(start=MONDAY, **given_), goals)
    assert not fits(Problem(start=MONDAY, **(given_ | change)), goals)


def test_an_interrupt_gives_the_best_so_far() -> None:
    """After seven moves; it is no worse than the rules, and each move is told."""
    problem = problem_of([[{"ABC"[(n + p) % 3]: 1 + (n * p) % 5} for p in range(3)] for n in range(7)])
    told: list[int] = []

    def stop(done: int, total: int | None) -> None:
        assert total == 500
        told.append(done)
        if done == 7:
            raise KeyboardInterrupt

    rule = SchedulingPolicy(goals=[Goal.MAKESPAN], rules=[Rule.SHORTEST])
    found = schedule(problem, attrs.evolve(rule, iterations=500), progress=stop)
    found.verify()
    assert found.value(Goal.MAKESPAN) <= schedule(problem, rule).value(Goal.MAKESPAN)
    assert told == list(range(1, len(told) + 1))
    assert len(told) <= 7


def test_the_engine_may_be_chosen() -> None:
    """Moves for what is a job shop, and refused for what is not; changing schedules works for both."""
    jobs = [Job(code, [CUT, DRILL]) for code in "ABC"]
    problem = Problem(start=MONDAY, resources=[Resource("A"), Resource("B")], jobs=jobs)
    for engine in Engine:
        found = schedule(problem, SchedulingPolicy(goals=[Goal.MAKESPAN], iterations=30, engine=engine))
        found.verify()
        assert found.value(Goal.MAKESPAN) == 4 * HOUR
    late = SchedulingPolicy(goals=[Goal.FLOW], iterations=5, engine=Engine.TABU)
    with pytest.raises(InvalidValueError, match="is for job shops"):
        schedule(problem, late)
