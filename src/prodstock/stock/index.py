"""Names and their numbers: an index that only grows, shared by forks without a copy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator

K = TypeVar("K", bound="Hashable")

_FLATTEN_ABOVE = 4

_NO_NAMES: list[Any] = []
_NO_NUMBERS: dict[Any, int] = {}
"""What an index holds before the first name: most forks never add one."""


class Index(Generic[K]):
    """Gives each name the next number, once, and finds either by the other.

    A fork reads through to its base, but only names the base had when it was forked: numbers only grow, so a number at
    or above the base's length at that moment is invisible. Chains of more than four forks are copied flat.
    `owner` is the world that may add to it.
    """

    __slots__ = ("_base", "_depth", "_limit", "_names", "_numbers", "owner")

    def __init__(self, owner: object, base: Index[K] | None = None, limit: int = 0) -> None:
        self.owner: object = owner
        self._base = base
        self._limit = limit
        self._numbers: dict[K, int] = _NO_NUMBERS
        self._names: list[K] = _NO_NAMES
        self._depth: int = 0 if base is None else base._depth + 1
        if self._depth > _FLATTEN_ABOVE:
            self._flatten()

    def __len__(self) -> int:
        return self._limit + len(self._names)

    def find(self, name: K) -> int:
        """Return the number of a name, or -1."""
        number = self._numbers.get(name)
        if number is not None:
            return number
        base = self._base
        if base is None:
            return -1
        number = base.find(name)
        return number if number < self._limit else -1

    def add(self, name: K) -> int:
        """Give a new name the next number."""
        if self._names is _NO_NAMES:
            self._names, self._numbers = [], {}
        number = self._limit + len(self._names)
        self._numbers[name] = number
        self._names.append(name)
        return number

    def name(self, number: int) -> K:
        """Return the name of a number below the length."""
        index: Index[K] = self
        while number < index._limit:
            index = index._base  # type: ignore[assignment]  # a limit above 0 has a base
        return index._names[number - index._limit]

    def __iter__(self) -> Iterator[K]:
        return map(self.name, range(len(self)))

    def _flatten(self) -> None:
        names = [self.name(number) for number in range(self._limit)]
        self._numbers = {name: number for number, name in enumerate(names)}
        self._names, self._base, self._limit, self._depth = names, None, 0, 0
