"""The resources of a planning case: how much of each is used when, and when an order finds room."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

from prodstock.testing.planning_cases.case import moment
from prodstock.testing.planning_cases.working import changes, value_at

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from prodstock.testing.planning_cases.case import Case

FOREVER = 2**61


class Load(NamedTuple):
    """How much of a resource an operation uses while it runs, within the time in which the load is effective."""

    resource: str
    quantity: float
    since: int
    until: int


class Use(NamedTuple):
    """So much of a resource is used from one moment to another."""

    start: int
    end: int
    quantity: float


def loads_of(operation: dict[str, Any]) -> tuple[Load, ...]:
    """Return the loads of an operation."""
    found: list[Load] = []
    for one in operation.get("loads", ()):
        since = moment(one["effective_start"]) if one.get("effective_start") else -FOREVER
        until = moment(one["effective_end"]) if one.get("effective_end") else FOREVER
        found.append(Load(one["resource"], one["quantity"], since, until))
    return tuple(found)


class Capacity:
    """What is used of all resources."""

    def __init__(self, case: Case) -> None:
        self._resources = case.resources
        self._calendars = case.calendars
        self._uses: dict[str, list[Use]] = {}

    def _maximum(self, resource: str, at: int) -> float | None:
        one = self._resources[resource]
        if one.get("maximum_calendar"):
            return value_at(self._calendars[one["maximum_calendar"]], at)
        maximum: float | None = one.get("maximum", 1)
        return maximum

    def _borders(self, load: Load, start: int, end: int) -> list[int]:
        """Return the moments of a span at which what is free may change, its start first."""
        found = {start, load.since, load.until}
        for use in self._uses.get(load.resource, ()):
            found |= {use.start, use.end}
        named = self._resources[load.resource].get("maximum_calendar")
        if named:
            found |= set(changes(self._calendars[named], start, end))
        return sorted(at for at in found if start <= at < end)

    def _full(self, load: Load, at: int) -> bool:
        if not load.since <= at < load.until:
            return False
        maximum = self._maximum(load.resource, at)
        if maximum is None:
            return False
        used = sum(use.quantity for use in self._uses.get(load.resource, ()) if use.start <= at < use.end)
        return used + load.quantity > maximum

    def conflict(self, loads: Sequence[Load], start: int, end: int) -> tuple[int, int] | None:
        """Return the first stretch of a span in which a resource is full; None: there is room."""
        first: tuple[int, int] | None = None
        for load in loads:
            borders = [*self._borders(load, start, end), end]
            for at, after in pairwise(borders):
                if self._full(load, at) and (first is None or at < first[0]):
                    first = (at, after)
                    break
        return first

    def use(self, loads: Sequence[Load], start: int, end: int) -> Callable[[], None]:
        """Use resources for a span, and return how to give them back."""
        added: list[tuple[list[Use], Use]] = []
        for load in loads:
            begins, ends = max(start, load.since), min(end, load.until)
            if begins < ends:
                uses = self._uses.setdefault(load.resource, [])
                use = Use(begins, ends, load.quantity)
                uses.append(use)
                added.append((uses, use))

        def undo() -> None:
            for uses, use in added:
                uses.remove(use)

        return undo
