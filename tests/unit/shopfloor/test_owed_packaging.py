"""Missing packaging holds up the release of what was made, not its completion."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from prodstock.errors import NotAllowed, NotEnough, NotReleasable, Refused
from prodstock.journal.store import ManualClock, MemoryEvents
from prodstock.master.bom import Basis, BillOfMaterial, BomLine, ByProduct, CoProduct, Substitute
from prodstock.master.bom_terms import LineRole
from prodstock.master.catalog import Catalog
from prodstock.master.item import Item, Tracking
from prodstock.master.quality_state import Quality
from prodstock.master.release_criteria import ReleaseCriteria
from prodstock.master.routing import Operation, OperationKind, Routing
from prodstock.orders.lifecycle import OrderState
from prodstock.orders.planned import PlannedMake
from prodstock.plant import Plant
from prodstock.quality.inspection import Record, Verdict
from prodstock.quality.release import ReleaseGoods
from prodstock.shopfloor.close import Close, Hold, Leftover
from prodstock.shopfloor.issue import Issue, IssueGoods, PutBack
from prodstock.shopfloor.launch import Launch
from prodstock.shopfloor.report import Complete, Report
from prodstock.stock.expect import Redefine
from prodstock.stock.goods import Goods
from prodstock.stock.receive import Receive
from prodstock.stock.reservation import Reserve
from prodstock.stock.reverse import Reverse
from prodstock.testing import digest

if TYPE_CHECKING:
    from prodstock.journal.command import Command

NOW = datetime(2026, 3, 2, 6, tzinfo=UTC)
PACKAGING = LineRole.PACKAGING


def catalog(*, criteria: tuple[str, ...] = ("burn-in",), tracking: Tracking = Tracking.SERIAL) -> Catalog:
    """Return a device of a chip, in a box, with a manual once per order in a folder or two halves of one."""
    definitions: list[Any] = [
        Item("HD", tracking=tracking),
        Item("CHIP", tracking=Tracking.LOT),
        Item("BOX", tracking=Tracking.LOT),
        Item("SLEEVE", tracking=Tracking.LOT),
        BillOfMaterial(
            "HD",
            [
                BomLine("CHIP", 1),
                BomLine("BOX", 1, operation="pack", role=PACKAGING, substitutes=[Substitute("SLEEVE", ratio=2)]),
            ],
        ),
        Routing("HD", [Operation("fit"), Operation("pack", kind=OperationKind.PACK)]),
    ]
    return Catalog([*definitions, ReleaseCriteria("HD", requires=list(criteria))] if criteria else definitions)


def stocked(known: Catalog, boxes: int = 3) -> Plant:
    """Return a plant whose order MO-1 for ten devices has ten chips and some boxes in its WIP."""
    plant = Plant(known, clock=ManualClock(NOW))
    plant.do(Receive("CHIP", 20, lot="C"))
    plant.do(Receive("SLEEVE", 40, lot="S"))
    plant.do(Receive("BOX", 20, lot="B-1"))
    plant.do(Receive("BOX", 20, lot="B-2"))
    plant.do(Launch(PlannedMake("HD", 10, NOW, NOW, ""), code="MO-1"))
    plant.do(IssueGoods("MO-1", Goods("CHIP", quantity=10)))
    if boxes:
        plant.do(IssueGoods("MO-1", Goods("BOX", lot="B-1", quantity=boxes)))
    return plant


@pytest.fixture
def done() -> Plant:
    """A plant whose order for ten devices is completed with three boxes."""
    plant = stocked(catalog())
    plant.do(Complete("MO-1", good=10))
    return plant


def owes(plant: Plant) -> list[Any]:
    """Return what the order's lines need, what was used for it, and of what."""
    return [(line.asked, line.free, line.item) for line in plant.production.owed("MO-1")]


def plain(value: object) -> object:
    """Return a value without its static type, so that numbers of any kind compare."""
    return value


def serials(first: int, last: int) -> Goods:
    """Return devices by their numbers in the order."""
    return Goods("HD", serials=[f"MO-1-{n:04d}" for n in range(first, last + 1)])


