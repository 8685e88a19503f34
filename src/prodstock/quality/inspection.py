"""Tests and their verdicts: evidence, kept by lot and by serial. A verdict moves nothing; judging and releasing do."""

from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import TYPE_CHECKING, ClassVar, TypeAlias

import attrs

from prodstock.calendars.zone import from_micros
from prodstock.errors import InvalidValueError, NotAllowed, Refused, UnknownCode, nearest
from prodstock.journal.command import Command
from prodstock.journal.commit import RecordEvent, known
from prodstock.journal.stream import quality_stream
from prodstock.master import checks
from prodstock.master.codes import ItemCode, code, text
from prodstock.master.release_criteria import Criterion
from prodstock.stock.deciding import decides
from prodstock.stock.goods import Goods, Output
from prodstock.stock.history import entries
from prodstock.stock.lot import LotCode, SerialCode
from prodstock.stock.receipt import Receipt
from prodstock.stock.selection import Selection, select, shelves
from prodstock.tables import Table

if TYPE_CHECKING:
    from prodstock.master.catalog import Catalog
    from prodstock.stock.draft import Draft


class Verdict(StrEnum):
    """What a test said."""

    PASSED = "passed"
    FAILED = "failed"


def criterion_code(value: str) -> str:
    """Return the code of a criterion in its normal form."""
    return code(value, "criterion")


def evidence_text(value: str) -> str:
    """Return what says where to read about a test."""
    return text(value, "evidence")


Seen: TypeAlias = tuple[tuple[str, int], ...]
"""Sites and the version of an item's stock at each, sorted."""


@attrs.frozen
class TestRecorded(RecordEvent):
    """A test of a lot, or of some of its serials, had a verdict.

    Attributes:
        criterion: what was tested.
        verdict: what it said.
        serials: the serials concerned; empty: the whole lot.
        evidence: where to read about it: a document, a file's hash, a measurement.
        seen: how far the item's stock was at each site, as versions of its streams: what came into being later is not
            what was tested.
    """

    __test__: ClassVar[bool] = False  # its name is no test's, whatever a test runner thinks

    criterion: str
    verdict: Verdict
    serials: tuple[str, ...] = ()
    evidence: str = ""
    seen: Seen = ()

    def saw(self, born: Seen) -> bool:
        """Tell whether goods that came into being so far were there when this was recorded."""
        seen = dict(self.seen)
        return all(seen.get(site, 0) >= at for site, at in born)

    def on(self, state: object) -> "Papers":
        """Return the lot's papers with this one on top."""
        before = () if state is None else known(state, Papers).tests
        return Papers((*before, self))


@attrs.frozen(repr=False)
class Papers:
    """What was recorded about the quality of a lot, oldest first."""

    tests: tuple[TestRecorded, ...] = ()

    def since(self, born: Seen) -> "Papers":
        """Return those that were written when goods that came into being so far were there already."""
        later = tuple(test for test in self.tests if test.seen == born or test.saw(born))
        return self if len(later) == len(self.tests) else Papers(later)

    def verdicts(self, criterion: str, serials: Iterable[str]) -> dict[str, Verdict]:
        """Return the last verdict of a criterion for each of some units; a unit without any is left out.

        The unit of goods without serials is the empty text. O(tests of the lot), newest first.
        """
        open_units = set(serials)
        found: dict[str, Verdict] = {}
        for test in reversed(self.tests):
            if not open_units:
                break
            if test.criterion == criterion:
                concerned = open_units.intersection(test.serials) if test.serials else open_units
                found.update(dict.fromkeys(concerned, test.verdict))
                open_units = open_units - concerned
        return found

    def __repr__(self) -> str:
        return f"<Papers of {len(self.tests)} tests>"


NO_PAPERS = Papers()


@attrs.frozen(repr=False)
class Evidence:
    """What was recorded: the goods, the criterion and the verdict.

    Attributes:
        item: the item.
        lot: the lot; empty for an item that is not tracked.
        criterion: what was tested.
        verdict: what it said.
        serials: the serials concerned; empty: the whole lot.
        evidence: where to read about it.
    """

    item: ItemCode
    lot: LotCode
    criterion: str
    verdict: Verdict
    serials: tuple[SerialCode, ...] = ()
    evidence: str = ""

    def __repr__(self) -> str:
        units = f", {len(self.serials)} serials" if self.serials else ""
        return f"<Evidence {self.item[:30]} {self.lot[:30]} {self.criterion[:30]} {self.verdict}{units}>"


