"""A project's stock on the floor: it comes in, is taken, completed, moved and shipped as its own."""

from datetime import UTC, date, datetime, timedelta

import pytest

from prodstock.calendars.span import working_days
from prodstock.errors import CannotReserve, InvalidValueError, NotAllowed
from prodstock.journal.store import ManualClock
from prodstock.master.bom import BillOfMaterial, BomLine, ByProduct
from prodstock.master.catalog import Catalog
from prodstock.master.item import Item, Tracking
from prodstock.master.location import Site
from prodstock.master.sourcing import Sourcing
from prodstock.orders.demand import Demand
from prodstock.orders.planned import PlannedMove
from prodstock.orders.purchase import PurchaseOrder, TransferOrder
from prodstock.planning.plan import Plan
from prodstock.planning.planner import plan
from prodstock.plant import Plant
from prodstock.shopfloor.issue import IssueGoods
from prodstock.stock.check import check
from prodstock.stock.goods import Goods
from prodstock.stock.receive import Receive

NOW = datetime(2026, 3, 2, 6, tzinfo=UTC)
CATALOG = Catalog(
    [
        Site("NORTH"),
        Item("PUMP", tracking=Tracking.LOT, lead_time=working_days(2)),
        BillOfMaterial("PUMP", [BomLine("HOUSING", 1), BomLine("BOLT", 8)]),
        Item("HOUSING"),
        Item("BOLT", collective=True),
        Sourcing("HOUSING", supplier="CAST", lead_time=working_days(5)),
        Sourcing("BOLT", supplier="FIX", lead_time=working_days(1)),
    ]
)
PROJECT = "project:P-7"


@pytest.fixture
def clock() -> ManualClock:
    """Return a clock that stands still."""
    return ManualClock(NOW)


@pytest.fixture
def plant(clock: ManualClock) -> Plant:
    """Return a plant with free parts and a demand of a project beside a free one."""
    found = Plant(CATALOG, clock=clock)
    found.receive("HOUSING", 5)
    found.receive("BOLT", 80)
    found.expect(
        Demand("PUMP", 3, due=date(2026, 3, 27), ref="SO-1", project="P-7"),
        Demand("PUMP", 2, due=date(2026, 3, 30), ref="SO-2"),
    )
    return found


def planned(plant: Plant) -> Plan:
    """Return a plan of what the plant says, that holds as the plant's books do."""
    check(plant._world)
    found = plan(plant.snapshot(), until=date(2026, 9, 1))
    found.verify()
    return found


def free(plant: Plant, item: str) -> int:
    """Return what is free for all."""
    return int(plant.availability(item).free)


def test_what_is_ordered_for_a_project_goes_through_the_plant_as_its_own(plant: Plant) -> None:
    """Bought, received, reserved, issued, completed and shipped: nothing of it is free, and nothing free is taken."""
    (bought,) = planned(plant).buy
    assert plant.purchase(bought, ref="PU-1").segment == PROJECT
    plant.receive("HOUSING", 3, against="PU-1")
    assert free(plant, "HOUSING") == 5
    assert not planned(plant).buy
    order = plant.launch(planned(plant).make.where(segment=PROJECT)[0])
    assert order.segment == PROJECT
    held = plant.reserve(order)
    plant.void(held)
    plant.issue(plant.reserve(order))
    assert free(plant, "HOUSING") == 5
    assert free(plant, "BOLT") == 56
    assert len(planned(plant).make) == 1
    plant.complete(order.code, good=3)
    assert free(plant, "PUMP") == 0
    assert {lot.segment for lot in plant.snapshot().lots if lot.item == "PUMP"} == {PROJECT}
    with pytest.raises(NotAllowed, match="set aside for project P-7"):
        plant.ship(Goods("PUMP"), demand="SO-2")
    assert plant.ship(Goods("PUMP"), demand="SO-1").quantity == 3
    assert planned(plant).make.where(segment=PROJECT) == ()


def test_a_project_takes_no_free_stock_unless_somebody_moves_it_there(plant: Plant) -> None:
    """Reserving and issuing free housings for its order are refused; after a move they are taken."""
    order = plant.launch(planned(plant).make.where(segment=PROJECT)[0])
    with pytest.raises(CannotReserve, match="HOUSING"):
        plant.reserve(order)
    with pytest.raises(NotAllowed, match="free stock"):
        plant.do(IssueGoods(order.code, Goods("HOUSING", quantity=3)))
    plant.move(Goods("HOUSING", quantity=3), to="STORES", segment=PROJECT)
    assert free(plant, "HOUSING") == 2
    assert not planned(plant).buy
    plant.do(IssueGoods(order.code, Goods("HOUSING", quantity=3)))
    plant.do(IssueGoods(order.code, Goods("BOLT", quantity=24)))


def test_what_is_put_back_goes_back_to_where_it_came_from(plant: Plant) -> None:
    """A housing of the project is the project's again, bolts are free again."""
    plant.do(Receive("HOUSING", 3, segment=PROJECT))
    order = plant.launch(planned(plant).make.where(segment=PROJECT)[0])
    plant.issue(plant.reserve(order))
    plant.put_back(order.code, Goods("HOUSING", quantity=1, segment=order.code))
    plant.put_back(order.code, Goods("BOLT", quantity=8, segment=order.code))
    assert free(plant, "HOUSING") == 5
    assert free(plant, "BOLT") == 64
    assert not planned(plant).buy


