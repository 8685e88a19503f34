"""What comes and what is wanted of a stock, for the check of plans: by code that did not make them."""

from __future__ import annotations

from datetime import timedelta
from fractions import Fraction
from itertools import accumulate
from typing import TYPE_CHECKING

from prodstock.orders.demand import Demand

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from prodstock.orders.purchase import Promise
    from prodstock.planning.kernel import Place
    from prodstock.planning.wishes import Wanted

_ZERO = timedelta()


class Flow:
    """What comes (when, until when it is good, how much) and what is wanted of a stock, in base units.

    `beside` is whether some of it comes out beside what a planned order makes: it may come after it was ordered.
    `replaced` is whether something stands in for some of it: days of cover count what was wanted before that.
    `theirs` is what comes of customers' own, with whose it is; a want has the customer at its end, or nothing.
    """

    def __init__(self) -> None:
        self.beside = self.replaced = False
        self.comes: list[tuple[datetime, datetime | None, Fraction]] = []
        self.wanted: list[Wanted] = []
        self.theirs: list[tuple[datetime, Fraction, str]] = []

    def want(self, at: datetime, amount: Fraction, life: timedelta = _ZERO, customer: str | None = None) -> None:
        """Note that so much is wanted."""
        self.wanted.append((at, life, amount, customer or ""))

    def when(self, wanted: list[Wanted]) -> Flow:
        """Return the same with other moments at which it is wanted."""
        other = Flow()
        other.comes, other.theirs, other.wanted = self.comes, self.theirs, wanted
        return other

    def without_theirs(self, now: datetime) -> Flow:
        """Return the flow with what customers take of their own taken off; the earliest wants first."""
        rest, left = Flow(), [amount for _, amount, _ in self.theirs]
        rest.comes = self.comes
        for at, life, amount, customer in sorted(self.wanted):
            missing = amount
            for place, (since, _, whose) in enumerate(self.theirs):
                if whose == customer and since <= max(at, now):
                    some = min(missing, left[place])
                    left[place] -= some
                    missing -= some
            rest.want(at, missing, life)
        return rest


class Revised:
    """What comes and is wanted of each revision that somebody asks for, by place."""

    def __init__(self, promises: Iterable[Promise]) -> None:
        self.asked = {(one.item, one.revision) for one in promises if isinstance(one, Demand) and one.revision}
        self.items = {item for item, _ in self.asked}
        self._flows: dict[tuple[Place, str], Flow] = {}

    def come(self, place: Place, revision: str | None, goods: tuple[datetime, datetime | None, Fraction]) -> None:
        """Note what comes of a revision; None: it is of the one that is asked for."""
        for item, asked in self.asked if place[0] in self.items else ():
            if item == place[0] and (revision is None or asked == revision):
                self._flows.setdefault((place, asked), Flow()).comes.append(goods)

    def want(self, demand: Demand, place: Place, at: datetime, amount: Fraction) -> None:
        """Note what a demand wants, if it asks for a revision."""
        if demand.revision:
            self._flows.setdefault((place, demand.revision), Flow()).want(at, amount, demand.minimum_life)

    def missing(self, now: datetime) -> Iterator[tuple[str, str, Fraction]]:
        """Yield item, revision and how much cannot be met in time."""
        for (place, revision), flow in sorted(self._flows.items(), key=lambda one: one[0]):
            yield place[0], revision, sum(unmet(flow, now), Fraction(0))


def unmet(flow: Flow, now: datetime) -> Iterable[Fraction]:
    """Yield what cannot be met in time, serving the wants one by one from what expires first."""
    if all(expires is None for _, expires, _ in flow.comes):
        yield from _unmet_plainly(flow, now)
        return
    there = sorted(flow.comes, key=lambda one: (one[1] is None, one[1] or one[0], one[0]))
    left = [amount for _, _, amount in there]
    for at, life, amount, _ in sorted(flow.wanted):
        when = max(at, now)
        missing = amount
        for place, (since, expires, _) in enumerate(there):
            if since <= when and (expires is None or expires > when + life):
                some = min(missing, left[place])
                left[place] -= some
                missing -= some
        if missing:
            yield missing


def _unmet_plainly(flow: Flow, now: datetime) -> Iterator[Fraction]:
    comes = sorted(flow.comes, key=lambda one: one[0])
    free, place = Fraction(0), 0
    for at, _, amount, _ in sorted(flow.wanted):
        while place < len(comes) and comes[place][0] <= max(at, now):
            free += comes[place][2]
            place += 1
        if amount > free:
            yield amount - free
        free = max(Fraction(0), free - amount)


def lowest_from(
    flow: Flow, steps: list[tuple[datetime, Fraction]], now: datetime
) -> tuple[list[datetime], list[Fraction]]:
    """Return the moments at which the balance changes, and the least from each on that is there beyond safety stock."""
    changes: dict[datetime, Fraction] = {}
    takes: dict[datetime, Fraction] = {}
    for at, _, amount in flow.comes:
        changes[at] = changes.get(at, Fraction(0)) + amount
    for at, _, amount, _ in flow.wanted:
        takes[max(at, now)] = takes.get(max(at, now), Fraction(0)) + amount
    safety = Fraction(0)
    for at, amount in steps:
        takes[at] = takes.get(at, Fraction(0)) + amount - safety
        safety = amount
    moments = sorted({*changes, *takes})
    changed = (changes.get(at, Fraction(0)) - takes.get(at, Fraction(0)) for at in moments)
    balances = list(accumulate(changed))
    lowest = list(accumulate(reversed(balances), min))
    return moments, lowest[::-1]