@attrs.frozen
class Record(Command[Table[Evidence]]):
    """A test had a verdict: for a lot, some serials, or what a receipt or completion brought.

    Args:
        goods: what was tested.
        criterion: what it was tested for: one of the item's release criteria or a built-in one. An item without
            release criteria takes any.
        verdict: what the test said; the last one counts, per unit and criterion.
        evidence: where to read about it.
    """

    goods: Goods | Output | Receipt | str
    criterion: str = attrs.field(converter=criterion_code)
    verdict: Verdict
    evidence: str = attrs.field(kw_only=True, default="", converter=evidence_text)

    def __attrs_post_init__(self) -> None:
        checks.member(self.verdict, Verdict, "verdict")


@decides(Record)
def decide_record(draft: "Draft", command: Record) -> Table[Evidence]:
    """Keep a verdict with the papers of each lot concerned. Stock stays where and as it is.

    Raises:
        UnknownCode, AmbiguousCode: if the goods are not to be found, or the criterion is not one of the item's.
        InvalidValueError: if part of a lot is meant that is not told by serials.
        NotAllowed: if the goods did not exist yet at the moment of the verdict.
        Refused: if there never was any of the goods.
    """
    world = draft.world
    selection = select(world, command.goods)
    check_criterion(world.catalog, selection.item, command.criterion)
    if isinstance(command.goods, Goods) and command.goods.quantity is not None:
        advice = "Leave the quantity out: a verdict is for the whole lot, or for serials"
        raise InvalidValueError(field="quantity", value=command.goods.quantity, reason="has no papers", advice=advice)
    _refuse_unborn(draft, selection)
    found = []
    here = [world.shelf(number) for number in shelves(world, selection.item)]
    seen = tuple((shelf.site, shelf.version) for shelf in here)
    for lot, serials in by_lot(selection):
        event = TestRecorded(command.criterion, command.verdict, serials, command.evidence, seen)
        draft.record(quality_stream(selection.item, lot), event)
        found.append(
            Evidence(
                ItemCode(selection.item),
                LotCode(lot),
                command.criterion,
                command.verdict,
                tuple(map(SerialCode, serials)),
                command.evidence,
            )
        )
    return Table(found)


def _refuse_unborn(draft: "Draft", selection: Selection) -> None:
    """Refuse a verdict on what never was, or was not yet."""
    world = draft.world
    rows = set(selection.rows)
    firsts = [
        next(entries(shelf.rows[parcel][2]))[0]
        for shelf in (world.shelf(number) for number in shelves(world, selection.item))
        for row in rows
        for parcel in shelf.parcels_of(row)
        if shelf.rows[parcel][2]
    ]
    if not firsts:
        advice = "Receive or make them first"
        raise Refused(reason=f"there never was any of {selection.label} to be tested", advice=advice)
    if draft.effective < min(firsts):
        born = f"in being since {from_micros(min(firsts)):%Y-%m-%d %H:%M} UTC"
        asked = f"a verdict of {from_micros(draft.effective):%Y-%m-%d %H:%M} UTC"
        raise NotAllowed(what=selection.label, state=born, asked=asked, advice="Give the moment of the test")


def check_criterion(catalog: "Catalog", item: str, criterion: str) -> None:
    """Refuse a criterion that is neither built in nor one of the item's, if the item has any."""
    wanted = catalog.criteria(item)
    if wanted and criterion not in wanted and criterion not in _BUILT_IN:
        known_codes = [*wanted, *_BUILT_IN]
        raise UnknownCode(kind=f"criterion of {item}", given=criterion, nearest=nearest(criterion, known_codes))


_BUILT_IN = tuple(one.value for one in Criterion)


def by_lot(selection: Selection) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield each lot of a selection with the serials meant, or none where the whole lot is meant, in its order."""
    book = selection.book
    if book is None:
        return
    units: dict[int, list[str]] = {}
    whole = set()
    for row in selection.rows:
        lot = book.lot[row]
        units.setdefault(lot, [])
        if book.is_serial(row):
            units[lot].append(book.code(row))
        else:
            whole.add(lot)
    for lot, serials in units.items():
        if lot or len(units) == 1:
            yield book.code(lot), () if lot in whole else tuple(serials)
