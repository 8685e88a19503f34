"""A random shop: calendars, set-ups by attributes, alternatives, people and material, of any size.

`python -m benchmarks.shop [--operations N ...] [--seconds S]`: how long a first schedule takes, with its compilation,
how that grows, what a search makes of the best of the rules, how long a repair takes and what it leaves where it was,
and how long `why` takes. Every schedule is checked by `verify`; that is not timed.
"""

from __future__ import annotations

import argparse
from datetime import UTC, datetime, timedelta
from random import Random  # noqa: TID251 - the seed is passed in
from time import perf_counter, process_time
from typing import TYPE_CHECKING

import attrs
from benchmarks.growth import exponent

from prodstock import (
    Alternative,
    Calendar,
    Changeover,
    Downtime,
    Goal,
    Job,
    Operation,
    Problem,
    Resource,
    Rule,
    SchedulingPolicy,
    schedule,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

START = datetime(2026, 1, 5, 6, tzinfo=UTC)
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
SHIFTS = Calendar("TWO", week="Mo-Fr 06:00-14:00 14:00-22:00")
DAYS = Calendar("DAY", week="Mo-Fr 07:00-12:00 12:30-16:00")
ALWAYS = Calendar("ALL", week="Mo-Su 00:00-24:00")
COLOURS, DIES = ("red", "white", "blue", "black"), ("small", "large", "wide")
STEPS, KINDS, LIKE = 5, 10, 4
COSTS = {Goal.TARDINESS: 1, Goal.CHANGEOVER: 1}


def shop(operations: int, seed: int = 0) -> Problem:
    """Return a problem with so many operations: ten kinds of machines, the more the more there is to do.

    A job has five steps on kinds drawn by chance, each on one of four machines of its kind. A quarter of the steps
    needs people, a fifth of the jobs waits for material.
    """
    draw = Random(seed)
    many = max(1, operations // 1_000)
    rules = [
        Changeover("colour", "black", "*", time=90 * MINUTE),
        Changeover("colour", "*", "*", time=30 * MINUTE),
        Changeover("die", "*", "*", time=45 * MINUTE),
    ]
    machines = [
        Resource(f"K{kind}-{number}", calendar=(SHIFTS, DAYS, ALWAYS)[kind % 3], setups=rules if kind % 2 else None)
        for kind in range(KINDS)
        for number in range(LIKE * many)
    ]
    people = [
        Resource(f"P{skill}", calendar=SHIFTS, capacity=8 * many, skills=[f"skill-{skill}"]) for skill in range(3)
    ]
    horizon = 5 * operations // (LIKE * many * KINDS)
    jobs = []
    for number in range(operations // STEPS):
        colour, die, steps = draw.choice(COLOURS), draw.choice(DIES), []
        for step in range(STEPS):
            kind, first = draw.randrange(KINDS), draw.randrange(LIKE * many)
            like = [f"K{kind}-{(first + place) % (LIKE * many)}" for place in range(LIKE)]
            steps.append(
                Operation(
                    f"S{step}",
                    resource=like[0],
                    alternatives=[Alternative(one) for one in like[1:]],
                    setup=draw.randrange(10, 30) * MINUTE,
                    run_per_unit=draw.randrange(30, 150) * MINUTE,
                    attributes={"colour": colour, "die": die},
                    skill=f"skill-{draw.randrange(3)}" if draw.random() < 0.25 else None,
                )
            )
        begin = draw.randrange(horizon)
        late = {"S0": START + (begin + draw.randrange(24)) * HOUR} if draw.random() < 0.2 else {}
        due = START + (begin + draw.randrange(30, 120)) * HOUR
        release = START + begin * HOUR
        jobs.append(Job(f"J{number:06}", steps, release=release, due=due, weight=draw.choice((1, 2, 4)), material=late))
    return Problem(start=START, resources=[*machines, *people], jobs=jobs)


def first(problem: Problem) -> float:
    """Return how long a first schedule takes, in seconds of the processor, with its compilation."""
    since = process_time()
    made = schedule(problem, SchedulingPolicy(rules=[Rule.TARDINESS_COST]))
    spent = process_time() - since
    made.verify()
    return spent


def search(problem: Problem, seconds: float) -> tuple[float, float, int]:
    """Return what the best rule costs, what a search makes of it, and how many schedules that made."""
    rules = schedule(problem, SchedulingPolicy(goals=[COSTS])).worth(COSTS)
    found = schedule(problem, SchedulingPolicy(goals=[COSTS], seconds=f"{seconds}"))
    found.verify()
    return float(rules), float(found.worth(COSTS)), found.iterations


def repair(problem: Problem) -> tuple[float, float, float]:
    """Return how long a repair takes after a machine broke down, what share of the others stays, and `why`."""
    made = schedule(problem, SchedulingPolicy(rules=[Rule.TARDINESS_COST]))
    at = START + 30 * HOUR
    down = attrs.evolve(ALWAYS, code="DOWN", maintenance=[Downtime(at, at + 8 * HOUR)])
    broken = [attrs.evolve(one, calendar=down) if one.code == "K2-0" else one for one in problem.resources]
    now = attrs.evolve(problem, resources=broken)
    since = perf_counter()
    again = made.repaired(at, problem=now)
    spent = perf_counter() - since
    again.verify()
    hit = {one.job for one in made.placements if one.resource == "K2-0" and one.end > at}
    others = [one for one in again.placements if one.job not in hit and one.start >= at]
    moved = {(one.job, one.operation) for one in again.moved}
    stay = sum((one.job, one.operation) not in moved for one in others) / max(1, len(others))
    late = max(again.jobs, key=lambda one: (one.late_by, one.end)).job
    since = perf_counter()
    again.why(late)
    return spent, stay, perf_counter() - since


def main(words: Sequence[str] | None = None) -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.shop", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--operations", type=int, nargs="+", default=[1_000, 10_000])
    parser.add_argument("--seconds", type=float, help="how long is searched; none: no search")
    options = parser.parse_args(words)
    times = []
    for operations in options.operations:
        problem = shop(operations)
        times.append((operations, first(problem)))
        print(f"{operations:8} operations: first schedule {times[-1][1]:8.3f} s", flush=True)
        spent, stay, why = repair(problem)
        print(
            f"{'':8} repair {1000 * spent:8.1f} ms, {stay:6.1%} of the others stay; why {1000 * why:.2f} ms", flush=True
        )
        if options.seconds:
            rules, found, made = search(problem, options.seconds)
            said = f"best rule {rules:,.0f} h, searched {found:,.0f} h: {1 - found / rules:.1%} less, {made} schedules"
            print(f"{'':8} {said}", flush=True)
    if len(times) > 1:
        print(f"growth exponent {exponent(times):.2f}")


if __name__ == "__main__":
    main()
