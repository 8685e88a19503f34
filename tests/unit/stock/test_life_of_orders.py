"""Purchase and transfer orders in the situations that buyers know: what is answered, planned and refused."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal, localcontext
from itertools import product
from typing import TYPE_CHECKING

import pytest

import prodstock as ps
from prodstock.orders.supply_life import SUPPLY_LIFE, check_step
from prodstock.testing import digest

if TYPE_CHECKING:
    from collections.abc import Callable

START = datetime(2026, 3, 2, 6, tzinfo=UTC)
DUE = date(2026, 3, 27)
CATALOG = ps.Catalog(
    [
        ps.Item("MIC", tracking=ps.Tracking.LOT),
        ps.Item("BOX"),
        ps.Item("CABLE", unit="m", scale=1, factors={"reel": 100}),
        ps.Site("NORTH"),
        ps.Site("TOKYO", zone="Asia/Tokyo"),
        ps.Sourcing("MIC", supplier="KNW", lead_time=timedelta(days=3), over_delivery="0.05"),
    ]
)


@pytest.fixture
def clock() -> ps.ManualClock:
    """A clock that stands at six on the second of March."""
    return ps.ManualClock(START)


@pytest.fixture
def plant(clock: ps.ManualClock) -> ps.Plant:
    """Four hundred microphones are on order, and forty boxes are to come from the north."""
    plant = ps.Plant(CATALOG, clock=clock)
    plant.receive("BOX", 50, site="NORTH")
    plant.expect(
        ps.PurchaseOrder("MIC", 400, supplier="KNW", due=DUE, ref="PU-7"),
        ps.TransferOrder("BOX", 40, source="NORTH", target="MAIN", due=DUE, ref="TR-1"),
    )
    return plant


def told(*values: object) -> tuple[object, ...]:
    """Return figures as they are, to be compared with whole numbers and texts."""
    return values


def coming(plant: ps.Plant, ref: str) -> list[tuple[object, ...]]:
    """What planning counts on, less what is done."""
    snapshot = plant.snapshot()
    done = {ref: Decimal(str(much)) for ref, much in snapshot.done}
    return [
        told(Decimal(str(one.quantity)) - done.get(ref, Decimal(0)), one.due)
        for one in snapshot.promises
        if one.ref == ref
    ]


def whole(plant: ps.Plant) -> None:
    """Check the plant, and that its log, read again from a document, tells the same."""
    plant.check()
    again = ps.Plant.load(*ps.load_document(ps.dump_document(CATALOG, plant.events())), clock=ps.ManualClock(START))
    assert digest(again) == digest(plant)


def test_the_case_of_the_late_microphones(plant: ps.Plant, clock: ps.ManualClock) -> None:
    """A supplier confirms two dates, both slip, part comes, part goes back, the rest is left: all is on record."""
    plant.do(
        ps.ConfirmSupply(
            "PU-7", parts=[ps.Delivery(300, due=date(2026, 3, 30)), ps.Delivery(100, due=date(2026, 4, 10))], by="KNW"
        )
    )
    assert coming(plant, "PU-7") == [(300, date(2026, 3, 30)), (100, date(2026, 4, 10))]
    clock.advance(timedelta(days=28))  # the thirtieth of March
    plant.do(ps.ConfirmSupply("PU-7", 380, due=date(2026, 4, 8), by="KNW", because="strike"))
    assert coming(plant, "PU-7") == [(380, date(2026, 4, 8))]
    clock.advance(timedelta(days=10))  # the ninth of April
    assert [told(one.quantity, one.days) for one in plant.supply.late().where(ref="PU-7")] == [(380, 1)]
    plant.receive("MIC", 350, lot="M-1", against="PU-7")
    rejected = ps.Goods("MIC", lot="M-1", quantity=50)
    plant.do(ps.ReturnToVendor(rejected, against="PU-7", settlement=ps.Settlement.CREDIT, because="no membrane"))
    closed = plant.do(ps.CloseSupply("PU-7", by="anna", because="KNW cannot"))

    sheet = plant.supply.order("PU-7")
    assert told(sheet.status, sheet.ordered, sheet.received, sheet.short) == (ps.SupplyStatus.CLOSED, 400, 350, 50)
    assert told(sheet.asked, sheet.promised, sheet.due) == (DUE, date(2026, 4, 10), date(2026, 4, 8))
    assert told(sheet.credited, sheet.replaced, sheet.over, sheet.days_late) == (50, 0, 0, -1)
    assert [
        told(one.quantity, one.promised, one.after_asked, one.after_promised, one.after_expected)
        for one in sheet.arrivals
    ] == [
        (300, date(2026, 3, 30), 13, 10, 1),
        (50, date(2026, 4, 10), 13, -1, 1),
    ]
    assert [told(one.action.value, one.was_due, one.due, one.because) for one in plant.supply.history("PU-7")] == [
        ("place", None, DUE, ""),
        ("confirm", DUE, date(2026, 4, 10), ""),
        ("confirm", date(2026, 4, 10), date(2026, 4, 8), "strike"),
        ("receive", date(2026, 4, 8), date(2026, 4, 8), ""),
        ("credit", date(2026, 4, 8), date(2026, 4, 8), "no membrane"),
        ("close", date(2026, 4, 8), date(2026, 4, 8), "KNW cannot"),
    ]
    assert not coming(plant, "PU-7")
    plant.reverse(closed.events[0], because="KNW can")
    assert coming(plant, "PU-7") == [(30, date(2026, 4, 8))]
    assert plant.supply.arrivals("KNW") == sheet.arrivals
    whole(plant)


def test_the_case_of_the_lost_boxes(plant: ps.Plant, clock: ps.ManualClock) -> None:
    """A transfer leaves on two lorries; some of the first load never arrives, and the rest is given up."""
    plant.move(ps.Goods("BOX", quantity=25, site="NORTH"), to="IN-TRANSIT", against="TR-1")
    clock.advance(timedelta(days=30))
    plant.move(ps.Goods("BOX", quantity=20, location="IN-TRANSIT"), to="STORES", against="TR-1")
    plant.do(ps.Lose("TR-1", because="wet"))
    sheet = plant.supply.order("TR-1")
    assert told(sheet.status, sheet.received, sheet.lost, sheet.in_transit, sheet.open) == (
        "part-received",
        20,
        5,
        0,
        20,
    )
    assert coming(plant, "TR-1") == [(20, DUE)]
    plant.move(ps.Goods("BOX", quantity=15, site="NORTH"), to="IN-TRANSIT", against="TR-1")
    with pytest.raises(ps.NotAllowed, match="15 pcs in transit: close is not allowed"):
        plant.do(ps.CloseSupply("TR-1"))
    plant.move(ps.Goods("BOX", location="IN-TRANSIT"), to="STORES", against="TR-1")
    plant.do(ps.CloseSupply("TR-1"))
    sheet = plant.supply.order("TR-1")
    assert told(sheet.status, sheet.received, sheet.short, sheet.days_late) == ("closed", 35, 5, 5)
    steps = [told(one.action.value, int(one.moved)) for one in plant.supply.history("TR-1")]
    assert steps == [
        ("place", 0),
        ("ship", 25),
        ("receive", 20),
        ("lose", 5),
        ("ship", 15),
        ("receive", 15),
        ("close", 0),
    ]
    assert plant.availability("BOX").physical == 45
    assert plant.recall(ps.Goods("BOX")).fates.where(fate="lost")[0].quantity == 5
    whole(plant)


def test_goods_on_their_way_for_parts_are_ready_with_their_parts(plant: ps.Plant) -> None:
    """What is on the lorry fills the parts that are due first; only what has not left is wanted at the source."""
    plant.do(
        ps.ConfirmSupply("TR-1", parts=[ps.Delivery(30, due=date(2026, 4, 9)), ps.Delivery(10, due=date(2026, 4, 2))])
    )
    plant.move(ps.Goods("BOX", quantity=25, site="NORTH"), to="IN-TRANSIT", against="TR-1")
    snapshot = plant.snapshot()
    assert coming(plant, "TR-1") == [(15, date(2026, 4, 9))]
    ready = [told(one.free, one.ready.date()) for one in snapshot.lots if one.ready]
    assert ready == [(10, date(2026, 4, 2)), (15, date(2026, 4, 9))]
    plan = plant.plan(until=date(2026, 7, 1))
    plan.verify()
    whole(plant)


def test_what_was_ordered_and_not_confirmed_is_not_counted_on(plant: ps.Plant) -> None:
    """A plan buys what the supplier did not promise, until more is confirmed or the buyer expects it all."""
    plant.expect(ps.Demand("MIC", 400, due=date(2026, 4, 30), ref="SO-1"))
    plant.do(ps.ConfirmSupply("PU-7", 350))
    assert [one.quantity for one in plant.plan(until=date(2026, 7, 1)).buy] == [50]
    sheet = plant.supply.order("PU-7")
    assert told(sheet.open, [one.quantity for one in sheet.expected]) == (400, [350])
    plant.do(ps.ReviseSupply("PU-7", due=date(2026, 4, 3)))
    assert plant.plan(until=date(2026, 7, 1)).buy == ()
    assert plant.supply.order("PU-7").status is ps.SupplyStatus.PLACED
    plant.do(ps.ConfirmSupply("PU-7", 300))
    plant.do(ps.ConfirmSupply("PU-7"))
    assert coming(plant, "PU-7") == [(400, date(2026, 4, 3))]
    whole(plant)


def test_more_is_confirmed_only_as_far_as_the_terms_let_it_in(plant: ps.Plant) -> None:
    """Five in a hundred more may be promised and come; beyond, the order is revised first."""
    before = digest(plant)
    with pytest.raises(ps.NotAllowed, match="open for 400 pcs: confirm 421 pcs") as refused:
        plant.do(ps.ConfirmSupply("PU-7", 421))
    assert "Revise the quantity" in refused.value.hint
    assert digest(plant) == before
    plant.do(ps.ConfirmSupply("PU-7", 420))
    plant.receive("MIC", 420, lot="M-1", against="PU-7")
    assert told(plant.supply.order("PU-7").over, plant.supply.order("PU-7").status) == (20, ps.SupplyStatus.RECEIVED)
    whole(plant)


def test_the_quantity_is_revised_with_its_dates(plant: ps.Plant) -> None:
    """More comes with the last part, less is taken off the last ones; below what has come is refused."""
    parts = [ps.Delivery(100, due=date(2026, 4, 1)), ps.Delivery(300, due=date(2026, 4, 8))]
    plant.do(ps.ReviseSupply("PU-7", parts=parts))
    plant.receive("MIC", 50, lot="M-1", against="PU-7")
    plant.do(ps.ReviseSupply("PU-7", 500))
    assert coming(plant, "PU-7") == [(50, date(2026, 4, 1)), (400, date(2026, 4, 8))]
    plant.do(ps.ReviseSupply("PU-7", 80))
    assert coming(plant, "PU-7") == [(30, date(2026, 4, 1))]
    with pytest.raises(ps.NotAllowed, match="beyond"):
        plant.do(ps.ReviseSupply("PU-7", 49))
    plant.do(ps.ReviseSupply("PU-7", 50))
    assert plant.supply.order("PU-7").status is ps.SupplyStatus.RECEIVED
    with pytest.raises(ps.NotAllowed, match="received: change its date"):
        plant.do(ps.ReviseSupply("PU-7", due=DUE))
    whole(plant)


def test_goods_that_went_back_come_again_or_do_not(plant: ps.Plant) -> None:
    """For a replacement the order is open again, for a credit it is not, and after its end only a credit is left."""
    plant.receive("MIC", 400, lot="M-1", against="PU-7")
    back = ps.Goods("MIC", lot="M-1", quantity=10)
    plant.do(ps.ReturnToVendor(back, against="PU-7", settlement=ps.Settlement.CREDIT))
    assert not coming(plant, "PU-7")
    plant.do(ps.ReturnToVendor(back, against="PU-7"))
    assert coming(plant, "PU-7") == [(10, DUE)]
    plant.do(ps.ConfirmSupply("PU-7", due=date(2026, 5, 1)))
    assert coming(plant, "PU-7") == [(10, date(2026, 5, 1))]
    plant.cancel("PU-7")
    with pytest.raises(ps.NotAllowed, match="closed: return") as refused:
        plant.do(ps.ReturnToVendor(back, against="PU-7"))
    assert "for a credit" in refused.value.hint
    plant.do(ps.ReturnToVendor(back, against="PU-7", settlement=ps.Settlement.CREDIT))
    sheet = plant.supply.order("PU-7")
    assert told(sheet.replaced, sheet.credited, sheet.cancelled, sheet.short) == (10, 20, 10, 0)
    whole(plant)


TAKEN_BACK: dict[str, Callable[[ps.Plant], ps.Command[object]]] = {
    "confirmed": lambda _: ps.ConfirmSupply("PU-7", 300, due=date(2026, 5, 1)),
    "revised": lambda _: ps.ReviseSupply("PU-7", 500, parts=[ps.Delivery(5, due=DUE)]),
    "expected anew": lambda _: ps.Expect([ps.PurchaseOrder("MIC", 300, supplier="KNW", due=START, ref="PU-7")]),
    "closed": lambda _: ps.CloseSupply("PU-7"),
    "cancelled": lambda _: ps.Cancel("PU-7"),
    "received": lambda _: ps.Receive("MIC", 30, lot="M-1", against="PU-7"),
    "several at once": lambda _: ps.Together([ps.ConfirmSupply("PU-7", 300), ps.CloseSupply("PU-7")]),
}


@pytest.mark.parametrize("name", TAKEN_BACK)
def test_what_was_said_last_is_taken_back(plant: ps.Plant, name: str) -> None:
    """After the reversal the order is as it was; a second one, and one of what was overtaken, are refused."""
    plant.do(ps.ConfirmSupply("PU-7", 399))
    before = plant.supply.order("PU-7"), plant.snapshot().promises
    done = plant.do(TAKEN_BACK[name](plant))
    plant.reverse(done.events[0])
    assert told(plant.supply.order("PU-7"), plant.snapshot().promises) == before
    with pytest.raises(ps.NotAllowed, match="once"):
        plant.reverse(done.events[0])
    whole(plant)


def test_papers_are_not_taken_back_under_what_rests_on_them(plant: ps.Plant) -> None:
    """Not the placing; not what was overtaken; not below goods on their way; not to an item that is defined no more."""
    placed = next(one for one in plant.events() if one.stream == "supply:PU-7")
    with pytest.raises(ps.NotAllowed, match="no movement"):
        plant.reverse(placed)
    first = plant.do(ps.ConfirmSupply("PU-7", 300)).events[0]
    plant.do(ps.ConfirmSupply("PU-7", 200))
    with pytest.raises(ps.NotAllowed, match="overtaken"):
        plant.reverse(first)
    more = plant.do(ps.ReviseSupply("TR-1", 45)).events[0]
    plant.move(ps.Goods("BOX", quantity=45, site="NORTH"), to="IN-TRANSIT", against="TR-1")
    with pytest.raises(ps.NotAllowed, match="45 pcs in transit"):
        plant.reverse(more)
    gone = plant.do(ps.Cancel("PU-7")).events[0]
    plant.do(ps.Redefine(ps.Catalog([one for one in CATALOG.definitions if "MIC" not in repr(one)])))
    before = digest(plant)
    with pytest.raises(ps.UnknownCode, match="MIC"):
        plant.reverse(gone)
    assert digest(plant) == before
    assert [one.unit for one in plant.supply.orders()] == ["", "pcs"]


def test_the_same_word_under_a_key_counts_once(plant: ps.Plant) -> None:
    """A confirmation that is sent twice is one; another under its key is refused."""
    word = ps.ConfirmSupply("PU-7", due=date(2026, 4, 1), key="edi-1")
    first = plant.do(word)
    assert plant.do(word) == first
    with pytest.raises(ps.KeyReused):
        plant.do(ps.ConfirmSupply("PU-7", due=date(2026, 4, 2), key="edi-1"))
    assert len(plant.supply.history("PU-7")) == 2
    whole(plant)


def test_units_digits_and_days_are_those_of_item_and_site(clock: ps.ManualClock) -> None:
    """Parts are given in any unit, kept in the base unit, and late by the days of the site they come to."""
    plant = ps.Plant(CATALOG, clock=clock)
    plant.expect(ps.PurchaseOrder("CABLE", 300, supplier="KNW", due=date(2026, 3, 2), ref="C", site="TOKYO"))
    plant.do(
        ps.ConfirmSupply("C", parts=[ps.Delivery(ps.Quantity(2, "reel"), due=datetime(2026, 3, 2, 14, tzinfo=UTC))])
    )
    assert [one.quantity for one in plant.supply.order("C").expected] == [Decimal(200)]
    with pytest.raises(ps.InvalidValueError, match="quantity"):
        plant.do(ps.ConfirmSupply("C", "0.05"))
    clock.advance(timedelta(hours=12))  # the third of March in Tokyo
    assert [told(one.due, one.days) for one in plant.supply.late()] == [(datetime(2026, 3, 2, 14, tzinfo=UTC), 1)]
    plant.receive("CABLE", "200.5", against="C", site="TOKYO", at=START)
    assert [told(one.quantity, one.after_expected) for one in plant.supply.arrivals()] == [
        (200, 0),
        (Decimal("0.5"), 0),
    ]
    whole(plant)


def test_a_store_answers_like_memory(plant: ps.Plant) -> None:
    """Over an event store each command reads what it needs; the orders come out alike."""
    events = ps.MemoryEvents()
    held = ps.Plant(CATALOG, events=events, clock=ps.ManualClock(START))
    for command in (
        ps.Receive("BOX", 50, site="NORTH"),
        ps.Expect(plant.snapshot().promises),
        ps.ConfirmSupply("PU-7", 390, due=date(2026, 4, 1)),
        ps.Receive("MIC", 100, lot="M", against="PU-7"),
        ps.ReturnToVendor(ps.Goods("MIC", lot="M", quantity=5), against="PU-7"),
        ps.Move(ps.Goods("BOX", quantity=5, site="NORTH"), to="IN-TRANSIT", against="TR-1"),
        ps.Lose("TR-1", ps.Goods("BOX", quantity=1)),
    ):
        ps.Plant(CATALOG, events=events, clock=ps.ManualClock(START)).do(command)
        if not isinstance(command, ps.Expect | ps.Receive) or getattr(command, "against", None):
            plant.do(command)
    for ref in ("PU-7", "TR-1"):
        assert ps.Plant(CATALOG, events=events, clock=ps.ManualClock(START)).supply.order(ref) == plant.supply.order(
            ref
        )
    assert held.supply.orders() == plant.supply.orders()
    with pytest.raises(ps.UnknownCode, match="PU-7"):
        held.supply.order("PU-8")
    with pytest.raises(ps.UnknownCode, match="KNW"):
        held.supply.arrivals("KNV")


WISHES: dict[ps.SupplyAction, Callable[[], ps.Command[object]]] = {
    ps.SupplyAction.CONFIRM: lambda: ps.ConfirmSupply("PU-7"),
    ps.SupplyAction.REVISE: lambda: ps.ReviseSupply("PU-7", 410),
    ps.SupplyAction.RECEIVE: lambda: ps.Receive("MIC", 1, lot="M-9", against="PU-7"),
    ps.SupplyAction.RETURN: lambda: ps.ReturnToVendor(ps.Goods("MIC", lot="M-1", quantity=1), against="PU-7"),
    ps.SupplyAction.CREDIT: lambda: ps.ReturnToVendor(
        ps.Goods("MIC", lot="M-1", quantity=1), against="PU-7", settlement=ps.Settlement.CREDIT
    ),
    ps.SupplyAction.CANCEL: lambda: ps.Cancel("PU-7"),
    ps.SupplyAction.CLOSE: lambda: ps.CloseSupply("PU-7"),
}
WAYS: dict[ps.SupplyStatus, list[ps.Command[object]]] = {
    ps.SupplyStatus.PLACED: [],
    ps.SupplyStatus.CONFIRMED: [ps.ConfirmSupply("PU-7")],
    ps.SupplyStatus.PART_RECEIVED: [ps.Receive("MIC", 10, lot="M-1", against="PU-7")],
    ps.SupplyStatus.RECEIVED: [ps.Receive("MIC", 400, lot="M-1", against="PU-7")],
    ps.SupplyStatus.CLOSED: [ps.Receive("MIC", 10, lot="M-1", against="PU-7"), ps.CloseSupply("PU-7")],
    ps.SupplyStatus.CANCELLED: [ps.Cancel("PU-7")],
}


@pytest.mark.parametrize(("status", "action"), list(product(ps.SupplyStatus, WISHES)))
def test_each_step_is_the_tables(plant: ps.Plant, status: ps.SupplyStatus, action: ps.SupplyAction) -> None:
    """What the table allows leads to where it says; what it does not is refused and changes nothing."""
    plant.receive("MIC", 5, lot="M-1")
    for command in WAYS[status]:
        plant.do(command)
    assert plant.supply.order("PU-7").status is status
    before = digest(plant)
    if (status, action) in SUPPLY_LIFE:
        plant.do(WISHES[action]())
        assert plant.supply.order("PU-7").status in SUPPLY_LIFE[status, action]
    else:
        with pytest.raises(ps.NotAllowed):
            plant.do(WISHES[action]())
        with pytest.raises(ps.NotAllowed):
            check_step("PU-7", status, action)
        assert digest(plant) == before


def test_scenarios_move_and_cut_parts(plant: ps.Plant) -> None:
    """A late supplier is late with each part; one that is lost delivers the parts before that day."""
    parts = [ps.Delivery(300, due=date(2026, 4, 1)), ps.Delivery(50, due=date(2026, 4, 10))]
    plant.do(ps.ConfirmSupply("PU-7", parts=parts))
    late = plant.fork("late").assume(ps.SupplierDelay("KNW", by=timedelta(days=7)))
    assert [told(one.quantity, one.due) for one in late.snapshot().promises if one.ref == "PU-7"] == [
        (300, date(2026, 4, 8)),
        (50, date(2026, 4, 17)),
    ]
    lost = plant.fork("lost").assume(ps.SupplierLoss("KNW", since=date(2026, 4, 5)))
    assert [told(one.quantity, one.due) for one in lost.snapshot().promises if one.ref == "PU-7"] == [
        (300, date(2026, 4, 1))
    ]
    gone = plant.fork("gone").assume(ps.SupplierLoss("KNW"))
    assert gone.supply.order("PU-7").status is ps.SupplyStatus.CANCELLED
    assert [one.ref for one in late.supply.late()] == []


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: ps.ConfirmSupply("PU-7", 5, parts=[ps.Delivery(5, due=DUE)]),
        lambda: ps.ConfirmSupply("PU-7", due=DUE, parts=[ps.Delivery(5, due=DUE)]),
        lambda: ps.ReviseSupply("PU-7"),
        lambda: ps.ReviseSupply("PU-7", due=DUE, parts=[ps.Delivery(5, due=DUE)]),
        lambda: ps.Delivery(0, due=DUE),
    ],
)
def test_what_says_nothing_or_too_much_is_refused(wrong: Callable[[], object]) -> None:
    """A call that contradicts itself is refused when it is made."""
    with pytest.raises(ps.InvalidValueError):
        wrong()


def test_past_snapshots_know_what_was_expected_then(plant: ps.Plant, clock: ps.ManualClock) -> None:
    """A snapshot of a past moment holds the dates that were expected then."""
    clock.advance(timedelta(days=2))
    plant.do(ps.ConfirmSupply("PU-7", 100, due=date(2026, 4, 1)))
    before = plant.snapshot(at=START + timedelta(days=1))
    assert [told(one.quantity, one.due) for one in before.promises if one.ref == "PU-7"] == [(400, DUE)]


def test_figures_are_exact_whatever_the_hosts_numbers_are_set_to(plant: ps.Plant) -> None:
    """A host that computes with two digits gets every figure of an order to its last digit."""
    with localcontext() as context:
        context.prec = 2
        plant.expect(ps.PurchaseOrder("CABLE", "1234.5", supplier="KNW", due=DUE, ref="C"))
        plant.do(ps.ConfirmSupply("C", parts=[ps.Delivery("1000.1", due=START), ps.Delivery("234.2", due=DUE)]))
        plant.receive("CABLE", "1000.4", against="C")
        plant.do(ps.ReturnToVendor(ps.Goods("CABLE", quantity="100.2"), against="C"))
        sheet, snapshot = plant.supply.order("C"), plant.snapshot()
        history = plant.supply.history("C")
    assert told(sheet.open, sheet.received, sheet.replaced) == (Decimal("334.3"), Decimal("900.2"), Decimal("100.2"))
    assert [str(one.quantity) for one in sheet.arrivals] == ["1000.1", "0.3"]
    assert [str(one.moved) for one in history] == ["0", "0", "1000.4", "100.2"]
    expected = [str(one.quantity) for one in snapshot.promises if one.ref == "C"]
    assert expected == [str(one.quantity) for one in sheet.expected] == ["99.9", "234.2"]


@pytest.mark.parametrize("command", [ps.ConfirmSupply, ps.ReviseSupply])
def test_no_parts_are_no_confirmation(command: type[ps.ConfirmSupply | ps.ReviseSupply]) -> None:
    """An empty list is not taken for everything: whoever means nothing closes the order."""
    with pytest.raises(ps.InvalidValueError, match=r"parts \(\) is empty. Close or cancel"):
        command("PU-7", parts=[])
    assert command("PU-7", due=date(2026, 4, 8)).parts is None
