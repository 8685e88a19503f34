"""A judgement that holds from an earlier moment: the state changes wherever the goods have been since."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from prodstock.stock.history import entries
from prodstock.stock.movement import Movement
from prodstock.stock.place import OURS
from prodstock.stock.selection import Found, shelves

if TYPE_CHECKING:
    from collections.abc import Iterator

    from prodstock.stock.aside import Aside
    from prodstock.stock.draft import Draft
    from prodstock.stock.place import Place
    from prodstock.stock.selection import Selection


Stay: TypeAlias = tuple[tuple[int, int], ...]
"""How much of a parcel was there from a moment on: moments, each with how much more or less than before."""


def stay(draft: Draft, found: Found, most: int | None) -> Stay:
    """Return how much of a parcel was there from the draft's moment until now, at most so much of it.

    Goods that came at an instant are there at it, and what left at it is not. O(history of the parcel).
    """
    shelf = draft.world.shelf(found.shelf)
    changed: dict[int, int] = {draft.effective: 0}
    for when, _, change, _ in entries(shelf.rows[found.parcel][2]):
        moment = max(when, draft.effective)
        changed[moment] = changed.get(moment, 0) + change
    steps, there, before = [], 0, 0
    for moment, change in sorted(changed.items()):
        there += change
        now = max(there if most is None else min(there, most), 0)
        if now != before:
            steps.append((moment, now - before))
        before = now
    return tuple(steps)


def gone(draft: Draft, selection: Selection) -> Iterator[Found]:
    """Yield the parcels in real places that goods were in and are no more, by site, then the oldest first.

    What is not ours is meant only where its owner is named.
    """
    from_all = selection.names("owner")
    world = draft.world
    for number in shelves(world, selection.item, selection.site):
        shelf = world.shelf(number)
        for parcel in sorted(p for row in set(selection.rows) for p in shelf.parcels_of(row)):
            quantity, reserved, _ = shelf.rows[parcel]
            place = world.places.name(shelf.place[parcel])
            if quantity <= 0 and shelf.real[parcel] and selection.fits(place) and (from_all or place.owner == OURS):
                yield Found(number, parcel, shelf.ident[parcel], place, quantity, reserved)


class Rejudged(NamedTuple):
    """Goods that a judgement finds in another state: where they were, in which state now, how long, what is told."""

    found: Found
    target: Place
    stay: Stay
    aside: Aside | None


def rejudge(draft: Draft, judged: list[Rejudged]) -> None:
    """Move goods from a state to another for as long as they were there; nothing that moved later is touched.

    When some of them left, as much returns to the state in which it left; when some came, as much changes state then.
    """
    for one in judged:
        draft.touch(one.found.shelf)
    steps = [(moment, change, one) for one in judged for moment, change in one.stay]
    for moment, change, (found, target, told, aside) in sorted(steps, key=_moment):
        draft.at(moment)
        beside = aside if len(told) == 1 else None
        draft.leg(Movement.JUDGEMENT, found.shelf, found.parcel, -change, aside=beside and beside.opposite())
        draft.put(Movement.JUDGEMENT, found.shelf, found.row, target, change, aside=beside)
    draft.at(draft.effective)


def _moment(step: tuple[int, int, Rejudged]) -> int:
    return step[0]
