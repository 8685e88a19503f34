"""What became of purchase and transfer orders, read from their events: there is no second book to keep."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo
from typing import TYPE_CHECKING, NamedTuple

from prodstock.calendars.zone import from_micros
from prodstock.errors import UnknownCode
from prodstock.journal.stream import supply_stream
from prodstock.master import checks
from prodstock.master.codes import ItemCode
from prodstock.orders.delivery import base_amount
from prodstock.orders.purchase import (
    SupplyClosed,
    SupplyConfirmed,
    SupplyExpected,
    SupplyLost,
    SupplyReceived,
    SupplyReturned,
    SupplyState,
    TransferOrder,
)
from prodstock.orders.supply_life import SupplyAction
from prodstock.quantities.number import LIMITS
from prodstock.quantities.scaled import from_scaled
from prodstock.stock import world as w
from prodstock.stock.allocation import need_at
from prodstock.stock.changes import changes
from prodstock.stock.history import entries
from prodstock.stock.order_ledger import commits_of, undone
from prodstock.stock.selection import shelves
from prodstock.stock.supply_sheet import Arrival, LateSupply, SupplyChange, SupplySheet
from prodstock.stock.transit import underway
from prodstock.stock.translate import commit_name
from prodstock.tables import Table

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from decimal import Decimal

    from prodstock.calendars.span import Moment
    from prodstock.journal.commit import RecordEvent
    from prodstock.orders.delivery import Delivery
    from prodstock.stock.world import World


class Step(NamedTuple):
    """An event of an order: its commit, and the order before and after it."""

    commit: int
    event: RecordEvent
    before: SupplyState | None
    after: SupplyState


def steps_of(world: World, ref: str) -> list[Step]:
    """Return what happened to an order, in the order of recording. O(its events).

    Raises:
        UnknownCode: if there is none of that code.
    """
    checks.instance(ref, str, "ref", "Give the code of a purchase or transfer order")
    stream = supply_stream(ref)
    number = world.find(stream)
    if number < 0 or not isinstance(world.record(number).body, SupplyState):
        raise UnknownCode(kind="purchase or transfer order", given=ref, nearest=world.near(ref, "supply"))
    found: list[Step] = []
    before: SupplyState | None = None
    for commit in commits_of(world, stream):
        for kind, change in changes(world.commit(commit)):
            if kind == w.RECORD and change[1] == number:
                after = change[3].on(before)
                found.append(Step(commit, change[3], before, after))
                before = after
    return found


def lasting(world: World, steps: Iterable[Step]) -> list[Step]:
    """Return the steps that were not taken back, without what took the others back."""
    return [step for step in steps if not undone(world, step.commit)]


class _Terms(NamedTuple):
    """What the rows of an order say of it: item, unit, origin, site, and the site's zone."""

    ref: str
    item: ItemCode
    unit: str
    origin: str
    site: str
    zone: tzinfo

    def day(self, moment: Moment) -> int:
        """Return the number of the day that a moment is on, at the site."""
        return (moment.astimezone(self.zone) if isinstance(moment, datetime) else moment).toordinal()


def _terms(world: World, state: SupplyState) -> _Terms:
    """Return them; of an order that has ended the item or site may be defined no more."""
    order = state.order
    try:
        unit = world.catalog.item(order.item).unit
    except UnknownCode:
        unit = ""
    try:
        zone: tzinfo = world.catalog.zone(order.site)
    except UnknownCode:
        zone = UTC
    origin = order.source if isinstance(order, TransferOrder) else order.supplier
    return _Terms(order.ref or "", ItemCode(order.item), unit, origin, order.site, zone)


def arrivals(world: World, steps: Sequence[Step]) -> Table[Arrival]:
    """Return what came for an order, by recording; `steps` are those that last."""
    return Table(_arrivals(world, steps))


