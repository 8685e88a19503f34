"""Goods go back to their vendor, and change hands where they lie; both are movements, seen and taken back as such."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

import prodstock as ps
from prodstock.testing import digest
from prodstock.trace.recall import Fate

START = datetime(2026, 3, 2, 6, tzinfo=UTC)
DUE = date(2026, 3, 20)


@pytest.fixture
def plant() -> ps.Plant:
    """Ten of twelve microphones ordered have come; five more are a consignment of KNW; and a device."""
    catalog = ps.Catalog(
        [
            ps.Item("MIC", tracking=ps.Tracking.LOT),
            ps.Item("HD", tracking=ps.Tracking.SERIAL),
            ps.Sourcing("MIC", supplier="KNW", lead_time=timedelta(days=3)),
        ]
    )
    plant = ps.Plant(catalog, clock=ps.ManualClock(START))
    plant.expect(ps.PurchaseOrder("MIC", 12, supplier="KNW", due=DUE, ref="PU-1"))
    plant.do(ps.Receive("MIC", 10, lot="M-1", against="PU-1", supplier="KNW"))
    plant.do(ps.Receive("MIC", 5, lot="M-2", owner="KNW"))
    plant.receive("HD", 1, lot="H", serials=["s1"])
    return plant


def whole(plant: ps.Plant) -> None:
    """Check the plant, and that its log, read again from a document, tells the same."""
    plant.check()
    document = ps.load_document(ps.dump_document(plant.catalog, plant.events()))
    assert digest(ps.Plant.load(*document, clock=ps.ManualClock(START))) == digest(plant)


def test_they_are_ours_no_more_and_a_recall_says_so(plant: ps.Plant) -> None:
    """Rejected goods leave whole or in part; nothing more is expected for them."""
    plant.judge(ps.Goods("MIC", lot="M-1", quantity=4), ps.Quality.REJECTED)
    answer = plant.do(ps.ReturnToVendor(ps.Goods("MIC", lot="M-1", quality=ps.Quality.REJECTED), supplier="KNW")).answer
    assert (answer.location, str(answer.quantity)) == ("SUPPLIER", "4")
    assert plant.availability("MIC").physical == Decimal(11)
    assert {one.fate: str(one.quantity) for one in plant.recall("M-1").fates} == {
        Fate.IN_STOCK: "6",
        Fate.RETURNED: "4",
    }
    assert dict(plant.snapshot().done)["PU-1"] == Decimal(10)
    whole(plant)


def test_a_replacement_is_expected_where_the_order_is_named(plant: ps.Plant) -> None:
    """Against the purchase order it is open for as much again, until the replacement comes or it is cancelled."""
    plant.do(ps.ReturnToVendor(ps.Goods("MIC", lot="M-1", quantity=3), against="PU-1"))
    assert dict(plant.snapshot().done)["PU-1"] == Decimal(7)
    plant.receive("MIC", 5, lot="M-3", against="PU-1")
    assert not plant.snapshot().promises
    plant.receive("MIC", 20, lot="M-4")
    with pytest.raises(ps.NotAllowed, match="received for 12"):
        plant.do(ps.ReturnToVendor(ps.Goods("MIC", lot="M-4", quantity=13), against="PU-1"))
    plant.do(ps.ReturnToVendor(ps.Goods("MIC", lot="M-3", quantity=1), against="PU-1"))
    plant.cancel("PU-1")
    with pytest.raises(ps.NotAllowed, match="closed"):
        plant.do(ps.ReturnToVendor(ps.Goods("MIC", lot="M-3", quantity=1), against="PU-1"))
    whole(plant)


def test_a_return_is_taken_back(plant: ps.Plant) -> None:
    """Reversed, the goods are where they were and the order as it was."""
    before = [(one.lot, one.quantity, one.location) for one in plant.stock.holdings(ps.Goods("MIC"))]
    done = plant.do(ps.ReturnToVendor(ps.Goods("MIC", lot="M-1", quantity=3), against="PU-1"))
    plant.reverse(done.events[0])
    assert [(one.lot, one.quantity, one.location) for one in plant.stock.holdings(ps.Goods("MIC"))] == before
    assert dict(plant.snapshot().done)["PU-1"] == Decimal(10)
    assert [one.fate for one in plant.recall("M-1").fates] == [Fate.IN_STOCK]
    whole(plant)


def test_a_serial_that_was_repaired_comes_back(plant: ps.Plant) -> None:
    """Only what went back to the vendor may be received again; it is the same serial."""
    with pytest.raises(ps.NotAllowed, match="in being"):
        plant.receive("HD", 1, lot="H", serials=["s1"])
    plant.do(ps.ReturnToVendor(ps.Goods("HD", serials=["s1"])))
    plant.receive("HD", 1, lot="H", serials=["s1"])
    assert plant.availability("HD").physical == Decimal(1)
    with pytest.raises(ps.NotAllowed, match="in being"):
        plant.receive("HD", 1, lot="H", serials=["s1"])
    whole(plant)


def test_what_may_not_go_back(plant: ps.Plant) -> None:
    """Goods under rework, of somebody else's delivery or promised to others are refused, and nothing has changed."""
    plant.judge(ps.Goods("HD", serials=["s1"]), ps.Quality.REWORK)
    plant.reserve(ps.Claim("MIC", 8, ref="S"))
    before = digest(plant)
    for wrong, message in (
        (ps.ReturnToVendor(ps.Goods("HD", serials=["s1"])), "rework"),
        (ps.ReturnToVendor(ps.Goods("MIC", lot="M-1", quantity=1), supplier="OTIK"), "delivered by KNW"),
        (ps.ReturnToVendor(ps.Goods("MIC", lot="M-1", quantity=1), against="PU-9"), "PU-9"),
        (ps.ReturnToVendor(ps.Goods("MIC", lot="M-1", quantity=3)), "not promised"),
        (ps.ReturnToVendor(ps.Goods("MIC", lot="M-2")), "owned by KNW"),
    ):
        with pytest.raises(ps.ProdstockError, match=message):
            plant.do(wrong)
    assert digest(plant) == before
    broken = plant.do(
        ps.ReturnToVendor(ps.Goods("MIC", lot="M-1", quantity=3), reserved=ps.OnReserved.BREAK)
    ).answer.hurt
    assert [(one.ref, str(one.quantity)) for one in broken] == [("S", "1")]
    whole(plant)


