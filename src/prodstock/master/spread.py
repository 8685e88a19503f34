"""One pass through a structure, down or up: what each item reached adds up to over all paths, none of them walked."""

from collections.abc import Callable, Iterable
from fractions import Fraction
from heapq import heappop, heappush
from math import gcd, lcm
from typing import TypeAlias

Edge: TypeAlias = tuple[str, int, int, bool, bool]
"""A line that leads from one item to another: that item, numerator, denominator, per order, whether it is a phantom.

Down a structure: numerator / denominator of the item are needed per good unit of the parent, or per order. Up: the
same of the line's item, for the item that uses it. A plain tuple, which the garbage collector stops following: a
catalog has them by the hundred thousand.
"""


class Reached:
    """What was reached from an item: of each the sum as a ratio, the longest path to it and the number of paths.

    Columns by code instead of a record an item: some ten times less work for the garbage collector. A sum is put in
    lowest terms when it is complete, not at every step: some five times less work than `Fraction`.
    """

    __slots__ = ("_denominators", "_makers", "_numerators", "_start", "levels", "paths")

    def __init__(self, start: str, amount: Fraction) -> None:
        self._start = start
        self._numerators = {start: amount.numerator}
        self._denominators = {start: amount.denominator}
        self._makers: dict[str, set[str]] = {}
        self.levels = {start: 0}
        self.paths = {start: 1}

    def in_order(self) -> list[str]:
        """Return what was reached, the start left out, by level and code."""
        codes = sorted(self.levels)
        codes.remove(self._start)
        codes.sort(key=self.levels.__getitem__)
        return codes

    def exact(self, item: str) -> Fraction | int:
        """Return the sum of an item; an int, which is equal to the ratio, where it is whole."""
        under = self._denominators[item]
        return self._numerators[item] if under == 1 else Fraction(self._numerators[item], under)

    def pass_on(self, item: str, edges: Iterable[Edge], orders: int) -> list[str]:
        """Pass on what an item comes to, and return the items that were reached for the first time. The hot loop."""
        numerators, denominators, levels, paths = self._numerators, self._denominators, self.levels, self.paths
        numerator, denominator = self._reduced(item)
        level, count = levels[item] + 1, paths[item]
        new: list[str] = []
        for target, over, under, per_order, phantom in edges:
            if per_order:
                over *= orders * len(self._makers.get(item, "1"))  # noqa: PLW2901 - the line's ratio becomes what it adds
            else:
                over *= numerator  # noqa: PLW2901 - as above
                under *= denominator  # noqa: PLW2901 - as above
            if target not in numerators:
                numerators[target], denominators[target], levels[target], paths[target] = over, under, level, count
                new.append(target)
            else:
                if under == denominators[target]:
                    numerators[target] += over
                else:
                    self._add(target, over, under)
                paths[target] += count
                if levels[target] < level:
                    levels[target] = level
            if phantom:
                self._makers.setdefault(target, set()).update(self._makers.get(item, (item,)))
        return new

    def _reduced(self, item: str) -> tuple[int, int]:
        over, under = self._numerators[item], self._denominators[item]
        if under != 1:
            shared = gcd(over, under)
            over, under = self._numerators[item], self._denominators[item] = over // shared, under // shared
        return over, under

    def _add(self, item: str, over: int, under: int) -> None:
        known = self._denominators[item]
        common = self._denominators[item] = lcm(under, known)
        self._numerators[item] = self._numerators[item] * (common // known) + over * (common // under)


def spread(
    start: str,
    amount: Fraction,
    edges_of: Callable[[str], Iterable[Edge]],
    place_of: Callable[[str], int],
    *,
    orders: int,
) -> Reached:
    """Return all that is reached from an item, itself included, with what an amount of the item comes to there.

    Items are served in the order of their places, so each sum is complete before it is passed on.

    Args:
        start: the item.
        amount: how much of it.
        edges_of: the lines that lead on from an item.
        place_of: a number that grows along every line.
        orders: how often a line per order counts for each made item that has it, or that uses a phantom that has it:
            1, or 0 to leave such lines out.

    The cost is linear in the lines reached, and in the digits of the numbers.
    """
    reached = Reached(start, amount)
    waiting = {place_of(start): [start]}
    queue = [place_of(start)]
    while queue:
        for item in waiting.pop(heappop(queue)):
            for new in reached.pass_on(item, edges_of(item), orders):
                place = place_of(new)
                if place not in waiting:
                    waiting[place] = []
                    heappush(queue, place)
                waiting[place].append(new)
    return reached
