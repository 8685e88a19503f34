"""Operations that are placed together, because only so much time may pass between them."""

from __future__ import annotations

from graphlib import CycleError, TopologicalSorter
from typing import TYPE_CHECKING, NamedTuple

from prodstock.errors import InvalidValueError
from prodstock.scheduling.floor import time_of_all, touched
from prodstock.stock.lot import NEVER

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from prodstock.scheduling.compiled import Compiled, Lagging, Task
    from prodstock.scheduling.construct import Placed
    from prodstock.scheduling.floor import Floor

_TRIES = 2_000
"""So often a lump is placed later before it is given up."""


class Lumps(NamedTuple):
    """Which operations are placed together.

    Attributes:
        first: by number of an operation, that of the first one of its lump; of most it is its own.
        members: the operations of each lump, by its first one; each comes after all that are before it.
        behind: what lags behind an operation, by its number, each with how long must and may pass.
        tied: what may lag behind another only so far, and that other.
        urgent: what may lag only so far behind what is settled: that ends when it does.
    """

    first: Mapping[int, int]
    members: Mapping[int, tuple[int, ...]]
    behind: Mapping[int, tuple[Lagging, ...]]
    tied: frozenset[int]
    urgent: frozenset[int]


NO_LUMPS = Lumps({}, {}, {}, frozenset(), frozenset())


def lumps_of(tasks: Sequence[Task]) -> Lumps:
    """Return which operations are placed together: what may lag so far at most, and all that comes between.

    What is settled is where it is: what lags behind that is placed by itself.
    """
    behind: dict[int, list[Lagging]] = {}
    first, tied, urgent = {task.number: task.number for task in tasks}, set[int](), set[int]()
    for task in tasks:
        for lag in task.lags:
            behind.setdefault(lag.other, []).append(lag._replace(other=task.number))
            if lag.most == NEVER or task.settled is not None:
                continue
            tied |= {task.number, lag.other}
            if tasks[lag.other].settled is None:
                _join(first, [task.number, lag.other])
            else:
                urgent.add(task.number)
    lumped = {number for number in first if first[number] != number}
    if lumped:
        while (circle := _circle(tasks, first)) is not None:
            _join(first, circle)
    place = {number: at for at, number in enumerate(_in_order(tasks))} if lumped else {}
    members: dict[int, list[int]] = {}
    for number, one in first.items():
        members.setdefault(one, []).append(number)
    lumps = {one: tuple(sorted(some, key=place.__getitem__)) for one, some in members.items() if len(some) > 1}
    renamed = {one: some[0] for one, some in lumps.items()}
    return Lumps(
        {number: renamed.get(one, one) for number, one in first.items()},
        {some[0]: some for some in lumps.values()},
        {number: tuple(some) for number, some in behind.items()},
        frozenset(tied),
        frozenset(urgent),
    )


def _join(first: dict[int, int], numbers: Sequence[int]) -> None:
    """Put operations, with all that are placed together with each, into one lump."""
    several = {first[number] for number in numbers}
    least = min(several)
    for number, one in first.items():
        if one in several:
            first[number] = least


def _circle(tasks: Sequence[Task], first: Mapping[int, int]) -> list[int] | None:
    """Return lumps that wait for each other, by their operations; None: there are none."""
    waits: dict[int, set[int]] = {}
    for task in tasks:
        waits.setdefault(first[task.number], set()).update(first[other] for other in task.before)
    for one, others in waits.items():
        others.discard(one)
    try:
        TopologicalSorter(waits).prepare()
    except CycleError as error:
        return list(error.args[1])
    return None


def _in_order(tasks: Sequence[Task]) -> Iterable[int]:
    return TopologicalSorter({task.number: sorted(task.before) for task in tasks}).static_order()


def place_together(
    compiled: Compiled,
    members: Sequence[int],
    placed: list[Placed],
    floor: Floor,
    put: Callable[[Task, int], Placed],
) -> None:
    """Place operations one after another so that no more time passes between them than may.

    If one cannot begin soon enough after another, that is placed anew, as late as it must be for that; so each is
    where it would be alone or later. `put` places one, not before a moment.

    Raises:
        InvalidValueError: if that never comes to an end: what they occupy never works so shortly one after another.
    """
    sooner: dict[int, int] = {}
    kept = floor.kept({machine for number in members for machine in touched(compiled.tasks[number])})
    late, tries = _late(compiled, members, placed, put, sooner), 0
    while late is not None and tries < _TRIES:
        number, lag = late
        begins = _begins(compiled, placed, lag.other, placed[number].start - lag.most)
        sooner[lag.other] = max(begins, placed[lag.other].start + 1)
        floor.put_back(kept)
        late, tries = _late(compiled, members, placed, put, sooner), tries + 1
    if late is not None:
        raise _never(compiled, *late)


def _never(compiled: Compiled, number: int, lag: Lagging) -> InvalidValueError:
    task, other = compiled.tasks[number], compiled.tasks[lag.other]
    reason = f"of {compiled.jobs[task.job].code} never begins so soon after {other.code!r} as it must"
    advice = "See what comes between, and the calendars of what they run on, or let more time pass"
    return InvalidValueError(field="lags", value=task.code, reason=reason, advice=advice)


def _late(
    compiled: Compiled,
    members: Sequence[int],
    placed: list[Placed],
    put: Callable[[Task, int], Placed],
    sooner: Mapping[int, int],
) -> tuple[int, Lagging] | None:
    """Place all; at the first that begins too long after another stop, and return it with what it lags behind."""
    there = set(members)
    for number in members:
        task = compiled.tasks[number]
        placed[number] = put(task, sooner.get(number, -NEVER))
        for lag in task.lags:
            if lag.other in there and placed[number].start > placed[lag.other].end + lag.most:
                return number, lag
    return None


def _begins(compiled: Compiled, placed: Sequence[Placed], number: int, end: int) -> int:
    """Return when an operation begins at the latest, where it is placed, to end at a moment."""
    one, mode = placed[number], compiled.tasks[number].modes[placed[number].mode]
    clock = time_of_all(compiled, mode, one.people)
    return end - mode.work if clock is None else clock.retreat(end, mode.work)
