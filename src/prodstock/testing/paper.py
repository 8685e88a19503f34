"""What a ledger on paper is written on: postings and promises in the order in which they came, and their sums."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple
from zoneinfo import ZoneInfo

from prodstock.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

ZERO = Decimal(0)

FOREVER = datetime.max.replace(tzinfo=UTC)
"""The expiry of what does not expire."""

BEGINNING = datetime.min.replace(tzinfo=UTC)

REAL = frozenset({"receiving", "stores", "wip", "quarantine", "scrap", "in-transit", "at-vendor"})
"""The kinds of locations whose stock is physically there."""


class Parcel(NamedTuple):
    """What is kept apart: goods of one identity in one place and state."""

    item: str
    site: str
    location: str
    code: str = ""
    owner: str = ""
    segment: str = ""
    quality: str = "approved"
    reason: str = ""
    release: str = "not-required"


class Posting(NamedTuple):
    """One change of one parcel's quantity; `commit` counts the commands that were granted."""

    at: datetime
    recorded: datetime
    commit: int
    parcel: Parcel
    change: Decimal
    counted: bool = False


class Promise(NamedTuple):
    """One change of what a reservation holds of a parcel; reservations live on recorded time."""

    recorded: datetime
    commit: int
    reservation: tuple[str, int]
    line: int
    parcel: Parcel
    change: Decimal


class Wanted(NamedTuple):
    """A demand as it stands."""

    item: str
    quantity: Decimal
    shipped: Decimal
    due: datetime
    site: str
    life: timedelta
    status: str


def _where(parcel: Parcel) -> tuple[str, ...]:
    """Return what is counted together, in whatever state it is."""
    return parcel.item, parcel.site, parcel.location, parcel.code, parcel.owner


