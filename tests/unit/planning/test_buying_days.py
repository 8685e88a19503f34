"""Buying as it is done: order days, days of delivery, transport and inspection, each on its own calendar."""

from datetime import UTC, date, datetime, timedelta

import attrs
import pytest

import prodstock as ps

NOW = datetime(2026, 3, 2, 6, tzinfo=UTC)
"""A Monday."""
UNTIL = date(2026, 7, 1)
ORDERS = ps.Calendar("KNW-ORDERS", week="Tu 08:00-16:00")
TOUR = ps.Calendar("KNW-TOUR", week="Th 06:00-12:00")


def at(day: int, hour: int, month: int = 3) -> datetime:
    """Return a moment of 2026."""
    return datetime(2026, month, day, hour, tzinfo=UTC)


def planned(*definitions: ps.Definition, mode: ps.Mode = ps.Mode.UNCONSTRAINED, **given: object) -> ps.Plan:
    """Return a plan that holds."""
    snapshot = ps.Snapshot(catalog=ps.Catalog(definitions), at=NOW, **given)  # type: ignore[arg-type]  # its own fields
    made = ps.plan(snapshot, ps.PlanningPolicy(mode=mode), until=UNTIL)
    made.verify()
    for line in (*made.orders, *made.shortages, *made.messages):
        assert str(made.why(line))
    return made


def wanted(quantity: int, due: date, ref: str = "SO-1", item: str = "MIC") -> ps.Demand:
    """Return a demand."""
    return ps.Demand(item, quantity, due=due, ref=ref)


TERMS = ps.Sourcing("MIC", supplier="KNW", lead_time=ps.working_days(3))


@pytest.mark.parametrize("mode", ps.Mode)
def test_each_date_of_a_purchase_is_on_its_calendar(mode: ps.Mode) -> None:
    """Ordered on the last order day in time, shipped, received on the tour, usable after inspection."""
    made = planned(
        ps.Supplier("KNW", order_calendar=ORDERS, delivery_calendar=TOUR),
        ps.Item("MIC", inspection_time=ps.working_days(2)),
        attrs.evolve(TERMS, transport_time=timedelta(days=2)),
        mode=mode,
        promises=[wanted(240, date(2026, 3, 25))],
    )
    [buy] = made.buy
    assert (buy.start, buy.ship, buy.receive, buy.due) == (at(10, 16), at(13, 16), at(19, 8), at(23, 8))
    assert buy.need == datetime(2026, 3, 25, 23, 59, 59, 999999, tzinfo=UTC)
    said = str(made.why(buy))
    assert "ordered 2026-03-10 16:00, a day of ordering by KNW-ORDERS" in said
    assert "received 2026-03-19 08:00, a day of delivery by KNW-TOUR" in said
    assert "usable 2026-03-23 08:00, inspected for 2 working days on the site's calendar" in said


def test_a_constrained_plan_waits_for_the_next_order_day() -> None:
    """What should have been ordered last week is ordered on Tuesday, and comes as early as it can."""
    made = planned(
        ps.Supplier("KNW", order_calendar=ORDERS),
        ps.Item("MIC"),
        TERMS,
        mode=ps.Mode.CONSTRAINED,
        promises=[wanted(5, date(2026, 3, 5))],
    )
    [buy] = made.buy
    assert (buy.start.date(), buy.due.date()) == (date(2026, 3, 3), date(2026, 3, 6))


def test_an_unconstrained_plan_says_when_an_overdue_order_comes() -> None:
    """It is placed on the next order day, not now."""
    made = planned(
        ps.Supplier("KNW", order_calendar=ORDERS), ps.Item("MIC"), TERMS, promises=[wanted(5, date(2026, 3, 5))]
    )
    [buy], [short] = made.buy, made.shortages
    assert buy.start == at(24, 16, month=2)
    assert short.covered == at(6, 8)


def test_the_terms_of_an_item_have_days_of_their_own() -> None:
    """They take the place of the supplier's."""
    made = planned(
        ps.Supplier("KNW", order_calendar=ORDERS, delivery_calendar=TOUR),
        ps.Item("MIC"),
        attrs.evolve(TERMS, order_calendar=TOUR, delivery_calendar=ps.Calendar("ANY", week="Mo-Su 00:00-24:00")),
        promises=[wanted(5, date(2026, 3, 20))],
    )
    [buy] = made.buy
    assert (buy.start, buy.receive) == (at(12, 12), at(17, 12))


