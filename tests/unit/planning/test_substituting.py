"""Substitutes, items that are used up first, and items that follow others, in planning."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import attrs
import pytest

from prodstock.calendars.calendar import Calendar
from prodstock.errors import BrokenInvariant, InvalidData, InvalidTypeError, InvalidValueError, UnknownCode
from prodstock.master.bom import BillOfMaterial, BomLine, Substitute, Substitution
from prodstock.master.catalog import Catalog
from prodstock.master.codes import ItemCode
from prodstock.master.definition import Definition
from prodstock.master.item import Item, Supply
from prodstock.master.location import Site
from prodstock.master.sourcing import Sourcing
from prodstock.orders.codes import OrderCode
from prodstock.orders.demand import Demand
from prodstock.orders.lifecycle import OrderState
from prodstock.orders.planned import PlannedMake
from prodstock.orders.production import OrderLine, ProductionOrder
from prodstock.orders.purchase import Promise, PurchaseOrder
from prodstock.planning.plan import Plan
from prodstock.planning.planner import plan
from prodstock.planning.policy import Mode, PlanningPolicy
from prodstock.planning.snapshot import Snapshot
from prodstock.stock.allocation import OpenLot

NOW = datetime(2026, 3, 2, tzinfo=UTC)
UNTIL = date(2026, 12, 1)
DAY = timedelta(days=1)
JUNE = date(2026, 6, 1)


def catalog(lines: Iterable[BomLine], *more: Definition, lead: int = 20) -> Catalog:
    """Return a hearing device made in a day of some lines, and three microphones, each bought in some days."""
    items = {one.code: one for one in more if isinstance(one, Item)}
    return Catalog(
        [
            Site("MAIN", calendar=Calendar("ALWAYS", week="Mo-Su 00:00-24:00")),
            Item("HD", lead_time=DAY),
            BillOfMaterial("HD", lines),
            *(items.get(code, Item(code)) for code in ("MIC", "MIC-B", "MIC-C")),
            *(Sourcing(code, supplier="KNW", lead_time=lead * DAY) for code in ("MIC", "MIC-B", "MIC-C")),
            *(one for one in more if not isinstance(one, Item) or one.code not in ("MIC", "MIC-B", "MIC-C")),
        ]
    )


def stock(**free: int) -> list[OpenLot]:
    """Return stock by item, with `_` for the hyphen in its code."""
    return [OpenLot(code.replace("_", "-"), much, received=NOW, lot=code) for code, much in free.items()]


def planned(
    known: Catalog,
    lots: Iterable[OpenLot],
    *promises: Promise,
    mode: Mode = Mode.UNCONSTRAINED,
    substitutes: Substitution = Substitution.WHEN_LATE,
) -> Plan:
    """Return a plan that holds."""
    snapshot = Snapshot(catalog=known, at=NOW, lots=lots, promises=promises)
    made = plan(snapshot, PlanningPolicy(mode=mode, substitutes=substitutes), until=UNTIL)
    made.verify()
    return made


def devices(quantity: int, due: date, ref: str = "SO-1") -> Demand:
    """Return a demand for hearing devices."""
    return Demand("HD", quantity, due=due, ref=ref)


def bought(made: Plan) -> list[tuple[str, int]]:
    """Return what is bought, by item."""
    return sorted((one.item, int(one.quantity)) for one in made.buy)


def stood(made: Plan) -> list[list[tuple[str, int, str, int]]]:
    """Return what stands in for what, order by order."""
    return [[(new, int(much), old, int(of)) for new, much, old, of in one.stand_ins] for one in made.make]


SOON, LATER = date(2026, 3, 12), date(2026, 5, 12)
ALLOWED = [BomLine("MIC", 1, substitutes=["MIC-B"])]


@pytest.mark.parametrize("mode", Mode)
@pytest.mark.parametrize(
    ("use", "due", "expected"),
    [
        (Substitution.NEVER, SOON, [("MIC", 70)]),
        (Substitution.WHEN_LATE, SOON, [("MIC", 30)]),
        (Substitution.WHEN_LATE, LATER, [("MIC", 70)]),
        (Substitution.BEFORE_ORDERING, LATER, [("MIC", 30)]),
        (Substitution.FIRST, LATER, [("MIC", 30)]),
    ],
)
def test_a_substitute_serves_when_the_policy_says(
    mode: Mode, use: Substitution, due: date, expected: list[tuple[str, int]]
) -> None:
    """30 MIC and 40 MIC-B for 100 devices: what lacks of MIC is served by MIC-B as asked, the rest is bought."""
    made = planned(catalog(ALLOWED), stock(MIC=30, MIC_B=40), devices(100, due), mode=mode, substitutes=use)
    assert expected == bought(made)


def test_use_up_first_takes_the_old_item_until_it_is_gone() -> None:
    """An old microphone that goes first is used before the new one, receipts included; then the new one is."""
    lines = [BomLine("MIC", 1, substitutes=[Substitute("MIC-B", use=Substitution.FIRST)])]
    coming = PurchaseOrder("MIC-B", 25, supplier="KNW", due=date(2026, 4, 1), ref="PU-1")
    orders = [devices(50, SOON), devices(60, LATER, "SO-2"), devices(10, date(2026, 6, 12), "SO-3")]
    made = planned(catalog(lines), stock(MIC=200, MIC_B=70), coming, *orders)
    assert stood(made) == [[("MIC-B", 50, "MIC", 50)], [("MIC-B", 45, "MIC", 45)], []]
    assert bought(made) == []
    assert Decimal(200 - 25) == made.projected("MIC")


@pytest.mark.parametrize("mode", Mode)
def test_a_ratio_is_rounded_up_once(mode: Mode) -> None:
    """Where 0.3 of a reel do for one, 10 take 3 reels and not 10: rounded once, in whole steps of what is replaced."""
    lines = [BomLine("MIC", 1, substitutes=[Substitute("MIC-B", ratio="0.3")])]
    made = planned(catalog(lines), stock(MIC_B=3), devices(10, SOON), mode=mode)
    assert (("MIC-B", Decimal(3), "MIC", Decimal(10)),) == made.make[0].stand_ins
    assert bought(made) == []


def test_a_substitute_serves_its_own_needs_first() -> None:
    """What MIC-B is itself needed for later, and its safety stock, are not taken, so that nothing of it is ordered."""
    known = catalog(ALLOWED, Item("MIC-B", safety_stock=5))
    own = Demand("MIC-B", 30, due=LATER, ref="SO-9")
    made = planned(known, stock(MIC_B=40), devices(100, SOON), own)
    assert (("MIC-B", Decimal(5), "MIC", Decimal(5)),) == made.make[0].stand_ins
    assert bought(made) == [("MIC", 95)]


def test_priorities_days_and_what_comes_in_time_count() -> None:
    """The preferred substitute goes first, one that is no longer valid not at all, and one that comes late neither."""
    lines = [
        BomLine(
            "MIC",
            1,
            substitutes=[Substitute("MIC-C", effective_until=date(2026, 3, 5)), Substitute("MIC-B", priority=1)],
        )
    ]
    coming = PurchaseOrder("MIC-B", 50, supplier="KNW", due=date(2026, 3, 13), ref="PU-1")
    made = planned(
        catalog(lines), stock(MIC_B=10, MIC_C=90), coming, devices(20, date(2026, 3, 5)), devices(30, SOON, "SO-2")
    )
    assert stood(made) == [[("MIC-C", 20, "MIC", 20)], [("MIC-B", 10, "MIC", 10)]]


@pytest.mark.parametrize("mode", Mode)
def test_two_that_stand_in_for_each_other_are_never_counted_twice(mode: Mode) -> None:
    """Each of two interchangeable microphones serves the other's lines with what is left of it."""
    radio = [
        Item("RADIO", lead_time=DAY),
        BillOfMaterial("RADIO", [BomLine("MIC-B", 1, substitutes=["MIC"])]),
    ]
    known = catalog(ALLOWED, *radio)
    both = [devices(20, SOON), Demand("RADIO", 50, due=SOON, ref="SO-2")]
    made = planned(known, stock(MIC=40, MIC_B=20), *both, mode=mode)
    assert bought(made) == [("MIC-B", 10)]
    assert Decimal(0) == made.projected("MIC")


