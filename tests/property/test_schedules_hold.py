"""Schedules of any jobs on any calendars hold, whatever the order of rows, and say where all time goes."""

from datetime import UTC, date, datetime, timedelta
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prodstock.calendars.calendar import Calendar
from prodstock.master.alternative import Alternative, Secondary
from prodstock.master.lags import Lag
from prodstock.master.resource import Resource
from prodstock.master.routing import Operation, OperationKind
from prodstock.master.setups import Changeover, Combine, Setups
from prodstock.scheduling.compiled import Compiled
from prodstock.scheduling.conflicts import conflicts
from prodstock.scheduling.construct import construct
from prodstock.scheduling.policy import Goal, Rule, SchedulingPolicy
from prodstock.scheduling.problem import Job, Problem
from prodstock.scheduling.rules import preference
from prodstock.scheduling.schedule import schedule
from prodstock.scheduling.worth import score

START = datetime(2026, 3, 2, 7, tzinfo=UTC)
FAR = st.sampled_from([None, timedelta(days=6), timedelta(days=9)])
"""So long any operation can begin after the one before it: a weekend in the queue, and another one before it opens."""
COLOURS = ("red", "blue", "white")
CALENDARS = (
    None,
    Calendar("ALWAYS", week="Mo-Su 00:00-24:00"),
    Calendar("SHIFTS", week="Mo-Fr 06:00-14:00 15:00-22:00"),
)


def minutes(most: int) -> st.SearchStrategy[timedelta]:
    """Return whole minutes."""
    return st.integers(0, most).map(lambda some: timedelta(minutes=some))


@st.composite
def setups(draw: st.DrawFn) -> Setups:
    """Return how a machine is changed over: any rules for two attributes, cleaned after some or never."""
    value = st.sampled_from(["*", *COLOURS])
    hours = st.integers(0, 12).map(lambda some: some * timedelta(minutes=20))
    rule = st.builds(Changeover, st.sampled_from(["ink", "die"]), value, value, time=hours, cost=st.integers(0, 3))
    cleaned = draw(st.none() | st.integers(1, 3))
    return Setups(
        draw(st.lists(rule, max_size=5)),
        combine=draw(st.sampled_from(Combine)),
        before_material=draw(st.booleans()),
        clean_after=cleaned,
        cleaning=timedelta(minutes=50) if cleaned else timedelta(),
    )


@st.composite
def lags(draw: st.DrawFn, before: list[str]) -> list[Lag]:
    """Return how long must and may pass since what comes right before, mostly nothing."""
    some = draw(st.booleans())
    return [Lag(one, least=draw(minutes(600)), most=draw(FAR)) for one in before if some and draw(st.booleans())]


@st.composite
def problems(draw: st.DrawFn, most_jobs: int = 5) -> Problem:
    """Return jobs with any graph of steps on up to three resources of any calendar and capacity."""
    resources = [
        Resource(f"R{number}", capacity=draw(st.integers(1, 3)), calendar=draw(st.sampled_from(CALENDARS)))
        for number in range(draw(st.integers(1, 3)))
    ]
    plain = list(resources)
    resources += [
        Resource(f"S{number}", calendar=draw(st.sampled_from(CALENDARS)), setups=draw(setups()))
        for number in range(draw(st.integers(0, 2)))
    ]
    changed = [one.code for one in resources if one.setups is not None]
    alike = st.sampled_from([[], ["ink"], ["ink", "die"]])
    resources += [
        Resource(
            f"O{number}", capacity=draw(st.integers(1, 6)), calendar=draw(st.sampled_from(CALENDARS)), batch=draw(alike)
        )
        for number in range(draw(st.integers(0, 2)))
    ]
    people = [
        Resource(
            f"P{number}",
            capacity=draw(st.integers(1, 2)),
            calendar=draw(st.sampled_from(CALENDARS)),
            skills=draw(st.sampled_from([["turn"], ["turn", "weld"], ["weld"]])),
        )
        for number in range(draw(st.integers(0, 3)))
    ]
    resources, plain = resources + people, plain + people
    values = st.dictionaries(st.sampled_from(["ink", "die"]), st.sampled_from(COLOURS), max_size=2)
    speeds = st.sampled_from(["1", "0.7", "3"])
    jobs: list[Job] = []
    for number in range(draw(st.integers(0, most_jobs))):
        operations: list[Operation] = []
        for step in range(draw(st.integers(1, 4))):
            kind = draw(st.sampled_from([OperationKind.TRANSFORM, OperationKind.TRANSFORM, OperationKind.WAIT]))
            on = None if kind is OperationKind.WAIT else draw(st.sampled_from([None, *(one.code for one in resources)]))
            before = [one.code for one in operations]
            some = st.lists(st.sampled_from(before), unique=True) if before else st.none()
            instead = draw(st.lists(st.sampled_from([one.code for one in resources]), unique=True, max_size=2))
            besides = draw(st.lists(st.sampled_from(plain), unique_by=lambda one: one.code, max_size=2))
            waits, skill = kind is OperationKind.WAIT, draw(st.sampled_from([None, "turn", "weld"]))
            if {on, *instead, *(one.code for one in besides)} & {one.code for one in people if skill in one.skills}:
                skill = None
            able = sum(one.capacity for one in people if skill in one.skills)
            pauses, after = draw(st.booleans()), draw(st.one_of(st.none(), some))
            operations.append(
                Operation(
                    f"step-{step}",
                    kind=kind,
                    resource=on,
                    alternatives=[
                        Alternative(code, speed=draw(speeds), setup=draw(st.none() | minutes(60)))
                        for code in instead
                        if on not in {None, code}
                    ],
                    secondary=[
                        Secondary(one.code, draw(st.integers(1, one.capacity)))
                        for one in besides
                        if not waits and one.code not in {on, *instead}
                    ],
                    skill=None if waits else skill,
                    crew=draw(st.integers(1, max(1, able))) if skill and not waits else 1,
                    attended=draw(st.sampled_from(["1", "1", "0.25", "0.6"])) if skill and not waits else 1,
                    pauses=pauses,
                    setup=draw(minutes(200 if pauses else 30)),
                    run_per_unit=draw(minutes(10 if pauses else 2)),
                    queue=draw(st.sampled_from([timedelta(), timedelta(minutes=90)])),
                    move=draw(st.sampled_from([timedelta(), timedelta(minutes=30)])),
                    scrap=draw(st.sampled_from(["0", "0.05"])),
                    after=after,
                    attributes=draw(values),
                    transfer=draw(st.none() | st.integers(1, 12)),
                    load=draw(st.sampled_from([None, "0.1", "0.4"])),
                    lags=draw(lags(before[-1:] if after is None else after)),
                )
            )
        days = st.one_of(st.none(), st.integers(1, 20).map(lambda day: date(2026, 3, day)))
        earlier = [one.code for one in jobs]
        jobs.append(
            Job(
                f"J{number}",
                operations,
                quantity=draw(st.integers(1, 20)),
                release=draw(days),
                due=draw(days),
                weight=draw(st.integers(0, 3)),
                holding_weight=draw(st.integers(0, 3)),
                deadline=draw(days),
                material={"step-0": date(2026, 3, 5)} if draw(st.booleans()) else {},
                after=draw(st.lists(st.sampled_from(earlier), max_size=1)) if earlier else (),
            )
        )
    return Problem(start=START, resources=resources, jobs=jobs, set_up={code: draw(values) for code in changed})


