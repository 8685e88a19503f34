"""Goods come in: receipts, opening balances, and what is expected to come."""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from math import floor
from typing import TYPE_CHECKING, NamedTuple

import attrs

from prodstock._lazy import Lazy
from prodstock.calendars.span import Moment
from prodstock.calendars.zone import end_of, from_micros, micros
from prodstock.errors import InvalidTypeError, InvalidValueError, NotAllowed, UnknownCode
from prodstock.journal.command import Command
from prodstock.journal.stream import item_stream, serial_stream, supply_stream
from prodstock.master import checks
from prodstock.master.codes import (
    ItemCode,
    codes,
    item_code,
    optional_against,
    optional_location,
    optional_lot,
    owner_code,
    reason_code,
    revision_or_empty,
    segment_code,
    site_code,
    supplier_lot_or_empty,
    supplier_or_empty,
)
from prodstock.master.item import Inspection, Item, Tracking
from prodstock.master.location import LocationKind
from prodstock.master.quality_state import Quality, QualityState
from prodstock.quantities.quantity import Exact, Quantity, amount
from prodstock.quantities.scaled import from_scaled
from prodstock.stock.aside import (
    Aside,
    aside_of,
    cost_of,
    entered_as,
    optional_price,
    optional_rate,
    optional_second,
    share,
)
from prodstock.stock.deciding import decides
from prodstock.stock.history import entries
from prodstock.stock.lot import ANONYMOUS, NEVER, PLAIN, LotCode, LotDetails, SerialCode
from prodstock.stock.movement import Movement
from prodstock.stock.place import OURS, Place, stock_of
from prodstock.stock.receipt import Receipt
from prodstock.stock.status import Release

if TYPE_CHECKING:
    from prodstock.orders import purchase, supply_life
    from prodstock.quantities.money import Money
    from prodstock.stock import order_ledger, second, selection, transit
    from prodstock.stock.draft import Draft
    from prodstock.stock.world import World
else:
    purchase = Lazy("prodstock.orders.purchase")
    supply_life = Lazy("prodstock.orders.supply_life")
    second = Lazy("prodstock.stock.second")
    selection = Lazy("prodstock.stock.selection")
    order_ledger = Lazy("prodstock.stock.order_ledger")
    transit = Lazy("prodstock.stock.transit")

MOST_SERIALS = 100_000


def serial_numbers(values: Iterable[str]) -> tuple[str, ...]:
    """Return serials as codes."""
    return codes(values, "serials")


