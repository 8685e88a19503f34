"""Single definitions: what each refuses, and what it says."""

import copy
import pickle  # noqa: TID251 - that values pickle is under test
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from prodstock.calendars.span import working_days
from prodstock.errors import InvalidTypeError, InvalidValueError
from prodstock.master.bom import BillOfMaterial, BomLine, ByProduct, CoProduct, LineRole, Substitute
from prodstock.master.definition import Definition
from prodstock.master.item import Item, Supply, Tracking
from prodstock.master.location import Location, LocationKind, Site
from prodstock.master.quality_state import Quality, QualityState, Transition, Use
from prodstock.master.release_criteria import ReleaseCriteria
from prodstock.master.resource import Resource
from prodstock.master.routing import Operation, OperationKind, Routing
from prodstock.master.sourcing import Sourcing, Supplier
from prodstock.quantities.money import Money
from prodstock.quantities.quantity import Quantity

HOLD = QualityState("customs-hold", like=Quality.BLOCKED, allows=Use.NET | Use.VALUE)
EACH: list[Definition] = [
    Item("WIRE", unit="m", scale=3, safety_stock=50, factors={"reel": 250}, attributes={"colour": "red"}),
    Site("BERLIN", zone="Europe/Berlin"),
    Location("RACK-1", parent="STORES"),
    Supplier("KNW", name="Knowles"),
    Sourcing("MIC", supplier="KNW", lead_time=working_days(21), minimum=500, price=Money("1.20", "EUR")),
    Resource("bench", capacity=2),
    Routing("HD-7", [Operation("assemble", resource="bench", run_per_unit=timedelta(minutes=6))]),
    BillOfMaterial("HD-7", [BomLine("MIC", 2, scrap="0.01", substitutes=["MIC-B"])], outputs=[ByProduct("DUST", 1)]),
    ReleaseCriteria("HD-7", requires=["label"]),
    HOLD,
    Transition(Quality.BLOCKED, HOLD),
]


@pytest.mark.parametrize("definition", EACH, ids=lambda one: type(one).__name__)
def test_a_definition_is_a_value(definition: Definition) -> None:
    """It hashes, compares by content, copies and pickles, and says what it is in one short line."""
    same = pickle.loads(pickle.dumps(definition))  # noqa: S301 - made on the line itself

    assert definition == same == copy.deepcopy(definition)
    assert hash(definition) == hash(same)
    assert definition.identity == same.identity
    assert len(repr(definition)) < 120
    assert "\n" not in repr(definition)
    assert not hasattr(definition, "__dict__")


@pytest.mark.parametrize("definition", EACH, ids=lambda one: type(one).__name__)
def test_a_definition_cannot_be_changed(definition: Definition) -> None:
    """Assigning a field fails."""
    with pytest.raises(AttributeError):
        definition.code = "OTHER"  # type: ignore[attr-defined]  # what is under test


