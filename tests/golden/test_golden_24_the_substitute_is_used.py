"""Golden case 24: a substitute is picked for a planned component (ERPNext #44471)."""

from datetime import UTC, datetime
from decimal import Decimal

from prodstock.journal.store import ManualClock
from prodstock.master.bom import BillOfMaterial, BomLine, Substitute
from prodstock.master.catalog import Catalog
from prodstock.master.codes import ItemCode
from prodstock.master.item import Item, Tracking
from prodstock.orders.planned import PlannedMake
from prodstock.plant import Plant
from prodstock.trace.genealogy import EdgeKind, backward

NOW = datetime(2026, 3, 2, tzinfo=UTC)


def plain(value: object) -> object:
    """Return a value without its static type, so that numbers of any kind compare."""
    return value


def plant(ratio: str) -> Plant:
    """A plant with three microphones and enough of what may stand in for them."""
    bom = BillOfMaterial("DEVICE", [BomLine("MIC", 2, substitutes=[Substitute("MIC-B", ratio=Decimal(ratio))])])
    items = [Item("DEVICE", tracking=Tracking.LOT), Item("MIC", tracking=Tracking.LOT)]
    found = Plant(Catalog([*items, Item("MIC-B", tracking=Tracking.LOT), bom]), clock=ManualClock(NOW))
    found.receive("MIC", 3, lot="M-1")
    found.receive("MIC-B", 100, lot="MB-1")
    return found


def test_the_substitute_is_consumed_and_traced() -> None:
    """Five devices use three microphones and seven of the other kind, and the genealogy names both."""
    here = plant("1")
    order = here.launch(PlannedMake(ItemCode("DEVICE"), Decimal(5), NOW, NOW, ""))
    here.issue(here.reserve(order))
    here.complete(order, good=5)

    assert plain((here.availability("MIC").physical, here.availability("MIC-B").physical)) == (0, 93)
    used = {(e.item, e.lot): int(e.quantity) for e in backward(here._world, "MO-1").edges if e.kind is EdgeKind.USED}
    assert used == {("MIC", "M-1"): 3, ("MIC-B", "MB-1"): 7}
    assert [one.code for one in here.recall("MB-1").orders] == ["MO-1"]
    assert here.production.order("MO-1").lines[0].consumed == 10
    here.check()


def test_the_ratio_of_the_substitute_counts() -> None:
    """Where two of the other kind replace one, the seven missing take fourteen."""
    here = plant("2")
    order = here.launch(PlannedMake(ItemCode("DEVICE"), Decimal(5), NOW, NOW, ""))
    here.issue(here.reserve(order))
    for _ in range(5):
        here.complete(order, good=1)

    assert here.availability("MIC-B").physical == 86
    assert here.production.order("MO-1").lines[0].consumed == 10
    here.check()
