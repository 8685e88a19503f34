"""What single commands do at their edges: moves, scrap, shipments, counts, demands, redefinitions, batches."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from prodstock.errors import InvalidValueError, KeyReused, NotAllowed, NotEnough, Refused, UnknownCode
from prodstock.journal.command import Done, Together
from prodstock.journal.store import CountingIds, ManualClock, MemoryEvents
from prodstock.master.catalog import Catalog
from prodstock.master.item import Item, Tracking
from prodstock.master.location import Location, LocationKind, Site
from prodstock.master.quality_state import Quality, QualityState, Use
from prodstock.orders.demand import Demand
from prodstock.orders.purchase import PurchaseOrder
from prodstock.plant import Plant
from prodstock.stock.availability import Reason
from prodstock.stock.claim import Claim
from prodstock.stock.draft import Draft
from prodstock.stock.expect import Redefine
from prodstock.stock.goods import Goods, ReservationState
from prodstock.stock.move import Move, OnReserved, Scrap
from prodstock.stock.movement import Movement
from prodstock.stock.receive import Receive
from prodstock.stock.status import Release

NOW = datetime(2026, 3, 2, 6, tzinfo=UTC)
RACK, FAR_RACK, YARD = Location("RACK"), Location("RACK", site="SOUTH"), Location("YARD", tolerates=3)
MIC, BOX, HD = Item("MIC", tracking=Tracking.LOT), Item("BOX"), Item("HD", tracking=Tracking.SERIAL)
CUSTOMS = QualityState("customs", like=Quality.BLOCKED, allows=Use.NET)
CATALOG = Catalog([Site("SOUTH"), RACK, FAR_RACK, YARD, MIC, BOX, HD, CUSTOMS])


@pytest.fixture
def plant() -> Plant:
    """Return an empty plant."""
    return Plant(CATALOG, clock=ManualClock(NOW))


def held(plant: Plant, item: str = "MIC") -> dict[tuple[str, str], Decimal]:
    """Return what is where of an item."""
    return {(one.site, one.location): one.quantity for one in plant.stock.holdings(Goods(item))}


def test_a_part_is_moved_from_elsewhere(plant: Plant) -> None:
    """What lies at the target already is not drawn on: all that was asked for moves, or nothing does."""
    plant.receive("MIC", 5, lot="L1", location="RACK")
    plant.receive("MIC", 5, lot="L1")

    with pytest.raises(NotEnough):
        plant.move(Goods("MIC", lot="L1", quantity=6), to="RACK")
    assert plant.move(Goods("MIC", lot="L1", quantity=3), to="RACK").quantity == Decimal(3)
    assert held(plant) == {("MAIN", "RACK"): Decimal(8), ("MAIN", "STORES"): Decimal(2)}


def test_goods_at_two_sites_stay_at_theirs(plant: Plant) -> None:
    """Without a site each part moves, or is scrapped, within the site where it is."""
    plant.receive("MIC", 5, lot="L1")
    plant.receive("MIC", 4, lot="L1", site="SOUTH")
    plant.move("L1", to="RACK")
    assert held(plant) == {("MAIN", "RACK"): Decimal(5), ("SOUTH", "RACK"): Decimal(4)}

    plant.scrap("L1")

    assert held(plant) == {("MAIN", "SCRAP"): Decimal(5), ("SOUTH", "SCRAP"): Decimal(4)}
    with pytest.raises(Refused):
        plant.scrap("L1")
    plant.check()


@pytest.mark.parametrize("to", ["WIP", "SCRAP", "CUSTOMER", "LOSS", "SUPPLIER", "PRODUCTION"])
def test_places_that_have_commands_of_their_own(plant: Plant, to: str) -> None:
    """Nothing is moved into WIP, scrap or a virtual place."""
    plant.receive("MIC", 5, lot="L1")

    with pytest.raises(InvalidValueError):
        plant.move("L1", to=to)


@pytest.mark.parametrize("kind", [Move, Scrap])
def test_promised_stock_stays_unless_promises_are_broken(plant: Plant, kind: type[Move | Scrap]) -> None:
    """A move or scrap of promised stock is refused, or breaks the latest promise and says whose it was."""
    plant.receive("MIC", 5, lot="L1")
    plant.reserve(Claim("MIC", 2, ref="FIRST"))
    plant.reserve(Claim("MIC", 2, ref="SECOND"))
    place = {"to": "RACK"} if kind is Move else {}
    goods = Goods("MIC", lot="L1", quantity=4)
    with pytest.raises(NotEnough) as refused:
        plant.do(kind(goods, **place))  # type: ignore[arg-type]  # one of two commands
    assert refused.value.there == Decimal(1)

    moved = plant.do(kind(goods, reserved=OnReserved.BREAK, **place)).answer  # type: ignore[arg-type]  # as above

    assert [(hurt.ref, hurt.quantity) for hurt in moved.hurt] == [("SECOND", Decimal(2)), ("FIRST", Decimal(1))]
    assert plant.stock.reservations("SECOND")[0].state is ReservationState.BROKEN
    assert plant.stock.reservations("FIRST")[0].state is ReservationState.PENDING
    plant.check()


def test_the_last_shipment_ends_what_is_still_reserved(plant: Plant) -> None:
    """What a demand had reserved beyond what was shipped for it is free again; a part shipment keeps it."""
    plant.receive("MIC", 5, lot="L1")
    plant.expect(Demand("MIC", 5, due=date(2026, 3, 9), ref="SO-1"))
    plant.reserve("SO-1")
    plant.receive("MIC", 5, lot="L2")
    plant.ship(Goods("MIC", lot="L2", quantity=3), demand="SO-1")
    assert plant.availability("MIC").reserved == Decimal(5)

    plant.ship(Goods("MIC", lot="L2", quantity=2), demand="SO-1")

    assert plant.availability("MIC").reserved == 0
    assert plant.stock.reservations("SO-1")[0].state is ReservationState.VOIDED
    plant.check()


def test_what_is_below_zero_is_not_shipped(plant: Plant) -> None:
    """Stock booked below zero is no offer: what is shipped is what leaves."""
    plant.receive("BOX", 1, location="YARD")
    plant.adjust("BOX", -3, location="YARD")
    plant.receive("BOX", 5)
    plant.expect(Demand("BOX", 9, due=date(2026, 3, 9), ref="SO-1"))

    assert plant.ship(Goods("BOX"), demand="SO-1").quantity == Decimal(5)
    assert held(plant, "BOX")["MAIN", "YARD"] == Decimal(-2)
    plant.check()


def test_a_claim_on_something_else_is_no_part_of_the_demand(plant: Plant) -> None:
    """What was claimed of another item for a demand leaves its own need as it is."""
    plant.receive("BOX", 9)
    plant.receive("MIC", 9, lot="L1")
    plant.expect(Demand("MIC", 5, due=date(2026, 3, 9), ref="SO-1"))
    plant.reserve(Claim("BOX", 4, ref="SO-1"))

    assert plant.reserve("SO-1").lines[0].quantity == Decimal(5)
    with pytest.raises(Refused, match="already"):
        plant.reserve("SO-1")


def test_cancelled_demands_hold_nothing(plant: Plant) -> None:
    """A cancelled demand has no reservation, wants nothing, and cannot be reserved, shipped or changed."""
    plant.receive("MIC", 9, lot="L1")
    plant.expect(Demand("MIC", 5, due=date(2026, 3, 9), ref="SO-1"))
    plant.reserve("SO-1")
    plant.cancel("SO-1")

    assert plant.availability("MIC").free == Decimal(9)
    for refused in (
        lambda: plant.reserve("SO-1"),
        lambda: plant.ship("L1", demand="SO-1"),
        lambda: plant.cancel("SO-1"),
        lambda: plant.expect(Demand("MIC", 6, due=date(2026, 3, 9), ref="SO-1")),
        lambda: plant.void("SO-1/1"),
    ):
        with pytest.raises(NotAllowed):
            refused()


def test_against_expected_supply(plant: Plant) -> None:
    """A receipt reduces what is expected of its item, and is refused once the rest was given up."""
    plant.expect(PurchaseOrder("MIC", 5, supplier="KNW", due=date(2026, 3, 9), ref="PU-1"))
    with pytest.raises(NotAllowed, match="MIC"):
        plant.receive("BOX", 1, against="PU-1")
    plant.receive("MIC", 2, lot="L1", against="PU-1")
    with pytest.raises(NotAllowed, match="fulfilled"):
        plant.expect(PurchaseOrder("MIC", 1, supplier="KNW", due=date(2026, 3, 9), ref="PU-1"))
    plant.cancel("PU-1")
    with pytest.raises(NotAllowed, match="closed"):
        plant.receive("MIC", 1, lot="L1", against="PU-1")
    assert plant.availability("MIC").physical == Decimal(2)


REMOVED = {
    "the item": Catalog([Site("SOUTH"), RACK, FAR_RACK, YARD, BOX, HD, CUSTOMS]),
    "its tracking": Catalog([Site("SOUTH"), RACK, FAR_RACK, YARD, Item("MIC"), BOX, HD, CUSTOMS]),
    "its unit": Catalog([Site("SOUTH"), RACK, FAR_RACK, YARD, MIC, Item("BOX", unit="kg"), HD, CUSTOMS]),
    "the location": Catalog([Site("SOUTH"), FAR_RACK, YARD, MIC, BOX, HD, CUSTOMS]),
    "the site": Catalog([RACK, YARD, MIC, BOX, HD, CUSTOMS]),
    "its kind": Catalog(
        [Site("SOUTH"), Location("RACK", kind=LocationKind.QUARANTINE), FAR_RACK, YARD, MIC, BOX, HD, CUSTOMS]
    ),
    "its tolerance": Catalog([Site("SOUTH"), RACK, FAR_RACK, Location("YARD", tolerates=1), MIC, BOX, HD, CUSTOMS]),
    "the state": Catalog([Site("SOUTH"), RACK, FAR_RACK, YARD, MIC, BOX, HD]),
    "what it means": Catalog(
        [
            Site("SOUTH"),
            RACK,
            FAR_RACK,
            YARD,
            MIC,
            BOX,
            HD,
            QualityState("customs", like=Quality.REJECTED, allows=Use.NONE),
        ]
    ),
}


@pytest.mark.parametrize("store", [None, MemoryEvents], ids=["in memory", "over a store"])
@pytest.mark.parametrize("changed", REMOVED.values(), ids=REMOVED)
def test_definitions_the_ledger_needs_stay(changed: Catalog, store: type[MemoryEvents] | None) -> None:
    """What stock refers to cannot be taken from under it; nothing has changed afterwards."""
    events = store() if store else None
    plant = Plant(CATALOG, events=events, clock=ManualClock(NOW))
    plant.receive("MIC", 5, lot="L1", location="RACK")
    plant.receive("BOX", 1, site="SOUTH", location="RACK")
    plant.receive("BOX", 1, location="YARD")
    plant.adjust("BOX", -3, location="YARD")
    plant.judge("L1", CUSTOMS)
    again = plant if events is None else Plant(CATALOG, events=events, clock=ManualClock(NOW))

    with pytest.raises(NotAllowed):
        again.do(Redefine(changed))

    assert again.catalog == CATALOG
    assert again.availability("MIC").physical == Decimal(5)
    again.check()


def grown(code: str) -> Catalog:
    """Return the catalog with one more item."""
    return Catalog([*CATALOG.definitions, Item(code)])


def test_definitions_may_grow_twice_over_a_store() -> None:
    """A plant over a store reads which definitions came before, so that each change follows the last."""
    store = MemoryEvents()
    Plant(CATALOG, events=store, clock=ManualClock(NOW)).receive("BOX", 1)
    for code in ("NEW-1", "NEW-2"):
        plant = Plant(CATALOG, events=store, clock=ManualClock(NOW))
        plant.do(Redefine(grown(code)))

    assert [event.version for event in store.read(["catalog"])] == [1, 2]  # type: ignore[list-item]  # a stream's name


def test_a_batch_with_a_bad_call(plant: Plant) -> None:
    """Refusals stop only themselves; a bad call is raised, and what came before it has happened in plant and store."""
    store = MemoryEvents()
    plant = Plant(CATALOG, events=store, clock=ManualClock(NOW))
    results = plant.submit([Receive("BOX", 1), Scrap(Goods("MIC")), Receive("BOX", 2)])
    assert [isinstance(result, Done) for result in results] == [True, False, True]

    with pytest.raises(UnknownCode):
        plant.submit([Receive("BOX", 4), Receive("NOPE", 1), Receive("BOX", 8)])

    for one in (plant, Plant(CATALOG, events=store, clock=ManualClock(NOW))):
        assert one.availability("BOX").physical == Decimal(7)
    plant.receive("BOX", 1)


def test_together_over_a_store() -> None:
    """Several changes of one item's stock in one command keep their versions, so that the next command fits."""
    store = MemoryEvents()
    Plant(CATALOG, events=store, clock=ManualClock(NOW)).do(Together([Receive("BOX", 1), Receive("BOX", 2)]))

    Plant(CATALOG, events=store, clock=ManualClock(NOW)).receive("BOX", 3)

    assert Plant(CATALOG, events=store, clock=ManualClock(NOW)).availability("BOX").physical == Decimal(6)