def test_lines_of_a_launched_order_may_be_served_by_substitutes() -> None:
    """What a launched order still needs is served by what its lines allow, and the plan says by what."""
    line = OrderLine(
        0,
        ItemCode("MIC"),
        Decimal(50),
        exact=Fraction(50),
        unit="pcs",
        operation="",
        substitutes=(("MIC-B", Decimal(2)),),
    )
    order = ProductionOrder(
        OrderCode("MO-1"),
        ItemCode("HD"),
        Decimal(50),
        expected_good=Decimal(50),
        start=NOW + DAY,
        due=NOW + 2 * DAY,
        state=OrderState.LAUNCHED,
        lines=(line,),
    )
    snapshot = Snapshot(catalog=catalog(ALLOWED), at=NOW, lots=stock(MIC=10, MIC_B=31), orders=[order])
    made = plan(snapshot, PlanningPolicy(substitutes=Substitution.WHEN_LATE), until=UNTIL)
    made.verify()
    assert (("MIC-B", Decimal(30), "MIC", Decimal(15)),) == made.stand_ins(order)
    assert bought(made) == [("MIC", 25)]
    with pytest.raises(UnknownCode):
        made.stand_ins(attrs.evolve(order, due=NOW + 3 * DAY))


def test_the_plan_says_what_stands_in_and_why() -> None:
    """The order that takes, the order for the rest and the message of a receipt tell of it."""
    made = planned(catalog(ALLOWED), stock(MIC=30, MIC_B=40), devices(100, SOON))
    assert "40 MIC-B stand in for 40 MIC" in str(made.why(made.make[0]))
    assert "40 pcs of them by 40 pcs MIC-B, which stand in" in str(made.why(made.buy[0]))


