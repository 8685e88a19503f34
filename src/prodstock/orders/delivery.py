"""A part of an order and when it is expected; and sums over such parts."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import attrs

from prodstock._render import short, shown
from prodstock.calendars.span import Moment
from prodstock.master import checks
from prodstock.orders.moments import moment
from prodstock.quantities.number import LIMITS
from prodstock.quantities.quantity import Exact, amount

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


@attrs.frozen(repr=False)
class Delivery:
    """A part of an order, and when it is expected: a schedule line.

    Args:
        quantity: how much of it; a plain number is in the item's base unit.
        due: when; a date means the end of that day at the site.

    >>> from datetime import date
    >>> Delivery(300, due=date(2026, 3, 27))
    <Delivery 300 due 2026-03-27>
    """

    quantity: Exact = attrs.field(converter=amount)
    due: Moment = attrs.field(kw_only=True)

    def __attrs_post_init__(self) -> None:
        checks.positive(self.quantity, "quantity")
        moment(self.due, "due")

    def __repr__(self) -> str:
        return short(f"<Delivery {str(self.quantity)[:40]} due {shown(self.due)}>")


def base_amount(part: Delivery) -> Decimal:
    """Return the quantity of a part that is in base units."""
    return part.quantity if isinstance(part.quantity, Decimal) else part.quantity.amount


def in_all(parts: Iterable[Delivery]) -> Decimal:
    """Return what parts in base units sum to, exactly."""
    total = checks.ZERO
    for part in parts:
        total = LIMITS.add(total, base_amount(part))
    return total


def from_the_start(parts: Sequence[Delivery], come: Decimal) -> tuple[Delivery, ...]:
    """Return what is left of parts in base units when so much has come: the first goes first.

    What is below zero has gone back: it comes again with the last part.

    >>> from datetime import date
    >>> parts = [Delivery(300, due=date(2026, 3, 27)), Delivery(100, due=date(2026, 4, 10))]
    >>> from_the_start(parts, Decimal(350))
    (<Delivery 50 due 2026-04-10>,)
    """
    left: list[Delivery] = []
    rest = max(come, checks.ZERO)
    for part in parts:
        quantity = base_amount(part)
        taken = min(quantity, rest)
        rest = LIMITS.subtract(rest, taken)
        if taken < quantity:
            left.append(attrs.evolve(part, quantity=LIMITS.subtract(quantity, taken)))
    if come < 0 and left:
        left[-1] = attrs.evolve(left[-1], quantity=LIMITS.subtract(base_amount(left[-1]), come))
    return tuple(left)


def up_to(parts: Sequence[Delivery], quantity: Decimal) -> tuple[Delivery, ...]:
    """Return parts in base units cut or stretched to a sum: the last of them shrink, the last one grows.

    >>> from datetime import date
    >>> parts = [Delivery(300, due=date(2026, 3, 27)), Delivery(100, due=date(2026, 4, 10))]
    >>> up_to(parts, Decimal(250)), up_to(parts, Decimal(450))[-1]
    ((<Delivery 250 due 2026-03-27>,), <Delivery 150 due 2026-04-10>)
    """
    kept: list[Delivery] = []
    rest = quantity
    for part in parts:
        taken = min(base_amount(part), rest)
        if taken > 0:
            kept.append(attrs.evolve(part, quantity=taken))
            rest = LIMITS.subtract(rest, taken)
    if rest > 0 and kept:
        kept[-1] = attrs.evolve(kept[-1], quantity=LIMITS.add(base_amount(kept[-1]), rest))
    return tuple(kept)
