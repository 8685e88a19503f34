"""Money: an exact amount in a currency, posted in its minor units."""

from __future__ import annotations

from decimal import Decimal, DecimalException
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

import attrs

from prodstock.errors import InvalidTypeError, InvalidValueError, UnknownCode, listed, nearest
from prodstock.quantities.number import LIMITS, checked_int, exact, rational
from prodstock.quantities.rounding import Rounding, round_scaled
from prodstock.quantities.rounding import split as split_whole
from prodstock.quantities.scaled import from_scaled, to_scaled, within_64_bits

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from fractions import Fraction

_DIGITS: Final = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF",
    2: (
        "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CNY "
        "COP CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS "
        "INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR "
        "MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD "
        "SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG"
    ),
    3: "BHD IQD JOD KWD LYD OMR TND",
    4: "CLF UYW",
}
CURRENCIES: Final[Mapping[str, int]] = MappingProxyType(
    {code: digits for digits, codes in _DIGITS.items() for code in codes.split()}
)
"""The decimal places of each currency's minor unit (ISO 4217). Metals, bonds and test codes have none."""


def minor_digits(currency: str) -> int:
    """Return the decimal places of a currency's minor unit, by ISO 4217.

    Raises:
        UnknownCode: if it is no currency of ISO 4217 that has a minor unit.

    >>> minor_digits("EUR"), minor_digits("JPY"), minor_digits("KWD")
    (2, 0, 3)
    """
    return CURRENCIES[_currency(currency)]


def _currency(value: str) -> str:
    if not isinstance(value, str):
        raise InvalidTypeError(field="currency", value=value, reason="is no text", advice='Write a code such as "EUR"')
    if value not in CURRENCIES:
        raise UnknownCode(kind="currency", given=str.__str__(value), nearest=nearest(value, CURRENCIES))
    return value


@attrs.frozen(repr=False)
class Money:
    """An exact amount in a currency. Prices may have more decimals than the minor unit; postings may not (`minor`).

    Amounts of one currency add, subtract and compare; those of two are refused. Equal to money only.

    Args:
        amount: an int, a text or a Decimal.
        currency: a code of ISO 4217, such as EUR.

    >>> Money("1.20", "EUR") + Money("0.055", "EUR")
    <1.255 EUR>
    >>> Money("0.055", "EUR") * 100
    <5.500 EUR>
    """

    amount: Decimal = attrs.field(converter=exact)
    currency: str = attrs.field(converter=_currency)

    @property
    def minor(self) -> int:
        """The amount in minor units.

        Raises:
            InvalidValueError: if it has more decimals than the currency: use `rounded` first.
        """
        return to_scaled(self.amount, CURRENCIES[self.currency], field=f"money in {self.currency}")

    @classmethod
    def from_minor(cls, minor: int, currency: str) -> Money:
        """Return so many minor units of a currency.

        >>> Money.from_minor(1999, "JPY")
        <1999 JPY>
        """
        digits = minor_digits(currency)
        return cls(
            from_scaled(within_64_bits(checked_int(minor, field="minor"), digits, field="minor"), digits), currency
        )

    def rounded(self, rounding: Rounding = Rounding.VALUE) -> Money:
        """Return the amount in whole minor units, half-even unless another purpose is named.

        >>> Money("1.255", "EUR").rounded()
        <1.26 EUR>
        """
        minor = round_scaled(self.amount, CURRENCIES[self.currency], rounding, field=f"money in {self.currency}")
        return Money.from_minor(minor, self.currency)

    def split(self, weights: Sequence[int | Fraction]) -> tuple[Money, ...]:
        """Return parts in proportion to weights, in whole minor units, that sum to the amount exactly.

        The parts and their ties are those of `rounding.split`.

        Raises:
            InvalidValueError: if the amount has more decimals than the currency, or as `rounding.split`.

        >>> Money("10.00", "EUR").split([1, 1, 1])
        (<3.34 EUR>, <3.33 EUR>, <3.33 EUR>)
        """
        return tuple(
            Money.from_minor(part, self.currency) for part in split_whole(self.minor, listed(weights, "weights"))
        )

    def __add__(self, other: Money, /) -> Money:
        if not isinstance(other, Money):
            return NotImplemented
        return self._sum(self._same(other))

    def __radd__(self, other: int, /) -> Money:
        """Return the money itself for the zero that `sum` starts with; no other number can be added."""
        return self if type(other) is int and other == 0 else NotImplemented

    def __sub__(self, other: Money, /) -> Money:
        if not isinstance(other, Money):
            return NotImplemented
        return self._sum(self._same(other).copy_negate())

    def __neg__(self) -> Money:
        return Money(self.amount.copy_negate(), self.currency)

    def __mul__(self, factor: int | Decimal, /) -> Money:
        if not isinstance(factor, int | Decimal):
            advice = "Give an int or a Decimal; a ratio has to be rounded by name first"
            raise InvalidTypeError(field="factor", value=factor, reason="is no int and no Decimal", advice=advice)
        by = exact(factor, field="factor")
        try:
            return Money(LIMITS.multiply(self.amount, by), self.currency)
        except DecimalException:
            raise self._too_long() from None

    __rmul__ = __mul__

    def __lt__(self, other: Money, /) -> bool:
        if not isinstance(other, Money):
            return NotImplemented
        return rational(self.amount) < rational(self._same(other))

    def __le__(self, other: Money, /) -> bool:
        if not isinstance(other, Money):
            return NotImplemented
        return rational(self.amount) <= rational(self._same(other))

    def __gt__(self, other: Money, /) -> bool:
        if not isinstance(other, Money):
            return NotImplemented
        return rational(self.amount) > rational(self._same(other))

    def __ge__(self, other: Money, /) -> bool:
        if not isinstance(other, Money):
            return NotImplemented
        return rational(self.amount) >= rational(self._same(other))

    def _same(self, other: Money) -> Decimal:
        """Return the other's amount, if it is in this currency."""
        if other.currency != self.currency:
            reason, advice = f"is not {self.currency}", "Convert it at a rate first"
            raise InvalidValueError(field="currency", value=other.currency, reason=reason, advice=advice)
        return other.amount

    def _sum(self, amount: Decimal) -> Money:
        try:
            return Money(LIMITS.add(self.amount, amount), self.currency)
        except DecimalException:
            raise self._too_long() from None

    def _too_long(self) -> InvalidValueError:
        return InvalidValueError(
            field="money", value=str(self), reason="leads to more than 40 digits", advice="Round it by name first"
        )

    def __str__(self) -> str:
        """Return the amount, with at least the digits of the currency's minor unit, and the currency."""
        digits = f"{self.amount:f}"
        lacking = CURRENCIES[self.currency] - len(digits.partition(".")[2])
        if lacking > 0:
            digits += "0" * lacking if "." in digits else "." + "0" * lacking
        return f"{digits} {self.currency}"

    def __repr__(self) -> str:
        return f"<{self}>"
