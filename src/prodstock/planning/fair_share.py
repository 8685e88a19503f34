"""Fair share: what a site that is short sends to each of those that it supplies, in proportion to what they want."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import TYPE_CHECKING

import attrs

from prodstock.calendars.zone import micros, start_of
from prodstock.master import checks
from prodstock.orders.demand import Demand
from prodstock.orders.planned import PlannedMove
from prodstock.planning.rows import OrderRow, SupplyRow, WantRow
from prodstock.quantities.scaled import from_scaled
from prodstock.stock.lot import NEVER
from prodstock.tables import Table

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import date, datetime

    from prodstock.planning.netting import Netting
    from prodstock.planning.station import Station
    from prodstock.planning.ways import Route


_LEAST = 2**63
"""The priority of what nobody wants yet: after all others."""


class ShareRule(StrEnum):
    """How what is short is shared out.

    PRIORITY: the most urgent wants come first; those of one priority share in proportion to what they want.
    PROPORTIONAL: all share in proportion to what they want, whatever their priority.
    """

    PRIORITY = "priority"
    PROPORTIONAL = "proportional"


@attrs.frozen(repr=False)
class FairShare:
    """What one site gets of an item from a site that may be short of it.

    Attributes:
        item: of what.
        source: the site that has it.
        target: the site that gets it; the source itself: what is wanted there.
        wanted: how much it wants, in base units.
        share: how much it gets, in base units: a transfer that its lane's lot sizes allow.
        moves: the planned transfers, in the order in which they leave, each cut to what it carries of the share;
            a transfer that carries nothing is left out. As settled orders they make the next plan keep to the shares.
    """

    item: str
    source: str
    target: str
    wanted: Decimal
    share: Decimal
    moves: tuple[PlannedMove, ...] = ()

    @property
    def short(self) -> Decimal:
        """How much of what is wanted it does not get."""
        return self.wanted - self.share

    def __repr__(self) -> str:
        way = f"{self.source[:18]} to {self.target[:18]}"
        return f"<FairShare {self.share:f} of {self.wanted:f} {self.item[:30]} {way}>"


class _Claim:
    """What one site wants, by priority, and the planned transfers that would bring it."""

    def __init__(self, route: Route | None) -> None:
        self.route = route
        self.wanted: dict[int, int] = {}
        self.moves: list[OrderRow] = []

    def add(self, priority: int, steps: int) -> None:
        """Want so much more."""
        if steps:
            self.wanted[priority] = self.wanted.get(priority, 0) + steps

    def carry(self, order: OrderRow) -> None:
        """Want what a transfer carries: each part as urgently as whom it serves, what it brings beyond least."""
        self.moves.append(order)
        rest = order.quantity
        for want, steps in order.served:
            self.add(want.station.wants[want.number][1], steps)
            rest -= steps
        self.add(_LEAST, rest)

    @property
    def total(self) -> int:
        """All that is wanted, of every priority."""
        return sum(self.wanted.values())

    def allowed(self, steps: int) -> int:
        """Return the largest share that the lot sizes allow within so many steps."""
        if steps >= self.total:
            return self.total
        lot = steps if self.route is None else self.route.lots.floor(steps)
        if self.route is None or not lot or not (self.route.lots.maximum or self.route.lots.fixed):
            return lot
        return steps // lot * lot + self.route.lots.floor(steps % lot)

    def next(self, share: int) -> int:
        """Return the smallest share above one that the lot sizes allow; at most what is wanted."""
        size = share + 1 if self.route is None else self.route.lots.size(share + 1, 1)
        return min(size, self.total)


def fair_shares(
    netting: Netting, item: str, source: str, *, until: date | datetime | None, rule: ShareRule
) -> Table[FairShare]:
    """Return the shares of each site: what `Plan.fair_shares` says, of free stock."""
    checks.member(rule, ShareRule, "rule")
    catalog = netting.catalog
    station = netting.places.get((catalog.item(item).code, catalog.site(source).code, ""))
    if station is None:
        return Table()
    end = netting.gathered.until if until is None else micros(start_of(until, netting.times.zone(source)))
    claims, committed = _claims(netting, station, end)
    available = max(0, _available(netting, station, end) - committed)
    shares = _shares(claims, available, rule)
    return Table(_row(station, target, claims[target], shares[target]) for target in sorted(claims))


def _claims(netting: Netting, station: Station, end: int) -> tuple[dict[str, _Claim], int]:
    """Return what each site wants that leaves before the end, and how much is promised already."""
    routes = {route.lane.target: route for route in _routes(netting, station)}
    found: dict[str, _Claim] = {}
    committed = 0
    for number, (at, priority, _, _, _) in enumerate(station.wants):
        want = WantRow(netting, station, number)
        origin = want.origin
        if at >= end:
            continue
        if isinstance(origin, OrderRow) and origin.settled is None:
            target = origin.target or station.site
        elif not isinstance(origin, OrderRow) and isinstance(origin.origin, Demand):
            target = station.site
        else:
            committed += want.quantity
            continue
        claim = found.get(target)
        if claim is None:
            claim = found[target] = _Claim(routes.get(target))
        if target == station.site or not isinstance(origin, OrderRow):
            claim.add(priority, want.quantity)
        else:
            claim.carry(origin)
    return found, committed


def _routes(netting: Netting, station: Station) -> Iterator[Route]:
    """Yield the lanes on which the item leaves its site, the preferred one of each target last."""
    for site in netting.catalog.sites:
        for route in reversed(netting.sources.routes(station.item, site.code)):
            if route.lane.source == station.site:
                yield route


def _available(netting: Netting, station: Station, end: int) -> int:
    """Return what comes before the end without new orders; of what expires first or is a customer's, the pegs."""
    total = 0
    for number, supply in enumerate(station.supplies):
        row = SupplyRow(netting, station, number)
        if supply.at >= end or (row.order is not None and row.order.settled is None):
            continue
        if station.ours(number) and (supply.expires == NEVER or supply.expires >= end):
            total += supply.quantity
        else:
            total += sum(quantity for want, quantity in station.gives(number) if station.wants[want][0] < end)
    return total


