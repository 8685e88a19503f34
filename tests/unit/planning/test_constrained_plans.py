"""Plans in which nothing starts before now, nor before its parts are there."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

import pytest

from prodstock.calendars.calendar import Calendar
from prodstock.calendars.span import working_days
from prodstock.master.bom import BillOfMaterial, BomLine, CoProduct
from prodstock.master.catalog import Catalog
from prodstock.master.item import Item, Supply
from prodstock.master.location import Site
from prodstock.master.sourcing import Sourcing
from prodstock.orders.demand import Demand
from prodstock.orders.planned import PlannedMake
from prodstock.orders.purchase import Promise, PurchaseOrder
from prodstock.planning.causes import ShortageCause
from prodstock.planning.chain import LinkKind
from prodstock.planning.plan import Plan
from prodstock.planning.planner import plan
from prodstock.planning.policy import Mode, PlanningPolicy
from prodstock.planning.snapshot import Snapshot
from prodstock.stock.allocation import OpenLot

NOW = datetime(2026, 3, 2, 6, tzinfo=UTC)
POTTERY = [
    Item("CUP", lead_time=working_days(2)),
    BillOfMaterial("CUP", [BomLine("CLAY", "0.4"), BomLine("GLAZE", "0.1")]),
    Item("CLAY", unit="kg", scale=1),
    Sourcing("CLAY", supplier="PIT", lead_time=working_days(8), multiple=25),
    Item("GLAZE", unit="kg", scale=1),
    Sourcing("GLAZE", supplier="HUE", lead_time=working_days(3)),
]
POLICY = PlanningPolicy(mode=Mode.CONSTRAINED)


def lot(item: str, free: int) -> OpenLot:
    """Return stock that is there now."""
    return OpenLot(item, free, received=NOW)


def cups(ref: str, quantity: int, due: date, priority: int, **more: object) -> Demand:
    """Return a demand for cups."""
    return Demand("CUP", quantity, due=due, ref=ref, priority=priority, **more)  # type: ignore[arg-type]


def made(definitions: Sequence[object], promises: Sequence[Promise], *lots: OpenLot) -> Plan:
    """Return a constrained plan that holds."""
    catalog = Catalog(definitions)  # type: ignore[arg-type]  # definitions, all of them
    found = plan(Snapshot(catalog=catalog, at=NOW, lots=lots, promises=promises), POLICY, until=date(2026, 7, 1))
    found.verify()
    return found


def sizes(orders: Sequence[PlannedMake]) -> list[tuple[int, tuple[str, ...], date]]:
    """Return how much each order is, whom it serves and when it is due."""
    return [(int(one.quantity), one.serves, one.due.date()) for one in orders]


def test_the_most_urgent_is_served_first_whatever_the_dates() -> None:
    """30 kg of clay are 75 cups: 60 for SO-1, 15 for SO-2 whose other 35 wait for clay; nothing starts before now."""
    found = made(
        POTTERY,
        [cups("SO-1", 60, date(2026, 3, 6), 1), cups("SO-2", 50, date(2026, 3, 5), 2)],
        lot("CLAY", 30),
        lot("GLAZE", 20),
    )
    assert sizes(found.make) == [
        (15, ("SO-2",), date(2026, 3, 5)),
        (60, ("SO-1",), date(2026, 3, 6)),
        (35, ("SO-2",), date(2026, 3, 16)),
    ]
    assert all(order.start >= NOW for order in found.orders)
    (late,) = found.shortages
    assert (int(late.quantity), late.cause) == (35, "lead time of CLAY: begun now, it is there on 2026-03-12")
    assert "it is there on 2026-03-12" in str(found.why(late))


def test_a_demand_that_takes_no_lateness_goes_without_and_takes_nothing() -> None:
    """What is not there within five days is not made at all, and its clay is left to others."""
    late = cups("SO-1", 100, date(2026, 3, 6), 1, maximum_lateness=timedelta(days=5), minimum_shipment=100)
    found = made(POTTERY, [late, cups("SO-2", 75, date(2026, 3, 6), 2)], lot("CLAY", 30), lot("GLAZE", 20))
    assert sizes(found.make) == [(75, ("SO-2",), date(2026, 3, 6))]
    (short,) = found.shortages
    assert (int(short.quantity), short.covered, short.delays) == (100, None, ("SO-1",))
    assert short.cause.startswith("it would come too late: ")


def test_no_delivery_is_below_the_least_one() -> None:
    """Of 80 cups 75 could be there; at least 20 each time: 60 in time, 20 when there is clay."""
    found = made(
        POTTERY, [cups("SO-1", 80, date(2026, 3, 6), 1, minimum_shipment=20)], lot("CLAY", 30), lot("GLAZE", 20)
    )
    assert [one.quantity for one in found.make] == [60, 20]


@pytest.mark.parametrize("mode", Mode)
@pytest.mark.parametrize(
    ("least", "deliveries"),
    [
        (0, ["30 on 2026-03-03", "45 on 2026-03-10", "5 on 2026-03-12"]),
        (20, ["30 on 2026-03-03", "50 on 2026-03-12"]),
        (60, ["80 on 2026-03-12"]),
    ],
)
def test_what_is_there_waits_until_it_may_be_delivered(mode: Mode, least: int, deliveries: list[str]) -> None:
    """Thirty cups are there, 45 and five come: neither what goes nor what is left is below the least delivery."""
    coming = [
        PurchaseOrder("CUP", much, supplier="S", due=date(2026, 3, day), ref=f"PU-{day}")
        for day, much in ((10, 45), (12, 5))
    ]
    asked = Demand("CUP", 80, due=date(2026, 3, 3), ref="SO-1", minimum_shipment=least)
    snapshot = Snapshot(catalog=Catalog([Item("CUP")]), at=NOW, lots=[lot("CUP", 30)], promises=[asked, *coming])
    found = plan(snapshot, PlanningPolicy(mode=mode), until=date(2026, 9, 1))
    assert [str(part) for part in found.demands[0].deliveries] == deliveries


def test_a_receipt_on_its_way_is_worth_waiting_for() -> None:
    """Clay that comes by the end of Thursday is sooner than clay from the pit: cups from Friday to Tuesday."""
    coming = PurchaseOrder("CLAY", 25, supplier="PIT", due=date(2026, 3, 5), ref="PU-1")
    found = made(POTTERY, [cups("SO-1", 50, date(2026, 3, 4), 1), coming], lot("GLAZE", 20))
    assert not found.buy
    assert found.make[0].due.date() == date(2026, 3, 10)
    assert found.shortages[0].cause == "CLAY comes on 2026-03-05"


def test_safety_stock_comes_last_and_never_from_the_past() -> None:
    """The one demand takes the safety stock; it is restored when glaze ordered now is there."""
    definitions = [Item("GLAZE", safety_stock=10), POTTERY[-1]]
    found = made(
        definitions, [Demand("GLAZE", 10, due=date(2026, 3, 3), ref="SO-1")], OpenLot("GLAZE", 10, received=NOW)
    )
    assert not found.shortages
    assert [(int(one.quantity), one.start >= NOW) for one in found.buy] == [(10, True)]


def test_a_phantom_is_used_from_stock_and_the_rest_is_made_of_its_parts() -> None:
    """Four cords are there, six are cable; the order says so, all parts or none."""
    definitions = [
        Item("LAMP", lead_time=working_days(1)),
        Item("CORD", supply=Supply.PHANTOM),
        Item("CABLE", unit="m", scale=1),
        BillOfMaterial("LAMP", [BomLine("CORD", 1)]),
        BillOfMaterial("CORD", [BomLine("CABLE", "1.5")]),
        Sourcing("CABLE", supplier="S", lead_time=working_days(1)),
    ]
    found = made(definitions, [Demand("LAMP", 10, due=date(2026, 3, 20), ref="SO-1")], lot("CORD", 4))
    assert found.from_stock(found.make[0]) == {"CORD": 4}
    assert [one.quantity for one in found.buy] == [9]


def test_what_comes_out_beside_serves_whoever_wants_it() -> None:
    """The hides of the meat that is made anyway are enough."""
    definitions = [
        Item("MEAT", lead_time=working_days(1)),
        Item("HIDE"),
        Item("COW"),
        BillOfMaterial("MEAT", [BomLine("COW", 1)], outputs=[CoProduct("HIDE", "0.5")]),
        Sourcing("COW", supplier="FARM", lead_time=working_days(2)),
    ]
    promises = [
        Demand("MEAT", 8, due=date(2026, 3, 20), ref="SO-1", priority=1),
        Demand("HIDE", 4, due=date(2026, 3, 20), ref="SO-2", priority=2),
    ]
    found = made(definitions, promises)
    assert [one.quantity for one in found.make] == [8]


@pytest.mark.parametrize("due", [date(2026, 3, 20), date(2026, 6, 30)])
def test_a_bill_a_thousand_levels_deep_is_planned(due: date) -> None:
    """No depth of a bill is too much, in time or late: nothing recurses, and nobody tries level by level."""
    depth = 1_000
    definitions: list[object] = [Site("MAIN", calendar=Calendar("ALWAYS", week="Mo-Su 00:00-24:00"))]
    definitions += [Item(f"P{place}", lead_time=timedelta(hours=1)) for place in range(depth)]
    definitions += [BillOfMaterial(f"P{place}", [BomLine(f"P{place + 1}", 1)]) for place in range(depth - 1)]
    definitions.append(Sourcing(f"P{depth - 1}", supplier="S", lead_time=timedelta(days=1)))
    found = made(definitions, [Demand("P0", 3, due=due, ref="SO-1")])
    assert len(found.orders) == depth
    assert [one.covered for one in found.shortages] == [NOW + timedelta(days=1, hours=depth - 1)][: due.month == 3]


def test_terms_that_begin_later_are_waited_for() -> None:
    """Nobody sells microphones before April; five working days after the first they are there."""
    terms = Sourcing("MIC", supplier="KNW", lead_time=working_days(5), effective_from=date(2026, 4, 1))
    found = made([Item("MIC"), terms], [Demand("MIC", 6, due=date(2026, 3, 20), ref="SO-1")])
    [order] = found.buy
    assert (order.start.date(), order.due.date()) == (date(2026, 4, 1), date(2026, 4, 8))
    [missing] = found.shortages
    assert (missing.covered, missing.cause) == (
        order.due,
        "no source of MIC until 2026-04-08: no supplier's terms are valid on the day of ordering",
    )


@pytest.mark.parametrize("supply", [None, Supply.MAKE])
def test_a_bill_that_holds_later_is_waited_for(supply: Supply | None) -> None:
    """A cup whose first bill holds from April is made then, of clay that comes for it, and never of nothing before."""
    bill = BillOfMaterial("CUP", [BomLine("CLAY", 1)], effective_from=date(2026, 4, 1))
    definitions = [Item("CUP", lead_time=working_days(2), supply=supply), bill, Item("CLAY")]
    definitions.append(Sourcing("CLAY", supplier="PIT", lead_time=working_days(8)))
    found = made(definitions, [Demand("CUP", 6, due=date(2026, 3, 20), ref="SO-1")])
    assert [(one.start.date(), one.due.date()) for one in found.make] == [(date(2026, 4, 1), date(2026, 4, 3))]
    assert (found.shortages[0].kind, found.shortages[0].root) == (ShortageCause.NO_SUPPLY, "CUP")
    (end,) = found.demands[0].chain
    assert (end.ready, end.kind) == (found.make[0].due, LinkKind.NO_SOURCE)
    assert end.text == (
        "6 pcs CUP late, needed on 2026-03-20: no source of CUP until 2026-04-03: "
        "no bill of material of CUP is valid on 2026-03-20"
    )
    assert [one.due for one in found.buy] == [found.make[0].start]


def test_what_would_be_too_old_after_a_weekend_of_inspection_waits_for_a_better_day() -> None:
    """Three days good and two of inspection: cream of a Thursday is still good on a Monday of nobody's week."""
    definitions = [
        Item("CREAM", lead_time=working_days(1), inspection_time=working_days(2), shelf_life=timedelta(days=3)),
        BillOfMaterial("CREAM", [BomLine("MILK", 1)]),
        Item("MILK"),
        Sourcing("MILK", supplier="FARM", lead_time=working_days(1)),
    ]
    found = made(definitions, [Demand("CREAM", 6, due=date(2026, 3, 9), ref="SO-1")])
    assert [one.due.date() for one in found.make] == [date(2026, 3, 11)]
    assert [str(one) for one in found.demands[0].deliveries] == ["6 on 2026-03-11"]


