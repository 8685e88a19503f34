"""The same instances in OR-Tools CP-SAT, with two workers."""
# The library is an extra: without it these lines cannot be typed, with it they are.
# mypy: disable-error-code="import-not-found", allow-any-unimported

from __future__ import annotations

from time import perf_counter, process_time
from typing import TYPE_CHECKING, Any

from benchmarks.instances import Task, check
from ortools.sat.python import cp_model

if TYPE_CHECKING:
    from benchmarks.instances import Instance
    from benchmarks.scheduling import Found

WORKERS = 2


def solved(instance: Instance, seconds: float) -> Found:
    """Return its best schedule after so many seconds of the clock.

    Raises:
        RuntimeError: if it has none by then.
    """
    from benchmarks.scheduling import Found  # noqa: PLC0415 - that module asks for this one

    model = cp_model.CpModel()
    horizon = sum(max(time for _, time in one.ways) for one in instance.activities)
    on: dict[int, list[Any]] = {}
    taken: list[list[Any]] = [[] for _ in instance.capacities]
    starts: list[Any] = []
    ends: list[Any] = []
    ways: list[Any] = []
    for one in instance.activities:
        start, end = model.new_int_var(0, horizon, ""), model.new_int_var(0, horizon, "")
        literals = [model.new_bool_var("") for _ in one.ways]
        model.add_exactly_one(literals)
        for (machine, time), literal in zip(one.ways, literals, strict=True):
            interval = model.new_optional_interval_var(start, time, end, literal, "")
            if machine is not None:
                on.setdefault(machine, []).append(interval)
            for kind, units in one.needs:
                taken[kind].append((interval, units))
        for other in one.before:
            model.add(start >= ends[other])
        starts.append(start)
        ends.append(end)
        ways.append(literals)
    for row in on.values():
        model.add_no_overlap(row)
    for kind, some in enumerate(taken):
        model.add_cumulative([one for one, _ in some], [units for _, units in some], instance.capacities[kind])
    _aim(model, instance, ends, horizon)
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = seconds
    solver.parameters.num_workers = WORKERS
    since, began = process_time(), perf_counter()
    status = solver.solve(model)
    spent, wall = process_time() - since, perf_counter() - began
    if status not in {cp_model.OPTIMAL, cp_model.FEASIBLE}:
        raise RuntimeError(f"{instance.name}: no schedule after {seconds} s")
    tasks = []
    for one, start, literals in zip(instance.activities, starts, ways, strict=True):
        machine, time = next(way for way, fits in zip(one.ways, literals, strict=True) if solver.value(fits))
        tasks.append(Task(machine, solver.value(start), solver.value(start) + time))
    objective = float(check(instance, tasks))
    return Found("cpsat", objective, round(solver.best_objective_bound), spent, wall, 0, tasks)


def _aim(model: Any, instance: Instance, ends: list[Any], horizon: int) -> None:  # noqa: ANN401 - an extra's class
    """Let it minimize the weighted tardiness if jobs are due, else the makespan."""
    if not instance.dues:
        makespan = model.new_int_var(0, horizon, "")
        for end in ends:
            model.add(makespan >= end)
        model.minimize(makespan)
        return
    late = [model.new_int_var(0, horizon, "") for _ in instance.dues]
    for one, end in zip(instance.activities, ends, strict=True):
        model.add(late[one.job] >= end - int(instance.dues[one.job]))
    model.minimize(sum(int(weight) * some for weight, some in zip(instance.weights, late, strict=True)))
