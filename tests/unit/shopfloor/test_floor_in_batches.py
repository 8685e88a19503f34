"""Commands of the floor in one commit, and many at a time."""

from collections.abc import Callable
from decimal import Decimal

import pytest

from prodstock.errors import NotAllowed, NotEnough, NotReleasable
from prodstock.journal.command import Command, Done, Together
from prodstock.journal.store import ManualClock, MemoryEvents
from prodstock.orders.lifecycle import OrderState
from prodstock.orders.planned import PlannedMake
from prodstock.orders.production import ProductionOrder
from prodstock.plant import Plant
from prodstock.quality.inspection import Record, Verdict
from prodstock.quality.release import Released, ReleaseGoods
from prodstock.shopfloor.close import Close
from prodstock.shopfloor.issue import Issue, Issued, IssueGoods, PutBack
from prodstock.shopfloor.launch import Launch
from prodstock.shopfloor.report import Complete, Report
from prodstock.stock.goods import Goods, Output
from prodstock.stock.replay import replay
from prodstock.stock.reservation import Reserve
from prodstock.testing import digest


def day(plan: PlannedMake) -> list[Command[object]]:
    """Return all that happens to an order of ten devices, from its launch to its release."""
    return [
        Launch(plan, code="MO-1"),
        Reserve("MO-1"),
        Issue("MO-1/1"),
        IssueGoods("MO-1", Goods("MIC-B", quantity=2)),
        Report("MO-1", "assemble", good=9, scrapped=1),
        PutBack("MO-1", Goods("MIC-B", quantity=2)),
        Complete("MO-1", good=9),
        Record("MO-1", "burn-in", Verdict.PASSED),
        Record("MO-1", "label", Verdict.PASSED),
        ReleaseGoods("MO-1"),
        Close("MO-1"),
    ]


def same_goods(plant: Plant, other: Plant) -> bool:
    """Tell whether two plants hold the same goods and order."""
    items = [item.code for item in plant.catalog.items]
    return all(plant.availability(item) == other.availability(item) for item in items) and (
        plant.production.order("MO-1") == other.production.order("MO-1")
    )


def test_a_whole_order_in_one_commit(plant: Plant, planned: Callable[..., PlannedMake]) -> None:
    """What its commands answer and leave is what they answer and leave one after the other."""
    twin = Plant.load(plant.catalog, plant.events(), clock=ManualClock(plant._clock.now()))
    answers = plant.do(Together(day(planned()))).answer
    alone = tuple(twin.do(command).answer for command in day(planned()))

    assert answers == alone
    assert same_goods(plant, twin)
    issued, output, released, closed = (answers[at] for at in (2, 6, 9, 10))
    assert isinstance(issued, Issued)
    assert [str(line.quantity) for line in issued.lines if line.item == "BOX"] == ["10"]
    assert isinstance(output, Output)
    assert (int(output.good), len(output.serials)) == (9, 9)
    assert isinstance(released, Released)
    assert isinstance(closed, ProductionOrder)
    assert (closed.state, int(closed.lines[0].consumed), int(closed.steps[0].scrapped)) == (OrderState.CLOSED, 10, 1)
    assert digest(replay(plant.catalog, plant.events())) == digest(plant)
    plant.check()


def test_all_or_nothing(plant: Plant, planned: Callable[..., PlannedMake]) -> None:
    """Where the last of them is refused, none has happened: there is no such order."""
    before = digest(plant)
    with pytest.raises(NotReleasable) as refusal:
        plant.do(Together([*day(planned())[:8], ReleaseGoods("MO-1")]))

    assert refusal.value.missing == ("label",)
    assert digest(plant) == before
    assert len(plant.production.orders()) == 0


def test_of_many_a_refusal_stops_only_itself(plant: Plant, planned: Callable[..., PlannedMake]) -> None:
    """Each command is carried out on what those before it left; what is refused says why, and the next one goes on."""
    commands: list[Command[object]] = [
        Launch(planned(), code="MO-1"),
        Report("MO-1", "assemble", good=1),
        Reserve("MO-1"),
        Issue("MO-1/1"),
        Issue("MO-1/1"),
        Together([Report("MO-1", "assemble", good=4), Complete("MO-1", good=4)]),
        ReleaseGoods("MO-1"),
        PutBack("MO-1", Goods("CHIP", quantity=6)),
    ]
    results = plant.submit(commands)

    refused = {at: type(one) for at, one in enumerate(results) if not isinstance(one, Done)}
    assert refused == {1: NotEnough, 4: NotAllowed, 6: NotReleasable}
    assert plant.availability("CHIP").free == 16
    assert plant.production.order("MO-1").good == Decimal(4)
    plant.check()


def test_over_a_store_an_order_in_one_commit_is_one_append(plant: Plant, planned: Callable[..., PlannedMake]) -> None:
    """A plant that reads on demand carries out the same, and another one finds it there."""
    store = MemoryEvents()
    clock = ManualClock(plant._clock.now())
    first = Plant(plant.catalog, events=store, clock=clock)
    for item, quantity in (("CHIP", 20), ("MIC", 50), ("MIC-B", 50), ("BOX", 30)):
        first.receive(item, quantity, lot=None if item == "BOX" else f"L-{item}")
    Plant(plant.catalog, events=store, clock=clock).do(Together(day(planned())))
    last = Plant(plant.catalog, events=store, clock=clock)

    assert last.production.order("MO-1").state is OrderState.CLOSED
    assert last.availability("DEVICE").free == 9
    last.check()
