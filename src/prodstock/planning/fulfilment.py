"""How each demand fares by a plan: on time, late by how long, short by how much, and what binds."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING

import attrs

from prodstock._render import day, figure, short
from prodstock.calendars.zone import from_micros
from prodstock.errors import AmbiguousCode, InvalidTypeError, UnknownCode, nearest
from prodstock.master import checks
from prodstock.master.codes import ItemCode
from prodstock.master.item import Supply as Origin
from prodstock.orders.demand import Demand
from prodstock.planning.causes import ShortageCause, cause_of
from prodstock.planning.chain import ChainLink, Chains
from prodstock.planning.ways import MICROSECOND
from prodstock.planning.wording import span
from prodstock.quantities.rounding import Rounding, round_scaled
from prodstock.quantities.scaled import from_scaled
from prodstock.stock.allocation import need_at
from prodstock.stock.lot import NEVER

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from prodstock.planning.kernel import Asked
    from prodstock.planning.netting import Netting
    from prodstock.planning.rows import WantRow
    from prodstock.planning.snapshot import Snapshot


class Service(StrEnum):
    """How a demand fares by a plan.

    DONE: nothing of it is open: it is shipped, or orders have consumed it as a forecast. BEYOND: it is due after the
    horizon, and was not planned.
    """

    ON_TIME = "on-time"
    LATE = "late"
    SHORT = "short"
    DONE = "done"
    BEYOND = "beyond"


@attrs.frozen(repr=False)
class PlannedDelivery:
    """A part of a demand: how much, and when it is there for it. What is there before the demand is due comes then."""

    at: datetime
    quantity: Decimal

    def __str__(self) -> str:
        return f"{figure(self.quantity)} on {day(self.at)}"

    def __repr__(self) -> str:
        return short(f"<PlannedDelivery {self}>")


@attrs.frozen(repr=False)
class Fulfilment:
    """How a demand fares by a plan.

    Attributes:
        ref: the demand; of one without a code, its item and day.
        item: what is wanted.
        site: from where.
        quantity: how much of it is still to be delivered, in the base unit; what is reserved for it included.
        unit: the base unit.
        due: when it is due, in UTC.
        service: how it fares.
        late: by how much the last of it comes after it is due; zero: not at all.
        missing: how much of it never comes.
        deliveries: the parts in which it comes, by date.
        completed: when the last of it is delivered; None: never, or it was not planned.
        slack: how much later what it waits for last could come without making it late; below zero: it is late; None: it
            never comes or was not planned.
        cause: why it is late or short, in one word; None: it is on time, or overdue while all of it is there.
        chain: what it waits for, one after another, down to what binds; empty where it is on time.
    """

    ref: str
    item: ItemCode
    site: str
    quantity: Decimal
    unit: str
    due: datetime
    service: Service
    late: timedelta = timedelta()
    missing: Decimal = checks.ZERO
    deliveries: tuple[PlannedDelivery, ...] = ()
    completed: datetime | None = None
    slack: timedelta | None = None
    cause: ShortageCause | None = None
    chain: tuple[ChainLink, ...] = ()

    def __str__(self) -> str:
        what = f"{self.ref}: {figure(self.quantity)} {self.unit} {self.item}, due {day(self.due)}"
        match self.service:
            case Service.ON_TIME:
                return f"{what}, on time"
            case Service.LATE:
                return f"{what}, late by {span(self.late // MICROSECOND)}"
            case Service.SHORT:
                return f"{what}, short by {figure(self.missing)}"
            case Service.DONE:
                return f"{what}, nothing open"
            case Service.BEYOND:
                return f"{what}, beyond the horizon"

    def __repr__(self) -> str:
        what = f"{self.ref[:24]} {figure(self.quantity)[:20]} {self.item[:24]}"
        return short(f"<Fulfilment {what} due {day(self.due)}, {self.service}>")


def fulfilments(netting: Netting, snapshot: Snapshot) -> list[Fulfilment]:
    """Return how each demand of a snapshot fares, by due date, then code. O(wants + pegs)."""
    rows = _Rows(netting, snapshot)
    found = [rows.row(one) for one in snapshot.promises if isinstance(one, Demand)]
    return sorted(found, key=lambda row: (row.due, row.ref, row.item, row.site, row.quantity))


def fulfilment(rows: Iterable[Fulfilment], demand: Demand | str) -> Fulfilment:
    """Return how one demand fares; one without a code is called by its item and day, as its row is.

    Raises:
        InvalidTypeError: if it is neither a demand nor a code.
        UnknownCode: if there is no such demand.
        AmbiguousCode: if several demands have the code.
    """
    if not isinstance(demand, Demand | str):
        raise InvalidTypeError(field="demand", value=demand, reason="is no demand", advice="Give a Demand or its code")
    known = list(rows)
    given = demand if isinstance(demand, str) else demand.ref or f"{demand.item} {day(demand.due)}"
    found = [row for row in known if row.ref == given]
    if not found:
        raise UnknownCode(kind="demand of this plan", given=given, nearest=nearest(given, [row.ref for row in known]))
    if len(found) > 1:
        raise AmbiguousCode(given=given, candidates=tuple(f"{row.item} due {day(row.due)}" for row in found))
    return found[0]


_Head = tuple[str, ItemCode, str, Decimal, str, datetime]
"""What every row says of its demand."""


class _Rows:
    """What the rows of all demands are made from."""

    def __init__(self, netting: Netting, snapshot: Snapshot) -> None:
        self.netting = netting
        self.chains = Chains(netting.covering.graph)
        self.asked: dict[int, list[tuple[int, Asked]]] = {}
        for number, asked in enumerate(netting.gathered.asked):
            self.asked.setdefault(id(asked.origin), []).append((number, asked))
        self.held: dict[tuple[str, str, str], int] = {}
        for one in snapshot.held:
            if one.line is None:
                key = (one.ref, one.item, one.site)
                self.held[key] = self.held.get(key, 0) + snapshot.catalog.scaled(one.item, one.quantity)

    def row(self, demand: Demand) -> Fulfilment:
        """Return how one demand fares."""
        netting = self.netting
        item = netting.catalog.item(demand.item)
        due = need_at(demand.due, netting.times.zone(demand.site))
        ref = demand.ref or f"{item.code} {netting.times.day(due, demand.site)}"
        given = self.asked.get(id(demand))
        found = given.pop(0) if given else None
        reserved = self.held.get((ref, item.code, demand.site), 0)
        quantity = reserved + (0 if found is None else found[1].quantity)
        beyond = found is None and due >= netting.gathered.until
        quantity = self._open(demand) if beyond else quantity
        head = (ref, ItemCode(item.code), demand.site, from_scaled(quantity, item.scale), item.unit, from_micros(due))
        if found is None and (beyond or not reserved):
            return Fulfilment(*head, Service.BEYOND if beyond else Service.DONE)
        terms = None if found is None else netting.gathered.terms.get(found[0])
        coming = _Coming(max(due, netting.now), 0 if terms is None else terms.least)
        coming.add(coming.first, reserved)
        want = None if found is None else self._collect(found[0], demand, coming)
        return self._answer(head, item.scale, due, coming, want)

    def _open(self, demand: Demand) -> int:
        """Return what of a demand that was not planned is not shipped yet."""
        netting = self.netting
        item = netting.catalog.item(demand.item)
        asked = round_scaled(netting.catalog.base(item.code, demand.quantity), item.scale, Rounding.NEED)
        done = netting.gathered.done.get(demand.ref or "")
        return asked if done is None else max(0, asked - netting.catalog.scaled(item.code, done))

    def _collect(self, number: int, demand: Demand, coming: _Coming) -> WantRow:
        """Note when which part of a demand is there, and return what it wants of its own item."""
        netting = self.netting
        wants = list(netting.covering.graph.inputs(number))
        own = next(want for want in wants if want.part is None and want.station.item.code == demand.item)
        for supply, quantity in own.takes:
            coming.add(supply.ready, quantity)
        coming.missing += own.missing
        if own.station.item.supply is Origin.PHANTOM:
            rest = own.quantity - own.missing - sum(quantity for _, quantity in own.takes)
            covered = netting.covering.waits.get(number, 0)
            coming.add(None if covered == NEVER else covered, rest)
        return own

    def _answer(self, head: _Head, scale: int, due: int, coming: _Coming, want: WantRow | None) -> Fulfilment:
        deliveries = tuple(
            PlannedDelivery(from_micros(at), from_scaled(quantity, scale)) for at, quantity in coming.shipped()
        )
        last = max(coming.parts, default=due)
        overdue = coming.last <= self.netting.now
        if coming.missing:
            late, service, completed, slack = max(0, last - due), Service.SHORT, None, None
        else:
            late, service = max(0, last - due), Service.LATE if last > due else Service.ON_TIME
            completed, slack = from_micros(last), timedelta(microseconds=due - max(coming.last, self.netting.now))
        binds = want if service is not Service.ON_TIME and not (overdue and not coming.missing) else None
        return Fulfilment(
            *head,
            service,
            timedelta(microseconds=late),
            from_scaled(coming.missing, scale),
            deliveries,
            completed,
            slack,
            None if binds is None else cause_of(self.chains.root(binds)),
            () if binds is None else self.chains.links(binds),
        )


class _Coming:
    """What comes for a demand, and when: not before it is due."""

    def __init__(self, first: int, least: int) -> None:
        self.first = first
        self.least = least
        self.last = 0
        self.parts: dict[int, int] = {}
        self.missing = 0

    def shipped(self) -> Iterator[tuple[int, int]]:
        """Yield when how much is shipped: what is there waits until that and what is left are a shipment each."""
        rest, waiting = sum(self.parts.values()), 0
        for at, quantity in sorted(self.parts.items()):
            rest, waiting = rest - quantity, waiting + quantity
            if waiting and (not rest or min(waiting, rest) >= self.least):
                yield at, waiting
                waiting = 0

    def add(self, ready: int | None, quantity: int) -> None:
        """Note that a quantity is there from a moment on; None: never."""
        if not quantity:
            return
        if ready is None:
            self.missing += quantity
            return
        self.last = max(self.last, ready)
        at = max(ready, self.first)
        self.parts[at] = self.parts.get(at, 0) + quantity