def proved(plant: Plant) -> Plant:
    """Return the plant with the test that the devices need recorded."""
    plant.do(Record(Goods("HD", lot="MO-1"), "burn-in", Verdict.PASSED))
    return plant


def test_completion_uses_the_packaging_that_is_there_and_owes_the_rest(done: Plant) -> None:
    """Ten devices reach stores with three boxes; the order is completed and owes seven."""
    order = done.production.order("MO-1")
    (row,) = done.production.wip()

    assert order.state is OrderState.COMPLETED
    assert plain([(line.issued, line.consumed) for line in order.lines]) == [(10, 10), (3, 3)]
    assert owes(done) == [(10, 3, "BOX")]
    assert row.owed == ("7 pcs BOX",)
    (short,) = done.production.pick_list("MO-1").short
    assert plain((short.asked, short.free, short.reason)) == (10, 3, "line 1, for pack, 7 pcs owed")
    done.check()


def test_other_components_still_hold_up_a_confirmation() -> None:
    """Eleven chips are not there; the refusal names chips, whatever is owed."""
    plant = stocked(catalog())
    plant.do(PutBack("MO-1", Goods("CHIP", quantity=1)))
    before = digest(plant)

    with pytest.raises(NotEnough, match="Issue 1 pcs more of CHIP"):
        plant.do(Complete("MO-1", good=10))
    assert digest(plant) == before


def test_without_release_criteria_missing_packaging_refuses_and_says_why() -> None:
    """What is available once it is completed would be sold unpacked."""
    plant = stocked(catalog(criteria=()))

    with pytest.raises(NotEnough, match="Issue 7 pcs more of BOX to MO-1 first; HD waits for no release"):
        plant.do(Complete("MO-1", good=10))


def test_units_begun_before_the_criteria_were_defined_owe_nothing() -> None:
    """They will be available at completion, so their packaging must be there then."""
    plant = stocked(catalog(criteria=()))
    plant.do(Report("MO-1", "fit", good=4))
    plant.do(Redefine(catalog()))

    with pytest.raises(NotEnough, match="BOX"):
        plant.do(Complete("MO-1", good=10))


def test_release_refuses_beyond_what_the_packaging_suffices_for(done: Plant) -> None:
    """Three of ten may go, whichever they are; the refusal says packaging, and who owes what."""
    proved(done)
    before = digest(done)

    with pytest.raises(NotReleasable) as refused:
        done.release(Goods("HD", lot="MO-1"))
    assert refused.value.missing == ("packaging",)
    assert refused.value.owed == ("MO-1 owes 7 pcs BOX, 3 pcs may be released before",)
    assert refused.value.hint == (
        "Issue what is owed: MO-1 owes 7 pcs BOX, 3 pcs may be released before. Then release again"
    )
    assert digest(done) == before

    done.release(serials(5, 7))
    with pytest.raises(NotReleasable, match="packaging missing"):
        done.release(serials(1, 1))
    done.check()


def test_what_waits_shows_what_lacks_packaging(done: Plant) -> None:
    """The first three devices lack nothing, the others packaging."""
    proved(done)

    assert [row.missing for row in done.quality.waiting(Goods("HD", lot="MO-1"))] == [()] * 3 + [("packaging",)] * 7


def test_packaging_stands_among_the_missing_in_the_order_required() -> None:
    """Where the item asks for packaging itself, it keeps its place and is named once."""
    plant = stocked(catalog(criteria=("packaging", "burn-in")))
    plant.do(Complete("MO-1", good=10))

    with pytest.raises(NotReleasable) as refused:
        plant.release(Goods("HD", lot="MO-1"))
    assert refused.value.missing == ("packaging", "burn-in")
    plant.do(Record(Goods("HD", lot="MO-1"), "packaging", Verdict.PASSED))
    proved(plant)
    with pytest.raises(NotReleasable) as refused:
        plant.release(Goods("HD", lot="MO-1"))
    assert refused.value.missing == ("packaging",)


