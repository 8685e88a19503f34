"""What is made is good no longer than what goes in that limits its life."""

from datetime import UTC, date, datetime, timedelta

import pytest

import prodstock as ps
from prodstock.journal.store import MemoryEvents
from prodstock.master.bom import BillOfMaterial, BomLine, CoProduct
from prodstock.master.bom_terms import Substitution
from prodstock.master.catalog import Catalog
from prodstock.master.item import Item, Supply, Tracking
from prodstock.master.routing import Operation, Routing
from prodstock.master.substitute import Substitute
from prodstock.orders.planned import PlannedMake
from prodstock.orders.production import ProductionOrder
from prodstock.plant import Plant

NOW = datetime(2026, 3, 2, 6, tzinfo=UTC)
LOT = Tracking.LOT
GOATS = Substitute("GOAT", use=Substitution.BEFORE_ORDERING)
MILK = BomLine("MILK", 1, limits_life=True, substitutes=[GOATS])
ITEMS = [Item("MILK", tracking=LOT), Item("GOAT", tracking=LOT), Item("CUP"), Item("WHEY", tracking=LOT)]
CUP = BomLine("CUP", 1)


def end(day: int, month: int = 3) -> datetime:
    """Return when the last day ends on which something is good."""
    return datetime(2026, month, day, tzinfo=UTC) + timedelta(days=1)


def dairy(*definitions: object, tracking: Tracking = LOT, store: MemoryEvents | None = None) -> Plant:
    """Return a plant with cups and a yoghurt that is good for 21 days."""
    yoghurt = Item("YOG", tracking=tracking, shelf_life=timedelta(days=21))
    catalog = Catalog([yoghurt, *ITEMS, *definitions])  # type: ignore[list-item]  # definitions, all of them
    plant = Plant(catalog, clock=ps.ManualClock(NOW), events=store)
    plant.receive("CUP", 100)
    return plant


def launched(plant: Plant, quantity: int = 10) -> ProductionOrder:
    """Return a launched order of yoghurt."""
    return plant.launch(PlannedMake("YOG", quantity, revision="A", start=NOW, due=NOW + timedelta(days=1)))


def milk(plant: Plant, lot: str, quantity: int, expires: date, item: str = "MILK") -> None:
    """Receive some milk."""
    plant.receive(item, quantity, lot=lot, expires=expires)


def test_a_lot_expires_with_its_milk() -> None:
    """Of the shelf life and what the milk allows the earlier counts; the cup, and milk that was not used, do not."""
    plant = dairy(BillOfMaterial("YOG", [MILK, CUP]))
    milk(plant, "M-1", 6, date(2026, 3, 20))
    order = launched(plant, 6)
    plant.issue(plant.reserve(order))
    milk(plant, "M-0", 5, date(2026, 3, 3))
    plant.complete(order, good=6)
    assert plant.stock.lot(order.lot).expires == end(20)
    fresh = dairy(BillOfMaterial("YOG", [MILK, CUP]))
    milk(fresh, "M-1", 6, date(2026, 5, 20))
    order = launched(fresh, 6)
    fresh.issue(fresh.reserve(order))
    fresh.complete(order, good=6)
    assert fresh.stock.lot(order.lot).expires == NOW + timedelta(days=21)


def test_without_the_word_nothing_is_limited() -> None:
    """A bill that does not say so leaves the lot its shelf life."""
    plant = dairy(BillOfMaterial("YOG", [BomLine("MILK", 1), CUP]))
    milk(plant, "M-1", 6, date(2026, 3, 5))
    order = launched(plant, 6)
    plant.issue(plant.reserve(order))
    plant.complete(order, good=6)
    assert plant.stock.lot(order.lot).expires == NOW + timedelta(days=21)


def test_what_is_put_in_later_has_the_lot_tested_again() -> None:
    """The lot is there when worse milk goes in: its expiry stays as it was told, and it is tested again by then."""
    store = MemoryEvents()
    plant = dairy(BillOfMaterial("YOG", [MILK, CUP]), store=store)
    milk(plant, "M-1", 4, date(2026, 3, 20))
    order = launched(plant)
    partly = ps.AllocationPolicy(partial=ps.Partial.ALLOW)
    plant.issue(plant.reserve(order, policy=partly))
    plant.complete(order, good=4)
    assert (plant.stock.lot(order.lot).expires, plant.stock.lot(order.lot).retest) == (end(20), None)
    milk(plant, "M-2", 6, date(2026, 3, 9))
    plant.issue(plant.reserve(order, policy=partly))
    plant.complete(order, good=5)
    assert (plant.stock.lot(order.lot).expires, plant.stock.lot(order.lot).retest) == (end(20), end(9))
    plant.check()
    again = Plant(plant.catalog, clock=ps.ManualClock(NOW), events=store)
    assert again.stock.lot(order.lot) == plant.stock.lot(order.lot)


