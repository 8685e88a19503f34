"""Assemblies are taken apart: what was made ceases to be, and the parts it was made of come back to be inspected."""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

import attrs

from prodstock.errors import AmbiguousCode, InvalidTypeError, InvalidValueError, NotAllowed, NotEnough, listed
from prodstock.journal.command import Command
from prodstock.journal.stream import order_stream
from prodstock.master.codes import ItemCode
from prodstock.master.location import LocationKind
from prodstock.master.quality_state import Quality
from prodstock.orders.production import ProductionOrder, TakenApart, order_named
from prodstock.quantities.scaled import from_scaled, to_scaled
from prodstock.shopfloor.issue import pick_of, to_stores, wip_place
from prodstock.stock.deciding import decides
from prodstock.stock.goods import Goods, Output, Pick
from prodstock.stock.movement import Movement
from prodstock.stock.order_ledger import find_order, order_legs
from prodstock.stock.place import OURS, Place
from prodstock.stock.receipt import Receipt
from prodstock.stock.selection import Found, Selection, portions, select, short_of
from prodstock.stock.status import Release
from prodstock.tables import Table

if TYPE_CHECKING:
    from prodstock.stock.draft import Draft
    from prodstock.stock.world import World


def named_parts(values: Iterable[Goods]) -> tuple[Goods, ...]:
    """Return the parts that come back, as given."""
    found = listed(values, "parts")
    for value in found:
        if not isinstance(value, Goods):
            raise InvalidTypeError(field="parts", value=value, reason="is no Goods", advice="Give Goods with a lot")
    return found


def maker_named(order: ProductionOrder | str | None) -> str | None:
    """Return the code of the order that made something, or None for none given."""
    return None if order is None else order_named(order)


@attrs.frozen(repr=False)
class Dismantled:
    """What was taken apart, and the parts that came back."""

    order: str
    item: ItemCode
    quantity: Decimal
    unit: str
    parts: Table[Pick]

    def __repr__(self) -> str:
        return f"<Dismantled {self.quantity:f} {self.unit[:10]} {self.item[:40]}, {len(self.parts)} parts>"


@attrs.frozen
class TakeApart(Command[Dismantled]):
    """An assembly is taken apart, and its parts come back to stores to be inspected.

    Args:
        goods: a serial, or a quantity of a lot, that is there and promised to nobody.
        parts: what came back, each a lot with a quantity or serials; none are given: what the order used for so many
            units, where that is plain: all of it for all its units, else of items of which it used one lot only.
        order: the order that made it; None: the one that did.
    """

    goods: Goods | Output | Receipt | str
    parts: tuple[Goods, ...] = attrs.field(kw_only=True, default=(), converter=named_parts)
    order: str | None = attrs.field(kw_only=True, default=None, converter=maker_named)


class _Used(NamedTuple):
    """A lot or serial that an order used up and that has not come back: how much, and where it was taken from."""

    shelf: int
    row: int
    quantity: int
    place: Place


@decides(TakeApart)
def decide_take_apart(draft: "Draft", command: TakeApart) -> Dismantled:
    """Take goods apart.

    The goods go through the order's WIP to production, the parts come from there and back to stores, pending
    inspection. No more of a lot comes back than the order used of it, and nothing twice.

    Raises:
        UnknownCode, AmbiguousCode: if goods or order are not to be found, or several orders made the goods.
        NotEnough: if the goods are not there or are promised, or more of a part is named than was used.
        NotAllowed: if the goods were not made here.
        InvalidValueError: if the parts cannot be told and are not named.
    """
    world = draft.world
    selection = select(world, command.goods)
    drawn = portions(draft, selection, where=lambda f: _whole(world, f), what="there to be taken apart")
    units = sum(quantity for _, quantity in drawn)
    free = sum(min(quantity, found.quantity - found.reserved) for found, quantity in drawn)
    if not units or free < units:
        raise short_of(world, selection, max(units, 1), free, "there and not promised")
    stream, order = find_order(draft, command.order or _maker(world, selection))
    _bring_in(draft, order, drawn)
    used = list(_used(world, order, selection.item))
    apart = to_scaled(order.taken_apart, world.catalog.item(selection.item).scale)
    left = to_scaled(order.started, world.catalog.item(selection.item).scale) - apart
    back = _named(world, order, used, command.parts) if command.parts else _told(world, used, units, left)
    picks = [_bring_back(draft, order, part) for part in back]
    item = world.catalog.item(selection.item)
    draft.record(stream, TakenApart(from_scaled(apart + units, item.scale)))
    return Dismantled(order.code, ItemCode(item.code), from_scaled(units, item.scale), item.unit, Table(picks))


def _whole(world: "World", found: Found) -> bool:
    return found.place.owner == OURS and world.kind(found.place) not in {LocationKind.WIP, LocationKind.SCRAP}


