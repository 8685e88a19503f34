"""How much of a component one unit of its parent needs: quantity, basis, scrap and yield as one exact ratio.

Three losses, in this order, none rounded:

- the component's own: `scrap` marks up, q(1 + s); `yield_rate` divides, q / y;
- the operations': what enters the step that consumes it, per good one that leaves (`Routing.input_per_good`);
- the assembly's: for g good ones, g(1 + `BillOfMaterial.scrap`) are started.

A line per order is multiplied by its own loss only. A line with `ScrapBasis.GOOD` too serves good units only.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from prodstock.master.bom_terms import Basis, ScrapBasis

if TYPE_CHECKING:
    from prodstock.master.bom import BillOfMaterial, BomLine
    from prodstock.master.routing import Routing

_ONE = Fraction(1)


def own_need(quantity: Fraction, line: BomLine, for_quantity: Fraction) -> Fraction:
    """Return what a line needs per unit that it serves, or per order.

    Args:
        quantity: the line's quantity in the item's base unit.
        line: the line.
        for_quantity: how many of the parent the quantity is for; without meaning for a line per order.
    """
    return Fraction(*own_ratio(*quantity.as_integer_ratio(), line, for_quantity))


def own_ratio(over: int, under: int, line: BomLine, for_quantity: Fraction) -> tuple[int, int]:
    """Return the same as a numerator and a denominator, not in lowest terms: whoever adds losses reduces once."""
    if line.scrap:
        lost, of = line.scrap.as_integer_ratio()
        over, under = over * (of + lost), under * of
    elif line.yield_rate != 1:
        usable, of = line.yield_rate.as_integer_ratio()
        over, under = over * of, under * usable
    if line.per is Basis.ORDER or for_quantity == 1:
        return over, under
    return over * for_quantity.denominator, under * for_quantity.numerator


def started_per_good(bom: BillOfMaterial, routing: Routing | None) -> Fraction:
    """Return how many are started per good one that comes out: assembly scrap and operation scrap together."""
    started = 1 + Fraction(bom.scrap) if bom.scrap else _ONE
    return started if routing is None else started * routing.input_per_good()


def served_per_good(bom: BillOfMaterial, routing: Routing | None, line: BomLine) -> Fraction:
    """Return how many units of the parent a line per unit serves, per good one that comes out.

    A step that the routing does not have is taken for the start: nothing is short because a routing has changed.
    """
    if line.scrap_basis is ScrapBasis.GOOD:
        return _ONE
    if routing is None or line.operation is None or line.operation not in routing.step_codes:
        return started_per_good(bom, routing)
    entering = routing.input_per_good(line.operation)
    return entering * (1 + Fraction(bom.scrap)) if bom.scrap else entering