def test_taking_it_back_takes_the_test_back() -> None:
    """The confirmation with the worse milk is reversed: the lot is good as long as before."""
    plant = dairy(BillOfMaterial("YOG", [MILK, CUP]))
    milk(plant, "M-1", 4, date(2026, 3, 20))
    order = launched(plant)
    partly = ps.AllocationPolicy(partial=ps.Partial.ALLOW)
    plant.issue(plant.reserve(order, policy=partly))
    plant.complete(order, good=4)
    milk(plant, "M-2", 6, date(2026, 3, 9))
    plant.issue(plant.reserve(order, policy=partly))
    done = plant.do(ps.Complete(order, good=5))
    plant.reverse(done.events[0])
    assert plant.stock.lot(order.lot).retest is None
    plant.check()


def test_milk_of_the_second_step_limits_a_lot_of_the_first() -> None:
    """Units are born at the first step; the step that takes the milk says how long they are good."""
    steps = Routing("YOG", [Operation("mix"), Operation("fill")])
    bill = BillOfMaterial(
        "YOG", [BomLine("CUP", 1, operation="mix"), BomLine("MILK", 1, limits_life=True, operation="fill")]
    )
    plant = dairy(bill, steps)
    milk(plant, "M-1", 6, date(2026, 3, 12))
    order = launched(plant, 6)
    plant.issue(plant.reserve(order))
    plant.report(order, "mix", good=6)
    assert plant.stock.lot(order.lot).retest is None
    plant.complete(order, good=6)
    assert plant.stock.lot(order.lot).retest == end(12)


@pytest.mark.parametrize("tracking", [Tracking.LOT, Tracking.SERIAL])
def test_substitutes_and_phantoms_limit_too(tracking: Tracking) -> None:
    """Goat's milk that stands in limits as the milk does, also inside a phantom of which all limits."""
    base = [Item("BASE", supply=Supply.PHANTOM), BillOfMaterial("BASE", [BomLine("MILK", 1, substitutes=[GOATS])])]
    plant = dairy(BillOfMaterial("YOG", [BomLine("BASE", 1, limits_life=True), CUP]), *base, tracking=tracking)
    milk(plant, "M-1", 4, date(2026, 3, 20))
    milk(plant, "G-1", 6, date(2026, 3, 8), item="GOAT")
    order = launched(plant)
    plant.issue(plant.reserve(order))
    plant.complete(order, good=10)
    assert plant.stock.lot(order.lot).expires == end(8)


def test_what_comes_out_beside_is_limited_too() -> None:
    """Whey is good no longer than the milk it came from."""
    plant = dairy(BillOfMaterial("YOG", [MILK, CUP], outputs=[CoProduct("WHEY", 1)]))
    milk(plant, "M-1", 6, date(2026, 3, 12))
    order = launched(plant, 6)
    plant.issue(plant.reserve(order))
    plant.complete(order, good=6)
    assert {lot.expires for lot in plant.snapshot().lots if lot.item in {"YOG", "WHEY"}} == {end(12)}


def test_a_plan_counts_on_nothing_past_the_date_of_its_test() -> None:
    """What is to be tested again on 9 March serves no need after it, and waits for the test from then on."""
    plant = dairy(BillOfMaterial("YOG", [MILK, CUP]))
    plant.receive("MILK", 8, lot="M-1", retest=date(2026, 3, 9))
    plant.expect(ps.Demand("MILK", 4, due=date(2026, 3, 6), ref="SO-1"))
    plant.expect(ps.Demand("MILK", 4, due=date(2026, 3, 20), ref="SO-2"))
    (short,) = plant.plan(until=date(2026, 6, 1)).shortages
    assert (short.delays, short.kind) == (("SO-2",), ps.ShortageCause.EXPIRED)
    later = plant.snapshot(at=NOW)
    assert {lot.expires for lot in later.lots if lot.item == "MILK"} == {end(9)}
