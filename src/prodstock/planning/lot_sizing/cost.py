"""What lots cost, and rules beside each other."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import attrs

from prodstock._render import brief
from prodstock.errors import InvalidTypeError, InvalidValueError, paired
from prodstock.master import checks
from prodstock.planning.lot_sizing.economic import EconomicOrderQuantity, PeriodicOrderQuantity
from prodstock.planning.lot_sizing.heuristics import Groff, LeastUnitCost, PartPeriodBalancing, SilverMeal
from prodstock.planning.lot_sizing.plain import LotForLot
from prodstock.planning.lot_sizing.terms import LotTerms, merged
from prodstock.planning.lot_sizing.wagner_whitin import WagnerWhitin
from prodstock.tables import Table, Tabled

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from prodstock.planning.lot_sizing.terms import LotSizingRule, SizedLot


@attrs.frozen
class LotCost(Tabled["LotCost"]):
    """What lots cost.

    Attributes:
        setup: placing them.
        holding: keeping what they bring until it is wanted.
        total: both.
    """

    setup: Fraction
    holding: Fraction
    total: Fraction

    __repr__ = brief

    def to_table(self) -> Table[LotCost]:
        """Return it as the one row of a table."""
        return Table([self])


def lot_cost(
    requirements: Sequence[tuple[int, int]], lots: Sequence[SizedLot], terms: LotTerms, *, until: int | None = None
) -> LotCost:
    """Return what lots cost that cover requirements, exactly. O(n log n).

    Each lot costs a set-up, and each smallest step that is there from one time to the next is kept for the periods in
    between. Opening stock is kept from the first time that is known.

    Args:
        requirements: (time, quantity), in any order.
        lots: what is ordered, in any order.
        terms: what orders cost; their sizes are not asked.
        until: to when what is left over is kept; None: to the last requirement.

    Raises:
        InvalidValueError: if a requirement is not covered in time, with the time and what is missing.

    >>> from prodstock.planning.lot_sizing.terms import SizedLot, LotTerms
    >>> terms = LotTerms(setup=100, holding=1)
    >>> lot_cost([(1, 30), (2, 40)], [SizedLot(1, 70)], terms).total
    Fraction(140, 1)
    """
    wanted = merged(requirements)
    checks.instance(terms, LotTerms, "terms", "Use LotTerms(setup=54, holding=1)")
    if until is not None:
        checks.whole(until, "until")
    arrived = merged(lots)
    events = sorted([(time, 0, quantity) for time, quantity in arrived] + [(time, 1, -q) for time, q in wanted])
    stock, kept = terms.opening, 0
    before = events[0][0] if events else 0
    last = max([time for time, _ in wanted], default=before)
    for time, _, change in events:
        kept += stock * (time - before)
        stock, before = stock + change, time
        if stock < 0:
            reason = f"of time {time} are short of {-stock}"
            raise InvalidValueError(field="requirements", value=time, reason=reason, advice="Order more, or earlier")
    kept += stock * max(0, (last if until is None else until) - before)
    setup, holding = terms.setup * len(lots), terms.holding * kept
    return LotCost(setup, holding, setup + holding)


@attrs.frozen
class RuleCost:
    """What a rule orders, and what that costs.

    Attributes:
        rule: its name.
        orders: how many lots.
        quantity: what they are together, in smallest steps.
        setup: the cost of placing them.
        holding: the cost of keeping what they bring.
        total: both.
    """

    rule: str
    orders: int
    quantity: int
    setup: Fraction
    holding: Fraction
    total: Fraction

    __repr__ = brief


def _rules() -> dict[str, LotSizingRule]:
    return {
        "lot for lot": LotForLot(),
        "economic order quantity": EconomicOrderQuantity(),
        "periodic order quantity": PeriodicOrderQuantity(),
        "least unit cost": LeastUnitCost(),
        "part period balancing": PartPeriodBalancing(),
        "Silver-Meal": SilverMeal(),
        "Groff": Groff(),
        "Wagner-Whitin": WagnerWhitin(),
    }


def compare_lot_sizing(
    requirements: Sequence[tuple[int, int]],
    terms: LotTerms,
    *,
    rules: Mapping[str, LotSizingRule] | None = None,
    until: int | None = None,
) -> Table[RuleCost]:
    """Return what rules cost for the same requirements, cheapest first; equal cost: fewer orders, then by name.

    Args:
        requirements: (time, quantity), in any order.
        terms: what orders cost, and which sizes they may have.
        rules: by the name that the answer gives them; None: those that need no number of their own.
        until: to when what is left over is kept; None: to the last requirement.

    Raises:
        InvalidValueError: as the rules: some of them need set-up and holding cost above zero.

    >>> from prodstock.planning.lot_sizing.terms import LotTerms
    >>> demand = list(enumerate([18, 30, 42, 5, 20], 1))
    >>> best = compare_lot_sizing(demand, LotTerms(setup=80, holding=2))[0]
    >>> best.rule, best.orders, best.total
    ('part period balancing', 2, Fraction(310, 1))
    """
    rows = []
    for name, rule in (_rules() if rules is None else paired(rules, "rules")).items():
        checks.instance(name, str, "rules")
        if isinstance(rule, type) or not callable(getattr(rule, "lots", None)):
            advice = "Give a rule, such as LotForLot()"
            raise InvalidTypeError(field="rules", value=rule, reason="is no lot-sizing rule", advice=advice)
        lots = rule.lots(requirements, terms)
        cost = lot_cost(requirements, lots, terms, until=until)
        rows.append(RuleCost(name, len(lots), sum(lot.quantity for lot in lots), cost.setup, cost.holding, cost.total))
    return Table(sorted(rows, key=lambda row: (row.total, row.orders, row.rule)))
