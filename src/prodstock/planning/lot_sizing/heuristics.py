"""Rules that weigh ordering against keeping as they go: least unit cost, part period, Silver-Meal, Groff."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

import attrs

from prodstock.master import checks
from prodstock.planning.lot_sizing.forward import forward
from prodstock.planning.lot_sizing.terms import positive_cost

if TYPE_CHECKING:
    from collections.abc import Sequence

    from prodstock.planning.lot_sizing.terms import LotTerms, SizedLot


@attrs.frozen
class SilverMeal:
    """Orders that cover requirements for as long as the cost of a period falls.

    Source: Silver and Meal 1973; Silver, Pyke and Thomas, chapter 5: of an order for the first T periods, set-up and
    holding cost together over T; the first T whose next is dearer is taken. Periods without a requirement count as
    periods; equal cost: the order reaches further.

    >>> from prodstock.planning.lot_sizing.terms import LotTerms
    >>> demand = [10, 62, 12, 130, 154, 129, 88, 52, 124, 160, 238, 41]
    >>> [lot.quantity for lot in SilverMeal().lots(list(enumerate(demand, 1)), LotTerms(setup=54, holding="0.40"))]
    [84, 130, 283, 140, 124, 160, 279]
    """

    def lots(self, requirements: Sequence[tuple[int, int]], terms: LotTerms) -> tuple[SizedLot, ...]:
        """Return the lots, in the sizes that orders may have. O(n log n)."""
        setup, holding = terms.costs()

        def reach(wanted: Sequence[tuple[int, int]], position: int) -> int:
            first = wanted[position][0]
            cost = setup
            for index in range(position + 1, len(wanted)):
                time, quantity = wanted[index]
                more = cost + holding * quantity * (time - first)
                if more * (time - first) > cost * (time - first + 1):
                    return index - position
                cost = more
            return len(wanted) - position

        return forward(requirements, terms, reach)


@attrs.frozen
class LeastUnitCost:
    """Orders that cover requirements for as long as the cost of a unit falls.

    Source: Nahmias and Olsen, Production and Operations Analysis, chapter 8: set-up and holding cost together over
    the quantity; the first quantity whose next is dearer is taken. Equal cost: the order reaches further.

    >>> from prodstock.planning.lot_sizing.terms import LotTerms
    >>> demand = [18, 30, 42, 5, 20]
    >>> [lot.quantity for lot in LeastUnitCost().lots(list(enumerate(demand, 1)), LotTerms(setup=80, holding=2))]
    [48, 42, 25]
    """

    def lots(self, requirements: Sequence[tuple[int, int]], terms: LotTerms) -> tuple[SizedLot, ...]:
        """Return the lots, in the sizes that orders may have. O(n log n)."""
        setup, holding = terms.costs()

        def reach(wanted: Sequence[tuple[int, int]], position: int) -> int:
            first, much = wanted[position]
            cost = setup
            for index in range(position + 1, len(wanted)):
                time, quantity = wanted[index]
                more = cost + holding * quantity * (time - first)
                if more * much > cost * (much + quantity):
                    return index - position
                cost, much = more, much + quantity
            return len(wanted) - position

        return forward(requirements, terms, reach)


@attrs.frozen
class Groff:
    """Orders that cover requirements for as long as keeping one more costs no more than it saves in ordering.

    Source: Groff, A lot sizing rule for time-phased component demand, Production and Inventory Management 20 (1979): a
    requirement k periods after the first is joined while `holding * quantity / 2 <= setup / (k * (k + 1))`. Equal: it
    is joined. SAP: GR.

    >>> from prodstock.planning.lot_sizing.terms import LotTerms
    >>> demand = [10, 62, 12, 130, 154, 129]
    >>> [lot.quantity for lot in Groff().lots(list(enumerate(demand, 1)), LotTerms(setup=54, holding="0.40"))]
    [84, 130, 283]
    """

    def lots(self, requirements: Sequence[tuple[int, int]], terms: LotTerms) -> tuple[SizedLot, ...]:
        """Return the lots, in the sizes that orders may have. O(n log n)."""
        setup, holding = terms.costs()

        def reach(wanted: Sequence[tuple[int, int]], position: int) -> int:
            first = wanted[position][0]
            for index in range(position + 1, len(wanted)):
                time, quantity = wanted[index]
                after = time - first
                if holding * quantity * after * (after + 1) > 2 * setup:
                    return index - position
            return len(wanted) - position

        return forward(requirements, terms, reach)


class PartPeriodLook(StrEnum):
    """What part period balancing compares once a lot is balanced.

    NOTHING: the lot stands. AHEAD: it is lengthened where the next requirement is kept more cheaply than the one after
    it would be. AROUND: ahead, and where that changed nothing back: it is shortened where the next requirement would be
    kept more cheaply from its last one on.
    """

    NOTHING = "nothing"
    AHEAD = "ahead"
    AROUND = "around"


@attrs.frozen
class PartPeriodBalancing:
    """Orders whose cost of keeping comes nearest to the cost of ordering.

    Source: DeMatteis and Mendoza, An economic lot-sizing technique, IBM Systems Journal 7 (1968); Nahmias and Olsen,
    chapter 8; Heizer and Render, chapter 14. A part period is one unit kept for one period. The lot whose part
    periods come nearest to `setup / holding` is taken; equally near: the longer. The look tests are those of DeMatteis
    and Mendoza as Orlicky, Material Requirements Planning (1975), gives them.

    Args:
        look: what is compared once a lot is balanced.

    >>> from prodstock.planning.lot_sizing.terms import LotTerms
    >>> wanted = [(2, 30), (3, 40), (5, 10), (6, 40), (7, 30), (9, 30), (10, 55)]  # Heizer and Render
    >>> [lot.quantity for lot in PartPeriodBalancing().lots(wanted, LotTerms(setup=100, holding=1))]
    [80, 100, 55]
    """

    look: PartPeriodLook = attrs.field(kw_only=True, default=PartPeriodLook.NOTHING)

    def __attrs_post_init__(self) -> None:
        checks.member(self.look, PartPeriodLook, "look")

    def lots(self, requirements: Sequence[tuple[int, int]], terms: LotTerms) -> tuple[SizedLot, ...]:
        """Return the lots, in the sizes that orders may have. O(n log n).

        Raises:
            InvalidValueError: if the holding cost is zero.
        """
        positive_cost(terms.holding, "holding")
        setup, holding = terms.costs()

        def reach(wanted: Sequence[tuple[int, int]], position: int) -> int:
            balanced = _balanced(wanted, position, setup, holding)
            if self.look is PartPeriodLook.NOTHING:
                return balanced - position
            longer = _ahead(wanted, position, balanced)
            if longer == balanced and self.look is PartPeriodLook.AROUND:
                longer = _back(wanted, position, balanced)
            return longer - position

        return forward(requirements, terms, reach)


def _balanced(wanted: Sequence[tuple[int, int]], position: int, setup: int, holding: int) -> int:
    """Return the position past the lot whose cost of keeping is nearest to that of ordering."""
    first = wanted[position][0]
    kept = 0
    for index in range(position + 1, len(wanted)):
        time, quantity = wanted[index]
        more = kept + holding * quantity * (time - first)
        if more >= setup:
            return index + 1 if more - setup <= setup - kept else index
        kept = more
    return len(wanted)


def _ahead(wanted: Sequence[tuple[int, int]], position: int, past: int) -> int:
    first = wanted[position][0]
    while past + 1 < len(wanted):
        (time, quantity), (later, after) = wanted[past], wanted[past + 1]
        if quantity * (time - first) >= after * (later - time):
            break
        past += 1
    return past


def _back(wanted: Sequence[tuple[int, int]], position: int, past: int) -> int:
    if past - position < 2 or past == len(wanted):
        return past
    first = wanted[position][0]
    (time, quantity), (later, after) = wanted[past - 1], wanted[past]
    return past - 1 if quantity * (time - first) > after * (later - time) else past
