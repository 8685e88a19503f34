"""What an engineering change does: a cup gets a bag instead of a box, and a handle, from May on."""

from datetime import UTC, date, datetime, timedelta
from decimal import Context, Decimal, Inexact, Rounded, localcontext
from typing import Any

import attrs
import pytest

from prodstock.errors import InvalidTypeError
from prodstock.journal.store import ManualClock
from prodstock.master.bom import BillOfMaterial, BomLine
from prodstock.master.catalog import Catalog
from prodstock.master.definition import Definition
from prodstock.master.item import Item
from prodstock.master.location import Site
from prodstock.master.revisions import revision_changes
from prodstock.master.routing import Operation, Routing
from prodstock.master.sourcing import Sourcing
from prodstock.orders.demand import Demand
from prodstock.orders.planned import PlannedMake
from prodstock.orders.purchase import PurchaseOrder
from prodstock.planning.engineering_change.impact import ChangeImpact, change_impact
from prodstock.planning.engineering_change.rows import PartFate, Suggestion
from prodstock.planning.planner import plan
from prodstock.planning.snapshot import Snapshot
from prodstock.plant import Plant
from prodstock.quantities.money import Money
from prodstock.stock.allocation import OpenLot

NOW = datetime(2026, 3, 2, 6, tzinfo=UTC)
MAY = date(2026, 5, 1)
UNTIL = date(2026, 7, 1)
ITEMS = [
    Item("CUP", lead_time=timedelta(2)),
    Item("SET", lead_time=timedelta(1)),
    *(Item(code) for code in ("CLAY", "BOX", "BAG", "HANDLE")),
]
TERMS = [
    Sourcing(item, supplier="PIT", lead_time=timedelta(10), price=Money(price, "EUR"))
    for item, price in (("CLAY", "0.40"), ("BOX", "0.25"), ("BAG", "0.10"))
]
OLD = BillOfMaterial("CUP", [BomLine("CLAY", 1), BomLine("BOX", 1)])
NEW = BillOfMaterial(
    "CUP", [BomLine("CLAY", 1), BomLine("BAG", 1), BomLine("HANDLE", 2)], revision="B", effective_from=MAY
)
SET = BillOfMaterial("SET", [BomLine("CUP", 6)])
BEFORE = Catalog([*ITEMS, *TERMS, OLD, SET])
AFTER = Catalog([*ITEMS, *TERMS, attrs.evolve(OLD, effective_until=MAY), NEW, SET])
TABLES = ("revisions", "orders", "parts", "purchases", "lots", "costs")
PROMISES = [
    Demand("CUP", 100, due=date(2026, 4, 1), ref="SO-1"),
    Demand("CUP", 300, due=date(2026, 6, 1), ref="SO-2"),
    PurchaseOrder("BOX", 80, supplier="PIT", due=date(2026, 4, 20), ref="PU-1"),
    PurchaseOrder("BOX", 90, supplier="PIT", due=date(2026, 5, 20), ref="PU-2"),
]
LOTS = [
    OpenLot("BOX", 150, lot="X-1", received=NOW - timedelta(9)),
    OpenLot("BOX", 20, lot="X-2", received=NOW),
    OpenLot("CLAY", 1000, lot="C-1", received=NOW),
]


def impact(before: Catalog = BEFORE, after: Catalog = AFTER, **given: Any) -> ChangeImpact:
    """Return what the change does to a snapshot."""
    named = {"lots": LOTS, "promises": PROMISES, **given}
    return change_impact(plan(Snapshot(catalog=before, at=NOW, **named), until=UNTIL), after)


def figures(*values: Any) -> tuple[Any, ...]:
    """Return what rows say, whatever it is."""
    return values


def with_more(catalog: Catalog, *more: Definition) -> Catalog:
    """Return a catalog with more definitions."""
    return Catalog([*catalog.definitions, *more])


def test_a_change_is_told_from_the_day_it_holds() -> None:
    """With the lines that differ; dates alone change nothing."""
    [change] = impact().revisions

    assert figures(change.item, change.site, change.start, change.until) == ("CUP", None, MAY, date(2026, 7, 1))
    assert str(change) == "CUP A to B: BAG added, BOX removed, HANDLE added"
    assert revision_changes(BEFORE, AFTER, at=NOW)[0].until is None
    assert revision_changes(BEFORE, AFTER, at=NOW, until=MAY) == ()
    assert revision_changes(BEFORE, BEFORE, at=NOW) == ()
    assert revision_changes(Catalog(ITEMS), Catalog([*ITEMS, OLD]), at=NOW)[0].before is None


