"""A plant in a notebook shows what there is, by what it may be used for."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import attrs

import prodstock as ps


def test_the_overview_splits_each_item_into_what_sums_to_physical() -> None:
    """Free, reserved, damaged: the columns of a line sum to what is physically there."""
    clock = ps.ManualClock(datetime(2026, 3, 2, 6, tzinfo=UTC))
    plant = ps.Plant(ps.Catalog([ps.Item("MIC", tracking=ps.Tracking.LOT), ps.Item("BOX")]), clock=clock)
    plant.receive("MIC", 500, lot="A")
    plant.receive("MIC", 20, lot="B", quality=ps.Quality.BLOCKED)
    plant.reserve(ps.Claim("MIC", 400, ref="<SO-1>"))
    (line,) = plant.stock.overview()
    assert (line.free, line.reserved, line.blocked) == (Decimal(100), Decimal(400), Decimal(20))
    figures = [value for value in attrs.astuple(line) if isinstance(value, Decimal)]
    assert sum(figures) == 2 * line.physical
    assert repr(plant) == "<Plant as is, 2 items, 3 commits>"
    html = plant._repr_html_()
    assert "waiting for release" in html
    assert "<td>400</td>" in html
