"""Who gets what: every unit of every supply of a plan, to whom it goes, one level deep and down to the last part."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from heapq import heappop, heappush
from typing import TYPE_CHECKING, NamedTuple

import attrs

from prodstock._render import day, figure, short
from prodstock.calendars.zone import from_micros
from prodstock.errors import AmbiguousCode, InvalidTypeError, UnknownCode
from prodstock.master.codes import ItemCode
from prodstock.orders.demand import Demand
from prodstock.orders.purchase import TransferOrder
from prodstock.planning.kernel import Asked
from prodstock.planning.rows import SupplyRow, WantRow
from prodstock.quantities.scaled import from_scaled

if TYPE_CHECKING:
    from collections.abc import Iterator

    from prodstock.planning.netting import Netting
    from prodstock.planning.station import Station


class PegUse(StrEnum):
    """What a quantity of a supply is for.

    DEMAND, ORDER: somebody takes it: a demand, or a planned or launched order. TRANSFER: it leaves for another site.
    SAFETY: it keeps the safety stock. EXCESS: nobody needs it within the horizon. EXPIRED: it goes off before anybody
    does.
    """

    DEMAND = "demand"
    ORDER = "order"
    TRANSFER = "transfer"
    SAFETY = "safety"
    EXCESS = "excess"
    EXPIRED = "expired"


@attrs.frozen(repr=False)
class Peg:
    """So much of a supply goes to somebody.

    Attributes:
        item: of what.
        site: where.
        supply: the lot, receipt or order that brings it.
        source: what that is: stock, expected-stock, purchase, transfer, production or planned.
        quantity: how much of it, in the base unit.
        use: what for.
        wanted_by: the demand or order that takes it; empty: nobody.
        ready: when it is there, in UTC; None: never.
        needed: when it is needed, in UTC; None: nobody takes it.
        level: how many levels below a demand it is, from 1; of a table of single levels always 1.
    """

    item: ItemCode
    site: str
    supply: str
    source: str
    quantity: Decimal
    use: PegUse
    wanted_by: str
    ready: datetime | None
    needed: datetime | None
    level: int = 1

    def __repr__(self) -> str:
        whom = self.wanted_by[:24] or self.use.value
        when = "" if self.needed is None else f" on {day(self.needed)}"
        return short(f"<Peg {figure(self.quantity)[:20]} {self.item[:24]} of {self.supply[:24]} for {whom}{when}>")


def pegging(netting: Netting) -> Iterator[Peg]:
    """Yield where each supply goes, by item, site, arrival and the order of taking, and then what is left of it."""
    for station in sorted(netting.stations, key=lambda one: (one.item.code, one.site)):
        kept = _kept(station, netting.gathered.until)
        wasted = dict(station.wasted)
        for number in range(len(station.supplies)):
            supply = SupplyRow(netting, station, number)
            for want, quantity in supply.gives:
                yield _peg(supply, want, quantity, 1)
            rest = station.left(number) - wasted.get(number, 0)
            safety = kept.get(number, 0)
            parts = (
                (PegUse.SAFETY, safety), (PegUse.EXCESS, rest - safety), (PegUse.EXPIRED, wasted.get(number, 0))
            )  # fmt: skip
            for use, quantity in parts:
                if quantity:
                    yield _peg(supply, None, quantity, 1, use)


def _kept(station: Station, until: int) -> dict[int, int]:
    """Return what of each supply keeps the safety stock at the end: of what nobody takes, what is there first."""
    found: dict[int, int] = {}
    missing, wasted = station.target(until - 1), dict(station.wasted)
    if missing:
        for number, _ in sorted(enumerate(station.supplies), key=lambda one: (one[1].at, one[0])):
            some = min(missing, station.left(number) - wasted.get(number, 0))
            if some:
                found[number] = some
                missing -= some
    return found


def _peg(supply: SupplyRow, want: WantRow | None, quantity: int, level: int, use: PegUse | None = None) -> Peg:
    item, ready = supply.station.item, supply.ready
    return Peg(
        ItemCode(item.code),
        supply.station.site,
        supply.label,
        supply.kind,
        from_scaled(quantity, item.scale),
        _use(want) if want is not None else use or PegUse.EXCESS,
        "" if want is None else _whom(want),
        None if ready is None else from_micros(ready),
        None if want is None else from_micros(want.at),
        level,
    )


def _use(want: WantRow) -> PegUse:
    row = want.origin
    if isinstance(row, Asked):
        if isinstance(row.origin, Demand):
            return PegUse.DEMAND
        return PegUse.TRANSFER if isinstance(row.origin, TransferOrder) else PegUse.ORDER
    return PegUse.ORDER if row.station is not want.station or row.recipe is not None else PegUse.TRANSFER


def _whom(want: WantRow) -> str:
    row = want.origin
    return row.name if isinstance(row, Asked) else row.public.code


# Down to the last part


Interval = tuple[int, int]
"""Units of a supply, from the first up to before the last."""


class Share(NamedTuple):
    """So much of what a want takes from a supply is for somebody further up."""

    want: WantRow
    supply: int
    quantity: int
    level: int


class _Spread:
    """What was found so far: the shares, the units of each order and its level, and the orders still to be opened."""

    def __init__(self) -> None:
        self.shares: list[Share] = []
        self.units: dict[int, list[Interval]] = {}
        self.levels: dict[int, int] = {}
        self.pending: list[tuple[int, int]] = []


class Shares:
    """Divides what orders take among those whom they serve, in whole steps, so that nothing is lost or counted twice.

    The units that an order brings are laid out in the order in which they are taken, those of several outputs one item
    after the other, each item weighing as much as it is counted in base units. What the order takes is laid out beside
    them in proportion, cut at whole steps: the first units go to whoever takes the first.
    """

    def __init__(self, netting: Netting) -> None:
        self.netting = netting
        self.graph = netting.covering.graph
        self._starts: dict[int, list[int]] = {}
        self._offsets: dict[int, list[list[int]]] = {}

    def of(self, origin: int) -> list[Share]:
        """Return what somebody outside the plan takes, directly and through orders. O(pegs that it reaches)."""
        spread = _Spread()
        for want in self.graph.inputs(origin):
            self._take(want, [(0, self._all(want))], 1, spread)
        return self._open(spread)

    def idle(self) -> list[Share]:
        """Return what orders take for units that nobody takes of them: for the safety stock and for excess."""
        spread = _Spread()
        for order, outputs in self.graph.outputs.items():
            for station, supply in outputs:
                whole, left = station.supplies[supply].quantity, station.left(supply)
                if left:
                    spread.units.setdefault(order, []).append(self._place(order, station, supply, whole - left, whole))
                    spread.levels[order] = 0
                    heappush(spread.pending, (self.graph.rank[order], order))
        return self._open(spread)

    def _open(self, spread: _Spread) -> list[Share]:
        """Follow the units of orders down to the last part."""
        done: set[int] = set()
        while spread.pending:
            _, order = heappop(spread.pending)
            if order not in done:
                done.add(order)
                self._order(order, spread)
        return spread.shares

    def _order(self, order: int, spread: _Spread) -> None:
        """Hand some of the units of an order on to what it takes."""
        whole, level = self._layout(order)[-1], spread.levels[order] + 1
        units = _joined(spread.units[order])
        for want in self.graph.inputs(self.graph.outside + order):
            much = self._all(want)
            taken = [(much * first // whole, much * past // whole) for first, past in units]
            self._take(want, taken, level, spread)

    def _take(self, want: WantRow, units: list[Interval], level: int, spread: _Spread) -> None:
        """Note what some of the units of a want take of its supplies."""
        station, at = want.station, 0
        before = self._before(station)[want.number]
        for (supply, quantity), offset in zip(station.takes(want.number), before, strict=True):
            total = 0
            origin = station.supplies[supply].origin
            for first, past in units:
                low, high = max(first, at), min(past, at + quantity)
                if low < high:
                    total += high - low
                    if origin >= 0:
                        place = self._place(origin, station, supply, offset + low - at, offset + high - at)
                        spread.units.setdefault(origin, []).append(place)
            at += quantity
            if total:
                spread.shares.append(Share(want, supply, total, level))
                if origin >= 0:
                    spread.levels[origin] = max(spread.levels.get(origin, 0), level)
                    heappush(spread.pending, (self.graph.rank[origin], origin))

    def _all(self, want: WantRow) -> int:
        """Return what a want takes in all."""
        return sum(quantity for _, quantity in want.station.takes(want.number))

    def _before(self, station: Station) -> list[list[int]]:
        """Return for each want how much of each supply that it takes others take before it. O(pegs), once."""
        found = self._offsets.get(station.number)
        if found is None:
            found = self._offsets[station.number] = [[] for _ in station.wants]
            given = [0] * len(station.supplies)
            for want, supply, quantity in station.pegged():
                found[want].append(given[supply])
                given[supply] += quantity
        return found

    def _layout(self, order: int) -> list[int]:
        """Return where the units of each output of an order begin, and where the last end."""
        found = self._starts.get(order)
        if found is None:
            outputs = self.graph.outputs[order]
            scale = max(station.item.scale for station, _ in outputs)
            found = self._starts[order] = [0]
            for station, supply in outputs:
                weight = station.supplies[supply].quantity * 10 ** (scale - station.item.scale)
                found.append(found[-1] + weight)
        return found

    def _place(self, order: int, station: Station, supply: int, first: int, past: int) -> Interval:
        """Return where units of one output lie among all that an order brings."""
        outputs = self.graph.outputs[order]
        scale = max(one.item.scale for one, _ in outputs)
        weight = 10 ** (scale - station.item.scale)
        start = self._layout(order)[outputs.index((station, supply))]
        return start + first * weight, start + past * weight


def _joined(units: list[Interval]) -> list[Interval]:
    """Return intervals in their order, those that touch as one."""
    found: list[Interval] = []
    for first, past in sorted(units):
        if found and found[-1][1] >= first:
            found[-1] = (found[-1][0], max(found[-1][1], past))
        else:
            found.append((first, past))
    return found


def pegs_of(netting: Netting, demand: Demand | str) -> Iterator[Peg]:
    """Yield what a demand or launched order takes, directly and through orders, level by level.

    Raises:
        InvalidTypeError: if it is neither a demand nor a code.
        UnknownCode: if nothing of it is open within the horizon.
        AmbiguousCode: if several have the code.
    """
    if not isinstance(demand, Demand | str):
        raise InvalidTypeError(field="demand", value=demand, reason="is no demand", advice="Give a Demand or its code")
    ref = demand if isinstance(demand, str) else demand.ref or f"{demand.item} {day(demand.due)}"
    asked = [number for number, one in enumerate(netting.gathered.asked) if one.name == ref]
    if not asked:
        advice = "It is unknown, due beyond the horizon, or nothing of it is open"
        raise UnknownCode(kind="demand of this plan", given=ref, advice=advice)
    origins = {id(netting.gathered.asked[number].origin) for number in asked}
    if len(origins) > 1:
        raise AmbiguousCode(given=ref, candidates=tuple(str(netting.gathered.asked[one].origin) for one in asked))
    shares = Shares(netting)
    found = [share for number in asked for share in shares.of(number)]
    rows = [(share.level, SupplyRow(netting, share.want.station, share.supply), share) for share in found]
    for level, supply, share in sorted(rows, key=lambda row: (row[0], row[1].station.item.code)):
        yield _peg(supply, share.want, share.quantity, level)
