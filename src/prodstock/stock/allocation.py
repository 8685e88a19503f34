"""Allocation without a plant: which lots of a host's own table serve which needs, as a proposal with its reasons."""

from __future__ import annotations

from bisect import bisect_left
from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction
from math import lcm
from typing import TYPE_CHECKING, Final, Protocol, runtime_checkable

import attrs

from prodstock._render import brief
from prodstock.calendars.span import Moment
from prodstock.calendars.zone import end_of, from_micros, micros
from prodstock.errors import BrokenInvariant, InvalidTypeError, InvalidValueError, UnknownCode, entries, listed
from prodstock.master import checks
from prodstock.master.codes import (
    ItemCode,
    item_code,
    location_code,
    optional_lot,
    optional_serial,
    owner_code,
    ref_code,
    revision_or_empty,
    segment_code,
    set_aside_for,
    site_code,
)
from prodstock.master.item import LotOrder
from prodstock.master.quality_state import Quality, QualityState, state_code
from prodstock.master.ratio import decimal_of
from prodstock.orders.moments import moment
from prodstock.quantities.quantity import Exact, Quantity, amount
from prodstock.quantities.unit import convert
from prodstock.stock.claim import AllocationPolicy, Partial
from prodstock.stock.goods import Pick
from prodstock.stock.lot import NEVER, LotCode, SerialCode
from prodstock.stock.open_stock import OpenStock
from prodstock.stock.picking import usable
from prodstock.stock.reservation import MICROSECOND
from prodstock.stock.status import Purpose, Release, State, state_of
from prodstock.tables import Derivation, Table, Tabled

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import tzinfo


FEFO: Final = AllocationPolicy(order=LotOrder.FEFO)
"""First expired, first out; all of a need or nothing."""


def _quality(value: Quality | QualityState) -> None:
    if not isinstance(value, Quality | QualityState):
        raise InvalidTypeError(
            field="quality", value=value, reason="is no quality state", advice="Use Quality.APPROVED"
        )


@attrs.frozen(repr=False)
class Need:
    """So much of an item is needed by a moment.

    Args:
        item: what.
        quantity: how much; a plain number is in the unit that the item's lots are counted in.
        at: when; a date means the end of that day, in UTC.
        ref: for what: a demand, an order.
        site: where.
        line: the order line, where an order has several.
        purpose: what for; it decides which states of stock will do.

    >>> from datetime import date
    >>> Need("MIC", 240, at=date(2026, 3, 20), ref="SO-1")
    <Need 240 MIC at 2026-03-20 for SO-1>
    """

    item: str = attrs.field(converter=item_code)
    quantity: Exact = attrs.field(converter=amount)
    at: Moment = attrs.field(kw_only=True)
    ref: str = attrs.field(kw_only=True, converter=ref_code)
    site: str = attrs.field(kw_only=True, default="MAIN", converter=site_code)
    line: int | None = attrs.field(kw_only=True, default=None)
    purpose: Purpose = attrs.field(kw_only=True, default=Purpose.SALE)

    def __attrs_post_init__(self) -> None:
        checks.positive(self.quantity, "quantity")
        moment(self.at, "at")
        checks.member(self.purpose, Purpose, "purpose")
        if self.line is not None:
            checks.whole(self.line, "line", least=0)

    def __repr__(self) -> str:
        return f"<Need {str(self.quantity)[:20]} {self.item[:30]} at {self.at} for {self.ref[:30]}>"


