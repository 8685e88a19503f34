"""Goods of a transfer order leave its source and reach its target, at once or through transit, and are counted once."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

import prodstock as ps
from prodstock.testing import digest

START = datetime(2026, 3, 2, 6, tzinfo=UTC)
UNTIL = date(2026, 7, 1)
DUE = date(2026, 3, 20)


@pytest.fixture
def clock() -> ps.ManualClock:
    """Monday morning."""
    return ps.ManualClock(START)


@pytest.fixture
def plant(clock: ps.ManualClock) -> ps.Plant:
    """Ten boxes, twenty microphones of two lots and three hearing devices lie in the north; main expects some."""
    catalog = ps.Catalog(
        [
            ps.Item("BOX"),
            ps.Item("MIC", tracking=ps.Tracking.LOT),
            ps.Item("HD", tracking=ps.Tracking.SERIAL),
            ps.Site("NORTH"),
            ps.Site("SOUTH"),
            *(ps.Sourcing(item, supplier="KNW", lead_time=timedelta(days=3)) for item in ("BOX", "MIC", "HD")),
        ]
    )
    plant = ps.Plant(catalog, clock=clock)
    plant.receive("BOX", 10, site="NORTH")
    plant.receive("MIC", 12, lot="M-1", expires=date(2026, 4, 1), site="NORTH")
    plant.receive("MIC", 8, lot="M-2", site="NORTH")
    plant.receive("HD", 3, lot="H", serials=["s1", "s2", "s3"], site="NORTH")
    plant.expect(
        ps.TransferOrder("BOX", 4, source="NORTH", target="MAIN", due=DUE, ref="T"),
        ps.TransferOrder("MIC", 12, source="NORTH", target="MAIN", due=DUE, ref="TM"),
        ps.TransferOrder("HD", 2, source="NORTH", target="MAIN", due=DUE, ref="TH"),
    )
    return plant


def at(plant: ps.Plant, item: str, site: str, *, location: str | None = None) -> Decimal:
    """Return how much of an item is at a site, or in one of its locations."""
    rows = [
        one for one in plant.stock.holdings(ps.Goods(item)) if one.site == site and location in (None, one.location)
    ]
    return sum((one.quantity for one in rows), Decimal(0))


def sites(plant: ps.Plant) -> dict[str, object]:
    """Return how many boxes there are in the north and at main."""
    return {site: at(plant, "BOX", site) for site in ("NORTH", "MAIN")}


def whole(plant: ps.Plant) -> ps.Plant:
    """Return the plant once its log, read again from a document, has told the same."""
    plant.check()
    document = ps.load_document(ps.dump_document(plant.catalog, plant.events()))
    again = ps.Plant.load(*document, clock=ps.ManualClock(START + timedelta(days=90)))
    assert digest(again) == digest(plant)
    return again


def bought(plant: ps.Plant, item: str = "BOX") -> dict[tuple[str, str], Decimal]:
    """Return what the next plan buys of an item, by site; the plan verifies itself."""
    plan = plant.plan(until=UNTIL)
    plan.verify()
    return {(one.item, one.site): one.quantity for one in plan.buy if one.item == item}


def test_in_one_step(plant: ps.Plant) -> None:
    """What is moved for it leaves the source and is taken off what is expected, in parts if need be."""
    plant.move(ps.Goods("BOX", quantity=3), to="STORES", against="T")
    assert sites(plant) == {"NORTH": 7, "MAIN": 3}
    plant.move(ps.Goods("BOX", quantity=1), to="STORES", against="T")
    assert sites(plant) == {"NORTH": 6, "MAIN": 4}
    with pytest.raises(ps.NotAllowed, match="open for 0 pcs"):
        plant.move(ps.Goods("BOX", quantity=1), to="STORES", against="T")
    whole(plant)


def test_through_transit(plant: ps.Plant) -> None:
    """On the way it is at nobody's disposal; it arrives in parts, and where it arrives is told by what it left for."""
    plant.move(ps.Goods("BOX", quantity=4), to="IN-TRANSIT", against="T")
    assert at(plant, "BOX", "MAIN", location="IN-TRANSIT") == 4
    assert plant.availability("BOX", site="MAIN").free == 0
    assert [one.segment for one in plant.stock.holdings(ps.Goods("BOX")) if one.location == "IN-TRANSIT"] == ["T"]
    with pytest.raises(ps.NotAllowed, match="open for 0 pcs"):
        plant.move(ps.Goods("BOX", quantity=1), to="IN-TRANSIT", against="T")
    plant.move(ps.Goods("BOX", quantity=1), to="STORES", against="T")
    plant.move(ps.Goods("BOX", quantity=3, location="IN-TRANSIT"), to="RECEIVING")
    assert at(plant, "BOX", "MAIN", location="RECEIVING") == 3
    assert not [one for one in plant.plan(until=UNTIL).snapshot.promises if one.ref == "T"]
    whole(plant)


