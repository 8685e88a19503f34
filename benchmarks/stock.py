"""Reservations a second, against a naive version, SQLite and `eventsourcing`: the same wishes, the same answers.

All run in one process, interleaved, several rounds, each on stock of its own; a ratio is the median of the rounds'
ratios. Answers are asserted equal line by line, and so is what is free of each lot in the end.
"""

from __future__ import annotations

from functools import partial
from importlib.util import find_spec
from typing import TYPE_CHECKING, TypeAlias

from benchmarks.harness import Collector, Figure, arguments, collecting, middle, report, seconds
from benchmarks.ledger import MadeBefore, OneByOne, PicksRead, Submitted
from benchmarks.peers.naive import NaiveLedger
from benchmarks.peers.sqlite import SqliteLedger
from benchmarks.workload import workload

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from benchmarks.contender import Contender
    from benchmarks.workload import Answer, Workload

Told: TypeAlias = tuple[list["Answer"], dict[tuple[str, str], int]]
OURS = "prodstock, do"
READ = "prodstock, do, picks read"
BEFORE = "prodstock, do, commands made before"
BATCHES = "prodstock, submit by the thousand"
AIMS = {"naive frozen attrs": 2.0, "SQLite in memory": 4.5, "eventsourcing": 12.0}


def contenders(work: Workload) -> Mapping[str, Callable[[], Contender]]:
    """Return who is measured, by name; `eventsourcing` only where it is installed."""
    found: dict[str, Callable[[], Contender]] = {
        OURS: partial(OneByOne, work.lots),
        READ: partial(PicksRead, work.lots),
        BEFORE: partial(MadeBefore, work.lots, work.wishes),
        BATCHES: partial(Submitted, work.lots, work.wishes),
        "naive frozen attrs": partial(NaiveLedger, work.lots),
        "SQLite in memory": partial(SqliteLedger, work.lots),
    }
    if find_spec("eventsourcing") is not None:
        from benchmarks.peers.events_lib import EventsLedger  # noqa: PLC0415  # an optional extra

        found["eventsourcing"] = partial(EventsLedger, work.lots)
    return found


def race(work: Workload, rounds: int, collector: Collector) -> dict[str, list[float]]:
    """Return the seconds of each contender in each round; all answers are asserted equal."""
    taken: dict[str, list[float]] = {}
    first: Told | None = None
    for _ in range(rounds):
        for name, make in contenders(work).items():
            lasted, told = run(make(), work, collector)
            first = first or told
            assert_equal(first[0], told[0], name)
            assert told[1] == first[1], f"{name} leaves other stock"
            taken.setdefault(name, []).append(lasted)
    return taken


def run(ledger: Contender, work: Workload, collector: Collector) -> tuple[float, Told]:
    """Return how long a ledger takes for the wishes, what it answers and what it leaves."""
    answers: list[object] = []
    with collecting(collector):
        lasted = seconds(lambda: answers.extend(ledger.run(work.wishes)))
    return lasted, (ledger.plain(answers), ledger.free())


def assert_equal(expected: list[Answer], told: list[Answer], name: str) -> None:
    """Assert that the answers are equal, line by line."""
    assert len(told) == len(expected), f"{name} answers {len(told)} of {len(expected)} wishes"
    for number, (left, right) in enumerate(zip(expected, told, strict=True)):
        assert left == right, f"{name} answers wish {number} with {right}, not {left}"


def measure(*, quick: bool, collector: Collector) -> list[Figure]:
    """Return the figures of this subject."""
    race(workload(items=10, lots=15, commands=500, seed=7, too_much=0.1), 1, collector)
    work = workload(items=20, lots=20, commands=1_000) if quick else workload()
    taken = race(work, 2 if quick else 5, collector)
    count = len(work.wishes)
    ours = taken[OURS]
    figures = [
        Figure(name, count / middle(times), "commands/s", at_least=100_000 if name == OURS else None)
        for name, times in taken.items()
    ]
    for peer, aim in AIMS.items():
        if peer in taken:
            ratio = middle([theirs / own for theirs, own in zip(taken[peer], ours, strict=True)])
            figures.append(Figure(f"times as fast as {peer}", ratio, "", at_least=aim))
            read = middle([theirs / own for theirs, own in zip(taken[peer], taken[READ], strict=True)])
            figures.append(Figure("   with the picks read", read, "", at_least=aim))
    return figures


if __name__ == "__main__":
    options = arguments(__doc__)
    report("Reservations", measure(quick=options.quick, collector=options.gc), options)