def test_days_of_delivery_that_no_site_works_on_are_refused() -> None:
    """A supplier who delivers on Sundays only never comes in."""
    sundays = ps.Calendar("SUNDAYS", week="Su 08:00-12:00")
    with pytest.raises(ps.InvalidValueError, match="has no deliveries while MAIN works"):
        planned(
            ps.Supplier("KNW", delivery_calendar=sundays),
            ps.Item("MIC"),
            TERMS,
            promises=[wanted(5, date(2026, 3, 20))],
        )


@pytest.mark.parametrize("mode", ps.Mode)
def test_a_purchase_order_counts_once_it_is_inspected(mode: ps.Mode) -> None:
    """Received on Friday and inspected for two working days, it serves Tuesday, not Monday."""
    item = ps.Item("MIC", inspection_time=ps.working_days(2))
    ordered = ps.PurchaseOrder("MIC", 5, supplier="KNW", due=date(2026, 3, 13), ref="PU-1")
    tuesday = planned(item, TERMS, mode=mode, promises=[ordered, wanted(5, date(2026, 3, 17))])
    assert not tuesday.buy
    assert not tuesday.shortages
    assert not tuesday.messages
    monday = planned(item, TERMS, mode=mode, promises=[ordered, wanted(5, date(2026, 3, 16))])
    assert monday.buy or monday.shortages


def test_a_receipt_is_asked_for_before_its_inspection() -> None:
    """The date that a message gives a purchase order is that of its receipt."""
    item = ps.Item("MIC", inspection_time=ps.working_days(2))
    ordered = ps.PurchaseOrder("MIC", 5, supplier="KNW", due=date(2026, 3, 13), ref="PU-1")
    slow = attrs.evolve(TERMS, lead_time=ps.working_days(30))
    [message] = planned(item, slow, promises=[ordered, wanted(5, date(2026, 3, 16))]).messages
    assert message.kind is ps.MessageKind.EXPEDITE
    assert message.date_to == at(12, 16)


def test_what_is_made_is_made_before_its_inspection() -> None:
    """It starts so much earlier, on the site's calendar."""
    item = ps.Item("CUP", lead_time=ps.working_days(1), inspection_time=ps.working_days(2))
    bill = ps.BillOfMaterial("CUP", [ps.BomLine("CLAY", 1)])
    clay = ps.Sourcing("CLAY", supplier="PIT", lead_time=ps.working_days(1))
    made = planned(item, ps.Item("CLAY"), bill, clay, promises=[wanted(5, date(2026, 3, 20), item="CUP")])
    assert (made.make[0].start, made.make[0].due) == (at(17, 16), at(20, 16))
    assert "made by 2026-03-18 16:00, then inspected for 2 working days" in str(made.why(made.make[0]))


def test_stock_under_inspection_counts_once_it_is_inspected() -> None:
    """Where nobody says when it is ready, the item's inspection time does, from the day it came in."""
    item = ps.Item("MIC", inspection_time=ps.working_days(2))
    lot = ps.OpenLot("MIC", 5, lot="L-1", received=at(2, 6), quality=ps.Quality.PENDING_INSPECTION)
    assert planned(item, TERMS, lots=[lot], promises=[wanted(5, date(2026, 3, 3))]).shortages
    assert not planned(item, TERMS, lots=[lot], promises=[wanted(5, date(2026, 3, 4))]).orders


def test_a_planned_purchase_becomes_an_order_due_when_it_is_received() -> None:
    """The plan stays as it was: the order is usable when the proposal was."""
    catalog = ps.Catalog(
        [
            ps.Supplier("KNW", delivery_calendar=TOUR),
            ps.Item("MIC", inspection_time=ps.working_days(2)),
            TERMS,
        ]
    )
    plant = ps.Plant(catalog, clock=ps.ManualClock(NOW))
    plant.expect(wanted(240, date(2026, 3, 25)))
    [buy] = ps.plan(plant.snapshot(), until=UNTIL).buy
    order = plant.purchase(buy)
    again = ps.plan(plant.snapshot(), until=UNTIL)
    assert order.due == buy.receive
    assert not again.orders
    assert not again.messages
    assert again.projected("MIC", at=buy.due) == 240
    assert again.projected("MIC", at=buy.due - timedelta(seconds=1)) == 0


def test_a_settled_purchase_keeps_its_dates() -> None:
    """A proposal with dates travels as a document, and dates out of order are refused."""
    made = planned(
        ps.Supplier("KNW", delivery_calendar=TOUR), ps.Item("MIC"), TERMS, promises=[wanted(5, date(2026, 3, 20))]
    )
    [buy] = made.buy
    assert ps.loads(ps.dumps(buy)) == buy
    with pytest.raises(ps.InvalidValueError, match="order of start, ship, receive, due"):
        attrs.evolve(buy, receive=buy.due + timedelta(days=1))


