from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prodstock.errors import BrokenInvariant, InvalidTypeError, InvalidValueError, UnknownCode
from prodstock.master.item import LotOrder
from prodstock.master.quality_state import Quality, QualityState, Use
from prodstock.quantities.quantity import Quantity
from prodstock.stock.allocation import FEFO, Allocation, LotSource, Need, OpenLot, allocate
from prodstock.stock.claim import AllocationPolicy, Partial
from prodstock.stock.status import Purpose, Release
from prodstock.tables import Table

JAN = datetime(2026, 1, 5, 8, tzinfo=UTC)
LATER = AllocationPolicy(partial=Partial.ALLOW)


def lot(code: str, free: int | str, *, days: int = 0, **more: object) -> OpenLot:
    """Return a lot of microphones."""
    return OpenLot("MIC", free, lot=code, received=JAN + timedelta(days=days), **more)  # type: ignore[arg-type]


def need(quantity: int | str, *, at: date = date(2026, 3, 20), ref: str = "SO-1", **more: object) -> Need:
    """Return a need of microphones."""
    return Need("MIC", quantity, at=at, ref=ref, **more)  # type: ignore[arg-type]


def picked(allocation: Allocation) -> list[tuple[str, str, Decimal]]:
    """Return what is taken, for whom, of which lot."""
    return [(one.ref, one.lot, one.quantity) for one in allocation.picks]


def test_first_expired_lots_go_first_and_what_never_expires_last() -> None:
    """FEFO takes by expiry, then receipt, then code."""
    lots = [
        lot("C", 5),
        lot("B", 5, days=1, expires=date(2026, 6, 1)),
        lot("A", 5, days=1, expires=date(2026, 6, 1)),
        lot("D", 5, expires=date(2026, 5, 1)),
    ]
    assert [("SO-1", code, Decimal(5)) for code in "DABC"] == picked(allocate([need(20)], lots))


def test_first_received_lots_go_first_where_the_policy_says_so() -> None:
    """FIFO takes by receipt whatever the expiry, and passes over what has expired by the need."""
    lots = [lot("NEW", 5, days=3, expires=date(2026, 5, 1)), lot("OLD", 5), lot("GONE", 5, expires=date(2026, 2, 1))]
    proposal = allocate([need(7)], lots, AllocationPolicy(order=LotOrder.FIFO))
    assert [("SO-1", "OLD", Decimal(5)), ("SO-1", "NEW", Decimal(2))] == picked(proposal)
    proposal.verify()


def test_the_earlier_need_is_served_first_in_any_input_order() -> None:
    """Needs are served by date, then ref."""
    needs = [need(6, at=date(2026, 4, 1), ref="A"), need(6, at=date(2026, 3, 1), ref="B")]
    for given_order in (needs, needs[::-1]):
        proposal = allocate(given_order, [lot("L", 10)])
        assert [("B", "L", Decimal(6))] == picked(proposal)
        assert [("A", Decimal(2), Decimal(6))] == [(one.ref, one.quantity, one.asked) for one in proposal.short]


def test_all_or_nothing_unless_the_policy_allows_less() -> None:
    """A need that cannot be met in full takes nothing, or what there is."""
    assert picked(allocate([need(6)], [lot("L", 5)])) == []
    partial = allocate([need(6)], [lot("L", 5)], LATER)
    assert [("SO-1", "L", Decimal(5))] == picked(partial)
    assert Decimal(1) == partial.short[0].quantity
    partial.verify()


