"""What is told beside a quantity: as entered, a second quantity, a cost; and what the lot says of it."""

from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction

import pytest

from prodstock.codec import dumps, load_event
from prodstock.errors import InvalidTypeError, InvalidValueError, NotEnough, Refused
from prodstock.journal.command import Together
from prodstock.journal.store import ManualClock, MemoryEvents
from prodstock.master.catalog import Catalog
from prodstock.master.item import Item, Tracking
from prodstock.master.location import Location, Site
from prodstock.master.quality_state import Quality
from prodstock.orders.demand import Demand
from prodstock.plant import Plant
from prodstock.quantities.money import Money
from prodstock.quantities.quantity import Quantity
from prodstock.stock.cost import Cost
from prodstock.stock.count import Adjust, Count
from prodstock.stock.events import Leg, StockPosted
from prodstock.stock.goods import Goods
from prodstock.stock.judge import Judge
from prodstock.stock.lot_sheet import LotSheet
from prodstock.stock.move import Move, Scrap
from prodstock.stock.movement import Movement
from prodstock.stock.receive import Receive
from prodstock.stock.reverse import Reverse
from prodstock.stock.second import SecondQuantity
from prodstock.stock.ship import Ship, TakeBack

NOW = datetime(2026, 3, 2, 6, tzinfo=UTC)
CATALOG = Catalog(
    [
        Site("SOUTH"),
        Location("RACK"),
        Item("HAM", tracking=Tracking.LOT),
        Item("GLUE", tracking=Tracking.LOT, factors={"kg": 100}),
        Item("WIRE", unit="m", scale=3),
        Item("SCALE", tracking=Tracking.SERIAL, factors={"box": 2}),
    ]
)
EURO, KG = Money("1.20", "EUR"), Quantity("12.35", "kg")


def figures(*values: object) -> tuple[object, ...]:
    """Return figures to compare, whatever they are."""
    return values


@pytest.fixture
def plant() -> Plant:
    """Return an empty plant."""
    return Plant(CATALOG, clock=ManualClock(NOW))


def legs(plant: Plant) -> list[Leg]:
    """Return the legs of the last commit that change a quantity of ours."""
    last = plant.events()[-1].commit
    posted = [e.event for e in plant.events() if e.commit == last and isinstance(e.event, StockPosted)]
    return [leg for event in posted for leg in event.legs if leg.parcel.location not in {"SUPPLIER", "LOSS"}]


def told(plant: Plant, *fields: str) -> list[tuple[object, ...]]:
    """Return some fields of those legs."""
    return [tuple(getattr(leg, field) for field in fields) for leg in legs(plant)]


def sheet(plant: Plant, lot: str = "L1") -> SecondQuantity:
    """Return what is known of the second quantity of a lot of ham."""
    found = plant.stock.lot(Goods("HAM", lot=lot)).second
    assert found is not None
    return found


def test_a_receipt_says_how_it_was_entered(plant: Plant) -> None:
    """0.2 km of what is kept in metres are 200 m, and the event says 0.2 km too; the number alone adds nothing."""
    plant.receive("WIRE", Quantity("0.2", "km"))
    assert told(plant, "quantity", "entered") == [(200, Quantity("0.2", "km"))]
    assert legs(plant)[0].entered is not None
    assert str(legs(plant)[0].entered) == "0.2 km"

    for plain in (7, Quantity(7, "m")):
        plant.receive("WIRE", plain)
        assert told(plant, "quantity", "entered", "second", "cost") == [(7, None, None, None)]


def test_adjustments_and_counts_say_how_they_were_entered(plant: Plant) -> None:
    """Of a difference its sign, of a count what was counted."""
    plant.receive("WIRE", 500)
    plant.do(Adjust("WIRE", Quantity("-0.1", "km")))
    assert told(plant, "quantity", "entered") == [(-100, Quantity("-0.1", "km"))]
    plant.do(Count("WIRE", Quantity("0.398", "km")))
    assert told(plant, "quantity", "entered") == [(-2, Quantity("0.398", "km"))]