class Pages:
    """Lists of postings and promises; every figure is a sum over the whole list.

    Args:
        tracking: of each item: `none`, `lot` or `serial`.
        kinds: the kind of each location, by its code, the same at every site.
        fifo: the items that are taken first-in-first-out.
        tolerates: how far below zero a location may be booked.
        shelf_life: after how long a new lot expires, where nothing else is said.
        zone: the time zone in which a bare date ends.
    """

    def __init__(
        self,
        tracking: Mapping[str, str],
        kinds: Mapping[str, str],
        *,
        fifo: Iterable[str] = (),
        tolerates: Mapping[str, Decimal] | None = None,
        shelf_life: Mapping[str, timedelta] | None = None,
        zone: str = "UTC",
    ) -> None:
        self.tracking: dict[str, str] = dict(tracking)
        self.kinds: dict[str, str] = dict(kinds)
        self.fifo: frozenset[str] = frozenset(fifo)
        self.tolerates: dict[str, Decimal] = dict(tolerates or {})
        self.shelf_life: dict[str, timedelta] = dict(shelf_life or {})
        self.zone: ZoneInfo = ZoneInfo(zone)
        self.postings: list[Posting] = []
        self.promises: list[Promise] = []
        self.parcels: list[Parcel] = []
        self.expires: dict[tuple[str, str], datetime] = {}
        self.received: dict[tuple[str, str], datetime] = {}
        self.lot_of: dict[tuple[str, str], str] = {}
        self.demands: dict[str, Wanted] = {}
        self.made: dict[str, int] = {}
        self.recorded: list[datetime] = []
        self.commits: int = 0
        self.now: datetime = BEGINNING
        self.at: datetime = BEGINNING

    # -- sums ---------------------------------------------------------------------------------------------------

    def on_hand(self, parcel: Parcel, at: datetime = FOREVER, known: int | None = None) -> Decimal:
        """Return the quantity of a parcel at a moment, as the first `known` commands knew it."""
        limit = self.commits if known is None else known
        return sum((p.change for p in self.postings if p.parcel == parcel and p.at <= at and p.commit < limit), ZERO)

    def reserved(self, parcel: Parcel, at: datetime = FOREVER, known: int | None = None) -> Decimal:
        """Return what is reserved of a parcel at a moment, as the first `known` commands knew it."""
        return sum(self.holders(parcel, at, known).values(), ZERO)

    def holders(self, parcel: Parcel, at: datetime = FOREVER, known: int | None = None) -> dict[str, Decimal]:
        """Return how much of a parcel each demand holds at a moment."""
        limit = self.commits if known is None else known
        held: defaultdict[str, Decimal] = defaultdict(Decimal)
        for promise in self.promises:
            if promise.parcel == parcel and promise.recorded <= at and promise.commit < limit:
                held[promise.reservation[0]] += promise.change
        return {ref: quantity for ref, quantity in held.items() if quantity}

    def free(self, parcel: Parcel) -> Decimal:
        """Return what nobody has claimed of a parcel now."""
        return self.on_hand(parcel) - self.reserved(parcel)

    def rest(self, reservation: tuple[str, int]) -> dict[int, tuple[Parcel, Decimal]]:
        """Return what the lines of a reservation still hold, those that hold nothing left out."""
        lines: dict[int, tuple[Parcel, Decimal]] = {}
        for promise in self.promises:
            if promise.reservation == reservation:
                before = lines.get(promise.line, (promise.parcel, ZERO))[1]
                lines[promise.line] = (promise.parcel, before + promise.change)
        return {line: held for line, held in lines.items() if held[1]}

    def known_by(self, moment: datetime) -> int:
        """Return how many commands had been recorded at a moment."""
        return sum(1 for recorded in self.recorded if recorded <= moment)

    def buckets(self, item: str, at: datetime, known: int | None = None) -> dict[str, Decimal]:
        """Return the physical quantity of an item at a moment, split by the first reason that forbids its use."""
        found: defaultdict[str, Decimal] = defaultdict(Decimal)
        for parcel in self.parcels:
            quantity = self.on_hand(parcel, at, known)
            if parcel.item == item and quantity and self.kinds[parcel.location] in REAL:
                reason = self.reason(parcel, at)
                held = min(self.reserved(parcel, at, known), max(quantity, ZERO)) if reason == "free" else ZERO
                found["reserved"] += held
                found[reason] += quantity - held
        return {reason: quantity for reason, quantity in found.items() if quantity}

    def reason(self, parcel: Parcel, at: datetime) -> str:  # noqa: PLR0911 - one reason a line
        """Return why a parcel cannot be used at a moment, reservations apart, or `free`."""
        kind = self.kinds[parcel.location]
        if parcel.owner:
            return "not-ours"
        if kind in {"in-transit", "at-vendor"} or (kind == "receiving" and parcel.quality != "pending-inspection"):
            return "elsewhere"
        if at >= self.expires[parcel.item, parcel.code]:
            return "expired"
        if parcel.quality == "blocked" and parcel.reason == "damaged":
            return "damaged"
        if kind in {"quarantine", "scrap"} or parcel.quality not in {"approved", "pending-inspection"}:
            return "blocked"
        if parcel.quality == "pending-inspection":
            return "under-inspection"
        if parcel.release == "awaiting" and kind != "wip":
            return "waiting-for-release"
        return "assigned" if kind == "wip" or parcel.segment else "free"

    # -- one command --------------------------------------------------------------------------------------------

    def attempt(self, now: datetime, at: datetime | None, wish: Callable[[], object]) -> object:
        """Carry out what `wish` does as one command, or leave everything as it was and raise `Refused`."""
        self.now, self.at = now, now if at is None else at
        if self.at > self.now:
            raise Refused(reason="the future")
        tables = ("postings", "promises", "parcels", "expires", "received", "lot_of", "demands", "made")
        before = {name: getattr(self, name).copy() for name in tables}
        start = len(self.postings), len(self.promises)
        try:
            answer = wish()
            self._obey(*start)
        except Refused:
            for name, table in before.items():
                setattr(self, name, table)
            raise
        self.commits += 1
        self.recorded.append(now)
        return answer

    def together(self, wishes: Iterable[Callable[[], object]]) -> tuple[object, ...]:
        """Carry out several wishes of one command, each on what the ones before it leave."""
        answers = []
        for wish in wishes:
            start = len(self.postings), len(self.promises)
            answers.append(wish())
            self._obey(*start)
        return tuple(answers)

    def _obey(self, postings: int, promises: int) -> None:
        """Refuse what no later instant can bear, what a count has answered, and what others have reserved."""
        self.commits += 1
        try:
            moved: defaultdict[Parcel, Decimal] = defaultdict(Decimal)
            held: defaultdict[Parcel, Decimal] = defaultdict(Decimal)
            for posting in self.postings[postings:]:
                moved[posting.parcel] += posting.change
            for promise in self.promises[promises:]:
                held[promise.parcel] += promise.change
            for parcel in {**moved, **held}:
                if moved[parcel] and sum((q for p, q in moved.items() if _where(p) == _where(parcel)), ZERO):
                    self._respect_counts(parcel, postings)
                if moved[parcel] < 0:
                    self._stay_above_zero(parcel)
                if moved[parcel] < 0 or held[parcel] > 0:
                    self._keep_promises(parcel)
        finally:
            self.commits -= 1

    def _respect_counts(self, parcel: Parcel, before: int) -> None:
        for old in self.postings[:before]:
            if old.counted and _where(old.parcel) == _where(parcel) and old.at > self.at and self.at < self.now:
                raise Refused(reason="counted since")

    def _least(self, parcel: Parcel) -> Decimal:
        """Return how little a place may hold: of what is no serial, which is one thing in one place, less than none."""
        return ZERO if self.tracking[parcel.item] == "serial" else -self.tolerates.get(parcel.location, ZERO)

    def _stay_above_zero(self, parcel: Parcel) -> None:
        least = self._least(parcel)
        for moment in {self.at, *(p.at for p in self.postings if p.parcel == parcel and p.at >= self.at)}:
            if self.on_hand(parcel, moment) < least:
                raise Refused(reason="below zero")

    def _keep_promises(self, parcel: Parcel) -> None:
        least = self._least(parcel)
        held = self.reserved(parcel)
        if self.free(parcel) < 0 and (held or self.on_hand(parcel) < least):
            raise Refused(reason="promised to others")

    def _post(self, parcel: Parcel, change: Decimal, *, counted: bool = False, at: datetime | None = None) -> None:
        if parcel not in self.parcels:
            self.parcels.append(parcel)
        self.postings.append(Posting(at or self.at, self.now, self.commits, parcel, change, counted))

    def _shift(self, source: Parcel, target: Parcel, quantity: Decimal) -> None:
        self._post(source, -quantity)
        self._post(target, quantity)

    def _hold(self, reservation: tuple[str, int], line: int, parcel: Parcel, change: Decimal) -> None:
        self.promises.append(Promise(self.now, self.commits, reservation, line, parcel, change))

    def _seen(self, parcel: Parcel) -> Decimal:
        """Return the quantity of a parcel with what this command has done so far."""
        return self.on_hand(parcel, FOREVER, self.commits + 1)

    def _claimed(self, parcel: Parcel) -> Decimal:
        return self.reserved(parcel, FOREVER, self.commits + 1)
