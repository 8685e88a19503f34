"""Rules that look at one requirement at a time: lot for lot, a fixed quantity, up to a maximum."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from prodstock.master import checks
from prodstock.master.lot_sizes import LotSizes
from prodstock.planning.lot_sizing.forward import forward, use, within
from prodstock.planning.lot_sizing.terms import FREE, LotTerms, SizedLot, merged

if TYPE_CHECKING:
    from collections.abc import Sequence


@attrs.frozen
class LotForLot:
    """One order for each time at which something is missing (SAP: EX).

    >>> LotForLot().lots([(1, 35), (3, 40)])
    (SizedLot(time=1, quantity=35), SizedLot(time=3, quantity=40))
    """

    def lots(self, requirements: Sequence[tuple[int, int]], terms: LotTerms = FREE) -> tuple[SizedLot, ...]:
        """Return a lot for each requirement that is not covered, in the sizes that orders may have. O(n log n)."""
        return forward(requirements, terms, lambda _, __: 1)


@attrs.frozen
class FixedQuantity:
    """Orders of one quantity, as many as are needed (SAP: FX); what is left over serves what comes next.

    The sizes of the terms are not asked: the quantity is the rule.

    Args:
        quantity: of every order, in smallest steps.

    Raises:
        InvalidValueError: if it is not above zero.

    >>> [(lot.time, lot.quantity) for lot in FixedQuantity(75).lots([(1, 70), (2, 90), (9, 70)])]
    [(1, 75), (2, 75), (2, 75), (9, 75)]
    """

    quantity: int

    def __attrs_post_init__(self) -> None:
        checks.whole(self.quantity, "quantity", least=1)

    def lots(self, requirements: Sequence[tuple[int, int]], terms: LotTerms = FREE) -> tuple[SizedLot, ...]:
        """Return as many lots of the quantity as cover each requirement. O(n log n + lots)."""
        fixed = attrs.evolve(terms, sizes=LotSizes(fixed=self.quantity))
        return forward(requirements, fixed, lambda _, __: 1)


@attrs.frozen
class ReplenishToMaximum:
    """Orders that serve what is missing and bring the stock up to a maximum besides (SAP: HB).

    The sizes of the terms apply to each order; a multiple may bring the stock above the maximum.

    Args:
        maximum: stock after the requirement of the order's time is served, in smallest steps.

    Raises:
        InvalidValueError: if it is below zero.

    >>> ReplenishToMaximum(100).lots([(1, 30), (2, 60), (3, 50)])
    (SizedLot(time=1, quantity=130), SizedLot(time=3, quantity=110))
    """

    maximum: int

    def __attrs_post_init__(self) -> None:
        checks.whole(self.maximum, "maximum", least=0)

    def lots(self, requirements: Sequence[tuple[int, int]], terms: LotTerms = FREE) -> tuple[SizedLot, ...]:
        """Return a replenishment for each requirement that the stock does not cover. O(n log n + lots)."""
        checks.instance(terms, LotTerms, "terms", "Use LotTerms(setup=54, holding=1)")
        wanted = merged(requirements)
        lots: list[SizedLot] = []
        position = use(wanted, 0, terms.opening)
        while position < len(wanted):
            time, missing = wanted[position]
            sizes = terms.sizes.split(missing + self.maximum)
            lots += [SizedLot(time, size) for size in sizes]
            position = use(wanted, position + 1, sum(sizes) - missing)
        return within(lots)