def test_the_sources_transit_is_one_too(plant: ps.Plant) -> None:
    """They may wait in the north's own transit; from there they come to main."""
    plant.move(ps.Goods("BOX", quantity=4), to="IN-TRANSIT", site="NORTH", against="T")
    assert at(plant, "BOX", "NORTH", location="IN-TRANSIT") == 4
    assert [(one.site, str(one.free)) for one in plant.snapshot().lots if one.ready] == [("MAIN", "4")]
    plant.move(ps.Goods("BOX"), to="STORES", against="T")
    assert sites(plant) == {"NORTH": 6, "MAIN": 4}
    whole(plant)


def test_lots_and_serials_keep_who_they_are(plant: ps.Plant) -> None:
    """Nothing is minted: the same lot and the same serials, with their expiry, are at the target."""
    plant.move("M-1", to="IN-TRANSIT", against="TM")
    plant.move(ps.Goods("HD", serials=["s1", "s2"]), to="STORES", against="TH")
    assert [(one.lot, one.expires) for one in plant.snapshot().lots if one.item == "MIC" and one.site == "MAIN"] == [
        ("M-1", datetime(2026, 4, 2, tzinfo=UTC))
    ]
    plant.move("M-1", to="STORES")
    assert {one.serial for one in plant.stock.holdings(ps.Goods("HD")) if one.site == "MAIN"} == {"s1", "s2"}
    assert at(plant, "MIC", "MAIN") == 12
    whole(plant)


def test_a_plan_counts_them_once(plant: ps.Plant, clock: ps.ManualClock) -> None:
    """Open, on the way or there: main has four and buys the rest, and the north lacks what it gives away."""
    plant.expect(
        ps.Demand("BOX", 9, due=date(2026, 4, 10), ref="S"),
        ps.Demand("BOX", 10, due=date(2026, 4, 10), ref="SN", site="NORTH"),
    )
    wanted = {("BOX", "MAIN"): Decimal(5), ("BOX", "NORTH"): Decimal(4)}
    assert bought(plant) == wanted
    plant.move(ps.Goods("BOX", quantity=3), to="IN-TRANSIT", against="T")
    clock.advance(timedelta(hours=1))
    assert bought(plant) == wanted
    plant.move(ps.Goods("BOX", quantity=1), to="STORES", against="T")
    assert bought(plant) == wanted
    plant.move(ps.Goods("BOX", quantity=2), to="STORES", against="T")
    assert bought(plant) == wanted


def test_what_is_on_its_way_is_there_when_it_is_due(plant: ps.Plant) -> None:
    """A demand before the transfer is due gets nothing from it, on the way or not."""
    plant.expect(ps.Demand("BOX", 4, due=date(2026, 3, 10), ref="S"))
    assert bought(plant) == {("BOX", "MAIN"): Decimal(4)}
    plant.move(ps.Goods("BOX", quantity=4), to="IN-TRANSIT", against="T")
    assert bought(plant) == {("BOX", "MAIN"): Decimal(4)}


