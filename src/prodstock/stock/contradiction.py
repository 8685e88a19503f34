"""What was done with goods in good faith, and a judgement recorded later says they were not fit for."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

import attrs

from prodstock._render import figure
from prodstock.calendars.zone import from_micros
from prodstock.master.codes import ItemCode
from prodstock.master.quality_state import Quality
from prodstock.quantities.scaled import from_scaled
from prodstock.stock import world as w
from prodstock.stock.changes import changes
from prodstock.stock.history import entries
from prodstock.stock.lot import LotCode, SerialCode
from prodstock.stock.movement import MOVEMENTS, Movement
from prodstock.stock.selection import shelves
from prodstock.stock.status import Purpose, Release, release_after

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from prodstock.stock.place import Place
    from prodstock.stock.selection import Selection
    from prodstock.stock.world import World


@attrs.frozen(repr=False)
class Contradiction:
    """A movement or a reservation of goods that were not fit for it, as is known since.

    Attributes:
        movement: what was done: goods were shipped, issued, used up, released or reserved.
        item: the item.
        lot: the lot; empty for an item that is not tracked.
        serial: the serial, or None.
        quantity: how much, in the base unit.
        unit: the base unit.
        ref: the demand or production order that it was done for; empty for a release.
        effective_at: when it was done. UTC.
        quality: the state that the judgement says they were in.
        since: from when the judgement says so. UTC.
    """

    movement: Movement
    item: ItemCode
    lot: LotCode
    serial: SerialCode | None
    quantity: Decimal
    unit: str
    ref: str
    effective_at: datetime
    quality: str
    since: datetime

    def __repr__(self) -> str:
        what, much = f"{self.serial or self.lot or self.item}"[:25], figure(self.quantity)
        return f"<Contradiction {self.movement} {much} {what} for {self.ref[:25]}, {self.quality[:15]} then>"


class Judged(NamedTuple):
    """A parcel whose goods a judgement says were in another state: shelf, parcel, and the place they were moved to."""

    shelf: int
    parcel: int
    target: Place


_PURPOSE = {
    Movement.SHIPMENT: Purpose.SALE,
    Movement.ISSUE: Purpose.PRODUCTION,
    Movement.CONSUMPTION: Purpose.PRODUCTION,
    Movement.RESERVATION: Purpose.PRODUCTION,
}


def contradicted(world: World, judged: Iterable[Judged], since: int, before: int) -> list[Contradiction]:
    """Return what was done with goods that a judgement contradicts, in the order in which it was done.

    What was taken back since is not among it. O(history of the parcels).

    Args:
        world: the state.
        judged: the parcels, with the places that say the state.
        since: from when the judgement holds, in microseconds; what was done at that instant came before it.
        before: the number of the judgement's own commit: what was recorded later was decided knowing it.
    """
    found = [
        (when, number, one, movement, quantity)
        for one in judged
        for when, number, movement, quantity in _done(world, one, since, before)
        if not _fit(world, movement, one.target)
    ]
    found.sort(key=lambda entry: entry[:2])
    return [_line(world, *entry, since) for entry in found]


def _fit(world: World, movement: Movement, place: Place) -> bool:
    """Tell whether goods in a state may be used so: by the table that those ask who take stock."""
    state = world.state(place)
    if movement is Movement.RELEASE:
        return state.quality is Quality.APPROVED
    return movement not in _PURPOSE or state.serves(_PURPOSE[movement])


def _done(world: World, judged: Judged, since: int, before: int) -> Iterator[tuple[int, int, Movement, int]]:
    """Yield what took from a parcel after a moment: when, the commit, the movement and how much."""
    seen: set[int] = set()
    for when, number, _, _ in entries(world.shelf(judged.shelf).rows[judged.parcel][2]):
        if when <= since or number >= before or number in seen:
            continue
        seen.add(number)
        if world.reversed_by(number) is None and not _takes_back(world, number):
            for movement, quantity, reserved in _legs(world, number, judged):
                if quantity < 0:
                    yield when, number, movement, -quantity
                elif reserved > 0:
                    yield when, number, movement, reserved


def _takes_back(world: World, number: int) -> bool:
    return any(kind == w.REVERSES for kind, _ in changes(world.commit(number)))


def _legs(world: World, number: int, judged: Judged) -> Iterator[tuple[Movement, int, int]]:
    for kind, change in changes(world.commit(number)):
        if kind == w.POST and change[1] == judged.shelf:
            for at in range(4, len(change), 4):
                if change[at + 1] == judged.parcel:
                    yield MOVEMENTS[change[at]], change[at + 2], change[at + 3]


def _line(
    world: World, when: int, number: int, judged: Judged, movement: Movement, quantity: int, since: int
) -> Contradiction:
    shelf = world.shelf(judged.shelf)
    item = world.catalog.item(shelf.item)
    book, row = world.book(shelf.book), shelf.ident[judged.parcel]
    return Contradiction(
        movement,
        ItemCode(item.code),
        LotCode(book.lot_code(row)),
        SerialCode(book.code(row)) if book.is_serial(row) else None,
        from_scaled(quantity, item.scale),
        item.unit,
        _for_what(world, number, judged, movement),
        from_micros(when),
        judged.target.quality,
        from_micros(since),
    )


def _for_what(world: World, number: int, judged: Judged, movement: Movement) -> str:
    """Return the demand or order that a commit moved or reserved a parcel for."""
    shelf = world.shelf(judged.shelf)
    row = shelf.ident[judged.parcel]
    for kind, change in changes(world.commit(number)):
        if kind == w.CLAIM and movement is Movement.RESERVATION:
            if any(tuple(change[at : at + 2]) == judged[:2] for at in range(5, len(change), 4)):
                return world.names.name(change[1]).partition(":")[2]
        elif kind == w.POST and change[1] == judged.shelf and movement is not Movement.RESERVATION:
            for at in range(4, len(change), 4):
                if MOVEMENTS[change[at]] is movement and shelf.ident[change[at + 1]] == row:
                    holder = world.places.name(shelf.place[change[at + 1]]).holder
                    if holder:
                        return holder
    return ""


def late_judgements(world: World, selection: Selection) -> Iterator[tuple[int, list[Judged]]]:
    """Yield the judgements of goods that were recorded after they took effect and still stand, oldest first.

    Each with its commit's number and the parcels it says something else of. O(history of the goods).
    """
    rows = set(selection.rows)
    for number in sorted(_judging(world, selection)):
        commit = world.commit(number)
        if commit[0] < commit[1] and world.reversed_by(number) is None and not _takes_back(world, number):
            judged = [one for one in _judged(world, number) if world.shelf(one.shelf).ident[one.parcel] in rows]
            if judged:
                yield number, judged


def _judging(world: World, selection: Selection) -> set[int]:
    found: set[int] = set()
    for number in shelves(world, selection.item, selection.site):
        shelf = world.shelf(number)
        for row in selection.rows:
            for parcel in shelf.parcels_of(row):
                found.update(commit for _, commit, _, _ in entries(shelf.rows[parcel][2]))
    return found


def _judged(world: World, number: int) -> Iterator[Judged]:
    """Yield what a judgement took from, each with where it brought it: the first movement of a parcel says which."""
    first: dict[tuple[int, int], int] = {}
    for kind, change in changes(world.commit(number)):
        if kind == w.POST:
            for at in range(4, len(change), 4):
                if MOVEMENTS[change[at]] is Movement.JUDGEMENT and change[at + 2]:
                    first.setdefault((change[1], change[at + 1]), change[at + 2])
    brought = [key for key, change in first.items() if change > 0]
    for (shelf, parcel), moved in first.items():
        if moved < 0:
            target = next(_targets(world, brought, shelf, parcel), None)
            if target is not None:
                yield Judged(shelf, parcel, target)


def _targets(world: World, brought: list[tuple[int, int]], number: int, parcel: int) -> Iterator[Place]:
    shelf = world.shelf(number)
    start = world.places.name(shelf.place[parcel])
    for other_shelf, other in brought:
        if other_shelf == number and shelf.ident[other] == shelf.ident[parcel]:
            end = world.places.name(shelf.place[other])
            release = release_after(world.state(end).quality, Release(start.release)).value
            if start._replace(quality=end.quality, reason=end.reason, release=release) == end:
                yield end
