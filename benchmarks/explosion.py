"""Explosion of a large random catalog: one item on top of all end items, so that every item is reached.

10 % of the items are end items, the levels are six deep, a made item has 1.6 components on average and
everything is used somewhere. The totals are
asserted against a plain sum over levels in integers.
"""

from __future__ import annotations

from random import Random  # noqa: TID251  # seeded
from typing import TypeAlias

from benchmarks.harness import Collector, Figure, arguments, collecting, report, seconds
from benchmarks.workload import START, item_code

from prodstock.master.bom import BillOfMaterial, BomLine
from prodstock.master.catalog import Catalog
from prodstock.master.explosion import Explosion, explode
from prodstock.master.item import Item

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


def catalog_of(items: int, lines: Bills) -> Catalog:
    """Return the catalog of these bills."""
    definitions: list[Item | BillOfMaterial] = [Item(TOP), *(Item(item_code(number)) for number in range(items))]
    definitions += [
        BillOfMaterial(parent, lines=[BomLine(part, quantity) for part, quantity in parts])
        for parent, parts in lines.items()
    ]
    return Catalog(definitions)


def expected(lines: Bills) -> dict[str, int]:
    """Return what is needed of each item, level by level."""
    needed: dict[str, int] = {}
    level = {TOP: QUANTITY}
    while level:
        following: dict[str, int] = {}
        for parent, quantity in level.items():
            for part, per in lines.get(parent, ()):
                following[part] = following.get(part, 0) + quantity * per
        for part, quantity in following.items():
            needed[part] = needed.get(part, 0) + quantity
        level = following
    return needed


def measure(*, quick: bool, collector: Collector) -> list[Figure]:
    """Return the figures of this subject."""
    items = 2_000 if quick else 100_000
    lines = bills(items)
    found: list[Explosion] = []
    made: list[Catalog] = []
    with collecting(collector):
        building = seconds(lambda: made.append(catalog_of(items, lines)))
        first = seconds(lambda: found.append(explode(made[0], TOP, QUANTITY, at=START)))
        again = seconds(lambda: found.append(explode(made[0], TOP, QUANTITY, at=START)))
    told = {str(row.item): row.quantity for row in found[0].requirements}
    assert told == expected(lines), "the explosion is another"
    assert found[0] == found[1]
    return [
        Figure(f"explosion of {len(told):,} of {items:,} items, the first", first, "s", at_most=1),
        Figure("   the next", again, "s", at_most=1),
        Figure("   making the catalog of them", building, "s"),
    ]


if __name__ == "__main__":
    options = arguments(__doc__)
    report("Explosion", measure(quick=options.quick, collector=options.gc), options)
