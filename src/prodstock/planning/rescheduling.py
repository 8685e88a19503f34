"""What should become of receipts and settled orders: sooner, later, more, less or not at all, by who needs them."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from prodstock.calendars.zone import from_micros
from prodstock.master.item import Supply as Origin
from prodstock.orders.lifecycle import OrderState
from prodstock.orders.planned import PlannedBuy
from prodstock.orders.purchase import PurchaseOrder
from prodstock.planning.action import SAP, ActionMessage, MessageKind
from prodstock.planning.kernel import PRODUCTION, PURCHASE
from prodstock.planning.rows import RECEIPTS, SupplyRow
from prodstock.planning.ways import MICROSECOND, Recipe, Terms
from prodstock.planning.wording import DAY, amount, day
from prodstock.quantities.scaled import from_scaled
from prodstock.stock.lot import NEVER

if TYPE_CHECKING:
    from collections.abc import Iterator

    from prodstock.planning.netting import Netting
    from prodstock.planning.snapshot import Snapshot
    from prodstock.planning.station import Station


class Need(NamedTuple):
    """What of a receipt is needed: from when on, and how much of it is not; NEVER: it is not needed at all."""

    first: int
    excess: int


class Rescheduling:
    """Judges the receipts of a plan, those of one station at a time."""

    def __init__(self, netting: Netting, snapshot: Snapshot) -> None:
        self.netting = netting
        self.now = netting.now
        self.until = netting.gathered.until
        self.early = netting.policy.expedite_tolerance // MICROSECOND
        self.late = netting.policy.defer_tolerance // MICROSECOND
        self.share = Fraction(netting.policy.quantity_tolerance)
        self._suppliers = {one.ref: one.supplier for one in snapshot.promises if isinstance(one, PurchaseOrder)}
        self._several = {one.code for one in snapshot.orders if one.outputs}
        self._launched = {one.code for one in snapshot.orders if one.state is OrderState.LAUNCHED}

    def of(self, station: Station) -> Iterator[ActionMessage]:
        """Yield the messages about the receipts of a station. O(n log n) in its wants and supplies."""
        rows = [SupplyRow(self.netting, station, number) for number in range(len(station.supplies))]
        needs = _in_turn(station, self.now, self.until) if _plain(station) else _by_pegs(station, self.until)
        more = self._more(station, rows)
        for supply in rows:
            if self._movable(supply):
                yield from self._about(supply, needs[supply.number], more.get(supply.number))

    def _movable(self, supply: SupplyRow) -> bool:
        order = supply.order
        return supply.kind in RECEIPTS or (order is not None and order.settled is not None)

    def _about(self, supply: SupplyRow, need: Need, more: tuple[int, int] | None) -> Iterator[ActionMessage]:
        if supply.due < self.now and supply.kind in RECEIPTS:
            item = supply.station.item
            text = f"{amount(item, supply.quantity)} were due on {day(supply.due)} and count as coming now"
            yield self._said(MessageKind.OVERDUE, supply, text, to=self.now)
        yield from self._expedite(supply)
        if more is not None:
            yield self._increase(supply, *more)
        if supply.at < self.until:
            yield from self._too_much(supply, need)
            yield from self._defer(supply, need)

    def _expedite(self, supply: SupplyRow) -> Iterator[ActionMessage]:
        """Say that it is needed sooner than it comes, by those who take it."""
        late = [(max(_by(supply.station, want.at), self.now), quantity) for want, quantity in supply.gives]
        late = [(at, quantity) for at, quantity in late if supply.at - at > self.early]
        if late:
            first, quantity = min(at for at, _ in late), sum(some for _, some in late)
            since = "" if len({at for at, _ in late}) == 1 else " and later"
            much = amount(supply.station.item, quantity)
            text = f"{much} are needed on {day(first)}{since} and come on {day(supply.at)}"
            yield self._said(MessageKind.EXPEDITE, supply, text, to=max(self.now, self._last(supply, first)[0]))

    def _defer(self, supply: SupplyRow, need: Need) -> Iterator[ActionMessage]:
        """Say that all of it is needed later than it comes; not of what is overdue, which may come any moment."""
        if self._beside(supply) or need.first == NEVER or supply.due < self.now or need.first - supply.at < DAY:
            return
        to, ready = self._last(supply, need.first)
        wait = ready - supply.at
        if wait <= self.late or wait < DAY:
            return
        text = f"{amount(supply.station.item, supply.quantity)} come on {day(supply.at)}, needed from {day(need.first)}"
        yield self._said(MessageKind.DEFER, supply, text, to=to)

    def _last(self, supply: SupplyRow, at: int) -> tuple[int, int]:
        """Return for when a receipt is to be asked for that is needed at a moment, and when it is usable then.

        Of a purchase that is the last day on which it is delivered, with the time to inspect it.
        """
        station, order = supply.station, supply.order
        if supply.kind != PURCHASE and (order is None or not isinstance(order.settled, PlannedBuy)):
            return at, at
        way, tests = self._way(supply), station.item.inspection_time
        buying = way.buying if isinstance(way, Terms) else None
        times = self.netting.times
        came = times.received(at, station.site, tests) if buying is None else times.last_in(buying, station.site, at)
        ready = at if buying is None and tests is None else times.usable(came, station.site, tests)
        return (came if order is None else ready), ready

    def _too_much(self, supply: SupplyRow, need: Need) -> Iterator[ActionMessage]:
        """Say that nobody needs it, or not all of it."""
        quantity, item = supply.quantity, supply.station.item
        if not need.excess or need.excess <= self.share * quantity:
            return
        of = from_scaled(quantity, item.scale)
        text = f"{amount(item, need.excess)} of {of:f} are not needed before {day(self.until)}"
        begun = (supply.kind == PRODUCTION and supply.label not in self._launched) or self._beside(supply)
        least = quantity if begun else min(quantity, self._least(supply, quantity - need.excess))
        if need.excess == quantity and not begun:
            yield self._said(MessageKind.CANCEL, supply, text, amount_to=0)
        elif quantity - least > self.share * quantity:
            yield self._said(MessageKind.DECREASE, supply, text, amount_to=least)
        else:
            yield self._said(MessageKind.EXCESS, supply, text, amount_to=quantity - need.excess)

    def _beside(self, supply: SupplyRow) -> bool:
        """Tell whether other items come with it, for whose sake it stays as it is."""
        order = supply.order
        if order is not None:
            return len(self.netting.covering.graph.outputs[order.number]) > 1
        return supply.kind == PRODUCTION and supply.label in self._several

    def _least(self, supply: SupplyRow, needed: int) -> int:
        """Return the smallest order that brings what is needed, by its lot rules."""
        way = self._way(supply)
        if way is None or not needed:
            return needed
        return max(needed, way.good(way.lots.size(*way.to_start(needed))))

    def _way(self, supply: SupplyRow) -> Recipe | Terms | None:
        netting, station = self.netting, supply.station
        order, supplier = supply.order, ""
        if order is not None:
            if order.recipe is not None and order.station is station:
                return order.recipe
            supplier = order.settled.supplier if isinstance(order.settled, PlannedBuy) else ""
        elif supply.kind == PURCHASE:
            supplier = self._suppliers.get(supply.label, "")
        elif supply.kind == PRODUCTION:
            day = netting.times.day(self.now, station.site)
            return netting.sources.on(station.item.code, station.site, day, netting.chosen(station))[1]
        terms = netting.sources.terms(station.item, station.site)
        return next((one for one in terms if supplier and one.sourcing.supplier == supplier), None)

    # What more of a receipt would help

    def _more(self, station: Station, rows: list[SupplyRow]) -> dict[int, tuple[int, int]]:
        """Return how much more of a receipt would cover what new orders bring too late, and from when on, by receipt.

        It is said of the last receipt that is there by the need and still to come.
        """
        found: dict[int, tuple[int, int]] = {}
        for want in sorted(station.late):
            at = max(station.wants[want][0], self.now)
            late = sum(quantity for number, quantity in station.takes(want) if self._too_late(rows[number], at))
            fitting = [one for one in rows if self.now < one.at <= at and self._may_grow(one)] if late else []
            if fitting:
                best = max(fitting, key=lambda one: (one.at, one.number)).number
                before = found.get(best, (0, at))
                found[best] = (before[0] + late, min(before[1], at))
        return found

    def _too_late(self, supply: SupplyRow, at: int) -> bool:
        order = supply.order
        return order is not None and order.settled is None and (supply.ready or NEVER) > at

    def _may_grow(self, supply: SupplyRow) -> bool:
        return self._movable(supply) and (supply.kind != PRODUCTION or supply.label in self._launched)

    def _increase(self, supply: SupplyRow, more: int, first: int) -> ActionMessage:
        text = f"{amount(supply.station.item, more)} more would cover what no new order can bring by {day(first)}"
        return self._said(MessageKind.INCREASE, supply, text, amount_to=supply.quantity + more)

    def _said(
        self, kind: MessageKind, supply: SupplyRow, text: str, *, to: int | None = None, amount_to: int | None = None
    ) -> ActionMessage:
        station = supply.station
        return ActionMessage(
            kind,
            supply.label,
            text,
            item=station.item.code,
            site=station.site,
            segment=station.segment,
            date_from=from_micros(supply.due),
            date_to=None if to is None else from_micros(to),
            quantity_from=from_scaled(supply.quantity, station.item.scale),
            quantity_to=None if amount_to is None else from_scaled(amount_to, station.item.scale),
            sap=SAP.get(kind),
        )


def _plain(station: Station) -> bool:
    """Tell whether everything of a station serves everybody, whatever is used first."""
    return (
        station.item.supply is not Origin.PHANTOM
        and not station.particular
        and all(real.plain for real in station.reals)
        and all(supply.expires == NEVER for supply in station.supplies)
    )


def _in_turn(station: Station, now: int, until: int) -> list[Need]:
    """Return the need for each supply where what comes first is used first, and the safety stock is kept throughout."""
    wants = _needs(station, now)
    found = [Need(NEVER, 0)] * len(station.supplies)
    total = sum(quantity for _, quantity in wants)
    before, used, place, first = 0, 0, 0, now
    for number, supply in sorted(enumerate(station.supplies), key=lambda one: (one[1].at, one[0])):
        while used <= before and place < len(wants):
            first, some = wants[place]
            used += some
            place += 1
        after = before + supply.quantity
        excess = max(0, min(supply.quantity, after - total)) if supply.at < until else 0
        found[number] = Need(first if used > before else NEVER, excess)
        before = after
    return found


def _needs(station: Station, now: int) -> list[tuple[int, int]]:
    """Return how much more is needed from when on, the safety stock included: what it releases serves later wants."""
    wants = sorted(
        (max(station.wished(want[0]), now), int(want[4]) - station.missing.get(number, 0))
        for number, want in enumerate(station.wants)
    )
    if len(station.levels) <= 1:
        return [(now, station.safety), *wants]
    changes = [(max(at, now), 0) for at, _ in station.levels]
    found: list[tuple[int, int]] = []
    taken = needed = 0
    for at, quantity in sorted([*wants, *changes]):
        taken += quantity
        more = taken + station.target(at) - needed
        if more > 0:
            found.append((at, more))
            needed += more
    return found


def _by(station: Station, at: int) -> int:
    """Return when goods must be there that are needed at a moment: a hard safety time before."""
    return at if station.handling is None else station.handling.latest(at)


def _by_pegs(station: Station, until: int) -> list[Need]:
    """Return the need for each supply by who takes it; what is left keeps the safety stock, the last excess first."""
    found = [Need(NEVER, 0)] * len(station.supplies)
    spare = at_end(station, until) - station.target(until - 1)
    for number, supply in sorted(enumerate(station.supplies), key=lambda one: (one[1].at, one[0]), reverse=True):
        first = min((_by(station, station.wants[want][0]) for want, _ in station.gives(number)), default=NEVER)
        left = station.left(number)
        excess = max(0, min(left, spare)) if supply.at < until and supply.expires > until else 0
        if supply.origin < 0 and station.reals[~supply.origin].kind not in RECEIPTS:
            excess = 0
        spare -= excess
        found[number] = Need(supply.at if left > excess else first, excess)
    return found


def at_end(station: Station, until: int) -> int:
    """Return what is left of our stock of a station at the end of the horizon."""
    if station.pegs is None:
        came = sum([supply.quantity for supply in station.supplies if supply.at < until])
        return came - sum([int(want[4]) for want in station.wants])
    there = [supply.at < until and station.ours(number) for number, supply in enumerate(station.supplies)]
    came = sum(supply.quantity for number, supply in enumerate(station.supplies) if there[number])
    came -= sum(quantity for number, quantity in station.wasted if station.ours(number))
    return came - sum(quantity for _, supply, quantity in station.pegged() if there[supply])
