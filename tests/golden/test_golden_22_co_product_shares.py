"""Golden case 22: co-products that would bear more than the whole cost."""

from fractions import Fraction

import pytest

from prodstock.errors import InvalidValueError
from prodstock.master.bom import BillOfMaterial, ByProduct, CoProduct


def test_shares_above_the_whole_are_refused() -> None:
    """60 % and 50 % are 110 %: the main item's share would be negative."""
    outputs = [CoProduct("WHEY", 5, cost_share="0.6"), CoProduct("CREAM", 1, cost_share="0.5")]

    with pytest.raises(InvalidValueError) as caught:
        BillOfMaterial("CHEESE", [], outputs=outputs)

    assert caught.value.field == "outputs"


def test_the_main_item_bears_exactly_what_is_left() -> None:
    """Three shares of a third, as typed, and the main item's rest sum to one; by-products bear nothing."""
    third = "0.3333333333333333333333333333333"
    shared = [CoProduct(code, 1, cost_share=third) for code in "ABC"]

    bom = BillOfMaterial("CHEESE", [], outputs=[*shared, ByProduct("D", 1)])

    assert bom.main_cost_share == Fraction(1, 10**31)


def test_the_whole_cost_may_go_to_the_co_products() -> None:
    """100 % is allowed: the main item then bears nothing."""
    bom = BillOfMaterial("CHEESE", [], outputs=[CoProduct("WHEY", 5, cost_share=1)])

    assert bom.main_cost_share == 0
