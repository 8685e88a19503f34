"""The rows of what changed between two plans."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum

import attrs

from prodstock._render import day, figure, short
from prodstock.master.codes import ItemCode
from prodstock.orders.planned import PlannedBuy, PlannedMake, PlannedMove, PlannedOrder
from prodstock.planning.action import MessageKind
from prodstock.planning.shortages import Shortage


class ChangeOfOrder(StrEnum):
    """What happened to a planned order."""

    NEW = "new"
    GONE = "gone"
    MOVED = "moved"
    RESIZED = "resized"
    SOURCE = "source"
    REVISION = "revision"
    OPTIONS = "options"
    SERVES = "serves"


class ChangeOfFinding(StrEnum):
    """What happened to a shortage or a message."""

    APPEARED = "appeared"
    ENDED = "ended"
    GREW = "grew"
    SHRANK = "shrank"
    MOVED = "moved"
    REASON = "reason"


class CauseKind(StrEnum):
    """What differs between what two plans were made from."""

    DEMAND = "demand"
    SHIPPED = "shipped"
    SUPPLY = "supply"
    RECEIVED = "received"
    STOCK = "stock"
    QUALITY = "quality"
    EXPIRED = "expired"
    RESERVED = "reserved"
    LAUNCHED = "launched"
    CLOSED = "closed"
    REPORTED = "reported"
    ORDER = "order"
    FIRMED = "firmed"
    CATALOG = "catalog"
    POLICY = "policy"
    HORIZON = "horizon"
    TIME = "time"


@attrs.frozen(repr=False)
class Cause:
    """One thing that is no longer as it was when the first plan was made.

    Attributes:
        kind: what it is.
        ref: of what: a demand, an order, a lot, a definition.
        text: what happened, in one line.
        items: the items it touches itself; what else follows from them is for the bills to say.
        everything: whether it touches all items, whichever are named.
        commits: the commits that brought it about, as recorded; empty where no events were given.
    """

    kind: CauseKind
    ref: str
    text: str
    items: tuple[ItemCode, ...]
    everything: bool = False
    commits: tuple[str, ...] = ()

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        return short(f"<Cause {self.kind}: {self.text[:90]}>")


@attrs.frozen(repr=False)
class OrderChange:
    """A planned order that is not as it was.

    Attributes:
        kind: make, buy or move.
        item: of what.
        site: where; of a move, where it comes to.
        changes: what happened to it; several at once for an order that both plans have.
        quantity: how much it was, in the base unit; 0 for a new one.
        quantity_now: how much it is; 0 for one that is gone.
        start: when it began; None for a new one.
        start_now: when it begins; None for one that is gone.
        due: when it was due; None for a new one.
        due_now: when it is due; None for one that is gone.
        causes: what may have caused it, the closest first (see `changes`).
        certain: whether nothing else can have.
        was: the order of the first plan, or None.
        now: the order of the second plan, or None.
    """

    kind: str
    item: ItemCode
    site: str
    changes: tuple[ChangeOfOrder, ...]
    quantity: Decimal
    quantity_now: Decimal
    start: datetime | None
    start_now: datetime | None
    due: datetime | None
    due_now: datetime | None
    causes: tuple[Cause, ...]
    certain: bool
    was: PlannedOrder | None
    now: PlannedOrder | None

    @property
    def moved(self) -> timedelta:
        """How much later it is due than it was; below zero: sooner; zero for one that is new or gone."""
        return timedelta() if self.due is None or self.due_now is None else self.due_now - self.due

    def __repr__(self) -> str:
        what = ", ".join(self.changes)
        amounts = f"{figure(self.quantity)} to {figure(self.quantity_now)} {self.item[:30]}"
        when = f"{day(self.due) if self.due else '-'} to {day(self.due_now) if self.due_now else '-'}"
        return short(f"<OrderChange {self.kind} {amounts}, due {when}: {what}>")


@attrs.frozen(repr=False)
class ShortageChange:
    """A shortage that is not as it was.

    Attributes:
        item: what is short.
        unit: its base unit.
        changes: what happened to it: `moved` is that it is needed or covered at another time, `reason` that it is short
            for another reason or delays others.
        quantity: how much was short; 0 where it appeared.
        quantity_now: how much is short; 0 where it ended.
        delays: the demands and orders that wait for it, now or, where it ended, then.
        causes: what may have caused it, the closest first.
        certain: whether nothing else can have.
        was: the shortage of the first plan, or None.
        now: the shortage of the second plan, or None.
    """

    item: ItemCode
    unit: str
    changes: tuple[ChangeOfFinding, ...]
    quantity: Decimal
    quantity_now: Decimal
    delays: tuple[str, ...]
    causes: tuple[Cause, ...]
    certain: bool
    was: Shortage | None
    now: Shortage | None

    def __repr__(self) -> str:
        amounts = f"{figure(self.quantity)} to {figure(self.quantity_now)} {self.unit[:10]} {self.item[:30]}"
        return short(f"<ShortageChange {amounts}: {', '.join(self.changes)}>")


@attrs.frozen(repr=False)
class MessageChange:
    """A message that is not as it was.

    Attributes:
        kind: of the message.
        order: what it is about, by the code it has now; where it ended, the code it had.
        change: appeared, ended, or says something else (`reason`).
        text: what it said, or empty.
        text_now: what it says, or empty.
        causes: what may have caused it, the closest first.
        certain: whether nothing else can have.
    """

    kind: MessageKind
    order: str
    change: ChangeOfFinding
    text: str
    text_now: str
    causes: tuple[Cause, ...]
    certain: bool

    def __repr__(self) -> str:
        return short(f"<MessageChange {self.kind[:20]} {self.order[:20]} {self.change}: {self.text_now or self.text}>")


@attrs.frozen(repr=False)
class CommitLine:
    """One commit between the two plans.

    Attributes:
        commit: its id.
        recorded_at: when it was written down, in UTC.
        effective_at: when it took effect, in UTC.
        by: who said so.
        because: why.
        events: what happened, by the names of its events.
        streams: where, by the names of the streams.
    """

    commit: str
    recorded_at: datetime
    effective_at: datetime
    by: str
    because: str
    events: tuple[str, ...]
    streams: tuple[str, ...]

    def __repr__(self) -> str:
        who = f" by {self.by[:20]}" if self.by else ""
        return short(
            f"<CommitLine {self.commit[:36]} {self.recorded_at:%Y-%m-%d %H:%M}{who}: {', '.join(self.events)}>"
        )


def kind_of(order: PlannedOrder) -> str:
    """Return make, buy or move."""
    match order:
        case PlannedMake():
            return "make"
        case PlannedBuy():
            return "buy"
        case PlannedMove():
            return "move"


def site_of(order: PlannedOrder) -> str:
    """Return where an order's goods are to be."""
    return order.target if isinstance(order, PlannedMove) else order.site
