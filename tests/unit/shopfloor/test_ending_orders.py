"""The end and the pauses of orders: close, cancel, hold, resume, reopen, take apart."""

from collections.abc import Callable
from datetime import date

import pytest

from prodstock.errors import AmbiguousCode, InvalidTypeError, InvalidValueError, NotAllowed, NotEnough
from prodstock.master.quality_state import Quality
from prodstock.orders.demand import Demand
from prodstock.orders.lifecycle import OrderState
from prodstock.orders.planned import PlannedMake
from prodstock.orders.production import ProductionOrder
from prodstock.plant import Plant
from prodstock.shopfloor.close import CancelOrder, Close, Hold, Leftover, Reopen, Resume
from prodstock.shopfloor.issue import Issue, IssueGoods
from prodstock.shopfloor.launch import Launch
from prodstock.shopfloor.report import Complete, Report
from prodstock.shopfloor.take_apart import TakeApart
from prodstock.shopfloor.wip import balance, check_balances
from prodstock.stock.goods import Goods


def plain(value: object) -> object:
    """Return a value without its static type, so that numbers of any kind compare."""
    return value


def order_of(plant: Plant) -> ProductionOrder:
    """Return the first order as it stands."""
    body = plant._world.body("order:MO-1")
    assert isinstance(body, ProductionOrder)
    return body


@pytest.fixture
def begun(plant: Plant, planned: Callable[..., PlannedMake]) -> Plant:
    """A plant in which ten devices are supplied, and six of them reached stores."""
    plant.do(Launch(planned()))
    plant.do(Issue(plant.reserve("MO-1")))
    plant.do(Complete("MO-1", good=6))
    return plant


def test_closing_returns_what_is_left(begun: Plant) -> None:
    """Four chips, eight microphones and four boxes go back, and the order is over."""
    order = begun.do(Close("MO-1")).answer

    assert order.state is OrderState.CLOSED
    assert [line.issued for line in order.lines] == [6, 13, 6]
    assert [begun.availability(item).free for item in ("CHIP", "MIC", "BOX")] == [14, 37, 24]
    with pytest.raises(NotAllowed):
        begun.do(Report("MO-1", "assemble", good=1))
    begun.check()
    check_balances(begun._world)


def test_closing_may_book_what_is_left_as_lost(begun: Plant) -> None:
    """What nobody finds on the floor is lost, and the balance says so."""
    begun.do(Close("MO-1", leftover=Leftover.LOSS))

    assert {row.lost for row in balance(begun._world, "MO-1") if row.item == "BOX"} == {4}
    assert [line.consumed for line in order_of(begun).lines] == [10, 21, 10]
    assert begun.availability("BOX").physical == 20
    begun.check()
    check_balances(begun._world)


def test_closing_frees_what_is_still_reserved(plant: Plant, planned: Callable[..., PlannedMake]) -> None:
    """An order that was never supplied gives back its reservation."""
    plant.do(Launch(planned()))
    plant.reserve("MO-1")
    plant.do(Close("MO-1"))

    assert plant.availability("MIC").reserved == 0
    plant.check()


def test_half_made_units_are_not_closed_away_silently(begun: Plant) -> None:
    """Units between two steps are completed, scrapped or expressly lost."""
    begun.do(Report("MO-1", "assemble", good=2))

    with pytest.raises(NotAllowed, match="half made"):
        begun.do(Close("MO-1"))
    begun.do(Close("MO-1", leftover=Leftover.LOSS))

    assert begun.availability("DEVICE").physical == 6
    begun.check()


def test_after_half_made_units_were_lost_the_order_goes_on_with_the_others(begun: Plant) -> None:
    """Of ten, six were completed and three lost between the steps: they count as scrapped, and one is left to make."""
    begun.do(Report("MO-1", "assemble", good=3))
    begun.do(Report("MO-1", "test", good=2))
    closed = begun.do(Close("MO-1", leftover=Leftover.LOSS))
    order = begun.do(Reopen("MO-1")).answer

    assert [step.good for step in order.steps] == [8, 6, 6]
    assert [step.scrapped for step in order.steps] == [1, 2, 0]
    assert order.scrapped == 3
    assert order.state is OrderState.STARTED
    with pytest.raises(NotAllowed, match="all but 1 of 10") as refused:
        begun.do(Complete("MO-1", good=2))
    assert "launch another order for more" in refused.value.hint
    begun.do(Complete("MO-1", good=1))
    assert order_of(begun).state is OrderState.COMPLETED
    begun.check()
    with pytest.raises(NotAllowed, match="overtaken"):
        begun.reverse(closed.events[0])


