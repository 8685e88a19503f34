"""Production orders: what is made, of which parts by which steps, and how far it is."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, TypeAlias

import attrs

from prodstock.errors import UnknownCode, nearest
from prodstock.journal.commit import RecordEvent, known
from prodstock.master import checks
from prodstock.master.alternative import Alternative, Secondary
from prodstock.master.bom import LineRole
from prodstock.master.choices import Choices, choices
from prodstock.master.codes import ItemCode, code, segment_code
from prodstock.master.lags import Lag
from prodstock.master.routing import OperationKind
from prodstock.orders.codes import OrderCode
from prodstock.orders.lifecycle import OrderState

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Figures: TypeAlias = tuple[tuple[Decimal, Decimal], ...]
"""Two numbers for each line of an order (issued, consumed), or for each step (good, scrapped)."""


@attrs.frozen(repr=False)
class OrderLine:
    """A component of an order: a copy of the bill's line taken at launch, and what has become of it.

    Attributes:
        number: its place in the order, from 0; the same item may stand on several lines.
        item: the component.
        need: how much the order needs, rounded up once to the item's digits; base units.
        exact: the need before rounding.
        unit: the component's base unit.
        operation: the step that consumes it.
        fixed: whether the need does not depend on the quantity.
        role: component or packaging.
        substitutes: what may stand in, with its ratio, most preferred first.
        issued: what was taken into WIP, put-backs deducted; of a substitute in units of the line's item.
        consumed: what was used up or lost in production, in units of the line's item.
        units: how many units of the order the need is for: those planned to enter its step. None: all that are
            started.
        limits_life: whether what is made is good no longer than it.
    """

    number: int
    item: ItemCode
    need: Decimal
    exact: Fraction
    unit: str
    operation: str
    fixed: bool = False
    role: LineRole = LineRole.COMPONENT
    substitutes: tuple[tuple[str, Decimal], ...] = ()
    issued: Decimal = checks.ZERO
    consumed: Decimal = checks.ZERO
    units: Fraction | None = None
    limits_life: bool = False

    def __repr__(self) -> str:
        return f"<OrderLine {self.number} {self.need:f} {self.unit} {self.item[:40]}, {self.issued:f} issued>"


@attrs.frozen(repr=False)
class OrderStep:
    """A step of an order: a copy of the routing's operation taken at launch, and what was confirmed of it.

    Attributes:
        code: the operation.
        kind: what it does.
        resource: what it runs on, or None.
        setup: once per order.
        run_per_unit: per unit that goes in.
        queue: waiting before it.
        move: transport after it.
        after: the steps that must be confirmed before it.
        good: units confirmed good.
        scrapped: units lost in it.
        skill: what the people must be able to do who work on it, or None.
        crew: how many of them it takes.
        attended: how much of the time of each of them it takes.
        load: how much of the capacity of what runs batches a unit takes; None: one for all.
        alternatives: what else it may run on, the preferred first.
        secondary: what it occupies besides.
        pauses: whether it may pause while what it runs on does not work.
        attributes: what the machine is set up for, by attribute.
        transfer: after so many units what comes next may begin; None: once all are done.
        lags: how long must or may pass since one before it.
    """

    code: str
    kind: OperationKind = OperationKind.TRANSFORM
    resource: str | None = None
    setup: timedelta = timedelta()
    run_per_unit: timedelta = timedelta()
    queue: timedelta = timedelta()
    move: timedelta = timedelta()
    after: tuple[str, ...] = ()
    good: Decimal = checks.ZERO
    scrapped: Decimal = checks.ZERO
    skill: str | None = None
    crew: int = 1
    alternatives: tuple[Alternative, ...] = ()
    secondary: tuple[Secondary, ...] = ()
    pauses: bool = True
    attributes: tuple[tuple[str, str], ...] = ()
    transfer: Decimal | None = None
    lags: tuple[Lag, ...] = ()
    attended: Decimal = checks.ONE
    load: Decimal | None = None

    def __repr__(self) -> str:
        return f"<OrderStep {self.code[:40]}, {self.good:f} good, {self.scrapped:f} scrapped>"


class _Standing:
    """What has become of an order since its launch: a few numbers beside the order as launched.

    An order is one value, but a command changes only these. So all states of an order share the one it was launched
    as, and a state's other fields, its lines and steps above all, are made when they are looked at, if ever.
    """

    __slots__ = ("_launched", "_line_figures", "_sheet", "_step_figures")

    if TYPE_CHECKING:  # no fields: the codec reads annotations
        _launched: ProductionOrder
        _line_figures: Figures
        _sheet: object
        _step_figures: Figures


@attrs.frozen(repr=False)
class ProductionOrder(_Standing):
    """An order to make a quantity of an item: a value; the order itself is its code in the plant.

    Attributes:
        code: its code.
        item: what is made.
        quantity: how many are started, losses included.
        state: how far it is.
        due: when the good ones should be in stores, in UTC.
        start: when it should begin, in UTC.
        site: where.
        unit: the item's base unit.
        revision: of the bill of material it was launched with; empty without one.
        expected_good: how many good ones should come out.
        lines: its components, as launched.
        steps: its operations, as launched, each after those it waits for.
        output_step: the step with which the output is there.
        lot: the code of the output lot.
        serves: the demands it was planned for, most urgent first.
        good: good units that reached stores.
        scrapped: units lost in any step.
        outputs: what else comes out: item and quantity per good unit of the main item.
        taken_apart: units that were taken apart again.
        segment: whose stock its output comes into and it takes from, as planned; empty: free stock.
        options: what was chosen of the options on which its lines depend, by name.
    """

    code: OrderCode
    item: ItemCode
    quantity: Decimal
    state: OrderState
    due: datetime
    start: datetime = attrs.field(kw_only=True)
    site: str = attrs.field(kw_only=True, default="MAIN")
    unit: str = attrs.field(kw_only=True, default="pcs")
    revision: str = attrs.field(kw_only=True, default="")
    expected_good: Decimal = attrs.field(kw_only=True, default=checks.ZERO)
    lines: tuple[OrderLine, ...] = attrs.field(kw_only=True, default=())
    steps: tuple[OrderStep, ...] = attrs.field(kw_only=True, default=())
    output_step: str = attrs.field(kw_only=True, default="")
    lot: str = attrs.field(kw_only=True, default="")
    serves: tuple[str, ...] = attrs.field(kw_only=True, default=())
    good: Decimal = attrs.field(kw_only=True, default=checks.ZERO)
    scrapped: Decimal = attrs.field(kw_only=True, default=checks.ZERO)
    outputs: tuple[tuple[str, Fraction], ...] = attrs.field(kw_only=True, default=())
    taken_apart: Decimal = attrs.field(kw_only=True, default=checks.ZERO)
    segment: str = attrs.field(kw_only=True, default="", converter=segment_code)
    options: Choices = attrs.field(kw_only=True, default=(), converter=choices)

    @property
    def started(self) -> Decimal:
        """How many units at least one step was confirmed for, lost ones included."""
        return max((good + scrapped for good, scrapped in self._step_figures), default=checks.ZERO)

    @property
    def launched(self) -> ProductionOrder:
        """The order as it was launched, or first read: what never changes of it is soonest found there."""
        return self._launched

    @property
    def sheet(self) -> object:
        """What `sheet.sheet_of` made of the order as launched; None before it was asked for."""
        return self._launched._sheet  # noqa: SLF001 - another state of itself

    def keep_sheet(self, sheet: object) -> None:
        """Keep what `sheet.sheet_of` made, for all states of the order: it says nothing that they do not say."""
        _put_sheet(self._launched, sheet)

    def reads_like(self, other: ProductionOrder) -> None:
        """Take over what was read of the lines and steps of another order, which are the same as this one's."""
        _put_sheet(self, other.sheet)
        _put_line_figures(self, other.launched.line_figures)
        _put_step_figures(self, other.launched.step_figures)

    @property
    def line_figures(self) -> Figures:
        """Issued and consumed of each line; the lines themselves need not be made for it."""
        return self._line_figures

    @property
    def step_figures(self) -> Figures:
        """Good and scrapped of each step; the steps themselves need not be made for it."""
        return self._step_figures

    def standing(
        self,
        state: OrderState,
        *,
        lines: Figures | None = None,
        steps: Figures | None = None,
        good: Decimal | None = None,
        scrapped: Decimal | None = None,
        taken_apart: Decimal | None = None,
    ) -> ProductionOrder:
        """Return the order in a state, with new figures; None: those it has. O(1), whatever it is made of."""
        made: ProductionOrder = ProductionOrder.__new__(ProductionOrder)
        _put_launched(made, self._launched)
        _put_line_figures(made, self._line_figures if lines is None else lines)
        _put_step_figures(made, self._step_figures if steps is None else steps)
        _put_state(made, state)
        _put_good(made, self.good if good is None else good)
        _put_scrapped(made, self.scrapped if scrapped is None else scrapped)
        _put_taken_apart(made, self.taken_apart if taken_apart is None else taken_apart)
        return made

    if not TYPE_CHECKING:  # a type checker must still miss what is in no slot

        def __getattr__(self, name: str) -> object:
            if name == "_launched":
                return self
            value = _MAKE.get(name, _as_launched)(self, name)
            _PUT[name](self, value)
            return value

    def step(self, code: str, /) -> OrderStep:
        """Return the step of that code.

        Raises:
            UnknownCode: if there is none.
        """
        for step in self.steps:
            if step.code == code:
                return step
        known = nearest(code, (step.code for step in self.steps))
        raise UnknownCode(kind=f"step of {self.code}", given=code, nearest=known)

    def __repr__(self) -> str:
        return f"<ProductionOrder {self.code[:30]} {self.quantity:f} {self.unit[:10]} {self.item[:30]} {self.state}>"


