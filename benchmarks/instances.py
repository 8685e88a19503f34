"""Published scheduling instances: job shop, flexible job shop, with set-ups by sequence, just in time, and projects.

An instance is activities with ways to run them, by numbers as the file has them. `check` looks at a schedule with
nothing but these; `problem_of` says the same in the words of the library.
"""

from __future__ import annotations

import gzip
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from prodstock import (
    Alternative,
    Blend,
    Calendar,
    Changeover,
    Goal,
    Job,
    Operation,
    Problem,
    Resource,
    Secondary,
    Site,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from prodstock.scheduling.policy import Aim

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
    """An instance: its activities, how much there is of each resource, and, where that counts, when jobs are due.

    `matrices` are by machine the times between a job (row) and the next one (column), `first` what each machine is set
    up for at the start. `early` are weights of a job that is done before it is due; where there are any, what is in
    process counts too, at a tenth of them.
    """

    name: str
    activities: Sequence[Activity]
    capacities: Sequence[int]
    dues: Sequence[Decimal] = ()
    weights: Sequence[Decimal] = ()
    early: Sequence[Decimal] = ()
    releases: Sequence[int] = ()
    matrices: Mapping[int, Sequence[Sequence[int]]] = MappingProxyType({})
    first: Mapping[int, int] = MappingProxyType({})


class Task(NamedTuple):
    """Where an activity runs, in the instance's units: whole ones, or parts where jobs are due at parts."""

    machine: int | None
    start: float
    end: float


class WrongScheduleError(Exception):
    """A schedule that breaks its instance."""


def read(name: str, path: Path) -> Instance:
    """Return the instance of a file, by the format of its family, which is the first part of its name.

    Raises:
        ValueError: if the family is none that can be read.
    """
    content = path.read_bytes()
    text = (gzip.decompress(content) if path.suffix == ".gz" else content).decode()
    words = [line.split() for line in text.splitlines() if line.strip() and not line.startswith(("#", "machine"))]
    family = name.partition("/")[0]
    if family == "jit_sdst":
        return _just_in_time(name, words)
    rows = [[int(float(word)) for word in line] for line in words]
    if family in {"jsp", "jsp_large"}:
        return Instance(name, chains([_plain(row) for row in rows[1 : rows[0][0] + 1]]), ())
    if family == "fjsp":
        return Instance(name, chains([_flexible(row) for row in rows[1 : rows[0][0] + 1]]), ())
    if family == "rcpsp":
        return project(name, [number for row in rows for number in row])
    if family == "jsp_sdst":
        jobs, machines = rows[0]
        made = chains([_plain(row) for row in rows[1 : jobs + 1]])
        return Instance(name, made, (), matrices=_matrices(rows[jobs + 1 :], jobs, machines))
    raise ValueError(f"{name} cannot be read: no such format")


def _just_in_time(name: str, words: Sequence[Sequence[str]]) -> Instance:
    """Return a job shop with releases, due dates, weights of early, late and in process, and set-ups."""
    jobs, machines = map(int, words[0])
    terms = [[round(Decimal(word), 6) for word in line] for line in words[1 : jobs + 1]]
    rows = [[int(word) for word in line] for line in words[jobs + 1 :]]
    if any(flow * 10 != early for _, _, early, _, flow in terms):
        raise ValueError(f"{name} cannot be read: what is in process does not count a tenth of what is early")
    return Instance(
        name,
        chains([_plain(row) for row in rows[:jobs]]),
        (),
        [line[1] for line in terms],
        [line[3] for line in terms],
        [line[2] for line in terms],
        [int(line[0]) for line in terms],
        _matrices(rows[jobs + machines :], jobs, machines),
        {machine: job for machine, job in rows[jobs : jobs + machines]},  # noqa: C416 - pairs, said so
    )


def _matrices(rows: Sequence[Sequence[int]], jobs: int, machines: int) -> dict[int, Sequence[Sequence[int]]]:
    return {machine: rows[machine * jobs : (machine + 1) * jobs] for machine in range(machines)}


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
    dues = [Decimal(int(factor * work + 1e-9)) for work in works]
    return instance._replace(dues=dues, weights=list(map(Decimal, weights)))


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
            attributes={"job": f"{one.job}"} if instance.matrices else {},
        )
        steps.setdefault(one.job, []).append(operation)
    machines = sorted({way[0] for one in instance.activities for way in one.ways if way[0] is not None})
    there = [(kind, most) for kind, most in enumerate(instance.capacities) if most]
    resources = [
        *(Resource(f"M{machine}", calendar=ALWAYS, setups=_rules(instance, machine)) for machine in machines),
        *(Resource(f"R{kind}", capacity=most, calendar=ALWAYS) for kind, most in there),
    ]
    jobs = [
        Job(
            f"J{job:05}",
            operations,
            release=START + instance.releases[job] * UNIT if instance.releases else None,
            due=START + float(instance.dues[job]) * UNIT if instance.dues else None,
            weight=instance.weights[job] if instance.weights else 1,
            holding_weight=instance.early[job] if instance.early else 1,
        )
        for job, operations in steps.items()
    ]
    set_up = {f"M{machine}": {"job": f"{job}"} for machine, job in instance.first.items() if machine in machines}
    return Problem(start=START, resources=resources, jobs=jobs, sites=[Site("MAIN", calendar=ALWAYS)], set_up=set_up)


