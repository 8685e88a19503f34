"""Rounding by purpose, and splitting to the last unit."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from prodstock.errors import InvalidTypeError, InvalidValueError
from prodstock.quantities.rounding import Rounding, divide, round_scaled, split
from prodstock.quantities.scaled import from_scaled


@pytest.mark.parametrize(
    ("value", "need", "available", "valued"),
    [
        ("1.5", 2, 1, 2),
        ("2.5", 3, 2, 2),
        ("0.4", 1, 0, 0),
        ("-0.4", 0, -1, 0),
        ("-1.5", -1, -2, -2),
        ("-2.5", -2, -3, -2),
        ("7", 7, 7, 7),
    ],
)
def test_each_purpose_has_its_direction(value: str, need: int, available: int, valued: int) -> None:
    """Up and down are towards plus and minus infinity, for negative numbers too."""
    assert round_scaled(Decimal(value), 0, Rounding.NEED) == need
    assert round_scaled(Decimal(value), 0, Rounding.AVAILABILITY) == available
    assert round_scaled(Decimal(value), 0, Rounding.VALUE) == valued


def test_golden_9_four_grams_out_of_kilograms_with_two_decimals() -> None:
    """One unit needs 0.01 kg, rounded up once; a hundred need 0.40 kg, not a hundred times 0.01."""
    gram = Fraction(4, 1000)

    assert str(from_scaled(round_scaled(gram, 2, Rounding.NEED), 2)) == "0.01"
    assert str(from_scaled(round_scaled(100 * gram, 2, Rounding.NEED), 2)) == "0.40"


def test_golden_8_a_fifth_of_a_litre_is_never_nothing() -> None:
    """A need of 0.2 L stays 0.2 L where the component has a decimal, and becomes a litre where it has none."""
    assert round_scaled(Fraction(1, 5), 1, Rounding.NEED) == 2
    assert round_scaled(Fraction(1, 5), 0, Rounding.NEED) == 1


@pytest.mark.parametrize("value", [0.5, "1", None, True])
def test_only_exact_amounts_are_rounded(value: Any) -> None:
    """What was inexact before is not made exact by rounding."""
    with pytest.raises(InvalidTypeError):
        round_scaled(value, 0, Rounding.NEED)


@pytest.mark.parametrize("value", [Decimal("NaN"), Decimal("1e600000"), Decimal(10) ** 19, Fraction(10**30)])
def test_what_fits_no_column_is_refused(value: Decimal | Fraction) -> None:
    """Rounding makes nothing small."""
    with pytest.raises(InvalidValueError):
        round_scaled(value, 0, Rounding.VALUE)


def test_half_goes_to_the_even_neighbour() -> None:
    """Halves do not pile up in one direction."""
    assert [divide(half, 2, Rounding.VALUE) for half in range(-5, 6, 2)] == [-2, -2, 0, 0, 2, 2]


@pytest.mark.parametrize(
    ("total", "weights", "parts"),
    [
        (100, [1, 1, 1], (34, 33, 33)),
        (-100, [1, 1, 1], (-34, -33, -33)),
        (10, [0, 1, 0, 2], (0, 3, 0, 7)),
        (2, [1, 1, 1, 1], (1, 1, 0, 0)),
        (1, [1, 2], (0, 1)),
        (0, [1, 2], (0, 0)),
        (0, [0, 0], (0, 0)),
        (0, [], ()),
        (7, [Fraction(1, 2), Fraction(1, 3), Fraction(1, 6)], (4, 2, 1)),
        (5, [Fraction(1, 3), 1], (1, 4)),
        (10**30, [1, 2], (333333333333333333333333333333, 666666666666666666666666666667)),
    ],
)
def test_a_split_gives_the_units_left_to_the_largest_remainders(
    total: int, weights: list[int | Fraction], parts: tuple[int, ...]
) -> None:
    """Equal remainders: the earlier one; nothing for a weight of nothing."""
    assert split(total, weights) == parts


@pytest.mark.parametrize(
    ("total", "weights"), [(1, []), (1, [0, 0]), (-3, [0]), (1, [1, -1]), (1, [Fraction(-1, 2), 1])]
)
def test_a_split_without_a_share_is_refused(total: int, weights: list[int | Fraction]) -> None:
    """A remainder that belongs to nobody is not dropped, and nobody has less than nothing."""
    with pytest.raises(InvalidValueError):
        split(total, weights)


@pytest.mark.parametrize(("total", "weights"), [(1.0, [1]), (True, [1]), (1, [0.5]), (1, [True]), (1, ["1"])])
def test_a_split_takes_exact_numbers_only(total: Any, weights: list[Any]) -> None:
    """Neither the total nor a weight may be a float or a bool."""
    with pytest.raises(InvalidTypeError):
        split(total, weights)


def test_a_purpose_says_its_direction() -> None:
    """As a text, which rows use and derivations show."""
    assert {purpose: str(purpose) for purpose in Rounding} == {
        Rounding.NEED: "up",
        Rounding.AVAILABILITY: "down",
        Rounding.VALUE: "half-even",
    }


def test_a_purpose_is_asked_for_even_where_nothing_is_rounded() -> None:
    """A word in place of a purpose is refused, whether or not the amount has digits to lose."""
    for amount in (Decimal("1.5"), Decimal(1)):
        with pytest.raises(InvalidTypeError, match="rounding"):
            round_scaled(amount, 0, "up or so")  # type: ignore[arg-type]  # on purpose
