"""A purchase order takes what was ordered, and more only as far as the terms with its supplier say."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from prodstock.errors import InvalidValueError, NotAllowed
from prodstock.journal.store import ManualClock
from prodstock.master.catalog import Catalog
from prodstock.master.item import Item
from prodstock.master.location import Site
from prodstock.master.sourcing import Sourcing
from prodstock.orders.purchase import PurchaseOrder, SupplyState
from prodstock.orders.supply_life import SupplyStatus
from prodstock.plant import Plant

NOW = datetime(2026, 3, 2, 6, tzinfo=UTC)
LEAD = timedelta(days=3)
DUE = date(2026, 3, 9)


@pytest.fixture
def plant() -> Plant:
    """Return a plant that takes a tenth more wire from KNW, and a hundredth at its other site."""
    definitions = [
        Site("SOUTH"),
        Item("WIRE", unit="m", scale=1),
        Sourcing("WIRE", supplier="KNW", lead_time=LEAD, over_delivery="0.1"),
        Sourcing("WIRE", supplier="KNW", lead_time=LEAD, over_delivery="0.01", site="SOUTH"),
        Sourcing("WIRE", supplier="OTIK", lead_time=LEAD),
    ]
    plant = Plant(Catalog(definitions), clock=ManualClock(NOW))
    for ref, supplier, site in (
        ("K", "KNW", "MAIN"),
        ("S", "KNW", "SOUTH"),
        ("O", "OTIK", "MAIN"),
        ("X", "NEW", "MAIN"),
    ):
        plant.expect(PurchaseOrder("WIRE", "12.5", supplier=supplier, due=DUE, ref=ref, site=site))
    return plant


@pytest.mark.parametrize(("ref", "most"), [("K", "13.7"), ("S", "12.6"), ("O", "12.5"), ("X", "12.5")])
def test_more_is_taken_as_far_as_the_terms_say(plant: Plant, ref: str, most: str) -> None:
    """Up to the share, rounded down to the item's steps, more is taken; a step above is refused, in parts or whole."""
    site = "SOUTH" if ref == "S" else "MAIN"
    above = Decimal(most) + Decimal("0.1")
    with pytest.raises(NotAllowed, match=f"supply {ref} is open for 12.5 m: receive {above} m is not allowed"):
        plant.receive("WIRE", above, against=ref, site=site)
    plant.receive("WIRE", 10, against=ref, site=site)
    with pytest.raises(NotAllowed, match=r"open for 2\.5 m") as refused:
        plant.receive("WIRE", above - 10, against=ref, site=site)
    assert f"receive the {above - Decimal('12.5')} m too many without `against`" in refused.value.hint
    plant.receive("WIRE", Decimal(most) - 10, against=ref, site=site)
    assert plant.availability("WIRE", site=site).physical == Decimal(most)
    with pytest.raises(NotAllowed, match=r"open for 0\.0 m"):
        plant.receive("WIRE", "0.1", against=ref, site=site)


def test_the_ways_out(plant: Plant) -> None:
    """What is too much comes in without the order, or once the order is larger; what is too little stays expected."""
    plant.receive("WIRE", 8, against="O")
    assert [promise.ref for promise in plant.snapshot().promises if promise.ref == "O"] == ["O"]
    with pytest.raises(NotAllowed):
        plant.receive("WIRE", 10, against="O")
    plant.receive("WIRE", "5.5")
    plant.expect(PurchaseOrder("WIRE", 18, supplier="OTIK", due=DUE, ref="O"))
    plant.receive("WIRE", 10, against="O")
    state = plant._world.body("supply:O")
    assert isinstance(state, SupplyState)
    assert (state.received, state.status) == (Decimal(18), SupplyStatus.RECEIVED)


def test_a_share_is_not_below_zero() -> None:
    """Less than was ordered is no tolerance."""
    with pytest.raises(InvalidValueError, match="over_delivery"):
        Sourcing("WIRE", supplier="KNW", lead_time=LEAD, over_delivery="-0.1")
