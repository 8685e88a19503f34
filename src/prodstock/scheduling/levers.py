"""What would let a job end sooner: each change by itself, tried out."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

import attrs

from prodstock._render import lasting, short
from prodstock.calendars.week import week
from prodstock.calendars.zone import from_micros
from prodstock.scheduling.compiled import Compiled
from prodstock.scheduling.construct import construct
from prodstock.scheduling.reasons import SpellKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from prodstock.calendars.calendar import Calendar
    from prodstock.master.resource import Resource
    from prodstock.scheduling.construct import Placed
    from prodstock.scheduling.problem import Job, Problem
    from prodstock.scheduling.reasons import Spell

_DAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
_DAY, _SHIFT = 24 * 60, 8 * 60
_MOST = 3
"""Resources that are tried for: those at which most of the job's time is lost."""
_AT_RESOURCE = frozenset({SpellKind.BEHIND, SpellKind.CLOSED, SpellKind.PAUSE, SpellKind.NO_ROOM, SpellKind.CHANGEOVER})
_FAR = 1e17


class LeverKind(StrEnum):
    """A change that may help.

    MORE_HOURS: the resource works up to eight hours longer on each day that it works. ONE_MORE: there is one more of
    it. MATERIAL: what the job takes is there, and it may begin, at once. FIRST: it, and what it waits for, goes before
    all other jobs.
    """

    MORE_HOURS = "more-hours"
    ONE_MORE = "one-more"
    MATERIAL = "material"
    FIRST = "first"


@attrs.frozen(repr=False)
class Lever:
    """A change by which a job would end sooner, all else being scheduled in the order in which it is now.

    Attributes:
        kind: what is changed.
        resource: of which resource; empty: of none.
        saves: how much sooner the job ends.
        end: when it ends then, in UTC.
        late_by: by how much all jobs are less late together, without weights; below zero: they are later.
    """

    kind: LeverKind
    resource: str
    saves: timedelta
    end: datetime
    late_by: timedelta

    def __repr__(self) -> str:
        where = f" on {self.resource[:40]}" if self.resource else ""
        return short(f"<Lever {self.kind.value}{where} saves {lasting(self.saves)}>")


def levers(compiled: Compiled, placed: Sequence[Placed], found: Sequence[Spell], job: int) -> list[Lever]:
    """Return the changes by which a job would end sooner, what saves most first; then by kind and resource.

    Each is tried by itself, and all made anew in the order of the schedule. O(a schedule) each, seven of them at most.
    """
    keys = [one.start for one in placed]
    now = min(
        _fare(compiled, placed, job), _fare(compiled, construct(compiled, lambda task, _: keys[task.number]), job)
    )
    first = _before_all(compiled, keys, job)
    tried = [(LeverKind.FIRST, "", construct(compiled, lambda task, _: first[task.number]))]
    for kind, resource, problem in _changed(compiled.problem, found, compiled.jobs[job].code):
        tried.append((kind, resource, construct(Compiled(problem), lambda task, _: keys[task.number])))
    rows = []
    for kind, resource, then in tried:
        end, late = _fare(compiled, then, job)
        if end < now[0]:
            saves, less = timedelta(microseconds=now[0] - end), timedelta(microseconds=now[1] - late)
            rows.append(Lever(kind, resource, saves, from_micros(end), less))
    return sorted(rows, key=lambda one: (-one.saves, one.kind, one.resource))


def _fare(compiled: Compiled, placed: Sequence[Placed], job: int) -> tuple[int, int]:
    """Return when a job ends, and how late all are together."""
    ends = [max(placed[task].done for task in row.tasks) for row in compiled.jobs]
    return ends[job], sum(max(0, end - row.due) for row, end in zip(compiled.jobs, ends, strict=True))


def _before_all(compiled: Compiled, keys: Sequence[int], job: int) -> list[float]:
    """Return keys by which a job, and all that it waits for, goes before all others."""
    found: list[float] = list(keys)
    waiting = list(compiled.jobs[job].tasks)
    seen = set(waiting)
    while waiting:
        task = waiting.pop()
        found[task] -= _FAR
        ahead = [other for other in compiled.tasks[task].before if other not in seen]
        seen.update(ahead)
        waiting += ahead
    return found


def _changed(problem: Problem, found: Sequence[Spell], job: str) -> Iterator[tuple[LeverKind, str, Problem]]:
    """Yield problems that differ in one thing, at what the job loses most time."""
    lost: dict[str, timedelta] = {}
    for one in found:
        if one.kind in _AT_RESOURCE and one.resource:
            lost[one.resource] = lost.get(one.resource, timedelta()) + one.time
    for code in sorted(lost, key=lambda one: (-lost[one], one))[:_MOST]:
        resource = next(one for one in problem.resources if one.code == code)
        longer = longer_days(problem.site(resource.site).calendar if resource.calendar is None else resource.calendar)
        if longer is not None:
            yield LeverKind.MORE_HOURS, code, _with(problem, attrs.evolve(resource, calendar=longer))
        if resource.setups is None and resource.batch is None:
            yield LeverKind.ONE_MORE, code, _with(problem, attrs.evolve(resource, capacity=resource.capacity + 1))
    if any(one.kind is SpellKind.MATERIAL for one in found) or _waits(problem, job):
        jobs = [attrs.evolve(one, material={}, release=None) if one.code == job else one for one in problem.jobs]
        yield LeverKind.MATERIAL, "", attrs.evolve(problem, jobs=jobs)


def _waits(problem: Problem, code: str) -> bool:
    job: Job = next(one for one in problem.jobs if one.code == code)
    return job.release is not None


def _with(problem: Problem, resource: Resource) -> Problem:
    others = [resource if one.code == resource.code else one for one in problem.resources]
    return attrs.evolve(problem, resources=others)


def longer_days(calendar: Calendar) -> Calendar | None:
    """Return a calendar that works up to eight hours longer on each day that it works; None: there is no room.

    >>> from prodstock.calendars.calendar import Calendar
    >>> longer_days(Calendar("DAY", week="Mo-Fr 08:00-12:00 13:00-20:00")).week
    'Mo 08:00-12:00 13:00-04:00; Tu 08:00-12:00 13:00-04:00; We 08:00-12:00 13:00-04:00; Th 08:00-12:00 13:00-04:00; \
Fr 08:00-12:00 13:00-04:00'
    """
    days = [list(one or ()) for one in week(calendar.week)]
    clauses, changed = [], False
    for number, shifts in enumerate(days):
        if not shifts:
            continue
        until = next(
            count * _DAY + days[(number + count) % 7][0][0] for count in range(1, 8) if days[(number + count) % 7]
        )
        start, end = shifts[-1]
        longer = min(end + _SHIFT, until, start + _DAY)
        changed = changed or longer > end
        shifts[-1] = (start, longer)
        clauses.append(f"{_DAYS[number]} {' '.join(_said(*one) for one in shifts)}")
    return attrs.evolve(calendar, week="; ".join(clauses)) if changed else None


def _said(start: int, end: int) -> str:
    if end - start == _DAY and start:
        return _halves(start)
    return f"{_clock(start)}-{_clock(end if end <= _DAY else end - _DAY)}"


def _halves(start: int) -> str:
    """Return a whole day that does not begin at midnight as two ranges."""
    middle = (start + _DAY) // 2
    return f"{_clock(start)}-{_clock(middle)} {_clock(middle)}-{_clock(start)}"


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"