@attrs.frozen(repr=False)
class OpenLot:
    """A lot with what is free of it: neither reserved nor used.

    Args:
        item: what it is of.
        free: how much nobody has reserved; a plain number is in the item's base unit.
        lot: its code; None for an item that is not tracked.
        received: when it came in.
        expires: when it is no longer good; a date means the end of that day; None: never.
        quality: its quality state.
        site: where it is.
        location: where it lies there.
        release: whether it waits for release.
        ready: when it is expected to be usable, where it waits for inspection or release; None: nobody knows.
        serial: the serial, where the row is a single piece.
        revision: the item revision it was made to; empty: not known, or none.
        owner: whose it is; empty: ours.
        segment: what it is set aside for: `project:` and a project, `own:` and a demand made to order; empty: for
            nobody.

    >>> OpenLot("MIC", 300, lot="M-90", received=datetime(2026, 2, 20, 8, tzinfo=UTC))
    <OpenLot M-90 300 MIC approved>
    """

    item: str = attrs.field(converter=item_code)
    free: Exact = attrs.field(converter=amount)
    lot: str | None = attrs.field(kw_only=True, default=None, converter=optional_lot)
    received: datetime = attrs.field(kw_only=True)
    expires: Moment | None = attrs.field(kw_only=True, default=None)
    quality: Quality | QualityState = attrs.field(kw_only=True, default=Quality.APPROVED)
    site: str = attrs.field(kw_only=True, default="MAIN", converter=site_code)
    location: str = attrs.field(kw_only=True, default="STORES", converter=location_code)
    release: Release = attrs.field(kw_only=True, default=Release.NOT_REQUIRED)
    ready: datetime | None = attrs.field(kw_only=True, default=None)
    serial: str | None = attrs.field(kw_only=True, default=None, converter=optional_serial)
    revision: str = attrs.field(kw_only=True, default="", converter=revision_or_empty)
    owner: str = attrs.field(kw_only=True, default="", converter=owner_code)
    segment: str = attrs.field(kw_only=True, default="", converter=segment_code)

    def __attrs_post_init__(self) -> None:
        checks.not_negative(self.free, "free")
        micros(self.received)
        _quality(self.quality)
        checks.member(self.release, Release, "release")
        if self.expires is not None:
            moment(self.expires, "expires")
        if self.ready is not None:
            micros(self.ready)

    @property
    def state(self) -> State:
        """The state as the tables of stock see it."""
        return state_of(self.quality, self.release)

    @property
    def label(self) -> str:
        """The serial, the lot, or the item, as people say it."""
        return self.serial or self.lot or self.item

    def __repr__(self) -> str:
        awaiting = ", awaiting release" if self.release is Release.AWAITING else ""
        free = f"{str(self.free)[:20]} {self.item[:30]}"
        return f"<OpenLot {(self.lot or '')[:20]} {free} {state_code(self.quality)[:20]}{awaiting}>"


@attrs.frozen
class PassedOver:
    """A lot that was not taken, the first need it was not good enough for, and why."""

    ref: str
    lot: LotCode
    reason: str

    __repr__ = brief


@attrs.frozen
class Short:
    """What of a need is not there.

    Attributes:
        ref: the need.
        item: what is missing.
        quantity: how much is missing.
        unit: its unit.
        asked: how much was asked for; where only whole needs are served, nothing of it is picked.
    """

    ref: str
    item: ItemCode
    quantity: Decimal
    unit: str
    asked: Decimal = attrs.field(kw_only=True)

    __repr__ = brief


@runtime_checkable
class LotSource(Protocol):
    """A host's own table of lots, asked for several items at once."""

    def open_lots(self, items: Sequence[str], order: LotOrder, /) -> Iterable[OpenLot]:
        """Return the lots of these items with anything free, in any order; `order` says which are taken first."""
        ...


