"""How long goods must be good, from who asks for it down to the parts that limit the life of what is made."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

import attrs
import pytest

from prodstock.calendars.calendar import Calendar
from prodstock.calendars.span import working_days
from prodstock.errors import BrokenInvariant
from prodstock.master.bom import BillOfMaterial, BomLine
from prodstock.master.bom_terms import Substitution
from prodstock.master.catalog import Catalog
from prodstock.master.item import Item, Supply
from prodstock.master.location import Site
from prodstock.master.sourcing import Sourcing, Supplier
from prodstock.master.substitute import Substitute
from prodstock.master.transfer_lane import TransferLane
from prodstock.orders.demand import Demand
from prodstock.planning.plan import Plan
from prodstock.planning.planner import plan
from prodstock.planning.policy import Mode, PlanningPolicy
from prodstock.planning.snapshot import Snapshot
from prodstock.planning.verify_lives import too_old
from prodstock.stock.allocation import OpenLot

NOW = datetime(2026, 3, 2, 6, tzinfo=UTC)
UNTIL = date(2026, 9, 1)
MODES = pytest.mark.parametrize("mode", list(Mode))
DAIRY = [Item("CUP"), Sourcing("CUP", supplier="POT", lead_time=working_days(2))]
MILK = [Item("MILK", shelf_life=timedelta(days=20)), Sourcing("MILK", supplier="FARM", lead_time=working_days(5))]
YOGHURT = [Item("YOG"), BillOfMaterial("YOG", [BomLine("MILK", 1, limits_life=True), BomLine("CUP", 1)])]


def days(count: int) -> timedelta:
    """Return so many days."""
    return timedelta(days=count)


def milk(lot: str, quantity: int, expires: date, item: str = "MILK", site: str = "MAIN") -> OpenLot:
    """Return a lot of milk."""
    return OpenLot(item, quantity, lot=lot, received=NOW, expires=expires, site=site)


def wanted(quantity: int, due: date, life: int, ref: str = "SO-1", item: str = "YOG") -> Demand:
    """Return a demand for what must be good for so many days."""
    return Demand(item, quantity, due=due, ref=ref, minimum_life=days(life))


def planned(mode: Mode, definitions: Sequence[object], demands: Sequence[Demand], *lots: OpenLot) -> Plan:
    """Return the verified plan of demands, which settled proposes nothing more."""
    catalog = Catalog(definitions)  # type: ignore[arg-type]  # definitions, all of them
    snapshot = Snapshot(catalog=catalog, at=NOW, lots=lots, promises=tuple(demands))
    found = plan(snapshot, PlanningPolicy(mode=mode), until=UNTIL)
    found.verify()
    again = plan(attrs.evolve(snapshot, firm=tuple(found.orders)), PlanningPolicy(mode=mode), until=UNTIL)
    again.verify()
    assert len(again.orders) == len(found.orders)
    return found


def taken(found: Plan, item: str) -> dict[str, int]:
    """Return how much is taken of the lots of an item, by lot."""
    used = [one for one in found.pegging if one.item == item and one.source == "stock" and one.wanted_by]
    return {lot: int(sum(one.quantity for one in used if one.supply == lot)) for lot in {one.supply for one in used}}


@MODES
def test_nothing_is_good_for_longer_than_its_shelf_life(mode: Mode) -> None:
    """Milk good for 20 days is never good for 30: short, with the reason, and not promised on time."""
    found = planned(mode, MILK, [wanted(6, date(2026, 3, 20), 30, item="MILK")])
    assert not found.orders
    (short,) = found.shortages
    assert (int(short.quantity), short.covered, short.cause) == (
        6,
        None,
        "no source: what comes is not good until 2026-04-19",
    )


@MODES
def test_who_asks_for_less_is_served_of_the_same_day(mode: Mode) -> None:
    """Of two who want milk on one day, one asks for what no milk can give: the other gets his."""
    due = date(2026, 3, 20)
    found = planned(mode, MILK, [wanted(6, due, 30, "SO-1", "MILK"), wanted(4, due, 10, "SO-2", "MILK")])
    assert [(int(one.quantity), one.serves) for one in found.buy] == [(4, ("SO-2",))]
    assert [(int(one.quantity), one.delays) for one in found.shortages] == [(6, ("SO-1",))]


@MODES
def test_the_life_a_customer_asks_for_is_asked_of_the_milk(mode: Mode) -> None:
    """SO-1's yoghurt must be good until 4 April: the old milk is for SO-2, and more is bought than without."""
    demands = [wanted(6, date(2026, 3, 20), 15), wanted(2, date(2026, 3, 10), 0, "SO-2")]
    lots = [milk("OLD", 3, date(2026, 3, 30)), milk("NEW", 3, date(2026, 4, 30))]
    found = planned(mode, [*YOGHURT, *MILK, *DAIRY], demands, *lots)
    assert taken(found, "MILK") == {"OLD": 2, "NEW": 3}
    (bought,) = [one for one in found.buy if one.item == "MILK"]
    assert bought.quantity == 3
    assert "3 pcs for 6 YOG, start 2026-03-20, good until 2026-04-04 (SO-1)" in str(found.why(bought))
    free = [Item("YOG"), BillOfMaterial("YOG", [BomLine("MILK", 1), BomLine("CUP", 1)])]
    unlimited = planned(mode, [*free, *MILK, *DAIRY], demands, *lots)
    assert sum(one.quantity for one in unlimited.buy if one.item == "MILK") == 2


