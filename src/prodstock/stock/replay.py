"""From events to state: the commits in an order that every stream agrees with, each through the one kernel."""

from __future__ import annotations

from heapq import heapify, heappop, heappush
from typing import TYPE_CHECKING, overload

from prodstock.errors import BrokenInvariant, InvalidTypeError, InvalidValueError, entries
from prodstock.journal.commit import Recorded
from prodstock.journal.stream import CATALOG, key_stream
from prodstock.master import checks
from prodstock.master.catalog import Catalog
from prodstock.stock.events import CatalogChanged, KeyUsed
from prodstock.stock.translate import compile_commit
from prodstock.stock.world import World

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime


def replay(catalog: Catalog, events: Iterable[Recorded]) -> World:
    """Return the state that the events tell. Nothing is decided again.

    The events may come in any order and may leave whole streams out; of a stream all must be there.

    Raises:
        BrokenInvariant: if a stream has a gap, or events contradict each other.
    """
    checks.instance(catalog, Catalog, "catalog", "Give the definitions that the events began with")
    world = World(catalog)
    for commit in in_order(events):
        number = world.apply(compile_commit(world, commit))
        for recorded in commit:
            if isinstance(recorded.event, KeyUsed):
                key = recorded.stream.removeprefix(key_stream(""))
                world.keys[key] = (recorded.event.fingerprint, recorded.event.answer, number)
    return world


def in_order(events: Iterable[Recorded]) -> Iterator[list[Recorded]]:
    """Yield the events of each commit, in the order of its parts; a commit comes after all that its streams had before.

    Events that come in such an order already keep it. Otherwise, of commits that may come next, the one recorded first;
    of one instant the one with new definitions, then the one whose name is less. O(n) or O(n log n).

    Raises:
        BrokenInvariant: if a stream has a gap, or commits wait for each other.
    """
    told = list(_recorded(events))
    yield from _as_they_come(told) or _sorted(told)


def _recorded(events: Iterable[Recorded]) -> Iterator[Recorded]:
    for one in entries(events, "events"):
        if not isinstance(one, Recorded):
            raise InvalidTypeError(field="events", value=one, reason="is no Recorded", advice="Give events as told")
        yield one


def _as_they_come(events: list[Recorded]) -> list[list[Recorded]] | None:
    """Return the commits in the order of the events, or None if that is no order that all streams agree with."""
    versions: dict[str, int] = {}
    done: set[str] = set()
    commits: list[list[Recorded]] = []
    current = ""
    for recorded in events:
        name = recorded.commit
        if name != current:
            if name in done:
                return None
            done.add(name)
            current = name
            commits.append([])
        elif recorded.part <= commits[-1][-1].part:
            return None
        if recorded.version != versions.get(recorded.stream, 0) + 1:
            return None
        versions[recorded.stream] = recorded.version
        commits[-1].append(recorded)
    return commits


def _sorted(events: list[Recorded]) -> Iterator[list[Recorded]]:
    commits: dict[str, list[Recorded]] = {}
    heads: dict[tuple[str, int], str] = {}
    for recorded in events:
        commits.setdefault(recorded.commit, []).append(recorded)
        heads[recorded.stream, recorded.version] = recorded.commit
    waits = {name: set(_before(name, told, heads)) for name, told in commits.items()}
    followers: dict[str, list[str]] = {}
    for name, befores in waits.items():
        for before in befores:
            followers.setdefault(before, []).append(name)
    ready = [_turn(name, commits[name]) for name, before in waits.items() if not before]
    heapify(ready)
    done = 0
    while ready:
        _, _, name = heappop(ready)
        yield sorted(commits[name], key=lambda recorded: recorded.part)
        done += 1
        for follower in followers.get(name, ()):
            waits[follower].discard(name)
            if not waits[follower]:
                heappush(ready, _turn(follower, commits[follower]))
    if done < len(commits):
        raise BrokenInvariant(invariant="I4", detail="commits wait for each other: versions contradict")


def _turn(name: str, told: list[Recorded]) -> tuple[datetime, bool, str]:
    return told[0].recorded_at, all(recorded.stream != CATALOG for recorded in told), name


def _before(name: str, told: list[Recorded], heads: dict[tuple[str, int], str]) -> Iterator[str]:
    for recorded in told:
        if recorded.version > 1:
            before = heads.get((recorded.stream, recorded.version - 1))
            if before is None:
                detail = f"{recorded.stream} has version {recorded.version} but not the one before"
                raise BrokenInvariant(invariant="I4", detail=detail)
            if before != name:
                yield before


@overload
def fold(events: Iterable[Recorded], /) -> World: ...
@overload
def fold(catalog: Catalog, events: Iterable[Recorded], /) -> World: ...
def fold(given: Catalog | Iterable[Recorded], events: Iterable[Recorded] | None = None, /) -> World:
    """Return the state that events tell: what commands are decided on.

    Args:
        given: the definitions that the events began with. Left out, the events must tell them: a plant that began
            with `Catalog([])` and was given its definitions by `Redefine`.
        events: the events.

    Raises:
        InvalidValueError: if no catalog is given and the events tell none.
        BrokenInvariant: if a stream has a gap, or events contradict each other.
    """
    if events is not None:
        return replay(given, events)  # type: ignore[arg-type]  # replay says what is no catalog
    told = tuple(_recorded(given))  # type: ignore[arg-type]  # and this what are no events
    if not any(isinstance(one.event, CatalogChanged) for one in told):
        advice = "Give the catalog that they began with first: fold(catalog, events)"
        raise InvalidValueError(field="events", value=len(told), reason="events hold no definitions", advice=advice)
    return replay(Catalog([]), told)
