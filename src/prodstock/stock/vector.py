"""A list of states that forks share until one of them writes: nodes of 128, each with the token of its owner."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

BITS = 7
_WIDTH = 1 << BITS
MASK = _WIDTH - 1


class Vector:
    """A growing list. `fork` costs one small object; what is written later is copied once, node by node.

    The owner's token stands behind the last entry of each node (and of the root), so that a look at a node tells
    whether it may be written in place. Reading costs two list look-ups, in a fork as in the base; the world's inner
    loops do them on `root` themselves.
    """

    __slots__ = ("_size", "_token", "root")

    def __init__(self) -> None:
        self._token = object()
        self.root: list[object] = [self._token]
        self._size = 0

    def __len__(self) -> int:
        return self._size

    def fork(self) -> Vector:
        """Return a vector of the same content; afterwards each side copies what it writes to."""
        twin = Vector.__new__(Vector)
        twin._token = object()
        twin.root = self.root
        twin._size = self._size
        self._token = object()
        return twin

    def get(self, index: int) -> object:
        """Return the entry at an index below the length."""
        return self.root[index >> BITS][index & MASK]  # type: ignore[index]

    def find(self, index: int) -> object:
        """Return the entry at an index, or None above the length."""
        return self.get(index) if index < self._size else None

    def put(self, index: int, value: object) -> None:
        """Replace the entry at an index below the length."""
        self._node(index >> BITS)[index & MASK] = value

    def append(self, value: object) -> int:
        """Add an entry and return its index."""
        index = self._size
        if index & MASK:
            self._node(index >> BITS)[index & MASK] = value
        else:
            node: list[object] = [None] * (_WIDTH + 1)
            node[_WIDTH] = self._token
            node[0] = value
            self._own_root().insert(index >> BITS, node)
        self._size = index + 1
        return index

    def __iter__(self) -> Iterator[object]:
        return map(self.get, range(self._size))

    def _own_root(self) -> list[object]:
        root = self.root
        if root[-1] is not self._token:
            root = self.root = root.copy()
            root[-1] = self._token
        return root

    def _node(self, number: int) -> list[object]:
        node: list[object] = self.root[number]  # type: ignore[assignment]
        if node[_WIDTH] is not self._token:
            node = node.copy()
            node[_WIDTH] = self._token
            self._own_root()[number] = node
        return node
