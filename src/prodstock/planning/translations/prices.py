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
    from prodstock.master.sourcing import Sourcing


def value_of(catalog: Catalog, item: str, supplier: str, site: str, quantity: Fraction, at: datetime) -> Money | None:
    """Return what so many base units cost, by the terms that hold for the site when they are ordered.

    Where no terms hold then, the best ones of that supplier of any date. None where there are none, or they say no
    price. Exact, not rounded to minor units.
    """
    terms = [one for one in catalog.sourcings(item, site) if one.supplier == supplier]
    day = catalog.day(at, site)
    valid = next((one for one in terms if one.effective_on(day)), terms[0] if terms else None)
    price = None if valid is None else unit_price(catalog, valid, quantity)
    return None if price is None else Money(decimal_of(Fraction(price.amount) * quantity), price.currency)


def unit_price(catalog: Catalog, terms: Sourcing, quantity: Fraction) -> Money | None:
    """Return what each of so many base units costs: the price of the largest break that they reach; None: no price."""
    price, reached = terms.price, Fraction(0)
    for one in terms.price_breaks:
        least = Fraction(catalog.base(terms.item, one.quantity))
        if reached < least <= quantity:
            price, reached = one.price, least
    return price


def totals(values: Iterable[Money | None]) -> tuple[Money, ...]:
    """Return the sum of each currency, by its code: currencies are never added up."""
    sums: dict[str, Money] = {}
    for value in values:
        if value is not None:
            before = sums.get(value.currency)
            sums[value.currency] = value if before is None else before + value
    return tuple(sums[currency] for currency in sorted(sums))