def _maker(world: "World", selection: Selection) -> str:
    """Return the order that made the goods."""
    makers: dict[str, None] = {}
    for number in _shelves(world, selection):
        shelf = world.shelf(number)
        for row in selection.rows:
            for parcel in shelf.parcels_of(row):
                segment = world.places.name(shelf.place[parcel]).segment
                if segment.startswith(order_stream("")):
                    makers[segment.removeprefix(order_stream(""))] = None
    made = [code for code in makers if _made(world, code, selection)]
    if not made:
        advice = "Only what an order made can be taken apart"
        raise NotAllowed(what=selection.label, state="not made here", asked="take apart", advice=advice)
    if len(made) > 1:
        raise AmbiguousCode(given=selection.label, candidates=tuple(f"made by {code}" for code in made))
    return made[0]


def _shelves(world: "World", selection: Selection) -> Iterator[int]:
    for site in world.catalog.sites:
        number = world.find(f"stock:{selection.item}@{site.code}")
        if number >= 0:
            yield number


def _made(world: "World", code: str, selection: Selection) -> bool:
    order = world.body(order_stream(code))
    if not isinstance(order, ProductionOrder) or order.item != selection.item:
        return False
    rows = set(selection.rows)
    return any(leg.movement is Movement.OUTPUT and leg.row in rows for leg in order_legs(world, order))


def _bring_in(draft: "Draft", order: ProductionOrder, drawn: list[tuple[Found, int]]) -> None:
    stream = order_stream(order.code)
    for found, quantity in drawn:
        target = wip_place(draft, order, stream, found.place)
        draft.leg(Movement.ISSUE, found.shelf, found.parcel, -quantity)
        parcel = draft.put(Movement.ISSUE, draft.shelf(order.item, order.site), found.row, target, quantity)
        draft.leg(Movement.TAKE_APART, draft.shelf(order.item, order.site), parcel, -quantity)


def _used(world: "World", order: ProductionOrder, assembly: str) -> Iterator[_Used]:
    """Yield what an order used up, less what came back already, in the order in which it was first used."""
    totals: dict[tuple[int, int], int] = {}
    places: dict[tuple[int, int], Place] = {}
    for leg in order_legs(world, order):
        if leg.movement in {Movement.CONSUMPTION, Movement.TAKE_APART} and world.shelf(leg.shelf).item != assembly:
            key = leg.shelf, leg.row
            totals[key] = totals.get(key, 0) - leg.change
            places.setdefault(key, world.places.name(world.shelf(leg.shelf).place[leg.parcel]))
    for (shelf, row), quantity in totals.items():
        if quantity > 0:
            yield _Used(shelf, row, quantity, places[shelf, row])


def _told(world: "World", used: list[_Used], units: int, left: int) -> Iterator[_Used]:
    """Yield the parts of so many units where that is plain."""
    if units >= left:
        yield from used
        return
    for shelf in dict.fromkeys(part.shelf for part in used):
        lots = [part for part in used if part.shelf == shelf]
        if len(lots) > 1:
            item = world.shelf(shelf).item
            reason = f"does not say which {item}: {len(lots)} lots or serials went into {left} units"
            advice = "Name what came back: parts=[Goods(item, serials=[...])]"
            raise InvalidValueError(field="parts", value="()", reason=reason, advice=advice)
        share = lots[0].quantity * units // left
        if share:
            yield lots[0]._replace(quantity=share)


def _named(world: "World", order: ProductionOrder, used: list[_Used], parts: tuple[Goods, ...]) -> Iterator[_Used]:
    """Yield the parts named, as far as the order used them."""
    rest = {(part.shelf, part.row): part for part in used}
    for goods in parts:
        selection = select(world, goods)
        here = [part for part in rest.values() if _is(world, part, selection)]
        there = sum(part.quantity for part in here)
        asked = there if selection.quantity is None else selection.quantity
        if goods.serials:
            asked = len(goods.serials) * 10 ** world.catalog.item(selection.item).scale
        if not there or asked > there:
            raise _not_used(world, order, selection, max(asked, 1), there)
        for part in here:
            taken = min(part.quantity, asked)
            if taken:
                yield part._replace(quantity=taken)
                rest[part.shelf, part.row] = part._replace(quantity=part.quantity - taken)
                asked -= taken


def _is(world: "World", part: _Used, selection: Selection) -> bool:
    return part.quantity > 0 and world.shelf(part.shelf).item == selection.item and part.row in selection.rows


def _not_used(world: "World", order: ProductionOrder, selection: Selection, asked: int, there: int) -> NotEnough:
    return short_of(world, selection, asked, there, f"used up by {order.code} and not returned")


def _bring_back(draft: "Draft", order: ProductionOrder, part: _Used) -> Pick:
    """Bring a part back by way of the order's WIP, so that it is among what moved for the order."""
    release = part.place.release
    if release == Release.RELEASED:
        release = Release.AWAITING.value
    place = part.place._replace(quality=Quality.PENDING_INSPECTION.value, reason="", release=release)
    parcel = draft.put(Movement.TAKE_APART, part.shelf, part.row, place, part.quantity)
    found = Found(part.shelf, parcel, part.row, place, part.quantity, 0)
    return pick_of(draft.world, order.code, to_stores(draft, found, part.quantity, order), part.quantity)
