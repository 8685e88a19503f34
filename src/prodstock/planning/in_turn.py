"""Netting in turn: what is wanted of items that come out together, moment by moment, each with its order."""

from __future__ import annotations

from heapq import heapify, heappop, heappush
from typing import TYPE_CHECKING

from prodstock.master.item import Supply as Origin
from prodstock.planning.fitting import Need
from prodstock.planning.handling import rises
from prodstock.planning.kernel import outputs_of
from prodstock.planning.policy import SafetyStock
from prodstock.planning.station import Shelf
from prodstock.planning.ways import MICROSECOND

if TYPE_CHECKING:
    from collections.abc import Sequence

    from prodstock.planning.fitting import Fitter
    from prodstock.planning.gather import Gathered
    from prodstock.planning.kernel import Draft, Orders
    from prodstock.planning.lead_time import LeadTimes
    from prodstock.planning.netting import Netting
    from prodstock.planning.policy import PlanningPolicy
    from prodstock.planning.proposing import Proposer
    from prodstock.planning.station import Station
    from prodstock.planning.substituting import Substituting

Event = tuple[int, int, int, int, int]
"""When, what (wants, the safety stock, the safety stock at its earliest), which station, its first and past want."""

_WANTS, _SAFETY, _EARLIEST = range(3)


