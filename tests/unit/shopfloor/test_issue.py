"""Issuing: from stores to the floor and back."""

import copy
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

import attrs
import pytest

from prodstock.errors import InvalidValueError, NotAllowed, NotEnough
from prodstock.journal.store import ManualClock
from prodstock.master.catalog import Catalog
from prodstock.master.item import Item
from prodstock.master.quality_state import Quality
from prodstock.orders.demand import Demand
from prodstock.orders.lifecycle import OrderState
from prodstock.orders.planned import PlannedMake
from prodstock.orders.production import ProductionOrder
from prodstock.plant import Plant
from prodstock.quantities.quantity import Quantity
from prodstock.shopfloor.issue import Issue, IssueGoods, PutBack
from prodstock.shopfloor.launch import Launch
from prodstock.shopfloor.report import Report
from prodstock.stock.claim import Claim
from prodstock.stock.expect import Redefine
from prodstock.stock.goods import Goods
from prodstock.stock.movement import Movement


def plain(value: object) -> object:
    """Return a value without its static type, so that numbers of any kind compare."""
    return value


def order_of(plant: Plant) -> ProductionOrder:
    """Return the first order as it stands."""
    body = plant._world.body("order:MO-1")
    assert isinstance(body, ProductionOrder)
    return body


def test_a_reservation_is_posted_whole(plant: Plant, planned: Callable[..., PlannedMake]) -> None:
    """What was reserved is in the order's WIP, no longer free and no longer reserved, and the order has started."""
    plant.do(Launch(planned()))
    reservation = plant.reserve("MO-1")
    issued = plant.do(Issue(reservation)).answer

    assert [(line.item, line.lot, line.quantity) for line in issued.lines if line.item != "CHIP"] == [
        ("MIC", "M-1", Decimal(20)),
        ("MIC", "M-2", Decimal(1)),
        ("BOX", "", Decimal(10)),
    ]
    order = order_of(plant)
    assert plain((order.state, [line.issued for line in order.lines])) == (OrderState.STARTED, [10, 21, 10])
    assert plain((plant.availability("MIC").free, plant.availability("MIC").physical)) == (29, 50)
    with pytest.raises(NotAllowed, match="posted"):
        plant.do(Issue(reservation))
    plant.check()


def test_a_reservation_is_posted_in_parts_and_the_rest_stays_reserved(
    plant: Plant, planned: Callable[..., PlannedMake]
) -> None:
    """Five of ten boxes are issued; the other five are still the order's."""
    plant.do(Launch(planned()))
    reservation = plant.reserve("MO-1")
    boxes = next(number for number, line in enumerate(reservation.lines) if line.item == "BOX")

    plant.do(Issue(reservation, lines={boxes: 5}))

    assert plain((plant.availability("BOX").free, plant.availability("BOX").reserved)) == (20, 5)
    with pytest.raises(NotEnough, match="6 pcs asked, 5 there"):
        plant.do(Issue(reservation, lines={boxes: 6}))
    plant.do(Issue(reservation))
    assert order_of(plant).lines[2].issued == 10
    plant.check()


def test_only_what_is_reserved_for_production_is_issued(plant: Plant) -> None:
    """A reservation for a customer is shipped, not issued."""
    plant.expect(Demand("BOX", 3, due=date(2026, 3, 20), ref="SO-1"))
    reservation = plant.reserve("SO-1")

    with pytest.raises(NotAllowed, match="for a demand"):
        plant.do(Issue(reservation))


def test_what_expired_since_it_was_reserved_is_not_issued(plant: Plant, planned: Callable[..., PlannedMake]) -> None:
    """A lot that ran out between reservation and issue stays in stores."""
    plant.do(Launch(planned()))
    plant.receive("MIC", 10, lot="M-0", expires=date(2026, 3, 2))
    plant.do(Launch(planned(quantity=1)))
    reservation = plant.reserve("MO-2")
    clock = plant._clock
    assert isinstance(clock, ManualClock)
    clock.advance(timedelta(days=2))

    with pytest.raises(NotAllowed, match="M-0 is expired on 2026-03-02"):
        plant.do(Issue(reservation))


def test_goods_are_issued_without_a_reservation(plant: Plant, planned: Callable[..., PlannedMake]) -> None:
    """A lot named by hand goes to the line that takes it: no more than the line needs, unless a quantity is said."""
    plant.do(Launch(planned()))

    issued = plant.do(IssueGoods("MO-1", "M-2")).answer

    assert [(line.lot, line.quantity) for line in issued.lines] == [("M-2", Decimal(21))]
    with pytest.raises(NotAllowed, match="supplied"):
        plant.do(IssueGoods("MO-1", "M-1"))
    plant.do(IssueGoods("MO-1", Goods("MIC", lot="M-1", quantity=4)))
    assert order_of(plant).lines[1].issued == 25
    plant.check()


