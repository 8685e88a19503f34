"""A quantity: an exact amount with its unit."""

from __future__ import annotations

from decimal import Decimal, DecimalException
from fractions import Fraction
from functools import total_ordering
from typing import TypeAlias

import attrs

from prodstock.errors import InvalidTypeError, InvalidValueError
from prodstock.quantities.number import LIMITS, Number, exact
from prodstock.quantities.rounding import Rounding, round_scaled
from prodstock.quantities.scaled import from_scaled
from prodstock.quantities.unit import LONGEST, convert, unit_or_own


def _rational(value: Number | Fraction) -> Fraction:
    return value if isinstance(value, Fraction) else Fraction(exact(value))


def _unit(value: str) -> str:
    if not isinstance(value, str):
        raise InvalidTypeError(field="unit", value=value, reason="is no text", advice='Write a unit such as "kg"')
    if not value or len(value) > LONGEST or value != value.strip() or not value.isprintable():
        raise InvalidValueError(field="unit", value=value, reason="is no unit", advice='Write a unit such as "kg"')
    return value


@total_ordering
@attrs.frozen(eq=False, repr=False, init=False)
class Quantity:
    """An exact amount with its unit. Equal to quantities only, never to a plain number.

    Quantities of one dimension compare, add and subtract whatever their units; the result has the unit of the left
    one. Inside there is a rational, so no conversion rounds.

    Attributes:
        exact: the amount as a ratio of integers.
        unit: the unit, as written.

    >>> Quantity("0.2", "km").to("m")
    <200 m>
    >>> Quantity(1, "kg") == Quantity(1000, "g")
    True
    >>> Quantity(1, "kg") + Quantity(500, "g")
    <1.5 kg>
    """

    exact: Fraction
    unit: str

    def __init__(self, amount: Number | Fraction, unit: str) -> None:
        object.__setattr__(self, "exact", _rational(amount))
        object.__setattr__(self, "unit", _unit(unit))

    @property
    def amount(self) -> Decimal:
        """The amount as a Decimal.

        Raises:
            InvalidValueError: if it has no finite decimal form (one third of a box): use `rounded`.
        """
        top, bottom = self.exact.as_integer_ratio()
        try:
            return LIMITS.divide(Decimal(top), Decimal(bottom)) if bottom != 1 else LIMITS.plus(Decimal(top))
        except DecimalException:
            advice = "Use .rounded(places, Rounding.VALUE), or .exact for the ratio"
            raise InvalidValueError(
                field="amount", value=self, reason="has no finite decimal form", advice=advice
            ) from None

    def rounded(self, places: int, rounding: Rounding = Rounding.VALUE) -> Decimal:
        """Return the amount with so many decimals, rounded by the purpose that is named.

        >>> Quantity(1, "ft").to("m").rounded(1)
        Decimal('0.3')
        """
        return from_scaled(round_scaled(self.exact, places, rounding), places)

    def to(self, unit: str) -> Quantity:
        """Return the same quantity in another unit of its dimension, exactly.

        Raises:
            InvalidValueError: if the units measure different things; items convert those by their factors.
        """
        return Quantity(convert(self.exact, self.unit, unit), unit)

    def __add__(self, other: Quantity, /) -> Quantity:
        if not isinstance(other, Quantity):
            return NotImplemented
        return Quantity(self.exact + convert(other.exact, other.unit, self.unit), self.unit)

    def __sub__(self, other: Quantity, /) -> Quantity:
        if not isinstance(other, Quantity):
            return NotImplemented
        return self + -other

    def __neg__(self) -> Quantity:
        return Quantity(-self.exact, self.unit)

    def __mul__(self, factor: int | Decimal | Fraction, /) -> Quantity:
        return Quantity(self.exact * _factor(factor), self.unit)

    __rmul__ = __mul__

    def __truediv__(self, divisor: int | Decimal | Fraction, /) -> Quantity:
        if not _factor(divisor):
            raise InvalidValueError(field="divisor", value=divisor, reason="is zero")
        return Quantity(self.exact / _factor(divisor), self.unit)

    def __lt__(self, other: Quantity, /) -> bool:
        if not isinstance(other, Quantity):
            return NotImplemented
        return self.exact < convert(other.exact, other.unit, self.unit)

    def __eq__(self, other: object) -> bool:
        return self._key() == other._key() if isinstance(other, Quantity) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._key())

    def _key(self) -> tuple[str, Fraction]:
        unit = unit_or_own(self.unit)
        return unit.dimension, self.exact * unit.factor

    def __str__(self) -> str:
        try:
            return f"{self.amount:f} {self.unit}"
        except InvalidValueError:
            return f"{self.exact} {self.unit}"

    def __repr__(self) -> str:
        return f"<{str(self)[:100]}>"

    def __reduce__(self) -> tuple[type[Quantity], tuple[Fraction, str]]:
        return Quantity, (self.exact, self.unit)


def _factor(value: int | Decimal | Fraction) -> Fraction:
    return value if isinstance(value, Fraction) else Fraction(exact(value))


Amount: TypeAlias = int | str | Decimal | Quantity
"""What a caller may type; a plain number is in the item's base unit."""

Exact: TypeAlias = Decimal | Quantity
"""What is kept of it until a catalog names the base unit."""


def amount(value: Amount) -> Exact:
    """Return what was typed as a quantity or an exact Decimal; a float is refused.

    >>> amount("0.12"), amount(Quantity(4, "g"))
    (Decimal('0.12'), <4 g>)
    """
    return value if isinstance(value, Quantity) else exact(value)
