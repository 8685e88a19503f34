"""Why something is short, in one word of a closed vocabulary."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from prodstock.master.quality_state import Quality, QualityState
from prodstock.planning.chain import LinkKind
from prodstock.planning.kernel import EXPECTED_STOCK, STOCK
from prodstock.planning.rows import SupplyRow
from prodstock.stock.status import Release

if TYPE_CHECKING:
    from collections.abc import Iterator

    from prodstock.planning.chain import Root
    from prodstock.planning.netting import Netting
    from prodstock.planning.rows import WantRow
    from prodstock.planning.station import Station
    from prodstock.stock.allocation import OpenLot


class ShortageCause(StrEnum):
    """Why something is short.

    What lies there and may not be used comes first, since freeing it is the quickest way out: IN_INSPECTION waits for
    a judgement or its release; BLOCKED is blocked, rejected, in quarantine or rework, or in a state of the host's own
    that is not planned with; EXPIRED has expired, or will have by the need and the life that the demand asks for;
    WRONG_SEGMENT is set aside for another project or demand, or free where a project asks; WRONG_OWNER is not ours;
    WRONG_REVISION is made to another revision than the demand asks for, or would be.

    Then what comes: LATE_SUPPLY is a receipt or settled order after the need, or after the latest that a demand takes;
    PAST_LEAD_TIME an order that would have had to start before now or the end of its planning time fence, SUPPLIER_FULL
    one whose supplier delivers no more in the periods before, NO_SUPPLY has no source, or none that may still be used.
    """

    IN_INSPECTION = "in-inspection"
    BLOCKED = "blocked"
    EXPIRED = "expired"
    WRONG_SEGMENT = "wrong-segment"
    WRONG_OWNER = "wrong-owner"
    WRONG_REVISION = "wrong-revision"
    LATE_SUPPLY = "late-supply"
    PAST_LEAD_TIME = "past-lead-time"
    SUPPLIER_FULL = "supplier-full"
    NO_SUPPLY = "no-supply"


TOO_LATE = "it would come too late"
"""How the reason begins of what is missing because a demand takes nothing so late."""

_LAST = {
    LinkKind.RECEIPT: ShortageCause.LATE_SUPPLY,
    LinkKind.STOCK: ShortageCause.IN_INSPECTION,
    LinkKind.ORDER: ShortageCause.LATE_SUPPLY,
    LinkKind.LEAD_TIME: ShortageCause.PAST_LEAD_TIME,
    LinkKind.SUPPLIER_FULL: ShortageCause.SUPPLIER_FULL,
    LinkKind.NO_SOURCE: ShortageCause.NO_SUPPLY,
    LinkKind.MISSING: ShortageCause.NO_SUPPLY,
}


def cause_of(root: Root) -> ShortageCause:
    """Return why a want is short, by what binds it in the end: the item at the end of its chain.

    Of several kinds of stock that lie there unused the one with the most counts; ties in the order of the causes.
    """
    supply = root.supply
    if supply is not None and supply.kind == EXPECTED_STOCK:
        return ShortageCause.IN_INSPECTION
    idle = _idle(root.want)
    if idle:
        return max(idle, key=lambda cause: (idle[cause], -list(ShortageCause).index(cause)))
    if supply is not None and supply.order is not None and supply.order.settled is not None:
        return ShortageCause.LATE_SUPPLY
    if _made_otherwise(root):
        return ShortageCause.WRONG_REVISION
    if root.kind is LinkKind.MISSING and root.want.why.startswith(TOO_LATE):
        return ShortageCause.PAST_LEAD_TIME if "lead time of" in root.want.why else ShortageCause.LATE_SUPPLY
    return _LAST[root.kind]


def _made_otherwise(root: Root) -> bool:
    """Tell whether something would come, but not of the revision that is asked for."""
    netting, station = root.want.netting, root.want.station
    revision = netting.lives.of(station.wants[root.want.number]).revision if station.particular else ""
    if not revision or root.kind not in {LinkKind.NO_SOURCE, LinkKind.MISSING}:
        return False
    at = max(root.want.at, netting.now)
    source = netting.fitter.source
    return source(station, at, revision)[0] is None and source(station, at, "")[0] is not None


def _idle(want: WantRow) -> dict[ShortageCause, int]:
    """Return what lies there of the item that is wanted and does not count for it, in smallest steps, by why."""
    netting, station = want.netting, want.station
    found: dict[ShortageCause, int] = {}
    for lot, reason in netting.gathered.excluded.get((station.item.code, station.site), ()):
        cause = _not_usable(lot, reason)
        found[cause] = found.get(cause, 0) + netting.catalog.scaled(station.item.code, lot.free)
    fit = netting.lives.of(station.wants[want.number])
    needed = max(want.at, netting.now) + fit.life
    for number, supply in enumerate(station.supplies):
        if supply.origin < 0:
            real = station.reals[~supply.origin]
            theirs = not real.fits(fit._replace(sale=real.sale, revision=""))
            other = not theirs and not real.fits(fit._replace(sale=real.sale))
            rest = station.left(number) if theirs or other or supply.expires <= needed else 0
            if rest:
                kind = ShortageCause.WRONG_REVISION if other else ShortageCause.EXPIRED
                cause = ShortageCause.WRONG_OWNER if theirs else kind
                found[cause] = found.get(cause, 0) + rest
    elsewhere = sum(rest for _, rest in set_aside(netting, station))
    if elsewhere:
        found[ShortageCause.WRONG_SEGMENT] = found.get(ShortageCause.WRONG_SEGMENT, 0) + elsewhere
    return found


def set_aside(netting: Netting, station: Station) -> Iterator[tuple[SupplyRow, int]]:
    """Yield the stock of other segments that nobody takes, with how much of it is left."""
    for other in netting.others(station):
        for number, supply in enumerate(other.supplies):
            if supply.origin < 0 and other.reals[~supply.origin].kind == STOCK:
                rest = other.left(number)
                if rest:
                    yield SupplyRow(netting, other, number), rest


def _not_usable(lot: OpenLot, reason: str) -> ShortageCause:
    if reason == "expired":
        return ShortageCause.EXPIRED
    if lot.owner and reason.startswith("owned by"):
        return ShortageCause.WRONG_OWNER
    if lot.segment and reason.startswith("set aside"):
        return ShortageCause.WRONG_SEGMENT
    quality = lot.quality.like if isinstance(lot.quality, QualityState) else lot.quality
    waits = quality is Quality.PENDING_INSPECTION or (quality is Quality.APPROVED and lot.release is Release.AWAITING)
    return ShortageCause.IN_INSPECTION if waits else ShortageCause.BLOCKED
