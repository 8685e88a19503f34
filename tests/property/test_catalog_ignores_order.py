"""A catalog says the same for any order of its definitions, in any process."""

import subprocess
import sys
from datetime import date

import hypothesis.strategies as st
import pytest
from hypothesis import given

from prodstock.errors import InvalidData
from prodstock.master.bom import BillOfMaterial, BomLine, CoProduct
from prodstock.master.catalog import Catalog
from prodstock.master.definition import Definition
from prodstock.master.explosion import explode
from prodstock.master.item import Item
from prodstock.master.location import Location, Site
from prodstock.master.resource import Resource
from prodstock.master.routing import Operation, Routing

DAY = date(2026, 3, 2)
GOOD: list[Definition] = [
    Site("BERLIN", zone="Europe/Berlin"),
    Location("RACK-1", site="BERLIN"),
    Item("CUP"),
    Item("CLAY", unit="kg", scale=3, factors={"bag": 25, "pallet": 1000}),
    Item("GLAZE", unit="L", scale=3),
    Item("SHARD", unit="kg", scale=3),
    Resource("kiln"),
    Routing("CUP", [Operation("press"), Operation("fire", resource="kiln", scrap="0.03")]),
    BillOfMaterial("CUP", [BomLine("CLAY", "0.4"), BomLine("GLAZE", "0.05")], outputs=[CoProduct("SHARD", "0.01")]),
]
FAULTY: list[Definition] = [
    BillOfMaterial("CUP", [BomLine("CLEY", 1)], revision="X"),
    BillOfMaterial("CLAY", [BomLine("CUP", 1)], revision="Y"),
    Item("HANDLE", safety_stock="0.5"),
    Routing("HANDLE", [Operation("bend", resource="press")]),
]


@given(st.permutations(GOOD))
def test_any_order_of_definitions_is_one_catalog(definitions: list[Definition]) -> None:
    """Content hash, equality, listing and explosion are the same for every order."""
    catalog, reference = Catalog(definitions), Catalog(GOOD)

    assert catalog.content_hash() == reference.content_hash()
    assert catalog == reference
    assert hash(catalog) == hash(reference)
    assert catalog.definitions == reference.definitions
    assert explode(catalog, "CUP", 7, at=DAY) == explode(reference, "CUP", 7, at=DAY)


@given(st.permutations([*GOOD, *FAULTY]))
def test_the_same_faults_are_found_in_any_order(definitions: list[Definition]) -> None:
    """All faults at once, whatever stands first; only their rows differ."""

    def faults(given_definitions: list[Definition]) -> set[tuple[str, str, str]]:
        with pytest.raises(InvalidData) as caught:
            Catalog(given_definitions)
        return {(one.table, one.field, one.code) for one in caught.value.findings}

    assert faults([*GOOD, *FAULTY]) == faults(definitions)


SCRIPT = """
from datetime import date
from prodstock.calendars.calendar import Calendar
from prodstock.master.catalog import Catalog
from prodstock.master.bom import BillOfMaterial, BomLine
from prodstock.master.item import Item
from prodstock.master.location import Site
days = {date(2026, 12, 25): "a", date(2026, 12, 26): "b", date(2026, 5, 1): "c"}
catalog = Catalog([
    Site("BERLIN", zone="Europe/Berlin", calendar=Calendar("B", holidays=days)),
    Item("CUP"), Item("CLAY", unit="kg", scale=3, factors={"bag": 25, "pallet": 1000}, attributes={"b": "1", "a": "2"}),
    BillOfMaterial("CUP", [BomLine("CLAY", "0.40")]),
])
assert hash(catalog) is not None
import sys
sys.stdout.write(catalog.content_hash() + catalog.boms("CUP")[0].content_hash())
"""


def test_the_content_hash_is_the_same_for_any_hash_seed() -> None:
    """Three processes with three hash seeds write one hash."""
    written = {
        subprocess.run(
            [sys.executable, "-c", SCRIPT],
            check=True,
            capture_output=True,
            text=True,
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(sys.path)},
        ).stdout
        for seed in ("0", "1", "4711")
    }

    assert len(written) == 1
    assert len(written.pop()) == 128
