"""What may be assumed: changes of definitions and promises, as values."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING, TypeAlias

import attrs

from prodstock.calendars.span import Span, WorkingDays
from prodstock.errors import InvalidTypeError, InvalidValueError
from prodstock.journal.command import Command
from prodstock.master import checks
from prodstock.master.bom import BillOfMaterial, BomLine, Substitute
from prodstock.master.codes import item_code, supplier_code
from prodstock.master.ratio import decimal_of
from prodstock.master.sourcing import Sourcing
from prodstock.orders.demand import Demand
from prodstock.orders.purchase import PurchaseOrder, SupplyState, SupplyStatus
from prodstock.stock.expect import Expect, Redefine

if TYPE_CHECKING:
    from collections.abc import Iterator

    from prodstock.calendars.span import Moment
    from prodstock.master.catalog import Catalog
    from prodstock.stock.world import World


class Change:
    """Marker of every assumption that is no command."""

    __slots__ = ()


@attrs.frozen
class SupplierDelay(Change):
    """A supplier delivers later: what is on order now, and what is ordered from now on.

    A delay in days stretches a lead time that is counted in working days by as many of them as there are in so many
    days of a five-day week, rounded up; one in working days stretches one in days by seven days for five.

    >>> SupplierDelay("KNW", by=timedelta(days=14)).longer(WorkingDays(21))
    WorkingDays(count=31)
    """

    supplier: str = attrs.field(converter=supplier_code)
    by: Span = attrs.field(kw_only=True)

    def __attrs_post_init__(self) -> None:
        checks.span(self.by, "by")

    def longer(self, lead_time: Span) -> Span:
        """Return a lead time with the delay added."""
        if isinstance(lead_time, WorkingDays):
            extra = self.by.count if isinstance(self.by, WorkingDays) else -(-self._days * 5 // 7)
            return WorkingDays(lead_time.count + extra)
        return lead_time + self._elapsed

    def later(self, due: Moment) -> Moment:
        """Return a due date with the delay added."""
        if isinstance(due, datetime):
            return due + self._elapsed
        return date.fromordinal(due.toordinal() + self._days)

    @property
    def _elapsed(self) -> timedelta:
        if isinstance(self.by, WorkingDays):
            return timedelta(days=-(-self.by.count * 7 // 5))
        return self.by

    @property
    def _days(self) -> int:
        return -(-self._elapsed // timedelta(days=1))


@attrs.frozen
class PreferSubstitute(Change):
    """Bills that allow a substitute for an item take it first, and the item in its stead."""

    item: str = attrs.field(converter=item_code)
    substitute: str = attrs.field(converter=item_code)


Assumption: TypeAlias = Change | Demand | Command[object]


def commands_for(world: World, assumption: Assumption) -> Iterator[Command[object]]:
    """Yield the commands that make an assumption true in a world.

    Raises:
        InvalidTypeError: if it is no assumption.
        InvalidValueError: if it would change nothing: no such supplier, or no bill that allows the substitute.
    """
    if isinstance(assumption, Command):
        yield assumption
    elif isinstance(assumption, Demand):
        yield Expect((assumption,))
    elif isinstance(assumption, SupplierDelay):
        yield from _delayed(world, assumption)
    elif isinstance(assumption, PreferSubstitute):
        yield Redefine(_preferred(world.catalog, assumption))
    else:
        advice = "Give a Demand, a command, a SupplierDelay or a PreferSubstitute"
        raise InvalidTypeError(field="changes", value=assumption, reason="is no assumption", advice=advice)


def _delayed(world: World, delay: SupplierDelay) -> Iterator[Command[object]]:
    catalog = world.catalog
    slower = [
        attrs.evolve(one, lead_time=delay.longer(one.lead_time))
        for one in catalog.definitions
        if isinstance(one, Sourcing) and one.supplier == delay.supplier
    ]
    late = [
        attrs.evolve(state.order, due=delay.later(state.order.due))
        for state in _open_supplies(world)
        if isinstance(state.order, PurchaseOrder) and state.order.supplier == delay.supplier
    ]
    if not slower and not late:
        advice = "Name a supplier of a sourcing or of an open purchase order"
        raise InvalidValueError(field="supplier", value=delay.supplier, reason="supplies nothing", advice=advice)
    if slower:
        yield Redefine(catalog + slower)
    if late:
        yield Expect(late)


def _open_supplies(world: World) -> Iterator[SupplyState]:
    for name in sorted(world.names):
        if name.startswith("supply:"):
            state = world.record(world.names.find(name)).body
            if isinstance(state, SupplyState) and state.status is SupplyStatus.OPEN:
                yield state


def _preferred(catalog: Catalog, wish: PreferSubstitute) -> Catalog:
    catalog.item(wish.item)
    catalog.item(wish.substitute)
    changed = []
    for one in catalog.definitions:
        if isinstance(one, BillOfMaterial):
            lines = tuple(_swapped(line, wish) for line in one.lines)
            if lines != one.lines:
                changed.append(attrs.evolve(one, lines=lines))
    if not changed:
        reason = f"is no substitute for {wish.item} in any bill"
        advice = "Add it to the substitutes of a line first"
        raise InvalidValueError(field="substitute", value=wish.substitute, reason=reason, advice=advice)
    return catalog + changed


def _swapped(line: BomLine, wish: PreferSubstitute) -> BomLine:
    rival = next((one for one in line.substitutes if one.item == wish.substitute), None)
    if line.item != wish.item or rival is None:
        return line
    ratio = Fraction(rival.ratio)
    back = Substitute(line.item, ratio=decimal_of(1 / ratio))
    others = tuple(one for one in line.substitutes if one is not rival)
    return attrs.evolve(line, item=rival.item, quantity=line.quantity * rival.ratio, substitutes=(back, *others))
