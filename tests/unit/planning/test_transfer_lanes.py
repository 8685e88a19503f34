"""Transfers as supply: lanes between sites."""

from datetime import UTC, date, datetime, timedelta

import pytest

import prodstock as ps

NOW = datetime(2026, 3, 2, 6, tzinfo=UTC)
UNTIL = date(2026, 7, 1)
EVERY_DAY = ps.Calendar("EVERY-DAY", week="Mo-Su 00:00-24:00")
MODES = [pytest.param(ps.PlanningPolicy(mode=mode), id=mode) for mode in ps.Mode]


def catalog(*more: ps.Definition) -> ps.Catalog:
    """Return a central site that buys and two sites that it may supply."""
    return ps.Catalog(
        [
            ps.Site("NORTH"),
            ps.Site("SOUTH"),
            ps.Item("MIC"),
            ps.Sourcing("MIC", supplier="KNW", lead_time=ps.working_days(5), site="MAIN"),
            *more,
        ]
    )


def lane(target: str = "NORTH", source: str = "MAIN", **terms: object) -> ps.TransferLane:
    """Return a lane of two working days."""
    return ps.TransferLane(source, target, **{"lead_time": ps.working_days(2), **terms})  # type: ignore[arg-type]  # terms


def wanted(quantity: int, site: str = "NORTH", day: int = 20, priority: int = 0) -> ps.Demand:
    """Return a demand in March."""
    ref = f"SO-{site}-{day}"
    return ps.Demand("MIC", quantity, due=date(2026, 3, day), site=site, ref=ref, priority=priority)


def planned(
    definitions: ps.Catalog, *promises: ps.Demand, policy: ps.PlanningPolicy | None = None, **rest: object
) -> ps.Plan:
    """Return a plan that was verified."""
    snapshot = ps.Snapshot(catalog=definitions, at=NOW, promises=promises, **rest)  # type: ignore[arg-type]  # rows
    made = ps.plan(snapshot, policy or ps.PlanningPolicy(), until=UNTIL)
    made.verify()
    return made


@pytest.mark.parametrize("policy", MODES)
def test_what_a_site_wants_is_moved_there_and_bought_where_it_leaves(policy: ps.PlanningPolicy) -> None:
    """The transfer is wanted at its source when it leaves; what lies there is taken first."""
    made = planned(catalog(lane()), wanted(10), policy=policy, lots=[ps.OpenLot("MIC", 4, received=NOW)])
    move, buy = made.move[0], made.buy[0]
    assert (int(move.quantity), move.source, move.target) == (10, "MAIN", "NORTH")
    assert (move.start, move.due) == (
        datetime(2026, 3, 18, 16, tzinfo=UTC),
        datetime(2026, 3, 20, 16, tzinfo=UTC),
    )
    assert (int(buy.quantity), buy.site, buy.due, buy.serves) == (6, "MAIN", move.start, move.serves)
    said = str(made.why(move))
    assert "10 pcs MIC to move from MAIN to NORTH" in said
    assert "2 working days from MAIN, priority 0, on the calendar of MAIN" in said
    assert "10 MIC to NORTH, leaving 2026-03-18" in str(made.why(buy))


@pytest.mark.parametrize("policy", MODES)
def test_sites_are_netted_after_all_that_they_supply(policy: ps.PlanningPolicy) -> None:
    """Along a chain of sites every want is known where the goods are bought, whatever the sites are called."""
    chain = catalog(ps.Site("A"), lane("NORTH", "A"), lane("A", "SOUTH"), lane("SOUTH", "MAIN"))
    made = planned(chain, wanted(10), wanted(5, "SOUTH"), wanted(2, "A"), policy=policy)
    assert [(one.source, one.target) for one in made.move[:1]] == [("MAIN", "SOUTH")]
    assert sum(one.quantity for one in made.buy) == 17
    assert not made.shortages


