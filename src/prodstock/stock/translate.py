"""Between commits and events: what the log holds in numbers, told in names, and back. Each undoes the other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from prodstock.calendars.zone import from_micros, micros
from prodstock.errors import BrokenInvariant
from prodstock.journal.commit import Event, Recorded, RecordEvent
from prodstock.journal.stream import CATALOG as CATALOG_STREAM
from prodstock.journal.stream import Stream, item_stream, key_stream, lot_stream, serial_stream
from prodstock.master.canonical import digest
from prodstock.quantities.scaled import from_scaled
from prodstock.stock import world as w
from prodstock.stock.aside import Aside, aside_of
from prodstock.stock.changes import changes
from prodstock.stock.draft import Draft
from prodstock.stock.events import (
    CatalogChanged,
    Claimed,
    ClaimLine,
    ClaimSettled,
    KeyUsed,
    Leg,
    LotCard,
    LotOpened,
    Parcel,
    Retest,
    SerialMinted,
    StockPosted,
)
from prodstock.stock.goods import ReservationState
from prodstock.stock.lot import NEVER, PLAIN, LotDetails
from prodstock.stock.movement import MOVEMENTS, RULES
from prodstock.stock.place import Place
from prodstock.tables import Table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from datetime import datetime
    from decimal import Decimal

    from prodstock.stock.world import Commit, World

_STATES = tuple(ReservationState)


def describe(world: World, number: int) -> Table[Recorded]:
    """Return the events of a commit, each in its envelope. O(changes of the commit).

    The commit's name is its first event's stream and version.
    """
    commit = world.commit(number)
    told = list(_events(world, commit))
    moments = _moments(world, commit)
    stamp = commit[2] or ("", "", "")
    name = f"{told[0][0]}/{told[0][1]}" if told else f"/{number}"
    reverses = [change[1] for kind, change in changes(commit) if kind == w.REVERSES]
    tags = {"reverses": commit_name(world, reverses[0])} if reverses else {}
    effective, recorded = from_micros(commit[0]), from_micros(commit[1])
    return Table(
        Recorded(
            stream=stream,
            version=version,
            commit=name,
            part=part,
            parts=len(told),
            event=event,
            effective_at=moments.get((stream, version), effective),
            recorded_at=recorded,
            by=stamp[0],
            because=stamp[1],
            key=stamp[2],
            tags=tags,
        )
        for part, (stream, version, event) in enumerate(told)
    )


def _moments(world: World, commit: Commit) -> dict[tuple[str, int], datetime]:
    """Return when those events of a commit took effect that did not with the others: by stream and version."""
    found: dict[tuple[str, int], datetime] = {}
    ahead = None
    for kind, change in changes(commit):
        if kind == w.MOMENT:
            ahead = change[2]
        elif kind == w.POST and ahead is not None:
            found[world.names.name(change[1]), change[2] + 1] = from_micros(ahead)
            ahead = None
    return found


def commit_name(world: World, number: int) -> str:
    """Return the name of a commit: its first event's stream and version."""
    stream, version, _ = next(_events(world, world.commit(number)))
    return f"{stream}/{version}"


def find_commit(world: World, name: str) -> int:
    """Return the number of the commit of that name, or -1. O(commits)."""
    for number in range(len(world) - 1, -1, -1):
        first = next(_events(world, world.commit(number)), None)
        if first is not None and f"{first[0]}/{first[1]}" == name:
            return number
    return -1


def _events(world: World, commit: Commit) -> Iterator[tuple[Stream, int, Event]]:
    ahead: dict[int, _Ahead] = {}
    holders = _holders(world, commit)
    for kind, change in changes(commit):
        if kind == w.IDENT:
            yield _opened(world, change)
        elif kind == w.CATALOG:
            yield CATALOG_STREAM, change[1] + 1, CatalogChanged(change[2])
        elif kind in _NOTE:
            _NOTE[kind](world, change, ahead.setdefault(change[1], _Ahead([], {}, {})))
        elif kind == w.POST:
            cards, beside, retests = ahead.pop(change[1], _Ahead([], {}, {}))
            told = StockPosted(tuple(legs_of(world, change, beside)), tuple(cards), holders, tuple(retests))
            yield Stream(world.names.name(change[1])), change[2] + 1, told
        elif kind in _TELL:
            yield Stream(world.names.name(change[1])), change[2] + 1, _TELL[kind](world, change)
    stamp = commit[2]
    if stamp is not None and stamp[2]:
        entry = world.key(stamp[2])
        if entry is not None:
            command, answer, _ = entry
            yield key_stream(stamp[2]), 1, KeyUsed(fingerprint(command), answer)