def test_owed_packaging_is_issued_after_completion_and_used_at_once(done: Plant) -> None:
    """Seven boxes without a word of how many; then all is released and the order is closed."""
    proved(done)
    issued = done.do(IssueGoods("MO-1", Goods("BOX", lot="B-2"))).answer

    order = done.production.order("MO-1")
    assert plain([(pick.lot, pick.quantity) for pick in issued.lines]) == [("B-2", 7)]
    assert plain((order.state, order.lines[1].issued, order.lines[1].consumed)) == (OrderState.COMPLETED, 10, 10)
    assert owes(done) == []
    assert plain([(row.lot, row.consumed, row.in_wip) for row in done.production.balance("MO-1")]) == [
        ("C", 10, 0),
        ("B-1", 3, 0),
        ("B-2", 7, 0),
    ]
    assert done.release(Goods("HD", lot="MO-1")).quantity == 10
    assert done.do(Close("MO-1")).answer.state is OrderState.CLOSED
    done.check()


def test_owed_packaging_is_reserved_and_issued_from_the_reservation(done: Plant) -> None:
    """A completed order reserves what it owes and no more, and posts it in parts."""
    reserved = done.do(Reserve("MO-1")).answer
    assert plain([(pick.item, pick.quantity) for pick in reserved.lines]) == [("BOX", 7)]
    assert not done.production.pick_list("MO-1").short

    done.do(Issue("MO-1/1", lines={0: 4}))
    assert owes(done) == [(10, 7, "BOX")]
    done.do(Issue("MO-1/1"))
    assert owes(done) == []
    with pytest.raises(NotAllowed, match="MO-1 is completed: reserve is not allowed"):
        done.do(Reserve("MO-1"))
    done.check()


@pytest.mark.parametrize(
    ("goods", "message"),
    [
        (Goods("BOX", lot="B-2", quantity=8), "completed and owes 7 pcs BOX: issue 8 pcs BOX.*Issue at most 7 pcs BOX"),
        (Goods("SLEEVE", quantity=15), "issue 15 pcs SLEEVE.*Issue at most 14 pcs SLEEVE"),
        (Goods("CHIP", quantity=1), "completed and owes 7 pcs BOX: issue 1 pcs CHIP.*Only the packaging"),
    ],
)
def test_a_completed_order_is_issued_no_more_than_it_owes(done: Plant, goods: Goods, message: str) -> None:
    """Nothing but what is owed, and no more of it; the refusal says how much."""
    with pytest.raises(NotAllowed, match=message):
        done.do(IssueGoods("MO-1", goods))


def test_a_completed_order_that_owes_nothing_is_issued_nothing() -> None:
    """As ever: what it has is enough."""
    plant = stocked(catalog(), boxes=10)
    plant.do(Complete("MO-1", good=10))

    with pytest.raises(NotAllowed, match=r"MO-1 is completed: issue is not allowed.*put-back, close"):
        plant.do(IssueGoods("MO-1", Goods("BOX", lot="B-2", quantity=1)))


def test_what_stands_in_is_used_for_what_is_owed(done: Plant) -> None:
    """Two sleeves stand in for a box: of seven, six are used for three boxes, and the odd one stays in WIP."""
    done.do(IssueGoods("MO-1", Goods("SLEEVE", quantity=7)))
    assert owes(done) == [(10, 6, "BOX")]
    assert plain([(row.consumed, row.in_wip) for row in done.production.balance("MO-1")][2:]) == [(6, 1)]

    done.do(IssueGoods("MO-1", Goods("SLEEVE", quantity=8)))
    assert owes(done) == []
    done.do(PutBack("MO-1", Goods("SLEEVE")))
    done.check()


def test_half_of_what_stands_in_is_left_alone() -> None:
    """Five sleeves in WIP pack two units; the fifth waits for another."""
    plant = stocked(catalog(), boxes=0)
    plant.do(IssueGoods("MO-1", Goods("SLEEVE", quantity=5)))
    plant.do(Complete("MO-1", good=4))

    assert owes(plant) == [(4, 2, "BOX")]
    assert plain([(row.consumed, row.in_wip) for row in plant.production.balance("MO-1")][1:]) == [(4, 1)]


