"""What was booked by mistake is taken back exactly, once, and only while nothing rests on it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

import prodstock as ps
from prodstock.testing import digest

if TYPE_CHECKING:
    from collections.abc import Callable

START = datetime(2026, 3, 2, 6, tzinfo=UTC)


@pytest.fixture
def clock() -> ps.ManualClock:
    """A clock that stands at six."""
    return ps.ManualClock(START)


@pytest.fixture
def plant(clock: ps.ManualClock) -> ps.Plant:
    """A hundred microphones, and a demand for ten."""
    catalog = ps.Catalog([ps.Item("MIC", tracking=ps.Tracking.LOT), ps.Item("HD", tracking=ps.Tracking.SERIAL)])
    plant = ps.Plant(catalog, clock=clock)
    plant.receive("MIC", 100, lot="A")
    plant.expect(ps.Demand("MIC", 10, due=date(2026, 3, 20), ref="SO-1"))
    plant.expect(ps.PurchaseOrder("MIC", 50, supplier="KNW", due=date(2026, 3, 9), ref="PU-1"))
    return plant


MOVEMENTS: dict[str, Callable[[ps.Plant], ps.Command[object]]] = {
    "receipt": lambda _: ps.Receive("MIC", 5, lot="A"),
    "receipt against an order": lambda _: ps.Receive("MIC", 5, lot="A", against="PU-1"),
    "judgement": lambda _: ps.Judge("A", ps.Quality.BLOCKED, reason="damaged"),
    "part of a lot judged": lambda _: ps.Judge(ps.Goods("MIC", lot="A", quantity=7), ps.Quality.QUARANTINE),
    "move": lambda _: ps.Move("A", to="RECEIVING"),
    "scrap": lambda _: ps.Scrap(ps.Goods("MIC", lot="A", quantity=3)),
    "adjustment": lambda _: ps.Adjust("MIC", -4, lot="A"),
    "count": lambda _: ps.Count("MIC", 90, lot="A"),
    "shipment": lambda _: ps.Ship("A", demand="SO-1"),
}


def stock(plant: ps.Plant) -> list[tuple[object, ...]]:
    """What there is, where and in which state."""
    return [(h.lot, h.quantity, h.reserved, h.state, h.location) for h in plant.stock.holdings(ps.Goods("MIC"))]


@pytest.mark.parametrize("name", MOVEMENTS)
def test_a_reversal_restores_lots_states_and_papers(plant: ps.Plant, name: str) -> None:
    """After the reversal stock, demand and supply are as they were before the movement."""
    before, papers = stock(plant), plant.snapshot()
    done = plant.do(MOVEMENTS[name](plant))
    assert stock(plant) != before
    plant.reverse(done.events[0])
    assert stock(plant) == before
    after = plant.snapshot()
    assert (after.promises, after.done, after.lots) == (papers.promises, papers.done, papers.lots)
    plant.check()


def test_a_commit_is_taken_back_once_and_a_reversal_never(plant: ps.Plant) -> None:
    """The second time is refused, and so is taking the taking back back; nothing changes then."""
    name = plant.do(ps.Receive("MIC", 5, lot="A")).events[0].commit
    again = plant.do(ps.Reverse(name)).events[0]
    before = digest(plant)
    with pytest.raises(ps.NotAllowed, match="taken back"):
        plant.reverse(name)
    with pytest.raises(ps.NotAllowed, match="no movement"):
        plant.reverse(again)
    assert digest(plant) == before


def test_what_is_gone_or_promised_is_not_taken_back(plant: ps.Plant) -> None:
    """A receipt whose goods were shipped or reserved stays."""
    receipt = plant.do(ps.Receive("MIC", 20, lot="B")).events[0]
    plant.reserve(ps.Claim("MIC", 115, ref="X"))
    with pytest.raises(ps.NotEnough):
        plant.reverse(receipt)
    plant.void("X/1")
    plant.reverse(receipt)
    assert plant.availability("MIC").physical == 100


def test_reservations_and_promises_have_their_own_way_back(plant: ps.Plant) -> None:
    """A reservation is voided, a demand cancelled; the refusal says so. An unknown commit is unknown."""
    reserved = plant.do(ps.Reserve("SO-1")).events[0]
    with pytest.raises(ps.NotAllowed, match="Void the reservation"):
        plant.reverse(reserved)
    expected = plant.do(ps.Expect((ps.Demand("MIC", 1, due=date(2026, 4, 1)),))).events[0]
    with pytest.raises(ps.NotAllowed, match="no movement"):
        plant.reverse(expected)
    with pytest.raises(ps.UnknownCode):
        plant.reverse("stock:MIC@MAIN/99")


def test_papers_that_moved_on_are_taken_back_in_turn(plant: ps.Plant) -> None:
    """Of two shipments for a demand the later one goes first."""
    first = plant.do(ps.Ship(ps.Goods("MIC", lot="A", quantity=3), demand="SO-1")).events[0]
    second = plant.do(ps.Ship(ps.Goods("MIC", lot="A", quantity=4), demand="SO-1")).events[0]
    with pytest.raises(ps.NotAllowed, match="overtaken"):
        plant.reverse(first)
    plant.reverse(second)
    with pytest.raises(ps.NotAllowed, match="overtaken"):
        plant.reverse(first)


def test_a_reversal_takes_effect_now_unless_it_says_when(plant: ps.Plant, clock: ps.ManualClock) -> None:
    """What was believed in between stays on record: it was there until it was taken back."""
    receipt = plant.do(ps.Receive("MIC", 5, lot="A")).events[0]
    clock.advance(timedelta(hours=2))
    plant.reverse(receipt)
    assert plant.availability("MIC", at=START + timedelta(hours=1)).physical == 105
    assert plant.availability("MIC").physical == 100


@pytest.mark.parametrize("found", [100, 97])
def test_a_count_taken_back_no_longer_bars_earlier_entries(plant: ps.Plant, clock: ps.ManualClock, found: int) -> None:
    """The way out that the refusal names is one, also for a count that found what the books said."""
    clock.advance(timedelta(hours=2))
    counted = plant.do(ps.Count("MIC", found, lot="A"))
    clock.advance(timedelta(hours=2))
    earlier = ps.Receive("MIC", 5, lot="A", at=START + timedelta(hours=1))
    with pytest.raises(ps.NotAllowed, match="reverse the count first"):
        plant.do(earlier)

    plant.reverse(counted.events[0])
    plant.do(earlier)

    assert plant.availability("MIC").physical == 105
    with pytest.raises(ps.NotAllowed, match="once"):
        plant.reverse(counted.events[0])
    twin = ps.Plant.load(plant.catalog, plant.events())
    assert digest(twin) == digest(plant)
    twin.check()


def test_a_serial_comes_back_only_after_its_receipt_was_taken_back(plant: ps.Plant) -> None:
    """Minted once; the wrong receipt reversed, the same serial may be received again, and no third time."""
    receipt = plant.do(ps.Receive("HD", 2, lot="H", serials=["S1", "S2"])).events[0]
    with pytest.raises(ps.NotAllowed, match="in being"):
        plant.receive("HD", 1, lot="H", serials=["S1"])
    plant.reverse(receipt)
    assert plant.receive("HD", 1, lot="H", serials=["S1"]).serials == ("S1",)
    with pytest.raises(ps.NotAllowed, match="in being"):
        plant.receive("HD", 1, lot="H", serials=["S1"])
    plant.check()
    assert plant.availability("HD").physical == Decimal(1)


def held(plant: ps.Plant, ref: str) -> list[tuple[str, list[Decimal]]]:
    """State and open rests of what is reserved for a demand or order."""
    return [(one.state, [pick.quantity for pick in one.lines]) for one in plant.stock.reservations(ref)]


ENDS: dict[str, Callable[[ps.Plant], ps.Command[object]]] = {
    "all shipped": lambda _: ps.Ship("A", demand="SO-1"),
    "part shipped": lambda _: ps.Ship(ps.Goods("MIC", lot="A", quantity=4), demand="SO-1"),
    "another lot shipped": lambda _: ps.Ship(ps.Goods("MIC", lot="B", quantity=10), demand="SO-1"),
    "blocked": lambda _: ps.Judge("A", ps.Quality.BLOCKED),
    "scrapped": lambda _: ps.Scrap("A", reserved=ps.OnReserved.BREAK),
    "in two steps": lambda _: ps.Together(
        [
            ps.Scrap(ps.Goods("MIC", lot="A", quantity=95), reserved=ps.OnReserved.BREAK),
            ps.Scrap(ps.Goods("MIC", lot="A", quantity=5), reserved=ps.OnReserved.BREAK),
        ]
    ),
}


@pytest.mark.parametrize("store", [None, ps.MemoryEvents], ids=["in memory", "over a store"])
@pytest.mark.parametrize("name", ENDS)
def test_a_reversal_restores_what_was_reserved(name: str, store: type[ps.MemoryEvents] | None) -> None:
    """What a movement took from reservations they hold again, may ship or void, and tell when they are read again."""
    events = store() if store else None

    def open_plant() -> ps.Plant:
        if events is None:
            return first
        return ps.Plant(catalog, events=events, clock=ps.ManualClock(START))

    catalog = ps.Catalog([ps.Item("MIC", tracking=ps.Tracking.LOT)])
    first = ps.Plant(catalog, events=events, clock=ps.ManualClock(START))
    first.receive("MIC", 100, lot="A", expires=date(2026, 12, 1))
    first.receive("MIC", 50, lot="B")
    first.expect(ps.Demand("MIC", 10, due=date(2026, 3, 20), ref="SO-1"))
    first.reserve("SO-1")
    first.reserve(ps.Claim("MIC", 30, ref="LAB"))
    before = [held(open_plant(), ref) for ref in ("SO-1", "LAB")], stock(open_plant())
    told = open_plant().do(ENDS[name](first)).events
    assert [held(open_plant(), ref) for ref in ("SO-1", "LAB")] != before[0]

    open_plant().reverse(told[0])

    plant = open_plant()
    assert ([held(plant, ref) for ref in ("SO-1", "LAB")], stock(plant)) == before
    plant.check()
    assert digest(ps.Plant.load(catalog, plant.events(), clock=ps.ManualClock(START))) == digest(plant)
    assert plant.ship(ps.Goods("MIC", lot="A", quantity=6), demand="SO-1").quantity == 6
    plant.void("SO-1/1")
    plant.void("LAB/1")
    assert plant.availability("MIC").free == 144
    plant.check()


def test_an_issue_taken_back_is_reserved_again() -> None:
    """Parts that went to the wrong order's WIP lie in stores again, still reserved for it, and may be issued again."""
    steps = [ps.Operation("do", resource="bench", run_per_unit=timedelta(minutes=1))]
    bom = ps.BillOfMaterial("DEV", revision="A", lines=[ps.BomLine("MIC", 2)])
    parts = [ps.Item("DEV"), ps.Item("MIC", tracking=ps.Tracking.LOT), ps.Resource("bench")]
    plant = ps.Plant(ps.Catalog([*parts, bom, ps.Routing("DEV", operations=steps)]), clock=ps.ManualClock(START))
    plant.receive("MIC", 100, lot="A")
    plant.expect(ps.Demand("DEV", 10, due=date(2026, 3, 20), ref="SO-1"))
    order = plant.launch(plant.plan(until=date(2026, 4, 1)).make[0])
    reservation = plant.reserve(order)
    before = held(plant, order.code), stock(plant)

    plant.reverse(plant.do(ps.Issue(reservation)).events[0])

    assert (held(plant, order.code), stock(plant)) == before
    plant.check()
    plant.issue(reservation)
    assert plant.complete(order, good=10).good == 10
    plant.check()


