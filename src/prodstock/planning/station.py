"""One item at one site while it is netted and after: what is wanted, what is there and coming, and who takes what."""

from __future__ import annotations

from array import array
from bisect import bisect_right, insort
from heapq import heappop, heappush
from itertools import accumulate
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeVar

from prodstock.planning.handling import level_at
from prodstock.planning.kernel import ANY, Fit, Real, Supply, Want
from prodstock.planning.made_to import brings
from prodstock.stock.lot import NEVER
from prodstock.stock.open_stock import OpenStock

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from prodstock.master.item import Item
    from prodstock.planning.handling import Handling
    from prodstock.planning.kernel import Orders
    from prodstock.planning.lives import Lives

T = TypeVar("T")

Peg = tuple[int, int, int]
"""A want takes a quantity from a supply: the number of the want, of the supply, the quantity."""


_NONE: Mapping[int, Any] = MappingProxyType({})
"""Of most stations there is nothing to say."""


def _with(known: Mapping[int, T], want: int, value: T) -> Mapping[int, T]:
    """Return what is known with one thing more: the same dictionary, but for the first."""
    own = known if isinstance(known, dict) else dict[int, T]()
    own[want] = value
    return own


class Station:
    """One item at one site: free stock, or that of a project or a demand made to order, which nobody else may take.

    Wants and supplies are numbered in the order in which they serve and are served. As long as nothing expires and
    everybody may take everything, each supply is used up before the next: then who takes what follows from the two
    lists, and `pegs` is None. Else it holds want, supply and quantity of each peg, one after the other.

    Most stations are never looked at once they are netted: the supplies of one that was `swept` follow from what is
    there and its orders, and are listed when they are first asked for.
    """

    __slots__ = (
        "_gives", "_reach", "_supplies", "_swept", "_takes", "covers", "done", "handling", "item", "late", "levels",
        "life", "missing", "no_source", "number", "orders", "particular", "pegs", "reals", "reasons", "safety",
        "segment", "short", "site", "wants", "wasted",
    )  # fmt: skip

    def __init__(
        self, number: int, item: Item, site: str, safety: int, handling: Handling | None = None, segment: str = ""
    ) -> None:
        """`handling` says how the item is planned at the site, where somebody says; `safety` is the safety stock.

        Where the safety stock changes `levels` has it by moment and `safety` is its highest. `life` is how long goods
        must live after their need, at most; `particular` is whether somebody asks for a revision. `covers` has for each
        order of a rule that looks ahead, by its moment, up to which moment it covers the needs and how much they are.
        """
        self.handling = handling
        self.levels: Sequence[tuple[int, int]] = () if handling is None else handling.steps
        self.covers: Mapping[int, tuple[int, int]] = _NONE
        self.life = 0
        self.number = number
        self.item = item
        self.site = site
        self.segment = segment
        self.particular = False
        self.safety = safety
        self.wants: list[Want] = []
        self.reals: list[Real] = []
        self.orders: array[int] = array("q")
        self.pegs: array[int] | None = None
        self.missing: Mapping[int, int] = _NONE
        self.reasons: Mapping[int, str] = _NONE
        self.wasted: list[tuple[int, int]] | tuple[()] = ()
        self.late: Mapping[int, int] = _NONE
        self.no_source = ""
        self.short = 0
        self.done = False
        self._supplies: list[Supply] | None = []
        self._swept: Orders | None = None
        self._reach: tuple[list[int], list[int]] | None = None
        self._takes: list[list[tuple[int, int]]] | None = None
        self._gives: list[list[tuple[int, int]]] | None = None

    @property
    def supplies(self) -> list[Supply]:
        """What serves the wants, by number."""
        if self._supplies is None:
            self._supplies = [*map(_there, self.in_turn()), *self._ordered()]
        return self._supplies

    @supplies.setter
    def supplies(self, supplies: list[Supply]) -> None:
        """Say what serves the wants, instead of what would follow from a sweep."""
        self._supplies = supplies

    def in_turn(self) -> list[tuple[int, Real]]:
        """Return what is there by number, in the order in which a sweep uses it."""
        return sorted(enumerate(self.reals), key=_turn) if len(self.reals) > 1 else [*enumerate(self.reals)]

    def swept(self, orders: Orders, numbers: range) -> None:
        """Take in the orders of a sweep: they follow what is there."""
        if numbers:
            self.orders = array("q", numbers)
        self._swept, self._supplies = orders, None

    def _ends(self) -> tuple[list[int], list[int]]:
        """Return up to where each want and each supply reach, where each supply is used up before the next."""
        if self._reach is None:
            wanted: list[int] = [want[4] for want in self.wants]  # type: ignore[misc]  # whole: this is no phantom
            self._reach = [*accumulate(wanted)], [*accumulate(self._quantities())]
        return self._reach

    def _quantities(self) -> Iterator[int]:
        """Yield how much each supply is, in order."""
        orders = self._swept
        if orders is None:
            return iter([supply.quantity for supply in self.supplies])
        there = [real.quantity for _, real in self.in_turn()]
        return iter(there + [orders.good[number] for number in self.orders])

    def _ordered(self) -> Iterator[Supply]:
        orders = self._swept
        if orders is not None:
            for number in self.orders:
                due = orders.due[number]
                yield Supply(max(due, orders.now), due, orders.good[number], NEVER, number)

    def cover_with(self, at: int, through: int, quantity: int) -> None:
        """Note what the order of a moment covers, and up to which moment."""
        self.covers = _with(self.covers, at, (through, quantity))

    def lack(self, want: int, quantity: int, reason: str) -> None:
        """Note what never comes of a want, and why."""
        self.missing = _with(self.missing, want, quantity)
        self.say(want, reason)

    def say(self, want: int, reason: str) -> None:
        """Note why a want is not covered in time."""
        self.reasons = _with(self.reasons, want, reason)

    def delay(self, want: int, moment: int) -> None:
        """Note when all of a want is there, if that is late."""
        self.late = _with(self.late, want, max(moment, self.late.get(want, 0)))

    def waste(self, supply: int, quantity: int) -> None:
        """Note what of a supply expires with nobody to take it."""
        if isinstance(self.wasted, tuple):
            self.wasted = []
        self.wasted.append((supply, quantity))

    def target(self, moment: int) -> int:
        """Return the safety stock at a moment."""
        return level_at(self.levels, moment) if self.levels else self.safety

    def wished(self, at: int) -> int:
        """Return when goods should be there that are needed at a moment."""
        return at if self.handling is None or self.handling.plain else self.handling.wished(at, self.life)

    def usable(self, comes: int) -> int:
        """Return from when on goods may be used that come at a moment; NEVER: not at all."""
        return comes if self.handling is None or comes == NEVER else self.handling.usable(comes)

    def cover(self) -> None:
        """Work out how the safety stock follows what is wanted."""
        if self.handling is not None:
            self.levels = self.handling.levels([(self.wished(want[0]), int(want[4])) for want in self.wants])
            self.safety = max(level for _, level in self.levels)

    def pegged(self) -> Iterator[Peg]:
        """Yield the pegs, wants in their order. O(pegs)."""
        return _in_sequence(self.wants, self._quantities()) if self.pegs is None else _triples(self.pegs)

    def takes(self, want: int) -> list[tuple[int, int]]:
        """Return what a want takes, as (supply, quantity) in the order of taking."""
        if self.pegs is not None:
            return self._indexed()[0][want]
        wanted, given = self._ends()
        return _overlaps(wanted, given, want)

    def gives(self, supply: int) -> list[tuple[int, int]]:
        """Return whom a supply serves, as (want, quantity) in the order of taking."""
        if self.pegs is not None:
            return self._indexed()[1][supply]
        wanted, given = self._ends()
        return _overlaps(given, wanted, supply)

    def lend(self, given: Iterable[tuple[Want, list[tuple[int, int]]]]) -> None:
        """Add wants that were served while others were netted, each with the supplies and quantities it took."""
        pegs = array("q")
        for peg in self.pegged():
            pegs.extend(peg)
        for want, taken in given:
            for supply, quantity in taken:
                pegs.extend((len(self.wants), supply, quantity))
            self.wants.append(want)
        self.pegs, self._takes, self._gives = pegs, None, None

    @property
    def place(self) -> tuple[str, str, str]:
        """The item, the site and whose stock it is: what a station is known by."""
        return self.item.code, self.site, self.segment

    def ours(self, supply: int) -> bool:
        """Tell whether a supply is ours: what belongs to a customer keeps no safety stock."""
        origin = self.supplies[supply].origin
        return origin >= 0 or not self.reals[~origin].owner

    def left(self, supply: int) -> int:
        """Return what nobody takes of a supply."""
        return self.supplies[supply].quantity - sum(quantity for _, quantity in self.gives(supply))

    def _indexed(self) -> tuple[list[list[tuple[int, int]]], list[list[tuple[int, int]]]]:
        if self._takes is None or self._gives is None:
            self._takes, self._gives = [[] for _ in self.wants], [[] for _ in self.supplies]
            for want, supply, quantity in self.pegged():
                self._takes[want].append((supply, quantity))
                self._gives[supply].append((want, quantity))
        return self._takes, self._gives


