"""What is there and what may be used of it: disjoint buckets that sum to the physical quantity, at any moment."""

from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import attrs

from prodstock.calendars.zone import from_micros
from prodstock.journal.stream import stock_stream
from prodstock.master import checks
from prodstock.master.codes import ItemCode
from prodstock.master.location import LocationKind
from prodstock.master.quality_state import Quality, Use
from prodstock.quantities.scaled import from_scaled
from prodstock.stock import world as w
from prodstock.stock.changes import changes
from prodstock.stock.history import as_of, entries
from prodstock.stock.lot import NEVER
from prodstock.stock.picking import usable
from prodstock.stock.place import FREE, OURS, Place
from prodstock.stock.status import Release
from prodstock.tables import Derivation, Table, Tabled

if TYPE_CHECKING:
    from collections.abc import Iterator

    from prodstock.stock.shelf import Shelf
    from prodstock.stock.world import World


class Reason(StrEnum):
    """Why stock cannot be had, in order of precedence; the last is that it can."""

    NOT_OURS = "not-ours"
    ELSEWHERE = "elsewhere"
    EXPIRED = "expired"
    DAMAGED = "damaged"
    BLOCKED = "blocked"
    UNDER_INSPECTION = "under-inspection"
    WAITING_FOR_RELEASE = "waiting-for-release"
    ASSIGNED = "assigned"
    RESERVED = "reserved"
    FREE = "free"


USABLE = frozenset({Reason.RESERVED, Reason.FREE})
DAMAGED = "damaged"
"""The short reason, in letters of any size, that makes blocked stock damaged."""


@attrs.frozen(repr=False)
class Bucket:
    """So much of an item for one reason.

    Attributes:
        name: the reason.
        quantity: how much, in the base unit.
        filled_by: the lots (or places, for an item that is not tracked), and what reserves or uses them.
    """

    name: Reason
    quantity: Decimal
    filled_by: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return f"<Bucket {self.name} {self.quantity:f}, {len(self.filled_by)} lots>"

    def __str__(self) -> str:
        return f"{self.name} {self.quantity:f}"


@attrs.frozen(repr=False)
class Availability(Tabled[Bucket]):
    """How much of an item there is and what may be used of it, in the base unit.

    Attributes:
        item: the item.
        unit: its base unit.
        physical: all that is in real locations.
        reserved: what is bound to demands and orders in stores.
        usable: what may be used by somebody: reserved, or free.
        free: what nobody has claimed.
        buckets: physical, split by reason, in the order of precedence; those with nothing in them included.
    """

    item: ItemCode
    unit: str
    physical: Decimal
    reserved: Decimal
    usable: Decimal
    free: Decimal
    buckets: Table[Bucket]

    def to_table(self) -> Table[Bucket]:
        """Return what is there, split by reason."""
        return self.buckets

    def bucket(self, name: Reason) -> Bucket:
        """Return one bucket by its reason."""
        checks.member(name, Reason, "name")
        return self.buckets.where(name=name)[0]

    def __repr__(self) -> str:
        return f"<Availability {self.item[:40]} {self.free:f} free of {self.physical:f} {self.unit[:10]}>"

    def __str__(self) -> str:
        filled = [f"{b.name} {b.quantity:f}" for b in self.buckets if b.quantity]
        return f"{self.item}: {self.physical:f} {self.unit} physical = " + (" + ".join(filled) or "nothing")