def test_the_past_is_seen_as_it_was(plant: ps.Plant, clock: ps.ManualClock) -> None:
    """The snapshot of a moment on the way shows them on the way."""
    clock.advance(timedelta(hours=1))
    plant.move(ps.Goods("BOX", quantity=4), to="IN-TRANSIT", against="T")
    clock.advance(timedelta(hours=1))
    then = plant.snapshot()
    clock.advance(timedelta(hours=1))
    plant.move(ps.Goods("BOX", quantity=4), to="STORES", against="T")
    clock.advance(timedelta(hours=1))
    seen = plant.snapshot(at=then.at)
    assert seen.lots == then.lots
    assert (seen.promises, seen.done) == (then.promises, then.done)


def test_a_reversal_opens_it_again(plant: ps.Plant) -> None:
    """An arrival taken back is on its way again, a departure taken back is at the source."""
    left = plant.do(ps.Move(ps.Goods("BOX", quantity=4), to="IN-TRANSIT", against="T"))
    came = plant.do(ps.Move(ps.Goods("BOX", quantity=4), to="STORES", against="T"))
    with pytest.raises(ps.NotEnough):
        plant.reverse(left.events[0])
    plant.reverse(came.events[0])
    assert at(plant, "BOX", "MAIN", location="IN-TRANSIT") == 4
    plant.reverse(left.events[0])
    assert at(plant, "BOX", "NORTH") == 10
    plant.move(ps.Goods("BOX", quantity=4), to="STORES", against="T")
    whole(plant)


def test_back_to_where_it_came_from(plant: ps.Plant) -> None:
    """What turns round on the way has not arrived: the transfer stays open for it."""
    plant.move(ps.Goods("BOX", quantity=4), to="IN-TRANSIT", against="T")
    plant.move(ps.Goods("BOX", location="IN-TRANSIT"), to="STORES", site="NORTH", against="T")
    assert at(plant, "BOX", "NORTH", location="STORES") == 10
    plant.move(ps.Goods("BOX", quantity=4), to="STORES", against="T")
    whole(plant)


def test_what_is_lost_on_the_way_is_still_expected(plant: ps.Plant) -> None:
    """Scrapped in transit, it is no more on its way; the transfer is open for it until it is cancelled."""
    plant.move(ps.Goods("BOX", quantity=4), to="IN-TRANSIT", against="T")
    plant.scrap(ps.Goods("BOX", quantity=1, location="IN-TRANSIT"))
    plant.move(ps.Goods("BOX", location="IN-TRANSIT"), to="STORES", against="T")
    assert dict(plant.snapshot().done)["T"] == Decimal(3)
    plant.cancel("T")
    with pytest.raises(ps.NotAllowed, match="closed"):
        plant.move(ps.Goods("BOX", quantity=1), to="STORES", against="T")
    whole(plant)


def test_it_cannot_end_under_goods_on_their_way(plant: ps.Plant) -> None:
    """Cancelled, cut below them or sent elsewhere: refused; what has not left may be given up."""
    plant.move(ps.Goods("BOX", quantity=3), to="IN-TRANSIT", against="T")
    with pytest.raises(ps.NotAllowed, match="3 pcs in transit"):
        plant.cancel("T")
    for quantity, source, target in ((2, "NORTH", "MAIN"), (4, "NORTH", "SOUTH"), (4, "SOUTH", "MAIN")):
        with pytest.raises(ps.NotAllowed, match="3 pcs in transit"):
            plant.expect(ps.TransferOrder("BOX", quantity, source=source, target=target, due=DUE, ref="T"))
    with pytest.raises(ps.NotAllowed, match="3 pcs in transit"):
        plant.expect(ps.PurchaseOrder("BOX", 4, supplier="KNW", due=DUE, ref="T"))
    plant.expect(ps.TransferOrder("BOX", 3, source="NORTH", target="MAIN", due=DUE, ref="T"))
    plant.move(ps.Goods("BOX", quantity=3), to="STORES", against="T")
    whole(plant)


def test_a_transfer_is_not_received_from_a_supplier(plant: ps.Plant) -> None:
    """Goods would come from nowhere while the source keeps its own: refused, with the way out."""
    with pytest.raises(ps.NotAllowed, match=r'move.*against="T"'):
        plant.receive("BOX", 4, against="T")
    assert at(plant, "BOX", "MAIN") == 0