def test_only_free_stock_is_issued_by_hand(plant: Plant, planned: Callable[..., PlannedMake]) -> None:
    """What is promised to another, blocked, or not on the bill stays where it is."""
    plant.do(Launch(planned()))
    plant.reserve(Claim("MIC", 45, ref="phone"))

    with pytest.raises(NotEnough, match="6 pcs asked, 5 there"):
        plant.do(IssueGoods("MO-1", Goods("MIC", quantity=6)))
    plant.judge("MB-1", Quality.BLOCKED, reason="damaged")
    with pytest.raises(NotAllowed, match="damaged"):
        plant.do(IssueGoods("MO-1", "MB-1"))
    with pytest.raises(NotAllowed, match="made without CLAY"):
        plant.do(IssueGoods("MO-1", Goods("CLAY", quantity=1)))


def test_a_late_issue_takes_only_what_was_there_then(plant: Plant, planned: Callable[..., PlannedMake]) -> None:
    """Boxes that came this morning cannot have been issued yesterday."""
    clock = plant._clock
    assert isinstance(clock, ManualClock)
    plant.do(Launch(planned()))
    yesterday = clock.now() + timedelta(days=1)
    clock.advance(timedelta(days=2))
    plant.receive("BOX", 100)

    with pytest.raises(NotEnough):
        plant.do(IssueGoods("MO-1", Goods("BOX", quantity=31), at=yesterday))
    plant.do(IssueGoods("MO-1", Goods("BOX", quantity=30), at=yesterday))
    plant.check()


def test_what_is_left_is_put_back(plant: Plant, planned: Callable[..., PlannedMake]) -> None:
    """Unused components return free for all; used ones cannot."""
    plant.do(Launch(planned()))
    plant.do(Issue(plant.reserve("MO-1")))
    plant.do(Report("MO-1", "assemble", good=6))

    back = plant.do(PutBack("MO-1", Goods("MIC", lot="M-1", quantity=5))).answer

    assert plain([(line.lot, line.quantity, line.location) for line in back.lines]) == [("M-1", 5, "STORES")]
    assert order_of(plant).lines[1].issued == 16
    assert plant.availability("MIC").free == 34
    with pytest.raises(NotEnough, match="left in the WIP"):
        plant.do(PutBack("MO-1", Goods("MIC", quantity=4)))
    with pytest.raises(NotEnough):
        plant.do(PutBack("MO-1", Goods("DEVICE", serials=["MO-1-0001"])))
    plant.check()


def test_a_put_back_says_what_came_back(plant: Plant, planned: Callable[..., PlannedMake]) -> None:
    """Its answer is told from what an issue answers, by its look and by a field."""
    plant.do(Launch(planned()))
    issued = plant.do(Issue(plant.reserve("MO-1"))).answer
    back = plant.put_back("MO-1", Goods("MIC", lot="M-1", quantity=5))
    chips = plant.put_back("MO-1", Goods("CHIP", serials=["C-1", "C-10"]))

    assert (issued.movement, back.movement) == (Movement.ISSUE, Movement.PUT_BACK)
    assert repr(issued) == "<Issued 13 lines for MO-1>"
    assert repr(back) == "<PutBack 5 pcs MIC M-1 from MO-1>"
    assert repr(chips) == "<PutBack 1 pcs CHIP C-1 and 1 more from MO-1>"


def test_an_answer_says_what_it_said_in_the_steps_of_its_day(plant: Plant, planned: Callable[..., PlannedMake]) -> None:
    """The lines of an issue are made when they are looked at; that items count finer since makes no difference."""
    plant.do(Launch(planned()))
    issued = plant.do(Issue(plant.reserve("MO-1"))).answer
    by_hand = plant.do(IssueGoods("MO-1", Goods("BOX", quantity=2))).answer
    finer = [attrs.evolve(one, scale=2) if one == Item("BOX") else one for one in plant.catalog.definitions]
    plant.do(Redefine(Catalog(finer)))

    assert str(issued.lines.where(item="BOX")[0].quantity) == "10"
    assert str(by_hand.lines[0].quantity) == "2"
    assert plain(copy.copy(by_hand)) == by_hand


def test_goods_finer_than_the_item_is_counted_are_refused_with_the_reason(
    plant: Plant, planned: Callable[..., PlannedMake]
) -> None:
    """Four grams cannot leave stock that is kept in hundredths of a kilogram; a unit of need rounds up once."""
    order = plant.do(Launch(planned("CUP", 1))).answer

    assert order.lines[0].need == Decimal("0.35")
    with pytest.raises(InvalidValueError, match="more than 2 decimals"):
        plant.do(IssueGoods("MO-1", Goods("CLAY", quantity=Quantity(4, "g"))))


def test_lines_are_counted_from_zero_and_checked(plant: Plant, planned: Callable[..., PlannedMake]) -> None:
    """A line that a reservation does not have, or a quantity of nothing, is a bad call."""
    plant.do(Launch(planned()))
    reservation = plant.reserve("MO-1")

    with pytest.raises(InvalidValueError, match="no line"):
        plant.do(Issue(reservation, lines={99: 1}))
    with pytest.raises(InvalidValueError, match="above zero"):
        plant.do(Issue(reservation, lines={0: 0}))
    with pytest.raises(InvalidValueError, match="below 0"):
        Issue(reservation, lines={-1: 1})
