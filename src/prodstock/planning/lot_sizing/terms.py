"""What every lot-sizing rule is given and gives: requirements in time, what orders cost, and the lots."""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple, Protocol

import attrs

from prodstock._render import brief
from prodstock.errors import InvalidTypeError, InvalidValueError, listed
from prodstock.master import checks
from prodstock.master.lot_sizes import ANY_SIZE, LotSizes
from prodstock.quantities.number import Number, rational
from prodstock.quantities.scaled import MAX_SCALED

if TYPE_CHECKING:
    from collections.abc import Sequence


class SizedLot(NamedTuple):
    """An order that a rule proposes: when it must be there, and how much it is, in the smallest steps of the item."""

    time: int
    quantity: int


def _cost(value: Number | Fraction) -> Fraction:
    found = rational(value, field="cost")
    if found < 0:
        raise InvalidValueError(field="cost", value=str(found)[:40], reason="is below zero")
    return found


@attrs.frozen(kw_only=True)
class LotTerms:
    """What orders cost, and which sizes they may have.

    Args:
        setup: cost of one order, whatever its size: placing it, or setting up for it.
        holding: cost of keeping one smallest step of the item for one period.
        sizes: the sizes an order may have.
        opening: what is there before the first requirement, in smallest steps; it is used up first.

    Raises:
        InvalidTypeError: if a cost is a float or no number.
        InvalidValueError: if a cost or the opening stock is below zero.

    >>> LotTerms(setup=54, holding="0.40").holding
    Fraction(2, 5)
    """

    setup: Fraction = attrs.field(default=Fraction(0), converter=_cost)
    holding: Fraction = attrs.field(default=Fraction(0), converter=_cost)
    sizes: LotSizes = ANY_SIZE
    opening: int = 0

    __repr__ = brief

    def __attrs_post_init__(self) -> None:
        checks.instance(self.sizes, LotSizes, "sizes", "Use LotSizes(minimum=100, multiple=12)")
        checks.whole(self.opening, "opening", least=0)

    def costs(self) -> tuple[int, int]:
        """Return set-up and holding cost as whole numbers in the same proportion."""
        common = self.setup.denominator * self.holding.denominator
        return int(self.setup * common), int(self.holding * common)


FREE = LotTerms()
"""Orders of any size that cost nothing to place and nothing to keep."""


class LotSizingRule(Protocol):
    """A rule that turns requirements into lots: any object of this shape is one."""

    def lots(self, requirements: Sequence[tuple[int, int]], terms: LotTerms) -> tuple[SizedLot, ...]:
        """Return the lots that cover the requirements in time, in the order of their times.

        Args:
            requirements: (time, quantity): whole numbers of periods, and of the smallest steps of the item.
            terms: what orders cost, and which sizes they may have.
        """


def merged(requirements: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return requirements by time, those of one time added up and those of nothing left out. O(n log n).

    Raises:
        InvalidTypeError: if a time or a quantity is no whole number.
        InvalidValueError: if a quantity is below zero, or they do not fit 64 bits together.

    >>> merged([(3, 40), (1, 35), (3, 5), (2, 0)])
    [(1, 35), (3, 45)]
    """
    found: defaultdict[int, int] = defaultdict(int)
    for entry in listed(requirements, "requirements"):
        time, quantity = _pair(entry)
        checks.whole(time, "time")
        checks.whole(quantity, "quantity", least=0)
        if quantity:
            found[time] += quantity
    if sum(found.values()) > MAX_SCALED:
        raise InvalidValueError(field="requirements", value=len(found), reason="do not fit 64 bits together")
    return sorted(found.items())


def _pair(entry: object) -> tuple[int, int]:
    if not isinstance(entry, tuple | list) or len(entry) != 2:
        advice = "Give (time, quantity)"
        raise InvalidTypeError(field="requirements", value=entry, reason="is no pair", advice=advice)
    return entry[0], entry[1]


def positive_cost(cost: Fraction, field: str) -> None:
    """Refuse terms without a cost that a rule divides by.

    Raises:
        InvalidValueError: if it is zero.
    """
    if not cost:
        advice = f"Give LotTerms(..., {field}=...)"
        raise InvalidValueError(field=field, value=0, reason="is not above zero, and the rule needs it", advice=advice)
