"""Who asks for a revision is served by goods made to it: in the ledger and in both modes of planning."""

from datetime import UTC, date, datetime

import pytest

from prodstock.calendars.span import working_days
from prodstock.errors import CannotReserve, InvalidData, NotAllowed, UnknownCode
from prodstock.journal.store import ManualClock
from prodstock.master.bom import BillOfMaterial, BomLine
from prodstock.master.catalog import Catalog
from prodstock.master.item import Item, Supply, Tracking
from prodstock.master.sourcing import Sourcing
from prodstock.orders.demand import Demand
from prodstock.orders.purchase import PurchaseOrder
from prodstock.planning.causes import ShortageCause
from prodstock.planning.plan import Plan
from prodstock.planning.planner import plan
from prodstock.planning.policy import Mode, PlanningPolicy
from prodstock.planning.snapshot import Snapshot
from prodstock.plant import Plant
from prodstock.stock.allocation import OpenLot
from prodstock.stock.claim import AllocationPolicy, Partial
from prodstock.stock.goods import Goods
from prodstock.stock.receive import Receive

NOW = datetime(2026, 3, 2, 6, tzinfo=UTC)
UNTIL = date(2026, 6, 1)
PUMPS = Catalog(
    [
        Item("PUMP"),
        BillOfMaterial("PUMP", [BomLine("SEAL", 1)], revision="B", effective_until=date(2026, 4, 1)),
        BillOfMaterial("PUMP", [BomLine("SEAL", 2)], revision="C", effective_from=date(2026, 4, 1)),
        Item("SEAL"),
        Sourcing("SEAL", supplier="S", lead_time=working_days(2)),
        Item("KIT", supply=Supply.PHANTOM),
        BillOfMaterial("KIT", [BomLine("SEAL", 1)]),
    ]
)
MODES = pytest.mark.parametrize("mode", list(Mode))


def pumps(ref: str, quantity: int, due: date, revision: str = "") -> Demand:
    """Return a demand for pumps."""
    return Demand("PUMP", quantity, due=due, ref=ref, revision=revision)


def lot(code: str, quantity: int, revision: str, item: str = "PUMP") -> OpenLot:
    """Return a lot of pumps."""
    return OpenLot(item, quantity, lot=code, received=NOW, revision=revision)


def planned(mode: Mode, demands: list[Demand | PurchaseOrder], *lots: OpenLot) -> Plan:
    """Return the verified plan of demands, which settled proposes nothing more."""
    snapshot = Snapshot(catalog=PUMPS, at=NOW, lots=lots, promises=tuple(demands))
    policy = PlanningPolicy(mode=mode)
    found = plan(snapshot, until=UNTIL, policy=policy)
    found.verify()
    again = Snapshot(catalog=PUMPS, at=NOW, lots=lots, promises=tuple(demands), firm=tuple(found.orders))
    assert len(plan(again, until=UNTIL, policy=policy).orders) == len(found.orders)
    return found


@MODES
def test_stock_of_another_revision_does_not_serve(mode: Mode) -> None:
    """Who asks for C takes the lot of C, though that of B lies there longer, and leaves B to who does not ask."""
    due = date(2026, 3, 10)
    found = planned(mode, [pumps("SO-1", 5, due, "C"), pumps("SO-2", 5, due)], lot("L-1", 5, "B"), lot("L-2", 5, "C"))
    assert not found.shortages
    assert not found.make or mode is Mode.UNCONSTRAINED


@MODES
def test_wrong_revision_is_the_cause(mode: Mode) -> None:
    """Where only B is there and made, C is short because of the revision, and nothing is made in vain."""
    found = planned(mode, [pumps("SO-1", 5, date(2026, 3, 10), "C")], lot("L-1", 9, "B"))
    assert [(one.kind, int(one.quantity)) for one in found.shortages] == [(ShortageCause.WRONG_REVISION, 5)]
    assert [(one.revision, one.due.date()) for one in found.make] == (
        [] if mode is Mode.UNCONSTRAINED else [("C", date(2026, 4, 1))]
    )


@MODES
def test_nothing_there_and_the_wrong_bill(mode: Mode) -> None:
    """Without stock the shortage says what revision would be made."""
    found = planned(mode, [pumps("SO-1", 5, date(2026, 3, 10), "C")])
    (short,) = found.shortages
    assert short.kind is ShortageCause.WRONG_REVISION
    assert "revision C is asked for, and revision B is what comes then" in str(found.why(short))
    assert short.covered == (None if mode is Mode.UNCONSTRAINED else found.make[0].due)


