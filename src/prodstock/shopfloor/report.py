"""What the floor did: units confirmed good or scrapped, the components that took, and what reached stores."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from math import floor
from typing import TYPE_CHECKING

import attrs

from prodstock.calendars.zone import from_micros, micros
from prodstock.errors import InvalidValueError
from prodstock.journal.command import Command
from prodstock.master.codes import codes, optional_resource, people_codes
from prodstock.master.item import Tracking
from prodstock.orders.lifecycle import OrderAction, OrderState, after
from prodstock.orders.production import LinesChanged, ProductionOrder, StepsConfirmed, order_named
from prodstock.orders.sheet import sheet_of, steps_of
from prodstock.quantities.quantity import Exact, amount
from prodstock.quantities.scaled import from_scaled, to_scaled
from prodstock.shopfloor.consumption import Floor
from prodstock.shopfloor.ledger import ledger
from prodstock.shopfloor.progress import Progress
from prodstock.shopfloor.units import Units, good_until
from prodstock.stock.deciding import decides
from prodstock.stock.goods import Output
from prodstock.stock.lot import LotCode, SerialCode
from prodstock.stock.order_ledger import find_order
from prodstock.stock.status import Release

if TYPE_CHECKING:
    from prodstock.journal.stream import Stream
    from prodstock.orders.sheet import SheetLine
    from prodstock.stock.draft import Draft

_NONE = amount(0)


def serial_codes(values: Iterable[str]) -> tuple[str, ...]:
    """Return serials in their normal form.

    Raises:
        InvalidValueError: if one is named twice.
    """
    found = codes(values, "serials")
    if len(set(found)) < len(found):
        twice = next(one for one in found if found.count(one) > 1)
        raise InvalidValueError(field="serials", value=twice, reason="is named twice")
    return found


@attrs.frozen
class Report(Command[ProductionOrder]):
    """Units were worked on: a step is confirmed, and with it the steps before it as far as it needs them.

    Answers the order as it stands then.

    Args:
        order: which.
        operation: the step.
        good: how many more are good after it.
        scrapped: how many more were lost in it; `because` says why.
        serials: the good ones, for an item tracked by serial; empty: new ones are numbered within the lot.
        scrapped_serials: the lost ones; empty: the last ones.
        begun: when work began.
        ended: when it ended.
        resource: what it was done on.
        people: who did it.
    """

    order: str = attrs.field(converter=order_named)
    operation: str
    good: Exact = attrs.field(kw_only=True, converter=amount)
    scrapped: Exact = attrs.field(kw_only=True, default=_NONE, converter=amount)
    serials: tuple[str, ...] = attrs.field(kw_only=True, default=(), converter=serial_codes)
    scrapped_serials: tuple[str, ...] = attrs.field(kw_only=True, default=(), converter=serial_codes)
    begun: datetime | None = attrs.field(kw_only=True, default=None)
    ended: datetime | None = attrs.field(kw_only=True, default=None)
    resource: str | None = attrs.field(kw_only=True, default=None, converter=optional_resource)
    people: tuple[str, ...] = attrs.field(kw_only=True, default=(), converter=people_codes)


@attrs.frozen
class Complete(Command[Output]):
    """Good units leave WIP for stores: awaiting release where the item has release criteria, approved by quality.

    The step with which the output is there is confirmed for them, unless it was reported before, and with it the
    steps before it. Co- and by-products come with them in proportion.

    Args:
        order: which.
        good: how many more reach stores.
        scrapped: how many more were lost in the last step; `because` says why.
        serials: the good ones; empty: the first ones.
        scrapped_serials: the lost ones; empty: the last ones.
    """

    order: str = attrs.field(converter=order_named)
    good: Exact = attrs.field(kw_only=True, converter=amount)
    scrapped: Exact = attrs.field(kw_only=True, default=_NONE, converter=amount)
    serials: tuple[str, ...] = attrs.field(kw_only=True, default=(), converter=serial_codes)
    scrapped_serials: tuple[str, ...] = attrs.field(kw_only=True, default=(), converter=serial_codes)


class _Confirmation:
    """One report or completion in the making: the order, its sheet, its progress, its floor and its units."""

    __slots__ = (
        "changed",
        "draft",
        "good",
        "item",
        "ledger",
        "order",
        "progress",
        "scrapped",
        "sheet",
        "stream",
        "units",
    )

    def __init__(self, draft: "Draft", command: Report | Complete) -> None:
        self.draft = draft
        self.stream: Stream
        self.stream, self.order = find_order(draft, command.order)
        order = self.order.launched
        after(order.code, self.order.state, OrderAction.REPORT)
        self.sheet = sheet_of(order, draft.world.catalog)
        self.item = self.sheet.item
        self.good = self._counted(command.good, "good")
        self.scrapped = self._counted(command.scrapped, "scrapped")
        _check_counts(self, command)
        self.progress = Progress(self.order, self.sheet)
        self.changed: tuple[int, ...] = ()
        self.ledger = ledger(draft.world, order)

    def _counted(self, value: Exact, field: str) -> int:
        """Return an amount that was checked at the border in smallest steps."""
        if isinstance(value, Decimal):
            return to_scaled(value, self.item.scale, field=field) if value else 0
        return self.sheet.catalog.scaled(self.item.code, value, field=field)

    def book(self, names: tuple[str, ...], scrapped_names: tuple[str, ...]) -> Units:
        """Consume what the confirmed steps take, bring new units into being, and scrap the lost ones."""
        units = Units(self.draft, self.stream, self.order, self.item, self.ledger)
        used, lines = self._consume(units)
        reborn = frozenset(row for shelf, row in used if shelf == units.shelf)
        reborn |= frozenset(self.ledger.used.get(units.shelf, ()))
        units.end = good_until(self.draft, self.sheet, self.ledger, used)
        units.bear(self.progress.begun() - units.born, (*names, *scrapped_names), reborn)
        units.shorten()
        if self.scrapped:
            units.scrap(self.scrapped, scrapped_names or _last(units, names, self.scrapped))
        if lines:
            self.draft.record(self.stream, LinesChanged(lines, OrderState.STARTED))
        return units

    def _consume(self, units: Units) -> tuple[set[tuple[int, int]], tuple[tuple[int, Decimal, Decimal], ...]]:
        """Use up what the steps with new figures need, and return what was used and the lines' new figures.

        Packaging comes last: what a component needs of the same item, it gets.
        """
        stock = Floor(self.draft, self.order, self.ledger)
        steps, figures = self.order.launched.steps, self.order.line_figures
        self.changed = self.progress.changed()
        entered = {steps[one].code: self.progress.entered(one) for one in self.changed}
        lines = []
        may_owe = self._may_owe(units)
        for line in (
            sorted(self.sheet.lines, key=lambda one: one.packaging) if self.sheet.packaging else self.sheet.lines
        ):
            if line.step in entered:
                issued, consumed = figures[line.number]
                used = steps_of(consumed, line.scale)
                more = line.needed(entered[line.step]) - used
                if more > 0:
                    taken = stock.use(line, more) if line.packaging and may_owe else self._all_of(stock, line, more)
                    if taken:
                        lines.append((line.number, issued, from_scaled(used + taken, line.scale)))
        return stock.used, tuple(sorted(lines))

    def _may_owe(self, units: Units) -> bool:
        """Tell whether units may be confirmed before they are packed: if all of them wait for a release then."""
        if not self.sheet.packaging or not self.draft.world.catalog.criteria(self.item.code):
            return False
        return all(unit.place.release == Release.AWAITING for unit in units.units)

    def _all_of(self, stock: Floor, line: "SheetLine", more: int) -> int:
        why = f"; {self.item.code} waits for no release, so nothing else would hold it back until it is packed"
        return stock.consume(line, more, advice=why if line.packaging else "")

    def confirmed(self, completed: int, operation: str, command: Report | None = None) -> ProductionOrder:
        """Record what was confirmed, with what was said of the work, and return the order as it stands then."""
        scale = self.item.scale
        good = steps_of(self.order.good, scale) + completed
        lost = self.progress.lost
        state = OrderState.STARTED
        if good + lost >= self.sheet.quantity:
            state = after(self.order.launched.code, state, OrderAction.COMPLETE)
        said = (operation,) if command is None else (operation, *_work(command))
        event = StepsConfirmed(
            self.progress.figures(self.changed), from_scaled(good, scale), from_scaled(lost, scale), state, *said
        )
        order = self.draft.record(self.stream, event)
        if not isinstance(order, ProductionOrder):
            raise TypeError(self.stream)
        return order


def _check_counts(work: _Confirmation, command: Report | Complete) -> None:
    for field, value in (("good", work.good), ("scrapped", work.scrapped)):
        if value < 0:
            raise InvalidValueError(field=field, value=getattr(command, field), reason="is below zero")
    if not work.good + work.scrapped:
        raise InvalidValueError(field="good", value=command.good, reason="and scrapped are both zero")
    if not command.serials and not command.scrapped_serials:
        return
    for field, names, count in (
        ("serials", command.serials, work.good),
        ("scrapped_serials", command.scrapped_serials, work.scrapped),
    ):
        if not names:
            continue
        if work.item.tracking is not Tracking.SERIAL:
            raise InvalidValueError(field=field, value=names[0], reason=f"given, but {work.item.code} has none")
        if len(names) != count:
            raise InvalidValueError(field=field, value=names[0], reason=f"are {len(names)} for {count} units")
    if both := set(command.serials) & set(command.scrapped_serials):
        raise InvalidValueError(field="serials", value=min(both), reason="is good and scrapped")


def _last(units: Units, good: tuple[str, ...], count: int) -> tuple[str, ...]:
    """Return the last serials that are not named as good; nothing where none is named."""
    if not good:
        return ()
    kept = set(good)
    return tuple(unit.code for unit in reversed(units.units) if unit.code not in kept)[:count]


@decides(Report)
def decide_report(draft: "Draft", command: Report) -> ProductionOrder:
    """Confirm units at a step.

    The step takes its lines' components out of the order's WIP for all units that enter it, good or scrapped, and so
    do the steps it implies. Units come into being when a step is first confirmed for them, approved by quality;
    scrapped ones go on to the scrap location.

    What is made is good no longer than what the order has used up that limits its life (`BomLine.limits_life`): a lot
    that comes into being expires then at the latest; one that was there before is to be tested again by then.

    Packaging that is not in WIP holds up nothing where the item has release criteria: what is there is used, and the
    order owes the rest; its units are not released until it is issued. Without release criteria nothing would hold back
    what is not packed, so it is refused like any other component that is missing.

    Raises:
        UnknownCode: if there is no such order or step.
        NotAllowed: if the order's state forbids it, a serial exists already, or more is confirmed than was started.
        NotEnough: if components in WIP do not suffice, or packaging of an item without release criteria; the message
            names the first that is short.
        InvalidValueError: if quantities or serials cannot be meant.
    """
    work = _Confirmation(draft, command)
    step = work.order.launched.step(command.operation)
    work.progress.confirm(work.sheet.place[step.code], work.good, work.scrapped)
    work.book(command.serials, command.scrapped_serials)
    return work.confirmed(0, step.code, command)


def _work(command: Report) -> tuple[datetime | None, datetime | None, str | None, tuple[str, ...]]:
    """Return what was said of the work: when it began and ended, on what and by whom."""
    begun, ended = (None if one is None else from_micros(micros(one)) for one in (command.begun, command.ended))
    if begun is not None and ended is not None and ended < begun:
        raise InvalidValueError(field="ended", value=command.ended, reason="is before it began")
    return begun, ended, command.resource, command.people


@decides(Complete)
def decide_complete(draft: "Draft", command: Complete) -> Output:
    """Bring good units to stores; of goods that wait for release, packaging that is missing is owed, as reported.

    Raises:
        UnknownCode: if there is no such order.
        NotAllowed, NotEnough, InvalidValueError: as `decide_report`.
    """
    work = _Confirmation(draft, command)
    scale, order, progress = work.item.scale, work.order.launched, work.progress
    step = work.sheet.place[order.output_step]
    before = steps_of(work.order.good, scale)
    reported = min(progress.good[step] - before, work.good + work.scrapped)
    progress.confirm(step, work.good + work.scrapped - reported, 0)
    progress.good[step] -= work.scrapped
    progress.scrapped[step] += work.scrapped
    units = work.book(command.serials, command.scrapped_serials)
    serials: tuple[SerialCode, ...] = ()
    if work.good:
        serials = units.complete(work.good, command.serials)
        _bring_others(work, before, units)
    work.confirmed(work.good, order.output_step)
    tracked = work.item.tracking is not Tracking.NONE
    return Output(
        order.code,
        order.item,
        LotCode(order.lot) if tracked else None,
        serials,
        from_scaled(work.good, scale),
        from_scaled(work.scrapped, scale),
        unit=work.item.unit,
    )


def _bring_others(work: _Confirmation, before: int, main: Units) -> None:
    """Bring co- and by-products to stores, in proportion to the good units so far, rounded down."""
    one = 10**work.item.scale
    for code, per_unit in work.order.launched.outputs:
        item = work.draft.world.catalog.item(code)
        steps = per_unit * 10**item.scale
        more = floor(steps * Fraction(before + work.good, one)) - floor(steps * Fraction(before, one))
        if more:
            units = Units(work.draft, work.stream, work.order, item, work.ledger)
            units.end = main.end
            units.bear(more, ())
            units.shorten()
            units.complete(more, ())
