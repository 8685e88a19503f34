"""Quantities: exact amounts with a unit."""

from __future__ import annotations

import copy
import pickle  # noqa: TID251  # the test is that values survive it
from decimal import Decimal, localcontext
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import attrs
import pytest

from prodstock.errors import InvalidTypeError, InvalidValueError
from prodstock.quantities.quantity import Quantity, amount
from prodstock.quantities.rounding import Rounding

if TYPE_CHECKING:
    from collections.abc import Callable


def test_an_amount_is_told_in_the_unit_it_was_given_in() -> None:
    """Without noughts that carry nothing, and without exponents."""
    assert str(Quantity("0.20", "km")) == "0.2 km"
    assert repr(Quantity("0.20", "km")) == "<0.2 km>"
    assert str(Quantity("1e3", "pcs")) == "1000 pcs"
    assert str(Quantity("0.0000001", "kg")) == "0.0000001 kg"
    assert Quantity("0.20", "km").amount == Decimal("0.2")
    assert Quantity("0.20", "km").unit == "km"


def test_golden_14_nothing_is_rounded_unless_asked_by_name() -> None:
    """970 kg into pounds and back are 970 kg; the pounds have no finite decimal, and say so."""
    pounds = Quantity(970, "kg").to("lb")

    assert pounds.exact == Fraction(97_000_000_000, 45_359_237)
    assert pounds.to("kg").amount == 970
    assert repr(pounds) == "<1000000000/467621 lb, about 2138.484>"
    with pytest.raises(InvalidValueError, match=r"has no finite decimal form\. Use \.rounded\(places"):
        _ = pounds.amount
    assert pounds.rounded(3) == Decimal("2138.484")
    assert pounds.rounded(0, Rounding.NEED) == 2139
    assert pounds.rounded(0, Rounding.AVAILABILITY) == 2138


def test_quantities_of_one_dimension_are_compared_by_what_they_are() -> None:
    """Equal quantities hash alike, whatever they are written in."""
    kilo, grams = Quantity(1, "kg"), Quantity("1000", "g")

    assert kilo == grams
    assert hash(kilo) == hash(grams)
    assert len({kilo, grams, Quantity(1, "KGM"), Quantity("1.0", "kg")}) == 1
    assert Quantity(999, "g") < kilo <= grams
    assert Quantity(1001, "g") > kilo >= grams
    assert max(Quantity(2, "lb"), Quantity(1, "kg")) == Quantity(1, "kg")


@pytest.mark.parametrize("other", [1, Decimal(1), Fraction(1), "1 kg", None, Quantity(1, "L"), Quantity(1, "box")])
def test_a_quantity_equals_quantities_only(other: Any) -> None:
    """Never a number, and never another kind of thing."""
    assert Quantity(1, "kg") != other
    assert not Quantity(1, "kg") == other  # noqa: SIM201  # both operators are the point


def test_quantities_add_up_in_the_unit_of_the_left_one() -> None:
    """Sum starts with a nought, which is the only number that can be added."""
    total = sum([Quantity(1, "kg"), Quantity(250, "g"), Quantity("0.5", "t")])

    assert total == Quantity("501.25", "kg")
    assert str(total) == "501.25 kg"
    assert str(Quantity(1, "kg") - Quantity(250, "g")) == "0.75 kg"
    assert str(-Quantity(1, "kg")) == "-1 kg"
    assert abs(Quantity(-1, "kg")) == Quantity(1, "kg")


def test_a_quantity_is_true_unless_it_is_nothing() -> None:
    """As a number is."""
    assert Quantity("0.001", "kg")
    assert not Quantity(0, "kg")


def test_a_quantity_is_multiplied_and_divided_by_exact_numbers() -> None:
    """Thirds stay thirds."""
    third = Quantity(1, "box") / 3

    assert third * 3 == Quantity(1, "box")
    assert 3 * third == Quantity(1, "box")
    assert third * Fraction(3, 2) == Quantity("0.5", "box")
    assert Quantity(1, "kg") * Decimal("0.5") == Quantity(500, "g")
    assert str(third) == "1/3 box"


@pytest.mark.parametrize("number", [0.5, True, None, Quantity(1, "kg")])
def test_a_quantity_is_not_multiplied_by_anything_else(number: Any) -> None:
    """Not by a float, and not by a quantity: an area is nobody's unit by accident."""
    with pytest.raises(InvalidTypeError):
        _ = Quantity(1, "kg") * number
    with pytest.raises(InvalidTypeError):
        _ = Quantity(1, "kg") / number