@MODES
def test_it_is_made_once_its_bill_is_valid(mode: Mode) -> None:
    """What is made from April on is of revision C, whatever lies there of B."""
    found = planned(mode, [pumps("SO-1", 5, date(2026, 4, 10), "C")], lot("L-1", 9, "B"))
    assert not found.shortages
    assert [(one.revision, int(one.quantity)) for one in found.make] == [("C", 5)]


@MODES
def test_what_is_bought_is_of_the_revision_ordered(mode: Mode) -> None:
    """Bought goods are ordered for who asks for a revision; a lot of none does not serve him."""
    seals = Demand("SEAL", 3, due=date(2026, 3, 20), ref="SO-1", revision="X")
    found = planned(mode, [seals], lot("S-1", 9, "", "SEAL"))
    assert [int(one.quantity) for one in found.buy] == [3]
    coming = planned(mode, [seals, PurchaseOrder("SEAL", 3, due=date(2026, 3, 9), ref="PU-1", supplier="S")])
    assert not coming.orders


def test_nobody_made_such_a_revision() -> None:
    """An unknown revision, and one of a phantom, are findings."""
    kit = Demand("KIT", 1, due=UNTIL, ref="SO-2", revision="A")
    snapshot = Snapshot(catalog=PUMPS, at=NOW, promises=(pumps("SO-1", 1, UNTIL, "Z"), kit))
    with pytest.raises(InvalidData) as caught:
        plan(snapshot, until=UNTIL)
    assert [(one.row, one.field) for one in caught.value.findings] == [(1, "revision"), (2, "revision")]


def plant() -> Plant:
    """Return a plant with nine pumps of B, then three of C, and a demand for four of C."""
    tracked = Catalog([one for one in PUMPS.definitions if one != Item("PUMP")] + [Item("PUMP", tracking=Tracking.LOT)])
    found = Plant(tracked, clock=ManualClock(NOW))
    found.submit([Receive("PUMP", 9, lot="L-1", revision="B")])
    found.submit([Receive("PUMP", 3, lot="L-2", revision="C")])
    found.expect(pumps("SO-1", 4, date(2026, 3, 10), "C"))
    return found


def test_the_ledger_reserves_the_revision_alone() -> None:
    """A reservation takes lots of the revision that is asked for, and says so where there are too few."""
    pumping = plant()
    with pytest.raises(CannotReserve, match="1 lots are not of revision C"):
        pumping.reserve("SO-1")
    held = pumping.reserve("SO-1", policy=AllocationPolicy(partial=Partial.ALLOW))
    assert [(one.lot, int(one.quantity)) for one in held.lines] == [("L-2", 3)]


def test_a_demand_that_changes_its_mind_loses_what_it_holds() -> None:
    """Asked for B instead, what is reserved of C is free again, and B is reserved."""
    pumping = plant()
    pumping.reserve("SO-1", policy=AllocationPolicy(partial=Partial.ALLOW))
    pumping.expect(pumps("SO-1", 4, date(2026, 3, 10), "B"))
    assert [one.lot for one in pumping.reserve("SO-1").lines] == ["L-1"]


def test_goods_of_another_revision_are_not_shipped() -> None:
    """Shipping a lot of B for who asks for C is refused, naming both; of all pumps that of C goes."""
    pumping = plant()
    with pytest.raises(NotAllowed, match="made to revision B, not C"):
        pumping.ship("L-1", demand="SO-1")
    assert [one.lot for one in pumping.ship(Goods(item="PUMP", quantity=3), demand="SO-1").lines] == ["L-2"]


def test_an_unknown_revision_is_not_promised() -> None:
    """A demand for a revision that no bill has is refused with those that there are."""
    with pytest.raises(UnknownCode, match="Z"):
        plant().expect(pumps("SO-9", 1, date(2026, 3, 10), "Z"))


@MODES
def test_a_launched_order_is_of_its_bill(mode: Mode) -> None:
    """What an order of revision B brings does not serve who asks for C."""
    pumping = Plant(PUMPS, clock=ManualClock(NOW))
    pumping.receive("SEAL", 9)
    pumping.expect(pumps("SO-0", 4, date(2026, 3, 10)))
    (made,) = plan(pumping.snapshot(), until=UNTIL).make
    pumping.launch(made)
    pumping.cancel("SO-0")
    pumping.expect(pumps("SO-1", 4, date(2026, 3, 20), "C"))
    found = plan(pumping.snapshot(), until=UNTIL, policy=PlanningPolicy(mode=mode))
    found.verify()
    assert [one.kind for one in found.shortages] == [ShortageCause.WRONG_REVISION]
