"""Papers speak of the goods that were there when they were written, not of what is made later."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

import prodstock as ps

START = datetime(2026, 3, 2, 6, tzinfo=UTC)


def launched(tracking: ps.Tracking) -> tuple[ps.Plant, ps.ProductionOrder]:
    """An order for three devices that need a label before they are released."""
    catalog = ps.Catalog([ps.Item("HD", tracking=tracking), ps.ReleaseCriteria("HD", requires=["label"])])
    plant = ps.Plant(catalog, clock=ps.ManualClock(START))
    planned = ps.PlannedMake(ps.ItemCode("HD"), Decimal(3), START, START + timedelta(days=1), "")
    return plant, plant.launch(planned)


@pytest.mark.parametrize("tracking", list(ps.Tracking))
def test_what_is_completed_later_needs_papers_of_its_own(tracking: ps.Tracking) -> None:
    """The first unit's label does not release the second, whether units have serials, a lot, or nothing."""
    plant, order = launched(tracking)
    first = plant.complete(order, good=1)
    plant.record(first, "label", ps.Verdict.PASSED)
    plant.release(first)
    second = plant.complete(order, good=1)
    with pytest.raises(ps.NotReleasable) as refused:
        plant.release(second)
    assert refused.value.missing == ("label",)
    plant.record(second, "label", ps.Verdict.PASSED)
    plant.release(second)
    assert plant.availability("HD").free == 2
    plant.check()


def test_a_record_of_a_lot_covers_the_units_it_has_then() -> None:
    """Recorded by the lot's code, the label counts for both serials there, and not for the third."""
    plant, order = launched(ps.Tracking.SERIAL)
    plant.complete(order, good=2)
    plant.record(order.lot, "label", ps.Verdict.PASSED)
    plant.complete(order, good=1)
    with pytest.raises(ps.NotReleasable):
        plant.release(order.lot)
    plant.release(ps.Goods("HD", serials=[f"{order.lot}-0001", f"{order.lot}-0002"]))
    assert plant.availability("HD").free == 2