def _shares(claims: Mapping[str, _Claim], available: int, rule: ShareRule) -> dict[str, int]:
    """Return the share of each target in steps: in proportion, as far as lot sizes allow.

    What rounding leaves over goes in lots to whoever is furthest below the proportion, of equal ones by target. Where
    not even the smallest lot can go, the smallest proportion first, nothing goes, and the others share again.
    """
    served = dict(claims)
    while True:
        ideal = _ideal(served, available, rule)
        shares = {target: claim.allowed(int(ideal[target])) for target, claim in served.items()}
        left = _raise(served, shares, ideal, available - sum(shares.values()))
        without = [target for target, claim in served.items() if not shares[target] and claim.next(0) > left]
        if not without or not left:
            break
        del served[min(without, key=lambda target: (ideal[target], target))]
    for target in sorted(served, key=lambda target: (shares[target] - ideal[target], target)):
        more = served[target].allowed(shares[target] + left) - shares[target]
        shares[target] += more
        left -= more
    return dict.fromkeys(claims, 0) | shares


def _raise(claims: Mapping[str, _Claim], shares: dict[str, int], ideal: Mapping[str, Fraction], left: int) -> int:
    """Raise shares below their proportion by a lot each, as far as what is left goes; return what is still left."""
    for target in sorted(claims, key=lambda target: (shares[target] - ideal[target], target)):
        more = claims[target].next(shares[target]) - shares[target]
        if shares[target] < ideal[target] and more <= left:
            shares[target] += more
            left -= more
    return left


def _ideal(claims: Mapping[str, _Claim], available: int, rule: ShareRule) -> dict[str, Fraction]:
    found = dict.fromkeys(claims, Fraction(0))
    left = Fraction(available)
    for group in _groups(claims, rule):
        wanted = sum(group.values())
        part = min(Fraction(1), left / wanted) if wanted else Fraction(0)
        for target, much in group.items():
            found[target] += much * part
        left -= wanted * part
    return found


def _groups(claims: Mapping[str, _Claim], rule: ShareRule) -> Iterable[dict[str, int]]:
    """Return what is wanted by target, those who share with each other together, the most urgent first."""
    if rule is ShareRule.PROPORTIONAL:
        return [{target: claim.total for target, claim in claims.items()}]
    priorities = sorted({priority for claim in claims.values() for priority in claim.wanted})
    return [
        {target: claim.wanted[priority] for target, claim in claims.items() if priority in claim.wanted}
        for priority in priorities
    ]


def _row(station: Station, target: str, claim: _Claim, share: int) -> FairShare:
    item = station.item
    wanted, given = from_scaled(claim.total, item.scale), from_scaled(share, item.scale)
    cut = [(order.public, from_scaled(steps, item.scale)) for order, steps in _cut(claim, share)]
    moves = tuple(attrs.evolve(order, quantity=much) for order, much in cut if isinstance(order, PlannedMove))
    return FairShare(item.code, station.site, target, wanted, given, moves)


def _cut(claim: _Claim, share: int) -> list[tuple[OrderRow, int]]:
    """Return what each transfer carries of a share, those that leave first first; what is too little joins the last."""
    found: list[tuple[OrderRow, int]] = []
    for order in sorted(claim.moves, key=lambda order: (order.start, order.number)):
        some = min(share, order.quantity)
        if some and found and claim.allowed(some) != some:
            found[-1] = (found[-1][0], found[-1][1] + some)
        elif some:
            found.append((order, some))
        share -= some
    return found
