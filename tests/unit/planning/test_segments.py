"""Stock of projects, of demands made to order and of customers: who may take what, and what is said of the rest."""

from datetime import UTC, date, datetime, timedelta

import pytest

from prodstock.calendars.span import working_days
from prodstock.errors import InvalidValueError
from prodstock.master.bom import BillOfMaterial, BomLine, CoProduct, Substitute
from prodstock.master.catalog import Catalog
from prodstock.master.codes import ItemCode, segment_code
from prodstock.master.item import Item, Supply
from prodstock.master.location import Site
from prodstock.master.planning_parameters import LotRule, PlanningParameters
from prodstock.master.sourcing import Sourcing
from prodstock.master.transfer_lane import TransferLane
from prodstock.orders.demand import Demand, DemandKind
from prodstock.orders.purchase import PurchaseOrder
from prodstock.planning.causes import ShortageCause
from prodstock.planning.plan import Plan
from prodstock.planning.planner import plan
from prodstock.planning.policy import Mode, PlanningPolicy
from prodstock.planning.snapshot import Snapshot
from prodstock.stock.allocation import Need, OpenLot, allocate

NOW = datetime(2026, 3, 2, 6, tzinfo=UTC)
CATALOG = Catalog(
    [
        Item("PUMP", lead_time=working_days(2)),
        BillOfMaterial("PUMP", [BomLine("HOUSING", 1), BomLine("BOLT", 8)]),
        Item("HOUSING"),
        Item("BOLT", collective=True),
        Sourcing("HOUSING", supplier="CAST", lead_time=working_days(5)),
        Sourcing("BOLT", supplier="FIX", lead_time=working_days(1)),
    ]
)
MODES = pytest.mark.parametrize("mode", list(Mode))


def made(
    lots: list[OpenLot],
    promises: list[Demand | PurchaseOrder],
    mode: Mode = Mode.UNCONSTRAINED,
    catalog: Catalog = CATALOG,
) -> Plan:
    """Return a plan that holds."""
    snapshot = Snapshot(catalog=catalog, at=NOW, lots=lots, promises=promises)
    found = plan(snapshot, PlanningPolicy(mode=mode), until=date(2026, 9, 1))
    found.verify()
    return found


def lot(item: str, free: int, segment: str = "", owner: str = "") -> OpenLot:
    """Return stock of a segment and an owner."""
    return OpenLot(item, free, received=NOW, segment=segment, owner=owner)


def pump(quantity: int, ref: str, *, project: str | None = None, to_order: bool = False) -> Demand:
    """Return a demand for pumps."""
    return Demand("PUMP", quantity, due=date(2026, 3, 27), ref=ref, project=project, to_order=to_order)


def ordered(found: Plan) -> list[tuple[str, int, str]]:
    """Return item, quantity and segment of all that is proposed."""
    return sorted((order.item, int(order.quantity), order.segment) for order in found.orders)


@MODES
def test_stock_made_to_order_nets_only_its_demand(mode: Mode) -> None:
    """Pumps of SO-1's own go to SO-1, free ones to SO-2, and neither takes the other's."""
    lots = [lot("PUMP", 5, "own:SO-1"), lot("PUMP", 1)]
    found = made(lots, [pump(3, "SO-1", to_order=True), pump(3, "SO-2")], mode)
    assert ordered(found) == [("BOLT", 16, ""), ("HOUSING", 2, ""), ("PUMP", 2, "")]
    assert found.projected("PUMP", segment="own:SO-1") == 2
    assert found.projected("PUMP", segment=None) == 2


@MODES
def test_what_a_project_needs_is_planned_for_it_down_to_the_last_part(mode: Mode) -> None:
    """Two demands of a project share its stock and receipts; free housings stay free, and bolts are for all alike."""
    lots = [lot("HOUSING", 10), lot("HOUSING", 1, "project:P-7"), lot("BOLT", 10)]
    coming = PurchaseOrder("HOUSING", 1, supplier="CAST", due=date(2026, 3, 20), ref="PU-1", segment="project:P-7")
    found = made(lots, [pump(2, "SO-1", project="P-7"), pump(1, "SO-2", project="P-7"), coming], mode)
    assert sum(order.quantity for order in found.make) == 3
    assert {order.segment for order in found.make} == {"project:P-7"}
    assert [row for row in ordered(found) if row[0] == "HOUSING"] == [("HOUSING", 1, "project:P-7")]
    assert {(row[0], row[2]) for row in ordered(found) if row[0] == "BOLT"} == {("BOLT", "")}
    assert found.projected("HOUSING") == 10
    assert "10 pcs of HOUSING are not counted: free stock" in str(found.why(found.buy.where(item="HOUSING")[0]))


