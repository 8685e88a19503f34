"""What a purchase costs by the terms of its supplier."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from prodstock.master.ratio import decimal_of
from prodstock.quantities.money import Money

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from prodstock.master.catalog import Catalog


def value_of(catalog: Catalog, item: str, supplier: str, site: str, quantity: Fraction, at: datetime) -> Money | None:
    """Return what so many base units cost, by the terms that hold for the site when they are ordered.

    Where no terms hold then, the best ones of that supplier of any date. None where there are none, or they say no
    price. Exact, not rounded to minor units.
    """
    terms = [one for one in catalog.sourcings(item, site) if one.supplier == supplier]
    day = catalog.day(at, site)
    valid = next((one for one in terms if one.effective_on(day)), terms[0] if terms else None)
    if valid is None or valid.price is None:
        return None
    return Money(decimal_of(Fraction(valid.price.amount) * quantity), valid.price.currency)


def totals(values: Iterable[Money | None]) -> tuple[Money, ...]:
    """Return the sum of each currency, by its code: currencies are never added up."""
    sums: dict[str, Money] = {}
    for value in values:
        if value is not None:
            before = sums.get(value.currency)
            sums[value.currency] = value if before is None else before + value
    return tuple(sums[currency] for currency in sorted(sums))