def test_sites_and_routings_are_told_apart() -> None:
    """A bill of one site changes that site only, a step its time."""
    south = BillOfMaterial("CUP", [BomLine("CLAY", 2)], site="SOUTH", revision="S")
    step = Routing("SET", [Operation("wrap", run_per_unit=timedelta(minutes=1))])
    slow = Routing("SET", [Operation("wrap", run_per_unit=timedelta(minutes=2)), Operation("seal")])
    before, after = with_more(BEFORE, Site("SOUTH"), step), with_more(BEFORE, Site("SOUTH"), south, slow)

    cup, set_ = revision_changes(before, after, at=NOW)

    assert figures(cup.site, cup.before, cup.after) == ("SOUTH", "A", "S")
    assert cup.holds(MAY, "SOUTH")
    assert not cup.holds(MAY, "MAIN")
    assert figures(set_.routing, set_.lines) == (("wrap run per unit", "seal added"), ())


def test_the_part_that_is_dropped_is_told_with_what_is_left() -> None:
    """170 boxes and 170 coming: April's cups take 100, and nobody takes the rest from May on."""
    box = impact().parts.where(item="BOX")[0]

    assert figures(box.fate, box.on_hand, box.coming) == (PartFate.DROPPED, 170, 170)
    assert figures(box.needed_before, box.needed, box.left, box.left_by_change) == (400, 100, 240, 240)
    assert box.left_value == Money("60.00", "EUR")
    assert figures(box.used_up, box.used_by) == (None, ())
    assert box.runs_out is not None
    assert box.runs_out.date() == date(2026, 5, 30)
    assert box.suggestion is Suggestion.USE_UP
    assert "2026-05-30" in box.reason
    assert "240 pcs left, worth 60.00 EUR" in str(box.why())


def test_what_is_newly_needed_is_told_with_when_it_is_there() -> None:
    """Bags can be bought in time; handles nobody sells."""
    found = impact()
    bag, handle = found.parts.where(item="BAG")[0], found.parts.where(item="HANDLE")[0]

    assert figures(bag.fate, bag.needed, bag.short, bag.suggestion) == (PartFate.NEW, 300, 0, Suggestion.KEEP)
    assert bag.first_needed is not None
    assert bag.first_needed.date() == date(2026, 5, 30)
    assert figures(handle.fate, handle.short, handle.covered, handle.suggestion) == (
        PartFate.NEW,
        600,
        None,
        Suggestion.BUY,
    )
    assert handle.used_by == ("CUP",)
    assert not found.parts.where(item="CLAY")


def test_the_latest_purchases_are_in_excess_first() -> None:
    """Of 240 boxes that are left 170 are still to come: none of them is needed."""
    more = impact(lots=[OpenLot("BOX", 40, received=NOW), LOTS[2]])

    assert [figures(row.ref, row.excess, row.suggestion) for row in impact().purchases] == [
        ("PU-2", 90, Suggestion.CANCEL),
        ("PU-1", 80, Suggestion.CANCEL),
    ]
    assert [figures(row.ref, row.excess, row.value, row.suggestion) for row in more.purchases] == [
        ("PU-2", 90, Money("22.50", "EUR"), Suggestion.CANCEL),
        ("PU-1", 20, Money("5.00", "EUR"), Suggestion.REDUCE),
    ]
    assert "60 of it are still taken" in more.purchases[1].reason


def test_lots_are_told_from_the_last_received_on() -> None:
    """What was received first is used first; made lots by the revision they bear.

    Nine cups are there, so 91 boxes of 170 on hand are taken; the purchases in excess are not left of lots as well.
    """
    lots = [*LOTS, OpenLot("CUP", 7, lot="M-1", received=NOW, revision="A"), OpenLot("CUP", 2, received=NOW)]

    found = impact(lots=lots)

    assert [figures(row.lot, row.left, row.suggestion) for row in found.lots] == [
        ("X-2", 20, Suggestion.USE_UP),
        ("M-1", 7, Suggestion.USE_AS_IS),
        ("X-1", 59, Suggestion.USE_UP),
    ]
    only_more = attrs.evolve(NEW, lines=[*OLD.lines, BomLine("BAG", 1)])
    after = Catalog([*ITEMS, *TERMS, attrs.evolve(OLD, effective_until=MAY), only_more, SET])
    assert impact(after=after, lots=lots).lots.where(item="CUP")[0].suggestion is Suggestion.REWORK


def test_planned_orders_take_what_holds_for_their_start() -> None:
    """April's keeps its revision, June's is planned again."""
    [order] = impact().orders

    assert figures(order.kind, order.quantity, order.before, order.after, order.frozen) == (
        "planned",
        300,
        "A",
        "B",
        False,
    )
    assert [str(need) for need in order.needs] == ["BAG 0 to 300", "BOX 300 to 0", "HANDLE 0 to 600"]
    assert order.suggestion is Suggestion.PLAN_AGAIN


