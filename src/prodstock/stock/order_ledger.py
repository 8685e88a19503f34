"""What moved for a production order: the legs of its own commits, read where they stand. There is no index to keep."""

from __future__ import annotations

from struct import Struct
from typing import TYPE_CHECKING, NamedTuple

from prodstock.errors import UnknownCode
from prodstock.journal.stream import order_stream, stock_stream
from prodstock.orders.production import ProductionOrder
from prodstock.stock import world as w
from prodstock.stock.changes import changes
from prodstock.stock.movement import MOVEMENTS, Movement

if TYPE_CHECKING:
    from collections.abc import Iterator

    from prodstock.journal.stream import Stream
    from prodstock.stock.draft import Draft
    from prodstock.stock.world import World

_COMMIT = Struct("<I")


class OrderLeg(NamedTuple):
    """One movement of a parcel in an order's segment: in its WIP, that is.

    Attributes:
        commit: the number of the commit.
        effective: when it took effect, in microseconds.
        movement: what it was.
        shelf: the shelf's number.
        parcel: the parcel's number there.
        row: the lot's or serial's row in its book.
        change: the change of the quantity, in the item's smallest steps.
    """

    commit: int
    effective: int
    movement: Movement
    shelf: int
    parcel: int
    row: int
    change: int

    @property
    def when(self) -> tuple[int, int]:
        """The order of happening: by effect, then as recorded."""
        return self.effective, self.commit


def find_order(draft: Draft, given: ProductionOrder | str) -> tuple[Stream, ProductionOrder]:
    """Return the stream of a production order and the order as it stands.

    Raises:
        UnknownCode: if there is no such order.
    """
    code = given.code if isinstance(given, ProductionOrder) else given
    stream = order_stream(code)
    body = draft.body(stream)
    if not isinstance(body, ProductionOrder):
        raise UnknownCode(kind="production order", given=code, nearest=draft.world.near(code, "order"))
    return stream, body


def commits_of(world: World, stream: str, since: int = 0) -> Iterator[int]:
    """Yield the numbers of the commits that touched a stream of papers, oldest first, each once.

    Args:
        world: the state.
        stream: its name.
        since: how many entries of the stream to pass over.
    """
    last = -1
    for (number,) in _COMMIT.iter_unpack(world.record(world.find(stream)).commits[since * _COMMIT.size :]):
        if number != last:
            yield number
            last = number


def order_shelves(world: World, order: ProductionOrder) -> tuple[int, ...]:
    """Return the shelves that an order takes from and brings to, at its site; in a world read on demand, reads them."""
    items = [order.item, *(item for item, _ in order.outputs)]
    for line in order.lines:
        items.append(line.item)
        items += (item for item, _ in line.substitutes)
    names = [stock_stream(item, order.site) for item in dict.fromkeys(items)]
    world.need(names)
    return tuple(number for name in names if (number := world.find(name)) >= 0)


def order_legs(world: World, order: ProductionOrder, since: int = 0) -> Iterator[OrderLeg]:
    """Yield the movements in an order's WIP that its own commits made, oldest first. O(legs of those commits).

    What quality did to goods in WIP is not among them: those commits are the lots', not the order's.
    """
    stream = order_stream(order.code)
    order_shelves(world, order)
    ours: dict[int, bool] = {}
    for number in commits_of(world, stream, since):
        commit = world.commit(number)
        for kind, change in changes(commit):
            if kind == w.POST:
                shelf = world.shelf(change[1])
                for at in range(4, len(change), 4):
                    movement, parcel, quantity, _ = change[at : at + 4]
                    place = shelf.place[parcel]
                    known = ours.get(place)
                    if known is None:
                        known = ours[place] = world.places.name(place).segment == stream
                    if known and quantity:
                        row = shelf.ident[parcel]
                        yield OrderLeg(number, commit[0], MOVEMENTS[movement], change[1], parcel, row, quantity)


def moved(world: World, number: int, shelf: int, parcel: int) -> Iterator[tuple[Movement, int]]:
    """Yield what a commit did to the quantity of a parcel: each movement and its change."""
    for kind, change in changes(world.commit(number)):
        if kind == w.POST and change[1] == shelf:
            for at in range(4, len(change), 4):
                if change[at + 1] == parcel and change[at + 2]:
                    yield MOVEMENTS[change[at]], change[at + 2]


def undone(world: World, commit: int) -> bool:
    """Tell whether a commit was taken back, or takes another back: the two together are nothing."""
    return world.reversed_by(commit) is not None or any(kind == w.REVERSES for kind, _ in changes(world.commit(commit)))
