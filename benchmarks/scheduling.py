"""Schedules of published instances: `python -m benchmarks.scheduling --instances DIR --seconds S`.

DIR has `best_known.json`: by name `{"file", "lb", "ub"}`, the files beside it. Every schedule is checked against the
instance by code of its own, and by the library's `verify`; neither is timed.
"""

from __future__ import annotations

import argparse
import json
import math
from decimal import Decimal
from fnmatch import fnmatch
from pathlib import Path
from time import perf_counter, process_time
from typing import TYPE_CHECKING, NamedTuple

from benchmarks.instances import START, UNIT, Instance, Task, check, due, goal_of, problem_of, read

from prodstock import Engine, Goal, InvalidValueError, SchedulingPolicy, schedule

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

SOLVERS = ("auto", "tabu", "lns", "rules")
FAMILIES = ("jsp", "fjsp", "rcpsp", "jsp_large", "jsp_sdst", "jit_sdst")


class Found(NamedTuple):
    """A schedule that a solver found, with what it took, in seconds of the processor and of the clock."""

    solver: str
    objective: float
    bound: int | None
    seconds: float
    wall: float
    iterations: int
    tasks: Sequence[Task]


class Asked(NamedTuple):
    """What a solver may do: search for so long, or make so many schedules; None: no end by it."""

    seconds: float | None
    iterations: int | None
    seed: int


def ours(instance: Instance, asked: Asked, solver: str) -> Found:
    """Return the schedule of the library: of its rules, or of what it searches with."""
    problem, goal = problem_of(instance), goal_of(instance)
    policy = SchedulingPolicy(goals=[goal])
    if solver != "rules":
        seconds = None if asked.seconds is None else str(asked.seconds)
        engine, iterations = Engine(solver), asked.iterations
        policy = SchedulingPolicy(goals=[goal], seconds=seconds, iterations=iterations, seed=asked.seed, engine=engine)
    since, began = process_time(), perf_counter()
    made = schedule(problem, policy)
    seconds_of_cpu, wall = process_time() - since, perf_counter() - began
    made.verify()
    placed = {(int(one.job[1:]), int(one.operation) - 1): one for one in made.placements}
    tasks = []
    for activity in instance.activities:
        one = placed[activity.job, activity.operation]
        machine = int(one.resource[1:]) if one.resource else None
        tasks.append(Task(machine, *(units((moment - START) / UNIT) for moment in (one.start, one.end))))
    objective = check(instance, tasks)
    least = None
    if isinstance(goal, Goal):
        assert objective == units(made.value(goal) / UNIT)
        least = math.ceil(made.bound(goal) / UNIT)
    else:
        assert abs(objective - made.worth(goal)) < Decimal("0.001")
    return Found(solver, float(objective), least, seconds_of_cpu, wall, made.iterations, tasks)


def units(value: float) -> float:
    """Return a number of units to six digits; whole ones as such."""
    found = round(value, 6)
    return int(found) if found == int(found) else found


def chosen(known: dict[str, dict[str, object]], names: str | None) -> Iterator[str]:
    """Yield the names that are asked for, by pattern or last part; none asked for: all that can be read.

    Raises:
        SystemExit: if a name fits nothing.
    """
    if names is None:
        yield from (name for name in known if name.partition("/")[0] in FAMILIES)
        return
    for pattern in names.split(","):
        found = [name for name in known if fnmatch(name, pattern) or name.rpartition("/")[2] == pattern]
        if not found:
            raise SystemExit(f"no instance fits {pattern!r}")
        yield from found


def family(name: str) -> str:
    """Return the group in which an instance is averaged."""
    kind, _, code = name.partition("/")
    if kind == "rcpsp":
        return f"rcpsp {code[: 4 if code.startswith('j120') else 3]}"
    if kind == "fjsp":
        return f"fjsp {code.rpartition('_')[2]}" if code.endswith("data") else "fjsp"
    return kind