def _as_launched(order: ProductionOrder, name: str) -> object:
    launched = None if name in _HIDDEN else order.launched
    if launched is None or launched is order or name not in _PUT:
        raise AttributeError(f"a ProductionOrder has no {name!r}")
    return getattr(launched, name)


def _lines(order: ProductionOrder, name: str) -> object:
    if order.launched is order:
        return _as_launched(order, name)
    pairs = zip(order.launched.lines, order.line_figures, strict=True)
    return tuple(_line_at(line, *figures) for line, figures in pairs)


def _line_at(line: OrderLine, issued: Decimal, consumed: Decimal) -> OrderLine:
    return OrderLine(
        line.number,
        line.item,
        line.need,
        line.exact,
        line.unit,
        line.operation,
        line.fixed,
        line.role,
        line.substitutes,
        issued,
        consumed,
        line.units,
        line.limits_life,
    )


def _steps(order: ProductionOrder, name: str) -> object:
    if order.launched is order:
        return _as_launched(order, name)
    pairs = zip(order.launched.steps, order.step_figures, strict=True)
    return tuple(_step_at(step, *figures) for step, figures in pairs)


def _step_at(step: OrderStep, good: Decimal, scrapped: Decimal) -> OrderStep:
    return OrderStep(
        step.code,
        step.kind,
        step.resource,
        step.setup,
        step.run_per_unit,
        step.queue,
        step.move,
        step.after,
        good,
        scrapped,
        step.skill,
        step.crew,
        step.alternatives,
        step.secondary,
        step.pauses,
        step.attributes,
        step.transfer,
        step.lags,
        step.attended,
        step.load,
    )