def _arrivals(world: World, steps: Sequence[Step]) -> Iterator[Arrival]:
    promised: list[_Span] = []
    for step in steps:
        before = step.before
        if isinstance(step.event, SupplyConfirmed):
            promised += _spans(step.after.since, step.after.parts)
        if isinstance(step.event, SupplyReceived) and before is not None and step.after.received > before.received:
            terms, at = _terms(world, step.after), from_micros(world.commit(step.commit)[0])
            asked = steps[0].after.order.due
            came = terms.day(at)
            for quantity, first, expected in _slices(before, step.after.received, promised):
                yield Arrival(
                    *terms[:2],
                    quantity,
                    *terms[2:5],
                    at,
                    asked,
                    first,
                    expected,
                    came - terms.day(asked),
                    None if first is None else came - terms.day(first),
                    came - terms.day(expected),
                )


class _Span(NamedTuple):
    """The goods of an order from one quantity received in all to another, and the date said of them."""

    start: Decimal
    end: Decimal
    due: Moment


def _spans(start: Decimal, parts: Iterable[Delivery]) -> list[_Span]:
    """Return of each part which goods it is."""
    found = []
    for part in parts:
        found.append(_Span(start, LIMITS.add(start, base_amount(part)), part.due))
        start = found[-1].end
    return found


def _slices(
    before: SupplyState, until: Decimal, promised: Sequence[_Span]
) -> Iterator[tuple[Decimal, Moment | None, Moment]]:
    """Yield what came in slices of one promised and one expected date: how much, and both."""
    expected = _spans(before.received, before.coming)
    edges = {edge for span in (*expected, *promised) for edge in (span.start, span.end)}
    start, dates = before.received, _dates(before, before.received, expected, promised)
    for edge in sorted(edge for edge in edges if before.received < edge < until):
        here = _dates(before, edge, expected, promised)
        if here != dates:
            yield LIMITS.subtract(edge, start), *dates
            start, dates = edge, here
    yield LIMITS.subtract(until, start), *dates


def _dates(
    before: SupplyState, at: Decimal, expected: Iterable[_Span], promised: Iterable[_Span]
) -> tuple[Moment | None, Moment]:
    """Return which date was promised first and which expected last for the goods behind so many."""
    last = next((span.due for span in expected if span.start <= at < span.end), before.order.due)
    return next((span.due for span in promised if span.start <= at < span.end), None), last


def sheet(world: World, ref: str, now: int) -> SupplySheet:
    """Return an order as it stands.

    Raises:
        UnknownCode: if there is none of that code.
    """
    steps = lasting(world, steps_of(world, ref))
    state, placed = steps[-1].after, steps[0]
    confirmed = next((step for step in steps if isinstance(step.event, SupplyConfirmed)), None)
    terms, came = _terms(world, state), arrivals(world, steps)
    promised = None if confirmed is None else confirmed.after.order.due
    rest = max(LIMITS.subtract(state.quantity, state.received), checks.ZERO) if state.status.has_ended else checks.ZERO
    overdue = [one.days for one in late_parts(world, state, now)]
    return SupplySheet(
        *terms[:2],
        state.quantity,
        *terms[2:5],
        state.status,
        from_micros(world.commit(placed.commit)[0]),
        placed.after.order.due,
        None if confirmed is None else from_micros(world.commit(confirmed.commit)[0]),
        promised,
        state.order.due,
        state.received,
        _in_transit(world, state),
        state.open,
        state.coming,
        max(LIMITS.subtract(state.received, state.quantity), checks.ZERO),
        checks.ZERO if state.cancelled else rest,
        rest if state.cancelled else checks.ZERO,
        state.replaced,
        state.credited,
        state.lost,
        _days_late(terms, state, came, placed.after.order.due if promised is None else promised, now),
        max(overdue, default=0),
        state.order.serves,
        came,
    )


def _days_late(terms: _Terms, state: SupplyState, came: Table[Arrival], promised: Moment, now: int) -> int | None:
    if state.status.is_open:
        return max(terms.day(from_micros(now)), terms.day(state.order.due)) - terms.day(promised)
    if not came:
        return None
    return max(terms.day(one.arrived_at) for one in came) - terms.day(promised)


def _in_transit(world: World, state: SupplyState) -> Decimal:
    if not isinstance(state.order, TransferOrder) or not state.status.is_open:
        return checks.ZERO
    item = world.catalog.item(state.order.item)
    return from_scaled(underway(world, item.code, state.order.ref or ""), item.scale)