def test_a_lot_is_usable_through_the_day_it_expires_on() -> None:
    """Expiring on the day of the need is good enough, a day of minimum life more is not."""
    on_the_day = [lot("L", 5, expires=date(2026, 3, 20))]
    assert not allocate([need(5)], on_the_day).short
    policy = AllocationPolicy(minimum_life=timedelta(days=1))
    assert (
        allocate([need(5)], on_the_day, policy).passed_over[0].reason == "expires 2026-03-21, needed until 2026-03-21"
    )


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"quality": Quality.BLOCKED}, "blocked, not for sale"),
        ({"quality": Quality.PENDING_INSPECTION}, "pending-inspection, not for sale"),
        ({"release": Release.AWAITING}, "awaiting release, not for sale"),
        ({"quality": QualityState("hold", like=Quality.APPROVED, allows=Use.NET)}, "hold, not for sale"),
        ({"ready": datetime(2026, 4, 1, tzinfo=UTC)}, "not ready before 2026-04-01"),
    ],
)
def test_what_may_not_be_used_is_passed_over_with_the_reason(more: dict[str, object], reason: str) -> None:
    """Each lot that is not good enough is named once, at the first need that passed it over."""
    proposal = allocate([need(5), need(5, ref="SO-2")], [lot("BAD", 50, **more), lot("GOOD", 10)])  # type: ignore[arg-type]
    assert {"GOOD"} == {code for _, code, _ in picked(proposal)}
    assert [("SO-1", "BAD", reason)] == [(one.ref, one.lot, one.reason) for one in proposal.passed_over]
    assert f"BAD passed over: {reason}" in str(proposal.why(proposal.picks[0]))
    proposal.verify()


def test_goods_that_may_not_be_shipped_may_still_be_built_in() -> None:
    """What a state allows is judged by the purpose of the need."""
    inner = QualityState("in-house", like=Quality.APPROVED, allows=Use.NET | Use.RESERVE | Use.VALUE)
    lots = [lot("L", 5, quality=inner)]
    assert allocate([need(5)], lots).short
    assert not allocate([need(5, purpose=Purpose.PRODUCTION)], lots).short


def test_stock_of_another_site_serves_nobody_here() -> None:
    """Lots serve the needs of their own site."""
    assert allocate([need(5)], [lot("L", 5, site="NORTH")]).short


def test_quantities_in_several_units_add_up_exactly() -> None:
    """Without a catalog, amounts are counted in the unit of the lots, to the last digit."""
    wire = [OpenLot("WIRE", Quantity("0.2", "km"), received=JAN), OpenLot("WIRE", Quantity(5, "m"), received=JAN)]
    proposal = allocate([Need("WIRE", Quantity("203.5", "m"), at=date(2026, 3, 1), ref="X")], wire)
    assert Decimal("0.2035") == sum(one.quantity for one in proposal.picks)
    assert {"km"} == {one.unit for one in proposal.picks}
    proposal.verify()


def test_plain_numbers_and_quantities_of_one_item_are_not_mixed() -> None:
    """Nobody knows the base unit here, so it is not guessed."""
    with pytest.raises(InvalidValueError, match="mixes quantities and plain numbers"):
        allocate([need(5)], [lot("L", Quantity(5, "pcs"))])  # type: ignore[arg-type]


def test_a_host_table_is_asked_once_for_all_items_in_order() -> None:
    """A `LotSource` gets the items sorted and the order of lots."""
    asked: list[tuple[tuple[str, ...], LotOrder]] = []

    class Host:
        def open_lots(self, items: object, order: LotOrder, /) -> list[OpenLot]:
            asked.append((tuple(items), order))  # type: ignore[arg-type]
            return [lot("L", 5)]

    source: LotSource = Host()
    assert not allocate([need(5), Need("BOX", 1, at=JAN, ref="SO-1")], source).short.where(item="MIC")
    assert asked == [(("BOX", "MIC"), LotOrder.FEFO)]


def test_a_short_need_says_why() -> None:
    """The derivation of what is missing names the need and the rule."""
    proposal = allocate([need(6)], [lot("L", 5)])
    assert "1 MIC missing for SO-1\n" in str(proposal.why(proposal.short[0]))
    assert "all or nothing" in str(proposal.why(proposal.short[0]))
    with pytest.raises(UnknownCode):
        proposal.why(allocate([need(5)], [lot("L", 5)]).picks[0])


