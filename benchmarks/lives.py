"""Lives of reservations: reserve for a demand, ship a part of it, void the rest. Each life is three commands."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from benchmarks.harness import Collector, Figure, arguments, collecting, middle, report, seconds
from benchmarks.ledger import filled
from benchmarks.workload import START, item_code, lots_of

from prodstock.orders.demand import Demand
from prodstock.stock.expect import Expect
from prodstock.stock.goods import Goods
from prodstock.stock.reservation import Reserve, Void
from prodstock.stock.ship import Ship

if TYPE_CHECKING:
    from prodstock.plant import Plant

ROUNDS = 3
WANTED = Decimal(4)
SHIPPED = Decimal(3)
ITEMS = 100


def live(plant: Plant, refs: list[str]) -> None:
    """Carry out the three commands of each life."""
    do = plant.do
    for ref in refs:
        reservation = do(Reserve(ref)).answer
        line = reservation.lines[0]
        part = min(SHIPPED, line.quantity)
        do(Ship(Goods(line.item, lot=line.lot, quantity=part), demand=ref))
        if part < WANTED:
            do(Void(reservation))


def lasted(lives: int, collector: Collector) -> float:
    """Return the seconds of so many lives on stock of their own; the demands are there before."""
    plant = filled(lots_of(ITEMS, 100))
    refs = [f"S{number}" for number in range(lives)]
    due = START + timedelta(days=5)
    for number, ref in enumerate(refs):
        plant.do(Expect((Demand(item_code(number % ITEMS), WANTED, due=due, ref=ref),)))
    before = sum(plant.availability(item_code(number)).physical for number in range(ITEMS))
    with collecting(collector):
        taken = seconds(lambda: live(plant, refs))
    after = [plant.availability(item_code(number)) for number in range(ITEMS)]
    assert not sum(one.reserved for one in after), "something is still reserved"
    assert before - SHIPPED * lives <= sum(one.physical for one in after) < before, "stock is not what was shipped"
    plant.check()
    return taken


def measure(*, quick: bool, collector: Collector) -> list[Figure]:
    """Return the figures of this subject."""
    lives = 200 if quick else 5_000
    taken = middle([lasted(lives, collector) for _ in range(1 if quick else ROUNDS)])
    return [
        Figure("reserve, post, void", lives / taken, "lives/s", at_least=25_000),
        Figure("   its commands", 3 * lives / taken, "commands/s"),
    ]


if __name__ == "__main__":
    options = arguments(__doc__)
    report("Lives of reservations", measure(quick=options.quick, collector=options.gc), options)