def _turn(one: tuple[int, Real]) -> tuple[int, str, int]:
    number, real = one
    return real.received, real.label, number


def _there(one: tuple[int, Real]) -> Supply:
    number, real = one
    return Supply(real.at, real.due, real.quantity, real.expires, ~number)


def _in_sequence(wants: list[Want], quantities: Iterator[int]) -> Iterator[Peg]:
    """Yield who takes what where each supply is used up before the next."""
    number, left = -1, 0
    for want, (_, _, _, _, quantity) in enumerate(wants):
        need: int = quantity  # type: ignore[assignment]  # whole: phantoms are not pegged in sequence
        while need > left:
            if left:
                yield want, number, left
                need -= left
            number += 1
            left = next(quantities)
        if need:
            yield want, number, need
            left -= need


def _overlaps(mine: list[int], theirs: list[int], number: int) -> list[tuple[int, int]]:
    """Return which of the others one of a sequence overlaps with, and by how much; each says up to where it reaches."""
    at, end = mine[number - 1] if number else 0, mine[number]
    found = []
    other = bisect_right(theirs, at)
    while at < end and other < len(theirs):
        until = min(theirs[other], end)
        found.append((other, until - at))
        at, other = until, other + 1
    return found


def _triples(pegs: array[int]) -> Iterator[Peg]:
    each = iter(pegs)
    return zip(each, each, each, strict=True)


