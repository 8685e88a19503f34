"""What suppliers deliver at most: orders that keep within it, sooner or later than they would be, or from others."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from prodstock.calendars.horizon import TimeBucket, bucket_of
from prodstock.calendars.zone import micros, start_of
from prodstock.master.codes import MAIN
from prodstock.master.item import Supply
from prodstock.master.sourcing import Sourcing
from prodstock.orders.planned import PlannedBuy
from prodstock.orders.purchase import PurchaseOrder
from prodstock.planning.kernel import Draft
from prodstock.planning.proposing import Proposer
from prodstock.planning.ways import MICROSECOND, Terms
from prodstock.planning.wording import at_most
from prodstock.quantities.rounding import Rounding, round_scaled
from prodstock.stock.allocation import need_at
from prodstock.stock.lot import NEVER

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from prodstock.master.catalog import Catalog
    from prodstock.master.item import Item
    from prodstock.orders.planned import PlannedOrder
    from prodstock.planning.gather import Gathered
    from prodstock.planning.lead_time import LeadTimes
    from prodstock.planning.netting import Netting

Period = tuple[str, str, str, date]
"""An item, a supplier, the site of the terms (empty: all that have none of their own), and the first day."""

_MOST_PERIODS = 10 * 366
_PATIENCE = 366 * 24 * 3_600_000_000
"""How long after the horizon a supplier may bring what expires: for too much at one time the wait never ends."""

_DAY = timedelta(days=1)
_HOUR = 3_600_000_000
_LENGTHS = {TimeBucket.DAY: 23 * _HOUR, TimeBucket.WEEK: (7 * 24 - 1) * _HOUR, TimeBucket.MONTH: (28 * 24 - 1) * _HOUR}
"""The shortest that a period may be, in microseconds."""


def any_limited(catalog: Catalog) -> bool:
    """Tell whether any supplier's terms say how much is delivered at most."""
    return any(isinstance(one, Sourcing) and one.capacity is not None for one in catalog.definitions)


def period_of(sourcing: Sourcing, day: date) -> Period:
    """Return the period of some terms in which a day lies."""
    return sourcing.item, sourcing.supplier, sourcing.site or "", bucket_of(day, sourcing.capacity_per)[0]


def comes_in(times: LeadTimes, way: Terms, site: str, start: int, due: int) -> date:
    """Return the day on which goods come in that are ordered at a moment to be there by another."""
    return times.day(due if way.buying is None else times.bought(way, site, start).receive, site)


def promised(gathered: Gathered, settled: Iterable[PlannedOrder]) -> Iterator[tuple[Sourcing, date, int]]:
    """Yield what is still to come, or was settled by people, of what is limited: its terms, the day and how much.

    A delivery that is overdue is today's: it is as if it came now.
    """
    catalog, times = gathered.catalog, gathered.times
    for one in (*gathered.expected, *settled):
        if isinstance(one, PurchaseOrder):
            due, done = need_at(one.due, times.zone(one.site)), gathered.done.get(one.ref or "", 0)
        elif isinstance(one, PlannedBuy):
            due, done = micros(one.due if one.receive is None else one.receive), 0
        else:
            continue
        terms = next((each for each in catalog.sourcings(one.item, one.site) if each.supplier == one.supplier), None)
        if terms is not None and terms.capacity is not None:
            item = catalog.item(one.item)
            open_still = catalog.base(item.code, one.quantity) - catalog.base(item.code, done)
            steps = round_scaled(open_still, item.scale, Rounding.AVAILABILITY)
            if steps > 0:
                yield terms, times.day(max(due, gathered.now), one.site), steps


def delivered(netting: Netting) -> dict[Period, int]:
    """Return how much of what is limited comes in by period, with all that is ordered already. O(orders)."""
    found: dict[Period, int] = {}
    for terms, day, steps in promised(netting.gathered, netting.firm):
        period = period_of(terms, day)
        found[period] = found.get(period, 0) + steps
    orders = netting.orders
    for number, way in enumerate(orders.way):
        if isinstance(way, Terms) and way.capacity is not None:
            site = netting.stations[orders.station[number]].site
            start, due = max(orders.start[number], netting.now), max(orders.due[number], netting.now)
            period = period_of(way.sourcing, comes_in(netting.times, way, site, start, due))
            found[period] = found.get(period, 0) + orders.quantity[number]
    return found


def too_much(netting: Netting) -> Iterator[tuple[Terms, date, int]]:
    """Yield where more is to come in of a period than is delivered at most: the terms, the first day and how much."""
    for (item, supplier, site, since), steps in sorted(delivered(netting).items()):
        for terms in netting.sources.terms(netting.catalog.item(item), site or MAIN):
            if terms.sourcing.supplier == supplier and (terms.sourcing.site or "") == site:
                if terms.capacity is not None and steps > terms.capacity:
                    yield terms, since, steps
                break


