"""The commits between two plans, and which of them brought a cause about."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from prodstock.errors import InvalidTypeError, listed
from prodstock.journal.commit import Recorded
from prodstock.planning.changes.rows import CommitLine
from prodstock.tables import Table

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from prodstock.planning.changes.causes import Found
    from prodstock.planning.changes.rows import Cause


def commit_lines(events: Iterable[Recorded]) -> Table[CommitLine]:
    """Return a line for each commit, in the order in which they were recorded.

    Raises:
        InvalidTypeError: if one is no recorded event.
    """
    filed: dict[str, list[Recorded]] = {}
    for one in listed(events, "events"):
        if not isinstance(one, Recorded):
            advice = "Give what plant.events() returns, from where the first plan was made"
            raise InvalidTypeError(field="events", value=one, reason="is no Recorded", advice=advice)
        filed.setdefault(one.commit, []).append(one)
    lines = [_line(commit, sorted(some, key=lambda one: one.part)) for commit, some in filed.items()]
    return Table(sorted(lines, key=lambda line: line.recorded_at))


def _line(commit: str, events: list[Recorded]) -> CommitLine:
    first = events[0]
    return CommitLine(
        commit,
        first.recorded_at,
        first.effective_at,
        first.by,
        first.because,
        tuple(dict.fromkeys(type(one.event).__name__ for one in events)),
        tuple(dict.fromkeys(one.stream for one in events)),
    )


def attributed(found: Iterable[Found], lines: Sequence[CommitLine]) -> list[Cause]:
    """Return the causes, each with the commits that wrote to one of its streams, as recorded."""
    by_stream: dict[str, list[int]] = {}
    for place, line in enumerate(lines):
        for stream in line.streams:
            by_stream.setdefault(stream, []).append(place)
    causes: list[Cause] = []
    for one in found:
        places = sorted({place for stream in one.streams for place in by_stream.get(stream, ())})
        commits = tuple(lines[place].commit for place in places)
        causes.append(attrs.evolve(one.cause, commits=commits) if commits else one.cause)
    return causes
