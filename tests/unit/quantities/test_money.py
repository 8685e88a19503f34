"""Money: exact amounts in a currency, posted in its minor units."""

from __future__ import annotations

import copy
import pickle  # noqa: TID251  # the test is that values survive it
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import pytest

from prodstock.errors import InvalidTypeError, InvalidValueError, UnknownCode
from prodstock.quantities.money import CURRENCIES, Money, minor_digits
from prodstock.quantities.rounding import Rounding

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.mark.parametrize(("currency", "digits"), [("EUR", 2), ("JPY", 0), ("KWD", 3), ("CLF", 4), ("XCG", 2)])
def test_a_currency_has_its_minor_unit(currency: str, digits: int) -> None:
    """By ISO 4217: cents, nothing, fils."""
    assert minor_digits(currency) == digits
    assert Money.from_minor(12345, currency).minor == 12345


def test_every_currency_is_three_capitals() -> None:
    """And is listed once."""
    assert len(CURRENCIES) > 150
    assert all(len(code) == 3 and code.isalpha() and code.isupper() for code in CURRENCIES)


@pytest.mark.parametrize("currency", ["eur", "EURO", "XAU", "BTC", ""])
def test_what_is_no_currency_is_refused(currency: str) -> None:
    """With the ones that resemble it."""
    with pytest.raises(UnknownCode, match="unknown currency"):
        Money(1, currency)


@pytest.mark.parametrize(("amount", "currency"), [(0.1, "EUR"), (True, "EUR"), (1, None), (1, 5), (1, ["EUR"])])
def test_money_of_the_wrong_kind_is_refused(amount: Any, currency: Any) -> None:
    """No float, no bool, no currency that is no text."""
    with pytest.raises(InvalidTypeError):
        Money(amount, currency)


def test_a_price_may_be_finer_than_the_coins() -> None:
    """But what is posted may not, until it is rounded by name."""
    price = Money("0.055", "EUR")

    assert price * 100 == Money("5.5", "EUR")
    assert (price * 100).minor == 550
    with pytest.raises(InvalidValueError, match=r"money in EUR '0\.055' has more than 2 decimals"):
        _ = price.minor
    assert price.rounded() == Money("0.06", "EUR")
    assert Money("0.045", "EUR").rounded() == Money("0.04", "EUR")
    assert price.rounded(Rounding.AVAILABILITY) == Money("0.05", "EUR")


def test_money_of_one_currency_adds_and_compares() -> None:
    """Exactly, in the digits that are needed."""
    coins = [Money("0.10", "EUR"), Money("0.20", "EUR"), Money("0.30", "EUR")]

    assert sum(coins) == Money("0.6", "EUR")
    assert coins[2] - coins[1] == coins[0]
    assert coins[0] < coins[1] <= coins[1] < coins[2]
    assert coins[2] > coins[1] >= coins[1]
    assert -coins[0] == Money("-0.10", "EUR")
    assert str(-Money(0, "JPY")) == "0 JPY"
    assert hash(Money("0.6", "EUR")) == hash(Money("0.60", "EUR"))


def test_money_of_two_currencies_does_not_mix() -> None:
    """Not even nothing of one and something of the other."""
    calls: list[Callable[[], object]] = [
        lambda: Money(1, "EUR") + Money(1, "USD"),
        lambda: Money(1, "EUR") - Money(0, "USD"),
        lambda: Money(1, "EUR") < Money(1, "USD"),
        lambda: Money(1, "EUR") >= Money(1, "USD"),
    ]
    for call in calls:
        with pytest.raises(InvalidValueError, match="is not EUR"):
            call()
    assert Money(0, "EUR") != Money(0, "USD")
    assert Money(1, "EUR") != Decimal(1)


@pytest.mark.parametrize("other", [1, Decimal(1), "1 EUR", 0.5])
def test_a_number_is_no_money(other: Any) -> None:
    """It neither adds nor compares."""
    calls: list[Callable[[], object]] = [
        lambda: Money(1, "EUR") + other,
        lambda: other + Money(1, "EUR"),
        lambda: Money(1, "EUR") - other,
        lambda: Money(1, "EUR") > other,
    ]
    for call in calls:
        with pytest.raises(TypeError):
            call()


@pytest.mark.parametrize("factor", [0.5, True, Fraction(1, 3), "2", Money(1, "EUR")])
def test_money_is_multiplied_by_exact_decimals_only(factor: Any) -> None:
    """A third of it has to be rounded by name, or split."""
    with pytest.raises(InvalidTypeError):
        _ = Money(1, "EUR") * factor


def test_money_that_would_lose_digits_is_refused() -> None:
    """Forty digits are enough for any plant, and none is dropped in silence."""
    long = Money("1." + "3" * 39, "EUR")

    calls: list[Callable[[], object]] = [
        lambda: long * 8,
        lambda: long + Money(10**39, "EUR"),
        lambda: Money("1e79", "EUR") * 100,
    ]
    for call in calls:
        with pytest.raises(InvalidValueError):
            call()


def test_a_split_keeps_every_cent() -> None:
    """The first of equals gets the cent that is left."""
    assert Money("10.00", "EUR").split([1, 1, 1]) == (
        Money("3.34", "EUR"),
        Money("3.33", "EUR"),
        Money("3.33", "EUR"),
    )
    assert Money(10, "JPY").split([Fraction(1, 3), Fraction(2, 3)]) == (Money(3, "JPY"), Money(7, "JPY"))
    with pytest.raises(InvalidValueError):
        Money("0.001", "EUR").split([1])


def test_money_is_shown_with_its_coins() -> None:
    """At least the digits of the minor unit, never an exponent."""
    assert str(Money(5, "EUR")) == "5.00 EUR"
    assert str(Money("5.5", "EUR")) == "5.50 EUR"
    assert str(Money("0.0551", "EUR")) == "0.0551 EUR"
    assert str(Money("1e3", "JPY")) == "1000 JPY"
    assert repr(Money("1e3", "KWD")) == "<1000.000 KWD>"


def test_money_is_a_value() -> None:
    """Frozen, copied and pickled like any other."""
    price = Money("0.055", "EUR")

    assert copy.deepcopy(price) == price
    assert pickle.loads(pickle.dumps(price)) == price  # noqa: S301  # its own bytes
    assert not hasattr(price, "__dict__")


@pytest.mark.parametrize("minor", [1.0, True, "1"])
def test_minor_units_are_whole(minor: Any) -> None:
    """Half a cent is not posted."""
    with pytest.raises(InvalidTypeError):
        Money.from_minor(minor, "EUR")
