"""Confirming: what a report consumes, brings into being and implies, and what completion sends to stores."""

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from prodstock.errors import InvalidValueError, NotAllowed, NotEnough, UnknownCode
from prodstock.journal.store import ManualClock
from prodstock.master.bom import BillOfMaterial, BomLine
from prodstock.master.catalog import Catalog
from prodstock.master.item import Item, Tracking
from prodstock.master.quality_state import Quality
from prodstock.master.routing import Operation, OperationKind, Routing
from prodstock.orders.lifecycle import OrderState
from prodstock.orders.planned import PlannedMake
from prodstock.orders.production import ProductionOrder, StepsConfirmed
from prodstock.plant import Plant
from prodstock.shopfloor.issue import Issue, IssueGoods
from prodstock.shopfloor.launch import Launch
from prodstock.shopfloor.report import Complete, Report
from prodstock.shopfloor.wip import check_balances
from prodstock.stock.goods import Goods
from prodstock.stock.reverse import Reverse


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
    """A plant in which ten devices are supplied and not yet begun."""
    plant.do(Launch(planned()))
    plant.do(Issue(plant.reserve("MO-1")))
    return plant


def where(plant: Plant, item: str) -> dict[tuple[str, str], int]:
    """Return how much of an item lies where in which release state."""
    found: dict[tuple[str, str], int] = {}
    shelf = plant._world.shelf(plant._world.find(f"stock:{item}@MAIN"))
    for parcel in shelf.live:
        place = plant._world.places.name(shelf.place[parcel])
        key = place.location, place.release
        found[key] = found.get(key, 0) + shelf.rows[parcel][0]
    return found


def test_a_report_consumes_for_good_and_scrapped(begun: Plant) -> None:
    """Six begun devices use 6 chips and 13 microphones of the lot that expires first; boxes wait for packing."""
    order = begun.do(Report("MO-1", "assemble", good=5, scrapped=1)).answer

    assert [line.consumed for line in order.lines] == [6, 13, 0]
    assert where(begun, "MIC") == {("STORES", "not-required"): 29, ("WIP", "not-required"): 8}
    assert where(begun, "DEVICE") == {("SCRAP", "awaiting"): 1, ("WIP", "awaiting"): 5}
    assert plain((order.scrapped, order.good, order.state)) == (1, 0, OrderState.STARTED)
    begun.check()
    check_balances(begun._world)


def test_confirming_a_step_implies_those_before_it(begun: Plant) -> None:
    """Four tested devices were assembled, whoever forgot to say so."""
    order = begun.do(Report("MO-1", "test", good=3, scrapped=1)).answer

    assert plain([(step.good, step.scrapped) for step in order.steps]) == [(4, 0), (3, 1), (0, 0)]
    assert [line.consumed for line in order.lines] == [4, 9, 0]


def test_all_of_the_need_is_used_when_all_units_are_confirmed(begun: Plant) -> None:
    """Whatever the steps of confirming, ten devices use 21 microphones, as one would."""
    for _ in range(10):
        begun.do(Report("MO-1", "assemble", good=1))

    assert order_of(begun).lines[1].consumed == 21
    begun.check()


def test_completion_sends_good_units_to_stores_and_the_order_completes(begun: Plant) -> None:
    """Eight of ten reach stores and await release; one was lost at packing and one before."""
    begun.do(Report("MO-1", "assemble", good=9, scrapped=1))
    output = begun.do(Complete("MO-1", good=8, scrapped=1)).answer

    assert (output.serials[0], output.serials[-1], len(output.serials)) == ("MO-1-0001", "MO-1-0008", 8)
    assert plain((output.good, output.scrapped, output.lot)) == (8, 1, "MO-1")
    assert where(begun, "DEVICE") == {("SCRAP", "awaiting"): 2, ("STORES", "awaiting"): 8}
    order = order_of(begun)
    assert plain((order.state, order.good, order.scrapped)) == (OrderState.COMPLETED, 8, 2)
    assert [line.consumed for line in order.lines] == [10, 21, 9], "nine boxes: one device never came to packing"
    begun.check()
    check_balances(begun._world)


def test_completion_counts_what_was_reported_before(begun: Plant) -> None:
    """Packing reported for ten and then completed for ten is ten, not twenty."""
    begun.do(Report("MO-1", "pack", good=10))
    begun.do(Complete("MO-1", good=6))
    begun.do(Complete("MO-1", good=3, scrapped=1))

    order = order_of(begun)
    assert plain([(step.good, step.scrapped) for step in order.steps]) == [(10, 0), (10, 0), (9, 1)]
    assert plain((order.state, order.good)) == (OrderState.COMPLETED, 9)
    begun.check()


