"""Netting in one sweep, for an item that comes one way only and whose stock serves everybody: most items are such."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prodstock.planning.kernel import Drawn
from prodstock.quantities.scaled import MAX_SCALED
from prodstock.stock.lot import NEVER

if TYPE_CHECKING:
    from prodstock.planning.kernel import Orders
    from prodstock.planning.lead_time import LeadTimes
    from prodstock.planning.station import Station
    from prodstock.planning.ways import OneWay

_END = (NEVER, 0, 0, 0, 0)


def net_plainly(  # noqa: C901  # one loop, which takes most of the time of netting
    station: Station, only: OneWay, orders: Orders, times: LeadTimes, until: int, *, at_once: bool
) -> Drawn:
    """Add the orders that a station needs, and return them: what is below the target at a moment is ordered for it.

    The target is the safety stock, from now on. Where only the safety stock is missing the order waits until one that
    starts now can be there, unless `at_once`. Who takes what follows from the order of wants and supplies. O(wants).
    """
    way, now, site, safety, wants = only.way, orders.now, station.site, station.safety, station.wants
    worked, minimum, as_many = times.last_worked(site), only.minimum, only.top == only.bottom
    exactly = as_many and only.multiple == 1
    free = sum([real.quantity for real in station.reals])
    drawn = Drawn([], [], [], [], [], [])
    dues, quantities, goods, lacking = drawn.due, drawn.quantity, drawn.good, drawn.missing
    watch, waits, begun = (now if safety else NEVER), False, -1
    wants.append(_END)
    each = iter(wants)
    coming, _, _, _, much = next(each)
    while True:
        at, restored = coming, False
        if watch <= at:
            at, restored, watch, waits = watch, waits, NEVER, False
        if at == NEVER:
            break
        while coming == at:
            free -= much  # type: ignore[assignment]  # whole: this is no phantom
            coming, _, _, _, much = next(each)
        if free >= safety:
            continue
        target = safety if at >= now else 0
        missing = target - free
        if missing <= 0:
            continue
        quantity = missing if exactly and minimum <= missing <= MAX_SCALED else only.size(missing)
        due = worked[at]
        if free >= 0 and not at_once and times.start(way, site, quantity, due) < now:
            earliest = times.end(way, site, quantity, now)
            if not restored:
                if not waits and earliest < until:
                    watch, waits = max(earliest, at), True
                continue
            begun, due = len(dues), max(earliest, at)
        good = quantity if as_many else way.good(quantity)
        dues.append(due)
        quantities.append(quantity)
        goods.append(good)
        lacking.append(missing)
        if safety:
            drawn.safety.append(min(missing, target))
        free += good
    wants.pop()
    if dues:
        drawn.start.extend(times.starts(way, site, drawn))
    if begun >= 0:
        drawn.start[begun] = now
    station.swept(orders, orders.add_all(station.number, way, drawn, len(station.reals)))
    return drawn