def test_leftovers_fall_back_by_a_move_only(plant: Plant) -> None:
    """What is left of a project serves nobody else until it is moved to free stock."""
    plant.do(Receive("PUMP", 9, lot="L", segment=PROJECT))
    assert sum(one.quantity for one in planned(plant).make) == 2
    plant.move(Goods("PUMP", quantity=6, segment="P-7"), to="STORES", segment="")
    assert not planned(plant).make
    assert free(plant, "PUMP") == 6


def test_stock_made_to_order_is_reserved_and_shipped_for_its_demand(plant: Plant) -> None:
    """A demand made to order reserves its own pump, not the free one."""
    plant.do(Receive("PUMP", 1, lot="FREE"))
    plant.do(Receive("PUMP", 1, lot="OWN", segment="own:SO-3"))
    plant.expect(Demand("PUMP", 1, due=datetime(2026, 3, 30, tzinfo=UTC), ref="SO-3", to_order=True))
    assert [line.lot for line in plant.reserve("SO-3").lines] == ["OWN"]
    assert not planned(plant).make.where(segment="own:SO-3")
    assert plant.ship(Goods("PUMP"), demand="SO-3").lines[0].lot == "OWN"


def test_a_transfer_of_a_project_leaves_and_arrives_as_its_own(plant: Plant) -> None:
    """On its way it is the transfer's; at the target it is the project's again."""
    plant.do(Receive("HOUSING", 4, site="NORTH", segment=PROJECT))
    plant.do(Receive("HOUSING", 4, site="NORTH"))
    leaves = datetime(2026, 3, 9, 8, tzinfo=UTC)
    move = PlannedMove("HOUSING", 3, leaves, leaves + timedelta(days=1), "NORTH", "MAIN", segment=PROJECT)
    ref = plant.transfer(move).ref or ""
    goods = Goods("HOUSING", quantity=3, site="NORTH", segment="P-7")
    with pytest.raises(InvalidValueError, match="segment"):
        plant.move(goods, to="STORES", against=ref, segment="")
    plant.move(goods, to="IN-TRANSIT", against=ref)
    assert not planned(plant).buy.where(site="MAIN")
    plant.move(Goods("HOUSING", quantity=3, segment=ref), to="STORES", against=ref)
    there = [lot for lot in plant.snapshot().lots if (lot.item, lot.site, lot.segment) == ("HOUSING", "MAIN", PROJECT)]
    assert [lot.free for lot in there] == [3]


def test_the_past_knows_whose_stock_was_whose(plant: Plant, clock: ManualClock) -> None:
    """A snapshot of an earlier moment says what was set aside then."""
    plant.do(Receive("PUMP", 2, lot="L", segment=PROJECT))
    clock.advance(timedelta(days=1))
    plant.move(Goods("PUMP", lot="L"), to="STORES", segment="")
    now, then = plant.snapshot(), plant.snapshot(at=NOW)
    assert [lot.segment for lot in now.lots if lot.item == "PUMP"] == [""]
    assert [lot.segment for lot in then.lots if lot.item == "PUMP"] == [PROJECT]


def test_what_is_for_all_alike_is_free_whatever_order_brings_it(plant: Plant) -> None:
    """Bolts bought or moved for a project are free, and so is what falls off its order for all alike."""
    plant.expect(
        PurchaseOrder("BOLT", 7, supplier="FIX", due=date(2026, 3, 20), ref="PU-9", segment=PROJECT),
        TransferOrder("BOLT", 4, source="NORTH", target="MAIN", due=date(2026, 3, 20), ref="TR-9", segment=PROJECT),
    )
    plant.receive("BOLT", 7, against="PU-9")
    assert free(plant, "BOLT") == 87
    plant.do(Receive("BOLT", 4, site="NORTH"))
    plant.move(Goods("BOLT", quantity=4, site="NORTH"), to="IN-TRANSIT", against="TR-9")
    assert planned(plant).projected("BOLT", segment=PROJECT) == 0
    plant.move(Goods("BOLT", quantity=4, segment="TR-9"), to="STORES", against="TR-9")
    assert free(plant, "BOLT") == 91


def test_what_an_order_of_a_project_makes_for_all_alike_is_free(clock: ManualClock) -> None:
    """Chips that come out beside the project's board go to free stock."""
    bill = BillOfMaterial("BOARD", [BomLine("LOG", 1)], outputs=[ByProduct("CHIPS", 2)])
    items = [Item("BOARD", lead_time=working_days(1)), Item("LOG"), Item("CHIPS", collective=True)]
    plant = Plant(Catalog([*items, bill, Sourcing("LOG", supplier="WOOD", lead_time=working_days(1))]), clock=clock)
    plant.do(Receive("LOG", 3, segment=PROJECT))
    plant.expect(Demand("BOARD", 3, due=date(2026, 3, 27), ref="SO-1", project="P-7"))
    order = plant.launch(planned(plant).make[0])
    plant.issue(plant.reserve(order))
    plant.complete(order.code, good=3)
    assert {(lot.item, lot.segment) for lot in plant.snapshot().lots} == {("BOARD", PROJECT), ("CHIPS", "")}
