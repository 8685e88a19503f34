"""What was forecast and sold is not planned again: orders that are shipped still consume their forecast."""

from datetime import UTC, date, datetime, timedelta

import prodstock as ps

UNTIL = date(2026, 7, 1)
FORECAST = ps.DemandKind.FORECAST


def shop() -> tuple[ps.Plant, ps.ManualClock]:
    """Return a plant that buys lamps, with a forecast of thirty for March and an order of twelve."""
    clock = ps.ManualClock(datetime(2026, 3, 2, 6, tzinfo=UTC))
    catalog = ps.Catalog([ps.Item("LAMP"), ps.Sourcing("LAMP", supplier="LUX", lead_time=ps.working_days(5))])
    plant = ps.Plant(catalog, clock=clock)
    plant.expect(
        ps.Demand("LAMP", 30, due=date(2026, 3, 31), ref="FC", kind=FORECAST),
        ps.Demand("LAMP", 12, due=date(2026, 3, 20), ref="SO-1"),
    )
    return plant, clock


def bought(plant: ps.Plant) -> list[tuple[int, str]]:
    """Return what a plan buys, and for whom."""
    plan = plant.plan(until=UNTIL)
    plan.verify()
    return [(int(order.quantity), order.serves[0]) for order in plan.buy]


def ship(plant: ps.Plant, quantity: int) -> None:
    """Receive lamps and send them to the customer of the order."""
    plant.receive("LAMP", quantity)
    plant.ship(ps.Goods("LAMP", quantity=quantity), demand="SO-1")


def test_an_order_consumes_its_forecast_before_and_after_it_is_shipped() -> None:
    """Eighteen of the thirty are left for others, whether nothing, five or all twelve are shipped."""
    plant, _ = shop()
    assert bought(plant) == [(12, "SO-1"), (18, "FC")]
    ship(plant, 5)
    assert bought(plant) == [(7, "SO-1"), (18, "FC")]
    ship(plant, 7)
    assert bought(plant) == [(18, "FC")]
    done = {one.ref: one.service for one in plant.plan(until=UNTIL).demands}
    assert done == {"SO-1": ps.Service.DONE, "FC": ps.Service.ON_TIME}
    assert not plant.plan(until=UNTIL).changes_since(plant.plan(until=UNTIL)).orders


def test_goods_that_come_back_and_orders_that_are_called_off_are_wanted_otherwise() -> None:
    """What came back is owed again; a cancelled order was no part of the forecast."""
    plant, _ = shop()
    ship(plant, 12)
    plant.take_back(ps.Goods("LAMP", quantity=2), demand="SO-1")
    assert (18, "FC") in bought(plant)
    other, _ = shop()
    other.cancel("SO-1")
    assert bought(other) == [(30, "FC")]


def test_without_a_forecast_what_is_shipped_is_no_more_in_the_snapshot() -> None:
    """Only forecasts of the same item need it, and only for a year."""
    plant, clock = shop()
    ship(plant, 12)
    assert {one.ref for one in plant.snapshot().promises} == {"FC", "SO-1"}
    clock.advance(timedelta(days=400))
    assert {one.ref for one in plant.snapshot().promises} == {"FC"}
    plant.cancel("FC")
    assert not plant.snapshot().promises
