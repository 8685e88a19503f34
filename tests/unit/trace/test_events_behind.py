"""Every line of an explanation leads to the events that it comes from."""

from datetime import UTC, date, datetime

import pytest

from prodstock.calendars.span import working_days
from prodstock.codec import dumps, loads
from prodstock.errors import InvalidTypeError
from prodstock.journal.store import ManualClock
from prodstock.journal.stream import goods_of, lot_stream, serial_stream, stock_stream
from prodstock.master.bom import BillOfMaterial, BomLine
from prodstock.master.catalog import Catalog
from prodstock.master.item import Item, Supply, Tracking
from prodstock.master.quality_state import Quality
from prodstock.master.sourcing import Sourcing
from prodstock.orders.demand import Demand
from prodstock.orders.purchase import PurchaseOrder
from prodstock.plant import Plant
from prodstock.stock.expect import Redefine
from prodstock.stock.goods import Goods
from prodstock.tables import Derivation

START = datetime(2026, 3, 2, 6, tzinfo=UTC)
UNTIL = date(2026, 6, 1)


@pytest.fixture
def plant() -> Plant:
    """A plant that needs twenty microphones and has twelve, in a lot whose code has a slash; four are on their way."""
    items = [Item("MIC", tracking=Tracking.LOT), Item("BOX"), Item("AID", supply=Supply.MAKE)]
    terms = [Sourcing(code, supplier="KNW", lead_time=working_days(5)) for code in ("MIC", "BOX")]
    bill = BillOfMaterial("AID", [BomLine("MIC", 2), BomLine("BOX", 1)])
    plant = Plant(Catalog([*items, *terms, bill]), clock=ManualClock(START))
    plant.expect(Demand("AID", 10, due=date(2026, 4, 1), ref="SO-1"), by="anna")
    plant.receive("MIC", 12, lot="M/1", by="bert")
    plant.receive("MIC", 99, lot="M/2", by="otto")
    plant.judge("M/2", Quality.BLOCKED, by="otto")
    plant.receive("BOX", 3, by="carl")
    plant.expect(PurchaseOrder("MIC", 4, supplier="KNW", due=date(2026, 3, 9), ref="PU-1"), by="dora")
    return plant


def who(plant: Plant, why: Derivation) -> list[str]:
    """Return who told the events behind an explanation, each once."""
    return list(dict.fromkeys(event.by for event in plant.events_behind(why)))


def test_a_purchase_rests_on_the_stock_and_receipts_it_comes_after(plant: Plant) -> None:
    """All that moved the lot that is taken, and all that was told of the purchase on its way; nothing else."""
    plan = plant.plan(until=UNTIL)
    mic, box = (next(one for one in plan.buy if one.item == code) for code in ("MIC", "BOX"))
    assert plan.why(mic).streams == ("lot:MIC/M/1", "supply:PU-1", "catalog")
    assert who(plant, plan.why(mic)) == ["bert", "dora"]
    assert who(plant, plan.why(box)) == ["carl"]


def test_a_leaf_rests_on_what_it_says(plant: Plant) -> None:
    """The line of a lot leads to its own events, judgements too, and the line of a demand to its own."""
    plan = plant.plan(until=UNTIL)
    for_whom = plan.why(plan.make[0]).causes[0]
    assert who(plant, for_whom) == ["anna"]
    plant.judge(Goods("MIC", lot="M/1", quantity=2), Quality.BLOCKED, by="emma")
    mic = next(one for one in plan.buy if one.item == "MIC")
    (leaf,) = (one for one in plan.why(mic).causes[0].causes if one.rests_on == ("lot:MIC/M/1",))
    assert who(plant, leaf) == ["bert", "emma"]
    assert not leaf.causes


def test_what_is_not_counted_leads_to_why_not(plant: Plant) -> None:
    """Stock that is blocked leads to its receipt and to whoever blocked it."""
    plant.expect(Demand("MIC", 5, due=date(2026, 3, 3), ref="SO-2"))
    plant.judge("M/1", Quality.BLOCKED, by="emma")
    plan = plant.plan(until=UNTIL)
    line = next(one for one in plan.shortages if one.delays == ("SO-2",))
    lines = {one.rests_on: who(plant, one) for one in plan.why(line).causes if "not counted" in one.text}
    assert lines == {("lot:MIC/M/1",): ["bert", "emma"], ("lot:MIC/M/2",): ["otto"]}


def test_settled_orders_and_definitions_have_events(plant: Plant) -> None:
    """What people firmed rests on that; bills and terms rest on every change of the catalog."""
    plan = plant.plan(until=UNTIL)
    plant.firm(plan.make[0], by="finn")
    plant.do(Redefine(Catalog([*plant.catalog.definitions, Item("BAG")]), by="greta"))
    again = plant.plan(until=UNTIL)
    assert who(plant, again.why(again.make[0])) == ["anna", "finn", "greta"]


def test_a_snapshot_made_by_hand_has_no_events(plant: Plant) -> None:
    """An explanation that names what a plant does not know rests on nothing there."""
    plan = plant.plan(until=UNTIL)
    other = Plant(plant.catalog, clock=ManualClock(START))
    assert not other.events_behind(plan.why(plan.buy[0]))


def test_explanations_travel_with_what_they_rest_on(plant: Plant) -> None:
    """A document of one reads back with its streams."""
    why = plant.plan(until=UNTIL).why("SO-1")
    assert loads(dumps(why), Derivation).streams == why.streams == ("demand:SO-1",)


def test_only_explanations_rest_on_something(plant: Plant) -> None:
    """Anything else is refused with what to give."""
    with pytest.raises(InvalidTypeError, match=r"plan\.why"):
        plant.events_behind("SO-1")  # type: ignore[arg-type]  # junk


@pytest.mark.parametrize("item", ["MIC", "MIC/2", "A%2F", "%25/"])
def test_streams_of_lots_and_serials_name_their_goods(item: str) -> None:
    """Items and codes may hold slashes and per cent signs."""
    assert goods_of(lot_stream(item, "M/1")) == goods_of(serial_stream(item, "M/1")) == (item, "M/1")
    assert goods_of(stock_stream(item, "MAIN")) is None
