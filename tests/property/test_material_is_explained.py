"""The material record explains every projection, whatever a snapshot holds."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from prodstock.calendars.calendar import Calendar
from prodstock.calendars.horizon import TimeBucket
from prodstock.journal.store import ManualClock
from prodstock.master.bom import BillOfMaterial, BomLine, ByProduct
from prodstock.master.catalog import Catalog
from prodstock.master.codes import ItemCode
from prodstock.master.item import Item, Supply
from prodstock.master.location import Site
from prodstock.master.quality_state import Quality
from prodstock.master.sourcing import Sourcing
from prodstock.orders.demand import Demand, DemandKind
from prodstock.orders.planned import PlannedBuy, PlannedMake, PlannedMove, PlannedOrder
from prodstock.orders.purchase import PurchaseOrder, TransferOrder
from prodstock.planning.planner import plan
from prodstock.planning.snapshot import Held, Snapshot
from prodstock.planning.translations.material import material
from prodstock.plant import Plant
from prodstock.stock.allocation import OpenLot

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
UNTIL = date(2026, 5, 1)
DAY = timedelta(days=1)
ALWAYS = Calendar("ALWAYS", week="Mo-Su 00:00-24:00")
ASHES = ByProduct("DUST", "0.3")
CATALOG = Catalog(
    [
        Site("MAIN", calendar=ALWAYS),
        Site("SOUTH", calendar=ALWAYS, zone="America/New_York"),
        Item("TOP", supply=Supply.MAKE, lead_time=2 * DAY, minimum=5),
        Item("KIT", supply=Supply.PHANTOM),
        Item("PART", scale=1, safety_stock=3),
        Item("DUST", unit="kg", scale=2),
        BillOfMaterial("TOP", [BomLine("KIT", 2), BomLine("PART", "0.7", scrap="0.05")], outputs=[ASHES]),
        BillOfMaterial("KIT", [BomLine("PART", 3), BomLine("DUST", "0.25")]),
        Sourcing("PART", supplier="S", lead_time=3 * DAY, multiple=4),
        Sourcing("DUST", supplier="S", lead_time=DAY),
    ]
)
CODES = st.sampled_from(["TOP", "PART", "DUST"])
days = st.integers(-4, 70).map(lambda n: date(2026, 3, 3) + n * DAY)
moments = st.integers(-4, 60).map(lambda n: NOW + n * DAY)
amounts = st.integers(1, 40)


@st.composite
def firm_orders(draw: st.DrawFn, number: int) -> PlannedOrder:
    """Return an order that the planner has settled."""
    start, quantity = draw(moments), Decimal(draw(amounts))
    due, code = start + draw(st.integers(0, 5)) * DAY, f"F-{number}"
    kind = draw(st.sampled_from([PlannedMake, PlannedBuy, PlannedMove]))
    if kind is PlannedMake:
        return PlannedMake(ItemCode("TOP"), quantity, start, due, "A", code=code)
    if kind is PlannedBuy:
        return PlannedBuy(ItemCode("PART"), quantity, start, due, "S", code=code)
    return PlannedMove(ItemCode(draw(CODES)), quantity, start, due, "SOUTH", "MAIN", code=code)


@st.composite
def snapshots(draw: st.DrawFn) -> Snapshot:
    """Return demands and forecasts, transfers, purchases, stock in several states, reservations and settled orders."""
    kinds = st.sampled_from([DemandKind.ORDER, DemandKind.ORDER, DemandKind.FORECAST])
    sites = st.sampled_from(["MAIN", "MAIN", "SOUTH"])
    demands = [
        Demand(draw(CODES), draw(amounts), due=draw(days), ref=f"D{n}", kind=draw(kinds), site=draw(sites))
        for n in range(draw(st.integers(0, 6)))
    ]
    refs = st.integers(0, 9).map(lambda n: f"P{n}")
    bought = st.builds(PurchaseOrder, CODES, amounts, supplier=st.just("S"), due=days, ref=refs)
    moved = st.builds(
        TransferOrder, CODES, amounts, source=st.just("SOUTH"), target=st.just("MAIN"), due=days, ref=refs
    )
    supplies = draw(st.lists(bought | moved, max_size=3, unique_by=lambda one: one.ref))
    lots = [
        OpenLot(
            draw(st.sampled_from(["TOP", "KIT", "PART", "DUST"])),
            draw(amounts),
            received=NOW - DAY,
            site=draw(sites),
            quality=draw(st.sampled_from([Quality.APPROVED, Quality.BLOCKED, Quality.PENDING_INSPECTION])),
            ready=draw(st.none() | moments),
        )
        for n in range(draw(st.integers(0, 4)))
    ]
    orders = [one for one in demands if one.kind is DemandKind.ORDER]
    held = [Held(one.ref or "", one.item, draw(st.integers(0, 10)), site=one.site) for one in orders[:2]]
    done = {one.ref or "": draw(st.integers(0, 5)) for one in [*orders[1:3], *supplies[:1]]}
    firm = [draw(firm_orders(n)) for n in range(draw(st.integers(0, 2)))]
    return Snapshot(catalog=CATALOG, at=NOW, promises=[*demands, *supplies], lots=lots, held=held, done=done, firm=firm)


@given(snapshots(), st.sampled_from(list(TimeBucket)))
@settings(max_examples=80)
def test_nothing_is_left_unexplained(snapshot: Snapshot, bucket: TimeBucket) -> None:
    """Where nothing expires, what is there, wanted, coming and planned is all there is to a projection."""
    made = plan(snapshot, until=UNTIL)
    for row in material(made, bucket=bucket):
        assert not row.other, row


@given(amounts, amounts, st.integers(0, 30), st.sampled_from(["reserve", "issue", "nothing"]))
@settings(max_examples=30)
def test_launched_orders_are_explained(first: int, second: int, kits: int, then: str) -> None:
    """What launched orders still bring and take, whatever is reserved and issued, is in the record."""
    plant = Plant(CATALOG, clock=ManualClock(NOW))
    plant.receive("PART", 999)
    plant.receive("DUST", 99)
    if kits:
        plant.receive("KIT", kits)
    due = date(2026, 3, 20)
    plant.expect(Demand("TOP", first, due=due, ref="D1"), Demand("TOP", second, due=due + 9 * DAY, ref="D2"))
    order = plant.launch(plant.plan(until=UNTIL).make[0])
    if then != "nothing":
        reservation = plant.reserve(order)
        if then == "issue":
            plant.issue(reservation)
    for row in material(plant.plan(until=UNTIL), bucket=TimeBucket.WEEK):
        assert not row.other, row