def test_more_than_was_started_is_refused_with_what_is_left(begun: Plant) -> None:
    """After one was lost in assembly and six were packed, three are left to pack."""
    begun.do(Report("MO-1", "assemble", good=9, scrapped=1))
    begun.do(Complete("MO-1", good=6))

    with pytest.raises(NotAllowed, match="at most 3 pcs"):
        begun.do(Complete("MO-1", good=4))
    with pytest.raises(NotAllowed, match="at most 0 pcs"):
        begun.do(Report("MO-1", "assemble", good=1))
    begun.do(Complete("MO-1", good=3))
    with pytest.raises(NotAllowed, match="completed"):
        begun.do(Complete("MO-1", good=1))


def test_a_component_that_is_short_in_wip_refuses_by_name(plant: Plant, planned: Callable[..., PlannedMake]) -> None:
    """Nothing happens when chips suffice for three of four, and the message says chips."""
    plant.do(Launch(planned()))
    plant.do(IssueGoods("MO-1", Goods("MIC", quantity=21)))
    plant.do(IssueGoods("MO-1", Goods("CHIP", serials=["C-1", "C-2", "C-3"])))
    before = order_of(plant)

    with pytest.raises(NotEnough, match=r"CHIP in the WIP of MO-1.*4 pcs asked, 3 there") as refusal:
        plant.do(Report("MO-1", "assemble", good=4))

    assert refusal.value.item == "CHIP"
    assert order_of(plant) == before
    plant.do(Report("MO-1", "assemble", good=3))


def test_what_quality_blocked_on_the_floor_is_not_used(begun: Plant) -> None:
    """A lot blocked in WIP is not consumed; approved again it is."""
    begun.judge(Goods("MIC", lot="M-1", location="WIP"), Quality.BLOCKED)

    with pytest.raises(NotEnough, match="MIC"):
        begun.do(Report("MO-1", "assemble", good=1))
    begun.judge(Goods("MIC", lot="M-1", location="WIP"), Quality.APPROVED)
    begun.do(Report("MO-1", "assemble", good=1))
    begun.check()


def test_serials_may_be_named(begun: Plant) -> None:
    """Units bear the serials of the caller; the rest is numbered, the scrapped one is the one that was named."""
    begun.do(Report("MO-1", "assemble", good=2, scrapped=1, serials=["A", "B"], scrapped_serials=["X"]))
    begun.do(Report("MO-1", "assemble", good=2))
    output = begun.do(Complete("MO-1", good=2, scrapped=1, serials=["B", "MO-1-0004"])).answer

    assert output.serials == ("B", "MO-1-0004")
    book = begun._world.book_of("DEVICE")
    assert book is not None
    assert [book.code(row) for row in book.serials(book.find_lot("MO-1"))] == ["A", "B", "X", "MO-1-0004", "MO-1-0005"]
    assert where(begun, "DEVICE") == {("WIP", "awaiting"): 1, ("SCRAP", "awaiting"): 2, ("STORES", "awaiting"): 2}
    begun.check()


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"good": 2, "serials": ["A"]}, "are 1 for 2 units"),
        ({"good": 1, "scrapped": 1, "serials": ["A"], "scrapped_serials": ["A"]}, "good and scrapped"),
        ({"good": 0}, "both zero"),
        ({"good": -1, "scrapped": 2}, "below zero"),
        ({"good": "0.5"}, "decimals"),
    ],
)
def test_calls_that_cannot_be_meant_are_refused(begun: Plant, fields: dict[str, object], message: str) -> None:
    """Counts and serials must agree, and something must have been made."""
    with pytest.raises(InvalidValueError, match=message):
        begun.do(Report("MO-1", "assemble", **fields))  # type: ignore[arg-type]


def test_serials_named_twice_or_in_being_are_refused(begun: Plant) -> None:
    """A serial is minted once."""
    with pytest.raises(InvalidValueError, match="named twice"):
        Report("MO-1", "assemble", good=2, serials=["A", "A"])
    begun.do(Complete("MO-1", good=1, serials=["A"]))
    with pytest.raises(NotAllowed, match="A of DEVICE is in being"):
        begun.do(Complete("MO-1", good=1, serials=["A"]))
    begun.do(Report("MO-1", "assemble", good=1))
    with pytest.raises(InvalidValueError, match="only 1 units are new"):
        begun.do(Report("MO-1", "test", good=2, serials=["B", "C"]))


def test_unknown_steps_name_the_nearest(begun: Plant) -> None:
    """A misspelt step is a bad call."""
    with pytest.raises(UnknownCode, match="assemble"):
        begun.do(Report("MO-1", "assembel", good=1))


