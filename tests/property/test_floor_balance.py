"""The law of the floor: whatever happens, issued = consumed + returned + lost + in WIP, and nothing appears twice."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from prodstock.errors import InvalidValueError, Refused
from prodstock.journal.command import Command
from prodstock.journal.commit import Recorded
from prodstock.journal.store import ManualClock
from prodstock.master.bom import Basis, BillOfMaterial, BomLine, ByProduct, Substitute
from prodstock.master.bom_terms import LineRole
from prodstock.master.catalog import Catalog
from prodstock.master.codes import ItemCode
from prodstock.master.item import Item, Tracking
from prodstock.master.quality_state import Quality
from prodstock.master.release_criteria import ReleaseCriteria
from prodstock.master.routing import Operation, Routing
from prodstock.orders.planned import PlannedMake
from prodstock.orders.production import ProductionOrder
from prodstock.plant import Plant
from prodstock.quality.nonconformance import Sort
from prodstock.quality.release import ReleaseGoods
from prodstock.shopfloor.close import Close, Hold, Leftover, Reopen, Resume
from prodstock.shopfloor.issue import Issue, IssueGoods, PutBack
from prodstock.shopfloor.launch import Launch
from prodstock.shopfloor.report import Complete, Report
from prodstock.shopfloor.take_apart import TakeApart
from prodstock.shopfloor.wip import check_balances
from prodstock.stock.goods import Goods
from prodstock.stock.history import entries
from prodstock.stock.judge import Judge
from prodstock.stock.receive import Receive
from prodstock.stock.reservation import Reserve
from prodstock.stock.reverse import Reverse
from prodstock.stock.selection import shelves
from prodstock.trace.genealogy import EdgeKind, backward, forward
from prodstock.trace.recall import recall

NOW = datetime(2026, 3, 2, tzinfo=UTC)
CATALOG = Catalog(
    [
        Item("CHIP", tracking=Tracking.LOT),
        Item("CHIP-B", tracking=Tracking.LOT),
        Item("GLUE", unit="kg", scale=2),
        Item("MOULD"),
        Item("DUST", unit="kg", scale=2),
        Item("UNIT", tracking=Tracking.SERIAL),
        Item("PACK", tracking=Tracking.LOT),
        Item("WRAP", unit="m", scale=1),
        BillOfMaterial(
            "UNIT",
            [
                BomLine("CHIP", 2, scrap="0.03", substitutes=[Substitute("CHIP-B", ratio="1.5")], operation="a"),
                BomLine("CHIP", 1, operation="c"),
                BomLine("GLUE", "0.007", operation="b"),
                BomLine("MOULD", 1, per=Basis.ORDER, operation="a"),
                BomLine(
                    "PACK", 1, role=LineRole.PACKAGING, substitutes=[Substitute("WRAP", ratio="0.7")], operation="c"
                ),
            ],
            outputs=[ByProduct("DUST", "0.11")],
        ),
        Routing("UNIT", [Operation("a"), Operation("b"), Operation("c")]),
        ReleaseCriteria("UNIT", requires=["production-completion"]),
    ]
)
LOTS = [("CHIP", "A"), ("CHIP", "B"), ("CHIP-B", "Z"), ("GLUE", None), ("MOULD", None), ("PACK", "P"), ("WRAP", None)]
FURNISHING: tuple[Command[object], ...] = (
    Receive("CHIP", 30, lot="A"),
    Receive("CHIP", 10, lot="B"),
    Receive("CHIP-B", 10, lot="Z"),
    Receive("GLUE", 5),
    Receive("MOULD", 3),
    Receive("PACK", 7, lot="P"),
    Receive("WRAP", 5),
    Launch(PlannedMake(ItemCode("UNIT"), Decimal(6), NOW, NOW, ""), code="O-1"),
    Launch(PlannedMake(ItemCode("UNIT"), Decimal(6), NOW, NOW, ""), code="O-2"),
    IssueGoods("O-1", Goods("CHIP", lot="A", quantity=8)),
    IssueGoods("O-1", Goods("CHIP", lot="B", quantity=6)),
    IssueGoods("O-1", Goods("CHIP-B", lot="Z", quantity=6)),
    IssueGoods("O-1", Goods("GLUE")),
    IssueGoods("O-1", Goods("MOULD")),
    Reserve("O-2"),
    Issue("O-2/1"),
)
few = st.integers(1, 4)
goods = st.builds(lambda lot, many: Goods(lot[0], lot=lot[1], quantity=many), st.sampled_from(LOTS), few)
order = st.sampled_from(["O-1", "O-2"])
steps = st.sampled_from("aabbc")
reports = st.builds(
    lambda code, step, n, bad: Report(code, step, good=n, scrapped=bad), order, steps, few, st.booleans().map(int)
)
completions = st.builds(lambda code, n, bad: Complete(code, good=n, scrapped=bad), order, few, st.booleans().map(int))
dismantlings = st.builds(
    lambda code, number, parts: TakeApart(f"{code}-{number:04d}", parts=parts), order, few, st.lists(goods, max_size=2)
)
packings = st.builds(IssueGoods, order, st.sampled_from([Goods("PACK", lot="P"), Goods("WRAP")]))
supplies = st.one_of(
    st.builds(IssueGoods, order, goods),
    st.builds(Reserve, order),
    st.builds(lambda code, number: Issue(f"{code}/{number}"), order, few),
    st.builds(PutBack, order, goods),
    packings,
)
judgements = st.one_of(
    st.builds(Judge, goods, st.sampled_from([Quality.BLOCKED, Quality.APPROVED, Quality.PENDING_INSPECTION])),
    st.builds(lambda one: Sort(one, {Quality.REWORK: one.quantity or 1}), goods),
)
pauses = st.one_of(
    st.builds(lambda code, left: Close(code, leftover=left), order, st.sampled_from(Leftover)),
    st.builds(Reopen, order),
    st.builds(Hold, order),
    st.builds(Resume, order),
)
releases = st.builds(lambda code, number: ReleaseGoods(f"{code}-{number:04d}"), order, few)
packing = st.one_of(
    st.builds(Complete, st.just("O-1"), good=st.integers(1, 2)),
    st.builds(lambda number: ReleaseGoods(f"O-1-{number:04d}"), few),
    st.builds(lambda many: IssueGoods("O-1", Goods("WRAP", quantity=many)), st.sampled_from(["0.7", "0.5", "1.4"])),
)
work = st.one_of(reports, completions, supplies)
wishes: st.SearchStrategy[Command[object] | str] = st.one_of(
    work, work, work, work, dismantlings, judgements, releases, st.just("reverse the last"), pauses
)


def furnished() -> Plant:
    """A plant with parts and two orders of six units each."""
    plant = Plant(CATALOG, clock=ManualClock(NOW))
    for command in FURNISHING:
        plant.do(command)
    return plant


def run(plant: Plant, commands: list[Command[object] | str]) -> list[Recorded]:
    """Carry out what the plant allows and return the events."""
    events: list[Recorded] = []
    last: Recorded | None = None
    clock = plant._clock
    assert isinstance(clock, ManualClock)
    for command in commands:
        clock.advance(timedelta(minutes=1))
        before = len(plant._world)
        try:
            wish = command if not isinstance(command, str) else Reverse(last) if last is not None else None
            if wish is not None:
                done = plant.do(wish)
                events += done.events
                last = done.events[0]
        except (Refused, InvalidValueError, LookupError):
            assert len(plant._world) == before, "a refusal changes nothing"
    return events


@settings(max_examples=60)
@given(st.lists(wishes, max_size=40))
def test_every_component_lot_is_accounted_for(commands: list[Command[object] | str]) -> None:
    """After any sequence of commands the balances and all other invariants hold."""
    plant = furnished()
    run(plant, commands)

    plant.check()
    check_balances(plant._world)
    for code in ("O-1", "O-2"):
        body = plant._world.body(f"order:{code}")
        assert isinstance(body, ProductionOrder)
        assert body.good + body.scrapped <= body.quantity
        assert body.started <= body.quantity
        for step in body.steps:
            for before in step.after:
                assert body.step(before).good >= step.good + step.scrapped - body.scrapped


def _owed(order: ProductionOrder) -> Fraction:
    """Return how many packs an order owes, counted anew from its lines and steps."""
    line, step = order.lines[4], order.step("c")
    return Fraction(max(step.good + step.scrapped - line.consumed, Decimal(0)))


@settings(max_examples=60)
@given(st.lists(st.one_of(packing, packing, packing, wishes), min_size=8, max_size=30))
def test_no_unit_is_released_for_which_packaging_is_owed(commands: list[Command[object] | str]) -> None:
    """Of an order never more units are released than it has packs for, unless those packs are taken back afterwards.

    And all other components of what was confirmed were used, as if there were no packaging.
    """
    plant = furnished()
    for command in commands:
        released = {code: _released(plant, code) for code in ("O-1", "O-2")}
        run(plant, [command])
        for code, before in released.items():
            body = plant.production.order(code)
            line, step = body.lines[4], body.step("c")
            (shown,) = plant.production.owed(code) or [None]
            assert _owed(body) == (0 if shown is None else Fraction(shown.asked - shown.free))
            if _released(plant, code) > before:
                assert _released(plant, code) <= max(line.consumed - step.scrapped, Decimal(0)) or not _owed(body)
            entered = {one.code: one.good + one.scrapped for one in body.steps}
            assert all(
                one.consumed >= one.exact / Fraction(body.quantity) * Fraction(entered[one.operation])
                for one in body.lines[:3]
            )


def _released(plant: Plant, code: str) -> int:
    """Return how many units of an order were released so far, taken apart or not."""
    world, found = plant._world, 0
    for number in shelves(world, "UNIT"):
        shelf = world.shelf(number)
        for row in (one for one in range(1, len(world.book(shelf.book))) if world.book(shelf.book).is_serial(one)):
            if world.book(shelf.book).code(row).startswith(code):
                histories = [
                    shelf.rows[parcel][2]
                    for parcel in shelf.parcels_of(row)
                    if world.places.name(shelf.place[parcel]).release == "released"
                ]
                found += any(change > 0 for history in histories for _, _, change, _ in entries(history))
    return found


@settings(max_examples=30)
@given(st.lists(wishes, max_size=25))
def test_the_events_of_the_floor_tell_the_same_plant(commands: list[Command[object] | str]) -> None:
    """Replayed, the events give the same orders, balances and genealogy."""
    plant = Plant(CATALOG, clock=ManualClock(NOW))
    events = run(plant, [*FURNISHING, *commands])
    again = Plant.load(CATALOG, events)

    for code in ("O-1", "O-2"):
        assert plant._world.body(f"order:{code}") == again._world.body(f"order:{code}")
        assert plant.production.balance(code) == again.production.balance(code)
    assert forward(plant._world, "A").edges == forward(again._world, "A").edges


@settings(max_examples=40)
@given(st.lists(wishes, max_size=40))
def test_a_recall_leaves_nothing_out(commands: list[Command[object] | str]) -> None:
    """Every unit that has a lot in it by quantity is in that lot's recall, and the lot's fates sum to what came in."""
    plant = furnished()
    run(plant, commands)
    world = plant._world
    for item, lot, received in (("CHIP", "A", 30), ("CHIP", "B", 10), ("CHIP-B", "Z", 10)):
        found = recall(world, Goods(item, lot=lot))
        assert sum(line.quantity for line in found.fates) == received
        suspects = {serial for goods in (*found.stock, *found.wip, *found.shipped) for serial in goods.serials}
        book = world.book_of("UNIT")
        for row in range(1, 0 if book is None else len(book)):
            if book is not None and book.is_serial(row):
                edges = backward(world, Goods("UNIT", serials=[book.code(row)])).edges
                used = {(edge.item, edge.lot) for edge in edges if edge.kind is EdgeKind.USED}
                here = any(goods.quantity for goods in _whereabouts(plant, book.code(row)))
                assert (item, lot) not in used or not here or book.code(row) in suspects


def _whereabouts(plant: Plant, serial: str) -> list[Goods]:
    found = recall(plant._world, Goods("UNIT", serials=[serial]))
    return [goods for goods in (*found.stock, *found.wip, *found.shipped) if serial in goods.serials]
