"""Where planning gets an item from: bill, routing and lot rules of a day, as integers, and the terms of suppliers."""

from __future__ import annotations

from bisect import bisect_right
from datetime import date, timedelta
from fractions import Fraction
from math import gcd
from threading import Lock
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

from prodstock.master.bom import Basis, BomStatus, CoProduct, LineRole
from prodstock.master.codes import MAIN
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
from prodstock.master.planning_parameters import NEAR, LotRule
from prodstock.master.routing import OperationKind
from prodstock.planning.netting_order import netting_order, substitutions
from prodstock.quantities.quantity import Quantity
from prodstock.quantities.scaled import MAX_SCALED, power_of_ten

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from prodstock.calendars.calendar import Calendar
    from prodstock.calendars.clock import WorkClock
    from prodstock.calendars.span import Span
    from prodstock.master.bom import BillOfMaterial, BomLine, Substitute
    from prodstock.master.catalog import Catalog
    from prodstock.master.item import Item
    from prodstock.master.planning_parameters import PlanningParameters
    from prodstock.master.routing import Routing
    from prodstock.master.sourcing import Sourcing
    from prodstock.master.transfer_lane import TransferLane
    from prodstock.quantities.quantity import Exact

MICROSECOND = timedelta(microseconds=1)
NO_PART: Final = -1
"""The number of what is wanted by no bill."""
_ANY_DAY = date(2000, 1, 1)
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


