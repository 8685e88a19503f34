from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import attrs
import pytest

from prodstock.calendars.span import working_days
from prodstock.errors import (
    AmbiguousCode,
    BrokenInvariant,
    InvalidData,
    InvalidTypeError,
    InvalidValueError,
    UnknownCode,
)
from prodstock.master.bom import Basis, BillOfMaterial, BomLine, ByProduct, CoProduct
from prodstock.master.catalog import Catalog
from prodstock.master.codes import ItemCode
from prodstock.master.definition import Definition
from prodstock.master.item import Item, Supply, Tracking
from prodstock.master.location import Site
from prodstock.master.measure import EachBegun
from prodstock.master.quality_state import Quality
from prodstock.master.resource import Resource
from prodstock.master.routing import Operation, OperationKind, Routing
from prodstock.master.sourcing import Sourcing
from prodstock.orders.codes import OrderCode
from prodstock.orders.demand import Demand, DemandKind
from prodstock.orders.lifecycle import OrderState
from prodstock.orders.planned import PlannedMake, PlannedMove, PlannedOrder
from prodstock.orders.production import OrderLine, ProductionOrder
from prodstock.orders.purchase import Promise, PurchaseOrder, TransferOrder
from prodstock.planning.action import ActionMessage, MessageKind
from prodstock.planning.plan import Plan
from prodstock.planning.planner import plan
from prodstock.planning.policy import Mode, PlanningPolicy
from prodstock.planning.shortages import Shortage
from prodstock.planning.snapshot import Held, Snapshot
from prodstock.planning.wording import DAY, HOUR, ago
from prodstock.quantities.quantity import Quantity
from prodstock.stock.allocation import OpenLot
from prodstock.stock.status import Release
from prodstock.tables import Table

NOW = datetime(2026, 3, 2, 6, tzinfo=UTC)
UNTIL = date(2026, 7, 1)
STORY = Catalog(
    [
        Item("HD-7", tracking=Tracking.SERIAL),
        Item("MIC", tracking=Tracking.LOT),
        Item("MIC-B", tracking=Tracking.LOT),
        Item("BATTERY", tracking=Tracking.LOT, shelf_life=timedelta(days=720)),
        Item("WIRE", unit="m", scale=3, safety_stock=50),
        Item("BOX"),
        Resource("bench"),
        Resource("chamber"),
        Sourcing("MIC", supplier="KNW", lead_time=working_days(21), minimum=500, multiple=100),
        BillOfMaterial(
            "HD-7",
            revision="C",
            effective_from=date(2026, 1, 1),
            lines=[
                BomLine("MIC", 2, scrap="0.01", substitutes=["MIC-B"]),
                BomLine("BATTERY", 1),
                BomLine("WIRE", "0.12"),
                BomLine("BOX", 1, operation="pack"),
            ],
        ),
        Routing(
            "HD-7",
            operations=[
                Operation("assemble", resource="bench", setup=timedelta(minutes=20), run_per_unit=timedelta(minutes=6)),
                Operation("calibrate", resource="chamber", run_per_unit=timedelta(minutes=2)),
                Operation("pack", resource="bench", run_per_unit=timedelta(minutes=1)),
            ],
        ),
    ]
)


def stock(item: str, free: int | str | Quantity, **more: object) -> OpenLot:
    """Return stock received today."""
    return OpenLot(item, free, received=NOW, **more)  # type: ignore[arg-type]


def bought(item: str, days: int = 0, **more: object) -> tuple[Definition, Definition]:
    """Return an item and the terms of its supplier."""
    terms = Sourcing(item, supplier="S", lead_time=working_days(days), **more)  # type: ignore[arg-type]
    return Item(item), terms


def made(definitions: object, *promises: object, **more: object) -> Plan:
    """Return the plan of a snapshot written in one line."""
    catalog = Catalog(definitions)  # type: ignore[arg-type]
    result = plan(Snapshot(catalog=catalog, at=NOW, promises=promises, **more), until=UNTIL)  # type: ignore[arg-type]
    result.verify()
    return result


def row(one: object, *fields: str) -> tuple[object, ...]:
    """Return some fields of a record."""
    return tuple(getattr(one, field) for field in fields)


def rows(table: Iterable[object], *fields: str) -> list[tuple[object, ...]]:
    """Return some fields of each record."""
    return [row(one, *fields) for one in table]


