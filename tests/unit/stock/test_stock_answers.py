"""What is asked about stock is judged now, not when something last happened."""

from datetime import UTC, date, datetime, timedelta

import pytest

from prodstock.errors import UnknownCode
from prodstock.journal.store import ManualClock, MemoryEvents
from prodstock.master.catalog import Catalog
from prodstock.master.item import Item, Tracking
from prodstock.master.location import Site
from prodstock.plant import Plant
from prodstock.stock.availability import Reason
from prodstock.stock.claim import Claim
from prodstock.stock.goods import Goods

START = datetime(2026, 3, 2, 6, tzinfo=UTC)
CATALOG = Catalog([Site("NEW-YORK", zone="America/New_York"), Item("GLUE", unit="kg", tracking=Tracking.LOT)])


@pytest.fixture(params=["in memory", "over a store"])
def plant(request: pytest.FixtureRequest) -> Plant:
    """Return a plant with a clock that can be moved on, and a lot that lives for a week."""
    events = MemoryEvents() if request.param == "over a store" else None
    plant = Plant(CATALOG, clock=ManualClock(START), events=events)
    plant.receive("GLUE", 10, lot="G-1", expires=date(2026, 3, 8))
    return plant


def later(plant: Plant, span: timedelta) -> None:
    """Let time go by in which nothing happens."""
    clock = plant._clock
    assert isinstance(clock, ManualClock)
    clock.advance(span)


def test_what_expires_while_nothing_happens_is_expired(plant: Plant) -> None:
    """All answers agree that a lot's life is over, though no command has come since."""
    later(plant, timedelta(days=10))

    assert plant.availability("GLUE").free == 0
    assert plant.stock.availabilities().where(item="GLUE")[0].bucket(Reason.EXPIRED).quantity == 10
    assert [one.state for one in plant.stock.holdings("G-1")] == ["expired"]
    assert str(plant.stock.why_not_available("GLUE", 3)) == "3 kg GLUE: only 0 free\n  10 expired: G-1"


def test_why_not_is_asked_of_a_day_and_a_site(plant: Plant) -> None:
    """A day means its end at the site: the lot may be used through its last day, not the day after."""
    plant.receive("GLUE", 5, lot="G-2", site="NEW-YORK", expires=date(2026, 3, 8))

    last = plant.stock.why_not_available("GLUE", 3, at=date(2026, 3, 8), site="NEW-YORK")
    after = plant.stock.why_not_available("GLUE", 3, at=date(2026, 3, 9), site="NEW-YORK")

    assert last.text.endswith("can be had")
    assert [cause.text for cause in after.causes] == ["5 expired: G-2"]
    with pytest.raises(UnknownCode):
        plant.stock.why_not_available("GLUE", 3, site="BOSTON")


def test_a_table_says_a_bucket_as_people_do(plant: Plant) -> None:
    """The buckets in a cell are reasons with quantities, cut where there are many; a frame gets all of them."""
    plant.reserve(Claim("GLUE", 4, ref="SO-1"))

    shown = str(plant.stock.availabilities())

    assert "10 items: not-ours 0, elsewhere 0, expired 0, ..." in shown
    assert str(plant.availability("GLUE").bucket(Reason.FREE)) == "free 6"
    assert plant.stock.holdings(Goods("GLUE"))[0].reserved == 4


def test_each_site_is_counted_by_itself(plant: Plant) -> None:
    """Counting and adjusting name the site, as receiving does."""
    plant.receive("GLUE", 5, lot="G-2", site="NEW-YORK")

    assert plant.count("GLUE", 4, lot="G-2", site="NEW-YORK").difference == -1
    assert plant.adjust("GLUE", 2, lot="G-2", site="NEW-YORK").quantity == 6
    assert plant.availability("GLUE", site="MAIN").physical == 10
