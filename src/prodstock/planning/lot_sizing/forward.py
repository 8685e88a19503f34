"""How most rules work: from the first requirement that nothing covers, they say how far an order reaches."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prodstock.errors import InvalidValueError
from prodstock.master import checks
from prodstock.planning.lot_sizing.terms import LotTerms, SizedLot, merged
from prodstock.quantities.scaled import MAX_SCALED

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


def forward(
    requirements: Sequence[tuple[int, int]], terms: LotTerms, reach: Callable[[Sequence[tuple[int, int]], int], int]
) -> tuple[SizedLot, ...]:
    """Return the lots of a rule that says how many requirements an order covers.

    Opening stock, and what the sizes of earlier lots left over, are used up first: the rule sees what is still to
    be covered. All lots for a group of requirements are there at the time of its first.

    Args:
        requirements: (time, quantity), in any order.
        terms: what orders cost, and which sizes they may have.
        reach: given what is still wanted and a position, how many requirements from there on an order covers, at
            least one.
    """
    checks.instance(terms, LotTerms, "terms", "Use LotTerms(setup=54, holding=1)")
    wanted = merged(requirements)
    lots: list[SizedLot] = []
    position, stock = 0, terms.opening
    while (position := use(wanted, position, stock)) < len(wanted):
        past = position + max(1, reach(wanted, position))
        need = sum([quantity for _, quantity in wanted[position:past]])
        time = wanted[position][0]
        sizes = terms.sizes.split(need)
        lots += [SizedLot(time, size) for size in sizes]
        position, stock = past, sum(sizes) - need
    return within(lots)


def use(wanted: list[tuple[int, int]], position: int, stock: int) -> int:
    """Take stock off the wants from a position on, and return the position of the first that is still open."""
    while stock and position < len(wanted):
        time, quantity = wanted[position]
        if stock < quantity:
            wanted[position] = time, quantity - stock
            return position
        stock -= quantity
        position += 1
    return position


def within(lots: Sequence[SizedLot]) -> tuple[SizedLot, ...]:
    """Return lots that fit 64 bits together.

    Raises:
        InvalidValueError: if they do not.
    """
    if sum([lot.quantity for lot in lots]) > MAX_SCALED:
        raise InvalidValueError(field="quantity", value=len(lots), reason="of the lots does not fit 64 bits together")
    return tuple(lots)