def test_a_difference_over_several_parcels_is_entered_in_shares(plant: Plant) -> None:
    """What is taken from several states of a lot sums to what was typed; what was counted is told once."""
    plant.receive("GLUE", 100, lot="L1")
    plant.receive("GLUE", 100, lot="L1", quality=Quality.BLOCKED)
    plant.do(Adjust("GLUE", Quantity("-1.5", "kg"), lot="L1"))
    assert told(plant, "quantity", "entered") == [(-100, Quantity(-1, "kg")), (-50, Quantity("-0.5", "kg"))]

    plant.receive("GLUE", 50, lot="L1")
    plant.do(Count("GLUE", Quantity("0", "kg"), lot="L1"))
    assert [leg.entered for leg in legs(plant)] == [Quantity(0, "kg"), None]


def test_goods_in_another_unit_leave_as_entered(plant: Plant) -> None:
    """Moves, scrap, judgements and shipments tell on both legs what was typed, signed as the leg is."""
    plant.receive("GLUE", 1000, lot="L1")
    plant.expect(Demand("GLUE", 500, due=NOW, ref="SO-1"))
    half = Quantity("0.5", "kg")
    one = Goods("GLUE", lot="L1", quantity=half, location="STORES", quality=Quality.APPROVED)
    for command in (Move(one, to="RACK"), Scrap(one), Judge(one, Quality.BLOCKED), Ship(one, demand="SO-1")):
        plant.do(command)
        assert told(plant, "quantity", "entered") == [(-50, Quantity("-0.5", "kg")), (50, Quantity("0.5", "kg"))], (
            command
        )
    plant.do(TakeBack(Goods("GLUE", lot="L1", quantity=half), demand="SO-1"))
    assert [leg.entered for leg in legs(plant)] == [Quantity("-0.5", "kg"), Quantity("0.5", "kg")]
    plant.check()


def test_serials_entered_in_boxes_have_their_share(plant: Plant) -> None:
    """Two boxes of two are four serials, each half a box as entered; each bears the cost of one."""
    plant.do(Receive("SCALE", Quantity(2, "box"), lot="L1", cost=EURO))
    assert [leg.entered for leg in legs(plant)] == [Quantity(Fraction(1, 2), "box")] * 4
    assert {leg.cost for leg in legs(plant)} == {Cost(EURO)}
    assert plant.stock.lot("L1").costs[0].quantity == 4
    assert plant.stock.lot("L1-0002").quantity == 1


def test_a_catch_weight_is_kept_with_the_lot(plant: Plant) -> None:
    """What pieces weigh is received less what left with its own weight; moves within the plant leave it alone."""
    plant.do(Receive("HAM", 10, lot="L1", second=KG))
    assert [leg.second for leg in legs(plant)] == [KG]
    assert figures(sheet(plant).balance, sheet(plant).covers, sheet(plant).complete) == (KG, 10, True)
    assert sheet(plant).factor == Fraction(10) / KG.exact

    plant.do(Move(Goods("HAM", lot="L1", quantity=4), to="RACK", second=Quantity(5, "kg")))
    plant.do(Scrap(Goods("HAM", lot="L1", quantity=1, location="RACK"), second=Quantity("1.3", "kg")))
    assert figures(sheet(plant).balance, sheet(plant).covers) == (KG, 10)

    plant.expect(Demand("HAM", 5, due=NOW, ref="SO-1"))
    plant.do(Ship(Goods("HAM", lot="L1", quantity=2, location="STORES"), demand="SO-1", second=Quantity(2500, "g")))
    assert figures(sheet(plant).balance, sheet(plant).covers, sheet(plant).complete) == (
        Quantity("9.85", "kg"),
        8,
        True,
    )
    plant.do(TakeBack(Goods("HAM", lot="L1", quantity=1), demand="SO-1", second=Quantity("1.2", "kg")))
    assert figures(sheet(plant).balance, sheet(plant).received) == (Quantity("11.05", "kg"), KG)


def test_what_was_not_weighed_is_not_guessed(plant: Plant) -> None:
    """Goods that leave without a weight leave the balance alone, and it says that it is not that of all goods."""
    plant.do(Receive("HAM", 10, lot="L1", second=KG))
    plant.expect(Demand("HAM", 5, due=NOW, ref="SO-1"))
    plant.ship(Goods("HAM", lot="L1", quantity=2), demand="SO-1")
    assert figures(sheet(plant).balance, sheet(plant).covers, sheet(plant).complete) == (KG, 10, False)
    assert plant.stock.lot("L1").quantity == 8

    plant.receive("HAM", 3, lot="L2")
    assert plant.stock.lot("L2").second is None
    plant.do(Move(Goods("HAM", lot="L2"), to="RACK", second=Quantity(4, "kg")))
    assert figures(sheet(plant, "L2").balance, sheet(plant, "L2").factor) == (Quantity(0, "kg"), None)