GOALS = [[goal] for goal in Goal] + [[{Goal.EARLINESS: 1, Goal.TARDINESS: 2, Goal.CHANGEOVER_COST: 5}, Goal.IN_PROCESS]]


@given(problems(), st.sampled_from(Rule), st.sampled_from(GOALS))
def test_a_schedule_holds_and_its_time_adds_up(problem: Problem, rule: Rule, goals: list[Goal]) -> None:
    """Code that did not make it finds nothing, and every microsecond of a job has one cause."""
    made = schedule(problem, SchedulingPolicy(rules=[rule], goals=goals))
    made.verify()
    for job in made.jobs:
        spells = made.spells(job.job)
        assert sum((one.time for one in spells), timedelta()) == job.end - job.release
        assert all(one.time > timedelta() for one in spells)
        assert job.job in str(made.why(job.job))
    clashes = made.conflicts
    assert bool(clashes) == bool(made.value(Goal.DEADLINES)), clashes
    assert [one for one in clashes if one.proved] == list(conflicts(problem))
    bars = [(one.resource != "") + sum(other.units for other in one.secondary) for one in made.placements if one.work]
    assert made.to_svg().count("<g>") == sum(bars)


@given(problems(), st.randoms(use_true_random=False))
def test_the_order_of_rows_never_counts(problem: Problem, random: object) -> None:
    """Jobs and resources in another order, and in that of their codes, give the same schedule."""
    jobs, resources = list(problem.jobs), list(problem.resources)
    random.shuffle(jobs)  # type: ignore[attr-defined]
    random.shuffle(resources)  # type: ignore[attr-defined]
    other = schedule(Problem(start=START, resources=resources, jobs=jobs, set_up=problem.set_up))
    assert other.placements == schedule(problem).placements


@given(problems(most_jobs=3), st.lists(st.sampled_from(Goal), min_size=1, unique=True))
def test_no_rule_is_better_than_what_is_kept(problem: Problem, goals: list[Goal]) -> None:
    """By the goals in their order, the schedule is as good as that of the best rule."""
    compiled = Compiled(problem)
    made = schedule(problem, SchedulingPolicy(goals=goals))
    worth = [score(compiled, construct(compiled, preference(compiled, rule)), goals) for rule in Rule]
    assert score(compiled, made._placed, goals) <= min(worth)
    if {Goal.EARLINESS, Goal.IN_PROCESS}.isdisjoint(goals):
        assert score(compiled, made._placed, goals) == min(worth)


@pytest.mark.parametrize("seed", range(20))
def test_one_machine_is_never_worse_than_the_best_order(seed: int) -> None:
    """Of all orders of jobs on one machine none has a lower flow than the shortest first, as Smith proved in 1956."""
    works = [1 + (seed * 7 + place * place * 5) % 11 for place in range(5)]
    always = [Resource("M", calendar=CALENDARS[1])]
    jobs = [
        Job(f"J{place}", [Operation("do", resource="M", setup=timedelta(hours=work))])
        for place, work in enumerate(works)
    ]
    problem = Problem(start=START, resources=always, jobs=jobs)
    made = schedule(problem, SchedulingPolicy(rules=[Rule.SHORTEST], goals=[Goal.FLOW]))
    best = min(sum(sum(order[: place + 1]) for place in range(5)) for order in permutations(works))
    assert made.value(Goal.FLOW) == timedelta(hours=best)