@pytest.mark.parametrize("turned", [False, True])
def test_each_demand_has_a_cause_of_its_own(*, turned: bool) -> None:
    """ACME's goods are nobody else's, so they are why SO-2 is short; SO-1 is ACME's. The order of rows never counts."""
    definitions = [
        Item("MIC", shelf_life=timedelta(days=20), safety_stock=5),
        Sourcing("MIC", supplier="KNW", lead_time=working_days(8), minimum=34),
    ]
    lots = [
        OpenLot("MIC", 27, lot="L-1", received=NOW, expires=datetime(2026, 3, 12, 6, tzinfo=UTC)),
        OpenLot("MIC", 51, lot="L-2", received=NOW, expires=datetime(2026, 3, 6, 6, tzinfo=UTC), owner="ACME"),
    ]
    promises = [
        Demand("MIC", 4, due=datetime(2026, 3, 6, 12, tzinfo=UTC), ref="SO-1", customer="ACME", priority=2),
        Demand("MIC", 56, due=datetime(2026, 3, 11, 3, tzinfo=UTC), ref="SO-2"),
    ]
    found = made(definitions, promises[::-1] if turned else promises, *lots)
    assert {one.ref: one.cause for one in found.demands} == {
        "SO-1": ShortageCause.EXPIRED,
        "SO-2": ShortageCause.WRONG_OWNER,
    }
    assert {one.delays: one.kind for one in found.shortages} == {
        ("SO-1",): ShortageCause.EXPIRED,
        ("SO-2",): ShortageCause.WRONG_OWNER,
    }


def test_no_more_is_missing_than_was_asked_for() -> None:
    """Nobody brings cups: of a demand for 17 that takes 19 at least, 17 are missing."""
    found = made([Item("CUP")], [Demand("CUP", 17, due=date(2026, 3, 20), ref="SO-1", minimum_shipment=19)])
    assert [int(one.quantity) for one in found.shortages] == [17]
