"""What changed from one plan to the next: orders, shortages and messages, and what may have caused it."""

from __future__ import annotations

from datetime import datetime, timedelta
from fractions import Fraction
from html import escape
from typing import TYPE_CHECKING, TypeAlias

import attrs

from prodstock._render import glimpse
from prodstock.calendars.zone import micros
from prodstock.errors import UnknownCode
from prodstock.master import checks
from prodstock.master.canonical import canonical
from prodstock.orders.planned import PlannedBuy, PlannedMake, PlannedMove, PlannedOrder
from prodstock.planning.action import MessageKind
from prodstock.planning.changes.causes import causes as causes_between
from prodstock.planning.changes.commits import attributed, commit_lines
from prodstock.planning.changes.matching import Pairs, instant, matched
from prodstock.planning.changes.nervousness import Nervousness
from prodstock.planning.changes.nervousness import nervousness as figures_of
from prodstock.planning.changes.reach import Reach
from prodstock.planning.changes.rows import (
    Cause,
    ChangeOfFinding,
    ChangeOfOrder,
    CommitLine,
    MessageChange,
    OrderChange,
    ShortageChange,
    kind_of,
    site_of,
)
from prodstock.planning.translations.planned import given
from prodstock.tables import Derivation, Table, Tabled

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from prodstock.journal.commit import Recorded
    from prodstock.planning.shortages import Shortage
    from prodstock.planning.translations.planned import Planned


@attrs.frozen(repr=False)
class PlanChanges(Tabled[OrderChange]):
    """What is no longer as the first plan had it. False where nothing is.

    Attributes:
        orders: planned orders that are new, gone, moved, resized, or from another source: by item, site, kind and when.
        shortages: shortages that appeared, ended, grew, shrank or moved, by item and when they are needed.
        messages: messages that appeared, ended or say something else, by kind, then what they are about.
        causes: what differs between what the plans were made from, by kind and ref.
        commits: what was recorded in between, where events were given.
    """

    orders: Table[OrderChange]
    shortages: Table[ShortageChange]
    messages: Table[MessageChange]
    causes: Table[Cause]
    commits: Table[CommitLine]
    _before: tuple[PlannedOrder, ...] = attrs.field(kw_only=True, eq=False)
    _at: datetime = attrs.field(kw_only=True, eq=False)
    _units: tuple[tuple[str, str], ...] = attrs.field(kw_only=True, eq=False)

    def __bool__(self) -> bool:
        return bool(self.orders or self.shortages or self.messages or self.causes)

    def to_table(self) -> Table[OrderChange]:
        """Return the orders that are not as they were; each of the other tables has a `to_frame` of its own."""
        return self.orders

    def nervousness(self, within: timedelta | None = None) -> Nervousness:
        """Return how much of the first plan did not stay.

        Args:
            within: only of orders that begin so soon after the first plan was made; None: of all.

        Raises:
            InvalidTypeError, InvalidValueError: if it is no duration, or one below zero.
        """
        if within is not None:
            checks.duration(within, "within")
        until = None if within is None else self._at + within
        return figures_of(self._before, self.orders, dict(self._units), until)

    def why(self, line: OrderChange | ShortageChange | MessageChange, /) -> Derivation:
        """Return what may have caused a change, the closest first.

        Raises:
            UnknownCode: if the line is not one of these changes.
        """
        known = isinstance(line, OrderChange | ShortageChange | MessageChange)
        if not known or line not in (*self.orders, *self.shortages, *self.messages):
            raise UnknownCode(kind="line of these changes", given=glimpse(line, 60))
        word = "cause" if line.certain else "possible cause"
        return Derivation(_said(line), tuple(Derivation(f"{word}: {cause}") for cause in line.causes))

    def __str__(self) -> str:
        parts = [part for part in self._parts() if part[1]]
        return "\n\n".join([self._counts(), *(f"{name}\n{rows}" for name, rows in parts)])

    def _parts(self) -> tuple[tuple[str, Table[object]], ...]:
        return (
            ("Causes", self.causes),
            ("Orders", self.orders),
            ("Shortages", self.shortages),
            ("Messages", self.messages),
            ("Commits", self.commits),
        )

    def _counts(self) -> str:
        if not self:
            return "Nothing changed"
        counts = ((self.orders, "orders"), (self.shortages, "shortages"), (self.messages, "messages"))
        changed = ", ".join(f"{len(rows)} {name}" for rows, name in counts if rows) or "no orders"
        return f"{changed} changed; {len(self.causes)} possible causes"

    def __repr__(self) -> str:
        return f"<PlanChanges: {self._counts()}>"

    def _repr_html_(self) -> str:
        head = f"<p>{escape(self._counts())}</p>"
        return head + "".join(f"<h4>{name}</h4>{rows.to_html()}" for name, rows in self._parts() if rows)