@attrs.frozen
class Receive(Command[Receipt]):
    """Goods come in.

    Args:
        item: what.
        quantity: how much; a plain number is in the base unit.
        lot: its lot; None: the plant gives a code to an item tracked by lot.
        expires: when it expires; a date means the end of that day. None: by the item's shelf life from now.
        quality: its state; None: approved, or pending inspection where the item is inspected on receipt.
        reason: the short reason of that state, such as `damaged`.
        serials: of an item tracked by serial; empty: numbered within the lot.
        against: the purchase order that it fulfils; what is left of it stays expected. More than is left is taken
            only as far as the terms with its supplier say (`Sourcing.over_delivery`). The goods of a transfer order are
            not received but moved: they are at its source.
        site: where.
        location: the location there; None: the site's stores.
        owner: whose it is; empty: ours.
        supplier: who delivered it.
        supplier_lot: the supplier's own lot code.
        revision: the item revision it was made to.
        attributes: other facts of the lot.
        release: whether it still awaits release; received goods do not.
        movement: receipt from outside, or opening balance.
        retest: until when it is good without another test; a date means the end of that day. Past it the goods count
            as under inspection, until they are judged anew.
        second: another measure of the same goods (catch weight), such as what pieces weigh together; kept with the lot.
        cost: what one base unit cost.
        rate: how much of the plant's own currency one unit of the cost's currency is worth.
        segment: whose stock it comes into: `project:` and a project, `own:` and a demand made to order; empty: that of
            the purchase order that it fulfils, else free stock.
    """

    item: str = attrs.field(converter=item_code)
    quantity: Exact = attrs.field(converter=amount)
    lot: str | None = attrs.field(kw_only=True, default=None, converter=optional_lot)
    expires: Moment | None = attrs.field(kw_only=True, default=None)
    quality: Quality | QualityState | None = attrs.field(kw_only=True, default=None)
    reason: str = attrs.field(kw_only=True, default="", converter=reason_code)
    serials: tuple[str, ...] = attrs.field(kw_only=True, default=(), converter=serial_numbers)
    against: str | None = attrs.field(kw_only=True, default=None, converter=optional_against)
    site: str = attrs.field(kw_only=True, default="MAIN", converter=site_code)
    location: str | None = attrs.field(kw_only=True, default=None, converter=optional_location)
    owner: str = attrs.field(kw_only=True, default=OURS, converter=owner_code)
    supplier: str = attrs.field(kw_only=True, default="", converter=supplier_or_empty)
    supplier_lot: str = attrs.field(kw_only=True, default="", converter=supplier_lot_or_empty)
    revision: str = attrs.field(kw_only=True, default="", converter=revision_or_empty)
    attributes: tuple[tuple[str, str], ...] = attrs.field(kw_only=True, default=(), converter=checks.text_pairs)
    release: Release = attrs.field(kw_only=True, default=Release.NOT_REQUIRED)
    movement: Movement = attrs.field(kw_only=True, default=Movement.RECEIPT)
    retest: Moment | None = attrs.field(kw_only=True, default=None)
    second: Quantity | None = attrs.field(kw_only=True, default=None, converter=optional_second)
    cost: "Money | None" = attrs.field(kw_only=True, default=None, converter=optional_price)
    rate: Decimal | None = attrs.field(kw_only=True, default=None, converter=optional_rate)
    segment: str = attrs.field(kw_only=True, default="", converter=segment_code)


@decides(Receive)
def decide_receive(draft: "Draft", command: Receive) -> Receipt:
    """Book goods in.

    Raises:
        UnknownCode: if the item, site, location or expected supply is unknown.
        InvalidValueError: if the quantity is not above zero, does not fit the item's digits, or a lot or serials are
            given to an item that is not tracked so, or if what is told beside it does not fit: a second quantity of
            several serials, or in another unit than before; a rate without a cost.
        NotAllowed: if a serial exists already, or the expected supply is closed, of another item, open for less, or a
            transfer.
    """
    catalog = draft.world.catalog
    item = catalog.item(command.item)
    quantity = catalog.scaled(item.code, command.quantity)
    if quantity <= 0:
        raise InvalidValueError(field="quantity", value=command.quantity, reason="is not above zero")
    if command.movement is not Movement.RECEIPT and command.movement is not Movement.OPENING:
        checks.member(command.movement, Movement, "movement")
        advice = "Use Movement.RECEIPT or Movement.OPENING"
        raise InvalidValueError(
            field="movement", value=command.movement.value, reason="brings no goods in", advice=advice
        )
    place = _place(draft.world, command, item)
    if command.segment or command.against is not None:
        place = place._replace(segment=_segment(draft, command))
    lot = _lot(draft, command, item)
    shelf = draft.shelf(item.code, command.site)
    aside = _aside(draft, command, item, lot)
    if item.tracking is Tracking.SERIAL:
        serials = serials_for(command.serials, lot.code, quantity, item)
        draft.world.need(serial_stream(item.code, serial) for serial in serials)
        aside = _of_each(command, aside, len(serials))
        for serial in serials:
            row = mint(draft, item, serial, lot)
            draft.put(command.movement, shelf, row, place, 10**item.scale, aside=aside)
    else:
        serials = ()
        if command.serials:
            raise InvalidValueError(
                field="serials", value=command.serials[0], reason=f"given, but {item.code} has none"
            )
        draft.put(command.movement, shelf, lot.row, place, quantity, aside=aside)
    if command.against is not None:
        _fulfil(draft, command.against, item, quantity)
    return Receipt(
        ItemCode(item.code),
        LotCode(lot.code) if lot.code else None,
        from_scaled(quantity, item.scale),
        item.unit,
        serials=tuple(map(SerialCode, serials)),
        site=command.site,
        location=place.location,
        owner=place.owner,
    )


