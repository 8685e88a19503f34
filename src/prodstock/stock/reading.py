"""Events read back: from the events of a commit straight to its changes, and nothing believed that contradicts itself.

What is told twice is compared: both sides of every movement, reservations on the shelf and at their holders, a lot's
card wherever it stands, the envelope on each event of a commit. What was accepted is told again in the same words.
"""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING, Any, ClassVar

from prodstock.calendars.zone import micros
from prodstock.journal.commit import RecordEvent
from prodstock.journal.stream import CATALOG, key_stream
from prodstock.stock import world as w
from prodstock.stock.aside import Aside
from prodstock.stock.events import (
    NOTHING,
    CatalogChanged,
    Claimed,
    ClaimSettled,
    KeyUsed,
    LotOpened,
    SerialMinted,
    StockPosted,
)
from prodstock.stock.goods import ReservationState
from prodstock.stock.lot import NEVER
from prodstock.stock.movement import MOVEMENTS, NUMBER, RULES
from prodstock.stock.plausible import NAMING, check_names, check_paper, lines_of
from prodstock.stock.redefinition import check_redefinition
from prodstock.stock.registering import Register, broken, called, key_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from prodstock.journal.commit import Event, Recorded
    from prodstock.stock.events import Leg, Parcel
    from prodstock.stock.registering import Steps, ToldShelf
    from prodstock.stock.world import Commit, World

_STATES = tuple(ReservationState)
_SIDES = {
    id(movement): (NUMBER[movement], None if rule.counterpart is None else rule.counterpart.default_code)
    for movement, rule in RULES.items()
}
"""By movement: its number in the log, and where its other side is if that is a virtual location.

By its identity: a member's own hash is a call, and this is looked up for every leg."""

_stamp_of = attrgetter("commit", "parts", "recorded_at", "by", "because", "key", "tags")
_OUTSIDE = ("approved", "not-required", "", "", "", "")
"""Of a parcel on the other side of a movement: quality, release, owner, segment, container, reason."""

_NO_PAPERS = frozenset({"stock", "item", "lot", "serial", "key", "catalog"})