def test_a_shortage_with_enough_in_other_hands_says_so() -> None:
    """The cause is the wrong segment, and the why names the lot and whose it is."""
    soon = Demand("HOUSING", 2, due=date(2026, 3, 3), ref="SO-1")
    found = made([lot("HOUSING", 4, "project:P-7")], [soon])
    short = found.shortages[0]
    assert (short.kind, short.segment) == (ShortageCause.WRONG_SEGMENT, "")
    assert "4 pcs of HOUSING are not counted: set aside for project P-7" in str(found.why(short))
    assert "set aside for project P-7" in str(found.why(soon))


def test_a_shortage_of_a_project_says_whose_it_is() -> None:
    """What a project lacks is short in its segment, and what nothing can bring is said with the project."""
    bare = Catalog([Item("PUMP")])
    found = made([lot("PUMP", 4)], [pump(2, "SO-1", project="P-7")], catalog=bare)
    assert [(one.segment, one.kind) for one in found.shortages] == [("project:P-7", ShortageCause.WRONG_SEGMENT)]
    message = found.messages[0]
    assert message.text.startswith("PUMP at MAIN for project P-7: no source")
    assert "4 pcs of PUMP are not counted: free stock" in str(found.why(message))


@MODES
def test_what_belongs_to_a_customer_serves_that_customer_first_and_nobody_else(mode: Mode) -> None:
    """ACME takes its own pump though ours lies there as well; BETA's demand never does."""
    lots = [lot("PUMP", 5, owner="ACME"), lot("PUMP", 2)]
    acme = Demand("PUMP", 3, due=date(2026, 3, 27), ref="SO-1", customer="ACME")
    beta = Demand("PUMP", 3, due=date(2026, 3, 27), ref="SO-2", customer="BETA")
    found = made(lots, [acme, beta], mode)
    assert [int(order.quantity) for order in found.make] == [1]
    assert "3 pcs from stock PUMP" in str(found.why(acme))


def test_what_is_not_ours_counts_for_nothing_where_its_owner_asks_for_nothing() -> None:
    """A supplier's consignment is not counted, the cause says so, and it keeps no safety stock."""
    soon = Demand("HOUSING", 2, due=date(2026, 3, 3), ref="SO-1")
    found = made([lot("HOUSING", 9, owner="CAST")], [soon])
    assert [one.kind for one in found.shortages] == [ShortageCause.WRONG_OWNER]
    assert "9 of HOUSING are not counted: owned by CAST" in str(found.why(found.shortages[0]))


@MODES
def test_a_customers_own_keeps_no_safety_stock(mode: Mode) -> None:
    """The safety stock is ordered whatever of a customer's lies there."""
    catalog = Catalog([Item("BOX", safety_stock=4), Sourcing("BOX", supplier="S", lead_time=timedelta(days=1))])
    acme = Demand("BOX", 3, due=date(2026, 3, 27), ref="SO-1", customer="ACME")
    found = made([lot("BOX", 9, owner="ACME")], [acme], mode, catalog)
    assert [int(order.quantity) for order in found.buy] == [4]
    assert not [one for one in found.messages if one.kind == "below-safety"]


@MODES
def test_material_that_a_customer_provides_serves_all_of_its_project(mode: Mode) -> None:
    """ACME's housings in the project's stock are used where the project is ACME's alone, else they are not."""
    lots = [lot("HOUSING", 2, "project:P-7", "ACME"), lot("BOLT", 99)]
    one = Demand("PUMP", 2, due=date(2026, 3, 27), ref="SO-1", project="P-7", customer="ACME")
    other = Demand("PUMP", 1, due=date(2026, 3, 27), ref="SO-2", project="P-7", customer="BETA")
    assert [row for row in ordered(made(lots, [one], mode)) if row[0] == "HOUSING"] == []
    shared = made(lots, [one, other], mode)
    assert sum(order.quantity for order in shared.buy.where(item="HOUSING")) == 3