def availability(
    world: "World", item: str, *, site: str | None = None, at: int | None = None, commits: int | None = None
) -> Availability:
    """Return the availability of an item at one site or all. O(parcels that ever held anything at that moment).

    Args:
        world: the state.
        item: the item's code.
        site: the site; None: all.
        at: the moment, in microseconds; None: now, which is the time of the last commit. Later than now: what is there
            now, less what will have expired.
        commits: only what the first so many commits knew; None: all.

    Raises:
        UnknownCode: if item or site is unknown.
    """
    definition = world.catalog.item(item)
    sites = [site] if site is not None else [one.code for one in world.catalog.sites]
    sums = dict.fromkeys(Reason, 0)
    filled: dict[Reason, dict[str, None]] = {reason: {} for reason in Reason}
    reserved = 0
    for code in sites:
        world.catalog.site(code)
        number = world.find(stock_stream(item, code))
        if number >= 0:
            for reason, quantity, label in _split(world, number, at, commits):
                sums[reason] += quantity
                filled[reason][label] = None
                reserved += quantity if reason is Reason.RESERVED or label.startswith(_ORDER) else 0
    scale = definition.scale
    buckets = Table(Bucket(r, from_scaled(sums[r], scale), tuple(map(_plain, filled[r]))) for r in Reason)
    free, total = sums[Reason.FREE], sum(sums.values())
    return Availability(
        ItemCode(item),
        definition.unit,
        from_scaled(total, scale),
        from_scaled(reserved, scale),
        from_scaled(reserved + free, scale),
        from_scaled(free, scale),
        buckets,
    )


_ORDER = "\n"
"""Marks, within this module, the label of stock in stores that a production order has reserved."""


def _plain(label: str) -> str:
    return label.removeprefix(_ORDER)


def _split(world: "World", number: int, at: int | None, commits: int | None) -> "Iterator[tuple[Reason, int, str]]":
    shelf = world.shelf(number)
    now = at is None and commits is None
    moment = world.commit(len(world) - 1)[1] if at is None else at
    known = len(world) if commits is None else commits
    for parcel in shelf.live if now else range(len(shelf.rows)):
        quantity, held, history = shelf.rows[parcel]
        if not now:
            quantity, held = as_of(history, moment, known)
        if quantity:
            place = world.places.name(shelf.place[parcel])
            if world.kind(place).real:
                yield from _split_parcel(world, number, parcel, place, quantity, held, moment, known)


def _split_parcel(
    world: "World", number: int, parcel: int, place: Place, quantity: int, held: int, moment: int, known: int
) -> "Iterator[tuple[Reason, int, str]]":
    shelf = world.shelf(number)
    label = _label(world, shelf, parcel, place)
    book, row = world.book(shelf.book), shelf.ident[parcel]
    retest = book.retest(row, moment, known) if book.retests else NEVER
    reason = reason_of(world, place, book.expires[row], moment, retest)
    if reason is not Reason.FREE:
        yield reason, quantity, label
        return
    free = quantity
    if held:
        for stream, claimed in reserved_by(world, number, parcel, moment, known).items():
            kind, _, ref = stream.partition(":")
            there = min(claimed, max(free, 0))  # a late fact may show that less was there than was promised
            free -= there
            if there and kind == "order":
                yield Reason.ASSIGNED, there, f"{_ORDER}{label} for {ref}"
            elif there:
                yield Reason.RESERVED, there, f"{label} for {ref}"
    if free:
        yield Reason.FREE, free, label


def reason_of(world: "World", place: Place, expires: int, moment: int, retest: int = NEVER) -> Reason:
    """Return why stock in a place cannot be had, reservations apart; `Reason.FREE` where nothing speaks against it.

    Goods past the date on which they are to be tested anew are under inspection.
    """
    kind = world.kind(place)
    state = world.state(place)
    quality = state.quality
    received = kind is LocationKind.RECEIVING and quality is not Quality.PENDING_INSPECTION
    shut = quality not in {Quality.APPROVED, Quality.PENDING_INSPECTION} or Use.RESERVE not in state.allows
    tests = (
        (Reason.NOT_OURS, place.owner != OURS),
        (Reason.ELSEWHERE, kind in _AWAY or received),
        (Reason.EXPIRED, not usable(expires, moment)),
        (Reason.DAMAGED, quality is Quality.BLOCKED and place.reason.casefold() == DAMAGED),
        (Reason.BLOCKED, kind in _SHUT or shut),
        (Reason.UNDER_INSPECTION, quality is Quality.PENDING_INSPECTION or not usable(retest, moment)),
        (Reason.WAITING_FOR_RELEASE, place.release == Release.AWAITING and kind is not LocationKind.WIP),
        (Reason.ASSIGNED, kind is LocationKind.WIP or place.segment != FREE),
    )
    return next((reason for reason, holds in tests if holds), Reason.FREE)