def test_what_was_promised_anew_since_comes_back_free(plant: ps.Plant) -> None:
    """A reservation whose demand found other stock since is not opened again: the goods come back free."""
    plant.reserve("SO-1")
    gone = plant.do(ps.Scrap("A", reserved=ps.OnReserved.BREAK)).events[0]
    plant.receive("MIC", 10, lot="B")
    plant.reserve("SO-1")
    plant.reverse(gone)
    assert [state for state, _ in held(plant, "SO-1")] == ["broken", "pending"]
    assert plant.availability("MIC").free == 100
    plant.check()


def test_a_receipt_is_taken_back_by_a_plant_that_has_read_nothing() -> None:
    """Over a store, a plant reads what it needs to take a commit back, the papers included."""
    store, clock = ps.MemoryEvents(), ps.ManualClock(START)
    catalog = ps.Catalog([ps.Item("MIC", tracking=ps.Tracking.LOT)])
    ps.Plant(catalog, events=store, clock=clock).expect(
        ps.PurchaseOrder("MIC", 50, supplier="KNW", due=date(2026, 3, 9), ref="PU-1")
    )
    told = ps.Plant(catalog, events=store, clock=clock).do(ps.Receive("MIC", 5, lot="A", against="PU-1")).events
    ps.Plant(catalog, events=store, clock=clock).reverse(told[0].commit)
    assert ps.Plant(catalog, events=store, clock=clock).snapshot().done == ()
    assert ps.Plant(catalog, events=store, clock=clock).availability("MIC").physical == 0
