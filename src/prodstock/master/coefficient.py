"""How much of a component one unit of its parent needs: quantity, basis, scrap and yield as one exact ratio.

Three losses, in this order, none rounded:

- the component's own: `scrap` marks up, q(1 + s); `yield_rate` divides, q / y;
- the operations': what enters the step that consumes it, per good one that leaves (`Routing.input_per_good`);
- the assembly's: for g good ones, g(1 + `BillOfMaterial.scrap`) are started.

A line per order is multiplied by its own loss only. A line with `ScrapBasis.GOOD` too serves good units only.
A line by a measure is counted by what it serves, its count multiplied by its own loss.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from prodstock.master.bom_terms import Basis, ScrapBasis

if TYPE_CHECKING:
    from prodstock.master.bom import BillOfMaterial, BomLine
    from prodstock.master.bom_terms import Measure
    from prodstock.master.routing import Routing

_NOTHING, _ONE = Fraction(0), Fraction(1)


def own_need(quantity: Fraction, line: BomLine, for_quantity: Fraction) -> Fraction:
    """Return what a line needs per unit that it serves, per order, or for each that its measure counts.

    Args:
        quantity: the line's quantity in the item's base unit.
        line: the line.
        for_quantity: how many of the parent the quantity is for; without meaning for a line per order or by a measure.
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
    if line.per is not Basis.UNIT or for_quantity == 1:
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


def times(per: Basis | Measure, served: Fraction) -> Fraction:
    """Return how many times its `own_need` a line needs for an order in which it serves so many units.

    Each unit, once, or what its measure counts; nothing for nothing.
    """
    if per is Basis.UNIT or not served:
        return served
    return _ONE if isinstance(per, Basis) else per.count(served)


class CountedNeed(NamedTuple):
    """The need of a line by a measure in whole numbers, for whoever sizes orders: see `counted_need`.

    Attributes:
        measure: what counts.
        served: base units of the parent that the line serves, per smallest step started.
        own: smallest steps of the component needed for each that the measure counts.
    """

    measure: Measure
    served: Fraction
    own: Fraction

    def exact(self, started: int | Fraction) -> Fraction:
        """Return the exact need of an order that starts so many smallest steps, in those of the component."""
        return self.own * self.measure.count(self.served * started) if started else _NOTHING

    def need(self, started: int | Fraction) -> int:
        """Return the same, rounded up once. It never falls as more is started."""
        exact = self.exact(started)
        return -(-exact.numerator // exact.denominator)


def counted_need(measure: Measure, own: Fraction, served: Fraction, *, scale: int, of: int) -> CountedNeed:
    """Return the need of a line by a measure as a function of the smallest steps that an order starts.

    Args:
        measure: the line's.
        own: its `own_need`, in base units of the component.
        served: how many units of the parent it serves per unit started: `served_per_good / started_per_good`.
        scale: the decimals of the component; 0 also for a phantom, whose need stays in base units.
        of: the decimals of the parent.

    >>> from prodstock.master.measure import EachBegun
    >>> cartons = counted_need(EachBegun(24), Fraction(1), Fraction(1), scale=0, of=0)
    >>> [cartons.need(started) for started in (0, 24, 25)]
    [0, 1, 2]
    """
    return CountedNeed(measure, served / 10**of, own * 10**scale)