REFUSED: list[tuple[Any, dict[str, Any], str]] = [
    (Item, {"code": "A", "scale": 19}, "scale"),
    (Item, {"code": "A", "scale": -1}, "scale"),
    (Item, {"code": "A", "scale": True}, "scale"),
    (Item, {"code": "A", "scale": "3"}, "scale"),
    (Item, {"code": "A", "tracking": Tracking.SERIAL, "scale": 1}, "scale"),
    (Item, {"code": "A", "tracking": "serial"}, "tracking"),
    (Item, {"code": "A", "supply": "make"}, "supply"),
    (Item, {"code": "A", "shelf_life": timedelta(days=-1)}, "shelf_life"),
    (Item, {"code": "A", "shelf_life": 30}, "shelf_life"),
    (Item, {"code": "A", "lead_time": 30}, "lead_time"),
    (Item, {"code": "A", "safety_stock": -1}, "safety_stock"),
    (Item, {"code": "A", "space": -1}, "space"),
    (Item, {"code": "A", "space": Quantity(-1, "m3")}, "space"),
    (Operation, {"code": "A", "crew": 0, "skill": "weld"}, "crew"),
    (Operation, {"code": "A", "crew": True, "skill": "weld"}, "crew"),
    (Operation, {"code": "A", "crew": 2}, "crew"),
    (Operation, {"code": "A", "skill": "weld", "kind": OperationKind.WAIT}, "skill"),
    (Operation, {"code": "A", "skill": "", "kind": OperationKind.TEST}, "skill"),
    (Item, {"code": "A", "safety_stock": 0.5}, "amount"),
    (Item, {"code": "A", "factors": {"box": 0}}, "factors[box]"),
    (Item, {"code": "A", "unit": ""}, "unit"),
    (Location, {"code": "A", "kind": "stores"}, "kind"),
    (Location, {"code": "A", "tolerates": -1}, "tolerates"),
    (Sourcing, {"item": "A", "supplier": "S", "lead_time": 5}, "lead_time"),
    (Sourcing, {"item": "A", "supplier": "S", "lead_time": timedelta(days=-5)}, "lead_time"),
    (Sourcing, {"item": "A", "supplier": "S", "lead_time": timedelta(), "price": Decimal(1)}, "price"),
    (Sourcing, {"item": "A", "supplier": "S", "lead_time": timedelta(), "priority": 0.5}, "priority"),
    (Resource, {"code": "A", "capacity": 0}, "capacity"),
    (Operation, {"code": "A", "setup": timedelta(-1)}, "setup"),
    (Operation, {"code": "A", "run_per_unit": 5}, "run_per_unit"),
    (Operation, {"code": "A", "kind": OperationKind.WAIT, "resource": "oven"}, "resource"),
    (Operation, {"code": "A", "scrap": "-0.1"}, "scrap"),
    (Routing, {"item": "A", "operations": []}, "operations"),
    (Routing, {"item": "A", "operations": [Operation("a"), Operation("a")]}, "operations"),
    (Routing, {"item": "A", "operations": [Operation("a", after=["b"])]}, "after"),
    (Routing, {"item": "A", "operations": ["a"]}, "operations"),
    (BomLine, {"item": "A", "quantity": 0}, "quantity"),
    (BomLine, {"item": "A", "quantity": -1}, "quantity"),
    (BomLine, {"item": "A", "quantity": Quantity(-1, "kg")}, "quantity"),
    (BomLine, {"item": "A", "quantity": 1, "scrap": "-0.1"}, "scrap"),
    (BomLine, {"item": "A", "quantity": 1, "yield_rate": 0}, "yield_rate"),
    (BomLine, {"item": "A", "quantity": 1, "yield_rate": "1.1"}, "yield_rate"),
    (BomLine, {"item": "A", "quantity": 1, "yield_rate": "0.9", "scrap": "0.1"}, "yield_rate"),
    (BomLine, {"item": "A", "quantity": 1, "substitutes": "MIC-B"}, "substitutes"),
    (BomLine, {"item": "A", "quantity": 1, "substitutes": ["A"]}, "substitutes"),
    (BomLine, {"item": "A", "quantity": 1, "per": "unit"}, "per"),
    (BomLine, {"item": "A", "quantity": 1, "role": "packaging"}, "role"),
    (Substitute, {"item": "A", "ratio": 0}, "ratio"),
    (CoProduct, {"item": "A", "quantity": 1, "cost_share": "1.01"}, "cost_share"),
    (CoProduct, {"item": "A", "quantity": 1, "cost_share": "-0.01"}, "cost_share"),
    (BillOfMaterial, {"item": "A", "lines": ["B"]}, "lines"),
    (BillOfMaterial, {"item": "A", "lines": [], "status": "active"}, "status"),
    (BillOfMaterial, {"item": "A", "lines": [], "for_quantity": 0}, "for_quantity"),
    (BillOfMaterial, {"item": "A", "lines": [], "outputs": ["B"]}, "outputs"),
    (BillOfMaterial, {"item": "A", "lines": [], "outputs": [ByProduct("A", 1)]}, "outputs"),
    (BillOfMaterial, {"item": "A", "lines": [], "outputs": [ByProduct("B", 1), CoProduct("B", 1)]}, "outputs"),
    (BillOfMaterial, {"item": "A", "lines": [], "effective_from": datetime(2026, 1, 1)}, "effective_from"),  # noqa: DTZ001
    (BillOfMaterial, {"item": "A", "lines": [], "effective_from": "2026-01-01"}, "effective_from"),
    (
        BillOfMaterial,
        {"item": "A", "lines": [], "effective_from": date(2026, 1, 1), "effective_until": date(2026, 1, 1)},
        "effective_until",
    ),
    (ReleaseCriteria, {"item": "A", "requires": []}, "requires"),
    (ReleaseCriteria, {"item": "A", "requires": ["label", "label"]}, "requires"),
    (QualityState, {"code": "approved", "like": Quality.APPROVED, "allows": Use.NET}, "code"),
    (QualityState, {"code": "hold", "like": "blocked", "allows": Use.NET}, "like"),
    (QualityState, {"code": "hold", "like": Quality.BLOCKED, "allows": 1}, "allows"),
    (Transition, {"start": "approved", "end": Quality.BLOCKED}, "start"),
    (Transition, {"start": Quality.BLOCKED, "end": Quality.BLOCKED}, "end"),
]


