"""Planning against a plain oracle in daily buckets, and the laws that any plan obeys."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, Protocol

import attrs
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from prodstock.calendars.calendar import Calendar
from prodstock.calendars.horizon import TimeBucket
from prodstock.calendars.span import Span, WorkingDays, working_days
from prodstock.master.bom import BillOfMaterial, BomLine, CoProduct, Substitute, SubstituteGroup, Substitution
from prodstock.master.catalog import Catalog
from prodstock.master.condition import Chosen, Condition
from prodstock.master.item import Item, Supply
from prodstock.master.location import Site
from prodstock.master.lot_sizes import LotCut
from prodstock.master.option import Option
from prodstock.master.planning_parameters import BY_QUANTITY, LotRule, PlanningParameters
from prodstock.master.quota import QuotaArrangement, QuotaShare
from prodstock.master.sourcing import Sourcing, Supplier
from prodstock.master.transfer_lane import TransferLane
from prodstock.orders.demand import Demand, DemandKind
from prodstock.orders.planned import PlannedBuy, PlannedMake, PlannedMove
from prodstock.orders.purchase import PurchaseOrder, TransferOrder
from prodstock.planning.netting import Netting
from prodstock.planning.plan import Plan
from prodstock.planning.planner import plan
from prodstock.planning.policy import Mode, PlanningPolicy, SafetyStock
from prodstock.planning.snapshot import Snapshot
from prodstock.quantities.money import Money
from prodstock.stock.allocation import OpenLot


class Shuffles(Protocol):
    """What hypothesis draws to shuffle with."""

    def shuffle(self, x: list[Any], /) -> object:
        """Put values in another order."""


NOW = datetime(2026, 3, 2, tzinfo=UTC)
UNTIL = date(2026, 12, 1)
ALWAYS = Calendar("ALWAYS", week="Mo-Su 00:00-24:00")
CODES = ("A", "B", "C", "D", "E")
"""Items from the top of the bills down: each may need only later ones."""
SITES = ("MAIN", "NORTH", "SOUTH")
"""Sites in the order in which they supply each other: each only later ones."""
BUSY = Calendar("BUSY", week="Mo-Fr 08:00-16:00")


CALENDARS = st.sampled_from([ALWAYS, ALWAYS, BUSY])
TUESDAYS = Calendar("TUESDAYS", week="Tu 08:00-16:00")
DELIVERIES = Calendar("DELIVERIES", week="Mo 06:00-12:00; Th 06:00-12:00")
SPANS: st.SearchStrategy[Span] = st.sampled_from([timedelta(), timedelta(days=1), WorkingDays(2)])
TESTS: tuple[Span, ...] = (timedelta(hours=30), WorkingDays(1))
SPANS_OF_TRANSPORT: tuple[Span, ...] = (timedelta(days=1), WorkingDays(2))


@st.composite
def lanes(draw: st.DrawFn) -> list[TransferLane]:
    """Return lanes on which earlier sites supply later ones, of one item or of all, with every kind of lot rule."""
    found: dict[tuple[str, ...], TransferLane] = {}
    for _ in range(draw(st.integers(0, 4))):
        source = draw(st.integers(0, 1))
        item = draw(st.sampled_from([None, *CODES]))
        minimum, multiple = draw(st.sampled_from([(0, 0), (6, 0), (0, 5)])) if item else (0, 0)
        lane = TransferLane(
            SITES[source],
            SITES[draw(st.integers(source + 1, 2))],
            item=item,
            lead_time=draw(SPANS),
            calendar=draw(st.sampled_from([None, ALWAYS, BUSY])),
            minimum=minimum,
            multiple=multiple,
            priority=draw(st.integers(-1, 1)),
            effective_from=draw(st.sampled_from([None, None, day(10)])),
        )
        found.setdefault(lane.identity[:3], lane)
    return list(found.values())


def parameters(code: str) -> st.SearchStrategy[PlanningParameters]:
    """Return ways of planning an item: every lot rule, changing safety stocks, safety times, fences and windows."""
    spans = st.sampled_from([None, None, timedelta(days=1), working_days(2)])
    rules = st.sampled_from(LotRule).map(
        lambda rule: {
            "lot_rule": rule,
            "lot_quantity": 9 if rule in BY_QUANTITY else 0,
            "lot_periods": 3 if rule is LotRule.PERIOD_OF_SUPPLY else 1,
            "maximum": 0 if rule is LotRule.FIXED else 14,
        }
    )
    plain = st.fixed_dictionaries({"maximum": st.sampled_from([0, 12])})
    others = st.fixed_dictionaries(
        {
            "period": st.sampled_from(TimeBucket),
            "setup_cost": st.sampled_from([1, 20]),
            "holding_cost": st.just("0.5"),
            "cut": st.sampled_from(LotCut),
            "safety_stock": st.sampled_from([None, 0, 6]),
            "safety_steps": st.sampled_from([(), ((day(-1), 2), (day(9), 8), (day(20), 3))]),
            "days_of_cover": spans,
            "safety_time": spans,
            "soft_safety_time": spans,
            "planning_time_fence": spans,
            "demand_time_fence": spans,
            "forecast_backward": spans,
            "forecast_forward": spans,
        }
    )
    return st.builds(lambda lots, more: PlanningParameters(code, **lots, **more), rules | plain, others)


WHENS = [Chosen("plug", "UK"), ~Chosen("plug", "UK"), Chosen("plug", "EU") | Chosen("case", "yes")]
"""With which options a line of a bill applies."""
USUAL: st.SearchStrategy[Condition | None] = st.none()
CHOICES = [{}, {"plug": "UK"}, {"plug": "EU", "case": "yes"}]

RATIOS = st.sampled_from(["1", "2", "0.5", "0.3"])


def stand_ins(item: str, place: int) -> st.SearchStrategy[list[Substitute]]:
    """Return what may stand in for an item on a bill of the item in a place: items further down, each other too."""
    others = [one for one in CODES[place + 1 :] if one != item]
    one = st.builds(
        Substitute,
        st.sampled_from(others or ["E"]),
        ratio=RATIOS,
        use=st.sampled_from([None, *Substitution]),
        effective_until=st.sampled_from([None, None, day(30)]),
    )
    below = [one for one in others if one > item]
    shared = st.builds(Substitute, st.sampled_from(below or ["E"]), ratio=RATIOS, share=st.sampled_from(["0.3", "0.5"]))
    used, some = st.lists(one, max_size=2 if others else 0), st.lists(shared, max_size=1 if below else 0)
    return st.builds(list.__add__, used, some)


@st.composite
def groups_of(draw: st.DrawFn, below: list[str], place: int) -> list[SubstituteGroup]:
    """Return what may replace several lines of a bill together: mostly items that it does not need itself."""
    others = [one for one in CODES[place + 1 :] if one not in below] or ["E"]
    found = []
    for number in range(draw(st.integers(0, 2)) if below else 0):
        parts = draw(st.lists(st.sampled_from(others), min_size=1, max_size=2, unique=True))
        group = SubstituteGroup(
            f"G{number}",
            replaces=draw(st.lists(st.sampled_from(sorted(set(below))), min_size=1, max_size=2, unique=True)),
            lines=[BomLine(one, draw(RATIOS)) for one in parts],
            use=draw(st.sampled_from([None, None, *Substitution])),
            effective_until=draw(st.sampled_from([None, None, day(30)])),
        )
        found.append(group)
    return found


@st.composite
def catalogs(draw: st.DrawFn) -> Catalog:
    """Return items with bills that lead downwards, lead times in whole days and every kind of lot rule."""
    definitions: list[object] = [Site(site, calendar=ALWAYS if site == "MAIN" else draw(CALENDARS)) for site in SITES]
    orders, deliveries = draw(st.sampled_from([None, None, TUESDAYS])), draw(st.sampled_from([None, None, DELIVERIES]))
    least = draw(st.sampled_from([None, Money(40, "EUR")]))
    whens = draw(st.sampled_from([USUAL, USUAL, st.sampled_from([None, *WHENS])]))
    definitions += [Option("plug", ["EU", "UK"]), Option("case", ["no", "yes"])]
    definitions += [
        Supplier(one, order_calendar=orders, delivery_calendar=deliveries, minimum_value=least) for one in "ST"
    ]
    definitions += draw(lanes())
    for place, code in enumerate(CODES):
        made = place < 3 and draw(st.booleans())
        minimum, multiple = draw(st.sampled_from([(0, 0), (7, 0), (0, 4), (10, 3)]))
        safety = draw(st.sampled_from([0, 0, 5]))
        later = [one for one in CODES[place + 1 :] if draw(st.integers(0, 5)) == 0][:1]
        follow_up = (
            Substitute(later[0], ratio=draw(RATIOS), effective_from=day(draw(st.integers(-5, 40)))) if later else None
        )
        collective = draw(st.integers(0, 4)) == 0 and whens is USUAL
        lead = timedelta(days=draw(st.integers(0, 3)))
        tests = draw(st.sampled_from([None, None, *TESTS]))
        if made:
            definitions.append(
                Item(
                    code,
                    supply=Supply.MAKE,
                    safety_stock=safety,
                    lead_time=lead,
                    minimum=minimum,
                    multiple=multiple,
                    inspection_time=tests,
                    follow_up=follow_up,
                    collective=collective,
                )
            )
            below = draw(st.lists(st.sampled_from(CODES[place + 1 :]), max_size=3))
            scrap = draw(st.sampled_from(["0", "0.1"]))
            lines = [
                BomLine(
                    one,
                    draw(st.sampled_from(["1", "2", "0.5"])),
                    substitutes=draw(stand_ins(one, place)),
                    when=draw(whens),
                )
                for one in below
            ]
            definitions.append(BillOfMaterial(code, lines, scrap=scrap, groups=draw(groups_of(below, place))))
        else:
            definitions.append(
                Item(code, safety_stock=safety, inspection_time=tests, follow_up=follow_up, collective=collective)
            )
            terms = Sourcing(
                code,
                supplier="S",
                lead_time=lead,
                minimum=minimum,
                multiple=multiple,
                transport_time=draw(st.sampled_from([None, None, *SPANS_OF_TRANSPORT])),
                order_calendar=draw(st.sampled_from([None, None, None, BUSY])),
                price=draw(st.sampled_from([None, Money(2, "EUR"), Money(2, "EUR"), Money(2, "USD")])),
            )
            definitions.append(terms)
            if draw(st.integers(0, 3)) == 0:
                definitions.append(attrs.evolve(terms, supplier="T", minimum=0, priority=1))
                shares = [
                    QuotaShare(draw(st.integers(1, 5)), supplier=one, base=draw(st.integers(0, 9))) for one in "ST"
                ]
                definitions.append(QuotaArrangement(code, shares))
        if draw(st.booleans()):
            definitions.append(draw(parameters(code)))
    return Catalog(definitions)  # type: ignore[arg-type]  # definitions, all of them


def day(offset: int) -> date:
    """Return a day of the plan."""
    return NOW.date() + timedelta(days=offset)


SEGMENTS = ["", "", "project:P", "project:Q", "own:D0", "own:D1"]
"""Whose stock there may be."""


@st.composite
def kinds_of_demand(draw: st.DrawFn, segments: st.SearchStrategy[str]) -> dict[str, Any]:
    """Return what else is said of a demand: what it is, and which stock it is planned with."""
    kind = draw(st.sampled_from([DemandKind.ORDER, DemandKind.ORDER, DemandKind.FORECAST]))
    segment = draw(segments)
    if segment.startswith("project:"):
        return {"kind": kind, "project": segment.removeprefix("project:")}
    apart = kind is DemandKind.ORDER and segment != ""
    return {"kind": kind, "to_order": apart, "options": draw(st.sampled_from(CHOICES)) if apart else {}}


@st.composite
def snapshots(draw: st.DrawFn) -> Snapshot:
    """Return a snapshot with stock, some of it expiring, not ours or set aside, demands and purchases."""
    codes, sites = st.sampled_from(CODES), st.sampled_from(["MAIN", *SITES])
    segments = st.sampled_from(SEGMENTS if draw(st.booleans()) else [""])
    customers = st.sampled_from(["", "", "ACME", "BETA"])
    lots = [
        OpenLot(
            draw(codes),
            draw(st.integers(0, 20)),
            lot=f"L{n}",
            received=NOW,
            site=draw(sites),
            expires=draw(st.sampled_from([None, None, day(5), day(40)])),
            owner=draw(customers),
            segment=draw(segments),
        )
        for n in range(draw(st.integers(0, 4)))
    ]
    demands = [
        Demand(
            draw(codes),
            draw(st.integers(1, 30)),
            due=day(draw(st.integers(-3, 60))),
            ref=f"D{n}",
            site=draw(sites),
            priority=draw(st.integers(0, 1)),
            customer=draw(customers) or None,
            **draw(kinds_of_demand(segments)),
        )
        for n in range(draw(st.integers(0, 6)))
    ]
    bought = [
        PurchaseOrder(
            draw(codes),
            draw(st.integers(1, 20)),
            supplier="S",
            due=day(draw(st.integers(-2, 50))),
            ref=f"P{n}",
            site=draw(sites),
            segment=draw(segments),
        )
        for n in range(draw(st.integers(0, 3)))
    ]
    return Snapshot(catalog=draw(catalogs()), at=NOW, lots=lots, promises=[*demands, *bought])


AHEAD = st.sampled_from([timedelta(), timedelta(days=20)])
USES = st.sampled_from(Substitution)


@given(snapshots(), AHEAD, USES)
def test_a_plan_holds_against_code_that_did_not_make_it(
    snapshot: Snapshot, ahead: timedelta, use: Substitution
) -> None:
    """Nothing is used twice or forgotten, every shortage is said, lot rules are kept and no order could be left out."""
    plan(snapshot, PlanningPolicy(order_ahead=ahead, substitutes=use), until=UNTIL).verify()


@given(snapshots(), USES)
def test_a_constrained_plan_holds_too(snapshot: Snapshot, use: Substitution) -> None:
    """Nothing starts before now, nothing is used twice, and whoever is late or short is said to be."""
    policy = PlanningPolicy(mode=Mode.CONSTRAINED, order_ahead=timedelta(days=20), substitutes=use)
    made = plan(snapshot, policy, until=UNTIL)
    made.verify()
    for line in (*made.orders, *made.shortages, *made.messages):
        assert str(made.why(line))


@given(snapshots(), st.sampled_from(Mode), AHEAD, USES, st.randoms(use_true_random=False))
def test_the_order_of_rows_never_counts(
    snapshot: Snapshot, mode: Mode, ahead: timedelta, use: Substitution, shuffle: Shuffles
) -> None:
    """Any permutation of lots and promises gives the same plan, codes included."""
    lots: list[OpenLot] = list(snapshot.lots)
    promises = list(snapshot.promises)
    shuffle.shuffle(lots)
    shuffle.shuffle(promises)
    other = Snapshot(catalog=snapshot.catalog, at=NOW, lots=lots, promises=promises)
    policy = PlanningPolicy(mode=mode, order_ahead=ahead, substitutes=use)
    one, two = plan(snapshot, policy, until=UNTIL), plan(other, policy, until=UNTIL)
    assert (one.orders, one.shortages, one.messages) == (two.orders, two.shortages, two.messages)


@given(snapshots(), st.sampled_from(Mode), AHEAD, USES)
def test_planning_again_with_all_proposals_settled_proposes_nothing(
    snapshot: Snapshot, mode: Mode, ahead: timedelta, use: Substitution
) -> None:
    """Once every proposal is settled as it is, a second plan has the same orders and no other.

    Constrained, that holds for what does not expire: of two that take what expires first, one may leave it to go off.
    Where others may serve instead of an item, it holds as long as nobody gets nothing and no safety stock is restored:
    both take what settled orders bring beyond what they were proposed for. Nor does it where an order takes a group: of
    orders of one moment that take different things another may be used first.
    """
    if mode is Mode.CONSTRAINED:
        lots = [attrs.evolve(lot, expires=None) for lot in snapshot.lots]
        snapshot = attrs.evolve(snapshot, lots=lots)
    policy = PlanningPolicy(mode=mode, order_ahead=ahead, substitutes=use)
    first = plan(snapshot, policy, until=UNTIL)
    lines = [line for code in CODES for bom in snapshot.catalog.boms(code) for line in bom.lines]
    others = any(item.follow_up for item in snapshot.catalog.items) or any(line.substitutes for line in lines)
    others = others or any(bom.groups for code in CODES for bom in snapshot.catalog.boms(code))
    if mode is Mode.CONSTRAINED and others:
        stocks: list[object] = [item.safety_stock for item in snapshot.catalog.items]
        stocks += [one.safety_stock or one.days_of_cover or one.safety_steps for one in snapshot.catalog.parameters]
        assume(not any(stocks))
        assume(all(one.covered is not None for one in first.shortages))
        assume(not any(one.groups for one in first.make))
    settled = Snapshot(
        catalog=snapshot.catalog, at=NOW, lots=snapshot.lots, promises=snapshot.promises, firm=first.orders
    )
    again = plan(settled, policy, until=UNTIL)
    again.verify()
    assert first.orders == again.orders


@given(snapshots())
def test_every_line_has_its_reason(snapshot: Snapshot) -> None:
    """Orders, demands, shortages and messages all say why, and the plan renders."""
    made = plan(snapshot, PlanningPolicy(order_ahead=timedelta(days=20)), until=UNTIL)
    for line in (*made.orders, *made.shortages, *made.messages, *snapshot.promises):
        if not isinstance(line, PurchaseOrder | TransferOrder):
            assert str(made.why(line))
    assert "<table>" in made._repr_html_() or not (made.orders or made.shortages or made.messages)
    assert len(repr(made)) < 120


# One level, one item: the oracle


def bucket_plan(
    stock: int, safety: int, demands: list[tuple[int, int]], receipts: dict[int, int], lot: int
) -> list[int]:
    """Return what to order, by netting day by day: the textbook's projected available balance, lots of a multiple."""
    orders = []
    balance = stock
    for now in range(61):
        balance += receipts.get(now, 0)
        for _, quantity in sorted(one for one in demands if one[0] == now):
            balance -= quantity
            if balance < safety:
                order = -(-(safety - balance) // lot) * lot
                orders.append(order)
                balance += order
    return orders


@given(
    st.integers(0, 40),
    st.sampled_from([0, 5]),
    st.lists(st.tuples(st.integers(1, 60), st.integers(1, 30)), max_size=8, unique_by=lambda one: one[0]),
    st.dictionaries(st.integers(0, 60), st.integers(1, 20), max_size=3),
    st.sampled_from([1, 4, 10]),
)
def test_one_item_is_netted_as_the_textbook_does(
    stock: int, safety: int, demands: list[tuple[int, int]], receipts: dict[int, int], lot: int
) -> None:
    """With no lead time, orders are those of projected balance day by day; a low safety stock is restored at once."""
    item = Item("X", safety_stock=safety)
    terms = Sourcing("X", supplier="S", lead_time=timedelta(), multiple=lot)
    snapshot = Snapshot(
        catalog=Catalog([Site("MAIN", calendar=ALWAYS), item, terms]),
        at=NOW,
        lots=[OpenLot("X", stock, received=NOW)],
        promises=[
            *(Demand("X", quantity, due=day(at), ref=f"D{at}") for at, quantity in demands),
            *(
                PurchaseOrder("X", quantity, supplier="S", due=day(at), ref=f"P{at}")
                for at, quantity in receipts.items()
            ),
        ],
    )
    made = plan(snapshot, until=UNTIL)
    first = [-(-(safety - stock) // lot) * lot] if stock < safety else []
    expected = first + bucket_plan(stock + sum(first), safety, demands, receipts, lot)
    assert [Decimal(one) for one in expected] == [order.quantity for order in sorted(made.buy, key=lambda one: one.due)]


# Several levels: what goes in is what comes out


def flows(made: Plan, code: str) -> Decimal:
    """Return all that is bought or made of an item in a plan."""
    ordered = [one for one in made.orders if one.item == code and not isinstance(one, PlannedMove)]
    return sum((one.good if isinstance(one, PlannedMake) else one.quantity for one in ordered), Decimal(0))


@given(snapshots())
def test_what_is_there_at_the_end_is_what_came_less_what_went(snapshot: Snapshot) -> None:
    """For items nobody uses, stock plus receipts plus orders less demands is the projected stock."""
    made = plan(snapshot, until=UNTIL)
    lines = [line for code in CODES for bom in snapshot.catalog.boms(code) for line in bom.lines]
    used = {one.code for one in snapshot.catalog.items if one.follow_up is not None}
    used |= {one.follow_up.item for one in snapshot.catalog.items if one.follow_up is not None}
    used |= {line.item for line in lines} | {one.item for line in lines for one in line.substitutes}
    groups = [group for code in CODES for bom in snapshot.catalog.boms(code) for group in bom.groups]
    used |= {line.item for group in groups for line in group.lines}
    for code in set(CODES) - used:
        demands = [one for one in snapshot.promises if isinstance(one, Demand) and one.item == code]
        if any(one.kind is DemandKind.FORECAST for one in demands):
            continue
        collective = snapshot.catalog.item(code).collective
        lots = [one for one in snapshot.lots if one.item == code and one.expires is None and not one.owner]
        lots = [one for one in lots if not (one.segment and collective)]
        if len(lots) < len([one for one in snapshot.lots if one.item == code]):
            continue
        came = [one for one in snapshot.promises if isinstance(one, PurchaseOrder) and one.item == code]
        total = sum(Decimal(str(one.free)) for one in lots) + sum(Decimal(str(one.quantity)) for one in came)
        total += flows(made, code) - sum(Decimal(str(one.quantity)) for one in demands)
        segments = [""] if collective else sorted(set(SEGMENTS) | {f"own:{one.ref}" for one in demands})
        left = [made.projected(code, site=site, segment=segment) for site in SITES for segment in segments]
        assert total == sum(left)


@st.composite
def processes(draw: st.DrawFn) -> Snapshot:
    """Return a process with a main item and a co-product, and demands for both."""
    ratio = draw(st.sampled_from(["0.5", "1", "2"]))
    catalog = Catalog(
        [
            Site("MAIN", calendar=ALWAYS),
            Item("MEAT", lead_time=timedelta(days=1)),
            Item("HIDE"),
            Item("COW"),
            BillOfMaterial("MEAT", [BomLine("COW", 1)], outputs=[CoProduct("HIDE", ratio)]),
            Sourcing("COW", supplier="FARM", lead_time=timedelta(days=2)),
        ]
    )
    demands = [
        Demand(
            draw(st.sampled_from(["MEAT", "HIDE"])),
            draw(st.integers(1, 9)),
            due=day(draw(st.integers(4, 20))),
            ref=f"D{n}",
        )
        for n in range(draw(st.integers(1, 6)))
    ]
    return Snapshot(catalog=catalog, at=NOW, promises=demands)


@given(processes())
def test_outputs_of_one_process_are_netted_together(snapshot: Snapshot) -> None:
    """What comes out beside the main item counts before new orders, and never is anything missing."""
    made = plan(snapshot, until=UNTIL)
    made.verify()
    assert not made.shortages
    assert all(one.item == "MEAT" for one in made.make)
    assert sum(one.quantity for one in made.make) == sum(one.quantity for one in made.buy)
    assert isinstance(made.buy[0], PlannedBuy)


# One sweep against the general way


POLICIES = st.builds(
    PlanningPolicy,
    safety=st.sampled_from(SafetyStock),
    use_late_receipts=st.booleans(),
    order_ahead=AHEAD,
    substitutes=USES,
)


def the_general_way(snapshot: Snapshot, policy: PlanningPolicy) -> Plan:
    """Return the plan with nothing netted in one sweep."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Netting, "_plainly", lambda *_: False)
        return plan(snapshot, policy, until=UNTIL)


@given(snapshots(), POLICIES)
def test_one_sweep_is_the_general_way_made_short(snapshot: Snapshot, policy: PlanningPolicy) -> None:
    """Orders with their codes, shortages and messages are the same, and so is who takes what."""
    one, two = plan(snapshot, policy, until=UNTIL), the_general_way(snapshot, policy)
    assert one.orders == two.orders
    assert (one.shortages, one.messages) == (two.shortages, two.messages)
    for order in one.orders:
        assert str(one.why(order)) == str(two.why(order))
