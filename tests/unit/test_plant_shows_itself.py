"""A plant in a notebook shows what there is, by what it may be used for."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import attrs
import pytest

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


def test_an_items_code_where_goods_are_wanted_is_told_what_to_give() -> None:
    """Whoever names an item instead of a lot learns how to point at the item's stock."""
    plant = ps.Plant(ps.Catalog([ps.Item("OIL", unit="l")]))
    plant.receive("OIL", 5)
    with pytest.raises(ps.UnknownCode) as unknown:
        plant.recall("OIL")
    assert unknown.value.hint == 'It is an item: give Goods("OIL") for its stock'
    assert plant.stock.holdings(ps.Goods("OIL"))[0].quantity == 5
