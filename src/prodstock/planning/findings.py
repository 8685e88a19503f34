"""What a plan reports beside its orders: what is late or missing, and what the planner should look at."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

import attrs

from prodstock.calendars.zone import from_micros
from prodstock.master.codes import ItemCode
from prodstock.master.item import Supply as Origin
from prodstock.planning.kernel import PRODUCTION, PURCHASE, TRANSFER
from prodstock.quantities.scaled import from_scaled

if TYPE_CHECKING:
    from collections.abc import Iterator

    from prodstock.master.item import Item
    from prodstock.planning.kernel import Proposal, Supply, Want
    from prodstock.planning.netting import Netting
    from prodstock.planning.station import Station

HOUR = 3_600_000_000
DAY = 24 * HOUR
RECEIPTS = frozenset({PURCHASE, TRANSFER, PRODUCTION})


@attrs.frozen(repr=False)
class Shortage:
    """So much of an item is late, or never comes.

    Attributes:
        item: what is short.
        quantity: how much of it is late or missing, in the base unit.
        unit: the base unit.
        needed: when it is needed, in UTC.
        covered: when all of it is there if everything that is late starts now; None: never.
        cause: why, in one line.
        delays: the demands or orders that wait for it, most urgent first.
    """

    item: ItemCode
    quantity: Decimal
    unit: str
    needed: datetime
    covered: datetime | None
    cause: str
    delays: tuple[str, ...]

    def __repr__(self) -> str:
        when = "never" if self.covered is None else f"{self.covered:%Y-%m-%d}"
        return f"<Shortage {self.quantity:f} {self.unit[:10]} {self.item[:30]} {self.needed:%Y-%m-%d}, covered {when}>"


@attrs.frozen(repr=False)
class ActionMessage:
    """Something the planner should look at.

    Attributes:
        kind: `start-in-past`, `expedite`, `overdue`, `excess`, `below-safety`, `no-source`, `expires` or `not-counted`.
        order: the order, receipt, lot or item it is about.
        text: what is the matter.
    """

    kind: str
    order: str
    text: str

    def __repr__(self) -> str:
        return f"<ActionMessage {self.kind} {self.order[:30]}: {self.text[:50]}>"


def shortages(netting: Netting) -> list[Shortage]:
    """Return what is late or missing, by the moment it is needed, then item and what waits for it."""
    found = [
        shortage(netting, station, want)
        for group in netting.groups
        for station in group
        if station.item.supply is not Origin.PHANTOM
        for want in station.wants
        if is_late(netting, want)
    ]
    phantoms = [
        shortage(netting, station, want)
        for group in netting.groups
        for station in group
        if station.item.supply is Origin.PHANTOM
        for want in station.wants
        if want.missing
    ]
    return sorted((*found, *phantoms), key=lambda one: (one.needed, one.item, one.delays, one.cause, one.quantity))


def is_late(netting: Netting, want: Want) -> bool:
    """Tell whether some of a want comes after it is needed; what is needed in the past is needed now."""
    return want.covered is None or want.covered > max(want.at, netting.now)


def shortage(netting: Netting, station: Station, want: Want) -> Shortage:
    """Return the shortage of a want that is late."""
    late = max(want.at, netting.now)
    worst = [(supply, quantity) for supply, quantity in want.takes if (ready(supply) or late + 1) > late]
    quantity = want.missing + sum(quantity for _, quantity in worst)
    item = station.item
    return Shortage(
        ItemCode(item.code),
        from_scaled(quantity, item.scale),
        item.unit,
        from_micros(want.at),
        None if want.covered is None else from_micros(want.covered),
        want.why or _cause(netting, worst),
        want.refs,
    )


def ready(supply: Supply) -> int | None:
    """Return when a supply is really there; None: never."""
    return supply.at if supply.proposal is None else supply.proposal.ready


def _cause(netting: Netting, worst: list[tuple[Supply, int]]) -> str:
    """Say why the last of what is late is late."""
    never = [supply for supply, _ in worst if ready(supply) is None]
    supply = never[0] if never else max((one for one, _ in worst), key=lambda one: (ready(one) or 0, one.label))
    proposal = supply.proposal
    if proposal is None:
        return f"{supply.label} comes on {_day(supply.at)}"
    if proposal.blocker is not None:
        return f"waits for {proposal.blocker.item}"
    done = f"to {'order' if proposal.sourcing is not None else 'start'} by {_day(proposal.start)}"
    return f"lead time: it was {done}, {ago(netting.now - proposal.start)}"


def messages(netting: Netting) -> list[ActionMessage]:
    """Return what the planner should look at, by kind, then order."""
    found = [one for proposal in netting.proposals for one in _of_order(netting, proposal)]
    for group in netting.groups:
        for station in group:
            found += _of_station(netting, station)
    return sorted(found, key=lambda one: (one.kind, one.order, one.text))


def _of_order(netting: Netting, proposal: Proposal) -> Iterator[ActionMessage]:
    if proposal.start < netting.now:
        past = ago(netting.now - proposal.start)
        text = f"{amount(proposal.item, proposal.quantity)} should have started on {_day(proposal.start)}, {past}"
        yield ActionMessage("start-in-past", proposal.code, text)
    for item in proposal.uncounted:
        text = f"{item} falls off after it was planned, and is not counted"
        yield ActionMessage("not-counted", proposal.code, text)


def _of_station(netting: Netting, station: Station) -> Iterator[ActionMessage]:
    item = station.item
    if station.no_source and (station.short or any(want.missing for want in station.wants)):
        yield ActionMessage("no-source", item.code, f"{item.code} at {station.site}: {station.no_source}")
    for supply, quantity in station.wasted:
        text = f"{amount(item, quantity)} expire on {last_day(netting, station.site, supply)} and are not needed before"
        yield ActionMessage("expires", supply.label, text)
    for want in station.wants:
        for supply, quantity in want.takes:
            if supply.kind in RECEIPTS and supply.at > max(want.at, netting.now):
                text = f"{amount(item, quantity)} are needed on {_day(want.at)} and come on {_day(supply.at)}"
                yield ActionMessage("expedite", supply.label, text)
    left = station.stock.left
    if left < station.safety:
        text = f"{amount(item, left)} are left at the end of the horizon, {amount(item, station.safety)} should be"
        yield ActionMessage("below-safety", item.code, text)
    spare = left - station.safety
    for supply in reversed(station.coming):
        if supply.kind in RECEIPTS and supply.due < netting.now:
            text = f"{amount(item, supply.quantity)} were due on {_day(supply.due)} and count as coming now"
            yield ActionMessage("overdue", supply.label, text)
        unused = min(supply.left, spare) if supply.at < netting.gathered.until else 0
        if supply.kind in RECEIPTS and unused > 0:
            of = from_scaled(supply.quantity, item.scale)
            text = f"{amount(item, unused)} of {of:f} are not needed before {_day(netting.gathered.until)}"
            yield ActionMessage("excess", supply.label, text)
            spare -= unused


def amount(item: Item, steps: int) -> str:
    """Return a quantity of an item as people read it."""
    return f"{from_scaled(steps, item.scale):f} {item.unit} {item.code}"


def ago(micros: int) -> str:
    """Return how long ago something was, as people say it: in whole days, or in whole hours of less than a day.

    >>> ago(2 * DAY + HOUR), ago(DAY), ago(5 * HOUR), ago(HOUR), ago(HOUR - 1)
    ('2 days ago', '1 day ago', '5 hours ago', '1 hour ago', 'less than an hour ago')
    """
    for length, name in ((DAY, "day"), (HOUR, "hour")):
        whole = micros // length
        if whole:
            return f"{whole} {name}{'s' if whole > 1 else ''} ago"
    return "less than an hour ago"


def last_day(netting: Netting, site: str, supply: Supply) -> date:
    """Return the last day, at the site, on which a supply that expires may be used."""
    return netting.times.day(supply.expires - 1, site)


def _day(instant: int) -> str:
    return f"{from_micros(instant):%Y-%m-%d}"
