"""Published scheduling instances: job shop, flexible job shop, and projects with limited resources.

An instance is activities with ways to run them, by numbers as the file has them. `check` looks at a schedule with
nothing but these; `problem_of` says the same in the words of the library.
"""

from __future__ import annotations

import gzip
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from prodstock import Alternative, Calendar, Job, Operation, Problem, Resource, Secondary, Site

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

START = datetime(2026, 1, 5, tzinfo=UTC)
UNIT = timedelta(minutes=1)
ALWAYS = Calendar("ALWAYS", week="Mo-Su 00:00-24:00")


class Activity(NamedTuple):
    """What is done: its job and number in it, on which machine (None: none) for how long, with what, and after what.

    `needs` are numbers of resources with units, `before` the numbers of activities, both from 0.
    """

    job: int
    operation: int
    ways: tuple[tuple[int | None, int], ...]
    needs: tuple[tuple[int, int], ...]
    before: tuple[int, ...]


class Instance(NamedTuple):
    """An instance: its activities, how much there is of each resource, and, where that counts, when jobs are due."""

    name: str
    activities: Sequence[Activity]
    capacities: Sequence[int]
    dues: Sequence[int] = ()
    weights: Sequence[int] = ()


class Task(NamedTuple):
    """Where an activity runs, in the instance's units."""

    machine: int | None
    start: int
    end: int


class WrongScheduleError(Exception):
    """A schedule that breaks its instance."""


def read(name: str, path: Path) -> Instance:
    """Return the instance of a file, by the format of its family, which is the first part of its name.

    Raises:
        ValueError: if the family is none that can be read.
    """
    content = path.read_bytes()
    text = (gzip.decompress(content) if path.suffix == ".gz" else content).decode()
    rows = [
        [int(float(word)) for word in line.split()]
        for line in text.splitlines()
        if line.strip() and not line.startswith("#")
    ]
    family = name.partition("/")[0]
    if family in {"jsp", "jsp_large"}:
        return Instance(name, chains([_plain(row) for row in rows[1 : rows[0][0] + 1]]), ())
    if family == "fjsp":
        return Instance(name, chains([_flexible(row) for row in rows[1 : rows[0][0] + 1]]), ())
    if family == "rcpsp":
        return project(name, [number for row in rows for number in row])
    detail = "set-ups that depend on the order are not part of the product" if "sdst" in family else "no such format"
    raise ValueError(f"{name} cannot be read: {detail}")


def _plain(row: Sequence[int]) -> list[tuple[tuple[int | None, int], ...]]:
    return [((machine, time),) for machine, time in zip(row[::2], row[1::2], strict=True) if machine >= 0]


def _flexible(row: Sequence[int]) -> list[tuple[tuple[int | None, int], ...]]:
    found: list[tuple[tuple[int | None, int], ...]] = []
    at = 1
    for _ in range(row[0]):
        pairs = row[at + 1 : at + 1 + 2 * row[at]]
        found.append(tuple(zip(pairs[::2], pairs[1::2], strict=True)))
        at += 1 + 2 * row[at]
    return found


def chains(jobs: Sequence[Sequence[tuple[tuple[int | None, int], ...]]]) -> list[Activity]:
    """Return the activities of jobs whose operations follow each other."""
    found: list[Activity] = []
    for job, ways in enumerate(jobs):
        for operation, some in enumerate(ways):
            found.append(Activity(job, operation, some, (), (len(found) - 1,) if operation else ()))
    return found


def project(name: str, numbers: Sequence[int]) -> Instance:
    """Return the instance of a file in Patterson's format: activities with durations, units and successors."""
    count, kinds = numbers[:2]
    at, befores, rows = 2 + kinds, [list[int]() for _ in range(count)], []
    for activity in range(count):
        time, *units = numbers[at : at + 1 + kinds]
        successors = numbers[at + 2 + kinds : at + 2 + kinds + numbers[at + 1 + kinds]]
        at += 2 + kinds + len(successors)
        rows.append((time, tuple((kind, some) for kind, some in enumerate(units) if some)))
        for successor in successors:
            befores[successor - 1].append(activity)
    made = [
        Activity(0, number, ((None, time),), needs, tuple(befores[number])) for number, (time, needs) in enumerate(rows)
    ]
    return Instance(name, made, numbers[2 : 2 + kinds])


