"""Golden case 30: 20 levels of two assemblies each, both using both of the next, and a leaf below."""

from datetime import date
from decimal import Decimal
from time import perf_counter

import pytest

from prodstock.master.bom import BillOfMaterial, BomLine
from prodstock.master.catalog import Catalog
from prodstock.master.explosion import explode
from prodstock.master.item import Item

DAY = date(2026, 3, 2)
LEVELS = 20
PATIENCE = 5.0
"""Seconds, some hundred times what it takes; walking a million paths would take longer."""


@pytest.fixture(name="catalog", scope="module")
def _catalog() -> Catalog:
    pairs = [(f"L{level:02}", f"R{level:02}") for level in range(1, LEVELS + 1)]
    below = [*pairs[1:], ("LEAF",)]
    assemblies = [
        BillOfMaterial(code, [BomLine(used, 1) for used in next_pair])
        for pair, next_pair in zip(pairs, below, strict=True)
        for code in pair
    ]
    top = BillOfMaterial("TOP", [BomLine(code, 1) for code in pairs[0]])
    return Catalog([*(Item(code) for pair in pairs for code in pair), Item("TOP"), Item("LEAF"), top, *assemblies])


def test_a_million_leaves_are_counted_in_milliseconds(catalog: Catalog) -> None:
    """One top unit needs 1,048,576 leaves over as many paths."""
    start = perf_counter()
    leaf = explode(catalog, "TOP", 1, at=DAY).of("LEAF")

    assert perf_counter() - start < PATIENCE
    assert (leaf.quantity, leaf.path_count, leaf.level) == (Decimal(2**20), 2**20, LEVELS + 1)


def test_where_used_takes_milliseconds_too(catalog: Catalog) -> None:
    """The leaf is found in the top, 1,048,576 times."""
    start = perf_counter()
    used = catalog.where_used("LEAF", DAY)

    assert perf_counter() - start < PATIENCE
    assert (used[-1].item, used[-1].quantity, used[-1].path_count) == ("TOP", Decimal(2**20), 2**20)
    assert len(used) == 2 * LEVELS + 1


def test_the_low_level_code_is_the_longest_path(catalog: Catalog) -> None:
    """The leaf's code is its depth, found without walking a path."""
    assert catalog.low_level_codes()["LEAF"] == LEVELS + 1
