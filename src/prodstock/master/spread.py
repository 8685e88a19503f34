"""One pass through a structure, down or up: what each item reached adds up to over all paths, none of them walked."""

from collections.abc import Callable, Iterable
from fractions import Fraction
from heapq import heappop, heappush
from math import gcd, lcm
from typing import NamedTuple

from prodstock.master.bom import Basis


class Edge(NamedTuple):
    """A line that leads from one item to another.

    Down a structure: numerator / denominator of the item are needed per good unit of the parent, or per order. Up: the
    same of the line's item, for the item that uses it. Then the place of the line on its bill, and whether the item
    it leads to is a phantom.
    """

    item: str
    numerator: int
    denominator: int
    per: Basis
    position: int
    phantom: bool


class Reach:
    """What is known of an item that was reached: a sum as a pair of ints, the longest and the number of paths to it.

    The sum is put in lowest terms when it is complete, not at every step: some five times less work than `Fraction`.
    """

    __slots__ = ("denominator", "level", "makers", "numerator", "paths")

    def __init__(self, numerator: int, denominator: int, level: int, paths: int) -> None:
        self.numerator = numerator
        self.denominator = denominator
        self.level = level
        self.paths = paths
        self.makers: set[str] | None = None

    def add(self, numerator: int, denominator: int) -> None:
        """Add a ratio to the sum."""
        common = lcm(denominator, self.denominator)
        self.numerator = self.numerator * (common // self.denominator) + numerator * (common // denominator)
        self.denominator = common

    def reduce(self) -> None:
        """Put the sum in lowest terms."""
        if self.denominator != 1:
            shared = gcd(self.numerator, self.denominator)
            self.numerator //= shared
            self.denominator //= shared

    @property
    def exact(self) -> Fraction:
        """The sum."""
        return Fraction(self.numerator, self.denominator)


def spread(
    start: str,
    amount: Fraction,
    edges_of: Callable[[str], Iterable[Edge]],
    place_of: Callable[[str], int],
    *,
    orders: int,
) -> dict[str, Reach]:
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
    found = {start: Reach(amount.numerator, amount.denominator, 0, 1)}
    waiting = {place_of(start): [start]}
    queue = [place_of(start)]
    while queue:
        for item in waiting.pop(heappop(queue)):
            for new in _served(item, edges_of(item), found, orders):
                place = place_of(new)
                if place not in waiting:
                    waiting[place] = []
                    heappush(queue, place)
                waiting[place].append(new)
    return found


def _served(item: str, edges: Iterable[Edge], found: dict[str, Reach], orders: int) -> list[str]:
    """Pass on what an item comes to, and return the items that were reached for the first time. The hot loop."""
    here = found[item]
    here.reduce()
    numerator, denominator, level, paths = here.numerator, here.denominator, here.level + 1, here.paths
    new: list[str] = []
    for target, over, under, per, _, phantom in edges:
        if per is Basis.UNIT:
            over *= numerator  # noqa: PLW2901 - the ratio of the line becomes what it adds
            under *= denominator  # noqa: PLW2901 - as above
        else:
            over *= orders if here.makers is None else orders * len(here.makers)  # noqa: PLW2901 - as above
        there = found.get(target)
        if there is None:
            there = found[target] = Reach(over, under, level, paths)
            new.append(target)
        else:
            if under == there.denominator:
                there.numerator += over
            else:
                there.add(over, under)
            there.paths += paths
            there.level = max(there.level, level)
        if phantom:
            there.makers = (there.makers or set()) | ({item} if here.makers is None else here.makers)
    return new