_AWAY = frozenset({LocationKind.IN_TRANSIT, LocationKind.AT_VENDOR})
_SHUT = frozenset({LocationKind.QUARANTINE, LocationKind.SCRAP})


def state_name(
    world: "World", place: Place, expires: int, moment: int, retest: int = NEVER, *, reserved: bool = False
) -> str:
    """Return the one word that a person expects for the state of some stock: `reserved`, `WIP`, `expired`, ..."""
    kind = world.kind(place)
    if not kind.real:
        return {LocationKind.CUSTOMER: "shipped", LocationKind.LOSS: "lost"}.get(kind, kind.value)
    if kind is LocationKind.WIP:
        return "WIP"
    if kind is LocationKind.SCRAP:
        return "scrapped"
    reason = reason_of(world, place, expires, moment, retest)
    if reason is Reason.FREE:
        return "reserved" if reserved else "available"
    if reason is Reason.BLOCKED:
        return place.quality if place.quality != Quality.APPROVED else "quarantine"
    return {Reason.WAITING_FOR_RELEASE: "awaiting release", Reason.UNDER_INSPECTION: "under inspection"}.get(
        reason, reason.value
    )


def _label(world: "World", shelf: "Shelf", parcel: int, place: Place) -> str:
    code = world.book(shelf.book).code(shelf.ident[parcel]) or place.location
    return f"{code} for {place.segment.partition(':')[2]}" if place.segment else code


def reserved_by(world: "World", shelf: int, parcel: int, moment: int, known: int) -> dict[str, int]:
    """Return how much of a parcel each demand or order held at a moment, by stream, oldest first.

    Read from the commits that the parcel's history names: there is no second book to keep in step.
    """
    held: dict[str, int] = {}
    seen: set[int] = set()
    for when, number, _, reserved in entries(world.shelf(shelf).rows[parcel][2]):
        if reserved and when <= moment and number < known and number not in seen:
            seen.add(number)
            for kind, change in changes(world.commit(number)):
                if kind == w.HOLDER:
                    world.find(change[1])
                elif kind in {w.CLAIM, w.SETTLE}:
                    stream = world.names.name(change[1])
                    held[stream] = held.get(stream, 0) + _held_change(world, kind, change, shelf, parcel)
    return {stream: quantity for stream, quantity in held.items() if quantity}


def _held_change(world: "World", kind: int, change: tuple[Any, ...], shelf: int, parcel: int) -> int:
    """Return by how much a change of a reservation changes what it holds of a parcel."""
    held = 0
    if kind == w.CLAIM:
        for at in range(5, len(change), 4):
            if change[at] == shelf and change[at + 1] == parcel:
                held += change[at + 2]
        return held
    lines = world.record(change[1]).bookings[change[3]].lines
    for at in range(6, len(change), 2):
        line = 4 * change[at]
        if lines[line] == shelf and lines[line + 1] == parcel:
            held -= change[at + 1]
    return held


def why_not(answer: Availability, quantity: Decimal, at: int | None = None) -> Derivation:
    """Return why a quantity cannot be had, or that it can: the reasons with their quantities, which sum to physical."""
    when = "" if at is None else f" on {from_micros(at):%Y-%m-%d}"
    asked = f"{quantity:f} {answer.unit} {answer.item}{when}"
    head = f"{asked}: can be had" if quantity <= answer.free else f"{asked}: only {answer.free:f} free"
    causes = [
        Derivation(f"{bucket.quantity:f} {bucket.name}: {', '.join(bucket.filled_by[:5])}")
        for bucket in answer.buckets
        if bucket.quantity
    ]
    return Derivation(head, tuple(causes or [Derivation(f"0 {answer.unit} physical")]))