def due(instance: Instance, factor: float) -> Instance:
    """Return a job shop with due dates and weights by the rule of Singer and Pinedo (1998).

    A job is due at its own work times a factor, rounded down; the first fifth of the jobs weighs 4, the last fifth 1,
    what is between 2.
    """
    jobs = max(one.job for one in instance.activities) + 1
    works = [0] * jobs
    for one in instance.activities:
        works[one.job] += one.ways[0][1]
    weights = [4 if job < jobs // 5 else 2 if job < jobs - jobs // 5 else 1 for job in range(jobs)]
    return instance._replace(dues=[int(factor * work + 1e-9) for work in works], weights=weights)


def problem_of(instance: Instance) -> Problem:
    """Return the instance in the words of the library: a unit is a minute, and all machines always work."""
    steps: dict[int, list[Operation]] = {}
    for one in instance.activities:
        (machine, time), *others = one.ways
        operation = Operation(
            f"{one.operation + 1}",
            resource=None if machine is None else f"M{machine}",
            setup=time * UNIT,
            alternatives=[Alternative(f"M{other}", setup=more * UNIT) for other, more in others],
            secondary=[Secondary(f"R{kind}", units) for kind, units in one.needs],
            after=[f"{instance.activities[other].operation + 1}" for other in one.before],
        )
        steps.setdefault(one.job, []).append(operation)
    machines = sorted({way[0] for one in instance.activities for way in one.ways if way[0] is not None})
    there = [(kind, most) for kind, most in enumerate(instance.capacities) if most]
    resources = [
        *(Resource(f"M{machine}", calendar=ALWAYS) for machine in machines),
        *(Resource(f"R{kind}", capacity=most, calendar=ALWAYS) for kind, most in there),
    ]
    jobs = [
        Job(
            f"J{job:05}",
            operations,
            due=START + instance.dues[job] * UNIT if instance.dues else None,
            weight=instance.weights[job] if instance.weights else 1,
        )
        for job, operations in steps.items()
    ]
    return Problem(start=START, resources=resources, jobs=jobs, sites=[Site("MAIN", calendar=ALWAYS)])


def check(instance: Instance, tasks: Sequence[Task]) -> int:
    """Return the objective of a schedule: the weighted tardiness if jobs are due, else the makespan.

    Raises:
        WrongScheduleError: if it is none of the instance.
    """
    if len(tasks) != len(instance.activities):
        raise WrongScheduleError(f"{instance.name}: {len(tasks)} of {len(instance.activities)} activities are placed")
    rows: dict[int, list[Task]] = {}
    for number, (one, task) in enumerate(zip(instance.activities, tasks, strict=True)):
        where = f"{instance.name}: operation {one.operation} of job {one.job}"
        if (task.machine, task.end - task.start) not in one.ways:
            raise WrongScheduleError(f"{where} does not take {task.end - task.start} on {task.machine}")
        if task.start < max([0, *(tasks[other].end for other in one.before)]):
            raise WrongScheduleError(f"{where} starts at {task.start}, before what it comes after ends")
        if task.machine is not None and task.end > task.start:
            rows.setdefault(task.machine, []).append(tasks[number])
    for machine, some in rows.items():
        for first, second in pairwise(sorted(some, key=lambda task: task.start)):
            if second.start < first.end:
                raise WrongScheduleError(f"{instance.name}: machine {machine} runs two at {second.start}")
    for kind, most in enumerate(instance.capacities):
        _check_units(instance, tasks, kind, most)
    return _tardiness(instance, tasks) if instance.dues else max((task.end for task in tasks), default=0)


def _tardiness(instance: Instance, tasks: Sequence[Task]) -> int:
    ends = [0] * len(instance.dues)
    for one, task in zip(instance.activities, tasks, strict=True):
        ends[one.job] = max(ends[one.job], task.end)
    late = (max(0, end - due) for end, due in zip(ends, instance.dues, strict=True))
    return sum(weight * time for weight, time in zip(instance.weights, late, strict=True))


def _check_units(instance: Instance, tasks: Sequence[Task], kind: int, most: int) -> None:
    changes: list[tuple[int, int]] = []
    for one, task in zip(instance.activities, tasks, strict=True):
        units = dict(one.needs).get(kind, 0)
        if task.end > task.start and units:
            changes += [(task.start, units), (task.end, -units)]
    taken = 0
    for moment, units in sorted(changes):
        taken += units
        if taken > most:
            raise WrongScheduleError(f"{instance.name}: {taken} of {most} units of resource {kind} at {moment}")
