"""Lines counted by a measure: laws of measures, and one need wherever it is computed, against a plain reckoning."""

from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from math import ceil

from hypothesis import given, settings
from hypothesis import strategies as st

from prodstock.journal.store import ManualClock
from prodstock.master.bom import Basis, BillOfMaterial, BomLine, ScrapBasis
from prodstock.master.catalog import Catalog
from prodstock.master.codes import ItemCode
from prodstock.master.coefficient import counted_need, own_need, served_per_good, started_per_good
from prodstock.master.depth import Depth
from prodstock.master.explosion import explode
from prodstock.master.item import Item, Supply
from prodstock.master.measure import EachBegun, Greatest, Least, Linear, Measure, RoundedUp, Stepped, Total
from prodstock.master.order_line import order_lines, quantity_to_start
from prodstock.master.routing import Operation, Routing
from prodstock.orders.planned import PlannedMake
from prodstock.plant import Plant
from prodstock.quantities.quantity import Quantity
from prodstock.shopfloor.launch import Launch

DAY = date(2026, 3, 2)
NOW = datetime(2026, 3, 2, 6, tzinfo=UTC)
numbers = st.decimals("0.1", "60", places=1)
losses = st.sampled_from(["0", "0.03", "0.25"])


@st.composite
def steps(draw: st.DrawFn) -> Stepped:
    """Draw a table that never falls."""
    starts = sorted(draw(st.sets(st.integers(0, 200), min_size=1, max_size=4)))
    counts = sorted(draw(st.lists(st.integers(0, 9), min_size=len(starts), max_size=len(starts))))
    return Stepped(zip(starts, counts, strict=True))


simple = st.one_of(steps(), st.builds(EachBegun, numbers), st.builds(Linear, numbers, fixed=numbers))
measures = st.recursive(
    simple,
    lambda inner: st.one_of(
        st.builds(RoundedUp, inner, numbers),
        *(
            st.builds(kind, st.lists(st.one_of(inner, numbers), min_size=2, max_size=3))
            for kind in (Greatest, Least, Total)
        ),
    ),
    max_leaves=4,
)


def reckoned(measure: Measure, served: Fraction) -> Fraction:  # noqa: PLR0911 - one case a line
    """Return a count as a clerk would find it: step by step, pack by pack."""
    if not served:
        return Fraction(0)
    match measure:
        case Stepped():
            return Fraction(max((count for start, count in measure.steps if start <= served), default=Decimal(0)))
        case EachBegun():
            packs, packed = 0, Fraction(0)
            while packed < served:
                packs, packed = packs + 1, packed + Fraction(measure.size)
            return Fraction(packs)
        case Linear():
            return Fraction(measure.per_unit) * served + Fraction(measure.fixed)
        case RoundedUp():
            return ceil(reckoned(measure.of, served) / Fraction(measure.multiple)) * Fraction(measure.multiple)
        case Greatest():
            return max(reckoned(part, served) for part in measure.parts)
        case Least():
            return min(reckoned(part, served) for part in measure.parts)
        case Total():
            return sum((reckoned(part, served) for part in measure.parts), Fraction(0))
        case _:
            raise AssertionError(measure)


@given(measures, st.fractions(0, 300, max_denominator=12), st.fractions(0, 300, max_denominator=12))
def test_a_measure_counts_as_a_clerk_does(measure: Measure, one: Fraction, other: Fraction) -> None:
    """It equals the plain reckoning, never falls as the quantity grows, is nothing for nothing and never below."""
    low, high = sorted((one, other))

    assert measure.count(low) == reckoned(measure, low)
    assert 0 == measure.count(Fraction(0)) <= measure.count(low) <= measure.count(high)


ITEMS = [
    Item("CUP"),
    Item("KIT", supply=Supply.PHANTOM),
    Item("BAG", supply=Supply.PHANTOM),
    Item("SET"),
    *(Item(code, scale=2) for code in ("BOX", "TAG")),
]


def lines(items: list[str], *steps: str) -> st.SearchStrategy[list[BomLine]]:
    """Draw lines by measures and others."""
    one = st.builds(
        BomLine,
        st.sampled_from(items),
        st.decimals("0.1", "3", places=1),
        scrap=losses,
        per=st.one_of(measures, st.sampled_from(Basis)),
        scrap_basis=st.sampled_from(ScrapBasis),
        operation=st.sampled_from([None, *steps]),
    )
    return st.lists(one, min_size=1, max_size=4)


@st.composite
def catalogs(draw: st.DrawFn) -> Catalog:
    """Draw a cup of parts and of a kit, which may hold a bag; and a set of cups."""
    parts = ["BOX", "TAG"]
    bills = [
        BillOfMaterial("CUP", draw(lines(["KIT", "BAG", *parts], "press", "pack")), scrap=draw(losses)),
        BillOfMaterial("KIT", draw(lines(["BAG", *parts])), for_quantity=2),
        BillOfMaterial("BAG", draw(lines(parts)), scrap=draw(losses)),
        BillOfMaterial("SET", [BomLine("CUP", 3), BomLine("CUP", "0.5")]),
    ]
    routing = Routing("CUP", [Operation("press", scrap=draw(losses)), Operation("pack", scrap=draw(losses))])
    return Catalog([*ITEMS, *bills, routing])