def _aside(draft: "Draft", command: Receive, item: Item, lot: "LotRow") -> Aside | None:
    """Return what is told beside the receipt, or None for nothing."""
    entered = entered_as(command.quantity, item.unit)
    if command.second is None and command.cost is None and command.rate is None:
        return None if entered is None else aside_of(entered)
    if command.second is not None:
        book = draft.world.book_of(item.code)
        known = book is not None and lot.row < len(book)
        rows = (lot.row, *book.serials(lot.row)) if known and book is not None else ()
        second.check_second(item, second.told_of(draft.world, item.code, rows), command.second)
    return aside_of(entered, command.second, cost_of(command.cost, command.rate))


def _segment(draft: "Draft", command: Receive) -> str:
    """Return whose stock goods come into: as told, else as ordered."""
    state = None if command.segment else draft.body(supply_stream(command.against or ""))
    if not isinstance(state, purchase.SupplyState):
        return command.segment
    return stock_of(draft.world.catalog.item(state.order.item), state.order.segment)


def _of_each(command: Receive, aside: Aside | None, count: int) -> Aside | None:
    """Return what is told beside each of several serials: of what was entered its share."""
    if aside is None or count == 1:
        return aside
    if command.second is not None:
        reason, advice = f"is given for {count} serials together", "Receive each serial with its own"
        raise InvalidValueError(field="second", value=command.second, reason=reason, advice=advice)
    return aside._replace(entered=share(aside.entered, 1, count))


class LotRow(NamedTuple):
    """A lot in a draft: its row in the book, its code and its expiry."""

    row: int
    code: str
    expires: int


def lot_row(
    draft: "Draft", item: Item, given: str | None, expires: int | None, details: LotDetails, *, until: int = NEVER
) -> LotRow:
    """Return the lot that goods of an item belong to, opened if it is new: good until a moment at most.

    Raises:
        InvalidValueError: if a lot is given to an item without lots, or another expiry or retest date to a lot that
            exists.
    """
    if item.tracking is Tracking.NONE:
        if given is not None or expires is not None or details.retest is not None:
            named = (("lot", given), ("expires", expires), ("retest", details.retest))
            field, value = next(pair for pair in named if pair[1] is not None)
            advice = "Make it Tracking.LOT, or leave this out"
            raise InvalidValueError(
                field=field, value=value, reason=f"given, but {item.code} is not tracked", advice=advice
            )
        draft.stream(item_stream(item.code))
        return LotRow(0, ANONYMOUS, NEVER)
    code = given if given is not None else draft.new_code("L", lambda new: draft.find_ident(item.code, new) >= 0)
    row = draft.find_ident(item.code, code)
    if row < 0:
        ends = min(until, expires if expires is not None else _by_shelf_life(draft, item))
        return LotRow(draft.new_lot(item.code, code, ends, None if details == PLAIN else details), code, ends)
    known = draft.expires(item.code, row)
    if expires is not None and expires != known:
        when = "never" if known == NEVER else f"{from_micros(known):%Y-%m-%d %H:%M}"
        reason = f"differs from the expiry of lot {code} that exists ({when} UTC)"
        raise InvalidValueError(
            field="expires", value=from_micros(expires), reason=reason, advice="Give it another lot"
        )
    if details.retest is not None and details.retest != _retest(draft, item.code, row):
        advice = "Give it another lot, or judge the lot with a retest date"
        reason = f"differs from the retest date of lot {code} that exists"
        raise InvalidValueError(field="retest", value=from_micros(details.retest), reason=reason, advice=advice)
    return LotRow(row, code, known)


