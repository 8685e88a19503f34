"""Parts that are needed otherwise: what is there, what still takes it, what is left, and what is missing."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from prodstock._render import day
from prodstock.calendars.zone import from_micros
from prodstock.master.codes import ItemCode
from prodstock.master.depth import Depth
from prodstock.master.item import Supply
from prodstock.master.revisions import has_item
from prodstock.orders.purchase import PurchaseOrder
from prodstock.planning.engineering_change.rows import LotImpact, PartFate, PartImpact, PurchaseImpact, Suggestion
from prodstock.planning.translations.ledger import GROSS, OPENING, OVER, SCHEDULED, entries
from prodstock.planning.unit_costs import price_of
from prodstock.quantities.rounding import Rounding, round_scaled
from prodstock.quantities.scaled import from_scaled
from prodstock.stock.allocation import need_at

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import date, datetime
    from decimal import Decimal

    from prodstock.master.catalog import Catalog
    from prodstock.master.revisions import RevisionChange
    from prodstock.planning.translations.ledger import Entry, Place
    from prodstock.planning.translations.planned import Planned
    from prodstock.quantities.money import Money
    from prodstock.stock.allocation import OpenLot


class _Reading(NamedTuple):
    """The entries of an item at a site: stock, receipts, and what is taken, by time; smallest steps."""

    stock: int
    coming: int
    taken: list[tuple[int, int]]

    @property
    def need(self) -> int:
        """All that is taken within the horizon."""
        return sum(quantity for _, quantity in self.taken)

    @property
    def left(self) -> int:
        """What nobody takes."""
        return max(0, self.stock + self.coming - self.need)

    def gone(self) -> int | None:
        """Return when stock and receipts are taken up; None: not within the horizon, or there are none."""
        rest = self.stock + self.coming
        if not rest:
            return None
        for at, quantity in self.taken:
            rest -= quantity
            if rest <= 0:
                return at
        return None


def _read(rows: Iterable[Entry]) -> _Reading:
    stock = coming = 0
    taken: list[tuple[int, int]] = []
    for row in rows:
        if row.column == OPENING:
            stock += row.quantity
        elif row.column == SCHEDULED:
            coming += row.quantity
        elif row.column == GROSS:
            taken.append((row.at, row.quantity))
    return _Reading(stock, coming, sorted(taken))


def _lack(plan: Planned, catalog: Catalog) -> defaultdict[str, int]:
    """Return what is short of each item, in smallest steps."""
    found: defaultdict[str, int] = defaultdict(int)
    for one in plan.shortages:
        if has_item(catalog, one.item):
            found[one.item] += catalog.scaled(one.item, one.quantity)
    return found


class Parts:
    """The parts that a change touches, read off the plan before it and the plan after it."""

    def __init__(self, before: Planned, after: Planned, changes: Sequence[RevisionChange], on: date) -> None:
        self.before = before
        self.after = after
        self.on = on
        self.catalog: Catalog = after.snapshot.catalog
        self._old, self._new = entries(before), entries(after)
        self._named = {line.item for change in changes for line in change.lines}
        self._made = {change.item for change in changes}
        self._lack = _lack(before, self.catalog), _lack(after, self.catalog)
        self._covered: defaultdict[str, list[datetime | None]] = defaultdict(list)
        for one in after.shortages:
            self._covered[one.item].append(one.covered)
        self._reserved: defaultdict[Place, int] = defaultdict(int)
        for held in before.snapshot.held:
            self._reserved[held.item, held.site] += before.snapshot.catalog.scaled(held.item, held.quantity)
        self._wip: defaultdict[Place, int] = defaultdict(int)
        for order in before.snapshot.orders:
            if order.state not in OVER:
                for line in order.lines:
                    catalog = before.snapshot.catalog
                    steps = catalog.scaled(line.item, line.issued) - catalog.scaled(line.item, line.consumed)
                    self._wip[line.item, order.site] += steps

    def rows(self) -> list[PartImpact]:
        """Return the parts, those that something is left of first, then by item and site."""
        places = {place for place in self._old.keys() | self._new.keys() if self._differs(place)}
        places |= {place for place in self._old.keys() | self._new.keys() if place[0] in self._named}
        places |= {place for place in (*self._reserved, *self._wip) if place[0] in self._named}
        seen = {item for item, _ in places}
        places |= {(item, "MAIN") for item in self._named if item not in seen}
        found = [row for place in sorted(places) if (row := self._row(place)) is not None]
        return sorted(found, key=lambda row: (not row.left_by_change, row.item, row.site))

    def _differs(self, place: Place) -> bool:
        return _read(self._old.get(place, ())).taken != _read(self._new.get(place, ())).taken

    def _row(self, place: Place) -> PartImpact | None:
        item, site = place
        if not has_item(self.catalog, item) or self.catalog.item(item).supply is Supply.PHANTOM:
            return None
        old, new = _read(self._old.get(place, ())), _read(self._new.get(place, ()))
        users = self.users(item, site)
        fate = self._fate(item, site, old.need, new.need, users)
        if fate is None:
            return None
        left_by_change = max(0, new.left - old.left)
        gone, would = new.gone(), old.gone()
        short, covered = self._short(item)
        facts = _Facts(fate, left_by_change, new.left, gone, would, short, covered, users)
        suggestion, reason = _part_suggestion(facts, self.catalog.supply(item, self.on, site=site))
        scale, unit = self.catalog.item(item).scale, self.catalog.item(item).unit
        return PartImpact(
            ItemCode(item),
            site,
            fate,
            unit,
            from_scaled(new.stock, scale),
            from_scaled(self._reserved[place], scale),
            from_scaled(self._wip[place], scale),
            from_scaled(new.coming, scale),
            from_scaled(old.need, scale),
            from_scaled(new.need, scale),
            from_scaled(new.left, scale),
            from_scaled(left_by_change, scale),
            self.value(item, site, new.left),
            _moment(gone),
            _moment(would),
            _moment(_first_more(old.taken, new.taken)),
            short,
            covered,
            users,
            suggestion,
            reason,
        )

    def users(self, item: str, site: str) -> tuple[ItemCode, ...]:
        """Return what uses an item by the new definitions when all of the change holds, by code."""
        rows = self.catalog.where_used(item, self.on, site=site, depth=Depth.ONE_LEVEL)
        return tuple(sorted(row.item for row in rows))

    def _fate(self, item: str, site: str, old: int, new: int, users: Sequence[ItemCode]) -> PartFate | None:
        if not users and item in self._named and self._was_used(item, site):
            return PartFate.DROPPED
        if not old and new and item in self._named and not self._was_used(item, site):
            return PartFate.NEW
        if new != old:
            return PartFate.LESS if new < old else PartFate.MORE
        return PartFate.NEW if item in self._named and users and not self._was_used(item, site) else None

    def _was_used(self, item: str, site: str) -> bool:
        catalog = self.before.snapshot.catalog
        if not has_item(catalog, item):
            return False
        return bool(catalog.where_used(item, self.on, site=site, depth=Depth.ONE_LEVEL))

    def _short(self, item: str) -> tuple[Decimal, datetime | None]:
        """Return what is short by the new plan beyond what was by the old one, and when the last of it is there."""
        more = self._lack[1][item] - self._lack[0][item]
        if more <= 0:
            return from_scaled(0, 0), None
        covered = self._covered[item]
        return from_scaled(more, self.catalog.item(item).scale), None if None in covered else max(
            one for one in covered if one is not None
        )

    def value(self, item: str, site: str, steps: int) -> Money | None:
        """Return what so much of an item costs to buy, at the price of the day of the change; None: no price."""
        price = price_of(self.catalog, item, site, self.on)
        return None if price is None else price * from_scaled(steps, self.catalog.item(item).scale)

    # Purchases and lots

    def purchases(self, rows: Iterable[PartImpact]) -> Iterator[PurchaseImpact]:
        """Yield the open purchases of parts of which the change leaves some: the latest are in excess first."""
        left = {(row.item, row.site): row for row in rows if row.left_by_change}
        done = dict(self.before.snapshot.done)
        open_orders: defaultdict[Place, list[tuple[int, str, PurchaseOrder, int]]] = defaultdict(list)
        for one in self.before.snapshot.promises:
            if isinstance(one, PurchaseOrder) and (one.item, one.site) in left:
                item = self.catalog.item(one.item)
                rest = round_scaled(self.catalog.base(one.item, one.quantity), item.scale, Rounding.AVAILABILITY)
                rest -= self.catalog.scaled(one.item, done.get(one.ref or "", 0))
                if rest > 0:
                    due = need_at(one.due, self.catalog.zone(one.site))
                    open_orders[one.item, one.site].append((due, one.ref or "", one, rest))
        for place in sorted(open_orders):
            yield from self._excess(left[ItemCode(place[0]), place[1]], open_orders[place])

    def _excess(self, row: PartImpact, orders: list[tuple[int, str, PurchaseOrder, int]]) -> Iterator[PurchaseImpact]:
        scale = self.catalog.item(row.item).scale
        rest = self.catalog.scaled(row.item, row.left_by_change)
        for due, ref, order, open_steps in sorted(orders, key=lambda one: (-one[0], one[1])):
            excess = min(rest, open_steps)
            rest -= excess
            if excess == open_steps:
                suggestion, reason = Suggestion.CANCEL, "nobody takes any of it now"
            elif excess:
                suggestion = Suggestion.REDUCE
                reason = f"{from_scaled(open_steps - excess, scale):f} of it are still taken"
            else:
                suggestion, reason = Suggestion.KEEP, "all of it is still taken"
            yield PurchaseImpact(
                ref,
                row.item,
                row.site,
                order.supplier,
                from_micros(due),
                from_scaled(open_steps, scale),
                from_scaled(excess, scale),
                row.unit,
                self.value(row.item, row.site, excess),
                suggestion,
                reason,
            )

    def lots(
        self, rows: Sequence[PartImpact], purchases: Iterable[PurchaseImpact], changes: Sequence[RevisionChange]
    ) -> Iterator[LotImpact]:
        """Yield the lots of parts that are left over, the last received first to be so, and those of old revisions.

        What purchases are in excess of is not left of lots too.
        """
        left = {(row.item, row.site): row for row in rows if row.left}
        rest = {place: self.catalog.scaled(row.item, row.left) for place, row in left.items()}
        for one in purchases:
            if (one.item, one.site) in rest:
                rest[one.item, one.site] -= self.catalog.scaled(one.item, one.excess)
        lots = sorted(self.before.snapshot.lots, key=lambda lot: (lot.item, lot.site, lot.label))
        for lot in sorted(lots, key=lambda lot: lot.received, reverse=True):
            place = ItemCode(lot.item), lot.site
            steps = self.before.snapshot.catalog.scaled(lot.item, lot.free)
            if not steps or lot.owner or not has_item(self.catalog, lot.item):
                continue
            if rest.get(place, 0) > 0:
                over = min(rest[place], steps)
                rest[place] -= over
                row = left[place]
                reason = row.reason if over == steps else f"the rest of it is taken; {row.reason}"
                yield self._lot(lot, steps, over, row.suggestion, reason)
            elif lot.item in self._made and lot.revision:
                yield from self._made_lot(lot, steps, changes)

    def _made_lot(self, lot: OpenLot, steps: int, changes: Sequence[RevisionChange]) -> Iterator[LotImpact]:
        own = [one for one in changes if one.item == lot.item and one.before == lot.revision != one.after]
        if own:
            lines = [line for one in own for line in one.lines]
            if lines and all(line.before is None for line in lines) and not any(one.fields for one in own):
                added = ", ".join(sorted({line.item for line in lines}))
                suggestion, reason = Suggestion.REWORK, f"revision {own[-1].after} only adds {added}"
            else:
                suggestion = Suggestion.USE_AS_IS
                reason = f"made to revision {lot.revision}; revision {own[-1].after} takes out or changes parts"
            yield self._lot(lot, steps, steps, suggestion, reason)

    def _lot(self, lot: OpenLot, steps: int, over: int, suggestion: Suggestion, reason: str) -> LotImpact:
        item = self.catalog.item(lot.item)
        return LotImpact(
            ItemCode(lot.item),
            lot.serial or lot.lot or "",
            lot.site,
            from_scaled(steps, item.scale),
            item.unit,
            lot.revision,
            from_scaled(over, item.scale),
            self.value(lot.item, lot.site, over),
            suggestion,
            reason,
        )


class _Facts(NamedTuple):
    fate: PartFate
    left_by_change: int
    left: int
    gone: int | None
    would: int | None
    short: Decimal
    covered: datetime | None
    users: Sequence[ItemCode]


def _part_suggestion(facts: _Facts, supply: Supply | None) -> tuple[Suggestion, str]:
    """Return what may be done about a part, and why."""
    if facts.fate in {PartFate.NEW, PartFate.MORE}:
        if not facts.short:
            return Suggestion.KEEP, "what is there, coming and proposed is in time"
        when = "never, as it stands" if facts.covered is None else f"by {day(facts.covered)}"
        return (
            Suggestion.MAKE if supply is Supply.MAKE else Suggestion.BUY
        ), f"the last of what is short is there {when}"
    return _what_is_left(facts)


def _what_is_left(facts: _Facts) -> tuple[Suggestion, str]:
    """Return what may be done about a part that is needed less."""
    if not facts.left_by_change:
        if facts.gone is not None:
            return Suggestion.USE_UP, f"all of it is taken by {day(from_micros(facts.gone))}"
        return Suggestion.KEEP, "the change leaves nothing of it"
    if facts.would is not None:
        until = day(from_micros(facts.would))
        return (
            Suggestion.USE_UP,
            f"were the change to hold from {until} on, what is there now would be taken until then",
        )
    if facts.users:
        return Suggestion.USE_AS_IS, f"{', '.join(facts.users[:3])} still use it, beyond the horizon"
    return Suggestion.SCRAP, "nothing uses it any more, and it would outlast the horizon even without the change"


def _first_more(old: list[tuple[int, int]], new: list[tuple[int, int]]) -> int | None:
    """Return the first moment at which more has been taken than before."""
    events = sorted([*((at, quantity) for at, quantity in new), *((at, -quantity) for at, quantity in old)])
    more = 0
    for place, (at, quantity) in enumerate(events):
        more += quantity
        if more > 0 and (place + 1 == len(events) or events[place + 1][0] != at):
            return at
    return None


def _moment(at: int | None) -> datetime | None:
    return None if at is None else from_micros(at)
