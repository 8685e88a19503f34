"""A verdict speaks of goods that were there: none for what never was, none before it came into being."""

from datetime import UTC, datetime, timedelta

import pytest

from prodstock.errors import NotAllowed, Refused
from prodstock.journal.store import ManualClock
from prodstock.master.catalog import Catalog
from prodstock.master.item import Item, Tracking
from prodstock.plant import Plant
from prodstock.quality.inspection import Verdict
from prodstock.stock.goods import Goods

START = datetime(2026, 3, 2, 6, tzinfo=UTC)
HOUR = timedelta(hours=1)


def test_a_verdict_needs_goods_and_a_moment_at_which_they_existed() -> None:
    """Of nothing there is no evidence, and a test of five o'clock says nothing of a lot received at six."""
    clock = ManualClock(START)
    plant = Plant(Catalog([Item("HD", tracking=Tracking.SERIAL), Item("MIC", tracking=Tracking.LOT)]), clock=clock)
    with pytest.raises(Refused, match="never was any of HD"):
        plant.record(Goods("HD"), "label", Verdict.PASSED)

    plant.receive("MIC", 5, lot="M1")
    plant.receive("HD", 1, lot="H", serials=["s1"])
    clock.advance(HOUR)
    for goods in ("M1", Goods("HD"), Goods("HD", serials=["s1"])):
        with pytest.raises(NotAllowed, match="in being since 2026-03-02 06:00 UTC"):
            plant.record(goods, "label", Verdict.PASSED, at=START - HOUR)
        assert len(plant.record(goods, "label", Verdict.PASSED, at=START)) == 1
    plant.scrap("M1")
    assert len(plant.record("M1", "label", Verdict.FAILED)) == 1
