"""Answers of quality: the evidence kept, and for goods that await release what each still lacks."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

import attrs

from prodstock._render import short
from prodstock.calendars.zone import from_micros
from prodstock.journal.stream import quality_stream
from prodstock.master.codes import ItemCode
from prodstock.master.location import LocationKind
from prodstock.quality.inspection import TestRecorded, Verdict, by_lot
from prodstock.quality.packaging import Packaging
from prodstock.quality.release import missing_criteria
from prodstock.quantities.scaled import from_scaled
from prodstock.stock import world as w
from prodstock.stock.changes import changes
from prodstock.stock.contradiction import contradicted, late_judgements
from prodstock.stock.goods import Goods
from prodstock.stock.lot import LotCode, SerialCode
from prodstock.stock.order_ledger import commits_of
from prodstock.stock.selection import parcels, select
from prodstock.stock.status import Release
from prodstock.tables import Table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from prodstock.stock.asking import Ask
    from prodstock.stock.contradiction import Contradiction
    from prodstock.stock.goods import GoodsRef
    from prodstock.stock.world import World


@attrs.frozen(repr=False)
class VerdictLine:
    """A test in a lot's papers: what, when, by whom.

    Attributes:
        item: the item.
        lot: the lot; empty for an item that is not tracked.
        criterion: what was tested.
        verdict: what it said.
        at: when it took effect.
        by: who said so.
        because: why, if that was said.
        serials: the serials concerned; empty: the whole lot.
        evidence: where to read about it.
    """

    item: ItemCode
    lot: LotCode
    criterion: str
    verdict: Verdict
    at: datetime
    by: str
    because: str
    serials: tuple[str, ...]
    evidence: str

    def __repr__(self) -> str:
        what = f"{self.item[:30]} {self.lot[:20]} {self.criterion[:30]}"
        return short(f"<VerdictLine {what} {self.verdict} by {self.by[:20]}>")


@attrs.frozen(repr=False)
class Waiting:
    """Goods that await release, and what they lack.

    Attributes:
        item: the item.
        lot: the lot; empty for an item that is not tracked.
        serial: the serial, or None.
        quantity: how much, in the base unit.
        unit: the base unit.
        location: where.
        quality: the quality state; goods that are not approved are not released, whatever their papers say.
        missing: the criteria that are not met, in the order required; empty: ready.
    """

    item: ItemCode
    lot: LotCode
    serial: SerialCode | None
    quantity: Decimal
    unit: str
    location: str
    quality: str
    missing: tuple[str, ...]

    @property
    def ready(self) -> bool:
        """Whether nothing is missing and quality has approved it."""
        return not self.missing and self.quality == "approved"

    def __repr__(self) -> str:
        lacks = f"lacks {', '.join(self.missing)}"[:50] if self.missing else self.quality
        what = f"{(self.serial or self.lot)[:40]} {self.quantity:f} {self.unit[:10]} {self.item[:30]}"
        return short(f"<Waiting {what} {lacks}>")


def verdicts_of(world: World, goods: GoodsRef) -> Table[VerdictLine]:
    """Return all tests in the papers of goods, oldest first by lot; failed ones and those overruled since included.

    Raises:
        UnknownCode, AmbiguousCode: if the goods are not to be found.
    """
    selection = select(world, goods)
    return Table(
        line for lot, serials in by_lot(selection) for line in _lines(world, selection.item, lot, frozenset(serials))
    )


def _lines(world: World, item: str, lot: str, wanted: frozenset[str]) -> Iterator[VerdictLine]:
    stream = quality_stream(item, lot)
    number = world.find(stream)
    for commit_number in commits_of(world, stream):
        commit = world.commit(commit_number)
        by, because, _ = commit[2] or ("", "", "")
        for kind, change in changes(commit):
            if kind == w.RECORD and change[1] == number:
                test: TestRecorded = change[3]
                if not wanted or not test.serials or wanted.intersection(test.serials):
                    yield VerdictLine(
                        ItemCode(item),
                        LotCode(lot),
                        test.criterion,
                        test.verdict,
                        from_micros(commit[0]),
                        by,
                        because,
                        test.serials,
                        test.evidence,
                    )


def waiting(world: World, goods: GoodsRef) -> Table[Waiting]:
    """Return the goods that await release with what each of them lacks, oldest first, WIP included.

    Where the order that made them owes packaging, those beyond what it suffices for lack it: which units were packed
    nobody was told, so the oldest go first.

    Raises:
        UnknownCode, AmbiguousCode: if the goods are not to be found.
    """
    selection = select(world, goods)
    book = world.book_of(selection.item)
    item = world.catalog.item(selection.item)
    packaging = Packaging(world, selection.item)
    rows = []
    for found in parcels(world, selection):
        kind = world.kind(found.place)
        if (
            book is not None
            and found.place.release == Release.AWAITING
            and kind.real
            and kind is not LocationKind.SCRAP
        ):
            rows.append(
                Waiting(
                    ItemCode(item.code),
                    LotCode(book.lot_code(found.row)),
                    SerialCode(book.serial_code(found.row)) if book.is_serial(found.row) else None,
                    from_scaled(found.quantity, item.scale),
                    item.unit,
                    found.place.location,
                    found.place.quality,
                    missing_criteria(world, found, packaging),
                )
            )
    return Table(rows)


def _contradicted(world: World, goods: GoodsRef) -> Iterator[Contradiction]:
    for number, judged in late_judgements(world, select(world, goods)):
        yield from contradicted(world, judged, world.commit(number)[0], number)


class QualityAnswers:
    """Questions about quality. Each reads the plant as it is at that moment."""

    def __init__(self, ask: Ask, ask_all: Ask) -> None:
        self._ask = ask
        self._ask_all = ask_all

    def tests(self, goods: GoodsRef) -> Table[VerdictLine]:
        """Return the tests and papers recorded for goods, oldest first."""
        return self._ask(lambda world: verdicts_of(world, goods))

    def contradicted(self, goods: GoodsRef | None = None) -> Table[Contradiction]:
        """Return what was done with goods before a judgement was known that holds from an earlier moment.

        Shipments, issues, what was used up, releases and reservations that would have been refused, oldest first by
        judgement; None: of all items, by their codes. A judgement that was taken back contradicts nothing.

        Raises:
            UnknownCode, AmbiguousCode: if the goods are not to be found.
        """
        if goods is not None:
            return self._ask(lambda world: Table(_contradicted(world, goods)))

        def answer(world: World) -> Table[Contradiction]:
            codes = sorted(item.code for item in world.catalog.items)
            return Table(line for code in codes for line in _contradicted(world, Goods(code)))

        return self._ask_all(answer)

    def waiting(self, goods: GoodsRef | None = None) -> Table[Waiting]:
        """Return what of goods awaits release, and what is missing for it; None: of all items, by their codes."""
        if goods is not None:
            return self._ask(lambda world: waiting(world, goods))

        def answer(world: World) -> Table[Waiting]:
            codes = sorted(item.code for item in world.catalog.items)
            return Table(line for code in codes for line in waiting(world, Goods(code)))

        return self._ask_all(answer)