def test_an_order_that_goes_on_keeps_what_is_more_than_owed_in_its_wip() -> None:
    """Four of ten are packed with three boxes; of the next five one is used at once, four wait for the other units."""
    plant = stocked(catalog())
    plant.do(Complete("MO-1", good=4))
    plant.do(IssueGoods("MO-1", Goods("BOX", lot="B-2", quantity=5)))

    assert owes(plant) == []
    assert plain([(row.lot, row.consumed, row.in_wip) for row in plant.production.balance("MO-1")][1:]) == [
        ("B-1", 3, 0),
        ("B-2", 1, 4),
    ]
    plant.do(Complete("MO-1", good=6))
    assert owes(plant) == [(10, 8, "BOX")]
    plant.check()


def test_a_later_report_catches_up_on_what_quality_held_back() -> None:
    """Boxes judged fit after four units were completed without them are used with the next ones."""
    plant = stocked(catalog(), boxes=0)
    plant.do(IssueGoods("MO-1", Goods("BOX", lot="B-1", quantity=10)))
    plant.judge("B-1", Quality.BLOCKED)
    plant.do(Complete("MO-1", good=4))
    assert owes(plant) == [(4, 0, "BOX")]

    plant.judge("B-1", Quality.APPROVED)
    plant.do(Complete("MO-1", good=1))
    assert owes(plant) == []


def test_boxes_judged_fit_after_completion_go_back_and_are_issued_again() -> None:
    """What lies in WIP is not used by itself: it is put back, and issued for what is owed."""
    plant = stocked(catalog(), boxes=10)
    plant.judge("B-1", Quality.BLOCKED)
    plant.do(Complete("MO-1", good=10))
    plant.judge("B-1", Quality.APPROVED)
    plant.do(PutBack("MO-1", Goods("BOX", lot="B-1", location="WIP")))
    plant.do(IssueGoods("MO-1", Goods("BOX", lot="B-1")))

    assert owes(plant) == []
    plant.check()


def test_crushed_boxes_are_owed_though_enough_were_issued() -> None:
    """Ten were issued, four were crushed on the floor: the order may have four more."""
    plant = stocked(catalog(), boxes=10)
    plant.judge(Goods("BOX", lot="B-1", quantity=4, location="WIP"), Quality.BLOCKED, because="crushed")
    plant.do(Complete("MO-1", good=10))
    assert owes(plant) == [(10, 6, "BOX")]

    plant.do(Reserve("MO-1"))
    plant.do(Issue("MO-1/1"))
    assert owes(plant) == []


def test_an_issue_of_what_was_owed_is_taken_back(done: Plant) -> None:
    """The wrong boxes were scanned: they come back to stores, and are owed again."""
    commit = done.do(IssueGoods("MO-1", Goods("BOX", lot="B-2"))).events[0]
    done.do(Reverse(commit))

    assert owes(done) == [(10, 3, "BOX")]
    assert plain([(row.lot, row.consumed) for row in done.production.balance("MO-1")][2:]) == [("B-2", 0)]
    done.check()


def test_a_completion_that_owed_is_taken_back_until_its_packaging_came() -> None:
    """Nothing is owed for what was not completed; once the order has moved on, that is what is taken back."""
    plant = stocked(catalog())
    completed = plant.do(Complete("MO-1", good=10)).events[0]
    plant.do(Reverse(completed))
    assert owes(plant) == []
    assert plant.production.order("MO-1").state is OrderState.STARTED

    completed = plant.do(Complete("MO-1", good=10)).events[0]
    plant.do(IssueGoods("MO-1", Goods("BOX", lot="B-2")))
    with pytest.raises(NotAllowed, match="overtaken at order:MO-1"):
        plant.do(Reverse(completed))
    plant.check()


