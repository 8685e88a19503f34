"""What stands in, against plain arithmetic: one device, one component, one substitute or follower, day by day."""

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from math import ceil, floor

from hypothesis import given
from hypothesis import strategies as st

from prodstock.calendars.calendar import Calendar
from prodstock.master.bom import BillOfMaterial, BomLine, Substitute, Substitution
from prodstock.master.catalog import Catalog
from prodstock.master.item import Item
from prodstock.master.location import Site
from prodstock.master.sourcing import Sourcing
from prodstock.orders.demand import Demand
from prodstock.orders.purchase import PurchaseOrder
from prodstock.planning.plan import Plan
from prodstock.planning.planner import plan
from prodstock.planning.policy import Mode, PlanningPolicy
from prodstock.planning.snapshot import Snapshot
from prodstock.stock.allocation import OpenLot

NOW = datetime(2026, 3, 2, tzinfo=UTC)
RATIOS = st.sampled_from(["1", "2", "0.5", "0.3", "3"])
NEEDS = st.dictionaries(st.integers(2, 30), st.integers(1, 20), min_size=1, max_size=6)
MODES = st.sampled_from(Mode)


def day(offset: int) -> date:
    """Return a day of the plan."""
    return NOW.date() + timedelta(days=offset)


def planned(line: BomLine, item: Item, needs: dict[int, int], old: int, other: int, coming: int, mode: Mode) -> Plan:
    """Return a plan for devices of one component each, made in no time, with what is there and comes on day 10."""
    catalog = Catalog(
        [
            Site("MAIN", calendar=Calendar("ALWAYS", week="Mo-Su 00:00-24:00")),
            Item("HD", lead_time=timedelta()),
            BillOfMaterial("HD", [line]),
            item,
            Item("MIC-B"),
            Sourcing("MIC", supplier="KNW", lead_time=timedelta()),
            Sourcing("MIC-B", supplier="KNW", lead_time=timedelta()),
        ]
    )
    lots = [OpenLot("MIC", old, received=NOW, lot="M"), OpenLot("MIC-B", other, received=NOW, lot="B")]
    receipt = [PurchaseOrder("MIC-B", coming, supplier="KNW", due=day(9), ref="PU-1")] if coming else []
    demands = [Demand("HD", much, due=day(at), ref=f"D{at}") for at, much in needs.items()]
    snapshot = Snapshot(catalog=catalog, at=NOW, lots=lots, promises=[*demands, *receipt])
    made = plan(snapshot, PlanningPolicy(mode=mode), until=day(60))
    made.verify()
    return made


def bought(made: Plan, item: str) -> int:
    """Return how much of an item is bought."""
    return int(sum(one.quantity for one in made.buy if one.item == item))


@given(
    NEEDS,
    st.integers(0, 30),
    st.integers(0, 40),
    st.integers(0, 20),
    RATIOS,
    st.sampled_from([Substitution.FIRST, Substitution.BEFORE_ORDERING]),
    MODES,
)
def test_a_substitute_serves_day_by_day(
    needs: dict[int, int], stock: int, other: int, coming: int, ratio: str, use: Substitution, mode: Mode
) -> None:
    """Each day's need takes the two in the order asked for, in whole pieces, and only the rest is bought."""
    line = BomLine("MIC", 1, substitutes=[Substitute("MIC-B", ratio=ratio, use=use)])
    made = planned(line, Item("MIC"), needs, stock, other, coming, mode)
    own, stand_in, expected, per = stock, other, 0, Fraction(ratio)
    for at in range(31):
        stand_in += coming if at == 9 else 0
        rest = needs.get(at, 0)
        if use is Substitution.BEFORE_ORDERING:
            rest, own = rest - min(rest, own), own - min(rest, own)
        covered = min(rest, floor(stand_in / per))
        stand_in -= ceil(covered * per)
        rest -= covered
        rest, own = rest - min(rest, own), own - min(rest, own)
        expected += rest
    assert (expected, 0) == (bought(made, "MIC"), bought(made, "MIC-B"))
    assert [own, stand_in] == [int(made.projected(one)) for one in ("MIC", "MIC-B")]


@given(NEEDS, st.integers(0, 60), st.integers(0, 20), RATIOS, st.integers(0, 31), MODES)
def test_what_follows_gets_what_is_left_uncovered_from_its_day_on(
    needs: dict[int, int], stock: int, other: int, ratio: str, since: int, mode: Mode
) -> None:
    """Before the day what lacks of the old item is bought; from it on the follower is wanted for it, rounded up."""
    item = Item("MIC", follow_up=Substitute("MIC-B", ratio=ratio, effective_from=day(since)))
    made = planned(BomLine("MIC", 1), item, needs, stock, other, 0, mode)
    own, old, new, there = stock, 0, 0, other
    for at in sorted(needs):
        rest = needs[at] - min(needs[at], own)
        own -= needs[at] - rest
        if at < since:
            old += rest
        else:
            wanted = ceil(rest * Fraction(ratio))
            taken = min(wanted, there)
            new, there = new + wanted - taken, there - taken
    assert (old, new) == (bought(made, "MIC"), bought(made, "MIC-B"))
