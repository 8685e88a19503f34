"""Reading back: from public events in memory to the state, a second, and from a document to its events.

Commits of one movement are adjustments of lots; mixed ones are the workload of reservations, with keys, cancellations
and the receipts before them. The state that is reached is asserted to be the one that was told. Everything is judged as
`Plant.load` judges it. The hostile document is a list of six million characters where a plant should be.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.harness import Collector, Figure, arguments, collecting, middle, report, seconds
from benchmarks.ledger import OneByOne, filled
from benchmarks.workload import lots_of, workload

from prodstock.codec.document import dump_document, load_document
from prodstock.errors import InvalidData
from prodstock.gathering import open_lots
from prodstock.stock.count import Adjust
from prodstock.stock.replay import replay
from prodstock.stock.translate import describe
from prodstock.tables import Table

if TYPE_CHECKING:
    from collections.abc import Iterable

    from prodstock.journal.commit import Recorded
    from prodstock.plant import Plant
    from prodstock.stock.world import World

ROUNDS = 3
COMMITS = 20_000
HOSTILE = 6_000_000


def adjusted(commits: int) -> tuple[Plant, list[Recorded]]:
    """Return a plant and its events: lots, then adjustments of one lot each."""
    lots = lots_of(100, 10)
    plant = filled(lots)
    for number in range(commits):
        lot = lots[number % len(lots)]
        plant.do(Adjust(lot.item, 1, lot=lot.code))
    return plant, told(plant)


def mixed(commands: int) -> tuple[Plant, list[Recorded]]:
    """Return a plant and its events after the workload of reservations."""
    work = workload(commands=commands)
    ledger = OneByOne(work.lots)
    ledger.run(work.wishes)
    return ledger.plant, told(ledger.plant)


def told(plant: Plant) -> list[Recorded]:
    """Return all events of a plant, in their order."""
    world = plant._world  # noqa: SLF001  # a plant in memory keeps no events to be read
    return [recorded for number in range(len(world)) for recorded in describe(world, number)]


def replayed(plant: Plant, events: Iterable[Recorded], collector: Collector) -> float:
    """Return the seconds that the fold takes."""
    worlds: list[World] = []
    with collecting(collector):
        taken = seconds(lambda: worlds.append(replay(plant.catalog, events, whole=True)))
    world = plant._world  # noqa: SLF001  # as above
    assert len(worlds[0]) == len(world), "replay tells of other commits"
    assert held(worlds[0]) == held(world), "replay tells of other stock"
    return taken


def held(world: World) -> dict[tuple[str, str | None], object]:
    """Return what is free of each lot."""
    return {(lot.item, lot.lot): lot.free for lot, _ in open_lots(world)}


def loaded(plant: Plant, events: list[Recorded], collector: Collector) -> float:
    """Return the seconds that a document of events takes to be read."""
    text = dump_document(plant.catalog, events)
    found: list[object] = []
    with collecting(collector):
        taken = seconds(lambda: found.append(load_document(text)))
    assert found == [(plant.catalog, Table(events))], "the document tells of something else"
    return taken


def refused(text: str, collector: Collector) -> float:
    """Return the seconds after which a text is refused."""

    def load() -> None:
        try:
            load_document(text)
        except InvalidData:
            return
        raise AssertionError(text[:60])

    with collecting(collector):
        return seconds(load)


def measure(*, quick: bool, collector: Collector) -> list[Figure]:
    """Return the figures of this subject."""
    figures = []
    for name, make, aim in (("commits of one movement", adjusted, 120_000), ("mixed commits", mixed, None)):
        plant, events = make(500 if quick else COMMITS)
        commits = len({recorded.commit for recorded in events})
        taken = middle([replayed(plant, events, collector) for _ in range(1 if quick else ROUNDS)])
        figures.append(Figure(f"replay, {name}", commits / taken, "commits/s", at_least=aim))
    plant, events = adjusted(100 if quick else 10_000)
    taken = loaded(plant, events, collector)
    figures.append(Figure(f"reading a document of {len(events):,} events", len(events) / taken, "events/s"))
    size = HOSTILE // 100 if quick else HOSTILE
    taken = refused("[" + "[]," * (size // 3) + "1]", collector)
    figures.append(Figure("refusing a hostile document", taken, "s", at_most=1))
    return figures


if __name__ == "__main__":
    options = arguments(__doc__)
    report("Replay", measure(quick=options.quick, collector=options.gc), options)