@MODES
def test_a_project_is_moved_between_sites_as_its_own(mode: Mode) -> None:
    """A project's goods leave from the project's stock at the other site."""
    sites = [Site("NORTH"), Item("BOX"), Sourcing("BOX", supplier="S", site="NORTH", lead_time=timedelta(days=1))]
    catalog = Catalog([*sites, TransferLane("NORTH", "MAIN", lead_time=timedelta(days=1))])
    there = [
        OpenLot("BOX", free, received=NOW, site="NORTH", segment=whose) for free, whose in ((1, "project:P"), (9, ""))
    ]
    found = made(there, [Demand("BOX", 3, due=date(2026, 3, 27), ref="SO-1", project="P")], mode, catalog)
    assert [(int(one.quantity), one.segment) for one in found.buy] == [(2, "project:P")]
    assert sum(one.quantity for one in found.move) == 3
    assert {one.segment for one in found.move} == {"project:P"}


@MODES
def test_what_comes_out_beside_comes_into_the_same_stock(mode: Mode) -> None:
    """A project's hides come with its meat; hides that are for all alike are there for all."""

    def catalog(*, collective: bool) -> Catalog:
        bill = BillOfMaterial("MEAT", [BomLine("COW", 1)], outputs=[CoProduct("HIDE", 1)])
        cow = Sourcing("COW", supplier="FARM", lead_time=timedelta(days=1))
        items = [Item("MEAT", lead_time=timedelta(days=1)), Item("HIDE", collective=collective), Item("COW")]
        return Catalog([*items, bill, cow])

    meat = Demand("MEAT", 2, due=date(2026, 3, 27), ref="SO-1", project="P")
    hide = Demand("HIDE", 2, due=date(2026, 3, 28), ref="SO-2", project="P")
    free = Demand("HIDE", 2, due=date(2026, 3, 28), ref="SO-2")
    assert [int(one.quantity) for one in made([], [meat, hide], mode, catalog(collective=False)).make] == [2]
    assert [int(one.quantity) for one in made([], [meat, free], mode, catalog(collective=False)).make] == [2, 2]
    assert [int(one.quantity) for one in made([], [meat, free], mode, catalog(collective=True)).make] == [2]


def test_forecasts_are_consumed_within_their_project() -> None:
    """An order of a project leaves the free forecast alone, and the other way round."""
    forecast = Demand("PUMP", 5, due=date(2026, 3, 27), ref="F", kind=DemandKind.FORECAST)
    mine = Demand("PUMP", 5, due=date(2026, 3, 27), ref="G", kind=DemandKind.FORECAST, project="P")
    found = made([], [forecast, mine, pump(2, "SO-1", project="P")])
    assert sorted((one.segment, one.serves, int(one.quantity)) for one in found.make) == [
        ("", ("F",), 5),
        ("project:P", ("G", "SO-1"), 5),
    ]


def test_set_aside_stock_of_what_is_for_all_alike_is_not_counted() -> None:
    """Bolts that somebody set aside for a project are nobody's in planning, and it says so."""
    found = made([lot("BOLT", 99, "project:P-7")], [Demand("BOLT", 8, due=date(2026, 3, 2), ref="SO-1", project="P-7")])
    assert [int(one.quantity) for one in found.buy] == [8]
    assert "set aside for project P-7, and planned for all alike" in str(found.why(found.shortages[0]))


def test_allocation_passes_over_what_is_set_aside_or_not_ours() -> None:
    """Without a plant, a need takes free stock of ours only, and hears why."""
    need = Need("PUMP", 3, at=NOW, ref="SO-1")
    found = allocate([need], [lot("PUMP", 5, "project:P-7"), lot("PUMP", 5, owner="ACME")])
    found.verify()
    assert not found.picks
    assert {one.reason for one in found.passed_over} == {"set aside for project P-7", "owned by ACME"}


def test_a_demand_is_of_a_project_or_made_to_order() -> None:
    """Both at once are refused, and nothing is made to a forecast."""
    with pytest.raises(InvalidValueError, match="is of a project"):
        pump(1, "SO-1", project="P", to_order=True)
    with pytest.raises(InvalidValueError, match="is a forecast"):
        Demand("PUMP", 1, due=date(2026, 3, 27), kind=DemandKind.FORECAST, to_order=True)


