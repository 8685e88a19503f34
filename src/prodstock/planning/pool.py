"""What is free of a station over time, while wants are served one after another; every step can be taken back."""

from __future__ import annotations

from array import array
from bisect import bisect_right, insort
from typing import TYPE_CHECKING

from prodstock.master.item import LotOrder
from prodstock.planning.kernel import Fit, Supply
from prodstock.planning.made_to import brings
from prodstock.stock.lot import NEVER

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from prodstock.orders.planned import PlannedOrder
    from prodstock.planning.kernel import Orders, Want
    from prodstock.planning.lives import Lives
    from prodstock.planning.station import Station

Mark = int
"""A place in a journal, to go back to."""


class Journal:
    """What was done, so that it can be taken back: the last step first."""

    __slots__ = ("_undo",)

    def __init__(self) -> None:
        self._undo: list[Callable[[], object]] = []

    def note(self, undo: Callable[[], object]) -> None:
        """Note how to take back what was just done."""
        self._undo.append(undo)

    def mark(self) -> Mark:
        """Return the place to go back to."""
        return len(self._undo)

    def back(self, mark: Mark) -> None:
        """Take back all that was done since a mark."""
        while len(self._undo) > mark:
            self._undo.pop()()

    def keep(self) -> None:
        """Forget how to take back what was done: it stands."""
        self._undo.clear()


class Standing:
    """The orders that people have settled: whom each is for, and from which somebody has taken already.

    `moved` has the want, as station and number, of those that move goods.
    """

    __slots__ = ("moved", "orders", "taken")

    def __init__(self, settled: Mapping[int, PlannedOrder]) -> None:
        self.orders = {number: order.serves for number, order in settled.items()}
        self.taken: set[int] = set()
        self.moved: dict[int, tuple[Station, int]] = {}

    def serves(self, number: int) -> frozenset[str]:
        """Return the demands that a settled order is for."""
        return frozenset(self.orders[number])

    def rank(self, number: int, refs: frozenset[str]) -> int:
        """Return when what an order brings is used for some demands, lowest first, as when the order was proposed.

        0: as all else, what is not settled or was proposed for others before, who left something. 1: after that, what
        was proposed for them. 2: last, what is for others, or for the stock.
        """
        serves = self.orders.get(number)
        if serves is None:
            return 0
        if not serves:
            return 2 if refs else 1
        if serves[0] in refs:
            return 1
        return 2 if refs.isdisjoint(serves) else 0