@pytest.mark.parametrize(
    ("goods", "asked", "kind", "message"),
    [
        (ps.Goods("BOX", quantity=5), {"to": "STORES", "against": "T"}, ps.NotAllowed, "open for 4 pcs"),
        (ps.Goods("BOX"), {"to": "STORES", "against": "T"}, ps.NotAllowed, "open for 4 pcs"),
        (ps.Goods("BOX", quantity=5), {"to": "IN-TRANSIT", "against": "T"}, ps.NotAllowed, "open for 4 pcs"),
        (ps.Goods("MIC", quantity=4), {"to": "STORES", "against": "T"}, ps.NotAllowed, "of BOX"),
        (ps.Goods("BOX", quantity=4), {"to": "STORES", "against": "TT"}, ps.UnknownCode, "TT"),
        (ps.Goods("BOX", quantity=4), {"to": "STORES", "against": "P"}, ps.NotAllowed, "a purchase"),
        (
            ps.Goods("BOX", quantity=4),
            {"to": "STORES", "site": "SOUTH", "against": "T"},
            ps.InvalidValueError,
            "neither end",
        ),
        (
            ps.Goods("BOX", quantity=4),
            {"to": "STORES", "site": "NORTH", "against": "T"},
            ps.InvalidValueError,
            "leaves",
        ),
        (ps.Goods("BOX", quantity=4, site="MAIN"), {"to": "STORES", "against": "T"}, ps.NotEnough, "BOX"),
    ],
)
def test_what_does_not_fit_the_transfer_is_refused(
    plant: ps.Plant, goods: ps.Goods, asked: dict[str, str], kind: type[ps.ProdstockError], message: str
) -> None:
    """More than it is open for, another item, site or paper: refused by name, and nothing has changed."""
    plant.expect(ps.PurchaseOrder("BOX", 4, supplier="KNW", due=DUE, ref="P"))
    plant.receive("BOX", 1)
    before = digest(plant)
    with pytest.raises(kind, match=message):
        plant.move(goods, **asked)  # type: ignore[arg-type]  # texts all
    assert digest(plant) == before


def test_a_planned_move_goes_all_the_way(plant: ps.Plant) -> None:
    """Settled, ordered, moved and arrived, it leaves nothing expected and nothing to be bought."""
    move = ps.PlannedMove(ps.ItemCode("BOX"), Decimal(2), START, START + timedelta(days=5), "NORTH", "MAIN", code="m")
    plant.expect(ps.Demand("BOX", 6, due=date(2026, 4, 10), ref="S"))
    plant.firm(move)
    assert bought(plant) == {}
    order = plant.transfer(move)
    assert bought(plant) == {}
    plant.move(ps.Goods("BOX", quantity=2), to="IN-TRANSIT", against=order.ref)
    assert bought(plant) == {}
    plant.move(ps.Goods("BOX", location="IN-TRANSIT"), to="STORES")
    assert bought(plant) == {}
    whole(plant)


def test_over_a_store_it_is_the_same(plant: ps.Plant) -> None:
    """Transit and arrival are known from the store alone."""
    events = ps.MemoryEvents()
    moves = [
        ps.Move(ps.Goods("BOX", quantity=4), to="IN-TRANSIT", against="T"),
        ps.Move(ps.Goods("BOX", quantity=3), to="STORES", against="T"),
        ps.Move(ps.Goods("BOX", location="IN-TRANSIT"), to="STORES"),
    ]
    first = ps.Plant(plant.catalog, events=events, clock=ps.ManualClock(START))
    first.receive("BOX", 10, site="NORTH")
    first.expect(ps.TransferOrder("BOX", 4, source="NORTH", target="MAIN", due=DUE, ref="T"))
    for one in moves:
        ps.Plant(plant.catalog, events=events, clock=ps.ManualClock(START)).do(one)
    last = ps.Plant(plant.catalog, events=events, clock=ps.ManualClock(START))
    assert sites(last) == {"NORTH": 6, "MAIN": 4}
    assert last.snapshot().promises == ()