def late_parts(world: World, state: SupplyState, now: int) -> Iterator[LateSupply]:
    """Yield the parts of an order that were expected before now, the earliest first."""
    terms = _terms(world, state)
    for part in state.coming:
        if need_at(part.due, terms.zone) < now:
            days = max(terms.day(from_micros(now)) - terms.day(part.due), 0)
            yield LateSupply(*terms[:2], base_amount(part), *terms[2:5], part.due, days, state.status)


def history(world: World, ref: str) -> Table[SupplyChange]:
    """Return all that happened to an order, in the order of recording: what was taken back is in it, and the taking.

    Raises:
        UnknownCode: if there is none of that code.
    """
    steps = steps_of(world, ref)
    told = [(step.commit, _change(world, step.commit, _action(step), _moved(step), step)) for step in steps]
    if isinstance(steps[-1].after.order, TransferOrder):
        for commit, quantity in _departures(world, steps[-1].after).items():
            step = next(one for one in reversed(steps) if one.commit <= commit)
            still = step._replace(before=step.after)
            told.append((commit, _change(world, commit, SupplyAction.SHIP, quantity, still)))
    return Table(change for _, change in sorted(told, key=_turn))


def _turn(told: tuple[int, SupplyChange]) -> int:
    return told[0]


def _change(world: World, commit: int, action: SupplyAction, moved: Decimal, step: Step) -> SupplyChange:
    effective, recorded, stamp = world.commit(commit)[:3]
    by, because, _ = stamp or ("", "", "")
    return SupplyChange(
        from_micros(effective),
        from_micros(recorded),
        action,
        moved,
        step.after.quantity,
        step.after.received,
        None if step.before is None else step.before.order.due,
        step.after.order.due,
        step.after.coming,
        by,
        because,
        commit_name(world, commit),
    )


def _action(step: Step) -> SupplyAction:
    """Return what happened in a step."""
    match step.event, step.before:
        case SupplyExpected(), before:
            return SupplyAction.PLACE if before is None else SupplyAction.REVISE
        case SupplyReceived(received=received), SupplyState() as before:
            return SupplyAction.RECEIVE if received > before.received else SupplyAction.RETURN
        case SupplyReturned(credited=credited), SupplyState() as before:
            return SupplyAction.CREDIT if credited > before.credited else SupplyAction.RETURN
        case SupplyClosed(cancelled=cancelled), _:
            return SupplyAction.CANCEL if cancelled else SupplyAction.CLOSE
        case event, _:
            return _PLAIN.get(type(event), SupplyAction.REVERSE)


_PLAIN: dict[type[RecordEvent], SupplyAction] = {
    SupplyConfirmed: SupplyAction.CONFIRM,
    SupplyLost: SupplyAction.LOSE,
}


def _moved(step: Step) -> Decimal:
    """Return how much came, went back or got lost in a step."""
    before, after = step.before, step.after
    if before is None:
        return checks.ZERO
    sums = ((before.received, after.received), (before.credited, after.credited), (before.lost, after.lost))
    return next((LIMITS.abs(LIMITS.subtract(now, then)) for then, now in sums if now != then), checks.ZERO)


def _departures(world: World, state: SupplyState) -> dict[int, Decimal]:
    """Return by commit how much left for a transfer into transit, without what was taken back."""
    stream = supply_stream(state.order.ref or "")
    net: dict[int, int] = {}
    try:
        item = world.catalog.item(state.order.item)
    except UnknownCode:
        return {}
    for number in shelves(world, item.code):
        shelf = world.shelf(number)
        for parcel, (_, _, past) in enumerate(shelf.rows):
            if world.places.name(shelf.place[parcel]).segment == stream:
                for _, commit, change, _ in entries(past):
                    net[commit] = net.get(commit, 0) + change
    left = {commit: steps for commit, steps in net.items() if steps > 0 and not undone(world, commit)}
    return {commit: from_scaled(steps, item.scale) for commit, steps in left.items()}
