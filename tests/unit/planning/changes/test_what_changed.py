"""What changed between two plans of a small workshop, and which of what happened it is put down to."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import attrs
import pytest

from prodstock.calendars.span import working_days
from prodstock.errors import InvalidTypeError, InvalidValueError, UnknownCode
from prodstock.journal.store import ManualClock
from prodstock.master.bom import BillOfMaterial, BomLine
from prodstock.master.catalog import Catalog
from prodstock.master.codes import ItemCode
from prodstock.master.item import Item
from prodstock.master.quality_state import Quality
from prodstock.master.sourcing import Sourcing, Supplier
from prodstock.orders.demand import Demand, DemandKind
from prodstock.orders.planned import PlannedBuy
from prodstock.orders.purchase import PurchaseOrder
from prodstock.planning.changes.changes import PlanChanges, changes
from prodstock.planning.changes.rows import CauseKind, ChangeOfFinding, ChangeOfOrder
from prodstock.planning.plan import Plan
from prodstock.planning.planner import plan
from prodstock.planning.policy import PlanningPolicy
from prodstock.planning.snapshot import Held, Snapshot
from prodstock.plant import Plant
from prodstock.stock.allocation import OpenLot

NOW = datetime(2026, 3, 2, 6, tzinfo=UTC)
UNTIL = date(2026, 6, 1)
DAY = timedelta(days=1)
DEFINITIONS: tuple[Any, ...] = (
    Item("LAMP", lead_time=working_days(2)),
    Item("SHADE", lead_time=working_days(1)),
    Item("FOOT", lead_time=working_days(1)),
    Item("STEEL", unit="kg", scale=1),
    Item("BULB"),
    BillOfMaterial("LAMP", [BomLine("SHADE", 1), BomLine("BULB", 1)]),
    BillOfMaterial("SHADE", [BomLine("STEEL", "0.5")]),
    BillOfMaterial("FOOT", [BomLine("STEEL", "2")]),
    Sourcing("STEEL", supplier="MILL", lead_time=working_days(10)),
    Sourcing("BULB", supplier="LUX", lead_time=working_days(5), multiple=10),
)
CATALOG = Catalog(DEFINITIONS)
LAMPS = Demand("LAMP", 20, due=date(2026, 4, 10), ref="SO-1")
FEET = Demand("FOOT", 6, due=date(2026, 4, 20), ref="SO-2")
LOT = OpenLot("STEEL", 4, lot="S-1", received=NOW - 9 * DAY)
BASE = Snapshot(catalog=CATALOG, at=NOW, promises=[LAMPS, FEET], lots=[LOT])


def planned(**changed: Any) -> Plan:
    """Return the plan of the workshop, with something changed."""
    return plan(attrs.evolve(BASE, **changed), until=UNTIL)


def since(**changed: Any) -> PlanChanges:
    """Return what a change of the snapshot changes."""
    return changes(planned(), planned(**changed))


def told(found: PlanChanges) -> list[tuple[str, str, tuple[str, ...], tuple[str, ...]]]:
    """Return what happened to which orders, and the refs of the causes."""
    return [(row.kind, row.item, row.changes, tuple(one.ref for one in row.causes)) for row in found.orders]


def test_the_same_plan_has_not_changed() -> None:
    """Nothing differs between a plan and itself, or its twin."""
    found = changes(planned(), planned())
    assert not found
    assert str(found) == "Nothing changed"
    assert (found.orders, found.shortages, found.messages, found.causes, found.commits) == ((), (), (), (), ())


def test_a_larger_demand_resizes_what_it_needs() -> None:
    """More lamps: what is above steel in them changes with it, what feet need does not."""
    found = since(promises=[attrs.evolve(LAMPS, quantity=30), FEET])
    assert told(found) == [
        ("buy", "BULB", ("resized",), ("SO-1",)),
        ("make", "LAMP", ("resized",), ("SO-1",)),
        ("make", "SHADE", ("resized",), ("SO-1",)),
        ("buy", "STEEL", ("resized",), ("SO-1",)),
    ]
    assert all(row.certain for row in found.orders)
    assert found.causes[0].text == "SO-1 (LAMP): quantity 20 to 30"
    assert str(found.why(found.orders[0])).endswith("cause: SO-1 (LAMP): quantity 20 to 30")


def test_two_changes_are_possible_causes_of_what_both_reach() -> None:
    """Steel is in lamps and feet: either demand may be why, the one that an order serves first."""
    found = since(promises=[attrs.evolve(LAMPS, quantity=30), attrs.evolve(FEET, due=date(2026, 4, 24))])
    by_item = {(str(row.item), row.now.serves if row.now else ()): row for row in found.orders}
    foot = by_item["FOOT", ("SO-2",)]
    assert (foot.changes, foot.certain, foot.moved) == ((ChangeOfOrder.MOVED,), True, 4 * DAY)
    steel = by_item["STEEL", ("SO-2",)]
    assert [one.ref for one in steel.causes] == ["SO-2", "SO-1"]
    assert "possible cause: SO-1" in str(found.why(steel))


def test_a_lost_demand_takes_its_orders_along() -> None:
    """Orders for a demand that is no longer wanted are gone, and come back as new ones if it does."""
    found = since(promises=[LAMPS])
    assert [(row.item, row.changes) for row in found.orders] == [("FOOT", ("gone",)), ("STEEL", ("gone",))]
    assert found.causes[0].text.startswith("SO-2: 6 FOOT no longer wanted")
    back = changes(planned(promises=[LAMPS]), planned())
    assert [row.changes for row in back.orders] == [("new",), ("new",)]
    assert back.orders[0].quantity_now == found.orders[0].quantity == 6


SUPPLY = PurchaseOrder("BULB", 20, supplier="LUX", due=date(2026, 3, 30), ref="PU-1")
BLOCKED = attrs.evolve(LOT, quality=Quality.BLOCKED)
LARGER = Catalog([*DEFINITIONS[:-1], attrs.evolve(DEFINITIONS[-1], multiple=25)])
NAMED = Catalog([*DEFINITIONS, Supplier("LUX", name="Lux & Co")])
SETTLED = PlannedBuy(ItemCode("BULB"), Decimal(40), NOW + DAY, NOW + 9 * DAY, "LUX", code="F-1")
CHANGES: list[tuple[dict[str, Any], dict[str, Any], CauseKind, str]] = [
    ({}, {"promises": [LAMPS, FEET, SUPPLY]}, CauseKind.SUPPLY, "PU-1: 20 BULB expected by 2026-03-30, new"),
    ({"promises": [LAMPS, SUPPLY]}, {"promises": [LAMPS]}, CauseKind.SUPPLY, "no longer expected"),
    (
        {"promises": [LAMPS, SUPPLY]},
        {"promises": [LAMPS, attrs.evolve(SUPPLY, due=date(2026, 4, 29))]},
        CauseKind.SUPPLY,
        "PU-1 (BULB): due 2026-03-30 to 2026-04-29",
    ),
    ({"promises": [LAMPS, SUPPLY]}, {"promises": [LAMPS, SUPPLY], "done": {"PU-1": 15}}, CauseKind.RECEIVED, "0 to 15"),
    ({}, {"done": {"SO-1": 5}}, CauseKind.SHIPPED, "SO-1: 0 to 5 LAMP shipped"),
    ({}, {"lots": []}, CauseKind.STOCK, "S-1 of STEEL at MAIN: 4 to 0 free"),
    ({}, {"lots": [attrs.evolve(LOT, free="6.5")]}, CauseKind.STOCK, "4 to 6.5 free"),
    ({}, {"lots": [BLOCKED]}, CauseKind.QUALITY, "approved, not-required, STORES to blocked"),
    ({}, {"held": [Held("SO-2", "FOOT", 2)]}, CauseKind.RESERVED, "SO-2: 0 to 2 FOOT at MAIN reserved"),
    ({}, {"catalog": LARGER}, CauseKind.CATALOG, "Sourcing BULB LUX: multiple 10 to 25"),
    ({}, {"catalog": Catalog([*DEFINITIONS, Item("SPARE")])}, CauseKind.CATALOG, "Item SPARE: new"),
    ({}, {"catalog": NAMED}, CauseKind.CATALOG, "Supplier LUX: new"),
    ({}, {"firm": [SETTLED]}, CauseKind.FIRMED, "F-1: 40 BULB, settled"),
    ({}, {"at": NOW + 40 * DAY}, CauseKind.TIME, "time: 2026-03-02 06:00+00:00 to 2026-04-11"),
]


@pytest.mark.parametrize(("first", "second", "kind", "text"), CHANGES)
def test_each_kind_of_change_is_told(first: dict[str, Any], second: dict[str, Any], kind: CauseKind, text: str) -> None:
    """What differs between two snapshots is one readable row of its kind, and every changed order has a cause."""
    found = changes(planned(**first), planned(**second))
    assert [one.kind for one in found.causes] == [kind]
    assert text in found.causes[0].text
    assert all(row.causes == tuple(found.causes) for row in found.orders)


def test_policy_and_horizon_are_causes() -> None:
    """Another policy reaches everything, another horizon what lies between both ends."""
    forecast = Demand("FOOT", 50, due=date(2026, 4, 29), ref="FC-1", kind=DemandKind.FORECAST)
    snapshot = attrs.evolve(BASE, promises=[LAMPS, FEET, forecast])
    first = plan(snapshot, until=UNTIL)
    second = plan(snapshot, PlanningPolicy(forecast_window=timedelta()), until=UNTIL)
    found = changes(first, second)
    assert [one.kind for one in found.causes] == [CauseKind.POLICY]
    assert {row.item for row in found.orders} == {"FOOT", "STEEL"}
    shorter = changes(first, plan(snapshot, until=date(2026, 4, 15)))
    assert [(one.kind, one.items) for one in shorter.causes] == [(CauseKind.HORIZON, ("FOOT", "STEEL"))]
    assert {row.item for row in shorter.orders} == {"FOOT", "STEEL"}


def test_shortages_grow_shrink_and_end() -> None:
    """A shortage is followed through what it delays, and put down to what is below it too."""
    soon = attrs.evolve(LAMPS, due=date(2026, 3, 4))
    first = planned(promises=[soon])
    second = planned(promises=[soon], lots=[attrs.evolve(LOT, free=7)])
    third = planned(promises=[attrs.evolve(soon, quantity=40)])
    smaller, larger, over = changes(first, second), changes(first, third), changes(first, planned())
    assert {(row.item, row.changes[0], row.certain) for row in smaller.shortages} == {
        ("STEEL", ChangeOfFinding.SHRANK, True)
    }
    assert larger.shortages.where(item="BULB")[0].changes == (ChangeOfFinding.GREW,)
    assert {row.changes for row in over.shortages} == {("ended",)}
    assert {row.item for row in over.shortages} == {one.item for one in first.shortages}
    lamp = changes(first, planned(promises=[soon], lots=[])).shortages
    assert all(row.causes[0].ref == "S-1" for row in lamp)


def test_messages_follow_the_order_that_they_are_about() -> None:
    """A message on an order that grew says something else; it did not end and appear."""
    soon = attrs.evolve(LAMPS, due=date(2026, 3, 3))
    found = changes(planned(promises=[soon]), planned(promises=[attrs.evolve(soon, quantity=25)]))
    assert {row.change for row in found.messages.where(kind="start-in-past")} == {ChangeOfFinding.REASON}
    assert all(row.causes[0].ref == "SO-1" and row.certain for row in found.messages)


def test_a_launched_order_is_gone_and_its_commit_is_named() -> None:
    """With the events in between, causes name the commits that wrote to their streams: who, when, what."""
    plant = Plant(CATALOG, clock=ManualClock(NOW))
    plant.receive("STEEL", 30)
    plant.receive("BULB", 40)
    plant.expect(LAMPS)
    first, known = plant.plan(until=UNTIL), len(plant.events())
    order = plant.launch(first.make.where(item="SHADE")[0], by="anna", because="the press is free")
    found = changes(first, plant.plan(until=UNTIL), events=plant.events()[known:])
    gone = next(row for row in found.orders if row.item == "SHADE")
    assert (gone.changes, [one.kind for one in gone.causes]) == ((ChangeOfOrder.GONE,), [CauseKind.LAUNCHED])
    assert gone.causes[0].ref == order.code
    line = found.commits.where(commit=gone.causes[0].commits[0])[0]
    assert (line.by, line.because) == ("anna", "the press is free")
    assert "OrderLaunched" in line.events


def test_nervousness_counts_what_did_not_stay() -> None:
    """Of four kinds of orders one stays; quantities of two items are never added up."""
    found = since(promises=[attrs.evolve(LAMPS, quantity=40), FEET])
    whole = found.nervousness()
    assert (whole.orders, whole.unchanged, whole.resized, whole.moved, whole.gone) == (6, 2, 4, 0, 0)
    assert whole.kept == 100
    later = since(promises=[attrs.evolve(LAMPS, due=date(2026, 4, 13)), FEET]).nervousness()
    assert (later.moved, later.furthest, later.kept) == (4, 3 * DAY, Decimal("33.3"))
    assert later.lines.where(item="LAMP")[0].share == 0
    fewer = since(promises=[attrs.evolve(LAMPS, quantity=10), FEET]).nervousness()
    assert fewer.lines.where(item="LAMP")[0].kept == 10
    near = found.nervousness(within=30 * DAY)
    assert near.orders < whole.orders
    assert found.nervousness(within=timedelta()).kept == 100


def test_what_is_no_plan_is_refused() -> None:
    """A snapshot is no plan, an event must be one, and a line of other changes is unknown."""
    found = since(promises=[LAMPS])
    wrong: Any = BASE
    with pytest.raises(InvalidTypeError, match="after"):
        changes(planned(), wrong)
    with pytest.raises(InvalidTypeError, match="events"):
        changes(planned(), planned(), events=wrong)
    with pytest.raises(InvalidTypeError, match="is no Recorded"):
        changes(planned(), planned(), events=[wrong])
    with pytest.raises(InvalidValueError, match="within"):
        found.nervousness(-DAY)
    with pytest.raises(UnknownCode):
        since(lots=[]).why(found.orders[0])


def test_a_plan_says_what_changed_since_another() -> None:
    """The method of the later plan is the function, with the earlier one first."""
    before, after = planned(), planned(lots=[])
    assert after.changes_since(before) == changes(before, after)
    assert after.changes_since(before)
    assert not after.changes_since(after)
    with pytest.raises(InvalidTypeError):
        after.changes_since(None)  # type: ignore[arg-type]
