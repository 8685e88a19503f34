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

    Columns instead of a record an item: some ten times less work for the garbage collector. An item's place in them is
    its number: the order in which items were found, which is nearly that in which they are served.

    Attributes:
        numbers: of each item found, by code.
        codes: of the items, as all columns in the order in which they were found; the start is the first.
        numerators: of the sums.
        denominators: of the sums, in lowest terms.
        levels: lines on the longest path to each item.
        paths: the number of paths to it.
        makers: of each phantom, the made items that use it, all by number.
    """

    __slots__ = ("codes", "denominators", "levels", "makers", "numbers", "numerators", "paths")

    def __init__(self, start: str, amount: Fraction) -> None:
        self.numbers = {start: 0}
        self.codes = [start]
        self.numerators = [amount.numerator]
        self.denominators = [amount.denominator]
        self.levels = [0]
        self.paths = [1]
        self.makers: dict[int, set[int]] = {}

    def in_order(self) -> list[int]:
        """Return the numbers of what was reached, the start left out, by level and code."""
        numbers = sorted(range(1, len(self.codes)), key=self.codes.__getitem__)
        numbers.sort(key=self.levels.__getitem__)
        return numbers

    def exact(self, number: int) -> Fraction | int:
        """Return the sum of an item; an int where it is whole."""
        under = self.denominators[number]
        return self.numerators[number] if under == 1 else Fraction(self.numerators[number], under)

    def reduce(self, number: int) -> None:
        """Put a sum in lowest terms, once it is complete: some five times less work than `Fraction` at every step."""
        shared = gcd(self.numerators[number], self.denominators[number])
        self.numerators[number] //= shared
        self.denominators[number] //= shared

    def add(self, number: int, over: int, under: int) -> None:
        """Add a ratio to a sum of another denominator."""
        known = self.denominators[number]
        common = self.denominators[number] = lcm(under, known)
        self.numerators[number] = self.numerators[number] * (common // known) + over * (common // under)


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
    codes = reached.codes
    waiting = {place_of(start): [0]}
    queue = [place_of(start)]
    while queue:
        first_new = len(codes)
        _serve(reached, waiting.pop(heappop(queue)), edges_of, orders)
        for number in range(first_new, len(codes)):
            place = place_of(codes[number])
            if place in waiting:
                waiting[place].append(number)
            else:
                waiting[place] = [number]
                heappush(queue, place)
    return reached


def _serve(reached: Reached, served: list[int], edges_of: Callable[[str], Iterable[Edge]], orders: int) -> None:
    """Pass on what the items of one place come to. The hot loop."""
    numbers, codes, levels, paths = reached.numbers, reached.codes, reached.levels, reached.paths
    numerators, denominators, makers = reached.numerators, reached.denominators, reached.makers
    for number in served:
        if denominators[number] != 1:
            reached.reduce(number)
        numerator, denominator = numerators[number], denominators[number]
        level, count = levels[number] + 1, paths[number]
        for code, over, under, per_order, phantom in edges_of(codes[number]):
            if per_order:
                over *= orders * (len(makers[number]) if number in makers else 1)  # noqa: PLW2901 - as it is added
            else:
                over *= numerator  # noqa: PLW2901 - as above
                under *= denominator  # noqa: PLW2901 - as above
            found = numbers.get(code)
            if found is None:
                found = numbers[code] = len(codes)
                codes.append(code)
                numerators.append(over)
                denominators.append(under)
                levels.append(level)
                paths.append(count)
            else:
                if under == denominators[found]:
                    numerators[found] += over
                else:
                    reached.add(found, over, under)
                paths[found] += count
                if levels[found] < level:  # noqa: PLR1730 - a call would cost more than the rest of the line
                    levels[found] = level
            if phantom:
                makers.setdefault(found, set()).update(makers.get(number, (number,)))