_HIDDEN = frozenset(_Standing.__slots__)
_MAKE: Mapping[str, Callable[[ProductionOrder, str], object]] = {
    "lines": _lines,
    "steps": _steps,
    "_line_figures": lambda order, _: tuple((line.issued, line.consumed) for line in order.lines),
    "_step_figures": lambda order, _: tuple((step.good, step.scrapped) for step in order.steps),
    "_sheet": lambda *_: None,
}
"""How a field is made that was not set; the others are as they were at launch."""

# The slots' own setters: they pass by the frozen class, on a value that nobody has seen yet.
_PUT = {
    name: slots.__dict__[name].__set__
    for slots, names in (
        (_Standing, _Standing.__slots__),
        (ProductionOrder, [f.name for f in attrs.fields(ProductionOrder)]),
    )
    for name in names
}
_put_launched, _put_sheet, _put_line_figures, _put_step_figures = (
    _PUT[name] for name in ("_launched", "_sheet", "_line_figures", "_step_figures")
)
_put_state, _put_good, _put_scrapped, _put_taken_apart = (
    _PUT[name] for name in ("state", "good", "scrapped", "taken_apart")
)


@attrs.frozen
class OrderLaunched(RecordEvent):
    """An order came to life with its copy of bill and routing."""

    order: ProductionOrder

    def on(self, state: object) -> ProductionOrder:
        """Return the order as it stands."""
        if state is not None:
            known(state, type(None))
        return self.order


