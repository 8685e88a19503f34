"""Where an item is used: what needs it, how much of it, and through how many lines."""

from decimal import Decimal
from fractions import Fraction

import attrs

from prodstock.master.codes import ItemCode
from prodstock.master.depth import Depth
from prodstock.master.item import Item
from prodstock.master.ratio import decimal_of
from prodstock.master.structure import Structure
from prodstock.tables import Table


@attrs.frozen(repr=False)
class WhereUsed:
    """How much of an item one good unit of another needs, over all paths.

    Args:
        item: what needs it.
        quantity: base units of the item asked about, per base unit of this one, as a Decimal (see `Requirement`). Lines
            per order have no quantity per unit: they count here as none.
        unit: base unit of the item asked about.
        level: lines on the longest path up to it; 1 for what has it on its own bill.
        path_count: number of paths of lines up to it, lines per order included.
        exact: the quantity as an exact ratio, never rounded.
    """

    item: ItemCode
    quantity: Decimal
    unit: str
    level: int
    path_count: int
    _exact: Fraction = attrs.field(kw_only=True)

    @property
    def exact(self) -> Fraction:
        """The quantity as an exact ratio, never rounded."""
        return self._exact

    def __repr__(self) -> str:
        return f"<WhereUsed in {self.item[:40]}, {str(self.quantity)[:30]} {self.unit[:10]}, level {self.level}>"


def where_used(structure: Structure, item: Item, depth: Depth) -> Table[WhereUsed]:
    """Return what needs an item, by level and code. O(lines reached); paths are never walked one by one."""
    reached = structure.spread_up(item.code, depth)
    rows = []
    for number in reached.in_order():
        code, level, paths = (
            ItemCode(structure.items[reached.places[number]].code),
            reached.levels[number],
            reached.paths[number],
        )
        exact = Fraction(reached.exact(number))
        rows.append(WhereUsed(code, decimal_of(exact), item.unit, level, paths, exact=exact))
    return Table(rows)