def test_a_changed_proposal_fails_its_own_check() -> None:
    """Picks that are not what the policy asks for are found."""
    proposal = allocate([need(5)], [lot("L", 5), lot("M", 5)])
    other = allocate([need(5)], [lot("M", 5)])
    forged = Allocation(other.picks, Table(), Table(), needs=proposal._needs, lots=proposal._lots, policy=FEFO)
    with pytest.raises(BrokenInvariant):
        forged.verify()


def test_wrong_kinds_are_refused_by_name() -> None:
    """A float, a dict and a naive time are refused where they are given."""
    with pytest.raises(InvalidTypeError, match="is a float"):
        need(0.5)  # type: ignore[arg-type]
    with pytest.raises(InvalidTypeError, match="is no OpenLot"):
        allocate([need(1)], [{"item": "MIC"}])  # type: ignore[list-item]
    with pytest.raises(InvalidValueError, match="has no time zone"):
        OpenLot("MIC", 1, received=datetime(2026, 1, 1))  # noqa: DTZ001 - the naive time is the point
    with pytest.raises(InvalidValueError, match="below zero"):
        lot("L", -1)


def test_it_renders_and_says_what_it_is_in_one_line() -> None:
    """Every value has a one-line repr; the whole renders as text and HTML."""
    proposal = allocate([need(6), need(1, ref="X<b>")], [lot("L", 5)], LATER)
    assert repr(need(6)) == "<Need 6 MIC at 2026-03-20 for SO-1>"
    assert repr(lot("L", 5)) == "<OpenLot L 5 MIC approved>"
    assert repr(proposal) == "<Allocation of 1 picks, 2 short>"
    assert "short:" in str(proposal)
    assert "&lt;b&gt;" in proposal._repr_html_()


lots_drawn = st.lists(
    st.builds(
        lot,
        st.sampled_from("ABCDE"),
        st.integers(0, 9),
        days=st.integers(0, 3),
        expires=st.sampled_from([None, date(2026, 3, 1), date(2026, 3, 10), date(2026, 3, 31)]),
        quality=st.sampled_from([Quality.APPROVED, Quality.APPROVED, Quality.BLOCKED]),
        ready=st.sampled_from([None, None, datetime(2026, 3, 5, tzinfo=UTC)]),
    ),
    max_size=8,
)
needs_drawn = st.lists(
    st.builds(
        need,
        st.integers(1, 9),
        at=st.sampled_from([date(2026, 3, 1), date(2026, 3, 9), date(2026, 3, 20)]),
        ref=st.sampled_from(["S1", "S2", "S3"]),
        purpose=st.sampled_from([Purpose.SALE, Purpose.PRODUCTION, Purpose.SCRAP]),
    ),
    max_size=6,
)
policies = st.builds(
    AllocationPolicy,
    order=st.sampled_from([None, *LotOrder]),
    partial=st.sampled_from(Partial),
    minimum_life=st.sampled_from([timedelta(), timedelta(days=5)]),
)


@given(lots_drawn, needs_drawn, policies, st.randoms(use_true_random=False))
def test_the_answer_is_that_of_the_plain_way_and_never_depends_on_row_order(
    lots: list[OpenLot], needs: list[Need], policy: AllocationPolicy, shuffle: object
) -> None:
    """Any input order gives the same proposal, and serving the needs one by one by looking at all lots gives it too."""
    proposal = allocate(needs, lots, policy)
    proposal.verify()
    taken = sum(one.quantity for one in proposal.picks)
    assert taken <= sum(Decimal(str(one.free)) for one in lots)
    shuffle.shuffle(lots)  # type: ignore[attr-defined]
    shuffle.shuffle(needs)  # type: ignore[attr-defined]
    assert proposal == allocate(needs, lots, policy)
