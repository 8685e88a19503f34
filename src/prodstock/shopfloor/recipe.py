"""What an order copies at its launch: bill and routing as they hold at a site on a day, for any quantity."""

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from math import lcm
from typing import TYPE_CHECKING, NamedTuple

from prodstock.errors import InvalidValueError, Refused, UnknownCode
from prodstock.master.bom import Basis, BillOfMaterial, BomLine, BomStatus, LineRole, ScrapBasis, with_groups
from prodstock.master.catalog import Catalog
from prodstock.master.choices import Choices
from prodstock.master.codes import ItemCode
from prodstock.master.item import Item, Supply
from prodstock.master.order_line import OrderLine as NeededLine
from prodstock.master.order_line import expected_good, order_lines
from prodstock.master.ratio import decimal_of
from prodstock.master.routing import Routing
from prodstock.orders.planned import PlannedMake
from prodstock.orders.production import OrderLine, OrderStep, ProductionOrder
from prodstock.orders.sheet import sheet_of
from prodstock.quantities.scaled import from_scaled, power_of_ten, within_64_bits

if TYPE_CHECKING:
    from prodstock.stock.world import World

MAKE = "make"
"""The one step of an order for an item without a routing."""

KEPT = 1024
"""Recipes that a plant keeps at hand."""

_NUMBER = -1
"""Where a world keeps its recipes among what it can always make again: no stream has this number."""


