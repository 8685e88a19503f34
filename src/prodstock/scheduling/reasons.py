"""Why a job ends when it does: every microsecond from its release to its end has a cause."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum
from itertools import pairwise
from typing import TYPE_CHECKING

import attrs

from prodstock._render import short
from prodstock.calendars.zone import from_micros
from prodstock.scheduling.floor import occupied, time_of_all
from prodstock.scheduling.following import ready_by
from prodstock.tables import Derivation

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from prodstock.scheduling.busy import Busy
    from prodstock.scheduling.compiled import Compiled, Mode
    from prodstock.scheduling.construct import Placed

_MINUTE, _HOUR, _DAY = 60_000_000, 3_600_000_000, 86_400_000_000


class SpellKind(StrEnum):
    """What a job spends its time with.

    WORK: setup and run. CHANGEOVER: its machine is changed over for it, as that depends on what ran before. PAUSE:
    begun, while what it occupies does not work. QUEUE, MOVE: before and after an operation, with the time in it in
    which the site is closed. BEHIND: another operation has its place on a resource, or occupies its tool or its people.
    CLOSED: it could begin, and not all that it occupies works. NO_ROOM: what is free before is shorter than the
    operation. LAG: so long must pass since one before it, longer than it is in the queue. HELD: it could begin, and is
    not needed sooner, or stays where it was planned, or what comes after it could not follow soon enough, or it
    runs in a batch with others. LOCKED: it
    stays where it is in any case. MATERIAL: what it takes is not there: it has not arrived, or comes from a job that is
    not done.
    """

    WORK = "work"
    CHANGEOVER = "changeover"
    PAUSE = "pause"
    QUEUE = "queue"
    MOVE = "move"
    BEHIND = "behind"
    CLOSED = "closed"
    NO_ROOM = "no-room"
    LAG = "lag"
    HELD = "held"
    LOCKED = "locked"
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


def spells(compiled: Compiled, placed: Sequence[Placed], busy: Busy, job: int, *, waits: bool = False) -> list[Spell]:
    """Return what the time of a job goes into, from its release to its end, along what binds.

    That is the way back from its last operation, each time to the predecessor that is done last (of several the first
    listed), down to the release, the material, or the end of a job it comes after. Of what passes on batches only the
    time before the next operation is ready counts. The times add up to the end less the release, exactly.
    """
    row = compiled.jobs[job]
    found: list[list[Spell]] = []
    at: int | None = max(row.tasks, key=lambda task: (placed[task].done, -task))
    until: int | None = None
    while at is not None:
        task, one = compiled.tasks[at], placed[at]
        lines = list(_of_task(compiled, placed, busy, at, waits=waits, until=until))
        leads = dict(task.overlaps)
        by = {other: ready_by(compiled, placed, other, leads.get(other)) for other in task.before}
        binding = next((other for other in task.before if by[other] == one.ready), None)
        until = one.ready if binding in leads else None
        before = "" if binding is None else compiled.jobs[compiled.tasks[binding].job].code
        if before != row.code:
            kind = SpellKind.MATERIAL if task.settled is None else SpellKind.LOCKED
            lines.insert(0, Spell(task.code, kind, _span(one.ready - row.release), behind=before))
            binding = None
        found.append(lines)
        at = binding
    return [line for lines in reversed(found) for line in lines if line.time]


def _of_task(
    compiled: Compiled, placed: Sequence[Placed], busy: Busy, at: int, *, waits: bool, until: int | None
) -> Iterator[Spell]:
    task, one = compiled.tasks[at], placed[at]
    mode = task.modes[one.mode]
    resource = "" if mode.machine < 0 else compiled.machines[mode.machine].code
    queue = compiled.jobs[task.job].site.advance(one.ready, task.queue) if task.lags else one.queued
    yield Spell(task.code, SpellKind.QUEUE, _span(min(queue, one.queued) - one.ready))
    yield Spell(task.code, SpellKind.LAG, _span(one.queued - min(queue, one.queued)))
    changed_from = max(one.queued, one.changed_from)
    held = waits or at in compiled.lumps.tied or (task.home is not None and task.home.start == one.start)
    held = held or _in_company(compiled, busy, mode.machine, one)
    free = SpellKind.HELD if held else SpellKind.NO_ROOM
    for line in _waiting(compiled, placed, busy, at, changed_from):
        yield line if line.kind is not SpellKind.NO_ROOM else attrs.evolve(line, kind=free)
    if changed_from < one.start:
        clock = compiled.machines[mode.machine].clock
        time = clock.to_worked(one.start) - clock.to_worked(changed_from)
        yield Spell(task.code, SpellKind.CHANGEOVER, _span(time), resource)
        yield Spell(task.code, SpellKind.CLOSED, _span(one.start - changed_from - time), resource)
    last, done = (one.end, one.done) if until is None else (min(one.end, until), until)
    worked = mode.work if last == one.end else _worked(compiled, mode, one, last)
    yield Spell(task.code, SpellKind.WORK, _span(worked), resource)
    yield Spell(task.code, SpellKind.PAUSE, _span(last - one.start - worked), resource)
    yield Spell(task.code, SpellKind.MOVE, _span(done - last))


def _in_company(compiled: Compiled, busy: Busy, machine: int, one: Placed) -> bool:
    """Whether others are in its batch, for which it may wait."""
    in_batch = machine >= 0 and compiled.machines[machine].kinds is not None and one.start < one.end
    return in_batch and len(busy[machine].between(one.start, one.end)) > 1


def _worked(compiled: Compiled, mode: Mode, one: Placed, until: int) -> int:
    """Return how much of an operation is worked until a moment."""
    clock = time_of_all(compiled, mode, one.people)
    if clock is None:
        return until - one.start
    return clock.to_worked(until) - clock.to_worked(one.start)


def _waiting(compiled: Compiled, placed: Sequence[Placed], busy: Busy, at: int, until: int) -> Iterator[Spell]:
    """Yield what an operation waits for from its queue until a moment: who is in its way, in order, and what is closed.

    At each moment that all it occupies works, what stands in its way is what runs on the first resource that has not
    room enough; of several operations there the one that ends last.
    """
    task, one = compiled.tasks[at], placed[at]
    mode = task.modes[one.mode]
    taken = list(occupied(mode, one.people))
    resource = "" if not taken else compiled.machines[taken[0][0]].code
    clock = compiled.together(machine for machine, _ in taken) if taken else mode.clock
    if clock is None or not taken:
        yield Spell(task.code, SpellKind.CLOSED, _span(until - one.queued))
        return
    found: dict[tuple[str, str], int] = {}
    for start, end, machine, other in _obstacles(compiled, busy, taken, one.queued, until):
        ahead = compiled.tasks[other]
        key = (compiled.machines[machine].code, f"{compiled.jobs[ahead.job].code} {ahead.code}")
        found[key] = found.get(key, 0) + clock.to_worked(end) - clock.to_worked(start)
    open_time = clock.to_worked(until) - clock.to_worked(one.queued)
    yield Spell(task.code, SpellKind.CLOSED, _span(until - one.queued - open_time), resource)
    for (on, label), some in found.items():
        yield Spell(task.code, SpellKind.BEHIND, _span(some), on, label)
    yield Spell(task.code, SpellKind.NO_ROOM, _span(open_time - sum(found.values())), resource)


def _obstacles(
    compiled: Compiled, busy: Busy, taken: Sequence[tuple[int, int]], since: int, until: int
) -> Iterator[tuple[int, int, int, int]]:
    """Yield from when to when who is in the way on which machine, ascending and disjoint, between two moments."""
    near = [busy[machine].between(since, until) for machine, _ in taken]
    if len(taken) == 1 and compiled.machines[taken[0][0]].room == 1:
        yield from [(max(row.start, since), min(row.end, until), taken[0][0], row.task) for row in near[0]]
        return
    edges = {min(max(edge, since), until) for rows in near for row in rows for edge in (row.start, row.end)}
    cuts = sorted({since, until, *edges})
    for start, end in pairwise(cuts):
        for (machine, parts), rows in zip(taken, near, strict=True):
            there = [row for row in rows if row.start <= start < row.end]
            one = compiled.machines[machine]
            if there and (one.kinds is not None or sum(row.parts for row in there) + parts > one.room):
                yield start, end, machine, max(there, key=lambda row: (row.end, -row.task)).task
                break


def why(compiled: Compiled, placed: Sequence[Placed], busy: Busy, job: int, *, waits: bool = False) -> Derivation:
    """Return why a job ends when it does, as text: its time by operation, and what it goes into."""
    row = compiled.jobs[job]
    end = max(placed[task].done for task in row.tasks)
    late = f", late by {said(end - row.due)}" if end > row.due else ""
    top = f"{row.code}: released {_day(row.release)}, done {_day(end)}{late}: {said(end - row.release)}"
    lines: dict[str, list[Spell]] = {}
    for line in spells(compiled, placed, busy, job, waits=waits):
        lines.setdefault(line.operation, []).append(line)
    causes = [
        Derivation(f"{operation}: {said(sum(map(_micros, group)))}", tuple(Derivation(_text(one)) for one in group))
        for operation, group in lines.items()
    ]
    return Derivation(top, tuple(causes))


_WORDS = {
    SpellKind.WORK: "work",
    SpellKind.CHANGEOVER: "changeover",
    SpellKind.PAUSE: "paused",
    SpellKind.QUEUE: "in the queue",
    SpellKind.MOVE: "on the move",
    SpellKind.BEHIND: "behind",
    SpellKind.CLOSED: "until it opens",
    SpellKind.NO_ROOM: "free, but shorter than the operation",
    SpellKind.LAG: "until so long has passed as must",
    SpellKind.HELD: "held back",
    SpellKind.LOCKED: "until where it is locked",
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
