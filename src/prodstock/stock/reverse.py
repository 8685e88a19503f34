"""What was booked by mistake is taken back: the exact opposite of a commit, once."""

from typing import TYPE_CHECKING, Any

import attrs

from prodstock.errors import InvalidTypeError, NotAllowed, UnknownCode
from prodstock.journal.command import Command
from prodstock.journal.commit import Recorded
from prodstock.journal.stream import supply_stream
from prodstock.orders.demand import DemandState
from prodstock.orders.production import ProductionOrder
from prodstock.orders.purchase import SupplyState, TransferOrder
from prodstock.orders.restored import Restored
from prodstock.stock import transit
from prodstock.stock import world as w
from prodstock.stock.aside import Aside, posts
from prodstock.stock.changes import body_before, changes
from prodstock.stock.deciding import decides
from prodstock.stock.events import Leg
from prodstock.stock.judge import shelves_of_lot
from prodstock.stock.movement import MOVEMENTS, Movement
from prodstock.stock.translate import find_commit, legs_of
from prodstock.tables import Table

if TYPE_CHECKING:
    from prodstock.stock.draft import Draft


@attrs.frozen(repr=False)
class Reversal:
    """What was taken back: the commit's name, and the legs as they were booked then."""

    commit: str
    legs: Table[Leg]

    def __repr__(self) -> str:
        return f"<Reversal of {self.commit[:60]}, {len(self.legs)} legs>"


@attrs.frozen
class Reverse(Command[Reversal]):
    """Take a commit back: every leg of it with its sign turned, now unless `at` says otherwise.

    Args:
        commit: the name of the commit, or one of its events: `plant.do(...).events[0]`.
    """

    commit: Recorded | str


_SUPPLY = supply_stream("")
_ADVICE = {
    w.CLAIM: "Void the reservation instead",
    w.CATALOG: "Redefine the catalog again instead",
    w.REVERSES: "Enter what is right anew: a reversal is not taken back",
}


@decides(Reverse)
def decide_reverse(draft: "Draft", command: Reverse) -> Reversal:
    """Take a commit back.

    Papers (demands, supplies, orders) go back to what they said before, and reservations that the commit ended hold
    again what it took from them. What only changed purchase and transfer orders is taken back, too: so a closed one is
    opened again. A count that found what the books said moves nothing, but it no longer stands in the
    way of earlier entries. Where something else has happened since to what they are for, and the commit changed
    no papers of it, the goods come back free.

    Raises:
        UnknownCode: if there is no such commit.
        InvalidValueError: in a world that is read on demand, if the store cannot name its streams.
        NotAllowed: if it was taken back before, is no movement, or papers have moved on since.
        NotEnough: if what it brought is no longer there, or is promised.
    """
    name = command.commit.commit if isinstance(command.commit, Recorded) else command.commit
    if not isinstance(name, str):
        advice = "Give one of its events, or its name"
        raise InvalidTypeError(field="commit", value=name, reason="names no commit", advice=advice)
    world = draft.world
    if world.loaded is not None and w.EVERYTHING not in world.loaded:
        raise w.NeedStreamsError((w.EVERYTHING,))
    number = find_commit(world, name)
    if number < 0:
        raise UnknownCode(kind="commit", given=name, nearest=())
    if world.reversed_by(number) is not None:
        raise NotAllowed(what=f"commit {name}", state="taken back", asked="reverse", advice="It can be taken back once")
    told = list(changes(world.commit(number)))
    only_supplies = all(kind == w.RECORD and world.names.name(change[1]).startswith(_SUPPLY) for kind, change in told)
    moved = [] if only_supplies else _movements(name, told, world.commit(number))
    for change, beside in moved:
        _turn(draft, change, beside)
    for kind, change in told:
        if kind == w.SETTLE and world.record(change[1]).last_commit == number:
            _reopen(draft, change)
        elif kind == w.RECORD:
            _restore(draft, name, number, change[1])
    for lot in {(world.shelf(change[1]).item, change[2]): None for kind, change in told if kind == w.RETEST}:
        _restore_retest(draft, name, number, *lot)
    draft.changes += (w.REVERSES, number)
    return Reversal(name, Table(leg for change, beside in moved for leg in legs_of(world, change, beside)))


