"""What holds of all numbers, units, quantities and splits."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from itertools import groupby
from math import ceil, floor
from time import process_time

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from prodstock.errors import InvalidValueError, ProdstockError
from prodstock.quantities.money import CURRENCIES, Money
from prodstock.quantities.number import exact
from prodstock.quantities.quantity import Quantity
from prodstock.quantities.rounding import Rounding, divide, round_scaled, split
from prodstock.quantities.scaled import MAX_SCALED, from_scaled, to_scaled
from prodstock.quantities.unit import check_factors, convert, known_units, unit

PATIENCE = 5
"""Seconds of work that nothing takes which ends: what would go on for ever is stopped, and pauses are forgiven."""

SCALED = st.integers(-MAX_SCALED - 1, MAX_SCALED)
SCALES = st.integers(0, 18)
RATIOS = st.builds(Fraction, st.integers(-(10**12), 10**12), st.integers(1, 10**6))
FACTORS = st.builds(Fraction, st.integers(1, 10**6), st.integers(1, 10**6))
DIMENSIONS = {
    dimension: sorted(names)
    for dimension, names in groupby(
        sorted(known_units(), key=lambda name: (unit(name).dimension, name)), key=lambda name: unit(name).dimension
    )
}


@st.composite
def kin(draw: st.DrawFn, count: int) -> list[str]:
    """Draw units of one dimension."""
    names = DIMENSIONS[draw(st.sampled_from(sorted(DIMENSIONS)))]
    return [draw(st.sampled_from(names)) for _ in range(count)]


@given(SCALED, SCALES)
def test_scaling_back_is_the_inverse_of_scaling(n: int, scale: int) -> None:
    """An amount counted in steps is the same amount again, with exactly the decimals of its scale."""
    amount = from_scaled(n, scale)

    assert Fraction(amount) == Fraction(n, 10**scale)
    assert amount.as_tuple().exponent == -scale
    assert to_scaled(amount, scale) == to_scaled(Fraction(amount), scale) == n


@given(st.decimals(allow_nan=True, allow_infinity=True), SCALES)
def test_scaling_is_exact_or_refused(value: Decimal, scale: int) -> None:
    """No amount is ever changed by counting it; what has no count says so."""
    try:
        n = to_scaled(value, scale)
    except InvalidValueError:
        assert not value.is_finite() or not (
            abs(Fraction(value)) * 10**scale <= MAX_SCALED and (Fraction(value) * 10**scale).denominator == 1
        )
    else:
        assert Fraction(n, 10**scale) == Fraction(value)


@given(RATIOS, st.integers(0, 6))
def test_rounding_is_the_one_of_arithmetic(value: Fraction, scale: int) -> None:
    """Up is the ceiling, down the floor, and half-even is Python's own rounding of ratios."""
    steps = value * 10**scale

    assert round_scaled(value, scale, Rounding.NEED) == ceil(steps)
    assert round_scaled(value, scale, Rounding.AVAILABILITY) == floor(steps)
    assert round_scaled(value, scale, Rounding.VALUE) == round(steps)


@given(st.integers(), st.integers(min_value=1))
def test_a_quotient_rounds_like_its_ratio(numerator: int, denominator: int) -> None:
    """Also where the two have a common divisor, and however large they are."""
    ratio = Fraction(numerator, denominator)

    assert divide(numerator, denominator, Rounding.NEED) == ceil(ratio)
    assert divide(numerator, denominator, Rounding.AVAILABILITY) == floor(ratio)
    assert divide(numerator, denominator, Rounding.VALUE) == round(ratio)


@given(
    st.integers(),
    st.lists(
        st.integers(0, 10**9) | st.builds(Fraction, st.integers(0, 99), st.integers(1, 99)), min_size=1, max_size=8
    ),
)
def test_the_parts_of_a_split_sum_to_its_total(total: int, weights: list[int | Fraction]) -> None:
    """No part is a whole unit off its share, and a weight of nothing gets nothing."""
    whole = sum(weights)
    assume(whole)
    parts = split(total, weights)

    assert sum(parts) == total
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part - Fraction(total * weight) / whole) < 1
        assert weight or not part


@given(st.integers(), st.lists(st.integers(0, 50), min_size=1, max_size=8), st.integers(1, 10**6))
def test_only_the_proportion_of_the_weights_matters(total: int, weights: list[int], times: int) -> None:
    """Twice the weights, or thirds of them, split alike; and the signs turn with the total."""
    assume(any(weights))
    parts = split(total, weights)

    assert parts == split(total, [weight * times for weight in weights])
    assert parts == split(total, [Fraction(weight, times) for weight in weights])
    assert split(-total, weights) == tuple(-part for part in parts)


@given(RATIOS, kin(2))
def test_there_and_back_is_the_same_amount(value: Fraction, names: list[str]) -> None:
    """Any unit into any other of its dimension, and home."""
    one, other = names

    assert convert(convert(value, one, other), other, one) == value


