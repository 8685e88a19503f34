"""Substitutes in netting: what stands in where an item lacks, of what is there by then and nobody else needs.

Constrained, a want takes from a substitute what nobody before it took. Unconstrained, a substitute's own needs within
the horizon and its safety stock go first: it lends only what they leave of its stock and receipts, so that
standing in never makes an order of the substitute. That is why an item is netted no sooner than all that needs its
substitutes. Of two items that stand in for each other, the one that is netted first takes first.
"""

from __future__ import annotations

from fractions import Fraction
from functools import cached_property
from operator import itemgetter
from typing import TYPE_CHECKING, NamedTuple, Protocol

from prodstock.master.bom_terms import Substitution
from prodstock.master.checks import ZERO
from prodstock.master.item import LotOrder
from prodstock.master.item import Supply as Origin
from prodstock.orders.production import ProductionOrder
from prodstock.planning.kernel import ANY
from prodstock.planning.station import Shelf, Station
from prodstock.planning.ways import NO_PART
from prodstock.stock.lot import NEVER

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
    from datetime import date
    from decimal import Decimal

    from prodstock.master.bom import Substitute
    from prodstock.orders.planned import PlannedOrder
    from prodstock.planning.kernel import Want
    from prodstock.planning.netting import Netting
    from prodstock.planning.pool import Journal


class Option(NamedTuple):
    """What may stand in for a want: `ratio` of its smallest steps for one of the item's, when, and its share."""

    item: str
    ratio: Fraction
    use: Substitution
    share: Fraction = Fraction(0)


class Loan(NamedTuple):
    """So much of a substitute stands in for so much of a want; both in smallest steps."""

    item: str
    quantity: int
    covered: int


class Falls(NamedTuple):
    """What falls on another item: its want, for so much of an item, what rounding added to that, and the ratio."""

    item: str
    want: Want
    covered: int
    added: Fraction
    ratio: Fraction


def twin_of(station: Station) -> Station:
    """Return a station like one that is not netted yet, to try out what becomes of it; its wants are in order."""
    twin = Station(station.number, station.item, station.site, station.safety, segment=station.segment)
    twin.wants = sorted(station.wants)
    twin.reals, twin.supplies = station.reals, list(station.supplies)
    twin.particular = station.particular
    return twin


class Lends(Protocol):
    """Whatever has some of a substitute."""

    def there(self, now: int, life: int = 0) -> int:
        """Return how much it can lend at a moment that is good for so long then."""

    def next(self, now: int) -> int:
        """Return when more of it arrives after a moment; NEVER: no more does."""

    def give(self, want: Want, now: int) -> None:
        """Let a want of the substitute take what it wants."""