@pytest.fixture(scope="module")
def story() -> Plan:
    """Return the plan of the tutorial's hearing devices."""
    lots = [
        stock("MIC", 500, lot="M-88"),
        stock("BATTERY", 450, lot="B-12", expires=date(2027, 9, 1)),
        stock("WIRE", Quantity("0.2", "km")),
        stock("BOX", 450),
    ]
    promises: list[Promise] = [
        Demand("HD-7", 120, due=date(2026, 3, 20), ref="SO-1"),
        Demand("HD-7", 300, due=date(2026, 4, 10), ref="SO-2"),
        PurchaseOrder("MIC-B", 400, supplier="OTIK", due=date(2026, 3, 27), ref="PU-7"),
    ]
    return plan(Snapshot(catalog=STORY, at=NOW, lots=lots, promises=promises), until=UNTIL)


def test_the_story_makes_one_order_for_each_demand(story: Plan) -> None:
    """120 for SO-1 and 300 for SO-2: 18 h 20 and 45 h 20 of work before the end of the day they are due."""
    first, second = story.make
    assert row(first, "quantity", "serves", "revision", "good") == (120, ("SO-1",), "C", 120)
    assert datetime(2026, 3, 18, 13, 40, tzinfo=UTC) == first.start
    assert datetime(2026, 3, 20, 16, tzinfo=UTC) == first.due
    assert row(second, "quantity", "serves") == (300, ("SO-2",))
    assert datetime(2026, 4, 3, 10, 40, tzinfo=UTC) == second.start
    story.verify()


def test_the_story_buys_microphones_once(story: Plan) -> None:
    """243 + 606 are needed, 500 are there: the 349 that lack become the supplier's minimum, 21 working days ahead."""
    (mics,) = story.buy
    assert row(mics, "item", "quantity", "supplier", "serves") == ("MIC", 500, "KNW", ("SO-2",))
    assert datetime(2026, 4, 3, 10, 40, tzinfo=UTC) == mics.due
    assert datetime(2026, 3, 5, 10, 40, tzinfo=UTC) == mics.start
    assert not story.shortages
    assert Decimal("149.600") == story.projected("WIRE")
    assert story.projected("MIC") == 151
    (unused,) = story.messages
    assert row(unused, "kind", "order") == ("cancel", "PU-7")
    assert unused.text == "400 pcs MIC-B of 400 are not needed before 2026-07-01"


def test_the_story_says_why(story: Plan) -> None:
    """The derivation of the purchase is readable: the need, the stock, the lot size, the lead time."""
    assert str(story.why(story.buy[0])).splitlines() == [
        "500 pcs MIC to buy, start 2026-03-05 10:40, due 2026-04-03 10:40",
        "  349 pcs for 300 HD-7, start 2026-04-03 (SO-2)",
        "    606 pcs: 300 HD-7 x 2.02",
        "    257 pcs from stock M-88",
        "    349 pcs from a planned order of 500, due 2026-04-03",
        "  349 becomes 500: minimum 500, multiple of 100",
        "  151 pcs more than was missing",
        "  21 working days from KNW, priority 0, on the supplier's calendar",
    ]
    assert str(story).splitlines()[0] == "Plan of 2026-03-02 06:00 until 2026-07-01: 2 to make, 1 to buy, nothing short"
    assert "<h4>Buy</h4>" in story._repr_html_()


def test_codes_are_the_same_in_every_process(story: Plan) -> None:
    """A planned order's code is made of what it says, not of a hash seed."""
    assert [order.code for order in story.orders] == ["e015e4787f19082d", "17073c054fc28a31", "9b8e862896910df8"]


def test_a_start_in_the_past_is_reported_not_hidden() -> None:
    """The order keeps its due date, a message says how late it is, the shortage when it is there at the earliest."""
    result = made(bought("X", 10), Demand("X", 5, due=date(2026, 3, 9), ref="SO-1"))
    (order,) = result.buy
    assert order.start < NOW < order.due
    assert [one.kind for one in result.messages] == ["start-in-past"]
    (short,) = result.shortages
    earliest = datetime(2026, 3, 16, 6, tzinfo=UTC)
    assert ("X", 5, "pcs", earliest, ("SO-1",)) == row(short, "item", "quantity", "unit", "covered", "delays")
    assert short.cause == "lead time: it was to order by 2026-02-23, 6 days ago"
    assert "started now it is there on 2026-03-16" in str(result.why(short))
    assert "should have started" in str(result.why(result.messages[0]))


