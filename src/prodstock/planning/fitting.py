"""Orders as the parameters of an item want them: with what a lot rule orders ahead, and not before a fence ends."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from prodstock.planning.made_to import otherwise, suitable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from prodstock.planning.gather import Gathered
    from prodstock.planning.kernel import Draft
    from prodstock.planning.lead_time import LeadTimes
    from prodstock.planning.proposing import Proposer
    from prodstock.planning.station import Shelf, Station

_MOST_MOVES = 100
"""How often an order is drawn up anew for a later start: its bill may change on the way."""


class Need(NamedTuple):
    """What a station lacks at a moment, by want, and what is below its safety stock with it.

    An order for it would be due `at`; it is taken when `needed`, and must be there by `latest`.
    With a revision all of it must be made to that. `life` is how long all of it must be good after it is needed.
    """

    lacking: Sequence[tuple[int, int]]
    below: int
    at: int
    needed: int
    latest: int
    revision: str = ""
    life: int = 0


class Fitter:
    """Draws up orders for what a shelf lacks."""

    __slots__ = ("gathered", "now", "proposer", "times")

    def __init__(self, gathered: Gathered, proposer: Proposer) -> None:
        self.gathered = gathered
        self.proposer = proposer
        self.times: LeadTimes = proposer.times
        self.now: int = gathered.now

    def fence(self, draft: Draft, site: str) -> int:
        """Return when the planning time fence of what an order makes or buys ends; 0: it has none."""
        found = self.gathered.handling(draft.item.code, site)
        return 0 if found is None else found.fence

    def draw(self, shelf: Shelf, need: Need, due: int) -> tuple[Draft | None, str]:
        """Return the order for a need, due at a moment, with what its lot rule covers besides; None: the reason."""
        station, below = shelf.station, need.below
        missing = sum(some for _, some in need.lacking)
        ahead = self._ahead(shelf, missing + below, below, need.at)
        until = max(need.needed, self.now) + need.life if need.needed > need.at or need.life else 0
        proposer = self.proposer.of(station.segment)
        if need.revision:
            asked = (station.item, station.site, missing, below + ahead, due, until)
            draft = next(suitable(proposer.drafts(*asked), station.item, need.revision), None)
            reason = "" if draft is not None else self.source(station, due, need.revision, need.life)[1]
        else:
            draft, reason = proposer.order(station.item, station.site, missing, below + ahead, due, until)
        if draft is not None:
            draft.safety, draft.ahead = below, ahead
        return draft, reason

    def source(self, station: Station, due: int, revision: str, life: int = 0) -> tuple[Draft | None, str]:
        """Return the least order that would come by a moment, of a revision and good for so long; None: why none."""
        proposer, until = self.proposer.of(station.segment), due + life if life else 0
        draft, reason = proposer.order(station.item, station.site, 1, 0, due, until)
        if draft is None or not revision:
            return draft, reason
        drafts = [*proposer.drafts(station.item, station.site, 1, 0, due, until)]
        found = next(suitable(drafts, station.item, revision), None)
        return found, "" if found is not None else f"no source: {otherwise(drafts, station.item, revision)}"

    def _ahead(self, shelf: Shelf, missing: int, below: int, at: int) -> int:
        """Return how much a lot rule orders for later with what is missing."""
        station, handling = shelf.station, shelf.station.handling
        if handling is None or handling.plain or not missing:
            return 0
        if handling.level:
            return max(0, handling.level - shelf.free - below)
        if not handling.looks_ahead:
            return 0
        needs = [(at, missing), *self._net_ahead(shelf, below, at)]
        place = (station.item.code, station.site)
        if place not in self.proposer.economic and (economic := handling.economic(needs)):
            self.proposer.economic[place] = economic
        if place in self.proposer.economic:
            return 0
        covered, through = handling.covers(needs)
        station.cover_with(at, through, covered)
        return covered - missing

    def _net_ahead(self, shelf: Shelf, below: int, at: int) -> Iterator[tuple[int, int]]:
        """Yield what will be missing later, by moment, once what is missing now is there: net requirements.

        What an order that comes now brings is not good for longer than its shelf life.
        """
        station = shelf.station
        last = self.gathered.arrives(station.item, max(at, self.now))
        takes: dict[int, int] = dict.fromkeys([moment for moment, _ in station.levels if moment > at], 0)
        theirs = shelf.theirs()
        for want in station.wants[shelf.past :]:
            moment = station.wished(want[0])
            takes[moment] = takes.get(moment, 0) + int(want[4]) - shelf.own(want, theirs)
        later = [number for number in shelf.later(None) if station.ours(number)]
        coming = [(station.supplies[number].at, shelf.left[number]) for number in later]
        balance, place = shelf.free + below, 0
        for moment in sorted(takes):
            if moment >= last:
                return
            while place < len(coming) and coming[place][0] <= moment:
                balance += coming[place][1]
                place += 1
            balance -= takes[moment]
            target = station.target(moment)
            if balance < target:
                yield moment, target - balance
                balance = target

    def begun(self, shelf: Shelf, draft: Draft, need: Need, begin: int) -> tuple[Draft | None, str]:
        """Return the order for a need drawn up anew so that it starts from a moment on, as soon as it may.

        Where a fence ends only when the item may no longer be ordered, None and the reason.
        """
        site, wished = shelf.station.site, draft.start
        for _ in range(_MOST_MOVES):
            if draft.start >= begin:
                break
            if self.proposer.of(shelf.station.segment).holds(draft, begin, site) and not self._followed(
                draft, site, begin
            ):
                due = max(self.proposer.end(draft, site, begin), draft.due)
                self.proposer.begin(draft, site, begin, due)
                break
            due = self.times.opens(max(self.proposer.end(draft, site, begin), draft.due + 1), site)
            again, reason = self.draw(shelf, need, due)
            if again is None:
                if begin > self.now:
                    return None, reason
                break
            draft = again
        draft.fenced = wished if begin > self.now else None
        return draft, ""

    def _followed(self, draft: Draft, site: str, begin: int) -> bool:
        """Tell whether another item has taken the place of what is ordered when an order ends that starts then."""
        if draft.item.follow_up is None:
            return False
        return self.proposer.follow_up(draft.item, site, self.proposer.end(draft, site, begin)) is not None