def test_launched_orders_keep_what_they_have() -> None:
    """With nothing issued they may be launched again; with material in them they are finished."""
    plant = Plant(BEFORE, clock=ManualClock(NOW))
    plant.receive("BOX", 60)
    plant.receive("CLAY", 60)
    late = datetime(2026, 5, 4, 6, tzinfo=UTC)
    first, second = (plant.launch(PlannedMake("CUP", Decimal(10), late, late, "A")) for _ in range(2))
    plant.issue(plant.reserve(first))

    found = change_impact(plant.plan(until=UNTIL), AFTER)

    assert [figures(row.code, row.frozen, row.suggestion) for row in found.orders] == [
        (first.code, True, Suggestion.FINISH),
        (second.code, True, Suggestion.LAUNCH_AGAIN),
    ]
    assert found.orders[0].needs.where(item="BOX")[0].wip == 10
    box = found.parts.where(item="BOX")[0]
    assert figures(box.in_wip, box.on_hand, box.needed) == (10, 50, 10)
    assert str(found.why(found.orders[1])).startswith(f"launched order {second.code} of CUP: launch again: nothing is")


def test_settled_orders_are_told_as_settled() -> None:
    """They are planned again with the revision of their start, though the old one is gone."""
    start = datetime(2026, 5, 4, 6, tzinfo=UTC)
    firm = PlannedMake("CUP", Decimal(50), start, start + timedelta(2), "A", code="firm-1")
    gone = Catalog([*ITEMS, *TERMS, NEW, SET])

    found = impact(after=gone, firm=[firm])

    [row] = found.orders.where(kind="settled")
    assert figures(row.code, row.before, row.after) == ("firm-1", "A", "B")


def test_costs_are_rolled_up_through_all_that_uses_it() -> None:
    """A cup is 0.15 cheaper but for the handles, which have no price; a set six times that."""
    priced = Sourcing("HANDLE", supplier="PIT", lead_time=timedelta(10), price=Money("0.05", "EUR"))
    before, after = with_more(BEFORE, priced), with_more(AFTER, priced)

    assert [figures(row.item, row.difference, row.unpriced) for row in impact().costs] == [
        ("CUP", None, ("HANDLE",)),
        ("SET", None, ("HANDLE",)),
    ]
    assert [
        (row.item, row.before, row.after, row.difference, row.by_itself) for row in impact(before, after).costs
    ] == [
        ("CUP", Money("0.65", "EUR"), Money("0.6", "EUR"), Money("-0.05", "EUR"), True),
        ("SET", Money("3.9", "EUR"), Money("3.6", "EUR"), Money("-0.3", "EUR"), False),
    ]


def test_nothing_changes_nothing() -> None:
    """The same definitions have no impact, and say so."""
    found = impact(after=BEFORE)

    assert str(found) == "Nothing is made otherwise"
    assert found._repr_html_() == "<p>Nothing is made otherwise</p>"
    assert found.after.orders == plan(found.after.snapshot, until=UNTIL).orders


def test_it_shows_itself() -> None:
    """On one line, as text and escaped."""
    found = impact()

    assert repr(found) == "<ChangeImpact: 1 revisions, 1 orders, 3 parts, 2 purchases, 2 lots, 2 costs>"
    assert "Open purchases of what is left over" in str(found)
    assert "<h4>Parts</h4>" in found._repr_html_()
    for each in (*found.revisions, *found.orders, *found.parts, *found.purchases, *found.lots, *found.costs):
        assert len(repr(each)) < 120
    rows: tuple[Any, ...] = (*found.orders, *found.parts, *found.purchases, *found.lots)
    for row in rows:
        assert row.reason in str(found.why(row))


def test_junk_is_refused() -> None:
    """By its name."""
    with pytest.raises(InvalidTypeError, match="no Plan"):
        change_impact(BEFORE, AFTER)  # type: ignore[arg-type]  # what is under test
    with pytest.raises(InvalidTypeError, match="no Catalog"):
        change_impact(impact().after, None)  # type: ignore[arg-type]  # as above
    with pytest.raises(InvalidTypeError, match="no suggestion"):
        impact().why(impact().costs[0])  # type: ignore[arg-type]  # as above
    with pytest.raises(InvalidTypeError, match="no Catalog"):
        revision_changes(BEFORE, 5, at=NOW)  # type: ignore[arg-type]  # as above


def test_the_host_s_number_settings_change_nothing() -> None:
    """One digit, and every rounding an error: the answer is the same."""
    expected = impact()
    with localcontext(Context(prec=1, traps=[Inexact, Rounded])):
        found = impact()

    assert [getattr(found, name) for name in TABLES] == [getattr(expected, name) for name in TABLES]