def test_late_parts_make_late_orders() -> None:
    """What the demand waits for is named, and its date counts the parts in."""
    parts = bought("PART", 10)
    bill = BillOfMaterial("TOP", [BomLine("PART", 1)])
    result = made(
        [Item("TOP", lead_time=working_days(2)), bill, *parts], Demand("TOP", 1, due=date(2026, 3, 6), ref="S")
    )
    top = result.shortages.where(item="TOP")[0]
    assert ("waits for PART", datetime(2026, 3, 18, 6, tzinfo=UTC)) == row(top, "cause", "covered")
    assert "waits for PART, which is there on 2026-03-16" in str(result.why(top))


def test_what_nobody_makes_or_sells_is_short_for_good() -> None:
    """Without a source nothing is proposed, and what depends on it never comes."""
    bill = BillOfMaterial("TOP", [BomLine("GHOST", 2)])
    result = made([Item("TOP"), Item("GHOST"), bill], Demand("TOP", 3, due=date(2026, 3, 20), ref="S"))
    assert rows(result.shortages, "item", "quantity", "covered") == [("GHOST", 6, None), ("TOP", 3, None)]
    assert result.shortages[0].cause == "no source: neither made nor bought"
    assert result.shortages[1].cause == "waits for GHOST"
    assert "no-source" in {one.kind for one in result.messages}


def test_a_late_receipt_is_used_where_no_new_order_is_sooner() -> None:
    """A purchase that comes too late is expedited, not ordered twice."""
    late = PurchaseOrder("X", 8, supplier="S", due=date(2026, 3, 13), ref="PU-1")
    result = made(bought("X", 20), Demand("X", 5, due=date(2026, 3, 9), ref="SO-1"), late)
    assert not result.buy
    assert result.shortages[0].cause == "PU-1 comes on 2026-03-13"
    assert {"expedite", "decrease"} == {one.kind for one in result.messages}
    sooner = made(bought("X", 2), Demand("X", 5, due=date(2026, 3, 9), ref="SO-1"), late)
    assert sooner.buy[0].quantity == 5
    assert not sooner.shortages


def test_overdue_receipts_count_as_coming_now() -> None:
    """A receipt whose day has passed is expected at once, and said to be overdue."""
    late = PurchaseOrder("X", 8, supplier="S", due=date(2026, 2, 13), ref="PU-1")
    result = made(bought("X", 20), Demand("X", 8, due=date(2026, 3, 9), ref="SO-1"), late)
    assert not result.orders
    assert [one.kind for one in result.messages] == ["overdue"]
    assert "8 pcs purchase PU-1" in str(result.why(result.messages[0]))


def test_stock_that_expires_before_the_need_is_no_stock() -> None:
    """A lot counts only for needs on days on which it is still good, and what is wasted is said."""
    lot = stock("X", 9, lot="L", expires=date(2026, 3, 10))
    early = made(bought("X", 1), Demand("X", 5, due=date(2026, 3, 10), ref="S"), lots=[lot])
    assert not early.buy
    late = made(bought("X", 1), Demand("X", 5, due=date(2026, 3, 11), ref="S"), lots=[lot])
    assert late.buy[0].quantity == 5
    assert rows(late.messages, "kind", "order") == [("expires", "L")]
    life = Demand("X", 5, due=date(2026, 3, 10), ref="S", minimum_life=timedelta(days=3))
    assert made(bought("X", 1), life, lots=[lot]).buy[0].quantity == 5


def test_the_last_day_of_a_lot_is_said_as_people_say_it() -> None:
    """A lot that expires on the tenth is said to expire on the tenth, in the zone of its site."""
    lot = stock("X", 9, lot="L", site="NYC", expires=date(2026, 3, 10))
    catalog = Catalog([Item("X", tracking=Tracking.LOT), Site("NYC", zone="America/New_York")])
    wish = Demand("X", 4, due=date(2026, 3, 9), ref="SO-1", site="NYC")
    made = plan(Snapshot(catalog=catalog, at=NOW, lots=[lot], promises=[wish]), until=UNTIL)

    assert [one.text for one in made.messages] == ["5 pcs X expire on 2026-03-10 and are not needed before"]
    assert "from stock L, expires 2026-03-10" in str(made.why(wish))


