"""The messages of a plan, its shortages by cause and harm, and what it answers about demands and delays."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from prodstock.calendars.calendar import Calendar
from prodstock.errors import AmbiguousCode, InvalidTypeError, InvalidValueError, UnknownCode
from prodstock.master.bom import BillOfMaterial, BomLine
from prodstock.master.catalog import Catalog
from prodstock.master.item import Item, Tracking
from prodstock.master.location import Site
from prodstock.master.quality_state import Quality
from prodstock.master.sourcing import Sourcing
from prodstock.orders.demand import Demand
from prodstock.orders.planned import PlannedBuy
from prodstock.orders.purchase import PurchaseOrder
from prodstock.planning.action import ActionMessage
from prodstock.planning.causes import ShortageCause
from prodstock.planning.chain import LinkKind
from prodstock.planning.cumulative import cumulative_lead_times
from prodstock.planning.fulfilment import Service
from prodstock.planning.pegging import PegUse
from prodstock.planning.plan import Plan
from prodstock.planning.planner import plan
from prodstock.planning.policy import Mode, PlanningPolicy
from prodstock.planning.snapshot import Snapshot
from prodstock.quantities.money import Money
from prodstock.stock.allocation import OpenLot

NOW = datetime(2026, 3, 2, tzinfo=UTC)
UNTIL = date(2026, 7, 1)
ALWAYS = Site("MAIN", calendar=Calendar("ALWAYS", week="Mo-Su 00:00-24:00"))


def march(day: int) -> date:
    """Return a day of March."""
    return date(2026, 3, day)


def bought(item: str, days: int = 0, **more: Any) -> tuple[Any, Any]:
    """Return an item and the terms of its supplier."""
    return Item(item, tracking=Tracking.LOT), Sourcing(item, supplier="S", lead_time=timedelta(days=days), **more)


def lot(item: str, free: int, **more: Any) -> OpenLot:
    """Return a lot received long ago."""
    return OpenLot(item, free, received=NOW - timedelta(days=90), **more)


def purchase(quantity: int, day: int, ref: str = "PU-1", item: str = "X") -> PurchaseOrder:
    """Return a purchase that comes in March."""
    return PurchaseOrder(item, quantity, supplier="S", due=march(day), ref=ref)


def wanted(quantity: int, day: int, ref: str = "SO-1", item: str = "X", **more: Any) -> Demand:
    """Return a demand of March."""
    return Demand(item, quantity, due=march(day), ref=ref, **more)


def planned(definitions: Any, *promises: Any, policy: PlanningPolicy | None = None, **more: Any) -> Plan:
    """Return the verified plan of a snapshot written in one line."""
    snapshot = Snapshot(catalog=Catalog([ALWAYS, *definitions]), at=NOW, promises=promises, **more)
    made = plan(snapshot, policy or PlanningPolicy(), until=UNTIL)
    made.verify()
    return made


def plain(value: object) -> object:
    """Return a value that compares with anything."""
    return value


def said(made: Plan) -> list[tuple[str, str]]:
    """Return the kinds of messages with what they are about."""
    return [(one.kind.value, one.order) for one in made.messages]


def test_what_comes_too_soon_may_come_later() -> None:
    """All of it is first needed on the 20th: defer; within the tolerance nothing is said."""
    made = planned(bought("X", 1), wanted(8, 20), purchase(8, 6))
    (message,) = made.messages
    assert (message.kind, message.order, message.sap, message.sap_group) == ("defer", "PU-1", 15, 7)
    assert message.date_from is not None
    assert message.date_to is not None
    assert timedelta(days=14) == message.date_to - message.date_from
    assert message.text == "8 pcs X come on 2026-03-06, needed from 2026-03-20"
    calm = PlanningPolicy(defer_tolerance=timedelta(days=14))
    assert not planned(bought("X", 1), wanted(8, 20), purchase(8, 6), policy=calm).messages


def test_two_receipts_are_not_put_off_to_the_same_day() -> None:
    """What comes first serves the first need: each moves to its own, the safety stock is needed at once."""
    made = planned(bought("X", 1), wanted(5, 10), wanted(5, 20, "SO-2"), purchase(5, 5), purchase(5, 6, "PU-2"))
    assert [(one.order, str(one.date_to)[:10]) for one in made.messages] == [
        ("PU-1", "2026-03-10"),
        ("PU-2", "2026-03-20"),
    ]
    item = Item("X", safety_stock=5)
    kept = planned([item, bought("X", 90)[1]], wanted(5, 20), purchase(5, 5), purchase(5, 6, "PU-2"))
    assert [(one.kind.value, one.order, str(one.date_to)[:10]) for one in kept.messages] == [
        ("defer", "PU-2", "2026-03-20")
    ]


def test_what_nobody_needs_is_cancelled_and_what_is_too_much_is_made_less() -> None:
    """All of it: cancel. Some of it: decrease, as far as the lot rules go; if they do not, it is excess."""
    assert said(planned(bought("X", 1), purchase(8, 6))) == [("cancel", "PU-1")]
    less = planned(bought("X", 1), wanted(5, 6), purchase(8, 6))
    (decrease,) = less.messages
    assert plain((decrease.kind, decrease.quantity_from, decrease.quantity_to)) == ("decrease", 8, 5)
    fixed = planned(bought("X", 1, minimum=8), wanted(5, 6), purchase(8, 6))
    assert [(one.kind, one.sap) for one in fixed.messages] == [("excess", 25)]
    some = planned(bought("X", 1, multiple=4), wanted(5, 6), purchase(20, 6))
    assert plain([(one.kind, one.quantity_to) for one in some.messages]) == [("decrease", 8)]
    calm = PlanningPolicy(quantity_tolerance="0.4")
    assert not planned(bought("X", 1), wanted(5, 6), purchase(8, 6), policy=calm).messages


def test_what_is_needed_sooner_is_expedited_once() -> None:
    """A receipt that several wait for says so once, with the first need; within the tolerance nothing is said."""
    promises = (wanted(3, 9), wanted(2, 11, "SO-2"), purchase(5, 13))
    made = planned(bought("X", 30), *promises)
    (message,) = made.messages
    assert message.text == "5 pcs X are needed on 2026-03-09 and later and come on 2026-03-13"
    assert (message.kind, message.sap, str(message.date_to)[:10]) == ("expedite", 10, "2026-03-09")
    calm = PlanningPolicy(expedite_tolerance=timedelta(days=3))
    (left,) = planned(bought("X", 30), *promises, policy=calm).messages
    assert left.text == "3 pcs X are needed on 2026-03-09 and come on 2026-03-13"


def test_more_of_a_receipt_may_be_quicker_than_a_new_order() -> None:
    """What a new order brings too late could come with the receipt that is there in time."""
    made = planned(bought("X", 30), wanted(13, 9), purchase(8, 6))
    found = {one.kind.value: one for one in made.messages}
    assert set(found) == {"increase", "start-in-past", "defer"}
    assert plain((found["increase"].order, found["increase"].quantity_from, found["increase"].quantity_to)) == (
        "PU-1",
        8,
        13,
    )


def test_what_is_due_to_begin_is_said() -> None:
    """Orders that begin within a day are to be placed or launched; those that begin later are not."""
    definitions = [Item("T", lead_time=timedelta(days=2)), BillOfMaterial("T", [BomLine("X", 1)]), *bought("X", 1)]
    made = planned(definitions, wanted(2, 4, item="T"), lots=[lot("X", 2)])
    assert [(one.kind.value, one.item, one.sap) for one in made.messages] == [("launch", "T", 1)]
    made = planned(bought("X", 2), wanted(2, 4))
    assert [(one.kind.value, one.item, one.sap_group) for one in made.messages] == [("order", "X", 4)]
    assert not planned(bought("X", 2), wanted(2, 7)).messages
    ahead = PlanningPolicy(launch_ahead=timedelta(days=9))
    assert len(planned(bought("X", 2), wanted(2, 7), policy=ahead).messages) == 1


def test_settled_orders_are_judged_as_receipts_are() -> None:
    """A settled order that nobody needs is to be cancelled, one that starts in the past has SAP's other number."""
    firm = PlannedBuy("X", 5, NOW - timedelta(days=3), NOW + timedelta(days=3), "S", code="F-1")
    made = planned(bought("X", 1), firm=[firm])
    assert [(one.kind.value, one.order, one.sap, one.sap_group) for one in made.messages] == [
        ("cancel", "F-1", 20, 7),
        ("start-in-past", "F-1", 6, 2),
    ]