class Lender:
    """The station of a substitute: what its own needs leave of its stock and receipts."""

    __slots__ = ("_given", "_late", "_netted", "_spare", "netting", "station")

    def __init__(self, netting: Netting, station: Station) -> None:
        self.netting = netting
        self.station = station
        self._given: list[tuple[Want, list[tuple[int, int]]]] = []
        self._late = 0
        self._netted = station.done
        self._spare = self._left_of(station) if station.done else self._left_of(self._tried())

    def _tried(self) -> Station:
        """Return a twin of a station that is not netted yet, with what is wanted of it taken from what is there."""
        station = self.station
        twin = twin_of(station)
        shelf = Shelf(twin, self.netting.lives, self.netting.orders)
        for number, want in enumerate(twin.wants):
            now = max(want[0], self.netting.now)
            shelf.admit(now)
            shelf.serve(number, int(want[4]), now)
        return twin

    def _left_of(self, station: Station) -> dict[int, int]:
        """Return what a station can spare, by supply, in the order of taking; the safety stock is kept back."""
        left = [supply.quantity for supply in station.supplies]
        for _, supply, quantity in station.pegged():
            left[supply] -= quantity
        lends = [number for number, rest in enumerate(left) if rest and self._may_lend(station, number)]
        keep = station.safety
        for number in sorted(lends, key=lambda one: (station.supplies[one].at, -station.supplies[one].expires, one)):
            kept = min(keep, left[number])
            left[number] -= kept
            keep -= kept
        return {number: left[number] for number in sorted(lends, key=self._order(station)) if left[number]}

    def _may_lend(self, station: Station, number: int) -> bool:
        origin = station.supplies[number].origin
        return origin < 0 and station.reals[~origin].fits(ANY)

    def _order(self, station: Station) -> Callable[[int], tuple[int, int, int]]:
        def key(number: int) -> tuple[int, int, int]:
            supply = station.supplies[number]
            received = station.reals[~supply.origin].received
            fefo = station.item.strategy is LotOrder.FEFO
            return (supply.expires, received, number) if fefo else (received, supply.expires, number)

        return key

    def refresh(self) -> None:
        """Look again at what is left, once the station is netted."""
        if self._netted or not self.station.done:
            return
        self._netted, self._late = True, len(self._given)
        self._spare = self._left_of(self.station)
        for number, lent in self.lent().items():
            if number in self._spare:
                self._spare[number] = max(0, self._spare[number] - lent)

    def lent(self) -> dict[int, int]:
        """Return what is lent, by supply."""
        found: dict[int, int] = {}
        for _, pegs in self._given:
            for number, quantity in pegs:
                found[number] = found.get(number, 0) + quantity
        return found

    def _good(self, number: int, now: int, life: int) -> bool:
        one = self.station.reals[number]
        return one.at <= now < one.expires - life

    def there(self, now: int, life: int = 0) -> int:
        """Return how much it can lend at a moment that is good for so long then."""
        self.refresh()
        return sum(rest for number, rest in self._spare.items() if self._good(number, now, life))

    def next(self, now: int) -> int:
        """Return when more of it arrives after a moment; NEVER: no more does."""
        return min((at for at in (self.station.reals[number].at for number in self._spare) if at > now), default=NEVER)

    def give(self, want: Want, now: int) -> None:
        """Let a want of the substitute take what it wants."""
        quantity, pegs, life = int(want[4]), [], self.netting.lives.of(want).life
        for number, rest in self._spare.items():
            some = min(quantity, rest) if self._good(number, now, life) else 0
            if some:
                self._spare[number] -= some
                quantity -= some
                pegs.append((number, some))
        self._given.append((want, pegs))

    def settle(self) -> None:
        """Note with the station who took what, now that all stations are netted."""
        self.refresh()
        if self._given:
            late: dict[int, int] = {}
            for _, pegs in self._given[self._late :]:
                for number, quantity in pegs:
                    late[number] = late.get(number, 0) + quantity
            wasted = [(number, rest - late.get(number, 0)) for number, rest in self.station.wasted]
            self.station.wasted = [(number, rest) for number, rest in wasted if rest]
            self.station.lend(self._given)


def _divided(quantity: int, shares: Sequence[Fraction]) -> list[int]:
    """Return whole steps for each share: what rounding down leaves goes one by one to the largest remainders.

    What the shares leave of the whole takes part in that, and goes first where remainders are alike.
    """
    exact = [quantity * (1 - sum(shares, Fraction(0))), *(quantity * share for share in shares)]
    found = [int(one) for one in exact]
    for place in sorted(range(len(exact)), key=lambda at: found[at] - exact[at])[: quantity - sum(found)]:
        found[place] += 1
    return found[1:]


