"""Planning a random factory at one, ten and a hundred thousand items, against a plain reference and `repleno`.

Where numpy is there, the same is netted by buckets in arrays: a grid of it, made once, netted again and again.

All run in one process. A ratio is that of the shortest of the rounds' times, each round running the reference too; the
total ordered of each item is asserted equal to the reference's. The catalog is compiled once and kept with it: cold is
the first plan of a catalog, warm any later one. Full pegging is who takes what of which supply, all of it looked at.
"""

from __future__ import annotations

import tracemalloc
from collections import deque
from datetime import timedelta
from functools import partial
from importlib.util import find_spec
from typing import TYPE_CHECKING, NamedTuple

from benchmarks.factory import catalog_of, random_factory, snapshot_of
from benchmarks.growth import exponent
from benchmarks.harness import Collector, Figure, arguments, collecting, report, seconds
from benchmarks.peers.plain_mrp import plain_totals
from benchmarks.workload import START

from prodstock.planning import messages
from prodstock.planning.gather import gather
from prodstock.planning.lead_time import LeadTimes
from prodstock.planning.netting import Netting
from prodstock.planning.planner import plan
from prodstock.planning.policy import Mode, PlanningPolicy, SafetyStock
from prodstock.planning.proposing import Proposer
from prodstock.planning.sources import Sources

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchmarks.factory import Factory

    from prodstock.extras.netted import Netted
    from prodstock.planning.snapshot import Snapshot

UNTIL = START + timedelta(weeks=60)
POLICY = PlanningPolicy(safety=SafetyStock.AT_ONCE, use_late_receipts=False)
CONSTRAINED = PlanningPolicy(mode=Mode.CONSTRAINED, safety=SafetyStock.AT_ONCE, use_late_receipts=False)
AIMED_AT = 100_000
PEER_UP_TO = 10_000
CONSTRAINED_UP_TO = 10_000
ROUNDS = 3
SWEEP = 5


class Times(NamedTuple):
    """The shortest of the rounds' processor times, in seconds."""

    plain: float
    compiling: float
    gathering: float
    netting: float
    pegging: float
    reporting: float
    naming: float
    cold: float
    warm: float


def netted(snapshot: Snapshot, sources: Sources) -> Netting:
    """Return what netting has to work on, gathered and checked as for any plan."""
    times = LeadTimes(snapshot.catalog)
    gathered = gather(snapshot, times, POLICY, UNTIL)
    return Netting(gathered, Proposer(sources, times, gathered.now, gathered.choices), POLICY, ())


def compiled(snapshot: Snapshot) -> Sources:
    """Return the recipes and terms of all items, each worked out."""
    sources = Sources(snapshot.catalog)
    for item in snapshot.catalog.items:
        sources.always(item, "MAIN")
    return sources


def look_at_pegs(netting: Netting) -> None:
    """Work out who takes what, at every station."""
    for station in netting.stations:
        deque(station.pegged(), maxlen=0)


def name_orders(netting: Netting) -> None:
    """Make every order as people get it, with its code and whom it is for."""
    for number in range(len(netting.orders.start)):
        netting.naming.public(number)


def to_messages(snapshot: Snapshot, policy: PlanningPolicy = POLICY) -> None:
    """Plan, from definitions, lots and demands to messages."""
    deque(plan(snapshot, policy, until=UNTIL).messages, maxlen=0)


def assert_totals(netting: Netting, factory: Factory, expected: list[int]) -> None:
    """Assert that as much is ordered of each item as the reference orders."""
    found: dict[str, int] = {}
    for number, quantity in enumerate(netting.orders.quantity):
        item = netting.item_of(number).code
        found[item] = found.get(item, 0) + quantity
    for one, total in zip(factory.items, expected, strict=True):
        assert found.get(one.code, 0) == total, f"{found.get(one.code, 0)} of {one.code} are ordered, not {total}"


