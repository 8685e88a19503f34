"""Launching: what an order freezes, and which plans are stale."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction

import pytest

from prodstock.errors import InvalidValueError, NotAllowed, Refused, UnknownCode
from prodstock.journal.store import ManualClock
from prodstock.master.bom import BillOfMaterial, BomLine, BomStatus, LineRole, ScrapBasis
from prodstock.master.catalog import Catalog
from prodstock.master.item import Item, Supply
from prodstock.master.routing import Operation, Routing
from prodstock.orders.demand import Demand
from prodstock.orders.planned import PlannedMake
from prodstock.orders.production import ProductionOrder
from prodstock.plant import Plant
from prodstock.shopfloor.close import CancelOrder
from prodstock.shopfloor.launch import Launch
from prodstock.stock.expect import Redefine

START = datetime(2026, 3, 2, 6, tzinfo=UTC)
DUE = datetime(2026, 3, 20, tzinfo=UTC)


def plain(value: object) -> object:
    """Return a value without its static type, so that numbers of any kind compare."""
    return value


def launched(catalog: Catalog, item: str, quantity: int, revision: str = "") -> ProductionOrder:
    """Launch an order by hand in a plant of its own."""
    plan = PlannedMake(item, Decimal(quantity), START, DUE, revision)
    return Plant(catalog, clock=ManualClock(START)).do(Launch(plan)).answer


def test_an_order_holds_its_lines_rounded_up_once_and_its_steps_in_order(
    plant: Plant, planned: Callable[..., PlannedMake]
) -> None:
    """Ten devices take 10 chips, 21 microphones and, at packing, 10 boxes."""
    order = plant.do(Launch(planned())).answer

    assert [(line.item, line.need, line.operation) for line in order.lines] == [
        ("CHIP", Decimal(10), "assemble"),
        ("MIC", Decimal(21), "assemble"),
        ("BOX", Decimal(10), "pack"),
    ]
    assert order.lines[1].substitutes == (("MIC-B", Decimal(1)),)
    assert [(step.code, step.after) for step in order.steps] == [
        ("assemble", ()),
        ("test", ("assemble",)),
        ("pack", ("test",)),
    ]
    assert (order.code, order.lot, order.output_step, order.expected_good) == ("MO-1", "MO-1", "pack", Decimal(10))


def test_outputs_beside_the_main_one_are_frozen_per_unit(plant: Plant, planned: Callable[..., PlannedMake]) -> None:
    """A cup brings half a saucer and a tenth of a kilogram of shards, exactly; a mould is needed once."""
    order = plant.do(Launch(planned("CUP", 3))).answer

    assert order.outputs == (("SAUCER", Fraction(1, 2)), ("SHARDS", Fraction(1, 10)))
    assert [(line.item, line.need, line.fixed) for line in order.lines] == [
        ("CLAY", Decimal("1.05"), False),
        ("MOULD", Decimal(1), True),
    ]


def test_without_bill_and_routing_there_is_one_step_and_no_line() -> None:
    """An item that is simply made has one step, make."""
    order = launched(Catalog([Item("CUP")]), "CUP", 5)

    assert ([step.code for step in order.steps], order.lines, order.revision) == (["make"], (), "")


def test_a_phantom_gives_its_lines_and_rework_lines_are_left_out() -> None:
    """A kit that is a phantom is replaced by what is in it; a line for rework is no need of a first run."""
    kit = BillOfMaterial("KIT", [BomLine("SCREW", 4)])
    top = BillOfMaterial("CASE", [BomLine("KIT", 2), BomLine("GLUE", 1, role=LineRole.REWORK), BomLine("LID", 1)])
    items = [Item("CASE"), Item("KIT", supply=Supply.PHANTOM), Item("SCREW"), Item("GLUE"), Item("LID")]

    order = launched(Catalog([*items, kit, top]), "CASE", 3)

    assert plain([(line.number, line.item, line.need) for line in order.lines]) == [(0, "LID", 3), (1, "SCREW", 24)]


def test_lines_know_how_many_units_enter_their_step() -> None:
    """With 25 % lost in pressing, 100 of 125 cups started are painted, and 100 good ones are expected."""
    bom = BillOfMaterial(
        "CUP",
        [BomLine("CLAY", 1), BomLine("PAINT", 1, operation="paint"), BomLine("TAG", 1, scrap_basis=ScrapBasis.GOOD)],
    )
    routing = Routing("CUP", [Operation("press", scrap="0.25"), Operation("paint")])
    order = launched(Catalog([Item("CUP"), Item("CLAY"), Item("PAINT"), Item("TAG"), bom, routing]), "CUP", 125)

    assert [(line.item, line.need, line.units) for line in order.lines] == [
        ("CLAY", Decimal(125), None),
        ("PAINT", Decimal(100), Fraction(100)),
        ("TAG", Decimal(100), Fraction(100)),
    ]
    assert order.expected_good == 100


def test_the_bill_that_holds_at_the_start_is_frozen() -> None:
    """An order for April takes the bill of April, and keeps it when the catalog changes."""
    old = BillOfMaterial("CUP", [BomLine("CLAY", 1)], revision="A", effective_until=date(2026, 4, 1))
    new = BillOfMaterial("CUP", [BomLine("CLAY", 2)], revision="B", effective_from=date(2026, 4, 1))
    items = [Item("CUP"), Item("CLAY")]
    plant = Plant(Catalog([*items, old, new]), clock=ManualClock(START))
    start = datetime(2026, 4, 2, tzinfo=UTC)
    order = plant.do(Launch(PlannedMake("CUP", Decimal(5), start, start, "B"))).answer

    plant.do(Redefine(Catalog([*items, old])))

    assert (order.revision, order.lines[0].need) == ("B", Decimal(10))
    again = plant._world.body("order:MO-1")
    assert again == order


@pytest.mark.parametrize(
    "changed",
    [
        {"status": BomStatus.OBSOLETE},
        {"effective_until": date(2026, 3, 1)},
    ],
)
def test_a_plan_whose_revision_no_longer_holds_is_stale(changed: dict[str, object]) -> None:
    """A bill that became obsolete or ended since the plan was made is not launched with."""
    bom = BillOfMaterial("CUP", [BomLine("CLAY", 1)], revision="C", **changed)  # type: ignore[arg-type]

    with pytest.raises(Refused, match="stale"):
        launched(Catalog([Item("CUP"), Item("CLAY"), bom]), "CUP", 5, "C")


def test_a_planned_order_becomes_an_order_once(plant: Plant, planned: Callable[..., PlannedMake]) -> None:
    """The same proposal is refused the second time, and taken again after its order was cancelled."""
    plan = planned(code="P-1")
    plant.do(Launch(plan))

    with pytest.raises(NotAllowed, match="launched as MO-1"):
        plant.do(Launch(plan))
    plant.do(CancelOrder("MO-1"))

    assert plant.do(Launch(plan)).answer.code == "MO-2"


def test_a_plan_for_a_demand_that_ended_is_stale(plant: Plant, planned: Callable[..., PlannedMake]) -> None:
    """When the customer cancels, the proposal made for him is not launched."""
    plant.expect(Demand("DEVICE", 10, due=date(2026, 3, 20), ref="SO-1"))
    plan = planned(serves=("SO-1",), code="P-1")
    plant.cancel("SO-1")

    with pytest.raises(Refused, match="SO-1 that it serves is cancelled"):
        plant.do(Launch(plan))


def test_codes_can_be_chosen_and_are_taken_once(plant: Plant, planned: Callable[..., PlannedMake]) -> None:
    """An order may bear a code and a lot of the caller's; a taken code is refused."""
    order = plant.do(Launch(planned(), code="RUN-7", lot="LOT-7")).answer

    assert (order.code, order.lot) == ("RUN-7", "LOT-7")
    with pytest.raises(NotAllowed, match="in being"):
        plant.do(Launch(planned(), code="RUN-7"))


def test_bad_calls_are_refused_by_their_field(plant: Plant, planned: Callable[..., PlannedMake]) -> None:
    """Unknown items, revisions and quantities that cannot be meant are bad calls."""
    with pytest.raises(UnknownCode, match="DEVISE"):
        plant.do(Launch(planned("DEVISE")))
    with pytest.raises(UnknownCode, match="revision"):
        plant.do(Launch(planned(revision="Z")))
    with pytest.raises(InvalidValueError, match="above zero"):
        plant.do(Launch(planned(quantity=0)))
    with pytest.raises(InvalidValueError, match="order"):
        plant.do(Launch("MO-1"))  # type: ignore[arg-type]