def test_who_did_what_when_is_kept(begun: Plant) -> None:
    """Start, end, resource and people are in the event."""
    start, end = datetime(2026, 3, 1, 8, tzinfo=UTC), datetime(2026, 3, 1, 12, tzinfo=UTC)
    done = begun.do(
        Report("MO-1", "assemble", good=1, begun=start, ended=end, resource="BENCH-2", people=["anna"], by="shift")
    )

    event = next(told.event for told in done.events if isinstance(told.event, StepsConfirmed))
    assert (event.operation, event.begun, event.ended, event.resource) == ("assemble", start, end, "BENCH-2")
    assert event.people == ("anna",)
    with pytest.raises(InvalidValueError, match="before it began"):
        begun.do(Report("MO-1", "assemble", good=1, begun=end, ended=start))


def test_co_and_by_products_come_in_proportion_rounded_down_in_total(
    plant: Plant, planned: Callable[..., PlannedMake]
) -> None:
    """Seven cups bring three saucers and 0.7 kg of shards, whatever the parts; the mould is used once."""
    plant.do(Launch(planned("CUP", 8)))
    plant.do(Issue(plant.reserve("MO-1")))
    for good in (1, 1, 5):
        plant.do(Complete("MO-1", good=good))

    assert where(plant, "SAUCER") == {("STORES", "not-required"): 3}
    assert where(plant, "SHARDS") == {("STORES", "not-required"): 7}
    assert where(plant, "CUP") == {("STORES", "not-required"): 7}
    assert [line.consumed for line in order_of(plant).lines] == [Decimal("2.45"), 1]
    plant.check()


def test_parallel_steps_that_join() -> None:
    """Two branches are begun for the same units; joining them implies both."""
    bom = BillOfMaterial("LAMP", [BomLine("FOOT", 1, operation="foot"), BomLine("SHADE", 1, operation="shade")])
    routing = Routing(
        "LAMP", [Operation("foot", after=()), Operation("shade", after=()), Operation("join", after=["foot", "shade"])]
    )
    catalog = Catalog([Item("LAMP", tracking=Tracking.LOT), Item("FOOT"), Item("SHADE"), bom, routing])
    now = datetime(2026, 3, 2, tzinfo=UTC)
    plant = Plant(catalog, clock=ManualClock(now))
    plant.receive("FOOT", 10)
    plant.receive("SHADE", 10)
    plant.do(Launch(PlannedMake("LAMP", Decimal(10), now, now, "")))
    plant.do(Issue(plant.reserve("MO-1")))

    plant.do(Report("MO-1", "foot", good=6))
    plant.do(Report("MO-1", "shade", good=3, scrapped=1))
    with pytest.raises(NotAllowed, match="at most 9 pcs"):
        plant.do(Report("MO-1", "join", good=10))
    order = plant.do(Report("MO-1", "join", good=7)).answer

    assert plain([(step.good, step.scrapped) for step in order.steps]) == [(7, 0), (7, 1), (7, 0)]
    assert [line.consumed for line in order.lines] == [7, 8]
    assert where(plant, "LAMP") == {("WIP", "not-required"): 7, ("SCRAP", "not-required"): 1}
    plant.check()


def test_a_unit_that_reached_stores_is_not_scrapped_on_the_floor() -> None:
    """A step after the last one that changes anything can lose only what is still in WIP."""
    now = datetime(2026, 3, 2, tzinfo=UTC)
    routing = Routing("CUP", [Operation("press"), Operation("wait", kind=OperationKind.WAIT)])
    plant = Plant(Catalog([Item("CUP", tracking=Tracking.LOT), routing]), clock=ManualClock(now))
    plant.do(Launch(PlannedMake("CUP", Decimal(3), now, now, "")))
    plant.do(Complete("MO-1", good=2))

    with pytest.raises(NotEnough, match="in the WIP"):
        plant.do(Report("MO-1", "wait", good=0, scrapped=1))


def test_a_report_taken_back_is_made_again_with_the_same_serials(begun: Plant) -> None:
    """Nine were typed for six: the report is reversed, and the six bear the first six serials."""
    wrong = begun.do(Report("MO-1", "assemble", good=9))
    begun.do(Reverse(wrong.events[0]))
    begun.check()
    assert [line.consumed for line in order_of(begun).lines] == [0, 0, 0]

    output = begun.do(Complete("MO-1", good=6)).answer

    assert output.serials == tuple(f"MO-1-{number:04d}" for number in range(1, 7))
    assert begun.do(Complete("MO-1", good=4)).answer.serials[-1] == "MO-1-0010"
    begun.check()
    check_balances(begun._world)


def test_a_completion_taken_back_leaves_the_units_where_they_were(begun: Plant) -> None:
    """Completed too early, four devices are back on the floor as reported."""
    begun.do(Report("MO-1", "pack", good=4))
    early = begun.do(Complete("MO-1", good=4))
    begun.do(Reverse(early.events[0]))

    assert where(begun, "DEVICE") == {("WIP", "awaiting"): 4}
    assert begun.do(Complete("MO-1", good=4)).answer.serials[0] == "MO-1-0001"
    begun.check()
