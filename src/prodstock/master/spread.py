"""One pass through a structure, down or up: what each item reached adds up to over all paths, none of them walked."""

from collections.abc import Callable, Sequence
from fractions import Fraction
from heapq import heappop, heappush
from math import gcd, lcm
from typing import TypeAlias

Lines: TypeAlias = Sequence[int]
"""The lines that lead on from an item, four numbers each: the place of an item, numerator, denominator and kind.

A place is an item's number in the order of the codes. Down a structure: numerator / denominator of the item are needed
per good unit of the parent, or per order. Up: the same of the line's item, for the item that uses it. One flat tuple of
numbers, which the garbage collector stops following: a catalog has lines by the hundred thousand.
"""

PER_ORDER = 1
PHANTOM = 2
MEASURED = 4
"""Kinds of lines, added up: one per order, one that needs a phantom, one by a measure. Most are none of these: 0.

One by a measure says which, by what stands above `MEASURED` in its kind, and needs its ratio for each that is counted.
"""

Counting: TypeAlias = Callable[[int, int, int], Fraction]
"""How often a line by a measure, of this number, counts for a numerator and denominator of good units of its parent."""


class Reached:
    """What was reached from an item: of each the sum as a ratio, the longest path to it and the number of paths.

    Columns instead of a record an item: some ten times less work for the garbage collector. An item's place in them is
    its number: the order in which items were found, which is nearly that in which they are served.

    Attributes:
        numbers: of each item found, by place.
        places: of the items, as all columns in the order in which they were found; the start is the first.
        numerators: of the sums.
        denominators: of the sums, in lowest terms.
        levels: lines on the longest path to each item.
        paths: the number of paths to it.
        makers: of each phantom, the made items that use it, all by number.
    """

    __slots__ = ("denominators", "levels", "makers", "numbers", "numerators", "paths", "places")

    def __init__(self, start: int, amount: Fraction) -> None:
        self.numbers: dict[int, int] = {start: 0}
        self.places: list[int] = [start]
        self.numerators: list[int] = [amount.numerator]
        self.denominators: list[int] = [amount.denominator]
        self.levels: list[int] = [0]
        self.paths: list[int] = [1]
        self.makers: dict[int, set[int]] = {}

    def in_order(self) -> list[int]:
        """Return the numbers of what was reached, the start left out, by level and code."""
        wide = max(self.places) + 1
        keys = [level * wide + place for level, place in zip(self.levels, self.places, strict=True)]
        return sorted(range(1, len(keys)), key=keys.__getitem__)

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
    start: int,
    amount: Fraction,
    lines_of: Callable[[int], Lines],
    rank_of: Callable[[int], int],
    *,
    orders: int,
    counting: Counting,
) -> Reached:
    """Return all that is reached from an item, itself included, with what an amount of the item comes to there.

    Items are served in the order of their ranks, so each sum is complete before it is passed on.

    Args:
        start: the item, by place.
        amount: how much of it.
        lines_of: the lines that lead on from an item.
        rank_of: a number that grows along every line.
        orders: how often a line per order counts for each made item that has it, or that uses a phantom that has it:
            1, or 0 to leave such lines out.
        counting: how often a line by a measure counts, of all of its parent together.

    The cost is linear in the lines reached, and in the digits of the numbers.
    """
    reached = Reached(start, amount)
    places = reached.places
    waiting = {rank_of(start): [0]}
    queue = [rank_of(start)]
    while queue:
        first_new = len(places)
        _serve(reached, waiting.pop(heappop(queue)), lines_of, orders, counting)
        for number in range(first_new, len(places)):
            rank = rank_of(places[number])
            if rank in waiting:
                waiting[rank].append(number)
            else:
                waiting[rank] = [number]
                heappush(queue, rank)
    return reached


def _serve(
    reached: Reached, served: list[int], lines_of: Callable[[int], Lines], orders: int, counting: Counting
) -> None:
    """Pass on what the items of one rank come to. The hot loop."""
    numbers, places, levels, paths = reached.numbers, reached.places, reached.levels, reached.paths
    numerators, denominators, makers = reached.numerators, reached.denominators, reached.makers
    for number in served:
        if denominators[number] != 1:
            reached.reduce(number)
        numerator, denominator = numerators[number], denominators[number]
        level, count = levels[number] + 1, paths[number]
        rest = iter(lines_of(places[number]))
        for place, over, under, kind in zip(rest, rest, rest, rest, strict=True):
            if kind and kind & PER_ORDER:
                users = len(makers[number]) if number in makers else 1
                over *= orders * users if numerator else 0  # noqa: PLW2901 - as it is added
            elif kind and kind & MEASURED:
                times = counting(kind // (2 * MEASURED), numerator, denominator)
                over *= times.numerator  # noqa: PLW2901 - as above
                under *= times.denominator  # noqa: PLW2901 - as above
            else:
                over *= numerator  # noqa: PLW2901 - as above
                under *= denominator  # noqa: PLW2901 - as above
            found = numbers.get(place)
            if found is None:
                found = numbers[place] = len(places)
                places.append(place)
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
            if kind and kind & PHANTOM:
                makers.setdefault(found, set()).update(makers.get(number, (number,)) if over else ())