def test_a_message_is_what_it_was_in_three_words() -> None:
    """Kind, what it is about and the text are enough to make one; unknown numbers are none."""
    message = ActionMessage("excess", "PU-7", "too much")  # type: ignore[arg-type]  # equal to its text
    assert (message.kind, message.sap, message.sap_group) == ("excess", None, None)


@pytest.mark.parametrize(
    ("lots", "promises", "days", "cause"),
    [
        ([], [], 9, ShortageCause.PAST_LEAD_TIME),
        ([], [purchase(5, 12)], 30, ShortageCause.LATE_SUPPLY),
        ([lot("X", 9, quality=Quality.BLOCKED)], [], 9, ShortageCause.BLOCKED),
        ([lot("X", 9, quality=Quality.QUARANTINE)], [], 9, ShortageCause.BLOCKED),
        (
            [lot("X", 9, quality=Quality.PENDING_INSPECTION, ready=datetime(2026, 3, 9, tzinfo=UTC))],
            [],
            30,
            ShortageCause.IN_INSPECTION,
        ),
        ([lot("X", 9, expires=date(2026, 3, 1))], [], 9, ShortageCause.EXPIRED),
        ([lot("X", 9, expires=date(2026, 3, 5))], [], 9, ShortageCause.EXPIRED),
        ([], [], None, ShortageCause.NO_SUPPLY),
    ],
)
@pytest.mark.parametrize("mode", Mode)
def test_a_shortage_has_a_cause_from_a_closed_vocabulary(
    lots: list[OpenLot], promises: list[Any], days: int | None, cause: ShortageCause, mode: Mode
) -> None:
    """What lies there unusable comes before what comes too late, and that before what never comes."""
    definitions = [Item("X", tracking=Tracking.LOT)] if days is None else bought("X", days)
    made = planned(definitions, wanted(5, 6), *promises, lots=lots, policy=PlanningPolicy(mode=mode))
    (short,) = made.shortages
    assert (short.kind, short.root, made.demand("SO-1").cause) == (cause, "X", cause)


