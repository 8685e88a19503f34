"""A scenario is a value: a name, a base and a list of changes."""

from datetime import UTC, datetime, timedelta

from prodstock.journal.store import ManualClock
from prodstock.master.catalog import Catalog
from prodstock.master.item import Item
from prodstock.plant import Plant
from prodstock.stock.receive import Receive


def test_scenarios_are_equal_by_name_base_and_changes() -> None:
    """The cell run twice gives an equal scenario; another name, change, base or moment gives another one."""
    clock = ManualClock(datetime(2026, 3, 2, 6, tzinfo=UTC))
    plant = Plant(Catalog([Item("BOX")]), clock=clock)
    plant.receive("BOX", 1)
    more = plant.fork("more").assume(Receive("BOX", 5))

    assert more == plant.fork("more").assume(Receive("BOX", 5))
    assert hash(more) == hash(plant.fork("more").assume(Receive("BOX", 5)))
    assert more == more.fork("more")
    assert len({plant.fork("a"), plant.fork("a"), plant.fork("b")}) == 2
    assert more != plant.fork("most").assume(Receive("BOX", 5))
    assert more != plant.fork("more").assume(Receive("BOX", 6))
    assert more != "more"
    clock.advance(timedelta(hours=1))
    assert more != plant.fork("more").assume(Receive("BOX", 5))
    before = plant.fork("base")
    plant.receive("BOX", 1)
    assert before != plant.fork("base")