def test_what_goes_off_before_the_need_is_no_source() -> None:
    """Milk of Thursday is no good on Wednesday: that is said, not planned."""
    made = planned(
        ps.Supplier("FARM", delivery_calendar=TOUR),
        ps.Item("MILK", shelf_life=timedelta(days=3)),
        ps.Sourcing("MILK", supplier="FARM", lead_time=timedelta(days=1)),
        promises=[wanted(5, date(2026, 3, 18), item="MILK")],
    )
    assert not made.buy
    assert "no longer good then" in str(made.why(made.shortages[0]))


# Ordered together


PRICES = (("MIC", "1.20"), ("CAP", "0.50"), ("LED", "1"))


def basket(ahead: int, mode: ps.Mode = ps.Mode.UNCONSTRAINED, minimum: str = "200") -> ps.Plan:
    """Return a plan of three items of one supplier, with a minimum order value."""
    catalog = ps.Catalog(
        [
            ps.Supplier("KNW", order_calendar=ORDERS, minimum_value=ps.Money(minimum, "EUR")),
            *(ps.Item(code) for code, _ in PRICES),
            *(attrs.evolve(TERMS, item=code, price=ps.Money(price, "EUR")) for code, price in PRICES),
        ]
    )
    demands = [
        wanted(100, date(2026, 3, 11), "SO-1"),
        wanted(200, date(2026, 3, 20), "SO-2", item="CAP"),
        wanted(90, date(2026, 3, 27), "SO-3", item="LED"),
    ]
    policy = ps.PlanningPolicy(mode=mode, order_ahead=timedelta(days=ahead))
    made = ps.plan(ps.Snapshot(catalog=catalog, at=NOW, promises=demands), policy, until=UNTIL)
    made.verify()
    return made


@pytest.mark.parametrize("mode", ps.Mode)
def test_an_order_below_the_minimum_value_is_said(mode: ps.Mode) -> None:
    """Of each supplier the first such day, with what is missing, and how many days follow."""
    made = basket(0, mode)
    [message] = [one for one in made.messages if one.kind is ps.MessageKind.BELOW_MINIMUM_VALUE]
    assert (message.order, message.date_from) == ("KNW", at(3, 16))
    assert message.text == (
        "120.00 EUR are ordered from KNW on 2026-03-03, 80.00 EUR less than its minimum of 200.00 EUR, "
        "and on 2 later days too"
    )
    assert "100 pcs MIC, 120.00 EUR" in str(made.why(message))


@pytest.mark.parametrize("mode", ps.Mode)
def test_later_orders_are_placed_sooner_to_reach_the_minimum_value(mode: ps.Mode) -> None:
    """As many as it takes, the first ones first, each with its quantity; the rest stays where it is."""
    made = basket(20, mode)
    assert [f"{one.quantity} {one.item} {one.start:%d %H}" for one in made.buy] == [
        "200 CAP 03 16",
        "100 MIC 03 16",
        "90 LED 24 16",
    ]
    assert "ordered 14 days sooner, with what else is ordered then" in str(made.why(made.buy[0]))


def test_nothing_is_placed_sooner_where_that_does_not_suffice() -> None:
    """Orders stay where they are needed, and the message stays too."""
    assert basket(20, minimum="500").buy == basket(0, minimum="500").buy
    assert not [one for one in basket(0, minimum="90").messages if one.kind is ps.MessageKind.BELOW_MINIMUM_VALUE]


def test_orders_without_a_price_are_counted_apart() -> None:
    """A price in another currency is none."""
    made = planned(
        ps.Supplier("KNW", minimum_value=ps.Money(10, "EUR")),
        ps.Item("MIC"),
        attrs.evolve(TERMS, price=ps.Money(100, "USD")),
        promises=[wanted(5, date(2026, 3, 20))],
    )
    [message] = [one for one in made.messages if one.kind is ps.MessageKind.BELOW_MINIMUM_VALUE]
    assert "10.00 EUR less than its minimum of 10.00 EUR, 1 without a price in EUR" in message.text
    assert "no price" in str(made.why(message))
    with pytest.raises(ps.UnknownCode):
        made.why(attrs.evolve(message, order="OTIK"))