_NOTHING: Mapping[int, Aside] = {}


class _Ahead(NamedTuple):
    """What a commit says of a shelf ahead of its movements: new cards, what is told beside them, new retest dates."""

    cards: list[LotCard]
    beside: dict[int, Aside]
    retests: dict[Retest, None]


def _note_parcel(world: World, change: tuple[Any, ...], ahead: _Ahead) -> None:
    if change[4] and change[2]:
        ahead.cards.append(card_of(world, world.shelf(change[1]).book, change[2]))


def _note_aside(_: World, change: tuple[Any, ...], ahead: _Ahead) -> None:
    ahead.beside[change[2]] = change[3]


def _note_retest(world: World, change: tuple[Any, ...], ahead: _Ahead) -> None:
    _, shelf, row, retest = change
    book = world.book(world.shelf(shelf).book)
    ahead.retests[Retest(book.lot_code(row), None if retest == NEVER else from_micros(retest))] = None


_NOTE: Mapping[int, Callable[[World, tuple[Any, ...], _Ahead], None]] = {
    w.PARCEL: _note_parcel,
    w.ASIDE: _note_aside,
    w.RETEST: _note_retest,
}


def _holders(world: World, commit: Commit) -> tuple[str, ...]:
    """Return the streams whose reservations a commit makes or ends, in its order."""
    names = {
        change[1] if kind == w.HOLDER else world.names.name(change[1]): None
        for kind, change in changes(commit)
        if kind in _HOLDING
    }
    return tuple(names)


_HOLDING = frozenset({w.CLAIM, w.SETTLE, w.HOLDER})


def _tell_claimed(world: World, change: tuple[Any, ...]) -> Event:
    return Claimed(from_micros(change[3]), tuple(_claim_lines(world, change)))


def _tell_settled(world: World, change: tuple[Any, ...]) -> Event:
    return ClaimSettled(change[3], _STATES[change[4]], tuple(_settled(world, change)))


def _tell_record(_: World, change: tuple[Any, ...]) -> Event:
    event: RecordEvent = change[3]
    return event


_TELL: Mapping[int, Callable[[World, tuple[Any, ...]], Event]] = {
    w.CLAIM: _tell_claimed,
    w.SETTLE: _tell_settled,
    w.RECORD: _tell_record,
}


def fingerprint(command: object) -> str:
    """Return what tells one command from another: a digest of its kind and all its values."""
    return command if isinstance(command, str) else digest(command)


def _opened(world: World, change: tuple[Any, ...]) -> tuple[Stream, int, Event]:
    _, number, code, lot, *_ = change
    book = world.book(number)
    if lot < 0:
        return lot_stream(book.item, code), 1, LotOpened(card_of(world, number, book.find_lot(code)))
    return serial_stream(book.item, code), 1, SerialMinted(card_of(world, number, book.find_serial(code)))


def card_of(world: World, book_number: int, row: int) -> LotCard:
    """Return what is told of a lot or serial when it comes up."""
    book = world.book(book_number)
    details = book.details.get(row, PLAIN)
    expires, retest = book.expires[row], book.first_retest(row)
    return LotCard(
        book.item,
        book.lot_code(row),
        from_micros(book.received[row]),
        book.serial_code(row),
        None if expires == NEVER else from_micros(expires),
        details.supplier,
        details.supplier_lot,
        details.revision,
        details.attributes,
        None if retest == NEVER else from_micros(retest),
    )


def parcel_of(world: World, shelf_number: int, parcel: int) -> Parcel:
    """Return the key of a parcel in names."""
    shelf = world.shelf(shelf_number)
    return _parcel(world, shelf.item, shelf.book, shelf.ident[parcel], world.places.name(shelf.place[parcel]))


def _parcel(world: World, item: str, book_number: int, row: int, place: Place) -> Parcel:
    book = world.book(book_number)
    return Parcel(
        item,
        place.site,
        place.location,
        book.lot_code(row),
        book.serial_code(row),
        place.owner,
        place.segment,
        place.container,
        place.quality,
        place.reason,
        place.release,
    )


