"""From a thousand lots to a million: time per reservation, memory, a full check, and forks of all of it.

The exponent is the slope of the time of a command over the number of lots, both as logarithms; the same wishes' shape
at every size, 100 lots an item. Memory is what the kernel counts for the process (resident set), less before filling;
`tracemalloc` then says, at a tenth of the size, how much of it the log of commits holds.
"""

from __future__ import annotations

import tracemalloc
from functools import partial
from math import log
from typing import TYPE_CHECKING

from benchmarks.forks import of_plant
from benchmarks.harness import Collector, Figure, arguments, collecting, middle, report, resident, seconds
from benchmarks.ledger import catalog_of, command, filled
from benchmarks.workload import START, item_code, lots_of, workload

from prodstock.journal.store import ManualClock
from prodstock.plant import Plant
from prodstock.stock.receive import Receive

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from benchmarks.ledger import Asked

LOTS_AN_ITEM = 100
COMMANDS = 4_000
ROUNDS = 5


def filled_plant(lots: int) -> Plant:
    """Return a plant with so many lots, 100 an item, built without keeping the workload."""
    items = lots // LOTS_AN_ITEM
    plant = Plant(catalog_of(map(item_code, range(items))), clock=ManualClock(START))
    for lot in lots_of(items, LOTS_AN_ITEM):
        plant.do(Receive(lot.item, lot.quantity, lot=lot.code, expires=lot.expires))
    return plant


def per_command(plant: Plant, lots: int, collector: Collector, commands: int = COMMANDS) -> float:
    """Return the seconds a command takes: the median of several rounds, each with wishes of its own."""
    taken = []
    commands = min(commands, lots // 2)  # the stock must last
    for number in range(ROUNDS):
        work = workload(lots // LOTS_AN_ITEM, 0, commands, seed=number)
        wishes = [wish._replace(key=f"r{number}{wish.key}", ref=f"r{number}{wish.ref}") for wish in work.wishes]
        asked = [command(wish) for wish in wishes]
        with collecting(collector):
            taken.append(seconds(partial(carry_out, plant, asked)) / commands)
    return middle(taken)


def carry_out(plant: Plant, commands: Iterable[Asked]) -> None:
    """Carry out the commands one by one."""
    for one in commands:
        plant.do(one)


def exponent(points: Sequence[tuple[int, float]]) -> float:
    """Return the slope of the line of least squares through the logarithms."""
    xs, ys = [log(size) for size, _ in points], [log(time) for _, time in points]
    x, y = sum(xs) / len(xs), sum(ys) / len(ys)
    return sum((a - x) * (b - y) for a, b in zip(xs, ys, strict=True)) / sum((a - x) ** 2 for a in xs)


def one_item(lots: int, collector: Collector, commands: int) -> float:
    """Return the seconds a command takes where one item has all the lots."""
    plant = filled(lots_of(1, lots))
    asked = [command(wish) for wish in workload(1, 0, commands).wishes]
    with collecting(collector):
        return seconds(partial(carry_out, plant, asked)) / commands


def traced(lots: int) -> tuple[float, float]:
    """Return bytes a lot, all and without the log, as Python's own allocator counts them."""
    catalog = catalog_of(map(item_code, range(lots // LOTS_AN_ITEM)))
    tracemalloc.start()
    plant = Plant(catalog, clock=ManualClock(START))
    for lot in lots_of(lots // LOTS_AN_ITEM, LOTS_AN_ITEM):
        plant.do(Receive(lot.item, lot.quantity, lot=lot.code, expires=lot.expires))
    everything = tracemalloc.get_traced_memory()[0]
    plant._world.log.clear()  # noqa: SLF001  # what the log holds is no question that a plant answers
    without = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    return everything / lots, without / lots


def measure(*, quick: bool, collector: Collector) -> list[Figure]:
    """Return the figures of this subject; the largest plant comes first, into a process that holds nothing else."""
    *small, largest = (1_000, 4_000) if quick else (1_000, 10_000, 100_000, 1_000_000)
    commands = 200 if quick else COMMANDS
    whole, last = of_largest(largest, commands, collector)
    points = [(size, per_command(filled_plant(size), size, collector, commands)) for size in small]
    points.append((largest, last))
    wide = one_item(small[-1], collector, commands)
    everything, without = traced(small[-1])
    return [
        *(Figure(f"commands a second, {size:,} lots", 1 / time, "commands/s") for size, time in points),
        Figure("growth exponent", exponent(points), "", at_most=0.15),
        Figure(f"commands a second, {small[-1]:,} lots of one item", 1 / wide, "commands/s"),
        Figure(f"memory, log of commits included, {small[-1]:,} lots (traced)", everything, "bytes/lot", at_most=620),
        Figure(f"memory without the log, {small[-1]:,} lots (traced)", without, "bytes/lot", at_most=400),
        *whole,
    ]


def of_largest(lots: int, commands: int, collector: Collector) -> tuple[list[Figure], float]:
    """Return the figures of the largest plant, and how long a command takes in it."""
    before = resident()
    plant = filled_plant(lots)
    grown = resident() - before
    checked = seconds(plant.check)
    forks = of_plant(plant, lots, collector)
    figures = [
        Figure(f"memory, log of commits included, {lots:,} lots (resident)", grown / lots, "bytes/lot", at_most=620),
        Figure(f"full check, {lots:,} lots", checked, "s", at_most=5),
        *forks,
    ]
    return figures, per_command(plant, lots, collector, commands)


if __name__ == "__main__":
    options = arguments(__doc__)
    report("Growth", measure(quick=options.quick, collector=options.gc), options)
