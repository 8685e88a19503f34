"""Judgements: goods change their quality state, and promises on what is no longer eligible are resolved with it."""

from decimal import Decimal
from typing import TYPE_CHECKING

import attrs

from prodstock.calendars.span import Moment
from prodstock.calendars.zone import end_of, from_micros, micros
from prodstock.errors import InvalidValueError, Refused
from prodstock.journal.command import Command
from prodstock.master.codes import ItemCode, reason_code
from prodstock.master.quality_state import Quality, QualityState
from prodstock.quantities.scaled import from_scaled
from prodstock.stock.aside import aside_of, share
from prodstock.stock.contradiction import Contradiction, Judged, contradicted
from prodstock.stock.deciding import decides
from prodstock.stock.goods import Goods, Output
from prodstock.stock.holds import Hurt, break_holds
from prodstock.stock.late import Rejudged, gone, rejudge, stay
from prodstock.stock.movement import Movement
from prodstock.stock.place import Place
from prodstock.stock.receipt import Receipt
from prodstock.stock.receive import known_quality
from prodstock.stock.selection import Found, Selection, portions, select, shelves
from prodstock.stock.status import Release, check_judgement, may_be_judged, release_after
from prodstock.tables import Table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from prodstock.stock.draft import Draft
    from prodstock.stock.world import World


@attrs.frozen(repr=False)
class Judgement:
    """What a judgement changed: how much of the goods that are here now, and the promises it broke.

    Attributes:
        item: the item.
        quantity: how much of what is here now is in another state, in the base unit.
        unit: the base unit.
        hurt: the reservations that lost stock by it.
        contradicted: of a judgement that holds from an earlier moment, what was done with the goods since and should
            not have been: shipments, issues, what was used up, releases and reservations, with what they were for.
    """

    item: ItemCode
    quantity: Decimal
    unit: str
    hurt: Table[Hurt]
    contradicted: Table[Contradiction] = attrs.field(factory=Table)

    def __repr__(self) -> str:
        what = f"<Judgement of {self.quantity:f} {self.unit[:10]} {self.item[:40]}, {len(self.hurt)} promises hurt"
        return f"{what}, {len(self.contradicted)} contradicted>" if self.contradicted else f"{what}>"


@attrs.frozen
class Judge(Command[Judgement]):
    """Give goods a quality state.

    Args:
        goods: a lot's code, a serial, what a receipt or completion answered, or `Goods` for part of a lot.
        quality: the state.
        reason: the short reason that becomes part of the state, such as `damaged`.
        retest: until when the whole lot is good now, after it was tested anew and approved; a date means the end of
            that day where the lot lies, of several sites the earliest.
    """

    goods: Goods | Output | Receipt | str
    quality: Quality | QualityState
    reason: str = attrs.field(kw_only=True, default="", converter=reason_code)
    retest: Moment | None = attrs.field(kw_only=True, default=None)


@decides(Judge)
def decide_judge(draft: "Draft", command: Judge) -> Judgement:
    """Change the quality state of goods, wherever they really are; of a partial quantity free stock first.

    Reservations on what is no longer eligible are broken in the same commit, the latest made first.

    A judgement of an earlier moment is true of wherever the goods were since: on each day, in each place, they were in
    that state, and what is here now is. What left (shipped, used up) left as it was known then; that and what else
    was done since against the judgement is accepted and listed in the answer. It overrules judgements of later
    moments that were recorded before it. Of a partial quantity no more changes at any moment than was in that place.

    Raises:
        UnknownCode, AmbiguousCode: if the goods are not to be found, or not only they.
        NotAllowed: if the transition is not in the table.
        InvalidValueError: if a retest date is given with another state than approved, for less than one whole lot, or
            lies in the past.
        NotEnough: if there is less than the quantity asked for.
        Refused: if nothing is there, or all of it is in that state already and no retest date is given; of an earlier
            moment, if that was so ever since.
    """
    world = draft.world
    selection = select(world, command.goods)
    quality = known_quality(world, command.quality)
    end = Quality(command.quality) if isinstance(command.quality, Quality) else command.quality.like
    if command.retest is not None:
        _retested(draft, command, selection, end)
    hurt: list[Hurt] = []
    drawn = portions(draft, selection, where=lambda f: _differs(f, quality, command.reason))
    done = sum(quantity for _, quantity in drawn)
    late, label = draft.effective < draft.recorded, selection.label
    judged: list[Rejudged] = []
    for found, quantity in drawn:
        place = found.place
        check_judgement(label, world.quality(place.quality), command.quality, world.catalog.transitions)
        target = _target(place, quality, command.reason, end)
        hurt += break_holds(draft, found, quantity - (found.quantity - found.reserved))
        aside = aside_of(share(selection.entered, quantity, done))
        if late:
            most = None if selection.quantity is None else quantity
            judged.append(Rejudged(found, target, stay(draft, found, most), aside))
        else:
            draft.leg(Movement.JUDGEMENT, found.shelf, found.parcel, -quantity, aside=aside and aside.opposite())
            draft.put(Movement.JUDGEMENT, found.shelf, found.row, target, quantity, aside=aside)
    if late and selection.quantity is None:
        judged += _gone(draft, selection, quality, command, end)
    if not done and not judged and command.retest is None:
        raise Refused(reason=f"{selection.label} is {quality} already, or none of it is here")
    item = world.catalog.item(selection.item)
    if judged:
        rejudge(draft, judged)
    sources = [Judged(one.found.shelf, one.found.parcel, one.target) for one in judged]
    contradictions = contradicted(world, sources, draft.effective, len(world)) if sources else ()
    quantity_now = from_scaled(done, item.scale)
    return Judgement(ItemCode(item.code), quantity_now, item.unit, Table(hurt), Table(contradictions))


