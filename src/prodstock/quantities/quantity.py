"""A quantity: an exact amount with its unit."""

from __future__ import annotations

from decimal import Context, Decimal, DecimalException
from fractions import Fraction
from typing import Final, TypeAlias

import attrs

from prodstock.errors import InvalidValueError
from prodstock.quantities.number import LIMITS, Number, exact, rational
from prodstock.quantities.rounding import Rounding, round_scaled
from prodstock.quantities.scaled import from_scaled, said
from prodstock.quantities.unit import convert, unit_code, unit_or_own

_MOST_BITS: Final = 400
_ABOUT: Final = Context(prec=7, Emin=-999_999, Emax=999_999, traps=[])


def _rational(value: Number | Fraction) -> Fraction:
    return rational(value)


@attrs.frozen(eq=False, repr=False)
class Quantity:
    """An exact amount with its unit. Equal to quantities only, never to a plain number.

    Quantities of one dimension compare, add and subtract whatever their units; the result has the unit of the left
    one. Inside there is a rational, so no conversion rounds. A code that is in no table (`box`) is a unit of its own.

    Args:
        amount: an int, a text or a Decimal; a Fraction where a calculation made it.
        unit: a Rec 20 code, an alias, or a unit of the item's own.

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

    exact: Fraction = attrs.field(alias="amount", converter=_rational)
    unit: str = attrs.field(converter=unit_code)

    __match_args__ = ("amount", "unit")

    @property
    def amount(self) -> Decimal:
        """The amount as a Decimal, in as few decimals as it has.

        Raises:
            InvalidValueError: if it has no finite decimal form of at most 40 digits (one third of a box).
        """
        found = self._decimal()
        if found is None:
            advice = "Use .rounded(places, Rounding.VALUE), or .exact for the ratio"
            raise InvalidValueError(
                field="amount", value=said(self.exact), reason="has no finite decimal form", advice=advice
            )
        return found

    def rounded(self, places: int, rounding: Rounding = Rounding.VALUE) -> Decimal:
        """Return the amount with so many decimals, rounded by the purpose that is named.

        Raises:
            InvalidValueError: if places is not 0 to 18, or the result has more digits than a signed 64-bit integer.

        >>> Quantity(1, "ft").to("m").rounded(1)
        Decimal('0.3')
        """
        return from_scaled(round_scaled(self.exact, places, rounding), places)

    def to(self, unit: str) -> Quantity:
        """Return the same quantity in another unit of its dimension, exactly.

        Raises:
            InvalidValueError: if the units measure different things; items convert those by their factors.
        """
        named = unit_code(unit)
        return Quantity(convert(self.exact, self.unit, named), named)

    def __add__(self, other: Quantity, /) -> Quantity:
        if not isinstance(other, Quantity):
            return NotImplemented
        return Quantity(self.exact + self._same(other), self.unit)

    def __radd__(self, other: int, /) -> Quantity:
        """Return the quantity itself for the zero that `sum` starts with; no other number can be added."""
        return self if type(other) is int and other == 0 else NotImplemented

    def __sub__(self, other: Quantity, /) -> Quantity:
        if not isinstance(other, Quantity):
            return NotImplemented
        return Quantity(self.exact - self._same(other), self.unit)

    def __neg__(self) -> Quantity:
        return Quantity(-self.exact, self.unit)

    def __abs__(self) -> Quantity:
        return Quantity(abs(self.exact), self.unit)

    def __bool__(self) -> bool:
        return self.exact != 0

    def __mul__(self, factor: int | Decimal | Fraction, /) -> Quantity:
        return Quantity(self.exact * rational(factor, field="factor"), self.unit)

    __rmul__ = __mul__

    def __truediv__(self, divisor: int | Decimal | Fraction, /) -> Quantity:
        by = rational(divisor, field="divisor")
        if not by:
            raise InvalidValueError(field="divisor", value=divisor, reason="is zero")
        return Quantity(self.exact / by, self.unit)

    def __lt__(self, other: Quantity, /) -> bool:
        if not isinstance(other, Quantity):
            return NotImplemented
        return self.exact < self._same(other)

    def __le__(self, other: Quantity, /) -> bool:
        if not isinstance(other, Quantity):
            return NotImplemented
        return self.exact <= self._same(other)

    def __gt__(self, other: Quantity, /) -> bool:
        if not isinstance(other, Quantity):
            return NotImplemented
        return self.exact > self._same(other)

    def __ge__(self, other: Quantity, /) -> bool:
        if not isinstance(other, Quantity):
            return NotImplemented
        return self.exact >= self._same(other)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Quantity):
            return NotImplemented
        return self._key() == other._key()

    def __hash__(self) -> int:
        return hash(self._key())

    def _same(self, other: Quantity) -> Fraction:
        """Return the other's amount in this one's unit."""
        return convert(other.exact, other.unit, self.unit)

    def _key(self) -> tuple[str, Fraction]:
        unit = unit_or_own(self.unit)
        return unit.dimension, self.exact * unit.factor

    def _decimal(self) -> Decimal | None:
        top, bottom = self.exact.as_integer_ratio()
        if max(top.bit_length(), bottom.bit_length()) > _MOST_BITS:
            return None
        try:
            return LIMITS.divide(Decimal(top), Decimal(bottom))
        except DecimalException:
            return None

    def __str__(self) -> str:
        """Return the digits if they end, else the ratio, and the unit."""
        found = self._decimal()
        return f"{said(self.exact) if found is None else format(found, 'f')} {self.unit}"

    def __repr__(self) -> str:
        """Return the digits if they end, else the ratio, or what of it fits on a line, with seven digits."""
        top, bottom = self.exact.as_integer_ratio()
        bits = max(top.bit_length(), bottom.bit_length())
        if bits > _MOST_BITS or self._decimal() is not None:
            return f"<{self}>"
        about = _ABOUT.to_sci_string(_ABOUT.divide(Decimal(top), Decimal(bottom)))
        return f"<{self}, about {about}>" if bits < 100 else f"<about {about} {self.unit}>"

    def __reduce__(self) -> tuple[type[Quantity], tuple[Fraction, str]]:
        return Quantity, (self.exact, self.unit)


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
