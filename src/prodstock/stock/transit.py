"""Goods move for a transfer order: straight from its source to its target, or into transit and later out of it.

What is in transit for a transfer bears its name in its place, so that it is known without a second book: it is neither
free at the source nor at the target, and arrives for the transfer it left for.
"""

from typing import TYPE_CHECKING

from prodstock.errors import InvalidValueError, NotAllowed, UnknownCode
from prodstock.journal.stream import supply_stream
from prodstock.master.location import LocationKind
from prodstock.orders.purchase import SupplyReceived, SupplyState, TransferOrder
from prodstock.orders.supply_life import SupplyAction, check_step
from prodstock.quantities.scaled import from_scaled
from prodstock.stock.place import FREE, OURS, stock_of
from prodstock.stock.selection import Found, Selection, parcels, shelves

if TYPE_CHECKING:
    from prodstock.master.location import Location
    from prodstock.orders.purchase import SupplyOrder
    from prodstock.stock.draft import Draft
    from prodstock.stock.place import Place
    from prodstock.stock.world import World

_SUPPLY = supply_stream("")


def transfer_in(place: "Place") -> str:
    """Return the stream of the transfer that goods in a place are on their way for, or the empty text."""
    return place.segment if place.segment.startswith(_SUPPLY) else ""


def ends(order: "SupplyOrder") -> tuple[str, str]:
    """Return the sites between which goods of an order move; a purchase comes from none of ours."""
    return (order.source if isinstance(order, TransferOrder) else "", order.site)


def underway(world: "World", item: str, ref: str) -> int:
    """Return how much of an item is in transit for a transfer, in its steps. O(parcels of the item)."""
    stream, total = supply_stream(ref), 0
    for number in shelves(world, item):
        shelf = world.shelf(number)
        for parcel in shelf.live:
            if world.places.name(shelf.place[parcel]).segment == stream:
                total += shelf.rows[parcel][0]
    return total


class Journey:
    """A move for a transfer order.

    Attributes:
        stream: of the transfer.
        state: how it stands.
        site: the site that the goods go to.
        into: whether they go into transit.
    """

    __slots__ = ("_left", "draft", "into", "order", "selection", "site", "state", "stream")

    def __init__(self, draft: "Draft", ref: str, selection: Selection, to: str, site: str | None) -> None:
        """Look up the transfer.

        Raises:
            UnknownCode: if there is no such expected supply, or no such location.
            NotAllowed: if it is no transfer, of another item, or closed.
            InvalidValueError: if the goods would go to a site that is neither end of it, or stay at its source.
        """
        self.draft = draft
        self.selection = selection
        self.stream = supply_stream(ref)
        self.state = _transfer(draft, ref, selection)
        order = self.state.order
        self.order: TransferOrder = order  # type: ignore[assignment]  # just looked at
        self.site: str = site or self.order.target
        self.into: bool = draft.world.catalog.location(to, self.site).kind is LocationKind.IN_TRANSIT
        if self.site not in {self.order.source, self.order.target}:
            reason = f"is neither end of transfer {ref}: it goes from {self.order.source} to {self.order.target}"
            raise InvalidValueError(field="site", value=self.site, reason=reason)
        self._left: bool = not self.into and any(
            one.place.segment == self.stream for one in parcels(draft.world, selection)
        )
        if self.site == self.order.source and not self.into and not self._left:
            reason = f"is where transfer {ref} leaves"
            raise InvalidValueError(field="site", value=self.site, reason=reason, advice="Leave the site out")

    def takes(self, found: Found) -> bool:
        """Tell whether goods in a parcel may be meant: what is in transit for it, else ours at the source."""
        if self._left:
            return found.place.segment == self.stream
        place = found.place
        whose = stock_of(self.draft.world.catalog.item(self.order.item), self.order.segment)
        return (place.segment, place.owner, place.site) == (whose, OURS, self.order.source)

    def check(self, quantity: int) -> None:
        """Refuse to let more leave than the transfer is open for.

        Raises:
            NotAllowed: if it is less than what leaves now.
        """
        if self._left:
            return
        world, item = self.draft.world, self.draft.world.catalog.item(self.order.item)
        gone = world.catalog.scaled(item.code, self.state.received) + underway(world, item.code, self.order.ref or "")
        rest = world.catalog.scaled(item.code, self.state.quantity) - gone
        if quantity > rest:
            left, asked = (f"{from_scaled(max(steps, 0), item.scale):f} {item.unit}" for steps in (rest, quantity))
            advice = "Give the quantity, expect a larger one under that ref, or move the rest without `against`"
            what = f"transfer {self.order.ref}"
            raise NotAllowed(what=what, state=f"open for {left}", asked=f"move {asked}", advice=advice)