def _rules(instance: Instance, machine: int) -> list[Changeover] | None:
    if machine not in instance.matrices:
        return None
    return [
        Changeover("job", f"{before}", f"{after}", time=time * UNIT)
        for before, row in enumerate(instance.matrices[machine])
        for after, time in enumerate(row)
        if time
    ]


def goal_of(instance: Instance) -> Aim:
    """Return what counts: early, late and in process by the unit of time, else the tardiness, else the length."""
    if instance.early:
        hour = timedelta(hours=1) // UNIT
        return Blend([(Goal.TARDINESS, hour), (Goal.EARLINESS, hour), (Goal.IN_PROCESS, Decimal(hour) / 10)])
    return Goal.TARDINESS if instance.dues else Goal.MAKESPAN


def check(instance: Instance, tasks: Sequence[Task]) -> Decimal:
    """Return the objective of a schedule: what is early, late and in process by weight, else the length.

    Raises:
        WrongScheduleError: if it is none of the instance.
    """
    if len(tasks) != len(instance.activities):
        raise WrongScheduleError(f"{instance.name}: {len(tasks)} of {len(instance.activities)} activities are placed")
    rows: dict[int, list[tuple[float, float, int]]] = {}
    for number, (one, task) in enumerate(zip(instance.activities, tasks, strict=True)):
        where = f"{instance.name}: operation {one.operation} of job {one.job}"
        if (task.machine, round(task.end - task.start, 6)) not in one.ways:
            raise WrongScheduleError(f"{where} does not take {task.end - task.start} on {task.machine}")
        released = instance.releases[one.job] if instance.releases else 0
        if task.start < max([released, *(tasks[other].end for other in one.before)]):
            raise WrongScheduleError(f"{where} starts at {task.start}, before what it comes after ends")
        if task.machine is not None and task.end > task.start:
            rows.setdefault(task.machine, []).append((task.start, task.end, instance.activities[number].job))
    for machine, some in rows.items():
        before = [(0, 0, instance.first[machine])] if machine in instance.first else []
        for (_, ended, job), (start, _, other) in pairwise([*before, *sorted(some)]):
            change = instance.matrices[machine][job][other] if machine in instance.matrices else 0
            if start < ended + change:
                raise WrongScheduleError(f"{instance.name}: machine {machine} is not free at {start}")
    for kind, most in enumerate(instance.capacities):
        _check_units(instance, tasks, kind, most)
    return _costs(instance, tasks) if instance.dues else Decimal(max((task.end for task in tasks), default=0))


def _costs(instance: Instance, tasks: Sequence[Task]) -> Decimal:
    spans: dict[int, list[Task]] = {}
    for one, task in zip(instance.activities, tasks, strict=True):
        spans.setdefault(one.job, []).append(task)
    found = Decimal(0)
    for job, some in spans.items():
        start, end, due = min(one.start for one in some), max(one.end for one in some), instance.dues[job]
        found += instance.weights[job] * max(Decimal(0), exact(end) - due)
        if instance.early:
            found += (
                instance.early[job] * max(Decimal(0), due - exact(end))
                + instance.early[job] * (exact(end) - exact(start)) / 10
            )
    return found


def exact(units: float) -> Decimal:
    """Return a number of units as it is written."""
    return Decimal(str(units))


def _check_units(instance: Instance, tasks: Sequence[Task], kind: int, most: int) -> None:
    changes: list[tuple[float, int]] = []
    for one, task in zip(instance.activities, tasks, strict=True):
        units = dict(one.needs).get(kind, 0)
        if task.end > task.start and units:
            changes += [(task.start, units), (task.end, -units)]
    taken = 0
    for moment, units in sorted(changes):
        taken += units
        if taken > most:
            raise WrongScheduleError(f"{instance.name}: {taken} of {most} units of resource {kind} at {moment}")
