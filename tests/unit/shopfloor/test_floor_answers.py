"""What the floor is told: pick lists, the board of orders, and balances of components."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from prodstock.errors import BrokenInvariant, UnknownCode
from prodstock.orders.lifecycle import OrderState
from prodstock.orders.planned import PlannedMake
from prodstock.plant import Plant
from prodstock.shopfloor.issue import Issue, IssueGoods, PutBack
from prodstock.shopfloor.launch import Launch
from prodstock.shopfloor.report import Complete, Report
from prodstock.shopfloor.wip import balance, check_balances, pick_list, wip_board
from prodstock.stock.claim import AllocationPolicy, Claim, Partial
from prodstock.stock.goods import Goods


def plain(value: object) -> object:
    """Return a value without its static type, so that numbers of any kind compare."""
    return value


def test_a_pick_list_goes_by_step_and_lot_and_says_what_is_missing(
    plant: Plant, planned: Callable[..., PlannedMake]
) -> None:
    """Packing comes last, the lot that expires first comes first, and missing boxes are named."""
    plant.reserve(Claim("BOX", 24, ref="phone"))
    plant.do(Launch(planned()))
    plant.reserve("MO-1", policy=AllocationPolicy(partial=Partial.ALLOW))

    found = pick_list(plant._world, "MO-1")

    lines = [(line.operation, line.item, line.lot, line.quantity) for line in found.picks if line.item != "CHIP"]
    assert plain(lines) == [
        ("assemble", "MIC", "M-1", 20),
        ("assemble", "MIC", "M-2", 1),
        ("pack", "BOX", "", 6),
    ]
    assert plain([(short.item, short.asked, short.free) for short in found.short]) == [("BOX", 10, 6)]
    assert not found.full_kit
    assert "short" in str(found)
    assert "BOX" in found._repr_html_()


def test_what_was_issued_is_no_longer_picked(plant: Plant, planned: Callable[..., PlannedMake]) -> None:
    """After the issue the list is empty and the kit is full."""
    plant.do(Launch(planned()))
    plant.do(Issue(plant.reserve("MO-1")))

    found = pick_list(plant._world, "MO-1")

    assert (found.picks, found.short, found.full_kit) == ((), (), True)


def test_the_board_says_where_each_order_stands(plant: Plant, planned: Callable[..., PlannedMake]) -> None:
    """Stage, good, in WIP, lost, still expected, used up and overdue, for orders that have not ended."""
    plant.do(Launch(planned()))
    plant.do(Launch(planned("CUP", 2), code="MO-0"))
    plant.do(Issue(plant.reserve("MO-1")))
    plant.do(Report("MO-1", "assemble", good=7, scrapped=1))
    plant.do(Complete("MO-1", good=4))

    board = wip_board(plant._world, datetime(2026, 3, 22, tzinfo=UTC))

    assert [row.order for row in board] == ["MO-0", "MO-1"]
    row = board[1]
    assert plain((row.state, row.stage, row.quantity)) == (OrderState.STARTED, "assemble", 10)
    assert plain((row.good, row.in_wip, row.scrapped, row.expected)) == (4, 3, 1, 5)
    assert row.consumed == ("8 pcs CHIP", "17 pcs MIC", "4 pcs BOX")
    assert row.late == timedelta(days=2)
    assert row.launched == datetime(2026, 3, 2, 6, tzinfo=UTC)


def test_the_board_names_the_next_stage_and_nothing_for_what_is_done(
    plant: Plant, planned: Callable[..., PlannedMake]
) -> None:
    """All assembled: testing is next. All completed: nothing is next, and nothing is late."""
    plant.do(Launch(planned()))
    plant.do(Issue(plant.reserve("MO-1")))
    plant.do(Report("MO-1", "assemble", good=9, scrapped=1))
    now = datetime(2026, 4, 1, tzinfo=UTC)

    assert wip_board(plant._world, now)[0].stage == "test"
    plant.do(Complete("MO-1", good=9))
    row = wip_board(plant._world, now)[0]
    assert plain((row.stage, row.late, row.expected)) == ("", timedelta(), 0)


def test_a_balance_is_by_lot(plant: Plant, planned: Callable[..., PlannedMake]) -> None:
    """Of two lots issued, one is used first; what was put back is neither used nor in WIP."""
    plant.do(Launch(planned()))
    plant.do(Issue(plant.reserve("MO-1")))
    plant.do(IssueGoods("MO-1", Goods("MIC", lot="M-2", quantity=5)))
    plant.do(Report("MO-1", "assemble", good=8))
    plant.do(PutBack("MO-1", Goods("MIC", lot="M-2", quantity=2)))

    rows = {row.lot: row for row in balance(plant._world, "MO-1") if row.item == "MIC"}

    assert {lot: (r.issued, r.consumed, r.returned, r.in_wip) for lot, r in rows.items()} == {
        "M-1": (Decimal(20), Decimal(17), Decimal(0), Decimal(3)),
        "M-2": (Decimal(6), Decimal(0), Decimal(2), Decimal(4)),
    }
    check_balances(plant._world)


def test_a_balance_that_does_not_hold_is_reported(plant: Plant, planned: Callable[..., PlannedMake]) -> None:
    """A parcel changed behind the ledger's back is found."""
    plant.do(Launch(planned()))
    plant.do(Issue(plant.reserve("MO-1")))
    shelf = plant._world.shelf(plant._world.find("stock:BOX@MAIN"))
    parcel = next(p for p in shelf.live if plant._world.places.name(shelf.place[p]).location == "WIP")
    quantity, held, history = shelf.rows[parcel]
    shelf.rows[parcel] = (quantity - 1, held, history)

    with pytest.raises(BrokenInvariant, match="I8"):
        check_balances(plant._world)


def test_unknown_orders_are_named(plant: Plant) -> None:
    """An order that does not exist has no list and no balance."""
    with pytest.raises(UnknownCode, match="MO-9"):
        pick_list(plant._world, "MO-9")