def test_what_should_have_begun_this_morning_is_not_zero_hours_ago() -> None:
    """A length of time under an hour is said in words."""
    assert [ago(span) for span in (0, HOUR - 1, HOUR, DAY - 1, DAY, 2 * DAY)] == [
        "less than an hour ago",
        "less than an hour ago",
        "1 hour ago",
        "23 hours ago",
        "1 day ago",
        "2 days ago",
    ]


@pytest.mark.parametrize(
    ("more", "to_buy"),
    [
        ({"quality": Quality.BLOCKED}, 5),
        ({"quality": Quality.QUARANTINE}, 5),
        ({"quality": Quality.REJECTED}, 5),
        ({"quality": Quality.PENDING_INSPECTION}, 0),
        ({"release": Release.AWAITING}, 0),
        ({"quality": Quality.PENDING_INSPECTION, "ready": datetime(2026, 3, 30, tzinfo=UTC)}, 5),
    ],
)
def test_stock_counts_by_its_state(more: dict[str, object], to_buy: int) -> None:
    """Blocked stock counts for nothing; stock that waits for inspection or release counts when it is ready."""
    result = made(bought("X", 1), Demand("X", 5, due=date(2026, 3, 20), ref="S"), lots=[stock("X", 9, lot="L", **more)])
    assert to_buy == sum(order.quantity for order in result.buy)
    if not to_buy:
        assert "stock that is not usable yet L" in str(result.why(result.snapshot.promises[0]))  # type: ignore[arg-type]


def test_reserved_stock_serves_what_it_is_reserved_for() -> None:
    """A demand needs what it does not hold yet; free stock does not include what is reserved."""
    demand = Demand("X", 10, due=date(2026, 3, 20), ref="SO-1")
    result = made(bought("X", 1), demand, held=[Held("SO-1", "X", 4)], done={"SO-1": 3})
    assert result.buy[0].quantity == 3
    assert "10 pcs in all, 7 pcs of them shipped, reserved" in str(result.why(demand))


def test_launched_orders_need_their_lines_and_bring_their_rest() -> None:
    """A line needs what was neither issued nor reserved; an order brings what is neither made nor lost."""
    order = ProductionOrder(
        OrderCode("MO-1"),
        ItemCode("TOP"),
        Decimal(10),
        OrderState.STARTED,
        datetime(2026, 3, 12, tzinfo=UTC),
        start=datetime(2026, 3, 5, tzinfo=UTC),
        expected_good=Decimal(9),
        good=Decimal(2),
        scrapped=Decimal(3),
        lines=(
            OrderLine(0, ItemCode("X"), Decimal(20), 20, "pcs", "", issued=Decimal(8)),  # type: ignore[arg-type]
            OrderLine(1, ItemCode("X"), Decimal(2), 2, "pcs", ""),  # type: ignore[arg-type]
        ),
    )
    held = [Held("MO-1", "X", 5, line=0), Held("MO-1", "X", 1)]
    demand = Demand("TOP", 5, due=date(2026, 3, 20), ref="SO-1")
    result = made([Item("TOP", supply=Supply.MAKE), *bought("X", 1)], demand, orders=[order], held=held)
    assert sum(one.quantity for one in result.buy) == 8
    assert not result.make
    closed = ProductionOrder(OrderCode("MO-1"), ItemCode("TOP"), Decimal(10), OrderState.CLOSED, NOW, start=NOW)
    assert made([Item("TOP", supply=Supply.MAKE)], demand, orders=[closed]).make[0].quantity == 5


def test_scrap_is_added_before_lot_rules_and_the_good_ones_are_told() -> None:
    """200 good ones at 10 % start 220; a multiple of 50 makes 250, of which 227 come out good."""
    bill = BillOfMaterial("TOP", [BomLine("X", 1, scrap="0.1")], scrap="0.1")
    plain = made([Item("TOP"), bill, *bought("X", 1)], Demand("TOP", 200, due=date(2026, 3, 20), ref="S"))
    assert row(plain.make[0], "quantity", "good") == (220, 200)
    assert plain.buy[0].quantity == 242
    lots = made([Item("TOP", multiple=50), bill, *bought("X", 1)], Demand("TOP", 200, due=date(2026, 3, 20), ref="S"))
    assert row(lots.make[0], "quantity", "good") == (250, 227)
    assert "220 TOP to start for 200 good: x 1.1 for scrap" in str(lots.why(lots.make[0]))