def changes(before: Planned, after: Planned, *, events: Iterable[Recorded] = ()) -> PlanChanges:
    """Return what changed from one plan to the next, and what may have caused it.

    Orders are matched one with one, within an item, kind and site: those of one code; those that serve the same
    demands; those that share a demand; at last any. Of several the earlier is matched first, with the one due nearest;
    ties go to the earlier date, then by content. Shortages of an item are matched if they delay the same, or share
    what they delay; messages by kind and what they are about. What is left was there before only, or is new. An order
    that was launched is gone from the plan: `launched` is among its causes.

    Causes are all that differs between the two snapshots, the policies and the horizons. One can reach an order
    through a demand or order that it serves, through its own item, or from above in the bills (which covers co-products
    of one process); a shortage also from below. Time reaches only what ran over or came in it, safety stock, forecasts
    and what was short. A change has all causes that can reach it, the closest first; it is certain only where there is
    just one: nothing is planned anew to find out.

    Args:
        before: the first plan.
        after: the second plan, of any catalog, policy and horizon.
        events: what was recorded in between, such as `plant.events()[known:]`, where `known` is how many there were
            when the first plan was made. A cause names the commits that wrote to its stream.

    Raises:
        InvalidTypeError: if one is no plan, or an event is none.

    O(n log n) in orders and rows of the snapshots, and for each changed row the items that its bills join with it.

    >>> from datetime import UTC, date
    >>> from prodstock.calendars.span import working_days
    >>> from prodstock.master.catalog import Catalog
    >>> from prodstock.master.item import Item
    >>> from prodstock.master.sourcing import Sourcing
    >>> from prodstock.orders.demand import Demand
    >>> from prodstock.planning.planner import plan
    >>> from prodstock.planning.snapshot import Snapshot
    >>> catalog = Catalog([Item("MIC"), Sourcing("MIC", supplier="KNW", lead_time=working_days(3))])
    >>> def planned(quantity):
    ...     wanted = Demand("MIC", quantity, due=date(2026, 3, 11), ref="SO-1")
    ...     snapshot = Snapshot(catalog=catalog, at=datetime(2026, 3, 2, 6, tzinfo=UTC), promises=[wanted])
    ...     return plan(snapshot, until=date(2026, 4, 1))
    >>> found = changes(planned(240), planned(300))
    >>> found.orders[0]
    <OrderChange buy 240 to 300 MIC, due 2026-03-11 to 2026-03-11: resized>
    >>> print(found.why(found.orders[0]))
    buy MIC at MAIN: resized, 240 to 300
      cause: SO-1 (MIC): quantity 240 to 300
    """
    given(before, "before")
    given(after, "after")
    commits = commit_lines(events)
    causes = attributed(causes_between(before, after), commits)
    reach = Reach(causes, before.snapshot.catalog, after.snapshot.catalog)
    pairs = _order_pairs(before, after)
    units = {item.code: item.unit for plan in (before, after) for item in plan.snapshot.catalog.items}
    return PlanChanges(
        Table(_orders(pairs, reach)),
        Table(_shortages(before, after, reach)),
        Table(_messages(before, after, pairs, reach)),
        Table(causes),
        commits,
        before=tuple(before.orders),
        at=before.snapshot.at,
        units=tuple(sorted(units.items())),
    )


_OrderPairs: TypeAlias = Pairs[PlannedOrder]


