"""What a plan meant goods for stays with them once they are there: from lot to order to demand, and back."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from prodstock.calendars.span import working_days
from prodstock.errors import InvalidTypeError, UnknownCode
from prodstock.journal.store import ManualClock
from prodstock.master.bom import BillOfMaterial, BomLine
from prodstock.master.catalog import Catalog
from prodstock.master.item import Item, Supply, Tracking
from prodstock.master.location import Site
from prodstock.master.sourcing import Sourcing
from prodstock.orders.demand import Demand
from prodstock.orders.planned import PlannedBuy, PlannedMake, PlannedMove
from prodstock.orders.purchase import PurchaseOrder
from prodstock.plant import Plant
from prodstock.stock.goods import Goods
from prodstock.stock.receive import Receive
from prodstock.stock.vendor import ReturnToVendor

START = datetime(2026, 3, 2, 6, tzinfo=UTC)
UNTIL = date(2026, 6, 1)


@pytest.fixture
def plant() -> Plant:
    """A plant that makes aids of two microphones each, and has orders for ten and five of them."""
    items = [Item("MIC", tracking=Tracking.LOT), Item("AID", tracking=Tracking.LOT, supply=Supply.MAKE)]
    terms = Sourcing("MIC", supplier="KNW", lead_time=working_days(5), minimum=15)
    catalog = Catalog([*items, terms, Site("WEST"), BillOfMaterial("AID", [BomLine("MIC", 2)])])
    plant = Plant(catalog, clock=ManualClock(START))
    plant.expect(Demand("AID", 10, due=date(2026, 4, 1), ref="SO-1"))
    plant.expect(Demand("AID", 5, due=date(2026, 4, 2), ref="SO-2"))
    return plant


def bought(plant: Plant) -> list[PurchaseOrder]:
    """Order what the plan would buy."""
    return [plant.purchase(one) for one in plant.plan(until=UNTIL).orders if isinstance(one, PlannedBuy)]


def test_goods_know_the_order_they_came_with_and_for_whom_it_was_placed(plant: Plant) -> None:
    """One lot that came with two orders has a row of each, with how much came; what left later is still in it."""
    first, second = bought(plant)
    plant.receive("MIC", 20, lot="M-1", against=first.ref)
    plant.receive("MIC", 12, lot="M-1", against=second.ref)
    plant.receive("MIC", 3, lot="M-1")
    plant.do(ReturnToVendor(Goods("MIC", lot="M-1", quantity=4), against=second.ref))

    rows = [(one.ref, int(one.quantity), one.serves) for one in plant.trace.brought_by("M-1")]
    assert rows == [(first.ref, 20, ("SO-1",)), (second.ref, 12, ("SO-2",))]
    assert plant.supply.order(second.ref or "").serves == ("SO-2",)


def test_what_was_taken_back_never_came(plant: Plant) -> None:
    """A receipt that was reversed brings nothing."""
    first, _ = bought(plant)
    plant.reverse(plant.do(Receive("MIC", 20, lot="M-1", against=first.ref)).events[0])
    assert not plant.trace.brought_by("M-1")


def test_a_purchase_is_traced_to_the_production_order_that_used_it(plant: Plant) -> None:
    """From what was made back to the purchase orders of its parts, as InvenTree #11226 asks for."""
    for placed in bought(plant):
        plant.receive("MIC", placed.quantity, lot=f"of {placed.ref}", against=placed.ref)
    order = plant.launch(next(one for one in plant.plan(until=UNTIL).orders if isinstance(one, PlannedMake)))
    plant.issue(plant.reserve(order))
    made = plant.complete(order, good=10)

    genealogy = plant.trace.backward(made)
    assert genealogy.orders == (order.code,)
    assert genealogy.supplies == ("PU-1",)
    (row,) = plant.trace.brought_by(made)
    assert (row.ref, int(row.quantity), row.serves) == (order.code, 10, ("SO-1",))


def test_all_orders_for_a_demand(plant: Plant) -> None:
    """What is made comes before what is bought and moved, with how far it is; what serves others only is left out."""
    bought(plant)
    make = next(one for one in plant.plan(until=UNTIL).orders if isinstance(one, PlannedMake) and one.quantity == 10)
    order = plant.launch(make)
    found = [(one.ref, str(one.status), int(one.quantity)) for one in plant.trace.ordered_for("SO-1")]
    assert found == [(order.code, "launched", 10), ("PU-1", "placed", 20)]
    assert [one.ref for one in plant.trace.ordered_for("SO-2")] == ["PU-2"]


def test_an_order_may_be_expected_at_another_date_than_was_planned(plant: Plant) -> None:
    """What should have been ordered long ago comes when it can; a date that is none is refused, and nothing placed."""
    first, second = (one for one in plant.plan(until=UNTIL).orders if isinstance(one, PlannedBuy))
    with pytest.raises(InvalidTypeError, match="due"):
        plant.purchase(first, due="soon")  # type: ignore[arg-type]  # junk
    assert plant.purchase(first, due=date(2026, 4, 9)).due == date(2026, 4, 9)
    assert plant.purchase(second).due == second.receive
    assert [one.ref for one in plant.supply.orders()] == ["PU-1", "PU-2"]

    due = START + timedelta(days=2)
    move = PlannedMove("MIC", Decimal(8), START, due, source="WEST", target="MAIN", code="x")
    assert plant.transfer(move, due=date(2026, 3, 6)).due == date(2026, 3, 6)


def test_nobody_knows_orders_for_a_demand_that_there_is_not(plant: Plant) -> None:
    """The refusal names what is like it."""
    with pytest.raises(UnknownCode, match="SO-1"):
        plant.trace.ordered_for("SO-11")


def test_goods_that_were_moved_came_with_the_transfer(plant: Plant) -> None:
    """A transfer order keeps for whom it was placed as a purchase order does."""
    plant.receive("MIC", 8, lot="M-1", site="WEST")
    due = START + timedelta(days=2)
    move = PlannedMove("MIC", Decimal(8), START, due, source="WEST", target="MAIN", code="x", serves=["SO-2"])
    order = plant.transfer(move)
    plant.move(Goods("MIC", lot="M-1", quantity=5), to="STORES", against=order.ref)
    plant.move(Goods("MIC", lot="M-1", quantity=3, site="WEST"), to="IN-TRANSIT", against=order.ref)
    plant.move(Goods("MIC", lot="M-1", location="IN-TRANSIT"), to="STORES")

    assert plant.supply.order(order.ref or "").serves == ("SO-2",)
    (row,) = plant.trace.brought_by("M-1")
    assert (row.ref, int(row.quantity), row.serves) == (order.ref, 8, ("SO-2",))
