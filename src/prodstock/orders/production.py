"""Production orders: what is made, of which parts by which steps, and how far it is."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import attrs

from prodstock.errors import UnknownCode, nearest
from prodstock.journal.commit import RecordEvent, known
from prodstock.master import checks
from prodstock.master.bom import LineRole
from prodstock.master.codes import ItemCode
from prodstock.master.routing import OperationKind
from prodstock.orders.codes import OrderCode
from prodstock.orders.lifecycle import OrderState


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

    def __repr__(self) -> str:
        return f"<OrderStep {self.code[:40]}, {self.good:f} good, {self.scrapped:f} scrapped>"


@attrs.frozen(repr=False)
class ProductionOrder:
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

    @property
    def started(self) -> Decimal:
        """How many units at least one step was confirmed for, lost ones included."""
        return max((step.good + step.scrapped for step in self.steps), default=checks.ZERO)

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
        lines = list(order.lines)
        for number, issued, consumed in self.lines:
            lines[number] = attrs.evolve(lines[number], issued=issued, consumed=consumed)
        return attrs.evolve(order, lines=tuple(lines), state=self.state)


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
        steps = tuple(
            attrs.evolve(step, good=news[step.code][0], scrapped=news[step.code][1]) if step.code in news else step
            for step in order.steps
        )
        return attrs.evolve(order, steps=steps, good=self.good, scrapped=self.scrapped, state=self.state)


@attrs.frozen
class OrderStateChanged(RecordEvent):
    """An order was held, resumed, cancelled, closed or reopened."""

    state: OrderState

    def on(self, state: object) -> ProductionOrder:
        """Return the order as it stands."""
        return attrs.evolve(known(state, ProductionOrder), state=self.state)


@attrs.frozen
class TakenApart(RecordEvent):
    """Units of what the order made were taken apart; `units` is the sum so far."""

    units: Decimal

    def on(self, state: object) -> ProductionOrder:
        """Return the order as it stands."""
        return attrs.evolve(known(state, ProductionOrder), taken_apart=self.units)
