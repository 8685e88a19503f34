"""Components go to the floor, and what is left of them comes back."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor
from typing import TYPE_CHECKING

import attrs

from prodstock.errors import InvalidValueError, NotAllowed, paired
from prodstock.journal.command import Command
from prodstock.journal.stream import Stream
from prodstock.master import checks
from prodstock.master.catalog import Catalog
from prodstock.master.codes import ItemCode, set_aside
from prodstock.master.location import LocationKind
from prodstock.orders.lifecycle import OrderAction, OrderState, after
from prodstock.orders.owed import open_needs, owed, owed_words, supplied_state
from prodstock.orders.production import LinesChanged, OrderLine, ProductionOrder, order_named
from prodstock.orders.sheet import SheetLine, sheet_of, steps_of
from prodstock.quantities.quantity import Amount, Exact, amount
from prodstock.quantities.scaled import from_scaled
from prodstock.shopfloor.ledger import ledger
from prodstock.stock import world as w
from prodstock.stock.deciding import decides
from prodstock.stock.goods import Goods, Output, Pick, ReservationState, reservation_named
from prodstock.stock.lot import LotCode, SerialCode
from prodstock.stock.movement import Movement
from prodstock.stock.order_ledger import find_order
from prodstock.stock.picking import past_use
from prodstock.stock.place import OURS, Place, stock_of
from prodstock.stock.receipt import Receipt
from prodstock.stock.reservation import find_booking, held_by_line, stand_in
from prodstock.stock.selection import Found, Selection, parcels, portions, select, short_of
from prodstock.stock.status import Purpose
from prodstock.tables import Table

if TYPE_CHECKING:
    from prodstock.stock.draft import Draft
    from prodstock.stock.world import Booking, World


def parts(values: Mapping[int, Amount] | Iterable[tuple[int, Amount]] | None) -> tuple[tuple[int, Exact], ...] | None:
    """Return quantities by line as pairs, in the order of the lines; None: all."""
    if values is None:
        return None
    given = paired(values, "lines")
    for line in given:
        checks.whole(line, "lines", least=0)
    return tuple((line, amount(given[line])) for line in sorted(given))


class _Later:
    """Holds what the lines of an answer are made of when they are looked at, if ever.

    The state, the definitions of that moment, and the lines in numbers.
    """

    __slots__ = ("_catalog", "_numbers", "_world")

    if TYPE_CHECKING:  # no fields: the codec reads annotations
        _catalog: Catalog
        _world: World
        _numbers: tuple[int, ...]


@attrs.frozen(repr=False)
class Issued(_Later):
    """What went into the WIP of an order, or came back from it.

    Attributes:
        order: the order.
        lines: what moved, each lot by itself.
        movement: whether it was issued or put back.
    """

    order: str
    lines: Table[Pick]
    movement: Movement = attrs.field(kw_only=True, default=Movement.ISSUE)

    @classmethod
    def later(cls, order: str, world: "World", numbers: tuple[int, ...]) -> "Issued":
        """Return what was issued: shelf, parcel, quantity and order line of each, written out when looked at."""
        made = cls.__new__(cls)
        _put_order(made, order)
        _put_movement(made, Movement.ISSUE)
        _put_catalog(made, world.catalog)
        _put_world(made, world)
        _put_numbers(made, numbers)
        return made

    def __getattr__(self, name: str) -> Table[Pick]:
        if name != "lines":
            raise AttributeError(f"an Issued has no {name!r}")
        lines = Table(_picks(self._world, self._catalog, self.order, self._numbers))
        _put_lines(self, lines)
        return lines

    def __repr__(self) -> str:
        if self.movement is Movement.PUT_BACK and self.lines:
            first = self.lines[0]
            what = f"{first.quantity:f} {first.unit[:10]} {first.item[:25]} {(first.serial or first.lot)[:25]}".rstrip()
            more = f" and {len(self.lines) - 1} more" if len(self.lines) > 1 else ""
            return f"<PutBack {what}{more} from {self.order[:30]}>"
        return f"<Issued {len(self.lines)} lines for {self.order[:60]}>"


# The slots' own setters: they pass by the frozen class, on a value that nobody has seen yet.
_put_order, _put_lines, _put_movement = (Issued.__dict__[name].__set__ for name in ("order", "lines", "movement"))
_put_catalog, _put_world, _put_numbers = (_Later.__dict__[name].__set__ for name in ("_catalog", "_world", "_numbers"))


@attrs.frozen
class Issue(Command[Issued]):
    """What is reserved for a production order goes to its WIP.

    Args:
        reservation: which; whatever is not issued now stays reserved.
        lines: quantities by the number of the reservation's line, from 0; None: all that it still holds.
    """

    reservation: str = attrs.field(converter=reservation_named)
    lines: tuple[tuple[int, Exact], ...] | None = attrs.field(kw_only=True, default=None, converter=parts)


@attrs.frozen
class IssueGoods(Command[Issued]):
    """Goods that nobody has reserved go to the WIP of an order.

    Args:
        order: which.
        goods: what; without a quantity at most what the order still needs of it.
        line: the order line that they are for; None: the lines that need the item, in their order.
    """

    order: str = attrs.field(converter=order_named)
    goods: Goods | Output | Receipt | str
    line: int | None = attrs.field(kw_only=True, default=None)

    def __attrs_post_init__(self) -> None:
        if self.line is not None:
            checks.whole(self.line, "line", least=0)


@attrs.frozen
class PutBack(Command[Issued]):
    """Components that were issued and not used go back to stores, in the state they are in.

    Args:
        order: whose WIP they are in.
        goods: what; without a quantity all that is there.
    """

    order: str = attrs.field(converter=order_named)
    goods: Goods | Output | Receipt | str


@decides(Issue)
def decide_issue(draft: "Draft", command: Issue) -> Issued:
    """Post a reservation of a production order, whole or in part: stores to WIP, quality kept.

    Packaging that the order owes is used up at once, for units that were confirmed without it. To an order that is
    completed nothing else is issued, and no more than it owes.

    Raises:
        UnknownCode: if there is no such reservation.
        NotAllowed: if it is for a demand, holds nothing any more, holds what has expired since, or the order's state
            forbids it.
        NotEnough: if more of a line is asked for than it still holds, or, for a late entry, than was there.
        InvalidValueError: if the reservation has no such line, or a quantity is not above zero or too fine.
    """
    stream, ref, index, booking = find_booking(draft, command.reservation)
    order = draft.body(stream)
    if not isinstance(order, ProductionOrder):
        advice = "What is reserved for a demand is shipped"
        raise NotAllowed(what=f"reservation {ref}/{index + 1}", state="for a demand", asked="issue", advice=advice)
    state = supplied_state(order, draft.world.catalog, OrderAction.ISSUE)
    lines = booking.lines
    taken = _asked(draft.world, booking, command, f"{ref}/{index + 1}")
    supply = _Supply(draft, stream, order)
    for line, quantity in taken:
        shelf, parcel, _, number = lines[4 * line : 4 * line + 4]
        _refuse_expired(draft, shelf, parcel)
        supply.bring(shelf, parcel, quantity, reserved=quantity, line=number)
        if number >= 0:
            supply.gain(number, draft.world.shelf(shelf).item, quantity)
    draft.settle(stream, index, w.POSTED, [number for pair in taken for number in pair])
    draft.record(stream, LinesChanged(supply.figures(), state))
    return Issued.later(ref, draft.world, tuple(supply.numbers))


class _Supply:
    """What one command brings to the WIP of an order.

    Attributes:
        numbers: shelf, parcel, quantity and order line (or -1) of what was brought, one after the other.
    """

    __slots__ = ("_brought", "_draft", "_gained", "_order", "_owed", "_places", "_sheet", "_stream", "_used", "numbers")

    def __init__(self, draft: "Draft", stream: Stream, order: ProductionOrder) -> None:
        self._draft = draft
        self._stream = stream
        self._order = order
        self._sheet = sheet_of(order, draft.world.catalog)
        self._places: dict[int, int] = {}
        self._gained: dict[int, int | Fraction] = {}
        self._used: dict[int, int] = {}
        self._owed = owed(order, draft.world.catalog)
        self._brought: dict[str, list[tuple[int, int, int]]] = {}
        self.numbers: list[int] = []

    def bring(self, shelf: int, parcel: int, quantity: int, *, reserved: int = 0, line: int = -1) -> None:
        """Move so much of a parcel to the order's WIP, of it so much that was reserved."""
        draft = self._draft
        known = draft.world.shelf(shelf)
        place = known.place[parcel]
        target = self._places.get(place)
        if target is None:
            wip = wip_place(draft, self._order.launched, self._stream, draft.world.places.name(place))
            target = self._places[place] = draft.place(wip)
        draft.leg(Movement.ISSUE, shelf, parcel, -quantity, -reserved)
        there = draft.parcel(shelf, known.ident[parcel], target)
        draft.leg(Movement.ISSUE, shelf, there, quantity)
        if self._owed:
            self._brought.setdefault(known.item, []).append((shelf, there, quantity))
        self.numbers += (shelf, parcel, quantity, line)

    def gain(self, number: int, item: str, quantity: int) -> None:
        """Count a quantity of an item, or of what stands in for it, for a line of the order.

        What the line owes of it is used up; what of a substitute is not enough for one smallest step stays in WIP.

        Raises:
            NotAllowed: if the order is completed and owes less.
        """
        if not quantity:
            return
        line, debt = self._sheet.lines[number], self._owed.get(number, 0)
        more = in_line_item(self._draft.world, line, item, quantity)
        self._gained[number] = self._gained.get(number, 0) + more
        most = ceil(debt * Fraction(quantity) / more)
        if quantity > most and self._order.state is OrderState.COMPLETED:
            raise self._too_much(item, quantity, most)
        if part := min(debt, floor(more)):
            self._use(item, ceil(part * Fraction(quantity) / more))
            self._used[number] = self._used.get(number, 0) + part
            self._owed[number] = debt - part

    def _use(self, item: str, quantity: int) -> None:
        """Use up so much of what was brought of an item, in the order in which it was brought."""
        brought = self._brought[item]
        while quantity:
            shelf, parcel, there = brought.pop(0)
            used = min(there, quantity)
            self._draft.leg(Movement.CONSUMPTION, shelf, parcel, -used)
            quantity -= used
            if used < there:
                brought.insert(0, (shelf, parcel, there - used))

    def _too_much(self, item: str, quantity: int, most: int) -> NotAllowed:
        catalog, launched = self._draft.world.catalog, self._order.launched
        definition = catalog.item(item)
        asked, least = (f"{from_scaled(n, definition.scale):f} {definition.unit} {item}" for n in (quantity, most))
        owes = ", ".join(owed_words(self._order, catalog))
        advice = f"Issue at most {least}" if most else "Only the packaging that it owes can still be issued"
        return NotAllowed(
            what=f"order {launched.code}", state=f"completed and owes {owes}", asked=f"issue {asked}", advice=advice
        )

    def figures(self) -> tuple[tuple[int, Decimal, Decimal], ...]:
        """Return issued and consumed of the lines that gained anything, rounded down."""
        changed = []
        for number, more in sorted(self._gained.items()):
            scale = self._sheet.lines[number].scale
            issued, consumed = self._order.line_figures[number]
            if used := self._used.get(number, 0):
                consumed = from_scaled(steps_of(consumed, scale) + used, scale)
            changed.append((number, from_scaled(steps_of(issued, scale) + floor(more), scale), consumed))
        return tuple(changed)