def _turn(draft: "Draft", change: tuple[Any, ...], beside: dict[int, Aside]) -> None:
    """Move back what a change of a shelf moved, with what was told beside it."""
    for at in range(4, len(change), 4):
        movement, parcel, quantity, _ = change[at : at + 4]
        counted = MOVEMENTS[movement] is Movement.COUNT  # what was counted is not counted again
        if counted:
            draft.touch(change[1])
        if quantity:
            aside = None if counted else beside.get(at // 4 - 1)
            draft.leg(MOVEMENTS[movement], change[1], parcel, -quantity, aside=aside and aside.opposite())


def _movements(
    name: str, told: list[tuple[int, tuple[Any, ...]]], commit: w.Commit
) -> list[tuple[tuple[Any, ...], dict[int, Aside]]]:
    advice = next((_ADVICE[kind] for kind, _ in told if kind in _ADVICE), None)
    moved = list(posts(commit))
    retested = any(kind == w.RETEST for kind, _ in told)
    counted = any(MOVEMENTS[movement] is Movement.COUNT for change, _ in moved for movement in change[4::4])
    if advice is None and (retested or counted or any(any(change[6::4]) for change, _ in moved)):
        return moved
    advice = advice or "Say what is right by a new command"
    raise NotAllowed(what=f"commit {name}", state="no movement", asked="reverse", advice=advice)


def _reopen(draft: "Draft", change: tuple[Any, ...]) -> None:
    """Reserve again what a change took from a reservation."""
    stream, index = draft.world.names.name(change[1]), change[3]
    lines = draft.bookings(stream)[index].lines
    ended: list[int] = []
    for at in range(6, len(change), 2):
        line, quantity = change[at : at + 2]
        draft.leg(Movement.RESERVATION, lines[4 * line], lines[4 * line + 1], 0, quantity)
        ended += (line, -quantity)
    draft.settle(stream, index, w.PENDING, ended)


def _restore_retest(draft: "Draft", name: str, number: int, item: str, lot: int) -> None:
    """Say of a lot again until when it was good before a commit."""
    book = draft.world.book_of(item)
    if book is None:
        return
    before, said, now = book.retest(lot, known=number), book.retest(lot, known=number + 1), book.retest(lot)
    if now != said:
        advice = "Judge the lot with the retest date that is right"
        raise NotAllowed(what=f"commit {name}", state="overtaken by another retest", asked="reverse", advice=advice)
    if before != now:
        for shelf in shelves_of_lot(draft.world, item, lot):
            draft.renew(shelf, lot, before)


def _restore(draft: "Draft", name: str, number: int, stream: int) -> None:
    world = draft.world
    what = world.names.name(stream)
    before = body_before(world, stream, number)
    if world.record(stream).last_commit != number:
        advice = f"Take back first what happened to {what} since"
        raise NotAllowed(what=f"commit {name}", state=f"overtaken at {what}", asked="reverse", advice=advice)
    if not isinstance(before, DemandState | SupplyState | ProductionOrder):
        advice = "Cancel or close it instead"
        raise NotAllowed(what=f"commit {name}", state=f"the beginning of {what}", asked="reverse", advice=advice)
    if isinstance(before, SupplyState) and draft.untouched():
        _refuse_supply(draft, what, before)
    draft.record(what, Restored(before))


def _refuse_supply(draft: "Draft", stream: str, restored: SupplyState) -> None:
    """Refuse to put an order back to what the definitions, or goods on their way for it, no longer fit."""
    now = draft.world.body(stream)
    if not isinstance(now, SupplyState):
        return
    catalog, order = draft.world.catalog, restored.order
    for site in (order.source, order.site) if isinstance(order, TransferOrder) else (order.site,):
        catalog.site(site)
    rest = catalog.scaled(order.item, restored.open)
    same = isinstance(order, TransferOrder) and transit.ends(order) == transit.ends(now.order)
    transit.refuse_underway(draft.world, now, "reverse", rest if same else 0)
