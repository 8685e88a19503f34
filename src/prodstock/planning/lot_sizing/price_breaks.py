"""How much to buy where more is cheaper: price breaks on the whole order, or on what goes beyond them."""

from __future__ import annotations

from enum import StrEnum
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING

import attrs

from prodstock._render import brief
from prodstock.errors import InvalidTypeError, InvalidValueError, listed
from prodstock.master import checks
from prodstock.planning.lot_sizing.economic import cheapest_whole
from prodstock.quantities.number import Number, rational
from prodstock.tables import Table

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


class Discount(StrEnum):
    """What a price break is for: all units of the order, or those beyond the break only."""

    ALL_UNITS = "all-units"
    INCREMENTAL = "incremental"


@attrs.frozen
class BreakCost:
    """The best order at one price, and what a period costs with it.

    Attributes:
        least: the smallest order that has the price.
        price: of a unit, or of the units beyond `least` with an incremental discount.
        quantity: the cheapest order within the break.
        purchase: what the goods of a period cost.
        ordering: what placing their orders costs.
        holding: what keeping them costs.
        total: all three.
    """

    least: int
    price: Fraction
    quantity: int
    purchase: Fraction
    ordering: Fraction
    holding: Fraction
    total: Fraction

    __repr__ = brief


def weigh_price_breaks(
    rate: Number | Fraction,
    breaks: Iterable[tuple[int, Number | Fraction]],
    *,
    setup: Number | Fraction,
    carrying: Number | Fraction,
    discount: Discount = Discount.ALL_UNITS,
) -> Table[BreakCost]:
    """Return the best order at each price, cheapest for the period first; equal cost: the smaller order.

    Source: Nahmias and Olsen, Production and Operations Analysis, chapter 4; Heizer and Render, Operations
    Management, chapter 12. A period costs `rate * c(Q) + setup * rate / Q + carrying * c(Q) * Q / 2`, where c(Q) is
    what a unit costs on average in an order of Q. Within a break that is least at one Q, which is moved to the edge
    where it lies beyond. Quantities are whole, costs exact. O(n log n) in breaks.

    Args:
        rate: demand in a period.
        breaks: (smallest order, price of a unit); the first starts at 0 or 1, smallest orders ascend. An incremental
            price is that of the units beyond the smallest order.
        setup: cost of an order.
        carrying: cost of keeping goods for one period as a share of what they cost: "0.20" is 20 %.
        discount: what a break is for.

    Raises:
        InvalidValueError: if rate, set-up, carrying or a price is not above zero, the breaks do not ascend, do not
            start at 0 or 1, or there are none.

    >>> prices = [(0, "5.00"), (1000, "4.80"), (2000, "4.75")]  # Heizer and Render, Wohl's Discount Store
    >>> best = weigh_price_breaks(5000, prices, setup=49, carrying="0.20")[0]
    >>> best.quantity, best.total
    (1000, Fraction(24725, 1))
    """
    checks.member(discount, Discount, "discount")
    demand, once, share = _above(rate, "rate"), _above(setup, "setup"), _above(carrying, "carrying")
    found: list[BreakCost] = []
    paid = Fraction(0)  # what an order costs up to where the break starts, beyond the price from there on
    for (least, price), past in _ranges(breaks):
        if discount is Discount.INCREMENTAL:
            paid += (found[-1].price - price) * least if found else 0
        found.append(_best(demand, once, share, (least, past, price, paid)))
    return Table(sorted(found, key=lambda row: (row.total, row.quantity)))


def _best(
    rate: Fraction, setup: Fraction, share: Fraction, of: tuple[int, int | None, Fraction, Fraction]
) -> BreakCost:
    least, past, price, paid = of
    quantity = max(cheapest_whole(2 * rate * (setup + paid) / (share * price)), least)
    if past is not None:
        quantity = min(quantity, past - 1)
    average = price + paid / quantity
    purchase, ordering, holding = rate * average, setup * rate / quantity, share * average * quantity / 2
    return BreakCost(least, price, quantity, purchase, ordering, holding, purchase + ordering + holding)


def _ranges(
    breaks: Iterable[tuple[int, Number | Fraction]],
) -> Sequence[tuple[tuple[int, Fraction], int | None]]:
    """Return each break with where the next begins; None: never."""
    found = [_break(entry) for entry in listed(breaks, "breaks")]
    if not found or found[0][0] != 1:
        raise InvalidValueError(field="breaks", value=found[:1], reason="do not start at 0 or 1")
    for (one, _), (other, _) in pairwise(found):
        if other <= one:
            raise InvalidValueError(field="breaks", value=other, reason="does not ascend")
    nexts: list[int | None] = [least for least, _ in found[1:]]
    return list(zip(found, [*nexts, None], strict=True))


def _break(entry: object) -> tuple[int, Fraction]:
    if not isinstance(entry, tuple | list) or len(entry) != 2:
        advice = "Give (smallest order, price)"
        raise InvalidTypeError(field="breaks", value=entry, reason="is no pair", advice=advice)
    checks.whole(entry[0], "breaks", least=0)
    return max(1, entry[0]), _above(entry[1], "price")


def _above(value: Number | Fraction, field: str) -> Fraction:
    found = rational(value, field=field)
    if found <= 0:
        raise InvalidValueError(field=field, value=str(found)[:40], reason="is not above zero")
    return found
