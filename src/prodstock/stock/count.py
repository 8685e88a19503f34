"""What is really there: counts and adjustments, booked against loss."""

from decimal import Decimal
from typing import TYPE_CHECKING

import attrs

from prodstock.errors import InvalidValueError, NotAllowed, UnknownCode
from prodstock.journal.command import Command
from prodstock.master.codes import ItemCode, item_code, optional_location, optional_lot, site_code
from prodstock.master.item import Tracking
from prodstock.master.location import LocationKind
from prodstock.quantities.quantity import Exact, amount
from prodstock.quantities.scaled import from_scaled
from prodstock.stock.aside import Aside, aside_of, cost_of, entered_as, optional_price, optional_rate, share
from prodstock.stock.deciding import decides
from prodstock.stock.history import as_of
from prodstock.stock.holds import Hurt, break_holds
from prodstock.stock.movement import Movement
from prodstock.stock.place import FREE, Place
from prodstock.stock.selection import Found
from prodstock.tables import Table

if TYPE_CHECKING:
    from prodstock.quantities.money import Money
    from prodstock.stock.draft import Draft


@attrs.frozen(repr=False)
class Counted:
    """What a count or adjustment changed, and the promises that it broke."""

    item: ItemCode
    quantity: Decimal
    difference: Decimal
    unit: str
    hurt: Table[Hurt]

    def __repr__(self) -> str:
        return f"<Counted {self.quantity:f} {self.unit[:10]} {self.item[:40]}, difference {self.difference:f}>"


@attrs.frozen
class Count(Command[Counted]):
    """Somebody counted: so much is there, whatever the books say.

    In WIP what belongs to no order is counted; what an order has there it accounts for itself.

    A later entry that would take effect before the count is refused: the count has already answered it.

    Args:
        item: what.
        quantity: how much is there; 0 for none.
        lot: of which lot; required for an item tracked by lot.
        location: where; None: the site's stores.
        site: the site.
    """

    item: str = attrs.field(converter=item_code)
    quantity: Exact = attrs.field(converter=amount)
    lot: str | None = attrs.field(kw_only=True, default=None, converter=optional_lot)
    location: str | None = attrs.field(kw_only=True, default=None, converter=optional_location)
    site: str = attrs.field(kw_only=True, default="MAIN", converter=site_code)


@attrs.frozen
class Adjust(Command[Counted]):
    """The books are off by a difference.

    Args:
        item: what.
        difference: what to add; below zero to take away.
        lot: of which lot; required for an item tracked by lot.
        location: where; None: the site's stores.
        site: the site.
        cost: what one base unit of what is added cost.
        rate: how much of the plant's own currency one unit of the cost's currency is worth.
    """

    item: str = attrs.field(converter=item_code)
    difference: Exact = attrs.field(converter=amount)
    lot: str | None = attrs.field(kw_only=True, default=None, converter=optional_lot)
    location: str | None = attrs.field(kw_only=True, default=None, converter=optional_location)
    site: str = attrs.field(kw_only=True, default="MAIN", converter=site_code)
    cost: "Money | None" = attrs.field(kw_only=True, default=None, converter=optional_price)
    rate: Decimal | None = attrs.field(kw_only=True, default=None, converter=optional_rate)


@decides(Count)
def decide_count(draft: "Draft", command: Count) -> Counted:
    """Book the difference between what was counted and what the books say; promises it breaks are said.

    A difference is booked in the state of the goods there: free and approved ones first.

    Raises:
        UnknownCode: if item, lot, site or location are unknown.
        InvalidValueError: if the quantity is below zero, no lot is given for an item tracked by lot, or the location
            is no real one.
        NotAllowed: if the item is tracked by serial: serials are scrapped or found one by one.
    """
    counted = draft.world.catalog.scaled(command.item, command.quantity)
    if counted < 0:
        raise InvalidValueError(field="quantity", value=command.quantity, reason="is below zero")
    row, place = _where(draft, command)
    known = _there(draft, command.item, row, place)
    entered = entered_as(command.quantity, draft.world.catalog.item(command.item).unit)
    difference = counted - _books(draft, known)
    return _booked(draft, command.item, row, place, known, difference, Movement.COUNT, aside_of(entered))