def test_a_need_is_rounded_up_once_per_order() -> None:
    """4 g from stock kept in kg with 2 decimals: 0.01 kg for one, 0.40 kg for a hundred."""
    bill = BillOfMaterial("SOUP", [BomLine("SALT", Quantity(4, "g"))])
    salt = [Item("SALT", unit="kg", scale=2), Sourcing("SALT", supplier="S", lead_time=working_days(1))]
    for soups, kilos in ((1, "0.01"), (100, "0.40")):
        result = made([Item("SOUP"), bill, *salt], Demand("SOUP", soups, due=date(2026, 3, 20), ref="S"))
        assert Decimal(kilos) == result.buy[0].quantity


def test_one_item_on_two_lines_is_one_need() -> None:
    """The lines of an order for one item are covered together."""
    bill = BillOfMaterial("TOP", [BomLine("X", 1), BomLine("X", 2), BomLine("X", 5, per=Basis.ORDER)])
    result = made([Item("TOP"), bill, *bought("X", 1)], Demand("TOP", 10, due=date(2026, 3, 20), ref="S"))
    assert [order.quantity for order in result.buy] == [35]


def test_the_bill_is_the_one_valid_when_the_order_starts() -> None:
    """Due after the change but started before it: the old bill."""
    bills = [
        BillOfMaterial("TOP", [BomLine("OLD", 1)], revision="A", effective_until=date(2026, 3, 18)),
        BillOfMaterial("TOP", [BomLine("NEW", 1)], revision="B", effective_from=date(2026, 3, 18)),
    ]
    definitions = [Item("TOP", lead_time=working_days(5)), *bills, *bought("OLD"), *bought("NEW")]
    result = made(
        definitions,
        Demand("TOP", 1, due=date(2026, 3, 20), ref="S-1"),
        Demand("TOP", 1, due=date(2026, 3, 27), ref="S-2"),
    )
    assert rows(result.make, "revision", "serves") == [("A", ("S-1",)), ("B", ("S-2",))]
    assert [order.item for order in result.buy] == ["OLD", "NEW"]


def test_without_a_bill_on_the_day_of_the_start_there_is_no_source() -> None:
    """A bill that only begins to hold after the start is no bill."""
    bill = BillOfMaterial("TOP", [BomLine("X", 1)], effective_from=date(2026, 3, 18))
    definitions = [Item("TOP", lead_time=working_days(5)), bill, *bought("X")]
    result = made(definitions, Demand("TOP", 1, due=date(2026, 3, 20), ref="S-1"))
    assert result.shortages[0].cause == "no source: no bill of material of TOP is valid on 2026-03-13"


def test_the_best_terms_valid_on_the_day_of_ordering_are_taken() -> None:
    """Priority decides, then the supplier's code, among the terms that hold when ordering."""
    terms = [
        Sourcing("X", supplier="CHEAP", lead_time=working_days(2), priority=0, effective_until=date(2026, 3, 10)),
        Sourcing("X", supplier="B", lead_time=working_days(3), priority=1),
        Sourcing("X", supplier="A", lead_time=working_days(3), priority=1),
    ]
    result = made(
        [Item("X"), *terms],
        Demand("X", 1, due=date(2026, 3, 10), ref="S-1"),
        Demand("X", 1, due=date(2026, 3, 20), ref="S-2"),
    )
    assert [order.supplier for order in result.buy] == ["CHEAP", "A"]


def test_safety_stock_without_any_demand_is_built_as_soon_as_it_can_be() -> None:
    """The order starts now, never in the past."""
    item = Item("X", safety_stock=10)
    result = made([item, Sourcing("X", supplier="S", lead_time=working_days(5))], lots=[stock("X", 3)])
    (order,) = result.buy
    assert (7, NOW, datetime(2026, 3, 9, 6, tzinfo=UTC)) == row(order, "quantity", "start", "due")
    assert not result.shortages
    assert "7 pcs to restore the safety stock of 10" in str(result.why(order))