def _target(place: Place, quality: str, reason: str, end: Quality) -> Place:
    """Return a place with the state that goods in it have after a judgement."""
    return place._replace(quality=quality, reason=reason, release=release_after(end, Release(place.release)).value)


def _gone(draft: "Draft", selection: Selection, quality: str, command: Judge, end: Quality) -> "Iterator[Rejudged]":
    """Yield where goods were since the moment of the judgement and are no more, if they could be judged so."""
    world = draft.world
    for found in gone(draft, selection):
        told = stay(draft, found, None) if _differs(found, quality, command.reason) else ()
        if told and may_be_judged(world.quality(found.place.quality), command.quality, world.catalog.transitions):
            target = _target(found.place, quality, command.reason, end)
            yield Rejudged(found, target, told, None)


def _differs(found: Found, quality: str, reason: str) -> bool:
    return (found.place.quality, found.place.reason) != (quality, reason)


def _retested(draft: "Draft", command: Judge, selection: Selection, end: Quality) -> None:
    """Say on every shelf of a lot until when it is good now."""
    if end is not Quality.APPROVED:
        reason, advice = f"is given with {end}", "Only what is approved is good for longer"
        raise InvalidValueError(field="retest", value=command.retest, reason=reason, advice=advice)
    lot = _whole_lot(command, selection)
    world = draft.world
    numbers = shelves_of_lot(world, selection.item, lot)
    zones = [world.catalog.zone(world.shelf(number).site) for number in numbers]
    moment: Moment = command.retest  # type: ignore[assignment]  # asked for only where it is given
    until = min((micros(end_of(moment, zone)) for zone in zones), default=draft.effective)
    if until <= draft.effective:
        reason = f"does not lie after the test ({from_micros(draft.effective):%Y-%m-%d %H:%M} UTC)"
        raise InvalidValueError(field="retest", value=command.retest, reason=reason)
    for number in numbers:
        draft.renew(number, lot, until)


def _whole_lot(command: Judge, selection: Selection) -> int:
    """Return the row of the lot that a selection is, all of it."""
    goods, book = command.goods, selection.book
    part = isinstance(goods, Goods) and (goods.serials or goods.narrow() or goods.site or goods.quantity is not None)
    lots = set() if book is None else {book.lot[row] for row in selection.rows}
    if part or lots != {row for row in selection.rows if row in lots} or len(lots) != 1 or lots == {0}:
        reason, advice = "is given for goods that are not one whole lot", 'Judge Goods("ITEM", lot="LOT")'
        raise InvalidValueError(field="retest", value=command.retest, reason=reason, advice=advice)
    return lots.pop()


def shelves_of_lot(world: "World", item: str, lot: int) -> list[int]:
    """Return the shelves that ever held something of a lot, in the order of the sites' codes."""
    book = world.book_of(item)
    rows = () if book is None else (lot, *book.serials(lot))
    found = []
    for number in shelves(world, item):
        shelf = world.shelf(number)
        if any(next(shelf.parcels_of(row), -1) >= 0 for row in rows):
            found.append(number)
    return found