def test_a_quantity_is_not_divided_by_nothing() -> None:
    """The refusal is one of the library's own."""
    with pytest.raises(InvalidValueError, match="divisor 0 is zero"):
        _ = Quantity(1, "kg") / 0


@pytest.mark.parametrize("number", [1, Decimal(1), 0.5, "1"])
def test_a_number_is_not_added_to_a_quantity_nor_compared_with_it(number: Any) -> None:
    """Python says so, as of all values of different types."""
    kilo = Quantity(1, "kg")
    calls: list[Callable[[], object]] = [
        lambda: kilo + number,
        lambda: number + kilo,
        lambda: kilo - number,
        lambda: kilo < number,
        lambda: kilo >= number,
    ]
    for call in calls:
        with pytest.raises(TypeError):
            call()


def test_quantities_of_different_dimensions_do_not_mix() -> None:
    """Kilograms and pieces need the factor of an item, and the error names both."""
    calls: list[Callable[[], object]] = [
        lambda: Quantity(1, "kg") + Quantity(1, "pcs"),
        lambda: Quantity(1, "kg") - Quantity(1, "pcs"),
        lambda: Quantity(1, "kg") < Quantity(1, "pcs"),
        lambda: Quantity(1, "pcs").to("kg"),
        lambda: Quantity(1, "box").to("reel"),
    ]
    for call in calls:
        with pytest.raises(InvalidValueError, match="factor"):
            call()


def test_a_unit_of_ones_own_is_equal_to_itself() -> None:
    """Boxes add up with boxes, without any table."""
    assert Quantity(1, "box") + Quantity(2, "box") == Quantity(3, "box")
    assert Quantity(1, "box").to("box") == Quantity(1, "box")
    assert Quantity(1, "\uff42\uff4f\uff58").unit == "box"


@pytest.mark.parametrize(("typed", "unit"), [(0.2, "km"), (True, "km"), (1, 5), (1, None), (None, "km")])
def test_a_quantity_of_the_wrong_kind_is_refused(typed: Any, unit: Any) -> None:
    """A float, a bool, and a unit that is no text."""
    with pytest.raises(InvalidTypeError):
        Quantity(typed, unit)


@pytest.mark.parametrize(("typed", "unit"), [("abc", "km"), ("1e600000", "km"), ("nan", "km"), (1, ""), (1, " km")])
def test_a_quantity_that_is_none_is_refused(typed: str, unit: str) -> None:
    """As a number, or as a unit."""
    with pytest.raises(InvalidValueError):
        Quantity(typed, unit)


def test_a_quantity_is_a_value() -> None:
    """Frozen, slotted, copied, pickled, evolved and matched like any other."""
    length = Quantity("0.2", "km")

    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        length.unit = "m"  # type: ignore[misc]  # the point of the test
    assert not hasattr(length, "__dict__")
    assert copy.deepcopy(length) == length
    assert pickle.loads(pickle.dumps(length)) == length  # noqa: S301  # its own bytes
    assert attrs.evolve(length, unit="m") == Quantity("0.2", "m")
    match length:
        case Quantity(number, unit):
            assert (number, unit) == (Decimal("0.2"), "km")


def test_a_quantity_of_many_digits_stays_one_line() -> None:
    """A repr never grows with what it shows, and a ratio of a million bits is not written out."""
    for value in (Fraction(10**50 + 1, 3**80), Fraction(10**5000, 3), Fraction(7, 3**4000), Fraction(10**5000)):
        quantity = Quantity(value, "kg")
        assert len(repr(quantity)) < 120
        assert str(quantity).endswith(" kg")
        with pytest.raises(InvalidValueError) as caught:
            _ = quantity.amount
        assert len(str(caught.value)) < 400


def test_the_context_of_the_host_does_not_show() -> None:
    """Two digits and small exponents of the host change neither the amount nor its text."""
    with localcontext() as context:
        context.prec, context.capitals = 2, 0
        context.clear_flags()
        quantity = Quantity("123456.789", "g").to("kg")
        assert str(quantity) == "123.456789 kg"
        assert str(quantity.rounded(3)) == "123.457"
        assert repr(Quantity(1, "kg") / 3) == "<1/3 kg, about 0.3333333>"
        assert not any(context.flags.values())


def test_an_amount_is_a_number_or_a_quantity() -> None:
    """What is typed in the item's base unit stays a number until the item is known."""
    assert amount("0.12") == Decimal("0.12")
    assert amount(5) == Decimal(5)
    quantity = Quantity(4, "g")
    assert amount(quantity) is quantity
    with pytest.raises(InvalidTypeError):
        amount(0.12)  # type: ignore[arg-type]  # the point of the test
