"""Second quantities (catch weight): what was measured of a lot beside what is counted, and the lot's own factor."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

import attrs

from prodstock.errors import InvalidValueError
from prodstock.journal.stream import stock_stream
from prodstock.quantities.quantity import Quantity
from prodstock.quantities.rounding import Rounding, round_scaled
from prodstock.quantities.scaled import from_scaled
from prodstock.quantities.unit import unit_or_own
from prodstock.stock.aside import posts
from prodstock.stock.history import entries
from prodstock.stock.movement import MOVEMENTS, Movement

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from prodstock.master.item import Item
    from prodstock.stock.aside import Aside
    from prodstock.stock.selection import Selection
    from prodstock.stock.world import World

_ENTRIES = frozenset({Movement.RECEIPT, Movement.OPENING})


@attrs.frozen(repr=False)
class SecondQuantity:
    """What is known of the second quantity of a lot: only what was measured, nothing is guessed.

    Attributes:
        received: what was measured when it came in, less what of that was taken back.
        balance: that, less what left and more what came back with a second quantity of its own. Goods that move within
            our real locations stay in it.
        covers: the base quantity that the balance was measured with.
        complete: whether that is all that is there: the balance is then that of the goods. It is not where goods came,
            left or were consumed without having been measured.
        factor: how many base units one of the second unit is in this lot, by what was received; None: nothing was.
    """

    received: Quantity
    balance: Quantity
    covers: Decimal
    complete: bool
    factor: Fraction | None

    def __repr__(self) -> str:
        return f"<SecondQuantity {self.balance} of {self.covers:f}{'' if self.complete else ', not of all'}>"


class Told(NamedTuple):
    """A movement beside which something is told."""

    commit: int
    movement: Movement
    shelf: int
    parcel: int
    quantity: int
    aside: Aside


def told_of(world: World, item: str, rows: Iterable[int]) -> list[Told]:
    """Return the movements of lots or serials (by row) at all sites beside which something is told, as recorded.

    Of those of one moment first those at the first site, by code. O(movements of theirs).
    """
    found: list[Told] = []
    wanted = tuple(rows)
    for site in world.catalog.sites if wanted else ():
        number = world.find(stock_stream(item, site.code))
        if number < 0:
            continue
        shelf = world.shelf(number)
        mine = {parcel for row in wanted for parcel in shelf.parcels_of(row)}
        commits = {commit for parcel in mine for _, commit, _, _ in entries(shelf.rows[parcel][2])}
        found += [told for commit in sorted(commits) for told in _told(world, commit, number, mine)]
    return sorted(found, key=lambda told: world.commit(told.commit)[1])


def _told(world: World, commit: int, number: int, mine: set[int]) -> Iterator[Told]:
    for change, beside in posts(world.commit(commit)):
        if change[1] == number:
            for at, aside in beside.items():
                movement, parcel, quantity = change[4 + 4 * at : 7 + 4 * at]
                if parcel in mine:
                    yield Told(commit, MOVEMENTS[movement], number, parcel, quantity, aside)


def second_of(world: World, item: Item, tolds: Iterable[Told], physical: int) -> SecondQuantity | None:
    """Return what is known of a lot's second quantity, or None if nothing was ever measured.

    Args:
        world: the state.
        item: the lot's item.
        tolds: what was told beside its movements.
        physical: how much is there, in steps.
    """
    measured = [(told, told.aside.second) for told in tolds if told.aside.second is not None]
    if not measured:
        return None
    zero = measured[0][1] * 0
    received, balance, base, covers = zero, zero, 0, 0
    for told, second in measured:
        if world.kind(world.places.name(world.shelf(told.shelf).place[told.parcel])).real:
            balance, covers = balance + second, covers + told.quantity
        if told.movement in _ENTRIES:
            received, base = received + second, base + told.quantity
    factor = Fraction(base, 10**item.scale) / received.exact if base > 0 and received.exact > 0 else None
    return SecondQuantity(received, balance, from_scaled(covers, item.scale), covers == physical, factor)


def check_second(item: Item, tolds: Iterable[Told], second: Quantity) -> None:
    """Do nothing if a second quantity can be kept for a lot.

    Raises:
        InvalidValueError: if its unit measures what the base unit does, or not what was measured of the lot before.
    """
    if unit_or_own(second.unit).dimension == unit_or_own(item.unit).dimension:
        reason = f"measures what the base unit of {item.code} does ({item.unit})"
        advice = "Give it as the quantity; a second quantity is another measure of the same goods"
        raise InvalidValueError(field="second", value=second, reason=reason, advice=advice)
    for told in tolds:
        before = told.aside.second
        if before is not None and unit_or_own(before.unit).dimension != unit_or_own(second.unit).dimension:
            reason, advice = f"does not measure what {before.unit} does", f"Give it in {before.unit}, as before"
            raise InvalidValueError(field="second", value=second, reason=reason, advice=advice)


def measured(world: World, selection: Selection, second: Quantity, parcels: int) -> None:
    """Do nothing if a second quantity can be that of goods that a selection draws from so many parcels.

    Raises:
        InvalidValueError: if it is given for several parcels, or measures what the lot's second quantity does not.
    """
    if parcels != 1:
        reason = f"is given for {selection.label}, which lies in {parcels} places or lots"
        advice = "Name the lot and the location, or take them one after the other"
        raise InvalidValueError(field="second", value=second, reason=reason, advice=advice)
    tolds = told_of(world, selection.item, selection.rows)
    check_second(world.catalog.item(selection.item), tolds, second)


def steps_by_lot(world: World, item: Item, tolds: Iterable[Told], quantity: Quantity) -> int | None:
    """Return a quantity in a lot's second unit as steps of its item by the lot's own factor, or None if it has none.

    Rounded up, as a need is: who asks for 3 kg of pieces gets the pieces that weigh 3 kg or more.
    """
    known = second_of(world, item, tolds, 0)
    if known is None or known.factor is None:
        return None
    if unit_or_own(known.received.unit).dimension != unit_or_own(quantity.unit).dimension:
        return None
    return round_scaled(quantity.to(known.received.unit).exact * known.factor, item.scale, Rounding.NEED)