@attrs.frozen(repr=False)
class Allocation(Tabled[Pick]):
    """A proposal: what to take of which lots for which needs. Nothing is reserved by it.

    Attributes:
        picks: what to take, in the order in which needs are served and lots are taken.
        short: the needs that cannot be served, or not in full.
        passed_over: the lots that were not good enough, each at the first need that passed it over.
    """

    picks: Table[Pick]
    short: Table[Short]
    passed_over: Table[PassedOver]
    _needs: tuple[Need, ...] = attrs.field(kw_only=True, default=())
    _lots: tuple[OpenLot, ...] = attrs.field(kw_only=True, default=())
    _policy: AllocationPolicy = attrs.field(kw_only=True, default=FEFO)

    def to_table(self) -> Table[Pick]:
        """Return what to take; each of the other tables has a `to_frame` of its own."""
        return self.picks

    def why(self, line: Pick | Short, /) -> Derivation:
        """Return why a lot was taken, or why something is missing. O(lots).

        Raises:
            UnknownCode: if the line is not one of this allocation.
        """
        if line not in self.picks and line not in self.short:
            raise UnknownCode(kind="line of this allocation", given=f"{line.item} for {line.ref}")
        need = next(one for one in self._needs if (one.ref, one.item) == (line.ref, line.item))
        causes = [Derivation(f"{need.quantity} {need.item} needed at {need.at} for {need.ref}, {need.purpose.value}")]
        if self._policy.minimum_life:
            causes.append(Derivation(f"usable for another {self._policy.minimum_life} after that"))
        causes += self._others(line)
        if isinstance(line, Short):
            whole = self._policy.partial is Partial.REFUSE
            causes.append(Derivation("all or nothing: no lot is taken" if whole else "the rest is taken"))
            return Derivation(f"{line.quantity:f} {line.item} missing for {line.ref}", causes)
        rule = "first received, first out" if _order(self._policy) is LotOrder.FIFO else "first expired, first out"
        causes.insert(1, Derivation(f"{rule}: {self._described(line)}"))
        return Derivation(f"{line.quantity:f} {line.item} of {line.serial or line.lot or 'stock'}", causes)

    def verify(self) -> None:
        """Serve all needs again, plainly and slowly, and compare.

        Raises:
            BrokenInvariant: if the picks are not what the policy asks for.
        """
        units: dict[str, str] = {one.item: one.unit for one in self.picks}
        expected = sorted(_plainly(self._needs, self._lots, self._policy, units))
        actual: dict[tuple[str, str, int, str, str, str], Fraction] = {}
        for one in self.picks:
            key = (one.ref, one.item, -1 if one.line is None else one.line, one.lot, one.serial or "", one.location)
            actual[key] = actual.get(key, Fraction(0)) + Fraction(one.quantity)
        if expected != sorted(actual.items()):
            detail = f"{len(self.picks)} picks, and serving the needs again gives {len(expected)} others"
            raise BrokenInvariant(invariant="allocation", detail=detail)

    def _others(self, line: Pick | Short) -> list[Derivation]:
        mine = {one.label for one in self._lots if one.item == line.item}
        over = [one for one in self.passed_over if one.lot in mine]
        return [Derivation(f"{one.lot or 'stock'} passed over: {one.reason}") for one in over]

    def _described(self, line: Pick) -> str:
        for lot in self._lots:
            if (lot.item, lot.lot or "", lot.serial, lot.location) == (line.item, line.lot, line.serial, line.location):
                until = "does not expire" if lot.expires is None else f"expires {lot.expires}"
                return f"{until}, received {lot.received:%Y-%m-%d}, {lot.free} free"
        return ""

    def __str__(self) -> str:
        parts = [str(self.picks)]
        if self.short:
            parts.append(f"short:\n{self.short}")
        if self.passed_over:
            parts.append(f"passed over:\n{self.passed_over}")
        return "\n".join(parts)

    def __repr__(self) -> str:
        return f"<Allocation of {len(self.picks)} picks, {len(self.short)} short>"

    def _repr_html_(self) -> str:
        parts = [part for part in (self.picks, self.short, self.passed_over) if part]
        return "".join(part.to_html() for part in parts) or self.picks.to_html()