def test_shortages_are_ranked_by_harm() -> None:
    """Days times quantity times price: few dear ones for long come before many cheap ones for a day."""
    dear, cheap = bought("DEAR", 10, price=Money("50", "EUR")), bought("CHEAP", 10)
    made = planned(
        [*dear, *cheap], wanted(10, 4, item="DEAR"), wanted(100, 9, "SO-2", item="CHEAP"), wanted(1, 4, "SO-3", "CHEAP")
    )
    assert plain([(one.item, one.days, one.harm) for one in made.shortages]) == [
        ("DEAR", 8, 4000),
        ("CHEAP", 3, 300),
        ("CHEAP", 8, 8),
    ]


def test_a_part_does_the_harm_that_its_demand_suffers() -> None:
    """What binds is the part with the longest way; the demand says so link by link."""
    definitions = [
        Item("T", lead_time=timedelta(days=2)),
        BillOfMaterial("T", [BomLine("SLOW", 1), BomLine("QUICK", 1)]),
        *bought("SLOW", 10),
        *bought("QUICK", 5),
    ]
    for mode in Mode:
        made = planned(definitions, wanted(4, 5, item="T"), policy=PlanningPolicy(mode=mode))
        row = made.demand("SO-1")
        assert plain((row.service, row.cause, row.missing)) == (Service.LATE, ShortageCause.PAST_LEAD_TIME, 0)
        assert [(one.kind, one.item) for one in row.chain] == [
            (LinkKind.ORDER, "T"),
            (LinkKind.ORDER, "SLOW"),
            (LinkKind.LEAD_TIME, "SLOW"),
        ]
        assert row.completed == NOW + timedelta(days=12)
        assert {one.root for one in made.shortages.where(item="T")} == {"SLOW"}
        assert "what binds" in str(made.why("SO-1"))
        critical = {one.item for one in made.slack if one.critical}
        assert critical == ({"T", "SLOW"} if mode is Mode.UNCONSTRAINED else {"T", "SLOW", "QUICK"})