class RecipeLine(NamedTuple):
    """A component of any order of an item: `(slope x quantity + base) / bottom` base units, `quantity` in steps.

    Attributes:
        item: the component.
        scale: its decimals.
        unit: its base unit.
        operation: the step that consumes it.
        fixed: whether its need does not depend on the quantity.
        role: component or packaging.
        substitutes: what may stand in, with its ratio.
        slope: see above.
        base: see above.
        bottom: see above.
        entering: how many units are planned to enter the step per smallest step started; None: all that are started.
        limits_life: whether what is made is good no longer than it.
    """

    item: ItemCode
    scale: int
    unit: str
    operation: str
    fixed: bool
    role: LineRole
    substitutes: tuple[tuple[str, Decimal], ...]
    slope: int
    base: int
    bottom: int
    entering: tuple[int, int] | None
    limits_life: bool

    def on_order(self, number: int, quantity: int) -> OrderLine:
        """Return the line of an order of so many smallest steps, its need rounded up once."""
        top = self.slope * quantity + self.base
        need = within_64_bits(-(-top * power_of_ten(self.scale) // self.bottom), self.scale)
        return OrderLine(
            number,
            self.item,
            from_scaled(need, self.scale),
            Fraction(top, self.bottom),
            self.unit,
            self.operation,
            self.fixed,
            self.role,
            self.substitutes,
            units=None if self.entering is None else Fraction(self.entering[0] * quantity, self.entering[1]),
            limits_life=self.limits_life,
        )


class Recipe:
    """The bill and the routing of an item, read once: what remains to be done for an order is to multiply.

    Orders of one size share their lines, and the sheet made of them.

    Attributes:
        revision: of the bill; empty without one.
        steps: the steps, each after those it waits for.
        output_step: the step with which the output is there.
        outputs: what else comes out: item and quantity per good unit.
    """

    __slots__ = (
        "_bent",
        "_bill",
        "_catalog",
        "_chosen",
        "_item",
        "_like",
        "_made",
        "_per_good",
        "lines",
        "output_step",
        "outputs",
        "revision",
        "steps",
    )

    def __init__(
        self,
        catalog: Catalog,
        planned: PlannedMake,
        day: date,
        quantity: int,
        groups: tuple[str, ...] = (),
        options: Choices = (),
    ) -> None:
        self._chosen: Mapping[str, str] = catalog.chosen(options)
        bom = self._bill = _bill(catalog, planned, day, groups, self._chosen)
        routing = catalog.routing(planned.item, day, site=planned.site)
        self._catalog = catalog
        self._item = catalog.item(planned.item)
        self.revision: str = "" if bom is None else bom.revision
        self.steps: tuple[OrderStep, ...] = _steps(routing)
        self.output_step: str = MAKE if routing is None else routing.last_step.code
        self.outputs: tuple[tuple[str, Fraction], ...] = _outputs(catalog, bom)
        self._per_good = _per_good(bom, routing)
        self.lines: tuple[RecipeLine, ...] = ()
        self._made: tuple[int, tuple[OrderLine, ...]] = (0, ())
        self._like: ProductionOrder | None = None
        self._bent: _Reading | None = None
        if bom is not None:
            reading = _Reading(catalog, bom, routing, day, planned.site, self._chosen)
            if reading.counts():
                self._bent = reading
            else:
                self.lines = tuple(reading.lines(self._item, quantity))

    def lines_for(self, quantity: int) -> tuple[OrderLine, ...]:
        """Return the lines of an order of so many smallest steps. O(lines)."""
        if self._made[0] != quantity:
            lines = self.lines if self._bent is None else self._bent.of_stock(self._item, quantity)
            self._made = quantity, tuple(line.on_order(number, quantity) for number, line in enumerate(lines))
        return self._made[1]

    def lines_from_stock(self, planned: PlannedMake, day: date, quantity: int) -> tuple[OrderLine, ...]:
        """Return the lines of an order that takes of its phantoms from stock: so much of them, and the rest's parts.

        Raises:
            Refused: if it would take more of a phantom than the bill needs.
        """
        if not planned.from_stock:
            return self.lines_for(quantity)
        bom = self._bill
        if bom is None:
            raise stale(planned, f"it has no bill that needs {planned.from_stock[0][0]}")
        routing = self._catalog.routing(planned.item, day, site=planned.site)
        reading = _Reading(self._catalog, bom, routing, day, planned.site, self._chosen)
        return tuple(
            line.on_order(number, quantity)
            for number, line in enumerate(reading.of_stock(self._item, quantity, planned))
        )

    def expected(self, quantity: int) -> Decimal:
        """Return how many good ones should come of so many smallest steps started, rounded down."""
        top, bottom = self._per_good
        return from_scaled(within_64_bits(quantity * top // bottom, self._item.scale), self._item.scale)

    def give_sheet(self, order: ProductionOrder) -> None:
        """Give an order of this recipe its sheet: that of the last one, if it has its size."""
        if self._like is not None and self._like.lines is order.lines:
            order.reads_like(self._like)
        else:
            sheet_of(order, self._catalog)
            self._like = order


class Recipes:
    """The recipes of a catalog, as far as orders were launched: by item, revision asked for, site, day and options."""

    __slots__ = ("_kept", "catalog")

    def __init__(self, catalog: Catalog) -> None:
        self.catalog: Catalog = catalog
        self._kept: dict[tuple[str, str, str, date, tuple[str, ...], Choices], Recipe] = {}

    def find(
        self,
        planned: PlannedMake,
        day: date,
        quantity: int,
        groups: tuple[str, ...] = (),
        options: Choices = (),
    ) -> Recipe:
        """Return what a planned order is made by; `quantity`, in smallest steps, is what it is tried out with.

        Groups of substitutes take the place of what they replace. Lines count that apply with the options.

        Raises:
            Refused: if the revision it was planned with is not the active one that day.
            UnknownCode: if there is no such revision, or no such group on the bill.
            InvalidValueError: if a need does not fit 64 bits, or a group cannot replace what it is to.
        """
        key = planned.item, planned.revision, planned.site, day, groups, options
        found = self._kept.get(key)
        if found is None:
            if len(self._kept) >= KEPT:
                self._kept.clear()
            found = self._kept[key] = Recipe(self.catalog, planned, day, quantity, groups, options)
        return found


def recipes(world: "World") -> Recipes:
    """Return the recipes of a world's definitions; it keeps them until they change. Nobody else writes to them."""
    kept = world.memo.get(_NUMBER)
    if not isinstance(kept, Recipes) or kept.catalog is not world.catalog:
        kept = world.memo[_NUMBER] = Recipes(world.catalog)
    return kept


def stale(planned: PlannedMake, reason: str) -> Refused:
    """Return the refusal of a plan that the world has overtaken."""
    return Refused(reason=f"the plan for {planned.item} is stale: {reason}", advice="Plan again and launch from that")


def _bill(
    catalog: Catalog, planned: PlannedMake, day: date, groups: tuple[str, ...], chosen: Mapping[str, str]
) -> BillOfMaterial | None:
    """Return the bill the order is made with, groups in the place of what they replace.

    Raises:
        Refused: if the plan is stale: the groups that it was made with cannot replace anything then.
    """
    bom = _active(catalog, planned, day)
    if not groups:
        return bom
    if bom is None:
        raise UnknownCode(kind=f"substitute group of {planned.item}", given=groups[0], nearest=())
    try:
        return with_groups(bom, groups, day, chosen)
    except (InvalidValueError, UnknownCode) as refused:
        if groups == planned.groups:
            raise stale(planned, refused.message) from refused
        raise


def _active(catalog: Catalog, planned: PlannedMake, day: date) -> BillOfMaterial | None:
    """Return the bill valid then; the planned revision must be the active one still."""
    if not planned.revision:
        return catalog.bom(planned.item, day, site=planned.site)
    bom = catalog.bom(planned.item, day, site=planned.site, revision=planned.revision)
    if bom is None or bom.status is not BomStatus.ACTIVE:
        raise stale(planned, f"revision {planned.revision} is not active")
    if not bom.effective_on(day):
        raise stale(planned, f"revision {planned.revision} is not effective on {day}")
    return bom


def _per_good(bom: BillOfMaterial | None, routing: Routing | None) -> tuple[int, int]:
    """Return, as a ratio, how many good ones come of one that is started."""
    if bom is not None:
        return expected_good(bom, 1, routing=routing).as_integer_ratio()
    return (1, 1) if routing is None else (1 / routing.input_per_good()).as_integer_ratio()


def _steps(routing: Routing | None) -> tuple[OrderStep, ...]:
    if routing is None:
        return (OrderStep(MAKE),)
    return tuple(
        OrderStep(
            step.code,
            step.kind,
            step.resource,
            step.setup,
            step.run_per_unit,
            step.queue,
            step.move,
            routing.predecessors(step.code),
            skill=step.skill,
            crew=step.crew,
            alternatives=step.alternatives,
            secondary=step.secondary,
            pauses=step.pauses,
            attributes=step.attributes,
            transfer=step.transfer,
            lags=step.lags,
            attended=step.attended,
            load=step.load,
        )
        for step in routing.in_order()
    )


def _outputs(catalog: Catalog, bom: BillOfMaterial | None) -> tuple[tuple[str, Fraction], ...]:
    if bom is None:
        return ()
    for_quantity = catalog.base(bom.item, bom.for_quantity)
    return tuple((one.item, catalog.base(one.item, one.quantity) / for_quantity) for one in bom.outputs)


class _Reading:
    """A bill as it is read: with the routing, the day, the site and what is chosen of options that it is read for."""

    __slots__ = ("bom", "catalog", "chosen", "day", "routing", "site")

    def __init__(
        self,
        catalog: Catalog,
        bom: BillOfMaterial,
        routing: Routing | None,
        day: date,
        site: str,
        chosen: Mapping[str, str],
    ) -> None:
        self.chosen = chosen
        self.catalog = catalog
        self.bom = bom
        self.routing = routing
        self.day = day
        self.site = site

    def lines(self, item: Item, quantity: int) -> Iterator[RecipeLine]:
        """Yield the components of any order, found by what `order_lines` says of one or two of them.

        A need is a straight line over the quantity: so much per unit, so much per order. A line of the bill is one or
        the other; a phantom's may be both, so that a second quantity is needed to tell. Lines for rework are left out.
        """
        listed = self._listed()
        needed = self._needed(item, quantity)
        other = quantity - 1 or 2
        others = needed if len(listed) == len(needed) else self._needed(item, other)
        for at, (line, second) in enumerate(zip(needed, others, strict=True)):
            if line.role is LineRole.REWORK:
                continue
            source = listed[at] if at < len(listed) else None
            fixed = source is not None and source.per is Basis.ORDER
            if source is not None:
                slope = Fraction(0) if fixed else line.exact / quantity
            else:
                slope = (line.exact - second.exact) / (quantity - other)
            yield self._line(item, line, source, slope, line.exact - slope * quantity)

    def counts(self) -> bool:
        """Tell whether a line is needed by a measure, of the bill or of a phantom that it uses."""
        catalog = self.catalog
        waiting, seen = [self.bom], {self.bom.item}
        while waiting:
            for line in waiting.pop().lines_on(self.day, self.chosen):
                if not isinstance(line.per, Basis):
                    return True
                if line.item not in seen and catalog.item(line.item).supply is Supply.PHANTOM:
                    seen.add(line.item)
                    below = catalog.bom(line.item, self.day, site=self.site)
                    waiting += [] if below is None else [below]
        return False

    def of_stock(self, item: Item, quantity: int, planned: PlannedMake | None = None) -> Iterator[RecipeLine]:
        """Yield the components of one order, with what it takes of phantoms from stock; they fit no other quantity."""
        listed = self._listed()
        needed = self._needed(item, quantity, None if planned is None else dict(planned.from_stock))
        if planned is not None:
            for phantom, asked in planned.from_stock:
                if sum(line.exact for line in needed if line.item == line.of == phantom) < asked:
                    raise stale(planned, f"its bill does not need {asked:f} {phantom} any more")
        for at, line in enumerate(needed):
            if line.role is not LineRole.REWORK:
                source = listed[at] if at < len(listed) else None
                base = line.exact if source is not None and source.per is Basis.ORDER else Fraction(0)
                yield self._line(item, line, source, (line.exact - base) / quantity, base)

    def _needed(self, item: Item, quantity: int, stock: Mapping[str, Decimal] | None = None) -> tuple[NeededLine, ...]:
        return order_lines(
            self.catalog,
            self.bom,
            from_scaled(quantity, item.scale),
            at=self.day,
            site=self.site,
            routing=self.routing,
            from_stock=stock,
            options=self.chosen,
        )

    def _listed(self) -> list[BomLine]:
        """Return the bill's own lines that an order's lines begin with: those of phantoms come after them."""
        item = self.catalog.item
        return [
            line for line in self.bom.lines_on(self.day, self.chosen) if item(line.item).supply is not Supply.PHANTOM
        ]

    def _line(
        self, item: Item, line: NeededLine, source: BomLine | None, slope: Fraction, base: Fraction
    ) -> RecipeLine:
        bottom = lcm(slope.denominator, base.denominator)
        entering = self._entering(source, line)
        if entering is not None:
            entering /= power_of_ten(item.scale)
        return RecipeLine(
            line.item,
            self.catalog.item(line.item).scale,
            line.unit,
            line.operation or (MAKE if self.routing is None else self.routing.in_order()[0].code),
            source is not None and source.per is Basis.ORDER,
            line.role,
            self._substitutes(line),
            slope.numerator * (bottom // slope.denominator),
            base.numerator * (bottom // base.denominator),
            bottom,
            None if entering is None else entering.as_integer_ratio(),
            line.limits_life,
        )

    def _substitutes(self, line: NeededLine) -> tuple[tuple[str, Decimal], ...]:
        """Return what may stand in that day, what has taken the item's place at last, and what has taken that one's."""
        found = [(one.item, one.ratio) for one in line.substitutes if one.effective_on(self.day)]
        ratio, follow_up = Fraction(1), self.catalog.item(line.item).follow_up
        while follow_up is not None and follow_up.effective_on(self.day):
            ratio *= Fraction(follow_up.ratio)
            if follow_up.item not in [item for item, _ in found]:
                found.append((follow_up.item, decimal_of(ratio)))
            follow_up = self.catalog.item(follow_up.item).follow_up
        return tuple(found)

    def _entering(self, source: BomLine | None, line: NeededLine) -> Fraction | None:
        """Return how many units enter the step that takes a line, per one started; None: all that are started."""
        if self.routing is None:
            per_good = Fraction(1)
            entering = Fraction(1)
        else:
            per_good = self.routing.input_per_good()
            entering = per_good if line.operation is None else self.routing.input_per_good(line.operation)
        if source is not None and source.scrap_basis is ScrapBasis.GOOD:
            per_good, entering = per_good * (1 + Fraction(self.bom.scrap)), Fraction(1)
        return None if entering == per_good else entering / per_good
