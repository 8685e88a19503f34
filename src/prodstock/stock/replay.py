"""From events to state: the commits in an order that every stream agrees with, each through the one kernel."""

from __future__ import annotations

import struct
from datetime import UTC, datetime
from heapq import heapify, heappop, heappush
from typing import TYPE_CHECKING, Any, overload

from prodstock.errors import InvalidTypeError, InvalidValueError, ProdstockError
from prodstock.journal.commit import Recorded
from prodstock.journal.stream import CATALOG, lot_stream, serial_stream
from prodstock.master import checks
from prodstock.master.catalog import Catalog
from prodstock.stock.events import CatalogChanged, StockPosted
from prodstock.stock.reading import Reader
from prodstock.stock.registering import broken
from prodstock.stock.world import World

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


def replay(catalog: Catalog, events: Iterable[Recorded], *, whole: bool = False) -> World:
    """Return the state that the events tell. Nothing is decided again.

    Args:
        catalog: the definitions they began with.
        events: what happened, in any order.
        whole: whether that is all. Otherwise whole streams may be left out; of a stream all must be there. What was
            left out of a commit is then not judged.

    Raises:
        BrokenInvariant: if a stream has a gap or tells a version twice, half a commit is missing, or events contradict
            each other: goods come from nowhere, a reservation is another on the shelf, a lot comes up twice.
        InvalidTypeError: if something else than recorded events is given.
        UnknownCode, InvalidValueError: if they name what is not defined, or what cannot be counted.

    O(n log n), or O(n) where the events come in their order.
    """
    checks.instance(catalog, Catalog, "catalog", "Give the definitions that the events began with")
    world = World(catalog)
    reader = Reader(world, whole=whole)
    for told in in_order(events):
        try:
            reader.read(told)
        except (ArithmeticError, AttributeError, LookupError, struct.error, TypeError, ValueError) as error:
            if isinstance(error, ProdstockError | AssertionError):
                raise
            raise broken(f"commit {told[0].commit[:100]} cannot be read: {error!r:.200}") from error
    return world


def in_order(events: Iterable[Recorded]) -> Iterator[list[Recorded]]:
    """Yield the events of each commit, in the order of its parts; a commit comes after all that its streams had before.

    Events that come in such an order already keep it. Otherwise, of commits that may come next, the one recorded first;
    of one instant the one with new definitions, then the one whose name is less. O(n) or O(n log n).

    Raises:
        BrokenInvariant: if a stream has a gap, or commits wait for each other.
    """
    told = recorded(events)
    yield from _as_they_come(told) or _sorted(told)


def recorded(events: Iterable[Recorded]) -> list[Recorded]:
    """Return events as a list.

    Raises:
        InvalidTypeError: if something else is given.
    """
    try:
        told = list(events)
    except TypeError as error:
        raise InvalidTypeError(field="events", value=events, reason="are no events that one can go through") from error
    for one in told:
        if type(one) is not Recorded or not _is_enveloped(one):
            raise InvalidTypeError(field="events", value=one, reason="is no event in its envelope")
    return told


MOST_VERSIONS = 2**63
"""More than any stream has."""


def _is_enveloped(one: Any) -> bool:  # noqa: ANN401 - whatever stands in its fields
    """Tell whether an envelope holds what it says: hosts make some by hand."""
    return (
        type(one.version) is int
        and one.version < MOST_VERSIONS
        and type(one.part) is int
        and isinstance(one.stream, str)
        and isinstance(one.commit, str)
        and isinstance(one.by, str)
        and isinstance(one.because, str)
        and isinstance(one.key, str)
    )


def _as_they_come(events: list[Recorded]) -> list[list[Recorded]] | None:
    """Return the commits in the order of the events, or None if that is not how they were recorded, one by one."""
    versions: dict[str, int] = {}
    last = datetime.min.replace(tzinfo=UTC)
    done: set[str] = set()
    commits: list[list[Recorded]] = []
    current = ""
    for recorded in events:
        name = recorded.commit
        if name != current:
            if name in done or recorded.recorded_at < last:
                return None
            last = recorded.recorded_at
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
        if (recorded.stream, recorded.version) in heads:
            raise broken(f"{recorded.stream[:100]} has version {recorded.version} twice")
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
        raise broken("commits wait for each other: versions contradict")


def _turn(name: str, told: list[Recorded]) -> tuple[datetime, bool, str]:
    return told[0].recorded_at, all(recorded.stream != CATALOG for recorded in told), name


def _before(name: str, told: list[Recorded], heads: dict[tuple[str, int], str]) -> Iterator[str]:
    """Yield what a commit comes after: what its streams had before, and where its lots came up."""
    for recorded in told:
        if recorded.version < 1:
            raise broken(f"{recorded.stream[:100]} has version {recorded.version}")
        if recorded.version > 1:
            before = heads.get((recorded.stream, recorded.version - 1))
            if before is None:
                raise broken(f"{recorded.stream[:100]} has version {recorded.version} but not the one before")
            if before != name:
                yield before
        if type(recorded.event) is StockPosted:
            for card in recorded.event.lots:
                stream = serial_stream(card.item, card.serial) if card.serial else lot_stream(card.item, card.lot)
                before = heads.get((stream, 1))
                if before is not None and before != name:
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
    if events is not None or isinstance(given, Catalog):
        return replay(given, events)  # type: ignore[arg-type]  # it says what is no catalog, and what are no events
    told = recorded(given)
    if not any(isinstance(one.event, CatalogChanged) for one in told):
        advice = "Give the catalog that they began with first: fold(catalog, events)"
        raise InvalidValueError(field="events", value=len(told), reason="events hold no definitions", advice=advice)
    return replay(Catalog([]), told)