def test_orders_consume_forecasts_near_them() -> None:
    """30 forecast, 12 ordered in the same month: 30 in all, not 42."""
    forecast = Demand("X", 30, due=date(2026, 3, 31), ref="F-1", kind=DemandKind.FORECAST)
    order = Demand("X", 12, due=date(2026, 3, 20), ref="S-1")
    assert [one.quantity for one in made(bought("X", 1), forecast, order).buy] == [12, 18]
    apart = Demand("X", 12, due=date(2026, 5, 20), ref="S-1")
    assert [one.quantity for one in made(bought("X", 1), forecast, apart).buy] == [30, 12]
    gone = Demand("X", 30, due=date(2026, 2, 20), ref="F-0", kind=DemandKind.FORECAST)
    assert not made(bought("X", 1), gone).buy
    narrow = PlanningPolicy(forecast_window=timedelta(days=1))
    snapshot = Snapshot(catalog=Catalog(bought("X", 1)), at=NOW, promises=[forecast, order])
    assert sum(one.quantity for one in plan(snapshot, narrow, until=UNTIL).buy) == 42


def test_co_products_are_made_by_the_process_they_come_out_of() -> None:
    """A demand for the co-product starts the main item's process; what that brings of the main item counts."""
    bill = BillOfMaterial("MEAT", [BomLine("COW", 1)], outputs=[CoProduct("HIDE", "0.5"), ByProduct("BONE", 2)])
    definitions = [Item("MEAT"), Item("HIDE"), Item("BONE"), bill, *bought("COW")]
    result = made(
        definitions,
        Demand("HIDE", 4, due=date(2026, 3, 10), ref="S-1"),
        Demand("MEAT", 10, due=date(2026, 3, 20), ref="S-2"),
        Demand("BONE", 25, due=date(2026, 3, 25), ref="S-3"),
    )
    assert rows(result.make, "quantity", "serves") == [(8, ("S-1", "S-2")), (2, ("S-2",))]
    assert "it comes out beside MEAT" in str(result.why(result.make[0]))
    assert rows(result.shortages, "item", "quantity") == [("BONE", 5)]


def test_what_falls_off_serves_later_orders_of_its_own_maker() -> None:
    """Sprues are ground and go in again: not into the order they fall off from, but into the next."""
    bill = BillOfMaterial("PART", [BomLine("GRAIN", 2)], outputs=[ByProduct("GRAIN", "0.5")])
    grain = [Item("GRAIN", scale=1), Sourcing("GRAIN", supplier="S", lead_time=working_days(1))]
    demands = [Demand("PART", 10, due=date(2026, 3, day), ref=f"S-{day}") for day in (10, 20)]
    result = made([Item("PART", lead_time=working_days(1)), bill, *grain], *demands)
    assert [Decimal(20), Decimal(15)] == [one.quantity for one in result.buy]


def test_a_by_product_of_what_it_is_made_of_is_reported() -> None:
    """Where nobody can say which comes first, what falls off is not counted, and a message says so."""
    bills = [
        BillOfMaterial("FINE", [BomLine("ROUGH", 1)]),
        BillOfMaterial("ROUGH", [BomLine("ORE", 1)], outputs=[ByProduct("FINE", "0.5")]),
    ]
    demand = Demand("FINE", 10, due=date(2026, 3, 20), ref="S")
    catalog = Catalog([Item("FINE"), Item("ROUGH"), *bills, *bought("ORE")])
    result = plan(Snapshot(catalog=catalog, at=NOW, promises=[demand]), until=UNTIL)
    assert [one.quantity for one in result.make] == [10, 10]
    assert [one.text for one in result.messages] == ["FINE falls off after it was planned, and is not counted"]


def test_a_settled_order_counts_as_it_is_and_comes_back() -> None:
    """What the planner settled is neither changed nor ordered twice, and its parts are planned for."""
    bill = BillOfMaterial("TOP", [BomLine("X", 2)])
    firm = PlannedMake(
        ItemCode("TOP"),
        Decimal(12),
        datetime(2026, 3, 10, 8, tzinfo=UTC),
        datetime(2026, 3, 12, 16, tzinfo=UTC),
        "A",
        code="mine",
        good=Decimal(12),
    )
    result = made([Item("TOP"), bill, *bought("X")], Demand("TOP", 10, due=date(2026, 3, 20), ref="S"), firm=[firm])
    assert [firm] == list(result.make)
    assert [one.quantity for one in result.buy] == [24]
    assert "settled by the planner" in str(result.why(firm))


