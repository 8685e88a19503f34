"""What may be assumed, and the commands that make it true."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

import attrs

from prodstock._render import brief, short
from prodstock.calendars.span import Span
from prodstock.errors import InvalidTypeError, InvalidValueError
from prodstock.journal.command import Command
from prodstock.journal.stream import demand_stream, supply_stream
from prodstock.master import checks
from prodstock.master.bom import BillOfMaterial, BomLine, Substitute
from prodstock.master.codes import item_code, supplier_code
from prodstock.master.definition import Definition
from prodstock.master.ratio import decimal_of
from prodstock.master.sourcing import Sourcing
from prodstock.orders.demand import Demand, DemandState
from prodstock.orders.purchase import Promise, PurchaseOrder, SupplyState, TransferOrder
from prodstock.scenario import spans
from prodstock.stock.amend import ReviseSupply
from prodstock.stock.expect import Expect, Redefine

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from prodstock.calendars.span import Moment
    from prodstock.master.catalog import Catalog
    from prodstock.stock.world import World


class Change:
    """Marker of every assumption that is no command, no promise and no definition; its text is how people say it."""

    __slots__ = ()

    def __init_subclass__(cls) -> None:
        """Show every change on one line, with what was said and not what was left out."""
        cls.__repr__ = brief  # type: ignore[method-assign]  # before attrs looks, so that it makes none


Assumption: TypeAlias = Change | Promise | Definition | Command[Any]

Translator = TypeVar("Translator", bound="Callable[[World, Any], Iterator[Command[Any]]]")

_TRANSLATORS: dict[type[Change], Callable[[World, Any], Iterator[Command[Any]]]] = {}
"""Every change that is loaded, and what says it in commands; both stand in one module."""


def says(kind: type[Change]) -> Callable[[Translator], Translator]:
    """Say of a function that it tells a change in commands on a world in which it is to hold."""

    def register(translator: Translator) -> Translator:
        _TRANSLATORS[kind] = translator
        return translator

    return register


def nothing_changes(field: str, value: object, reason: str, advice: str) -> InvalidValueError:
    """Return the refusal of an assumption after which everything would be as it is."""
    return InvalidValueError(field=field, value=value, reason=reason, advice=advice)


def label(assumption: Assumption) -> str:
    """Return an assumption on one line, as people say it.

    >>> from prodstock.calendars.span import WorkingDays
    >>> label(PreferSubstitute("MIC", "MIC-B")), label(Sourcing("MIC", supplier="OTIK", lead_time=WorkingDays(5)))
    ('MIC-B is taken before MIC', 'Sourcing MIC from OTIK')
    """
    said = str(assumption) if isinstance(assumption, Change) else repr(assumption)
    return short(said.removeprefix("<").removesuffix(">"))


def redefined(catalog: Catalog, *definitions: Definition) -> Redefine:
    """Return the command that puts definitions in the place of those of the same identity."""
    return Redefine(catalog + definitions)


def commands_for(world: World, assumption: Assumption) -> Iterator[Command[Any]]:
    """Yield the commands that make an assumption true in a world.

    A command is itself; a promise is expected, in the place of the one of its code; a definition is added to the
    catalog, in the place of the one of its identity.

    Raises:
        InvalidTypeError: if it is no assumption.
        InvalidValueError: if it would change nothing.
        UnknownCode: if it names what does not exist.
    """
    if isinstance(assumption, Command):
        yield assumption
    elif isinstance(assumption, Demand | PurchaseOrder | TransferOrder):
        yield from _expected(world, assumption)
    elif isinstance(assumption, Definition):
        yield from _defined(world.catalog, assumption)
    elif type(assumption) in _TRANSLATORS:
        yield from _TRANSLATORS[type(assumption)](world, assumption)
    else:
        advice = "Give a change such as SupplierDelay or DemandChange, a promise, a definition, or a command"
        raise InvalidTypeError(field="changes", value=assumption, reason="is no assumption", advice=advice)


def _expected(world: World, promise: Promise) -> Iterator[Command[Any]]:
    stream = demand_stream if isinstance(promise, Demand) else supply_stream
    known = None if promise.ref is None else world.body(stream(promise.ref))
    said = known.demand if isinstance(known, DemandState) else known.order if isinstance(known, SupplyState) else None
    if said == promise:
        advice = "Give what is to be different, or leave it out"
        raise nothing_changes("changes", promise, "is promised like that already", advice)
    yield Expect((promise,))


def _defined(catalog: Catalog, definition: Definition) -> Iterator[Command[Any]]:
    if definition in catalog.definitions:
        advice = "Give what is to be different, or leave it out"
        raise nothing_changes("changes", definition, "is defined like that already", advice)
    yield redefined(catalog, definition)


def open_supplies(world: World) -> Iterator[SupplyState]:
    """Yield the expected supplies of which more is to come, by code."""
    for name in sorted(world.names):
        if name.startswith("supply:"):
            state = world.record(world.names.find(name)).body
            if isinstance(state, SupplyState) and state.status.is_open:
                yield state


def supplied_by(state: SupplyState, supplier: str) -> bool:
    """Tell whether an expected supply was ordered from a supplier."""
    return isinstance(state.order, PurchaseOrder) and state.order.supplier == supplier


@attrs.frozen
class SupplierDelay(Change):
    """A supplier delivers later: what is on order now, and what is ordered from now on.

    A delay in days stretches a lead time that is counted in working days by as many of them as there are in so many
    days of a five-day week, rounded up; one in working days stretches one in days by seven days for five.

    >>> from datetime import timedelta
    >>> from prodstock.calendars.span import WorkingDays
    >>> SupplierDelay("KNW", by=timedelta(days=14)).longer(WorkingDays(21))
    WorkingDays(count=31)
    """

    supplier: str = attrs.field(converter=supplier_code)
    by: Span = attrs.field(kw_only=True)

    def __attrs_post_init__(self) -> None:
        checks.span(self.by, "by")

    def longer(self, lead_time: Span) -> Span:
        """Return a lead time with the delay added."""
        return spans.longer(lead_time, self.by)

    def later(self, due: Moment) -> Moment:
        """Return a due date with the delay added."""
        return spans.moved(due, self.by)

    def __str__(self) -> str:
        return f"{self.supplier} delivers {spans.said(self.by)} later"


@says(SupplierDelay)
def _delayed(world: World, delay: SupplierDelay) -> Iterator[Command[Any]]:
    catalog = world.catalog
    if not spans.elapsed(delay.by):
        raise nothing_changes("by", delay.by, "is no delay", "Give how much later, such as timedelta(days=14)")
    terms = [one for one in catalog.definitions if isinstance(one, Sourcing) and one.supplier == delay.supplier]
    slower = [attrs.evolve(one, lead_time=delay.longer(one.lead_time)) for one in terms]
    open_ones = [one for one in open_supplies(world) if supplied_by(one, delay.supplier)]
    late = [attrs.evolve(one.order, due=delay.later(one.order.due)) for one in open_ones if not one.parts]
    in_parts = [
        ReviseSupply(one.order.ref or "", parts=[attrs.evolve(part, due=delay.later(part.due)) for part in one.coming])
        for one in open_ones
        if one.parts and one.coming
    ]
    if not slower and not late and not in_parts:
        advice = "Name a supplier of a sourcing or of an open purchase order"
        raise nothing_changes("supplier", delay.supplier, "supplies nothing", advice)
    if slower:
        yield redefined(catalog, *slower)
    if late:
        yield Expect(late)
    yield from in_parts


@attrs.frozen
class PreferSubstitute(Change):
    """Bills that allow a substitute for an item take it first, and the item in its stead."""

    item: str = attrs.field(converter=item_code)
    substitute: str = attrs.field(converter=item_code)

    def __str__(self) -> str:
        return f"{self.substitute} is taken before {self.item}"


@says(PreferSubstitute)
def _preferred(world: World, wish: PreferSubstitute) -> Iterator[Command[Any]]:
    catalog = world.catalog
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
        raise nothing_changes("substitute", wish.substitute, reason, "Add it to the substitutes of a line first")
    yield redefined(catalog, *changed)


def _swapped(line: BomLine, wish: PreferSubstitute) -> BomLine:
    rival = next((one for one in line.substitutes if one.item == wish.substitute), None)
    if line.item != wish.item or rival is None:
        return line
    ratio = Fraction(rival.ratio)
    back = Substitute(line.item, ratio=decimal_of(1 / ratio))
    others = tuple(one for one in line.substitutes if one is not rival)
    return attrs.evolve(line, item=rival.item, quantity=line.quantity * rival.ratio, substitutes=(back, *others))