class InTurn:
    """Stations of one site whose items come out of the same processes, mostly one: netted together, by moment."""

    def __init__(self, netting: Netting, stations: Sequence[Station]) -> None:
        self.netting = netting
        self.stations = stations
        self.gathered: Gathered = netting.gathered
        self.proposer: Proposer = netting.proposer
        self.fitter: Fitter = netting.fitter
        self.policy: PlanningPolicy = netting.policy
        self.times: LeadTimes = netting.times
        self.now: int = netting.now
        self.near: int = netting.policy.expedite_within // MICROSECOND
        self.orders: Orders = netting.orders
        self.substituting: Substituting = netting.substituting
        for station in stations:
            if station.item.supply is Origin.PHANTOM:
                station.wants = netting.explosion.merged(station.wants)
        self.shelves: list[Shelf] = [Shelf(station, netting.lives, netting.orders) for station in stations]
        for shelf in self.shelves:
            self.substituting.withhold(shelf)

    def run(self) -> None:
        """Serve all that is wanted, from the first moment to the last, and restore the safety stocks."""
        netting = self.netting
        events: list[Event] = []
        for number, station in enumerate(self.stations):
            if station.item.supply is Origin.PHANTOM:
                netting.explosion.blow_through(station, self.shelves[number])
                continue
            self._share_out(station)
            events += self._moments(number, station)
            if station.safety:
                highs = rises(station.levels) if station.levels else [self.now]
                events += [(max(at, self.now), _SAFETY, number, 0, 0) for at in highs]
        heapify(events)
        while events:
            event = heappop(events)
            found = self._serve(event)
            if found is not None:
                heappush(events, found)
        for shelf in self.shelves:
            shelf.admit(max(self.now, self.gathered.until - 1))

    def _moments(self, number: int, station: Station) -> list[Event]:
        """Return one event for each moment at which a station has wants: when an order for it would be due."""
        wants, events, first = station.wants, list[Event](), 0
        for place in range(1, len(wants) + 1):
            if place == len(wants) or wants[place][0] != wants[first][0]:
                wished = self.times.worked(station.wished(wants[first][0]), station.site)
                events.append((wished, _WANTS, number, first, place))
                first = place
        return events

    def _serve(self, event: Event) -> Event | None:
        """Serve the wants of one moment, then see to the safety stock; return when to look at it again, if it waits."""
        at, kind, which, first, past = event
        shelf = self.shelves[which]
        station = shelf.station
        if kind == _WANTS and (station.handling is None or station.handling.plain):
            at = station.wants[first][0]
            event = (at, kind, which, first, past)
        now = max(at, self.now)
        shelf.admit(now)
        needed, latest = self._needed(station, event)
        lacking = self._lacking(shelf, range(first, past), at, max(now, needed))
        shelf.past = max(shelf.past, past)
        if station.particular and lacking:
            lacking = self._as_asked(event, shelf, Need(lacking, 0, at, needed, latest))
        below = station.target(at) - shelf.free if at >= self.now else 0
        comes = max(latest, now + self.near) if self.near else latest
        if comes > at:
            lacking = shelf.serve_all_late(lacking, max(now, needed), comes)
            below -= shelf.coming_by(comes)
        if station.item.follow_up is not None and self.proposer.follow_up(station.item, station.site, now) is not None:
            lacking, below = self.substituting.fall_on_follower(station, lacking, now), 0
        if not lacking and below <= 0:
            return None
        return self._order_for(event, shelf, Need(lacking, max(0, below), at, needed, latest))

    def _as_asked(self, event: Event, shelf: Shelf, need: Need) -> list[tuple[int, int]]:
        """Order what must be of a revision, each by itself, and return what else is lacking."""
        by_revision: dict[str, list[tuple[int, int]]] = {}
        for one in need.lacking:
            by_revision.setdefault(self._revision(shelf.station, one[0]), []).append(one)
        any_will_do = by_revision.pop("", [])
        for revision, asked in by_revision.items():
            now = max(need.at, need.needed, self.now)
            lacking = shelf.serve_all_late(asked, now, need.latest) if need.latest > need.at else asked
            if lacking:
                self._order_for(event, shelf, need._replace(lacking=lacking, revision=revision))
        return any_will_do

    def _revision(self, station: Station, want: int) -> str:
        return self.netting.lives.of(station.wants[want]).revision

    def _order_for(self, event: Event, shelf: Shelf, need: Need) -> Event | None:
        """Order what is needed at a moment; return when to look again, if it waits."""
        draft, need = self._drawn(shelf, need)
        if draft is None:
            return None
        fence, now = self.fitter.fence(draft, shelf.station.site), max(need.at, self.now)
        past = need.lacking and need.latest == need.at and not fence and not self.policy.use_late_receipts
        if past or draft.start >= max(self.now, fence):
            self._accept(shelf, draft, need.lacking, now)
            return None
        lacking = need.lacking and self._late(shelf, need, draft, fence)
        return None if lacking else self._restore(shelf, now, event)

    def _drawn(self, shelf: Shelf, need: Need) -> tuple[Draft | None, Need]:
        """Return the order for a need, and what of it that brings: what must be good for too long goes without."""
        lives, wants = self.netting.lives, shelf.station.wants
        while True:
            life = lives.longest(wants[want] for want, _ in need.lacking)
            need = need._replace(life=life)
            draft, reason = self.fitter.draw(shelf, need, need.at)
            if draft is None and need.latest > need.at:
                draft, reason = self.fitter.draw(shelf, need, need.latest)
            if draft is not None:
                return draft, need
            least = [one for one in need.lacking if lives.of(wants[one[0]]).life < life]
            if not life or not (least or need.below):
                self._without(shelf, need, reason)
                return None, need
            lacking = [one for one in need.lacking if one not in least]
            self._without(shelf, need._replace(lacking=lacking, below=0), reason)
            need = need._replace(lacking=least)

    def _late(self, shelf: Shelf, need: Need, draft: Draft, fence: int) -> bool:
        """Order what would have to start before it may, unless what comes later will do; tell whether it would not."""
        begin, now = max(self.now, fence), max(need.at, self.now)
        earliest = self.proposer.end(draft, shelf.station.site, begin)
        if need.latest > need.at and earliest <= need.latest:
            begun, _ = self.fitter.begun(shelf, draft, need, begin)
            if begun is not None:
                self._accept(shelf, begun, need.lacking, now)
                return True
        if fence or self.policy.use_late_receipts:
            that_day = self.times.day_end(earliest, shelf.station.site)
            lacking = shelf.serve_all_late(need.lacking, max(now, need.needed), max(that_day, need.latest))
            if not lacking:
                return False
            need = need._replace(lacking=lacking, below=max(0, need.below - shelf.coming_by(that_day)))
        late, reason = self.fitter.draw(shelf, need, need.latest)
        late = draft if late is None else late
        if late.start < fence:
            late, reason = self.fitter.begun(shelf, late, need, fence)
        if late is None:
            self._without(shelf, need, reason)
        else:
            self._accept(shelf, late, need.lacking, now)
        return True

    def _needed(self, station: Station, event: Event) -> tuple[int, int]:
        """Return when the wants of an event take what they want, and when it must be there."""
        at, kind, _, first, _ = event
        handling = station.handling
        if handling is None or kind != _WANTS or handling.plain:
            return at, at
        needed = station.wants[first][0]
        return needed, handling.latest(needed)

    def _share_out(self, station: Station) -> None:
        """Let fall on others what they have shares of, whatever is there; then see what orders are to cover."""
        if self.substituting.shares(station) and not station.particular:
            self.substituting.share_out(station)
        if station.handling is not None:
            station.life = self.netting.lives.longest(station.wants)
            station.cover()

    def _lacking(self, shelf: Shelf, wants: range, at: int, now: int) -> list[tuple[int, int]]:
        """Serve wants of one moment by what there is, and by what stands in, and return what they lack."""
        station, lacking = shelf.station, []
        replaced = station.number in self.substituting.active
        for want in wants:
            quantity: int = station.wants[want][4]  # type: ignore[assignment]  # whole: no phantom
            if replaced and not (station.particular and self._revision(station, want)):
                quantity -= self.substituting.first(station, want, quantity, now)
            missing = shelf.serve(want, quantity, now) if quantity else 0
            if missing:
                lacking.append((want, missing))
        if not (replaced and lacking):
            return lacking
        apart = [one for one in lacking if station.particular and self._revision(station, one[0])]
        free = [one for one in lacking if one not in apart]
        return [*apart, *self.substituting.stand_in(station, free, at, now)]

    def _restore(self, shelf: Shelf, now: int, event: Event) -> Event | None:
        """Restore the safety stock: at once if so asked, else as soon as an order that starts now could."""
        station = shelf.station
        below = max(0, station.target(now) - shelf.free)
        need = Need((), below, now, now, now)
        draft, _ = self.fitter.draw(shelf, need, now) if below else (None, "")
        if draft is None:
            return None
        fence = self.fitter.fence(draft, station.site)
        begin = max(self.now, fence)
        if draft.start < begin and (fence or self.policy.use_late_receipts):
            comes = self.times.day_end(self.proposer.end(draft, station.site, begin), station.site)
            need = need._replace(below=below - shelf.coming_by(comes))
            draft = self.fitter.draw(shelf, need, now)[0] if need.below > 0 else None
        if draft is None:
            return None
        if self.policy.safety is not SafetyStock.AT_ONCE and draft.start < max(self.now, fence):
            earliest = self.proposer.end(draft, station.site, max(self.now, fence))
            if event[1] != _EARLIEST:
                return (earliest, _EARLIEST, event[2], 0, 0) if earliest < self.gathered.until else None
            if not fence:
                self.proposer.begin(draft, station.site, self.now, max(earliest, now))
        if fence:
            draft, _ = self.fitter.begun(shelf, draft, need, fence)
        if draft is not None:
            self._accept(shelf, draft, [], now)
        return None

    def _without(self, shelf: Shelf, need: Need, reason: str) -> None:
        """Serve from whatever comes later what no order can bring, and note the rest as missing."""
        station = shelf.station
        station.no_source = reason
        station.short = max(station.short, need.below)
        for want, missing in need.lacking:
            rest = shelf.serve_late(want, missing, max(need.needed, self.now), None)
            if rest:
                station.lack(want, rest, reason)

    def _accept(self, shelf: Shelf, draft: Draft, lacking: Sequence[tuple[int, int]], now: int) -> None:
        """Add an order: what it is for takes its part, the rest is there for whoever comes next."""
        proposer = self.proposer.of(shelf.station.segment)
        for one in proposer.others(draft, shelf.station.site) if draft.rest else (draft,):
            lacking = self._accept_one(shelf, one, lacking, now)

    def _accept_one(
        self, shelf: Shelf, draft: Draft, lacking: Sequence[tuple[int, int]], now: int
    ) -> Sequence[tuple[int, int]]:
        """Add an order, and return what is lacking without it."""
        station = shelf.station
        number = self.netting.add(station, draft)
        station.orders.append(number)
        for item, quantity in outputs_of(draft):
            target = next((one for one in self.shelves if one.station.item.code == item), None)
            supply = self.netting.output(draft, number, item, quantity)
            if target is None:
                self.netting.fall_off(number, station, item, supply)
                continue
            place = target.bring(supply)
            if target is shelf:
                self.orders.supply[number] = place
                served = [(want, target.serve_from(want, missing, place)) for want, missing in lacking]
                lacking = [(want, missing) for want, missing in served if missing]
            else:
                self.orders.also.setdefault(number, []).append((target.station.number, place))
            target.place(place, f"planned {draft.item.code}", now)
        return lacking
