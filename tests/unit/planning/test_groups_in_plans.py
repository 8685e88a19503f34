"""Groups of substitutes in planning: an order takes all lines of a group instead of all that it replaces, or none."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import attrs
import pytest

from prodstock.calendars.calendar import Calendar
from prodstock.errors import BrokenInvariant, InvalidTypeError, InvalidValueError, Refused, UnknownCode
from prodstock.journal.store import ManualClock
from prodstock.master.bom import BillOfMaterial, BomLine, CoProduct, Substitute, SubstituteGroup, Substitution
from prodstock.master.catalog import Catalog
from prodstock.master.condition import Chosen
from prodstock.master.definition import Definition
from prodstock.master.item import Item, Supply
from prodstock.master.location import Site
from prodstock.master.option import Option
from prodstock.master.planning_parameters import PlanningParameters
from prodstock.master.sourcing import Sourcing
from prodstock.orders.demand import Demand
from prodstock.orders.planned import PlannedMake
from prodstock.orders.purchase import Promise, PurchaseOrder
from prodstock.planning.changes.changes import changes
from prodstock.planning.changes.rows import ChangeOfOrder
from prodstock.planning.plan import Plan
from prodstock.planning.planner import plan
from prodstock.planning.policy import Mode, PlanningPolicy
from prodstock.planning.snapshot import Snapshot
from prodstock.plant import Plant
from prodstock.stock.allocation import OpenLot

NOW = datetime(2026, 3, 2, tzinfo=UTC)
UNTIL = date(2026, 12, 1)
DAY = timedelta(days=1)
SOON, LATER = date(2026, 3, 12), date(2026, 5, 12)
PARTS = ("SCREW", "NUT", "FRAME", "SET", "BAG", "BAR")
SETS = SubstituteGroup("SETS", replaces=["SCREW", "NUT"], lines=[BomLine("SET", "0.5"), BomLine("BAG", 1)])
BARS = SubstituteGroup("BARS", replaces=["FRAME"], lines=[BomLine("BAR", 4)], priority=1)
LINES = (BomLine("SCREW", 8), BomLine("NUT", 8), BomLine("FRAME", 1))
STOCK = {"SCREW": 40, "NUT": 80, "FRAME": 20, "SET": 9, "BAG": 99}


def catalog(
    groups: Iterable[SubstituteGroup] = (SETS,), *more: Definition, lines: Iterable[BomLine] = LINES
) -> Catalog:
    """Return a table made in a day of parts that are bought in twenty."""
    known = {one.code for one in more if isinstance(one, Item)}
    return Catalog(
        [
            Site("MAIN", calendar=Calendar("ALWAYS", week="Mo-Su 00:00-24:00")),
            Item("TABLE", lead_time=DAY),
            BillOfMaterial("TABLE", lines, groups=groups),
            *(Item(code) for code in PARTS if code not in known),
            *(Sourcing(code, supplier="S", lead_time=20 * DAY) for code in PARTS),
            *more,
        ]
    )


def tables(quantity: int, due: date, ref: str = "SO-1") -> Demand:
    """Return a demand for tables."""
    return Demand("TABLE", quantity, due=due, ref=ref)


def planned(
    known: Catalog,
    stock: dict[str, int],
    *promises: Promise,
    mode: Mode = Mode.UNCONSTRAINED,
    use: Substitution = Substitution.WHEN_LATE,
) -> Plan:
    """Return a plan that holds, and that settled stays as it is."""
    lots = [OpenLot(code, much, received=NOW, lot=code) for code, much in stock.items()]
    snapshot = Snapshot(catalog=known, at=NOW, lots=lots, promises=promises)
    policy = PlanningPolicy(mode=mode, substitutes=use)
    made = plan(snapshot, policy, until=UNTIL)
    made.verify()
    again = plan(attrs.evolve(snapshot, firm=made.orders), policy, until=UNTIL)
    again.verify()
    assert made.orders == again.orders
    return made


def made_with(made: Plan) -> list[tuple[int, tuple[str, ...]]]:
    """Return how many are made by which groups."""
    return sorted((int(one.quantity), one.groups) for one in made.make if one.item == "TABLE")


def bought(made: Plan) -> dict[str, int]:
    """Return what is bought, by item."""
    return {one.item: sum(int(two.quantity) for two in made.buy if two.item == one.item) for one in made.buy}


@pytest.mark.parametrize("mode", Mode)
@pytest.mark.parametrize(
    ("use", "due", "groups"),
    [
        (Substitution.NEVER, SOON, ()),
        (Substitution.WHEN_LATE, SOON, ("SETS",)),
        (Substitution.WHEN_LATE, LATER, ()),
        (Substitution.BEFORE_ORDERING, LATER, ("SETS",)),
        (Substitution.FIRST, LATER, ("SETS",)),
    ],
)
def test_a_group_serves_when_the_policy_says(mode: Mode, use: Substitution, due: date, groups: tuple[str, ...]) -> None:
    """No screws for ten tables, nuts and sets enough: all ten with sets or none, and then no nut is taken."""
    made = planned(catalog(), STOCK | {"SCREW": 0}, tables(10, due), mode=mode, use=use)
    assert {groups} == {one.groups for one in made.make}
    assert bought(made) == ({} if groups else {"SCREW": 80})
    assert made.projected("SET") == (4 if groups else 9)
    assert made.projected("NUT") == (80 if groups else 0)


@pytest.mark.parametrize("mode", Mode)
def test_a_group_says_itself_when_it_serves(mode: Mode) -> None:
    """One that never serves does not, whatever the policy; one that goes first does without it."""
    never, first = attrs.evolve(SETS, use=Substitution.NEVER), attrs.evolve(SETS, use=Substitution.FIRST)
    stock = STOCK | {"SCREW": 0}
    made = planned(catalog([never]), stock, tables(10, SOON), mode=mode, use=Substitution.FIRST)
    assert all(not one.groups for one in made.make)
    made = planned(catalog([first]), STOCK, tables(4, LATER), mode=mode, use=Substitution.NEVER)
    assert made_with(made) == [(4, ("SETS",))]
    with pytest.raises(InvalidTypeError, match="use"):
        attrs.evolve(SETS, use="first")  # type: ignore[arg-type]  # what is under test


@pytest.mark.parametrize("mode", Mode)
def test_nothing_of_a_group_is_ordered_for_it(mode: Mode) -> None:
    """Where one of its items is short by one, or comes too late, the whole group stays where it is."""
    for stock in (STOCK | {"SET": 4, "SCREW": 0}, STOCK | {"BAG": 0, "SCREW": 0}):
        made = planned(catalog(), stock, tables(10, SOON), PurchaseOrder("BAG", 9, supplier="S", due=LATER, ref="P"))
        assert made_with(made) == [(10, ())]
    made = planned(catalog(), STOCK | {"BAG": 0, "SCREW": 0}, tables(10, SOON), mode=mode)
    assert {one.groups for one in made.make} == {()}
    assert set(bought(made)) == {"SCREW"}


@pytest.mark.parametrize("mode", Mode)
def test_what_a_group_brings_is_never_counted_twice(mode: Mode) -> None:
    """Nine sets are for eighteen tables: of two orders for ten the second waits for screws, or for what it lacks."""
    stock, later = {"NUT": 160, "FRAME": 20, "SET": 9, "BAG": 99}, SOON + DAY
    made = planned(catalog(), stock, tables(10, SOON), tables(10, later, "SO-2"), mode=mode)
    with_sets = sum(much for much, groups in made_with(made) if groups)
    assert with_sets == (10 if mode is Mode.UNCONSTRAINED else 18)
    assert bought(made) == {"SCREW": 8 * (20 - with_sets)}


def test_own_needs_and_safety_stock_of_its_items_go_first() -> None:
    """Of nine sets five are asked for and two are kept: four tables get the rest, five get none."""
    known = catalog([SETS], Item("SET", safety_stock=2))
    own = Demand("SET", 5, due=LATER, ref="SO-9")
    assert made_with(planned(known, STOCK | {"SCREW": 0}, tables(4, SOON), own)) == [(4, ("SETS",))]
    assert made_with(planned(known, STOCK | {"SCREW": 0}, tables(5, SOON), own)) == [(5, ())]


def test_constrained_an_order_is_cut_to_what_is_there() -> None:
    """Forty screws make five tables, nine sets eighteen more: two orders, one of them with sets."""
    made = planned(catalog(), STOCK | {"NUT": 40}, tables(20, SOON), mode=Mode.CONSTRAINED)
    assert made_with(made) == [(5, ()), (15, ("SETS",))]
    assert not made.shortages


@pytest.mark.parametrize("mode", Mode)
def test_single_substitutes_go_before_groups(mode: Mode) -> None:
    """Where another screw covers what lacks, the line takes that, and the sets stay."""
    lines = [BomLine("SCREW", 8, substitutes=["BAR"]), *LINES[1:]]
    made = planned(catalog(lines=lines), STOCK | {"BAR": 40}, tables(10, SOON), mode=mode)
    assert made_with(made) == [(10, ())]
    assert [("BAR", Decimal(40), "SCREW", Decimal(40))] == list(made.make[0].stand_ins)
    made = planned(catalog(lines=lines), STOCK | {"BAR": 39, "SCREW": 0}, tables(10, SOON))
    assert made_with(made) == [(10, ("SETS",))]


@pytest.mark.parametrize("mode", Mode)
def test_several_groups_replace_different_things(mode: Mode) -> None:
    """Without screws and frames an order takes sets and bars; of two for the same, the preferred one."""
    other = SubstituteGroup("OTHER", replaces=["NUT"], lines=[BomLine("SET", 1)], priority=-1)
    stock = {"SET": 20, "BAG": 99, "BAR": 99}
    assert made_with(planned(catalog([SETS, BARS]), stock, tables(10, SOON), mode=mode)) == [(10, ("SETS", "BARS"))]
    made = planned(catalog([SETS, other]), {"SCREW": 80, "FRAME": 10, **stock}, tables(10, SOON), mode=mode)
    assert made_with(made) == [(10, ("OTHER",))]


@pytest.mark.parametrize("mode", Mode)
def test_dates_count(mode: Mode) -> None:
    """A group that no longer holds when the order starts is not taken."""
    ends = attrs.evolve(SETS, effective_until=date(2026, 3, 11))
    stock = STOCK | {"SCREW": 0}
    assert all(not one.groups for one in planned(catalog([ends]), stock, tables(10, SOON), mode=mode).make)
    starts = attrs.evolve(SETS, effective_from=date(2026, 3, 11))
    assert made_with(planned(catalog([starts]), stock, tables(10, SOON), mode=mode)) == [(10, ("SETS",))]


UNFIT: dict[str, tuple[SubstituteGroup, Definition]] = {
    "a phantom": (SETS, Item("BAG", supply=Supply.PHANTOM)),
    "a share": (
        attrs.evolve(SETS, lines=[BomLine("SET", 1, substitutes=[Substitute("BAR", share="0.5")])]),
        Item("OTHER"),
    ),
    "twice on the bill": (attrs.evolve(SETS, lines=[BomLine("FRAME", 1)]), Item("OTHER")),
    "made of it": (attrs.evolve(SETS, replaces=["SCREW"]), BillOfMaterial("SCREW", [BomLine("SET", 1)])),
}


@pytest.mark.parametrize("mode", Mode)
@pytest.mark.parametrize("unfit", UNFIT)
def test_some_groups_are_for_the_launch_only(unfit: str, mode: Mode) -> None:
    """Phantoms, shares, items on other lines and what is made of the other are not planned with."""
    group, definition = UNFIT[unfit]
    made_here = [Item("SCREW", supply=Supply.MAKE)] if unfit == "made of it" else []
    known = catalog([group], definition, *made_here)
    made = planned(known, STOCK | {"SCREW": 0}, tables(10, SOON), mode=mode, use=Substitution.FIRST)
    assert {one.groups for one in made.make} == {()}


@pytest.mark.parametrize("mode", Mode)
def test_the_launch_takes_what_the_plan_says(mode: Mode) -> None:
    """A planned order with a group becomes an order with its lines, unless whoever launches it says otherwise."""
    plant = Plant(catalog(), clock=ManualClock(NOW))
    for code, much in STOCK.items():
        plant.receive(code, much)
    plant.expect(tables(8, SOON))
    made = plan(plant.snapshot(), PlanningPolicy(mode=mode, substitutes=Substitution.FIRST), until=UNTIL)
    order = made.make[0]
    plant.firm(order)
    lines = [(line.item, int(line.need)) for line in plant.launch(order).lines]
    assert lines == [("FRAME", 8), ("SET", 4), ("BAG", 8)]
    plain = attrs.evolve(order, groups=(), code="OTHER")
    assert [line.item for line in plant.launch(plain).lines] == ["SCREW", "NUT", "FRAME"]
    with pytest.raises(UnknownCode, match="SETZ"):
        plant.firm(attrs.evolve(order, groups=["SETZ"], code="THIRD"))
    for stale in (["SETS", "SETS"], ["SETZ"]):
        with pytest.raises(Refused, match="stale"):
            plant.launch(attrs.evolve(order, groups=stale, code="THIRD"))
    plant.check()


def test_a_settled_order_keeps_its_groups_while_they_are_there() -> None:
    """Settled with sets it takes them whatever the policy; without enough of them it takes its bill, and says so."""
    order = PlannedMake("TABLE", 10, NOW + 5 * DAY, NOW + 6 * DAY, "A", code="X", groups=["SETS"])
    for mode in Mode:
        for sets, groups in ((5, ("SETS",)), (4, ())):
            lots = [OpenLot(code, much, received=NOW) for code, much in (STOCK | {"SET": sets}).items()]
            snapshot = Snapshot(catalog=catalog(), at=NOW, lots=lots, firm=[order])
            made = plan(snapshot, PlanningPolicy(mode=mode), until=UNTIL)
            made.verify()
            assert groups == made.make[0].groups
            assert bought(made) == ({} if groups else {"SCREW": 40})


def test_the_plan_says_why_and_shows_who_takes_what() -> None:
    """The order names its group, the sets go to it, and another plan that takes none is told as a change."""
    made = planned(catalog(), STOCK | {"SCREW": 0}, tables(10, SOON))
    assert "group SETS: BAG, SET instead of all NUT, SCREW" in str(made.why(made.make[0]))
    assert [peg.quantity for peg in made.pegging if peg.item == "SET" and peg.wanted_by == made.make[0].code] == [5]
    never = planned(catalog(), STOCK | {"SCREW": 0}, tables(10, SOON), use=Substitution.NEVER)
    differ = [one.changes for one in changes(made, never).orders if one.item == "TABLE"]
    assert differ == [(ChangeOfOrder.REVISION,)]


def test_verification_finds_groups_that_cannot_be() -> None:
    """A plan whose order says a group that never serves, or that no bill has, is refused by its verification."""
    made = planned(catalog(), STOCK, tables(5, SOON), use=Substitution.NEVER)
    for false in ("SETS", "SETZ"):
        made._netting.naming._public.clear()
        made._netting.naming._public[0] = attrs.evolve(made.make[0], groups=[false])
        wrong = Plan(snapshot=made.snapshot, policy=made.policy, until=made.until, netting=made._netting)
        with pytest.raises(BrokenInvariant, match="group"):
            wrong.verify()


def test_a_group_code_is_a_code() -> None:
    """What is no code is refused, as everywhere."""
    with pytest.raises(InvalidValueError):
        PlannedMake("TABLE", 1, NOW, NOW, "A", groups=[""])
    with pytest.raises(InvalidTypeError):
        PlannedMake("TABLE", 1, NOW, NOW, "A", groups="SETS")


def set_of(segment: str, much: int) -> OpenLot:
    """Return sets of a segment."""
    return OpenLot("SET", much, received=NOW, lot="SETS", segment=segment)


@pytest.mark.parametrize("mode", Mode)
@pytest.mark.parametrize(("segment", "groups"), [("project:P-7", ("SETS",)), ("project:P-8", ()), ("", ())])
def test_a_group_is_taken_of_the_stock_of_who_wants_it(mode: Mode, segment: str, groups: tuple[str, ...]) -> None:
    """A project's tables take the project's sets; those of others, or free ones, do not serve it."""
    own = [set_of(segment, 9), OpenLot("BAG", 99, received=NOW, lot="BAG", segment=segment)]
    free = [OpenLot(code, 40, received=NOW, lot=code, segment="project:P-7") for code in ("NUT", "FRAME")]
    demand = attrs.evolve(tables(4, SOON), project="P-7")
    given = Snapshot(catalog=catalog(), at=NOW, lots=[*own, *free], promises=[demand])
    made = plan(given, PlanningPolicy(mode=mode, substitutes=Substitution.WHEN_LATE), until=UNTIL)
    made.verify()
    assert {one.groups for one in made.make} == {groups}
    assert made.projected("SET", segment=segment or None) == (7 if groups else 9)


@pytest.mark.parametrize("mode", Mode)
@pytest.mark.parametrize(("finish", "groups"), [("plain", ("SETS",)), ("glued", ())])
def test_a_group_replaces_only_what_is_needed_with_the_options_chosen(
    mode: Mode, finish: str, groups: tuple[str, ...]
) -> None:
    """Glued tables need no screws: nothing there that sets could replace."""
    screws = BomLine("SCREW", 8, when=Chosen("finish", "plain"))
    known = catalog(
        [attrs.evolve(SETS, use=Substitution.FIRST)],
        Option("finish", ["plain", "glued"], default="plain"),
        lines=[screws, *LINES[1:]],
    )
    lots = [OpenLot(code, much, received=NOW, lot=code, segment="own:SO-1") for code, much in STOCK.items()]
    demand = attrs.evolve(tables(4, SOON), options={"finish": finish})
    made = plan(Snapshot(catalog=known, at=NOW, lots=lots, promises=[demand]), PlanningPolicy(mode=mode), until=UNTIL)
    made.verify()
    assert {one.groups for one in made.make} == {groups}
    assert made.projected("NUT", segment="own:SO-1") == (80 if groups else 48)


FIRST = attrs.evolve(SETS, use=Substitution.FIRST)


@pytest.mark.parametrize("mode", Mode)
def test_only_what_is_there_of_a_group_is_taken(mode: Mode) -> None:
    """Sets for four tables of ten: they are not bought for more; who must decide for a whole order does without."""
    made = planned(catalog([FIRST]), STOCK | {"SET": 2}, tables(10, LATER), mode=mode)
    assert "SET" not in bought(made)
    assert made_with(made) == ([(10, ())] if mode is Mode.UNCONSTRAINED else [(4, ("SETS",)), (6, ())])


@pytest.mark.parametrize("mode", Mode)
def test_each_lot_of_an_order_takes_a_group_by_itself(mode: Mode) -> None:
    """Of three lots the first two find sets, the third does not."""
    lots = PlanningParameters("TABLE", maximum=4)
    made = planned(catalog([FIRST], lots), STOCK | {"SET": 4}, tables(12, LATER), mode=mode)
    assert made_with(made) == [(4, ()), (4, ("SETS",)), (4, ("SETS",))]


@pytest.mark.parametrize("mode", Mode)
def test_a_phantom_keeps_what_a_group_replaces_on_the_bill_itself(mode: Mode) -> None:
    """Of the screws those on the line go, those of the phantom stay."""
    box = [Item("PAIR", supply=Supply.PHANTOM), BillOfMaterial("PAIR", [BomLine("SCREW", 2)])]
    lines = [*LINES, BomLine("PAIR", 1)]
    made = planned(catalog([FIRST], *box, lines=lines), STOCK, tables(4, LATER), mode=mode)
    assert made_with(made) == [(4, ("SETS",))]
    assert made.projected("SCREW") == 40 - 4 * 2


@pytest.mark.parametrize("mode", Mode)
def test_people_may_settle_an_order_with_a_group_that_nothing_calls_for(mode: Mode) -> None:
    """There are screws enough, and the policy never takes groups: it is done as they said."""
    known = catalog()
    lots = [OpenLot(code, much, received=NOW, lot=code) for code, much in STOCK.items()]
    start = datetime(2026, 3, 11, tzinfo=UTC)
    order = PlannedMake("TABLE", 4, start, start + DAY, "A", code="mine", serves=["SO-1"], groups=["SETS"])
    given = Snapshot(catalog=known, at=NOW, lots=lots, promises=[tables(4, SOON)], firm=[order])
    made = plan(given, PlanningPolicy(mode=mode, substitutes=Substitution.NEVER), until=UNTIL)
    made.verify()
    assert made.projected("SET") == 7
    assert made.projected("SCREW") == 40


@pytest.mark.parametrize("mode", Mode)
@pytest.mark.parametrize(
    "line",
    [
        BomLine("SET", 1, effective_until=date(2026, 1, 1)),
        BomLine("SET", 1, when=Chosen("finish", "glued")),
    ],
)
def test_a_group_without_a_line_that_holds_is_not_taken(mode: Mode, line: BomLine) -> None:
    """Its one line has ended, or is for other options: the bill is taken as it stands."""
    group = attrs.evolve(FIRST, lines=[line])
    finish = Option("finish", ["plain", "glued"], default="plain")
    made = planned(catalog([group], finish), STOCK, tables(4, LATER), mode=mode)
    assert made_with(made) == [(4, ())]


@pytest.mark.parametrize("mode", Mode)
def test_a_group_that_replaces_what_is_made_of_something_else_it_replaces_is_not_planned_with(mode: Mode) -> None:
    """Nuts are made of screws here: both cannot be looked at together."""
    nut = [Item("NUT", lead_time=DAY), BillOfMaterial("NUT", [BomLine("SCREW", 1)])]
    made = planned(catalog([FIRST], *nut), STOCK, tables(4, LATER), mode=mode)
    assert made_with(made) == [(4, ())]


@pytest.mark.parametrize("mode", Mode)
def test_what_falls_off_beside_what_a_group_replaces_is_not_planned_with(mode: Mode) -> None:
    """Sets come out beside screws: to take them instead would make none."""
    screws = [
        Item("SCREW", lead_time=DAY, supply=Supply.MAKE),
        BillOfMaterial("SCREW", [BomLine("BAR", 1)], outputs=[CoProduct("SET", 1)]),
    ]
    made = planned(catalog([FIRST], *screws), STOCK | {"BAR": 99}, tables(4, LATER), mode=mode)
    assert made_with(made) == [(4, ())]


def test_what_an_order_with_a_group_leaves_is_there_for_the_next() -> None:
    """Tables lack nuts and take sets: their screws are left for benches, which need not take bars instead."""
    bars = SubstituteGroup("BARS", replaces=["SCREW"], lines=[BomLine("BAR", 1)])
    bench = [Item("BENCH", lead_time=DAY), BillOfMaterial("BENCH", [BomLine("SCREW", 4)], groups=[bars])]
    benches = Demand("BENCH", 10, due=SOON + DAY, ref="SO-2")
    stock = {"SCREW": 40, "NUT": 0, "FRAME": 5, "SET": 9, "BAG": 99, "BAR": 99}
    made = planned(catalog([SETS], *bench), stock, tables(5, SOON), benches)
    assert {one.item: one.groups for one in made.make} == {"TABLE": ("SETS",), "BENCH": ()}
    assert made.projected("SCREW") == 0
