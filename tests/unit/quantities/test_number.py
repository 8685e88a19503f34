"""Numbers as they are typed: read exactly, or refused at once."""

from __future__ import annotations

import copy
from decimal import Decimal, localcontext
from enum import IntEnum, StrEnum
from fractions import Fraction
from typing import Any

import pytest

from prodstock.errors import InvalidTypeError, InvalidValueError, ProdstockError
from prodstock.quantities.number import checked_int, exact, rational


class Text(StrEnum):
    """A text of its own type."""

    TWELVE = "12"


class Whole(IntEnum):
    """An int of its own type."""

    TWELVE = 12


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        (0, "0"),
        (-7, "-7"),
        (2**128 - 1, str(2**128 - 1)),
        ("0.120", "0.120"),
        (" 12\r\n", "12"),
        ("+.5", "0.5"),
        ("5.", "5"),
        ("1e3", "1E+3"),
        ("-0.00", "0.00"),
        (Decimal("-0"), "0"),
        (Decimal("1E+3"), "1E+3"),
        ("9" * 40, "9" * 40),
        ("0" * 60 + "7", "7"),
        ("1e-40", "1E-40"),
        (Text.TWELVE, "12"),
        (Whole.TWELVE, "12"),
    ],
)
def test_what_is_typed_is_kept_digit_by_digit(typed: int | str | Decimal, read: str) -> None:
    """The decimals written are kept, blanks around them are not, and minus zero is zero."""
    found = exact(typed)

    assert type(found) is Decimal
    assert str(found) == read


@pytest.mark.parametrize(
    "typed",
    [
        "",
        " ",
        "abc",
        "1,5",
        "1 000",
        "1_000",
        "0x10",
        "1e",
        "--1",
        "nan",
        "sNaN",
        "-Infinity",
        "١٢",
        "\uff11\uff12",
        "1\u00a0",
        "1\x00",
        "1.2.3",
        "1/3",
        Decimal("NaN"),
        Decimal("sNaN123"),
        Decimal("Infinity"),
        "9" * 41,
        "1." + "0" * 40,
        "1e600000",
        "1e-600000",
        "0e600000",
        "1e81",
        "1e-41",
        "1e99999999999999999999999999",
        "9" * 1_000_000,
        "1" + " " * 1_000_000,
        2**128,
        -(2**128),
        10**100_000,
        Decimal("1e600000"),
        Decimal("-1e-600000"),
        Decimal((0, (1,) * 100_000, 0)),
        Decimal((0, (1, *[0] * 100_000), -100_000)),
    ],
    ids=lambda typed: f"{typed!s:.20}" if not isinstance(typed, int) else f"{typed.bit_length()} bits",
)
@pytest.mark.usefixtures("little_memory")
def test_what_is_no_number_of_the_shop_is_refused_at_once(typed: int | str | Decimal) -> None:
    """Nothing is expanded to find out that it is too long, and the message stays short."""
    with pytest.raises(InvalidValueError) as caught:
        exact(typed, field="quantity")
    text = str(caught.value)

    assert text.startswith("quantity ")
    assert len(text) < 250


@pytest.mark.parametrize("typed", [0.1, 1.0, float("nan"), True, False, None, b"1", [1], 1j, Fraction(1, 3)])
def test_a_float_a_bool_and_any_other_kind_is_refused_as_a_type(typed: Any) -> None:
    """What is not exact, or was not meant as a number, never becomes one."""
    with pytest.raises(InvalidTypeError) as caught:
        exact(typed)

    assert isinstance(caught.value, TypeError)
    assert isinstance(caught.value, ValueError)


def test_the_refusal_of_a_float_says_what_to_write() -> None:
    """The way out is the text that was meant."""
    with pytest.raises(InvalidTypeError, match=r'is a float, which is not exact\. Write it as text or Decimal: "0\.1"'):
        exact(0.1)  # type: ignore[arg-type]  # the point of the test


def test_the_decimal_context_of_the_host_is_neither_read_nor_set() -> None:
    """A host that works with two digits and no traps gets the same answers, and finds its flags as they were."""
    with localcontext() as context:
        context.prec, context.Emax, context.capitals = 2, 5, 0
        for signal in context.traps:
            context.traps[signal] = False
        context.clear_flags()
        assert exact("123456.789") == Decimal("123456.789")
        for typed in ("abc", "1e600000", Decimal("1e99"), "nan"):
            with pytest.raises(InvalidValueError):
                exact(typed)
        assert not any(context.flags.values())


def test_an_error_of_a_number_copies() -> None:
    """Errors carry fields and survive a deep copy."""
    with pytest.raises(ProdstockError) as caught:
        exact("abc")

    assert str(copy.deepcopy(caught.value)) == str(caught.value)


def test_a_ratio_is_made_of_numbers_and_of_ratios() -> None:
    """A Fraction comes from a calculation and is taken as it is."""
    assert rational("0.12") == Fraction(3, 25)
    assert rational(Fraction(1, 3)) == Fraction(1, 3)
    with pytest.raises(InvalidTypeError):
        rational(0.5)  # type: ignore[arg-type]  # the point of the test


@pytest.mark.parametrize("given", [True, 1.0, "1", Decimal(1)])
def test_a_whole_number_is_an_int_and_nothing_else(given: Any) -> None:
    """Neither a bool nor a float that happens to be whole."""
    assert checked_int(3, field="total") == 3
    with pytest.raises(InvalidTypeError):
        checked_int(given, field="total")
