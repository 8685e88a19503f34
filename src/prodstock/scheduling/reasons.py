"""Why a job ends when it does: every microsecond from its release to its end has a cause."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

import attrs

from prodstock._render import short
from prodstock.calendars.zone import from_micros
from prodstock.tables import Derivation

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from prodstock.scheduling.compiled import Compiled
    from prodstock.scheduling.construct import Placed

_MINUTE, _HOUR, _DAY = 60_000_000, 3_600_000_000, 86_400_000_000


class SpellKind(StrEnum):
    """What a job spends its time with.

    WORK: setup and run. PAUSE: begun, while the resource does not work. QUEUE, MOVE: before and after an operation,
    with the time in it in which the site is closed. BEHIND: another operation has its place on the resource. CLOSED: it
    could begin, and the resource does not work. NO_ROOM: what is free before is shorter than the operation. MATERIAL:
    what it takes is not there: it has not arrived, or comes from a job that is not done.
    """

    WORK = "work"
    PAUSE = "pause"
    QUEUE = "queue"
    MOVE = "move"
    BEHIND = "behind"
    CLOSED = "closed"
    NO_ROOM = "no-room"
    MATERIAL = "material"


@attrs.frozen(repr=False)
class Spell:
    """So much of a job's time from its release to its end goes into something.

    Attributes:
        operation: at which operation.
        kind: into what.
        time: how much.
        resource: on or for which resource; empty: none.
        behind: the job whose operation has the place, with the operation; the job that makes what is waited for;
            empty: none.
    """

    operation: str
    kind: SpellKind
    time: timedelta
    resource: str = ""
    behind: str = ""

    def __repr__(self) -> str:
        what = f" {self.behind}" if self.behind else ""
        return short(f"<Spell {self.operation[:30]} {self.kind}{what[:40]} {self.time}>")


def spells(compiled: Compiled, placed: Sequence[Placed], job: int) -> list[Spell]:
    """Return what the time of a job goes into, from its release to its end, along what binds.

    That is the way back from its last operation, each time to the predecessor that is done last (of several the first
    listed), down to the release, the material, or the end of a job it comes after. The times add up to the end less the
    release, exactly.
    """
    row = compiled.jobs[job]
    found: list[list[Spell]] = []
    at: int | None = max(row.tasks, key=lambda task: (placed[task].done, -task))
    while at is not None:
        task, one = compiled.tasks[at], placed[at]
        lines = list(_of_task(compiled, placed, at))
        binding = next((other for other in task.before if placed[other].done == one.ready), None)
        before = "" if binding is None else compiled.jobs[compiled.tasks[binding].job].code
        if before != row.code:
            lines.insert(0, Spell(task.code, SpellKind.MATERIAL, _span(one.ready - row.release), behind=before))
            binding = None
        found.append(lines)
        at = binding
    return [line for lines in reversed(found) for line in lines if line.time]


def _of_task(compiled: Compiled, placed: Sequence[Placed], at: int) -> Iterator[Spell]:
    task, one = compiled.tasks[at], placed[at]
    resource = "" if task.machine < 0 else compiled.machines[task.machine].code
    yield Spell(task.code, SpellKind.QUEUE, _span(one.queued - one.ready))
    yield from _waiting(compiled, placed, at, resource)
    yield Spell(task.code, SpellKind.WORK, _span(task.work), resource)
    yield Spell(task.code, SpellKind.PAUSE, _span(one.end - one.start - task.work), resource)
    yield Spell(task.code, SpellKind.MOVE, _span(one.done - one.end))


def _waiting(compiled: Compiled, placed: Sequence[Placed], at: int, resource: str) -> Iterator[Spell]:
    task, one = compiled.tasks[at], placed[at]
    if task.machine < 0:
        yield Spell(task.code, SpellKind.CLOSED, _span(one.start - one.queued))
        return
    clock = compiled.machines[task.machine].clock
    first, last = clock.to_worked(one.queued), clock.to_worked(one.start)
    open_time = last - first
    yield Spell(task.code, SpellKind.CLOSED, _span(one.start - one.queued - open_time), resource)
    busy = 0
    for other in compiled.on_machine[task.machine]:
        there = placed[other]
        if other != at and there.lane == one.lane and there.start < one.start and there.end > one.queued:
            some = min(last, clock.to_worked(there.end)) - max(first, clock.to_worked(there.start))
            if some > 0:
                busy += some
                ahead = compiled.tasks[other]
                label = f"{compiled.jobs[ahead.job].code} {ahead.code}"
                yield Spell(task.code, SpellKind.BEHIND, _span(some), resource, label)
    yield Spell(task.code, SpellKind.NO_ROOM, _span(open_time - busy), resource)


def why(compiled: Compiled, placed: Sequence[Placed], job: int) -> Derivation:
    """Return why a job ends when it does, as text: its time by operation, and what it goes into."""
    row = compiled.jobs[job]
    end = max(placed[task].done for task in row.tasks)
    late = f", late by {said(end - row.due)}" if end > row.due else ""
    top = f"{row.code}: released {_day(row.release)}, done {_day(end)}{late}: {said(end - row.release)}"
    lines: dict[str, list[Spell]] = {}
    for line in spells(compiled, placed, job):
        lines.setdefault(line.operation, []).append(line)
    causes = [
        Derivation(f"{operation}: {said(sum(map(_micros, group)))}", tuple(Derivation(_text(one)) for one in group))
        for operation, group in lines.items()
    ]
    return Derivation(top, tuple(causes))


_WORDS = {
    SpellKind.WORK: "work",
    SpellKind.PAUSE: "paused",
    SpellKind.QUEUE: "in the queue",
    SpellKind.MOVE: "on the move",
    SpellKind.BEHIND: "behind",
    SpellKind.CLOSED: "until it opens",
    SpellKind.NO_ROOM: "free, but shorter than the operation",
    SpellKind.MATERIAL: "until its material is there",
}


def _text(one: Spell) -> str:
    made = f"until {one.behind} has made its material"
    what = made if one.behind and one.kind is SpellKind.MATERIAL else f"{_WORDS[one.kind]} {one.behind}".strip()
    where = f" on {one.resource}" if one.resource else ""
    return f"{said(_micros(one))} {what}{where}"


def said(micros: int) -> str:
    """Return a length of time as people say it, exact to the minute: what is shorter is said in seconds.

    >>> said(26 * _HOUR + 5 * _MINUTE), said(90_000_000), said(0)
    ('1 d 2 h 5 min', '1 min 30 s', '0 s')
    """
    parts = []
    for length, name in ((_DAY, "d"), (_HOUR, "h"), (_MINUTE, "min")):
        whole, micros = divmod(micros, length)
        if whole:
            parts.append(f"{whole} {name}")
    if micros or not parts:
        parts.append(f"{micros / 1_000_000:g} s")
    return " ".join(parts)


def _span(micros: int) -> timedelta:
    return timedelta(microseconds=micros)


def _micros(one: Spell) -> int:
    return one.time // timedelta(microseconds=1)


def _day(moment: int) -> str:
    return f"{from_micros(moment):%Y-%m-%d %H:%M}"
