"""Who gets what: every unit of every supply of a plan, to whom it goes, one level deep and down to the last part."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING

import attrs

from prodstock._render import day, figure, short
from prodstock.calendars.zone import from_micros
from prodstock.master.codes import ItemCode
from prodstock.orders.demand import Demand
from prodstock.orders.purchase import TransferOrder
from prodstock.planning.kernel import Asked
from prodstock.planning.lookup import asked_by
from prodstock.planning.rows import SupplyRow
from prodstock.planning.shares import Share, Shares
from prodstock.quantities.scaled import from_scaled

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from prodstock.planning.netting import Netting
    from prodstock.planning.rows import WantRow
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
    for station in sorted(netting.stations, key=lambda one: one.place):
        safety = kept(station, netting.gathered.until)
        for number in range(len(station.supplies)):
            supply = SupplyRow(netting, station, number)
            for want, quantity in supply.gives:
                yield peg_of(supply, want, quantity, 1)
            for use, quantity in left_over(supply, safety):
                yield peg_of(supply, None, quantity, 1, use)


def left_over(supply: SupplyRow, kept: Mapping[int, int]) -> Iterator[tuple[PegUse, int]]:
    """Yield what nobody takes of a supply, by what becomes of it; `kept` is what keeps the safety stock."""
    station, number = supply.station, supply.number
    expired, safety = dict(station.wasted).get(number, 0), kept.get(number, 0)
    excess = station.left(number) - expired - safety
    for use, quantity in ((PegUse.SAFETY, safety), (PegUse.EXCESS, excess), (PegUse.EXPIRED, expired)):
        if quantity:
            yield use, quantity


def kept(station: Station, until: int) -> dict[int, int]:
    """Return what of each supply keeps the safety stock at the end: of what nobody takes, what is there first."""
    found: dict[int, int] = {}
    missing, wasted = station.target(until - 1), dict(station.wasted)
    if missing:
        for number, _ in sorted(enumerate(station.supplies), key=lambda one: (one[1].at, one[0])):
            some = min(missing, station.left(number) - wasted.get(number, 0))
            if some and station.ours(number):
                found[number] = some
                missing -= some
    return found


def peg_of(supply: SupplyRow, want: WantRow | None, quantity: int, level: int, use: PegUse | None = None) -> Peg:
    """Return so much of a supply, and for whom; without a want, what it is for."""
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
    return row.name if isinstance(row, Asked) else row.code


def pegs_of(netting: Netting, demand: Demand | str) -> Iterator[Peg]:
    """Yield what a demand or launched order takes, directly and through orders, level by level.

    Raises:
        InvalidTypeError: if it is neither a demand nor a code.
        UnknownCode: if nothing of it is open within the horizon.
        AmbiguousCode: if several have the code.
    """
    for share in shares_of(netting, asked_by(netting, demand)):
        yield peg_of(SupplyRow(netting, share.want.station, share.supply), share.want, share.quantity, share.level)


def shares_of(netting: Netting, asked: Iterable[int]) -> list[Share]:
    """Return what some who ask take down to the last part, by level, then item."""
    shares = Shares(netting)
    found = [share for number in asked for share in shares.of(number)]
    return sorted(found, key=lambda share: (share.level, share.want.station.item.code))