@pytest.mark.parametrize(("kind", "fields", "field"), REFUSED, ids=lambda value: getattr(value, "__name__", None))
def test_what_cannot_be_meant_is_refused_by_the_name_of_its_field(
    kind: Any, fields: dict[str, Any], field: str
) -> None:
    """Each refusal names the field; a wrong kind of value is a TypeError too."""
    with pytest.raises(InvalidValueError) as caught:
        kind(**fields)

    assert caught.value.field == field


def test_wrong_kinds_are_type_errors() -> None:
    """A float quantity and a text for an enumeration are refused by type."""
    with pytest.raises(InvalidTypeError):
        BomLine("MIC", 0.5)  # type: ignore[arg-type]  # what is under test
    with pytest.raises(TypeError):
        Item("A", supply="make")  # type: ignore[arg-type]  # what is under test


def test_substitutes_stand_in_order_of_priority_then_as_listed() -> None:
    """Codes and values mix; priority 0 is the default."""
    line = BomLine("A", 1, substitutes=[Substitute("B", priority=2), "C", Substitute("D", priority=-1), "E"])

    assert [one.item for one in line.substitutes] == ["D", "C", "E", "B"]


def test_a_substitute_is_valid_in_its_period() -> None:
    """Half-open: from its first day, until the day it no longer holds."""
    one = Substitute("B", ratio=2, effective_from=date(2026, 1, 1), effective_until=date(2026, 2, 1))

    assert [
        one.effective_on(day) for day in (date(2025, 12, 31), date(2026, 1, 1), date(2026, 1, 31), date(2026, 2, 1))
    ] == [False, True, True, False]


def test_outputs_are_listed_by_item_and_told_apart() -> None:
    """Their order means nothing, so it is one."""
    outputs: list[ByProduct | CoProduct] = [ByProduct("WASTE", 1), CoProduct("CREAM", 2, cost_share="0.25")]
    bom = BillOfMaterial("BUTTER", [], outputs=outputs)

    assert bom == BillOfMaterial("BUTTER", [], outputs=reversed(outputs))
    assert [one.item for one in bom.co_products] == ["CREAM"]
    assert [one.item for one in bom.by_products] == ["WASTE"]


def test_factors_and_attributes_compare_by_content() -> None:
    """The order in which they were given means nothing."""
    one = Item("A", factors={"box": 9, "pallet": 360}, attributes={"x": "1", "y": "2"})
    other = Item("A", factors={"pallet": "360", "box": "9.0"}, attributes={"y": "2", "x": "1"})

    assert one == other
    assert hash(one) == hash(other)


def test_places_know_whether_they_are_real_and_reservable() -> None:
    """Seven kinds hold stock, four are where it comes from and goes to; only stores may be reserved."""
    assert {"supplier", "customer", "production", "loss"} == {kind.value for kind in LocationKind if not kind.real}
    assert [kind for kind in LocationKind if kind.reservable] == [LocationKind.STORES]


def test_only_transform_and_pack_steps_move_material() -> None:
    """The others test, label, inspect, clean, wait or send away."""
    assert {"transform", "pack"} == {kind.value for kind in OperationKind if kind.moves_material}


def test_lines_have_roles_and_supplies_have_names() -> None:
    """The values rows take are stable."""
    assert [role.value for role in LineRole] == ["component", "packaging", "rework"]
    assert [supply.value for supply in Supply] == ["make", "buy", "phantom"]
