"""What will be free of an item over time, as a plan sees it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prodstock.master.item import Supply as Origin
from prodstock.quantities.scaled import from_scaled
from prodstock.stock.allocation import need_at

if TYPE_CHECKING:
    from decimal import Decimal

    from prodstock.calendars.span import Moment
    from prodstock.planning.netting import Netting


def projected(netting: Netting, item: str, site: str, at: Moment | None) -> Decimal:
    """Return what is free of an item at a site at a moment; None: at the end of the horizon. O(wants + supplies).

    Raises:
        UnknownCode: if there is no such item or site.
    """
    one = netting.catalog.item(item)
    code = netting.catalog.site(site).code
    moment = netting.gathered.until - 1 if at is None else need_at(at, netting.times.zone(code))
    station = netting.places.get((one.code, code))
    if station is None:
        return from_scaled(0, one.scale)
    total = sum(supply.quantity for supply in station.supplies if supply.at <= moment)
    total -= sum(rest for number, rest in station.wasted if station.supplies[number].expires <= moment)
    phantom = one.supply is Origin.PHANTOM
    for number, want in enumerate(station.wants):
        if max(want[0], netting.now) <= moment:
            taken = sum(quantity for _, quantity in station.takes(number)) if phantom else want[4]
            total -= taken  # type: ignore[assignment]  # whole: a phantom's is what it takes
    return from_scaled(total, one.scale)