def test_the_lowest_priority_number_is_taken_and_a_lane_goes_before_its_equals() -> None:
    """Lanes, making (0) and buying are chosen by priority; of equal ones the lane, then making, then buying."""
    made_too = ps.BillOfMaterial("MIC", [])

    def kinds(*ways: ps.Definition) -> list[str]:
        return [type(one).__name__ for one in planned(catalog(*ways), wanted(10)).orders if _at(one) == "NORTH"]

    local = ps.Sourcing("MIC", supplier="OTIK", lead_time=timedelta(days=1), site="NORTH")
    cheap = ps.Sourcing("MIC", supplier="OTIK", lead_time=timedelta(days=1), site="NORTH", priority=-1)
    assert kinds(lane(), local, made_too) == ["PlannedMove"]
    assert kinds(lane(priority=1), local, made_too) == ["PlannedMake"]
    assert kinds(lane(priority=1), local) == ["PlannedBuy"]
    assert kinds(lane(), cheap, made_too) == ["PlannedBuy"]
    assert kinds(local, made_too) == ["PlannedMake"]
    assert kinds(cheap, made_too) == ["PlannedBuy"]


def _at(order: ps.PlannedMake | ps.PlannedBuy | ps.PlannedMove) -> str:
    return order.target if isinstance(order, ps.PlannedMove) else order.site


def test_goods_leave_travel_and_arrive_on_three_calendars() -> None:
    """The source ships on its days, the transport runs on its own, and the target takes in on its days."""
    weekdays = ps.Calendar("TRUCK", week="Mo 00:00-24:00; We 00:00-24:00")
    sites = catalog(ps.Site("WEST", calendar=EVERY_DAY), lane("WEST", calendar=weekdays, lead_time=ps.working_days(1)))
    made = planned(sites, wanted(10, "WEST", 15))
    assert made.move[0].due == datetime(2026, 3, 15, 23, 59, 59, 999999, tzinfo=UTC)
    assert made.move[0].start == datetime(2026, 3, 9, 16, tzinfo=UTC)
    constrained = ps.PlanningPolicy(mode=ps.Mode.CONSTRAINED)
    late = planned(
        catalog(lane(lead_time=timedelta(days=4, hours=2))),
        wanted(3, day=3),
        policy=constrained,
        lots=[ps.OpenLot("MIC", 4, received=NOW)],
    )
    assert (late.move[0].start, late.move[0].due) == (
        datetime(2026, 3, 2, 8, tzinfo=UTC),
        datetime(2026, 3, 6, 10, tzinfo=UTC),
    )


def test_lots_and_dates_of_a_lane_are_kept() -> None:
    """A transfer is raised to the lane's minimum and multiple; a lane that is not open yet is passed over."""
    made = planned(catalog(lane(item="MIC", minimum=30, multiple=25)), wanted(10))
    assert made.move[0].quantity == 50
    assert "minimum 30, multiple of 25" in str(made.why(made.move[0]))
    later = catalog(lane(effective_from=date(2026, 4, 1)), lane(source="SOUTH", priority=5))
    assert planned(later, wanted(1)).move[0].source == "SOUTH"
    closed = planned(catalog(lane(effective_from=date(2026, 4, 1))), wanted(1))
    assert closed.shortages[0].cause == "no source: no lane is open on the day of leaving"


def test_what_is_late_at_the_source_is_late_at_the_target() -> None:
    """A transfer waits for what it moves, and the demand for the transfer; a settled one without a lane as well."""
    made = planned(catalog(lane()), wanted(10, day=6))
    assert made.shortages[-1].covered == datetime(2026, 3, 11, 8, tzinfo=UTC)
    settled = ps.PlannedMove(
        "MIC", 10, datetime(2026, 3, 4, tzinfo=UTC), datetime(2026, 3, 5, tzinfo=UTC), "MAIN", "NORTH", code="M-1"
    )
    bare = ps.Catalog([ps.Site("NORTH"), ps.Item("MIC")])
    again = planned(bare, wanted(10, day=6), firm=[settled])
    assert [one.covered for one in again.shortages] == [None, None]


def test_a_short_source_serves_by_priority() -> None:
    """Constrained, what there is goes to the more urgent site first; the other waits."""
    constrained = ps.PlanningPolicy(mode=ps.Mode.CONSTRAINED)
    made = planned(
        catalog(lane("NORTH"), lane("SOUTH")),
        wanted(6, "NORTH", 4, priority=2),
        wanted(6, "SOUTH", 5, priority=1),
        policy=constrained,
        lots=[ps.OpenLot("MIC", 6, received=NOW)],
    )
    assert [(one.item, one.delays) for one in made.shortages] == [("MIC", ("SO-NORTH-4",))]