def legs_of(world: World, change: tuple[Any, ...], beside: Mapping[int, Aside] = _NOTHING) -> Iterator[Leg]:
    """Yield the legs that a change of a shelf stands for, both sides of every movement.

    `beside` holds what is told beside them, by their place in the change.
    """
    shelf = world.shelf(change[1])
    scale = world.catalog.item(shelf.item).scale
    opposite: dict[tuple[int, int], int] = {}
    for at in range(4, len(change), 4):
        movement, parcel, quantity, reserved = change[at : at + 4]
        yield Leg(
            MOVEMENTS[movement],
            parcel_of(world, change[1], parcel),
            plain(quantity, scale),
            plain(reserved, scale),
            *beside.get(at // 4 - 1, ()),
        )
        if RULES[MOVEMENTS[movement]].counterpart is not None:
            key = (movement, shelf.ident[parcel])
            opposite[key] = opposite.get(key, 0) - quantity
    for (movement, row), quantity in opposite.items():
        kind = RULES[MOVEMENTS[movement]].counterpart
        if kind is not None:
            place = Place(shelf.site, kind.default_code)
            yield Leg(MOVEMENTS[movement], _parcel(world, shelf.item, shelf.book, row, place), plain(quantity, scale))


def _claim_lines(world: World, change: tuple[Any, ...]) -> Iterator[ClaimLine]:
    for at in range(5, len(change), 4):
        shelf, parcel, quantity, line = change[at : at + 4]
        scale = world.catalog.item(world.shelf(shelf).item).scale
        yield ClaimLine(parcel_of(world, shelf, parcel), plain(quantity, scale), None if line < 0 else line)


def _settled(world: World, change: tuple[Any, ...]) -> Iterator[tuple[int, Decimal]]:
    booking = world.record(change[1]).bookings[change[3]]
    for at in range(6, len(change), 2):
        shelf = world.shelf(booking.lines[4 * change[at]])
        yield change[at], plain(change[at + 1], world.catalog.item(shelf.item).scale)


def plain(steps: int, scale: int) -> Decimal:
    """Return a quantity without zeros at its end: what is told does not depend on how finely an item is counted."""
    while scale and steps % 10 == 0:
        steps //= 10
        scale -= 1
    return from_scaled(steps, scale)


# -- back: events to a commit -----------------------------------------------------------------------------------


def compile_commit(world: World, events: Iterable[Recorded]) -> Commit:
    """Return the commit that the events of one commit tell, ready to be applied to the world.

    Events of streams that the world has not loaded may be missing; what is told is applied.

    Raises:
        BrokenInvariant: if the events do not fit the world: a version is missing, or a parcel is not there.
    """
    told = list(events)
    first = told[0]
    draft = Draft(world, micros(first.effective_at), micros(first.recorded_at), _NO_IDS)
    done: list[object] = []
    for recorded in told:
        _COMPILE.get(type(recorded.event), _compile_record)(draft, recorded)
        done += draft.drain(recorded.version)
        if type(recorded.event) is CatalogChanged:
            scratch = world.fork()
            scratch.apply((draft.effective, draft.recorded, None, *done))
            draft = Draft(scratch, draft.effective, draft.recorded, _NO_IDS)
    for name in _unread(told):
        done += (w.HOLDER, name)
    if "reverses" in first.tags:
        done += (w.REVERSES, find_commit(world, first.tags["reverses"]))
    stamp = (first.by, first.because, first.key)
    return (draft.effective, draft.recorded, stamp if any(stamp) else None, *done)


def _unread(told: list[Recorded]) -> Iterator[str]:
    """Yield the streams whose reservations a commit touches but whose own events are not among those told."""
    read: set[str] = {recorded.stream for recorded in told}
    for recorded in told:
        if isinstance(recorded.event, StockPosted):
            for name in recorded.event.holders:
                if name not in read:
                    read.add(name)
                    yield name


class _NoIds:
    """Gives no codes: in events everything is named."""

    def next_code(self, prefix: str, /) -> str:
        """Refuse.

        Raises:
            BrokenInvariant: always; the events do not say what a decision was told.
        """
        raise BrokenInvariant(invariant="I4", detail=f"a replay asked for a new {prefix}")


_NO_IDS = _NoIds()


def _compile_card(draft: Draft, card: LotCard) -> int:
    known = draft.find_ident(card.item, card.serial or card.lot, serial=bool(card.serial))
    if known >= 0:
        return known
    expires = NEVER if card.expires is None else micros(card.expires)
    received = micros(card.received)
    retest = None if card.retest is None else micros(card.retest)
    if card.serial:
        lot = draft.find_ident(card.item, card.lot)
        if lot < 0:
            details = None if retest is None else LotDetails(retest=retest)
            lot = draft.open_ident(card.item, card.lot, -1, expires, received, details)
        return draft.open_ident(card.item, card.serial, lot, expires, received, None)
    details = LotDetails(card.supplier, card.supplier_lot, card.revision, retest, card.attributes)
    return draft.open_ident(card.item, card.lot, -1, expires, received, None if details == PLAIN else details)


def _compile_opened(draft: Draft, recorded: Recorded) -> None:
    event = recorded.event
    if isinstance(event, LotOpened | SerialMinted):
        draft.stream(item_stream(event.card.item))
        _compile_card(draft, event.card)


def _compile_posted(draft: Draft, recorded: Recorded) -> None:
    event = recorded.event
    if not isinstance(event, StockPosted):
        return
    item, _, site = recorded.stream.removeprefix("stock:").rpartition("@")
    shelf = draft.shelf(item, site)
    moment = micros(recorded.effective_at)
    if moment != draft.effective:
        draft.at(moment)
    draft.touch(shelf)
    for card in event.lots:
        _compile_card(draft, card)
    for leg in event.legs:
        parcel = leg.parcel
        rule = RULES[leg.movement]
        if rule.counterpart is None or parcel.location != rule.counterpart.default_code:
            row = _row(draft, parcel)
            number = draft.parcel(shelf, row, draft.place(place_of(parcel)), told=True)
            scaled = draft.world.catalog.scaled
            quantity, reserved = scaled(item, leg.quantity), scaled(item, leg.reserved)
            aside = aside_of(leg.entered, leg.second, leg.cost)
            draft.leg(leg.movement, shelf, number, quantity, reserved, aside=aside)
    for retest in event.retests:
        until = NEVER if retest.until is None else micros(retest.until)
        draft.renew(shelf, draft.find_ident(item, retest.lot), until)


def _row(draft: Draft, parcel: Parcel) -> int:
    row = draft.find_ident(parcel.item, parcel.serial or parcel.lot, serial=bool(parcel.serial))
    if row < 0:
        raise BrokenInvariant(invariant="I4", detail=f"{parcel.serial or parcel.lot} of {parcel.item} has no card")
    return row


def place_of(parcel: Parcel) -> Place:
    """Return where a parcel is and in which state."""
    return Place(
        parcel.site,
        parcel.location,
        parcel.owner,
        parcel.segment,
        parcel.container,
        parcel.quality,
        parcel.reason,
        parcel.release,
    )


def _compile_claimed(draft: Draft, recorded: Recorded) -> None:
    event = recorded.event
    if not isinstance(event, Claimed):
        return
    lines: list[int] = []
    for line in event.lines:
        parcel = line.parcel
        shelf = draft.shelf(parcel.item, parcel.site)
        row = _row(draft, parcel)
        number = draft.parcel(shelf, row, draft.place(place_of(parcel)), told=True)
        quantity = draft.world.catalog.scaled(parcel.item, line.quantity)
        lines += (shelf, number, quantity, -1 if line.order_line is None else line.order_line)
    draft.note_claim(recorded.stream, micros(event.usable_at), lines)


def _compile_settled(draft: Draft, recorded: Recorded) -> None:
    event = recorded.event
    if not isinstance(event, ClaimSettled):
        return
    booking = draft.booking(recorded.stream, event.reservation)
    lines: list[int] = []
    for line, quantity in event.lines:
        item = draft.shelf_item(booking[4 * line])
        lines += (line, draft.world.catalog.scaled(item, quantity))
    draft.settle(recorded.stream, event.reservation, _STATES.index(event.how), lines)


def _compile_catalog(draft: Draft, recorded: Recorded) -> None:
    if isinstance(recorded.event, CatalogChanged):
        draft.changes += (w.CATALOG, recorded.version - 1, recorded.event.catalog)


def _compile_key(draft: Draft, recorded: Recorded) -> None:
    """A key changes no stock: it is kept by whoever folds the events."""


def _compile_record(draft: Draft, recorded: Recorded) -> None:
    if not isinstance(recorded.event, RecordEvent):
        raise BrokenInvariant(invariant="I4", detail=f"{type(recorded.event).__name__} is no event of a log")
    draft.record(recorded.stream, recorded.event)


_COMPILE: dict[type[Event], Callable[[Draft, Recorded], None]] = {
    LotOpened: _compile_opened,
    SerialMinted: _compile_opened,
    StockPosted: _compile_posted,
    Claimed: _compile_claimed,
    ClaimSettled: _compile_settled,
    CatalogChanged: _compile_catalog,
    KeyUsed: _compile_key,
}
