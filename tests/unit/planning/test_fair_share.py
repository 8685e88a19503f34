"""Fair share: what a site that is short sends to each of those that it supplies."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

import prodstock as ps

NOW = datetime(2026, 3, 2, 6, tzinfo=UTC)
UNTIL = date(2026, 7, 1)
SITES = ("EAST", "NORTH", "SOUTH")
Lots = tuple[int, int]


def planned(
    wanted: dict[str, list[tuple[int, int]]],
    there: int,
    lots: dict[str, Lots] | None = None,
    more: tuple[ps.Demand | ps.TransferOrder, ...] = (),
) -> ps.Plan:
    """Return a plan with so much at MAIN, and demands by site as quantity and priority; lots are minimum, multiple."""
    lots = lots or {}
    lanes = []
    for site in SITES:
        minimum, multiple = lots.get(site, (0, 0))
        day = ps.working_days(1)
        lanes.append(ps.TransferLane("MAIN", site, item="MIC", lead_time=day, minimum=minimum, multiple=multiple))
    slow = ps.Sourcing("MIC", supplier="KNW", lead_time=ps.working_days(60))
    catalog = ps.Catalog([*map(ps.Site, SITES), ps.Item("MIC"), slow, *lanes])
    stock = [ps.OpenLot("MIC", there, received=NOW)] if there else []
    demands = [
        ps.Demand("MIC", quantity, due=date(2026, 3, 20), site=site, ref=f"{site}-{number}", priority=priority)
        for site, wants in wanted.items()
        for number, (quantity, priority) in enumerate(wants)
    ]
    return ps.plan(ps.Snapshot(catalog=catalog, at=NOW, lots=stock, promises=[*demands, *more]), until=UNTIL)


def by_site(plan: ps.Plan, **how: object) -> dict[str, int]:
    """Return the share of each site."""
    return {one.target: int(one.share) for one in plan.fair_shares("MIC", **how)}  # type: ignore[arg-type]


def test_what_is_there_is_shared_in_proportion() -> None:
    """Half of what is wanted is there: everybody gets half, the source too."""
    plan = planned({"NORTH": [(80, 0)], "SOUTH": [(40, 0)], "MAIN": [(20, 0)]}, 70)
    assert by_site(plan) == {"MAIN": 10, "NORTH": 40, "SOUTH": 20}


def test_enough_for_all_is_no_case_for_sharing() -> None:
    """Where all is there everybody gets all, and nothing more."""
    plan = planned({"NORTH": [(80, 0)], "SOUTH": [(40, 0)]}, 500)
    assert by_site(plan) == {"NORTH": 80, "SOUTH": 40}
    assert all(not one.short for one in plan.fair_shares("MIC"))


def test_the_most_urgent_come_first_unless_all_share_alike() -> None:
    """A lower number is served whole before others share; the other rule knows no priority."""
    plan = planned({"NORTH": [(60, 0), (60, 2)], "SOUTH": [(40, 2)]}, 110)
    assert by_site(plan) == {"NORTH": 90, "SOUTH": 20}
    assert by_site(plan, rule=ps.ShareRule.PROPORTIONAL) == {"NORTH": 83, "SOUTH": 27}


def test_lots_of_a_lane_are_kept_and_the_rest_goes_where_most_is_lacking() -> None:
    """Of 100 for 90 and 90: in tens both get 50; in forties one gets 80 and the other what is left in its own steps."""
    wants = {"NORTH": [(90, 0)], "SOUTH": [(90, 0)]}
    tens = {"NORTH": (0, 10), "SOUTH": (0, 10)}
    assert by_site(planned(wants, 100, tens)) == {"NORTH": 50, "SOUTH": 50}
    assert by_site(planned(wants, 100, {"NORTH": (0, 40)})) == {"NORTH": 40, "SOUTH": 60}


def test_nothing_goes_where_not_even_the_smallest_transfer_can() -> None:
    """Of 60 for three sites with transfers of 50 at least, one site gets some, and the source keeps its own."""
    fifty = dict.fromkeys(SITES, (50, 0))
    plan = planned({"EAST": [(60, 0)], "NORTH": [(60, 0)], "SOUTH": [(60, 0)]}, 60, fifty)
    assert sorted(by_site(plan).values()) == [0, 0, 60]


def test_transfers_on_their_way_and_settled_ones_come_off_first() -> None:
    """What a transfer order and a settled transfer take is not shared, nor are they cut."""
    order = ps.TransferOrder("MIC", 30, source="MAIN", target="EAST", due=date(2026, 3, 10), ref="TR-1")
    plan = planned({"NORTH": [(80, 0)], "SOUTH": [(40, 0)]}, 90, more=(order,))
    assert by_site(plan) == {"NORTH": 40, "SOUTH": 20}
    north = next(one for one in plan.move if one.target == "NORTH")
    again = ps.plan(_with(plan.snapshot, north), until=UNTIL)
    assert by_site(again) == {"SOUTH": 0}


def test_settled_shares_stand_in_the_next_plan() -> None:
    """The cut transfers carry the share, and settled as they are leave nothing of it to share again."""
    plan = planned({"NORTH": [(80, 0)], "SOUTH": [(40, 0)]}, 60)
    moves = [move for one in plan.fair_shares("MIC") for move in one.moves]
    assert [(move.target, int(move.quantity)) for move in moves] == [("NORTH", 40), ("SOUTH", 20)]
    again = ps.plan(_with(plan.snapshot, *moves), until=UNTIL)
    assert by_site(again) == {"NORTH": 0, "SOUTH": 0}


def test_who_has_nothing_to_share_says_so() -> None:
    """An item that a site never sees has no shares; an unknown item or site is refused."""
    plan = planned({"NORTH": [(80, 0)]}, 0)
    assert not plan.fair_shares("MIC", "SOUTH")
    assert by_site(plan) == {"NORTH": 0}
    with pytest.raises(ps.UnknownCode):
        plan.fair_shares("MOC")
    with pytest.raises(ps.UnknownCode):
        plan.fair_shares("MIC", "WEST")


def _with(snapshot: ps.Snapshot, *settled: ps.PlannedMove) -> ps.Snapshot:
    return ps.Snapshot(
        catalog=snapshot.catalog, at=NOW, lots=snapshot.lots, promises=snapshot.promises, firm=list(settled)
    )


quantities = st.lists(st.tuples(st.integers(1, 60), st.integers(0, 2)), min_size=1, max_size=3)


@given(
    st.dictionaries(st.sampled_from((*SITES, "MAIN")), quantities, min_size=1),
    st.integers(0, 200),
    st.dictionaries(st.sampled_from(SITES), st.tuples(st.integers(0, 30), st.sampled_from((0, 1, 7, 12)))),
    st.sampled_from(ps.ShareRule),
)
def test_shares_are_never_more_than_there_is_and_nearly_in_proportion(
    wanted: dict[str, list[tuple[int, int]]], there: int, lots: dict[str, Lots], rule: ps.ShareRule
) -> None:
    """Shares fit what is there and what is wanted, are sizes a lane allows, and leave no lot behind that fits.

    Without lot sizes each is less than one piece off the exact proportion.
    """
    plan = planned(wanted, there, lots)
    shares = plan.fair_shares("MIC", rule=rule)
    left = there - int(sum(one.share for one in shares))
    assert left >= 0
    for one in shares:
        share, most = int(one.share), int(one.wanted)
        minimum, multiple = lots.get(one.target, (0, 0))
        assert 0 <= share <= most
        assert share in (0, most) or (share >= minimum and not (multiple and share % multiple))
        assert sum(move.quantity for move in one.moves) == (0 if one.target == "MAIN" else one.share)
        size = max(minimum, share + 1)
        size += -size % (multiple or 1)
        assert share == most or min(size, most) - share > left
    if not lots:
        exact = _exact(wanted, there, rule)
        assert all(abs(int(one.share) - exact[one.target]) < 1 for one in shares)


def _exact(wanted: dict[str, list[tuple[int, int]]], there: int, rule: ps.ShareRule) -> dict[str, float]:
    """Return the proportions, worked out want by want."""
    found = dict.fromkeys(wanted, 0.0)
    left = float(there)
    urgencies = sorted({priority for wants in wanted.values() for _, priority in wants})
    groups = [urgencies] if rule is ps.ShareRule.PROPORTIONAL else [[one] for one in urgencies]
    for group in groups:
        much = {site: sum(one for one, urgency in wants if urgency in group) for site, wants in wanted.items()}
        part = min(1.0, left / sum(much.values()))
        for site, some in much.items():
            found[site] += some * part
        left -= part * sum(much.values())
    return {site: round(some, 9) for site, some in found.items()}