def _order_pairs(before: Planned, after: Planned) -> _OrderPairs:
    def place(order: PlannedOrder) -> tuple[str, str, str, str]:
        return kind_of(order), order.item, site_of(order), order.segment

    filed: dict[tuple[str, str, str, str], tuple[list[PlannedOrder], list[PlannedOrder]]] = {}
    for side, plan in enumerate((before, after)):
        for order in plan.orders:
            filed.setdefault(place(order), ([], []))[side].append(order)
    rules = (lambda one: one.code or None, lambda one: one.serves or None)
    found: _OrderPairs = []
    for key in sorted(filed):
        old, new = filed[key]
        pairs: _OrderPairs = matched(
            old, new, rules, lambda one: one.serves, lambda one: micros(one.due), lambda _: "any", _content
        )
        found += pairs
    return found


def _content(order: PlannedOrder) -> str:
    """Return a text for what an order is: its code, which is made of that; one that was settled may have none."""
    return order.code or canonical(order)


def _orders(pairs: _OrderPairs, reach: Reach) -> list[OrderChange]:
    found = []
    for was, now in pairs:
        what = _order_changes(was, now)
        one = now if now is not None else was
        if what and one is not None:
            serves = dict.fromkeys(ref for each in (was, now) if each is not None for ref in each.serves)
            causes = reach.above(one.item, serves)
            found.append(_order_change(one, was, now, what, causes))
    return sorted(found, key=lambda row: (row.item, row.site, row.kind, *_times(row)))


def _times(row: OrderChange) -> tuple[int, int, str]:
    one = row.now if row.now is not None else row.was
    return instant(row.due_now or row.due), instant(row.due or row.due_now), "" if one is None else one.code


def _order_change(
    one: PlannedOrder,
    was: PlannedOrder | None,
    now: PlannedOrder | None,
    what: tuple[ChangeOfOrder, ...],
    causes: tuple[Cause, ...],
) -> OrderChange:
    return OrderChange(
        kind_of(one),
        one.item,
        site_of(one),
        what,
        checks.ZERO if was is None else was.quantity,
        checks.ZERO if now is None else now.quantity,
        None if was is None else was.start,
        None if now is None else now.start,
        None if was is None else was.due,
        None if now is None else now.due,
        causes,
        len(causes) == 1,
        was,
        now,
    )


def _order_changes(was: PlannedOrder | None, now: PlannedOrder | None) -> tuple[ChangeOfOrder, ...]:
    """Return what happened to an order; nothing where only its code is another."""
    if was is None:
        return (ChangeOfOrder.NEW,)
    if now is None:
        return (ChangeOfOrder.GONE,)
    differ = (
        (ChangeOfOrder.MOVED, (was.start, was.due) != (now.start, now.due)),
        (ChangeOfOrder.RESIZED, _sizes(was) != _sizes(now)),
        (ChangeOfOrder.SOURCE, _source(was) != _source(now)),
        (ChangeOfOrder.REVISION, _revision(was) != _revision(now)),
        (ChangeOfOrder.OPTIONS, _options(was) != _options(now)),
        (ChangeOfOrder.SERVES, was.serves != now.serves),
    )
    return tuple(one for one, different in differ if different)


def _sizes(order: PlannedOrder) -> tuple[object, ...]:
    if isinstance(order, PlannedMake):
        return order.quantity, order.good, order.from_stock
    return (order.quantity,)


def _source(order: PlannedOrder) -> str:
    match order:
        case PlannedBuy():
            return order.supplier
        case PlannedMove():
            return order.source
        case PlannedMake():
            return ""


def _revision(order: PlannedOrder) -> tuple[str, ...]:
    return (order.revision, *order.groups) if isinstance(order, PlannedMake) else ()


def _options(order: PlannedOrder) -> tuple[tuple[str, str], ...]:
    return order.options if isinstance(order, PlannedMake) else ()


def _shortages(before: Planned, after: Planned, reach: Reach) -> Iterator[ShortageChange]:
    pairs = matched(
        before.shortages,
        after.shortages,
        (lambda one: one, lambda one: (one.item, one.delays)),
        lambda one: tuple(f"{one.item}\n{ref}" for ref in one.delays),
        lambda one: micros(one.needed),
        lambda one: None if one.delays else one.item,
    )
    found = []
    for was, now in pairs:
        what = _finding_changes(was, now)
        one = now if now is not None else was
        if what and one is not None:
            causes = reach.around(one.item, one.delays)
            found.append(
                ShortageChange(
                    one.item,
                    one.unit,
                    what,
                    checks.ZERO if was is None else was.quantity,
                    checks.ZERO if now is None else now.quantity,
                    one.delays,
                    causes,
                    len(causes) == 1,
                    was,
                    now,
                )
            )
    return iter(sorted(found, key=_shortage_key))


