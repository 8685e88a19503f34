"""The release of finished goods: the point at which what was made may be used."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

import attrs

from prodstock.calendars.zone import from_micros
from prodstock.errors import NotAllowed, NotReleasable, Refused
from prodstock.journal.command import Command
from prodstock.journal.stream import Stream, quality_stream
from prodstock.master.codes import ItemCode
from prodstock.master.item import Tracking
from prodstock.master.location import LocationKind
from prodstock.master.quality_state import Quality
from prodstock.master.release_criteria import Criterion
from prodstock.quality.inspection import NO_PAPERS, Papers, Seen, TestRecorded, Verdict
from prodstock.quality.packaging import Packaging
from prodstock.quantities.scaled import from_scaled
from prodstock.stock import world as w
from prodstock.stock.changes import changes
from prodstock.stock.deciding import decides
from prodstock.stock.goods import Goods, Output
from prodstock.stock.history import entries
from prodstock.stock.lot import LotCode, SerialCode
from prodstock.stock.movement import MOVEMENTS, RULES, Movement
from prodstock.stock.order_ledger import commits_of
from prodstock.stock.receipt import Receipt
from prodstock.stock.selection import Found, Selection, portions, select, shelves
from prodstock.stock.status import Release

if TYPE_CHECKING:
    from prodstock.stock.draft import Draft
    from prodstock.stock.lot import Book
    from prodstock.stock.world import World


_PACKAGING = Criterion.PACKAGING.value


@attrs.frozen(repr=False)
class Released:
    """What was released.

    Attributes:
        item: the item.
        quantity: how much.
        unit: the base unit.
        lots: the lots it is of.
        serials: the serials, where it has any.
    """

    item: ItemCode
    quantity: Decimal
    unit: str
    lots: tuple[LotCode, ...]
    serials: tuple[SerialCode, ...]

    def __repr__(self) -> str:
        return f"<Released {self.quantity:f} {self.unit[:10]} {self.item[:50]}>"


@attrs.frozen
class ReleaseGoods(Command[Released]):
    """Goods that await release become usable: to sell, to ship, to make other things of.

    Args:
        goods: what; narrowed to serials or a quantity, a lot is released in part.
    """

    goods: Goods | Output | Receipt | str


@decides(ReleaseGoods)
def decide_release(draft: "Draft", command: ReleaseGoods) -> Released:
    """Release goods, if every criterion of their item is met for every unit of them.

    Production completion is met by goods that left WIP, inspection approval by a passed verdict or approved goods,
    serialization (of items tracked by serial) by a serial for each unit; every other criterion by a passed verdict,
    the last one recorded since the goods came into being: what is completed into a lot later needs papers of its own.

    Packaging is missing, too, while the order that made the goods owes it for them (see `Packaging`), whether the item
    asks for that criterion or not.

    Raises:
        UnknownCode, AmbiguousCode: if the goods are not to be found.
        NotReleasable: if criteria are not met; `missing` lists them in the order required, `failed` those of them that
            were tested and not passed.
        NotAllowed: if goods are not approved by quality.
        NotEnough: if less than asked for awaits release.
        Refused: if none of the goods awaits release.
    """
    world = draft.world
    selection = select(world, command.goods)
    waiting = portions(draft, selection, where=lambda f: _waits(world, f), what="awaiting release")
    if not waiting:
        raise Refused(reason=f"nothing of {selection.label} awaits release", advice="See its state in plant.stock")
    proofs = Proofs(world, selection.item, [found for found, _ in waiting])
    missing, debts = proofs.missing(), owed_for(Packaging(world, selection.item), waiting)
    if missing or debts:
        failed = proofs.failed(missing)
        missing = proofs.with_packaging(missing) if debts else missing
        raise NotReleasable(goods=selection.label, missing=missing, failed=failed, owed=debts)
    done = [(f, quantity) for f, quantity in waiting if world.kind(f.place) is not LocationKind.WIP]
    _refuse_unapproved(world, selection, done)
    for found, quantity in done:
        target = found.place._replace(release=Release.RELEASED.value)
        draft.leg(Movement.RELEASE, found.shelf, found.parcel, -quantity)
        draft.put(Movement.RELEASE, found.shelf, found.row, target, quantity)
    return _released(world, selection.item, done)


def _waits(world: "World", found: Found) -> bool:
    return found.place.release == Release.AWAITING and world.kind(found.place) is not LocationKind.SCRAP


def _refuse_unapproved(world: "World", selection: Selection, done: list[tuple[Found, int]]) -> None:
    if not done:
        advice = "Complete them first"
        raise NotAllowed(what=selection.label, state="still in production", asked="release", advice=advice)
    for found, _ in done:
        quality = world.state(found.place).quality
        if quality is not Quality.APPROVED:
            advice = "Judge them approved, or release the others by narrowing the goods"
            raise NotAllowed(what=selection.label, state=found.place.quality, asked="release", advice=advice)


def _released(world: "World", code: str, done: list[tuple[Found, int]]) -> Released:
    item = world.catalog.item(code)
    book = world.book_of(code)
    rows = [found.row for found, _ in done]
    return Released(
        ItemCode(item.code),
        from_scaled(sum(quantity for _, quantity in done), item.scale),
        item.unit,
        tuple(dict.fromkeys(LotCode(book.lot_code(row)) for row in rows)) if book is not None else (),
        tuple(SerialCode(book.code(row)) for row in rows if book.is_serial(row)) if book is not None else (),
    )


def owed_for(packaging: Packaging, units: Iterable[tuple[Found, int]]) -> tuple[str, ...]:
    """Return what is owed for units that are to be released together, each once; empty: nothing."""
    return tuple(dict.fromkeys(debt for found, quantity in units for debt in packaging.owed_for(found, quantity)))


def missing_criteria(world: "World", found: Found, packaging: Packaging) -> tuple[str, ...]:
    """Return the criteria of an item that goods of a parcel do not meet, in the order required; packaging that is owed.

    O(criteria x tests of the lot).
    """
    proofs = Proofs(world, packaging.item, [found])
    missing = proofs.missing()
    return proofs.with_packaging(missing) if packaging.owed_for(found, found.quantity) else missing


class _Papered(NamedTuple):
    """Units of one lot that came into being together, and the papers written since then."""

    lot: str
    units: tuple[Found, ...]
    papers: Papers


class Proofs:
    """What is proved of some units of an item: each lot's papers are read once, whatever the criteria."""

    __slots__ = ("_book", "_item", "_lots", "_units", "_world")

    def __init__(self, world: "World", item: str, units: Iterable[Found]) -> None:
        self._world = world
        self._item = item
        self._units = tuple(units)
        self._book = world.book_of(item)
        self._lots: tuple[_Papered, ...] | None = None

    def missing(self) -> tuple[str, ...]:
        """Return the criteria of the item that some of the units do not meet, in the order required."""
        return tuple(one for one in self._world.catalog.criteria(self._item) if not self._met(one))

    def with_packaging(self, missing: tuple[str, ...]) -> tuple[str, ...]:
        """Return criteria that are missing with packaging among them, in the order required; unasked for: last."""
        order = self._world.catalog.criteria(self._item)
        named = {*missing, Criterion.PACKAGING.value}
        return (*(one for one in order if one in named), *(() if Criterion.PACKAGING in order else (_PACKAGING,)))

    def failed(self, criteria: Iterable[str]) -> tuple[tuple[str, datetime], ...]:
        """Return those of the criteria that units were tested for and did not pass, and when: the last time."""
        dated = ((one, max(self._failures(one), default=None)) for one in criteria)
        return tuple((one, from_micros(when)) for one, when in dated if when is not None)

    def _met(self, criterion: str) -> bool:
        world, units = self._world, self._units
        if criterion == Criterion.PRODUCTION_COMPLETION:
            return all(world.kind(found.place) is not LocationKind.WIP for found in units)
        if criterion == Criterion.SERIALIZATION and world.catalog.item(self._item).tracking is Tracking.SERIAL:
            return self._book is not None and all(self._book.is_serial(found.row) for found in units)
        verdicts = (verdict for _, found, verdict in self._verdicts(criterion) if self._in_question(criterion, found))
        return all(verdict is Verdict.PASSED for verdict in verdicts)

    def _in_question(self, criterion: str, found: Found) -> bool:
        """Tell whether a verdict must speak for a unit: goods approved by quality have inspection's approval."""
        if criterion != Criterion.INSPECTION_APPROVAL:
            return True
        return self._world.state(found.place).quality is not Quality.APPROVED

    def _verdicts(self, criterion: str) -> Iterator[tuple[str, Found, Verdict | None]]:
        """Yield of each unit its lot and its last verdict of a criterion, since it came into being."""
        if self._book is None:
            return
        if self._lots is None:
            self._lots = tuple(self._read(self._book))
        serial = self._book.serial_code
        for lot, here, papers in self._lots:
            verdicts = papers.verdicts(criterion, {serial(found.row) for found in here})
            for found in here:
                yield lot, found, verdicts.get(serial(found.row))

    def _read(self, book: "Book") -> Iterator[_Papered]:
        births = Births(self._world, self._item)
        lots: dict[int, list[Found]] = {}
        for found in self._units:
            lots.setdefault(book.lot[found.row], []).append(found)
        for lot, here in lots.items():
            code = book.code(lot)
            body = self._world.body(quality_stream(self._item, code))
            papers = body if isinstance(body, Papers) else NO_PAPERS
            if papers.since(births.now) is papers:  # all of them saw the stock as it stands: nothing came after them
                yield _Papered(code, tuple(here), papers)
                continue
            together: dict[Seen, list[Found]] = {}
            for found in here:
                together.setdefault(births.latest(found.row), []).append(found)
            for born, units in together.items():
                yield _Papered(code, tuple(units), papers.since(born))

    def _failures(self, criterion: str) -> Iterator[int]:
        """Yield when units were tested and did not pass, in microseconds, where that was the last word on them."""
        for lot, found, verdict in self._verdicts(criterion):
            if verdict is Verdict.FAILED and self._in_question(criterion, found) and self._book is not None:
                yield _failed_at(
                    self._world, quality_stream(self._item, lot), criterion, self._book.serial_code(found.row)
                )


