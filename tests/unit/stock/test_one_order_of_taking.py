"""Who ships, issues or reserves asks the same predicate and takes in the same order."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from prodstock.errors import CannotReserve, NotAllowed
from prodstock.journal.store import ManualClock
from prodstock.master.bom import BillOfMaterial, BomLine
from prodstock.master.catalog import Catalog
from prodstock.master.item import Item, LotOrder, Tracking
from prodstock.master.location import Site
from prodstock.orders.demand import Demand
from prodstock.orders.planned import PlannedMake
from prodstock.plant import Plant
from prodstock.shopfloor.issue import IssueGoods
from prodstock.stock.claim import Claim
from prodstock.stock.goods import Goods

START = datetime(2026, 3, 2, 6, tzinfo=UTC)
DAY = timedelta(days=1)


def stocked(strategy: LotOrder) -> tuple[Plant, ManualClock]:
    """Return a plant with three lots: the oldest keeps until December, the next until June, the last September."""
    clock = ManualClock(START)
    items = [Item("MILK", tracking=Tracking.LOT, strategy=strategy), Item("CHEESE"), Site("B")]
    plant = Plant(Catalog([*items, BillOfMaterial("CHEESE", [BomLine("MILK", 1)])]), clock=clock)
    for lot, month in (("A", 12), ("B", 6), ("C", 9)):
        plant.receive("MILK", 5, lot=lot, expires=date(2026, month, 1))
        clock.advance(DAY)
    return plant, clock


@pytest.mark.parametrize(("strategy", "lots"), [(LotOrder.FEFO, ["B", "C"]), (LotOrder.FIFO, ["A", "B"])])
def test_all_take_in_one_order(strategy: LotOrder, lots: list[str]) -> None:
    """A shipment and an issue without reservation take the lots that a reservation would take."""
    due = date(2026, 4, 1)
    takers = []
    plant, _ = stocked(strategy)
    takers.append(plant.reserve(Claim("MILK", 8, ref="X")).lines)
    plant, _ = stocked(strategy)
    plant.expect(Demand("MILK", 8, due=due, ref="SO-1"))
    takers.append(plant.ship(Goods("MILK"), demand="SO-1").lines)
    plant, _ = stocked(strategy)
    order = plant.launch(PlannedMake("CHEESE", Decimal(8), START, START + DAY, "A"))
    takers.append(plant.do(IssueGoods(order, Goods("MILK"))).answer.lines)

    assert [[(pick.lot, pick.quantity) for pick in lines] for lines in takers] == [
        [(lots[0], Decimal(5)), (lots[1], Decimal(3))]
    ] * 3


def test_the_demands_own_site_first() -> None:
    """Of stock at several sites what is at the demand's site goes first, whatever the order within."""
    plant, _ = stocked(LotOrder.FEFO)
    plant.receive("MILK", 5, lot="D", expires=date(2026, 12, 31), site="B")
    plant.expect(Demand("MILK", 6, due=date(2026, 4, 1), ref="SO-1", site="B"))

    assert [(pick.lot, pick.quantity) for pick in plant.ship(Goods("MILK"), demand="SO-1").lines] == [
        ("D", Decimal(5)),
        ("B", Decimal(1)),
    ]


def test_goods_that_do_not_live_long_enough_are_not_shipped() -> None:
    """What a reservation refuses for its remaining life a shipment refuses, and takes the lots that live longer."""
    plant, _ = stocked(LotOrder.FEFO)
    plant.expect(Demand("MILK", 5, due=date(2026, 5, 10), ref="SO-1", minimum_life=30 * DAY))
    plant.expect(Demand("MILK", 5, due=date(2026, 6, 10), ref="SO-2"))

    for demand in ("SO-1", "SO-2"):
        with pytest.raises(NotAllowed, match="good until 2026-06-01, wanted until 2026-06"):
            plant.ship("B", demand=demand)
    assert [pick.lot for pick in plant.reserve("SO-1").lines] == ["C"]
    assert [pick.lot for pick in plant.ship(Goods("MILK"), demand="SO-1").lines] == ["C"]
    with pytest.raises(CannotReserve):
        plant.reserve(Claim("MILK", 6, ref="X", at=date(2026, 6, 10)))


def test_a_shipment_entered_late_is_judged_at_its_time() -> None:
    """Goods shipped on their last day were good then, though they are not any more when it is entered."""
    plant, clock = stocked(LotOrder.FEFO)
    plant.expect(Demand("MILK", 5, due=date(2026, 6, 1), ref="SO-1"))
    clock.advance(date(2026, 6, 3) - clock.now().date())

    assert plant.ship("B", demand="SO-1", at=datetime(2026, 6, 1, 12, tzinfo=UTC)).quantity == Decimal(5)