def test_a_close_that_lost_units_is_taken_back(begun: Plant) -> None:
    """The units are in WIP again, and nothing of them is scrapped."""
    begun.do(Report("MO-1", "assemble", good=3))
    closed = begun.do(Close("MO-1", leftover=Leftover.LOSS))
    begun.reverse(closed.events[0])

    assert order_of(begun).scrapped == 0
    begun.do(Complete("MO-1", good=3))
    assert begun.availability("DEVICE").physical == 9
    begun.check()


def test_a_closed_order_may_be_reopened(begun: Plant) -> None:
    """Closed too early, the order is supplied again and goes on."""
    begun.do(Close("MO-1"))
    begun.do(Reopen("MO-1"))
    begun.do(Issue(begun.reserve("MO-1")))
    begun.do(Complete("MO-1", good=4))

    assert order_of(begun).state is OrderState.COMPLETED
    begun.check()
    check_balances(begun._world)


def test_a_held_order_waits(plant: Plant, planned: Callable[..., PlannedMake]) -> None:
    """Nothing is issued to an order on hold; resumed it is launched, or started if it had begun."""
    plant.do(Launch(planned()))
    reservation = plant.reserve("MO-1")
    plant.do(Hold("MO-1"))
    with pytest.raises(NotAllowed, match="held"):
        plant.do(Issue(reservation))

    assert plant.do(Resume("MO-1")).answer.state is OrderState.LAUNCHED
    plant.do(Issue(reservation))
    plant.do(Hold("MO-1"))
    assert plant.do(Resume("MO-1")).answer.state is OrderState.STARTED


def test_an_order_that_has_begun_is_closed_not_cancelled(begun: Plant) -> None:
    """The refusal offers to close it."""
    with pytest.raises(NotAllowed, match="close it instead"):
        begun.do(CancelOrder("MO-1"))


def test_an_assembly_gives_its_parts_back_to_be_inspected(plant: Plant, planned: Callable[..., PlannedMake]) -> None:
    """A single device taken apart gives its chip, microphones and box, pending inspection."""
    plant.do(Launch(planned(quantity=1)))
    plant.do(Issue(plant.reserve("MO-1")))
    plant.do(Complete("MO-1", good=1))

    apart = plant.do(TakeApart("MO-1-0001")).answer

    assert plain([(part.item, part.serial or part.lot, part.quantity) for part in apart.parts]) == [
        ("CHIP", "C-1", 1),
        ("MIC", "M-1", 3),
        ("BOX", "", 1),
    ]
    shelf = plant._world.shelf(plant._world.find("stock:BOX@MAIN"))
    states = {plant._world.places.name(shelf.place[parcel]).quality for parcel in shelf.live}
    assert states == {"approved", "pending-inspection"}
    assert plant.availability("DEVICE").physical == 0
    with pytest.raises(NotEnough, match="there and not promised"):
        plant.do(TakeApart("MO-1-0001"))
    plant.check()
    check_balances(plant._world)


def test_which_serials_were_in_a_unit_is_said_by_hand(begun: Plant) -> None:
    """Of six devices one is taken apart: which chip was in it, only the bench knows."""
    with pytest.raises(InvalidValueError, match="which CHIP"):
        begun.do(TakeApart("MO-1-0003"))

    parts = [Goods("CHIP", serials=["C-11"]), Goods("MIC", lot="M-1", quantity=2), Goods("BOX", quantity=1)]
    begun.do(TakeApart("MO-1-0003", parts=parts))

    with pytest.raises(NotEnough, match="used up by MO-1 and not returned"):
        begun.do(TakeApart("MO-1-0004", parts=[Goods("CHIP", serials=["C-11"])]))
    with pytest.raises(NotEnough):
        begun.do(TakeApart("MO-1-0004", parts=[Goods("BOX", quantity=6)]))
    begun.do(TakeApart("MO-1-0004", parts=[Goods("CHIP", serials=["C-12"])]))
    assert order_of(begun).taken_apart == 2
    begun.check()
    check_balances(begun._world)