def test_a_settled_move_takes_from_one_site_and_brings_to_the_other() -> None:
    """The source needs it at the start, the target has it when it is due."""
    move = PlannedMove(
        ItemCode("X"),
        Decimal(5),
        datetime(2026, 3, 9, tzinfo=UTC),
        datetime(2026, 3, 11, tzinfo=UTC),
        "MAIN",
        "NORTH",
        code="m",
    )
    demand = Demand("X", 5, due=date(2026, 3, 20), ref="S", site="NORTH")
    result = made([*bought("X"), Site("NORTH")], demand, firm=[move], lots=[stock("X", 2)])
    assert rows(result.buy, "site", "quantity") == [("MAIN", 3)]
    assert [move] == list(result.move)


@pytest.mark.parametrize("mode", Mode)
def test_a_kit_that_is_sold_is_taken_from_stock_and_the_rest_from_its_parts(mode: Mode) -> None:
    """Four kits are packed already, six are picked from their parts; the plan holds either way."""
    kit = [Item("KIT", supply=Supply.PHANTOM), BillOfMaterial("KIT", [BomLine("CUP", 2), BomLine("BOX", 1)])]
    wish = Demand("KIT", 10, due=date(2026, 3, 20), ref="SO-1")
    catalog = Catalog([*kit, *bought("CUP", 1), *bought("BOX", 1)])
    given = Snapshot(catalog=catalog, at=NOW, lots=[stock("KIT", 4)], promises=[wish])
    result = plan(given, PlanningPolicy(mode=mode), until=UNTIL)
    result.verify()
    assert {order.item: int(order.quantity) for order in result.buy} == {"BOX": 6, "CUP": 12}
    assert result.from_stock(wish) == {"KIT": 4}


@pytest.mark.parametrize("mode", Mode)
def test_what_a_measure_counts_is_counted_for_each_order(mode: Mode) -> None:
    """A carton for every 24 begun: 25 cups take two, 24 one; in a phantom, for all that the order takes of it."""
    packed = [
        Item("CUP"),
        Item("PACK", supply=Supply.PHANTOM),
        BillOfMaterial("CUP", [BomLine("PACK", 1, operation="a"), BomLine("PACK", 1, operation="b")]),
        BillOfMaterial("PACK", [BomLine("CARTON", 1, per=EachBegun(24))]),
        BillOfMaterial("MUG", [BomLine("CARTON", 1, per=EachBegun(24))]),
        Item("MUG"),
    ]
    mugs = [Demand("MUG", much, due=date(2026, 3, at), ref=f"S-{at}") for much, at in ((25, 17), (24, 20))]
    catalog = Catalog([*packed, *bought("CARTON", 1)])
    result = plan(Snapshot(catalog=catalog, at=NOW, promises=mugs), PlanningPolicy(mode=mode), until=UNTIL)
    result.verify()
    assert [int(order.quantity) for order in sorted(result.buy, key=lambda one: one.due)] == [2, 1]
    assert "begun 24" in str(result.why(result.buy[0]))
    if mode is Mode.UNCONSTRAINED:
        cups = Demand("CUP", 30, due=date(2026, 3, 20), ref="S")
        result = plan(Snapshot(catalog=catalog, at=NOW, promises=[cups]), until=UNTIL)
        result.verify()
        assert [int(order.quantity) for order in result.buy] == [3]


def test_each_site_plans_for_itself() -> None:
    """Stock and receipts of one site do not serve another; a transfer is a receipt where it arrives."""
    transfer = TransferOrder("X", 2, source="MAIN", target="NORTH", due=date(2026, 3, 10), ref="T-1")
    demand = Demand("X", 5, due=date(2026, 3, 20), ref="S", site="NORTH")
    result = made([*bought("X"), Site("NORTH")], demand, transfer, lots=[stock("X", 50)])
    assert rows(result.buy, "site", "quantity") == [("NORTH", 3)]


