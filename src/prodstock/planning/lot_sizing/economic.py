"""The economic order quantity, exactly: where ordering and keeping cost the same, as a quantity or as a period."""

from __future__ import annotations

from fractions import Fraction
from math import isqrt
from typing import TYPE_CHECKING

import attrs

from prodstock._render import brief
from prodstock.errors import InvalidValueError
from prodstock.planning.lot_sizing.periods import PeriodOfSupply
from prodstock.planning.lot_sizing.plain import FixedQuantity
from prodstock.planning.lot_sizing.terms import merged, positive_cost
from prodstock.quantities.number import Number, rational

if TYPE_CHECKING:
    from collections.abc import Sequence

    from prodstock.planning.lot_sizing.terms import LotTerms, SizedLot


def economic_order_quantity(rate: Number | Fraction, *, setup: Number | Fraction, holding: Number | Fraction) -> int:
    """Return the whole quantity at which ordering and keeping together cost least, for a steady demand.

    Source: Harris 1913; Silver, Pyke and Thomas, Inventory and Production Management in Supply Chains, chapter 4:
    the cost of a period is `setup * rate / Q + holding * Q / 2`. Of whole quantities the cheapest is the smallest Q
    with `Q * (Q + 1) >= 2 * setup * rate / holding`; equal cost: the smaller. Nothing is computed in floats.

    Args:
        rate: demand in a period.
        setup: cost of an order.
        holding: cost of keeping one for one period.

    Raises:
        InvalidValueError: if one of them is not above zero.

    >>> economic_order_quantity(1000, setup=10, holding="0.50")
    200
    """
    return cheapest_whole(2 * _above(rate, "rate") * _above(setup, "setup") / _above(holding, "holding"))


def cheapest_whole(square: Fraction) -> int:
    """Return the positive whole number Q that makes `square / Q + Q` least; equal, or below zero: the smaller.

    >>> [cheapest_whole(Fraction(n)) for n in (2, 3, 6, 7, 27000)]
    [1, 2, 2, 3, 164]
    """
    if square <= 0:
        return 1
    root = isqrt(square.numerator // square.denominator)
    return max(1, root if root * (root + 1) >= square else root + 1)


def _above(value: Number | Fraction, field: str) -> Fraction:
    found = rational(value, field=field)
    if found <= 0:
        raise InvalidValueError(field=field, value=str(found)[:40], reason="is not above zero")
    return found


def _optional_rate(value: Number | Fraction | None) -> Fraction | None:
    return None if value is None else _above(value, "rate")


def _rate(wanted: Sequence[tuple[int, int]], given: Fraction | None) -> Fraction:
    """Return the demand of a period: as told, or on average from the first requirement to the last, both included."""
    return average_rate(wanted) if given is None else given


def average_rate(wanted: Sequence[tuple[int, int]]) -> Fraction:
    """Return the demand of a period on average, from the first requirement to the last, both included.

    >>> average_rate([(1, 30), (2, 40), (5, 10)])
    Fraction(16, 1)
    """
    return Fraction(sum(quantity for _, quantity in wanted), wanted[-1][0] - wanted[0][0] + 1)


@attrs.frozen
class EconomicOrderQuantity:
    """Orders of the economic order quantity, as many as are needed.

    Args:
        rate: demand in a period, in smallest steps; None: that of the requirements, from the first to the last.

    >>> from prodstock.planning.lot_sizing.terms import LotTerms
    >>> rule = EconomicOrderQuantity(rate=27)  # Heizer and Render, Operations Management: 73 units
    >>> rule.lots([(2, 30), (3, 40), (5, 10)], LotTerms(setup=100, holding=1))
    (SizedLot(time=2, quantity=73), SizedLot(time=5, quantity=73))
    """

    rate: Fraction | None = attrs.field(kw_only=True, default=None, converter=_optional_rate)

    __repr__ = brief

    def lots(self, requirements: Sequence[tuple[int, int]], terms: LotTerms) -> tuple[SizedLot, ...]:
        """Return lots of one quantity that cover the requirements. O(n log n + lots).

        Raises:
            InvalidValueError: if set-up or holding cost is zero.
        """
        _costs(terms)
        wanted = merged(requirements)
        if not wanted:
            return ()
        rate = _rate(wanted, self.rate)
        quantity = economic_order_quantity(rate, setup=terms.setup, holding=terms.holding)
        return FixedQuantity(quantity).lots(wanted, terms)


@attrs.frozen
class PeriodicOrderQuantity:
    """Orders that cover as many periods as the economic order quantity lasts on average, at least one.

    That is `sqrt(2 * setup / (holding * rate))`, rounded to the nearest whole number of periods, half up (Silver, Pyke
    and Thomas, chapter 5: the EOQ as a time supply; Heizer and Render, chapter 14).

    Args:
        rate: demand in a period, in smallest steps; None: that of the requirements, from the first to the last.

    >>> from prodstock.planning.lot_sizing.terms import LotTerms
    >>> rule = PeriodicOrderQuantity(rate=27)  # 73 units last 2.7 weeks: three
    >>> rule.lots([(2, 30), (3, 40), (5, 10), (6, 40)], LotTerms(setup=100, holding=1))
    (SizedLot(time=2, quantity=70), SizedLot(time=5, quantity=50))
    """

    rate: Fraction | None = attrs.field(kw_only=True, default=None, converter=_optional_rate)

    __repr__ = brief

    def periods(self, requirements: Sequence[tuple[int, int]], terms: LotTerms) -> int:
        """Return how many periods an order covers.

        Raises:
            InvalidValueError: if set-up or holding cost is zero, or there is neither a rate nor a requirement.
        """
        _costs(terms)
        wanted = merged(requirements)
        if not wanted and self.rate is None:
            raise InvalidValueError(field="requirements", value=0, reason="are empty, and no rate is given")
        square = 8 * terms.setup / (terms.holding * _rate(wanted, self.rate))
        return max(1, (isqrt(square.numerator // square.denominator) + 1) // 2)

    def lots(self, requirements: Sequence[tuple[int, int]], terms: LotTerms) -> tuple[SizedLot, ...]:
        """Return lots that each cover so many periods, in the sizes that orders may have. O(n log n).

        Raises:
            InvalidValueError: if set-up or holding cost is zero.
        """
        _costs(terms)
        wanted = merged(requirements)
        return PeriodOfSupply(self.periods(wanted, terms)).lots(wanted, terms) if wanted else ()


def _costs(terms: LotTerms) -> None:
    positive_cost(terms.setup, "setup")
    positive_cost(terms.holding, "holding")
