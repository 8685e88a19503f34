"""Netting in one sweep, for an item that comes one way only and whose stock serves everybody: most items are such."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prodstock.planning.kernel import Supply
from prodstock.quantities.scaled import MAX_SCALED
from prodstock.stock.lot import NEVER

if TYPE_CHECKING:
    from prodstock.planning.kernel import Orders
    from prodstock.planning.lead_time import LeadTimes
    from prodstock.planning.sources import Way
    from prodstock.planning.station import Station


_new = tuple.__new__
"""Makes a named tuple of a tuple at half the cost."""


def net_plainly(
    station: Station,
    way: Way,
    orders: Orders,
    times: LeadTimes,
    now: int,
    until: int,
    *,
    at_once: bool,
) -> None:
    """Add the orders that a station needs: what is below the target at a moment is ordered for that moment.

    The target is the safety stock, from now on. Where only the safety stock is missing the order waits until one that
    starts now can be there, unless `at_once`. Who takes what follows from the order of wants and supplies. O(wants).
    """
    site, safety, wants, supplies = station.site, station.safety, station.wants, station.supplies
    for number, real in sorted(enumerate(station.reals), key=lambda one: (one[1].received, one[1].label, one[0])):
        supplies.append(Supply(real.at, real.due, real.quantity, real.expires, ~number))
    free = sum([real.quantity for real in station.reals])
    size, step, lead = way.lots.size, way.one_step, times.passing(way)
    start_of, worked = times.start, times.worked
    watch, waits = (now, False) if safety else (NEVER, False)
    place, count = 0, len(wants)
    while True:
        at = wants[place][0] if place < count else NEVER
        restored = waits and watch <= at
        if watch <= at:
            at, watch, waits = watch, NEVER, False
        if at == NEVER:
            break
        while place < count and wants[place][0] == at:
            free -= wants[place][4]  # type: ignore[assignment]  # whole: this is no phantom
            place += 1
        target = safety if at >= now else 0
        if free >= target:
            continue
        missing = target - free
        quantity = missing if 0 < step <= missing <= MAX_SCALED else size(*way.to_start(missing))
        due = worked(at, site)
        start = start_of(way, site, quantity, due) if lead is None else due - lead
        if start < now and free >= 0 and not at_once:
            earliest = times.end(way, site, quantity, now)
            if restored:
                start, due = now, max(earliest, at)
            else:
                if not waits and earliest < until:
                    watch, waits = max(earliest, at), True
                continue
        good = quantity if step else way.good(quantity)
        number = orders.add(station.number, start, due, quantity, good, way, missing, min(missing, target))
        orders.supply[number] = len(supplies)
        station.orders.append(number)
        supplies.append(_new(Supply, (max(due, now), due, good, NEVER, number)))
        free += good