def run(options: argparse.Namespace) -> list[dict[str, object]]:
    """Run all that is asked for, printing as it goes, and return a row for each schedule."""
    known = json.loads((options.instances / "best_known.json").read_text(encoding="utf-8"))
    asked = Asked(options.seconds, options.iterations, options.seed)
    rows: list[dict[str, object]] = []
    for name in dict.fromkeys(chosen(known, options.names)):
        instance = read(name, options.instances / known[name]["file"])
        best: float | None = known[name]["ub"]
        if options.tardiness is not None:
            instance, best = due(instance, options.tardiness), None
        try:
            solutions = [ours(instance, asked, options.solver)]
        except InvalidValueError as refused:
            if refused.field != "engine":
                raise
            print(f"{name:34} {options.solver:8} left out: {refused.reason}", flush=True)
            continue
        if options.peer and not instance.matrices:
            from benchmarks.peers import cpsat  # noqa: PLC0415 - an extra

            solutions.append(cpsat.solved(instance, options.seconds or 10.0))
        for found in solutions:
            gap = None if not best else 100 * (found.objective / best - 1)
            rows.append(
                {"instance": name, **found._asdict(), "operations": len(instance.activities), "best": best, "gap": gap}
            )
            rows[-1].pop("tasks")
            said = "" if gap is None else f"{gap:8.2f} %"
            print(f"{name:34} {found.solver:8} {found.objective:9g} {said:10} {found.seconds:8.2f} s", flush=True)
        if options.solutions is not None:
            write(options.solutions, instance, solutions[0])
    return rows


def write(folder: Path, instance: Instance, found: Found) -> None:
    """Write a schedule for checking elsewhere; jobs and operations from 0, machines as the file numbers them."""
    folder.mkdir(parents=True, exist_ok=True)
    tasks = [
        {"job": one.job, "operation": one.operation, **task._asdict()}
        for one, task in zip(instance.activities, found.tasks, strict=True)
    ]
    text = json.dumps({"instance": instance.name, "objective": found.objective, "tasks": tasks})
    (folder / f"{instance.name.replace('/', '__')}.json").write_text(text + "\n", encoding="utf-8")


def means(rows: Sequence[dict[str, object]]) -> Iterator[str]:
    """Yield the mean gap of each family and solver."""
    groups: dict[tuple[str, str], list[float]] = {}
    for row in rows:
        if isinstance(row["gap"], float):
            groups.setdefault((family(str(row["instance"])), str(row["solver"])), []).append(row["gap"])
    for (group, solver), gaps in sorted(groups.items()):
        yield f"{group:16} {solver:8} {len(gaps):4} instances, mean gap {sum(gaps) / len(gaps):6.2f} %"


def parsed(words: Sequence[str] | None = None) -> argparse.Namespace:
    """Return what a command line asks for."""
    said = (__doc__ or "").partition("\n")[0]
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scheduling", description=said)
    parser.add_argument("--instances", type=Path, required=True, help="folder with best_known.json")
    parser.add_argument("--seconds", type=float, help="how long is searched for each")
    parser.add_argument("--iterations", type=int, help="how many schedules are made for each; repeats exactly")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--names", help="which, by commas: jsp/ta*, ft10; default: all that can be read")
    parser.add_argument("--solver", choices=SOLVERS, default="auto")
    parser.add_argument("--tardiness", type=float, help="due dates at so many times the work of a job, by weight")
    parser.add_argument("--peer", choices=["cpsat"], help="run OR-Tools CP-SAT with two workers too, without set-ups")
    parser.add_argument("--json", type=Path, help="where the figures go")
    parser.add_argument("--solutions", type=Path, help="folder for the schedules")
    return parser.parse_args(words)


def main(words: Sequence[str] | None = None) -> None:
    """Run the command line."""
    options = parsed(words)
    rows = run(options)
    for line in means(rows):
        print(line)
    if options.json is not None:
        options.json.write_text(json.dumps(rows, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