@pytest.mark.parametrize("leftover", Leftover)
def test_an_order_that_owes_is_not_closed_while_its_units_wait(done: Plant, leftover: Leftover) -> None:
    """Nobody could pack them any more; once what is not packed is scrapped, it is."""
    proved(done)
    with pytest.raises(NotAllowed, match=r"owing 7 pcs BOX for what awaits release: close.*Issue 7 pcs BOX to it"):
        done.do(Close("MO-1", leftover=leftover))

    done.release(serials(1, 3))
    done.scrap(serials(4, 10), because="no boxes to be had")
    assert done.do(Close("MO-1", leftover=leftover)).answer.state is OrderState.CLOSED


def test_units_scrapped_in_packing_have_taken_their_boxes() -> None:
    """Of ten packed two are lost with their boxes: eight boxes are enough for six good ones."""
    plant = stocked(catalog(), boxes=8)
    plant.do(Complete("MO-1", good=8, scrapped=2))
    proved(plant)

    with pytest.raises(NotReleasable, match="packaging"):
        plant.release(serials(1, 7))
    assert plant.release(serials(1, 6)).quantity == 6


def test_part_of_a_lot_is_released_as_far_as_it_is_packed() -> None:
    """Of ten in bulk three may go, and no fourth."""
    plant = stocked(catalog(tracking=Tracking.LOT))
    plant.do(Complete("MO-1", good=10))
    proved(plant)

    with pytest.raises(NotReleasable, match="packaging"):
        plant.release(Goods("HD", lot="MO-1", quantity=4))
    plant.release(Goods("HD", lot="MO-1", quantity=3))
    with pytest.raises(NotReleasable, match="packaging"):
        plant.release(Goods("HD", lot="MO-1", quantity=1))


def test_a_lot_of_two_orders_counts_what_both_packed() -> None:
    """Five of another order were packed: eight of the fifteen may go."""
    plant = stocked(catalog(tracking=Tracking.LOT))
    plant.do(Complete("MO-1", good=10))
    plant.do(Launch(PlannedMake("HD", 5, NOW, NOW, ""), code="MO-2", lot="MO-1"))
    plant.do(Reserve("MO-2"))
    plant.do(Issue("MO-2/1"))
    plant.do(Complete("MO-2", good=5))
    proved(plant)

    with pytest.raises(NotReleasable, match="packaging"):
        plant.release(Goods("HD", lot="MO-1", quantity=9))
    assert plant.release(Goods("HD", lot="MO-1", quantity=8)).quantity == 8


def test_fixed_packaging_packs_nothing_until_all_of_it_is_there() -> None:
    """One carton for the whole order; without it no unit goes."""
    known = Catalog(
        [
            Item("CUP", tracking=Tracking.LOT),
            Item("CARTON"),
            Item("SAUCER", tracking=Tracking.LOT),
            Item("DUST"),
            BillOfMaterial(
                "CUP",
                [BomLine("CARTON", 1, per=Basis.ORDER, role=PACKAGING)],
                outputs=[CoProduct("SAUCER", 1), ByProduct("DUST", 1)],
            ),
            ReleaseCriteria("CUP", requires=["look"]),
            ReleaseCriteria("SAUCER", requires=["look"]),
        ]
    )
    plant = Plant(known, clock=ManualClock(NOW))
    plant.do(Launch(PlannedMake("CUP", 4, NOW, NOW, ""), code="MO-1"))
    plant.do(Complete("MO-1", good=2))
    for item in ("CUP", "SAUCER"):
        plant.do(Record(Goods(item, lot="MO-1"), "look", Verdict.PASSED))
        with pytest.raises(NotReleasable, match="packaging"):
            plant.release(Goods(item, lot="MO-1", quantity=1))

    plant.do(Receive("CARTON", 1))
    plant.do(IssueGoods("MO-1", Goods("CARTON")))
    assert [plant.release(Goods(item, lot="MO-1")).quantity for item in ("CUP", "SAUCER")] == [2, 2]