def _retest(draft: "Draft", item: str, row: int) -> int:
    draft.know_tests(item)
    book = draft.world.book_of(item)
    return NEVER if book is None else book.retest(row)


def _by_shelf_life(draft: "Draft", item: Item) -> int:
    return NEVER if item.shelf_life is None else draft.effective + item.shelf_life // timedelta(microseconds=1)


def serials_for(given: Sequence[str], lot: str, quantity: int, item: Item) -> tuple[str, ...]:
    """Return one serial for each unit: those given, or the lot's code and a number.

    Raises:
        InvalidValueError: if the quantity is no whole number, or not that of the serials given.
    """
    one = 10**item.scale
    if quantity % one:
        raise InvalidValueError(field="quantity", value=from_scaled(quantity, item.scale), reason="is no whole number")
    count = quantity // one
    if not given:
        if count > MOST_SERIALS:
            raise InvalidValueError(
                field="quantity", value=count, reason=f"is more than {MOST_SERIALS} serials at once"
            )
        return tuple(f"{lot}-{number:04d}" for number in range(1, count + 1))
    if len(given) != count or len(set(given)) != count:
        reason = f"are {len(set(given))} different serials for {count} units"
        raise InvalidValueError(field="serials", value=given[0], reason=reason)
    return tuple(given)


def mint(draft: "Draft", item: Item, serial: str, lot: LotRow) -> int:
    """Bring a serial into being and return its row; one whose receipt was taken back comes back to its lot.

    So does one that was returned to the vendor.

    Raises:
        NotAllowed: if it exists already: a serial is minted once. One that went back to the vendor may come again.
    """
    row = draft.find_ident(item.code, serial, serial=True)
    if row < 0:
        return draft.mint(item.code, serial, lot.row, lot.expires)
    if _may_come_back(draft.world, item.code, row, lot.row):
        return row
    advice = "Serials are minted once; move, return or reverse the one that exists"
    raise NotAllowed(what=f"serial {serial} of {item.code}", state="in being", asked="mint", advice=advice)


def _may_come_back(world: "World", item: str, row: int, lot: int) -> bool:
    """Tell whether a serial of that lot is nowhere: what brought it was reversed, or it went back to the vendor."""
    book = world.book_of(item)
    if book is None or row >= len(book) or book.lot[row] != lot:
        return False
    told: list[tuple[int, int, int]] = []
    for shelf in selection.shelves(world, item):
        for parcel in world.shelf(shelf).parcels_of(row):
            quantity, _, history = world.shelf(shelf).rows[parcel]
            if quantity:
                return False
            told += ((number, shelf, parcel) for _, number, change, _ in entries(history) if change)
    last = [one for one in told if one[0] == max(told)[0]]
    moved = (leg for one in last for leg in order_ledger.moved(world, *one))
    return any(movement in _LEFT_US and change < 0 for movement, change in moved)


_LEFT_US = frozenset({Movement.RECEIPT, Movement.OPENING, Movement.OUTPUT, Movement.VENDOR_RETURN})
"""What is undone, or sends away, where a serial is nowhere and in nothing."""


def _place(world: "World", command: Receive, item: Item) -> Place:
    catalog = world.catalog
    catalog.site(command.site)
    if command.location is None:
        location = catalog.default_location(command.site, LocationKind.STORES)
    else:
        location = catalog.location(command.location, command.site)
    if not location.kind.real:
        raise InvalidValueError(
            field="location", value=location.code, reason="holds no stock", advice="Name a real location"
        )
    checks.member(command.release, Release, "release")
    quality = command.quality
    if quality is None:
        inspected = item.inspection is Inspection.ON_RECEIPT
        quality = Quality.PENDING_INSPECTION if inspected else Quality.APPROVED
    return Place(
        command.site,
        location.code,
        owner=command.owner,
        quality=known_quality(world, quality),
        reason=command.reason,
        release=command.release.value,
    )