@MODES
def test_what_no_milk_gives_no_yoghurt_gives(mode: Mode) -> None:
    """Yoghurt that is to be good for 30 days needs milk that there is not: short because of the milk."""
    found = planned(mode, [*YOGHURT, *MILK, *DAIRY], [wanted(6, date(2026, 3, 20), 30)])
    assert "MILK" not in {one.item for one in found.buy}
    why = "no source: what comes is not good until 2026-04-19"
    if mode is Mode.CONSTRAINED:
        why = "its parts never come: no source of MILK: what comes is not good until 2026-04-19"
    assert why in {one.cause for one in found.shortages}
    assert found.demands[0].service == "short"


@MODES
@pytest.mark.parametrize("flagged", ["kit", "part"])
def test_it_goes_down_through_all_that_is_made(mode: Mode, flagged: str) -> None:
    """From a gift box, by a phantom set and the yoghurt in it, to the milk."""
    chain = [
        Item("BOX"),
        BillOfMaterial("BOX", [BomLine("SET", 1, limits_life=flagged == "kit")]),
        Item("SET", supply=Supply.PHANTOM),
        BillOfMaterial("SET", [BomLine("YOG", 2, limits_life=flagged == "part")]),
    ]
    lots = [milk("OLD", 4, date(2026, 3, 30)), milk("NEW", 4, date(2026, 4, 30))]
    found = planned(mode, [*chain, *YOGHURT, *MILK, *DAIRY], [wanted(3, date(2026, 3, 20), 15, item="BOX")], *lots)
    assert taken(found, "MILK") == {"NEW": 4}


@MODES
def test_the_surplus_of_a_lot_serves_later_only_as_long_as_it_is_good(mode: Mode) -> None:
    """A vat of ten: what SO-1 leaves serves SO-2 a week later, and its milk must be good until then."""
    vats = [Item("YOG", minimum=10), YOGHURT[1]]
    lots = [milk("OLD", 10, date(2026, 3, 15)), milk("NEW", 10, date(2026, 3, 25))]
    demands = [wanted(4, date(2026, 3, 10), 0), wanted(6, date(2026, 3, 17), 3, "SO-2")]
    found = planned(mode, [*vats, *MILK, *DAIRY], demands, *lots)
    assert not list(too_old(found))
    made = [one for one in found.make if one.item == "YOG"]
    assert len(made) == (1 if mode is Mode.UNCONSTRAINED else 2)


