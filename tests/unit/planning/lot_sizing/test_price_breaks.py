"""Price breaks on the examples of textbooks, and against every quantity there is."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from prodstock.errors import InvalidTypeError, InvalidValueError
from prodstock.planning.lot_sizing.economic import economic_order_quantity
from prodstock.planning.lot_sizing.price_breaks import Discount, weigh_price_breaks

if TYPE_CHECKING:
    from collections.abc import Sequence

BAGS = [(0, "0.30"), (500, "0.29"), (1000, "0.28")]


def test_the_discount_store_of_heizer_and_render() -> None:
    """Operations Management, chapter 12: 1,000 at 4.80 cost 24,725; 2,000 cost 24,822.50, 700 cost 25,700."""
    prices = [(0, "5.00"), (1000, "4.80"), (2000, "4.75")]
    weighed = weigh_price_breaks(5000, prices, setup=49, carrying="0.20")
    assert [(row.quantity, row.total) for row in weighed] == [(1000, 24725), (2000, Fraction("24822.5")), (700, 25700)]


def test_the_bags_of_nahmias_at_all_units() -> None:
    """Production and Operations Analysis, chapter 4: 500 at 198.10 a year, 1,000 at 200.80, 400 at 204."""
    weighed = weigh_price_breaks(600, BAGS, setup=8, carrying="0.20")
    assert [(row.quantity, row.total) for row in weighed] == [
        (500, Fraction("198.1")),
        (1000, Fraction("200.8")),
        (400, 204),
    ]


def test_the_bags_of_nahmias_beyond_the_break() -> None:
    """With an incremental discount 400 at 204 is best, and 519 at 204.58 the next."""
    weighed = weigh_price_breaks(600, BAGS, setup=8, carrying="0.20", discount=Discount.INCREMENTAL)
    assert [row.quantity for row in weighed][:2] == [400, 519]
    assert weighed[0].total == 204
    assert round(weighed[1].total, 2) == Fraction("204.58")


def by_trying(
    rate: int, prices: Sequence[tuple[int, Fraction]], setup: int, carrying: Fraction, discount: Discount
) -> Fraction:
    """Return the least cost of a period over all orders of 1 to 400."""
    found = []
    for quantity in range(1, 401):
        if discount is Discount.ALL_UNITS:
            goods = quantity * next(price for least, price in reversed(prices) if least <= quantity)
        else:
            edges = [least for least, _ in prices[1:]] + [quantity]
            pairs = zip(prices, edges, strict=True)
            goods = sum((max(0, min(edge, quantity) - least) * price for (least, price), edge in pairs), Fraction(0))
        found.append((goods + setup) * Fraction(rate, quantity) + carrying * goods / 2)
    return min(found)


@settings(max_examples=40)
@given(
    st.integers(1, 200),
    st.lists(st.integers(2, 120), max_size=3, unique=True).map(sorted),
    st.lists(st.integers(1, 40), min_size=4, max_size=4, unique=True),
    st.integers(1, 60),
    st.sampled_from(list(Discount)),
)
def test_no_quantity_is_cheaper(rate: int, edges: list[int], prices: list[int], setup: int, discount: Discount) -> None:
    """The best break costs what the best of all quantities costs, should prices fall or rise."""
    breaks = list(zip([0, *edges], [Fraction(price, 4) for price in prices], strict=False))
    best = weigh_price_breaks(rate, breaks, setup=setup, carrying=Fraction(3, 10), discount=discount)[0]
    tried = by_trying(rate, breaks, setup, Fraction(3, 10), discount)
    assert best.total <= tried
    assert best.total == best.purchase + best.ordering + best.holding
    if best.quantity <= 400:
        assert best.total == tried


@given(st.integers(1, 10**6), st.integers(1, 1000), st.integers(1, 1000))
def test_the_whole_economic_quantity_is_the_cheapest(rate: int, setup: int, holding: int) -> None:
    """One more or one less costs no less."""
    quantity = economic_order_quantity(rate, setup=setup, holding=holding)

    def cost(of: int) -> Fraction:
        return Fraction(setup * rate, of) + Fraction(holding * of, 2)

    assert cost(quantity) <= cost(quantity + 1)
    assert quantity == 1 or cost(quantity) < cost(quantity - 1)


@pytest.mark.parametrize(
    "breaks", [[], [(5, 1)], [(0, 1), (0, 1)], [(0, 1), (9, 1), (9, 1)], [(0, 0)], [(0, -1)], [(-1, 1)]]
)
def test_breaks_that_cannot_be_are_refused(breaks: list[tuple[int, int]]) -> None:
    """No breaks, no start, no ascent, no price."""
    with pytest.raises(InvalidValueError):
        weigh_price_breaks(100, breaks, setup=1, carrying="0.1")


@pytest.mark.parametrize("entry", [7, (1, 2.0), (1.0, 2), (1, 2, 3)])
def test_breaks_are_pairs_of_exact_numbers(entry: object) -> None:
    """A float or what is no pair is refused."""
    with pytest.raises(InvalidTypeError):
        weigh_price_breaks(100, [(0, 5), entry], setup=1, carrying="0.1")  # type: ignore[list-item]  # the point