def one_round(factory: Factory, collector: Collector) -> Times:
    """Return the times of one round with a catalog of its own, and assert the totals."""
    totals: list[int] = []
    sources: list[Sources] = []
    nettings: list[Netting] = []
    snapshot = snapshot_of(factory, catalog_of(factory))
    with collecting(collector):
        plain = seconds(lambda: totals.extend(plain_totals(factory)))
        cold = seconds(partial(to_messages, snapshot))
        warm = seconds(partial(to_messages, snapshot))
        compiling = seconds(lambda: sources.append(compiled(snapshot)))
        gathering = seconds(lambda: nettings.append(netted(snapshot, sources[0])))
        netting = nettings[0]
        running = seconds(partial(netting.run, None))
        pegging = seconds(partial(look_at_pegs, netting))
        reporting = seconds(partial(messages.messages, netting, snapshot))
        naming = seconds(partial(name_orders, netting))
    assert_totals(netting, factory, totals)
    return Times(plain, compiling, gathering, running, pegging, reporting, naming, cold, warm)


def shortest(factory: Factory, rounds: int, collector: Collector) -> Times:
    """Return the shortest times of several rounds."""
    return Times(*map(min, zip(*(one_round(factory, collector) for _ in range(rounds)), strict=True)))


def memory(factory: Factory) -> tuple[float, float]:
    """Return the bytes an item that a netted plan takes, as Python's allocator counts them: without and with pegs.

    Without are the stations with all wants, supplies and orders, from which the pegs follow; with are the pegs of each
    want and each supply, ready to be looked up. What the snapshot and the catalog hold is not counted.
    """
    snapshot = snapshot_of(factory, catalog_of(factory))
    sources = compiled(snapshot)
    tracemalloc.start()
    netting = netted(snapshot, sources)
    netting.run(None)
    without = tracemalloc.get_traced_memory()[0]
    for station in netting.stations:
        for want in range(min(1, len(station.wants))):
            station.takes(want)
    pegs = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    return without / len(factory.items), pegs / len(factory.items)


def constrained(factory: Factory, collector: Collector) -> float:
    """Return how many times as long a constrained plan takes as an unconstrained one, both to messages and warm."""
    snapshot = snapshot_of(factory, catalog_of(factory))
    to_messages(snapshot)
    with collecting(collector):
        free = min(seconds(partial(to_messages, snapshot)) for _ in range(2))
        return seconds(partial(to_messages, snapshot, CONSTRAINED)) / free


def peer(factory: Factory, collector: Collector) -> float:
    """Return the seconds that `repleno` takes, once it has loaded the factory."""
    from benchmarks.peers.repleno_mrp import loaded, schedule  # noqa: PLC0415  # an optional extra

    planner, demands = loaded(factory), schedule(factory)
    with collecting(collector):
        return seconds(partial(planner.run_mrp, demands))


class GridTimes(NamedTuple):
    """The shortest of the rounds' processor times, in seconds; `compiling` is a catalog's first grid."""

    plain: float
    compiling: float
    filling: float
    netting: float
    changed: float
    arrays: float


def grid_times(factory: Factory, rounds: int, collector: Collector) -> GridTimes:
    """Return the times of a grid, each round netting the reference too, and assert the totals of each item.

    It is netted several times a round as in a sweep, where one result makes way for the next.
    """
    from prodstock.extras.grid import Grid  # noqa: PLC0415  # an optional extra

    snapshot = snapshot_of(factory, catalog_of(factory))
    grids: list[Grid] = []
    grid_of = partial(Grid.of, snapshot, until=UNTIL, bucket=timedelta(weeks=1))
    times: list[tuple[float, ...]] = []
    with collecting(collector):
        compiling = seconds(lambda: grids.append(grid_of()))
        for _ in range(rounds):
            totals: list[int] = []
            netted: dict[str, Netted] = {}
            plain = seconds(lambda: totals.extend(plain_totals(factory)))  # noqa: B023  # called at once
            filling = seconds(lambda: grids.append(grid_of()))
            grid = grids.pop()
            netting = min(seconds(lambda: netted.update(last=grid.net())) for _ in range(SWEEP))  # noqa: B023  # as above
            twice = 2 * grid.demand
            changed = min(seconds(lambda: grid.net(demand=twice)) for _ in range(SWEEP))  # noqa: B023  # as above
            arrays = seconds(lambda: (netted["last"].planned, netted["last"].released, netted["last"].projected))  # noqa: B023
            found = netted["last"].totals()
            for one, total in zip(factory.items, totals, strict=True):
                assert found.get(one.code, 0) == total, f"{found.get(one.code, 0)} of {one.code}, not {total}"
            times.append((plain, filling, netting, changed, arrays))
    plain, *others = map(min, zip(*times, strict=True))
    return GridTimes(plain, compiling, *others)


