"""Price breaks: as much is bought as costs least, where the policy says so."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

import prodstock as ps

NOW = datetime(2026, 3, 2, 6, tzinfo=UTC)
UNTIL = date(2026, 7, 1)
EUR = "EUR"


def planned(
    wanted: int,
    breaks: list[tuple[int, str]],
    *,
    minimum: int = 0,
    multiple: int = 0,
    taken: bool = True,
    mode: ps.Mode = ps.Mode.UNCONSTRAINED,
    firm: tuple[ps.PlannedBuy, ...] = (),
) -> ps.Plan:
    """Return a plan for one demand of an item that costs 1.20 EUR, and less from some quantities on."""
    day = timedelta(days=1)
    priced = [ps.PriceBreak(quantity, ps.Money(price, EUR)) for quantity, price in breaks]
    terms = ps.Sourcing(
        "MIC", supplier="KNW", lead_time=day, minimum=minimum, multiple=multiple, price=ps.Money("1.20", EUR),
        price_breaks=priced,
    )  # fmt: skip
    snapshot = ps.Snapshot(
        catalog=ps.Catalog([ps.Item("MIC"), terms]),
        at=NOW,
        promises=[ps.Demand("MIC", wanted, due=date(2026, 3, 20), ref="SO-1")],
        firm=list(firm),
    )
    made = ps.plan(snapshot, ps.PlanningPolicy(mode=mode, price_breaks=taken), until=UNTIL)
    made.verify()
    return made


def bought(plan: ps.Plan) -> list[tuple[int, str]]:
    """Return what is bought, and the price of each."""
    return [(int(one.quantity), str(one.price)) for one in plan.buy]


@pytest.mark.parametrize("mode", ps.Mode)
def test_a_larger_order_is_placed_where_all_of_it_costs_less(mode: ps.Mode) -> None:
    """480 at 1.20 are 576, 500 at 1.10 are 550; 400 at 1.20 are 480, so those stay 400."""
    assert bought(planned(480, [(500, "1.10")], mode=mode)) == [(500, "1.10 EUR")]
    assert bought(planned(400, [(500, "1.10")], mode=mode)) == [(400, "1.20 EUR")]


def test_without_the_policy_a_break_only_says_the_price() -> None:
    """What is needed is bought, at the price of that quantity."""
    assert bought(planned(480, [(500, "1.10")], taken=False)) == [(480, "1.20 EUR")]
    assert bought(planned(510, [(500, "1.10")], taken=False)) == [(510, "1.10 EUR")]


def test_lot_sizes_are_kept_at_a_break_and_the_cheapest_break_is_taken() -> None:
    """A break between multiples is reached by the next multiple; of several breaks the one that costs least counts."""
    assert bought(planned(480, [(500, "1.10")], multiple=120)) == [(480, "1.20 EUR")]
    assert bought(planned(490, [(500, "1.10")], multiple=70)) == [(490, "1.20 EUR")]
    assert bought(planned(490, [(500, "1.04")], multiple=70)) == [(560, "1.04 EUR")]
    assert bought(planned(480, [(500, "1.10"), (600, "0.90")])) == [(600, "0.90 EUR")]


def test_of_orders_that_cost_the_same_the_smaller_is_placed() -> None:
    """Nobody keeps stock that saves nothing."""
    assert bought(planned(500, [(600, "1.00")])) == [(500, "1.20 EUR")]


def test_the_reason_says_that_a_break_was_taken() -> None:
    """And a second plan with the order settled proposes nothing."""
    plan = planned(480, [(500, "1.10")])
    assert "so many cost less than 480, by a price break" in str(plan.why(plan.buy[0]))
    again = planned(480, [(500, "1.10")], firm=tuple(plan.buy))
    assert again.orders == plan.orders


breaks = st.lists(st.tuples(st.integers(2, 300), st.integers(50, 119)), max_size=3, unique_by=lambda one: one[0])


@given(st.integers(1, 250), breaks, st.integers(0, 40), st.sampled_from((0, 1, 7, 25)))
def test_no_other_allowed_quantity_costs_less(
    wanted: int, drawn: list[tuple[int, int]], minimum: int, multiple: int
) -> None:
    """Against trying every quantity that covers the need and the lots allow: the cheapest, of equal ones the least."""
    prices = [(quantity, f"{Decimal(cents) / 100:f}") for quantity, cents in sorted(drawn)]
    found = bought(planned(wanted, prices, minimum=minimum, multiple=multiple))[0][0]

    def cost(quantity: int) -> Decimal:
        price = Decimal("1.20")
        for least, one in prices:
            price = Decimal(one) if quantity >= least else price
        return price * quantity

    allowed = [one for one in range(max(wanted, minimum, 1), 700) if not (multiple and one % multiple)]
    assert found == min(allowed, key=lambda one: (cost(one), one))
