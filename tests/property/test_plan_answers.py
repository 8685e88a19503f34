"""What a plan answers: its pegs, demands, slack, messages and delays agree with each other and with the snapshot."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from prodstock.calendars.calendar import Calendar
from prodstock.master.bom import BillOfMaterial, BomLine, CoProduct
from prodstock.master.catalog import Catalog
from prodstock.master.item import Item, Supply
from prodstock.master.location import Site
from prodstock.master.order_line import order_lines
from prodstock.master.quality_state import Quality
from prodstock.master.sourcing import Sourcing
from prodstock.orders.demand import Demand
from prodstock.orders.planned import PlannedMake, PlannedMove
from prodstock.orders.purchase import PurchaseOrder
from prodstock.planning.action import MessageKind
from prodstock.planning.chain import LinkKind
from prodstock.planning.fulfilment import Service
from prodstock.planning.pegging import PegUse
from prodstock.planning.plan import Plan
from prodstock.planning.planner import plan
from prodstock.planning.policy import Mode, PlanningPolicy
from prodstock.planning.shares import Shares
from prodstock.planning.snapshot import Held, Snapshot
from prodstock.planning.violations import Constraint
from prodstock.stock.allocation import OpenLot

NOW = datetime(2026, 3, 2, tzinfo=UTC)
UNTIL = date(2026, 6, 1)
ALWAYS = Calendar("ALWAYS", week="Mo-Su 00:00-24:00")
BUYABLE = ("C", "D")
CODES = ("A", "B", "C", "D")
MODES = st.sampled_from([PlanningPolicy(mode=mode) for mode in Mode])


def day(offset: int) -> date:
    """Return a day of the plan."""
    return NOW.date() + timedelta(days=offset)


@st.composite
def snapshots(draw: st.DrawFn) -> Snapshot:
    """Return a company of two levels, with something beside the product, scrap, lots, and stock in every state."""
    minimum, multiple = draw(st.sampled_from([(0, 0), (7, 0), (0, 4)]))
    beside = draw(st.booleans())
    lead = st.integers(0, 9).map(lambda days: timedelta(days=days))
    definitions: list[object] = [
        Site("MAIN", calendar=ALWAYS),
        Item("A", supply=Supply.MAKE, lead_time=draw(lead), minimum=minimum, multiple=multiple),
        Item("B", supply=Supply.MAKE, lead_time=draw(lead), safety_stock=draw(st.sampled_from([0, 4]))),
        Item("C", safety_stock=draw(st.sampled_from([0, 5]))),
        Item("D", unit="kg", scale=1),
        BillOfMaterial(
            "A",
            [BomLine("B", draw(st.sampled_from(["1", "2"]))), BomLine("D", "0.3")],
            scrap=draw(st.sampled_from(["0", "0.1"])),
            outputs=[CoProduct("E", 1)] if beside else [],
        ),
        BillOfMaterial("B", [BomLine("C", draw(st.sampled_from(["0.5", "3"]))), BomLine("D", 1)]),
        *([Item("E")] if beside else []),
    ]
    definitions += [
        Sourcing(code, supplier="S", lead_time=draw(lead), minimum=draw(st.sampled_from([0, 9])))
        for code in BUYABLE
        if draw(st.integers(0, 5))
    ]
    codes = st.sampled_from([*CODES, *(["E"] if beside else [])])
    quantities, states = st.integers(1, 25), st.sampled_from([*Quality, Quality.APPROVED, Quality.APPROVED])
    lots = [
        OpenLot(
            draw(codes),
            draw(quantities),
            lot=f"L{n}",
            received=NOW,
            quality=draw(states),
            expires=draw(st.sampled_from([None, None, day(9), day(30)])),
        )
        for n in range(draw(st.integers(0, 4)))
    ]
    demands = [
        Demand(draw(codes), draw(quantities), due=day(draw(st.integers(-3, 120))), ref=f"D{n}")
        for n in range(draw(st.integers(1, 5)))
    ]
    bought = [
        PurchaseOrder(draw(codes), draw(quantities), supplier="S", due=day(draw(st.integers(-2, 50))), ref=f"P{n}")
        for n in range(draw(st.integers(0, 3)))
    ]
    held = [Held("D0", demands[0].item, 1)] if draw(st.booleans()) else []
    catalog = Catalog(definitions)  # type: ignore[arg-type]  # definitions, all of them
    return Snapshot(catalog=catalog, at=NOW, lots=lots, promises=[*demands, *bought], held=held)


def settled(snapshot: Snapshot, policy: PlanningPolicy) -> Snapshot:
    """Return the snapshot with half of what is proposed settled, and one order doubled."""
    first = plan(snapshot, policy, until=UNTIL)
    kept = [order for order in first.orders if not isinstance(order, PlannedMove)][::2]
    return Snapshot(
        catalog=snapshot.catalog, at=NOW, lots=snapshot.lots, promises=snapshot.promises, held=snapshot.held, firm=kept
    )


def brought(made: Plan, code: str) -> Fraction:
    """Return all that orders of the plan bring of an item, but for what falls off beside it."""
    found = (
        one.good if isinstance(one, PlannedMake) and one.good else one.quantity
        for one in made.orders
        if one.item == code
    )
    return sum(map(Fraction, found), Fraction(0))


@given(snapshots(), MODES)
def test_every_unit_of_supply_goes_somewhere_once(snapshot: Snapshot, policy: PlanningPolicy) -> None:
    """Stock that counts, receipts and orders are what demands, orders, safety stock, excess and waste take together."""
    made = plan(snapshot, policy, until=UNTIL)
    for code in CODES:
        usable = {Quality.APPROVED, Quality.PENDING_INSPECTION}
        lots = [Fraction(str(one.free)) for one in snapshot.lots if one.item == code and one.quality in usable]
        coming = [
            Fraction(str(one.quantity)) for one in snapshot.promises if not isinstance(one, Demand) and one.item == code
        ]
        pegged = sum((Fraction(one.quantity) for one in made.pegging.where(item=code)), Fraction(0))
        assert sum(lots) + sum(coming) + brought(made, code) == pegged
    for row in made.demands:
        if row.service not in {Service.DONE, Service.BEYOND}:
            taken = [one for one in made.pegging if one.use is PegUse.DEMAND and one.wanted_by == row.ref and one.ready]
            there = sum((Fraction(one.quantity) for one in taken), Fraction(0))
            reserved = sum(Fraction(str(one.quantity)) for one in snapshot.held if one.ref == row.ref)
            assert there + reserved + Fraction(row.missing) == Fraction(row.quantity)


@given(snapshots(), MODES)
def test_shares_down_to_the_last_part_add_up(snapshot: Snapshot, policy: PlanningPolicy) -> None:
    """What demands take through orders, and what orders take for nobody, is exactly who takes what, in whole steps."""
    made = plan(settled(snapshot, policy), policy, until=UNTIL)
    netting = made._netting
    shares = Shares(netting)
    found: Counter[tuple[int, int, int]] = Counter()
    for share in (*shares.idle(), *(one for asked in range(netting.outside) for one in shares.of(asked))):
        found[share.want.station.number, share.want.number, share.supply] += share.quantity
    expected: Counter[tuple[int, int, int]] = Counter()
    for station in netting.stations:
        for want, supply, quantity in station.pegged():
            expected[station.number, want, supply] += quantity
    assert +expected == +found
    for row in made.demands:
        if row.service in {Service.LATE, Service.ON_TIME, Service.SHORT} and row.ref in {
            one.name for one in netting.gathered.asked
        }:
            assert {one.level for one in made.pegs_of(row.ref)} <= {1, 2, 3}


@given(snapshots(), MODES)
def test_a_demand_fares_as_its_parts_come(snapshot: Snapshot, policy: PlanningPolicy) -> None:
    """Parts and what never comes are the demand; it is late by its last part; who is late says what binds."""
    made = plan(snapshot, policy, until=UNTIL)
    assert len(made.demands) == sum(isinstance(one, Demand) for one in snapshot.promises)
    for row in made.demands:
        if row.service in {Service.DONE, Service.BEYOND}:
            assert not row.deliveries
            continue
        parts = sum((Fraction(one.quantity) for one in row.deliveries), Fraction(0))
        assert parts + Fraction(row.missing) == Fraction(row.quantity)
        assert (row.service is Service.SHORT) == (row.missing > 0)
        assert bool(row.late) == any(one.at > row.due for one in row.deliveries)
        hurt = [one for one in made.shortages if row.ref in one.delays and one.item == row.item]
        assert bool(hurt) == (row.cause is not None)
        if row.cause is not None:
            assert row.chain[-1].kind is not LinkKind.ORDER
            assert all(one.kind is LinkKind.ORDER for one in row.chain[:-1])
            assert row.cause in {one.kind for one in hurt}
            assert row.service is Service.LATE or row.chain[-1].ready is None or row.missing
        assert str(made.why(row.ref)) == str(made.why(row))
        assert len(repr(row)) < 120


@given(snapshots(), MODES)
def test_slack_is_what_a_delay_may_take(snapshot: Snapshot, policy: PlanningPolicy) -> None:
    """As late as its slack allows an order delays nobody; a day later it does."""
    made = plan(snapshot, policy, until=UNTIL)
    for row in made.slack:
        if row.slack is None:
            continue
        for one in made.delayed(row.order, by=row.slack):
            assert one.now is None or one.was is None or one.now <= max(one.was, one.due)
        later = made.delayed(row.order, by=row.slack + timedelta(days=1))
        assert any(
            one.was is not None and one.now is not None and one.now > max(one.was, one.due) for one in later
        ) or any(one.was is None for one in later)


@given(snapshots(), MODES)
def test_the_most_harmful_shortage_comes_first(snapshot: Snapshot, policy: PlanningPolicy) -> None:
    """Shortages are ranked by harm, each has a cause, and what harms a demand is late by a day at least."""
    found = plan(snapshot, policy, until=UNTIL).shortages
    assert [one.harm for one in found] == sorted((one.harm for one in found), reverse=True)
    assert all(one.days > 0 and one.root in snapshot.catalog.low_level_codes() for one in found)


@given(snapshots(), MODES)
def test_messages_are_about_what_is_there(snapshot: Snapshot, policy: PlanningPolicy) -> None:
    """Every message names an order, receipt, lot or item of the plan, at most one message of a kind names a receipt."""
    made = plan(settled(snapshot, policy), policy, until=UNTIL)
    lots = {one.lot or one.item for one in snapshot.lots}
    refs = {one.ref for one in snapshot.promises} | {one.code for one in made.orders} | set(CODES) | {"E"}
    for one in made.messages:
        assert one.order in refs or one.order.split(" ")[0] in lots
        assert str(made.why(one))
    kinds = Counter(
        (one.kind, f"{one.order} {one.item}") for one in made.messages if one.kind is not MessageKind.NOT_COUNTED
    )
    assert all(count == 1 for (kind, _), count in kinds.items() if kind is not MessageKind.EXPIRES)
    for one in made.messages:
        if one.kind is MessageKind.DEFER:
            assert one.date_from is not None
            assert one.date_to is not None
            assert one.date_to - one.date_from >= timedelta(days=1)
        if one.kind in {MessageKind.CANCEL, MessageKind.DECREASE, MessageKind.EXCESS}:
            assert one.quantity_from is not None
            assert one.quantity_to is not None
            assert one.quantity_to <= one.quantity_from


@given(snapshots(), st.sampled_from(Mode))
def test_what_is_within_tolerance_is_not_said(snapshot: Snapshot, mode: Mode) -> None:
    """With wide tolerances nobody is told to move or change a receipt; all else is said as before."""
    wide = timedelta(days=1000)
    policy = PlanningPolicy(mode=mode, expedite_tolerance=wide, defer_tolerance=wide, quantity_tolerance=1)
    calm, loud = plan(snapshot, policy, until=UNTIL), plan(snapshot, PlanningPolicy(mode=mode), until=UNTIL)
    moving = {MessageKind.EXPEDITE, MessageKind.DEFER, MessageKind.CANCEL, MessageKind.DECREASE, MessageKind.EXCESS}
    assert list(calm.messages) == [one for one in loud.messages if one.kind not in moving]
    assert calm.orders == loud.orders


@given(snapshots(), MODES)
def test_what_breaks_a_plan_is_what_its_answers_say(snapshot: Snapshot, policy: PlanningPolicy) -> None:
    """A plan breaks nothing of its own accord but time: its demands, starts and shortages say the same."""
    made = plan(snapshot, policy, until=UNTIL)
    kinds = Counter(one.kind for one in made.violations)
    unserved = {row.ref for row in made.demands if row.service in {Service.LATE, Service.SHORT}}
    ours = {Constraint.DEMAND_LATE, Constraint.DEMAND_SHORT}
    assert {one.ref for one in made.violations if one.kind in ours} == unserved
    past = [order for order in made.orders if order.start < NOW]
    assert kinds[Constraint.STARTS_IN_PAST] == len(past) == len(made.messages.where(kind=MessageKind.START_IN_PAST))
    of_settled = {Constraint.NO_SOURCE, Constraint.LOT_SIZE, Constraint.LEAD_TIME, Constraint.CLOSED}
    assert not of_settled & set(kinds)
    if policy.mode is Mode.CONSTRAINED:
        assert not {Constraint.STARTS_IN_PAST, Constraint.PARTS_LATE, Constraint.PARTS_MISSING} & set(kinds)
    assert Constraint.EXPIRES not in kinds
    assert made.executable is not bool(made.violations)
    if made.executable:
        assert not made.shortages


@given(snapshots(), MODES)
def test_what_a_plan_proposes_may_be_settled(snapshot: Snapshot, policy: PlanningPolicy) -> None:
    """Settled as they are proposed, orders break no rule of their sources, whatever else is late."""
    made = plan(settled(snapshot, policy), policy, until=UNTIL)
    kinds = {one.kind for one in made.violations}
    assert not kinds & {Constraint.NO_SOURCE, Constraint.LOT_SIZE, Constraint.LEAD_TIME, Constraint.CLOSED}


@given(snapshots(), MODES)
def test_what_can_start_now_is_there(snapshot: Snapshot, policy: PlanningPolicy) -> None:
    """All that can be started of all orders together takes no more than the stock that may be used."""
    made = plan(snapshot, policy, until=UNTIL)
    taken: Counter[str] = Counter()
    for row in made.starts:
        assert (row.state == "now") is (not row.limiting)
        assert (row.state == "blocked") is (row.ready is None)
        assert row.startable <= row.quantity
        bom = snapshot.catalog.bom(row.item, max(row.start, NOW))
        assert bom is not None or row.startable == row.quantity
        if bom is not None and row.startable:
            for line in order_lines(snapshot.catalog, bom, row.startable, at=max(row.start, NOW)):
                taken[line.item] += Fraction(line.quantity)  # type: ignore[assignment]  # a sum of anything
    for code, much in taken.items():
        lots = [one for one in snapshot.lots if one.item == code and one.quality is Quality.APPROVED]
        assert Fraction(much) <= sum((Fraction(str(one.free)) for one in lots), Fraction(0))


@given(snapshots(), MODES)
def test_trees_hold_what_the_tables_say(snapshot: Snapshot, policy: PlanningPolicy) -> None:
    """The first steps up from a supply are its pegs and its excess; every node of a tree is reached; both are drawn."""
    made = plan(snapshot, policy, until=UNTIL)
    for row in made.slack:
        tree = made.where_used(row.order)
        first = [peg for peg in tree.pegs if peg.level == 1]
        assert Counter(first) == Counter(peg for peg in made.pegging if peg.supply == row.order)
        assert tree.svg().count("<rect") == min(60, len(tree.nodes))
        assert {right for _, right, _ in tree._joints} == set(range(1, len(tree.nodes)))
    for demand in made.demands:
        if demand.service not in {Service.DONE, Service.BEYOND} and demand.ref != "D0":
            down = made.peg_tree(demand.ref)
            assert down.pegs == made.pegs_of(demand.ref)
            assert {right for _, right, _ in down._joints} == set(range(1, len(down.nodes)))