def test_together_has_one_moment_and_one_key(plant: Plant) -> None:
    """Commands within another one have no moment and no key of their own, and fail as one."""
    for inner in (Receive("BOX", 1, key="k"), Receive("BOX", 1, at=NOW)):
        with pytest.raises(InvalidValueError):
            plant.do(Together([inner]))
    with pytest.raises(Refused):
        plant.do(Together([Receive("BOX", 1), Scrap(Goods("MIC"))]))
    assert plant.availability("BOX").physical == 0


@pytest.mark.parametrize("store", [None, MemoryEvents], ids=["in memory", "over a store"])
def test_a_key_for_every_kind_of_content(store: type[MemoryEvents] | None) -> None:
    """Under a key the same command is known again whatever it is made of; another one is not taken for it."""
    events = store() if store else None
    first = Plant(CATALOG, events=events, clock=ManualClock(NOW))
    first.receive("MIC", 5, lot="L1")
    wishes = [
        (Receive("MIC", 1, lot="L2", expires=NOW, at=NOW, key="a"), Receive("MIC", 1, lot="L2", at=NOW, key="a")),
        (Redefine(grown("NEW"), key="b"), Redefine(CATALOG, key="b")),
        (Together([Receive("BOX", 1)], key="c"), Together([Receive("BOX", 2)], key="c")),
        (Receive("BOX", "1.0", key="d"), Receive("BOX", 2, key="d")),
    ]
    for wish, other in wishes:
        answer = first.do(wish).answer
        plant = first if events is None else Plant(CATALOG, events=events, clock=ManualClock(NOW))
        assert plant.do(wish).answer == answer
        with pytest.raises(KeyReused):
            plant.do(other)
    assert first.availability("BOX").physical == Decimal(2)