def test_goods_are_given_in_the_unit_of_the_lot(plant: Plant) -> None:
    """3 kg of a lot of 10 pieces in 12.35 kg are 2.43 pieces, so 3; without a factor of the lot they are refused."""
    plant.do(Receive("HAM", 10, lot="L1", second=KG))
    plant.do(Receive("HAM", 10, lot="L2"))
    assert plant.move(Goods("HAM", lot="L1", quantity=Quantity(3, "kg")), to="RACK").quantity == 3
    assert [leg.entered for leg in legs(plant)] == [Quantity(-3, "kg"), Quantity(3, "kg")]
    assert [leg.second for leg in legs(plant)] == [None, None]
    assert plant.move(Goods("HAM", lot="L1", quantity=Quantity(2470, "g")), to="RACK").quantity == 2
    with pytest.raises(NotEnough):
        plant.move(Goods("HAM", lot="L1", quantity=Quantity(100, "kg")), to="RACK")
    for goods in (
        Goods("HAM", lot="L2", quantity=Quantity(3, "kg")),
        Goods("HAM", quantity=Quantity(3, "kg")),
        Goods("HAM", lot="L1", quantity=Quantity(3, "m")),
        Goods("HAM", lot="L1", quantity=Quantity(-3, "kg")),
    ):
        with pytest.raises(InvalidValueError):
            plant.move(goods, to="RACK")


def test_the_factor_of_the_item_goes_first(plant: Plant) -> None:
    """What the item converts itself is not converted by what the lot weighed, nor rounded."""
    plant.do(Receive("GLUE", 10, lot="L1", second=Quantity(4, "kg")))
    assert plant.move(Goods("GLUE", lot="L1", quantity=Quantity("0.05", "kg")), to="RACK").quantity == 5
    with pytest.raises(InvalidValueError):
        plant.move(Goods("GLUE", lot="L1", quantity=Quantity("0.001", "kg")), to="RACK")


@pytest.mark.parametrize(
    "second", [Quantity(0, "kg"), Quantity(-1, "kg"), Quantity(3, "pcs"), Quantity(3, "pair"), Quantity(1, "m")]
)
def test_a_second_quantity_that_does_not_fit_is_refused(plant: Plant, second: Quantity) -> None:
    """Not above zero, in the base unit's measure, or in another measure than before: the goods are not received."""
    plant.do(Receive("HAM", 10, lot="L1", second=KG))
    before = len(plant.events())
    with pytest.raises(InvalidValueError, match="second"):
        plant.do(Receive("HAM", 10, lot="L1", second=second))
    assert len(plant.events()) == before


def test_what_is_told_together_of_several_is_refused(plant: Plant) -> None:
    """A weight of several serials, or of goods in several places, is of no one of them."""
    with pytest.raises(InvalidValueError, match="second"):
        plant.do(Receive("SCALE", 2, lot="L1", second=KG))
    plant.do(Receive("SCALE", 1, lot="L1", second=KG))
    plant.receive("HAM", 1, lot="L1")
    plant.receive("HAM", 1, lot="L1", location="RACK")
    with pytest.raises(InvalidValueError, match="second"):
        plant.do(Scrap(Goods("HAM", lot="L1"), second=KG))
    plant.do(Scrap(Goods("HAM", lot="L1", location="RACK"), second=KG))


@pytest.mark.parametrize("wrong", [1, "12.35 kg", Decimal(1), 1.5])
def test_a_second_quantity_and_a_cost_have_their_unit(wrong: object) -> None:
    """A plain number is neither a weight nor money."""
    with pytest.raises(InvalidTypeError, match="Quantity"):
        Receive("HAM", 10, second=wrong)  # type: ignore[arg-type]
    with pytest.raises(InvalidTypeError, match="Money"):
        Receive("HAM", 10, cost=wrong)  # type: ignore[arg-type]


