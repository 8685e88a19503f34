"""How an item may come: made by a recipe, bought on terms, moved on a route; compiled for a day, as integers."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction
from math import gcd
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

from prodstock.master.bom import Basis, CoProduct, LineRole
from prodstock.master.coefficient import (
    CountedNeed,
    counted_need,
    own_need,
    own_ratio,
    served_per_good,
    started_per_good,
)
from prodstock.master.item import Supply
from prodstock.master.lot_sizes import ANY_SIZE, LotSizes
from prodstock.master.planning_parameters import LotRule
from prodstock.master.routing import OperationKind
from prodstock.quantities.quantity import Quantity
from prodstock.quantities.rounding import Rounding, round_scaled
from prodstock.quantities.scaled import MAX_SCALED, power_of_ten

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from prodstock.calendars.calendar import Calendar
    from prodstock.calendars.clock import WorkClock
    from prodstock.calendars.span import Span
    from prodstock.master.bom import BillOfMaterial, BomLine, SubstituteGroup
    from prodstock.master.catalog import Catalog
    from prodstock.master.choices import Choices
    from prodstock.master.item import Item
    from prodstock.master.planning_parameters import PlanningParameters
    from prodstock.master.routing import Routing
    from prodstock.master.sourcing import Sourcing
    from prodstock.master.transfer_lane import TransferLane
    from prodstock.quantities.quantity import Exact

MICROSECOND = timedelta(microseconds=1)
NO_PART: Final = -1
"""The number of what is wanted by no bill."""
_ONE = Fraction(1)
_ELAPSED = frozenset({OperationKind.WAIT, OperationKind.SUBCONTRACT})


class RecipeLine(NamedTuple):
    """A line of a bill.

    `top / bottom` of the smallest steps of the item (of a phantom: base units) are needed for each smallest step that
    is started, or, `per_order`, for each order. Where a measure says how much, `counted` knows.
    """

    item: str
    top: int
    bottom: int
    per_order: bool
    phantom: bool
    step: str | None
    source: BomLine | None
    counted: CountedNeed | None = None

    def exact(self, started: Fraction | int) -> Fraction:
        """Return what an order that starts so many steps needs, before rounding."""
        if self.counted is not None:
            return self.counted.exact(started)
        return Fraction(self.top, self.bottom) * (1 if self.per_order else started)

    def need(self, started: int) -> int:
        """Return what an order that starts so many steps needs, rounded up once; not of a phantom."""
        if self.counted is not None:
            return self.counted.need(started)
        return -(-self.top // self.bottom) if self.per_order else -(-started * self.top // self.bottom)


class Part(NamedTuple):
    """What an order takes of one item at one step, however many lines of its bill that comes from: one want.

    `number` finds it again in `Sources.parts`; `phantom` is the phantom whose bill it stands on, if any; `limits` is
    whether what is made is good no longer than it.
    """

    item: str
    step: str | None
    phantom: str
    number: int
    lines: tuple[RecipeLine, ...]
    limits: bool = False

    def need(self, started: int) -> int:
        """Return what an order that starts so many smallest steps needs, each line rounded up once."""
        if len(self.lines) == 1:
            return self.lines[0].need(started)
        return sum(line.need(started) for line in self.lines)

    @property
    def whole_need(self) -> Callable[[int], int]:
        """The function `need`, at its least cost for an order that starts so many: most needs are whole multiples."""
        line = self.lines[0]
        if len(self.lines) > 1:
            return self.need
        plain = line.counted is None and not line.per_order and line.bottom == 1
        return line.top.__mul__ if plain else line.need

    def exact(self, started: Fraction | int, *, per_order: bool, together: Fraction | None = None) -> Fraction:
        """Return what is needed before rounding, with or without what an order needs once.

        That is what is needed per order, and what a measure counts: of all that the order starts `together`.
        """
        return sum(self._needs(started, per_order=per_order, together=together), Fraction(0))

    def whole(self, started: Fraction | int, *, per_order: bool, together: Fraction | None = None) -> int:
        """Return what is needed in whole steps, each line rounded up once; not of a phantom."""
        needs = self._needs(started, per_order=per_order, together=together)
        return sum(-(-need.numerator // need.denominator) for need in needs)

    def _needs(self, started: Fraction | int, *, per_order: bool, together: Fraction | None) -> Iterator[Fraction]:
        for line in self.lines:
            if line.counted is not None:
                if per_order:
                    yield line.exact(started if together is None else together)
            elif per_order or not line.per_order:
                yield line.exact(started)

    def moment(self, start: int, due: int, started: int) -> int:  # noqa: ARG002  # others need theirs at their step
        """Return when an order that starts and is due at some moments needs it: at the start."""
        return start

    @property
    def at_start(self) -> bool:
        """Whether `moment` is always the start."""
        return True

    @property
    def to_phantom(self) -> bool:
        """Whether the item is a phantom: its needs stay exact."""
        return self.lines[0].phantom


class Buying(NamedTuple):
    """What stands between order and use besides the lead time: days of ordering and delivery, transport, inspection."""

    orders: WorkClock | None
    deliveries: WorkClock | None
    transport_time: Span | None
    transport: Calendar
    inspection_time: Span | None


class Terms(NamedTuple):
    """The terms of a supplier, with their lot rules.

    `buying` is None where only the lead time counts; `capacity` is how much they deliver in a period, None: anything.
    """

    sourcing: Sourcing
    lots: LotSizes
    buying: Buying | None = None
    capacity: int | None = None

    @property
    def parts(self) -> tuple[Part, ...]:
        """What it takes: nothing."""
        return ()

    def to_start(self, missing: int, _: Item | None = None) -> tuple[int, int]:
        """Return what must be bought for what is missing: as much."""
        return missing, 1

    def good(self, bought: int) -> int:
        """Return how many good ones come of so many bought: all."""
        return bought

    def takes_from(self, site: str) -> str:
        """Return the site at which an order for a site takes its parts."""
        return site


class Route(NamedTuple):
    """A lane on which an item comes from another site, with its lot rules. Its one part is the item at the source."""

    lane: TransferLane
    lots: LotSizes
    parts: tuple[Part, ...]

    def to_start(self, missing: int, _: Item | None = None) -> tuple[int, int]:
        """Return what must be moved for what is missing: as much."""
        return missing, 1

    def good(self, moved: int) -> int:
        """Return how many good ones come of so many moved: all."""
        return moved

    def takes_from(self, _: str) -> str:
        """Return the site at which a transfer takes what it moves."""
        return self.lane.source


class Step(NamedTuple):
    """A step of a routing as planning sees it, times in microseconds.

    It runs `run_top / run_bottom` for each smallest step of the item that is started. `neighbours` are the steps before
    it, or, looking back, those after it.
    """

    code: str
    resource: str | None
    elapsed: bool
    setup: int
    run_top: int
    run_bottom: int
    queue: int
    move: int
    neighbours: tuple[str, ...]


class Recipe:
    """How an item is made at a site on a day; `groups` of substitutes stand in the place of what they replace."""

    __slots__ = (
        "bom",
        "groups",
        "inspection_time",
        "item",
        "lead_time",
        "lots",
        "options",
        "outputs",
        "parts",
        "per_good",
        "routing",
        "steps",
        "steps_back",
    )

    def __init__(
        self,
        catalog: Catalog,
        item: Item,
        bom: BillOfMaterial | None,
        routing: Routing | None,
        day: date,
        numbered: list[Part],
        given: PlanningParameters | None,
        chosen: Mapping[str, str],
    ) -> None:
        self.item: Item = item
        self.bom: BillOfMaterial | None = bom
        self.routing: Routing | None = routing
        self.lead_time: Span | None = item.lead_time
        self.inspection_time: Span | None = item.inspection_time
        self.per_good: Fraction = Fraction(1) if bom is None else started_per_good(bom, routing)
        if bom is None and routing is not None:
            self.per_good = routing.input_per_good()
        self.lots: LotSizes = lots_of(catalog, item, item.minimum, item.multiple, given)
        self.options: Choices = tuple([(name, chosen[name]) for name in catalog.decisive(item.code)]) if chosen else ()
        lines = () if bom is None else _lines(catalog, item, bom.lines_on(day, chosen), bom, routing, self.per_good)
        self.parts: tuple[Part, ...] = tuple(_parts(item, lines, numbered))
        self.outputs: tuple[tuple[str, Fraction, bool], ...] = () if bom is None else tuple(_outputs(catalog, bom))
        self.groups: tuple[SubstituteGroup, ...] = ()
        self.steps: tuple[Step, ...] = () if routing is None else tuple(_steps(routing, item.scale))
        self.steps_back: tuple[Step, ...] = () if routing is None else tuple(_steps_back(self.steps))

    def takes_from(self, site: str) -> str:
        """Return the site at which an order for a site takes its parts."""
        return site

    @property
    def revision(self) -> str:
        """The revision of the bill; empty without one."""
        return "" if self.bom is None else self.bom.revision

    def good(self, started: int) -> int:
        """Return how many good ones come out of so many started, rounded down; both scaled."""
        return started * self.per_good.denominator // self.per_good.numerator

    def to_start(self, missing: int, co_product: Item | None = None) -> tuple[int, int]:
        """Return what must be started for what is missing, as a ratio in smallest steps of the item, before rounding.

        What is missing is of the item itself, or of a co-product.
        """
        if co_product is None:
            return missing * self.per_good.numerator, self.per_good.denominator
        ratio = self.ratio(co_product.code) or Fraction(1)
        exact = Fraction(missing, 10**co_product.scale) / ratio * self.per_good * 10**self.item.scale
        return exact.numerator, exact.denominator

    def ratio(self, item: str) -> Fraction | None:
        """Return how much of a co-product comes out for each good one of the main item; None: nothing."""
        return next((ratio for code, ratio, co in self.outputs if code == item and co), None)

    def output(self, started: int, ratio: Fraction, scale: int) -> int:
        """Return how much of an output comes out, rounded down, at the scale of that output."""
        much = Fraction(started, 10**self.item.scale) / self.per_good * ratio * power_of_ten(scale)
        return much.numerator // much.denominator


Way: TypeAlias = Recipe | Terms | Route
"""How an item may come: made, bought or moved."""


class OneWay(NamedTuple):
    """The way in which an item comes on every day, with its numbers at hand.

    `top / bottom` must be started for each step that is missing; a `multiple` of 0: it lies between steps. `alone`: it
    could come in no other way, and one order brings whatever is missing.
    """

    way: Recipe | Terms
    top: int
    bottom: int
    minimum: int
    multiple: int
    alone: bool

    def size(self, missing: int) -> int:
        """Return the order for what is missing: `way.lots.size(*way.to_start(missing))`, at less cost.

        Raises:
            InvalidValueError: if it does not fit 64 bits.
        """
        needed = max(-(-missing * self.top // self.bottom), self.minimum)
        size = needed + -needed % self.multiple if self.multiple else MAX_SCALED + 1
        return size if size <= MAX_SCALED else self.way.lots.size(needed, 1)


def one_way(way: Recipe | Terms, *, alone: bool) -> OneWay:
    """Return a way that an item comes in on every day; `alone`: in no other, and one order brings what is missing."""
    top, bottom = way.to_start(1)
    multiple = way.lots.multiple or 1
    return OneWay(way, top, bottom, way.lots.minimum, int(multiple) if multiple.denominator == 1 else 0, alone)


def lots_of(
    catalog: Catalog, item: Item, minimum: Exact, multiple: Exact, given: PlanningParameters | None
) -> LotSizes:
    """Return the sizes an order may have, in the smallest steps of the item; a multiple may lie between steps."""
    top, bottom = _ratio(catalog, item, minimum)
    step, parts = _ratio(catalog, item, multiple)
    least, grain = -(-top // bottom), Fraction(step, parts) if step else 0
    if given is None:
        return LotSizes(minimum=least, multiple=grain) if least or grain else ANY_SIZE
    if given.lot_rule is LotRule.FIXED:
        return LotSizes(fixed=catalog.scaled(item.code, given.lot_quantity))
    return LotSizes(minimum=least, maximum=catalog.scaled(item.code, given.maximum), multiple=grain, cut=given.cut)


def terms_of(catalog: Catalog, item: Item, sourcing: Sourcing, site: str, given: PlanningParameters | None) -> Terms:
    """Return the terms on which an item is bought for a site, with their lot rules."""
    most = None
    if sourcing.capacity is not None:
        most = round_scaled(catalog.base(item.code, sourcing.capacity), item.scale, Rounding.AVAILABILITY)
    lots = lots_of(catalog, item, sourcing.minimum, sourcing.multiple, given)
    return Terms(sourcing, lots, buying_of(catalog, item, sourcing, site), most)


def days_of(catalog: Catalog, sourcing: Sourcing) -> tuple[Calendar | None, Calendar | None]:
    """Return when an item may be ordered on some terms, and when it is delivered; None: at any time."""
    supplier = catalog.supplier(sourcing.supplier)
    return (
        sourcing.order_calendar or supplier.order_calendar,
        sourcing.delivery_calendar or supplier.delivery_calendar,
    )


def buying_of(catalog: Catalog, item: Item, sourcing: Sourcing, site: str) -> Buying | None:
    """Return what stands between ordering an item on some terms and its use at a site; None: only the lead time."""
    orders, deliveries = days_of(catalog, sourcing)
    if (orders, deliveries, sourcing.transport_time, item.inspection_time) == (None, None, None, None):
        return None
    zone = catalog.site(site).zone
    travels = sourcing.transport_calendar or catalog.supplier(sourcing.supplier).calendar
    return Buying(
        None if orders is None else orders.compiled(zone),
        None if deliveries is None else deliveries.compiled(zone),
        sourcing.transport_time,
        travels.at_site(zone),
        item.inspection_time,
    )


def _ratio(catalog: Catalog, item: Item, value: Exact) -> tuple[int, int]:
    """Return an amount that a definition holds in smallest steps of the item, as numerator and denominator."""
    number = catalog.base(item.code, value) if isinstance(value, Quantity) else value
    top, bottom = number.as_integer_ratio()
    return top * 10**item.scale, bottom


def _lines(
    catalog: Catalog,
    item: Item,
    valid: Iterable[BomLine],
    bom: BillOfMaterial,
    routing: Routing | None,
    per_good: Fraction,
) -> Iterator[RecipeLine]:
    for_quantity = _ONE if bom.for_quantity == 1 else catalog.base(item.code, bom.for_quantity)
    for line in valid:
        if line.role is LineRole.REWORK:
            continue
        component = catalog.item(line.item)
        phantom = component.supply is Supply.PHANTOM
        if not isinstance(line.per, Basis):
            own = own_need(catalog.base(line.item, line.quantity), line, for_quantity)
            served = served_per_good(bom, routing, line) / per_good
            scale = 0 if phantom else component.scale
            counted = counted_need(line.per, own, served, scale=scale, of=item.scale)
            yield RecipeLine(component.code, 0, 1, False, phantom, line.operation, line, counted)
            continue
        per_order = line.per is Basis.ORDER
        top, bottom = own_ratio(*_ratio(catalog, component, line.quantity), line, for_quantity)
        if phantom:
            bottom *= 10**component.scale
        if not per_order:
            bottom *= 10**item.scale
            served = served_per_good(bom, routing, line)
            if served is not per_good and served != per_good:
                top *= served.numerator * per_good.denominator
                bottom *= served.denominator * per_good.numerator
        common = gcd(top, bottom)
        yield RecipeLine(component.code, top // common, bottom // common, per_order, phantom, line.operation, line)


def _parts(item: Item, lines: Iterable[RecipeLine], numbered: list[Part]) -> Iterator[Part]:
    """Yield the lines of a bill by item and step, in the order in which they first stand there, each numbered."""
    found: dict[tuple[str, str | None], list[RecipeLine]] = {}
    for line in lines:
        found.setdefault((line.item, line.step), []).append(line)
    phantom = item.code if item.supply is Supply.PHANTOM else ""
    for (code, step), together in found.items():
        limits = any(line.source is not None and line.source.limits_life for line in together)
        part = Part(code, step, phantom, len(numbered), tuple(together), limits)
        numbered.append(part)
        yield part


def _outputs(catalog: Catalog, bom: BillOfMaterial) -> Iterator[tuple[str, Fraction, bool]]:
    for_quantity = catalog.base(bom.item, bom.for_quantity)
    for output in bom.outputs:
        ratio = catalog.base(output.item, output.quantity) / for_quantity
        yield output.item, ratio, isinstance(output, CoProduct)


def _steps(routing: Routing, scale: int) -> Iterator[Step]:
    started = routing.input_per_good()
    for one in routing.in_order():
        run = Fraction(one.run_per_unit // MICROSECOND, 10**scale) * routing.input_per_good(one.code) / started
        yield Step(
            one.code,
            one.resource,
            one.resource is None and one.kind in _ELAPSED,
            one.setup // MICROSECOND,
            run.numerator,
            run.denominator,
            one.queue // MICROSECOND,
            one.move // MICROSECOND,
            routing.predecessors(one.code),
        )


def _steps_back(steps: Sequence[Step]) -> Iterator[Step]:
    after: dict[str, list[str]] = {step.code: [] for step in steps}
    for step in steps:
        for before in step.neighbours:
            after[before].append(step.code)
    for step in reversed(steps):
        yield step._replace(neighbours=tuple(after[step.code]))
