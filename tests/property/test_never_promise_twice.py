"""No interleaving of reservations, of whatever kind and order, promises more than is there."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from prodstock.errors import Refused
from prodstock.journal.store import ManualClock
from prodstock.master.catalog import Catalog
from prodstock.master.item import Item, LotOrder, Tracking
from prodstock.plant import Plant
from prodstock.stock.claim import AllocationPolicy, Claim, Partial
from prodstock.stock.goods import Goods, Reservation

START = datetime(2026, 3, 2, 6, tzinfo=UTC)
LOTS = st.lists(st.tuples(st.integers(1, 9), st.one_of(st.none(), st.integers(1, 9))), min_size=1, max_size=6)
CLAIMS = st.lists(
    st.tuples(
        st.integers(1, 12),
        st.integers(0, 9),
        st.sampled_from([None, *LotOrder]),
        st.sampled_from(Partial),
        st.booleans(),
    ),
    min_size=1,
    max_size=14,
)


@given(LOTS, CLAIMS)
@settings(max_examples=80)
def test_claims_share_what_is_there(
    lots: list[tuple[int, int | None]], claims: list[tuple[int, int, LotOrder | None, Partial, bool]]
) -> None:
    """Every lot's promises stay within it, each lot outlives its need, and what is refused was not there."""
    plant = Plant(Catalog([Item("MIC", tracking=Tracking.LOT)]), clock=ManualClock(START))
    ends = {}
    for number, (quantity, days) in enumerate(lots):
        expires = None if days is None else START + timedelta(days=days)
        ends[f"L{number}"] = expires
        plant.receive("MIC", quantity, lot=f"L{number}", expires=expires)
    live: list[Reservation] = []
    for number, (quantity, days, order, partial, give_back) in enumerate(claims):
        at = START + timedelta(days=days)
        fit = sum(
            one.quantity - one.reserved for one in plant.stock.holdings(Goods("MIC")) if _outlives(ends[one.lot], at)
        )
        try:
            claim = Claim("MIC", quantity, ref=f"W-{number}", at=at)
            got = plant.reserve(claim, policy=AllocationPolicy(order=order, partial=partial))
        except Refused:
            assert fit < quantity if partial is Partial.REFUSE else fit == 0
        else:
            assert sum(line.quantity for line in got.lines) == min(fit, Decimal(quantity))
            assert all(_outlives(ends[line.lot], at) for line in got.lines)
            live.append(got)
        if give_back and live:
            plant.void(live.pop(0))
        for one in plant.stock.holdings(Goods("MIC")):
            promised = sum(line.quantity for r in live for line in r.lines if line.lot == one.lot)
            assert one.reserved == promised <= one.quantity
        plant.check()
    assert plant.availability("MIC").reserved == sum(line.quantity for r in live for line in r.lines)


def _outlives(end: datetime | None, at: datetime) -> bool:
    return end is None or end > at
