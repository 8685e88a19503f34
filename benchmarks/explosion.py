"""Explosion, where-used and low-level codes of a large random catalog, and making it.

One item stands on top of all end items, so that every item is reached.

10 % of the items are end items, the levels are six deep, a made item has 1.6 components on average and everything is
used somewhere. The answers are asserted against plain sums over levels in integers.
"""

from __future__ import annotations

from random import Random  # noqa: TID251  # seeded
from typing import TYPE_CHECKING, TypeAlias

from benchmarks.harness import Collector, Figure, arguments, collecting, report, seconds
from benchmarks.workload import START, item_code

from prodstock.master.bom import BillOfMaterial, BomLine
from prodstock.master.catalog import Catalog
from prodstock.master.explosion import Explosion, explode
from prodstock.master.item import Item

if TYPE_CHECKING:
    from collections.abc import Mapping

    from prodstock.master.where_used import WhereUsed
    from prodstock.tables import Table

DEPTH = 6
END_ITEMS = 0.1
LINES_A_BILL = 1.6
TOP = "TOP"
QUANTITY = 7


Bills: TypeAlias = "dict[str, tuple[tuple[str, int], ...]]"
"""Of each made item, what it needs and how many. Tuples, which are no work for the garbage collector."""


def bills(items: int, seed: int = 1) -> Bills:
    """Return the lines of each made item; the end items stand below one item on top."""
    random = Random(seed)
    ends = int(items * END_ITEMS)
    level = [0 if number < ends else random.randint(1, DEPTH - 1) for number in range(items)]
    below = [[number for number in range(items) if level[number] == depth] for depth in range(DEPTH)]
    made = [number for number in range(items) if level[number] < DEPTH - 1]
    links = [(random.choice(below[level[part] - 1]), part) for part in range(ends, items)]
    while len(links) < LINES_A_BILL * len(made):
        parent = random.choice(made)
        links.append((parent, random.choice(below[level[parent] + 1])))
    lines: dict[str, list[tuple[str, int]]] = {}
    for parent, part in dict.fromkeys(links):
        lines.setdefault(item_code(parent), []).append((item_code(part), random.randint(1, 4)))
    lines[TOP] = [(item_code(number), 1) for number in below[0]]
    return {parent: tuple(parts) for parent, parts in lines.items()}


def definitions(items: int, lines: Bills) -> list[Item | BillOfMaterial]:
    """Return the items and the bills."""
    made: list[Item | BillOfMaterial] = [Item(TOP), *(Item(item_code(number)) for number in range(items))]
    made += [
        BillOfMaterial(parent, lines=[BomLine(part, quantity) for part, quantity in parts])
        for parent, parts in lines.items()
    ]
    return made


def expected(start: str, quantity: int, lines: Bills) -> dict[str, int]:
    """Return what a quantity comes to by lines that lead on, level by level."""
    needed: dict[str, int] = {}
    level = {start: quantity}
    while level:
        following: dict[str, int] = {}
        for parent, number in level.items():
            for part, per in lines.get(parent, ()):
                following[part] = following.get(part, 0) + number * per
        for part, number in following.items():
            needed[part] = needed.get(part, 0) + number
        level = following
    return needed


def upwards(lines: Bills) -> Bills:
    """Return the same lines the other way round."""
    users: dict[str, list[tuple[str, int]]] = {}
    for parent, parts in lines.items():
        for part, per in parts:
            users.setdefault(part, []).append((parent, per))
    return {part: tuple(parents) for part, parents in users.items()}


def longest(lines: Bills) -> dict[str, int]:
    """Return the longest path to each item from the one on top, by letting all items of a level sink at once."""
    found: dict[str, int] = {}
    level, depth = {TOP}, 0
    while level:
        found.update(dict.fromkeys(level, depth))
        level, depth = {part for parent in level for part, _ in lines.get(parent, ())}, depth + 1
    return found


def measure(*, quick: bool, collector: Collector) -> list[Figure]:
    """Return the figures of this subject."""
    items = 2_000 if quick else 100_000
    lines = bills(items)
    given: list[Item | BillOfMaterial] = []
    made: list[Catalog] = []
    found: list[Explosion] = []
    uses: list[Table[WhereUsed]] = []
    codes: list[Mapping[str, int]] = []
    with collecting(collector):
        defining = seconds(lambda: given.extend(definitions(items, lines)))
        checking = seconds(lambda: made.append(Catalog(given)))
        first = seconds(lambda: found.append(explode(made[0], TOP, QUANTITY, at=START)))
        again = seconds(lambda: found.append(explode(made[0], TOP, QUANTITY, at=START)))
        deepest = str(found[0].requirements[-1].item)
        using = seconds(lambda: uses.append(made[0].where_used(deepest, START)))
        levels = seconds(lambda: codes.append(made[0].low_level_codes()))
        dated = seconds(lambda: codes.append(made[0].low_level_codes(START)))
    told = {str(row.item): row.quantity for row in found[0].requirements}
    assert told == expected(TOP, QUANTITY, lines), "the explosion is another"
    assert found[0] == found[1]
    assert {str(row.item): row.quantity for row in uses[0]} == expected(deepest, 1, upwards(lines))
    assert codes[0] == codes[1] == longest(lines), "the low-level codes are others"
    return [
        Figure(f"explosion of {len(told):,} of {items:,} items, the first", first, "s", at_most=1),
        Figure("   the next", again, "s", at_most=1),
        Figure("   where an item is used, the first time", using, "s", at_most=1),
        Figure("   low-level codes of all days", levels, "s", at_most=1),
        Figure("   low-level codes of one day", dated, "s", at_most=1),
        Figure(f"making {len(given):,} items and bills", defining, "s"),
        Figure("   a checked catalog of them", checking, "s"),
    ]


if __name__ == "__main__":
    options = arguments(__doc__)
    report("Explosion", measure(quick=options.quick, collector=options.gc), options)
