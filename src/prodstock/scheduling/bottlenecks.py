"""What jobs wait for: the resources of a schedule by how long."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import attrs

from prodstock._render import lasting, short
from prodstock.scheduling.reasons import SpellKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from prodstock.scheduling.reasons import Spell
    from prodstock.scheduling.schedule import JobTimes, ResourceUse

_NONE = timedelta()


@attrs.frozen(repr=False)
class Bottleneck:
    """How much jobs wait for a resource because others have it: what `why` says of each of them, all told.

    Attributes:
        resource: which: a machine, a tool, or people.
        waited: how long all jobs wait for it.
        waited_late: how long of that those wait that end late.
        jobs: how many jobs wait for it.
        longest: which of them longest, the first by code of equal ones; empty: none waits.
        longest_by: how long that one waits.
        share: what share of its working time it works.
        changeover: for how long it is changed over.
    """

    resource: str
    waited: timedelta
    waited_late: timedelta
    jobs: int
    longest: str
    longest_by: timedelta
    share: Decimal
    changeover: timedelta

    def __repr__(self) -> str:
        waited = f"{self.jobs} job{'s' * (self.jobs != 1)} wait {lasting(self.waited)}"
        return short(f"<Bottleneck {self.resource[:40]}, {self.share:.1%} busy, {waited}>")


def bottlenecks(
    uses: Iterable[ResourceUse], jobs: Sequence[JobTimes], spells: Iterable[Sequence[Spell]]
) -> list[Bottleneck]:
    """Return the resources, what is waited for longest first; of equal ones the busier, then by code.

    `spells` is what the time of each job goes into, in the order of the jobs.
    """
    waited: dict[str, dict[str, timedelta]] = {}
    for job, lines in zip(jobs, spells, strict=True):
        for line in lines:
            if line.kind is SpellKind.BEHIND:
                there = waited.setdefault(line.resource, {})
                there[job.job] = there.get(job.job, _NONE) + line.time
    late = {job.job for job in jobs if job.late_by}
    found = [_bottleneck(use, waited.get(use.resource, {}), late) for use in uses]
    return sorted(found, key=lambda one: (-one.waited, -one.share, one.resource))


def _bottleneck(use: ResourceUse, waits: Mapping[str, timedelta], late: set[str]) -> Bottleneck:
    longest = min(waits, key=lambda job: (-waits[job], job), default="")
    return Bottleneck(
        use.resource,
        sum(waits.values(), _NONE),
        sum((time for job, time in waits.items() if job in late), _NONE),
        len(waits),
        longest,
        waits.get(longest, _NONE),
        use.share,
        use.changeover,
    )