@pytest.mark.parametrize("mode", Mode)
def test_pegging_shows_who_takes_what_stands_in(mode: Mode) -> None:
    """The lot of MIC-B goes to the order that takes it, once, and from there to the demand."""
    made = planned(catalog(ALLOWED), stock(MIC=30, MIC_B=40), devices(100, SOON), mode=mode)
    of_lot = [(peg.quantity, peg.wanted_by) for peg in made.pegging if peg.supply == "MIC_B"]
    assert sum(much for much, _ in of_lot) == 40
    assert {whom for _, whom in of_lot} <= {one.code for one in made.make}
    down = [(peg.item, int(peg.quantity)) for peg in made.pegs_of("SO-1") if peg.item != "HD"]
    assert {item: sum(much for one, much in down if one == item) for item, _ in down} == {"MIC": 60, "MIC-B": 40}


def test_verification_finds_what_may_not_stand_in() -> None:
    """A plan that says more stands in than the ratio gives, or what no line allows, is refused by its verification."""
    made = planned(catalog(ALLOWED), stock(MIC=30, MIC_B=40), devices(100, SOON))
    order = made.make[0]
    for false in [("MIC-B", 20, "MIC", 40), ("MIC-C", 40, "MIC", 40)]:
        lie = attrs.evolve(order, stand_ins=[false])
        made._netting.naming._public[0] = lie
        wrong = Plan(snapshot=made.snapshot, policy=made.policy, until=made.until, netting=made._netting)
        wrong._netting.naming._numbers = None
        with pytest.raises(BrokenInvariant):
            wrong.verify()


# Shares


SHARED = [BomLine("MIC", 1, substitutes=[Substitute("MIC-B", ratio=2, share="0.3"), Substitute("MIC-C", share="0.25")])]


@pytest.mark.parametrize("mode", Mode)
def test_a_share_of_the_need_is_planned_for_another_item(mode: Mode) -> None:
    """Of 20 MIC 6 are 12 MIC-B and 5 are MIC-C, what is there of them included; the rest is MIC: all of it, once."""
    made = planned(catalog(SHARED), stock(MIC_B=5), devices(20, LATER), mode=mode, substitutes=Substitution.NEVER)
    assert bought(made) == [("MIC", 9), ("MIC-B", 7), ("MIC-C", 5)]
    assert stood(made) == [[("MIC-B", 12, "MIC", 6), ("MIC-C", 5, "MIC", 5)]]
    assert "6 MIC" in str(made.why(made.make[0]))