def test_reserved_stock_is_known_as_such_over_a_store() -> None:
    """A plant that has read only the stock learns who holds it: in availability, and when a judgement breaks it."""
    store = MemoryEvents()
    first = Plant(CATALOG, events=store, clock=ManualClock(NOW))
    first.receive("MIC", 10, lot="L1")
    first.reserve(Claim("MIC", 4, ref="SO-1"))

    found = Plant(CATALOG, events=store, clock=ManualClock(NOW)).availability("MIC")
    hurt = Plant(CATALOG, events=store, clock=ManualClock(NOW)).judge("L1", Quality.BLOCKED).hurt

    assert (found.physical, found.reserved, found.free) == (Decimal(10), Decimal(4), Decimal(6))
    assert [(one.ref, one.quantity) for one in hurt] == [("SO-1", Decimal(4))]
    Plant(CATALOG, events=store, clock=ManualClock(NOW)).check()


def test_goods_that_leave_approval_lose_their_release(plant: Plant) -> None:
    """Released goods that are blocked and approved again wait for a new release; others need none."""
    plant.do(Receive("MIC", 1, lot="L1", release=Release.RELEASED))
    plant.receive("MIC", 2, lot="L2")
    for lot in ("L1", "L2"):
        plant.judge(lot, Quality.BLOCKED)
        plant.judge(lot, Quality.APPROVED)

    found = plant.availability("MIC")

    assert (found.bucket(Reason.WAITING_FOR_RELEASE).quantity, found.free) == (Decimal(1), Decimal(2))


