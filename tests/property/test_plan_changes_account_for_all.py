"""What two plans differ in, accounted for exactly once, whatever changed between them."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, Protocol

import attrs
from hypothesis import given, settings
from hypothesis import strategies as st

from prodstock.master.bom import BillOfMaterial, BomLine, CoProduct
from prodstock.master.catalog import Catalog
from prodstock.master.item import Item, Supply
from prodstock.master.sourcing import Sourcing
from prodstock.orders.demand import Demand, DemandKind
from prodstock.orders.planned import PlannedBuy, PlannedOrder
from prodstock.orders.purchase import PurchaseOrder
from prodstock.planning.changes.changes import changes
from prodstock.planning.changes.rows import OrderChange, ShortageChange, kind_of, site_of
from prodstock.planning.plan import Plan
from prodstock.planning.planner import plan
from prodstock.planning.snapshot import Snapshot
from prodstock.stock.allocation import OpenLot

NOW = datetime(2026, 3, 2, tzinfo=UTC)
LEAD = st.integers(0, 4).map(lambda n: timedelta(days=n))


class Shuffles(Protocol):
    """What hypothesis draws to shuffle with."""

    def shuffle(self, x: list[Any], /) -> object:
        """Put values in another order."""


@st.composite
def catalogs(draw: st.DrawFn) -> Catalog:
    """Return two products with a part in common, a co-product, and lot rules."""
    lines = st.sampled_from(["1", "2", "0.5"])
    return Catalog(
        [
            Item("A", supply=Supply.MAKE, lead_time=draw(LEAD), safety_stock=draw(st.sampled_from([0, 0, 4]))),
            Item("B", supply=Supply.MAKE, lead_time=draw(LEAD), minimum=draw(st.sampled_from([0, 15]))),
            Item("C", supply=Supply.MAKE, lead_time=draw(LEAD)),
            Item("D", scale=1),
            Item("E", shelf_life=timedelta(days=20)),
            BillOfMaterial("A", [BomLine("C", draw(lines)), BomLine("E", 1)]),
            BillOfMaterial("B", [BomLine("D", draw(lines))], outputs=[CoProduct("E", 1)]),
            BillOfMaterial("C", [BomLine("D", draw(lines))]),
            Sourcing("D", supplier="S", lead_time=draw(LEAD), multiple=draw(st.sampled_from([0, 5]))),
            Sourcing("E", supplier="S", lead_time=draw(LEAD)),
        ]
    )


@st.composite
def snapshots(draw: st.DrawFn, catalog: Catalog, at: datetime) -> Snapshot:
    """Return demands and receipts of few refs, so that two snapshots have many in common, and lots."""
    day = st.integers(-3, 40).map(lambda n: date(2026, 3, 3) + timedelta(days=n))
    code, refs = st.sampled_from("ABCDE"), st.lists(st.integers(0, 5), unique=True, max_size=5)
    kinds = st.sampled_from([DemandKind.ORDER, DemandKind.ORDER, DemandKind.FORECAST])
    demands = [
        Demand(draw(code), draw(st.integers(1, 30)), due=draw(day), ref=f"SO-{n}", kind=draw(kinds)) for n in draw(refs)
    ]
    orders = [
        PurchaseOrder(draw(st.sampled_from("DE")), 9, supplier="S", due=draw(day), ref=f"PU-{n}") for n in draw(refs)
    ]
    lots = [
        OpenLot(draw(code), draw(st.integers(1, 30)), lot=f"L-{n}", received=NOW, expires=draw(st.none() | day))
        for n in draw(refs)
    ]
    return Snapshot(catalog=catalog, at=at, promises=[*demands, *orders], lots=lots)


@st.composite
def two_plans(draw: st.DrawFn) -> tuple[Plan, Plan]:
    """Return two plans that share some of what they are made from."""
    first = draw(catalogs())
    second = draw(st.just(first) | catalogs())
    ends = st.sampled_from([date(2026, 3, 20), date(2026, 6, 1), date(2026, 6, 1)])
    times = st.sampled_from([NOW, NOW, NOW + timedelta(days=6)])
    before = draw(snapshots(first, NOW))
    after = draw(snapshots(second, draw(times)) | st.just(attrs.evolve(before, catalog=second)))
    return plan(before, until=draw(ends)), plan(after, until=draw(ends))


def place(order: PlannedOrder) -> tuple[str, str, str]:
    """Return what an order is of."""
    return kind_of(order), order.item, site_of(order)


def content(order: PlannedOrder) -> PlannedOrder:
    """Return an order without what follows from the rest: its code, and when what it brings is needed."""
    return attrs.evolve(order, code="", need=None) if isinstance(order, PlannedBuy) else attrs.evolve(order, code="")


@given(two_plans())
@settings(max_examples=60)
def test_every_difference_is_accounted_for_once(both: tuple[Plan, Plan]) -> None:
    """No order stands in two changes, what is in none is in both plans, and the quantities add up."""
    before, after = both
    found = changes(before, after)
    was = Counter(one.was.code for one in found.orders if one.was is not None)
    now = Counter(one.now.code for one in found.orders if one.now is not None)
    assert max([*was.values(), *now.values(), 1]) == 1
    kept = Counter(content(one) for one in before.orders if one.code not in was)
    assert kept == Counter(content(one) for one in after.orders if one.code not in now)
    sums: Counter[tuple[str, str, str]] = Counter()
    for sign, orders in ((-1, before.orders), (1, after.orders)):
        for order in orders:
            sums[place(order)] += sign * order.quantity  # type: ignore[assignment]  # exact numbers add up as well
    for row in found.orders:
        sums[row.kind, row.item, row.site] -= row.quantity_now - row.quantity  # type: ignore[assignment]  # as above
        assert row.changes
        assert (row.was is None) == (row.quantity == 0)
        assert (row.now is None) == (row.quantity_now == 0)
    assert not any(sums.values())


@given(two_plans())
@settings(max_examples=60)
def test_shortages_and_messages_are_accounted_for_once(both: tuple[Plan, Plan]) -> None:
    """What is in no change is in both plans, and what is short adds up by item."""
    before, after = both
    found = changes(before, after)
    old, new = Counter(before.shortages), Counter(after.shortages)
    old.subtract(row.was for row in found.shortages if row.was is not None)
    new.subtract(row.now for row in found.shortages if row.now is not None)
    assert old == new
    assert min([*old.values(), 0]) == 0
    told: Counter[tuple[str, str]] = Counter()
    for sign, messages in ((-1, before.messages), (1, after.messages)):
        for one in messages:
            told[one.kind, one.text] += sign
    for row in found.messages:
        told[row.kind, row.text_now] -= bool(row.text_now)
        told[row.kind, row.text] += bool(row.text)
    assert not any(told.values())


@given(two_plans())
@settings(max_examples=60)
def test_whatever_changed_has_a_cause(both: tuple[Plan, Plan]) -> None:
    """Each changed order, shortage and message can be put down to something, certainly only to one thing."""
    found = changes(*both)
    rows: list[OrderChange | ShortageChange] = [*found.orders, *found.shortages]
    for row in rows:
        assert row.causes
        assert row.certain == (len(row.causes) == 1)
        assert {*row.causes} <= {*found.causes}
        assert len({*row.causes}) == len(row.causes)


@given(two_plans())
@settings(max_examples=40)
def test_nothing_changed_between_a_plan_and_itself(both: tuple[Plan, Plan]) -> None:
    """A plan does not differ from itself, nor from one of an equal snapshot."""
    first, _ = both
    again = plan(first.snapshot, until=first.until)
    for twin in (first, again):
        found = changes(first, twin)
        assert not found
        assert found.nervousness().unchanged == len(first.orders)


@given(two_plans(), st.randoms(use_true_random=False))
@settings(max_examples=40)
def test_the_order_of_rows_never_counts(both: tuple[Plan, Plan], random: Shuffles) -> None:
    """Plans of shuffled snapshots differ in the same way."""
    shuffled = []
    for one in both:
        lots, promises = list(one.snapshot.lots), list(one.snapshot.promises)
        random.shuffle(lots)
        random.shuffle(promises)
        shuffled.append(plan(attrs.evolve(one.snapshot, lots=lots, promises=promises), until=one.until))
    assert changes(*shuffled) == changes(*both)


@given(two_plans())
@settings(max_examples=40)
def test_nervousness_is_the_sum_of_its_parts(both: tuple[Plan, Plan]) -> None:
    """Orders of the first plan stay, change or go; what is kept is never more than there was."""
    before, after = both
    found = changes(before, after)
    one = found.nervousness()
    touched = sum(1 for row in found.orders if row.was is not None)
    assert one.orders == len(before.orders) == one.unchanged + touched
    assert len(before.orders) - one.gone + one.new == len(after.orders)
    assert all(0 <= line.kept <= line.quantity for line in one.lines)
    assert 0 <= one.kept <= Decimal(100)
