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

    Columns by code instead of a record an item: some ten times less work for the garbage collector.

    Attributes:
        numerators: of the sums.
        denominators: of the sums, in lowest terms.
        levels: lines on the longest path to each item.
        paths: the number of paths to it.
        makers: of each phantom, the made items that use it.
    """

    __slots__ = ("denominators", "levels", "makers", "numerators", "paths")

    def __init__(self, start: str, amount: Fraction) -> None:
        self.numerators = {start: amount.numerator}
        self.denominators = {start: amount.denominator}
        self.levels = {start: 0}
        self.paths = {start: 1}
        self.makers: dict[str, set[str]] = {}

    def in_order(self) -> list[str]:
        """Return the codes of what was reached, the start left out, by level and code."""
        codes = sorted(self.levels)
        codes.sort(key=self.levels.__getitem__)
        return codes[1:]

    def exact(self, item: str) -> Fraction | int:
        """Return the sum of an item; an int where it is whole."""
        under = self.denominators[item]
        return self.numerators[item] if under == 1 else Fraction(self.numerators[item], under)

    def reduce(self, item: str) -> None:
        """Put a sum in lowest terms, once it is complete: some five times less work than `Fraction` at every step."""
        shared = gcd(self.numerators[item], self.denominators[item])
        self.numerators[item] //= shared
        self.denominators[item] //= shared

    def add(self, item: str, over: int, under: int) -> None:
        """Add a ratio to a sum of another denominator."""
        known = self.denominators[item]
        common = self.denominators[item] = lcm(under, known)
        self.numerators[item] = self.numerators[item] * (common // known) + over * (common // under)


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
        for new in _served(reached, waiting.pop(heappop(queue)), edges_of, orders):
            place = place_of(new)
            if place in waiting:
                waiting[place].append(new)
            else:
                waiting[place] = [new]
                heappush(queue, place)
    return reached


def _served(reached: Reached, items: list[str], edges_of: Callable[[str], Iterable[Edge]], orders: int) -> list[str]:
    """Pass on what items of one place come to, and return those reached for the first time. The hot loop."""
    numerators, denominators, levels, paths = reached.numerators, reached.denominators, reached.levels, reached.paths
    makers = reached.makers
    new: list[str] = []
    for item in items:
        if denominators[item] != 1:
            reached.reduce(item)
        for target, over, under, per_order, phantom in edges_of(item):
            if per_order:
                over *= orders * (len(makers[item]) if item in makers else 1)  # noqa: PLW2901 - it becomes what is added
            else:
                over *= numerators[item]  # noqa: PLW2901 - as above
                under *= denominators[item]  # noqa: PLW2901 - as above
            if target not in numerators:
                numerators[target] = over
                denominators[target] = under
                levels[target] = levels[item] + 1
                paths[target] = paths[item]
                new.append(target)
            else:
                if under == denominators[target]:
                    numerators[target] += over
                else:
                    reached.add(target, over, under)
                paths[target] += paths[item]
                if levels[target] <= levels[item]:
                    levels[target] = levels[item] + 1
            if phantom:
                makers.setdefault(target, set()).update(makers.get(item, (item,)))
    return new