class Shelf:
    """A station at work, where goods expire, come late or may not serve everybody: what is there at a moment."""

    __slots__ = (
        "coming", "left", "lives", "next", "orders", "parcels", "past", "pegs", "plain", "station", "stock", "watched",
    )  # fmt: skip

    def __init__(self, station: Station, lives: Lives, orders: Orders) -> None:
        """`lives` knows what goods must be like for each want."""
        self.orders = orders
        self.station = station
        self.lives = lives
        self.pegs: array[int] = array("q")
        station.pegs = self.pegs
        self.plain = not station.particular and all(real.for_all for real in station.reals)
        self.stock = OpenStock(station.item.strategy)
        self.parcels: list[int] = []
        self.left: list[int] = []
        self.coming: list[tuple[int, int, int, str, str, int]] = []
        self.next = 0
        self.past = 0
        self.watched: list[tuple[int, int]] = []
        settled, station.supplies = station.supplies, []
        for number, real in enumerate(station.reals):
            place = self.bring(Supply(real.at, real.due, real.quantity, real.expires, ~number))
            self.coming.append((real.at, real.expires, real.received, real.kind, real.label, place))
        for supply in settled:
            self.coming.append((supply.at, supply.expires, supply.at, "planned", "", self.bring(supply)))
        self.coming.sort()

    def place(self, number: int, label: str, now: int) -> None:
        """Make what is left of an order's output available: at once where it is there by now, else when it comes."""
        supply = self.station.supplies[number]
        entry = (supply.at, supply.expires, supply.at, "planned", label, number)
        if supply.at <= now:
            self._put(entry)
        else:
            insort(self.coming, entry, lo=self.next)

    def bring(self, supply: Supply) -> int:
        """Note the output of an order, and return its number; it serves nobody until it is placed."""
        self.station.supplies.append(supply)
        self.left.append(supply.quantity)
        return len(self.left) - 1

    def admit(self, now: int) -> None:
        """Take in what has arrived by now, and sort out what has expired."""
        coming, stock = self.coming, self.stock
        while self.next < len(coming) and coming[self.next][0] <= now:
            self._put(coming[self.next])
            self.next += 1
        while self.watched and self.watched[0][0] <= now:
            _, parcel = heappop(self.watched)
            rest = stock.remove(parcel)
            if rest:
                self.station.waste(self.parcels[parcel], rest)

    def _put(self, entry: tuple[int, int, int, str, str, int]) -> None:
        _, expires, received, _, label, number = entry
        parcel = self.stock.add(self.left[number], expires, received, label)
        self.parcels.append(number)
        if expires != NEVER:
            heappush(self.watched, (expires, parcel))

    def serve(self, want: int, quantity: int, now: int) -> int:
        """Take what there is for a want and return what is missing; what belongs to its customer goes first."""
        fit = self.lives.of(self.station.wants[want])
        if self.plain:
            return self._take(want, quantity, now + fit.life, None)
        fits = {at for at, number in enumerate(self.parcels) if self._fits(number, fit)}
        theirs = {at for at in fits if not self.station.ours(self.parcels[at])}
        missing = self._take(want, quantity, now + fit.life, theirs) if theirs else quantity
        return self._take(want, missing, now + fit.life, fits) if missing else 0

    def _take(self, want: int, quantity: int, alive_at: int, fits: set[int] | None) -> int:
        picks, missing = self.stock.find(quantity, alive_at, fits)
        self.stock.take(picks)
        for at in range(0, len(picks), 2):
            self._peg(want, self.parcels[picks[at]], picks[at + 1])
        return missing

    def lacks(self, quantity: int, now: int) -> int:
        """Return what production would lack of a quantity that it wants now; nothing is taken."""
        plain = self.plain
        fits = None if plain else {at for at, number in enumerate(self.parcels) if self._fits(number, ANY)}
        return self.stock.find(quantity, now, fits)[1]

    def _fits(self, number: int, fit: Fit) -> bool:
        origin = self.station.supplies[number].origin
        if origin < 0:
            return self.station.reals[~origin].fits(fit)
        return not fit.revision or brings(self.orders, origin, self.station.item, fit.revision)

    @property
    def free(self) -> int:
        """How much of ours is there now."""
        if self.plain:
            return self.stock.left
        theirs = [self.left[number] for number in self.parcels if not self.station.ours(number)]
        return self.stock.left - sum(theirs)

    def theirs(self) -> dict[str, int]:
        """Return how much is left of what belongs to customers, there or still to come, by customer."""
        found: dict[str, int] = {}
        for number, left in enumerate(() if self.plain else self.left):
            if not self.station.ours(number):
                owner = self.station.reals[~self.station.supplies[number].origin].owner
                found[owner] = found.get(owner, 0) + left
        return found

    def own(self, want: Want, theirs: dict[str, int]) -> int:
        """Take off what is left of customers' own what covers a want, and return it."""
        customer = self.lives.of(want).customer if theirs else ""
        some = min(int(want[4]), theirs.get(customer, 0))
        if some:
            theirs[customer] -= some
        return some

    def serve_from(self, want: int, quantity: int, number: int) -> int:
        """Take from one supply that is not on the shelf yet, and return what is missing."""
        some = min(quantity, self.left[number])
        if some:
            self._peg(want, number, some)
        return quantity - some

    def serve_all_late(self, lacking: Sequence[tuple[int, int]], now: int, until: int) -> list[tuple[int, int]]:
        """Take what arrives later, up to a moment, for several wants, and return what is still missing of each."""
        served = [(want, self.serve_late(want, missing, now, until)) for want, missing in lacking]
        return [(want, missing) for want, missing in served if missing]

    def serve_late(self, want: int, missing: int, now: int, until: int | None) -> int:
        """Take what arrives later, up to a moment, and return what is still missing; the earliest first."""
        fit = self.lives.of(self.station.wants[want])
        for number in self.later(until):
            if not missing:
                break
            supply = self.station.supplies[number]
            if max(now + fit.life, supply.at) < supply.expires and (self.plain or self._fits(number, fit)):
                missing = self.serve_from(want, missing, number)
        return missing

    def later(self, until: int | None) -> Iterator[int]:
        """Yield the supplies that arrive later, up to a moment, in the order of arrival."""
        for at in range(self.next, len(self.coming)):
            if until is not None and self.coming[at][0] > until:
                break
            yield self.coming[at][5]

    def coming_by(self, until: int) -> int:
        """Return how much is still to come up to a moment."""
        return sum(self.left[number] for number in self.later(until) if self.plain or self.station.ours(number))

    def _peg(self, want: int, number: int, quantity: int) -> None:
        self.left[number] -= quantity
        self.pegs.extend((want, number, quantity))