@pytest.mark.parametrize(("quantity", "expected"), [(1, (0, 0)), (2, (1, 0)), (3, (1, 1)), (4, (1, 1)), (10, (3, 2))])
def test_shares_come_in_whole_pieces_that_add_up(quantity: int, expected: tuple[int, int]) -> None:
    """Of few pieces those get one whose share is nearest to it, the line's own item first: never one too many."""
    made = planned(catalog(SHARED), [], devices(quantity, LATER))
    covered = dict.fromkeys(("MIC-B", "MIC-C"), 0) | {new: of for new, _, _, of in stood(made)[0]}
    assert tuple(covered.values()) == expected
    assert dict(bought(made)).get("MIC", 0) == quantity - sum(expected)


def test_no_share_is_information_only() -> None:
    """A substitute with a share of zero is on the order's line for whoever issues, and nothing of it is planned."""
    made = planned(
        catalog([BomLine("MIC", 1, substitutes=[Substitute("MIC-B", share=0)])]),
        stock(MIC_B=50),
        devices(20, LATER),
        substitutes=Substitution.NEVER,
    )
    assert bought(made) == [("MIC", 20)]


def test_shares_that_mean_nothing_are_refused() -> None:
    """More than the whole, a share beside a use, of a phantom, of a follower, and shares of each other."""
    with pytest.raises(InvalidValueError, match="more than the whole"):
        BomLine("MIC", 1, substitutes=[Substitute("MIC-B", share="0.6"), Substitute("MIC-C", share="0.5")])
    with pytest.raises(InvalidValueError, match="0 to 1"):
        Substitute("MIC-B", share="1.1")
    with pytest.raises(InvalidValueError, match="stands beside use"):
        Substitute("MIC-B", share="0.1", use=Substitution.FIRST)
    with pytest.raises(InvalidTypeError):
        Substitute("MIC-B", share=0.3)  # type: ignore[arg-type]  # a float is never exact
    with pytest.raises(InvalidValueError, match="for good"):
        Item("MIC", follow_up=Substitute("MIC-B", share="0.1"))
    half = [BomLine("MIC", 1, substitutes=[Substitute("MIC-B", share="0.5")])]
    with pytest.raises(InvalidData, match="phantom"):
        catalog(half, Item("MIC-B", supply=Supply.PHANTOM))
    other = [
        Item("RADIO", lead_time=DAY),
        BillOfMaterial("RADIO", [BomLine("MIC-B", 1, substitutes=[Substitute("MIC", share="0.5")])]),
    ]
    with pytest.raises(InvalidValueError, match="takes the place of"):
        planned(catalog(half, *other), [], devices(1, LATER))


# Items that follow others


def following(*chain: Item) -> Catalog:
    """Return the device with microphones of which some follow others."""
    return catalog([BomLine("MIC", 1)], *chain)


@pytest.mark.parametrize("mode", Mode)
def test_what_the_old_item_does_not_cover_goes_to_the_one_that_follows(mode: Mode) -> None:
    """From June 30 MIC are used up, the rest of the need is MIC-B, two for one; before June MIC is bought as ever."""
    known = following(Item("MIC", follow_up=Substitute("MIC-B", ratio=2, effective_from=JUNE)))
    orders = [
        devices(20, date(2026, 5, 20)),
        devices(100, date(2026, 6, 20), "SO-2"),
        devices(7, date(2026, 7, 1), "SO-3"),
    ]
    made = planned(known, stock(MIC=50), *orders, mode=mode)
    assert bought(made) == [("MIC-B", 14), ("MIC-B", 140)]
    assert stood(made) == [[], [("MIC-B", 140, "MIC", 70)], [("MIC-B", 14, "MIC", 7)]]
    before = planned(known, [], devices(20, date(2026, 5, 20)), mode=mode)
    assert bought(before) == [("MIC", 20)]


