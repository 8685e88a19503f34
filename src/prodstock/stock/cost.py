"""What goods cost when they came in."""

from __future__ import annotations

from decimal import Decimal

import attrs

from prodstock.quantities.money import Money


@attrs.frozen(repr=False)
class Cost:
    """What one base unit cost, and at which rate its currency was reckoned then.

    Attributes:
        price: the money for one base unit, exactly: a price may have more decimals than the minor unit.
        rate: how much of the plant's own currency one unit of the price's currency was worth; None: nobody said.
    """

    price: Money
    rate: Decimal | None = None

    def __repr__(self) -> str:
        return f"<Cost {self.price}>" if self.rate is None else f"<Cost {self.price} at {self.rate:f}>"