def allocate(needs: Iterable[Need], lots: Iterable[OpenLot] | LotSource, policy: AllocationPolicy = FEFO) -> Allocation:
    """Return which lots serve which needs; nothing is changed or reserved.

    Needs are served by date, then ref, item, site and line, whatever the order they are given in: the earlier need is
    never short for the later one. Lots are taken by the policy, ties by receipt, then code; a lot that is not usable
    for a need (its state, its site, its expiry with the minimum life; what is not ours, or set aside) is passed over,
    with the reason. Under `Partial.REFUSE` a need is served in full or not at all, under `Partial.ALLOW` as far as it
    goes.

    Args:
        needs: what is needed.
        lots: what there is: rows of the host's own table, or a `LotSource` that is asked once for all items.
        policy: how lots are chosen; without an order, first expired, first out.

    Raises:
        InvalidTypeError: if one of them is no `Need` or `OpenLot`.
        InvalidValueError: if plain numbers and quantities are mixed for an item, or its units cannot be converted.

    O((needs + lots) log lots).

    >>> from datetime import date
    >>> early = OpenLot("MIC", 100, lot="M-7", received=datetime(2026, 1, 9, tzinfo=UTC), expires=date(2026, 3, 31))
    >>> later = OpenLot("MIC", 300, lot="M-90", received=datetime(2026, 2, 20, tzinfo=UTC))
    >>> print(allocate([Need("MIC", 240, at=date(2026, 3, 20), ref="SO-1")], [later, early]).picks)
    ref   item  lot   quantity  unit  serial  location  line
    SO-1  MIC   M-7        100                STORES
    SO-1  MIC   M-90       140                STORES
    """
    checks.instance(policy, AllocationPolicy, "policy", "Give an AllocationPolicy such as FEFO")
    asked = _sorted_needs(needs)
    wanted = sorted({need.item for need in asked})
    found = lots.open_lots(wanted, _order(policy)) if isinstance(lots, LotSource) else lots
    there = _sorted_lots(found, set(wanted))
    measures = _measures(asked, there)
    groups: dict[tuple[str, str], tuple[list[Need], list[OpenLot]]] = {}
    for need in asked:
        groups.setdefault((need.item, need.site), ([], []))[0].append(need)
    for lot in there:
        if (lot.item, lot.site) in groups:
            groups[lot.item, lot.site][1].append(lot)
    life = policy.minimum_life // MICROSECOND
    served = {key: _Group(key[0], *both, measures[key[0]], policy, life) for key, both in groups.items()}
    picks: list[Pick] = []
    short: list[Short] = []
    for need in asked:
        served[need.item, need.site].serve(need, picks, short)
    over = [one for key in served for one in served[key].passed_over()]
    place = {id(need): at for at, need in enumerate(asked)}
    over.sort(key=lambda one: (place[id(one[0])], one[1].label, one[1].location, one[2]))
    rows = [PassedOver(need.ref, LotCode(lot.label if lot.lot or lot.serial else ""), why) for need, lot, why in over]
    return Allocation(Table(picks), Table(short), Table(rows), needs=asked, lots=there, policy=policy)


def _order(policy: AllocationPolicy) -> LotOrder:
    return policy.order or LotOrder.FEFO


def need_at(at: Moment, zone: tzinfo = UTC) -> int:
    """Return the last instant of a need, in microseconds; a date's is the one before its day ends."""
    return micros(at) if isinstance(at, datetime) else micros(end_of(at, zone)) - 1


def expiry(lot: OpenLot, zone: tzinfo = UTC) -> int:
    """Return the instant, in microseconds, from which a lot is no longer good; a date's is the end of its day."""
    return NEVER if lot.expires is None else micros(end_of(lot.expires, zone))


def _sorted_needs(needs: Iterable[Need]) -> tuple[Need, ...]:
    found = listed(needs, "needs")
    for one in found:
        if not isinstance(one, Need):
            raise InvalidTypeError(field="needs", value=one, reason="is no Need")
    return tuple(sorted(found, key=_need_key))


def _need_key(need: Need) -> tuple[int, str, str, str, int, str, Fraction, str]:
    line = -1 if need.line is None else need.line
    number, unit = _number(need.quantity)
    return need_at(need.at), need.ref, need.item, need.site, line, need.purpose.value, number, unit or ""


def _sorted_lots(lots: Iterable[OpenLot], wanted: set[str]) -> tuple[OpenLot, ...]:
    found = tuple(entries(lots, "lots"))
    for one in found:
        if not isinstance(one, OpenLot):
            raise InvalidTypeError(field="lots", value=one, reason="is no OpenLot")
    return tuple(sorted((one for one in found if one.item in wanted), key=_lot_key))


def _lot_key(lot: OpenLot) -> tuple[str | int | Fraction, ...]:
    number, unit = _number(lot.free)
    ready = 0 if lot.ready is None else micros(lot.ready)
    named = (lot.item, lot.site, lot.lot or "", lot.serial or "", lot.location)
    return (
        *named,
        expiry(lot),
        micros(lot.received),
        state_code(lot.quality),
        lot.release.value,
        ready,
        number,
        unit or "",
        lot.owner,
        lot.segment,
    )