def _transfer(draft: "Draft", ref: str, selection: Selection) -> SupplyState:
    state = draft.body(supply_stream(ref))
    if not isinstance(state, SupplyState):
        raise UnknownCode(kind="transfer", given=ref, nearest=draft.world.near(ref, "supply"))
    if not isinstance(state.order, TransferOrder):
        advice = "Receive what a supplier sends"
        raise NotAllowed(what=f"supply {ref}", state="a purchase", asked="move", advice=advice)
    if state.order.item != selection.item:
        raise NotAllowed(what=f"transfer {ref}", state=f"of {state.order.item}", asked=f"move {selection.item}")
    check_step(f"transfer {ref}", state.status, SupplyAction.SHIP, advice="Move without `against`")
    return state


def segment_there(draft: "Draft", found: Found, location: "Location", journey: Journey | None) -> str:
    """Return what goods are set aside for where they go: for their transfer while they are in transit."""
    if location.kind is LocationKind.IN_TRANSIT:
        return found.place.segment if journey is None else journey.stream
    stream = transfer_in(found.place)
    if not stream:
        return found.place.segment
    state = draft.body(stream)
    if not isinstance(state, SupplyState):
        return FREE
    return stock_of(draft.world.catalog.item(state.order.item), state.order.segment)


def arrive(
    draft: "Draft", item: str, moved: "list[tuple[Found, int, Location]]", journey: Journey | None = None
) -> None:
    """Note on each transfer what of the goods has reached a location of its target."""
    arrived: dict[str, int] = {}
    for found, quantity, location in moved:
        stream = transfer_in(found.place) if journey is None else journey.stream
        if stream and location.kind is not LocationKind.IN_TRANSIT:
            state = draft.body(stream)
            if isinstance(state, SupplyState) and location.site == state.order.site:
                arrived[stream] = arrived.get(stream, 0) + quantity
    definition = draft.world.catalog.item(item)
    for stream, quantity in arrived.items():
        state = draft.body(stream)
        if isinstance(state, SupplyState):
            received = draft.world.catalog.scaled(item, state.received) + quantity
            draft.record(stream, SupplyReceived(from_scaled(received, definition.scale)))


def refuse_receipt(state: SupplyState) -> None:
    """Refuse to receive a transfer from a supplier: its goods are there already, at its source.

    Raises:
        NotAllowed: if it is a transfer; the advice says how to book it.
    """
    if isinstance(order := state.order, TransferOrder):
        advice = (
            f'Move the goods: move(Goods("{order.item}", site="{order.source}", quantity=...), to="STORES", '
            f'against="{order.ref}")'
        )
        what = f"transfer {order.ref}"
        raise NotAllowed(what=what, state=f"from {order.source}", asked="receive", advice=advice)


def refuse_underway(world: "World", state: SupplyState, asked: str, at_least: int = 0) -> None:
    """Refuse to end or cut a transfer under goods that are on their way for it.

    Args:
        world: the state.
        state: the expected supply; what is no transfer is never underway.
        asked: what was asked for.
        at_least: how much of it is left open, in the item's steps.

    Raises:
        NotAllowed: if more than that is in transit.
    """
    if isinstance(order := state.order, TransferOrder):
        away = underway(world, order.item, order.ref or "")
        if away > at_least:
            item = world.catalog.item(order.item)
            there = f"{from_scaled(away, item.scale):f} {item.unit} in transit"
            advice = "Let them arrive, move them back, or say with Lose that they got lost, first"
            raise NotAllowed(what=f"transfer {order.ref}", state=there, asked=asked, advice=advice)