def test_a_consignment_is_taken_over_where_it_lies(plant: ps.Plant) -> None:
    """Part of it is ours from then, of the same lot in the same place; the rest stays theirs; and it is reversed."""
    done = plant.do(ps.ChangeOwner(ps.Goods("MIC", lot="M-2", quantity=2, owner="KNW")))
    assert {one.owner: str(one.quantity) for one in plant.stock.holdings(ps.Goods("MIC", lot="M-2"))} == {
        "KNW": "3",
        "": "2",
    }
    assert {leg.movement for event in done.events for leg in getattr(event.event, "legs", ())} == {
        ps.Movement.OWNERSHIP
    }
    assert plant.availability("MIC").free == Decimal(12)
    whole(plant)
    plant.reverse(done.events[0])
    assert plant.availability("MIC").free == Decimal(10)
    whole(plant)


def test_ours_are_sold_where_they_lie(plant: ps.Plant) -> None:
    """They stay and are not ours; without the owner's name nobody takes them over; twice is nothing to do."""
    plant.do(ps.ChangeOwner(ps.Goods("MIC", lot="M-1"), owner="ACME"))
    assert plant.availability("MIC").free == 0
    with pytest.raises(ps.NotAllowed, match="ACME"):
        plant.do(ps.ChangeOwner("M-1"))
    with pytest.raises(ps.Refused, match="ACME's already"):
        plant.do(ps.ChangeOwner(ps.Goods("MIC", lot="M-1", owner="ACME"), owner="ACME"))
    whole(plant)
