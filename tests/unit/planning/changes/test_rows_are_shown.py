"""What people see of the rows that plans are read in: one short line, escaped HTML, and copies that are equal."""

from __future__ import annotations

import copy
import pickle  # noqa: TID251 - to see that values survive it; documents are the format
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING
from unittest import mock

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from prodstock.master.catalog import Catalog
from prodstock.master.item import Item
from prodstock.master.sourcing import Sourcing
from prodstock.orders.demand import Demand
from prodstock.planning.changes.changes import changes
from prodstock.planning.changes.nervousness import NervousnessLine
from prodstock.planning.changes.rows import Cause, CommitLine, MessageChange
from prodstock.planning.planner import plan
from prodstock.planning.snapshot import Snapshot
from prodstock.planning.translations.capacity import LabourLoad, MachineLoad
from prodstock.planning.translations.exposure import ExposureLine, supplier_exposure
from prodstock.planning.translations.material import MaterialLine
from prodstock.planning.translations.purchasing import PurchaseLine, purchasing_calendar
from prodstock.planning.translations.space import SpaceLine
from prodstock.quantities.money import Money
from prodstock.tables import Table
from prodstock.testing import strategies

if TYPE_CHECKING:
    import attrs

    from prodstock.planning.plan import Plan

SCRIPT = "<script>alert('x')</script>"
ROWS: tuple[type[attrs.AttrsInstance], ...] = (
    Cause, CommitLine, ExposureLine, LabourLoad, MachineLoad, MaterialLine, MessageChange, NervousnessLine,
    PurchaseLine, SpaceLine,
)  # fmt: skip


def long_texts() -> st.SearchStrategy[str]:
    """Return texts as long as hosts make them, and some that mean something to HTML."""
    return st.one_of(st.text("ABCXYZ0123456789-äß<&", min_size=1, max_size=60), st.just(SCRIPT))


@pytest.mark.parametrize("kind", ROWS, ids=lambda kind: kind.__name__)
@settings(max_examples=5, suppress_health_check=list(HealthCheck), database=None, phases=[Phase.generate])
@given(data=st.data())
def test_a_row_is_shown_and_copied(kind: type[object], data: st.DataObject) -> None:
    """A row is one line of less than 120 characters, harmless in HTML, a key, and equal to its copies."""
    with mock.patch.multiple(strategies, _LEAVES={**strategies._LEAVES, str: long_texts}, codes=long_texts):
        value = data.draw(strategies.records(kind))
    assert 0 < len(repr(value)) < 120
    assert "\n" not in repr(value)
    assert "<script" not in Table([value]).to_html()
    for twin in (copy.copy(value), copy.deepcopy(value), pickle.loads(pickle.dumps(value))):  # noqa: S301 - our own
        assert twin == value
        assert hash(twin) == hash(value)


def planned(quantity: int) -> Plan:
    """Return a plan of an item with a code that means something to HTML, wanted too soon."""
    terms = Sourcing(SCRIPT, supplier="<b>" * 15, lead_time=timedelta(days=9), price=Money("0.30", "EUR"))
    wanted = Demand(SCRIPT, quantity, due=date(2026, 3, 4), ref="<i>" * 15)
    at = datetime(2026, 3, 2, tzinfo=UTC)
    snapshot = Snapshot(catalog=Catalog([Item(SCRIPT), terms]), at=at, promises=[wanted])
    return plan(snapshot, until=date(2026, 4, 1))


def test_what_holds_rows_is_shown_too() -> None:
    """Changes, their figures, days of purchases and suppliers are one short line each, harmless in HTML."""
    first, second = planned(10**17), planned(2 * 10**17)
    found = changes(first, second)
    rows = [*found.orders, *found.shortages, *found.messages, *purchasing_calendar(second), *supplier_exposure(second)]
    assert len({type(row) for row in rows}) == 5
    for one in (found, found.nervousness(), *found.nervousness().lines, *rows):
        assert 0 < len(repr(one)) < 120
        assert "\n" not in repr(one)
    for html in (found._repr_html_(), Table(rows).to_html(), found.why(found.orders[0])._repr_html_()):
        assert "<script" not in html
        assert "<b>" not in html
        assert "<i>" not in html
