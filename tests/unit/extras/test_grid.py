"""Grids: what they hold, what they refuse, how they are read and kept within 64 bits."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import attrs
import pytest

from prodstock.calendars.calendar import Calendar
from prodstock.calendars.span import working_days
from prodstock.errors import InvalidData, InvalidTypeError, InvalidValueError, UnknownCode
from prodstock.master.bom import BillOfMaterial, BomLine, ByProduct, CoProduct
from prodstock.master.bom_terms import Substitution
from prodstock.master.catalog import Catalog
from prodstock.master.item import Item, Supply
from prodstock.master.location import Site
from prodstock.master.measure import EachBegun
from prodstock.master.planning_parameters import PlanningParameters
from prodstock.master.quota import QuotaArrangement, QuotaShare
from prodstock.master.routing import Operation, Routing
from prodstock.master.sourcing import Sourcing, Supplier
from prodstock.master.substitute import Substitute
from prodstock.master.transfer_lane import TransferLane
from prodstock.orders.demand import Demand
from prodstock.orders.purchase import PurchaseOrder
from prodstock.planning.planner import plan
from prodstock.planning.policy import PlanningPolicy, SafetyStock
from prodstock.planning.snapshot import Snapshot
from prodstock.stock.allocation import OpenLot

np = pytest.importorskip("numpy")
grids = pytest.importorskip("prodstock.extras.grid")

if TYPE_CHECKING:
    from prodstock.extras.grid import Grid
    from prodstock.master.definition import Definition

NOW = datetime(2026, 3, 2, tzinfo=UTC)
DAY = timedelta(days=1)
ALWAYS = Calendar("ALWAYS", week="Mo-Su 00:00-24:00")
POLICY = PlanningPolicy(safety=SafetyStock.AT_ONCE, use_late_receipts=False)
CUP = (
    Site("MAIN", calendar=ALWAYS),
    Supplier("PIT", calendar=ALWAYS),
    Item("CUP", lead_time=2 * DAY),
    BillOfMaterial("CUP", [BomLine("CLAY", "0.4")]),
    Item("CLAY", unit="kg", scale=1),
    Sourcing("CLAY", supplier="PIT", lead_time=5 * DAY, multiple=25),
)
ORDERED = Demand("CUP", 120, due=NOW + 10 * DAY, ref="SO-1")


def grid_of(*rows: Demand | PurchaseOrder | OpenLot, definitions: tuple[Definition, ...] = CUP, days: int = 30) -> Grid:
    """Return the grid of some promises and lots, in days."""
    lots = [one for one in rows if isinstance(one, OpenLot)]
    promises = [one for one in rows if not isinstance(one, OpenLot)]
    snapshot = Snapshot(catalog=Catalog(definitions), at=NOW, lots=lots, promises=promises)
    found: Grid = grids.Grid.of(snapshot, until=NOW + days * DAY, bucket=DAY)
    return found


def test_what_is_wanted_is_made_of_what_is_bought_before() -> None:
    """An order starts a lead time before it is due, and what it needs is wanted then."""
    grid = grid_of(ORDERED, OpenLot("CUP", 20, received=NOW))
    netted = grid.net()
    made, bought = netted.item("CUP"), netted.item("CLAY")
    assert [(row.start, row.planned) for row in made if row.planned] == [(NOW + 10 * DAY, Decimal(100))]
    assert [(row.start, row.released) for row in made if row.released] == [(NOW + 8 * DAY, Decimal(100))]
    assert [(row.start, row.gross) for row in bought if row.gross] == [(NOW + 8 * DAY, Decimal(40))]
    assert [(row.start, row.released) for row in bought if row.released] == [(NOW + 3 * DAY, Decimal(50))]
    assert bought[-1].projected == 10


def test_what_had_to_start_stands_before_now() -> None:
    """A demand of today is made and bought in the past, and rows reach as far back."""
    grid = grid_of(Demand("CUP", 10, due=NOW, ref="SO-1"))
    assert (grid.now, grid.starts[0], len(grid.starts)) == (7, NOW - 7 * DAY, 37)
    rows = grid.net().item("CLAY")
    assert (rows[0].start, rows[0].released) == (NOW - 7 * DAY, Decimal(25))
    assert rows.where(start=NOW - 2 * DAY)[0].gross == 4


def test_rows_and_columns_are_found() -> None:
    """Columns by code, rows by moment or day; what is not there is said."""
    grid = grid_of(ORDERED)
    assert grid.items == ("CUP", "CLAY")
    assert grid.items[grid.index("CLAY")] == "CLAY"
    assert grid.row(NOW) == grid.row(NOW + DAY - timedelta(microseconds=1)) == grid.now
    assert grid.row(date(2026, 3, 3)) == grid.now + 1
    assert grid.demand[grid.row(ORDERED.due), grid.index("CUP")] == 120
    with pytest.raises(UnknownCode, match="Did you mean 'CUP'"):
        grid.index("CUPS")
    for outside in (NOW + 30 * DAY, NOW - 8 * DAY):
        with pytest.raises(InvalidValueError, match="is in no bucket"):
            grid.row(outside)


def test_arrays_are_read_only() -> None:
    """Nobody changes a grid or what it found by accident."""
    grid = grid_of(ORDERED)
    netted = grid.net()
    arrays = (grid.demand, grid.scheduled, grid.stock, grid.safety, netted.gross, netted.planned, netted.projected)
    for one in (*arrays, *netted.ordered):
        with pytest.raises(ValueError, match="read-only"):
            one[0] = 1


def test_a_hosts_array_stays_its_own() -> None:
    """An array that was given may be changed afterwards by its host."""
    grid = grid_of(ORDERED)
    demand = grid.demand.copy()
    grid.net(demand=demand)
    demand[grid.now] += 1
    assert demand.flags.writeable


def test_columns_for_a_frame_have_a_row_for_each_move() -> None:
    """All columns are as long as there are cells with anything in them, item by item in the order of buckets."""
    columns = grid_of(ORDERED).net().to_dict()
    assert columns["item"] == ["CUP", "CUP", "CLAY", "CLAY"]
    assert columns["start"] == [NOW + days * DAY for days in (8, 10, 3, 8)]
    assert columns["released"] == [120, 0, 500, 0]
    assert columns["projected"] == [0, 0, 0, 20]
    assert columns["scale"] == [0, 0, 1, 1]


def test_totals_are_compared_only_with_those_of_the_same_items() -> None:
    """Two nettings of one catalog differ in totals; of another catalog it is a mistake."""
    grid = grid_of(ORDERED)
    more = grid.net(demand=3 * grid.demand)
    (clay, cup) = more.against(grid.net())
    assert (clay.item, clay.before, clay.after) == ("CLAY", Decimal(50), Decimal(150))
    assert (cup.before, cup.after) == (Decimal(120), Decimal(360))
    other = grid_of(definitions=(Item("BOX"),)).net()
    with pytest.raises(InvalidValueError, match="other items"):
        more.against(other)
    with pytest.raises(InvalidTypeError):
        more.against("usual")  # type: ignore[arg-type]  # that is the point


def test_what_cannot_be_ordered_falls_below_zero() -> None:
    """An item without a source has no planned orders: what is wanted of it is missing, as in a plan."""
    grid = grid_of(Demand("BOX", 5, due=NOW + DAY, ref="D"), definitions=(*CUP, Item("BOX", safety_stock=9)))
    netted = grid.net()
    assert netted.totals() == {}
    assert netted.item("BOX")[-1].projected == -5


def test_a_closed_day_is_counted_by_the_calendar() -> None:
    """Lead times in working days run on the calendars of site and supplier, rounded up to buckets."""
    week = (Item("BOX"), Sourcing("BOX", supplier="S", lead_time=working_days(2)))
    grid = grid_of(Demand("BOX", 5, due=datetime(2026, 3, 16, 12, tzinfo=UTC), ref="D"), definitions=week)
    rows = [row.start.date() for row in grid.net().item("BOX") if row.released]
    assert rows == [date(2026, 3, 11)]  # Friday 16:00 is the last work before Monday 00:00; two days before it


def test_days_within_a_bucket_are_its_start() -> None:
    """What comes and what goes within a week meets, and orders are due at its start."""
    late = Demand("CLAY", 5, due=NOW + 8 * DAY, ref="D")
    coming = PurchaseOrder("CLAY", 5, supplier="PIT", due=NOW + 12 * DAY, ref="P")
    snapshot = Snapshot(catalog=Catalog(CUP), at=NOW, promises=[late, coming])
    netted = grids.Grid.of(snapshot, until=NOW + 21 * DAY, bucket=7 * DAY).net()
    assert netted.totals() == {}
    assert [row.projected for row in netted.item("CLAY")] == [0, 0, 0]


def test_a_grid_of_another_site_counts_its_own() -> None:
    """Stock and demands of other sites are not counted."""
    definitions = (*CUP, Site("NORTH", calendar=ALWAYS))
    snapshot = Snapshot(
        catalog=Catalog(definitions),
        at=NOW,
        lots=[OpenLot("CUP", 7, received=NOW, site="NORTH")],
        promises=[ORDERED, Demand("CUP", 9, due=NOW + 9 * DAY, ref="SO-2", site="NORTH")],
    )
    for site, total in (("NORTH", 2), ("MAIN", 120)):
        assert grids.Grid.of(snapshot, until=NOW + 20 * DAY, bucket=DAY, site=site).net().totals()["CUP"] == total
    with pytest.raises(UnknownCode):
        grids.Grid.of(snapshot, until=NOW + 20 * DAY, bucket=DAY, site="SOUTH")


BOX = Item("BOX", lead_time=DAY)
REFUSED: dict[str, tuple[Definition, ...]] = {
    "BOX is a phantom": (Item("BOX", supply=Supply.PHANTOM), BillOfMaterial("BOX", [BomLine("CLAY", 1)])),
    "BOX is perishable": (Item("BOX", shelf_life=DAY),),
    "BOX comes out beside other items": (
        Item("BOX"),
        Item("LID", lead_time=DAY),
        BillOfMaterial("LID", [BomLine("CLAY", 1)], outputs=[CoProduct("BOX", 1)]),
    ),
    "LID is made with other outputs": (
        Item("BOX"),
        Item("LID", lead_time=DAY),
        BillOfMaterial("LID", [BomLine("CLAY", 1)], outputs=[ByProduct("BOX", 1)]),
    ),
    "BOX is moved from other sites": (
        Item("BOX"),
        Site("NORTH"),
        TransferLane("NORTH", "MAIN", item="BOX", lead_time=DAY),
    ),
    "BOX is shared out by a quota arrangement": (
        Item("BOX"),
        Sourcing("BOX", supplier="PIT", lead_time=DAY),
        QuotaArrangement("BOX", [QuotaShare(1, supplier="PIT")]),
    ),
    "BOX has a bill, routing or terms that change on a day": (
        Item("BOX"),
        Sourcing("BOX", supplier="PIT", lead_time=DAY, effective_from=date(2026, 4, 1)),
    ),
    "BOX is made, but bought at times": (
        BOX,
        BillOfMaterial("BOX", [BomLine("CLAY", 1)]),
        Sourcing("BOX", supplier="PIT", lead_time=DAY, priority=-1),
    ),
    "BOX takes as long as its routing says": (
        Item("BOX"),
        BillOfMaterial("BOX", [BomLine("CLAY", 1)]),
        Routing("BOX", [Operation("fold", run_per_unit=timedelta(minutes=1))]),
    ),
    "BOX has planning parameters of its own": (BOX, PlanningParameters("BOX", safety_stock=3)),
    "BOX is followed up by another item": (Item("BOX", follow_up=Substitute("CUP")),),
    "BOX is inspected for some time": (Item("BOX", inspection_time=DAY),),
    "BOX is bought on terms with transport": (
        Item("BOX"),
        Sourcing("BOX", supplier="PIT", lead_time=DAY, transport_time=DAY),
    ),
    "BOX needs CLAY, for which planning lets others stand in": (
        BOX,
        BillOfMaterial("BOX", [BomLine("CLAY", 1, substitutes=[Substitute("CUP", use=Substitution.FIRST)])]),
    ),
    "BOX needs CLAY by a measure": (BOX, BillOfMaterial("BOX", [BomLine("CLAY", 1, per=EachBegun(10))])),
}


@pytest.mark.parametrize("said", REFUSED)
def test_what_grids_are_not_for_is_refused_by_name(said: str) -> None:
    """The item and the reason are said, with the way out."""
    with pytest.raises(InvalidData) as refused:
        grid_of(definitions=(*CUP, *REFUSED[said]))
    assert [one for one in refused.value.findings if one.message.startswith(said) and one.hint]


def test_all_that_is_refused_is_said_at_once() -> None:
    """Each item that grids are not for has its finding."""
    with pytest.raises(InvalidData) as refused:
        grid_of(definitions=(*CUP, Item("MILK", shelf_life=DAY), Item("CREAM", shelf_life=DAY)))
    assert [one.field for one in refused.value.findings] == ["CREAM", "MILK"]


def test_lots_that_expire_and_settled_orders_are_refused() -> None:
    """What a sweep would count wrongly is no part of a grid."""
    with pytest.raises(InvalidData, match="CUP expires"):
        grid_of(OpenLot("CUP", 5, received=NOW, expires=date(2026, 4, 1)))
    snapshot = Snapshot(catalog=Catalog(CUP), at=NOW, promises=[ORDERED])
    firm = Snapshot(catalog=Catalog(CUP), at=NOW, firm=plan(snapshot, POLICY, until=NOW + 20 * DAY).orders)
    with pytest.raises(InvalidData, match="has a settled order"):
        grids.Grid.of(firm, until=NOW + 20 * DAY, bucket=DAY)


def test_what_is_of_a_project_or_made_to_order_is_refused() -> None:
    """A grid has one stock of each item, for all alike; what is planned for all alike is no matter."""
    with pytest.raises(InvalidData, match="SO-7 of CUP is for project P-7 alone"):
        grid_of(Demand("CUP", 5, due=NOW + 9 * DAY, ref="SO-7", project="P-7"))
    with pytest.raises(InvalidData, match="CUP of CUP is for SO-7 alone"):
        grid_of(OpenLot("CUP", 5, received=NOW, segment="own:SO-7"))
    with pytest.raises(InvalidData, match="does not serve everybody"):
        grid_of(OpenLot("CUP", 5, received=NOW, owner="ACME"), attrs.evolve(ORDERED, customer="ACME"))
    shared = (*CUP[:4], Item("CLAY", unit="kg", scale=1, collective=True), CUP[5])
    wanted = Demand("CLAY", 5, due=NOW + 9 * DAY, ref="SO-7", project="P-7")
    assert grid_of(wanted, definitions=shared).net().totals() == {"CLAY": Decimal(25)}


def test_a_snapshot_that_names_what_is_not_there_is_refused() -> None:
    """As a plan refuses it: every row."""
    with pytest.raises(InvalidData, match="unknown item"):
        grid_of(Demand("CAP", 1, due=NOW + DAY, ref="D"))


def test_horizons_and_buckets_that_cannot_be_meant_are_refused() -> None:
    """A horizon ends after now, a bucket is some time, and there are not too many of them."""
    snapshot = Snapshot(catalog=Catalog(CUP), at=NOW)
    for until, bucket in ((NOW, DAY), (NOW + DAY, timedelta()), (NOW + DAY, timedelta(seconds=1))):
        with pytest.raises(InvalidValueError):
            grids.Grid.of(snapshot, until=until, bucket=bucket)
    with pytest.raises(InvalidTypeError):
        grids.Grid.of("snapshot", until=NOW + DAY, bucket=DAY)
    with pytest.raises(InvalidTypeError):
        grids.Grid.of(snapshot, until=NOW + DAY, bucket=1)


def test_scenarios_are_whole_numbers_of_the_grids_shape() -> None:
    """No fractions, no other shape, nothing below zero or beyond 64 bits, no receipt before now."""
    grid = grid_of(ORDERED)
    with pytest.raises(InvalidTypeError, match="no array of whole numbers"):
        grid.net(demand=grid.demand * 1.1)  # type: ignore[arg-type]  # as above
    with pytest.raises(InvalidTypeError, match="a list"):
        grid.net(stock=[1, 2])  # type: ignore[arg-type]  # that is the point
    with pytest.raises(InvalidTypeError):
        grid.net(stock=np.array([True, False]))
    with pytest.raises(InvalidValueError, match="shape"):
        grid.net(demand=grid.demand[1:])
    for wrong in (np.array([-1, 0]), np.array([2**61, 0]), np.array([2**63, 0], dtype=np.uint64)):
        with pytest.raises(InvalidValueError, match="below zero or too large"):
            grid.net(stock=wrong)
    early = grid.scheduled.copy()
    early[grid.now - 1] = 1
    with pytest.raises(InvalidValueError, match="before now"):
        grid.net(scheduled=early)
    assert grid.net(stock=np.array([120, 0], dtype=np.int8)).totals() == {}


def test_a_demand_too_old_for_the_rows_is_refused() -> None:
    """A host may ask for something before now, as long as the rows reach back to where its parts start."""
    grid = grid_of(ORDERED)
    demand = np.zeros_like(grid.demand)
    demand[grid.now - 1, grid.index("CLAY")] = 1
    assert grid.net(demand=demand).totals() == {"CLAY": Decimal("25.0")}
    demand[grid.now - 1, grid.index("CUP")] = 1
    with pytest.raises(InvalidValueError, match=r"CLAY.* before the first bucket"):
        grid.net(demand=demand)


def test_nothing_overflows_in_silence() -> None:
    """Sums, orders and needs that leave 64 bits are refused with the item; just below, all is exact."""
    grid = grid_of(ORDERED)
    cup, clay, row = grid.index("CUP"), grid.index("CLAY"), grid.row(NOW + 10 * DAY)
    demand = grid.demand.copy()
    demand[row, cup] = 2**58
    netted = grid.net(demand=demand)
    needed = -(-(2**58) * 4 // 250) * 250
    assert int(netted.ordered.quantity.max()) == needed
    assert netted.totals()["CLAY"] == Decimal(needed) / 10
    for some in (2**59, 2**60, 2**61 - 1):
        demand[row, cup] = some
        with pytest.raises(InvalidValueError, match=r"CUP|CLAY"):
            grid.net(demand=demand)
    demand[row:, cup] = 0
    demand[row:, clay] = 2**60
    with pytest.raises(InvalidValueError, match="CLAY"):
        grid.net(demand=demand)
    with pytest.raises(InvalidValueError, match="CLAY"):
        grid_of(*[Demand("CLAY", 2 * 10**17, due=NOW, ref=f"D{n}") for n in range(2)])


def test_definitions_that_do_not_fit_are_refused() -> None:
    """A lot size or a bill near 64 bits is no matter for arrays."""
    huge = Item("BOX", lead_time=DAY, minimum=2**62)
    with pytest.raises(InvalidData, match="BOX has a lot size, scrap or bill that does not fit"):
        grid_of(definitions=(*CUP, huge, BillOfMaterial("BOX", [BomLine("CLAY", 1)])))


def test_an_empty_catalog_has_an_empty_grid() -> None:
    """Nothing is netted to nothing."""
    netted = grid_of(definitions=()).net()
    assert (netted.totals(), netted.to_dict()["item"], netted.projected.shape) == ({}, [], (30, 0))


def test_grids_and_what_they_found_are_one_short_line() -> None:
    """A grid of any size is a line in a log."""
    grid = grid_of(ORDERED)
    assert repr(grid) == "<Grid of 2026-03-02: 2 items, 30 buckets and 7 before>"
    assert repr(grid.net()) == "<Netted of 2026-03-02: 2 items, 2 planned orders>"
    assert len(repr(grid.net().item("CUP")[0])) < 120
    assert repr(grid.net(demand=2 * grid.demand).against(grid.net())[0]).startswith("TotalChange(item='CLAY'")


def test_without_numpy_the_extra_is_named() -> None:
    """Whoever imports grids without numpy is told what to install; the library itself does without."""
    program = "import sys; sys.modules['numpy'] = None; import prodstock; import prodstock.extras.grid"
    shown = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert shown.stderr.splitlines()[-1] == "ImportError: grids need numpy: install prodstock[grid]"