def test_costs_are_kept_as_layers(plant: Plant) -> None:
    """Receipts of one commit at different costs stay apart; the sheet sums those at one cost; some say none."""
    dollars = Money("0.055", "USD")
    plant.do(
        Together(
            [
                Receive("WIRE", Quantity("0.2", "km"), cost=EURO),
                Receive("WIRE", 5, cost=dollars, rate="0.92"),
                Receive("WIRE", 7),
                Receive("WIRE", 100, movement=Movement.OPENING, cost=EURO),
                Adjust("WIRE", 1, cost=EURO),
                Adjust("WIRE", -3),
            ]
        )
    )
    assert [leg.cost for leg in legs(plant)[:2]] == [Cost(EURO), Cost(dollars, Decimal("0.92"))]
    found = plant.stock.lot(Goods("WIRE"))
    assert [figures(layer.quantity, layer.cost.price, layer.cost.rate) for layer in found.costs] == [
        (301, EURO, None),
        (5, dollars, Decimal("0.92")),
    ]
    assert found.quantity == 310
    plant.check()


def test_a_cost_that_does_not_fit_is_refused(plant: Plant) -> None:
    """Below zero, a rate alone or not above zero, a cost of what is taken away."""
    with pytest.raises(InvalidValueError, match="cost"):
        Receive("WIRE", 1, cost=Money(-1, "EUR"))
    with pytest.raises(InvalidValueError, match="rate"):
        Receive("WIRE", 1, cost=EURO, rate=0)
    with pytest.raises(InvalidValueError, match="rate"):
        plant.do(Receive("WIRE", 1, rate=1))
    with pytest.raises(InvalidValueError, match="cost"):
        plant.do(Adjust("WIRE", -1, cost=EURO))


def test_a_reversal_takes_back_what_was_told(plant: Plant) -> None:
    """Weight, cost and what was entered are gone with the quantity; what was counted is not counted again."""
    first = plant.do(Receive("HAM", 10, lot="L1", second=KG, cost=EURO)).events[0]
    plant.do(Receive("HAM", 2, lot="L1", second=Quantity(2, "kg")))
    plant.do(Reverse(first))
    assert told(plant, "quantity", "second", "cost") == [(-10, -KG, Cost(EURO))]
    assert figures(sheet(plant).received, sheet(plant).balance) == (Quantity(2, "kg"), Quantity(2, "kg"))
    assert not plant.stock.lot("L1").costs

    counted = plant.do(Count("WIRE", Quantity("0.1", "km"))).events[-1]
    taken_back = plant.do(Reverse(counted))
    assert told(plant, "quantity", "entered") == [(-100, None)]
    assert taken_back.answer.legs[0].entered == Quantity("0.1", "km")


def test_a_sheet_is_of_one_lot(plant: Plant) -> None:
    """Of several lots there is no sheet; of an item without any stock there is an empty one."""
    plant.receive("HAM", 1, lot="L1", supplier_lot="S-7")
    plant.receive("HAM", 1, lot="L2")
    assert plant.stock.lot("L1").supplier_lot == "S-7"
    assert isinstance(plant.stock.lot(Goods("WIRE")), LotSheet)
    with pytest.raises(InvalidValueError, match="lot"):
        plant.stock.lot(Goods("HAM"))


def test_over_a_store_the_sheet_is_the_same(plant: Plant) -> None:
    """A plant that reads on demand finds what was told at every site, and events of old releases say nothing of it."""
    store = MemoryEvents()
    for each in (plant, Plant(CATALOG, events=store, clock=ManualClock(NOW))):
        each.do(Receive("HAM", 10, lot="L1", second=KG, cost=EURO))
        each.do(Receive("HAM", 5, lot="L1", second=Quantity(6, "kg"), site="SOUTH"))
    again = Plant(CATALOG, events=store, clock=ManualClock(NOW))
    assert again.stock.lot("L1") == plant.stock.lot("L1")
    assert sheet(again).balance == Quantity("18.35", "kg")

    text = dumps(plant.do(Receive("HAM", 10, lot="L3")).events[1])
    assert not {"entered", "second", "cost", "retest"} & set(text.split('"'))
    assert load_event(text) == plant.events()[-1]


def test_a_refused_movement_tells_nothing(plant: Plant) -> None:
    """A shipment of more than there is leaves weight and quantity alone."""
    plant.do(Receive("HAM", 10, lot="L1", second=KG))
    plant.expect(Demand("HAM", 50, due=NOW, ref="SO-1"))
    with pytest.raises(Refused):
        plant.do(Ship(Goods("HAM", lot="L1", quantity=11), demand="SO-1", second=KG))
    assert sheet(plant).balance == KG