class LimitedProposer(Proposer):
    """Draws up orders of which suppliers deliver in a day, week or month no more than they can.

    What does not fit into the period when it is needed comes from whoever else can deliver it then, in the order of
    preference; else in the latest period before that has room, if it need not be ordered before now; else in the first
    period after.
    """

    __slots__ = ("_last", "_ordered")

    def commit(self, gathered: Gathered, settled: Iterable[PlannedOrder]) -> None:
        """Take note of what is ordered already and of what people have settled."""
        super().commit(gathered, settled)
        self._last: int = max(gathered.now, gathered.until) + _PATIENCE
        self._ordered: dict[Period, int] = {}
        for terms, day, steps in promised(gathered, settled):
            self._count(period_of(terms, day), steps)

    def _count(self, period: Period, steps: int) -> None:
        self._ordered[period] = self._ordered.get(period, 0) + steps

    def drafts(self, item: Item, site: str, missing: int, below: int, at: int, until: int = 0) -> Iterator[Draft]:
        """Yield the orders that would bring it: in time, then sooner, then those that have to wait for room."""
        full: list[Draft] = []
        for draft in super().drafts(item, site, missing, below, at, until):
            if draft.start < self.now or self._fit(draft, site):
                yield draft
            else:
                full.append(draft)
        for draft in full:
            yield from self._sooner(draft, site, max(at, until))
        for draft in full:
            draft.start = self.now - 1
            yield draft

    def ever(self, item: Item, site: str, missing: int, life: int) -> bool:
        """Tell whether so much may ever be there at one time: what expires cannot be gathered over many periods."""
        terms = self.sources.terms(item, site)
        made = item.supply is not Supply.BUY and (self.catalog.boms(item.code) or item.code in self.sources.makers)
        if item.shelf_life is None or made or self.sources.routes(item, site):
            return True
        most, good = 0, max(0, item.shelf_life // MICROSECOND - life)
        for way in terms:
            if way.capacity is None:
                return True
            periods = good // _LENGTHS[way.sourcing.capacity_per] + 2
            most += periods * self.sizes(way, item.code, site).floor(way.capacity)
        return missing <= most

    def never(self, draft: Draft) -> str:
        """Say that a supplier never delivers so much at one time; empty: it is not limited."""
        way = draft.way
        if not isinstance(way, Terms) or way.capacity is None:
            return ""
        return f"{at_most(draft.item, way)}: what is needed at one time never comes"

    def _room(self, way: Terms, day: date) -> int:
        return (way.capacity or 0) - self._ordered.get(period_of(way.sourcing, day), 0)

    def _fit(self, draft: Draft, site: str) -> bool:
        """Cut an order to the room that there is when it comes in; false if there is none for it."""
        way = draft.way
        if not isinstance(way, Terms) or way.capacity is None:
            return True
        room = self._room(way, comes_in(self.times, way, site, draft.start, draft.due))
        if draft.quantity <= room:
            return True
        allowed = self.sizes(way, draft.item.code, site).floor(room) if room > 0 else 0
        if not allowed:
            return False
        draft.rest = (draft.quantity + sum(draft.rest) - allowed,)
        draft.quantity = draft.good = allowed
        return True

    def _sooner(self, full: Draft, site: str, good_at: int) -> Iterator[Draft]:
        """Yield an order that comes in the latest period with room before the one in which it should."""
        way = full.way
        if not isinstance(way, Terms):
            return
        day = comes_in(self.times, way, site, full.start, full.due)
        for _ in range(_MOST_PERIODS):
            first = bucket_of(day, way.sourcing.capacity_per)[0]
            due = self.times.worked(micros(start_of(first, self.times.zone(site))) - 1, site)
            draft = Draft(full.item, full.wanted, full.safety)
            draft.quota = full.quota
            if not self._order(draft, way, site, due) or draft.start < self.now or not self.lasts(draft, good_at):
                return
            if self._fit(draft, site):
                yield draft
                return
            day = min(first - _DAY, comes_in(self.times, way, site, draft.start, draft.due))

    def soonest(self, draft: Draft, site: str, start: int) -> int:
        """Return the earliest moment for which an order drawn up anew would start no earlier, and find room.

        NEVER for what expires, where that is more than a year after the horizon.
        """
        at, way = super().soonest(draft, site, start), draft.way
        if at == NEVER or not isinstance(way, Terms) or way.capacity is None:
            return at
        at = max(at, draft.due)
        sizes, past = self.sizes(way, draft.item.code, site), date.min
        for _ in range(_MOST_PERIODS if sizes.floor(way.capacity) else 0):
            due = self.times.worked(at, site)
            day = comes_in(self.times, way, site, self.times.start(way, site, 0, due), due)
            room = self._room(way, day)
            if draft.item.shelf_life is not None and at > self._last:
                break
            if room > 0 and sizes.floor(room):
                return at
            past = bucket_of(max(day, past), way.sourcing.capacity_per)[1]
            at = max(at, self.times.next_in(way, site, micros(start_of(past, self.times.zone(site)))))
        return NEVER

    def occupy(self, draft: Draft, site: str) -> Callable[[], object] | None:
        """Take up the room of an order, and return how to give it back."""
        way = draft.way
        if not isinstance(way, Terms) or way.capacity is None:
            return None
        quantity = draft.quantity
        period = period_of(way.sourcing, comes_in(self.times, way, site, draft.start, draft.due))
        self._count(period, quantity)
        return lambda: self._count(period, -quantity)
