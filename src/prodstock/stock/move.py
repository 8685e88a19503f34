"""Goods change their place: moves within a site and between sites, scrap, and loss."""

from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING

import attrs

from prodstock._lazy import Lazy
from prodstock.errors import InvalidValueError, Refused
from prodstock.journal.command import Command
from prodstock.master import checks
from prodstock.master.codes import ItemCode, code, optional_against, optional_site, optional_stock
from prodstock.master.location import LocationKind
from prodstock.quantities.quantity import Quantity
from prodstock.quantities.scaled import from_scaled
from prodstock.stock import transit
from prodstock.stock.aside import aside_of, optional_second, share
from prodstock.stock.deciding import decides
from prodstock.stock.goods import Goods, Output
from prodstock.stock.holds import Hurt, break_holds
from prodstock.stock.movement import Movement
from prodstock.stock.place import FREE
from prodstock.stock.receipt import Receipt
from prodstock.stock.selection import Found, Selection, portions, select, short_of
from prodstock.tables import Table

if TYPE_CHECKING:
    from collections.abc import Callable

    from prodstock.master.location import Location
    from prodstock.stock.draft import Draft

if TYPE_CHECKING:
    from prodstock.stock import second as seconds
else:
    seconds = Lazy("prodstock.stock.second")


class OnReserved(StrEnum):
    """What a command does that would take stock promised to others: refuse, or break the promises and say whose."""

    REFUSE = "refuse"
    BREAK = "break"


def target_code(value: str) -> str:
    """Return the code of the location that goods go to in its normal form."""
    return code(value, "to")


@attrs.frozen(repr=False)
class Moved:
    """What moved where, and the promises that it broke."""

    item: ItemCode
    quantity: Decimal
    unit: str
    location: str
    site: str
    hurt: Table[Hurt]

    def __repr__(self) -> str:
        return f"<Moved {self.quantity:f} {self.unit[:10]} {self.item[:30]} to {self.site[:20]}/{self.location[:20]}>"


@attrs.frozen
class Move(Command[Moved]):
    """Move goods to a location of the same or another site; state and owner stay.

    Args:
        goods: what.
        to: the location.
        site: its site; None: the one the goods are at, or go to for a transfer.
        against: the transfer order they move for: straight to its target, or into transit (`to="IN-TRANSIT"`) and later
            out of it, in parts if need be; then its site is the target's. What arrives is taken off what is expected.
            Goods in transit for it go before those at its source.
        reserved: what to do about stock that is promised.
        second: another measure of just these goods (catch weight), for goods of one lot that lie in one place.
        segment: whose stock they are from then: `project:` and a project, `own:` and a demand made to order, empty:
            free stock; this may be all that changes. None: it stays.
    """

    goods: Goods | Output | Receipt | str
    to: str = attrs.field(kw_only=True, converter=target_code)
    site: str | None = attrs.field(kw_only=True, default=None, converter=optional_site)
    against: str | None = attrs.field(kw_only=True, default=None, converter=optional_against)
    reserved: OnReserved = attrs.field(kw_only=True, default=OnReserved.REFUSE)
    second: Quantity | None = attrs.field(kw_only=True, default=None, converter=optional_second)
    segment: str | None = attrs.field(kw_only=True, default=None, converter=optional_stock)


@attrs.frozen
class Scrap(Command[Moved]):
    """Goods are thrown away: they stand in the scrap location, physical and never usable again.

    Args:
        goods: what; `because` says why.
        reserved: what to do about stock that is promised.
        second: another measure of just these goods (catch weight), for goods of one lot that lie in one place.
    """

    goods: Goods | Output | Receipt | str
    reserved: OnReserved = attrs.field(kw_only=True, default=OnReserved.REFUSE)
    second: Quantity | None = attrs.field(kw_only=True, default=None, converter=optional_second)


