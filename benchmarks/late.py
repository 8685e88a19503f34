"""Late entries: something is written down that took effect long ago, in one lot with many movements since."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from random import Random  # noqa: TID251  # seeded

from benchmarks.harness import Collector, Figure, arguments, collecting, middle, report, seconds
from benchmarks.ledger import catalog_of
from benchmarks.workload import START, item_code

from prodstock.journal.store import ManualClock
from prodstock.plant import Plant
from prodstock.stock.count import Adjust

LATE = 300


def worn(movements: int) -> tuple[Plant, ManualClock]:
    """Return a plant whose one lot has moved so often, once a second."""
    clock = ManualClock(START)
    plant = Plant(catalog_of([item_code(0)]), clock=clock)
    plant.receive(item_code(0), 1_000_000, lot="L")
    for number in range(movements):
        clock.advance(timedelta(seconds=1))
        plant.do(Adjust(item_code(0), -1 if number % 2 else 1, lot="L"))
    return plant, clock


def measure(*, quick: bool, collector: Collector) -> list[Figure]:
    """Return the figures of this subject."""
    movements = 2_000 if quick else 100_000
    plant, _ = worn(movements)
    random = Random(1)
    asked = [
        Adjust(item_code(0), random.choice((-1, 1)), lot="L", at=START + timedelta(seconds=random.randrange(movements)))
        for _ in range(20 if quick else LATE)
    ]
    moments = [START + timedelta(seconds=random.randrange(movements)) for _ in asked]
    physical = plant.availability(item_code(0)).physical
    with collecting(collector):
        times = [seconds(partial(plant.do, one)) for one in asked]
        reads = [seconds(partial(plant.availability, item_code(0), at=at)) for at in moments]
    signs = sum(int(str(one.difference)) for one in asked)
    assert plant.availability(item_code(0)).physical == physical + signs, "late entries are lost"
    plant.check()
    return [
        Figure(f"late entry into {movements:,} movements", middle(times) * 1e3, "ms", at_most=0.5),
        Figure("   the slowest of them", max(times) * 1e3, "ms"),
        Figure("   availability as of a moment among them", middle(reads) * 1e3, "ms"),
    ]


if __name__ == "__main__":
    options = arguments(__doc__)
    report("Late entries", measure(quick=options.quick, collector=options.gc), options)