def test_a_routing_takes_its_longest_path() -> None:
    """Two steps side by side, then one after both; waiting takes time as it passes, the rest working time."""
    routing = Routing(
        "TOP",
        [
            Operation("left", run_per_unit=timedelta(hours=1), after=()),
            Operation("right", run_per_unit=timedelta(hours=3), after=()),
            Operation("join", setup=timedelta(hours=1), after=("left", "right")),
            Operation("dry", kind=OperationKind.WAIT, setup=timedelta(hours=12)),
        ],
    )
    result = made([Item("TOP", supply=Supply.MAKE), routing], Demand("TOP", 2, due=date(2026, 3, 20), ref="S"))
    assert datetime(2026, 3, 19, 9, tzinfo=UTC) == result.make[0].start


def test_days_off_move_the_due_date_to_the_last_work_before() -> None:
    """Due on a Sunday, an order is due at the end of work on Friday."""
    result = made(bought("X", 1), Demand("X", 1, due=date(2026, 3, 22), ref="S"))
    assert datetime(2026, 3, 20, 16, tzinfo=UTC) == result.buy[0].due


def test_demands_beyond_the_horizon_are_left_out() -> None:
    """The horizon is half-open."""
    assert not made(bought("X", 1), Demand("X", 1, due=UNTIL, ref="S")).orders
    assert made(bought("X", 1), Demand("X", 1, due=UNTIL - timedelta(days=1), ref="S")).orders


def test_progress_is_told() -> None:
    """Every item netted is told."""
    told: list[tuple[int, int | None]] = []
    snapshot = Snapshot(catalog=Catalog(bought("X")), at=NOW, promises=[Demand("X", 1, due=date(2026, 3, 20), ref="S")])
    plan(snapshot, until=UNTIL, progress=lambda done, total: told.append((done, total)))
    assert told == [(1, 1)]


def test_wrong_data_is_named_all_at_once() -> None:
    """Unknown items, unknown sites and digits too fine are findings with table and row."""
    snapshot = Snapshot(
        catalog=Catalog(bought("X")),
        at=NOW,
        lots=[stock("Y", 1), stock("X", "0.5")],
        promises=[Demand("X", 1, due=date(2026, 3, 20), site="MOON")],
    )
    with pytest.raises(InvalidData) as refused:
        plan(snapshot, until=UNTIL)
    assert [(one.table, one.row, one.field) for one in refused.value.findings] == [
        ("lots", 1, "item"),
        ("lots", 2, "quantity"),
        ("promises", 1, "site"),
    ]


def test_wrong_calls_are_refused() -> None:
    """A horizon in the past, a foreign line, a wrong kind and a ref that fits two promises are refused."""
    demand = Demand("X", 1, due=date(2026, 3, 20), ref="S")
    result = made(bought("X"), demand)
    with pytest.raises(InvalidValueError, match="is before now"):
        plan(result.snapshot, until=date(2026, 1, 1))
    with pytest.raises(InvalidTypeError):
        plan([], until=UNTIL)  # type: ignore[arg-type]
    with pytest.raises(InvalidTypeError):
        Snapshot(catalog=result.snapshot.catalog, at=NOW, promises=["S"])  # type: ignore[list-item]
    for line in (
        Demand("X", 2, due=date(2026, 3, 20), ref="S"),
        Shortage(ItemCode("X"), Decimal(1), "pcs", NOW, None, "", ()),
        ActionMessage(MessageKind.EXCESS, "?", ""),
    ):
        with pytest.raises(UnknownCode):
            result.why(line)
    with pytest.raises(AmbiguousCode):
        made(bought("X"), demand, Demand("X", 2, due=date(2026, 3, 21), ref="S"), done={"S": 1})


def test_a_forged_plan_fails_its_check() -> None:
    """An order left out, doubled or cut below its minimum is found."""
    result = made(bought("X", 1, minimum=10), Demand("X", 5, due=date(2026, 3, 20), ref="S"))
    order = result.orders[0]
    small, twin = attrs.evolve(order, quantity=Decimal(5)), attrs.evolve(order, code="x")
    forged: list[tuple[PlannedOrder, ...]] = [(), (order, order), (small,), (order, twin)]
    for orders in forged:
        other = attrs.evolve(result)
        object.__setattr__(other, "orders", Table(orders))
        with pytest.raises(BrokenInvariant):
            other.verify()
