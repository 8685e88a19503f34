"""What if, asked of a plant whose events are kept elsewhere."""

from datetime import UTC, date, datetime, timedelta

from prodstock.calendars.span import working_days
from prodstock.journal.store import ManualClock, MemoryEvents
from prodstock.master.catalog import Catalog
from prodstock.master.item import Item
from prodstock.master.sourcing import Sourcing
from prodstock.orders.demand import Demand
from prodstock.plant import Plant
from prodstock.scenario.change import SupplierDelay
from prodstock.stock.receive import Receive


def test_a_fork_of_a_plant_over_a_store_knows_all_of_it() -> None:
    """A scenario reads nothing later: whatever is assumed or asked of it, it has been read when it was made."""
    catalog = Catalog([Item("BOX"), Sourcing("BOX", supplier="KNW", lead_time=working_days(5))])
    clock, events = ManualClock(datetime(2026, 3, 2, 6, tzinfo=UTC)), MemoryEvents()
    before = Plant(catalog, events=events, clock=clock)
    before.receive("BOX", 10)
    before.expect(Demand("BOX", 30, due=date(2026, 3, 20), ref="SO-1"))

    plant = Plant(catalog, events=events, clock=clock)
    late = plant.fork("late").assume(SupplierDelay("KNW", by=timedelta(days=14)), Receive("BOX", 5))

    assert late.availability("BOX").free == 15
    assert [one.quantity for one in late.plan(until=date(2026, 5, 1)).buy] == [15]
    assert [one.quantity for one in plant.plan(until=date(2026, 5, 1)).buy] == [20]
    late.check()
    plant.check()