def test_demands_are_told_in_all_states() -> None:
    """On time, late, done and beyond the horizon; in parts; overdue though it is there."""
    made = planned(
        bought("X", 9),
        wanted(5, 20, "IN-TIME"),
        wanted(6, 6, "PARTS"),
        Demand("X", 2, due=date(2026, 12, 1), ref="FAR"),
        wanted(3, 9, "SHIPPED"),
        Demand("X", 1, due=date(2026, 2, 20), ref="OVERDUE"),
        lots=[lot("X", 3)],
        done={"SHIPPED": 3},
    )
    states = {row.ref: row.service for row in made.demands}
    assert states == {"IN-TIME": "on-time", "PARTS": "late", "FAR": "beyond", "SHIPPED": "done", "OVERDUE": "late"}
    parts = made.demand("PARTS")
    assert [str(one) for one in parts.deliveries] == ["2 on 2026-03-06", "4 on 2026-03-11"]
    assert str(parts) == "PARTS: 6 pcs X, due 2026-03-06, late by 4 days"
    assert (made.demand("OVERDUE").cause, made.demand("OVERDUE").chain) == (None, ())
    with pytest.raises(UnknownCode, match="IN-TIME"):
        made.demand("IN-TIM")
    with pytest.raises(InvalidTypeError):
        made.demand(5)  # type: ignore[arg-type]  # junk


def test_what_is_late_has_a_value() -> None:
    """A delayed demand is worth its material; without a price nobody says what."""
    price = Money("1.50", "EUR")
    definitions = [Item("T", lead_time=timedelta(days=2)), BillOfMaterial("T", [BomLine("X", 2)])]
    for terms, value in ((price, Money("6.00", "EUR")), (None, None)):
        made = planned([*definitions, *bought("X", 90, price=terms)], wanted(2, 10, item="T"), purchase(4, 6))
        (hit,) = made.delayed("PU-1", by=timedelta(days=9))
        assert hit.value == value


def test_two_demands_of_one_code_are_not_mixed_up() -> None:
    """A code that fits two demands is refused with both."""
    made = planned(bought("X", 1), wanted(5, 20), wanted(6, 21))
    for ask in (made.demand, made.why, made.pegs_of):
        with pytest.raises(AmbiguousCode):
            ask("SO-1")