def test_a_phantom_is_not_planned_for_all_alike() -> None:
    """Its parts are what is planned, so that is said of them."""
    with pytest.raises(InvalidValueError, match="is of a phantom"):
        Item("KIT", supply=Supply.PHANTOM, collective=True)


@pytest.mark.parametrize("given", ["P-7", "project:", "own: SO-1", "order:MO-1", "project:\n"])
def test_a_segment_names_a_project_or_a_demand(given: str) -> None:
    """Anything else is refused."""
    with pytest.raises(InvalidValueError, match="segment"):
        segment_code(given)


@MODES
@pytest.mark.parametrize("way", ["share", "follow-up"])
def test_what_comes_for_a_common_part_is_the_project_s_own(mode: Mode, way: str) -> None:
    """What stands in for a collective part or has taken its place comes from the project's own stock."""
    shares = [Substitute("NUT", share="0.5")] if way == "share" else []
    follow_up = Substitute("NUT", effective_from=date(2026, 3, 1)) if way == "follow-up" else None
    catalog = Catalog(
        [
            Item("PUMP", lead_time=working_days(2)),
            BillOfMaterial("PUMP", [BomLine("BOLT", 8, substitutes=shares)]),
            Item("BOLT", collective=True, follow_up=follow_up),
            Item("NUT"),
            Sourcing("BOLT", supplier="FIX", lead_time=working_days(1)),
            Sourcing("NUT", supplier="FIX", lead_time=working_days(1)),
        ]
    )
    found = made([lot("NUT", 1, "project:P-7"), lot("NUT", 50)], [pump(3, "SO-1", project="P-7")], mode, catalog)
    assert not found.shortages
    bought = {(one.item, one.segment): one.quantity for one in found.buy}
    assert bought[ItemCode("NUT"), "project:P-7"] == (11 if way == "share" else 23)
    assert bought.get((ItemCode("BOLT"), ""), 0) == (12 if way == "share" else 0)


@MODES
@pytest.mark.parametrize("rule", [LotRule.ECONOMIC_ORDER_QUANTITY, LotRule.PERIOD_OF_SUPPLY, LotRule.REPLENISH])
def test_a_project_keeps_nothing_and_orders_nothing_for_later(mode: Mode, rule: LotRule) -> None:
    """Its orders bring what is missing at each moment, in allowed sizes; free stock is kept and ordered by its rule."""
    planned = PlanningParameters(
        "BOX",
        lot_rule=rule,
        lot_quantity=50 if rule is LotRule.REPLENISH else 0,
        lot_periods=9 if rule is LotRule.PERIOD_OF_SUPPLY else 1,
        setup_cost=40,
        holding_cost=1,
        safety_stock=5,
        days_of_cover=timedelta(days=3),
        maximum=4,
    )
    catalog = Catalog([Item("BOX"), Sourcing("BOX", supplier="S", lead_time=timedelta(days=1)), planned])
    dues = (date(2026, 3, 20), date(2026, 3, 21))
    mine = [Demand("BOX", 6, due=due, ref=f"P{due.day}", project="P") for due in dues]
    free = [Demand("BOX", 6, due=due, ref=f"F{due.day}") for due in dues]
    found = made([], [*mine, *free], mode, catalog)
    assert sorted(int(one.quantity) for one in found.buy.where(segment="project:P")) == [2, 2, 4, 4]
    assert found.projected("BOX", segment="project:P") == 0
    assert found.projected("BOX") >= 5
    assert all(str(found.why(one)) for one in found.orders)


def test_what_is_not_ours_is_neither_excess_nor_free_for_a_set() -> None:
    """Of a customer's boxes that are left nothing is excess or part of a set; a project's own are told as such."""
    bill = BillOfMaterial("SET", [BomLine("BOX", 1)])
    catalog = Catalog([Item("SET"), bill, Item("BOX"), Sourcing("BOX", supplier="S", lead_time=timedelta(days=1))])
    acme = Demand("BOX", 3, due=date(2026, 3, 27), ref="SO-1", customer="ACME")
    found = made([lot("BOX", 9, owner="ACME"), lot("BOX", 2), lot("BOX", 4, "project:P")], [acme], catalog=catalog)
    assert [(int(one.quantity), one.segment) for one in found.excess] == [(2, ""), (4, "project:P")]
    assert found.kit("SET").quantity == 2
