"""An item may get more decimals at any time: its stock is counted in finer steps, and nothing else changes."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random  # noqa: TID251 - seeded by hypothesis

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from prodstock.codec import dumps
from prodstock.errors import InvalidValueError, NotAllowed, ProdstockError, Refused
from prodstock.journal.command import Together
from prodstock.journal.commit import Batch, Recorded
from prodstock.journal.store import ManualClock, MemoryEvents
from prodstock.journal.stream import Stream
from prodstock.master.bom import BillOfMaterial, BomLine
from prodstock.master.catalog import Catalog
from prodstock.master.item import Item, Tracking
from prodstock.master.location import Site
from prodstock.master.resource import Resource
from prodstock.master.routing import Operation, Routing
from prodstock.orders.demand import Demand
from prodstock.orders.planned import PlannedBuy
from prodstock.orders.purchase import PurchaseOrder, TransferOrder
from prodstock.plant import Plant
from prodstock.shopfloor.issue import Issue
from prodstock.stock.claim import Claim
from prodstock.stock.expect import Redefine
from prodstock.stock.goods import Goods, Reservation
from prodstock.stock.receive import Receive
from prodstock.stock.replay import replay
from prodstock.stock.reservation import Reserve
from prodstock.testing import digest
from prodstock.testing.digests import state_lines
from prodstock.testing.machines import START, Wishes, small_catalog, small_ledger

NOW = datetime(2026, 3, 2, 6, tzinfo=UTC)
WIRE = Item("WIRE", unit="m", scale=1)
PLAIN = Catalog([WIRE, Item("BOX"), Site("SOUTH")])


def scaled(catalog: Catalog, **scales: int) -> Catalog:
    """Return a catalog whose items of these codes have these scales."""
    return Catalog([attrs.evolve(d, scale=scales[d.code]) if isinstance(d, Item) and d.code in scales else d
                    for d in catalog.definitions])  # fmt: skip


FINE = scaled(PLAIN, WIRE=3)


@pytest.fixture(params=[None, MemoryEvents], ids=["in memory", "over a store"])
def plant(request: pytest.FixtureRequest) -> Plant:
    """Return a plant with wire in tenths of a metre."""
    events = request.param() if request.param else None
    return Plant(PLAIN, events=events, clock=ManualClock(NOW))


def test_stock_is_counted_in_finer_steps(plant: Plant) -> None:
    """What was there, reserved and shipped is there afterwards, and finer quantities are taken."""
    plant.receive("WIRE", "10.5")
    plant.expect(Demand("WIRE", 4, due=date(2026, 4, 1), ref="SO-1"))
    held = plant.reserve("SO-1")

    plant.do(Redefine(FINE))
    plant.receive("WIRE", "0.125")
    plant.reserve(Claim("WIRE", "6.625", ref="LAB"))

    found = plant.availability("WIRE")
    assert (found.physical, found.free, found.reserved) == (Decimal("10.625"), Decimal(0), Decimal("10.625"))
    assert [str(pick.quantity) for pick in held.lines] == ["4.0"]
    plant.void(held)
    assert plant.availability("WIRE").free == 4
    plant.check()


def test_a_reservation_made_before_may_be_ended_after(plant: Plant) -> None:
    """Open rests of reservations are recounted too: they can be shipped in parts and returned."""
    plant.receive("WIRE", 10)
    plant.expect(Demand("WIRE", 4, due=date(2026, 4, 1), ref="SO-1"))
    plant.reserve("SO-1")
    plant.do(Redefine(FINE))
    plant.ship(Goods("WIRE", quantity="1.125"), demand="SO-1")
    assert plant.availability("WIRE").reserved == Decimal("2.875")
    plant.cancel("SO-1")
    assert plant.availability("WIRE").free == Decimal("8.875")
    plant.check()


def test_what_is_told_stays_as_it_was() -> None:
    """The events of old commits are the same, byte for byte, before and after, and tell the same state."""
    plant = Plant(PLAIN, clock=ManualClock(NOW))
    plant.receive("WIRE", "10.5", key="first")
    plant.reserve(Claim("WIRE", 4, ref="LAB"), key="second")
    before = [dumps(event) for event in plant.events()]

    plant.do(Redefine(FINE))
    plant.receive("WIRE", "0.125")

    events = plant.events()
    assert [dumps(event) for event in events][: len(before)] == before
    for told in (events, sorted(events, key=lambda event: (event.stream, event.version))):
        assert state_lines(replay(PLAIN, told)) == state_lines(plant)


def test_a_commit_before_may_be_taken_back_after(plant: Plant) -> None:
    """A reversal takes back what was booked, in the steps of today."""
    plant.receive("WIRE", 1)
    told = plant.do(Receive("WIRE", "10.5")).events[0]
    plant.do(Redefine(FINE))
    plant.reverse(told)
    assert plant.availability("WIRE").physical == 1
    plant.check()


def test_a_fork_grows_alone() -> None:
    """A fork that counts more finely leaves its parent, and a parent its forks, as they were."""
    plant = Plant(PLAIN, clock=ManualClock(NOW))
    plant.receive("WIRE", "10.5")
    plant.reserve(Claim("WIRE", 4, ref="LAB"))
    child = plant.fork("child")
    finer = plant.fork("finer").assume(Redefine(FINE), Receive("WIRE", "0.125"))
    before = [digest(plant), digest(child)]
    assert finer.availability("WIRE").physical == Decimal("10.625")
    assert [digest(plant), digest(child)] == before

    plant.do(Redefine(FINE))
    assert digest(child) == before[1]
    assert child.availability("WIRE").physical == Decimal("10.5")
    for one in (plant, child, finer):
        one.check()
        assert state_lines(replay(PLAIN, one.events())) == state_lines(one)


def test_together_with_what_comes_before_and_after(plant: Plant) -> None:
    """In one command, what stands before the new definitions was counted coarsely, what stands behind them finely."""
    plant.receive("WIRE", 10)
    done = plant.do(
        Together(
            [
                Reserve(Claim("WIRE", "0.5", ref="A")),
                Redefine(FINE),
                Receive("WIRE", "0.125"),
                Reserve(Claim("WIRE", "0.125", ref="B")),
                Redefine(scaled(FINE, WIRE=4)),
                Reserve(Claim("WIRE", "0.0625", ref="C")),
            ]
        )
    )
    held = [answer for answer in done.answer if isinstance(answer, Reservation)]
    assert [str(one.lines[0].quantity) for one in held] == ["0.5", "0.125", "0.0625"]
    assert plant.availability("WIRE").reserved == Decimal("0.6875")
    plant.check()
    assert state_lines(replay(PLAIN, plant.events())) == state_lines(plant)


def test_definitions_of_the_same_command_are_replayed(plant: Plant) -> None:
    """An item that comes up in a command may be received in the same command, and is known to who reads it again."""
    plant.do(Together([Redefine(Catalog([*PLAIN.definitions, Item("NEW")])), Receive("NEW", 5)]))
    assert state_lines(replay(PLAIN, plant.events())) == state_lines(plant)


def test_a_store_tells_the_definitions_in_force() -> None:
    """A plant opened with the first definitions reads those that came since, before anything else."""
    store, clock = MemoryEvents(), ManualClock(NOW)
    Plant(PLAIN, events=store, clock=clock).receive("WIRE", "1.5")
    Plant(PLAIN, events=store, clock=clock).do(Redefine(Catalog([*FINE.definitions, Item("NEW")])))
    Plant(PLAIN, events=store, clock=clock).receive("WIRE", "0.125")
    Plant(PLAIN, events=store, clock=clock).receive("NEW", 5)
    assert Plant(PLAIN, events=store, clock=clock).catalog.item("NEW").code == "NEW"
    assert Plant(PLAIN, events=store, clock=clock).availability("WIRE").physical == Decimal("1.625")


def on_the_floor(scale: int) -> Catalog:
    """Return a catalog whose device takes half a metre of wire, or of another wire."""
    line = BomLine("WIRE", "0.5", substitutes=["ALT"])
    steps = Routing("DEV", operations=[Operation("do", resource="bench", run_per_unit=timedelta(minutes=1))])
    wires = [Item("WIRE", unit="m", scale=scale), Item("ALT", unit="m", scale=1)]
    return Catalog([Item("DEV"), *wires, BillOfMaterial("DEV", revision="A", lines=[line]), steps, Resource("bench")])


@pytest.mark.parametrize("then", [1, 3], ids=["as it was", "finer"])
def test_an_order_on_the_floor_goes_on(then: int) -> None:
    """What an order was issued, used and left is the same in finer steps, and so are its substitutes."""
    plant = Plant(on_the_floor(1), clock=ManualClock(NOW))
    plant.receive("WIRE", 20)
    plant.receive("ALT", 30)
    plant.expect(Demand("DEV", 60, due=date(2026, 3, 20), ref="SO-1"))
    order = plant.launch(plant.plan(until=date(2026, 4, 1)).make[0])
    issued = plant.do(Issue(plant.reserve(order)))
    plant.report(order, "do", good=10)

    plant.do(Redefine(on_the_floor(then)))

    plant.put_back(order, Goods("WIRE", quantity=2))
    plant.complete(order, good=20)
    plant.check()
    with pytest.raises(NotAllowed, match="overtaken"):
        plant.reverse(issued.events[0])
    assert state_lines(replay(on_the_floor(1), plant.events())) == state_lines(plant)
    plant.close(order)
    plant.check()
    assert [plant.availability(code).free for code in ("WIRE", "ALT")] == [Decimal(10), Decimal(30)]


def test_what_does_not_fit_is_refused_before() -> None:
    """Steps so fine that a quantity once kept would not fit 64 bits are refused, and nothing has changed."""
    plant = Plant(PLAIN, clock=ManualClock(NOW))
    plant.receive("WIRE", 10**12)
    plant.adjust("WIRE", 1 - 10**12)
    before = digest(plant)
    with pytest.raises(InvalidValueError, match="too fine for WIRE: its stock"):
        plant.do(Redefine(scaled(PLAIN, WIRE=9)))
    assert digest(plant) == before
    plant.do(Redefine(scaled(PLAIN, WIRE=5)))
    plant.check()


def test_a_promise_that_does_not_fit_is_refused_before() -> None:
    """So are steps in which an open promise could not be counted."""
    plant = Plant(PLAIN, clock=ManualClock(NOW))
    plant.receive("WIRE", 1)
    plant.expect(Demand("WIRE", 10**12, due=date(2026, 4, 1), ref="SO-1"))
    with pytest.raises(InvalidValueError, match="demand SO-1 would not fit"):
        plant.do(Redefine(scaled(PLAIN, WIRE=9)))
    plant.cancel("SO-1")
    plant.do(Redefine(scaled(PLAIN, WIRE=9)))


def without(code: str, *more: Item) -> Catalog:
    """Return the catalog without an item, or with another one of its code."""
    return Catalog([*(d for d in PLAIN.definitions if getattr(d, "code", "") != code), *more])


CHANGES = {
    "gone": without("WIRE"),
    "another unit": without("WIRE", Item("WIRE", unit="kg", scale=1)),
    "another tracking": without("WIRE", Item("WIRE", unit="m", scale=1, tracking=Tracking.LOT)),
    "fewer decimals": without("WIRE", Item("WIRE", unit="m")),
}
PROMISES = {
    "demand": Demand("WIRE", 5, due=date(2026, 4, 1), ref="X-1"),
    "purchase": PurchaseOrder("WIRE", 5, supplier="KNW", due=date(2026, 4, 1), ref="X-1"),
    "transfer": TransferOrder("WIRE", 5, source="SOUTH", target="MAIN", due=date(2026, 4, 1), ref="X-1"),
}


@pytest.mark.parametrize("changed", CHANGES.values(), ids=CHANGES)
@pytest.mark.parametrize("promise", PROMISES.values(), ids=PROMISES)
def test_promises_too_name_an_item(plant: Plant, promise: Demand | PurchaseOrder, changed: Catalog) -> None:
    """An item that an open promise names keeps unit, tracking and decimals though there is none of it; then it may."""
    plant.expect(promise)
    with pytest.raises(NotAllowed, match="X-1"):
        plant.do(Redefine(changed))
    plant.cancel("X-1")
    plant.do(Redefine(changed))


class Nameless:
    """A store that cannot name its streams."""

    def __init__(self) -> None:
        self._events = MemoryEvents()

    def read(self, streams: Sequence[Stream], /) -> Iterable[Recorded]:
        """Return the events of these streams."""
        return self._events.read(streams)

    def append(self, batch: Batch, /) -> None:
        """Keep the events of a batch."""
        self._events.append(batch)


def test_a_store_that_names_no_streams() -> None:
    """Without the names of all streams an item may grow and come up; what a promise may forbid cannot be judged."""
    store, clock = Nameless(), ManualClock(NOW)
    Plant(PLAIN, events=store, clock=clock).receive("BOX", 1)
    Plant(PLAIN, events=store, clock=clock).do(Redefine(Catalog([*FINE.definitions, Item("NEW")])))
    with pytest.raises(InvalidValueError, match="name its streams"):
        Plant(PLAIN, events=store, clock=clock).do(Redefine(CHANGES["another unit"]))


def test_a_settled_plan_names_an_item() -> None:
    """So does a planned order that a person has settled."""
    plant = Plant(PLAIN, clock=ManualClock(NOW))
    later = NOW + timedelta(days=3)
    plant.firm(PlannedBuy("WIRE", Decimal(5), NOW, later, "KNW", code="plan-1"))
    for changed in CHANGES.values():
        with pytest.raises(NotAllowed, match="plan-1"):
            plant.do(Redefine(changed))


def test_a_promise_names_its_site(plant: Plant) -> None:
    """A site where something is promised stays."""
    plant.expect(Demand("BOX", 5, due=date(2026, 4, 1), ref="X-1", site="SOUTH"))
    with pytest.raises(NotAllowed, match="SOUTH"):
        plant.do(Redefine(Catalog([WIRE, Item("BOX")])))


@given(st.integers(0, 2**32))
@settings(max_examples=12)
def test_a_life_in_which_scales_grow(seed: int) -> None:
    """A plant whose scales grow now and then lives as paper does, and its events tell the same state in any order."""
    dice, paper, clock = Random(seed), small_ledger(), ManualClock(START)  # noqa: S311 - seeded by hypothesis
    plant, catalog = Plant(small_catalog(), clock=clock), small_catalog()
    scales = {"BOX": 0, "WIRE": 2, "MIC": 0, "GLUE": 0}
    told: list[str] = []
    for number in range(40):
        if number % 10 == 9:
            item = dice.choice(list(scales))
            scales[item] += dice.randint(1, 3)
            told = [dumps(event) for event in plant.events()]
            plant.do(Redefine(scaled(catalog, **scales)))
            assert [dumps(event) for event in plant.events()][: len(told)] == told
            paper.attempt(clock.now(), None, lambda: None)
        wish = Wishes(dice.choice, paper).one()
        granted = done = True
        try:
            paper.attempt(clock.now(), None, wish.on_paper)
        except Refused:
            granted = False
        try:
            plant.do(wish.command)
        except ProdstockError:
            done = False
        assert done is granted, wish.command
        clock.advance(timedelta(minutes=dice.randint(0, 40)))
    plant.check()
    for code in scales:
        found = plant.availability(code)
        assert {b.name.value: b.quantity for b in found.buckets if b.quantity} == paper.buckets(code, clock.now())
    events = list(plant.events())
    dice.shuffle(events)
    assert state_lines(replay(small_catalog(), events)) == state_lines(plant)
