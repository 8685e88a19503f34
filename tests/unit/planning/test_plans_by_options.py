"""Plans of what is made to order with options: which lines apply, at every level, and why."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import attrs
import pytest

from prodstock.calendars.span import working_days
from prodstock.errors import BrokenInvariant, InvalidData, UnknownCode
from prodstock.master.bom import BillOfMaterial, BomLine
from prodstock.master.catalog import Catalog
from prodstock.master.codes import ItemCode
from prodstock.master.condition import Chosen
from prodstock.master.definition import Definition
from prodstock.master.item import Item, Supply
from prodstock.master.location import Site
from prodstock.master.option import Option
from prodstock.master.sourcing import Sourcing
from prodstock.master.transfer_lane import TransferLane
from prodstock.orders.demand import Demand
from prodstock.orders.planned import PlannedMake
from prodstock.planning.changes.rows import ChangeOfOrder
from prodstock.planning.engineering_change.impact import change_impact
from prodstock.planning.plan import Plan
from prodstock.planning.planner import plan
from prodstock.planning.policy import Mode, PlanningPolicy
from prodstock.planning.snapshot import Snapshot
from prodstock.stock.allocation import OpenLot

NOW = datetime(2026, 3, 2, 6, tzinfo=UTC)
DUE = date(2026, 3, 27)
UNTIL = date(2026, 9, 1)
MODES = pytest.mark.parametrize("mode", list(Mode))
PLUG, CASE = Option("plug", ["EU", "UK", "US"]), Option("case", ["no", "yes"])
BOUGHT = ("BODY", "PLUG-EU", "PLUG-UK", "PLUG-US", "CASE", "CLOTH")
DEVICE = BillOfMaterial(
    "HD-7",
    [BomLine("BODY", 1), BomLine("CHARGER", 1), BomLine("SET", 1), BomLine("CASE", 1, when=Chosen("case", "yes"))],
)


def definitions(*, device: BillOfMaterial = DEVICE) -> list[Definition]:
    """Return a device with a charger made for it and a set blown through; cases are for all alike."""
    return [
        PLUG,
        CASE,
        Item("HD-7", lead_time=working_days(2)),
        Item("CHARGER", lead_time=working_days(1)),
        Item("SET", supply=Supply.PHANTOM),
        *(Item(code, collective=code == "CASE") for code in BOUGHT),
        *(Sourcing(code, supplier="S", lead_time=working_days(3)) for code in BOUGHT),
        device,
        BillOfMaterial("CHARGER", [BomLine(f"PLUG-{one}", 1, when=Chosen("plug", one)) for one in PLUG.values]),
        BillOfMaterial("SET", [BomLine("CLOTH", 2, when=~Chosen("plug", "US"))]),
    ]


CATALOG = Catalog(definitions())


def wanted(quantity: int, ref: str, item: str = "HD-7", **options: str) -> Demand:
    """Return a demand, made to order if it says options."""
    return Demand(item, quantity, due=DUE, ref=ref, options=options)


def made(
    *promises: Demand,
    mode: Mode = Mode.UNCONSTRAINED,
    lots: tuple[OpenLot, ...] = (),
    firm: tuple[PlannedMake, ...] = (),
    catalog: Catalog = CATALOG,
) -> Plan:
    """Return a plan that holds."""
    snapshot = Snapshot(catalog=catalog, at=NOW, lots=lots, promises=promises, firm=firm)
    found = plan(snapshot, PlanningPolicy(mode=mode), until=UNTIL)
    found.verify()
    return found


def bought(found: Plan) -> dict[tuple[str, str], int]:
    """Return what is bought by item and segment."""
    return {(order.item, order.segment): int(order.quantity) for order in found.buy}


@MODES
def test_each_demand_gets_what_it_chose_at_every_level(mode: Mode) -> None:
    """A UK set with a case, a US one and a usual one are made of their own parts, chargers and phantoms too."""
    found = made(wanted(5, "SO-1", plug="UK", case="yes"), wanted(2, "SO-2", plug="US"), wanted(3, "SO-3"), mode=mode)
    assert bought(found) == {
        ("BODY", "own:SO-1"): 5,
        ("PLUG-UK", "own:SO-1"): 5,
        ("CLOTH", "own:SO-1"): 10,
        ("CASE", ""): 5,
        ("BODY", "own:SO-2"): 2,
        ("PLUG-US", "own:SO-2"): 2,
        ("BODY", ""): 3,
        ("PLUG-EU", ""): 3,
        ("CLOTH", ""): 6,
    }
    assert {(order.item, order.segment): order.options for order in found.make} == {
        ("HD-7", "own:SO-1"): (("case", "yes"), ("plug", "UK")),
        ("CHARGER", "own:SO-1"): (("plug", "UK"),),
        ("HD-7", "own:SO-2"): (("case", "no"), ("plug", "US")),
        ("CHARGER", "own:SO-2"): (("plug", "US"),),
        ("HD-7", ""): (("case", "no"), ("plug", "EU")),
        ("CHARGER", ""): (("plug", "EU"),),
    }


@MODES
def test_stock_of_what_is_made_as_usual_is_not_taken_for_what_is_chosen(mode: Mode) -> None:
    """Devices in stock serve who wants one as usual; what is made to order has its own."""
    lots = (OpenLot("HD-7", 10, received=NOW), OpenLot("PLUG-UK", 4, received=NOW, segment="own:SO-1"))
    found = made(wanted(5, "SO-1", plug="UK"), wanted(3, "SO-2"), mode=mode, lots=lots)
    assert {order.segment for order in found.orders} == {"own:SO-1"}
    assert bought(found)["PLUG-UK", "own:SO-1"] == 1


def test_an_order_says_which_lines_apply_because_of_what() -> None:
    """The why of an order names each line that depends on options, those of its phantoms too."""
    found = made(wanted(2, "SO-2", plug="US"), wanted(5, "SO-1", plug="UK", case="yes"))
    own = found.make.where(segment="own:SO-2")
    device, charger = own.where(item="HD-7")[0], own.where(item="CHARGER")[0]
    assert "CASE is left out: case is no, and it goes in with case yes" in str(found.why(device))
    assert "CLOTH of SET is left out: plug is US, and it goes in with plug not US" in str(found.why(device))
    assert "PLUG-US goes in: plug is US" in str(found.why(charger))
    other = found.make.where(segment="own:SO-1").where(item="HD-7")[0]
    assert "CASE goes in: case is yes" in str(found.why(other))


@MODES
def test_a_kit_that_is_made_to_order_consists_of_what_was_chosen(mode: Mode) -> None:
    """A demand for a phantom wants its parts that apply, from its own stock."""
    found = made(wanted(5, "SO-1", "SET", plug="UK"), wanted(3, "SO-2", "SET", plug="US"), mode=mode)
    assert bought(found) == {("CLOTH", "own:SO-1"): 10}


def test_sets_are_counted_with_what_is_chosen() -> None:
    """How many sets are free depends on what goes in; complete ones lie there with the usual values."""
    lots = (OpenLot("CLOTH", 7, received=NOW), OpenLot("SET", 2, received=NOW))
    found = made(lots=lots)
    assert found.kit("SET").quantity == 5
    assert found.kit("SET", options={"plug": "UK"}).quantity == 3
    assert found.kit("SET", options={"case": "yes"}).quantity == 5
    with pytest.raises(UnknownCode, match="unknown value of option plug 'FR'"):
        found.kit("SET", options={"plug": "FR"})


@MODES
def test_what_is_made_at_another_site_for_a_demand_is_made_as_chosen(mode: Mode) -> None:
    """A transfer keeps whose it is, and the order at its source is made with the options of the demand."""
    lane = TransferLane("NORTH", "MAIN", item="CHARGER", lead_time=timedelta(days=1), priority=-1)
    elsewhere = Catalog([*definitions(), Site("NORTH"), lane])
    found = made(wanted(4, "SO-1", plug="UK"), mode=mode, catalog=elsewhere)
    assert [(order.item, order.site, order.options) for order in found.make.where(item="CHARGER")] == [
        ("CHARGER", "NORTH", (("plug", "UK"),))
    ]


@MODES
def test_a_settled_order_is_made_as_it_says(mode: Mode) -> None:
    """An order settled by hand for free stock takes what it chose, in its phantoms too."""
    start, due = datetime(2026, 3, 16, 8, tzinfo=UTC), datetime(2026, 3, 18, 16, tzinfo=UTC)
    options = {"plug": "US", "case": "yes"}
    order = PlannedMake(ItemCode("HD-7"), Decimal(4), start, due, "A", code="make-1", options=options)
    found = made(mode=mode, firm=(order,))
    assert bought(found) == {("BODY", ""): 4, ("CASE", ""): 4, ("PLUG-EU", ""): 4}
    assert "CLOTH of SET is left out: plug is US" in str(found.why("make-1"))


@MODES
def test_settled_orders_change_nothing(mode: Mode) -> None:
    """What a plan proposes is what the next one has, once all of it is settled."""
    demands = (wanted(5, "SO-1", plug="UK", case="yes"), wanted(2, "SO-2", plug="US"))
    first = made(*demands, mode=mode)
    assert made(*demands, mode=mode, firm=tuple(first.orders)).orders == first.orders  # type: ignore[arg-type]  # of all kinds


def test_unknown_options_and_values_are_findings() -> None:
    """Every demand and settled order that names what there is not is found, with its row."""
    start, due = NOW, NOW + timedelta(days=2)
    firm = PlannedMake(ItemCode("HD-7"), Decimal(4), start, due, "A", code="make-1", options={"plugg": "US"})
    with pytest.raises(InvalidData) as caught:
        made(wanted(1, "SO-1"), wanted(1, "SO-2", plug="FR"), wanted(1, "SO-3", color="red"), firm=(firm,))
    assert [(one.table, one.row, one.field, one.message) for one in caught.value.findings] == [
        ("promises", 2, "options", "unknown value of option plug 'FR'"),
        ("promises", 3, "options", "unknown option 'color'"),
        ("firm", 1, "options", "unknown option 'plugg'"),
    ]


def test_demands_for_what_does_not_go_together_are_findings() -> None:
    """A demand that breaks a rule of the options is found, also by what it leaves out."""
    rule = attrs.evolve(CASE, requires={"yes": Chosen("plug", "UK")})
    ruled = Catalog([PLUG, rule, *definitions()[2:]])
    with pytest.raises(InvalidData) as caught:
        made(wanted(1, "SO-1", case="yes"), wanted(1, "SO-2", case="yes", plug="UK"), catalog=ruled)
    assert [(one.row, one.field, one.message) for one in caught.value.findings] == [
        (1, "options", "options 'case yes' goes only with plug UK, and plug is EU")
    ]
    assert made(wanted(1, "SO-2", case="yes", plug="UK"), catalog=ruled).make


def test_demands_that_share_a_stock_must_want_the_same() -> None:
    """Without a code, demands of an item and day have one stock: they may not choose differently."""
    one = Demand("HD-7", 1, due=DUE, options={"plug": "UK"})
    assert len(made(one, attrs.evolve(one, quantity=2)).make.where(item="HD-7")) == 1
    for other in (Demand("HD-7", 2, due=DUE, to_order=True), attrs.evolve(one, options={"plug": "US"})):
        for both in ((one, other), (other, one)):
            with pytest.raises(InvalidData, match="is wanted with several options by demands that share its stock"):
                made(*both)
    usual = attrs.evolve(one, options={"plug": "EU"})
    assert made(usual, Demand("HD-7", 2, due=DUE, to_order=True)).make


def test_an_order_with_the_options_of_somebody_else_is_found() -> None:
    """The check of a plan looks at the options of every order that it proposes."""
    snapshot = Snapshot(catalog=CATALOG, at=NOW, promises=[wanted(5, "SO-1", plug="UK")])
    spoilt = plan(snapshot, until=UNTIL)
    naming = spoilt._netting.naming
    order = next(one for one in map(naming.public, range(2)) if isinstance(one, PlannedMake))
    number = next(at for at, one in naming._public.items() if one is order)
    naming._public[number] = attrs.evolve(order, options={"plug": "US"})
    with pytest.raises(BrokenInvariant, match="an order is made with the options of whom it is for"):
        spoilt.verify()


def test_other_options_are_a_change_of_an_order() -> None:
    """Where the usual value changes, two plans differ by what is chosen, and the option is the cause."""
    before = made(wanted(5, "SO-1"))
    usual = attrs.evolve(PLUG, default="US")
    after = made(wanted(5, "SO-1"), catalog=Catalog([usual, *definitions()[1:]]))
    rows = [row for row in after.changes_since(before).orders if row.item == "CHARGER"]
    assert [row.changes for row in rows] == [(ChangeOfOrder.OPTIONS,)]
    assert "Option plug: default nothing to US" in {cause.text for cause in rows[0].causes}


def test_the_impact_of_a_change_counts_what_was_chosen() -> None:
    """Who changes a bill sees what orders take otherwise, with the options of each."""
    found = made(wanted(5, "SO-1", plug="UK", case="yes"), wanted(2, "SO-2", plug="US"))
    lines = [*DEVICE.lines[:3], BomLine("CASE", 2, when=Chosen("case", "yes"))]
    new = attrs.evolve(DEVICE, lines=lines, revision="B")
    impact = change_impact(found, Catalog(definitions(device=new)))
    orders = {row.code: row for row in impact.orders}
    for order in found.make.where(item="HD-7"):
        needs = {need.item: (int(need.before), int(need.after)) for need in orders[order.code].needs}
        assert needs == ({"CASE": (5, 10)} if order.segment == "own:SO-1" else {})