def _number(value: Exact) -> tuple[Fraction, str | None]:
    return (value.exact, value.unit) if isinstance(value, Quantity) else (Fraction(value), None)


class _Measure:
    """How an item is counted here: its unit, and how many of the smallest steps it has."""

    __slots__ = ("steps", "unit")

    def __init__(self, item: str, values: Sequence[tuple[Fraction, str | None]], units: Sequence[str]) -> None:
        if units and any(unit is None for _, unit in values):
            advice = "Without a catalog the base unit is not known: give a Quantity everywhere, or nowhere"
            raise InvalidValueError(
                field=item, value=units[0], reason="mixes quantities and plain numbers", advice=advice
            )
        self.unit = units[0] if units else ""
        self.steps = 1
        self.steps = lcm(*(self.exact(value, unit).denominator for value, unit in values))
        if 10**400 % self.steps:
            advice = "Give all amounts of the item in one unit"
            raise InvalidValueError(
                field=item, value=self.unit, reason="cannot count all amounts in decimals", advice=advice
            )

    def exact(self, value: Fraction, unit: str | None) -> Fraction:
        """Return an amount in the item's unit; None: it is in that unit."""
        return value if unit is None or unit == self.unit else convert(value, unit, self.unit, {})

    def scaled(self, value: Exact) -> int:
        """Return an amount as a whole number of steps; all amounts given at the start are exact in them."""
        number, unit = _number(value)
        return int(self.exact(number, unit) * self.steps)

    def decimal(self, steps: int) -> Decimal:
        """Return what so many steps are in the item's unit, exactly."""
        return decimal_of(Fraction(steps, self.steps))


def _measures(needs: Sequence[Need], lots: Sequence[OpenLot]) -> dict[str, _Measure]:
    values: dict[str, list[tuple[Fraction, str | None]]] = {}
    units: dict[str, list[str]] = {}
    for item, value in [*((lot.item, lot.free) for lot in lots), *((need.item, need.quantity) for need in needs)]:
        number = _number(value)
        values.setdefault(item, []).append(number)
        if number[1] is not None:
            units.setdefault(item, []).append(number[1])
    return {item: _Measure(item, found, units.get(item, [])) for item, found in values.items()}


class _Group:
    """The lots and needs of one item at one site."""

    __slots__ = ("_fits", "item", "keys", "life", "lots", "measure", "needs", "partial", "stock")

    def __init__(
        self,
        item: str,
        needs: list[Need],
        lots: list[OpenLot],
        measure: _Measure,
        policy: AllocationPolicy,
        life: int,
    ) -> None:
        self.item = item
        self.needs = needs
        self.lots = lots
        self.measure = measure
        self.partial = policy.partial
        self.life = life
        self.stock = OpenStock(_order(policy))
        self.keys = [(expiry(lot), micros(lot.received), lot.label) for lot in lots]
        for lot, (expires, received, label) in zip(lots, self.keys, strict=True):
            self.stock.add(measure.scaled(lot.free), expires, received, label)
        first = need_at(needs[0].at)
        purposes = {need.purpose for need in needs}
        plain = all(_reason(lot, purpose, first) is None for lot in lots for purpose in purposes)
        self._fits: dict[tuple[Purpose, int], set[int]] | None = None if plain else {}

    def serve(self, need: Need, picks: list[Pick], short: list[Short]) -> None:
        """Take what a need wants from the stock that is left, and append the picks and what is missing.

        Where not all of it is there, a policy that refuses parts takes nothing. O(lots looked at).
        """
        wanted = self.measure.scaled(need.quantity)
        at = need_at(need.at)
        found, missing = self.stock.find(wanted, at + self.life, self._fitting(need.purpose, at))
        if missing:
            rest, asked = self.measure.decimal(missing), self.measure.decimal(wanted)
            short.append(Short(need.ref, ItemCode(need.item), rest, self.measure.unit, asked=asked))
            if self.partial is Partial.REFUSE:
                return
        self.stock.take(found)
        picks.extend(self._pick(need, found[at], found[at + 1]) for at in range(0, len(found), 2))

    def _fitting(self, purpose: Purpose, at: int) -> set[int] | None:
        if self._fits is None:
            return None
        found = self._fits.get((purpose, at))
        if found is None:
            found = {parcel for parcel, lot in enumerate(self.lots) if _reason(lot, purpose, at) is None}
            self._fits = {(purpose, at): found}
        return found

    def _pick(self, need: Need, parcel: int, quantity: int) -> Pick:
        lot = self.lots[parcel]
        return Pick(
            need.ref,
            ItemCode(need.item),
            LotCode(lot.lot or ""),
            self.measure.decimal(quantity),
            self.measure.unit,
            serial=None if lot.serial is None else SerialCode(lot.serial),
            location=lot.location,
            line=need.line,
        )

    def passed_over(self) -> Iterator[tuple[Need, OpenLot, str]]:
        """Yield the lots that some need could not use, each with the first such need and the reason."""
        alive = [need_at(need.at) + self.life for need in self.needs]
        firsts = {need.purpose: need for need in reversed(self.needs)}
        for lot, (expires, _, _) in zip(self.lots, self.keys, strict=True):
            late = bisect_left(alive, expires)
            if late < len(alive):
                yield self.needs[late], lot, f"expires {_day(expires)}, needed until {_day(alive[late])}"
            for need in firsts.values():
                reason = _reason(lot, need.purpose, need_at(need.at))
                if reason is not None:
                    yield need, lot, reason
                    break


