"""Orders of five components from end to end: launch, reserve, issue, report, complete, two tests, release."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from benchmarks.harness import Collector, Figure, arguments, collecting, middle, report, seconds
from benchmarks.workload import START

from prodstock.journal.store import ManualClock
from prodstock.master.bom import BillOfMaterial, BomLine
from prodstock.master.catalog import Catalog
from prodstock.master.codes import ItemCode
from prodstock.master.item import Item, Tracking
from prodstock.master.release_criteria import ReleaseCriteria
from prodstock.master.resource import Resource
from prodstock.master.routing import Operation, Routing
from prodstock.orders.planned import PlannedMake
from prodstock.plant import Plant
from prodstock.quality.inspection import Record, Verdict
from prodstock.quality.release import ReleaseGoods
from prodstock.shopfloor.issue import Issue
from prodstock.shopfloor.launch import Launch
from prodstock.shopfloor.report import Complete, Report
from prodstock.stock.receive import Receive
from prodstock.stock.reservation import Reserve

ROUNDS = 3
COMMANDS = 8
PRODUCTS = 20
COMPONENTS = 5
CRITERIA = ("acoustic-test", "label")
RUN = 10
SIZES = 11


def catalog() -> Catalog:
    """Return products of five components each, with two operations and two criteria of release."""
    definitions: list[Item | BillOfMaterial | Routing | ReleaseCriteria | Resource] = [Resource("bench")]
    for number in range(PRODUCTS):
        product = f"P{number}"
        parts = [f"{product}-C{part}" for part in range(COMPONENTS)]
        definitions += [Item(code, tracking=Tracking.LOT) for code in (product, *parts)]
        definitions.append(BillOfMaterial(product, revision="A", lines=[BomLine(part, 1) for part in parts]))
        steps = [Operation(step, resource="bench") for step in ("assemble", "pack")]
        definitions.append(Routing(product, operations=steps))
        definitions.append(ReleaseCriteria(product, requires=CRITERIA))
    return Catalog(definitions)


def stocked(orders: int) -> Plant:
    """Return a plant with enough components for so many orders, in lots of a hundred pieces."""
    plant = Plant(catalog(), clock=ManualClock(START))
    lots = orders * RUN // PRODUCTS // 100 + 2
    for number in range(PRODUCTS):
        for part in range(COMPONENTS):
            for lot in range(lots):
                plant.do(Receive(f"P{number}-C{part}", 100, lot=f"L{lot}"))
    return plant


def make(plant: Plant, proposals: list[PlannedMake]) -> None:
    """Take each proposal through the shop, one after the other."""
    do = plant.do
    for proposal in proposals:
        quantity = proposal.quantity
        order = do(Launch(proposal)).answer
        do(Issue(do(Reserve(order)).answer))
        do(Report(order, "assemble", good=quantity))
        output = do(Complete(order, good=quantity)).answer
        for criterion in CRITERIA:
            do(Record(output, criterion, Verdict.PASSED))
        do(ReleaseGoods(output))


def lasted(orders: int, collector: Collector, sizes: int = 1) -> float:
    """Return the seconds of so many orders on stock of their own, of so many sizes around ten in turn."""
    plant = stocked(orders)
    due = START + timedelta(days=1)
    proposals = [
        PlannedMake(ItemCode(f"P{number % PRODUCTS}"), size(number, sizes), START, due, "A", code=f"PL-{number}")
        for number in range(orders)
    ]
    with collecting(collector):
        taken = seconds(lambda: make(plant, proposals))
    free = sum(plant.availability(f"P{number}").free for number in range(PRODUCTS))
    assert free == sum(one.quantity for one in proposals), "not all that was made is free"
    plant.check()
    return taken


def size(number: int, sizes: int) -> Decimal:
    """Return how many pieces an order makes."""
    return Decimal(RUN - sizes // 2 + number % sizes)


def measure(*, quick: bool, collector: Collector) -> list[Figure]:
    """Return the figures of this subject."""
    orders = 40 if quick else 1_000
    rounds = range(1 if quick else ROUNDS)
    taken = middle([lasted(orders, collector) for _ in rounds])
    mixed = middle([lasted(orders, collector, SIZES) for _ in rounds])
    return [
        Figure("orders of five components, end to end", orders / taken, "orders/s", at_least=3_000),
        Figure("   each of another size than the one before", orders / mixed, "orders/s"),
        Figure("   their commands", COMMANDS * orders / taken, "commands/s"),
    ]


if __name__ == "__main__":
    options = arguments(__doc__)
    report("Production orders", measure(quick=options.quick, collector=options.gc), options)