class Substituting:
    """What stands in for what in one plan. `loans` has, by station and want, what stands in for it."""

    def __init__(self, netting: Netting) -> None:
        self.netting = netting
        self.loans: dict[tuple[int, int], list[Loan]] = {}
        self.taken: dict[tuple[int, str, str], tuple[int, int]] = {}
        self.added: dict[tuple[int, int, int], Fraction] = {}
        self.lenders: dict[int, Lender] = {}
        self.active: set[int] = set()
        self.journal: Journal | None = None
        self.pool_of: Callable[[Station], Lends] | None = None
        self._launched = frozenset(asked.place[0] for asked in netting.gathered.asked if asked.substitutes)
        self._known: dict[tuple[int, date], tuple[Option, ...]] = {}
        self.possible: bool = bool(netting.sources.substituted or netting.sources.shared or self._launched)

    # What may stand in

    def concerns(self, station: Station) -> bool:
        """Tell whether anything may stand in for an item at all."""
        code, sources = station.item.code, self.netting.sources
        return code in sources.substituted or code in sources.shared or code in self._launched

    def options(self, station: Station, want: int) -> tuple[Option, ...]:
        """Return what may stand in for a want on the day it is wanted, the preferred one first."""
        netting, code = self.netting, station.item.code
        at, _, origin, part, _ = station.wants[want]
        if origin < netting.outside or part == NO_PART:
            asked = netting.gathered.asked[origin] if origin < netting.outside else None
            found = asked.substitutes if asked is not None and asked.place[0] == code else ()
            return self._chosen(
                [self._option(station, item, ratio, self._of_launched) for item, ratio in found], station
            )
        if netting.sources.parts[part].item != code:
            return ()
        day = netting.times.day(max(at, netting.now), station.site)
        known = self._known.get((part, day))
        if known is None:
            allowed = self._on_all_lines(part, day)
            options = [self._option(station, one.item, one.ratio, one.use, one.share) for one in allowed]
            known = self._known[part, day] = self._chosen(options, station)
        return known

    def _chosen(self, options: Iterable[Option], station: Station) -> tuple[Option, ...]:
        """Return what may stand in, each item once: in the first of its ratios."""
        found: dict[str, Option] = {}
        for option in options:
            if option.share or self._may(station, option.item):
                found.setdefault(option.item, option)
        return tuple(found.values())

    def _on_all_lines(self, part: int, day: date) -> Sequence[Substitute]:
        """Return what may stand in on every line that a part comes from, in the order of the first."""
        allowed = [
            [one for one in (() if line.source is None else line.source.substitutes) if one.effective_on(day)]
            for line in self.netting.sources.parts[part].lines
        ]
        others = [{(one.item, one.ratio, one.share) for one in line} for line in allowed[1:]]
        return [one for one in allowed[0] if all((one.item, one.ratio, one.share) in line for line in others)]

    def _may(self, station: Station, item: str) -> bool:
        """Tell whether an item's needs are known before those of what it stands in for, and both are no phantoms."""
        netting = self.netting
        kinds = station.item.supply, netting.catalog.item(item).supply
        together = item in netting.group_of.get(station.item.code, ())
        return (
            netting.levels[item] <= netting.levels[station.item.code] and Origin.PHANTOM not in kinds and not together
        )

    @property
    def _of_launched(self) -> Substitution:
        """When what a launched order's line allows serves: what goes first was decided by its launch."""
        use = self.netting.policy.substitutes
        return Substitution.BEFORE_ORDERING if use is Substitution.FIRST else use

    def _option(
        self, station: Station, item: str, ratio: Decimal, use: Substitution | None, share: Decimal = ZERO
    ) -> Option:
        steps = Fraction(10) ** (self.netting.catalog.item(item).scale - station.item.scale)
        use = Substitution.NEVER if share else use or self.netting.policy.substitutes
        return Option(item, Fraction(ratio) * steps, use, Fraction(share))

    # Item by item: lenders

    def prepare(self, group: Sequence[Station]) -> None:
        """See what stands in for what a group of items wants, before it is netted."""
        for station in group if self.netting.sources.substituted or self._launched else ():
            for want in range(len(station.wants)) if self.concerns(station) else ():
                for option in self.options(station, want):
                    if option.use is not Substitution.NEVER and self._lender(option.item, station, want) is not None:
                        self.active.add(station.number)

    def _lender(self, item: str, by: Station, want: int) -> Lends | None:
        return self.lender(item, by.site, self.netting.whose(by.wants[want][2]))

    def lender(self, item: str, site: str, segment: str) -> Lends | None:
        """Return who has some of a substitute at a site, of the stock of who wants it; None: nobody."""
        station = self.netting.known(item, site, segment)
        if station is None or (self.pool_of is None and not station.reals):
            return None
        if self.pool_of is not None:
            return self.pool_of(station)
        found = self.lenders.get(station.number)
        if found is None:
            found = self.lenders[station.number] = Lender(self.netting, station)
        return found

    def touches(self, station: Station) -> bool:
        """Tell whether something stands in for what a station wants, or the station has lent some."""
        number, shared = station.number, self.netting.sources.shared
        return number in self.active or number in self.lenders or (bool(shared) and station.item.code in shared)

    def withhold(self, shelf: Shelf) -> None:
        """Take from a shelf, before anything is served, what is lent already."""
        lender = self.lenders.get(shelf.station.number)
        for number, quantity in () if lender is None else lender.lent().items():
            shelf.left[number] -= quantity

    def settle(self) -> None:
        """Note with the substitutes' stations who took what."""
        for _, lender in sorted(self.lenders.items(), key=itemgetter(0)):
            lender.settle()

    # Standing in

    def first(self, station: Station, want: int, quantity: int, at: int) -> int:
        """Let stand in what goes before the item itself, and return how much of the want that covers.

        A settled order takes what it says that it takes; all else what is to be used up first.
        """
        settled = self.netting.orders.settled.get(station.wants[want][2] - self.netting.outside)
        if settled is None:
            return quantity - self.serve(station, want, quantity, at, {Substitution.FIRST})
        covered = 0
        options = {one.item: one for one in self.options(station, want) if not one.share}
        for item, rest in self._said(station, want, settled):
            if item in options:
                covered += self._borrow(station, want, min(rest, quantity - covered), at, options[item])
        return covered

    def _said(self, station: Station, want: int, settled: PlannedOrder) -> list[tuple[str, int]]:
        """Return what a settled order says that stands in for an item, and for how much of it still."""
        origin, code = station.wants[want][2], station.item.code
        found = []
        for item, _, replaced, much in getattr(settled, "stand_ins", ()):
            scaled = self.netting.catalog.scaled(code, much, field="stand_ins") if replaced == code else 0
            rest = scaled - self.taken.get((origin, item, code), (0, 0))[1]
            if rest > 0:
                found.append((item, rest))
        return found

    def serve(self, station: Station, want: int, missing: int, at: int, uses: Collection[Substitution]) -> int:
        """Let stand in what there is for a want at a moment, and return what is still missing."""
        for option in self.options(station, want):
            if missing and option.use in uses:
                missing -= self._borrow(station, want, missing, at, option)
        return missing

    def serve_all(
        self, station: Station, lacking: Sequence[tuple[int, int]], now: int, use: Substitution
    ) -> list[tuple[int, int]]:
        """Let stand in what there is for wants at a moment, and return what is still missing."""
        left = [(want, self.serve(station, want, missing, now, {use})) for want, missing in lacking]
        return [(want, missing) for want, missing in left if missing]

    def next_after(self, station: Station, want: int, at: int) -> int:
        """Return when something that may stand in for a want arrives after a moment; NEVER: nothing does."""
        options = (one for one in self.options(station, want) if one.use is not Substitution.NEVER)
        lenders = (self._lender(one.item, station, want) for one in options)
        return min((one.next(at) for one in lenders if one is not None), default=NEVER)

    def _borrow(self, station: Station, want: int, missing: int, at: int, option: Option) -> int:
        """Take of a substitute what covers whole steps of a want, rounded up once, and return what it covers."""
        lender = self._lender(option.item, station, want)
        moment, priority, origin, part, _ = station.wants[want]
        covered = self._covers(lender, missing, (at, self.netting.lives.of(station.wants[want]).life), option)
        if lender is None or covered <= 0:
            return 0
        quantity = -(-covered * option.ratio.numerator // option.ratio.denominator)
        lender.give((moment, priority, origin, part, quantity), at)
        self._note(station, want, Loan(option.item, quantity, covered))
        return covered

    @staticmethod
    def _covers(lender: Lends | None, missing: int, when: tuple[int, int], option: Option) -> int:
        """Return how much of what is missing at a moment and for so long a substitute covers, in whole steps."""
        there = 0 if lender is None or missing <= 0 else lender.there(*when)
        return min(missing, there * option.ratio.denominator // option.ratio.numerator)

    def _note(self, station: Station, want: int, loan: Loan) -> None:
        """Want so much less of an item, and note what stands in."""
        before = station.wants[want]
        moment, priority, origin, part, quantity = before
        station.wants[want] = (moment, priority, origin, part, quantity - loan.covered)
        loans = self.loans.setdefault((station.number, want), [])
        loans.append(loan)
        key = (origin, loan.item, station.item.code)
        known = self.taken.get(key, (0, 0))
        self.taken[key] = (known[0] + loan.quantity, known[1] + loan.covered)

        def undo() -> None:
            station.wants[want] = before
            loans.pop()
            self.taken[key] = known

        if self.journal is not None:
            self.journal.note(undo)

    def stand_in(self, station: Station, lacking: list[tuple[int, int]], at: int, now: int) -> list[tuple[int, int]]:
        """Let substitutes serve what is lacking, as they may, and return what still is."""
        lacking = self.serve_all(station, lacking, now, Substitution.BEFORE_ORDERING)
        missing = sum(missing for _, missing in lacking)
        if lacking and self.in_time(station, missing, at):
            return lacking
        return self.serve_all(station, lacking, now, Substitution.WHEN_LATE)

    def in_time(self, station: Station, missing: int, at: int) -> bool:
        """Tell whether an order of what is missing would not have to start before it may, to be there by a moment."""
        netting = self.netting
        draft = netting.proposer.of(station.segment).order(station.item, station.site, missing, 0, at)[0]
        return draft is not None and draft.start >= max(netting.now, netting.fitter.fence(draft, station.site))

    def coverable(self, station: Station, want: int, missing: int, at: int) -> int:
        """Return how much of a want others could cover at a moment, if nobody else took it; nothing is taken."""
        covered = 0
        for option in self.options(station, want) if missing > 0 else ():
            if option.use is not Substitution.NEVER:
                when = (at, self.netting.lives.of(station.wants[want]).life)
                covered += self._covers(self._lender(option.item, station, want), missing - covered, when, option)
        return covered

    # Follow-up items and shares

    def share_out(self, station: Station) -> None:
        """Let fall on others what they have shares of, whatever is there."""
        for want, (at, _, _, _, quantity) in enumerate(station.wants):
            whole: int = quantity  # type: ignore[assignment]  # this is no phantom
            for falls in self.falls_first(station, want, whole, max(at, self.netting.now)):
                self._fall(station, want, falls)

    def fall_on_follower(self, station: Station, lacking: list[tuple[int, int]], now: int) -> list[tuple[int, int]]:
        """Let what bills lack of an item fall on what has taken its place, and return what does not."""
        rest = []
        for want, missing in lacking:
            falls = self.falls_on(station, want, missing, now)
            if falls is None:
                rest.append((want, missing))
            else:
                self._fall(station, want, falls)
        return rest

    def _fall(self, station: Station, want: int, falls: Falls) -> None:
        self.netting.open(falls.item, station.site, self.netting.whose(falls.want[2])).wants.append(falls.want)
        self.fell(station, want, falls)

    def falls_on(self, station: Station, want: int, missing: int, now: int) -> Falls | None:
        """Return what falls on the item that has taken another's place, if a bill wants it; None: nothing does.

        Along a chain of such items what is missing is rounded up once, at the last of them that is wanted.
        """
        netting = self.netting
        origin = station.wants[want][2]
        follow_up = netting.proposer.follow_up(station.item, station.site, now)
        demanded = origin < netting.outside and not isinstance(netting.gathered.asked[origin].origin, ProductionOrder)
        if follow_up is None or demanded or missing <= 0:
            return None
        said = next((one.ratio for one in self.options(station, want) if one.item == follow_up.item), None)
        steps = Fraction(10) ** (netting.catalog.item(follow_up.item).scale - station.item.scale)
        ratio = Fraction(follow_up.ratio) * steps if said is None else said
        return self._falls(station, want, missing, follow_up.item, ratio)

    def _falls(self, station: Station, want: int, covered: int, item: str, ratio: Fraction) -> Falls:
        moment, priority, origin, part, _ = station.wants[want]
        exact = (covered - self.added.get((station.number, origin, part), 0)) * ratio
        quantity = max(1, -(-exact.numerator // exact.denominator))
        return Falls(item, (moment, priority, origin, part, quantity), covered, quantity - exact, ratio)

    def less(self, station: Station, want: int, falls: Falls, covered: int) -> Falls | None:
        """Return what falls on the same item for less of the want; None: nothing does."""
        return self._falls(station, want, covered, falls.item, falls.ratio) if covered > 0 else None

    def shares(self, station: Station) -> bool:
        """Tell whether others have shares of an item's needs, or may have taken its place on settled orders."""
        sources, item = self.netting.sources, station.item
        return item.code in sources.shared or (item.follow_up is not None and bool(self.netting.orders.settled))

    def falls_first(self, station: Station, want: int, quantity: int, now: int) -> Iterator[Falls]:
        """Yield what falls on others before a want takes the item itself: what they have shares of it, in whole steps.

        Of what a settled order takes, as much as it says falls on what has a share or has taken the item's place.
        """
        origin = station.wants[want][2]
        settled = self.netting.orders.settled.get(origin - self.netting.outside) if origin >= 0 else None
        options = [one for one in self.options(station, want) if one.share]
        parts = list(zip(options, _divided(quantity, [one.share for one in options]), strict=True))
        if settled is None:
            for option, covered in parts:
                if covered:
                    yield self._falls(station, want, covered, option.item, option.ratio)
            return
        shared = {one.item: (one.ratio, part) for one, part in parts}
        follow_up = station.item.follow_up
        for item, rest in self._said(station, want, settled):
            left, follows = min(rest, quantity), follow_up is not None and item == follow_up.item
            quantity -= left
            if left and item in shared:
                ratio, part = shared[item]
                some = min(left, part) if follows else left
                left -= some
                if some:
                    yield self._falls(station, want, some, item, ratio)
            falls = self.falls_on(station, want, left, now) if left and follows else None
            if falls is not None:
                left = 0
                yield falls
            quantity += left

    def fell(self, station: Station, want: int, falls: Falls) -> None:
        """Note that it did."""
        other = self.netting.station(falls.item, station.site, self.netting.whose(falls.want[2]))
        self._note(station, want, Loan(falls.item, int(falls.want[4]), falls.covered))
        key = (other.number, falls.want[2], falls.want[3])
        known = self.added.get(key, Fraction(0))
        self.added[key] = falls.added
        if self.journal is not None:
            self.journal.note(lambda: self.added.__setitem__(key, known))

    def of_origin(self, origin: int) -> list[tuple[str, int, str, int]]:
        """Return what stands in for what somebody wants: item, how much, for which item, for how much of it."""
        return self._by_origin.get(origin, [])

    @cached_property
    def _by_origin(self) -> dict[int, list[tuple[str, int, str, int]]]:
        found: dict[int, list[tuple[str, int, str, int]]] = {}
        for (origin, item, replaced), (quantity, covered) in sorted(self.taken.items()):
            if covered:
                found.setdefault(origin, []).append((item, quantity, replaced, covered))
        return found