@MODES
def test_a_substitute_must_be_good_as_long(mode: Mode) -> None:
    """Goat's milk stands in only where it is good for as long as the customer asks."""
    goats = [Item("GOAT", shelf_life=days(20)), Sourcing("GOAT", supplier="FARM", lead_time=working_days(5))]
    goat = Substitute("GOAT", use=Substitution.BEFORE_ORDERING)
    bill = BillOfMaterial("YOG", [BomLine("MILK", 1, limits_life=True, substitutes=[goat]), BomLine("CUP", 1)])
    lots = [milk("G-1", 3, date(2026, 3, 30), "GOAT"), milk("G-2", 2, date(2026, 4, 30), "GOAT")]
    demand = wanted(6, date(2026, 3, 20), 15)
    found = planned(mode, [Item("YOG"), bill, *MILK, *goats, *DAIRY], [demand], *lots)
    assert taken(found, "GOAT") == {"G-2": 2}


@MODES
def test_what_is_moved_does_not_get_younger(mode: Mode) -> None:
    """Milk that comes from another site is as old as it was there."""
    sites = [Site("MAIN"), Site("FARM")]
    lane = TransferLane("FARM", "MAIN", item="MILK", lead_time=days(1))
    lots = [milk("OLD", 6, date(2026, 3, 22), site="FARM"), milk("NEW", 6, date(2026, 4, 5), site="FARM")]
    found = planned(mode, [*sites, MILK[0], lane], [wanted(6, date(2026, 3, 20), 10, item="MILK")], *lots)
    assert [int(one.quantity) for one in found.move] == [6]
    assert taken(found, "MILK") == {"NEW": 6}


def test_what_is_too_old_each_time_it_could_come_is_not_waited_for_for_ever() -> None:
    """Milk that comes on Thursdays, and is looked at until Tuesday, lasts the four days of making only in theory."""
    farm = Supplier(
        "FARM",
        order_calendar=Calendar("TUESDAYS", week="Tu 08:00-16:00"),
        delivery_calendar=Calendar("DELIVERIES", week="Mo 06:00-12:00; Th 06:00-12:00"),
    )
    milk = Item("MILK", shelf_life=days(7), inspection_time=working_days(2))
    terms = Sourcing("MILK", supplier="FARM", lead_time=working_days(3))
    yoghurt = Item("YOG", lead_time=days(3), inspection_time=timedelta(hours=30))
    bill = BillOfMaterial("YOG", [BomLine("MILK", 1, limits_life=True)])
    demand = Demand("YOG", 16, due=date(2026, 3, 3), ref="SO-1")
    made = planned(Mode.CONSTRAINED, [farm, milk, terms, yoghurt, bill], [demand])
    (short,) = made.shortages
    assert short.quantity == 16
    assert short.covered is None
    assert "its parts never come: no source of MILK: what comes is not good" in str(made.why(short))


def test_a_plan_that_gives_what_is_too_old_does_not_pass() -> None:
    """The check follows the pegs of the plan by itself: from the demand to the milk."""
    lots = [milk("OLD", 3, date(2026, 3, 30)), milk("NEW", 9, date(2026, 4, 30))]
    found = planned(Mode.UNCONSTRAINED, [*YOGHURT, *MILK, *DAIRY], [wanted(6, date(2026, 3, 20), 15)], *lots)
    sour = tuple(attrs.evolve(one, expires=date(2026, 3, 30)) if one.lot == "NEW" else one for one in lots)
    object.__setattr__(found, "snapshot", attrs.evolve(found.snapshot, lots=sour))
    assert [(ref, peg.supply) for ref, peg, _ in too_old(found)] == [("SO-1", found.make[0].code)]
    with pytest.raises(BrokenInvariant, match="good as long as is asked for"):
        found.verify()
