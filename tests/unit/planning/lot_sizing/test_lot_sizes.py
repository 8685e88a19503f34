"""Sizes that orders may have."""

from __future__ import annotations

from fractions import Fraction
from math import ceil
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prodstock.errors import InvalidTypeError, InvalidValueError
from prodstock.master.lot_sizes import ANY_SIZE, LotCut, LotSizes
from prodstock.quantities.scaled import MAX_SCALED

if TYPE_CHECKING:
    from collections.abc import Mapping


@st.composite
def sizes(draw: st.DrawFn) -> LotSizes:
    """Return sizes that go together."""
    if draw(st.booleans()):
        return LotSizes(fixed=draw(st.integers(1, 300)))
    maximum = draw(st.just(0) | st.integers(1, 300))
    most = maximum or 300
    step = draw(st.integers(0, most) | st.fractions(0, most, max_denominator=7))
    cut = draw(st.sampled_from(list(LotCut)))
    largest = -(-(most // step * step) // 1) if step and maximum and cut is LotCut.MULTIPLE else most
    return LotSizes(minimum=draw(st.integers(0, int(largest))), maximum=maximum, multiple=step, cut=cut)


def is_multiple(size: int, step: int | Fraction) -> bool:
    """Tell whether a size is a multiple of a step, rounded up to whole steps; by trying them."""
    found = Fraction(0)
    while -(-found.numerator // found.denominator) < size:
        found += step
    return -(-found.numerator // found.denominator) == size


@given(sizes(), st.integers(1, 2000), st.integers(1, 9))
def test_lots_cover_the_need_within_their_sizes(sizes: LotSizes, top: int, bottom: int) -> None:
    """Every lot keeps to minimum and maximum, is a multiple unless it is the maximum, and none is one too many."""
    lots = sizes.split(top, bottom)

    assert sum(lots) * bottom >= top
    assert sum(lots[:-1]) * bottom < top
    assert sizes.size(top, bottom) == sum(lots)
    for lot in lots:
        assert lot >= sizes.minimum
        assert lot <= (sizes.maximum or lot)
        assert lot == (sizes.fixed or lot)
        if sizes.multiple and (lot != sizes.maximum or sizes.cut is LotCut.MULTIPLE):
            assert is_multiple(lot, sizes.multiple)
    if sizes.free:
        assert lots == (-(-top // bottom),)


@given(st.integers(0, 300), st.fractions(0, 50, max_denominator=12), st.integers(1, 10**6), st.integers(1, 1000))
def test_without_a_maximum_lots_are_those_of_planning(minimum: int, multiple: Fraction, top: int, bottom: int) -> None:
    """The need rounded up, at least the minimum, then the smallest multiple, rounded up to whole steps."""
    size = max(-(-top // bottom), minimum)
    if multiple:
        size = ceil(ceil(size / multiple) * multiple) if ceil((ceil(size / multiple) - 1) * multiple) < size else size
    assert LotSizes(minimum=minimum, multiple=multiple).size(top, bottom) == size


@given(sizes(), st.integers(0, 700))
def test_the_floor_is_the_largest_lot_that_can_be_started(sizes: LotSizes, startable: int) -> None:
    """No larger size up to what can be started is one lot."""
    lots = [size for size in range(1, startable + 1) if sizes.split(size) == (size,)]
    assert sizes.floor(startable) == max(lots, default=0)


def test_the_last_lot_never_exceeds_the_maximum() -> None:
    """Where the next multiple lies beyond the maximum, the maximum is a lot of its own."""
    assert LotSizes(maximum=200, multiple=12).split(199) == (200,)
    assert LotSizes(maximum=200, multiple=12, cut=LotCut.MULTIPLE).split(199) == (192, 12)


def test_nothing_is_ordered_for_no_need() -> None:
    """Zero and less give no lots, whatever the sizes."""
    assert LotSizes(minimum=100).split(0) == ANY_SIZE.split(-5) == LotSizes(fixed=7).split(0) == ()


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"minimum": -1}, "minimum"),
        ({"maximum": MAX_SCALED + 1}, "maximum"),
        ({"multiple": Fraction(-1, 2)}, "multiple"),
        ({"minimum": 201, "maximum": 200}, "minimum"),
        ({"multiple": 12, "maximum": 11}, "multiple"),
        ({"multiple": 12, "minimum": 195, "maximum": 200, "cut": LotCut.MULTIPLE}, "multiple"),
        ({"fixed": 75, "minimum": 10}, "fixed"),
    ],
)
def test_sizes_that_cannot_be_are_refused(given: Mapping[str, int], field: str) -> None:
    """A size below zero, beyond 64 bits, or against another is refused by its name."""
    with pytest.raises(InvalidValueError) as refused:
        LotSizes(**given)  # type: ignore[arg-type]  # the point of the test
    assert refused.value.field == field


@pytest.mark.parametrize("value", [1.0, True, "12", None])
def test_a_size_is_a_whole_number(value: object) -> None:
    """Floats, flags and texts are refused."""
    for field in ("minimum", "maximum", "multiple", "fixed"):
        with pytest.raises(InvalidTypeError):
            LotSizes(**{field: value})  # type: ignore[arg-type]  # the point of the test


@pytest.mark.parametrize("sizes", [LotSizes(fixed=1), LotSizes(maximum=1)])
def test_a_need_is_not_cut_into_dust(sizes: LotSizes) -> None:
    """More than ten thousand lots are refused before they are made, and so is what does not fit 64 bits."""
    for need in (10_002, MAX_SCALED):
        with pytest.raises(InvalidValueError):
            sizes.split(need)
    with pytest.raises(InvalidValueError):
        LotSizes(multiple=10).split(MAX_SCALED)


def test_a_minimum_that_is_a_multiple_rounded_up_is_no_reason_for_the_next_multiple() -> None:
    """Four times 7/3 is 9 1/3, so a lot of ten: it meets the minimum of ten, and a fifth would be above the maximum."""
    sizes = LotSizes(minimum=10, maximum=11, multiple=Fraction(7, 3), cut=LotCut.MULTIPLE)
    assert sizes.split(1) == (10,)