def known_quality(world: "World", quality: Quality | QualityState) -> str:
    """Return the code of a state that the catalog knows.

    Raises:
        InvalidTypeError: if it is neither a `Quality` nor a `QualityState`.
        InvalidValueError: if it is a host's state that the catalog defines otherwise.
        UnknownCode: if it is a host's state that the catalog does not hold.
    """
    if isinstance(quality, Quality):
        return quality.value
    if not isinstance(quality, QualityState):
        advice = "Use a member of Quality, or a QualityState of the catalog"
        raise InvalidTypeError(field="quality", value=quality, reason="is no quality state", advice=advice)
    known = world.catalog.quality_state(quality.code)
    if known != quality:
        advice = f"Take it from the catalog: catalog.quality_state({quality.code!r})"
        raise InvalidValueError(field="quality", value=quality, reason="is defined otherwise", advice=advice)
    return known.code


def _details(draft: "Draft", command: Receive) -> LotDetails:
    zone = draft.world.catalog.zone
    return LotDetails(
        supplier=command.supplier,
        supplier_lot=command.supplier_lot,
        revision=command.revision,
        retest=None if command.retest is None else micros(end_of(command.retest, zone(command.site))),
        attributes=command.attributes,
    )


def _lot(draft: "Draft", command: Receive, item: Item) -> LotRow:
    expires = None
    if command.expires is not None:
        expires = micros(end_of(command.expires, draft.world.catalog.zone(command.site)))
    return lot_row(draft, item, command.lot, expires, _details(draft, command))


def _fulfil(draft: "Draft", ref: str, item: Item, quantity: int) -> None:
    state = draft.body(supply_stream(ref))
    if not isinstance(state, purchase.SupplyState):
        raise UnknownCode(kind="expected supply", given=ref, nearest=draft.world.near(ref, "supply"))
    if state.order.item != item.code:
        raise NotAllowed(what=f"supply {ref}", state=f"of {state.order.item}", asked=f"receive {item.code}")
    transit.refuse_receipt(state)
    advice = "Receive without `against`"
    supply_life.check_step(f"supply {ref}", state.status, supply_life.SupplyAction.RECEIVE, advice=advice)
    received = draft.world.catalog.scaled(item.code, state.received) + quantity
    _refuse_over_delivery(draft.world, state, quantity)
    draft.record(supply_stream(ref), purchase.SupplyReceived(from_scaled(received, item.scale)))


def _refuse_over_delivery(world: "World", state: "purchase.SupplyState", quantity: int) -> None:
    catalog, order = world.catalog, state.order
    item = catalog.item(order.item)
    rest = catalog.scaled(item.code, state.quantity) - catalog.scaled(item.code, state.received)
    if quantity <= rest + taken_over(world, state):
        return
    more, open_rest, here = (
        f"{from_scaled(n, item.scale):f} {item.unit}" for n in (quantity - max(rest, 0), max(rest, 0), quantity)
    )
    advice = f"Expect a larger quantity under that ref, or receive the {more} too many without `against`"
    raise NotAllowed(what=f"supply {order.ref}", state=f"open for {open_rest}", asked=f"receive {here}", advice=advice)


def taken_over(world: "World", state: "purchase.SupplyState") -> int:
    """Return how much more than was ordered the terms with the supplier let in, in the item's steps."""
    order = state.order
    if not isinstance(order, purchase.PurchaseOrder):
        return 0
    terms = (t for t in world.catalog.sourcings(order.item, order.site) if t.supplier == order.supplier)
    share = max((term.over_delivery for term in terms), default=0)
    return floor(Fraction(share) * world.catalog.scaled(order.item, state.quantity))
