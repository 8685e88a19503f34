"""Safety stocks of constrained plans, restored once everybody is served."""

from __future__ import annotations

from heapq import heappop, heappush
from typing import TYPE_CHECKING

from prodstock.planning.asking import Call, Reply, Stride, answer
from prodstock.planning.kernel import ANY
from prodstock.stock.lot import NEVER

if TYPE_CHECKING:
    from collections.abc import Callable

    from prodstock.planning.asking import Asking
    from prodstock.planning.feasible import Feasible
    from prodstock.planning.kernel import Draft
    from prodstock.planning.station import Station

MOST_ATTEMPTS = 10_000
"""Moments at which one want is tried: more are a calendar that leads nowhere."""


class Restoring:
    """Orders what is below the safety stocks, from now on, each time as early as it can be there."""

    def __init__(self, feasible: Feasible, order: Callable[[Call, Draft, int, int], Asking]) -> None:
        self.feasible = feasible
        self.netting = feasible.netting
        self.now = feasible.now
        self._order = order

    def run(self) -> None:
        """Restore the safety stocks, those nearest the customer first, and those of parts that only that calls for."""
        stations, known = self.netting.stations, 0
        pending: list[tuple[tuple[int, int, str, str, str], int]] = []
        while known < len(stations) or pending:
            for station in stations[known:]:
                heappush(pending, (self.feasible.place(station), station.number))
            known = len(stations)
            station = stations[heappop(pending)[1]]
            if station.safety:
                self._restore(station)

    def _restore(self, station: Station) -> None:
        """Order what is below the safety stock, from now on, each time as early as it can be there."""
        pool, moment, stride = self.feasible.pool(station), self.now, Stride(self.now)
        for _ in range(MOST_ATTEMPTS):
            changes = [at for at, _ in station.levels]
            low = next((one for one in pool.projected(moment, changes) if one[1] < station.target(one[0])), None)
            if low is None or max(low[0], moment) >= self.netting.gathered.until:
                return
            moment = max(low[0], moment)
            ended = station.item.follow_up is not None
            if ended and self.netting.proposer.follow_up(station.item, station.site, moment) is not None:
                return
            below = station.target(moment) - low[1]
            reply = answer(self._fresh(station, below, moment))
            self.feasible.journal.keep()
            if reply.got:
                continue
            moment = stride.after(moment, reply)
            if moment == NEVER:
                station.short = max(station.short, below)
                return

    def _fresh(self, station: Station, below: int, at: int) -> Asking:
        later, proposer = NEVER, self.netting.proposer.of(station.segment)
        ahead = self.feasible.ahead(station, below, at)
        for whole in proposer.drafts(station.item, station.site, 0, below + ahead, at):
            whole.safety, whole.ahead = below, ahead
            draft = next(proposer.others(whole, station.site)) if whole.rest else whole
            reply = yield self._order(Call(station, -1, ANY), draft, below, at)
            if reply.got:
                return reply
            later = min(later, reply.later)
        return Reply(0, later)
