"""Golden case 20: a lot that expires before the need is not eligible; an earlier need makes it so."""

from datetime import UTC, date, datetime

import pytest

from prodstock.errors import CannotReserve
from prodstock.journal.store import ManualClock
from prodstock.master.catalog import Catalog
from prodstock.master.item import Item, Tracking
from prodstock.orders.demand import Demand
from prodstock.plant import Plant


def test_the_need_date_decides() -> None:
    """The lot is good today, not on the day it is needed; when the need moves forward it is taken."""
    plant = Plant(
        Catalog([Item("GLUE", tracking=Tracking.LOT)]), clock=ManualClock(datetime(2026, 3, 2, 6, tzinfo=UTC))
    )
    plant.receive("GLUE", 5, lot="G-1", expires=date(2026, 3, 10))
    plant.expect(Demand("GLUE", 5, due=date(2026, 3, 12), ref="SO-1"))
    with pytest.raises(CannotReserve, match="expire"):
        plant.reserve("SO-1")

    plant.expect(Demand("GLUE", 5, due=date(2026, 3, 10), ref="SO-1"))

    assert plant.reserve("SO-1").lines[0].lot == "G-1"
    plant.check()