def test_sites_in_a_circle_are_refused_with_the_path() -> None:
    """Sites that supply each other with one item, by its own lanes, general ones, or both, are no catalog."""
    with pytest.raises(ps.InvalidData, match=r"with MIC: MAIN -> NORTH -> SOUTH -> MAIN"):
        catalog(lane(item="MIC"), lane("SOUTH", "NORTH"), lane("MAIN", "SOUTH", item="MIC"))
    with pytest.raises(ps.InvalidData, match=r"sites supply each other: MAIN -> NORTH -> MAIN"):
        catalog(lane(), lane("MAIN", "NORTH"))
    joint = ps.BillOfMaterial("MIC", [], outputs=[ps.CoProduct("RIM", 1)])
    with pytest.raises(ps.InvalidData, match=r"with MIC and RIM: MAIN -> NORTH -> MAIN"):
        catalog(ps.Item("RIM"), joint, lane(item="MIC"), lane("MAIN", "NORTH", item="RIM"))


def test_lanes_of_an_item_replace_the_general_ones_between_two_sites() -> None:
    """In both directions: what goes the other way round for one item makes no circle."""
    both = catalog(lane(), lane("MAIN", "NORTH", item="MIC"), ps.Item("BOX"))
    assert [one.target for one in both.lanes_of("MIC")] == ["MAIN"]
    assert [one.source for one in both.lanes("BOX", "NORTH", at=NOW)] == ["MAIN"]
    assert both.lanes("MIC", "NORTH") == ()


def test_what_is_wrong_in_a_lane_is_reported() -> None:
    """Unknown sites and items, overlaps, lot rules that no item counts, and a lane to itself."""
    with pytest.raises(ps.InvalidData) as refused:
        catalog(
            lane("NORHT"), lane(item="MOC"), lane(item="MIC", multiple="0.5"), lane(effective_from=date(2026, 1, 1))
        )
    assert [one.code for one in refused.value.findings] == ["unknown-site", "unknown-item", "scale"]
    with pytest.raises(ps.InvalidData, match="valid on the same days"):
        catalog(lane(), lane(effective_from=date(2026, 1, 1)))
    with pytest.raises(ps.InvalidValueError, match="counts for one item only"):
        lane(minimum=5)
    with pytest.raises(ps.InvalidValueError, match="is also the source"):
        lane("MAIN")


def test_a_launched_transfer_is_not_proposed_again() -> None:
    """A plant launches a proposed move with `transfer`, and the next plan has nothing to add."""
    plant = ps.Plant(catalog(lane()), clock=ps.ManualClock(NOW))
    plant.receive("MIC", 10)
    plant.expect(ps.Demand("MIC", 10, due=date(2026, 3, 20), site="NORTH", ref="SO-1"))
    made = plant.plan(until=UNTIL)
    order = plant.transfer(made.move[0])
    assert (order.source, order.target) == ("MAIN", "NORTH")
    again = plant.plan(until=UNTIL)
    again.verify()
    assert not again.orders


@pytest.mark.parametrize("hour", [0, 6, 12, 18])
@pytest.mark.parametrize("day", [1, 2, 6, 7])
def test_what_cannot_be_in_time_comes_as_soon_as_it_can_at_any_hour(day: int, hour: int) -> None:
    """Constrained, an order that starts now is found at night and on days off too, though the calendars are shut."""
    now = datetime(2026, 3, day, hour, tzinfo=UTC)
    bought = ps.Demand("MIC", 10, due=date(2026, 3, 2), ref="SO-1")
    snapshot = ps.Snapshot(catalog=catalog(lane()), at=now, promises=[bought, wanted(5, day=2)])
    made = ps.plan(snapshot, ps.PlanningPolicy(mode=ps.Mode.CONSTRAINED), until=UNTIL)
    made.verify()
    assert all(one.covered is not None for one in made.shortages)
    assert max(one.due for one in made.orders) < now + timedelta(days=12)