def _lots(catalog: Catalog, item: Item, minimum: Exact, multiple: Exact, given: PlanningParameters | None) -> LotSizes:
    """Return the sizes an order may have, in the smallest steps of the item; a multiple may lie between steps."""
    top, bottom = _ratio(catalog, item, minimum)
    step, parts = _ratio(catalog, item, multiple)
    least, grain = -(-top // bottom), Fraction(step, parts) if step else 0
    if given is None:
        return LotSizes(minimum=least, multiple=grain) if least or grain else ANY_SIZE
    if given.lot_rule is LotRule.FIXED:
        return LotSizes(fixed=catalog.scaled(item.code, given.lot_quantity))
    return LotSizes(minimum=least, maximum=catalog.scaled(item.code, given.maximum), multiple=grain, cut=given.cut)


def _ratio(catalog: Catalog, item: Item, value: Exact) -> tuple[int, int]:
    """Return an amount that a definition holds in smallest steps of the item, as numerator and denominator."""
    number = catalog.base(item.code, value) if isinstance(value, Quantity) else value
    top, bottom = number.as_integer_ratio()
    return top * 10**item.scale, bottom


class Part(NamedTuple):
    """What an order takes of one item at one step, however many lines of its bill that comes from: one want.

    `number` finds it again in `Sources.parts`; `phantom` is the phantom whose bill it stands on, if any.
    """

    item: str
    step: str | None
    phantom: str
    number: int
    lines: tuple[RecipeLine, ...]

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
        found = Fraction(0)
        for line in self.lines:
            if line.counted is not None:
                found += line.exact(started if together is None else together) if per_order else 0
            elif per_order or not line.per_order:
                found += line.exact(started)
        return found

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
    """The terms of a supplier, with their lot rules. `buying` is None where only the lead time counts."""

    sourcing: Sourcing
    lots: LotSizes
    buying: Buying | None = None

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
    """How an item is made at a site on a day."""

    __slots__ = (
        "bom",
        "inspection_time",
        "item",
        "lead_time",
        "lots",
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
    ) -> None:
        self.item: Item = item
        self.bom: BillOfMaterial | None = bom
        self.routing: Routing | None = routing
        self.lead_time: Span | None = item.lead_time
        self.inspection_time: Span | None = item.inspection_time
        self.per_good: Fraction = Fraction(1) if bom is None else started_per_good(bom, routing)
        if bom is None and routing is not None:
            self.per_good = routing.input_per_good()
        self.lots: LotSizes = _lots(catalog, item, item.minimum, item.multiple, given)
        lines = () if bom is None else _lines(catalog, item, bom, routing, day, self.per_good)
        self.parts: tuple[Part, ...] = tuple(_parts(item, lines, numbered))
        self.outputs: tuple[tuple[str, Fraction, bool], ...] = () if bom is None else tuple(_outputs(catalog, bom))
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


def _one_way(way: Recipe | Terms, *, alone: bool) -> OneWay:
    top, bottom = way.to_start(1)
    multiple = way.lots.multiple or 1
    return OneWay(way, top, bottom, way.lots.minimum, int(multiple) if multiple.denominator == 1 else 0, alone)


def _lines(
    catalog: Catalog, item: Item, bom: BillOfMaterial, routing: Routing | None, day: date, per_good: Fraction
) -> Iterator[RecipeLine]:
    for_quantity = _ONE if bom.for_quantity == 1 else catalog.base(item.code, bom.for_quantity)
    for line in bom.lines:
        if line.role is LineRole.REWORK or not line.effective_on(day):
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
        part = Part(code, step, phantom, len(numbered), tuple(together))
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


class _Place:
    """An item at a site: the days on which its sources change, and what they are in between."""

    __slots__ = ("boundaries", "found")

    def __init__(self, boundaries: Sequence[date]) -> None:
        self.boundaries = boundaries
        self.found: dict[int, tuple[Supply | None, Recipe | None]] = {}


class Sources:
    """The recipes and terms of a catalog, each compiled once for all days on which it is the same, and for all plans.

    Made by `catalog.derived(Sources)`, and safe to share between threads.
    """

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog
        self.makers: Mapping[str, tuple[str, ...]] = _makers(catalog)
        self.levels: Mapping[str, int] = netting_order(catalog, self.makers)
        self.laned: bool = any(catalog.lanes_of(item.code) for item in catalog.items)
        self.followed: frozenset[str] = frozenset(item.code for item in catalog.items if item.follow_up is not None)
        self.substituted: frozenset[str] = frozenset(item for item, _ in substitutions(catalog, shared=False))
        self.shared: frozenset[str] = frozenset(item for item, _ in substitutions(catalog, shared=True))
        self._lock = Lock()
        self._always: dict[tuple[str, str], OneWay | None] = {}
        self._places: dict[tuple[str, str], _Place] = {}
        self._compiled: dict[tuple[object, ...], Recipe] = {}
        self._terms: dict[tuple[str, str], list[Terms]] = {}
        self._routes: dict[tuple[str, str], tuple[Route, ...]] = {}
        self.parts: list[Part] = []
        self.kept: Sequence[tuple[str, str | None]] = tuple(_kept(catalog))
        """The items with a safety stock, each with its site; None: wherever there is some, else at the main site."""
        self.planned: frozenset[str] = frozenset([one.item for one in catalog.parameters])
        """The items with planning parameters of their own."""
        self.looks_ahead: bool = any(one.lot_rule not in NEAR for one in catalog.parameters)
        """Whether a lot rule looks at later needs too."""
        self._stepped: dict[tuple[int, str | None], Part] = {}

    def on(self, item: str, site: str, day: date) -> tuple[Supply | None, Recipe | None]:
        """Return where an item comes from on a day, and its recipe if it is made."""
        place = self._places.get((item, site))
        if place is None:
            place = self._places[item, site] = _Place(sorted(self.changes(item, site)))
        index = bisect_right(place.boundaries, day) if place.boundaries else 0
        found = place.found.get(index)
        if found is None:
            supply = self.catalog.supply(item, day, site=site)
            recipe = self.recipe(item, site, day) if supply in {Supply.MAKE, Supply.PHANTOM} else None
            found = place.found[index] = (supply, recipe)
        return found

    def follow_up(self, item: str, day: date) -> Substitute | None:
        """Return what has taken the place of an item on a day; None: nothing, it may still be ordered."""
        found = self.catalog.item(item).follow_up if item in self.followed else None
        return found if found is not None and found.effective_on(day) else None

    def at_step(self, part: Part, step: str | None) -> Part:
        """Return a part of a phantom's bill as it is needed at a step of the order that takes the phantom."""
        with self._lock:
            found = self._stepped.get((part.number, step))
            if found is None:
                found = self._stepped[part.number, step] = part._replace(step=step, number=len(self.parts))
                self.parts.append(found)
        return found

    def always(self, item: Item, site: str) -> OneWay | None:
        """Return the way in which an item comes on every day, with no other output; None: there is no one such way."""
        key = (item.code, site)
        if key not in self._always:
            way = self._only(item, site)
            self._always[key] = None if way is None else _one_way(way, alone=self._alone(way, item, site))
        return self._always[key]

    def _alone(self, way: Recipe | Terms, item: Item, site: str) -> bool:
        others = len(self.bought_too(item, site)) if isinstance(way, Recipe) else len(self.terms(item, site)) - 1
        priced = isinstance(way, Terms) and bool(way.sourcing.price_breaks)
        return not (others or priced or way.lots.maximum or way.lots.fixed)

    def _only(self, item: Item, site: str) -> Recipe | Terms | None:
        never = item.supply is Supply.PHANTOM or item.follow_up is not None
        if item.shelf_life is not None or item.inspection_time is not None or never:
            return None
        supply, recipe = self.on(item.code, site, _ANY_DAY)
        if (
            self._places[item.code, site].boundaries
            or item.code in self.makers
            or self.routes(item, site)
            or self.catalog.quotas(item.code)
        ):
            return None
        if supply is Supply.MAKE and recipe is not None and not recipe.outputs:
            preferred = self.bought_too(item, site)
            return None if preferred and preferred[0].sourcing.priority < 0 else recipe
        terms = self.terms(item, site) if supply is Supply.BUY else ()
        return terms[0] if terms and terms[0].buying is None else None

    def changes(self, item: str, site: str) -> set[date]:
        """Return the days on which what an item comes from may change."""
        boms = self.catalog.boms(item)
        dated: list[BillOfMaterial | BomLine | Routing | Sourcing] = [line for bom in boms for line in bom.lines]
        dated += [*boms, *self.catalog.routings(item), *self.catalog.sourcings(item, site)]
        return {day for one in dated for day in (one.effective_from, one.effective_until) if day is not None}

    def recipe(self, item: str, site: str, day: date, revision: str | None = None) -> Recipe:
        """Return the recipe of an item on a day; a revision asked for by name, whatever its dates."""
        bom = self.catalog.bom(item, day, site=site, revision=revision)
        phantom = self.catalog.item(item).supply is Supply.PHANTOM
        routing = None if phantom else self.catalog.routing(item, day, site=site)
        given = self.catalog.planning_parameters(item, site)
        key = (
            item,
            None if bom is None else bom.identity,
            None if routing is None else routing.identity,
            None if bom is None else tuple([line.effective_on(day) for line in bom.lines]),
            None if given is None else given.identity,
        )
        with self._lock:
            found = self._compiled.get(key)
            if found is None:
                made = self.catalog.item(item)
                found = self._compiled[key] = Recipe(self.catalog, made, bom, routing, day, self.parts, given)
        return found

    def terms(self, item: Item, site: str) -> Sequence[Terms]:
        """Return the terms on which an item is bought for a site, best first, with their lot rules; of any date."""
        found = self._terms.get((item.code, site))
        if found is None:
            given = self.catalog.planning_parameters(item.code, site)
            found = self._terms[item.code, site] = [
                Terms(
                    one,
                    _lots(self.catalog, item, one.minimum, one.multiple, given),
                    _buying(self.catalog, item, one, site),
                )
                for one in self.catalog.sourcings(item.code, site)
            ]
        return found

    def bought_too(self, item: Item, site: str) -> Sequence[Terms]:
        """Return the terms on which an item that is made may be bought too: any, unless it says that it is made."""
        return self.terms(item, site) if item.supply is None else ()

    def routes(self, item: Item, site: str) -> tuple[Route, ...]:
        """Return the ways on which an item comes to a site from others, best first; of any date. A phantom: none."""
        found = self._routes.get((item.code, site))
        if found is None:
            lanes = () if item.supply is Supply.PHANTOM else self.catalog.lanes(item.code, site)
            line = RecipeLine(item.code, 1, 1, per_order=False, phantom=False, step=None, source=None)
            parts = (Part(item.code, None, "", NO_PART, (line,)),)
            given = self.catalog.planning_parameters(item.code, site)
            found = self._routes[item.code, site] = tuple(
                Route(lane, _lots(self.catalog, item, lane.minimum, lane.multiple, given), parts) for lane in lanes
            )
        return found


def days_of(catalog: Catalog, sourcing: Sourcing) -> tuple[Calendar | None, Calendar | None]:
    """Return when an item may be ordered on some terms, and when it is delivered; None: at any time."""
    supplier = catalog.supplier(sourcing.supplier)
    return (
        sourcing.order_calendar or supplier.order_calendar,
        sourcing.delivery_calendar or supplier.delivery_calendar,
    )


def _buying(catalog: Catalog, item: Item, sourcing: Sourcing, site: str) -> Buying | None:
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


def _makers(catalog: Catalog) -> Mapping[str, tuple[str, ...]]:
    """Return, for each item that may be the reason to make another beside which it comes out, those others."""
    found: dict[str, set[str]] = {}
    for item in catalog.items:
        for bom in catalog.boms(item.code):
            if bom.status is BomStatus.ACTIVE and bom.outputs:
                for output in bom.co_products:
                    found.setdefault(output.item, set()).add(item.code)
    return {item: tuple(sorted(makers)) for item, makers in sorted(found.items())}


def _kept(catalog: Catalog) -> Iterator[tuple[str, str | None]]:
    """Yield the items that are kept in stock, with the site; None: wherever there is some, else at the main one."""
    said = {(one.item, one.site): one for one in catalog.parameters}
    for item in catalog.items:
        if (item.code, MAIN) not in said and _keeps(item, said.get((item.code, None))):
            yield item.code, None
    for (code, site), one in said.items():
        if site is not None and _keeps(catalog.item(code), one):
            yield code, site


def _keeps(item: Item, given: PlanningParameters | None) -> bool:
    if given is None:
        return bool(item.safety_stock)
    stock = item.safety_stock if given.safety_stock is None else given.safety_stock
    return bool(stock) or bool(given.safety_steps)
