"""What is settled before anything is scheduled: what is finished, runs already, or stays where it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from prodstock.calendars.zone import micros, span_micros
from prodstock.errors import InvalidValueError
from prodstock.scheduling.standing import FIXED, OperationStatus

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from prodstock.scheduling.compiled import Compiled, Mode, Task
    from prodstock.scheduling.floor import Floor
    from prodstock.scheduling.standing import Standing

Team: TypeAlias = tuple[tuple[int, int], ...]


class Home(NamedTuple):
    """Where an operation is by the schedule before, or stays: from when on, in which mode, by whom (empty: any)."""

    start: int
    mode: int
    team: Team


class Settled(NamedTuple):
    """An operation that is settled, with where it is: `status` says how."""

    status: OperationStatus
    home: Home


class Place(NamedTuple):
    """Where a settled operation is: from when to when, and by whom."""

    start: int
    end: int
    team: Team


def standing_modes(
    standing: Standing, modes: Sequence[Mode], numbers: Mapping[str, int]
) -> tuple[tuple[Mode, ...], int]:
    """Return the ways in which an operation that stands somewhere may run, and the number of its own among them.

    Of what may be anywhere these are all, and its own is -1 if it is none of them any more.

    Raises:
        InvalidValueError: if it has to run on what it cannot run on.
    """
    if standing.status is OperationStatus.FINISHED:
        return (modes[0]._replace(machine=-1, work=0, clock=None, besides=(), people=(), simple=False, takes=()),), 0
    machine = numbers.get(standing.resource, -1)
    own = next((number for number, mode in enumerate(modes) if mode.machine == machine), None)
    if standing.status is OperationStatus.PLANNED:
        return tuple(modes), -1 if own is None else own
    if own is None:
        reason = f"is not what {standing.operation!r} of {standing.job} can run on"
        raise InvalidValueError(field="standings", value=standing.resource, reason=reason)
    mode = modes[own]
    if standing.status is OperationStatus.STARTED and standing.left is not None:
        mode = mode._replace(work=span_micros(standing.left))
    return (mode,), 0


def home_of(standing: Standing, mode: int, besides: Team, numbers: Mapping[str, int], start: int) -> Home:
    """Return where an operation is; one that says no start is there from the start of the problem on."""
    others = [(numbers[one.resource], one.units) for one in standing.secondary if one.resource in numbers]
    team = tuple([one for one in others if one not in besides])
    return Home(start if standing.start is None else micros(standing.start), mode, team)


def settled(standing: Standing, home: Home) -> Settled | None:
    """Return how an operation is settled; None: it is not."""
    return Settled(standing.status, home) if standing.status in FIXED else None


def settle(compiled: Compiled, floor: Floor) -> dict[int, Place]:
    """Put what is settled on the floor, and return where it is.

    What is started goes on from the start of the problem; what is locked is where it is said to be.

    Raises:
        InvalidValueError: if what is locked cannot be there: something else is, it is closed, or too early; or what is
            settled comes after what is not.
    """
    found: dict[int, Place] = {}
    for task in compiled.settled:
        place = _place(compiled, floor, task)
        if place is None:
            reason = "cannot be where it is locked: that is closed, taken, or before what it takes is there"
            raise _refused(compiled, task, reason)
        found[task.number] = place
    for task in compiled.settled:
        for other in task.before:
            if other not in found:
                ahead = f"{compiled.jobs[compiled.tasks[other].job].code} {compiled.tasks[other].code}"
                raise _refused(compiled, task, f"is settled, and {ahead} before it is not")
        late = [other for other in _whole(compiled, task) if _done(compiled, found, other) > found[task.number].start]
        if late and _locked(task):
            first = compiled.tasks[late[0]]
            raise _refused(compiled, task, f"is locked before {compiled.jobs[first.job].code} {first.code} is done")
    return found


def unlocked(compiled: Compiled, floor: Floor) -> list[int]:
    """Return which locked operations cannot be where they are, once those that can be are there."""
    found: dict[int, Place] = {}
    wrong: dict[int, None] = {}
    for task in compiled.settled:
        loose = any(other in wrong or other not in found for other in task.before)
        place = None if loose else _place(compiled, floor, task)
        if place is None or (
            _locked(task) and any(_done(compiled, found, other) > place.start for other in _whole(compiled, task))
        ):
            wrong[task.number] = None
        if place is not None:
            found[task.number] = place
    return list(wrong)


def _whole(compiled: Compiled, task: Task) -> list[int]:
    """Return what must be done before an operation begins: all before it that does not pass on batches any more."""
    along = dict(task.overlaps)
    return [other for other in task.before if other not in along or other in compiled.ended]


def _locked(task: Task) -> bool:
    return task.settled is not None and task.settled.status is OperationStatus.LOCKED


def _place(compiled: Compiled, floor: Floor, task: Task) -> Place | None:
    """Put one on the floor; None: it cannot be there."""
    assert task.settled is not None  # noqa: S101 - who asks knows
    home = task.settled.home
    if task.settled.status is OperationStatus.FINISHED:
        return Place(compiled.start, compiled.start, ())
    since = compiled.start if task.settled.status is OperationStatus.STARTED else home.start
    if _locked(task) and since < task.release:
        return None
    spot = floor.by_team(task, 0, since, home.team)
    if _locked(task) and spot.start != since:
        return None
    floor.take(task, spot, compiled.start)
    return Place(spot.start, spot.end, spot.people)


def _done(compiled: Compiled, found: Mapping[int, Place], number: int) -> int:
    return compiled.done(compiled.tasks[number], found[number].end)


def _refused(compiled: Compiled, task: Task, reason: str) -> InvalidValueError:
    named = f"{compiled.jobs[task.job].code} {task.code}"
    advice = "Make it planned, or move what stands in its way"
    return InvalidValueError(field="standings", value=named, reason=reason, advice=advice)