def _failed_at(world: "World", stream: Stream, criterion: str, serial: str) -> int:
    """Return when the last verdict of a criterion on a unit took effect. O(tests of the lot)."""
    number, when = world.find(stream), 0
    for commit in map(world.commit, commits_of(world, stream)):
        for kind, change in changes(commit):
            if kind == w.RECORD and change[1] == number and _speaks(change[3], criterion, serial):
                when = commit[0]
    return when


def _speaks(event: object, criterion: str, serial: str) -> bool:
    return (
        isinstance(event, TestRecorded)
        and event.criterion == criterion
        and (not event.serials or serial in event.serials)
    )


class Births:
    """When goods of an item came into being, as versions of the stock at each site; each commit is read once."""

    def __init__(self, world: "World", item: str) -> None:
        self.world = world
        self.shelves: list[int] = list(shelves(world, item))
        self._born: dict[int, dict[tuple[int, int], int]] = {}

    @property
    def now(self) -> Seen:
        """How far the stock is at each site: nothing came into being later."""
        return tuple((shelf.site, shelf.version) for shelf in map(self.world.shelf, self.shelves))

    def latest(self, row: int) -> Seen:
        """Return, for each site, the last version with which any of a lot or serial came into being there."""
        return tuple(found for number in self.shelves if (found := self._at(number, row))[1])

    def _at(self, number: int, row: int) -> tuple[str, int]:
        shelf = self.world.shelf(number)
        latest = 0
        for parcel in shelf.parcels_of(row):
            for _, commit, change, _ in entries(shelf.rows[parcel][2]):
                if change > 0:
                    latest = max(latest, self._of(commit).get((number, parcel), 0))
        return shelf.site, latest

    def _of(self, commit: int) -> dict[tuple[int, int], int]:
        born = self._born.get(commit)
        if born is None:
            born = self._born[commit] = {}
            for kind, change in changes(self.world.commit(commit)):
                if kind == w.POST:
                    for at in range(4, len(change), 4):
                        movement, parcel, quantity, _ = change[at : at + 4]
                        if quantity > 0 and RULES[MOVEMENTS[movement]].counterpart is not None:
                            born[change[1], parcel] = change[2] + 1
        return born
