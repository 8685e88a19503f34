"""Forks: what one costs, how fast one reads in it, and a thousand of them with a hundred writes each."""

from __future__ import annotations

import tracemalloc
from random import Random  # noqa: TID251  # seeded
from typing import TYPE_CHECKING

from benchmarks.harness import Collector, Figure, arguments, collecting, middle, report, resident, seconds
from benchmarks.ledger import filled
from benchmarks.workload import START, item_code, lots_of

from prodstock.calendars.zone import micros
from prodstock.decisions import decided
from prodstock.journal.store import CountingIds
from prodstock.stock.claim import Claim
from prodstock.stock.reservation import Reserve

if TYPE_CHECKING:
    from prodstock.plant import Plant
    from prodstock.stock.world import World
    from prodstock.view import View

FORKS = 1_000
WRITES = 100
READS = 2_000
BURST = 1_000


def of_plant(plant: Plant, lots: int, collector: Collector) -> list[Figure]:
    """Return what a fork of this plant costs, and what reading costs in it."""
    with collecting(collector):
        taken = middle([seconds(lambda: [plant.fork("f") for _ in range(BURST)]) / BURST for _ in range(21)])
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    kept = [plant.fork("f") for _ in range(BURST)]
    size = (tracemalloc.get_traced_memory()[0] - before) / BURST
    tracemalloc.stop()
    items = len(plant.catalog.items)
    return [
        Figure(f"fork of {lots:,} lots", taken * 1e6, "us", at_most=2),
        Figure(f"fork of {lots:,} lots", size, "bytes", at_most=1_000),
        Figure("availability in a fork, times that in its base", _reads(plant, kept[-1], items), "", at_most=1.1),
    ]


def _reads(plant: Plant, fork: View, items: int) -> float:
    random = Random(1)
    codes = [item_code(random.randrange(items)) for _ in range(READS // 20)]
    ratios = []
    for _ in range(21):
        base = seconds(lambda: [plant.availability(code) for code in codes])
        ratios.append(seconds(lambda: [fork.availability(code) for code in codes]) / base)
    return middle(ratios)


def written(base: World, writes: int, items: int, seed: int) -> World:
    """Return a fork with so many reservations made in it."""
    fork, random, now = base.fork(), Random(seed), micros(START)
    ids = CountingIds()
    for number in range(writes):
        claim = Claim(item_code(random.randrange(items)), random.randint(1, 20), ref=f"F{number}")
        fork.apply(decided(fork, Reserve(claim), now, ids)[1])
    return fork


def many(forks: int, writes: int, collector: Collector) -> list[Figure]:
    """Return what many forks with some writes each take, of a plant with 100 items and 100 lots each."""
    plant = filled(lots_of(100, 100))
    base = plant._world  # noqa: SLF001  # scenarios assume; here commands are written, as assumptions do inside
    free = plant.availability(item_code(0))
    before = resident()
    kept: list[World] = []
    with collecting(collector):
        taken = seconds(lambda: kept.extend(written(base, writes, 100, seed) for seed in range(forks)))
    grown = resident() - before
    assert plant.availability(item_code(0)) == free, "a fork leaks into its base"
    name = f"{forks:,} forks of {writes} writes"
    return [
        Figure(name, grown / 1e6, "MB", at_most=300),
        Figure(name, forks * writes / taken, "writes/s"),
    ]


def measure(*, quick: bool, collector: Collector) -> list[Figure]:
    """Return the figures of this subject."""
    return many(20 if quick else FORKS, 20 if quick else WRITES, collector)


if __name__ == "__main__":
    options = arguments(__doc__)
    report("Forks", measure(quick=options.quick, collector=options.gc), options)
