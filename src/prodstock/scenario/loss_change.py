"""More or less is lost on the way: in a whole bill, in one of its lines, or in a step."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import attrs

from prodstock.errors import InvalidValueError, UnknownCode, nearest
from prodstock.master import checks
from prodstock.master.codes import item_code, optional_code
from prodstock.quantities.number import Number, exact
from prodstock.scenario.change import Change, nothing_changes, redefined, says
from prodstock.scenario.demand_change import at_most_one, optional_item

if TYPE_CHECKING:
    from collections.abc import Iterator

    from prodstock.journal.command import Command
    from prodstock.master.bom import BillOfMaterial, BomLine
    from prodstock.master.catalog import Catalog
    from prodstock.master.definition import Definition
    from prodstock.master.routing import Operation, Routing
    from prodstock.stock.expect import Redefine
    from prodstock.stock.world import World


def scrap_share(value: Number) -> Decimal:
    """Return a mark-up exactly."""
    return exact(value, field="scrap")


def usable_share(value: Number) -> Decimal:
    """Return a share that is usable exactly."""
    return exact(value, field="yield_rate")


def optional_operation(value: str | None) -> str | None:
    """Return a step's code in its normal form, or None for none."""
    return optional_code(value, "operation")


def component_code(value: str) -> str:
    """Return a component's code in its normal form."""
    return item_code(value)


@attrs.frozen
class ScrapChange(Change):
    """Making an item loses so much: of the whole order, of a component, or in a step of its routing.

    All bills and routings of the item change; orders that are launched already keep their own.

    Args:
        item: what is made.
        scrap: the mark-up: for q good ones q(1 + scrap) are started, taken, or sent into the step. It takes the place
            of what is said now, a component's yield rate included.
        component: only of this component.
        operation: only in this step.

    >>> ScrapChange("HD-7", "0.05", component="MIC")
    ScrapChange(item='HD-7', scrap=0.05, component='MIC')
    """

    item: str = attrs.field(converter=item_code)
    scrap: Decimal = attrs.field(converter=scrap_share)
    component: str | None = attrs.field(kw_only=True, default=None, converter=optional_item)
    operation: str | None = attrs.field(kw_only=True, default=None, converter=optional_operation)

    def __attrs_post_init__(self) -> None:
        checks.not_negative(self.scrap, "scrap")
        at_most_one(self, "component", "operation")

    def __str__(self) -> str:
        where = self.component or self.operation
        return f"{self.item} loses {self.scrap:f}" + ("" if where is None else f" of {where}")


@attrs.frozen
class YieldChange(Change):
    """Of a component so large a share is usable: q / yield_rate of it are taken. Launched orders keep their own.

    Args:
        item: what is made.
        component: what goes in.
        yield_rate: the share, above 0 and at most 1. It takes the place of what is said now, scrap included.

    >>> YieldChange("HD-7", "MIC", yield_rate="0.97")
    YieldChange(item='HD-7', component='MIC', yield_rate=0.97)
    """

    item: str = attrs.field(converter=item_code)
    component: str = attrs.field(converter=component_code)
    yield_rate: Decimal = attrs.field(kw_only=True, converter=usable_share)

    def __attrs_post_init__(self) -> None:
        if not 0 < self.yield_rate <= 1:
            advice = "0.97 means that 97 of 100 are usable"
            reason = "is not above 0 and at most 1"
            raise InvalidValueError(field="yield_rate", value=self.yield_rate, reason=reason, advice=advice)

    def __str__(self) -> str:
        return f"{self.item} can use {self.yield_rate:f} of {self.component}"


@says(ScrapChange)
def _other_scrap(world: World, change: ScrapChange) -> Iterator[Command[Any]]:
    catalog = world.catalog
    before: list[Definition]
    after: list[Definition]
    if change.operation is not None:
        routings = _having(catalog, change.item, change.operation)
        before, after = [*routings], [_with_step(one, change.operation, change.scrap) for one in routings]
    elif change.component is not None:
        bills = _using(catalog, change.item, change.component)
        before = [*bills]
        after = [_with_line(one, change.component, scrap=change.scrap, yield_rate=checks.ONE) for one in bills]
    else:
        bills = _bills(catalog, change.item)
        before, after = [*bills], [attrs.evolve(one, scrap=change.scrap) for one in bills]
    yield _lossy(catalog, before, after, change.scrap)


@says(YieldChange)
def _other_yield(world: World, change: YieldChange) -> Iterator[Command[Any]]:
    bills = _using(world.catalog, change.item, change.component)
    after = [_with_line(one, change.component, scrap=checks.ZERO, yield_rate=change.yield_rate) for one in bills]
    yield _lossy(world.catalog, bills, after, change.yield_rate)


def _lossy(
    catalog: Catalog, before: list[Definition] | list[BillOfMaterial], after: list[Any], value: Decimal
) -> Redefine:
    if before == after:
        raise nothing_changes("scrap", value, "is lost already", "Give another share, or leave it out")
    return redefined(catalog, *after)


def _bills(catalog: Catalog, item: str) -> list[BillOfMaterial]:
    bills = [*catalog.boms(item)]
    if not bills:
        advice = "Name an item that is made, or a step of its routing with operation="
        raise nothing_changes("item", item, "has no bill of material", advice)
    return bills


def _using(catalog: Catalog, item: str, component: str) -> list[BillOfMaterial]:
    """Return the bills of an item that have a line of a component."""
    catalog.item(component)
    bills = _bills(catalog, item)
    found = [bill for bill in bills if any(line.item == component for line in bill.lines)]
    if not found:
        names = sorted({line.item for bill in bills for line in bill.lines})
        raise UnknownCode(kind=f"component of {item}", given=component, nearest=nearest(component, names))
    return found


def _having(catalog: Catalog, item: str, operation: str) -> list[Routing]:
    """Return the routings of an item that have a step."""
    routings = catalog.routings(item)
    found = [one for one in routings if operation in one.step_codes]
    if not found:
        names = sorted({code for one in routings for code in one.step_codes})
        raise UnknownCode(kind=f"operation of {item}", given=operation, nearest=nearest(operation, names))
    return found


def _with_line(bill: BillOfMaterial, component: str, *, scrap: Decimal, yield_rate: Decimal) -> BillOfMaterial:
    def changed(line: BomLine) -> BomLine:
        return attrs.evolve(line, scrap=scrap, yield_rate=yield_rate) if line.item == component else line

    return attrs.evolve(bill, lines=tuple(changed(line) for line in bill.lines))


def _with_step(routing: Routing, operation: str, scrap: Decimal) -> Routing:
    def changed(step: Operation) -> Operation:
        return attrs.evolve(step, scrap=scrap) if step.code == operation else step

    return attrs.evolve(routing, operations=tuple(changed(step) for step in routing.operations))
