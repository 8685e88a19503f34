"""Quota arrangements: whose turn it is."""

from datetime import UTC, date, datetime, timedelta

import pytest

import prodstock as ps

NOW = datetime(2026, 3, 2, 6, tzinfo=UTC)
UNTIL = date(2026, 7, 1)


def shared(*shares: ps.QuotaShare, more: tuple[ps.Definition, ...] = ()) -> ps.Catalog:
    """Return an item that two suppliers share."""
    day = timedelta(days=1)
    return ps.Catalog(
        [
            ps.Item("MIC"),
            ps.Sourcing("MIC", supplier="KNW", lead_time=day),
            ps.Sourcing("MIC", supplier="OTIK", lead_time=day, priority=1, multiple=25),
            ps.QuotaArrangement("MIC", shares),
            *more,
        ]
    )


def weekly(quantity: int, weeks: int) -> list[ps.Demand]:
    """Return a demand a week."""
    start = date(2026, 3, 10)
    return [ps.Demand("MIC", quantity, due=start + timedelta(weeks=n), ref=f"SO-{n}") for n in range(weeks)]


def buys(catalog: ps.Catalog, promises: list[ps.Demand | ps.PurchaseOrder], mode: ps.Mode) -> list[tuple[str, int]]:
    """Return from whom how much is bought, in the order of dates."""
    snapshot = ps.Snapshot(catalog=catalog, at=NOW, promises=promises)
    made = ps.plan(snapshot, ps.PlanningPolicy(mode=mode), until=UNTIL)
    made.verify()
    return [(one.supplier, int(one.quantity)) for one in made.buy]


BOTH = (ps.QuotaShare(3, supplier="KNW"), ps.QuotaShare(1, supplier="OTIK"))


@pytest.mark.parametrize("mode", ps.Mode)
def test_orders_go_to_the_lowest_rating_in_turn(mode: ps.Mode) -> None:
    """Of equal ratings the first named goes first; what a multiple adds counts."""
    found = buys(shared(*BOTH), [*weekly(20, 5)], mode)
    assert found == [("KNW", 20), ("OTIK", 25), ("KNW", 15), ("KNW", 20), ("KNW", 20)]


@pytest.mark.parametrize("mode", ps.Mode)
def test_what_came_before_counts(mode: ps.Mode) -> None:
    """A starting balance and open purchase orders count, and so do settled orders."""
    based = shared(ps.QuotaShare(1, supplier="KNW", base=30), ps.QuotaShare(1, supplier="OTIK"))
    assert buys(based, [*weekly(20, 2)], mode) == [("OTIK", 25), ("OTIK", 25)]
    ordered = ps.PurchaseOrder("MIC", 40, supplier="KNW", due=date(2026, 6, 1), ref="PU-1")
    even = shared(ps.QuotaShare(1, supplier="KNW"), ps.QuotaShare(1, supplier="OTIK"))
    assert buys(even, [ordered, *weekly(20, 2)], mode) == [("OTIK", 25), ("OTIK", 25)]


def test_why_says_the_ratings() -> None:
    """The derivation of an order lists what each source had had, and its rating."""
    snapshot = ps.Snapshot(catalog=shared(*BOTH), at=NOW, promises=weekly(20, 2))
    made = ps.plan(snapshot, until=UNTIL)
    said = str(made.why(made.buy[1]))
    assert "quota arrangement: the lowest rating that is open" in said
    assert "OTIK: 0 pcs so far, share 1, rating 0.000" in said
    assert "KNW: 20 pcs so far, share 3, rating 6.667" in said


def test_making_and_moving_have_shares_too() -> None:
    """An arrangement names suppliers, sites and making; the others come after, by priority."""
    day = timedelta(days=1)
    catalog = ps.Catalog(
        [
            ps.Site("NORTH"),
            ps.Item("MIC", lead_time=day),
            ps.BillOfMaterial("MIC", []),
            ps.Sourcing("MIC", supplier="KNW", lead_time=day),
            ps.TransferLane("NORTH", "MAIN", lead_time=day),
            ps.QuotaArrangement(
                "MIC",
                [ps.QuotaShare(1, supplier="KNW"), ps.QuotaShare(1), ps.QuotaShare(1, source="NORTH")],
                site="MAIN",
            ),
        ]
    )
    made = ps.plan(ps.Snapshot(catalog=catalog, at=NOW, promises=weekly(5, 3)), until=UNTIL)
    made.verify()
    kinds = {type(one).__name__ for one in made.orders}
    assert kinds == {"PlannedBuy", "PlannedMake", "PlannedMove"}


def test_what_is_wrong_in_an_arrangement_is_refused() -> None:
    """Unknown sources, no share, a share twice, and two sources in one share."""
    with pytest.raises(ps.InvalidData, match="unknown supplier of MIC 'KNV'"):
        shared(ps.QuotaShare(1, supplier="KNV"))
    with pytest.raises(ps.InvalidData, match="unknown source of MIC 'NORTH'"):
        shared(ps.QuotaShare(1, source="NORTH"))
    with pytest.raises(ps.InvalidValueError, match="are none"):
        shared()
    with pytest.raises(ps.InvalidValueError, match="twice"):
        shared(BOTH[0], BOTH[0])
    with pytest.raises(ps.InvalidValueError, match="beside a supplier"):
        ps.QuotaShare(1, supplier="KNW", source="NORTH")