def test_only_what_was_made_here_is_taken_apart(begun: Plant) -> None:
    """A bought chip has no parts that we know of."""
    with pytest.raises(NotAllowed, match="not made here"):
        begun.do(TakeApart("C-20"))
    with pytest.raises(InvalidTypeError):
        TakeApart("MO-1-0001", parts=["C-1"])  # type: ignore[list-item]


def test_a_lot_of_two_orders_says_which_one_made_it(plant: Plant, planned: Callable[..., PlannedMake]) -> None:
    """Cups of one lot from two orders are taken apart by naming the order."""
    for code in ("A", "B"):
        plant.do(Launch(planned("CUP", 2), code=code, lot="L"))
        plant.do(IssueGoods(code, Goods("CLAY", quantity="0.70")))
        if code == "A":
            plant.do(IssueGoods(code, Goods("MOULD", quantity=1)))
            plant.do(Complete(code, good=2))
    plant.receive("MOULD", 1)
    plant.do(IssueGoods("B", Goods("MOULD", quantity=1)))
    plant.do(Complete("B", good=2))

    with pytest.raises(AmbiguousCode, match="2 things"):
        plant.do(TakeApart(Goods("CUP", lot="L", quantity=1)))
    apart = plant.do(TakeApart(Goods("CUP", lot="L", quantity=1), order="B")).answer

    assert [(part.item, str(part.quantity)) for part in apart.parts] == [("CLAY", "0.35")]
    plant.check()


def test_parts_taken_out_are_judged_and_used_again(plant: Plant, planned: Callable[..., PlannedMake]) -> None:
    """A chip out of a device goes into the next one once it is approved."""
    plant.do(Launch(planned(quantity=1)))
    plant.do(IssueGoods("MO-1", Goods("CHIP", serials=["C-7"])))
    plant.do(Issue(plant.reserve("MO-1")))
    plant.do(Complete("MO-1", good=1))
    plant.do(TakeApart("MO-1-0001"))
    plant.do(Launch(planned(quantity=1)))
    with pytest.raises(NotAllowed, match="pending-inspection"):
        plant.do(IssueGoods("MO-2", Goods("CHIP", serials=["C-7"])))

    plant.judge("C-7", Quality.APPROVED)
    plant.do(IssueGoods("MO-2", Goods("CHIP", serials=["C-7"])))

    assert balance(plant._world, "MO-2")[0].serial == "C-7"
    plant.check()


def test_an_order_is_cancelled_like_any_other_promise(plant: Plant, planned: Callable[..., PlannedMake]) -> None:
    """`cancel` takes an order's code too, frees what it reserved, and refuses once something was issued."""
    plant.do(Launch(planned()))
    plant.reserve("MO-1")

    plant.cancel("MO-1")

    assert order_of(plant).state is OrderState.CANCELLED
    assert plant.availability("MIC").reserved == 0
    plant.check()


def test_cancelling_an_order_that_has_begun_says_what_to_do_instead(begun: Plant) -> None:
    """Close it; a held one may be resumed first."""
    with pytest.raises(NotAllowed, match="close it instead"):
        begun.cancel("MO-1")
    begun.do(Hold("MO-1"))
    with pytest.raises(NotAllowed, match="resume it first"):
        begun.cancel("MO-1")


def test_a_code_of_two_promises_is_not_cancelled(plant: Plant, planned: Callable[..., PlannedMake]) -> None:
    """Cancelling never guesses which one is meant."""
    plant.do(Launch(planned()))
    plant.expect(Demand("CHIP", 1, due=date(2026, 4, 1), ref="MO-1"))

    with pytest.raises(AmbiguousCode, match="demand MO-1, production order MO-1"):
        plant.cancel("MO-1")
