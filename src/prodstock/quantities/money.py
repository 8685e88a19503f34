"""Money: an exact amount in a currency, posted in its minor units."""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

import attrs

from prodstock.errors import InvalidTypeError, InvalidValueError, UnknownCode, nearest
from prodstock.quantities.number import LIMITS, exact
from prodstock.quantities.rounding import split as split_whole
from prodstock.quantities.scaled import from_scaled, to_scaled

_DIGITS = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF",
    3: "BHD IQD JOD KWD LYD OMR TND",
    2: (
        "AED ALL AMD ARS AUD AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BWP BYN BZD CAD CHF CNY COP CRC CUP CZK DKK DOP "
        "DZD EGP EUR FJD GBP GEL GHS GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KZT LAK LBP LKR LRD "
        "MAD MDL MKD MMK MNT MOP MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD "
        "RUB SAR SCR SEK SGD SRD SYP SZL THB TJS TMT TRY TTD TWD TZS UAH USD UYU UZS YER ZAR ZMW"
    ),
}
CURRENCIES = {code: digits for digits, codes in _DIGITS.items() for code in codes.split()}
"""The decimal places of each currency's minor unit (ISO 4217)."""


def _currency(value: str) -> str:
    if value not in CURRENCIES:
        raise UnknownCode(kind="currency", given=str(value), nearest=nearest(str(value), CURRENCIES))
    return value


@attrs.frozen(repr=False)
class Money:
    """An exact amount in a currency. Prices may have more decimals than the minor unit; postings may not (`minor`).

    >>> Money("1.20", "EUR") + Money("0.055", "EUR")
    <1.255 EUR>
    """

    amount: Decimal = attrs.field(converter=exact)
    currency: str = attrs.field(converter=_currency)

    @property
    def minor(self) -> int:
        """The amount in minor units.

        Raises:
            InvalidValueError: if it has more decimals than the currency.
        """
        return to_scaled(self.amount, CURRENCIES[self.currency], field="money")

    @classmethod
    def from_minor(cls, minor: int, currency: str) -> "Money":
        """Return so many minor units of a currency.

        >>> Money.from_minor(1999, "JPY")
        <1999 JPY>
        """
        return cls(from_scaled(minor, CURRENCIES[_currency(currency)]), currency)

    def split(self, weights: Sequence[int | Fraction]) -> "tuple[Money, ...]":
        """Return parts in proportion to weights, in whole minor units, that sum to the amount exactly.

        >>> Money("10.00", "EUR").split([1, 1, 1])
        (<3.34 EUR>, <3.33 EUR>, <3.33 EUR>)
        """
        return tuple(Money.from_minor(part, self.currency) for part in split_whole(self.minor, weights))

    def __add__(self, other: "Money", /) -> "Money":
        return Money(LIMITS.add(self.amount, self._same(other).amount), self.currency)

    def __sub__(self, other: "Money", /) -> "Money":
        return Money(LIMITS.subtract(self.amount, self._same(other).amount), self.currency)

    def _same(self, other: "Money") -> "Money":
        if not isinstance(other, Money):
            raise InvalidTypeError(field="money", value=other, reason="is no Money")
        if other.currency != self.currency:
            advice = "Convert it at a rate first"
            raise InvalidValueError(
                field="currency", value=other.currency, reason=f"is not {self.currency}", advice=advice
            )
        return other

    def __str__(self) -> str:
        return f"{self.amount:f} {self.currency}"

    def __repr__(self) -> str:
        return f"<{self}>"