@decides(Move)
def decide_move(draft: "Draft", command: Move) -> Moved:
    """Move goods; without a site, each to the location of that code at the site where it is.

    Stock of a project, or of a demand made to order, falls back to free stock in no other way, nor comes from it.

    What is in transit for a transfer arrives for it at any location of its target, named or not.

    Raises:
        UnknownCode: if goods, site, location or transfer are unknown.
        InvalidValueError: if the location is not a real one, or is WIP or scrap: those have commands of their own; or
            the site is neither end of the transfer, or a segment is told of what is on its way.
        NotAllowed: if the transfer is closed, of another item, or open for less.
        NotEnough: if there is too little, or too little that is not promised.
        Refused: if there is nothing to move.
    """
    checks.member(command.reserved, OnReserved, "reserved")
    selection = select(draft.world, command.goods)
    if command.site is not None:
        draft.world.catalog.site(command.site)
    journey, site = None, command.site
    if command.against is not None:
        journey = transit.Journey(draft, command.against, selection, command.to, command.site)
        site = journey.site
    meant = lambda f: _elsewhere(f, command, site) and (journey is None or journey.takes(f))  # noqa: E731
    found = drawn(draft, selection, command.reserved, meant)
    if not found:
        raise Refused(reason=f"nothing of {selection.label} is anywhere else to be moved from")
    locations = []
    for one, _ in found:
        location = draft.world.catalog.location(command.to, site or one.place.site)
        if not location.kind.real or location.kind in {LocationKind.WIP, LocationKind.SCRAP}:
            advice = "Use issue for WIP, scrap for scrap, ship for customers"
            raise InvalidValueError(
                field="to", value=location.code, reason=f"is a {location.kind} location", advice=advice
            )
        if command.segment is not None and (journey is not None or location.kind is LocationKind.IN_TRANSIT):
            advice = "Say it once they have arrived, or on the transfer order"
            raise InvalidValueError(field="segment", value=command.segment, reason="is for a journey", advice=advice)
        locations.append(location)
    if journey is not None:
        journey.check(sum(quantity for _, quantity in found))
    answer = _moved(draft, command, selection, found, Movement.MOVE, locations, journey)
    moved = [(one, quantity, location) for (one, quantity), location in zip(found, locations, strict=True)]
    transit.arrive(draft, selection.item, moved, journey)
    return answer


@decides(Scrap)
def decide_scrap(draft: "Draft", command: Scrap) -> Moved:
    """Scrap goods, each at the site where it is.

    Raises:
        UnknownCode: if the goods are unknown.
        NotEnough: if there is too little, or too little that is not promised.
        Refused: if there is nothing to scrap.
    """
    checks.member(command.reserved, OnReserved, "reserved")
    selection = select(draft.world, command.goods)
    found = drawn(draft, selection, command.reserved, lambda _: True)
    if not found:
        raise Refused(reason=f"nothing of {selection.label} is there to be scrapped")
    locations = [draft.world.catalog.default_location(one.place.site, LocationKind.SCRAP) for one, _ in found]
    return _moved(draft, command, selection, found, Movement.SCRAP, locations)


def _elsewhere(found: Found, command: Move, site: str | None) -> bool:
    place = found.place
    if place.location != command.to or (site is not None and place.site != site):
        return True
    return command.segment is not None and place.segment != command.segment


def drawn(
    draft: "Draft", selection: Selection, reserved: OnReserved, where: "Callable[[Found], bool]"
) -> list[tuple[Found, int]]:
    """Return what a move takes from where: never an order's WIP, nor what is scrapped already."""
    drawn = portions(draft, selection, where=lambda f: _movable(draft, f) and where(f), what="there")
    promised = sum(max(0, quantity - (found.quantity - found.reserved)) for found, quantity in drawn)
    if promised and reserved is OnReserved.REFUSE:
        asked = sum(quantity for _, quantity in drawn)
        raise short_of(draft.world, selection, asked, asked - promised, "not promised to others")
    return drawn


def _movable(draft: "Draft", found: Found) -> bool:
    """Tell whether goods may be moved by hand: goods in WIP that belong to no order came in by hand, too."""
    kind = draft.world.kind(found.place)
    return kind is not LocationKind.SCRAP and (kind is not LocationKind.WIP or found.place.segment == FREE)


def _moved(
    draft: "Draft",
    command: Move | Scrap,
    selection: Selection,
    found: list[tuple[Found, int]],
    movement: Movement,
    locations: list["Location"],
    journey: "transit.Journey | None" = None,
) -> Moved:
    hurt: list[Hurt] = []
    whole = sum(quantity for _, quantity in found)
    second = command.second
    if second is not None:
        seconds.measured(draft.world, selection, second, len(found))
    for (one, quantity), location in zip(found, locations, strict=True):
        if command.reserved is OnReserved.BREAK:
            hurt += break_holds(draft, one, quantity - (one.quantity - one.reserved))
        segment = transit.segment_there(draft, one, location, journey)
        if isinstance(command, Move) and command.segment is not None:
            segment = command.segment
        target = one.place._replace(location=location.code, site=location.site, segment=segment)
        aside = aside_of(share(selection.entered, quantity, whole), second)
        draft.leg(movement, one.shelf, one.parcel, -quantity, aside=aside and aside.opposite())
        draft.put(movement, draft.shelf(selection.item, location.site), one.row, target, quantity, aside=aside)
    item = draft.world.catalog.item(selection.item)
    total = from_scaled(whole, item.scale)
    first = locations[0]
    return Moved(ItemCode(item.code), total, item.unit, first.code, first.site, Table(hurt))
