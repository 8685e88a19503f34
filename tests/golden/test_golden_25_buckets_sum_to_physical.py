"""Golden case 25: the buckets of any item at any moment are disjoint, and their sum is the physical quantity."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from prodstock.journal.store import ManualClock
from prodstock.master.catalog import Catalog
from prodstock.master.item import Item, Tracking
from prodstock.master.quality_state import Quality
from prodstock.plant import Plant
from prodstock.stock.availability import Reason
from prodstock.stock.claim import Claim
from prodstock.stock.goods import Goods
from prodstock.stock.receive import Receive
from prodstock.stock.status import Release

START = datetime(2026, 3, 2, 6, tzinfo=UTC)


def test_one_lot_for_every_reason() -> None:
    """Ten kilograms for each reason: each is in one bucket, now, in the past and when some will have expired.

    Random lives are held to the same law after every step in the ledger's state machine.
    """
    clock = ManualClock(START)
    plant = Plant(Catalog([Item("GLUE", tracking=Tracking.LOT)]), clock=clock)
    plant.do(Receive("GLUE", 10, lot="THEIRS", owner="ACME"))
    plant.receive("GLUE", 10, lot="AWAY", location="IN-TRANSIT")
    plant.receive("GLUE", 10, lot="OLD", expires=date(2026, 3, 1))
    plant.do(Receive("GLUE", 10, lot="BROKEN", quality=Quality.BLOCKED, reason="damaged"))
    plant.receive("GLUE", 10, lot="HELD", quality=Quality.QUARANTINE)
    plant.receive("GLUE", 10, lot="NEW", quality=Quality.PENDING_INSPECTION)
    plant.do(Receive("GLUE", 10, lot="DONE", release=Release.AWAITING))
    plant.receive("GLUE", 10, lot="BENCH", location="WIP")
    plant.receive("GLUE", 20, lot="GOOD", expires=date(2026, 3, 20))
    plant.reserve(Claim("GLUE", 10, ref="SO-1"))
    clock.advance(timedelta(hours=1))
    plant.scrap(Goods("GLUE", lot="AWAY"))

    now = plant.availability("GLUE")
    before = plant.availability("GLUE", at=START)
    later = plant.availability("GLUE", at=datetime(2026, 4, 1, tzinfo=UTC))

    assert {bucket.name: bucket.quantity for bucket in before.buckets} == dict.fromkeys(Reason, Decimal(10))
    assert (now.bucket(Reason.ELSEWHERE).quantity, now.bucket(Reason.BLOCKED).quantity) == (Decimal(0), Decimal(20))
    assert (later.free, later.reserved, later.bucket(Reason.EXPIRED).quantity) == (Decimal(0), Decimal(0), Decimal(30))
    for found in (now, before, later):
        assert sum(bucket.quantity for bucket in found.buckets) == found.physical == Decimal(100)
