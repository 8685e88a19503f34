"""What a plan lets stand in is on the order: reserved, issued and consumed as any line."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import attrs
import pytest

from prodstock.calendars.span import working_days
from prodstock.errors import Refused
from prodstock.journal.store import ManualClock
from prodstock.master.bom import BillOfMaterial, BomLine, Substitute, Substitution
from prodstock.master.catalog import Catalog
from prodstock.master.item import Item
from prodstock.master.sourcing import Sourcing
from prodstock.orders.demand import Demand
from prodstock.orders.planned import PlannedMake
from prodstock.orders.production import ProductionOrder
from prodstock.planning.plan import Plan
from prodstock.planning.planner import plan
from prodstock.planning.policy import Mode, PlanningPolicy
from prodstock.plant import Plant
from prodstock.shopfloor.issue import IssueGoods
from prodstock.stock.goods import Goods

NOW = datetime(2026, 3, 2, 6, tzinfo=UTC)
MAY, JUNE = date(2026, 5, 4), date(2026, 6, 1)


def plant(*lines: BomLine, mic: Item | None = None, other: Item | None = None) -> Plant:
    """Return a plant that makes hearing devices of some lines and buys microphones in a day."""
    catalog = Catalog(
        [
            Item("HD", lead_time=working_days(1)),
            mic or Item("MIC"),
            other or Item("MIC-B"),
            Item("MIC-C"),
            BillOfMaterial("HD", lines),
            *(Sourcing(one, supplier="KNW", lead_time=timedelta(days=1)) for one in ("MIC", "MIC-B", "MIC-C")),
        ]
    )
    return Plant(catalog, clock=ManualClock(NOW))


def planned(made: Plant, mode: Mode = Mode.UNCONSTRAINED) -> Plan:
    """Return what the plant plans, old microphones first."""
    policy = PlanningPolicy(mode=mode, substitutes=Substitution.FIRST)
    found = plan(made.snapshot(), policy, until=date(2026, 12, 1))
    found.verify()
    return found


def lines(order: ProductionOrder) -> list[tuple[str, int]]:
    """Return what an order needs, line by line."""
    return [(line.item, int(line.need)) for line in order.lines]


@pytest.mark.parametrize("mode", Mode)
def test_what_stands_in_is_reserved_issued_and_consumed(mode: Mode) -> None:
    """Of 20 MIC that 10 devices need, 7 MIC-B stand in for 14, in a line of their own; planning again wants no more."""
    made = plant(BomLine("MIC", 2, substitutes=[Substitute("MIC-B", ratio="0.5")]))
    made.receive("MIC-B", 7)
    made.receive("MIC", 6)
    made.expect(Demand("HD", 10, due=MAY, ref="SO-1"))
    order = made.launch(planned(made, mode).make[0])
    assert lines(order) == [("MIC", 6), ("MIC-B", 7)]
    assert order.lines[0].substitutes == (("MIC-B", Decimal("0.5")),)
    again = planned(made, mode)
    assert (list(again.orders), list(again.shortages)) == ([], [])
    made.issue(made.reserve(order))
    made.complete(order, good=10)
    assert [int(line.consumed) for line in made.production.order(order.code).lines] == [6, 7]


def test_a_line_that_is_replaced_whole_is_left_out_and_the_shares_add_up() -> None:
    """Of two lines of one item the first is replaced whole, the other in part; whole pieces on each."""
    made = plant(*[BomLine("MIC", 1, substitutes=[Substitute("MIC-B", ratio="0.3")])] * 2)
    made.receive("MIC-B", 5)
    made.expect(Demand("HD", 10, due=MAY, ref="SO-1"))
    make = planned(made).make[0]
    assert make.stand_ins == (("MIC-B", Decimal(5), "MIC", Decimal(16)),)
    order = made.launch(make)
    assert lines(order) == [("MIC", 4), ("MIC-B", 3), ("MIC-B", 2)]


def test_what_follows_stands_on_the_order_down_a_chain() -> None:
    """MIC ended for MIC-B, two for one, and that for MIC-C: what is left of each goes first, at the launch too."""
    since = date(2026, 3, 2)
    made = plant(
        BomLine("MIC", 1),
        mic=Item("MIC", follow_up=Substitute("MIC-B", ratio=2, effective_from=since)),
        other=Item("MIC-B", follow_up=Substitute("MIC-C", ratio="0.5", effective_from=since)),
    )
    made.receive("MIC", 3)
    made.receive("MIC-B", 4)
    made.expect(Demand("HD", 10, due=MAY, ref="SO-1"))
    before = planned(made)
    order = made.launch(before.make[0])
    assert lines(order) == [("MIC", 3), ("MIC-B", 4), ("MIC-C", 5)]
    assert order.lines[0].substitutes == (("MIC-B", Decimal(2)), ("MIC-C", Decimal(1)))
    after = planned(made)
    assert [(one.item, int(one.quantity)) for one in after.orders] == [("MIC-C", 5)]
    assert not after.make


def test_an_order_made_by_hand_may_be_issued_what_follows() -> None:
    """Without a plan the line stays that of the old item, and what has taken its place may be issued for it."""
    since = date(2026, 3, 2)
    made = plant(BomLine("MIC", 1), mic=Item("MIC", follow_up=Substitute("MIC-B", effective_from=since)))
    made.receive("MIC-B", 10)
    order = made.launch(PlannedMake("HD", 10, NOW, NOW + timedelta(days=1), "A"))
    assert lines(order) == [("MIC", 10)]
    made.do(IssueGoods(order.code, Goods("MIC-B", quantity=10)))
    assert [line.issued for line in made.production.order(order.code).lines] == [10]


def test_a_stale_stand_in_is_refused() -> None:
    """More than the bill needs, or what no line allows that day, is a plan that the world has overtaken."""
    made = plant(BomLine("MIC", 1, substitutes=[Substitute("MIC-B", effective_until=JUNE)]))
    make = PlannedMake("HD", 10, NOW, NOW + timedelta(days=1), "A", stand_ins=[("MIC-B", 10, "MIC", 10)])
    for wrong in [("MIC-B", 11, "MIC", 11), ("MIC-C", 10, "MIC", 10), ("MIC", 10, "MIC-B", 10)]:
        with pytest.raises(Refused, match="may not stand in"):
            made.launch(attrs.evolve(make, stand_ins=[wrong]))
    late = attrs.evolve(make, start=NOW + timedelta(days=100), due=NOW + timedelta(days=101))
    with pytest.raises(Refused, match="may not stand in"):
        made.launch(late)
    assert lines(made.launch(make)) == [("MIC-B", 10)]
