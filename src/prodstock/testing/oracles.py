"""Models that are obviously right and slow: what the library's engines are held against, in its tests and in a host's.

`Ledger` is a stock ledger as one would write it on paper: a list of postings, and a list of reserved lines. Every
figure is a sum over the whole list; nothing is kept beside it, and nothing of the library's own ledger is used.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from prodstock.errors import Refused
from prodstock.testing.paper import BEGINNING, FOREVER, REAL, ZERO, Pages, Parcel, Posting, Promise, Wanted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

__all__ = ["Ledger", "Parcel", "Posting", "Promise", "Wanted"]

ANYWHERE: Mapping[str, str] = {}
"""Of which parcels a wish speaks, by the parts of their keys: here of any."""

JUDGEMENTS: Mapping[str, frozenset[str]] = {
    "pending-inspection": frozenset({"approved", "quarantine", "blocked", "rejected", "rework"}),
    "approved": frozenset({"pending-inspection", "quarantine", "blocked", "rejected", "rework"}),
    "quarantine": frozenset({"approved", "pending-inspection", "blocked", "rejected", "rework"}),
    "blocked": frozenset({"approved", "pending-inspection", "quarantine", "rejected", "rework"}),
    "rejected": frozenset({"quarantine", "rework"}),
    "rework": frozenset({"pending-inspection", "quarantine", "blocked", "rejected"}),
}
"""Which quality may follow which, written down a second time."""

Pick = tuple[str, str, Decimal]
"""Lot or serial, location, quantity."""


class Ledger(Pages):
    """A stock ledger on paper. Commands are methods; each raises `Refused` and leaves no trace, or adds postings.

    Args:
        tracking: of each item: `none`, `lot` or `serial`.
        kinds: the kind of each location, by its code, the same at every site.
        fifo: the items that are taken first-in-first-out.
        tolerates: how far below zero a location may be booked.
        shelf_life: after how long a new lot expires, where nothing else is said.
        zone: the time zone in which a bare date ends.
    """

    # -- goods come in ------------------------------------------------------------------------------------------

    def receive(
        self,
        item: str,
        quantity: Decimal,
        *,
        lot: str = "",
        serials: Sequence[str] = (),
        expires: datetime | date | None = None,
        place: Parcel,
    ) -> None:
        """Book goods in; a lot that exists keeps its expiry."""
        if quantity <= 0 or bool(lot) is (self.tracking[item] == "none"):
            raise Refused(reason="a bad call")
        life = self.shelf_life.get(item)
        ends = self.end_of(expires) if expires is not None else FOREVER if life is None else self.at + life
        known = self.expires.get((item, lot))
        if known is not None and expires is not None and known != ends:
            raise Refused(reason="another expiry")
        ends = known or ends
        self.expires[item, lot] = ends
        self.received.setdefault((item, lot), self.at if lot else BEGINNING)
        if self.tracking[item] != "serial":
            self._post(place._replace(item=item, code=lot), quantity)
            return
        for serial in serials:
            if (item, serial) in self.lot_of:
                raise Refused(reason="minted before")
            self.lot_of[item, serial] = lot
            self.expires[item, serial], self.received[item, serial] = ends, self.at
            self._post(place._replace(item=item, code=serial), Decimal(1))

    def end_of(self, moment: datetime | date) -> datetime:
        """Return the end of a date in the zone; a datetime is itself."""
        if isinstance(moment, datetime):
            return moment
        return datetime.combine(moment + timedelta(days=1), time(), self.zone).astimezone(UTC)

    # -- goods change -------------------------------------------------------------------------------------------

    def portions(
        self,
        item: str,
        codes: Iterable[str],
        quantity: Decimal | None,
        where: Callable[[Parcel], bool],
        only: Mapping[str, str] = ANYWHERE,
    ) -> list[tuple[Parcel, Decimal]]:
        """Return which parcels to draw on: all that fit, or part of the only one; ours, and no scrap where a part."""
        among = set(codes)
        found = [p for p in self._by_site(item) if p.code in among and self.kinds[p.location] in REAL]
        found = [p for p in found if all(getattr(p, name) == value for name, value in only.items())]
        found = [p for p in found if self._seen(p) > 0 and where(p)]
        if quantity is not None and "location" not in only:
            found = [p for p in found if self.kinds[p.location] != "scrap"]
        ours = [p for p in found if not p.owner or "owner" in only]
        if ours != found and (not ours or quantity is None):
            raise Refused(reason="whose is meant?")
        there = sum(map(self._seen, ours), ZERO)
        if quantity is not None and (there < quantity or (there > quantity and len(ours) > 1)):
            raise Refused(reason="not enough, or which is meant?")
        return [(p, self._seen(p)) for p in ours] if quantity in (None, there) else [(ours[0], quantity)]

    def _by_site(self, item: str) -> list[Parcel]:
        return sorted((p for p in self.parcels if p.item == item), key=lambda p: p.site)

    def judge(
        self,
        item: str,
        codes: Iterable[str],
        quality: str,
        *,
        reason: str,
        quantity: Decimal | None,
        only: Mapping[str, str] = ANYWHERE,
    ) -> None:
        """Give goods a quality; reservations on what changes are broken, the latest made first.

        Of an earlier moment they had it wherever they were since; what left did so in the state it was in.
        """

        def differs(parcel: Parcel) -> bool:
            return (parcel.quality, parcel.reason) != (quality, reason)

        drawn = self.portions(item, codes, quantity, differs, only)
        for parcel, part in drawn:
            if quality not in JUDGEMENTS[parcel.quality]:
                raise Refused(reason="no such transition")
            self.break_holds(parcel, part - (self._seen(parcel) - self._claimed(parcel)))
        was = [(parcel, None if quantity is None else part) for parcel, part in drawn]
        if quantity is None and self.at < self.now:
            was += [(p, None) for p in self._gone(item, codes, only) if differs(p) and quality in JUDGEMENTS[p.quality]]
        steps = [(at, parcel, part) for parcel, most in was for at, part in self._stay(parcel, most)]
        for at, parcel, part in sorted(steps, key=lambda step: step[0]):
            left = parcel.release == "released" and quality != "approved"
            target = parcel._replace(quality=quality, reason=reason, release="awaiting" if left else parcel.release)
            self._post(parcel, -part, at=at)
            self._post(target, part, at=at)
        if not steps:
            raise Refused(reason="nothing to judge")

    def _gone(self, item: str, codes: Iterable[str], only: Mapping[str, str]) -> list[Parcel]:
        """Return where goods of ours were and are no more."""
        among = set(codes)
        found = [p for p in self._by_site(item) if p.code in among and self.kinds[p.location] in REAL]
        found = [p for p in found if all(getattr(p, name) == value for name, value in only.items())]
        return [p for p in found if self._seen(p) <= 0 and (not p.owner or "owner" in only)]

    def _stay(self, parcel: Parcel, most: Decimal | None) -> list[tuple[datetime, Decimal]]:
        """Return when since the moment of the command there was more or less of a parcel than before, and how much."""
        steps, before = [], ZERO
        for at in sorted({self.at, *(p.at for p in self.postings if p.parcel == parcel and p.at > self.at)}):
            there = max(self.on_hand(parcel, at, self.commits + 1), ZERO)
            there = there if most is None else min(there, most)
            if there != before:
                steps.append((at, there - before))
            before = there
        return steps

    def break_holds(self, parcel: Parcel, quantity: Decimal) -> None:
        """Take so much of a parcel from its reservations, the latest made first."""
        order = list(dict.fromkeys((p.reservation, p.line) for p in self.promises if p.parcel == parcel))
        for reservation, line in reversed(order):
            held = self.rest(reservation).get(line, (parcel, ZERO))[1]
            taken = min(held, quantity)
            if taken > 0:
                self._hold(reservation, line, parcel, -taken)
                quantity -= taken

    def move(
        self,
        item: str,
        codes: Iterable[str],
        to: str,
        *,
        site: str | None,
        quantity: Decimal | None,
        breaks: bool,
        only: Mapping[str, str] = ANYWHERE,
    ) -> None:
        """Move goods; what is in WIP or scrapped stays."""
        codes = list(codes)

        def elsewhere(parcel: Parcel) -> bool:
            return parcel.location != to or site not in (None, parcel.site)

        drawn = self._drawn(item, codes, quantity, elsewhere, only)
        if self.kinds[to] not in REAL or self.kinds[to] in {"wip", "scrap"}:
            raise Refused(reason="a bad call")
        self._carry(drawn, lambda p: p._replace(location=to, site=site or p.site), breaks=breaks)

    def scrap(
        self,
        item: str,
        codes: Iterable[str],
        *,
        quantity: Decimal | None,
        breaks: bool,
        only: Mapping[str, str] = ANYWHERE,
    ) -> None:
        """Throw goods away, each at its site."""
        drawn = self._drawn(item, codes, quantity, lambda _: True, only)
        self._carry(drawn, lambda p: p._replace(location="SCRAP"), breaks=breaks)

    def _drawn(
        self,
        item: str,
        codes: Iterable[str],
        quantity: Decimal | None,
        where: Callable[[Parcel], bool],
        only: Mapping[str, str],
    ) -> list[tuple[Parcel, Decimal]]:
        movable = lambda p: self.kinds[p.location] not in {"wip", "scrap"} and where(p)  # noqa: E731 - used once
        drawn = self.portions(item, codes, quantity, movable, only)
        if not drawn:
            raise Refused(reason="nothing there")
        return drawn

    def _carry(self, drawn: list[tuple[Parcel, Decimal]], to: Callable[[Parcel], Parcel], *, breaks: bool) -> None:
        for parcel, quantity in drawn:
            promised = quantity - (self._seen(parcel) - self._claimed(parcel))
            if promised > 0 and not breaks:
                raise Refused(reason="promised to others")
            self.break_holds(parcel, promised)
            self._shift(parcel, to(parcel), quantity)

    # -- goods are counted --------------------------------------------------------------------------------------

    def count(self, item: str, quantity: Decimal, *, lot: str, site: str, location: str) -> None:
        """Book what was counted of a lot in a location, in whatever state, against what the books say for then."""
        there = self._there(item, lot, site, location)
        books = sum((self.on_hand(parcel, self.at, self.commits + 1) for parcel in there), ZERO)
        for parcel in there:
            self._post(parcel, ZERO, counted=True)
        self._differ(item, lot, site, location, quantity - books, counted=True)

    def adjust(self, item: str, difference: Decimal, *, lot: str, site: str, location: str) -> None:
        """Book a difference."""
        if not difference:
            raise Refused(reason="a bad call")
        self._there(item, lot, site, location)
        self._differ(item, lot, site, location, difference, counted=False)

    def _there(self, item: str, lot: str, site: str, location: str) -> list[Parcel]:
        if self.tracking[item] == "serial" or (lot and (item, lot) not in self.expires):
            raise Refused(reason="a bad call")
        self.expires.setdefault((item, lot), FOREVER)
        self.received.setdefault((item, lot), BEGINNING)
        plain = Parcel(item, site, location, lot)
        same = [p for p in self.parcels if p[:5] == plain[:5]]
        return sorted(same, key=lambda p: (p != plain, not self._seen(p), p[5:]))

    def _differ(self, item: str, lot: str, site: str, location: str, difference: Decimal, *, counted: bool) -> None:
        there = self._there(item, lot, site, location)
        plain = Parcel(item, site, location, lot)
        if difference >= 0:
            target = there[0] if there and self._seen(there[0]) else plain
            self._post(target, difference, counted=counted)
            return
        for spare in (True, False):
            for parcel in there:
                most = self._seen(parcel) - (self._claimed(parcel) if spare else ZERO)
                taken = min(-difference, most)
                if taken > 0:
                    if not spare:
                        self.break_holds(parcel, taken)
                    self._post(parcel, -taken, counted=counted)
                    difference += taken
        if difference:
            self._post(plain, difference, counted=counted)

    # -- promises -----------------------------------------------------------------------------------------------

    def expect(self, ref: str, wanted: Wanted) -> None:
        """Take a demand on, or change it."""
        old = self.demands.get(ref)
        if old is not None and (old.status != "open" or old.item != wanted.item or wanted.quantity < old.shipped):
            raise Refused(reason="no such change")
        shipped = ZERO if old is None else old.shipped
        if old is not None:
            alive = max(wanted.due, self.now) + wanted.life
            self._return(ref, self._still_wanted(ref, wanted.item, wanted.quantity - shipped, alive))
        status = "shipped" if shipped >= wanted.quantity else "open"
        self.demands[ref] = wanted._replace(shipped=shipped, status=status)

    def cancel(self, ref: str) -> None:
        """End a demand; what is reserved for it is free again."""
        if ref not in self.demands or self.demands[ref].status != "open":
            raise Refused(reason="not open")
        self._return(ref, {})
        self.demands[ref] = self.demands[ref]._replace(status="cancelled")

    def _still_wanted(self, ref: str, item: str, quantity: Decimal, alive: datetime) -> dict[tuple[int, int], Decimal]:
        """Return what each line still holds after a demand was changed: usable then, and no more than it wants."""
        kept: dict[tuple[int, int], Decimal] = {}
        for index in range(self.made.get(ref, 0)):
            for line, (parcel, held) in sorted(self.rest((ref, index)).items()):
                mine = parcel.item == item
                usable = self.expires[parcel.item, parcel.code] > alive
                kept[index, line] = (min(held, quantity) if usable else ZERO) if mine else held
                quantity -= kept[index, line] if mine else ZERO
        return kept

    def _return(self, ref: str, kept: Mapping[tuple[int, int], Decimal]) -> None:
        for index in range(self.made.get(ref, 0)):
            for line, (parcel, held) in self.rest((ref, index)).items():
                if held - kept.get((index, line), ZERO):
                    self._hold((ref, index), line, parcel, kept.get((index, line), ZERO) - held)

    def reserve(
        self, ref: str, *, life: timedelta = timedelta(), order: str | None = None, partial: bool = False
    ) -> list[Pick]:
        """Reserve for a demand what of it is neither shipped nor reserved."""
        wanted = self.demands.get(ref)
        if wanted is None or wanted.status != "open":
            raise Refused(reason="not open")
        held = sum(
            (q for n in range(self.made.get(ref, 0)) for p, q in self.rest((ref, n)).values() if p.item == wanted.item),
            ZERO,
        )
        need = wanted.quantity - wanted.shipped - held
        alive = max(wanted.due, self.now) + wanted.life + life
        return self._take(ref, wanted.item, wanted.site, need, alive, order=order, partial=partial)

    def claim(
        self,
        ref: str,
        item: str,
        quantity: Decimal,
        *,
        site: str,
        at: datetime | None = None,
        life: timedelta = timedelta(),
        order: str | None = None,
        partial: bool = False,
    ) -> list[Pick]:
        """Reserve for what is no demand of its own."""
        wanted = self.demands.get(ref)
        if wanted is not None and wanted.status != "open":
            raise Refused(reason="not open")
        alive = max(self.now, at or self.now) + life
        return self._take(ref, item, site, quantity, alive, order=order, partial=partial)

    def _take(
        self, ref: str, item: str, site: str, need: Decimal, alive: datetime, *, order: str | None, partial: bool
    ) -> list[Pick]:
        if need <= 0:
            raise Refused(reason="nothing to reserve")
        picks: list[Pick] = []
        reservation = (ref, self.made.get(ref, 0))
        for parcel in self.offered(item, site, alive, order):
            taken = min(self._seen(parcel) - self._claimed(parcel), need)
            if taken > 0:
                self._hold(reservation, len(picks), parcel, taken)
                picks.append((parcel.code, parcel.location, taken))
                need -= taken
        if not picks or (need and not partial):
            raise Refused(reason="too little")
        self.made[ref] = reservation[1] + 1
        return picks

    def offered(self, item: str, site: str, alive: datetime, order: str | None) -> list[Parcel]:
        """Return the parcels one may reserve from, in the order of taking; of equals the one that came up first."""
        found = [
            p
            for p in self.parcels
            if (p.item, p.site, p.owner, p.segment) == (item, site, "", "")
            and self.kinds[p.location] == "stores"
            and p.quality == "approved"
            and p.release != "awaiting"
            and self.expires[item, p.code] > alive
        ]
        return sorted(found, key=self._turn(order == "fefo" if order is not None else item not in self.fifo))

    def _turn(self, by_expiry: bool) -> Callable[[Parcel], tuple[datetime, datetime, str]]:  # noqa: FBT001 - a figure
        """Return what the order of taking sorts by."""

        def key(parcel: Parcel) -> tuple[datetime, datetime, str]:
            expires = self.expires[parcel.item, parcel.code]
            received = self.received[parcel.item, parcel.code]
            return (expires, received, parcel.code) if by_expiry else (received, expires, parcel.code)

        return key

    def void(self, ref: str, index: int) -> None:
        """Give back what a reservation still holds."""
        lines = self.rest((ref, index)) if index < self.made.get(ref, 0) else {}
        if not lines:
            raise Refused(reason="holds nothing")
        for line, (parcel, held) in lines.items():
            self._hold((ref, index), line, parcel, -held)

    # -- goods leave and come back ------------------------------------------------------------------------------

    def ship(self, item: str, codes: Iterable[str], ref: str, *, quantity: Decimal | None) -> list[Pick]:
        """Ship goods for a demand: what it has reserved first, then what is free; with the last, return the rest."""
        wanted = self.demands.get(ref)
        if wanted is None or wanted.status != "open" or wanted.item != item:
            raise Refused(reason="not open for that")
        left = wanted.quantity - wanted.shipped
        among = set(codes)
        alive = max(wanted.due, self.at) + wanted.life
        fit = [p for p in self._by_site(item) if p.code in among and self._seen(p) > 0 and self._sellable(p, alive)]
        turn = self._turn(item not in self.fifo)
        fit.sort(key=lambda p: (p.site != wanted.site, p.site, turn(p)))
        own = {p: self._own(ref, p) for p in fit}
        offers = {p: self._seen(p) - self._claimed(p) + sum(own[p].values(), ZERO) for p in fit}
        asked = min(left, sum(map(self._seen, fit), ZERO)) if quantity is None else quantity
        if not asked or asked > left or sum(offers.values(), ZERO) < asked:
            raise Refused(reason="not enough")
        rest, picks = asked, []
        for parcel in sorted(fit, key=lambda p: not own[p]):
            taken = min(offers[parcel], rest)
            if taken:
                self._settle(ref, parcel, own[parcel], taken)
                self._shift(parcel, parcel._replace(location="CUSTOMER", segment=f"demand:{ref}"), taken)
                picks.append((parcel.code, parcel.location, taken))
                rest -= taken
        shipped = wanted.shipped + asked
        if shipped >= wanted.quantity:
            self._return(ref, {})
        status = "shipped" if shipped >= wanted.quantity else "open"
        self.demands[ref] = wanted._replace(shipped=shipped, status=status)
        return picks

    def _sellable(self, parcel: Parcel, alive: datetime) -> bool:
        return (
            self.kinds[parcel.location] == "stores"
            and not parcel.owner
            and parcel.quality == "approved"
            and parcel.release != "awaiting"
            and self.expires[parcel.item, parcel.code] > max(alive, self.at)
        )

    def _own(self, ref: str, parcel: Parcel) -> dict[tuple[int, int], Decimal]:
        return {
            (index, line): held
            for index in range(self.made.get(ref, 0))
            for line, (where, held) in self.rest((ref, index)).items()
            if where == parcel
        }

    def _settle(self, ref: str, parcel: Parcel, own: Mapping[tuple[int, int], Decimal], taken: Decimal) -> None:
        for (index, line), held in own.items():
            part = min(held, taken)
            if part:
                self._hold((ref, index), line, parcel, -part)
                taken -= part

    def take_back(self, item: str, codes: Iterable[str], ref: str, *, quantity: Decimal | None) -> None:
        """Book goods back from the customer of a demand; they wait for inspection in receiving."""
        if ref not in self.demands:
            raise Refused(reason="unknown")
        among = set(codes)
        away = [p for p in self._by_site(item) if p.code in among and p.segment == f"demand:{ref}" and self._seen(p)]
        total = sum(map(self._seen, away), ZERO)
        asked = total if quantity is None else quantity
        if not asked or asked > total or (asked < total and len(away) > 1):
            raise Refused(reason="not enough, or which is meant?")
        wanted = self.demands[ref]
        shipped = wanted.shipped - asked
        for parcel in away:
            taken = min(self._seen(parcel), asked)
            if taken:
                release = "not-required" if parcel.release == "not-required" else "awaiting"
                target = parcel._replace(
                    location="RECEIVING", segment="", quality="pending-inspection", release=release
                )
                self._shift(parcel, target, taken)
                asked -= taken
        status = wanted.status if wanted.status == "cancelled" else "open" if shipped < wanted.quantity else "shipped"
        self.demands[ref] = wanted._replace(shipped=shipped, status=status)

    def codes_of(self, item: str, lot: str) -> Iterator[str]:
        """Yield a lot's code and its serials."""
        yield lot
        for (of, serial), own in self.lot_of.items():
            if of == item and own == lot:
                yield serial