def test_a_delay_is_carried_to_every_demand_that_waits() -> None:
    """A late purchase delays the order and its demand by as much as their slack does not take; and the other way."""
    definitions = [Item("T", lead_time=timedelta(days=2)), BillOfMaterial("T", [BomLine("X", 2)]), *bought("X", 90)]
    made = planned(
        definitions, wanted(2, 10, item="T"), wanted(3, 20, "SO-2", item="T"), purchase(4, 6), purchase(6, 8, "PU-2")
    )
    assert [(one.demand, one.late.days) for one in made.delayed("PU-1")] == [("SO-1", 0)]
    (hit,) = made.delayed("PU-1", by=timedelta(days=5))
    assert plain((hit.demand, hit.quantity, str(hit.now)[:10])) == ("SO-1", 2, "2026-03-13")
    assert not [one for one in made.delayed("PU-2", by=timedelta(days=5)) if one.late]
    needed = made.pegs_of("SO-2")
    assert plain([(one.source, one.item, one.quantity, one.level) for one in needed]) == [
        ("planned", "T", 3, 1),
        ("purchase", "X", 6, 2),
    ]
    assert made.delayed("PU-1", to=march(11)) == made.delayed("PU-1", by=timedelta(days=5))
    with pytest.raises(InvalidValueError, match="comes on 2026-03-06"):
        made.delayed("PU-1", to=march(5))
    with pytest.raises(InvalidValueError, match="second time"):
        made.delayed("PU-1", to=march(9), by=timedelta(days=2))
    with pytest.raises(InvalidTypeError):
        made.delayed("PU-1", to="tomorrow")  # type: ignore[arg-type]  # junk
    with pytest.raises(UnknownCode):
        made.delayed("PU-9")
    with pytest.raises(InvalidValueError):
        made.delayed("PU-1", by=timedelta(days=-1))
    with pytest.raises(InvalidTypeError):
        made.delayed(7)  # type: ignore[arg-type]  # junk


def test_what_nobody_takes_is_safety_excess_or_waste() -> None:
    """Ten are there: three go, five keep the safety stock, one expires, one is too much."""
    item = Item("X", tracking=Tracking.LOT, safety_stock=5)
    lots = [lot("X", 2, lot="OLD", expires=march(10)), lot("X", 8, lot="NEW")]
    made = planned([item, bought("X", 1)[1]], wanted(1, 6), wanted(2, 20, "SO-2"), lots=lots)
    assert plain([(one.supply, one.quantity, one.use) for one in made.pegging]) == [
        ("OLD", 1, PegUse.DEMAND),
        ("OLD", 1, PegUse.EXPIRED),
        ("NEW", 2, PegUse.DEMAND),
        ("NEW", 5, PegUse.SAFETY),
        ("NEW", 1, PegUse.EXCESS),
    ]


def test_stock_over_time_is_told_and_drawn() -> None:
    """Every change leads to what `projected` says; the picture is valid, escaped and has words."""
    made = planned(
        [Item("<X>", safety_stock=2), Sourcing("<X>", supplier="S", lead_time=timedelta(days=1))],
        Demand("<X>", 4, due=march(9), ref="SO-1"),
        Demand("<X>", 4, due=march(19), ref="SO-2"),
        lots=[OpenLot("<X>", 5, received=NOW)],
    )
    found = made.projection("<X>")
    for row in {one.at: one for one in found.changes}.values():
        assert row.projected == made.projected("<X>", at=row.at)
    picture = ET.fromstring(found.svg())  # noqa: S314 - our own text
    title, words = picture[0].text, picture[1].text
    assert title == "Projected stock of <X> at MAIN"
    assert words == str(found)
    assert found.svg() == made.projection("<X>").svg()
    assert "<X>" not in found._repr_html_()
    ET.fromstring(planned([Item("Y")]).projection("Y").svg())  # noqa: S314 - our own text
    with pytest.raises(UnknownCode):
        made.projection("Z")


def test_a_cumulative_lead_time_needs_a_source() -> None:
    """Where something on the way has no source there is none, and the path says where it ends."""
    catalog = Catalog(
        [ALWAYS, Item("T", lead_time=timedelta(days=2)), Item("X"), BillOfMaterial("T", [BomLine("X", 1)])]
    )
    top = cumulative_lead_times(catalog, at=NOW).where(item="T")[0]
    assert (top.takes, top.path) == (None, ("T", "X"))
    there = cumulative_lead_times(catalog, at=NOW, on_hand=["X"]).where(item="T")[0]
    assert (there.takes, there.working_days) == (timedelta(days=2), None)
    with pytest.raises(UnknownCode):
        cumulative_lead_times(catalog, at=NOW, on_hand=["Q"])
