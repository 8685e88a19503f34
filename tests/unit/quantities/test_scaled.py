"""Scaled integers: exact both ways, within 64 bits."""

from __future__ import annotations

from decimal import Decimal, localcontext
from fractions import Fraction
from typing import Any

import pytest

from prodstock.errors import InvalidTypeError, InvalidValueError
from prodstock.quantities.scaled import MAX_SCALED, from_scaled, power_of_ten, ratio, to_scaled, within_64_bits


@pytest.mark.parametrize(
    ("value", "scale", "scaled"),
    [
        (Decimal("0.12"), 3, 120),
        (Decimal("-0.12"), 2, -12),
        (Decimal("1E+3"), 0, 1000),
        (Decimal("2.000"), 0, 2),
        (Decimal(0), 18, 0),
        (Decimal(MAX_SCALED), 0, MAX_SCALED),
        (Decimal(-MAX_SCALED - 1), 0, -MAX_SCALED - 1),
        (Decimal("9.223372036854775807"), 18, MAX_SCALED),
        (Fraction(1, 8), 3, 125),
        (Fraction(-7), 0, -7),
    ],
)
def test_an_amount_is_counted_in_its_smallest_steps(value: Decimal | Fraction, scale: int, scaled: int) -> None:
    """The count is exact, up to the last integer of 64 bits."""
    assert to_scaled(value, scale) == scaled
    assert type(to_scaled(value, scale)) is int


@pytest.mark.parametrize(
    ("value", "scale", "said"),
    [
        (Decimal("0.001"), 2, "has more than 2 decimals. Round it by name, or raise the item's scale"),
        (Decimal("0.5"), 0, "has more than 0 decimals"),
        (Fraction(1, 3), 18, "has more than 18 decimals"),
        (Decimal(1).scaleb(-30), 18, "has more than 18 decimals"),
        (Fraction(1, 10**5000), 18, "has more than 18 decimals"),
        (Decimal(MAX_SCALED + 1), 0, "in steps of 0 decimals does not fit 64 bits. Use a larger unit"),
        (Decimal(10), 18, "does not fit 64 bits"),
        (Fraction(10**5000), 0, "does not fit 64 bits"),
        (Decimal("NaN"), 0, "is not finite"),
        (Decimal("sNaN"), 3, "is not finite"),
        (Decimal("-Infinity"), 0, "is not finite"),
        (Decimal("1e600000"), 0, "too large"),
        (Decimal("1e-600000"), 0, "too fine"),
        (Decimal((0, (1,) * 100_000, 0)), 0, "too large"),
    ],
)
@pytest.mark.usefixtures("little_memory")
def test_what_cannot_be_counted_exactly_is_refused(value: Decimal | Fraction, scale: int, said: str) -> None:
    """It says the field, why and the way out, at once and briefly."""
    with pytest.raises(InvalidValueError) as caught:
        to_scaled(value, scale, field="good")

    assert said in str(caught.value)
    assert str(caught.value).startswith("good ")
    assert len(str(caught.value)) < 250


@pytest.mark.parametrize("value", [0.5, True, "1", None])
def test_what_is_not_exact_is_not_counted(value: Any) -> None:
    """A float has a ratio of integers too, but not the one that was meant."""
    with pytest.raises(InvalidTypeError):
        to_scaled(value, 2)
    with pytest.raises(InvalidTypeError):
        ratio(value)


@pytest.mark.parametrize("scale", [-1, 19, 10**9])
def test_a_scale_is_0_to_18(scale: int) -> None:
    """Anywhere a scale is used, one out of range is refused."""
    for call in (
        lambda: to_scaled(Decimal(1), scale),
        lambda: to_scaled(Fraction(1), scale),
        lambda: from_scaled(1, scale),
        lambda: power_of_ten(scale),
    ):
        with pytest.raises(InvalidValueError, match=r"scale .* is out of range"):
            call()


@pytest.mark.parametrize("scale", [2.0, True, "2"])
def test_a_scale_is_an_int(scale: Any) -> None:
    """Two point nought decimals are not two."""
    with pytest.raises(InvalidTypeError):
        power_of_ten(scale)


@pytest.mark.parametrize(
    ("n", "scale", "text"),
    [(120, 3, "0.120"), (-5, 0, "-5"), (0, 2, "0.00"), (MAX_SCALED, 18, "9.223372036854775807"), (1000, 0, "1000")],
)
def test_an_answer_has_all_decimals_of_its_scale(n: int, scale: int, text: str) -> None:
    """Also where they are noughts, and never with an exponent."""
    assert str(from_scaled(n, scale)) == text


def test_scaling_does_not_touch_the_context_of_the_host() -> None:
    """A host that works with two digits gets the same answers and keeps its flags."""
    with localcontext() as context:
        context.prec = 2
        context.clear_flags()
        assert from_scaled(MAX_SCALED, 18).as_tuple().digits == tuple(map(int, str(MAX_SCALED)))
        assert to_scaled(Decimal("123456.789"), 3) == 123456789
        assert not any(context.flags.values())


def test_golden_10_a_difference_of_decimals_is_exact() -> None:
    """3,140.0 less 3,106.40 leaves 33.60."""
    left = to_scaled(Decimal("3140.0"), 2) - to_scaled(Decimal("3106.40"), 2)

    assert str(from_scaled(left, 2)) == "33.60"


def test_golden_11_three_tenths_are_three_times_a_tenth() -> None:
    """Three parents that need 0.1 each take a stock of 0.3 to nothing."""
    assert to_scaled(Decimal("0.3"), 1) - 3 * to_scaled(Decimal("0.1"), 1) == 0


def test_64_bits_end_where_they_end() -> None:
    """The last integer fits, the next does not."""
    assert within_64_bits(MAX_SCALED, 0) == MAX_SCALED
    for beyond in (MAX_SCALED + 1, -MAX_SCALED - 2):
        with pytest.raises(InvalidValueError):
            within_64_bits(beyond, 0)
