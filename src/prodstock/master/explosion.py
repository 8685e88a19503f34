"""Explosion: what must be there for a quantity to be made, over all levels, exactly."""

from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, cast

import attrs

from prodstock.calendars.span import Moment
from prodstock.errors import InvalidValueError, UnknownCode
from prodstock.master import checks
from prodstock.master.catalog import Catalog
from prodstock.master.choices import ChosenOptions
from prodstock.master.codes import ItemCode
from prodstock.master.depth import Depth
from prodstock.master.item import Supply
from prodstock.master.ratio import decimal_of
from prodstock.master.spelling import nearest_codes
from prodstock.master.spread import Reached
from prodstock.master.structure import Structure
from prodstock.quantities.quantity import Amount
from prodstock.tables import Table, Tabled


@attrs.frozen(repr=False, weakref_slot=False)
class Requirement:
    """How much of an item an explosion needs, over all paths.

    Args:
        item: what is needed.
        quantity: in base units, as a Decimal: equal to `exact`, or, where that has no last digit (q / 0.97), rounded up
            at 18 decimals. Rounding it up to the item's scale gives the same as rounding `exact` up.
        unit: the item's base unit.
        level: lines on the longest path down to it; 1 for what stands on the exploded bill itself.
        path_count: number of paths of lines down to it.
        supply: where it comes from. A phantom is listed with what is needed of it, and what it consists of is too.
        exact: the quantity as an exact ratio, never rounded.
    """

    item: ItemCode
    quantity: Decimal
    unit: str
    level: int
    path_count: int
    supply: Supply | None = None
    _exact: Fraction = attrs.field(kw_only=True)

    @property
    def exact(self) -> Fraction:
        """The quantity as an exact ratio, never rounded."""
        return self._exact

    if not TYPE_CHECKING:  # or any name would pass for an attribute

        def __getattr__(self, name: str) -> Fraction:
            """Make the ratio of a quantity that is whole when it is first asked for: few rows are, of very many."""
            if name == "_exact":
                object.__setattr__(self, "_exact", Fraction(self.quantity))
            return object.__getattribute__(self, name)

    def __repr__(self) -> str:
        return f"<Requirement {str(self.quantity)[:40]} {self.unit[:10]} {self.item[:40]}, level {self.level}>"


@attrs.frozen(repr=False)
class Explosion(Tabled[Requirement]):
    """What a quantity of an item needs, one row an item, by level and code.

    Args:
        item: what was exploded.
        quantity: the good quantity wanted, in its base unit.
        unit: its base unit.
        requirements: what it needs.
    """

    item: ItemCode
    quantity: Decimal
    unit: str
    requirements: Table[Requirement]

    def to_table(self) -> Table[Requirement]:
        """Return what it needs, by level and code."""
        return self.requirements

    def of(self, item: str, /) -> Requirement:
        """Return the requirement of one item. O(n).

        Raises:
            UnknownCode: if nothing of it is needed.
        """
        for row in self.requirements:
            if row.item == item:
                return row
        known = [row.item for row in self.requirements]
        raise UnknownCode(kind=f"component of {self.item}", given=item, nearest=nearest_codes(item, known))

    def __str__(self) -> str:
        return f"{self.quantity:f} {self.unit} {self.item} need\n{self.requirements}"

    def __repr__(self) -> str:
        count = len(self.requirements)
        return f"<Explosion {str(self.quantity)[:30]} {self.unit[:10]} {self.item[:40]}, {count} requirements>"


def explode(
    catalog: Catalog,
    item: str,
    quantity: Amount,
    *,
    at: Moment,
    site: str | None = None,
    depth: Depth = Depth.ALL_LEVELS,
    options: ChosenOptions = (),
) -> Explosion:
    """Return what a good quantity of an item needs, summed over all paths, exactly: nothing is rounded.

    Conventions:

    - The quantity is what should come out good; at every level scrap of the assembly and of the operations is added, so
      that the components are those of the quantity started.
    - A line per order counts once for each made item that uses it, as if all of that item were one order; through a
      phantom, once for each made item that uses the phantom. A line by a measure is counted of all of that item
      together too, also where a phantom has it.
    - What is bought is not exploded, except the item asked for itself. A phantom is listed and exploded through, its
      stock left out of account: stock is for netting. Outputs beside the main item and rework lines are no requirement.
    - `Depth.ONE_LEVEL` ends at the first items that are no phantoms: what one order takes.

    Args:
        catalog: the definitions.
        item: what is to be made.
        quantity: how much of it; a plain number is in its base unit.
        at: when it would start; decides which bills and lines are valid.
        site: where; None: MAIN.
        depth: one level or all.
        options: what is chosen of the options, at every level; of those left out the usual value.

    Raises:
        UnknownCode: if there is no such item, site, option or value of one.
        InvalidValueError: if the quantity is below zero or its unit cannot be converted.

    The cost is linear in the lines reached, whatever the number of paths.

    >>> from datetime import date
    >>> from prodstock.master.bom import BillOfMaterial, BomLine
    >>> from prodstock.master.item import Item
    >>> catalog = Catalog([
    ...     Item("CUP"), Item("CLAY", unit="kg", scale=3), Item("BOX"),
    ...     BillOfMaterial("CUP", [BomLine("CLAY", "0.4", scrap="0.05"), BomLine("BOX", 1)]),
    ... ])
    >>> print(explode(catalog, "CUP", 120, at=date(2026, 3, 2)))
    120 pcs CUP need
    item  quantity  unit  level  path_count  supply
    BOX        120  pcs       1           1
    CLAY      50.4  kg        1           1
    """
    checks.instance(catalog, Catalog, "catalog", "Give Catalog([...]), or plant.catalog")
    checks.member(depth, Depth, "depth")
    top = catalog.item(item).code
    wanted = catalog.base(top, quantity)
    if wanted < 0:
        raise InvalidValueError(field="quantity", value=str(quantity), reason="is below zero")
    structure = catalog.structure(at, site, options=options)
    rows = _requirements(structure, structure.spread_down(top, wanted, depth))
    return Explosion(ItemCode(top), decimal_of(wanted), catalog.item(top).unit, Table(rows))


class _Draft:
    """A requirement while it is filled in. Its slots are those of `Requirement`, so that it can be made one.

    An explosion makes them by the hundred thousand, and this is some five times faster than a frozen class's own way.
    """

    __slots__ = ("_exact", "item", "level", "path_count", "quantity", "supply", "unit")

    _exact: Fraction  # of a whole quantity it is left out
    item: str
    level: int
    path_count: int
    quantity: Decimal
    supply: Supply | None
    unit: str


def _requirements(structure: Structure, reached: Reached) -> list[Requirement]:
    places, levels, paths = reached.places, reached.levels, reached.paths
    numerators, denominators = reached.numerators, reached.denominators
    items, supplies = structure.items, structure.supplies
    rows: list[_Draft] = []
    for number in reached.in_order():
        place = places[number]
        row = _Draft()
        item = items[place]
        row.item, row.unit, row.supply = item.code, item.unit, supplies[place]
        row.level, row.path_count = levels[number], paths[number]
        if denominators[number] == 1:
            row.quantity = Decimal(numerators[number])
        else:
            row._exact = Fraction(numerators[number], denominators[number])  # noqa: SLF001 - as the frozen class's field
            row.quantity = decimal_of(row._exact)  # noqa: SLF001 - as above
        row.__class__ = Requirement  # type: ignore[assignment]  # of the same slots
        rows.append(row)
    return cast("list[Requirement]", rows)