@pytest.mark.parametrize("mode", Mode)
def test_a_chain_of_followers_rounds_up_once(mode: Mode) -> None:
    """Three steps of a third of a piece, then three for one: one piece again, and what stands of each is used first."""
    known = following(
        Item("MIC", follow_up=Substitute("MIC-B", ratio="0.5", effective_from=JUNE)),
        Item("MIC-B", follow_up=Substitute("MIC-C", ratio=2, effective_from=JUNE)),
    )
    assert bought(planned(known, [], devices(7, date(2026, 6, 20)), mode=mode)) == [("MIC-C", 7)]
    assert bought(planned(known, stock(MIC=2, MIC_B=2), devices(7, date(2026, 6, 20)), mode=mode)) == [("MIC-C", 1)]


def test_unlike_units_are_converted_by_the_ratio() -> None:
    """Wire of 0.25 m that is followed by wire by the gram takes so many grams, in digits of the new item."""
    wire = [
        Item("WIRE", unit="m", scale=2, follow_up=Substitute("FOIL", ratio="1.5")),
        Item("FOIL", unit="g", scale=1),
        Sourcing("FOIL", supplier="KNW", lead_time=DAY),
    ]
    made = planned(catalog([BomLine("WIRE", "0.25")], *wire), [], devices(3, LATER))
    assert [("FOIL", Decimal("1.2"))] == [(one.item, one.quantity) for one in made.buy]
    assert (("FOIL", Decimal("1.2"), "WIRE", Decimal("0.75")),) == made.make[0].stand_ins


@pytest.mark.parametrize("mode", Mode)
def test_a_customer_who_asks_for_the_old_item_gets_it_or_nothing(mode: Mode) -> None:
    """A demand for the item itself does not go to the follower: what is not there is short, and the reason says so."""
    known = following(Item("MIC", safety_stock=10, follow_up=Substitute("MIC-B", effective_from=JUNE)))
    made = planned(known, stock(MIC=5), Demand("MIC", 25, due=date(2026, 6, 20), ref="SO-1"), mode=mode)
    assert not [one for one in made.buy if one.due.date() >= JUNE]
    assert any("MIC-B has taken its place" in one.cause for one in made.shortages)


def test_followers_that_follow_each_other_are_refused_with_the_path() -> None:
    """A circle of followers is a finding of the catalog; one that is made of the item before is refused by planning."""
    with pytest.raises(InvalidData, match="MIC -> MIC-B -> MIC"):
        following(Item("MIC", follow_up=Substitute("MIC-B")), Item("MIC-B", follow_up=Substitute("MIC")))
    with pytest.raises(InvalidData, match="MIK"):
        following(Item("MIC", follow_up=Substitute("MIK")))
    with pytest.raises(InvalidData, match="is a phantom"):
        following(Item("MIC", follow_up=Substitute("MIC-B")), Item("MIC-B", supply=Supply.PHANTOM))
    kit = BillOfMaterial("MIC-B", [BomLine("MIC", 1)])
    with pytest.raises(InvalidValueError, match="takes the place of MIC"):
        planned(catalog([BomLine("MIC", 1)], Item("MIC", follow_up=Substitute("MIC-B")), kit), [], devices(1, LATER))


def test_what_cannot_follow_or_stand_in_is_refused_at_once() -> None:
    """An item does not follow itself or a phantom, and a planned stand-in has two items and two amounts."""
    with pytest.raises(InvalidValueError, match="follows itself"):
        Item("MIC", follow_up=Substitute("MIC"))
    with pytest.raises(InvalidValueError, match="phantom"):
        Item("SET", supply=Supply.PHANTOM, follow_up=Substitute("MIC"))
    with pytest.raises(InvalidValueError, match="for good"):
        Item("MIC", follow_up=Substitute("MIC-B", effective_until=JUNE))
    with pytest.raises(InvalidTypeError):
        Item("MIC", follow_up="MIC-B")  # type: ignore[arg-type]  # a code is no Substitute
    for wrong in [("MIC-B", 1, "MIC-B", 1), ("MIC-B", 0, "MIC", 1)]:
        with pytest.raises(InvalidValueError):
            PlannedMake("HD", 1, NOW, NOW, "A", stand_ins=[wrong])
    with pytest.raises(InvalidTypeError):
        PlannedMake("HD", 1, NOW, NOW, "A", stand_ins=[("MIC-B", 1)])  # type: ignore[list-item]  # two of four
