"""What a machine is set up for, in small whole numbers, and what changing it takes."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from prodstock.calendars.zone import span_micros
from prodstock.master.setups import Combine

if TYPE_CHECKING:
    from collections.abc import Mapping

    from prodstock.master.setups import Changeover, Setups


class Change(NamedTuple):
    """What it takes to run an operation next: time of the machine, in microseconds, money, and its state after it."""

    time: int
    cost: Fraction
    state: int


class Changes:
    """How machines of the same rules are changed over.

    A state is a number for what a machine is set up for, and how many operations ran since it was changed or cleaned;
    a kind is one for what an operation sets it up for. What a change takes is worked out when it is first asked for.

    Attributes:
        usual: the mean time of the rules.
        early: whether a machine may be changed before the operation that comes next could begin.
    """

    __slots__ = ("_changes", "_given", "_kinds", "_numbers", "_setups", "_states", "early", "usual")

    def __init__(self, setups: Setups) -> None:
        self._setups = setups
        self.early = setups.before_material
        times = [span_micros(one.time) for one in setups.rules]
        self.usual = sum(times) // len(times) if times else 0
        self._numbers: dict[object, int] = {}
        self._states: list[tuple[tuple[str | None, ...], int]] = []
        self._given: list[dict[str, str]] = []
        self._kinds: dict[tuple[tuple[str, str], ...], int] = {}
        self._changes: list[dict[int, Change]] = []

    def kind(self, attributes: tuple[tuple[str, str], ...]) -> int:
        """Return the number of what an operation sets a machine up for."""
        found = self._kinds.get(attributes)
        if found is None:
            counting = tuple([one for one in attributes if one[0] in self._setups.attributes])
            found = self._kinds[attributes] = self._kinds.setdefault(counting, len(self._given))
            if found == len(self._given):
                self._given.append(dict(counting))
        return found

    def first(self, values: Mapping[str, str]) -> int:
        """Return the state of a machine at the start."""
        return self._state(tuple([values.get(one) for one in self._setups.attributes]), 0)

    def change(self, state: int, kind: int) -> Change:
        """Return what it takes to run an operation of a kind in a state."""
        found = self._changes[state].get(kind)
        if found is None:
            found = self._changes[state][kind] = self._worked_out(state, kind)
        return found

    def _state(self, values: tuple[str | None, ...], runs: int) -> int:
        number = self._numbers.setdefault((values, runs), len(self._states))
        if number == len(self._states):
            self._states.append((values, runs))
            self._changes.append({})
        return number

    def _worked_out(self, state: int, kind: int) -> Change:
        given = self._given[kind]
        values, runs = self._states[state]
        setups = self._setups
        then: list[str | None] = []
        rules: list[Changeover] = []
        for attribute, before in zip(setups.attributes, values, strict=True):
            after = given.get(attribute, before)
            then.append(after)
            if before is not None and after is not None and attribute in given:
                fitting = (one for one in setups.rules if one.attribute == attribute and one.fits(before, after))
                rules += [one for one in (next(fitting, None),) if one is not None]
        times = [span_micros(one.time) for one in rules]
        time = max(times, default=0) if setups.combine is Combine.LONGEST else sum(times)
        cost = sum((Fraction(one.cost) for one in rules), Fraction(0))
        if setups.clean_after is None:
            return Change(time, cost, self._state(tuple(then), 0))
        if not time and runs >= setups.clean_after:
            time = span_micros(setups.cleaning)
        return Change(time, cost, self._state(tuple(then), 1 if time else runs + 1))


class Changing(NamedTuple):
    """How one machine is changed over: as its rules say, and from which state on."""

    changes: Changes
    first: int

    @property
    def early(self) -> bool:
        """Whether it may be changed before the operation that comes next could begin."""
        return self.changes.early
