"""What is told of a movement beside its base quantity: the quantity as entered, a second quantity, and what it cost."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any, NamedTuple

from prodstock._lazy import Lazy
from prodstock.errors import InvalidTypeError, InvalidValueError
from prodstock.quantities.number import exact
from prodstock.quantities.quantity import Quantity
from prodstock.stock.changes import changes
from prodstock.stock.world import ASIDE, POST

if TYPE_CHECKING:
    from collections.abc import Iterator
    from decimal import Decimal

    from prodstock.quantities.quantity import Exact
    from prodstock.stock.cost import Cost
    from prodstock.stock.world import Commit

if TYPE_CHECKING:
    from prodstock.quantities import money
    from prodstock.stock import cost as costs
else:
    costs = Lazy("prodstock.stock.cost")
    money = Lazy("prodstock.quantities.money")


class Aside(NamedTuple):
    """What is told of one movement of one parcel. Signed as the movement is; a cost is for one base unit."""

    entered: Quantity | None = None
    second: Quantity | None = None
    cost: Cost | None = None

    def opposite(self) -> Aside:
        """Return what is told of the exact opposite."""
        entered, second, cost = self
        return Aside(None if entered is None else -entered, None if second is None else -second, cost)


def optional_second(value: Quantity | None) -> Quantity | None:
    """Return a second quantity, or None for none given.

    Raises:
        InvalidTypeError: if it is no `Quantity`: a plain number does not say what was weighed or counted.
        InvalidValueError: if it is not above zero.
    """
    if value is None:
        return None
    if not isinstance(value, Quantity):
        advice = 'Give the unit with it: Quantity("12.35", "kg")'
        raise InvalidTypeError(field="second", value=value, reason="is no Quantity", advice=advice)
    if value.exact <= 0:
        raise InvalidValueError(field="second", value=value, reason="is not above zero")
    return value


def optional_price(value: money.Money | None) -> money.Money | None:
    """Return the money for one base unit, or None for none given.

    Raises:
        InvalidTypeError: if it is no `Money`: a number without a currency is no price.
        InvalidValueError: if it is below zero.
    """
    if value is None:
        return None
    if not isinstance(value, money.Money):
        advice = 'Give the currency with it: Money("1.20", "EUR")'
        raise InvalidTypeError(field="cost", value=value, reason="is no Money", advice=advice)
    if value.amount < 0:
        raise InvalidValueError(field="cost", value=str(value), reason="is below zero")
    return value


def optional_rate(value: int | str | Decimal | None) -> Decimal | None:
    """Return a rate of exchange, or None for none given; one that is not above zero is refused."""
    if value is None:
        return None
    rate = exact(value, field="rate")
    if rate <= 0:
        raise InvalidValueError(field="rate", value=value, reason="is not above zero")
    return rate


def cost_of(price: money.Money | None, rate: Decimal | None) -> Cost | None:
    """Return a cost, or None for none given.

    Raises:
        InvalidValueError: if there is a rate but no price.
    """
    if price is not None:
        return costs.Cost(price, rate)
    if rate is not None:
        raise InvalidValueError(field="rate", value=rate, reason="is given without a cost", advice="Give cost= too")
    return None


def entered_as(value: Exact, unit: str) -> Quantity | None:
    """Return an amount as it was typed, or None where that says no more than the number in the base unit."""
    return value if isinstance(value, Quantity) and value.unit != unit else None


def share(entered: Quantity | None, part: int, whole: int) -> Quantity | None:
    """Return the part of what was entered that stands for a part of the steps, exactly and with its sign."""
    if entered is None or part == whole:
        return entered
    return entered * Fraction(part, whole)


def aside_of(entered: Quantity | None = None, second: Quantity | None = None, cost: Cost | None = None) -> Aside | None:
    """Return what is to be told beside a movement, or None for nothing."""
    if entered is None and second is None and cost is None:
        return None
    return Aside(entered, second, cost)


def posts(commit: Commit) -> Iterator[tuple[tuple[Any, ...], dict[int, Aside]]]:
    """Yield the changes of shelves in a commit, each with what is told beside its movements, by their place in it."""
    beside: dict[int, dict[int, Aside]] = {}
    for kind, change in changes(commit):
        if kind == ASIDE:
            beside.setdefault(change[1], {})[change[2]] = change[3]
        elif kind == POST:
            yield change, beside.pop(change[1], {})