def test_a_purchase_has_the_price_of_its_quantity() -> None:
    """The largest break that it reaches counts, for all of it, whatever unit it is in."""
    reel = ps.PriceBreak(ps.Quantity(2, "reel"), ps.Money("1.00", "EUR"))
    terms = attrs.evolve(
        TERMS,
        price=ps.Money("1.20", "EUR"),
        price_breaks=[reel, ps.PriceBreak(100, ps.Money("1.10", "EUR"))],
    )
    supplier = ps.Supplier("KNW", minimum_value=ps.Money(500, "EUR"))
    for quantity, price in ((99, "1.20"), (100, "1.10"), (499, "1.10"), (500, "1.00")):
        made = planned(
            supplier, ps.Item("MIC", factors={"reel": 250}), terms, promises=[wanted(quantity, date(2026, 3, 20))]
        )
        [buy] = made.buy
        assert buy.price == ps.Money(price, "EUR")
        assert f"{price} EUR a unit for so many" in str(made.why(buy))
        [line] = ps.purchasing_calendar(made)[0].lines
        assert line.value == ps.Money(price, "EUR") * quantity
        below = [one for one in made.messages if one.kind is ps.MessageKind.BELOW_MINIMUM_VALUE]
        assert bool(below) is (quantity <= 100)
    assert ps.loads(ps.dumps(terms)) == terms
    assert repr(reel) == "<PriceBreak from 2 reel: 1.00 EUR>"
    with pytest.raises(ps.InvalidValueError, match="no price to go with"):
        attrs.evolve(terms, price=None)
    with pytest.raises(ps.InvalidTypeError, match="is no PriceBreak"):
        attrs.evolve(terms, price_breaks=[5])  # type: ignore[list-item]  # refused
    with pytest.raises(ps.InvalidData, match=r"price_breaks\[0\]"):
        ps.Catalog([ps.Item("MIC"), terms])


def test_a_price_change_changes_its_breaks_too() -> None:
    """Times so much, all prices; a price of its own has no breaks."""
    steps = [ps.PriceBreak(100, ps.Money("1.00", "EUR"))]
    terms = attrs.evolve(TERMS, price=ps.Money("1.20", "EUR"), price_breaks=steps)
    plant = ps.Plant(ps.Catalog([ps.Item("MIC"), terms]), clock=ps.ManualClock(NOW))
    [dearer] = plant.fork("dearer").assume(ps.PriceChange("MIC", times=2)).catalog.sourcings("MIC")
    assert (dearer.price, dearer.price_breaks[0].price) == (ps.Money("2.40", "EUR"), ps.Money("2.00", "EUR"))
    [flat] = plant.fork("flat").assume(ps.PriceChange("MIC", to=ps.Money(3, "EUR"))).catalog.sourcings("MIC")
    assert (flat.price, flat.price_breaks) == (ps.Money(3, "EUR"), ())


def test_cumulative_lead_times_count_transport_and_inspection() -> None:
    """In working days as long as no days of ordering or delivery come in between."""
    terms = attrs.evolve(TERMS, transport_time=ps.working_days(2))
    item = ps.Item("MIC", inspection_time=ps.working_days(1))
    [plain] = ps.cumulative_lead_times(ps.Catalog([item, terms]), at=NOW)
    assert plain.working_days == 6
    [by_days] = ps.cumulative_lead_times(ps.Catalog([item, terms, ps.Supplier("KNW", order_calendar=ORDERS)]), at=NOW)
    assert by_days.working_days is None


def test_days_and_times_of_terms_are_checked() -> None:
    """Calendars are calendars, and a transport calendar needs a transport time."""
    with pytest.raises(ps.InvalidTypeError, match="order_calendar"):
        ps.Supplier("KNW", order_calendar="Tu")  # type: ignore[arg-type]  # refused
    with pytest.raises(ps.InvalidTypeError, match="minimum_value"):
        ps.Supplier("KNW", minimum_value=5)  # type: ignore[arg-type]  # refused
    with pytest.raises(ps.InvalidValueError, match="below zero"):
        ps.Supplier("KNW", minimum_value=ps.Money(-1, "EUR"))
    with pytest.raises(ps.InvalidValueError, match="has no transport time"):
        attrs.evolve(TERMS, transport_calendar=ORDERS)
    with pytest.raises(ps.InvalidValueError, match="inspection_time"):
        ps.Item("MIC", inspection_time=timedelta(days=-1))
    supplier = ps.Supplier("KNW", order_calendar=ORDERS, delivery_calendar=TOUR, minimum_value=ps.Money(5, "EUR"))
    assert ps.loads(ps.dumps(supplier)) == supplier
    assert list(ps.Catalog([supplier]).suppliers) == [supplier]