@pytest.mark.parametrize("change", [-3, -5, -6])
def test_a_draft_never_takes_what_is_reserved(plant: Plant, change: int) -> None:
    """Whatever command drafts it: a change that leaves less than is reserved is refused, or resolves the promise."""
    plant.receive("MIC", 5, lot="L1")
    plant.reserve(Claim("MIC", 3, ref="SO-1"))
    world = plant._world
    now = world.commit(1)[1]

    draft = Draft(world, now, now, CountingIds())
    draft.leg(Movement.LOSS, draft.shelf("MIC", "MAIN"), 0, change)
    with pytest.raises(NotEnough) as refused:
        draft.commit(None)
    assert refused.value.there == Decimal(2)

    draft = Draft(world, now, now, CountingIds())
    draft.leg(Movement.RESERVATION, draft.shelf("MIC", "MAIN"), 0, 0, 3)
    with pytest.raises(NotEnough):
        draft.commit(None)


def test_codes_with_the_signs_of_streams() -> None:
    """Items and lots whose codes hold the signs that separate codes in streams stay apart, over a store too."""
    catalog = Catalog([Item(code, tracking=Tracking.LOT) for code in ("Q", "Q/A", "Q@MAIN", "Q%2FA", "stock:Q")])
    store = MemoryEvents()
    for code, lot in (("Q", "A/L"), ("Q/A", "L"), ("Q@MAIN", "L"), ("Q%2FA", "L"), ("stock:Q", "L")):
        plant = Plant(catalog, events=store, clock=ManualClock(NOW))
        plant.receive(code, 1, lot=lot)
        plant.expect(Demand(code, 1, due=NOW, ref=f"{code}/1"))
        assert plant.reserve(f"{code}/1").lines[0].lot == lot

    again = Plant(catalog, events=store, clock=ManualClock(NOW))

    again.check()
    assert [found.reserved for found in again.stock.availabilities()] == [Decimal(1)] * 5
    with pytest.raises(InvalidValueError, match="@"):
        Site("B@C")