def needed(catalog: Catalog, item: str, good: Fraction) -> dict[str, Fraction]:
    """Return what is needed of what is no phantom, by whole passes: a phantom is done when all of it is known."""
    rest: dict[str, Fraction] = {item: good}
    for code in (item, "KIT", "BAG"):
        bom = catalog.bom(code, DAY)
        amount = rest.pop(code, Fraction(0)) if code == item or code in {"KIT", "BAG"} else None
        if bom is None or not amount:
            continue
        routing = catalog.routing(code, DAY) if code == "CUP" else None
        for line in bom.lines:
            own = Fraction(str(line.quantity)) * (1 + Fraction(line.scrap))
            served = amount
            if line.scrap_basis is ScrapBasis.STARTED:
                served *= 1 + Fraction(bom.scrap)
                for step in routing.in_order() if routing else ():
                    if line.operation in (None, step.code) or step.code == "pack":
                        served *= 1 + Fraction(step.scrap)
            if line.per is Basis.UNIT:
                count = served / Fraction(str(bom.for_quantity))
            else:
                count = Fraction(1) if line.per is Basis.ORDER else reckoned(line.per, served)
            rest[line.item] = rest.get(line.item, Fraction(0)) + own * count
    return {code: amount for code, amount in rest.items() if amount}


@settings(max_examples=60, deadline=None)
@given(catalogs(), st.integers(0, 200))
def test_orders_and_explosions_need_the_same(catalog: Catalog, good: int) -> None:
    """One level of the explosion, the lines of one order and the plain reckoning agree, phantoms blown through."""
    bom = catalog.bom("CUP", DAY)
    routing = catalog.routing("CUP", DAY)
    assert bom is not None
    started = quantity_to_start(bom, good, routing=routing)
    taken: dict[str, Fraction] = {}
    for line in order_lines(catalog, bom, Quantity(started, "pcs"), at=DAY):
        taken[line.item] = taken.get(line.item, Fraction(0)) + line.exact
    exploded = {
        row.item: row.exact for row in explode(catalog, "CUP", good, at=DAY, depth=Depth.ONE_LEVEL).requirements
    }

    expected = needed(catalog, "CUP", Fraction(good))
    assert expected == {code: need for code, need in taken.items() if need}
    assert expected == {code: need for code, need in exploded.items() if need and code not in {"KIT", "BAG"}}


@settings(max_examples=30, deadline=None)
@given(catalogs(), st.integers(1, 60))
def test_through_all_levels_an_item_is_one_order(catalog: Catalog, sets: int) -> None:
    """What sets need of the parts of cups is what one order of all their cups needs."""
    exploded = {row.item: row.exact for row in explode(catalog, "SET", sets, at=DAY).requirements}

    expected = needed(catalog, "CUP", Fraction(7 * sets, 2))
    assert expected == {code: need for code, need in exploded.items() if need and code in {"BOX", "TAG"}}


@settings(max_examples=30, deadline=None)
@given(catalogs(), st.lists(st.integers(1, 300), min_size=1, max_size=4))
def test_launched_orders_copy_what_is_counted(catalog: Catalog, wanted: list[int]) -> None:
    """Orders of several sizes, one after the other, have the needs that each of them has by itself."""
    plant = Plant(catalog, clock=ManualClock(NOW))
    bom = catalog.bom("CUP", NOW)
    assert bom is not None
    for quantity in wanted:
        order = plant.do(Launch(PlannedMake(ItemCode("CUP"), Decimal(quantity), NOW, NOW, ""))).answer

        alone = order_lines(catalog, bom, quantity, at=NOW)
        assert [(line.item, line.need, line.exact) for line in order.lines] == [
            (line.item, line.quantity, line.exact) for line in alone
        ]


@settings(max_examples=100, deadline=None)
@given(measures, losses, losses, st.sampled_from(ScrapBasis), st.integers(0, 3), st.integers(0, 2), st.integers(0, 900))
def test_whole_numbers_count_as_ratios_do(
    measure: Measure, scrap: str, lost: str, basis: ScrapBasis, scale: int, of: int, started: int
) -> None:
    """What planning multiplies in smallest steps is what an order of that size takes, rounded up once."""
    line = BomLine("BOX", "0.7", per=measure, scrap=scrap, scrap_basis=basis, operation="pack")
    bom = BillOfMaterial("CUP", [line], scrap=lost, for_quantity=3)
    routing = Routing("CUP", [Operation("press", scrap="0.1"), Operation("pack")])
    catalog = Catalog([Item("CUP", scale=of), Item("BOX", scale=scale), bom, routing])
    served = served_per_good(bom, routing, line) / started_per_good(bom, routing)
    need = counted_need(measure, own_need(Fraction(7, 10), line, Fraction(3)), served, scale=scale, of=of)

    (taken,) = order_lines(catalog, bom, Decimal(started).scaleb(-of), at=DAY)

    assert need.need(started) == taken.quantity.scaleb(scale)
    assert need.exact(started) == taken.exact * 10**scale