class Pool:
    """The supplies of a station with what nobody has taken of them yet."""

    __slots__ = (
        "_expiring", "_free", "_journal", "_lives", "_mixed", "_orders", "_standing", "_tapped", "_theirs", "left",
        "pegs", "station",
    )  # fmt: skip

    def __init__(self, station: Station, journal: Journal, standing: Standing, orders: Orders, lives: Lives) -> None:
        self.station = station
        self._lives = lives
        self._orders = orders
        self._standing = standing
        self._tapped: list[int] = []
        self._journal = journal
        self._expiring = False
        self._theirs = any(real.owner for real in station.reals)
        self.left: list[int] = []
        self.pegs: array[int] = array("q")
        station.pegs = self.pegs
        self._free: list[tuple[int, int, int]] = []
        settled, station.supplies = station.supplies, []
        self._mixed = bool(settled)
        for number, real in enumerate(station.reals):
            self._add(Supply(real.at, real.due, real.quantity, real.expires, ~number), real.received)
        for supply in settled:
            self._add(supply, supply.at)

    def _add(self, supply: Supply, received: int) -> int:
        number = len(self.left)
        self._expiring = self._expiring or supply.expires != NEVER
        self.station.supplies.append(supply)
        self.left.append(supply.quantity)
        last = supply.expires if self.station.item.strategy is LotOrder.FEFO else received
        if supply.quantity:
            insort(self._free, (supply.at, -last, number))
        return number

    def bring(self, supply: Supply) -> int:
        """Add the output of an order, and return its number."""
        number = self._add(supply, supply.at)
        self._journal.note(self._unbring)
        return number

    def _unbring(self) -> None:
        supply = self.station.supplies.pop()
        self.left.pop()
        last = supply.expires if self.station.item.strategy is LotOrder.FEFO else supply.at
        if supply.quantity:
            self._free.remove((supply.at, -last, len(self.left)))

    def want(self, want: Want) -> int:
        """Add a want, and return its number."""
        self.station.wants.append(want)
        self._journal.note(self.station.wants.pop)
        return len(self.station.wants) - 1

    def take(self, want: int, quantity: int, at: int, fit: Fit, refs: frozenset[str]) -> int:
        """Take what is there by a moment for a want, for the sake of some demands, and return what is missing.

        What expires first goes first. Of what never expires, what came last: what came first stays free for whoever
        needs something sooner, and of what came together lots go in their order. What is settled for others goes last;
        what is a customer's own goes before all else.
        """
        there = self._free[: bisect_right(self._free, (at, NEVER, NEVER))]
        there.reverse()
        if self._expiring:
            there.sort(key=self._expires)
        if self._mixed:
            there.sort(key=lambda entry: self._rank(entry, refs))
        if self._theirs:
            there.sort(key=self._ours)
        for _, _, number in there:
            if not quantity:
                break
            if self._serves(number, at, fit):
                some = min(quantity, self.left[number])
                self.peg(want, number, some)
                quantity -= some
        return quantity

    def _rank(self, entry: tuple[int, int, int], refs: frozenset[str]) -> int:
        return self._standing.rank(self.station.supplies[entry[2]].origin, refs)

    def tapped(self) -> list[int]:
        """Return the settled orders from which something was taken for the first time since this was asked before."""
        found = [number for number in dict.fromkeys(self._tapped) if number not in self._standing.taken]
        self._tapped.clear()
        return found

    def _ours(self, entry: tuple[int, int, int]) -> bool:
        return self.station.ours(entry[2])

    def _expires(self, entry: tuple[int, int, int]) -> int:
        return self.station.supplies[entry[2]].expires

    def there(self, now: int, life: int) -> int:
        """Return what production may take at a moment, and is good for so long then."""
        arrived = self._free[: bisect_right(self._free, (now, NEVER, NEVER))]
        return sum(self.left[number] for _, _, number in arrived if self._serves(number, now, Fit(life)))

    def peg(self, want: int, number: int, quantity: int) -> None:
        """Let a want take from a supply."""
        supply = self.station.supplies[number]
        if self._mixed and supply.origin in self._standing.orders:
            self._tapped.append(supply.origin)
        self.left[number] -= quantity
        self.pegs.extend((want, number, quantity))
        entry = self._entry(number)
        if not self.left[number]:
            self._free.remove(entry)

        def undo() -> None:
            del self.pegs[-3:]
            if not self.left[number]:
                insort(self._free, entry)
            self.left[number] += quantity

        self._journal.note(undo)
        if supply.expires != NEVER:
            self._hand_up(self.station.wants[want], supply.expires)

    def _hand_up(self, want: Want, expires: int) -> None:
        """Note that what is made of what a want takes is good no longer than that, where it limits its life."""
        ends, origin = self._lives.ends, want[2]
        if not self._lives.limits(want) or expires >= (before := ends.get(origin, NEVER)):
            return
        ends[origin] = expires
        self._journal.note(lambda: ends.update({origin: before}))

    def shorten(self, number: int, origin: int) -> None:
        """Let what a settled order brings be good no longer than what it takes that limits its life."""
        supply = self.station.supplies[number]
        shorter = supply._replace(expires=min(supply.expires, self._lives.ends.get(origin, NEVER)))
        if shorter == supply:
            return
        self._replace(number, shorter)
        self._journal.note(lambda: self._replace(number, supply))

    def _replace(self, number: int, supply: Supply) -> None:
        """Let a supply that came out of an order be another, with as much left."""
        listed = bool(self.left[number])
        if listed:
            self._free.remove(self._entry(number))
        self.station.supplies[number] = supply
        self._expiring = True
        if listed:
            insort(self._free, self._entry(number))

    def _entry(self, number: int) -> tuple[int, int, int]:
        supply = self.station.supplies[number]
        last = supply.expires if self.station.item.strategy is LotOrder.FEFO else self._received(number)
        return supply.at, -last, number

    def _received(self, number: int) -> int:
        supply = self.station.supplies[number]
        return supply.at if supply.origin >= 0 else self.station.reals[~supply.origin].received

    def _serves(self, number: int, at: int, fit: Fit) -> bool:
        supply = self.station.supplies[number]
        if max(at, supply.at) + fit.life >= supply.expires:
            return False
        if supply.origin < 0:
            return self.station.reals[~supply.origin].fits(fit)
        return not fit.revision or brings(self._orders, supply.origin, self.station.item, fit.revision)

    def next_after(self, at: int, fit: Fit) -> int:
        """Return when something that would serve arrives after a moment; NEVER: nothing does."""
        for place in range(bisect_right(self._free, (at, NEVER, NEVER)), len(self._free)):
            arrives, _, number = self._free[place]
            if self._serves(number, arrives, fit):
                return arrives
        return NEVER

    def free_by(self, at: int) -> int:
        """Return how much of ours is free of what is there by a moment."""
        there = [number for _, _, number in self._free[: bisect_right(self._free, (at, NEVER, NEVER))]]
        return sum([self.left[number] for number in there if self.station.ours(number)])

    def projected(self, now: int, also: Iterable[int] = ()) -> Iterator[tuple[int, int]]:
        """Yield the moments at which what is there of ours changes, and others, from now on, with how much it is."""
        changes: dict[int, int] = dict.fromkeys([now, *also], 0)
        for place, supply in enumerate(self.station.supplies):
            if not self.station.ours(place):
                continue
            changes[supply.at] = changes.get(supply.at, 0) + supply.quantity
            if supply.expires != NEVER:
                changes[supply.expires] = changes.get(supply.expires, 0) - self.left[place]
        each = iter(self.pegs)
        for want, number, quantity in zip(each, each, each, strict=True):
            if not self.station.ours(number):
                continue
            when = max(self.station.wants[want][0], self.station.supplies[number].at)
            changes[when] = changes.get(when, 0) - quantity
        there = 0
        for moment in sorted(changes):
            there += changes[moment]
            if moment >= now:
                yield moment, there