def figures_of_grid(count: int, times: GridTimes) -> list[Figure]:
    """Return what the grid of one size comes to, as ratios to the reference."""
    name = f"{count:,} items: grid"
    aim = 0.1 if count == AIMED_AT else None
    return [
        Figure(f"{name}, netting", times.netting / times.plain, "x plain", at_most=aim),
        Figure(f"{name}, netting with other demand", times.changed / times.plain, "x plain"),
        Figure(f"{name},    all its arrays", times.arrays / times.plain, "x plain"),
        Figure(f"{name},    from a snapshot, warm catalog", times.filling / times.plain, "x plain"),
        Figure(f"{name},    from a snapshot, cold catalog", times.compiling / times.plain, "x plain"),
    ]


def figures_of(count: int, times: Times) -> list[Figure]:
    """Return what one size comes to, as ratios to the reference; the aims are those of the largest size."""
    size = f"{count:,} items"

    def ratio(name: str, taken: float, aim: float) -> Figure:
        at_most = aim if count == AIMED_AT else None
        return Figure(f"{size}: {name}", taken / times.plain, "x plain", at_most=at_most)

    return [
        Figure(f"{size}: plain reference", times.plain * 1_000, "ms"),
        ratio("netting, pegs implied", times.netting, 0.35),
        ratio("netting, every peg looked at", times.netting + times.pegging, 1.0),
        ratio("to messages, warm catalog", times.warm, 2.0),
        ratio("to messages, cold catalog", times.cold, 2.0),
        Figure(f"{size}:    compiling the catalog", times.compiling / times.plain, "x plain"),
        Figure(f"{size}:    checking and gathering", times.gathering / times.plain, "x plain"),
        Figure(f"{size}:    messages", times.reporting / times.plain, "x plain"),
        Figure(f"{size}:    naming all orders", times.naming / times.plain, "x plain"),
    ]


def growth(points: list[tuple[int, Times]], part: Callable[[Times], float]) -> float:
    """Return how the time of a part grows with the size."""
    return exponent([(count, part(times)) for count, times in points])


def measure(*, quick: bool, collector: Collector) -> list[Figure]:
    """Return the figures of this subject."""
    sizes = (300, 1_000) if quick else (1_000, 10_000, AIMED_AT)
    rounds = 1 if quick else ROUNDS
    points = [(count, shortest(random_factory(count), rounds, collector)) for count in sizes]
    figures = [figure for count, times in points for figure in figures_of(count, times)]
    figures += [
        Figure("growth exponent, netting", growth(points, lambda times: times.netting), "", at_most=1.15),
        Figure("growth exponent, to messages", growth(points, lambda times: times.warm), "", at_most=1.15),
    ]
    if find_spec("numpy") is not None:
        for count in sizes:
            figures += figures_of_grid(count, grid_times(random_factory(count), rounds, collector))
    middling = random_factory(min(sizes[-1], CONSTRAINED_UP_TO))
    without, pegs = memory(middling)
    name = f"{len(middling.items):,} items: "
    figures += [
        Figure(f"{name}memory, pegs implied (traced)", without, "bytes/item", at_most=500),
        Figure(f"{name}memory, pegs looked up (traced)", pegs, "bytes/item", at_most=1_500),
        Figure(f"{name}constrained", constrained(middling, collector), "x unconstrained", at_most=3),
    ]
    if find_spec("repleno") is not None:
        for count, times in points:
            if count <= PEER_UP_TO:
                theirs = peer(random_factory(count), collector)
                aim = 50 if count == PEER_UP_TO else None
                figures += [
                    Figure(f"{count:,} items: times as fast as repleno", theirs / times.netting, "", at_least=aim),
                    Figure(f"{count:,} items:    all the way to messages", theirs / times.warm, "", at_least=aim),
                ]
    return figures


if __name__ == "__main__":
    options = arguments(__doc__)
    report("Planning", measure(quick=options.quick, collector=options.gc), options)