def _asked(world: "World", booking: "Booking", command: Issue, code: str) -> list[tuple[int, int]]:
    """Return how much of which lines to post."""
    open_lines = {at // 4: booking.lines[at + 2] for at in range(0, len(booking.lines), 4) if booking.lines[at + 2]}
    if not open_lines:
        state = tuple(ReservationState)[booking.state].value
        raise NotAllowed(what=f"reservation {code}", state=state, asked="issue", advice="Reserve again")
    if command.lines is None:
        return list(open_lines.items())
    asked = []
    for line, exact in command.lines:
        if line >= len(booking.lines) // 4:
            reason = f"is no line of reservation {code}"
            raise InvalidValueError(field="lines", value=line, reason=reason, advice="Lines count from 0")
        item = world.shelf(booking.lines[4 * line]).item
        quantity = world.catalog.scaled(item, exact)
        if quantity <= 0:
            raise InvalidValueError(field="lines", value=exact, reason="is not above zero")
        held = open_lines.get(line, 0)
        if quantity > held:
            selection = Selection(item, None, (), quantity)
            raise short_of(world, selection, quantity, held, f"still held by line {line} of reservation {code}")
        asked.append((line, quantity))
    return asked


def _refuse_expired(draft: "Draft", number: int, parcel: int) -> None:
    shelf = draft.world.shelf(number)
    book, row = draft.world.book(shelf.book), shelf.ident[parcel]
    state = past_use(draft.world, number, row, draft.effective)
    if state is not None:
        advice = "Void the reservation and reserve again: lots past their use are passed over"
        raise NotAllowed(what=f"{shelf.item} {book.code(row)}", state=state, asked="issue", advice=advice)


def wip_place(draft: "Draft", order: ProductionOrder, stream: Stream, place: Place) -> Place:
    """Return where goods of a place stand in the order's WIP: owner, container and state stay."""
    location = draft.world.catalog.default_location(order.site, LocationKind.WIP).code
    return place._replace(site=order.site, location=location, segment=stream)


def _picks(world: "World", catalog: Catalog, ref: str, numbers: tuple[int, ...]) -> Iterator[Pick]:
    for at in range(0, len(numbers), 4):
        number, parcel, quantity, line = numbers[at : at + 4]
        shelf = world.shelf(number)
        place = world.places.name(shelf.place[parcel])
        found = Found(number, parcel, shelf.ident[parcel], place, quantity, 0)
        yield pick_of(world, ref, found, quantity, line=None if line < 0 else line, catalog=catalog)


def pick_of(
    world: "World", ref: str, found: Found, quantity: int, *, line: int | None = None, catalog: Catalog | None = None
) -> Pick:
    """Return a parcel, or part of it, as people see it; the quantity is in steps of the catalog: None: today's."""
    shelf = world.shelf(found.shelf)
    item, book = (catalog or world.catalog).item(shelf.item), world.book(shelf.book)
    return Pick(
        ref,
        ItemCode(item.code),
        LotCode(book.lot_code(found.row)),
        from_scaled(quantity, item.scale),
        item.unit,
        serial=SerialCode(book.code(found.row)) if book.is_serial(found.row) else None,
        location=found.place.location,
        line=line,
    )


def in_line_item(world: "World", line: OrderLine | SheetLine, item: str, quantity: int) -> int | Fraction:
    """Return a quantity of an item, or of what stands in for it, in the smallest steps of the line's item."""
    if item == line.item:
        return quantity
    return quantity / stand_in(world.catalog, line.item, item, dict(line.substitutes)[item])


@decides(IssueGoods)
def decide_issue_goods(draft: "Draft", command: IssueGoods) -> Issued:
    """Issue stock that nobody has reserved: eligible for production, ours, in stores and not expired.

    An order of a project, or of a demand made to order, takes the stock of that alone, but for items that are planned
    for all alike; any other takes free stock.

    A late entry takes only what was there and unreserved from its time until now. Packaging that the order owes is used
    up at once, as by `decide_issue`.

    Raises:
        UnknownCode, AmbiguousCode: if order or goods are not to be found.
        NotAllowed: if the order's state forbids it, no line of it takes the item, or the goods may not be used; the
            message says why.
        NotEnough: if less is free than was asked for.
    """
    stream, order = find_order(draft, command.order)
    state = supplied_state(order, draft.world.catalog, OrderAction.ISSUE)
    selection = select(draft.world, command.goods)
    lines = _wanting(draft, order, _lines_for(order, selection.item, command.line))
    there = [f for f in parcels(draft.world, selection) if draft.world.kind(f.place) is LocationKind.STORES]
    there = [f for f in there if f.place.site == order.site]
    whose = stock_of(draft.world.catalog.item(selection.item), order.launched.segment)
    fit = [f for f in there if _unfit(draft, f, whose) is None]
    if there and not fit:
        advice = "Issue goods that are approved, released and usable"
        raise NotAllowed(what=selection.label, state=_unfit(draft, there[0], whose) or "", asked="issue", advice=advice)
    free = sum(f.quantity - f.reserved for f in fit)
    wanted = _wanted(draft, order, lines, selection, free)
    if free < wanted or not wanted:
        raise short_of(draft.world, selection, max(wanted, 1), free, "in stores, usable and not reserved")
    supply = _Supply(draft, stream, order)
    taken = 0
    for found in sorted(fit, key=lambda f: draft.world.turn(draft.world.shelf(f.shelf), f.row, f.parcel)):
        quantity = min(found.quantity - found.reserved, wanted - taken)
        if quantity > 0:
            supply.bring(found.shelf, found.parcel, quantity, line=lines[0].number)
            taken += quantity
    for line, part in _spread(draft, order, lines, selection.item, taken):
        supply.gain(line.number, selection.item, part)
    draft.record(stream, LinesChanged(supply.figures(), state))
    return Issued.later(order.code, draft.world, tuple(supply.numbers))


def _lines_for(order: ProductionOrder, item: str, number: int | None) -> list[OrderLine]:
    own = [line for line in order.lines if line.item == item]
    stand_ins = [line for line in order.lines if line.item != item and item in dict(line.substitutes)]
    lines = [line for line in (*own, *stand_ins) if number in (None, line.number)]
    if not lines:
        state = f"made without {item}" if number is None else f"made without {item} on line {number}"
        advice = "Issue what its lines need, or one of their substitutes"
        raise NotAllowed(what=f"order {order.code}", state=state, asked=f"issue {item}", advice=advice)
    return lines


def _wanting(draft: "Draft", order: ProductionOrder, lines: list[OrderLine]) -> list[OrderLine]:
    """Return the lines that goods may be issued for: of a completed order those that owe them, if any do."""
    if order.state is not OrderState.COMPLETED:
        return lines
    debts = owed(order, draft.world.catalog)
    return [line for line in lines if line.number in debts] or lines


def _unfit(draft: "Draft", found: Found, whose: str) -> str | None:
    """Return what forbids using a parcel in production for somebody's order, or None."""
    world, place = draft.world, found.place
    if place.owner != OURS:
        return f"owned by {place.owner}"
    if place.segment != whose:
        return set_aside(place.segment)
    if not world.state(place).serves(Purpose.PRODUCTION):
        return place.reason or (place.quality if place.quality != "approved" else "awaiting release")
    return past_use(world, found.shelf, found.row, draft.effective)


def _open_need(draft: "Draft", line: OrderLine, item: str, needs: Sequence[int]) -> int:
    """Return how much of an item a line still wants, rounded up, of what all lines want."""
    rest = needs[line.number]
    if rest <= 0 or item == line.item:
        return max(rest, 0)
    per_step = stand_in(draft.world.catalog, line.item, item, dict(line.substitutes)[item])
    return -floor(-rest * per_step)


def _wanted(draft: "Draft", order: ProductionOrder, lines: list[OrderLine], selection: Selection, free: int) -> int:
    """Return how much to issue: what was asked for, or what is free of what the lines still want."""
    if selection.quantity is not None:
        return selection.quantity
    needs = _not_held(draft, order)
    need = sum(_open_need(draft, line, selection.item, needs) for line in lines)
    if not need:
        advice = "Say a quantity to issue more than it needs"
        raise NotAllowed(what=f"order {order.code}", state="supplied", asked=f"issue {selection.item}", advice=advice)
    return min(need, free) or need


def _not_held(draft: "Draft", order: ProductionOrder) -> list[int]:
    """Return what each line still wants beyond what is reserved for it, in the smallest steps of its item."""
    held = held_by_line(draft, order)
    return [need - held.get(at, 0) for at, need in enumerate(open_needs(order, draft.world.catalog))]


def _spread(
    draft: "Draft", order: ProductionOrder, lines: list[OrderLine], item: str, taken: int
) -> Iterator[tuple[OrderLine, int]]:
    """Yield what each line gains of goods issued: as much as it still wants, the last one the rest."""
    needs = _not_held(draft, order)
    for line in lines:
        part = taken if line is lines[-1] else min(taken, _open_need(draft, line, item, needs))
        yield line, part
        taken -= part


@decides(PutBack)
def decide_put_back(draft: "Draft", command: PutBack) -> Issued:
    """Return components from an order's WIP to stores, as they are.

    Raises:
        UnknownCode, AmbiguousCode: if order or goods are not to be found.
        NotAllowed: if the order's state forbids it.
        NotEnough: if less of them is in the order's WIP.
    """
    stream, order = find_order(draft, command.order)
    state = after(order.code, order.state, OrderAction.PUT_BACK)
    selection = select(draft.world, command.goods)
    made = ledger(draft.world, order).made()

    def is_component(found: Found) -> bool:
        return found.place.segment == stream and (found.shelf, found.row) not in made

    drawn = portions(draft, selection, where=is_component, what=f"left in the WIP of {order.code}")
    if not drawn:
        raise short_of(draft.world, selection, 1, 0, f"left in the WIP of {order.code}")
    picks = []
    for found, quantity in drawn:
        put = to_stores(draft, found, quantity, order)
        picks.append(pick_of(draft.world, order.code, put, quantity))
    total = sum(quantity for _, quantity in drawn)
    draft.record(stream, LinesChanged(_given_back(draft.world, order, selection.item, total), state))
    return Issued(order.code, Table(picks), movement=Movement.PUT_BACK)


def to_stores(draft: "Draft", found: Found, quantity: int, order: ProductionOrder) -> Found:
    """Move components from an order's WIP to the site's stores, and return them as they lie there.

    They are free for all; those of an order of a project, or of one made to order, are set aside for that again, but
    for items that are planned for all alike.
    """
    item = draft.world.catalog.item(draft.world.shelf(found.shelf).item)
    whose = stock_of(item, order.launched.segment)
    location = draft.world.catalog.default_location(found.place.site, LocationKind.STORES).code
    draft.leg(Movement.PUT_BACK, found.shelf, found.parcel, -quantity)
    target = found.place._replace(location=location, segment=whose)
    parcel = draft.put(Movement.PUT_BACK, found.shelf, found.row, target, quantity)
    return Found(found.shelf, parcel, found.row, target, quantity, 0)


def _given_back(
    world: "World", order: ProductionOrder, item: str, total: int
) -> tuple[tuple[int, Decimal, Decimal], ...]:
    """Return issued and consumed of the lines after goods came back: the last line that has more than it used first."""
    changed = []
    rest = total
    for line in reversed(_lines_for(order, item, None)):
        scale = world.catalog.item(line.item).scale
        issued, consumed = (world.catalog.scaled(line.item, n) for n in (line.issued, line.consumed))
        part = min(max(issued - consumed, 0), floor(in_line_item(world, line, item, rest)))
        if part:
            changed.append((line.number, from_scaled(issued - part, scale), line.consumed))
            ratio = Fraction(1) if item == line.item else in_line_item(world, line, item, 1)
            rest -= floor(part / ratio)
    return tuple(sorted(changed))
