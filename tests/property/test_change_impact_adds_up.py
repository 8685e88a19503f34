"""What an engineering change leaves and lacks, against what a clerk counts off both plans' orders."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import attrs
from hypothesis import given, settings
from hypothesis import strategies as st

from prodstock.master.bom import BillOfMaterial, BomLine
from prodstock.master.catalog import Catalog
from prodstock.master.item import Item
from prodstock.master.revisions import revision_changes
from prodstock.master.sourcing import Sourcing
from prodstock.orders.demand import Demand
from prodstock.orders.purchase import PurchaseOrder
from prodstock.planning.engineering_change.impact import change_impact
from prodstock.planning.engineering_change.rows import Suggestion
from prodstock.planning.plan import Plan
from prodstock.planning.planner import plan
from prodstock.planning.snapshot import Snapshot
from prodstock.stock.allocation import OpenLot

NOW = datetime(2026, 3, 2, 6, tzinfo=UTC)
UNTIL = date(2026, 7, 1)
PARTS = ["P", "Q", "R"]
ITEMS = [Item("TOP", lead_time=timedelta(1)), Item("SUB", lead_time=timedelta(2)), *(Item(code) for code in PARTS)]
TERMS = [Sourcing(code, supplier="S", lead_time=timedelta(5)) for code in PARTS]
days = st.integers(5, 100).map(lambda days: date(2026, 3, 2) + timedelta(days))


@st.composite
def lines(draw: st.DrawFn, items: list[str]) -> list[BomLine]:
    """Draw lines that take each item once at most."""
    chosen = draw(st.lists(st.sampled_from(items), unique=True, max_size=3))
    return [BomLine(code, draw(st.integers(1, 3))) for code in chosen]


@st.composite
def changes(draw: st.DrawFn) -> tuple[Catalog, Catalog]:
    """Draw definitions, and others of which some hold from a day on."""
    top, sub = draw(lines(["SUB", *PARTS])), draw(lines(PARTS))
    old = [BillOfMaterial("TOP", top), BillOfMaterial("SUB", sub)]
    new: list[BillOfMaterial] = []
    for bom, items in zip(old, (["SUB", *PARTS], PARTS), strict=True):
        day = draw(st.one_of(st.none(), days))
        if day is None:
            new.append(bom)
        else:
            new.append(attrs.evolve(bom, effective_until=day))
            new.append(BillOfMaterial(bom.item, draw(lines(items)), revision="B", effective_from=day))
    return Catalog([*ITEMS, *TERMS, *old]), Catalog([*ITEMS, *TERMS, *new])


@st.composite
def snapshots(draw: st.DrawFn) -> dict[str, Any]:
    """Draw demands, stock and purchases."""
    demands = [
        Demand(draw(st.sampled_from(["TOP", "SUB", "P"])), draw(st.integers(1, 40)), due=draw(days), ref=f"SO-{number}")
        for number in range(draw(st.integers(1, 4)))
    ]
    stock = [
        OpenLot(code, draw(st.integers(1, 60)), lot=f"L-{code}", received=NOW)
        for code in draw(st.lists(st.sampled_from(["SUB", *PARTS]), unique=True))
    ]
    bought = [
        PurchaseOrder(
            draw(st.sampled_from(PARTS)), draw(st.integers(1, 50)), supplier="S", due=draw(days), ref=f"PU-{n}"
        )
        for n in range(draw(st.integers(0, 3)))
    ]
    return {"promises": [*demands, *bought], "lots": stock}


def counted(found: Plan, item: str) -> tuple[int, int, int]:
    """Return what there is and comes of an item, and what is taken of it: order by order, line by line."""
    snapshot = found.snapshot
    stock = sum(int(str(lot.free)) for lot in snapshot.lots if lot.item == item)
    promises = [one for one in snapshot.promises if one.item == item]
    coming = sum(int(str(one.quantity)) for one in promises if isinstance(one, PurchaseOrder))
    taken = sum(int(str(one.quantity)) for one in promises if isinstance(one, Demand))
    for order in found.make:
        bom = snapshot.catalog.bom(order.item, max(order.start, NOW))
        assert bom is not None
        for line in bom.lines:
            if line.item == item:
                taken += int(order.quantity * Decimal(str(line.quantity)))
    return stock, coming, taken


@settings(max_examples=80, deadline=None)
@given(changes(), snapshots())
def test_what_is_left_is_what_nobody_takes(catalogs: tuple[Catalog, Catalog], given_: dict[str, Any]) -> None:
    """Of each part: stock and receipts less what both plans' orders and demands take.

    Of lots is left what is no purchase's excess.
    """
    before = plan(Snapshot(catalog=catalogs[0], at=NOW, **given_), until=UNTIL)

    found = change_impact(before, catalogs[1])

    told = {row.item: row for row in found.parts}
    for item in ("SUB", *PARTS):
        stock, coming, old = counted(before, item)
        _, _, new = counted(found.after, item)
        row = told.get(item)  # type: ignore[call-overload]  # a code
        if row is None:
            assert old == new
            continue
        assert (stock, coming, old, new) == tuple(map(int, (row.on_hand, row.coming, row.needed_before, row.needed)))
        assert row.left == max(0, stock + coming - new)
        assert row.left_by_change == max(0, row.left - max(0, stock + coming - old))
        excess = sum(one.excess for one in found.purchases if one.item == item)
        assert excess == min(row.left_by_change, coming)
        lots = sum(one.left for one in found.lots if one.item == item)
        assert lots == min(row.left - excess, stock)
        assert (row.used_up is not None) == (0 < stock + coming <= new)


@settings(max_examples=60, deadline=None)
@given(changes(), snapshots())
def test_orders_are_told_if_and_only_if_they_start_otherwise(
    catalogs: tuple[Catalog, Catalog], given_: dict[str, Any]
) -> None:
    """A planned order is in the answer if the bills of its start differ, and is told to be planned again."""
    before = plan(Snapshot(catalog=catalogs[0], at=NOW, **given_), until=UNTIL)

    found = change_impact(before, catalogs[1])

    differ = set()
    for order in before.make:
        start = max(order.start, NOW)
        old, new = (catalog.bom(order.item, start) for catalog in catalogs)
        assert old is not None
        assert new is not None
        if sorted(map(repr, old.lines)) != sorted(map(repr, new.lines)) or old.revision != new.revision:
            differ.add(order.code)
    assert differ == {row.code for row in found.orders}
    assert {row.suggestion for row in found.orders} <= {Suggestion.PLAN_AGAIN}


@settings(max_examples=60, deadline=None)
@given(changes(), st.integers(0, 110))
def test_a_day_is_in_a_change_if_its_bills_differ(catalogs: tuple[Catalog, Catalog], later: int) -> None:
    """Whatever day is asked, and the periods of an item never overlap."""
    day = date(2026, 3, 2) + timedelta(later)
    rows = revision_changes(*catalogs, at=NOW)

    for item in ("TOP", "SUB"):
        old, new = (catalog.bom(item, day) for catalog in catalogs)
        assert old is not None
        assert new is not None
        holding = [row for row in rows if row.item == item and row.holds(day, "MAIN")]
        assert len(holding) == (old.lines != new.lines or old.revision != new.revision)
