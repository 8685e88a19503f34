"""The sheet of an order: its lines and steps counted in whole steps of their items, read once from its own copy."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from prodstock.master.bom_terms import LineRole
from prodstock.quantities.scaled import power_of_ten, to_scaled, within_64_bits

if TYPE_CHECKING:
    from decimal import Decimal

    from prodstock.master.catalog import Catalog
    from prodstock.master.item import Item
    from prodstock.orders.production import OrderLine, ProductionOrder


def steps_of(value: Decimal, scale: int) -> int:
    """Return a figure of an order in smallest steps: `to_scaled`, but most of them are zero."""
    return to_scaled(value, scale) if value else 0


class SheetLine(NamedTuple):
    """A component of an order, as the floor counts it.

    Attributes:
        number: its place in the order.
        item: the component.
        scale: the component's decimals.
        unit: the component's base unit.
        need: how much the order needs, in its smallest steps.
        step: the step that consumes it.
        fixed: whether all of it is needed with the first unit.
        top: with `bottom` what one smallest step of the order's item needs, in smallest steps of the component; of a
            fixed line what the order needs.
        bottom: see `top`.
        substitutes: what may stand in, with its ratio, most preferred first.
        packaging: whether it packs what is made: units may be confirmed without it, and owe it then.
    """

    number: int
    item: str
    scale: int
    unit: str
    need: int
    step: str
    fixed: bool
    top: int
    bottom: int
    substitutes: tuple[tuple[str, Decimal], ...]
    packaging: bool = False

    def needed(self, entered: int) -> int:
        """Return what the line takes once so many units have entered its step, both in smallest steps.

        The exact need in proportion, rounded up; a fixed line takes all of it with the first unit.
        """
        if not entered:
            return 0
        top = self.top if self.fixed else self.top * entered
        return within_64_bits(-(-top // self.bottom), self.scale)


class Sheet:
    """What an order is to take and do. It holds for the definitions it was read with; all states of an order share it.

    Attributes:
        catalog: those definitions.
        item: what is made.
        quantity: how many are started, in its smallest steps.
        lines: the components.
        packaging: those of them that pack what is made.
        limiting: the items that limit the life of what is made, with what may stand in for them.
        by_step: the components of each step that consumes any.
        place: of each step its place in the order.
        after: of each step the places of those that must be confirmed before it.
    """

    __slots__ = ("after", "by_step", "catalog", "item", "limiting", "lines", "packaging", "place", "quantity")

    def __init__(self, order: ProductionOrder, catalog: Catalog) -> None:
        self.catalog: Catalog = catalog
        self.item: Item = catalog.item(order.item)
        self.quantity: int = to_scaled(order.quantity, self.item.scale)
        self.lines: tuple[SheetLine, ...] = tuple(
            _line(line, self.quantity, self.item.scale, catalog) for line in order.lines
        )
        self.packaging: tuple[SheetLine, ...] = tuple(line for line in self.lines if line.packaging)
        limiting = [line for line in order.lines if line.limits_life]
        self.limiting: frozenset[str] = frozenset(
            code for line in limiting for code in (line.item, *(item for item, _ in line.substitutes))
        )
        self.by_step: dict[str, list[SheetLine]] = {}
        for line in self.lines:
            self.by_step.setdefault(line.step, []).append(line)
        self.place: dict[str, int] = {step.code: number for number, step in enumerate(order.steps)}
        self.after: tuple[tuple[int, ...], ...] = tuple(
            tuple(self.place[code] for code in step.after) for step in order.steps
        )


def _line(line: OrderLine, quantity: int, scale: int, catalog: Catalog) -> SheetLine:
    own = catalog.item(line.item).scale
    top, bottom = line.exact.as_integer_ratio()
    top *= power_of_ten(own)
    if not line.fixed:
        units, parts = line.units.as_integer_ratio() if line.units else (quantity, 1)
        bottom *= units
        top *= parts
        if line.units:
            bottom *= power_of_ten(scale)
    need = to_scaled(line.need, own)
    return SheetLine(
        line.number,
        line.item,
        own,
        line.unit,
        need,
        line.operation,
        line.fixed,
        top,
        bottom,
        line.substitutes,
        line.role is LineRole.PACKAGING,
    )


def sheet_of(order: ProductionOrder, catalog: Catalog) -> Sheet:
    """Return the sheet of an order: O(lines) the first time, and after the definitions have changed."""
    kept = order.sheet
    if isinstance(kept, Sheet) and kept.catalog is catalog:
        return kept
    made = Sheet(order.launched, catalog)
    order.keep_sheet(made)
    return made
