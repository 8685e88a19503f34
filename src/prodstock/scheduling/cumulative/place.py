"""Serial placement of a project's activities, each at the first time at which enough of everything is free.

Time is bits: of each resource, for each number of units, an integer has a bit set for every time at which at least so
many are taken. Where an activity can start is then a few shifts, however long it takes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from prodstock.scheduling.cumulative.project import Project


def place(project: Project, order: Sequence[int]) -> list[int]:
    """Return when each activity starts if they are placed in an order in which none comes before what it comes after.

    O(activities x units of their resources), in steps that grow with the time that all takes.
    """
    works, needs, before, capacities = project.works, project.needs, project.before, project.capacities
    taken = [[0] * (most + 1) for most in capacities]
    starts = list(project.releases)
    for one in order:
        start, work = starts[one], works[one]
        for other, lag in before[one]:
            since = starts[other] + works[other] + lag
            if since > start:
                start = since
        needed = needs[one]
        if needed:
            full = 0
            for resource, units in needed:
                full |= taken[resource][capacities[resource] - units + 1]
            full >>= start
            if full:
                start += _first_free(full, work)
            span = ((1 << work) - 1) << start
            for resource, units in needed:
                _take(taken[resource], units, span)
        starts[one] = start
    return starts


def _first_free(full: int, work: int) -> int:
    """Return the first bit from which on so many are not set."""
    reach = 1
    while reach < work:
        step = min(reach, work - reach)
        full |= full >> step
        reach += step
    return (~full & (full + 1)).bit_length() - 1


def _take(row: list[int], units: int, span: int) -> None:
    """Let units of a resource be taken at the times of a span, besides what is."""
    for level in range(len(row) - 1, units, -1):
        below = row[level - units]
        if below:
            row[level] |= below & span
    for level in range(1, units + 1):
        row[level] |= span