def test_a_box_issued_late_may_be_on_any_unit_confirmed_since_it_was_owed() -> None:
    """Three packed in the first run are in no later box; the four that owed and those after may be."""
    plant = stocked(catalog())
    plant.do(Complete("MO-1", good=3))
    plant.do(Complete("MO-1", good=4))
    plant.do(IssueGoods("MO-1", Goods("BOX", lot="B-2", quantity=4)))
    plant.do(Complete("MO-1", good=3))
    made = [edge.serial for edge in plant.trace.forward(Goods("BOX", lot="B-2")).edges if edge.kind == "made"]

    assert made == [f"MO-1-{n:04d}" for n in range(4, 11)]
    for number in range(1, 11):
        lots = [edge.lot for edge in plant.trace.backward(f"MO-1-{number:04d}").edges if edge.item == "BOX"]
        assert ("B-2" in lots) is (number > 3)


def test_what_was_released_before_a_late_box_came_is_not_in_it(done: Plant) -> None:
    """It would not have been released without its own; what awaited release, or does so again, may be."""
    proved(done).release(serials(2, 4))
    done.do(IssueGoods("MO-1", Goods("BOX", lot="B-2")))
    others = tuple(f"MO-1-{n:04d}" for n in (1, 5, 6, 7, 8, 9, 10))

    assert [serial for goods in done.recall("B-2").stock for serial in goods.serials] == sorted(others)
    for serial in ("MO-1-0002", "MO-1-0005"):
        lots = [edge.lot for edge in done.trace.backward(serial).edges if edge.item == "BOX"]
        assert ("B-2" in lots) is (serial in others)


def test_a_component_gets_what_it_needs_before_packaging_does() -> None:
    """Tape holds the chip and closes the box: with two pieces for two units, both are held and none is closed."""
    known = Catalog(
        [
            Item("HD", tracking=Tracking.LOT),
            Item("TAPE"),
            BillOfMaterial("HD", [BomLine("TAPE", 1, role=PACKAGING), BomLine("TAPE", 1)]),
            ReleaseCriteria("HD", requires=["look"]),
        ]
    )
    plant = Plant(known, clock=ManualClock(NOW))
    plant.do(Receive("TAPE", 2))
    plant.do(Launch(PlannedMake("HD", 2, NOW, NOW, ""), code="MO-1"))
    plant.do(IssueGoods("MO-1", Goods("TAPE", quantity=2)))
    plant.do(Complete("MO-1", good=2))

    assert [line.consumed for line in plant.production.order("MO-1").lines] == [0, 2]
    assert owes(plant) == [(2, 0, "TAPE")]


def test_it_is_the_same_over_a_store_and_read_again() -> None:
    """Every step by a plant made anew over the store; read again, the events tell the same."""
    store, clock, known = MemoryEvents(), ManualClock(NOW), catalog()

    def anew() -> Plant:
        return Plant(known, events=store, clock=clock)

    commands: list[Command[Any]] = [
        Receive("CHIP", 10, lot="C"),
        Receive("BOX", 20, lot="B-1"),
        Launch(PlannedMake("HD", 10, NOW, NOW, ""), code="MO-1"),
        IssueGoods("MO-1", Goods("CHIP")),
        IssueGoods("MO-1", Goods("BOX", quantity=3)),
        Complete("MO-1", good=10),
        Record(Goods("HD", lot="MO-1"), "burn-in", Verdict.PASSED),
    ]
    for command in commands:
        anew().do(command)
    for wrong in (Close("MO-1"), ReleaseGoods(Goods("HD", lot="MO-1"))):
        with pytest.raises(Refused):
            anew().do(wrong)
    assert owes(anew()) == [(10, 3, "BOX")]
    assert [row.missing for row in anew().quality.waiting(Goods("HD", lot="MO-1"))][2:4] == [(), ("packaging",)]
    anew().do(IssueGoods("MO-1", Goods("BOX")))
    assert anew().release(Goods("HD", lot="MO-1")).quantity == 10
    assert [line.serials for line in anew().recall(Goods("BOX", lot="B-1")).stock][-1] == tuple(serials(1, 10).serials)


def test_a_held_order_is_issued_nothing() -> None:
    """Owed or not: it pauses."""
    plant = stocked(catalog())
    plant.do(Complete("MO-1", good=5))
    plant.do(Hold("MO-1"))

    with pytest.raises(Refused, match="held"):
        plant.do(IssueGoods("MO-1", Goods("BOX", lot="B-2")))