def _shortage_key(row: ShortageChange) -> tuple[object, ...]:
    one = row.now if row.now is not None else row.was
    needed = 0 if one is None else micros(one.needed)
    return row.item, needed, row.delays, row.now is None, Fraction(row.quantity), Fraction(row.quantity_now)


def _finding_changes(was: Shortage | None, now: Shortage | None) -> tuple[ChangeOfFinding, ...]:
    if was is None:
        return (ChangeOfFinding.APPEARED,)
    if now is None:
        return (ChangeOfFinding.ENDED,)
    differ = (
        (ChangeOfFinding.GREW, now.quantity > was.quantity),
        (ChangeOfFinding.SHRANK, now.quantity < was.quantity),
        (ChangeOfFinding.MOVED, (was.needed, was.covered, was.days) != (now.needed, now.covered, now.days)),
        (
            ChangeOfFinding.REASON,
            (was.cause, was.kind, was.root, was.delays, was.segment)
            != (now.cause, now.kind, now.root, now.delays, now.segment),
        ),
    )
    return tuple(one for one, different in differ if different)


def _messages(before: Planned, after: Planned, pairs: _OrderPairs, reach: Reach) -> list[MessageChange]:
    """Return the messages that differ; one about a planned order is followed to the order that it became."""
    became = {was.code: now.code for was, now in pairs if was is not None and now is not None}
    items = _items_of(before) | _items_of(after)

    def about(one: _Said) -> tuple[str, str]:
        return one.kind, became.get(one.order, one.order) if one.before else one.order

    old = [_Said(one.kind, one.order, one.text, before=True) for one in before.messages]
    new = [_Said(one.kind, one.order, one.text, before=False) for one in after.messages]
    rules = (lambda one: (*about(one), one.text), about)
    found = []
    for was, now in matched(old, new, rules, lambda _: (), lambda _: 0, lambda _: None):
        one = now if now is not None else was
        if one is None or (was is not None and now is not None and was.text == now.text):
            continue
        change = _message_change(was, now)
        causes = reach.around(items[one.order], ()) if one.order in items else ()
        texts = ("" if was is None else was.text, "" if now is None else now.text)
        found.append(MessageChange(one.kind, one.order, change, *texts, causes, len(causes) == 1))
    return sorted(found, key=lambda row: (row.kind, row.order, row.change, row.text, row.text_now))


@attrs.frozen
class _Said:
    """A message of one of the two plans."""

    kind: MessageKind
    order: str
    text: str
    before: bool = attrs.field(kw_only=True, eq=False)


def _message_change(was: _Said | None, now: _Said | None) -> ChangeOfFinding:
    if was is None:
        return ChangeOfFinding.APPEARED
    return ChangeOfFinding.ENDED if now is None else ChangeOfFinding.REASON


def _items_of(plan: Planned) -> dict[str, str]:
    """Return the item behind each code that a message may be about: an order, a promise, a lot, an item."""
    snapshot = plan.snapshot
    found = {item.code: item.code for item in snapshot.catalog.items}
    found |= {lot.label: lot.item for lot in snapshot.lots}
    found |= {one.ref: one.item for one in snapshot.promises if one.ref}
    found |= {order.code: order.item for order in (*snapshot.orders, *plan.orders)}
    return found


def _said(line: OrderChange | ShortageChange | MessageChange) -> str:
    if isinstance(line, MessageChange):
        return f"{line.kind} {line.order} {line.change}: {line.text_now or line.text}"
    what = f"{', '.join(line.changes)}, {line.quantity:f} to {line.quantity_now:f}"
    if isinstance(line, ShortageChange):
        return f"shortage of {line.item}: {what}"
    return f"{line.kind} {line.item} at {line.site}: {what}"
