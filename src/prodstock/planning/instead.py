"""What serves instead of an item while wants are served one after another: substitutes, shares, what follows it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prodstock.master.bom_terms import Substitution
from prodstock.planning.asking import Asking, Call, Reply
from prodstock.planning.kernel import ANY
from prodstock.stock.lot import NEVER

if TYPE_CHECKING:
    from collections.abc import Generator

    from prodstock.planning.feasible import Feasible
    from prodstock.planning.kernel import Want
    from prodstock.planning.lives import Lives
    from prodstock.planning.pool import Pool
    from prodstock.planning.station import Station
    from prodstock.planning.substituting import Falls, Lends, Substituting


class Borrowed:
    """What is free of a substitute, as it is lent for the sake of some demands."""

    __slots__ = ("lives", "pool", "refs")

    def __init__(self, pool: Pool, lives: Lives, refs: frozenset[str]) -> None:
        self.pool = pool
        self.lives = lives
        self.refs = refs

    def there(self, now: int, life: int = 0) -> int:
        """Return what production may take at a moment, and is good for so long then."""
        return self.pool.there(now, life)

    def next(self, now: int) -> int:
        """Return when something that production may take arrives after a moment; NEVER: nothing does."""
        return self.pool.next_after(now, ANY)

    def give(self, want: Want, now: int) -> None:
        """Let a want of production take what it wants, all of which is there."""
        self.pool.take(self.pool.want(want), int(want[4]), now, self.lives.of(want), self.refs)


class Instead:
    """Asks others than the item that is wanted."""

    def __init__(self, feasible: Feasible) -> None:
        self.feasible = feasible
        self.substituting: Substituting = feasible.netting.substituting
        self.substituting.journal, self.substituting.pool_of = feasible.journal, self._lends
        self._touched: dict[int, Pool] = {}

    def may_serve(self, station: Station) -> bool:
        """Tell whether something else may serve those who want an item."""
        return station.item.follow_up is not None or self.substituting.concerns(station)

    def next_after(self, call: Call, at: int) -> int:
        """Return when something that may stand in arrives after a moment; NEVER: nothing does."""
        return self.substituting.next_after(call.station, call.want, at)

    def first(self, call: Call, quantity: int, at: int) -> Asking:
        """Serve by others what they have shares of, and what they are to serve before the item itself."""
        station, got = call.station, 0
        if self.substituting.shares(station):
            for falls in list(self.substituting.falls_first(station, call.want, quantity, at)):
                got += (yield self._fall(call, falls, at)).got
        got += self.substituting.first(station, call.want, quantity - got, at)
        yield from self._settled(at)
        return Reply(got, NEVER)

    def before_ordering(self, call: Call, missing: int, at: int) -> Asking:
        """Serve by substitutes what is not there, before it is ordered."""
        left = self.substituting.serve(call.station, call.want, missing, at, {Substitution.BEFORE_ORDERING})
        yield from self._settled(at)
        return Reply(missing - left, NEVER)

    def _settled(self, at: int) -> Generator[Asking, Reply, None]:
        """Take up the settled orders of substitutes from which something was just taken for the first time."""
        touched, self._touched = self._touched, {}
        for pool in touched.values():
            yield from self.feasible.settled(pool, at)

    def _lends(self, station: Station) -> Lends:
        pool = self.feasible.pool(station)
        self._touched[station.number] = pool
        return Borrowed(pool, self.feasible.netting.lives, self.feasible.refs)

    def late(self, call: Call, rest: int, reply: Reply, at: int) -> Asking:
        """Serve what no order can bring in time by substitutes, then by what has taken the item's place."""
        got, later, bound = reply
        left = self.substituting.serve(call.station, call.want, rest, at, {Substitution.WHEN_LATE})
        yield from self._settled(at)
        if left and call.station.item.follow_up is not None:
            falls = self.substituting.falls_on(call.station, call.want, left, at)
            fallen = yield self._fall(call, falls, at)
            left -= fallen.got
            if fallen.later < later:
                later, bound = fallen.later, fallen.bound
        return Reply(got + rest - left, later, bound)

    def _fall(self, call: Call, falls: Falls | None, at: int) -> Asking:
        """Serve what an item lacks for a bill by what has taken its place, as far as that covers whole steps of it."""
        station = call.station
        if falls is None:
            return Reply(0, NEVER)
        feasible, netting, wanted = self.feasible, self.feasible.netting, int(falls.want[4])
        other, mark = netting.station(falls.item, station.site, netting.whose(falls.want[2])), feasible.journal.mark()
        place = feasible.pool(other).want(falls.want)
        self.substituting.fell(station, call.want, falls)
        reply = yield self.feasible.serve(Call(other, place, ANY), wanted, at)
        if reply.got == wanted:
            return Reply(falls.covered, NEVER)
        self.feasible.journal.back(mark)
        less = self.substituting.less(station, call.want, falls, falls.covered * reply.got // wanted)
        again = (yield self._fall(call, less, at)).got
        return Reply(again, reply.later, reply.bound)