@given(RATIOS, kin(3))
def test_the_way_does_not_matter(value: Fraction, names: list[str]) -> None:
    """By way of a third unit the amount is the same."""
    one, way, other = names

    assert convert(convert(value, one, way), way, other) == convert(value, one, other)


@given(RATIOS, FACTORS, FACTORS, st.sampled_from(DIMENSIONS["mass"]), st.sampled_from(DIMENSIONS["mass"]))
def test_there_and_back_by_factors_is_the_same_amount(
    value: Fraction, box: Fraction, mass: Fraction, given_in: str, asked_in: str
) -> None:
    """An item's factors join pieces, boxes and any unit of mass, exactly and both ways."""
    factors = {"box": box, given_in: mass}
    check_factors("pcs", factors)

    for one, other in (("box", "pcs"), ("pcs", asked_in), (asked_in, "box"), (asked_in, "dozen")):
        there = convert(value, one, other, factors, base="pcs")
        assert convert(there, other, one, factors, base="pcs") == value
    assert convert(value, "box", "pcs", factors) == value * box
    assert convert(value, given_in, "pcs", factors) == value * mass


@given(RATIOS, RATIOS, RATIOS, kin(3))
def test_quantities_add_like_their_amounts(a: Fraction, b: Fraction, c: Fraction, names: list[str]) -> None:
    """In any order and in any units; taking away what was added leaves what was there."""
    x, y, z = (Quantity(value, name) for value, name in zip((a, b, c), names, strict=True))

    assert (x + y) + z == x + (y + z) == sum([z, y, x])
    assert x + y - y == x
    assert (x + y) * 3 == x * 3 + y * 3
    assert (x < y) is (y > x) is not (x >= y)
    assert (x == y) is (not x - y)


@given(RATIOS, kin(2))
def test_equal_quantities_hash_alike(value: Fraction, names: list[str]) -> None:
    """Whatever they are written in."""
    quantity = Quantity(value, names[0])

    assert quantity.to(names[1]) == quantity
    assert hash(quantity.to(names[1])) == hash(quantity)


@given(st.decimals(min_value=-(10**15), max_value=10**15, places=6))
def test_a_quantity_keeps_the_number_it_was_given(value: Decimal) -> None:
    """And tells it so that reading it again gives the same."""
    quantity = Quantity(value, "kg")
    digits, _, name = str(quantity).partition(" ")

    assert quantity.amount == value
    assert Quantity(digits, name) == quantity


@given(st.integers(-(10**15), 10**15), st.lists(st.integers(0, 100), min_size=1), st.sampled_from(sorted(CURRENCIES)))
def test_money_is_split_to_the_last_coin(minor: int, weights: list[int], currency: str) -> None:
    """The parts are money, and sum to what was split."""
    assume(any(weights))
    money = Money.from_minor(minor, currency)

    assert sum(money.split(weights)) == money
    assert Money(money.amount, currency).minor == minor


HOSTILE = (
    st.text(max_size=300)
    | st.from_regex(r"\A[ +\-]*[0-9_.,eE+\-/nNaAiIfF]{0,60}\Z")
    | st.text("0123456789.eE+-", max_size=300)
)


@given(HOSTILE)
def test_any_text_is_a_number_or_refused_at_once(text: str) -> None:
    """Nothing but errors of the library comes out, soon, and what is read is finite."""
    start = process_time()
    try:
        found = exact(text)
    except ProdstockError as error:
        said = str(error)
    else:
        said = ""
        assert found.is_finite()
        assert Fraction(found) == Fraction(Decimal(text))
        assert found == exact(found) == exact(str(found))
    assert process_time() - start < PATIENCE
    assert len(said) < 500


@given(st.text(max_size=60), st.text(max_size=60))
def test_any_text_is_a_unit_or_refused_at_once(one: str, other: str) -> None:
    """Converting between any two texts gives an exact ratio or an error of the library."""
    start = process_time()
    try:
        found = convert(1, one, other)
    except ProdstockError as error:
        said = str(error)
    else:
        said = ""
        assert convert(found, other, one) == 1
    assert process_time() - start < PATIENCE
    assert len(said) < 500


@given(st.floats(), kin(1))
def test_no_float_gets_in(number: float, names: list[str]) -> None:
    """Not one, by any door."""
    quantity = Quantity(1, names[0])
    for call in (
        lambda: exact(number),  # type: ignore[arg-type]  # the point of the test
        lambda: Quantity(number, names[0]),  # type: ignore[arg-type]  # as above
        lambda: Money(number, "EUR"),  # type: ignore[arg-type]  # as above
        lambda: quantity * number,  # type: ignore[operator]  # as above
        lambda: quantity / number,  # type: ignore[operator]  # as above
        lambda: to_scaled(number, 2),  # type: ignore[arg-type]  # as above
        lambda: round_scaled(number, 2, Rounding.VALUE),  # type: ignore[arg-type]  # as above
        lambda: convert(number, names[0], names[0]),  # type: ignore[arg-type]  # as above
        lambda: split(1, [number]),  # type: ignore[list-item]  # as above
    ):
        with pytest.raises(TypeError):
            call()
