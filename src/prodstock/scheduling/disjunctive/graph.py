"""The disjunctive graph: which operation follows which on each machine, and what follows from it for all times."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from prodstock.scheduling.disjunctive.shop import Shop


class Graph:
    """Orders of the operations on their machines, without a circle.

    Operations are numbered; `none` is the number of no operation, which takes no time, and after it come those of what
    only says when a chain of operations may begin.

    Attributes:
        mode: in which of its ways each operation runs.
        work: how long it does.
        machine: on which machine.
        sooner, later: the operation before and after it in its chain.
        left, right: the operation before and after it on its machine.
        rows: the operations of each machine in their order.
        head: when it starts, at the soonest.
        tail: how long it is from its start to the end of all that comes after it, with what its chain waits after it.
    """

    __slots__ = (
        "_mark", "_order", "_place", "head", "later", "left", "machine", "mode", "none", "right", "rows", "shop",
        "sooner", "span", "tail", "work",
    )  # fmt: skip

    def __init__(self, shop: Shop, keys: Sequence[int], modes: Sequence[int]) -> None:
        """Order the operations on each machine by keys that rise along each chain; ties by number. O(n log n)."""
        self.shop = shop
        count, starts = shop.operations, len(shop.starts)
        self.none = none = count
        self.mode = list(modes)
        blank = [none] * (count + 1 + starts)
        ways = [shop.ways[one][mode] for one, mode in enumerate(modes)]
        self.machine = [*(machine for machine, _ in ways), *([-1] * (1 + starts))]
        self.work = [*(work for _, work in ways), *([0] * (1 + starts))]
        self.span = [*(work + wait for (_, work), wait in zip(ways, shop.waits, strict=True)), *([0] * (1 + starts))]
        self.sooner, self.later = shop.sooner, shop.later
        self.left, self.right = blank, blank[:]
        self.head = [0] * (count + 1) + shop.starts
        self.tail = [0] * len(blank)
        self._mark = bytearray(len(blank))
        self._place = [count] * len(blank)
        self._order = sorted(range(count), key=lambda one: (keys[one], one))
        last = [none] * shop.machines
        self.rows: list[list[int]] = [[] for _ in range(shop.machines)]
        for place, one in enumerate(self._order):
            self._place[one] = place
            before = last[self.machine[one]]
            self.left[one], self.right[before] = before, one
            last[self.machine[one]] = one
            self.rows[self.machine[one]].append(one)
        self.right[none] = none
        self._spread_heads(bytearray(b"\1") * (count + 1))
        self._spread_tails(bytearray(b"\1") * (count + 1))

    def length(self) -> int:
        """Return how long all takes. O(chains)."""
        head, span = self.head, self.span
        return max([head[one] + span[one] for one in self.shop.lasts])

    def put(self, one: int, mode: int, left: int, right: int) -> bool:
        """Let an operation run in a mode between two that follow each other on its machine, and say whether it can.

        If that made a circle, nothing changes. O(what starts or ends otherwise, and what lies between in the order).
        """
        lefts, rights, place = self.left, self.right, self._place
        old_left, old_right, old_mode = lefts[one], rights[one], self.mode[one]
        self._link(one, mode, left, right)
        none = self.none
        if left != none and place[left] > place[one]:
            fine = self._move_later(one, place[left])
        elif right != none and place[right] < place[one]:
            fine = self._move_sooner(one, place[right])
        else:
            fine = True
        if not fine:
            self._link(one, old_mode, old_left, old_right)
            return False
        flags = bytearray(none + 1)
        flags[place[old_right]] = flags[place[one]] = flags[place[right]] = 1
        if mode != old_mode:
            flags[place[self.later[one]]] = 1
        self._spread_heads(flags)
        flags = bytearray(none + 1)
        flags[place[old_left]] = flags[place[one]] = flags[place[left]] = 1
        self._spread_tails(flags)
        return True

    def _link(self, one: int, mode: int, left: int, right: int) -> None:
        lefts, rights = self.left, self.right
        before, after = lefts[one], rights[one]
        rights[before], lefts[after] = after, before
        lefts[one], rights[one] = left, right
        rights[left] = lefts[right] = one
        row = self.rows[self.machine[one]]
        row.remove(one)
        if mode != self.mode[one]:
            self.mode[one] = mode
            self.machine[one], self.work[one] = self.shop.ways[one][mode]
            self.span[one] = self.work[one] + self.shop.waits[one]
            row = self.rows[self.machine[one]]
        row.insert(0 if left == self.none else row.index(left) + 1, one)

    def _move_later(self, one: int, end: int) -> bool:
        """Take an operation, and what must come after it, behind a place in the order, unless that must too."""
        start, last = self._place[one], self._order[end]
        moved, kept = self._parted(one, self._order[start + 1 : end + 1], self.sooner, self.left)
        if moved[-1] == last:
            return False
        self._reorder(start, kept + moved)
        return True

    def _move_sooner(self, one: int, start: int) -> bool:
        """Take an operation, and what must come before it, ahead of a place in the order, unless that must too."""
        end, first = self._place[one], self._order[start]
        moved, kept = self._parted(one, self._order[start:end][::-1], self.later, self.right)
        if moved[-1] == first:
            return False
        self._reorder(start, [*reversed(moved), *reversed(kept)])
        return True

    def _parted(
        self, one: int, others: Sequence[int], chain: Sequence[int], row: Sequence[int]
    ) -> tuple[list[int], list[int]]:
        """Return an operation with those of others that hang on it by chain or row, and the rest."""
        mark = self._mark
        mark[one] = 1
        moved, kept = [one], []
        for other in others:
            if mark[chain[other]] or mark[row[other]]:
                mark[other] = 1
                moved.append(other)
            else:
                kept.append(other)
        for other in moved:
            mark[other] = 0
        return moved, kept

    def _reorder(self, start: int, part: list[int]) -> None:
        self._order[start : start + len(part)] = part
        place = self._place
        for number, one in enumerate(part, start):
            place[one] = number

    def _spread_heads(self, flags: bytearray) -> None:
        """Find anew the heads at flagged places, and all that changes by them."""
        order, place, head = self._order, self._place, self.head
        sooner, later, left, right, work, span = (
            self.sooner, self.later, self.left, self.right, self.work, self.span,
        )  # fmt: skip
        find, end = flags.find, self.none
        at = find(1, 0, end)
        while at >= 0:
            one = order[at]
            before, beside = sooner[one], left[one]
            found, other = head[before] + span[before], head[beside] + work[beside]
            if other > found:
                found = other
            if found != head[one]:
                head[one] = found
                flags[place[later[one]]] = flags[place[right[one]]] = 1
            at = find(1, at + 1, end)

    def _spread_tails(self, flags: bytearray) -> None:
        """Find anew the tails at flagged places, and all that changes by them."""
        order, place, tail = self._order, self._place, self.tail
        sooner, later, left, right, work, span = (
            self.sooner, self.later, self.left, self.right, self.work, self.span,
        )  # fmt: skip
        find = flags.rfind
        at = find(1, 0, self.none)
        while at >= 0:
            one = order[at]
            found, other = span[one] + tail[later[one]], work[one] + tail[right[one]]
            if other > found:
                found = other
            if found != tail[one]:
                tail[one] = found
                flags[place[sooner[one]]] = flags[place[left[one]]] = 1
            at = find(1, 0, at)