@attrs.frozen
class LinesChanged(RecordEvent):
    """Components were issued, put back or consumed: (line, issued so far, consumed so far) of each line concerned."""

    lines: tuple[tuple[int, Decimal, Decimal], ...]
    state: OrderState

    def on(self, state: object) -> ProductionOrder:
        """Return the order as it stands."""
        order = known(state, ProductionOrder)
        figures = list(order.line_figures)
        for number, issued, consumed in self.lines:
            figures[number] = (issued, consumed)
        return order.standing(self.state, lines=tuple(figures))


@attrs.frozen
class StepsConfirmed(RecordEvent):
    """Units were confirmed: (step, good so far, scrapped so far) of each step concerned, and what the order has now.

    Attributes:
        steps: the steps, those that the confirmed one implies included.
        good: good units of the order that reached stores so far.
        scrapped: units lost so far, in all steps.
        state: the state of the order then.
        operation: the step that was confirmed.
        begun: when work on it began, if that was said.
        ended: when it ended, if that was said.
        resource: what it was done on, if that was said.
        people: who did it.
    """

    steps: tuple[tuple[str, Decimal, Decimal], ...]
    good: Decimal
    scrapped: Decimal
    state: OrderState
    operation: str = ""
    begun: datetime | None = None
    ended: datetime | None = None
    resource: str | None = None
    people: tuple[str, ...] = ()

    def on(self, state: object) -> ProductionOrder:
        """Return the order as it stands."""
        order = known(state, ProductionOrder)
        news = {code: (good, scrapped) for code, good, scrapped in self.steps}
        pairs = zip(order.launched.steps, order.step_figures, strict=True)
        figures = tuple(news.get(step.code, before) for step, before in pairs)
        return order.standing(self.state, steps=figures, good=self.good, scrapped=self.scrapped)


@attrs.frozen
class OrderStateChanged(RecordEvent):
    """An order was held, resumed, cancelled, closed or reopened."""

    state: OrderState

    def on(self, state: object) -> ProductionOrder:
        """Return the order as it stands."""
        return known(state, ProductionOrder).standing(self.state)


@attrs.frozen
class TakenApart(RecordEvent):
    """Units of what the order made were taken apart; `units` is the sum so far."""

    units: Decimal

    def on(self, state: object) -> ProductionOrder:
        """Return the order as it stands."""
        order = known(state, ProductionOrder)
        return order.standing(order.state, taken_apart=self.units)


def order_named(order: ProductionOrder | str) -> str:
    """Return the code of an order: of a record only its code is used, so that an old one is never stale.

    Raises:
        InvalidTypeError: if it is neither an order nor a text.
        InvalidValueError: if it is no code.
    """
    if isinstance(order, ProductionOrder) and type(order.code) is str:
        return order.code
    return code(order.code if isinstance(order, ProductionOrder) else order, "order")
