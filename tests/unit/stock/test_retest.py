"""The date up to which a lot is good without another test: what it means, how it is put off, how it is kept."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from prodstock.errors import CannotReserve, InvalidValueError, NotAllowed, Refused
from prodstock.journal.store import ManualClock, MemoryEvents
from prodstock.master.catalog import Catalog
from prodstock.master.item import Item, LotOrder, Tracking
from prodstock.master.location import Site
from prodstock.master.quality_state import Quality
from prodstock.orders.demand import Demand
from prodstock.plant import Plant
from prodstock.stock.availability import Reason
from prodstock.stock.claim import Claim
from prodstock.stock.events import Retest, StockPosted
from prodstock.stock.goods import Goods
from prodstock.stock.judge import Judge
from prodstock.stock.move import Move
from prodstock.stock.receive import Receive
from prodstock.stock.reverse import Reverse

NOW = datetime(2026, 3, 2, 6, tzinfo=UTC)
DUE, LATER = datetime(2026, 3, 11, tzinfo=UTC), datetime(2026, 4, 2, tzinfo=UTC)
CATALOG = Catalog(
    [
        Site("SOUTH"),
        Item("ACID", tracking=Tracking.LOT, unit="kg", scale=2),
        Item("BASE", tracking=Tracking.LOT, strategy=LotOrder.FIFO),
        Item("LAMP", tracking=Tracking.SERIAL),
        Item("BOX"),
    ]
)
SOON = date(2026, 3, 10)


class Kept:
    """A plant with its clock."""

    def __init__(self) -> None:
        self.clock = ManualClock(NOW)
        self.plant = Plant(CATALOG, clock=self.clock)

    def days_later(self, days: int) -> None:
        """Let days go by."""
        self.clock.advance(timedelta(days=days))


@pytest.fixture
def kept() -> Kept:
    """Return a plant with 10 kg of acid that are good through 10 March."""
    kept = Kept()
    kept.plant.do(Receive("ACID", 10, lot="A1", retest=SOON))
    return kept


def quantities(plant: Plant, item: str = "ACID", at: date | datetime | None = None) -> dict[Reason, Decimal]:
    """Return what there is of an item, by reason."""
    return {b.name: b.quantity for b in plant.availability(item, at=at).buckets if b.quantity}


def test_past_its_date_a_lot_is_under_inspection(kept: Kept) -> None:
    """It is free through the day, under inspection from the next instant on, and says so by its state."""
    plant = kept.plant
    for good in (None, SOON, DUE - timedelta(microseconds=1)):
        assert quantities(plant, at=good) == {Reason.FREE: 10}
    assert quantities(plant, at=DUE) == {Reason.UNDER_INSPECTION: 10}
    assert (plant.stock.lot("A1").retest, plant.stock.holdings("A1")[0].retest) == (DUE, DUE)
    kept.days_later(9)
    assert quantities(plant) == {Reason.UNDER_INSPECTION: 10}
    assert plant.stock.holdings("A1")[0].state == "under inspection"
    assert "10.00 under-inspection: A1" in str(plant.stock.why_not_available("ACID", 1))
    assert quantities(plant, at=NOW) == {Reason.FREE: 10}
    plant.check()


@pytest.mark.parametrize("item", ["ACID", "BASE"])
def test_a_need_after_the_date_takes_another_lot(item: str) -> None:
    """In both orders of taking, a lot is taken for needs before its retest date and passed over for those after it."""
    kept = Kept()
    kept.plant.do(Receive(item, 10, lot="L1", retest=SOON))
    kept.days_later(1)
    kept.plant.do(Receive(item, 10, lot="L2"))
    before = kept.plant.reserve(Claim(item, 2, ref="D1", at=DUE - timedelta(hours=1)))
    after = kept.plant.reserve(Claim(item, 2, ref="D2", at=DUE))
    assert [[line.lot for line in made.lines] for made in (before, after)] == [["L1"], ["L2"]]
    with pytest.raises(CannotReserve):
        kept.plant.reserve(Claim(item, 9, ref="D3", at=DUE))
    kept.plant.check()


def test_goods_past_their_date_are_not_shipped(kept: Kept) -> None:
    """They may be moved and scrapped, not sold."""
    plant = kept.plant
    plant.expect(Demand("ACID", 5, due=LATER, ref="SO-1"))
    kept.days_later(9)
    with pytest.raises(NotAllowed, match="tested anew since 2026-03-10"):
        plant.ship(Goods("ACID", lot="A1", quantity=5), demand="SO-1")
    plant.scrap(Goods("ACID", lot="A1", quantity=1))
    plant.do(Judge("A1", Quality.APPROVED, retest=date(2026, 4, 1)))
    assert plant.ship(Goods("ACID", lot="A1", quantity=5), demand="SO-1").quantity == 5


def test_a_test_puts_the_date_off(kept: Kept) -> None:
    """Judged approved with a new date, the lot is free until then; the event names lot and date."""
    kept.days_later(9)
    done = kept.plant.do(Judge("A1", Quality.APPROVED, retest=date(2026, 4, 1)))
    assert done.answer.quantity == 0
    posted = done.events[0].event
    assert isinstance(posted, StockPosted)
    assert (posted.legs, posted.retests) == ((), (Retest("A1", LATER),))
    assert quantities(kept.plant) == {Reason.FREE: 10}
    assert kept.plant.reserve(Claim("ACID", 3, ref="D1", at=LATER - timedelta(hours=1))).lines
    assert quantities(kept.plant, at=LATER) == {Reason.UNDER_INSPECTION: 10}
    assert quantities(kept.plant, at=DUE) == {Reason.UNDER_INSPECTION: 10}
    kept.plant.check()


def test_judging_and_putting_off_are_one(kept: Kept) -> None:
    """Goods in inspection are approved and good for longer in one commit; what was approved stays where it is."""
    plant = kept.plant
    plant.receive("ACID", 4, lot="A1", quality=Quality.PENDING_INSPECTION, site="SOUTH")
    done = plant.do(Judge("A1", Quality.APPROVED, retest=date(2026, 4, 1)))
    assert done.answer.quantity == 4
    assert {event.stream for event in done.events} == {"stock:ACID@MAIN", "stock:ACID@SOUTH"}
    assert quantities(plant, at=DUE) == {Reason.FREE: 14}
    plant.check()


def test_a_retest_is_taken_back(kept: Kept) -> None:
    """Its reversal brings the earlier date back, unless the lot was tested again since."""
    plant = kept.plant
    first = plant.do(Judge("A1", Quality.APPROVED, retest=date(2026, 4, 1))).events[0]
    second = plant.do(Judge("A1", Quality.APPROVED, retest=date(2026, 5, 1))).events[0]
    with pytest.raises(NotAllowed, match="another retest"):
        plant.do(Reverse(first))
    plant.do(Reverse(second))
    assert plant.stock.lot("A1").retest == LATER
    assert quantities(plant, at=LATER) == {Reason.UNDER_INSPECTION: 10}

    plant.do(Receive("ACID", 1, lot="A2"))
    given = plant.do(Judge("A2", Quality.APPROVED, retest=date(2026, 4, 1))).events[0]
    plant.do(Reverse(given))
    assert plant.stock.lot("A2").retest is None
    assert plant.events()[-1].event.retests == (Retest("A2", None),)  # type: ignore[attr-defined]  # it is of a shelf
    plant.check()


def test_what_was_known_then_stays_known(kept: Kept) -> None:
    """As known before the test, the lot was due; as known after it, it was good."""
    plant = kept.plant
    before = kept.clock.now()
    kept.days_later(1)
    plant.do(Judge("A1", Quality.APPROVED, retest=date(2026, 4, 1)))
    assert plant.availability("ACID", at=DUE).free == 10
    assert plant.availability("ACID", at=DUE, known_at=before).free == 0


@pytest.mark.parametrize(
    ("goods", "quality", "day"),
    [
        ("A1", Quality.BLOCKED, date(2026, 4, 1)),
        ("A1", Quality.APPROVED, date(2026, 3, 1)),
        (Goods("ACID", lot="A1", quantity=1), Quality.APPROVED, date(2026, 4, 1)),
        (Goods("ACID", lot="A1", site="MAIN"), Quality.APPROVED, date(2026, 4, 1)),
        (Goods("ACID"), Quality.APPROVED, date(2026, 4, 1)),
        (Goods("BOX"), Quality.APPROVED, date(2026, 4, 1)),
    ],
)
def test_a_date_that_cannot_be_meant_is_refused(kept: Kept, goods: Goods | str, quality: Quality, day: date) -> None:
    """Not approved, in the past, or of goods that are not one whole lot."""
    kept.plant.receive("ACID", 1, lot="A2")
    kept.plant.receive("BOX", 1)
    with pytest.raises(InvalidValueError, match="retest"):
        kept.plant.do(Judge(goods, quality, retest=day))


def test_a_receipt_cannot_change_the_date(kept: Kept) -> None:
    """More of a lot may come with the date it has or with none; another date needs a test; a box has no lot."""
    plant = kept.plant
    plant.do(Receive("ACID", 1, lot="A1", retest=SOON))
    plant.do(Receive("ACID", 1, lot="A1"))
    with pytest.raises(InvalidValueError, match="retest"):
        plant.do(Receive("ACID", 1, lot="A1", retest=date(2026, 4, 1)))
    with pytest.raises(InvalidValueError, match="retest"):
        plant.do(Receive("BOX", 1, retest=SOON))
    with pytest.raises(Refused):
        plant.do(Judge("A1", Quality.APPROVED))


def test_serials_have_the_date_of_their_lot(kept: Kept) -> None:
    """All serials of a lot are due at once and are put off at once."""
    plant = kept.plant
    plant.do(Receive("LAMP", 2, lot="B1", retest=SOON))
    assert quantities(plant, "LAMP", at=DUE) == {Reason.UNDER_INSPECTION: 2}
    assert plant.stock.lot("B1-0001").retest == DUE
    with pytest.raises(InvalidValueError, match="retest"):
        plant.do(Judge("B1-0001", Quality.APPROVED, retest=date(2026, 4, 1)))
    plant.do(Judge("B1", Quality.APPROVED, retest=date(2026, 4, 1)))
    assert plant.stock.lot("B1-0002").retest == LATER
    assert len(plant.reserve(Claim("LAMP", 2, ref="D1", at=DUE)).lines) == 2
    plant.check()


def test_a_site_that_gets_the_lot_later_knows_the_date() -> None:
    """Read from the site's own stream alone, a lot that was tested before it came is good for as long."""
    store, clock = MemoryEvents(), ManualClock(NOW)

    def plant() -> Plant:
        return Plant(CATALOG, events=store, clock=clock)

    plant().do(Receive("ACID", 10, lot="A1", retest=SOON))
    plant().do(Judge("A1", Quality.APPROVED, retest=date(2026, 4, 1)))
    plant().do(Move("A1", to="STORES", site="SOUTH"))
    clock.advance(timedelta(days=10))
    assert plant().availability("ACID", site="SOUTH").free == 10
    assert plant().reserve(Claim("ACID", 3, ref="D1", site="SOUTH")).lines[0].lot == "A1"
    clock.advance(timedelta(days=30))
    assert plant().availability("ACID", site="SOUTH").free == 0
    plant().check()


def test_a_scenario_keeps_its_own_dates(kept: Kept) -> None:
    """What a fork is told about a lot, the plant does not know."""
    fork = kept.plant.fork("tested").assume(Judge("A1", Quality.APPROVED, retest=date(2026, 4, 1)))
    assert fork.availability("ACID", at=DUE).free == 10
    assert kept.plant.availability("ACID", at=DUE).free == 0
    kept.plant.check()
