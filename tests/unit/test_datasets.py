"""The shipped companies are of realistic size, sound, and the same for everybody."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import TYPE_CHECKING

import pytest

from prodstock.datasets import chemicals, food, furniture, hearing_device, sized
from prodstock.datasets.data_set import DataSet
from prodstock.errors import InvalidValueError, Refused
from prodstock.journal.store import ManualClock, MemoryEvents
from prodstock.master.bom import BillOfMaterial
from prodstock.master.sourcing import Sourcing
from prodstock.orders.demand import Demand, DemandKind
from prodstock.orders.purchase import PurchaseOrder
from prodstock.stock.receive import Receive

if TYPE_CHECKING:
    from collections.abc import Callable


def hundred() -> DataSet:
    """Return a company with a hundred items."""
    return sized(100)


COMPANIES = [hearing_device, furniture, food, chemicals, hundred]


@pytest.mark.parametrize("company", COMPANIES)
def test_a_company_opens_and_plans(company: Callable[[], DataSet]) -> None:
    """Its opening is accepted, its plant keeps every invariant, and there is something to make and to buy."""
    data = company()
    plant = data.plant()
    plant.check()
    plan = plant.plan(until=data.until)
    plan.verify()
    assert plan.make
    assert plan.buy
    assert plan.snapshot.at == data.today


@pytest.mark.parametrize("company", COMPANIES)
def test_a_company_is_a_value(company: Callable[[], DataSet]) -> None:
    """Asked for twice, it is the same; opened twice, its plants share nothing."""
    assert company() == company()
    first, second = company().plant(), company().plant()
    assert first.events() == second.events()
    first.expect(Demand(first.catalog.items[0].code, 1, due=date(2026, 4, 1), ref="NEW"))
    assert first.events() != second.events()


def test_a_plant_may_have_a_store_and_a_clock_of_its_own() -> None:
    """Opened over a store, the events are in it; the clock given is the plant's."""
    data = furniture()
    store = MemoryEvents()
    plant = data.plant(events=store, clock=ManualClock(data.today))
    assert plant.availability("TABLE").free == 4
    assert list(store.streams())


def test_an_opening_that_is_refused_raises() -> None:
    """A data set that its own plant does not accept is no data set."""
    data = furniture()
    wrong = DataSet("wrong", data.catalog, [*data.opening, Receive("TABLE", 1, key="a"), Receive("TABLE", 2, key="a")],
                    today=data.today, until=data.until)  # fmt: skip
    with pytest.raises(Refused):
        wrong.plant()


def test_the_hearing_company_is_of_realistic_size() -> None:
    """Items, levels, suppliers, lots, purchases, orders, repairs, replacements and four months of weekly forecast."""
    data = hearing_device()
    snapshot = data.plant().snapshot()
    kinds = Counter(one.kind for one in snapshot.promises if isinstance(one, Demand))
    assert 12 <= len(data.catalog.items) <= 20
    assert kinds[DemandKind.ORDER] == 30
    assert kinds[DemandKind.REPAIR] >= 3
    assert kinds[DemandKind.REPLACEMENT] >= 3
    assert kinds[DemandKind.FORECAST] == 2 * 17
    assert sum(isinstance(one, PurchaseOrder) for one in snapshot.promises) >= 6
    suppliers = {one.supplier for one in data.catalog.definitions if isinstance(one, Sourcing)}
    assert len(suppliers) >= 6
    made_of = {one.item: {line.item for line in one.lines} for one in data.catalog.definitions
               if isinstance(one, BillOfMaterial)}  # fmt: skip
    assert made_of["HD-7"] & made_of.keys()
    component_lots = {lot.lot for lot in snapshot.lots if lot.lot and not lot.item.startswith(("HD", "AM"))}
    assert 6 <= len(component_lots) <= 12


def test_the_hearing_plan_has_a_late_component() -> None:
    """One component cannot be there in time, so that there is something to explain from the first day."""
    data = hearing_device()
    plan = data.plant().plan(until=data.until)
    assert {one.item for one in plan.shortages} == {"CHIP-5", "AM-5", "HD-5"}


@pytest.mark.parametrize("items", [8, 9, 57, 1000])
def test_a_company_has_the_size_asked_for(items: int) -> None:
    """So many items, no more and no less; every made one has components, every bought one a supplier."""
    data = sized(items)
    assert len(data.catalog.items) == items
    bills = {one.item for one in data.catalog.definitions if isinstance(one, BillOfMaterial)}
    bought = {one.item for one in data.catalog.definitions if isinstance(one, Sourcing)}
    assert len(bills) + len(bought) == items
    assert not bills & bought


def test_a_company_of_no_size_is_refused() -> None:
    """Fewer items than levels and lines need make no company."""
    with pytest.raises(InvalidValueError, match="fewer than 8"):
        sized(7)
