"""Laws of explosion, on random structures, against an oracle that walks every path."""

from collections import Counter
from collections.abc import Iterator
from datetime import date
from fractions import Fraction

import hypothesis.strategies as st
from hypothesis import given

from prodstock.master.bom import BillOfMaterial, BomLine
from prodstock.master.catalog import Catalog
from prodstock.master.depth import Depth
from prodstock.master.explosion import Explosion, explode
from prodstock.master.item import Item, Supply
from prodstock.master.order_line import order_lines, quantity_to_start
from prodstock.quantities.quantity import Quantity

DAY = date(2026, 3, 2)
SIZE = 7
CODES = [f"I{number}" for number in range(SIZE)]

quantities = st.sampled_from(["1", "2", "0.25", "3", "0.1"])
losses = st.sampled_from([("0", "1"), ("0.1", "1"), ("0.05", "1"), ("0", "0.97"), ("0", "0.5")])
"""Scrap and yield of a line."""


@st.composite
def structures(draw: st.DrawFn) -> list[Item | BillOfMaterial]:
    """Draw items of which each needs only later ones, so that there is no circle."""
    supplies = [draw(st.sampled_from([None, None, Supply.PHANTOM])) for _ in CODES]
    definitions: list[Item | BillOfMaterial] = [
        Item(code, supply=supply) for code, supply in zip(CODES, supplies, strict=True)
    ]
    for number, code in enumerate(CODES[:-1]):
        needed = draw(st.lists(st.sampled_from(CODES[number + 1 :]), max_size=3))
        drawn = [(one, draw(quantities), *draw(losses)) for one in needed]
        lines = [BomLine(one, quantity, scrap=s, yield_rate=y) for one, quantity, s, y in drawn]
        scrap, batch = draw(st.sampled_from(["0", "0.1"])), draw(st.sampled_from([1, 1, 4]))
        if lines:
            definitions.append(BillOfMaterial(code, lines, scrap=scrap, for_quantity=batch))
    return definitions


def paths_walked(definitions: list[Item | BillOfMaterial], quantity: Fraction) -> Iterator[tuple[str, Fraction, int]]:
    """Yield every path down from the first item, with what it needs and its length: the plain recursive definition."""
    boms = {one.item: one for one in definitions if isinstance(one, BillOfMaterial)}

    def down(code: str, need: Fraction, depth: int) -> Iterator[tuple[str, Fraction, int]]:
        if code not in boms:
            return
        bom = boms[code]
        for line in bom.lines:
            each = Fraction(str(line.quantity)) / Fraction(str(bom.for_quantity))
            each = each * (1 + Fraction(line.scrap)) / Fraction(line.yield_rate) * (1 + Fraction(bom.scrap))
            yield line.item, need * each, depth
            yield from down(line.item, need * each, depth + 1)

    yield from down(CODES[0], quantity, 1)


@given(structures(), st.integers(0, 50))
def test_an_explosion_is_the_sum_over_all_paths(definitions: list[Item | BillOfMaterial], quantity: int) -> None:
    """Quantities, numbers of paths and levels equal those of every path walked."""
    needs: dict[str, Fraction] = {}
    paths: Counter[str] = Counter()
    levels: dict[str, int] = {}
    for code, need, depth in paths_walked(definitions, Fraction(quantity)):
        needs[code] = needs.get(code, Fraction(0)) + need
        paths[code] += 1
        levels[code] = max(levels.get(code, 0), depth)

    rows = explode(Catalog(definitions), CODES[0], quantity, at=DAY).requirements

    assert needs == {row.item: row.exact for row in rows}
    assert dict(paths) == {row.item: row.path_count for row in rows}
    assert levels == {row.item: row.level for row in rows}
    assert [row.item for row in rows] == sorted(levels, key=lambda code: (levels[code], code))


def _by_item(explosion: Explosion) -> dict[str, Fraction]:
    return {row.item: row.exact for row in explosion.requirements}


@given(structures(), st.integers(1, 40), st.integers(1, 40))
def test_two_quantities_together_need_what_they_need_apart(
    definitions: list[Item | BillOfMaterial], one: int, other: int
) -> None:
    """Without lines per order, explode(a + b) = explode(a) + explode(b)."""
    catalog = Catalog(definitions)
    apart = [_by_item(explode(catalog, CODES[0], each, at=DAY)) for each in (one, other)]

    together = _by_item(explode(catalog, CODES[0], one + other, at=DAY))

    assert together == {code: apart[0][code] + apart[1][code] for code in together}


@given(structures())
def test_where_used_is_the_explosion_read_upwards(definitions: list[Item | BillOfMaterial]) -> None:
    """What each item needs of the last one per unit is what where-used says of it."""
    catalog = Catalog(definitions)
    used = {row.item: (row.exact, row.path_count, row.level) for row in catalog.where_used(CODES[-1], DAY)}

    exploded = {
        code: (row.exact, row.path_count, row.level)
        for code in CODES[:-1]
        for row in explode(catalog, code, 1, at=DAY).requirements
        if row.item == CODES[-1]
    }

    assert exploded == used


@given(structures())
def test_low_level_codes_grow_along_every_line(definitions: list[Item | BillOfMaterial]) -> None:
    """A component's code is above that of all that need it, by one above the highest; 0 if nothing does."""
    users: dict[str, set[str]] = {code: set() for code in CODES}
    for bom in definitions:
        if isinstance(bom, BillOfMaterial):
            for line in bom.lines:
                users[line.item].add(bom.item)

    levels = Catalog(definitions).low_level_codes()

    assert levels == {code: 1 + max((levels[user] for user in users[code]), default=-1) for code in CODES}


@given(structures())
def test_one_level_is_what_all_levels_say_before_the_first_order(definitions: list[Item | BillOfMaterial]) -> None:
    """One level follows phantoms only: exploding with all made items made bought gives the same."""
    phantoms = {one.code for one in definitions if isinstance(one, Item) and one.supply is Supply.PHANTOM}
    bought = [
        Item(one.code, supply=Supply.PHANTOM if one.code in phantoms else Supply.BUY) if isinstance(one, Item) else one
        for one in definitions
    ]

    one_level = explode(Catalog(definitions), CODES[0], 3, at=DAY, depth=Depth.ONE_LEVEL)
    all_levels = explode(Catalog(bought), CODES[0], 3, at=DAY)

    assert _by_item(all_levels) == _by_item(one_level)


@given(structures(), st.integers(0, 40))
def test_an_order_takes_what_one_level_of_the_explosion_says(
    definitions: list[Item | BillOfMaterial], good: int
) -> None:
    """The lines of an order of the quantity to start are the requirements of the good one, phantoms blown through."""
    catalog = Catalog(definitions)
    bom = catalog.bom(CODES[0], DAY)
    if bom is None:
        return
    started = quantity_to_start(bom, good)
    taken: dict[str, Fraction] = {}
    scale = 3
    items = [Item(code, supply=catalog.item(code).supply, scale=scale) for code in CODES]
    for line in order_lines(catalog + items, bom, Quantity(started, "pcs"), at=DAY):
        taken[line.item] = taken.get(line.item, Fraction(0)) + line.exact
        assert 0 <= line.rounding < Fraction(1, 10**scale)

    explosion = explode(catalog, CODES[0], good, at=DAY, depth=Depth.ONE_LEVEL)
    blown_through = {
        code for code in CODES if catalog.item(code).supply is Supply.PHANTOM and catalog.bom(code, DAY) is not None
    }

    needed = {code: need for code, need in _by_item(explosion).items() if code not in blown_through}
    assert {code: need for code, need in needed.items() if need} == {code: need for code, need in taken.items() if need}