class Reader(Register):
    """Reads the events of one commit after another into a world that nobody else writes to.

    It remembers the numbers of what it has met, so that a name is looked up once. A world that it refused to read on
    is to be thrown away.

    Args:
        world: the state so far.
        whole: whether all events are given. Otherwise whole streams may be missing, and a commit of which not all is
            there is judged by what is.
    """

    def __init__(self, world: World, *, whole: bool) -> None:
        super().__init__(world, whole=whole)
        self._bodies: dict[int, object] = {}
        self._made: dict[int, int] = {}
        self._rests: dict[tuple[int, int], list[int]] = {}
        self._holders: dict[str, None] = {}
        self._balance: dict[tuple[int, int, int], int] = {}
        self._held: dict[tuple[int, int], int] = {}
        self._commits: dict[str, int] = {}
        self._moment: datetime | None = None
        self._micros = 0
        self._complete = True
        self._effective: datetime | None = None
        self._papers: dict[str, int] = {}

    def _begin(self) -> None:
        super()._begin()
        for kept in (self._bodies, self._made, self._rests, self._holders, self._balance, self._held):
            if kept:
                kept.clear()

    # -- one commit ---------------------------------------------------------------------------------------------

    def read(self, told: list[Recorded]) -> None:
        """Fold the events of one commit, in the order of its parts, into the world. O(their legs and lines).

        Raises:
            BrokenInvariant: if they contradict each other, what was read before, or what the ledger would tell.
            UnknownCode, InvalidValueError: if they name what is not defined, or what cannot be counted.
        """
        commit = self.compile(told)
        number = self.world.apply(commit)
        self._commits[told[0].commit] = number
        key = told[0].key
        if key:
            for recorded in told:
                if type(recorded.event) is KeyUsed:
                    self.world.keys[key] = (recorded.event.fingerprint, recorded.event.answer, number)

    def compile(self, told: list[Recorded]) -> Commit:
        """Return the commit that events tell, ready to be applied to the world.

        Raises:
            BrokenInvariant, UnknownCode, InvalidValueError: as `read`.
        """
        first = told[0]
        self._complete = complete = _complete(told, first)
        if self.whole and not complete:
            raise broken(f"commit {first.commit} has {first.parts} events, {len(told)} are there")
        if self._touched:
            self._begin()
        effective = self._at(first.effective_at)
        self._effective = first.effective_at
        recorded_at = effective if first.recorded_at == first.effective_at else self._at(first.recorded_at)
        if effective > recorded_at:
            raise broken(f"commit {first.commit} takes effect after it was recorded")
        out: list[Any] = []
        read = self._READ
        for recorded in told:
            read.get(type(recorded.event), Reader._paper)(self, out, recorded)
        if self._touched or self._balance or self._held:
            self._touched = True
            self._close(out, told)
        if first.tags and "reverses" in first.tags:
            out += (w.REVERSES, self._reversed(first))
        stamp = (first.by, first.because, first.key) if first.by or first.because or first.key else None
        return (effective, recorded_at, stamp, *out)

    def _at(self, moment: datetime) -> int:
        if moment is not self._moment:
            self._micros = micros(moment)
            self._moment = moment
        return self._micros

    def _close(self, out: list[Any], told: list[Recorded]) -> None:
        """Compare what the commit's events say of each other."""
        if self._complete:
            self._balanced()
        holders = tuple(self._holders)
        read: set[str] | None = None
        for recorded in told:
            event = recorded.event
            if type(event) is not StockPosted or event.holders == holders:
                continue
            if self._complete or not self._holders.keys() <= set(event.holders):
                raise broken(f"{called(recorded)}: the holders of reservations are {holders}, not {event.holders}")
            read = read or {one.stream for one in told}
            for name in event.holders:
                if name not in read:
                    read.add(name)
                    out += (w.HOLDER, name)

    def _balanced(self) -> None:
        """Make sure that what balances in itself does, and that shelves and holders tell of the same reservations."""
        self._in_itself()
        for (shelf, parcel), sum_ in self._held.items():
            if sum_:
                raise broken(f"shelf {shelf} parcel {parcel}: {sum_} steps are reserved for nobody", "I3")

    def _in_itself(self) -> None:
        for (movement, book, row), sum_ in self._balance.items():
            if sum_:
                item = self.world.names.name(book).removeprefix("item:") if book < len(self.world.names) else "an item"
                raise broken(f"{MOVEMENTS[movement]} makes or loses {sum_} steps of {item}, row {row}", "I1")

    def _reversed(self, first: Recorded) -> int:
        name = first.tags["reverses"]
        number = self._commits.get(name, -1)
        if self.whole and number < 0:
            raise broken(f"commit {first.commit} takes back {name[:100]}, which is not there")
        if number >= 0 and self.world.reversed_by(number) is not None:
            raise broken(f"commit {first.commit} takes back {name[:100]} once more")
        return number

    # -- movements ----------------------------------------------------------------------------------------------

    def _posted(self, out: list[Any], recorded: Recorded) -> None:
        event: StockPosted = recorded.event  # type: ignore[assignment]  # the table says so
        known = self._shelves.get(recorded.stream)
        if known is None:
            known = self._shelf(out, recorded.stream)
        introduced = self._introduced(out, known, event.lots) if event.lots else []
        started = len(out)
        other: dict[tuple[int, int], int] = {}
        elsewhen = recorded.effective_at != self._effective
        legs = self._moved_then(out, known, recorded, other) if elsewhen else self._moved(out, known, event, other)
        told = len(legs) // 4
        if len(event.legs) > told or other:
            self._check_other_sides(recorded, known, event.legs[told:], other)
        if told > 1:
            _refuse_twice(recorded)
        if introduced or len(out) > started:
            self._check_introduced(recorded, introduced, out, started)
        if event.retests:
            self._retested(out, known, recorded)
        if event.holders:
            self._touched = True
        if elsewhen:
            out += (w.MOMENT, known.number, micros(recorded.effective_at))
        out += (w.POST, known.number, recorded.version - 1, told)
        out += legs

    def _moved_then(
        self, out: list[Any], known: ToldShelf, recorded: Recorded, other: dict[tuple[int, int], int]
    ) -> list[int]:
        """Return the legs of movements of a moment of their own, which lies within the commit's; they must balance."""
        if not (self._effective or recorded.effective_at) <= recorded.effective_at <= recorded.recorded_at:
            raise broken(f"{called(recorded)} takes effect before its commit, or after it was recorded")
        whole, self._balance = self._balance, {}
        legs = self._moved(out, known, recorded.event, other)  # type: ignore[arg-type]  # as above
        self._in_itself()
        self._balance = whole
        return legs

    def _moved(
        self, out: list[Any], known: ToldShelf, event: StockPosted, other: dict[tuple[int, int], int]
    ) -> list[int]:
        """Return the legs of parcels up to the first on the other side; add up what must be there by movement and row.

        This is the inner loop of reading (benchmarks.replay).
        """
        spots, texts, of = known.spots, known.steps.known, known.steps.of
        legs: list[int] = []
        for leg in event.legs:
            movement, side = _SIDES[id(leg.movement)]
            key = key_of(leg.parcel)
            if key[0] == side:
                break
            text = str(leg.quantity)
            quantity = texts[text] if text in texts else of(leg.quantity)
            spot = spots.get(key) or self._spot(out, known, leg.parcel)
            reserved = 0 if leg.reserved is NOTHING else of(leg.reserved)
            if leg.entered is not None or leg.second is not None or leg.cost is not None:
                out += (w.ASIDE, known.number, len(legs) // 4, Aside(leg.entered, leg.second, leg.cost))
            legs += (movement, spot[0], quantity, reserved)
            if side is not None:
                pair = (movement, spot[1])
                other[pair] = other.get(pair, 0) - quantity
            elif quantity:
                self._balance[movement, known.book, spot[1]] = (
                    self._balance.get((movement, known.book, spot[1]), 0) + quantity
                )
            if reserved:
                self._held[known.number, spot[0]] = self._held.get((known.number, spot[0]), 0) + reserved
        return legs

    def _check_other_sides(
        self, recorded: Recorded, known: ToldShelf, told: tuple[Leg, ...], other: dict[tuple[int, int], int]
    ) -> None:
        """Make sure that the other sides of what moved are those that follow from it, and nothing else."""
        if len(told) != len(other):
            raise broken(f"{called(recorded)}: {len(other)} other sides of what moved, {len(told)} are told", "I1")
        for leg, ((movement, row), quantity) in zip(told, other.items(), strict=True):
            number, side = _SIDES[id(leg.movement)]
            key = key_of(leg.parcel)
            there = known.outside.get(key, -1)
            if there < 0:
                there = self._other(known, leg.parcel, key)
            right = number == movement and there == row and key[0] == side and known.steps.of(leg.quantity) == quantity
            beside = leg.entered is not None or leg.second is not None or leg.cost is not None
            if not right or leg.reserved or beside:
                detail = f"{leg.quantity} in {leg.parcel.location} is not the other side of what moved"
                raise broken(f"{called(recorded)}: {detail} of {known.item}", "I1")

    def _retested(self, out: list[Any], known: ToldShelf, recorded: Recorded) -> None:
        """Read until when lots are good after another test."""
        event: StockPosted = recorded.event  # type: ignore[assignment]  # as above
        if len(set(event.retests)) < len(event.retests):
            raise broken(f"{called(recorded)}: a test is told twice")
        for retest in event.retests:
            row = self._find(known.book, retest.lot)
            if row < 0:
                raise broken(f"{called(recorded)}: lot {retest.lot[:60]} of {known.item} was tested and has no card")
            out += (w.RETEST, known.number, row, NEVER if retest.until is None else micros(retest.until))

    def _other(self, known: ToldShelf, parcel: Parcel, key: tuple[str, ...]) -> int:
        row = self._row(known, parcel)
        if key[3:9] != _OUTSIDE:
            raise broken(f"{parcel.item} at {parcel.location} is on the other side of a movement, and in a state")
        known.outside[key] = row
        return row

    def _check_introduced(self, recorded: Recorded, rows: list[int], out: list[Any], start: int) -> None:
        """Make sure that there is a card for each lot that is new on the shelf, in their order, and no other."""
        new, at = [], start
        while at < len(out):
            if out[at] == w.PARCEL and out[at + 4] and out[at + 2]:
                new.append(out[at + 2])
            at += _LENGTHS[out[at]]
        if new != rows:
            raise broken(f"{called(recorded)}: the cards are not those of the lots that are new there")

    # -- papers -------------------------------------------------------------------------------------------------

    def _paper_stream(self, out: list[Any], recorded: Recorded) -> int:
        number = self._papers.get(recorded.stream)
        if number is None:
            kind, colon, _ = recorded.stream.partition(":")
            if not colon or kind in _NO_PAPERS:
                raise broken(f"{called(recorded)}: no {type(recorded.event).__name__} can happen there")
            number = self._papers[recorded.stream] = self._stream(out, recorded.stream)
        return number

    def _body(self, number: int) -> object:
        if number in self._bodies:
            return self._bodies[number]
        return self.world.paper(number)[1] if number < len(self.world.streams) else None

    def _paper(self, out: list[Any], recorded: Recorded) -> None:
        event = recorded.event
        if not isinstance(event, RecordEvent):
            raise broken(f"{type(event).__name__} is no event of a log")
        number = self._paper_stream(out, recorded)
        before = self._body(number)
        check_paper(recorded.stream, event, before)
        if self.whole and type(event) in NAMING:
            check_names(self._catalog, event)
        self._bodies[number] = event.on(before)
        self._touched = True
        out += (w.RECORD, number, recorded.version - 1, event)

    def _claimed(self, out: list[Any], recorded: Recorded) -> None:
        event: Claimed = recorded.event  # type: ignore[assignment]  # the table says so
        lines: list[int] = []
        for line in event.lines:
            parcel = line.parcel
            known = self._shelf(out, f"stock:{parcel.item}@{parcel.site}")
            spot = known.spots.get(key_of(parcel)) or self._spot(out, known, parcel)
            quantity = known.steps.of(line.quantity)
            order_line = -1 if line.order_line is None else line.order_line
            if quantity <= 0 or (line.order_line is not None and order_line < 0):
                raise broken(f"{called(recorded)}: {line.quantity} for line {line.order_line} cannot be reserved")
            lines += (known.number, spot[0], quantity, order_line)
            where = (known.number, spot[0])
            self._held[where] = self._held.get(where, 0) - quantity
        number = self._paper_stream(out, recorded)
        most = max(lines[3::4], default=-1)
        if most >= 0 and most >= lines_of(self._body(number)):
            raise broken(f"{called(recorded)}: there is no line {most}")
        index = self._booked(number)
        self._made[number] = index + 1
        self._rests[number, index] = lines
        self._holders[recorded.stream] = None
        self._touched = True
        out += (w.CLAIM, number, recorded.version - 1, self._at(event.usable_at), len(lines) // 4, *lines)

    def _booked(self, number: int) -> int:
        """Return how many reservations were made for a stream."""
        if number in self._made:
            return self._made[number]
        return len(self.world.paper(number)[2]) if number < len(self.world.streams) else 0

    def _settled(self, out: list[Any], recorded: Recorded) -> None:
        event: ClaimSettled = recorded.event  # type: ignore[assignment]  # the table says so
        number = self._paper_stream(out, recorded)
        index = event.reservation
        if not 0 <= index < self._booked(number):
            raise broken(f"{called(recorded)}: there is no reservation {index}")
        rests = self._rests.get((number, index))
        if rests is None:
            rests = self._rests[number, index] = list(self.world.paper(number)[2][index][3])
        settled: list[int] = []
        for line, told in event.lines:
            if not 0 <= line < len(rests) // 4:
                raise broken(f"{called(recorded)}: reservation {index} has no line {line}")
            shelf, parcel = rests[4 * line], rests[4 * line + 1]
            quantity = self._steps_on(shelf).of(told)
            rests[4 * line + 2] -= quantity
            if rests[4 * line + 2] < 0:
                raise broken(f"{called(recorded)}: {told} is more than line {line} of {index} holds", "I3")
            settled += (line, quantity)
            self._held[shelf, parcel] = self._held.get((shelf, parcel), 0) + quantity
        self._holders[recorded.stream] = None
        self._touched = True
        how = _STATES.index(event.how)
        out += (w.SETTLE, number, recorded.version - 1, index, how, len(settled) // 2, *settled)

    def _steps_on(self, shelf: int) -> Steps:
        if shelf < len(self.world.streams):
            return self._steps_of(self._catalog.item(self.world.shelf(shelf).item).scale)
        return next(known.steps for known in self._shelves.values() if known.number == shelf)

    # -- the rest -----------------------------------------------------------------------------------------------

    def _changed(self, out: list[Any], recorded: Recorded) -> None:
        """New definitions: from here on everything is counted in their steps."""
        event: CatalogChanged = recorded.event  # type: ignore[assignment]  # the table says so
        if recorded.stream != CATALOG:
            raise broken(f"{called(recorded)}: definitions change on {CATALOG} only")
        if not out and self.whole:
            check_redefinition(self.world, event.catalog)
        if self._complete:
            self._balanced()
        self._balance.clear()
        self._held.clear()
        self._touched = True
        self._catalog = event.catalog
        for known in self._shelves.values():
            known.steps = self._steps_of(event.catalog.item(known.item).scale)
        out += (w.CATALOG, recorded.version - 1, event.catalog)

    def _key(self, _: list[Any], recorded: Recorded) -> None:
        """Check where a key was used; it changes no stock."""
        if not recorded.key or recorded.stream != key_stream(recorded.key) or recorded.version != 1:
            raise broken(f"{called(recorded)} is not where the key {recorded.key[:60]!r} is used")

    _READ: ClassVar[Mapping[type[Event], Callable[[Reader, list[Any], Recorded], None]]] = {
        StockPosted: _posted,
        Claimed: _claimed,
        ClaimSettled: _settled,
        LotOpened: Register.opened,
        SerialMinted: Register.opened,
        CatalogChanged: _changed,
        KeyUsed: _key,
    }
    """How an event is read; all others are papers."""


def _complete(told: list[Recorded], first: Recorded) -> bool:
    """Tell whether all events of a commit are there.

    Raises:
        BrokenInvariant: if they are not of one commit.
    """
    if first.part == 0 and first.commit != f"{first.stream}/{first.version}":
        raise broken(f"the commit that begins with {called(first)} is called {first.commit[:100]}")
    if len(told) == 1:
        if 0 <= first.part < first.parts:
            return first.parts == 1
        raise broken(f"{called(first)} is part {first.part} of {first.parts}")
    stamp, before = _stamp_of(first), -1
    for recorded in told:
        if not before < recorded.part < first.parts:
            raise broken(f"{called(recorded)} is part {recorded.part} of {first.parts}, after {before}")
        elsewhen = recorded.effective_at != first.effective_at and type(recorded.event) is not StockPosted
        if elsewhen or _stamp_of(recorded) != stamp:
            raise broken(f"{called(recorded)} differs in its envelope from the commit {first.commit[:100]}")
        before = recorded.part
    return len(told) == first.parts


def _refuse_twice(recorded: Recorded) -> None:
    """Refuse two legs of one movement and parcel, of which neither says more than how much."""
    event: StockPosted = recorded.event  # type: ignore[assignment]  # who asks knows
    plain_legs = [leg for leg in event.legs if leg.entered is None and leg.second is None and leg.cost is None]
    if len({(leg.movement, leg.parcel) for leg in plain_legs}) < len(plain_legs):
        raise broken(f"{called(recorded)}: a movement of one parcel is told in two legs")


_LENGTHS = {w.STREAM: 2, w.PLACE: 2, w.IDENT: 7, w.PARCEL: 5, w.ASIDE: 4}
"""Of the changes that come before the movements of a shelf."""