def _day(instant: int) -> str:
    return f"{from_micros(instant):%Y-%m-%d %H:%M}".removesuffix(" 00:00").removesuffix(" 23:59")


def _reason(lot: OpenLot, purpose: Purpose, at: int) -> str | None:
    """Return why a lot cannot serve a purpose, its expiry left aside; None if it can."""
    if lot.owner:
        return f"owned by {lot.owner}"
    if lot.segment:
        return f"set aside for {set_aside_for(lot.segment)}"
    if not lot.state.serves(purpose):
        awaiting = lot.quality is Quality.APPROVED and lot.release is Release.AWAITING
        return f"{'awaiting release' if awaiting else state_code(lot.quality)}, not for {purpose.value}"
    if lot.ready is not None and at < micros(lot.ready):
        return f"not ready before {_day(micros(lot.ready))}"
    return None


def _plainly(
    needs: Iterable[Need], lots: Sequence[OpenLot], policy: AllocationPolicy, units: Mapping[str, str]
) -> Iterator[tuple[tuple[str, str, int, str, str, str], Fraction]]:
    """Serve the needs one after the other by looking through all lots: the check, in other words than the engine."""
    left = {id(lot): _in(units.get(lot.item), lot.free) for lot in lots}
    fifo = policy.order is LotOrder.FIFO
    result: dict[tuple[str, str, int, str, str, str], Fraction] = {}
    for need in needs:
        alive = need_at(need.at) + policy.minimum_life // MICROSECOND
        able = [
            lot
            for lot in lots
            if (lot.item, lot.site) == (need.item, need.site)
            and usable(expiry(lot), alive)
            and not (lot.owner or lot.segment)
            and lot.state.serves(need.purpose)
            and (lot.ready is None or micros(lot.ready) <= need_at(need.at))
        ]
        able.sort(key=lambda lot: (lot.received, expiry(lot)) if fifo else (expiry(lot), lot.received))
        missing = _in(units.get(need.item), need.quantity)
        taken: list[tuple[OpenLot, Fraction]] = []
        for lot in able:
            some = min(missing, left[id(lot)])
            missing -= some
            taken.append((lot, some))
        if missing and policy.partial is Partial.REFUSE:
            continue
        for lot, some in taken:
            left[id(lot)] -= some
            line = -1 if need.line is None else need.line
            key = (need.ref, need.item, line, lot.lot or "", lot.serial or "", lot.location)
            result[key] = result.get(key, Fraction(0)) + some
    yield from ((key, some) for key, some in result.items() if some)


def _in(unit: str | None, value: Exact) -> Fraction:
    number, own = _number(value)
    return number if own is None or unit is None else convert(number, own, unit, {})