@decides(Adjust)
def decide_adjust(draft: "Draft", command: Adjust) -> Counted:
    """Book a difference; promises it breaks are said.

    Raises:
        UnknownCode: if item, lot, site or location are unknown.
        InvalidValueError: if the difference is zero, no lot is given for an item tracked by lot, a cost is given for
            what is taken away, or the location is no real one.
        NotAllowed: if the item is tracked by serial: serials are scrapped or found one by one.
        NotEnough: if more is taken away than is there.
    """
    difference = draft.world.catalog.scaled(command.item, command.difference, field="difference")
    if not difference:
        raise InvalidValueError(field="difference", value=command.difference, reason="is zero")
    row, place = _where(draft, command)
    known = _there(draft, command.item, row, place)
    cost = cost_of(command.cost, command.rate)
    if cost is not None and difference < 0:
        raise InvalidValueError(field="cost", value=str(cost.price), reason="is given for goods that are taken away")
    aside = aside_of(entered_as(command.difference, draft.world.catalog.item(command.item).unit), None, cost)
    return _booked(draft, command.item, row, place, known, difference, Movement.ADJUSTMENT, aside)


def _where(draft: "Draft", command: Count | Adjust) -> tuple[int, Place]:
    catalog = draft.world.catalog
    item = catalog.item(command.item)
    catalog.site(command.site)
    if item.tracking is Tracking.SERIAL:
        advice = "Scrap the serials that are missing, receive those that were found"
        raise NotAllowed(what=f"item {item.code}", state="tracked by serial", asked="count", advice=advice)
    if (command.lot is None) is not (item.tracking is Tracking.NONE):
        reason = "is needed for an item tracked by lot" if command.lot is None else f"given, but {item.code} has none"
        raise InvalidValueError(field="lot", value=command.lot, reason=reason)
    if command.location is None:
        location = catalog.default_location(command.site, LocationKind.STORES)
    else:
        location = catalog.location(command.location, command.site)
    if not location.kind.real:
        advice = "Name a real location"
        raise InvalidValueError(field="location", value=location.code, reason="holds no stock", advice=advice)
    row = draft.find_ident(item.code, command.lot or "")
    if row < 0:
        raise UnknownCode(kind=f"lot of {item.code}", given=command.lot or "", nearest=())
    return row, Place(command.site, location.code)


def _there(draft: "Draft", item: str, row: int, place: Place) -> list[Found]:
    """Return the parcels of a lot in a location, in whatever state, free and approved ones first."""
    world = draft.world
    number = draft.shelf(item, place.site)
    shelf = draft.known_shelf(number)
    if shelf is None:
        return []
    found = []
    order_keeps = world.kind(place) is LocationKind.WIP  # what an order has in WIP it accounts for itself
    for parcel in shelf.parcels_of(row):
        there = world.places.name(shelf.place[parcel])
        quantity, reserved, _ = shelf.rows[parcel]
        for_no_order = there.segment == FREE or not order_keeps
        if (there.location, there.owner) == (place.location, place.owner) and for_no_order:
            found.append(Found(number, parcel, row, there, quantity, reserved))
    return sorted(found, key=lambda f: (f.place != place, not f.quantity, f.place))


def _books(draft: "Draft", known: list[Found]) -> int:
    """Return what the books say for the moment of the count."""
    total = 0
    for found in known:
        history = draft.world.shelf(found.shelf).rows[found.parcel][2]
        total += as_of(history, draft.effective, len(draft.world))[0]
    return total


def _booked(
    draft: "Draft",
    item: str,
    row: int,
    place: Place,
    known: list[Found],
    difference: int,
    movement: Movement,
    aside: Aside | None,
) -> Counted:
    hurt: list[Hurt] = []
    rest = difference
    if rest >= 0:
        first = known[0].place if known and known[0].quantity else place
        draft.put(movement, draft.shelf(item, place.site), row, first, rest, aside=aside)
        rest = 0
    for spare in (True, False):
        for found in known:
            quantity, reserved = draft.row(found.shelf, found.parcel)
            taken = min(-rest, quantity - reserved if spare else quantity)
            if taken > 0:
                hurt += [] if spare else break_holds(draft, found._replace(quantity=quantity, reserved=reserved), taken)
                beside = _part(aside, movement, -taken, difference, first=rest == difference)
                draft.leg(movement, found.shelf, found.parcel, -taken, aside=beside)
                rest += taken
    if rest:
        parcel = draft.parcel(draft.shelf(item, place.site), row, draft.place(place))
        beside = _part(aside, movement, rest, difference, first=rest == difference)
        draft.leg(movement, draft.shelf(item, place.site), parcel, rest, aside=beside)
    definition = draft.world.catalog.item(item)
    after = sum(found.quantity for found in known) + difference
    return Counted(
        ItemCode(item),
        from_scaled(after, definition.scale),
        from_scaled(difference, definition.scale),
        definition.unit,
        Table(hurt),
    )


def _part(aside: Aside | None, movement: Movement, part: int, whole: int, *, first: bool) -> Aside | None:
    """Return what is told beside a part: its share of a difference; what was counted stands beside the first one."""
    if aside is None or movement is Movement.COUNT:
        return aside if first else None
    return aside._replace(entered=share(aside.entered, part, whole))
