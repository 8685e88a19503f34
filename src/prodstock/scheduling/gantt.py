"""A schedule as a picture: a lane for all that a resource runs at a time, in SVG without a plotting library."""

from __future__ import annotations

from datetime import datetime, timedelta
from html import escape
from typing import TYPE_CHECKING

from prodstock.calendars.zone import micros

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from prodstock.scheduling.compiled import Machine
    from prodstock.scheduling.schedule import Placement

_WIDTH, _LEFT, _ROW, _TOP, _FOOT = 960, 130, 26, 30, 24
_INK, CLOSED, LATE, CHANGED = "#222222", "#e8e8e8", "#d55e00", "#666666"
COLOURS = ("#0072b2", "#009e73", "#56b4e9", "#cc79a7", "#e69f00", "#f0e442")
"""Colours that people with every kind of sight tell apart; late jobs are outlined and hatched besides, and named."""
_HATCHED = 'width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"'
_MOST_BREAKS = 2_000
_FEW = 12
"""Operations at a time of which each has a row, be it used or not."""


def gantt(
    machines: Sequence[Machine],
    bars: Sequence[tuple[int, int, Placement]],
    late: frozenset[str],
    start: datetime,
    end: datetime,
) -> str:
    """Return a schedule as SVG: time to the right, breaks grey, one colour per job, late jobs hatched and outlined.

    A bar is a machine, its lane from 0, and what runs there; it says its job, operation, machine and times when pointed
    at. Before it a narrow dark one is the changeover for it. A machine that runs more than a few at a time has rows for
    the lanes that are used.
    """
    rows = lanes(machines, bars)
    place = {row: at for at, row in enumerate(rows)}
    first, last = micros(start), max(micros(end), micros(start) + 1)

    def x(moment: int) -> str:
        return f"{_LEFT + (moment - first) * (_WIDTH - _LEFT - 10) / (last - first):.2f}"

    operations = len({(one.job, one.operation) for _, _, one in bars})
    height = _TOP + _ROW * len(rows) + _FOOT
    size = f'viewBox="0 0 {_WIDTH} {height}" width="{_WIDTH}" height="{height}"'
    hatch = f'<rect width="2" height="6" fill="{LATE}"/>'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" {size} font-family="sans-serif" font-size="11">',
        f"<title>Schedule from {start:%Y-%m-%d %H:%M} to {end:%Y-%m-%d %H:%M} UTC</title>",
        f"<desc>{operations} operations on {len(machines)} resources; {len(late)} jobs late</desc>",
        f'<defs><pattern id="late" {_HATCHED}>{hatch}</pattern></defs>',
    ]
    for at, (number, lane) in enumerate(rows):
        machine, top = machines[number], _TOP + _ROW * at
        name = row_name(machine, lane)
        parts.append(f'<text x="4" y="{top + 16}" fill="{_INK}">{_printable(name[:20])}</text>')
        for since, until in breaks(machine, (start, end)):
            width = float(x(until)) - float(x(since))
            parts.append(f'<rect x="{x(since)}" y="{top}" width="{width:.2f}" height="{_ROW - 2}" fill="{CLOSED}"/>')
    jobs = {job: at for at, job in enumerate(sorted({one.job for _, _, one in bars}))}
    for number, lane, one in bars:
        top = _TOP + _ROW * place[number, lane]
        parts += _bar(one, machines[number].code, x, top, jobs[one.job], late=one.job in late)
    parts += _axis(start, end, x, height)
    return "".join([*parts, "</svg>"])


def lanes(machines: Sequence[Machine], bars: Sequence[tuple[int, int, Placement]]) -> list[tuple[int, int]]:
    """Return the rows of a picture: a machine and a lane of it. Of what runs many at a time only the used lanes."""
    used = [0] * len(machines)
    for number, lane, _ in bars:
        used[number] = max(used[number], lane + 1)
    return [
        (number, lane)
        for number, machine in enumerate(machines)
        for lane in range(
            max(used[number], machine.capacity if machine.kinds is None and machine.capacity <= _FEW else 1)
        )
    ]


def row_name(machine: Machine, lane: int) -> str:
    """Return the name of a lane of a machine."""
    return machine.code if machine.room == 1 else f"{machine.code} {lane + 1}"


def breaks(machine: Machine, span: tuple[datetime, datetime]) -> Iterator[tuple[int, int]]:
    """Yield when a machine does not work; of a long time with very many breaks only the first."""
    first, last = micros(span[0]), max(micros(span[1]), micros(span[0]) + 1)
    since = first
    for begins, ends in machine.clock.intervals(first, last)[:_MOST_BREAKS]:
        if begins > since:
            yield since, begins
        since = ends
    if since < last:
        yield since, last


def _bar(one: Placement, on: str, x: Callable[[int], str], top: int, colour: int, *, late: bool) -> list[str]:
    begins, ends = float(x(micros(one.start))), float(x(micros(one.end)))
    width = max(ends - begins, 1.0)
    size = f'x="{begins:.2f}" y="{top + 3}" width="{width:.2f}" height="{_ROW - 8}" rx="2"'
    said = f"{one.job} {one.operation} on {on}, {one.start:%Y-%m-%d %H:%M} to {one.end:%Y-%m-%d %H:%M} UTC"
    said += ", late" if late else ""
    outline = f' stroke="{LATE}" stroke-width="2"' if late else ""
    if one.changeover and on == one.resource:
        since = x(micros(one.changed_from))
        size_before = f'x="{since}" y="{top + 7}" width="{begins - float(since):.2f}" height="{_ROW - 16}"'
        changed = f"changeover for {one.job} {one.operation} on {on}, from {one.changed_from:%Y-%m-%d %H:%M} UTC"
        before = f'<rect {size_before} fill="{CHANGED}"><title>{_printable(changed)}</title></rect>'
    else:
        before = ""
    parts = [
        f'{before}<g><title>{_printable(said)}</title><rect {size} fill="{COLOURS[colour % len(COLOURS)]}"{outline}/>'
    ]
    if late:
        parts.append(f'<rect {size} fill="url(#late)" opacity="0.6"/>')
    if width > 6 * len(one.job):
        parts.append(f'<text x="{begins + 3:.2f}" y="{top + 16}" fill="{_INK}">{_printable(one.job)}</text>')
    return [*parts, "</g>"]


def _axis(start: datetime, end: datetime, x: Callable[[int], str], height: int) -> list[str]:
    """Return the days below, at most ten of them."""
    days = max(1, (end - start).days + 1)
    step = -(-days // 10)
    first = start.replace(hour=0, minute=0, second=0, microsecond=0)
    parts = []
    for count in range(0, days + 1, step):
        at = first + timedelta(days=count)
        if start <= at <= end:
            here = x(micros(at))
            parts.append(f'<line x1="{here}" x2="{here}" y1="{_TOP - 6}" y2="{height - _FOOT}" stroke="#999999"/>')
            parts.append(f'<text x="{here}" y="{height - 8}" fill="{_INK}">{at:%Y-%m-%d}</text>')
    return parts


def _printable(value: str) -> str:
    return escape("".join(one for one in value if one.isprintable()))
