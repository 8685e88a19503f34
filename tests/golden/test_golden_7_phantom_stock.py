"""Golden case 7: a phantom with stock of its own (OCA manufacture #1362)."""

from datetime import UTC, date, datetime
from decimal import Decimal

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from prodstock.calendars.span import working_days
from prodstock.errors import Refused
from prodstock.journal.store import ManualClock
from prodstock.master.bom import Basis, BillOfMaterial, BomLine
from prodstock.master.catalog import Catalog
from prodstock.master.codes import ItemCode
from prodstock.master.item import Item, Supply
from prodstock.master.sourcing import Sourcing
from prodstock.orders.demand import Demand
from prodstock.orders.planned import PlannedMake
from prodstock.planning.planner import plan
from prodstock.planning.snapshot import Snapshot
from prodstock.plant import Plant
from prodstock.stock.allocation import OpenLot
from prodstock.stock.goods import Goods

NOW = datetime(2026, 3, 2, tzinfo=UTC)
UNTIL = date(2026, 7, 1)
KIT = Catalog(
    [
        Item("LAMP", lead_time=working_days(2)),
        Item("CORD", supply=Supply.PHANTOM),
        Item("PLUG", supply=Supply.PHANTOM),
        Item("CABLE", unit="m", scale=1),
        Item("PIN"),
        Item("LABEL"),
        BillOfMaterial("LAMP", [BomLine("CORD", 1), BomLine("PLUG", 1)]),
        BillOfMaterial("CORD", [BomLine("CABLE", "1.5"), BomLine("PLUG", 1), BomLine("LABEL", 1, per=Basis.ORDER)]),
        BillOfMaterial("PLUG", [BomLine("PIN", 2, scrap="0.1")], scrap="0.05"),
        *(Sourcing(item, supplier="S", lead_time=working_days(5)) for item in ("CABLE", "PIN", "LABEL")),
    ]
)


SETTLED = st.sampled_from(("settled", "not settled"))


def demand(quantity: int, day: int, ref: str) -> Demand:
    """Return a demand for lamps in April."""
    return Demand("LAMP", quantity, due=date(2026, 4, day), ref=ref)


def test_a_phantom_uses_its_stock_once_and_is_never_ordered() -> None:
    """10 lamps and 4 cords in stock: cable for 6, pins for 16 plugs, no order for a phantom."""
    snapshot = Snapshot(catalog=KIT, at=NOW, lots=[OpenLot("CORD", 4, received=NOW)], promises=[demand(10, 20, "A")])
    made = plan(snapshot, until=UNTIL)
    made.verify()
    assert [order.item for order in made.make] == ["LAMP"]
    # 16 plugs x 1.05 x 2 pins x 1.1 = 36.96.
    assert {order.item: order.quantity for order in made.buy} == {"CABLE": 9, "LABEL": 1, "PIN": 37}
    assert made.from_stock(made.make[0]) == {"CORD": 4}
    assert "through the phantom CORD" in str(made.why(made.buy[0]))


def test_the_earlier_order_gets_the_phantoms_stock() -> None:
    """Whatever the order of rows, the stock of a phantom goes to the order that starts first."""
    demands = [demand(3, 20, "LATE"), demand(3, 10, "EARLY")]
    for rows in (demands, demands[::-1]):
        snapshot = Snapshot(catalog=KIT, at=NOW, lots=[OpenLot("CORD", 4, received=NOW)], promises=rows)
        made = plan(snapshot, until=UNTIL)
        taken = {order.serves[0]: made.from_stock(order).get("CORD", 0) for order in made.make}
        assert taken == {"EARLY": 3, "LATE": 1}


@given(st.integers(0, 12), st.integers(0, 12), st.lists(st.integers(1, 9), min_size=1, max_size=3))
def test_the_parts_are_those_an_order_would_take(cords: int, plugs: int, lamps: list[int]) -> None:
    """What is planned for the parts is what the lines of launched orders take: the check explodes them its own way."""
    lots = [OpenLot("CORD", cords, received=NOW), OpenLot("PLUG", plugs, received=NOW)]
    demands = [demand(quantity, 5 + at, f"D{at}") for at, quantity in enumerate(lamps)]
    made = plan(Snapshot(catalog=KIT, at=NOW, lots=lots, promises=demands), until=UNTIL)
    made.verify()
    assert not {"CORD", "PLUG"} & {order.item for order in made.orders}
    assert min(cords, sum(lamps)) == sum(made.from_stock(order).get("CORD", 0) for order in made.make)


@given(
    st.integers(0, 12), st.integers(0, 12), st.lists(st.integers(1, 9), min_size=1, max_size=3), st.sampled_from((0, 9))
)
def test_what_is_launched_takes_what_was_planned(cords: int, plugs: int, lamps: list[int], settled: str) -> None:
    """Once all of a plan is received and launched, the next plan is empty, all can be reserved, and no cord is left."""
    plant = Plant(KIT, clock=ManualClock(NOW))
    for item, quantity in (("CORD", cords), ("PLUG", plugs)):
        if quantity:
            plant.receive(item, quantity)
    plant.expect(*(demand(quantity, 5 + at, f"D{at}") for at, quantity in enumerate(lamps)))
    made = plant.plan(until=UNTIL)
    if settled == "settled":
        plant.firm(*made.make)
        made = plant.plan(until=UNTIL)
    for bought in made.buy:
        plant.receive(bought.item, bought.quantity)
    orders = [plant.launch(order) for order in made.make]
    again = plant.plan(until=UNTIL)
    again.verify()
    assert (again.orders, again.shortages) == ((), ())
    for order in orders:
        plant.issue(plant.reserve(order))
        plant.complete(order, good=order.quantity)
    assert plant.availability("CORD").physical == max(0, cords - sum(lamps))
    plant.check()


def test_a_settled_order_takes_what_there_is_when_it_is_planned_again() -> None:
    """The cords it was planned with are gone: cable is bought for all of its lamps."""
    plant = Plant(KIT, clock=ManualClock(NOW))
    plant.receive("CORD", 4)
    plant.expect(demand(5, 20, "A"))
    (order,) = plant.plan(until=UNTIL).make
    plant.firm(order)
    plant.scrap(Goods("CORD"))
    made = plant.plan(until=UNTIL)
    made.verify()
    assert order.from_stock == ((ItemCode("CORD"), Decimal(4)),)
    assert made.make[0].from_stock == ()
    assert [one.quantity for one in made.buy if one.item == "CABLE"] == [Decimal("7.5")]


def test_a_plan_that_takes_more_of_a_phantom_than_the_bill_needs_is_stale() -> None:
    """Three cords for two lamps: refused, not cut."""
    plant = Plant(KIT, clock=ManualClock(NOW))
    planned = PlannedMake("LAMP", 2, NOW, NOW, "", from_stock={"CORD": 3})
    with pytest.raises(Refused, match="does not need 3 CORD"):
        plant.launch(planned)
    order = plant.launch(attrs.evolve(planned, from_stock={"CORD": 2}))
    assert {line.item: line.need for line in order.lines} == {"CORD": 2, "PIN": 5}
